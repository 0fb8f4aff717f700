//! The name of a place in gazetteers: those of the case, then the towns of the world. A name may stand
//! in any case ending that the language's `places.txt` lists.

use std::borrow::Cow;

use kua_lexicon::{Gazetteer, TokenKind, place_key};
use serde::{Deserialize, Serialize};

use crate::scene::Scene;

/// Names of places a case brings along, each with the name they go by.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlaceNames(Vec<(String, String)>);

impl PlaceNames {
    /// From pairs of the name a place goes by and a name it has, old and new, in any script. Of two
    /// places with one name the first holds.
    pub fn new<'n>(pairs: impl IntoIterator<Item = (&'n str, &'n str)>) -> Self {
        let mut names: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(place, name)| (place_key(name), place.to_owned()))
            .filter(|(key, _)| !key.is_empty())
            .collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names.dedup_by(|later, first| later.0 == first.0);
        Self(names)
    }

    /// The name a place goes by, from one of its names as [`place_key`] folds it.
    pub fn get(&self, key: &str) -> Option<&str> {
        let index = self.0.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        self.0.get(index).map(|(_, place)| place.as_str())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A place found in a gazetteer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// One past its last token.
    pub end: usize,
    /// The name it goes by.
    pub name: String,
    /// It stands in the gazetteer of the case.
    pub own: bool,
}

/// The longest name of a gazetteer that begins at token `at`.
pub(crate) fn listed(scene: &Scene<'_>, at: usize, own: &PlaceNames) -> Option<Listed> {
    /// The most words a name has.
    const WORDS: usize = 4;
    if !scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word) {
        return None;
    }
    // Words of the run, with the end of each.
    let mut words: Vec<(&str, usize)> = Vec::new();
    let mut next = at;
    while words.len() < WORDS {
        let Some(token) = scene.tokens.get(next).filter(|token| token.kind == TokenKind::Word)
        else {
            break;
        };
        words.push((token.fold.as_ref(), next + 1));
        next += 1;
        if scene.is_mark(next, &['-', '.', '‐', '‑']) && scene.glued(next) {
            next += 1;
        }
    }
    // A name of several words ends in one with a capital.
    let capital = |end: usize| scene.tokens.get(end - 1).is_some_and(|token| token.capital);
    let longest = words.iter().rposition(|&(_, end)| capital(end)).map_or(1, |last| last + 1);
    words.truncate(longest);
    let bases: Vec<Vec<Cow<'_, str>>> = words.iter().map(|(word, _)| bases(scene, word)).collect();
    for (count, &(_, end)) in words.iter().enumerate().rev().map(|(n, word)| (n + 1, word)) {
        if count > 1 && !capital(end) {
            continue;
        }
        let mut keys = Vec::new();
        spell(&bases[..count], String::new(), &mut keys);
        let found = keys.iter().find_map(|key| {
            if let Some(place) = own.get(key) {
                return Some((place.to_owned(), true));
            }
            match Gazetteer::world().find(key).as_slice() {
                [town] if sure(key, town.name) => Some((town.name.to_owned(), false)),
                _ => None,
            }
        });
        if let Some((name, own)) = found {
            return Some(Listed { end, name, own });
        }
    }
    None
}

/// Whether a name is long enough to mean the town: the further names of gazetteers hold short forms
/// that are rivers, people and other towns, too.
fn sure(key: &str, name: &str) -> bool {
    let letters = key.chars().count();
    letters > 4 || place_key(name) == key || (!key.is_ascii() && letters == 4)
}

/// The spellings of a run of words with every listed ending undone, as they stand first. `bases` are
/// those of each word.
fn spell(bases: &[Vec<Cow<'_, str>>], before: String, keys: &mut Vec<String>) {
    /// Bounds the work where many endings fit several words.
    const MOST: usize = 48;
    let Some((word, rest)) = bases.split_first() else {
        if keys.len() < MOST {
            keys.push(before);
        }
        return;
    };
    for base in word {
        if keys.len() >= MOST {
            return;
        }
        let joined = if before.is_empty() { base.to_string() } else { format!("{before} {base}") };
        spell(rest, joined, keys);
    }
}

/// What a word may be without its case ending; itself first.
fn bases<'w>(scene: &Scene<'_>, word: &'w str) -> Vec<Cow<'w, str>> {
    /// Shorter stems are too often something else.
    const STEM: usize = 3;
    let mut out = vec![Cow::Borrowed(word)];
    for (ending, bases) in &scene.grammar.place_endings {
        let Some(stem) = word.strip_suffix(ending.as_str()) else { continue };
        if stem.chars().count() < STEM {
            continue;
        }
        out.extend(bases.iter().map(|base| Cow::Owned(format!("{stem}{base}"))));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_case_are_found_however_they_are_written() {
        let names = PlaceNames::new([
            ("Novaya Zarya", "Новая Заря"),
            ("Novaya Zarya", "Novaya-Zarya"),
            ("Other", "новая заря"),
            ("Nobody", "—"),
        ]);
        assert_eq!(names.get(&place_key("НОВАЯ  ЗАРЯ")), Some("Novaya Zarya"));
        assert_eq!(names.get(&place_key("novaya zarya")), Some("Novaya Zarya"));
        assert_eq!(names.get(""), None);
        assert!(PlaceNames::default().is_empty());
    }
}
