//! One statement: its words in context, who says so, how they know, what else is said of the
//! same, why kua reads it so, and how to check it.

use kua_model::{Claim, Document, Locator, Statement, TextRange};
use maud::{Markup, html};

use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Route};
use crate::site::View;
use crate::{figure, marks, words};

/// Statements listed of each kind of sibling.
const SIBLINGS: usize = 12;
/// Context on each side, in bytes, at most; cut at sentences.
const CONTEXT: usize = 600;

pub(super) fn sheet(view: &View<'_>, id: kua_model::ClaimId) -> Option<Sheet> {
    let statement = view.site.statement(id)?;
    let claim = &statement.claim;
    let document = view.site.document(claim.document)?;
    let title =
        format!("{}: {}", words::label(&claim.event.0), layout::short(statement.quote.exact(), 60));
    Some(Sheet {
        title,
        body: html! {
            header.heading {
                p.kicker { "Statement" }
                h1 { (layout::gist(view, statement)) }
                p.lead { (layout::state(statement)) }
            }
            (in_context(view, statement, document))
            (chain(view, statement, document))
            (reading(view, statement, document))
            (counting(view, statement))
            (siblings(view, statement))
            (why(statement, document))
            (check(view, statement, document))
        },
    })
}

/// The words, between the sentences around them.
fn in_context(view: &View<'_>, statement: &Statement, document: &Document) -> Markup {
    let claim = &statement.claim;
    let span = statement.quote.span().range;
    let block = document.block_at(span.start).map_or(span, |block| block.range.cover(span));
    let start =
        sentence_start(document, span.start, block.start.max(span.start.saturating_sub(CONTEXT)));
    let end = sentence_end(document, span.end, block.end.min(span.end.saturating_add(CONTEXT)));
    let language = statement.quote.language();
    html! {
        figure.evidence {
            blockquote dir="auto" lang=[language] {
                p {
                    span.around { (marks::escaped(document.text.get(start..span.start).unwrap_or_default())) }
                    mark data-quote=(claim.id) { (marks::highlighted(document, span, &told(claim))) }
                    span.around { (marks::escaped(document.text.get(span.end..end).unwrap_or_default().trim_end())) }
                }
            }
            figcaption {
                a href=(layout::place(view, statement)) { (layout::name(document.title())) }
                @if let Some(language) = language { " · " (words::language(language.as_str())) }
                @if let Some(published) = &document.dates.published {
                    " · " (layout::date(published.value.into())) " (" (words::tier(published.tier)) ")"
                }
                @if view.site.shown.is_masked(document.id) { " · " (words::WITHHELD_NOTE) }
            }
        }
    }
}

/// Start of a sentence that begins in `from..at`, as early as possible; `at` if none does.
fn sentence_start(document: &Document, at: usize, from: usize) -> usize {
    let first = document.sentences.partition_point(|sentence| sentence.range.start < from);
    document.sentences.get(first).map_or(at, |sentence| sentence.range.start.min(at))
}

/// End of a sentence that ends in `at..to`, as late as possible; `at` if none does.
fn sentence_end(document: &Document, at: usize, to: usize) -> usize {
    let after = document.sentences.partition_point(|sentence| sentence.range.end <= to);
    after
        .checked_sub(1)
        .and_then(|last| document.sentences.get(last))
        .map_or(at, |sentence| sentence.range.end.max(at))
}

/// The words that carry figure, people, place, time and sources.
fn told(claim: &Claim) -> Vec<TextRange> {
    let mut out = Vec::new();
    out.extend(claim.quantity.as_ref().and_then(|quantity| quantity.range));
    out.extend(claim.affected.iter().chain(&claim.perpetrator).filter_map(|group| group.range));
    out.extend(claim.place.as_ref().and_then(|place| place.range));
    out.extend(claim.time.as_ref().and_then(|time| time.range));
    out.extend(claim.sources.iter().filter_map(|source| source.range));
    out
}

fn chain(view: &View<'_>, statement: &Statement, document: &Document) -> Markup {
    let claim = &statement.claim;
    html! {
        section {
            h2 { "Who says so" }
            ol.chain {
                li { a href=(view.href(&Route::document(document.id))) { (layout::name(document.title())) }
                    span.kind { "the document" } }
                @for source in &claim.sources {
                    li {
                        q dir="auto" lang=[claim.language] { (layout::plain(&source.words)) }
                        span.kind { (words::source_kind(source.kind))
                            @if source.inherited { ", named in an earlier sentence" } }
                    }
                }
                li { strong { (words::label(&claim.event.0)) } span.kind { (words::grade(claim.grade)) ", " (words::modality(claim.modality)) } }
            }
            dl.facts {
                @if let Some(origin) = view.site.origin(statement.origin) {
                    dt { "Goes back to" } dd { (layout::origin(view, origin)) }
                }
                @if statement.account != statement.origin && let Some(account) = view.site.origin(statement.account) {
                    dt { "Told by the account" } dd { (layout::origin(view, account)) }
                }
                dt { "How they know" } dd { (words::grade_long(claim.grade)) }
                dt { "How it is put" } dd { (words::modality_long(claim.modality)) }
            }
        }
    }
}

fn reading(view: &View<'_>, statement: &Statement, document: &Document) -> Markup {
    let claim = &statement.claim;
    let at = |range: Option<TextRange>| {
        let words = range.and_then(|range| range.of(&document.text));
        html! {
            @if let Some(words) = words { q dir="auto" lang=[claim.language] { (layout::plain(words)) } }
            @else { span.quiet { "not in words" } }
        }
    };
    let group = |group: &kua_model::Group| {
        html! {
            td data-label="Read as" {
                @match &group.id { Some(id) => { (words::label(id)) } None => { (layout::name(&group.words)) } }
                @if group.inherited { " " span.quiet { "taken over from earlier" } }
            }
            td data-label="Words" {
                @if group.range.is_some() { (at(group.range)) } @else { q dir="auto" lang=[claim.language] { (layout::plain(&group.words)) } }
            }
        }
    };
    html! {
        section {
            h2 { "How kua reads it" }
            table.stack {
                thead { tr { th scope="col" { "What" } th scope="col" { "Read as" } th scope="col" { "Words" } } }
                tbody {
                    @if let Some(quantity) = &claim.quantity {
                        tr { th scope="row" { "How many" }
                            td data-label="Read as" { span.num { (figure::quantity(quantity)) }
                                @if let Some(convention) = &quantity.convention {
                                    " " span.quiet { "by the convention " (convention) "; never added" } } }
                            td data-label="Words" { (at(quantity.range)) } }
                    }
                    @if let Some(affected) = &claim.affected { tr { th scope="row" { "To whom" } (group(affected)) } }
                    @if let Some(perpetrator) = &claim.perpetrator { tr { th scope="row" { "By whom" } (group(perpetrator)) } }
                    @if let Some(place) = &claim.place {
                        tr { th scope="row" { "Where" }
                            td data-label="Read as" { (layout::name(place.canonical.as_deref().unwrap_or(&place.words)))
                                @if place.inherited { " " span.quiet { "taken over from earlier" } } }
                            td data-label="Words" { @if place.range.is_some() { (at(place.range)) } @else { (layout::name(&place.words)) } } }
                    }
                    @if let Some(time) = &claim.time {
                        tr { th scope="row" { "When" }
                            td data-label="Read as" { (layout::date(time.value))
                                @if let Some(part) = time.part { ", " (words::day_part(part)) }
                                @if let Some((hour, minute)) = time.clock { ", " (format!("{hour:02}:{minute:02}")) }
                                " " span.quiet { (words::time_how(time.how)) }
                                @for notice in super::toll::doubts(view, &[claim.id]) {
                                    span.below.caution { strong { (words::severity(notice.severity)) ". " } (layout::name(&notice.message)) }
                                } }
                            td data-label="Words" { (when(time, claim, document)) } }
                    }
                    tr { th scope="row" { "Part of the account" } td data-label="Read as" { (words::part(claim.role)) } td data-label="Words" { span.quiet { "not in words" } } }
                    @if claim.earlier_figure { tr { th scope="row" { "Earlier figure" } td data-label="Read as" { "the words call it an earlier figure" } td {} } }
                    @if claim.retracts { tr { th scope="row" { "Takes back" } td data-label="Read as" { "the words take back an earlier statement" } td {} } }
                }
            }
        }
    }
}

/// The words a date comes from: those of the clause, those further up, or the document's own date.
fn when(time: &kua_model::TimeMention, claim: &Claim, document: &Document) -> Markup {
    let words = time.range.and_then(|range| range.of(&document.text));
    html! {
        @match (words, &document.dates.published) {
            (Some(words), _) => {
                q dir="auto" lang=[claim.language] { (layout::plain(words)) }
                @if time.range.is_some_and(|range| !range.overlaps(claim.range)) {
                    " " span.quiet { "elsewhere in the text" }
                }
            }
            (None, Some(published)) if time.how == kua_model::TimeHow::Document => {
                span.quiet { "not in the clause; the document is dated " (layout::date(published.value.into()))
                    " (" (words::tier(published.tier)) ")" }
            }
            _ => { span.quiet { "not in words" } }
        }
    }
}

fn counting(view: &View<'_>, statement: &Statement) -> Markup {
    let site = view.site;
    let link = |id| site.statement(id).map(|other| layout::statement(view, other));
    html! {
        section {
            h2 { "Whether it is counted" }
            @match statement.uncounted {
                Some(why) => { p { strong { "Not in a toll. " } (words::uncounted_long(why)) } }
                None => { p { strong { "Counted. " } (words::standing_long(statement.standing)) } }
            }
            @if let Some(same) = statement.same_as.and_then(link) {
                p { "It says the same as:" } ul.claims { (same) }
            }
            @if let Some(whole) = statement.claim.part_of.and_then(link) {
                p { "Its figure is part of:" } ul.claims { (whole) }
            }
            @if let Some(places) = site.index.tolls.get(&statement.claim.id) {
                ul {
                    @for toll in places.iter().filter_map(|(toll, _)| site.chronicle().tolls.get(*toll)) {
                        li { "In the toll " a href=(view.href(&super::toll::route(toll, 1))) { (super::toll::title(toll)) } " " (super::toll::standing(toll)) }
                    }
                }
            }
        }
    }
}

fn siblings(view: &View<'_>, statement: &Statement) -> Markup {
    let site = view.site;
    let id = statement.claim.id;
    let again = site.index.again.get(&id);
    let incident = statement.incident.and_then(|at| site.chronicle().incidents.get(at));
    let others = incident
        .into_iter()
        .flat_map(|incident| &incident.claims)
        .filter(|other| **other != id)
        .filter_map(|other| site.statement(*other))
        .filter(|other| other.same_as != Some(id))
        .collect::<Vec<_>>();
    html! {
        @if let Some(again) = again {
            section {
                h2 { "Copies, translations and repeats of it" }
                p { (words::count(again.len(), "statement says", "statements say")) " the same and " @if again.len() == 1 { "is" } @else { "are" } " not counted again." }
                ul.claims { @for other in site.statements(Some(again)).take(SIBLINGS) { (layout::statement(view, other)) } }
                @if again.len() > SIBLINGS { p.quiet { "and " (again.len() - SIBLINGS) " more" } }
            }
        }
        @if !others.is_empty() && let Some(incident) = statement.incident {
            section {
                h2 { "What else is said of the same happening" }
                ul.claims { @for other in others.iter().take(SIBLINGS) { (layout::statement(view, other)) } }
                @if others.len() > SIBLINGS {
                    p { a href=(view.href(&Route::claims(ClaimFilter { incident: Some(incident), ..ClaimFilter::default() }))) {
                        "All " (others.len() + 1) " statements" } }
                } @else { p { a href=(super::chronicle::href(view, incident)) { "In the chronicle" } } }
            }
        }
    }
}

fn why(statement: &Statement, document: &Document) -> Markup {
    let claim = &statement.claim;
    html! {
        section {
            h2 { "Why" }
            @if !statement.why.is_empty() { ul { @for reason in &statement.why { li { (layout::name(reason)) } } } }
            @if !claim.why.is_empty() {
                details {
                    summary { (words::count(claim.why.len(), "rule", "rules")) " used to read it" }
                    table.stack {
                        thead { tr { th scope="col" { "Rule or lexicon line" } th scope="col" { "Words" } th scope="col" { "Note" } } }
                        tbody { @for step in &claim.why {
                            tr {
                                td data-label="Rule" { code { (layout::plain(&step.rule)) } }
                                td data-label="Words" { @if let Some(words) = step.range.and_then(|range| range.of(&document.text)) {
                                    q dir="auto" lang=[claim.language] { (layout::short(words, 200)) } } }
                                td data-label="Note" { @if let Some(note) = &step.note { (layout::name(note)) } }
                            }
                        } }
                    }
                }
            }
        }
    }
}

fn check(view: &View<'_>, statement: &Statement, document: &Document) -> Markup {
    let span = statement.quote.span().range;
    let masked = view.site.shown.is_masked(document.id);
    let range = view.site.shown.original(document.id, span);
    let at = bytes(document, span);
    html! {
        section {
            h2 { "How to check it" }
            dl.facts {
                dt { "File, as it was added" } dd { (layout::name(&document.path)) }
                @if !(masked && view.offline) {
                    dt { "SHA-256 of the file" } dd { code.hash { (document.item) } }
                }
                dt { "Place in the text" } dd { "bytes " (range.start) " to " (range.end) " (UTF-8, end excluded)" }
                @if let Some((start, end)) = at {
                    dt { "Place in the file" } dd { "within bytes " (start) " to " (end) ", character set " (document.receipt.charset) }
                }
                dt { "Statement" } dd { code { (statement.claim.id) } }
            }
            @if !(masked && view.offline) {
                details {
                    summary { "Commands" }
                    p { "With the case at hand, " code { "kua why " (statement.claim.id) } " prints all this again and " code { "kua verify" } " proves the file unchanged. With only the file:" }
                    pre { code {
                        "sha256sum FILE        # must print " (document.item) "\n"
                        @if let Some((start, end)) = at { "tail -c +" (start + 1) " FILE | head -c " (end - start) "   # the bytes these words were read from\n" }
                    } }
                }
            }
        }
    }
}

/// Bytes of the item that the words were decoded from, if they come from bytes of the whole item.
fn bytes(document: &Document, span: TextRange) -> Option<(u64, u64)> {
    let first = document.blocks.partition_point(|block| block.range.end <= span.start);
    let mut out: Option<(u64, u64)> = None;
    for block in document.blocks.get(first..)?.iter().take_while(|b| b.range.start < span.end) {
        for source in block.source.iter().filter(|source| source.text.overlaps(span)) {
            let Locator::Bytes { start, end } = source.at else { return None };
            out = Some(out.map_or((start, end), |(from, to)| (from.min(start), to.max(end))));
        }
    }
    out.filter(|(start, end)| start < end)
}
