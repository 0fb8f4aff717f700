//! What a second reader is given at a time: a few sentences of one block.

use kua_lexicon::Lexicons;
use kua_model::{Document, TextRange};

use crate::pieces;

/// Longest passage in bytes: a long paragraph, well within what a small model holds.
const LONGEST: usize = 1_500;
/// Letters and digits from which a passage may assert something.
const SHORTEST: usize = 20;

/// The passages of `document` that may make claims, in order, never overlapping: whole sentences of
/// one block of the account, in a language whose words kua can check. Every end is a character's.
pub fn passages(document: &Document, lexicons: &Lexicons) -> Vec<TextRange> {
    let is_known = |range: TextRange| {
        let lexicon = document.language_at(range).and_then(|lang| lexicons.get(lang));
        lexicon.is_some_and(|lexicon| lexicon.sections("events.txt").next().is_some())
    };
    let mut out: Vec<TextRange> = Vec::new();
    let mut open: Option<(usize, TextRange)> = None;
    for sentence in &document.sentences {
        let role = document.blocks.get(sentence.block).map(|block| block.role);
        if !role.is_some_and(kua_model::Role::may_claim) || !is_known(sentence.range) {
            continue;
        }
        for piece in pieces(&document.text, sentence.range) {
            match open {
                Some((block, range))
                    if block == sentence.block && range.cover(piece).len() <= LONGEST =>
                {
                    open = Some((block, range.cover(piece)));
                }
                _ => {
                    out.extend(open.map(|(_, range)| range));
                    open = Some((sentence.block, piece));
                }
            }
        }
    }
    out.extend(open.map(|(_, range)| range));
    let told = |range: &TextRange| {
        let text = range.of(&document.text).unwrap_or_default();
        text.chars().filter(|c| c.is_alphanumeric()).take(SHORTEST).count() == SHORTEST
    };
    out.into_iter().map(|range| trimmed(&document.text, range)).filter(told).collect()
}

fn trimmed(text: &str, range: TextRange) -> TextRange {
    let words = range.of(text).unwrap_or_default();
    let start = range.start + (words.len() - words.trim_start().len());
    TextRange::new(start, start + words.trim().len())
}
