//! Scores tracing on invented news with planted reuse: recall of each kind, false pairs, and how much
//! of the right words the spans hold. `KUA_ARTICLES` sets the size.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use kua_generator::{Plan, corpus};
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};

#[test]
fn planted_reuse_is_found() {
    let articles = std::env::var("KUA_ARTICLES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_500);
    let corpus = corpus(&Plan { articles, reuse_every: 4, ..Plan::default() });
    let documents: Vec<Document> =
        corpus.articles.iter().map(|a| document(&a.name, a.language.code(), &a.text)).collect();
    let bytes: usize = documents.iter().map(|d| d.text.len()).sum();
    let config = TraceConfig {
        translations: std::env::var_os("KUA_ONE_LANGUAGE").is_none(),
        ..TraceConfig::default()
    };
    let started = std::time::Instant::now();
    let lineage = trace(&documents, &Lexicons::embedded(), &config).value;
    let seconds = started.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "for printing")]
    let mega = bytes as f64 / 1e6;
    println!(
        "{articles} articles, {mega:.1} MB, {seconds:.2} s, {:.1} MB/s, {} links, {} origins",
        mega / seconds,
        lineage.links.len(),
        lineage.origins.len()
    );

    let number: BTreeMap<DocumentId, usize> =
        documents.iter().enumerate().map(|(n, d)| (d.id, n)).collect();
    let mut pairs: BTreeMap<(usize, usize), Vec<&Link>> = BTreeMap::new();
    for link in &lineage.links {
        let (a, b) = (number[&link.a.document], number[&link.b.document]);
        if a != b {
            pairs.entry((a.min(b), a.max(b))).or_default().push(link);
        }
    }
    // What descends from one article may be linked among itself.
    let mut family: Vec<usize> = (0..articles).collect();
    for reuse in &corpus.reuse {
        family[reuse.copy] = family[reuse.of];
    }
    let mut by_kind: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut inside, mut covered) = (0, 0);
    for reuse in &corpus.reuse {
        let found = pairs.get(&(reuse.of, reuse.copy));
        let entry = by_kind.entry(reuse.kind.name()).or_default();
        entry.1 += 1;
        entry.0 +=
            usize::from(found.is_some_and(|links| links.iter().any(|l| l.kind.is_one_account())));
        for link in found.into_iter().flatten() {
            for pair in &link.aligned {
                let there = if number[&link.a.document] == reuse.copy { pair.a } else { pair.b };
                covered += there.len();
                let planted = TextRange::new(reuse.there.start, reuse.there.end);
                inside += there.end.min(planted.end).saturating_sub(there.start.max(planted.start));
            }
        }
    }
    let (mut hit, mut all) = (0, 0);
    for (kind, (found, planted)) in &by_kind {
        println!("{kind:9} {found} of {planted}");
        hit += found;
        all += planted;
    }
    let related = |a: usize, b: usize| {
        family[a] == family[b]
            || corpus.reuse.iter().any(|r| (r.of, r.copy) == (a, b))
            || corpus.reuse.iter().any(|r| r.copy == b && family[r.of] == family[a])
    };
    let wrong: BTreeSet<(usize, usize)> = pairs
        .iter()
        .filter(|((a, b), links)| !related(*a, *b) && links.iter().any(|l| l.kind.is_one_account()))
        .map(|(pair, _)| *pair)
        .collect();
    let mut wrong_kinds: BTreeMap<LinkKind, usize> = BTreeMap::new();
    for pair in &wrong {
        for link in &pairs[pair] {
            *wrong_kinds.entry(link.kind).or_default() += 1;
        }
    }
    println!(
        "recall {hit} of {all}; false pairs {} {wrong_kinds:?}; span precision {inside} of {covered} bytes",
        wrong.len()
    );
    for pair in wrong.iter().take(3) {
        for link in &pairs[pair] {
            println!(
                "  {:?} {:?} | {:?}",
                link.kind,
                words(&documents, link.a).chars().take(160).collect::<String>(),
                words(&documents, link.b).chars().take(160).collect::<String>()
            );
        }
    }
    let missed: Vec<_> = corpus
        .reuse
        .iter()
        .filter(|r| {
            !pairs
                .get(&(r.of, r.copy))
                .is_some_and(|links| links.iter().any(|l| l.kind.is_one_account()))
        })
        .collect();
    for reuse in missed.iter().take(4) {
        println!(
            "missed {} {:?}",
            reuse.kind.name(),
            corpus.articles[reuse.copy].text[reuse.there.clone()]
                .chars()
                .take(200)
                .collect::<String>()
        );
    }
    assert!(hit * 100 >= all * 99, "recall {hit} of {all}");
    // The grammar has few phrases, so that some articles share several by chance.
    assert!(wrong.len() * 50 <= articles, "{} false pairs", wrong.len());
    assert!(inside * 1000 >= covered * 990, "span precision {inside} of {covered}");
}
