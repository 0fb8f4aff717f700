//! One document: its text with claims marked and listed in the margin, what is not account set
//! apart, its dates with how they were found, and what was and was not read.

use std::collections::BTreeMap;

use kua_model::{Block, Dated, Document, DocumentId, LinkKind, Role, Statement, TextRange};
use maud::{Markup, html};

use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Route};
use crate::site::View;
use crate::{marks, words};

pub(super) fn sheet(view: &View<'_>, id: DocumentId, page: usize) -> Option<Sheet> {
    let document = view.site.document(id)?;
    let index = &view.site.index;
    let range = if view.offline {
        TextRange::new(0, document.text.len())
    } else {
        index.page(document, page)?
    };
    let pager = if view.offline {
        html! {}
    } else {
        layout::pager(view, page, index.pages(id), |page| Route::Document { id, page })
    };
    let title = layout::short(document.title(), 160);
    Some(Sheet {
        title: title.clone(),
        body: html! {
            header.heading {
                p.kicker { "Document" }
                h1 lang=[document.language] { (layout::name(&title)) }
                p.lead { (document.language.map_or_else(|| "Language not known".to_owned(), |lang| words::language(lang.as_str())))
                    @if let Some(dated) = &document.dates.published {
                        " · " (layout::date(dated.value.into())) " (" (words::tier(dated.tier)) ")"
                    } @else { " · " (words::UNKNOWN_DATE) }
                }
            }
            @if page == 1 {
                (relatives(view, document))
                (notices(view, id))
            }
            h2 { "Text" }
            p.quiet { "Marked words are statements; they are listed beside their paragraph. Grey paragraphs are kept but are not part of the account." }
            (pager)
            (text(view, document, range))
            (pager)
            @if page == 1 { (about(view, document)) }
        },
    })
}

/// Documents it shares passages with.
fn relatives(view: &View<'_>, document: &Document) -> Markup {
    let links = &view.site.chronicle().lineage.links;
    let mut found: BTreeMap<(DocumentId, LinkKind), usize> = BTreeMap::new();
    let here = view.site.index.links.get(&document.id).into_iter().flatten();
    for link in here.filter_map(|at| links.get(*at)) {
        let other = if link.a.document == document.id { link.b.document } else { link.a.document };
        if other != document.id {
            *found.entry((other, link.kind)).or_default() += 1;
        }
    }
    let origins = &view.site.chronicle().origins;
    let accounts = view.site.index.accounts_in.get(&document.id).into_iter().flatten();
    let accounts = accounts.filter_map(|at| origins.get(*at)).collect::<Vec<_>>();
    html! {
        @if !accounts.is_empty() {
            p { "Tells " @if accounts.len() == 1 { "the account " } @else { "the accounts " }
                @for (at, origin) in accounts.iter().take(8).enumerate() {
                    @if at > 0 { ", " } (layout::origin(view, origin))
                }
                @if accounts.len() > 8 { " and " (accounts.len() - 8) " more" } "." }
        }
        @if !found.is_empty() {
            section {
                h2 { "Shares passages with" }
                ul.relatives {
                    @for ((other, kind), count) in found.iter().take(40) {
                        @if let Some(relative) = view.site.document(*other) {
                            li {
                                span.tag.link { (words::link_kind(*kind)) } " "
                                a href=(view.href(&Route::document(*other))) { (layout::name(&layout::short(relative.title(), 100))) }
                                @if let Some(lang) = relative.language { " (" (words::language(lang.as_str())) ")" }
                                @if *count > 1 { " " span.quiet { (count) " passages" } }
                                @if let Some(href) = super::origin::beside(view, document.id, *other) { " · " a href=(href) { "Side by side" } }
                            }
                        }
                    }
                }
                @if found.len() > 40 { p.quiet { "and " (found.len() - 40) " more" } }
            }
        }
    }
}

fn notices(view: &View<'_>, id: DocumentId) -> Markup {
    let notices = &view.site.chronicle().notices;
    let here = view.site.index.notices.get(&id).into_iter().flatten();
    let here = here.filter_map(|at| notices.get(*at)).collect::<Vec<_>>();
    html! {
        @if !here.is_empty() {
            details.notices open[here.len() < 4] {
                summary { (words::count(here.len(), "notice", "notices")) " about this document" }
                ul { @for notice in here.iter().take(100) {
                    li { strong { (words::severity(notice.severity)) ". " } (layout::name(&notice.message)) }
                } }
                @if here.len() > 100 { p.quiet { "and " (here.len() - 100) " more" } }
            }
        }
    }
}

fn text(view: &View<'_>, document: &Document, range: TextRange) -> Markup {
    let statements = view
        .site
        .statements(view.site.index.said_in.get(&document.id))
        .filter(|statement| statement.claim.range.overlaps(range))
        .collect::<Vec<_>>();
    let first = document.blocks.partition_point(|block| block.range.end <= range.start);
    let blocks = document.blocks.get(first..).unwrap_or_default();
    let mut from = 0;
    html! {
        div.document {
            @for block in blocks.iter().take_while(|block| block.range.start < range.end) {
                @let shown = TextRange::new(block.range.start.max(range.start), block.range.end.min(range.end));
                @let here = touching(&statements, shown, &mut from);
                (row(view, document, block, shown, &here))
            }
        }
    }
}

/// The statements that touch `range`. Ranges are asked for in order; `from` remembers how far.
fn touching<'s>(
    statements: &[&'s Statement],
    range: TextRange,
    from: &mut usize,
) -> Vec<&'s Statement> {
    while statements.get(*from).is_some_and(|s| s.claim.range.end <= range.start) {
        *from += 1;
    }
    statements
        .iter()
        .skip(*from)
        .take_while(|statement| statement.claim.range.start < range.end)
        .filter(|statement| statement.claim.range.overlaps(range))
        .copied()
        .collect()
}

/// Name of the place on a page of a document where the words at byte `at` begin.
pub(super) fn place(at: usize) -> String {
    format!("b-{at}")
}

fn row(
    view: &View<'_>,
    document: &Document,
    block: &Block,
    shown: TextRange,
    here: &[&Statement],
) -> Markup {
    let class = match block.role {
        Role::Title => "row title",
        Role::Heading | Role::Kicker => "row head",
        Role::Standfirst => "row standfirst",
        Role::Quote => "row quotation",
        Role::List | Role::Table => "row list",
        role if role.is_body() => "row",
        Role::Byline | Role::Date | Role::Caption | Role::Credit => "row beside-account",
        _ => "row not-account",
    };
    let blank = shown.of(&document.text).is_none_or(|text| text.trim().is_empty());
    let says = !block.role.is_body() || block.role == Role::Entry;
    html! {
        div class=(class) hidden[blank] id=[(!view.offline).then(|| place(shown.start))] {
            @if says && !blank { p.role { (words::block(block.role)) } }
            div.text dir="auto" lang=[block.language.or(document.language)] data-text=(document.id) {
                (marks::linked(view, document, shown, here, true))
            }
            @let margin = here.iter().filter(|statement| statement.claim.range.start >= shown.start).collect::<Vec<_>>();
            @if !margin.is_empty() {
                ul.margin {
                    @for statement in margin {
                        li {
                            a href=(view.href(&Route::Claim(statement.claim.id))) { (layout::gist(view, statement)) }
                            span.below { (layout::state(statement)) }
                        }
                    }
                }
            }
        }
    }
}

/// Where it comes from, when it is from, what was read.
fn about(view: &View<'_>, document: &Document) -> Markup {
    let site = view.site;
    let item = site.index.items.get(&document.item).and_then(|at| site.chronicle().items.get(*at));
    let hide_hash = view.offline && site.shown.is_masked(document.id);
    let receipt = &document.receipt;
    let statements = site.index.said_in.get(&document.id).map_or(0, Vec::len);
    html! {
        section {
            h2 { "About this document" }
            dl.facts {
                dt { "File, as it was added" } dd { (layout::name(&document.path)) }
                @if !hide_hash { dt { "SHA-256 of the file" } dd { code.hash { (document.item) } } }
                @if let Some(item) = item {
                    @if !hide_hash { dt { "Size" } dd { (words::number(item.size)) " bytes" } }
                    dt { "Preserved" } dd { (layout::plain(&item.acquired_at)) ", as the collector’s clock had it" }
                    dt { "Place in the log" } dd { "entry " (item.log_index) @if let Some(log) = view.site.chronicle().other_log(item) { " of the log " (layout::name(log)) ", taken in from its collector" } }
                }
                @if let Some(dated) = &document.dates.published { dt { "Published" } dd { (dated_as(dated)) } }
                @if let Some(dated) = &document.dates.modified { dt { "Modified" } dd { (dated_as(dated)) } }
                @if let Some(covers) = document.dates.covers { dt { "Speaks of" } dd { (layout::date(covers)) } }
                dt { "Read as" } dd { (receipt.reader) ", character set " (receipt.charset) " (" (receipt.charset_how) ")" }
                dt { "Read" } dd { (words::completeness(receipt.completeness)) }
                @if !receipt.omitted.is_empty() { dt { "Left out on purpose" } dd { (omitted(document)) } }
                dt { "Statements" } dd {
                    a href=(view.href(&Route::claims(ClaimFilter { document: Some(document.id), ..ClaimFilter::default() }))) {
                        (words::count(statements, "statement", "statements")) } }
            }
            @if document.dates.candidates.len() > 1 {
                details {
                    summary { "All dates that were considered" }
                    ul { @for dated in document.dates.candidates.iter().take(60) { li { (dated_as(dated)) } } }
                }
            }
        }
    }
}

fn dated_as(dated: &Dated) -> Markup {
    html! {
        (layout::date(dated.value.into())) ": " (words::tier(dated.tier)) ", from " code { (layout::plain(&dated.how)) }
        @if let Some(at) = &dated.at { " at " (words::locator(at)) }
    }
}

/// Kinds of things left out, with how many.
fn omitted(document: &Document) -> Markup {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for omitted in &document.receipt.omitted {
        *kinds.entry(&omitted.what).or_default() += 1;
    }
    html! {
        @for (at, (what, count)) in kinds.iter().enumerate() {
            @if at > 0 { ", " } (what) " (" (count) ")"
        }
    }
}
