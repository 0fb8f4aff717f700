//! Re-proves a whole vault: key, checkpoint, log, and the bytes and record of every item.
//! Reads only; streams, so memory stays small; uses every core.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kua_model::ItemId;

use crate::checkpoint::SignedCheckpoint;
use crate::create::read_signer_key;
use crate::disk::Disk;
use crate::entry::{Entry, EntryKind, Stored};
use crate::key::VerifierKey;
use crate::log::in_dir;
use crate::manifest::{
    LAST_SIGNED, MANIFEST, Manifest, ManifestFault, SET_ASIDE, SIGNER_KEY, TMP, log_dir,
};
use crate::record::{Acquisition, Record, object_path, record_path};
use crate::report::{Damage, Finding, VerifyReport};
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, TileKind, parse_bundle, tile_at};
use crate::verify_log::{check_log, read_checkpoint};
use crate::writer::hash_of;

/// Entries a thread takes at a time.
const SHARE: usize = 16;

/// What to check a vault against. The default checks it against itself.
#[derive(Default)]
pub struct VerifyOptions<'a> {
    /// The log's key as known from elsewhere. Whoever forges a whole vault can put another key
    /// into it, so give it whenever it is known.
    pub key: Option<VerifierKey>,
    /// Signed checkpoints of this log seen elsewhere: the vault must hold all they speak of.
    pub seen: Vec<SignedCheckpoint>,
    /// Threads to use; 0 for one per core. The report is the same for any number.
    pub threads: usize,
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
    let storage = storage.as_ref();
    let mut report = VerifyReport::default();
    let manifest = check_manifest(storage, options, &mut report);
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
    let log = check_log(storage, &dir, signed.as_ref());
    report.size = log.size;
    report.findings.extend(log.findings);
    report.notices.extend(log.notices);
    let referenced = check_items(storage, &dir, options, &mut report);
    note_leftovers(storage, &referenced, &mut report);
    report
}

fn check_manifest(
    storage: &dyn Storage,
    options: &VerifyOptions<'_>,
    report: &mut VerifyReport,
) -> Option<Manifest> {
    let what = match storage.read(MANIFEST).map(|bytes| Manifest::parse(&bytes)) {
        Ok(Ok(manifest)) => {
            let expected = options.key.as_ref().filter(|key| **key != manifest.key);
            let Some(expected) = expected else { return Some(manifest) };
            format!("the vault is that of {}, expected {expected}", manifest.key)
        }
        Ok(Err(ManifestFault::Version(found))) => {
            format!("the vault has version {found}, which this kua does not know; use a newer kua")
        }
        Ok(Err(ManifestFault::Form)) => "the file is not as kua wrote it".into(),
        Err(error) => format!("the file cannot be read: {error}"),
    };
    let affected = "the log's name and key; the rest is checked with what else is there";
    report.findings.push(vault_finding(Damage::Manifest, MANIFEST, what, affected));
    None
}

/// Checks that a signer key, if there is one, is whole and the log's own.
fn check_signer_key(
    storage: &dyn Storage,
    manifest: Option<&Manifest>,
    report: &mut VerifyReport,
) -> Option<VerifierKey> {
    storage.length(SIGNER_KEY).ok().flatten()?;
    let what = match storage.read(SIGNER_KEY).map(|bytes| read_signer_key(&bytes)) {
        Ok(Ok(signer)) => {
            let key = signer.verifier();
            if manifest.is_none_or(|m| m.key == key) {
                return Some(key);
            }
            "the key is not the one vault.json names".to_owned()
        }
        Ok(Err(error)) => format!("the key cannot be used: {error}"),
        Err(error) => format!("the key cannot be read: {error}"),
    };
    let affected = "no item; but nothing can be added until it is restored";
    report.findings.push(vault_finding(Damage::SignerKey, SIGNER_KEY, what, affected));
    None
}

/// The log's folder where no key names it: the only one there is, if there is only one.
fn only_log(storage: &dyn Storage) -> String {
    match storage.list("logs").unwrap_or_default().as_slice() {
        [one] => in_dir("logs", &one.name),
        _ => "logs".to_owned(),
    }
}

/// Verifies the published checkpoint and compares it with the one signed last and those seen.
fn check_checkpoints(
    storage: &dyn Storage,
    key: &VerifierKey,
    dir: &str,
    options: &VerifyOptions<'_>,
    report: &mut VerifyReport,
) -> Option<SignedCheckpoint> {
    let mut newest = None;
    match read_checkpoint(storage, &in_dir(dir, "checkpoint"), key) {
        Ok(signed) => newest = Some(signed),
        Err(finding) => report.findings.push(*finding),
    }
    if storage.length(LAST_SIGNED).ok().flatten().is_some() {
        match read_checkpoint(storage, LAST_SIGNED, key) {
            Ok(last) => {
                let published = newest.as_ref().map_or(0, SignedCheckpoint::size);
                if last.size() > published && newest.is_some() {
                    report.notices.push(format!(
                        "{} entries are signed, but only {published} published: an addition was \
                         interrupted in its last step, or an older checkpoint was put back. The next \
                         kua add finishes it",
                        last.size()
                    ));
                }
                compare(storage, dir, &last, newest.as_ref(), report);
                // Signed is signed: check everything the newest signature speaks of.
                if last.size() >= published {
                    newest = Some(last);
                }
            }
            Err(finding) => {
                let affected = "no item; only the memory of the last signature".to_owned();
                report.findings.push(Finding { affected, ..*finding });
            }
        }
    }
    for seen in &options.seen {
        compare(storage, dir, seen, newest.as_ref(), report);
        let have = newest.as_ref().map_or(0, SignedCheckpoint::size);
        if seen.size() > have {
            let what = format!("the log has {have} entries, but {} were signed", seen.size());
            let affected = format!("{} entries are missing from this copy", seen.size() - have);
            report.findings.push(vault_finding(
                Damage::RolledBack,
                &in_dir(dir, "checkpoint"),
                what,
                &affected,
            ));
        }
    }
    newest
}

/// Notes a fork if two signed states are not one history.
fn compare(
    storage: &dyn Storage,
    dir: &str,
    a: &SignedCheckpoint,
    b: Option<&SignedCheckpoint>,
    report: &mut VerifyReport,
) {
    let Some(b) = b else { return };
    let (old, new) = if a.size() <= b.size() { (a, b) } else { (b, a) };
    if old.size() == new.size() && old.root() == new.root() || old.size() == 0 {
        return;
    }
    // If the tiles cannot be read, the log check names the damage; a fork is only said if proved.
    let forked = old.size() == new.size()
        || root_from_tiles(storage, dir, old, new).is_some_and(|agree| !agree);
    if forked {
        let what = format!(
            "two signed states of this log, at {} and {} entries, are not one history",
            old.size(),
            new.size()
        );
        let mut finding = vault_finding(
            Damage::Forked,
            &in_dir(dir, "checkpoint"),
            what,
            "which of the two histories is true cannot be told from here",
        );
        finding.next = "keep both copies, they are evidence; ask who holds other copies".into();
        report.findings.push(finding);
    }
}

/// Whether the tiles lead to both roots; `None` unless they at least lead to the newer one.
fn root_from_tiles(
    storage: &dyn Storage,
    dir: &str,
    old: &SignedCheckpoint,
    new: &SignedCheckpoint,
) -> Option<bool> {
    let mut frontier = crate::tree::Frontier::default();
    let mut agree = None;
    for index in 0..new.size().div_ceil(TILE_WIDTH) {
        let tile = tile_at(TileKind::Hashes(0), index * TILE_WIDTH, new.size())?;
        let bytes = storage.read(&in_dir(dir, &tile.path())).ok()?;
        for hash in crate::tile::parse_hashes(&bytes, tile.width)? {
            frontier.push(hash);
            if frontier.size() == old.size() {
                agree = Some(frontier.root() == *old.root());
            }
        }
    }
    agree.filter(|_| frontier.root() == *new.root())
}

/// One entry to check, as handed to a thread.
struct Task {
    index: u64,
    entry: Entry,
    /// False if an earlier entry stores the same object.
    check_object: bool,
}

/// Hands out entries in order. Only one thread reads the log at a time, so which entry stands for
/// an object does not depend on timing.
struct Tasks<'a> {
    storage: &'a dyn Storage,
    dir: &'a str,
    size: u64,
    /// Entries the log check found changed: what they say is not to be believed.
    changed: BTreeSet<u64>,
    /// Items those entries seem to speak of.
    names: BTreeMap<u64, ItemId>,
    next: u64,
    bundle: Vec<Vec<u8>>,
    referenced: BTreeSet<ItemId>,
    findings: Vec<(u64, Finding)>,
    items: u64,
    judgements: u64,
    unknown: u64,
}

/// Checks object and record of every entry; gives back every object the log speaks of.
fn check_items(
    storage: &dyn Storage,
    dir: &str,
    options: &VerifyOptions<'_>,
    report: &mut VerifyReport,
) -> BTreeSet<ItemId> {
    let size = report.size;
    let changed = report.findings.iter().filter(|finding| finding.damage == Damage::Entries);
    let changed = changed.filter_map(|finding| finding.log_index).collect();
    let tasks = Mutex::new(Tasks {
        storage,
        dir,
        size,
        changed,
        names: BTreeMap::new(),
        next: 0,
        bundle: Vec::new(),
        referenced: BTreeSet::new(),
        findings: Vec::new(),
        items: 0,
        judgements: 0,
        unknown: 0,
    });
    let found: Mutex<Vec<(u64, Finding)>> = Mutex::default();
    let (entries, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let share = tasks.lock().unwrap_or_else(PoisonError::into_inner).take();
            if share.is_empty() {
                break;
            }
            for task in share {
                let mut findings = Vec::new();
                bytes.fetch_add(
                    check_entry(storage, &task, &mut buffer, &mut findings),
                    Ordering::Relaxed,
                );
                if !findings.is_empty() {
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    found.extend(findings.into_iter().map(|finding| (task.index, finding)));
                }
                let done = entries.fetch_add(1, Ordering::Relaxed) + 1;
                if let Some(progress) = options.progress {
                    let bytes = bytes.load(Ordering::Relaxed);
                    progress(VerifyProgress { entries: done, of: size, bytes });
                }
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if options.threads == 0 { cores } else { options.threads };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let tasks = tasks.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut all = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.extend(tasks.findings);
    // Stable: several findings of one entry stay in the order they were made.
    all.sort_by_key(|(index, _)| *index);
    for finding in &mut report.findings {
        if let (Damage::Entries, Some(index)) = (finding.damage, finding.log_index) {
            finding.item = tasks.names.get(&index).copied();
        }
    }
    report.findings.extend(all.into_iter().map(|(_, finding)| finding));
    report.items = tasks.items;
    report.judgements = tasks.judgements;
    report.unknown_entries = tasks.unknown;
    report.bytes = bytes.into_inner();
    tasks.referenced
}

impl Tasks<'_> {
    fn take(&mut self) -> Vec<Task> {
        let mut share = Vec::new();
        while share.len() < SHARE && self.next < self.size {
            let index = self.next;
            let place = usize::try_from(index % TILE_WIDTH).unwrap_or(0);
            if place == 0 {
                self.bundle = self.read_bundle(index).unwrap_or_default();
            }
            self.next += 1;
            // A bundle that cannot be read was named by the log check already.
            let Some(bytes) = self.bundle.get(place) else { continue };
            match Entry::parse(bytes) {
                Ok(entry) if self.changed.contains(&index) => self.name_changed(index, &entry),
                Err(_) if self.changed.contains(&index) => {}
                Ok(entry) => share.extend(self.task(index, entry)),
                Err(error) => {
                    let file = tile_at(TileKind::Entries, index, self.size)
                        .map_or_else(String::new, |tile| in_dir(self.dir, &tile.path()));
                    let affected = "this entry; which item it recorded cannot be told";
                    let finding =
                        vault_finding(Damage::Entries, &file, error.to_string(), affected);
                    self.findings.push((index, Finding { log_index: Some(index), ..finding }));
                }
            }
        }
        share
    }

    /// If the object a changed entry names exists, that is the item it was about.
    fn name_changed(&mut self, index: u64, entry: &Entry) {
        let Some(stored) = &entry.stored else { return };
        if let Ok(Some(_)) = self.storage.length(&object_path(&stored.object)) {
            self.names.insert(index, stored.object);
            self.referenced.insert(stored.object);
        }
    }

    fn task(&mut self, index: u64, entry: Entry) -> Option<Task> {
        let object = entry.stored.as_ref().map(|stored| stored.object);
        let check_object = object.is_some_and(|object| self.referenced.insert(object));
        match entry.kind {
            EntryKind::Capture => self.items += u64::from(check_object),
            EntryKind::Judgement => self.judgements += 1,
            EntryKind::Other(_) => self.unknown += 1,
        }
        entry.stored.is_some().then_some(Task { index, entry, check_object })
    }

    fn read_bundle(&self, index: u64) -> Option<Vec<Vec<u8>>> {
        let tile = tile_at(TileKind::Entries, index, self.size)?;
        let bytes = self.storage.read(&in_dir(self.dir, &tile.path())).ok()?;
        let entries = parse_bundle(&bytes, tile.width)?;
        Some(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}

/// Checks record, then object of one entry. Gives the bytes hashed.
fn check_entry(
    storage: &dyn Storage,
    task: &Task,
    buffer: &mut [u8],
    findings: &mut Vec<Finding>,
) -> u64 {
    let Some(stored) = &task.entry.stored else { return 0 };
    let path = match check_record(storage, stored) {
        Ok(path) => path,
        Err((damage, what)) => {
            let affected = "path, time and salt of this item; its bytes are checked separately";
            let finding = vault_finding(damage, &record_path(stored), what, affected);
            findings.push(Finding {
                log_index: Some(task.index),
                item: Some(stored.object),
                ..finding
            });
            None
        }
    };
    if !task.check_object {
        return 0;
    }
    let (damage, what, bytes) = match check_object(storage, stored, buffer) {
        Ok(bytes) => return bytes,
        Err(fault) => fault,
    };
    let affected =
        format!("this item, {} bytes; every other item is independent of it", stored.length);
    let next = "add the original file again (kua add), or restore this file from another copy";
    findings.push(Finding {
        log_index: Some(task.index),
        item: Some(stored.object),
        path,
        next: next.into(),
        ..vault_finding(damage, &object_path(&stored.object), what, &affected)
    });
    bytes
}

/// The path as added, if the record is the one the log commits to.
fn check_record(
    storage: &dyn Storage,
    stored: &Stored,
) -> Result<Option<String>, (Damage, String)> {
    let bytes = storage.read(&record_path(stored)).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => (Damage::RecordMissing, "the record is missing".to_owned()),
        _ => (Damage::Unreadable, format!("the record cannot be read: {error}")),
    })?;
    let changed = |what: String| (Damage::RecordChanged, what);
    let record =
        Record::parse(&bytes).map_err(|e| changed(format!("the record is changed: {e}")))?;
    if record.stored().as_ref() != Ok(stored) {
        return Err(changed("the record is not the one the log commits to".to_owned()));
    }
    let path = Acquisition::from_meta(&record.meta).map(|a| a.path).ok();
    Ok(path.filter(|path| !path.is_empty()))
}

/// Bytes hashed, also when the object is changed.
fn check_object(
    storage: &dyn Storage,
    stored: &Stored,
    buffer: &mut [u8],
) -> Result<u64, (Damage, String, u64)> {
    let path = object_path(&stored.object);
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            (Damage::ObjectMissing, "the bytes are missing".to_owned(), 0)
        }
        _ => (Damage::Unreadable, format!("the bytes cannot be read: {error}"), 0),
    };
    let mut reader = storage.open(&path).map_err(unreadable)?;
    let (found, length) = hash_of(&mut reader, buffer).map_err(unreadable)?;
    if length != stored.length {
        let what = format!("expected {} bytes, found {length}", stored.length);
        return Err((Damage::ObjectChanged, what, length));
    }
    if found != stored.object {
        let what = format!("the bytes were changed: their SHA-256 is {found}, not the file's name");
        return Err((Damage::ObjectChanged, what, length));
    }
    Ok(length)
}

/// Things that lie in the vault and that the log does not speak of. Harmless, but worth a line.
fn note_leftovers(storage: &dyn Storage, referenced: &BTreeSet<ItemId>, report: &mut VerifyReport) {
    let mut orphans = 0u64;
    let mut foreign = 0u64;
    for folder in storage.list("objects/sha256").unwrap_or_default() {
        for file in storage.list(&in_dir("objects/sha256", &folder.name)).unwrap_or_default() {
            match file.name.parse::<ItemId>() {
                Ok(object) if referenced.contains(&object) => {}
                Ok(_) => orphans += 1,
                Err(_) => foreign += 1,
            }
        }
    }
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
    note(foreign, "files among the objects are not kua's and were not looked at");
    note(
        unfinished as u64,
        "unfinished files in tmp/: an addition was interrupted or is going on; the next kua add clears them",
    );
    note(aside as u64, "groups of unsigned tiles in set-aside/: see docs/formats/vault.md");
}

fn vault_finding(damage: Damage, file: &str, what: String, affected: &str) -> Finding {
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
