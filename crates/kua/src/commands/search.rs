//! `search`: passages that hold the words, across scripts and spellings.

use std::collections::BTreeMap;

use kua_case::publish::Shown;
use kua_case::{Case, excerpt, shown};
use serde_json::json;

use crate::args::Search;
use crate::console::Console;
use crate::failure::Failure;
use crate::table::Table;

pub(super) fn search(args: &Search, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let query = args.words.join(" ");
    let loaded = case.chronicle()?;
    if loaded.is_stale {
        console.remark(super::STALE);
    }
    let masked = Shown::inside(&loaded.chronicle);
    let found = case.passages(&masked, &query, args.limit)?;
    let documents: BTreeMap<_, _> =
        masked.chronicle.documents.iter().map(|document| (document.id, document)).collect();
    let mut table = Table::new(&["item", "bytes", "words"]);
    for passage in &found.passages {
        let Some(document) = documents.get(&passage.document) else { continue };
        let words = excerpt(document, passage.range, &query, 160);
        // Bytes of the preserved text, whatever is masked.
        let range = masked.original(passage.document, passage.range);
        if args.json {
            let record = json!({
                "item": document.path, "document": document.id, "start": range.start,
                "end": range.end, "excerpt": words,
            });
            console.line(&record.to_string())?;
        } else {
            table.row(vec![shown(&document.path), range.to_string(), words]);
        }
    }
    if found.passages.is_empty() {
        console.remark("kua: nothing found");
        return Err(Failure::no());
    }
    if found.loosened {
        console.remark(
            "kua: nothing holds exactly these words; these passages hold words that begin so",
        );
    }
    if !args.json {
        table.print(console)?;
    }
    Ok(())
}
