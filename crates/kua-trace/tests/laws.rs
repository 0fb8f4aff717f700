//! Laws that hold for whatever texts come in, on invented articles changed at random.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::collections::BTreeSet;

use common::*;
use kua_generator::{BenchPlan, Edit, Random, bench_article, edit};
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn plan(seed: u64) -> BenchPlan {
    BenchPlan { seed, articles: 24, bytes: 700, reuse: 40, traps: 15, ..BenchPlan::default() }
}

fn corpus(seed: u64) -> Vec<Document> {
    let plan = plan(seed);
    (0..plan.articles)
        .map(|n| {
            let made = bench_article(&plan, n);
            article(&made.name, made.language.code(), &made.text)
        })
        .collect()
}

fn traced(documents: &[Document]) -> Lineage {
    trace(documents, lexicons(), &TraceConfig::default()).value
}

fn lexicons() -> &'static Lexicons {
    static LEXICONS: std::sync::OnceLock<Lexicons> = std::sync::OnceLock::new();
    LEXICONS.get_or_init(Lexicons::embedded)
}

/// The passages of each account, as sets, without names.
fn accounts(lineage: &Lineage) -> BTreeSet<Vec<Span>> {
    lineage.origins.iter().map(|origin| origin.spans.clone()).collect()
}

fn config() -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: number("KUA_CASES").and_then(|n| u32::try_from(n).ok()).unwrap_or(8),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(number("KUA_LAWS").unwrap_or(1)),
        ..ProptestConfig::default()
    }
}

proptest! {
    // The same cases in every run; KUA_LAWS=<number> tries others, KUA_CASES=<number> more.
    #![proptest_config(config())]

    #[test]
    fn the_order_of_documents_and_the_number_of_threads_change_nothing(seed in 1_u64..1_000) {
        let documents = corpus(seed);
        let lineage = traced(&documents);
        assert_tiled(&documents, &lineage);
        let mut turned = documents.clone();
        turned.reverse();
        turned.rotate_left(usize::try_from(seed % 7).unwrap());
        prop_assert_eq!(&traced(&turned), &lineage);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        prop_assert_eq!(&pool.install(|| traced(&documents)), &lineage);
    }

    #[test]
    fn every_offset_is_exact_and_every_passage_stands_where_it_is_said_to(seed in 1_u64..1_000) {
        let documents = corpus(seed);
        let lineage = traced(&documents);
        for link in &lineage.links {
            prop_assert!((link.a.document, link.a.range.start) <= (link.b.document, link.b.range.start));
            for span in [link.a, link.b] {
                prop_assert!(!words(&documents, span).trim().is_empty());
            }
            for pair in &link.aligned {
                prop_assert!(link.a.range.contains(pair.a) && link.b.range.contains(pair.b));
                words(&documents, Span::new(link.a.document, pair.a));
                words(&documents, Span::new(link.b.document, pair.b));
            }
            for conflict in &link.conflicts {
                let left = conflict.a.map(|r| words(&documents, Span::new(link.a.document, r)));
                let right = conflict.b.map(|r| words(&documents, Span::new(link.b.document, r)));
                prop_assert!(left.is_some() || right.is_some());
                prop_assert_ne!(left, right);
            }
        }
    }

    #[test]
    fn a_text_against_itself_is_the_whole_text(seed in 1_u64..1_000) {
        let made = bench_article(&plan(seed), 0);
        let one = article("one", made.language.code(), &made.text);
        let other = article("other", made.language.code(), &made.text);
        let lineage = traced(&[one.clone(), other.clone()]);
        let body = made.text.trim().len();
        let between: Vec<&Link> =
            lineage.links.iter().filter(|l| l.a.document != l.b.document).collect();
        prop_assert_eq!(between.len(), 1);
        prop_assert_eq!(between[0].kind, LinkKind::Copy);
        prop_assert_eq!(between[0].a.range, between[0].b.range);
        prop_assert!(between[0].a.range.len() + 2 >= body);
        prop_assert!(between[0].aligned.iter().all(|pair| pair.a == pair.b));
        prop_assert!(between[0].conflicts.is_empty());
        prop_assert_eq!(between[0].score, 1000);
    }

    #[test]
    fn a_stranger_changes_no_account(seed in 1_u64..1_000) {
        let documents = corpus(seed);
        let before = accounts(&traced(&documents));
        // Words of other syllables in another order: nothing in common with anybody.
        let mut random = Random::new(seed ^ 0xdead);
        let stranger: String = (0..90)
            .map(|n| {
                let word: String = (0..4).map(|_| random.of(&["yxo", "wuf", "jiz", "kyb", "vug"])).collect();
                if n % 9 == 8 { format!("{word}. Y") } else { format!("{word} ") }
            })
            .collect();
        let mut more = documents.clone();
        let stranger = article("stranger", "en", &stranger);
        more.push(stranger.clone());
        let mut after = accounts(&traced(&more));
        after.retain(|spans| spans.iter().any(|span| span.document != stranger.id));
        prop_assert_eq!(before, after);
    }

    #[test]
    fn which_of_two_texts_is_called_a_does_not_matter(seed in 1_u64..1_000) {
        either_way_round(seed)?;
    }
}

/// Texts that once came out otherwise when the sides were exchanged.
#[test]
fn which_of_two_texts_is_called_a_does_not_matter_where_it_did() {
    for seed in [57, 245, 454, 780] {
        either_way_round(seed).unwrap();
    }
}

/// An article and a changed copy of it give the same links whichever of them has the lower id.
fn either_way_round(seed: u64) -> Result<(), TestCaseError> {
    let mut random = Random::new(seed);
    let made = bench_article(&plan(seed), 0);
    let kind = Edit::ALL[random.below(Edit::ALL.len())];
    let changed = edit(&mut random, made.text.trim(), kind);
    // The names decide which id is lower, and so which side is a.
    let found = |salt: &str| {
        let code = made.language.code();
        let one = article(&format!("one{salt}"), code, &made.text);
        let other = article(&format!("other{salt}"), code, &changed);
        let lineage = traced(&[one.clone(), other.clone()]);
        let mut out: Vec<_> = lineage
            .links
            .iter()
            .filter(|link| link.a.document != link.b.document)
            .map(|link| {
                let is_turned = link.a.document != one.id;
                let turn = |a, b| if is_turned { (b, a) } else { (a, b) };
                let mut conflicts: Vec<_> =
                    link.conflicts.iter().map(|c| (c.kind.clone(), turn(c.a, c.b))).collect();
                conflicts.sort_unstable();
                let mut pieces: Vec<_> =
                    link.aligned.iter().map(|pair| turn(Some(pair.a), Some(pair.b))).collect();
                pieces.sort_unstable();
                let direction = match link.direction {
                    Direction::AToB if is_turned => Direction::BToA,
                    Direction::BToA if is_turned => Direction::AToB,
                    other => other,
                };
                let (x, y) = turn(Some(link.a.range), Some(link.b.range));
                (x, y, link.kind, direction, link.score, pieces, conflicts)
            })
            .collect();
        out.sort_unstable_by_key(|link| (link.0, link.1, link.2));
        (one.id < other.id, out)
    };
    let all: Vec<_> = (0..12).map(|n| found(&n.to_string())).collect();
    let straight = all.iter().find(|(first, _)| *first);
    let turned = all.iter().find(|(first, _)| !*first);
    if let (Some((_, x)), Some((_, y))) = (straight, turned) {
        prop_assert_eq!(x, y, "{} {:?}", seed, kind);
    }
    Ok(())
}
