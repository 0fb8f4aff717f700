//! Signed notes (C2SP signed-note): a text and signature lines under it.
//! Knows nothing of what the text says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::key::{KeyId, SignerKey, VerifierKey, check_name};

/// More signature lines than this make a note malformed; the specification asks for at least 16.
const MAX_SIGNATURES: usize = 100;

/// One signature line: `— name base64(key id ‖ signature)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// Id of the key.
    pub id: KeyId,
    /// What follows the id: for Ed25519, 64 bytes.
    pub bytes: Vec<u8>,
}

/// A note taken apart, nothing verified yet. The text ends in a newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its final newline.
    pub text: String,
    /// Signature lines in order, of known and unknown keys.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Takes a note apart.
    ///
    /// # Errors
    /// [`NoteError::Form`] names the rule of the format that is broken.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        let form = |rule| NoteError::Form { rule };
        let whole = std::str::from_utf8(bytes).map_err(|_| form("a note is UTF-8 text"))?;
        if whole.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(form("no control character but the newline stands in a note"));
        }
        let (text, lines) = whole
            .rsplit_once("\n\n")
            .ok_or_else(|| form("an empty line parts text and signatures"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| form("the last signature line ends in a newline"))?;
        let signatures = lines
            .split('\n')
            .take(MAX_SIGNATURES + 1)
            .map(|line| {
                parse_signature(line)
                    .ok_or_else(|| form("a signature line is \u{2014} name base64"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(form("a note carries at most 100 signatures"));
        }
        Ok(Note { text: format!("{text}\n"), signatures })
    }

    /// Signs `text`, which must end in a newline.
    #[must_use]
    pub fn sign(text: &str, keys: &[&SignerKey]) -> Note {
        let signatures = keys
            .iter()
            .map(|key| NoteSignature {
                name: key.name().to_owned(),
                id: key.verifier().id(),
                bytes: key.sign(text.as_bytes()).to_vec(),
            })
            .collect();
        Note { text: text.to_owned(), signatures }
    }

    /// Checks the signatures of known keys and gives those keys back, each once, in the order of
    /// the lines. Lines of unknown keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if any known key's signature is wrong, even beside good ones;
    /// [`NoteError::NoKnownKey`] if no line is by a known key.
    pub fn verify<'k>(&self, known: &[&'k VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signed: Vec<&VerifierKey> = Vec::new();
        for line in &self.signatures {
            let Some(&key) = known.iter().find(|k| k.name() == line.name && k.id() == line.id)
            else {
                continue;
            };
            if !key.verifies(self.text.as_bytes(), &line.bytes) {
                return Err(NoteError::BadSignature { name: line.name.clone(), id: line.id });
            }
            if !signed.contains(&key) {
                signed.push(key);
            }
        }
        if signed.is_empty() {
            return Err(NoteError::NoKnownKey {
                found: self.signatures.iter().map(|s| format!("{}+{}", s.name, s.id)).collect(),
            });
        }
        Ok(signed)
    }

    /// The note as text: what [`Note::parse`] reads.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("{}\n", self.text);
        for line in &self.signatures {
            out.push_str(&line.to_text());
        }
        out
    }
}

impl NoteSignature {
    /// The line, with its newline.
    #[must_use]
    pub fn to_text(&self) -> String {
        let blob = [&self.id.0.to_be_bytes(), &self.bytes[..]].concat();
        format!("\u{2014} {} {}\n", self.name, STANDARD.encode(blob))
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, blob) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
    check_name(name).ok()?;
    let blob = STANDARD.decode(blob).ok()?;
    let (id, bytes) = blob.split_first_chunk::<4>()?;
    if bytes.is_empty() {
        return None;
    }
    let id = KeyId(u32::from_be_bytes(*id));
    Some(NoteSignature { name: name.to_owned(), id, bytes: bytes.to_vec() })
}

/// Why a note is not accepted.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteError {
    /// The text is no signed note.
    #[error("this is not a signed note: {rule}")]
    Form {
        /// The rule it breaks.
        rule: &'static str,
    },
    /// A known key's signature does not fit the text.
    #[error("the signature of {name}+{id} does not fit: the text was changed after signing")]
    BadSignature {
        /// Name of the key.
        name: String,
        /// Id of the key.
        id: KeyId,
    },
    /// No line is by a key we were given.
    #[error("not signed by the expected key; signed by {}", found.join(", "))]
    NoKnownKey {
        /// `name+id` of each signature found.
        found: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn vkey() -> VerifierKey {
        VKEY.parse().unwrap()
    }

    #[test]
    fn the_specification_s_own_note_verifies() {
        let note = Note::parse(NOTE.as_bytes()).unwrap();
        assert_eq!(note.text, "This is an example message.\n");
        assert_eq!(note.verify(&[&vkey()]).unwrap().len(), 1);
        assert_eq!(note.to_text(), NOTE);
        assert_eq!(vkey().to_string(), VKEY);
    }

    #[test]
    fn no_byte_of_a_note_can_be_changed() {
        for at in 0..NOTE.len() {
            for bit in 0..8 {
                let mut bytes = NOTE.as_bytes().to_vec();
                bytes[at] ^= 1 << bit;
                let verdict = Note::parse(&bytes).and_then(|n| n.verify(&[&vkey()]).map(|_| ()));
                assert!(verdict.is_err(), "byte {at} bit {bit}");
            }
        }
        for cut in 0..NOTE.len() {
            assert!(Note::parse(&NOTE.as_bytes()[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn unknown_signers_are_passed_over_but_a_known_one_must_be_right() {
        let ours = SignerKey::from_seed("archive.example/log", &[7; 32]).unwrap();
        let stranger = SignerKey::from_seed("stranger.example", &[8; 32]).unwrap();
        let note = Note::sign("text\n", &[&stranger, &ours]);
        let known = ours.verifier();
        assert_eq!(note.verify(&[&known]).unwrap(), [&known]);
        assert!(matches!(note.verify(&[&vkey()]), Err(NoteError::NoKnownKey { .. })));
        let mut bad = note.clone();
        bad.signatures[0].bytes[0] ^= 1;
        assert_eq!(bad.verify(&[&known]).unwrap().len(), 1);
        let strangers = stranger.verifier();
        assert!(matches!(bad.verify(&[&known, &strangers]), Err(NoteError::BadSignature { .. })));
    }

    #[test]
    fn sixteen_signatures_are_fine_and_a_flood_is_not() {
        let key = SignerKey::from_seed("archive.example/log", &[7; 32]).unwrap();
        let known = key.verifier();
        let many: Vec<&SignerKey> = std::iter::repeat_n(&key, 16).collect();
        let note = Note::parse(Note::sign("t\n", &many).to_text().as_bytes()).unwrap();
        assert_eq!(note.verify(&[&known]).unwrap().len(), 1);
        let flood: Vec<&SignerKey> = std::iter::repeat_n(&key, 101).collect();
        assert!(Note::parse(Note::sign("t\n", &flood).to_text().as_bytes()).is_err());
    }

    #[test]
    fn a_text_with_empty_lines_is_parted_at_the_last_one() {
        let key = SignerKey::from_seed("archive.example/log", &[7; 32]).unwrap();
        let note = Note::sign("one\n\ntwo\n", &[&key]);
        assert_eq!(Note::parse(note.to_text().as_bytes()).unwrap(), note);
    }

    #[test]
    fn a_secret_key_comes_back_whole_or_not_at_all() {
        let key = SignerKey::from_seed("archive.example/log", &[7; 32]).unwrap();
        let text = key.to_secret_text();
        assert_eq!(SignerKey::from_secret_text(&text).unwrap().verifier(), key.verifier());
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1;
            let read = std::str::from_utf8(&bytes).map(SignerKey::from_secret_text);
            assert!(!matches!(read, Ok(Ok(_))), "byte {at}");
        }
        assert!(!format!("{key:?}").contains("AQ"));
    }
}
