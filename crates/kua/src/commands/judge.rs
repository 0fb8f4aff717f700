//! `judge`: a person's decision goes into the vault.

use std::io::Write as _;

use kua_case::publish::Shown;
use kua_case::{
    Case, Chronicle, Decision, Here, Judgement, Span, TextRange, Verdict, in_words, shown,
};
use serde_json::json;

use crate::args::{DecisionWord, Json, Judge};
use crate::commands::reading;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn judge(args: &Judge, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let (by, reason) = (&args.by, &args.reason);
    let number = match (args.decision, args.about.as_slice()) {
        (DecisionWord::Adopt, [id]) => case.adopt(id, by, reason)?,
        (DecisionWord::Release, [id]) => case.release(id, by, reason)?,
        _ => match review(args)? {
            Some((id, verdict)) => case.review(id, verdict, by, reason)?,
            None => case.judge(decision(args)?, by, reason)?,
        },
    };
    console.line(&format!("Judgement {number} is in the vault."))?;
    console.line("Next:  kua build")?;
    Ok(())
}

/// One judgement as it is told.
struct Row {
    number: String,
    id: Option<String>,
    log: Option<String>,
    here: &'static str,
    judgement: Option<Judgement>,
}

pub(super) fn judgements(args: &Json, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for (number, decided) in case.decided_here()?.into_iter().enumerate() {
        let here = if decided.holds { "holds" } else { "undone" };
        let (number, judgement) = (number.to_string(), Some(decided.judgement));
        rows.push(Row { number, id: None, log: None, here, judgement });
    }
    for theirs in case.decided_elsewhere()? {
        let here = match theirs.here {
            Here::Withholds => "holds",
            Here::Released => "released",
            Here::Undone => "undone",
            Here::Adopted => "adopted",
            Here::Shown => "not applied",
        };
        let (number, id) = (theirs.number.to_string(), Some(theirs.id.to_string()));
        rows.push(Row { number, id, log: Some(theirs.log), here, judgement: theirs.judgement });
    }
    mask(&mut rows);
    if args.json {
        return rows.iter().try_for_each(|row| tell_json(row, console));
    }
    if rows.is_empty() {
        return Ok(console.line("No judgements: everything was proposed by rules.")?);
    }
    let mut logs: Vec<Option<&str>> = rows.iter().map(|row| row.log.as_deref()).collect();
    logs.dedup();
    for log in logs {
        console.heading(
            &log.map_or("Of this case".to_owned(), |log| format!("In the log {}", shown(log))),
        )?;
        for row in rows.iter().filter(|row| row.log.as_deref() == log) {
            tell(row, console)?;
        }
    }
    Ok(())
}

/// No withheld name in a list of decisions, not even in the words of another one.
fn mask(rows: &mut [Row]) {
    // An undoing speaks of numbers of its own log: beside other logs it would undo anything.
    let is_told = |row: &Row| match &row.judgement {
        Some(judgement) => !matches!(judgement.decision, Decision::Undo { .. }),
        None => false,
    };
    let told: Vec<Judgement> =
        rows.iter().filter(|row| is_told(row)).filter_map(|row| row.judgement.clone()).collect();
    let chronicle = Chronicle { judgements: told, ..Chronicle::default() };
    let masked = Shown::inside(&chronicle).chronicle.judgements.clone();
    let places = rows.iter_mut().filter(|row| is_told(row));
    places.zip(masked).for_each(|(row, judgement)| row.judgement = Some(judgement));
}

fn tell(row: &Row, console: &mut Console) -> Result<(), Failure> {
    let id =
        row.id.as_deref().and_then(|id| id.get(..12)).map_or(String::new(), |id| format!(" {id}"));
    let Some(judgement) = &row.judgement else {
        return Ok(console.line(&format!(
            "{:>4}{id}  cannot be understood; it may be from a newer kua",
            row.number
        ))?);
    };
    let words = shown(&in_words(&judgement.decision));
    console.line(&format!("{:>4}{id}  {words}  ({})", row.number, row.here))?;
    let (by, at, reason) = (&judgement.by, &judgement.at, &judgement.reason);
    Ok(console.line(&format!("      {}, {}: {}", shown(by), shown(at), shown(reason)))?)
}

fn tell_json(row: &Row, console: &mut Console) -> Result<(), Failure> {
    let value = json!({
        "number": row.number.parse::<u64>().unwrap_or_default(), "id": row.id, "log": row.log,
        "here": row.here, "judgement": row.judgement,
    });
    Ok(writeln!(console.out, "{value}")?)
}

/// The claim and what a review makes of it, if the decision is a review of a claim.
fn review(args: &Judge) -> Result<Option<(&str, Verdict)>, Failure> {
    let about = args.about.as_slice();
    let one = || match about {
        [id] => Ok(id.as_str()),
        _ => Err(wants("one id of a claim", about)),
    };
    Ok(match (args.decision, about) {
        (DecisionWord::Reject, _) => Some((one()?, Verdict::Reject)),
        (DecisionWord::Confirm, _) => Some((one()?, Verdict::Confirm)),
        (DecisionWord::Correct, [id, fields @ ..]) if !fields.is_empty() => {
            Some((id, Verdict::Correct(reading::of(fields)?)))
        }
        (DecisionWord::Correct, _) => {
            return Err(wants(
                "the id of a claim, then FIELD=VALUE for whatever is to change",
                about,
            )
            .hint("For instance:  kua judge correct c4f2 figure=12..15 affected=police …"));
        }
        _ => None,
    })
}

fn wants(what: &str, about: &[String]) -> Failure {
    Failure::usage(format!("this decision wants {what}, found {}", about.join(" ")))
}

fn decision(args: &Judge) -> Result<Decision, Failure> {
    let about = args.about.as_slice();
    let wants = |what: &str| wants(what, about);
    Ok(match args.decision {
        DecisionWord::SameOrigin => {
            if about.len() < 2 {
                return Err(wants("two or more ids of origins"));
            }
            let origins = about.iter().map(|id| id.parse()).collect::<Result<_, _>>();
            Decision::SameOrigin {
                origins: origins.map_err(|error| {
                    Failure::usage(error).hint("kua origins --json gives whole ids.")
                })?,
            }
        }
        DecisionWord::NotSameAccount => {
            let [a, b] = about else { return Err(wants("two passages, DOCUMENT@START..END")) };
            let passage =
                |text: &str| span(text).ok_or_else(|| wants("two passages, DOCUMENT@START..END"));
            Decision::NotSameAccount { a: passage(a)?, b: passage(b)? }
        }
        DecisionWord::SameName | DecisionWord::NotSameName if about.len() < 2 => {
            return Err(wants("two or more spellings"));
        }
        DecisionWord::SameName => Decision::SameName { names: about.to_vec() },
        DecisionWord::NotSameName => Decision::NotSameName { names: about.to_vec() },
        DecisionWord::Withhold => Decision::Withhold { names: about.to_vec() },
        DecisionWord::Reject | DecisionWord::Confirm | DecisionWord::Correct => {
            return Err(wants("one id of a claim"));
        }
        DecisionWord::Adopt | DecisionWord::Release => {
            return Err(wants("one id of a judgement, as kua judgements shows it"));
        }
        DecisionWord::Undo => match about {
            [number] => Decision::Undo {
                judgement: number.parse().map_err(|_| wants("the number of a judgement"))?,
            },
            _ => return Err(wants("the number of a judgement")),
        },
    })
}

fn span(text: &str) -> Option<Span> {
    let (document, range) = text.split_once('@')?;
    let (start, end) = range.split_once("..")?;
    Some(Span::new(document.parse().ok()?, TextRange::new(start.parse().ok()?, end.parse().ok()?)))
}
