//! Texts that are set aside on disk give the lineage that texts in memory give, byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints what it measured"
)]

mod common;

use std::io;

use common::*;
use kua_generator::{BenchPlan, bench_article};
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{Shelf, TraceConfig, trace, trace_aside};

/// Documents read from where they are kept, one of which may be unreadable.
struct Files {
    documents: Vec<Document>,
    broken: Option<usize>,
}

impl Shelf for Files {
    fn count(&self) -> usize {
        self.documents.len()
    }

    fn document(&self, n: usize) -> io::Result<Document> {
        if self.broken == Some(n) {
            return Err(io::Error::other("the disk is gone"));
        }
        Ok(self.documents[n].clone())
    }
}

fn corpus(seed: u64, articles: usize) -> Vec<Document> {
    let plan = BenchPlan { seed, articles, ..BenchPlan::default() };
    let made = (0..articles).map(|n| bench_article(&plan, n));
    made.map(|made| article(&made.name, made.language.code(), &made.text)).collect()
}

fn aside(shelf: &Files, config: &TraceConfig) -> io::Result<Noted<Lineage>> {
    let scratch = InFile::new();
    trace_aside(shelf, &scratch, &Lexicons::embedded(), config, None, &|_| {})
}

#[test]
fn what_is_set_aside_gives_what_memory_gives() {
    let mut documents = corpus(3, 400);
    // In any order, some twice, with blocks that are not body, dates, and texts of no language.
    documents.extend(corpus(3, 20));
    documents.rotate_left(37);
    documents.push(with_roles(
        "menu.txt",
        "en",
        "Home\nNews and more of it\nA body line.\n",
        |n, _| {
            if n < 3 { Role::Nav } else { Role::Main }
        },
    ));
    documents.push(dated(
        document("day.txt", "fr", "Deux morts à Orvane, dit la mairie."),
        "2031-04-02",
    ));
    documents.push(document("none.txt", "xx", "Ω 42 § 17"));
    documents.push(document("empty.txt", "en", ""));
    let lexicons = Lexicons::embedded();
    for translations in [true, false] {
        let config = TraceConfig { translations, ..TraceConfig::default() };
        let inside = trace(&documents, &lexicons, &config);
        let shelf = Files { documents: documents.clone(), broken: None };
        let outside = aside(&shelf, &config).unwrap();
        assert!(inside.value.links.len() > 100, "{}", inside.value.links.len());
        assert_eq!(inside.value, outside.value);
        assert_eq!(inside.notices, outside.notices);
    }
}

#[test]
fn a_text_that_cannot_be_read_is_an_error_and_no_lineage() {
    let shelf = Files { documents: corpus(5, 30), broken: Some(17) };
    let error = aside(&shelf, &TraceConfig::default()).unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
}
