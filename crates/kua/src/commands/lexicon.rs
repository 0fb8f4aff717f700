//! `lexicon`: a language folder runs its own examples; dates and quantities of a text by themselves.

use std::io::Read as _;
use std::path::Path;

use kua_case::{check_lexicons, dates_in, quantities_in, shown};
use serde_json::json;

use crate::args::Lexicon;
use crate::commands::collect::counted;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn run(args: &Lexicon, console: &mut Console) -> Result<(), Failure> {
    match args {
        Lexicon::Check { dir, json } => check(dir, *json, console),
        Lexicon::Dates { lang, anchor } => {
            let text = standard_input()?;
            for found in dates_in(&text, *lang, *anchor) {
                let words = found.range.of(&text).unwrap_or_default();
                console.line(&json!({ "text": words, "found": found }).to_string())?;
            }
            Ok(())
        }
        Lexicon::Quantities { lang } => {
            let text = standard_input()?;
            for found in quantities_in(&text, *lang) {
                let words = found.range.of(&text).unwrap_or_default();
                console.line(&json!({ "text": words, "found": found }).to_string())?;
            }
            Ok(())
        }
    }
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("Standard input is no UTF-8 text: {error}.")))?;
    Ok(text)
}

fn check(dir: &Path, json: bool, console: &mut Console) -> Result<(), Failure> {
    let checked = check_lexicons(dir)?;
    for slip in &checked.slips {
        if json {
            let record = json!({ "file": slip.file, "line": slip.line, "problem": slip.problem });
            console.line(&record.to_string())?;
        } else {
            console.line(&format!("{}:{}: {}", shown(&slip.file), slip.line, slip.problem))?;
        }
    }
    // Idle lines are no slips: they do no harm and the exit code is 0.
    let doubtful = checked
        .doubtful
        .iter()
        .map(|odd| (format!("{}:{}", odd.file, odd.line), odd.problem.as_str()));
    let shadowed = checked.shadowed.iter().map(|line| (line.clone(), "shadowed"));
    let unused = checked.unused.iter().map(|line| (line.clone(), "unused: no example uses it"));
    for (line, note) in doubtful.chain(shadowed).chain(unused) {
        if json {
            console.line(&json!({ "at": line, "note": note }).to_string())?;
        } else {
            console.line(&format!("{}: note: {note}", shown(&line)))?;
        }
    }
    let what = format!(
        "{}, {}",
        counted(checked.files, "file", "files"),
        counted(checked.examples, "example", "examples")
    );
    if checked.slips.is_empty() {
        console.remark(&format!("{what}: all fine"));
        return Ok(());
    }
    console.remark(&format!("{what}: {}", counted(checked.slips.len(), "slip", "slips")));
    Err(Failure::no())
}
