//! Sealed capture, handover, opening and withdrawal, as a documenter does them in the terminal;
//! and that nothing sealed or withdrawn lies anywhere it should not.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may fail by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::Bench;

const NAME: &str = "statement-of-aru.txt";
const WORDS: &str = "Seven people were killed near the mill on 4 May 2023, Aru said. She saw it from the granary window and does not want to be named.\n";
const OTHER: &str = "Nine people were killed near the mill on 4 May 2023, the town council said.\n";

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    files(dir)
}

/// No file below `dir` holds `secret`, in its bytes or in its name. SQLite keeps text as UTF-8.
fn must_not_hold(dir: &Path, secrets: &[&str], when: &str) {
    for file in files(dir) {
        let bytes = fs::read(&file).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{when}: {} holds {secret:?}", file.display());
            assert!(!file.to_string_lossy().contains(secret), "{when}: {}", file.display());
        }
    }
}

fn key(bench: &Bench, name: &str) -> String {
    let ran = bench.kua(&["key", "new", name]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("age1") && !ran.err.contains("AGE-SECRET-KEY"), "{ran:?}");
    ran.out.trim().to_owned()
}

fn log_key(bench: &Bench, case: &str) -> String {
    let manifest = fs::read(bench.path(case).join("vault/vault.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    manifest["vkey"].as_str().unwrap().to_owned()
}

/// A field case in `field/` with one statement, and the keys it is sealed to.
fn field(bench: &Bench) -> (String, String) {
    let (editor, escrow) = (key(bench, "editor.key"), key(bench, "escrow.key"));
    let ran =
        bench.kua(&["init", "field", "--field", "--recipient", &editor, "--recipient", &escrow]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    bench.write(NAME, WORDS);
    let ran = bench.kua(&["--log", "trace", "-C", "field", "add", NAME]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for secret in [NAME, "granary", "Aru"] {
        assert!(!ran.err.contains(secret), "logged: {}", ran.err);
    }
    (editor, escrow)
}

#[test]
fn from_the_field_to_the_chronicle() {
    let bench = Bench::empty();
    field(&bench);
    let hash = kua_case::ItemId::of(WORDS.as_bytes()).to_string();
    assert_eq!(bench.kua(&["-C", "field", "build"]).code, 0);
    let today = &bench.json(&["-C", "field", "status", "--json"])[0];
    assert_eq!((today["sealed"].as_u64(), today["items"].as_u64()), (Some(1), Some(0)));
    let secrets = [NAME, "granary", "Aru", &hash, "AGE-SECRET-KEY"];
    must_not_hold(&bench.path("field"), &secrets, "field device");
    let ran = bench.kua(&["-C", "field", "verify"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    // Nothing but sealed items, also by other ways in.
    let ran = bench.kua(&["-C", "field", "judge", "withhold", "Aru", "--by", "x", "--reason", "y"]);
    assert_ne!(ran.code, 0);
    let ran = bench.kua(&["-C", "field", "open", "--identity", "editor.key", "--by", "x"]);
    assert_ne!(ran.code, 0);
    must_not_hold(&bench.path("field"), &secrets, "after other ways in");

    assert_eq!(bench.kua(&["-C", "field", "pack", "stick"]).code, 0);
    must_not_hold(&bench.path("stick"), &secrets, "stick");
    let ran = bench.kua(&["verify", "stick"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(bench.kua(&["init", "desk"]).code, 0);
    let ran = bench.kua(&["-C", "desk", "merge", "stick"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("key   ") && ran.out.contains("another way"), "{}", ran.out);
    let ran = bench.kua(&["-C", "desk", "build"]);
    assert!(ran.out.contains("1 sealed item not opened here"), "{}", ran.out);
    let ran = bench.kua(&["-C", "desk", "open", "--identity", "editor.key", "--by", "ed"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    assert!(ran.out.contains("Opened 1 sealed item"), "{}", ran.out);
    assert_eq!(bench.kua(&["-C", "desk", "build"]).code, 0);
    let documents = bench.json(&["-C", "desk", "documents", "--json"]);
    assert_eq!(documents[0]["item"], NAME);
    must_not_hold(&bench.path("desk"), &["AGE-SECRET-KEY"], "desk");
    assert_eq!(bench.kua(&["-C", "desk", "verify"]).code, 0);
    let output = bench.path("desk.html");
    assert_eq!(bench.kua(&["-C", "desk", "publish", "-o", output.to_str().unwrap()]).code, 0);
    let ran = bench.kua(&["verify", "desk.html"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
}

#[test]
fn withdrawn_means_gone_and_said() {
    let bench = Bench::with_case();
    bench.write(NAME, WORDS);
    bench.write("council.txt", OTHER);
    assert_eq!(bench.kua(&["-C", "case", "add", NAME, "council.txt"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    let search = bench.kua(&["-C", "case", "search", "granary"]);
    assert!(search.out.contains("granary"), "{}", search.out);
    let reason = ["--reason", "asked to be forgotten", "--authority", "the speaker"];
    let dry = [&["-C", "case", "erase", NAME][..], &reason].concat();
    let ran = bench.kua(&dry);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Would destroy 1 item") && ran.out.contains("--yes"), "{}", ran.out);
    assert!(files(&bench.path("case/vault/objects")).len() == 2, "told only");
    let ran = bench.kua(&[&dry[..], &["--yes"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let hash = kua_case::ItemId::of(WORDS.as_bytes()).to_string();
    let secrets = ["granary", NAME, "Seven people"];
    must_not_hold(&bench.path("case"), &secrets, "erased");
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    must_not_hold(&bench.path("case"), &secrets, "built again");
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("withdrawn on") && ran.out.contains("as recorded"), "{}", ran.out);
    let ran = bench.kua(&["-C", "case", "notices"]);
    assert!(ran.out.contains("withdrawn") && ran.out.contains("asked to be"), "{}", ran.out);
    let output = bench.path("out.html");
    assert_eq!(bench.kua(&["-C", "case", "publish", "-o", output.to_str().unwrap()]).code, 0);
    let page = fs::read_to_string(&output).unwrap();
    assert!(page.contains("asked to be forgotten"), "the pages say that something was withdrawn");
    for secret in secrets.iter().chain(&[hash.as_str()]) {
        assert!(!page.contains(secret), "{secret}");
    }
    assert_eq!(bench.kua(&["verify", "out.html"]).code, 0);
    let status = &bench.json(&["-C", "case", "status", "--json"])[0];
    assert_eq!((status["withdrawn"].as_u64(), status["items"].as_u64()), (Some(1), Some(1)));
    assert_eq!(bench.kua(&[&["-C", "case", "erase", NAME][..], &reason].concat()).code, 1);
    // The chain is still told, by the hash that the log keeps; the name is gone.
    let ran = bench.kua(&["-C", "case", "custody", &hash[..12], "--proof", "gone.tlog-proof"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in ["a withdrawn item", "Captured", "Erased on withdrawn consent", "the speaker"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    assert!(ran.out.contains("asked to be forgotten") && ran.out.contains("destroyed with it"));
    assert!(!ran.out.contains(NAME), "{}", ran.out);
    bench.write("copy-of-a-stranger.txt", WORDS);
    let key = log_key(&bench, "case");
    let args = ["verify", "gone.tlog-proof", "--item", "copy-of-a-stranger.txt", "--key", &key];
    let ran = bench.kua(&args);
    assert_eq!(ran.code, 0, "what was withdrawn stays proved: {} {}", ran.out, ran.err);
    assert_eq!(bench.kua(&["-C", "case", "custody", NAME]).code, 1);
}

#[test]
fn the_chain_of_a_sealed_item_is_told_without_opening_it() {
    let bench = Bench::empty();
    field(&bench);
    let objects = files(&bench.path("field/vault/objects"));
    let id = objects[0].file_name().unwrap().to_string_lossy().into_owned();
    let ran = bench.kua(&["-C", "field", "custody", &id[..12], "--proof", "a.tlog-proof"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for words in ["a sealed item", id.as_str(), "Captured", "sealed with it (kua open"] {
        assert!(ran.out.contains(words), "{words}: {}", ran.out);
    }
    let lines = bench.json(&["-C", "field", "custody", &id, "--json"]);
    assert_eq!(lines.last().unwrap()["sealed"], true);
    let object = objects[0].display().to_string();
    let key = log_key(&bench, "field");
    let ran = bench.kua(&["verify", "a.tlog-proof", "--item", &object, "--key", &key]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    assert_eq!(bench.kua(&["-C", "field", "custody", "0000000000000000"]).code, 1);
}

#[test]
fn two_collectors_one_chronicle() {
    let bench = Bench::with_case();
    bench.write(NAME, WORDS);
    bench.write("council.txt", OTHER);
    assert_eq!(bench.kua(&["init", "other"]).code, 0);
    bench.kua(&["-C", "case", "add", NAME]);
    bench.kua(&["-C", "other", "add", "council.txt"]);
    let (public, strange) = (key(&bench, "k"), key(&bench, "strange"));
    let sealed =
        ["-C", "other", "pack", "gift.tar.age", "--recipient", &public, "--to", "the desk"];
    let ran = bench.kua(&sealed);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bench.kua(&["verify", "gift.tar.age"]).code, 3);
    let ran = bench.kua(&["verify", "gift.tar.age", "--identity", "strange"]);
    assert_ne!(ran.code, 0, "{strange}");
    let ran = bench.kua(&["verify", "gift.tar.age", "--identity", "k"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    let merge = ["-C", "case", "merge", "gift.tar.age", "--identity", "k"];
    assert_eq!(bench.kua(&merge).code, 0);
    assert_eq!(bench.kua(&merge).code, 0, "doubled");
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    assert_eq!(bench.json(&["-C", "case", "documents", "--json"]).len(), 2);
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert_eq!(bench.kua(&["-C", "case", "publish", "-o", "both.html"]).code, 0);
    assert_eq!(bench.kua(&["verify", "both.html"]).code, 0);
    // The other side goes on; only what is new is packed.
    bench.write("late.txt", "Ten people were killed near the mill, the council said later.\n");
    bench.kua(&["-C", "other", "add", "late.txt"]);
    assert_eq!(bench.kua(&["-C", "other", "pack", "more.zip", "--since", "2"]).code, 0);
    let ran = bench.kua(&["-C", "case", "merge", "more.zip"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Took in 1 object"), "{}", ran.out);
    assert_eq!(bench.kua(&["-C", "case", "verify"]).code, 0);
}

#[test]
fn slips_are_told_with_the_next_step() {
    let bench = Bench::empty();
    let public = key(&bench, "k");
    assert_eq!(bench.kua(&["key", "new", "k"]).code, 3, "an old key is never overwritten");
    let ran = bench.kua(&["init", "one", "--field", "--recipient", &public]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("only one key"), "{}", ran.err);
    assert_eq!(bench.kua(&["init", "none", "--field"]).code, 2);
    let secret = fs::read_to_string(bench.path("k")).unwrap();
    let secret = secret.lines().last().unwrap();
    let ran = bench.kua(&["init", "bad", "--field", "--recipient", secret]);
    assert_ne!(ran.code, 0);
    assert!(!ran.err.contains(secret) && ran.err.contains("secret key"), "{}", ran.err);
    assert!(!bench.path("bad/case.toml").exists());
    let ran = bench.kua(&["key", "new", "one/inside.key"]);
    assert!(ran.code != 0 && ran.err.contains("never lie beside"), "{}", ran.err);
    bench.kua(&["init", "case"]);
    bench.write("x.txt", "x");
    let ran = bench.kua(&["-C", "case", "merge", "x.txt"]);
    assert!(ran.code == 3 && ran.err.contains("no bundle"), "{}", ran.err);
    let ran = bench.kua(&["-C", "case", "pack", "out", "--volume-size", "many"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let ran = bench.kua(&["-C", "case", "pack", "out", "--since", "7"]);
    assert!(ran.code == 3 && ran.err.contains("0 entries"), "{}", ran.err);
}
