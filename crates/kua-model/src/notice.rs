//! Something odd in the material that a reader should know. Not an error: the run goes on.

use serde::{Deserialize, Serialize};

use crate::{ItemId, Span};

/// How much a reader should care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// May mislead a reader who does not know.
    Caution,
    /// Something could not be read or used.
    Loss,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticePlace {
    /// The case as a whole.
    Case,
    /// A preserved file.
    Item(ItemId),
    /// Words in a document.
    Span(Span),
}

/// Something odd in the material.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about.
    pub place: NoticePlace,
    /// Stable kebab-case name of the kind of oddity, like `weekday-disagrees`.
    pub code: String,
    /// How much a reader should care.
    pub severity: Severity,
    /// One or two plain sentences: what was found, what was done about it.
    pub message: String,
}

impl Notice {
    /// A notice of kind `code` about `place`.
    pub fn new(
        severity: Severity,
        code: &str,
        place: NoticePlace,
        message: impl Into<String>,
    ) -> Self {
        Self { place, code: code.to_owned(), severity, message: message.into() }
    }
}

/// A value with what a reader should know about how it came to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Noted<T> {
    /// The value.
    pub value: T,
    /// What was odd on the way.
    pub notices: Vec<Notice>,
}

impl<T> Noted<T> {
    /// A value with nothing to note.
    pub fn plain(value: T) -> Self {
        Self { value, notices: Vec::new() }
    }

    /// Another value with the same notices.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Noted<U> {
        Noted { value: f(self.value), notices: self.notices }
    }

    /// The value; its notices go to the end of `into`.
    pub fn collect_into(self, into: &mut Vec<Notice>) -> T {
        into.extend(self.notices);
        self.value
    }
}
