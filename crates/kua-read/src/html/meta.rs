//! What a page declares for machines: dates and titles in `meta`, `link` and JSON-LD.

use kua_model::{PartialDate, TextRange};

use super::entities;
use super::tokens::Attribute;
use crate::draft::{DeclaredDate, Draft};
use crate::numeric_dates::{date_in_path, leading_iso_date};

/// Keys of published dates in `meta name`, `property`, `itemprop`, lower case.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "article:published",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "published",
    "publication_date",
    "publication-date",
    "article.published",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "originalpublicationdate",
    "article_date_original",
    "rnews:datepublished",
    "datecreated",
    "created",
    "citation_date",
    "citation_publication_date",
    "doc_date",
    "timestamp",
    "bt:pubdate",
    "ptime",
];
/// Keys of modification dates.
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "article:modified",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "dc.date.modified",
    "dcterms.modified",
    "lastmod",
    "last-modified",
    "modified",
    "revised",
    "updated",
    "modificationdate",
    "article.updated",
    "rnews:datemodified",
];

/// Notes what a `meta` tag declares.
pub(crate) fn meta(page: &str, tag: TextRange, attributes: &[Attribute], draft: &mut Draft) {
    let (mut key, mut content) = (String::new(), None);
    for attribute in attributes {
        let name = page.get(attribute.name.as_range()).unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "name" | "property" | "itemprop" | "http-equiv" if key.is_empty() => {
                let value = page.get(attribute.value.as_range()).unwrap_or_default();
                key = entities::attribute(value).trim().to_ascii_lowercase();
            }
            "content" => content = Some(attribute.value),
            _ => {}
        }
    }
    let Some(at) = content else { return };
    let value = entities::attribute(page.get(at.as_range()).unwrap_or_default());
    let modified = MODIFIED.contains(&key.as_str());
    if modified || PUBLISHED.contains(&key.as_str()) {
        if let Some(date) = leading_iso_date(&value) {
            let how = format!("meta {key}");
            draft.dates.push(declared(date, how, at, modified));
        }
    } else if matches!(key.as_str(), "og:title" | "twitter:title" | "headline" | "dc.title") {
        draft.titles.push(value);
    } else if key == "og:url" {
        address(&value, tag, draft);
    }
}

/// Notes the date in the address a page gives as its own.
pub(crate) fn link(page: &str, tag: TextRange, attributes: &[Attribute], draft: &mut Draft) {
    let (mut canonical, mut href) = (false, String::new());
    for attribute in attributes {
        let name = page.get(attribute.name.as_range()).unwrap_or_default();
        let value = page.get(attribute.value.as_range()).unwrap_or_default();
        if name.eq_ignore_ascii_case("rel") {
            canonical = value.eq_ignore_ascii_case("canonical");
        } else if name.eq_ignore_ascii_case("href") {
            href = entities::attribute(value);
        }
    }
    if canonical {
        address(&href, tag, draft);
    }
}

fn address(url: &str, at: TextRange, draft: &mut Draft) {
    let known = draft.dates.iter().any(|date| date.how == "address");
    if let Some(date) = date_in_path(url).filter(|_| !known) {
        draft.dates.push(declared(date, "address".to_owned(), at, false));
    }
}

/// Notes dates and title of a JSON-LD script at `range`. Looks for the keys without building the
/// tree: other people's JSON-LD is often broken, and only the first of each key is the page's own.
pub(crate) fn json_ld(page: &str, range: TextRange, draft: &mut Draft) {
    let Some(json) = range.of(page) else { return };
    for (key, modified) in
        [("datePublished", false), ("dateCreated", false), ("dateModified", true)]
    {
        let Some(value) = string_value(json, key) else { continue };
        if let Some(date) = leading_iso_date(value.of(json).unwrap_or_default()) {
            let at = TextRange::new(range.start + value.start, range.start + value.end);
            draft.dates.push(declared(date, format!("json-ld {key}"), at, modified));
        }
    }
    if let Some(headline) = string_value(json, "headline").and_then(|value| value.of(json)) {
        // Escapes are rare in headlines; one with escapes is no use for comparing.
        draft.titles.push(entities::attribute(headline));
    }
}

fn string_value(json: &str, key: &str) -> Option<TextRange> {
    let at = json.match_indices(key).find_map(|(at, _)| {
        let after = at + key.len() + 1;
        let quoted = at > 0
            && json.as_bytes()[at - 1] == b'"'
            && json.as_bytes().get(after - 1) == Some(&b'"');
        quoted.then_some(after)
    })?;
    let rest = json[at..].trim_start().strip_prefix(':')?.trim_start();
    let body = rest.strip_prefix('"')?;
    let start = json.len() - body.len();
    let end = body.find('"')?;
    Some(TextRange::new(start, start + end))
}

fn declared(value: PartialDate, how: String, at: TextRange, modified: bool) -> DeclaredDate {
    DeclaredDate { value, how, at, modified, block: None, for_machines: true }
}
