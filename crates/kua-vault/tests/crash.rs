//! Power cuts, failing disks and full disks at every single operation of creating a vault and of
//! adding to it: nothing acknowledged is ever lost, and the next writer goes on.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use common::{Crash, Fault, Memory, acquired, collector, vault};
use kua_model::ItemId;
use kua_vault::{PreserveError, Vault, VerifyOptions, verify_with};

const CRASHES: [Crash; 7] = [
    Crash::Kept,
    Crash::Lost,
    Crash::Torn(1),
    Crash::Torn(2),
    Crash::Torn(3),
    Crash::Torn(4),
    Crash::Torn(5),
];

/// Three commits: two letters; then one again, one long letter and a judgement; then a last one.
/// Gives every item that was acknowledged before something failed.
fn add_letters(memory: &Memory) -> (Vec<ItemId>, Result<(), PreserveError>) {
    let mut acknowledged = Vec::new();
    let result = (|| {
        let vault = Vault::open_on(memory.shared()).map_err(|_| PreserveError::Stopped)?;
        let mut writer = vault.writer()?;
        let long = vec![b'w'; (1 << 20) + 77];
        let batches: [&[(&str, &[u8])]; 3] = [
            &[("a.txt", b"They came at dawn."), ("b.txt", b"The bridge was closed.")],
            &[("again/a.txt", b"They came at dawn."), ("long.txt", &long)],
            &[("c.txt", b"Three of us stayed.")],
        ];
        for (number, batch) in batches.into_iter().enumerate() {
            let mut taken = Vec::new();
            for (path, bytes) in batch {
                taken.push(writer.preserve(*bytes, &acquired(path))?.item);
            }
            if number == 1 {
                let json = br#"{"decision":"withhold","names":["N."],"by":"ed","at":"2031-05-04","reason":"asked"}"#;
                taken.push(writer.judge(json, "2031-05-04T11:00:00Z")?.item);
            }
            writer.commit()?;
            acknowledged.extend(taken);
        }
        Ok(())
    })();
    (acknowledged, result)
}

/// Everything acknowledged is there, everything there is as signed, and the work can be finished.
fn must_be_whole(memory: &Memory, acknowledged: &[ItemId], when: &str) {
    let report = verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() });
    assert!(report.is_clean(), "{when}: {:#?}", report.findings);
    let vault = Vault::open_on(memory.shared()).unwrap_or_else(|e| panic!("{when}: {e}"));
    for item in acknowledged {
        vault.read(item).unwrap_or_else(|e| panic!("{when}: {e}"));
    }
    let (all, result) = add_letters(memory);
    result.unwrap_or_else(|e| panic!("{when}: {e}"));
    let report = verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() });
    assert!(report.is_clean(), "{when}, then finished: {:#?}", report.findings);
    let recorded: Vec<ItemId> = vault.items().unwrap().map(|item| item.unwrap().id).collect();
    for item in all.iter().chain(acknowledged) {
        vault.read(item).unwrap();
    }
    assert_eq!(recorded.len(), 4, "{when}");
    assert_eq!(vault.judgements().unwrap().map(Result::unwrap).count(), 1, "{when}");
}

#[test]
fn a_power_cut_at_any_operation_of_adding_loses_nothing_acknowledged() {
    let (start, _) = vault();
    let start = start.after(Crash::Lost);
    let whole = start.after(Crash::Kept);
    add_letters(&whole).1.unwrap();
    let operations = whole.operations();
    assert!(operations > 60, "{operations}");
    for at in 0..operations {
        let memory = start.after(Crash::Kept);
        memory.fail_at(at, Fault::Stop);
        let (acknowledged, result) = add_letters(&memory);
        // Clearing up after a commit may be cut short without anyone being told.
        assert!(result.is_err() || acknowledged.len() == 6);
        for crash in CRASHES {
            let found = memory.after(crash);
            must_be_whole(&found, &acknowledged, &format!("cut at operation {at}, {crash:?}"));
        }
    }
}

#[test]
fn what_a_killed_writer_left_is_made_safe_before_it_is_signed_for() {
    let (start, _) = vault();
    let start = start.after(Crash::Lost);
    let whole = start.after(Crash::Kept);
    add_letters(&whole).1.unwrap();
    for at in 0..whole.operations() {
        let memory = start.after(Crash::Kept);
        memory.fail_at(at, Fault::Stop);
        let (mut acknowledged, _) = add_letters(&memory);
        // Killed; the next writer finishes; only then the power goes.
        let memory = memory.killed();
        let (more, result) = add_letters(&memory);
        result.unwrap_or_else(|e| panic!("killed at operation {at}: {e}"));
        acknowledged.extend(more);
        for crash in CRASHES {
            let when = format!("killed at operation {at}, finished, then {crash:?}");
            must_be_whole(&memory.after(crash), &acknowledged, &when);
        }
    }
}

/// Adds letters short and long; gives the items.
fn add_many(memory: &Memory) -> Result<Vec<ItemId>, PreserveError> {
    let vault = Vault::open_on(memory.shared()).map_err(|_| PreserveError::Stopped)?;
    let mut writer = vault.writer()?;
    let mut items = Vec::new();
    for n in 0..6u8 {
        let length = if n < 3 { 9_000 } else { (1 << 20) + 300_000 };
        let words = vec![b'a' + n; length + usize::from(n)];
        items.push(writer.preserve(&words[..], &acquired(&format!("{n}.txt")))?.item);
    }
    writer.commit()?;
    Ok(items)
}

#[test]
fn bytes_that_lie_there_without_a_signature_are_used_without_a_second_copy() {
    let (start, _) = vault();
    let whole = start.after(Crash::Kept);
    let items = add_many(&whole).unwrap();
    let object = |item: &ItemId| {
        let hex = item.to_string();
        format!("objects/sha256/{}/{hex}", &hex[..2])
    };
    let mut tried = 0;
    for at in 0..whole.operations() {
        let memory = start.after(Crash::Kept);
        memory.fail_at(at, Fault::Full);
        if add_many(&memory).is_ok() {
            continue;
        }
        let memory = memory.killed();
        let files = memory.files();
        if !items.iter().all(|item| files.contains_key(&object(item))) {
            continue;
        }
        tried += 1;
        // For records, tiles and checkpoints; less than the shortest of the letters.
        memory.leave_room(8_000);
        let again = add_many(&memory).unwrap_or_else(|e| panic!("full at operation {at}: {e}"));
        assert_eq!(again, items);
        for crash in CRASHES {
            let found = memory.after(crash);
            let options = VerifyOptions { threads: 1, ..Default::default() };
            let report = verify_with(&found.shared(), &options);
            assert!(report.is_clean(), "full at {at}, then {crash:?}: {:#?}", report.findings);
            assert_eq!(report.items, 6, "full at {at}, then {crash:?}");
        }
    }
    assert!(tried > 3, "all bytes were there and no signature {tried} times");
}

#[test]
fn bytes_that_lie_there_damaged_are_replaced_and_a_full_disk_says_so() {
    let (start, _) = vault();
    let whole = start.after(Crash::Kept);
    let items = add_many(&whole).unwrap();
    for changed in [3usize, 0] {
        let memory = start.after(Crash::Kept);
        for (item, n) in items.iter().zip(0..) {
            let hex = item.to_string();
            let path = format!("objects/sha256/{}/{hex}", &hex[..2]);
            let mut bytes = whole.files()[&path].clone();
            if n == changed {
                bytes[5] ^= 1;
            }
            memory.tamper(&path, Some(bytes));
        }
        let full = memory.after(Crash::Kept);
        full.leave_room(8_000);
        let refused = add_many(&full);
        assert!(matches!(refused, Err(PreserveError::Io { .. })), "{refused:?}");
        add_many(&memory).unwrap();
        let options = VerifyOptions { threads: 1, ..Default::default() };
        let report = verify_with(&memory.shared(), &options);
        assert!(report.is_clean() && report.items == 6, "{:#?}", report.findings);
    }
}

#[test]
fn a_failing_or_full_disk_at_any_operation_loses_nothing_acknowledged() {
    let (start, _) = vault();
    let whole = start.after(Crash::Kept);
    add_letters(&whole).1.unwrap();
    let operations = whole.operations();
    for fault in [Fault::Failed, Fault::FailedButDone, Fault::Full] {
        for at in 0..operations {
            let memory = start.after(Crash::Kept);
            memory.fail_at(at, fault);
            let (acknowledged, _) = add_letters(&memory);
            for crash in &CRASHES[..4] {
                let found = memory.after(*crash);
                must_be_whole(&found, &acknowledged, &format!("{fault:?} at {at}, {crash:?}"));
            }
        }
    }
}

#[test]
fn making_a_vault_can_be_cut_off_anywhere_and_started_again() {
    let whole = Memory::default();
    Vault::create_on(whole.shared(), &collector()).unwrap();
    for at in 0..whole.operations() {
        let memory = Memory::default();
        memory.fail_at(at, Fault::Stop);
        assert!(Vault::create_on(memory.shared(), &collector()).is_err());
        for crash in CRASHES {
            let found = memory.after(crash);
            let vault = match Vault::open_on(found.shared()) {
                Ok(vault) => vault,
                Err(_) => Vault::create_on(found.shared(), &collector())
                    .unwrap_or_else(|e| panic!("cut at {at}, {crash:?}: {e}")),
            };
            assert_eq!(vault.checkpoint().unwrap().size(), 0);
            must_be_whole(&found, &[], &format!("created, cut at {at}, {crash:?}"));
        }
    }
}

#[test]
fn after_a_failed_commit_the_writer_refuses_to_go_on() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"x"[..], &acquired("x")).unwrap();
    memory.fail_at(3, Fault::FailedButDone);
    assert!(writer.commit().is_err());
    assert!(matches!(writer.preserve(&b"y"[..], &acquired("y")), Err(PreserveError::Stopped)));
    assert!(matches!(writer.commit(), Err(PreserveError::Stopped)));
}
