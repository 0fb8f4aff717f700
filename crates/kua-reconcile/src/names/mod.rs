//! Names of persons, places and bodies under all their spellings.

mod parts;

use std::collections::BTreeMap;

use kua_lexicon::Lexicons;
use kua_model::{Claim, Document, Name};

use crate::romanise::Romaniser;
use crate::rulings::Rulings;
use crate::vocabulary::Vocabulary;

pub use parts::{NameParts, Verdict, compare};

/// Names, and which folded spelling belongs to which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) names: Vec<Name>,
    pub(crate) identities: BTreeMap<String, String>,
}

/// All names of a case.
pub(crate) fn names(
    _documents: &[Document],
    _claims: &[Claim],
    _rulings: &Rulings,
    _vocabulary: &Vocabulary,
    _romaniser: &Romaniser,
    _lexicons: &Lexicons,
) -> Found {
    Found::default()
}
