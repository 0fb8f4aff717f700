//! The sections of `names.txt` of all languages, ready to be found in text.

use kua_lexicon::{Entry, Lexicons, Phrases, Token};

/// One section of `names.txt`, in all languages: a text may name a source in any of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    languages: Vec<(Phrases, Vec<Entry>)>,
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
    fn new(lexicons: &Lexicons, section: &str) -> Self {
        let languages = lexicons.languages().filter_map(|lang| {
            let lexicon = lexicons.get(lang)?;
            let entries = lexicon.section("names.txt", section);
            // This file brings its own endings, so that it works in a language that has no others.
            let own = lexicon.section("names.txt", "endings").iter();
            let endings: Vec<String> =
                own.flat_map(|entry| entry.raw.split_whitespace()).map(str::to_owned).collect();
            (!entries.is_empty()).then(|| (Phrases::compile(entries, &endings).0, entries.to_vec()))
        });
        Self { languages: languages.collect() }
    }

    /// The longest words of this section that begin at token `at`, in any language.
    pub(crate) fn at(&self, tokens: &[Token<'_>], at: usize) -> Option<Found<'_>> {
        let mut best: Option<Found<'_>> = None;
        for (phrases, entries) in &self.languages {
            if let Some(found) = phrases.longest_at(tokens, at)
                && best.is_none_or(|best| found.tokens > best.tokens)
                && let Some(entry) = entries.get(found.entry)
            {
                best = Some(Found { tokens: found.tokens, entry });
            }
        }
        best
    }

    /// All words of this section: (index of first token, what was found), left to right.
    pub(crate) fn all(&self, tokens: &[Token<'_>]) -> Vec<(usize, Found<'_>)> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.at(tokens, at) {
                Some(found) => {
                    out.push((at, found));
                    at += found.tokens;
                }
                None => at += 1,
            }
        }
        out
    }

    /// Entries of all languages, language by language.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.languages.iter().flat_map(|(_, entries)| entries)
    }
}

/// The words of names and sources, in all languages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    /// Ministries, police, president…: every country has its own.
    pub(crate) bodies: Section,
    /// News agencies and bodies of many countries: one in the world.
    pub(crate) agencies: Section,
    /// Countries and what belongs to them.
    pub(crate) countries: Section,
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
    /// Words that make a name a place's.
    pub(crate) place_words: Section,
    /// Words that make a name a body's.
    pub(crate) body_words: Section,
    /// Words before a place: "in", "near".
    pub(crate) before_places: Section,
    /// Capitalised words that name nobody.
    pub(crate) not_names: Section,
    /// Places with several names.
    pub(crate) places: Section,
}

impl Vocabulary {
    pub(crate) fn new(lexicons: &Lexicons) -> Self {
        let section = |name| Section::new(lexicons, name);
        Self {
            bodies: section("bodies"),
            agencies: section("agencies"),
            countries: section("countries"),
            roles: section("roles"),
            generic: section("generic"),
            outlets: section("outlets"),
            titles: section("titles"),
            particles: section("particles"),
            place_words: section("place-words"),
            body_words: section("body-words"),
            before_places: section("before-places"),
            not_names: section("not-names"),
            places: section("places"),
        }
    }

    /// The one country that `tokens` name; `None` if none or several.
    pub(crate) fn country(&self, tokens: &[Token<'_>]) -> Option<&str> {
        let mut named = self.countries.all(tokens).into_iter().filter_map(|(_, found)| found.entry.value.as_deref());
        let first = named.next()?;
        named.all(|other| other == first).then_some(first)
    }
}
