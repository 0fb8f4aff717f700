//! Records as they lie on disk: in bundles of up to 256, and, in vaults of the first version, one
//! file each. They are found, healed, erased, packed and merged in both, and from one to the other.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::folder::copy;
use common::{Crash, Fault, Memory, acquired, vault};
use kua_model::{ItemId, Sha256};
use kua_vault::{
    Damage, EntryKind, Event, MergeOptions, Merged, PackOptions, PreserveError, SealIdentity,
    Vault, VerifyOptions, VerifyReport, verify, verify_with,
};

const AT: &str = "2031-06-01T08:00:00Z";

fn check(memory: &Memory) -> VerifyReport {
    verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() })
}

fn clean(memory: &Memory, when: &str) {
    let report = check(memory);
    assert!(report.is_clean(), "{when}: {:#?}", report.findings);
}

fn words(n: u64) -> String {
    format!("What witness {n} told.")
}

/// Adds witnesses `from..to` in one commit.
fn add(vault: &Vault, from: u64, to: u64) {
    let mut writer = vault.writer().unwrap();
    for n in from..to {
        writer.preserve(words(n).as_bytes(), &acquired(&format!("{n}.txt"))).unwrap();
    }
    writer.commit().unwrap();
}

fn records(memory: &Memory) -> Vec<(String, Vec<u8>)> {
    memory.files().into_iter().filter(|(path, _)| path.starts_with("records/")).collect()
}

fn dir_of(vault: &Vault) -> String {
    format!("records/{}", Sha256::of(vault.vkey().name().as_bytes()))
}

fn paths(vault: &Vault) -> Vec<String> {
    vault.items().unwrap().map(|item| item.unwrap().path).collect()
}

fn merge(ours: &Vault, theirs: &Memory) -> Merged {
    ours.merge(&theirs.shared(), &MergeOptions { at: AT.into(), ..Default::default() }).unwrap()
}

fn erase(vault: &Vault, n: u64) {
    let items = BTreeSet::from([ItemId::of(words(n).as_bytes())]);
    vault.erase(&items, "asked to be forgotten", "the speaker", AT).unwrap();
}

fn holds(memory: &Memory, text: &str) -> bool {
    let text = text.as_bytes();
    memory.files().values().any(|file| file.windows(text.len()).any(|part| part == text))
}

/// One file a commit and stretch of 256 entries, none ever written again.
#[test]
fn each_commit_writes_its_records_once() {
    let (memory, vault) = vault();
    let mut before: Vec<(String, Vec<u8>)> = Vec::new();
    for (from, to) in [(0, 3), (3, 4), (4, 600), (600, 1100)] {
        add(&vault, from, to);
        let now = records(&memory);
        assert!(before.iter().all(|file| now.contains(file)), "{from}..{to}");
        before = now;
    }
    let dir = dir_of(&vault);
    let names: Vec<&str> =
        before.iter().map(|(path, _)| path.strip_prefix(&dir).unwrap()).collect();
    let wanted =
        ["/000.p/0", "/000.p/3", "/000.p/4", "/001", "/002.p/0", "/002.p/88", "/003", "/004.p/0"];
    assert_eq!(names, wanted);
    let text = String::from_utf8(before[1].1.clone()).unwrap();
    assert!(text.starts_with("3 {\"length\":") && text.ends_with("\"v\":1}\n"), "{text}");
    assert_eq!(paths(&vault).len(), 1100);
    let report = check(&memory);
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    // However few objects are kept in memory at once, the report is the same, also of damage.
    for n in [1, 300, 700, 1099] {
        let hex = ItemId::of(words(n).as_bytes()).to_string();
        memory.tamper(&format!("objects/sha256/{}/{hex}", &hex[..2]), Some(b"!".to_vec()));
    }
    memory.tamper("objects/sha256/00/stray", Some(Vec::new()));
    let with = |at_once, threads| {
        let options = VerifyOptions { threads, at_once, ..Default::default() };
        verify_with(&memory.shared(), &options)
    };
    let report = with(0, 1);
    assert_eq!(report.findings.len(), 4, "{:#?}", report.findings);
    assert!(report.findings.iter().all(|finding| finding.path.is_some()));
    for at_once in [1, 100, 600, 1100] {
        for threads in [1, 3] {
            let again = with(at_once, threads);
            assert_eq!(format!("{again:?}"), format!("{report:?}"), "{at_once} at once");
        }
    }
}

/// One item and so many events without bytes, in one commit: few files, many records.
fn add_events(vault: &Vault, n: u64, events: u64) -> Result<(), PreserveError> {
    let mut writer = vault.writer()?;
    writer.preserve(words(n).as_bytes(), &acquired(&format!("{n}.txt")))?;
    for event in 0..events {
        let to = format!("reader {n}.{event}");
        writer.append(Event::new(EntryKind::Transfer, AT).private("to", to))?;
    }
    writer.commit().map(drop)
}

#[test]
fn what_an_interrupted_commit_left_never_stands_for_a_later_record() {
    let (start, vault) = vault();
    add(&vault, 0, 3);
    let whole = start.after(Crash::Kept);
    add_events(&Vault::open_on(whole.shared()).unwrap(), 100, 600).unwrap();
    for at in 0..whole.operations() {
        for fault in [Fault::Stop, Fault::Full, Fault::FailedButDone] {
            let when = format!("{fault:?} at {at}");
            let memory = start.after(Crash::Kept);
            memory.fail_at(at, fault);
            let cut = add_events(&Vault::open_on(memory.shared()).unwrap(), 100, 600);
            let memory = memory.after(Crash::Kept);
            clean(&memory, &when);
            // Another commit than the one that was cut: fewer entries, then more again.
            let vault = Vault::open_on(memory.shared()).unwrap();
            let before = vault.writer().unwrap().checkpoint().size();
            assert!(before == 604 || cut.is_err(), "{when}");
            add_events(&vault, 1000, 1).unwrap();
            add_events(&vault, 2000, 600).unwrap();
            clean(&memory, &when);
            let told: Vec<String> = (vault.events().unwrap().map(Result::unwrap))
                .filter_map(|e| Some(vault.facts(&e).unwrap()?.get("to")?.as_str()?.to_owned()))
                .collect();
            assert_eq!(told.len() as u64, if before == 3 { 601 } else { 1201 }, "{when}");
            assert!(told.ends_with(&["reader 2000.599".to_owned()]), "{when}");
            // Erased, nothing of it is left, not even in what was set aside.
            add(&vault, 100, 101);
            erase(&vault, 100);
            assert!(!holds(&memory, "\"100.txt\""), "{when}");
            clean(&memory, &format!("{when}, then erased"));
        }
    }
}

#[test]
fn erasure_reaches_every_copy_and_damaged_records() {
    let (memory, vault) = vault();
    add(&vault, 0, 300);
    add(&vault, 300, 310);
    let other = Vault::open_on(memory.shared()).unwrap();
    let event = other.events().unwrap().map(Result::unwrap).nth(7).unwrap();
    assert_eq!(other.facts(&event).unwrap().unwrap()["path"], "7.txt");
    // A copy of a record among what was set aside, and one whose bytes no longer name its item.
    let (path, bytes) = records(&memory).into_iter().next().unwrap();
    let aside = format!("set-aside/200-0/{path}");
    let dirs = aside.rsplit_once('/').unwrap().0;
    memory.shared().create_dirs(dirs, kua_vault::Access::Shared).unwrap();
    memory.tamper(&aside, Some(bytes.clone()));
    let hex = ItemId::of(words(9).as_bytes()).to_string();
    let text = String::from_utf8(bytes).unwrap();
    memory.tamper(&path, Some(text.replace(&hex, &hex.replace(&hex[..1], "g")).into_bytes()));
    for n in [7, 9, 305] {
        assert!(holds(&memory, &format!("\"{n}.txt\"")));
        erase(&vault, n);
        assert!(!holds(&memory, &format!("\"{n}.txt\"")), "{n}");
    }
    clean(&memory, "erased");
    assert!(other.facts(&event).is_err(), "nothing of it is kept in memory");
    assert_eq!(paths(&other).len(), 307);
    // A bundle that is left empty goes.
    add(&vault, 400, 401);
    let last = || records(&memory).into_iter().map(|(path, _)| path).next_back().unwrap();
    assert!(last().ends_with("/001.p/57"), "{}", last());
    erase(&vault, 400);
    assert!(last().ends_with("/001.p/58"), "{}", last());
    assert!(records(&memory).iter().all(|(path, _)| !path.ends_with("/001.p/57")));
}

#[test]
fn a_bundle_heals_damaged_records_and_leaves_nothing_odd() {
    let (memory, vault) = vault();
    add(&vault, 0, 3);
    add(&vault, 3, 5);
    let event = Event::new(EntryKind::Transfer, AT).private("to", "the archive");
    let mut writer = vault.writer().unwrap();
    writer.append(event).unwrap();
    writer.commit().unwrap();
    drop(writer);
    let good = memory.after(Crash::Kept);
    for (path, bytes) in records(&good) {
        let newline = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        for (at, to) in [(0, b'x'), (newline, b' '), (newline + 1, b'9'), (20, b'!')] {
            let Some(mut changed) = Some(bytes.clone()).filter(|bytes| bytes.len() > at) else {
                continue;
            };
            changed[at] = to;
            let when = format!("{path} byte {at}");
            let hurt = good.after(Crash::Kept);
            hurt.tamper(&path, Some(changed));
            assert!(!check(&hurt).is_clean(), "{when}");
            let vault = Vault::open_on(hurt.shared()).unwrap();
            let merged = merge(&vault, &good);
            assert!(merged.lacking.is_empty(), "{when}: {merged:?}");
            clean(&hurt, &when);
            assert_eq!(vault.checkpoint().unwrap().size(), 6, "{when}: nothing new to record");
        }
        let lost = good.after(Crash::Kept);
        lost.tamper(&path, None);
        merge(&Vault::open_on(lost.shared()).unwrap(), &good);
        clean(&lost, &path);
    }
    // A line too many hurts no item and is named all the same; a merge takes it out.
    let (path, bytes) = records(&good).into_iter().next().unwrap();
    let odd = good.after(Crash::Kept);
    odd.tamper(&path, Some([&bytes[..], b"\n"].concat()));
    let report = check(&odd);
    assert_eq!(report.findings.len(), 1, "{:#?}", report.findings);
    assert_eq!(
        (report.findings[0].damage, &report.findings[0].file),
        (Damage::RecordChanged, &path)
    );
    merge(&Vault::open_on(odd.shared()).unwrap(), &good);
    clean(&odd, "a line too many");
}

#[test]
fn a_cut_merge_of_records_is_finished_by_the_next() {
    let ((ours, _), (theirs, their_vault)) = (vault(), vault());
    add(&their_vault, 0, 2);
    add(&their_vault, 2, 5);
    let whole = ours.after(Crash::Kept);
    merge(&Vault::open_on(whole.shared()).unwrap(), &theirs);
    for at in 0..whole.operations() {
        for fault in [Fault::Stop, Fault::Full, Fault::FailedButDone] {
            let memory = ours.after(Crash::Kept);
            memory.fail_at(at, fault);
            let options = MergeOptions { at: AT.into(), ..Default::default() };
            let _ = Vault::open_on(memory.shared()).unwrap().merge(&theirs.shared(), &options);
            for crash in [Crash::Kept, Crash::Lost, Crash::Torn(1), Crash::Torn(2)] {
                let when = format!("{fault:?} at {at}, {crash:?}");
                let found = memory.after(crash);
                clean(&found, &when);
                let vault = Vault::open_on(found.shared()).unwrap();
                assert!(merge(&vault, &theirs).lacking.is_empty(), "{when}");
                clean(&found, &when);
                assert_eq!(paths(&vault).len(), 5, "{when}");
            }
        }
    }
}

fn golden(folder: &Path) -> Vault {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/version-1/vault");
    copy(&from, folder);
    Vault::open(folder).unwrap()
}

fn manifest(memory: &Memory) -> String {
    String::from_utf8(memory.files()["vault.json"].clone()).unwrap()
}

/// A vault of the first version keeps its layout for ever: an older kua goes on reading it.
#[test]
fn both_layouts_take_in_each_other_and_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let first = golden(&folder.path().join("first"));
    let (memory, ours) = vault();
    assert!(manifest(&memory).contains("\"version\":4"), "{}", manifest(&memory));
    add(&ours, 0, 3);

    first.pack(&folder.path().join("from-first"), &PackOptions::default()).unwrap();
    let storage = |name: &str| {
        std::sync::Arc::new(kua_vault::Disk::new(&folder.path().join(name).join("data")))
            as std::sync::Arc<dyn kua_vault::Storage>
    };
    let packed = storage("from-first");
    assert!(
        String::from_utf8(packed.read("vault.json").unwrap()).unwrap().contains("\"version\":1")
    );
    let options = || MergeOptions { at: AT.into(), ..Default::default() };
    ours.merge(&packed, &options()).unwrap();
    assert!(records(&memory).iter().all(|(path, _)| !path.ends_with(".json")));
    assert!(records(&memory).iter().any(|(path, _)| path.ends_with("/000")));
    clean(&memory, "merged from the first version");
    assert_eq!(paths(&ours).len(), 7);

    let back = first.merge(&memory.shared(), &options()).unwrap();
    assert!(back.lacking.is_empty() && back.objects == 3, "{back:?}");
    let at = folder.path().join("first");
    let report = verify(&at);
    assert!(report.is_clean(), "{:#?}", report.findings);
    let dirs = std::fs::read_dir(at.join("records")).unwrap();
    assert!(dirs.into_iter().all(|dir| dir.unwrap().file_name().len() == 2), "no bundles in it");
    assert_eq!(paths(&first).len(), 7);
    let manifest = std::fs::read_to_string(at.join("vault.json")).unwrap();
    assert!(manifest.contains("\"version\":1"), "{manifest}");

    // Erased in one, and in the other.
    erase(&first, 1);
    assert!(verify(&at).is_clean());
    assert_eq!(paths(&first).len(), 6);
    erase(&ours, 2);
    clean(&memory, "erased");
    // Another epoch keeps the layout.
    let next = first.rotate(AT, "a trial").unwrap();
    add(&next, 50, 51);
    let manifest = std::fs::read_to_string(at.join("vault.json")).unwrap();
    assert!(manifest.contains("\"version\":1"), "{manifest}");
    assert!(verify(&at).is_clean());
    let next = ours.rotate(AT, "a trial").unwrap();
    add(&next, 60, 61);
    assert!(self::manifest(&memory).contains("\"version\":4"));
    clean(&memory, "rotated");
}

#[test]
fn what_was_withdrawn_is_in_no_record_of_a_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let ((memory, ours), (theirs, their_vault)) = (vault(), vault());
    add(&their_vault, 0, 6);
    merge(&ours, &theirs);
    // They withdraw; here it still lies, until a person decides.
    erase(&their_vault, 4);
    merge(&ours, &theirs);
    assert!(holds(&memory, "\"4.txt\""));
    ours.pack(&folder.path().join("b"), &PackOptions::default()).unwrap();
    let bundle = std::sync::Arc::new(kua_vault::Disk::new(&folder.path().join("b/data")));
    let (third, vault) = vault();
    let merged = vault
        .merge(
            &(bundle as std::sync::Arc<dyn kua_vault::Storage>),
            &MergeOptions { at: AT.into(), ..Default::default() },
        )
        .unwrap();
    assert!(merged.lacking.is_empty(), "{merged:?}");
    assert!(!holds(&third, "\"4.txt\"") && holds(&third, "\"3.txt\""));
    clean(&third, "merged");
}

#[test]
fn a_field_vault_holds_no_records() {
    let memory = Memory::default();
    let to = [SealIdentity::generate().recipient()];
    let vault = Vault::create_sealing_on(memory.shared(), &common::collector(), &to).unwrap();
    let mut writer = vault.writer().unwrap();
    writer.seal(&b"They hid below the mill."[..], &acquired("a.txt")).unwrap();
    writer.commit().unwrap();
    assert!(records(&memory).is_empty());
    assert!(manifest(&memory).contains("\"version\":2"));
}
