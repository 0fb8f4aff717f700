//! Checks object and record of every entry of one log, on every core.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kua_model::ItemId;

use crate::arrive::hash_of;
use crate::entry::{Entry, EntryKind, Stored};
use crate::log::in_dir;
use crate::record::{Acquisition, Record, object_path, record_path};
use crate::record_bundle::{
    BundleFile, NoRecord, RecordBundle, RecordFinder, RecordLayout, Why, find_single,
};
use crate::report::{Damage, Finding, VerifyReport};
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, TileKind, parse_bundle, tile_at};
use crate::verify::{VerifyOptions, VerifyProgress, vault_finding};
use crate::verify_logs::CheckedLog;

/// Entries a thread takes at a time.
const SHARE: usize = 16;

/// One entry to check, as handed to a thread.
pub(crate) struct Task {
    pub index: u64,
    pub entry: Entry,
    /// Whether its record, if it has one, is expected here.
    pub check_record: bool,
    /// False if an earlier entry stores the same object.
    pub check_object: bool,
    /// The record bundle it should be in, where records lie in bundles.
    pub records: Option<Arc<RecordBundle>>,
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
    layout: RecordLayout,
    records: Option<Arc<RecordBundle>>,
    across: &'a mut Across,
    findings: Vec<(u64, Finding)>,
    items: u64,
    judgements: u64,
    events: u64,
    sealed: u64,
    erased: u64,
    unknown: u64,
}

/// Objects that one pass keeps in memory, unless told otherwise.
const AT_ONCE: u64 = 1 << 17;

/// One look at all entries. What a vault holds is kept in memory only for the objects whose names
/// begin with a byte of the pass, so that memory does not grow with the number of items. The
/// first pass does all that does not concern objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass {
    number: u64,
    of: u64,
}

impl Pass {
    /// The passes for so many entries.
    pub(crate) fn all(entries: u64, at_once: u64) -> impl Iterator<Item = Pass> {
        let wanted = entries.div_ceil(if at_once == 0 { AT_ONCE } else { at_once });
        let of = wanted.clamp(1, 256).next_power_of_two();
        (0..of).map(move |number| Pass { number, of })
    }

    fn is_first(self) -> bool {
        self.number == 0
    }

    fn has(self, first_byte: u8) -> bool {
        u64::from(first_byte) * self.of / 256 == self.number
    }

    /// Whether the objects of this folder are looked at; of folders that are not ours, once.
    pub(crate) fn has_folder(self, name: &str) -> bool {
        u8::from_str_radix(name, 16).map_or(self.is_first(), |byte| self.has(byte))
    }

    /// Whether an entry with these bytes may be about an object of this pass.
    fn may_have(self, entry: &[u8]) -> bool {
        let text = std::str::from_utf8(entry).unwrap_or_default();
        // Any member of that name: in members of a later kua there may be others.
        let mut objects = text.split("\"object\":\"").skip(1).filter_map(|rest| rest.get(..2));
        self.is_first() || objects.any(|digits| self.has_folder(digits))
    }
}

/// What is known across all logs of a vault.
pub(crate) struct Across {
    pub pass: Pass,
    /// Objects of the pass that some log speaks of; each is checked once.
    pub referenced: BTreeSet<ItemId>,
    /// Objects of which nothing is expected, since they were erased.
    pub gone: BTreeSet<ItemId>,
    /// Items that were erased: the log that says so, whether it is an own one, and the entry.
    erased: BTreeMap<ItemId, Vec<(String, bool, u64)>>,
}

impl Across {
    pub(crate) fn of(logs: &[CheckedLog], pass: Pass) -> Across {
        let mut erased: BTreeMap<ItemId, Vec<(String, bool, u64)>> = BTreeMap::new();
        for log in logs {
            for (item, index) in &log.erased {
                erased.entry(*item).or_default().push((log.name.clone(), log.own, *index));
            }
        }
        Across { pass, referenced: BTreeSet::new(), gone: BTreeSet::new(), erased }
    }

    /// Whether object and record of an entry may be gone. The same bytes given again later, in
    /// the same log, are an item again.
    fn may_be_gone(&self, item: &ItemId, log: &str, index: u64) -> bool {
        let erased = self.erased.get(item).into_iter().flatten();
        // As `Recorded::covers`: others can only withdraw what their own log took in.
        erased.into_iter().any(|(by, own, at)| if by == log { *at > index } else { *own })
    }
}

/// Checks object and record of every entry of a log. Gives what is wrong with the number of the
/// entry; several findings of one entry are in order, entries are not.
pub(crate) fn check_items(
    storage: &dyn Storage,
    layout: RecordLayout,
    log: &CheckedLog,
    options: &VerifyOptions<'_>,
    across: &mut Across,
    report: &mut VerifyReport,
) -> Vec<(u64, Finding)> {
    let (size, pass) = (log.size, across.pass);
    let tasks = Mutex::new(Tasks {
        storage,
        log,
        names: BTreeMap::new(),
        next: 0,
        bundle: Vec::new(),
        layout,
        records: None,
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
                    let entries = (pass.number * size + done.min(size)) / pass.of;
                    progress(VerifyProgress { entries, of: size, bytes });
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
    for finding in &mut report.findings {
        if let (Damage::Entries, Some(index)) = (finding.damage, finding.log_index)
            && finding.file.starts_with(&log.dir)
        {
            finding.item = tasks.names.get(&index).copied().or(finding.item);
        }
    }
    for (index, finding) in &mut all {
        // Later passes read no records, unless something is wrong.
        if !pass.is_first() && finding.path.is_none() {
            finding.path = path_of(storage, layout, log, *index);
        }
    }
    report.items += tasks.items;
    report.judgements += tasks.judgements;
    report.events += tasks.events;
    report.sealed += tasks.sealed;
    report.erased += tasks.erased;
    report.unknown_entries += tasks.unknown;
    report.bytes += bytes.into_inner();
    all
}

impl Tasks<'_> {
    fn take(&mut self) -> Vec<Task> {
        let mut share = Vec::new();
        while share.len() < SHARE && self.next < self.log.size {
            let index = self.next;
            let place = usize::try_from(index % TILE_WIDTH).unwrap_or(0);
            if place == 0 {
                self.bundle = self.read_bundle(index).unwrap_or_default();
                self.records =
                    if self.across.pass.is_first() { self.read_records(index) } else { None };
            }
            self.next += 1;
            // A bundle that cannot be read was named by the log check already.
            let Some(bytes) = self.bundle.get(place) else { continue };
            if !self.across.pass.may_have(bytes) {
                continue;
            }
            match Entry::parse(bytes) {
                Ok(entry) if self.log.changed.contains(&index) => self.name_changed(index, &entry),
                Err(_) if self.log.changed.contains(&index) => {}
                Ok(entry) => share.extend(self.task(index, entry)),
                Err(_) if !self.across.pass.is_first() => {}
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
            let first = stored.object.0.as_bytes().first();
            if first.is_some_and(|byte| self.across.pass.has(*byte)) {
                self.across.referenced.insert(stored.object);
            }
        }
    }

    fn task(&mut self, index: u64, entry: Entry) -> Option<Task> {
        let pass = self.across.pass;
        let object = entry.stored.as_ref().map(|stored| stored.object);
        let gone =
            object.is_some_and(|object| self.across.may_be_gone(&object, &self.log.name, index));
        let seen = if gone { &mut self.across.gone } else { &mut self.across.referenced };
        let in_pass =
            object.filter(|object| object.0.as_bytes().first().is_some_and(|b| pass.has(*b)));
        let is_new = in_pass.is_some_and(|object| seen.insert(object));
        let once = u64::from(pass.is_first());
        match &entry.kind {
            kind if kind.is_item() && gone => self.erased += u64::from(is_new),
            kind if kind.is_item() => {
                self.items += u64::from(is_new);
                self.sealed += u64::from(is_new && entry.is_sealed());
            }
            EntryKind::Judgement => self.judgements += once,
            EntryKind::Other(_) => self.unknown += once,
            _ => self.events += once,
        }
        let concerns = !gone && entry.commitment().is_some();
        let (check_record, check_object) = (pass.is_first(), is_new);
        let records = self.records.clone();
        let task = Task { index, entry, check_record, check_object, records };
        (concerns && (check_record || check_object)).then_some(task)
    }

    fn read_records(&mut self, index: u64) -> Option<Arc<RecordBundle>> {
        if self.layout == RecordLayout::Single {
            return None;
        }
        let bundle = RecordBundle::read(self.storage, &self.log.name, index / TILE_WIDTH);
        self.findings.extend(odd_files(&bundle).into_iter().map(|finding| (index, finding)));
        Some(Arc::new(bundle))
    }

    fn read_bundle(&self, index: u64) -> Option<Vec<Vec<u8>>> {
        read_bundle(self.storage, self.log, index)
    }
}

/// The entries of the bundle that holds entry `index`.
fn read_bundle(storage: &dyn Storage, log: &CheckedLog, index: u64) -> Option<Vec<Vec<u8>>> {
    let tile = tile_at(TileKind::Entries, index, log.size)?;
    let bytes = storage.read(&in_dir(&log.dir, &tile.path())).ok()?;
    let entries = parse_bundle(&bytes, tile.width)?;
    Some(entries.into_iter().map(<[u8]>::to_vec).collect())
}

/// The path an item was added under, if its record is as signed.
fn path_of(
    storage: &dyn Storage,
    layout: RecordLayout,
    log: &CheckedLog,
    index: u64,
) -> Option<String> {
    let bundle = read_bundle(storage, log, index)?;
    let entry = Entry::parse(bundle.get(usize::try_from(index % TILE_WIDTH).ok()?)?).ok()?;
    let (record, _) = RecordFinder::new(layout).find(storage, &log.name, index, &entry).ok()?;
    path_in(&record)
}

/// The path in a record, if it tells one.
fn path_in(record: &Record) -> Option<String> {
    let path = Acquisition::from_meta(&record.meta).map(|a| a.path).ok();
    path.filter(|path| !path.is_empty())
}

/// What lies in record bundles and is no record of theirs.
pub(crate) fn odd_files(bundle: &RecordBundle) -> Vec<Finding> {
    let odd = bundle.files().iter().filter(|file| file.is_odd);
    let finding = |file: &BundleFile| {
        let what = "a line is no record of these entries, or out of order".to_owned();
        let affected = "the records that are named beside this; if none is, no item";
        vault_finding(Damage::RecordChanged, &file.path, what, affected)
    };
    odd.map(finding).collect()
}

/// Checks record, then object of one entry. Gives the bytes hashed.
pub(crate) fn check_entry(
    storage: &dyn Storage,
    task: &Task,
    quick: bool,
    buffer: &mut [u8],
    findings: &mut Vec<Finding>,
) -> u64 {
    let entry = &task.entry;
    let item = entry.stored.as_ref().map(|stored| stored.object);
    let mut path = None;
    if task.check_record && record_path(entry).is_some() {
        match check_record(storage, task) {
            Ok(found) => path = found,
            Err((damage, record, what)) => {
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
    task: &Task,
) -> Result<Option<String>, (Damage, String, String)> {
    let found = match &task.records {
        Some(bundle) => bundle.find(task.index, &task.entry).map(|(record, ..)| record),
        None => find_single(storage, &task.entry, u64::MAX).map(|(record, _)| record),
    };
    let record = found.map_err(|NoRecord { path, why }| match why {
        Why::Missing => (Damage::RecordMissing, path, "the record is missing".to_owned()),
        Why::Changed(what) => (Damage::RecordChanged, path, what),
        Why::Unreadable(e) => (Damage::Unreadable, path, format!("the record cannot be read: {e}")),
    })?;
    Ok(path_in(&record))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_object_falls_into_one_pass_whatever_else_its_entry_holds() {
        let entry = br#"{"a":{"object":"ff00"},"kind":"capture","object":"12ab","v":1}"#;
        for (entries, at_once, of) in [(0, 0, 1), (3, 1, 4), (1_000_000, 0, 8), (9_999, 1, 256)] {
            let passes: Vec<Pass> = Pass::all(entries, at_once).collect();
            assert_eq!(passes.len(), of);
            for byte in 0..=255u8 {
                assert_eq!(passes.iter().filter(|pass| pass.has(byte)).count(), 1);
            }
            let holder = passes.iter().find(|pass| pass.has(0x12)).unwrap();
            assert!(holder.may_have(entry) && holder.has_folder("12"));
            assert_eq!(
                passes.iter().filter(|pass| pass.has_folder("no folder of ours")).count(),
                1
            );
        }
    }
}
