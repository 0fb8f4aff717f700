//! The vault as a case uses it: items, bytes, judgements, custody. The only module that knows the
//! API of `kua-vault`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kua_model::{Custody, Item, Judgement, Sha256};
use kua_vault::{
    Collector, CreateError, EntryKind, Event, Listing, LogError, OpenError, PreserveError,
    ReadError, SealRecipient, SignedCheckpoint, Stamp, StampError, Trust, Vault, Writer,
};
use thiserror::Error;

use crate::decided::{Elsewhere, Here, weigh};

/// Name of a new vault's collector. It stands in every published proof, so it must give nobody
/// away; the vault adds random digits of its own.
const COLLECTOR: &str = "case";

/// The vault of an open case.
pub(crate) struct Evidence {
    vault: Vault,
    /// Where [`Evidence::items_kept`] keeps the list of items.
    listing: PathBuf,
    /// Items of the last checkpoint that was looked at.
    items: Mutex<Option<(Sha256, Vec<Item>)>>,
    /// The same of judgements.
    judgements: Mutex<Option<(Sha256, Arc<Judgements>)>>,
}

/// What people decided.
struct Judgements {
    own: Vec<Judgement>,
    elsewhere: Vec<Elsewhere>,
}

/// The vault refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// It could not be made.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// It could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something in it could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] PreserveError),
    /// A time stamp does not hold.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// A judgement in the vault is none that this kua knows.
    #[error(
        "judgement {number} in the vault cannot be understood: {source}. It may be from a newer kua"
    )]
    Judgement {
        /// Its number, from 0.
        number: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A judgement of another collector is damaged.
    #[error(
        "judgement {number} in the log {log} cannot be read: {source}. It may withhold a name, so nothing is shown until it is whole: take a bundle of that log in again (kua merge)"
    )]
    Theirs {
        /// Name of the log.
        log: String,
        /// Its number there, from 0.
        number: u64,
        /// What is wrong with it.
        source: Box<ReadError>,
    },
}

impl EvidenceError {
    /// Another kua is writing to the vault.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Write(PreserveError::Busy))
    }

    /// The disk is full, or a limit on files was reached.
    pub fn is_disk_full(&self) -> bool {
        let (Self::Write(PreserveError::Io { source, .. })
        | Self::Create(CreateError::Io { source, .. })) = self
        else {
            return false;
        };
        matches!(
            source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        )
    }

    /// Only one item is touched: the rest of the vault may be used.
    pub(crate) fn is_about_one_item(&self) -> bool {
        matches!(
            self,
            Self::Read(
                ReadError::Missing { .. }
                    | ReadError::Damaged { .. }
                    | ReadError::Record { .. }
                    | ReadError::Io { .. }
            )
        )
    }
}

impl Evidence {
    pub(crate) fn init(dir: &Path, recipients: &[SealRecipient]) -> Result<(), EvidenceError> {
        let collector = Collector { name: COLLECTOR.to_owned() };
        match Vault::create_sealing(dir, &collector, recipients) {
            // An `init` that was interrupted before it wrote case.toml.
            Ok(_) | Err(CreateError::Exists) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// `derived` is where the list of items may lie; nothing is written there but by
    /// [`Evidence::items_kept`].
    pub(crate) fn open(dir: &Path, derived: &Path) -> Result<Self, EvidenceError> {
        Ok(Self {
            vault: Vault::open(dir)?,
            listing: derived.join("items"),
            items: Mutex::new(None),
            judgements: Mutex::new(None),
        })
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Records that everything here goes to somebody.
    pub(crate) fn record_transfer(&self, to: &str, at: &str) -> Result<(), EvidenceError> {
        let mut writer = self.writer()?;
        writer.append(Event::new(EntryKind::Transfer, at).private("to", to))?;
        writer.commit()?;
        Ok(())
    }

    /// Size and text of the newest checkpoint.
    pub(crate) fn checkpoint(&self) -> Result<(u64, String), EvidenceError> {
        let signed = self.vault.checkpoint()?;
        Ok((signed.size(), signed.to_text()))
    }

    /// Keeps the checkpoint `text` in the vault's memory of what was given away. `false` if that
    /// could not be: the medium cannot be written to, somebody else writes, or the checkpoint is
    /// not of this vault's log.
    pub(crate) fn remember_sent(&self, text: &str) -> bool {
        let signed = SignedCheckpoint::verify(text.as_bytes(), self.vault.vkey());
        signed.is_ok_and(|signed| self.vault.remember_sent(&signed).is_ok())
    }

    /// Every time stamp, proved again.
    pub(crate) fn stamps(&self, trust: &Trust) -> Result<Vec<Stamp>, EvidenceError> {
        Ok(self.vault.stamps(trust)?)
    }

    pub(crate) fn writer(&self) -> Result<Writer, EvidenceError> {
        Ok(self.vault.writer()?)
    }

    /// Root of the newest checkpoint: it changes with whatever is added to the vault.
    fn root(&self) -> Result<Sha256, EvidenceError> {
        Ok(Sha256::from_bytes(*self.vault.checkpoint()?.root()))
    }

    /// Every item once, in log order. What cannot be read is left out: `kua verify` names it.
    pub(crate) fn items(&self) -> Result<Vec<Item>, EvidenceError> {
        self.list(false)
    }

    /// The same, and keeps the list, so that the next command reads only what is newer. To be
    /// called while nobody else builds or erases: what is withdrawn must not come back into it.
    pub(crate) fn items_kept(&self) -> Result<Vec<Item>, EvidenceError> {
        self.list(true)
    }

    fn list(&self, keep: bool) -> Result<Vec<Item>, EvidenceError> {
        let root = self.root()?;
        let mut known = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, items)) = known.as_ref()
            && *of == root
            && !keep
        {
            return Ok(items.clone());
        }
        let before = fs::read(&self.listing).ok().and_then(|bytes| Listing::from_bytes(&bytes));
        let state = before.as_ref().map(Listing::state);
        let listing = self.vault.listing(before)?;
        if keep && state != Some(listing.state()) {
            self.keep(&listing);
        }
        let (items, faults) = listing.into_items();
        for error in faults.into_iter().map(EvidenceError::from) {
            if !error.is_about_one_item() {
                return Err(error);
            }
        }
        *known = Some((root, items.clone()));
        Ok(items)
    }

    /// Failing to keep the list costs time, never a result.
    fn keep(&self, listing: &Listing) {
        let Some(bytes) = listing.to_bytes() else { return };
        let part = self.listing.with_extension("part");
        let kept = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &self.listing));
        if let Err(error) = kept {
            tracing::warn!(%error, "the list of items was not kept");
        }
    }

    /// The bytes of an item, checked against its hash.
    pub(crate) fn bytes(&self, item: &Item) -> Result<Vec<u8>, EvidenceError> {
        Ok(self.vault.read(&item.id)?)
    }

    /// Every judgement that counts here: the own ones by their numbers, then names that other
    /// collectors withhold. No own one can undo by its number what stands behind it.
    pub(crate) fn judgements(&self) -> Result<Vec<Judgement>, EvidenceError> {
        let known = self.decided()?;
        let withheld = known.elsewhere.iter().filter(|theirs| theirs.here == Here::Withholds);
        let withheld = withheld.filter_map(|theirs| theirs.judgement.clone());
        Ok(known.own.iter().cloned().chain(withheld).collect())
    }

    /// Every judgement of the own log, in order.
    pub(crate) fn own_judgements(&self) -> Result<Vec<Judgement>, EvidenceError> {
        Ok(self.decided()?.own.clone())
    }

    /// Judgements in the logs of other collectors.
    pub(crate) fn elsewhere(&self) -> Result<Vec<Elsewhere>, EvidenceError> {
        Ok(self.decided()?.elsewhere.clone())
    }

    fn decided(&self) -> Result<Arc<Judgements>, EvidenceError> {
        let root = self.root()?;
        let mut known = self.judgements.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, judgements)) = known.as_ref()
            && *of == root
        {
            return Ok(Arc::clone(judgements));
        }
        let mut own = Vec::new();
        for stored in self.vault.judgements()? {
            let stored = stored?;
            let judgement = serde_json::from_str(&stored.json)
                .map_err(|source| EvidenceError::Judgement { number: stored.number, source })?;
            own.push(judgement);
        }
        let elsewhere = weigh(&own, self.vault.judgements_of_others()?)?;
        let judgements = Arc::new(Judgements { own, elsewhere });
        *known = Some((root, Arc::clone(&judgements)));
        Ok(judgements)
    }

    pub(crate) fn custody(&self, items: &[Item]) -> Result<Custody, EvidenceError> {
        Ok(self.vault.custody(items)?)
    }

    /// A signed note of `text`; `None` if this copy has no key that can be used, or `custody` is
    /// of another log.
    pub(crate) fn sign(&self, text: &str, custody: &Custody) -> Option<String> {
        let is_ours = self.vault.vkey().to_string() == custody.vkey;
        is_ours.then(|| self.vault.sign(text).ok())?.map(|note| note.to_text())
    }
}
