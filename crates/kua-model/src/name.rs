//! One person, place or body under all its spellings.

use serde::{Deserialize, Serialize};

use crate::Span;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A person.
    Person,
    /// A place.
    Place,
    /// A ministry, agency, outlet, party, alliance.
    Organisation,
}

/// One spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameVariant {
    /// The spelling, as it stands.
    pub text: String,
    /// ISO 15924 code of its script: `Latn`, `Cyrl`, `Arab`…
    pub script: String,
    /// How often it stands, repeats and translations included.
    pub count: usize,
    /// Where, in order.
    pub at: Vec<Span>,
}

/// One person, place or body under all its spellings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// Stable id: `n` and 16 hexadecimal digits.
    pub id: String,
    /// What it names.
    pub kind: NameKind,
    /// The fullest, then commonest spelling.
    pub name: String,
    /// All spellings, commonest first.
    pub variants: Vec<NameVariant>,
    /// Why the spellings are one, each a plain sentence.
    pub why: Vec<String>,
    /// A judgement withholds it: no spelling may appear on any page, export or log.
    #[serde(default)]
    pub withheld: bool,
}
