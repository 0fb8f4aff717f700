//! `kua publish`: the chronicle as one offline file, with the proofs of everything it cites.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use kua_publish::Site;

use crate::error::CaseError;
use crate::folder::Case;
use crate::progress::{Progress, Step};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Bytes of the file.
    pub bytes: u64,
    /// The case has moved on since the build that was published.
    pub is_stale: bool,
    /// Whether the checkpoint in it is kept in the vault's `seen/`: a log that is set back later
    /// is noticed by it. Not on a medium that cannot be written to, or while somebody else writes.
    pub remembered: bool,
}

impl Case {
    /// Writes the chronicle of the last build to `file`, whole or not at all.
    ///
    /// # Errors
    /// As [`Case::chronicle_with_proofs`], and the disk's.
    pub fn publish(&self, file: &Path, progress: &dyn Progress) -> Result<Published, CaseError> {
        let loaded = self.chronicle_with_proofs()?;
        progress.begin(Step::Publish, None);
        let custody = &loaded.chronicle.custody;
        let html = Site::new(&loaded.chronicle).single_file_signed(|text| self.sign(text, custody));
        // Before it is given away: after that it may be too late.
        let remembered = self.evidence.remember_sent(&custody.checkpoint);
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = file.with_file_name(name);
        let written = (|| {
            let mut out = fs::File::create(&part)?;
            out.write_all(html.as_bytes())?;
            out.sync_all()?;
            fs::rename(&part, file)
        })();
        progress.end();
        if let Err(error) = written {
            // Half a file is worse than none; if it cannot be removed, its name says what it is.
            let _ = fs::remove_file(&part);
            return Err(CaseError::io(file)(error));
        }
        Ok(Published { bytes: html.len() as u64, is_stale: loaded.is_stale, remembered })
    }
}
