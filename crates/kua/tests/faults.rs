//! The system fails under kua: every system call that touches a case fails in turn, the disk is
//! full at every length, the process is killed, two write at once. Afterwards `kua verify` is
//! clean, what was acknowledged is there, and the same command run again finishes.
//!
//! Needs `strace` (its `inject=` makes a chosen system call fail); without it the tests say so and
//! pass. Every seventh call is tried; `KUA_FAULT_STEP=1` tries each one;
//! `KUA_FAULT_WORK=merge` tries that command only. A new command that writes is one more [`Work`] in [`works`].
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]
#![cfg(target_os = "linux")]

mod common;
#[path = "../../kua-vault/tests/common/programs.rs"]
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Bench, Ran, command_in};
use programs::skip;

/// A command that writes, and what it needs.
struct Work {
    name: &'static str,
    /// Whether the case is a field case: sealed to somebody else's key, unreadable here.
    field: bool,
    /// Makes whatever must be there before; runs in a folder with the case `case`.
    before: fn(&Bench),
    /// The command, run in the folder.
    command: &'static [&'static str],
    /// Holds once the command has succeeded, and for ever after.
    done: fn(&Bench) -> bool,
}

/// Every command that writes evidence.
fn works() -> Vec<Work> {
    vec![
        Work {
            name: "add",
            field: false,
            before: |bench| {
                bench.write("more/d.txt", "The well was empty on the third day.");
                bench.write("more/e.txt", "We counted nine carts.");
                bench.write("more/long.txt", vec![b'w'; 1_100_000]);
            },
            command: &["-C", "case", "add", "more"],
            done: |bench| has(bench, &["more/d.txt", "more/e.txt", "more/long.txt"]),
        },
        Work {
            name: "judge",
            field: false,
            before: |_| {},
            command: &[
                "-C", "case", "judge", "withhold", "Somebody", "--by", "A. B.", "--reason", "asked",
            ],
            done: |bench| entries(bench) > EARLIER,
        },
        Work {
            name: "checkpoint",
            field: false,
            before: |_| {},
            command: &["-C", "case", "record", "transfer", "letters/a.txt", "--to", "the archive"],
            done: |bench| entries(bench) > EARLIER,
        },
        Work {
            name: "merge",
            field: false,
            before: |bench| {
                bench.write("theirs/f.txt", "The mill burnt for two days.");
                bench.write("theirs/long.txt", vec![b'm'; 1_100_000]);
                for args in [
                    &["init", "river"][..],
                    &["-C", "river", "add", "theirs"],
                    &["-C", "river", "judge", "withhold", "N.", "--by", "B.", "--reason", "asked"],
                    &["-C", "river", "pack", "stick"],
                ] {
                    let ran = bench.kua(args);
                    assert_eq!(ran.code, 0, "{ran:?}");
                }
                fs::remove_dir_all(bench.path("river")).unwrap();
            },
            command: &["-C", "case", "merge", "stick"],
            done: |bench| has(bench, &["theirs/f.txt", "theirs/long.txt"]),
        },
        Work {
            name: "seal",
            field: true,
            before: |bench| {
                bench.write("more/d.txt", "The well was empty on the third day.");
                bench.write("more/long.txt", "We counted nine carts. ".repeat(50_000));
            },
            command: &["-C", "case", "add", "more"],
            done: |bench| entries(bench) >= EARLIER + 2,
        },
    ]
}

/// Entries of the log before the work begins: three letters were acknowledged.
const EARLIER: u64 = 3;

/// System calls by which a case is changed or read. Others (memory, threads) cannot hurt it.
const CALLS: &str = "openat,read,pread64,write,pwrite64,writev,close,fsync,fdatasync,syncfs,\
    rename,renameat,renameat2,link,linkat,mkdir,mkdirat,unlink,unlinkat,rmdir,ftruncate,fchmod,\
    flock,statx,newfstatat,getdents64,copy_file_range,lseek,fcntl";

#[test]
fn every_system_call_may_fail_or_be_the_last() {
    if Command::new("strace").arg("-V").output().is_err() {
        return skip("strace", "it is not on this machine");
    }
    let wanted = std::env::var("KUA_FAULT_WORK").ok();
    for work in works().into_iter().filter(|w| wanted.as_ref().is_none_or(|name| w.name == *name)) {
        let template = template(&work);
        let whole = copy_of(&template);
        let Some(calls) = calls_on_the_case(&whole, &work) else {
            return skip("strace", "it may not trace here");
        };
        assert!(calls.len() > 20, "{}: {calls:?}", work.name);
        assert!((work.done)(&whole), "{}: not done though nothing failed", work.name);
        let injections: Vec<String> = calls
            .iter()
            .step_by(step())
            .flat_map(|call| call.faults().iter().map(|fault| call.inject(fault)))
            .collect();
        let next = AtomicUsize::new(0);
        let worker = || {
            while let Some(inject) = injections.get(next.fetch_add(1, Ordering::Relaxed)) {
                let bench = copy_of(&template);
                let log = bench.path("strace.log");
                let ran = strace(&bench, &work, &["-e", inject], &log);
                let about = format!("{}, {inject}: {ran:?}", work.name);
                if inject.contains("sync:") && !inject.contains("KILL") {
                    after_a_failed_sync_nothing_is_signed(&log, &ran, &about);
                }
                must_be_whole(&bench, &work, &ran, &about);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..std::thread::available_parallelism().map_or(2, usize::from) {
                scope.spawn(worker);
            }
            worker();
        });
        println!("{}: {} faults at {} system calls", work.name, injections.len(), calls.len());
    }
}

/// One system call that touches the case.
#[derive(Debug)]
struct Call {
    name: String,
    /// Its number among those of its name, from 1.
    when: usize,
    /// Whether it changes anything.
    changes: bool,
}

impl Call {
    /// What may go wrong with it. To be killed at a call that only reads is to be killed before
    /// the next one that changes something.
    fn faults(&self) -> &'static [&'static str] {
        match self.name.as_str() {
            // Nothing was written, and the system says so.
            "write" => &["error=EIO", "error=ENOSPC", "retval=0", KILL_BEFORE],
            _ if self.changes => &["error=EIO", "error=ENOSPC", KILL_BEFORE],
            _ => &["error=EIO"],
        }
    }

    fn inject(&self, fault: &str) -> String {
        format!("inject={}:{fault}:when={}", self.name, self.when)
    }
}

/// The call is not carried out, and the process ends there.
const KILL_BEFORE: &str = "error=EIO:signal=KILL";

#[test]
fn a_full_disk_at_any_length_loses_nothing_acknowledged() {
    let bench = Bench::empty();
    let disk = bench.path("disk");
    fs::create_dir(&disk).unwrap();
    // Room for the case and all letters once, with a little beside; not for a second copy of them.
    let Some(_mounted) = Mounted::new(&["-t", "tmpfs", "-o", "size=1m", "none"], &disk) else {
        return skip("mount", "a small disk cannot be mounted here (it needs root)");
    };
    let work = &works()[0];
    let full_source = Bench::empty();
    for n in 0..40 {
        full_source.write(&format!("more/{n}.txt"), vec![b'a' + n % 26; 5_000 + usize::from(n)]);
    }
    full_source.write("more/long.txt", vec![b'w'; 300_000]);
    /// Taken of that megabyte at least.
    const HELD: usize = 200;
    // Whether the disk was full, and whether all bytes were in their place then, unsigned.
    let tried = |ballast: usize| -> (bool, bool) {
        let case = disk.join("case");
        let _ = fs::remove_dir_all(&case);
        let _ = fs::remove_file(disk.join("ballast"));
        assert_eq!(Ran::of(command_in(&disk, &["init", "case"]).output().unwrap()).code, 0);
        let first = full_source.write("first.txt", "The first letter.");
        let add = |path: &Path| {
            let path = path.display().to_string();
            Ran::of(command_in(&disk, &["-C", "case", "add", &path]).output().unwrap())
        };
        assert_eq!(add(&first).code, 0);
        fs::write(disk.join("ballast"), vec![0; (HELD + ballast) * 1024]).unwrap();
        let ran = add(&full_source.path("more"));
        let about = format!("{} kB taken: {ran:?}", HELD + ballast);
        let is_full = ran.code != 0;
        assert!(!is_full || ran.code == 3 && ran.err.contains("disk is full"), "{about}");
        let verified = Ran::of(command_in(&disk, &["-C", "case", "verify"]).output().unwrap());
        assert_eq!(verified.code, 0, "{about}, then {verified:?}");
        assert!(object(&case, &fs::read(&first).unwrap()).exists(), "{about}");
        let unsigned = is_full && verified.out.contains("41 objects are in no log entry");
        // With all bytes there, nothing goes but room for the log; else they need room themselves.
        let left = if unsigned { HELD + ballast - 64 } else { 0 };
        fs::write(disk.join("ballast"), vec![0; left * 1024]).unwrap();
        let again = add(&full_source.path("more"));
        assert_eq!(again.code, 0, "{about}, then with room {again:?}");
        let verified = Ran::of(command_in(&disk, &["-C", "case", "verify"]).output().unwrap());
        assert!(verified.code == 0 && !verified.out.contains("tmp/"), "{about}, then {verified:?}");
        (is_full, unsigned)
    };
    let step = if std::env::var_os("CI").is_some() { 8 } else { 32 };
    let full: Vec<usize> = (0..=640).step_by(step).filter(|ballast| tried(*ballast).0).collect();
    let failed = full.len();
    // Page by page where it begins to be full: there only the signature finds no room.
    let begins = full.first().copied().unwrap_or_default();
    let unsigned = (begins.saturating_sub(step)..=begins).step_by(4).filter(|b| tried(*b).1);
    assert!(unsigned.count() > 0, "{}: all bytes but no signature were never there", work.name);
    assert!(failed > 3, "{}: the disk was never full", work.name);
}

#[test]
fn a_write_that_is_cut_short_loses_nothing_acknowledged() {
    let work = &works()[0];
    let template = template(work);
    for kib in [0, 1, 2, 4, 8, 64, 512, 1_024] {
        for trap in ["trap '' XFSZ;", ""] {
            let bench = copy_of(&template);
            // The limit lets a write through in part, then refuses the rest, or kills.
            let script = format!("{trap} ulimit -f {kib}; exec \"$0\" \"$@\"");
            let mut command = Command::new("bash");
            command.args(["-c", &script, env!("CARGO_BIN_EXE_kua")]).args(work.command);
            let ran = Ran::of(command.current_dir(bench.dir.path()).output().unwrap());
            let about = format!("files of at most {kib} KiB {trap} {ran:?}");
            assert_ne!(ran.code, 0, "{about}");
            must_be_whole(&bench, work, &ran, &about);
        }
    }
}

#[test]
fn of_two_that_write_at_once_each_is_done_or_told_to_wait() {
    let bench = template(&works()[0]);
    let rounds = 10;
    for round in 0..rounds {
        let name = |who| format!("{who}{round}.txt");
        let children: Vec<_> = ["a", "b", "c"]
            .map(|who| {
                bench.write(&name(who), format!("{who} saw it, {round}"));
                let mut command = bench.command(&["-C", "case", "add", &name(who)]);
                let piped = std::process::Stdio::piped;
                command.stdout(piped()).stderr(piped());
                (who, command.spawn().unwrap())
            })
            .into();
        for (who, child) in children {
            let ran = Ran::of(child.wait_with_output().unwrap());
            if ran.code == 0 {
                assert!(has(&bench, &[&name(who)]), "{ran:?}");
            } else {
                assert!(ran.code == 3 && ran.err.contains("Another kua"), "{ran:?}");
            }
        }
    }
    let verified = bench.kua(&["-C", "case", "verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert!(entries(&bench) >= EARLIER + rounds, "{verified:?}");
}

#[test]
fn a_disk_that_ignores_case_holds_a_vault() {
    let bench = template(&works()[0]);
    assert_eq!(bench.kua(&["-C", "case", "add", "more"]).code, 0);
    let mut seen = BTreeSet::new();
    for path in files(&bench.path("case/vault")) {
        let name = path.strip_prefix(bench.dir.path()).unwrap().display().to_string();
        assert_eq!(name, name.to_ascii_lowercase());
        assert!(
            name.bytes().all(|b| b.is_ascii_graphic() && !b"<>:\"\\|?*".contains(&b)),
            "{name}"
        );
        assert!(seen.insert(name.to_ascii_lowercase()), "{name}");
    }
    assert!(seen.len() > 15);
    let image = bench.path("image");
    let disk = bench.path("disk");
    fs::create_dir(&disk).unwrap();
    fs::write(&image, vec![0; 16 << 20]).unwrap();
    let made = Command::new("mkfs.vfat").arg(&image).output();
    let mounted = made
        .is_ok_and(|output| output.status.success())
        .then(|| Mounted::new(&["-o", "loop", &image.display().to_string()], &disk))
        .flatten();
    let Some(_mounted) = mounted else {
        return println!("skipped: a FAT disk cannot be mounted here; only names were checked");
    };
    assert_eq!(Ran::of(command_in(&disk, &["init", "Case"]).output().unwrap()).code, 0);
    let more = bench.path("more").display().to_string();
    let ran = Ran::of(command_in(&disk, &["-C", "cASE", "add", &more]).output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = Ran::of(command_in(&disk, &["-C", "case", "verify"]).output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    // A bundle, too, is written there and taken in from there, under a name in other letters.
    for (out, found) in [("Stick", "sTICK"), ("Bundle.zip", "bUNDLE.ZIP")] {
        let ran = Ran::of(command_in(&disk, &["-C", "case", "pack", out]).output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
        let found = disk.join(found).display().to_string();
        for args in [&["verify", &found][..], &["-C", "case", "merge", &found]] {
            let ran = bench.kua(args);
            assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        }
    }
    assert!(has(&bench, &["more/d.txt", "more/long.txt"]));
    assert_eq!(bench.kua(&["-C", "case", "verify"]).code, 0);
}

#[test]
fn a_bundle_has_no_two_names_that_differ_by_case_only_and_none_a_disk_refuses() {
    let bench = template(&works()[0]);
    // What people call their files is in the records; it never becomes a name in a bundle.
    for name in ["more/Letter.txt", "more/LETTER.txt", "more/aux", "more/a:b?.txt", "more/ Å.txt"]
    {
        bench.write(name, name);
    }
    assert_eq!(bench.kua(&["-C", "case", "add", "more"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "pack", "stick"]).code, 0);
    let mut seen = BTreeSet::new();
    for path in files(&bench.path("stick")) {
        let name = path.strip_prefix(bench.path("stick")).unwrap().display().to_string();
        assert_eq!(name, name.to_ascii_lowercase());
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b)), "{name}");
        assert!(seen.insert(name.clone()), "{name}");
        for part in name.split('/') {
            let stem = part.split('.').next().unwrap_or_default();
            assert!(!["aux", "con", "nul", "prn"].contains(&stem), "{name}");
            assert!(!part.ends_with('.') && part.len() <= 100, "{name}");
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
}

#[test]
fn a_full_disk_while_sealing_packing_or_merging_loses_nothing_acknowledged() {
    let source = Bench::empty();
    let run = |args: &[&str]| {
        let ran = source.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.out.trim().to_owned()
    };
    for n in 0..20u8 {
        source.write(&format!("more/{n}.txt"), vec![b'a' + n; 9_000 + usize::from(n)]);
    }
    source.write("more/long.txt", vec![b'w'; 200_000]);
    let first = source.write("first.txt", "The first letter.").display().to_string();
    let more = source.path("more").display().to_string();
    run(&["init", "river"]);
    run(&["-C", "river", "add", "more"]);
    run(&["-C", "river", "pack", "stick"]);
    let stick = source.path("stick").display().to_string();
    let keys = ["a.key", "b.key"].map(|name| run(&["key", "new", name]));
    let [a, b] = keys.each_ref().map(String::as_str);
    let field = ["init", "case", "--field", "--recipient", a, "--recipient", b];
    let works: [(&str, &[&str], &[&str], bool); 3] = [
        ("seal", &field, &["-C", "case", "add", &more], false),
        ("merge", &["init", "case"], &["-C", "case", "merge", &stick], false),
        ("pack", &["init", "case"], &["-C", "case", "pack", "bundle"], true),
    ];
    let disk = source.path("disk");
    fs::create_dir(&disk).unwrap();
    let Some(_mounted) = Mounted::new(&["-t", "tmpfs", "-o", "size=2m", "none"], &disk) else {
        return skip("mount", "a small disk cannot be mounted here (it needs root)");
    };
    let on_disk = |args: &[&str]| Ran::of(command_in(&disk, args).output().unwrap());
    for (name, init, command, fills_before) in works {
        let mut failed = 0;
        for ballast in (0..=1_000).step_by(if std::env::var_os("CI").is_some() { 20 } else { 125 })
        {
            for old in fs::read_dir(&disk).unwrap().map(|old| old.unwrap().path()) {
                let _ = if old.is_dir() { fs::remove_dir_all(old) } else { fs::remove_file(old) };
            }
            assert_eq!(on_disk(init).code, 0);
            assert_eq!(on_disk(&["-C", "case", "add", &first]).code, 0);
            if fills_before {
                assert_eq!(on_disk(&["-C", "case", "add", &more]).code, 0);
            }
            // What cannot be had any more is left out of the ballast: the disk is full then.
            let mut left = std::io::repeat(0).take((ballast + 700) * 1024);
            let mut file = fs::File::create(disk.join("ballast")).unwrap();
            let _ = std::io::copy(&mut left, &mut file);
            drop(file);
            let ran = on_disk(command);
            let about = format!("{name}, {ballast} kB taken: {ran:?}");
            if ran.code != 0 {
                failed += 1;
                assert!(ran.code == 3 && ran.err.contains("disk is full"), "{about}");
                assert!(!disk.join("bundle").exists(), "{about}: half a bundle");
            }
            let verified = on_disk(&["-C", "case", "verify"]);
            assert_eq!(verified.code, 0, "{about}, then {verified:?}");
            fs::remove_file(disk.join("ballast")).unwrap();
            if ran.code != 0 {
                let again = on_disk(command);
                assert_eq!(again.code, 0, "{about}, then with room {again:?}");
            }
            let verified = on_disk(&["-C", "case", "verify"]);
            assert!(verified.code == 0 && !verified.out.contains("tmp/"), "{about}: {verified:?}");
            if fills_before {
                assert_eq!(on_disk(&["verify", "bundle"]).code, 0, "{about}");
            }
        }
        println!("{name}: the disk was full {failed} times");
        assert!(failed > 1, "{name}: the disk was never full");
    }
}

/// A folder with a case of three acknowledged letters, ready for the work.
fn template(work: &Work) -> Bench {
    let bench = if work.field { field_case() } else { Bench::with_case() };
    for (name, words) in LETTERS {
        bench.write(name, words);
    }
    assert_eq!(bench.kua(&["-C", "case", "add", "letters"]).code, 0);
    assert_eq!(entries(&bench), EARLIER);
    (work.before)(&bench);
    bench
}

/// A field case whose secret keys are not on this machine any more.
fn field_case() -> Bench {
    let bench = Bench::empty();
    let keys = ["editor.key", "escrow.key"].map(|name| {
        let made = bench.kua(&["key", "new", name]);
        assert_eq!(made.code, 0, "{made:?}");
        fs::remove_file(bench.path(name)).unwrap();
        made.out.trim().to_owned()
    });
    let [a, b] = keys.each_ref();
    let made = bench.kua(&["init", "case", "--field", "--recipient", a, "--recipient", b]);
    assert_eq!(made.code, 0, "{made:?}");
    bench
}

/// No word that was sealed, and no name of a file, lies anywhere in the case.
fn nothing_is_readable(case: &Path, about: &str) {
    const SECRETS: [&str; 5] =
        ["came at dawn", "bridge was", "Three of us", "well was", "nine carts"];
    for path in files(case) {
        let bytes = fs::read(&path).unwrap();
        for secret in SECRETS.iter().map(|s| s.as_bytes()).chain([&b"letters"[..], b"more/"]) {
            let found = bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!found, "{about}: {} can be read", path.display());
        }
    }
}

const LETTERS: [(&str, &str); 3] = [
    ("letters/a.txt", "They came at dawn."),
    ("letters/b.txt", "The bridge was closed."),
    ("letters/c.txt", "Three of us stayed."),
];

fn copy_of(template: &Bench) -> Bench {
    let bench = Bench::empty();
    for path in files(template.dir.path()) {
        let to = bench.dir.path().join(path.strip_prefix(template.dir.path()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&path, &to).unwrap();
    }
    bench
}

/// Each system call that touches the folder: its name and its number among those of that name, as
/// strace counts them (from 1, for each thread; the work is done by the first).
fn calls_on_the_case(bench: &Bench, work: &Work) -> Option<Vec<Call>> {
    let log = bench.path("strace.log");
    let ran = strace(bench, work, &["-y"], &log);
    let text = fs::read_to_string(&log).unwrap_or_default();
    if ran.code != 0 && text.lines().count() < 10 {
        return None;
    }
    assert_eq!(ran.code, 0, "{}: {ran:?}", work.name);
    let folder = fs::canonicalize(bench.dir.path()).unwrap().display().to_string();
    let first = text.split_whitespace().next()?.to_owned();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let Some((call, arguments)) = rest.split_once('(') else { continue };
        if thread != first || !call.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            continue;
        }
        let count = counts.entry(call.to_owned()).or_default();
        *count += 1;
        let relative = arguments.starts_with("AT_FDCWD") || arguments.starts_with('"');
        let outside = [
            "\"/usr", "\"/lib", "\"/etc", "\"/proc", "\"/sys", "</usr", "</lib", "</proc", "</sys",
        ];
        let touches = arguments.contains(&folder)
            || (relative && !outside.iter().any(|place| arguments.contains(place)));
        if touches && !arguments.contains("strace.log") {
            let opens_to_write = arguments.contains("O_CREAT") || arguments.contains("O_TRUNC");
            let only_reads = ["read", "pread64", "close", "statx", "newfstatat", "getdents64"];
            let only_reads =
                only_reads.contains(&call) || ["lseek", "fcntl", "flock"].contains(&call);
            let changes = if call == "openat" { opens_to_write } else { !only_reads };
            calls.push(Call { name: call.to_owned(), when: *count, changes });
        }
    }
    Some(calls)
}

fn strace(bench: &Bench, work: &Work, options: &[&str], log: &Path) -> Ran {
    let mut command = Command::new("strace");
    command.args(["-f", "-e", &format!("trace={CALLS}"), "-o"]).arg(log).args(options);
    command.arg(env!("CARGO_BIN_EXE_kua")).args(work.command);
    Ran::of(
        command.current_dir(bench.dir.path()).stdin(std::process::Stdio::null()).output().unwrap(),
    )
}

/// Everything acknowledged is there and as signed, and the same command finishes now.
fn must_be_whole(bench: &Bench, work: &Work, ran: &Ran, about: &str) {
    let acknowledged = ran.code == 0;
    for again in [false, true] {
        if again {
            let ran = bench.kua(work.command);
            assert_eq!(ran.code, 0, "{about}, then run again: {ran:?}");
        }
        let verified = bench.kua(&["-C", "case", "verify"]);
        assert_eq!(verified.code, 0, "{about}, then (again: {again}) {verified:?}");
        if work.field {
            // Sealed items cannot be told apart here; that each is whole, verify has seen.
            assert!(entries(bench) >= EARLIER, "{about}: entries are lost");
            nothing_is_readable(&bench.path("case"), about);
        } else {
            for (name, _) in LETTERS {
                assert!(has(bench, &[name]), "{about}: {name} is lost");
            }
        }
        assert!(!(acknowledged || again) || (work.done)(bench), "{about}: not done");
    }
}

fn after_a_failed_sync_nothing_is_signed(log: &Path, ran: &Ran, about: &str) {
    assert_ne!(ran.code, 0, "{about}: a failed sync went unnoticed");
    let text = fs::read_to_string(log).unwrap();
    let after = text.split_once("(INJECTED)").unwrap().1;
    let named = after.lines().find(|line| line.contains("rename"));
    assert_eq!(named, None, "{about}: it went on after a failed sync");
}

/// Whether the bytes of these files are objects of the vault.
fn has(bench: &Bench, names: &[&str]) -> bool {
    names.iter().all(|name| {
        let bytes = fs::read(bench.path(name)).unwrap();
        fs::read(object(&bench.path("case"), &bytes)).is_ok_and(|kept| kept == bytes)
    })
}

fn object(case: &Path, bytes: &[u8]) -> PathBuf {
    let id = kua_case::ItemId::of(bytes).to_string();
    case.join("vault/objects/sha256").join(&id[..2]).join(id)
}

/// Entries of the log, as its published checkpoint says.
fn entries(bench: &Bench) -> u64 {
    let logs = fs::read_dir(bench.path("case/vault/logs")).unwrap();
    let log = logs.map(|log| log.unwrap().path()).next().unwrap();
    let checkpoint = fs::read_to_string(log.join("checkpoint")).unwrap();
    checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

fn step() -> usize {
    std::env::var("KUA_FAULT_STEP").ok().and_then(|n| n.parse().ok()).unwrap_or(7)
}

/// A mounted disk; unmounted when dropped.
struct Mounted(PathBuf);

impl Mounted {
    fn new(arguments: &[&str], at: &Path) -> Option<Mounted> {
        let done = Command::new("mount").args(arguments).arg(at).output();
        done.is_ok_and(|output| output.status.success()).then(|| Mounted(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}
