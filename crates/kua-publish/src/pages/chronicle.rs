//! Happenings by day, each with its statements.

use kua_model::{Incident, Statement};
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Route};
use crate::site::View;
use crate::words;

/// Statements shown of one happening; the others are one step away.
const SHOWN: usize = 4;

/// Name of the place of an incident, on every page of the site.
pub(crate) fn place(incident: usize) -> String {
    format!("incident-{incident}")
}

/// The page of the chronicle an incident stands on.
pub(super) fn href(view: &View<'_>, incident: usize) -> String {
    let page = incident / SIZES.incidents + 1;
    view.href_at(&Route::Chronicle { page }, &place(incident))
}

pub(super) fn sheet(view: &View<'_>, page: usize) -> Option<Sheet> {
    let incidents = &view.site.chronicle().incidents;
    let (range, pager) =
        view.part_of(incidents.len(), page, SIZES.incidents, |page| Route::Chronicle { page })?;
    let mut days: Vec<(_, Vec<(usize, &Incident)>)> = Vec::new();
    for (at, incident) in incidents.iter().enumerate().take(range.end).skip(range.start) {
        match days.last_mut() {
            Some((day, list)) if *day == incident.time => list.push((at, incident)),
            _ => days.push((incident.time, vec![(at, incident)])),
        }
    }
    Some(Sheet {
        title: "Chronicle".to_owned(),
        body: html! {
            (layout::heading("Chronicle", html! { "What is said to have happened, day by day." }))
            @if incidents.is_empty() { p.empty { "No happening could be told from the statements yet." } }
            @for (day, list) in &days {
                section.day {
                    h2 { @match day {
                        Some(day) => { (layout::date(*day)) }
                        None => { "Date not known" }
                    } }
                    @for (at, incident) in list { (happening(view, *at, incident)) }
                }
            }
            (pager)
        },
    })
}

fn happening(view: &View<'_>, at: usize, incident: &Incident) -> Markup {
    let statements =
        incident.claims.iter().filter_map(|id| view.site.statement(*id)).collect::<Vec<_>>();
    let (own, again): (Vec<&Statement>, Vec<&Statement>) =
        statements.into_iter().partition(|statement| statement.same_as.is_none());
    let filter = ClaimFilter { incident: Some(at), ..ClaimFilter::default() };
    let more = own.len().saturating_sub(SHOWN) + again.len();
    html! {
        article.incident id=(place(at)) {
            h3 {
                (words::label(&incident.event.0))
                @if let Some(affected) = &incident.affected { " · " (layout::name(&words::label(affected))) }
                @if let Some(place) = &incident.place { " · " (layout::name(place)) }
            }
            p { (layout::standing_of(incident.standing, incident.origins)) " "
                span.quiet { (words::corroboration(incident.accounts, incident.origins)) } }
            ul.claims { @for statement in own.iter().take(SHOWN) { (layout::statement(view, statement)) } }
            @if more > 0 && view.offline {
                details {
                    summary { (words::count(more, "more statement", "more statements")) " of the same, copies and translations included" }
                    ul.claims {
                        @for statement in own.iter().skip(SHOWN).chain(&again) { (layout::statement(view, statement)) }
                    }
                }
            } @else if more > 0 {
                p { a href=(view.href(&Route::claims(filter))) {
                    (words::count(more, "more statement", "more statements")) " of the same, copies and translations included"
                } }
            }
        }
    }
}
