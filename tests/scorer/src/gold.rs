//! The gold of the shared folder, when it is there: claims of real documents, by one annotator.
//! Nothing of it is kept in the repository.

use std::env;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::claims::{At, Truth};
use crate::{repository, text};

/// The shared folder: `KUA_SHARED`, else `../shared` beside the checkout; `None`, with a printed
/// line, if it is not there.
pub fn shared() -> Option<PathBuf> {
    let told = env::var_os("KUA_SHARED").map(PathBuf::from);
    let folder = told.unwrap_or_else(|| repository().join("../shared"));
    if folder.join("gold/claims.jsonl").is_file() {
        return Some(folder);
    }
    report_absent();
    None
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn report_absent() {
    eprintln!(
        "skipped: no shared folder with gold (set KUA_SHARED, or put it beside the checkout)"
    );
}

/// Gold claims in the form of the planted truth. Group names differ, so `affected` is left out.
pub fn gold_of(shared: &std::path::Path) -> Vec<Truth> {
    let lines = fs::read_to_string(shared.join("gold/claims.jsonl")).unwrap();
    lines
        .lines()
        .map(|line| {
            let record: Value = serde_json::from_str(line).unwrap();
            let byte = record["byte_start"].as_u64().unwrap_or_default();
            Truth {
                id: text(&record, "id").to_owned(),
                item: text(&record, "file").to_owned(),
                quote: text(&record, "quote").to_owned(),
                at: At::Byte(usize::try_from(byte).unwrap()),
                event: text(&record, "event").to_owned(),
                low: record["qty_low"].as_u64(),
                high: record["qty_high"].as_u64(),
                affected: None,
                grade: text(&record, "grade").to_owned(),
                modality: text(&record, "modality").to_owned(),
                role: text(&record, "role").to_owned(),
                part_of: None,
                is_again: !record["repeat_of"].is_null() || !record["translation_of"].is_null(),
                optional: false,
            }
        })
        .collect()
}
