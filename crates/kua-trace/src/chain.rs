//! Joins seeds into passages: exact runs first, then chains of runs with small gaps between them.

use crate::TraceConfig;
use crate::fold::Folded;
use crate::gap::{Beyond, Room, filled};
use crate::letters::{common_head, common_tail, shared_at_most};
use crate::passage::{Side, may_be_whole, may_begin_whole};
use crate::seeds::Seed;

/// An exact run of equal units in two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub(crate) a: usize,
    pub(crate) b: usize,
    pub(crate) length: usize,
}

/// Runs in order on both sides, never overlapping: one reused passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    pub(crate) runs: Vec<Run>,
    /// Units that agree.
    pub(crate) matched: usize,
    /// Exact runs alone would be too few; what is between them agrees nearly everywhere.
    pub(crate) is_weak: bool,
}

impl Chain {
    /// First and one past the last unit on side a.
    pub(crate) fn a(&self) -> (usize, usize) {
        ends(self.runs.first().map(|r| r.a), self.runs.last().map(|r| r.a + r.length))
    }

    /// First and one past the last unit on side b.
    pub(crate) fn b(&self) -> (usize, usize) {
        ends(self.runs.first().map(|r| r.b), self.runs.last().map(|r| r.b + r.length))
    }

    /// First unit on both sides.
    pub(crate) fn start(&self) -> (usize, usize) {
        (self.a().0, self.b().0)
    }

    /// One past the last unit on both sides.
    pub(crate) fn end(&self) -> (usize, usize) {
        (self.a().1, self.b().1)
    }

    /// Position in b that answers position `at` in a; between runs in proportion.
    pub(crate) fn across(&self, at: usize) -> usize {
        let next = self.runs.partition_point(|run| run.a + run.length <= at);
        let Some(run) = self.runs.get(next) else { return self.b().1 };
        if run.a <= at {
            return run.b + (at - run.a);
        }
        let Some(before) = next.checked_sub(1).map(|n| self.runs[n]) else { return run.b };
        let (from_a, from_b) = (before.a + before.length, before.b + before.length);
        let gap_a = run.a - from_a;
        from_b + (run.b - from_b) * (at - from_a) / gap_a.max(1)
    }

    /// Whether most of the longer side agrees. A thin chain of short runs is what two texts of one
    /// trade share by chance, unless it is long.
    fn is_dense(&self) -> bool {
        self.holds(55)
    }

    /// Whether so many hundredths of the longer side agree.
    fn holds(&self, share: usize) -> bool {
        let (a, b) = (self.a(), self.b());
        self.matched * 100 >= share * (a.1 - a.0).max(b.1 - b.0)
    }

    /// The part that is left when runs are cut off at the widest gaps until it is dense.
    fn densest(self) -> Option<Self> {
        let mut runs = self.runs;
        loop {
            let matched = runs.iter().map(|run| run.length).sum();
            let chain = Self { runs, matched, is_weak: false };
            if chain.is_dense() {
                return Some(chain);
            }
            runs = chain.runs;
            let gap = |n: &usize| {
                let (x, y) = (runs[n - 1], runs[*n]);
                (y.a - x.a - x.length).max(y.b - x.b - x.length)
            };
            let cut = (1..runs.len()).max_by_key(gap)?;
            let right = runs.split_off(cut);
            let letters = |runs: &[Run]| runs.iter().map(|run| run.length).sum::<usize>();
            if letters(&right) > letters(&runs) {
                runs = right;
            }
        }
    }

    /// The same chain with its sides exchanged.
    pub(crate) fn mirrored(&self) -> Self {
        let runs = self.runs.iter().map(|r| Run { a: r.b, b: r.a, length: r.length }).collect();
        Self { runs, matched: self.matched, is_weak: self.is_weak }
    }

    /// Units of a within `from..to` that agree with units of b.
    pub(crate) fn matched_within(&self, from: usize, to: usize) -> usize {
        let first = self.runs.partition_point(|run| run.a + run.length <= from);
        self.runs[first..]
            .iter()
            .take_while(|run| run.a < to)
            .map(|run| (run.a + run.length).min(to) - run.a.max(from))
            .sum()
    }
}

fn ends(first: Option<usize>, last: Option<usize>) -> (usize, usize) {
    (first.unwrap_or(0), last.unwrap_or(0))
}

/// How far back a chain looks for its previous run.
const LOOK_BACK: usize = 64;

/// Passages that two texts share, strongest first, from seeds of `run` units each. With `same`, both
/// sides are one text and a passage is not chained with itself. Between two texts, short chains that
/// cannot become whole sentences are left out.
pub(crate) fn chains(
    seeds: &[Seed],
    (side_a, side_b): (Side<'_, '_>, Side<'_, '_>),
    run: usize,
    same: bool,
    config: &TraceConfig,
    room: &mut Room,
) -> Vec<Chain> {
    let (of_a, of_b) = (side_a.folded, side_b.folded);
    let (a, b) = (&of_a.units[..], &of_b.units[..]);
    let least = config.min_characters * run / crate::fingerprint::RUN;
    let mut runs = exact_runs(seeds, a, b, same);
    // No chain holds more than all runs.
    if runs.iter().map(|run| run.length).sum::<usize>() * 2 < least {
        return Vec::new();
    }
    runs.sort_unstable();
    // Best chain that ends in each run (Abouelhoda, Ohlebusch 2003, with bounded look-back).
    let mut best: Vec<(i64, Option<usize>)> = Vec::with_capacity(runs.len());
    for (n, here) in runs.iter().enumerate() {
        let mut score = (to_i64(here.length), None);
        for m in (n.saturating_sub(LOOK_BACK)..n).rev() {
            let Some(gain) = step(&runs[m], here, config) else { continue };
            let total = best[m].0 + gain;
            if total > score.0 {
                score = (total, Some(m));
            }
        }
        best.push(score);
    }
    let mut order: Vec<usize> = (0..runs.len()).collect();
    order.sort_by_key(|&n| (std::cmp::Reverse(best[n].0), n));
    let mut used = vec![false; runs.len()];
    let mut out = Vec::new();
    for end in order {
        let mut at = Some(end);
        let mut members = Vec::new();
        while let Some(n) = at.filter(|&n| !used[n]) {
            used[n] = true;
            members.push(runs[n]);
            at = best[n].1;
        }
        members.reverse();
        for members in apart(without_overlap(members), same) {
            let matched = members.iter().map(|run| run.length).sum();
            if matched * 2 < least {
                continue;
            }
            let chain = Chain { runs: members, matched, is_weak: matched < least };
            if chain.is_weak && !same && !may_grow_to_sentences(&chain, of_a, of_b) {
                continue;
            }
            let beyond = |chain: &Chain, room: &mut Room| {
                if same { Beyond::default() } else { Beyond::of(chain, a, b, room) }
            };
            let is_enough = |chain: &Chain| chain.matched * 6 >= least * 5 && chain.holds(75);
            let ends = if chain.is_weak && !same {
                let before = Beyond::before(&chain, a, b, room);
                if !may_begin_whole(&chain, before.at_most(&chain).start(), side_a, side_b) {
                    continue;
                }
                let ends = before.and_after(&chain, a, b, room);
                let most = ends.at_most(&chain);
                if !is_enough(&most) || !may_be_whole(most.start(), most.end(), side_a, side_b) {
                    continue;
                }
                ends
            } else {
                beyond(&chain, room)
            };
            // What is alike in spite of misread letters and changed figures is found before the chain
            // is weighed; but exact runs must make up most of it.
            let grown = filled(&chain, a, b, ends, room);
            if matched < least {
                if is_enough(&grown) {
                    out.push(grown);
                }
            } else if grown.is_dense() || matched >= 2 * least {
                out.push(grown);
            } else if let Some(part) = chain.densest().filter(|part| part.matched >= least) {
                let ends = beyond(&part, room);
                out.push(filled(&part, a, b, ends, room));
            }
        }
    }
    out
}

/// Whether a chain may grow to whole sentences on both sides: over what is left of them before it and
/// after it, some groups of three letters must be the same, and with the chain half of all. Most chains
/// of chance and most turns of phrase are told by this from passages, long before letters are aligned
/// and words compared.
fn may_grow_to_sentences(chain: &Chain, a: &Folded, b: &Folded) -> bool {
    let ((from_a, to_a), (from_b, to_b)) = (chain.a(), chain.b());
    let (start_a, start_b) = (a.sentence(from_a).0, b.sentence(from_b).0);
    let (end_a, end_b) = (a.sentence(to_a - 1).1, b.sentence(to_b - 1).1);
    // Letters at either end that whole sentences may lack.
    let may_lack = |start: usize, end: usize| end.saturating_sub(start) * 15 / 100;
    let (least_a, least_b) = (may_lack(start_a, end_a), may_lack(start_b, end_b));
    let reach = |left_a: usize, left_b: usize| {
        if left_a > least_a || left_b > least_b { left_a.max(left_b) } else { 0 }
    };
    let before = reach(from_a.saturating_sub(start_a), from_b.saturating_sub(start_b));
    let after = reach(end_a.saturating_sub(to_a), end_b.saturating_sub(to_b));
    let (a, b) = (&a.units[..], &b.units[..]);
    let all = (to_a - from_a).max(to_b - from_b) + before + after;
    let mut most = chain.matched + before + after;
    // An alignment in which half of the letters agree, in runs of three and more, has thrice as many
    // groups at least.
    let mut grows = |a: &[u16], b: &[u16], reach: usize| {
        if reach == 0 {
            return true;
        }
        let shared = shared_at_most(a, b, 3);
        most -= reach - shared.min(reach);
        shared > reach / 20 && most * 2 >= all
    };
    let head = |units: &[u16], to: usize| to.saturating_sub(before)..to.min(units.len());
    let tail = |units: &[u16], from: usize| from..(from + after).min(units.len());
    grows(&a[head(a, from_a)], &b[head(b, from_b)], before)
        && grows(&a[tail(a, to_a)], &b[tail(b, to_b)], after)
}

/// Within one text, cuts a chain where its first side runs into its second: a paragraph pasted ten
/// times is nine repeats, not one of nine paragraphs that overlaps itself.
fn apart(runs: Vec<Run>, same: bool) -> Vec<Vec<Run>> {
    let mut out: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        let goes_on = out
            .last()
            .and_then(|chain| chain.first())
            .is_some_and(|first| !same || run.a + run.length <= first.b);
        match out.last_mut() {
            Some(chain) if goes_on => chain.push(run),
            _ => out.push(vec![run]),
        }
    }
    out
}

/// Whether seeds may make up a passage at all, told without looking at the texts: two of them must
/// be able to follow each other. Most pairs of texts that share a fingerprint share only one.
pub(crate) fn may_chain(seeds: &[Seed], config: &TraceConfig) -> bool {
    // So many are looked at in any case: how far to look would depend on which text is called a.
    seeds.len() > LOOK_BACK
        || seeds.iter().enumerate().any(|(n, from)| {
            seeds[n + 1..].iter().any(|to| {
                let (da, db) = (to.at_a.wrapping_sub(from.at_a), to.at_b.wrapping_sub(from.at_b));
                let most = config.max_gap + 2 * config.min_characters;
                da > 0 && db > 0 && (da as usize) < most && (db as usize) < most
            })
        })
}

/// What run `to` adds after `from`; `None` if it cannot follow.
fn step(from: &Run, to: &Run, config: &TraceConfig) -> Option<i64> {
    if to.a <= from.a || to.b <= from.b {
        return None;
    }
    let gap = |start: usize, end: usize| to_i64(start) - to_i64(end);
    let (gap_a, gap_b) = (gap(to.a, from.a + from.length), gap(to.b, from.b + from.length));
    let most = to_i64(config.max_gap);
    if gap_a > most || gap_b > most {
        return None;
    }
    let overlap = (-gap_a).max(-gap_b).max(0);
    let (gap_a, gap_b) = (gap_a.max(0), gap_b.max(0));
    let gain = to_i64(to.length) - overlap;
    (gain > 0).then(|| gain - (gap_a - gap_b).abs() / 4 - gap_a.max(gap_b) / 20)
}

fn to_i64(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Cuts the head of each run where it overlaps the one before on either side.
fn without_overlap(runs: Vec<Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::with_capacity(runs.len());
    for mut run in runs {
        if let Some(last) = out.last() {
            let cut = (last.a + last.length)
                .saturating_sub(run.a)
                .max((last.b + last.length).saturating_sub(run.b));
            if cut >= run.length {
                continue;
            }
            run = Run { a: run.a + cut, b: run.b + cut, length: run.length - cut };
        }
        out.push(run);
    }
    out
}

/// Seeds checked letter by letter and grown to the longest exact run, one for each diagonal stretch.
fn exact_runs(seeds: &[Seed], a: &[u16], b: &[u16], same: bool) -> Vec<Run> {
    let mut sorted: Vec<(usize, usize)> =
        seeds.iter().map(|seed| (seed.at_a as usize, seed.at_b as usize)).collect();
    sorted.sort_unstable_by_key(|&(at_a, at_b)| (to_i64(at_b) - to_i64(at_a), at_a));
    let mut runs: Vec<Run> = Vec::new();
    for (at_a, at_b) in sorted {
        if let Some(last) = runs.last()
            && to_i64(last.b) - to_i64(last.a) == to_i64(at_b) - to_i64(at_a)
            && at_a < last.a + last.length
        {
            continue;
        }
        // Within one text a run ends where its second place begins, or a text that repeats itself
        // without end would be one run over all of it.
        let limit = if same { at_b } else { usize::MAX };
        let ahead = common_head(&a[at_a.min(a.len())..limit.min(a.len())], &b[at_b.min(b.len())..]);
        let floor = if same { at_b.saturating_sub(at_a) } else { usize::MAX };
        let back = common_tail(&a[..at_a.min(a.len())], &b[..at_b.min(b.len())])
            .min(floor.saturating_sub(ahead));
        // Equal hashes over unequal letters: chance, dropped.
        if ahead + back >= crate::fingerprint::RUN / 2 {
            runs.push(Run { a: at_a - back, b: at_b - back, length: ahead + back });
        }
    }
    runs
}
