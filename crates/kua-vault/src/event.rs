//! What a caller tells the writer about one step of the custody chain: a kind, what everybody
//! with the log may read, and what only the record holds. Leaves alone how it is written.

use std::collections::BTreeSet;

use kua_model::{ItemId, Sha256};
use serde_json::{Map, Value};

use crate::entry::{EntryKind, LogState};
use crate::record::Acquisition;

/// Most items an entry names in public; longer lists go whole into the record.
pub const MAX_ITEMS: usize = 16;

/// One event to be recorded by [`Writer::append`](crate::Writer::append) and its siblings.
///
/// Two places for facts: *public* members stand in the signed log and can never be erased;
/// *private* ones lie in the record, which the log only commits to under a random salt, so they
/// can be destroyed. Names, places, times, reasons in a person's words are private.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    kind: EntryKind,
    public: Map<String, Value>,
    private: Map<String, Value>,
}

impl Event {
    /// An event without stored bytes, at a time as in [`Acquisition::acquired_at`] (private, in
    /// the member `at`).
    #[must_use]
    pub fn new(kind: EntryKind, at: &str) -> Event {
        Event::bare(kind).private("at", at)
    }

    pub(crate) fn bare(kind: EntryKind) -> Event {
        Event { kind, public: Map::new(), private: Map::new() }
    }

    /// Bytes taken in, with how they were acquired as the private facts. For every kind whose
    /// bytes are an item, and for tokens and the like (then the path may be empty).
    #[must_use]
    pub fn of_bytes(kind: EntryKind, acquisition: &Acquisition) -> Event {
        Event { private: acquisition.to_meta(), ..Event::bare(kind) }
    }

    /// The items concerned: in public up to [`MAX_ITEMS`], else in the record.
    #[must_use]
    pub fn about<'i>(mut self, items: impl IntoIterator<Item = &'i ItemId>) -> Event {
        let items: BTreeSet<String> = items.into_iter().map(ItemId::to_string).collect();
        let count = items.len();
        if count > 0 {
            let list = Value::from_iter(items);
            let to = if count > MAX_ITEMS { &mut self.private } else { &mut self.public };
            to.insert("items".into(), list);
        }
        self
    }

    /// The original a working copy was made from (public).
    #[must_use]
    pub fn from_item(self, original: &ItemId) -> Event {
        self.public("from", original.to_string())
    }

    /// The state of another log that a `merge` or `rotate` speaks of (public).
    #[must_use]
    pub fn of_log(self, state: &LogState) -> Event {
        self.public("log", state.to_value())
    }

    /// A member of the signed entry, readable for ever by whoever holds the log.
    #[must_use]
    pub fn public(mut self, name: &str, value: impl Into<Value>) -> Event {
        self.public.insert(name.to_owned(), value.into());
        self
    }

    /// A member of the record.
    #[must_use]
    pub fn private(mut self, name: &str, value: impl Into<Value>) -> Event {
        self.private.insert(name.to_owned(), value.into());
        self
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &EntryKind {
        &self.kind
    }

    pub(crate) fn into_parts(self) -> (EntryKind, Map<String, Value>, Map<String, Value>) {
        (self.kind, self.public, self.private)
    }
}

/// The commitments of bytes that were sealed before they came here: salt, path and time lie
/// inside the object, and no record lies beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// `HMAC-SHA256(salt, SHA-256(plain bytes))`.
    pub commit_plain: Sha256,
    /// `HMAC-SHA256(salt, canonical meta)`.
    pub commit_meta: Sha256,
}
