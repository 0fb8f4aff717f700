//! Numbers in words: "twenty-six", "quatre-vingt-dix-sept" and "двести сорок" as the digits they
//! stand for, so that a copy or translation that writes a figure out does not look like another.
//!
//! The words are those of `numbers.txt`, which extraction owns. Only the value matters here: what is
//! counted, bounds and vague intervals ("dozens") are left to extraction.

use std::collections::BTreeSet;

use kua_lexicon::{Entry, Lexicon, Phrases, Token, TokenKind};

/// What a number word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Stands for a number and may be added to a rounder one.
    Cardinal(u64),
    /// A round number by itself: "a dozen", "une soixantaine".
    Round(u64),
    /// A number only before a multiplier: "a hundred".
    Article,
    /// An interval: no number.
    Vague,
}

/// The number words of one language.
#[derive(Debug, Default)]
pub(crate) struct Numerals {
    heads: Phrases,
    parts: Vec<Part>,
    multipliers: Phrases,
    factors: Vec<u64>,
    joiners: Phrases,
    /// First two letters of all words a number may begin with: most words are none.
    openings: Openings,
}

const FILE: &str = "numbers.txt";

impl Numerals {
    pub(crate) fn of(lexicon: &Lexicon) -> Self {
        let mut heads: Vec<Entry> = Vec::new();
        let mut parts = Vec::new();
        // What stands first wins over phrases of the same length.
        for section in ["vague", "cardinals", "one"] {
            for entry in lexicon.section(FILE, section) {
                let value = entry.value.as_deref().unwrap_or_default();
                let part = match section {
                    "cardinals" => number(value).map(Part::Cardinal),
                    "one" => Some(Part::Article),
                    _ => Some(
                        value
                            .strip_prefix('~')
                            .and_then(|round| round.parse().ok())
                            .map_or(Part::Vague, Part::Round),
                    ),
                };
                if let Some(part) = part {
                    heads.push(entry.clone());
                    parts.push(part);
                }
            }
        }
        let mut multipliers = Vec::new();
        let mut factors = Vec::new();
        for entry in lexicon.section(FILE, "multipliers") {
            if let Some(factor) = entry.value.as_deref().and_then(number) {
                multipliers.push(entry.clone());
                factors.push(factor);
            }
        }
        let entries = heads.iter().chain(&multipliers);
        let phrases = entries.flat_map(|entry| kua_lexicon::expand(&entry.key).unwrap_or_default());
        let mut openings = Openings::default();
        phrases
            .filter_map(|phrase| Some(phrase.first()?.fold.clone()))
            .for_each(|word| openings.add(&word));
        let compile = |entries: &[Entry]| Phrases::compile(entries, lexicon.endings()).0;
        Self {
            heads: compile(&heads),
            parts,
            multipliers: compile(&multipliers),
            factors,
            joiners: lexicon.phrases(FILE, "joiners"),
            openings,
        }
    }

    /// Value of the number in words that begins at token `at`, and how many tokens it takes.
    pub(crate) fn spelled(&self, tokens: &[Token<'_>], at: usize) -> Option<(u64, usize)> {
        let first = tokens.get(at)?;
        if !self.openings.holds(&first.fold) {
            return None;
        }
        let (mut total, mut current, mut least) = (0_u64, 0_u64, u64::MAX);
        let (mut next, mut end) = (at, at);
        match self.head(tokens, at) {
            Some((Part::Round(value), taken)) => return Some((value, taken)),
            Some((Part::Vague, _)) => return None,
            Some((Part::Article, taken)) => {
                self.factor(tokens, at + taken)?;
                current = 1;
                next = at + taken;
            }
            _ => {}
        }
        loop {
            let cardinal = match self.head(tokens, next) {
                Some((Part::Cardinal(value), taken)) if fits(current, value) => {
                    Some((value, taken))
                }
                // "trente et une": the article counts after a ten and a joining word.
                Some((Part::Article, taken))
                    if next > end && current > 10 && current.is_multiple_of(10) =>
                {
                    Some((1, taken))
                }
                _ => None,
            };
            if let Some((value, taken)) = cardinal {
                current += value;
                end = next + taken;
            } else if let Some((factor, taken)) = self.factor(tokens, next) {
                if factor < 1000 {
                    if current >= factor {
                        break;
                    }
                    current = current.max(1).checked_mul(factor)?;
                } else {
                    if factor >= least {
                        break;
                    }
                    total = total.checked_add(current.max(1).checked_mul(factor)?)?;
                    current = 0;
                    least = factor;
                }
                end = next + taken;
            } else {
                break;
            }
            next = self.joined(tokens, end);
        }
        (end > at).then_some((total.saturating_add(current), end - at))
    }

    /// `figure` in digits times the multipliers after it ("2.5 million"), and how many tokens of
    /// `tokens` from `at` on they take. `None` if there are none.
    pub(crate) fn scaled(
        &self,
        figure: &str,
        tokens: &[Token<'_>],
        at: usize,
    ) -> Option<(String, usize)> {
        let mut product = 1_u128;
        let mut taken = 0;
        while let Some((factor, more)) = self.factor(tokens, at + taken) {
            product = product.checked_mul(u128::from(factor))?;
            taken += more;
        }
        if taken == 0 {
            return None;
        }
        let (whole, fraction) = figure.split_once('.').unwrap_or((figure, ""));
        let value: u128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let value = value.checked_mul(product)?;
        value.is_multiple_of(scale).then(|| ((value / scale).to_string(), taken))
    }

    fn head(&self, tokens: &[Token<'_>], at: usize) -> Option<(Part, usize)> {
        let found = self.heads.longest_at(tokens, at)?;
        Some((*self.parts.get(found.entry)?, found.tokens))
    }

    fn factor(&self, tokens: &[Token<'_>], at: usize) -> Option<(u64, usize)> {
        let found = self.multipliers.longest_at(tokens, at)?;
        Some((*self.factors.get(found.entry)?, found.tokens))
    }

    /// Where the number may go on after token `at`: behind a hyphen or a joining word.
    fn joined(&self, tokens: &[Token<'_>], at: usize) -> usize {
        let is_hyphen = |at: usize| {
            let touches = |n: usize| {
                matches!((n.checked_sub(1).and_then(|m| tokens.get(m)), tokens.get(n)),
                    (Some(x), Some(y)) if x.range.end == y.range.start)
            };
            tokens.get(at).is_some_and(|token| token.kind == TokenKind::Mark && token.fold == "-")
                && touches(at)
                && touches(at + 1)
        };
        let joiner = |at: usize| self.joiners.longest_at(tokens, at).map(|found| at + found.tokens);
        if is_hyphen(at) {
            match joiner(at + 1) {
                Some(end) if is_hyphen(end) => end + 1,
                _ => at + 1,
            }
        } else {
            joiner(at).unwrap_or(at)
        }
    }
}

/// The first two letters of some words: a bit for each two, first of all asked for their sum.
#[derive(Debug, Default)]
pub(crate) struct Openings {
    bits: [u64; 4],
    pairs: BTreeSet<(char, char)>,
}

impl Openings {
    pub(crate) fn add(&mut self, word: &str) {
        let pair = opening(word);
        let (place, bit) = Self::place(pair);
        self.bits[place] |= bit;
        self.pairs.insert(pair);
    }

    /// Whether one of them begins as `word` does.
    pub(crate) fn holds(&self, word: &str) -> bool {
        let pair = opening(word);
        let (place, bit) = Self::place(pair);
        self.bits[place] & bit != 0 && self.pairs.contains(&pair)
    }

    fn place((first, second): (char, char)) -> (usize, u64) {
        let sum = (first as usize).wrapping_mul(31).wrapping_add(second as usize) % 256;
        (sum / 64, 1 << (sum % 64))
    }
}

fn opening(word: &str) -> (char, char) {
    let mut letters = word.chars();
    (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '))
}

/// Whether `value` may be added to a number that so far ends in `current`.
fn fits(current: u64, value: u64) -> bool {
    let room = match current {
        0 => return true,
        _ if current.is_multiple_of(1000) => 1000,
        _ if current.is_multiple_of(100) => 100,
        // Sixty and eighty take up to nineteen where counting goes by twenties.
        _ if current.is_multiple_of(20) => 20,
        _ if current.is_multiple_of(10) => 10,
        _ => return false,
    };
    (1..room).contains(&value)
}

/// The number of an entry; what may stand behind it ("2 last") is for other stages.
fn number(value: &str) -> Option<u64> {
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kua_lexicon::{Lexicons, tokens};

    fn value(lang: &str, text: &str) -> Option<(u64, usize)> {
        let lexicons = Lexicons::embedded();
        let numerals = Numerals::of(lexicons.get(lang.parse().unwrap()).unwrap());
        numerals.spelled(&tokens(text, 0), 0)
    }

    #[test]
    fn compound_numbers_have_the_value_of_their_digits() {
        for (lang, text, expected) in [
            ("en", "twenty-six people", 26),
            ("en", "two hundred and fifty-three thousand", 253_000),
            ("en", "a hundred and four", 104),
            ("fr", "dix-huit", 18),
            ("fr", "trente et une personnes", 31),
            ("fr", "quatre-vingt-dix-sept", 97),
            ("fr", "soixante et onze", 71),
            ("fr", "mille deux cents", 1200),
            ("fr", "une soixantaine", 60),
            ("ru", "двадцать шесть", 26),
            ("ru", "тридцать один", 31),
            ("ru", "двести сорок три тысячи", 243_000),
            ("ru", "пятидесяти", 50),
        ] {
            let found = value(lang, text).map(|(value, _)| value);
            assert_eq!(found, Some(expected), "{text}");
        }
    }

    #[test]
    fn intervals_articles_and_ordinary_words_are_no_numbers() {
        for (lang, text) in [
            ("en", "a man"),
            ("en", "dozens of people"),
            ("en", "and two"),
            ("fr", "une femme"),
            ("ru", "тысячи людей"),
            ("ru", "и два"),
        ] {
            assert_eq!(value(lang, text), None, "{text}");
        }
    }

    #[test]
    fn figures_take_the_multiplier_after_them() {
        let lexicons = Lexicons::embedded();
        let numerals = Numerals::of(lexicons.get("ru".parse().unwrap()).unwrap());
        let after = tokens("тысячи жителей", 0);
        assert_eq!(numerals.scaled("12.4", &after, 0), Some(("12400".to_owned(), 1)));
        assert_eq!(numerals.scaled("12.4", &after, 1), None);
    }
}
