//! What can go wrong while writing to a vault, in words for the person who waits for it.

use std::io;

use thiserror::Error;

use crate::canonical::CanonicalError;
use crate::checkpoint::CheckpointError;
use crate::entry::EntryError;
use crate::key::KeyError;
use crate::log::LogError;

/// Why something was not preserved, or no writer could be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PreserveError {
    /// Another writer is at work.
    #[error(
        "another kua is adding to this vault. Wait until it has finished, or stop it, then run the command again; nothing was changed"
    )]
    Busy,
    /// The key that signs is not here.
    #[error(
        "this copy of the vault has no signer key (private/signer.key), so it can be read and verified but not added to. Add on the machine of its collector"
    )]
    NoSignerKey,
    /// The key that signs is damaged or another one's.
    #[error("private/signer.key cannot be used: {0}. Restore it from a copy")]
    SignerKey(KeyError),
    /// The signer key belongs to another log.
    #[error("private/signer.key is the key of {found:?}, but the vault's log is {expected:?}")]
    OtherSignerKey {
        /// Name of the vault's log.
        expected: String,
        /// Name of the key.
        found: String,
    },
    /// The vault stands behind what was signed before: an old copy was restored.
    #[error(
        "the vault was set back: it holds {found} entries, but {signed} were signed before. Nothing was changed. Restore the newer copy; if it is lost, go on in a new epoch with kua rotate. Signing on here would give this log two histories"
    )]
    RolledBack {
        /// Entries in the vault now.
        found: u64,
        /// Entries in a checkpoint that was signed.
        signed: u64,
    },
    /// Two checkpoints of one log that do not agree.
    #[error(
        "the log has two histories: what was signed at {size} entries is not the beginning of this vault's log. Nothing was changed. Keep both copies, they are evidence; kua verify tells more. To go on from this copy, in a new epoch: kua rotate"
    )]
    Forked {
        /// Entries in the checkpoint that disagrees.
        size: u64,
    },
    /// The memory of the last signature is damaged.
    #[error(
        "private/last-signed is damaged ({0}). Compare the vault with another copy; if they agree, copy the log's checkpoint over it"
    )]
    LastSigned(CheckpointError),
    /// The log cannot be read or does not fit its checkpoint.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The source could not be read to its end.
    #[error("the source could not be read: {source}")]
    Source {
        /// The system's reason.
        source: io::Error,
    },
    /// The vault's disk failed or is full.
    #[error(
        "{path} could not be written to the vault: {source}. Everything acknowledged before is safe; {}",
        next_step(source)
    )]
    Io {
        /// Path in the vault.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// An earlier failure left open what is on the disk.
    #[error(
        "writing stopped after an earlier failure; what was acknowledged is safe. Run the command again to take in the rest"
    )]
    Stopped,
    /// The time of acquisition does not begin with a date.
    #[error(
        "{found:?} is no time of acquisition; expected for example 2022-01-09T10:00:00Z or 2022-01-09"
    )]
    Time {
        /// The text as given.
        found: String,
    },
    /// A judgement must be a JSON object.
    #[error("a judgement must be one JSON object")]
    Judgement,
    /// This vault takes in sealed items and nothing else.
    #[error(
        "this is a field vault: it takes in sealed items and nothing else. Do this in the case that merged it"
    )]
    OnlySealed,
    /// This vault has nobody to seal to.
    #[error("this vault has no recipients to seal to. Make a field case: kua init --field")]
    NotSealing,
    /// Sealing could not begin.
    #[error("sealing failed: {source}")]
    Sealing {
        /// The reason.
        source: io::Error,
    },
    /// Something in the vault cannot be read.
    #[error(transparent)]
    Read(Box<crate::read_error::ReadError>),
    /// The operating system gave no random numbers.
    #[error(
        "the operating system gave no random numbers, so nothing can be salted; nothing was changed"
    )]
    Random,
    /// What is to be recorded has no form in the log.
    #[error("this cannot be recorded: {0}")]
    Record(EntryError),
}

impl From<crate::read_error::ReadError> for PreserveError {
    fn from(error: crate::read_error::ReadError) -> PreserveError {
        PreserveError::Read(Box::new(error))
    }
}

impl PreserveError {
    pub(crate) fn canonical(error: CanonicalError) -> PreserveError {
        PreserveError::Record(EntryError::Canonical(error))
    }

    pub(crate) fn entry(error: EntryError) -> PreserveError {
        PreserveError::Record(error)
    }
}

fn next_step(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space and run the command again"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "make the vault's folder writable and run the command again"
        }
        _ => "if it happens again, copy the vault to another disk",
    }
}
