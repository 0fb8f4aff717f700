//! One module a page. Each takes the view and gives the body, or nothing if there is no such page.

pub(crate) mod beside;
pub(crate) mod chronicle;
mod claim;
mod claims;
mod document;
mod documents;
mod method;
mod names;
mod notices;
mod origin;
mod origins;
mod overview;
mod proposals;
pub(crate) mod search;
pub(crate) mod toll;
mod tolls;
pub(crate) mod verify;

use maud::html;

use crate::layout::{Sheet, heading};
use crate::route::Route;
use crate::site::View;

/// How much stands on one page of each list.
pub(crate) struct Sizes {
    pub incidents: usize,
    pub tolls: usize,
    pub positions: usize,
    pub claims: usize,
    pub origins: usize,
    pub documents: usize,
    pub pieces: usize,
    pub names: usize,
    pub notices: usize,
}

pub(crate) const SIZES: Sizes = Sizes {
    incidents: 40,
    tolls: 20,
    positions: 100,
    claims: 50,
    origins: 50,
    documents: 100,
    pieces: 150,
    names: 100,
    notices: 100,
};

/// The body of a page.
pub(crate) fn sheet(view: &View<'_>, route: &Route) -> Option<Sheet> {
    match route {
        Route::Overview => Some(overview::sheet(view)),
        Route::Chronicle { page } => chronicle::sheet(view, *page),
        Route::Tolls { page } => tolls::sheet(view, *page),
        Route::Toll { event, affected, place, page } => {
            toll::sheet(view, event, affected, place.as_deref(), *page)
        }
        Route::Claims { filter, page } => claims::sheet(view, filter, *page),
        Route::Claim(id) => claim::sheet(view, *id),
        Route::Proposals { page } => proposals::sheet(view, *page),
        Route::Origins { list, page } => origins::sheet(view, *list, *page),
        Route::Origin(id) => origin::sheet(view, *id),
        Route::Documents { page } => documents::sheet(view, *page),
        Route::Document { id, page } => document::sheet(view, *id, *page),
        Route::Beside { a, b, page } => beside::sheet(view, *a, *b, *page),
        Route::Names { kind, page } => names::sheet(view, *kind, *page),
        Route::Method => Some(method::sheet(view)),
        Route::Notices { page } => notices::sheet(view, *page),
        // What was found has to come from outside.
        Route::Search { query } if query.is_empty() => Some(search::sheet(view, None)),
        Route::Search { .. } => None,
        Route::Verify => Some(verify::sheet(view)),
        Route::Style => None,
    }
}

/// What stands at an address that is no page.
pub(crate) fn not_found(view: &View<'_>) -> Sheet {
    Sheet {
        title: "Nothing here".to_owned(),
        body: html! {
            (heading("Nothing here", html! {
                "This case has no page at that address. It may have had one before it was built again."
            }))
            p { a href=(view.href(&Route::Overview)) { "Go to the overview" } }
        },
    }
}
