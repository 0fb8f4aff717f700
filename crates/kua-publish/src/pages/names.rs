//! Names of persons, places and bodies under all their spellings.

use std::collections::BTreeSet;

use kua_model::{Name, NameKind};
use maud::{Markup, html};

use super::SIZES;
use crate::layout::{self, Sheet};
use crate::route::Route;
use crate::site::View;
use crate::words;

const KINDS: [NameKind; 3] = [NameKind::Person, NameKind::Place, NameKind::Organisation];

pub(super) fn sheet(view: &View<'_>, kind: NameKind, page: usize) -> Option<Sheet> {
    let all = &view.site.chronicle().names;
    let names = all.iter().filter(|name| name.kind == kind).collect::<Vec<_>>();
    let (part, pager) = view.part(&names, page, SIZES.names, |page| Route::Names { kind, page })?;
    Some(Sheet {
        title: words::name_kinds(kind).to_owned(),
        body: html! {
            (layout::heading(words::name_kinds(kind), html! {
                "Each under all spellings found in the documents, with why they are taken for one."
            }))
            nav.tabs aria-label=(format!("{}: other kinds of names", words::name_kinds(kind))) { ul { @for other in KINDS {
                li { a href=(view.href(&Route::Names { kind: other, page: 1 })) aria-current=[(other == kind).then_some("page")] {
                    (words::name_kinds(other)) " (" (all.iter().filter(|name| name.kind == other).count()) ")" } }
            } } }
            @if names.is_empty() { p.empty { "None found." } }
            @if !names.is_empty() {
                table.stack {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Spellings" } th scope="col" { "Documents" } } }
                    tbody { @for name in part { (row(view, name)) } }
                }
            }
            (pager)
        },
    })
}

fn row(view: &View<'_>, name: &Name) -> Markup {
    let documents = name
        .variants
        .iter()
        .flat_map(|variant| variant.at.iter().map(|span| span.document))
        .collect::<BTreeSet<_>>();
    html! {
        tr id=(name.id) {
            th scope="row" data-label="Name" { (layout::name(&name.name)) }
            td data-label="Spellings" {
                ul.plain { @for variant in name.variants.iter().take(24) {
                    li { (layout::name(&variant.text)) " " span.quiet { (words::script(&variant.script)) ", " (words::count(variant.count, "time", "times")) } }
                } }
                @if name.variants.len() > 24 { p.quiet { "and " (name.variants.len() - 24) " more" } }
                (layout::why(&name.why))
            }
            td data-label="Documents" {
                ul.plain { @for document in documents.iter().take(5).filter_map(|id| view.site.document(*id)) {
                    li { a href=(view.href(&Route::document(document.id))) { (layout::name(&layout::short(document.title(), 60))) } }
                } }
                @if documents.len() > 5 { span.quiet { "and " (documents.len() - 5) " more" } }
            }
        }
    }
}
