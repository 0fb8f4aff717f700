//! What the elements around a piece of text say it is: from tags, attributes, classes and ids.

use kua_model::{Lang, Role};

use super::elements::{Name, heading_level};
use super::entities;
use super::tokens::Attribute;
use crate::words::{ClassCue, Words};

/// What holds for text inside the open elements.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    pub role: Option<Role>,
    pub why: &'static str,
    /// The role came from a class or id.
    pub loose: bool,
    pub link: bool,
    pub pre: bool,
    pub heading: u8,
    pub in_article: bool,
    pub in_head: bool,
    pub in_figure: bool,
    /// Inside `p`, `li`, a heading or a cell: running text that inline elements do not break.
    pub in_text: bool,
    pub lang: Option<Lang>,
}

/// Attributes of a start tag that reading needs, unescaped.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    pub class: String,
    pub id: String,
    pub hidden: bool,
    pub itemprop: String,
    pub aria_role: String,
    pub lang: Option<Lang>,
}

impl Attributes {
    pub(crate) fn of(page: &str, list: &[Attribute]) -> Self {
        let mut out = Self::default();
        for attribute in list {
            let name = page.get(attribute.name.as_range()).unwrap_or_default();
            let value = || page.get(attribute.value.as_range()).unwrap_or_default();
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("class") {
                out.class = entities::attribute(value());
            } else if is("id") {
                out.id = entities::attribute(value());
            } else if is("hidden") {
                out.hidden = true;
            } else if is("style") {
                out.hidden |= hides(value());
            } else if is("itemprop") {
                out.itemprop = value().to_ascii_lowercase();
            } else if is("role") {
                out.aria_role = value().to_ascii_lowercase();
            } else if is("lang") || is("xml:lang") {
                let code = value().split(['-', '_']).next().unwrap_or_default();
                out.lang = code.to_ascii_lowercase().parse().ok();
            }
        }
        out
    }
}

/// Whether an inline style takes the element off the page.
fn hides(style: &str) -> bool {
    let mut folded = style.to_ascii_lowercase();
    folded.retain(|character| !character.is_whitespace());
    folded.contains("display:none") || folded.contains("visibility:hidden")
}

impl Context {
    /// The context inside an element.
    pub(crate) fn inside(self, name: Name, attributes: &Attributes, words: &Words) -> Self {
        let name = name.as_str();
        let mut inner = self;
        inner.lang = attributes.lang.or(self.lang);
        inner.link |= name == "a";
        inner.pre |= matches!(name, "pre" | "textarea" | "listing" | "xmp");
        inner.in_head |= name == "head";
        inner.in_figure |= name == "figure";
        if matches!(name, "p" | "li" | "dd" | "dt" | "td" | "th" | "blockquote" | "caption") {
            inner.in_text = true;
        }
        if heading_level(name) > 0 {
            inner.heading = heading_level(name);
            inner.in_text = true;
        }
        if self.role == Some(Role::Hidden) {
            return inner;
        }
        if attributes.hidden || matches!(name, "template" | "noscript" | "dialog") {
            inner.give(Role::Hidden, if attributes.hidden { "not-displayed" } else { "element" });
            return inner;
        }
        inner.take_tag(name, attributes, self.in_article);
        if !matches!(name, "html" | "body") {
            inner.take_classes(attributes, words, name);
        }
        inner
    }

    fn give(&mut self, role: Role, why: &'static str) {
        self.role = Some(role);
        self.why = why;
        self.loose = false;
    }

    fn take_tag(&mut self, name: &str, attributes: &Attributes, in_article: bool) {
        let furniture = self.role.is_some_and(|role| !role.is_body());
        let marks_body = name == "main"
            || attributes.aria_role == "main"
            || attributes.itemprop == "articlebody";
        if marks_body && (!furniture || self.loose) {
            *self = Self { role: None, why: "", loose: false, in_article: true, ..*self };
            return;
        }
        match name {
            "article" if !furniture => self.in_article = true,
            "nav" | "menu" => self.give(Role::Nav, "element"),
            "header" if !in_article && !furniture => self.give(Role::Nav, "element"),
            "footer" if !in_article => self.give(Role::Legal, "element"),
            "aside" if !furniture => self.give(Role::Related, "element"),
            "form" | "button" | "select" | "fieldset" | "textarea" | "input"
                if !furniture && !in_form_page(name, self) =>
            {
                self.give(Role::Nav, "element");
            }
            "figcaption" if !furniture => self.give(Role::Caption, "element"),
            "cite" if self.in_figure && !furniture => self.give(Role::Credit, "element"),
            _ if furniture => {}
            "table" => self.give(Role::Table, "element"),
            "li" | "dt" | "dd" => self.give(Role::List, "element"),
            "blockquote" => self.give(Role::Quote, "element"),
            "address" => self.give(Role::Byline, "element"),
            _ => {}
        }
        if self.role.is_none_or(Role::is_body) {
            match attributes.aria_role.as_str() {
                "navigation" | "search" | "menu" | "menubar" | "toolbar" => {
                    self.give(Role::Nav, "aria-role");
                }
                "complementary" => self.give(Role::Related, "aria-role"),
                "contentinfo" => self.give(Role::Legal, "aria-role"),
                _ => {}
            }
        }
    }

    fn take_classes(&mut self, attributes: &Attributes, words: &Words, name: &str) {
        let names = || attributes.class.split_whitespace().chain([attributes.id.as_str()]);
        if attributes.class.is_empty() && attributes.id.is_empty() {
            return;
        }
        // `article-body`, `entry_content`: the body, whatever stands beside it.
        if names().any(|class| marks_body(class, words)) {
            if self.role.is_none() || self.loose {
                *self = Self { role: None, why: "", loose: false, in_article: true, ..*self };
            }
            return;
        }
        if matches!(name, "article" | "main") {
            return;
        }
        let inline_link = name == "a" && self.in_text;
        let cue = names().find_map(|class| class_cue(class, words));
        let Some(cue) = cue.filter(|_| !inline_link) else { return };
        let role = match cue {
            ClassCue::Nav => Role::Nav,
            ClassCue::Share => Role::Share,
            ClassCue::Related | ClassCue::Advert => Role::Related,
            ClassCue::Newsletter => Role::Newsletter,
            ClassCue::Legal => Role::Legal,
            ClassCue::Comment => Role::Comment,
            ClassCue::Caption => Role::Caption,
            ClassCue::Credit => Role::Credit,
            ClassCue::Byline => Role::Byline,
            ClassCue::Date => Role::Date,
            ClassCue::Standfirst => Role::Standfirst,
            ClassCue::Kicker => Role::Kicker,
            ClassCue::TipLine => Role::TipLine,
            ClassCue::Hidden => Role::Hidden,
            ClassCue::Body => return,
        };
        let furniture = self.role.is_some_and(|role| !role.is_body());
        // Small parts of an account do not turn furniture back into it: a date in a list of
        // related headlines is related.
        let part = matches!(role, Role::Byline | Role::Date | Role::Standfirst | Role::Kicker);
        if furniture && (part || role == Role::Nav || !self.refines(role)) {
            return;
        }
        if self.heading > 0 && part {
            return;
        }
        *self = Self { role: Some(role), why: "class", loose: true, ..*self };
    }

    /// Whether a class inside furniture says more than its container.
    fn refines(&self, role: Role) -> bool {
        match self.role {
            Some(Role::Caption) => role == Role::Credit,
            Some(Role::Related | Role::Nav | Role::Legal) => !matches!(role, Role::Related),
            _ => false,
        }
    }
}

/// Old sites wrap the whole page in one form.
fn in_form_page(name: &str, context: &Context) -> bool {
    name == "form" && !context.in_article
}

/// Both halves of the class are words of the body.
fn marks_body(class: &str, words: &Words) -> bool {
    let parts = parts(class);
    parts.len() >= 2 && parts.iter().all(|part| words.class(part) == Some(ClassCue::Body))
}

fn class_cue(class: &str, words: &Words) -> Option<ClassCue> {
    let parts = parts(class);
    // The last word names the thing (`site-header-nav`), so it is asked first; the whole, without
    // its hyphens, before any (`wp-caption`).
    let whole = parts.concat();
    let found =
        words.class(&whole).or_else(|| parts.iter().rev().find_map(|part| words.class(part)));
    found.filter(|&cue| cue != ClassCue::Body)
}

/// `relatedPosts__list` as `related`, `posts`, `list`.
fn parts(class: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut after_lower = false;
    for character in class.chars().take(80) {
        let breaks = !character.is_ascii_alphanumeric();
        if breaks || (character.is_ascii_uppercase() && after_lower) {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut().filter(|_| !breaks) {
            last.push(character.to_ascii_lowercase());
        }
        after_lower = character.is_ascii_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}
