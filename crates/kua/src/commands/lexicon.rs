//! `lexicon check`: a language folder runs its own examples.

use kua_case::{check_lexicons, shown};
use serde_json::json;

use crate::args::Lexicon;
use crate::commands::collect::counted;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn run(args: &Lexicon, console: &mut Console) -> Result<(), Failure> {
    let Lexicon::Check { dir, json } = args;
    let checked = check_lexicons(dir)?;
    for slip in &checked.slips {
        if *json {
            let record = json!({ "file": slip.file, "line": slip.line, "problem": slip.problem });
            console.line(&record.to_string())?;
        } else {
            console.line(&format!("{}:{}: {}", shown(&slip.file), slip.line, slip.problem))?;
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
