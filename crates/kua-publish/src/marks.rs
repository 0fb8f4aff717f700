//! Words of a document as HTML, with the places of claims marked. Offsets in, escaped text out;
//! taking the tags away gives the words back, byte for byte.

use std::collections::BTreeSet;

use kua_model::{ClaimId, Document, Statement, TextRange};
use maud::{Markup, PreEscaped};

use crate::route::Route;
use crate::site::View;

/// Text escaped for HTML. Carriage returns too, which a browser would otherwise change.
pub(crate) fn escaped(text: &str) -> Markup {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    escape_into(&mut out, text);
    PreEscaped(out)
}

fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            c => out.push(c),
        }
    }
}

/// Name of the place of a claim in its document, on every page of the site.
pub(crate) fn place(id: ClaimId) -> String {
    format!("at-{id}")
}

/// The words of `document` at `range`; those of each of `statements` lead to its page.
/// With `anchors`, the first word of each bears its [`place`].
pub(crate) fn linked(
    view: &View<'_>,
    document: &Document,
    range: TextRange,
    statements: &[&Statement],
    anchors: bool,
) -> Markup {
    let spans = statements.iter().map(|statement| statement.claim.range).collect::<Vec<_>>();
    let mut out = String::new();
    segments(&document.text, range, &spans, |words, starting, active| {
        if anchors {
            for at in starting {
                if let Some(statement) = statements.get(*at) {
                    out.push_str(&format!("<span id=\"{}\"></span>", place(statement.claim.id)));
                }
            }
        }
        let first = active.first().and_then(|at| statements.get(*at));
        if let Some(statement) = first {
            let href = view.href(&Route::Claim(statement.claim.id));
            let class = if statement.uncounted.is_some() { "mark left-out" } else { "mark" };
            out.push_str(&format!("<a class=\"{class}\" href=\"{href}\">"));
        }
        escape_into(&mut out, words);
        if first.is_some() {
            out.push_str("</a>");
        }
    });
    PreEscaped(out)
}

/// The words of `document` at `range`, with those at any of `strong` set apart.
pub(crate) fn highlighted(document: &Document, range: TextRange, strong: &[TextRange]) -> Markup {
    let mut out = String::new();
    segments(&document.text, range, strong, |words, _, active| {
        let set_apart = !active.is_empty() && !words.trim().is_empty();
        if set_apart {
            out.push_str("<b>");
        }
        escape_into(&mut out, words);
        if set_apart {
            out.push_str("</b>");
        }
    });
    PreEscaped(out)
}

/// The words of `document` at `range`, with those at any of `found` marked.
pub(crate) fn marked(document: &Document, range: TextRange, found: &[TextRange]) -> Markup {
    let mut out = String::new();
    segments(&document.text, range, found, |words, _, active| {
        if active.is_empty() {
            escape_into(&mut out, words);
        } else {
            out.push_str("<mark>");
            escape_into(&mut out, words);
            out.push_str("</mark>");
        }
    });
    PreEscaped(out)
}

/// Calls `put` for every piece of `range` between two ends of `spans`, with the spans that begin
/// there and all that cover it. Spans may overlap in any way; those that split a character or lie
/// outside are passed over.
fn segments(
    text: &str,
    range: TextRange,
    spans: &[TextRange],
    mut put: impl FnMut(&str, &[usize], &BTreeSet<usize>),
) {
    let fits = |span: &TextRange| {
        span.overlaps(range) && text.is_char_boundary(span.start) && text.is_char_boundary(span.end)
    };
    // Ends before starts at one place, so that neighbours do not run together.
    let mut edges = Vec::new();
    for (at, span) in spans.iter().enumerate().filter(|(_, span)| fits(span)) {
        edges.push((span.start.max(range.start), true, at));
        if span.end < range.end {
            edges.push((span.end, false, at));
        }
    }
    edges.sort_unstable();
    let mut active = BTreeSet::new();
    let mut from = range.start;
    let mut starting: Vec<usize> = Vec::new();
    for (place, starts, at) in edges {
        if place > from {
            put(text.get(from..place).unwrap_or_default(), &starting, &active);
            starting.clear();
            from = place;
        }
        if starts {
            active.insert(at);
            // A span cut by the page begins on an earlier page.
            if spans.get(at).is_some_and(|span| span.start >= range.start) {
                starting.push(at);
            }
        } else {
            active.remove(&at);
        }
    }
    put(text.get(from..range.end).unwrap_or_default(), &starting, &active);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_give_the_text_back_however_spans_cross() {
        let text = "«Двое» погибли, трое ранены";
        let all = TextRange::new(0, text.len());
        let spans = [
            TextRange::new(2, 27),
            TextRange::new(10, text.len()),
            TextRange::new(2, 27),
            TextRange::new(3, 4),
            TextRange::new(90, 95),
        ];
        let mut joined = String::new();
        let mut begun = Vec::new();
        segments(text, all, &spans, |words, starting, _| {
            joined.push_str(words);
            begun.extend_from_slice(starting);
        });
        assert_eq!(joined, text);
        begun.sort_unstable();
        // Span 3 would split a letter, span 4 lies outside.
        assert_eq!(begun, [0, 1, 2]);
    }
}
