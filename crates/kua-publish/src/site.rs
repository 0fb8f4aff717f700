//! All pages of a chronicle. A page is a pure function of the chronicle and its route.
//! Knows nothing of sockets or files.

use std::borrow::Cow;

use kua_model::{
    Chronicle, Document, DocumentId, Judgement, NameKind, Origin, OriginId, Statement,
};
use maud::Markup;

use crate::index::Index;
use crate::pages::search::Found;
use crate::route::{ClaimFilter, OriginList, Route};
use crate::withhold::Shown;
use crate::{layout, pages, single, style};

/// Headers to send with every page, style sheet included. No script, no frame, nothing from
/// elsewhere, no trace of the reader left behind.
pub const HEADERS: &[(&str, &str)] = &[
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Cache-Control", "no-store"),
];

/// One page, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Title, as plain text.
    pub title: String,
    /// Media type for the `Content-Type` header.
    pub content_type: &'static str,
    /// The page, or the style sheet.
    pub html: String,
}

/// All pages of a chronicle, with names withheld by decision already masked.
#[derive(Debug)]
pub struct Site<'a> {
    pub(crate) shown: Shown<'a>,
    pub(crate) index: Index,
}

impl<'a> Site<'a> {
    /// Indexes `chronicle` once, in time linear in its size.
    pub fn new(chronicle: &'a Chronicle) -> Self {
        Self::of(Shown::inside(chronicle))
    }

    /// The same, keeping the chronicle: for a server.
    pub fn owning(chronicle: Chronicle) -> Site<'static> {
        Site::of(Shown::new(Cow::Owned(chronicle), false))
    }

    /// The same pages after these decisions, as far as pages alone can follow them: what was
    /// withheld since is gone. Tolls follow with the next build.
    pub fn under(&self, judgements: Vec<Judgement>) -> Site<'static> {
        let mut chronicle = self.shown.preserved().clone();
        chronicle.judgements = judgements;
        Site::owning(chronicle)
    }

    pub(crate) fn of(shown: Shown<'a>) -> Self {
        let index = Index::new(&shown.chronicle);
        Self { shown, index }
    }

    /// The page at `route`; `None` if the chronicle has no such page.
    pub fn page(&self, route: &Route) -> Option<Page> {
        if *route == Route::Style {
            return Some(Page {
                title: String::new(),
                content_type: "text/css; charset=utf-8",
                html: style::sheet().to_owned(),
            });
        }
        let view = View { site: self, offline: false };
        let sheet = pages::sheet(&view, route)?;
        let title = sheet.title.clone();
        let html = layout::page(&view, route, sheet).into_string();
        Some(Page { title, content_type: "text/html; charset=utf-8", html })
    }

    /// What may be shown, with the way from preserved to shown offsets.
    pub fn shown(&self) -> &Shown<'a> {
        &self.shown
    }

    /// The page of what a search found.
    pub fn search_page(&self, found: &Found<'_>) -> Page {
        let view = View { site: self, offline: false };
        let sheet = pages::search::sheet(&view, Some(found));
        let title = sheet.title.clone();
        let route = Route::Search { query: found.query.to_owned() };
        let html = layout::page(&view, &route, sheet).into_string();
        Page { title, content_type: "text/html; charset=utf-8", html }
    }

    /// A page that says there is nothing here, to send with status 404.
    pub fn not_found(&self) -> Page {
        let view = View { site: self, offline: false };
        let sheet = pages::not_found(&view);
        let title = sheet.title.clone();
        let html = layout::page(&view, &Route::Overview, sheet).into_string();
        Page { title, content_type: "text/html; charset=utf-8", html }
    }

    /// Every page there is, in reading order: all but filtered lists.
    pub fn routes(&self) -> Vec<Route> {
        let chronicle = self.chronicle();
        let mut out = vec![Route::Overview];
        let upto = |count: usize, size: usize| 1..=count.div_ceil(size).max(1);
        let sizes = &pages::SIZES;
        out.extend(
            upto(chronicle.incidents.len(), sizes.incidents).map(|page| Route::Chronicle { page }),
        );
        out.extend(upto(chronicle.tolls.len(), sizes.tolls).map(|page| Route::Tolls { page }));
        for toll in &chronicle.tolls {
            for page in upto(toll.positions.len(), sizes.positions) {
                let route = pages::toll::route(toll, page);
                if out.last() != Some(&route) {
                    out.push(route);
                }
            }
        }
        out.extend(
            upto(chronicle.statements.len(), sizes.claims)
                .map(|page| Route::Claims { filter: ClaimFilter::default(), page }),
        );
        out.extend(chronicle.statements.iter().map(|statement| Route::Claim(statement.claim.id)));
        if !chronicle.proposals.is_empty() {
            let pages = upto(chronicle.proposals.len(), sizes.claims);
            out.extend(pages.map(|page| Route::Proposals { page }));
        }
        for (list, count) in [
            (OriginList::Shared, self.index.shared.len()),
            (OriginList::Sources, self.index.sources.len()),
            (OriginList::Single, self.index.single.len()),
        ] {
            out.extend(upto(count, sizes.origins).map(|page| Route::Origins { list, page }));
        }
        out.extend(chronicle.origins.iter().map(|origin| Route::Origin(origin.id)));
        out.extend(
            upto(chronicle.documents.len(), sizes.documents).map(|page| Route::Documents { page }),
        );
        for document in &chronicle.documents {
            let pages = 1..=self.index.pages(document.id);
            out.extend(pages.map(|page| Route::Document { id: document.id, page }));
        }
        for (a, b) in self.index.beside.keys() {
            let rows = pages::beside::count(self, *a, *b);
            out.extend(upto(rows, sizes.pieces).map(|page| Route::Beside { a: *a, b: *b, page }));
        }
        for kind in [NameKind::Person, NameKind::Place, NameKind::Organisation] {
            let count = chronicle.names.iter().filter(|name| name.kind == kind).count();
            out.extend(upto(count, sizes.names).map(|page| Route::Names { kind, page }));
        }
        out.push(Route::Method);
        out.extend(
            upto(chronicle.notices.len(), sizes.notices).map(|page| Route::Notices { page }),
        );
        out.extend([Route::Search { query: String::new() }, Route::Verify, Route::Style]);
        out
    }

    /// All pages in one offline HTML file, with the proofs of everything it cites
    /// (`docs/formats/single-file.md`), unsigned.
    pub fn single_file(&self) -> String {
        single::file(self, |_| None)
    }

    /// The same, signed: `sign` gets the text to be signed with the log's key and returns a C2SP
    /// signed note of it, or `None` to leave the file unsigned.
    pub fn single_file_signed(&self, sign: impl FnOnce(&str) -> Option<String>) -> String {
        single::file(self, sign)
    }

    pub(crate) fn chronicle(&self) -> &Chronicle {
        &self.shown.chronicle
    }

    pub(crate) fn document(&self, id: DocumentId) -> Option<&Document> {
        self.index.documents.get(&id).and_then(|at| self.chronicle().documents.get(*at))
    }

    pub(crate) fn statement(&self, id: kua_model::ClaimId) -> Option<&Statement> {
        self.index.statements.get(&id).and_then(|at| self.chronicle().statements.get(*at))
    }

    pub(crate) fn origin(&self, id: OriginId) -> Option<&Origin> {
        self.index.origins.get(&id).and_then(|at| self.chronicle().origins.get(*at))
    }

    /// The statements at these places, in order.
    pub(crate) fn statements<'s>(
        &'s self,
        places: Option<&'s Vec<usize>>,
    ) -> impl Iterator<Item = &'s Statement> {
        places.into_iter().flatten().filter_map(|at| self.chronicle().statements.get(*at))
    }
}

/// How pages are laid out: one by one behind addresses, or all in one file behind anchors.
#[derive(Clone, Copy)]
pub(crate) struct View<'s> {
    pub site: &'s Site<'s>,
    pub offline: bool,
}

impl View<'_> {
    /// Link target for a page.
    pub(crate) fn href(&self, route: &Route) -> String {
        if self.offline { format!("#{}", self.anchor(route)) } else { route.path() }
    }

    /// Link target for a place on a page. Places have names of their own in the whole site.
    pub(crate) fn href_at(&self, route: &Route, place: &str) -> String {
        if self.offline { format!("#{place}") } else { format!("{}#{place}", route.path()) }
    }

    /// Name of a page inside the single file: its address without the first slash. There, lists
    /// are whole, and a filtered list is the nearest page that shows the same.
    pub(crate) fn anchor(&self, route: &Route) -> String {
        let whole = match route {
            Route::Overview => return "overview".to_owned(),
            Route::Chronicle { .. } => Route::Chronicle { page: 1 },
            Route::Tolls { .. } => Route::Tolls { page: 1 },
            Route::Toll { event, affected, place, .. } => Route::Toll {
                event: event.clone(),
                affected: affected.clone(),
                place: place.clone(),
                page: 1,
            },
            Route::Claims { filter, .. } => match (filter.document, filter.origin, filter.incident)
            {
                (Some(id), ..) => Route::document(id),
                (_, Some(id), _) => Route::Origin(id),
                (_, _, Some(incident)) => return pages::chronicle::place(incident),
                _ => Route::claims(ClaimFilter::default()),
            },
            Route::Origins { list, .. } => Route::Origins { list: *list, page: 1 },
            Route::Documents { .. } => Route::Documents { page: 1 },
            Route::Document { id, .. } => Route::document(*id),
            Route::Beside { a, b, .. } => Route::Beside { a: *a, b: *b, page: 1 },
            Route::Names { kind, .. } => Route::Names { kind: *kind, page: 1 },
            Route::Proposals { .. } => Route::Proposals { page: 1 },
            Route::Notices { .. } => Route::Notices { page: 1 },
            Route::Claim(_)
            | Route::Origin(_)
            | Route::Method
            | Route::Search { .. }
            | Route::Verify
            | Route::Style => route.clone(),
        };
        whole.path().trim_start_matches('/').to_owned()
    }

    /// The part of a list on a page, with links to the others: all of it in the single file.
    /// `None` if there is no such page; the first page always exists.
    pub(crate) fn part<'t, T>(
        &self,
        list: &'t [T],
        page: usize,
        size: usize,
        route: impl Fn(usize) -> Route,
    ) -> Option<(&'t [T], Markup)> {
        let (range, pager) = self.part_of(list.len(), page, size, route)?;
        Some((list.get(range)?, pager))
    }

    /// The same for a list that is only counted.
    pub(crate) fn part_of(
        &self,
        count: usize,
        page: usize,
        size: usize,
        route: impl Fn(usize) -> Route,
    ) -> Option<(std::ops::Range<usize>, Markup)> {
        if self.offline {
            return Some((0..count, maud::html! {}));
        }
        let pages = count.div_ceil(size).max(1);
        if page == 0 || page > pages {
            return None;
        }
        let start = (page - 1) * size;
        let pager = layout::pager(self, page, pages, route);
        Some((start..(start + size).min(count), pager))
    }
}
