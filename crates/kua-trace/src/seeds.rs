//! Finds places where two texts, or two places of one text, share a fingerprint.
//!
//! The join is an inverted list cut at a document frequency, never a comparison of all with all.
//! Above the cut a fingerprint is not thrown away: near-identical texts are joined with the first of
//! their group, and groups with each other or, if even those are too many, with the first group. So
//! what everybody copies is still found, in linear time.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::TraceConfig;
use crate::fingerprint::{fingerprints, run_length};
use crate::fold::Folded;
use crate::twins::{Sketch, groups};

/// One shared fingerprint: unit positions in two texts, `a <= b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seed {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) at_a: u32,
    pub(crate) at_b: u32,
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

/// All seeds between the texts, sorted. `fold(n)` gives the units of text `n`, which is called for
/// again in every pass so that nothing but fingerprints stays in memory.
pub(crate) fn seeds<'f>(
    texts: usize,
    bytes: usize,
    fold: impl Fn(usize) -> Cow<'f, Folded> + Sync,
    config: &TraceConfig,
) -> Vec<Seed> {
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
                .map(|text| postings(text, &fold(text), pass, passes, pass == 0, config))
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
            runs(&all).into_par_iter().flat_map_iter(|run| join(&all[run], &leaders, config)),
        );
    }
    seeds.par_sort_unstable();
    seeds.dedup();
    seeds
}

fn postings(
    text: usize,
    folded: &Folded,
    pass: u64,
    passes: u64,
    sketching: bool,
    config: &TraceConfig,
) -> (Vec<Posting>, Sketch) {
    let mut list = Vec::new();
    let mut sketch = Sketch::default();
    let Ok(text) = u32::try_from(text) else { return (list, sketch) };
    let run = run_length(&folded.units);
    let least = config.min_characters * run / crate::fingerprint::RUN;
    if folded.units.len() < least {
        return (list, sketch);
    }
    fingerprints(&folded.units, run, |hash, at| {
        if sketching {
            sketch.add(hash);
        }
        if hash % passes == pass
            && let Ok(at) = u32::try_from(at)
        {
            list.push(Posting { hash, text, at });
        }
    });
    sketch.finish();
    (list, sketch)
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

/// Seeds of one fingerprint.
fn join(postings: &[Posting], leaders: &[u32], config: &TraceConfig) -> Vec<Seed> {
    let mut out = Vec::new();
    let texts: Vec<&[Posting]> = postings.chunk_by(|a, b| a.text == b.text).collect();
    for own in &texts {
        // Within a text only neighbours are joined: chains of repeats stay linear. Too near ones
        // are a pattern in the letters, no repeated passage.
        for pair in own.windows(2) {
            if (pair[1].at - pair[0].at) as usize >= config.min_characters {
                out.push(seed(&pair[0], &pair[1]));
            }
        }
    }
    if texts.len() <= config.max_documents_per_fingerprint {
        for (n, a) in texts.iter().enumerate() {
            for b in &texts[n + 1..] {
                cross(a, b, &mut out);
            }
        }
        return out;
    }
    let leader = |list: &[Posting]| {
        list.first().and_then(|p| leaders.get(p.text as usize)).copied().unwrap_or(u32::MAX)
    };
    let mut ordered = texts;
    ordered.sort_by_key(|list| (leader(list), list.first().map_or(0, |p| p.text)));
    let heads: Vec<&[Posting]> = ordered
        .chunk_by(|a, b| leader(a) == leader(b))
        .filter_map(|group| {
            let head = *group.first()?;
            group[1..].iter().for_each(|other| cross(head, other, &mut out));
            Some(head)
        })
        .collect();
    let all_with_all = heads.len() <= config.max_documents_per_fingerprint;
    for (n, a) in heads.iter().enumerate().take(if all_with_all { heads.len() } else { 1 }) {
        for b in &heads[n + 1..] {
            cross(a, b, &mut out);
        }
    }
    out
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
