//! What people decided about single claims, laid over what the rules read today. A decision finds
//! its claim by id, and where the rules have changed by its words; a confirmed or corrected claim
//! that no rule reads any more is made again from the words and the reading in the judgement.

use std::collections::BTreeMap;

use kua_model::{
    Claim, ClaimAnchor, ClaimId, ClaimRole, Counted, Document, DocumentId, EventType, Grade, Group,
    Modality, Notice, NoticePlace, PlaceMention, Quantity, ReadFigure, Reading, Review, Severity,
    SourceMention, Span, TextRange, TimeHow, TimeMention, Why,
};

use crate::rulings::{Ruling, Rulings};
use crate::taxonomy::Taxonomy;

/// What was decided about a claim, and the sentence that says so.
pub(crate) type Reviews = BTreeMap<ClaimId, (Review, Vec<String>)>;

/// Lays `rulings` over `claims`, in the order of the vault: of two about one claim the later holds
/// and both are told. A ruling whose words no longer stand in its document changes nothing and
/// says so.
pub(crate) fn reviewed(
    claims: &mut Vec<Claim>,
    documents: &[Document],
    rulings: &Rulings,
    taxonomy: &Taxonomy,
    notices: &mut Vec<Notice>,
) -> Reviews {
    let mut reviews = Reviews::new();
    if rulings.claims.is_empty() {
        return reviews;
    }
    let mut index = Index::new(claims);
    for ruling in &rulings.claims {
        let place = ruling.words.as_ref().and_then(|words| find(words, documents));
        let found = index.claim(claims, ruling, place);
        let at = match (found, place, &ruling.reading) {
            (Some(at), ..) => at,
            (None, Some((document, range)), Some(reading)) => {
                index.add(claims, made(ruling, document, range, reading))
            }
            (None, place, _) => {
                notices.push(without_effect(ruling, place.is_some()));
                continue;
            }
        };
        let claim = &mut claims[at];
        let mut told = ruling.said.clone();
        if let Some(reading) = &ruling.reading {
            let changed = apply(claim, reading, taxonomy);
            if !changed.is_empty() {
                told.push_str(&format!(" (the rules read: {})", changed.join("; ")));
                let note = format!("{}: {}", ruling.said, changed.join("; "));
                claim.why.push(Why { rule: "judgement".to_owned(), range: None, note: Some(note) });
            }
        }
        let held = reviews.entry(claim.id).or_insert((ruling.review, Vec::new()));
        held.0 = ruling.review;
        held.1.push(format!("{}: {told}", word(ruling.review)));
    }
    reviews
}

fn word(review: Review) -> &'static str {
    match review {
        Review::Confirmed => "Confirmed",
        Review::Corrected => "Corrected",
        Review::Rejected => "Rejected",
    }
}

/// The document that holds the words now, and where. Another part of the same file is tried where
/// the file is read in other parts than it was.
fn find<'d>(words: &ClaimAnchor, documents: &'d [Document]) -> Option<(&'d Document, TextRange)> {
    let own = documents.iter().find(|document| document.id == words.document);
    let others = documents
        .iter()
        .filter(|document| document.id != words.document && words.document.is_of(document.item));
    own.into_iter().chain(others).find_map(|document| Some((document, words.find(&document.text)?)))
}

/// Claims by id and by document.
struct Index {
    by_id: BTreeMap<ClaimId, usize>,
    by_document: BTreeMap<DocumentId, Vec<usize>>,
}

impl Index {
    fn new(claims: &[Claim]) -> Self {
        let mut out = Self { by_id: BTreeMap::new(), by_document: BTreeMap::new() };
        claims.iter().enumerate().for_each(|(at, claim)| out.note(claim, at));
        out
    }

    fn note(&mut self, claim: &Claim, at: usize) {
        self.by_id.entry(claim.id).or_insert(at);
        self.by_document.entry(claim.document).or_default().push(at);
    }

    fn add(&mut self, claims: &mut Vec<Claim>, claim: Claim) -> usize {
        self.note(&claim, claims.len());
        claims.push(claim);
        claims.len() - 1
    }

    /// The claim with the ruling's id, or the one of the same kind of event that shares most of
    /// its words.
    fn claim(
        &self,
        claims: &[Claim],
        ruling: &Ruling,
        place: Option<(&Document, TextRange)>,
    ) -> Option<usize> {
        if let Some(&at) = self.by_id.get(&ruling.claim) {
            return Some(at);
        }
        let (document, range) = place?;
        let event = &ruling.words.as_ref()?.event;
        let shared = |claim: &Claim| {
            range.end.min(claim.range.end).saturating_sub(range.start.max(claim.range.start))
        };
        // What a model proposed is another claim than one whose figure is another.
        let is_meant = |claim: &Claim| {
            let figure = ruling.reading.as_ref().and_then(|reading| reading.figure).flatten();
            ruling.proposed_by.is_none() || is_said(figure, claim.quantity.as_ref())
        };
        self.by_document
            .get(&document.id)?
            .iter()
            .map(|&at| (at, &claims[at]))
            .filter(|(_, claim)| claim.event == *event && claim.range.overlaps(range))
            .filter(|(_, claim)| is_meant(claim))
            .max_by_key(|(_, claim)| {
                (shared(claim), std::cmp::Reverse((claim.range.len(), claim.id)))
            })
            .map(|(at, _)| at)
    }
}

/// The claim a person confirmed or corrected and no rule reads any more.
fn made(ruling: &Ruling, document: &Document, range: TextRange, reading: &Reading) -> Claim {
    let event = reading.event.clone().unwrap_or_else(|| EventType(String::new()));
    // The words may have moved to another part of the file: its claims bear other ids.
    let moved = ruling.words.as_ref().is_some_and(|words| words.document != document.id);
    let id =
        if moved { ClaimId::of(Span::new(document.id, range), &event.0, 0) } else { ruling.claim };
    Claim {
        id,
        document: document.id,
        range,
        language: document.language_at(range),
        event,
        quantity: None,
        affected: None,
        perpetrator: None,
        place: None,
        time: None,
        sources: Vec::new(),
        grade: reading.grade.unwrap_or(Grade::Asserted),
        modality: reading.modality.unwrap_or(Modality::Certain),
        role: reading.role.unwrap_or(ClaimRole::Crisis),
        part_of: None,
        or_events: Vec::new(),
        earlier_figure: false,
        retracts: false,
        why: vec![Why {
            rule: "read-by-a-person".to_owned(),
            range: Some(range),
            note: ruling.proposed_by.as_ref().map(|by| format!("proposed by {by}")),
        }],
    }
}

fn without_effect(ruling: &Ruling, words_stand: bool) -> Notice {
    let reason = if words_stand {
        "the rules read nothing of that kind in its words any more"
    } else {
        "which is not in this case"
    };
    let message =
        format!("A judgement speaks of claim {}, {reason}; it changed nothing.", ruling.claim);
    Notice::new(Severity::Caution, "judgement-without-effect", NoticePlace::Case, message)
}

/// Puts `reading` in the place of what the rules read, and tells what they had read of whatever
/// differs.
fn apply(claim: &mut Claim, reading: &Reading, taxonomy: &Taxonomy) -> Vec<String> {
    let mut changed = Vec::new();
    let mut note = |field: &str, was: String| {
        let was = if was.is_empty() { "nothing".to_owned() } else { was };
        changed.push(format!("{field} {was}"));
    };
    if let Some(event) = &reading.event
        && *event != claim.event
    {
        note("event", std::mem::replace(&mut claim.event, event.clone()).0);
    }
    if let Some(figure) = reading.figure
        && !is_said(figure, claim.quantity.as_ref())
    {
        note("figure", claim.quantity.as_ref().map(shown).unwrap_or_default());
        claim.quantity = figure.map(|figure| quantity(figure, claim.quantity.take(), claim.range));
    }
    if let Some(words) = &reading.affected {
        change_group("to whom", &mut claim.affected, words, taxonomy, &mut note);
    }
    if let Some(words) = &reading.by {
        change_group("by whom", &mut claim.perpetrator, words, taxonomy, &mut note);
    }
    if let Some(words) = &reading.place {
        let name =
            |place: &PlaceMention| place.canonical.clone().unwrap_or_else(|| place.words.clone());
        let was = claim.place.as_ref().map(name).unwrap_or_default();
        if was != *words {
            note("place", was);
            claim.place = (!words.is_empty()).then(|| PlaceMention {
                words: words.clone(),
                canonical: None,
                range: None,
                inherited: false,
            });
        }
    }
    if let Some(time) = reading.time
        && time != claim.time.as_ref().map(|time| time.value)
    {
        note("time", claim.time.as_ref().map(|time| time.value.to_string()).unwrap_or_default());
        claim.time = time.map(|value| TimeMention {
            value,
            part: None,
            clock: None,
            range: None,
            how: TimeHow::Stated,
        });
    }
    if let Some(sources) = &reading.sources
        && !sources
            .iter()
            .map(|s| (&s.words, s.kind))
            .eq(claim.sources.iter().map(|s| (&s.words, s.kind)))
    {
        let was: Vec<&str> = claim.sources.iter().map(|source| source.words.as_str()).collect();
        note("sources", was.join(" > "));
        claim.sources = sources
            .iter()
            .map(|source| SourceMention {
                words: source.words.clone(),
                kind: source.kind,
                range: None,
                inherited: false,
            })
            .collect();
    }
    if let Some(grade) = reading.grade.filter(|grade| *grade != claim.grade) {
        note("grade", named(&std::mem::replace(&mut claim.grade, grade)));
    }
    if let Some(modality) = reading.modality.filter(|modality| *modality != claim.modality) {
        note("modality", named(&std::mem::replace(&mut claim.modality, modality)));
    }
    if let Some(role) = reading.role.filter(|role| *role != claim.role) {
        note("role", named(&std::mem::replace(&mut claim.role, role)));
    }
    changed
}

fn change_group(
    field: &str,
    group: &mut Option<Group>,
    words: &str,
    taxonomy: &Taxonomy,
    note: &mut impl FnMut(&str, String),
) {
    let name = |group: &Group| group.id.clone().unwrap_or_else(|| group.words.clone());
    let was = group.as_ref().map(name).unwrap_or_default();
    if was == words {
        return;
    }
    note(field, was);
    *group = (!words.is_empty()).then(|| Group {
        id: taxonomy.is_group(words).then(|| words.to_owned()),
        words: words.to_owned(),
        range: None,
        inherited: false,
    });
}

fn is_said(figure: Option<ReadFigure>, quantity: Option<&Quantity>) -> bool {
    match (figure, quantity) {
        (Some(figure), Some(quantity)) => figure.is_said_by(quantity),
        (figure, quantity) => figure.is_none() && quantity.is_none(),
    }
}

/// The figure a person reads in the claim's `words`, of whatever they or the rules saw counted. One
/// alone is somebody spoken of, not a count, unless the rules saw the number.
fn quantity(figure: ReadFigure, read: Option<Quantity>, words: TextRange) -> Quantity {
    let is_one = (figure.low, figure.high) == (Some(1), Some(1));
    let range = read.as_ref().and_then(|read| read.range).or((!is_one).then_some(words));
    Quantity {
        low: figure.low,
        high: figure.high,
        approx: figure.approx,
        convention: None,
        range,
        counts: figure.counts.or(read.map(|read| read.counts)).unwrap_or(Counted::People),
    }
}

fn shown(quantity: &Quantity) -> String {
    let end = |end: Option<u64>| end.map(|end| end.to_string()).unwrap_or_default();
    let about = if quantity.approx { "about " } else { "" };
    if quantity.low == quantity.high && quantity.low.is_some() {
        return format!("{about}{}", end(quantity.low));
    }
    format!("{about}{}..{}", end(quantity.low), end(quantity.high))
}

/// The word a value travels under.
fn named<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
