//! Which place words mean, so far as counting needs it: equal keys are one place.

use kua_lexicon::tokens;
use kua_model::PlaceMention;

use crate::romanise::Romaniser;
use crate::vocabulary::{Vocabulary, Words};

/// Tells places apart. Knows no map: only names, their sounds, and what the case is about.
pub(crate) struct Places<'p> {
    vocabulary: &'p Vocabulary,
    romaniser: &'p Romaniser,
    /// Key of the case's own place: a count there is a count of the whole crisis.
    whole: Option<String>,
}

/// A line of `[places]` with this value means the whole crisis ("the country").
const WHOLE: &str = "*";

impl<'p> Places<'p> {
    pub(crate) fn new(
        case_place: Option<&str>,
        vocabulary: &'p Vocabulary,
        romaniser: &'p Romaniser,
    ) -> Self {
        let mut places = Self { vocabulary, romaniser, whole: None };
        places.whole = case_place.and_then(|words| places.named(words).map(|(key, _)| key));
        places
    }

    /// Key and shown name of a place; `None` for the whole crisis.
    pub(crate) fn of(&self, mention: Option<&PlaceMention>) -> Option<(String, String)> {
        let mention = mention?;
        let (key, name) = self.named(mention.canonical.as_deref().unwrap_or(&mention.words))?;
        (self.whole.as_ref() != Some(&key)).then_some((key, name))
    }

    fn named(&self, words: &str) -> Option<(String, String)> {
        let words = words.trim();
        let all = Words::new(words);
        for section in [&self.vocabulary.places, &self.vocabulary.countries] {
            if let Some(found) = section.at(&all, 0)
                && found.tokens == all.len()
                && let Some(name) = found.entry.value.as_deref()
            {
                return (name != WHOLE).then(|| (self.sound(name), name.to_owned()));
            }
        }
        let key = self.sound(words);
        (!key.is_empty()).then(|| (key, words.to_owned()))
    }

    fn sound(&self, words: &str) -> String {
        let sounds: Vec<String> = tokens(words, 0)
            .iter()
            .map(|token| self.romaniser.skeleton(&token.fold))
            .filter(|sound| !sound.is_empty())
            .collect();
        sounds.join(" ")
    }
}

/// Id of the country the case is about, or, where no lexicon knows it, its own words.
pub(crate) fn country(words: &str, vocabulary: &Vocabulary) -> String {
    vocabulary.country(&Words::new(words)).map_or_else(|| words.trim().to_owned(), str::to_owned)
}
