//! Scores translations on sentence-aligned news, when this machine has it: articles and short notes
//! of them in two languages, all mixed; and halves of articles against the other halves.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::collections::BTreeMap;

use common::*;
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

#[test]
fn translated_articles_find_each_other_and_halves_do_not() {
    let Some(folder) = shared().map(|f| f.join("parallel")).filter(|f| f.is_dir()) else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let articles = read("documents.txt");
    let articles: Vec<&str> = articles.lines().collect();
    for (a, b) in
        [("en", "fr"), ("en", "ru"), ("en", "kk"), ("ru", "kk"), ("fr", "es"), ("uk", "en")]
    {
        let texts = [read(&format!("{a}.txt")), read(&format!("{b}.txt"))];
        let lines: Vec<Vec<&str>> = texts.iter().map(|t| t.lines().collect()).collect();
        // Whole articles, their first five sentences, and first halves against second halves.
        for (case, expected) in [("whole", true), ("five", true), ("halves", false)] {
            let mut documents = Vec::new();
            let mut from = 0;
            for article in articles.chunk_by(|x, y| x == y) {
                let to = from + article.len();
                let middle = from + article.len() / 2;
                let parts = match case {
                    "whole" => [from..to, from..to],
                    "five" => [from..to.min(from + 5), from..to.min(from + 5)],
                    _ => [from..middle, middle..to],
                };
                for (side, part) in parts.into_iter().enumerate() {
                    let name = format!("{}-{}", article[0], [a, b][side]);
                    documents.push(document(&name, [a, b][side], &lines[side][part].join("\n")));
                }
                from = to;
            }
            let lineage = trace(&documents, &Lexicons::embedded(), &TraceConfig::default()).value;
            let names: BTreeMap<DocumentId, &str> =
                documents.iter().map(|d| (d.id, d.path.rsplit_once('-').unwrap().0)).collect();
            let found = lineage.links.iter().filter(|l| l.kind == LinkKind::Translation);
            let (right, wrong): (Vec<&Link>, Vec<&Link>) =
                found.partition(|l| names[&l.a.document] == names[&l.b.document]);
            let total = documents.len() / 2;
            println!(
                "{a}-{b} {case}: {} of {total} linked, {} to another article",
                right.len(),
                wrong.len()
            );
            for link in &wrong {
                println!(
                    "  wrong: {} {} and {} {}, {} pairs, {:?}",
                    names[&link.a.document],
                    link.a.range,
                    names[&link.b.document],
                    link.b.range,
                    link.aligned.len(),
                    link.reasons
                );
            }
            if case == "whole" {
                let found: std::collections::BTreeSet<&str> =
                    right.iter().map(|l| names[&l.a.document]).collect();
                let missed: Vec<_> = documents
                    .iter()
                    .filter(|d| d.language.is_some_and(|l| l.as_str() == a))
                    .map(|d| (names[&d.id], d.blocks.len()))
                    .filter(|(n, _)| !found.contains(n))
                    .collect();
                println!("  missed {missed:?}");
            }
            if expected {
                assert!(wrong.len() * 50 <= total, "{a}-{b} {case}: {} wrong", wrong.len());
            } else {
                assert!((right.len() + wrong.len()) * 30 <= total, "{a}-{b} {case}");
            }
            if case == "whole" {
                assert!(right.len() * 100 >= total * 95, "{a}-{b}: {} of {total}", right.len());
            }
        }
    }
}
