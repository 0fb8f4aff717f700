//! What the tests of this crate share: reading text, the laws of a document, the shared folder.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use std::path::PathBuf;
use std::sync::OnceLock;

use kua_lexicon::Lexicons;
use kua_model::{Document, Item, ItemId, Noted, Role};
use kua_read::{ReadConfig, decode_source, read};

/// The lexicons of the repository.
pub(crate) fn lexicons() -> &'static Lexicons {
    static LEXICONS: OnceLock<Lexicons> = OnceLock::new();
    LEXICONS.get_or_init(Lexicons::embedded)
}

/// An item of these bytes, acquired on 1 January 2026.
pub(crate) fn item(path: &str, bytes: &[u8]) -> Item {
    Item {
        id: ItemId::of(bytes),
        path: path.to_owned(),
        size: bytes.len() as u64,
        acquired_at: "2026-01-01T00:00:00Z".to_owned(),
        acquired_on: "2026-01-01".parse().unwrap(),
        log: String::new(),
        log_index: 0,
    }
}

/// Reads bytes and holds the document to its laws.
pub(crate) fn read_bytes(path: &str, bytes: &[u8]) -> Noted<Document> {
    let item = item(path, bytes);
    let mut noted = read(&item, bytes, lexicons(), &ReadConfig::default());
    assert_eq!(noted.value.len(), 1);
    let document = noted.value.pop().unwrap();
    laws(&document, bytes);
    Noted { value: document, notices: noted.notices }
}

/// Reads plain text.
pub(crate) fn plain_document(text: &str) -> Document {
    read_bytes("note.txt", text.as_bytes()).value
}

/// Roles and trimmed text of all blocks.
pub(crate) fn blocks(document: &Document) -> Vec<(Role, &str)> {
    document
        .blocks
        .iter()
        .map(|block| (block.role, block.range.of(&document.text).unwrap().trim()))
        .collect()
}

/// The laws of a document (see `kua_model::Document`).
pub(crate) fn laws(document: &Document, bytes: &[u8]) {
    let mut at = 0;
    let mut source_end = 0;
    for block in &document.blocks {
        assert_eq!(block.range.start, at, "blocks tile the text");
        assert!(block.range.of(&document.text).is_some(), "a block holds whole characters");
        at = block.range.end;
        let mut text_end = block.range.start;
        for source in &block.source {
            assert!(block.range.contains(source.text));
            let between = &document.text[text_end..source.text.start];
            assert!(
                between.chars().all(char::is_whitespace),
                "only breaks lack a source: {between:?}"
            );
            text_end = source.text.end;
            let kua_model::Locator::Bytes { start, end } = source.at else {
                panic!("bytes expected")
            };
            assert!(start >= source_end && end >= start, "source ranges never overlap");
            source_end = end;
            let words = source.text.of(&document.text).unwrap();
            let folded = decode_source(bytes, &document.receipt, source, false).unwrap();
            let kept = decode_source(bytes, &document.receipt, source, true).unwrap();
            assert!(
                words == folded || words == kept,
                "{words:?} is not what its source reads as, {folded:?}"
            );
        }
        let rest = &document.text[text_end..block.range.end];
        assert!(rest.chars().all(char::is_whitespace), "only breaks lack a source: {rest:?}");
    }
    assert_eq!(at, document.text.len(), "blocks tile the text");
    let mut at = 0;
    for sentence in &document.sentences {
        let words = sentence.range.of(&document.text).expect("a sentence holds whole characters");
        assert!(sentence.range.start >= at, "sentences never overlap");
        assert_eq!(words, words.trim());
        assert!(!words.is_empty());
        assert!(document.blocks[sentence.block].range.contains(sentence.range));
        let between = &document.text[at..sentence.range.start];
        assert!(
            between.chars().all(char::is_whitespace),
            "every word is in a sentence: {between:?}"
        );
        at = sentence.range.end;
    }
    assert!(document.text[at..].chars().all(char::is_whitespace), "every word is in a sentence");
    if let Some(title) = document.title {
        assert!(title.of(&document.text).is_some());
    }
    for dated in &document.dates.candidates {
        assert!(dated.range.is_none_or(|range| range.of(&document.text).is_some()));
    }
}

/// A folder of the shared data, or `None` with a printed line if it is not on this machine.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KUA_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not on this machine (set KUA_SHARED)", folder.display());
    None
}
