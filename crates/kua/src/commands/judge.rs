//! `judge`: a person's decision goes into the vault.

use kua_case::{Case, Decision, Span, TextRange};

use crate::args::{DecisionWord, Judge};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn judge(args: &Judge, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let decision = decision(args)?;
    let number = case.judge(decision, &args.by, &args.reason)?;
    console.line(&format!("Judgement {number} is in the vault."))?;
    console.line("Next:  kua build")?;
    Ok(())
}

fn decision(args: &Judge) -> Result<Decision, Failure> {
    let about = args.about.as_slice();
    let wants = |what: &str| {
        Failure::usage(format!("this decision wants {what}, found {}", about.join(" ")))
    };
    Ok(match args.decision {
        DecisionWord::Reject | DecisionWord::Confirm => {
            let [id] = about else { return Err(wants("one id of a claim")) };
            let claim = id.parse().map_err(|error| {
                Failure::usage(error).hint("kua claims --json gives whole ids.")
            })?;
            if args.decision == DecisionWord::Reject {
                Decision::RejectClaim { claim }
            } else {
                Decision::ConfirmClaim { claim }
            }
        }
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
