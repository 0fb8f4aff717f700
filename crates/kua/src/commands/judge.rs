//! `judge`: a person's decision goes into the vault.

use kua_case::{Case, Decision, Span, TextRange, Verdict};

use crate::args::{DecisionWord, Judge};
use crate::commands::reading;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn judge(args: &Judge, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let number = match review(args)? {
        Some((id, verdict)) => case.review(id, verdict, &args.by, &args.reason)?,
        None => case.judge(decision(args)?, &args.by, &args.reason)?,
    };
    console.line(&format!("Judgement {number} is in the vault."))?;
    console.line("Next:  kua build")?;
    Ok(())
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
