//! The record beside an object: salt and the facts the log only commits to.
//! Can be destroyed with the object when consent is withdrawn; the log stays whole.

use std::collections::BTreeMap;

use kua_model::{ItemId, PartialDate, Sha256};
use serde_json::{Map, Value};

use crate::canonical::{CanonicalError, to_canonical};
use crate::commitment::Salt;
use crate::entry::{ENTRY_VERSION, Entry, EntryError, Stored, take_hash, versioned_members};

/// How, when and from where bytes were acquired. Goes into the record, never into the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Acquisition {
    /// Path as it was added, with `/` between folders. Never opened again.
    pub path: String,
    /// When, by the collector's clock: RFC 3339 in UTC, or only a day (`2022-01-09`) where an
    /// exact time could give somebody away.
    pub acquired_at: String,
    /// Where from: an address, a person's name, a device.
    pub source: Option<String>,
    /// A remark by the collector.
    pub note: Option<String>,
    /// Anything else worth keeping, by name.
    pub more: BTreeMap<String, String>,
}

impl Acquisition {
    /// The day of [`Acquisition::acquired_at`]; `None` if it does not begin with a date.
    #[must_use]
    pub fn day(&self) -> Option<PartialDate> {
        self.acquired_at.get(..10)?.parse().ok()
    }

    pub(crate) fn to_meta(&self) -> Map<String, Value> {
        let mut meta = Map::new();
        meta.insert("path".into(), self.path.as_str().into());
        meta.insert("acquired_at".into(), self.acquired_at.as_str().into());
        for (name, value) in [("source", &self.source), ("note", &self.note)] {
            if let Some(value) = value {
                meta.insert(name.into(), value.as_str().into());
            }
        }
        if !self.more.is_empty() {
            let more = self.more.iter().map(|(k, v)| (k.clone(), Value::from(v.as_str())));
            meta.insert("more".into(), Value::Object(more.collect()));
        }
        meta
    }

    pub(crate) fn from_meta(meta: &Map<String, Value>) -> Result<Acquisition, EntryError> {
        let text = |name| meta.get(name).and_then(Value::as_str).map(str::to_owned);
        let more = meta.get("more").and_then(Value::as_object).into_iter().flatten();
        Ok(Acquisition {
            path: text("path").unwrap_or_default(),
            acquired_at: text("acquired_at").ok_or(EntryError::Member { name: "acquired_at" })?,
            source: text("source"),
            note: text("note"),
            more: more.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect(),
        })
    }
}

/// Of stored bytes `records/ab/<object>.<16 digits of commit_meta>.json`:
/// `{"length":…,"meta":{…},"object":"…","salt":"…","v":1}`; of an event without bytes
/// `records/ab/<commit_meta>.json`: `{"meta":{…},"salt":"…","v":1}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// SHA-256 and length of the plain bytes, if there are bytes.
    pub bytes: Option<(ItemId, u64)>,
    pub meta: Map<String, Value>,
    pub salt: Salt,
}

impl Record {
    /// What the log shows of the facts.
    pub(crate) fn commit_meta(&self) -> Result<Sha256, CanonicalError> {
        Ok(self.salt.commit(to_canonical(&Value::Object(self.meta.clone()))?.as_bytes()))
    }

    /// What the log shows of the plain bytes.
    pub(crate) fn commit_plain(&self) -> Option<Sha256> {
        self.bytes.map(|(object, _)| self.salt.commit(object.0.as_bytes()))
    }

    /// What an entry of bytes that are stored as they are shows.
    pub(crate) fn stored(&self) -> Result<Option<Stored>, CanonicalError> {
        let commit_meta = self.commit_meta()?;
        Ok(self.bytes.zip(self.commit_plain()).map(|((object, length), commit_plain)| Stored {
            object,
            length,
            commit_plain,
            commit_meta,
        }))
    }

    /// Whether this is the record the entry commits to. Of sealed bytes the object is another.
    pub(crate) fn fits(&self, entry: &Entry) -> bool {
        let Some(stored) = &entry.stored else {
            return self.bytes.is_none()
                && entry.commit_meta.is_some()
                && self.commit_meta().ok() == entry.commit_meta;
        };
        match self.stored() {
            Ok(Some(found)) if entry.is_sealed() => {
                found.commit_plain == stored.commit_plain && found.commit_meta == stored.commit_meta
            }
            Ok(found) => found.as_ref() == Some(stored),
            Err(_) => false,
        }
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut members = Map::new();
        members.insert("v".into(), ENTRY_VERSION.into());
        if let Some((object, length)) = &self.bytes {
            members.insert("object".into(), object.to_string().into());
            members.insert("length".into(), (*length).into());
        }
        members.insert("meta".into(), Value::Object(self.meta.clone()));
        members.insert("salt".into(), self.salt.to_hex().into());
        Ok(to_canonical(&Value::Object(members))?.into_bytes())
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Record, EntryError> {
        let mut members = versioned_members(bytes)?;
        let mut bytes = None;
        if members.contains_key("object") {
            let object = ItemId(take_hash(&mut members, "object")?);
            let length = members.remove("length").and_then(|v| v.as_u64());
            bytes = Some((object, length.ok_or(EntryError::Member { name: "length" })?));
        }
        let Some(Value::Object(meta)) = members.remove("meta") else {
            return Err(EntryError::Member { name: "meta" });
        };
        let salt = Salt::from_bytes(*take_hash(&mut members, "salt")?.as_bytes());
        // What the log does not commit to has no place in a record.
        if !members.is_empty() {
            return Err(EntryError::Member { name: "meta" });
        }
        Ok(Record { bytes, meta, salt })
    }
}

/// Where the record behind an entry lies; `None` if none lies beside it.
pub(crate) fn record_path(entry: &Entry) -> Option<String> {
    match (&entry.stored, &entry.commit_meta) {
        _ if entry.is_sealed() => None,
        // The commitment keeps two acquisitions of the same bytes apart.
        (Some(stored), _) => {
            let commitment: String = stored.commit_meta.to_string().chars().take(16).collect();
            let dir = record_dir(&stored.object.0);
            Some(format!("{dir}/{}.{commitment}.json", stored.object))
        }
        (None, Some(commitment)) => Some(format!("{}/{commitment}.json", record_dir(commitment))),
        (None, None) => None,
    }
}

/// Where the bytes of `object` lie: `objects/sha256/ab/<64 hex>`.
pub(crate) fn object_path(object: &ItemId) -> String {
    let hex = object.to_string();
    format!("{}/{hex}", object_dir(object))
}

/// Folder of [`object_path`].
pub(crate) fn object_dir(object: &ItemId) -> String {
    format!("objects/sha256/{:02x}", first_byte(&object.0))
}

/// Folder of the records of an object, or of an event with this commitment.
pub(crate) fn record_dir(hash: &Sha256) -> String {
    format!("records/{:02x}", first_byte(hash))
}

fn first_byte(hash: &Sha256) -> u8 {
    let [first, ..] = hash.as_bytes();
    *first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back_and_commits_to_every_word_of_it() {
        let acquisition = Acquisition {
            path: "letters/first\u{202e}.txt\n".into(),
            acquired_at: "2022-01-09T10:00:00Z".into(),
            source: Some("a neighbour".into()),
            more: BTreeMap::from([("modified".into(), "2022-01-08".into())]),
            ..Acquisition::default()
        };
        let record = Record {
            bytes: Some((ItemId::of(b"x"), 1)),
            meta: acquisition.to_meta(),
            salt: Salt::generate().unwrap(),
        };
        let back = Record::parse(&record.to_bytes().unwrap()).unwrap();
        assert_eq!(back, record);
        assert_eq!(Acquisition::from_meta(&back.meta).unwrap(), acquisition);
        assert_eq!(acquisition.day().unwrap().to_string(), "2022-01-09");
        let stored = record.stored().unwrap().unwrap();
        let mut other = record.clone();
        other.meta.insert("note".into(), "added later".into());
        assert_ne!(other.stored().unwrap().unwrap().commit_meta, stored.commit_meta);
        let resalted = Record { salt: Salt::generate().unwrap(), ..record };
        assert_ne!(resalted.stored().unwrap().unwrap().commit_plain, stored.commit_plain);
    }
}
