//! A person's decision goes into the vault, where it stays: undoing it is another one.

use kua_model::{Decision, Judgement};

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;

impl Case {
    /// Records a decision and gives its number, from 0.
    /// Claims and origins are checked against the last build, so that a slip of the finger does
    /// not become a record for ever.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::NoReason`], [`CaseError::NotBuilt`], and the vault's.
    pub fn judge(&self, decision: Decision, by: &str, reason: &str) -> Result<u64, CaseError> {
        if by.trim().is_empty() || reason.trim().is_empty() {
            return Err(CaseError::NoReason);
        }
        let numbers = self.evidence.judgements()?.len() as u64;
        self.check(&decision, numbers)?;
        let at = self.clock.now();
        let judgement = Judgement {
            decision,
            by: by.trim().to_owned(),
            at: at.clone(),
            reason: reason.trim().to_owned(),
        };
        let json = serde_json::to_vec(&judgement).map_err(CaseError::Judgement)?;
        let mut writer = self.evidence.writer()?;
        writer.judge(&json, &at).map_err(EvidenceError::from)?;
        writer.commit().map_err(EvidenceError::from)?;
        Ok(numbers)
    }

    fn check(&self, decision: &Decision, numbers: u64) -> Result<(), CaseError> {
        let none = |id: String| Err(CaseError::NoSuchId { prefix: id });
        match decision {
            Decision::RejectClaim { claim } | Decision::ConfirmClaim { claim } => {
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
            Decision::Undo { judgement } if *judgement >= numbers => {
                return none(format!("judgement {judgement}"));
            }
            _ => {}
        }
        Ok(())
    }
}
