//! The planted corpora and, where present, the gold: a case is built and scored. Floors are what
//! was measured; they are raised when kua gets better and lowered only with a reason in the commit.
#![allow(clippy::print_stdout, reason = "scores are printed")]

use std::collections::BTreeSet;

use kua_scorer::{
    ClaimScore, build, corpus, gold_of, score_claims, score_documents, score_lineage, score_tolls,
    shared, truth_of,
};

fn show(name: &str, score: &impl std::fmt::Display) {
    println!("-- {name}\n{score}");
}

fn details(score: &ClaimScore) {
    println!("missed:\n    {}", score.missed.join("\n    "));
    println!("invented:\n    {}", score.invented.join("\n    "));
}

#[test]
fn the_worked_case() {
    let (built, truth) = corpus("demo");
    let documents = score_documents(&built.chronicle, &truth);
    show("demo: documents", &documents);
    let lineage = score_lineage(&built.chronicle, &truth);
    show("demo: lineage", &lineage);
    let claims = score_claims(&built.chronicle, &truth_of(&truth));
    show("demo: claims", &claims);
    details(&claims);
    let tolls = score_tolls(&built.chronicle, &truth);
    show("demo: tolls", &tolls);

    assert!(documents.wrong.len() <= 1);
    assert!(lineage.missed.len() <= 1 && lineage.forbidden.is_empty());
    assert!(lineage.parted.is_empty() && lineage.merged.is_empty());
    assert!(claims.all().f1() >= 0.90);
    assert_eq!(claims.hedged_as_certain.len() + claims.background_counted.len(), 0);
    assert!(tolls.found >= 40);
}

#[test]
fn the_field_corpus() {
    let (built, truth) = corpus("tests/corpora/field");
    show("field: documents", &score_documents(&built.chronicle, &truth));
    let lineage = score_lineage(&built.chronicle, &truth);
    show("field: lineage", &lineage);
    let claims = score_claims(&built.chronicle, &truth_of(&truth));
    show("field: claims", &claims);
    details(&claims);
    show("field: tolls", &score_tolls(&built.chronicle, &truth));

    assert!(lineage.missed.is_empty() && lineage.forbidden.is_empty());
    assert!(lineage.parted.is_empty() && lineage.merged.is_empty());
    assert!(claims.all().f1() >= 0.70);
    assert!(claims.background_counted.is_empty());
}

#[test]
fn real_documents_against_gold() {
    let Some(shared) = shared() else { return };
    let built = build(&shared.join("seeds"), "version = 1\ntitle = \"seeds\"\n");
    // Events that no lexicon of kua names are not looked for.
    let lexicons = built.case.lexicons();
    let known: BTreeSet<&str> = lexicons
        .shared()
        .section("claims.txt", "events")
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    let gold: Vec<_> =
        gold_of(&shared).into_iter().filter(|truth| known.contains(truth.event.as_str())).collect();
    let score = score_claims(&built.chronicle, &gold);
    // No words of the documents are printed: only numbers.
    for (event, counts) in &score.events {
        println!(
            "{event:<18} truth {:>3} out {:>3} F1 {:.3}",
            counts.truth,
            counts.out,
            counts.f1()
        );
    }
    println!("all: {:?} F1 {:.3} harm {:?}", score.all(), score.all().f1(), score.harm());
    if std::env::var_os("KUA_SCORE_DETAILS").is_some() {
        show("gold", &score);
        details(&score);
    }
    assert_eq!(score.harm(), [0; 4]);
    for event in ["killed", "wounded", "arrested", "troops_deployed"] {
        assert!(score.events[event].f1() >= 0.80, "{event}");
    }
}
