//! Identifiers of documents, claims and origins: short, stable, and never interchangeable.

use std::fmt;
use std::str::FromStr;

use crate::hash::{hex_into, write_hex};
use crate::{ItemId, Sha256, Span};

/// The text is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found:?}")]
pub struct IdError {
    /// The form that was expected.
    pub expected: &'static str,
    /// What stood there instead.
    pub found: String,
}

/// A document: the first 16 bytes of its item's SHA-256 and its place in the item.
/// Written `<32 hex digits>.<part>`. 128 bits, so a forged clash costs 2^64 work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId {
    prefix: [u8; 16],
    part: u32,
}

impl DocumentId {
    /// The `part`-th document (from 0) of `item`.
    pub fn new(item: ItemId, part: u32) -> Self {
        let mut prefix = [0; 16];
        prefix.copy_from_slice(&item.0.as_bytes()[..16]);
        Self { prefix, part }
    }

    /// Its place in the item, from 0.
    pub fn part(self) -> u32 {
        self.part
    }

    /// Whether this is a document of `item`.
    pub fn is_of(self, item: ItemId) -> bool {
        item.0.as_bytes()[..16] == self.prefix
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.prefix)?;
        write!(f, ".{}", self.part)
    }
}

impl FromStr for DocumentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fail = || IdError {
            expected: "a document id like 00112233445566778899aabbccddeeff.0",
            found: text.to_owned(),
        };
        let (hex, part) = text.split_once('.').ok_or_else(fail)?;
        let mut prefix = [0; 16];
        if !hex_into(hex, &mut prefix) {
            return Err(fail());
        }
        Ok(Self { prefix, part: part.parse().map_err(|_| fail())? })
    }
}

/// One claim. Written `c` and 16 hexadecimal digits. Stable while document, span and event stay.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimId([u8; 8]);

impl ClaimId {
    /// The id of the `ordinal`-th claim of `event` quoted from exactly `quote`.
    pub fn of(quote: Span, event: &str, ordinal: u32) -> Self {
        Self(digest8(&format!("claim\n{quote}\n{event}\n{ordinal}")))
    }
}

impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_tagged(f, 'c', &self.0)
    }
}

impl FromStr for ClaimId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_tagged(text, 'c', "a claim id like c0011223344556677").map(Self)
    }
}

/// One independent origin of statements. Written `o` and 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginId([u8; 8]);

impl OriginId {
    /// The id of the origin that `key` describes in full; equal keys are one origin.
    pub fn of(key: &str) -> Self {
        Self(digest8(&format!("origin\n{key}")))
    }
}

impl fmt::Display for OriginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_tagged(f, 'o', &self.0)
    }
}

impl FromStr for OriginId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_tagged(text, 'o', "an origin id like o0011223344556677").map(Self)
    }
}

fn digest8(key: &str) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&Sha256::of(key.as_bytes()).as_bytes()[..8]);
    out
}

fn write_tagged(f: &mut fmt::Formatter<'_>, tag: char, bytes: &[u8; 8]) -> fmt::Result {
    write!(f, "{tag}")?;
    write_hex(f, bytes)
}

fn parse_tagged(text: &str, tag: char, expected: &'static str) -> Result<[u8; 8], IdError> {
    let mut out = [0; 8];
    match text.strip_prefix(tag) {
        Some(hex) if hex_into(hex, &mut out) => Ok(out),
        _ => Err(IdError { expected, found: text.to_owned() }),
    }
}

impl From<DocumentId> for ([u8; 16], u32) {
    fn from(id: DocumentId) -> Self {
        (id.prefix, id.part)
    }
}

impl From<([u8; 16], u32)> for DocumentId {
    fn from((prefix, part): ([u8; 16], u32)) -> Self {
        Self { prefix, part }
    }
}

impl From<ClaimId> for [u8; 8] {
    fn from(id: ClaimId) -> Self {
        id.0
    }
}

impl From<[u8; 8]> for ClaimId {
    fn from(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl From<OriginId> for [u8; 8] {
    fn from(id: OriginId) -> Self {
        id.0
    }
}

impl From<[u8; 8]> for OriginId {
    fn from(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

crate::as_text::as_text_or_bytes!(
    DocumentId => ([u8; 16], u32),
    ClaimId => [u8; 8],
    OriginId => [u8; 8]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_survive_their_text() {
        let document = DocumentId::new(ItemId::of(b"an account"), 3);
        assert_eq!(document.to_string().parse(), Ok(document));
        assert!(document.is_of(ItemId::of(b"an account")));
        assert!(!document.is_of(ItemId::of(b"another")));
        let origin = OriginId::of("ministry");
        assert_eq!(origin.to_string().parse(), Ok(origin));
        assert!(origin.to_string().parse::<ClaimId>().is_err());
        assert!("x.0".parse::<DocumentId>().is_err());
    }
}
