//! What HTML elements are to a reader: which end a block, which are void, which hide their content.

/// Lower-case name of an element, cut at 16 bytes (no element of HTML is longer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Name([u8; 16]);

impl Name {
    pub(crate) fn of(source: &str) -> Self {
        let mut name = [0; 16];
        for (to, from) in name.iter_mut().zip(source.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        Self(name)
    }

    pub(crate) fn as_str(&self) -> &str {
        let length = self.0.iter().position(|&byte| byte == 0).unwrap_or(16);
        std::str::from_utf8(&self.0[..length]).unwrap_or("")
    }
}

/// How an element behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Never has content.
    Void,
    /// Begins and ends a block.
    Block,
    /// Table cell: begins a cell of the row's block.
    Cell,
    /// Runs inside a block.
    Inline,
}

pub(crate) fn kind(name: &str) -> Kind {
    match name {
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta"
        | "source" | "track" | "wbr" | "param" | "frame" | "basefont" | "bgsound" | "keygen" => {
            Kind::Void
        }
        "td" | "th" => Kind::Cell,
        "address" | "article" | "aside" | "audio" | "blockquote" | "body" | "button" | "canvas"
        | "caption" | "center" | "dd" | "details" | "dialog" | "dir" | "div" | "dl" | "dt"
        | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "frameset" | "h1" | "h2"
        | "h3" | "h4" | "h5" | "h6" | "head" | "header" | "hgroup" | "html" | "iframe"
        | "legend" | "li" | "listing" | "main" | "menu" | "nav" | "noscript" | "object" | "ol"
        | "optgroup" | "option" | "p" | "plaintext" | "pre" | "search" | "section" | "select"
        | "summary" | "table" | "tbody" | "template" | "textarea" | "tfoot" | "thead" | "title"
        | "tr" | "ul" | "video" | "xmp" => Kind::Block,
        _ => Kind::Inline,
    }
}

/// Whether a start tag of `new` ends an open `open` (WHATWG HTML, optional end tags).
pub(crate) fn ends(new: &str, open: &str) -> bool {
    match open {
        "p" => {
            kind(new) == Kind::Block
                && !matches!(
                    new,
                    "button"
                        | "noscript"
                        | "iframe"
                        | "object"
                        | "audio"
                        | "video"
                        | "canvas"
                        | "select"
                        | "option"
                        | "optgroup"
                        | "template"
                        | "textarea"
                )
        }
        "li" => new == "li",
        "dt" | "dd" => matches!(new, "dt" | "dd"),
        "tr" => matches!(new, "tr" | "tbody" | "thead" | "tfoot"),
        "td" | "th" => matches!(new, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot"),
        "tbody" | "thead" | "tfoot" => matches!(new, "tbody" | "thead" | "tfoot"),
        "option" => matches!(new, "option" | "optgroup"),
        "a" => new == "a",
        "head" => new == "body",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => is_heading(new),
        _ => false,
    }
}

/// Whether the search for an open element that a tag ends stops here.
pub(crate) fn is_scope(open: &str, sought: &str) -> bool {
    match sought {
        "li" => matches!(open, "ul" | "ol" | "menu" | "dir"),
        "dt" | "dd" => open == "dl",
        "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" => open == "table",
        _ => matches!(open, "td" | "th" | "table" | "caption" | "template"),
    }
}

pub(crate) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Level of a heading, 0 if it is none.
pub(crate) fn heading_level(name: &str) -> u8 {
    if is_heading(name) { name.as_bytes()[1] - b'0' } else { 0 }
}
