//! `kua verify` and the other commands that look at a vault only read: not a byte, name or time
//! of what they look at changes, and they work where nothing can be written.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped part says so")]
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Bench, Ran, command_in};

/// Path, kind and length, times of change, and the bytes.
type Tree = BTreeMap<PathBuf, (u32, i64, i64, i64, i64, Vec<u8>)>;

fn tree(dir: &Path) -> Tree {
    let mut found = Tree::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            let bytes = if meta.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            let times = (meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec());
            let state = (meta.mode(), times.0, times.1, times.2, times.3, bytes);
            if meta.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, state);
        }
    }
    found
}

/// A case with what a vault can hold: items, a merged log, a cosignature, an erased item, and
/// what goes out of it.
fn everything() -> (Bench, Vec<Vec<String>>) {
    let bench = Bench::with_case();
    let run = |args: &[&str]| {
        let ran = bench.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {} {}", ran.out, ran.err);
        ran.out
    };
    bench.write("letters/a.txt", "Three people were killed near the mill on 4 May 2023.\n");
    bench.write("letters/b.txt", "They came at dawn.\n");
    bench.write("theirs.txt", "The bridge was closed.\n");
    run(&["-C", "case", "add", "letters"]);
    run(&["init", "river"]);
    run(&["-C", "river", "add", "theirs.txt"]);
    run(&["-C", "river", "pack", "stick"]);
    run(&["-C", "case", "merge", "stick"]);
    let erase = ["erase", "letters/b.txt", "--reason", "asked", "--authority", "A.", "--yes"];
    run(&[&["-C", "case"][..], &erase].concat());
    run(&["-C", "case", "custody", "letters/a.txt", "--proof", "a.tlog-proof"]);
    run(&["-C", "case", "build"]);
    run(&["-C", "case", "publish", "-o", "page.html"]);
    run(&["-C", "case", "pack", "bundle.zip"]);
    run(&["-C", "case", "pack", "bundle"]);
    let manifest = fs::read(bench.path("case/vault/vault.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let key = manifest["vkey"].as_str().unwrap();
    let looks: [&[&str]; 10] = [
        &["-C", "case", "verify"],
        &["-C", "case", "verify", "--deep"],
        &["-C", "case", "verify", "--quick"],
        &["verify", "case/vault"],
        &["verify", "case", "--against", "page.html"],
        &["verify", "bundle"],
        &["verify", "bundle.zip"],
        &["verify", "stick"],
        &["verify", "page.html"],
        &["verify", "a.tlog-proof", "--item", "letters/a.txt", "--key", key],
    ];
    let looks = looks.iter().map(|args| args.iter().map(ToString::to_string).collect()).collect();
    (bench, looks)
}

fn must_pass(dir: &Path, looks: &[Vec<String>], when: &str) {
    for args in looks {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let ran = Ran::of(command_in(dir, &args).output().unwrap());
        assert_eq!(ran.code, 0, "{when}, {args:?}: {} {}", ran.out, ran.err);
    }
}

#[test]
fn verifying_changes_nothing_and_works_where_nothing_can_be_written() {
    let (bench, looks) = everything();
    let before = tree(bench.dir.path());
    must_pass(bench.dir.path(), &looks, "as it lies");
    let after = tree(bench.dir.path());
    let changed: Vec<_> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .collect();
    assert!(changed.is_empty(), "verify changed {changed:#?}");
    // A damaged vault is not mended by looking at it, either.
    let objects = bench.path("case/vault/objects");
    let file = before.keys().find(|path| path.starts_with(&objects) && path.is_file()).unwrap();
    let good = fs::read(file).unwrap();
    fs::write(file, [&good[1..], b"?"].concat()).unwrap();
    let damaged = tree(&bench.path("case"));
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(ran.code, 1, "{} {}", ran.out, ran.err);
    assert!(tree(&bench.path("case")) == damaged, "verify changed a damaged vault");
    fs::write(file, good).unwrap();
    let view = Bench::empty();
    let bound = Command::new("mount")
        .args(["-o", "bind,ro"])
        .args([bench.dir.path(), view.dir.path()])
        .output()
        .is_ok_and(|output| output.status.success());
    if !bound {
        return println!("skipped: a read-only view cannot be mounted here (it needs root)");
    }
    let result = std::panic::catch_unwind(|| {
        assert!(fs::write(view.path("x"), "x").is_err(), "the view can be written");
        must_pass(view.dir.path(), &looks, "on a read-only disk");
    });
    let _ = Command::new("umount").arg(view.dir.path()).output();
    result.unwrap();
}
