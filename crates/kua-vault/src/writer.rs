//! The one writer of a vault: takes items and judgements in, many at a time, and signs.
//! An item is acknowledged by [`Writer::commit`], never before. The order of writes is that of
//! the contract of [`Storage`](crate::Storage).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use kua_model::{ItemId, Sha256};
use serde_json::{Map, Value};
use sha2::Digest as _;

use crate::append::Appender;
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::commitment::Salt;
use crate::create::put_file;
use crate::entry::{Entry, EntryKind, Stored};
use crate::key::SignerKey;
use crate::log::{Log, in_dir};
use crate::manifest::{LAST_SIGNED, TMP, log_dir};
use crate::preserve_error::PreserveError;
use crate::record::{Acquisition, Record, object_dir, object_path, record_dir, record_path};
use crate::storage::{Access, Lock, parent};
use crate::tile::Tile;
use crate::vault::{Vault, read_record};

/// Sources up to this many bytes are hashed before anything is written.
const SMALL: usize = 1 << 20;

/// What became of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// SHA-256 of its bytes.
    pub item: ItemId,
    /// Their number.
    pub length: u64,
    /// Whether the vault had these bytes already.
    pub already: bool,
    /// Number of the log entry this acquisition gets at the next commit; `None` if the vault
    /// already had the same bytes with the same path and source, so nothing new is recorded.
    pub log_index: Option<u64>,
}

/// The one writer. Holds the vault's lock until dropped. What was preserved since the last
/// commit is forgotten when the writer is dropped.
pub struct Writer {
    pub(crate) vault: Vault,
    pub(crate) signer: SignerKey,
    pub(crate) appender: Appender,
    pub(crate) signed: SignedCheckpoint,
    pub(crate) _lock: Box<dyn Lock>,
    pending: Vec<Pending>,
    /// Objects of `pending`, by item.
    batch: BTreeMap<ItemId, Vec<usize>>,
    /// Sorted; entries of the log by the object they store. Read when first needed.
    known: Option<Vec<(ItemId, u64)>>,
    folders: BTreeSet<String>,
    unsafe_folders: BTreeSet<String>,
    next_temporary: u64,
    stopped: bool,
    buffer: Vec<u8>,
}

/// Files written under `tmp/` that get their names at the next commit.
struct Pending {
    entry: Vec<u8>,
    kind: EntryKind,
    meta: Map<String, Value>,
    renames: Vec<(String, String)>,
}

impl Writer {
    pub(crate) fn new(
        vault: Vault,
        signer: SignerKey,
        appender: Appender,
        signed: SignedCheckpoint,
        lock: Box<dyn Lock>,
    ) -> Writer {
        Writer {
            vault,
            signer,
            appender,
            signed,
            _lock: lock,
            pending: Vec::new(),
            batch: BTreeMap::new(),
            known: None,
            folders: BTreeSet::new(),
            unsafe_folders: BTreeSet::new(),
            next_temporary: 0,
            stopped: false,
            buffer: Vec::new(),
        }
    }

    /// Takes in the bytes of `source` to its end. They count as preserved once
    /// [`Writer::commit`] has returned `Ok`. Sources of any length; memory stays small.
    ///
    /// If the vault has the same bytes already, only a new path or origin is recorded, and
    /// damaged or missing bytes are put right.
    ///
    /// # Errors
    /// [`PreserveError::Source`] if `source` fails: nothing of it is kept, and the writer goes
    /// on. [`PreserveError::Io`] if the vault's disk fails or is full: the same. After
    /// [`PreserveError::Stopped`] the writer must be dropped.
    pub fn preserve(
        &mut self,
        source: impl Read,
        acquisition: &Acquisition,
    ) -> Result<Receipt, PreserveError> {
        if acquisition.day().is_none() {
            return Err(PreserveError::Time { found: acquisition.acquired_at.clone() });
        }
        self.take(EntryKind::Capture, source, acquisition.to_meta())
    }

    /// Records a judgement: a JSON object, kept byte for byte. `recorded_at` as in
    /// [`Acquisition::acquired_at`]. Counts once [`Writer::commit`] has returned `Ok`.
    ///
    /// # Errors
    /// [`PreserveError::Judgement`] if `json` is no JSON object; else as [`Writer::preserve`].
    pub fn judge(&mut self, json: &[u8], recorded_at: &str) -> Result<Receipt, PreserveError> {
        if !matches!(serde_json::from_slice(json), Ok(Value::Object(_))) {
            return Err(PreserveError::Judgement);
        }
        let acquisition =
            Acquisition { acquired_at: recorded_at.to_owned(), ..Acquisition::default() };
        if acquisition.day().is_none() {
            return Err(PreserveError::Time { found: acquisition.acquired_at });
        }
        let meta = Map::from_iter([("acquired_at".to_owned(), Value::from(recorded_at))]);
        self.take(EntryKind::Judgement, json, meta)
    }

    /// Acquisitions and judgements taken since the last commit. For group commit: every commit
    /// costs a few disk flushes however much it covers, so thousands at a time are best.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The checkpoint of the last commit.
    #[must_use]
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.signed
    }

    /// Makes everything taken so far safe, signs it, and gives back the new checkpoint. Only
    /// now is it acknowledged. Without anything pending, the last checkpoint.
    ///
    /// # Errors
    /// [`PreserveError::Io`]: nothing of this batch is acknowledged, though some of it may turn
    /// out to be there. The writer is stopped; drop it and open a new one.
    pub fn commit(&mut self) -> Result<SignedCheckpoint, PreserveError> {
        self.check_running()?;
        if self.pending.is_empty() {
            return Ok(self.signed.clone());
        }
        // Until the end is reached, any way out leaves a writer that no longer knows what is safe.
        self.stopped = true;
        let pending = std::mem::take(&mut self.pending);
        self.batch.clear();
        let mut renames: Vec<(String, String)> = Vec::new();
        let mut tiles: Vec<(String, String)> = Vec::new();
        let mut full: Vec<Tile> = Vec::new();
        let first = self.appender.size();
        {
            let dir = log_dir(self.vault.vkey().name());
            let mut appender = std::mem::take(&mut self.appender);
            let mut write = |tile: Tile, bytes: Vec<u8>| {
                let temporary = self.temporary();
                self.write_temporary(&temporary, &bytes)?;
                if tile.is_full() {
                    full.push(tile);
                }
                tiles.push((temporary, in_dir(&dir, &tile.path())));
                Ok::<(), PreserveError>(())
            };
            for item in &pending {
                appender.push(&item.entry, &mut write)?;
            }
            appender.partial(&mut write)?;
            self.appender = appender;
        }
        let mut indexed: Vec<(ItemId, u64)> = Vec::new();
        for (item, index) in pending.into_iter().zip(first..) {
            if let Ok(Entry { stored: Some(stored), .. }) = Entry::parse(&item.entry) {
                indexed.push((stored.object, index));
            }
            renames.extend(item.renames);
        }
        let contents: Vec<String> =
            renames.iter().chain(&tiles).map(|(temporary, _)| temporary.clone()).collect();
        self.vault.storage.sync(&contents).map_err(|e| writing(TMP, e))?;
        self.give_names(&renames)?;
        self.give_names(&tiles)?;
        let signed = self.sign()?;
        self.signed = signed.clone();
        self.stopped = false;
        if let Some(known) = &mut self.known {
            known.extend(indexed);
            known.sort_unstable();
        }
        self.remove_outgrown(&full);
        Ok(signed)
    }

    fn take(
        &mut self,
        kind: EntryKind,
        source: impl Read,
        meta: Map<String, Value>,
    ) -> Result<Receipt, PreserveError> {
        self.check_running()?;
        let arrived = self.receive(source)?;
        let taken = self.file(kind, &arrived, meta);
        // Bytes that were not filed, because they are known or because something failed.
        let unused = match &taken {
            Ok((_, used)) => !used,
            Err(_) => true,
        };
        if unused && let Some(temporary) = &arrived.temporary {
            let _ = self.vault.storage.remove(temporary);
        }
        taken.map(|(receipt, _)| receipt)
    }

    /// Reads the source to its end; long ones go to a temporary file on the way.
    fn receive(&mut self, mut source: impl Read) -> Result<Arrived, PreserveError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(SMALL, 0);
        let received = self.receive_into(&mut source, &mut buffer);
        self.buffer = buffer;
        received
    }

    fn receive_into(
        &mut self,
        source: &mut impl Read,
        buffer: &mut [u8],
    ) -> Result<Arrived, PreserveError> {
        let first = fill(source, buffer).map_err(|source| PreserveError::Source { source })?;
        let start = buffer.get(..first).unwrap_or_default();
        let mut hash = sha2::Sha256::new_with_prefix(start);
        let mut length = first as u64;
        if first < SMALL {
            let item = ItemId(Sha256::from_bytes(hash.finalize().into()));
            return Ok(Arrived { item, length, temporary: None });
        }
        let path = self.temporary();
        let written = self.spool(&path, source, buffer, &mut hash, &mut length);
        if let Err(error) = written {
            let _ = self.vault.storage.remove(&path);
            return Err(error);
        }
        let item = ItemId(Sha256::from_bytes(hash.finalize().into()));
        Ok(Arrived { item, length, temporary: Some(path) })
    }

    /// Writes the full `buffer`, then the rest of the source, to a temporary file.
    fn spool(
        &self,
        path: &str,
        source: &mut impl Read,
        buffer: &mut [u8],
        hash: &mut sha2::Sha256,
        length: &mut u64,
    ) -> Result<(), PreserveError> {
        let disk = |source| writing(path, source);
        let mut file = self.vault.storage.create(path, Access::Shared).map_err(disk)?;
        file.write_all(buffer).map_err(disk)?;
        loop {
            let count = fill(source, buffer).map_err(|source| PreserveError::Source { source })?;
            let part = buffer.get(..count).unwrap_or_default();
            if part.is_empty() {
                return file.flush().map_err(disk);
            }
            hash.update(part);
            file.write_all(part).map_err(disk)?;
            *length += count as u64;
        }
    }

    /// Decides what of the arrived bytes is new, and puts it into the batch. The flag says
    /// whether the temporary file was used.
    fn file(
        &mut self,
        kind: EntryKind,
        arrived: &Arrived,
        meta: Map<String, Value>,
    ) -> Result<(Receipt, bool), PreserveError> {
        let Arrived { item, length, .. } = *arrived;
        let known = self.records_of(&item)?;
        let sound = known.in_batch || (known.in_log && self.object_is_sound(&item)?);
        let same = |(k, m): &(EntryKind, Map<String, Value>)| *k == kind && same_but_time(m, &meta);
        let recorded = known.records.iter().any(same);
        if recorded && sound {
            let receipt = Receipt { item, length, already: true, log_index: None };
            return Ok((receipt, false));
        }
        let record = Record { object: item, length, meta, salt: random_salt()? };
        let stored = record.stored().map_err(PreserveError::canonical)?;
        let entry = Entry::of(kind.clone(), stored.clone()).to_bytes();
        let entry = entry.map_err(PreserveError::entry)?;
        let bytes = record.to_bytes().map_err(PreserveError::canonical)?;
        self.folder(&record_dir(&item))?;
        self.folder(&object_dir(&item))?;
        let temporary = self.temporary();
        self.write_temporary(&temporary, &bytes)?;
        let mut renames = vec![(temporary, record_path(&stored))];
        if !sound {
            let temporary = match &arrived.temporary {
                Some(temporary) => temporary.clone(),
                None => {
                    let temporary = self.temporary();
                    let few = usize::try_from(length).ok().and_then(|n| self.buffer.get(..n));
                    if let Err(error) = self.write_temporary(&temporary, few.unwrap_or_default()) {
                        for (temporary, _) in &renames {
                            let _ = self.vault.storage.remove(temporary);
                        }
                        return Err(error);
                    }
                    temporary
                }
            };
            renames.push((temporary, object_path(&item)));
        }
        let log_index = Some(self.appender.size() + self.pending.len() as u64);
        self.batch.entry(item).or_default().push(self.pending.len());
        self.pending.push(Pending { entry, kind, meta: record.meta, renames });
        let already = known.in_log || known.in_batch;
        Ok((Receipt { item, length, already, log_index }, !sound))
    }

    /// Everything recorded of these bytes so far, in the log or in this batch.
    fn records_of(&mut self, item: &ItemId) -> Result<Known, PreserveError> {
        let mut known = Known::default();
        for place in self.batch.get(item).into_iter().flatten() {
            known.in_batch = true;
            if let Some(pending) = self.pending.get(*place) {
                known.records.push((pending.kind.clone(), pending.meta.clone()));
            }
        }
        let path = object_path(item);
        let there = self.vault.storage.length(&path).map_err(|e| writing(&path, e))?;
        // An object can lie there without an entry, after an interruption: it counts as unknown.
        if there.is_some() {
            let log = self.log();
            if self.known.is_none() {
                self.known = Some(index_by_object(&log)?);
            }
            let index = self.known.as_deref().unwrap_or_default();
            let start = index.partition_point(|(object, _)| object < item);
            for (_, place) in index.iter().skip(start).take_while(|(object, _)| object == item) {
                known.in_log = true;
                let entry = log.entry(*place)?;
                if let Ok(Entry { kind, stored: Some(stored), .. }) = Entry::parse(&entry)
                    && let Ok(record) = read_record(self.vault.storage.as_ref(), *place, &stored)
                {
                    known.records.push((kind, record.meta));
                }
            }
        }
        Ok(known)
    }

    /// Whether the stored bytes of a known item still have their hash.
    fn object_is_sound(&self, item: &ItemId) -> Result<bool, PreserveError> {
        let path = object_path(item);
        let mut reader = self.vault.storage.open(&path).map_err(|e| writing(&path, e))?;
        // A disk that cannot read them back is no place that keeps them.
        Ok(hash_of(&mut reader, &mut vec![0; 256 * 1024]).is_ok_and(|(found, _)| found == *item))
    }

    fn log(&self) -> Log {
        let dir = log_dir(self.vault.vkey().name());
        Log::at(self.vault.storage.clone(), &dir, self.signed.clone())
    }

    fn sign(&mut self) -> Result<SignedCheckpoint, PreserveError> {
        let checkpoint = Checkpoint {
            log_name: self.signer.name().to_owned(),
            size: self.appender.size(),
            root: self.appender.root(),
            extensions: Vec::new(),
        };
        let signed = checkpoint.sign(&self.signer);
        publish(&self.vault, &signed)?;
        Ok(signed)
    }

    /// Renames a group of files whose content is safe, and makes the names safe.
    fn give_names(&mut self, renames: &[(String, String)]) -> Result<(), PreserveError> {
        for (temporary, path) in renames {
            self.folder(parent(path))?;
            self.vault.storage.rename(temporary, path).map_err(|e| writing(path, e))?;
            self.unsafe_folders.insert(parent(path).to_owned());
        }
        let dirs: Vec<String> = std::mem::take(&mut self.unsafe_folders).into_iter().collect();
        self.vault.storage.sync_dirs(&dirs).map_err(|e| writing("the vault's folders", e))
    }

    /// Makes sure a folder exists; it and those above it are synced with the next names.
    fn folder(&mut self, dir: &str) -> Result<(), PreserveError> {
        if self.folders.contains(dir) {
            return Ok(());
        }
        self.vault.storage.create_dirs(dir, Access::Shared).map_err(|e| writing(dir, e))?;
        self.folders.insert(dir.to_owned());
        let mut at = dir;
        while !at.is_empty() {
            at = parent(at);
            self.unsafe_folders.insert(at.to_owned());
        }
        Ok(())
    }

    fn temporary(&mut self) -> String {
        self.next_temporary += 1;
        format!("{TMP}/{}", self.next_temporary)
    }

    fn write_temporary(&self, path: &str, bytes: &[u8]) -> Result<(), PreserveError> {
        let written = (|| {
            let mut file = self.vault.storage.create(path, Access::Shared)?;
            file.write_all(bytes)?;
            file.flush()
        })();
        written.map_err(|source| {
            let _ = self.vault.storage.remove(path);
            writing(path, source)
        })
    }

    /// Partial tiles may go once the full tile is published; failing to remove them harms nothing.
    fn remove_outgrown(&self, full: &[Tile]) {
        let dir = log_dir(self.vault.vkey().name());
        for tile in full {
            let partial = in_dir(&dir, &tile.partial_dir());
            for file in self.vault.storage.list(&partial).unwrap_or_default() {
                let _ = self.vault.storage.remove(&in_dir(&partial, &file.name));
            }
            let _ = self.vault.storage.remove(&partial);
        }
    }

    fn check_running(&self) -> Result<(), PreserveError> {
        if self.stopped { Err(PreserveError::Stopped) } else { Ok(()) }
    }
}

/// Remembers a checkpoint, then publishes it. Everything it speaks of must be safe already.
pub(crate) fn publish(vault: &Vault, signed: &SignedCheckpoint) -> Result<(), PreserveError> {
    let text = signed.to_text();
    let put = |path: &str, access| {
        put_file(vault.storage.as_ref(), path, text.as_bytes(), access)
            .map_err(|source| writing(path, source))
    };
    put(LAST_SIGNED, Access::Private)?;
    put(&in_dir(&log_dir(vault.vkey().name()), "checkpoint"), Access::Shared)
}

/// Bytes that were read to their end.
struct Arrived {
    item: ItemId,
    length: u64,
    /// Where they lie, unless they are few: then they are in the writer's buffer.
    temporary: Option<String>,
}

/// What the vault has of some bytes.
#[derive(Default)]
struct Known {
    in_log: bool,
    in_batch: bool,
    records: Vec<(EntryKind, Map<String, Value>)>,
}

fn index_by_object(log: &Log) -> Result<Vec<(ItemId, u64)>, PreserveError> {
    let mut index = Vec::new();
    for entry in log.entries() {
        let (place, bytes) = entry?;
        if let Ok(Entry { stored: Some(Stored { object, .. }), .. }) = Entry::parse(&bytes) {
            index.push((object, place));
        }
    }
    index.sort_unstable();
    Ok(index)
}

/// Whether two records differ in nothing but the time: adding a folder again is no new fact.
fn same_but_time(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let facts = |m: &Map<String, Value>| {
        let mut m = m.clone();
        m.remove("acquired_at");
        m
    };
    facts(a) == facts(b)
}

/// SHA-256 and length of everything a reader gives. `buffer` is scratch room, not empty; fresh
/// room for each of many small files would cost more than hashing them.
pub(crate) fn hash_of(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<(ItemId, u64)> {
    let mut hash = sha2::Sha256::new();
    let mut length = 0;
    loop {
        let count = match reader.read(buffer) {
            Ok(0) => return Ok((ItemId(Sha256::from_bytes(hash.finalize().into())), length)),
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        hash.update(buffer.get(..count).unwrap_or_default());
        length += count as u64;
    }
}

/// Fills `buffer` as far as the source gives; fewer bytes mean its end.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

fn random_salt() -> Result<Salt, PreserveError> {
    Salt::generate().map_err(|_| PreserveError::Random)
}

pub(crate) fn writing(path: &str, source: io::Error) -> PreserveError {
    PreserveError::Io { path: path.to_owned(), source }
}
