//! The worked vectors of `docs/formats/vault.md` are true: everything is made anew from two fixed
//! keys and one fixed salt, and must stand in the page line for line.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "prints the vectors when they are asked for")]

use std::collections::BTreeSet;
use std::path::Path;

use kua_model::{ItemId, Sha256};
use kua_vault::tree::{Frontier, leaf_hash};
use kua_vault::{
    AddCheckpoint, Algorithm, Checkpoint, Entry, EntryKind, LogState, Note, NoteSignature, Policy,
    Proof, Refusal, Reply, Salt, SignedCheckpoint, SignerKey, Stored, to_canonical, verify_proof,
};
use serde_json::{Map, Value, json};

const TIME: u64 = 1_930_000_000;

fn log_key() -> SignerKey {
    SignerKey::from_seed("kua/example-00000000/1", &[1; 32]).unwrap()
}

fn cosigner() -> SignerKey {
    SignerKey::from_seed_as("anna.example", Algorithm::Cosignature, &[2; 32]).unwrap()
}

/// An entry of each kind, in the order of the page's table; bytes `words`, salt 00 01 … 1f.
fn entries() -> Vec<Entry> {
    let salt = Salt::from_bytes(std::array::from_fn(|n| u8::try_from(n).unwrap()));
    let item = ItemId::of(b"words");
    let meta = |value: Value| salt.commit(to_canonical(&value).unwrap().as_bytes());
    let with_bytes = |kind: EntryKind, more: Map<String, Value>| {
        let stored = Stored {
            object: item,
            length: 5,
            commit_plain: salt.commit(item.0.as_bytes()),
            commit_meta: meta(json!({"acquired_at": "2031-05-04", "path": "words.txt"})),
        };
        Entry { kind, stored: Some(stored), commit_meta: None, more }
    };
    let without = |kind: EntryKind, more: Map<String, Value>| {
        let commit_meta = Some(meta(json!({"at": "2031-05-04"})));
        Entry { kind, stored: None, commit_meta, more }
    };
    let more = |value: Value| value.as_object().unwrap().clone();
    let none = Map::new;
    let items = || more(json!({"items": [item.to_string()]}));
    let state = LogState {
        key: log_key().verifier(),
        size: 1,
        root: leaf_hash(b"the only entry of the log before"),
    };
    let log = || more(json!({"log": state.to_value()}));
    vec![
        with_bytes(EntryKind::Capture, none()),
        with_bytes(EntryKind::Receive, none()),
        with_bytes(EntryKind::Derive, more(json!({"from": Sha256::of(b"original").to_string()}))),
        without(EntryKind::Transfer, items()),
        without(EntryKind::Access, items()),
        without(EntryKind::Export, items()),
        with_bytes(EntryKind::Timestamp, none()),
        with_bytes(EntryKind::Cosigned, more(json!({"size": 12}))),
        without(EntryKind::Merge, log()),
        with_bytes(EntryKind::Judgement, none()),
        without(EntryKind::Erase, items()),
        without(EntryKind::Rotate, log()),
    ]
}

fn vectors() -> Vec<(&'static str, String)> {
    let bytes: Vec<Vec<u8>> = entries().iter().map(|e| e.to_bytes().unwrap()).collect();
    for (entry, bytes) in entries().iter().zip(&bytes) {
        assert_eq!(&Entry::parse(bytes).unwrap(), entry);
    }
    let lines = bytes.iter().map(|b| String::from_utf8(b.clone()).unwrap() + "\n").collect();
    let mut frontier = Frontier::default();
    bytes.iter().for_each(|entry| frontier.push(leaf_hash(entry)));
    let checkpoint = Checkpoint {
        log_name: log_key().name().to_owned(),
        size: 12,
        root: frontier.root(),
        extensions: Vec::new(),
    };
    let text = checkpoint.to_text();
    let line = NoteSignature {
        name: cosigner().name().to_owned(),
        id: cosigner().verifier().id(),
        bytes: cosigner().cosign(&text, TIME),
    };
    let mut note = Note::sign(&text, &[&log_key()]);
    note.signatures.push(line.clone());
    let signed =
        SignedCheckpoint::verify(note.to_text().as_bytes(), &log_key().verifier()).unwrap();
    let both = [&log_key().verifier(), &cosigner().verifier()];
    assert_eq!(note.verify(&both).unwrap().len(), 2);
    // Twelve leaves: the last is proved by its sibling, the pair before, and the first eight.
    let leaves: Vec<_> = bytes.iter().map(|entry| leaf_hash(entry)).collect();
    let root = |range: &[kua_vault::tree::Node]| {
        let mut frontier = Frontier::default();
        range.iter().for_each(|leaf| frontier.push(*leaf));
        frontier.root()
    };
    let hashes = vec![leaves[10], root(&leaves[8..10]), root(&leaves[..8])];
    let proof = Proof { extra: None, index: 11, hashes, checkpoint: signed.to_text() };
    verify_proof(&proof.to_text(), &bytes[11], &log_key().verifier()).unwrap();
    let request = AddCheckpoint {
        old: 8,
        proof: vec![root(&leaves[8..12])],
        checkpoint: Note::sign(&text, &[&log_key()]).to_text(),
    };
    let policy = format!(
        "# the desk trusts one cosigner\nlog {}\nwitness anna {}\ngroup desk all anna\nquorum desk\n",
        log_key().verifier(),
        cosigner().verifier()
    );
    let parsed = Policy::parse(policy.as_bytes()).unwrap();
    assert!(parsed.holds(&BTreeSet::from([b"anna".to_vec()])));
    let conflict = Refusal::Conflict { size: 8, last: String::new() };
    vec![
        ("entries", lines),
        ("checkpoint", signed.to_text()),
        ("proof", proof.to_text()),
        ("request", request.to_text()),
        ("reply", Reply::Cosigned(line.to_text()).to_text()),
        ("refusal", Reply::of(&conflict).to_text()),
        ("message", format!("cosignature/v1\ntime {TIME}\n{text}")),
        ("kept by the cosigner", format!("{}\n{}", log_key().verifier(), request.checkpoint)),
        ("policy", policy),
    ]
}

/// Names of files made from names and texts, and lines of policies with what becomes of them.
#[test]
fn the_page_s_names_and_refused_lines_are_those_of_the_program() {
    let page = page();
    let vectors = vectors();
    let text = |name: &str| vectors.iter().find(|(of, _)| *of == name).unwrap().1.clone();
    let log = Sha256::of(log_key().name().as_bytes()).to_string();
    assert!(page.contains(&format!("`private/cosigned/{log}`")), "private/cosigned/{log}");
    let signed = text("checkpoint");
    let body = signed.split("\n\n").next().unwrap().to_owned() + "\n";
    let digest = Sha256::of(body.as_bytes()).to_string();
    let seen = format!("seen/{log}/12.{}", &digest[..16]);
    assert!(page.contains(&format!("`{seen}`")), "{seen}");
    // The names are those the program gives, too.
    let folder = tempfile::tempdir().unwrap();
    let collector = kua_vault::Collector { name: "desk".into() };
    let vault = kua_vault::Vault::create(folder.path(), &collector).unwrap();
    vault.make_cosigner("anna.example").unwrap();
    let first = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: request_checkpoint(&text) };
    let answer = vault.cosign(&first.to_text(), Some(&log_key().verifier()), TIME).unwrap();
    assert_eq!(answer.size, Some(12));
    let kept = std::fs::read_to_string(folder.path().join(format!("private/cosigned/{log}")));
    assert_eq!(kept.unwrap(), text("kept by the cosigner"));
    // Refused lines: each stands in the page's table after the lines it needs.
    let keys = format!("witness anna {0}\nwitness bela {0}\n", cosigner().verifier());
    assert!(Policy::parse(keys.as_bytes()).is_err());
    let rows = page.split("| after | line | why |\n| --- | --- | --- |\n").nth(1).unwrap();
    let rows: Vec<&str> = rows.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 12, "{rows:?}");
    let other = SignerKey::from_seed_as("bela.example", Algorithm::Cosignature, &[3; 32]).unwrap();
    for row in rows {
        let cells: Vec<String> = row
            .trim_matches('|')
            .split('|')
            .map(|cell| {
                cell.trim()
                    .replace('`', "")
                    .replace("LOG", &log_key().verifier().to_string())
                    .replace("ANNA", &cosigner().verifier().to_string())
                    .replace("BELA", &other.verifier().to_string())
                    .replace(" ⏎ ", "\n")
            })
            .collect();
        let before = if cells[0] == "–" { String::new() } else { format!("{}\n", cells[0]) };
        let error = Policy::parse(format!("{before}{}\n", cells[1]).as_bytes()).unwrap_err();
        assert_eq!(error.line, before.lines().count() + 1, "{row}: {error}");
        let fine = Policy::parse(format!("{before}quorum none\n").as_bytes());
        assert!(fine.is_ok() || before.contains("quorum"), "{row}: {fine:?}");
    }
}

fn request_checkpoint(text: &impl Fn(&str) -> String) -> String {
    text("request").split_once("\n\n").unwrap().1.to_owned()
}

fn page() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/vault.md");
    std::fs::read_to_string(page).unwrap()
}

#[test]
fn the_page_s_vectors_are_what_the_program_makes() {
    let page = page();
    let vectors = vectors();
    if std::env::var_os("KUA_PRINT_VECTORS").is_some() {
        for (name, text) in &vectors {
            println!("\n**{name}**\n\n```\n{text}```");
        }
    }
    for (name, text) in vectors {
        assert!(
            page.contains(&format!("```\n{text}```")),
            "{name} is not in docs/formats/vault.md"
        );
    }
}
