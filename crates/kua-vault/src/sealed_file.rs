//! A bundle sealed with age as a source of bytes: decrypted as it is read, piece by piece in
//! memory, so that nothing plain is written anywhere.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::container::{ReadSeek, Source};
use crate::seal::{SealIdentity, decrypting_seekable};

/// A file encrypted with age, and the keys that may open it.
pub struct SealedFile {
    path: PathBuf,
    identities: Vec<SealIdentity>,
}

impl SealedFile {
    /// The file at `path`, to be opened with one of `identities`.
    #[must_use]
    pub fn new(path: &Path, identities: &[SealIdentity]) -> SealedFile {
        SealedFile { path: path.to_owned(), identities: identities.to_vec() }
    }

    /// Whether the file at `path` begins as a file of age does.
    ///
    /// # Errors
    /// The system's.
    pub fn is_one(path: &Path) -> io::Result<bool> {
        let mut start = Vec::new();
        File::open(path)?.take(21).read_to_end(&mut start)?;
        Ok(start == b"age-encryption.org/v1")
    }
}

impl Source for SealedFile {
    fn open(&self) -> io::Result<Box<dyn ReadSeek>> {
        let opened = decrypting_seekable(File::open(&self.path)?, &self.identities);
        Ok(Box::new(opened.map_err(io::Error::other)?))
    }
}
