//! `cosign` and `rotate`: requests and answers as text, to be carried on a stick.

use std::path::Path;

use kua_case::{Case, CosignError, Reply, VerifierKey, shown};
use serde_json::json;

use crate::args::{Cosign, Rotate};
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn cosign(args: &Cosign, case: &Case, console: &mut Console) -> Result<(), Failure> {
    match args {
        Cosign::Key { name } => {
            let key = case.cosigner_key(name.as_deref()).map_err(failed)?;
            console.line(&key.to_string())?;
        }
        Cosign::Request { old } => {
            let request = case.cosign_request(*old).map_err(failed)?;
            console.text(&request)?;
        }
        Cosign::Answer { file, key } => {
            let key = key.as_deref().map(parse_key).transpose()?;
            let answer = case.cosign_answer(&read(file)?, key.as_ref()).map_err(failed)?;
            console.text(&answer.reply.to_text())?;
            match (answer.size, &answer.reply) {
                (Some(size), _) => console
                    .remark(&format!("kua: cosigned {} at {size} entries.", shown(&answer.log))),
                (None, Reply::Refused { status, words, .. }) => {
                    console.remark(&format!("kua: refused ({status}): {}", shown(words)));
                    return Err(Failure::no());
                }
                _ => {}
            }
        }
        Cosign::Accept { file, key } => {
            let key = parse_key(key)?;
            let accepted = case.cosign_accept(&read(file)?, &key).map_err(failed)?;
            console.line(&format!(
                "{} has cosigned the log at {} entries.",
                shown(&accepted.cosigner),
                accepted.size
            ))?;
            match accepted.log_index {
                Some(index) => console.line(&format!("Recorded as log entry {index}."))?,
                None => console.line("That is recorded already.")?,
            }
            console.line(&format!("Next time:  kua cosign request --old {}", accepted.size))?;
        }
        Cosign::List { json } => {
            for cosignature in case.cosignatures()? {
                let (by, size) = (cosignature.key.name(), cosignature.size);
                if *json {
                    let record = json!({
                        "cosigner": by, "vkey": cosignature.key.to_string(), "size": size,
                        "log": cosignature.log, "checkpoint": cosignature.checkpoint,
                    });
                    console.line(&record.to_string())?;
                } else {
                    console.line(&format!("{size:>8} entries  {}", shown(by)))?;
                }
            }
        }
    }
    Ok(())
}

pub(super) fn rotate(args: &Rotate, case: &Case, console: &mut Console) -> Result<(), Failure> {
    let key = case.rotate(&args.reason)?;
    console.line("The log goes on in a new epoch. Give the new key to whoever had the old one:")?;
    console.line(&key.to_string())?;
    Ok(())
}

pub(super) fn parse_key(text: &str) -> Result<VerifierKey, Failure> {
    text.trim().parse().map_err(|error| Failure::usage(format!("--key: {error}")))
}

fn read(file: &Path) -> Result<String, Failure> {
    let name = shown(&file.display().to_string());
    std::fs::read_to_string(file).map_err(|error| Failure::unfinished(format!("{name}: {error}")))
}

fn failed(error: CosignError) -> Failure {
    match error {
        CosignError::Refused { .. } | CosignError::NotOurs { .. } => {
            Failure { kind: crate::failure::Kind::No, error: error.to_string(), hints: Vec::new() }
        }
        other => Failure::unfinished(other),
    }
}
