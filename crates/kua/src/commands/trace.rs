//! `trace`: two documents side by side, piece by piece, with what speaks for a link between them,
//! where they disagree, and the learnt words by which two languages answer each other.

use kua_case::publish::{Row, Shown, side_by_side, words};
use kua_case::{CaseError, Chronicle, Document, Found, Link, Loaded, TextRange, shown};
use serde_json::json;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::args::Trace;
use crate::console::Console;
use crate::failure::Failure;
use crate::table::on_one_line;

/// Learnt words that are shown.
const MOST_WORDS: usize = 12;
/// Between the two columns.
const GAP: &str = " │ ";

pub(super) fn trace(args: &Trace, loaded: &Loaded, console: &mut Console) -> Result<(), Failure> {
    let shown_only = Shown::inside(&loaded.chronicle);
    let chronicle = &*shown_only.chronicle;
    let (left, right) = (document(chronicle, &args.a)?, document(chronicle, &args.b)?);
    let ends = |link: &&Link| {
        let (a, b) = (link.a.document, link.b.document);
        (a, b) == (left.id, right.id) || (a, b) == (right.id, left.id)
    };
    let links: Vec<&Link> = chronicle.lineage.links.iter().filter(ends).collect();
    if links.is_empty() {
        if !args.json {
            console.line(&format!(
                "{} and {} share no passage: none is a copy, quotation or translation of the other.",
                shown(&left.path),
                shown(&right.path)
            ))?;
        }
        return Err(Failure::no());
    }
    let rows = side_by_side(left, right, &links);
    let learnt = learnt(chronicle, left, right, &rows);
    if args.json {
        let at = |document: &Document, range: Option<TextRange>| {
            range.map(|range| shown_only.original(document.id, range))
        };
        for row in &rows {
            let words = |document: &Document, range: Option<TextRange>| {
                range.and_then(|range| range.of(&document.text)).map(str::to_owned)
            };
            let record = json!({
                "a": { "item": left.path, "document": left.id, "span": at(left, row.a), "words": words(left, row.a) },
                "b": { "item": right.path, "document": right.id, "span": at(right, row.b), "words": words(right, row.b) },
            });
            console.line(&record.to_string())?;
        }
        for link in &links {
            let record = json!({ "link": link.kind, "direction": link.direction, "from": link.a.document, "to": link.b.document, "reasons": link.reasons, "score": link.score });
            console.line(&record.to_string())?;
        }
        for (a, b) in &learnt {
            console.line(&json!({ "word": a, "answers": b }).to_string())?;
        }
        return Ok(());
    }
    let conflicts = |document: &Document| -> Vec<TextRange> {
        let of = |link: &&Link| {
            let is_a = link.a.document == document.id;
            let sides = link.conflicts.iter().filter_map(move |c| if is_a { c.a } else { c.b });
            sides.collect::<Vec<_>>()
        };
        links.iter().flat_map(of).collect()
    };
    let (apart_left, apart_right) = (conflicts(left), conflicts(right));
    let columns = console.columns;
    let side = |document: &Document| {
        let unknown = || "language not known".to_owned();
        let language =
            document.language.map_or_else(unknown, |lang| words::language(lang.as_str()));
        format!("{} ({language})", shown(&document.path))
    };
    let head = lay_out(&side(left), &side(right), columns);
    for line in head {
        console.heading(&line)?;
    }
    for row in &rows {
        let cell = |document: &Document, range: Option<TextRange>, apart: &[TextRange]| {
            range.map_or_else(|| "—".to_owned(), |range| marked(document, range, apart))
        };
        let (a, b) = (cell(left, row.a, &apart_left), cell(right, row.b, &apart_right));
        for line in lay_out(&a, &b, columns) {
            console.line(&line)?;
        }
        if columns.is_some() {
            console.line("")?;
        }
    }
    for link in &links {
        // Of a and b the reasons speak as the link has them.
        let (a, b) = if link.a.document == left.id { (left, right) } else { (right, left) };
        console.heading(&format!(
            "{}, {} (a: {}, b: {})",
            words::link_kind(link.kind),
            words::direction(link.direction),
            shown(&a.path),
            shown(&b.path)
        ))?;
        for reason in &link.reasons {
            console.line(&format!("  {}", on_one_line(reason)))?;
        }
    }
    if !learnt.is_empty() {
        let pairs: Vec<String> = learnt.iter().map(|(a, b)| format!("{a} = {b}")).collect();
        console
            .heading("words that answer each other, learnt from the translations of this case")?;
        console.line(&format!("  {}", on_one_line(&pairs.join(", "))))?;
    }
    Ok(())
}

/// The document with an id, of an item, or whose path ends so.
fn document<'c>(chronicle: &'c Chronicle, asked: &str) -> Result<&'c Document, Failure> {
    let of_path: Vec<&Document> = chronicle
        .documents
        .iter()
        .filter(|document| {
            document.path == asked
                || document.path.strip_suffix(asked).is_some_and(|rest| rest.ends_with(['/', '\\']))
        })
        .collect();
    if let Some(first) = of_path.first() {
        if of_path.len() > 1 {
            let ids = of_path.iter().take(5).map(|document| document.id.to_string()).collect();
            return Err(CaseError::ManyIds { prefix: asked.to_owned(), ids }.into());
        }
        return Ok(first);
    }
    match kua_case::find(chronicle, asked)? {
        Found::Document(document) => Ok(document),
        Found::Item(item) => chronicle
            .documents
            .iter()
            .find(|document| document.item == item.id)
            .ok_or_else(|| CaseError::NoSuchId { prefix: asked.to_owned() }.into()),
        _ => Err(CaseError::NoSuchId { prefix: asked.to_owned() }.into()),
    }
}

/// Learnt words that stand in aligned pieces of both, if they are in two languages.
fn learnt(
    chronicle: &Chronicle,
    left: &Document,
    right: &Document,
    rows: &[Row],
) -> Vec<(String, String)> {
    let (Some(of_left), Some(of_right)) = (left.language, right.language) else {
        return Vec::new();
    };
    let mut out: Vec<(String, String)> = Vec::new();
    for row in rows {
        let (Some(a), Some(b)) = (row.a, row.b) else { continue };
        let (a, b) = (a.of(&left.text).unwrap_or_default(), b.of(&right.text).unwrap_or_default());
        for pair in chronicle.lineage.words_in((of_left, a), (of_right, b)) {
            if !out.contains(&pair) {
                out.push(pair);
            }
        }
    }
    out.truncate(MOST_WORDS);
    out
}

/// The words at `range`, with what disagrees in ⟦ ⟧.
fn marked(document: &Document, range: TextRange, apart: &[TextRange]) -> String {
    let mut inside: Vec<TextRange> =
        apart.iter().copied().filter(|r| range.contains(*r) && *r != range).collect();
    inside.sort_unstable();
    let mut out = String::new();
    let mut at = range.start;
    for conflict in inside {
        if conflict.start < at {
            continue;
        }
        out += document.text.get(at..conflict.start).unwrap_or_default();
        out.push('⟦');
        out += conflict.of(&document.text).unwrap_or_default();
        out.push('⟧');
        at = conflict.end;
    }
    out += document.text.get(at..range.end).unwrap_or_default();
    if apart.contains(&range) { format!("⟦{}⟧", out.trim()) } else { out }
}

/// Both texts beside each other in lines of a terminal; piped, one line parted by a tab.
fn lay_out(left: &str, right: &str, columns: Option<usize>) -> Vec<String> {
    let (left, right) = (on_one_line(left), on_one_line(right));
    let Some(columns) = columns else { return vec![format!("{left}\t{right}")] };
    let width = columns.saturating_sub(GAP.width()) / 2;
    let (left, right) = (wrapped(&left, width), wrapped(&right, width));
    (0..left.len().max(right.len()))
        .map(|n| {
            let a = left.get(n).map_or("", String::as_str);
            let b = right.get(n).map_or("", String::as_str);
            let pad = " ".repeat(width.saturating_sub(a.width()));
            format!("{a}{pad}{GAP}{b}").trim_end().to_owned()
        })
        .collect()
}

/// `text` in lines of at most `width` columns, broken at spaces, or within a word that is longer.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let wide = word.width();
        if used > 0 && used + 1 + wide > width {
            lines.push(String::new());
            used = 0;
        }
        if used > 0
            && let Some(line) = lines.last_mut()
        {
            line.push(' ');
            used += 1;
        }
        for character in word.chars() {
            let wide = character.width().unwrap_or(0);
            if used + wide > width && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(character);
            }
            used += wide;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{lay_out, wrapped};

    #[test]
    fn columns_stay_in_their_width_in_any_script() {
        assert_eq!(wrapped("вода в долине", 7), ["вода в", "долине"]);
        assert_eq!(wrapped("水在山谷里", 4), ["水在", "山谷", "里"]);
        assert_eq!(lay_out("a b", "c", None), ["a b\tc"]);
        assert_eq!(lay_out("one two", "eins zwei", Some(15)), ["one    │ eins", "two    │ zwei"]);
    }
}
