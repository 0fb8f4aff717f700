//! A person's decision: what, by whom, when, why. Undoing one is another one.

use serde::{Deserialize, Serialize};

use crate::{ClaimAnchor, ClaimId, ItemId, OriginId, Reading, Span};

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "decision")]
pub enum Decision {
    /// These origins are one.
    SameOrigin {
        /// The origins.
        origins: Vec<OriginId>,
    },
    /// These passages are not one account, whatever the links say.
    NotSameAccount {
        /// One passage.
        a: Span,
        /// The other.
        b: Span,
    },
    /// This claim was read wrongly by the machine and must not be counted.
    RejectClaim {
        /// The claim, as it was numbered then.
        claim: ClaimId,
        /// Its words, which find it again under other rules. Absent in early vaults.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<ClaimAnchor>,
    },
    /// A person has read this claim and its words agree.
    ConfirmClaim {
        /// The claim, as it was numbered then.
        claim: ClaimId,
        /// Its words. Absent in early vaults.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<ClaimAnchor>,
        /// The reading that was confirmed; it holds whatever later rules say. Absent in early vaults.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<Box<Reading>>,
    },
    /// A person has read this claim and says how its words are to be read.
    CorrectClaim {
        /// The claim, as it was numbered then.
        claim: ClaimId,
        /// Its words.
        words: ClaimAnchor,
        /// How they are to be read; it holds whatever later rules say.
        reading: Box<Reading>,
    },
    /// A person has read words that a model proposed as a claim: they are one, and are to be read so.
    ConfirmProposal {
        /// The proposal, and the id of the claim it becomes.
        proposal: ClaimId,
        /// Its words.
        words: ClaimAnchor,
        /// How they are to be read; it holds whatever later rules say.
        reading: Box<Reading>,
        /// Who proposed it: `llm:`, the model, `:`, the hash of the prompt.
        proposed_by: String,
        /// The claim the rules read otherwise in the same words: the reading takes its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<Box<ReadOtherwise>>,
    },
    /// A person has read words that a model proposed as a claim: they are none.
    RejectProposal {
        /// The proposal.
        proposal: ClaimId,
        /// Its words.
        words: ClaimAnchor,
        /// Who proposed it.
        proposed_by: String,
    },
    /// These names are one person, place or body.
    SameName {
        /// The spellings.
        names: Vec<String>,
    },
    /// These names are not one.
    NotSameName {
        /// The spellings.
        names: Vec<String>,
    },
    /// This name must not appear on any page, export or log.
    Withhold {
        /// The spellings.
        names: Vec<String>,
    },
    /// An earlier judgement, by its number in the vault, no longer holds.
    Undo {
        /// Its number, from 0.
        judgement: u64,
    },
    /// A withholding that another collector decided does not hold here.
    Release {
        /// SHA-256 of that judgement's bytes.
        judgement: ItemId,
    },
}

/// A claim of the rules that a proposal reads otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadOtherwise {
    /// The claim, as it was numbered then.
    pub claim: ClaimId,
    /// Its words, which find it again under other rules.
    pub words: ClaimAnchor,
}

/// A person's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What was decided.
    #[serde(flatten)]
    pub decision: Decision,
    /// By whom, as they wish to be named.
    pub by: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Why, in their words.
    pub reason: String,
    /// Name of the log it stands in, if that is another collector's. Told by where it was found,
    /// never by what it says.
    #[serde(skip)]
    pub log: Option<String>,
}

/// Which of `decisions`, in the order of one log, no later one has undone. An undoing may itself
/// be undone. `None` is one that cannot be read; it keeps its number.
pub fn standing(decisions: &[Option<&Decision>]) -> Vec<bool> {
    let mut stands = vec![true; decisions.len()];
    for at in (0..decisions.len()).rev() {
        if let Some(Some(Decision::Undo { judgement })) = decisions.get(at)
            && stands.get(at) == Some(&true)
            && let Some(earlier) = usize::try_from(*judgement).ok().filter(|n| *n < at)
            && let Some(earlier) = stands.get_mut(earlier)
        {
            *earlier = false;
        }
    }
    stands
}
