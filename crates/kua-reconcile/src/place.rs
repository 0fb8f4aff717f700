//! Which place words mean, so far as counting needs it: equal keys are one place.

use std::collections::{BTreeMap, BTreeSet};

use kua_lexicon::{fold, tokens};
use kua_model::{
    CaseInfo, Claim, DocumentId, Name, NameKind, Notice, NoticePlace, PlaceMention, Severity,
};

use crate::romanise::Romaniser;
use crate::vocabulary::{Vocabulary, Words};

/// Tells places apart. Knows no map: only names, their sounds, and what the case is about.
pub(crate) struct Places<'p> {
    vocabulary: &'p Vocabulary,
    romaniser: &'p Romaniser,
    /// Folded spelling of a place to the name it is shown under.
    spellings: &'p BTreeMap<String, String>,
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
        spellings: &'p BTreeMap<String, String>,
    ) -> Self {
        let mut places = Self { vocabulary, romaniser, spellings, whole: None };
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
        let words = self.spellings.get(fold(words).as_ref()).map_or(words, String::as_str);
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

/// The place of the whole crisis: that of the case, else the country that most documents name and
/// that at least half of those that name any do; of two named in as many, the one named more often.
/// `None` if no country stands out. Whatever is taken is said in a notice.
pub(crate) fn whole(
    case: &CaseInfo,
    claims: &[Claim],
    names: &[Name],
    vocabulary: &Vocabulary,
    notices: &mut Vec<Notice>,
) -> Option<String> {
    if let Some(place) = case.place.as_deref().map(str::trim).filter(|place| !place.is_empty()) {
        return Some(place.to_owned());
    }
    /// Documents that name a country, how often it is named, and under which name first.
    type Named<'n> = (BTreeSet<DocumentId>, usize, &'n str);
    let mut named: BTreeMap<&str, Named<'_>> = BTreeMap::new();
    let country = |words: &str| {
        let words = Words::new(words);
        let found = vocabulary.countries.at(&words, 0)?;
        (found.tokens == words.len()).then_some(found.entry.value.as_deref()).flatten()
    };
    for name in names.iter().filter(|name| name.kind == NameKind::Place) {
        let Some(id) = name.variants.iter().find_map(|variant| country(&variant.text)) else {
            continue;
        };
        let (documents, count, _) =
            named.entry(id).or_insert_with(|| (BTreeSet::new(), 0, &name.name));
        for span in name.variants.iter().flat_map(|variant| &variant.at) {
            documents.insert(span.document);
            *count += 1;
        }
    }
    for (claim, place) in claims.iter().filter_map(|claim| Some((claim, claim.place.as_ref()?))) {
        let words = place.canonical.as_deref().unwrap_or(&place.words);
        let Some(id) = country(words) else { continue };
        let (documents, count, _) = named.entry(id).or_insert_with(|| (BTreeSet::new(), 0, words));
        documents.insert(claim.document);
        *count += 1;
    }
    let any: BTreeSet<DocumentId> =
        named.values().flat_map(|(documents, ..)| documents.iter().copied()).collect();
    let mut order: Vec<(usize, usize, &str)> =
        named.values().map(|(documents, count, name)| (documents.len(), *count, *name)).collect();
    order.sort_by(|a, b| b.cmp(a));
    let &(documents, count, name) = order.first()?;
    let ties = order.get(1).is_some_and(|other| (other.0, other.1) == (documents, count));
    if ties || documents * 2 < any.len() {
        return None;
    }
    notices.push(Notice::new(
        Severity::Note,
        "place-of-the-case",
        NoticePlace::Case,
        format!(
            "case.toml says no place. {name} is taken as the place of the whole crisis: {documents} of {} documents that name a country name it. A count there stands in one row with counts that say no place. To have it otherwise, set `place` in case.toml.",
            any.len()
        ),
    ));
    Some(name.to_owned())
}
