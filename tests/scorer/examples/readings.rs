//! Prints what kua makes of a corpus folder, one JSON record a claim, for tables of one's own:
//! `cargo run -p kua-scorer --example readings -- DIR`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers")]

use std::path::PathBuf;

use kua_scorer::build;
use serde_json::json;

fn main() {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap());
    let toml = std::fs::read_to_string(dir.join("case.toml"))
        .unwrap_or_else(|_| "version = 1\ntitle = \"readings\"\n".to_owned());
    let notes = std::env::args().nth(2).map_or_else(|| dir.join("notes"), PathBuf::from);
    let built = build(&notes, &toml);
    let documents = &built.chronicle.documents;
    for statement in &built.chronicle.statements {
        let claim = &statement.claim;
        let document = documents.iter().find(|d| d.id == claim.document).unwrap();
        println!(
            "{}",
            json!({
                "item": document.path.rsplit('/').next(),
                "start": claim.range.start,
                "end": claim.range.end,
                "quote": statement.quote.exact(),
                "event": claim.event,
                "low": claim.quantity.as_ref().and_then(|q| q.low),
                "high": claim.quantity.as_ref().and_then(|q| q.high),
                "grade": claim.grade,
                "modality": claim.modality,
                "role": claim.role,
                "sources": claim.sources,
                "again": statement.same_as.is_some(),
                "uncounted": statement.uncounted,
            })
        );
    }
}
