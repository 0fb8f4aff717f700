//! The planted corpora and, where present, the gold: a case is built and scored. Floors are what
//! was measured; they are raised when kua gets better and lowered only with a reason in the commit.

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
}

#[test]
fn the_field_corpus() {
    let (built, truth) = corpus("tests/corpora/field");
    show("field: documents", &score_documents(&built.chronicle, &truth));
    show("field: lineage", &score_lineage(&built.chronicle, &truth));
    let claims = score_claims(&built.chronicle, &truth_of(&truth));
    show("field: claims", &claims);
    details(&claims);
    show("field: tolls", &score_tolls(&built.chronicle, &truth));
}

#[test]
fn real_documents_against_gold() {
    let Some(shared) = shared() else { return };
    let built = build(&shared.join("seeds"), "version = 1\ntitle = \"seeds\"\n");
    let score = score_claims(&built.chronicle, &gold_of(&shared));
    // No words of the documents are printed: only numbers.
    for (event, counts) in &score.events {
        println!("{event:<18} truth {:>3} out {:>3} F1 {:.3}", counts.truth, counts.out, counts.f1());
    }
    println!("all: {:?} F1 {:.3} harm {:?}", score.all(), score.all().f1(), score.harm());
    if std::env::var_os("KUA_SCORE_DETAILS").is_some() {
        show("gold", &score);
        details(&score);
    }
}
