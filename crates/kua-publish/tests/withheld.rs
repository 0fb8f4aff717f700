//! A person asked not to be named: no page, record or file may say otherwise.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may stop at what it did not expect"
)]

mod fixture;

use kua_model::*;
use kua_publish::{Route, Shown, Site, json};

const FORBIDDEN: [&str; 6] = ["Vesik", "vesik", "VESIK", "Весик", "Orlan", "Орлан"];

fn records(chronicle: &Chronicle) -> String {
    let mut out = Vec::new();
    json::claims(chronicle, &mut out).unwrap();
    json::origins(chronicle, &mut out).unwrap();
    json::links(chronicle, &mut out).unwrap();
    json::tolls(chronicle, &mut out).unwrap();
    json::documents(chronicle, &mut out).unwrap();
    json::names(chronicle, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn speaks(text: &str) -> Option<&'static str> {
    FORBIDDEN.into_iter().find(|name| text.contains(name))
}

#[test]
fn a_withheld_name_stands_nowhere() {
    let open = fixture::chronicle();
    assert!(speaks(&Site::new(&open).single_file()).is_some(), "the fixture must hold the name");
    let chronicle = fixture::withheld();
    let site = Site::new(&chronicle);
    for route in site.routes() {
        assert_eq!(speaks(&route.path()), None);
        let page = site.page(&route).unwrap();
        assert_eq!(speaks(&page.html), None, "{}", route.path());
    }
    assert_eq!(speaks(&records(&chronicle)), None);
    let single = site.single_file();
    assert_eq!(speaks(&single), None);
    assert!(single.contains("[name withheld]"));
    kua_publish::verify::read_single_file(&single).unwrap();
}

#[test]
fn the_mark_is_explained_and_the_rest_of_the_words_stays() {
    let chronicle = fixture::withheld();
    let site = Site::new(&chronicle);
    let letter = chronicle.documents.iter().find(|d| d.path == "letters/vesik.txt").unwrap();
    let page = site.page(&Route::document(letter.id)).unwrap().html;
    assert!(page.contains("By [name withheld], schoolteacher"));
    assert!(page.contains("letters/[name withheld].txt"));
    assert!(page.contains("replaced by a mark"));
    let shown = Shown::inside(&chronicle);
    let masked = shown.chronicle.document(letter.id).unwrap();
    // Blocks still tile the text, and every offset leads back to the preserved words.
    let mut at = 0;
    for (block, old) in masked.blocks.iter().zip(&letter.blocks) {
        assert_eq!(block.range.start, at);
        at = block.range.end;
        assert_eq!(shown.original(letter.id, block.range), old.range);
    }
    assert_eq!(at, masked.text.len());
    for statement in &shown.chronicle.statements {
        let old = chronicle.statement(statement.claim.id).unwrap();
        let range = shown.original(statement.claim.document, statement.quote.span().range);
        assert_eq!(range, old.quote.span().range);
        assert_eq!(statement.quote.exact(), old.quote.exact());
    }
}

#[test]
fn nothing_in_the_single_file_lets_a_stranger_try_names() {
    let chronicle = fixture::withheld();
    let single = Site::new(&chronicle).single_file();
    let masked = chronicle.documents.iter().filter(|document| speaks(&document.text).is_some());
    let mut count = 0;
    for document in masked {
        count += 1;
        // Digests of the whole words would confirm a guess, and ids are digests.
        assert!(!single.contains(&document.item.to_string()));
        assert!(!single.contains(&document.id.to_string()));
        for statement in chronicle.statements.iter().filter(|s| s.claim.document == document.id) {
            assert!(!single.contains(&statement.claim.id.to_string()));
        }
    }
    assert_eq!(count, 2);
    let other = chronicle.documents.iter().find(|d| d.path == "wire/aru-1.html").unwrap();
    assert!(single.contains(&other.item.to_string()));
}

#[test]
fn undoing_the_decision_shows_the_name_again() {
    let mut chronicle = fixture::withheld();
    let number = chronicle.judgements.len() as u64 - 1;
    let undo = |judgement| Judgement {
        decision: Decision::Undo { judgement },
        by: "M. Archivist".to_owned(),
        at: "2031-12-01T09:00:00Z".to_owned(),
        reason: String::new(),
        log: None,
    };
    chronicle.judgements.push(undo(number));
    assert!(speaks(&records(&chronicle)).is_some());
    // Undoing the undoing withholds it again.
    chronicle.judgements.push(undo(number + 1));
    assert_eq!(speaks(&records(&chronicle)), None);
}

#[test]
fn a_name_marked_by_reconciling_is_withheld_too() {
    let mut chronicle = fixture::chronicle();
    chronicle.names[0].withheld = true;
    assert_eq!(speaks(&records(&chronicle)), None);
    assert_eq!(speaks(&Site::new(&chronicle).single_file()), None);
}

#[test]
fn a_name_broken_over_two_blocks_is_masked_in_both() {
    let mut f = fixture::Fixture::new("Broken", "2031");
    f.document(
        "a.txt",
        "en",
        &[(Role::Main, "It was Orlan"), (Role::Main, "Vesik who came.")],
        None,
    );
    f.judge(Decision::Withhold { names: vec![fixture::NAME.to_owned()] }, "");
    let chronicle = f.finish();
    let shown = Shown::inside(&chronicle);
    let document = &shown.chronicle.documents[0];
    assert_eq!(speaks(&document.text), None);
    assert_eq!(document.blocks[0].range.end, document.blocks[1].range.start);
    assert!(document.blocks.iter().all(|block| block.range.of(&document.text).is_some()));
    assert_eq!(document.blocks[1].range.end, document.text.len());
}
