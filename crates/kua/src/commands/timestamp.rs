//! `timestamp`: requests and answers of those who vouch for a time.

use kua_case::{Case, StampLine, shown};
use serde_json::json;

use crate::args::Timestamp;
use crate::console::Console;
use crate::failure::Failure;

pub(super) fn run(args: &Timestamp, case: &Case, console: &mut Console) -> Result<(), Failure> {
    match args {
        Timestamp::Request { item, output } => {
            let request = case.request_stamp(item.as_deref(), output)?;
            let query = request.query.display();
            let hand_over = request.hand_over.display();
            console.line(&format!("To be stamped: {}", shown(&request.of)))?;
            console.line(&format!("  {query}   to an authority of RFC 3161:"))?;
            console.line(&format!(
                "      curl -H 'Content-Type: application/timestamp-query' --data-binary @{query} AUTHORITY > answer.tsr"
            ))?;
            console.line(&format!("  {hand_over}   or to OpenTimestamps"))?;
            if item.is_none() {
                console.line(&format!("      ots stamp {hand_over}"))?;
                console.line(&format!("Then:  kua timestamp attach {hand_over} ANSWER"))?;
            } else {
                console.line("      (a client that takes a fingerprint instead of the file)")?;
                console.line("Whoever has the same file can recognise its fingerprint. A stamp of the checkpoint proves as much and tells nothing:  kua timestamp request")?;
            }
            Ok(())
        }
        Timestamp::Attach { of, file, roots } => {
            let line = case.attach_stamp(of, file, roots.as_deref())?;
            tell(&line, console)
        }
        Timestamp::List { roots, json } => {
            let stamps = case.stamps(roots.as_deref())?;
            for stamp in &stamps {
                if *json {
                    let record = json!({
                        "of": stamp.of, "time": stamp.time, "by": stamp.by,
                        "proved": stamp.is_proved, "wrong": stamp.is_wrong, "check": stamp.check,
                    });
                    console.line(&record.to_string())?;
                } else {
                    tell(stamp, console)?;
                }
            }
            if stamps.is_empty() && !*json {
                console.line("Nobody has vouched for a time yet. Next:  kua timestamp request")?;
            }
            let wrong = stamps.iter().any(|stamp| stamp.is_wrong);
            if wrong { Err(Failure::no()) } else { Ok(()) }
        }
    }
}

fn tell(stamp: &StampLine, console: &mut Console) -> Result<(), Failure> {
    let time = stamp.time.as_deref().unwrap_or("-");
    let word = match (stamp.is_wrong, stamp.is_proved) {
        (true, _) => "WRONG",
        (false, true) => "proved",
        (false, false) => "not proved yet",
    };
    console.line(&format!("{time}  {word}  {}", shown(&stamp.of)))?;
    console.line(&format!("    {}", shown(&stamp.by)))?;
    if let Some(check) = &stamp.check {
        console.line(&format!("    {check}"))?;
    }
    Ok(())
}
