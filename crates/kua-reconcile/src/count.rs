//! Which count a statement speaks of, as of when, and why it may not enter one.

use std::collections::{BTreeMap, HashMap};

use kua_model::{
    CaseInfo, Claim, ClaimRole, Counted, DateSpan, DateTier, Document, DocumentId, EventType,
    Grade, Modality, Notice, NoticePlace, PartialDate, Severity, SourceKind, Span, TimeHow,
    Uncounted,
};

use crate::place::Places;
use crate::taxonomy::Taxonomy;

/// One count: what, to whom, where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CountKey {
    pub(crate) event: EventType,
    pub(crate) affected: String,
    pub(crate) place: Option<String>,
}

/// The counts of a case, numbered in order, so that they can be told apart without their words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// Each count, in order.
    pub(crate) keys: Vec<CountKey>,
    /// For each statement the number of its count.
    pub(crate) of: Vec<usize>,
}

impl Rows {
    /// The counts that statements speak of.
    pub(crate) fn of(countings: &[Counting]) -> Self {
        let mut seen: HashMap<&CountKey, usize> = HashMap::new();
        let mut keys: Vec<&CountKey> = Vec::new();
        let mut of: Vec<usize> = Vec::with_capacity(countings.len());
        for Counting { key, .. } in countings {
            of.push(*seen.entry(key).or_insert_with(|| {
                keys.push(key);
                keys.len() - 1
            }));
        }
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_unstable_by_key(|&n| keys[n]);
        let mut rank = vec![0; keys.len()];
        for (at, &n) in order.iter().enumerate() {
            rank[n] = at;
        }
        of.iter_mut().for_each(|n| *n = rank[*n]);
        Self { keys: order.into_iter().map(|n| keys[n].clone()).collect(), of }
    }
}

/// What a statement's figure is about.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    pub(crate) key: CountKey,
    /// The narrower group the words name, if the count is of a wider one.
    pub(crate) scope: Option<String>,
    /// The place, as shown.
    pub(crate) place_name: Option<String>,
    /// The sentence itself says where.
    pub(crate) place_stated: bool,
    /// The time the words say.
    pub(crate) said: Option<DateSpan>,
    /// Hour and minute of the time said.
    pub(crate) clock: Option<(u8, u8)>,
    /// The time said is that of a heading or entry: when the account was kept.
    pub(crate) entry: bool,
    /// When the account was published.
    pub(crate) reported: Option<PartialDate>,
}

/// Group of a count of nobody in particular.
const PEOPLE: &str = "people";

impl Counting {
    pub(crate) fn of(
        claim: &Claim,
        reported: Option<PartialDate>,
        places: &Places<'_>,
        taxonomy: &Taxonomy,
    ) -> Self {
        let place = places.of(claim.place.as_ref());
        let affected = claim
            .affected
            .as_ref()
            .and_then(|group| group.id.clone())
            .unwrap_or_else(|| PEOPLE.to_owned());
        let row = taxonomy.row(&affected).to_owned();
        let said = claim.time.as_ref().filter(|time| time.how != TimeHow::Document);
        Self {
            key: CountKey {
                event: claim.event.clone(),
                affected: row.clone(),
                place: place.as_ref().map(|(key, _)| key.clone()),
            },
            scope: (affected != row).then_some(affected),
            place_name: place.map(|(_, name)| name),
            place_stated: claim.place.as_ref().is_some_and(|place| !place.inherited),
            said: said.map(|time| time.value),
            clock: said.and_then(|time| time.clock),
            entry: said.is_some_and(|time| time.how == TimeHow::Heading),
            reported,
        }
    }

    /// As of when: a day that is said, else the date of the report, else what is said.
    pub(crate) fn as_of(&self) -> Option<DateSpan> {
        let day = self.said.filter(|said| said.exact().is_some());
        day.or(self.reported.map(DateSpan::at)).or(self.said)
    }

    /// Whether the words name nobody in particular.
    pub(crate) fn of_people(&self) -> bool {
        self.key.affected == PEOPLE
    }
}

/// Why a claim's own words keep it out of every toll; `None` if they do not.
pub(crate) fn kept_out(claim: &Claim, document: &Document) -> Option<Uncounted> {
    let aside = document.block_at(claim.range.start).is_some_and(|block| !block.role.may_claim());
    if claim.role == ClaimRole::Boilerplate || aside {
        return Some(Uncounted::Boilerplate);
    }
    if claim.role == ClaimRole::Background {
        return Some(Uncounted::Background);
    }
    let asserted = matches!(claim.modality, Modality::Certain | Modality::Hedged)
        && !matches!(claim.grade, Grade::Denied | Grade::Plan | Grade::Command);
    if !asserted && !reports_none(claim) || claim.retracts {
        return Some(Uncounted::NotAsserted);
    }
    let Some(quantity) = &claim.quantity else { return Some(Uncounted::NoFigure) };
    if quantity.counts != Counted::People {
        return Some(Uncounted::NotPeople);
    }
    // One person who is spoken of is a happening, not somebody's count of the crisis.
    let counted = quantity.range.is_some() && (quantity.low.is_some() || quantity.high.is_some());
    if !counted || quantity.high == Some(0) && !reports_none(claim) {
        return Some(Uncounted::NoFigure);
    }
    (!claim.or_events.is_empty()).then_some(Uncounted::Disjunction)
}

/// "Nobody was killed", put as a fact. A named source's zero is its figure; a teller who knows of
/// none says something of a place, but only where the sentence names it.
fn reports_none(claim: &Claim) -> bool {
    let zero = claim.quantity.as_ref().is_some_and(|q| q.high == Some(0) && q.range.is_some());
    let named = claim
        .sources
        .iter()
        .any(|source| !matches!(source.kind, SourceKind::Account | SourceKind::Unnamed));
    let placed = claim.place.as_ref().is_some_and(|place| !place.inherited);
    zero && (named || placed)
        && matches!(claim.modality, Modality::Certain | Modality::Negated)
        && !matches!(claim.grade, Grade::Denied | Grade::Plan | Grade::Command | Grade::Seen)
}

/// When each document was published, so far as figures can be ordered by it. A printed date that
/// extracting read as another year (its weekday fits no other), or that lies years before the
/// crisis it reports, orders nothing as printed: the same day inside the period is taken, else none.
pub(crate) fn reported(
    case: &CaseInfo,
    claims: &[Claim],
    documents: &[Document],
    notices: &mut Vec<Notice>,
) -> BTreeMap<DocumentId, PartialDate> {
    let mut read: BTreeMap<DocumentId, PartialDate> = BTreeMap::new();
    for claim in claims {
        let time = claim.time.as_ref().filter(|time| time.how == TimeHow::Document);
        if let Some(day) =
            time.and_then(|time| time.value.from.filter(|_| time.value.exact().is_some()))
        {
            read.entry(claim.document).or_insert(day);
        }
    }
    let start = case.period.and_then(|period| period.from).map(|from| from.year());
    let mut out = BTreeMap::new();
    for document in documents {
        let published =
            document.dates.published.as_ref().filter(|date| date.tier != DateTier::Bound);
        let Some(published) = published else { continue };
        let printed = published.value;
        let other_year = read.get(&document.id).copied().filter(|day| {
            day.year() != printed.year()
                && (day.month(), day.day_of_month()) == (printed.month(), printed.day_of_month())
        });
        let in_period = || {
            let period = case.period?;
            let years = period.from?.year()..=period.to?.year();
            years
                .filter_map(|year| {
                    PartialDate::day(year, printed.month()?, printed.day_of_month()?)
                })
                .find(|day| period.may_meet(DateSpan::at(*day)))
        };
        let unusable = start.is_some_and(|start| printed.year() + 1 < start);
        let used = other_year.or_else(|| if unusable { in_period() } else { Some(printed) });
        if used != Some(printed) {
            let place = published.range.map_or(NoticePlace::Item(document.item), |range| {
                NoticePlace::Span(Span::new(document.id, range))
            });
            let instead = used.map_or_else(
                || "Its figures are ordered without it".to_owned(),
                |day| format!("Its figures are ordered as of {day}"),
            );
            let reason = if other_year.is_some() {
                "the weekday fits another year"
            } else {
                "it lies years before the period of this case"
            };
            notices.push(Notice::new(
                Severity::Caution,
                "date-orders-nothing",
                place,
                format!("The date {printed} is not used as printed, because {reason}. {instead}."),
            ));
        }
        if let Some(used) = used {
            out.insert(document.id, used);
        }
    }
    out
}
