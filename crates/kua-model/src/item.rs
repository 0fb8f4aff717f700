//! Preserved bytes and how they were acquired.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{HashError, PartialDate, Sha256};

/// Names an item by the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemId(pub Sha256);

impl ItemId {
    /// The id of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::of(bytes))
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ItemId {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        text.parse().map(Self)
    }
}

/// What is known of preserved bytes without opening them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// SHA-256 of the bytes.
    pub id: ItemId,
    /// Path as it was added, with `/` between folders. Text only: it is never opened again.
    pub path: String,
    /// Length in bytes.
    pub size: u64,
    /// When the bytes were acquired, RFC 3339 in UTC, as the collector's clock had it.
    pub acquired_at: String,
    /// The day of `acquired_at`: an upper bound for every date in the text.
    pub acquired_on: PartialDate,
    /// Name of the log that records it: of this vault in some epoch, or of another collector.
    #[serde(default)]
    pub log: String,
    /// Position in that log, from 0.
    pub log_index: u64,
}
