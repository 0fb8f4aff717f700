//! Adding and verifying against the work nobody can avoid: copying files and hashing them.
//! Prints CPU ratios to `cp -r` and `openssl dgst -sha256` of the same run, then divan's times.
//! Run: `cargo bench -p kua-vault`; size by `KUA_BENCH_FILES` (default 20,000 files of 60 kB) and
//! `KUA_BENCH_ROUNDS` (default 3; each wants 6 GB of disk).
//! Where `restic`, and `rage` or `age`, are installed they are peers, too.
//! `KUA_BENCH_ENTRIES=1000000` adds as many items of a few bytes each, and tells memory and the
//! time of a proof (wants 9 GB of disk).
//! Set `TMPDIR` to a file system of its own: for minutes after many files were deleted on one,
//! ext4 looks for free inodes so long that it hides everything else.
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kua_vault::{Acquisition, Collector, SealIdentity, Vault, verify};

// As the program does that these crates are for.
#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let files =
        std::env::var("KUA_BENCH_FILES").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    ratios(files, 60_000);
    ratios(files / 2, 2_000);
    if let Some(entries) = std::env::var("KUA_BENCH_ENTRIES").ok().and_then(|n| n.parse().ok()) {
        many(entries);
    }
    divan::main();
}

fn acquired(path: &Path) -> Acquisition {
    Acquisition {
        path: path.display().to_string(),
        acquired_at: "2031-05-04T10:00:00Z".into(),
        ..Acquisition::default()
    }
}

/// `count` files of `length` bytes from a fixed seed, 500 to a folder.
fn generate(dir: &Path, count: usize, length: usize) -> Vec<PathBuf> {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = vec![0; length];
    (0..count)
        .map(|n| {
            for chunk in bytes.chunks_mut(8) {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                let random = seed.to_le_bytes();
                chunk.copy_from_slice(&random[..chunk.len()]);
            }
            let path = dir.join(format!("{:03}/{n}", n / 500));
            fs::create_dir_all(path.parent().expect("has a folder")).expect("room for the bench");
            fs::write(&path, &bytes).expect("room for the bench");
            path
        })
        .collect()
}

fn add(dir: &Path, files: &[PathBuf]) {
    let vault = Vault::create(dir, &Collector { name: "bench".into() }).expect("a new vault");
    let mut writer = vault.writer().expect("the only writer");
    for batch in files.chunks(4096) {
        for path in batch {
            writer.preserve(File::open(path).expect("a file"), &acquired(path)).expect("preserved");
        }
        writer.commit().expect("committed");
    }
}

/// User and system seconds of this process and its finished children (Linux `/proc`).
fn cpu_seconds() -> [f64; 2] {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(11).take(4);
    let ticks: Vec<f64> = fields.filter_map(|ticks| ticks.parse().ok()).collect();
    let of = |mine, children| {
        let all = [mine, children].map(|n: usize| ticks.get(n).copied().unwrap_or_default());
        all.iter().sum::<f64>() / 100.0
    };
    [of(0, 2), of(1, 3)]
}

/// What something took.
#[derive(Clone, Copy)]
struct Took {
    user: f64,
    system: f64,
    wall: f64,
}

impl Took {
    fn cpu(self) -> f64 {
        self.user + self.system
    }
}

fn timed(act: impl FnOnce()) -> Took {
    let ([user, system], wall) = (cpu_seconds(), Instant::now());
    act();
    let [user_after, system_after] = cpu_seconds();
    let wall = wall.elapsed().as_secs_f64();
    Took { user: user_after - user, system: system_after - system, wall }
}

/// The least CPU time each kind of work took in any round. Rounds alternate, so that whatever else
/// the machine does hits all of them; the least is what the work itself costs.
#[derive(Default)]
struct Best(Vec<(&'static str, Took)>);

impl Best {
    fn take(&mut self, name: &'static str, took: Took) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, best)) if best.cpu() <= took.cpu() => {}
            Some((_, best)) => *best = took,
            None => self.0.push((name, took)),
        }
    }

    fn cpu(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, took)| took.cpu())
    }

    /// One work in terms of others, if all of them could be done.
    fn ratio(&self, name: &str, of: &[&str], bar: &str) {
        let sum = of.iter().map(|name| self.cpu(name)).sum::<Option<f64>>();
        if let Some((work, sum)) = self.cpu(name).zip(sum) {
            println!("  {name} = {:.2} x ({})   bar: {bar}", work / sum, of.join(" + "));
        }
    }
}

fn ratios(count: usize, length: usize) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let source = folder.path().join("source");
    let files = generate(&source, count, length);
    let text = source.display().to_string();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        assert!(output.is_ok_and(|o| o.status.success()), "{program} is needed for the ratios");
    };
    let hash = || {
        let hash = "find \"$1\" -type f -print0 | xargs -0 -n 5000 openssl dgst -sha256";
        run("sh", &["-c", hash, "sh", &text]);
    };
    // Once before, so that every round finds the files in memory.
    hash();
    let rounds = std::env::var("KUA_BENCH_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    let mut best = Best::default();
    for round in 0..rounds {
        let at = |name: &str| folder.path().join(format!("{name}-{round}"));
        best.take("openssl dgst", timed(hash));
        let copy = at("copy").display().to_string();
        best.take("cp -r", timed(|| run("cp", &["-r", &text, &copy])));
        best.take("add", timed(|| add(&at("vault"), &files)));
        best.take("verify", timed(|| assert!(verify(&at("vault")).is_clean())));
        let identity = SealIdentity::generate();
        if let Some(took) = tar_and_age(&text, &at("age"), &identity) {
            best.take("tar | age", took);
        }
        best.take("sealed add", timed(|| seal(&at("sealed"), &files, &identity)));
        best.take("sealed verify", timed(|| assert!(verify(&at("sealed")).is_clean())));
        if let Some(took) = restic(&at("restic"), &text) {
            best.take("restic backup", took);
        }
    }
    println!("{count} files of {length} bytes, best of {rounds}: CPU s (user + system; wall s)");
    for (name, took) in &best.0 {
        let Took { user, system, wall } = took;
        println!("  {name:<15}{:6.2} ({user:.2} + {system:.2}; {wall:.2})", took.cpu());
    }
    best.ratio("verify", &["openssl dgst"], "at most 1.2");
    best.ratio("add", &["cp -r", "openssl dgst"], "at most 1.3");
    best.ratio("restic backup", &["add"], "at least 3");
    best.ratio("sealed add", &["tar | age", "openssl dgst"], "at most 1.3");
}

fn seal(dir: &Path, files: &[PathBuf], identity: &SealIdentity) {
    let collector = Collector { name: "bench".into() };
    let vault =
        Vault::create_sealing(dir, &collector, &[identity.recipient()]).expect("a new vault");
    let mut writer = vault.writer().expect("the only writer");
    for batch in files.chunks(4096) {
        for path in batch {
            writer.seal(File::open(path).expect("a file"), &acquired(path)).expect("sealed");
        }
        writer.commit().expect("committed");
    }
}

/// Packs and encrypts everything as one stream, with `rage` or else `age`; `None` if neither is
/// installed. `KUA_BENCH_RAGE` names another program that takes age's arguments.
fn tar_and_age(source: &str, out: &Path, identity: &SealIdentity) -> Option<Took> {
    let named = std::env::var("KUA_BENCH_RAGE").ok();
    let programs = named.as_deref().map_or(vec!["rage", "age"], |program| vec![program]);
    let there = |program: &&str| Command::new(program).arg("--version").output().is_ok();
    let program = programs.into_iter().find(there)?;
    let script = "tar -C \"$1\" -cf - . | \"$2\" -r \"$3\" -o \"$4\"";
    Some(timed(|| {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", source, program, &identity.recipient().to_string()]);
        let output = command.arg(out).output().expect("a shell");
        assert!(output.status.success(), "{program}: {output:?}");
    }))
}

/// `restic backup` into a new repository; `None` if it is not installed.
fn restic(repository: &Path, source: &str) -> Option<Took> {
    let run = |arguments: &[&str]| {
        Command::new("restic")
            .args(["-q", "--no-cache", "-r"])
            .arg(repository)
            .args(arguments)
            .env("RESTIC_PASSWORD", "bench")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let made = run(&["init"]);
    made.then(|| timed(|| assert!(run(&["backup", source]), "restic backup")))
}

/// Many small items: whether speed and memory stay the same as the log grows.
fn many(count: u64) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let vault =
        Vault::create(folder.path(), &Collector { name: "bench".into() }).expect("a new vault");
    let mut writer = vault.writer().expect("the only writer");
    println!("{count} items of 8 bytes, 4,096 a commit");
    let (mut done, part) = (0, count.div_ceil(4));
    while done < count {
        let end = (done + part).min(count);
        let took = timed(|| {
            for n in done..end {
                let path = PathBuf::from(n.to_string());
                writer.preserve(&n.to_be_bytes()[..], &acquired(&path)).expect("preserved");
                if n % 4096 == 4095 {
                    writer.commit().expect("committed");
                }
            }
            writer.commit().expect("committed");
        });
        let per_second = (end - done) as f64 / took.wall;
        println!(
            "  to {end}: {per_second:.0} items/s ({:.1} CPU s), peak memory {} MB",
            took.cpu(),
            peak_mb()
        );
        done = end;
    }
    drop(writer);
    let vault = Vault::open(folder.path()).expect("the vault");
    let took = timed(|| {
        for n in 0..100 {
            vault.inclusion_proof(n * (count / 100)).expect("a proof");
        }
    });
    println!("  one proof: {:.2} ms", took.wall * 10.0);
    let took = timed(|| assert!(verify(folder.path()).is_clean()));
    let (cpu, wall) = (took.cpu(), took.wall);
    println!("  verify: {cpu:.1} CPU s ({wall:.1}), peak memory {} MB", peak_mb());
}

/// Highest memory of this process so far (Linux `/proc`).
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}

#[divan::bench]
fn prove_one_of_10000(bencher: divan::Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let vault =
        Vault::create(folder.path(), &Collector { name: "bench".into() }).expect("a new vault");
    let mut writer = vault.writer().expect("the only writer");
    for n in 0..10_000u32 {
        let path = PathBuf::from(n.to_string());
        writer.preserve(&n.to_be_bytes()[..], &acquired(&path)).expect("preserved");
    }
    writer.commit().expect("committed");
    bencher.bench(|| vault.inclusion_proof(7_777).expect("a proof"));
}

#[divan::bench]
fn hash_16_mb(bencher: divan::Bencher<'_, '_>) {
    let bytes = vec![7u8; 16 << 20];
    bencher
        .counter(divan::counter::BytesCount::of_slice(&bytes))
        .bench(|| kua_model::ItemId::of(&bytes));
}
