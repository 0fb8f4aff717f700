//! Full-text search over every passage, in the words as they stand and in two foldings, so that
//! a name is found across scripts and spellings.

use kua_model::{Document, DocumentId, TextRange};

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

impl Case {
    /// Passages that hold every word of `query`, at most `limit`, best first.
    /// `"two words"` is a phrase; `word*` stands for words that begin so.
    ///
    /// # Errors
    /// The cache's. A query without words finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Result<Hits, CaseError> {
        let terms = terms(query);
        if terms.is_empty() {
            return Ok(Hits::default());
        }
        let cache = Cache::open(&self.derived())?;
        let run = |loosened: bool| -> Result<Vec<Hit>, CaseError> {
            let found = cache.find(&expression(&terms, loosened), limit)?;
            Ok(found
                .into_iter()
                .filter_map(|(document, start, end)| {
                    Some(Hit {
                        document: document.parse().ok()?,
                        range: TextRange::new(start, end),
                    })
                })
                .collect())
        };
        let hits = run(false)?;
        if !hits.is_empty() || terms.iter().all(|term| term.open) {
            return Ok(Hits { hits, loosened: false });
        }
        let hits = run(true)?;
        Ok(Hits { loosened: !hits.is_empty(), hits })
    }
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
            let words = piece.trim_matches('*').trim();
            if words.chars().any(char::is_alphanumeric) {
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
    }
}
