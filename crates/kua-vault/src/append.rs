//! Grows a log in memory: turns new entries into the tiles that must be written.
//! Writes nothing itself and signs nothing.

use crate::log::{Log, LogError};
use crate::tile::{TILE_WIDTH, Tile, TileKind, hashes_at, push_entry, subtree};
use crate::tree::{Node, leaf_hash, root_of_peaks};

/// The right edge of a log: every tile that is not full yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Appender {
    size: u64,
    /// By level, the hashes of the tile that is being filled; never 256 long.
    levels: Vec<Vec<Node>>,
    /// The entry bundle that is being filled.
    bundle: Vec<u8>,
}

impl Appender {
    /// The right edge of `log`. Checks that it leads to the signed root and that the last
    /// entries are those of the last tile, so that nothing wrong is ever signed anew.
    pub(crate) fn load(log: &Log) -> Result<Appender, LogError> {
        let size = log.checkpoint().size();
        let mut appender = Appender { size, ..Appender::default() };
        for level in 0..8u8 {
            let count = hashes_at(level, size);
            if count == 0 {
                break;
            }
            let filling = !count.is_multiple_of(TILE_WIDTH);
            let hashes =
                if filling { log.hash_tile(level, count - 1)?.to_vec() } else { Vec::new() };
            appender.levels.push(hashes);
        }
        if !size.is_multiple_of(TILE_WIDTH) {
            let first = size - size % TILE_WIDTH;
            let leaves = appender.levels.first().map_or(&[][..], Vec::as_slice);
            let entries = log.bundle(size / TILE_WIDTH)?;
            for ((entry, leaf), index) in entries.iter().zip(leaves).zip(first..) {
                if leaf_hash(entry) != *leaf || !push_entry(&mut appender.bundle, entry) {
                    return Err(LogError::Changed { index });
                }
            }
        }
        if appender.root() != *log.checkpoint().root() {
            return Err(LogError::Changed { index: size.saturating_sub(1) });
        }
        Ok(appender)
    }

    /// Number of entries.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Root over all entries.
    pub(crate) fn root(&self) -> Node {
        let mut peaks = Vec::new();
        for level in self.levels.iter().rev() {
            let mut rest = level.as_slice();
            while !rest.is_empty() {
                let (peak, after) = rest.split_at(1 << rest.len().ilog2());
                peaks.extend(subtree(peak));
                rest = after;
            }
        }
        root_of_peaks(&peaks)
    }

    /// Appends one entry of at most 65,535 bytes; gives each tile that became full to `write`.
    pub(crate) fn push<E>(
        &mut self,
        entry: &[u8],
        write: &mut impl FnMut(Tile, Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        // Entries are at most `MAX_ENTRY` long, far below what a bundle can hold.
        let _ = push_entry(&mut self.bundle, entry);
        let index = self.size / TILE_WIDTH;
        self.size += 1;
        if self.size.is_multiple_of(TILE_WIDTH) {
            let bundle = std::mem::take(&mut self.bundle);
            write(Tile::full(TileKind::Entries, index), bundle)?;
        }
        let mut node = Some(leaf_hash(entry));
        for level in 0..8u8 {
            let Some(hash) = node.take() else { break };
            if self.levels.len() <= usize::from(level) {
                self.levels.push(Vec::with_capacity(256));
            }
            let Some(hashes) = self.levels.get_mut(usize::from(level)) else { break };
            hashes.push(hash);
            if hashes.len() == 256 {
                node = subtree(hashes);
                let index = hashes_at(level, self.size) / TILE_WIDTH - 1;
                write(Tile::full(TileKind::Hashes(level), index), hashes.concat())?;
                hashes.clear();
            }
        }
        Ok(())
    }

    /// Gives the tiles that are not full to `write`: those a checkpoint of this size needs.
    pub(crate) fn partial<E>(
        &self,
        write: &mut impl FnMut(Tile, Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let levels = (0..8u8).zip(&self.levels).map(|(level, hashes)| {
            (TileKind::Hashes(level), hashes_at(level, self.size), hashes.concat())
        });
        let bundle = (TileKind::Entries, self.size, self.bundle.clone());
        for (kind, count, bytes) in levels.chain([bundle]) {
            if let Ok(width @ 1..) = u16::try_from(count % TILE_WIDTH) {
                write(Tile { kind, index: count / TILE_WIDTH, width }, bytes)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use super::*;
    use crate::tile::tiles_of;
    use crate::tree::Frontier;

    #[test]
    fn growing_by_one_or_by_many_gives_the_tiles_and_roots_of_the_specification() {
        for step in [1u64, 7, 255, 256, 257, 1000, 66_000] {
            let mut files: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
            let mut appender = Appender::default();
            let mut frontier = Frontier::default();
            let end = if step == 66_000 { 66_000 } else { 1100 };
            let mut write = |tile: Tile, bytes: Vec<u8>| -> Result<(), Infallible> {
                files.insert(tile, bytes);
                Ok(())
            };
            for index in 0..end {
                let entry = format!("entry {index}");
                appender.push(entry.as_bytes(), &mut write).unwrap();
                frontier.push(leaf_hash(entry.as_bytes()));
                if (index + 1) % step == 0 {
                    assert_eq!(appender.root(), frontier.root(), "size {}", index + 1);
                    appender.partial(&mut write).unwrap();
                }
            }
            appender.partial(&mut write).unwrap();
            for tile in tiles_of(end) {
                let bytes = files.get(&tile).unwrap_or_else(|| panic!("{tile} was not written"));
                if tile.kind != TileKind::Entries {
                    assert_eq!(bytes.len(), usize::from(tile.width) * 32, "{tile}");
                }
            }
        }
    }
}
