//! A vault in use, on a real disk: adding, adding again, reading, proving, two writers at once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::io::{self, Read};

use common::{acquired, collector, vault};
use kua_model::ItemId;
use kua_vault::{
    Acquisition, CreateError, OpenError, PreserveError, Proof, SignerKey, Vault, verify,
    verify_custody, verify_item_proof, verify_proof,
};

#[test]
fn letters_added_are_listed_in_order_read_back_and_proved_to_a_stranger() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(&folder.path().join("vault"), &collector()).unwrap();
    let mut writer = vault.writer().unwrap();
    for n in 0..300 {
        let path = format!("letters/{n}.txt");
        writer.preserve(format!("letter {n}").as_bytes(), &acquired(&path)).unwrap();
    }
    assert_eq!(vault.items().unwrap().count(), 0, "nothing is acknowledged before the commit");
    let checkpoint = writer.commit().unwrap();
    assert_eq!(checkpoint.size(), 300);
    let items: Vec<_> = vault.items().unwrap().map(Result::unwrap).collect();
    assert_eq!(items.len(), 300);
    assert_eq!(items[257].path, "letters/257.txt");
    assert_eq!(items[257].log_index, 257);
    assert_eq!(items[257].acquired_on.to_string(), "2031-05-04");
    assert_eq!(vault.read(&items[257].id).unwrap(), b"letter 257");

    // What a stranger holds: entry, proof and key as text; no vault.
    let (entry, proof) = (vault.entry(257).unwrap(), vault.inclusion_proof(257).unwrap());
    let key = vault.vkey().to_string().parse().unwrap();
    let (proven, _) = verify_item_proof(&proof, &entry, &key, &items[257].id).unwrap();
    assert_eq!((proven.index, proven.checkpoint), (257, checkpoint));
    assert!(verify_item_proof(&proof, &entry, &key, &items[3].id).is_err());
    assert!(verify_proof(&proof, &vault.entry(3).unwrap(), &key).is_err());
    let stranger = SignerKey::from_seed(key.name(), &[1; 32]).unwrap().verifier();
    assert!(verify_proof(&proof, &entry, &stranger).is_err());
    for at in 0..proof.len() {
        let mut changed = proof.clone().into_bytes();
        changed[at] ^= 1;
        let accepted =
            String::from_utf8(changed).is_ok_and(|p| verify_proof(&p, &entry, &key).is_ok());
        assert!(!accepted, "byte {at}");
        let cut = String::from_utf8_lossy(&proof.as_bytes()[..at]).into_owned();
        assert!(Proof::parse(&cut).and_then(|p| p.verify(&entry, &key)).is_err(), "cut at {at}");
    }
    // A published entry gives nothing away of what was recorded.
    let entry = String::from_utf8(entry).unwrap();
    assert!(!entry.contains("letters") && !entry.contains("2031"), "{entry}");

    let mut custody = vault.custody(&items[..20]).unwrap();
    let verdicts = verify_custody(&custody, None).unwrap();
    assert!(verdicts.len() == 20 && verdicts.values().all(Result::is_ok));
    assert!(verify_custody(&custody, Some(&stranger)).is_err());
    custody.proofs.get_mut(&items[7].id).unwrap().entry.push(' ');
    let verdicts = verify_custody(&custody, Some(&key)).unwrap();
    assert_eq!(verdicts.values().filter(|v| v.is_err()).count(), 1);
    assert!(verify(&folder.path().join("vault")).is_clean());
}

#[test]
fn the_same_folder_added_again_records_nothing_new_but_a_new_path_is_a_new_fact() {
    let (_, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let first = writer.preserve(&b"words"[..], &acquired("a.txt")).unwrap();
    assert!(!first.already && first.log_index == Some(0));
    let twice = writer.preserve(&b"words"[..], &acquired("a.txt")).unwrap();
    assert!(twice.already && twice.log_index.is_none());
    writer.commit().unwrap();
    let later = Acquisition { acquired_at: "2032-01-01T00:00:00Z".into(), ..acquired("a.txt") };
    let again = writer.preserve(&b"words"[..], &later).unwrap();
    assert!(again.already && again.log_index.is_none());
    let elsewhere = writer.preserve(&b"words"[..], &acquired("b.txt")).unwrap();
    assert!(elsewhere.already && elsewhere.log_index == Some(1));
    writer.commit().unwrap();
    assert_eq!(vault.items().unwrap().map(|i| i.unwrap().path).collect::<Vec<_>>(), ["a.txt"]);
    let captures: Vec<_> = vault.captures().unwrap().map(Result::unwrap).collect();
    assert_eq!(captures.len(), 2);
    assert!(captures[0].first && !captures[1].first && captures[1].acquisition.path == "b.txt");
}

#[test]
fn adding_the_original_again_puts_damaged_and_missing_bytes_right() {
    for damaged in [Some(b"w0rds".to_vec()), None] {
        let (memory, vault) = vault();
        let mut writer = vault.writer().unwrap();
        let id = writer.preserve(&b"words"[..], &acquired("a.txt")).unwrap().item;
        writer.commit().unwrap();
        let hex = id.to_string();
        memory.tamper(&format!("objects/sha256/{}/{hex}", &hex[..2]), damaged);
        assert!(vault.read(&id).is_err());
        writer.preserve(&b"words"[..], &acquired("a.txt")).unwrap();
        writer.commit().unwrap();
        assert_eq!(vault.read(&id).unwrap(), b"words");
        assert!(kua_vault::verify_with(&memory.shared(), &Default::default()).is_clean());
    }
}

#[test]
fn two_writers_at_once_get_a_clear_word_and_the_second_may_go_later() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), &collector()).unwrap();
    let other = Vault::open(folder.path()).unwrap();
    let mut writer = vault.writer().unwrap();
    let refused = other.writer().err().map(|e| e.to_string()).unwrap_or_default();
    assert!(refused.contains("another kua") && refused.contains("Wait"), "{refused}");
    writer.preserve(&b"1"[..], &acquired("1")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    assert_eq!(other.writer().unwrap().checkpoint().size(), 1);
}

/// A file that breaks off while it is read.
struct Vanishing(u64);

impl Read for Vanishing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::new(io::ErrorKind::NotFound, "gone"));
        }
        self.0 -= 1;
        buffer.fill(b'x');
        Ok(buffer.len())
    }
}

#[test]
fn a_source_that_fails_halfway_is_not_taken_and_does_no_harm_to_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), &collector()).unwrap();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"before"[..], &acquired("1")).unwrap();
    for reads in [0, 1, 3] {
        let failed = writer.preserve(Vanishing(reads), &acquired("2"));
        assert!(matches!(failed, Err(PreserveError::Source { .. })));
    }
    let empty = writer.preserve(io::empty(), &acquired("empty")).unwrap();
    assert_eq!((empty.item, empty.length), (ItemId::of(b""), 0));
    let long = vec![7u8; 5_000_000];
    assert_eq!(writer.preserve(&long[..], &acquired("long")).unwrap().item, ItemId::of(&long));
    writer.commit().unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
    let report = verify(folder.path());
    assert!(report.is_clean() && report.notices.is_empty(), "{report:#?}");
    assert_eq!(report.bytes, 5_000_006);
}

#[test]
fn judgements_come_back_word_for_word_and_in_order() {
    let (_, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let json = "{ \"by\": \"A. Editor\",\n  \"ratio\": 0.5 }";
    writer.judge(json.as_bytes(), "2031-05-05T09:00:00Z").unwrap();
    writer.preserve(&b"x"[..], &acquired("x")).unwrap();
    writer.judge(b"{}", "2031-05-06").unwrap();
    // The same bytes again are the same judgement; another number makes another one.
    assert!(writer.judge(b"{}", "2031-05-06").unwrap().already);
    assert!(!writer.judge(br#"{"number":2}"#, "2031-05-06").unwrap().already);
    for wrong in [&b"[]"[..], b"", b"{", b"\xff"] {
        assert!(matches!(writer.judge(wrong, "2031-05-06"), Err(PreserveError::Judgement)));
    }
    assert!(matches!(writer.judge(b"{}", "yesterday"), Err(PreserveError::Time { .. })));
    writer.commit().unwrap();
    let all: Vec<_> = vault.judgements().unwrap().map(Result::unwrap).collect();
    let places: Vec<_> = all.iter().map(|j| (j.number, j.log_index)).collect();
    assert_eq!(places, [(0, 0), (1, 2), (2, 3)]);
    assert_eq!(all[0].json, json);
    assert_eq!(all[0].recorded_at, "2031-05-05T09:00:00Z");
    assert_eq!(vault.items().unwrap().count(), 1);
}

#[test]
fn a_folder_without_a_vault_a_second_create_and_an_odd_name_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Vault::open(folder.path()), Err(OpenError::NoVault)));
    let odd = kua_vault::Collector { name: "  Ay\u{11f}\u{fc}l + sons/\n2 ".into() };
    let vault = Vault::create(folder.path(), &odd).unwrap();
    assert!(vault.vkey().name().starts_with("kua/Ay\u{11f}\u{fc}l-sons-2-"), "{}", vault.vkey());
    assert!(matches!(Vault::create(folder.path(), &odd), Err(CreateError::Exists)));
    let empty = kua_vault::Collector { name: " + ".into() };
    let other = tempfile::tempdir().unwrap();
    assert!(matches!(Vault::create(other.path(), &empty), Err(CreateError::Name { .. })));
    std::fs::remove_file(folder.path().join("vault.json")).unwrap();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"x"[..], &acquired("x")).unwrap();
    writer.commit().unwrap();
    assert!(matches!(Vault::create(folder.path(), &odd), Err(CreateError::Remains)));
}

#[test]
fn a_copy_without_the_private_folder_can_be_read_and_verified_but_not_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::create(folder.path(), &collector()).unwrap();
    std::fs::remove_dir_all(folder.path().join("private")).unwrap();
    assert!(verify(folder.path()).is_clean());
    assert!(matches!(vault.writer(), Err(PreserveError::NoSignerKey)));
}

#[cfg(unix)]
#[test]
fn the_signer_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    Vault::create(folder.path(), &collector()).unwrap();
    for (path, mode) in [("private", 0o700), ("private/signer.key", 0o600)] {
        let found = std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{path}");
    }
}

#[test]
fn every_entry_is_proved_while_a_log_grows_past_full_tiles() {
    let (memory, vault) = vault();
    let mut writer = vault.writer().unwrap();
    let mut checkpoints = Vec::new();
    for batch in [1u32, 254, 1, 1, 256, 100] {
        for _ in 0..batch {
            let n = checkpoints.len() * 1000 + writer.pending();
            writer.preserve(&n.to_be_bytes()[..], &acquired(&n.to_string())).unwrap();
        }
        checkpoints.push(writer.commit().unwrap());
        let log = vault.log().unwrap();
        for index in 0..log.checkpoint().size() {
            log.inclusion_proof(index).unwrap();
        }
        for old in &checkpoints {
            assert_eq!(log.root_at(old.size()).unwrap(), *old.root());
        }
        drop(writer);
        writer = vault.writer().unwrap();
    }
    assert!(!memory.files().keys().any(|path| path.starts_with("logs/")
        && path.contains("/000.p/")
        && !path.contains("tile/1")));
    assert!(kua_vault::verify_with(&memory.shared(), &Default::default()).is_clean());
}
