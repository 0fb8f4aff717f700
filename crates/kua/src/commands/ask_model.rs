//! `ask-model`: a model on this machine as a second reader.

use std::time::Duration;

use kua_case::publish::words;
use kua_case::{AskRequest, AskedModel, Case, SecondReader as _, shown};

use crate::args::AskModel;
use crate::commands::{bars, stop_on_ctrl_c};
use crate::console::Console;
use crate::failure::Failure;
use crate::loopback::Loopback;
use crate::model_server::ModelServer;

pub(super) fn ask_model(
    args: &AskModel,
    case: &Case,
    console: &mut Console,
) -> Result<(), Failure> {
    let at = Loopback::parse(&args.server).map_err(|why| {
        Failure::usage(format!("--server {}: {why}", shown(&args.server))).hint(
            "kua talks to servers on this machine only, for example:  --server http://127.0.0.1:8080",
        )
    })?;
    let timeout = Duration::from_secs(u64::from(args.timeout.max(1)));
    let server = ModelServer::find(at, args.model.as_deref(), timeout)?;
    let request = AskRequest { item: args.item.clone(), limit: args.limit };
    let asked = case.ask_model(&server, &request, &bars(console), &stop_on_ctrl_c())?;
    tell(&asked, server.model(), console)?;
    if asked.gave_up {
        return Err(Failure::unfinished("gave up: one passage after the other had no answer")
            .hint("See that the server runs and answers; a slow model wants a longer --timeout.")
            .hint("Then run the same command again: it goes on where it was."));
    }
    if asked.stopped {
        return Err(Failure::unfinished("stopped; the answers so far are kept")
            .hint("Go on:  run the same command again"));
    }
    if asked.failed.is_empty() { Ok(()) } else { Err(Failure::said()) }
}

fn tell(asked: &AskedModel, model: &str, console: &mut Console) -> Result<(), Failure> {
    let passages = |n: usize| words::count(n, "passage", "passages");
    let claims = |n: usize| words::count(n, "claim", "claims");
    console.line(&format!(
        "{} answered for {} of {}; {} known from before.",
        shown(model),
        asked.answered,
        passages(asked.passages),
        asked.known,
    ))?;
    if asked.withheld > 0 {
        let documents = words::count(asked.withheld, "document", "documents");
        console.line(&format!("{documents} with a withheld name: not given to the model."))?;
    }
    console.line(&format!(
        "It proposed {}; {} passed the checks.",
        claims(asked.proposed),
        asked.accepted
    ))?;
    for (reason, count) in &asked.refused {
        console.line(&format!("  refused, {}: {count}", reason.replace('-', " ")))?;
    }
    for (field, count) in &asked.changed {
        console.line(&format!("  emptied or read with more doubt, {}: {count}", field.word()))?;
    }
    for (why, count) in &asked.failed {
        console.remark(&format!("kua: {} without an answer: {why}", passages(*count)));
    }
    if asked.accepted > 0 {
        console.line("None of it counts before you confirm it.")?;
        console.line("Next:  kua build, then kua claims --proposed")?;
    }
    Ok(())
}
