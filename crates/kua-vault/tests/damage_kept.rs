//! Every byte of everything else a vault keeps: sealed items, checkpoints seen, cosignatures,
//! earlier epochs, mirrored logs and forks. A changed bit or a cut is found in each.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "says how much was tried")]

mod common;

use common::{Crash, Memory, acquired, collector, vault};
use kua_vault::{MergeOptions, SealIdentity, Vault, VerifyOptions, VerifyReport, verify_with};

const AT: &str = "2031-06-01T08:00:00Z";

fn check(memory: &Memory) -> VerifyReport {
    verify_with(&memory.shared(), &VerifyOptions { threads: 1, ..Default::default() })
}

fn add(vault: &Vault, words: &str) {
    let mut writer = vault.writer().unwrap();
    writer.preserve(words.as_bytes(), &acquired(words)).unwrap();
    writer.commit().unwrap();
}

fn merge(ours: &Vault, theirs: &Memory) {
    ours.merge(&theirs.shared(), &MergeOptions { at: AT.into(), ..Default::default() }).unwrap();
}

/// Changes each byte of each file, cuts each at every third length, and gives what went unnoticed.
fn unnoticed(memory: &Memory) -> (u32, Vec<String>) {
    let report = check(memory);
    assert!(report.is_clean(), "{:#?}", report.findings);
    let (mut tried, mut unnoticed) = (0, Vec::new());
    let mut attempt = |path: &str, bytes: Vec<u8>, what: String| {
        memory.tamper(path, Some(bytes));
        tried += 1;
        let report = check(memory);
        if report.is_clean() {
            unnoticed.push(format!("{path} {what}"));
        } else {
            for finding in &report.findings {
                assert!(!finding.what.is_empty() && !finding.next.is_empty(), "{finding}");
            }
        }
    };
    for (path, bytes) in memory.files() {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            attempt(&path, changed, format!("byte {at}"));
            // `damage.rs` cuts the files every vault has at each length.
            if at % 3 == 0 {
                attempt(&path, bytes[..at].to_vec(), format!("cut at {at}"));
            }
        }
        attempt(&path, [&bytes[..], b"\n"].concat(), "longer".into());
        memory.tamper(&path, Some(bytes));
    }
    (tried, unnoticed)
}

fn all_noticed(name: &str, memory: &Memory) {
    let (tried, unnoticed) = unnoticed(memory);
    println!("{name}: {tried} changes");
    assert!(unnoticed.is_empty(), "{name}: {} of {tried}: {unnoticed:#?}", unnoticed.len());
}

#[test]
fn in_a_field_vault() {
    let memory = Memory::default();
    let to = [SealIdentity::generate().recipient(), SealIdentity::generate().recipient()];
    let vault = Vault::create_sealing_on(memory.shared(), &collector(), &to).unwrap();
    let mut writer = vault.writer().unwrap();
    writer.seal(&b"They hid below the mill."[..], &acquired("a.txt")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    all_noticed("sealed", &memory);
}

#[test]
fn in_what_was_seen_and_cosigned() {
    let ((ours_memory, ours), (memory, theirs)) = (vault(), vault());
    add(&ours, "one");
    let anna = theirs.make_cosigner("anna.example/stick").unwrap();
    let request = ours.cosign_request(0).unwrap();
    let answer = theirs.cosign(&request, Some(ours.vkey()), 1_930_000_000).unwrap();
    ours.cosign_accept(&answer.reply.to_text(), &anna, AT).unwrap();
    for part in ["seen/", "cosign"] {
        let both = [ours_memory.files(), memory.files()];
        assert!(both.iter().flatten().any(|(path, _)| path.contains(part)), "no {part}");
    }
    all_noticed("cosigned by others", &ours_memory);
    all_noticed("cosigner", &memory);
}

#[test]
fn in_an_earlier_epoch() {
    let (memory, vault) = vault();
    add(&vault, "one");
    let image = memory.after(Crash::Kept);
    add(&vault, "two");
    let request = vault.cosign_request(0).unwrap();
    let restored = Vault::open_on(image.shared()).unwrap();
    drop(request);
    let next = restored.rotate(AT, "the laptop was restored").unwrap();
    add(&next, "three");
    all_noticed("epochs", &image);
}

#[test]
fn in_a_mirror_and_a_fork() {
    let ((memory, ours), (theirs_memory, theirs)) = (vault(), vault());
    add(&ours, "ours");
    add(&theirs, "one");
    let other = theirs_memory.after(Crash::Kept);
    add(&theirs, "two");
    merge(&ours, &theirs_memory);
    add(&Vault::open_on(other.shared()).unwrap(), "another second");
    merge(&ours, &other);
    assert!(memory.files().keys().any(|path| path.starts_with("forks/")));
    all_noticed("mirror and fork", &memory);
}
