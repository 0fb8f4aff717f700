//! Who a statement goes back to: the last named source of its chain of attribution, resolved
//! across languages and spellings, else the account itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kua_model::{Claim, Document, DocumentId, SourceKind, SourceMention, TextRange};
use rayon::prelude::*;

use crate::mention::{Reader, Reading};
use crate::vocabulary::{Vocabulary, Words};

/// Concept of `[bodies]` for officials of whom nothing else is said.
const AUTHORITIES: &str = "authorities";

/// A named source, so far as its words tell: equal keys are one source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SourceKey {
    /// A body every country, or every town, has: concept, and which one (empty if unknown).
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

    /// What "the ministry" may take up, for a body called `interior_ministry`: each of its last
    /// words, and the empty word for whoever speaks for a body.
    fn kinds(&self) -> Vec<String> {
        match self {
            Self::Body(concept, _) => {
                let mut out = vec![String::new(), concept.clone()];
                out.extend(concept.match_indices('_').map(|(at, _)| concept[at + 1..].to_owned()));
                out
            }
            Self::Agency(_) => vec!["agency".to_owned()],
            Self::Name(_) => Vec::new(),
        }
    }

    fn concept(&self) -> String {
        match self {
            Self::Body(name, _) | Self::Agency(name) | Self::Name(name) => name.replace('_', " "),
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
    /// Those of its words that name the source itself.
    pub(crate) shown: String,
    /// The shown words say of which country or place it is.
    pub(crate) full: bool,
    /// The words name a person in office.
    pub(crate) in_office: bool,
    /// Why, each a plain sentence.
    pub(crate) why: Vec<String>,
}

/// Sources of all claims, in the order of `claims`. Claims must stand in order of document and
/// place, because "the ministry" means the last ministry named before it.
pub(crate) fn heard(
    claims: &[Claim],
    documents: &BTreeMap<DocumentId, &Document>,
    country: Option<&str>,
    reader: &Reader<'_>,
) -> Vec<Heard> {
    let readings = readings(claims, documents, reader);
    let known = Known::new(claims, &readings, documents, country, reader);
    // Who spoke last in a document, by kind: what "the ministry" or "its spokesman" may take up.
    let mut last: BTreeMap<(DocumentId, String), SourceKey> = BTreeMap::new();
    let named: Vec<(Option<SourceKey>, Vec<String>)> = claims
        .par_iter()
        .zip(&readings)
        .map(|(claim, reading)| {
            let mut why = Vec::new();
            let key = reading.as_ref().and_then(|(at, reading)| {
                named(claim, &claim.sources[*at], reading, &known, &mut why)
            });
            (key, why)
        })
        .collect();
    // The bodies that documents name where a claim has a source without a name.
    let nameless =
        claims.iter().zip(&readings).zip(&named).filter_map(|((claim, reading), named)| {
            let (_, reading) = reading.as_ref()?;
            (named.0.is_none() && reading.generic.is_some()).then_some(claim.document)
        });
    let nameless: BTreeSet<DocumentId> = nameless.collect();
    let texts: BTreeMap<DocumentId, Vec<(usize, SourceKey)>> = nameless
        .into_par_iter()
        .filter_map(|id| Some((id, bodies_in(documents.get(&id).copied()?, &known, reader))))
        .collect();
    claims
        .iter()
        .zip(&readings)
        .zip(named)
        .map(|((claim, reading), (key, mut why))| {
            let Some((at, reading)) = reading else { return untold(claim) };
            let mention = &claim.sources[*at];
            let key = key.or_else(|| {
                let told = texts.get(&claim.document).map_or(&[][..], Vec::as_slice);
                taken_up(claim, mention, reading, &known, &last, told, &mut why)
            });
            let Some(key) = key else { return untold(claim) };
            for kind in key.kinds() {
                last.insert((claim.document, kind), key.clone());
            }
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
            let own = reading.body.is_some()
                || reading.agency.is_some()
                || matches!(key, SourceKey::Name(_));
            Heard {
                key: Some(key),
                words: mention.words.clone(),
                shown: if own { reading.shown.clone() } else { String::new() },
                full: reading.full,
                in_office: reading.in_office,
                why,
            }
        })
        .collect()
}

/// For each claim the place in its chain of the last named source, and what its words say. The same
/// words are read once, however many claims they stand in.
fn readings(
    claims: &[Claim],
    documents: &BTreeMap<DocumentId, &Document>,
    reader: &Reader<'_>,
) -> Vec<Option<(usize, Reading)>> {
    type Words<'c> = (&'c str, SourceKind, bool);
    let mentions: Vec<Option<(usize, Option<&Document>, Words<'_>)>> = claims
        .par_iter()
        .map(|claim| {
            let at = innermost(&claim.sources)?;
            let mention = &claim.sources[at];
            let document = documents.get(&claim.document).copied();
            let opens = reader.opens_sentence(mention, document);
            Some((at, document, (mention.words.as_str(), mention.kind, opens)))
        })
        .collect();
    let mut first: HashMap<Words<'_>, &SourceMention> = HashMap::new();
    for (claim, mention) in claims.iter().zip(&mentions) {
        if let Some((at, _, words)) = mention {
            first.entry(*words).or_insert(&claim.sources[*at]);
        }
    }
    let alone: HashMap<Words<'_>, Reading> =
        first.into_par_iter().map(|(words, one)| (words, reader.alone(one, words.2))).collect();
    claims
        .par_iter()
        .zip(mentions)
        .map(|(claim, mention)| {
            let (at, document, words) = mention?;
            let mut reading = alone.get(&words)?.clone();
            reader.with_words_beside(&mut reading, &claim.sources[at], document);
            Some((at, reading))
        })
        .collect()
}

/// The source that the words name by themselves.
fn named(
    claim: &Claim,
    mention: &SourceMention,
    reading: &Reading,
    known: &Known,
    why: &mut Vec<String>,
) -> Option<SourceKey> {
    let words = &mention.words;
    if let Some((agency, line)) = &reading.agency {
        why.push(format!("“{words}” is one and the same source wherever it is named ({line})"));
        return Some(SourceKey::Agency(agency.clone()));
    }
    if let Some(body) = &reading.body {
        let (which, said) = known.which(claim.document, reading)?;
        // Without its place a mayor is whoever the words name, and so is an official without a body.
        let vague = body.local && which.is_empty() || body.concept == AUTHORITIES;
        let person = vague && reading.in_office && !reading.name.is_empty();
        if !person {
            let voice = if reading.name.is_empty() || !reading.in_office {
                ""
            } else {
                "; the person named speaks for it"
            };
            why.push(format!(
                "“{words}” is the {} {said} ({}){voice}",
                body.concept.replace('_', " "),
                body.line
            ));
            return Some(SourceKey::Body(body.concept.clone(), which));
        }
    }
    if reading.name.is_empty() {
        return None;
    }
    if let Some((concept, of)) = known.voices.get(&reading.name).filter(|_| speaks(mention.kind)) {
        why.push(format!(
            "“{words}” speaks for the {} elsewhere in this case",
            concept.replace('_', " ")
        ));
        return Some(SourceKey::Body(concept.clone(), of.clone()));
    }
    if reading.generic.is_some() {
        return None;
    }
    why.push(format!("“{words}” is the last named source of its chain"));
    Some(SourceKey::Name(reading.name.clone()))
}

/// The source that words without a name take up: "the ministry", "the same press service".
fn taken_up(
    claim: &Claim,
    mention: &SourceMention,
    reading: &Reading,
    known: &Known,
    last: &BTreeMap<(DocumentId, String), SourceKey>,
    told: &[(usize, SourceKey)],
    why: &mut Vec<String>,
) -> Option<SourceKey> {
    let words = &mention.words;
    let Some(generic) = &reading.generic else {
        let official = mention.kind != SourceKind::Outlet && reading.role;
        let key = last.get(&(claim.document, String::new())).filter(|_| official)?;
        why.push(format!("“{words}” speaks for the {} named before it", key.concept()));
        return Some(key.clone());
    };
    let is = |key: &&SourceKey| key.kinds().contains(generic);
    let at = mention.range.map_or(claim.range.start, |range| range.start);
    let before = told.iter().rev().filter(|(start, _)| *start < at).map(|(_, key)| key).find(is);
    if let Some(key) = before.or_else(|| last.get(&(claim.document, generic.clone()))) {
        why.push(format!("“{words}” takes up the {} named before it", key.concept()));
        return Some(key.clone());
    }
    let only = |keys: BTreeSet<SourceKey>| {
        let mut keys = keys.into_iter();
        keys.next().filter(|_| keys.next().is_none())
    };
    if let Some(key) = only(told.iter().map(|(_, key)| key).filter(is).cloned().collect()) {
        why.push(format!(
            "“{words}” is the {} named after it, the only such body here",
            key.concept()
        ));
        return Some(key);
    }
    let country = reading.country.as_ref().or(known.case.as_ref());
    let of_here = |key: &&SourceKey| match key {
        SourceKey::Body(_, of) => Some(of) == country || of.is_empty(),
        _ => true,
    };
    if let Some(key) = only(known.all.iter().filter(is).filter(of_here).cloned().collect()) {
        why.push(format!(
            "“{words}” is taken for the {}, the only such body this case names",
            key.concept()
        ));
        return Some(key);
    }
    why.push(format!("“{words}” is not named more closely in this document"));
    Some(SourceKey::Body(generic.clone(), country.cloned().unwrap_or_default()))
}

/// Bodies that the text of a document names: byte and source, in order.
fn bodies_in(document: &Document, known: &Known, reader: &Reader<'_>) -> Vec<(usize, SourceKey)> {
    let words = Words::new(&document.text);
    let v: &Vocabulary = reader.vocabulary;
    let mut out = Vec::new();
    for (section, kind) in [(&v.bodies, SourceKind::Authority), (&v.agencies, SourceKind::Agency)] {
        for (at, found) in section.all(&words) {
            let Some(first) = words.tokens.get(at) else { continue };
            let spelled = words.spelled(at, found.tokens);
            let range = TextRange::new(first.range.start, first.range.start + spelled.len());
            let mention = SourceMention {
                words: spelled.to_owned(),
                kind,
                range: Some(range),
                inherited: false,
            };
            let reading = reader.read(&mention, Some(document));
            let key = match (&reading.agency, &reading.body) {
                (Some((agency, _)), _) => SourceKey::Agency(agency.clone()),
                (None, Some(body)) => {
                    let Some((which, _)) = known.which(document.id, &reading) else { continue };
                    SourceKey::Body(body.concept.clone(), which)
                }
                (None, None) => continue,
            };
            out.push((range.start, key));
        }
    }
    out.sort();
    out
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
    Heard { why: vec![why], ..Heard::default() }
}

/// Whether a source of this kind may speak for a body; an outlet only passes on.
fn speaks(kind: SourceKind) -> bool {
    matches!(kind, SourceKind::Person | SourceKind::Authority)
}

/// What the case as a whole says about bodies.
struct Known {
    /// Country of the case.
    case: Option<String>,
    /// Without a place of the case: the one country that is ever named with this body.
    by_concept: BTreeMap<String, String>,
    /// Which of the local bodies is ever named, by concept: in one document, and in all.
    local: BTreeMap<(Option<DocumentId>, String), BTreeSet<String>>,
    /// Persons who are named together with exactly one body: they speak for it where they stand
    /// alone.
    voices: BTreeMap<String, (String, String)>,
    /// Every body and agency that a claim names.
    all: BTreeSet<SourceKey>,
}

impl Known {
    fn new(
        claims: &[Claim],
        readings: &[Option<(usize, Reading)>],
        documents: &BTreeMap<DocumentId, &Document>,
        case: Option<&str>,
        reader: &Reader<'_>,
    ) -> Self {
        let mut known = Self {
            case: case.map(str::to_owned),
            by_concept: BTreeMap::new(),
            local: BTreeMap::new(),
            voices: BTreeMap::new(),
            all: BTreeSet::new(),
        };
        let mut countries: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (claim, (_, reading)) in
            claims.iter().zip(readings).filter_map(|(c, r)| Some((c, r.as_ref()?)))
        {
            let Some(body) = &reading.body else { continue };
            if body.local && !reading.which.is_empty() {
                for scope in [Some(claim.document), None] {
                    known
                        .local
                        .entry((scope, body.concept.clone()))
                        .or_default()
                        .insert(reading.which.clone());
                }
            } else if let Some(country) = reading.country.as_ref().filter(|_| !body.local) {
                countries.entry(&body.concept).or_default().insert(country);
            }
        }
        known.by_concept = countries
            .into_iter()
            .filter_map(|(concept, countries)| {
                let mut countries = countries.into_iter();
                let first = countries.next()?;
                countries.next().is_none().then(|| (concept.to_owned(), first.to_owned()))
            })
            .collect();
        let mut bodies: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for (claim, (at, reading)) in
            claims.iter().zip(readings).filter_map(|(c, r)| Some((c, r.as_ref()?)))
        {
            if let Some((agency, _)) = &reading.agency {
                known.all.insert(SourceKey::Agency(agency.clone()));
            }
            let Some(body) = &reading.body else { continue };
            let Some((which, _)) = known.which(claim.document, reading) else { continue };
            let beside = claim.sources.get(at + 1).filter(|next| next.kind == SourceKind::Person);
            let document = documents.get(&claim.document).copied();
            let names =
                [Some(reading.name.clone()), beside.map(|next| reader.name(next, document))];
            if body.local && which.is_empty() || body.concept == AUTHORITIES {
                continue;
            }
            known.all.insert(SourceKey::Body(body.concept.clone(), which.clone()));
            for name in names.into_iter().flatten().filter(|name| !name.is_empty()) {
                bodies.entry(name).or_default().insert((body.concept.clone(), which.clone()));
            }
        }
        known.voices = bodies
            .into_iter()
            .filter_map(|(name, mut bodies)| {
                let first = bodies.pop_first()?;
                bodies.is_empty().then_some((name, first))
            })
            .collect();
        known
    }

    /// Which body of its concept is meant (a country, or what tells local bodies apart; empty if
    /// unknown), and how to say it. `None` if the words name no body.
    fn which(&self, document: DocumentId, reading: &Reading) -> Option<(String, String)> {
        let body = reading.body.as_ref()?;
        if body.local {
            if !reading.which.is_empty() {
                return Some((reading.which.clone(), "that its words name".to_owned()));
            }
            for (scope, said) in [
                (Some(document), "of the one place named here"),
                (None, "of the one place this case names"),
            ] {
                let named = self.local.get(&(scope, body.concept.clone()));
                if let Some(one) = named.filter(|named| named.len() == 1).and_then(BTreeSet::first)
                {
                    return Some((one.clone(), said.to_owned()));
                }
            }
            return Some((String::new(), "of a place that is not named".to_owned()));
        }
        Some(match (&reading.country, self.by_concept.get(&body.concept), &self.case) {
            (Some(country), ..) => (country.clone(), format!("of {country}")),
            (None, _, Some(country)) => {
                (country.clone(), format!("of {country}, the place of this case"))
            }
            (None, Some(country), None) => {
                (country.clone(), format!("of {country}, the only one named here"))
            }
            (None, None, None) => (String::new(), "of a country that is not named".to_owned()),
        })
    }
}
