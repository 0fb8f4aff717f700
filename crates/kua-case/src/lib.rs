//! The case folder and everything one can do with it: what the command line uses, and what a
//! window would use. Never prints, never reads the environment, and learns the time only from its
//! [`Clock`].
//!
//! The steps, each word the type it yields: [`Case::init`] and [`Case::open`] give a [`Case`];
//! [`Case::add`] says what was [`Added`]; [`Case::build`] what was [`Built`]; [`Case::chronicle`]
//! gives the [`Chronicle`] of the last build; [`find`] and [`Case::search`] answer questions of
//! it; [`Case::verify`] proves it.
//!
//! Architecture invariant: only the vault is truth. Everything below `derived/` may be deleted at
//! any time and comes back, byte for byte in what is shown, from the vault.

mod add;
mod build;
mod bundle;
mod cache;
mod chronicle;
mod clock;
mod config;
mod cosigning;
mod custody;
mod decided;
mod erase;
mod error;
mod evidence;
mod field;
mod fold;
mod folder;
mod judge;
mod kept;
mod large;
mod lexicons;
mod lookup;
mod memo;
mod oddities;
mod places;
mod progress;
mod proposals;
mod published;
mod search;
mod second_reader;
mod shown;
mod single_file;
mod timestamp;
mod verify;
mod verify_bag;
mod verify_other;
mod walk;

pub use add::{Added, Provenance, Shortlist};
pub use build::Built;
pub use bundle::PackRequest;
pub use cache::{CacheError, CacheFault};
pub use chronicle::{BuiltStatus, Edition, Loaded, Status};
pub use clock::{Clock, MachineClock, StoppedClock};
pub use config::{CONFIG_VERSION, CaseConfig, ConfigError, Limits};
pub use custody::{CustodyStep, EventFacts, ItemCustody};
pub use decided::{Decided, Elsewhere, Here, in_words};
pub use error::CaseError;
pub use evidence::EvidenceError;
pub use field::{new_identity, read_identities};
pub use folder::{Case, NewCase};
pub use judge::Verdict;
pub use kua_model::*;
pub use kua_publish as publish;
pub use kua_vault::{
    Accepted, Answer, BagFault, BagReport, BundleForm, CosignError, Cosignature, EntryKind,
    ErasePlan, Lacking, MergeError, Merged, MergedLog, PackError, Packed, Policy, Reply,
    SealIdentity, Unsealed, VerifierKey, Withdrawal,
};
pub use lexicons::{
    CheckedLexicons, LexiconSlip, QuantityExpression, TimeExpression, check_lexicons, dates_in,
    quantities_in,
};
pub use lookup::{Found, find};
pub use progress::{Progress, Silent, Step, Stop};
pub use published::Published;
pub use search::{Hit, Hits, Passages, excerpt};
pub use second_reader::{AskRequest, AskedModel, NoAnswer, Question, SecondReader};
pub use shown::shown;
pub use single_file::verify_single_file;
pub use timestamp::{StampLine, StampRequest};
pub use verify::{
    Fault, Verified, VerifyWants, verify_case, verify_case_with, verify_vault_folder,
};
pub use verify_bag::{VerifiedBag, verify_bag};
pub use verify_other::{Quorum, looks_like_a_log, quorum_of, verify_proof_file, verify_tiled_log};
pub use walk::{PassedBy, Reason};
