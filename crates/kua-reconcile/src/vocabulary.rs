//! The sections of `names.txt` of all languages, ready to be found in text.

use kua_lexicon::{Entry, Lexicons, Phrases, Token, tokens};

/// One section of `names.txt`, in all languages: a text may name a source in any of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    small: (Phrases, Vec<Entry>),
    /// Lines in capitals: found only in text in capitals.
    capitals: (Phrases, Vec<Entry>),
}

/// Text with its tokens.
#[derive(Debug, Clone)]
pub(crate) struct Words<'t> {
    text: &'t str,
    pub(crate) tokens: Vec<Token<'t>>,
}

impl<'t> Words<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, tokens: tokens(text, 0) }
    }

    /// The same text without the tokens that `drop` counts from a place: "ministère kazakh de
    /// l'Intérieur" names the same body as "ministère de l'Intérieur".
    pub(crate) fn without(&self, drop: impl Fn(usize) -> Option<usize>) -> Self {
        let mut tokens = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            match drop(at) {
                Some(taken) => at += taken.max(1),
                None => {
                    tokens.push(token.clone());
                    at += 1;
                }
            }
        }
        Self { text: self.text, tokens }
    }

    /// How many tokens.
    pub(crate) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The text of `count` tokens from `at`, as it stands.
    pub(crate) fn spelled(&self, at: usize, count: usize) -> &'t str {
        let Some(taken) = self.tokens.get(at..at + count) else { return "" };
        let (Some(first), Some(last)) = (taken.first(), taken.last()) else { return "" };
        self.text.get(first.range.start..last.range.end).unwrap_or("")
    }
}

fn found<'v>(
    (phrases, entries): &'v (Phrases, Vec<Entry>),
    words: &Words<'_>,
    at: usize,
) -> Option<Found<'v>> {
    let found = phrases.longest_at(&words.tokens, at)?;
    Some(Found { tokens: found.tokens, entry: entries.get(found.entry)? })
}

fn has_small(text: &str) -> bool {
    text.chars().any(char::is_lowercase)
}

/// Words that were found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'v> {
    /// How many tokens they take.
    pub(crate) tokens: usize,
    /// The line that names them.
    pub(crate) entry: &'v Entry,
}

impl Section {
    /// The entries of `section` in each of `files`, of all languages together.
    fn new(lexicons: &Lexicons, files: &[&str], section: &str) -> Self {
        let mut entries = Vec::new();
        let mut endings = Vec::new();
        for lexicon in lexicons.languages().filter_map(|lang| lexicons.get(lang)) {
            // This file brings its own endings, so that it works in a language that has no others.
            let own = lexicon.section("names.txt", "endings").iter();
            endings.extend(own.flat_map(|entry| entry.raw.split_whitespace()).map(str::to_owned));
            endings.extend(lexicon.endings().iter().cloned());
            entries.extend(files.iter().flat_map(|file| lexicon.section(file, section)).cloned());
        }
        // Acronyms apart, so that a small word in one language does not hide a body in another.
        let (small, capitals): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| has_small(&entry.key));
        let compile = |entries: Vec<Entry>| (Phrases::compile(&entries, &endings).0, entries);
        Self { small: compile(small), capitals: compile(capitals) }
    }

    /// Whether some words of this section may begin with this token.
    pub(crate) fn may_start(&self, token: &Token<'_>) -> bool {
        self.small.0.may_start(token) || self.capitals.0.may_start(token)
    }

    /// The longest words of this section that begin at token `at` of `words`, in any language.
    pub(crate) fn at(&self, words: &Words<'_>, at: usize) -> Option<Found<'_>> {
        let small = found(&self.small, words, at);
        let capitals = found(&self.capitals, words, at)
            .filter(|found| !has_small(words.spelled(at, found.tokens)));
        match (small, capitals) {
            (Some(small), Some(capitals)) if capitals.tokens > small.tokens => Some(capitals),
            (Some(small), _) => Some(small),
            (None, capitals) => capitals,
        }
    }

    /// All words of this section: (index of first token, what was found), left to right.
    pub(crate) fn all(&self, words: &Words<'_>) -> Vec<(usize, Found<'_>)> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < words.tokens.len() {
            match self.at(words, at) {
                Some(found) => {
                    out.push((at, found));
                    at += found.tokens;
                }
                None => at += 1,
            }
        }
        out
    }
}

/// The words of names and sources, in all languages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Ministries, police, president…: every country has its own.
    pub(crate) bodies: Section,
    /// Mayors, governors, hospitals, fire brigades: every town has its own.
    pub(crate) local_bodies: Section,
    /// News agencies and bodies of many countries: one in the world.
    pub(crate) agencies: Section,
    /// Countries by name.
    pub(crate) countries: Section,
    /// What belongs to a country, and other names for it.
    of_countries: Section,
    /// Who speaks for a body: spokesman, press service, deputy.
    pub(crate) roles: Section,
    /// A body without its name: "the ministry".
    pub(crate) generic: Section,
    /// What kind of source, no part of its name: newspaper, agency.
    pub(crate) outlets: Section,
    /// Words before a person's name.
    pub(crate) titles: Section,
    /// Small words inside names.
    pub(crate) particles: Section,
    /// Small words that may stand inside a name.
    pub(crate) inside_names: Section,
    /// Words that make a name a place's.
    pub(crate) place_words: Section,
    /// Words that make a name a body's.
    pub(crate) body_words: Section,
    /// Words before a place: "in", "near".
    pub(crate) before_places: Section,
    /// Capitalised words that name nobody.
    pub(crate) not_names: Section,
    /// The small words of the languages.
    pub(crate) function_words: Section,
    /// Places with several names.
    pub(crate) places: Section,
}

impl Vocabulary {
    pub(crate) fn new(lexicons: &Lexicons) -> Self {
        let section = |name| Section::new(lexicons, &["names.txt"], name);
        Self {
            bodies: section("bodies"),
            local_bodies: section("local-bodies"),
            agencies: section("agencies"),
            countries: section("countries"),
            of_countries: section("of-countries"),
            roles: section("roles"),
            generic: section("generic"),
            outlets: section("outlets"),
            titles: section("titles"),
            particles: section("particles"),
            inside_names: section("inside-names"),
            place_words: section("place-words"),
            body_words: section("body-words"),
            before_places: section("before-places"),
            not_names: section("not-names"),
            function_words: Section::new(lexicons, &["language.txt"], "function"),
            places: Section::new(lexicons, &["names.txt", "places.txt"], "places"),
        }
    }

    /// A country, or what belongs to one, at token `at`.
    pub(crate) fn country_at(&self, words: &Words<'_>, at: usize) -> Option<Found<'_>> {
        let (name, of) = (self.countries.at(words, at), self.of_countries.at(words, at));
        name.into_iter().chain(of).max_by_key(|found| found.tokens)
    }

    /// The one country that `words` name; `None` if none or several.
    pub(crate) fn country(&self, words: &Words<'_>) -> Option<&str> {
        let mut named = None;
        let mut at = 0;
        while at < words.len() {
            let found = self.country_at(words, at);
            at += found.map_or(1, |found| found.tokens);
            match (named, found.and_then(|found| found.entry.value.as_deref())) {
                (_, None) => {}
                (None, country) => named = country,
                (Some(held), Some(country)) if held == country => {}
                _ => return None,
            }
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_names_txt_is_a_pattern_and_no_word_is_cut_by_a_bracket() {
        let lexicons = Lexicons::embedded();
        for lang in lexicons.languages() {
            let Some(lexicon) = lexicons.get(lang) else { continue };
            for (section, entries) in lexicon.sections("names.txt") {
                let errors = Phrases::compile(entries, &[]).1;
                assert!(errors.is_empty(), "[{section}] {errors:?}");
                for entry in entries {
                    let glued = entry.key.as_bytes().windows(2).any(|pair| {
                        pair[1] == b'(' && !matches!(pair[0], b' ' | b'(')
                            || pair[0] == b')' && !matches!(pair[1], b' ' | b'?' | b')')
                    });
                    assert!(!glued, "{}: put a space beside the bracket", entry.origin());
                }
            }
        }
    }

    #[test]
    fn an_acronym_is_found_in_capitals_only() {
        let vocabulary = Vocabulary::new(&Lexicons::embedded());
        assert!(vocabulary.agencies.at(&Words::new("UN"), 0).is_some());
        assert!(vocabulary.agencies.at(&Words::new("un porte-parole"), 0).is_none());
        assert!(vocabulary.countries.at(&Words::new("us"), 0).is_none());
    }
}
