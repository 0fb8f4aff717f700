//! Exact words with the place they stand. A quote can only be made by checking the text.

use serde::Serialize;

use crate::{Document, Lang, Span, TextRange};

/// Exact words of a document with their place and context
/// (W3C Web Annotation `TextQuoteSelector` and `TextPositionSelector`).
///
/// Architecture invariant: no constructor but [`Quote::cut`], and no `Deserialize`, so a quote
/// that exists stood in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    span: Span,
    exact: String,
    prefix: String,
    suffix: String,
    language: Option<Lang>,
}

/// The range is not a piece of the document's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "bytes {range} are not whole, non-empty words of document {span_of}, which has {length} bytes"
)]
pub struct QuoteError {
    /// What was asked for.
    pub range: TextRange,
    /// The document, as text.
    pub span_of: String,
    /// Length of the document's text in bytes.
    pub length: usize,
}

/// Context kept on each side, in characters.
const CONTEXT: usize = 48;

impl Quote {
    /// Cuts the words at `range` out of `document`.
    /// Fails if the range is empty, outside the text, or splits a character.
    pub fn cut(document: &Document, range: TextRange) -> Result<Self, QuoteError> {
        let text = document.text.as_str();
        let exact = range.of(text).filter(|words| !words.is_empty()).ok_or_else(|| QuoteError {
            range,
            span_of: document.id.to_string(),
            length: text.len(),
        })?;
        let before = &text[..range.start];
        let after = &text[range.end..];
        let prefix_start = before.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(at, _)| at);
        let suffix_end = after.char_indices().nth(CONTEXT).map_or(after.len(), |(at, _)| at);
        Ok(Self {
            span: Span::new(document.id, range),
            exact: exact.to_owned(),
            prefix: before[prefix_start..].to_owned(),
            suffix: after[..suffix_end].to_owned(),
            language: document.language_at(range),
        })
    }

    /// Where the words stand.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The words, byte for byte.
    pub fn exact(&self) -> &str {
        &self.exact
    }

    /// Up to 48 characters before the words.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Up to 48 characters after the words.
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// Place in Unicode code points from 0, end excluded, as `TextPositionSelector` counts.
    /// `document` must be the one it was cut from; otherwise the empty place at 0.
    pub fn code_points(&self, document: &Document) -> (usize, usize) {
        let Some(before) = document.text.get(..self.span.range.start) else { return (0, 0) };
        let first = before.chars().count();
        (first, first + self.exact.chars().count())
    }

    /// Language of the words, if known.
    pub fn language(&self) -> Option<Lang> {
        self.language
    }
}
