//! PRESERVE: evidence kept so that a stranger can check it, without us, years later.
//!
//! A [`Vault`] is a folder: objects named by their SHA-256, a record beside each, and an
//! append-only log of [`Entry`]s in the C2SP tlog-tiles format, signed by its collector
//! ([`SignerKey`]). A [`Writer`] takes items and judgements in, many per [`Writer::commit`];
//! a [`Proof`] shows one entry to somebody who has only the [`VerifierKey`]; [`verify`] re-proves
//! all of it and says in a [`VerifyReport`] what is wrong where. Each byte on disk is described in
//! `docs/formats/vault.md`.
//!
//! Design decision: the log holds commitments under random salts, never content, names or times.
//! So a published proof gives nothing away, and an item can be destroyed without hurting the log.
//!
//! Architecture invariant: knows nothing of language and of what the preserved bytes mean. All
//! disk access goes through [`Storage`]; its comment is the contract crash safety rests on. No
//! clock: times come from the caller. The only randomness is salts, keys and a log's name.

mod age_header;
mod append;
mod arrive;
mod bag_storage;
mod bag_writer;
mod bagit;
mod canonical;
mod checkpoint;
mod commitment;
mod container;
mod cosign;
mod create;
mod custody;
mod disk;
mod entry;
mod envelope;
mod erase;
mod event;
mod exchange;
mod key;
mod known;
mod listing;
mod log;
mod logs;
mod manifest;
mod merge;
mod note;
mod others;
mod pack;
mod policy;
mod preserve_error;
mod proof;
mod read_error;
mod record;
mod record_bundle;
mod recover;
mod report;
mod rotate;
mod seal;
mod sealed_file;
mod seen;
mod stamped;
mod storage;
mod take;
pub mod tile;
pub mod timestamp;
pub mod tree;
mod unseal;
mod vault;
mod verify;
mod verify_items;
mod verify_log;
mod verify_logs;
mod verify_part;
mod verify_signed;
mod witness;
mod writer;

pub use bag_storage::BagStorage;
pub use bagit::{Bag, BagFault, BagProgress, BagReport, check_bag};
pub use canonical::{CanonicalError, from_canonical, to_canonical};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use commitment::Salt;
pub use container::{Container, PlainFile, ReadSeek, Refused, Source};
pub use cosign::{Accepted, Answer, CosignError, Cosignature};
pub use create::{Collector, CreateError};
pub use custody::{key_of, keys_of, verify_custody};
pub use disk::Disk;
pub use entry::{ENTRY_VERSION, Entry, EntryError, EntryKind, LogState, MAX_ENTRY, Stored};
pub use envelope::padded_length;
pub use erase::{ErasePlan, MAX_REASON, Withdrawal};
pub use event::{Event, MAX_ITEMS, Sealed};
pub use key::{Algorithm, KeyError, KeyId, SignerKey, VerifierKey};
pub use listing::Listing;
pub use log::{Log, LogError};
pub use logs::Recorded;
pub use merge::{Lacking, MergeError, MergeOptions, Merged, MergedLog};
pub use note::{Note, NoteError, NoteSignature};
pub use others::OthersJudgements;
pub use pack::{BundleForm, PackError, PackOptions, Packed, VOLUME};
pub use policy::{Policy, PolicyError, PolicyFault, Witness};
pub use preserve_error::PreserveError;
pub use proof::{Proof, ProofError, Proven, verify_item_proof, verify_proof};
pub use read_error::{OpenError, ReadError};
pub use record::Acquisition;
pub use report::{Damage, Finding, VerifyReport};
pub use seal::{NotOpened, SealIdentity, SealKeyError, SealRecipient};
pub use sealed_file::SealedFile;
pub use stamped::{Stamp, StampError, StampedThing, Trust, Vouched};
pub use storage::{Access, Listed, Lock, Storage};
pub use unseal::{OpenOptions, SealedItem, UnsealError, Unsealed};
pub use vault::{Capture, StoredJudgement, Vault};
pub use verify::{VerifyOptions, VerifyProgress, verify, verify_with};
pub use verify_log::{verify_log, verify_log_on};
pub use verify_part::{Part, verify_part};
pub use witness::{AddCheckpoint, Refusal, Reply};
pub use writer::{Receipt, Writer};
