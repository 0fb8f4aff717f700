//! One origin: where it is heard, how its documents descend from one another, what goes back to
//! it, and its positions over time.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    Direction, DocumentId, Link, LinkKind, Origin, OriginId, OriginKind, Position, Toll,
};
use maud::{Markup, html};

use crate::layout::{self, Sheet};
use crate::route::{ClaimFilter, Route};
use crate::site::View;
use crate::words;

/// Documents and statements listed; the others are one step away.
const LISTED: usize = 40;

pub(super) fn sheet(view: &View<'_>, id: OriginId) -> Option<Sheet> {
    let origin = view.site.origin(id)?;
    let index = &view.site.index;
    let back = index.goes_back_to.get(&id);
    let told = index.told_by.get(&id);
    let list = if origin.kind == OriginKind::Account { told.or(back) } else { back };
    let title = layout::short(&origin.name, 160);
    Some(Sheet {
        title: title.clone(),
        body: html! {
            header.heading {
                p.kicker { @match origin.kind { OriginKind::Account => "Account", OriginKind::Source => "Named source" } }
                h1 { (layout::name(&title)) }
                p.lead {
                    @match origin.kind {
                        OriginKind::Account => { "One telling, heard in " (words::count(origin.accounts.len(), "document", "documents")) "." }
                        OriginKind::Source => { "Reported in " (words::count(origin.accounts.len(), "document", "documents")) "." }
                    }
                    @if origin.latent { " The text it descends from is not in the vault." }
                }
            }
            @if origin.kind == OriginKind::Account && origin.accounts.len() > 1 {
                section { h2 { "How the documents descend" } (tree(view, origin, if view.offline { usize::MAX } else { 500 })) }
            } @else { (heard_in(view, origin)) }
            (positions(view, id))
            @if !origin.why.is_empty() {
                section { h2 { "Why this is one origin" } ul { @for reason in &origin.why { li { (layout::name(reason)) } } } }
            }
            @if let Some(list) = list {
                section {
                    h2 { @match origin.kind { OriginKind::Account => "What it tells", OriginKind::Source => "What goes back to it" } }
                    ul.claims { @for statement in view.site.statements(Some(list)).take(LISTED) { (layout::statement(view, statement)) } }
                    @if list.len() > LISTED {
                        p { a href=(view.href(&Route::claims(ClaimFilter { origin: Some(id), ..ClaimFilter::default() }))) {
                            "All " (words::count(list.len(), "statement", "statements")) } }
                    }
                }
            }
            p.quiet { "Id: " code { (id) } }
        },
    })
}

fn heard_in(view: &View<'_>, origin: &Origin) -> Markup {
    html! {
        section {
            h2 { @match origin.kind { OriginKind::Account => "Where it is told", OriginKind::Source => "Who reports it" } }
            ul.plain {
                @for account in origin.accounts.iter().take(LISTED) { li { (document(view, account.document)) } }
                @if origin.accounts.len() > LISTED { li.quiet { "and " (origin.accounts.len() - LISTED) " more" } }
            }
        }
    }
}

/// A document by title, language and date.
fn document(view: &View<'_>, id: DocumentId) -> Markup {
    html! {
        @if let Some(document) = view.site.document(id) {
            a href=(view.href(&Route::document(id))) { (layout::name(&layout::short(document.title(), 110))) }
            span.kind {
                (document.language.map_or_else(|| "language not known".to_owned(), |lang| words::language(lang.as_str())))
                @if let Some(published) = &document.dates.published { ", " (words::date(published.value)) }
            }
        }
    }
}

/// Positions of this origin on every count, in order of time.
fn positions(view: &View<'_>, id: OriginId) -> Markup {
    let tolls = &view.site.chronicle().tolls;
    let held = view.site.index.held.get(&id).into_iter().flatten();
    let held = held
        .filter_map(|(toll, position)| {
            let toll = tolls.get(*toll)?;
            Some((toll, toll.positions.get(*position)?))
        })
        .collect::<Vec<(&Toll, &Position)>>();
    html! {
        @if !held.is_empty() {
            section {
                h2 { "Its figures" }
                table.stack {
                    thead { tr { th scope="col" { "Toll" } th scope="col" { "Figure, as said" } th scope="col" { "As of" } th scope="col" { "Standing" } } }
                    tbody { @for (toll, position) in held {
                        tr.withdrawn[layout::is_struck(position.standing)] {
                            th scope="row" data-label="Toll" { a href=(view.href(&super::toll::route(toll, 1))) { (super::toll::title(toll)) } }
                            td data-label="Figure, as said" { (super::toll::said(view, position)) span.means { (crate::figure(position)) } }
                            td data-label="As of" { (position.as_of.map_or_else(|| html! { (words::UNKNOWN_DATE) }, layout::date)) }
                            td data-label="Standing" { (layout::standing_of(position.standing, position.origins)) span.below { (words::corroboration(position.accounts, position.origins)) } }
                        }
                    } }
                }
            }
        }
    }
}

/// The documents of an account, indented below what they were made from; of a very large one, the
/// first `most`.
pub(super) fn tree(view: &View<'_>, origin: &Origin, most: usize) -> Markup {
    let members =
        origin.accounts.iter().take(most).map(|account| account.document).collect::<BTreeSet<_>>();
    let descent = Descent::of(view, origin, &members);
    html! {
        div.tree {
            @if origin.latent && !descent.from_latent.is_empty() {
                ul { li {
                    span.latent { "A text that is not in the vault" }
                    ul { @for id in &descent.from_latent { (branch(view, &descent, *id, 0)) } }
                } }
            }
            @if !descent.roots.is_empty() {
                ul { @for id in &descent.roots { (branch(view, &descent, *id, 0)) } }
            }
            @if origin.accounts.len() > most {
                p { a href=(view.href(&Route::Origin(origin.id))) { (words::count(origin.accounts.len() - most, "further document", "further documents")) } }
            }
        }
    }
}

fn branch(view: &View<'_>, descent: &Descent<'_>, id: DocumentId, depth: usize) -> Markup {
    let children = descent.children.get(&id);
    html! {
        li {
            div.node {
                (document(view, id))
                @if let Some((_, relation)) = descent.parent.get(&id) { (reason(view, relation)) }
                @else if let Some(relation) = descent.sideways.get(&id) { (reason(view, relation)) }
            }
            @if let Some(children) = children {
                // A chain of copies that long is no tree a person can read.
                @if depth < 32 { ul { @for child in children { (branch(view, descent, *child, depth + 1)) } } }
                @else { ul { li.quiet { (words::count(children.len(), "further copy", "further copies")) } } }
            }
        }
    }
}

/// How one document came from another, and why kua thinks so.
fn reason(view: &View<'_>, links: &[&Link]) -> Markup {
    let kinds = links.iter().map(|link| link.kind).collect::<BTreeSet<LinkKind>>();
    let conflicts = links.iter().map(|link| link.conflicts.len()).sum::<usize>();
    let reasons = links.iter().flat_map(|link| &link.reasons).collect::<BTreeSet<_>>();
    let pair = links.first().map(|link| (link.a.document, link.b.document));
    html! {
        span.relation {
            @for kind in &kinds { span.tag.link { (words::link_kind(*kind)) } " " }
            @if conflicts > 0 { span.tag.contested { (words::count(conflicts, "disagreement", "disagreements")) } " " }
            @if let Some((a, b)) = pair && let Some(href) = beside(view, a, b) { a href=(href) { "Side by side" } }
        }
        details.why {
            summary { "Why" }
            ul {
                @for link in links.iter().take(1) { li { (words::link_long(link.kind)) " Here, " (words::direction(link.direction)) "." } }
                @for reason in reasons.into_iter().take(20) { li { (layout::name(reason)) } }
            }
        }
    }
}

/// Address of the page with both documents side by side, if they have aligned pieces.
pub(super) fn beside(view: &View<'_>, a: DocumentId, b: DocumentId) -> Option<String> {
    let key = (a.min(b), a.max(b));
    view.site
        .index
        .beside
        .contains_key(&key)
        .then(|| view.href(&Route::Beside { a: key.0, b: key.1, page: 1 }))
}

/// Who was made from whom inside one account.
struct Descent<'s> {
    roots: Vec<DocumentId>,
    from_latent: Vec<DocumentId>,
    children: BTreeMap<DocumentId, Vec<DocumentId>>,
    parent: BTreeMap<DocumentId, (DocumentId, Vec<&'s Link>)>,
    /// Links of documents whose direction cannot be told, or that share a lost ancestor.
    sideways: BTreeMap<DocumentId, Vec<&'s Link>>,
}

impl<'s> Descent<'s> {
    fn of(view: &View<'s>, origin: &Origin, members: &BTreeSet<DocumentId>) -> Self {
        let all = &view.site.chronicle().lineage.links;
        let mut made_from: BTreeMap<(DocumentId, DocumentId), Vec<&Link>> = BTreeMap::new();
        let mut sideways: BTreeMap<DocumentId, Vec<&Link>> = BTreeMap::new();
        for link in origin.links.iter().filter_map(|at| all.get(*at)) {
            let (a, b) = (link.a.document, link.b.document);
            if a == b || !members.contains(&a) || !members.contains(&b) {
                continue;
            }
            match link.direction {
                Direction::AToB => made_from.entry((b, a)).or_default().push(link),
                Direction::BToA => made_from.entry((a, b)).or_default().push(link),
                Direction::CommonAncestor | Direction::Unknown => {
                    sideways.entry(a).or_default().push(link);
                    sideways.entry(b).or_default().push(link);
                }
            }
        }
        // Each document hangs below the one it shares most words with.
        let mut parent: BTreeMap<DocumentId, (DocumentId, Vec<&Link>)> = BTreeMap::new();
        let shared = |links: &[&Link]| links.iter().map(|link| link.a.range.len()).sum::<usize>();
        for ((child, from), links) in made_from {
            let better = parent.get(&child).is_none_or(|(_, known)| shared(known) < shared(&links));
            if better && !leads_to(&parent, from, child) {
                parent.insert(child, (from, links));
            }
        }
        let mut children: BTreeMap<DocumentId, Vec<DocumentId>> = BTreeMap::new();
        for (child, (from, _)) in &parent {
            children.entry(*from).or_default().push(*child);
        }
        let (mut roots, mut from_latent) = (Vec::new(), Vec::new());
        for id in members.iter().filter(|id| !parent.contains_key(id)) {
            let lost = origin.latent
                && sideways.get(id).is_none_or(|links| {
                    links.iter().any(|link| link.direction == Direction::CommonAncestor)
                });
            if lost { &mut from_latent } else { &mut roots }.push(*id);
        }
        Self { roots, from_latent, children, parent, sideways }
    }
}

/// Whether going up from `from` reaches `to`: hanging `to` below `from` would close a circle.
fn leads_to(
    parent: &BTreeMap<DocumentId, (DocumentId, Vec<&Link>)>,
    from: DocumentId,
    to: DocumentId,
) -> bool {
    let mut at = from;
    // Nobody copies a text a thousand times over; a chain that long is cut rather than climbed.
    for _ in 0..1000 {
        match parent.get(&at) {
            _ if at == to => return true,
            Some((next, _)) => at = *next,
            None => return false,
        }
    }
    true
}
