//! `kua verify` of BagIt bags: exit codes and what is said where, over the whole conformance suite
//! where it is present.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may fail by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

mod common;
#[path = "../../kua-vault/tests/common/folder.rs"]
mod folder;

use std::path::PathBuf;

use common::Bench;
use folder::copy;

const SUM: &str = "b1946ac92492d2347c6235b4d2611184";

fn bag(bench: &Bench, dir: &str) {
    bench.write(
        &format!("{dir}/bagit.txt"),
        "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
    );
    bench.write(&format!("{dir}/data/hello.txt"), "hello\n");
    bench.write(&format!("{dir}/manifest-md5.txt"), format!("{SUM}  data/hello.txt\n"));
}

#[test]
fn a_bag_is_judged_in_words_and_by_exit_code() {
    let bench = Bench::empty();
    bag(&bench, "gift");
    let ran = bench.kua(&["verify", "gift"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(
        ran.out.contains("A valid bag (BagIt 0.97): 1 file, 6 bytes, checked by md5."),
        "{}",
        ran.out
    );
    bench.write("gift/data/hello.txt", "hallo\n");
    bench.write("gift/data/.DS_Store", "");
    let ran = bench.kua(&["verify", "gift"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("WRONG  data/hello.txt: it was changed"), "{}", ran.out);
    assert!(ran.err.contains("odd:") && ran.err.contains(".DS_Store"), "{}", ran.err);
    let lines = bench.kua(&["verify", "--json", "gift"]).out;
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["verified"], false);
    assert_eq!(last["bagit"], "0.97");
}

#[test]
fn what_is_no_bag_is_told_so() {
    let bench = Bench::empty();
    bench.write("folder/data/x", "x");
    assert_eq!(bench.kua(&["verify", "folder"]).code, 3);
    bag(&bench, "broken");
    std::fs::remove_file(bench.path("broken/bagit.txt")).unwrap();
    let ran = bench.kua(&["verify", "broken"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("bagit.txt"), "{}", ran.out);
    bench.write("cut.zip", &b"PK\x03\x04\x14\0"[..]);
    let ran = bench.kua(&["verify", "cut.zip"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("cut short"), "{}", ran.err);
}

#[test]
fn sixty_of_sixty() {
    let shared = std::env::var_os("KUA_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let suite = shared.join("conformance/bagit");
    if !suite.is_dir() {
        println!("skipped: {} is not on this machine", suite.display());
        return;
    }
    let bench = Bench::empty();
    let (mut right, mut all) = (0, 0);
    for version in folders(&suite) {
        for kind in folders(&version) {
            for bag in folders(&kind) {
                let ran = bench.kua(&["verify", bag.to_str().unwrap()]);
                let good = match kind.file_name().unwrap().to_str().unwrap() {
                    "valid" => ran.code == 0,
                    "warning" => !ran.err.is_empty(),
                    _ => ran.code != 0,
                };
                (right, all) = (right + usize::from(good), all + 1);
                if !good {
                    println!("{}: {ran:?}", bag.display());
                }
            }
        }
    }
    println!("kua verify: {right}/{all} of the conformance suite");
    assert_eq!((right, all), (60, 60));
}

fn folders(dir: &std::path::Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

#[test]
fn a_case_is_held_against_a_bundle_given_away_before() {
    let bench = Bench::with_case();
    bench.write("a.txt", "They came at dawn.");
    bench.write("b.txt", "The bridge was closed.");
    assert_eq!(bench.kua(&["-C", "case", "add", "a.txt"]).code, 0);
    let image = ["logs", "private"].map(|dir| bench.path("case/vault").join(dir));
    let aside = |dir: &std::path::Path| bench.path(dir.file_name().unwrap().to_str().unwrap());
    for dir in &image {
        copy(dir, &aside(dir));
    }
    assert_eq!(bench.kua(&["-C", "case", "add", "b.txt"]).code, 0);
    let bundles = ["stick", "stick.zip", "stick.tar"];
    for bundle in bundles {
        assert_eq!(bench.kua(&["-C", "case", "pack", bundle]).code, 0);
        let ran = bench.kua(&["-C", "case", "verify", "--against", bundle]);
        assert_eq!(ran.code, 0, "{bundle}: {ran:?}");
    }
    // A second volume has no log in it.
    std::fs::create_dir_all(bench.path("second/data/objects")).unwrap();
    bench.write("second/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let ran = bench.kua(&["-C", "case", "verify", "--against", "second"]);
    assert!(ran.code == 1 && ran.out.contains("name the first"), "{ran:?}");
    // The log as it was before, with its memory: only what was given away knows better.
    for dir in &image {
        std::fs::remove_dir_all(dir).unwrap();
        copy(&aside(dir), dir);
    }
    let ran = bench.kua(&["-C", "case", "add", "a.txt"]);
    assert!(ran.code != 0 && ran.err.contains("set back"), "seen/ was forgotten: {ran:?}");
    std::fs::remove_dir_all(bench.path("case/vault/seen")).unwrap();
    for bundle in bundles {
        let ran = bench.kua(&["-C", "case", "verify", "--against", bundle]);
        assert_eq!(ran.code, 1, "{bundle}: {ran:?}");
    }
}

#[test]
fn a_case_set_back_is_noticed_by_what_was_published() {
    let bench = Bench::with_case();
    let run = |args: &[&str]| {
        let ran = bench.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran
    };
    bench.write("a.txt", "Three people were killed near the mill on 4 May 2023.");
    bench.write("b.txt", "The bridge was closed on 5 May 2023.");
    run(&["-C", "case", "add", "a.txt"]);
    let kept = ["logs", "private"].map(|dir| bench.path("case/vault").join(dir));
    let aside = |dir: &std::path::Path| bench.path(dir.file_name().unwrap().to_str().unwrap());
    for dir in &kept {
        copy(dir, &aside(dir));
    }
    let set_back = || {
        for dir in &kept {
            std::fs::remove_dir_all(dir).unwrap();
            copy(&aside(dir), dir);
        }
    };
    run(&["-C", "case", "add", "b.txt"]);
    run(&["-C", "case", "build"]);
    let said = run(&["-C", "case", "publish", "-o", "page.html"]);
    assert!(!said.err.contains("seen/"), "{said:?}");
    run(&["-C", "case", "verify", "--against", "page.html"]);
    set_back();
    let ran = bench.kua(&["-C", "case", "add", "a.txt"]);
    assert!(ran.code != 0 && ran.err.contains("set back"), "the page was forgotten: {ran:?}");
    std::fs::remove_dir_all(bench.path("case/vault/seen")).unwrap();
    let ran = bench.kua(&["-C", "case", "verify", "--against", "page.html"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    // A proof that somebody was given is remembered, too.
    run(&["-C", "case", "add", "b.txt"]);
    run(&["-C", "case", "custody", "b.txt", "--proof", "b.tlog-proof"]);
    set_back();
    let ran = bench.kua(&["-C", "case", "add", "a.txt"]);
    assert!(ran.code != 0 && ran.err.contains("set back"), "the proof was forgotten: {ran:?}");
    // While somebody writes it is published all the same, and that it is not remembered is said.
    let lock = std::fs::File::open(bench.path("case/vault/lock")).unwrap();
    lock.lock().unwrap();
    run(&["-C", "case", "build"]);
    let said = run(&["-C", "case", "publish", "-o", "page.html"]);
    assert!(said.err.contains("seen/"), "{said:?}");
    // A page does not bring its log, so it cannot be the one that is held to another.
    let ran = bench.kua(&["verify", "page.html", "--against", "page.html"]);
    assert!(ran.code == 2 && ran.err.contains("--against page.html"), "{ran:?}");
}

#[test]
fn a_case_is_held_against_a_sealed_bundle_with_a_key_that_opens_it() {
    let bench = Bench::with_case();
    let run = |args: &[&str]| {
        let ran = bench.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.out.trim().to_owned()
    };
    bench.write("a.txt", "They came at dawn.");
    bench.write("b.txt", "The bridge was closed.");
    let key = run(&["key", "new", "a.key"]);
    run(&["key", "new", "other.key"]);
    run(&["-C", "case", "add", "a.txt"]);
    copy(&bench.path("case"), &bench.path("old"));
    run(&["-C", "case", "add", "b.txt"]);
    run(&["-C", "case", "pack", "stick.tar.age", "--recipient", &key]);
    run(&["-C", "case", "pack", "open.zip"]);
    let against = |case: &str, more: &[&str]| {
        bench.kua(&[&["verify", case, "--against", "stick.tar.age"], more].concat())
    };
    let without = against("case", &[]);
    assert_eq!(without.code, 3, "{without:?}");
    assert!(without.err.contains("is sealed") && without.err.contains("--identity"), "{without:?}");
    let other = against("case", &["--identity", "other.key"]);
    assert_eq!(other.code, 3, "{other:?}");
    assert!(other.err.contains("stick.tar.age"), "{other:?}");
    let same = against("case", &["--identity", "a.key"]);
    assert_eq!(same.code, 0, "{same:?}");
    let old = against("old", &["--identity", "a.key"]);
    assert_eq!(old.code, 1, "{old:?}");
    // Also a bundle is held to one, and to a key.
    let bundle = against("open.zip", &["--identity", "a.key"]);
    assert!(bundle.code == 0 && bundle.out.contains("It continues stick.tar.age"), "{bundle:?}");
    run(&["-C", "old", "pack", "old.zip"]);
    let old = against("old.zip", &["--identity", "a.key"]);
    assert!(old.code == 1 && old.out.contains("2 were signed there"), "{old:?}");
    run(&["init", "river"]);
    let [ours, theirs] = ["case", "river"].map(|case| vkey_of(&bench, case));
    assert_eq!(bench.kua(&["verify", "open.zip", "--key", &ours]).code, 0);
    let other = bench.kua(&["verify", "open.zip", "--key", &theirs]);
    assert!(other.code == 1 && other.out.contains("signed by"), "{other:?}");
}

#[test]
fn a_merge_tells_which_damaged_files_it_replaced() {
    let bench = Bench::with_case();
    let run = |args: &[&str]| {
        let ran = bench.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.out
    };
    bench.write("a.txt", "They came at dawn.");
    run(&["init", "river"]);
    run(&["-C", "river", "add", "a.txt"]);
    run(&["-C", "river", "pack", "stick"]);
    run(&["-C", "case", "merge", "stick"]);
    let item = kua_case::ItemId::of(b"They came at dawn.").to_string();
    let object = format!("case/vault/objects/sha256/{}/{item}", &item[..2]);
    for damaged in ["They came at dusk.", "They"] {
        bench.write(&object, damaged);
        let said = run(&["-C", "case", "merge", "stick"]);
        assert!(said.contains("was damaged here") && said.contains(&item), "{said}");
        assert_eq!(std::fs::read(bench.path(&object)).unwrap(), b"They came at dawn.");
        let said = run(&["-C", "case", "merge", "stick"]);
        assert!(!said.contains("damaged"), "{said}");
    }
    let told = run(&["-C", "case", "custody", "a.txt"]);
    assert_eq!(told.matches("Found damaged here and replaced").count(), 2, "{told}");
    run(&["-C", "case", "verify"]);
}

fn vkey_of(bench: &Bench, case: &str) -> String {
    let manifest = std::fs::read(bench.path(case).join("vault/vault.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    manifest["vkey"].as_str().unwrap().to_owned()
}
