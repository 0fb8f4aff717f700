//! Builds a case from a corpus with planted truth and scores what comes out: documents, links,
//! origins, claims, tolls. Formats of the truth: `demo/README.md`. Reports numbers; what they must
//! be is said by the tests.
//!
//! A panic here is a corpus that cannot be read: this crate is only used by tests and benches.
#![allow(clippy::unwrap_used, reason = "only tests and benches use this crate")]

mod claims;
mod documents;
mod gold;
mod lineage;
mod tolls;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use kua_case::{Case, Chronicle, Document, Silent, Stop, StoppedClock};
use serde_json::Value;

pub use claims::{ClaimScore, Counts, Truth, score_claims, truth_of};
pub use documents::{DocumentScore, score_documents};
pub use gold::{gold_of, shared};
pub use lineage::{LineageScore, score_lineage};
pub use tolls::{TollScore, score_tolls};

/// A case built from a folder of files in a scratch folder that goes away with it.
pub struct Built {
    /// The chronicle.
    pub chronicle: Chronicle,
    /// The case.
    pub case: Case,
    _scratch: tempfile::TempDir,
}

/// Builds a case of the files in `notes` with this text of `case.toml`, acquired at a fixed time.
pub fn build(notes: &Path, case_toml: &str) -> Built {
    let scratch = tempfile::tempdir().unwrap();
    let clock = std::sync::Arc::new(StoppedClock("2026-01-01T00:00:00Z".to_owned()));
    let case = Case::init_with(&scratch.path().join("case"), case_toml).unwrap().with_clock(clock);
    let added = case.add(&[notes.to_owned()], &Silent, &Stop::default()).unwrap();
    assert!(added.error.is_none() && added.failures.count == 0, "{added:?}");
    case.build(&Silent, &Stop::default()).unwrap();
    let chronicle = case.chronicle().unwrap().chronicle;
    Built { chronicle, case, _scratch: scratch }
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A corpus of the repository: `demo` or a folder of `tests/corpora`.
pub fn corpus(folder: &str) -> (Built, PathBuf) {
    let dir = repository().join(folder);
    let toml = fs::read_to_string(dir.join("case.toml")).unwrap();
    (build(&dir.join("notes"), &toml), dir.join("truth"))
}

/// The records of a truth file; none if there is no such file.
pub fn records(truth: &Path, name: &str) -> Vec<Value> {
    let Ok(text) = fs::read_to_string(truth.join(name)) else { return Vec::new() };
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}: {line}"))
        })
        .collect()
}

/// Documents by the file name of their item.
pub(crate) fn by_name(chronicle: &Chronicle) -> BTreeMap<&str, &Document> {
    chronicle
        .documents
        .iter()
        .map(|document| (document.path.rsplit('/').next().unwrap_or_default(), document))
        .collect()
}

pub(crate) fn text<'v>(record: &'v Value, key: &str) -> &'v str {
    record[key].as_str().unwrap_or_default()
}
