//! Names and shapes of the files of a tiled log, exactly as C2SP tlog-tiles has them.
//! Knows nothing of where files lie or how they are written.

use std::fmt;

use thiserror::Error;

use crate::tree::{Node, node_hash};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TileKind {
    /// Hashes of a level, 0 for the leaves; one level spans eight levels of the tree.
    Hashes(u8),
    /// The log entries themselves.
    Entries,
}

/// One tile: kind, number, and how many of its 256 places are filled.
///
/// ```text
/// tile/0/x001/x234/067        full tile 1,234,067 of the leaves
/// tile/1/000.p/17             the first 17 hashes of level 1
/// tile/entries/000.p/3        the first 3 entries
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    /// Hashes or entries.
    pub kind: TileKind,
    /// Number of the tile within its level.
    pub index: u64,
    /// Filled places, 1 to 256; 256 is a full tile.
    pub width: u16,
}

impl Tile {
    /// A full tile.
    #[must_use]
    pub fn full(kind: TileKind, index: u64) -> Tile {
        Tile { kind, index, width: 256 }
    }

    /// The tile's path below the log's folder, with `/` between parts.
    #[must_use]
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Whether all 256 places are filled.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == 256
    }

    /// The folder that holds the partial forms of this tile.
    #[must_use]
    pub fn partial_dir(&self) -> String {
        format!("{}.p", Tile::full(self.kind, self.index))
    }

    /// Reads a path as written by [`Tile::path`]; anything that is not exactly that form is an
    /// error, so that one tile has one name.
    ///
    /// # Errors
    /// [`TilePathError`] with the path.
    pub fn parse(path: &str) -> Result<Tile, TilePathError> {
        let tile = parse_tile(path).ok_or_else(|| TilePathError { path: path.to_owned() })?;
        if tile.to_string() == path {
            Ok(tile)
        } else {
            Err(TilePathError { path: path.to_owned() })
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// A path that names no tile.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error(
    "{path:?} is not the path of a tile (expected for example tile/0/x001/234 or tile/0/001.p/17)"
)]
pub struct TilePathError {
    /// The path as found.
    pub path: String,
}

fn parse_tile(path: &str) -> Option<Tile> {
    let (kind, number) = path.strip_prefix("tile/")?.split_once('/')?;
    let kind = if kind == "entries" {
        TileKind::Entries
    } else {
        TileKind::Hashes(kind.parse().ok().filter(|level| *level < 64)?)
    };
    let (number, width) = match number.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok().filter(|w| (1..256).contains(w))?),
        None => (number, 256),
    };
    let mut index: u64 = 0;
    for group in number.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    Some(Tile { kind, index, width })
}

/// Number of hashes a level holds in a log of `size` entries.
#[must_use]
pub fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// The tile that holds place `position` of a level with `count` filled places, as wide as
/// `count` allows. `None` if the place is not filled.
#[must_use]
pub fn tile_at(kind: TileKind, position: u64, count: u64) -> Option<Tile> {
    if position >= count {
        return None;
    }
    let index = position / TILE_WIDTH;
    let width = u16::try_from((count - index * TILE_WIDTH).min(TILE_WIDTH)).ok()?;
    Some(Tile { kind, index, width })
}

/// Every tile a log of `size` entries needs: hash tiles by level, then entry bundles.
pub fn tiles_of(size: u64) -> impl Iterator<Item = Tile> {
    let levels = (0..8u8).map(move |level| (TileKind::Hashes(level), hashes_at(level, size)));
    levels.chain([(TileKind::Entries, size)]).flat_map(|(kind, count)| {
        (0..count.div_ceil(TILE_WIDTH))
            .filter_map(move |index| tile_at(kind, index * TILE_WIDTH, count))
    })
}

/// Hash over the complete subtree of a power-of-two number of nodes. Empty input gives `None`.
#[must_use]
pub fn subtree(nodes: &[Node]) -> Option<Node> {
    let mut row = nodes.to_vec();
    while row.len() > 1 {
        row = row
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(left, right)),
                _ => None,
            })
            .collect();
    }
    row.first().copied()
}

/// The hashes of a tile file, or `None` if its length is not `width` × 32 bytes.
#[must_use]
pub fn parse_hashes(bytes: &[u8], width: u16) -> Option<Vec<Node>> {
    if bytes.len() != usize::from(width) * 32 {
        return None;
    }
    bytes.chunks_exact(32).map(|chunk| chunk.try_into().ok()).collect()
}

/// Appends one entry to a bundle: big-endian u16 length, then the entry.
/// `false`, and nothing appended, if the entry is longer than 65,535 bytes.
#[must_use]
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// The entries of a bundle, or `None` if it is cut short or goes on after the `width`-th entry.
#[must_use]
pub fn parse_bundle(bytes: &[u8], width: u16) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(usize::from(width));
    let mut rest = bytes;
    for _ in 0..width {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    rest.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let tile = Tile { kind: TileKind::Hashes(0), index: 1_234_067, width: 256 };
        assert_eq!(tile.path(), "tile/0/x001/x234/067");
        let tile = Tile { kind: TileKind::Entries, index: 0, width: 3 };
        assert_eq!(tile.path(), "tile/entries/000.p/3");
        assert_eq!(tile.partial_dir(), "tile/entries/000.p");
        let tile = Tile { kind: TileKind::Hashes(63), index: 1000, width: 255 };
        assert_eq!(tile.path(), "tile/63/x001/000.p/255");
    }

    #[test]
    fn a_path_is_read_back_and_its_ugly_twins_are_refused() {
        for path in ["tile/0/000", "tile/5/x123/x456/789.p/255", "tile/entries/x001/000.p/1"] {
            assert_eq!(Tile::parse(path).unwrap().path(), path);
        }
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/0",
            "tile/00/000",
            "tile/64/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p",
            "tile/0/000.p/",
            "tile/8/0/000",
            "tile/0/../000",
            "tile/-1/000",
            "tile/0/+01",
            "tile/0/000.p/+1",
            "TILE/0/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(Tile::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_log_of_70000_entries_has_the_tiles_of_the_specification() {
        let tiles: Vec<String> = tiles_of(70_000).map(|tile| tile.path()).collect();
        let level0: Vec<_> = tiles.iter().filter(|p| p.starts_with("tile/0/")).collect();
        assert_eq!(level0.len(), 274);
        assert_eq!(level0[273], "tile/0/273.p/112");
        let upper: Vec<_> = tiles.iter().filter(|p| p.starts_with("tile/1/")).collect();
        assert_eq!(upper, ["tile/1/000", "tile/1/001.p/17"]);
        assert!(tiles.contains(&"tile/2/000.p/1".to_owned()));
        assert_eq!(tiles.iter().filter(|p| p.starts_with("tile/entries/")).count(), 274);
        let at_256: Vec<String> = tiles_of(256).map(|tile| tile.path()).collect();
        assert_eq!(at_256, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
        assert_eq!(tiles_of(0).count(), 0);
    }

    #[test]
    fn a_bundle_cut_short_or_running_on_is_no_bundle() {
        let mut bundle = Vec::new();
        assert!(push_entry(&mut bundle, b"one"));
        assert!(push_entry(&mut bundle, b""));
        assert!(!push_entry(&mut bundle, &vec![0; 65_536]));
        assert_eq!(parse_bundle(&bundle, 2).unwrap(), [&b"one"[..], &b""[..]]);
        for cut in 0..bundle.len() {
            assert!(parse_bundle(&bundle[..cut], 2).is_none());
        }
        assert!(parse_bundle(&bundle, 1).is_none());
        assert!(parse_bundle(&bundle, 3).is_none());
    }
}
