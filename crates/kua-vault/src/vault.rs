//! A vault as readers see it: what it holds, in the order of its log, and proofs of it.
//! Changes nothing; writing is in `writer`, checking everything in `verify`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use kua_model::{Custody, Item, ItemId, ItemProof, PartialDate};
use thiserror::Error;

use crate::checkpoint::SignedCheckpoint;
use crate::disk::Disk;
use crate::entry::{Entry, EntryError, EntryKind, Stored};
use crate::key::VerifierKey;
use crate::log::{Log, LogError};
use crate::manifest::{MANIFEST, Manifest, ManifestFault, VAULT_VERSION, log_dir};
use crate::record::{Acquisition, Record, object_path, record_path};
use crate::storage::Storage;

/// A vault opened for reading. Each call reads the newest checkpoint, so a `Vault` may stay open
/// while a writer adds.
#[derive(Clone)]
pub struct Vault {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) manifest: Manifest,
}

/// One acquisition as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The item, with the path and time of this acquisition.
    pub item: Item,
    /// Everything noted about this acquisition.
    pub acquisition: Acquisition,
    /// False if the same bytes were acquired before, under another path or from another source.
    pub first: bool,
}

/// One judgement as the log has it. What it says is not read here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJudgement {
    /// Its place among the judgements, from 0.
    pub number: u64,
    /// Its place in the log, from 0.
    pub log_index: u64,
    /// SHA-256 of its bytes.
    pub id: ItemId,
    /// When it was recorded, as the writer was told.
    pub recorded_at: String,
    /// The JSON text, byte for byte as recorded.
    pub json: String,
}

impl Vault {
    /// Opens the vault in folder `dir` and checks the signature of its checkpoint.
    ///
    /// # Errors
    /// [`OpenError`] if there is no vault, a newer one, or its first files are damaged.
    pub fn open(dir: &Path) -> Result<Vault, OpenError> {
        Vault::open_on(Arc::new(Disk::new(dir)))
    }

    /// The same on any [`Storage`].
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_on(storage: Arc<dyn Storage>) -> Result<Vault, OpenError> {
        let bytes = storage.read(MANIFEST).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => OpenError::NoVault,
            _ => OpenError::Io { source },
        })?;
        let manifest = Manifest::parse(&bytes).map_err(|fault| match fault {
            ManifestFault::Version(found) => OpenError::Version { found },
            ManifestFault::Form => OpenError::Manifest,
        })?;
        let vault = Vault { storage, manifest };
        vault.log()?;
        Ok(vault)
    }

    /// The key that verifies this vault's log. Hand it to whoever shall check proofs, on a way
    /// that cannot be tampered with: everything rests on it.
    #[must_use]
    pub fn vkey(&self) -> &VerifierKey {
        &self.manifest.key
    }

    /// The log at its newest checkpoint. Take it once to make many proofs of one checkpoint.
    ///
    /// # Errors
    /// [`LogError`] if the checkpoint is missing or not signed by [`Vault::vkey`].
    pub fn log(&self) -> Result<Log, LogError> {
        let dir = log_dir(self.manifest.key.name());
        Log::open(self.storage.clone(), &dir, &self.manifest.key)
    }

    /// The newest checkpoint.
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn checkpoint(&self) -> Result<SignedCheckpoint, LogError> {
        Ok(self.log()?.checkpoint().clone())
    }

    /// Every item once, in log order, with path and time of its first acquisition. An entry or
    /// record that cannot be read gives an error in its place; the iterator goes on.
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn items(&self) -> Result<impl Iterator<Item = Result<Item, ReadError>>, ReadError> {
        let captures = self.captures()?;
        Ok(captures.filter_map(|capture| match capture {
            Ok(capture) => capture.first.then_some(Ok(capture.item)),
            Err(error) => Some(Err(error)),
        }))
    }

    /// Every acquisition in log order; the same bytes may come more than once.
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn captures(&self) -> Result<impl Iterator<Item = Result<Capture, ReadError>>, ReadError> {
        let log = self.log()?;
        let storage = self.storage.clone();
        let mut seen = BTreeSet::new();
        Ok((0..log.checkpoint().size()).filter_map(move |index| {
            let capture = read_entry(&log, index).and_then(|entry| match entry {
                Entry { kind: EntryKind::Capture, stored: Some(stored), .. } => {
                    let first = seen.insert(stored.object);
                    read_capture(storage.as_ref(), index, &stored, first).map(Some)
                }
                _ => Ok(None),
            });
            capture.transpose()
        }))
    }

    /// Every judgement in log order, its bytes checked against the log.
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn judgements(
        &self,
    ) -> Result<impl Iterator<Item = Result<StoredJudgement, ReadError>>, ReadError> {
        let log = self.log()?;
        let vault = self.clone();
        let mut number = 0;
        Ok((0..log.checkpoint().size()).filter_map(move |index| {
            let judgement = read_entry(&log, index).and_then(|entry| match entry {
                Entry { kind: EntryKind::Judgement, stored: Some(stored), .. } => {
                    number += 1;
                    vault.read_judgement(number - 1, index, &stored).map(Some)
                }
                _ => Ok(None),
            });
            judgement.transpose()
        }))
    }

    /// The bytes of an item or judgement, checked against its hash.
    ///
    /// # Errors
    /// [`ReadError::Missing`], [`ReadError::Damaged`] or the system's reason.
    pub fn read(&self, id: &ItemId) -> Result<Vec<u8>, ReadError> {
        let bytes = self.storage.read(&object_path(id)).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ReadError::Missing { id: *id },
            _ => ReadError::Io { path: object_path(id), source },
        })?;
        if ItemId::of(&bytes) == *id { Ok(bytes) } else { Err(ReadError::Damaged { id: *id }) }
    }

    /// The bytes of log entry `index`.
    ///
    /// # Errors
    /// As [`Log::entry`].
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, LogError> {
        self.log()?.entry(index)
    }

    /// A `.tlog-proof` text that entry `index` stands in the log.
    ///
    /// # Errors
    /// As [`Log::inclusion_proof`].
    pub fn inclusion_proof(&self, index: u64) -> Result<String, LogError> {
        Ok(self.log()?.inclusion_proof(index)?.to_text())
    }

    /// Checkpoint, key, and entry and proof of each of `items`: what a published chronicle
    /// carries so that a stranger can check it with
    /// [`verify_custody`](crate::verify_custody), without the vault.
    ///
    /// # Errors
    /// As [`Log::inclusion_proof`].
    pub fn custody<'i>(
        &self,
        items: impl IntoIterator<Item = &'i Item>,
    ) -> Result<Custody, ReadError> {
        let log = self.log()?;
        let mut custody = Custody {
            checkpoint: log.checkpoint().to_text(),
            vkey: self.manifest.key.to_string(),
            ..Custody::default()
        };
        for item in items {
            let entry = String::from_utf8(log.entry(item.log_index)?)
                .map_err(|_| LogError::Changed { index: item.log_index })?;
            let proof = log.inclusion_proof(item.log_index)?.to_text();
            custody.proofs.insert(item.id, ItemProof { entry, proof });
        }
        Ok(custody)
    }

    fn read_judgement(
        &self,
        number: u64,
        log_index: u64,
        stored: &Stored,
    ) -> Result<StoredJudgement, ReadError> {
        let record = read_record(self.storage.as_ref(), log_index, stored)?;
        let acquisition = Acquisition::from_meta(&record.meta)
            .map_err(|_| ReadError::Record { id: stored.object, index: log_index })?;
        let json = String::from_utf8(self.read(&stored.object)?)
            .map_err(|_| ReadError::Damaged { id: stored.object })?;
        let recorded_at = acquisition.acquired_at;
        Ok(StoredJudgement { number, log_index, id: stored.object, recorded_at, json })
    }
}

fn read_entry(log: &Log, index: u64) -> Result<Entry, ReadError> {
    let bytes = log.entry(index)?;
    Entry::parse(&bytes).map_err(|source| ReadError::Entry { index, source })
}

fn read_capture(
    storage: &dyn Storage,
    log_index: u64,
    stored: &Stored,
    first: bool,
) -> Result<Capture, ReadError> {
    let id = stored.object;
    let record = read_record(storage, log_index, stored)?;
    let damaged = || ReadError::Record { id, index: log_index };
    let acquisition = Acquisition::from_meta(&record.meta).map_err(|_| damaged())?;
    let acquired_on: PartialDate = acquisition.day().ok_or_else(damaged)?;
    let (path, acquired_at) = (acquisition.path.clone(), acquisition.acquired_at.clone());
    let item = Item { id, path, size: stored.length, acquired_at, acquired_on, log_index };
    Ok(Capture { item, acquisition, first })
}

/// The record behind an entry, its commitments checked.
pub(crate) fn read_record(
    storage: &dyn Storage,
    index: u64,
    stored: &Stored,
) -> Result<Record, ReadError> {
    let path = record_path(stored);
    let damaged = ReadError::Record { id: stored.object, index };
    let bytes = match storage.read(&path) {
        Ok(bytes) => bytes,
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Err(damaged),
        Err(source) => return Err(ReadError::Io { path, source }),
    };
    match Record::parse(&bytes) {
        Ok(record) if record.stored().as_ref() == Ok(stored) => Ok(record),
        _ => Err(damaged),
    }
}

/// Why a vault cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Nothing there.
    #[error("there is no vault here (no vault.json). Make one with: kua init")]
    NoVault,
    /// Made by a later kua.
    #[error(
        "the vault has version {found}, this kua reads version {VAULT_VERSION}: use a newer kua"
    )]
    Version {
        /// Version found.
        found: u64,
    },
    /// `vault.json` is not as kua wrote it.
    #[error(
        "vault.json is damaged. Restore it from another copy of the vault; kua verify tells more"
    )]
    Manifest,
    /// The system's reason.
    #[error("the vault cannot be read: {source}")]
    Io {
        /// The system's reason.
        source: io::Error,
    },
    /// The log's checkpoint is missing or not accepted.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why something in the vault cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The log itself cannot be read there.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An entry is not one of kua's.
    #[error("log entry {index} cannot be read: {source}")]
    Entry {
        /// Number of the entry.
        index: u64,
        /// What is wrong with it.
        source: EntryError,
    },
    /// The bytes are gone.
    #[error("the bytes of item {id} are missing. Restore them from another copy: kua add ORIGINAL")]
    Missing {
        /// The item.
        id: ItemId,
    },
    /// The bytes are not those that were preserved.
    #[error(
        "the bytes of item {id} were changed on disk. Restore them from another copy: kua add ORIGINAL"
    )]
    Damaged {
        /// The item.
        id: ItemId,
    },
    /// Path, time and salt of an acquisition are lost or changed.
    #[error(
        "the record of item {id} (log entry {index}) is missing or changed: its path and time are not as signed. Restore the folder records/ from another copy of the vault"
    )]
    Record {
        /// The item.
        id: ItemId,
        /// Number of the entry.
        index: u64,
    },
    /// The system's reason.
    #[error("{path} could not be read: {source}")]
    Io {
        /// Path in the vault.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}
