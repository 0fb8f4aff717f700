//! Who stands behind the statements: accounts with their copies and translations as an indented
//! tree, accounts told once, and named sources with everyone who reports them.

use kua_model::{Origin, OriginKind};
use maud::{Markup, html};

use super::{SIZES, origin::tree};
use crate::layout::{self, Sheet};
use crate::route::{OriginList, Route};
use crate::site::View;
use crate::words;

pub(super) fn sheet(view: &View<'_>, list: OriginList, page: usize) -> Option<Sheet> {
    let index = &view.site.index;
    let places = match list {
        OriginList::Shared => &index.shared,
        OriginList::Sources => &index.sources,
        OriginList::Single => &index.single,
    };
    let (part, pager) =
        view.part(places, page, SIZES.origins, |page| Route::Origins { list, page })?;
    let origins = part.iter().filter_map(|at| view.site.chronicle().origins.get(*at));
    let (title, lead) = match list {
        OriginList::Shared => (
            "Origins: told more than once",
            "Accounts that stand in more than one document. Copies and translations of one account count as one origin; the reason for every merge is given.",
        ),
        OriginList::Sources => (
            "Origins: named sources",
            "Whom the accounts report. All who report one source about one count make one origin, however many they are.",
        ),
        OriginList::Single => (
            "Origins: told once",
            "Accounts that stand in one document only, with no copy or translation found in this case.",
        ),
    };
    Some(Sheet {
        title: title.to_owned(),
        body: html! {
            (layout::heading(title, html! { (lead) }))
            (tabs(view, list, title))
            @if places.is_empty() { p.empty { "None in this case." } }
            @for origin in origins { (entry(view, origin)) }
            (pager)
        },
    })
}

fn tabs(view: &View<'_>, list: OriginList, title: &str) -> Markup {
    let index = &view.site.index;
    let tabs = [
        ("Told more than once", OriginList::Shared, index.shared.len()),
        ("Named sources", OriginList::Sources, index.sources.len()),
        ("Told once", OriginList::Single, index.single.len()),
    ];
    html! {
        nav.tabs aria-label=(format!("{title}: other kinds")) { ul {
            @for (name, kind, count) in tabs {
                li { a href=(view.href(&Route::Origins { list: kind, page: 1 })) aria-current=[(kind == list).then_some("page")] {
                    (name) " (" (count) ")" } }
            }
        } }
    }
}

fn entry(view: &View<'_>, origin: &Origin) -> Markup {
    let index = &view.site.index;
    let said = index.goes_back_to.get(&origin.id).map_or(0, Vec::len);
    html! {
        section.origin {
            h2 { (layout::origin(view, origin)) }
            p.quiet {
                (words::count(origin.accounts.len(), "document", "documents")) ", "
                (words::count(said, "statement goes", "statements go")) " back to it"
                @if origin.latent { ". " strong { "The text it descends from is not in the vault." } }
            }
            @match origin.kind {
                OriginKind::Account if origin.accounts.len() > 1 => { (tree(view, origin, 12)) }
                OriginKind::Account => { (layout::why(&origin.why)) }
                OriginKind::Source => { (reported_by(view, origin)) (layout::why(&origin.why)) }
            }
        }
    }
}

fn reported_by(view: &View<'_>, origin: &Origin) -> Markup {
    html! {
        ul.plain {
            @for account in origin.accounts.iter().take(6) {
                @if let Some(document) = view.site.document(account.document) {
                    li { "reported in " a href=(view.href(&Route::document(document.id))) { (layout::name(&layout::short(document.title(), 90))) } }
                }
            }
            @if origin.accounts.len() > 6 {
                li { a href=(view.href(&Route::Origin(origin.id))) { "and " (origin.accounts.len() - 6) " more" } }
            }
        }
    }
}
