//! Every page of an invented case: well formed, linked, free of script, safe from hostile words,
//! the same each time; and the toll as a reader sees it.

#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may stop at what it did not expect"
)]

mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use expect_test::expect;
use kua_model::*;
use kua_publish::{ClaimFilter, Counting, Page, Route, Site};

use fixture::{Fixture, Held, Said};

/// A tag of a page.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

const VOID: [&str; 6] = ["meta", "link", "br", "input", "img", "hr"];

/// Takes a page apart; panics where it is not well formed.
fn tags(html: &str) -> Vec<Tag> {
    let mut out = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        assert!(
            !text.contains('>') || open.last().is_some_and(|tag| tag == "style"),
            "stray > in {text:?}"
        );
        let mut end = at + 1;
        let mut quoted = false;
        for c in rest[at + 1..].chars() {
            if c == '"' {
                quoted = !quoted;
            }
            if c == '>' && !quoted {
                break;
            }
            end += c.len_utf8();
        }
        let inside = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let closing = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let name_end = inside.find(' ').unwrap_or(inside.len());
        let name = inside[..name_end].to_owned();
        assert!(
            name.chars().all(|c| c.is_ascii_alphanumeric()) && !name.is_empty(),
            "odd tag {inside:?}"
        );
        let mut attributes = Vec::new();
        let mut left = inside[name_end..].trim();
        while !left.is_empty() {
            let name_end = left.find(['=', ' ']).unwrap_or(left.len());
            let key = left[..name_end].to_owned();
            left = &left[name_end..];
            let mut value = String::new();
            if let Some(after) = left.strip_prefix("=\"") {
                let close = after.find('"').expect("a closed attribute");
                value = unescape(&after[..close]);
                left = &after[close + 1..];
            }
            left = left.trim_start();
            attributes.push((key, value));
        }
        if closing {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "crossed tags");
        } else if !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        out.push(Tag { name, attributes });
    }
    assert!(open.is_empty(), "left open: {open:?}");
    out
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// What a reader sees, one line a table cell or block.
fn text_of(html: &str, from: &str, to: &str) -> String {
    let start = html.find(from).expect("where to start");
    let end = html[start..].find(to).expect("where to end") + start;
    let mut out = String::new();
    let mut rest = &html[start..end];
    while let Some(at) = rest.find('<') {
        out.push_str(&unescape(&rest[..at]));
        let close = rest[at..].find('>').expect("a closed tag") + at;
        let tag = &rest[at + 1..close];
        if tag.starts_with("/t")
            || tag.starts_with("/p")
            || tag.starts_with("/li")
            || tag.starts_with("/summary")
        {
            out.push('|');
        } else if tag == "s" || tag == "/s" {
            out.push('~');
        } else if tag.starts_with("span") || tag.starts_with("details") {
            out.push(' ');
        }
        if tag.starts_with("/tr") || tag == "/caption" {
            out.push('\n');
        }
        rest = &rest[close + 1..];
    }
    out.lines()
        .map(|line| {
            line.split('|')
                .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
                .filter(|cell| !cell.is_empty())
                .collect::<Vec<_>>()
                .join(" | ")
        })
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn all(site: &Site<'_>) -> Vec<(Route, Page)> {
    let pages = site.routes().into_iter().map(|route| {
        let page = site.page(&route).unwrap_or_else(|| panic!("no page at {}", route.path()));
        (route, page)
    });
    pages.filter(|(route, _)| *route != Route::Style).collect()
}

#[test]
fn every_page_is_well_formed_and_every_link_leads_somewhere() {
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    let pages = all(&site);
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    let mut queue = pages.iter().map(|(route, _)| route.clone()).collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    // Filtered lists are reached by links only, so follow all links.
    while let Some(route) = queue.pop() {
        let path = route.path();
        if route == Route::Style || !seen.insert(path.clone()) {
            continue;
        }
        let page = site.page(&route).unwrap_or_else(|| panic!("no page at {path}"));
        let mut here = BTreeSet::new();
        for tag in tags(&page.html) {
            if let Some(id) = tag.get("id") {
                assert!(here.insert(id.to_owned()), "{path} has two {id}");
            }
            for target in [tag.get("href"), tag.get("action")].into_iter().flatten() {
                links.push((path.clone(), target.to_owned()));
                let address = target.split('#').next().unwrap();
                if !address.is_empty() {
                    let route = Route::parse(address);
                    queue.push(route.unwrap_or_else(|| panic!("{path} links to {target}")));
                }
            }
        }
        ids.insert(path, here);
    }
    for (from, target) in &links {
        let (address, place) = target.split_once('#').unwrap_or((target, ""));
        if !place.is_empty() {
            let address = if address.is_empty() { from } else { address };
            assert!(ids[address].contains(place), "{from} links to {target}");
        }
    }
    assert!(links.len() > 400, "{}", links.len());
}

#[test]
fn the_single_file_is_well_formed_and_every_anchor_is_there() {
    let chronicle = fixture::chronicle();
    let html = Site::new(&chronicle).single_file();
    let tags = tags(&html);
    let ids = tags.iter().filter_map(|tag| tag.get("id")).collect::<Vec<_>>();
    let unique = ids.iter().collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), unique.len(), "an id stands twice");
    for href in tags.iter().filter_map(|tag| tag.get("href")) {
        let place =
            href.strip_prefix('#').unwrap_or_else(|| panic!("{href} leads out of the file"));
        assert!(unique.contains(&place), "no place {place}");
    }
    assert!(tags.iter().all(|tag| tag.name != "form" && tag.name != "link"));
    let policy = tags.iter().find_map(|tag| tag.get("http-equiv").and(tag.get("content"))).unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
}

#[test]
fn no_script_no_inline_style_no_svg_whatever_the_material_says() {
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    let single = site.single_file();
    let pages = all(&site);
    for (path, html) in pages
        .iter()
        .map(|(route, page)| (route.path(), page.html.as_str()))
        .chain([("single file".to_owned(), single.as_str())])
    {
        for tag in tags(html) {
            let name = tag.name.as_str();
            assert!(
                !["script", "svg", "math", "iframe", "object", "img", "base"].contains(&name),
                "{path}: {name}"
            );
            for (key, value) in &tag.attributes {
                assert!(key != "style" && !key.starts_with("on"), "{path}: {key}={value}");
            }
        }
        assert!(!html.contains("<script") && !html.contains("style=\""), "{path}");
        // A title is one line and cannot turn the text around it.
        let title = &html[html.find("<title>").unwrap()..html.find("</title>").unwrap()];
        assert!(!title.contains(['\n', '\u{202E}', '\u{2066}']), "{path}: {title:?}");
    }
}

#[test]
fn quotes_carry_their_language_and_find_their_own_direction() {
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    let page = site.page(&Route::claims(ClaimFilter::default())).unwrap();
    let quotes =
        tags(&page.html).into_iter().filter(|t| t.get("data-quote").is_some()).collect::<Vec<_>>();
    assert_eq!(quotes.len(), chronicle.statements.len());
    assert!(quotes.iter().all(|quote| quote.get("dir") == Some("auto")));
    let langs = quotes.iter().filter_map(|quote| quote.get("lang")).collect::<BTreeSet<_>>();
    assert_eq!(langs, BTreeSet::from(["ar", "en", "ru"]));
}

#[test]
fn the_toll_shows_every_figure_as_said_with_its_standing() {
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    let route = Route::parse("/toll/killed/people?place=Aru").unwrap();
    let html = site.page(&route).unwrap().html;
    expect![[r#"
        Who held what, and when
        Source | 3 October 2031 | 4 October 2031 | 6 October 2031
        What I saw below the dam own account | at least 18 Contested 18 or more
        شهادة من الضفة الشرقية own account | خمسة وعشرين Contested 25
        Valley council named source | ~12~ Superseded 12 | 31 Contested 31
        River authority named source | ~more than 200~ Retracted 201 or more"#]]
    .assert_eq(&text_of(&html, "<caption", "</table>"));
    expect![[r#"
        Source | Figure, as said | As of | How they know | Standing | Where it is said
        What I saw below the dam own account | at least 18 18 or more | 3 October 2031 | saw or underwent it put as fact | Contested 1 account, 2 origins two origins compatible Why | series: the latest figure of a source stands for it. | What I saw below the dam
        شهادة من الضفة الشرقية own account | خمسة وعشرين 25 | 4 October 2031 | saw or underwent it put as fact | Contested 1 account, 1 origin one origin only Why | series: the latest figure of a source stands for it. | شهادة من الضفة الشرقية
        Valley council named source | ~12~ 12 | 4 October 2031 | an authority says so put as fact | Superseded 1 account, 1 origin one origin only Why | series: the latest figure of a source stands for it. | Valley council: 12 dead after dam break
        Valley council named source | 31 31 | 6 October 2031 | an authority says so put as fact | Contested 1 account, 2 origins two origins compatible Why | series: the latest figure of a source stands for it. | Council raises toll
        River authority named source | ~more than 200~ 201 or more | 6 October 2031 | an authority says so put as fact | Retracted 1 account, 1 origin one origin only Why | series: the latest figure of a source stands for it. | Council raises toll"#]]
    .assert_eq(&text_of(&html, "<table class=\"stack positions\"", "</table>"));
    // 18 + 25 + 31 and their mean stand nowhere.
    for forbidden in ["74", "24.6", "25 on average", "total"] {
        assert!(!html.contains(&format!(">{forbidden}<")), "{forbidden}");
    }
}

#[test]
fn claims_are_narrowed_by_their_address() {
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    let shown = |address: &str| {
        let route = Route::parse(address).unwrap();
        let html = site.page(&route).unwrap().html;
        tags(&html).iter().filter(|tag| tag.get("data-quote").is_some()).count()
    };
    assert_eq!(shown("/claims"), 9);
    assert_eq!(shown("/claims?event=arrested"), 2);
    assert_eq!(shown("/claims?event=killed&counted=yes"), 5);
    assert_eq!(shown("/claims?counted=rejected"), 1);
    assert_eq!(shown("/claims?role=background"), 1);
    assert_eq!(shown("/claims?incident=1"), 2);
    assert_eq!(shown("/claims?event=nothing"), 0);
    let filter = ClaimFilter { counted: Some(Counting::No), ..ClaimFilter::default() };
    assert_eq!(site.page(&Route::Claims { filter, page: 2 }), None);
}

#[test]
fn a_document_gives_its_text_back_and_marks_its_claims() {
    let chronicle = fixture::chronicle();
    let site = Site::new(&chronicle);
    for document in &chronicle.documents {
        let html = site.page(&Route::document(document.id)).unwrap().html;
        let mut text = String::new();
        let marker = format!("data-text=\"{}\">", document.id);
        for piece in html.split(&marker).skip(1) {
            let piece = &piece[..piece.find("</div>").unwrap()];
            let mut inside = false;
            let plain: String = piece
                .chars()
                .filter(|c| match c {
                    '<' => {
                        inside = true;
                        false
                    }
                    '>' if inside => {
                        inside = false;
                        false
                    }
                    _ => !inside,
                })
                .collect();
            text.push_str(&unescape(&plain.replace("&#13;", "\r")));
        }
        assert_eq!(text, document.text);
        for statement in chronicle.statements.iter().filter(|s| s.claim.document == document.id) {
            assert!(html.contains(&format!("id=\"at-{}\"", statement.claim.id)));
        }
    }
}

#[test]
fn the_same_chronicle_gives_the_same_bytes() {
    let (one, two) = (fixture::chronicle(), fixture::chronicle());
    let (one, two) = (Site::new(&one), Site::owning(two));
    for (a, b) in all(&one).iter().zip(&all(&two)) {
        assert_eq!(a, b);
    }
    assert_eq!(one.single_file(), two.single_file());
}

#[test]
fn an_empty_case_still_has_all_its_pages() {
    let chronicle = Chronicle::default();
    let site = Site::new(&chronicle);
    for (_, page) in all(&site) {
        tags(&page.html);
    }
    kua_publish::verify::read_single_file(&site.single_file()).unwrap();
    tags(&site.not_found().html);
}

#[test]
fn a_chronicle_that_points_nowhere_breaks_no_page() {
    let mut chronicle = fixture::chronicle();
    chronicle.origins.clear();
    chronicle.tolls[0].positions[0].claims.push("c00000000000000ff".parse().unwrap());
    chronicle.incidents.truncate(1);
    chronicle.documents.remove(2);
    chronicle.items.clear();
    for statement in &mut chronicle.statements {
        statement.claim.range = TextRange::new(5, 100_000);
        if let Some(quantity) = &mut statement.claim.quantity {
            quantity.range = Some(TextRange::new(99_999, 100_000));
        }
    }
    let site = Site::new(&chronicle);
    for route in site.routes() {
        if let Some(page) = site.page(&route)
            && route != Route::Style
        {
            tags(&page.html);
        }
    }
}

/// Ten thousand documents: every page stays small. Times are printed, never asserted.
#[test]
fn a_large_case_is_cut_into_pages() {
    let mut f = Fixture::new("Large", "2031-10");
    let mut held = Vec::new();
    for n in 0..10_000u64 {
        let text = format!("On day {n} the council of ward {n} said {n} people were killed.");
        let document =
            f.document(&format!("{n}.txt"), "en", &[(kua_model::Role::Main, &text)], None);
        let account = f.account(&format!("Ward {n}"), &[document], false);
        // The fixture looks documents up one by one; a few hundred statements are enough here.
        if n < 600 {
            let figure = format!("{n} people");
            let claim = f.statement(Said {
                document,
                words: &text,
                figure: &figure,
                event: "killed",
                low: Some(n),
                high: Some(n),
                origin: account,
                account,
                incident: Some(0),
                ..Said::default()
            });
            held.push(Held {
                origin: account,
                claim,
                low: Some(n),
                high: Some(n),
                words: "n",
                ..Held::default()
            });
        }
    }
    f.toll("killed", "people", None, Standing::Contested, held);
    f.incident("killed", None, None, 0, Standing::Contested);
    let chronicle = f.finish();
    let start = Instant::now();
    let site = Site::new(&chronicle);
    println!("index: {:?}", start.elapsed());
    let mut slowest = (std::time::Duration::ZERO, String::new());
    for route in site
        .routes()
        .iter()
        .filter(|route| !matches!(route, Route::Document { .. } | Route::Origin(_)))
    {
        let start = Instant::now();
        let page = site.page(route).unwrap();
        slowest = slowest.max((start.elapsed(), route.path()));
        assert!(page.html.len() < 600_000, "{} has {} bytes", route.path(), page.html.len());
    }
    println!("slowest page: {slowest:?} (debug build)");
}

/// One very long document, in one block: pages of text, none lost, claims on the page they stand on.
#[test]
fn a_long_document_is_read_page_by_page() {
    let mut f = Fixture::new("Long", "2031-10");
    let line = "Вода поднялась, и никто не пришёл. ";
    let text = line.repeat(12_000) + "Погибли трое.";
    let document = f.document("long.txt", "ru", &[(kua_model::Role::Main, &text)], None);
    let account = f.account("Long", &[document], false);
    let claim = f.statement(Said {
        document,
        words: "Погибли трое.",
        figure: "трое",
        event: "killed",
        low: Some(3),
        high: Some(3),
        origin: account,
        account,
        ..Said::default()
    });
    let chronicle = f.finish();
    let site = Site::new(&chronicle);
    let pages = site
        .routes()
        .into_iter()
        .filter(|r| matches!(r, Route::Document { .. }))
        .collect::<Vec<_>>();
    assert!(pages.len() > 10);
    let html = pages.iter().map(|route| site.page(route).unwrap().html).collect::<Vec<_>>();
    assert!(html.iter().all(|html| html.len() < 120_000));
    let whole: usize = html.iter().map(|html| html.matches("никто").count()).sum();
    assert_eq!(whole, 12_000);
    let page = site.page(&Route::Claim(claim)).unwrap().html;
    assert!(page.contains(&format!("?page={}#at-{claim}", pages.len())));
    assert!(html.last().unwrap().contains(&format!("id=\"at-{claim}\"")));
}
