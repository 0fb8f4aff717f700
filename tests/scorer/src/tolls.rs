//! Scores tolls. A position of the truth is found if a position on the same event and group has
//! its interval and names its source by one of the words of `sources.jsonl`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use kua_case::{Chronicle, Position, Toll};
use serde_json::Value;

use crate::{records, text};

/// How well tolls were found.
#[derive(Debug, Clone, Default)]
pub struct TollScore {
    /// Positions of the truth.
    pub positions: usize,
    /// Those with the right event, group, interval and source.
    pub found: usize,
    /// Those that were not found, a line each.
    pub missed: Vec<String>,
    /// Found, but with another standing.
    pub standing: Vec<String>,
}

/// Scores against `tolls.jsonl` and `sources.jsonl`.
pub fn score_tolls(chronicle: &Chronicle, truth: &Path) -> TollScore {
    let words: BTreeMap<String, Vec<String>> = records(truth, "sources.jsonl")
        .iter()
        .map(|record| {
            let words = record["words"].as_array().into_iter().flatten();
            let mut words: Vec<String> =
                words.filter_map(|word| Some(fold(word.as_str()?))).collect();
            words.push(fold(text(record, "name")));
            (text(record, "source").to_owned(), words)
        })
        .collect();
    let mut score = TollScore::default();
    for record in records(truth, "tolls.jsonl") {
        score.positions += 1;
        let label = format!(
            "{} {} {} {}: {}..{}",
            record["event"],
            record["affected"],
            record["place"],
            record["source"],
            record["low"],
            record["high"]
        );
        let fits = |(toll, position): &(&Toll, &Position)| {
            toll.event.0 == text(&record, "event")
                && toll.affected == text(&record, "affected")
                && position.low == record["low"].as_u64()
                && position.high == record["high"].as_u64()
        };
        let all =
            chronicle.tolls.iter().flat_map(|toll| toll.positions.iter().map(move |p| (toll, p)));
        let candidates: Vec<_> = all.filter(fits).collect();
        let named = words.get(text(&record, "source")).map(Vec::as_slice).unwrap_or_default();
        let by_source = candidates.iter().find(|(_, position)| {
            let said = fold(&position.source);
            named.iter().any(|word| said.contains(word.as_str()) || word.contains(said.as_str()))
        });
        match by_source {
            None => {
                let instead: Vec<&str> =
                    candidates.iter().map(|(_, p)| p.source.as_str()).collect();
                score.missed.push(format!("{label}, same figure by: {}", instead.join(" / ")));
            }
            Some((_, position)) => {
                score.found += 1;
                compare(&record, position, &label, &mut score);
            }
        }
    }
    score
}

fn compare(record: &Value, position: &Position, label: &str, score: &mut TollScore) {
    let standing = serde_json::to_value(position.standing).unwrap();
    if record["standing"] != standing && record["arguable"].is_null() {
        score.standing.push(format!("{label}: expected {}, found {standing}", record["standing"]));
    }
}

fn fold(words: &str) -> String {
    words.replace('’', "'").replace(['\u{a0}', '\u{202f}'], " ").to_lowercase()
}

impl fmt::Display for TollScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "positions found: {} of {}", self.found, self.positions)?;
        for (name, lines) in [("missed", &self.missed), ("other standing", &self.standing)] {
            writeln!(f, "{name}: {}", lines.len())?;
            lines.iter().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        Ok(())
    }
}
