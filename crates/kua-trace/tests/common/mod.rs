//! Builds documents from plain text, the simplest way that keeps the laws of a document: one block a
//! line, sentences cut after full stops. Reading real files is another stage's work.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use kua_model::*;
use kua_trace::Scratch;

/// What is set aside, in a temporary file without a name.
pub(crate) struct InFile {
    file: File,
    end: Mutex<u64>,
}

impl InFile {
    pub(crate) fn new() -> Self {
        Self { file: tempfile::tempfile().unwrap(), end: Mutex::new(0) }
    }
}

impl Scratch for InFile {
    fn add(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut end = self.end.lock().unwrap();
        write_at(&self.file, bytes, *end)?;
        let start = *end;
        *end += bytes.len() as u64;
        Ok(start)
    }

    #[cfg(unix)]
    fn read(&self, start: u64, out: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, out, start)
    }

    #[cfg(not(unix))]
    fn read(&self, start: u64, out: &mut [u8]) -> io::Result<()> {
        use std::io::{Read, Seek};
        // The file has one position here.
        let _turn = self.end.lock().unwrap();
        (&self.file).seek(io::SeekFrom::Start(start))?;
        (&self.file).read_exact(out)
    }
}

fn write_at(mut file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    use std::io::{Seek, Write};
    file.seek(io::SeekFrom::Start(start))?;
    file.write_all(bytes)
}

/// A document whose every line is body.
pub(crate) fn document(name: &str, language: &str, text: &str) -> Document {
    with_roles(name, language, text, |_, _| Role::Main)
}

/// A document whose paragraphs, set apart by blank lines, are body: lines may be broken anywhere.
pub(crate) fn article(name: &str, language: &str, text: &str) -> Document {
    let mut out = document(name, language, text);
    out.blocks.clear();
    out.sentences.clear();
    let mut at = 0;
    for paragraph in text.split_inclusive("\n\n") {
        let range = TextRange::new(at, at + paragraph.len());
        let block = out.blocks.len();
        let language = out.language;
        for sentence in sentences_of(paragraph, at) {
            out.sentences.push(Sentence { range: sentence, block, language });
        }
        out.blocks.push(Block { role: Role::Main, range, source: vec![], language, why: vec![] });
        at = range.end;
    }
    out
}

/// A document; `role` tells the role of each line from its number (from 1) and words.
pub(crate) fn with_roles(
    name: &str,
    language: &str,
    text: &str,
    role: impl Fn(usize, &str) -> Role,
) -> Document {
    let item = ItemId::of(format!("{name}\n{text}").as_bytes());
    let language = language.parse().ok();
    let mut blocks: Vec<Block> = Vec::new();
    let mut sentences = Vec::new();
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let range = TextRange::new(at, at + line.len());
        at += line.len();
        if line.trim().is_empty() && !blocks.is_empty() {
            blocks.last_mut().unwrap().range.end = range.end;
            continue;
        }
        let block = blocks.len();
        for sentence in sentences_of(line, range.start) {
            sentences.push(Sentence { range: sentence, block, language });
        }
        let role = role(number + 1, line);
        blocks.push(Block { role, range, source: Vec::new(), language, why: Vec::new() });
    }
    Document {
        id: DocumentId::new(item, 0),
        item,
        path: name.to_owned(),
        text: text.to_owned(),
        blocks,
        sentences,
        language,
        title: None,
        dates: DocumentDates::default(),
        receipt: Receipt {
            reader: "test".to_owned(),
            version: 1,
            charset: "UTF-8".to_owned(),
            charset_how: "valid-utf-8".to_owned(),
            completeness: Completeness::Complete,
            omitted: Vec::new(),
        },
    }
}

/// The same document, published on a day.
pub(crate) fn dated(mut document: Document, day: &str) -> Document {
    document.dates.published = Some(Dated {
        value: day.parse().unwrap(),
        tier: DateTier::Declared,
        how: "test".to_owned(),
        range: None,
        at: None,
    });
    document
}

fn sentences_of(line: &str, offset: usize) -> Vec<TextRange> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut push = |from: usize, to: usize| {
        let words = &line[from..to];
        let lead = words.len() - words.trim_start().len();
        if !words.trim().is_empty() {
            let from = from + lead;
            out.push(TextRange::new(offset + from, offset + from + words.trim().len()));
        }
    };
    let mut characters = line.char_indices().peekable();
    while let Some((at, mark)) = characters.next() {
        if !matches!(mark, '.' | '!' | '?' | '…') {
            continue;
        }
        let mut end = at + mark.len_utf8();
        while let Some(&(next, c)) = characters.peek() {
            if !matches!(c, '.' | '!' | '?' | '"' | '”' | '»' | ')') {
                break;
            }
            end = next + c.len_utf8();
            characters.next();
        }
        let rest = line[end..].trim_start();
        let opens = rest.chars().next().is_some_and(|c| !c.is_lowercase());
        if line[end..].starts_with(char::is_whitespace) && opens {
            push(start, end);
            start = end;
        }
    }
    push(start, line.len());
    out
}

/// The folder of shared material, if this machine has it.
pub(crate) fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("KUA_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    if folder.join("seeds").is_dir() {
        return Some(folder);
    }
    println!("skipped: no shared material at {} (set KUA_SHARED)", folder.display());
    None
}

/// The words at a span, for messages.
pub(crate) fn words(documents: &[Document], span: Span) -> &str {
    let document = documents.iter().find(|d| d.id == span.document).unwrap();
    &document.text[span.range.as_range()]
}

/// Path of the document of a span.
pub(crate) fn path(documents: &[Document], id: DocumentId) -> &str {
    &documents.iter().find(|d| d.id == id).unwrap().path
}

/// One line a link, for messages.
pub(crate) fn show(documents: &[Document], lineage: &Lineage) -> String {
    let mut out = String::new();
    for link in &lineage.links {
        out.push_str(&format!(
            "{:?} {:?} {} {} | {} {} | {} | conflicts {:?} | {:?}\n",
            link.kind,
            link.direction,
            path(documents, link.a.document),
            link.a.range,
            path(documents, link.b.document),
            link.b.range,
            link.score,
            link.conflicts
                .iter()
                .map(|c| (
                    c.kind.as_str(),
                    c.a.map(|r| words(documents, Span::new(link.a.document, r))),
                    c.b.map(|r| words(documents, Span::new(link.b.document, r)))
                ))
                .collect::<Vec<_>>(),
            link.reasons,
        ));
    }
    out
}

/// The origin that holds most of a document's text from byte `at` on.
pub(crate) fn origin_at(lineage: &Lineage, document: &Document, at: usize) -> OriginId {
    let mut found = lineage.origins.iter().filter(|o| {
        o.spans.iter().any(|s| s.document == document.id && s.range.start <= at && at < s.range.end)
    });
    let origin =
        found.next().unwrap_or_else(|| panic!("byte {at} of {} is in no origin", document.path));
    assert!(found.next().is_none(), "byte {at} of {} is in two origins", document.path);
    origin.id
}

/// Every body byte of every document is in exactly one origin, and no other byte is in any.
pub(crate) fn assert_tiled(documents: &[Document], lineage: &Lineage) {
    for document in documents {
        let mut spans: Vec<TextRange> = lineage
            .origins
            .iter()
            .flat_map(|o| o.spans.iter().filter(|s| s.document == document.id).map(|s| s.range))
            .collect();
        spans.sort_unstable();
        let mut body: Vec<TextRange> = Vec::new();
        for block in document.blocks.iter().filter(|b| b.role.is_body()) {
            match body.last_mut() {
                Some(last) if last.end == block.range.start => last.end = block.range.end,
                _ => body.push(block.range),
            }
        }
        let mut joined: Vec<TextRange> = Vec::new();
        for span in spans {
            assert!(
                !span.is_empty() && span.of(&document.text).is_some(),
                "{} {span}",
                document.path
            );
            match joined.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                Some(last) => {
                    assert!(last.end < span.start, "{}: {last} and {span} overlap", document.path);
                    joined.push(span);
                }
                None => joined.push(span),
            }
        }
        // Adjacent body ranges may be joined over; compare byte sets.
        let bytes = |ranges: &[TextRange]| -> usize { ranges.iter().map(|r| r.len()).sum() };
        assert_eq!(bytes(&joined), bytes(&body), "{}", document.path);
        for span in &joined {
            assert!(body.iter().any(|b| b.contains(*span)), "{} {span} is not body", document.path);
        }
    }
}
