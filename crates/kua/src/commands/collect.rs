//! `init`, `add`, `build`, `status`, `publish`: what changes a case or writes from it.

use std::path::PathBuf;

use kua_case::{Added, Built, Case, NewCase, Provenance, shown};
use serde_json::json;

use crate::args::{Add, Build, Init, Json, Publish};
use crate::commands::{CasePlace, bars, stop_on_ctrl_c};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn init(args: &Init, place: &CasePlace, console: &mut Console) -> Result<(), Failure> {
    let dir = args.dir.clone().or_else(|| place.0.clone()).unwrap_or_else(|| PathBuf::from("."));
    let period = match &args.period {
        Some(text) => Some(text.parse().map_err(|error| {
            Failure::usage(format!("--period: {error}"))
                .hint("For example:  --period 2022-01-01/2022-01-31")
        })?),
        None => None,
    };
    // `.` has no name of its own; the folder it stands for has.
    let named = if dir.file_name().is_some() {
        dir.clone()
    } else {
        std::fs::canonicalize(&dir).unwrap_or_else(|_| dir.clone())
    };
    let new = NewCase {
        title: args.title.clone().unwrap_or_default(),
        period,
        place: args.place.clone(),
    };
    let case = if args.field {
        Case::init_field(&named, &new, &args.recipient)?
    } else {
        Case::init(&named, &new)?
    };
    let shown_dir = shown(&dir.display().to_string());
    console.line(&format!("New case “{}” in {shown_dir}", case.config().title))?;
    let recipients = case.recipients();
    for recipient in &recipients {
        console.line(&format!("sealed to  {recipient}"))?;
    }
    if recipients.len() == 1 {
        console.remark(
            "kua: only one key opens what is sealed here: if it is lost, everything is. Better have a second, kept elsewhere: make the case anew with another --recipient.",
        );
    }
    let at = if args.dir.is_some() { format!(" -C {shown_dir}") } else { String::new() };
    console.line(&format!("Next:  kua{at} add PATH…"))?;
    Ok(())
}

pub(super) fn add(args: &Add, place: &CasePlace, console: &mut Console) -> Result<(), Failure> {
    // Before the case is opened, which takes a while: whoever stops it at once is told how to go on.
    let stop = stop_on_ctrl_c();
    let case = place.open()?;
    let provenance =
        Provenance { by: args.by.clone(), source: args.source.clone(), note: args.note.clone() };
    let added = case.add_from(&args.paths, &provenance, &bars(console), &stop)?;
    tell_added(&added, console)?;
    if let Some(error) = added.error {
        return Err(Failure::from(error));
    }
    if added.preserved > 0 && added.failures.count == 0 && !added.stopped {
        if case.recipients().is_empty() {
            console.line("Next:  kua build")?;
        } else {
            console.line("Sealed: nothing on this device can open it. Your originals were not touched; remove them yourself once this is enough.")?;
            console.line("Next:  kua pack STICK")?;
        }
    }
    if added.stopped {
        return Err(Failure::unfinished(
            "stopped before all files were added; what was acknowledged is safe",
        )
        .hint("Go on:  run the same command again"));
    }
    match added.failures.count {
        0 => Ok(()),
        _ => Err(Failure::said()),
    }
}

fn tell_added(added: &Added, console: &mut Console) -> Result<(), Failure> {
    console.line(&preserved(added.preserved, added.bytes))?;
    for (path, same) in added.duplicates.first.iter().take(SHOWN) {
        console.line(&format!("  same bytes as {}: {}", shown(same), shown(path)))?;
    }
    rest(console, added.duplicates.count)?;
    if added.known > 0 {
        console.line(&format!("{} already in the vault", files(added.known)))?;
    }
    for passed in added.passed_by.first.iter().take(SHOWN) {
        console.line(&format!("  passed by {}: {}", shown(&passed.path), passed.reason()))?;
    }
    rest(console, added.passed_by.count)?;
    let failures = added.failures.count;
    if failures > 0 {
        console.remark(&format!("kua: {} could not be added:", files(failures)));
        for passed in added.failures.first.iter().take(SHOWN) {
            console.remark(&format!("  {}: {}", shown(&passed.path), passed.reason()));
        }
        if failures > SHOWN {
            console.remark(&format!("  and {} more", failures - SHOWN));
        }
    }
    let nothing = added.preserved + added.known + failures == 0;
    if nothing && !added.stopped && added.error.is_none() {
        console.line("There are no files to add there.")?;
    }
    Ok(())
}

/// Names shown of a long list.
const SHOWN: usize = 20;

fn rest(console: &mut Console, count: usize) -> Result<(), Failure> {
    if count > SHOWN {
        console.line(&format!("  and {} more", count - SHOWN))?;
    }
    Ok(())
}

fn preserved(count: usize, bytes: u64) -> String {
    format!("Preserved {} ({})", files(count), size(bytes))
}

fn files(count: usize) -> String {
    counted(count, "file", "files")
}

pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Bytes for people: `512 bytes`, `12 kB`, `3.4 MB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

pub(super) fn build(args: &Build, case: Case, console: &mut Console) -> Result<(), Failure> {
    let case = case.with_threads(args.threads);
    let built = build_case(&case, console)?;
    let (sealed, opened) = case.sealed()?;
    if sealed > opened {
        let waiting = counted(sealed - opened, "sealed item", "sealed items");
        console.line(&format!("{waiting} not opened here, so not read"))?;
        if case.recipients().is_empty() {
            console.line("Next:  kua open --identity FILE --by NAME")?;
        } else {
            console.line("Next:  kua pack STICK   (they are opened on an editor's machine)")?;
        }
    }
    if built.items == 0 && sealed > 0 {
        return Ok(());
    }
    if built.items == 0 {
        console.line("There is nothing in this case yet.")?;
        console.line("Next:  kua add PATH…")?;
        return Ok(());
    }
    console.line(&format!(
        "{} ({} read now), {}, {}",
        counted(built.items, "item", "items"),
        built.fresh,
        counted(built.documents, "document", "documents"),
        counted(built.claims, "claim", "claims"),
    ))?;
    if let Some(line) = summary_of_notices(built.notices, built.losses) {
        console.line(&line)?;
    }
    console.line("Next:  kua toll   or   kua serve")?;
    Ok(())
}

/// Builds and says so if it was interrupted.
pub(crate) fn build_case(case: &Case, console: &mut Console) -> Result<Built, Failure> {
    let stop = stop_on_ctrl_c();
    let built = case.build(&bars(console), &stop)?;
    if built.cache_rebuilt {
        console
            .remark("kua: derived/case.sqlite could not be used and was made anew from the vault.");
    }
    if built.stopped {
        return Err(Failure::unfinished("the build was stopped; what was read is kept")
            .hint("Go on:  kua build"));
    }
    Ok(built)
}

/// `12 notices, 1 of them a loss: kua notices`; nothing if nothing is odd.
pub(crate) fn summary_of_notices(count: usize, losses: usize) -> Option<String> {
    (count > 0).then(|| {
        let lost = if losses > 0 {
            format!(", {losses} about something that was not read")
        } else {
            String::new()
        };
        format!("{}{lost}:  kua notices", counted(count, "notice", "notices"))
    })
}

pub(super) fn status(args: &Json, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let status = case.status()?;
    let (sealed, opened) = case.sealed()?;
    let withdrawn: usize = case.withdrawals()?.iter().map(|w| w.items.len()).sum();
    if args.json {
        let built = status.built.as_ref();
        let record = json!({
            "title": status.title, "items": status.items, "bytes": status.bytes,
            "unread": status.unread, "judgements": status.judgements, "built": built.is_some(),
            "stale": built.is_none_or(|built| built.is_stale),
            "documents": built.map(|built| built.documents), "claims": built.map(|built| built.claims),
            "accounts": built.map(|built| built.accounts), "origins": built.map(|built| built.origins),
            "notices": built.map(|built| built.notices),
            "sealed": sealed, "opened": opened, "withdrawn": withdrawn,
            "recipients": case.recipients(),
            "history": status.history, "further_heads": status.further_heads,
        });
        console.line(&record.to_string())?;
        return Ok(());
    }
    console.heading(&status.title)?;
    if let Some(fault) = &status.history {
        console.line(&format!("WARNING    {fault}."))?;
    }
    if status.further_heads > 0 {
        let heads = counted(status.further_heads, "second history", "second histories");
        console.line(&format!(
            "WARNING    {heads} of another collector's log: their key signed two. Both are kept, as evidence. Ask them, and whoever else holds a copy. kua verify tells more."
        ))?;
    }
    console.line(&format!(
        "vault      {} ({}), {}",
        counted(status.items, "item", "items"),
        size(status.bytes),
        counted(status.judgements, "judgement", "judgements")
    ))?;
    if sealed > 0 {
        let items = counted(sealed, "sealed item", "sealed items");
        console.line(&format!("sealed     {items}, {opened} opened here"))?;
    }
    for recipient in case.recipients() {
        console.line(&format!("sealed to  {recipient}"))?;
    }
    if withdrawn > 0 {
        console.line(&format!("withdrawn  {}", counted(withdrawn, "item", "items")))?;
    }
    match &status.built {
        None => console.line("built      not yet")?,
        Some(built) => {
            console.line(&format!(
                "built      {}, {}, {}, {}, {}",
                counted(built.documents, "document", "documents"),
                counted(built.accounts, "account", "accounts"),
                counted(built.origins, "origin", "origins"),
                counted(built.claims, "claim", "claims"),
                counted(built.notices, "notice", "notices"),
            ))?;
        }
    }
    let next = match (&status.built, status.items) {
        (_, 0) => "Next:  kua add PATH…".to_owned(),
        (Some(built), _) if !built.is_stale => "Up to date.".to_owned(),
        _ if status.unread > 0 => {
            format!("{} not read yet. Next:  kua build", counted(status.unread, "item", "items"))
        }
        _ => "Something changed since. Next:  kua build".to_owned(),
    };
    console.line(&next)?;
    Ok(())
}

pub(super) fn publish(args: &Publish, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let published = case.publish(&args.output, &bars(console))?;
    if published.is_stale {
        console.remark(super::STALE);
    }
    if !published.remembered {
        console.remark(super::NOT_REMEMBERED);
    }
    let name = shown(&args.output.display().to_string());
    console.line(&format!("Wrote {name} ({})", size(published.bytes)))?;
    console.line(&format!("Anyone can check it without this case:  kua verify {name}"))?;
    console.line(&format!("When it goes to somebody:  kua record export {name} --to NAME"))?;
    Ok(())
}
