//! A person's decision goes into the vault, where it stays: undoing it is another one.

use kua_model::{
    Beside, Chronicle, ClaimAnchor, Decision, Judgement, Proposal, ReadOtherwise, Reading,
};
use serde::Serialize;

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;
use crate::lookup::{Found, find};

/// What a person's review makes of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Read wrongly by the machine.
    Reject,
    /// It says what its words say.
    Confirm,
    /// Its words are to be read so; what the reading leaves out stays as the machine read it.
    Correct(Reading),
}

/// A judgement as it goes into the vault.
#[derive(Serialize)]
struct Numbered<'a> {
    #[serde(flatten)]
    judgement: &'a Judgement,
    number: u64,
}

impl Case {
    /// Records the review of a claim, by its id or the first digits of it, and gives the
    /// judgement's number, from 0. The judgement holds the claim's words and reading, so that it
    /// survives rebuilds and new rules.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::ManyIds`], [`CaseError::NoSuchEvent`], and those of
    /// [`Case::judge`].
    pub fn review(
        &self,
        id: &str,
        verdict: Verdict,
        by: &str,
        reason: &str,
    ) -> Result<u64, CaseError> {
        let chronicle = self.chronicle()?.chronicle;
        let statement = match find(&chronicle, id)? {
            Found::Statement(statement) => statement,
            Found::Proposal(proposal) => {
                let decision = self.of_proposal(&chronicle, proposal, verdict)?;
                says_who_and_why(by, reason)?;
                return self.record_judgement(decision, by, reason);
            }
            _ => return Err(CaseError::NoSuchId { prefix: id.to_owned() }),
        };
        let claim = statement.claim.id;
        let words = ClaimAnchor::of(&statement.claim, &statement.quote);
        let decision = match verdict {
            Verdict::Reject => Decision::RejectClaim { claim, words: Some(words) },
            Verdict::Confirm => Decision::ConfirmClaim {
                claim,
                words: Some(words),
                reading: Some(Box::new(Reading::of(&statement.claim))),
            },
            Verdict::Correct(change) => {
                self.check_event(&change)?;
                let reading = Reading::of(&statement.claim).with(&change);
                Decision::CorrectClaim { claim, words, reading: Box::new(reading) }
            }
        };
        // The claim was just found in the last build: nothing is left to check.
        says_who_and_why(by, reason)?;
        self.record_judgement(decision, by, reason)
    }

    /// What a verdict makes of what a model proposed: a claim, in the place of the one that reads
    /// the same words otherwise if there is one; or nothing.
    fn of_proposal(
        &self,
        chronicle: &Chronicle,
        proposal: &Proposal,
        verdict: Verdict,
    ) -> Result<Decision, CaseError> {
        let words = ClaimAnchor::of(&proposal.claim, &proposal.quote);
        let (id, proposed_by) = (proposal.claim.id, proposal.proposed_by.clone());
        let read = Reading::of(&proposal.claim);
        let reading = match verdict {
            Verdict::Reject => {
                return Ok(Decision::RejectProposal { proposal: id, words, proposed_by });
            }
            Verdict::Confirm => read,
            Verdict::Correct(change) => {
                self.check_event(&change)?;
                read.with(&change)
            }
        };
        let otherwise = match &proposal.beside {
            Beside::Differs { claim, .. } => chronicle.statement(*claim),
            Beside::Alone => None,
        };
        let instead_of = otherwise.map(|statement| {
            let words = ClaimAnchor::of(&statement.claim, &statement.quote);
            Box::new(ReadOtherwise { claim: statement.claim.id, words })
        });
        let reading = Box::new(reading);
        Ok(Decision::ConfirmProposal { proposal: id, words, reading, proposed_by, instead_of })
    }

    /// An event that `claims.txt` does not know would never meet another statement.
    fn check_event(&self, reading: &Reading) -> Result<(), CaseError> {
        let Some(event) = &reading.event else { return Ok(()) };
        let known = self.lexicons.shared().section("claims.txt", "events");
        if known.iter().any(|entry| entry.key == event.0) {
            return Ok(());
        }
        let known = known.iter().map(|entry| entry.key.clone()).collect();
        Err(CaseError::NoSuchEvent { event: event.0.clone(), known })
    }

    /// Records a decision and gives its number, from 0.
    /// Claims and origins are checked against the last build, so that a slip of the finger does
    /// not become a record for ever.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::NoReason`], [`CaseError::NotBuilt`], and the vault's.
    pub fn judge(&self, decision: Decision, by: &str, reason: &str) -> Result<u64, CaseError> {
        says_who_and_why(by, reason)?;
        self.check(&decision)?;
        self.record_judgement(decision, by, reason)
    }

    /// The same for what was checked by whoever decided it first.
    pub(crate) fn judge_unchecked(
        &self,
        decision: Decision,
        by: &str,
        reason: &str,
    ) -> Result<u64, CaseError> {
        says_who_and_why(by, reason)?;
        self.record_judgement(decision, by, reason)
    }

    fn record_judgement(
        &self,
        decision: Decision,
        by: &str,
        reason: &str,
    ) -> Result<u64, CaseError> {
        // From here on nobody else writes, so nobody else takes this number.
        let mut writer = self.evidence.writer()?;
        let number = self.evidence.own_judgements()?.len() as u64;
        let at = self.clock.now();
        let judgement = Judgement {
            decision,
            by: by.trim().to_owned(),
            at: at.clone(),
            reason: reason.trim().to_owned(),
            log: None,
        };
        // Its number makes it another judgement than the same words within the same second.
        let recorded = Numbered { judgement: &judgement, number };
        let json = serde_json::to_vec(&recorded).map_err(CaseError::Judgement)?;
        writer.judge(&json, &at).map_err(EvidenceError::from)?;
        writer.commit().map_err(EvidenceError::from)?;
        Ok(number)
    }

    fn check(&self, decision: &Decision) -> Result<(), CaseError> {
        let none = |id: String| Err(CaseError::NoSuchId { prefix: id });
        match decision {
            Decision::RejectClaim { claim, .. }
            | Decision::ConfirmClaim { claim, .. }
            | Decision::CorrectClaim { claim, .. } => {
                let chronicle = self.chronicle()?.chronicle;
                if chronicle.statement(*claim).is_none() {
                    return none(claim.to_string());
                }
            }
            Decision::SameOrigin { origins } => {
                let chronicle = self.chronicle()?.chronicle;
                for origin in origins {
                    if chronicle.origin(*origin).is_none() {
                        return none(origin.to_string());
                    }
                }
            }
            Decision::NotSameAccount { a, b } => {
                let chronicle = self.chronicle()?.chronicle;
                for span in [a, b] {
                    let document = chronicle.document(span.document);
                    if document.is_none_or(|document| span.range.of(&document.text).is_none()) {
                        return none(span.to_string());
                    }
                }
            }
            Decision::Undo { judgement }
                if *judgement >= self.evidence.own_judgements()?.len() as u64 =>
            {
                return none(format!("judgement {judgement}"));
            }
            _ => {}
        }
        Ok(())
    }
}

fn says_who_and_why(by: &str, reason: &str) -> Result<(), CaseError> {
    if by.trim().is_empty() || reason.trim().is_empty() {
        return Err(CaseError::NoReason);
    }
    Ok(())
}
