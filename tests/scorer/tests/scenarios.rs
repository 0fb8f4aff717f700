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
    println!("other readings:\n    {}", score.other_readings.join("\n    "));
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
    assert!(claims.all().f1() >= 0.94);
    assert_eq!(claims.harm(), [0; 4]);
    assert!(tolls.found >= 47);
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
    assert!(claims.all().f1() >= 0.80);
    assert_eq!(claims.harm(), [0; 4]);
}

/// Holds a corpus to an F1 of claims and to at most so many of each harm; no account may be merged or
/// parted wrongly.
fn reaches(folder: &str, f1: f64, harm: [usize; 4]) {
    let (built, truth) = corpus(folder);
    let lineage = score_lineage(&built.chronicle, &truth);
    show(&format!("{folder}: lineage"), &lineage);
    let claims = score_claims(&built.chronicle, &truth_of(&truth));
    show(&format!("{folder}: claims"), &claims);
    if std::env::var_os("KUA_SCORE_DETAILS").is_some() {
        details(&claims);
    }
    show(&format!("{folder}: tolls"), &score_tolls(&built.chronicle, &truth));
    assert!(lineage.forbidden.is_empty(), "{folder}: links that must not be");
    assert!(lineage.merged.is_empty(), "{folder}: {} merged", lineage.merged.len());
    assert!(lineage.parted.is_empty(), "{folder}: {} parted", lineage.parted.len());
    assert!(claims.all().f1() >= f1, "{folder}: F1 {}", claims.all().f1());
    for (found, most) in claims.harm().into_iter().zip(harm) {
        assert!(found <= most, "{folder}: harm {:?}, at most {:?}", claims.harm(), harm);
    }
}

#[test]
fn an_election_night() {
    reaches("tests/corpora/ardolia-election", 0.91, [0, 0, 0, 0]);
}

#[test]
fn an_earthquake() {
    reaches("tests/corpora/quirania-quake", 0.93, [0, 0, 0, 0]);
}

#[test]
fn a_shelled_town() {
    // Measured before anybody looked at its misses: what kua does on a crisis it has not seen.
    reaches("tests/corpora/lomovets-shelling", 0.85, [0, 0, 0, 0]);
}

#[test]
fn a_stormed_prison() {
    // Written blind in all six languages. The harm that is allowed here is what kua still does, not
    // what it may do: it must only go down.
    reaches("tests/corpora/sardova-prison", 0.85, [0, 0, 0, 1]);
}

#[test]
fn a_sunken_ferry() {
    // As the prison: its misses have been read since, and its harm must only go down.
    reaches("tests/corpora/lorvania-ferry", 0.86, [0, 0, 1, 1]);
}

#[test]
fn a_mine_and_a_strike() {
    reaches("tests/corpora/tessaly-mine", 0.81, [0, 0, 0, 0]);
}

#[test]
fn a_broken_dam() {
    // Its misses have been read since the last of November; its harm must only go down.
    reaches("tests/corpora/orsena-flood", 0.77, [0, 0, 1, 0]);
}

#[test]
fn a_raid_on_villages() {
    reaches("tests/corpora/kestrin-raid", 0.79, [0, 0, 1, 0]);
}

#[test]
fn a_strike_in_a_port() {
    reaches("tests/corpora/velmora-strike", 0.79, [1, 0, 0, 6]);
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
        assert!(score.events[event].f1() >= 0.90, "{event}");
    }
    assert!(score.all().f1() >= 0.80, "all events: {}", score.all().f1());
}

#[test]
fn a_capital_in_unrest() {
    // Scored blind first: F1 0.644, harm [3, 0, 0, 5]. One paragraph of a translation is missed.
    let (built, truth) = corpus("tests/corpora/brevik-protests");
    let claims = score_claims(&built.chronicle, &truth_of(&truth));
    show("tests/corpora/brevik-protests: claims", &claims);
    assert!(claims.all().f1() >= 0.72, "F1 {}", claims.all().f1());
    let harm = claims.harm();
    assert!(harm.iter().zip([0, 0, 1, 3]).all(|(found, most)| *found <= most), "harm {harm:?}");
}

#[test]
fn a_town_between_armies() {
    // Sealed: do not read its misses, and do not tune on this floor.
    reaches("tests/corpora/harlan-clashes", 0.66, [0, 2, 3, 2]);
}
