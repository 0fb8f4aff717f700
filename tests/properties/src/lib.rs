//! What must hold of any text, however it came about. Each function panics where it does not; the
//! fuzz targets in `fuzz/` and the tests beside this file call them with texts of their own.
//!
//! No property asserts a time.

mod document;
mod mutate;

use std::sync::LazyLock;

use jiff::civil::Date;
use kua_extract::{
    Asked, ExtractConfig, Extractor, check_language, check_proposals, extract, passages,
};
use kua_lexicon::{Lexicons, TokenKind, fold};
use kua_model::{Claim, Document, Lang, ProposedClaim, ProposedFigure, TextRange};

pub use document::document;
pub use mutate::{Mutator, examples, files};

static LEXICONS: LazyLock<Lexicons> = LazyLock::new(Lexicons::embedded);
static EXTRACTOR: LazyLock<Extractor> = LazyLock::new(|| Extractor::new(&LEXICONS));

/// Languages that events are read in.
pub const LANGUAGES: [&str; 6] = ["en", "fr", "ru", "kk", "uk", "es"];

/// Tokens stand in order, at characters, and leave out nothing that can be seen.
pub fn tokens(text: &str) {
    let tokens = kua_lexicon::tokens(text, 0);
    let mut end = 0;
    for token in &tokens {
        assert!(end <= token.range.start, "tokens overlap at {}", token.range);
        let between = text.get(end..token.range.start).expect("a gap ends at a character");
        assert!(between.chars().all(is_unseen), "left out: {between:?}");
        let words = token.range.of(text).expect("a token ends at a character");
        assert!(!words.is_empty(), "an empty token at {}", token.range);
        if token.kind == TokenKind::Number {
            assert!(token.fold.bytes().all(|b| b.is_ascii_digit()), "{words:?}: {:?}", token.fold);
        }
        assert_eq!(fold(&token.fold), token.fold, "folded twice it is another: {words:?}");
        end = token.range.end;
    }
    assert!(text.get(end..).is_some_and(|rest| rest.chars().all(is_unseen)), "left out at the end");
    let moved = kua_lexicon::tokens(text, 7);
    assert_eq!(moved.len(), tokens.len());
    for (a, b) in tokens.iter().zip(&moved) {
        assert_eq!((a.range.start + 7, a.range.end + 7), (b.range.start, b.range.end));
    }
}

/// Whether no token needs to begin there: white space, and what is there but not seen.
fn is_unseen(c: char) -> bool {
    kua_lexicon::tokens(c.encode_utf8(&mut [0; 4]), 0).is_empty()
}

/// Quantities stand in order, at characters, with ends that are numbers; so do those of claims.
pub fn numbers(text: &str) {
    for lang in LANGUAGES.map(lang) {
        let mut end = 0;
        for found in EXTRACTOR.quantities(text, lang) {
            end = in_order(text, found.range, end);
            let ends = [found.low, found.high];
            assert!(ends.iter().flatten().all(|n| n.is_finite()), "{lang}: {found:?}");
            if let [Some(low), Some(high)] = ends {
                assert!(low <= high, "{lang}: {found:?} ends before it begins");
            }
        }
        claims(text, lang);
    }
}

/// Time expressions stand in order, at characters, and have a value.
pub fn dates(text: &str) {
    let anchors = [None, Some(Date::constant(2022, 1, 5)), Some(Date::MAX), Some(Date::MIN)];
    for lang in LANGUAGES.map(lang) {
        for anchor in anchors {
            let mut end = 0;
            for found in EXTRACTOR.dates(text, lang, anchor) {
                end = in_order(text, found.range, end);
                assert!(!found.value.is_empty(), "{lang}: {found:?} has no value");
            }
        }
    }
}

/// A `patterns.txt` made of whatever stands before the first form feed, read over what follows it.
pub fn patterns(text: &str) {
    let (patterns, story) = text.split_once('\u{c}').unwrap_or((text, STORY));
    let mut files = invented();
    files.retain(|(name, _)| name != "qaa/patterns.txt");
    files.push(("qaa/patterns.txt".to_owned(), patterns.to_owned()));
    read_with(files, &[story, STORY]);
}

/// A lexicon file of any name, named by the first line, made of the others.
pub fn lexicons(text: &str) {
    let (name, rest) = text.split_once('\n').unwrap_or(("", text));
    let known = files();
    let at = name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
    let name = known.get(at % known.len().max(1)).map_or("events.txt", |(name, _)| name.as_str());
    let mut files = invented();
    let path = if name == "claims.txt" { name.to_owned() } else { format!("qaa/{name}") };
    files.retain(|(known, _)| *known != path);
    files.push((path, rest.to_owned()));
    read_with(files, &[STORY]);
}

/// Compiles these files and reads `stories` with them. Slips are named with a line there is.
fn read_with(files: Vec<(String, String)>, stories: &[&str]) {
    let lines = |name: &str| {
        let file = files.iter().find(|(path, _)| path == name);
        file.map_or(usize::MAX, |(_, text)| text.lines().count().max(1))
    };
    let lexicons = match Lexicons::from_files(files.clone()) {
        Ok(lexicons) => lexicons,
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a reason");
            for error in errors {
                assert!(
                    error.line <= lines(&error.file),
                    "{error} in {} lines",
                    lines(&error.file)
                );
                assert!(!error.reason.is_empty());
            }
            return;
        }
    };
    let extractor = Extractor::new(&lexicons);
    for error in extractor.errors() {
        assert!(error.line <= lines(&error.file), "{error}");
    }
    for story in stories {
        let document = document(story, lang("qaa"));
        hold(&document, &extractor.extract(&document, &ExtractConfig::default()).value);
    }
    check_language(&lexicons, lang("qaa"));
}

/// What a model says of a text, made of the lines of `text`: what is left stands in the text.
pub fn proposals(text: &str) {
    let (said, story) = text.split_once('\u{c}').unwrap_or((text, text));
    let mut lines = said.lines();
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let claim = ProposedClaim {
        quote: next(),
        trigger: next(),
        event: "killed".to_owned(),
        figure: Some(ProposedFigure { low: next().parse().ok(), high: next().parse().ok() }),
        affected: Some(next()),
        by: Some(next()),
        place: Some(next()),
        when: Some(next()),
        sources: vec![next(), next()],
        modality: Some(next()),
    };
    for language in LANGUAGES.map(lang) {
        let document = document(story, language);
        let whole = TextRange::new(0, story.len());
        let mut asked = vec![Asked { passage: whole, claim: &claim }];
        let mut end = 0;
        for passage in passages(&document, &LEXICONS) {
            end = in_order(story, passage, end);
            asked.push(Asked { passage, claim: &claim });
        }
        let config = ExtractConfig::default();
        let answers = check_proposals(&document, &LEXICONS, &config, &asked);
        assert_eq!(answers.len(), asked.len());
        for (asked, left) in asked.iter().zip(&answers) {
            let Ok(left) = left else { continue };
            assert!(asked.passage.contains(left.claim.range), "a quote outside its passage");
            if let Some(quantity) = &left.claim.quantity {
                let given = claim.figure.map(|figure| (figure.low, figure.high));
                assert_eq!(Some((quantity.low, quantity.high)), given);
                let inside = quantity.range.is_none_or(|range| left.claim.range.contains(range));
                assert!(inside, "a figure outside its quote");
            }
            hold(&document, std::slice::from_ref(&left.claim));
        }
    }
}

/// What is claimed of a text stands in it.
fn claims(text: &str, lang: Lang) {
    let document = document(text, lang);
    hold(&document, &extract(&document, &LEXICONS, &ExtractConfig::default()).value);
}

/// Every range of a claim is words of its document, and every word of it stands there.
fn hold(document: &Document, claims: &[Claim]) {
    let text = document.text.as_str();
    for claim in claims {
        let quote = claim.range.of(text).expect("a quote is cut at characters");
        assert!(!quote.trim().is_empty(), "an empty quote");
        let groups = claim.affected.iter().chain(&claim.perpetrator);
        let ranges = groups
            .filter_map(|group| group.range)
            .chain(claim.quantity.as_ref().and_then(|quantity| quantity.range))
            .chain(claim.place.as_ref().and_then(|place| place.range))
            .chain(claim.time.as_ref().and_then(|time| time.range))
            .chain(claim.sources.iter().filter_map(|source| source.range))
            .chain(claim.why.iter().filter_map(|why| why.range));
        for range in ranges {
            assert!(range.of(text).is_some(), "{range} is no place in the text: {claim:?}");
        }
        if let Some(quantity) = &claim.quantity
            && let (Some(low), Some(high)) = (quantity.low, quantity.high)
        {
            assert!(low <= high, "{quantity:?} ends before it begins in {quote:?}");
        }
    }
}

/// The end of `range`, which must be words of `text` and begin no earlier than `end`.
fn in_order(text: &str, range: TextRange, end: usize) -> usize {
    assert!(end <= range.start, "{range} begins before {end}");
    let words = range.of(text).expect("words are cut at characters");
    assert!(!words.is_empty(), "nothing at {range}");
    range.end
}

fn lang(code: &str) -> Lang {
    code.parse().expect("a language code")
}

const STORY: &str = "Morzua plu ol duo kento soldatim kai vundua multa homim. Forsan morzua tri \
homim, 5 janu 2022, lau la Ministrum.";

/// An invented language, as in `kua-extract`'s tests.
fn invented() -> Vec<(String, String)> {
    let file = |name: &str, text: &str| (format!("qaa/{name}"), text.to_owned());
    vec![
        (
            "claims.txt".to_owned(),
            "[events]\nkilled = people toll exclusive\nwounded = people toll exclusive\n[groups]\npeople\nsoldiers = people\n".to_owned(),
        ),
        file("endings.txt", "im a\n"),
        file("numbers.txt", "[cardinals]\nuno = 1\nduo = 2\ntri = 3\n[multipliers]\nkento = 100\n[vague]\nmulta = 20..99\n"),
        file("bounds.txt", "[before]\nplu ol = >\n"),
        file("people.txt", "[groups]\nhom~ = people\nsoldat~ = soldiers\n"),
        file("events.txt", "[killed.participle]\nmorzu~\n[wounded.participle]\nvundu~\n"),
        file("patterns.txt", "[patterns]\n{participle} {count}\n{count} {participle}\n[and]\nkai\n[subordinate]\nke\n"),
        file("hedges.txt", "[hedged]\nforsan\n[negated]\nnek\n"),
        file("speech.txt", "[according]\nlau\n[sources]\nministrum = authority\n"),
        file("calendar.txt", "[months]\njanu = 1\n[order]\ndmy\n"),
        file("examples.txt", "+ Morzua tri homim. => killed 3..3 people\n"),
    ]
}
