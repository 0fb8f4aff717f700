//! A vault as readers see it: what it holds, in the order of its log, and proofs of it.
//! Changes nothing; writing is in `writer`, checking everything in `verify`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kua_model::{Item, ItemId};

use crate::checkpoint::SignedCheckpoint;
use crate::disk::Disk;
use crate::entry::{Entry, EntryKind, Stored};
use crate::key::VerifierKey;
use crate::log::{Log, LogError};
use crate::logs::Recorded;
use crate::manifest::{MANIFEST, Manifest, ManifestFault, log_dir};
use crate::read_error::{OpenError, ReadError};
use crate::record::{Acquisition, Record, object_path};
use crate::record_bundle::{NoRecord, RecordFinder, Why};
use crate::seal::SealRecipient;
use crate::storage::Storage;

/// A vault opened for reading. Each call reads the newest checkpoint, so a `Vault` may stay open
/// while a writer adds.
#[derive(Clone)]
pub struct Vault {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) manifest: Manifest,
    /// Shared by all copies of this handle, so that an erasure by one is one for all.
    records: Arc<Mutex<RecordFinder>>,
}

/// One acquisition as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The item, with the path and time of this acquisition.
    pub item: Item,
    /// Everything noted about this acquisition.
    pub acquisition: Acquisition,
    /// How the bytes came: captured, received or derived.
    pub kind: EntryKind,
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
        let vault = Vault::open_on(Arc::new(Disk::new(dir)))?;
        if vault.recipients().is_empty() {
            return Ok(vault);
        }
        Ok(Vault { storage: Arc::new(Disk::new(dir).without_times()), ..vault })
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
        let vault = Vault::of(storage, manifest);
        vault.log()?;
        Ok(vault)
    }

    pub(crate) fn of(storage: Arc<dyn Storage>, manifest: Manifest) -> Vault {
        let records = Arc::new(Mutex::new(RecordFinder::new(manifest.records)));
        Vault { storage, manifest, records }
    }

    /// The key that verifies this vault's log. Hand it to whoever shall check proofs, on a way
    /// that cannot be tampered with: everything rests on it.
    #[must_use]
    pub fn vkey(&self) -> &VerifierKey {
        &self.manifest.key
    }

    /// Keys that every item is sealed to as it is taken in; empty in a vault that keeps items as
    /// they are.
    #[must_use]
    pub fn recipients(&self) -> &[SealRecipient] {
        &self.manifest.recipients
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

    /// Every acquisition (captured, received, derived), in the order of [`Vault::events`]; the
    /// same bytes may come more than once. What is sealed or erased is left out.
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn captures(&self) -> Result<impl Iterator<Item = Result<Capture, ReadError>>, ReadError> {
        let vault = self.clone();
        let mut seen = BTreeSet::new();
        let erased = self.erased()?;
        Ok(self.events()?.filter_map(move |event| {
            let event = match event {
                Ok(event) if event.entry.kind.is_item() && !event.entry.is_sealed() => event,
                Ok(_) => return None,
                Err(error) => return Some(Err(error)),
            };
            let stored = event.entry.stored.as_ref()?;
            // The same bytes given again later, with consent, are an item again.
            if erased
                .get(&stored.object)
                .is_some_and(|erases| erases.iter().any(|e| e.covers(&event)))
            {
                return None;
            }
            let capture = vault.read_capture(&event, stored, !seen.contains(&stored.object));
            if capture.is_ok() {
                seen.insert(stored.object);
            }
            Some(capture)
        }))
    }

    /// Every judgement of the vault's own log in its order, its bytes checked against the log.
    /// Those of others that came with a merge: [`Vault::judgements_of_others`].
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn judgements(
        &self,
    ) -> Result<impl Iterator<Item = Result<StoredJudgement, ReadError>>, ReadError> {
        let vault = self.clone();
        let mut number = 0;
        Ok(self.events_of(EntryKind::Judgement)?.filter_map(move |event| {
            let event = match event {
                Ok(event) if event.own => event,
                Ok(_) => return None,
                Err(error) => return Some(Err(error)),
            };
            let stored = event.entry.stored.as_ref()?;
            number += 1;
            Some(vault.read_judgement(number - 1, &event, stored))
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

    pub(crate) fn read_judgement(
        &self,
        number: u64,
        event: &Recorded,
        stored: &Stored,
    ) -> Result<StoredJudgement, ReadError> {
        let (id, log_index) = (stored.object, event.index);
        let damaged = || ReadError::Record { id, index: log_index };
        let record = self.record(event)?.ok_or_else(damaged)?;
        let acquisition = Acquisition::from_meta(&record.meta).map_err(|_| damaged())?;
        let json = String::from_utf8(self.read(&id)?).map_err(|_| ReadError::Damaged { id })?;
        Ok(StoredJudgement { number, log_index, id, recorded_at: acquisition.acquired_at, json })
    }

    pub(crate) fn read_capture(
        &self,
        event: &Recorded,
        stored: &Stored,
        first: bool,
    ) -> Result<Capture, ReadError> {
        let (id, log_index) = (stored.object, event.index);
        let damaged = || ReadError::Record { id, index: log_index };
        let record = self.record(event)?.ok_or_else(damaged)?;
        let acquisition = Acquisition::from_meta(&record.meta).map_err(|_| damaged())?;
        let item = Item {
            id,
            path: acquisition.path.clone(),
            size: stored.length,
            acquired_at: acquisition.acquired_at.clone(),
            acquired_on: acquisition.day().ok_or_else(damaged)?,
            log: event.log.clone(),
            log_index,
        };
        Ok(Capture { item, acquisition, kind: event.entry.kind.clone(), first })
    }

    /// The record behind an entry, its commitments checked.
    pub(crate) fn read_record(
        &self,
        log: &str,
        index: u64,
        entry: &Entry,
    ) -> Result<Record, ReadError> {
        let mut finder = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        match finder.find(self.storage.as_ref(), log, index, entry) {
            Ok((record, _)) => Ok(record),
            Err(NoRecord { path, why: Why::Unreadable(source) }) => {
                Err(ReadError::Io { path, source })
            }
            Err(_) => Err(match &entry.stored {
                Some(stored) => ReadError::Record { id: stored.object, index },
                None => ReadError::Facts { log: log.to_owned(), index },
            }),
        }
    }

    /// Nothing of a record stays in memory once it was erased.
    pub(crate) fn forget_records(&self) {
        let mut finder = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        *finder = RecordFinder::new(self.manifest.records);
    }
}
