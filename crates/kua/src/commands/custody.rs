//! `custody` and `record`: the custody chain of a file, and what people add to it.

use kua_case::{Case, EntryKind, EventFacts, ItemCustody, ItemId, shown};
use serde_json::json;

use crate::args::{Custody, Facts, Record};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn custody(args: &Custody, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let chain = case.item_custody(&args.item)?;
    if let Some(file) = &args.proof {
        let (proof, remembered) = case.item_proof(&args.item)?;
        if !remembered {
            console.remark(super::NOT_REMEMBERED);
        }
        std::fs::write(file, proof)
            .map_err(|error| Failure::unfinished(format!("{}: {error}", file.display())))?;
    }
    if args.json { tell_json(&chain, console) } else { tell(&chain, args, case, console) }
}

fn tell(
    chain: &ItemCustody,
    args: &Custody,
    case: &Case,
    console: &mut Console,
) -> Result<(), Failure> {
    let heading = match (chain.sealed, chain.path.is_empty()) {
        (true, _) => "a sealed item".into(),
        (false, true) => "a withdrawn item".into(),
        (false, false) => shown(&chain.path),
    };
    console.heading(&heading)?;
    console.line(&format!("SHA-256    {}", chain.item))?;
    console.line(&format!("length     {} bytes", chain.length))?;
    for step in &chain.steps {
        console.line("")?;
        console.line(&format!("{}  {}", said(&step.kind), step.at))?;
        for (name, value) in &step.facts {
            console.line(&format!("  {:<9}{}", asked(name), shown(value)))?;
        }
        if let Some(other) = step.other {
            console.line(&format!("  {:<9}{other}", "linked to"))?;
        }
        console.line(&format!("  {:<9}entry {} of {}", "log", step.log_index, shown(&step.log)))?;
    }
    console.line("")?;
    if let Some((cosigner, size)) = &chain.cosigned {
        console.line(&format!(
            "Cosigned by {} when the log had {size} entries, this one among them.",
            shown(cosigner)
        ))?;
    }
    if !chain.missing.is_empty() {
        console.line("A court would ask, and the chain does not tell:")?;
        for what in &chain.missing {
            console.line(&format!("  {what}"))?;
        }
    }
    if let Some(file) = &args.proof {
        console.line(&format!(
            "Check it anywhere:  kua verify {} --item FILE --key {}",
            shown(&file.display().to_string()),
            case.vkey()
        ))?;
    }
    Ok(())
}

/// The words of the Berkeley Protocol for each kind.
fn said(kind: &str) -> &str {
    match kind {
        "capture" => "Captured",
        "receive" => "Received from somebody who had it before",
        "derive" => "Working copy made",
        "transfer" => "Transferred",
        "access" => "Accessed",
        "export" => "Exported",
        "timestamp" => "Time vouched for by a third party",
        "judgement" => "Analysis",
        "erase" => "Erased on withdrawn consent",
        "merge" => "Found damaged here and replaced by the sound bytes of a bundle",
        other => other,
    }
}

fn asked(name: &str) -> &str {
    match name {
        "by" => "who",
        "source" => "source",
        "tool" => "tool",
        "reason" => "why",
        other => other,
    }
}

fn tell_json(chain: &ItemCustody, console: &mut Console) -> Result<(), Failure> {
    for step in &chain.steps {
        let facts: serde_json::Map<String, serde_json::Value> =
            step.facts.iter().map(|(n, v)| (n.clone(), v.as_str().into())).collect();
        let record = json!({
            "item": chain.item.to_string(), "kind": step.kind, "at": step.at, "log": step.log,
            "log_index": step.log_index, "facts": facts,
            "other": step.other.map(|other| other.to_string()),
        });
        console.line(&record.to_string())?;
    }
    let record = json!({
        "item": chain.item.to_string(), "path": chain.path, "length": chain.length,
        "sealed": chain.sealed,
        "cosigned": chain.cosigned.as_ref().map(|(by, size)| json!({ "by": by, "size": size })),
        "missing": chain.missing,
    });
    Ok(console.line(&record.to_string())?)
}

pub(super) fn record(args: &Record, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let of = |kind, items: &[String], facts: &Facts| -> Result<u64, Failure> {
        let items: Vec<ItemId> =
            items.iter().map(|i| Ok(case.find_item(i)?.id)).collect::<Result<_, Failure>>()?;
        Ok(case.record(kind, &items, &told(facts))?)
    };
    let (item, index) = match args {
        Record::Transfer { items, facts } => {
            let facts_to = facts.to.is_some();
            if !facts_to {
                return Err(Failure::usage("a transfer wants --to NAME: who has it now"));
            }
            (None, Some(of(EntryKind::Transfer, items, facts)?))
        }
        Record::Access { items, facts } => (None, Some(of(EntryKind::Access, items, facts)?)),
        Record::Export { file, facts } => (None, Some(case.record_export(file, &told(facts))?)),
        Record::Receive { file, facts } => {
            let (item, index) = case.take_in(file, None, &told(facts))?;
            (Some(item), index)
        }
        Record::Derive { item, file, facts } => {
            if facts.how.is_none() {
                return Err(Failure::usage("a working copy wants --how TEXT: how it was made"));
            }
            let original = case.find_item(item)?;
            let (item, index) = case.take_in(file, Some(&original.id), &told(facts))?;
            (Some(item), index)
        }
    };
    if let Some(item) = item {
        console.line(&format!("item  {item}"))?;
    }
    match index {
        Some(index) => console.line(&format!("Recorded as log entry {index}."))?,
        None => console.line("That is recorded already.")?,
    }
    Ok(())
}

fn told(facts: &Facts) -> EventFacts {
    let Facts { by, from, to, how, reason } = facts;
    let (by, from, to) = (by.clone(), from.clone(), to.clone());
    EventFacts { by, from, to, how: how.clone(), reason: reason.clone() }
}
