//! Relations between passages, and the accounts they make up.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Lang, OriginId, Span, TextRange};

/// How two passages are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The same words, lightly edited or not; sentences may be left out.
    Copy,
    /// The same account in another language.
    Translation,
    /// A passage of one inside quotation marks of the other.
    Quotation,
    /// One condenses the other within its sentences or tells them in another order.
    Digest,
    /// The same told in other words; never merges origins by itself.
    Paraphrase,
    /// The same formula with other figures: a new statement, never a copy.
    Revision,
    /// Both descend from a text that is not in the vault.
    CommonAncestor,
    /// A passage repeated inside one document.
    Repeat,
    /// Menus, credits, footers: reuse, but not testimony.
    Boilerplate,
}

impl LinkKind {
    /// Whether passages so linked are one account.
    pub fn is_one_account(self) -> bool {
        matches!(
            self,
            Self::Copy
                | Self::Translation
                | Self::Quotation
                | Self::Digest
                | Self::CommonAncestor
                | Self::Repeat
        )
    }
}

/// Which side came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// `b` was made from `a`.
    #[serde(rename = "a->b")]
    AToB,
    /// `a` was made from `b`.
    #[serde(rename = "b->a")]
    BToA,
    /// Both were made from something else.
    #[serde(rename = "common_ancestor")]
    CommonAncestor,
    /// Cannot be told.
    #[serde(rename = "unknown")]
    Unknown,
}

/// Something on which two linked passages disagree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// `number`, `date`, `negation` or `name`.
    pub kind: String,
    /// The words on side `a`, if any.
    pub a: Option<TextRange>,
    /// The words on side `b`, if any.
    pub b: Option<TextRange>,
}

/// A figure, date or negation that stands on both sides of a link, in each other's place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Agreement {
    /// `number`, `date` or `negation`.
    pub kind: String,
    /// The words on side `a`.
    pub a: TextRange,
    /// The words on side `b`.
    pub b: TextRange,
}

/// Two pieces that say the same, one on each side of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlignedPair {
    /// On side `a`.
    pub a: TextRange,
    /// On side `b`.
    pub b: TextRange,
}

/// A relation between two passages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// How they are related.
    pub kind: LinkKind,
    /// One passage. `a <= b` by (document, start).
    pub a: Span,
    /// The other.
    pub b: Span,
    /// Which came first.
    pub direction: Direction,
    /// Reasons for kind and direction, each a plain sentence with a stable name before a colon.
    pub reasons: Vec<String>,
    /// Figures, dates and negations that agree, in order of `a`.
    pub agreements: Vec<Agreement>,
    /// Where the two disagree.
    pub conflicts: Vec<Conflict>,
    /// Piece by piece, in order of `a`.
    pub aligned: Vec<AlignedPair>,
    /// Strength in thousandths, 0 to 1000, comparable within one kind only.
    pub score: u16,
}

/// Passages that are one account: one person's telling, however often copied or translated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassageOrigin {
    /// Its id.
    pub id: OriginId,
    /// Its passages, in order of document and start. Repeats inside one document are all listed.
    pub spans: Vec<Span>,
    /// The account descends from a text that is not in the vault.
    pub latent: bool,
    /// Why the passages are one: indices into [`Lineage::links`].
    pub links: Vec<usize>,
}

/// Who took what from whom: the result of tracing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lineage {
    /// All links, in order of (a, b, kind).
    pub links: Vec<Link>,
    /// Accounts. Every body byte of every document is in exactly one.
    pub origins: Vec<PassageOrigin>,
    /// Words of two languages that answer each other, learnt from the translations of the case: why
    /// two texts without a common word are one account. In order of languages.
    pub words: Vec<LearntWords>,
}

/// Words of two languages that answer each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearntWords {
    /// One language. `a < b`.
    pub a: Lang,
    /// The other.
    pub b: Lang,
    /// Pairs of sentences they were learnt from.
    pub learnt_from: u32,
    /// The words, the most often met first.
    pub words: Vec<LearntWord>,
}

/// Spellings of a word and of what answers it, in lower case, the most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearntWord {
    /// In one language.
    pub a: Vec<String>,
    /// In the other.
    pub b: Vec<String>,
    /// Pairs of sentences that hold both.
    pub times: u32,
}

impl Lineage {
    /// Learnt words that stand in both of two texts that answer each other, in the spellings of each,
    /// the most often met first.
    pub fn words_in(&self, a: (Lang, &str), b: (Lang, &str)) -> Vec<(String, String)> {
        let (a, b, turned) = if a.0 <= b.0 { (a, b, false) } else { (b, a, true) };
        let Some(learnt) = self.words.iter().find(|words| (words.a, words.b) == (a.0, b.0)) else {
            return Vec::new();
        };
        let split = |text: &str| -> BTreeSet<String> {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.map(str::to_lowercase).collect()
        };
        let (in_a, in_b) = (split(a.1), split(b.1));
        let first = |spellings: &[String], there: &BTreeSet<String>| {
            spellings.iter().find(|word| there.contains(*word)).cloned()
        };
        let both = learnt.words.iter().filter_map(|word| {
            let (a, b) = (first(&word.a, &in_a)?, first(&word.b, &in_b)?);
            Some(if turned { (b, a) } else { (a, b) })
        });
        both.collect()
    }
}
