//! Against the annotated seeds, where they are on the machine: F1 by event, harm counts zero.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop, and says its scores"
)]

mod support;

use std::collections::BTreeMap;

use kua_extract::{ExtractConfig, extract, notation};
use kua_model::{Claim, ClaimRole, Document, Modality, TextRange};
use serde_json::Value;

const SCORED: [&str; 6] =
    ["killed", "wounded", "arrested", "missing", "tortured", "troops_deployed"];

struct Gold {
    range: TextRange,
    event: String,
    low: Option<u64>,
    high: Option<u64>,
    modality: String,
    role: String,
    grade: String,
    quote: String,
}

fn gold(shared: &std::path::Path, file: &str) -> Vec<Gold> {
    let text = std::fs::read_to_string(shared.join("gold/claims.jsonl")).unwrap();
    text.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|value| value["file"].as_str() == Some(file))
        .map(|value| Gold {
            range: TextRange::new(
                usize::try_from(value["byte_start"].as_u64().unwrap()).unwrap(),
                usize::try_from(value["byte_end"].as_u64().unwrap()).unwrap(),
            ),
            event: value["event"].as_str().unwrap().to_owned(),
            low: value["qty_low"].as_u64(),
            high: value["qty_high"].as_u64(),
            modality: value["modality"].as_str().unwrap().to_owned(),
            role: value["role"].as_str().unwrap().to_owned(),
            grade: value["grade"].as_str().unwrap_or("").to_owned(),
            quote: value["quote"].as_str().unwrap().to_owned(),
        })
        .collect()
}

fn name<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn in_toll(claim: &Claim) -> bool {
    claim.modality == Modality::Certain
        && claim.role == ClaimRole::Crisis
        && claim.part_of.is_none()
        && claim.or_events.is_empty()
        && claim.quantity.is_some()
}

#[test]
fn the_annotated_seeds_are_read_without_harm() {
    let Some(shared) = support::shared() else {
        println!("skipped: no shared folder (set KUA_SHARED)");
        return;
    };
    let lexicons = support::lexicons();
    let mut score: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut harms: Vec<String> = Vec::new();
    let files = [
        ("000_95576fe60d789dba.txt", "fr", Some("2022-01-06")),
        ("001_309ca5c919821d92.txt", "en", Some("2022-01-06")),
        ("003_f850b88585577393.txt", "fr", Some("2022-01-07")),
    ];
    let verbose = std::env::var_os("KUA_VERBOSE").is_some();
    let (mut modality_ok, mut grade_ok, mut interval_ok, mut matched) = (0, 0, 0, 0);
    for (file, lang, date) in files {
        let text = std::fs::read_to_string(shared.join("seeds").join(file)).unwrap();
        let document: Document = support::plain(&text, lang, date);
        let claims = extract(&document, &lexicons, &ExtractConfig::default()).value;
        let gold = gold(&shared, file);
        let mut found = vec![false; gold.len()];
        for claim in &claims {
            let event = claim.event.0.as_str();
            if !SCORED.contains(&event) || claim.role == ClaimRole::Boilerplate {
                continue;
            }
            let entry = score.entry(event.to_owned()).or_default();
            let hit = gold.iter().position(|g| {
                (g.event == event
                    || (!claim.or_events.is_empty() && g.event == "killed_or_wounded"))
                    && g.range.overlaps(claim.range)
            });
            let words = claim.range.of(&text).unwrap();
            match hit {
                Some(index) => {
                    let g = &gold[index];
                    if !found[index] {
                        entry[0] += 1;
                    }
                    found[index] = true;
                    matched += 1;
                    modality_ok += usize::from(name(claim.modality) == g.modality);
                    grade_ok += usize::from(name(claim.grade) == g.grade);
                    let q = claim.quantity.as_ref();
                    let same = q.and_then(|q| q.low) == g.low && q.and_then(|q| q.high) == g.high;
                    interval_ok += usize::from(same || (q.is_none() && g.low.is_none()));
                    if g.modality != "certain" && claim.modality == Modality::Certain {
                        harms.push(format!("{file}: not certain, emitted as certain: {words}"));
                    }
                    if g.role != "crisis" && in_toll(claim) {
                        harms.push(format!("{file}: {} in the toll: {words}", g.role));
                    }
                    if in_toll(claim) && !same {
                        harms.push(format!("{file}: wrong number: {words} => {}", notation(claim)));
                    }
                    if verbose {
                        println!("  hit  {file} {} | {words}", notation(claim));
                    }
                }
                None => {
                    entry[1] += 1;
                    if in_toll(claim) && !gold.iter().any(|g| g.range.overlaps(claim.range)) {
                        harms.push(format!(
                            "{file}: a number no annotator saw: {words} => {}",
                            notation(claim)
                        ));
                    }
                    println!("  extra {file} {} | {words}", notation(claim));
                }
            }
        }
        for (index, g) in gold.iter().enumerate() {
            if !found[index] && SCORED.contains(&g.event.as_str()) && g.role != "boilerplate" {
                score.entry(g.event.clone()).or_default()[2] += 1;
                println!("  missed {file} {} {} | {}", g.event, g.modality, g.quote);
            }
        }
    }
    let mut all = [0; 3];
    for (event, counts) in &score {
        print_score(event, counts);
        for (sum, count) in all.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    print_score("all", &all);
    println!(
        "of {matched} matched: interval {interval_ok}, modality {modality_ok}, grade {grade_ok}"
    );
    println!("harm counts: {}", harms.len());
    assert!(harms.is_empty(), "{}", harms.join("\n"));
}

fn print_score(name: &str, [hit, extra, missed]: &[usize; 3]) {
    let ratio = |a: usize, b: usize| if b == 0 { 1.0 } else { a as f64 / b as f64 };
    let (p, r) = (ratio(*hit, hit + extra), ratio(*hit, hit + missed));
    let f = if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) };
    println!("{name:16} P {p:.2} R {r:.2} F1 {f:.2}  ({hit} hit, {extra} extra, {missed} missed)");
}

/// Prints the claims of a file: `KUA_FILE=x.txt KUA_LANG=fr KUA_DATE=2022-01-07 cargo test show -- --ignored --nocapture`.
#[test]
#[ignore = "a tool for people who write lexicons"]
fn show() {
    let file = std::env::var("KUA_FILE").unwrap();
    let lang = std::env::var("KUA_LANG").unwrap();
    let date = std::env::var("KUA_DATE").ok();
    let text = std::fs::read_to_string(file).unwrap();
    let document = support::plain(&text, &lang, date.as_deref());
    let noted = extract(&document, &support::lexicons(), &ExtractConfig::default());
    for claim in &noted.value {
        let chain: Vec<_> = claim.sources.iter().map(|s| s.words.as_str()).collect();
        println!(
            "{} | {} | {}",
            notation(claim),
            claim.range.of(&text).unwrap(),
            chain.join(" > ")
        );
    }
    for notice in noted.notices {
        println!("! {}", notice.message);
    }
}
