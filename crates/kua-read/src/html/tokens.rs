//! Cuts HTML into tags, text, comments and raw text, with ranges (WHATWG HTML, section 13.2.5).
//!
//! Our own, and not a parser's, because reading must lose nothing and must be linear whatever comes:
//! tree builders are quadratic in depth and attributes, `lol_html` stops at its memory cap and tells
//! nothing of end tags without a start. A test holds it against `lol_html` text for text.

use kua_model::TextRange;

/// A piece of HTML. Ranges are UTF-8 bytes of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// Text with character references in it.
    Text(TextRange),
    /// A start tag; `tag` from `<` to after `>`.
    Start { tag: TextRange, name: TextRange },
    /// An end tag.
    End { name: TextRange },
    /// Content of `title` and `textarea`: text with references but no tags.
    EscapableText(TextRange),
    /// Content of `script`, `style` and the like: no text.
    Raw { name: TextRange, range: TextRange },
    /// A comment, processing instruction or bogus markup.
    Comment(TextRange),
    /// `<!doctype …>`.
    Declaration(TextRange),
    /// A tag that the end of the page cuts.
    CutTag(TextRange),
}

/// Attributes of a tag that are looked at; the rest of a longer tag is skipped, not lost.
pub(crate) const MOST_ATTRIBUTES: usize = 256;

/// An attribute: where its name and value stand, quotes excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub name: TextRange,
    pub value: TextRange,
}

/// The pieces of a page, in order, from first to last byte.
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// Element whose raw content comes next.
    raw: Option<TextRange>,
    /// Attributes of the last start tag.
    pub attributes: Vec<Attribute>,
    /// The last start tag had more attributes than are looked at.
    pub many_attributes: bool,
    /// Where no raw element's end tag stands any more, so that searching is not repeated.
    no_end_from: Vec<(String, usize)>,
}

impl<'t> Tokens<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            raw: None,
            attributes: Vec::new(),
            many_attributes: false,
            no_end_from: Vec::new(),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn find(&self, from: usize, what: &str) -> Option<usize> {
        self.text.get(from..)?.find(what).map(|at| from + at)
    }

    /// From here to after the next `>`, or to the end.
    fn to_close(&self, start: usize) -> TextRange {
        let end = self.find(start, ">").map_or(self.text.len(), |at| at + 1);
        TextRange::new(start, end)
    }

    pub(crate) fn next_token(&mut self) -> Option<Token> {
        if let Some(name) = self.raw.take()
            && let Some(token) = self.raw_content(name)
        {
            return Some(token);
        }
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let token = if self.byte(start) == b'<' { self.markup(start) } else { None };
        let token = token.unwrap_or_else(|| self.run(start));
        Some(token)
    }

    /// Text up to the next `<` that opens markup.
    fn run(&mut self, start: usize) -> Token {
        let mut from = start + usize::from(self.byte(start) == b'<');
        let end = loop {
            match self.find(from, "<") {
                None => break self.text.len(),
                Some(at) if self.opens_markup(at) => break at,
                Some(at) => from = at + 1,
            }
        };
        self.at = end;
        Token::Text(TextRange::new(start, end))
    }

    fn opens_markup(&self, at: usize) -> bool {
        match self.byte(at + 1) {
            b'!' | b'?' => true,
            // `</` at the very end is text.
            b'/' => at + 2 < self.text.len(),
            byte => byte.is_ascii_alphabetic(),
        }
    }

    fn markup(&mut self, start: usize) -> Option<Token> {
        if !self.opens_markup(start) {
            return None;
        }
        let next = self.byte(start + 1);
        let token = match next {
            b'!' if self.text[start..].starts_with("<!--") => Token::Comment(self.comment(start)),
            b'!' => {
                let range = self.to_close(start);
                let word = self.text.as_bytes().get(start + 2..start + 9);
                if word.is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) {
                    Token::Declaration(range)
                } else {
                    Token::Comment(range)
                }
            }
            b'/' if self.byte(start + 2).is_ascii_alphabetic() => {
                let name = self.name(start + 2);
                let (range, whole) = self.tag(start, name.end);
                self.at = range.end;
                return Some(if whole { Token::End { name } } else { Token::CutTag(range) });
            }
            b'?' | b'/' => Token::Comment(self.to_close(start)),
            _ => {
                let name = self.name(start + 1);
                let (tag, whole) = self.tag(start, name.end);
                self.at = tag.end;
                if !whole {
                    return Some(Token::CutTag(tag));
                }
                if is_raw(&self.text[name.as_range()]) {
                    self.raw = Some(name);
                }
                return Some(Token::Start { tag, name });
            }
        };
        if let Token::Comment(range) | Token::Declaration(range) = token {
            self.at = range.end;
        }
        Some(token)
    }

    fn name(&self, start: usize) -> TextRange {
        let rest = &self.text.as_bytes()[start..];
        let length = rest
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
            .unwrap_or(rest.len());
        TextRange::new(start, start + length)
    }

    /// `<!--` to after `-->` or `--!>`; `<!-->` and `<!--->` are empty comments.
    fn comment(&self, start: usize) -> TextRange {
        let body = start + 4;
        for short in [">", "->"] {
            if self.text[body..].starts_with(short) {
                return TextRange::new(start, body + short.len());
            }
        }
        let mut from = body;
        while let Some(at) = self.find(from, "--") {
            let after = &self.text[at + 2..];
            if after.starts_with('>') {
                return TextRange::new(start, at + 3);
            }
            if after.starts_with("!>") {
                return TextRange::new(start, at + 4);
            }
            from = at + 1;
        }
        TextRange::new(start, self.text.len())
    }

    /// The rest of a tag: fills `attributes`; false if the page ends before `>`.
    fn tag(&mut self, start: usize, mut at: usize) -> (TextRange, bool) {
        self.attributes.clear();
        self.many_attributes = false;
        let bytes = self.text.as_bytes();
        let skip = |mut at: usize, stop: &dyn Fn(u8) -> bool| {
            while bytes.get(at).is_some_and(|&byte| !stop(byte)) {
                at += 1;
            }
            at
        };
        let space = |byte: u8| byte.is_ascii_whitespace();
        loop {
            at = skip(at, &|byte| !space(byte) && byte != b'/');
            match bytes.get(at) {
                None => return (TextRange::new(start, bytes.len()), false),
                Some(b'>') => return (TextRange::new(start, at + 1), true),
                Some(_) => {}
            }
            // A leading `=` belongs to the name.
            let name_start = at;
            at = skip(at + 1, &|byte| space(byte) || matches!(byte, b'/' | b'>' | b'='));
            let name = TextRange::new(name_start, at);
            let mut value = TextRange::new(at, at);
            let equals = skip(at, &|byte| !space(byte));
            if bytes.get(equals) == Some(&b'=') {
                at = skip(equals + 1, &|byte| !space(byte));
                match bytes.get(at) {
                    Some(&quote @ (b'"' | b'\'')) => {
                        let close = skip(at + 1, &|byte| byte == quote);
                        value = TextRange::new(at + 1, close);
                        at = close + 1;
                    }
                    Some(b'>') | None => {}
                    Some(_) => {
                        let close = skip(at, &|byte| space(byte) || byte == b'>');
                        value = TextRange::new(at, close);
                        at = close;
                    }
                }
            }
            if self.attributes.len() < MOST_ATTRIBUTES {
                self.attributes.push(Attribute { name, value });
            } else {
                self.many_attributes = true;
            }
        }
    }

    /// Content of the raw element `name` that was just opened; `None` if it is empty.
    fn raw_content(&mut self, name: TextRange) -> Option<Token> {
        let start = self.at;
        let lower = self.text[name.as_range()].to_ascii_lowercase();
        let end = if lower == "script" {
            self.script_end(start)
        } else {
            self.end_tag(start, &lower).unwrap_or(self.text.len())
        };
        self.at = end;
        let range = TextRange::new(start, end);
        if range.is_empty() {
            return None;
        }
        Some(match lower.as_str() {
            "title" | "textarea" => Token::EscapableText(range),
            _ => Token::Raw { name, range },
        })
    }

    /// Where the next end tag of `name` begins, from `from` on.
    fn end_tag(&mut self, from: usize, name: &str) -> Option<usize> {
        if self.no_end_from.iter().any(|(known, at)| known == name && from >= *at) {
            return None;
        }
        let found = find_tag(self.text, from, "</", name);
        if found.is_none() {
            self.no_end_from.push((name.to_owned(), from));
        }
        found
    }

    /// Scripts may hold `<!-- <script> … </script> -->`, whose inner end tag does not end them
    /// (script data escaped and double escaped states).
    fn script_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        // 0: script, 1: inside `<!--`, 2: inside `<!-- <script>`.
        let (mut depth, mut at) = (0, start);
        while let Some(&byte) = bytes.get(at) {
            let rest = &bytes[at..];
            let is_tag = |open: &str| {
                let end = open.len() + "script".len();
                rest.starts_with(open.as_bytes())
                    && rest
                        .get(open.len()..end)
                        .is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
                    && rest
                        .get(end)
                        .is_some_and(|&b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
            };
            match byte {
                b'<' if depth < 2 && is_tag("</") => return at,
                b'<' if depth == 2 && is_tag("</") => depth = 1,
                b'<' if depth == 1 && is_tag("<") => depth = 2,
                b'<' if depth == 0 && rest.starts_with(b"<!--") => {
                    depth = 1;
                    // The dashes of the opening may also close: `<!-->`.
                    at += 1;
                }
                b'-' if depth > 0 && rest.starts_with(b"-->") => depth = 0,
                _ => {}
            }
            at += 1;
        }
        self.text.len()
    }
}

/// `open` + `name` + a character that ends a tag name, from `from` on, in any case.
fn find_tag(text: &str, from: usize, open: &str, name: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(open)) {
        let start = at + found;
        let word = start + open.len();
        let end = word + name.len();
        if bytes.get(word..end).is_some_and(|word| word.eq_ignore_ascii_case(name.as_bytes()))
            && bytes
                .get(end)
                .is_none_or(|&byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
        {
            return Some(start);
        }
        at = start + 1;
    }
    None
}

fn is_raw(name: &str) -> bool {
    const RAW: [&str; 8] =
        ["script", "style", "title", "textarea", "iframe", "noembed", "noframes", "xmp"];
    RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name))
}
