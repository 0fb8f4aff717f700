//! Sealing: bytes and everything about them are encrypted (C2SP age, X25519) as they are read.
//! Whoever seals holds only the recipients' public keys and cannot read back what was sealed.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Chain, Cursor, ErrorKind, Read, Seek, Write};
use std::rc::Rc;
use std::str::FromStr;

use age::secrecy::ExposeSecret as _;
use age::stream::{StreamReader, StreamWriter};
use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::age_header::read_header;
use crate::commitment::Salt;
use crate::envelope::{EnvelopeWriter, PIECE, read_envelope};
use crate::exchange::Exchange;
use crate::record::Record;

/// Word in an entry that says how its object is sealed: age, holding an envelope of version 1.
pub(crate) const FORM: &str = "age";

/// Somebody who shall be able to open sealed items: an age X25519 public key, `age1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct SealRecipient(age::x25519::Recipient);

impl FromStr for SealRecipient {
    type Err = SealKeyError;

    fn from_str(text: &str) -> Result<Self, SealKeyError> {
        let text = text.trim();
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
            return Err(SealKeyError::SecretForPublic);
        }
        let parsed = text.parse().map(SealRecipient);
        parsed.map_err(|_| SealKeyError::Recipient { found: text.chars().take(80).collect() })
    }
}

impl fmt::Display for SealRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SealRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The secret half: opens what was sealed to its recipient. Leaves memory when dropped.
#[derive(Clone)]
pub struct SealIdentity(age::x25519::Identity);

impl SealIdentity {
    /// A new one from the operating system's random numbers.
    #[must_use]
    pub fn generate() -> SealIdentity {
        SealIdentity(age::x25519::Identity::generate())
    }

    /// Its public half.
    #[must_use]
    pub fn recipient(&self) -> SealRecipient {
        SealRecipient(self.0.to_public())
    }

    /// The text of an identity file, as `age-keygen` writes it. `made` is a date for the comment.
    #[must_use]
    pub fn to_file(&self, made: &str) -> Zeroizing<String> {
        let secret = self.0.to_string();
        let public = self.recipient();
        let secret = secret.expose_secret();
        Zeroizing::new(format!("# created: {made}\n# public key: {public}\n{secret}\n"))
    }

    /// Every identity in the text of an identity file (`age-keygen`, `rage-keygen`, `kua key new`).
    ///
    /// # Errors
    /// [`SealKeyError`] if a line is none, or there is none at all.
    pub fn read_file(text: &str) -> Result<Vec<SealIdentity>, SealKeyError> {
        if text.starts_with("age-encryption.org/v1") || text.contains("BEGIN AGE ENCRYPTED FILE") {
            return Err(SealKeyError::Locked);
        }
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let identities = lines
            .map(|(line, text)| {
                text.parse().map(SealIdentity).map_err(|_| SealKeyError::Identity { line })
            })
            .collect::<Result<Vec<_>, _>>()?;
        if identities.is_empty() { Err(SealKeyError::Empty) } else { Ok(identities) }
    }
}

impl fmt::Debug for SealIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealIdentity(…)")
    }
}

/// A key for sealing cannot be used. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealKeyError {
    /// Not an X25519 recipient.
    #[error(
        "{found:?} is no recipient kua seals to: expected an age public key that begins with age1 (not ssh, not age1pq, not age1tag). Its owner makes one with: kua key new FILE"
    )]
    Recipient {
        /// The text as given.
        found: String,
    },
    /// A secret where a public key belongs. Not repeated here.
    #[error(
        "this is a secret key, which must never be on the device that seals: give the line that begins with age1, and treat the secret as known to others"
    )]
    SecretForPublic,
    /// A line of an identity file is no X25519 identity.
    #[error("line {line} of the identity file is no age secret key (AGE-SECRET-KEY-1…)")]
    Identity {
        /// The line, from 1.
        line: usize,
    },
    /// The identity file is encrypted itself.
    #[error(
        "the identity file is locked with a passphrase: unlock it first (age -d FILE) and keep the open one off the disk, for example in /dev/shm"
    )]
    Locked,
    /// The identity file holds nothing.
    #[error("the identity file holds no age secret key (AGE-SECRET-KEY-1…)")]
    Empty,
}

/// Reads the plain bytes of a source and gives sealed ones. Nothing plain is ever written.
pub(crate) struct Sealing<R> {
    source: R,
    meta: Map<String, Value>,
    salt: Option<Salt>,
    envelope: Option<EnvelopeWriter>,
    writer: Option<StreamWriter<Shared>>,
    sealed: Shared,
    /// Bytes of `sealed` that were given out.
    given: usize,
    piece: Zeroizing<Vec<u8>>,
    record: Option<Record>,
    zeros: u64,
}

impl<R: Read> Sealing<R> {
    /// `room` is scratch room from an earlier item, or empty: wiping and making it anew for each
    /// of many small items would cost as much as encrypting them.
    pub(crate) fn new(
        source: R,
        meta: Map<String, Value>,
        salt: Salt,
        recipients: &Recipients,
        mut room: Zeroizing<Vec<u8>>,
    ) -> io::Result<Sealing<R>> {
        room.resize(PIECE, 0);
        let sealed = Shared::default();
        let mut writer = recipients.encrypting(sealed.clone())?;
        let envelope = EnvelopeWriter::begin(&mut writer)?;
        Ok(Sealing {
            source,
            meta,
            salt: Some(salt),
            envelope: Some(envelope),
            writer: Some(writer),
            sealed,
            given: 0,
            piece: room,
            record: None,
            zeros: 0,
        })
    }

    /// The record inside, once the source was read to its end.
    pub(crate) fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// The scratch room, for the next item. Still holds plain bytes, and wipes itself when dropped.
    pub(crate) fn into_room(self) -> Zeroizing<Vec<u8>> {
        self.piece
    }

    /// Takes one piece further; false at the end.
    fn step(&mut self) -> io::Result<bool> {
        let Some(writer) = &mut self.writer else { return Ok(false) };
        if let Some(envelope) = &mut self.envelope {
            let mut filled = 0;
            while let Some(rest) = self.piece.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                match self.source.read(rest) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(e) if e.kind() == ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
            }
            let piece = self.piece.get(..filled).unwrap_or_default();
            if !piece.is_empty() {
                envelope.piece(piece, writer)?;
                return Ok(true);
            }
            let bytes = Some(envelope.end(writer)?);
            let salt = self.salt.take().ok_or(ErrorKind::Other)?;
            let record = Record { bytes, meta: std::mem::take(&mut self.meta), salt };
            let text = record.to_bytes().map_err(io::Error::other)?;
            if let Some(envelope) = self.envelope.take() {
                self.zeros = envelope.record(&Zeroizing::new(text), writer)?;
            }
            self.record = Some(record);
            return Ok(true);
        }
        if self.zeros > 0 {
            let count = self.zeros.min(PIECE as u64);
            io::copy(&mut io::repeat(0).take(count), writer)?;
            self.zeros -= count;
            return Ok(true);
        }
        if let Some(writer) = self.writer.take() {
            writer.finish()?;
        }
        Ok(true)
    }
}

impl<R: Read> Read for Sealing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            {
                let mut sealed = self.sealed.0.borrow_mut();
                let ready = sealed.get(self.given..).unwrap_or_default();
                if !ready.is_empty() || buffer.is_empty() {
                    let count = ready.len().min(buffer.len());
                    if let (Some(to), Some(from)) = (buffer.get_mut(..count), ready.get(..count)) {
                        to.copy_from_slice(from);
                    }
                    self.given += count;
                    return Ok(count);
                }
                sealed.clear();
                self.given = 0;
            }
            if !self.step()? {
                return Ok(0);
            }
        }
    }
}

/// Bytes that one side writes and the other takes.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Those who shall be able to open many items, made ready once.
pub(crate) struct Recipients {
    exchanges: Vec<Exchange>,
    /// Their public keys, as the record of an item names them.
    pub names: String,
}

impl Recipients {
    pub(crate) fn prepare(recipients: &[SealRecipient]) -> Recipients {
        let names: Vec<String> = recipients.iter().map(ToString::to_string).collect();
        let exchanges = recipients.iter().map(|to| Exchange::prepare(&to.0)).collect();
        Recipients { exchanges, names: names.join(" ") }
    }

    fn encrypting<W: Write>(&self, out: W) -> io::Result<StreamWriter<W>> {
        let keys = self.exchanges.iter().map(|exchange| exchange as &dyn age::Recipient);
        encrypting_to(out, keys)
    }
}

/// A writer that encrypts one thing to `recipients`; call `finish` at the end.
pub(crate) fn encrypting<W: Write>(
    out: W,
    recipients: &[SealRecipient],
) -> io::Result<StreamWriter<W>> {
    let keys = recipients.iter().map(|recipient| &recipient.0 as &dyn age::Recipient);
    encrypting_to(out, keys)
}

fn encrypting_to<'k, W: Write>(
    out: W,
    keys: impl Iterator<Item = &'k dyn age::Recipient>,
) -> io::Result<StreamWriter<W>> {
    age::Encryptor::with_recipients(keys).map_err(io::Error::other)?.wrap_output(out)
}

/// What was read of the header to look at it, and the rest.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

/// A reader of what was encrypted to one of `identities`.
///
/// # Errors
/// [`NotOpened`].
pub(crate) fn decrypting<R: Read>(
    mut reader: R,
    identities: &[SealIdentity],
) -> Result<StreamReader<Whole<R>>, NotOpened> {
    let head = whole_header(&mut reader)?;
    decrypted(Cursor::new(head).chain(reader), identities)
}

/// The same of something that can be read from its beginning again.
///
/// # Errors
/// [`NotOpened`].
pub(crate) fn decrypting_seekable<R: Read + Seek>(
    mut reader: R,
    identities: &[SealIdentity],
) -> Result<StreamReader<R>, NotOpened> {
    whole_header(&mut reader)?;
    reader.rewind()?;
    decrypted(reader, identities)
}

fn whole_header(reader: &mut impl Read) -> Result<Vec<u8>, NotOpened> {
    match read_header(reader)? {
        (head, true) => Ok(head),
        (_, false) => Err(NotOpened::Damaged),
    }
}

fn decrypted<R: Read>(
    reader: R,
    identities: &[SealIdentity],
) -> Result<StreamReader<R>, NotOpened> {
    let decryptor = age::Decryptor::new(reader).map_err(|error| match error {
        age::DecryptError::Io(source) if source.kind() != ErrorKind::UnexpectedEof => {
            NotOpened::Io(source)
        }
        _ => NotOpened::Damaged,
    })?;
    let keys = identities.iter().map(|identity| &identity.0 as &dyn age::Identity);
    decryptor.decrypt(keys).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => NotOpened::OtherKey,
        age::DecryptError::Io(source) => NotOpened::Io(source),
        _ => NotOpened::Damaged,
    })
}

/// Opens a sealed object: gives its record, and its plain bytes piece by piece to `out`.
pub(crate) fn open_sealed(
    reader: impl Read,
    identities: &[SealIdentity],
    out: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<Record, NotOpened> {
    let plain = decrypting(reader, identities)?;
    read_envelope(plain, out).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => NotOpened::Envelope(error.to_string()),
        ErrorKind::UnexpectedEof => NotOpened::Damaged,
        _ => NotOpened::Io(error),
    })
}

/// Why a sealed item was not opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotOpened {
    /// Sealed to others.
    #[error("it is not sealed to this key")]
    OtherKey,
    /// Not what was sealed.
    #[error("it is damaged, or no sealed item")]
    Damaged,
    /// Sealed rightly, but not by these rules.
    #[error("{0}")]
    Envelope(String),
    /// The envelope holds something else than the log committed to when it was sealed.
    #[error("what is inside is not what the log committed to when it was sealed")]
    NotCommitted,
    /// The system's reason.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(words: &[u8], to: &[SealRecipient]) -> Vec<u8> {
        let meta = serde_json::from_str(r#"{"acquired_at":"2031-05-04","path":"a.txt"}"#).unwrap();
        let to = Recipients::prepare(to);
        let mut sealing =
            Sealing::new(words, meta, Salt::from_bytes([7; 32]), &to, Zeroizing::default())
                .unwrap();
        let mut bytes = Vec::new();
        sealing.read_to_end(&mut bytes).unwrap();
        assert_eq!(sealing.record().unwrap().bytes.unwrap().1, words.len() as u64);
        bytes
    }

    #[test]
    fn any_recipient_opens_and_nobody_else() {
        let (editor, escrow, other) =
            (SealIdentity::generate(), SealIdentity::generate(), SealIdentity::generate());
        let to = [editor.recipient(), escrow.recipient()];
        for length in [0, 1, 4096, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let words = vec![b'w'; length];
            let bytes = sealed(&words, &to);
            for who in [&editor, &escrow] {
                let mut plain = Vec::new();
                open_sealed(bytes.as_slice(), std::slice::from_ref(who), |piece| {
                    plain.extend_from_slice(piece);
                    Ok(())
                })
                .unwrap();
                assert!(plain == words, "{length}");
            }
            let opened = open_sealed(bytes.as_slice(), std::slice::from_ref(&other), |_| Ok(()));
            assert!(matches!(opened, Err(NotOpened::OtherKey)));
        }
        // Rage adds a random stanza of up to 265 bytes to every header; the rest is the same.
        let lengths: Vec<usize> = [1, 100, 3000].map(|n| sealed(&vec![0; n], &to).len()).into();
        assert!(lengths.iter().all(|length| length.abs_diff(lengths[0]) < 400), "{lengths:?}");
    }

    #[test]
    fn a_sealed_item_cut_or_changed_anywhere_is_not_opened() {
        let editor = SealIdentity::generate();
        let bytes = sealed(b"They crossed at the mill.", &[editor.recipient()]);
        let open = |bytes: &[u8]| open_sealed(bytes, std::slice::from_ref(&editor), |_| Ok(()));
        for length in (0..bytes.len()).step_by(3) {
            assert!(open(&bytes[..length]).is_err(), "cut at {length}");
        }
        for at in (0..bytes.len()).step_by(5) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(open(&changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn key_files_are_those_of_age_and_slips_are_named() {
        let identity = SealIdentity::generate();
        let text = identity.to_file("2031-05-04");
        let read = SealIdentity::read_file(&text).unwrap();
        assert_eq!(read[0].recipient(), identity.recipient());
        let secret = text.lines().last().unwrap();
        assert_eq!(secret.parse::<SealRecipient>(), Err(SealKeyError::SecretForPublic));
        assert_eq!(SealIdentity::read_file("# nothing\n").unwrap_err(), SealKeyError::Empty);
        assert_eq!(SealIdentity::read_file("x").unwrap_err(), SealKeyError::Identity { line: 1 });
        for other in ["ssh-ed25519 AAAA", "age1pq1xyz", "", "age1qqq"] {
            assert!(matches!(other.parse::<SealRecipient>(), Err(SealKeyError::Recipient { .. })));
        }
        let debug = format!("{identity:?}");
        assert!(!debug.contains("AGE"), "{debug}");
    }
}
