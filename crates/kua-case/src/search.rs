//! Full-text search over every passage, in the words as they stand and in two foldings, so that
//! a name is found across scripts and spellings.

use std::collections::BTreeMap;

use kua_model::{Document, DocumentId, TextRange};
use kua_publish::{Passage, Shown};
use unicode_normalization::char::is_combining_mark;

use crate::cache::Cache;
use crate::error::CaseError;
use crate::fold;
use crate::folder::Case;

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The document.
    pub document: DocumentId,
    /// The passage, a block of the document.
    pub range: TextRange,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// Passages, best first.
    pub hits: Vec<Hit>,
    /// Nothing had all the words, so words that begin with them were taken as well.
    pub loosened: bool,
}

/// What a search found in what may be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passages {
    /// Passages with the places of the words, best first.
    pub passages: Vec<Passage>,
    /// As in [`Hits`].
    pub loosened: bool,
}

/// Words a query may have; more are a text, not a question.
const MOST_TERMS: usize = 64;

impl Case {
    /// Passages that hold every word of `query` in what is `shown`, at most `limit`, best first:
    /// a passage that holds a word only in a withheld name is not found, since being found would
    /// tell where that name stands. At most 64 words are asked for.
    ///
    /// # Errors
    /// As of [`Case::search`].
    pub fn passages(
        &self,
        shown: &Shown<'_>,
        query: &str,
        limit: usize,
    ) -> Result<Passages, CaseError> {
        let terms = terms(query);
        let documents: BTreeMap<DocumentId, &Document> =
            shown.chronicle.documents.iter().map(|document| (document.id, document)).collect();
        let passage = |hit: Hit, loosened: bool| {
            let document = documents.get(&hit.document)?;
            let range = shown.shown(hit.document, hit.range);
            let (marks, all) = marks(range.of(&document.text)?, &terms, loosened);
            let marks = marks
                .into_iter()
                .map(|mark| TextRange::new(range.start + mark.start, range.start + mark.end));
            (all || !shown.is_masked(hit.document)).then(|| Passage {
                document: hit.document,
                range,
                marks: marks.collect(),
            })
        };
        for loosened in [false, true] {
            let hits = self.hits(&terms, loosened, limit)?;
            let passages: Vec<Passage> =
                hits.into_iter().filter_map(|hit| passage(hit, loosened)).collect();
            if !passages.is_empty() {
                return Ok(Passages { passages, loosened });
            }
        }
        Ok(Passages::default())
    }

    /// Passages that hold every word of `query`, at most `limit`, best first.
    /// `"two words"` is a phrase; `word*` stands for words that begin so.
    ///
    /// # Errors
    /// The cache's. A query without words finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Result<Hits, CaseError> {
        let terms = terms(query);
        let hits = self.hits(&terms, false, limit)?;
        if !hits.is_empty() || terms.iter().all(|term| term.open) {
            return Ok(Hits { hits, loosened: false });
        }
        let hits = self.hits(&terms, true, limit)?;
        Ok(Hits { loosened: !hits.is_empty(), hits })
    }

    fn hits(&self, terms: &[Term], loosened: bool, limit: usize) -> Result<Vec<Hit>, CaseError> {
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let Some(cache) = Cache::look(&self.derived())? else { return Ok(Vec::new()) };
        let found = cache.find(&expression(terms, loosened), limit)?;
        Ok(found
            .into_iter()
            .filter_map(|(document, start, end)| {
                let document = document.parse().ok()?;
                Some(Hit { document, range: TextRange::new(start, end) })
            })
            .collect())
    }
}

/// Where in `text` the words of `terms` stand, in order, and whether all of them do. Reads on
/// past the first of each only as far as a reader will see.
fn marks(text: &str, terms: &[Term], loosened: bool) -> (Vec<TextRange>, bool) {
    /// Bytes after the last word that was missing.
    const FAR: usize = 2000;
    let wanted: Vec<[Vec<String>; 3]> =
        terms.iter().map(|term| forms(&term.words).map(|form| words_of(&form))).collect();
    let words: Vec<(usize, &str)> = word_ranges(text).collect();
    let mut folded: Vec<Option<[String; 3]>> = vec![None; words.len()];
    let mut seen = vec![false; terms.len()];
    let mut out = Vec::new();
    let mut last = 0;
    for at in 0..words.len() {
        let Some((start, _)) = words.get(at).copied() else { break };
        if seen.iter().all(|seen| *seen) && start > last + FAR {
            break;
        }
        for ((term, wanted), seen) in terms.iter().zip(&wanted).zip(&mut seen) {
            let found = wanted.iter().find(|wanted| {
                !wanted.is_empty()
                    && wanted.iter().enumerate().all(|(n, want)| {
                        let Some((word, known)) = words.get(at + n).zip(folded.get_mut(at + n))
                        else {
                            return false;
                        };
                        let open = (term.open || loosened) && n + 1 == wanted.len();
                        let known = known.get_or_insert_with(|| forms(word.1));
                        known.iter().any(|is| is == want || open && is.starts_with(want.as_str()))
                    })
            });
            let end = found.and_then(|wanted| words.get(at + wanted.len() - 1));
            if let Some((begins, word)) = end {
                if !*seen {
                    (*seen, last) = (true, start);
                }
                out.push(TextRange::new(start, begins + word.len()));
            }
        }
    }
    (out, seen.iter().all(|seen| *seen))
}

/// The words in the three foldings of the index.
fn forms(words: &str) -> [String; 3] {
    [words.to_lowercase(), fold::plain(words), fold::roman(words)]
}

fn words_of(text: &str) -> Vec<String> {
    word_ranges(text).map(|(_, word)| word.to_owned()).collect()
}

/// Words as the index has them: letters, digits and the marks on them.
fn word_ranges(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_in = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    text.split(move |c| !is_in(c)).filter(|word| !word.is_empty()).map(|word| {
        // `word` is a piece of `text`, so its place is the distance of their starts.
        (word.as_ptr().addr() - text.as_ptr().addr(), word)
    })
}

/// The words around the first match in a passage, about `width` characters, on one line.
pub fn excerpt(document: &Document, range: TextRange, query: &str, width: usize) -> String {
    let text = range.of(&document.text).unwrap_or_default();
    let words: Vec<String> =
        terms(query).into_iter().map(|term| fold::roman(&term.words)).collect();
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let first = pieces
        .iter()
        .position(|piece| {
            let folded = fold::roman(piece);
            words
                .iter()
                .any(|word| word.split_whitespace().next().is_some_and(|w| folded.contains(w)))
        })
        .unwrap_or(0);
    let mut before = 0;
    let lead = pieces.iter().take(first).rev().take_while(|piece| {
        before += piece.chars().count() + 1;
        before < width / 3
    });
    let from = first - lead.count();
    let mut length = 0;
    let shown: Vec<&str> = pieces
        .iter()
        .skip(from)
        .copied()
        .take_while(|piece| {
            let fits = length < width;
            length += piece.chars().count() + 1;
            fits
        })
        .collect();
    let head = if from > 0 { "… " } else { "" };
    let tail = if from + shown.len() < pieces.len() { " …" } else { "" };
    format!("{head}{}{tail}", shown.join(" "))
}

struct Term {
    words: String,
    /// Ends in `*`.
    open: bool,
}

fn terms(query: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for (index, part) in query.split('"').enumerate() {
        let pieces: Vec<&str> =
            if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() };
        for piece in pieces {
            let open = piece.ends_with('*');
            // A control could end the expression; it is in no word.
            let words: String = piece.trim_matches('*').replace(char::is_control, " ");
            let words = words.trim();
            if terms.len() < MOST_TERMS && words.chars().any(char::is_alphanumeric) {
                terms.push(Term { words: words.to_owned(), open });
            }
        }
    }
    terms
}

/// The query as FTS5 has it. Every word stands in quotation marks: none can act as an operator.
fn expression(terms: &[Term], loosened: bool) -> String {
    let quoted = |words: &str| format!("\"{}\"", words.replace('"', " "));
    let one = |term: &Term| {
        let star = if term.open || loosened { "*" } else { "" };
        let plain = quoted(&fold::plain(&term.words));
        let roman = quoted(&fold::roman(&term.words));
        let text = quoted(&term.words);
        // The text column also holds passages whose foldings are no different from it.
        format!(
            "(text : {text}{star} OR text : {plain}{star} OR text : {roman}{star} \
             OR plain : {plain}{star} OR roman : {roman}{star})"
        )
    };
    terms.iter().map(one).collect::<Vec<_>>().join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_query_can_be_read_as_an_operator() {
        let terms = terms("NEAR( \"a b\" OR x* AND \"\" *");
        let written: Vec<_> = terms.iter().map(|term| (term.words.as_str(), term.open)).collect();
        assert_eq!(
            written,
            [("NEAR(", false), ("a b", false), ("OR", false), ("x", true), ("AND", false)]
        );
        assert!(expression(&terms, false).contains("\"x\"*"));
        assert!(super::terms("\"\u{202e}\" ** ()").is_empty());
        assert_eq!(super::terms("a\0b")[0].words, "a b");
        assert_eq!(super::terms(&"word ".repeat(10_000)).len(), MOST_TERMS);
    }

    #[test]
    fn found_words_are_marked_in_any_spelling() {
        let marked = |text: &str, query: &str, loosened| {
            let (marks, all) = marks(text, &terms(query), loosened);
            let words = marks.iter().filter_map(|mark| mark.of(text)).map(str::to_owned);
            words.chain([all.to_string()]).collect::<Vec<_>>()
        };
        let text = "В ауле Мамай, у моста Ёлкино (Мамай!), погибли двое.";
        assert_eq!(marked(text, "mamay", false), ["Мамай", "Мамай", "true"]);
        assert_eq!(marked(text, "елкино мост", false), ["Ёлкино", "false"]);
        assert_eq!(marked(text, "мост*", false), ["моста", "true"]);
        assert_eq!(marked(text, "мост", true), ["моста", "true"]);
        assert_eq!(marked(text, "\"моста ёлкино\"", false), ["моста Ёлкино", "true"]);
        assert_eq!(marked(text, "nobody", false), ["false"]);
    }
}
