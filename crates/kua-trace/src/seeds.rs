//! Finds places where two texts, or two places of one text, share a fingerprint.
//!
//! The join is an inverted list cut at a document frequency, never a comparison of all with all.
//! Above the cut a fingerprint is not thrown away: near-identical texts are joined with the first of
//! their group, and groups with each other or, if even those are too many, with the first group. So
//! what everybody copies is still found, in linear time.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::TraceConfig;
use crate::fingerprint::fingerprints;
use crate::fold::Folded;
use crate::since::Wanted;
use crate::twins::{Sketch, groups};

/// One shared fingerprint: unit positions in two texts, `a <= b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seed {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) at_a: u32,
    pub(crate) at_b: u32,
}

impl Seed {
    /// The same with its sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        Self { a: self.b, b: self.a, at_a: self.at_b, at_b: self.at_a }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    hash: u32,
    text: u32,
    at: u32,
}

/// Times a fingerprint is followed within one text and between two.
const MOST_WITHIN: usize = 4;

/// The fingerprints of one text, five bytes each.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Prints {
    /// Half of each hash, in order of position: where two differ in spite of it, their letters do.
    hashes: Vec<u32>,
    /// How far each stands behind the one before, never more than a window.
    steps: Vec<u8>,
    sketch: Sketch,
}

impl Prints {
    /// None of a text that is too short to be compared.
    pub(crate) fn of(folded: &Folded, config: &TraceConfig) -> Self {
        let mut prints = Self::default();
        let run = folded.run;
        if folded.units.len() >= config.min_characters * run / crate::fingerprint::RUN {
            let mut last = 0;
            fingerprints(&folded.units, run, |hash, at| {
                prints.sketch.add(hash);
                let [a, b, c, d, ..] = hash.to_le_bytes();
                prints.hashes.push(u32::from_le_bytes([a, b, c, d]));
                prints.steps.push(u8::try_from(at - last).unwrap_or(u8::MAX));
                last = at;
            });
            prints.sketch.finish();
            prints.hashes.shrink_to_fit();
            prints.steps.shrink_to_fit();
        }
        prints
    }

    /// Hash and unit position of each, in order.
    fn list(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut at = 0;
        self.hashes.iter().zip(&self.steps).map(move |(&hash, &step)| {
            at += u32::from(step);
            (hash, at)
        })
    }
}

/// For each text the first of those that are nearly identical to it.
pub(crate) type Leaders = Vec<u32>;

/// The fingerprints that stand in more than one place, from which seeds are made.
pub(crate) struct Shared {
    postings: Vec<Posting>,
    pub(crate) leaders: Leaders,
}

impl Shared {
    /// Of all texts. Most fingerprints stand in one place only and are never listed.
    pub(crate) fn of(prints: &[Prints]) -> Self {
        let twice = Twice::of(prints);
        let mut postings = listed(prints, |hash| twice.holds(hash));
        drop(twice);
        postings.par_sort_unstable();
        Self { postings, leaders: leaders(prints) }
    }

    /// The seeds whose first text is among `texts`, sorted. Asked for some texts at a time, because
    /// those of all would be many times as large as the texts.
    pub(crate) fn seeds(&self, texts: &std::ops::Range<usize>, config: &TraceConfig) -> Vec<Seed> {
        joined(&self.postings, &self.leaders, config, |text| texts.contains(&(text as usize)))
    }
}

fn leaders(prints: &[Prints]) -> Leaders {
    groups(&prints.iter().map(|prints| &prints.sketch).collect::<Vec<_>>())
}

/// Postings of the hashes that are wanted, text by text.
fn listed(prints: &[Prints], is_wanted: impl Fn(u32) -> bool + Sync) -> Vec<Posting> {
    // Counted first: so that room is taken once, and for no more than there is.
    let counts: Vec<usize> = prints
        .par_iter()
        .map(|prints| prints.hashes.iter().filter(|hash| is_wanted(**hash)).count())
        .collect();
    let mut out = vec![Posting { hash: 0, text: 0, at: 0 }; counts.iter().sum()];
    let mut rest = &mut out[..];
    let mut parts = Vec::with_capacity(prints.len());
    for (text, &count) in (0_u32..).zip(&counts) {
        let (part, others) = rest.split_at_mut(count);
        parts.push((text, part));
        rest = others;
    }
    parts.into_par_iter().zip(prints).for_each(|((text, part), prints)| {
        let wanted = prints.list().filter(|(hash, _)| is_wanted(*hash));
        for (place, (hash, at)) in part.iter_mut().zip(wanted) {
            *place = Posting { hash, text, at };
        }
    });
    out
}

/// Seeds of sorted postings whose first text is wanted, sorted.
fn joined(
    postings: &[Posting],
    leaders: &[u32],
    config: &TraceConfig,
    is_wanted: impl Fn(u32) -> bool + Sync,
) -> Vec<Seed> {
    let parts: Vec<Vec<Seed>> = postings
        .par_chunk_by(|x, y| x.hash == y.hash)
        .fold(Vec::new, |mut out, run| {
            join(run, leaders, config, &is_wanted, &mut out);
            out
        })
        .collect();
    let mut seeds = parts.concat();
    drop(parts);
    seeds.par_sort_unstable();
    seeds.dedup();
    seeds
}

/// Which hashes may stand in more than one place: a bit for each, shared by some that do not.
struct Twice(Vec<AtomicU64>);

impl Twice {
    fn of(prints: &[Prints]) -> Self {
        const BITS_EACH: usize = 8;
        let count: usize = prints.iter().map(|prints| prints.hashes.len()).sum();
        let words = (count * BITS_EACH / 64).next_power_of_two().min(1 << 26);
        let empty = || Self((0..words).map(|_| AtomicU64::new(0)).collect());
        let (once, twice) = (empty(), empty());
        // The same whatever the order: a bit of `twice` is set by the second of two in any case.
        prints.par_iter().for_each(|prints| {
            for &hash in &prints.hashes {
                let (word, bit) = once.place(hash);
                if once.0[word].fetch_or(bit, Ordering::Relaxed) & bit != 0 {
                    twice.0[word].fetch_or(bit, Ordering::Relaxed);
                }
            }
        });
        twice
    }

    fn place(&self, hash: u32) -> (usize, u64) {
        ((hash >> 6) as usize & (self.0.len() - 1), 1 << (hash & 63))
    }

    fn holds(&self, hash: u32) -> bool {
        let (word, bit) = self.place(hash);
        self.0[word].load(Ordering::Relaxed) & bit != 0
    }
}

/// What more texts change: whose seeds, and what these are now.
pub(crate) struct Change {
    /// For each text whether a seed of it with itself or a text after it came or went.
    pub(crate) is_touched: Vec<bool>,
    /// All seeds of the touched texts with themselves and texts after them, sorted.
    pub(crate) seeds: Vec<Seed>,
    pub(crate) leaders: Leaders,
}

/// The seeds that are others than they were before some texts came in. `before` has for each text
/// its leader then, in numbers of now, and nothing for a text that is new.
///
/// Exact: the seeds of a fingerprint depend only on the texts that hold it and, if it is common, on
/// their leaders. So those of a fingerprint of no new text, and of none whose leader is another,
/// are what they were.
pub(crate) fn change(all: &[Prints], before: &[Option<u32>], config: &TraceConfig) -> Change {
    let leaders = leaders(all);
    let is_other = |text: usize| before.get(text).copied().flatten() != leaders.get(text).copied();
    let others = (0..all.len()).filter(|&text| is_other(text));
    let postings = holding(all, &wanted(others.map(|text| &all[text])));
    let was_there = |text: u32| before.get(text as usize).is_some_and(Option::is_some);
    let then: Leaders = before.iter().map(|leader| leader.unwrap_or(u32::MAX)).collect();
    let touched: Vec<u32> = postings
        .par_chunk_by(|x, y| x.hash == y.hash)
        .flat_map_iter(|now| {
            let old: Vec<Posting> = now.iter().filter(|p| was_there(p.text)).copied().collect();
            let seeds = |postings: &[Posting], leaders: &[u32]| {
                let mut out = Vec::new();
                join(postings, leaders, config, &|_| true, &mut out);
                out
            };
            differing(seeds(now, &leaders), seeds(&old, &then))
        })
        .collect();
    let mut is_touched: Vec<bool> = before.iter().map(Option::is_none).collect();
    for text in touched {
        is_touched[text as usize] = true;
    }
    let touched = (0..all.len()).filter(|&n| is_touched[n]).map(|n| &all[n]);
    let postings = holding(all, &wanted(touched));
    let seeds = joined(&postings, &leaders, config, |text| is_touched[text as usize]);
    Change { is_touched, seeds, leaders }
}

/// Texts with a seed, as its first, that is in one of two lists only.
fn differing(mut x: Vec<Seed>, mut y: Vec<Seed>) -> Vec<u32> {
    let mut out = Vec::new();
    x.sort_unstable();
    y.sort_unstable();
    let (mut x, mut y) = (x.into_iter().peekable(), y.into_iter().peekable());
    loop {
        let (seed, takes_x, takes_y) = match (x.peek(), y.peek()) {
            (Some(a), Some(b)) => (a.min(b).a, a <= b, b <= a),
            (Some(a), None) => (a.a, true, false),
            (None, Some(b)) => (b.a, false, true),
            (None, None) => return out,
        };
        if takes_x != takes_y && out.last() != Some(&seed) {
            out.push(seed);
        }
        if takes_x {
            x.next();
        }
        if takes_y {
            y.next();
        }
    }
}

/// The hashes of some texts.
fn wanted<'p>(texts: impl Iterator<Item = &'p Prints>) -> Wanted {
    Wanted::of(texts.flat_map(|prints| prints.hashes.iter().map(|&hash| u64::from(hash))))
}

/// Postings of the wanted hashes in all texts, sorted.
fn holding(all: &[Prints], wanted: &Wanted) -> Vec<Posting> {
    let mut out = listed(all, |hash| wanted.holds(u64::from(hash)));
    out.par_sort_unstable();
    out
}

/// Adds the seeds of one fingerprint whose first text is wanted.
fn join(
    postings: &[Posting],
    leaders: &[u32],
    config: &TraceConfig,
    is_wanted: &impl Fn(u32) -> bool,
    out: &mut Vec<Seed>,
) {
    if postings.len() < 2 || !postings.iter().any(|posting| is_wanted(posting.text)) {
        return;
    }
    let texts: Vec<&[Posting]> = postings.chunk_by(|a, b| a.text == b.text).collect();
    let wanted = |list: &[Posting]| list.first().is_some_and(|p| is_wanted(p.text));
    for own in texts.iter().filter(|own| wanted(own)) {
        // Within a text only neighbours are joined: chains of repeats stay linear. Too near ones
        // are a pattern in the letters, no repeated passage.
        for pair in own.windows(2) {
            if (pair[1].at - pair[0].at) as usize >= config.min_characters {
                out.push(seed(&pair[0], &pair[1]));
            }
        }
    }
    if texts.len() <= config.max_documents_per_fingerprint {
        for (n, a) in texts.iter().enumerate().filter(|(_, a)| wanted(a)) {
            for b in &texts[n + 1..] {
                cross(a, b, out);
            }
        }
        return;
    }
    let mut cross = |a: &[Posting], b: &[Posting]| {
        let first = if text_of(a) <= text_of(b) { a } else { b };
        if wanted(first) {
            cross(a, b, out);
        }
    };
    let leader =
        |list: &[Posting]| leaders.get(text_of(list) as usize).copied().unwrap_or(u32::MAX);
    let mut ordered = texts;
    ordered.sort_by_key(|list| (leader(list), text_of(list)));
    let heads: Vec<&[Posting]> = ordered
        .chunk_by(|a, b| leader(a) == leader(b))
        .filter_map(|group| {
            let head = *group.first()?;
            group[1..].iter().for_each(|other| cross(head, other));
            Some(head)
        })
        .collect();
    let all_with_all = heads.len() <= config.max_documents_per_fingerprint;
    for (n, a) in heads.iter().enumerate().take(if all_with_all { heads.len() } else { 1 }) {
        for b in &heads[n + 1..] {
            cross(a, b);
        }
    }
}

fn text_of(list: &[Posting]) -> u32 {
    list.first().map_or(u32::MAX, |posting| posting.text)
}

/// Seeds between the places of two texts: all with all if they are few, else in step.
fn cross(a: &[Posting], b: &[Posting], out: &mut Vec<Seed>) {
    if a.len() <= MOST_WITHIN && b.len() <= MOST_WITHIN {
        for from in a {
            out.extend(b.iter().map(|to| seed(from, to)));
        }
    } else {
        out.extend(a.iter().zip(b).map(|(from, to)| seed(from, to)));
    }
}

fn seed(one: &Posting, other: &Posting) -> Seed {
    let (a, b) =
        if (one.text, one.at) <= (other.text, other.at) { (one, other) } else { (other, one) };
    Seed { a: a.text, b: b.text, at_a: a.at, at_b: b.at }
}
