//! A case that grew text by text is traced as if all had been there from the beginning.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it skipped"
)]

mod common;

use std::collections::BTreeMap;
use std::sync::Mutex;

use common::*;
use kua_generator::{BenchPlan, Random, bench_article};
use kua_lexicon::Lexicons;
use kua_model::*;
use kua_trace::{TraceConfig, trace, trace_with};

/// Remembers in memory; counts what was asked to be kept.
#[derive(Default)]
struct InMemory(Mutex<BTreeMap<String, BTreeMap<Sha256, Vec<u8>>>>);

impl Memo for InMemory {
    fn load(&self, part: &str) -> Remembered {
        let held = self.0.lock().unwrap();
        let mut out = Remembered::default();
        let entries = held.get(part).into_iter().flatten();
        out.add(sheet(entries.map(|(key, value)| (key, value.as_slice()))));
        out
    }

    fn keep(&self, part: &str, used: &[Sha256], fresh: Vec<(Sha256, Vec<u8>)>) {
        let mut held = self.0.lock().unwrap();
        let of_part = held.entry(part.to_owned()).or_default();
        if used.is_empty() {
            of_part.clear();
        }
        of_part.extend(fresh);
    }
}

fn corpus(seed: u64, articles: usize) -> Vec<Document> {
    let plan = BenchPlan { seed, articles, bytes: 700, reuse: 40, traps: 15, ..Default::default() };
    (0..articles)
        .map(|n| {
            let made = bench_article(&plan, n);
            article(&made.name, made.language.code(), &made.text)
        })
        .collect()
}

/// Few documents to a fingerprint, so that common ones are joined through their leaders.
fn configs() -> [TraceConfig; 2] {
    [
        TraceConfig::default(),
        TraceConfig { max_documents_per_fingerprint: 3, ..TraceConfig::default() },
    ]
}

#[test]
fn one_text_more_at_a_time_gives_what_all_at_once_give() {
    let lexicons = Lexicons::embedded();
    for (seed, config) in (1..=2).flat_map(|seed| configs().map(|config| (seed, config))) {
        let mut random = Random::new(seed);
        let mut waiting = corpus(seed, 48);
        // Texts that everybody copies change who leads a group.
        for n in [3, 20] {
            let mut copy = waiting[n].clone();
            for more in 0..3 {
                copy.id = DocumentId::new(ItemId::of(format!("{seed} {n} {more}").as_bytes()), 0);
                waiting.push(copy.clone());
            }
        }
        let memo = InMemory::default();
        let mut there = Vec::new();
        while !waiting.is_empty() {
            let more = if there.is_empty() { 40 } else { 1 + random.below(4) };
            for _ in 0..more.min(waiting.len()) {
                there.push(waiting.swap_remove(random.below(waiting.len())));
            }
            let grown = trace_with(&there, &lexicons, &config, &memo);
            assert_eq!(grown, trace(&there, &lexicons, &config), "{seed}: {}", there.len());
        }
        // A text that goes, and one that comes back.
        let gone = there.remove(7);
        let grown = trace_with(&there, &lexicons, &config, &memo);
        assert_eq!(grown, trace(&there, &lexicons, &config), "{seed}: one gone");
        there.push(gone);
        let grown = trace_with(&there, &lexicons, &config, &memo);
        assert_eq!(grown, trace(&there, &lexicons, &config), "{seed}: one back");
        // Other settings under the same memo.
        let other = TraceConfig { min_characters: 80, ..config };
        let grown = trace_with(&there, &lexicons, &other, &memo);
        assert_eq!(grown, trace(&there, &lexicons, &other), "{seed}: other settings");
    }
}

#[test]
fn a_damaged_memo_costs_time_and_no_result() {
    let lexicons = Lexicons::embedded();
    let config = TraceConfig::default();
    let mut there = corpus(5, 40);
    let last = there.pop().unwrap();
    let whole = InMemory::default();
    trace_with(&there, &lexicons, &config, &whole);
    there.push(last);
    let anew = trace(&there, &lexicons, &config);
    let parts: Vec<String> = whole.0.lock().unwrap().keys().cloned().collect();
    for damaged in &parts {
        for how in 0..3 {
            let memo = InMemory(Mutex::new(whole.0.lock().unwrap().clone()));
            {
                let mut held = memo.0.lock().unwrap();
                let of_part = held.get_mut(damaged).unwrap();
                match how {
                    0 => of_part.clear(),
                    1 => of_part.values_mut().for_each(Vec::clear),
                    _ => of_part.values_mut().for_each(|value| value.truncate(value.len() / 2)),
                }
            }
            assert_eq!(trace_with(&there, &lexicons, &config, &memo), anew, "{damaged} {how}");
        }
    }
}
