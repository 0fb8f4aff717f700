//! The logs of a vault, and every event in them. Its own log may have several epochs, one after
//! the other; logs of other collectors, taken in by merges, lie beside it under the same names.
//! All of them are found from signed entries of the log that `vault.json` names: `rotate` leads
//! to the epoch before, `merge` to the logs of others. A folder nothing leads to is not read.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::ItemId;
use serde_json::{Map, Value};

use crate::entry::{Entry, EntryKind, LogState};
use crate::key::VerifierKey;
use crate::log::{Log, LogError};
use crate::manifest::log_dir;
use crate::read_error::ReadError;
use crate::record::Record;
use crate::vault::Vault;

/// One entry of one of the vault's logs, read but not proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Name of the log.
    pub log: String,
    /// Whether that log is this vault's own, in any epoch.
    pub own: bool,
    /// Number of the entry in it.
    pub index: u64,
    /// The entry.
    pub entry: Entry,
}

/// A log, or why it cannot be read, and whether it is an own one.
pub(crate) type MaybeLog = (Result<Log, LogError>, bool);

impl Vault {
    /// The vault's own log in all its epochs, the oldest first; the last is the one that grows.
    ///
    /// # Errors
    /// [`LogError`] if a checkpoint of one of them is missing or not signed by its key.
    pub fn own_logs(&self) -> Result<Vec<Log>, LogError> {
        Ok(self.epochs()?.into_iter().map(|(_, log)| log).collect())
    }

    /// The same, each with the key it is signed by.
    ///
    /// # Errors
    /// As [`Vault::own_logs`].
    pub fn epochs(&self) -> Result<Vec<(VerifierKey, Log)>, LogError> {
        let mut epochs = vec![(self.vkey().clone(), self.log()?)];
        let mut names = BTreeSet::from([self.vkey().name().to_owned()]);
        while let Some(before) = epochs.last().and_then(|(_, log)| before(log)) {
            if !names.insert(before.key.name().to_owned()) {
                break;
            }
            let log = self.log_of(&before.key)?;
            epochs.push((before.key, log));
        }
        epochs.reverse();
        Ok(epochs)
    }

    /// The log of `key`, if it lies in this vault, at its newest checkpoint.
    ///
    /// # Errors
    /// As [`Vault::log`].
    pub fn log_of(&self, key: &VerifierKey) -> Result<Log, LogError> {
        Log::open(self.storage.clone(), &log_dir(key.name()), key)
    }

    /// The newest state of each log that was taken in by a merge, by the log's name, as the own
    /// log vouches for it.
    ///
    /// # Errors
    /// As [`Vault::own_logs`].
    pub fn merged(&self) -> Result<BTreeMap<String, LogState>, LogError> {
        let own = self.own_logs()?;
        let mut merged: BTreeMap<String, LogState> = BTreeMap::new();
        // Reading every entry is only worth it if there is another log at all.
        if self.storage.list("logs").is_ok_and(|listed| listed.len() <= own.len()) {
            return Ok(merged);
        }
        for log in &own {
            for (_, entry) in entries_of_kind(log, &EntryKind::Merge) {
                let Some(state) = entry.log() else { continue };
                let known = merged.get(state.key.name());
                let newer = known.is_none_or(|k| k.key == state.key && k.size <= state.size);
                if newer && own.iter().all(|own| own.name() != state.key.name()) {
                    merged.insert(state.key.name().to_owned(), state);
                }
            }
        }
        Ok(merged)
    }

    /// Every entry of every log: own epochs from the oldest, then those of others by name. What
    /// cannot be read gives an error in its place, and the iterator goes on.
    ///
    /// # Errors
    /// As [`Vault::own_logs`].
    pub fn events(&self) -> Result<impl Iterator<Item = Result<Recorded, ReadError>>, ReadError> {
        self.events_that(|_| true)
    }

    /// The same of one kind: entries of others are passed over without being read.
    ///
    /// # Errors
    /// As [`Vault::own_logs`].
    pub fn events_of(
        &self,
        kind: EntryKind,
    ) -> Result<impl Iterator<Item = Result<Recorded, ReadError>>, ReadError> {
        let like = kind.clone();
        let events = self.events_that(move |bytes| like.may_be(bytes))?;
        Ok(events.filter(move |event| event.as_ref().map_or(true, |e| e.entry.kind == kind)))
    }

    pub(crate) fn events_that(
        &self,
        wanted: impl Fn(&[u8]) -> bool + Clone,
    ) -> Result<impl Iterator<Item = Result<Recorded, ReadError>>, ReadError> {
        Ok(self.all_logs()?.into_iter().flat_map(move |(log, own)| {
            let (log, error) = match log {
                Ok(log) => (Some(log), None),
                Err(error) => (None, Some(Err(ReadError::from(error)))),
            };
            let wanted = wanted.clone();
            error.into_iter().chain(log.into_iter().flat_map(move |log| {
                let size = log.checkpoint().size();
                let wanted = wanted.clone();
                (0..size).filter_map(move |index| read_event(&log, own, index, &wanted).transpose())
            }))
        }))
    }

    /// Own epochs from the oldest, then the logs of others by name; and whether it is an own one.
    pub(crate) fn all_logs(&self) -> Result<Vec<MaybeLog>, LogError> {
        let own = self.own_logs()?.into_iter().map(|log| (Ok(log), true));
        let others = self.merged()?.into_values().map(|state| {
            // Entries the merge did not speak of were not checked when it was done.
            (self.log_of(&state.key), false)
        });
        Ok(own.chain(others).collect())
    }

    /// The private facts of an event, checked against the log. `None` if they are sealed.
    ///
    /// # Errors
    /// [`ReadError`] if the record is missing or not the one the log commits to.
    pub fn facts(&self, event: &Recorded) -> Result<Option<Map<String, Value>>, ReadError> {
        Ok(self.record(event)?.map(|record| record.meta))
    }

    /// The items an event concerns: its own bytes, those the entry names, and those its record
    /// names where there are too many for the entry.
    ///
    /// # Errors
    /// As [`Vault::facts`], if the record is needed.
    pub fn items_of(&self, event: &Recorded) -> Result<Vec<ItemId>, ReadError> {
        let entry = &event.entry;
        let mut items = entry.items();
        items.extend(entry.stored.as_ref().filter(|_| entry.kind.is_item()).map(|s| s.object));
        if items.is_empty() && entry.stored.is_none() {
            let facts = self.facts(event)?.unwrap_or_default();
            let list = facts.get("items").and_then(Value::as_array).into_iter().flatten();
            items.extend(list.filter_map(|item| item.as_str()?.parse::<ItemId>().ok()));
        }
        Ok(items)
    }

    pub(crate) fn record(&self, event: &Recorded) -> Result<Option<Record>, ReadError> {
        if event.entry.is_sealed() {
            return Ok(None);
        }
        self.read_record(&event.log, event.index, &event.entry).map(Some)
    }

    /// Items destroyed on withdrawn consent, with the last `erase` entry of each log that names
    /// them. Which acquisitions an entry ends is for [`Recorded::covers`] to say.
    ///
    /// # Errors
    /// As [`Vault::own_logs`].
    pub fn erased(&self) -> Result<BTreeMap<ItemId, Vec<Recorded>>, ReadError> {
        let mut erased: BTreeMap<ItemId, BTreeMap<String, Recorded>> = BTreeMap::new();
        let mut logs: Vec<(Log, bool)> =
            self.own_logs()?.into_iter().map(|log| (log, true)).collect();
        let others = self.merged()?;
        logs.extend(others.values().filter_map(|s| Some((self.log_of(&s.key).ok()?, false))));
        for (log, own) in &logs {
            for (index, entry) in entries_of_kind(log, &EntryKind::Erase) {
                for item in entry.items() {
                    let (log, entry) = (log.name().to_owned(), entry.clone());
                    let erase = Recorded { log: log.clone(), own: *own, index, entry };
                    erased.entry(item).or_default().insert(log, erase);
                }
            }
        }
        Ok(erased.into_iter().map(|(item, by)| (item, by.into_values().collect())).collect())
    }
}

impl Recorded {
    /// Whether this `erase` entry withdraws what `event` took in: this vault may withdraw
    /// anything it holds, another collector only what their own log took in. The same bytes given
    /// again later, in the same log, are an item again.
    #[must_use]
    pub fn covers(&self, event: &Recorded) -> bool {
        if self.log == event.log {
            self.index > event.index
        } else {
            self.own && (!event.own || is_later_epoch(&self.log, &event.log))
        }
    }
}

/// Whether `a` is a later epoch of the log `b`: names end with the number of the epoch.
fn is_later_epoch(a: &str, b: &str) -> bool {
    let epoch = |name: &str| name.rsplit('/').next().and_then(|n| n.parse::<u64>().ok());
    epoch(a) > epoch(b)
}

/// The state a log goes on from, if it is not the first epoch.
pub(crate) fn before(log: &Log) -> Option<LogState> {
    let first = Entry::parse(&log.entry(0).ok()?).ok()?;
    if first.kind == EntryKind::Rotate { first.log() } else { None }
}

/// The readable entries of one kind. Others are told apart by their bytes, which is much faster
/// than reading them.
pub(crate) fn entries_of_kind<'l>(
    log: &'l Log,
    kind: &'l EntryKind,
) -> impl Iterator<Item = (u64, Entry)> + 'l {
    log.entries().flatten().filter_map(move |(index, bytes)| {
        if !kind.may_be(&bytes) {
            return None;
        }
        let entry = Entry::parse(&bytes).ok()?;
        (entry.kind == *kind).then_some((index, entry))
    })
}

/// Entry `index`, if its bytes are `wanted`.
pub(crate) fn read_event(
    log: &Log,
    own: bool,
    index: u64,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<Option<Recorded>, ReadError> {
    let bytes = log.entry(index)?;
    if !wanted(&bytes) {
        return Ok(None);
    }
    let entry = Entry::parse(&bytes).map_err(|source| ReadError::Entry { index, source })?;
    Ok(Some(Recorded { log: log.name().to_owned(), own, index, entry }))
}
