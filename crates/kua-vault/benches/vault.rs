//! Adding and verifying against the work nobody can avoid: copying files and hashing them.
//! Prints CPU ratios to `cp -r` and `openssl dgst -sha256` of the same run, then divan's times.
//! Run: `cargo bench -p kua-vault`; size by `KUA_BENCH_FILES` (default 20,000 files of 60 kB).
//! Where `restic` is installed it is a peer, too. `KUA_BENCH_ENTRIES=1000000` adds as many items of
//! a few bytes each, and tells memory and the time of a proof (wants 9 GB of disk).
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kua_vault::{Acquisition, Collector, Vault, verify};

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
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(11).take(4);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn timed(act: impl FnOnce()) -> (f64, f64) {
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    act();
    (cpu_seconds() - cpu, wall.elapsed().as_secs_f64())
}

fn ratios(count: usize, length: usize) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (source, vault) = (folder.path().join("source"), folder.path().join("vault"));
    let files = generate(&source, count, length);
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        assert!(output.is_ok_and(|o| o.status.success()), "{program} is needed for the ratios");
    };
    let text = source.display().to_string();
    let copied = folder.path().join("copy").display().to_string();
    let hash = "find \"$1\" -type f -print0 | xargs -0 -n 5000 openssl dgst -sha256";
    // Once before, so that every round finds the files in memory.
    run("sh", &["-c", hash, "sh", &text]);
    let (openssl, openssl_wall) = timed(|| run("sh", &["-c", hash, "sh", &text]));
    let (copy, copy_wall) = timed(|| run("cp", &["-r", &text, &copied]));
    let (adding, adding_wall) = timed(|| add(&vault, &files));
    let (verifying, verifying_wall) = timed(|| assert!(verify(&vault).is_clean()));
    println!("{count} files of {length} bytes: CPU s (wall s)");
    println!("  openssl dgst   {openssl:6.2} ({openssl_wall:.2})");
    println!("  cp -r          {copy:6.2} ({copy_wall:.2})");
    println!(
        "  add            {adding:6.2} ({adding_wall:.2})  {:.2} x (cp -r + openssl)",
        adding / (copy + openssl)
    );
    println!(
        "  verify         {verifying:6.2} ({verifying_wall:.2})  {:.2} x openssl",
        verifying / openssl
    );
    if let Some(restic) = restic(folder.path(), &text) {
        println!("  restic backup  {restic:6.2}          {:.2} x add", restic / adding);
    }
    println!(
        "  added          {:.0} items/s of wall time, syncs included",
        count as f64 / adding_wall
    );
}

/// CPU seconds of `restic backup` into a new repository; `None` if it is not installed.
fn restic(scratch: &Path, source: &str) -> Option<f64> {
    let run = |arguments: &[&str]| {
        Command::new("restic")
            .args(["-q", "--no-cache", "-r"])
            .arg(scratch.join("restic"))
            .args(arguments)
            .env("RESTIC_PASSWORD", "bench")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    if !run(&["init"]) {
        println!("  restic is not on this machine");
        return None;
    }
    Some(timed(|| assert!(run(&["backup", source]), "restic backup")).0)
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
        let (cpu, wall) = timed(|| {
            for n in done..end {
                let path = PathBuf::from(n.to_string());
                writer.preserve(&n.to_be_bytes()[..], &acquired(&path)).expect("preserved");
                if n % 4096 == 4095 {
                    writer.commit().expect("committed");
                }
            }
            writer.commit().expect("committed");
        });
        let per_second = (end - done) as f64 / wall;
        println!(
            "  to {end}: {per_second:.0} items/s ({cpu:.1} CPU s), peak memory {} MB",
            peak_mb()
        );
        done = end;
    }
    drop(writer);
    let vault = Vault::open(folder.path()).expect("the vault");
    let (_, wall) = timed(|| {
        for n in 0..100 {
            vault.inclusion_proof(n * (count / 100)).expect("a proof");
        }
    });
    println!("  one proof: {:.2} ms", wall * 10.0);
    let (cpu, wall) = timed(|| assert!(verify(folder.path()).is_clean()));
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
