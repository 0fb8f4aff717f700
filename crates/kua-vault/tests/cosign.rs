//! Cosigning by hand between two vaults, as files: every status, and a cosigner that is
//! interrupted while it signs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use common::{Crash, Fault, Memory, acquired, vault};
use kua_vault::{
    AddCheckpoint, CosignError, Note, Reply, SignedCheckpoint, Vault, VerifierKey, VerifyOptions,
    verify_with,
};

const TIME: u64 = 1_930_000_000;
const AT: &str = "2031-05-05T09:00:00Z";

fn add(vault: &Vault, words: &str) {
    let mut writer = vault.writer().unwrap();
    writer.preserve(words.as_bytes(), &acquired(words)).unwrap();
    writer.commit().unwrap();
}

fn is_clean(memory: &Memory) -> bool {
    verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() }).is_clean()
}

/// A collector with one item, and a cosigner that has a key.
fn both() -> ((Memory, Vault), (Memory, Vault), VerifierKey) {
    let (collector, cosigner) = (vault(), vault());
    add(&collector.1, "one");
    let key = cosigner.1.make_cosigner("anna.example/stick").unwrap();
    (collector, cosigner, key)
}

fn status(vault: &Vault, request: &str, key: Option<&VerifierKey>) -> u16 {
    match vault.cosign(request, key, TIME).unwrap().reply {
        Reply::Cosigned(_) => 200,
        Reply::Refused { status, .. } => status,
    }
}

#[test]
fn a_checkpoint_goes_out_on_a_stick_and_comes_back_cosigned() {
    let ((memory, ours), (theirs_memory, theirs), anna) = both();
    let request = ours.cosign_request(0).unwrap();
    let answer = theirs.cosign(&request, Some(ours.vkey()), TIME).unwrap();
    assert_eq!(answer.size, Some(1));
    add(&ours, "two, added while the stick was away");
    let accepted = ours.cosign_accept(&answer.reply.to_text(), &anna, AT).unwrap();
    assert_eq!((accepted.size, accepted.time, accepted.log_index), (1, TIME, Some(2)));
    let again = ours.cosign_accept(&answer.reply.to_text(), &anna, AT).unwrap();
    assert_eq!(again.log_index, None);
    let cosignatures = ours.cosignatures().unwrap();
    assert_eq!(cosignatures.len(), 1);
    let note = Note::parse(cosignatures[0].checkpoint.as_bytes()).unwrap();
    assert_eq!(note.verify(&[ours.vkey(), &anna]).unwrap().len(), 2);
    // The log is known now; the second time no key is needed, but the right old size is.
    assert_eq!(status(&theirs, &ours.cosign_request(1).unwrap(), None), 200);
    assert!(is_clean(&memory) && is_clean(&theirs_memory));
}

#[test]
fn each_reason_to_refuse_has_its_status_and_nothing_is_signed() {
    let ((_, ours), (theirs_memory, theirs), anna) = both();
    let request = ours.cosign_request(0).unwrap();
    assert_eq!(status(&theirs, &request, None), 404);
    assert_eq!(status(&theirs, "old 0\n", Some(ours.vkey())), 400);
    assert_eq!(status(&theirs, &request.replacen("old 0", "old 07", 1), Some(ours.vkey())), 400);
    assert_eq!(status(&theirs, &request.replacen("old 0", "old 9", 1), Some(ours.vkey())), 400);
    let forged = request.replacen("\n1\n", "\n2\n", 1);
    assert_eq!(status(&theirs, &forged, Some(ours.vkey())), 403);
    assert_eq!(status(&theirs, &request, Some(ours.vkey())), 200);
    assert_eq!(status(&theirs, &request, None), 409);
    for n in 0..6 {
        add(&ours, &format!("more {n}"));
    }
    let good = ours.cosign_request(1).unwrap();
    let mut parsed = AddCheckpoint::parse(&good).unwrap();
    parsed.proof[0][0] ^= 1;
    assert_eq!(status(&theirs, &parsed.to_text(), None), 422);
    parsed.proof.clear();
    assert_eq!(status(&theirs, &parsed.to_text(), None), 422);
    let other_key = vault().1.vkey().clone();
    let other = theirs.cosign(&good, Some(&other_key), TIME);
    assert!(matches!(other, Err(CosignError::OtherKey { .. })));
    assert_eq!(status(&theirs, &good, None), 200);
    assert!(is_clean(&theirs_memory));
    let reply = theirs.cosign(&good, None, TIME).unwrap().reply.to_text();
    let refused = ours.cosign_accept(&reply, &anna, AT).unwrap_err().to_string();
    assert!(refused.contains("409") && refused.contains("--old 7"), "{refused}");
}

#[test]
fn a_cosigner_shows_a_vault_that_it_was_set_back() {
    let ((memory, ours), (_, theirs), anna) = both();
    let image = memory.after(Crash::Kept);
    add(&ours, "two");
    let request = ours.cosign_request(0).unwrap();
    theirs.cosign(&request, Some(ours.vkey()), TIME).unwrap();
    let restored = Vault::open_on(image.shared()).unwrap();
    let reply = theirs.cosign(&restored.cosign_request(0).unwrap(), None, TIME).unwrap().reply;
    let refused = restored.cosign_accept(&reply.to_text(), &anna, AT).unwrap_err().to_string();
    assert!(refused.contains("set back") && refused.contains("kua rotate"), "{refused}");
    assert!(restored.writer().is_err() && !is_clean(&image));
    assert!(restored.rotate(AT, "restored").unwrap().writer().is_ok());
}

#[test]
fn two_histories_are_refused_and_both_are_kept() {
    let ((memory, ours), (theirs_memory, theirs), _) = both();
    let image = memory.after(Crash::Kept);
    add(&ours, "here");
    let other = Vault::open_on(image.shared()).unwrap();
    add(&other, "there");
    assert_eq!(status(&theirs, &ours.cosign_request(0).unwrap(), Some(ours.vkey())), 200);
    let fork = AddCheckpoint {
        old: 2,
        proof: Vec::new(),
        checkpoint: other.checkpoint().unwrap().to_text(),
    };
    assert_eq!(status(&theirs, &fork.to_text(), None), 422);
    let report = verify_with(&theirs_memory.shared(), &VerifyOptions::default());
    assert!(report.is_clean(), "another's fork is no damage here: {report:#?}");
    assert!(report.notices.iter().any(|n| n.starts_with("FORK")), "{report:#?}");
    // And in the vault whose log it is, it is: the other history was signed with its key.
    let theirs = SignedCheckpoint::verify(fork.checkpoint.as_bytes(), ours.vkey()).unwrap();
    assert!(ours.writer_after(&[theirs]).is_err());
}

#[test]
fn a_cosigner_interrupted_anywhere_never_signs_two_histories() {
    let ((memory, ours), (theirs_memory, theirs), _) = both();
    let image = memory.after(Crash::Kept);
    theirs.cosign(&ours.cosign_request(0).unwrap(), Some(ours.vkey()), TIME).unwrap();
    add(&ours, "here");
    let request = ours.cosign_request(1).unwrap();
    let other = Vault::open_on(image.shared()).unwrap();
    add(&other, "there");
    let second = other.cosign_request(1).unwrap();
    let whole = theirs_memory.after(Crash::Kept);
    let start = whole.operations();
    Vault::open_on(whole.shared()).unwrap().cosign(&request, None, TIME).unwrap();
    let steps = whole.operations() - start;
    assert!(steps >= 4, "{steps}");
    for step in 0..=steps {
        for fault in [Fault::Failed, Fault::FailedButDone, Fault::Full, Fault::Stop] {
            for crash in [Crash::Kept, Crash::Lost, Crash::Torn(1), Crash::Torn(2)] {
                let when = format!("step {step}, {fault:?}, {crash:?}");
                let disk = theirs_memory.after(Crash::Kept);
                disk.fail_at(step, fault);
                let first = Vault::open_on(disk.shared()).unwrap().cosign(&request, None, TIME);
                let disk = disk.after(crash);
                assert!(is_clean(&disk), "{when}");
                let vault = Vault::open_on(disk.shared()).unwrap();
                let signed = |answer: &Result<kua_vault::Answer, CosignError>| {
                    answer.as_ref().is_ok_and(|answer| answer.size.is_some())
                };
                let then = vault.cosign(&second, None, TIME);
                assert!(!(signed(&first) && signed(&then)), "{when}: both histories were signed");
                assert!(then.is_ok(), "{when}: {then:?}");
            }
        }
    }
}
