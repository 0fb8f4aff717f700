//! Decisions that come with another collector's log: a name they withhold is withheld here at
//! once, everything else waits until somebody adopts it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::Bench;

const NAME: &str = "Mira Oru";

/// Two cases; theirs has a letter that names a witness.
fn two_cases() -> Bench {
    let bench = Bench::empty();
    bench.write(
        "letters/square.txt",
        "Written on 6 January 2022.\n\nMira Oru, a nurse, said that 14 people were killed on the square on 5 January 2022.\n",
    );
    bench.write("ours.txt", "Mira Oru told us on 7 January 2022 that 9 people were wounded.\n");
    assert_eq!(bench.kua(&["init", "theirs"]).code, 0);
    assert_eq!(bench.kua(&["init", "ours"]).code, 0);
    assert_eq!(bench.kua(&["-C", "theirs", "add", "letters"]).code, 0);
    assert_eq!(bench.kua(&["-C", "ours", "add", "ours.txt"]).code, 0);
    bench
}

fn judge(bench: &Bench, case: &str, words: &[&str]) {
    let fixed = ["--by", "A. B.", "--reason", "as they asked"];
    let ran = bench.kua(&[&["-C", case, "judge"], words, &fixed].concat());
    assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
}

/// Their newest bundle comes to us.
fn carry(bench: &Bench) -> String {
    let _ = fs::remove_dir_all(bench.path("stick"));
    assert_eq!(bench.kua(&["-C", "theirs", "pack", "stick"]).code, 0);
    let ran = bench.kua(&["-C", "ours", "merge", "stick"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

/// Everything that shows anything of our case.
fn shown(bench: &Bench) -> String {
    let mut out = String::new();
    for command in [
        &["claims"][..],
        &["claims", "--json"],
        &["names"],
        &["names", "--json"],
        &["toll"],
        &["documents"],
        &["origins"],
        &["notices"],
        &["judgements"],
        &["judgements", "--json"],
        &["search", "people"],
        &["publish", "--output", "chronicle.html"],
    ] {
        let ran = bench.kua(&[&["-C", "ours"], command].concat());
        assert_eq!(ran.code, 0, "{command:?}: {ran:?}");
        out += &ran.out;
        out += &ran.err;
    }
    for file in ["ours/chronicle.html", "chronicle.html"] {
        if let Ok(page) = fs::read_to_string(bench.path(file)) {
            out += &page;
        }
    }
    out
}

#[test]
fn a_name_that_another_collector_withholds_is_withheld_here_at_once() {
    let bench = two_cases();
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    assert!(shown(&bench).contains(NAME), "nobody has withheld it yet");
    judge(&bench, "theirs", &["withhold", NAME]);
    let told = carry(&bench);
    assert!(told.contains("to withhold names hold here from now on"), "{told}");
    // Before anything is built: what was shown already is shown without the name.
    assert!(!shown(&bench).contains(NAME), "{}", shown(&bench));
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    let all = shown(&bench);
    assert!(!all.contains(NAME) && !all.contains("Oru"), "{all}");
    assert!(all.contains("Decided by other collectors, and holding here"), "{all}");
    // It came from them, so it is not a number of ours that could be undone.
    let undo = ["-C", "ours", "judge", "undo", "0", "--by", "A. B.", "--reason", "no"];
    assert_eq!(bench.kua(&undo).code, 1);
    // A judgement of ours takes no number away from it, and none undoes it.
    judge(&bench, "ours", &["same-name", "Somebody", "Somebody Else"]);
    judge(&bench, "ours", &["undo", "0"]);
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    assert!(!shown(&bench).contains(NAME));
    // Somebody here may decide otherwise, by name and with a reason.
    let id = ids(&bench)[0].clone();
    judge(&bench, "ours", &["release", &id[..12]]);
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    assert!(shown(&bench).contains(NAME));
    judge(&bench, "ours", &["undo", "2"]);
    assert!(!shown(&bench).contains(NAME));
}

#[test]
fn what_they_take_back_is_taken_back_here_unless_it_was_adopted() {
    let bench = two_cases();
    judge(&bench, "theirs", &["withhold", NAME]);
    carry(&bench);
    judge(&bench, "theirs", &["undo", "0"]);
    carry(&bench);
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    assert!(shown(&bench).contains(NAME));
    judge(&bench, "theirs", &["withhold", NAME]);
    carry(&bench);
    // Word for word the same decision at another time: two judgements, each with its id.
    let id = ids(&bench).last().unwrap().clone();
    judge(&bench, "ours", &["adopt", &id]);
    judge(&bench, "theirs", &["undo", "2"]);
    carry(&bench);
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    assert!(!shown(&bench).contains(NAME), "{}", shown(&bench));
}

#[test]
fn other_decisions_of_theirs_are_shown_and_wait_to_be_adopted() {
    let bench = two_cases();
    assert_eq!(bench.kua(&["-C", "theirs", "build"]).code, 0);
    let claims = bench.json(&["-C", "theirs", "claims", "--json"]);
    let claim = claims.iter().find(|claim| claim["event"] == "killed").unwrap();
    judge(&bench, "theirs", &["reject", claim["id"].as_str().unwrap()]);
    let told = carry(&bench);
    assert!(told.contains("count for nothing here until somebody adopts them"), "{told}");
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    let review = |bench: &Bench| {
        let claims = bench.json(&["-C", "ours", "claims", "--json"]);
        claims.iter().find(|c| c["event"] == "killed").unwrap()["review"].clone()
    };
    assert!(review(&bench).is_null());
    let notices = bench.kua(&["-C", "ours", "notices"]).out;
    assert!(notices.contains("was read wrongly") && notices.contains("A. B."), "{notices}");
    judge(&bench, "ours", &["adopt", &ids(&bench)[0]]);
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    assert_eq!(review(&bench), "rejected");
    assert!(!bench.kua(&["-C", "ours", "notices"]).out.contains("adopts it"));
    let listed = bench.kua(&["-C", "ours", "judgements"]).out;
    assert!(listed.contains("(adopted)"), "{listed}");
}

#[test]
fn while_a_decision_of_theirs_cannot_be_read_nothing_is_shown() {
    let bench = two_cases();
    judge(&bench, "theirs", &["withhold", NAME]);
    carry(&bench);
    assert_eq!(bench.kua(&["-C", "ours", "build"]).code, 0);
    let id = ids(&bench)[0].clone();
    let object = bench.path("ours/vault/objects/sha256").join(&id[..2]).join(&id);
    fs::remove_file(&object).unwrap();
    for command in [&["claims"][..], &["build"], &["publish", "--output", "x.html"]] {
        let ran = bench.kua(&[&["-C", "ours"], command].concat());
        assert_eq!(ran.code, 3, "{command:?}: {ran:?}");
        assert!(
            ran.err.contains("may withhold a name") && ran.err.contains("kua merge"),
            "{ran:?}"
        );
        assert!(!ran.out.contains(NAME));
    }
    assert_eq!(bench.kua(&["-C", "ours", "verify"]).code, 1);
    assert_eq!(bench.kua(&["-C", "ours", "merge", "stick"]).code, 0);
    assert_eq!(bench.kua(&["-C", "ours", "verify"]).code, 0);
    assert!(!shown(&bench).contains(NAME));
}

/// Ids of the decisions of others.
fn ids(bench: &Bench) -> Vec<String> {
    let all = bench.json(&["-C", "ours", "judgements", "--json"]);
    all.iter().filter_map(|one| Some(one["id"].as_str()?.to_owned())).collect()
}
