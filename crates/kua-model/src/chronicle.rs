//! The chronicle: everything a page or an export shows, as plain values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Claim, ClaimId, DateSpan, Document, DocumentId, EventType, Item, ItemId, Judgement, Lineage,
    Name, Notice, Origin, OriginId, Proposal, Quote, Review, Standing, Toll,
};

/// What a case is about, from `case.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseInfo {
    /// Title, as shown.
    pub title: String,
    /// Days of the crisis under study, if said: claims dated outside are background.
    pub period: Option<DateSpan>,
    /// Country or region, if said: the place of claims that name none.
    pub place: Option<String>,
}

/// Why a statement does not enter a toll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Uncounted {
    /// Repeats another statement of the same account.
    Repeat,
    /// Translates or copies a statement that is counted where the account is nearest its origin.
    SameAccount,
    /// Part of a figure that is counted.
    PartOf,
    /// Killed or wounded together.
    Disjunction,
    /// No number of people.
    NoFigure,
    /// Not put as a fact: negated, counterfactual, hypothetical, planned…
    NotAsserted,
    /// Of another time or crisis.
    Background,
    /// Sidebar, caption or footer.
    Boilerplate,
    /// Not a count of people.
    NotPeople,
    /// A person rejected it.
    Rejected,
}

/// A claim with its words and what reconciling found about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The claim.
    pub claim: Claim,
    /// Its words.
    pub quote: Quote,
    /// Who it goes back to.
    pub origin: OriginId,
    /// The account (passage origin) that tells it.
    pub account: OriginId,
    /// What has become of it.
    pub standing: Standing,
    /// Why it does not enter a toll; `None` if it does.
    pub uncounted: Option<Uncounted>,
    /// The statement it repeats, copies or translates, if any: the one that is counted.
    pub same_as: Option<ClaimId>,
    /// The happening it is about.
    pub incident: Option<usize>,
    /// What a person's review made of it, if one was made.
    pub review: Option<Review>,
    /// Why origin and standing are so, each a plain sentence.
    pub why: Vec<String>,
}

/// Statements about one happening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What happened.
    pub event: EventType,
    /// To whom, if said.
    pub affected: Option<String>,
    /// Where, if said.
    pub place: Option<String>,
    /// When, if known.
    pub time: Option<DateSpan>,
    /// The statements, by id, in order of document and place.
    pub claims: Vec<ClaimId>,
    /// How many accounts tell of it.
    pub accounts: usize,
    /// How many origins.
    pub origins: usize,
    /// What has become of it.
    pub standing: Standing,
}

/// What lets a stranger check an item without the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemProof {
    /// The log entry, byte for byte, as text.
    pub entry: String,
    /// `c2sp.org/tlog-proof@v1` text: inclusion proof and signed checkpoint.
    pub proof: String,
}

/// What the vault says of the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Custody {
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
    /// The log's verifier key (C2SP vkey).
    pub vkey: String,
    /// Further logs that items stand in: earlier epochs, and those of other collectors. Each is
    /// vouched for by the log of `vkey` or by one before it in this list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<VouchedLog>,
    /// By item.
    pub proofs: BTreeMap<ItemId, ItemProof>,
}

/// A log that another log vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VouchedLog {
    /// Its verifier key.
    pub vkey: String,
    /// The `rotate` or `merge` entry that names this key, and its proof.
    pub voucher: ItemProof,
}

/// Everything a page or an export shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Chronicle {
    /// What the case is about.
    pub case: CaseInfo,
    /// Preserved files, in log order.
    pub items: Vec<Item>,
    /// Documents, by path then part.
    pub documents: Vec<Document>,
    /// Who took what from whom.
    pub lineage: Lineage,
    /// All statements, by document and place.
    pub statements: Vec<Statement>,
    /// What a model proposes and nobody has decided on, by document and place: in no toll, no count
    /// and no published file.
    pub proposals: Vec<Proposal>,
    /// All origins, accounts first, in order of first appearance.
    pub origins: Vec<Origin>,
    /// Happenings, by time.
    pub incidents: Vec<Incident>,
    /// Tolls, by event, affected, place.
    pub tolls: Vec<Toll>,
    /// Names under all their spellings.
    pub names: Vec<Name>,
    /// Everything odd.
    pub notices: Vec<Notice>,
    /// Decisions people took, in order.
    pub judgements: Vec<Judgement>,
    /// What the vault says of the evidence.
    pub custody: Custody,
    /// Digest of the lexicons that were used, hexadecimal.
    pub lexicon_digest: String,
}

impl Chronicle {
    /// Name of the log an item stands in, if it is another than the one the chronicle is signed
    /// with: an earlier epoch, or another collector's.
    #[must_use]
    pub fn other_log<'i>(&self, item: &'i Item) -> Option<&'i str> {
        let own = self.custody.vkey.split('+').next().unwrap_or_default();
        let is_other = !own.is_empty() && !item.log.is_empty() && item.log != own;
        is_other.then_some(item.log.as_str())
    }

    /// The document with this id.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// The statement of this claim.
    pub fn statement(&self, id: ClaimId) -> Option<&Statement> {
        self.statements.iter().find(|statement| statement.claim.id == id)
    }

    /// The proposal with this id.
    pub fn proposal(&self, id: ClaimId) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.claim.id == id)
    }

    /// The origin with this id.
    pub fn origin(&self, id: OriginId) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.id == id)
    }

    /// Accounts: independent tellings, copies and translations merged.
    pub fn accounts(&self) -> impl Iterator<Item = &Origin> {
        self.origins.iter().filter(|origin| origin.kind == crate::OriginKind::Account)
    }
}
