//! What the vault has of some bytes already: so that adding a folder again records nothing new.

use kua_model::ItemId;
use serde_json::{Map, Value};

use crate::arrive::hash_of;
use crate::entry::{Entry, Stored};
use crate::log::Log;
use crate::preserve_error::PreserveError;
use crate::record::object_path;
use crate::writer::{Writer, writing};

/// What the vault has of some bytes.
#[derive(Default)]
pub(crate) struct Known {
    pub in_log: bool,
    pub in_batch: bool,
    /// Length of the file that lies under the object's name, of the log or not.
    pub there: Option<u64>,
    /// Entries of these bytes and what their records say; nothing if a record is sealed or lost.
    pub records: Vec<(Entry, Map<String, Value>)>,
}

impl Writer {
    /// Everything recorded of these bytes so far, in the log or in this batch.
    pub(crate) fn records_of(&mut self, item: &ItemId) -> Result<Known, PreserveError> {
        let mut known = Known::default();
        for place in self.batch.get(item).into_iter().flatten() {
            known.in_batch = true;
            if let Some(pending) = self.pending.get(*place) {
                known.records.push((pending.entry.clone(), pending.meta.clone()));
            }
        }
        let path = object_path(item);
        let there = self.vault.storage.length(&path).map_err(|e| writing(&path, e))?;
        known.there = there;
        // An object can lie there without an entry of this log, after an interruption or a merge:
        // it counts as unknown.
        if there.is_some() {
            let log = self.log();
            if self.known.is_none() {
                self.known = Some(index_by_object(&log)?);
            }
            let index = self.known.as_deref().unwrap_or_default();
            let start = index.partition_point(|(object, _)| object < item);
            for (_, place) in index.iter().skip(start).take_while(|(object, _)| object == item) {
                known.in_log = true;
                let Ok(entry) = Entry::parse(&log.entry(*place)?) else { continue };
                if entry.is_sealed() {
                    known.records.push((entry, Map::new()));
                } else if let Ok(record) = self.vault.read_record(log.name(), *place, &entry) {
                    known.records.push((entry, record.meta));
                }
            }
        }
        Ok(known)
    }

    /// The path these bytes were first recorded with; `None` if they are sealed or unknown.
    ///
    /// # Errors
    /// [`PreserveError::Io`] if the log cannot be read.
    pub fn first_path(&mut self, item: &ItemId) -> Result<Option<String>, PreserveError> {
        let known = self.records_of(item)?;
        // What waits for the next commit comes first in the list.
        let waiting = self.batch.get(item).map_or(0, Vec::len);
        let (waiting, logged) = known.records.split_at(waiting.min(known.records.len()));
        let path =
            |(_, meta): &(Entry, Map<String, Value>)| Some(meta.get("path")?.as_str()?.to_owned());
        Ok(logged.iter().chain(waiting).find_map(path))
    }

    /// Whether the stored bytes of a known item still have their hash.
    pub(crate) fn object_is_sound(&self, item: &ItemId) -> Result<bool, PreserveError> {
        let path = object_path(item);
        let mut reader = self.vault.storage.open(&path).map_err(|e| writing(&path, e))?;
        // A disk that cannot read them back is no place that keeps them.
        Ok(hash_of(&mut reader, &mut vec![0; 256 * 1024]).is_ok_and(|(found, _)| found == *item))
    }
}

fn index_by_object(log: &Log) -> Result<Vec<(ItemId, u64)>, PreserveError> {
    let mut index = Vec::new();
    for entry in log.entries() {
        let (place, bytes) = entry?;
        if let Ok(Entry { stored: Some(Stored { object, .. }), .. }) = Entry::parse(&bytes) {
            index.push((object, place));
        }
    }
    index.sort_unstable();
    Ok(index)
}

/// Whether two records differ in nothing but the time and the program that wrote them: adding a
/// folder again, with a newer kua too, is no new fact.
pub(crate) fn same_but_time(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let facts = |m: &Map<String, Value>| {
        let mut m = m.clone();
        m.remove("acquired_at");
        if let Some(Value::Object(more)) = m.get_mut("more") {
            more.remove("tool");
            if more.is_empty() {
                m.remove("more");
            }
        }
        m
    };
    facts(a) == facts(b)
}
