//! What of a sentence survives translation: letter groups of its skeleton, figures and names, each
//! weighed by how rare it is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::bodies::Bodies;
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
    /// Its features without figures and names: what two tellings of one event need not share.
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

impl Sketched {
    /// A bare address or number: it is there on both sides, but it is no sentence.
    pub(crate) fn is_bare(&self) -> bool {
        self.length <= 2.0
    }
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

/// A feature of a sentence, once for each time it stands there.
#[derive(Debug, Clone, Copy)]
struct Raw {
    hash: u32,
    /// How much it tells; nothing if it was not asked for.
    weight: f32,
    /// Of a figure or a name.
    anchor: bool,
    /// Of all of it.
    whole: bool,
}

/// Which features of a sentence are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    /// Those by which passages are looked up: of figures, names and whole stems. Figures and names
    /// count in twos as well (see [`add_pairs`]).
    LookedUp,
}

/// What is to be known of a word, whether it is a name or not. Features are hash and weight.
#[derive(Debug, Clone, Default)]
struct Word {
    /// Letters after romanisation.
    letters: usize,
    /// Skeletons of fewer letters have no features.
    stem: Option<Stem>,
    /// Each group of letters.
    grams: Vec<(u32, f32)>,
    /// Its first five letters, if it has four.
    head: Option<(u32, f32)>,
    /// Its first four letters as those of a name.
    name: (u32, f32),
    /// Its first five consonants, if it has three, with the feature; and whether its script lacks vowels.
    sound: Option<(Stem, (u32, f32))>,
    lacks_vowels: bool,
}

impl Word {
    fn of(text: &str, background: Option<&Background>) -> Self {
        // A hash, the share of sentences of other texts that are expected to hold it, and how much
        // its kind counts.
        let feature = |hash: u32, share: f32, kind: f32| {
            (hash, background.map_or(0.0, |background| background.weight(hash, share, kind)))
        };
        let plain = romanised(text);
        let bones = skeleton_of_romanised(&plain);
        let bones = bones.as_bytes();
        let mut word = Self { letters: plain.len(), ..Self::default() };
        word.lacks_vowels = lacks_vowels(text);
        let sound = consonants(&plain, word.lacks_vowels);
        if sound.len() >= 3 {
            let sound = stem(sound.as_bytes());
            let kind = if word.lacks_vowels { 1.6 } else { 0.6 };
            word.sound = Some((sound, feature(hash(5, &sound), 0.004, kind)));
        }
        if bones.len() < 3 {
            return word;
        }
        let padded: Vec<u8> = std::iter::once(b'_')
            .chain(bones.iter().copied())
            .chain(std::iter::once(b'_'))
            .collect();
        // Letter groups of a script without vowels hardly meet those of another.
        let kind = if word.lacks_vowels { 0.25 } else { 1.0 };
        let grams = padded.windows(4);
        word.grams =
            grams.map(|gram| feature(hash(1, gram), share_of_sentences(gram), kind)).collect();
        if bones.len() >= 4 {
            let head = &padded[..=bones.len().min(5)];
            word.head = Some(feature(hash(2, head), share_of_sentences(head), 0.9));
        }
        let name = bones.get(..4).unwrap_or(bones);
        word.name = feature(hash(4, name), share_of_sentences(name) * 0.3, 0.9);
        word.stem = Some(stem(bones));
        word
    }
}

/// Words already looked at, under one background: a text has few words, many times. Emptied when it
/// is full.
#[derive(Debug)]
pub(crate) struct Vocabulary<'d> {
    background: Option<&'d Background>,
    /// Where each word is in the list.
    places: HashMap<Box<str>, usize, RandomState>,
    words: Vec<Word>,
}

const MOST_WORDS: usize = 1 << 15;

impl<'d> Vocabulary<'d> {
    /// Without a background features are told, but not how much they tell.
    pub(crate) fn of(background: Option<&'d Background>) -> Self {
        Self { background, places: HashMap::default(), words: Vec::new() }
    }

    fn word(&mut self, text: &str) -> &Word {
        if let Some(&place) = self.places.get(text) {
            return &self.words[place];
        }
        if self.words.len() >= MOST_WORDS {
            self.places.clear();
            self.words.clear();
        }
        let place = self.words.len();
        self.places.insert(text.into(), place);
        self.words.push(Word::of(text, self.background));
        &self.words[place]
    }

    fn weight(&self, hash: u32, share: f32, kind: f32) -> f32 {
        self.background.map_or(0.0, |background| background.weight(hash, share, kind))
    }
}

/// Vocabularies that are not in use: what a thread learnt of words serves the next as well.
#[derive(Debug)]
pub(crate) struct Vocabularies<'d> {
    background: &'d Background,
    free: Mutex<Vec<Vocabulary<'d>>>,
}

impl<'d> Vocabularies<'d> {
    pub(crate) fn of(background: &'d Background) -> Self {
        Self { background, free: Mutex::default() }
    }

    /// One of them, for as long as `work` takes.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Vocabulary<'d>) -> T) -> T {
        let free = || self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = free().pop();
        let mut taken = taken.unwrap_or_else(|| Vocabulary::of(Some(self.background)));
        let out = work(&mut taken);
        free().push(taken);
        out
    }
}

/// How often each feature stands in the sentences of the case, in a table of fixed size.
#[derive(Debug)]
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
    pub(crate) fn of(bodies: &Bodies<'_>, words: &[&Wordings], sample: &[usize]) -> Self {
        let counts: Vec<AtomicU32> = (0..SLOTS).map(|_| AtomicU32::new(0)).collect();
        sample.par_iter().for_each_init(
            || (Vocabulary::of(None), Vec::new(), Vec::new()),
            |(vocabulary, raw, slots), &n| {
                let (body, words) = (&*bodies.get(n), words[n]);
                for unit in &body.units {
                    raw_features(body, unit.range, words, vocabulary, Wanted::All, raw);
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
        let sentences: usize = sample.iter().map(|&n| bodies.get(n).units.len()).sum();
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

    /// How much one occurrence tells: the rarer, the more.
    fn weight(&self, hash: u32, share: f32, kind: f32) -> f32 {
        let seen = to_f32(self.counts[hash as usize % SLOTS] as usize);
        let held = EXPECTED * share + seen;
        ((EXPECTED + self.sentences + 1.0) / (held + 0.5)).ln().max(0.1) * kind
    }
}

/// All sentences of a document, weighed.
pub(crate) fn sketch(body: &Body<'_>, words: &Wordings, vocabulary: &mut Vocabulary<'_>) -> Sketch {
    let mut raw = Vec::new();
    let mut all: Vec<Occurrence> = Vec::with_capacity(body.len());
    let mut sketch = Sketch::default();
    for (n, unit) in (0_u32..).zip(&body.units) {
        let mut sentence = raw_features(body, unit.range, words, vocabulary, Wanted::All, &mut raw);
        // The number of a paragraph stands in every text that has so many.
        if sentence.is_bare() {
            sketch.sentences.push(sentence);
            continue;
        }
        sentence.content.entries.reserve(raw.len());
        sketch.sentences.push(sentence);
        all.extend(raw.iter().map(|&feature| Occurrence { feature, sentence: n }));
    }
    let all = by_hash(&all);
    let mut list = Vec::with_capacity(all.len());
    let is_one = |x: &Occurrence, y: &Occurrence| {
        (x.feature.hash, x.sentence) == (y.feature.hash, y.sentence)
    };
    for occurrences in all.chunk_by(is_one) {
        let Occurrence { feature, sentence } = occurrences[0];
        let (weight, plain) = weighed(occurrences);
        list.push((feature.hash, sentence, weight));
        if plain > 0.0 {
            sketch.sentences[sentence as usize].content.entries.push((feature.hash, plain));
        }
    }
    for sentence in &mut sketch.sentences {
        sentence.content.measure();
    }
    sketch.table = Table::sorted(list, sketch.sentences.len());
    sketch
}

/// A feature where it stands.
#[derive(Debug, Clone, Copy)]
struct Occurrence {
    feature: Raw,
    sentence: u32,
}

/// Occurrences by hash, those of one hash in the order they are in.
fn by_hash(all: &[Occurrence]) -> Vec<Occurrence> {
    // Hashes are spread evenly: by their first bits they are dealt out to places of one or two, so
    // that next to nothing is left to be sorted.
    const BITS: u32 = 11;
    let Some(&any) = all.first() else { return Vec::new() };
    let place = |occurrence: &Occurrence| (occurrence.feature.hash >> (u32::BITS - BITS)) as usize;
    let mut ends = vec![0_usize; 1 << BITS];
    all.iter().for_each(|occurrence| ends[place(occurrence)] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut out = vec![any; all.len()];
    for occurrence in all {
        let end = &mut ends[place(occurrence)];
        out[*end] = *occurrence;
        *end += 1;
    }
    let mut start = 0;
    for end in ends {
        out[start..end].sort_by_key(|occurrence| occurrence.feature.hash);
        start = end;
    }
    out
}

/// Weight of a feature of a sentence: that of its heaviest occurrence, and more the more often it
/// stands there; and the same of what is neither figure nor name, if there is any.
fn weighed(occurrences: &[Occurrence]) -> (f32, f32) {
    let (mut most, mut most_plain, mut count, mut plain) = (0.0_f32, 0.0_f32, 0, 0);
    for Occurrence { feature, .. } in occurrences {
        most = most.max(feature.weight);
        count += 1;
        if !feature.anchor {
            most_plain = most_plain.max(feature.weight);
            plain += 1;
        }
    }
    (most * times(count), if plain > 0 { most_plain * times(plain) } else { 0.0 })
}

fn times(count: usize) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + to_f32(count).ln() }
}

/// The features by which the sentence at `range` is looked up, weighed and sorted.
pub(crate) fn lookup(
    body: &Body<'_>,
    range: TextRange,
    words: &Wordings,
    vocabulary: &mut Vocabulary<'_>,
) -> Vec<(u32, f32)> {
    let mut raw = Vec::new();
    raw_features(body, range, words, vocabulary, Wanted::LookedUp, &mut raw);
    add_pairs(&mut raw);
    let mut all: Vec<u64> = raw.iter().map(|f| by_feature((f.hash, f.weight))).collect();
    all.sort_unstable();
    let runs = all.chunk_by(|x, y| x >> 32 == y >> 32);
    runs.map(|run| (of_feature(run[0]), run.len()))
        .map(|((feature, weight), count)| (feature, weight * times(count)))
        .collect()
}

/// A feature and its weight, which is not negative, as one number, which is sorted faster than both: by
/// feature, of each the heaviest first.
pub(crate) fn by_feature((feature, weight): (u32, f32)) -> u64 {
    u64::from(feature) << 32 | u64::from(!weight.to_bits())
}

/// The feature and the weight of such a number.
pub(crate) fn of_feature(number: u64) -> (u32, f32) {
    let [a, b, c, d, weight @ ..] = number.to_be_bytes();
    (u32::from_be_bytes([a, b, c, d]), f32::from_bits(!u32::from_be_bytes(weight)))
}

/// Most figures and names of a sentence that are taken two by two, the most telling first.
const PAIRED: usize = 6;

/// Adds a feature for each two figures and names of a sentence, as heavy as one of them on average. In
/// a large case each alone stands in too many texts to tell anything; two in one sentence hardly do.
fn add_pairs(raw: &mut Vec<Raw>) {
    let mut whole: Vec<(u32, f32)> =
        raw.iter().filter(|f| f.whole).map(|f| (f.hash, f.weight)).collect();
    whole.sort_unstable_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    whole.dedup_by_key(|f| f.0);
    whole.truncate(PAIRED);
    for (n, one) in whole.iter().enumerate() {
        for other in &whole[n + 1..] {
            let (low, high) = (one.0.min(other.0), one.0.max(other.0));
            let hash = hash(6, &(u64::from(high) << 32 | u64::from(low)).to_le_bytes());
            let weight = (one.1 + other.1) / 2.0;
            raw.push(Raw { hash, weight, anchor: true, whole: false });
        }
    }
}

pub(crate) fn to_f32(value: usize) -> f32 {
    #[allow(clippy::cast_precision_loss, reason = "counts and lengths far below 2^24")]
    let value = value as f32;
    value
}

/// Features of the words at `range` into `out`, and the rest of the sentence's sketch.
fn raw_features(
    body: &Body<'_>,
    range: TextRange,
    words: &Wordings,
    vocabulary: &mut Vocabulary<'_>,
    wanted: Wanted,
    out: &mut Vec<Raw>,
) -> Sketched {
    out.clear();
    let mut sketched = Sketched { range: TextRange0(range), ..Sketched::default() };
    // Nothing else is asked for when a passage is looked up.
    let is_sketched = wanted == Wanted::All;
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
            let weight = vocabulary.weight(hash, share, 1.4);
            out.push(Raw { hash, weight, anchor: true, whole: true });
            if is_sketched {
                let is_spelled = !text.starts_with(|c: char| c.is_numeric());
                let values = if is_spelled { &mut sketched.spelled } else { &mut sketched.figures };
                values.push(item.key.into_owned());
            }
            continue;
        }
        let anchor = item.kind == ItemKind::Name;
        let word = vocabulary.word(text);
        letters += word.letters;
        // Names are known by their capitals, where there are any.
        let sound = word.sound.filter(|_| anchor || word.lacks_vowels);
        if let Some((sound, (hash, weight))) = sound {
            out.push(Raw { hash, weight, anchor, whole: false });
            if word.lacks_vowels && is_sketched {
                sketched.sounds.push(sound);
            }
        }
        let Some(stem) = word.stem else { continue };
        if anchor || wanted == Wanted::All {
            let grams = word.grams.iter();
            out.extend(grams.map(|&(hash, weight)| Raw { hash, weight, anchor, whole: false }));
        }
        if let Some((hash, weight)) = word.head {
            out.push(Raw { hash, weight, anchor, whole: false });
        }
        if anchor {
            let (hash, weight) = word.name;
            out.push(Raw { hash, weight, anchor, whole: true });
            if is_sketched {
                let name = [stem[0], stem[1], stem[2], stem[3], 0];
                sketched.names.push((name, sound.map_or_else(Stem::default, |(sound, _)| sound)));
            }
        }
        if is_sketched {
            sketched.stems.push(stem);
        }
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
