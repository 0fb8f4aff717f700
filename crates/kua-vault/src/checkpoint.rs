//! Checkpoints (C2SP tlog-checkpoint): the signed size and root of a log.
//! Knows nothing of tiles or files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::key::{SignerKey, VerifierKey};
use crate::note::{Note, NoteError};
use crate::tree::Node;

/// What a log says of itself at one moment.
///
/// ```text
/// kua/aigul-5e0d1c7a/1
/// 24
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log (C2SP calls it the origin line).
    pub log_name: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the Merkle tree over them.
    pub root: Node,
    /// Further lines, none of them empty. kua writes none.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{}\n{}\n{}\n", self.log_name, self.size, STANDARD.encode(self.root));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the text of a checkpoint.
    ///
    /// # Errors
    /// [`CheckpointError::Form`] names the line that is wrong.
    pub fn from_text(text: &str) -> Result<Checkpoint, CheckpointError> {
        let form = |line| CheckpointError::Form { line };
        let body = text.strip_suffix('\n').ok_or(form("last"))?;
        let mut lines = body.split('\n');
        let log_name = lines.next().filter(|l| !l.is_empty()).ok_or(form("name"))?.to_owned();
        let digits = lines.next().ok_or(form("size"))?;
        let size = parse_decimal(digits).ok_or(form("size"))?;
        let root = lines.next().and_then(|l| STANDARD.decode(l).ok());
        let root = root.and_then(|r| Node::try_from(r).ok()).ok_or(form("root"))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(form("extension"));
        }
        Ok(Checkpoint { log_name, size, root, extensions })
    }

    /// Signs the checkpoint with the log's key.
    #[must_use]
    pub fn sign(&self, key: &SignerKey) -> SignedCheckpoint {
        SignedCheckpoint { checkpoint: self.clone(), note: Note::sign(&self.to_text(), &[key]) }
    }
}

/// A checkpoint with its signatures, its log's signature verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Reads a signed checkpoint and verifies the signature of `key`. The key's name must be the
    /// name of the log.
    ///
    /// # Errors
    /// [`CheckpointError`] says whether form, signature or name is wrong.
    pub fn verify(bytes: &[u8], key: &VerifierKey) -> Result<SignedCheckpoint, CheckpointError> {
        let note = Note::parse(bytes)?;
        note.verify(&[key])?;
        let checkpoint = Checkpoint::from_text(&note.text)?;
        if checkpoint.log_name != key.name() {
            return Err(CheckpointError::Name {
                expected: key.name().to_owned(),
                found: checkpoint.log_name,
            });
        }
        Ok(SignedCheckpoint { checkpoint, note })
    }

    /// Name, size and root.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// Root of the Merkle tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.checkpoint.root
    }

    /// The note with all its signatures.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The signed note as text, as it lies in the file `checkpoint`.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }
}

/// Why a checkpoint is not accepted.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The signed note around it is not accepted.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A line of the text is wrong.
    #[error("this is not a checkpoint: its {line} line is missing or malformed")]
    Form {
        /// Which line.
        line: &'static str,
    },
    /// Signed by the right key, but for another log.
    #[error("the checkpoint is of the log {found:?}, expected {expected:?}")]
    Name {
        /// Name of the key.
        expected: String,
        /// Name in the checkpoint.
        found: String,
    },
}

/// A decimal number without sign or leading zero.
pub(crate) fn parse_decimal(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    let leading = digits.len() > 1 && digits.starts_with('0');
    if plain && !leading { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_back_and_its_ugly_twins_are_refused() {
        let good = "a.example/log\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
        assert_eq!(Checkpoint::from_text(good).unwrap().to_text(), good);
        assert_eq!(Checkpoint::from_text(&format!("{good}ext\n")).unwrap().extensions, ["ext"]);
        for bad in [
            "",
            "\n",
            "a\n",
            "a\n7\n",
            "a\n07\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n+7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "a\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            "a\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
            "a\n7\n47DE\n",
            "\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        ] {
            assert!(Checkpoint::from_text(bad).is_err(), "{bad:?}");
        }
        assert!(Checkpoint::from_text(&format!("{good}\n")).is_err());
    }
}
