//! What all pages share: the frame, the navigation, and small pieces like a date or a label.
//! Knows nothing of what a particular page says.

use kua_model::{Claim, DateSpan, Modality, NameKind, Origin, Review, Standing, Statement};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::marks;
use crate::pages::search::MAX_QUERY;
use crate::route::{ClaimFilter, OriginList, Route};
use crate::site::View;
use crate::{figure, words};

/// A page without its frame.
pub(crate) struct Sheet {
    pub title: String,
    pub body: Markup,
}

/// The whole page.
pub(crate) fn page(view: &View<'_>, route: &Route, sheet: Sheet) -> Markup {
    let case = case_title(view);
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex, nofollow";
                title { (plain(&sheet.title)) " · " (case) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (top(view, Some(route)))
                main #main tabindex="-1" { (sheet.body) }
                (foot(view))
            }
        }
    }
}

/// Title of the case, or what to call it.
pub(crate) fn case_title(view: &View<'_>) -> String {
    let title = plain(&view.site.chronicle().case.title);
    if title.is_empty() { "Untitled case".to_owned() } else { title }
}

/// The head of every page: what case this is, and where one can go.
pub(crate) fn top(view: &View<'_>, here: Option<&Route>) -> Markup {
    let places = [
        ("Overview", Route::Overview),
        ("Chronicle", Route::Chronicle { page: 1 }),
        ("Toll", Route::Tolls { page: 1 }),
        ("Claims", Route::claims(ClaimFilter::default())),
        ("Origins", Route::Origins { list: OriginList::Shared, page: 1 }),
        ("Documents", Route::Documents { page: 1 }),
        ("Names", Route::Names { kind: NameKind::Person, page: 1 }),
        ("Method", Route::Method),
        ("Notices", Route::Notices { page: 1 }),
        ("Verify", Route::Verify),
    ];
    html! {
        header.top {
            a.brand href=(view.href(&Route::Overview)) { bdi { (case_title(view)) } }
            nav aria-label="Pages" {
                ul {
                    @for (name, route) in &places {
                        li {
                            a href=(view.href(route))
                                aria-current=[here.filter(|here| section(here) == section(route)).map(|here| {
                                    if here == route { "page" } else { "true" }
                                })] { (name) }
                        }
                    }
                }
            }
            // One file cannot search itself without a script; a browser finds words on a page.
            @if !view.offline { (search_form(here)) }
        }
    }
}

/// The form that asks for words, with those that were asked for.
fn search_form(here: Option<&Route>) -> Markup {
    let asked = match here {
        Some(Route::Search { query }) => plain(query),
        _ => String::new(),
    };
    html! {
        form.search role="search" method="get" action="/search" {
            label.unseen for="q" { "Words to search for" }
            input #q type="search" name="q" value=(asked) maxlength=(MAX_QUERY) dir="auto"
                autocomplete="off" spellcheck="false" placeholder="Search the texts";
            button type="submit" { "Search" }
        }
    }
}

/// Which entry of the navigation a page belongs to.
fn section(route: &Route) -> u8 {
    match route {
        Route::Overview => 0,
        Route::Chronicle { .. } => 1,
        Route::Tolls { .. } | Route::Toll { .. } => 2,
        Route::Claims { .. } | Route::Claim(_) | Route::Proposals { .. } => 3,
        Route::Origins { .. } | Route::Origin(_) => 4,
        Route::Documents { .. } | Route::Document { .. } | Route::Beside { .. } => 5,
        Route::Names { .. } => 6,
        Route::Method => 7,
        Route::Notices { .. } => 8,
        Route::Verify | Route::Style => 9,
        Route::Search { .. } => 10,
    }
}

/// The foot of every page.
pub(crate) fn foot(view: &View<'_>) -> Markup {
    html! {
        footer.foot {
            @if !view.site.shown.masked.is_empty() { p { (words::WITHHELD_NOTE) } }
            p {
                "Made by kua from preserved accounts. Every statement leads to exact words; figures are never added or averaged. "
                a href=(view.href(&Route::Method)) { "How this was made" }
                " · "
                a href=(view.href(&Route::Verify)) { "How to check it" }
            }
            @if let Some(root) = checkpoint_root(view) {
                p.hash { "Log at publication: " (root) }
            }
        }
    }
}

/// Size and root of the log, from the second and third line of the checkpoint.
pub(crate) fn checkpoint_root(view: &View<'_>) -> Option<String> {
    let mut lines = view.site.chronicle().custody.checkpoint.lines();
    let (_, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    Some(format!("{size} entries, root {root}"))
}

/// Title of a page with a sentence below.
pub(crate) fn heading(title: &str, lead: Markup) -> Markup {
    html! { header.heading { h1 { (name(title)) } p.lead { (lead) } } }
}

/// Words of the material where only plain text can stand: one line, no control or direction
/// characters, which could turn around what stands beside them.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        let hidden = c.is_control()
            || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if !(hidden || c == ' ' && (out.is_empty() || out.ends_with(' '))) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// At most `max` characters of a title, cut between words.
pub(crate) fn short(text: &str, max: usize) -> String {
    let text = plain(text);
    let Some((cut, _)) = text.char_indices().nth(max) else { return text };
    let head = text.get(..cut).unwrap_or_default();
    let end = head.rfind(' ').filter(|end| *end > cut / 2).unwrap_or(cut);
    format!("{}…", head.get(..end).unwrap_or(head))
}

/// A name or title of the material, set apart from the direction of the page.
pub(crate) fn name(text: &str) -> Markup {
    html! { bdi { (plain(text)) } }
}

/// A date or span of dates.
pub(crate) fn date(span: DateSpan) -> Markup {
    let single = span.from.filter(|_| span.from == span.to);
    html! {
        @match single {
            Some(day) => time datetime=(day) { (words::dates(span)) },
            None => (words::dates(span)),
        }
    }
}

/// What has become of a figure, as a label that does not rely on colour.
pub(crate) fn standing(standing: Standing) -> Markup {
    let class = match standing {
        Standing::Agreed => "tag agreed",
        Standing::Contested => "tag contested",
        Standing::Superseded => "tag superseded",
        Standing::Retracted => "tag retracted",
    };
    html! { span class=(class) { (words::standing(standing)) } }
}

/// The same where it is known how many origins speak: nothing speaks against a lone voice either,
/// so it is called what it is.
pub(crate) fn standing_of(found: Standing, origins: usize) -> Markup {
    html! {
        @match (found, origins) {
            (Standing::Agreed, 0 | 1) => { span.tag { (words::LONE) } }
            (Standing::Agreed, _) => { span.tag.borne-out { (words::standing(found)) } }
            _ => { (standing(found)) }
        }
    }
}

/// Whether the standing strikes a figure through.
pub(crate) fn is_struck(standing: Standing) -> bool {
    matches!(standing, Standing::Superseded | Standing::Retracted)
}

/// A link to an origin by its name.
pub(crate) fn origin(view: &View<'_>, origin: &Origin) -> Markup {
    html! { a href=(view.href(&Route::Origin(origin.id))) { (name(&short(&origin.name, 90))) } }
}

/// The exact words of a statement, all of them or, in lists, at most 400 characters.
/// Marked so that a reader of the single file can check them.
pub(crate) fn quote(statement: &Statement, whole: bool) -> Markup {
    let exact = statement.quote.exact();
    let cut = exact.char_indices().nth(400).map(|(at, _)| at).filter(|_| !whole);
    let id = statement.claim.id;
    let lang = statement.quote.language();
    html! {
        @match cut {
            None => q.said dir="auto" lang=[lang] data-quote=(id) { (marks::escaped(exact)) },
            Some(cut) => {
                q.said dir="auto" lang=[lang] data-quote-start=(id) {
                    (marks::escaped(exact.get(..cut).unwrap_or_default()))
                }
                "…"
            },
        }
    }
}

/// What a statement says in few words: event, figure, to whom, where, when.
pub(crate) fn gist(view: &View<'_>, statement: &Statement) -> Markup {
    told(view, &statement.claim, is_struck(statement.standing))
}

/// The same of a claim; its figure struck through or not.
pub(crate) fn told(view: &View<'_>, claim: &Claim, is_struck: bool) -> Markup {
    let figure = claim.quantity.as_ref().map(|quantity| {
        let text = view.site.document(claim.document).map_or("", |document| document.text.as_str());
        let words = quantity.range.and_then(|range| range.of(text));
        html! {
            @match words.filter(|_| quantity.convention.is_some()) {
                // A number made of a vague word never stands without that word.
                Some(words) => {
                    q dir="auto" lang=[claim.language] { (short(words, 40)) } " (" (figure::quantity(quantity)) ")"
                }
                None => { span.num { (figure::quantity(quantity)) } }
            }
        }
    });
    html! {
        strong { (words::label(&claim.event.0)) }
        @for other in &claim.or_events { " or " strong { (words::label(&other.0).to_lowercase()) } }
        @if let Some(figure) = figure {
            " · " @if is_struck { s { (figure) } } @else { (figure) }
        }
        @if let Some(group) = &claim.affected {
            " · "
            @match &group.id {
                Some(id) => (words::label(id)),
                None => (name(&short(&group.words, 60))),
            }
        }
        @if let Some(place) = &claim.place {
            " · " (name(place.canonical.as_deref().unwrap_or(&place.words)))
        }
        @if let Some(time) = &claim.time { " · " (date(time.value)) }
    }
}

/// A statement in a list.
pub(crate) fn statement(view: &View<'_>, statement: &Statement) -> Markup {
    let claim = &statement.claim;
    let document = view.site.document(claim.document);
    html! {
        li.claim {
            p.gist {
                a href=(view.href(&Route::Claim(claim.id))) { (gist(view, statement)) }
                " " (state(statement))
            }
            p.words { (quote(statement, false)) }
            p.by {
                @if let Some(found) = view.site.origin(statement.origin) { (origin(view, found)) " · " }
                (words::grade(claim.grade)) ", " (words::modality(claim.modality))
                @if let Some(document) = document {
                    " · in "
                    a href=(place(view, statement)) { (name(&short(document.title(), 80))) }
                }
            }
        }
    }
}

/// Labels of a statement: left out of tolls and why, or its standing; confirmed.
pub(crate) fn state(statement: &Statement) -> Markup {
    html! {
        @match statement.uncounted {
            Some(why) => span.tag.left-out { "Not counted: " (words::uncounted(why).to_lowercase()) },
            None => (standing(statement.standing)),
        }
        @if statement.claim.modality != Modality::Certain {
            " " span.tag.doubt { (capital(words::modality(statement.claim.modality))) }
        }
        @match statement.review {
            Some(Review::Confirmed) => { " " span.tag.confirmed { "Confirmed by a person" } }
            Some(Review::Corrected) => { " " span.tag.confirmed { "Corrected by a person" } }
            Some(Review::Rejected) | None => {}
        }
    }
}

/// With a capital first letter, as labels have.
pub(crate) fn capital(text: &str) -> String {
    words::label(text)
}

/// Link to the words of a statement in their document.
pub(crate) fn place(view: &View<'_>, statement: &Statement) -> String {
    let span = statement.quote.span();
    let page = view.site.index.page_at(span.document, span.range.start);
    let route = Route::Document { id: span.document, page };
    view.href_at(&route, &marks::place(statement.claim.id))
}

/// Reasons, folded away.
pub(crate) fn why(reasons: &[String]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            details.why {
                summary { "Why" }
                ul { @for reason in reasons { li { (name(reason)) } } }
            }
        }
    }
}

/// Links to the other pages of a list.
pub(crate) fn pager(
    view: &View<'_>,
    page: usize,
    pages: usize,
    route: impl Fn(usize) -> Route,
) -> Markup {
    html! {
        @if pages > 1 {
            nav.pager aria-label="Pages of this list" {
                @if page > 1 {
                    a rel="prev" href=(view.href(&route(page - 1))) { "Previous" }
                }
                span { "Page " (page) " of " (pages) }
                @if page < pages { a rel="next" href=(view.href(&route(page + 1))) { "Next" } }
            }
        }
    }
}

/// A bar for an interval on a scale from 0 to `max`. The numbers stand beside it as text.
pub(crate) fn bar(low: Option<u64>, high: Option<u64>, max: u64) -> Markup {
    html! {
        @if let Some((start, width, open)) = figure::on_scale(low, high, max) {
            span.bar aria-hidden="true" {
                span class={ "s-" (start) " w-" (width) @if open { " open" } } {}
            }
        }
    }
}

/// Already escaped text.
pub(crate) fn raw(text: String) -> Markup {
    PreEscaped(text)
}
