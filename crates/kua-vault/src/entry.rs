//! The log entry: one canonical JSON record per event of the custody chain.
//! Holds hashes and commitments, never content or names, since an entry can never be erased.

use std::fmt;

use kua_model::{ItemId, Sha256};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::canonical::{CanonicalError, from_canonical, to_canonical};

/// Version of the entry format written here.
pub const ENTRY_VERSION: u64 = 1;

/// Longest entry kua writes, in bytes; the format itself allows 65,535.
pub const MAX_ENTRY: usize = 4096;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// Bytes were taken into the vault.
    Capture,
    /// A person's decision was recorded.
    Judgement,
    /// A kind this version does not write; kept and verified like any other.
    Other(String),
}

impl EntryKind {
    /// The word in the entry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            EntryKind::Capture => "capture",
            EntryKind::Judgement => "judgement",
            EntryKind::Other(kind) => kind,
        }
    }

    fn of(word: &str) -> EntryKind {
        match word {
            "capture" => EntryKind::Capture,
            "judgement" => EntryKind::Judgement,
            other => EntryKind::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The stored bytes an entry speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the bytes as stored; also their file name.
    pub object: ItemId,
    /// Length as stored, in bytes.
    pub length: u64,
    /// `HMAC-SHA256(salt, SHA-256(plain bytes))`; stored and plain are the same unless sealed.
    pub commit_plain: Sha256,
    /// `HMAC-SHA256(salt, canonical meta)`.
    pub commit_meta: Sha256,
}

/// One log entry, as in
/// `{"commit_meta":"…","commit_plain":"…","kind":"capture","length":512,"object":"…","v":1}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub kind: EntryKind,
    /// The stored bytes concerned, if any.
    pub stored: Option<Stored>,
    /// Members that belong to the kind and that this version leaves alone.
    pub more: Map<String, Value>,
}

impl Entry {
    /// The entry of stored bytes.
    #[must_use]
    pub fn of(kind: EntryKind, stored: Stored) -> Entry {
        Entry { kind, stored: Some(stored), more: Map::new() }
    }

    /// The bytes that go into the log.
    ///
    /// # Errors
    /// [`EntryError::Long`] above [`MAX_ENTRY`] bytes, [`EntryError::Canonical`] for numbers in
    /// `more` that have no canonical form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let mut members = self.more.clone();
        members.insert("v".into(), ENTRY_VERSION.into());
        members.insert("kind".into(), self.kind.as_str().into());
        if let Some(stored) = &self.stored {
            members.insert("object".into(), stored.object.to_string().into());
            members.insert("length".into(), stored.length.into());
            members.insert("commit_plain".into(), stored.commit_plain.to_string().into());
            members.insert("commit_meta".into(), stored.commit_meta.to_string().into());
        }
        let bytes = to_canonical(&Value::Object(members))?.into_bytes();
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::Long { length: bytes.len() });
        }
        Ok(bytes)
    }

    /// Reads an entry of any kind. An entry that names an `object` must carry all four members
    /// of [`Stored`], whatever its kind.
    ///
    /// # Errors
    /// [`EntryError`] names what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Entry, EntryError> {
        let mut members = versioned_members(bytes)?;
        let kind = match members.remove("kind") {
            Some(Value::String(word)) => EntryKind::of(&word),
            _ => return Err(EntryError::Member { name: "kind" }),
        };
        let stored = if members.contains_key("object") {
            let object = take_hash(&mut members, "object").map(ItemId)?;
            let length = members.remove("length").and_then(|v| v.as_u64());
            let length = length.ok_or(EntryError::Member { name: "length" })?;
            let commit_plain = take_hash(&mut members, "commit_plain")?;
            let commit_meta = take_hash(&mut members, "commit_meta")?;
            Some(Stored { object, length, commit_plain, commit_meta })
        } else {
            None
        };
        let known = matches!(kind, EntryKind::Capture | EntryKind::Judgement);
        if known && stored.is_none() {
            return Err(EntryError::Member { name: "object" });
        }
        Ok(Entry { kind, stored, more: members })
    }
}

/// The members of a canonical object of our version, its version taken out. Entries and item
/// records share it.
pub(crate) fn versioned_members(bytes: &[u8]) -> Result<Map<String, Value>, EntryError> {
    let Value::Object(mut members) = from_canonical(bytes)? else {
        return Err(EntryError::Member { name: "v" });
    };
    let version = members.remove("v").and_then(|v| v.as_u64());
    let version = version.ok_or(EntryError::Member { name: "v" })?;
    if version != ENTRY_VERSION {
        return Err(EntryError::Version { found: version });
    }
    Ok(members)
}

/// Removes a member that must be 64 lower-case hexadecimal digits.
pub(crate) fn take_hash(
    members: &mut Map<String, Value>,
    name: &'static str,
) -> Result<Sha256, EntryError> {
    let value = members.remove(name);
    let text = value.as_ref().and_then(Value::as_str).unwrap_or_default();
    let hash: Sha256 = text.parse().map_err(|_| EntryError::Member { name })?;
    if hash.to_string() == text { Ok(hash) } else { Err(EntryError::Member { name }) }
}

/// Why bytes are not a log entry or record of kua.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryError {
    /// Not canonical JSON.
    #[error("not a record of kua: {0}")]
    Canonical(#[from] CanonicalError),
    /// A member is missing or has the wrong type.
    #[error("not a record of kua: the member {name:?} is missing or malformed")]
    Member {
        /// Its name.
        name: &'static str,
    },
    /// Written by a later kua.
    #[error("a record of version {found}; this kua reads version {ENTRY_VERSION}: use a newer kua")]
    Version {
        /// Version found.
        found: u64,
    },
    /// Too long to write.
    #[error("the record has {length} bytes, at most {MAX_ENTRY} are allowed")]
    Long {
        /// Its length.
        length: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture() -> Entry {
        let stored = Stored {
            object: ItemId::of(b"a letter"),
            length: 8,
            commit_plain: Sha256::of(b"1"),
            commit_meta: Sha256::of(b"2"),
        };
        Entry::of(EntryKind::Capture, stored)
    }

    #[test]
    fn an_entry_is_read_back_and_a_change_of_any_byte_shows() {
        let bytes = capture().to_bytes().unwrap();
        assert_eq!(Entry::parse(&bytes).unwrap(), capture());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x20;
            assert_ne!(Entry::parse(&changed).ok(), Some(capture()), "byte {at}");
            assert!(Entry::parse(&bytes[..at]).is_err());
        }
    }

    #[test]
    fn a_kind_of_the_future_is_kept_whole() {
        let bytes = br#"{"authority":"the witness","kind":"erase","reason":7,"v":1}"#;
        let entry = Entry::parse(bytes).unwrap();
        assert_eq!(entry.kind, EntryKind::Other("erase".into()));
        assert_eq!(entry.to_bytes().unwrap(), bytes);
        assert_eq!(
            Entry::parse(br#"{"kind":"capture","v":2}"#),
            Err(EntryError::Version { found: 2 })
        );
        assert!(Entry::parse(br#"{"kind":"capture","v":1}"#).is_err());
        assert!(Entry::parse(b"[]").is_err());
    }
}
