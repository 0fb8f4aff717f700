//! `demo`: the worked case of `demo/`, which lies in the binary, from nothing to pages.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};
use kua_case::publish::{self, words};
use kua_case::{Case, Chronicle, ItemId, OriginKind, Standing, Stop, Toll, shown};

use crate::args::{Demo, Serve};
use crate::commands::{build_case, summary_of_notices};
use crate::console::Console;
use crate::failure::Failure;
use crate::serve;
use crate::table::cut;

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
const SOURCE: usize = 32;
/// Positions shown of one toll.
const POSITIONS: usize = 4;

fn summary(
    chronicle: &Chronicle,
    dir: &Path,
    page: &Path,
    console: &mut Console,
) -> Result<(), Failure> {
    let origins =
        chronicle.origins.iter().filter(|origin| origin.kind == OriginKind::Source).count();
    console.heading(&format!("{}: the worked case of kua", chronicle.case.title))?;
    console.line(&format!(
        "{} items, {} documents, {} accounts (copies and translations merged), {} origins, {} claims",
        chronicle.items.len(),
        chronicle.documents.len(),
        chronicle.accounts().count(),
        chronicle.accounts().count() + origins,
        chronicle.statements.len(),
    ))?;
    let mut left = LINES - 2 - 4;
    let tolls = &chronicle.tolls;
    for toll in chosen(tolls) {
        if left < 2 {
            break;
        }
        let lines = toll_lines(toll, console);
        for line in lines.into_iter().take(left) {
            console.line(&line)?;
            left -= 1;
        }
    }
    console.line(&format!(
        "Figures are never added or averaged. All of them:  kua -C {} toll",
        shown(&dir.display().to_string())
    ))?;
    if let Some(line) = summary_of_notices(chronicle) {
        console.line(&line)?;
    }
    console.line(&format!("The case:   {}", shown(&dir.display().to_string())))?;
    console.line(&format!(
        "The pages:  {} (one file; kua verify checks it)",
        shown(&page.display().to_string())
    ))?;
    Ok(())
}

/// Tolls worth a line: contested ones first, those with most positions first.
fn chosen(tolls: &[Toll]) -> Vec<&Toll> {
    let mut chosen: Vec<&Toll> = tolls.iter().collect();
    let rank =
        |toll: &Toll| (toll.standing != Standing::Contested, usize::MAX - toll.positions.len());
    chosen.sort_by_key(|toll| rank(toll));
    chosen
}

/// A toll on few lines: a heading, then the last position of each origin.
fn toll_lines(toll: &Toll, console: &Console) -> Vec<String> {
    let place = toll.place.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
    let mut lines = vec![console.bold(&format!(
        "{}: {}{place} ({})",
        words::label(&toll.event.0),
        words::group(&toll.affected),
        words::standing(toll.standing),
    ))];
    let mut current: Vec<_> = toll
        .positions
        .iter()
        .filter(|position| !matches!(position.standing, Standing::Superseded))
        .collect();
    current.dedup_by_key(|position| (position.origin, position.low, position.high));
    let more = current.len().saturating_sub(POSITIONS);
    let said = |position: &&kua_case::Position| {
        let retracted = if position.standing == Standing::Retracted { ", taken back" } else { "" };
        format!("{} {}{retracted}", cut(position.source.trim(), SOURCE), publish::figure(position))
    };
    let mut line =
        format!("  {}", current.iter().take(POSITIONS).map(said).collect::<Vec<_>>().join(" · "));
    if more > 0 {
        line += &format!(" · and {more} more");
    }
    lines.push(line);
    lines
}
