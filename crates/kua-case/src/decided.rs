//! What people decided: here, and in the logs of other collectors that were taken in. A name that
//! any of them withholds is withheld here at once; everything else of theirs decides nothing here
//! until somebody adopts it.

use kua_model::{Decision, ItemId, Judgement, Notice, NoticePlace, Severity, standing};
use kua_vault::{OthersJudgements, StoredJudgement};
use serde_json::Value;

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;

/// A judgement in the log of another collector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// SHA-256 of its bytes.
    pub id: ItemId,
    /// Its number among theirs, from 0.
    pub number: u64,
    /// Name of the log it stands in.
    pub log: String,
    /// What they decided; `None` if this kua cannot understand it.
    pub judgement: Option<Judgement>,
    /// What it counts for here.
    pub here: Here,
}

/// What a judgement of another collector counts for in this case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// It withholds a name, and that holds.
    Withholds,
    /// It withholds a name, and somebody here decided that this does not hold.
    Released,
    /// They took it back.
    Undone,
    /// Somebody here decided the same.
    Adopted,
    /// It decides nothing here.
    Shown,
}

/// A judgement of this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was decided.
    pub judgement: Judgement,
    /// Whether it holds: no later one undoes it.
    pub holds: bool,
}

impl Case {
    /// Every judgement that counts here, in order: those of this case by their numbers, then names
    /// that other collectors withhold.
    ///
    /// # Errors
    /// The vault's: also if a judgement of another collector is damaged, since it might withhold
    /// a name.
    pub fn judgements(&self) -> Result<Vec<Judgement>, CaseError> {
        Ok(self.evidence.judgements()?)
    }

    /// The judgements of this case, each by its number.
    ///
    /// # Errors
    /// The vault's.
    pub fn decided_here(&self) -> Result<Vec<Decided>, CaseError> {
        let own = self.evidence.own_judgements()?;
        let holds = standing(&own.iter().map(|j| Some(&j.decision)).collect::<Vec<_>>());
        let both = own.into_iter().zip(holds);
        Ok(both.map(|(judgement, holds)| Decided { judgement, holds }).collect())
    }

    /// The judgements of other collectors, by log and number.
    ///
    /// # Errors
    /// As [`Case::judgements`].
    pub fn decided_elsewhere(&self) -> Result<Vec<Elsewhere>, CaseError> {
        Ok(self.evidence.elsewhere()?)
    }

    /// Decides here what another collector decided: the judgement whose id begins with `prefix`.
    /// Gives the number of the new judgement.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::ManyIds`], [`CaseError::NoReason`], and the vault's.
    pub fn adopt(&self, prefix: &str, by: &str, reason: &str) -> Result<u64, CaseError> {
        let theirs = self.find_elsewhere(prefix)?;
        let none = || CaseError::NoSuchId { prefix: prefix.to_owned() };
        let decision = theirs.judgement.ok_or_else(none)?.decision;
        // Their numbers and releases speak of their log, not of this one.
        if matches!(decision, Decision::Undo { .. } | Decision::Release { .. }) {
            return Err(none());
        }
        self.judge_unchecked(decision, by, reason)
    }

    /// Decides that a name another collector withholds may be shown here: the judgement whose id
    /// begins with `prefix`. Gives the number of the new judgement.
    ///
    /// # Errors
    /// As [`Case::adopt`].
    pub fn release(&self, prefix: &str, by: &str, reason: &str) -> Result<u64, CaseError> {
        let theirs = self.find_elsewhere(prefix)?;
        if !matches!(theirs.judgement, Some(Judgement { decision: Decision::Withhold { .. }, .. }))
        {
            return Err(CaseError::NoSuchId { prefix: prefix.to_owned() });
        }
        self.judge_unchecked(Decision::Release { judgement: theirs.id }, by, reason)
    }

    fn find_elsewhere(&self, prefix: &str) -> Result<Elsewhere, CaseError> {
        let wanted = prefix.trim().to_ascii_lowercase();
        let mut found: Vec<Elsewhere> = self.evidence.elsewhere()?;
        found.retain(|theirs| !wanted.is_empty() && theirs.id.to_string().starts_with(&wanted));
        // The same bytes in two logs are one decision.
        found.dedup_by_key(|theirs| theirs.id);
        match found.len() {
            0 => Err(CaseError::NoSuchId { prefix: prefix.to_owned() }),
            1 => Ok(found.remove(0)),
            _ => {
                let ids = found.iter().take(8).map(|theirs| theirs.id.to_string()).collect();
                Err(CaseError::ManyIds { prefix: prefix.to_owned(), ids })
            }
        }
    }

    /// For the reader of the chronicle: what others decided that counts for nothing here.
    pub(crate) fn undecided(&self) -> Result<Vec<Notice>, CaseError> {
        let mut notices = Vec::new();
        for theirs in self.evidence.elsewhere()? {
            let words = match (&theirs.judgement, theirs.here) {
                (None, _) => format!(
                    "judgement {} of the log {} cannot be understood, so it counts for nothing here. It may be from a newer kua.",
                    theirs.number, theirs.log
                ),
                (Some(judgement), Here::Shown) => format!(
                    "{} ({}) decided in the log {}: {}: {}. It counts for nothing here unless somebody adopts it: kua judge adopt {}",
                    judgement.by,
                    judgement.at,
                    theirs.log,
                    in_words(&judgement.decision),
                    judgement.reason,
                    short(&theirs.id)
                ),
                _ => continue,
            };
            notices.push(Notice::new(
                Severity::Note,
                "decided-elsewhere",
                NoticePlace::Case,
                words,
            ));
        }
        Ok(notices)
    }
}

/// A decision in a few words. Withheld names are not among them.
pub fn in_words(decision: &Decision) -> String {
    match decision {
        Decision::SameOrigin { origins } => {
            let origins: Vec<String> = origins.iter().map(ToString::to_string).collect();
            format!("the origins {} are one", origins.join(", "))
        }
        Decision::NotSameAccount { a, b } => format!("{a} and {b} are not one account"),
        Decision::RejectClaim { claim, .. } => format!("the claim {claim} was read wrongly"),
        Decision::ConfirmClaim { claim, .. } => format!("the claim {claim} was read rightly"),
        Decision::CorrectClaim { claim, .. } => format!("the claim {claim} is read otherwise"),
        Decision::ConfirmProposal { proposal, .. } => {
            format!("the proposal {proposal} of a model is a claim")
        }
        Decision::RejectProposal { proposal, .. } => {
            format!("the proposal {proposal} of a model is no claim")
        }
        Decision::SameName { names } => format!("one name: {}", names.join(", ")),
        Decision::NotSameName { names } => format!("not one name: {}", names.join(", ")),
        Decision::Withhold { .. } => "a name is withheld".to_owned(),
        Decision::Undo { judgement } => format!("judgement {judgement} no longer holds"),
        Decision::Release { judgement } => {
            format!("the withholding {} does not hold", short(judgement))
        }
    }
}

fn short(id: &ItemId) -> String {
    id.to_string().chars().take(12).collect()
}

/// Judgements of others as they count beside `own`.
pub(crate) fn weigh(
    own: &[Judgement],
    others: Vec<OthersJudgements>,
) -> Result<Vec<Elsewhere>, EvidenceError> {
    let holds = standing(&own.iter().map(|j| Some(&j.decision)).collect::<Vec<_>>());
    let held: Vec<&Decision> =
        own.iter().zip(holds).filter(|(_, holds)| *holds).map(|(j, _)| &j.decision).collect();
    let mut all = Vec::new();
    for theirs in others {
        let mut read = Vec::new();
        for (log, stored) in theirs.judgements {
            let number = read.len() as u64;
            let stored = stored.map_err(|source| {
                let log = log.clone();
                EvidenceError::Theirs { log, number, source: Box::new(source) }
            })?;
            read.push((stored.id, parse(&stored, &log), log));
        }
        let decisions: Vec<_> =
            read.iter().map(|(_, judgement, _)| judgement.as_ref().map(|j| &j.decision)).collect();
        // If nobody can tell which one a number means, nothing is undone: rather withheld twice.
        let stands =
            if theirs.from_the_first { standing(&decisions) } else { vec![true; decisions.len()] };
        for (((id, judgement, log), stands), number) in read.into_iter().zip(stands).zip(0..) {
            let released = held.contains(&&Decision::Release { judgement: id });
            let here = match judgement.as_ref().map(|j| &j.decision) {
                _ if !stands => Here::Undone,
                Some(Decision::Withhold { .. }) if released => Here::Released,
                Some(Decision::Withhold { .. }) => Here::Withholds,
                // Their undoing is done with; their releases are for their own pages.
                Some(Decision::Undo { .. } | Decision::Release { .. }) => Here::Undone,
                Some(decision) if held.contains(&decision) => Here::Adopted,
                _ => Here::Shown,
            };
            all.push(Elsewhere { id, number, log, judgement, here });
        }
    }
    Ok(all)
}

/// A judgement of another collector. Of one that this kua does not know in full, a withholding is
/// still honoured.
fn parse(stored: &StoredJudgement, log: &str) -> Option<Judgement> {
    let mut judgement = serde_json::from_str(&stored.json).ok().or_else(|| withheld(stored))?;
    let Judgement { log: of, .. } = &mut judgement;
    *of = Some(log.to_owned());
    Some(judgement)
}

fn withheld(stored: &StoredJudgement) -> Option<Judgement> {
    let value: Value = serde_json::from_str(&stored.json).ok()?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let names = value.get("names").and_then(Value::as_array)?.iter();
    let names: Vec<String> = names.filter_map(|name| Some(name.as_str()?.to_owned())).collect();
    (text("decision") == "withhold").then(|| Judgement {
        decision: Decision::Withhold { names },
        by: text("by"),
        at: text("at"),
        reason: text("reason"),
        log: None,
    })
}
