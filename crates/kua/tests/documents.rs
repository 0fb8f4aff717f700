//! What is written must be so: every command, option, setting and page is described where a reader
//! looks for it, and the map names the crates there are.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail by panicking")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::Bench;
use kua_case::publish::Site;
use kua_case::{CaseConfig, Chronicle};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Everything in the guide and the README.
fn guide() -> String {
    let mut out = fs::read_to_string(repository().join("README.md")).unwrap_or_default();
    let mut files: Vec<_> = fs::read_dir(repository().join("docs/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "md")) {
        out += &fs::read_to_string(file).unwrap();
    }
    out
}

fn commands() -> Vec<String> {
    let help = Bench::empty().kua(&["--help"]).out;
    let list = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    list.lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn every_command_is_in_the_guide() {
    let guide = guide();
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    let missing: Vec<_> =
        commands.iter().filter(|command| !guide.contains(&format!("kua {command}"))).collect();
    assert!(missing.is_empty(), "not in docs/guide or README.md: {missing:?}");
}

#[test]
fn every_command_teaches_with_an_example_that_names_it() {
    for command in commands() {
        let ran = Bench::empty().kua(&[&command, "--help"]);
        assert_eq!(ran.code, 0, "{command}");
        if command == "lexicon" {
            continue;
        }
        assert!(ran.out.contains("Example:"), "kua {command} --help has no example");
        let example = ran.out.split("Example:").nth(1).unwrap();
        assert!(example.contains(&format!("kua {command}")), "kua {command} --help: {example}");
    }
}

#[test]
fn answering_commands_speak_json() {
    for command in [
        "status",
        "documents",
        "origins",
        "claims",
        "names",
        "toll",
        "notices",
        "why",
        "search",
        "verify",
        "custody",
    ] {
        let ran = Bench::empty().kua(&[command, "--help"]);
        assert!(ran.out.contains("--json"), "kua {command}");
    }
}

#[test]
fn every_setting_is_described_with_its_default() {
    let page = fs::read_to_string(repository().join("docs/formats/case.md")).unwrap();
    for (name, default) in CaseConfig::settings() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let Some(row) = row else { panic!("docs/formats/case.md does not describe {name}") };
        if let Some(default) = default {
            assert!(row.contains(&format!("`{default}`")), "{name} is {default}: {row}");
        }
    }
}

#[test]
fn every_page_is_in_the_guide() {
    let guide = guide();
    let chronicle = Chronicle::default();
    let site = Site::new(&chronicle);
    let mut missing = BTreeSet::new();
    for route in site.routes() {
        let Some(page) = site.page(&route) else { continue };
        let title = page.title.split([':', '·', '(']).next().unwrap_or_default().trim().to_owned();
        if !title.is_empty() && !guide.contains(&title) {
            missing.insert(title);
        }
    }
    assert!(missing.is_empty(), "not in docs/guide: {missing:?}");
}

#[test]
fn the_map_names_the_crates_there_are() {
    let map = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let table = map.split("## The crates").nth(1).unwrap().split("\n## ").next().unwrap();
    let named: BTreeSet<String> = table
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split('`').next()?.to_owned()))
        .collect();
    let there: BTreeSet<String> = fs::read_dir(repository().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(named, there);
}

#[test]
fn files_the_map_points_to_exist() {
    let map = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    for piece in map.split('`').skip(1).step_by(2) {
        let is_path = piece.starts_with("crates/") || piece.starts_with("docs/");
        if is_path && !piece.contains(['{', '<', '*']) {
            assert!(repository().join(piece).exists(), "ARCHITECTURE.md points to {piece}");
        }
    }
}

#[test]
fn mistakes_on_the_command_line_have_exit_code_2_and_missing_cases_3() {
    let bench = Bench::empty();
    assert_eq!(bench.kua(&["nonsense"]).code, 2);
    assert_eq!(bench.kua(&["add"]).code, 2);
    let ran = bench.kua(&["toll"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("kua init"), "{}", ran.err);
    bench.kua(&["init", "case"]);
    let ran = bench.kua(&["toll"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("kua build"), "{}", ran.err);
}

#[test]
fn a_slip_in_case_toml_is_named_with_its_line() {
    let bench = Bench::with_case();
    fs::write(bench.path("case/case.toml"), "version = 1\ntitle = \"x\"\nplase = \"y\"\n").unwrap();
    let ran = bench.kua(&["-C", "case", "status"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("line 3") && ran.err.contains("plase"), "{}", ran.err);
}

#[test]
fn what_is_piped_is_plain() {
    let bench = Bench::with_case();
    bench.write("note.txt", "Two people were killed in the harbour on 4 May 2023, police said.\n");
    bench.kua(&["-C", "case", "add", "note.txt"]);
    bench.kua(&["-C", "case", "build"]);
    for command in ["documents", "origins", "claims", "toll", "status"] {
        let ran = bench.kua(&["-C", "case", command]);
        assert!(!ran.out.contains('\u{1b}'), "{command}");
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    }
}
