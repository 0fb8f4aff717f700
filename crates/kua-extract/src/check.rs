//! A language folder tests itself: its examples, its syntax, its unused and shadowed entries.
//!
//! A line of `examples.txt` is
//! `+ 12 passers-by lost their lives => killed 12..12 people certain` (a claim like this must come
//! out) or `- their death was not in vain => killed certain` (no claim like this may).
//! After the event, in any order: an interval (`12..12`, `20..`, `..9`, `?` for none), `about`, a
//! group of claims.txt, what is counted (`=vehicles`), a modality, a grade (`@official`), a role,
//! `part`, `earlier`, `retracts`, `or` (the figure covers another event too), a place
//! (`in:Almaty`), a date (`on:2022-01-05`), the innermost source (`by:ministry`, any part of its
//! words). Several claims are divided by `;`. `[2022-01-07]` before the arrow dates the report.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use kua_lexicon::{Lexicon, LexiconError, Lexicons, Misspelt, PatternWord, expand, misspelt};
use kua_model::{
    Block, Claim, ClaimRole, Completeness, Counted, DateTier, Dated, Document, DocumentDates,
    DocumentId, Grade, ItemId, Lang, Modality, PartialDate, Receipt, Role, Sentence, TextRange,
};

use crate::grammar::{Grammar, Sense};
use crate::{ExtractConfig, Extractor};

/// An example that does not come out as it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Line of the example, like `fr/examples.txt:12`.
    pub origin: String,
    /// The whole line.
    pub example: String,
    /// What was expected.
    pub expected: String,
    /// The claims that came out, one a line, in the notation of the examples.
    pub found: String,
}

/// What is wrong with a language folder.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Number of examples run.
    pub examples: usize,
    /// Those that fail.
    pub failing: Vec<Failing>,
    /// Lines that mean nothing, with file, line and reason.
    pub errors: Vec<LexiconError>,
    /// Entries that can never be found, because an earlier one of the same meaning has their words.
    pub shadowed: Vec<String>,
    /// Entries that no example uses, of the files whose use claims record.
    pub unused: Vec<String>,
    /// Entries that can never be found for their spelling.
    pub misspelt: Vec<Misspelt>,
}

impl Report {
    /// Whether every example passes and every line has a meaning.
    pub fn is_sound(&self) -> bool {
        self.failing.is_empty()
            && self.errors.is_empty()
            && !self.misspelt.iter().any(|odd| odd.sure)
    }
}

/// Checks the folder of `lang` in `lexicons`. A language without a folder gives an empty report.
pub fn check_language(lexicons: &Lexicons, lang: Lang) -> Report {
    let mut report = Report::default();
    let Some(lexicon) = lexicons.get(lang) else { return report };
    let (grammar, errors) = Grammar::compile(lang, lexicon, lexicons);
    report.errors = errors;
    report.errors.extend(unread(lexicon));
    report.errors.sort();
    report.shadowed = shadowed(lexicon);
    report.misspelt = misspelt(lexicon);
    // The examples are all in this language: the others need not be compiled for them.
    let grammar = Arc::new(grammar);
    let extractor =
        Extractor { grammars: BTreeMap::from([(lang, Arc::clone(&grammar))]), errors: Vec::new() };
    let mut used: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    let short = lexicon.abbreviations();
    for entry in lexicon.section("examples.txt", "") {
        report.examples += 1;
        match run(&extractor, lang, &short, &entry.raw) {
            Ok((claims, failure)) => {
                used.extend(claims.iter().flat_map(|claim| &claim.why).map(|why| why.rule.clone()));
                if let Some(expected) = failure {
                    let found: Vec<_> = claims.iter().map(notation).collect();
                    report.failing.push(Failing {
                        origin: entry.origin(),
                        example: entry.raw.clone(),
                        expected,
                        found: found.join("\n"),
                    });
                }
            }
            Err(reason) => report.errors.push(LexiconError {
                file: entry.file.clone(),
                line: entry.line,
                reason,
            }),
        }
    }
    let lines = grammar
        .lexemes
        .iter()
        .filter(|lexeme| RECORDED.iter().any(|file| lexeme.origin.contains(file)))
        .filter(|lexeme| !matches!(lexeme.sense, Sense::OfThings(_)))
        .map(|lexeme| lexeme.origin.clone())
        .chain(grammar.patterns.iter().map(|pattern| pattern.origin.clone()));
    // A folder without examples yet would be told of every line.
    if report.examples > 0 {
        report.unused = lines.filter(|origin| !used.contains(origin)).collect();
        report.unused.sort_by_key(|origin| place(origin));
        report.unused.dedup();
    }
    report
}

/// `fr/events.txt:12` by file, then by number.
fn place(origin: &str) -> (String, usize) {
    let (file, line) = origin.rsplit_once(':').unwrap_or((origin, ""));
    (file.to_owned(), line.parse().unwrap_or(0))
}

/// Files that other stages read, or that hold no entries to be found, with their sections; `*` is
/// any, a name that ends in `*` any that begins so. Those of [`crate::grammar::FILES`] are told by
/// compiling them.
const ELSEWHERE: [(&str, &[&str]); 8] = [
    (
        "boilerplate.txt",
        &[
            "share",
            "share-filler",
            "newsletter",
            "tip-line",
            "related",
            "legal",
            "credit",
            "byline",
            "joiner",
            "published",
            "modified",
            "nav",
            "comments",
        ],
    ),
    ("cases.txt", &["*"]),
    ("endings.txt", &["*"]),
    ("examples.txt", &[""]),
    (
        "language.txt",
        &["name", "letters", "abbreviations", "before numbers", "function", "function *"],
    ),
    (
        "names.txt",
        &[
            "endings",
            "bodies",
            "local-bodies",
            "agencies",
            "countries",
            "of-countries",
            "places",
            "roles",
            "generic",
            "outlets",
            "titles",
            "particles",
            "inside-names",
            "place-words",
            "body-words",
            "before-places",
            "not-names",
            "patronymics",
            "families",
        ],
    ),
    ("scripts.txt", &["*"]),
    (
        "translation.txt",
        &["translation", "reprint", "translator's notes", "languages", "negators", "kin"],
    ),
];

/// Files and sections that no stage reads: a slip of the name would pass in silence.
fn unread(lexicon: &Lexicon) -> Vec<LexiconError> {
    let mut out = Vec::new();
    for file in lexicon.file_names().filter(|file| !crate::grammar::FILES.contains(file)) {
        let known = ELSEWHERE.iter().find(|(name, _)| *name == file).map(|(_, sections)| *sections);
        for (section, entries) in lexicon.sections(file) {
            let Some(first) = entries.first() else { continue };
            let reads = |name: &&str| match name.strip_suffix('*') {
                Some(start) => section.starts_with(start),
                None => *name == section,
            };
            let reason = match known {
                None => format!(
                    "nothing reads a file of this name: the names are {}",
                    file_names().join(", ")
                ),
                Some(sections) if sections.iter().any(reads) => continue,
                Some(_) if file == "examples.txt" => {
                    format!("examples stand in no section: remove the line [{section}]")
                }
                Some(sections) => format!(
                    "section [{section}] means nothing here: the sections of this file are {}",
                    sections.join(", ")
                ),
            };
            out.push(LexiconError { file: first.file.clone(), line: first.line, reason });
            if known.is_none() {
                break;
            }
        }
    }
    out
}

/// The names a file of a language may have, in order.
fn file_names() -> Vec<&'static str> {
    let mut names: Vec<_> =
        ELSEWHERE.iter().map(|(name, _)| *name).chain(crate::grammar::FILES).collect();
    names.sort_unstable();
    names
}

/// Files whose entries stand in the `why` of every claim they helped to make.
const RECORDED: [&str; 4] = ["/events.txt:", "/hedges.txt:", "/bounds.txt:", "/people.txt:"];

/// Phrases that stand earlier in the same section, so that the later line can never be found by them.
fn shadowed(lexicon: &Lexicon) -> Vec<String> {
    let mut out = Vec::new();
    for file in crate::grammar::FILES {
        for (section, entries) in lexicon.sections(file) {
            if !holds_phrases(file, section) {
                continue;
            }
            let mut seen: BTreeMap<Vec<(String, bool, String)>, String> = BTreeMap::new();
            for entry in entries {
                let Ok(phrases) = expand(&entry.key) else { continue };
                let words = |word: PatternWord| (word.fold, word.stem, word.list);
                for phrase in phrases {
                    let shown: Vec<_> = phrase.iter().map(written).collect();
                    match seen.entry(phrase.into_iter().map(words).collect()) {
                        Entry::Occupied(first) if *first.get() != entry.origin() => {
                            out.push(format!(
                                "{}: {:?} already stands at {}",
                                entry.origin(),
                                shown.join(" "),
                                first.get()
                            ));
                        }
                        Entry::Occupied(_) => {}
                        Entry::Vacant(free) => {
                            free.insert(entry.origin());
                        }
                    }
                }
            }
        }
    }
    out
}

/// Whether the lines of a section are words to be found: not patterns, where `a|b` is one place of
/// several, nor endings.
fn holds_phrases(file: &str, section: &str) -> bool {
    match file {
        "patterns.txt" => section != "patterns" && !section.contains('.'),
        "speech.txt" => section != "agreement",
        "places.txt" => section != "endings",
        "numbers.txt" => section != "separators",
        _ => true,
    }
}

/// A word of a phrase as a lexicon writes it.
fn written(word: &PatternWord) -> String {
    let mark = if word.stem { "~" } else { "" };
    format!("{}{mark}{}", word.fold, word.list)
}

/// Runs one example: its claims, and what was expected if it fails.
fn run(
    extractor: &Extractor,
    lang: Lang,
    short: &[String],
    line: &str,
) -> Result<(Vec<Claim>, Option<String>), String> {
    let (positive, rest) = match (line.strip_prefix("+ "), line.strip_prefix("- ")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err("an example begins with '+ ' or '- '".to_owned()),
    };
    let (text, wanted) = rest
        .rsplit_once("=>")
        .ok_or_else(|| "expected ' => ' and a claim after the sentence".to_owned())?;
    let (text, date) = match text.trim().rsplit_once('[') {
        Some((text, tail)) => {
            let date = tail.strip_suffix(']').and_then(|date| date.parse::<PartialDate>().ok());
            (
                if date.is_some() { text } else { rest.rsplit_once("=>").map_or(text, |(t, _)| t) },
                date,
            )
        }
        None => (text, None),
    };
    let document = one_paragraph(text.trim(), lang, date, short);
    let claims = extractor.extract(&document, &ExtractConfig::default()).value;
    let failed = wanted.split(';').map(str::trim).filter(|want| !want.is_empty()).find(|want| {
        let found = claims.iter().any(|claim| matches(claim, want));
        found != positive
    });
    Ok((claims, failed.map(|want| format!("{}{want}", if positive { "" } else { "no " }))))
}

/// Whether a claim is as an example's notation says.
fn matches(claim: &Claim, wanted: &str) -> bool {
    let mut words = wanted.split_whitespace();
    let Some(event) = words.next() else { return true };
    let event_fits = match event.split_once('|') {
        Some((a, b)) => claim.event.0 == a && claim.or_events.iter().any(|e| e.0 == b),
        None => event == "*" || claim.event.0 == event,
    };
    event_fits && words.all(|word| has(claim, word))
}

fn has(claim: &Claim, word: &str) -> bool {
    if let Some(place) = word.strip_prefix("in:") {
        return claim.place.as_ref().is_some_and(|p| {
            let place = place.replace('_', " ");
            p.canonical.as_deref() == Some(place.as_str()) || p.words == place
        });
    }
    if let Some(date) = word.strip_prefix("on:") {
        return claim.time.as_ref().is_some_and(|t| t.value.to_string() == date);
    }
    if let Some(source) = word.strip_prefix("by:") {
        let source = source.replace('_', " ");
        return claim
            .sources
            .last()
            .is_some_and(|s| s.words.to_lowercase().contains(&source.to_lowercase()));
    }
    if let Some(counts) = word.strip_prefix('=') {
        return claim
            .quantity
            .as_ref()
            .is_some_and(|q| format!("{:?}", q.counts).to_lowercase() == counts);
    }
    if let Some(grade) = word.strip_prefix('@') {
        return grade_name(claim.grade) == grade;
    }
    match word {
        "?" => return claim.quantity.is_none(),
        "about" => return claim.quantity.as_ref().is_some_and(|q| q.approx),
        "part" => return claim.part_of.is_some(),
        "whole" => return claim.part_of.is_none(),
        "earlier" => return claim.earlier_figure,
        "retracts" => return claim.retracts,
        "or" => return !claim.or_events.is_empty(),
        "crisis" => return claim.role == ClaimRole::Crisis,
        "background" => return claim.role == ClaimRole::Background,
        _ => {}
    }
    if let Some((low, high)) = word.split_once("..") {
        return claim
            .quantity
            .as_ref()
            .is_some_and(|q| q.low == low.parse().ok() && q.high == high.parse().ok());
    }
    if modality_name(claim.modality) == word {
        return true;
    }
    let group = claim.affected.as_ref().and_then(|group| group.id.as_deref());
    group == Some(word)
        || (word == "people"
            && claim.quantity.as_ref().is_some_and(|q| q.counts == Counted::People))
}

fn modality_name(modality: Modality) -> &'static str {
    match modality {
        Modality::Certain => "certain",
        Modality::Hedged => "hedged",
        Modality::Negated => "negated",
        Modality::Hypothetical => "hypothetical",
        Modality::Counterfactual => "counterfactual",
        Modality::Plan => "plan",
        Modality::Imperative => "imperative",
        Modality::Question => "question",
        Modality::Attempted => "attempted",
        Modality::Hoped => "hoped",
    }
}

fn grade_name(grade: Grade) -> &'static str {
    match grade {
        Grade::Seen => "seen",
        Grade::Heard => "heard",
        Grade::Official => "official",
        Grade::Media => "media",
        Grade::Asserted => "asserted",
        Grade::Command => "command",
        Grade::Plan => "plan",
        Grade::Denied => "denied",
    }
}

/// A claim in the notation of the examples.
pub fn notation(claim: &Claim) -> String {
    let end = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
    let mut out = claim.event.0.clone();
    for event in &claim.or_events {
        out.push_str(&format!("|{event}"));
    }
    match &claim.quantity {
        Some(q) => {
            out.push_str(&format!(" {}..{}", end(q.low), end(q.high)));
            if q.approx {
                out.push_str(" about");
            }
            out.push_str(&format!(" ={}", format!("{:?}", q.counts).to_lowercase()));
        }
        None => out.push_str(" ?"),
    }
    if let Some(id) = claim.affected.as_ref().and_then(|group| group.id.as_deref()) {
        out.push_str(&format!(" {id}"));
    }
    out.push_str(&format!(" {} @{}", modality_name(claim.modality), grade_name(claim.grade)));
    for (flag, name) in [
        (claim.part_of.is_some(), "part"),
        (claim.earlier_figure, "earlier"),
        (claim.retracts, "retracts"),
        (claim.role == ClaimRole::Background, "background"),
    ] {
        if flag {
            out.push_str(&format!(" {name}"));
        }
    }
    if let Some(place) = &claim.place {
        out.push_str(&format!(
            " in:{}",
            place.canonical.as_deref().unwrap_or(&place.words).replace(' ', "_")
        ));
    }
    if let Some(time) = &claim.time {
        out.push_str(&format!(" on:{}", time.value));
    }
    if let Some(source) = claim.sources.last() {
        out.push_str(&format!(" by:{}", source.words.replace(' ', "_")));
    }
    out
}

/// A document of one paragraph, its sentences cut at full stops, but not at those of `short` words.
fn one_paragraph(text: &str, lang: Lang, date: Option<PartialDate>, short: &[String]) -> Document {
    let item = ItemId::of(text.as_bytes());
    let whole = TextRange::new(0, text.len());
    let mut sentences = Vec::new();
    let mut start = 0;
    let bytes: Vec<(usize, char)> = text.char_indices().collect();
    for (index, &(at, c)) in bytes.iter().enumerate() {
        let next = bytes.get(index + 1).map(|&(_, c)| c);
        let after = bytes.get(index + 2).map(|&(_, c)| c);
        let before = text.get(start..at).unwrap_or_default();
        let word = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let cut = matches!(c, '.' | '!' | '?')
            && next == Some(' ')
            && !(c == '.' && short.iter().any(|short| *short == kua_lexicon::fold(word)))
            && after.is_some_and(|c| {
                c.is_uppercase() || c.is_ascii_digit() || matches!(c, '«' | '"' | '“')
            });
        if cut {
            sentences.push(TextRange::new(start, at + c.len_utf8()));
            start = at + c.len_utf8() + 1;
        }
    }
    if start < text.len() {
        sentences.push(TextRange::new(start, text.len()));
    }
    Document {
        id: DocumentId::new(item, 0),
        item,
        path: "example".to_owned(),
        text: text.to_owned(),
        blocks: vec![Block {
            role: Role::Main,
            range: whole,
            source: Vec::new(),
            language: Some(lang),
            why: Vec::new(),
        }],
        sentences: sentences
            .into_iter()
            .map(|range| Sentence { range, block: 0, language: Some(lang) })
            .collect(),
        language: Some(lang),
        title: None,
        dates: DocumentDates {
            published: date.map(|value| Dated {
                value,
                tier: DateTier::Declared,
                how: "example".to_owned(),
                range: None,
                at: None,
            }),
            ..DocumentDates::default()
        },
        receipt: Receipt {
            reader: "example".to_owned(),
            version: 0,
            charset: "utf-8".to_owned(),
            charset_how: "valid-utf-8".to_owned(),
            completeness: Completeness::Complete,
            omitted: Vec::new(),
        },
    }
}
