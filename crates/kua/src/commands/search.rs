//! `search`: passages that hold the words, across scripts and spellings.

use std::collections::BTreeMap;

use kua_case::publish::{self, Shown};
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
    let found = case.search(&query, args.limit)?;
    let documents: BTreeMap<_, _> =
        loaded.chronicle.documents.iter().map(|document| (document.id, document)).collect();
    // An excerpt cannot be masked by itself: the withheld name could begin outside it.
    let masked = Shown::inside(&loaded.chronicle);
    let mut table = Table::new(&["item", "bytes", "words"]);
    for hit in &found.hits {
        let Some(document) = documents.get(&hit.document) else { continue };
        let words = if masked.is_masked(hit.document) {
            publish::words::WITHHELD_NOTE.to_owned()
        } else {
            excerpt(document, hit.range, &query, 160)
        };
        if args.json {
            let record = json!({
                "item": document.path, "document": document.id, "start": hit.range.start,
                "end": hit.range.end, "excerpt": words,
            });
            console.line(&record.to_string())?;
        } else {
            table.row(vec![shown(&document.path), hit.range.to_string(), words]);
        }
    }
    if found.hits.is_empty() {
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
