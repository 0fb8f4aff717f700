//! The nouns of kua, and nothing else: no files, no clock, no randomness, no human language.
//!
//! The steps of the pipeline, each word the type it yields: a file is preserved as an [`Item`];
//! reading gives a [`Document`] of [`Block`]s; tracing gives a [`Lineage`] of [`Link`]s and
//! [`PassageOrigin`]s; extracting gives [`Claim`]s; reconciling gives a [`Chronicle`] of
//! [`Statement`]s, [`Toll`]s and [`Incident`]s. A [`Quote`] ties each statement to exact words.
//!
//! Architecture invariant: an [`OriginId`] is not a [`DocumentId`]. Whatever is counted as
//! corroboration is counted in origins, so a copy cannot be counted as a source by slip.

mod as_text;
mod chronicle;
mod claim;
mod date;
mod document;
mod hash;
mod id;
mod item;
mod judgement;
mod lang;
mod link;
mod memo;
mod name;
mod notice;
mod proposal;
mod quantity;
mod quote;
mod review;
mod span;
mod toll;

pub use chronicle::{
    CaseInfo, Chronicle, Custody, Incident, ItemProof, Statement, Uncounted, VouchedLog,
};
pub use claim::{
    Claim, ClaimRole, EventType, Grade, Group, Modality, PlaceMention, SourceKind, SourceMention,
    TimeHow, TimeMention, Why,
};
pub use date::{DateError, DateSpan, DayPart, PartialDate};
pub use document::{
    Block, Completeness, DateTier, Dated, Document, DocumentDates, Locator, Omitted, Receipt, Role,
    Sentence, SourceRange,
};
pub use hash::{HashError, Sha256};
pub use id::{ClaimId, DocumentId, IdError, OriginId};
pub use item::{Item, ItemId};
pub use judgement::{Decision, Judgement, ReadOtherwise, standing};
pub use lang::{Lang, LangError};
pub use link::{
    Agreement, AlignedPair, Conflict, Direction, LearntWord, LearntWords, Lineage, Link, LinkKind,
    PassageOrigin,
};
pub use memo::{Memo, NoMemo, OfDigest, Remembered, sheet};
pub use name::{Name, NameKind, NameVariant};
pub use notice::{Noted, Notice, NoticePlace, Severity};
pub use proposal::{Beside, Proposal, ProposedClaim, ProposedField, ProposedFigure};
pub use quantity::{Counted, Quantity};
pub use quote::{Quote, QuoteError};
pub use review::{ClaimAnchor, ReadFigure, ReadSource, Reading, Review};
pub use span::{Span, TextRange};
pub use toll::{Account, Origin, OriginKind, Position, Standing, Toll};
