//! Other people's programs on what we write: `openssl` for the signature, Python's standard
//! library for the tree. Each says so and passes if the program is not installed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{acquired, collector};
use kua_vault::{Note, Vault};

fn run(program: &str, arguments: &[&str], input: &[u8]) -> Option<(bool, String)> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        println!("skipped: {program} is not on this machine");
        return None;
    };
    child.stdin.take()?.write_all(input).ok()?;
    let output = child.wait_with_output().ok()?;
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

fn filled(dir: &Path, count: u32) -> Vault {
    let vault = Vault::create(dir, &collector()).unwrap();
    let mut writer = vault.writer().unwrap();
    for n in 0..count {
        let words = format!("account {n}");
        writer.preserve(words.as_bytes(), &acquired(&format!("{n}.txt"))).unwrap();
    }
    writer.commit().unwrap();
    drop(writer);
    vault
}

#[test]
fn openssl_verifies_our_checkpoint_and_refuses_a_changed_one() {
    let folder = tempfile::tempdir().unwrap();
    let vault = filled(folder.path(), 3);
    let text = vault.checkpoint().unwrap().to_text();
    let note = Note::parse(text.as_bytes()).unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    // SubjectPublicKeyInfo of an Ed25519 key (RFC 8410): a fixed prefix and the 32 bytes.
    let prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let der = [&prefix[..], &vault.vkey().public_bytes()].concat();
    std::fs::write(at("key.der"), der).unwrap();
    std::fs::write(at("sig"), &note.signatures[0].bytes).unwrap();
    for (words, expected) in [(note.text.clone(), true), (note.text.replace('3', "4"), false)] {
        std::fs::write(at("text"), words).unwrap();
        let (key, text, sig) = (at("key.der"), at("text"), at("sig"));
        let arguments = ["pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey"];
        let arguments = [&arguments[..], &[&key, "-in", &text, "-sigfile", &sig]].concat();
        let Some((verified, said)) = run("openssl", &arguments, b"") else { return };
        assert_eq!(verified, expected, "{said}");
    }
}

/// A second implementation, in 30 lines of another language: root from the entry bundles,
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
for raw in entries:
    e = json.loads(raw)
    o = e["object"]
    data = (root / "objects/sha256" / o[:2] / o).read_bytes()
    assert hashlib.sha256(data).hexdigest() == o and len(data) == e["length"]
    r = json.load(open(root / "records" / o[:2] / f"{o}.{e['commit_meta'][:16]}.json"))
    salt = bytes.fromhex(r["salt"])
    meta = json.dumps(r["meta"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hmac.new(salt, bytes.fromhex(o), "sha256").hexdigest() == e["commit_plain"]
    assert hmac.new(salt, meta, "sha256").hexdigest() == e["commit_meta"]
print("verified", size)
"#;

#[test]
fn a_second_implementation_of_thirty_lines_of_python_agrees() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 600);
    let dir = folder.path().display().to_string();
    let Some((agreed, said)) = run("python3", &["-c", SECOND, &dir], b"") else { return };
    assert!(agreed && said.contains("verified 600"), "{said}");
}
