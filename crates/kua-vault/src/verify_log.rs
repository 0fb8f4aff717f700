//! Re-proves a tiled log from its entries upwards: every bundle, every hash tile of every width
//! present, and the signed root. Works for any C2SP tlog-tiles log. Reads only.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::SignedCheckpoint;
use crate::disk::Disk;
use crate::key::VerifierKey;
use crate::log::in_dir;
use crate::recover::{is_beyond, tiles_present};
use crate::report::{Damage, Finding, VerifyReport};
use crate::storage::Storage;
use crate::tile::{
    TILE_WIDTH, Tile, TileKind, hashes_at, parse_bundle, parse_hashes, subtree, tile_at,
};
use crate::tree::{Frontier, Node, leaf_hash};

const OTHER_COPY: &str = "restore it from another copy of the vault";

/// Verifies the C2SP tlog-tiles log in folder `dir` (with the file `checkpoint` in it) under its
/// verifier key: signature, entries, tiles, root. The report counts no items.
#[must_use]
pub fn verify_log(dir: &Path, key: &VerifierKey) -> VerifyReport {
    verify_log_on(&(Arc::new(Disk::new(dir)) as Arc<dyn Storage>), key)
}

/// The same on any [`Storage`].
#[must_use]
pub fn verify_log_on(storage: &Arc<dyn Storage>, key: &VerifierKey) -> VerifyReport {
    let mut report = VerifyReport {
        log_name: key.name().to_owned(),
        vkey: key.to_string(),
        ..VerifyReport::default()
    };
    let signed = match read_checkpoint(storage.as_ref(), "checkpoint", key) {
        Ok(signed) => Some(signed),
        Err(finding) => {
            report.findings.push(*finding);
            None
        }
    };
    if let Some(signed) = &signed {
        report.root = STANDARD.encode(signed.root());
    }
    let check = check_log(storage.as_ref(), "", signed.as_ref());
    report.size = check.size;
    report.findings.extend(check.findings);
    report.notices.extend(check.notices);
    report
}

/// What was found out about a log.
pub(crate) struct LogCheck {
    /// Entries of the checkpoint; without one, as many as there are.
    pub size: u64,
    pub findings: Vec<Finding>,
    pub notices: Vec<String>,
}

/// Reads and verifies a checkpoint file.
pub(crate) fn read_checkpoint(
    storage: &dyn Storage,
    path: &str,
    key: &VerifierKey,
) -> Result<SignedCheckpoint, Box<Finding>> {
    let finding = |what: String| {
        Box::new(Finding {
            damage: Damage::Checkpoint,
            file: path.to_owned(),
            log_index: None,
            item: None,
            path: None,
            what,
            affected: "nothing in this log is proved without it".into(),
            next: OTHER_COPY.into(),
        })
    };
    let bytes =
        storage.read(path).map_err(|e| finding(format!("the checkpoint cannot be read: {e}")))?;
    let signed = SignedCheckpoint::verify(&bytes, key)
        .map_err(|e| finding(format!("the checkpoint is not accepted: {e}")))?;
    // Signatures of others are not known here, but our own line must be written as we write it.
    if signed.to_text().as_bytes() == bytes {
        Ok(signed)
    } else {
        Err(finding("the checkpoint is not written as a signed note is".into()))
    }
}

/// Re-proves the log in `dir`. Without a checkpoint it compares entries and tiles with each other.
pub(crate) fn check_log(
    storage: &dyn Storage,
    dir: &str,
    signed: Option<&SignedCheckpoint>,
) -> LogCheck {
    let mut check = Check { storage, dir, findings: Vec::new(), present: BTreeMap::new() };
    let mut notices = Vec::new();
    let tiles = tiles_present(storage, dir).unwrap_or_default();
    let size = signed.map_or_else(|| apparent_size(&tiles), SignedCheckpoint::size);
    let mut beyond = 0;
    for tile in tiles {
        if is_beyond(&tile, size) {
            beyond += 1;
        } else {
            check.present.entry((tile.kind, tile.index)).or_default().push(tile.width);
        }
    }
    if beyond > 0 {
        notices.push(format!(
            "{beyond} tiles go beyond the {size} signed entries: an addition was interrupted before \
             it was signed, or an older checkpoint was put back. The next kua add keeps them aside; \
             compare with another copy if you did not expect this"
        ));
    }
    let tiles = check.leaves(size, signed);
    check.upper_levels(size, tiles);
    LogCheck { size, findings: check.findings, notices }
}

struct Check<'a> {
    storage: &'a dyn Storage,
    dir: &'a str,
    findings: Vec<Finding>,
    /// Widths present of each tile.
    present: BTreeMap<(TileKind, u64), Vec<u16>>,
}

/// What one bundle and its tile say of the same entries.
struct Leaves {
    index: u64,
    width: u16,
    from_entries: Option<Vec<Node>>,
    from_tile: Option<Vec<Node>>,
}

impl Check<'_> {
    /// Checks bundles and level-0 tiles and the root. Gives the hash of each full tile.
    fn leaves(&mut self, size: u64, signed: Option<&SignedCheckpoint>) -> Vec<Node> {
        let mut frontier = Frontier::default();
        let mut full_tiles = Vec::new();
        let mut last: Option<(Tile, Leaves, Frontier, Vec<Node>)> = None;
        let pruned = size > 0 && !self.present.keys().any(|(kind, _)| *kind == TileKind::Entries);
        if pruned {
            let affected = format!("all {size} entries; the tiles alone are checked");
            let what = "the log has no entries";
            self.find(Damage::Entries, "tile/entries", None, what.into(), affected, OTHER_COPY);
        }
        let mut sound = true;
        for index in 0..size.div_ceil(TILE_WIDTH) {
            let Some(tile) = tile_at(TileKind::Entries, index * TILE_WIDTH, size) else { break };
            let leaves = self.read_leaves(&tile, pruned);
            let chosen = match (&leaves.from_entries, &leaves.from_tile) {
                (Some(entries), Some(hashes)) if entries != hashes && tile.is_full() => {
                    // The level above tells which of the two was changed.
                    let above = self.hash_above(index, size);
                    let tile_is_right = above.is_some() && subtree(hashes) == above;
                    let entries_are_right = above.is_some() && subtree(entries) == above;
                    self.disagree(&leaves, tile_is_right, entries_are_right);
                    if tile_is_right { hashes.clone() } else { entries.clone() }
                }
                (Some(entries), _) => entries.clone(),
                (None, Some(hashes)) => hashes.clone(),
                (None, None) => {
                    sound = false;
                    Vec::new()
                }
            };
            if tile.is_full() {
                self.narrower(&tile, &chosen);
                // A lost tile has no hash; any placeholder keeps the later ones in their places.
                full_tiles.push(subtree(&chosen).unwrap_or_default());
                chosen.into_iter().for_each(|leaf| frontier.push(leaf));
            } else {
                let before = frontier.clone();
                chosen.iter().for_each(|leaf| frontier.push(*leaf));
                last = Some((tile, leaves, before, chosen));
            }
        }
        let root = signed.map(SignedCheckpoint::root);
        let mut agrees = root.is_none_or(|root| frontier.root() == *root);
        if let Some((tile, leaves, before, mut truth)) = last {
            if let (Some(entries), Some(hashes)) = (&leaves.from_entries, &leaves.from_tile)
                && entries != hashes
            {
                let mut by_tile = before;
                hashes.iter().for_each(|leaf| by_tile.push(*leaf));
                let tile_is_right = root.is_some_and(|root| by_tile.root() == *root);
                self.disagree(&leaves, tile_is_right, root.is_some() && agrees);
                agrees |= tile_is_right;
                if tile_is_right {
                    truth.clone_from(hashes);
                }
            }
            self.narrower(&tile, &truth);
        }
        if !agrees && (sound || self.findings.is_empty()) {
            let what = "entries and tiles do not lead to the signed root: the log was changed after signing";
            let affected = format!("any of the {size} entries may have been changed");
            self.find(Damage::Root, "checkpoint", None, what.into(), affected, OTHER_COPY);
        }
        full_tiles
    }

    /// Reads one bundle and the tile over it, and checks the narrower forms of both.
    fn read_leaves(&mut self, bundle: &Tile, pruned: bool) -> Leaves {
        let Tile { index, width, .. } = *bundle;
        let first = index * TILE_WIDTH;
        let range = format!("log entries {first} to {}", first + u64::from(width) - 1);
        let mut from_entries = None;
        if !pruned && let Some(bytes) = self.read(bundle, &range, Damage::Entries) {
            match parse_bundle(&bytes, width) {
                Some(entries) => {
                    from_entries = Some(entries.iter().map(|e| leaf_hash(e)).collect());
                }
                None => {
                    let what = format!(
                        "expected {width} entries, found {} bytes of another form",
                        bytes.len()
                    );
                    self.find(
                        Damage::Entries,
                        &bundle.path(),
                        Some(first),
                        what,
                        range.clone(),
                        OTHER_COPY,
                    );
                }
            }
        }
        let tile = Tile { kind: TileKind::Hashes(0), ..*bundle };
        let from_tile = self.read_hashes(&tile, &range);
        Leaves { index, width, from_entries, from_tile }
    }

    fn read_hashes(&mut self, tile: &Tile, affected: &str) -> Option<Vec<Node>> {
        let bytes = self.read(tile, affected, Damage::Tile)?;
        let hashes = parse_hashes(&bytes, tile.width);
        if hashes.is_none() {
            let what =
                format!("expected {} bytes, found {}", usize::from(tile.width) * 32, bytes.len());
            self.tile_damage(tile, what, affected);
        }
        hashes
    }

    /// Entries and tile disagree: names what was changed.
    fn disagree(&mut self, leaves: &Leaves, tile_is_right: bool, entries_are_right: bool) {
        let (Some(entries), Some(hashes)) = (&leaves.from_entries, &leaves.from_tile) else {
            return;
        };
        let first = leaves.index * TILE_WIDTH;
        let bundle = Tile { kind: TileKind::Entries, index: leaves.index, width: leaves.width };
        let tile = Tile { kind: TileKind::Hashes(0), ..bundle };
        let changed: Vec<u64> = entries
            .iter()
            .zip(hashes)
            .zip(first..)
            .filter(|((e, h), _)| e != h)
            .map(|(_, i)| i)
            .collect();
        if entries_are_right {
            let what = format!("{} hashes do not belong to their entries", changed.len());
            self.tile_damage(&tile, what, "proofs of these entries");
            return;
        }
        for index in changed {
            let what = if tile_is_right {
                "the entry is not what was signed"
            } else {
                "the entry and its hash in the tile do not agree"
            };
            let affected = "this entry; what it recorded cannot be proved from this copy";
            self.find(
                Damage::Entries,
                &bundle.path(),
                Some(index),
                what.into(),
                affected.into(),
                OTHER_COPY,
            );
        }
    }

    /// The hash that level 1 holds for level-0 tile `index`.
    fn hash_above(&self, index: u64, size: u64) -> Option<Node> {
        let tile = tile_at(TileKind::Hashes(1), index, hashes_at(1, size))?;
        let bytes = self.storage.read(&in_dir(self.dir, &tile.path())).ok()?;
        let hashes = parse_hashes(&bytes, tile.width)?;
        hashes.get(usize::try_from(index % TILE_WIDTH).ok()?).copied()
    }

    /// Checks the tiles above the leaves against the hashes of the tiles below.
    fn upper_levels(&mut self, size: u64, mut below: Vec<Node>) {
        for level in 1..8u8 {
            let count = hashes_at(level, size);
            if count == 0 {
                break;
            }
            let mut next = Vec::new();
            for (index, expected) in (0u64..).zip(below.chunks(256)) {
                let Some(tile) = tile_at(TileKind::Hashes(level), index * TILE_WIDTH, count) else {
                    break;
                };
                let affected = "proofs that pass through this tile";
                if let Some(found) = self.read_hashes(&tile, affected)
                    && found != expected
                {
                    let what = "its hashes are not those of the tiles below".into();
                    self.tile_damage(&tile, what, affected);
                }
                self.narrower_hashes(&tile, expected);
                if tile.is_full() {
                    next.extend(subtree(expected));
                }
            }
            below = next;
        }
    }

    /// Reads a tile at the width the checkpoint needs, or notes that it cannot be read.
    fn read(&mut self, tile: &Tile, affected: &str, damage: Damage) -> Option<Vec<u8>> {
        let path = tile.path();
        match self.storage.read(&in_dir(self.dir, &path)) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let what = match error.kind() {
                    std::io::ErrorKind::NotFound => "the file is missing".into(),
                    _ => format!("the file cannot be read: {error}"),
                };
                let next = if damage == Damage::Tile { REBUILD } else { OTHER_COPY };
                self.find(damage, &path, None, what, affected.to_owned(), next);
                None
            }
        }
    }

    /// Checks every narrower form of a bundle and its level-0 tile, left from earlier checkpoints.
    fn narrower(&mut self, bundle: &Tile, leaves: &[Node]) {
        for narrow in self.narrower_than(bundle) {
            let bytes = self.storage.read(&in_dir(self.dir, &narrow.path())).unwrap_or_default();
            let fits = parse_bundle(&bytes, narrow.width).is_some_and(|entries| {
                entries.iter().zip(leaves).all(|(entry, leaf)| leaf_hash(entry) == *leaf)
            });
            self.must_fit(&narrow, fits);
        }
        self.narrower_hashes(&Tile { kind: TileKind::Hashes(0), ..*bundle }, leaves);
    }

    /// Checks every narrower form of a hash tile.
    fn narrower_hashes(&mut self, tile: &Tile, hashes: &[Node]) {
        for narrow in self.narrower_than(tile) {
            let bytes = self.storage.read(&in_dir(self.dir, &narrow.path())).unwrap_or_default();
            let found = parse_hashes(&bytes, narrow.width);
            self.must_fit(&narrow, found.is_some_and(|found| hashes.starts_with(&found)));
        }
    }

    fn narrower_than(&self, tile: &Tile) -> Vec<Tile> {
        let widths = self.present.get(&(tile.kind, tile.index)).into_iter().flatten();
        let narrower = widths.filter(|width| **width < tile.width);
        narrower.map(|width| Tile { width: *width, ..*tile }).collect()
    }

    fn must_fit(&mut self, narrow: &Tile, fits: bool) {
        if !fits {
            let what = "it is not the beginning of the present tile".to_owned();
            self.tile_damage(narrow, what, "nothing signed now; checks of an older checkpoint");
        }
    }

    fn tile_damage(&mut self, tile: &Tile, what: String, affected: &str) {
        self.find(Damage::Tile, &tile.path(), None, what, affected.to_owned(), REBUILD);
    }

    fn find(
        &mut self,
        damage: Damage,
        file: &str,
        log_index: Option<u64>,
        what: String,
        affected: String,
        next: &str,
    ) {
        let file = in_dir(self.dir, file);
        let next = next.to_owned();
        let finding =
            Finding { damage, file, log_index, item: None, path: None, what, affected, next };
        self.findings.push(finding);
    }
}

const REBUILD: &str =
    "no evidence is lost, a tile holds only hashes; restore it from another copy of the vault";

/// Entries there are, judged by the bundles that exist.
fn apparent_size(tiles: &[Tile]) -> u64 {
    let ends = tiles.iter().filter(|tile| tile.kind == TileKind::Entries);
    let ends =
        ends.map(|tile| tile.index.saturating_mul(TILE_WIDTH).saturating_add(tile.width.into()));
    ends.max().unwrap_or(0)
}
