//! Which documents of different languages are worth aligning: those whose passages are each other's
//! best by their rarest features.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use kua_model::{Lang, Sha256};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::TraceConfig;
use crate::bodies::Bodies;
use crate::features::{by_feature, of_feature};
use crate::scratch::Place;
use crate::since::{Wanted, few_more};
use crate::twice::Mixed;

/// Sentences of a passage, and how far the next one begins.
const PASSAGE: usize = 8;
const NEXT: usize = 6;
/// Features by which a passage is looked up.
const LOOKED_UP: usize = 160;
/// The usual size of a crowd of passages.
const MOST_PASSAGES: usize = 400;

/// Least cosine of two passages that may be translations: 95 of 100 of three sentences and more reach
/// it even between unrelated languages.
const LEAST: f32 = 0.05;

/// The field begins after so many documents (a translation may have copies), and a candidate must be
/// so many times as alike as the field.
const FIELD: usize = 5;
/// Documents of the field that are looked at, and how many are remembered of a field.
const OF_FIELD: usize = 10;
const MOST_KEPT: usize = FIELD + OF_FIELD;
const STANDS_OUT: f32 = 1.4;

/// Features of a passage with their weights, heaviest first.
pub(crate) type Features = Vec<(u32, f32)>;

/// The documents of one language whose best passages are most like one passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Field {
    language: Lang,
    /// Cosine and number of each document, the most alike first.
    best: Vec<(f32, u32)>,
}

/// What the last build found, of the documents whose digests it names.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Before {
    documents: Vec<Sha256>,
    /// For each passage of each document the fields of the other languages, in order.
    fields: Vec<Vec<Vec<Field>>>,
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
pub(crate) fn candidates<'f>(
    features: impl Iterator<Item = Vec<Telling<'f>>>,
    languages: &[Option<Lang>],
    config: &TraceConfig,
) -> Vec<(usize, usize)> {
    let passages = Passages::of(features, languages);
    let hits = Hits::of_all(&passages);
    let most = MOST_KEPT.max(config.translation_candidates);
    let mut chosen = Chosen::default();
    for from in (0..passages.list.len()).step_by(AT_A_TIME) {
        let range = from..(from + AT_A_TIME).min(passages.list.len());
        let fields = passages.fields(&range.clone().collect::<Vec<_>>(), &hits.of(range), most);
        chosen.add(&passages.list[from..], &fields, config);
    }
    chosen.both_ways()
}

/// The same, where what `before` knows of the documents that `keys` are digests of is not worked out
/// again. Gives what the next build may begin with, if it is other.
pub(crate) fn candidates_since(
    features: &[Vec<Features>],
    languages: &[Option<Lang>],
    keys: &[Sha256],
    before: Before,
    config: &TraceConfig,
) -> (Vec<(usize, usize)>, Option<Before>) {
    let passages = Passages::of(features.iter().map(|f| in_memory(f)), languages);
    let most = MOST_KEPT.max(config.translation_candidates);
    let is_as_before = before.documents == keys;
    let mut fields =
        passages.grown(before, keys, most).unwrap_or_else(|| passages.all_fields(most));
    let mut chosen = Chosen::default();
    chosen.add(&passages.list, &fields, config);
    let now = (!is_as_before).then(|| {
        let mut fields = fields.drain(..);
        let of_document = |passages: &Vec<Features>| fields.by_ref().take(passages.len()).collect();
        let spoken = features.iter().zip(languages);
        let empty = Vec::new();
        let fields = spoken.map(|(f, l)| if l.is_some() { f } else { &empty }).map(of_document);
        Before { documents: keys.to_vec(), fields: fields.collect() }
    });
    (chosen.both_ways(), now)
}

/// Passages whose fields are looked at at a time: what they share would be larger than the texts.
const AT_A_TIME: usize = 1 << 17;

/// Which documents stand out from the fields of which.
#[derive(Default)]
struct Chosen(Vec<(u32, u32)>);

impl Chosen {
    /// Adds those of some passages, by their fields.
    fn add(&mut self, passages: &[Passage<'_>], fields: &[Vec<Field>], config: &TraceConfig) {
        for (passage, fields) in passages.iter().zip(fields) {
            for field in fields {
                self.0.extend(stand_out(field, config).map(|other| (passage.document, other)));
            }
        }
    }

    /// Pairs that chose each other, lower number first, sorted.
    fn both_ways(self) -> Vec<(usize, usize)> {
        let mut chosen = self.0;
        chosen.par_sort_unstable();
        chosen.dedup();
        let is_chosen = |pair: (u32, u32)| chosen.binary_search(&pair).is_ok();
        let pairs = chosen.iter().filter(|&&(a, b)| a < b && is_chosen((b, a)));
        pairs.map(|&(a, b)| (a as usize, b as usize)).collect()
    }
}

/// The documents of a field that may be translations: the best, if they stand out.
fn stand_out<'f>(field: &'f Field, config: &TraceConfig) -> impl Iterator<Item = u32> + 'f {
    // What is alike to everything is alike to nothing: a translation stands out from the field.
    let others = field.best.get(FIELD..).unwrap_or_default();
    let others = others.get(..OF_FIELD).unwrap_or(others);
    let mut least = 0.0;
    if others.len() >= FIELD {
        let count = f32::from(u8::try_from(others.len()).unwrap_or(u8::MAX));
        least = STANDS_OUT * others.iter().map(|(score, _)| score).sum::<f32>() / count;
    }
    let best = field.best.iter().take(config.translation_candidates.max(1));
    best.filter(move |(score, _)| *score >= least).map(|&(_, document)| document)
}

fn starts(sentences: usize) -> impl Iterator<Item = usize> {
    let last = sentences.saturating_sub(PASSAGE);
    (0..sentences.min(last + NEXT)).step_by(NEXT).filter(move |&from| from < last + NEXT)
}

/// The heaviest features of a passage, scaled to length one.
pub(crate) fn telling(sentences: &[Vec<(u32, f32)>]) -> Vec<(u32, f32)> {
    let mut all: Vec<u64> =
        sentences.iter().flatten().map(|&feature| by_feature(feature)).collect();
    all.sort_unstable();
    // Of each feature the sum; as numbers that are sorted by weight, the heaviest first.
    let mut features: Vec<u64> = all
        .chunk_by(|x, y| x >> 32 == y >> 32)
        .map(|run| {
            let weight = run.iter().map(|&number| of_feature(number).1).reduce(|sum, w| sum + w);
            by_feature((of_feature(run[0]).0, weight.unwrap_or(0.0))).rotate_left(32)
        })
        .collect();
    if features.len() > LOOKED_UP {
        features.select_nth_unstable(LOOKED_UP);
        features.truncate(LOOKED_UP);
    }
    features.sort_unstable();
    let heaviest = || features.iter().map(|number| of_feature(number.rotate_left(32)));
    let norm = heaviest().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(1e-6);
    heaviest().map(|(feature, weight)| (feature, weight / norm)).collect()
}

/// Where the features of a passage are.
pub(crate) enum Telling<'f> {
    Here(&'f [(u32, f32)]),
    Aside(&'f Bodies<'f>, Place),
}

impl<'f> Telling<'f> {
    /// Sets them aside beside the texts.
    pub(crate) fn aside(features: &[(u32, f32)], bodies: &'f Bodies<'f>) -> Self {
        let bytes = |&(feature, weight): &(u32, f32)| [feature.to_le_bytes(), weight.to_le_bytes()];
        let bytes: Vec<u8> = features.iter().flat_map(bytes).flatten().collect();
        Self::Aside(bodies, bodies.set_aside(&bytes))
    }

    fn get(&self) -> Cow<'f, [(u32, f32)]> {
        match self {
            Self::Here(features) => Cow::Borrowed(features),
            Self::Aside(bodies, place) => {
                let bytes = bodies.read_aside(*place);
                let pairs = bytes.as_chunks::<4>().0.as_chunks::<2>().0.iter();
                let pair = |[feature, weight]: &[[u8; 4]; 2]| {
                    (u32::from_le_bytes(*feature), f32::from_le_bytes(*weight))
                };
                pairs.map(pair).collect()
            }
        }
    }
}

/// The features of the passages of a document, in memory.
pub(crate) fn in_memory(passages: &[Features]) -> Vec<Telling<'_>> {
    passages.iter().map(|features| Telling::Here(features)).collect()
}

struct Passage<'f> {
    document: u32,
    language: Lang,
    features: Telling<'f>,
}

/// The passages of all documents, in order.
struct Passages<'f> {
    list: Vec<Passage<'f>>,
    /// A feature in more passages than this tells nothing.
    crowd: usize,
}

impl<'f> Passages<'f> {
    fn of(features: impl Iterator<Item = Vec<Telling<'f>>>, languages: &[Option<Lang>]) -> Self {
        let of_documents = features.zip(languages).zip(0_u32..);
        let list = of_documents
            .filter_map(|((passages, language), document)| Some((passages, (*language)?, document)))
            .flat_map(|(passages, language, document)| {
                passages.into_iter().map(move |features| Passage { document, language, features })
            })
            .collect();
        Self { list, crowd: MOST_PASSAGES }
    }

    /// The fields of all passages.
    fn all_fields(&self, most: usize) -> Vec<Vec<Field>> {
        let all: Vec<usize> = (0..self.list.len()).collect();
        self.fields(&all, &Hits::of_all(self).of(0..self.list.len()), most)
    }

    /// The fields of some passages (sorted), by what they share.
    fn fields(&self, of: &[usize], shared: &Shared<'_>, most: usize) -> Vec<Vec<Field>> {
        (0..of.len())
            .into_par_iter()
            .map_init(
                || vec![0.0_f32; self.list.len()],
                |scores, at| {
                    let language = self.list[of[at]].language;
                    self.ranked(language, shared.like(at, scores), most)
                },
            )
            .collect()
    }

    /// The best passage of each document, then the best documents of each other language.
    fn ranked(&self, own: Lang, like: Vec<(u32, f32)>, most: usize) -> Vec<Field> {
        let mut by_document: Vec<(Lang, u32, f32)> = like
            .into_iter()
            .filter(|&(_, score)| score >= LEAST)
            .map(|(other, score)| (&self.list[other as usize], score))
            .filter(|(other, _)| other.language != own)
            .map(|(other, score)| (other.language, other.document, score))
            .collect();
        by_document.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
        by_document.dedup_by(|next, kept| (next.0, next.1) == (kept.0, kept.1));
        let fields = by_document.chunk_by(|x, y| x.0 == y.0).map(|field| {
            let mut best: Vec<(f32, u32)> =
                field.iter().map(|&(_, document, score)| (score, document)).collect();
            if best.len() > most {
                best.select_nth_unstable_by(most, most_alike);
                best.truncate(most);
            }
            best.sort_unstable_by(most_alike);
            best.shrink_to_fit();
            Field { language: field[0].0, best }
        });
        fields.collect()
    }

    /// The fields of all passages from those of the last build, if these are its documents and a
    /// few more.
    ///
    /// Exact: how alike two passages are depends on what they share, and on which of it is too common
    /// to tell anything. So between passages without a feature that has become so, it is what it
    /// was; and it is the same from either side, since both sum it in order of feature.
    fn grown(&self, before: Before, keys: &[Sha256], most: usize) -> Option<Vec<Vec<Field>>> {
        let was = few_more(&before.documents, keys)?;
        let now: Vec<u32> =
            (0_u32..).zip(&was).filter(|(_, was)| was.is_some()).map(|n| n.0).collect();
        let is_new = |passage: &Passage<'_>| was[passage.document as usize].is_none();
        let mut fields: Vec<Vec<Field>> = Vec::with_capacity(self.list.len());
        let mut old = before.fields.into_iter().flatten();
        for passage in &self.list {
            fields.push(if is_new(passage) { Vec::new() } else { old.next()? });
        }
        for entry in fields.iter_mut().flatten().flat_map(|field| &mut field.best) {
            entry.1 = *now.get(entry.1 as usize)?;
        }
        let new: Vec<usize> = (0..self.list.len()).filter(|&n| is_new(&self.list[n])).collect();
        let mut due = new.clone();
        due.extend(self.of_crowds(&new));
        due.sort_unstable();
        due.dedup();
        let hits = Hits::of_some(self, &due);
        let shared = hits.of_places(due.len(), |passage| due.binary_search(&passage).ok());
        for (&n, found) in due.iter().zip(self.fields(&due, &shared, most)) {
            fields[n] = found;
        }
        // The new documents come into the fields of the rest.
        let mut scores = vec![0.0_f32; self.list.len()];
        let mut like: BTreeMap<(usize, Lang, u32), f32> = BTreeMap::new();
        for (at, &n) in due.iter().enumerate().filter(|(_, n)| is_new(&self.list[**n])) {
            let Passage { document, language, .. } = self.list[n];
            for (other, score) in shared.like(at, &mut scores) {
                let passage = &self.list[other as usize];
                if score >= LEAST && passage.language != language {
                    let best = like.entry((other as usize, language, document)).or_default();
                    *best = best.max(score);
                }
            }
        }
        for ((other, language, document), score) in like {
            if due.binary_search(&other).is_err() {
                insert(&mut fields[other], language, (score, document), most);
            }
        }
        Some(fields)
    }

    /// Other passages with a feature of the `new` ones that only these make too common.
    fn of_crowds(&self, new: &[usize]) -> Vec<usize> {
        let mut held: BTreeMap<u32, usize> = BTreeMap::new();
        for &n in new {
            for &(feature, _) in &*self.list[n].features.get() {
                *held.entry(feature).or_default() += 1;
            }
        }
        let wanted = Wanted::of(held.keys().map(|&feature| u64::from(feature)));
        let holding = self.holding(|feature| wanted.holds(u64::from(feature)));
        holding
            .chunk_by(|x, y| x.0 == y.0)
            .filter(|run| {
                let new = held.get(&run[0].0).copied().unwrap_or(0);
                run.len() > self.crowd && run.len() - new <= self.crowd
            })
            .flatten()
            .map(|&(_, passage, _)| passage as usize)
            .collect()
    }

    /// Feature, passage and weight there of all features that are wanted, sorted.
    fn holding(&self, is_wanted: impl Fn(u32) -> bool + Sync) -> Vec<(u32, u32, f32)> {
        // Counted first: so that room is taken once, and for no more than there is.
        let count = |passage: &Passage<'f>| wanted(&passage.features.get(), &is_wanted).count();
        let counts: Vec<usize> = self.list.par_iter().map(count).collect();
        let mut out = vec![(0, 0, 0.0); counts.iter().sum()];
        let mut rest = &mut out[..];
        let mut parts = Vec::with_capacity(counts.len());
        for (n, &count) in (0_u32..).zip(&counts) {
            let (part, others) = rest.split_at_mut(count);
            parts.push((n, part));
            rest = others;
        }
        parts.into_par_iter().zip(&self.list).for_each(|((n, part), passage)| {
            let features = passage.features.get();
            for (place, (feature, weight)) in part.iter_mut().zip(wanted(&features, &is_wanted)) {
                *place = (feature, n, weight);
            }
        });
        out.par_sort_unstable_by_key(|&(feature, passage, _)| (feature, passage));
        out
    }
}

/// The features that are wanted, with their weights.
fn wanted(
    features: &[(u32, f32)],
    is_wanted: &impl Fn(u32) -> bool,
) -> impl Iterator<Item = (u32, f32)> {
    features.iter().copied().filter(|&(feature, _)| is_wanted(feature))
}

fn most_alike(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

/// Puts a document into the field of its language, in its place.
fn insert(fields: &mut Vec<Field>, language: Lang, entry: (f32, u32), most: usize) {
    let at = fields.partition_point(|field| field.language < language);
    if fields.get(at).is_none_or(|field| field.language != language) {
        fields.insert(at, Field { language, best: Vec::new() });
    }
    let best = &mut fields[at].best;
    let place = best.partition_point(|other| most_alike(other, &entry).is_lt());
    best.insert(place, entry);
    best.truncate(most);
}

/// Which passages hold each feature, as far as it tells anything: those of more than one language and
/// not too many.
struct Hits {
    /// Feature by feature: passage and weight there.
    list: Vec<(u32, f32)>,
    /// Where each feature ends in `list`.
    ends: Vec<u32>,
}

impl Hits {
    /// Of the features of the passages `of` (sorted).
    fn of_some(passages: &Passages<'_>, of: &[usize]) -> Self {
        let features = of.iter().map(|&n| passages.list[n].features.get());
        let features: Vec<u64> = features
            .flat_map(|f| f.iter().map(|&(f, _)| u64::from(f)).collect::<Vec<_>>())
            .collect();
        let wanted = Wanted::of(features.into_iter());
        Self::listed(passages, passages.holding(|feature| wanted.holds(u64::from(feature))))
    }

    /// Of all features. Most stand in passages of one language only and tell nothing.
    fn of_all(passages: &Passages<'_>) -> Self {
        let mut languages: Vec<Lang> = passages.list.iter().map(|p| p.language).collect();
        languages.par_sort_unstable();
        languages.dedup();
        let number = |passage: &Passage<'_>| {
            languages.partition_point(|language| *language < passage.language)
        };
        let mixed = Mixed::of(&passages.list, languages.len(), number, |passage| {
            let features = passage.features.get();
            (0..features.len()).map(move |n| features[n].0)
        });
        let list = passages.holding(|feature| mixed.holds(feature));
        drop(mixed);
        Self::listed(passages, list)
    }

    /// From the features of passages, sorted.
    fn listed(passages: &Passages<'_>, list: Vec<(u32, u32, f32)>) -> Self {
        let language = |entry: &(u32, u32, f32)| passages.list[entry.1 as usize].language;
        let tells = |run: &&[(u32, u32, f32)]| {
            let first = language(&run[0]);
            run.len() <= passages.crowd && run.iter().any(|entry| language(entry) != first)
        };
        let telling = || list.chunk_by(|x, y| x.0 == y.0).filter(tells);
        // Counted first, as above.
        let mut hits = Self {
            list: Vec::with_capacity(telling().map(<[_]>::len).sum()),
            ends: Vec::with_capacity(telling().count()),
        };
        for run in telling() {
            // Beyond 32 bits of places nothing more is looked up.
            let Ok(end) = u32::try_from(hits.list.len() + run.len()) else { break };
            hits.list.extend(run.iter().map(|&(_, passage, weight)| (passage, weight)));
            hits.ends.push(end);
        }
        hits
    }

    /// What the passages of a range share with all.
    fn of(&self, range: Range<usize>) -> Shared<'_> {
        self.of_places(range.len(), |passage| {
            passage.checked_sub(range.start).filter(|&at| at < range.len())
        })
    }

    /// What `count` passages share with all; `place` tells which of them one is, if it is.
    fn of_places(&self, count: usize, place: impl Fn(usize) -> Option<usize>) -> Shared<'_> {
        let list = &self.list[..];
        let place = |&(passage, _): &(u32, f32)| place(passage as usize);
        let mut starts = vec![0; count + 1];
        for at in list.iter().filter_map(place) {
            starts[at + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut runs = vec![(0.0, 0, 0); starts[count]];
        let mut from = 0;
        for &to in &self.ends {
            for entry in &list[from as usize..to as usize] {
                if let Some(at) = place(entry) {
                    runs[next[at]] = (entry.1, from, to);
                    next[at] += 1;
                }
            }
            from = to;
        }
        Shared { list, runs, starts }
    }
}

/// What some passages share with others.
struct Shared<'h> {
    list: &'h [(u32, f32)],
    /// Of the passages one after the other, its weight of a feature and where the feature's passages
    /// are in `list`; and where the runs of each passage begin.
    runs: Vec<(f32, u32, u32)>,
    starts: Vec<usize>,
}

impl Shared<'_> {
    /// The passages that share features with the one at `at`, and how alike they are. `scores` is
    /// zero for every passage and is left so.
    fn like(&self, at: usize, scores: &mut [f32]) -> Vec<(u32, f32)> {
        let mut touched = Vec::new();
        for &(weight, from, to) in &self.runs[self.starts[at]..self.starts[at + 1]] {
            for &(other, there) in &self.list[from as usize..to as usize] {
                let score = &mut scores[other as usize];
                if *score == 0.0 {
                    touched.push(other);
                }
                *score += weight * there;
            }
        }
        touched.into_iter().map(|n| (n, std::mem::take(&mut scores[n as usize]))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;

    /// Documents of three languages whose passages share some of few features.
    fn invented(seed: u64, documents: u64) -> (Vec<Vec<Features>>, Vec<Option<Lang>>, Vec<Sha256>) {
        let languages = ["en", "ru", "kk"].map(|code| code.parse().ok());
        let mut features = Vec::new();
        for n in 0..documents {
            let number = |of: u64, below: u64| mix(seed ^ mix(n << 16 ^ of)) % below;
            let passages = 1 + number(0, 3);
            let of_document = (0..passages).map(|p| {
                let sentence = (0..12).map(|f| {
                    let which = number(1 + p * 40 + f, 6 + f * f * 3);
                    #[allow(clippy::cast_precision_loss, reason = "small")]
                    let weight = 1.0 + number(900 + p * 40 + f, 100) as f32 / 37.0;
                    (u32::try_from(f * 1_000 + which).unwrap(), weight)
                });
                telling(&[sentence.collect()])
            });
            features.push(of_document.collect());
        }
        let keys = (0..documents).map(|n| Sha256::of(&(seed, n).0.wrapping_add(n).to_be_bytes()));
        let spoken = (0..documents).map(|n| languages[usize::try_from(mix(n) % 3).unwrap()]);
        (features, spoken.collect(), keys.collect())
    }

    #[test]
    fn fields_that_grew_are_those_made_anew() {
        let mut crowds = 0;
        for seed in 1..40 {
            let (features, languages, keys) = invented(seed, 60);
            for crowd in [4, 9, 400] {
                let some = |keep: &dyn Fn(usize) -> bool| {
                    let kept: Vec<usize> = (0..60).filter(|&n| keep(n)).collect();
                    let features: Vec<Vec<Features>> =
                        kept.iter().map(|&n| features[n].clone()).collect();
                    let languages: Vec<_> = kept.iter().map(|&n| languages[n]).collect();
                    let keys: Vec<Sha256> = kept.iter().map(|&n| keys[n]).collect();
                    (features, languages, keys)
                };
                let late = |n: usize| mix(seed ^ n as u64).is_multiple_of(17);
                let (old, spoken, old_keys) = some(&|n| !late(n));
                let passages =
                    Passages { crowd, ..Passages::of(old.iter().map(|f| in_memory(f)), &spoken) };
                let mut fields = passages.all_fields(MOST_KEPT).into_iter();
                let of_documents =
                    old.iter().map(|passages| fields.by_ref().take(passages.len()).collect());
                let before = Before { documents: old_keys, fields: of_documents.collect() };
                let passages = Passages {
                    crowd,
                    ..Passages::of(features.iter().map(|f| in_memory(f)), &languages)
                };
                let all: Vec<usize> = (0..passages.list.len()).collect();
                let new: Vec<usize> = all
                    .iter()
                    .copied()
                    .filter(|&n| late(passages.list[n].document as usize))
                    .collect();
                if new.is_empty() {
                    continue;
                }
                crowds += passages.of_crowds(&new).len();
                let Some(grown) = passages.grown(before, &keys, MOST_KEPT) else { continue };
                assert_eq!(grown, passages.all_fields(MOST_KEPT), "{seed} {crowd}");
            }
        }
        assert!(crowds > 100, "{crowds}");
    }
}
