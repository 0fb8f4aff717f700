//! Checks object and record of every entry of one log, on every core.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use kua_model::ItemId;

use crate::arrive::hash_of;
use crate::entry::{Entry, EntryKind, Stored};
use crate::log::in_dir;
use crate::record::{Acquisition, Record, object_path, record_path};
use crate::report::{Damage, Finding, VerifyReport};
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, TileKind, parse_bundle, tile_at};
use crate::verify::{VerifyOptions, VerifyProgress, vault_finding};
use crate::verify_logs::CheckedLog;

/// Entries a thread takes at a time.
const SHARE: usize = 16;

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
    log: &'a CheckedLog,
    /// Items those entries seem to speak of.
    names: BTreeMap<u64, ItemId>,
    next: u64,
    bundle: Vec<Vec<u8>>,
    across: &'a mut Across,
    findings: Vec<(u64, Finding)>,
    items: u64,
    judgements: u64,
    events: u64,
    sealed: u64,
    erased: u64,
    unknown: u64,
}

/// What is known across all logs of a vault.
pub(crate) struct Across {
    /// Objects some log speaks of; each is checked once.
    pub referenced: BTreeSet<ItemId>,
    /// Objects of which nothing is expected, since they were erased.
    pub gone: BTreeSet<ItemId>,
    /// Items that were erased: the log that says so, whether it is an own one, and the entry.
    erased: BTreeMap<ItemId, Vec<(String, bool, u64)>>,
}

impl Across {
    pub(crate) fn of(logs: &[CheckedLog]) -> Across {
        let mut erased: BTreeMap<ItemId, Vec<(String, bool, u64)>> = BTreeMap::new();
        for log in logs {
            for (item, index) in &log.erased {
                erased.entry(*item).or_default().push((log.name.clone(), log.own, *index));
            }
        }
        Across { referenced: BTreeSet::new(), gone: BTreeSet::new(), erased }
    }

    /// Whether object and record of an entry may be gone. The same bytes given again later, in
    /// the same log, are an item again.
    fn may_be_gone(&self, item: &ItemId, log: &str, index: u64) -> bool {
        let erased = self.erased.get(item).into_iter().flatten();
        // As `Recorded::covers`: others can only withdraw what their own log took in.
        erased.into_iter().any(|(by, own, at)| if by == log { *at > index } else { *own })
    }
}

/// Checks object and record of every entry of a log.
pub(crate) fn check_items(
    storage: &dyn Storage,
    log: &CheckedLog,
    options: &VerifyOptions<'_>,
    across: &mut Across,
    report: &mut VerifyReport,
) {
    let size = log.size;
    let tasks = Mutex::new(Tasks {
        storage,
        log,
        names: BTreeMap::new(),
        next: 0,
        bundle: Vec::new(),
        across,
        findings: Vec::new(),
        items: 0,
        judgements: 0,
        events: 0,
        sealed: 0,
        erased: 0,
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
                    check_entry(storage, &task, options.quick, &mut buffer, &mut findings),
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
        if let (Damage::Entries, Some(index)) = (finding.damage, finding.log_index)
            && finding.file.starts_with(&log.dir)
        {
            finding.item = tasks.names.get(&index).copied();
        }
    }
    report.findings.extend(all.into_iter().map(|(_, finding)| finding));
    report.items += tasks.items;
    report.judgements += tasks.judgements;
    report.events += tasks.events;
    report.sealed += tasks.sealed;
    report.erased += tasks.erased;
    report.unknown_entries += tasks.unknown;
    report.bytes += bytes.into_inner();
}

impl Tasks<'_> {
    fn take(&mut self) -> Vec<Task> {
        let mut share = Vec::new();
        while share.len() < SHARE && self.next < self.log.size {
            let index = self.next;
            let place = usize::try_from(index % TILE_WIDTH).unwrap_or(0);
            if place == 0 {
                self.bundle = self.read_bundle(index).unwrap_or_default();
            }
            self.next += 1;
            // A bundle that cannot be read was named by the log check already.
            let Some(bytes) = self.bundle.get(place) else { continue };
            match Entry::parse(bytes) {
                Ok(entry) if self.log.changed.contains(&index) => self.name_changed(index, &entry),
                Err(_) if self.log.changed.contains(&index) => {}
                Ok(entry) => share.extend(self.task(index, entry)),
                Err(error) => {
                    let file = tile_at(TileKind::Entries, index, self.log.size)
                        .map_or_else(String::new, |tile| in_dir(&self.log.dir, &tile.path()));
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
            self.across.referenced.insert(stored.object);
        }
    }

    fn task(&mut self, index: u64, entry: Entry) -> Option<Task> {
        let object = entry.stored.as_ref().map(|stored| stored.object);
        let gone =
            object.is_some_and(|object| self.across.may_be_gone(&object, &self.log.name, index));
        let seen = if gone { &mut self.across.gone } else { &mut self.across.referenced };
        let is_new = object.is_some_and(|object| seen.insert(object));
        match &entry.kind {
            kind if kind.is_item() && gone => self.erased += u64::from(is_new),
            kind if kind.is_item() => {
                self.items += u64::from(is_new);
                self.sealed += u64::from(is_new && entry.is_sealed());
            }
            EntryKind::Judgement => self.judgements += 1,
            EntryKind::Other(_) => self.unknown += 1,
            _ => self.events += 1,
        }
        let concerns = !gone && entry.commitment().is_some();
        concerns.then_some(Task { index, entry, check_object: is_new })
    }

    fn read_bundle(&self, index: u64) -> Option<Vec<Vec<u8>>> {
        let tile = tile_at(TileKind::Entries, index, self.log.size)?;
        let bytes = self.storage.read(&in_dir(&self.log.dir, &tile.path())).ok()?;
        let entries = parse_bundle(&bytes, tile.width)?;
        Some(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}

/// Checks record and, if asked, object of one entry that was proved before. Gives the bytes hashed.
pub(crate) fn check_alone(
    storage: &dyn Storage,
    index: u64,
    entry: Entry,
    check_object: bool,
    buffer: &mut [u8],
    findings: &mut Vec<Finding>,
) -> u64 {
    check_entry(storage, &Task { index, entry, check_object }, false, buffer, findings)
}

/// Checks record, then object of one entry. Gives the bytes hashed.
fn check_entry(
    storage: &dyn Storage,
    task: &Task,
    quick: bool,
    buffer: &mut [u8],
    findings: &mut Vec<Finding>,
) -> u64 {
    let entry = &task.entry;
    let item = entry.stored.as_ref().map(|stored| stored.object);
    let mut path = None;
    if let Some(record) = record_path(entry) {
        match check_record(storage, &record, entry) {
            Ok(found) => path = found,
            Err((damage, what)) => {
                let affected = match item {
                    Some(_) => "path, time and salt of this item; its bytes are checked separately",
                    None => "what this entry tells of its event; that it happened stays proved",
                };
                let finding = vault_finding(damage, &record, what, affected);
                findings.push(Finding { log_index: Some(task.index), item, ..finding });
            }
        }
    }
    let Some(stored) = &entry.stored else { return 0 };
    if !task.check_object {
        return 0;
    }
    let checked =
        if quick { check_length(storage, stored) } else { check_object(storage, stored, buffer) };
    let (damage, what, bytes) = match checked {
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
    path: &str,
    entry: &Entry,
) -> Result<Option<String>, (Damage, String)> {
    let bytes = storage.read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => (Damage::RecordMissing, "the record is missing".to_owned()),
        _ => (Damage::Unreadable, format!("the record cannot be read: {error}")),
    })?;
    let changed = |what: String| (Damage::RecordChanged, what);
    let record =
        Record::parse(&bytes).map_err(|e| changed(format!("the record is changed: {e}")))?;
    if !record.fits(entry) {
        return Err(changed("the record is not the one the log commits to".to_owned()));
    }
    let path = Acquisition::from_meta(&record.meta).map(|a| a.path).ok();
    Ok(path.filter(|path| !path.is_empty()))
}

/// The object is there, and as long as it was. Hashes nothing.
fn check_length(storage: &dyn Storage, stored: &Stored) -> Result<u64, (Damage, String, u64)> {
    match storage.length(&object_path(&stored.object)) {
        Ok(Some(length)) if length == stored.length => Ok(0),
        Ok(Some(length)) => {
            let what = format!("expected {} bytes, found {length}", stored.length);
            Err((Damage::ObjectChanged, what, 0))
        }
        Ok(None) => Err((Damage::ObjectMissing, "the bytes are missing".to_owned(), 0)),
        Err(error) => Err((Damage::Unreadable, format!("the bytes cannot be read: {error}"), 0)),
    }
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
