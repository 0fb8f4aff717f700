//! Reads a source to its end and hashes it on the way. Decides nothing about what arrived.

use std::io::{self, Read};

use kua_model::{ItemId, Sha256};
use sha2::Digest as _;

use crate::preserve_error::PreserveError;
use crate::record::object_path;
use crate::storage::Access;
use crate::writer::{Writer, writing};

/// Sources up to this many bytes are hashed before anything is written.
const SMALL: usize = 1 << 20;

/// Bytes that were read to their end.
pub(crate) struct Arrived {
    pub item: ItemId,
    pub length: u64,
    /// Where they lie, unless they are few: then they are in the writer's buffer.
    pub temporary: Option<String>,
    /// They were not written, since the disk is full, but lie under the object's name already: read
    /// back and hashed.
    pub found: bool,
    /// They were encrypted a moment ago with a key of their own: nobody can have them already.
    pub fresh: bool,
}

impl Writer {
    /// Reads the source to its end; long ones go to a temporary file on the way.
    pub(crate) fn receive(&mut self, mut source: impl Read) -> Result<Arrived, PreserveError> {
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
            return Ok(Arrived { item, length, temporary: None, found: false, fresh: false });
        }
        let path = self.temporary();
        let written = self.spool(&path, source, buffer, &mut hash, &mut length);
        let full = match written {
            Ok(()) => None,
            Err(error) => {
                let _ = self.vault.storage.remove(&path);
                if !is_full(&error) || self.seals() {
                    return Err(error);
                }
                // No room for a copy, and none may be needed: read on, to know what it is.
                hash_rest(source, buffer, &mut hash, &mut length)?;
                Some(error)
            }
        };
        let item = ItemId(Sha256::from_bytes(hash.finalize().into()));
        match full {
            None => Ok(Arrived { item, length, temporary: Some(path), found: false, fresh: false }),
            Some(error) => {
                let there = self.vault.storage.length(&object_path(&item));
                let found = there.is_ok_and(|there| there == Some(length))
                    && self.object_is_sound(&item)?;
                if found {
                    Ok(Arrived { item, length, temporary: None, found, fresh: false })
                } else {
                    Err(error)
                }
            }
        }
    }

    /// Writes the full `buffer`, then the rest of the source, to a temporary file. If the disk
    /// fails, `hash` and `length` are those of all that was read until then.
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
            *length += count as u64;
            file.write_all(part).map_err(disk)?;
        }
    }
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

/// Reads the source to its end and writes nothing.
fn hash_rest(
    source: &mut impl Read,
    buffer: &mut [u8],
    hash: &mut sha2::Sha256,
    length: &mut u64,
) -> Result<(), PreserveError> {
    loop {
        let count = fill(source, buffer).map_err(|source| PreserveError::Source { source })?;
        if count == 0 {
            return Ok(());
        }
        hash.update(buffer.get(..count).unwrap_or_default());
        *length += count as u64;
    }
}

fn is_full(error: &PreserveError) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let PreserveError::Io { source, .. } = error else { return false };
    matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge)
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
