//! What lies inside a sealed object: the bytes, then everything known about them, then padding.
//! `docs/formats/vault.md` specifies it byte for byte. Encryption is in `seal`.
//!
//! ```text
//! "kua-sealed/1\n"
//! (u32 length 1..=65536, that many bytes)*      the plain bytes, in pieces
//! u32 0
//! u32 length, record                            canonical JSON, as beside a plain object
//! zeros                                         up to the padded length
//! ```
//! Numbers are big-endian. The record comes last so that bytes of any length are sealed in one
//! pass, without a plain copy and without knowing their hash beforehand.

use std::io::{self, ErrorKind, Read, Write};

use kua_model::{ItemId, Sha256};
use sha2::Digest as _;
use zeroize::Zeroizing;

use crate::record::Record;

pub(crate) const MAGIC: &[u8] = b"kua-sealed/1\n";

/// Longest piece of plain bytes.
pub(crate) const PIECE: usize = 65_536;

/// Longest record that is read.
const MOST_RECORD: usize = 1 << 20;

/// Nothing sealed is shorter than this, so that notes of one line and of one page look alike.
const LEAST: u64 = 4096;

/// Length to which `length` bytes are padded: Padmé (Nikitin and others 2019), which leaks at
/// most about log log of the length and costs at most 12 %; never less than 4,096.
#[must_use]
pub fn padded_length(length: u64) -> u64 {
    if length <= LEAST {
        return LEAST;
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent - kept)) - 1;
    length.saturating_add(mask) & !mask
}

/// Reads an envelope to its end and writes its plain bytes to `out` as they come. Gives the
/// record, which fits those bytes.
///
/// # Errors
/// [`ErrorKind::InvalidData`] with what is wrong; errors of `reader` and `out`.
pub(crate) fn read_envelope(
    mut reader: impl Read,
    mut out: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<Record> {
    let mut magic = [0; MAGIC.len()];
    reader.read_exact(&mut magic)?;
    if magic != *MAGIC {
        return Err(wrong("it was sealed by another program, or by a newer kua"));
    }
    let mut total = MAGIC.len() as u64;
    let mut hash = sha2::Sha256::new();
    let mut length = 0u64;
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    loop {
        let size = read_length(&mut reader, &mut total)?;
        if size == 0 {
            break;
        }
        let bytes = piece.get_mut(..size).ok_or_else(|| wrong("a piece is too long"))?;
        reader.read_exact(bytes)?;
        hash.update(&bytes);
        out(bytes)?;
        length += size as u64;
        total += size as u64;
    }
    let size = read_length(&mut reader, &mut total)?;
    if size > MOST_RECORD {
        return Err(wrong("its record is too long"));
    }
    let mut record = Zeroizing::new(vec![0; size]);
    reader.read_exact(&mut record)?;
    total += size as u64;
    let record = Record::parse(&record).map_err(|e| wrong(&format!("its record: {e}")))?;
    let item = ItemId(Sha256::from_bytes(hash.finalize().into()));
    if record.bytes != Some((item, length)) {
        return Err(wrong("its record is of other bytes"));
    }
    let padding = padded_length(total) - total;
    let mut left = padding;
    loop {
        let count = match reader.read(&mut piece) {
            Ok(count) => count,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let zeros = piece.get(..count).unwrap_or_default();
        match left.checked_sub(count as u64) {
            Some(rest) if zeros.iter().all(|byte| *byte == 0) && (count > 0 || left == 0) => {
                left = rest;
            }
            _ => return Err(wrong("its padding is not as it was sealed")),
        }
        if count == 0 {
            return Ok(record);
        }
    }
}

fn read_length(reader: &mut impl Read, total: &mut u64) -> io::Result<usize> {
    let mut bytes = [0; 4];
    reader.read_exact(&mut bytes)?;
    *total += 4;
    usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| wrong("a length is too large"))
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the sealed item cannot be understood: {what}"))
}

/// Writes an envelope piece by piece.
pub(crate) struct EnvelopeWriter {
    hash: sha2::Sha256,
    length: u64,
    total: u64,
}

impl EnvelopeWriter {
    pub(crate) fn begin(out: &mut impl Write) -> io::Result<EnvelopeWriter> {
        out.write_all(MAGIC)?;
        Ok(EnvelopeWriter { hash: sha2::Sha256::new(), length: 0, total: MAGIC.len() as u64 })
    }

    /// Takes a piece of 1 to [`PIECE`] bytes.
    pub(crate) fn piece(&mut self, bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
        self.number(bytes.len(), out)?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        self.total += bytes.len() as u64;
        out.write_all(bytes)
    }

    /// Ends the plain bytes: their hash and length.
    pub(crate) fn end(&mut self, out: &mut impl Write) -> io::Result<(ItemId, u64)> {
        self.number(0, out)?;
        let hash = std::mem::take(&mut self.hash);
        Ok((ItemId(Sha256::from_bytes(hash.finalize().into())), self.length))
    }

    /// Writes the record; gives how many zeros must follow.
    pub(crate) fn record(mut self, record: &[u8], out: &mut impl Write) -> io::Result<u64> {
        self.number(record.len(), out)?;
        out.write_all(record)?;
        self.total += record.len() as u64;
        Ok(padded_length(self.total) - self.total)
    }

    fn number(&mut self, length: usize, out: &mut impl Write) -> io::Result<()> {
        let number = u32::try_from(length).map_err(|_| wrong("a piece is too long"))?;
        self.total += 4;
        out.write_all(&number.to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commitment::Salt;

    /// A letter of 25 bytes in an envelope with a known salt.
    fn envelope(words: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = EnvelopeWriter::begin(&mut out).unwrap();
        for piece in words.chunks(7) {
            writer.piece(piece, &mut out).unwrap();
        }
        let bytes = Some(writer.end(&mut out).unwrap());
        let meta = serde_json::from_str(r#"{"acquired_at":"2031-05-04","path":"a.txt"}"#).unwrap();
        let record = Record { bytes, meta, salt: Salt::from_bytes([7; 32]) };
        let zeros = writer.record(&record.to_bytes().unwrap(), &mut out).unwrap();
        out.resize(out.len() + usize::try_from(zeros).unwrap(), 0);
        out
    }

    #[test]
    fn padding_leaks_little_and_costs_little() {
        // The paper's own examples of the rounding: 2^(E-S) with E = floor(log2 L).
        for (length, padded) in
            [(0, 4096), (1, 4096), (4096, 4096), (4097, 4352), (9_000, 9_216), (1 << 20, 1 << 20)]
        {
            assert_eq!(padded_length(length), padded, "{length}");
        }
        let mut sizes = std::collections::BTreeSet::new();
        for length in 4096..200_000u64 {
            let padded = padded_length(length);
            assert!(padded >= length && padded * 100 <= length * 112, "{length}");
            assert_eq!(padded_length(padded), padded);
            sizes.insert(padded);
        }
        assert!(sizes.len() < 150, "{}", sizes.len());
        assert!(padded_length(u64::MAX - 5) > 0);
    }

    #[test]
    fn an_envelope_is_read_back_and_any_change_or_cut_is_refused() {
        let words = b"They crossed at the mill.";
        let bytes = envelope(words);
        assert_eq!(bytes.len(), 4096);
        let mut plain = Vec::new();
        let record = read_envelope(bytes.as_slice(), |piece| {
            plain.extend_from_slice(piece);
            Ok(())
        });
        assert_eq!(record.unwrap().bytes, Some((ItemId::of(words), 25)));
        assert_eq!(plain, words);
        for length in 0..bytes.len() {
            assert!(read_envelope(&bytes[..length], |_| Ok(())).is_err(), "cut at {length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let read = read_envelope(changed.as_slice(), |_| Ok(()));
            // Salt and facts are held by the commitments in the log, not here.
            let inside = 80..400;
            assert!(read.is_err() || inside.contains(&at), "byte {at}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(read_envelope(longer.as_slice(), |_| Ok(())).is_err());
    }

    #[test]
    fn the_test_vector_of_the_specification() {
        let bytes = envelope(b"a");
        let sum = Sha256::of(&bytes).to_string();
        let page = include_str!("../../../docs/formats/vault.md");
        assert!(page.contains(&sum), "docs/formats/vault.md must hold {sum}");
    }
}
