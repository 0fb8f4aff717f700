//! Erasure on withdrawn consent: the bytes of items and everything noted about them are destroyed,
//! and a signed entry says that, when and why. The log and every other proof stay valid.
//!
//! Order: a reminder, the entry, then destruction. Cut short after the entry, the next writer
//! finishes; before it, nothing happened.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use kua_model::ItemId;
use serde_json::Value;

use crate::create::put_file;
use crate::entry::{EntryError, EntryKind};
use crate::event::{Event, MAX_ITEMS};
use crate::log::in_dir;
use crate::logs::Recorded;
use crate::manifest::{ERASING, SET_ASIDE};
use crate::preserve_error::PreserveError;
use crate::read_error::ReadError;
use crate::record::{Record, object_path, record_dir};
use crate::record_bundle::{RecordLayout, all_bundles, bundles_dir, without_lines};
use crate::storage::{Access, parent};
use crate::vault::Vault;
use crate::writer::writing;

/// Longest reason and authority together, in bytes: they must fit into an entry beside the items.
pub const MAX_REASON: usize = 1500;

/// Length of the folder of a log's record bundles: `records/` and 64 digits.
const LOG_RECORDS: usize = 8 + 64;

/// What an erasure would destroy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasePlan {
    /// The items asked for that lie here, and working copies made from them.
    pub items: BTreeSet<ItemId>,
    /// Those of them that are working copies nobody named.
    pub copies: BTreeSet<ItemId>,
    /// Files that would be removed, and records that would be taken out of record bundles.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A withdrawal that a log records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The day, as recorded; empty if the entry names none.
    pub day: String,
    /// Why, as recorded.
    pub reason: String,
    /// By whose authority, as recorded.
    pub authority: String,
    /// What was withdrawn.
    pub items: Vec<ItemId>,
    /// The log that says so.
    pub log: String,
    /// Whether it is this vault's own.
    pub own: bool,
    /// Number of the entry.
    pub index: u64,
}

/// A record bundle from which records go.
struct Thinned {
    path: String,
    /// What is left of it.
    kept: Vec<u8>,
    /// Records that go, and their bytes.
    records: u64,
    bytes: u64,
}

impl Vault {
    /// What erasing these items would destroy: they themselves, in all their acquisitions, and
    /// every working copy made from them, however often removed.
    ///
    /// # Errors
    /// As [`Vault::events`].
    pub fn plan_erasure(&self, items: &BTreeSet<ItemId>) -> Result<ErasePlan, ReadError> {
        let mut made_from: BTreeMap<ItemId, Vec<ItemId>> = BTreeMap::new();
        for event in self.events_of(EntryKind::Derive)?.flatten() {
            if let Some(stored) = &event.entry.stored {
                for original in event.entry.items() {
                    made_from.entry(original).or_default().push(stored.object);
                }
            }
        }
        let mut plan = ErasePlan::default();
        let mut to_do: Vec<ItemId> = items.iter().copied().collect();
        while let Some(item) = to_do.pop() {
            if plan.items.insert(item) {
                to_do.extend(made_from.get(&item).into_iter().flatten());
            }
        }
        plan.copies = plan.items.difference(items).copied().collect();
        for item in &plan.items {
            for path in self.files_of(item)? {
                let length = self.storage.length(&path);
                let length = length.map_err(|source| ReadError::Io { path, source })?;
                plan.files += u64::from(length.is_some());
                plan.bytes += length.unwrap_or(0);
            }
        }
        for bundle in self.records_of(&plan.items)? {
            plan.files += bundle.records;
            plan.bytes += bundle.bytes;
        }
        Ok(plan)
    }

    /// Destroys everything of [`Vault::plan_erasure`] and records it. `reason` and `authority`
    /// stand in the log for ever: they must name nobody who is to be forgotten.
    ///
    /// # Errors
    /// [`PreserveError::Record`] if the reason is empty or too long, and as
    /// [`Vault::writer`]. After an error past the entry, the next writer finishes.
    pub fn erase(
        &self,
        items: &BTreeSet<ItemId>,
        reason: &str,
        authority: &str,
        at: &str,
    ) -> Result<ErasePlan, PreserveError> {
        let member = |name| PreserveError::Record(EntryError::Member { name });
        if reason.trim().is_empty() || reason.len() + authority.len() > MAX_REASON {
            return Err(member("reason"));
        }
        if authority.trim().is_empty() {
            return Err(member("authority"));
        }
        let mut writer = self.writer()?;
        let plan = self.plan_erasure(items)?;
        let list: Vec<&ItemId> = plan.items.iter().collect();
        let reminder = Value::from_iter(list.iter().map(|item| item.to_string())).to_string();
        put_file(self.storage.as_ref(), ERASING, reminder.as_bytes(), Access::Private)
            .map_err(|e| writing(ERASING, e))?;
        for some in list.chunks(MAX_ITEMS) {
            let event = Event::new(EntryKind::Erase, at)
                .about(some.iter().copied())
                .public("day", at.get(..10).unwrap_or_default())
                .public("reason", reason.trim())
                .public("authority", authority.trim());
            writer.append(event)?;
        }
        writer.commit()?;
        self.finish_erasing()?;
        Ok(plan)
    }

    /// Destroys what an `erase` entry says is gone, if the reminder is still there. Called with
    /// the lock held.
    pub(crate) fn finish_erasing(&self) -> Result<(), PreserveError> {
        let bytes = match self.storage.read(ERASING) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(writing(ERASING, error)),
        };
        let items: Vec<String> = serde_json::from_slice(&bytes).unwrap_or_default();
        let items: BTreeSet<ItemId> = items.iter().filter_map(|item| item.parse().ok()).collect();
        // Only what the log says: the reminder is not signed, and may be older than the entry.
        let erased = self.erased()?;
        let given_again = self.given_again(&erased)?;
        let mut gone = BTreeSet::new();
        for item in items {
            let said = erased.get(&item).is_some_and(|by| by.iter().any(|erase| erase.own));
            if said && !given_again.contains(&item) {
                self.destroy(&item)?;
                gone.insert(item);
            }
        }
        self.destroy_records(&gone)?;
        self.storage.remove(ERASING).map_err(|e| writing(ERASING, e))?;
        self.storage.sync_dirs(&[parent(ERASING).to_owned()]).map_err(|e| writing(ERASING, e))
    }

    /// Items that own logs took in again after they were erased.
    fn given_again(
        &self,
        erased: &BTreeMap<ItemId, Vec<Recorded>>,
    ) -> Result<BTreeSet<ItemId>, PreserveError> {
        let mut again = BTreeSet::new();
        for event in self.events()?.flatten().filter(|event| event.own) {
            let Some(stored) = &event.entry.stored else { continue };
            let by = erased.get(&stored.object);
            if by.is_some_and(|by| !by.iter().any(|erase| erase.covers(&event))) {
                again.insert(stored.object);
            }
        }
        Ok(again)
    }

    fn destroy(&self, item: &ItemId) -> Result<(), PreserveError> {
        let mut folders = BTreeSet::new();
        for path in self.files_of(item)? {
            match self.storage.remove(&path) {
                Ok(()) => {
                    folders.insert(parent(&path).to_owned());
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(writing(&path, error)),
            }
        }
        let folders: Vec<String> = folders.into_iter().collect();
        self.storage.sync_dirs(&folders).map_err(|e| writing("the vault's folders", e))
    }

    /// Takes the records of these items out of every record bundle.
    fn destroy_records(&self, items: &BTreeSet<ItemId>) -> Result<(), PreserveError> {
        let storage = self.storage.as_ref();
        for Thinned { path, kept, .. } in self.records_of(items)? {
            let done = if kept.is_empty() {
                storage.remove(&path).and_then(|()| storage.sync_dirs(&[parent(&path).to_owned()]))
            } else {
                put_file(storage, &path, &kept, Access::Shared)
            };
            done.map_err(|e| writing(&path, e))?;
        }
        self.forget_records();
        Ok(())
    }

    /// Record bundles that hold records of these items, also such as nothing speaks of.
    fn records_of(&self, items: &BTreeSet<ItemId>) -> Result<Vec<Thinned>, ReadError> {
        if items.is_empty() || self.manifest.records == RecordLayout::Single {
            return Ok(Vec::new());
        }
        let storage = self.storage.as_ref();
        let listed = |dir: &str| {
            all_bundles(storage, dir).map_err(|source| ReadError::Io { path: dir.into(), source })
        };
        let mut paths = listed("records")?;
        let aside = storage.list(SET_ASIDE);
        let aside = aside.map_err(|source| ReadError::Io { path: SET_ASIDE.into(), source })?;
        for group in aside {
            paths.extend(listed(&format!("{SET_ASIDE}/{}/records", group.name))?);
        }
        // By the number too: a damaged record may not name its item any more.
        let mut places: BTreeSet<(String, u64)> = BTreeSet::new();
        for event in self.events()?.flatten() {
            if event.entry.stored.is_some_and(|stored| items.contains(&stored.object)) {
                places.insert((bundles_dir(&event.log), event.index));
            }
        }
        let names: Vec<String> = items.iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        for path in paths {
            let dir = path.get(..LOG_RECORDS).unwrap_or_default().to_owned();
            let is_gone = |index: Option<u64>, record: &[u8]| {
                let placed = index.is_some_and(|index| places.contains(&(dir.clone(), index)));
                placed
                    || match Record::parse(record) {
                        Ok(record) => record.bytes.is_some_and(|(of, _)| items.contains(&of)),
                        Err(_) => {
                            let text = String::from_utf8_lossy(record);
                            names.iter().any(|name| text.contains(name))
                        }
                    }
            };
            let bytes = storage.read(&path);
            let bytes = bytes.map_err(|source| ReadError::Io { path: path.clone(), source })?;
            let (kept, records, length) = without_lines(&bytes, is_gone);
            if records > 0 {
                found.push(Thinned { path, kept, records, bytes: length });
            }
        }
        Ok(found)
    }

    /// The object, and each record in a file of its own, also of acquisitions nothing speaks of.
    fn files_of(&self, item: &ItemId) -> Result<Vec<String>, ReadError> {
        let dir = record_dir(&item.0);
        let listed = self.storage.list(&dir);
        let listed = listed.map_err(|source| ReadError::Io { path: dir.clone(), source })?;
        let begin = format!("{item}.");
        let records = listed.into_iter().filter(|file| file.name.starts_with(&begin));
        let mut files: Vec<String> = records.map(|file| in_dir(&dir, &file.name)).collect();
        files.push(object_path(item));
        Ok(files)
    }

    /// Every withdrawal that counts here, in the order of the logs: by this vault of anything,
    /// by another collector of their own items.
    ///
    /// # Errors
    /// As [`Vault::events`].
    pub fn withdrawals(&self) -> Result<Vec<Withdrawal>, ReadError> {
        let text =
            |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let withdrawals = self.events_of(EntryKind::Erase)?.flatten().map(|event| Withdrawal {
            day: text(event.entry.more.get("day")),
            reason: text(event.entry.more.get("reason")),
            authority: text(event.entry.more.get("authority")),
            items: event.entry.items(),
            log: event.log,
            own: event.own,
            index: event.index,
        });
        Ok(withdrawals.collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_longest_reason_fits_into_an_entry_with_the_most_items() {
        let items: Vec<ItemId> =
            (0..MAX_ITEMS).map(|n| ItemId::of(n.to_string().as_bytes())).collect();
        let event = Event::new(EntryKind::Erase, "2031-05-04")
            .about(&items)
            .public("day", "2031-05-04")
            .public("reason", "\n".repeat(MAX_REASON / 2))
            .public("authority", "x".repeat(MAX_REASON / 2));
        let (_, public, _) = event.into_parts();
        let entry = json!({ "commit_meta": "0".repeat(64), "kind": "erase", "v": 1, "x": public });
        assert!(crate::to_canonical(&entry).unwrap().len() < crate::MAX_ENTRY);
    }
}
