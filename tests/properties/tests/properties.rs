//! The bodies of the fuzz targets over made-up texts, the same in every run.
//! `KUA_FUZZ_ROUNDS` says how many each.

use kua_properties::{Mutator, examples, files};

fn over(rounds: usize, seed: u64, seeds: Vec<String>, property: fn(&str)) {
    let rounds =
        std::env::var("KUA_FUZZ_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(rounds);
    let mut mutator = Mutator::new(seed, seeds);
    for _ in 0..rounds {
        let text = mutator.text();
        let held = std::panic::catch_unwind(|| property(&text));
        assert!(held.is_ok(), "does not hold of {text:?}");
    }
}

/// Lexicon files, a piece each, so that a made-up one has several sections.
fn pieces(of: impl Fn(&str) -> bool) -> Vec<String> {
    let mut out = Vec::new();
    for (name, text) in files().into_iter().filter(|(name, _)| of(name)) {
        let lines: Vec<&str> = text.lines().collect();
        out.extend(lines.chunks(12).map(|lines| format!("{name}\n{}\n", lines.join("\n"))));
    }
    out
}

#[test]
fn any_text_comes_apart_into_tokens() {
    over(3_000, 0x6b75_6101, examples(), kua_properties::tokens);
}

#[test]
fn any_numbers_are_intervals_of_words_that_stand_there() {
    over(60, 0x6b75_6102, examples(), kua_properties::numbers);
}

#[test]
fn any_dates_are_words_that_stand_there() {
    over(100, 0x6b75_6103, examples(), kua_properties::dates);
}

#[test]
fn any_patterns_compile_or_are_named() {
    let patterns = pieces(|name| name == "patterns.txt").into_iter();
    let patterns =
        patterns.map(|text| text.replacen("patterns.txt\n", "[patterns]\n", 1)).collect();
    over(120, 0x6b75_6104, patterns, kua_properties::patterns);
}

#[test]
fn any_lexicon_is_read_or_its_slips_are_named() {
    over(200, 0x6b75_6105, pieces(|_| true), kua_properties::lexicons);
}

#[test]
fn whatever_a_model_says_what_is_left_stands_there() {
    let story = "\u{c}On 4 May 2031 police said 12 dockers were killed in Orlan. Nobody else died.";
    let said = "12 dockers were killed in Orlan\nkilled\n12\n12\ndockers\npolice\nOrlan\n4 May 2031\npolice\n\ncertain";
    let mut seeds = vec![format!("{said}{story}")];
    seeds.extend(
        examples().into_iter().step_by(9).map(|words| format!("{words}\n{words}\u{c}{words}")),
    );
    over(120, 0x6b75_6106, seeds, kua_properties::proposals);
}
