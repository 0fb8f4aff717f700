//! The worked case of the repository: which notes are one account and which only sound alike.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

#[test]
fn notes_on_one_report_are_not_translations_but_the_translations_are() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/notes");
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: no demo notes at {folder}");
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let documents: Vec<Document> = paths
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let language = name.rsplit('-').next().unwrap().to_owned();
            document(&name, &language, &std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let lineage = trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value;
    assert_tiled(&documents, &lineage);
    let shown = show(&documents, &lineage);
    println!("{shown}");
    let number = |id: DocumentId| path(&documents, id)[..2].parse::<u32>().unwrap();
    let mut accounts: BTreeMap<OriginId, BTreeSet<u32>> = BTreeMap::new();
    for origin in &lineage.origins {
        for span in &origin.spans {
            accounts.entry(origin.id).or_default().insert(number(span.document));
        }
    }
    let merged: BTreeSet<BTreeSet<u32>> = accounts.into_values().filter(|s| s.len() > 1).collect();
    let expected: BTreeSet<BTreeSet<u32>> = [vec![1, 2], vec![3, 4, 5], vec![13, 14]]
        .into_iter()
        .map(|v| v.into_iter().collect())
        .collect();
    assert_eq!(merged, expected, "{shown}");
    let linked = |a: u32, b: u32, kind: LinkKind| {
        lineage.links.iter().any(|l| {
            let ends = (number(l.a.document), number(l.b.document));
            let (source, direction) = if ends == (a, b) {
                (true, Direction::AToB)
            } else {
                (ends == (b, a), Direction::BToA)
            };
            l.kind == kind && source && (a == b || l.direction == direction)
        })
    };
    assert!(linked(1, 2, LinkKind::Translation), "{shown}");
    assert!(linked(3, 5, LinkKind::Translation), "{shown}");
    assert!(linked(3, 4, LinkKind::Copy), "{shown}");
    assert!(linked(13, 14, LinkKind::Copy), "{shown}");
    assert!(linked(19, 19, LinkKind::Repeat), "{shown}");
    assert_eq!(lineage.origins.len(), documents.len() - 4, "{shown}");
}
