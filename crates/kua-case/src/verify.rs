//! `kua verify`: proves the vault, then that everything the last build says stands in it, word
//! for word. And, without a case, a published file against the proofs it carries.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kua_model::{Chronicle, Document, DocumentId, Item};

use crate::error::CaseError;
use crate::folder::Case;
use crate::progress::{Progress, Step};
use crate::stages;

/// Something that is not as it was signed or said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where: a path, an item, a claim.
    pub place: String,
    /// What is wrong: what was expected, what was found.
    pub what: String,
    /// What to do next.
    pub next: Option<String>,
}

/// What was proved, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Items whose bytes or proofs were checked.
    pub items: usize,
    /// Log entries that were checked.
    pub entries: u64,
    /// Quotes that were found word for word.
    pub quotes: usize,
    /// Name of the log.
    pub log: String,
    /// Its verifier key.
    pub vkey: String,
    /// Root of the log, base64.
    pub root: String,
    /// The key is one the reader brought, not only the one the file brought itself.
    pub trusted: bool,
    /// Everything wrong, in order.
    pub faults: Vec<Fault>,
    /// What a reader should know beside.
    pub remarks: Vec<String>,
}

impl Case {
    /// Proves every object, entry, tile and signature of the vault, then that every document and
    /// quote of the last build is what reading the preserved bytes gives.
    ///
    /// # Errors
    /// If the vault or the cache cannot be opened at all. What is wrong in them is no error but a
    /// [`Fault`].
    pub fn verify(&self, progress: &dyn Progress) -> Result<Verified, CaseError> {
        let mut verified = Verified { trusted: true, ..Verified::default() };
        progress.begin(Step::Verify, None);
        stages::verify_vault(self.evidence.vault(), &mut verified);
        progress.end();
        match self.chronicle() {
            Ok(loaded) => {
                let items = self.evidence.items()?;
                self.verify_chronicle(&loaded.chronicle, &items, progress, &mut verified)?;
            }
            Err(CaseError::NotBuilt { .. }) => {
                verified.remarks.push("The case has not been built: there are no quotes to check.".into());
            }
            Err(error) => return Err(error),
        }
        verified.faults.sort();
        verified.faults.dedup();
        Ok(verified)
    }

    fn verify_chronicle(
        &self,
        chronicle: &Chronicle,
        items: &[Item],
        progress: &dyn Progress,
        verified: &mut Verified,
    ) -> Result<(), CaseError> {
        progress.begin(Step::Verify, Some(items.len() as u64));
        let kept: BTreeMap<DocumentId, &Document> =
            chronicle.documents.iter().map(|document| (document.id, document)).collect();
        let mut anew: BTreeMap<DocumentId, bool> = BTreeMap::new();
        for item in items {
            for document in self.read_item(item)?.value {
                let same = kept.get(&document.id).is_some_and(|kept| **kept == document);
                anew.insert(document.id, same);
            }
            progress.advance(1);
        }
        for document in &chronicle.documents {
            if anew.get(&document.id) != Some(&true) {
                verified.faults.push(Fault {
                    place: document.path.clone(),
                    what: "the built document is not what reading the preserved file gives".into(),
                    next: Some("Work it out anew from the vault:  kua build (after deleting derived/)".into()),
                });
            }
        }
        for statement in &chronicle.statements {
            let quote = &statement.quote;
            let stands = kept
                .get(&statement.claim.document)
                .and_then(|document| quote.span().range.of(&document.text))
                .is_some_and(|words| words == quote.exact());
            if stands {
                verified.quotes += 1;
            } else {
                verified.faults.push(Fault {
                    place: statement.claim.id.to_string(),
                    what: "its words do not stand in its document".into(),
                    next: None,
                });
            }
        }
        progress.end();
        Ok(())
    }
}

/// Proves a published file by what it carries: quotes in the texts, texts' items in the log,
/// entries under the signed checkpoint. `key` is the verifier key as its keeper gave it to the
/// reader; without it the file is only shown to agree with the key it brings itself.
///
/// # Errors
/// [`CaseError::Io`] if the file cannot be read; what is wrong in it is a [`Fault`].
pub fn verify_single_file(file: &Path, key: Option<&str>) -> Result<Verified, CaseError> {
    let bytes = fs::read(file).map_err(CaseError::io(file))?;
    let mut verified = Verified { trusted: key.is_some(), ..Verified::default() };
    stages::verify_file(&bytes, key, &mut verified);
    if key.is_none() {
        verified.remarks.push(
            "The file agrees with the key it carries. To know whose it is, compare the key below with the one its keeper gave you, or pass that one with --key.".into(),
        );
    }
    verified.faults.sort();
    verified.faults.dedup();
    Ok(verified)
}
