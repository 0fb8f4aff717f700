//! Readable text taken from an item: blocks, sentences, dates, and a receipt of what was not read.

use serde::{Deserialize, Serialize};

use crate::{DateSpan, DocumentId, ItemId, Lang, PartialDate, TextRange};

/// Readable text taken from an item.
///
/// Laws: the ranges of `blocks`, in order, tile `text` without gap or overlap; source ranges never
/// overlap; decoding a source range gives its text; every visible character is in one block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The item it was taken from.
    pub item: ItemId,
    /// Path of the item as it was added.
    pub path: String,
    /// All visible text, UTF-8.
    pub text: String,
    /// The text in labelled blocks.
    pub blocks: Vec<Block>,
    /// Sentences, in order, each inside one block.
    pub sentences: Vec<Sentence>,
    /// Main language, if it could be told.
    pub language: Option<Lang>,
    /// Where its title stands, if one was found.
    pub title: Option<TextRange>,
    /// Its dates, with how they were found.
    pub dates: DocumentDates,
    /// What was and was not read.
    pub receipt: Receipt,
}

impl Document {
    /// The title, or else the path of the item.
    pub fn title(&self) -> &str {
        self.title.and_then(|range| range.of(&self.text)).map_or(self.path.as_str(), str::trim)
    }

    /// The block that holds byte `at` of the text.
    pub fn block_at(&self, at: usize) -> Option<&Block> {
        let index = self.blocks.partition_point(|block| block.range.end <= at);
        self.blocks.get(index).filter(|block| block.range.start <= at)
    }

    /// The sentence that holds byte `at` of the text.
    pub fn sentence_at(&self, at: usize) -> Option<&Sentence> {
        let index = self.sentences.partition_point(|sentence| sentence.range.end <= at);
        self.sentences.get(index).filter(|sentence| sentence.range.start <= at)
    }

    /// Language of the words at `range`: of the sentence, else the block, else the document.
    pub fn language_at(&self, range: TextRange) -> Option<Lang> {
        self.sentence_at(range.start)
            .and_then(|sentence| sentence.language)
            .or_else(|| self.block_at(range.start).and_then(|block| block.language))
            .or(self.language)
    }
}

/// What a block is. The body of an account is `is_body`; the rest is kept and labelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Title of the account.
    Title,
    /// Short line above the title.
    Kicker,
    /// Summary below the title.
    Standfirst,
    /// Who wrote it.
    Byline,
    /// A date line.
    Date,
    /// Running text.
    Main,
    /// Heading inside the account.
    Heading,
    /// List item.
    List,
    /// Table row or cell.
    Table,
    /// Block quotation.
    Quote,
    /// Caption of a picture: evidence, dated by itself.
    Caption,
    /// Credit of a picture or agency.
    Credit,
    /// Alternative text or file name standing in for a picture.
    ImageAlt,
    /// A bare link.
    Link,
    /// Entry of a live blog or chronology.
    Entry,
    /// A reader's comment.
    Comment,
    /// Share buttons and counters.
    Share,
    /// Headlines of other articles.
    Related,
    /// Invitation to send tips.
    TipLine,
    /// Invitation to subscribe.
    Newsletter,
    /// Terms, cookies, copyright.
    Legal,
    /// Menus and breadcrumbs.
    Nav,
    /// Present but not shown (`display:none`).
    Hidden,
}

impl Role {
    /// Whether the block belongs to what the account tells.
    pub fn is_body(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::Kicker
                | Self::Standfirst
                | Self::Main
                | Self::Heading
                | Self::List
                | Self::Table
                | Self::Quote
                | Self::Entry
        )
    }

    /// Whether words here may be claims at all: the body, and captions as evidence of their picture.
    pub fn may_claim(self) -> bool {
        self.is_body() || self == Self::Caption
    }
}

/// A piece of the text with one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub role: Role,
    /// Where in the document's text, its closing line breaks included.
    pub range: TextRange,
    /// Where the text came from, in order. Line breaks that the reader put between blocks have none.
    pub source: Vec<SourceRange>,
    /// Its language, if it could be told.
    pub language: Option<Lang>,
    /// Stable kebab-case names of the signals that decided the role, like `repeated-line`.
    pub why: Vec<String>,
}

/// Text and the bytes it was decoded from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRange {
    /// Where in the document's text.
    pub text: TextRange,
    /// Where in the item.
    pub at: Locator,
}

/// A place in an item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locator {
    /// Bytes of the item, end excluded (plain text, HTML, mail).
    Bytes {
        /// First byte.
        start: u64,
        /// One past the last.
        end: u64,
    },
    /// Bytes of a named part (DOCX, zip).
    Part {
        /// Path of the part.
        path: String,
        /// First byte.
        start: u64,
        /// One past the last.
        end: u64,
    },
    /// A page, from 1 (PDF).
    Page(u32),
    /// A message of a chat export: its id and JSON pointer.
    Message {
        /// The exporter's id.
        id: String,
        /// RFC 6901 pointer.
        pointer: String,
    },
}

/// One sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Where in the text, without surrounding white space.
    pub range: TextRange,
    /// Index of its block.
    pub block: usize,
    /// Its language, if it could be told.
    pub language: Option<Lang>,
}

/// How well a date is founded, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateTier {
    /// Two or more independent declarations agree to the day.
    Agreed,
    /// Declared for machines: address, meta, JSON-LD.
    Declared,
    /// Marked as a date: time element, byline line.
    Marked,
    /// Seen in the text near the top, or as the heading of entries.
    Seen,
    /// Guessed from the dates the text speaks of.
    Guessed,
    /// Upper bound only: when the bytes were acquired.
    Bound,
}

/// A date of a document with how it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The date, as precise as it was given.
    pub value: PartialDate,
    /// How well it is founded.
    pub tier: DateTier,
    /// Stable name of the signal, like `meta article:published_time`, `json-ld datePublished`, `line`.
    pub how: String,
    /// Where it stands in the text, if it does.
    pub range: Option<TextRange>,
    /// Where it stands in the item, if not in the text.
    pub at: Option<Locator>,
}

/// Dates of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DocumentDates {
    /// When it was published, best founded date first chosen.
    pub published: Option<Dated>,
    /// When it was last modified.
    pub modified: Option<Dated>,
    /// From the first to the last day that its own dated lines speak of as the crisis under report.
    pub covers: Option<DateSpan>,
    /// Every candidate that was considered.
    pub candidates: Vec<Dated>,
}

/// Whether a reader got everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Every visible character.
    Complete,
    /// Something was left out; a notice says what.
    Partial,
    /// No text at all (an empty file).
    Empty,
    /// Not a format kua reads.
    Unsupported,
}

/// What was and was not read of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Name of the reader, like `html`, `plain`.
    pub reader: String,
    /// Its version.
    pub version: u32,
    /// WHATWG name of the character set.
    pub charset: String,
    /// How the character set was found: `bom`, `valid-utf-8`, `declared`, `guessed`.
    pub charset_how: String,
    /// Whether everything was read.
    pub completeness: Completeness,
    /// What was knowingly left out, with bytes.
    pub omitted: Vec<Omitted>,
}

/// Bytes knowingly left out of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitted {
    /// `script`, `style`, `comment`, `markup-declaration`…
    pub what: String,
    /// Where in the item.
    pub at: Locator,
}
