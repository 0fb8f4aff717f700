//! What a verification found, in words: which item, what damage, how much, what to do next.

use std::fmt;

use kua_model::ItemId;

/// Kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Damage {
    /// `vault.json` is missing or changed.
    Manifest,
    /// The signer key is changed or another one's.
    SignerKey,
    /// The checkpoint is missing, changed, or not signed by the expected key.
    Checkpoint,
    /// The log was set back behind something signed before.
    RolledBack,
    /// Two signed states of the log do not agree.
    Forked,
    /// Log entries are missing or changed.
    Entries,
    /// A hash tile is missing or changed.
    Tile,
    /// The log as a whole does not lead to the signed root.
    Root,
    /// An item's bytes are missing.
    ObjectMissing,
    /// An item's bytes are changed.
    ObjectChanged,
    /// The record of an item (path, time, salt) is missing.
    RecordMissing,
    /// The record of an item (path, time, salt) is changed.
    RecordChanged,
    /// The system could not read a file.
    Unreadable,
}

/// One thing that is not as signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Kind of damage.
    pub damage: Damage,
    /// File in the vault, with `/` between folders.
    pub file: String,
    /// Log entry concerned, if one is.
    pub log_index: Option<u64>,
    /// Item concerned, if one is known.
    pub item: Option<ItemId>,
    /// Path of that item as it was added, if it can still be proved.
    pub path: Option<String>,
    /// What is wrong: expected and found.
    pub what: String,
    /// How much is affected.
    pub affected: String,
    /// What to do next.
    pub next: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            // Debug form: a path may hold newlines or marks that reorder text on the screen.
            write!(f, "{path:?}: ")?;
        }
        write!(f, "{}: {}", self.file, self.what)?;
        if let Some(index) = self.log_index {
            write!(f, " (log entry {index})")?;
        }
        write!(f, ". Affected: {}. Next: {}.", self.affected, self.next)
    }
}

/// Result of verifying a vault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Name of the log, as far as known.
    pub log_name: String,
    /// Key it was checked with; empty if none was found.
    pub vkey: String,
    /// Entries checked, in all logs.
    pub size: u64,
    /// Names of the logs checked: the vault's own, its earlier epochs, those of others.
    pub logs: Vec<String>,
    /// Signed root, base64; empty if no checkpoint was accepted.
    pub root: String,
    /// Different items whose bytes were checked.
    pub items: u64,
    /// Judgements checked.
    pub judgements: u64,
    /// Other events of the custody chain whose records were checked.
    pub events: u64,
    /// Items among `items` that are sealed: their bytes were checked without being read.
    pub sealed: u64,
    /// Different items that were erased on withdrawn consent; nothing of them is expected.
    pub erased: u64,
    /// Entries of kinds this kua does not know; proved, but not understood.
    pub unknown_entries: u64,
    /// Bytes of items and judgements hashed.
    pub bytes: u64,
    /// What is not as signed, in the order: files of the vault, log, items by log entry.
    pub findings: Vec<Finding>,
    /// What a reader should know though nothing signed is damaged.
    pub notices: Vec<String>,
}

impl VerifyReport {
    /// Whether everything is as signed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}
