//! What the case holds, at a glance: counts, the toll side by side, what is contested.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use kua_model::{OriginKind, Severity, Standing, Toll};
use maud::{Markup, html};

use super::toll;
use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Counting, OriginList, Route};
use crate::site::View;
use crate::words;

/// Tolls shown here; the others are one step away.
const TOLLS: usize = 8;

pub(super) fn sheet(view: &View<'_>) -> Sheet {
    let chronicle = view.site.chronicle();
    let case = &chronicle.case;
    // What is contested, and what most speak of, first: an order of reading, not of worth.
    let mut tolls = chronicle.tolls.iter().collect::<Vec<_>>();
    tolls.sort_by_key(|toll| Reverse((toll.standing == Standing::Contested, toll.positions.len())));
    let title = layout::case_title(view);
    Sheet {
        title: "Overview".to_owned(),
        body: html! {
            (layout::heading(&title, html! {
                @if let Some(place) = &case.place { (layout::name(place)) }
                @if case.place.is_some() && case.period.is_some() { " · " }
                @if let Some(period) = case.period { (layout::date(period)) }
                @if case.place.is_none() && case.period.is_none() {
                    "Who says so, how many of them independently, and where exactly?"
                }
            }))
            (counts(view))
            section aria-labelledby="toll-heading" {
                h2 #toll-heading { "The toll, side by side" }
                p { "Each figure stays with whoever gave it. Figures that exclude one another stand next to each other; none is added, averaged or chosen." }
                @if chronicle.tolls.is_empty() {
                    p.empty { "No statement in this case counts people yet." }
                } @else {
                    ul.cards { @for toll in tolls.iter().take(TOLLS) { (card(view, toll)) } }
                    p { a.more href=(view.href(&Route::Tolls { page: 1 })) {
                        @if chronicle.tolls.len() > TOLLS { "All " (chronicle.tolls.len()) " tolls" }
                        @else { "The toll by origin and day" }
                    } }
                }
            }
            (material(view))
        },
    }
}

fn counts(view: &View<'_>) -> Markup {
    let chronicle = view.site.chronicle();
    let accounts = chronicle.accounts().count();
    let sources =
        chronicle.origins.iter().filter(|origin| origin.kind == OriginKind::Source).count();
    let counted = chronicle.statements.iter().filter(|s| s.uncounted.is_none()).count();
    let contested = chronicle.tolls.iter().filter(|t| t.standing == Standing::Contested).count();
    let cautions = chronicle.notices.iter().filter(|n| n.severity != Severity::Note).count();
    let tile = |number: usize, words: &str, below: String, route: Route| {
        html! {
            li {
                a href=(view.href(&route)) {
                    span.big { (words::number(number as u64)) } " " span.unit { (words) }
                    span.below { (below) }
                }
            }
        }
    };
    let counted_only = ClaimFilter { counted: Some(Counting::Yes), ..ClaimFilter::default() };
    html! {
        ul.tiles {
            (tile(chronicle.documents.len(), "documents",
                format!("from {}", words::count(chronicle.items.len(), "preserved file", "preserved files")),
                Route::Documents { page: 1 }))
            (tile(accounts, "independent accounts",
                "copies and translations counted once".to_owned(),
                Route::Origins { list: OriginList::Shared, page: 1 }))
            (tile(sources, "named sources", "whom the accounts report".to_owned(),
                Route::Origins { list: OriginList::Sources, page: 1 }))
            (tile(chronicle.statements.len(), "statements",
                format!("{} counted in a toll", words::number(counted as u64)),
                Route::claims(counted_only)))
            (tile(chronicle.tolls.len(), "tolls",
                format!("{contested} contested"), Route::Tolls { page: 1 }))
            (tile(chronicle.notices.len(), "notices",
                format!("{cautions} to be careful about"), Route::Notices { page: 1 }))
        }
    }
}

fn card(view: &View<'_>, toll: &Toll) -> Markup {
    html! {
        li {
            h3 { a href=(view.href(&toll::route(toll, 1))) { (toll::title(toll)) } }
            p { (toll::standing(toll)) }
            ul.figures {
                @for position in toll.positions.iter().take(6) {
                    li {
                        (toll::said(view, position))
                        span.who { (layout::name(&layout::short(&position.source, 60)))
                            @if let Some(as_of) = position.as_of { ", " (layout::date(as_of)) } }
                    }
                }
                @if toll.positions.len() > 6 {
                    li { a href=(view.href(&toll::route(toll, 1))) { "and " (toll.positions.len() - 6) " more" } }
                }
            }
        }
    }
}

fn material(view: &View<'_>) -> Markup {
    let chronicle = view.site.chronicle();
    let mut languages: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for document in &chronicle.documents {
        *languages.entry(document.language.as_ref().map(|lang| lang.as_str())).or_default() += 1;
    }
    let mut languages = languages.into_iter().collect::<Vec<_>>();
    languages.sort_by_key(|(lang, count)| (Reverse(*count), *lang));
    html! {
        section aria-labelledby="material-heading" {
            h2 #material-heading { "The material" }
            table.narrow {
                caption { "Languages of the documents" }
                thead { tr { th scope="col" { "Language" } th.n scope="col" { "Documents" } } }
                tbody {
                    @for (lang, count) in &languages {
                        tr {
                            th scope="row" { (lang.map_or_else(|| "Could not be told".to_owned(), words::language)) }
                            td.n { (words::number(*count as u64)) }
                        }
                    }
                }
            }
            p { a.more href=(view.href(&Route::Method)) { "How to read these pages, and what they do not tell" } }
        }
    }
}
