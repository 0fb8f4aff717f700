//! The pass over a page: keeps the open elements, hands text to the builder. Linear in the page:
//! the stack of open elements is capped, and beyond the cap elements are flattened, never cut.

use kua_model::{Role, Severity, TextRange};

use super::builder::Builder;
use super::context::{Attributes, Context};
use super::elements::{Kind, Name, ends, is_scope, kind};
use super::tokens::{Token, Tokens};
use super::{entities, meta};
use crate::draft::{DeclaredDate, Draft};
use crate::numeric_dates::leading_iso_date;
use crate::words::Words;

/// Depth at which browsers flatten too (WebKit, Blink: 512). Real pages: median 17, most 51.
const MOST_DEPTH: usize = 512;
/// Elements whose classes are looked at. Real pages: most 10,106.
const MOST_ELEMENTS: usize = 500_000;

struct Walk<'t> {
    page: &'t str,
    words: &'t Words,
    builder: Builder<'t>,
    open: Vec<(Name, Context)>,
    /// Elements opened beyond the depth cap and not yet closed.
    flattened: usize,
    elements: usize,
    deep: bool,
    many_attributes: bool,
    /// `type` of the open script.
    script_is_json_ld: bool,
}

/// The blocks of the page `text`, every visible character in one of them, in order.
pub(crate) fn page(text: &str, words: &Words) -> Draft {
    let mut walk = Walk {
        page: text,
        words,
        builder: Builder::new(text),
        open: Vec::new(),
        flattened: 0,
        elements: 0,
        deep: false,
        many_attributes: false,
        script_is_json_ld: false,
    };
    let mut tokens = Tokens::new(text);
    while let Some(token) = tokens.next_token() {
        match token {
            Token::Text(range) => walk.text(range),
            Token::EscapableText(range) => walk.escapable(range),
            Token::Start { tag, name } => walk.start(tag, name, &tokens),
            Token::End { name } => walk.end(name),
            Token::Raw { name, range } => walk.raw(name, range),
            Token::Comment(range) => walk.omit("comment", range),
            Token::Declaration(range) => walk.omit("markup-declaration", range),
            Token::CutTag(range) => walk.cut(range),
        }
    }
    walk.finish()
}

impl Walk<'_> {
    fn context(&self) -> Context {
        self.open.last().map(|(_, context)| *context).unwrap_or_default()
    }

    fn omit(&mut self, what: &'static str, range: TextRange) {
        self.builder.draft.omitted.push((what, range));
    }

    fn text(&mut self, range: TextRange) {
        let mut context = self.context();
        // Text straight in the head is shown by browsers as if in the body.
        context.in_head = false;
        self.builder.text(range, &context);
    }

    /// Content of `title` or `textarea`.
    fn escapable(&mut self, range: TextRange) {
        let context = self.context();
        let is_title = self.open.last().is_some_and(|(name, _)| name.as_str() == "title");
        if is_title && context.role.is_none() {
            let index = self.builder.next_block();
            self.builder.lone(range, Role::Hidden, "title-element");
            if self.builder.next_block() > index && self.builder.draft.title_element.is_none() {
                self.builder.draft.title_element = Some(index);
            }
        } else {
            self.builder.text(range, &context);
        }
    }

    fn raw(&mut self, name: TextRange, range: TextRange) {
        let name = Name::of(name.of(self.page).unwrap_or_default());
        match name.as_str() {
            "script" => {
                if self.script_is_json_ld {
                    meta::json_ld(self.page, range, &mut self.builder.draft);
                }
                self.omit("script", range);
            }
            "style" => self.omit("style", range),
            "xmp" => {
                let context = self.context();
                self.builder.text(range, &context);
            }
            _ => self.omit("fallback", range),
        }
    }

    fn cut(&mut self, range: TextRange) {
        self.omit("cut-tag", range);
        self.builder.draft.partial = true;
        self.builder.draft.odd.push((
            Severity::Caution,
            "html-cut",
            format!(
                "The page ends inside a tag; its last {} characters are markup that never closes and were not read as text. Get a whole copy of the page if you can.",
                range.len()
            ),
        ));
    }

    fn start(&mut self, tag: TextRange, name: TextRange, tokens: &Tokens<'_>) {
        self.elements += 1;
        self.many_attributes |= tokens.many_attributes;
        let name = Name::of(name.of(self.page).unwrap_or_default());
        let kind = kind(name.as_str());
        self.imply_ends(name.as_str());
        if kind == Kind::Void {
            self.void(name.as_str(), tag, tokens);
            return;
        }
        if name.as_str() == "script" {
            self.script_is_json_ld = tokens.attributes.iter().any(|attribute| {
                let value = attribute.value.of(self.page).unwrap_or_default();
                value.to_ascii_lowercase().contains("ld+json")
            });
        }
        if self.open.len() >= MOST_DEPTH {
            self.flattened += 1;
            self.deep = true;
            self.boundary(kind);
            return;
        }
        let outer = self.context();
        let mut inner = outer;
        if self.elements <= MOST_ELEMENTS {
            let attributes = Attributes::of(self.page, &tokens.attributes);
            inner = outer.inside(name, &attributes, self.words);
        }
        if kind == Kind::Inline && inner.role != outer.role {
            // An inline element makes a block of its own only where text is not running.
            if outer.in_text
                && outer.role.is_none_or(Role::is_body)
                && inner.role != Some(Role::Hidden)
            {
                (inner.role, inner.why, inner.loose) = (outer.role, outer.why, outer.loose);
            } else {
                self.builder.end_block();
            }
        }
        if name.as_str() == "time" {
            self.time(tokens);
        }
        self.boundary(kind);
        self.open.push((name, inner));
    }

    fn boundary(&mut self, kind: Kind) {
        match kind {
            Kind::Block => self.builder.end_block(),
            Kind::Cell => self.builder.cell(),
            Kind::Void | Kind::Inline => {}
        }
    }

    /// Closes what the start tag `new` closes by itself (`<li>` an open `<li>`).
    fn imply_ends(&mut self, new: &str) {
        if kind(new) == Kind::Inline && new != "a" {
            return;
        }
        // Twice: `<tr>` ends a cell and then its row.
        for _ in 0..3 {
            let mut found = None;
            for (index, (name, _)) in self.open.iter().enumerate().rev() {
                if ends(new, name.as_str()) {
                    found = Some(index);
                    break;
                }
                let stops = is_scope(name.as_str(), new)
                    || (kind(name.as_str()) == Kind::Block
                        && !matches!(
                            new,
                            "li" | "dt"
                                | "dd"
                                | "tr"
                                | "td"
                                | "th"
                                | "tbody"
                                | "thead"
                                | "tfoot"
                                | "option"
                                | "body"
                        ));
                if stops {
                    break;
                }
            }
            let Some(index) = found else { return };
            self.close_to(index);
        }
    }

    fn end(&mut self, name: TextRange) {
        let name = Name::of(name.of(self.page).unwrap_or_default());
        let sought = name.as_str();
        if self.flattened > 0 {
            self.flattened -= 1;
            self.boundary(kind(sought));
            return;
        }
        let tag_kind = kind(sought);
        let mut found = None;
        for (index, (open, _)) in self.open.iter().enumerate().rev() {
            if *open == name {
                found = Some(index);
                break;
            }
            let open = open.as_str();
            let stops = match tag_kind {
                Kind::Inline => kind(open) != Kind::Inline,
                _ => {
                    is_scope(open, sought)
                        && sought != "table"
                        && sought != "body"
                        && sought != "html"
                }
            };
            if stops {
                break;
            }
        }
        match found {
            Some(index) => self.close_to(index),
            // `</p>` and `</br>` without a start still break the text.
            None if sought == "br" => self.builder.line_break(),
            None => self.boundary(tag_kind),
        }
    }

    /// Closes open elements down to and with `index`.
    fn close_to(&mut self, index: usize) {
        let outer = index
            .checked_sub(1)
            .and_then(|at| self.open.get(at))
            .map(|(_, context)| *context)
            .unwrap_or_default();
        for (name, context) in self.open.drain(index..).rev() {
            let changed = context.role != outer.role && self.builder.has_text();
            match kind(name.as_str()) {
                Kind::Cell => self.builder.cell(),
                Kind::Block => self.builder.end_block(),
                _ if changed => self.builder.end_block(),
                _ => {}
            }
        }
    }

    fn void(&mut self, name: &str, tag: TextRange, tokens: &Tokens<'_>) {
        let attribute = |wanted: &str| {
            tokens.attributes.iter().find_map(|attribute| {
                let name = attribute.name.of(self.page)?;
                name.eq_ignore_ascii_case(wanted).then_some(attribute.value)
            })
        };
        match name {
            "br" => self.builder.line_break(),
            "hr" => self.builder.end_block(),
            "meta" => meta::meta(self.page, tag, &tokens.attributes, &mut self.builder.draft),
            "link" => meta::link(self.page, tag, &tokens.attributes, &mut self.builder.draft),
            "img" => {
                if let Some(alt) = attribute("alt").filter(|alt| !alt.is_empty()) {
                    let hidden = self.context().role == Some(Role::Hidden);
                    let role = if hidden { Role::Hidden } else { Role::ImageAlt };
                    // A picture inside a sentence (an emoji) must not cut the sentence.
                    if !(self.context().in_text && self.builder.has_text()) {
                        self.builder.lone(alt, role, "alternative-text");
                    }
                }
            }
            "input" => {
                let kind = attribute("type").and_then(|kind| kind.of(self.page)).unwrap_or("text");
                let shown = match kind.to_ascii_lowercase().as_str() {
                    "hidden" | "checkbox" | "radio" | "file" | "range" | "color" | "image" => None,
                    "submit" | "button" | "reset" => attribute("value"),
                    _ => attribute("value")
                        .filter(|v| !v.is_empty())
                        .or_else(|| attribute("placeholder")),
                };
                if let Some(shown) = shown {
                    self.builder.lone(shown, Role::Nav, "form-field");
                }
            }
            _ => {}
        }
    }

    fn time(&mut self, tokens: &Tokens<'_>) {
        let (mut value, mut modified) = (None, false);
        for attribute in &tokens.attributes {
            let name = attribute.name.of(self.page).unwrap_or_default();
            let text = attribute.value.of(self.page).unwrap_or_default();
            match name.to_ascii_lowercase().as_str() {
                "datetime" | "content" => value = Some(attribute.value),
                "itemprop" | "class" => {
                    let text = text.to_ascii_lowercase();
                    modified |= text.contains("modif") || text.contains("updated");
                }
                _ => {}
            }
        }
        let Some(at) = value else { return };
        let furniture = self
            .context()
            .role
            .is_some_and(|role| !role.is_body() && !matches!(role, Role::Date | Role::Byline));
        // Dates of other articles, of comments and of pictures are not the page's.
        if furniture {
            return;
        }
        if let Some(date) =
            leading_iso_date(&entities::attribute(at.of(self.page).unwrap_or_default()))
        {
            let block = Some(self.builder.next_block());
            self.builder.draft.dates.push(DeclaredDate {
                value: date,
                how: "time".to_owned(),
                at,
                modified,
                block,
                for_machines: false,
            });
        }
    }

    fn finish(mut self) -> Draft {
        self.builder.end_block();
        let mut draft = self.builder.draft;
        let mut cap = |over: bool, what: String| {
            if over {
                draft.odd.push((Severity::Note, "html-cap", what));
            }
        };
        cap(
            self.deep,
            format!(
                "Elements are nested more than {MOST_DEPTH} deep; the deeper ones were read as if they stood at that depth. No text was left out."
            ),
        );
        cap(
            self.elements > MOST_ELEMENTS,
            format!(
                "The page has {} elements; the classes of those after the first {MOST_ELEMENTS} were not looked at. No text was left out.",
                self.elements
            ),
        );
        cap(
            self.many_attributes,
            format!(
                "A tag has more than {} attributes; the others were not looked at. No text was left out.",
                super::tokens::MOST_ATTRIBUTES
            ),
        );
        draft
    }
}
