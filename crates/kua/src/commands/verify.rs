//! `verify`: proves a case or a published file, and says what is wrong where.

use kua_case::{Verified, shown, verify_case, verify_single_file};
use serde_json::json;

use crate::args::Verify;
use crate::commands::collect::counted;
use crate::commands::{CasePlace, bars, verify_bag};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn verify(
    args: &Verify,
    place: &CasePlace,
    console: &mut Console,
) -> Result<(), Failure> {
    if let Some(path) = args.path.as_deref().filter(|path| !path.join("case.toml").is_file())
        && let Some(()) = verify_bag::verify(path, args, console)?
    {
        return Ok(());
    }
    let verified = match &args.path {
        Some(path) if path.is_file() => verify_single_file(path, args.key.as_deref())?,
        Some(path) => verify_case(&CasePlace(Some(path.clone())).dir()?, &bars(console))?,
        None => verify_case(&place.dir()?, &bars(console))?,
    };
    if args.json {
        for fault in &verified.faults {
            let record = json!({ "fault": fault.what, "where": fault.place, "next": fault.next });
            console.line(&record.to_string())?;
        }
        let record = json!({
            "verified": verified.faults.is_empty(), "items": verified.items,
            "entries": verified.entries, "quotes": verified.quotes, "log": verified.log,
            "vkey": verified.vkey, "root": verified.root, "trusted": verified.trusted,
        });
        console.line(&record.to_string())?;
    } else {
        tell(&verified, console)?;
    }
    if verified.faults.is_empty() { Ok(()) } else { Err(Failure::no()) }
}

pub(super) fn tell(verified: &Verified, console: &mut Console) -> Result<(), Failure> {
    for fault in &verified.faults {
        let place = shown(&fault.place);
        let colon = if place.is_empty() { "" } else { ": " };
        console.line(&format!("WRONG  {place}{colon}{}", fault.what))?;
        if let Some(next) = &fault.next {
            console.line(&format!("       {next}"))?;
        }
    }
    if verified.faults.is_empty() {
        console.line(&format!(
            "All is as it was signed: {}, {}, {}.",
            counted(verified.items, "item", "items"),
            counted(
                usize::try_from(verified.entries).unwrap_or(usize::MAX),
                "log entry",
                "log entries"
            ),
            counted(verified.quotes, "quote", "quotes"),
        ))?;
    } else {
        console.line(&format!(
            "{} wrong.",
            counted(verified.faults.len(), "thing is", "things are")
        ))?;
    }
    for remark in &verified.remarks {
        console.line(remark)?;
    }
    if !verified.vkey.is_empty() {
        console.line(&format!("log   {}", verified.log))?;
        console.line(&format!("key   {}", verified.vkey))?;
        console.line(&format!("root  {}", verified.root))?;
    }
    Ok(())
}
