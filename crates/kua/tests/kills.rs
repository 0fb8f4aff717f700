//! `kill -9` again and again while items are sealed, entries are signed and bundles are taken in:
//! afterwards `kua verify` is clean, what was acknowledged is there, and no word of a sealed item
//! lies anywhere in the case. `KUA_KILLS` says how often, for each kind of work.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "says how often it tried")]
#![cfg(unix)]

mod common;

use std::fs;
use std::ops::Range;
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
    let mut pace = Pace::of(&bench, &["-C", "field", "add", "first.txt"]);
    let mut acknowledged = 1;
    for round in 0..kills() {
        let name = format!("the granary window {round}.txt");
        // Small ones stay in memory until they are sealed, long ones are read in pieces.
        let words = [SECRET, &vec![b' '; (round % 3) * 700_000], SECRET].concat();
        bench.write(&name, words);
        acknowledged += u64::from(pace.killed(&bench, &["-C", "field", "add", &name], round));
        let ran = bench.kua(&["-C", "field", "verify"]);
        assert_eq!(ran.code, 0, "round {round}: {ran:?}");
        let sealed = bench.json(&["-C", "field", "status", "--json"])[0]["sealed"].as_u64();
        assert!(sealed >= Some(acknowledged), "round {round}: {sealed:?} of {acknowledged}");
        must_not_hold(&bench.path("field"), round);
        fs::remove_file(bench.path(&name)).unwrap();
    }
    println!("{} kills while sealing, {acknowledged} items acknowledged", kills());
}

/// Rounds after which another case is begun: verifying everything after each round would take
/// more and more time, and a young log is the one whose tiles and bundles change most.
const OF_ONE_CASE: usize = 40;

#[test]
fn a_killed_entry_or_merge_leaves_a_clean_vault_that_goes_on() {
    let (mut entries, mut merges) = (0, 0);
    for first in (0..kills()).step_by(OF_ONE_CASE) {
        let of_case = rounds_of_one_case(first..kills().min(first + OF_ONE_CASE));
        entries += of_case.0;
        merges += of_case.1;
        let done = kills().min(first + OF_ONE_CASE);
        println!("{done} kills while signing, {done} while merging; {entries} and {merges} done");
    }
}

/// How many entries and merges were done before the kill.
fn rounds_of_one_case(rounds: Range<usize>) -> (usize, usize) {
    let (first, count) = (rounds.start, rounds.len());
    let bench = Bench::with_case();
    bench.write("a.txt", "They came at dawn.");
    assert_eq!(bench.kua(&["-C", "case", "add", "a.txt"]).code, 0);
    assert_eq!(bench.kua(&["init", "river"]).code, 0);
    let access = ["-C", "case", "record", "access", "a.txt", "--by", "C."];
    let mut signing = Pace::of(&bench, &access);
    let mut merging = Pace(signing.0);
    let (mut entries, mut merges) = (0, 0);
    for round in rounds {
        let to = format!("reader {round}");
        let record = ["-C", "case", "record", "transfer", "a.txt", "--to", &to];
        entries += usize::from(signing.killed(&bench, &record, round));
        let name = format!("{round}.txt");
        bench.write(&name, format!("The mill burnt, {round}.").repeat(1 + round % 4 * 20_000));
        assert_eq!(bench.kua(&["-C", "river", "add", &name]).code, 0);
        assert_eq!(bench.kua(&["-C", "river", "pack", "stick"]).code, 0);
        let merge = ["-C", "case", "merge", "stick"];
        let merged = merging.killed(&bench, &merge, round + 3);
        merges += usize::from(merged);
        // Before the next writer comes, and after it has finished the work.
        let ran = bench.kua(&["-C", "case", "verify"]);
        assert_eq!(ran.code, 0, "round {round}: {ran:?}");
        let again = bench.kua(&merge);
        assert_eq!(again.code, 0, "round {round}: {again:?}");
        assert!(!merged || again.out.contains("nothing new"), "round {round}: {again:?}");
        fs::remove_dir_all(bench.path("stick")).unwrap();
    }
    let ran = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(ran.code, 0, "from round {first}: {ran:?}");
    let kept = bench.json(&["-C", "case", "status", "--json"])[0]["items"].as_u64();
    assert_eq!(kept, Some(1 + count as u64), "from round {first}");
    let told = bench.kua(&["-C", "case", "custody", "a.txt"]).out;
    assert!(told.matches("reader ").count() >= entries, "from round {first}: {told}");
    (entries, merges)
}

/// Seconds that a command takes, about: more after it was killed, less after it came to its end. So
/// about every third does, whatever else the machine has to do, and the kills lie where it writes.
struct Pace(f64);

impl Pace {
    /// As a command takes that is let be.
    fn of(bench: &Bench, args: &[&str]) -> Self {
        let start = Instant::now();
        let ran = bench.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        Self(start.elapsed().as_secs_f64())
    }

    /// Runs a command and kills it some time later; whether it had said that it was done.
    fn killed(&mut self, bench: &Bench, args: &[&str], round: usize) -> bool {
        let mut command = bench.command(args);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // From before the first write to after the last, unevenly.
        let part = (300 + (round * 617) % 1_000) as f64 / 1_000.0;
        std::thread::sleep(Duration::from_secs_f64(self.0 * part));
        let _ = child.kill();
        let done = child.wait().unwrap().success();
        self.0 *= if done { 0.92 } else { 1.04 };
        done
    }
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
