//! What each command does: opens the case, asks it, and says what came of it.

mod answers;
mod ask_model;
mod bundle;
mod collect;
mod cosign;
mod custody;
mod field;
mod judge;
mod lexicon;
mod reading;
mod search;
mod timestamp;
mod trace;
mod verify;
mod verify_bag;
mod why;

use std::path::{Path, PathBuf};

use clap::CommandFactory as _;
use kua_case::{Case, CaseError, Loaded, Stop};

use crate::args::{Cli, Command};
use crate::bars::Bars;
use crate::console::Console;
use crate::failure::Failure;
use crate::{demo, serve};

pub(crate) use collect::{build_case, summary_of_notices};

/// Runs the command.
pub(crate) fn run(cli: Cli, console: &mut Console) -> Result<(), Failure> {
    let place = CasePlace(cli.case);
    match cli.command {
        Command::Demo(args) => demo::run(&args, console),
        Command::Init(args) => collect::init(&args, &place, console),
        Command::Add(args) => collect::add(&args, &place, console),
        Command::Build(args) => collect::build(&args, place.open()?, console),
        Command::Status(args) => collect::status(&args, &place.open()?, console),
        Command::Documents(args) => answers::documents(&args, &place.built(console)?, console),
        Command::Origins(args) => answers::origins(&args, &place.built(console)?, console),
        Command::Claims(args) => answers::claims(&args, &place.built(console)?, console),
        Command::AskModel(args) => ask_model::ask_model(&args, &place.open()?, console),
        Command::Names(args) => answers::names(&args, &place.built(console)?, console),
        Command::Toll(args) => answers::toll(&args, &place.built(console)?, console),
        Command::Notices(args) => answers::notices(&args, &place.built(console)?, console),
        Command::Why(args) => why::why(&args, &place.built(console)?, console),
        Command::Trace(args) => trace::trace(&args, &place.built(console)?, console),
        Command::Search(args) => search::search(&args, &place.open()?, console),
        Command::Serve(args) => serve::run(&args, place.open()?, console),
        Command::Publish(args) => collect::publish(&args, &place.open()?, console),
        Command::Pack(args) => bundle::pack(&args, &place.open()?, console),
        Command::Merge(args) => bundle::merge(&args, &place.open()?, console),
        Command::Open(args) => field::open(&args, &place.open()?, console),
        Command::Key(args) => field::key(&args, console),
        Command::Erase(args) => field::erase(&args, &place.open()?, console),
        Command::Verify(args) => verify::verify(&args, &place, console),
        Command::Judge(args) => judge::judge(&args, &place.open()?, console),
        Command::Judgements(args) => judge::judgements(&args, &place.open()?, console),
        Command::Custody(args) => custody::custody(&args, &place.open()?, console),
        Command::Record(args) => custody::record(&args, &place.open()?, console),
        Command::Cosign(args) => cosign::cosign(&args, &place.open()?, console),
        Command::Rotate(args) => cosign::rotate(&args, &place.open()?, console),
        Command::Timestamp(args) => timestamp::run(&args, &place.open()?, console),
        Command::Lexicon(args) => lexicon::run(&args, console),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "kua", &mut console.out);
            Ok(())
        }
        Command::Man => Ok(clap_mangen::Man::new(Cli::command()).render(&mut console.out)?),
    }
}

/// Where the case was said to lie.
pub(crate) struct CasePlace(pub(crate) Option<PathBuf>);

impl CasePlace {
    /// Opens the case: in the folder that was named, or this one, or the nearest above. If there
    /// is none but exactly one folder here is a case, that one: so `kua init x && kua add y` works.
    pub(crate) fn open(&self) -> Result<Case, Failure> {
        Ok(Case::open(&self.dir()?)?)
    }

    /// The folder that [`CasePlace::open`] opens.
    pub(crate) fn dir(&self) -> Result<PathBuf, Failure> {
        let start = self.0.clone().unwrap_or_else(|| PathBuf::from("."));
        match Case::find(&start) {
            Err(CaseError::NotACase { dir }) => match cases_in(&start).as_slice() {
                [one] => Ok(one.clone()),
                [] => Err(CaseError::NotACase { dir }.into()),
                many => {
                    let names: Vec<String> = many
                        .iter()
                        .map(|case| kua_case::shown(&case.display().to_string()))
                        .collect();
                    Err(Failure::unfinished(format!(
                        "there are several cases here: {}",
                        names.join(", ")
                    ))
                    .hint("Say which:  kua -C FOLDER …"))
                }
            },
            found => Ok(found?),
        }
    }

    /// The chronicle of the case, with a remark if the case has moved on since it was built.
    fn built(&self, console: &mut Console) -> Result<Loaded, Failure> {
        let loaded = self.open()?.chronicle()?;
        if loaded.is_stale {
            console.remark(STALE);
        }
        Ok(loaded)
    }
}

/// As `kua pack` says it of a bundle.
pub(crate) const NOT_REMEMBERED: &str = "kua: the checkpoint in it could not be kept in the vault's folder seen/ (is it read-only, or is somebody adding?). Keep a copy of the file: kua verify --against FILE shows whether this log was set back since";

pub(crate) const STALE: &str =
    "kua: the case has changed since the last build; this is the answer of then. Run:  kua build";

fn cases_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut cases: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("case.toml").is_file() && path.join("vault").is_dir())
        .collect();
    cases.sort();
    cases
}

/// Stops at the next safe place on Ctrl-C; a second one ends the program where it is, which loses
/// nothing either: whatever is half done is done anew.
pub(crate) fn stop_on_ctrl_c() -> Stop {
    let stop = Stop::default();
    let asked = stop.clone();
    // If the system refuses, Ctrl-C ends the program at once; the vault is made for that.
    let _ = ctrlc::set_handler(move || {
        if asked.is_asked() {
            end_now();
        }
        asked.ask();
    });
    stop
}

#[expect(clippy::exit, reason = "asked for twice, from another thread")]
fn end_now() {
    std::process::exit(3);
}

pub(crate) fn bars(console: &Console) -> Bars {
    Bars::new(console.live)
}
