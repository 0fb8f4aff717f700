//! A list of words of two languages that answer each other, learnt from sentences that do. No
//! dictionary: what it knows it learnt from the case, and it is shown as the reason.
//!
//! IBM model 1 (Brown and others 1993) over five-letter stems of both sides: word forms are too many
//! to be learnt from little text, and unstemmed a small list harms more than it helps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::features::{Stem, to_f32};
use crate::vectors::Table;

/// Rounds of estimation.
const ROUNDS: usize = 4;
/// Least chance, and least expected times, of an entry.
const LEAST_CHANCE: f32 = 0.02;
const LEAST_TIMES: f32 = 1.2;
/// Stems of one sentence that are looked at.
const MOST_STEMS: usize = 120;

/// Stems of two sentences, or groups of sentences, that answer each other.
pub(crate) type StemPair = (Vec<Stem>, Vec<Stem>);

/// Which stems of one language answer which of another, with their chances both ways.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct WordList {
    /// Pairs it was learnt from.
    pub(crate) learnt_from: u32,
    forth: Side,
    back: Side,
}

/// What the stems of one language become in the other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Side {
    /// Sorted by stem.
    stems: Vec<Known>,
}

/// A stem, the pairs it stands in, and its answers: place in the other side's list and chance.
type Known = (Stem, u32, Vec<(u32, f32)>);

impl Side {
    fn find(&self, stem: &Stem) -> Option<usize> {
        self.stems.binary_search_by(|(known, ..)| known.cmp(stem)).ok()
    }
}

impl WordList {
    /// Learns from pairs. The order of the pairs changes nothing but rounding, so callers sort them.
    pub(crate) fn learn(pairs: &[StemPair]) -> Self {
        let numbers = |pick: fn(&StemPair) -> &Vec<Stem>| {
            let mut stems: BTreeMap<Stem, u32> = BTreeMap::new();
            for pair in pairs {
                let mut here: Vec<Stem> = pick(pair).iter().take(MOST_STEMS).copied().collect();
                here.sort_unstable();
                here.dedup();
                here.into_iter().for_each(|stem| *stems.entry(stem).or_default() += 1);
            }
            stems.into_iter().map(|(stem, count)| (stem, count, Vec::new())).collect::<Vec<_>>()
        };
        let mut forth = Side { stems: numbers(|pair| &pair.0) };
        let mut back = Side { stems: numbers(|pair| &pair.1) };
        let numbered: Vec<(Vec<u32>, Vec<u32>)> = pairs
            .iter()
            .map(|(a, b)| {
                let of = |side: &Side, stems: &[Stem]| -> Vec<u32> {
                    let found = stems.iter().take(MOST_STEMS).filter_map(|s| side.find(s));
                    found.filter_map(|n| u32::try_from(n).ok()).collect()
                };
                (of(&forth, a), of(&back, b))
            })
            .collect();
        let answers = estimate(numbered.iter().map(|(a, b)| (a.as_slice(), b.as_slice())));
        let answered = estimate(numbered.iter().map(|(a, b)| (b.as_slice(), a.as_slice())));
        for (side, entries) in [(&mut forth, answers), (&mut back, answered)] {
            for (of, to, chance) in entries {
                side.stems[of as usize].2.push((to, chance));
            }
        }
        Self { learnt_from: u32::try_from(pairs.len()).unwrap_or(u32::MAX), forth, back }
    }

    /// The same with the languages in the other order.
    pub(crate) fn turned(&self) -> Self {
        Self { learnt_from: self.learnt_from, forth: self.back.clone(), back: self.forth.clone() }
    }

    /// Stems of `a` and `b` that answer each other with at least `chance`, both ways.
    pub(crate) fn answers(&self, a: &[Stem], b: &[Stem], chance: f32) -> Vec<(Stem, Stem)> {
        let mut out = Vec::new();
        for stem in a {
            let Some(n) = self.forth.find(stem) else { continue };
            for &(to, forth) in &self.forth.stems[n].2 {
                let (other, _, back) = &self.back.stems[to as usize];
                let returns = back.iter().any(|&(m, back)| m as usize == n && back >= chance);
                if forth >= chance && returns && b.contains(other) {
                    out.push((*stem, *other));
                }
            }
        }
        out
    }

    /// Sentences of a as they would read in b, and sentences of b as they are, to be multiplied.
    pub(crate) fn forth(&self, a: &[&[Stem]], b: &[&[Stem]]) -> (Table, Table) {
        tables(&self.forth, &self.back, self.learnt_from, a, b)
    }

    /// The same from b to a: sentences of a as they are, and of b as they would read in a.
    pub(crate) fn back(&self, a: &[&[Stem]], b: &[&[Stem]]) -> (Table, Table) {
        let (from, to) = tables(&self.back, &self.forth, self.learnt_from, b, a);
        (to, from)
    }
}

/// Chances of answers: of, to, chance; sorted.
fn estimate<'p>(
    pairs: impl Iterator<Item = (&'p [u32], &'p [u32])> + Clone,
) -> Vec<(u32, u32, f32)> {
    /// Stands for no word: what is added in translation.
    const NOBODY: u32 = u32::MAX;
    let with_nobody =
        |of: &[u32]| of.iter().copied().chain(std::iter::once(NOBODY)).collect::<Vec<_>>();
    let mut entries: Vec<(u32, u32)> = Vec::new();
    for (of, to) in pairs.clone() {
        for of in with_nobody(of) {
            entries.extend(to.iter().map(|&to| (of, to)));
        }
    }
    entries.sort_unstable();
    entries.dedup();
    let place = |of: u32, to: u32| entries.binary_search(&(of, to)).unwrap_or(0);
    // Where each pair's entries stand, looked up once.
    let places: Vec<(usize, Vec<usize>)> = pairs
        .map(|(of, to)| {
            let of = with_nobody(of);
            let all = to.iter().flat_map(|&to| of.iter().map(move |&of| place(of, to))).collect();
            (of.len(), all)
        })
        .collect();
    let mut chances = vec![1.0_f32; entries.len()];
    let mut times = vec![0.0_f32; entries.len()];
    for _ in 0..ROUNDS {
        times.fill(0.0);
        for (width, all) in &places {
            for answers in all.chunks(*width) {
                let sum: f32 = answers.iter().map(|&at| chances[at]).sum();
                for &at in answers {
                    times[at] += chances[at] / sum.max(1e-9);
                }
            }
        }
        let mut from = 0;
        for run in entries.chunk_by(|x, y| x.0 == y.0) {
            let to = from + run.len();
            let total: f32 = times[from..to].iter().sum();
            for at in from..to {
                chances[at] = times[at] / total.max(1e-9);
            }
            from = to;
        }
    }
    entries
        .into_iter()
        .zip(chances)
        .zip(times)
        .filter(|&(((of, _), chance), times)| {
            of != NOBODY && chance > LEAST_CHANCE && times > LEAST_TIMES
        })
        .map(|(((of, to), chance), _)| (of, to, chance))
        .collect()
}

/// `from` turned into the words of `other`, and `plain` in its own; what the list does not know keeps
/// its weight on the plain side, so that it counts as not answered.
fn tables(
    side: &Side,
    other: &Side,
    learnt_from: u32,
    from: &[&[Stem]],
    plain: &[&[Stem]],
) -> (Table, Table) {
    let total = to_f32(learnt_from as usize) + 1.0;
    let weight = |count: u32| (total / (to_f32(count as usize) + 0.5)).ln().max(0.1);
    let mut turned = Vec::new();
    let mut kept = Vec::new();
    for (n, stems) in (0_u32..).zip(from) {
        for stem in *stems {
            let Some(found) = side.find(stem) else { continue };
            for &(to, chance) in &side.stems[found].2 {
                turned.push((to, n, chance * weight(other.stems[to as usize].1)));
            }
        }
    }
    // Numbers beyond the list stand for stems it does not know, each by itself.
    let mut beyond = u32::try_from(other.stems.len()).unwrap_or(u32::MAX);
    for (n, stems) in (0_u32..).zip(plain) {
        for stem in *stems {
            let (feature, count) = match other.find(stem) {
                Some(found) => (u32::try_from(found).unwrap_or(u32::MAX), other.stems[found].1),
                None => {
                    beyond = beyond.saturating_add(1);
                    (beyond, 0)
                }
            };
            kept.push((feature, n, weight(count)));
        }
    }
    (Table::of(turned, from.len()), Table::of(kept, plain.len()))
}
