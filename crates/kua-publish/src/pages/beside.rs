//! Two linked documents side by side, piece by piece: a translation beside its original, a copy
//! beside what it was made from. Every piece of both stands here, with or without a counterpart.

use std::collections::BTreeMap;

use kua_model::{Document, DocumentId, Link, TextRange};
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::{Site, View};
use crate::{marks, words};

/// A piece of either side, or of both, in bytes of the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// On the left.
    pub a: Option<TextRange>,
    /// On the right.
    pub b: Option<TextRange>,
}

/// How many pieces there are.
pub(crate) fn count(site: &Site<'_>, a: DocumentId, b: DocumentId) -> usize {
    rows(site, a, b).map_or(0, |(.., rows)| rows.len())
}

pub(super) fn sheet(view: &View<'_>, a: DocumentId, b: DocumentId, page: usize) -> Option<Sheet> {
    let (left, right, rows) = rows(view.site, a, b)?;
    let (part, pager) =
        view.part(&rows, page, SIZES.pieces, |page| Route::Beside { a, b, page })?;
    let title =
        format!("{} beside {}", layout::short(left.title(), 60), layout::short(right.title(), 60));
    Some(Sheet {
        title,
        body: html! {
            header.heading {
                p.kicker { "Side by side" }
                h1 { (layout::name(&layout::short(left.title(), 90))) " / " (layout::name(&layout::short(right.title(), 90))) }
                p.lead { "Pieces found to say the same stand in one row. What has no counterpart stands alone." }
            }
            (reasons(view, a, b))
            (pager)
            table.beside {
                thead { tr { th scope="col" { (head(view, left)) } th scope="col" { (head(view, right)) } } }
                tbody { @for row in part {
                    tr.alone[row.a.is_none() || row.b.is_none()] {
                        (cell(view, left, row.a)) (cell(view, right, row.b))
                    }
                } }
            }
            (pager)
        },
    })
}

fn head(view: &View<'_>, document: &Document) -> Markup {
    html! {
        a href=(view.href(&Route::document(document.id))) { (layout::name(&layout::short(document.title(), 90))) }
        @if let Some(lang) = document.language { span.kind { (words::language(lang.as_str())) } }
    }
}

fn cell(view: &View<'_>, document: &Document, range: Option<TextRange>) -> Markup {
    html! {
        @match range {
            Some(range) => {
                @let said = view.site.index.said_in.get(&document.id);
                @let list = said.map_or(&[][..], Vec::as_slice);
                @let all = &view.site.chronicle().statements;
                @let end = list.partition_point(|at| all.get(*at).is_some_and(|s| s.claim.range.start < range.end));
                @let here = list.iter().take(end).skip(end.saturating_sub(64)).filter_map(|at| all.get(*at))
                    .filter(|statement| statement.claim.range.overlaps(range)).collect::<Vec<_>>();
                td dir="auto" lang=[document.language_at(range)] { (marks::linked(view, document, range, &here, false)) }
            }
            None => { td.none { span.quiet { "no counterpart" } } }
        }
    }
}

/// Kind, direction and reasons of the links between the two.
fn reasons(view: &View<'_>, a: DocumentId, b: DocumentId) -> Markup {
    let links = links(view.site, a, b);
    html! {
        ul.relatives {
            @for link in links.iter().take(12) {
                li {
                    span.tag.link { (words::link_kind(link.kind)) } " " (words::link_long(link.kind)) " Here, " (words::direction(link.direction)) "."
                    @if !link.conflicts.is_empty() { (conflicts(view, link)) }
                    (layout::why(&link.reasons))
                }
            }
        }
        @if links.len() > 12 { p.quiet { "and " (links.len() - 12) " more links" } }
        @let words = learnt(view, &links);
        @if !words.is_empty() {
            p { "Words that answer each other, learnt from the translations of this case: "
                @for (at, (a, b)) in words.iter().take(24).enumerate() {
                    @if at > 0 { ", " } (layout::name(a)) " = " (layout::name(b)) } "." }
        }
    }
}

/// Learnt words that stand on both sides of links between two languages.
fn learnt(view: &View<'_>, links: &[&Link]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for link in links {
        let side = |span: &kua_model::Span| {
            let document = view.site.document(span.document)?;
            Some((document.language?, span.range.of(&document.text)?))
        };
        let (Some(a), Some(b)) = (side(&link.a), side(&link.b)) else { continue };
        for pair in view.site.chronicle().lineage.words_in(a, b) {
            if !out.contains(&pair) {
                out.push(pair);
            }
        }
    }
    out
}

fn conflicts(view: &View<'_>, link: &Link) -> Markup {
    let words = |id: DocumentId, range: Option<TextRange>| {
        let document = view.site.document(id);
        let words = document.and_then(|document| range.and_then(|r| r.of(&document.text)));
        html! { @match words {
            Some(words) => { q dir="auto" lang=[document.and_then(|d| d.language)] { (layout::short(words, 120)) } }
            None => { span.quiet { "nothing" } }
        } }
    };
    html! {
        ul { @for conflict in link.conflicts.iter().take(20) {
            li { span.tag.contested { "Disagree on a " (layout::plain(&conflict.kind)) } " "
                (words(link.a.document, conflict.a)) " / " (words(link.b.document, conflict.b)) }
        } }
    }
}

fn links<'s>(site: &'s Site<'_>, a: DocumentId, b: DocumentId) -> Vec<&'s Link> {
    let all = &site.chronicle().lineage.links;
    site.index.beside.get(&(a, b)).into_iter().flatten().filter_map(|at| all.get(*at)).collect()
}

/// Both documents and all pieces, in order of the first; `None` if the two are not linked.
fn rows<'s>(
    site: &'s Site<'_>,
    a: DocumentId,
    b: DocumentId,
) -> Option<(&'s Document, &'s Document, Vec<Row>)> {
    let links = links(site, a, b);
    let (left, right) = (site.document(a)?, site.document(b)?);
    (!links.is_empty()).then(|| (left, right, side_by_side(left, right, &links)))
}

/// Two documents piece by piece, in order of the left one: what `links` between them found to say the
/// same stands in one row, what has no counterpart in a row by itself.
pub fn side_by_side(left: &Document, right: &Document, links: &[&Link]) -> Vec<Row> {
    let mut pairs = Vec::new();
    for link in links {
        let straight = link.a.document == left.id;
        pairs.extend(
            link.aligned.iter().map(
                |pair| {
                    if straight { (pair.a, pair.b) } else { (pair.b, pair.a) }
                },
            ),
        );
    }
    pairs.retain(|(a, b)| a.of(&left.text).is_some() && b.of(&right.text).is_some());
    pairs.sort_unstable();
    pairs.dedup();
    let (mut before, rest) = alone(right, &pairs);
    let mut out = Vec::new();
    let mut at = 0;
    for (n, (a, b)) in pairs.into_iter().enumerate() {
        by_turns(&mut out, pieces(left, at, a.start), before.remove(&n).unwrap_or_default());
        out.push(Row { a: Some(a), b: Some(b) });
        at = at.max(a.end);
    }
    by_turns(&mut out, pieces(left, at, left.text.len()), rest);
    out
}

/// Pieces of the right side without a counterpart: by the pair they stand before there, and those
/// after all pairs.
fn alone(
    right: &Document,
    pairs: &[(TextRange, TextRange)],
) -> (BTreeMap<usize, Vec<TextRange>>, Vec<TextRange>) {
    let mut starts: Vec<(usize, usize)> =
        pairs.iter().enumerate().map(|(n, (_, b))| (b.start, n)).collect();
    starts.sort_unstable();
    let (mut before, mut rest) = (BTreeMap::<usize, Vec<TextRange>>::new(), Vec::new());
    for gap in gaps(right, pairs.iter().map(|(_, b)| *b).collect()) {
        let next = starts.partition_point(|(start, _)| *start < gap.end);
        match starts.get(next) {
            Some((_, n)) => before.entry(*n).or_default().push(gap),
            None => rest.push(gap),
        }
    }
    (before, rest)
}

/// Pieces of both sides that stand between the same pairs, one of each by turns, so that what
/// answers without being aligned (a caption and a caption) stands close.
fn by_turns(out: &mut Vec<Row>, left: Vec<TextRange>, right: Vec<TextRange>) {
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    loop {
        let (a, b) = (left.next(), right.next());
        out.extend(a.map(|a| Row { a: Some(a), b: None }));
        out.extend(b.map(|b| Row { a: None, b: Some(b) }));
        if a.is_none() && b.is_none() {
            return;
        }
    }
}

/// What of `document` lies outside all of `covered`.
fn gaps(document: &Document, mut covered: Vec<TextRange>) -> Vec<TextRange> {
    covered.sort_unstable();
    let mut out = Vec::new();
    let mut at = 0;
    for range in covered {
        out.extend(pieces(document, at, range.start));
        at = at.max(range.end);
    }
    out.extend(pieces(document, at, document.text.len()));
    out
}

/// `start..end` cut at blocks, without what is blank.
fn pieces(document: &Document, start: usize, end: usize) -> Vec<TextRange> {
    if start >= end {
        return Vec::new();
    }
    let first = document.blocks.partition_point(|block| block.range.end <= start);
    document
        .blocks
        .get(first..)
        .unwrap_or_default()
        .iter()
        .take_while(|block| block.range.start < end)
        .map(|block| TextRange::new(block.range.start.max(start), block.range.end.min(end)))
        .filter(|range| range.of(&document.text).is_some_and(|text| !text.trim().is_empty()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_the_same_pair_stands_together() {
        let at = |n: usize| TextRange::new(n, n + 1);
        let mut out = Vec::new();
        by_turns(&mut out, vec![at(0), at(1)], vec![at(5)]);
        let sides: Vec<_> = out.iter().map(|row| (row.a, row.b)).collect();
        assert_eq!(sides, [(Some(at(0)), None), (None, Some(at(5))), (Some(at(1)), None)]);
    }
}
