//! Which count a statement speaks of, as of when, and why it may not enter one.

use kua_model::{
    Claim, ClaimRole, Counted, DateSpan, DateTier, Document, EventType, Grade, Modality,
    PartialDate, TimeHow, Uncounted,
};

use crate::place::Places;
use crate::taxonomy::Taxonomy;

/// One count: what, to whom, where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CountKey {
    pub(crate) event: EventType,
    pub(crate) affected: String,
    pub(crate) place: Option<String>,
}

/// What a statement's figure is about.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    pub(crate) key: CountKey,
    /// The narrower group the words name, if the count is of a wider one.
    pub(crate) scope: Option<String>,
    /// The place, as shown.
    pub(crate) place_name: Option<String>,
    /// The time the words say.
    pub(crate) said: Option<DateSpan>,
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
        document: &Document,
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
        let published = document.dates.published.as_ref();
        Self {
            key: CountKey {
                event: claim.event.clone(),
                affected: row.clone(),
                place: place.as_ref().map(|(key, _)| key.clone()),
            },
            scope: (affected != row).then_some(affected),
            place_name: place.map(|(_, name)| name),
            said: said.map(|time| time.value),
            entry: said.is_some_and(|time| time.how == TimeHow::Heading),
            reported: published.filter(|date| date.tier != DateTier::Bound).map(|date| date.value),
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
    if !asserted || claim.retracts {
        return Some(Uncounted::NotAsserted);
    }
    let Some(quantity) = &claim.quantity else { return Some(Uncounted::NoFigure) };
    if quantity.counts != Counted::People {
        return Some(Uncounted::NotPeople);
    }
    // One person who is spoken of is a happening, not somebody's count of the crisis.
    let counted = quantity.range.is_some() && (quantity.low.is_some() || quantity.high.is_some());
    if !counted || quantity.high == Some(0) {
        return Some(Uncounted::NoFigure);
    }
    (!claim.or_events.is_empty()).then_some(Uncounted::Disjunction)
}
