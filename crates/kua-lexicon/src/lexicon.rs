//! The lexicons of all languages, and one language of them.

use std::collections::BTreeMap;

use kua_model::{Lang, Sha256};

use crate::entry::{Sections, parse};
use crate::{Entry, LexiconError, Phrases, embedded};

/// The words of one language, or (see [`Lexicons::shared`]) those that no language owns.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    files: BTreeMap<String, Sections>,
    endings: Vec<String>,
    ending_lists: BTreeMap<String, Vec<String>>,
}

impl Lexicon {
    /// The entries of `[section]` in `file` (like `calendar.txt`), in order; empty if there is none.
    /// Section `""` holds the entries before the first header.
    pub fn section(&self, file: &str, section: &str) -> &[Entry] {
        self.files.get(file).and_then(|sections| sections.get(section)).map_or(&[], Vec::as_slice)
    }

    /// All sections of `file` by name, in order of name.
    pub fn sections(&self, file: &str) -> impl Iterator<Item = (&str, &[Entry])> {
        self.files
            .get(file)
            .into_iter()
            .flatten()
            .map(|(name, entries)| (name.as_str(), entries.as_slice()))
    }

    /// Names of its files, like `calendar.txt`, in order.
    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Abbreviations of `language.txt` whose full stop ends no sentence: folded, without it.
    pub fn abbreviations(&self) -> Vec<String> {
        self.shorts("abbreviations")
    }

    /// Abbreviations of `language.txt` whose full stop ends no sentence where a number follows, as
    /// those of months: folded, without it. Empty if the language lists none.
    pub fn abbreviations_before_numbers(&self) -> Vec<String> {
        self.shorts("before numbers")
    }

    fn shorts(&self, section: &str) -> Vec<String> {
        self.section("language.txt", section)
            .iter()
            .flat_map(|entry| entry.key.split('|'))
            .map(|word| crate::fold(word.trim()).into_owned())
            .filter(|word| !word.is_empty())
            .collect()
    }

    /// What `~` may stand for: the entries of `endings.txt`.
    pub fn endings(&self) -> &[String] {
        &self.endings
    }

    /// What `~list` may stand for, by the name of the list: the sections of `endings.txt`. `_` in a
    /// list with a name stands for no ending.
    pub fn ending_lists(&self) -> &BTreeMap<String, Vec<String>> {
        &self.ending_lists
    }

    /// The phrases of a section, compiled. Keys that are no patterns are left out; `kua lexicon
    /// check` names them.
    pub fn phrases(&self, file: &str, section: &str) -> Phrases {
        Phrases::compile(self.section(file, section), &self.endings).0
    }
}

/// The words of all languages.
#[derive(Debug, Clone, Default)]
pub struct Lexicons {
    shared: Lexicon,
    languages: BTreeMap<Lang, Lexicon>,
    digest: String,
}

/// What the files hold and what is wrong with them, in their order, read by two threads: every
/// command waits for this.
fn parsed(files: &BTreeMap<String, String>) -> Vec<(Sections, Vec<LexiconError>)> {
    let files: Vec<(&String, &String)> = files.iter().collect();
    let of = |files: &[(&String, &String)]| -> Vec<_> {
        let one = |&(path, text): &(&String, &String)| {
            let mut errors = Vec::new();
            (parse(path, text, &mut errors), errors)
        };
        files.iter().map(one).collect()
    };
    // Half of the letters, not of the files.
    let all: usize = files.iter().map(|(_, text)| text.len()).sum();
    let sums = files.iter().scan(0, |sum, (_, text)| {
        *sum += text.len();
        Some(*sum)
    });
    let (one, other) = files.split_at(sums.take_while(|sum| sum * 2 <= all).count());
    std::thread::scope(|scope| {
        let other = scope.spawn(move || of(other));
        let mut parsed = of(one);
        parsed.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        parsed
    })
}

impl Lexicons {
    /// The lexicons inside the binary. Their syntax is held by a test; a slip leaves a line out.
    pub fn embedded() -> Self {
        Self::build(
            Self::embedded_files().map(|(path, text)| (path.to_owned(), text.to_owned())).collect(),
        )
        .0
    }

    /// The files inside the binary: path below `lexicons/`, text.
    pub fn embedded_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        embedded::FILES.iter().copied()
    }

    /// Lexicons from files: path below `lexicons/` with `/` (`fr/events.txt`, `claims.txt`), text.
    /// Of two files of one path the later holds, so a case may override single files.
    /// Fails with every line that is not in the syntax.
    pub fn from_files(
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<LexiconError>> {
        let (lexicons, errors) = Self::build(files.into_iter().collect());
        if errors.is_empty() { Ok(lexicons) } else { Err(errors) }
    }

    fn build(files: BTreeMap<String, String>) -> (Self, Vec<LexiconError>) {
        let mut lexicons = Self::default();
        let mut errors = Vec::new();
        let mut digested = String::new();
        for (path, text) in &files {
            digested.push_str(&format!("{path}\n{}\n{text}\n", text.len()));
        }
        for ((path, _), (sections, slips)) in files.iter().zip(parsed(&files)) {
            errors.extend(slips);
            match path.split_once('/') {
                None => {
                    lexicons.shared.files.insert(path.clone(), sections);
                }
                Some((code, file)) => match code.parse::<Lang>() {
                    Ok(lang) => {
                        lexicons
                            .languages
                            .entry(lang)
                            .or_default()
                            .files
                            .insert(file.to_owned(), sections);
                    }
                    Err(error) => errors.push(LexiconError {
                        file: path.clone(),
                        line: 1,
                        reason: format!("the folder must be named by a language code: {error}"),
                    }),
                },
            }
        }
        for lexicon in lexicons.languages.values_mut() {
            let of = |entries: &[Entry]| -> Vec<String> {
                let words = entries.iter().flat_map(|entry| entry.raw.split_whitespace());
                words.map(str::to_owned).collect()
            };
            lexicon.endings = of(lexicon.section("endings.txt", ""));
            let lists = lexicon.sections("endings.txt").map(|(name, e)| (name.to_owned(), of(e)));
            lexicon.ending_lists = lists.collect();
        }
        lexicons.digest = Sha256::of(digested.as_bytes()).to_string();
        (lexicons, errors)
    }

    /// Codes of the languages there are words of.
    pub fn languages(&self) -> impl Iterator<Item = Lang> {
        self.languages.keys().copied()
    }

    /// The words of `lang`, if there are any.
    pub fn get(&self, lang: Lang) -> Option<&Lexicon> {
        self.languages.get(&lang)
    }

    /// What no language owns: the files beside the language folders.
    pub fn shared(&self) -> &Lexicon {
        &self.shared
    }

    /// SHA-256 over all paths and texts, hexadecimal: part of every derived record's key.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_lexicons_are_in_the_syntax() {
        let files =
            Lexicons::embedded_files().map(|(path, text)| (path.to_owned(), text.to_owned()));
        if let Err(errors) = Lexicons::from_files(files) {
            let all: Vec<_> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n"));
        }
    }

    #[test]
    fn files_find_their_language_and_change_the_digest() {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let one = Lexicons::from_files([
            file("fr/calendar.txt", "[months]\njanvier = 1\n"),
            file("claims.txt", "killed\n"),
        ])
        .unwrap();
        let fr = "fr".parse().unwrap();
        assert_eq!(
            one.get(fr).unwrap().section("calendar.txt", "months")[0].value.as_deref(),
            Some("1")
        );
        assert_eq!(one.shared().section("claims.txt", "")[0].key, "killed");
        let two =
            Lexicons::from_files([file("fr/calendar.txt", "[months]\njanvier = 2\n")]).unwrap();
        assert_ne!(one.digest(), two.digest());
        assert!(Lexicons::from_files([file("French/x.txt", "a\n")]).is_err());
    }
}
