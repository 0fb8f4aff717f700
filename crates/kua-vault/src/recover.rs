//! Opens the writer: takes the lock, finishes or sets aside what an interrupted one left, and
//! refuses to sign where the log was set back or has two histories. Signs notes beside the log.

use std::collections::BTreeSet;
use std::io;

use crate::append::Appender;
use crate::checkpoint::SignedCheckpoint;
use crate::create::read_signer_key;
use crate::key::SignerKey;
use crate::log::{Log, LogError, in_dir};
use crate::manifest::{FORKS, LAST_SIGNED, PRIVATE, SET_ASIDE, SIGNER_KEY, TMP, log_dir};
use crate::note::Note;
use crate::preserve_error::PreserveError;
use crate::record_bundle::{bundles_dir, bundles_present};
use crate::storage::{Access, Lock, Storage, parent};
use crate::tile::{TILE_WIDTH, Tile, TileKind, hashes_at};
use crate::vault::Vault;
use crate::writer::{Writer, publish, writing};

impl Vault {
    /// The one writer of this vault. Finishes first what an interrupted writer had signed.
    ///
    /// # Errors
    /// [`PreserveError::Busy`] if there is a writer already; [`PreserveError::RolledBack`] or
    /// [`PreserveError::Forked`] if signing would give the log a second history.
    pub fn writer(&self) -> Result<Writer, PreserveError> {
        self.writer_after(&[])
    }

    /// The same, but compares with checkpoints of this log seen elsewhere (published pages,
    /// another copy) first: an old image of the whole disk cannot notice by itself that it is old.
    ///
    /// # Errors
    /// As [`Vault::writer`].
    pub fn writer_after(&self, seen: &[SignedCheckpoint]) -> Result<Writer, PreserveError> {
        let lock = self.lock()?;
        self.after_rotation()?.writer_under(lock, seen)
    }

    fn writer_under(
        &self,
        lock: Box<dyn Lock>,
        seen: &[SignedCheckpoint],
    ) -> Result<Writer, PreserveError> {
        let signer = self.signer_key()?;
        let (log, is_published) = self.newest_signed()?;
        if is_published {
            // Perhaps by somebody who was killed before its name was safe; what it speaks of was
            // safe before. Whoever finds everything done relies on it without signing anew.
            let dirs = [PRIVATE.to_owned(), log_dir(self.vkey().name())];
            self.storage.sync_dirs(&dirs).map_err(|e| writing("the log's folder", e))?;
        } else {
            publish(self, log.checkpoint())?;
        }
        let kept = self.seen(self.vkey())?;
        for checkpoint in seen.iter().chain(&kept) {
            agrees(&log, checkpoint)?;
        }
        let appender = Appender::load(&log)?;
        let signed = log.checkpoint().clone();
        self.storage.create_dirs(TMP, Access::Private).map_err(|e| writing(TMP, e))?;
        set_aside(self, signed.size())?;
        for file in self.storage.list(TMP).map_err(|e| writing(TMP, e))? {
            let path = in_dir(TMP, &file.name);
            self.storage.remove(&path).map_err(|e| writing(&path, e))?;
        }
        self.finish_erasing()?;
        Ok(Writer::new(self.clone(), signer, appender, signed, lock))
    }

    /// Whether the log goes on from everything that was signed before: by the memory of this copy,
    /// and by checkpoints that came from elsewhere or went there. Reads a few files, writes none.
    ///
    /// # Errors
    /// [`PreserveError::RolledBack`] and [`PreserveError::Forked`], as a writer would refuse; and
    /// what keeps them from being read.
    pub fn check_history(&self) -> Result<(), PreserveError> {
        let (log, _) = self.newest_signed()?;
        self.seen(self.vkey())?.iter().try_for_each(|checkpoint| agrees(&log, checkpoint))
    }

    /// How many further heads of other collectors' logs are kept: each is a second history that
    /// the key of that log signed.
    #[must_use]
    pub fn further_heads(&self) -> usize {
        let list = |dir: &str| self.storage.list(dir).unwrap_or_default();
        list(FORKS).iter().map(|log| list(&in_dir(FORKS, &log.name)).len()).sum()
    }

    /// A signed note (C2SP signed-note) of `text` by the key of the log.
    ///
    /// # Errors
    /// [`PreserveError::NoSignerKey`] if this copy of the vault has none;
    /// [`PreserveError::SignerKey`] and [`PreserveError::OtherSignerKey`] if it cannot be used.
    pub fn sign(&self, text: &str) -> Result<Note, PreserveError> {
        Ok(Note::sign(text, &[&self.signer_key()?]))
    }

    pub(crate) fn signer_key(&self) -> Result<SignerKey, PreserveError> {
        let bytes = self.storage.read(SIGNER_KEY).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => PreserveError::NoSignerKey,
            _ => PreserveError::Log(LogError::reading(SIGNER_KEY, source)),
        })?;
        let signer = read_signer_key(&bytes).map_err(PreserveError::SignerKey)?;
        if signer.verifier() != *self.vkey() {
            return Err(PreserveError::OtherSignerKey {
                expected: self.vkey().name().to_owned(),
                found: signer.name().to_owned(),
            });
        }
        Ok(signer)
    }

    /// The log at the newest checkpoint that was signed here, and whether that is published. Between remembering a signature and
    /// publishing it lies one rename; an interruption there can be finished, since everything the
    /// signature speaks of was safe before it was made.
    fn newest_signed(&self) -> Result<(Log, bool), PreserveError> {
        let log = self.log()?;
        let Some(last) = self.last_signed()? else { return Ok((log, true)) };
        let published = log.checkpoint().size();
        if last.size() <= published {
            agrees(&log, &last)?;
            return Ok((log, true));
        }
        let ahead = Log::at(self.storage.clone(), &log_dir(self.vkey().name()), last.clone());
        let complete = Appender::load(&ahead).is_ok()
            && ahead.root_at(published).is_ok_and(|root| root == *log.checkpoint().root());
        if !complete {
            return Err(PreserveError::RolledBack { found: published, signed: last.size() });
        }
        Ok((ahead, false))
    }

    /// The checkpoint this vault signed last; `None` if it has no memory of one.
    pub(crate) fn last_signed(&self) -> Result<Option<SignedCheckpoint>, PreserveError> {
        match self.storage.read(LAST_SIGNED) {
            Ok(bytes) => SignedCheckpoint::verify(&bytes, self.vkey())
                .map(Some)
                .map_err(PreserveError::LastSigned),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(PreserveError::Log(LogError::reading(LAST_SIGNED, source))),
        }
    }
}

/// Checks that `seen` is a beginning of `log`.
fn agrees(log: &Log, seen: &SignedCheckpoint) -> Result<(), PreserveError> {
    let (found, signed) = (log.checkpoint().size(), seen.size());
    if signed > found {
        return Err(PreserveError::RolledBack { found, signed });
    }
    if seen.checkpoint().log_name != log.checkpoint().checkpoint().log_name
        || log.root_at(signed)? != *seen.root()
    {
        return Err(PreserveError::Forked { size: signed });
    }
    Ok(())
}

/// Moves tiles and record bundles beyond the signed size out of the way. They are left by an
/// interrupted commit, or by somebody who put an older checkpoint back: never deleted, since they
/// may be evidence. Bundles must go, or they would stand beside those of later commits.
fn set_aside(vault: &Vault, size: u64) -> Result<(), PreserveError> {
    let storage = vault.storage.as_ref();
    let dir = log_dir(vault.vkey().name());
    let tiles = tiles_present(storage, &dir).map_err(|e| writing(&dir, e))?;
    let tiles = tiles.into_iter().filter(|tile| is_beyond(tile, size));
    let mut beyond: Vec<(String, String)> =
        tiles.map(|tile| (in_dir(&dir, &tile.path()), tile.path())).collect();
    let records = bundles_dir(vault.vkey().name());
    let bundles = bundles_present(storage, &records).map_err(|e| writing(&records, e))?;
    for (path, number, start) in bundles {
        if number.saturating_mul(TILE_WIDTH).saturating_add(start) >= size {
            beyond.push((path.clone(), path));
        }
    }
    if beyond.is_empty() {
        return Ok(());
    }
    let taken = storage.list(SET_ASIDE).map_err(|e| writing(SET_ASIDE, e))?;
    let free = (0u64..).map(|n| format!("{size}-{n}"));
    let free = free.into_iter().find(|name| taken.iter().all(|listed| listed.name != *name));
    let target = in_dir(SET_ASIDE, &free.unwrap_or_default());
    // Safe before anything is written in their place: none may come back after a power cut.
    let mut folders = BTreeSet::new();
    for (from, path) in beyond {
        let to = in_dir(&target, &path);
        folders.insert(parent(&from).to_owned());
        let mut at = to.as_str();
        while !at.is_empty() {
            at = parent(at);
            folders.insert(at.to_owned());
        }
        let moved = storage
            .create_dirs(parent(&to), Access::Shared)
            .and_then(|()| storage.rename(&from, &to));
        moved.map_err(|e| writing(&to, e))?;
    }
    let folders: Vec<String> = folders.into_iter().collect();
    storage.sync_dirs(&folders).map_err(|e| writing(SET_ASIDE, e))
}

/// Whether a log of `size` entries has no use for a tile, at no checkpoint up to `size`.
pub(crate) fn is_beyond(tile: &Tile, size: u64) -> bool {
    let count = match tile.kind {
        TileKind::Hashes(level) => hashes_at(level, size),
        TileKind::Entries => size,
    };
    let end =
        tile.index.checked_mul(TILE_WIDTH).map(|start| start.saturating_add(tile.width.into()));
    end.is_none_or(|end| end > count)
}

/// Every tile in a log's folder, sorted. Other files are passed over.
pub(crate) fn tiles_present(storage: &dyn Storage, dir: &str) -> io::Result<Vec<Tile>> {
    let mut tiles = Vec::new();
    let mut folders = vec!["tile".to_owned()];
    while let Some(folder) = folders.pop() {
        for listed in storage.list(&in_dir(dir, &folder))? {
            let path = in_dir(&folder, &listed.name);
            if listed.is_dir {
                folders.push(path);
            } else {
                tiles.extend(Tile::parse(&path).ok());
            }
        }
    }
    tiles.sort_unstable();
    Ok(tiles)
}
