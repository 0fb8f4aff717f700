//! Erasure on withdrawn consent: what goes, what stays valid, and what an interruption leaves.

#![allow(clippy::print_stdout, reason = "a skipped test says so")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;

use common::{Crash, Fault, Memory, acquired, vault};
use kua_model::ItemId;
use kua_vault::{
    EntryKind, Event, PreserveError, Vault, VerifyOptions, verify_item_proof, verify_with,
};

const WORDS: &[u8] = b"I saw the lieutenant give the order.";

fn filled() -> (Memory, Vault, ItemId) {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"another account"[..], &acquired("other.txt")).unwrap();
    let item = writer.preserve(WORDS, &acquired("statement.txt")).unwrap().item;
    writer.preserve(WORDS, &acquired("copy/statement.txt")).unwrap();
    let event = Event::of_bytes(EntryKind::Derive, &acquired("blurred.jpg")).from_item(&item);
    writer.append_bytes(event, &b"without faces"[..]).unwrap();
    writer.commit().unwrap();
    drop(writer);
    (memory, vault, item)
}

fn erase(vault: &Vault, item: ItemId) -> Result<(), PreserveError> {
    let items = BTreeSet::from([item]);
    vault.erase(&items, "asked to be forgotten", "the speaker", "2031-06-01T12:00:00Z").map(drop)
}

fn clean(memory: &Memory, when: &str) {
    let options = VerifyOptions { threads: 1, ..Default::default() };
    let report = verify_with(&memory.shared(), &options);
    assert!(report.is_clean(), "{when}: {:#?}", report.findings);
}

fn holds(memory: &Memory, bytes: &[u8]) -> bool {
    memory.files().values().any(|file| file.windows(bytes.len()).any(|part| part == bytes))
}

#[test]
fn everything_of_the_item_goes_and_every_other_proof_stays() {
    let (memory, vault, item) = filled();
    let before: Vec<_> = vault.items().unwrap().map(Result::unwrap).collect();
    let custody = vault.custody(&before).unwrap();
    let plan = vault.plan_erasure(&BTreeSet::from([item])).unwrap();
    assert_eq!((plan.items.len(), plan.copies.len(), plan.files), (2, 1, 5), "{plan:?}");
    erase(&vault, item).unwrap();
    for secret in [WORDS, b"without faces", b"statement.txt", b"blurred.jpg"] {
        assert!(!holds(&memory, secret), "{}", String::from_utf8_lossy(secret));
    }
    clean(&memory, "erased");
    let left: Vec<_> = vault.items().unwrap().map(Result::unwrap).collect();
    assert_eq!(left.len(), 1);
    // A proof given out before still verifies, for the others and for the withdrawn one.
    for given in &before {
        let proof = &custody.proofs[&given.id];
        verify_item_proof(&proof.proof, proof.entry.as_bytes(), vault.vkey(), &given.id).unwrap();
    }
    let withdrawals = vault.withdrawals().unwrap();
    assert_eq!(withdrawals.len(), 1);
    assert_eq!((withdrawals[0].day.as_str(), withdrawals[0].own), ("2031-06-01", true));
    assert_eq!(withdrawals[0].reason, "asked to be forgotten");
    assert_eq!(withdrawals[0].items.len(), 2);
    let report = verify_with(&memory.shared(), &VerifyOptions::default());
    assert_eq!(report.erased, 2, "told apart from damage");
}

#[test]
fn an_erasure_cut_off_anywhere_happened_whole_or_is_finished_or_not_at_all() {
    let (memory, _, item) = filled();
    let start = memory.after(Crash::Kept);
    let whole = start.after(Crash::Kept);
    erase(&Vault::open_on(whole.shared()).unwrap(), item).unwrap();
    for at in 0..whole.operations() {
        for fault in [Fault::Stop, Fault::Full, Fault::FailedButDone] {
            let memory = start.after(Crash::Kept);
            memory.fail_at(at, fault);
            let done = erase(&Vault::open_on(memory.shared()).unwrap(), item);
            for crash in [Crash::Kept, Crash::Lost, Crash::Torn(1), Crash::Torn(3)] {
                let when = format!("{fault:?} at {at}, {crash:?}");
                let found = memory.after(crash);
                clean(&found, &when);
                let vault = Vault::open_on(found.shared()).unwrap();
                let recorded = !vault.withdrawals().unwrap().is_empty();
                assert!(recorded || done.is_err(), "{when}: acknowledged, but not recorded");
                assert_eq!(vault.items().unwrap().count(), if recorded { 1 } else { 3 }, "{when}");
                // Whoever writes next finishes.
                drop(vault.writer().unwrap());
                // Signed, but cut off before it was published: that is finished first.
                let before = recorded;
                let recorded = !vault.withdrawals().unwrap().is_empty();
                assert!(recorded || !before, "{when}");
                assert_eq!(holds(&found, WORDS), !recorded, "{when}");
                assert_eq!(holds(&found, b"without faces"), !recorded, "{when}");
                clean(&found, &format!("{when}, then finished"));
                erase(&vault, item).unwrap();
                assert!(!holds(&found, WORDS), "{when}");
            }
        }
    }
}

#[test]
fn what_is_given_again_later_is_an_item_again() {
    let (memory, vault, item) = filled();
    erase(&vault, item).unwrap();
    let mut writer = vault.writer().unwrap();
    writer.preserve(WORDS, &acquired("given-again.txt")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    clean(&memory, "given again");
    let paths: Vec<_> = vault.items().unwrap().map(|item| item.unwrap().path).collect();
    assert!(paths.contains(&"given-again.txt".to_owned()), "{paths:?}");
    assert_eq!(vault.read(&item).unwrap(), WORDS);
    drop(vault.writer().unwrap());
    assert_eq!(vault.read(&item).unwrap(), WORDS, "an old erasure does not reach it");
}

#[test]
fn a_reason_and_an_authority_are_wanted() {
    let (memory, vault, item) = filled();
    let items = BTreeSet::from([item]);
    for (reason, authority) in [("", "x"), ("x", " "), (&"long ".repeat(400), "x")] {
        assert!(vault.erase(&items, reason, authority, "2031-06-01").is_err());
    }
    assert!(holds(&memory, WORDS));
    clean(&memory, "refused");
}

#[test]
fn an_unsigned_reminder_alone_destroys_nothing() {
    let (memory, vault, item) = filled();
    memory.tamper("private/erasing", Some(format!("[\"{item}\"]").into_bytes()));
    drop(vault.writer().unwrap());
    assert!(holds(&memory, WORDS));
    assert!(!memory.files().contains_key("private/erasing"));
    memory.tamper("private/erasing", Some(b"{cut".to_vec()));
    drop(vault.writer().unwrap());
    clean(&memory, "after both");
}
