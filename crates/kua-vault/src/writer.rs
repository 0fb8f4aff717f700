//! The one writer of a vault: takes items and judgements in, many at a time, and signs.
//! An item is acknowledged by [`Writer::commit`], never before. The order of writes is that of
//! the contract of [`Storage`](crate::Storage).

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use kua_model::ItemId;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::append::Appender;
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::create::put_file;
use crate::entry::Entry;
use crate::key::SignerKey;
use crate::log::{Log, in_dir};
use crate::manifest::{LAST_SIGNED, TMP, log_dir};
use crate::preserve_error::PreserveError;
use crate::record_bundle::{bundles_dir, part_path, push_line, whole_path};
use crate::seal::Recipients;
use crate::storage::{Access, Lock, parent};
use crate::tile::{TILE_WIDTH, Tile};
use crate::vault::Vault;

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
    pub(crate) pending: Vec<Pending>,
    /// Objects of `pending`, by item.
    pub(crate) batch: BTreeMap<ItemId, Vec<usize>>,
    /// Sorted; entries of the log by the object they store. Read when first needed.
    pub(crate) known: Option<Vec<(ItemId, u64)>>,
    folders: BTreeSet<String>,
    unsafe_folders: BTreeSet<String>,
    /// Files that were found in their place and that the next signature speaks of.
    relied: BTreeSet<String>,
    next_temporary: u64,
    stopped: bool,
    pub(crate) buffer: Vec<u8>,
    /// Where plain bytes lie while they are sealed; wiped when the writer is dropped.
    pub(crate) plain_room: Zeroizing<Vec<u8>>,
    /// The recipients of a vault that seals, once something was sealed.
    pub(crate) sealed_to: Option<Recipients>,
}

/// Files written under `tmp/` that get their names at the next commit, and their entry.
pub(crate) struct Pending {
    pub entry: Entry,
    pub bytes: Vec<u8>,
    /// Empty if the facts are sealed.
    pub meta: Map<String, Value>,
    /// The record's bytes, if it goes into a record bundle.
    pub record: Option<Vec<u8>>,
    pub renames: Vec<(String, String)>,
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
            relied: BTreeSet::new(),
            next_temporary: 0,
            stopped: false,
            buffer: Vec::new(),
            plain_room: Zeroizing::default(),
            sealed_to: None,
        }
    }

    /// Events taken since the last commit. For group commit: every commit
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
                appender.push(&item.bytes, &mut write)?;
            }
            appender.partial(&mut write)?;
            self.appender = appender;
        }
        for (path, bytes) in self.record_bundles(first, &pending) {
            let temporary = self.temporary();
            self.write_temporary(&temporary, &bytes)?;
            renames.push((temporary, path));
        }
        let mut indexed: Vec<(ItemId, u64)> = Vec::new();
        for (item, index) in pending.into_iter().zip(first..) {
            indexed.extend(item.entry.stored.map(|stored| (stored.object, index)));
            renames.extend(item.renames);
        }
        let staged = renames.iter().chain(&tiles).map(|(temporary, _)| temporary.clone());
        let contents: Vec<String> = staged.chain(std::mem::take(&mut self.relied)).collect();
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

    /// The record bundles of a commit whose first entry has the number `first`: path and bytes. No
    /// file of an earlier commit is written again.
    fn record_bundles(&self, first: u64, pending: &[Pending]) -> Vec<(String, Vec<u8>)> {
        let dir = bundles_dir(self.vault.vkey().name());
        let mut bundles = Vec::new();
        let (mut index, mut rest) = (first, pending);
        while !rest.is_empty() {
            let (number, start) = (index / TILE_WIDTH, index % TILE_WIDTH);
            let room = usize::try_from(TILE_WIDTH - start).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at(room.min(rest.len()));
            let mut bytes = Vec::new();
            for (entry, index) in now.iter().zip(index..) {
                if let Some(record) = &entry.record {
                    push_line(&mut bytes, index, record);
                }
            }
            if !bytes.is_empty() {
                let is_whole = now.len() as u64 == TILE_WIDTH;
                let path = if is_whole {
                    whole_path(&dir, number)
                } else {
                    part_path(&dir, number, start)
                };
                bundles.push((path, bytes));
            }
            index += now.len() as u64;
            rest = later;
        }
        bundles
    }

    pub(crate) fn log(&self) -> Log {
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
    pub(crate) fn give_names(&mut self, renames: &[(String, String)]) -> Result<(), PreserveError> {
        for (temporary, path) in renames {
            self.folder(parent(path))?;
            self.vault.storage.rename(temporary, path).map_err(|e| writing(path, e))?;
            self.unsafe_folders.insert(parent(path).to_owned());
        }
        let dirs: Vec<String> = std::mem::take(&mut self.unsafe_folders).into_iter().collect();
        self.vault.storage.sync_dirs(&dirs).map_err(|e| writing("the vault's folders", e))
    }

    /// Makes sure a folder exists; it and those above it are synced with the next names.
    pub(crate) fn folder(&mut self, dir: &str) -> Result<(), PreserveError> {
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

    /// A file that lies in its place already, written by somebody who did not come to sign for it:
    /// that it can be read says nothing of the disk, so content and name are synced before the
    /// next signature.
    pub(crate) fn rely_on(&mut self, path: &str) {
        let mut at = path;
        while !at.is_empty() {
            at = parent(at);
            self.unsafe_folders.insert(at.to_owned());
        }
        self.relied.insert(path.to_owned());
    }

    /// Files relied on that are not known to be safe yet.
    pub(crate) fn relied(&mut self) -> &mut BTreeSet<String> {
        &mut self.relied
    }

    pub(crate) fn temporary(&mut self) -> String {
        self.next_temporary += 1;
        format!("{TMP}/{}", self.next_temporary)
    }

    pub(crate) fn write_temporary(&self, path: &str, bytes: &[u8]) -> Result<(), PreserveError> {
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
    pub(crate) fn remove_outgrown(&self, full: &[Tile]) {
        let dir = log_dir(self.vault.vkey().name());
        for tile in full {
            let partial = in_dir(&dir, &tile.partial_dir());
            for file in self.vault.storage.list(&partial).unwrap_or_default() {
                let _ = self.vault.storage.remove(&in_dir(&partial, &file.name));
            }
            let _ = self.vault.storage.remove(&partial);
        }
    }

    pub(crate) fn check_running(&self) -> Result<(), PreserveError> {
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

pub(crate) fn writing(path: &str, source: io::Error) -> PreserveError {
    PreserveError::Io { path: path.to_owned(), source }
}
