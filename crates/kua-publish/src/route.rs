//! Addresses of pages: every page, filter and state has one, and every address one page.
//! Knows nothing of what stands on a page.

use std::fmt::Write;

use kua_model::{ClaimId, ClaimRole, DocumentId, NameKind, OriginId, Uncounted};

use crate::words;

/// Which claims a list shows. All conditions must hold; the default shows all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClaimFilter {
    /// Only this kind of event.
    pub event: Option<String>,
    /// Only what goes back to this origin, or is told by this account.
    pub origin: Option<OriginId>,
    /// Only from this document.
    pub document: Option<DocumentId>,
    /// Only from this part of the accounts.
    pub part: Option<ClaimRole>,
    /// Only counted, or only left out for some reason.
    pub counted: Option<Counting>,
    /// Only of this incident, by its place in the chronicle.
    pub incident: Option<usize>,
}

/// Whether a statement enters a toll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It does not, for this reason.
    Because(Uncounted),
}

/// Which part of the origins is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OriginList {
    /// Accounts told in more than one document.
    #[default]
    Shared,
    /// Named sources.
    Sources,
    /// Accounts told in one document only.
    Single,
}

/// A page. `page` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// What the case holds, at a glance.
    Overview,
    /// Happenings by day.
    Chronicle {
        /// Page of the list.
        page: usize,
    },
    /// All tolls.
    Tolls {
        /// Page of the list.
        page: usize,
    },
    /// Positions on one count.
    Toll {
        /// Kind of event.
        event: String,
        /// To whom.
        affected: String,
        /// Where; `None` for the whole crisis.
        place: Option<String>,
        /// Page of the list.
        page: usize,
    },
    /// Statements.
    Claims {
        /// Which.
        filter: ClaimFilter,
        /// Page of the list.
        page: usize,
    },
    /// One statement.
    Claim(ClaimId),
    /// What a model proposes and nobody has decided on.
    Proposals {
        /// Page of the list.
        page: usize,
    },
    /// Accounts and sources.
    Origins {
        /// Which.
        list: OriginList,
        /// Page of the list.
        page: usize,
    },
    /// One account or source.
    Origin(OriginId),
    /// All documents.
    Documents {
        /// Page of the list.
        page: usize,
    },
    /// The text of one document.
    Document {
        /// Which.
        id: DocumentId,
        /// Page of its text.
        page: usize,
    },
    /// Two linked documents side by side.
    Beside {
        /// On the left.
        a: DocumentId,
        /// On the right.
        b: DocumentId,
        /// Page of the pieces.
        page: usize,
    },
    /// Names of persons, places and bodies.
    Names {
        /// Which.
        kind: NameKind,
        /// Page of the list.
        page: usize,
    },
    /// How kua worked.
    Method,
    /// What is odd, and what people decided.
    Notices {
        /// Page of the list.
        page: usize,
    },
    /// Passages that hold some words; with no words, the form to ask with. What was found comes
    /// from outside: [`Site::search_page`](crate::Site::search_page).
    Search {
        /// The words, as typed.
        query: String,
    },
    /// How to check all this.
    Verify,
    /// The style sheet.
    Style,
}

impl Route {
    /// The first page of all claims that pass `filter`.
    pub fn claims(filter: ClaimFilter) -> Self {
        Self::Claims { filter, page: 1 }
    }

    /// The start of a document.
    pub fn document(id: DocumentId) -> Self {
        Self::Document { id, page: 1 }
    }

    /// Path and query, from the root: ASCII only, percent-encoded. [`Route::parse`] reads it back.
    pub fn path(&self) -> String {
        let mut query = Query::default();
        let (path, page) = match self {
            Self::Overview => ("/".to_owned(), 1),
            Self::Chronicle { page } => ("/chronicle".to_owned(), *page),
            Self::Tolls { page } => ("/toll".to_owned(), *page),
            Self::Toll { event, affected, place, page } => {
                if let Some(place) = place {
                    query.put("place", place);
                }
                (format!("/toll/{}/{}", encode(event), encode(affected)), *page)
            }
            Self::Claims { filter, page } => {
                filter.write(&mut query);
                ("/claims".to_owned(), *page)
            }
            Self::Claim(id) => (format!("/claim/{id}"), 1),
            Self::Proposals { page } => ("/proposals".to_owned(), *page),
            Self::Origins { list, page } => {
                let path = match list {
                    OriginList::Shared => "/origins",
                    OriginList::Sources => "/origins/sources",
                    OriginList::Single => "/origins/single",
                };
                (path.to_owned(), *page)
            }
            Self::Origin(id) => (format!("/origin/{id}"), 1),
            Self::Documents { page } => ("/documents".to_owned(), *page),
            Self::Document { id, page } => (format!("/document/{id}"), *page),
            Self::Beside { a, b, page } => (format!("/beside/{a}/{b}"), *page),
            Self::Names { kind, page } => (format!("/names/{}", name_key(*kind)), *page),
            Self::Method => ("/method".to_owned(), 1),
            Self::Notices { page } => ("/notices".to_owned(), *page),
            Self::Search { query: words } => {
                if !words.is_empty() {
                    query.put("q", words);
                }
                ("/search".to_owned(), 1)
            }
            Self::Verify => ("/verify".to_owned(), 1),
            Self::Style => ("/style.css".to_owned(), 1),
        };
        if page > 1 {
            query.put("page", &page.to_string());
        }
        path + &query.0
    }

    /// The page at `address`: a path with an optional query. `None` if no page has that address;
    /// empty parameters, as forms send them, are ignored, unknown ones refused.
    pub fn parse(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut query = Params::read(query)?;
        let page = match query.take("page") {
            None => 1,
            Some(page) => page.parse().ok().filter(|page| *page >= 1)?,
        };
        let parts = path.strip_prefix('/')?.split('/').map(decode).collect::<Option<Vec<_>>>()?;
        let parts = parts.iter().map(String::as_str).collect::<Vec<_>>();
        let route = match parts.as_slice() {
            ["chronicle"] => Self::Chronicle { page },
            ["toll"] => Self::Tolls { page },
            ["toll", event, affected] if !event.is_empty() && !affected.is_empty() => Self::Toll {
                event: (*event).to_owned(),
                affected: (*affected).to_owned(),
                place: query.take("place"),
                page,
            },
            ["claims"] => Self::Claims { filter: ClaimFilter::read(&mut query)?, page },
            ["proposals"] => Self::Proposals { page },
            ["origins"] => Self::Origins { list: OriginList::Shared, page },
            ["origins", "sources"] => Self::Origins { list: OriginList::Sources, page },
            ["origins", "single"] => Self::Origins { list: OriginList::Single, page },
            ["documents"] => Self::Documents { page },
            ["document", id] => Self::Document { id: id.parse().ok()?, page },
            ["beside", a, b] => Self::Beside { a: a.parse().ok()?, b: b.parse().ok()?, page },
            ["names"] => Self::Names { kind: NameKind::Person, page },
            ["names", kind] => Self::Names { kind: name_kind(kind)?, page },
            ["notices"] => Self::Notices { page },
            rest if page == 1 => match rest {
                [""] => Self::Overview,
                ["claim", id] => Self::Claim(id.parse().ok()?),
                ["origin", id] => Self::Origin(id.parse().ok()?),
                ["method"] => Self::Method,
                ["search"] => Self::Search { query: query.take("q").unwrap_or_default() },
                ["verify"] => Self::Verify,
                ["style.css"] => Self::Style,
                _ => return None,
            },
            _ => return None,
        };
        query.0.is_empty().then_some(route)
    }
}

impl ClaimFilter {
    fn write(&self, query: &mut Query) {
        if let Some(event) = &self.event {
            query.put("event", event);
        }
        if let Some(origin) = self.origin {
            query.put("origin", &origin.to_string());
        }
        if let Some(document) = self.document {
            query.put("document", &document.to_string());
        }
        if let Some(part) = self.part {
            query.put("role", words::part_key(part));
        }
        match self.counted {
            None => {}
            Some(Counting::Yes) => query.put("counted", "yes"),
            Some(Counting::No) => query.put("counted", "no"),
            Some(Counting::Because(why)) => query.put("counted", words::uncounted_key(why)),
        }
        if let Some(incident) = self.incident {
            query.put("incident", &incident.to_string());
        }
    }

    fn read(query: &mut Params) -> Option<Self> {
        Some(Self {
            event: query.take("event"),
            origin: optional(query.take("origin"), |text| text.parse().ok())?,
            document: optional(query.take("document"), |text| text.parse().ok())?,
            part: optional(query.take("role"), |text| {
                words::PARTS.into_iter().find(|part| words::part_key(*part) == text)
            })?,
            counted: optional(query.take("counted"), |text| match text {
                "yes" => Some(Counting::Yes),
                "no" => Some(Counting::No),
                key => words::UNCOUNTED
                    .into_iter()
                    .find(|why| words::uncounted_key(*why) == key)
                    .map(Counting::Because),
            })?,
            incident: optional(query.take("incident"), |text| text.parse().ok())?,
        })
    }
}

/// `Some(None)` if there is no text, `None` if there is text that `read` refuses.
fn optional<T>(text: Option<String>, read: impl Fn(&str) -> Option<T>) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => read(&text).map(Some),
    }
}

/// The key of a kind of names in an address.
pub(crate) fn name_key(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Person => "persons",
        NameKind::Place => "places",
        NameKind::Organisation => "organisations",
    }
}

fn name_kind(key: &str) -> Option<NameKind> {
    [NameKind::Person, NameKind::Place, NameKind::Organisation]
        .into_iter()
        .find(|kind| name_key(*kind) == key)
}

#[derive(Default)]
struct Query(String);

impl Query {
    fn put(&mut self, key: &str, value: &str) {
        self.0.push(if self.0.is_empty() { '?' } else { '&' });
        self.0.push_str(key);
        self.0.push('=');
        self.0.push_str(&encode(value));
    }
}

struct Params(Vec<(String, String)>);

impl Params {
    fn read(query: &str) -> Option<Self> {
        let mut out = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(&value.replace('+', " "))?;
            if !value.is_empty() {
                out.push((decode(key)?, value));
            }
        }
        Some(Self(out))
    }

    fn take(&mut self, key: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }
}

/// Percent-encodes all but RFC 3986 unreserved characters.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Undoes percent-encoding; `None` if cut short or not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use kua_model::ItemId;

    use super::*;

    #[test]
    fn every_address_leads_back_to_its_page() {
        let document = DocumentId::new(ItemId::of(b"letter"), 0);
        let origin = OriginId::of("council");
        let claim: ClaimId = "c0011223344556677".parse().unwrap();
        let mut routes = vec![
            Route::Overview,
            Route::Chronicle { page: 1 },
            Route::Chronicle { page: 3 },
            Route::Tolls { page: 1 },
            Route::Toll {
                event: "killed".into(),
                affected: "security_forces".into(),
                place: Some("Нижний мост / «юг» & 100%?".into()),
                page: 2,
            },
            Route::Toll { event: "a/b".into(), affected: "..".into(), place: None, page: 1 },
            Route::Search { query: String::new() },
            Route::Search { query: "\"Нижний мост\" <b>&amp;+100%".into() },
            Route::claims(ClaimFilter::default()),
            Route::Claim(claim),
            Route::Origin(origin),
            Route::Documents { page: 2 },
            Route::Document { id: document, page: 1 },
            Route::Document { id: document, page: 7 },
            Route::Beside { a: document, b: document, page: 1 },
            Route::Method,
            Route::Notices { page: 1 },
            Route::Verify,
            Route::Style,
        ];
        for list in [OriginList::Shared, OriginList::Sources, OriginList::Single] {
            routes.push(Route::Origins { list, page: 1 });
        }
        for kind in [NameKind::Person, NameKind::Place, NameKind::Organisation] {
            routes.push(Route::Names { kind, page: 2 });
        }
        let counted = words::UNCOUNTED.map(Counting::Because);
        for counted in counted.into_iter().chain([Counting::Yes, Counting::No]) {
            routes.push(Route::Claims {
                filter: ClaimFilter {
                    event: Some("killed".into()),
                    origin: Some(origin),
                    document: Some(document),
                    part: Some(ClaimRole::Background),
                    counted: Some(counted),
                    incident: Some(4),
                },
                page: 2,
            });
        }
        for route in routes {
            let path = route.path();
            assert!(path.is_ascii() && path.starts_with('/'), "{path}");
            assert_eq!(Route::parse(&path), Some(route), "{path}");
        }
    }

    #[test]
    fn what_is_no_page_is_refused_without_a_fuss() {
        for address in [
            "",
            "claims",
            "/nowhere",
            "/claim/o0011223344556677",
            "/claim/c00?page=2",
            "/claims?page=0",
            "/claims?page=-1",
            "/claims?page=99999999999999999999999",
            "/claims?role=everything",
            "/claims?surprise=1",
            "/toll/%",
            "/toll/%ff/x",
            "/toll//x",
            "/document/../../etc/passwd",
            "//",
        ] {
            assert_eq!(Route::parse(address), None, "{address}");
        }
        // A form sends its empty fields too.
        assert_eq!(
            Route::parse("/claims?event=&role=&counted="),
            Some(Route::claims(ClaimFilter::default()))
        );
        assert_eq!(Route::parse("/search?q="), Some(Route::Search { query: String::new() }));
        assert_eq!(
            Route::parse("/search?q=lower+bridge"),
            Some(Route::Search { query: "lower bridge".into() })
        );
    }
}
