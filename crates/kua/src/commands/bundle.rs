//! `pack` and `merge`: bundles for a stick.

use kua_case::{Case, Here, Lacking, Merged, PackRequest, read_identities, shown};

use crate::args::{Merge, Pack};
use crate::commands::collect::{counted, size};
use crate::commands::{bars, stop_on_ctrl_c};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn pack(args: &Pack, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let volume = args.volume_size.as_deref().map_or(Ok(0), bytes_of)?;
    let request = PackRequest {
        form: None,
        since: args.since.clone(),
        volume,
        recipients: args.recipient.clone(),
        to: args.to.clone(),
    };
    let packed = case.pack(&args.out, &request, &bars(console), &stop_on_ctrl_c())?;
    for volume in &packed.volumes {
        console.line(&format!("Wrote {}", shown(&volume.display().to_string())))?;
    }
    console.line(&format!(
        "{}, {}; the log has {}",
        count(packed.objects, "object", "objects"),
        size(packed.bytes),
        count(packed.size, "entry", "entries")
    ))?;
    if packed.withdrawn > 0 {
        console
            .line(&format!("{} left out: withdrawn", count(packed.withdrawn, "item", "items")))?;
    }
    if !packed.remembered {
        console.line(
            "The checkpoint in it could not be kept in the vault's folder seen/ (is it read-only, or is somebody adding?). Keep a copy of the bundle: kua verify --against BUNDLE shows whether this log was set back since",
        )?;
    }
    console.line("There:  kua verify BUNDLE   and   kua merge BUNDLE")?;
    console.line(&format!("What is new after this:  kua pack OUT --since {}", packed.size))?;
    Ok(())
}

/// `700MB`, `4GB`, `4000000000`: bytes, in powers of ten as on the label of a stick.
fn bytes_of(text: &str) -> Result<u64, Failure> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match upper.strip_prefix(digits).unwrap_or_default().trim() {
        "" | "B" => Some(1),
        "KB" | "K" => Some(1_000),
        "MB" | "M" => Some(1_000_000),
        "GB" | "G" => Some(1_000_000_000u64),
        _ => None,
    };
    let bytes = factor.and_then(|factor| digits.parse::<u64>().ok()?.checked_mul(factor));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| {
        Failure::usage(format!("--volume-size: {text:?} is no size"))
            .hint("For example:  --volume-size 4GB   or   --volume-size 700MB")
    })
}

pub(super) fn merge(args: &Merge, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let identities = args.identity.as_deref().map_or(Ok(Vec::new()), read_identities)?;
    let stop = stop_on_ctrl_c();
    let merged =
        case.merge(&args.bundle, args.key.as_deref(), &identities, &bars(console), &stop)?;
    tell(&merged, args, console)?;
    tell_decisions(case, console)?;
    let is_wrong = merged.logs.iter().any(|log| log.forked) || !merged.lacking.is_empty();
    if is_wrong { Err(Failure::no()) } else { Ok(()) }
}

/// More than this many damaged files are counted, not listed.
const MOST_TOLD: usize = 20;

fn tell_lacking(merged: &Merged, console: &mut Console) -> Result<(), Failure> {
    for lacking in merged.lacking.iter().take(MOST_TOLD) {
        let Lacking { file, log, log_index, why, .. } = lacking;
        console.line(&format!("WRONG  {file} {why} (entry {log_index} of {})", shown(log)))?;
    }
    let more = merged.lacking.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        console.line(&format!("WRONG  and {more} more"))?;
    }
    if !merged.lacking.is_empty() {
        console.line(&format!(
            "{} did not come as signed and {} left out; all the rest was taken in. Copy the bundle again from where it came and merge it again: that completes it. If it has several volumes, name them all: kua merge BUNDLE-1 BUNDLE-2 …",
            count(merged.lacking.len() as u64, "file", "files"),
            if merged.lacking.len() == 1 { "was" } else { "were" }
        ))?;
    }
    Ok(())
}

/// What others decided: names they withhold are withheld here from now on.
fn tell_decisions(case: &Case, console: &mut Console) -> Result<(), Failure> {
    let theirs = case.decided_elsewhere()?;
    let of = |here: Here| theirs.iter().filter(|theirs| theirs.here == here).count() as u64;
    let (withheld, shown_only) = (of(Here::Withholds), of(Here::Shown));
    if withheld > 0 {
        console.line(&format!(
            "{} of other collectors to withhold names hold here from now on",
            count(withheld, "decision", "decisions")
        ))?;
    }
    if shown_only > 0 {
        console.line(&format!(
            "{} of other collectors count for nothing here until somebody adopts them:  kua judgements",
            count(shown_only, "decision", "decisions")
        ))?;
    }
    Ok(())
}

fn tell(merged: &Merged, args: &Merge, console: &mut Console) -> Result<(), Failure> {
    for log in &merged.logs {
        if log.forked {
            console.line(&format!(
                "WRONG  {}: two histories of one log, signed with one key. What was here stays as it was; the other head is kept in vault/forks/. Both are evidence: ask that collector, and whoever holds other copies.",
                shown(&log.name)
            ))?;
            continue;
        }
        let what = match (log.own, log.size.saturating_sub(log.before)) {
            (true, _) => "a log of this very case".to_owned(),
            (false, 0) => "nothing new".to_owned(),
            (false, new) => format!("{} new, {} in all", count(new, "entry", "entries"), log.size),
        };
        console.line(&format!("log   {}: {what}", shown(&log.name)))?;
        if !log.own && log.before == 0 && log.size > 0 {
            console.line(&format!("key   {}", log.vkey))?;
        }
    }
    console.line(&format!(
        "Took in {} ({}); {} here already",
        count(merged.objects, "object", "objects"),
        size(merged.bytes),
        merged.known
    ))?;
    if !merged.healed.is_empty() {
        let healed = merged.healed.len() as u64;
        console.line(&format!(
            "{} damaged here: replaced by the sound bytes of the bundle",
            count(healed, "item was", "items were")
        ))?;
        for item in merged.healed.iter().take(MOST_TOLD) {
            console.line(&format!("  {item}"))?;
        }
        let more = merged.healed.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            console.line(&format!("  and {more} more"))?;
        }
        console.line("Ask what damaged them:  a disk or stick that loses bytes loses more")?;
    }
    tell_lacking(merged, console)?;
    if !merged.left_out.is_empty() {
        console.line(&format!(
            "{} in the bundle, but withdrawn here: left out",
            count(merged.left_out.len() as u64, "item is", "items are")
        ))?;
    }
    if args.key.is_none() && merged.logs.iter().any(|log| !log.own && log.before == 0) {
        console.line("The key came with the bundle. Ask its collector, on another way, whether it is theirs. From now on only this key is believed for that log.")?;
    }
    if !merged.withdrawn.is_empty() {
        console.line(&format!(
            "{} withdrawn by their collector, while a copy still lies here. They are not shown any more. To destroy the copies:",
            count(merged.withdrawn.len() as u64, "item was", "items were")
        ))?;
        for item in &merged.withdrawn {
            console.line(&format!("  kua erase {item} --reason TEXT --authority TEXT"))?;
        }
    }
    if merged.objects > 0 {
        console
            .line("Next:  kua build   (sealed items first:  kua open --identity FILE --by NAME)")?;
    }
    Ok(())
}

fn count(number: u64, one: &str, many: &str) -> String {
    counted(usize::try_from(number).unwrap_or(usize::MAX), one, many)
}
