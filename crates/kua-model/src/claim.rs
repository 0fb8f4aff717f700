//! What a quote asserts, how its speaker knows, and how far they commit to it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ClaimId, DateSpan, DayPart, DocumentId, Lang, Quantity, TextRange};

/// Kind of event, named in `lexicons/claims.txt`: `killed`, `wounded`, `arrested`, `missing`…
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventType(pub String);

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the speaker knows. Independent of [`Modality`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The teller saw or underwent it.
    Seen,
    /// The teller heard it from others.
    Heard,
    /// An authority says so.
    Official,
    /// A named outlet or agency says so.
    Media,
    /// Said without saying how it is known.
    Asserted,
    /// An order.
    Command,
    /// An intention.
    Plan,
    /// Said in order to deny it.
    Denied,
}

/// How the event is put. Independent of [`Grade`]. Only `Certain` may count as plain fact-claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Put as having happened.
    Certain,
    /// Put with doubt or as hearsay.
    Hedged,
    /// Put as not having happened, or not known to have.
    Negated,
    /// If so-and-so.
    Hypothetical,
    /// It would have, but did not.
    Counterfactual,
    /// Yet to come.
    Plan,
    /// Commanded or asked for.
    Imperative,
    /// Asked.
    Question,
    /// Tried.
    Attempted,
    /// Wished.
    Hoped,
}

/// Which part of the account a claim belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimRole {
    /// The crisis under study.
    Crisis,
    /// Other times: biography, history, earlier years.
    Background,
    /// Sidebar, caption, footer: never counted.
    Boilerplate,
}

/// Those to whom it happened, or who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Group named in `lexicons/claims.txt` (`protesters`, `security_forces`, `civilians`, `people`…), if known.
    pub id: Option<String>,
    /// The words, as they stand (or of the antecedent, if inherited).
    pub words: String,
    /// Where the words stand.
    pub range: Option<TextRange>,
    /// Taken over from an earlier clause or sentence.
    pub inherited: bool,
}

/// Where it happened, as the text says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceMention {
    /// The words, as they stand.
    pub words: String,
    /// Canonical name from a gazetteer lexicon or the case's places, if known.
    pub canonical: Option<String>,
    /// Where the words stand.
    pub range: Option<TextRange>,
    /// Taken over from an earlier clause, heading, or the case.
    pub inherited: bool,
}

/// How the time of a claim was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeHow {
    /// A date stands in the clause.
    Stated,
    /// A weekday or "yesterday", resolved against an anchor.
    Relative,
    /// The heading or entry above.
    Heading,
    /// An earlier clause or sentence.
    Earlier,
    /// The date of the document.
    Document,
}

/// When it happened, as the text says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeMention {
    /// The date or span of dates.
    pub value: DateSpan,
    /// Part of the day, if said.
    pub part: Option<DayPart>,
    /// Hour and minute, if said.
    pub clock: Option<(u8, u8)>,
    /// Where the words stand.
    pub range: Option<TextRange>,
    /// How it was found.
    pub how: TimeHow,
}

/// What kind of source a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The account itself, its author or witness.
    Account,
    /// Newspaper, broadcaster, site, channel.
    Outlet,
    /// News agency.
    Agency,
    /// Ministry, police, army, court, hospital, official.
    Authority,
    /// A named person.
    Person,
    /// An organisation that is none of these.
    Organisation,
    /// "sources", "people said", rumour: nobody in particular.
    Unnamed,
}

/// One link of the chain of attribution of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceMention {
    /// The words, as they stand (of the antecedent, if an anaphor like "the ministry").
    pub words: String,
    /// What kind of source.
    pub kind: SourceKind,
    /// Where the words stand; `None` for the account itself.
    pub range: Option<TextRange>,
    /// Taken over from an earlier clause or sentence ("it also said").
    pub inherited: bool,
}

/// One step of an inference: the rule, the lexicon line, and the words it used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Why {
    /// Stable kebab-case name of the rule, or `<file>:<line>` of the lexicon line.
    pub rule: String,
    /// The words it used, in the claim's document.
    pub range: Option<TextRange>,
    /// A plain sentence, if the rule's name does not say it all.
    pub note: Option<String>,
}

impl Why {
    /// A step by `rule`, on the words at `range`.
    pub fn by(rule: impl Into<String>, range: Option<TextRange>) -> Self {
        Self { rule: rule.into(), range, note: None }
    }
}

/// What a quote asserts.
///
/// Ranges are in the text of `document`. The words themselves are cut by
/// [`Quote::cut`](crate::Quote::cut) when the chronicle is made, so a claim can never carry words
/// that do not stand there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The document that makes it.
    pub document: DocumentId,
    /// Where the asserting words stand.
    pub range: TextRange,
    /// Language of the words.
    pub language: Option<Lang>,
    /// What kind of event.
    pub event: EventType,
    /// How many, if said or implied by a singular.
    pub quantity: Option<Quantity>,
    /// To whom.
    pub affected: Option<Group>,
    /// By whom.
    pub perpetrator: Option<Group>,
    /// Where.
    pub place: Option<PlaceMention>,
    /// When.
    pub time: Option<TimeMention>,
    /// The chain of attribution, outermost first; empty if the account speaks for itself.
    pub sources: Vec<SourceMention>,
    /// How the innermost speaker knows.
    pub grade: Grade,
    /// How the event is put.
    pub modality: Modality,
    /// Which part of the account it belongs to.
    pub role: ClaimRole,
    /// The claim whose figure already includes this one ("two of the dead").
    pub part_of: Option<ClaimId>,
    /// Other event types the quantity covers together with `event` ("killed or wounded"): never
    /// counted under one of them alone.
    pub or_events: Vec<EventType>,
    /// The words call the figure an earlier one ("the previous toll was 13").
    pub earlier_figure: bool,
    /// The claim takes back an earlier statement ("published by mistake").
    pub retracts: bool,
    /// Every rule and lexicon line that was used.
    pub why: Vec<Why>,
}
