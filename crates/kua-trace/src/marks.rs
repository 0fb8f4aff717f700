//! What a document says of itself: that it is a translation, a reprint, or that a translator wrote
//! notes into it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use kua_lexicon::{Lexicons, Phrases, Token, TokenKind};
use kua_model::{Lang, TextRange};

use crate::bodies::Bodies;
use crate::body::Body;

/// Words of one language by which a text speaks of translating and reprinting.
#[derive(Debug, Default)]
struct Words {
    translation: Phrases,
    reprint: Phrases,
    notes: Phrases,
    languages: Phrases,
    codes: Vec<Option<Lang>>,
}

/// Words of all languages by which texts speak of translating and reprinting.
#[derive(Debug, Default)]
pub(crate) struct MarkWords {
    by_language: BTreeMap<Lang, Words>,
}

const FILE: &str = "translation.txt";

impl MarkWords {
    pub(crate) fn of(lexicons: &Lexicons) -> Self {
        let words = |lang: Lang| {
            let lexicon = lexicons.get(lang)?;
            let codes = lexicon
                .section(FILE, "languages")
                .iter()
                .map(|entry| entry.value.as_deref().and_then(|code| code.parse().ok()))
                .collect();
            Some(Words {
                translation: lexicon.phrases(FILE, "translation"),
                reprint: lexicon.phrases(FILE, "reprint"),
                notes: lexicon.phrases(FILE, "translator's notes"),
                languages: lexicon.phrases(FILE, "languages"),
                codes,
            })
        };
        Self { by_language: lexicons.languages().filter_map(|l| Some((l, words(l)?))).collect() }
    }
}

/// What a document says of itself.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Notes that only a translator writes, in order.
    pub(crate) notes: Vec<TextRange>,
    /// Lines that call the text a translation, with the language it was made from, if named.
    pub(crate) translated: Vec<(TextRange, Option<Lang>)>,
    /// Lines that call the text a reprint.
    pub(crate) reprinted: Vec<TextRange>,
    /// The agency that its opening line names.
    pub(crate) agency: Option<String>,
    /// Web addresses in it, in order.
    pub(crate) addresses: Vec<String>,
}

/// The marks of all documents of a case, each worked out when it is first asked for: between two
/// builds few are.
pub(crate) struct AllMarks<'c, 'd> {
    bodies: &'c Bodies<'d>,
    words: MarkWords,
    found: Vec<OnceLock<Option<Box<Marks>>>>,
    none: Marks,
}

impl<'c, 'd> AllMarks<'c, 'd> {
    pub(crate) fn of(bodies: &'c Bodies<'d>, words: MarkWords) -> Self {
        let found = (0..bodies.len()).map(|_| OnceLock::new()).collect();
        Self { bodies, words, found, none: Marks::default() }
    }

    /// Marks of body `n`.
    pub(crate) fn get(&self, n: usize) -> &Marks {
        let found = self.found[n].get_or_init(|| {
            let marks = Marks::of(&self.bodies.get(n), &self.words);
            // Most texts say nothing of themselves.
            (marks != Marks::default()).then(|| Box::new(marks))
        });
        found.as_deref().unwrap_or(&self.none)
    }
}

/// Longest line, in bytes, that may speak about the text rather than tell its story.
const LONGEST_LINE: usize = 400;
/// Lines from either end in which a text speaks about itself.
const EDGE: usize = 4;

impl Marks {
    fn of(body: &Body<'_>, words: &MarkWords) -> Self {
        let mut marks = Self {
            agency: body.agency().map(str::to_owned),
            addresses: body.addresses().into_iter().map(str::to_owned).collect(),
            ..Self::default()
        };
        let document = &*body.document;
        let lines: Vec<TextRange> =
            document.blocks.iter().flat_map(|block| lines(&document.text, block.range)).collect();
        for (index, &line) in lines.iter().enumerate() {
            if (index >= EDGE && index + EDGE < lines.len()) || line.len() > LONGEST_LINE {
                continue;
            }
            let Some(words) = words_at(body, words, line) else { continue };
            let tokens = body.tokens(line);
            if !words.translation.all(&tokens).is_empty() {
                let from = words
                    .languages
                    .all(&tokens)
                    .into_iter()
                    .find_map(|(_, found)| words.codes.get(found.entry).copied().flatten());
                marks.translated.push((line, from));
            } else if !words.reprint.all(&tokens).is_empty() {
                marks.reprinted.push(line);
            }
        }
        for &range in &body.ranges {
            for note in brackets(body.words(range), range.start) {
                if words_at(body, words, note).is_some_and(|w| is_translators(body, note, w))
                    || changes_script(body, note)
                {
                    marks.notes.push(note);
                }
            }
        }
        marks
    }
}

fn words_at<'w>(body: &Body<'_>, words: &'w MarkWords, at: TextRange) -> Option<&'w Words> {
    let language = body.document.language_at(at).or_else(|| body.language())?;
    words.by_language.get(&language)
}

fn lines(text: &str, range: TextRange) -> Vec<TextRange> {
    let mut out = Vec::new();
    let mut at = range.start;
    for line in range.of(text).unwrap_or_default().split_inclusive('\n') {
        if !line.trim().is_empty() {
            out.push(TextRange::new(at, at + line.len()));
        }
        at += line.len();
    }
    out
}

/// Short passages in square brackets, brackets excluded.
fn brackets(text: &str, offset: usize) -> Vec<TextRange> {
    let mut out = Vec::new();
    let mut open = None;
    for (at, mark) in text.char_indices() {
        match mark {
            '[' => open = Some(at + 1),
            ']' => {
                if let Some(start) = open.take()
                    && at - start <= LONGEST_LINE
                {
                    out.push(TextRange::new(offset + start, offset + at));
                }
            }
            '\n' => open = None,
            _ => {}
        }
    }
    out
}

/// Opens with the name of a language and a colon, or holds words only a translator writes.
fn is_translators(body: &Body<'_>, note: TextRange, words: &Words) -> bool {
    let tokens: Vec<Token<'_>> = body.tokens(note);
    let glossed = words
        .languages
        .longest_at(&tokens, 0)
        .and_then(|found| tokens.get(found.tokens))
        .is_some_and(|next| next.kind == TokenKind::Mark && next.fold == ":");
    glossed || !words.notes.all(&tokens).is_empty()
}

/// Holds two or more words in another script than the text around it.
fn changes_script(body: &Body<'_>, note: TextRange) -> bool {
    let is_latin = |c: char| c.is_alphabetic() && (c as u32) < 0x250;
    let foreign = |text: &str, latin: bool| {
        text.split_whitespace()
            .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
            .filter(|word| word.chars().all(|c| !c.is_alphabetic() || is_latin(c) != latin))
            .count()
    };
    let around = body.units.get(body.unit_at(note.start)).map_or("", |unit| body.words(unit.range));
    let letters = around.chars().filter(|c| c.is_alphabetic()).count();
    let latin = around.chars().filter(|&c| is_latin(c)).count() * 2 > letters;
    foreign(body.words(note), latin) >= 2
}
