//! Names across scripts, measured on the shared pairs. Prints; the floors hold where the data is.
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a slip in a test should stop it"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use kua_reconcile::{NameGrammar, NameParts, Romaniser, Verdict, compare};

fn shared(path: &str) -> Option<String> {
    let folder = std::env::var_os("KUA_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join(path));
    if text.is_err() {
        println!("SKIPPED: {path} is not here; set KUA_SHARED to the folder that holds it");
    }
    text.ok()
}

/// Cells of a line of CSV with quoted cells.
fn cells(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            c => out.last_mut().unwrap().push(c),
        }
    }
    out
}

/// Recall over pairs of one row, and the share of wrong pairs among all that are found, with
/// candidates from blocking only, as in a case.
fn measure(name: &str, rows: &[Vec<String>]) -> (f64, f64) {
    let lexicons = support::lexicons();
    let romaniser = Romaniser::new(lexicons);
    let grammar = NameGrammar::new(lexicons, &romaniser);
    // One person may fill several rows: rows that share a spelling are one.
    let mut person: Vec<usize> = (0..rows.len()).collect();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (row, names) in rows.iter().enumerate() {
        for name in names {
            let held = *first.entry(name.to_lowercase()).or_insert(row);
            let (from, to) = (person[row].max(person[held]), person[row].min(person[held]));
            person.iter_mut().filter(|p| **p == from).for_each(|p| *p = to);
        }
    }
    let spellings: Vec<(usize, &String, NameParts)> = rows
        .iter()
        .enumerate()
        .flat_map(|(row, names)| names.iter().map(move |name| (row, name)))
        .map(|(row, name)| (row, name, grammar.parts(name, &romaniser)))
        .collect();
    let mut blocks: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (.., parts)) in spellings.iter().enumerate() {
        for key in parts.blocks() {
            blocks.entry(key.to_owned()).or_default().push(at);
        }
    }
    let mut candidates = BTreeSet::new();
    for block in blocks.values() {
        for (n, &a) in block.iter().enumerate() {
            candidates.extend(block[n + 1..].iter().map(|&b| (a.min(b), a.max(b))));
        }
    }
    let (mut right, mut wrong) = (0, Vec::new());
    for &(a, b) in &candidates {
        if let Verdict::Same(alike) = compare(&spellings[a].2, &spellings[b].2) {
            if spellings[a].0 == spellings[b].0 {
                right += 1;
            } else if person[spellings[a].0] != person[spellings[b].0] {
                wrong.push((alike, spellings[a].1, spellings[b].1));
            }
        }
    }
    let all: usize = rows.iter().map(|names| names.len() * names.len().saturating_sub(1) / 2).sum();
    if std::env::var_os("KUA_SHOW_MISSES").is_some() {
        for (alike, a, b) in &wrong {
            println!("  wrong {alike:.2} {a} = {b}");
        }
        for (a, x) in spellings.iter().enumerate() {
            for (b, y) in spellings.iter().enumerate().skip(a + 1).take_while(|(_, y)| y.0 == x.0) {
                if !matches!(compare(&x.2, &y.2), Verdict::Same(_)) {
                    println!("  missed {} = {} {:?}", x.1, y.1, compare(&x.2, &y.2));
                } else if !candidates.contains(&(a, b)) {
                    println!("  unblocked {} = {}", x.1, y.1);
                }
            }
        }
    }
    let recall = f64::from(right) / all as f64;
    let falsely = wrong.len() as f64 / (f64::from(right) + wrong.len() as f64);
    println!(
        "{name}: {} spellings, {} candidates, recall {recall:.3} ({right} of {all}), false {falsely:.4} ({})",
        spellings.len(),
        candidates.len(),
        wrong.len()
    );
    (recall, falsely)
}

#[test]
fn kazakh_russian_and_latin_spellings_of_one_person_meet() {
    let Some(text) = shared("names/kazakh-russian-latin.csv") else { return };
    let rows: Vec<Vec<String>> = text
        .lines()
        .skip(1)
        .map(|line| {
            cells(line)[1..]
                .iter()
                .flat_map(|cell| cell.split('|'))
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .collect();
    let (recall, falsely) = measure("kazakh-russian-latin", &rows);
    assert!(recall >= 0.95 && falsely <= 0.01);
}

#[test]
fn cyrillic_and_latin_spellings_of_one_person_meet() {
    let Some(text) = shared("names/cyrillic-latin.csv") else { return };
    let rows: Vec<Vec<String>> =
        text.lines().skip(1).map(|line| cells(line)[1..].to_vec()).collect();
    let (recall, _) = measure("cyrillic-latin", &rows);
    // The false share is an upper bound: one person fills several rows under several spellings.
    assert!(recall >= 0.94);
}

#[test]
fn names_of_the_real_documents_come_together() {
    let Some(gold) = shared("gold/names.json") else { return };
    let gold: Vec<serde_json::Value> = serde_json::from_str(&gold).unwrap();
    let mut case = support::Case::default();
    for (path, lang) in [
        ("seeds/000_95576fe60d789dba.txt", "fr"),
        ("seeds/001_309ca5c919821d92.txt", "en"),
        ("seeds/003_f850b88585577393.txt", "fr"),
    ] {
        let Some(text) = shared(path) else { return };
        case.documents.push(support::document(&format!("{path} - {lang}"), &text));
    }
    let found = case.chronicle().value.names;
    if std::env::var_os("KUA_SHOW_MISSES").is_some() {
        for name in &found {
            let variants: Vec<_> =
                name.variants.iter().map(|v| format!("{} {}", v.text, v.count)).collect();
            println!("{:?} {}: {}", name.kind, name.name, variants.join(", "));
        }
    }
    let holder = |spelling: &str| {
        found.iter().position(|name| name.variants.iter().any(|v| v.text == spelling))
    };
    for kind in ["person", "place", "organisation"] {
        let (mut all, mut seen, mut pairs, mut joined) = (0, 0, 0, 0);
        let mut owners: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for entity in gold.iter().filter(|entity| entity["kind"] == kind) {
            let spellings: Vec<&String> = entity["variants"].as_object().unwrap().keys().collect();
            let held: Vec<Option<usize>> = spellings.iter().map(|s| holder(s)).collect();
            all += held.len();
            seen += held.iter().flatten().count();
            for (n, a) in held.iter().enumerate() {
                pairs += held.len() - n - 1;
                joined += held[n + 1..].iter().filter(|b| a.is_some() && *b == a).count();
            }
            for &name in held.iter().flatten() {
                owners.entry(name).or_default().insert(entity["canonical"].to_string());
            }
            if std::env::var_os("KUA_SHOW_MISSES").is_some()
                && held.iter().any(|h| h.is_none() || *h != held[0])
            {
                println!("  {spellings:?} {held:?}");
            }
        }
        let mixed: Vec<_> = owners.values().filter(|owners| owners.len() > 1).collect();
        println!(
            "{kind}: {seen} of {all} spellings found, {joined} of {pairs} pairs joined, {} names mixed {mixed:?}",
            mixed.len()
        );
    }
}
