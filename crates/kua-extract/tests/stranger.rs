//! A language nobody compiled in: an invented one, as a folder of text, understood without code.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod support;

use kua_extract::{ExtractConfig, check_language, extract};
use kua_lexicon::Lexicons;

/// Word order verb first, suffixes for number, numbers after the noun they count would be too cruel.
fn folder() -> Vec<(String, String)> {
    let file = |name: &str, text: &str| (format!("qaa/{name}"), text.to_owned());
    vec![
        ("claims.txt".to_owned(), "[events]\nkilled = people toll exclusive\nwounded = people toll exclusive\n[groups]\npeople\nsoldiers = people\n".to_owned()),
        file("endings.txt", "im a\n"),
        file("numbers.txt", "[cardinals]\nuno = 1\nduo = 2\ntri = 3\n[multipliers]\nkento = 100\n[vague]\nmulta = 20..99\n"),
        file("bounds.txt", "[before]\nplu ol = >\n"),
        file("people.txt", "[groups]\nhom~ = people\nsoldat~ = soldiers\n"),
        file("events.txt", "[killed.participle]\nmorzu~\n[wounded.participle]\nvundu~\n"),
        file("patterns.txt", "[patterns]\n{participle} {count}\n{count} {participle}\n[and]\nkai\n[subordinate]\nke\n"),
        file("hedges.txt", "[hedged]\nforsan\n[negated]\nnek\n"),
        file("speech.txt", "[according]\nlau\n[sources]\nministrum = authority\n"),
        file("calendar.txt", "[months]\njanu = 1\n[order]\ndmy\n"),
        file("examples.txt", "+ Morzua plu ol duo kento soldatim. => killed 201.. soldiers certain\n+ Morzua tri homim kai vundua multa soldatim lau la Ministrum. => killed 3..3 people ; wounded 20..99 soldiers @official\n- Forsan morzua tri homim. => killed certain\n+ Morzua tri homim, 5 janu 2022. => killed 3..3 on:2022-01-05\n"),
    ]
}

#[test]
fn a_folder_of_text_is_a_language() {
    let lexicons = Lexicons::from_files(folder()).unwrap();
    let report = check_language(&lexicons, "qaa".parse().unwrap());
    assert_eq!(report.examples, 4);
    assert!(report.is_sound(), "{report:#?}");
    let document = support::plain("Morzua tri homim.", "qaa", None);
    assert_eq!(extract(&document, &lexicons, &ExtractConfig::default()).value.len(), 1);
}

#[test]
fn digits_with_a_full_stop_are_an_ordinal_where_the_language_says_so() {
    let text = "Morzua 6. soldatim.";
    let figures = |separators: &str| -> Vec<Option<u64>> {
        let mut files = folder();
        files.push(("qaa/numbers.txt".to_owned(), format!("[separators]\n{separators}\n")));
        let lexicons = Lexicons::from_files(files).unwrap();
        let document = support::plain(text, "qaa", None);
        let claims = extract(&document, &lexicons, &ExtractConfig::default()).value;
        claims.iter().map(|claim| claim.quantity.as_ref().and_then(|q| q.low)).collect()
    };
    assert_eq!(figures("thousands = ."), [Some(6)]);
    assert!(figures("ordinal = .").is_empty());
}

#[test]
fn slips_are_named_by_file_and_line() {
    let mut files = folder();
    files.push(("qaa/places.txt".to_owned(), "[plases]\nUrbo = Urbo\n".to_owned()));
    files.push(("qaa/dates.txt".to_owned(), "[units]\njaro = eons\n".to_owned()));
    files.push(("qaa/evnts.txt".to_owned(), "[killed.verb]\nmortigi\n".to_owned()));
    files.push(("qaa/language.txt".to_owned(), "[functions]\nkai\n".to_owned()));
    for (name, text) in &mut files {
        if name == "qaa/events.txt" {
            text.push_str("[kiled.participle]\nx\n[killed.gerund]\ny\n");
        }
        if name == "qaa/patterns.txt" {
            text.push_str("[patterns]\n{victim} {count}\n");
        }
        if name == "qaa/examples.txt" {
            text.push_str("+ Nothing here => killed 9..9\n");
        }
    }
    let lexicons = Lexicons::from_files(files).unwrap();
    let report = check_language(&lexicons, "qaa".parse().unwrap());
    let said: Vec<String> = report.errors.iter().map(ToString::to_string).collect();
    for part in [
        "qaa/places.txt:2",
        "qaa/dates.txt:2",
        "qaa/events.txt:6",
        "qaa/events.txt:8",
        "qaa/patterns.txt:9",
        "qaa/evnts.txt:2",
        "qaa/language.txt:2",
    ] {
        assert!(said.iter().any(|line| line.starts_with(part)), "{part} not in {said:#?}");
    }
    assert_eq!(report.failing.len(), 1);
    assert!(report.failing[0].origin.starts_with("qaa/examples.txt:5"));
}
