//! Sealed capture: what a field device writes, what its holder can and cannot learn, what an
//! editor opens, and that a crash leaves nothing plain behind.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use common::{Crash, Fault, Memory, acquired, collector};
use kua_vault::{
    Acquisition, Bag, BagStorage, BundleForm, Container, EntryKind, MergeOptions, OpenOptions,
    PackOptions, PreserveError, SealIdentity, SealRecipient, Vault, VerifyOptions, verify,
    verify_with,
};

const WORDS: &[u8] = b"The names are Aru, Bek and Dana. They hid below the mill until morning.";
const NAME: &str = "statement-of-aru.txt";
const NOTE: &str = "recorded in her kitchen";

fn statement() -> Acquisition {
    Acquisition { note: Some(NOTE.into()), ..acquired(NAME) }
}

fn field(to: &[SealRecipient]) -> (Memory, Vault) {
    let memory = Memory::default();
    let vault = Vault::create_sealing_on(memory.shared(), &collector(), to).unwrap();
    (memory, vault)
}

fn keys() -> (SealIdentity, SealIdentity, Vec<SealRecipient>) {
    let (editor, escrow) = (SealIdentity::generate(), SealIdentity::generate());
    let to = vec![editor.recipient(), escrow.recipient()];
    (editor, escrow, to)
}

/// Everything that would give the statement away, in any of its written forms.
fn secrets(words: &[u8]) -> Vec<Vec<u8>> {
    let hash = kua_model::Sha256::of(words);
    let mut secrets = vec![
        words.to_vec(),
        words[..24.min(words.len())].to_vec(),
        NAME.as_bytes().to_vec(),
        NOTE.as_bytes().to_vec(),
        hash.to_string().into_bytes(),
        hash.as_bytes().to_vec(),
        b"2031-05-04T10:00:00".to_vec(),
        b"2031-05-04".to_vec(),
    ];
    secrets.dedup();
    secrets
}

fn must_hide(files: &BTreeMap<String, Vec<u8>>, words: &[u8], when: &str) {
    for (path, bytes) in files {
        for secret in secrets(words) {
            let found = bytes.windows(secret.len()).any(|part| part == secret);
            let shown = String::from_utf8_lossy(&secret).into_owned();
            assert!(!found, "{when}: {path} holds {shown:?}");
            let text = path.as_bytes();
            assert!(!text.windows(secret.len()).any(|part| part == secret), "{when}: {path}");
        }
    }
}

#[test]
fn a_field_vault_hides_everything_and_is_verified_without_a_key() {
    let (_, _, to) = keys();
    let (memory, vault) = field(&to);
    let mut writer = vault.writer().unwrap();
    let first = writer.seal(WORDS, &statement()).unwrap();
    let again = writer.seal(WORDS, &statement()).unwrap();
    writer.commit().unwrap();
    drop(writer);
    assert_ne!(first.item, again.item, "the same bytes must not look the same");
    // But for the random stanza that age writes into every header.
    assert!(first.length.abs_diff(again.length) < 400);
    must_hide(&memory.files(), WORDS, "sealed");
    assert!(memory.files().keys().all(|path| !path.starts_with("records/")));
    let report = verify_with(&memory.shared(), &VerifyOptions::default());
    assert!(report.is_clean(), "{:#?}", report.findings);
    assert_eq!((report.items, report.sealed), (2, 2));
    assert_eq!(vault.items().unwrap().count(), 0, "nothing readable");
    assert_eq!(vault.sealed().unwrap().len(), 2);
    let entry = String::from_utf8(vault.entry(0).unwrap()).unwrap();
    assert!(entry.contains(r#""sealed":"age""#), "{entry}");
}

#[test]
fn a_field_vault_takes_in_nothing_unsealed() {
    let (_, _, to) = keys();
    let (memory, vault) = field(&to);
    let mut writer = vault.writer().unwrap();
    assert!(matches!(writer.preserve(WORDS, &statement()), Err(PreserveError::OnlySealed)));
    let json = br#"{"decision":"withhold"}"#;
    assert!(matches!(writer.judge(json, "2031-05-04"), Err(PreserveError::OnlySealed)));
    drop(writer);
    must_hide(&memory.files(), WORDS, "refused");
    let plain = Vault::create_on(Memory::default().shared(), &collector()).unwrap();
    let mut writer = plain.writer().unwrap();
    assert!(matches!(writer.seal(WORDS, &statement()), Err(PreserveError::NotSealing)));
}

/// One small and one large statement, two commits.
fn seal_all(memory: &Memory, long: &[u8]) -> (u64, Result<(), PreserveError>) {
    let mut acknowledged = 0;
    let result = (|| {
        let vault = Vault::open_on(memory.shared()).map_err(|_| PreserveError::Stopped)?;
        let mut writer = vault.writer()?;
        writer.seal(WORDS, &statement())?;
        writer.commit()?;
        acknowledged = 1;
        writer.seal(long, &statement())?;
        writer.commit()?;
        acknowledged = 2;
        Ok(())
    })();
    (acknowledged, result)
}

#[test]
fn a_crash_anywhere_while_sealing_loses_nothing_acknowledged_and_leaves_nothing_plain() {
    let (editor, _, to) = keys();
    let (start, _) = field(&to);
    let long: Vec<u8> = WORDS.iter().copied().cycle().take((1 << 20) + 4097).collect();
    let whole = start.after(Crash::Kept);
    seal_all(&whole, &long).1.unwrap();
    let operations = whole.operations();
    for at in 0..operations {
        for fault in [Fault::Stop, Fault::Full, Fault::FailedButDone] {
            // Every operation is cut off; every third one fails in other ways, too.
            if fault != Fault::Stop && at % 3 != 0 {
                continue;
            }
            let memory = start.after(Crash::Kept);
            memory.fail_at(at, fault);
            let (acknowledged, _) = seal_all(&memory, &long);
            for crash in [Crash::Kept, Crash::Lost, Crash::Torn(4)] {
                let when = format!("{fault:?} at {at}, {crash:?}");
                let found = memory.after(crash);
                must_hide(&found.files(), WORDS, &when);
                let options = VerifyOptions { threads: 1, ..Default::default() };
                let report = verify_with(&found.shared(), &options);
                assert!(report.is_clean(), "{when}: {:#?}", report.findings);
                assert!(report.sealed >= acknowledged, "{when}");
            }
        }
    }
    // And what was sealed in the interrupted vault is opened elsewhere.
    let memory = start.after(Crash::Kept);
    memory.fail_at(operations - 2, Fault::Stop);
    let (acknowledged, _) = seal_all(&memory, &long);
    let found = memory.after(Crash::Lost);
    let editors = merged(&found);
    let opened = unseal(&editors.1, &editor);
    assert!(opened.opened >= acknowledged, "{opened:?}");
}

/// An editor's vault that took in a bundle of the field vault.
fn merged(field: &Memory) -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let from = Vault::open_on(field.shared()).unwrap();
    let out = folder.path().join("bundle.tar");
    let options = PackOptions { form: Some(BundleForm::Tar), ..PackOptions::default() };
    from.pack(&out, &options).unwrap();
    let vault = Vault::create(&folder.path().join("vault"), &collector()).unwrap();
    let bag = Bag::find(Container::at(&out).unwrap().unwrap()).unwrap();
    assert!(bag.check(1, None).is_valid());
    let bundle: std::sync::Arc<dyn kua_vault::Storage> =
        std::sync::Arc::new(BagStorage::new(vec![bag]));
    vault.merge(&bundle, &MergeOptions { at: "2031-05-06".into(), ..Default::default() }).unwrap();
    (folder, vault)
}

fn unseal(vault: &Vault, identity: &SealIdentity) -> kua_vault::Unsealed {
    let identities = std::slice::from_ref(identity);
    let options = OpenOptions {
        identities,
        at: "2031-05-06T09:00:00Z".into(),
        by: "ed".into(),
        progress: None,
    };
    vault.unseal(&options).unwrap()
}

#[test]
fn an_editor_opens_what_the_field_sealed_and_the_log_says_so() {
    let (editor, escrow, to) = keys();
    let (memory, device) = field(&to);
    let mut writer = device.writer().unwrap();
    let sealed = writer.seal(WORDS, &statement()).unwrap().item;
    writer.seal(&b""[..], &acquired("empty")).unwrap();
    writer.commit().unwrap();
    drop(writer);
    let (folder, vault) = merged(&memory);
    let stranger = SealIdentity::generate();
    let nothing = unseal(&vault, &stranger);
    assert_eq!((nothing.opened, nothing.other_keys), (0, 2));
    let opened = unseal(&vault, &editor);
    assert_eq!((opened.opened, opened.already, opened.failed.len()), (2, 0, 0), "{opened:?}");
    assert_eq!(opened.sealed_to.len(), 2, "who else could open it is told");
    assert_eq!(unseal(&vault, &escrow).already, 2);
    let items: Vec<_> = vault.items().unwrap().map(Result::unwrap).collect();
    assert_eq!(items.len(), 2);
    let item = items.iter().find(|item| item.path == NAME).unwrap();
    assert_eq!(vault.read(&item.id).unwrap(), WORDS);
    assert_eq!(item.acquired_at, "2031-05-04T10:00:00Z", "the time of capture, not of opening");
    assert_eq!(vault.read(&sealed).unwrap().len() as u64, vault.sealed().unwrap()[0].size);
    let kinds: Vec<EntryKind> = vault
        .events()
        .unwrap()
        .filter_map(Result::ok)
        .filter(|e| e.own)
        .map(|e| e.entry.kind)
        .collect();
    assert!(kinds.contains(&EntryKind::Derive) && kinds.contains(&EntryKind::Access), "{kinds:?}");
    assert!(verify(&folder.path().join("vault")).is_clean());
    let key = editor.to_file("2031-05-04");
    let secret = key.lines().last().unwrap().as_bytes();
    for file in walk(&folder.path().join("vault")) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", file.display());
    }
}

fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn an_envelope_that_is_not_what_the_log_committed_to_is_not_opened() {
    // Somebody with the device's log key records one thing and puts another into the envelope.
    let (editor, _, to) = keys();
    let (other, from) = field(&to);
    let mut writer = from.writer().unwrap();
    let item = writer.seal(WORDS, &statement()).unwrap().item;
    writer.commit().unwrap();
    drop(writer);
    let hex = item.to_string();
    let bytes = other.files()[&format!("objects/sha256/{}/{hex}", &hex[..2])].clone();
    let vault = Vault::create_on(Memory::default().shared(), &collector()).unwrap();
    let mut writer = vault.writer().unwrap();
    let zero = kua_model::Sha256::of(b"something else");
    let sealed = kua_vault::Sealed { commit_plain: zero, commit_meta: zero };
    let event = kua_vault::Event::of_bytes(EntryKind::Receive, &acquired("x"));
    writer.append_sealed(event, "age", bytes.as_slice(), sealed).unwrap();
    writer.commit().unwrap();
    drop(writer);
    let opened = unseal(&vault, &editor);
    assert_eq!((opened.opened, opened.failed.len()), (0, 1));
    assert!(matches!(opened.failed[0].1, kua_vault::NotOpened::NotCommitted));
    assert_eq!(vault.items().unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn files_of_a_field_vault_on_disk_do_not_tell_when() {
    let (_, _, to) = keys();
    let folder = tempfile::tempdir().unwrap();
    Vault::create_sealing(folder.path(), &collector(), &to).unwrap();
    let vault = Vault::open(folder.path()).unwrap();
    let mut writer = vault.writer().unwrap();
    for n in 0..40 {
        writer.seal(WORDS, &acquired(&format!("{n}"))).unwrap();
    }
    writer.commit().unwrap();
    drop(writer);
    let day = std::time::UNIX_EPOCH + std::time::Duration::from_secs(315_532_800);
    for file in walk(folder.path()).iter().filter(|file| !file.ends_with("lock")) {
        let modified = std::fs::metadata(file).unwrap().modified().unwrap();
        assert_eq!(modified, day, "{}", file.display());
    }
}

#[test]
fn age_and_rage_open_what_we_sealed() {
    let (editor, _, to) = keys();
    let (memory, device) = field(&to);
    let mut writer = device.writer().unwrap();
    writer.seal(WORDS, &statement()).unwrap();
    writer.commit().unwrap();
    let files = memory.files();
    let (_, sealed) = files.iter().find(|(path, _)| path.starts_with("objects/")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.txt");
    std::fs::write(&key, editor.to_file("2031-05-04").as_bytes()).unwrap();
    for program in ["age", "rage"] {
        let child = Command::new(program)
            .args(["-d", "-i"])
            .arg(&key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = child else {
            println!("skipped: {program} is not on this machine");
            continue;
        };
        child.stdin.take().unwrap().write_all(sealed).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{program}");
        assert!(output.stdout.starts_with(b"kua-sealed/1\n"), "{program}");
        assert!(output.stdout.windows(WORDS.len()).any(|part| part == WORDS), "{program}");
        println!("{program} opens what kua sealed");
    }
}
