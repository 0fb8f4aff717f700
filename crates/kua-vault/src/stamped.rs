//! Time stamps in the vault: tokens of others taken in as objects with a `timestamp` entry, and
//! proved again from what is in the vault. What a token says is read in `timestamp`.

use kua_model::ItemId;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::entry::EntryKind;
use crate::event::Event;
use crate::log::LogError;
use crate::logs::Recorded;
use crate::note::Note;
use crate::preserve_error::PreserveError;
use crate::read_error::ReadError;
use crate::record::Acquisition;
use crate::timestamp::{
    Headers, OtsError, OtsStamp, Rfc3161Error, Rfc3161Stamp, Roots, is_ots, replay_ots, verify_ots,
    verify_rfc3161,
};
use crate::vault::Vault;
use crate::writer::{Receipt, Writer};

/// Member of a `timestamp` record: the checkpoint that was stamped, as text.
const CHECKPOINT: &str = "checkpoint";

/// What a time stamp is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StampedThing {
    /// The bytes of an item.
    Item(ItemId),
    /// A signed checkpoint of this vault's own log, byte for byte; so every entry up to its size.
    Checkpoint(String),
}

/// What the reader trusts: nothing of it comes from the vault.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Roots of time stamping authorities.
    pub roots: Roots,
    /// Headers of Bitcoin blocks.
    pub headers: Headers,
}

/// How far a token was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vouched {
    /// RFC 3161. Without a root it is whole, but nobody known vouches for it.
    Rfc3161(Rfc3161Stamp),
    /// OpenTimestamps, by the header of a block.
    Bitcoin(OtsStamp),
    /// OpenTimestamps, and it may be proved later: the reason says what is missing.
    Waiting(OtsError),
}

/// One token in the vault.
#[derive(Debug)]
pub struct Stamp {
    /// Number of its entry, in the log `log`.
    pub log_index: u64,
    /// Name of that log.
    pub log: String,
    /// The token: an object of the vault.
    pub token: ItemId,
    /// What it is of.
    pub of: StampedThing,
    /// What it proves.
    pub vouched: Result<Vouched, StampError>,
}

impl Writer {
    /// Takes in a token (RFC 3161 response or OpenTimestamps proof) about `of`, if it holds.
    /// Counts once [`Writer::commit`] has returned `Ok`. `name` is the token's file name, `at` as
    /// in [`Acquisition::acquired_at`].
    ///
    /// # Errors
    /// [`StampError`] if the token is not about `of`, was changed, or, with roots, is vouched for
    /// by none of them; and the vault's.
    pub fn attach(
        &mut self,
        of: &StampedThing,
        token: &[u8],
        name: &str,
        at: &str,
        trust: &Trust,
    ) -> Result<(Receipt, Vouched), StampError> {
        let vouched = prove(&content(&self.vault, of)?, token, trust)?;
        let acquisition = Acquisition {
            path: name.to_owned(),
            acquired_at: at.to_owned(),
            ..Acquisition::default()
        };
        let event = Event::of_bytes(EntryKind::Timestamp, &acquisition);
        let event = match of {
            StampedThing::Item(item) => event.about([item]),
            StampedThing::Checkpoint(text) => event.private(CHECKPOINT, text.as_str()),
        };
        Ok((self.append_bytes(event, token)?, vouched))
    }
}

impl Vault {
    /// Every token of the vault, proved again.
    ///
    /// # Errors
    /// As [`Vault::events`]. What does not hold is in [`Stamp::vouched`].
    pub fn stamps(&self, trust: &Trust) -> Result<Vec<Stamp>, ReadError> {
        let mut stamps = Vec::new();
        for event in self.events_of(EntryKind::Timestamp)?.flatten() {
            let Recorded { log, index, entry, .. } = &event;
            let Some(token) = &entry.stored else { continue };
            let token = token.object;
            let Some(of) = self.stamped_thing(&event) else { continue };
            let vouched = self
                .read(&token)
                .map_err(StampError::from)
                .and_then(|bytes| prove(&content(self, &of)?, &bytes, trust));
            stamps.push(Stamp { log_index: *index, log: log.clone(), token, of, vouched });
        }
        Ok(stamps)
    }

    /// `None` where the record was destroyed or names nothing.
    fn stamped_thing(&self, event: &Recorded) -> Option<StampedThing> {
        if let [item] = event.entry.items().as_slice() {
            return Some(StampedThing::Item(*item));
        }
        let facts = self.facts(event).ok()??;
        Some(StampedThing::Checkpoint(facts.get(CHECKPOINT)?.as_str()?.to_owned()))
    }
}

/// The bytes that were stamped. A checkpoint must be one of this vault's own log, in any epoch.
fn content(vault: &Vault, of: &StampedThing) -> Result<Vec<u8>, StampError> {
    let text = match of {
        StampedThing::Item(item) => return Ok(vault.read(item)?),
        StampedThing::Checkpoint(text) => text,
    };
    let name = text.split('\n').next().unwrap_or_default();
    let logs = vault.own_logs()?;
    let log = logs.iter().find(|log| log.name() == name);
    let log = log.ok_or_else(|| StampError::OtherLog { found: name.to_owned() })?;
    let checkpoint = if log.name() == vault.vkey().name() {
        SignedCheckpoint::verify(text.as_bytes(), vault.vkey())?.checkpoint().clone()
    } else {
        // An earlier epoch: the log itself, which is signed, says whether it was once so.
        Checkpoint::from_text(&Note::parse(text.as_bytes()).map_err(CheckpointError::from)?.text)?
    };
    let (size, have) = (checkpoint.size, log.checkpoint().size());
    if size > have || log.root_at(size)? != checkpoint.root {
        return Err(StampError::OtherHistory { size });
    }
    Ok(text.clone().into_bytes())
}

fn prove(content: &[u8], token: &[u8], trust: &Trust) -> Result<Vouched, StampError> {
    if !is_ots(token) {
        return Ok(Vouched::Rfc3161(verify_rfc3161(token, content, &trust.roots)?));
    }
    match verify_ots(&replay_ots(token, content)?, &trust.headers) {
        Ok(stamp) => Ok(Vouched::Bitcoin(stamp)),
        Err(missing @ (OtsError::Pending { .. } | OtsError::NoHeader { .. })) => {
            Ok(Vouched::Waiting(missing))
        }
        Err(error) => Err(error.into()),
    }
}

/// Why a token is not taken in, or no longer holds.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StampError {
    /// The response does not hold.
    #[error(transparent)]
    Rfc3161(#[from] Rfc3161Error),
    /// The proof does not hold.
    #[error(transparent)]
    Ots(#[from] OtsError),
    /// The checkpoint is not of this vault.
    #[error("the checkpoint is of the log {found:?}, which is not a log of this vault")]
    OtherLog {
        /// Name in the checkpoint.
        found: String,
    },
    /// The log does not hold what the checkpoint says.
    #[error("the checkpoint of {size} entries is not a state this log has been in")]
    OtherHistory {
        /// Its size.
        size: u64,
    },
    /// The checkpoint's signature or form.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// What was stamped, or the token, cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault refused.
    #[error(transparent)]
    Write(#[from] PreserveError),
}
