//! Custody, cosigning and verification from the command line, as two people with a stick do it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail by panicking")]

mod common;

use common::Bench;

fn case_with_a_letter() -> Bench {
    let bench = Bench::with_case();
    bench.write("letter.txt", "They crossed the bridge before dawn.\n");
    let ran = bench.kua(&[
        "-C",
        "case",
        "add",
        "letter.txt",
        "--by",
        "A. Editor",
        "--source",
        "a neighbour's phone",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    bench
}

#[test]
fn the_chain_of_a_letter_is_told_in_order_with_what_is_missing() {
    let bench = case_with_a_letter();
    bench.write("letter-redacted.txt", "They crossed before dawn.\n");
    for args in [
        &[
            "-C",
            "case",
            "record",
            "derive",
            "letter.txt",
            "letter-redacted.txt",
            "--how",
            "a place was blackened",
        ][..],
        &["-C", "case", "record", "transfer", "letter.txt", "--to", "the archive", "--by", "B."],
        &["-C", "case", "record", "access", "letter.txt", "--by", "C.", "--reason", "translation"],
    ] {
        let ran = bench.kua(args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    }
    let told = bench.kua(&["-C", "case", "custody", "letter.txt"]).out;
    let places: Vec<_> = [
        "Captured",
        "a neighbour's phone",
        "Working copy made",
        "blackened",
        "Transferred",
        "the archive",
        "Accessed",
        "translation",
        "A court would ask",
        "kua cosign",
    ]
    .iter()
    .map(|words| told.find(words).unwrap_or_else(|| panic!("{words}: {told}")))
    .collect();
    assert!(places.is_sorted(), "{told}");
    assert!(!told.contains("who took it in"), "{told}");
    let lines = bench.json(&["-C", "case", "custody", "letter.txt", "--json"]);
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[1]["kind"], "derive");
    let of_copy = bench.kua(&["-C", "case", "custody", "letter-redacted.txt"]).out;
    assert!(of_copy.contains("linked to"), "{of_copy}");
    assert_eq!(bench.kua(&["-C", "case", "custody", "no-such.txt"]).code, 1);
    assert_eq!(bench.kua(&["-C", "case", "record", "transfer", "letter.txt"]).code, 2);
    assert_eq!(bench.kua(&["-C", "case", "verify"]).code, 0);
}

#[test]
fn one_proof_is_checked_with_the_file_and_the_key_and_nothing_else() {
    let bench = case_with_a_letter();
    assert_eq!(
        bench.kua(&["-C", "case", "custody", "letter.txt", "--proof", "l.tlog-proof"]).code,
        0
    );
    let key =
        bench.json(&["-C", "case", "verify", "--json"])[0]["vkey"].as_str().unwrap().to_owned();
    let verify = |more: &[&str]| bench.kua(&[&["verify", "l.tlog-proof"][..], more].concat());
    assert_eq!(verify(&[]).code, 2);
    let ran = verify(&["--key", &key, "--item", "letter.txt"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    bench.write("letter.txt", "They crossed the bridge after dawn.\n");
    let ran = verify(&["--key", &key, "--item", "letter.txt"]);
    assert!(ran.code == 1 && ran.out.contains("WRONG"), "{}", ran.out);
    let text = std::fs::read_to_string(bench.path("l.tlog-proof")).unwrap();
    bench.write("l.tlog-proof", text.replace("\n1\n", "\n2\n"));
    assert_eq!(verify(&["--key", &key]).code, 1);
    assert_eq!(verify(&["--key", "nonsense"]).code, 2);
}

#[test]
fn a_log_is_cosigned_over_a_stick_and_a_policy_tells_who_is_missing() {
    let bench = case_with_a_letter();
    assert_eq!(bench.kua(&["init", "friend"]).code, 0);
    let anna = bench
        .kua(&["-C", "friend", "cosign", "key", "--name", "anna.example"])
        .out
        .trim()
        .to_owned();
    let key =
        bench.json(&["-C", "case", "verify", "--json"])[0]["vkey"].as_str().unwrap().to_owned();
    let policy = format!("log {key}\nwitness anna {anna}\nquorum anna\n");
    bench.write("policy", &policy);
    let checked = bench.kua(&["-C", "case", "verify", "--policy", "policy"]);
    assert!(checked.code == 1 && checked.out.contains("missing: anna"), "{}", checked.out);
    let request = bench.kua(&["-C", "case", "cosign", "request"]).out;
    bench.write("ours.add-checkpoint", &request);
    let unknown = bench.kua(&["-C", "friend", "cosign", "answer", "ours.add-checkpoint"]);
    assert!(unknown.code == 1 && unknown.out.starts_with("404 "), "{}", unknown.out);
    let answer =
        bench.kua(&["-C", "friend", "cosign", "answer", "ours.add-checkpoint", "--key", &key]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    bench.write("ours.cosig", &answer.out);
    let accepted = bench.kua(&["-C", "case", "cosign", "accept", "ours.cosig", "--key", &anna]);
    assert_eq!(accepted.code, 0, "{}", accepted.err);
    assert!(bench.kua(&["-C", "case", "cosign", "list"]).out.contains("anna.example"));
    let checked = bench.kua(&["-C", "case", "verify", "--policy", "policy"]);
    assert!(
        checked.code == 0 && checked.out.contains("holds for the first 1 of 2"),
        "{}",
        checked.out
    );
    assert!(
        bench
            .kua(&["-C", "case", "custody", "letter.txt"])
            .out
            .contains("Cosigned by anna.example")
    );
    bench.write("policy", policy.replace("quorum anna", "quorum bela"));
    let wrong = bench.kua(&["-C", "case", "verify", "--policy", "policy"]);
    assert!(wrong.code == 2 && wrong.err.contains("line 3"), "{}", wrong.err);
    for case in ["case", "friend"] {
        assert_eq!(bench.kua(&["-C", case, "verify"]).code, 0);
    }
}

#[test]
fn any_tiled_log_is_checked_with_its_key_and_held_to_another_copy() {
    let bench = case_with_a_letter();
    let logs = bench.path("case/vault/logs");
    let log = std::fs::read_dir(&logs).unwrap().next().unwrap().unwrap().path();
    let log = log.to_str().unwrap();
    let key =
        bench.json(&["-C", "case", "verify", "--json"])[0]["vkey"].as_str().unwrap().to_owned();
    std::fs::copy(format!("{log}/checkpoint"), bench.path("old-checkpoint")).unwrap();
    assert_eq!(bench.kua(&["verify", log]).code, 2);
    assert_eq!(bench.kua(&["verify", log, "--key", &key]).code, 0);
    bench.write("two.txt", "A second letter.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "two.txt"]).code, 0);
    let continued = bench.kua(&["verify", log, "--key", &key, "--against", "old-checkpoint"]);
    assert!(continued.code == 0 && continued.out.contains("continues"), "{}", continued.out);
    // The checkpoint of the longer log, and the case set back to the shorter one.
    std::fs::copy(format!("{log}/checkpoint"), bench.path("new-checkpoint")).unwrap();
    std::fs::copy(bench.path("old-checkpoint"), format!("{log}/checkpoint")).unwrap();
    let behind = bench.kua(&["verify", log, "--key", &key, "--against", "new-checkpoint"]);
    assert!(behind.code == 1 && behind.out.contains("1 entries here, but 2"), "{}", behind.out);
    std::fs::copy(bench.path("new-checkpoint"), format!("{log}/checkpoint")).unwrap();
    assert_eq!(bench.kua(&["verify", "case/vault"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "verify", "--against", "old-checkpoint"]).code, 0);
    let tessera = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/conformance/tessera/testdata/log");
    if tessera.is_dir() {
        let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
        let dir = tessera.to_str().unwrap();
        let against = tessera.join("checkpoint.7");
        let ran = bench.kua(&["verify", dir, "--key", key, "--against", against.to_str().unwrap()]);
        assert!(ran.code == 0 && ran.out.contains("15 log entries"), "{}{}", ran.out, ran.err);
    } else {
        println!("skipped: {} is not on this machine", tessera.display());
    }
}

#[test]
fn quick_says_that_it_is_weaker_and_deep_finds_what_it_misses() {
    let bench = case_with_a_letter();
    let objects = bench.path("case/vault/objects/sha256");
    let folder = std::fs::read_dir(objects).unwrap().next().unwrap().unwrap().path();
    let object = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&object).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&object, bytes).unwrap();
    let quick = bench.kua(&["-C", "case", "verify", "--quick"]);
    assert!(quick.code == 0 && quick.out.contains("not hashed"), "{}", quick.out);
    let deep = bench.kua(&["-C", "case", "verify", "--deep"]);
    assert!(deep.code == 1 && deep.out.contains("1 item of 1 concerned"), "{}", deep.out);
    assert!(deep.out.contains("letter.txt") && deep.out.contains("kua add"), "{}", deep.out);
}

#[test]
fn a_vault_goes_on_in_a_new_epoch_and_its_page_still_proves_every_file() {
    let bench = case_with_a_letter();
    assert_eq!(bench.kua(&["-C", "case", "pack", "before.zip"]).code, 0);
    let ran = bench.kua(&["-C", "case", "rotate", "--reason", "the laptop was restored"]);
    assert!(ran.code == 0 && ran.out.contains("/2+"), "{}{}", ran.out, ran.err);
    // A bundle of the epoch before is held to that epoch.
    let ran = bench.kua(&["-C", "case", "verify", "--against", "before.zip"]);
    assert!(ran.code == 0 && ran.out.contains("It continues before.zip"), "{ran:?}");
    assert_eq!(bench.kua(&["-C", "case", "pack", "after.zip"]).code, 0);
    let ran = bench.kua(&["verify", "after.zip", "--against", "before.zip"]);
    assert!(ran.code == 0 && ran.out.contains("It continues before.zip"), "{ran:?}");
    bench.write("two.txt", "A second letter.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "two.txt"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "build"]).code, 0);
    assert_eq!(bench.kua(&["-C", "case", "publish", "-o", "page.html"]).code, 0);
    let page = bench.kua(&["verify", "page.html"]);
    assert!(page.code == 0 && page.out.contains("2 items"), "{}", page.out);
    assert_eq!(bench.kua(&["-C", "case", "publish", "-o", "again.html"]).code, 0);
    let same = std::fs::read(bench.path("page.html")).unwrap()
        == std::fs::read(bench.path("again.html")).unwrap();
    assert!(same, "the same vault gives the same bytes");
    let given = bench.kua(&["-C", "case", "record", "export", "page.html", "--to", "a court"]);
    assert_eq!(given.code, 0, "{}", given.err);
    assert_eq!(bench.kua(&["-C", "case", "verify"]).code, 0);
}

#[test]
fn status_says_that_the_vault_was_set_back_and_writes_nothing() {
    let bench = case_with_a_letter();
    let copy = |from: &str, to: &str| {
        let (from, to) = (bench.path(from), bench.path(to));
        let ran = std::process::Command::new("cp").arg("-r").args([from, to]).status();
        assert!(ran.unwrap().success());
    };
    copy("case/vault/logs", "logs-of-yesterday");
    bench.write("two.txt", "A second letter.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "two.txt"]).code, 0);
    let before = bench.kua(&["-C", "case", "status"]);
    assert!(before.code == 0 && !before.out.contains("WARNING"), "{}", before.out);
    std::fs::remove_dir_all(bench.path("case/vault/logs")).unwrap();
    copy("logs-of-yesterday", "case/vault/logs");
    let ran = bench.kua(&["-C", "case", "status"]);
    assert!(ran.code == 0 && ran.out.contains("WARNING    the vault was set back"), "{}", ran.out);
    assert!(ran.out.contains("it holds 1 entries, but 2 were signed"), "{}", ran.out);
    let record = &bench.json(&["-C", "case", "status", "--json"])[0];
    assert!(record["history"].as_str().unwrap().contains("set back"), "{record}");
    assert!(!bench.path("case/derived").exists());
}
