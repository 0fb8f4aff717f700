//! Text made to break a reader: nothing panics, every range is a slice, time stays linear.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod support;

use std::sync::LazyLock;

use kua_extract::{ExtractConfig, Extractor};
use kua_model::{Claim, Document, Modality, Quote};

fn read(text: &str, lang: &str) -> Vec<Claim> {
    read_with(extractor(), text, lang)
}

/// All lexicons, compiled once for all tests: that takes seconds without optimisation.
fn extractor() -> &'static Extractor {
    static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| Extractor::new(&support::lexicons()));
    &EXTRACTOR
}

fn read_with(extractor: &Extractor, text: &str, lang: &str) -> Vec<Claim> {
    let document = support::plain(text, lang, Some("2022-01-07"));
    let claims = extractor.extract(&document, &ExtractConfig::default()).value;
    stands(&document, &claims);
    claims
}

/// Every quote equals the text by bytes and by characters, and so does every range in `why`.
fn stands(document: &Document, claims: &[Claim]) {
    let mut ids = std::collections::BTreeSet::new();
    for (number, claim) in claims.iter().enumerate() {
        let quote = Quote::cut(document, claim.range).unwrap();
        // Counting characters is linear in the text: the first claims stand for all.
        if number < 50 {
            let (first, last) = quote.code_points(document);
            let words: String = document.text.chars().skip(first).take(last - first).collect();
            assert_eq!(words, quote.exact());
        }
        for why in &claim.why {
            assert!(why.range.is_none_or(|range| range.of(&document.text).is_some()), "{why:?}");
        }
        assert!(!claim.why.is_empty());
        assert!(ids.insert(claim.id), "two claims of one id");
        let ranges = claim.affected.iter().filter_map(|group| group.range);
        for range in ranges.chain(claim.quantity.iter().filter_map(|q| q.range)) {
            assert!(range.of(&document.text).is_some());
        }
    }
}

#[test]
fn empty_and_blank_texts_say_nothing() {
    for text in ["", " ", "\n\n", "\u{feff}", ".", "?", "12", "killed", "«", "\u{ad}\u{200b}"] {
        for lang in ["en", "fr", "ru", "kk", "xx"] {
            assert!(read(text, lang).iter().all(|claim| claim.quantity.is_none()), "{text:?}");
        }
    }
}

/// Words that point back ("others", "of them") find nothing to point to in an endless paragraph:
/// they look a fixed way back, so the paragraph is read in linear time (bench `one_paragraph`).
#[test]
fn an_endless_paragraph_whose_figures_all_point_back_is_read_to_its_end() {
    let text = "Six houses were burned. Twelve others were arrested. This was stated by police. "
        .repeat(300);
    let claims = read(&text, "en");
    let last = claims.iter().rev().find(|claim| claim.event.0 == "arrested").unwrap();
    assert!(last.range.end + 100 > text.len(), "the last sentences are read");
    assert_eq!(last.quantity.as_ref().and_then(|quantity| quantity.low), Some(12));
}

#[test]
fn one_long_line_takes_time_in_proportion() {
    let extractor = extractor();
    let long =
        "12 people were killed and 18 wounded in the city of Lima, officials said, ".repeat(3_000);
    assert!(read_with(extractor, &long, "en").len() > 1000);
    for (text, lang) in [
        ("7 ".repeat(100_000), "en"),
        ("« ".repeat(10_000), "fr"),
        ("«".repeat(1_000) + "26 morts" + &"»".repeat(1_000), "fr"),
        ("killed ".repeat(50_000), "en"),
        ("killed or wounded ".repeat(20_000), "en"),
        ("people ".repeat(50_000), "en"),
        ("the ".repeat(50_000) + "dead", "en"),
        ("убиты и ранены ".repeat(20_000), "ru"),
        ("according to ".repeat(20_000), "en"),
        ("A, ".repeat(50_000), "en"),
        ("one hundred and ".repeat(20_000), "en"),
        ("1.".repeat(50_000), "en"),
        ("1-".repeat(50_000), "fr"),
        ("x".repeat(2_000_000), "en"),
        ("including 3 of them ".repeat(10_000), "en"),
    ] {
        read_with(extractor, &text, lang);
    }
}

#[test]
fn numbers_no_count_can_hold_are_no_counts() {
    let extractor = extractor();
    for text in [
        "99999999999999999999999999 people were killed.",
        "18446744073709551616 people were killed.",
        "-12 people were killed.",
        "1.5 people were killed.",
        "1.000 people were killed.",
        "Call +7 727 250 12 34, people were killed.",
        "555-12-34 people were killed.",
        "B-52 people were killed.",
        "Flight 45 was killed.",
    ] {
        for claim in read_with(extractor, text, "en") {
            let number = claim.quantity.as_ref().and_then(|q| q.low);
            assert!(number.is_none() || number == Some(0), "{text}: {number:?}");
        }
    }
    let count = |text: &str, lang: &str| {
        read_with(extractor, text, lang).first().and_then(|c| c.quantity.as_ref()?.low)
    };
    assert_eq!(count("18446744073709551615 people were killed.", "en"), Some(u64::MAX));
    assert_eq!(count("1,000 people were killed.", "en"), Some(1000));
    assert_eq!(count("1.000 personnes ont été tuées.", "fr"), Some(1000));
    assert_eq!(count("1\u{202f}000 personnes ont été tuées.", "fr"), Some(1000));
    assert_eq!(count("1\u{a0}000 personnes ont été tuées.", "fr"), Some(1000));
    assert_eq!(count("٢٦ people were killed.", "en"), Some(26));
    assert_eq!(count("26 peo\u{ad}ple were kil\u{200b}led.", "en"), Some(26));
}

#[test]
fn impossible_dates_give_no_time_of_their_own() {
    for text in [
        "On 30 February 2022 12 people were killed.",
        "On 31.02.2022 12 people were killed.",
        "On 99 January 2022 12 people were killed.",
    ] {
        for claim in read(text, "en") {
            if let Some(time) = &claim.time {
                assert_ne!(time.value.to_string(), "2022-02-30", "{text}");
            }
        }
    }
}

#[test]
fn a_weekday_that_contradicts_its_year_is_reported_and_resolved() {
    let text = "Jeudi 6 janvier 2012, deux soldats ont été tués.";
    let document = support::plain(text, "fr", Some("2022-01-07"));
    let noted = extractor().extract(&document, &ExtractConfig::default());
    assert!(noted.notices.iter().any(|notice| notice.code == "weekday-disagrees"));
    let time = noted.value[0].time.as_ref().unwrap();
    assert_eq!(time.value.to_string(), "2022-01-06");
    assert_eq!(noted.value[0].role, kua_model::ClaimRole::Crisis);
}

#[test]
fn a_quote_may_begin_and_end_the_text() {
    let claims = read("26 morts", "fr");
    assert_eq!(claims[0].range.as_range(), 0..8);
    let claims = read("12 killed", "en");
    assert_eq!(claims[0].range.as_range(), 0..9);
}

#[test]
fn broken_pieces_of_good_sentences_never_panic() {
    let extractor = extractor();
    let seeds = [
        (
            "The toll rose from 13 to 18, including 3 children (two of them girls), said Mr. X, citing AFP on 5-6 January 2022.",
            "en",
        ),
        (
            "Dans la nuit du 5 au 6 janvier 2022, « 26 criminels » auraient été tués ou blessés, dont 3 d'entre eux, selon l'AFP.",
            "fr",
        ),
        (
            "В ночь на 5 января погибли от 20 до 30 человек, в том числе 2 из них — дети, сообщает ТАСС со ссылкой на МВД.",
            "ru",
        ),
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for (seed, lang) in seeds {
        let words: Vec<&str> = seed.split_inclusive(' ').collect();
        for _ in 0..1500 {
            let mut text = String::new();
            for _ in 0..1 + next(&mut state) % 30 {
                let index = usize::try_from(next(&mut state)).unwrap_or(0) % words.len();
                text.push_str(words[index]);
                if next(&mut state).is_multiple_of(9) {
                    text.push_str(
                        ["-", "«", "\"", "(", ", ", ".", "?", "\u{a0}", "12", "’"][index % 10],
                    );
                }
            }
            read_with(extractor, &text, lang);
        }
    }
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn the_same_text_gives_the_same_claims_on_every_thread() {
    let lexicons = support::lexicons();
    let text = "12 people were killed and 18 wounded. The police arrested 40 men, Reuters says.";
    let all: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let document = support::plain(text, "en", Some("2022-01-07"));
                    let claims =
                        kua_extract::extract(&document, &lexicons, &ExtractConfig::default());
                    serde_json::to_string(&claims.value).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    assert!(all[0].contains("killed"));
}

#[test]
fn the_period_of_the_case_parts_crisis_from_background() {
    let document =
        support::plain("On 16 December 2011 14 people were killed in Zhanaozen.", "en", None);
    let config = ExtractConfig {
        period: Some("2022-01-02/2022-01-11".parse().unwrap()),
        place: None,
        ..ExtractConfig::default()
    };
    let claims = extractor().extract(&document, &config).value;
    assert_eq!(claims[0].role, kua_model::ClaimRole::Background);
    assert_eq!(claims[0].modality, Modality::Certain);
}
