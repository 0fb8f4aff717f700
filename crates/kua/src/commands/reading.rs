//! `judge correct`: FIELD=VALUE words into a reading.

use kua_case::{EventType, ReadFigure, ReadSource, Reading, SourceKind};
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// The reading that `fields` describe; of a field named twice the last holds.
pub(super) fn of(fields: &[String]) -> Result<Reading, Failure> {
    let mut reading = Reading::default();
    for field in fields {
        let Some((name, value)) = field.split_once('=') else {
            return Err(Failure::usage(format!("expected FIELD=VALUE, found {field:?}")));
        };
        let value = value.trim();
        match name.trim() {
            "event" => reading.event = Some(EventType(value.to_owned())),
            "figure" => reading.figure = Some(figure(value)?),
            "affected" => reading.affected = Some(value.to_owned()),
            "by" => reading.by = Some(value.to_owned()),
            "place" => reading.place = Some(value.to_owned()),
            "time" => reading.time = Some(time(value)?),
            "sources" => reading.sources = Some(sources(value)?),
            "grade" => reading.grade = Some(word("grade", value, GRADES)?),
            "modality" => reading.modality = Some(word("modality", value, MODALITIES)?),
            "role" => reading.role = Some(word("role", value, ROLES)?),
            other => {
                return Err(Failure::usage(format!(
                    "no field is called {other:?}; a claim has event, figure, affected, by, place, time, sources, grade, modality, role"
                )));
            }
        }
    }
    Ok(reading)
}

const GRADES: &str = "seen, heard, official, media, asserted, command, plan, denied";
const MODALITIES: &str = "certain, hedged, negated, hypothetical, counterfactual, plan, imperative, question, attempted, hoped";
const ROLES: &str = "crisis, background, boilerplate";
const KINDS: &str = "account, outlet, agency, authority, person, organisation, unnamed";

/// `12`, `~12`, `12..15`, `12..`, `..15`; empty for none.
fn figure(value: &str) -> Result<Option<ReadFigure>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    let wrong = || {
        Failure::usage(format!(
            "expected a figure like 12, ~12, 12..15, 12.. or ..15, found {value:?}"
        ))
    };
    let (approx, digits) = match value.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| wrong()),
    };
    let (low, high) = match digits.split_once("..") {
        Some((low, high)) => (end(low)?, end(high)?),
        None => (end(digits)?, end(digits)?),
    };
    let is_empty = low.is_none() && high.is_none();
    if is_empty || matches!((low, high), (Some(low), Some(high)) if low > high) {
        return Err(wrong());
    }
    Ok(Some(ReadFigure { low, high, approx, counts: None }))
}

fn time(value: &str) -> Result<Option<kua_case::DateSpan>, Failure> {
    if value.is_empty() {
        return Ok(None);
    }
    value.parse().map(Some).map_err(Failure::usage)
}

/// `KIND:WORDS > KIND:WORDS`, outermost first; empty if the account speaks for itself.
fn sources(value: &str) -> Result<Vec<ReadSource>, Failure> {
    if value.is_empty() {
        return Ok(Vec::new());
    }
    value
        .split(" > ")
        .map(|part| {
            let (kind, words) = part.split_once(':').unwrap_or((part, ""));
            let (kind, words) = (kind.trim(), words.trim());
            if words.is_empty() {
                return Err(Failure::usage(format!(
                    "expected KIND:WORDS for each source, KIND one of {KINDS}; found {part:?}"
                )));
            }
            Ok(ReadSource {
                words: words.to_owned(),
                kind: word::<SourceKind>("kind of source", kind, KINDS)?,
            })
        })
        .collect()
}

/// A value under the word it travels under in JSON.
fn word<T: DeserializeOwned>(what: &str, value: &str, known: &str) -> Result<T, Failure> {
    serde_json::from_value(serde_json::Value::String(value.to_owned()))
        .map_err(|_| Failure::usage(format!("no {what} is called {value:?}; there are {known}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_with_their_bounds() {
        let read = |text| figure(text).ok().flatten().map(|f| (f.low, f.high, f.approx));
        assert_eq!(read("12"), Some((Some(12), Some(12), false)));
        assert_eq!(read("~12"), Some((Some(12), Some(12), true)));
        assert_eq!(read("12..15"), Some((Some(12), Some(15), false)));
        assert_eq!(read("12.."), Some((Some(12), None, false)));
        assert_eq!(read("..15"), Some((None, Some(15), false)));
        for bad in ["..", "15..12", "-3", "twelve", "~", "1..2..3", "99999999999999999999999"] {
            assert!(figure(bad).is_err(), "{bad}");
        }
        assert!(figure("").is_ok_and(|figure| figure.is_none()));
    }

    #[test]
    fn a_slip_names_what_there_is() {
        for bad in ["nonsense", "mood=certain", "modality=sure", "sources=ministry", "time=soon"] {
            assert!(of(&[bad.to_owned()]).is_err(), "{bad}");
        }
        let reading = of(&["sources=outlet:Le Phare > authority:the ministry".to_owned()])
            .unwrap_or_default();
        let sources = reading.sources.unwrap_or_default();
        assert_eq!(sources.len(), 2);
        assert_eq!(
            (sources[1].words.as_str(), sources[1].kind),
            ("the ministry", SourceKind::Authority)
        );
    }
}
