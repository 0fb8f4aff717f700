//! Keys of a log: the verifier key anyone may hold, and the signer key its collector keeps.
//! Text forms are those of C2SP signed-note and of Go's `sumdb/note`.
//! Leaves alone where keys are stored.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// How a key signs; the type byte of C2SP signed-note. The bytes are Ed25519 (RFC 8032) in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// Type 0x01: over the text of the note. For logs.
    Note,
    /// Type 0x04: over a time and the text of a checkpoint (C2SP tlog-cosignature). For cosigners.
    Cosignature,
}

impl Algorithm {
    fn byte(self) -> u8 {
        match self {
            Algorithm::Note => 0x01,
            Algorithm::Cosignature => 0x04,
        }
    }

    fn of(byte: u8) -> Result<Algorithm, KeyError> {
        match byte {
            0x01 => Ok(Algorithm::Note),
            0x04 => Ok(Algorithm::Cosignature),
            found => Err(KeyError::Algorithm { found }),
        }
    }
}

/// First four bytes of `SHA-256(name ‖ 0x0A ‖ type ‖ public key)`, big endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub u32);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A public key with its name: `name+hex(id)+base64(type ‖ key)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    id: KeyId,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Name of the key; for a log's own key this is the log's origin line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Key id, as it stands before each signature.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs: as a log or as a cosigner.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The 32 bytes of the Ed25519 public key (RFC 8032).
    #[must_use]
    pub fn public_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// Whether `signature` (what follows the key id on a signature line) is this key's over the
    /// text of a note. Strict: rejects malleable encodings and keys of small order, so that every
    /// implementation gives the same answer.
    #[must_use]
    pub fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::Note => self.verifies_raw(text, signature),
            Algorithm::Cosignature => split_time(signature).is_some_and(|(time, signature)| {
                self.verifies_raw(&cosigned_message(time, text), signature)
            }),
        }
    }

    fn verifies_raw(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = STANDARD.encode(typed(self.algorithm, &self.key.to_bytes()));
        write!(f, "{}+{}+{data}", self.name, self.id)
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<VerifierKey, KeyError> {
        let (name, id, data) = parts(text)?;
        let (kind, key) = data.split_first().ok_or(KeyError::Form)?;
        let algorithm = Algorithm::of(*kind)?;
        let key: [u8; 32] = key.try_into().map_err(|_| KeyError::Form)?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Point)?;
        let found = key_id(&name, algorithm, &key);
        if found != id {
            return Err(KeyError::Id { expected: found, found: id });
        }
        Ok(VerifierKey { name, algorithm, id, key })
    }
}

/// The secret key of a log or a cosigner. Wiped from memory when dropped; never shown by `Debug`.
pub struct SignerKey {
    name: String,
    algorithm: Algorithm,
    id: KeyId,
    key: SigningKey,
}

impl SignerKey {
    /// A new log key from the operating system's random numbers.
    ///
    /// # Errors
    /// [`KeyError::Name`] for a name no note may carry, [`KeyError::Random`] if the system gives
    /// no random numbers.
    pub fn generate(name: &str) -> Result<SignerKey, KeyError> {
        SignerKey::generate_as(name, Algorithm::Note)
    }

    /// A new key of either kind. A cosigner's must be used for nothing else: what it signs does
    /// not hold its name.
    ///
    /// # Errors
    /// As [`SignerKey::generate`].
    pub fn generate_as(name: &str, algorithm: Algorithm) -> Result<SignerKey, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut()).map_err(|_| KeyError::Random)?;
        SignerKey::from_seed_as(name, algorithm, &seed)
    }

    /// The log key of a 32-byte RFC 8032 seed.
    ///
    /// # Errors
    /// [`KeyError::Name`] for a name no note may carry.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<SignerKey, KeyError> {
        SignerKey::from_seed_as(name, Algorithm::Note, seed)
    }

    /// The key of either kind of a 32-byte RFC 8032 seed.
    ///
    /// # Errors
    /// [`KeyError::Name`] for a name no note may carry.
    pub fn from_seed_as(
        name: &str,
        algorithm: Algorithm,
        seed: &[u8; 32],
    ) -> Result<SignerKey, KeyError> {
        check_name(name)?;
        let key = SigningKey::from_bytes(seed);
        let id = key_id(name, algorithm, &key.verifying_key());
        Ok(SignerKey { name: name.to_owned(), algorithm, id, key })
    }

    /// Name of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half, to hand to anyone.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        let (name, algorithm) = (self.name.clone(), self.algorithm);
        VerifierKey { name, algorithm, id: self.id, key: self.key.verifying_key() }
    }

    /// The 64-byte Ed25519 signature over `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// The blob of a cosignature over the text of a checkpoint at `time` (seconds since 1970):
    /// the time as eight bytes, big endian, then 64 bytes of Ed25519.
    #[must_use]
    pub fn cosign(&self, text: &str, time: u64) -> Vec<u8> {
        let signature = self.sign(&cosigned_message(time, text.as_bytes()));
        [&time.to_be_bytes()[..], &signature].concat()
    }

    /// The secret text form, `PRIVATE+KEY+name+hex(id)+base64(type ‖ seed)`.
    #[must_use]
    pub fn to_secret_text(&self) -> Zeroizing<String> {
        let seed = Zeroizing::new(self.key.to_bytes());
        let data = Zeroizing::new(STANDARD.encode(*Zeroizing::new(typed(self.algorithm, &seed))));
        Zeroizing::new(format!("{PRIVATE}{}+{}+{}", self.name, self.id, *data))
    }

    /// Reads what [`SignerKey::to_secret_text`] wrote.
    ///
    /// # Errors
    /// [`KeyError`] says what is wrong; no variant carries secret bytes.
    pub fn from_secret_text(text: &str) -> Result<SignerKey, KeyError> {
        let (name, id, data) = parts(text.strip_prefix(PRIVATE).ok_or(KeyError::Form)?)?;
        let (kind, seed) = data.split_first().ok_or(KeyError::Form)?;
        let algorithm = Algorithm::of(*kind)?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.try_into().map_err(|_| KeyError::Form)?);
        let key = SignerKey::from_seed_as(&name, algorithm, &seed)?;
        // The id is a hash over the public key, so one changed bit of the seed shows here.
        if key.id == id { Ok(key) } else { Err(KeyError::Id { expected: key.id, found: id }) }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}+{})", self.name, self.id)
    }
}

/// Checks a key name: not empty, no space of any kind, no `+`, no control character.
///
/// # Errors
/// [`KeyError::Name`].
pub(crate) fn check_name(name: &str) -> Result<(), KeyError> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.contains(bad) {
        return Err(KeyError::Name { name: name.to_owned() });
    }
    Ok(())
}

/// What is wrong with a key.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Not `name+id+data`.
    #[error("this is not a key; expected a line like name+1a2b3c4d+AbC… with nothing around it")]
    Form,
    /// A name no signed note may carry.
    #[error("{name:?} cannot name a key: it must not be empty or contain spaces or '+'")]
    Name {
        /// The name as given.
        name: String,
    },
    /// The id does not belong to name and key: a typing or copying mistake.
    #[error(
        "the key's id is {found}, but its name and bytes give {expected}: it was not copied whole"
    )]
    Id {
        /// Id computed from the key.
        expected: KeyId,
        /// Id as written.
        found: KeyId,
    },
    /// A kind of key this version does not know.
    #[error(
        "signature type {found:#04x} is not known here; expected an Ed25519 key (type 0x01 for a log, 0x04 for a cosigner)"
    )]
    Algorithm {
        /// Type byte found.
        found: u8,
    },
    /// The bytes are no point of the curve.
    #[error("the key's 32 bytes are not a valid Ed25519 public key")]
    Point,
    /// The operating system gave no random numbers.
    #[error("the operating system gave no random numbers, so no key can be made")]
    Random,
}

const PRIVATE: &str = "PRIVATE+KEY+";

fn parts(text: &str) -> Result<(String, KeyId, Zeroizing<Vec<u8>>), KeyError> {
    let mut fields = text.splitn(3, '+');
    let (Some(name), Some(id), Some(data)) = (fields.next(), fields.next(), fields.next()) else {
        return Err(KeyError::Form);
    };
    check_name(name)?;
    if id.len() != 8 || !id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return Err(KeyError::Form);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::Form)?;
    let data = STANDARD.decode(data).map_err(|_| KeyError::Form)?;
    Ok((name.to_owned(), KeyId(id), Zeroizing::new(data)))
}

fn key_id(name: &str, algorithm: Algorithm, key: &VerifyingKey) -> KeyId {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', algorithm.byte()])
        .chain_update(key.to_bytes())
        .finalize();
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash);
    KeyId(u32::from_be_bytes([a, b, c, d]))
}

fn typed(algorithm: Algorithm, key: &[u8; 32]) -> [u8; 33] {
    let mut bytes = [algorithm.byte(); 33];
    if let Some(rest) = bytes.get_mut(1..) {
        rest.copy_from_slice(key);
    }
    bytes
}

/// What a cosigner signs: a line for the purpose, a line for the time, the checkpoint's text.
fn cosigned_message(time: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat()
}

/// Time and signature of a cosignature's blob.
pub(crate) fn split_time(blob: &[u8]) -> Option<(u64, &[u8])> {
    let (time, signature) = blob.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*time), signature))
}
