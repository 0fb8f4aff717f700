//! Text cut into blocks, before their roles are settled: what the plain and the HTML reader share.

use kua_model::{PartialDate, Role, TextRange};

/// Offsets into the decoded text of the item; the source map turns them into bytes.
pub(crate) type DecodedRange = TextRange;

/// A block on its way.
#[derive(Debug, Clone, Default)]
pub(crate) struct DraftBlock {
    /// In the document's text, closing line breaks included.
    pub range: TextRange,
    /// Document text and the decoded text it came from.
    pub source: Vec<(TextRange, DecodedRange)>,
    /// The role markup gives it, if it gives one.
    pub role: Option<Role>,
    /// Signals that decided the role.
    pub why: Vec<&'static str>,
    /// Letters inside links, of all letters, in percent.
    pub linked: u8,
    /// The role came from a class or id, which designers use loosely.
    pub loose: bool,
    /// Level of a heading element, 0 if none.
    pub heading: u8,
    /// Inside an element that marks the account (`article`, `main`, `itemprop=articleBody`).
    pub in_article: bool,
    /// Line breaks inside the block are hard ends of lines (HTML `br`, `pre`).
    pub hard_breaks: bool,
    /// Language declared by markup for this block.
    pub declared_lang: Option<kua_model::Lang>,
}

/// A date that markup declares.
#[derive(Debug, Clone)]
pub(crate) struct DeclaredDate {
    pub value: PartialDate,
    /// Like `meta article:published_time`.
    pub how: String,
    pub at: DecodedRange,
    pub modified: bool,
    /// Where in the document's text, for dates of `<time>`.
    pub block: Option<usize>,
    /// Declared for machines (meta, JSON-LD, address), not only marked in the page.
    pub for_machines: bool,
}

/// Text with blocks and what the markup declared.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub text: String,
    pub blocks: Vec<DraftBlock>,
    pub dates: Vec<DeclaredDate>,
    /// Titles declared by meta or JSON-LD.
    pub titles: Vec<String>,
    /// Block that holds the `<title>` element.
    pub title_element: Option<usize>,
    /// Left out, in decoded offsets.
    pub omitted: Vec<(&'static str, DecodedRange)>,
    /// Stable code and message of oddities.
    pub odd: Vec<(kua_model::Severity, &'static str, String)>,
    /// Something visible may be missing.
    pub partial: bool,
    /// Whether it came from markup.
    pub html: bool,
}
