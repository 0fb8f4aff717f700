//! Every byte of a small vault changed, every file cut at every length, every file removed: each
//! is found, and the item is named.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::collections::BTreeSet;
use std::ops::Range;

use common::{Crash, Memory, acquired, vault};
use kua_vault::{Damage, EntryKind, Event, VerifyOptions, VerifyReport, verify_with};

fn check(memory: &Memory) -> VerifyReport {
    verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() })
}

/// Two commits, so that partial tiles of two widths exist; three items and a judgement.
fn small_vault() -> Memory {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"The market was empty."[..], &acquired("market.txt")).unwrap();
    writer.preserve(&b""[..], &acquired("empty.txt")).unwrap();
    writer.commit().unwrap();
    writer.preserve(&b"We counted seven."[..], &acquired("count\n\u{202e}.txt")).unwrap();
    writer.judge(br#"{"decision":"x"}"#, "2031-05-05").unwrap();
    let given = Event::new(EntryKind::Transfer, "2031-05-06").private("to", "the archive");
    writer.append(given).unwrap();
    writer.commit().unwrap();
    drop(writer);
    let report = check(&memory);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!((report.size, report.items, report.judgements, report.bytes), (5, 3, 1, 54));
    memory
}

/// A finding that names the file, and for an item's files the item. `lost` is the part of a record
/// bundle that is not as it was.
fn must_be_named(report: &VerifyReport, path: &str, lost: (&[u8], Range<usize>), when: &str) {
    let named = report.findings.iter().find(|f| f.file == path || path.starts_with("logs/"));
    let finding = named.unwrap_or_else(|| panic!("{when}: {:#?}", report.findings));
    if path.starts_with("objects/") {
        assert!(path.ends_with(&finding.item.expect("the item").to_string()), "{when}");
        assert!(finding.path.is_some() || finding.log_index == Some(3), "{when}: {finding}");
    }
    if path.starts_with("records/") {
        // No record is said to be hurt but those whose lines were, or began right after.
        let hurt = records_in(lost.0, &lost.1);
        let named: BTreeSet<u64> = report.findings.iter().filter_map(|f| f.log_index).collect();
        assert!(named.is_subset(&hurt), "{when}: {named:?} of {hurt:?}");
        // Without the end of its line alone, a record is still whole.
        let whole = when.contains("cut") && lost.0[lost.1.start] == b'\n';
        assert!(whole || hurt.first().is_some_and(|f| named.contains(f)), "{when}: {named:?}");
        for finding in report.findings.iter().filter(|finding| finding.log_index.is_some()) {
            assert_eq!(finding.item.is_none(), finding.log_index == Some(4), "{when}: {finding}");
        }
    }
    assert!(finding.to_string().contains("Next: "), "{when}");
}

/// Numbers of the entries whose lines lie in or touch a part of a record bundle.
fn records_in(bytes: &[u8], part: &Range<usize>) -> BTreeSet<u64> {
    let mut from = 0;
    let mut found = BTreeSet::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if from <= part.end && from + line.len() > part.start {
            let text = String::from_utf8_lossy(line).into_owned();
            found.insert(text.split(' ').next().unwrap().parse().unwrap());
        }
        from += line.len();
    }
    found
}

#[test]
fn a_flipped_bit_at_every_byte_is_found_and_named() {
    let memory = small_vault();
    let mut flips = 0;
    for (path, bytes) in memory.files() {
        for at in 0..bytes.len() {
            // 0x20 turns capitals into small letters: hex and base64 must not forgive it.
            for mask in [0x01, 0x20, 0x80] {
                let mut changed = bytes.clone();
                changed[at] ^= mask;
                memory.tamper(&path, Some(changed));
                let report = check(&memory);
                let when = format!("{path}, byte {at} ^ {mask:#04x}");
                assert!(!report.is_clean(), "{when}: not found");
                must_be_named(&report, &path, (&bytes, at..at + 1), &when);
                flips += 1;
            }
        }
        memory.tamper(&path, Some(bytes));
    }
    assert!(check(&memory).is_clean());
    assert!(flips > 3000, "{flips}");
}

#[test]
fn a_file_cut_at_any_length_lengthened_or_removed_is_found_and_named() {
    let memory = small_vault();
    for (path, bytes) in memory.files() {
        for cut in 0..bytes.len() {
            memory.tamper(&path, Some(bytes[..cut].to_vec()));
            let report = check(&memory);
            assert!(!report.is_clean(), "{path} cut at {cut}: not found");
            let lost = (&bytes[..], cut..bytes.len());
            must_be_named(&report, &path, lost, &format!("{path} cut at {cut}"));
        }
        for extra in [&b"\0"[..], b"\n", b"more"] {
            memory.tamper(&path, Some([&bytes, extra].concat()));
            assert!(!check(&memory).is_clean(), "{path} with {extra:?} added: not found");
        }
        memory.tamper(&path, None);
        let report = check(&memory);
        // Without its private folder a vault is a copy to read; an older partial tile may go.
        let older = path.starts_with("logs/") && path.ends_with(".p/2");
        let may_go = path.starts_with("private/") || older;
        assert_eq!(report.is_clean(), may_go, "{path} removed: {:#?}", report.findings);
        memory.tamper(&path, Some(bytes));
    }
}

#[test]
fn the_damaged_entry_is_told_from_the_damaged_tile() {
    for size in [4u32, 300] {
        let (memory, vault) = vault();
        let mut writer = vault.writer().unwrap();
        for n in 0..size {
            writer.preserve(&n.to_be_bytes()[..], &acquired(&format!("{n}"))).unwrap();
        }
        writer.commit().unwrap();
        drop(writer);
        let files = memory.files();
        let entries = files.iter().find(|(path, _)| path.contains("tile/entries/000")).unwrap();
        let tile = files.iter().find(|(path, _)| path.contains("tile/0/000")).unwrap();
        let change = |(path, bytes): (&String, &Vec<u8>), at: usize| {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            memory.tamper(path, Some(changed));
            let report = check(&memory);
            memory.tamper(path, Some(bytes.clone()));
            report.findings
        };
        let found = change(entries, 30);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!((found[0].damage, found[0].log_index), (Damage::Entries, Some(0)));
        let found = change(tile, 70);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].damage, Damage::Tile);
        assert!(found[0].next.contains("no evidence is lost"));
    }
}

#[test]
fn an_older_checkpoint_put_back_is_noticed_before_anything_is_signed() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"one"[..], &acquired("1")).unwrap();
    writer.commit().unwrap();
    let old = memory.after(Crash::Kept);
    writer.preserve(&b"two"[..], &acquired("2")).unwrap();
    let newest = writer.commit().unwrap();
    drop(writer);
    let (path, bytes) =
        old.files().into_iter().find(|(path, _)| path.ends_with("/checkpoint")).unwrap();
    // The checkpoint alone: tiles and the memory of the last signature are newer; it is healed.
    memory.tamper(&path, Some(bytes));
    assert!(check(&memory).notices.iter().any(|n| n.contains("older checkpoint")));
    assert_eq!(vault.writer().unwrap().checkpoint(), &newest);
    assert_eq!(vault.checkpoint().unwrap(), newest);
    // Checkpoint and tiles, but not the memory: refused.
    let back = old.files();
    for (path, _) in memory.files() {
        if path.starts_with("logs/") {
            memory.tamper(&path, back.get(&path).cloned());
        }
    }
    let refused = vault.writer().err().map(|e| e.to_string()).unwrap_or_default();
    assert!(refused.contains("set back") && refused.contains("1 entries"), "{refused}");
    assert!(!check(&memory).is_clean());
    // The whole image: only somebody who saw a later checkpoint can tell.
    let restored = kua_vault::Vault::open_on(old.shared()).unwrap();
    assert!(restored.writer_after(std::slice::from_ref(&newest)).is_err());
    let options = VerifyOptions { seen: vec![newest], threads: 1, ..Default::default() };
    let report = verify_with(&old.shared(), &options);
    assert_eq!(report.findings[0].damage, Damage::RolledBack, "{report:#?}");
}

#[test]
fn two_histories_of_one_log_are_shown_and_never_signed_over() {
    let (memory, vault) = vault();
    let other = memory.after(Crash::Kept);
    let add = |memory: &Memory, words: &str| {
        let vault = kua_vault::Vault::open_on(memory.shared()).unwrap();
        let mut writer = vault.writer().unwrap();
        writer.preserve(words.as_bytes(), &acquired(words)).unwrap();
        writer.commit().unwrap()
    };
    add(&memory, "here");
    let theirs = add(&other, "there");
    let refused = vault.writer_after(std::slice::from_ref(&theirs)).err().map(|e| e.to_string());
    assert!(refused.unwrap_or_default().contains("two histories"));
    let options = VerifyOptions { seen: vec![theirs], threads: 1, ..Default::default() };
    let report = verify_with(&memory.shared(), &options);
    assert_eq!(report.findings[0].damage, Damage::Forked, "{report:#?}");
}
