//! EXTRACT: claims with their words, source chain, grade and doubt.
//!
//! A cascade of finite-state passes over tokens (after FASTUS, Hobbs et al. 1997), with every word
//! of a language in `lexicons/<lang>/`: tokens and lexicon entries ([`scene`]), dates, figures,
//! noun phrases, places, sources, then events by the patterns of `patterns.txt`, then doubt. Knows
//! nothing of other documents, files or time. No parser and no model: every claim lists in `why`
//! the rules and lexicon lines that made it.
//!
//! Architecture invariant: a claim's figures come from the words of the quote alone, and no rule
//! knows a word of a human language.

mod base;
mod cases;
mod check;
mod claim;
mod company;
mod date;
mod doubt;
mod ellipsis;
mod event;
mod figure;
mod gapping;
mod grammar;
mod house;
mod kin;
mod list;
mod matcher;
mod part;
mod party;
mod pattern;
mod place;
mod proposal;
mod quantity;
mod scene;
mod script;
mod series;
mod setting;
mod sign;
mod source;
mod succession;
mod teller;
mod timex;
mod town;
mod voice;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use jiff::civil::Date;
use kua_lexicon::{LexiconError, Lexicons};
use kua_model::{Claim, DateSpan, Document, Lang, Noted, TextRange};
use serde::{Deserialize, Serialize};

pub use check::{Failing, Report, check_language, notation};

pub use proposal::{Asked, Checked, Refusal, check_proposals, passages};
pub use quantity::{Bound, QuantityExpression};
pub use timex::{TimeExpression, TimeKind};
pub use town::PlaceNames;

use crate::grammar::Grammar;
use crate::teller::Teller;

/// Version of what this stage makes of the same input: part of every cache key.
pub const VERSION: u32 = 17;

/// What is known of the case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtractConfig {
    /// Days of the crisis under study: claims dated outside are background.
    pub period: Option<DateSpan>,
    /// Place of claims that name none.
    pub place: Option<String>,
    /// Places the case brings along.
    pub places: PlaceNames,
}

/// The claims of `document`, in order of its text, with notices on what is odd in it.
///
/// Text in a language without lexicons yields nothing. Linear in the length of the text.
pub fn extract(
    document: &Document,
    lexicons: &Lexicons,
    config: &ExtractConfig,
) -> Noted<Vec<Claim>> {
    remembered(lexicons, document).extract(document, config)
}

/// Lexicons compiled for extraction: make it once, use it for many documents, from any thread.
#[derive(Debug)]
pub struct Extractor {
    pub(crate) grammars: BTreeMap<Lang, Arc<Grammar>>,
    errors: Vec<LexiconError>,
}

impl Extractor {
    /// Compiles the lexicons of every language that has events.
    pub fn new(lexicons: &Lexicons) -> Self {
        let mut grammars = BTreeMap::new();
        let mut errors = Vec::new();
        for lang in lexicons.languages() {
            let Some((grammar, slips)) = compiled(lang, lexicons) else { continue };
            grammars.insert(lang, Arc::new(grammar));
            errors.extend(slips);
        }
        Self { grammars, errors }
    }

    /// Lines that mean nothing to this stage and were left out.
    pub fn errors(&self) -> &[LexiconError] {
        &self.errors
    }

    /// The time expressions of plain text, in order: `anchor` is the day it was written, against
    /// which "yesterday" is read. Empty for a language without lexicons. Linear in the length of
    /// the text.
    pub fn dates(&self, text: &str, lang: Lang, anchor: Option<Date>) -> Vec<TimeExpression> {
        let Some(grammar) = self.grammars.get(&lang) else { return Vec::new() };
        let mut last = None;
        sentences(text)
            .flat_map(|range| {
                let scene = scene::Scene::new(grammar, text, range);
                timex::time_expressions(&scene, anchor, &mut last)
            })
            .collect()
    }

    /// The quantities of plain text, in order: counts, measures, money and percentages, with their
    /// bounds. Dates and clocks are none. Empty for a language without lexicons. Linear in the
    /// length of the text.
    pub fn quantities(&self, text: &str, lang: Lang) -> Vec<QuantityExpression> {
        let Some(grammar) = self.grammars.get(&lang) else { return Vec::new() };
        sentences(text)
            .flat_map(|range| quantity::quantities(&scene::Scene::new(grammar, text, range)))
            .collect()
    }

    /// As [`extract()`].
    pub fn extract(&self, document: &Document, config: &ExtractConfig) -> Noted<Vec<Claim>> {
        let mut teller = Teller::new(document, config, self.house(document));
        let mut block = usize::MAX;
        for sentence in &document.sentences {
            let lang = document.language_at(sentence.range);
            let Some(grammar) = lang.and_then(|lang| self.grammars.get(&lang)) else { continue };
            if block != sentence.block {
                block = sentence.block;
                teller.enter(block);
            }
            for range in pieces(&document.text, sentence.range) {
                teller.sentence(grammar, range);
            }
        }
        Noted { value: teller.claims, notices: teller.notices }
    }
}

/// Sentences longer than this are read in pieces, so that no text takes more than linear time.
const LONGEST: usize = 1_500;

/// Sentences of plain text, roughly: at line ends, and after a full stop, question or exclamation
/// mark before a capital, if the word before it has more than two letters.
fn sentences(text: &str) -> impl Iterator<Item = TextRange> + '_ {
    let mut cuts = vec![0];
    let mut word = 0_usize;
    let mut ended = false;
    for (at, c) in text.char_indices() {
        if c == '\n' || (ended && c.is_uppercase()) {
            cuts.push(at);
            ended = false;
        }
        ended = match c {
            '.' => word > 2,
            '!' | '?' => true,
            _ => ended && (c.is_whitespace() || matches!(c, '"' | '”' | '»' | ')' | '«' | '“')),
        };
        word = if c.is_alphanumeric() { word + 1 } else { 0 };
    }
    cuts.push(text.len());
    let ranges: Vec<TextRange> =
        cuts.windows(2).map(|cut| TextRange::new(cut[0], cut[1])).collect();
    ranges.into_iter().flat_map(move |range| pieces(text, range))
}

pub(crate) fn pieces(text: &str, range: TextRange) -> Vec<TextRange> {
    if range.len() <= LONGEST {
        return vec![range];
    }
    let mut out = Vec::new();
    let mut start = range.start;
    while range.end - start > LONGEST {
        let mut end = start + LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        // Cut between words where there is a space within reach.
        let piece = text.get(start..end).unwrap_or("");
        let cut = piece
            .rfind(char::is_whitespace)
            .filter(|&at| at > LONGEST / 2)
            .map_or(end, |at| start + at);
        out.push(TextRange::new(start, cut));
        start = cut;
    }
    out.push(TextRange::new(start, range.end));
    out
}

/// An extractor for the languages of `document`, each compiled once a process: the digest is the
/// key, so the same lexicons always give the same answer.
fn remembered(lexicons: &Lexicons, document: &Document) -> Extractor {
    type Compiled = BTreeMap<Lang, Option<Arc<Grammar>>>;
    static LAST: Mutex<Option<(String, Compiled)>> = Mutex::new(None);
    let spoken: BTreeSet<Lang> =
        document.sentences.iter().filter_map(|s| document.language_at(s.range)).collect();
    let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if last.as_ref().is_none_or(|(digest, _)| digest != lexicons.digest()) {
        *last = Some((lexicons.digest().to_owned(), Compiled::new()));
    }
    let mut grammars = BTreeMap::new();
    if let Some((_, known)) = &mut *last {
        for lang in spoken {
            let grammar =
                known.entry(lang).or_insert_with(|| Some(Arc::new(compiled(lang, lexicons)?.0)));
            grammars.extend(grammar.as_ref().map(|grammar| (lang, Arc::clone(grammar))));
        }
    }
    Extractor { grammars, errors: Vec::new() }
}

/// The grammar of a language and the lines that were left out; `None` if it has no events.
fn compiled(lang: Lang, lexicons: &Lexicons) -> Option<(Grammar, Vec<LexiconError>)> {
    let lexicon = lexicons.get(lang)?;
    lexicon.sections("events.txt").next()?;
    Some(Grammar::compile(lang, lexicon, lexicons))
}
