//! `kua lexicon check`: a folder of one language, or of all, tests itself.

use std::fs;
use std::path::Path;

use kua_extract::Extractor;
use kua_lexicon::Lexicons;
use kua_model::{Lang, PartialDate};

pub use kua_extract::{QuantityExpression, TimeExpression};

use crate::error::CaseError;
use crate::folder::lexicon_files;

/// Something wrong in a lexicon.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LexiconSlip {
    /// The file, as it lies below the folder that was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong: what was expected, what was found.
    pub problem: String,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedLexicons {
    /// Files read.
    pub files: usize,
    /// Examples run.
    pub examples: usize,
    /// Slips, by file and line.
    pub slips: Vec<LexiconSlip>,
    /// Words in letters of another script that look alike; they may be names.
    pub doubtful: Vec<LexiconSlip>,
    /// Lines whose words an earlier line has already: `fr/events.txt:12`. No slips, but idle.
    pub shadowed: Vec<String>,
    /// Lines of events, people, bounds, hedges and patterns that no example uses.
    pub unused: Vec<String>,
}

/// Reads the language folder `dir`, or a folder of such folders, and runs its examples. Files
/// that no language owns are taken from the built-in lexicons unless the folder has its own.
///
/// # Errors
/// [`CaseError::NoLexicon`] if there are no lexicon files, and the disk's. Slips are no errors.
pub fn check_lexicons(dir: &Path) -> Result<CheckedLexicons, CaseError> {
    let full = fs::canonicalize(dir).map_err(CaseError::io(dir))?;
    let name = full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let own = lexicon_files(&full)?;
    // A folder named by a language code that holds files itself is one language.
    let is_one = name.parse::<Lang>().is_ok() && own.iter().any(|(path, _)| !path.contains('/'));
    let prefix = if is_one { format!("{name}/") } else { String::new() };
    let own: Vec<(String, String)> =
        own.into_iter().map(|(path, text)| (format!("{prefix}{path}"), text)).collect();
    if own.is_empty() {
        return Err(CaseError::NoLexicon { dir: dir.to_owned() });
    }
    let here = |path: &str| {
        dir.join(path.strip_prefix(prefix.as_str()).unwrap_or(path)).display().to_string()
    };
    let mut checked = CheckedLexicons { files: own.len(), ..CheckedLexicons::default() };
    let mut langs: Vec<Lang> =
        own.iter().filter_map(|(path, _)| path.split_once('/')?.0.parse().ok()).collect();
    langs.dedup();
    let shared = Lexicons::embedded_files()
        .filter(|(path, _)| !path.contains('/'))
        .map(|(path, text)| (path.to_owned(), text.to_owned()));
    match Lexicons::from_files(shared.chain(own)) {
        Err(errors) => checked.slips.extend(errors.into_iter().map(|error| LexiconSlip {
            file: here(&error.file),
            line: error.line,
            problem: error.reason,
        })),
        Ok(lexicons) => {
            for lang in langs {
                let report = kua_extract::check_language(&lexicons, lang);
                checked.examples += report.examples;
                checked.unused.extend(report.unused.iter().map(|origin| here(origin)));
                checked.shadowed.extend(report.shadowed.iter().map(|origin| here(origin)));
                for odd in report.misspelt {
                    let slips = if odd.sure { &mut checked.slips } else { &mut checked.doubtful };
                    let file = here(&odd.file);
                    slips.push(LexiconSlip { file, line: odd.line, problem: odd.reason });
                }
                checked.slips.extend(report.errors.into_iter().map(|error| LexiconSlip {
                    file: here(&error.file),
                    line: error.line,
                    problem: error.reason,
                }));
                checked.slips.extend(report.failing.into_iter().map(|failing| {
                    let (file, line) = failing.origin.rsplit_once(':').unwrap_or_default();
                    LexiconSlip {
                        file: here(file),
                        line: line.parse().unwrap_or_default(),
                        problem: format!(
                            "{:?}: expected {}; found {}",
                            failing.example,
                            failing.expected,
                            if failing.found.is_empty() { "no claim" } else { &failing.found },
                        ),
                    }
                }));
            }
        }
    }
    checked.slips.sort();
    checked.slips.dedup();
    Ok(checked)
}

/// The time expressions of plain text in one language, by the built-in lexicons; `written` is the
/// day it was written (`2013-03-22`), against which "yesterday" is read.
pub fn dates_in(text: &str, lang: Lang, written: Option<PartialDate>) -> Vec<TimeExpression> {
    let anchor = written.map(PartialDate::last);
    Extractor::new(&Lexicons::embedded()).dates(text, lang, anchor)
}

/// The quantities of plain text in one language, by the built-in lexicons.
pub fn quantities_in(text: &str, lang: Lang) -> Vec<QuantityExpression> {
    Extractor::new(&Lexicons::embedded()).quantities(text, lang)
}
