//! One toll: every position of every origin on one count, as said. The heart of the site.
//! Nothing is added, averaged, chosen or left out; what was taken back is struck, not hidden.

use std::collections::BTreeMap;

use kua_model::{
    Chronicle, ClaimId, DateSpan, Modality, Notice, NoticePlace, OriginId, OriginKind, Position,
    Standing, TimeHow, Toll,
};
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Counting, Route};
use crate::site::View;
use crate::{figure, words};

/// The page of a toll.
pub(crate) fn route(toll: &Toll, page: usize) -> Route {
    Route::Toll {
        event: toll.event.0.clone(),
        affected: toll.affected.clone(),
        place: toll.place.clone(),
        page,
    }
}

/// `Killed · Protesters · Aru`.
pub(crate) fn title(toll: &Toll) -> String {
    let mut out = format!("{} · {}", words::label(&toll.event.0), words::group(&toll.affected));
    if let Some(place) = &toll.place {
        out.push_str(" · ");
        out.push_str(place);
    }
    layout::plain(&out)
}

/// Standing of a toll with how many origins speak.
pub(crate) fn standing(toll: &Toll) -> Markup {
    let mut origins = toll.positions.iter().map(|position| position.origin).collect::<Vec<_>>();
    origins.sort_unstable();
    origins.dedup();
    html! {
        (layout::standing_of(toll.standing, origins.len())) " "
        span.quiet { (words::count(toll.positions.len(), "figure", "figures")) " by "
            (words::count(origins.len(), "origin", "origins")) }
    }
}

/// A figure exactly as said, struck if withdrawn, with its standing and its doubt as labels.
pub(crate) fn said(view: &View<'_>, position: &Position) -> Markup {
    html! {
        (struck(view, position))
        @if position.standing != Standing::Agreed { " " (layout::standing(position.standing)) }
        @if position.modality != Modality::Certain {
            " " span.tag.doubt { (layout::capital(words::modality(position.modality))) }
        }
    }
}

/// A figure exactly as said, struck if withdrawn.
fn struck(view: &View<'_>, position: &Position) -> Markup {
    let lang = position
        .claims
        .first()
        .and_then(|id| view.site.statement(*id))
        .and_then(|statement| statement.quote.language());
    let words = layout::plain(&position.words);
    let figure = html! {
        @if words.is_empty() { span.num { (figure::figure(position)) } }
        @else { q.fig dir="auto" lang=[lang] { (words) } }
    };
    html! {
        @if layout::is_struck(position.standing) { s { (figure) } } @else { (figure) }
    }
}

pub(super) fn sheet(
    view: &View<'_>,
    event: &str,
    affected: &str,
    place: Option<&str>,
    page: usize,
) -> Option<Sheet> {
    let toll = view.site.chronicle().tolls.iter().find(|toll| {
        toll.event.0 == event && toll.affected == affected && toll.place.as_deref() == place
    })?;
    let (positions, pager) =
        view.part(&toll.positions, page, SIZES.positions, |page| route(toll, page))?;
    let title = title(toll);
    Some(Sheet {
        title: title.clone(),
        body: html! {
            (layout::heading(&title, standing(toll)))
            p { (words::toll_standing_long(toll.standing)) " " (edges(view, toll)) }
            @if page == 1 && toll.positions.len() > 1 { (matrix(view, toll, 100, 16, true)) }
            h2 { "Every figure, with who gave it and how they know" }
            (table(view, toll, positions))
            (pager)
            (left_out(view, event))
        },
    })
}

/// Lowest and highest figure that stand and are put as fact, each with its source.
fn edges(view: &View<'_>, toll: &Toll) -> Markup {
    let current = || {
        toll.positions.iter().filter(|position| {
            !layout::is_struck(position.standing) && position.modality == Modality::Certain
        })
    };
    let lowest = current().filter_map(|p| Some((p.low.or(p.high)?, p))).min_by_key(|(n, _)| *n);
    let highest = current().filter_map(|p| Some((p.high.or(p.low)?, p))).max_by_key(|(n, _)| *n);
    html! {
        @if let (Some((low, first)), Some((high, last))) = (lowest, highest) {
            @if low != high {
                "Among the figures put as fact and not withdrawn, the lowest is "
                strong { (figure::figure(first)) } " (" (layout::name(&source_name(view.site.chronicle(), first, 80)))
                "), the highest " strong { (figure::figure(last)) } " ("
                (layout::name(&source_name(view.site.chronicle(), last, 80))) ")."
            }
        }
    }
}

/// Rows origins, columns time. At most `rows` rows and the latest `columns` columns; what does
/// not fit is said, never dropped silently.
pub(super) fn matrix(
    view: &View<'_>,
    toll: &Toll,
    rows: usize,
    columns: usize,
    captioned: bool,
) -> Markup {
    let mut days = toll.positions.iter().map(|position| position.as_of).collect::<Vec<_>>();
    days.sort_by_key(|day| order(*day));
    days.dedup();
    let hidden = days.len().saturating_sub(columns);
    let days = days.get(hidden..).unwrap_or_default();
    let mut sources: Vec<OriginId> = Vec::new();
    let mut cells: BTreeMap<OriginId, Vec<&Position>> = BTreeMap::new();
    for position in &toll.positions {
        let row = cells.entry(position.origin).or_default();
        if row.is_empty() {
            sources.push(position.origin);
        }
        row.push(position);
    }
    let more = sources.len().saturating_sub(rows);
    html! {
        div.wide tabindex="0" role="group" aria-label=(format!("{}: figures by source and day", title(toll))) {
            table.matrix {
                caption.unseen[!captioned] { "Who held what, and when" }
                thead { tr {
                    th scope="col" { "Source" }
                    @for day in days {
                        th scope="col" { (day.map_or_else(|| html! { (words::UNKNOWN_DATE) }, layout::date)) }
                    }
                } }
                tbody {
                    @for origin in sources.iter().take(rows) {
                        tr {
                            th scope="row" { (source(view, *origin, cells.get(origin).and_then(|row| row.first()).copied())) }
                            @for day in days {
                                td {
                                    @for position in cells.get(origin).into_iter().flatten().filter(|p| p.as_of == *day) {
                                        div.cell {
                                            (said(view, position))
                                            span.means { (figure::figure(position)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        @if hidden > 0 || more > 0 {
            p.quiet {
                @if hidden > 0 { (words::count(hidden, "earlier day is", "earlier days are")) " not in this table. " }
                @if more > 0 { (words::count(more, "further source is", "further sources are")) " not in this table. " }
                a href=(view.href(&route(toll, 1))) { "All figures of this toll" }
            }
        }
    }
}

/// Days in order; what has no date comes last.
fn order(day: Option<DateSpan>) -> (bool, Option<String>, Option<DateSpan>) {
    (day.is_none(), day.and_then(|day| day.first().or(day.last())).map(|day| day.to_string()), day)
}

/// Whose position it is: the named source, or the account itself with the title it goes by,
/// which alone would read as if the title spoke. At most `max` characters.
pub fn source_name(chronicle: &Chronicle, position: &Position, max: usize) -> String {
    let named = layout::short(&position.source, max);
    match chronicle.origin(position.origin) {
        Some(origin) if origin.kind == OriginKind::Account => {
            format!("{} “{named}”", words::ACCOUNT_ITSELF)
        }
        _ => named,
    }
}

fn source(view: &View<'_>, id: OriginId, position: Option<&Position>) -> Markup {
    html! {
        @match view.site.origin(id) {
            Some(origin) => {
                (layout::origin(view, origin))
                span.kind { @match origin.kind { OriginKind::Account => "own account", OriginKind::Source => "named source" } }
            }
            None => { @if let Some(position) = position { (layout::name(&position.source)) } }
        }
    }
}

fn table(view: &View<'_>, toll: &Toll, positions: &[Position]) -> Markup {
    let max = toll.positions.iter().filter_map(|p| p.high.max(p.low)).max().unwrap_or(1);
    html! {
        p.quiet { "Bars run from 0 to " (words::number(max)) "; a broken bar has no upper end." }
        table.stack.positions {
            thead { tr {
                th scope="col" { "Source" }
                th scope="col" { "Figure, as said" }
                th scope="col" { "As of" }
                th scope="col" { "How they know" }
                th scope="col" { "Standing" }
                th scope="col" { "Where it is said" }
            } }
            tbody { @for position in positions { (row(view, toll, position, max)) } }
        }
    }
}

fn row(view: &View<'_>, toll: &Toll, position: &Position, max: u64) -> Markup {
    html! {
        tr.withdrawn[layout::is_struck(position.standing)] {
            th scope="row" data-label="Source" { (source(view, position.origin, Some(position))) }
            td data-label="Figure, as said" {
                (struck(view, position))
                span.means { (figure::figure(position)) }
                (layout::bar(position.low, position.high, max))
            }
            td data-label="As of" {
                (position.as_of.map_or_else(|| html! { (words::UNKNOWN_DATE) }, layout::date))
                @for notice in doubts(view, &position.claims) {
                    span.below.caution { strong { (words::severity(notice.severity)) ". " } (layout::name(&notice.message)) }
                }
            }
            td data-label="How they know" {
                (words::grade(position.grade))
                span.below {
                    @if position.modality == Modality::Certain { (words::modality(position.modality)) }
                    @else { span.tag.doubt { (layout::capital(words::modality(position.modality))) } }
                }
            }
            td data-label="Standing" {
                (layout::standing_of(position.standing, position.origins))
                span.below { (words::corroboration(position.accounts, position.origins)) }
                @if position.standing != Standing::Agreed { span.below { (words::corroborated(position.origins)) } }
                (layout::why(&position.why))
            }
            td data-label="Where it is said" { (said_in(view, toll, position)) }
        }
    }
}

/// What is odd about the dates that statements stand on: notices on the words that date them, or,
/// where only the document does, on any date of the document. Each message once.
pub(super) fn doubts<'s>(view: &View<'s>, claims: &[ClaimId]) -> Vec<&'s Notice> {
    let site = view.site;
    let mut out: Vec<&Notice> = Vec::new();
    for statement in claims.iter().filter_map(|id| site.statement(*id)) {
        let time = statement.claim.time.as_ref();
        let dated = time.and_then(|time| time.range);
        let undated = time.is_none_or(|time| time.how == TimeHow::Document);
        let notices = site.index.notices.get(&statement.claim.document).into_iter().flatten();
        for notice in notices.filter_map(|at| site.chronicle().notices.get(*at)) {
            let NoticePlace::Span(span) = &notice.place else { continue };
            let here = dated.map_or(undated, |range| range.overlaps(span.range));
            if here
                && words::ABOUT_DATES.contains(&notice.code.as_str())
                && !out.iter().any(|other| other.message == notice.message)
            {
                out.push(notice);
            }
        }
    }
    // The fullest message about one place says what the others say.
    out.sort_by_key(|notice| std::cmp::Reverse(notice.message.len()));
    let mut places = Vec::new();
    out.retain(|notice| {
        let new = !places.contains(&&notice.place);
        places.push(&notice.place);
        new
    });
    out
}

fn said_in(view: &View<'_>, toll: &Toll, position: &Position) -> Markup {
    let filter = ClaimFilter {
        event: Some(toll.event.0.clone()),
        origin: Some(position.origin),
        ..ClaimFilter::default()
    };
    html! {
        ul.plain {
            @for statement in position.claims.iter().take(4).filter_map(|id| view.site.statement(*id)) {
                li { a href=(view.href(&Route::Claim(statement.claim.id))) {
                    (layout::name(&layout::short(
                        view.site.document(statement.claim.document).map_or("", |document| document.title()), 60)))
                } }
            }
            @if position.claims.len() > 4 {
                li { a href=(view.href(&Route::claims(filter))) { "and " (position.claims.len() - 4) " more" } }
            }
        }
    }
}

/// What of the same event is not in any toll, and where to see it.
fn left_out(view: &View<'_>, event: &str) -> Markup {
    let mut reasons: BTreeMap<kua_model::Uncounted, usize> = BTreeMap::new();
    for statement in &view.site.chronicle().statements {
        if let Some(why) = statement.uncounted
            && statement.claim.event.0 == event
        {
            *reasons.entry(why).or_default() += 1;
        }
    }
    html! {
        @if !reasons.is_empty() {
            h2 { "Statements about the same kind of event that are not in a toll" }
            table.stack {
                thead { tr { th scope="col" { "Reason" } th.n scope="col" { "Statements" } th scope="col" { "What it means" } } }
                tbody {
                    @for (why, count) in &reasons {
                        tr {
                            th scope="row" data-label="Reason" {
                                a href=(view.href(&Route::claims(ClaimFilter {
                                    event: Some(event.to_owned()),
                                    counted: Some(Counting::Because(*why)),
                                    ..ClaimFilter::default()
                                }))) { (words::uncounted(*why)) }
                            }
                            td.n data-label="Statements" { (count) }
                            td data-label="What it means" { (words::uncounted_long(*why)) }
                        }
                    }
                }
            }
        }
    }
}
