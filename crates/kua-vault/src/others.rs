//! Judgements in the logs of other collectors, with the numbers they have there. Whether one of
//! them counts here is for others to decide; what it says is not read.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::EntryKind;
use crate::log::{Log, LogError};
use crate::logs::{Recorded, before, entries_of_kind};
use crate::read_error::ReadError;
use crate::rotate::is_handed_over;
use crate::vault::{StoredJudgement, Vault};

/// What one other collector decided, in all epochs of their log that their own key ties together.
#[derive(Debug)]
pub struct OthersJudgements {
    /// Name of their newest log.
    pub log: String,
    /// Whether the first of them is their first. If not (an earlier epoch is not here, or its key
    /// did not hand over), nobody here can tell which one a number means.
    pub from_the_first: bool,
    /// Their judgements in order, each with the name of the log it stands in. One that cannot be
    /// read gives an error in its place.
    pub judgements: Vec<(String, Result<StoredJudgement, ReadError>)>,
}

impl Vault {
    /// The judgements of every other collector whose log was taken in, by the name of their log.
    ///
    /// # Errors
    /// [`LogError`] if a log that the own log vouches for cannot be read: a decision to withhold
    /// a name may stand in it.
    pub fn judgements_of_others(&self) -> Result<Vec<OthersJudgements>, LogError> {
        let mut logs: BTreeMap<String, Log> = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for (name, state) in self.merged()? {
            logs.insert(name.clone(), self.log_of(&state.key)?);
            keys.insert(name, state.key);
        }
        // From each log to the epoch before it, if that is here and its key says so.
        let earlier: BTreeMap<&str, &str> = logs
            .values()
            .filter_map(|log| {
                let state = before(log)?;
                let (old, _) = logs.get_key_value(state.key.name())?;
                let key = keys.get(log.name())?;
                is_handed_over(log, key, &state).then_some((log.name(), old.as_str()))
            })
            .collect();
        let continued: BTreeSet<&str> = earlier.values().copied().collect();
        let mut others = Vec::new();
        for newest in logs.keys().filter(|name| !continued.contains(name.as_str())) {
            let mut epochs = vec![newest.as_str()];
            while let Some(old) = epochs.last().and_then(|name| earlier.get(name)) {
                // Names of epochs cannot lead in a circle unless somebody wanted them to.
                if epochs.contains(old) {
                    break;
                }
                epochs.push(old);
            }
            let first = epochs.last().and_then(|name| logs.get(*name));
            let from_the_first = first.is_some_and(|log| before(log).is_none());
            let mut judgements = Vec::new();
            for log in epochs.iter().rev().filter_map(|name| logs.get(*name)) {
                for (index, entry) in entries_of_kind(log, &EntryKind::Judgement) {
                    let name = log.name().to_owned();
                    let event = Recorded { log: name.clone(), own: false, index, entry };
                    let Some(stored) = &event.entry.stored else { continue };
                    let number = judgements.len() as u64;
                    judgements.push((name, self.read_judgement(number, &event, stored)));
                }
            }
            others.push(OthersJudgements { log: newest.clone(), from_the_first, judgements });
        }
        Ok(others)
    }
}
