//! What a command says when it cannot do what it was asked, and the exit code that goes with it.
//! The kind alone decides heading and code.

use std::fmt;
use std::io;

use kua_case::{CaseError, ConfigError, EvidenceError, MergeError};

/// Why a command ends without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The question was answered, and the answer is no. Exit code 1, nothing printed here.
    No,
    /// The command was not understood. Exit code 2.
    Usage,
    /// It could not be finished: something is missing, in the way or broken. Exit code 3.
    Unfinished,
}

impl Kind {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::No => 1,
            Self::Usage => 2,
            Self::Unfinished => 3,
        }
    }
}

/// A command that ended without success.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// The thing, what was expected, what was found. Empty if the command has said it already.
    pub(crate) error: String,
    /// What to do next, a line each.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    /// The answer is no, and the command has said so itself.
    pub(crate) fn no() -> Self {
        Self { kind: Kind::No, error: String::new(), hints: Vec::new() }
    }

    pub(crate) fn usage(error: impl fmt::Display) -> Self {
        Self { kind: Kind::Usage, error: error.to_string(), hints: Vec::new() }
    }

    pub(crate) fn unfinished(error: impl fmt::Display) -> Self {
        Self { kind: Kind::Unfinished, error: error.to_string(), hints: Vec::new() }
    }

    /// Not finished, and the command has said why itself.
    pub(crate) fn said() -> Self {
        Self { kind: Kind::Unfinished, error: String::new(), hints: Vec::new() }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<CaseError> for Failure {
    fn from(error: CaseError) -> Self {
        let text = error.to_string();
        let failure = match &error {
            CaseError::Merge(
                MergeError::OtherKey { .. }
                | MergeError::Damaged { .. }
                | MergeError::Behind { .. }
                | MergeError::OwnFork { .. },
            )
            | CaseError::NoSuchId { .. }
            | CaseError::ManyIds { .. }
            | CaseError::NoSuchEvent { .. } => {
                Self { kind: Kind::No, error: text, hints: Vec::new() }
            }
            _ => Self::unfinished(text),
        };
        match &error {
            CaseError::NotACase { .. } => failure
                .hint("Make a case:            kua init FOLDER")
                .hint("Or say where it lies:   kua -C FOLDER …"),
            CaseError::AlreadyACase { .. } => failure.hint("Add files to it:  kua -C FOLDER add PATH…"),
            CaseError::NotEmpty { .. } => {
                failure.hint("A case wants a folder of its own: name one that does not exist yet.")
            }
            CaseError::Config(ConfigError::Newer { .. }) => {
                failure.hint("The case was made by a newer kua: use that one.")
            }
            CaseError::Config(_) => failure.hint("All settings are described in docs/formats/case.md."),
            CaseError::Lexicon { .. } => failure
                .hint("Check the folder by itself:  kua lexicon check FOLDER")
                .hint("Or move lexicons/ out of the case to use the built-in words."),
            CaseError::Places { .. } => failure.hint(
                "What a gazetteer of the case holds is described in docs/formats/case.md, places/.",
            ),
            CaseError::SealedBundle { .. } => {
                failure.hint("Say where the key lies:  --identity FILE")
            }
            CaseError::NoRecipients => {
                failure.hint("Editors make a key with:  kua key new FILE")
            }
            CaseError::NotABundle { .. } => {
                failure.hint("Any bag can be checked:  kua verify PATH").hint("A bundle is made with:  kua pack OUT")
            }
            CaseError::IdentityInCase { .. } => failure
                .hint("Keep it outside, best on another medium; then name it again."),
            CaseError::FieldCase { .. } => failure
                .hint("Take the case to an editor's machine:  kua pack STICK, there kua merge STICK"),
            CaseError::NotBuilt { .. } => failure.hint("Run:  kua build"),
            CaseError::Asking { .. } => failure.hint("Wait until it has finished, or stop it, then try again."),
            CaseError::Building { .. } => failure.hint("Wait until it has finished, then try again."),
            CaseError::Cache(cache) if cache.is_disk_full() => failure.hint(DISK_FULL),
            CaseError::Io { source, .. } if is_disk_full(source) => failure.hint(DISK_FULL),
            CaseError::Vault(vault) => failure.with_vault_hints(vault),
            CaseError::ManyIds { .. } => failure.hint("Give more of its digits."),
            CaseError::NoSuchId { .. } => failure.hint(
                "Ids of claims, origins and documents stand in the first column of kua claims, kua origins and kua documents.",
            ),
            // Packing, merging and the rest: whatever it was, this is what helps.
            _ if comes_of_a_full_disk(&error) => failure.hint(DISK_FULL),
            _ => failure,
        }
    }
}

fn comes_of_a_full_disk(error: &CaseError) -> bool {
    let first: &dyn std::error::Error = error;
    let mut causes = std::iter::successors(Some(first), |error| error.source());
    causes.any(|cause| cause.downcast_ref().is_some_and(is_disk_full))
}

impl Failure {
    fn with_vault_hints(self, error: &EvidenceError) -> Self {
        if error.is_busy() {
            self.hint("Another kua is adding to this case. Wait until it has finished, then run the same command again.")
        } else if error.is_disk_full() {
            self.hint(DISK_FULL)
        } else {
            self.hint("See what is wrong where:  kua verify")
        }
    }
}

const DISK_FULL: &str = "The disk is full. What was acknowledged is safe. Make room, then run the same command again: it goes on where it was.";

fn is_disk_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Somebody read enough: `kua claims | head`.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { kind: Kind::No, error: String::new(), hints: Vec::new() };
        }
        let full = is_disk_full(&error);
        let failure = Self::unfinished(format!("The answer could not be written: {error}"));
        if full { failure.hint(DISK_FULL) } else { failure }
    }
}
