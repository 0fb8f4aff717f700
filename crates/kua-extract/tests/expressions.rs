//! Dates and quantities by themselves, against tables of phrases anyone can edit.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod support;

use std::path::Path;

use kua_extract::Extractor;

/// The lines `phrase => expected` of a table, with the number of each.
fn table(name: &str) -> Vec<(usize, String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
        .map(|(at, line)| {
            let (phrase, expected) = line.split_once("=>").unwrap();
            (at + 1, phrase.trim().to_owned(), expected.trim().to_owned())
        })
        .collect()
}

#[test]
fn time_expressions_have_their_timex_values() {
    let extractor = Extractor::new(&support::lexicons());
    let anchor = Some("2013-03-22".parse::<kua_model::PartialDate>().unwrap().last());
    let mut wrong = Vec::new();
    for lang in ["en", "fr", "ru"] {
        for (line, phrase, expected) in table(&format!("time/{lang}.txt")) {
            let found = extractor.dates(&phrase, lang.parse().unwrap(), anchor);
            let values: Vec<_> = found.iter().map(|time| time.value.as_str()).collect();
            if values.join(" ") != expected {
                wrong.push(format!("time/{lang}.txt:{line}: {phrase} => {}", values.join(" ")));
            }
            assert!(found.iter().all(|time| time.range.of(&phrase).is_some()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn quantities_have_bounds_and_units() {
    let extractor = Extractor::new(&support::lexicons());
    let mut wrong = Vec::new();
    for lang in ["en"] {
        for (line, phrase, expected) in table(&format!("quantity/{lang}.txt")) {
            let found = extractor.quantities(&phrase, lang.parse().unwrap());
            let values: Vec<String> = found
                .iter()
                .map(|quantity| {
                    let end =
                        |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
                    let bound = serde_json::to_value(quantity.bound).unwrap();
                    format!(
                        "{}..{} {} {}",
                        end(quantity.low),
                        end(quantity.high),
                        bound.as_str().unwrap(),
                        quantity.unit.as_deref().unwrap_or("-")
                    )
                })
                .collect();
            if values.join(" ; ") != expected {
                wrong.push(format!(
                    "quantity/{lang}.txt:{line}: {phrase} => {}",
                    values.join(" ; ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn hostile_text_has_no_dates_that_fall_outside_it() {
    let extractor = Extractor::new(&support::lexicons());
    let anchor = Some("2013-03-22".parse::<kua_model::PartialDate>().unwrap().last());
    let hostile = [
        String::new(),
        "last ".repeat(5_000),
        "every every the the ".repeat(2_000),
        "99999999999999999999 years ago and 9999 centuries ago, 32 March".to_owned(),
        "Q9 q 3 'a 0s 00s 9 a.m. 99 p.m. T25:61 half half an".to_owned(),
        "\u{200f}two\u{ad} years\u{301} ago\u{feff}".to_owned(),
    ];
    for text in hostile {
        for time in extractor.dates(&text, "en".parse().unwrap(), anchor) {
            assert!(time.range.of(&text).is_some());
        }
        for quantity in extractor.quantities(&text, "en".parse().unwrap()) {
            assert!(quantity.range.of(&text).is_some());
        }
    }
}
