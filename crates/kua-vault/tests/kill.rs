//! `kill -9` while adding, on a real disk: what was acknowledged is there, and the next add goes on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "the child tells its parent what was acknowledged")]

mod common;

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{acquired, collector};
use kua_model::ItemId;
use kua_vault::{Vault, verify};

const FOLDER: &str = "KUA_TEST_KILL_FOLDER";

/// Not a case of its own: the process that gets killed. Prints each item once it is acknowledged.
#[test]
fn child_that_adds_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let vault = Vault::open(Path::new(&folder)).unwrap();
    let mut writer = vault.writer().unwrap();
    let start = writer.checkpoint().size();
    for batch in 0u64.. {
        let mut items = Vec::new();
        for n in 0..=batch % 7 {
            let words = format!("{start}.{batch}.{n}");
            items.push(writer.preserve(words.as_bytes(), &acquired(&words)).unwrap().item);
        }
        writer.commit().unwrap();
        for item in items {
            println!("\nacknowledged {item}");
        }
    }
}

#[test]
fn a_killed_add_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    Vault::create(folder.path(), &collector()).unwrap();
    let rounds =
        std::env::var("KUA_KILL_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(12u64);
    let mut acknowledged: Vec<ItemId> = Vec::new();
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_adds_until_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(40_000 + round * 13_337 % 250_000));
        child.kill().unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        let items = said
            .lines()
            .filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<ItemId>().ok());
        acknowledged.extend(items);
        let report = verify(folder.path());
        assert!(report.is_clean(), "round {round}: {:#?}", report.findings);
        let vault = Vault::open(folder.path()).unwrap();
        for item in &acknowledged {
            vault.read(item).unwrap();
        }
    }
    println!("{rounds} kills, {} items acknowledged", acknowledged.len());
    let vault = Vault::open(folder.path()).unwrap();
    let mut writer = vault.writer().unwrap();
    writer.preserve(&b"the last"[..], &acquired("last")).unwrap();
    writer.commit().unwrap();
    let report = verify(folder.path());
    assert!(report.is_clean() && !report.notices.iter().any(|n| n.contains("tmp/")), "{report:#?}");
}
