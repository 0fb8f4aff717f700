//! A document from plain text, without the reader: one block a line, one sentence a full stop.

use kua_model::{
    Block, Completeness, Document, DocumentDates, DocumentId, ItemId, Lang, Receipt, Role,
    Sentence, TextRange,
};

/// `text` in `lang`, undated.
#[must_use]
pub fn document(text: &str, lang: Lang) -> Document {
    let item = ItemId::of(text.as_bytes());
    let mut blocks = Vec::new();
    let mut sentences = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = TextRange::new(at, at + line.len());
        at = range.end;
        let index = blocks.len();
        let language = Some(lang);
        let (source, why) = (Vec::new(), Vec::new());
        blocks.push(Block { role: Role::Main, range, source, language, why });
        let mut start = range.start;
        for piece in line.split_inclusive(". ") {
            let lead = piece.len() - piece.trim_start().len();
            let words = TextRange::new(start + lead, start + lead + piece.trim().len());
            start += piece.len();
            if !words.is_empty() {
                sentences.push(Sentence { range: words, block: index, language });
            }
        }
    }
    Document {
        id: DocumentId::new(item, 0),
        item,
        path: "made-up.txt".to_owned(),
        text: text.to_owned(),
        blocks,
        sentences,
        language: Some(lang),
        title: None,
        dates: DocumentDates::default(),
        receipt: Receipt {
            reader: "properties".to_owned(),
            version: 0,
            charset: "utf-8".to_owned(),
            charset_how: "made-up".to_owned(),
            completeness: Completeness::Complete,
            omitted: Vec::new(),
        },
    }
}
