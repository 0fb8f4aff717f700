//! How long tracing takes and how much memory, by size: traces the bench corpus once and prints one
//! table, step by step. Give each size a process of its own, or the peak is that of the largest.
//!
//! `cargo run --release -p kua-trace --example size -- ARTICLES [one|all] [MORE] [BYTES] [aside]`
//!
//! `one` leaves translations out; `all` (the default) looks for them. With MORE, a case of that many
//! articles less is traced first and remembered, then each is added in a build of its own, and one
//! table is printed for each of these builds. With BYTES, articles are of about so many on average:
//! whole paragraphs at their ends are cut off. With 0, they are as the corpus makes them (2.07 kB).
//! With `aside` the articles are on disk, and what is compared of them is set aside there, too.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints what it measured; it builds its documents as the tests do"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::Mutex;
use std::time::Instant;

use kua_generator::{BenchPlan, bench_article};
use kua_lexicon::Lexicons;
use kua_model::{Document, Lineage, Memo, Remembered, Sha256, sheet};
use kua_trace::{Shelf, TraceConfig, trace_aside, trace_in_steps};

#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let articles = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let translations = arguments.next().as_deref() != Some("one");
    let more: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let bytes = arguments.next().and_then(|n| n.parse().ok()).filter(|&bytes| bytes > 0);
    let is_aside = arguments.next().as_deref() == Some("aside");
    let plan = BenchPlan { articles, ..BenchPlan::default() };
    let mut made_so_far = 0;
    let documents = (0..articles).map(|n| {
        let made = bench_article(&plan, n);
        let most =
            bytes.map_or(usize::MAX, |bytes: usize| (bytes * (n + 1)).saturating_sub(made_so_far));
        let text = whole_paragraphs(&made.text, most);
        made_so_far += text.len();
        let mut document = common::article(&made.name, made.language.code(), text);
        document.blocks.shrink_to_fit();
        document.sentences.shrink_to_fit();
        document
    });
    let config = TraceConfig { translations, ..TraceConfig::default() };
    let lexicons = Lexicons::embedded();
    let say = |bytes: usize| {
        println!(
            "{articles} articles, {:.1} MB of text, {:.0} MB of memory before tracing",
            mega(bytes),
            memory().0
        );
    };
    if is_aside {
        let shelf = OnDisk::of(documents);
        say(made_so_far);
        measured(made_so_far, |begins| {
            let scratch = common::InFile::new();
            trace_aside(&shelf, &scratch, &lexicons, &config, None, begins).unwrap().value
        });
        return;
    }
    let documents: Vec<Document> = documents.collect();
    say(made_so_far);
    let memo = InMemory::default();
    let kept = (more > 0).then_some(&memo as &dyn Memo);
    for size in articles - more..=articles {
        let documents = &documents[..size];
        let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
        measured(bytes, |begins| trace_in_steps(documents, &lexicons, &config, kept, begins).value);
    }
}

/// Documents one after the other in a file.
struct OnDisk {
    file: Mutex<File>,
    places: Vec<(u64, usize)>,
}

impl OnDisk {
    fn of(documents: impl Iterator<Item = Document>) -> Self {
        let mut file = BufWriter::new(tempfile::tempfile().unwrap());
        let (mut places, mut end) = (Vec::new(), 0);
        for document in documents {
            let bytes = postcard::to_allocvec(&document).unwrap();
            file.write_all(&bytes).unwrap();
            places.push((end, bytes.len()));
            end += bytes.len() as u64;
        }
        Self { file: Mutex::new(file.into_inner().unwrap()), places }
    }
}

impl Shelf for OnDisk {
    fn count(&self) -> usize {
        self.places.len()
    }

    fn document(&self, n: usize) -> std::io::Result<Document> {
        let (at, length) = self.places[n];
        let mut bytes = vec![0; length];
        let mut file = self.file.lock().unwrap();
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut bytes)?;
        drop(file);
        postcard::from_bytes(&bytes).map_err(std::io::Error::other)
    }
}

/// The title, the day, one paragraph, and as many more as fit into so many bytes.
fn whole_paragraphs(text: &str, most: usize) -> &str {
    let mut end = 0;
    for (n, paragraph) in text.split_inclusive("\n\n").enumerate() {
        if n > 2 && end + paragraph.len() > most {
            break;
        }
        end += paragraph.len();
    }
    &text[..end]
}

/// Traces so many bytes of text and prints what each step took.
fn measured(bytes: usize, trace: impl FnOnce(&(dyn Fn(&'static str) + Sync)) -> Lineage) {
    let steps: Mutex<Vec<Step>> = Mutex::default();
    let begins = |name| {
        if let Ok(mut steps) = steps.lock() {
            steps.push(Step::now(name));
        }
    };
    let lineage = trace(&begins);
    begins("end");
    let steps = steps.into_inner().unwrap_or_default();
    println!("{:13} {:>8} {:>8} {:>8} {:>9}", "step", "s", "CPU s", "MB/CPU s", "peak MB");
    let (held, _) = memory();
    let mut rows: Vec<(&str, f64, f64, f64)> = Vec::new();
    for pair in steps.windows(2) {
        let seconds = pair[1].at.duration_since(pair[0].at).as_secs_f64();
        let cpu = pair[1].cpu - pair[0].cpu;
        // Some steps are taken in turns, for some of the texts at a time.
        match rows.iter_mut().find(|row| row.0 == pair[0].name) {
            Some(row) => *row = (row.0, row.1 + seconds, row.2 + cpu, pair[1].peak),
            None => rows.push((pair[0].name, seconds, cpu, pair[1].peak)),
        }
    }
    let all = rows.iter().fold(("all", 0.0, 0.0, 0.0), |all: (_, f64, f64, f64), row| {
        (all.0, all.1 + row.1, all.2 + row.2, all.3.max(row.3))
    });
    for (name, seconds, cpu, peak) in rows.into_iter().chain([all]) {
        let speed = mega(bytes) / cpu.max(0.01);
        println!("{name:13} {seconds:8.2} {cpu:8.2} {speed:8.1} {peak:9.0}");
    }
    // The same for the same result: shows whether a change of speed changed anything else.
    let digest = Sha256::of(&postcard::to_allocvec(&lineage).unwrap_or_default());
    println!(
        "{} links, {} accounts, {held:.0} MB held after it",
        lineage.links.len(),
        lineage.origins.len()
    );
    println!("{digest}");
}

/// Remembers in memory, in sheets as a case does on disk.
#[derive(Default)]
struct InMemory(Mutex<BTreeMap<String, Vec<Vec<u8>>>>);

impl Memo for InMemory {
    fn load(&self, part: &str) -> Remembered {
        let mut out = Remembered::default();
        for held in self.0.lock().unwrap().get(part).into_iter().flatten() {
            out.add(held.clone());
        }
        out
    }

    fn keep(&self, part: &str, used: &[Sha256], fresh: Vec<(Sha256, Vec<u8>)>) {
        let mut all = self.0.lock().unwrap();
        let held = all.entry(part.to_owned()).or_default();
        if used.is_empty() {
            held.clear();
        }
        held.push(sheet(fresh.iter().map(|(key, value)| (key, value.as_slice()))));
    }
}

/// The moment a step begins.
struct Step {
    name: &'static str,
    at: Instant,
    cpu: f64,
    peak: f64,
}

impl Step {
    fn now(name: &'static str) -> Self {
        Self { name, at: Instant::now(), cpu: cpu(), peak: memory().1 }
    }
}

#[allow(clippy::cast_precision_loss, reason = "for printing")]
fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Seconds of CPU of this process, on Linux; elsewhere 0.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Memory in use and at its peak, in MB, on Linux; elsewhere 0.
fn memory() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let kilo = line.split_whitespace().next().and_then(|n| n.parse::<f64>().ok());
        kilo.unwrap_or(0.0) * 1024.0 / 1e6
    };
    (of("VmRSS:"), of("VmHWM:"))
}
