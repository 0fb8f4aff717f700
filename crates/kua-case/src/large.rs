//! `derived/large/`: values of the cache that a database would cut into pages, each a file of its
//! own, named by what it holds, so that a new value never stands where an old one is being read.

use std::collections::HashSet;
use std::path::PathBuf;
use std::{fs, io};

use kua_model::Sha256;

/// A value of more bytes than this gets a file of its own.
pub(crate) const LARGE: usize = 512 * 1024;
/// Ends the name of a file that is still being written.
const PART: &str = ".part";

/// The folder, which is made when the first value comes.
pub(crate) struct Large(pub(crate) PathBuf);

impl Large {
    /// The name under which a value with this checksum stands.
    pub(crate) fn name(stage: &str, subject: &[u8], key: &Sha256, sum: u32) -> String {
        let mut of = subject.to_vec();
        of.extend_from_slice(key.as_bytes());
        let of = Sha256::of(&of).to_string();
        format!("{stage}-{}-{sum:08x}", of.get(..32).unwrap_or(&of))
    }

    /// Writes a value. No reader ever sees half of it; after a crash of the machine it may be
    /// damaged, which its checksum tells.
    pub(crate) fn write(&self, name: &str, value: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let part = self.0.join(format!("{name}{PART}"));
        let written = fs::write(&part, value).and_then(|()| fs::rename(&part, self.0.join(name)));
        if written.is_err() {
            // It would take the room that is missing.
            let _ = fs::remove_file(&part);
        }
        written
    }

    /// The value, if it is there and can be read.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(name)).ok()
    }

    /// Removes a value. One that cannot be removed is in nobody's way.
    pub(crate) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.0.join(name));
    }

    /// Removes all files but these: what a build that was killed left.
    pub(crate) fn keep_only(&self, named: &HashSet<String>) {
        let Ok(entries) = fs::read_dir(&self.0) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if !name.to_str().is_some_and(|name| named.contains(name)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
