//! The bench corpus: eleven kinds of reuse, statements of the next day, translations and other
//! tellings of one event, in four languages; scored, and held to the bars.
//!
//! `KUA_ARTICLES` sets the size, `KUA_SEED` the seed, `KUA_ONE_LANGUAGE` leaves translations out,
//! `KUA_FOUND` names a file that what was found is written to.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::collections::BTreeMap;

use common::*;
use kua_generator::{BenchPlan, BenchScore, BenchTruth, FoundLink, bench_article};
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

/// Traces the corpus of a plan and scores what was found.
fn scored(plan: &BenchPlan, config: &TraceConfig) -> (Vec<Document>, Lineage, BenchScore) {
    let mut truth = BenchTruth::default();
    let documents: Vec<Document> = (0..plan.articles)
        .map(|n| {
            let article = bench_article(plan, n);
            truth.push(&article);
            common::article(&article.name, article.language.code(), &article.text)
        })
        .collect();
    let started = std::time::Instant::now();
    let lineage = trace(&documents, &Lexicons::embedded(), config).value;
    let bytes: usize = documents.iter().map(|d| d.text.len()).sum();
    println!(
        "{} articles, {} kB traced in {:.2} s, {} links",
        plan.articles,
        bytes / 1000,
        started.elapsed().as_secs_f64(),
        lineage.links.len()
    );
    let number: BTreeMap<DocumentId, usize> =
        documents.iter().enumerate().map(|(n, d)| (d.id, n)).collect();
    let links: Vec<FoundLink> = lineage
        .links
        .iter()
        .map(|link| FoundLink {
            between: (number[&link.a.document], number[&link.b.document]),
            one_account: link.kind.is_one_account(),
            pieces: link.aligned.iter().map(|p| (p.a.as_range(), p.b.as_range())).collect(),
            conflicts: link
                .conflicts
                .iter()
                .map(|c| (c.a.map(TextRange::as_range), c.b.map(TextRange::as_range)))
                .collect(),
        })
        .collect();
    let accounts: Vec<_> = lineage
        .origins
        .iter()
        .map(|o| o.spans.iter().map(|s| (number[&s.document], s.range.as_range())).collect())
        .collect();
    if let Some(path) = std::env::var_os("KUA_FOUND") {
        // For the script that sets peers beside us: tests/peers/trace.py.
        let mut out = String::new();
        for link in &links {
            let (a, b) = link.between;
            for (x, y) in &link.pieces {
                let one = u8::from(link.one_account);
                out +=
                    &format!("{a}\t{b}\t{one}\t{}\t{}\t{}\t{}\n", x.start, x.end, y.start, y.end);
            }
        }
        std::fs::write(path, out).unwrap();
    }
    let score = truth.score(&links, &accounts);
    (documents, lineage, score)
}

fn plan() -> BenchPlan {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let defaults = BenchPlan::default();
    BenchPlan {
        articles: number("KUA_ARTICLES").unwrap_or(2_000),
        seed: number("KUA_SEED").unwrap_or(1) as u64,
        ..defaults
    }
}

#[test]
fn the_bench_corpus_holds_its_bars() {
    let plan = plan();
    let config = TraceConfig {
        translations: std::env::var_os("KUA_ONE_LANGUAGE").is_none(),
        ..TraceConfig::default()
    };
    let (documents, lineage, score) = scored(&plan, &config);
    println!("{score}");
    for &(a, b) in score
        .false_pairs
        .iter()
        .take(4)
        .chain(&score.taken_for_copies)
        .chain(&score.retellings_taken)
        .chain(score.missed_conflicts.iter().take(3))
    {
        explain(&documents, &lineage, a, b);
    }
    for group in score.glued.iter().take(3) {
        println!("glued {group:?}");
        if let [a, b] = group[..] {
            explain(&documents, &lineage, a, b);
        }
    }
    let mut wrong: Vec<_> = score.wrong_bytes.iter().map(|(pair, bytes)| (bytes, pair)).collect();
    wrong.sort_unstable_by(|x, y| y.cmp(x));
    for (bytes, &(a, b)) in wrong.into_iter().take(4) {
        println!("{bytes} bytes too many");
        explain(&documents, &lineage, a, b);
    }
    let (found, planted) = score.recall();
    assert!(found * 100 >= planted * 99, "recall {found} of {planted}");
    for kind in ["quote1", "ocr10"] {
        let (found, planted) = score.reuse[kind];
        assert!(found * 100 >= planted * 93, "{kind}: {found} of {planted}");
    }
    assert!(score.precision.0 * 1000 >= score.precision.1 * 995, "{:?}", score.precision);
    let (found, planted) = score.all_conflicts();
    assert!(found * 100 >= planted * 98, "conflicts {found} of {planted}");
    assert!(score.taken_for_copies.is_empty(), "{:?}", score.taken_for_copies);
    assert!(score.retellings_taken.is_empty(), "{:?}", score.retellings_taken);
    assert!(score.glued.len() * 250 <= plan.articles, "{:?}", score.glued);
    assert!(score.largest <= score.largest_planted);
}

fn explain(documents: &[Document], lineage: &Lineage, a: usize, b: usize) {
    let (a, b) = (&documents[a], &documents[b]);
    println!("{} – {}", a.path, b.path);
    let ids = [a.id, b.id];
    for link in &lineage.links {
        if ids.contains(&link.a.document) && ids.contains(&link.b.document) {
            println!(
                "  {:?} {:?}\n   {:?}\n   {:?}",
                link.kind,
                link.reasons,
                words(documents, link.a).chars().take(300).collect::<String>(),
                words(documents, link.b).chars().take(300).collect::<String>()
            );
        }
    }
}
