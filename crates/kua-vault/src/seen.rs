//! Checkpoints that came from elsewhere, or went elsewhere: `seen/<SHA-256 of the log's name>/
//! <size>.<16 digits>`, where the digits begin the SHA-256 of the checkpoint's text. They are what
//! a rolled-back or forked log is noticed by. Nothing here is ever overwritten, so two histories
//! of one log lie side by side.

use kua_model::Sha256;

use crate::checkpoint::SignedCheckpoint;
use crate::create::put_file;
use crate::key::VerifierKey;
use crate::log::{LogError, in_dir};
use crate::manifest::{SEEN, TMP};
use crate::preserve_error::PreserveError;
use crate::storage::{Access, Storage, parent};
use crate::vault::Vault;
use crate::writer::writing;

impl Vault {
    /// Every checkpoint of the log of `key` that was kept, by size; those that cannot be read or
    /// are not signed by it are left out ([`verify`](crate::verify()) names them).
    ///
    /// # Errors
    /// The system's.
    pub fn seen(&self, key: &VerifierKey) -> Result<Vec<SignedCheckpoint>, LogError> {
        let dir = seen_dir(key.name());
        let listed = self.storage.list(&dir).map_err(|e| LogError::reading(&dir, e))?;
        let read = |name: &str| {
            let bytes = self.storage.read(&in_dir(&dir, name)).ok()?;
            SignedCheckpoint::verify(&bytes, key).ok()
        };
        let mut seen: Vec<_> = listed.iter().filter_map(|file| read(&file.name)).collect();
        seen.sort_by_key(|signed| (signed.size(), *signed.root()));
        Ok(seen)
    }

    /// Keeps a checkpoint of this vault's log that is about to be given away, in a bundle, a
    /// published page or a proof: a log that is set back later is noticed by it.
    ///
    /// # Errors
    /// [`PreserveError::Busy`] while there is a writer, and the system's.
    pub fn remember_sent(&self, signed: &SignedCheckpoint) -> Result<(), PreserveError> {
        let _lock = self.lock()?;
        self.keep_seen(signed)
    }

    /// Keeps a checkpoint, unless it is kept already. The caller holds the vault's lock.
    pub(crate) fn keep_seen(&self, signed: &SignedCheckpoint) -> Result<(), PreserveError> {
        let path = seen_path(signed);
        let io = |e| writing(&path, e);
        if self.storage.length(&path).map_err(io)?.is_some() {
            // Perhaps put there by somebody who was killed before its name was safe.
            return self
                .storage
                .sync_dirs(&[parent(&path).to_owned(), SEEN.to_owned()])
                .map_err(io);
        }
        make_dirs(self.storage.as_ref(), parent(&path)).map_err(io)?;
        put_file(self.storage.as_ref(), &path, signed.to_text().as_bytes(), Access::Shared)
            .map_err(io)
    }
}

/// Makes a folder, the one for unfinished files, and their names safe.
pub(crate) fn make_dirs(storage: &dyn Storage, dir: &str) -> std::io::Result<()> {
    storage.create_dirs(TMP, Access::Private)?;
    storage.create_dirs(dir, Access::Shared)?;
    let mut above = vec![String::new()];
    let mut at = parent(dir);
    while !at.is_empty() {
        above.push(at.to_owned());
        at = parent(at);
    }
    storage.sync_dirs(&above)
}

pub(crate) fn seen_dir(log_name: &str) -> String {
    format!("{SEEN}/{}", Sha256::of(log_name.as_bytes()))
}

pub(crate) fn seen_path(signed: &SignedCheckpoint) -> String {
    let checkpoint = signed.checkpoint();
    let digest: String =
        Sha256::of(checkpoint.to_text().as_bytes()).to_string().chars().take(16).collect();
    format!("{}/{}.{digest}", seen_dir(&checkpoint.log_name), checkpoint.size)
}
