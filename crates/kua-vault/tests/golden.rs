//! Vaults as kua 0.1.0 made them: on 21 November 2026, before entries of any kind but capture and
//! judgement were written, and on 29 November 2026, the first with record bundles. They must open,
//! verify and grow for ever.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::path::{Path, PathBuf};

use common::acquired;
use common::folder::copy;
use kua_vault::{Vault, verify};

const ROOT: &str = "9xCXOdOs03qnt7orULqhdARgdR6wGViFND1+arMRd48=";

const ROOT_4: &str = "7Fb7VQKCC4XW11uMF2Relb/yk9ksdytFRj1MK9Di070=";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/version-1/vault")
}

#[test]
fn the_first_version_is_read_as_it_was_written() {
    let report = verify(&golden());
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!((report.size, report.items, report.judgements), (6, 4, 1));
    assert_eq!(report.root, ROOT);
    let vault = Vault::open(&golden()).unwrap();
    let paths: Vec<String> = vault.items().unwrap().map(|item| item.unwrap().path).collect();
    assert_eq!(paths, ["in/empty.txt", "in/ferry.txt", "in/letter.txt", "in/boats.txt"]);
    assert_eq!(vault.captures().unwrap().count(), 5);
    let judgements: Vec<_> = vault.judgements().unwrap().map(Result::unwrap).collect();
    assert_eq!(judgements.len(), 1);
    assert!(judgements[0].json.contains("withhold"), "{}", judgements[0].json);
}

#[test]
fn the_first_version_can_be_added_to_and_stays_a_beginning_of_what_follows() {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden(), folder.path());
    let before = Vault::open(folder.path()).unwrap().checkpoint().unwrap();
    let vault = Vault::open(folder.path()).unwrap();
    let mut writer = vault.writer().unwrap();
    // The same file again is no new fact, so nothing is recorded twice by a newer kua.
    let ferry = std::fs::read(golden().join(
        "objects/sha256/0a/0a009332af4c6e1e128b48f819edbdd9c36f02502a577b50497871de4bc3482a",
    ));
    let again = writer.preserve(&ferry.unwrap()[..], &acquired("in/ferry.txt")).unwrap();
    assert_eq!(again.log_index, None);
    writer.preserve(&b"A later letter."[..], &acquired("later.txt")).unwrap();
    writer.commit().unwrap();
    let log = vault.log().unwrap();
    assert_eq!(log.root_at(before.size()).unwrap(), *before.root());
    assert!(verify(folder.path()).is_clean());
}

/// Five commits, another's log, a withdrawal.
fn golden_4() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/version-4/vault")
}

#[test]
fn the_first_with_record_bundles_is_read_as_it_was_written() {
    let report = verify(&golden_4());
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!((report.size, report.items, report.judgements), (12, 6, 1));
    assert_eq!((report.erased, report.logs.len()), (1, 2));
    assert_eq!(report.root, ROOT_4);
    let vault = Vault::open(&golden_4()).unwrap();
    let paths: Vec<String> = vault.items().unwrap().map(|item| item.unwrap().path).collect();
    let mine = ["in/boats.txt", "in/empty.txt", "in/ferry.txt", "more/letter.txt"];
    assert_eq!(paths[..4], mine);
    assert_eq!(paths[4..], ["theirs/hill.txt", "theirs/well.txt"]);
    let events: Vec<_> = vault.events().unwrap().map(Result::unwrap).collect();
    let given = events.iter().find(|event| event.entry.kind.as_str() == "transfer").unwrap();
    assert_eq!(vault.facts(given).unwrap().unwrap()["to"], "the archive");
    let gone = events.iter().find(|event| event.own && event.index == 4).unwrap();
    assert!(vault.facts(gone).is_err(), "withdrawn");
}

#[test]
fn the_first_with_record_bundles_can_be_added_to() {
    let folder = tempfile::tempdir().unwrap();
    copy(&golden_4(), folder.path());
    let vault = Vault::open(folder.path()).unwrap();
    let before = vault.checkpoint().unwrap();
    let mut writer = vault.writer().unwrap();
    let ferry = b"The ferry did not come on Tuesday.\n";
    let again = writer.preserve(&ferry[..], &acquired("in/ferry.txt")).unwrap();
    assert_eq!(again.log_index, None);
    writer.preserve(&b"A later letter."[..], &acquired("later.txt")).unwrap();
    writer.commit().unwrap();
    assert_eq!(vault.log().unwrap().root_at(before.size()).unwrap(), *before.root());
    assert!(verify(folder.path()).is_clean());
    assert_eq!(vault.items().unwrap().count(), 7);
}
