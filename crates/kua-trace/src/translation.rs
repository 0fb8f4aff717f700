//! Translations between documents of different languages, aligned sentence by sentence. No model.
//!
//! 1. Candidates come from an inverted list of the rarest letter groups, figures and names.
//! 2. Each is aligned by letters that survive romanisation, figures, names and length, and what the
//!    alignment shows is weighed ([`verdict`](crate::verdict)).
//! 3. From those that are sure, words that answer each other are learnt, and what was left undecided
//!    is weighed again by these. A case without translations pays nothing for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use kua_lexicon::Lexicons;
use kua_model::{DocumentId, Lang, LearntWords, Link, LinkKind, Sha256};
use rayon::prelude::*;

use crate::TraceConfig;
use crate::bodies::Bodies;
use crate::body::Unit;
use crate::candidates::{
    Before, Features, Telling, candidates, candidates_since, in_memory, passages_of,
};
use crate::features::{Background, Vocabularies, lookup, sketch};
use crate::learning::{Learnt, learn};
use crate::marks::{AllMarks, Marks};
use crate::memo::Remembered;
use crate::translated::links;
use crate::verdict::{Terms, found};
use crate::wording::{AllWordings, Wordings};
use crate::words::WordList;

/// All translation links between the bodies, sorted by sides; with each, links of kind revision for
/// aligned sentences whose figures differ; and the words that were learnt from them, by languages.
pub(crate) fn translations(
    bodies: &Bodies<'_>,
    marks: &AllMarks<'_, '_>,
    lexicons: &Lexicons,
    wordings: &AllWordings,
    config: &TraceConfig,
    remembered: &Remembered<'_>,
) -> (Vec<Link>, Vec<LearntWords>) {
    let languages = bodies.languages();
    let distinct: BTreeSet<Lang> = languages.iter().flatten().copied().collect();
    if distinct.len() < 2 || !config.translations {
        return (Vec::new(), Vec::new());
    }
    let words: Vec<&Wordings> = languages.iter().map(|&lang| wordings.get(lang)).collect();
    let sample = sample(bodies);
    let against = remembered.digest(sample.iter().copied());
    let kin = Kin::of(lexicons);
    let case = Case {
        bodies,
        marks,
        languages,
        words,
        kin,
        config,
        remembered,
        sample,
        against,
        background: OnceLock::new(),
    };
    let pairs = case.candidates();
    remembered.begins("translations");
    let (mut of_pairs, is_open): (Vec<Vec<Link>>, Vec<bool>) =
        case.judge(&pairs, &BTreeMap::new()).into_iter().unzip();
    let learnt = case.learn(&pairs, &of_pairs);
    let lists: BTreeMap<(Lang, Lang), (WordList, Sha256)> = learnt
        .iter()
        .filter(|(_, (learnt, _))| learnt.list.learnt_from >= ENOUGH)
        .flat_map(|(&(a, b), (learnt, of))| {
            let turned = learnt.list.turned();
            [((a, b), (learnt.list.clone(), *of)), ((b, a), (turned, *of))]
        })
        .collect();
    let listed = |&(a, b): &(usize, usize)| {
        let (a, b) = (case.languages[a]?, case.languages[b]?);
        lists.contains_key(&(a, b)).then_some(())
    };
    let again: Vec<usize> =
        (0..pairs.len()).filter(|&n| is_open[n] && listed(&pairs[n]).is_some()).collect();
    if !again.is_empty() {
        let undecided: Vec<(usize, usize)> = again.iter().map(|&n| pairs[n]).collect();
        for (n, (links, _)) in again.into_iter().zip(case.judge(&undecided, &lists)) {
            of_pairs[n] = links;
        }
    }
    let words = learnt.into_values().filter_map(|(learnt, _)| learnt.shown).collect();
    (of_pairs.into_iter().flatten().collect(), words)
}

/// Pairs of sentences a list must be learnt from before anything is judged by it.
const ENOUGH: u32 = 120;

/// What is remembered of documents, and of pairs of them.
const PASSAGES: &str = "trace-passages";
const PAIRS: &str = "trace-pairs";
const PAIRS_BY_WORDS: &str = "trace-pairs-by-words";
/// What is remembered of the words of two languages.
const WORDS: &str = "trace-words";
/// What is remembered of the sample.
const BACKGROUND: &str = "trace-background";
/// What is remembered of the last build.
const BEFORE: &str = "trace-fields";

/// The documents of a case as they are compared.
struct Case<'c, 'd> {
    bodies: &'c Bodies<'d>,
    marks: &'c AllMarks<'c, 'd>,
    languages: &'c [Option<Lang>],
    words: Vec<&'c Wordings>,
    kin: Kin,
    config: &'c TraceConfig,
    remembered: &'c Remembered<'c>,
    sample: Vec<usize>,
    against: Sha256,
    /// Made when something is to be worked out, and before it is: not by threads at once.
    background: OnceLock<Background>,
}

impl Case<'_, '_> {
    fn key(&self, n: usize) -> Sha256 {
        self.remembered.digest([n])
    }

    /// Pairs of documents that may be translations.
    fn candidates(&self) -> Vec<(usize, usize)> {
        if !self.remembered.is_kept() && self.bodies.is_aside() {
            self.remembered.begins("features");
            let features = self.features_aside();
            self.remembered.begins("candidates");
            return candidates(features.into_iter(), self.languages, self.config);
        }
        let keys: Vec<Sha256> =
            (0..self.bodies.len()).map(|n| self.against.with(&self.key(n))).collect();
        self.remembered.begins("features");
        let features = self.features(&keys);
        self.remembered.begins("candidates");
        if !self.remembered.is_kept() {
            return candidates(features.iter().map(|f| in_memory(f)), self.languages, self.config);
        }
        let key = self.remembered.of_all_builds();
        let before: Before = self.remembered.one(BEFORE, key).unwrap_or_default();
        let (pairs, now) = candidates_since(&features, self.languages, &keys, before, self.config);
        if let Some(now) = now {
            self.remembered.keep_one(BEFORE, key, &now);
        }
        pairs
    }

    /// Features of the passages of each document; none of a document without language.
    fn features(&self, keys: &[Sha256]) -> Vec<Vec<Features>> {
        self.remembered.each(PASSAGES, keys, |due| {
            let vocabularies = Vocabularies::of(self.background.get_or_init(|| self.weigh()));
            due.par_iter().map(|&n| self.passages(n, &vocabularies)).collect()
        })
    }

    /// The same, each set aside as soon as it is made.
    fn features_aside(&self) -> Vec<Vec<Telling<'_>>> {
        let vocabularies = Vocabularies::of(self.background.get_or_init(|| self.weigh()));
        let aside = |n: usize| {
            let passages = self.passages(n, &vocabularies);
            passages.iter().map(|features| Telling::aside(features, self.bodies)).collect()
        };
        (0..self.bodies.len()).into_par_iter().map(aside).collect()
    }

    /// Features of the passages of a document.
    fn passages(&self, n: usize, vocabularies: &Vocabularies<'_>) -> Vec<Features> {
        if self.languages[n].is_none() {
            return Vec::new();
        }
        let body = self.bodies.get(n);
        vocabularies.with(|vocabulary| {
            let sentence = |unit: &Unit| lookup(&body, unit.range, self.words[n], vocabulary);
            let sentences: Vec<Features> = body.units.iter().map(sentence).collect();
            passages_of(&sentences)
        })
    }

    /// How common each feature is in the sample.
    fn weigh(&self) -> Background {
        let all = self.remembered.each(BACKGROUND, &[self.against], |_| {
            vec![Background::of(self.bodies, &self.words, &self.sample).counted()]
        });
        all.into_iter().next().map_or_else(
            || Background::of(self.bodies, &self.words, &self.sample),
            |counted| Background::from(&counted),
        )
    }

    /// Links of each of `pairs`, by the words of `lists` if there are any; and whether, if there is
    /// none, words might tell more.
    fn judge(
        &self,
        pairs: &[(usize, usize)],
        lists: &BTreeMap<(Lang, Lang), (WordList, Sha256)>,
    ) -> Vec<(Vec<Link>, bool)> {
        let list = |&(a, b): &(usize, usize)| lists.get(&(self.languages[a]?, self.languages[b]?));
        let keys: Vec<Sha256> = pairs
            .iter()
            .map(|pair| {
                let key = self.against.with(&self.key(pair.0)).with(&self.key(pair.1));
                list(pair).map_or(key, |(_, of)| key.with(of))
            })
            .collect();
        let lists: Vec<Option<&WordList>> =
            pairs.iter().map(|pair| list(pair).map(|(list, _)| list)).collect();
        let (bodies, marks, words) = (self.bodies, self.marks, &self.words);
        let (languages, kin) = (self.languages, &self.kin);
        let least = f32::from(self.config.translation_threshold) / 1000.0 * THRESHOLD;
        let background = &self.background;
        let part = if lists.iter().any(Option::is_some) { PAIRS_BY_WORDS } else { PAIRS };
        self.remembered.each(part, &keys, |due| {
            let background = background.get_or_init(|| self.weigh());
            let vocabularies = Vocabularies::of(background);
            let sketched = |n: usize| {
                let body = bodies.get(n);
                let sketch = vocabularies.with(|vocabulary| sketch(&body, words[n], vocabulary));
                (body, sketch)
            };
            due.par_chunk_by(|&x, &y| pairs[x].0 == pairs[y].0)
                .map(|due| {
                    let mut out = Vec::new();
                    let mut side_a = None;
                    for &n in due {
                        let (a, b) = pairs[n];
                        let (body_a, side_a) = &*side_a.get_or_insert_with(|| sketched(a));
                        let (body_b, side_b) = sketched(b);
                        let terms = Terms {
                            are_kin: kin.are(languages[a], languages[b]),
                            says_so: calls_itself(marks.get(a), languages[b])
                                || calls_itself(marks.get(b), languages[a]),
                            least,
                            words: lists[n],
                        };
                        let mut of_pair = Vec::new();
                        let (all, is_open) = found(side_a, &side_b, terms);
                        for found in all {
                            links(
                                (body_a, marks.get(a), &side_a.sentences),
                                (&body_b, marks.get(b), &side_b.sentences),
                                &found,
                                &mut of_pair,
                            );
                        }
                        out.push((of_pair, is_open));
                    }
                    out
                })
                .collect::<Vec<_>>()
                .into_iter()
                .flatten()
                .collect()
        })
    }

    /// Words of each two languages between which there are translations beyond doubt, with the digest
    /// of what they were learnt from.
    fn learn(
        &self,
        pairs: &[(usize, usize)],
        of_pairs: &[Vec<Link>],
    ) -> BTreeMap<(Lang, Lang), (Learnt, Sha256)> {
        let mut sure: BTreeMap<(Lang, Lang), Vec<Sure<'_>>> = BTreeMap::new();
        for (&(a, b), links) in pairs.iter().zip(of_pairs) {
            let (Some(of_a), Some(of_b)) = (self.languages[a], self.languages[b]) else { continue };
            for link in links.iter().filter(|link| link.kind == LinkKind::Translation) {
                if link.score >= SURE {
                    let key = self.key(a).with(&self.key(b));
                    sure.entry((of_a.min(of_b), of_a.max(of_b)))
                        .or_default()
                        .push((key, a, b, link));
                }
            }
        }
        let mut keys = Vec::with_capacity(sure.len());
        for links in sure.values_mut() {
            // Always the same few, so that one more translation seldom changes the list.
            links.sort_by_key(|(key, _, _, link)| (*key, link.a, link.b));
            links.truncate(MOST_LEARNT_FROM);
            let of: Vec<u8> = links.iter().flat_map(|(key, ..)| *key.as_bytes()).collect();
            keys.push(self.against.with(&Sha256::of(&of)));
        }
        let sure: Vec<((Lang, Lang), Vec<Sure<'_>>)> = sure.into_iter().collect();
        let learnt = self.remembered.each(WORDS, &keys, |due| {
            let learnt = due.par_iter().map(|&n| {
                let (languages, links) = &sure[n];
                let sides = links.iter().map(|&(_, a, b, link)| {
                    let straight = self.languages[a] == Some(languages.0);
                    let (x, y) = if straight { (a, b) } else { (b, a) };
                    let ranges = link.aligned.iter().map(move |pair| {
                        if straight { (pair.a, pair.b) } else { (pair.b, pair.a) }
                    });
                    (
                        (self.bodies.get(x), self.words[x]),
                        (self.bodies.get(y), self.words[y]),
                        ranges,
                    )
                });
                learn(*languages, sides)
            });
            learnt.collect()
        });
        sure.iter()
            .zip(learnt)
            .zip(keys)
            .filter_map(|(((languages, _), learnt), of)| Some((*languages, (learnt?, of))))
            .collect()
    }
}

/// Key of a pair of documents, their numbers, and a link that is beyond doubt.
type Sure<'l> = (Sha256, usize, usize, &'l Link);

/// Strength, in thousandths, of a translation beyond doubt.
const SURE: u16 = 880;
/// Links that the words of two languages are learnt from.
const MOST_LEARNT_FROM: usize = 64;

/// From more documents than this a sample tells how common a feature is. A document more changes it
/// once in as many times as the sample is smaller than the case: of 10,000 one in 128. Only then is
/// what was worked out of the others worked out anew. 64 to 1,024 find the same translations among
/// invented articles and in news, give or take one in sixty.
const MOST_SAMPLED: usize = 128;

/// Numbers of the documents by which features are weighed: all, or those whose id says so.
fn sample(bodies: &Bodies<'_>) -> Vec<usize> {
    let mut halved = 0;
    while bodies.len() >> halved > MOST_SAMPLED {
        halved += 1;
    }
    let zeros = |id: &DocumentId| {
        let digest = Sha256::of(id.to_string().as_bytes());
        let [a, b, c, d, ..] = *digest.as_bytes();
        u32::from_be_bytes([a, b, c, d]).leading_zeros()
    };
    (0..bodies.len()).filter(|&n| halved == 0 || zeros(&bodies.ids()[n]) >= halved).collect()
}

/// Whether a document calls itself a translation that may be from `language`.
fn calls_itself(marks: &Marks, language: Option<Lang>) -> bool {
    marks.translated.iter().any(|(_, from)| from.is_none() || *from == language)
}

/// Score a translation must reach at a threshold of 1000.
const THRESHOLD: f32 = 4.0;

/// Languages whose words look alike, from `[kin]` of their lexicons: there the words must agree more.
pub(crate) struct Kin(BTreeSet<(Lang, Lang)>);

impl Kin {
    pub(crate) fn of(lexicons: &Lexicons) -> Self {
        let mut pairs = BTreeSet::new();
        for lang in lexicons.languages() {
            let Some(lexicon) = lexicons.get(lang) else { continue };
            for entry in lexicon.section("translation.txt", "kin") {
                for other in entry.key.split_whitespace().filter_map(|code| code.parse().ok()) {
                    pairs.insert((lang, other));
                    pairs.insert((other, lang));
                }
            }
        }
        Self(pairs)
    }

    pub(crate) fn are(&self, a: Option<Lang>, b: Option<Lang>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if self.0.contains(&(a, b)))
    }
}
