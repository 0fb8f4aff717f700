//! The custody chain of one item, in the order and words a court asks for (Berkeley Protocol,
//! §§153–155 and 167), with what is missing; and the events people add to it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use kua_model::{Item, ItemId};
use kua_vault::{Acquisition, EntryKind, Event, Recorded};
use serde_json::{Map, Value};

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;

/// One step of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodyStep {
    /// What happened: the kind of the log entry.
    pub kind: String,
    /// When, as the collector's clock had it; empty if that is sealed or lost.
    pub at: String,
    /// Name of the log.
    pub log: String,
    /// Number of the entry.
    pub log_index: u64,
    /// Everything the record tells, by name; empty if it is sealed or lost.
    pub facts: Vec<(String, String)>,
    /// The item at the other end: the original of a working copy, or the copy.
    pub other: Option<ItemId>,
}

/// The chain of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemCustody {
    /// SHA-256 of its bytes.
    pub item: ItemId,
    /// Its path; empty if it is sealed or erased.
    pub path: String,
    /// Its length in bytes, as stored.
    pub length: u64,
    /// Whether its bytes are sealed here, with everything known about them.
    pub sealed: bool,
    /// Every step, in the order of the logs.
    pub steps: Vec<CustodyStep>,
    /// Earliest cosignature that covers its first entry: the cosigner, the entries it speaks of.
    pub cosigned: Option<(String, u64)>,
    /// What a court would ask and the chain does not tell.
    pub missing: Vec<String>,
}

/// An item as the log has it, readable or not.
struct Stored {
    id: ItemId,
    /// Empty if it is sealed or erased.
    path: String,
    length: u64,
    sealed: bool,
    log: String,
    log_index: u64,
}

/// What somebody wants recorded of items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFacts {
    /// Who did it.
    pub by: Option<String>,
    /// From whom.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// How: the tool, the steps.
    pub how: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl EventFacts {
    fn named(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let all = [
            ("by", &self.by),
            ("from", &self.from),
            ("to", &self.to),
            ("how", &self.how),
            ("reason", &self.reason),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)))
    }
}

impl Case {
    /// The item whose id begins with `prefix`, or whose path it is.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::ManyIds`].
    pub fn find_item(&self, prefix: &str) -> Result<Item, CaseError> {
        let items = self.evidence.items()?;
        if let Some(item) = items.iter().find(|item| item.path == prefix) {
            return Ok(item.clone());
        }
        let wanted = prefix.trim().to_ascii_lowercase();
        let mut found = items
            .into_iter()
            .filter(|item| !wanted.is_empty() && item.id.to_string().starts_with(&wanted));
        match (found.next(), found.next()) {
            (Some(item), None) => Ok(item),
            (Some(one), Some(two)) => Err(CaseError::ManyIds {
                prefix: prefix.to_owned(),
                ids: vec![one.id.to_string(), two.id.to_string()],
            }),
            (None, _) => Err(CaseError::NoSuchId { prefix: prefix.to_owned() }),
        }
    }

    /// Records an event that concerns items, and gives the number of its log entry.
    ///
    /// # Errors
    /// The vault's.
    pub fn record(
        &self,
        kind: EntryKind,
        items: &[ItemId],
        facts: &EventFacts,
    ) -> Result<u64, CaseError> {
        let event = Event::new(kind, &self.clock.now()).about(items);
        self.append(with_facts(event, facts))
    }

    /// Records that a file made from this case went to somebody: its name and SHA-256.
    ///
    /// # Errors
    /// If the file cannot be read, and the vault's.
    pub fn record_export(&self, file: &Path, facts: &EventFacts) -> Result<u64, CaseError> {
        let bytes = std::fs::read(file).map_err(CaseError::io(file))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let event = Event::new(EntryKind::Export, &self.clock.now())
            .private("path", name)
            .private("sha256", ItemId::of(&bytes).to_string());
        self.append(with_facts(event, facts))
    }

    /// Takes in a file that somebody handed over, or (with `original`) a working copy made of an
    /// item. Gives the item and the number of its entry, `None` if that is recorded already.
    ///
    /// # Errors
    /// If the file cannot be read, and the vault's.
    pub fn take_in(
        &self,
        file: &Path,
        original: Option<&ItemId>,
        facts: &EventFacts,
    ) -> Result<(ItemId, Option<u64>), CaseError> {
        let source = File::open(file).map_err(CaseError::io(file))?;
        let acquisition = Acquisition {
            path: file.to_string_lossy().replace('\\', "/"),
            acquired_at: self.clock.now(),
            source: facts.from.clone(),
            more: self.tool(),
            ..Acquisition::default()
        };
        let event = match original {
            Some(item) => Event::of_bytes(EntryKind::Derive, &acquisition).from_item(item),
            None => Event::of_bytes(EntryKind::Receive, &acquisition),
        };
        let mut writer = self.evidence.writer()?;
        let receipt = writer.append_bytes(with_facts(event, facts), source);
        let receipt = receipt.map_err(EvidenceError::from)?;
        writer.commit().map_err(EvidenceError::from)?;
        Ok((receipt.item, receipt.log_index))
    }

    /// The program that takes bytes in, as records name it.
    pub(crate) fn tool(&self) -> BTreeMap<String, String> {
        [("tool".to_owned(), format!("kua {}", env!("CARGO_PKG_VERSION")))].into()
    }

    /// The custody chain of the item whose id begins with `prefix`, or whose path it is.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::ManyIds`], and the vault's.
    pub fn item_custody(&self, prefix: &str) -> Result<ItemCustody, CaseError> {
        let item = self.find_stored(prefix)?;
        let vault = self.evidence.vault();
        let mut steps = Vec::new();
        for event in vault.events().map_err(EvidenceError::from)? {
            // An entry that cannot be read is for kua verify to name; the chain shows the rest.
            let Ok(event) = event else { continue };
            let concerned = vault.items_of(&event).unwrap_or_default();
            if concerned.contains(&item.id) {
                let facts = vault.facts(&event).ok().flatten().unwrap_or_default();
                steps.push(step(&event, &facts, &item.id));
            }
        }
        let cosignatures = vault.cosignatures().map_err(EvidenceError::from)?;
        let covering = cosignatures.iter().find(|c| c.log == item.log && c.size > item.log_index);
        let cosigned = covering.map(|c| (c.key.name().to_owned(), c.size));
        let missing = missing(&steps, &item, cosigned.is_some());
        let Stored { id, path, length, sealed, .. } = item;
        Ok(ItemCustody { item: id, path, length, sealed, steps, cosigned, missing })
    }

    /// As [`Case::find_item`]; else a sealed or erased item, of which only the log tells.
    fn find_stored(&self, prefix: &str) -> Result<Stored, CaseError> {
        let nothing = match self.find_item(prefix) {
            Ok(Item { id, path, size: length, log, log_index, .. }) => {
                return Ok(Stored { id, path, length, sealed: false, log, log_index });
            }
            Err(error @ CaseError::NoSuchId { .. }) => error,
            Err(error) => return Err(error),
        };
        let wanted = prefix.trim().to_ascii_lowercase();
        let vault = self.evidence.vault();
        let mut found: BTreeMap<ItemId, Stored> = BTreeMap::new();
        for event in vault.events().map_err(EvidenceError::from)?.flatten() {
            let stored = event.entry.stored.as_ref().filter(|_| event.entry.kind.is_item());
            let Some(stored) = stored.filter(|s| s.object.to_string().starts_with(&wanted)) else {
                continue;
            };
            let (id, length, sealed) = (stored.object, stored.length, event.entry.is_sealed());
            let (path, log, log_index) = (String::new(), event.log, event.index);
            found.entry(id).or_insert(Stored { id, path, length, sealed, log, log_index });
        }
        let mut found = found.into_values().filter(|_| !wanted.is_empty());
        match (found.next(), found.next()) {
            (Some(stored), None) => Ok(stored),
            (Some(one), Some(two)) => Err(CaseError::ManyIds {
                prefix: prefix.to_owned(),
                ids: vec![one.id.to_string(), two.id.to_string()],
            }),
            (None, _) => Err(nothing),
        }
    }

    /// A `.tlog-proof` text of an item, with its log entry in the `extra` line, so that the file,
    /// this text and the log's key are all a stranger needs. Its checkpoint is kept in the vault's
    /// `seen/`, as it is about to be given away; the flag is `false` if it could not be.
    ///
    /// # Errors
    /// [`CaseError::NoSuchId`], [`CaseError::ManyIds`], and the vault's.
    pub fn item_proof(&self, prefix: &str) -> Result<(String, bool), CaseError> {
        let item = self.find_stored(prefix)?;
        let vault = self.evidence.vault();
        let logs = vault.own_logs().map_err(EvidenceError::from)?;
        let merged = vault.merged().map_err(EvidenceError::from)?;
        let merged = merged.values().filter_map(|state| vault.log_of(&state.key).ok());
        let log = logs.into_iter().chain(merged).find(|log| log.name() == item.log);
        let log = log.ok_or_else(|| CaseError::NoSuchId { prefix: prefix.to_owned() })?;
        let mut proof = log.inclusion_proof(item.log_index).map_err(EvidenceError::from)?;
        proof.extra = Some(log.entry(item.log_index).map_err(EvidenceError::from)?);
        // Of another log, or an earlier epoch, nothing is signed here any more.
        let grows = log.name() == vault.vkey().name();
        let remembered = !grows || self.evidence.remember_sent(&proof.checkpoint);
        Ok((proof.to_text(), remembered))
    }

    fn append(&self, event: Event) -> Result<u64, CaseError> {
        let mut writer = self.evidence.writer()?;
        let index = writer.append(event).map_err(EvidenceError::from)?;
        writer.commit().map_err(EvidenceError::from)?;
        Ok(index)
    }
}

fn with_facts(event: Event, facts: &EventFacts) -> Event {
    facts.named().fold(event, |event, (name, value)| event.private(name, value.as_str()))
}

fn step(event: &Recorded, facts: &Map<String, Value>, item: &ItemId) -> CustodyStep {
    let text = |name: &str| facts.get(name).and_then(Value::as_str);
    let at = text("acquired_at").or(text("at")).unwrap_or_default().to_owned();
    let mut told = Vec::new();
    for (name, value) in facts.iter().filter(|(n, _)| !matches!(n.as_str(), "at" | "acquired_at")) {
        match value {
            Value::String(value) => told.push((name.clone(), value.clone())),
            Value::Object(more) => told
                .extend(more.iter().filter_map(|(n, v)| Some((n.clone(), v.as_str()?.to_owned())))),
            _ => {}
        }
    }
    // Why something is gone is public: a stranger must tell withdrawal from damage.
    if event.entry.kind == EntryKind::Erase {
        for name in ["day", "reason", "authority"] {
            let value = event.entry.more.get(name).and_then(Value::as_str);
            told.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
    }
    let original = event.entry.more.get("from").and_then(|from| from.as_str()?.parse().ok());
    let copy = event.entry.stored.as_ref().map(|stored| stored.object);
    let other = match original {
        Some(original) if original != *item => Some(original),
        Some(_) => copy,
        None => None,
    };
    let (log, log_index) = (event.log.clone(), event.index);
    CustodyStep { kind: event.entry.kind.to_string(), at, log, log_index, facts: told, other }
}

/// What the chain does not tell, in the order a court asks.
fn missing(steps: &[CustodyStep], item: &Stored, cosigned: bool) -> Vec<String> {
    let tells = |name: &str| steps.iter().any(|step| step.facts.iter().any(|(n, _)| n == name));
    let has = |kind: &str| steps.iter().any(|step| step.kind == kind);
    let mut missing = Vec::new();
    let mut ask = |told: bool, what: &str| {
        if !told {
            missing.push(what.to_owned());
        }
    };
    if item.sealed {
        ask(false, "its name, time and origin: they are sealed with it (kua open, where a key is)");
    } else if item.path.is_empty() {
        ask(false, "its name, time and origin: they were destroyed with it when it was withdrawn");
    } else {
        ask(tells("by"), "who took it in (kua add --by)");
        let origin = "where it comes from: a person, a device, an address (kua add --source)";
        ask(tells("source"), origin);
        ask(tells("tool"), "the tool that took it in, and its version");
    }
    ask(
        has("transfer") || has("access") || has("export"),
        "who had it or opened it since (kua record transfer, kua record access)",
    );
    ask(
        cosigned || has("timestamp"),
        "that it existed by a certain time, vouched for by somebody else (kua cosign)",
    );
    missing
}
