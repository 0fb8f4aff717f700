//! The tlog-witness exchange as text (C2SP tlog-witness `add-checkpoint`): request, verdict, reply.
//! Pure: knows nothing of files. Where the state lies and how it is kept is in `cosign`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, SignedCheckpoint, parse_decimal};
use crate::key::VerifierKey;
use crate::note::Note;
use crate::tree::{Node, empty_root, verify_consistency};

/// Most hashes of a consistency proof.
const MAX_PROOF: usize = 63;

/// A request to cosign a checkpoint.
///
/// ```text
/// old 20852014
/// <base64 hash>
/// …
///
/// <the signed checkpoint, verbatim>
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the checkpoint of this log the cosigner signed last, 0 if none.
    pub old: u64,
    /// Consistency proof from there to the checkpoint.
    pub proof: Vec<Node>,
    /// The checkpoint, not yet verified.
    pub checkpoint: String,
}

impl AddCheckpoint {
    /// The request as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let proof: String =
            self.proof.iter().map(|hash| format!("{}\n", STANDARD.encode(hash))).collect();
        format!("old {}\n{proof}\n{}", self.old, self.checkpoint)
    }

    /// Reads a request; verifies nothing.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] names the line that is wrong.
    pub fn parse(text: &str) -> Result<AddCheckpoint, Refusal> {
        let form = |line| Refusal::Malformed { line };
        let (head, checkpoint) = text.split_once("\n\n").ok_or(form("empty"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old = old.filter(|digits| !digits.is_empty()).and_then(parse_decimal);
        let old = old.ok_or(form("old"))?;
        let proof = lines
            .map(|line| STANDARD.decode(line).ok().and_then(|hash| Node::try_from(hash).ok()))
            .collect::<Option<Vec<Node>>>()
            .filter(|proof| proof.len() <= MAX_PROOF)
            .ok_or(form("proof"))?;
        Ok(AddCheckpoint { old, proof, checkpoint: checkpoint.to_owned() })
    }

    /// The name of the log the request is about, as it says itself.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if there is no checkpoint in it.
    pub fn log_name(&self) -> Result<String, Refusal> {
        let note = Note::parse(self.checkpoint.as_bytes());
        let checkpoint = note.ok().and_then(|note| Checkpoint::from_text(&note.text).ok());
        Ok(checkpoint.ok_or(Refusal::Malformed { line: "checkpoint" })?.log_name)
    }

    /// What a cosigner must answer that knows the log's `key` (if it knows the log at all) and
    /// cosigned `last` of it: the checkpoint to cosign, or why not.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn verdict(
        &self,
        key: Option<&VerifierKey>,
        last: Option<&SignedCheckpoint>,
    ) -> Result<SignedCheckpoint, Refusal> {
        let log = self.log_name()?;
        let key = key.ok_or(Refusal::UnknownLog { log: log.clone() })?;
        let signed = SignedCheckpoint::verify(self.checkpoint.as_bytes(), key)
            .map_err(|error| Refusal::Unsigned { reason: error.to_string() })?;
        let (new, last_size) = (signed.size(), last.map_or(0, SignedCheckpoint::size));
        if self.old > new {
            return Err(Refusal::OldAboveNew { old: self.old, new });
        }
        if self.old != last_size {
            let last = last.map(SignedCheckpoint::to_text).unwrap_or_default();
            return Err(Refusal::Conflict { size: last_size, last });
        }
        let inconsistent = |reason| Err(Refusal::Inconsistent { reason });
        if new == 0 && *signed.root() != empty_root() {
            return inconsistent("a log of no entries has another root");
        }
        if let Some(last) = last
            && last.size() == new
            && last.root() != signed.root()
        {
            return inconsistent("the same size was cosigned before with another root");
        }
        if self.old == 0 || self.old == new {
            // Nothing to prove; a proof would be of something else.
            if !self.proof.is_empty() {
                return inconsistent("a proof was given where there is nothing to prove");
            }
            return Ok(signed);
        }
        let old_root = last.map_or_else(empty_root, |last| *last.root());
        match verify_consistency(self.old, new, &old_root, signed.root(), &self.proof) {
            Ok(()) => Ok(signed),
            Err(_) => inconsistent("the proof does not lead from the last checkpoint to this one"),
        }
    }
}

/// Why a cosigner does not sign; each is one status of the protocol.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The request cannot be read.
    #[error("this is not a request to cosign: its {line} line is missing or malformed")]
    Malformed {
        /// Which line.
        line: &'static str,
    },
    /// The old size is above the new one.
    #[error("the request names {old} entries as cosigned before, more than the {new} it brings")]
    OldAboveNew {
        /// Old size.
        old: u64,
        /// New size.
        new: u64,
    },
    /// No key of this log is known.
    #[error("the log {log} is not known here")]
    UnknownLog {
        /// Its name.
        log: String,
    },
    /// Not signed by the log's key.
    #[error("the checkpoint is not signed by the log's key: {reason}")]
    Unsigned {
        /// What is wrong with the signature.
        reason: String,
    },
    /// Another size was cosigned last.
    #[error("the checkpoint cosigned last has {size} entries, not as many as the request names")]
    Conflict {
        /// Size of the checkpoint cosigned last.
        size: u64,
        /// That checkpoint, verbatim; empty if there is none.
        last: String,
    },
    /// The checkpoint is no continuation of what was cosigned.
    #[error("the checkpoint is not a continuation of what was cosigned before: {reason}")]
    Inconsistent {
        /// Why.
        reason: &'static str,
    },
}

impl Refusal {
    /// The status of the protocol.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Malformed { .. } | Refusal::OldAboveNew { .. } => 400,
            Refusal::Unsigned { .. } => 403,
            Refusal::UnknownLog { .. } => 404,
            Refusal::Conflict { .. } => 409,
            Refusal::Inconsistent { .. } => 422,
        }
    }
}

/// What comes back for a request.
///
/// ```text
/// — anna.example Xm8A…          cosigned: nothing but signature lines, as the protocol has it
/// ```
/// or the status and what it means, and of 409 the size and the checkpoint cosigned last:
/// ```text
/// 409 the checkpoint cosigned last has 12 entries, not as many as the request names
///
/// 12
/// <that checkpoint, verbatim>
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Signature lines.
    Cosigned(String),
    /// A refusal.
    Refused {
        /// Status of the protocol.
        status: u16,
        /// What it means.
        words: String,
        /// Size of the checkpoint cosigned last (409).
        size: Option<u64>,
        /// That checkpoint, verbatim, not verified.
        last: Option<String>,
    },
}

impl Reply {
    /// The reply for a refusal.
    #[must_use]
    pub fn of(refusal: &Refusal) -> Reply {
        let (size, last) = match refusal {
            Refusal::Conflict { size, last } => {
                (Some(*size), Some(last.clone()).filter(|last| !last.is_empty()))
            }
            _ => (None, None),
        };
        Reply::Refused { status: refusal.status(), words: refusal.to_string(), size, last }
    }

    /// The reply as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Reply::Cosigned(lines) => lines.clone(),
            Reply::Refused { status, words, size, last } => {
                let size = size.map(|size| format!("\n{size}\n")).unwrap_or_default();
                format!("{status} {words}\n{size}{}", last.as_deref().unwrap_or_default())
            }
        }
    }

    /// Reads a reply; verifies nothing. `None` if it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Reply> {
        if text.starts_with('\u{2014}') {
            return Some(Reply::Cosigned(text.to_owned()));
        }
        let (first, rest) = text.split_once('\n')?;
        let (status, words) = first.split_once(' ')?;
        let status = status.parse().ok().filter(|status| (400..500).contains(status))?;
        let rest = rest.strip_prefix('\n').unwrap_or(rest);
        let (size, last) = rest.split_once('\n').unwrap_or((rest, ""));
        let size = Some(size).filter(|digits| !digits.is_empty()).and_then(parse_decimal);
        let last = Some(last.to_owned()).filter(|last| !last.is_empty());
        Some(Reply::Refused { status, words: words.to_owned(), size, last })
    }
}
