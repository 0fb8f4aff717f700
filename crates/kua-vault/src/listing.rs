//! The items of a vault as a list that can be kept, so that the next look reads only entries that
//! are newer. Kept outside the vault and disposable: it counts only as long as each log still
//! begins with the entries it was made from. Knows nothing of where it is kept.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{Item, ItemId, Sha256};

use crate::entry::EntryKind;
use crate::log::Log;
use crate::logs::{Recorded, read_event};
use crate::read_error::ReadError;
use crate::tree::{Node, verify_consistency};
use crate::vault::Vault;

/// First line of a kept listing, before its checksum. Another one means: make it anew.
const FORM: &str = "kua-listing/1";

/// What [`Vault::items`] gives, at one state of the vault.
#[derive(Debug, Default)]
pub struct Listing {
    logs: Vec<ListedLog>,
    faults: Vec<ReadError>,
}

/// One log as far as it was read.
#[derive(Debug)]
struct ListedLog {
    name: String,
    size: u64,
    root: Sha256,
    /// Items of this log, each once, in its order.
    items: Vec<Item>,
}

impl Vault {
    /// Every item once, as [`Vault::items`]. Of logs that still begin as they did in `before`,
    /// only later entries and records are read; whether they do is worked out from their tiles,
    /// up to the signed root. After a withdrawal, everything is read anew.
    ///
    /// # Errors
    /// As [`Vault::log`]. What concerns single entries is in [`Listing::into_items`].
    pub fn listing(&self, before: Option<Listing>) -> Result<Listing, ReadError> {
        let mut known: BTreeMap<String, ListedLog> = BTreeMap::new();
        for log in before.filter(|before| before.faults.is_empty()).unwrap_or_default().logs {
            known.insert(log.name.clone(), log);
        }
        let mut listing = Listing::default();
        let mut logs = Vec::new();
        for (log, own) in self.all_logs()? {
            match log {
                Ok(log) => logs.push((log, own)),
                Err(error) => listing.faults.push(error.into()),
            }
        }
        let erased = self.erased()?;
        let continues = |log: &Log| {
            let kept = known.get(log.name())?;
            goes_on_from(log, kept.size, kept.root.as_bytes()).then_some(kept.size)
        };
        let starts: BTreeMap<String, u64> = logs
            .iter()
            .filter_map(|(log, _)| Some((log.name().to_owned(), continues(log)?)))
            .collect();
        // A later withdrawal may end items that are in the list already.
        let withdrawn = erased
            .values()
            .flatten()
            .any(|erase| starts.get(&erase.log).is_none_or(|start| erase.index >= *start));
        for (log, own) in &logs {
            let kept = starts.get(log.name()).filter(|_| !withdrawn);
            let kept = kept.and_then(|_| known.remove(log.name()));
            let (start, items) = kept.map_or((0, Vec::new()), |kept| (kept.size, kept.items));
            let mut listed = ListedLog {
                name: log.name().to_owned(),
                size: log.checkpoint().size(),
                root: Sha256::from_bytes(*log.checkpoint().root()),
                items,
            };
            self.list_from(log, *own, start, &erased, &mut listed.items, &mut listing.faults);
            listing.logs.push(listed);
        }
        Ok(listing)
    }

    /// Appends the items of `log` from entry `start` on.
    fn list_from(
        &self,
        log: &Log,
        own: bool,
        start: u64,
        erased: &BTreeMap<ItemId, Vec<Recorded>>,
        items: &mut Vec<Item>,
        faults: &mut Vec<ReadError>,
    ) {
        let mut seen: BTreeSet<ItemId> = items.iter().map(|item| item.id).collect();
        for index in start..log.checkpoint().size() {
            let event = match read_event(log, own, index, may_be_item) {
                Ok(Some(event)) => event,
                Ok(None) => continue,
                Err(error) => {
                    faults.push(error);
                    continue;
                }
            };
            let entry = &event.entry;
            let Some(stored) = entry.stored.as_ref().filter(|_| entry.kind.is_item()) else {
                continue;
            };
            let by = erased.get(&stored.object).into_iter().flatten();
            let is_erased = || by.clone().any(|erase| erase.covers(&event));
            if entry.is_sealed() || seen.contains(&stored.object) || is_erased() {
                continue;
            }
            match self.read_capture(&event, stored, true) {
                Ok(capture) => {
                    seen.insert(stored.object);
                    items.push(capture.item);
                }
                Err(error) => faults.push(error),
            }
        }
    }
}

/// Whether the signed log begins with `size` entries under `root`.
fn goes_on_from(log: &Log, size: u64, root: &Node) -> bool {
    let signed = log.checkpoint();
    let proof = if size <= signed.size() { log.consistency_proof(size).ok() } else { None };
    proof.is_some_and(|proof| {
        verify_consistency(size, signed.size(), root, signed.root(), &proof).is_ok()
    })
}

fn may_be_item(entry: &[u8]) -> bool {
    [EntryKind::Capture, EntryKind::Receive, EntryKind::Derive].iter().any(|k| k.may_be(entry))
}

impl Listing {
    /// The items, each once, in the order of [`Vault::events`]; and what could not be read, so
    /// that items may be missing.
    #[must_use]
    pub fn into_items(self) -> (Vec<Item>, Vec<ReadError>) {
        let (mut seen, several) = (BTreeSet::new(), self.logs.len() > 1);
        let all = self.logs.into_iter().flat_map(|log| log.items);
        (all.filter(|item| !several || seen.insert(item.id)).collect(), self.faults)
    }

    /// Name and root of each log the list was made from.
    #[must_use]
    pub fn state(&self) -> Vec<(String, Sha256)> {
        self.logs.iter().map(|log| (log.name.clone(), log.root)).collect()
    }

    /// The list as bytes to be kept: [`Listing::from_bytes`] reads them. `None` if something
    /// could not be read: a list that lacks items must not outlive the fault.
    #[must_use]
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        if !self.faults.is_empty() {
            return None;
        }
        let logs: Vec<_> =
            self.logs.iter().map(|log| (&log.name, log.size, &log.root, &log.items)).collect();
        let body = serde_json::to_vec(&logs).ok()?;
        let mut bytes = format!("{FORM} {}\n", Sha256::of(&body)).into_bytes();
        bytes.extend(body);
        Some(bytes)
    }

    /// A list that was kept; `None` if it is of another version, cut short or changed by the disk.
    /// Whether it is still that of the vault is for [`Vault::listing`] to see.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Listing> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (head, body) = bytes.split_at_checked(end + 1)?;
        if head != format!("{FORM} {}\n", Sha256::of(body)).as_bytes() {
            return None;
        }
        let logs: Vec<(String, u64, Sha256, Vec<Item>)> = serde_json::from_slice(body).ok()?;
        let logs = logs.into_iter();
        let logs = logs.map(|(name, size, root, items)| ListedLog { name, size, root, items });
        Some(Listing { logs: logs.collect(), faults: Vec::new() })
    }
}
