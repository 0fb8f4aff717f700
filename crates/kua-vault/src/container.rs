//! The files of a folder, a ZIP or a tar, read where they lie. Nothing is ever extracted, so no
//! name in an archive can reach a place outside it. Knows nothing of what the files mean.

mod folder;
mod tarred;
mod zipped;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::storage::Listed;

/// Bytes that can be read anywhere.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Where the bytes of an archive come from: a file, or what a sealed file opens to.
pub trait Source: Send + Sync {
    /// A new reader at the beginning.
    ///
    /// # Errors
    /// The system's.
    fn open(&self) -> io::Result<Box<dyn ReadSeek>>;
}

/// A file as it lies on disk.
pub struct PlainFile(pub PathBuf);

impl Source for PlainFile {
    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(File::open(&self.0)?))
    }
}

/// Files by name, with `/` between folders, and what was refused.
pub struct Container {
    place: Place,
    parts: BTreeMap<String, Part>,
    folders: BTreeSet<String>,
    refused: Vec<Refused>,
}

/// Something in a container that is not a plain file or folder of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refused {
    /// Its name as found.
    pub name: String,
    /// Why it is not read.
    pub why: &'static str,
}

enum Place {
    Folder(PathBuf),
    Archive(Arc<dyn Source>),
}

/// Where a file lies in an archive. In a folder only the length counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    start: u64,
    /// Bytes in the archive.
    stored: u64,
    /// Bytes of the file.
    length: u64,
    deflated: bool,
}

/// What reading the table of contents gives.
#[derive(Default)]
struct Contents {
    parts: BTreeMap<String, Part>,
    folders: BTreeSet<String>,
    refused: Vec<Refused>,
}

impl Contents {
    fn refuse(&mut self, name: &str, why: &'static str) {
        self.refused.push(Refused { name: name.to_owned(), why });
    }

    /// Takes a file in, unless its name is taken or leads elsewhere.
    fn file(&mut self, name: &str, part: Part) {
        let Some(clean) = clean_name(name) else {
            self.refuse(name, OUTSIDE);
            return;
        };
        if self.parts.contains_key(clean) {
            self.refuse(name, "the archive holds this name twice");
            return;
        }
        self.parts.insert(clean.to_owned(), part);
    }

    fn folder(&mut self, name: &str) {
        match clean_name(name.trim_end_matches('/')) {
            Some("") => {}
            Some(clean) => {
                self.folders.insert(clean.to_owned());
            }
            None if matches!(name, "." | "./") => {}
            None => self.refuse(name, OUTSIDE),
        }
    }
}

const OUTSIDE: &str = "the name leads outside or is not one that every system keeps";

impl Container {
    /// The files below folder `dir`. Links and special files are refused, not followed.
    ///
    /// # Errors
    /// The system's, for a folder that cannot be listed.
    pub fn folder(dir: &Path) -> io::Result<Container> {
        Ok(Container::of(Place::Folder(dir.to_owned()), folder::contents(dir)?))
    }

    /// The files of the ZIP or tar that `source` gives; `None` if it is neither.
    ///
    /// # Errors
    /// The system's, and [`ErrorKind::InvalidData`] for an archive that is damaged or made to
    /// do harm (parts that overlap).
    pub fn archive(source: Arc<dyn Source>) -> io::Result<Option<Container>> {
        let mut reader = source.open()?;
        let mut start = [0; 512];
        let mut filled = 0;
        while let Some(rest) = start.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match reader.read(rest)? {
                0 => break,
                count => filled += count,
            }
        }
        let contents = if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
            zipped::contents(reader.as_mut())?
        } else if start.get(257..262) == Some(b"ustar") {
            reader.rewind()?;
            tarred::contents(reader)?
        } else {
            return Ok(None);
        };
        Ok(Some(Container::of(Place::Archive(source), contents)))
    }

    /// Whatever lies at `path`: a folder or an archive; `None` for any other file.
    ///
    /// # Errors
    /// As [`Container::folder`] and [`Container::archive`].
    pub fn at(path: &Path) -> io::Result<Option<Container>> {
        if path.is_dir() {
            return Container::folder(path).map(Some);
        }
        if !path.metadata()?.is_file() {
            return Ok(None);
        }
        Container::archive(Arc::new(PlainFile(path.to_owned())))
    }

    fn of(place: Place, contents: Contents) -> Container {
        let Contents { parts, mut folders, refused } = contents;
        for name in parts.keys() {
            let mut at = name.as_str();
            while let Some((above, _)) = at.rsplit_once('/') {
                if !folders.insert(above.to_owned()) {
                    break;
                }
                at = above;
            }
        }
        Container { place, parts, folders, refused }
    }

    /// Names of all files, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// Names of all folders, sorted.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// What is not read, and why.
    #[must_use]
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Whether this is a folder on disk, which keeps empty folders.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }

    /// Length of a file in bytes; `None` if there is none of that name.
    #[must_use]
    pub fn length(&self, name: &str) -> Option<u64> {
        self.parts.get(name).map(|part| part.length)
    }

    /// What lies in a folder, by name.
    #[must_use]
    pub fn list(&self, dir: &str) -> Vec<Listed> {
        let prefix = format!("{dir}/");
        let range = (Bound::Included(prefix.clone()), Bound::Unbounded);
        let files = self.parts.range::<String, _>(range.clone()).map(|(name, _)| (name, false));
        let folders = self.folders.range::<String, _>(range).map(|name| (name, true));
        let inside = |(name, is_dir): (&String, bool)| {
            name.strip_prefix(&prefix).map(|name| (name.to_owned(), is_dir))
        };
        let mut listed: Vec<Listed> = files
            .map_while(inside)
            .chain(folders.map_while(inside))
            .filter(|(name, _)| !name.contains('/'))
            .map(|(name, is_dir)| Listed { name, is_dir })
            .collect();
        listed.sort();
        listed
    }

    /// A reader of one file. It gives exactly the length the table of contents says, or an error.
    ///
    /// # Errors
    /// `NotFound`, and the system's.
    pub fn open(&self, name: &str) -> io::Result<Box<dyn Read + Send>> {
        let part = *self.parts.get(name).ok_or(ErrorKind::NotFound)?;
        match &self.place {
            Place::Folder(dir) => folder::open(dir, name),
            Place::Archive(source) => {
                let mut reader = source.open()?;
                reader.seek(SeekFrom::Start(part.start))?;
                let stored = reader.take(part.stored);
                let bytes: Box<dyn Read + Send> = if part.deflated {
                    Box::new(flate2::read::DeflateDecoder::new(stored))
                } else {
                    Box::new(stored)
                };
                Ok(Box::new(Exactly { reader: bytes, left: part.length }))
            }
        }
    }

    /// The whole of a small file.
    ///
    /// # Errors
    /// As [`Container::open`]; [`ErrorKind::FileTooLarge`] beyond `most` bytes.
    pub fn read(&self, name: &str, most: u64) -> io::Result<Vec<u8>> {
        if self.length(name).is_some_and(|length| length > most) {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::new();
        self.open(name)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }
}

/// Gives as many bytes as were promised: fewer are an error, more are a bomb.
struct Exactly {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = self.reader.read(buffer)?;
        if count == 0 && self.left > 0 {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "the archive is cut short"));
        }
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidData, "the file is longer than the archive says")
        })?;
        Ok(count)
    }
}

/// The name without `./` before it; `None` if it is absolute, climbs, or means something else on
/// another system.
pub(crate) fn clean_name(name: &str) -> Option<&str> {
    let mut clean = name;
    while let Some(rest) = clean.strip_prefix("./") {
        clean = rest;
    }
    let drive = clean.as_bytes().get(1) == Some(&b':')
        && clean.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let bad = drive
        || clean.starts_with('/')
        || clean.contains(['\\', '\0'])
        || clean.split('/').any(|part| part == ".." || part == ".")
        || clean.contains("//")
        || clean.ends_with('/');
    (!bad).then_some(clean)
}
