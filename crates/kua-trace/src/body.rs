//! A document as tracing sees it: its body cut into sentences, without what is not testimony.

use std::borrow::Cow;

use kua_lexicon::{Token, TokenKind, tokens};
use kua_model::{Document, Lang, TextRange};
use serde::{Deserialize, Serialize};

use crate::fold::address_length;
use crate::letters::is_alphanumeric;

/// Longest sentence in bytes; longer ones are cut at white space.
const LONGEST: usize = 1600;

/// Where a sentence that is too long is cut: at white space, or else between any two letters.
fn cut_point(text: &str) -> usize {
    let near = (LONGEST / 2..LONGEST).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let window = text.get(near..).unwrap_or_default();
    let limit = (LONGEST - near.min(LONGEST)).min(window.len());
    let limit =
        (limit..=window.len()).find(|&at| window.is_char_boundary(at)).unwrap_or(window.len());
    let at = window[..limit].find(char::is_whitespace).map_or(near, |at| near + at);
    if at == 0 { text.len() } else { at }
}

/// One sentence of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unit {
    /// Where it stands in the document's text.
    pub(crate) range: TextRange,
    /// Index of its block.
    pub(crate) block: usize,
}

/// The body of a document: blocks whose role belongs to what the account tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Body<'d> {
    /// The document.
    pub(crate) document: Cow<'d, Document>,
    /// Sentences in order; every visible character of every body block is in one.
    pub(crate) units: Vec<Unit>,
    /// Body blocks joined where they touch.
    pub(crate) ranges: Vec<TextRange>,
    /// Passages within quotation marks, marks excluded, in order.
    pub(crate) quoted: Vec<TextRange>,
}

/// The sentences of a body, one after the other.
struct Units<'t> {
    text: &'t str,
    /// Whether there are addresses in the document.
    cites: bool,
    list: Vec<Unit>,
}

impl Units<'_> {
    /// Adds the words between two bytes as a sentence, if there are letters or digits.
    ///
    /// An address at the end of a sentence is cited, not told: it is left out of the sentence. One
    /// that stands alone stays, so that the lines of two texts can be set side by side.
    fn push(&mut self, start: usize, end: usize, block: usize) {
        let addresses =
            if self.cites { addresses(self.text, TextRange::new(start, end)) } else { Vec::new() };
        let end = match addresses.last() {
            Some(last)
                if self.text[last.end..end].trim().is_empty()
                    && self.text[start..last.start].contains(is_alphanumeric) =>
            {
                last.start
            }
            _ => end,
        };
        let Some(words) = self.text.get(start..end) else { return };
        let inner = words.trim();
        if !inner.contains(is_alphanumeric) {
            return;
        }
        let mut start = start + (words.len() - words.trim_start().len());
        let mut inner = inner;
        // A text without sentence marks is cut anyway: everything after works sentence by sentence.
        while inner.len() > LONGEST {
            let cut = cut_point(inner);
            let head = inner[..cut].trim_end();
            self.list.push(Unit { range: TextRange::new(start, start + head.len()), block });
            let rest = inner[cut..].trim_start();
            start += inner.len() - rest.len();
            inner = rest;
        }
        if !inner.is_empty() {
            self.list.push(Unit { range: TextRange::new(start, start + inner.len()), block });
        }
    }
}

impl<'d> Body<'d> {
    pub(crate) fn of(document: Cow<'d, Document>) -> Self {
        let text = document.text.as_str();
        let (mut ranges, mut marked) = (Vec::<TextRange>::new(), Vec::new());
        let mut units = Units { text, cites: text.contains("://"), list: Vec::new() };
        let mut next = 0;
        for (index, block) in document.blocks.iter().enumerate() {
            let Some(words) = block.range.of(text) else { continue };
            if !block.role.is_body() {
                continue;
            }
            match ranges.last_mut() {
                Some(last) if last.end == block.range.start => last.end = block.range.end,
                _ => ranges.push(block.range),
            }
            marked.extend(quoted(words, block.range.start));
            while document.sentences.get(next).is_some_and(|s| s.range.end <= block.range.start) {
                next += 1;
            }
            let mut from = block.range.start;
            while let Some(sentence) =
                document.sentences.get(next).filter(|s| s.range.end <= block.range.end)
            {
                next += 1;
                if sentence.range.start >= from && sentence.range.of(text).is_some() {
                    units.push(from, sentence.range.start, index);
                    units.push(sentence.range.start, sentence.range.end, index);
                    from = sentence.range.end;
                }
            }
            units.push(from, block.range.end, index);
        }
        let units = units.list;
        Self { document, units, ranges, quoted: marked }
    }

    /// Whether this text is the first of two by what they say alone: the shorter, then by its letters.
    /// For work that must not depend on which of two documents has the lower id.
    pub(crate) fn stands_first(&self, other: &Self) -> bool {
        let (one, two) = (&self.document.text, &other.document.text);
        (one.len(), one) <= (two.len(), two)
    }

    /// The words at `range`.
    pub(crate) fn words(&self, range: TextRange) -> &str {
        range.of(&self.document.text).unwrap_or_default()
    }

    /// Tokens of the words at `range`, in bytes of the document.
    /// The pieces of a web address are none.
    pub(crate) fn tokens(&self, range: TextRange) -> Vec<Token<'_>> {
        let mut tokens = tokens(self.words(range), range.start);
        let addresses = addresses(&self.document.text, range);
        if !addresses.is_empty() {
            tokens.retain(|token| !addresses.iter().any(|address| address.overlaps(token.range)));
        }
        tokens
    }

    /// Bytes of the body.
    pub(crate) fn len(&self) -> usize {
        self.ranges.iter().map(|range| range.len()).sum()
    }

    /// Language of the document, or of most of its body.
    pub(crate) fn language(&self) -> Option<Lang> {
        self.document
            .language
            .or_else(|| self.units.iter().find_map(|unit| self.document.language_at(unit.range)))
    }

    /// Index of the sentence that holds or follows byte `at`.
    pub(crate) fn unit_at(&self, at: usize) -> usize {
        self.units.partition_point(|unit| unit.range.end <= at)
    }

    /// Whether nearly all of `range` lies within one pair of quotation marks.
    pub(crate) fn is_quoted(&self, range: TextRange) -> bool {
        let index = self.quoted.partition_point(|quoted| quoted.end <= range.start);
        self.quoted[index..].iter().take_while(|quoted| quoted.start < range.end).any(|quoted| {
            let inside = quoted.end.min(range.end).saturating_sub(quoted.start.max(range.start));
            inside * 10 >= range.len() * 8
        })
    }

    /// Whether part of `range` stands in quotation marks.
    pub(crate) fn has_quotation(&self, range: TextRange) -> bool {
        let index = self.quoted.partition_point(|quoted| quoted.end <= range.start);
        self.quoted.get(index).is_some_and(|quoted| quoted.start < range.end)
    }

    /// Who the opening line says the account is from: the words in the bracket that closes its
    /// dateline ("TELMER, 3 May (Dorvale Agency) —").
    pub(crate) fn agency(&self) -> Option<&str> {
        let opening = self.units.iter().take(3).find_map(|unit| {
            let words = self.words(unit.range);
            let dash = words.find(['—', '–', '-'])?;
            let head = words.get(..dash)?.trim_end().strip_suffix(')')?;
            Some(head.rsplit_once('(')?.1.trim())
        })?;
        (opening.chars().filter(|c| c.is_alphabetic()).count() >= 2).then_some(opening)
    }

    /// Web addresses anywhere in the document, in order of place.
    pub(crate) fn addresses(&self) -> Vec<&str> {
        let text = self.document.text.as_str();
        addresses(text, TextRange::new(0, text.len()))
            .into_iter()
            .filter_map(|range| range.of(text))
            .map(|address| address.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '/'))
            .collect()
    }
}

/// Web addresses in `range` of `text`, in order.
fn addresses(text: &str, range: TextRange) -> Vec<TextRange> {
    let Some(words) = range.of(text) else { return Vec::new() };
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(at) = words.get(from..).and_then(|rest| rest.find("://")) {
        let slashes = from + at;
        let scheme =
            words[from..slashes].chars().rev().take_while(char::is_ascii_alphabetic).count();
        let start = slashes - scheme;
        let length = words.get(start..).and_then(address_length).unwrap_or(0);
        if length > 0 {
            out.push(TextRange::new(range.start + start, range.start + start + length));
        }
        from = (start + length).max(slashes + 3);
    }
    out
}

/// Passages of one block within quotation marks. An unclosed mark closes with its block and counts
/// for nothing.
fn quoted(text: &str, offset: usize) -> Vec<TextRange> {
    let mut out = Vec::new();
    let mut open: Option<(usize, char)> = None;
    // The first bytes of all marks: most letters of any script begin with others.
    let may_be_mark = |(_, byte): &(usize, u8)| matches!(byte, b'"' | 0xc2 | 0xe2);
    let marks = text.bytes().enumerate().filter(may_be_mark);
    for (at, mark) in marks.filter_map(|(at, _)| Some((at, text.get(at..)?.chars().next()?))) {
        let closes = match mark {
            '»' | '›' | '”' | '“' | '"' | '«' => mark,
            '„' => {
                open = open.or(Some((at + mark.len_utf8(), '“')));
                continue;
            }
            _ => continue,
        };
        match open {
            Some((start, '“')) if matches!(closes, '“' | '”' | '"') => {
                out.push(TextRange::new(offset + start, offset + at));
                open = None;
            }
            Some((start, expected)) if closes == expected => {
                out.push(TextRange::new(offset + start, offset + at));
                open = None;
            }
            Some(_) => {}
            None => {
                let expected = match mark {
                    '«' => '»',
                    '‹' => '›',
                    '»' => '«',
                    '“' => '”',
                    '"' => '"',
                    _ => continue,
                };
                open = Some((at + mark.len_utf8(), expected));
            }
        }
    }
    out
}

/// A number as a value: digits with the separators between groups taken out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Figure {
    /// Digits, leading zeros dropped; a decimal part after `.`.
    pub(crate) value: String,
    /// Where it stands.
    pub(crate) range: TextRange,
}

/// Figures among `tokens` of `text` (offsets are those of the tokens): `2 298`, `2,298`, `2.298`
/// and `2298` are one figure; `4,5` keeps its decimal.
pub(crate) fn figures(words: &Body<'_>, tokens: &[Token<'_>]) -> Vec<Figure> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        at += 1;
        if token.kind != TokenKind::Number {
            continue;
        }
        let mut value = token.fold.to_string();
        let mut range = token.range;
        let mut groups = token.fold.len() <= 3;
        while groups {
            // A separator of one character between the groups, then exactly three digits.
            let (skip, separator) = match tokens.get(at) {
                Some(next) if next.kind == TokenKind::Number && next.range.start > range.end => {
                    (0, TextRange::new(range.end, next.range.start))
                }
                Some(mark)
                    if mark.kind == TokenKind::Mark
                        && mark.range.start == range.end
                        && tokens.get(at + 1).is_some_and(|next| {
                            next.kind == TokenKind::Number && next.range.start == mark.range.end
                        }) =>
                {
                    (1, mark.range)
                }
                _ => break,
            };
            let between = words.words(separator);
            let is_space = matches!(between, " " | "\u{a0}" | "\u{202f}" | "\u{2009}");
            let is_mark = matches!(between, "." | "," | "'" | "’");
            let Some(next) = tokens.get(at + skip) else { break };
            if (is_space || is_mark) && next.fold.len() == 3 {
                value.push_str(&next.fold);
            } else if matches!(between, "." | ",") && next.fold.len() <= 2 {
                value.push('.');
                value.push_str(&next.fold);
                groups = false;
            } else {
                break;
            }
            range.end = next.range.end;
            at += skip + 1;
        }
        let value = value.trim_start_matches('0');
        let value = if value.is_empty() { "0" } else { value }.to_owned();
        out.push(Figure { value, range });
    }
    out
}
