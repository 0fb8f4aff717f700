//! Takes a single file apart and checks it against itself: nothing damaged, every quote shown is
//! the quote recorded and stands in the text shown. Leaves alone: signature and inclusion, which
//! need the vault's crate; what it returns is all they need. Format: `docs/formats/single-file.md`.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{ClaimId, DocumentId, Sha256, VouchedLog};
use serde::{Deserialize, Serialize};

/// Name and version of the format.
pub const FORMAT: &str = "kua-single-file/1";

pub(crate) const PROOFS_OPEN: &str = "<pre id=\"kua-proofs\" tabindex=\"0\">";
pub(crate) const SIGNATURE_OPEN: &str = "<pre id=\"kua-signature\" tabindex=\"0\">";
pub(crate) const CLOSE: &str = "</pre>";

/// What a single file says of itself: the contents of its `kua-proofs` block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SingleFileEvidence {
    /// [`FORMAT`].
    pub format: String,
    /// Title of the case.
    pub case: String,
    /// SHA-256 of the file without the contents of its two blocks.
    pub page_sha256: Sha256,
    /// The log's verifier key (C2SP vkey); empty if the case was built without its log.
    pub vkey: String,
    /// The signed checkpoint, verbatim; empty if there is none.
    pub checkpoint: String,
    /// Further logs that items stand in: earlier epochs, and those of other collectors, each
    /// vouched for by the log of `vkey` or one before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<VouchedLog>,
    /// Every preserved file.
    pub items: Vec<ItemEvidence>,
    /// Every text shown.
    pub documents: Vec<DocumentEvidence>,
    /// Every statement shown.
    pub statements: Vec<StatementEvidence>,
    /// C2SP signed note over [`signed_text`](Self::signed_text), if the file was signed.
    #[serde(skip)]
    pub signature: Option<String>,
    /// The text such a note must hold: it binds the block, and the block binds the page.
    #[serde(skip)]
    pub signed_text: String,
}

/// What shows that a preserved file is in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemEvidence {
    /// Path as it was added, names withheld by decision masked.
    pub path: String,
    /// Name of its log; empty if that is the log of `vkey`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
    /// Position in that log, from 0.
    pub log_index: u64,
    /// SHA-256 of its bytes; `None` if a withheld name stands in it, since the digest would let
    /// anyone try names.
    pub sha256: Option<Sha256>,
    /// Length in bytes; `None` in the same case.
    pub size: Option<u64>,
    /// The log entry, byte for byte; `None` in the same case, or if the case has no log.
    pub entry: Option<String>,
    /// `c2sp.org/tlog-proof@v1` text; `None` in the same cases.
    pub proof: Option<String>,
}

/// A text shown in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEvidence {
    /// Its id.
    pub id: DocumentId,
    /// Name of the log of the file it was read from; empty if that is the log of `vkey`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
    /// Position of that file in its log.
    pub log_index: u64,
    /// SHA-256 of the text shown, UTF-8.
    pub text_sha256: Sha256,
    /// Length of the text shown, in bytes.
    pub bytes: usize,
    /// Names in it are withheld, so the text shown is not all of the text read.
    pub masked: bool,
}

/// A statement and its exact words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementEvidence {
    /// Its id.
    pub id: ClaimId,
    /// Where its words stand.
    pub document: DocumentId,
    /// First byte of the words in the text shown.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// The words.
    pub exact: String,
}

/// A single file that does not agree with itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SingleFileError {
    /// No proofs inside.
    #[error(
        "this is no complete kua file: expected one block of proofs and one of signatures, found {found}. It may have been cut short or saved by another program; ask for the original file"
    )]
    NoProofs {
        /// How many markers were found.
        found: String,
    },
    /// The block cannot be read.
    #[error(
        "the block of proofs cannot be read ({reason}): the file was changed after it was written; ask for the original file"
    )]
    BadProofs {
        /// What the JSON reader said.
        reason: String,
    },
    /// A newer or other format.
    #[error("expected a file of format {FORMAT}, found {found:?}: check it with a newer kua")]
    UnknownFormat {
        /// What the file calls itself.
        found: String,
    },
    /// The page is not the one the proofs speak of.
    #[error(
        "the page does not match its proofs (expected SHA-256 {expected}, found {found}): it was changed after it was written; ask for the original file"
    )]
    PageChanged {
        /// Recorded.
        expected: Sha256,
        /// Of the page as it is.
        found: Sha256,
    },
    /// kua never writes a script.
    #[error("the file holds a script, which kua never writes: do not open it in a browser")]
    Script,
    /// A quote is marked up in a way kua does not write.
    #[error("the page cannot be taken apart at byte {at}: it was changed after it was written")]
    Malformed {
        /// Byte of the file.
        at: usize,
    },
    /// A quote is shown that is not recorded.
    #[error("the page shows a quote of statement {id:?}, which its proofs do not know")]
    UnknownQuote {
        /// As the page has it.
        id: String,
    },
    /// A quote shown differs from the words recorded.
    #[error("statement {id} is shown as {shown:?}, but its recorded words are {recorded:?}")]
    QuoteDiffers {
        /// The statement.
        id: ClaimId,
        /// On the page, its first 120 characters.
        shown: String,
        /// In the proofs, likewise.
        recorded: String,
    },
    /// A recorded quote is nowhere shown in full.
    #[error("statement {id} is recorded but nowhere shown: something was cut from the page")]
    QuoteMissing {
        /// The statement.
        id: ClaimId,
    },
    /// The text shown is not the text recorded.
    #[error("the text of document {id} is not the one recorded: it was changed or cut")]
    TextDiffers {
        /// The document.
        id: String,
    },
    /// Words that do not stand where they should.
    #[error(
        "the words of statement {id} do not stand at the place recorded in document {document}"
    )]
    QuoteNotInText {
        /// The statement.
        id: ClaimId,
        /// The document.
        document: DocumentId,
    },
    /// A text without its file.
    #[error("document {id} cites log entry {log_index}, for which the file brings no evidence")]
    NoItem {
        /// The document.
        id: DocumentId,
        /// The entry.
        log_index: u64,
    },
}

/// Takes a single file apart and checks that it agrees with itself. What it returns still has to
/// be checked against the log: signature of the checkpoint, inclusion of each entry, the digest
/// each entry names. Time linear in the length of the file, whatever it holds.
pub fn read_single_file(html: &str) -> Result<SingleFileEvidence, SingleFileError> {
    let file = Parts::of(html)?;
    let mut evidence: SingleFileEvidence = serde_json::from_str(file.proofs)
        .map_err(|error| SingleFileError::BadProofs { reason: error.to_string() })?;
    if evidence.format != FORMAT {
        return Err(SingleFileError::UnknownFormat { found: evidence.format });
    }
    let found = page_digest(file.before, file.between, file.after);
    if found != evidence.page_sha256 {
        return Err(SingleFileError::PageChanged { expected: evidence.page_sha256, found });
    }
    let mut shown = Shown::default();
    let mut offset = 0;
    for part in [file.before, file.between, file.after] {
        shown.read(part, offset)?;
        offset += part.len();
    }
    check(&evidence, &shown)?;
    evidence.signed_text = signed_text(file.proofs);
    let signature = unescape(file.signature);
    evidence.signature = (!signature.trim().is_empty()).then_some(signature);
    Ok(evidence)
}

/// SHA-256 of the file without the contents of its blocks.
pub(crate) fn page_digest(before: &str, between: &str, after: &str) -> Sha256 {
    Sha256::of([before, between, after].concat().as_bytes())
}

/// What the log's key signs: three lines that bind the block of proofs byte for byte.
pub(crate) fn signed_text(proofs: &str) -> String {
    format!("kua single file\nversion 1\n{}\n", Sha256::of(proofs.as_bytes()))
}

struct Parts<'h> {
    before: &'h str,
    proofs: &'h str,
    between: &'h str,
    signature: &'h str,
    after: &'h str,
}

impl<'h> Parts<'h> {
    fn of(html: &'h str) -> Result<Self, SingleFileError> {
        let counts = [PROOFS_OPEN, SIGNATURE_OPEN].map(|marker| html.matches(marker).count());
        let fail =
            || SingleFileError::NoProofs { found: format!("{} and {}", counts[0], counts[1]) };
        if counts != [1, 1] {
            return Err(fail());
        }
        let proofs_at = html.find(PROOFS_OPEN).ok_or_else(fail)? + PROOFS_OPEN.len();
        let (before, rest) = html.split_at_checked(proofs_at).ok_or_else(fail)?;
        let (proofs, rest) =
            rest.split_at_checked(rest.find(CLOSE).ok_or_else(fail)?).ok_or_else(fail)?;
        let signature_at = rest.find(SIGNATURE_OPEN).ok_or_else(fail)? + SIGNATURE_OPEN.len();
        let (between, rest) = rest.split_at_checked(signature_at).ok_or_else(fail)?;
        let (signature, after) =
            rest.split_at_checked(rest.find(CLOSE).ok_or_else(fail)?).ok_or_else(fail)?;
        Ok(Self { before, proofs, between, signature, after })
    }
}

/// Quotes and texts as the page shows them.
#[derive(Default)]
struct Shown {
    quotes: BTreeSet<(String, String)>,
    starts: BTreeSet<(String, String)>,
    texts: BTreeMap<String, String>,
}

impl Shown {
    fn read(&mut self, html: &str, offset: usize) -> Result<(), SingleFileError> {
        let mut at = 0;
        while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
            let start = at + found;
            let malformed = || SingleFileError::Malformed { at: offset + start };
            let tag = Tag::at(html, start).ok_or_else(malformed)?;
            at = tag.end;
            if tag.name.eq_ignore_ascii_case("script") {
                return Err(SingleFileError::Script);
            }
            let kind = ["data-quote", "data-quote-start", "data-text"]
                .into_iter()
                .find_map(|key| tag.attribute(key).map(|id| (key, unescape(id))));
            let Some((kind, id)) = kind else { continue };
            let (text, end) = contents(html, &tag).ok_or_else(malformed)?;
            at = end;
            match kind {
                "data-quote" => drop(self.quotes.insert((id, text))),
                "data-quote-start" => drop(self.starts.insert((id, text))),
                _ => self.texts.entry(id).or_default().push_str(&text),
            }
        }
        Ok(())
    }
}

/// Text inside an element, and where its closing tag ends.
fn contents(html: &str, open: &Tag<'_>) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut at = open.end;
    let mut depth = 1usize;
    loop {
        let start = at + html.get(at..)?.find('<')?;
        text.push_str(&unescape(html.get(at..start)?));
        let tag = Tag::at(html, start)?;
        // One checked element never stands in another.
        if tag.attribute("data-quote").or(tag.attribute("data-text")).is_some()
            || tag.name == "script"
        {
            return None;
        }
        at = tag.end;
        if tag.name == open.name {
            depth = if tag.closing { depth - 1 } else { depth + 1 };
            if depth == 0 {
                return Some((text, at));
            }
        }
    }
}

struct Tag<'h> {
    name: &'h str,
    closing: bool,
    attributes: &'h str,
    end: usize,
}

impl<'h> Tag<'h> {
    /// The tag at `start`, where a `<` stands.
    fn at(html: &'h str, start: usize) -> Option<Self> {
        let bytes = html.as_bytes();
        let mut quoted = false;
        let mut end = start + 1;
        loop {
            match bytes.get(end)? {
                b'"' => quoted = !quoted,
                b'>' if !quoted => break,
                _ => {}
            }
            end += 1;
        }
        let inside = html.get(start + 1..end)?;
        let (closing, inside) =
            inside.strip_prefix('/').map_or((false, inside), |rest| (true, rest));
        let name_end = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at_checked(name_end)?;
        Some(Self { name, closing, attributes, end: end + 1 })
    }

    /// Value of an attribute, as kua writes them: ` key="value"`.
    fn attribute(&self, key: &str) -> Option<&'h str> {
        let mut rest = self.attributes;
        loop {
            let (name, after) = rest.split_once("=\"")?;
            let (value, next) = after.split_once('"')?;
            if name.trim().rsplit(' ').next() == Some(key) {
                return Some(value);
            }
            rest = next;
        }
    }
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#13;", "\r")
        .replace("&amp;", "&")
}

fn check(evidence: &SingleFileEvidence, shown: &Shown) -> Result<(), SingleFileError> {
    let recorded = evidence
        .statements
        .iter()
        .map(|statement| (statement.id.to_string(), statement))
        .collect::<BTreeMap<_, _>>();
    let find = |id: &str| {
        recorded.get(id).ok_or_else(|| SingleFileError::UnknownQuote { id: id.to_owned() })
    };
    let differs = |statement: &StatementEvidence, shown: &str| SingleFileError::QuoteDiffers {
        id: statement.id,
        shown: shown.chars().take(120).collect(),
        recorded: statement.exact.chars().take(120).collect(),
    };
    let mut seen = BTreeSet::new();
    for (id, text) in &shown.quotes {
        let statement = find(id)?;
        if *text != statement.exact {
            return Err(differs(statement, text));
        }
        seen.insert(statement.id);
    }
    for (id, text) in &shown.starts {
        let statement = find(id)?;
        if !statement.exact.starts_with(text.as_str()) {
            return Err(differs(statement, text));
        }
    }
    let known =
        evidence.items.iter().map(|item| (&item.log, item.log_index)).collect::<BTreeSet<_>>();
    let mut texts = BTreeMap::new();
    for document in &evidence.documents {
        let id = document.id.to_string();
        let text = shown.texts.get(&id).map_or("", String::as_str);
        if text.len() != document.bytes || Sha256::of(text.as_bytes()) != document.text_sha256 {
            return Err(SingleFileError::TextDiffers { id });
        }
        if !known.contains(&(&document.log, document.log_index)) {
            return Err(SingleFileError::NoItem { id: document.id, log_index: document.log_index });
        }
        texts.insert(document.id, text);
    }
    let ids = texts.keys().map(ToString::to_string).collect::<BTreeSet<_>>();
    if let Some(id) = shown.texts.keys().find(|id| !ids.contains(*id)) {
        return Err(SingleFileError::TextDiffers { id: id.clone() });
    }
    for statement in &evidence.statements {
        let text = texts
            .get(&statement.document)
            .and_then(|text| text.get(statement.start..statement.end));
        if text != Some(statement.exact.as_str()) {
            return Err(SingleFileError::QuoteNotInText {
                id: statement.id,
                document: statement.document,
            });
        }
        if !seen.contains(&statement.id) {
            return Err(SingleFileError::QuoteMissing { id: statement.id });
        }
    }
    Ok(())
}
