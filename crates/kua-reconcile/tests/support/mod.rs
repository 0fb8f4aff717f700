//! A case as text that anyone can edit: documents, claims, links; and a chronicle as text.
//!
//! ```text
//! # daily.txt 2030-05-06 en            a document: path, date of publication, language
//! The ministry said 13 were killed.    its text
//! > killed ; 13 were killed ; n=13 ; from=authority:The ministry
//! = translation daily.txt -> quotidien.txt
//! ```
//! A claim is an event, its quote, and fields: `n=13`, `n=20..99 dozens` (a convention), `n=1001..`,
//! `who=` group, `at=` place, `on=` time said, `heading=` time of the entry, `from=` chain
//! `kind:words / kind:words` outermost first, `mod=`, `grade=`, `role=`, `or=` event, `part=` number
//! of a claim of this document from 1, and the flags `earlier`, `retracts`, `one` (a singular).
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    reason = "a test helper: each test file uses its part, and a slip in a case should stop it"
)]

use std::collections::BTreeMap;

use kua_lexicon::Lexicons;
use kua_model::*;
use kua_reconcile::{ReconcileConfig, reconcile};

/// Inputs of reconciling.
#[derive(Debug, Clone, Default)]
pub struct Case {
    pub info: CaseInfo,
    pub documents: Vec<Document>,
    pub claims: Vec<Claim>,
    pub lineage: Lineage,
    pub judgements: Vec<Judgement>,
}

impl Case {
    pub fn read(text: &str) -> Self {
        let mut case = Self::default();
        case.info.place = Some("Ruritania".to_owned());
        let mut parts: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
        let mut links = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(head) = line.strip_prefix("# ") {
                parts.push((head.to_owned(), Vec::new(), Vec::new()));
            } else if let Some(claim) = line.strip_prefix("> ") {
                parts.last_mut().unwrap().2.push(claim.to_owned());
            } else if let Some(link) = line.strip_prefix("= ") {
                links.push(link.to_owned());
            } else {
                parts.last_mut().unwrap().1.push(line.to_owned());
            }
        }
        for (head, lines, claims) in parts {
            let document = document(&head, &lines.join("\n"));
            let from = case.claims.len();
            for (ordinal, line) in claims.iter().enumerate() {
                let claim =
                    claim(&document, line, u32::try_from(ordinal).unwrap(), &case.claims[from..]);
                case.claims.push(claim);
            }
            case.documents.push(document);
        }
        case.link(&links);
        case
    }

    /// Whole documents linked; every document is told once by its account.
    fn link(&mut self, lines: &[String]) {
        let by_path: BTreeMap<&str, &Document> =
            self.documents.iter().map(|d| (d.path.as_str(), d)).collect();
        let whole = |path: &str| {
            let document = by_path[path];
            Span::new(document.id, TextRange::new(0, document.text.len()))
        };
        let mut groups: Vec<Vec<Span>> =
            self.documents.iter().map(|d| vec![whole(&d.path)]).collect();
        let mut made: Vec<(usize, usize)> = Vec::new();
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            let kind = serde_json::from_str(&format!("{:?}", words[0])).unwrap();
            let (from, to) = (whole(words[1]), whole(words[3]));
            let (a, b) = if from <= to { (from, to) } else { (to, from) };
            let direction = match words[2] {
                "->" if a == from => Direction::AToB,
                "->" => Direction::BToA,
                _ => Direction::Unknown,
            };
            let of = |span: Span| groups.iter().position(|group| group.contains(&span)).unwrap();
            let (x, y) = (of(a), of(b));
            made.push((self.lineage.links.len(), x.min(y)));
            if x != y {
                let moved = groups.remove(x.max(y));
                groups[x.min(y)].extend(moved);
            }
            self.lineage.links.push(Link {
                kind,
                a,
                b,
                direction,
                reasons: Vec::new(),
                agreements: Vec::new(),
                conflicts: Vec::new(),
                aligned: Vec::new(),
                score: 900,
            });
        }
        self.lineage.origins = groups
            .into_iter()
            .map(|mut spans| {
                spans.sort();
                let links = (0..self.lineage.links.len())
                    .filter(|&i| spans.contains(&self.lineage.links[i].a))
                    .collect();
                PassageOrigin {
                    id: OriginId::of(&format!("told\n{}", spans[0])),
                    spans,
                    latent: false,
                    links,
                }
            })
            .collect();
        self.lineage.origins.sort_by_key(|origin| origin.spans[0]);
    }

    pub fn judge(&mut self, decision: Decision) {
        self.judgements.push(Judgement {
            decision,
            by: "A. Reader".to_owned(),
            at: "2030-06-01T00:00:00Z".to_owned(),
            reason: "read both".to_owned(),
            log: None,
        });
    }

    pub fn chronicle(&self) -> Noted<Chronicle> {
        reconcile(
            &self.info,
            &[],
            self.documents.clone(),
            self.claims.clone(),
            self.lineage.clone(),
            &self.judgements,
            lexicons(),
            &ReconcileConfig::default(),
        )
    }
}

/// The lexicons of the checkout, read once.
pub fn lexicons() -> &'static Lexicons {
    static READ: std::sync::OnceLock<Lexicons> = std::sync::OnceLock::new();
    READ.get_or_init(read_lexicons)
}

fn read_lexicons() -> Lexicons {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
    let mut files = Vec::new();
    let mut read = |path: std::path::PathBuf, name: String| {
        if let Ok(text) = std::fs::read_to_string(path) {
            files.push((name, text));
        }
    };
    for name in ["romanise.txt", "claims.txt"] {
        read(folder.join(name), name.to_owned());
    }
    for lang in ["en", "fr", "ru", "kk", "es", "uk"] {
        for name in ["names.txt", "language.txt"] {
            read(folder.join(lang).join(name), format!("{lang}/{name}"));
        }
    }
    Lexicons::from_files(files).unwrap()
}

/// A document whose lines are its blocks and sentences; `head` is `path date language`.
pub fn document(head: &str, text: &str) -> Document {
    let mut words = head.split_whitespace();
    let path = words.next().unwrap();
    let date = words.next().filter(|date| *date != "-");
    let language = words.next().map(|lang| lang.parse().unwrap());
    let item = ItemId::of(path.as_bytes());
    let published = date.map(|date| Dated {
        value: date.parse().unwrap(),
        tier: DateTier::Declared,
        how: "meta".to_owned(),
        range: None,
        at: None,
    });
    let mut at = 0;
    let mut sentences = Vec::new();
    for line in text.split_inclusive('\n') {
        sentences.push(Sentence {
            range: TextRange::new(at, at + line.trim_end().len()),
            block: 0,
            language,
        });
        at += line.len();
    }
    Document {
        id: DocumentId::new(item, 0),
        item,
        path: path.to_owned(),
        text: text.to_owned(),
        blocks: vec![Block {
            role: Role::Main,
            range: TextRange::new(0, text.len()),
            source: Vec::new(),
            language,
            why: Vec::new(),
        }],
        sentences,
        language,
        title: None,
        dates: DocumentDates { published, ..DocumentDates::default() },
        receipt: Receipt {
            reader: "plain".to_owned(),
            version: 1,
            charset: "UTF-8".to_owned(),
            charset_how: "valid-utf-8".to_owned(),
            completeness: Completeness::Complete,
            omitted: Vec::new(),
        },
    }
}

fn claim(document: &Document, line: &str, ordinal: u32, before: &[Claim]) -> Claim {
    let fields: Vec<&str> = line.split(';').map(str::trim).collect();
    let find = |words: &str| {
        let at = document
            .text
            .find(words)
            .unwrap_or_else(|| panic!("{words:?} is not in {}", document.path));
        TextRange::new(at, at + words.len())
    };
    let range = find(fields[1]);
    let mut claim = Claim {
        id: ClaimId::of(Span::new(document.id, range), fields[0], ordinal),
        document: document.id,
        range,
        language: document.language,
        event: EventType(fields[0].to_owned()),
        quantity: None,
        affected: None,
        perpetrator: None,
        place: None,
        time: None,
        sources: Vec::new(),
        grade: Grade::Asserted,
        modality: Modality::Certain,
        role: ClaimRole::Crisis,
        part_of: None,
        or_events: Vec::new(),
        earlier_figure: false,
        retracts: false,
        why: Vec::new(),
    };
    fn named<T: serde::de::DeserializeOwned>(text: &str) -> T {
        serde_json::from_value(serde_json::Value::String(text.to_owned())).unwrap()
    }
    for field in &fields[2..] {
        let (key, value) = field.split_once('=').unwrap_or((field, ""));
        match key {
            "n" => {
                let (number, convention) =
                    value.split_once(' ').map_or((value, None), |(n, c)| (n, Some(c.to_owned())));
                let (number, approx) =
                    number.strip_prefix('~').map_or((number, false), |n| (n, true));
                let end = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
                let (low, high) = match number.split_once("..") {
                    Some((low, high)) => (end(low), end(high)),
                    None => (end(number), end(number)),
                };
                claim.quantity = Some(Quantity {
                    low,
                    high,
                    approx,
                    convention,
                    range: Some(range),
                    counts: Counted::People,
                });
            }
            "one" => {
                claim.quantity = Some(Quantity {
                    low: Some(1),
                    high: Some(1),
                    approx: false,
                    convention: None,
                    range: None,
                    counts: Counted::People,
                })
            }
            "counts" => claim.quantity.as_mut().unwrap().counts = named(value),
            "who" => {
                claim.affected = Some(Group {
                    id: Some(value.to_owned()),
                    words: value.to_owned(),
                    range: None,
                    inherited: false,
                })
            }
            "at" => {
                claim.place = Some(PlaceMention {
                    words: value.to_owned(),
                    canonical: None,
                    range: None,
                    inherited: false,
                })
            }
            "on" | "heading" => {
                claim.time = Some(TimeMention {
                    value: value.parse().unwrap(),
                    part: None,
                    clock: None,
                    range: None,
                    how: if key == "on" { TimeHow::Stated } else { TimeHow::Heading },
                })
            }
            "from" => {
                claim.sources = value
                    .split(" / ")
                    .map(|source| {
                        let (kind, words) = source.split_once(':').unwrap();
                        let range = document
                            .text
                            .find(words)
                            .map(|at| TextRange::new(at, at + words.len()));
                        SourceMention {
                            words: words.to_owned(),
                            kind: named(kind),
                            range,
                            inherited: false,
                        }
                    })
                    .collect()
            }
            "mod" => claim.modality = named(value),
            "grade" => claim.grade = named(value),
            "role" => claim.role = named(value),
            "or" => claim.or_events.push(EventType(value.to_owned())),
            "part" => claim.part_of = Some(before[value.parse::<usize>().unwrap() - 1].id),
            "earlier" => claim.earlier_figure = true,
            "retracts" => claim.retracts = true,
            other => panic!("no field {other}"),
        }
    }
    claim
}

/// Tolls as lines: one a toll, one a position.
pub fn tolls(chronicle: &Chronicle) -> String {
    let snake = |value: serde_json::Value| value.as_str().unwrap_or("").to_owned();
    let mut out = String::new();
    for toll in &chronicle.tolls {
        let place = toll.place.as_ref().map_or(String::new(), |place| format!(" in {place}"));
        out += &format!(
            "{} {}{place}: {}\n",
            toll.event,
            toll.affected,
            snake(serde_json::to_value(toll.standing).unwrap())
        );
        for p in &toll.positions {
            let end = |n: Option<u64>| n.map_or(String::new(), |n| n.to_string());
            let figure = if p.low == p.high {
                end(p.low)
            } else {
                format!("{}..{}", end(p.low), end(p.high))
            };
            let hedged = if p.modality == Modality::Certain { "" } else { " hedged" };
            let when = p.as_of.map_or("undated".to_owned(), |as_of| as_of.to_string());
            out += &format!(
                "  {} | {figure}{hedged} | {when} | {} | accounts {} origins {}\n",
                p.source,
                snake(serde_json::to_value(p.standing).unwrap()),
                p.accounts,
                p.origins
            );
        }
    }
    out
}

/// Statements that do not count, with the reason.
pub fn uncounted(chronicle: &Chronicle) -> Vec<(String, String)> {
    chronicle
        .statements
        .iter()
        .filter_map(|statement| {
            let reason = serde_json::to_value(statement.uncounted?).unwrap();
            Some((statement.quote.exact().to_owned(), reason.as_str().unwrap().to_owned()))
        })
        .collect()
}

pub fn codes(noted: &Noted<Chronicle>) -> Vec<&str> {
    noted.notices.iter().map(|notice| notice.code.as_str()).collect()
}

/// `actual` must be `expected`, line by line without regard to indentation.
pub fn same(actual: &str, expected: &str) {
    let lines = |text: &str| {
        text.lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(lines(actual), lines(expected), "\n--- found ---\n{actual}");
}
