//! What can go wrong with a case, each with the words somebody needs to go on.

use std::io;
use std::path::PathBuf;

use kua_lexicon::LexiconError;
use thiserror::Error;

use crate::cache::CacheError;
use crate::config::ConfigError;

/// A case could not be opened, changed or asked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CaseError {
    /// No case here.
    #[error("{} is not a case of kua: it has no case.toml", dir.display())]
    NotACase {
        /// The folder that was asked for.
        dir: PathBuf,
    },
    /// There is a case here already.
    #[error("{} is already a case of kua", dir.display())]
    AlreadyACase {
        /// The folder.
        dir: PathBuf,
    },
    /// The folder for a new case holds something else.
    #[error("{} is not empty", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
    },
    /// `case.toml` cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file of the case could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The lexicons of the case have lines that are not in the syntax.
    #[error("{} in the lexicons of the case: {}", if errors.len() == 1 { "a slip".to_owned() } else { format!("{} slips", errors.len()) }, errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Lexicon {
        /// Every such line.
        errors: Vec<LexiconError>,
    },
    /// No lexicon files where some were expected.
    #[error("{} holds no lexicon files (expected NAME.txt, or folders named by a language code)", dir.display())]
    NoLexicon {
        /// The folder.
        dir: PathBuf,
    },
    /// A gazetteer of the case is not as expected.
    #[error("{}, line {line}: {reason}", path.display())]
    Places {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What was expected and what was found.
        reason: String,
    },
    /// The cache cannot be used, even made anew.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The vault refused.
    #[error(transparent)]
    Vault(#[from] crate::evidence::EvidenceError),
    /// Another kua is building this case.
    #[error("another kua is building {}", dir.display())]
    Building {
        /// The case.
        dir: PathBuf,
    },
    /// Another kua is asking a model about this case.
    #[error("another kua is asking a model about {}", dir.display())]
    Asking {
        /// The case.
        dir: PathBuf,
    },
    /// The case has not been built, or a build was interrupted.
    #[error("{} has not been built yet", dir.display())]
    NotBuilt {
        /// The case.
        dir: PathBuf,
    },
    /// The vault was not packed.
    #[error(transparent)]
    Pack(#[from] kua_vault::PackError),
    /// The bundle was not taken in.
    #[error(transparent)]
    Merge(#[from] kua_vault::MergeError),
    /// Sealed items could not be opened.
    #[error(transparent)]
    Unseal(#[from] kua_vault::UnsealError),
    /// A key for sealing cannot be used.
    #[error(transparent)]
    SealKey(kua_vault::SealKeyError),
    /// The key of a log cannot be used.
    #[error("the key of the log cannot be used: {0}")]
    Key(kua_vault::KeyError),
    /// What the other side has cannot be told from this file.
    #[error("--since {}: {what}", path.display())]
    Since {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Not a bundle of kua.
    #[error("{} is no bundle of kua: no BagIt bag with a vault in it", path.display())]
    NotABundle {
        /// What was given.
        path: PathBuf,
    },
    /// A sealed bundle, and no key.
    #[error("{} is sealed: its content can only be seen with a key it was sealed to", path.display())]
    SealedBundle {
        /// The file.
        path: PathBuf,
    },
    /// A field case without anybody to seal to.
    #[error("a field case wants recipients to seal to: public keys that begin with age1")]
    NoRecipients,
    /// This is a field case, which only takes in sealed items.
    #[error("this is a field case: nothing in it can be {what} here")]
    FieldCase {
        /// What was asked for.
        what: &'static str,
    },
    /// A secret key in a case would travel with what it opens.
    #[error("{} lies in a case: a secret key must never lie beside the evidence it opens", path.display())]
    IdentityInCase {
        /// The file.
        path: PathBuf,
    },
    /// Nothing goes by this name.
    #[error("nothing in this case has an id that begins with {prefix:?}")]
    NoSuchId {
        /// What was asked for.
        prefix: String,
    },
    /// More than one thing goes by this name.
    #[error("{} things have an id that begins with {prefix:?}: {}", ids.len(), ids.join(", "))]
    ManyIds {
        /// What was asked for.
        prefix: String,
        /// The first few that match.
        ids: Vec<String>,
    },
    /// No kind of event goes by this name.
    #[error("no kind of event is called {event:?}; the lexicons know {}", known.join(", "))]
    NoSuchEvent {
        /// What was asked for.
        event: String,
        /// The kinds there are.
        known: Vec<String>,
    },
    /// A judgement without a name or a reason.
    #[error("a judgement wants who decides and why; one of the two is empty")]
    NoReason,
    /// A judgement could not be written down.
    #[error("the judgement could not be written down: {0}")]
    Judgement(#[source] serde_json::Error),
    /// A result could not be packed for the cache.
    #[error("a result could not be kept: {0}")]
    Keep(#[from] postcard::Error),
    /// Threads could not be started.
    #[error("threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl CaseError {
    /// A file of the case could not be read or written.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
