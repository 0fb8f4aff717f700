//! Scores links and accounts. A link of the truth is found if a link of its kind covers half of
//! both passages. Accounts are scored by pairs: two passages of one account must come out as one,
//! two of different accounts as two.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use kua_case::{Chronicle, Document, Link, OriginId, Span, TextRange};
use serde_json::Value;

use crate::{by_name, records, text};

/// How well links and accounts were found.
#[derive(Debug, Clone, Default)]
pub struct LineageScore {
    /// Links of the truth that must be found.
    pub links: usize,
    /// Those that were not, a line each.
    pub missed: Vec<String>,
    /// Pairs that were called what they must never be called.
    pub forbidden: Vec<String>,
    /// Pairs of passages of one account in the truth.
    pub pairs: usize,
    /// Those that came out apart.
    pub parted: Vec<String>,
    /// Pairs of passages of different accounts that came out as one.
    pub merged: Vec<String>,
}

/// Scores against `links.jsonl` and `origins.jsonl`.
pub fn score_lineage(chronicle: &Chronicle, truth: &Path) -> LineageScore {
    let documents = by_name(chronicle);
    let mut score = LineageScore::default();
    for record in records(truth, "links.jsonl") {
        if text(&record, "level") == "claim" {
            continue;
        }
        let (Some(a), Some(b)) = (span(&documents, &record["a"]), span(&documents, &record["b"]))
        else {
            continue;
        };
        let kind = text(&record, "kind");
        let between: Vec<&Link> = chronicle
            .lineage
            .links
            .iter()
            .filter(|link| {
                (covers(link.a, a) && covers(link.b, b)) || (covers(link.a, b) && covers(link.b, a))
            })
            .collect();
        let name = |link: &Link| serde_json::to_value(link.kind).unwrap();
        let label = || format!("{kind} {} – {}", record["a"]["item"], record["b"]["item"]);
        for never in record["never"].as_array().into_iter().flatten() {
            if between.iter().any(|link| name(link) == *never) {
                score.forbidden.push(format!("{} called {never}", label()));
            }
        }
        if record["optional"].as_bool() == Some(true) {
            continue;
        }
        score.links += 1;
        if !between.iter().any(|link| name(link) == kind) {
            let instead: Vec<String> = between.iter().map(|link| name(link).to_string()).collect();
            score.missed.push(format!(
                "{} {:?}–{:?}, found {}",
                label(),
                a.range,
                b.range,
                instead.join(" ")
            ));
        }
    }
    score_accounts(chronicle, &documents, &records(truth, "origins.jsonl"), &mut score);
    score
}

fn score_accounts(
    chronicle: &Chronicle,
    documents: &BTreeMap<&str, &Document>,
    origins: &[Value],
    score: &mut LineageScore,
) {
    let mut passages: Vec<(usize, Span, Option<OriginId>)> = Vec::new();
    for (number, origin) in origins.iter().enumerate() {
        for account in origin["accounts"].as_array().into_iter().flatten() {
            for range in account["spans"].as_array().into_iter().flatten() {
                let at = serde_json::json!({ "item": account["item"], "start": range[0], "end": range[1] });
                if let Some(span) = span(documents, &at) {
                    passages.push((number, span, account_of(chronicle, span)));
                }
            }
        }
    }
    for (index, (number, span, found)) in passages.iter().enumerate() {
        for (other, other_span, other_found) in passages.iter().skip(index + 1) {
            let label = || format!("{span} – {other_span}");
            match (number == other, found == other_found) {
                (true, same) => {
                    score.pairs += 1;
                    if !same {
                        score.parted.push(label());
                    }
                }
                (false, true) if found.is_some() => score.merged.push(label()),
                _ => {}
            }
        }
    }
}

/// The account that holds most of a passage.
fn account_of(chronicle: &Chronicle, span: Span) -> Option<OriginId> {
    let held = |origin: &kua_case::PassageOrigin| -> usize {
        origin.spans.iter().filter(|s| s.overlaps(span)).map(|s| shared(s.range, span.range)).sum()
    };
    let best = chronicle.lineage.origins.iter().max_by_key(|origin| held(origin))?;
    (held(best) > 0).then_some(best.id)
}

fn shared(a: TextRange, b: TextRange) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

fn covers(link: Span, truth: Span) -> bool {
    link.document == truth.document && shared(link.range, truth.range) * 2 >= truth.range.len()
}

/// A span of a truth file, which counts bytes of the file. Plain text files without a byte order
/// mark are read byte for byte; in pages the place is found through the blocks' sources.
fn span(documents: &BTreeMap<&str, &Document>, at: &Value) -> Option<Span> {
    let document = documents.get(at["item"].as_str()?)?;
    let offset = |key: &str| usize::try_from(at[key].as_u64()?).ok();
    let (start, end) = (offset("start")?, offset("end")?);
    let range = if document.receipt.reader == "plain" {
        TextRange::new(start, end)
    } else {
        in_text(document, start as u64, end as u64)?
    };
    range.of(&document.text).map(|_| Span::new(document.id, range))
}

fn in_text(document: &Document, start: u64, end: u64) -> Option<TextRange> {
    let mut found: Option<TextRange> = None;
    for source in document.blocks.iter().flat_map(|block| &block.source) {
        if let kua_case::Locator::Bytes { start: from, end: to } = source.at
            && from < end
            && start < to
        {
            found = Some(found.map_or(source.text, |range| range.cover(source.text)));
        }
    }
    found
}

impl fmt::Display for LineageScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = |name: &str, of: usize, lines: &[String]| {
            writeln!(f, "{name}: {} of {of}", lines.len())?;
            lines.iter().take(12).try_for_each(|line| writeln!(f, "    {line}"))
        };
        list("links missed", self.links, &self.missed)?;
        list("links called what they must not be", self.links, &self.forbidden)?;
        list("passages of one account parted", self.pairs, &self.parted)?;
        list("passages of different accounts merged", self.pairs, &self.merged)
    }
}
