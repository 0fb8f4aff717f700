//! A reviewer confirms, corrects and rejects claims from the command line, by the first digits of
//! an id; the decisions survive a rebuild from nothing and reach every answer.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use common::Bench;
use serde_json::Value;

const LETTER: &str = "Letter from the harbour\n\n6 May 2031\n\nThe harbour master said 12 dockers were \
killed in the fire. Five people were wounded, a nurse said.\n";

fn claims(bench: &Bench) -> Vec<Value> {
    bench.json(&["-C", "case", "claims", "--json"])
}

fn claim<'v>(claims: &'v [Value], event: &str) -> &'v Value {
    claims.iter().find(|claim| claim["event"] == event).unwrap()
}

#[test]
fn a_review_survives_a_build_from_nothing() {
    let bench = Bench::with_case();
    bench.write("letter.txt", LETTER);
    assert_eq!(bench.kua(&["-C", "case", "add", "letter.txt"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    let before = claims(&bench);
    let killed = claim(&before, "killed")["id"].as_str().unwrap()[..9].to_owned();
    let wounded = claim(&before, "wounded")["id"].as_str().unwrap().to_owned();
    let judge = |about: &[&str]| {
        let mut args = vec!["-C", "case", "judge"];
        args.extend(about);
        args.extend(["--by", "A. Reader", "--reason", "read the letter"]);
        bench.kua(&args)
    };
    let fields = ["correct", &killed, "figure=12..14", "affected=workers", "modality=hedged"];
    assert_eq!(judge(&fields).code, 0);
    assert_eq!(judge(&["confirm", &wounded]).code, 0);
    std::fs::remove_dir_all(bench.path("case/derived")).unwrap();
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    let after = claims(&bench);
    let corrected = claim(&after, "killed");
    assert_eq!(corrected["review"], "corrected");
    assert_eq!((&corrected["low"], &corrected["high"]), (&12.into(), &14.into()));
    assert_eq!(
        (&corrected["affected"], &corrected["modality"]),
        (&"workers".into(), &"hedged".into())
    );
    assert_eq!(corrected["quote"], claim(&before, "killed")["quote"]);
    assert_eq!(claim(&after, "wounded")["review"], "confirmed");
    let told = bench.kua(&["-C", "case", "why", &killed]).out;
    assert!(told.contains("A. Reader") && told.contains("read the letter"), "{told}");

    assert_eq!(judge(&["reject", &killed]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    assert_eq!(claim(&claims(&bench), "killed")["uncounted"], "rejected");
}

#[test]
fn a_slip_of_the_finger_becomes_no_record() {
    let bench = Bench::with_case();
    bench.write("letter.txt", LETTER);
    assert_eq!(bench.kua(&["-C", "case", "add", "letter.txt"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    let id = claim(&claims(&bench), "killed")["id"].as_str().unwrap().to_owned();
    for about in [
        &["correct", id.as_str()][..],
        &["correct", &id, "figure=many"],
        &["correct", &id, "event=eclipse"],
        &["correct", &id, "mood=certain"],
        &["confirm", "cffffffffffffffff"],
        &["reject", &id, "and", "more"],
    ] {
        let mut args = vec!["-C", "case", "judge"];
        args.extend(about);
        args.extend(["--by", "A. Reader", "--reason", "a slip"]);
        let ran = bench.kua(&args);
        assert!(ran.code == 1 || ran.code == 2, "{about:?}: {ran:?}");
        assert!(!ran.err.is_empty(), "{about:?}");
    }
    let status = bench.json(&["-C", "case", "status", "--json"]);
    assert_eq!(status[0]["judgements"], 0, "{status:?}");
}
