//! A name cut into parts by sound: given and family names, initials, patronymics. Knows the grammar
//! of names; its words stand in `names.txt`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use kua_lexicon::{Lexicons, TokenKind, tokens};
use rayon::prelude::*;

use crate::romanise::Romaniser;

/// Sex that a patronymic or a family name shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Son of.
    Male,
    /// Daughter of.
    Female,
}

/// Ends of patronymics and family names, by sound, longest first.
#[derive(Debug, Clone, Default)]
pub struct NameGrammar {
    patronymics: Vec<(String, Sex)>,
    families: Vec<(String, Sex)>,
}

/// One word of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamePart {
    /// Spelling skeleton.
    pub sound: String,
    /// Key for finding candidates.
    pub block: String,
    /// Only its first letter stands there.
    pub initial: bool,
    /// Father's name by sound, if it may be a patronymic.
    pub father: Option<String>,
    /// Sex that a patronymic or family name shows, if it may be one.
    pub sex: Option<Sex>,
}

/// A name cut into parts, in the order in which they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameParts {
    /// The parts.
    pub parts: Vec<NamePart>,
}

impl NameGrammar {
    /// The ends listed in all languages, by sound.
    pub fn new(lexicons: &Lexicons, romaniser: &Romaniser) -> Self {
        let mut grammar = Self::default();
        for lexicon in lexicons.languages().filter_map(|lang| lexicons.get(lang)) {
            for entry in lexicon.section("names.txt", "patronymics") {
                let sex = match entry.value.as_deref() {
                    Some("m") => Sex::Male,
                    Some("f") => Sex::Female,
                    _ => continue,
                };
                let ends = entry.key.split('|').map(|end| romaniser.skeleton(end.trim()));
                grammar.patronymics.extend(ends.map(|end| (end, sex)));
            }
            for entry in lexicon.section("names.txt", "families") {
                grammar.families.push((romaniser.skeleton(&entry.key), Sex::Male));
                let female = entry.value.as_deref().unwrap_or_default();
                grammar.families.push((romaniser.skeleton(female), Sex::Female));
            }
        }
        for ends in [&mut grammar.patronymics, &mut grammar.families] {
            ends.retain(|(end, _)| !end.is_empty());
            ends.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
            ends.dedup();
        }
        grammar
    }

    /// The parts of `name`. Commas, full stops and hyphens part words; apostrophes do not.
    pub fn parts(&self, name: &str, romaniser: &Romaniser) -> NameParts {
        let parts = words(name).iter().filter_map(|word| self.part(word, romaniser)).collect();
        NameParts { parts }
    }

    /// The parts of each of `names`. A word that stands in many is looked at once.
    pub(crate) fn all(&self, names: &[&str], romaniser: &Romaniser) -> Vec<NameParts> {
        let of_names: Vec<Vec<String>> = names.par_iter().map(|name| words(name)).collect();
        let distinct: HashSet<&str> = of_names.iter().flatten().map(String::as_str).collect();
        let parts: HashMap<&str, Option<NamePart>> =
            distinct.into_par_iter().map(|word| (word, self.part(word, romaniser))).collect();
        let part = |word: &String| parts.get(word.as_str())?.clone();
        of_names
            .par_iter()
            .map(|words| NameParts { parts: words.iter().filter_map(part).collect() })
            .collect()
    }

    fn part(&self, word: &str, romaniser: &Romaniser) -> Option<NamePart> {
        let sound = romaniser.skeleton(word);
        if sound.is_empty() {
            return None;
        }
        // A stem of one or two sounds is a name that only happens to end so.
        let stem = |end: &str| sound.strip_suffix(end).filter(|stem| stem.len() >= 3);
        let father = self.patronymics.iter().find_map(|(end, sex)| Some((stem(end)?, *sex)));
        let family = self.families.iter().find_map(|(end, sex)| Some((stem(end)?, *sex)));
        Some(NamePart {
            block: romaniser.block(&sound),
            initial: word.chars().count() == 1,
            father: father.map(|(stem, _)| stem.to_owned()),
            sex: father.or(family).map(|(_, sex)| sex),
            sound,
        })
    }
}

/// The words of a name, folded.
fn words(name: &str) -> Vec<String> {
    let is_apostrophe = |c: char| matches!(c, '\'' | '’' | 'ʻ' | 'ʼ' | '‘' | '`');
    let unmarked = if name.contains(is_apostrophe) {
        Cow::Owned(name.replace(is_apostrophe, ""))
    } else {
        Cow::Borrowed(name)
    };
    tokens(&unmarked, 0)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| token.fold.into_owned())
        .collect()
}

impl NameParts {
    /// Parts that are more than an initial.
    pub fn full(&self) -> impl Iterator<Item = &NamePart> {
        self.parts.iter().filter(|part| !part.initial)
    }

    /// Keys under which candidates for the same name are found, sorted.
    pub fn blocks(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self
            .full()
            .filter(|part| part.father.is_none() || self.parts.len() < 3)
            .map(|part| part.block.as_str())
            .filter(|key| key.len() >= 2)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
