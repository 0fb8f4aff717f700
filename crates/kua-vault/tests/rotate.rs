//! A vault that was set back goes on in a new epoch: noticed before signing, asked for, whole
//! wherever it is interrupted.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use common::{Crash, Fault, Memory, acquired, vault};
use kua_vault::{EntryKind, Note, Vault, VerifyOptions, verify_custody, verify_with};

const AT: &str = "2031-06-01T08:00:00Z";

fn check(memory: &Memory) -> kua_vault::VerifyReport {
    verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() })
}

fn add(vault: &Vault, words: &str) {
    let mut writer = vault.writer().unwrap();
    writer.preserve(words.as_bytes(), &acquired(words)).unwrap();
    writer.commit().unwrap();
}

#[test]
fn an_image_set_back_is_noticed_by_what_others_hold_and_goes_on_in_a_new_epoch() {
    let (memory, vault) = vault();
    add(&vault, "one");
    let image = memory.after(Crash::Kept);
    add(&vault, "two");
    // The request went out on a stick, and came back to the restored image.
    vault.cosign_request(0).unwrap();
    let seen: Vec<_> =
        memory.files().into_iter().filter(|(path, _)| path.starts_with("seen/")).collect();
    assert_eq!(seen.len(), 1);
    image
        .shared()
        .create_dirs(seen[0].0.rsplit_once('/').unwrap().0, kua_vault::Access::Shared)
        .unwrap();
    image.tamper(&seen[0].0, Some(seen[0].1.clone()));
    let restored = Vault::open_on(image.shared()).unwrap();
    let refused = restored.writer().err().map(|e| e.to_string()).unwrap_or_default();
    assert!(refused.contains("set back") && refused.contains("kua rotate"), "{refused}");
    let report = check(&image);
    assert_eq!(report.findings[0].damage, kua_vault::Damage::RolledBack, "{report:#?}");
    let old_key = restored.vkey().clone();
    let next = restored.rotate(AT, "the laptop was restored from an image").unwrap();
    assert_ne!(next.vkey(), &old_key);
    assert!(next.vkey().name().ends_with("/2"), "{}", next.vkey());
    add(&next, "three");
    let report = check(&image);
    assert!(report.is_clean(), "{report:#?}");
    assert!(report.notices.iter().any(|n| n.contains("set back")), "{:#?}", report.notices);
    // Items of both epochs, each proved; the old key leads to the new one.
    let items: Vec<_> = next.items().unwrap().map(Result::unwrap).collect();
    assert_eq!(items.iter().map(|i| i.path.as_str()).collect::<Vec<_>>(), ["one", "three"]);
    let custody = next.custody(&items).unwrap();
    assert_eq!(custody.logs.len(), 1);
    let verdicts = verify_custody(&custody, Some(next.vkey())).unwrap();
    assert!(verdicts.len() == 2 && verdicts.values().all(Result::is_ok), "{verdicts:?}");
    let mut forged = custody.clone();
    forged.logs.clear();
    assert!(verify_custody(&forged, None).unwrap().values().any(Result::is_err));
    let first =
        next.events().unwrap().map(Result::unwrap).find(|e| e.entry.kind == EntryKind::Rotate);
    let handover = first.unwrap().entry.more["handover"].as_str().unwrap().to_owned();
    let note = Note::parse(handover.as_bytes()).unwrap();
    assert!(note.verify(&[&old_key]).is_ok() && note.text.contains(&next.vkey().to_string()));
}

#[test]
fn a_rotation_that_is_interrupted_anywhere_is_finished_or_forgotten_and_nothing_is_lost() {
    let (memory, vault) = vault();
    add(&vault, "one");
    add(&vault, "two");
    let before = memory.after(Crash::Kept);
    let whole = before.after(Crash::Kept);
    let start = whole.operations();
    Vault::open_on(whole.shared()).unwrap().rotate(AT, "test").unwrap();
    let steps = whole.operations() - start;
    assert!(steps > 20, "{steps}");
    for step in 0..steps {
        for fault in [Fault::Failed, Fault::FailedButDone, Fault::Full, Fault::Stop] {
            for crash in [Crash::Kept, Crash::Lost, Crash::Torn(1), Crash::Torn(2)] {
                let when = format!("step {step}, {fault:?}, {crash:?}");
                let memory = before.after(Crash::Kept);
                memory.fail_at(step, fault);
                let rotated = Vault::open_on(memory.shared()).unwrap().rotate(AT, "test").is_ok();
                let memory = memory.after(crash);
                let report = check(&memory);
                assert!(report.is_clean(), "{when}: {:#?}", report.findings);
                let vault = Vault::open_on(memory.shared()).unwrap();
                let paths = |vault: &Vault| -> Vec<String> {
                    vault.items().unwrap().map(|item| item.unwrap().path).collect()
                };
                assert_eq!(paths(&vault), ["one", "two"], "{when}");
                add(&vault, "three");
                let vault = Vault::open_on(memory.shared()).unwrap();
                assert_eq!(paths(&vault), ["one", "two", "three"], "{when}");
                let report = check(&memory);
                assert!(report.is_clean(), "{when}: {:#?}", report.findings);
                assert!(!rotated || vault.vkey().name().ends_with("/2"), "{when}");
                assert!(!memory.files().contains_key("private/next.key"), "{when}");
            }
        }
    }
}
