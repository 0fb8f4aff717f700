//! What of a sentence survives translation: letter groups of its skeleton, figures and names, each
//! weighed by how rare it is.

use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;

use crate::body::Body;
use crate::fingerprint::mix;
use crate::rarity::share_of_sentences;
use crate::skeleton::{romanised, skeleton_of_romanised};
use crate::wording::{ItemKind, Wordings, items};
use kua_model::TextRange;

/// Features of a sentence with their weights, sorted by feature.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vector {
    pub(crate) entries: Vec<(u32, f32)>,
    /// Euclidean length.
    pub(crate) norm: f32,
}

impl Vector {
    /// Cosine of the angle, 0 to 1.
    pub(crate) fn cosine(&self, other: &Self) -> f32 {
        let (mut i, mut j, mut dot) = (0, 0, 0.0);
        while let (Some(a), Some(b)) = (self.entries.get(i), other.entries.get(j)) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    dot += a.1 * b.1;
                    i += 1;
                    j += 1;
                }
            }
        }
        if self.norm > 0.0 && other.norm > 0.0 { dot / (self.norm * other.norm) } else { 0.0 }
    }

    /// The sum of both.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut entries = Vec::with_capacity(self.entries.len() + other.entries.len());
        let (mut i, mut j) = (0, 0);
        loop {
            match (self.entries.get(i), other.entries.get(j)) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    entries.push((a.0, a.1 + b.1));
                    i += 1;
                    j += 1;
                }
                (Some(a), Some(b)) if a.0 < b.0 => {
                    entries.push(*a);
                    i += 1;
                }
                (Some(a), None) => {
                    entries.push(*a);
                    i += 1;
                }
                (_, Some(b)) => {
                    entries.push(*b);
                    j += 1;
                }
                (None, None) => break,
            }
        }
        Self::new(entries)
    }

    fn new(entries: Vec<(u32, f32)>) -> Self {
        let norm = entries.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        Self { entries, norm }
    }
}

/// A sentence as it is compared across languages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketched {
    pub(crate) range: TextRange0,
    pub(crate) vector: Vector,
    /// The same without figures and names: what two tellings of one event need not share.
    pub(crate) content: Vector,
    /// Letters and digits after romanisation: languages differ less in these than in bytes.
    pub(crate) length: f32,
    /// Values of figures written in digits, sorted.
    pub(crate) figures: Vec<String>,
    /// Values of figures in words, sorted: they may answer a figure but none need answer them,
    /// because "one" is often no figure at all.
    pub(crate) spelled: Vec<String>,
    /// First skeleton letters of names that do not open a sentence, sorted.
    pub(crate) names: Vec<String>,
    /// First five skeleton letters of every word of three letters or more, in order.
    pub(crate) stems: Vec<String>,
}

/// A range with a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TextRange0(pub(crate) TextRange);

impl Default for TextRange0 {
    fn default() -> Self {
        Self(TextRange::new(0, 0))
    }
}

/// What a feature is, before it is weighed.
struct Raw {
    hash: u32,
    /// Share of sentences of other texts that are expected to hold it.
    share: f32,
    /// How much this kind of feature counts.
    kind: f32,
    /// Of a figure or a name.
    anchor: bool,
    /// Whether passages are looked up by it: of figures, names and whole stems.
    looked_up: bool,
}

/// How often each feature stands in the sentences of the case, in a table of fixed size.
pub(crate) struct Background {
    counts: Vec<u32>,
    sentences: f32,
}

/// Slots of the table; features that share a slot count as one, which only makes them less telling.
const SLOTS: usize = 1 << 20;
/// Sentences of other texts that the expected shares stand for.
const EXPECTED: f32 = 400.0;

impl Background {
    pub(crate) fn of(bodies: &[Body<'_>], words: &[&Wordings]) -> Self {
        let counts: Vec<AtomicU32> = (0..SLOTS).map(|_| AtomicU32::new(0)).collect();
        bodies.par_iter().zip(words).for_each(|(body, words)| {
            for unit in &body.units {
                let (raw, _) = raw_features(body, unit.range, words);
                let mut slots: Vec<usize> = raw.iter().map(|r| r.hash as usize % SLOTS).collect();
                slots.sort_unstable();
                slots.dedup();
                // Sums do not depend on the order they are made in.
                for slot in slots {
                    counts[slot].fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let counts = counts.into_iter().map(AtomicU32::into_inner).collect();
        let sentences: usize = bodies.iter().map(|body| body.units.len()).sum();
        Self { counts, sentences: to_f32(sentences) }
    }

    /// The sentence at `range`, weighed.
    pub(crate) fn sketch(&self, body: &Body<'_>, range: TextRange, words: &Wordings) -> Sketched {
        let (raw, mut sketched) = raw_features(body, range, words);
        sketched.vector = self.weighed(raw.iter());
        sketched.content = self.weighed(raw.iter().filter(|feature| !feature.anchor));
        sketched
    }

    /// The features by which the sentence at `range` is looked up, weighed and sorted.
    pub(crate) fn lookup(
        &self,
        body: &Body<'_>,
        range: TextRange,
        words: &Wordings,
    ) -> Vec<(u32, f32)> {
        let (raw, _) = raw_features(body, range, words);
        self.weighed(raw.iter().filter(|feature| feature.looked_up)).entries
    }

    fn weighed<'r>(&self, raw: impl Iterator<Item = &'r Raw>) -> Vector {
        let mut entries: Vec<(u32, f32, f32)> = raw
            .map(|feature| {
                let seen = to_f32(self.counts[feature.hash as usize % SLOTS] as usize);
                let held = EXPECTED * feature.share + seen;
                let idf = ((EXPECTED + self.sentences + 1.0) / (held + 0.5)).ln().max(0.1);
                (feature.hash, idf * feature.kind, 1.0)
            })
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        entries.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.2 += 1.0;
            }
            same
        });
        Vector::new(entries.into_iter().map(|(h, w, count)| (h, w * (1.0 + count.ln()))).collect())
    }
}

pub(crate) fn to_f32(value: usize) -> f32 {
    #[allow(clippy::cast_precision_loss, reason = "counts and lengths far below 2^24")]
    let value = value as f32;
    value
}

/// Features of the words at `range`, and the rest of the sentence's sketch.
fn raw_features(body: &Body<'_>, range: TextRange, words: &Wordings) -> (Vec<Raw>, Sketched) {
    let mut out = Vec::new();
    let mut sketched = Sketched { range: TextRange0(range), ..Sketched::default() };
    let mut letters = 0;
    let mut padded = Vec::new();
    for item in items(body, range, words) {
        let text = body.words(item.range);
        if item.kind == ItemKind::Figure {
            letters += text.len();
            // Years and small numbers stand everywhere; long ones hardly anywhere.
            let share = match item.key.len() {
                1 => 0.05,
                2 => 0.02,
                4 if item.key.starts_with("20") || item.key.starts_with("19") => 0.03,
                _ => 0.004,
            };
            out.push(Raw {
                hash: hash(3, item.key.as_bytes()),
                share,
                kind: 1.4,
                anchor: true,
                looked_up: true,
            });
            if text.starts_with(|c: char| c.is_numeric()) {
                sketched.figures.push(item.key);
            } else {
                sketched.spelled.push(item.key);
            }
            continue;
        }
        let anchor = item.kind == ItemKind::Name;
        let plain = romanised(text);
        letters += plain.len();
        let bones = skeleton_of_romanised(&plain);
        if bones.len() < 3 {
            continue;
        }
        padded.clear();
        padded.push(b'_');
        padded.extend_from_slice(bones.as_bytes());
        padded.push(b'_');
        for gram in padded.windows(4.min(padded.len())) {
            out.push(Raw {
                hash: hash(1, gram),
                share: share_of_sentences(gram),
                kind: 1.0,
                anchor,
                looked_up: anchor,
            });
        }
        let stem = bones.get(..5).unwrap_or(&bones);
        if bones.len() >= 4 {
            let mut head = vec![b'_'];
            head.extend_from_slice(stem.as_bytes());
            out.push(Raw {
                hash: hash(2, &head),
                share: share_of_sentences(&head),
                kind: 0.9,
                anchor,
                looked_up: true,
            });
        }
        if item.kind == ItemKind::Name {
            let head = bones.get(..4).unwrap_or(&bones);
            out.push(Raw {
                hash: hash(4, head.as_bytes()),
                share: share_of_sentences(head.as_bytes()) * 0.3,
                kind: 0.9,
                anchor,
                looked_up: true,
            });
            sketched.names.push(head.to_owned());
        }
        sketched.stems.push(stem.to_owned());
    }
    sketched.length = to_f32(letters.max(1));
    sketched.figures.sort_unstable();
    sketched.spelled.sort_unstable();
    sketched.names.sort_unstable();
    (out, sketched)
}

fn hash(kind: u64, bytes: &[u8]) -> u32 {
    let value =
        bytes.iter().fold(kind, |value, &byte| mix(value ^ u64::from(byte)).wrapping_add(kind));
    u32::try_from(value >> 32).unwrap_or(0)
}
