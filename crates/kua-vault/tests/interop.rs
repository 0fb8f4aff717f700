//! Other people's programs on what we write: Go's own packages for notes and tiled logs, `openssl`,
//! `pymerkle`, and Python's standard library. Each says so and passes if it is not installed. What
//! was changed must be refused by them too.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::path::{Path, PathBuf};

use common::programs::{Said, go_verifier, interop, python_with, run};
use common::{acquired, collector};
use kua_vault::Vault;

/// A vault of 600 entries in two commits, beside it the first checkpoint (3 entries), and entry
/// and proof of number 299.
struct Filled {
    folder: tempfile::TempDir,
    vkey: String,
}

impl Filled {
    fn new() -> Filled {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::create(&folder.path().join("vault"), &collector()).unwrap();
        let mut writer = vault.writer().unwrap();
        for n in 0..600 {
            let words = format!("account {n}");
            writer.preserve(words.as_bytes(), &acquired(&format!("{n}.txt"))).unwrap();
            if n == 2 {
                let first = writer.commit().unwrap();
                std::fs::write(folder.path().join("older"), first.to_text()).unwrap();
            }
        }
        writer.commit().unwrap();
        std::fs::write(folder.path().join("entry"), vault.entry(299).unwrap()).unwrap();
        std::fs::write(folder.path().join("proof"), vault.inclusion_proof(299).unwrap()).unwrap();
        Filled { vkey: vault.vkey().to_string(), folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The log's folder.
    fn log(&self) -> PathBuf {
        let logs = std::fs::read_dir(self.at("vault/logs")).unwrap();
        logs.map(|log| log.unwrap().path()).next().unwrap()
    }

    /// Every change that must be refused, one after the other: a bit in entries, in every tile,
    /// the size, the root.
    fn must_be_refused(&self, what: &[&str], check: impl Fn() -> Said) {
        let log = self.log();
        for file in what {
            let path = log.join(file);
            let bytes = std::fs::read(&path).unwrap();
            let mut places = vec![bytes.len() / 2, bytes.len() - 1];
            if *file == "checkpoint" {
                let size = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
                // One digit of the size, one of the root, one of the signature.
                places = vec![size, size + 6, bytes.len() - 20];
            }
            for at in places {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                std::fs::write(&path, changed).unwrap();
                let said = check();
                assert!(!said.fine, "{file}, byte {at}: {}", said.text);
            }
            std::fs::write(&path, bytes).unwrap();
        }
        assert!(check().fine);
    }
}

const TILES: [&str; 7] = [
    "tile/entries/000",
    "tile/entries/002.p/88",
    "tile/0/000",
    "tile/0/001",
    "tile/0/002.p/88",
    "tile/1/000.p/2",
    "checkpoint",
];

#[test]
fn the_packages_of_go_verify_log_growth_and_proof_and_refuse_every_change() {
    let filled = Filled::new();
    let Some(go) = go_verifier(filled.folder.path()) else { return };
    let log = filled.log();
    let check = |arguments: &[&Path]| {
        let verb = Path::new(if arguments.len() == 1 { "log" } else { "older" });
        let vkey = Path::new(&filled.vkey);
        let arguments = [&[verb, arguments[0], vkey], &arguments[1..]].concat();
        run(&go, &arguments).unwrap()
    };
    let said = check(&[&log]);
    assert!(said.fine && said.text.contains("verified: 600 entries of kua/River-Archive-"));
    let said = check(&[&log, &filled.at("older")]);
    assert!(said.fine && said.text.contains("the 3 entries signed before"), "{}", said.text);
    filled.must_be_refused(&TILES, || check(&[&log]));

    let proof = |entry: &str, proof: &str| {
        let (entry, proof) = (filled.at(entry), filled.at(proof));
        let vkey = Path::new(&filled.vkey);
        run(&go, &[Path::new("proof"), &entry, &proof, vkey]).unwrap()
    };
    let said = proof("entry", "proof");
    assert!(said.fine && said.text.contains("entry 299 of the 600"), "{}", said.text);
    for (file, at) in [("entry", 20), ("proof", 31), ("proof", 60)] {
        let mut changed = std::fs::read(filled.at(file)).unwrap();
        changed[at] ^= 1;
        std::fs::write(filled.at("changed"), changed).unwrap();
        let said =
            if file == "entry" { proof("changed", "proof") } else { proof("entry", "changed") };
        assert!(!said.fine, "{file}, byte {at}: {}", said.text);
    }
}

#[test]
fn pymerkle_computes_the_same_root_tiles_and_proof_and_refuses_every_change() {
    let filled = Filled::new();
    let Some(python) = python_with("pymerkle") else { return };
    let (program, log) = (interop("verify_log.py"), filled.log());
    let (entry, proof) = (filled.at("entry"), filled.at("proof"));
    let check = || run(&python, &[&program, &log, &entry, &proof]).unwrap();
    let said = check();
    assert!(said.fine && said.text.contains("verified: 600 entries"), "{}", said.text);
    // The signature is not its business, so of the checkpoint only size and root are changed.
    filled.must_be_refused(&TILES[..6], check);
    let checkpoint = std::fs::read_to_string(log.join("checkpoint")).unwrap();
    std::fs::write(log.join("checkpoint"), checkpoint.replace("\n600\n", "\n599\n")).unwrap();
    assert!(!check().fine);
}

#[test]
fn openssl_verifies_our_checkpoint_and_refuses_a_changed_one() {
    let filled = Filled::new();
    if run("openssl", &["version"]).is_none() {
        return;
    }
    let (program, checkpoint) = (interop("verify_signature.sh"), filled.log().join("checkpoint"));
    let vkey = Path::new(&filled.vkey);
    let Some(said) = run("sh", &[&program, &checkpoint, vkey]) else { return };
    assert!(said.fine && said.text.contains("entries: 600"), "{}", said.text);
    filled.must_be_refused(&["checkpoint"], || run("sh", &[&program, &checkpoint, vkey]).unwrap());
    let other = Vault::create(&filled.at("other"), &collector()).unwrap().vkey().to_string();
    assert!(!run("sh", &[&program, &checkpoint, Path::new(&other)]).unwrap().fine);
}

/// A second implementation, in 40 lines of another language: root from the entry bundles,
/// commitments from the records, objects by their names.
const SECOND: &str = r#"
import base64, hashlib, hmac, json, pathlib, struct, sys
root = pathlib.Path(sys.argv[1])
log = root / "logs" / hashlib.sha256(json.load(open(root / "vault.json"))["log"].encode()).hexdigest()
name, size, want = (log / "checkpoint").read_text().split("\n")[:3]
size, h = int(size), lambda b: hashlib.sha256(b).digest()
entries = []
for n in range((size + 255) // 256):
    width = min(256, size - 256 * n)
    group = "%03d" % n
    data = (log / "tile/entries" / (group if width == 256 else f"{group}.p/{width}")).read_bytes()
    for _ in range(width):
        (k,) = struct.unpack(">H", data[:2])
        entries.append(data[2:2 + k]); data = data[2 + k:]
    assert not data
def mth(d):
    if len(d) == 1: return h(b"\0" + d[0])
    k = 1 << ((len(d) - 1).bit_length() - 1)
    return h(b"\1" + mth(d[:k]) + mth(d[k:]))
assert base64.b64encode(mth(entries)).decode() == want
records = {}
for file in (root / "records" / log.name).rglob("*"):
    if file.is_file():
        for line in file.read_bytes().decode().split("\n")[:-1]:
            number, record = line.split(" ", 1)
            records.setdefault(int(number), []).append(json.loads(record))
for number, raw in enumerate(entries):
    e = json.loads(raw)
    o = e["object"]
    data = (root / "objects/sha256" / o[:2] / o).read_bytes()
    assert hashlib.sha256(data).hexdigest() == o and len(data) == e["length"]
    (r,) = records[number]
    salt = bytes.fromhex(r["salt"])
    meta = json.dumps(r["meta"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hmac.new(salt, bytes.fromhex(o), "sha256").hexdigest() == e["commit_plain"]
    assert hmac.new(salt, meta, "sha256").hexdigest() == e["commit_meta"]
print("verified", size)
"#;

#[test]
fn a_second_implementation_of_forty_lines_of_python_agrees() {
    let filled = Filled::new();
    let dir = filled.at("vault").display().to_string();
    let Some(said) = run("python3", &["-c", SECOND, &dir]) else { return };
    assert!(said.fine && said.text.contains("verified 600"), "{}", said.text);
}
