//! The kua command line: the words of the terminal, exit codes, and the loopback server. All work
//! is done by `kua-case`; only this crate prints, and only it reads the environment.

mod args;
mod bars;
mod commands;
mod console;
mod demo;
mod failure;
mod loopback;
mod model_server;
mod serve;
mod table;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use args::Cli;
use console::Console;
use failure::{Failure, Kind};

/// A build makes and drops millions of small things; see `docs/benches/whole.md`.
#[global_allocator]
static HEAP: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Printing help to a closed pipe is nobody's loss.
            let _ = error.print();
            return ExitCode::from(if asked { 0 } else { Kind::Usage.code() });
        }
    };
    quiet_panics();
    if let Err(failure) = start_log(cli.log.as_deref()) {
        return report(&mut Console::new(), &failure);
    }
    let mut console = Console::new();
    let run = catch_unwind(AssertUnwindSafe(|| commands::run(cli, &mut console)));
    let done = run
        .unwrap_or_else(|_| Err(failed_itself()))
        .and_then(|()| console.out.flush().map_err(Failure::from));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&mut console, &failure),
    }
}

fn report(console: &mut Console, failure: &Failure) -> ExitCode {
    // What was found so far is still an answer.
    let _ = console.out.flush();
    if !failure.error.is_empty() {
        let heading = match failure.kind {
            Kind::No => "kua: ",
            Kind::Usage => "kua: usage: ",
            Kind::Unfinished => "kua: could not finish: ",
        };
        console.remark(&format!("{heading}{}", failure.error));
    }
    for hint in &failure.hints {
        console.remark(&format!("  {hint}"));
    }
    ExitCode::from(failure.kind.code())
}

fn failed_itself() -> Failure {
    Failure::unfinished("kua itself failed; what was acknowledged before is safe")
        .hint("See the place:  run the same command with --log error, and please report it.")
}

/// A reader that fails on one item is caught and becomes a notice; its message could hold words
/// of the item, so only the place in kua's code is told, and only in the log.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "kua failed on an item");
    }));
}

fn start_log(level: Option<&str>) -> Result<(), Failure> {
    let Some(level) = level else { return Ok(()) };
    let level: tracing::Level = level.parse().map_err(|_| {
        Failure::usage(format!("--log wants error, warn, info, debug or trace, found {level:?}"))
    })?;
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
    Ok(())
}
