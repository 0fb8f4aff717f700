//! Finds places where two texts, or two places of one text, share a fingerprint.
//!
//! The join is an inverted list cut at a document frequency, never a comparison of all with all.
//! Above the cut a fingerprint is not thrown away: near-identical texts are joined with the first of
//! their group, and groups with each other or, if even those are too many, with the first group. So
//! what everybody copies is still found, in linear time.

use std::borrow::Cow;

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
    hash: u64,
    text: u32,
    at: u32,
}

/// Fingerprints that are held at one time; more text than that goes through in several passes.
const MOST_POSTINGS: usize = 48 << 20;
/// Texts whose fingerprints are worked out at a time.
const BATCH: usize = 4_096;
/// Times a fingerprint is followed within one text and between two.
const MOST_WITHIN: usize = 4;

/// The fingerprints of one text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Prints {
    /// Hash and unit position, in order of position.
    list: Vec<(u64, u32)>,
    sketch: Sketch,
}

impl Prints {
    /// None of a text that is too short to be compared.
    pub(crate) fn of(folded: &Folded, config: &TraceConfig) -> Self {
        let mut prints = Self::default();
        let run = folded.run;
        if folded.units.len() >= config.min_characters * run / crate::fingerprint::RUN {
            fingerprints(&folded.units, run, |hash, at| {
                prints.sketch.add(hash);
                prints.list.extend(u32::try_from(at).ok().map(|at| (hash, at)));
            });
            prints.sketch.finish();
        }
        prints
    }
}

/// For each text the first of those that are nearly identical to it.
pub(crate) type Leaders = Vec<u32>;

/// All seeds between the texts, sorted. `prints(n)` gives the fingerprints of text `n`, which is
/// called for again in every pass so that not all of them stay in memory.
pub(crate) fn seeds<'p>(
    texts: usize,
    bytes: usize,
    prints: impl Fn(usize) -> Cow<'p, Prints> + Sync,
    config: &TraceConfig,
) -> (Vec<Seed>, Leaders) {
    // An eighth of the letters become fingerprints.
    let passes = (bytes / 8 / MOST_POSTINGS + 1) as u64;
    let mut leaders = Vec::new();
    let mut seeds = Vec::new();
    for pass in 0..passes {
        let mut all: Vec<Posting> = Vec::new();
        let mut sketches: Vec<Sketch> = Vec::new();
        // A batch at a time: what was found of all texts is never held twice.
        for first in (0..texts).step_by(BATCH) {
            let found: Vec<(Vec<Posting>, Sketch)> = (first..(first + BATCH).min(texts))
                .into_par_iter()
                .map(|text| {
                    let prints = prints(text);
                    let list = postings(text, &prints, |hash| hash % passes == pass);
                    (list, prints.sketch.clone())
                })
                .collect();
            let more: usize = found.iter().map(|(list, _)| list.len()).sum();
            if first == 0 {
                // As many again for each batch to come, and a little more.
                all.reserve(more * texts.div_ceil(BATCH) + more / 8);
            }
            for (list, sketch) in found {
                all.extend(list);
                if pass == 0 {
                    sketches.push(sketch);
                }
            }
        }
        if pass == 0 {
            leaders = groups(&sketches);
            drop(sketches);
        }
        all.par_sort_unstable();
        seeds.par_extend(
            runs(&all)
                .into_par_iter()
                .flat_map_iter(|run| join(&all[run], &leaders, config, |_| true)),
        );
    }
    seeds.par_sort_unstable();
    seeds.dedup();
    (seeds, leaders)
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
    let sketches: Vec<Sketch> = all.iter().map(|prints| prints.sketch.clone()).collect();
    let leaders = groups(&sketches);
    let is_other = |text: usize| before.get(text).copied().flatten() != leaders.get(text).copied();
    let others = (0..all.len()).filter(|&text| is_other(text));
    let postings = holding(all, &wanted(others.map(|text| &all[text])));
    let was_there = |text: u32| before.get(text as usize).is_some_and(Option::is_some);
    let then: Leaders = before.iter().map(|leader| leader.unwrap_or(u32::MAX)).collect();
    let touched: Vec<u32> = runs(&postings)
        .into_par_iter()
        .flat_map_iter(|run| {
            let now = &postings[run];
            let old: Vec<Posting> = now.iter().filter(|p| was_there(p.text)).copied().collect();
            let every = |_| true;
            differing(join(now, &leaders, config, every), join(&old, &then, config, every))
        })
        .collect();
    let mut is_touched: Vec<bool> = before.iter().map(Option::is_none).collect();
    for text in touched {
        is_touched[text as usize] = true;
    }
    let touched = (0..all.len()).filter(|&n| is_touched[n]).map(|n| &all[n]);
    let postings = holding(all, &wanted(touched));
    let mut seeds: Vec<Seed> = runs(&postings)
        .into_par_iter()
        .flat_map_iter(|run| {
            join(&postings[run], &leaders, config, |text| is_touched[text as usize])
        })
        .collect();
    seeds.par_sort_unstable();
    seeds.dedup();
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
    Wanted::of(texts.flat_map(|prints| prints.list.iter().map(|&(hash, _)| hash)))
}

/// Postings of the wanted hashes in all texts, sorted.
fn holding(all: &[Prints], wanted: &Wanted) -> Vec<Posting> {
    let mut out: Vec<Posting> = all
        .par_iter()
        .enumerate()
        .flat_map_iter(|(text, prints)| postings(text, prints, |hash| wanted.holds(hash)))
        .collect();
    out.par_sort_unstable();
    out
}

fn postings(text: usize, prints: &Prints, is_wanted: impl Fn(u64) -> bool) -> Vec<Posting> {
    let Ok(text) = u32::try_from(text) else { return Vec::new() };
    let wanted = prints.list.iter().filter(|(hash, _)| is_wanted(*hash));
    wanted.map(|&(hash, at)| Posting { hash, text, at }).collect()
}

/// Stretches of equal hash that have at least two postings.
fn runs(postings: &[Posting]) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for at in 1..=postings.len() {
        if postings.get(at).map(|p| p.hash) != postings.get(start).map(|p| p.hash) {
            if at - start > 1 {
                out.push(start..at);
            }
            start = at;
        }
    }
    out
}

/// Seeds of one fingerprint whose first text is wanted.
fn join(
    postings: &[Posting],
    leaders: &[u32],
    config: &TraceConfig,
    is_wanted: impl Fn(u32) -> bool,
) -> Vec<Seed> {
    let mut out = Vec::new();
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
                cross(a, b, &mut out);
            }
        }
        return out;
    }
    let mut cross = |a: &[Posting], b: &[Posting]| {
        let first = if text_of(a) <= text_of(b) { a } else { b };
        if wanted(first) {
            cross(a, b, &mut out);
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
    out
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
