//! PRESERVE: objects by hash, an append-only signed log, proofs, verification
mod append;
mod canonical;
mod checkpoint;
mod commitment;
mod disk;
mod entry;
mod key;
mod log;
mod manifest;
mod note;
mod proof;
mod record;
mod storage;
pub mod tile;
pub mod tree;

pub use canonical::{CanonicalError, from_canonical, to_canonical};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use commitment::Salt;
pub use disk::Disk;
pub use entry::{ENTRY_VERSION, Entry, EntryError, EntryKind, MAX_ENTRY, Stored};
pub use key::{KeyError, KeyId, SignerKey, VerifierKey};
pub use log::{Log, LogError};
pub use note::{Note, NoteError, NoteSignature};
pub use proof::{Proof, ProofError, Proven, verify_item_proof, verify_proof};
pub use record::Acquisition;
pub use storage::{Access, Listed, Lock, Storage};
