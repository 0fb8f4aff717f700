//! The same told in other words: sentences of two documents that share their rare words though not
//! their wording. Weaker evidence than copying: it is shown and never makes one account.
//!
//! Only pairs that share several of their rarest words are looked at, a few for each document, so the
//! work grows with the number of documents and not of pairs. Sentences are compared by cosine and
//! Dice of their word stems, as in the best of the evaluations of text reuse (Sanchez-Perez, Sidorov,
//! Gelbukh 2014).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use kua_model::{
    Agreement, AlignedPair, Conflict, Direction, Lang, Link, LinkKind, Span, TextRange,
};
use rayon::prelude::*;

use crate::TraceConfig;
use crate::bodies::Bodies;
use crate::body::Body;
use crate::features::to_f32;
use crate::fingerprint::mix;
use crate::letters::{is_alphanumeric, lowered};
use crate::memo::Remembered;
use crate::wording::{AllWordings, ItemKind, items, mirror};

/// Letters of a word that count, and fewest of a word that counts at all: endings change.
const STEM: usize = 6;
const SHORTEST: usize = 4;
/// A word in more documents than this is not rare; so many of the rarest stand for a document.
const RARE: u32 = 8;
const LOOKED_UP: usize = 12;
/// Rare words two documents must share, and how many partners a document is compared with.
const SHARED: usize = 3;
const PARTNERS: usize = 4;
/// Least cosine and least Dice of two sentences, and what a single pair of sentences must reach.
const LEAST: f32 = 0.30;
const ALONE: f32 = 0.50;
/// What the sentences of a passage must reach on average: two accounts of one crisis share its words.
const TOGETHER: f32 = 0.42;
/// Fewest stems of a sentence that is compared.
const FEWEST: usize = 4;
/// Sentences that may lie between two of one passage.
const GAP: usize = 4;
/// How common words are is judged as if there were at least so many documents.
const BACKGROUND: usize = 1_000;

/// Links of kind paraphrase between bodies of one language, where `links` (sorted) show nothing yet.
pub(crate) fn paraphrases(
    bodies: &Bodies<'_>,
    links: &[Link],
    wordings: &AllWordings,
    config: &TraceConfig,
    remembered: &Remembered<'_>,
) -> Vec<Link> {
    let stems: Vec<Vec<u32>> = remembered.each(STEMS, remembered.documents(), |due| {
        due.par_iter().map(|&n| stems_of(&bodies.get(n))).collect()
    });
    let common = Common::of(&stems);
    let pairs = partners(bodies.languages(), &stems, &common);
    let mut out: Vec<Link> = pairs
        .par_iter()
        .flat_map_iter(|&(a, b)| {
            between(&bodies.get(a), &bodies.get(b), links, &common, wordings, config)
        })
        .collect();
    out.sort_by_key(crate::reuse::order);
    out
}

/// What is remembered of documents.
const STEMS: &str = "trace-stems";

/// In how many documents a stem stands; stems that share a place in the table count together.
struct Common {
    counts: Vec<AtomicU32>,
    documents: f32,
}

const PLACES: usize = 1 << 21;

impl Common {
    /// Of documents whose stems are given, each once.
    fn of(documents: &[Vec<u32>]) -> Self {
        let counts: Vec<AtomicU32> = (0..PLACES).map(|_| AtomicU32::new(0)).collect();
        documents.par_iter().for_each(|stems| {
            for &stem in stems {
                counts[place(stem)].fetch_add(1, Ordering::Relaxed);
            }
        });
        Self { counts, documents: to_f32(documents.len().max(BACKGROUND)) }
    }

    fn count(&self, stem: u32) -> u32 {
        self.counts[place(stem)].load(Ordering::Relaxed)
    }

    fn weight(&self, stem: u32) -> f32 {
        let count = to_f32(self.count(stem).max(1) as usize);
        (self.documents / count).ln().max(0.1)
    }
}

fn place(stem: u32) -> usize {
    stem as usize % PLACES
}

/// All stems of a body, sorted, each once.
fn stems_of(body: &Body<'_>) -> Vec<u32> {
    let mut out: Vec<u32> =
        body.units.iter().flat_map(|unit| stems(body.words(unit.range))).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Stems of the words of a text, sorted, each once.
fn stems(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    // Citing one page is no telling.
    let told = text.split_whitespace().filter(|piece| !piece.contains("://"));
    for word in told.flat_map(|piece| piece.split(|c: char| !is_alphanumeric(c))) {
        let is_figure = word.starts_with(|c: char| c.is_numeric());
        if !is_figure && word.chars().take(SHORTEST).count() < SHORTEST || word.is_empty() {
            continue;
        }
        let (mut hash, mut left) = (7, STEM);
        word.chars().take(STEM).all(|c| {
            lowered(c, |letter| {
                hash = mix(hash ^ u64::from(letter as u32));
                left -= 1;
                left > 0
            })
        });
        out.extend(u32::try_from(hash >> 32));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Pairs of documents of one language that share several of their rarest words, lower number first.
fn partners(
    languages: &[Option<Lang>],
    stems: &[Vec<u32>],
    common: &Common,
) -> Vec<(usize, usize)> {
    let mut held: Vec<(u32, u32)> = stems
        .par_iter()
        .enumerate()
        .flat_map_iter(|(n, stems)| {
            let mut rare: Vec<(u32, u32)> = stems
                .iter()
                .map(|&stem| (common.count(stem), stem))
                .filter(|&(count, _)| (2..=RARE).contains(&count))
                .collect();
            rare.sort_unstable();
            rare.truncate(LOOKED_UP);
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            rare.into_iter().map(move |(_, stem)| (stem, n)).collect::<Vec<_>>()
        })
        .collect();
    held.par_sort_unstable();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for run in held.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() <= RARE as usize * 2) {
        for (at, &(_, a)) in run.iter().enumerate() {
            for &(_, b) in &run[at + 1..] {
                if languages[a as usize] == languages[b as usize] {
                    pairs.push((a, b));
                }
            }
        }
    }
    drop(held);
    pairs.par_sort_unstable();
    // Each document with those that share most with it.
    let mut best: BTreeMap<u32, Vec<(std::cmp::Reverse<usize>, u32)>> = BTreeMap::new();
    for run in pairs.chunk_by(|x, y| x == y).filter(|run| run.len() >= SHARED) {
        let (a, b) = run[0];
        for (one, other) in [(a, b), (b, a)] {
            best.entry(one).or_default().push((std::cmp::Reverse(run.len()), other));
        }
    }
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (one, mut others) in best {
        others.sort_unstable();
        let near = others.iter().take(PARTNERS);
        out.extend(near.map(|&(_, other)| (one.min(other) as usize, one.max(other) as usize)));
    }
    out.sort_unstable();
    out.dedup();
    out
}

struct Sentence {
    range: TextRange,
    stems: Vec<u32>,
    norm: f32,
}

fn sentences(body: &Body<'_>, taken: &[TextRange], common: &Common) -> Vec<Option<Sentence>> {
    body.units
        .iter()
        .map(|unit| {
            let is_taken = taken.iter().any(|range| {
                let start = range.start.max(unit.range.start);
                range.end.min(unit.range.end).saturating_sub(start) * 2 > unit.range.len()
            });
            let stems = stems(body.words(unit.range));
            if is_taken || stems.len() < FEWEST {
                return None;
            }
            let norm = stems.iter().map(|&s| common.weight(s).powi(2)).sum::<f32>().sqrt();
            Some(Sentence { range: unit.range, stems, norm })
        })
        .collect()
}

/// Links between two documents, the same whichever of them is called a.
fn between(
    a: &Body<'_>,
    b: &Body<'_>,
    links: &[Link],
    common: &Common,
    wordings: &AllWordings,
    config: &TraceConfig,
) -> Vec<Link> {
    let (of_a, of_b) = (a.document.id, b.document.id);
    let first = links.partition_point(|l| (l.a.document, l.b.document) < (of_a, of_a));
    let known: Vec<&AlignedPair> = links[first..]
        .iter()
        .take_while(|link| link.a.document == of_a)
        .filter(|link| link.b.document == of_b)
        .flat_map(|link| &link.aligned)
        .collect();
    let in_a = sentences(a, &known.iter().map(|p| p.a).collect::<Vec<_>>(), common);
    let in_b = sentences(b, &known.iter().map(|p| p.b).collect::<Vec<_>>(), common);
    if a.stands_first(b) {
        return told_again((a, &in_a), (b, &in_b), common, wordings, config);
    }
    let mut out = told_again((b, &in_b), (a, &in_a), common, wordings, config);
    out.iter_mut().for_each(mirror_link);
    out
}

/// Exchanges the sides of a link without direction.
fn mirror_link(link: &mut Link) {
    std::mem::swap(&mut link.a, &mut link.b);
    link.aligned.iter_mut().for_each(|pair| std::mem::swap(&mut pair.a, &mut pair.b));
    link.aligned.sort_unstable();
    mirror(&mut link.agreements, &mut link.conflicts);
}

type Sentences<'s> = &'s [Option<Sentence>];

/// Passages of the first that are told again in the second.
fn told_again(
    (a, in_a): (&Body<'_>, Sentences<'_>),
    (b, in_b): (&Body<'_>, Sentences<'_>),
    common: &Common,
    wordings: &AllWordings,
    config: &TraceConfig,
) -> Vec<Link> {
    // Each sentence of a with the one of b that is most like it.
    let mut matched: Vec<(usize, usize, f32)> = Vec::new();
    for (n, one) in in_a.iter().enumerate() {
        let Some(one) = one else { continue };
        let best = in_b
            .iter()
            .enumerate()
            .filter_map(|(m, other)| Some((m, alike(one, other.as_ref()?, common)?)))
            .max_by(|x, y| x.1.total_cmp(&y.1).then(y.0.cmp(&x.0)));
        matched.extend(best.map(|(m, likeness)| (n, m, likeness)));
    }
    let mut out = Vec::new();
    let near = |x: &(usize, usize, f32), y: &(usize, usize, f32)| {
        y.0 - x.0 <= GAP && x.1.abs_diff(y.1) <= GAP
    };
    for passage in matched.chunk_by(near) {
        let pairs: Vec<AlignedPair> = passage
            .iter()
            .filter_map(|&(n, m, _)| {
                Some(AlignedPair { a: in_a[n].as_ref()?.range, b: in_b[m].as_ref()?.range })
            })
            .collect();
        let letters = |pick: fn(&AlignedPair) -> TextRange, body: &Body<'_>| -> usize {
            let count =
                |r: TextRange| body.words(r).chars().filter(|c| c.is_alphanumeric()).count();
            pairs.iter().map(|pair| count(pick(pair))).sum()
        };
        let least = letters(|p| p.a, a).min(letters(|p| p.b, b));
        let is_alone = passage.len() == 1 && passage[0].2 < ALONE;
        let sum: f32 = passage.iter().map(|&(_, _, likeness)| likeness).sum();
        let is_thin = sum < TOGETHER * to_f32(passage.len());
        if is_alone || is_thin || least < config.min_characters {
            continue;
        }
        out.extend(link(a, b, pairs, passage, wordings));
    }
    let told = |body: &Body<'_>, ranges: Vec<TextRange>| {
        let mut ranges = ranges;
        crate::reuse::union_length(&mut ranges) * 100 / body.len().max(1)
    };
    let share_a = told(a, out.iter().flat_map(|l| l.aligned.iter().map(|p| p.a)).collect());
    let share_b = told(b, out.iter().flat_map(|l| l.aligned.iter().map(|p| p.b)).collect());
    let is_shorter = a.len() * 3 < b.len() * 2 || b.len() * 3 < a.len() * 2;
    let share = if a.len() < b.len() { share_a } else { share_b };
    if is_shorter && share >= 50 {
        for link in &mut out {
            link.reasons.push(format!(
                "possible-digest: {share} % of the shorter text is told in other words in the longer."
            ));
        }
    }
    out
}

/// Cosine of two sentences, if that and Dice are high enough.
fn alike(a: &Sentence, b: &Sentence, common: &Common) -> Option<f32> {
    let (mut i, mut j) = (0, 0);
    let (mut shared, mut product) = (0, 0.0);
    while i < a.stems.len() && j < b.stems.len() {
        match a.stems[i].cmp(&b.stems[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                product += common.weight(a.stems[i]).powi(2);
                i += 1;
                j += 1;
            }
        }
    }
    let dice = 2.0 * to_f32(shared) / to_f32(a.stems.len() + b.stems.len());
    let cosine = product / (a.norm * b.norm).max(1e-6);
    (shared >= FEWEST && dice > LEAST && cosine > LEAST).then_some(cosine)
}

fn link(
    a: &Body<'_>,
    b: &Body<'_>,
    mut aligned: Vec<AlignedPair>,
    passage: &[(usize, usize, f32)],
    wordings: &AllWordings,
) -> Option<Link> {
    aligned.sort_unstable();
    let (agreements, conflicts) = figures(a, b, &aligned, wordings);
    let mean = passage.iter().map(|&(_, _, likeness)| likeness).sum::<f32>()
        / to_f32(passage.len().max(1));
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let score = (mean * 1000.0).clamp(0.0, 1000.0) as u16;
    let count = passage.len();
    Some(Link {
        kind: LinkKind::Paraphrase,
        a: Span::new(a.document.id, aligned.iter().map(|p| p.a).reduce(TextRange::cover)?),
        b: Span::new(b.document.id, aligned.iter().map(|p| p.b).reduce(TextRange::cover)?),
        direction: Direction::Unknown,
        reasons: vec![format!(
            "other-words: {count} sentences share their rare words but not their wording; weaker evidence than copied words."
        )],
        agreements,
        conflicts,
        aligned,
        score,
    })
}

/// Figures on both sides of each pair of sentences. Where words stand in another order, a figure is
/// set against another only if each side has exactly one that the other has not.
fn figures(
    a: &Body<'_>,
    b: &Body<'_>,
    aligned: &[AlignedPair],
    wordings: &AllWordings,
) -> (Vec<Agreement>, Vec<Conflict>) {
    let (mut agreements, mut conflicts) = (Vec::new(), Vec::new());
    for pair in aligned {
        let of = |body: &Body<'_>, range: TextRange| -> Vec<(String, TextRange)> {
            items(body, range, wordings.get(body.language()))
                .into_iter()
                .filter(|item| item.kind == ItemKind::Figure)
                .map(|item| (item.key.into_owned(), item.range))
                .collect()
        };
        let (left, right) = (of(a, pair.a), of(b, pair.b));
        for (key, at) in &left {
            if let Some((_, there)) = right.iter().find(|(other, _)| other == key) {
                agreements.push(Agreement { kind: "number".to_owned(), a: *at, b: *there });
            }
        }
        let only =
            |these: &[(String, TextRange)], those: &[(String, TextRange)]| -> Vec<TextRange> {
                let is_there = |key: &String| those.iter().any(|(other, _)| other == key);
                these.iter().filter(|(key, _)| !is_there(key)).map(|(_, at)| *at).collect()
            };
        if let (&[x], &[y]) = (&only(&left, &right)[..], &only(&right, &left)[..]) {
            conflicts.push(Conflict { kind: "number".to_owned(), a: Some(x), b: Some(y) });
        }
    }
    (agreements, conflicts)
}
