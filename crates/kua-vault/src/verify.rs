//! Re-proves a whole vault: key, checkpoint, log, and the bytes and record of every item.
//! Reads only; streams, so memory stays small; uses every core.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kua_model::ItemId;

use crate::checkpoint::SignedCheckpoint;
use crate::disk::Disk;
use crate::key::VerifierKey;
use crate::log::in_dir;
use crate::manifest::{FORKS, SET_ASIDE, TMP, log_dir};
use crate::record_bundle::layout_of;
use crate::report::{Damage, Finding, VerifyReport};
use crate::storage::Storage;
use crate::verify_items::{Across, Pass, check_items};
use crate::verify_logs::{Place, check_logs};
use crate::verify_signed::{check_checkpoints, check_cosigner, check_manifest, check_signer_key};

/// What to check a vault against. The default checks it against itself.
#[derive(Default)]
pub struct VerifyOptions<'a> {
    /// The log's key as known from elsewhere. Whoever forges a whole vault can put another key
    /// into it, so give it whenever it is known.
    pub key: Option<VerifierKey>,
    /// Signed checkpoints of this log seen elsewhere: the vault must hold all they speak of.
    pub seen: Vec<SignedCheckpoint>,
    /// Do not hash the bytes of items, only look whether they are there and as long as they were.
    /// Weaker: a changed byte goes unnoticed. The report says so.
    pub quick: bool,
    /// Threads to use; 0 for one per core. The report is the same for any number.
    pub threads: usize,
    /// How many objects are kept in memory at once, about; 0 for 131,072. What is more is checked
    /// in further passes over the log. The report is the same for any number.
    pub at_once: u64,
    /// Called now and then, from any thread.
    pub progress: Option<&'a (dyn Fn(VerifyProgress) + Sync)>,
}

/// How far a verification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Entries done.
    pub entries: u64,
    /// Entries in the log.
    pub of: u64,
    /// Bytes hashed.
    pub bytes: u64,
}

/// Verifies the vault in folder `dir` against itself.
#[must_use]
pub fn verify(dir: &Path) -> VerifyReport {
    verify_with(&(Arc::new(Disk::new(dir)) as Arc<dyn Storage>), &VerifyOptions::default())
}

/// Verifies a vault on any [`Storage`]. Never writes.
#[must_use]
pub fn verify_with(storage: &Arc<dyn Storage>, options: &VerifyOptions<'_>) -> VerifyReport {
    let shared = storage;
    let storage = storage.as_ref();
    let mut report = VerifyReport::default();
    let manifest = check_manifest(storage, options, &mut report);
    let layout = manifest.as_ref().map(|manifest| manifest.records);
    let signer = check_signer_key(storage, manifest.as_ref(), &mut report);
    let key = options.key.clone().or_else(|| manifest.map(|m| m.key)).or(signer);
    let dir = match &key {
        Some(key) => log_dir(key.name()),
        None => only_log(storage),
    };
    let signed = key.as_ref().and_then(|key| {
        report.log_name = key.name().to_owned();
        report.vkey = key.to_string();
        check_checkpoints(storage, key, &dir, options, &mut report)
    });
    if let Some(signed) = &signed {
        report.root = STANDARD.encode(signed.root());
    }
    let own = Place { name: report.log_name.clone(), dir, signed, own: true, key: None };
    let logs = check_logs(shared, own, &mut report);
    let passes = Pass::all(logs.iter().map(|log| log.size).sum(), options.at_once);
    let mut leftovers = Leftovers::default();
    let mut found: Vec<(usize, u64, Finding)> = Vec::new();
    for pass in passes {
        let mut across = Across::of(&logs, pass);
        for (place, log) in logs.iter().enumerate() {
            // Without vault.json, what lies there tells.
            let layout = layout.unwrap_or_else(|| layout_of(storage, &log.name));
            let wrong = check_items(storage, layout, log, options, &mut across, &mut report);
            found.extend(wrong.into_iter().map(|(index, finding)| (place, index, finding)));
        }
        leftovers.look(storage, &across);
    }
    // Stable: what is wrong with one entry stays in the order it was found.
    found.sort_by_key(|(place, index, _)| (*place, *index));
    report.findings.extend(found.into_iter().map(|(.., finding)| finding));
    if options.quick {
        report.notices.push(
            "QUICK: the bytes of items were not hashed, only their presence and length checked; for everything: kua verify --deep".to_owned(),
        );
    }
    check_cosigner(storage, &mut report);
    note_leftovers(storage, &leftovers, &mut report);
    report
}

/// The log's folder where no key names it: the only one there is, if there is only one.
fn only_log(storage: &dyn Storage) -> String {
    match storage.list("logs").unwrap_or_default().as_slice() {
        [one] => in_dir("logs", &one.name),
        _ => "logs".to_owned(),
    }
}

/// Files among the objects that no log speaks of any more, or never did.
#[derive(Default)]
struct Leftovers {
    erased: u64,
    orphans: u64,
    foreign: u64,
}

impl Leftovers {
    /// Looks at the folders of one pass.
    fn look(&mut self, storage: &dyn Storage, across: &Across) {
        for folder in storage.list("objects/sha256").unwrap_or_default() {
            if !across.pass.has_folder(&folder.name) {
                continue;
            }
            for file in storage.list(&in_dir("objects/sha256", &folder.name)).unwrap_or_default() {
                match file.name.parse::<ItemId>() {
                    Ok(object) if across.referenced.contains(&object) => {}
                    Ok(object) if across.gone.contains(&object) => self.erased += 1,
                    Ok(_) => self.orphans += 1,
                    Err(_) => self.foreign += 1,
                }
            }
        }
    }
}

/// Things that lie in the vault and that the log does not speak of. Harmless, but worth a line.
fn note_leftovers(storage: &dyn Storage, leftovers: &Leftovers, report: &mut VerifyReport) {
    let Leftovers { erased, orphans, foreign } = *leftovers;
    let unfinished = storage.list(TMP).unwrap_or_default().len();
    let aside = storage.list(SET_ASIDE).unwrap_or_default().len();
    let orphan = if report.findings.iter().any(|finding| finding.damage == Damage::Entries) {
        "objects are in no readable log entry: they may belong to the damaged entries"
    } else {
        "objects are in no log entry: left by an interrupted addition, not evidence"
    };
    let mut note = |count: u64, what: &str| {
        if count > 0 {
            report.notices.push(format!("{count} {what}"));
        }
    };
    note(orphans, orphan);
    note(
        erased,
        "objects were erased by a signed entry, yet their bytes still lie here: the erasure was interrupted or a copy was put back; erase them again",
    );
    note(foreign, "files among the objects are not kua's and were not looked at");
    note(
        unfinished as u64,
        "unfinished files in tmp/: an addition was interrupted or is going on; the next kua add clears them",
    );
    let forks = storage.list(FORKS).unwrap_or_default();
    let heads =
        forks.iter().map(|log| storage.list(&in_dir(FORKS, &log.name)).map_or(0, |l| l.len()));
    note(
        heads.sum::<usize>() as u64,
        "further heads of other collectors' logs in forks/: their keys signed two histories. Both are kept, as evidence; ask that collector, and whoever holds other copies",
    );
    let erasing = storage.length(crate::manifest::ERASING).ok().flatten().is_some();
    note(
        erasing.into(),
        "erasure was begun and cut short; the next command that writes (kua add, kua erase) finishes it",
    );
    note(aside as u64, "groups of unsigned tiles in set-aside/: see docs/formats/vault.md");
}

pub(crate) fn vault_finding(damage: Damage, file: &str, what: String, affected: &str) -> Finding {
    Finding {
        damage,
        file: file.to_owned(),
        log_index: None,
        item: None,
        path: None,
        what,
        affected: affected.to_owned(),
        next: "restore it from another copy of the vault".into(),
    }
}
