//! The worked case and the reading room: built, summed up, served, published, checked, tampered with.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use common::Bench;
use common::server::Server;

#[test]
fn the_demo_sums_up_in_twenty_lines_and_can_be_run_again() {
    let bench = Bench::empty();
    let first = bench.kua(&["demo", "--no-serve"]);
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(first.out.lines().count() <= 20, "{}", first.out);
    for word in
        ["24 items", "24 documents", "accounts", "origins", "claims", "Contested", "chronicle.html"]
    {
        assert!(first.out.contains(word), "{word}: {}", first.out);
    }
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let shown = std::fs::read_to_string(readme).unwrap().contains(&first.out);
    assert!(shown, "README.md shows another summary; put this in its place:\n{}", first.out);
    let again = bench.kua(&["demo", "--no-serve"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert_eq!(again.out, first.out);
    assert_eq!(bench.kua(&["verify", "kua-demo/chronicle.html"]).code, 0);
    assert_eq!(bench.kua(&["verify", "kua-demo"]).code, 0);
}

#[test]
fn a_published_file_that_was_changed_is_refused() {
    let bench = Bench::empty();
    assert_eq!(bench.kua(&["demo", "--no-serve"]).code, 0);
    let file = bench.path("kua-demo/chronicle.html");
    let whole = std::fs::read_to_string(&file).unwrap();
    for changed in [
        whole.replacen("164", "461", 1),
        whole.replace("Contested", "Agreed"),
        whole[..whole.floor_char_boundary(whole.len() / 2)].to_owned(),
        String::new(),
        "<html>something else</html>".to_owned(),
    ] {
        std::fs::write(&file, changed).unwrap();
        let ran = bench.kua(&["verify", "kua-demo/chronicle.html"]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        assert!(ran.out.contains("WRONG"), "{}", ran.out);
    }
    std::fs::write(&file, &whole).unwrap();
    let key = bench.json(&["verify", "kua-demo/chronicle.html", "--json"])[0]["vkey"].clone();
    let key = key.as_str().unwrap();
    assert_eq!(bench.kua(&["verify", "kua-demo/chronicle.html", "--key", key]).code, 0);
    let other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert_eq!(bench.kua(&["verify", "kua-demo/chronicle.html", "--key", other]).code, 1);
}

#[test]
fn a_demo_never_touches_a_case_that_is_not_its_own() {
    let bench = Bench::with_case();
    bench.write("note.txt", "A letter that must not be lost.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "note.txt"]).code, 0);
    let ran = bench.kua(&["demo", "--no-serve", "--dir", "case"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("--dir"), "{}", ran.err);
    assert_eq!(bench.json(&["-C", "case", "status", "--json"])[0]["items"], 1);
}

#[test]
fn the_reading_room_answers_only_its_own_address_and_only_questions() {
    let bench = Bench::empty();
    assert_eq!(bench.kua(&["demo", "--no-serve"]).code, 0);
    let server = Server::start(&bench, "kua-demo");
    let own = server.own();
    for page in [
        "/",
        "/chronicle",
        "/toll",
        "/claims",
        "/origins",
        "/documents",
        "/method",
        "/notices",
        "/verify",
        "/search",
        "/search?q=Almaty",
    ] {
        let answer = server.ask("GET", page, &own);
        assert!(answer.starts_with("HTTP/1.1 200"), "{page}: {}", answer.lines().next().unwrap());
        let head = answer.to_lowercase();
        for header in [
            "content-security-policy: default-src 'none'",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
            "nosniff",
        ] {
            assert!(head.contains(header), "{page} without {header}");
        }
        assert!(!head.contains("<script"), "{page}");
    }
    assert!(server.ask("GET", "/nowhere", &own).starts_with("HTTP/1.1 404"));
    assert!(server.ask("GET", "/../../etc/passwd", &own).starts_with("HTTP/1.1 404"));
    assert!(server.ask("POST", "/", &own).starts_with("HTTP/1.1 405"));
    assert!(server.ask("DELETE", "/claims", &own).starts_with("HTTP/1.1 405"));
    // DNS rebinding: a name elsewhere that was made to point here.
    assert!(server.ask("GET", "/", "evil.example").starts_with("HTTP/1.1 421"));
    assert!(server.ask("GET", "/", "127.0.0.1.evil.example").starts_with("HTTP/1.1 421"));
}

#[test]
fn why_leads_from_a_claim_to_the_log() {
    let bench = Bench::empty();
    assert_eq!(bench.kua(&["demo", "--no-serve"]).code, 0);
    let claims = bench.json(&["-C", "kua-demo", "claims", "--json"]);
    let id = claims[0]["id"].as_str().unwrap();
    let ran = bench.kua(&["-C", "kua-demo", "why", &id[..10]]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for word in ["words", "says who", "rule", "document", "sha-256", "log"] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    assert_eq!(bench.kua(&["-C", "kua-demo", "why", "cffffffffffff"]).code, 1);
    assert_eq!(bench.kua(&["-C", "kua-demo", "why", "c"]).code, 1);
}

#[test]
fn a_rejected_claim_leaves_the_toll_and_the_rejection_can_be_undone() {
    let bench = Bench::empty();
    assert_eq!(bench.kua(&["demo", "--no-serve"]).code, 0);
    let counted = |bench: &Bench| -> Vec<String> {
        bench
            .json(&["-C", "kua-demo", "claims", "--json"])
            .iter()
            .filter(|claim| claim["uncounted"].is_null())
            .map(|claim| claim["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = counted(&bench);
    let id = before[0].as_str();
    let ran = bench.kua(&[
        "-C",
        "kua-demo",
        "judge",
        "reject",
        id,
        "--by",
        "A",
        "--reason",
        "read wrongly",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bench.kua(&["-C", "kua-demo", "build"]).code, 0);
    assert!(!counted(&bench).contains(&id.to_owned()));
    let ran = bench.kua(&[
        "-C",
        "kua-demo",
        "judge",
        "undo",
        "0",
        "--by",
        "A",
        "--reason",
        "it was right",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bench.kua(&["-C", "kua-demo", "build"]).code, 0);
    assert_eq!(counted(&bench), before);
    let ran = bench.kua(&[
        "-C",
        "kua-demo",
        "judge",
        "reject",
        "c0000000000000000",
        "--by",
        "A",
        "--reason",
        "x",
    ]);
    assert_eq!(ran.code, 1);
}

#[test]
fn completions_and_the_manual_are_written() {
    let bench = Bench::empty();
    assert!(bench.kua(&["completions", "bash"]).out.contains("_kua"));
    assert!(bench.kua(&["man"]).out.contains(".TH kua"));
}
