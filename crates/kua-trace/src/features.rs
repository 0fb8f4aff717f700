//! What of a sentence survives translation: letter groups of its skeleton, figures and names, each
//! weighed by how rare it is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::fingerprint::mix;
use crate::rarity::share_of_sentences;
use crate::skeleton::{consonants, lacks_vowels, romanised, skeleton_of_romanised};
use crate::vectors::Table;
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
        let mut vector = Self { entries, norm: 0.0 };
        vector.measure();
        vector
    }

    fn measure(&mut self) {
        self.norm = self.entries.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
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
    /// First four skeleton letters of names that do not open a sentence, sorted, with their
    /// consonants.
    pub(crate) names: Vec<(Stem, Stem)>,
    /// Consonants of every word, in a script without vowels; in others none.
    pub(crate) sounds: Vec<Stem>,
    /// First five skeleton letters of every word of three letters or more, in order.
    pub(crate) stems: Vec<Stem>,
}

/// A document as it is compared across languages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    pub(crate) sentences: Vec<Sketched>,
    /// All features.
    pub(crate) table: Table,
}

/// First skeleton letters of a word, zeros after its end.
pub(crate) type Stem = [u8; 5];

fn stem(bones: &[u8]) -> Stem {
    let mut out = Stem::default();
    for (to, from) in out.iter_mut().zip(bones) {
        *to = *from;
    }
    out
}

/// First skeleton letters of a word, if it has enough.
pub(crate) fn stem_of(word: &str) -> Option<Stem> {
    let bones = skeleton_of_romanised(&romanised(word));
    (bones.len() >= 3).then(|| stem(bones.as_bytes()))
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
#[derive(Debug, Clone, Copy)]
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

/// What is to be known of a word, whether it is a name or not.
#[derive(Debug, Clone, Default)]
struct Word {
    /// Letters after romanisation.
    letters: usize,
    /// Skeletons of fewer letters have no features.
    stem: Option<Stem>,
    /// Hash and share of each group of letters.
    grams: Vec<(u32, f32)>,
    /// Hash and share of its first five letters, if it has four.
    head: Option<(u32, f32)>,
    /// Hash and share of its first four letters as those of a name.
    name: (u32, f32),
    /// Its first five consonants, if it has three, and whether its script lacks vowels.
    sound: Option<Stem>,
    lacks_vowels: bool,
}

impl Word {
    fn of(text: &str) -> Self {
        let plain = romanised(text);
        let bones = skeleton_of_romanised(&plain);
        let bones = bones.as_bytes();
        let mut word = Self { letters: plain.len(), ..Self::default() };
        word.lacks_vowels = lacks_vowels(text);
        let sound = consonants(&plain, word.lacks_vowels);
        word.sound = (sound.len() >= 3).then(|| stem(sound.as_bytes()));
        if bones.len() < 3 {
            return word;
        }
        let padded: Vec<u8> = std::iter::once(b'_')
            .chain(bones.iter().copied())
            .chain(std::iter::once(b'_'))
            .collect();
        let entry = |kind, gram: &[u8]| (hash(kind, gram), share_of_sentences(gram));
        word.grams = padded.windows(4).map(|gram| entry(1, gram)).collect();
        if bones.len() >= 4 {
            word.head = Some(entry(2, &padded[..=bones.len().min(5)]));
        }
        word.name = entry(4, bones.get(..4).unwrap_or(bones));
        word.stem = Some(stem(bones));
        word
    }
}

/// Words already looked at: a text has few words, many times. Emptied when it is full.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary<'d>(HashMap<&'d str, Word>);

const MOST_WORDS: usize = 1 << 15;

impl<'d> Vocabulary<'d> {
    fn word(&mut self, text: &'d str) -> &Word {
        if self.0.len() >= MOST_WORDS {
            self.0.clear();
        }
        self.0.entry(text).or_insert_with(|| Word::of(text))
    }
}

/// How often each feature stands in the sentences of the case, in a table of fixed size.
pub(crate) struct Background {
    counts: Vec<u32>,
    sentences: f32,
}

/// Slots of a background that are in use, with their counts.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counted {
    slots: Vec<(u32, u32)>,
    sentences: f32,
}

impl From<&Counted> for Background {
    fn from(counted: &Counted) -> Self {
        let mut counts = vec![0; SLOTS];
        for &(slot, count) in &counted.slots {
            if let Some(place) = counts.get_mut(slot as usize) {
                *place = count;
            }
        }
        Self { counts, sentences: counted.sentences }
    }
}

/// Slots of the table; features that share a slot count as one, which only makes them less telling.
const SLOTS: usize = 1 << 20;
/// Sentences of other texts that the expected shares stand for.
const EXPECTED: f32 = 400.0;

impl Background {
    /// Of the bodies whose numbers are in `sample`.
    pub(crate) fn of(bodies: &[Body<'_>], words: &[&Wordings], sample: &[usize]) -> Self {
        let counts: Vec<AtomicU32> = (0..SLOTS).map(|_| AtomicU32::new(0)).collect();
        sample.par_iter().for_each_init(
            || (Vocabulary::default(), Vec::new(), Vec::new()),
            |(vocabulary, raw, slots), &n| {
                let (body, words) = (&bodies[n], words[n]);
                for unit in &body.units {
                    raw_features(body, unit.range, words, vocabulary, raw);
                    slots.clear();
                    slots.extend(raw.iter().map(|r| r.hash as usize % SLOTS));
                    slots.sort_unstable();
                    slots.dedup();
                    // Sums do not depend on the order they are made in.
                    for &slot in slots.iter() {
                        counts[slot].fetch_add(1, Ordering::Relaxed);
                    }
                }
            },
        );
        let counts = counts.into_iter().map(AtomicU32::into_inner).collect();
        let sentences: usize = sample.iter().map(|&n| bodies[n].units.len()).sum();
        Self { counts, sentences: to_f32(sentences) }
    }

    /// What is to be remembered: the slots that are in use.
    pub(crate) fn counted(&self) -> Counted {
        let slots = (0_u32..).zip(&self.counts).filter(|(_, count)| **count > 0);
        Counted {
            slots: slots.map(|(slot, count)| (slot, *count)).collect(),
            sentences: self.sentences,
        }
    }

    /// All sentences of a document, weighed.
    pub(crate) fn sketch<'d>(
        &self,
        body: &Body<'d>,
        words: &Wordings,
        vocabulary: &mut Vocabulary<'d>,
    ) -> Sketch {
        let mut raw = Vec::new();
        let mut all: Vec<(u32, u32, Raw)> = Vec::new();
        let mut sketch = Sketch::default();
        let mut list = Vec::new();
        for (n, unit) in (0_u32..).zip(&body.units) {
            sketch.sentences.push(raw_features(body, unit.range, words, vocabulary, &mut raw));
            all.extend(raw.iter().map(|feature| (feature.hash, n, *feature)));
        }
        all.sort_unstable_by(|x, y| {
            (x.0, x.1)
                .cmp(&(y.0, y.1))
                .then_with(|| self.weight(&y.2).total_cmp(&self.weight(&x.2)))
        });
        for occurrences in all.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            let (hash, n, first) = &occurrences[0];
            let sentence = &mut sketch.sentences[*n as usize];
            let times = |count: usize| 1.0 + to_f32(count).ln();
            let weight = self.weight(first) * times(occurrences.len());
            list.push((*hash, *n, weight));
            sentence.vector.entries.push((*hash, weight));
            let plain = || occurrences.iter().filter(|(_, _, feature)| !feature.anchor);
            if let Some((_, _, first)) = plain().next() {
                let weight = self.weight(first) * times(plain().count());
                sentence.content.entries.push((*hash, weight));
            }
        }
        for sentence in &mut sketch.sentences {
            sentence.vector.measure();
            sentence.content.measure();
        }
        sketch.table = Table::sorted(list, sketch.sentences.len());
        sketch
    }

    /// The features by which the sentence at `range` is looked up, weighed and sorted.
    pub(crate) fn lookup<'d>(
        &self,
        body: &Body<'d>,
        range: TextRange,
        words: &Wordings,
        vocabulary: &mut Vocabulary<'d>,
    ) -> Vec<(u32, f32)> {
        let mut raw = Vec::new();
        raw_features(body, range, words, vocabulary, &mut raw);
        self.weighed(raw.iter().filter(|feature| feature.looked_up)).entries
    }

    /// How much one occurrence tells: the rarer, the more.
    fn weight(&self, feature: &Raw) -> f32 {
        let seen = to_f32(self.counts[feature.hash as usize % SLOTS] as usize);
        let held = EXPECTED * feature.share + seen;
        ((EXPECTED + self.sentences + 1.0) / (held + 0.5)).ln().max(0.1) * feature.kind
    }

    fn weighed<'r>(&self, raw: impl Iterator<Item = &'r Raw>) -> Vector {
        let mut entries: Vec<(u32, f32, f32)> =
            raw.map(|feature| (feature.hash, self.weight(feature), 1.0)).collect();
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

/// Features of the words at `range` into `out`, and the rest of the sentence's sketch.
fn raw_features<'d>(
    body: &Body<'d>,
    range: TextRange,
    words: &Wordings,
    vocabulary: &mut Vocabulary<'d>,
    out: &mut Vec<Raw>,
) -> Sketched {
    out.clear();
    let mut sketched = Sketched { range: TextRange0(range), ..Sketched::default() };
    let mut letters = 0;
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
            let hash = hash(3, item.key.as_bytes());
            out.push(Raw { hash, share, kind: 1.4, anchor: true, looked_up: true });
            if text.starts_with(|c: char| c.is_numeric()) {
                sketched.figures.push(item.key.into_owned());
            } else {
                sketched.spelled.push(item.key.into_owned());
            }
            continue;
        }
        let anchor = item.kind == ItemKind::Name;
        let word = vocabulary.word(text);
        letters += word.letters;
        // Names are known by their capitals, where there are any.
        let sound = word.sound.filter(|_| anchor || word.lacks_vowels);
        if let Some(sound) = sound {
            let kind = if word.lacks_vowels { 1.6 } else { 0.6 };
            let hash = hash(5, &sound);
            out.push(Raw { hash, share: 0.004, kind, anchor, looked_up: true });
            if word.lacks_vowels {
                sketched.sounds.push(sound);
            }
        }
        let Some(stem) = word.stem else { continue };
        // Letter groups of a script without vowels hardly meet those of another.
        let kind = if word.lacks_vowels { 0.25 } else { 1.0 };
        out.extend(word.grams.iter().map(|&(hash, share)| Raw {
            hash,
            share,
            kind,
            anchor,
            looked_up: anchor,
        }));
        if let Some((hash, share)) = word.head {
            out.push(Raw { hash, share, kind: 0.9, anchor, looked_up: true });
        }
        if anchor {
            let (hash, share) = word.name;
            out.push(Raw { hash, share: share * 0.3, kind: 0.9, anchor, looked_up: true });
            let name = [stem[0], stem[1], stem[2], stem[3], 0];
            sketched.names.push((name, sound.unwrap_or_default()));
        }
        sketched.stems.push(stem);
    }
    sketched.length = to_f32(letters.max(1));
    sketched.figures.sort_unstable();
    sketched.spelled.sort_unstable();
    sketched.names.sort_unstable();
    sketched
}

fn hash(kind: u64, bytes: &[u8]) -> u32 {
    let value =
        bytes.iter().fold(kind, |value, &byte| mix(value ^ u64::from(byte)).wrapping_add(kind));
    u32::try_from(value >> 32).unwrap_or(0)
}
