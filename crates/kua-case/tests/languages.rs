//! A language is read whole, from telling it to the names in it: one that stands in `lexicons/`, and
//! one that nobody compiled in and only the case folder has.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use kua_case::{Case, Chronicle, NewCase, Silent, Stop, StoppedClock};

/// A case of these notes, with these files of its own below `lexicons/`.
fn chronicle(dir: &Path, notes: &[(&str, &str)], lexicons: &[(&str, &str)]) -> Chronicle {
    let clock = Arc::new(StoppedClock("2023-06-01T08:00:00Z".into()));
    let new = NewCase { title: "Trial".into(), ..NewCase::default() };
    Case::init(&dir.join("case"), &new).unwrap();
    let write = |folder: &Path, files: &[(&str, &str)]| {
        for (name, text) in files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    };
    write(&dir.join("notes"), notes);
    write(&dir.join("case/lexicons"), lexicons);
    let case = Case::open(&dir.join("case")).unwrap().with_clock(clock);
    let added = case.add(&[dir.join("notes")], &Silent, &Stop::default()).unwrap();
    assert!(added.error.is_none());
    case.build(&Silent, &Stop::default()).unwrap();
    case.chronicle().unwrap().chronicle
}

/// Claims as `killed 12..12 | words of the source`.
fn claims(chronicle: &Chronicle) -> Vec<String> {
    let end = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
    chronicle
        .statements
        .iter()
        .map(|statement| {
            let claim = &statement.claim;
            let figure = claim
                .quantity
                .as_ref()
                .map_or_else(|| "?".to_owned(), |q| format!("{}..{}", end(q.low), end(q.high)));
            let source = claim.sources.last().map_or("-", |source| source.words.as_str());
            format!("{} {figure} | {source}", claim.event)
        })
        .collect()
}

/// All spellings of the name that has this one.
fn spellings(chronicle: &Chronicle, one: &str) -> Vec<String> {
    let name = chronicle
        .names
        .iter()
        .find(|name| name.variants.iter().any(|variant| variant.text == one))
        .unwrap_or_else(|| panic!("{one} is not among {:#?}", chronicle.names));
    let mut all: Vec<_> = name.variants.iter().map(|variant| variant.text.clone()).collect();
    all.sort();
    all
}

#[test]
fn polish_is_read_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let chronicle = chronicle(
        scratch.path(),
        &[
            (
                "1.txt",
                "Pożar magazynu przy ul. Długiej\n\n14 marca 2023 r.\n\nWe wtorek rano w magazynie przy ul. Długiej wybuchł pożar. Według straży pożarnej zginęło dwoje magazynierów, a ok. 30 osób zostało rannych. Prokurator Andrzej Szymański powiedział, że zatrzymano właściciela. Podobno nie działały hydranty.\n\nCzytaj także: Jak gasić olej\n",
            ),
            (
                "2.txt",
                "Пожар на складе\n\n14 марта 2023 года\n\nПрокурор Анджей Шиманский сообщил, что задержан владелец склада.\n",
            ),
        ],
        &[],
    );
    let first = &chronicle.documents[0];
    assert_eq!(first.language, Some("pl".parse().unwrap()));
    let published = first.dates.published.as_ref().unwrap();
    assert_eq!(published.value.to_string(), "2023-03-14");
    let sentences: Vec<_> =
        first.sentences.iter().map(|sentence| sentence.range.of(&first.text).unwrap()).collect();
    // "ul.", "r." and "ok." end none.
    assert_eq!(
        sentences[2..],
        [
            "We wtorek rano w magazynie przy ul. Długiej wybuchł pożar.",
            "Według straży pożarnej zginęło dwoje magazynierów, a ok. 30 osób zostało rannych.",
            "Prokurator Andrzej Szymański powiedział, że zatrzymano właściciela.",
            "Podobno nie działały hydranty.",
            "Czytaj także: Jak gasić olej",
        ]
    );
    let claims = claims(&chronicle);
    for wanted in ["killed 2..2 | straż pożarna", "wounded 30..30 | straż pożarna"] {
        assert!(claims.iter().any(|claim| claim == wanted), "{wanted} not in {claims:#?}");
    }
    assert_eq!(
        spellings(&chronicle, "Andrzej Szymański"),
        ["Andrzej Szymański", "Анджей Шиманский"]
    );
}

/// As little Esperanto as gives a claim: five short files.
const ESPERANTO: [(&str, &str); 8] = [
    (
        "eo/language.txt",
        "[name]\nEsperanto = Latn\n[letters]\nown = ĉĝĥĵŝŭ\nrate = 3\n[function]\nla\nkaj\nen\nestas\nestis\nke\nde\nne\nal\nli\nŝi\nili\nĉe\nkiu\npri\n",
    ),
    (
        "eo/calendar.txt",
        "[months]\nmarto = 3\n[weekdays]\nmardo = 2\n[between]\nde\nla\n[ordinals]\na | an\n[order]\ndmy\n",
    ),
    ("eo/endings.txt", "o oj on ojn a aj an ajn\n"),
    ("eo/numbers.txt", "[cardinals]\ndu = 2\ntri = 3\ndek = 10\n"),
    ("eo/people.txt", "[groups]\nhom~ = people\nminist~ = workers\n"),
    (
        "eo/patterns.txt",
        "[patterns]\n{intransitive} {count}\n{count} {intransitive}\n[and]\nkaj\n[subordinate]\nke\n",
    ),
    ("eo/events.txt", "[killed.intransitive]\nmortis\n"),
    (
        "eo/speech.txt",
        "[said]\ndiris\n[according]\nlaŭ\n[sources]\nfajrobrigado = authority\nprokuroro = authority\n",
    ),
];

#[test]
fn a_language_that_only_the_case_has_is_read_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let notes = [
        (
            "1.txt",
            "Incendio en la tenejo\n\n14 marto 2023\n\nLaŭ fajrobrigado mortis tri homoj ĉe la malnova haveno. La prokuroro Karlo Ŝmito diris, ke li ne scias pri la kialo.\n",
        ),
        (
            "2.txt",
            "Пожар на складе\n\n14 марта 2023 года\n\nПрокурор Карло Шмито сообщил, что погибли трое.\n",
        ),
    ];
    let without = chronicle(&scratch.path().join("without"), &notes, &[]);
    let of_first = |found: &Chronicle| {
        let document = found.documents[0].id;
        found.statements.iter().filter(|s| s.claim.document == document).count()
    };
    assert_eq!(of_first(&without), 0);
    let chronicle = chronicle(&scratch.path().join("with"), &notes, &ESPERANTO);
    let first = &chronicle.documents[0];
    assert_eq!(first.language, Some("eo".parse().unwrap()));
    assert_eq!(first.dates.published.as_ref().unwrap().value.to_string(), "2023-03-14");
    assert_eq!(first.sentences.len(), 4);
    let claims = claims(&chronicle);
    assert!(claims.contains(&"killed 3..3 | fajrobrigado".to_owned()), "{claims:#?}");
    assert_eq!(spellings(&chronicle, "Karlo Ŝmito"), ["Karlo Ŝmito", "Карло Шмито"]);
}
