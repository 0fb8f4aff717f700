//! What the rules know of one block, whatever its language.

use kua_lexicon::{Token, TokenKind, tokens};
use kua_model::Lang;

use crate::draft::DraftBlock;
use crate::letter_case::{is_letter, lower};
use crate::words::{Cue, Words};

/// Bytes up to which a block is looked at word by word.
const SHORT: usize = 700;

/// A block with what can be seen of it.
#[derive(Debug)]
pub(crate) struct Line<'d> {
    /// Without surrounding white space.
    pub text: &'d str,
    pub chars: usize,
    /// White-space divided pieces.
    pub words: usize,
    /// Ends like a sentence.
    pub stop: bool,
    /// Hash of its letters and digits, whatever case, quotes and spaces; 0 if it has none.
    pub key: u64,
    pub language: Option<Lang>,
    /// Of short blocks at the edges of the text; else empty.
    pub tokens: Vec<Token<'d>>,
    /// (first token, number of tokens, what).
    pub cues: Vec<(usize, usize, Cue)>,
}

impl<'d> Line<'d> {
    pub(crate) fn of(
        text: &'d str,
        block: &DraftBlock,
        language: Option<Lang>,
        at_edge: bool,
        words: &Words,
    ) -> Self {
        let whole = block.range.of(text).unwrap_or_default();
        let core = whole.trim();
        let start = block.range.start + whole.len() - whole.trim_start().len();
        let short = at_edge && core.len() <= SHORT;
        let tokens = if short { tokens(core, start) } else { Vec::new() };
        let cues = words.cues(&tokens);
        Self {
            text: core,
            chars: if core.len() <= 4 * SHORT { core.chars().count() } else { core.len() },
            words: if core.len() <= 4 * SHORT {
                core.split_whitespace().count()
            } else {
                core.len() / 8
            },
            stop: ends_sentence(core),
            key: if core.len() <= SHORT && (at_edge || core.len() <= 120) { key(core) } else { 0 },
            language,
            tokens,
            cues,
        }
    }

    /// Running text: long, or a sentence of some length.
    pub(crate) fn is_paragraph(&self) -> bool {
        self.chars >= 220 || (self.stop && (self.chars >= 80 || self.words >= 8))
    }

    /// In another language than `main`, both known.
    pub(crate) fn is_foreign(&self, main: Option<Lang>) -> bool {
        matches!((self.language, main), (Some(own), Some(main)) if own != main)
    }

    /// Whether it has a cue of this kind.
    pub(crate) fn has(&self, cue: Cue) -> bool {
        self.cues.iter().any(|&(_, _, found)| found == cue)
    }

    /// A cue of this kind at the very start: how many tokens it takes.
    pub(crate) fn opens_with(&self, cue: Cue) -> Option<usize> {
        let first = self.tokens.iter().position(|token| token.kind != TokenKind::Mark)?;
        let found = self.cues.iter().filter(|&&(at, _, kind)| at == first && kind == cue);
        found.map(|&(at, length, _)| at + length).max()
    }

    /// How many words and numbers are covered by cues of these kinds.
    pub(crate) fn covered(&self, cues: &[Cue]) -> usize {
        let mut covered = vec![false; self.tokens.len()];
        for &(at, length, cue) in &self.cues {
            if cues.contains(&cue) {
                covered.iter_mut().skip(at).take(length).for_each(|slot| *slot = true);
            }
        }
        self.tokens
            .iter()
            .zip(covered)
            .filter(|(token, covered)| *covered && token.kind != TokenKind::Mark)
            .count()
    }

    /// Words and numbers among its tokens.
    pub(crate) fn plain_words(&self) -> usize {
        self.tokens.iter().filter(|token| token.kind == TokenKind::Word).count()
    }

    pub(crate) fn has_number(&self) -> bool {
        self.text.chars().any(char::is_numeric)
    }

    /// Short, without a stop: a headline, a label, a name.
    pub(crate) fn is_headline_like(&self) -> bool {
        !self.stop && self.words >= 1 && self.chars <= 250 && !self.text.ends_with([':', ',', ';'])
    }

    /// Two to five words, all but joiners written with a capital, and nothing else.
    pub(crate) fn is_name_like(&self, from: usize) -> bool {
        let tokens = self.tokens.get(from..).unwrap_or_default();
        let mut capitals = 0;
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Number => return false,
                TokenKind::Mark
                    if !matches!(token.fold.as_ref(), "." | "-" | "," | "&" | "|" | "/" | ":") =>
                {
                    return false;
                }
                TokenKind::Word if token.capital => capitals += 1,
                TokenKind::Word => {
                    let joins = self.cues.iter().any(|&(place, _, cue)| {
                        place == from + at && matches!(cue, Cue::Joiner | Cue::Byline)
                    });
                    // De Gaulle, van der Berg, d'Estaing: short particles inside names.
                    let particle = token.fold.chars().count() <= 3 && capitals > 0;
                    if !joins && !particle {
                        return false;
                    }
                }
                TokenKind::Mark => {}
            }
        }
        (1..=8).contains(&capitals) && self.chars <= 90
    }
}

/// Whether the last mark, closing quotes and brackets aside, ends a sentence.
fn ends_sentence(text: &str) -> bool {
    let closing =
        |c: char| matches!(c, '"' | '\'' | '»' | '”' | '’' | ')' | ']' | '›') || c.is_whitespace();
    text.trim_end_matches(closing).ends_with(['.', '!', '?', '…', '。', '؟', '۔', '।', '！', '？'])
}

/// FNV-1a over folded letters and digits.
fn key(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut any = false;
    for character in text.chars().filter(|&c| is_letter(c) || c.is_numeric()).map(lower) {
        any = true;
        hash = (hash ^ u64::from(u32::from(character))).wrapping_mul(0x0100_0000_01b3);
    }
    if any { hash.max(1) } else { 0 }
}
