//! `demo`: the worked case of `demo/`, which lies in the binary, from nothing to pages.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};
use kua_case::publish::{self, Shown, words};
use kua_case::{
    Case, Chronicle, ItemId, Modality, OriginKind, Position, Severity, Standing, Stop, Toll, shown,
};

use crate::args::{Demo, Serve};
use crate::commands::{build_case, summary_of_notices};
use crate::console::Console;
use crate::failure::Failure;
use crate::serve;
use crate::table::{cut, on_one_line};

static NOTES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo/notes");
static CASE_TOML: &str = include_str!("../demo/case.toml");

pub(crate) fn run(args: &Demo, console: &mut Console) -> Result<(), Failure> {
    let case = worked_case(&args.dir)?;
    let notes = args.dir.join("notes");
    write_notes(&notes).map_err(|error| {
        Failure::unfinished(format!("{}: {error}", shown(&notes.display().to_string())))
            .hint("Choose another folder:  kua demo --dir FOLDER")
    })?;
    let added = case.add(&[notes], &crate::commands::bars(console), &Stop::default())?;
    if let Some(error) = added.error {
        return Err(error.into());
    }
    build_case(&case, console)?;
    let page = args.dir.join("chronicle.html");
    case.publish(&page, &crate::commands::bars(console))?;
    let loaded = case.chronicle()?;
    summary(&loaded.chronicle, &args.dir, &page, console)?;
    if args.no_serve {
        return Ok(());
    }
    serve::run(&Serve { port: args.port }, case, console)
}

/// The worked case in `dir`: a new one, or the one that stands there. Nothing is ever removed.
fn worked_case(dir: &Path) -> Result<Case, Failure> {
    let elsewhere = "Choose another folder:  kua demo --dir FOLDER";
    if !dir.join("case.toml").is_file() {
        return Case::init_with(dir, CASE_TOML)
            .map_err(|error| Failure::from(error).hint(elsewhere));
    }
    let case = Case::open(dir)?;
    let notes: BTreeSet<ItemId> = NOTES.files().map(|file| ItemId::of(file.contents())).collect();
    if case.items()?.iter().any(|item| !notes.contains(&item.id)) {
        return Err(Failure::unfinished(format!(
            "{} holds a case with other files than those of this worked case",
            shown(&dir.display().to_string())
        ))
        .hint(elsewhere));
    }
    Ok(case)
}

fn write_notes(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for file in NOTES.files() {
        if let Some(name) = file.path().file_name() {
            fs::write(folder.join(name), file.contents())?;
        }
    }
    Ok(())
}

/// Lines the summary may have.
const LINES: usize = 20;
/// Columns a source's name may take.
const SOURCE: usize = 40;
/// Tolls in the summary.
const TOLLS: usize = 4;
/// Lines every toll has at least, its heading included.
const EACH: usize = 3;
/// Lines that are no figures: the title, what there is, and where to go on.
const FRAME: usize = 6;

fn summary(
    chronicle: &Chronicle,
    dir: &Path,
    page: &Path,
    console: &mut Console,
) -> Result<(), Failure> {
    let shown_only = Shown::inside(chronicle);
    let chronicle = &*shown_only.chronicle;
    let sources =
        chronicle.origins.iter().filter(|origin| origin.kind == OriginKind::Source).count();
    let accounts = chronicle.accounts().count();
    console.heading(&format!("{}: the worked case of kua", shown(&chronicle.case.title)))?;
    console.line(&format!(
        "{} items, {} documents, {accounts} accounts (copies and translations count once), \
         {} origins ({sources} of them named sources), {} claims",
        chronicle.items.len(),
        chronicle.documents.len(),
        accounts + sources,
        chronicle.statements.len(),
    ))?;
    let tolls = chosen(&chronicle.tolls);
    let mut left = LINES - FRAME;
    for (at, toll) in tolls.iter().enumerate() {
        // Each after this one keeps its three; what one spares, the next may use.
        let kept = EACH * (tolls.len() - at - 1);
        let lines = toll_lines(chronicle, toll, left.saturating_sub(kept), console);
        left = left.saturating_sub(lines.len());
        for line in lines {
            let line = console.columns.map_or_else(|| line.clone(), |columns| cut(&line, columns));
            console.line(&line)?;
        }
    }
    let dir = shown(&dir.display().to_string());
    console.line(&format!(
        "No figure is added, averaged or chosen. All of them:  kua -C {dir} toll"
    ))?;
    let losses = chronicle.notices.iter().filter(|n| n.severity == Severity::Loss).count();
    if let Some(line) = summary_of_notices(chronicle.notices.len(), losses) {
        console.line(&line.replace("kua notices", &format!("kua -C {dir} notices")))?;
    }
    console.line(&format!("The case:   {dir}"))?;
    console.line(&format!(
        "The pages:  {} (one file; kua verify checks it)",
        shown(&page.display().to_string())
    ))?;
    Ok(())
}

/// Tolls worth a line: of the whole crisis, those that most accounts tell, kinds of event together.
fn chosen(tolls: &[Toll]) -> Vec<&Toll> {
    let mut chosen: Vec<&Toll> = tolls.iter().collect();
    let told = |toll: &Toll| toll.positions.iter().map(|position| position.accounts).sum::<usize>();
    chosen.sort_by_key(|toll| (toll.place.is_some(), Reverse(told(toll))));
    chosen.truncate(TOLLS);
    let first: Vec<_> = chosen.iter().map(|toll| &toll.event).collect();
    let mut by_event = chosen.clone();
    by_event.sort_by_key(|toll| first.iter().position(|event| **event == toll.event));
    by_event
}

/// A toll on at most `most` lines: a heading, then a line for each source with all it said in
/// order of time. If there are too many sources, those that bound what stands come first, then
/// those whose figures were contested or withdrawn.
fn toll_lines(chronicle: &Chronicle, toll: &Toll, most: usize, console: &Console) -> Vec<String> {
    let mut by_source: Vec<(usize, Vec<&Position>)> = Vec::new();
    for position in &toll.positions {
        match by_source
            .iter_mut()
            .find(|(_, said)| said.iter().any(|p| p.origin == position.origin))
        {
            Some((_, said)) => said.push(position),
            None => by_source.push((by_source.len(), vec![position])),
        }
    }
    let stands = |position: &&Position| {
        position.modality == Modality::Certain
            && matches!(position.standing, Standing::Agreed | Standing::Contested)
    };
    let current = || toll.positions.iter().filter(|position| stands(position));
    let lowest = current().filter_map(|p| Some((p.low.or(p.high)?, p.origin))).min();
    let highest = current().filter_map(|p| Some((p.high.or(p.low)?, p.origin))).max();
    let sources = by_source.len();
    by_source.sort_by_key(|(at, said)| {
        let bounds = [lowest, highest]
            .into_iter()
            .flatten()
            .any(|(_, o)| said.iter().any(|p| p.origin == o));
        let unmarked = said.iter().map(|position| match position.standing {
            Standing::Retracted => 0,
            Standing::Contested => 1,
            Standing::Superseded => 2,
            Standing::Agreed => 3,
        });
        let unmarked = unmarked.min();
        (!bounds, unmarked, Reverse(said.len()), *at)
    });
    by_source.truncate(most.saturating_sub(1));
    by_source.sort_by_key(|(_, said)| said.iter().filter_map(|p| p.as_of?.first()).min());
    let place = toll.place.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
    let more = match sources - by_source.len() {
        0 => String::new(),
        more => format!(", {more} of them not shown here"),
    };
    let mut lines = vec![console.bold(&shown(&format!(
        "{}: {}{place} ({}; {} by {}{more})",
        words::label(&toll.event.0),
        words::group(&toll.affected),
        words::standing(toll.standing),
        words::count(toll.positions.len(), "figure", "figures"),
        words::count(sources, "source", "sources"),
    )))];
    lines.extend(by_source.iter().map(|(_, said)| source_line(chronicle, said)));
    lines
}

/// What one source said, as said, in order of time, each with what became of it.
fn source_line(chronicle: &Chronicle, said: &[&Position]) -> String {
    let figures: Vec<String> = said
        .iter()
        .map(|position| {
            let (exact, number) = (position.words.trim(), publish::figure(position));
            let figure = match exact {
                "" => number,
                exact if letters(exact) == letters(&number) => format!("“{exact}”"),
                exact => format!("“{exact}” ({number})"),
            };
            match position.standing {
                Standing::Agreed => figure,
                other => format!("{figure} {}", words::standing(other).to_lowercase()),
            }
        })
        .collect();
    let name = said.first().map(|position| publish::source_name(chronicle, position, SOURCE));
    let line = format!("{}: {}", name.unwrap_or_default(), figures.join(", then "));
    format!("  {}", on_one_line(&line))
}

/// Letters and digits only: figures that differ in no more than how they are set are one.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
