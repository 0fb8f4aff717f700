//! Material made to hurt whoever looks at it, and names that must not be seen: on pages, in the
//! single file, in JSON, in the terminal, in the log.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod common;

use common::server::Server;
use common::{Bench, Ran};

/// Every command that answers, as a table and as JSON.
const ANSWERS: [&[&str]; 16] = [
    &["status"],
    &["documents"],
    &["documents", "--json"],
    &["origins"],
    &["origins", "--links"],
    &["origins", "--links", "--json"],
    &["claims"],
    &["claims", "--json"],
    &["names"],
    &["names", "--json"],
    &["toll"],
    &["toll", "--json"],
    &["notices"],
    &["notices", "--json"],
    &["search", "harbour"],
    &["search", "harbour", "--json"],
];

fn in_case(bench: &Bench, args: &[&str]) -> Ran {
    bench.kua(&[&["-C", "case"], args].concat())
}

/// All that `kua why` says of all that has an id.
fn all_whys(bench: &Bench) -> String {
    let mut out = String::new();
    for (command, field) in [("claims", "id"), ("origins", "origin"), ("documents", "document")] {
        for record in bench.json(&["-C", "case", command, "--json"]) {
            let id = record[field].as_str().or_else(|| record["id"].as_str()).unwrap().to_owned();
            for args in [&["why", id.as_str()][..], &["why", id.as_str(), "--json"]] {
                let ran = in_case(bench, args);
                assert_eq!(ran.code, 0, "{id}: {}", ran.err);
                out += &ran.out;
                out += &ran.err;
            }
        }
    }
    out
}

/// Every page that can be reached from the overview.
fn all_pages(server: &Server) -> Vec<(String, String)> {
    let mut due = vec!["/".to_owned(), "/search?q=harbour".to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    let mut out = Vec::new();
    while let Some(path) = due.pop() {
        if !seen.insert(path.clone()) || seen.len() > 400 {
            continue;
        }
        let page = server.ask("GET", &path, &server.own());
        assert!(page.starts_with("HTTP/1.1 200"), "{path}: {}", page.lines().next().unwrap());
        for link in page.split("href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') {
                due.push(link);
            }
        }
        out.push((path, page));
    }
    out
}

#[test]
fn material_cannot_command_a_terminal_or_a_browser() {
    let bench = Bench::with_case();
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\u{1b}[2J\u{9b}31m\u{202e}";
    bench.write(
        "in/a\u{1b}[31m<img src=x onerror=alert(3)>\u{202e}txt.txt",
        format!(
            "Fire in the harbour {evil}\n\n4 May 2023\n\nTwo people were killed in the harbour on 4 May 2023, the police of {evil} said. \
             The “Council {evil}” said that 7 people {evil} were killed in the harbour.\n"
        ),
    );
    bench.write(
        "in/b.html",
        format!(
            "<html><head><title>&lt;script&gt;alert(4)&lt;/script&gt;\u{1b}]0;owned\u{7}</title></head><body><h1>Harbour</h1>\
             <p>Three people were killed in the harbour on 4 May 2023, said Ann &lt;img src=x onerror=alert(5)&gt;.{}</p></body></html>",
            "\u{1b}[8m"
        ),
    );
    let mut ran = vec![in_case(&bench, &["add", "../in"])];
    if ran[0].code != 0 {
        ran = vec![in_case(&bench, &["add", "in"])];
    }
    assert_eq!(ran[0].code, 0, "{}", ran[0].err);
    ran.push(in_case(&bench, &["build"]));
    ran.extend(ANSWERS.iter().map(|args| in_case(&bench, args)));
    ran.push(in_case(&bench, &["publish", "--output", "page.html"]));
    ran.push(in_case(&bench, &["search", "\u{1b}[2Jnothing"]));
    let mut said: String = ran.iter().map(|ran| format!("{}{}", ran.out, ran.err)).collect();
    said += &all_whys(&bench);
    assert!(said.contains("harbour"));
    for c in ['\u{1b}', '\u{9b}', '\u{7}', '\u{202e}', '\r'] {
        let at = said.find(c).map(|at| &said[said.floor_char_boundary(at.saturating_sub(80))..at]);
        assert_eq!(at, None, "{:?} reached the terminal", c);
    }
    for line in in_case(&bench, &["claims", "--json"]).out.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(record["quote"].is_string());
    }
    let file = ["page.html", "case/page.html"].map(|name| bench.path(name));
    let file = std::fs::read_to_string(file.iter().find(|file| file.is_file()).unwrap()).unwrap();
    let server = Server::start(&bench, "case");
    let mut pages = all_pages(&server);
    pages.push(("the single file".into(), file));
    for asked in ["%3Cscript%3Ealert(1)%3C/script%3E", "%22%20autofocus%20onfocus=alert(1)%20x=%22"]
    {
        let path = format!("/search?q={asked}");
        pages.push((path.clone(), server.ask("GET", &path, &server.own())));
    }
    assert!(pages.len() > 20, "{}", pages.len());
    for (path, page) in &pages {
        for tag in ["<script", "<img", "\" onfocus", "\" autofocus"] {
            assert!(!page.to_lowercase().contains(tag), "{path} holds {tag}");
        }
    }
}

#[test]
fn a_withheld_name_is_withheld_everywhere_at_once() {
    let bench = Bench::with_case();
    let text = |who: &str| {
        format!(
            "What {who} saw in the harbour\n\nBy {who}\n\n4 May 2023\n\n{who} said that two people were killed in the harbour on 4 May 2023. \
             “They shot at us,” {who} told the newspaper. On Monday, 5 May 2023, {who} was wounded in the harbour.\n"
        )
    };
    bench.write("in/1 Orest Vesik, letter.txt", text("Orest Vesik"));
    bench.write("in/2.txt", text("O. Vesik").replace("saw", "told us of"));
    bench.write("in/3.txt", text("Орест Весик"));
    let added = bench.kua(&["-C", "case", "add", "in"]);
    assert_eq!(added.code, 0, "{}", added.err);
    assert_eq!(in_case(&bench, &["build"]).code, 0);
    assert!(
        in_case(&bench, &["search", "Vesik"]).out.contains("Vesik"),
        "the trial must hold the name"
    );
    let names = ["Orest Vesik", "O. Vesik", "Vesik", "Орест Весик", "Весик"];
    let judged = bench.kua(
        &[
            &["-C", "case", "judge", "withhold"][..],
            &names,
            &["--by", "A", "--reason", "asked for it"],
        ]
        .concat(),
    );
    assert_eq!(judged.code, 0, "{}", judged.err);
    // At once, and after the next build.
    for build in [false, true] {
        if build {
            let ran = in_case(&bench, &["--log", "trace", "build"]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            unnamed("the build", &ran);
        }
        for args in ANSWERS {
            let ran = in_case(&bench, args);
            assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
            unnamed(&args.join(" "), &ran);
        }
        none("why", &all_whys(&bench));
        for asked in
            ["Vesik", "vesik", "Ves*", "весик", "\"Orest Vesik\"", "Orest", "harbour Vesik"]
        {
            let ran = in_case(&bench, &["search", asked]);
            assert_eq!(ran.out, "", "{asked}");
            let ran = in_case(&bench, &["claims", "--item", asked]);
            assert!(ran.out.lines().count() <= 1, "{asked}: {}", ran.out);
        }
        let ran = in_case(&bench, &["publish", "--output", "page.html"]);
        unnamed("publish", &ran);
        let file = ["page.html", "case/page.html"].map(|name| bench.path(name));
        let file = file.iter().find(|file| file.is_file()).unwrap().clone();
        none("the single file", &std::fs::read_to_string(&file).unwrap());
        std::fs::remove_file(&file).unwrap();
        let server = Server::start(&bench, "case");
        for (path, page) in all_pages(&server) {
            none(&path, &page);
        }
        for asked in ["Vesik", "%D0%B2%D0%B5%D1%81%D0%B8%D0%BA", "harbour+Orest", "Ves*"] {
            let page = server.ask("GET", &format!("/search?q={asked}"), &server.own());
            assert!(page.contains("No passage holds all these words."), "{asked}");
        }
        let page = server.ask("GET", "/search?q=harbour", &server.own());
        assert!(page.contains("<mark>harbour</mark>"), "{page}");
    }
}

#[test]
fn an_open_reading_room_follows_judgements_and_builds() {
    let bench = Bench::with_case();
    let note = "The harbour\n\n4 May 2023\n\nOrest Vesik said that two people were killed in the harbour on 4 May 2023. Orest Vesik was there.\n";
    bench.write("in/1.txt", note);
    assert_eq!(bench.kua(&["-C", "case", "add", "in"]).code, 0);
    assert_eq!(in_case(&bench, &["build"]).code, 0);
    let server = Server::start(&bench, "case");
    let own = server.own();
    assert!(server.ask("GET", "/claims", &own).contains("Vesik"), "the trial must hold the name");
    let judge = |args: &[&str]| {
        let ran =
            in_case(&bench, &[&["judge"], args, &["--by", "A", "--reason", "asked"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
    };
    judge(&["withhold", "Orest Vesik"]);
    // No build, no restart: the very next page, and all others.
    none("the next page", &server.ask("GET", "/claims", &own));
    for (path, page) in all_pages(&server) {
        none(&path, &page);
    }
    assert!(server.ask("GET", "/search?q=Vesik", &own).contains("No passage holds"));
    // A name withheld while nothing is built stays away as well.
    std::fs::remove_dir_all(bench.path("case/derived")).unwrap();
    let page = server.ask("GET", "/claims", &own);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    none("without a cache", &page);
    bench
        .write("in/2.txt", "The bridge\n\n5 May 2023\n\nNine people were wounded on the bridge.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "in"]).code, 0);
    assert_eq!(in_case(&bench, &["build"]).code, 0);
    let page = server.ask("GET", "/claims", &own);
    assert!(page.contains("Nine people"), "{page}");
    none("after the build", &page);
    // Undone, the name comes back with the next build and not before.
    judge(&["undo", "0"]);
    none("before the build", &server.ask("GET", "/claims", &own));
    assert_eq!(in_case(&bench, &["build"]).code, 0);
    assert!(server.ask("GET", "/claims", &own).contains("Vesik"));
}

fn unnamed(what: &str, ran: &Ran) {
    none(what, &ran.out);
    none(what, &ran.err);
}

fn none(what: &str, text: &str) {
    for name in ["Vesik", "vesik", "VESIK", "Весик", "весик", "Orest", "Орест"] {
        let at = text.find(name).map(|at| {
            &text
                [text.floor_char_boundary(at.saturating_sub(200))..text.ceil_char_boundary(at + 60)]
        });
        assert_eq!(at, None, "{what} names {name}");
    }
}

#[test]
fn the_log_holds_no_names_and_no_words_of_the_material() {
    let bench = Bench::with_case();
    bench.write(
        "in/Orest Vesik.txt",
        "Orest Vesik said that two dockers were killed in the harbour on 4 May 2023.\n",
    );
    let mut log = String::new();
    log += &bench.kua(&["--log", "trace", "-C", "case", "add", "in"]).err;
    for args in [&["build"][..], &["claims"], &["search", "Vesik"], &["names"], &["toll"]] {
        log += &in_case(&bench, &[&["--log", "trace"], args].concat()).err;
    }
    let (server, heard) = Server::start_logged(&bench, "case");
    server.ask("GET", "/search?q=Vesik", &server.own());
    server.ask("GET", "/documents", &server.own());
    drop(server);
    log += &heard.join().unwrap();
    assert!(log.contains("INFO"), "{log}");
    for word in ["Vesik", "Orest", "harbour", "dockers"] {
        assert!(!log.contains(word), "the log holds {word}: {log}");
    }
}

#[test]
fn the_reading_room_survives_odd_questions() {
    let bench = Bench::with_case();
    bench.write("in/a.txt", "Two people were killed in the harbour on 4 May 2023, police said.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "in"]).code, 0);
    assert_eq!(in_case(&bench, &["build"]).code, 0);
    let server = Server::start(&bench, "case");
    let own = server.own();
    let status = |path: &str| {
        let answer = server.ask("GET", path, &own);
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    for path in
        ["/search", "/search?q=", "/search?q=%00", "/search?q=*", "/search?q=%22", "/search?q=+"]
    {
        assert_eq!(status(path), "200", "{path}");
    }
    for path in ["/search?q=NEAR(%20a%20OR", "/search?q=harbour%00killed", "/search?q=text:harbour"]
    {
        assert_eq!(status(path), "200", "{path}");
    }
    assert_eq!(status(&format!("/search?q={}", "word+".repeat(3000))), "200");
    assert_eq!(status(&format!("/search?q={}", "%22a".repeat(3000))), "200");
    for path in [
        "/../case.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/document/..%2f..%2fcase.toml",
        "/search?q=%ff",
        "/search?q=%",
        "/search?q=a&q=b",
        "/search?q=a&page=2",
        "/search/x",
        "/claims?event=%00&event=x",
        "//evil.example/",
    ] {
        assert_eq!(status(path), "404", "{path}");
    }
    // Far longer than any address kua writes; refused before it is read.
    let long = server.ask("GET", &format!("/search?q={}", "a".repeat(300_000)), &own);
    assert!(long.is_empty() || long.starts_with("HTTP/1.1 4"), "{:.80}", long);
    for host in
        ["", "localhost", "127.0.0.1", "[::1]", "evil.example", "127.0.0.1:1", "LOCALHOST.evil"]
    {
        assert!(server.ask("GET", "/", host).starts_with("HTTP/1.1 4"), "{host}");
    }
    assert_eq!(status("/"), "200");
}

#[test]
fn head_answers_as_get_does_without_the_page() {
    let bench = Bench::with_case();
    bench.write("in/a.txt", "Two people were killed in the harbour on 4 May 2023, police said.\n");
    assert_eq!(bench.kua(&["-C", "case", "add", "in"]).code, 0);
    assert_eq!(in_case(&bench, &["build"]).code, 0);
    let server = Server::start(&bench, "case");
    let parts = |method: &str, path: &str| {
        let answer = server.ask(method, path, &server.own());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.lines().filter(|line| !line.to_lowercase().starts_with("date:"));
        (head.collect::<Vec<_>>().join("\n"), body.to_owned())
    };
    for path in ["/", "/claims", "/style.css", "/search?q=harbour", "/nowhere"] {
        let (get, page) = parts("GET", path);
        let (head, nothing) = parts("HEAD", path);
        assert_eq!(head, get, "{path}");
        assert!(get.to_lowercase().contains(&format!("content-length: {}", page.len())), "{get}");
        assert_eq!(nothing, "", "{path}");
    }
}
