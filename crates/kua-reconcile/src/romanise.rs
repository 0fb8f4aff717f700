//! How a word sounds, whatever its script: romanising, spelling skeleton, blocking key.
//! The letters stand in `lexicons/romanise.txt`; here is only the order in which they are used.

use std::collections::BTreeMap;

use kua_lexicon::{Entry, Lexicons, fold};

/// Spellings to sounds. Table and skeleton measured in `notes/reconcile.md`, section 1.
#[derive(Debug, Clone, Default)]
pub struct Romaniser {
    letters: Letters,
    /// Spelling rules by first letter, longest first.
    sounds: BTreeMap<char, Vec<(String, String)>>,
    block: Letters,
}

/// What stands for single letters: those of the first alphabets found by their number.
#[derive(Debug, Clone, Default)]
struct Letters {
    near: Vec<Option<Box<str>>>,
    far: BTreeMap<char, String>,
}

impl Letters {
    /// Letters before this one: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic.
    const NEAR: u32 = 0x800;

    fn of(entries: &[Entry]) -> Self {
        let far = single(entries);
        let near =
            (0..Self::NEAR).map(|c| far.get(&char::from_u32(c)?).map(|to| to.as_str().into()));
        Self { near: near.collect(), far }
    }

    fn get(&self, letter: char) -> Option<&str> {
        match self.near.get(letter as usize) {
            Some(near) => near.as_deref(),
            None => self.far.get(&letter).map(String::as_str),
        }
    }
}

impl Romaniser {
    /// The tables of `romanise.txt`. With none, letters stand for themselves (by `any_ascii`).
    pub fn new(lexicons: &Lexicons) -> Self {
        let section = |name| lexicons.shared().section("romanise.txt", name);
        let mut sounds: BTreeMap<char, Vec<(String, String)>> = BTreeMap::new();
        for (from, to) in pairs(section("skeleton")) {
            if let Some(first) = from.chars().next() {
                sounds.entry(first).or_default().push((from, to));
            }
        }
        for rules in sounds.values_mut() {
            rules.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        }
        Self {
            letters: Letters::of(section("letters")),
            sounds,
            block: Letters::of(section("block")),
        }
    }

    /// `word` in lower-case ASCII letters and digits; everything else is dropped.
    pub fn latin(&self, word: &str) -> String {
        let mut out = String::with_capacity(word.len());
        for letter in fold(word).chars() {
            match self.letters.get(letter) {
                Some(latin) => out.push_str(latin),
                None => out.push_str(any_ascii::any_ascii_char(letter)),
            }
        }
        out.retain(|c| c.is_ascii_alphanumeric());
        out.make_ascii_lowercase();
        out
    }

    /// Spelling skeleton of `word`: equal for spellings that sound alike (`Poutine`, `Putin`,
    /// `Путин` differ only in vowels at the end). Capitals are single sounds.
    pub fn skeleton(&self, word: &str) -> String {
        let latin = self.latin(word);
        let mut out = String::with_capacity(latin.len());
        let mut rest = latin.as_str();
        while let Some(first) = rest.chars().next() {
            let rule = self
                .sounds
                .get(&first)
                .and_then(|rules| rules.iter().find(|(from, _)| rest.starts_with(from.as_str())));
            match rule {
                Some((from, to)) => {
                    out.push_str(to);
                    rest = &rest[from.len()..];
                }
                None => {
                    rest = &rest[first.len_utf8()..];
                    out.push(match (first, rest.chars().next()) {
                        ('c', Some('e' | 'i' | 'y')) => 's',
                        ('c', _) => 'k',
                        _ => first,
                    });
                }
            }
        }
        without_doubles(&out)
    }

    /// Consonants of a skeleton with kindred sounds merged: a key for finding candidates, never
    /// proof of anything.
    pub fn block(&self, skeleton: &str) -> String {
        let mut out = String::with_capacity(skeleton.len());
        for sound in skeleton.chars() {
            match self.block.get(sound) {
                Some(merged) => out.push_str(merged),
                None => out.push(sound),
            }
        }
        without_doubles(&out)
    }
}

fn without_doubles(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

fn single(entries: &[Entry]) -> BTreeMap<char, String> {
    pairs(entries)
        .filter_map(|(from, to)| {
            let mut letters = from.chars();
            letters.next().filter(|_| letters.next().is_none()).map(|letter| (letter, to))
        })
        .collect()
}

fn pairs(entries: &[Entry]) -> impl Iterator<Item = (String, String)> + '_ {
    entries.iter().flat_map(|entry| {
        let value = entry.value.as_deref().filter(|value| *value != "_").unwrap_or_default();
        entry.key.split('|').map(move |from| (from.trim().to_owned(), value.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        let romaniser = Romaniser::new(&Lexicons::embedded());
        let key = |word| romaniser.block(&romaniser.skeleton(word));
        assert_eq!(key("Poutine"), "ptn");
        assert_eq!(key("Putin"), key("Путин"));
        assert_eq!(romaniser.skeleton("Tokayev"), romaniser.skeleton("Tokaïev"));
        assert_eq!(romaniser.skeleton("Шымкент"), romaniser.skeleton("Shymkent"));
        assert_eq!(romaniser.skeleton("Жанаөзен"), romaniser.skeleton("Zhanaozen"));
        assert_eq!(romaniser.skeleton(""), "");
        assert_eq!(romaniser.skeleton("\u{200f}—…"), "");
    }
}
