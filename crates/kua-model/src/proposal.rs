//! What a model said a passage asserts, and what was left of it once it was checked. A proposal is
//! no claim: it is in no toll and no count until a person confirms it.

use serde::{Deserialize, Serialize};

use crate::{Claim, ClaimId, Quote};

/// A claim as a model put it: its own words, none of which is believed. Unknown fields are passed
/// over; what is absent is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProposedClaim {
    /// The words that assert it, as they stand in the passage.
    pub quote: String,
    /// The words inside the quote that tell the event.
    pub trigger: String,
    /// Kind of event, one of `claims.txt`.
    pub event: String,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<ProposedFigure>,
    /// To whom, in the words of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affected: Option<String>,
    /// By whom, in the words of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Where, in the words of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When, in the words of the passage: the date itself is worked out by kua.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Who says so, outermost first, in the words of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// How it is put: a name of [`Modality`](crate::Modality). Anything else counts as hedged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modality: Option<String>,
}

/// An interval of whole numbers as a model gives it; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedFigure {
    /// Lowest number meant.
    #[serde(default)]
    pub low: Option<u64>,
    /// Highest number meant.
    #[serde(default)]
    pub high: Option<u64>,
}

/// A field of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposedField {
    /// How many.
    Figure,
    /// To whom.
    Affected,
    /// By whom.
    By,
    /// Where.
    Place,
    /// When.
    Time,
    /// Who says so.
    Sources,
    /// How it is put.
    Modality,
}

impl ProposedField {
    /// The word it goes by in `kua judge correct` and in records.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Figure => "figure",
            Self::Affected => "affected",
            Self::By => "by",
            Self::Place => "place",
            Self::Time => "time",
            Self::Sources => "sources",
            Self::Modality => "modality",
        }
    }
}

/// How a proposal stands beside what the rules read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// The rules read nothing of the kind in these words.
    Alone,
    /// The rules read a claim in these words that says otherwise.
    Differs {
        /// That claim.
        claim: ClaimId,
        /// What it says otherwise.
        fields: Vec<ProposedField>,
    },
}

/// A proposal that passed the checks and that nobody has confirmed or rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What is left of it. Its id is that of no claim of the rules.
    pub claim: Claim,
    /// Its words.
    pub quote: Quote,
    /// Who proposed it: `llm:`, the model, `:`, the hash of the prompt.
    pub proposed_by: String,
    /// Fields the model filled and the checks emptied or made more cautious.
    pub changed: Vec<ProposedField>,
    /// What the rules read in the same words.
    pub beside: Beside,
}
