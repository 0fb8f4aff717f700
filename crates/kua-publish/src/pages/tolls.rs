//! All tolls: rows origins, columns time.

use maud::html;

use super::{SIZES, toll};
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;

/// Rows and columns a toll takes here; its own page has all.
const ROWS: usize = 12;
const COLUMNS: usize = 6;

pub(super) fn sheet(view: &View<'_>, page: usize) -> Option<Sheet> {
    let tolls = &view.site.chronicle().tolls;
    let (part, pager) = view.part(tolls, page, SIZES.tolls, |page| Route::Tolls { page })?;
    Some(Sheet {
        title: "Toll".to_owned(),
        body: html! {
            (layout::heading("Toll", html! {
                "Figures by source and day, each exactly as said. Nothing is added or averaged, and nothing is hidden: what was replaced or taken back is struck through and labelled."
            }))
            @if tolls.is_empty() { p.empty { "No statement in this case counts people yet." } }
            @for toll in part {
                section.toll {
                    h2 { a href=(view.href(&toll::route(toll, 1))) { (toll::title(toll)) } }
                    p { (toll::standing(toll)) }
                    (toll::matrix(view, toll, ROWS, COLUMNS, false))
                }
            }
            (pager)
        },
    })
}
