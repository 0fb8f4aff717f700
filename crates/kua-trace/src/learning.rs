//! Learns words that answer each other from translations that are beyond doubt, and chooses those
//! that can be shown as a reason.

use std::collections::BTreeMap;

use kua_model::{Lang, LearntWord, LearntWords, TextRange};
use serde::{Deserialize, Serialize};

use crate::bodies::Lent;
use crate::body::Body;
use crate::features::{Stem, stem_of};
use crate::wording::{ItemKind, Wordings, items};
use crate::words::{StemPair, WordList};

/// What was learnt of two languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Learnt {
    pub(crate) list: WordList,
    pub(crate) shown: Option<LearntWords>,
}

/// Sentences on both sides together from which words are learnt: longer groups blur.
const MOST_SENTENCES: usize = 3;
/// Pairs that must hold an entry, and its least chance both ways, before it is shown.
const SHOWN_TIMES: u32 = 3;
const SHOWN_CHANCE: f32 = 0.4;
/// Entries shown of two languages.
const MOST_SHOWN: usize = 400;
/// Spellings shown of one stem.
const SPELLINGS: usize = 3;

type Words<'b> = (Lent<'b, Body<'b>>, &'b Wordings);

/// The words of two languages, from aligned passages of documents; `None` if there are none.
pub(crate) fn learn<'b, R>(
    languages: (Lang, Lang),
    sides: impl Iterator<Item = (Words<'b>, Words<'b>, R)>,
) -> Option<Learnt>
where
    R: Iterator<Item = (TextRange, TextRange)>,
{
    let mut pairs: Vec<StemPair> = Vec::new();
    let mut spelled: [BTreeMap<Stem, BTreeMap<String, u32>>; 2] = Default::default();
    for (a, b, ranges) in sides {
        for (on_a, on_b) in ranges {
            let count = |body: &Body<'_>, range: TextRange| {
                body.unit_at(range.end.saturating_sub(1)).saturating_sub(body.unit_at(range.start))
                    + 1
            };
            if count(&a.0, on_a) + count(&b.0, on_b) > MOST_SENTENCES {
                continue;
            }
            let [of_a, of_b] = &mut spelled;
            pairs.push((stems(&a, on_a, of_a), stems(&b, on_b, of_b)));
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let list = WordList::learn(&pairs);
    let shown = shown(languages, &list, &pairs, &spelled);
    Some(Learnt { list, shown })
}

/// Stems of the words at `range`; their spellings are counted.
fn stems(
    (body, words): &Words<'_>,
    range: TextRange,
    spelled: &mut BTreeMap<Stem, BTreeMap<String, u32>>,
) -> Vec<Stem> {
    let mut out = Vec::new();
    for item in items(body, range, words) {
        if item.kind == ItemKind::Figure {
            continue;
        }
        let word = body.words(item.range);
        if let Some(stem) = stem_of(word) {
            out.push(stem);
            // A name may have to be withheld; it explains little, since it sounds alike anyway.
            if item.kind != ItemKind::Name {
                *spelled.entry(stem).or_default().entry(word.to_lowercase()).or_default() += 1;
            }
        }
    }
    out
}

/// Entries that are sure both ways, the most often met first.
fn shown(
    languages: (Lang, Lang),
    list: &WordList,
    pairs: &[StemPair],
    spelled: &[BTreeMap<Stem, BTreeMap<String, u32>>; 2],
) -> Option<LearntWords> {
    let mut times: BTreeMap<(Stem, Stem), u32> = BTreeMap::new();
    for (a, b) in pairs {
        let mut here: Vec<(Stem, Stem)> = list.answers(a, b, SHOWN_CHANCE);
        here.sort_unstable();
        here.dedup();
        here.into_iter().for_each(|entry| *times.entry(entry).or_default() += 1);
    }
    let mut entries: Vec<((Stem, Stem), u32)> =
        times.into_iter().filter(|(_, times)| *times >= SHOWN_TIMES).collect();
    entries.sort_by(|x, y| y.1.cmp(&x.1).then(x.0.cmp(&y.0)));
    let spellings = |known: &BTreeMap<Stem, BTreeMap<String, u32>>, stem: &Stem| -> Vec<String> {
        let mut words: Vec<(&String, &u32)> = known.get(stem).into_iter().flatten().collect();
        words.sort_by(|x, y| y.1.cmp(x.1).then(x.0.cmp(y.0)));
        words.into_iter().take(SPELLINGS).map(|(word, _)| word.clone()).collect()
    };
    let words: Vec<LearntWord> = entries
        .into_iter()
        .filter_map(|((a, b), times)| {
            let (a, b) = (spellings(&spelled[0], &a), spellings(&spelled[1], &b));
            (!a.is_empty() && !b.is_empty()).then_some(LearntWord { a, b, times })
        })
        .take(MOST_SHOWN)
        .collect();
    let learnt_from = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
    (!words.is_empty()).then_some(LearntWords {
        a: languages.0,
        b: languages.1,
        learnt_from,
        words,
    })
}
