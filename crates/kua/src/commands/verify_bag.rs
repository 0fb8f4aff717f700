//! `verify` of a BagIt bag. What is odd goes to stderr, what is wrong to stdout and the exit code.

use std::path::Path;

use kua_case::{VerifiedBag, VerifyWants, shown, verify_bag};
use serde_json::json;

use crate::args::Verify;
use crate::commands::collect::{counted, size};
use crate::commands::{bars, stop_on_ctrl_c};
use crate::console::Console;
use crate::failure::Failure;

/// Checks the bag at `path`; `None` if it is none and `verify` should look at it otherwise.
pub(super) fn verify(
    path: &Path,
    args: &Verify,
    wants: &VerifyWants,
    console: &mut Console,
) -> Result<Option<()>, Failure> {
    let stop = stop_on_ctrl_c();
    let Some(verified) = verify_bag(path, wants, &bars(console), &stop)? else {
        return Ok(None);
    };
    for warning in &verified.bag.warnings {
        console.remark(&format!("kua: odd: {}", shown(warning)));
    }
    if args.json {
        tell_json(&verified, console)?
    } else {
        tell(&verified, console)?
    }
    let wrong = verified.bag.faults.len() + verified.vault.as_ref().map_or(0, |v| v.faults.len());
    if wrong == 0 { Ok(Some(())) } else { Err(Failure::no()) }
}

fn tell(verified: &VerifiedBag, console: &mut Console) -> Result<(), Failure> {
    let bag = &verified.bag;
    for fault in &bag.faults {
        let colon = if fault.file.is_empty() { "" } else { ": " };
        console.line(&format!("WRONG  {}{colon}{}", shown(&fault.file), shown(&fault.what)))?;
    }
    let files = counted(usize::try_from(bag.files).unwrap_or(usize::MAX), "file", "files");
    let sums = bag.algorithms.join(", ");
    if bag.is_valid() {
        let what = format!("{files}, {}, checked by {sums}", size(bag.bytes));
        console.line(&format!("A valid bag (BagIt {}): {what}.", bag.version))?;
    } else {
        let wrong = counted(bag.faults.len(), "thing is", "things are");
        console.line(&format!("Not a valid bag: {wrong} wrong."))?;
        console
            .line("Keep it as it is, and compare it with another copy, or ask whoever made it.")?;
    }
    if let Some(vault) = &verified.vault {
        super::verify::tell(vault, console)?;
    } else if bag.is_valid() {
        console.line(
            "Its checksums are those it brought itself: they show damage, not who made it.",
        )?;
    }
    Ok(())
}

fn tell_json(verified: &VerifiedBag, console: &mut Console) -> Result<(), Failure> {
    let bag = &verified.bag;
    for warning in &bag.warnings {
        console.line(&json!({ "warning": warning }).to_string())?;
    }
    for fault in &bag.faults {
        console
            .line(&json!({ "fault": fault.what, "where": fault.file, "next": null }).to_string())?;
    }
    let vault = verified.vault.as_ref();
    for fault in vault.into_iter().flat_map(|vault| &vault.faults) {
        let record = json!({ "fault": fault.what, "where": fault.place, "next": fault.next });
        console.line(&record.to_string())?;
    }
    let record = json!({
        "verified": bag.is_valid() && vault.is_none_or(|vault| vault.faults.is_empty()),
        "bagit": bag.version, "algorithms": bag.algorithms, "files": bag.files, "bytes": bag.bytes,
        "items": vault.map(|vault| vault.items), "entries": vault.map(|vault| vault.entries),
        "log": vault.map(|vault| &vault.log), "vkey": vault.map(|vault| &vault.vkey),
        "root": vault.map(|vault| &vault.root),
        "trusted": vault.map(|vault| vault.trusted),
    });
    console.line(&record.to_string())?;
    Ok(())
}
