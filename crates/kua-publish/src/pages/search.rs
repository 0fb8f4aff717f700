//! What a search found: each passage with the words marked, where it stands, and the way there.
//! Does not search: passages come from outside, as ranges of texts that may be shown.

use kua_model::{Document, DocumentId, TextRange};
use maud::{Markup, html};

use super::document::place;
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;
use crate::{marks, words};

/// Characters a query may have: a long sentence.
pub(crate) const MAX_QUERY: usize = 400;
/// Bytes of a passage shown before its first marked words, and after them.
const BEFORE: usize = 160;
const AFTER: usize = 420;

/// A passage that holds the words that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The document.
    pub document: DocumentId,
    /// The passage, in bytes of the text as it is shown.
    pub range: TextRange,
    /// Where in that text the words stand, in order.
    pub marks: Vec<TextRange>,
}

/// What a search found.
#[derive(Debug, Clone, Copy)]
pub struct Found<'f> {
    /// The words, as typed.
    pub query: &'f str,
    /// Passages, best first.
    pub passages: &'f [Passage],
    /// Nothing had all the words, so words that begin with them were taken as well.
    pub loosened: bool,
    /// How many passages are listed at most.
    pub limit: usize,
}

pub(crate) fn sheet(view: &View<'_>, found: Option<&Found<'_>>) -> Sheet {
    let Some(found) = found else {
        return Sheet {
            title: "Search".to_owned(),
            body: html! {
                (layout::heading("Search", html! { "Type words into the field at the top of the page." }))
                (how())
            },
        };
    };
    let query = layout::short(found.query, 60);
    let count = found.passages.len();
    Sheet {
        title: format!("Search: {query}"),
        body: html! {
            header.heading {
                p.kicker { "Search" }
                h1 { "“" (layout::name(&query)) "”" }
                p.lead {
                    @if count == 0 { "No passage holds all these words." }
                    @else {
                        (words::count(count, "passage", "passages")) ", best first."
                        @if count >= found.limit { " There may be more: ask with more words." }
                    }
                }
            }
            @if found.loosened {
                p { "Nothing holds exactly these words; these passages hold words that begin so." }
            }
            @if count == 0 { (how()) }
            @else { ol.found { @for passage in found.passages { (entry(view, passage)) } } }
        },
    }
}

/// What can be asked, and what is found.
fn how() -> Markup {
    html! {
        ul {
            li { "A passage is found if it holds every word, in any order. " code { "\"two words\"" } " finds them side by side, " code { "word*" } " every word that begins so." }
            li { "Words are found across scripts, accents and spellings: a name typed in Latin letters also finds it in Cyrillic." }
            li { "Forms of a word are not known: ask for its beginning with " code { "*" } "." }
            li { "Withheld names are not found." }
        }
    }
}

fn entry(view: &View<'_>, passage: &Passage) -> Markup {
    let Some(document) = view.site.document(passage.document) else { return html! {} };
    let shown = window(document, passage);
    let lang = document.language_at(passage.range);
    html! {
        li {
            p.gist { a href=(href(view, document, passage)) { (layout::name(&layout::short(document.title(), 120))) } }
            p.words dir="auto" lang=[lang] {
                @if shown.start > passage.range.start { "… " }
                (marks::marked(document, shown, &passage.marks))
                @if shown.end < passage.range.end { " …" }
            }
            p.by {
                (lang.map_or_else(|| "Language not known".to_owned(), |lang| words::language(lang.as_str())))
                @if let Some(published) = &document.dates.published { " · " (layout::date(published.value.into())) }
                " · file " (layout::name(&document.path))
            }
        }
    }
}

/// The place of the passage in its document: the row of text it stands in.
fn href(view: &View<'_>, document: &Document, passage: &Passage) -> String {
    let index = &view.site.index;
    let at = passage.marks.first().map_or(passage.range.start, |mark| mark.start);
    let page = index.page_at(document.id, at);
    let begins = index.page(document, page).map_or(0, |page| page.start);
    let block = document.block_at(at).map_or(passage.range.start, |block| block.range.start);
    view.href_at(&Route::Document { id: document.id, page }, &place(block.max(begins)))
}

/// The part of a passage around its first marked words, cut between words.
fn window(document: &Document, passage: &Passage) -> TextRange {
    let (range, text) = (passage.range, document.text.as_str());
    let first = passage.marks.first().copied().unwrap_or(TextRange::new(range.start, range.start));
    let mut start = text.floor_char_boundary(first.start.saturating_sub(BEFORE)).max(range.start);
    if start > range.start
        && let Some(space) = text.get(start..first.start).and_then(|lead| lead.find(' '))
    {
        start += space + 1;
    }
    let mut end = text.floor_char_boundary(first.end.saturating_add(AFTER)).min(range.end);
    if end < range.end
        && let Some(space) = text.get(first.end..end).and_then(|rest| rest.rfind(' '))
    {
        end = first.end + space;
    }
    TextRange::new(start, end.max(start))
}
