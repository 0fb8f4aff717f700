//! Which documents of different languages are worth aligning: those whose passages are each other's
//! best by their rarest features.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::Lang;
use rayon::prelude::*;

use crate::TraceConfig;

/// Sentences of a passage, and how far the next one begins.
const PASSAGE: usize = 8;
const NEXT: usize = 6;
/// Features by which a passage is looked up.
const LOOKED_UP: usize = 128;
/// A feature in more passages than this tells nothing.
const MOST_PASSAGES: usize = 400;

/// Least cosine of two passages that may be translations: 95 of 100 of three sentences and more reach
/// it even between unrelated languages.
const LEAST: f32 = 0.05;

/// The field begins after so many documents (a translation may have copies), and a candidate must be
/// so many times as alike as the field.
const FIELD: usize = 5;
const STANDS_OUT: f32 = 1.4;

struct Passage {
    document: u32,
    language: Lang,
    features: Vec<(u32, f32)>,
}

/// Pairs of documents, lower number first, sorted. `lookup(n)` gives the features of each
/// sentence of document `n`.
pub(crate) fn candidates(
    documents: usize,
    languages: &[Option<Lang>],
    lookup: impl Fn(usize) -> Vec<Vec<(u32, f32)>> + Sync,
    config: &TraceConfig,
) -> Vec<(usize, usize)> {
    let passages: Vec<Passage> = (0..documents)
        .into_par_iter()
        .flat_map_iter(|n| {
            let language = languages.get(n).copied().flatten();
            let document = u32::try_from(n).ok();
            let sentences = if language.is_some() { lookup(n) } else { Vec::new() };
            let found: Vec<Passage> = starts(sentences.len())
                .filter_map(|from| {
                    let to = (from + PASSAGE).min(sentences.len());
                    let features = telling(sentences.get(from..to)?);
                    Some(Passage { document: document?, language: language?, features })
                })
                .collect();
            found
        })
        .collect();
    let mut list: Vec<(u32, u32, f32)> = passages
        .iter()
        .enumerate()
        .flat_map(|(n, passage)| {
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            passage.features.iter().map(move |&(feature, weight)| (feature, n, weight))
        })
        .collect();
    list.par_sort_unstable_by_key(|&(feature, passage, _)| (feature, passage));
    // For each passage the best documents of each other language.
    let best: Vec<Vec<u32>> =
        passages.par_iter().map(|passage| best_for(passage, &passages, &list, config)).collect();
    let mut chosen: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (passage, best) in passages.iter().zip(&best) {
        chosen.extend(best.iter().map(|&other| (passage.document, other)));
    }
    chosen
        .iter()
        .filter(|&&(a, b)| a < b && chosen.contains(&(b, a)))
        .map(|&(a, b)| (a as usize, b as usize))
        .collect()
}

fn starts(sentences: usize) -> impl Iterator<Item = usize> {
    let last = sentences.saturating_sub(PASSAGE);
    (0..sentences.min(last + NEXT)).step_by(NEXT).filter(move |&from| from < last + NEXT)
}

/// The heaviest features of a passage, scaled to length one.
pub(crate) fn telling(sentences: &[Vec<(u32, f32)>]) -> Vec<(u32, f32)> {
    let mut features: Vec<(u32, f32)> = sentences.iter().flatten().copied().collect();
    features.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    features.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    features.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    features.truncate(LOOKED_UP);
    let norm = features.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(1e-6);
    features.iter().map(|&(feature, weight)| (feature, weight / norm)).collect()
}

fn best_for(
    passage: &Passage,
    passages: &[Passage],
    list: &[(u32, u32, f32)],
    config: &TraceConfig,
) -> Vec<u32> {
    let mut hits: Vec<(u32, f32)> = Vec::new();
    for &(feature, weight) in &passage.features {
        let from = list.partition_point(|entry| entry.0 < feature);
        let held = &list[from..];
        if held.get(MOST_PASSAGES).is_some_and(|entry| entry.0 == feature) {
            continue;
        }
        for &(_, other, there) in held.iter().take_while(|entry| entry.0 == feature) {
            if passages[other as usize].language != passage.language {
                hits.push((other, weight * there));
            }
        }
    }
    // Stable: the parts of a sum stay in the order of the features.
    hits.sort_by_key(|&(other, _)| other);
    // The best passage of each document, then the best documents of each language.
    let mut by_document: BTreeMap<(Lang, u32), f32> = BTreeMap::new();
    for run in hits.chunk_by(|x, y| x.0 == y.0) {
        let score: f32 = run.iter().map(|(_, part)| part).sum();
        let other = &passages[run[0].0 as usize];
        if score >= LEAST {
            let best = by_document.entry((other.language, other.document)).or_default();
            *best = best.max(score);
        }
    }
    let mut by_language: BTreeMap<Lang, Vec<(f32, u32)>> = BTreeMap::new();
    for ((language, document), score) in by_document {
        by_language.entry(language).or_default().push((score, document));
    }
    let mut out = Vec::new();
    for (_, mut documents) in by_language {
        documents.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        // What is alike to everything is alike to nothing: a translation stands out from the field.
        let field = documents.get(FIELD..).unwrap_or_default();
        let field = field.get(..10).unwrap_or(field);
        let mut least = 0.0;
        if field.len() >= 5 {
            let count = f32::from(u8::try_from(field.len()).unwrap_or(10));
            least = STANDS_OUT * field.iter().map(|(score, _)| score).sum::<f32>() / count;
        }
        let best = documents.iter().take(config.translation_candidates.max(1));
        out.extend(best.filter(|(score, _)| *score >= least).map(|&(_, document)| document));
    }
    out
}
