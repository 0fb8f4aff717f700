//! Reads a C2SP tlog-tiles log at one checkpoint: entries and proofs.
//! Works for any such log, ours or not. Writes nothing.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use thiserror::Error;

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::key::VerifierKey;
use crate::proof::Proof;
use crate::storage::Storage;
use crate::tile::{
    TILE_WIDTH, Tile, TileKind, hashes_at, parse_bundle, parse_hashes, subtree, tile_at,
};
use crate::tree::{self, Node, Nodes, leaf_hash};

/// Tiles kept in memory: about half a megabyte.
const CACHED: usize = 64;

/// A log on a [`Storage`], as one of its checkpoints describes it.
pub struct Log {
    storage: Arc<dyn Storage>,
    dir: String,
    checkpoint: SignedCheckpoint,
    hashes: Mutex<HashTiles>,
    bundle: Mutex<Option<(u64, Bundle)>>,
}

/// Hash tiles by level and number.
type HashTiles = BTreeMap<(u8, u64), Arc<Vec<Node>>>;

/// The entries of one bundle.
type Bundle = Arc<Vec<Vec<u8>>>;

impl Log {
    /// The log in folder `dir` (empty for the root of the storage) at its file `checkpoint`,
    /// whose signature is verified. Tiles are read only when needed.
    ///
    /// # Errors
    /// [`LogError`] if the checkpoint cannot be read or is not signed by `key`.
    pub fn open(storage: Arc<dyn Storage>, dir: &str, key: &VerifierKey) -> Result<Log, LogError> {
        let path = in_dir(dir, "checkpoint");
        let bytes = storage.read(&path).map_err(|source| LogError::reading(&path, source))?;
        Ok(Log::at(storage, dir, SignedCheckpoint::verify(&bytes, key)?))
    }

    /// The same at a checkpoint that was verified before.
    #[must_use]
    pub fn at(storage: Arc<dyn Storage>, dir: &str, checkpoint: SignedCheckpoint) -> Log {
        let (hashes, bundle) = (Mutex::default(), Mutex::default());
        Log { storage, dir: dir.to_owned(), checkpoint, hashes, bundle }
    }

    /// The checkpoint everything here refers to.
    #[must_use]
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Name of the log.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.checkpoint.checkpoint().log_name
    }

    /// The bytes of entry `index`.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`], or a bundle that is missing or damaged.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, LogError> {
        let size = self.checkpoint.size();
        let bundle = self.bundle(index / TILE_WIDTH)?;
        usize::try_from(index % TILE_WIDTH)
            .ok()
            .and_then(|place| bundle.get(place))
            .filter(|_| index < size)
            .cloned()
            .ok_or(LogError::OutOfRange { index, size })
    }

    /// All entries in order, with their numbers. After an error the iterator goes on with the
    /// next entry that can be read.
    pub fn entries(&self) -> impl Iterator<Item = Result<(u64, Vec<u8>), LogError>> + '_ {
        (0..self.checkpoint.size()).map(|index| Ok((index, self.entry(index)?)))
    }

    /// Proof that entry `index` stands in the log, checked before it is given out.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`], a tile that is missing or damaged, or [`LogError::Changed`].
    pub fn inclusion_proof(&self, index: u64) -> Result<Proof, LogError> {
        let size = self.checkpoint.size();
        let leaf = leaf_hash(&self.entry(index)?);
        let hashes = tree::inclusion_proof(self, index, size)?;
        tree::verify_inclusion(index, size, &leaf, &hashes, self.checkpoint.root())
            .map_err(|_| LogError::Changed { index })?;
        Ok(Proof { extra: None, index, hashes, checkpoint: self.checkpoint.to_text() })
    }

    /// Proof that the first `old` entries are still the beginning of the log.
    ///
    /// # Errors
    /// A tile that is missing or damaged.
    pub fn consistency_proof(&self, old: u64) -> Result<Vec<Node>, LogError> {
        tree::consistency_proof(self, old, self.checkpoint.size())
    }

    /// Root over the first `size` entries, from the tiles.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] beyond the checkpoint; a tile that is missing or damaged.
    pub fn root_at(&self, size: u64) -> Result<Node, LogError> {
        let have = self.checkpoint.size();
        if size > have {
            return Err(LogError::OutOfRange { index: size, size: have });
        }
        tree::root(self, size)
    }

    /// The hashes of the tile that holds `position` of `level`, as wide as the checkpoint says.
    pub(crate) fn hash_tile(&self, level: u8, position: u64) -> Result<Arc<Vec<Node>>, LogError> {
        let size = self.checkpoint.size();
        let tile = tile_at(TileKind::Hashes(level), position, hashes_at(level, size))
            .ok_or(LogError::OutOfRange { index: position, size })?;
        let mut cache = self.hashes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hashes) = cache.get(&(level, tile.index)) {
            return Ok(hashes.clone());
        }
        let (path, bytes) = self.tile(&tile)?;
        let wanted = usize::from(tile.width) * 32;
        let hashes = bytes.get(..wanted).and_then(|bytes| parse_hashes(bytes, tile.width));
        let hashes = Arc::new(hashes.ok_or(LogError::Damaged { path })?);
        if cache.len() >= CACHED {
            cache.clear();
        }
        cache.insert((level, tile.index), hashes.clone());
        Ok(hashes)
    }

    /// The entries of bundle `index`, as many as the checkpoint says.
    pub(crate) fn bundle(&self, index: u64) -> Result<Arc<Vec<Vec<u8>>>, LogError> {
        let size = self.checkpoint.size();
        let out_of_range = LogError::OutOfRange { index: index.saturating_mul(TILE_WIDTH), size };
        let position = index.checked_mul(TILE_WIDTH);
        let tile = position.and_then(|position| tile_at(TileKind::Entries, position, size));
        let tile = tile.ok_or(out_of_range)?;
        let mut cache = self.bundle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((cached, entries)) = cache.as_ref()
            && *cached == index
        {
            return Ok(entries.clone());
        }
        let (path, bytes) = self.tile(&tile)?;
        // The full bundle may stand in for a partial one, so both widths are right.
        let entries = parse_bundle(&bytes, tile.width).or_else(|| parse_bundle(&bytes, 256));
        let mut entries = entries.ok_or(LogError::Damaged { path })?;
        entries.truncate(usize::from(tile.width));
        let entries: Arc<Vec<Vec<u8>>> =
            Arc::new(entries.into_iter().map(<[u8]>::to_vec).collect());
        *cache = Some((index, entries.clone()));
        Ok(entries)
    }

    /// Path and bytes of a tile; a partial tile may have given way to the full one.
    fn tile(&self, tile: &Tile) -> Result<(String, Vec<u8>), LogError> {
        let path = in_dir(&self.dir, &tile.path());
        match self.storage.read(&path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound && !tile.is_full() => {
                let full = in_dir(&self.dir, &Tile::full(tile.kind, tile.index).path());
                match self.storage.read(&full) {
                    Ok(bytes) => Ok((full, bytes)),
                    Err(_) => Err(LogError::reading(&path, missing)),
                }
            }
            Err(source) => Err(LogError::reading(&path, source)),
        }
    }
}

impl Nodes for Log {
    type Error = LogError;

    fn node(&self, height: u32, index: u64) -> Result<Node, LogError> {
        let out_of_range = || LogError::OutOfRange { index, size: self.checkpoint.size() };
        let level = u8::try_from(height / 8).map_err(|_| out_of_range())?;
        let first = index << (height % 8);
        let hashes = self.hash_tile(level, first)?;
        let start = usize::try_from(first % TILE_WIDTH).map_err(|_| out_of_range())?;
        let nodes = hashes.get(start..start + (1 << (height % 8)));
        nodes.and_then(subtree).ok_or_else(out_of_range)
    }
}

/// `name` in `dir`, where the empty `dir` is the root.
pub(crate) fn in_dir(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// Why a log cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogError {
    /// A file of the log is not there.
    #[error(
        "{path} is missing: the log cannot be read there. Restore it from another copy of the vault"
    )]
    Missing {
        /// Path in the vault.
        path: String,
    },
    /// The system could not read a file.
    #[error("{path} could not be read: {source}")]
    Io {
        /// Path in the vault.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A tile has the wrong length or form.
    #[error("{path} is damaged: restore it from another copy of the vault (kua verify tells more)")]
    Damaged {
        /// Path in the vault.
        path: String,
    },
    /// The checkpoint is not accepted.
    #[error("the log's checkpoint is not accepted: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// No such entry.
    #[error("entry {index} is not in a log of {size} entries")]
    OutOfRange {
        /// Entry asked for.
        index: u64,
        /// Entries there are.
        size: u64,
    },
    /// An entry or a tile is not what was signed.
    #[error("entry {index} is not what was signed: the log was changed (kua verify tells more)")]
    Changed {
        /// Number of the entry.
        index: u64,
    },
}

impl LogError {
    pub(crate) fn reading(path: &str, source: io::Error) -> LogError {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => LogError::Missing { path },
            _ => LogError::Io { path, source },
        }
    }
}
