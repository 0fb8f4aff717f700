//! Scores what was read off each document: language, title, date.

use std::fmt;
use std::path::Path;

use kua_case::Chronicle;

use crate::{by_name, records, text};

/// Documents of the truth, and what differs.
#[derive(Debug, Clone, Default)]
pub struct DocumentScore {
    /// Documents of the truth.
    pub documents: usize,
    /// What differs, a line each.
    pub wrong: Vec<String>,
}

/// Scores the documents of `chronicle` against `documents.jsonl`.
pub fn score_documents(chronicle: &Chronicle, truth: &Path) -> DocumentScore {
    let documents = by_name(chronicle);
    let mut score = DocumentScore::default();
    for record in records(truth, "documents.jsonl") {
        score.documents += 1;
        let item = text(&record, "item");
        let Some(document) = documents.get(item) else {
            score.wrong.push(format!("{item}: not read"));
            continue;
        };
        let mut compare = |what: &str, expected: &str, found: &str| {
            if !expected.is_empty() && expected != found {
                score.wrong.push(format!("{item}: {what}: expected {expected}, found {found}"));
            }
        };
        let language = document.language.map(|lang| lang.to_string()).unwrap_or_default();
        compare("language", text(&record, "language"), &language);
        compare("title", text(&record, "title"), document.title());
        let published = document.dates.published.as_ref().map(|date| date.value.to_string());
        let expected = match text(&record, "reader_date") {
            "" => text(&record, "published"),
            date => date,
        };
        compare("published", expected, &published.unwrap_or_default());
    }
    score
}

impl fmt::Display for DocumentScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "documents: {}, differences: {}", self.documents, self.wrong.len())?;
        self.wrong.iter().try_for_each(|line| writeln!(f, "    {line}"))
    }
}
