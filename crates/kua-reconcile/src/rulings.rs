//! Which judgements hold, and what they say. Order matters only to `Undo` and to decisions about one claim.

use std::collections::{BTreeMap, BTreeSet};

use kua_lexicon::fold;
use kua_model::{ClaimAnchor, ClaimId, Decision, Judgement, OriginId, Reading, Review, Span};

/// Judgements that hold, sorted by what they decide.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rulings {
    /// Sets of origins that are one, with who said so.
    pub(crate) same_origin: Vec<(Vec<OriginId>, String)>,
    /// Pairs of passages that are not one account.
    pub(crate) not_same_account: BTreeMap<(Span, Span), String>,
    /// What was decided about single claims, in the order of the vault.
    pub(crate) claims: Vec<Ruling>,
    /// Spellings of one name.
    pub(crate) same_name: Vec<(Vec<String>, String)>,
    /// Spellings that are not one name.
    pub(crate) not_same_name: Vec<(Vec<String>, String)>,
    /// Folded spellings that must not appear.
    pub(crate) withheld: BTreeSet<String>,
}

/// What a person decided about one claim.
#[derive(Debug, Clone)]
pub(crate) struct Ruling {
    pub(crate) review: Review,
    /// Its number when the decision was taken.
    pub(crate) claim: ClaimId,
    /// Its words, unless the vault is an early one.
    pub(crate) words: Option<ClaimAnchor>,
    /// The reading that holds.
    pub(crate) reading: Option<Reading>,
    /// Who proposed it, if a model did: then it is laid over no claim of the rules but one that
    /// says the same.
    pub(crate) proposed_by: Option<String>,
    /// By whom, when and why.
    pub(crate) said: String,
}

impl Rulings {
    /// What still holds of `judgements`, which stand in the order of the vault.
    pub(crate) fn of(judgements: &[Judgement]) -> Self {
        let mut rulings = Self::default();
        for judgement in standing(judgements) {
            let said =
                format!("decided by {} on {}: {}", judgement.by, judgement.at, judgement.reason);
            match &judgement.decision {
                Decision::SameOrigin { origins } => {
                    rulings.same_origin.push((origins.clone(), said));
                }
                Decision::NotSameAccount { a, b } => {
                    let pair = if a <= b { (*a, *b) } else { (*b, *a) };
                    earliest(&mut rulings.not_same_account, pair, said);
                }
                Decision::RejectClaim { claim, words } => rulings.claims.push(Ruling {
                    review: Review::Rejected,
                    claim: *claim,
                    words: words.clone(),
                    reading: None,
                    proposed_by: None,
                    said,
                }),
                Decision::ConfirmClaim { claim, words, reading } => rulings.claims.push(Ruling {
                    review: Review::Confirmed,
                    claim: *claim,
                    words: words.clone(),
                    reading: reading.as_deref().cloned(),
                    proposed_by: None,
                    said,
                }),
                Decision::CorrectClaim { claim, words, reading } => rulings.claims.push(Ruling {
                    review: Review::Corrected,
                    claim: *claim,
                    words: Some(words.clone()),
                    reading: Some(reading.as_ref().clone()),
                    proposed_by: None,
                    said,
                }),
                Decision::ConfirmProposal { proposal, words, reading, proposed_by, instead_of } => {
                    rulings.claims.push(match instead_of {
                        // A reading of the rules is put right: as by anybody who corrects it.
                        Some(otherwise) => Ruling {
                            review: Review::Corrected,
                            claim: otherwise.claim,
                            words: Some(otherwise.words.clone()),
                            reading: Some(reading.as_ref().clone()),
                            proposed_by: None,
                            said: format!("{said} (proposed by {proposed_by})"),
                        },
                        None => Ruling {
                            review: Review::Confirmed,
                            claim: *proposal,
                            words: Some(words.clone()),
                            reading: Some(reading.as_ref().clone()),
                            proposed_by: Some(proposed_by.clone()),
                            said,
                        },
                    })
                }
                // It never was a claim.
                Decision::RejectProposal { .. } => {}
                Decision::SameName { names } => rulings.same_name.push((names.clone(), said)),
                Decision::NotSameName { names } => {
                    rulings.not_same_name.push((names.clone(), said))
                }
                Decision::Withhold { names } => {
                    rulings
                        .withheld
                        .extend(names.iter().map(|name| fold(name.trim()).into_owned()));
                }
                Decision::Undo { .. } | Decision::Release { .. } => {}
            }
        }
        rulings.same_origin.sort();
        rulings.same_name.sort();
        rulings.not_same_name.sort();
        rulings
    }
}

/// Of two judgements that decide the same, the sentence that sorts first is shown.
fn earliest<K: Ord>(map: &mut BTreeMap<K, String>, key: K, said: String) {
    let held = map.entry(key).or_insert_with(|| said.clone());
    if said < *held {
        *held = said;
    }
}

/// Judgements that no later one has undone.
fn standing(judgements: &[Judgement]) -> impl Iterator<Item = &Judgement> {
    let decisions: Vec<_> = judgements.iter().map(|j| Some(&j.decision)).collect();
    let stands = kua_model::standing(&decisions);
    judgements.iter().zip(stands).filter(|(_, stands)| *stands).map(|(judgement, _)| judgement)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(decision: Decision) -> Judgement {
        Judgement {
            decision,
            by: "A. Reader".to_owned(),
            at: "2030-05-01T10:00:00Z".to_owned(),
            reason: "read both".to_owned(),
            log: None,
        }
    }

    #[test]
    fn an_undoing_that_is_undone_leaves_the_first_decision() {
        let withhold = judged(Decision::Withhold { names: vec!["Mira Oru".to_owned()] });
        let undo = |judgement| judged(Decision::Undo { judgement });
        assert_eq!(Rulings::of(&[withhold.clone(), undo(0)]).withheld.len(), 0);
        assert_eq!(Rulings::of(&[withhold.clone(), undo(0), undo(1)]).withheld.len(), 1);
        // Itself, a later one, and one that is not there undo nothing.
        assert_eq!(Rulings::of(&[undo(1), withhold, undo(2), undo(99)]).withheld.len(), 1);
    }
}
