//! Statements in order of document and place, narrowed by the address.

use kua_model::Statement;
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Counting, Route};
use crate::site::View;
use crate::words;

pub(super) fn sheet(view: &View<'_>, filter: &ClaimFilter, page: usize) -> Option<Sheet> {
    let all = &view.site.chronicle().statements;
    let found = all.iter().filter(|statement| passes(filter, statement)).collect::<Vec<_>>();
    let (part, pager) = view
        .part(&found, page, SIZES.claims, |page| Route::Claims { filter: filter.clone(), page })?;
    Some(Sheet {
        title: "Claims".to_owned(),
        body: html! {
            (layout::heading("Claims", html! {
                "What the documents assert, each with its exact words. "
                @if found.len() == all.len() { (words::count(all.len(), "statement", "statements")) "." }
                @else { (words::number(found.len() as u64)) " of " (words::count(all.len(), "statement", "statements")) "." }
            }))
            (super::proposals::remark(view))
            @if !view.offline { (form(view, filter)) }
            @if found.is_empty() { p.empty { "No statement answers to this." } }
            ol.claims.list { @for statement in part { (layout::statement(view, statement)) } }
            (pager)
        },
    })
}

fn passes(filter: &ClaimFilter, statement: &Statement) -> bool {
    let claim = &statement.claim;
    filter.event.as_ref().is_none_or(|event| *event == claim.event.0)
        && filter
            .origin
            .is_none_or(|origin| origin == statement.origin || origin == statement.account)
        && filter.document.is_none_or(|document| document == claim.document)
        && filter.part.is_none_or(|part| part == claim.role)
        && filter.incident.is_none_or(|incident| statement.incident == Some(incident))
        && match filter.counted {
            None => true,
            Some(Counting::Yes) => statement.uncounted.is_none(),
            Some(Counting::No) => statement.uncounted.is_some(),
            Some(Counting::Because(why)) => statement.uncounted == Some(why),
        }
}

fn form(view: &View<'_>, filter: &ClaimFilter) -> Markup {
    let counted = match filter.counted {
        None => "",
        Some(Counting::Yes) => "yes",
        Some(Counting::No) => "no",
        Some(Counting::Because(why)) => words::uncounted_key(why),
    };
    html! {
        form.filter method="get" action="/claims" {
            div { label for="event" { "Event" }
                select #event name="event" {
                    option value="" { "Any" }
                    @for (event, count) in &view.site.index.events {
                        option value=(event) selected[filter.event.as_ref() == Some(event)] { (words::label(event)) " (" (count) ")" }
                    }
                } }
            div { label for="role" { "Part of the account" }
                select #role name="role" {
                    option value="" { "Any" }
                    @for part in words::PARTS {
                        option value=(words::part_key(part)) selected[filter.part == Some(part)] { (words::part(part)) }
                    }
                } }
            div { label for="counted" { "In a toll" }
                select #counted name="counted" {
                    option value="" { "Any" }
                    option value="yes" selected[counted == "yes"] { "Counted" }
                    option value="no" selected[counted == "no"] { "Not counted" }
                    @for why in words::UNCOUNTED {
                        option value=(words::uncounted_key(why)) selected[counted == words::uncounted_key(why)] {
                            "Not counted: " (words::uncounted(why).to_lowercase())
                        }
                    }
                } }
            @if let Some(origin) = filter.origin { input type="hidden" name="origin" value=(origin); }
            @if let Some(document) = filter.document { input type="hidden" name="document" value=(document); }
            @if let Some(incident) = filter.incident { input type="hidden" name="incident" value=(incident); }
            button type="submit" { "Show" }
        }
        (narrowed(view, filter))
    }
}

/// What the list is narrowed to besides the form, with a way out.
fn narrowed(view: &View<'_>, filter: &ClaimFilter) -> Markup {
    let without = |change: fn(&mut ClaimFilter)| {
        let mut wider = filter.clone();
        change(&mut wider);
        view.href(&Route::claims(wider))
    };
    html! {
        @if filter.origin.is_some() || filter.document.is_some() || filter.incident.is_some() {
            ul.chips {
                @if let Some(origin) = filter.origin.and_then(|id| view.site.origin(id)) {
                    li { "Going back to or told by " (layout::origin(view, origin)) " "
                        a.clear href=(without(|filter| filter.origin = None)) { "Any origin" } }
                }
                @if let Some(document) = filter.document.and_then(|id| view.site.document(id)) {
                    li { "In " a href=(view.href(&Route::document(document.id))) { (layout::name(&layout::short(document.title(), 80))) } " "
                        a.clear href=(without(|filter| filter.document = None)) { "Any document" } }
                }
                @if let Some(incident) = filter.incident.filter(|at| *at < view.site.chronicle().incidents.len()) {
                    li { "Of " a href=(super::chronicle::href(view, incident)) { "one happening" } " "
                        a.clear href=(without(|filter| filter.incident = None)) { "Any happening" } }
                }
            }
        }
    }
}
