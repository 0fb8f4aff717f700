//! What can go wrong while opening and reading a vault, in words for whoever waits for it.

use std::io;

use kua_model::ItemId;
use thiserror::Error;

use crate::entry::EntryError;
use crate::log::LogError;
use crate::manifest::BUNDLED_VERSION;

/// Why a vault cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Nothing there.
    #[error("there is no vault here (no vault.json). Make one with: kua init")]
    NoVault,
    /// Made by a later kua.
    #[error(
        "the vault has version {found}, this kua reads versions up to {BUNDLED_VERSION}: use a newer kua"
    )]
    Version {
        /// Version found.
        found: u64,
    },
    /// `vault.json` is not as kua wrote it.
    #[error(
        "vault.json is damaged. Restore it from another copy of the vault; kua verify tells more"
    )]
    Manifest,
    /// The system's reason.
    #[error("the vault cannot be read: {source}")]
    Io {
        /// The system's reason.
        source: io::Error,
    },
    /// The log's checkpoint is missing or not accepted.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// Why something in the vault cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The log itself cannot be read there.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An entry is not one of kua's.
    #[error("log entry {index} cannot be read: {source}")]
    Entry {
        /// Number of the entry.
        index: u64,
        /// What is wrong with it.
        source: EntryError,
    },
    /// The bytes are gone.
    #[error("the bytes of item {id} are missing. Restore them from another copy: kua add ORIGINAL")]
    Missing {
        /// The item.
        id: ItemId,
    },
    /// The bytes are not those that were preserved.
    #[error(
        "the bytes of item {id} were changed on disk. Restore them from another copy: kua add ORIGINAL"
    )]
    Damaged {
        /// The item.
        id: ItemId,
    },
    /// Path, time and salt of an acquisition are lost or changed.
    #[error(
        "the record of item {id} (log entry {index}) is missing or changed: its path and time are not as signed. Restore the folder records/ from another copy of the vault"
    )]
    Record {
        /// The item.
        id: ItemId,
        /// Number of the entry.
        index: u64,
    },
    /// The record of an event without bytes is lost or changed.
    #[error(
        "the record of entry {index} of the log {log} is missing or changed: what it tells is not as signed. Restore the folder records/ from another copy of the vault"
    )]
    Facts {
        /// Name of the log.
        log: String,
        /// Number of the entry.
        index: u64,
    },
    /// The system's reason.
    #[error("{path} could not be read: {source}")]
    Io {
        /// Path in the vault.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}
