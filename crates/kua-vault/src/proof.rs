//! Inclusion proofs as text (C2SP tlog-proof), written and checked without any vault.
//! Knows nothing of files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kua_model::ItemId;
use thiserror::Error;

use crate::checkpoint::{CheckpointError, SignedCheckpoint, parse_decimal};
use crate::entry::{Entry, EntryError};
use crate::key::{KeyError, VerifierKey};
use crate::tree::{Node, TreeError, leaf_hash, verify_inclusion};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// That one entry stands in a log at one checkpoint.
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// index 17
/// <base64 hash, the leaf's sibling first>
/// …
///
/// <the signed checkpoint, verbatim>
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Unauthenticated bytes that travel with the proof; kua writes none.
    pub extra: Option<Vec<u8>>,
    /// Number of the entry.
    pub index: u64,
    /// Hashes from the leaf's sibling upwards.
    pub hashes: Vec<Node>,
    /// The signed checkpoint as text, not yet verified.
    pub checkpoint: String,
}

impl Proof {
    /// The proof as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", STANDARD.encode(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        for hash in &self.hashes {
            text.push_str(&STANDARD.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a proof; verifies nothing.
    ///
    /// # Errors
    /// [`ProofError::Form`] names the line that is wrong.
    pub fn parse(text: &str) -> Result<Proof, ProofError> {
        let form = |line| ProofError::Form { line };
        let (head, checkpoint) = text.split_once("\n\n").ok_or(form("empty"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(form("first"));
        }
        let extra = match lines.peek().and_then(|line| line.strip_prefix("extra ")) {
            Some(data) => {
                lines.next();
                Some(STANDARD.decode(data).map_err(|_| form("extra"))?)
            }
            None => None,
        };
        let index = lines.next().and_then(|line| parse_decimal(line.strip_prefix("index ")?));
        let index = index.ok_or(form("index"))?;
        let hashes = lines
            .map(|line| STANDARD.decode(line).ok().and_then(|hash| Node::try_from(hash).ok()))
            .collect::<Option<Vec<Node>>>()
            .ok_or(form("hash"))?;
        if hashes.len() > 64 {
            return Err(form("hash"));
        }
        Ok(Proof { extra, index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Verifies the checkpoint's signature and that `entry` is the entry the proof speaks of.
    ///
    /// # Errors
    /// [`ProofError`] says what does not hold.
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<SignedCheckpoint, ProofError> {
        let checkpoint = SignedCheckpoint::verify(self.checkpoint.as_bytes(), key)?;
        let leaf = leaf_hash(entry);
        verify_inclusion(self.index, checkpoint.size(), &leaf, &self.hashes, checkpoint.root())?;
        Ok(checkpoint)
    }
}

/// What a verified proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Number of the entry.
    pub index: u64,
    /// The log at the moment of the proof.
    pub checkpoint: SignedCheckpoint,
}

/// Checks a `.tlog-proof` for any log entry, kua's or not, under the log's verifier key.
///
/// # Errors
/// [`ProofError`] says what does not hold.
pub fn verify_proof(text: &str, entry: &[u8], key: &VerifierKey) -> Result<Proven, ProofError> {
    let proof = Proof::parse(text)?;
    let checkpoint = proof.verify(entry, key)?;
    Ok(Proven { index: proof.index, checkpoint })
}

/// Checks that the log of `key` records `item`: proof, entry bytes and the item's hash, as a
/// published chronicle carries them. Needs no vault. Gives back the entry too.
///
/// # Errors
/// [`ProofError`] says what does not hold.
pub fn verify_item_proof(
    text: &str,
    entry: &[u8],
    key: &VerifierKey,
    item: &ItemId,
) -> Result<(Proven, Entry), ProofError> {
    let proven = verify_proof(text, entry, key)?;
    let entry = Entry::parse(entry)?;
    match &entry.stored {
        Some(stored) if stored.object == *item => Ok((proven, entry)),
        _ => Err(ProofError::OtherItem { index: proven.index, item: *item }),
    }
}

/// Why a proof does not hold.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProofError {
    /// The text is no proof.
    #[error("this is not an inclusion proof: its {line} line is missing or malformed")]
    Form {
        /// Which line.
        line: &'static str,
    },
    /// The key that came with it is none.
    #[error("the log's key cannot be used: {0}")]
    Key(KeyError),
    /// The checkpoint in it is not accepted.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The hashes do not lead from the entry to the signed root.
    #[error("the entry is not what was signed: {0}")]
    Tree(#[from] TreeError),
    /// The entry is proved, but is no record kua can read.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Signed by a log that the expected one does not vouch for.
    #[error(
        "the log {log} is not vouched for: no entry of the expected log names its key. Ask who sent it"
    )]
    NotVouched {
        /// Name of the log.
        log: String,
    },
    /// The entry is proved, but records something else.
    #[error("log entry {index} is genuine, but it records another item than {item}")]
    OtherItem {
        /// Number of the entry.
        index: u64,
        /// Item looked for.
        item: ItemId,
    },
}
