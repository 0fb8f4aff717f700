//! Re-proves a part of a vault: one volume of a bundle, or only what is new since some entry.
//! The hash tiles are whole, so the signed root is recomputed; of entries, records and objects
//! what is there must be right, and what the part promises must be there. Reads only.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::bagit::Bag;
use crate::entry::Entry;
use crate::log::{Log, in_dir};
use crate::manifest::log_dir;
use crate::record::{object_path, record_path};
use crate::record_bundle::{RecordBundle, RecordLayout};
use crate::report::{Damage, VerifyReport};
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, TileKind, parse_hashes, tile_at};
use crate::tree::{Frontier, Node, leaf_hash};
use crate::vault::Vault;
use crate::verify::vault_finding;
use crate::verify_items::{Task, check_entry, odd_files};

/// Which part of a bundle a bag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// First entry of the own log that it holds with its objects.
    pub since: u64,
    /// Which volume, from 1.
    pub volume: u64,
    /// Of how many.
    pub volumes: u64,
}

impl Part {
    /// Whether the bag holds everything.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.since == 0 && self.volumes == 1
    }
}

impl Bag {
    /// What `bag-info.txt` says of this bag as a bundle of kua; everything, if it says nothing.
    #[must_use]
    pub fn part(&self) -> Part {
        let text = self.container().read(&self.inside("bag-info.txt"), 1 << 20).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let value = |label: &str| {
            text.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(": "))
        };
        let since = value("Kua-Entries").and_then(|range| range.split("..").next()?.parse().ok());
        let count = value("Bag-Count").and_then(|count| {
            let (volume, volumes) = count.split_once(" of ")?;
            Some((volume.parse().ok()?, volumes.parse().ok()?))
        });
        let (volume, volumes) = count.unwrap_or((1, 1));
        Part { since: since.unwrap_or(0), volume, volumes }
    }
}

/// Verifies the part of a vault on `storage`.
#[must_use]
pub fn verify_part(storage: &Arc<dyn Storage>, part: &Part) -> VerifyReport {
    let mut report = VerifyReport::default();
    let fail = |report: &mut VerifyReport, what: String| {
        let affected = "nothing in this part is proved without it";
        report.findings.push(vault_finding(Damage::Checkpoint, "checkpoint", what, affected));
    };
    let vault = match Vault::open_on(storage.clone()) {
        Ok(vault) => vault,
        Err(error) => {
            fail(&mut report, error.to_string());
            return report;
        }
    };
    report.log_name = vault.vkey().name().to_owned();
    report.vkey = vault.vkey().to_string();
    let (own, merged) = (vault.log(), vault.merged());
    let (own, merged) = match (own, merged) {
        (Ok(own), Ok(merged)) => (own, merged),
        (Err(error), _) | (_, Err(error)) => {
            fail(&mut report, error.to_string());
            return report;
        }
    };
    report.root = STANDARD.encode(own.checkpoint().root());
    report.notices.push(format!(
        "This is a part: entries {}..{}, volume {} of {}. What it holds was checked; a vault that holds the rest takes it in with kua merge.",
        part.since,
        own.checkpoint().size(),
        part.volume,
        part.volumes
    ));
    let mut logs = vec![(own, part.volumes == 1)];
    for state in merged.into_values() {
        match vault.log_of(&state.key) {
            Ok(log) => logs.push((log, false)),
            Err(error) => fail(&mut report, error.to_string()),
        }
    }
    let mut seen = BTreeSet::new();
    for (log, must_be_whole) in &logs {
        check_log_part(&vault, log, part, *must_be_whole, &mut seen, &mut report);
    }
    report
}

fn check_log_part(
    vault: &Vault,
    log: &Log,
    part: &Part,
    must_be_whole: bool,
    seen: &mut BTreeSet<String>,
    report: &mut VerifyReport,
) {
    let (storage, layout, since) = (vault.storage.as_ref(), vault.manifest.records, part.since);
    let size = log.checkpoint().size();
    let dir = log_dir(log.name());
    let Some(leaves) = leaves(storage, &dir, size) else {
        let what = "hash tiles are missing or damaged".to_owned();
        let affected = "nothing in this log is proved without them";
        report.findings.push(vault_finding(Damage::Tile, &in_dir(&dir, "tile"), what, affected));
        return;
    };
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    if frontier.root() != *log.checkpoint().root() {
        let what = "the hash tiles do not lead to the signed root".to_owned();
        let affected = "nothing in this log is proved";
        report.findings.push(vault_finding(Damage::Root, &in_dir(&dir, "tile"), what, affected));
        return;
    }
    let mut buffer = vec![0; 256 * 1024];
    let mut records: Option<(u64, Arc<RecordBundle>)> = None;
    for (index, leaf) in (0..size).zip(&leaves) {
        let bytes = match log.entry(index) {
            Ok(bytes) => bytes,
            Err(_) if index < since || !must_be_whole => continue,
            Err(error) => {
                let file = in_dir(&dir, "tile/entries");
                let affected = "this entry and its item";
                let what = format!("entry {index}: {error}");
                report.findings.push(vault_finding(Damage::Entries, &file, what, affected));
                continue;
            }
        };
        if leaf_hash(&bytes) != *leaf {
            let file = in_dir(&dir, "tile/entries");
            let what = format!("entry {index} is not as signed");
            let affected = "this entry and its item";
            report.findings.push(vault_finding(Damage::Entries, &file, what, affected));
            continue;
        }
        report.size += 1;
        let Ok(entry) = Entry::parse(&bytes) else { continue };
        let number = index / TILE_WIDTH;
        let is_next = records.as_ref().is_none_or(|(of, _)| *of != number);
        if layout == RecordLayout::Bundled && is_next {
            let bundle = RecordBundle::read(storage, log.name(), number);
            report.findings.extend(odd_files(&bundle));
            records = Some((number, Arc::new(bundle)));
        }
        let is_there = |path: &str| storage.length(path).is_ok_and(|length| length.is_some());
        let object = entry.stored.as_ref().map(|stored| object_path(&stored.object));
        let object_is_here = object.as_deref().is_some_and(is_there);
        let records = records.as_ref().map(|(_, bundle)| bundle.clone());
        let (record_is_here, check_record) = match &records {
            // Of several volumes, one holds the records of a stretch and others its objects.
            Some(bundle) => {
                let is_here = bundle.line(index).is_some();
                (is_here, is_here || index >= since && !bundle.files().is_empty())
            }
            None => (record_path(&entry).as_deref().is_some_and(is_there), true),
        };
        // Withdrawn items are in no bundle, so what is absent may be absent rightly: the side
        // that takes the part in knows, and demands the rest.
        if object_is_here || record_is_here {
            let is_new = object.is_none_or(|object| seen.insert(object));
            let check_object = is_new && (object_is_here || part.volumes == 1);
            report.items += u64::from(entry.kind.is_item() && check_object);
            let task = Task { index, entry, check_record, check_object, records };
            report.bytes += check_entry(storage, &task, false, &mut buffer, &mut report.findings);
        }
    }
}

/// The leaf hashes of a log, from its lowest tiles.
fn leaves(storage: &dyn Storage, dir: &str, size: u64) -> Option<Vec<Node>> {
    let mut leaves = Vec::new();
    for index in 0..size.div_ceil(TILE_WIDTH) {
        let tile = tile_at(TileKind::Hashes(0), index * TILE_WIDTH, size)?;
        let bytes = storage.read(&in_dir(dir, &tile.path())).ok()?;
        leaves.extend(parse_hashes(&bytes, tile.width)?);
    }
    Some(leaves)
}
