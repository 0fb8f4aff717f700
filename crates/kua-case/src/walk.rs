//! Finds the files below the paths that were given, in a fixed order, and says what it passed by.
//! Opens no file.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
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

/// Finds files at and below `paths`: in the order of the paths given and, below each, of their
/// names' bytes, a folder's files before those of its folders. A path that is itself a link is
/// followed: somebody named it. What is not to be added comes as an error in its place. Ends early
/// when `stop` is asked. Remembers the names of one folder at a time, however many there are below.
pub(crate) fn walk<'a>(paths: &'a [PathBuf], stop: &'a Stop) -> Walk<'a> {
    let (given, known) = (paths.iter(), BTreeSet::new());
    Walk { given, known, stop, root: PathBuf::new(), waiting: Vec::new(), folder: None }
}

/// See [`walk`].
pub(crate) struct Walk<'a> {
    given: std::slice::Iter<'a, PathBuf>,
    /// Paths that were given before, and the names they are remembered by.
    known: BTreeSet<(PathBuf, String)>,
    stop: &'a Stop,
    /// The path that was given last, as it really lies.
    root: PathBuf,
    /// Folders below it still to be listed, the next one last: a list of its own, so that deep
    /// folders cannot exhaust the stack.
    waiting: Vec<Place>,
    folder: Option<Folder>,
}

/// Where something lies, and the name it is remembered by.
type Place = (PathBuf, String);

/// A folder that is being gone through.
struct Folder {
    at: PathBuf,
    name: String,
    /// In the order of their bytes.
    entries: std::vec::IntoIter<(OsString, Kind)>,
    folders: Vec<Place>,
}

/// What an entry of a folder is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    File,
    Folder,
    Link,
    Special,
    /// The system does not tell.
    Unknown,
}

impl Iterator for Walk<'_> {
    type Item = Result<Found, PassedBy>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(folder) = &mut self.folder {
                match folder.entries.next() {
                    Some((last, Kind::Folder)) => {
                        let place = folder.place_of(&last);
                        folder.folders.push(place);
                    }
                    Some((last, kind)) => return Some(folder.entry(&last, kind, &self.root)),
                    None => {
                        self.waiting.extend(folder.folders.drain(..).rev());
                        self.folder = None;
                    }
                }
                continue;
            }
            if self.stop.is_asked() {
                return None;
            }
            if let Some((at, name)) = self.waiting.pop() {
                match Folder::list(at, name) {
                    Ok(folder) => self.folder = Some(folder),
                    Err(passed) => return Some(Err(passed)),
                }
                continue;
            }
            let given = self.given.next()?;
            if let Some(found) = self.begin(given) {
                return Some(found);
            }
        }
    }
}

impl Walk<'_> {
    /// Begins with a path that was given. `None` if it is a folder, which waits to be listed, or
    /// was given before.
    fn begin(&mut self, path: &Path) -> Option<Result<Found, PassedBy>> {
        let failed = |path, error| Some(Err(PassedBy { path, reason: Reason::Failed(error) }));
        let root = match fs::canonicalize(path) {
            Ok(root) => root,
            Err(error) => return failed(name_of(path), error),
        };
        // Given as `.` or `..`, the folder's own name is the last part of where it really lies.
        let name = path.file_name().or(root.file_name());
        let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !self.known.insert((root.clone(), name.clone())) {
            return None;
        }
        self.root.clone_from(&root);
        match fs::metadata(&root) {
            Ok(meta) if meta.is_dir() => {
                self.waiting.push((root, name));
                None
            }
            Ok(meta) if meta.is_file() => Some(Ok(Found { at: root, path: name })),
            Ok(_) => Some(Err(PassedBy { path: name, reason: Reason::Special })),
            Err(error) => failed(name, error),
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

impl Folder {
    fn list(at: PathBuf, name: String) -> Result<Folder, PassedBy> {
        if at.join("case.toml").is_file() && at.join("vault").is_dir() {
            return Err(PassedBy { path: name, reason: Reason::OwnCase });
        }
        let listed = fs::read_dir(&at).and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| (entry.file_name(), Kind::of(entry.file_type()))))
                .collect::<io::Result<Vec<_>>>()
        });
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => return Err(PassedBy { path: name, reason: Reason::Failed(error) }),
        };
        entries.sort_unstable();
        Ok(Folder { at, name, entries: entries.into_iter(), folders: Vec::new() })
    }

    fn place_of(&self, last: &OsStr) -> Place {
        let name = last.to_string_lossy();
        let path =
            if self.name.is_empty() { name.into_owned() } else { format!("{}/{name}", self.name) };
        (self.at.join(last), path)
    }

    /// An entry that is no folder.
    fn entry(&self, last: &OsStr, kind: Kind, root: &Path) -> Result<Found, PassedBy> {
        let (at, path) = self.place_of(last);
        let reason = match kind {
            Kind::File => return Ok(Found { at, path }),
            Kind::Link => match fs::canonicalize(&at) {
                Ok(target) if target.starts_with(root) => Reason::LinkWithin,
                Ok(_) => Reason::LinkOut,
                Err(error) => Reason::Failed(error),
            },
            Kind::Unknown => match fs::symlink_metadata(&at).map(|meta| meta.is_file()) {
                Ok(true) => return Ok(Found { at, path }),
                Ok(false) => Reason::Special,
                Err(error) => Reason::Failed(error),
            },
            Kind::Special | Kind::Folder => Reason::Special,
        };
        Err(PassedBy { path, reason })
    }
}

impl Kind {
    fn of(told: io::Result<FileType>) -> Kind {
        match told {
            Ok(kind) if kind.is_dir() => Kind::Folder,
            Ok(kind) if kind.is_file() => Kind::File,
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(_) => Kind::Special,
            Err(_) => Kind::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_before_folders_and_what_is_given_twice_comes_once() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().join("notes");
        for path in ["b/z.txt", "b/a/deep.txt", "B.txt", "a.txt", "case/case.toml", "case/vault/x"]
        {
            let path = top.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "words").unwrap();
        }
        let walked = |paths: &[PathBuf]| -> Vec<String> {
            let stop = Stop::default();
            let told = walk(paths, &stop).map(|found| match found {
                Ok(found) => found.path,
                Err(passed) => format!("{}: {}", passed.path, passed.reason()),
            });
            told.collect()
        };
        let all = [
            "notes/B.txt",
            "notes/a.txt",
            "notes/b/z.txt",
            "notes/b/a/deep.txt",
            "notes/case: a case of kua",
        ];
        assert_eq!(walked(std::slice::from_ref(&top)), all);
        assert_eq!(walked(&[top.clone(), top.join("b/.."), top.clone()]), all);
        // Named by itself, a folder below is remembered by its own name, too.
        let both = walked(&[top.clone(), top.join("b/a")]);
        assert_eq!(both.last().unwrap(), "a/deep.txt");
        let gone = walked(&[top.join("nothing")]);
        assert_eq!(gone, ["nothing: it is not there (any more)"]);
        let stop = Stop::default();
        stop.ask();
        assert_eq!(walk(&[top], &stop).count(), 0);
    }
}
