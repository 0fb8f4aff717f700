//! Who a statement goes back to: the last named source of its chain of attribution, resolved
//! across languages and spellings, else the account itself.

use std::collections::{BTreeMap, BTreeSet};

use kua_lexicon::{Token, TokenKind};
use kua_model::{Claim, Document, SourceKind, SourceMention, TextRange};

use crate::romanise::Romaniser;
use crate::vocabulary::{Found, Section, Vocabulary, Words};

/// A named source, so far as its words tell: equal keys are one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SourceKey {
    /// A body every country has: concept and country (empty if unknown).
    Body(String, String),
    /// A body or agency there is one of.
    Agency(String),
    /// Sounds of its name.
    Name(String),
}

impl SourceKey {
    /// Text that an id may be made of.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Body(concept, country) => format!("source\nbody\n{concept}\n{country}"),
            Self::Agency(agency) => format!("source\nagency\n{agency}"),
            Self::Name(name) => format!("source\nname\n{name}"),
        }
    }
}

/// Who a claim goes back to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// The named source; `None` if the account speaks for itself.
    pub(crate) key: Option<SourceKey>,
    /// Its words, as they stand.
    pub(crate) words: String,
    /// Why, each a plain sentence.
    pub(crate) why: Vec<String>,
}

/// What the words of one mention, and the words beside it, say.
#[derive(Debug, Clone, Default)]
struct Reading {
    agency: Option<(String, String)>,
    body: Option<(String, String)>,
    generic: Option<String>,
    country: Option<String>,
    /// Sounds of the name that is left, empty if none.
    name: String,
}

/// Sources of all claims, in the order of `claims`. Claims must stand in order of document and
/// place, because "the ministry" means the last ministry named before it.
pub(crate) fn heard(
    claims: &[Claim],
    documents: &BTreeMap<kua_model::DocumentId, &Document>,
    country: Option<&str>,
    identities: &BTreeMap<String, String>,
    vocabulary: &Vocabulary,
    romaniser: &Romaniser,
) -> Vec<Heard> {
    let reader = Reader { vocabulary, romaniser, identities };
    let readings: Vec<Option<(usize, Reading)>> = claims
        .iter()
        .map(|claim| {
            let at = innermost(&claim.sources)?;
            let document = documents.get(&claim.document).copied();
            Some((at, reader.read(&claim.sources[at], document)))
        })
        .collect();
    let default = default_countries(&readings, country);
    let voices = voices(claims, &readings, &default, &reader);
    let mut last_body: BTreeMap<(kua_model::DocumentId, String), (String, String)> =
        BTreeMap::new();
    claims
        .iter()
        .zip(&readings)
        .map(|(claim, reading)| {
            let Some((at, reading)) = reading else { return untold(claim) };
            let mention = &claim.sources[*at];
            let mut why = Vec::new();
            let key = if let Some((agency, line)) = &reading.agency {
                why.push(format!(
                    "“{}” is one and the same source wherever it is named ({line})",
                    mention.words
                ));
                SourceKey::Agency(agency.clone())
            } else if let Some((concept, line)) = &reading.body {
                let of = of_country(concept, reading.country.as_ref(), &default);
                why.push(format!(
                    "“{}” is the {} {} ({line}){}",
                    mention.words,
                    concept.replace('_', " "),
                    of.1,
                    voice(reading)
                ));
                for kind in kinds(concept) {
                    last_body.insert((claim.document, kind), (concept.clone(), of.0.clone()));
                }
                SourceKey::Body(concept.clone(), of.0)
            } else if let Some(generic) = &reading.generic {
                match last_body.get(&(claim.document, generic.clone())) {
                    Some((concept, of)) => {
                        why.push(format!(
                            "“{}” takes up the {} named before it",
                            mention.words,
                            concept.replace('_', " ")
                        ));
                        SourceKey::Body(concept.clone(), of.clone())
                    }
                    None => {
                        let of = of_country(generic, reading.country.as_ref(), &default);
                        why.push(format!(
                            "“{}” is not named more closely in this document",
                            mention.words
                        ));
                        SourceKey::Body(generic.clone(), of.0)
                    }
                }
            } else if let Some((concept, of)) =
                voices.get(&reading.name).filter(|_| speaks(mention.kind))
            {
                why.push(format!(
                    "“{}” speaks for the {} elsewhere in this case",
                    mention.words,
                    concept.replace('_', " ")
                ));
                SourceKey::Body(concept.clone(), of.clone())
            } else if reading.name.is_empty() {
                return untold(claim);
            } else {
                why.push(format!("“{}” is the last named source of its chain", mention.words));
                SourceKey::Name(reading.name.clone())
            };
            if at + 1 < claim.sources.len() {
                why.push("It heard it from others it does not name".to_owned());
            }
            if *at > 0 {
                let through: Vec<_> = claim.sources[..*at]
                    .iter()
                    .map(|source| format!("“{}”", source.words))
                    .collect();
                why.push(format!("Reported through {}", through.join(", then ")));
            }
            Heard { key: Some(key), words: mention.words.clone(), why }
        })
        .collect()
}

/// Place in the chain of the last named source; `None` if the account speaks for itself.
fn innermost(sources: &[SourceMention]) -> Option<usize> {
    let at = sources.iter().rposition(|source| {
        source.kind != SourceKind::Unnamed && !source.words.trim().is_empty()
    })?;
    let last = &sources[at];
    if last.kind == SourceKind::Account {
        return None;
    }
    // "…, the ministry, its spokesman X": the body stands behind the person it speaks through.
    let body = at.checked_sub(1).map(|before| &sources[before]);
    match (last.kind, last.range, body) {
        (SourceKind::Person, Some(person), Some(body))
            if body.kind == SourceKind::Authority
                && body.range.is_some_and(|body| near(body, person)) =>
        {
            Some(at - 1)
        }
        _ => Some(at),
    }
}

/// Words so close that they are one apposition.
fn near(a: TextRange, b: TextRange) -> bool {
    a.start.max(b.start).saturating_sub(a.end.min(b.end)) <= 24
}

fn untold(claim: &Claim) -> Heard {
    let unnamed = claim.sources.iter().rev().find(|source| source.kind == SourceKind::Unnamed);
    let why = match unnamed {
        Some(source) => format!(
            "“{}” names nobody, so the account itself is the origin, as heard",
            source.words
        ),
        None => "No source is named, so the account itself is the origin".to_owned(),
    };
    Heard { key: None, words: String::new(), why: vec![why] }
}

fn voice(reading: &Reading) -> &'static str {
    if reading.name.is_empty() { "" } else { "; the person named speaks for it" }
}

/// Whether a source of this kind may speak for a body; an outlet only passes on.
fn speaks(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Person | SourceKind::Authority)
}

/// Country of a body, and how to say it.
fn of_country(concept: &str, named: Option<&String>, default: &Defaults) -> (String, String) {
    match (named, default.by_concept.get(concept), &default.case) {
        (Some(country), ..) => (country.clone(), format!("of {country}")),
        (None, _, Some(country)) => {
            (country.clone(), format!("of {country}, the place of this case"))
        }
        (None, Some(country), None) => {
            (country.clone(), format!("of {country}, the only one named here"))
        }
        (None, None, None) => (String::new(), "of a country that is not named".to_owned()),
    }
}

/// Countries of bodies that are named without one.
struct Defaults {
    case: Option<String>,
    /// Without a place of the case: the one country that is ever named with this body.
    by_concept: BTreeMap<String, String>,
}

fn default_countries(readings: &[Option<(usize, Reading)>], case: Option<&str>) -> Defaults {
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, reading) in readings.iter().flatten() {
        if let (Some((concept, _)), Some(country)) = (&reading.body, &reading.country) {
            named.entry(concept).or_default().insert(country);
        }
    }
    let single = named.into_iter().filter_map(|(concept, countries)| {
        let mut countries = countries.into_iter();
        let first = countries.next()?;
        countries.next().is_none().then(|| (concept.to_owned(), first.to_owned()))
    });
    Defaults { case: case.map(str::to_owned), by_concept: single.collect() }
}

/// Persons who are named together with exactly one body: they speak for it where they stand alone.
fn voices(
    claims: &[Claim],
    readings: &[Option<(usize, Reading)>],
    default: &Defaults,
    reader: &Reader<'_>,
) -> BTreeMap<String, (String, String)> {
    let mut bodies: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for (claim, reading) in claims.iter().zip(readings) {
        let Some((at, reading)) = reading else { continue };
        let Some((concept, _)) = &reading.body else { continue };
        let body = (concept.clone(), of_country(concept, reading.country.as_ref(), default).0);
        let beside = claim.sources.get(at + 1).filter(|next| next.kind == SourceKind::Person);
        let names = [Some(reading.name.clone()), beside.map(|next| reader.name(&next.words))];
        for name in names.into_iter().flatten().filter(|name| !name.is_empty()) {
            bodies.entry(name).or_default().insert(body.clone());
        }
    }
    let single = bodies.into_iter().filter_map(|(name, mut bodies)| {
        let first = bodies.pop_first()?;
        bodies.is_empty().then_some((name, first))
    });
    single.collect()
}

/// What "the ministry" may take up, for a body called `interior_ministry`: each of its last words.
fn kinds(concept: &str) -> Vec<String> {
    let mut out = vec![concept.to_owned()];
    out.extend(concept.match_indices('_').map(|(at, _)| concept[at + 1..].to_owned()));
    out
}

struct Reader<'r> {
    vocabulary: &'r Vocabulary,
    romaniser: &'r Romaniser,
    /// Names stage's decision: folded spelling to name id.
    identities: &'r BTreeMap<String, String>,
}

impl Reader<'_> {
    fn read(&self, mention: &SourceMention, document: Option<&Document>) -> Reading {
        let words = Words::new(&mention.words);
        let line = |found: Found<'_>| Some((found.entry.value.clone()?, found.entry.origin()));
        let bare = words.without(|at| self.vocabulary.country_at(&words, at).map(|f| f.tokens));
        let first =
            |section: &Section| section.all(&bare).first().and_then(|&(_, found)| line(found));
        let mut reading = Reading {
            agency: first(&self.vocabulary.agencies),
            body: first(&self.vocabulary.bodies),
            generic: first(&self.vocabulary.generic).map(|(value, _)| value),
            country: self.vocabulary.country(&words).map(str::to_owned),
            name: self.name(&mention.words),
        };
        let person = mention.kind == SourceKind::Person;
        if reading.body.is_some() || person {
            let beside =
                document.zip(mention.range).and_then(|(document, range)| sides(document, range));
            if let Some((before, after)) = beside {
                self.read_beside(&mut reading, &Words::new(before), &Words::new(after));
            }
        }
        reading
    }

    /// Country or body that stands right beside the words: "ministry | of Ruritania", "the
    /// interior ministry's spokesman | X", "X |, head of the police".
    fn read_beside(&self, reading: &mut Reading, before: &Words<'_>, after: &Words<'_>) {
        let v = self.vocabulary;
        let skipped = |words: &Words<'_>, at: usize| {
            v.roles.at(words, at).or_else(|| v.particles.at(words, at)).map(|found| found.tokens)
        };
        // After: particles, roles and one opening comma may stand between.
        let mut at = 0;
        let mut opened = false;
        while at < after.len() {
            if reading.body.is_none()
                && (opened || at > 0)
                && let Some(found) = v.bodies.at(after, at)
            {
                reading.body = found.entry.value.clone().map(|value| (value, found.entry.origin()));
                at += found.tokens;
                continue;
            }
            if reading.body.is_some()
                && let Some(found) = v.country_at(after, at)
            {
                reading.country = reading.country.take().or_else(|| found.entry.value.clone());
                break;
            }
            match skipped(after, at) {
                Some(taken) => at += taken,
                None if !opened
                    && reading.body.is_none()
                    && matches!(after.tokens[at].fold.as_ref(), "," | "(") =>
                {
                    opened = true;
                    at += 1;
                }
                None => break,
            }
        }
        // Before: a country right before a body; a body, perhaps with roles, right before a person.
        for at in (before.len().saturating_sub(8)..before.len()).rev() {
            if let Some(found) = v.country_at(before, at)
                && at + found.tokens == before.len()
                && reading.body.is_some()
            {
                reading.country = reading.country.take().or_else(|| found.entry.value.clone());
            }
            if reading.body.is_none()
                && let Some(found) = v.bodies.at(before, at)
            {
                let mut next = at + found.tokens;
                while next < before.len() {
                    let country = v.country_at(before, next);
                    if let Some(country) = country {
                        reading.country =
                            reading.country.take().or_else(|| country.entry.value.clone());
                    }
                    match country.map(|found| found.tokens).or_else(|| skipped(before, next)) {
                        Some(taken) => next += taken,
                        None => break,
                    }
                }
                if next >= before.len() {
                    reading.body =
                        found.entry.value.clone().map(|value| (value, found.entry.origin()));
                }
            }
        }
    }

    /// Key of the name in `words`: what is left without bodies, countries, roles, titles and small
    /// words, sorted so that order does not matter. Empty if nothing is left.
    fn name(&self, words: &str) -> String {
        let v = self.vocabulary;
        let whole = Words::new(words);
        let all = whole.without(|at| v.country_at(&whole, at).map(|found| found.tokens));
        let mut left: Vec<&Token<'_>> = Vec::new();
        let mut at = 0;
        while at < all.len() {
            let known =
                [&v.bodies, &v.agencies, &v.generic, &v.roles, &v.titles, &v.particles, &v.outlets];
            match known
                .iter()
                .filter_map(|section| section.at(&all, at))
                .map(|found| found.tokens)
                .max()
            {
                Some(taken) => at += taken,
                None => {
                    left.push(&all.tokens[at]);
                    at += 1;
                }
            }
        }
        // A name of which everything is a common word ("The Times") keeps all of its words.
        let bare = left.iter().all(|token| token.kind == TokenKind::Mark);
        let body = !v.bodies.all(&all).is_empty() || !v.generic.all(&all).is_empty();
        let kept: Vec<&Token<'_>> =
            if bare && !body { whole.tokens.iter().collect() } else { left };
        // Of "the city's chief, Anton Marek" the name is what has capitals.
        let capitals = kept.iter().any(|token| token.capital);
        let kept: Vec<&Token<'_>> =
            kept.into_iter().filter(|token| token.capital || !capitals && !body).collect();
        let (first, last) = (kept.first(), kept.last());
        if let (Some(first), Some(last)) = (first, last)
            && let Some(spelled) = words.get(first.range.start..last.range.end)
            && let Some(identity) = self.identities.get(kua_lexicon::fold(spelled).as_ref())
        {
            return identity.clone();
        }
        let mut sounds: Vec<String> = kept
            .iter()
            .filter(|token| token.kind != TokenKind::Mark)
            .map(|token| self.romaniser.skeleton(&token.fold))
            .filter(|sound| !sound.is_empty())
            .collect();
        sounds.sort();
        sounds.join(" ")
    }
}

/// The words of the same sentence before and after `range`, at most 96 bytes each.
fn sides(document: &Document, range: TextRange) -> Option<(&str, &str)> {
    let sentence = document.sentence_at(range.start)?.range;
    let text = document.text.as_str();
    let mut from = sentence.start.max(range.start.saturating_sub(96));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = sentence.end.min(range.end.saturating_add(96)).max(range.end);
    while to < text.len() && !text.is_char_boundary(to) {
        to += 1;
    }
    Some((text.get(from.min(range.start)..range.start)?, text.get(range.end..to)?))
}
