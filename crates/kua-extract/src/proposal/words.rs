//! Where words stand in a text, by tokens: white space, letter case and the shapes of apostrophes,
//! quotation marks and dashes do not matter, every letter, digit and mark does. Knows no language.

use std::collections::BTreeMap;

use kua_lexicon::{Token, TokenKind, tokens};
use kua_model::TextRange;

/// Longest words that are looked for, in tokens: more than any name or quote has.
const LONGEST: usize = 400;

/// A text cut into tokens, with where each of them stands.
pub(super) struct Words<'t> {
    tokens: Vec<Token<'t>>,
    at: BTreeMap<String, Vec<usize>>,
}

impl<'t> Words<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let tokens = tokens(text, 0);
        let mut at: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, token) in tokens.iter().enumerate() {
            at.entry(key(token).to_owned()).or_default().push(number);
        }
        Self { tokens, at }
    }

    /// Every place inside `within` where `wanted` stands, in order. None for words without a letter
    /// or digit, or longer than any name or quote.
    pub(super) fn all(&self, wanted: &str, within: TextRange) -> Vec<TextRange> {
        let wanted = tokens(wanted, 0);
        if wanted.len() > LONGEST || wanted.iter().all(|token| token.kind == TokenKind::Mark) {
            return Vec::new();
        }
        // By its rarest token: a name is not looked for at every "the".
        let rarest = wanted
            .iter()
            .enumerate()
            .map(|(number, token)| (self.at.get(key(token)).map_or(&[][..], Vec::as_slice), number))
            .min_by_key(|(places, number)| (places.len(), *number));
        let Some((places, number)) = rarest else { return Vec::new() };
        let first = places.partition_point(|&at| self.start(at) < within.start);
        places
            .iter()
            .skip(first)
            .take_while(|&&at| self.start(at) < within.end)
            .filter_map(|at| self.stands(&wanted, at.checked_sub(number)?))
            .filter(|range| within.contains(*range))
            .collect()
    }

    /// Where `wanted` stands inside `within`, nearest to `near`: inside that if it does.
    pub(super) fn nearest(
        &self,
        wanted: &str,
        near: TextRange,
        within: TextRange,
    ) -> Option<TextRange> {
        let gap = |range: &TextRange| {
            range.start.saturating_sub(near.end).max(near.start.saturating_sub(range.end))
        };
        let inside = |range: &TextRange| !near.contains(*range);
        self.all(wanted, within)
            .into_iter()
            .min_by_key(|range| (inside(range), gap(range), range.start))
    }

    fn start(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(usize::MAX, |token| token.range.start)
    }

    fn stands(&self, wanted: &[Token<'_>], first: usize) -> Option<TextRange> {
        let here = self.tokens.get(first..first.checked_add(wanted.len())?)?;
        let same = here.iter().zip(wanted).all(|(a, b)| a.kind == b.kind && key(a) == key(b));
        let (first, last) = (here.first()?, here.last()?);
        same.then(|| TextRange::new(first.range.start, last.range.end))
    }
}

/// What a token is compared by.
fn key<'k>(token: &'k Token<'_>) -> &'k str {
    match token.fold.as_ref() {
        "“" | "”" | "„" | "«" | "»" | "‟" | "‹" | "›" => "\"",
        "‘" | "‚" | "‛" => "'",
        "‐" | "‑" | "‒" | "–" | "—" | "―" | "−" => "-",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, wanted: &str) -> Vec<String> {
        let whole = TextRange::new(0, text.len());
        let found = Words::new(text).all(wanted, whole);
        found.iter().map(|range| range.of(text).unwrap().to_owned()).collect()
    }

    #[test]
    fn print_does_not_matter_and_letters_do() {
        let text = "Le ministère :\u{a0}« 3\u{202f}800 per\u{ad}sonnes » – l\u{2019}État.";
        assert_eq!(found(text, "« 3 800 personnes »"), ["« 3\u{202f}800 per\u{ad}sonnes »"]);
        let quoted = text.find('«').unwrap();
        assert_eq!(found(text, "\"3 800 PERSONNES\" - l'état"), [&text[quoted..text.len() - 1]]);
        for lie in ["3 900 personnes", "800 person", "3800 personnes", "", "«", " \u{ad}"] {
            assert!(found(text, lie).is_empty(), "{lie:?}");
        }
    }

    #[test]
    fn words_are_found_where_they_are_meant() {
        let text = "the mine, the gate; the mine.";
        let words = Words::new(text);
        let whole = TextRange::new(0, text.len());
        let nearest =
            |wanted: &str, near: std::ops::Range<usize>| words.nearest(wanted, near.into(), whole);
        assert_eq!(found(text, "the mine").len(), 2);
        assert_eq!(words.all("the mine", TextRange::new(5, 29)), [TextRange::new(20, 28)]);
        // A place that is cut is none.
        assert!(words.all("the mine", TextRange::new(1, 27)).is_empty());
        assert_eq!(nearest("mine", 14..18), Some(TextRange::new(4, 8)));
        assert_eq!(nearest("mine", 20..28), Some(TextRange::new(24, 28)));
        assert_eq!(nearest("mines", 0..4), None);
    }
}
