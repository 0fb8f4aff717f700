//! Finds the files below the paths that were given, in a fixed order, and says what it passed by.
//! Opens no file.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::progress::Stop;

/// A file to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is opened.
    pub at: PathBuf,
    /// The name it is remembered by: last part of the path that was given, then the folders below
    /// it, joined by `/`. Never the folders above: they may name the collector.
    pub path: String,
}

/// Something below the paths that is not added.
#[derive(Debug)]
pub struct PassedBy {
    /// The name it would have been remembered by.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Why something was passed by.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason {
    /// It could not be opened or listed, or is gone.
    Failed(io::Error),
    /// A link that leads out of the folder that was given.
    LinkOut,
    /// A link to something in the same folder, which is added under its own name.
    LinkWithin,
    /// A pipe, socket or device: reading it could wait for ever.
    Special,
    /// Belongs to a case of kua.
    OwnCase,
}

impl PassedBy {
    /// Whether something that was asked for could not be had.
    pub fn is_failure(&self) -> bool {
        matches!(self.reason, Reason::Failed(_))
    }

    /// Why, in a few words.
    pub fn reason(&self) -> String {
        match &self.reason {
            Reason::Failed(error) if error.kind() == io::ErrorKind::NotFound => {
                "it is not there (any more)".to_owned()
            }
            Reason::Failed(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                "no permission to read it".to_owned()
            }
            Reason::Failed(error) => error.to_string(),
            Reason::LinkOut => "a link that leads out of the folder".to_owned(),
            Reason::LinkWithin => "a link to another place in the folder".to_owned(),
            Reason::Special => "not a file but a pipe, socket or device".to_owned(),
            Reason::OwnCase => "a case of kua".to_owned(),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// Files, in the order of the paths given and, below each, of their names' bytes.
    pub found: Vec<Found>,
    /// What was passed by, in the same order.
    pub passed_by: Vec<PassedBy>,
}

/// Finds files at and below `paths`. A path that is itself a link is followed: somebody named it.
/// Stops early, with what it has, when `stop` is asked.
pub(crate) fn walk(paths: &[PathBuf], stop: &Stop) -> Walk {
    let mut walk = Walk::default();
    for path in paths {
        let root = match fs::canonicalize(path) {
            Ok(root) => root,
            Err(error) => {
                walk.pass(name_of(path), Reason::Failed(error));
                continue;
            }
        };
        // Given as `.` or `..`, the folder's own name is the last part of where it really lies.
        let name = path.file_name().or(root.file_name());
        let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let below = Below { root: &root, stop };
        match fs::metadata(&root) {
            Ok(meta) if meta.is_dir() => below.folder(&root, &name, &mut walk),
            Ok(meta) if meta.is_file() => walk.found.push(Found { at: root.clone(), path: name }),
            Ok(_) => walk.pass(name, Reason::Special),
            Err(error) => walk.pass(name, Reason::Failed(error)),
        }
    }
    let mut seen = BTreeSet::new();
    walk.found.retain(|found| seen.insert((found.at.clone(), found.path.clone())));
    walk
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

impl Walk {
    fn pass(&mut self, path: String, reason: Reason) {
        self.passed_by.push(PassedBy { path, reason });
    }
}

struct Below<'a> {
    root: &'a Path,
    stop: &'a Stop,
}

impl Below<'_> {
    /// Depth first with a list of its own, so that deep folders cannot exhaust the stack.
    fn folder(&self, top: &Path, name: &str, walk: &mut Walk) {
        let mut waiting = vec![(top.to_owned(), name.to_owned())];
        while let Some((folder, name)) = waiting.pop() {
            if self.stop.is_asked() {
                return;
            }
            if folder.join("case.toml").is_file() && folder.join("vault").is_dir() {
                walk.pass(name, Reason::OwnCase);
                continue;
            }
            let entries: io::Result<Vec<_>> = fs::read_dir(&folder).and_then(Iterator::collect);
            let mut entries = match entries {
                Ok(entries) => entries,
                Err(error) => {
                    walk.pass(name, Reason::Failed(error));
                    continue;
                }
            };
            entries.sort_by_key(fs::DirEntry::file_name);
            let mut folders = Vec::new();
            for entry in entries {
                let last = entry.file_name().to_string_lossy().into_owned();
                let path = if name.is_empty() { last } else { format!("{name}/{last}") };
                let at = entry.path();
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push((at, path)),
                    Ok(kind) if kind.is_file() => walk.found.push(Found { at, path }),
                    Ok(kind) if kind.is_symlink() => {
                        let reason = match fs::canonicalize(&at) {
                            Ok(target) if target.starts_with(self.root) => Reason::LinkWithin,
                            Ok(_) => Reason::LinkOut,
                            Err(error) => Reason::Failed(error),
                        };
                        walk.pass(path, reason);
                    }
                    Ok(_) => walk.pass(path, Reason::Special),
                    Err(error) => walk.pass(path, Reason::Failed(error)),
                }
            }
            // The list is taken from its end.
            waiting.extend(folders.into_iter().rev());
        }
    }
}
