//! The log entry: one canonical JSON record per event of the custody chain.
//! Holds hashes and commitments, never content or names, since an entry can never be erased.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kua_model::{ItemId, Sha256};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::canonical::{CanonicalError, from_canonical, to_canonical};
use crate::checkpoint::SignedCheckpoint;
use crate::key::VerifierKey;
use crate::tree::Node;

/// Version of the entry format written here.
pub const ENTRY_VERSION: u64 = 1;

/// Longest entry kua writes, in bytes; the format itself allows 65,535.
pub const MAX_ENTRY: usize = 4096;

/// What happened. The words are those of the custody chain; each is explained, with the members it
/// needs, in `docs/formats/vault.md`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// Bytes were taken into the vault by its collector.
    Capture,
    /// Bytes were handed over by somebody else, who had them before.
    Receive,
    /// A working copy was made from an item; the member `from` names the original.
    Derive,
    /// Items went to somebody else.
    Transfer,
    /// Somebody opened items.
    Access,
    /// Something made from items left the vault: a chronicle, a table, a bundle.
    Export,
    /// A third party vouched for a time; the object is its token.
    Timestamp,
    /// Somebody else signed a checkpoint of this log; the object is that checkpoint.
    Cosigned,
    /// Another log was taken in; the member `log` says at which state.
    Merge,
    /// A person's decision was recorded.
    Judgement,
    /// Items were destroyed on withdrawn consent; the member `items` names them.
    Erase,
    /// This log goes on where another ended; the member `log` says where.
    Rotate,
    /// A kind this version does not know; kept and verified like any other.
    Other(String),
}

/// Every kind this version knows, with its word in the entry.
const KINDS: [(EntryKind, &str); 12] = [
    (EntryKind::Capture, "capture"),
    (EntryKind::Receive, "receive"),
    (EntryKind::Derive, "derive"),
    (EntryKind::Transfer, "transfer"),
    (EntryKind::Access, "access"),
    (EntryKind::Export, "export"),
    (EntryKind::Timestamp, "timestamp"),
    (EntryKind::Cosigned, "cosigned"),
    (EntryKind::Merge, "merge"),
    (EntryKind::Judgement, "judgement"),
    (EntryKind::Erase, "erase"),
    (EntryKind::Rotate, "rotate"),
];

impl EntryKind {
    /// The word in the entry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            EntryKind::Other(kind) => kind,
            known => KINDS.iter().find(|(kind, _)| kind == known).map_or("", |(_, word)| word),
        }
    }

    fn of(word: &str) -> EntryKind {
        let known = KINDS.iter().find(|(_, known)| *known == word);
        known.map_or_else(|| EntryKind::Other(word.to_owned()), |(kind, _)| kind.clone())
    }

    /// Whether the bytes of an entry may be of this kind: no such entry is without these
    /// characters, since canonical JSON has one spelling. Far faster than reading the entry.
    pub(crate) fn may_be(&self, entry: &[u8]) -> bool {
        let text = std::str::from_utf8(entry).unwrap_or_default();
        let member = format!("\"kind\":\"{}\"", self.as_str());
        text.contains(&member)
    }

    /// Whether the bytes of such an entry are an item: something a source can be cited from.
    #[must_use]
    pub fn is_item(&self) -> bool {
        matches!(self, EntryKind::Capture | EntryKind::Receive | EntryKind::Derive)
    }

    /// Whether such an entry is nothing without stored bytes.
    fn needs_object(&self) -> bool {
        self.is_item()
            || matches!(self, EntryKind::Judgement | EntryKind::Timestamp | EntryKind::Cosigned)
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

/// A state of another log, as `merge` and `rotate` entries name it in their member `log`:
/// `{"root":"<base64>","size":6,"vkey":"…"}`. Being signed, it vouches for that log's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// The key that signs that log; its name is the log's.
    pub key: VerifierKey,
    /// Its number of entries.
    pub size: u64,
    /// Its root.
    pub root: Node,
}

impl LogState {
    /// The state a checkpoint speaks of.
    #[must_use]
    pub fn of(key: &VerifierKey, signed: &SignedCheckpoint) -> LogState {
        LogState { key: key.clone(), size: signed.size(), root: *signed.root() }
    }

    /// The member as it stands in the entry.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({ "root": STANDARD.encode(self.root), "size": self.size, "vkey": self.key.to_string() })
    }

    fn from_value(value: &Value) -> Option<LogState> {
        let key = value.get("vkey")?.as_str()?.parse().ok()?;
        let size = value.get("size")?.as_u64()?;
        let root = STANDARD.decode(value.get("root")?.as_str()?).ok()?.try_into().ok()?;
        Some(LogState { key, size, root })
    }
}

/// One log entry, as in
/// `{"commit_meta":"…","commit_plain":"…","kind":"capture","length":512,"object":"…","v":1}` or,
/// without stored bytes, `{"commit_meta":"…","items":["…"],"kind":"transfer","v":1}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub kind: EntryKind,
    /// The stored bytes concerned, if any.
    pub stored: Option<Stored>,
    /// `HMAC-SHA256(salt, canonical meta)` of an entry without stored bytes. Each entry has a
    /// salted member, so that nobody can guess it from the hashes in another entry's proof.
    pub commit_meta: Option<Sha256>,
    /// Further members: those of the kind, and whatever a later kua added.
    pub more: Map<String, Value>,
}

impl Entry {
    /// The entry of stored bytes.
    #[must_use]
    pub fn of(kind: EntryKind, stored: Stored) -> Entry {
        Entry { kind, stored: Some(stored), commit_meta: None, more: Map::new() }
    }

    /// The commitment to the record behind the entry; entries of unknown kinds may have none.
    #[must_use]
    pub fn commitment(&self) -> Option<&Sha256> {
        self.stored.as_ref().map(|stored| &stored.commit_meta).or(self.commit_meta.as_ref())
    }

    /// Items the entry names in public: `items`, and the original a working copy came `from`. Of
    /// more than [`MAX_ITEMS`](crate::MAX_ITEMS) the record tells.
    #[must_use]
    pub fn items(&self) -> Vec<ItemId> {
        let list = self.more.get("items").and_then(Value::as_array).into_iter().flatten();
        list.chain(self.more.get("from")).filter_map(|item| item.as_str()?.parse().ok()).collect()
    }

    /// The other log a `merge` or `rotate` entry speaks of.
    #[must_use]
    pub fn log(&self) -> Option<LogState> {
        LogState::from_value(self.more.get("log")?)
    }

    /// Whether path, time and salt lie inside the sealed object, so that no record lies beside it.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.more.contains_key("sealed")
    }

    /// Whether the bytes of an entry may be of sealed bytes.
    pub(crate) fn may_be_sealed(entry: &[u8]) -> bool {
        std::str::from_utf8(entry).is_ok_and(|text| text.contains("\"sealed\":"))
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
        if let Some(commitment) = self.commitment() {
            members.insert("commit_meta".into(), commitment.to_string().into());
        }
        if let Some(stored) = &self.stored {
            members.insert("object".into(), stored.object.to_string().into());
            members.insert("length".into(), stored.length.into());
            members.insert("commit_plain".into(), stored.commit_plain.to_string().into());
        }
        let bytes = to_canonical(&Value::Object(members))?.into_bytes();
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::Long { length: bytes.len() });
        }
        Ok(bytes)
    }

    /// Reads an entry of any kind. An entry that names an `object` must carry all four members
    /// of [`Stored`], whatever its kind; the known kinds must carry what they need.
    ///
    /// # Errors
    /// [`EntryError`] names what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Entry, EntryError> {
        let mut members = versioned_members(bytes)?;
        let kind = match members.remove("kind") {
            Some(Value::String(word)) => EntryKind::of(&word),
            _ => return Err(EntryError::Member { name: "kind" }),
        };
        let known = !matches!(kind, EntryKind::Other(_));
        let (mut stored, mut commit_meta) = (None, None);
        if members.contains_key("object") {
            let object = take_hash(&mut members, "object").map(ItemId)?;
            let length = members.remove("length").and_then(|v| v.as_u64());
            let length = length.ok_or(EntryError::Member { name: "length" })?;
            let commit_plain = take_hash(&mut members, "commit_plain")?;
            let commit_meta = take_hash(&mut members, "commit_meta")?;
            stored = Some(Stored { object, length, commit_plain, commit_meta });
        } else if kind.needs_object() {
            return Err(EntryError::Member { name: "object" });
        } else if known || members.contains_key("commit_meta") {
            commit_meta = Some(take_hash(&mut members, "commit_meta")?);
        }
        let entry = Entry { kind, stored, commit_meta, more: members };
        if known {
            entry.check_members()?;
        }
        Ok(entry)
    }

    /// Checks the members that known kinds give a meaning to.
    fn check_members(&self) -> Result<(), EntryError> {
        let is_hash = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            text.parse::<Sha256>().is_ok_and(|hash| hash.to_string() == text)
        };
        let member = |name| Err(EntryError::Member { name });
        match self.more.get("items") {
            Some(Value::Array(list)) if !list.is_empty() && list.iter().all(is_hash) => {}
            None if self.kind != EntryKind::Erase => {}
            _ => return member("items"),
        }
        match self.more.get("from") {
            Some(from) if is_hash(from) => {}
            None if self.kind != EntryKind::Derive => {}
            _ => return member("from"),
        }
        if matches!(self.kind, EntryKind::Merge | EntryKind::Rotate) && self.log().is_none() {
            return member("log");
        }
        Ok(())
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
        let bytes = br#"{"authority":"the witness","kind":"quarantine","reason":7,"v":1}"#;
        let entry = Entry::parse(bytes).unwrap();
        assert_eq!(entry.kind, EntryKind::Other("quarantine".into()));
        assert_eq!(entry.to_bytes().unwrap(), bytes);
        assert_eq!(
            Entry::parse(br#"{"kind":"capture","v":2}"#),
            Err(EntryError::Version { found: 2 })
        );
        assert!(Entry::parse(br#"{"kind":"capture","v":1}"#).is_err());
        assert!(Entry::parse(b"[]").is_err());
    }

    #[test]
    fn every_kind_is_read_back_and_wants_what_it_needs() {
        for (kind, word) in KINDS {
            assert_eq!((kind.as_str(), &EntryKind::of(word)), (word, &kind));
            let bare = format!(r#"{{"kind":"{word}","v":1}}"#);
            assert!(Entry::parse(bare.as_bytes()).is_err(), "{word}: nothing salted in it");
        }
        let hash = Sha256::of(b"x");
        let more = |text: &str| serde_json::from_str::<Map<String, Value>>(text).unwrap();
        let entry = |kind: EntryKind, members: &str| {
            let stored = kind.needs_object().then(|| capture().stored.unwrap());
            let commit_meta = stored.is_none().then_some(hash);
            Entry { kind, stored, commit_meta, more: more(members) }
        };
        let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let log = format!(r#"{{"log":{{"root":"{root}","size":0,"vkey":"{vkey}"}}}}"#);
        let good = [
            entry(EntryKind::Transfer, &format!(r#"{{"items":["{hash}"]}}"#)),
            entry(EntryKind::Export, "{}"),
            entry(EntryKind::Derive, &format!(r#"{{"from":"{hash}"}}"#)),
            entry(EntryKind::Rotate, &log),
        ];
        for entry in good {
            assert_eq!(Entry::parse(&entry.to_bytes().unwrap()).unwrap(), entry);
        }
        let upper = hash.to_string().to_uppercase();
        let bad = [
            entry(EntryKind::Transfer, r#"{"items":[]}"#),
            entry(EntryKind::Transfer, &format!(r#"{{"items":["{upper}"]}}"#)),
            entry(EntryKind::Transfer, &format!(r#"{{"items":"{hash}"}}"#)),
            entry(EntryKind::Erase, "{}"),
            entry(EntryKind::Derive, "{}"),
            entry(EntryKind::Merge, r#"{"log":{"size":1}}"#),
            entry(EntryKind::Merge, "{}"),
        ];
        for entry in bad {
            assert!(Entry::parse(&entry.to_bytes().unwrap()).is_err(), "{entry:?}");
        }
    }
}
