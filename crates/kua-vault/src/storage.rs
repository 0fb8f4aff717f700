//! The one door between the vault and a disk, and the contract the vault builds on.
//! Knows nothing of what the files mean.

use std::io::{self, Read, Write};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whatever the system gives by default.
    Shared,
    /// The owner only (mode 0600), from the moment the file exists.
    Private,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its last part. Names that are not UTF-8 come with replacement characters.
    pub name: String,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// A folder that holds a vault. Paths are relative, with `/` between parts.
///
/// # The contract
///
/// What the vault relies on, no more:
///
/// - A file written with [`create`](Storage::create) may be lost, empty, cut short or garbled
///   after a crash until [`sync`](Storage::sync) with its path has returned `Ok`. After that its
///   content is safe, but not yet its name.
/// - [`rename`](Storage::rename) replaces the target or leaves it as it was: after a crash the
///   target has the old or the new content, whole. Which of the two is open until
///   [`sync_dirs`](Storage::sync_dirs) with the target's folder has returned `Ok`. Two renames may
///   reach the disk in either order unless a `sync_dirs` lies between them.
/// - The same holds for folders: they exist for sure once `sync_dirs` of their parent returned.
/// - An operation that returns an error may or may not have taken effect, in part or whole.
/// - After an error from `sync` or `sync_dirs` nothing is known of *any* write since the last one
///   that succeeded, and asking again may wrongly say yes. The writer stops for good.
/// - Reading back after a write within one process may be answered from memory; it says nothing
///   of the disk. The vault never concludes from reading that something is safe.
///
/// The order the writer keeps: content of objects, records and tiles is synced under `tmp/`;
/// objects and records get their names, synced; tiles get theirs, synced; then the signed
/// checkpoint is remembered, synced; and only then published, synced. So at every instant the
/// published checkpoint speaks only of things that are safe.
pub trait Storage: Send + Sync {
    /// A new, empty file; one of the same name is emptied first. Its folder must exist.
    /// Dropping the writer closes the file; errors show in `write` and `flush`.
    ///
    /// # Errors
    /// No space, no permission, no such folder.
    fn create(&self, path: &str, access: Access) -> io::Result<Box<dyn Write + Send>>;

    /// Makes the content of these files safe. May make more safe than asked for.
    ///
    /// # Errors
    /// Any error of any of them; see the contract.
    fn sync(&self, paths: &[String]) -> io::Result<()>;

    /// Gives a file another name, replacing what had it.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Makes the names in these folders safe.
    ///
    /// # Errors
    /// Any error of any of them; see the contract.
    fn sync_dirs(&self, dirs: &[String]) -> io::Result<()>;

    /// Makes a folder and those above it, as far as they are missing.
    ///
    /// # Errors
    /// The system's.
    fn create_dirs(&self, dir: &str, access: Access) -> io::Result<()>;

    /// Removes a file or an empty folder.
    ///
    /// # Errors
    /// `NotFound` if there is none, and the system's.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Opens a file for reading from its beginning.
    ///
    /// # Errors
    /// `NotFound` if there is none, and the system's.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>>;

    /// Length of a file in bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// The system's, except `NotFound`.
    fn length(&self, path: &str) -> io::Result<Option<u64>>;

    /// What lies in a folder, by name; empty if there is no such folder.
    ///
    /// # Errors
    /// The system's, except `NotFound`.
    fn list(&self, dir: &str) -> io::Result<Vec<Listed>>;

    /// Takes the one lock of that name; held until the guard is dropped, or the process ends in
    /// any way. `None` if somebody else holds it.
    ///
    /// # Errors
    /// The system's.
    fn lock(&self, path: &str) -> io::Result<Option<Box<dyn Lock>>>;

    /// The whole of a file.
    ///
    /// # Errors
    /// As [`Storage::open`] and its reader.
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(path)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// A lock that is held.
pub trait Lock: Send {}

/// The folder part of a path; empty for a name without one.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
