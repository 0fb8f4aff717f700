//! Positions of origins on one count, side by side, over time. Never summed, never averaged.

use serde::{Deserialize, Serialize};

use crate::{ClaimId, DateSpan, DocumentId, EventType, Grade, Modality, OriginId, TextRange};

/// What has become of a figure or statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing speaks against it.
    Agreed,
    /// Another origin's figure excludes it.
    Contested,
    /// Its own source gave a later figure.
    Superseded,
    /// Its own source took it back.
    Retracted,
}

/// What kind of origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginKind {
    /// Somebody's own telling.
    Account,
    /// A named source that accounts report.
    Source,
}

/// Where an origin is heard: passages of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The document.
    pub document: DocumentId,
    /// The passages, in order.
    pub spans: Vec<TextRange>,
}

/// One independent source of statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its id.
    pub id: OriginId,
    /// Account or named source.
    pub kind: OriginKind,
    /// The source's name, or the title of the account.
    pub name: String,
    /// Where it is heard, one entry a document.
    pub accounts: Vec<Account>,
    /// The account descends from a text that is not in the vault.
    pub latent: bool,
    /// Why these are one origin, each a plain sentence.
    pub why: Vec<String>,
    /// Links that merged its accounts: indices into [`Lineage::links`](crate::Lineage).
    pub links: Vec<usize>,
}

/// What one origin held about one count, as of some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Whose position.
    pub origin: OriginId,
    /// Its name, as shown.
    pub source: String,
    /// As of when: the time said, else the date of the report.
    pub as_of: Option<DateSpan>,
    /// Lowest number meant; `None` if open.
    pub low: Option<u64>,
    /// Highest number meant; `None` if open.
    pub high: Option<u64>,
    /// "about".
    pub approx: bool,
    /// The literal figure, as the first claim has it.
    pub words: String,
    /// How the source knows.
    pub grade: Grade,
    /// How it is put; anything but `Certain` is shown as doubtful.
    pub modality: Modality,
    /// What has become of it.
    pub standing: Standing,
    /// How many accounts report it: copies and translations of one account count once.
    pub accounts: usize,
    /// How many origins hold a compatible position on the same count, this one included.
    pub origins: usize,
    /// The claims it rests on.
    pub claims: Vec<ClaimId>,
    /// Why it stands as it does, each a plain sentence.
    pub why: Vec<String>,
}

/// All positions on one count: what, to whom, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toll {
    /// What happened.
    pub event: EventType,
    /// To whom: a group id of `lexicons/claims.txt`, or `people` if nobody in particular.
    pub affected: String,
    /// Where: canonical name; `None` for the whole crisis.
    pub place: Option<String>,
    /// By origin, then time.
    pub positions: Vec<Position>,
    /// Contested if two current positions exclude each other, else agreed.
    pub standing: Standing,
}
