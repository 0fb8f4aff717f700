//! Room on disk for what memory should not hold: a file without a name, which is gone when it is
//! closed, even by a crash.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file that is only added to and read from, by many threads at once.
#[derive(Debug)]
pub struct Scratch {
    file: File,
    end: AtomicU64,
}

impl Scratch {
    /// In `folder`, which must be one that may hold the texts of the case as they are: nothing is
    /// sealed here.
    ///
    /// # Errors
    /// If no file can be made there.
    pub fn in_folder(folder: &Path) -> io::Result<Self> {
        Ok(Self { file: tempfile::tempfile_in(folder)?, end: AtomicU64::new(0) })
    }

    /// Adds `bytes` and tells where they are.
    pub(crate) fn add(&self, bytes: &[u8]) -> io::Result<Place> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        let start = self.end.fetch_add(u64::from(length), Ordering::Relaxed);
        at::write(&self.file, bytes, start)?;
        Ok(Place { start, length })
    }

    /// A place where nothing is.
    #[cfg(test)]
    pub(crate) fn beyond_its_end(&self) -> Place {
        Place { start: self.end.load(Ordering::Relaxed) + 1, length: 40 }
    }

    /// The bytes at a place, into `out` instead of what it held.
    pub(crate) fn read(&self, place: Place, out: &mut Vec<u8>) -> io::Result<()> {
        out.resize(place.length as usize, 0);
        at::read(&self.file, out, place.start)
    }
}

/// Where something was set aside.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    start: u64,
    length: u32,
}

#[cfg(unix)]
mod at {
    use std::fs::File;
    use std::io::Result;
    use std::os::unix::fs::FileExt;

    pub(super) fn write(file: &File, bytes: &[u8], at: u64) -> Result<()> {
        file.write_all_at(bytes, at)
    }

    pub(super) fn read(file: &File, out: &mut [u8], at: u64) -> Result<()> {
        file.read_exact_at(out, at)
    }
}

#[cfg(not(unix))]
mod at {
    use std::fs::File;
    use std::io::{Read, Result, Seek, SeekFrom, Write};
    use std::sync::{Mutex, PoisonError};

    /// A file has one position here, so one thread at a time moves it.
    static TURN: Mutex<()> = Mutex::new(());

    pub(super) fn write(mut file: &File, bytes: &[u8], at: u64) -> Result<()> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.write_all(bytes)
    }

    pub(super) fn read(mut file: &File, out: &mut [u8], at: u64) -> Result<()> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_by_threads_is_read_as_it_was() {
        let scratch = Scratch::in_folder(&std::env::temp_dir()).unwrap();
        let bytes = |n: u8| vec![n; usize::from(n) * 100];
        let places: Vec<Place> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..20)
                .map(|n| {
                    scope.spawn({
                        let s = &scratch;
                        move || s.add(&bytes(n))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        let mut out = Vec::new();
        for (n, place) in (0..20).zip(places) {
            scratch.read(place, &mut out).unwrap();
            assert_eq!(out, bytes(n));
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(Scratch::in_folder(Path::new("/nowhere/at/all")).is_err());
    }
}
