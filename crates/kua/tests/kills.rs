//! `kill -9` again and again while items are sealed, entries are signed and bundles are taken in:
//! afterwards `kua verify` is clean, what was acknowledged is there, and no word of a sealed item
//! lies anywhere in the case. `KUA_KILLS` says how often, for each kind of work.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "says how often it tried")]
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::Bench;

const SECRET: &[u8] = b"the granary window";

#[test]
fn a_killed_sealing_loses_nothing_acknowledged_and_leaves_nothing_readable() {
    let bench = Bench::empty();
    let keys = ["a.key", "b.key"].map(|name| bench.kua(&["key", "new", name]).out);
    let [a, b] = keys.each_ref().map(|key| key.trim());
    let made = bench.kua(&["init", "field", "--field", "--recipient", a, "--recipient", b]);
    assert_eq!(made.code, 0, "{made:?}");
    bench.write("first.txt", "A first one, to know how long it takes.");
    let whole = seconds(&bench, &["-C", "field", "add", "first.txt"]);
    let mut acknowledged = 1;
    for round in 0..kills() {
        let name = format!("the granary window {round}.txt");
        // Small ones stay in memory until they are sealed, long ones are read in pieces.
        let words = [SECRET, &vec![b' '; (round % 3) * 700_000], SECRET].concat();
        bench.write(&name, words);
        acknowledged += u64::from(killed(&bench, &["-C", "field", "add", &name], round, whole));
        let ran = bench.kua(&["-C", "field", "verify"]);
        assert_eq!(ran.code, 0, "round {round}: {ran:?}");
        let sealed = bench.json(&["-C", "field", "status", "--json"])[0]["sealed"].as_u64();
        assert!(sealed >= Some(acknowledged), "round {round}: {sealed:?} of {acknowledged}");
        must_not_hold(&bench.path("field"), round);
        fs::remove_file(bench.path(&name)).unwrap();
    }
    println!("{} kills while sealing, {acknowledged} items acknowledged", kills());
}

#[test]
fn a_killed_entry_or_merge_leaves_a_clean_vault_that_goes_on() {
    let bench = Bench::with_case();
    bench.write("a.txt", "They came at dawn.");
    assert_eq!(bench.kua(&["-C", "case", "add", "a.txt"]).code, 0);
    assert_eq!(bench.kua(&["init", "river"]).code, 0);
    let whole = seconds(&bench, &["-C", "case", "record", "access", "a.txt", "--by", "C."]);
    let (mut entries, mut merges) = (0, 0);
    for round in 0..kills() {
        let to = format!("reader {round}");
        entries += usize::from(killed(
            &bench,
            &["-C", "case", "record", "transfer", "a.txt", "--to", &to],
            round,
            whole,
        ));
        let name = format!("{round}.txt");
        bench.write(&name, format!("The mill burnt, {round}.").repeat(1 + round % 4 * 20_000));
        assert_eq!(bench.kua(&["-C", "river", "add", &name]).code, 0);
        assert_eq!(bench.kua(&["-C", "river", "pack", "stick"]).code, 0);
        let whole = killed(&bench, &["-C", "case", "merge", "stick"], round + 3, whole);
        merges += usize::from(whole);
        let ran = bench.kua(&["-C", "case", "verify"]);
        assert_eq!(ran.code, 0, "round {round}: {ran:?}");
        let again = bench.kua(&["-C", "case", "merge", "stick"]);
        assert_eq!(again.code, 0, "round {round}: {again:?}");
        let kept = bench.json(&["-C", "case", "status", "--json"])[0]["items"].as_u64();
        assert_eq!(kept, Some(2 + round as u64), "round {round}");
        fs::remove_dir_all(bench.path("stick")).unwrap();
        let told = bench.kua(&["-C", "case", "custody", "a.txt"]).out;
        assert!(told.matches("reader ").count() >= entries, "round {round}: {told}");
    }
    println!(
        "{0} kills while signing, {0} while merging; {entries} and {merges} were done",
        kills()
    );
}

/// Seconds that a command takes which is let be.
fn seconds(bench: &Bench, args: &[&str]) -> f64 {
    let start = Instant::now();
    let ran = bench.kua(args);
    assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    start.elapsed().as_secs_f64()
}

/// Runs a command that takes `whole` seconds and kills it some time later; whether it had said that it was done.
fn killed(bench: &Bench, args: &[&str], round: usize, whole: f64) -> bool {
    let mut command = bench.command(args);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // From before the first write to after the last, unevenly.
    std::thread::sleep(Duration::from_secs_f64(whole * ((round * 617) % 1_300) as f64 / 1_000.0));
    let _ = child.kill();
    child.wait().unwrap().success()
}

fn must_not_hold(dir: &Path, round: usize) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        assert!(!path.to_string_lossy().contains("granary"), "round {round}: {}", path.display());
        if path.is_dir() {
            must_not_hold(&path, round);
        } else {
            let bytes = fs::read(&path).unwrap();
            let found = bytes.windows(SECRET.len()).any(|part| part == SECRET);
            assert!(!found, "round {round}: {} can be read", path.display());
        }
    }
}

fn kills() -> usize {
    std::env::var("KUA_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}
