//! Scores claims. Match: same document, same event, overlapping words (`notes/extract.md`,
//! section 5). F1 over unique claims; harm counts over everything that enters a toll.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use kua_case::{Chronicle, ClaimId, ClaimRole, Modality, Statement, TextRange};
use serde_json::Value;

use crate::{by_name, records, text};

/// One claim of the truth.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Its id.
    pub id: String,
    /// File name of its item.
    pub item: String,
    /// Its words.
    pub quote: String,
    /// Which occurrence of the words, from 1, or the byte they start at.
    pub at: At,
    /// Kind of event.
    pub event: String,
    /// Lowest number; `None` if open or not said.
    pub low: Option<u64>,
    /// Highest number.
    pub high: Option<u64>,
    /// A group or `None`.
    pub affected: Option<String>,
    /// How the speaker knows.
    pub grade: String,
    /// How it is put.
    pub modality: String,
    /// Which part of the account.
    pub role: String,
    /// The claim whose figure includes this one.
    pub part_of: Option<String>,
    /// Repeats or translates another claim of the truth.
    pub is_again: bool,
    /// May be left out.
    pub optional: bool,
}

/// Where the words of a truth stand.
#[derive(Debug, Clone, Copy)]
pub enum At {
    /// The n-th time they occur, from 1.
    Occurrence(usize),
    /// Nearest to this byte of the file.
    Byte(usize),
}

/// Right and wrong of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Claims of the truth that were found.
    pub found: usize,
    /// Claims of the truth.
    pub truth: usize,
    /// Claims that came out and stand in the truth.
    pub right: usize,
    /// Claims that came out.
    pub out: usize,
}

impl Counts {
    /// Share of what came out that is right.
    pub fn precision(self) -> f64 {
        ratio(self.right, self.out)
    }

    /// Share of the truth that was found.
    pub fn recall(self) -> f64 {
        ratio(self.found, self.truth)
    }

    /// Harmonic mean of both.
    pub fn f1(self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// How well claims were found.
#[derive(Debug, Clone, Default)]
pub struct ClaimScore {
    /// By kind of event.
    pub events: BTreeMap<String, Counts>,
    /// Of matched claims with a figure: those with the very interval.
    pub intervals: (usize, usize),
    /// Of matched claims: those of the group of the truth.
    pub affected: (usize, usize),
    /// Of matched claims: those of the grade of the truth.
    pub grades: (usize, usize),
    /// Of matched claims: those of the modality of the truth.
    pub modalities: (usize, usize),
    /// Harm 1: put with doubt, emitted as certain.
    pub hedged_as_certain: Vec<String>,
    /// Harm 2: background or boilerplate in a toll.
    pub background_counted: Vec<String>,
    /// Harm 3: subsets or repeats counted.
    pub again_counted: Vec<String>,
    /// Harm 4: wrong numbers.
    pub wrong_numbers: Vec<String>,
    /// Of matched claims: whose group, grade or modality is another.
    pub other_readings: Vec<String>,
    /// Truths that were not found.
    pub missed: Vec<String>,
    /// Claims that stand in no truth.
    pub invented: Vec<String>,
}

impl ClaimScore {
    /// All events together.
    pub fn all(&self) -> Counts {
        self.events.values().fold(Counts::default(), |a, b| Counts {
            found: a.found + b.found,
            truth: a.truth + b.truth,
            right: a.right + b.right,
            out: a.out + b.out,
        })
    }

    /// The four harm counts.
    pub fn harm(&self) -> [usize; 4] {
        [
            self.hedged_as_certain.len(),
            self.background_counted.len(),
            self.again_counted.len(),
            self.wrong_numbers.len(),
        ]
    }
}

/// Claims of the truth in the format of `demo/README.md`.
pub fn truth_of(truth: &Path) -> Vec<Truth> {
    records(truth, "claims.jsonl").iter().map(planted).collect()
}

fn planted(record: &Value) -> Truth {
    Truth {
        id: text(record, "id").to_owned(),
        item: text(record, "item").to_owned(),
        quote: text(record, "quote").to_owned(),
        at: At::Occurrence(
            record["occurrence"].as_u64().and_then(|n| n.try_into().ok()).unwrap_or(1),
        ),
        event: text(record, "event").to_owned(),
        low: record["low"].as_u64(),
        high: record["high"].as_u64(),
        affected: record["affected"].as_str().map(str::to_owned),
        grade: text(record, "grade").to_owned(),
        modality: text(record, "modality").to_owned(),
        role: text(record, "role").to_owned(),
        part_of: record["part_of"].as_str().map(str::to_owned),
        is_again: ["repeat_of", "copy_of", "translation_of"]
            .iter()
            .any(|key| !record[*key].is_null()),
        optional: record["optional"].as_bool().unwrap_or(false),
    }
}

/// Scores the statements of `chronicle` in the documents that the truth speaks of.
pub fn score_claims(chronicle: &Chronicle, truths: &[Truth]) -> ClaimScore {
    let documents = by_name(chronicle);
    let mut score = ClaimScore::default();
    let mut placed: Vec<(&Truth, kua_case::DocumentId, TextRange)> = Vec::new();
    for truth in truths {
        let document = documents.get(truth.item.as_str());
        let place = document.and_then(|document| {
            Some((document.id, place(&document.text, &truth.quote, truth.at)?))
        });
        match place {
            Some((document, range)) => placed.push((truth, document, range)),
            None => score.missed.push(format!("{} (its words were not read)", truth.id)),
        }
    }
    let covered: std::collections::BTreeSet<_> = placed.iter().map(|(_, id, _)| *id).collect();
    let known: std::collections::BTreeSet<&str> =
        truths.iter().map(|truth| truth.event.as_str()).collect();
    let same = |statement: &Statement, truth: &Truth, document, range: TextRange| {
        statement.claim.document == document
            && statement.claim.event.0 == truth.event
            && statement.claim.range.overlaps(range)
    };
    for (truth, document, range) in &placed {
        if truth.is_again || truth.optional {
            continue;
        }
        let counts = score.events.entry(truth.event.clone()).or_default();
        counts.truth += 1;
        if chronicle.statements.iter().any(|s| same(s, truth, *document, *range)) {
            counts.found += 1;
        } else {
            score.missed.push(format!("{} {}: {}", truth.id, truth.event, truth.quote));
        }
    }
    let mut counted: BTreeMap<&str, Vec<ClaimId>> = BTreeMap::new();
    for statement in &chronicle.statements {
        let claim = &statement.claim;
        if !covered.contains(&claim.document) || !known.contains(claim.event.0.as_str()) {
            continue;
        }
        // The truth whose words are nearest: most overlap, then same figure.
        let figure = claim.quantity.as_ref().map(|quantity| (quantity.low, quantity.high));
        let best = placed
            .iter()
            .filter(|(truth, document, range)| same(statement, truth, *document, *range))
            .max_by_key(|(truth, _, range)| {
                (figure == Some((truth.low, truth.high)), shared_bytes(claim.range, *range))
            });
        let counts = score.events.entry(claim.event.0.clone()).or_default();
        let is_unique = statement.same_as.is_none();
        if is_unique {
            counts.out += 1;
        }
        let words = || format!("{} {} “{}”", claim.id, claim.event, statement.quote.exact());
        let Some((truth, ..)) = best else {
            // Menus and headlines of other articles are read and labelled as such, and count
            // nowhere: no truth plants them, and finding them is no invention.
            if claim.role == ClaimRole::Boilerplate {
                if is_unique {
                    counts.out -= 1;
                }
                continue;
            }
            if is_unique {
                score.invented.push(words());
            }
            continue;
        };
        if is_unique {
            counts.right += 1;
        }
        compare(&mut score, statement, truth, &words());
        if statement.uncounted.is_none() {
            counted.entry(truth.id.as_str()).or_default().push(claim.id);
        }
    }
    subsets(chronicle, truths, &counted, &mut score);
    score
}

/// A subset may have a row of its own (children among the dead); in one row with its whole it
/// would be set against it.
fn subsets(
    chronicle: &Chronicle,
    truths: &[Truth],
    counted: &BTreeMap<&str, Vec<ClaimId>>,
    score: &mut ClaimScore,
) {
    let of = |id: &str| counted.get(id).map(Vec::as_slice).unwrap_or_default();
    for truth in truths {
        let Some(whole) = &truth.part_of else { continue };
        for toll in &chronicle.tolls {
            let holds = |claims: &[ClaimId]| {
                toll.positions.iter().any(|p| p.claims.iter().any(|claim| claims.contains(claim)))
            };
            if holds(of(&truth.id)) && holds(of(whole)) {
                score
                    .again_counted
                    .push(format!("{} stands in one row with {whole}: {}", truth.id, truth.quote));
            }
        }
    }
}

fn compare(score: &mut ClaimScore, statement: &Statement, truth: &Truth, words: &str) {
    let claim = &statement.claim;
    let quantity = claim.quantity.as_ref();
    let tally = |pair: &mut (usize, usize), right: bool| {
        pair.0 += usize::from(right);
        pair.1 += 1;
    };
    let modality = name(&claim.modality);
    let grade = name(&claim.grade);
    tally(&mut score.grades, grade == truth.grade);
    tally(&mut score.modalities, modality == truth.modality);
    let mut other = |what: &str, expected: &str, found: &str| {
        score
            .other_readings
            .push(format!("{} {words}: {what}: expected {expected}, found {found}", truth.id));
    };
    if grade != truth.grade {
        other("grade", &truth.grade, &grade);
    }
    if modality != truth.modality {
        other("modality", &truth.modality, &modality);
    }
    if let Some(expected) = &truth.affected {
        let group = claim.affected.as_ref().and_then(|group| group.id.clone());
        let right = is_group(group.as_deref(), expected);
        if !right {
            other("affected", expected, group.as_deref().unwrap_or("nobody"));
        }
        tally(&mut score.affected, right);
    }
    if truth.low.is_some() || truth.high.is_some() {
        let right = quantity.is_some_and(|q| (q.low, q.high) == (truth.low, truth.high));
        tally(&mut score.intervals, right);
        if let Some(quantity) = quantity
            && !right
        {
            score.wrong_numbers.push(format!(
                "{} {words}: expected {:?}..{:?}, found {:?}..{:?}",
                truth.id, truth.low, truth.high, quantity.low, quantity.high
            ));
        }
    }
    if truth.modality != "certain" && claim.modality == Modality::Certain {
        score.hedged_as_certain.push(format!("{} {words}: {}", truth.id, truth.modality));
    }
    if statement.uncounted.is_none() {
        if truth.role != "crisis" {
            score.background_counted.push(format!("{} {words}: {}", truth.id, truth.role));
        }
        if truth.is_again && statement.same_as.is_some() {
            score.again_counted.push(format!("{} {words}", truth.id));
        }
    }
}

/// Whether a group found is the group planted. The truth names base groups and writes `people`
/// where the words name none ("five dead"): a claim without a group, or with a narrower or broader
/// one ("police" for "security_forces"), says the same.
fn is_group(found: Option<&str>, expected: &str) -> bool {
    let found = found.unwrap_or("people");
    let up = |mut group: String, wanted: &str| {
        for _ in 0..8 {
            if group == wanted {
                return wanted != "people";
            }
            match above(&group) {
                Some(next) => group = next,
                None => return false,
            }
        }
        false
    };
    found == expected || up(found.to_owned(), expected) || up(expected.to_owned(), found)
}

/// The group a group belongs to.
fn above(group: &str) -> Option<String> {
    let lexicons = kua_lexicon::Lexicons::embedded();
    let entry = lexicons
        .shared()
        .section("claims.txt", "groups")
        .iter()
        .find(|entry| entry.key == group)?;
    entry.value.clone()
}

fn name<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}

fn shared_bytes(a: TextRange, b: TextRange) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

fn place(text: &str, quote: &str, at: At) -> Option<TextRange> {
    let mut starts = text.match_indices(quote).map(|(start, _)| start);
    let start = match at {
        At::Occurrence(n) => starts.nth(n.saturating_sub(1)),
        At::Byte(byte) => starts.min_by_key(|start| start.abs_diff(byte)),
    }?;
    Some(TextRange::new(start, start + quote.len()))
}

impl fmt::Display for ClaimScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<18}{:>6}{:>6}{:>8}{:>8}{:>8}",
            "event", "truth", "out", "prec", "recall", "F1"
        )?;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, c: Counts| {
            writeln!(
                f,
                "{name:<18}{:>6}{:>6}{:>8.3}{:>8.3}{:>8.3}",
                c.truth,
                c.out,
                c.precision(),
                c.recall(),
                c.f1()
            )
        };
        for (event, counts) in &self.events {
            row(f, event, *counts)?;
        }
        row(f, "all", self.all())?;
        for (name, (right, of)) in [
            ("interval", self.intervals),
            ("affected", self.affected),
            ("grade", self.grades),
            ("modality", self.modalities),
        ] {
            writeln!(f, "{name:<18}{right:>6} of {of}")?;
        }
        let harms = [
            ("hedged as certain", &self.hedged_as_certain),
            ("background or boilerplate in a toll", &self.background_counted),
            ("subsets or repeats added", &self.again_counted),
            ("wrong numbers", &self.wrong_numbers),
        ];
        for (name, list) in harms {
            writeln!(f, "harm: {name}: {}", list.len())?;
            list.iter().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        Ok(())
    }
}
