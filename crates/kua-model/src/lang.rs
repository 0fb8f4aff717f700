//! Language codes. "Unknown" is `Option::None`, never a guess.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A language by its ISO 639 code: two or three lower-case letters (`kk`, `ru`, `kaa`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang([u8; 3]);

/// The text is not a language code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a language code of two or three lower-case letters (like fr), found {found:?}")]
pub struct LangError {
    /// What stood there instead.
    pub found: String,
}

impl Lang {
    /// Two-letter code as a constant; `code` must be two lower-case ASCII letters.
    pub const fn two(code: &[u8; 2]) -> Self {
        Self([code[0], code[1], 0])
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        let length = if self.0[2] == 0 { 2 } else { 3 };
        // Only ASCII letters are ever stored.
        std::str::from_utf8(&self.0[..length]).unwrap_or("und")
    }
}

impl FromStr for Lang {
    type Err = LangError;

    fn from_str(text: &str) -> Result<Self, LangError> {
        let bytes = text.as_bytes();
        if !(2..=3).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_lowercase) {
            return Err(LangError { found: text.to_owned() });
        }
        let mut code = [0; 3];
        code[..bytes.len()].copy_from_slice(bytes);
        Ok(Self(code))
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Lang {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Reads a code where it stands: documents hold one for each sentence.
struct Code;

impl Visitor<'_> for Code {
    type Value = Lang;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a language code of two or three lower-case letters")
    }

    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Lang, E> {
        code.parse().map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Lang {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Code)
    }
}
