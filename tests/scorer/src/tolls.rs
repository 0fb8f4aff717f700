//! Scores tolls. A position of the truth is found if a position on the same event and group has
//! its interval and is of its source.
//!
//! Of a named source: one of the words of `sources.jsonl` stands among the words by which any
//! statement of that origin names it. The one spelling that is shown would not do: a ministry that is
//! shown in Russian is still the ministry. Of a teller (a claim of the truth with nobody between it
//! and the note): the position is an account's, told in a note of the truth's claims, since an
//! account is shown by its title and not by the name of its outlet or author.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use kua_case::{Chronicle, OriginKind, Position, Toll};
use serde_json::Value;

use crate::{by_name, records, text};

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
    let sources = Sources::new(chronicle, truth);
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
        let by_source =
            candidates.iter().find(|(_, position)| sources.is(position, named, &record));
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

/// Who the origins of a chronicle are, in the words of the truth.
struct Sources<'c> {
    /// Words by which statements name each origin.
    called: BTreeMap<String, BTreeSet<String>>,
    /// Origins that are accounts.
    accounts: BTreeSet<String>,
    /// File name of the note of each statement.
    notes: BTreeMap<String, &'c str>,
    /// Notes of the truth's claims that nobody but the note's own teller answers for.
    told: BTreeMap<String, String>,
}

impl<'c> Sources<'c> {
    fn new(chronicle: &'c Chronicle, truth: &Path) -> Self {
        let mut called: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut notes = BTreeMap::new();
        let names: BTreeMap<_, _> =
            by_name(chronicle).into_iter().map(|(name, document)| (document.id, name)).collect();
        for statement in &chronicle.statements {
            let words = called.entry(statement.origin.to_string()).or_default();
            words.extend(statement.claim.sources.last().map(|source| fold(&source.words)));
            if let Some(&name) = names.get(&statement.claim.document) {
                notes.insert(statement.claim.id.to_string(), name);
            }
        }
        let accounts = chronicle.origins.iter().filter(|o| o.kind == OriginKind::Account);
        let claims = ["claims.jsonl", "claims-later.jsonl"];
        let told = claims
            .iter()
            .flat_map(|file| records(truth, file))
            .filter(|claim| claim["sources"].as_array().is_none_or(|chain| chain.len() <= 1));
        Self {
            called,
            accounts: accounts.map(|origin| origin.id.to_string()).collect(),
            notes,
            told: told
                .map(|claim| (text(&claim, "id").to_owned(), text(&claim, "item").to_owned()))
                .collect(),
        }
    }

    fn is(&self, position: &Position, named: &[String], record: &Value) -> bool {
        let origin = position.origin.to_string();
        if self.accounts.contains(&origin) {
            let claims = record["claims"].as_array().into_iter().flatten();
            let told: BTreeSet<&str> =
                claims.filter_map(|id| self.told.get(id.as_str()?)).map(String::as_str).collect();
            let mut notes = position.claims.iter().filter_map(|id| self.notes.get(&id.to_string()));
            return notes.any(|note| told.contains(note));
        }
        let shown = fold(&position.source);
        let words = self.called.get(&origin).into_iter().flatten().chain([&shown]);
        let mut words = words.filter(|said| !said.is_empty());
        words.any(|said| {
            named.iter().any(|word| said.contains(word.as_str()) || word.contains(said.as_str()))
        })
    }
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
