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

/// Features of a passage with their weights, heaviest first.
pub(crate) type Features = Vec<(u32, f32)>;

struct Passage {
    document: u32,
    language: Lang,
    features: Vec<(u32, f32)>,
}

/// Features of each passage of a document, from those of its sentences.
pub(crate) fn passages_of(sentences: &[Vec<(u32, f32)>]) -> Vec<Features> {
    starts(sentences.len())
        .filter_map(|from| {
            Some(telling(sentences.get(from..(from + PASSAGE).min(sentences.len()))?))
        })
        .collect()
}

/// Pairs of documents, lower number first, sorted. `features` are those of the passages of each
/// document; a document without language has none.
pub(crate) fn candidates(
    features: Vec<Vec<Features>>,
    languages: &[Option<Lang>],
    config: &TraceConfig,
) -> Vec<(usize, usize)> {
    let passages: Vec<Passage> = features
        .into_iter()
        .enumerate()
        .flat_map(|(n, passages)| {
            let language = languages.get(n).copied().flatten();
            let document = u32::try_from(n).ok();
            passages.into_iter().filter_map(move |features| {
                Some(Passage { document: document?, language: language?, features })
            })
        })
        .collect();
    let hits = Hits::of(&passages);
    let passages: Vec<(u32, Lang)> = passages.iter().map(|p| (p.document, p.language)).collect();
    // For each passage the best documents of each other language.
    let best: Vec<Vec<u32>> = (0..passages.len())
        .into_par_iter()
        .map_init(
            || (vec![0.0_f32; passages.len()], Vec::new()),
            |(scores, touched), n| best_for(n, &passages, &hits, scores, touched, config),
        )
        .collect();
    let mut chosen: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (&(document, _), best) in passages.iter().zip(&best) {
        chosen.extend(best.iter().map(|&other| (document, other)));
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

/// Which passages share each feature, as far as it tells anything: those of more than one language
/// and not too many.
struct Hits {
    /// Feature by feature: passage and weight there.
    list: Vec<(u32, f32)>,
    /// For each passage its weight of a feature and where the feature's passages are in `list`.
    runs: Vec<Vec<(f32, u32, u32)>>,
}

impl Hits {
    fn of(passages: &[Passage]) -> Self {
        let mut list: Vec<(u32, u32, f32)> =
            Vec::with_capacity(passages.iter().map(|p| p.features.len()).sum());
        for (n, passage) in passages.iter().enumerate() {
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            list.extend(passage.features.iter().map(|&(feature, weight)| (feature, n, weight)));
        }
        list.par_sort_unstable_by_key(|&(feature, passage, _)| (feature, passage));
        let mut hits = Self { list: Vec::new(), runs: vec![Vec::new(); passages.len()] };
        for run in list.chunk_by(|x, y| x.0 == y.0) {
            let language = |entry: &(u32, u32, f32)| passages[entry.1 as usize].language;
            let first = language(&run[0]);
            if run.len() > MOST_PASSAGES || run.iter().all(|entry| language(entry) == first) {
                continue;
            }
            let Ok(from) = u32::try_from(hits.list.len()) else { break };
            hits.list.extend(run.iter().map(|&(_, passage, weight)| (passage, weight)));
            let Ok(to) = u32::try_from(hits.list.len()) else { break };
            for &(_, passage, weight) in run {
                hits.runs[passage as usize].push((weight, from, to));
            }
        }
        hits
    }
}

/// Documents of each other language whose best passage is most like passage `n`. `scores` is zero
/// for every passage and is left so.
fn best_for(
    n: usize,
    passages: &[(u32, Lang)],
    hits: &Hits,
    scores: &mut [f32],
    touched: &mut Vec<u32>,
    config: &TraceConfig,
) -> Vec<u32> {
    let own = passages[n].1;
    touched.clear();
    for &(weight, from, to) in &hits.runs[n] {
        for &(other, there) in &hits.list[from as usize..to as usize] {
            let score = &mut scores[other as usize];
            if *score == 0.0 {
                touched.push(other);
            }
            *score += weight * there;
        }
    }
    // The best passage of each document, then the best documents of each language.
    let mut by_document: BTreeMap<(Lang, u32), f32> = BTreeMap::new();
    for &other in touched.iter() {
        let score = std::mem::take(&mut scores[other as usize]);
        let (document, language) = passages[other as usize];
        if score >= LEAST && language != own {
            let best = by_document.entry((language, document)).or_default();
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
