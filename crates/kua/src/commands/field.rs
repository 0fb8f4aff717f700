//! `key`, `open`, `erase`: sealed capture, and items whose consent was withdrawn.

use kua_case::{Case, Clock as _, MachineClock, new_identity, read_identities, shown};

use crate::args::{Erase, Key, Open};
use crate::commands::collect::{counted, size};
use crate::commands::{bars, stop_on_ctrl_c};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn key(args: &Key, console: &mut Console) -> Result<(), Failure> {
    let Key::New { file } = args;
    let now = MachineClock.now();
    let public = new_identity(file, now.get(..10).unwrap_or_default())?;
    console.line(&public)?;
    let name = shown(&file.display().to_string());
    console.remark(&format!(
        "The secret key is in {name}. Keep it off the devices that collect, and keep a copy elsewhere: without it nothing sealed to it is ever opened. The line above is public: give it to whoever collects."
    ));
    Ok(())
}

pub(super) fn open(args: &Open, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let identities = read_identities(&args.identity)?;
    let stop = stop_on_ctrl_c();
    let opened = case.open_sealed(&identities, &args.by, &bars(console), &stop)?;
    console.line(&format!("Opened {}", number(opened.opened)))?;
    if opened.already > 0 {
        console.line(&format!("{} opened before", number(opened.already)))?;
    }
    if opened.other_keys > 0 {
        console.line(&format!("{} sealed to other keys", number(opened.other_keys)))?;
    }
    if !opened.sealed_to.is_empty() {
        console.line("They can be opened with these keys. Is one of them strange to you?")?;
        for recipient in &opened.sealed_to {
            console.line(&format!("  {recipient}"))?;
        }
    }
    for (item, why) in &opened.failed {
        console.line(&format!("WRONG  {item}: {why}"))?;
    }
    if opened.stopped {
        return Err(Failure::unfinished("stopped before everything was opened")
            .hint("Go on:  run the same command again"));
    }
    if !opened.failed.is_empty() {
        return Err(Failure::no());
    }
    if opened.opened > 0 {
        console.line("Next:  kua build")?;
    }
    Ok(())
}

pub(super) fn erase(args: &Erase, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let items = case.items_named(&args.items)?;
    let (plan, paths) = case.plan_erasure(&items)?;
    let verb = if args.yes { "Destroyed" } else { "Would destroy" };
    if !args.yes {
        tell(verb, &plan, &paths, console)?;
        console.line(
            "with everything that was worked out of the case; the next build makes that anew.",
        )?;
        console.line("Reason and authority stay in the log for ever. Pages, files and bundles given away before are out of reach: tell whoever has them.")?;
        console.line("To do it, add  --yes")?;
        return Ok(());
    }
    let plan = case.erase(&items, &args.reason, &args.authority)?;
    tell(verb, &plan, &paths, console)?;
    console.line("The log says that it was withdrawn, and everything else in it stays proved.")?;
    console.line("Next:  kua build   and publish again what was published before")?;
    Ok(())
}

fn tell(
    verb: &str,
    plan: &kua_case::ErasePlan,
    paths: &[String],
    console: &mut Console,
) -> Result<(), Failure> {
    let copies = match plan.copies.len() {
        0 => String::new(),
        n => format!(", {} of them working copies", n),
    };
    console.line(&format!(
        "{verb} {}{copies} ({} files, {})",
        counted(plan.items.len(), "item", "items"),
        plan.files,
        size(plan.bytes)
    ))?;
    for path in paths {
        console.line(&format!("  {}", shown(path)))?;
    }
    Ok(())
}

fn number(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "sealed item", "sealed items")
}
