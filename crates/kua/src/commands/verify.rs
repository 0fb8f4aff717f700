//! `verify`: proves a case or a published file, and says what is wrong where.

use std::io::Read as _;
use std::path::Path;

use kua_case::{
    Policy, Quorum, Verified, VerifyWants, looks_like_a_log, quorum_of, read_identities, shown,
    verify_case_with, verify_proof_file, verify_single_file, verify_tiled_log, verify_vault_folder,
};
use serde_json::json;

use crate::args::Verify;
use crate::commands::collect::counted;
use crate::commands::cosign::parse_key;
use crate::commands::{CasePlace, bars, verify_bag};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn verify(
    args: &Verify,
    place: &CasePlace,
    console: &mut Console,
) -> Result<(), Failure> {
    let key = args.key.as_deref().map(parse_key).transpose()?;
    let policy = args.policy.as_deref().map(read_policy).transpose()?;
    let identities = args.identity.as_deref().map_or(Ok(Vec::new()), read_identities)?;
    let wants = VerifyWants { key, against: args.against.clone(), identities, quick: args.quick };
    let key = wants.key.as_ref();
    let special = match args.path.as_deref() {
        Some(path) if path.is_file() && is_proof(path) => {
            not_against(path, "A proof", args)?;
            let key = key.ok_or_else(|| wants_key("a proof"))?;
            Some(verify_proof_file(path, args.item.as_deref(), args.entry.as_deref(), key)?)
        }
        Some(path) if looks_like_a_log(path) => {
            let key = key.ok_or_else(|| wants_key("a log"))?;
            Some(verify_tiled_log(path, key, &wants)?)
        }
        _ => None,
    };
    if special.is_some() && policy.is_some() {
        return Err(Failure::usage("--policy goes with a case or a vault"));
    }
    if special.is_none()
        && let Some(path) = args.path.as_deref()
        && !path.join("case.toml").is_file()
        && !path.join("vault.json").is_file()
        && let Some(()) = verify_bag::verify(path, args, &wants, console)?
    {
        return Ok(());
    }
    let mut vault = None;
    let verified = match (special, &args.path) {
        (Some(verified), _) => verified,
        (None, Some(path)) if path.is_file() => {
            not_against(path, "A published file", args)?;
            verify_single_file(path, args.key.as_deref())?
        }
        (None, Some(path)) if path.join("vault.json").is_file() => {
            vault = Some(path.clone());
            verify_vault_folder(path, &wants, &bars(console))?
        }
        (None, path) => {
            let place = path.clone().map_or_else(|| place.dir(), |p| CasePlace(Some(p)).dir())?;
            vault = Some(place.join("vault"));
            verify_case_with(&place, &wants, &bars(console))?
        }
    };
    let quorum = match (&policy, &vault) {
        (Some(policy), Some(vault)) => Some(quorum_of(vault, policy)?),
        (Some(_), None) => return Err(Failure::usage("--policy goes with a case or a vault")),
        (None, _) => None,
    };
    let holds = quorum.as_ref().is_none_or(|quorum| quorum.covers.is_some());
    if args.json {
        for fault in &verified.faults {
            let record = json!({ "fault": fault.what, "where": fault.place, "next": fault.next });
            console.line(&record.to_string())?;
        }
        let record = json!({
            "verified": verified.faults.is_empty(), "items": verified.items,
            "entries": verified.entries, "quotes": verified.quotes, "log": verified.log,
            "vkey": verified.vkey, "root": verified.root, "trusted": verified.trusted,
            "bytes": verified.bytes, "affected": verified.affected, "remarks": verified.remarks,
            "quorum": quorum.as_ref().map(|quorum| json!({
                "rule": quorum.rule, "covers": quorum.covers, "of": quorum.of,
                "on_one_checkpoint": quorum.on_one_checkpoint, "missing": quorum.missing,
            })),
        });
        console.line(&record.to_string())?;
    } else {
        tell(&verified, console)?;
        if let Some(quorum) = &quorum {
            tell_quorum(quorum, console)?;
        }
    }
    if verified.faults.is_empty() && holds { Ok(()) } else { Err(Failure::no()) }
}

fn tell_quorum(quorum: &Quorum, console: &mut Console) -> Result<(), Failure> {
    let rule = shown(&quorum.rule);
    match quorum.covers {
        _ if quorum.other_log => {
            console.line("QUORUM does not hold: the policy trusts other logs, not this one.")?;
        }
        Some(size) => {
            console.line(&format!(
                "Quorum {rule} holds for the first {size} of {} log entries{}.",
                quorum.of,
                if quorum.on_one_checkpoint {
                    ""
                } else {
                    ", on no single checkpoint, but together"
                }
            ))?;
        }
        None => console.line(&format!("QUORUM does not hold: {rule}."))?,
    }
    for (name, size) in &quorum.signed {
        console.line(&format!("  cosigned at {size} entries: {}", shown(name)))?;
    }
    for name in &quorum.missing {
        console.line(&format!("  missing: {}", shown(name)))?;
    }
    if quorum.covers.is_none() && !quorum.missing.is_empty() {
        console.line("       Ask them:  kua cosign request")?;
    }
    Ok(())
}

fn is_proof(path: &Path) -> bool {
    let mut start = [0; 22];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"c2sp.org/tlog-proof@v1"
}

/// One checkpoint cannot tell whether it continues another: that takes the log.
fn not_against(path: &Path, what: &str, args: &Verify) -> Result<(), Failure> {
    if args.against.is_empty() {
        return Ok(());
    }
    let name = shown(&path.display().to_string());
    Err(Failure::usage(format!("{what} cannot be held against another: it does not bring its log"))
        .hint(format!(
            "Hold the case, or a bundle of it, against it:  kua verify CASE --against {name}"
        )))
}

fn wants_key(what: &str) -> Failure {
    Failure::usage(format!("{what} proves nothing without the log's key"))
        .hint("Pass the key its keeper gave you:  --key VKEY")
}

fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let name = shown(&path.display().to_string());
    let bytes =
        std::fs::read(path).map_err(|error| Failure::unfinished(format!("{name}: {error}")))?;
    Policy::parse(&bytes).map_err(|error| Failure::usage(format!("{name}: {error}")))
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
            "{} wrong{}.",
            counted(verified.faults.len(), "thing is", "things are"),
            if verified.affected > 0 {
                format!(
                    "; {} of {} concerned",
                    counted(verified.affected, "item", "items"),
                    verified.items
                )
            } else {
                String::new()
            }
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
