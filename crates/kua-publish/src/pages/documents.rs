//! All documents: title, language, date, what they tell.

use maud::html;

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;
use crate::words;

pub(super) fn sheet(view: &View<'_>, page: usize) -> Option<Sheet> {
    let documents = &view.site.chronicle().documents;
    let (part, pager) =
        view.part(documents, page, SIZES.documents, |page| Route::Documents { page })?;
    let index = &view.site.index;
    Some(Sheet {
        title: "Documents".to_owned(),
        body: html! {
            (layout::heading("Documents", html! {
                (words::count(documents.len(), "readable text", "readable texts")) " from "
                (words::count(view.site.chronicle().items.len(), "preserved file", "preserved files")) "."
            }))
            table.stack.documents {
                thead { tr {
                    th scope="col" { "Title" } th scope="col" { "Language" } th scope="col" { "Published" }
                    th.n scope="col" { "Statements" } th scope="col" { "Shared with" }
                } }
                tbody {
                    @for document in part {
                        tr {
                            th scope="row" data-label="Title" {
                                a href=(view.href(&Route::document(document.id))) { (layout::name(&layout::short(document.title(), 120))) }
                                span.below { (layout::name(&document.path)) }
                            }
                            td data-label="Language" { (document.language.map_or_else(|| "not known".to_owned(), |lang| words::language(lang.as_str()))) }
                            td data-label="Published" {
                                @match &document.dates.published {
                                    Some(dated) => { (layout::date(dated.value.into())) span.below { (words::tier(dated.tier)) } }
                                    None => { (words::UNKNOWN_DATE) }
                                }
                            }
                            td.n data-label="Statements" { (index.said_in.get(&document.id).map_or(0, Vec::len)) }
                            td data-label="Shared with" {
                                @let others = shared_with(view, document.id);
                                @if others == 0 { span.quiet { "no other document" } } @else { (words::count(others, "document", "documents")) }
                            }
                        }
                    }
                }
            }
            (pager)
        },
    })
}

/// How many other documents tell an account that this one tells.
fn shared_with(view: &View<'_>, id: kua_model::DocumentId) -> usize {
    let origins = &view.site.chronicle().origins;
    let mut others = view
        .site
        .index
        .accounts_in
        .get(&id)
        .into_iter()
        .flatten()
        .filter_map(|at| origins.get(*at))
        .flat_map(|origin| origin.accounts.iter().map(|account| account.document))
        .filter(|other| *other != id)
        .collect::<Vec<_>>();
    others.sort_unstable();
    others.dedup();
    others.len()
}
