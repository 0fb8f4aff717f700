//! `kua add`: preserves files and folders. Whatever cannot be had is named, and the rest goes on;
//! what was acknowledged is safe whatever happens next.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use kua_vault::{Acquisition, PreserveError, Writer};

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;
use crate::progress::{Progress, Step, Stop};
use crate::walk::{Found, PassedBy, Reason, walk};

/// Files after which what was taken so far is made safe and acknowledged: sixteen bundles of
/// entries. To make a group safe costs a dozen flushes of the disk, however small it is.
const GROUP_FILES: usize = 4096;
/// Bytes after which it is.
const GROUP_BYTES: u64 = 64 * 1024 * 1024;

/// What became of the files.
#[derive(Debug, Default)]
pub struct Added {
    /// Files that are in the vault now and were not before.
    pub preserved: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files the vault already had, under the same path.
    pub known: usize,
    /// Files with the same bytes as another item: their path, and the item's.
    pub duplicates: Shortlist<(String, String)>,
    /// What could not be had although it was asked for, and why.
    pub failures: Shortlist<PassedBy>,
    /// What was passed by on purpose, and why.
    pub passed_by: Shortlist<PassedBy>,
    /// Whether it stopped early because it was asked to.
    pub stopped: bool,
    /// Why it could not go on, if it could not. What is counted above is safe.
    pub error: Option<CaseError>,
}

/// What is known of files that are added together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Who takes them in.
    pub by: Option<String>,
    /// Where they come from: a person, a device, an address.
    pub source: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// The first of many things, and how many there are: who adds a million files is told of the
/// first, and memory does not grow with the rest.
#[derive(Debug)]
pub struct Shortlist<T> {
    /// The first, at most [`Shortlist::MOST`].
    pub first: Vec<T>,
    /// The number of all.
    pub count: usize,
}

impl<T> Shortlist<T> {
    /// How many are kept.
    pub const MOST: usize = 100;

    fn push(&mut self, thing: T) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(thing);
        }
    }
}

impl<T> Default for Shortlist<T> {
    fn default() -> Self {
        Shortlist { first: Vec::new(), count: 0 }
    }
}

impl Added {
    fn pass(&mut self, passed: PassedBy) {
        let list = if passed.is_failure() { &mut self.failures } else { &mut self.passed_by };
        list.push(passed);
    }
}

impl Case {
    /// Preserves every file at and below `paths`, in a fixed order. Asked to stop, it finishes
    /// the file at hand, acknowledges what it has, and returns; the same call goes on from there.
    ///
    /// # Errors
    /// If the vault cannot be written at all ([`EvidenceError::is_busy`] while another kua adds).
    /// What fails later is in [`Added::error`] beside what was acknowledged before.
    pub fn add(
        &self,
        paths: &[PathBuf],
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Added, CaseError> {
        self.add_from(paths, &Provenance::default(), progress, stop)
    }

    /// The same, with what is known of all these files.
    ///
    /// # Errors
    /// As [`Case::add`].
    pub fn add_from(
        &self,
        paths: &[PathBuf],
        provenance: &Provenance,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Added, CaseError> {
        let mut writer = self.evidence.writer()?;
        progress.begin(Step::Look, None);
        // Gone through twice, once to count: a list of a million names would be no small thing.
        let count = walk(paths, stop).filter(Result::is_ok).count();
        progress.end();
        let mut group = Group::default();
        let mut added = Added::default();
        progress.begin(Step::Add, Some(count as u64));
        for found in walk(paths, stop) {
            if stop.is_asked() {
                break;
            }
            let taken = match found {
                Ok(found) => self.add_one(&mut writer, &found, provenance, &mut group, &mut added),
                Err(passed) => {
                    added.pass(passed);
                    continue;
                }
            };
            if let Err(error) = taken {
                added.error = Some(error);
                break;
            }
            let is_full = group.files >= GROUP_FILES || group.bytes >= GROUP_BYTES;
            if is_full && let Err(error) = group.acknowledge(&mut writer, &mut added) {
                added.error = Some(error);
                break;
            }
            progress.advance(1);
        }
        // A full disk may have stopped one large file while smaller ones before it still fit.
        if let Err(error) = group.acknowledge(&mut writer, &mut added)
            && added.error.is_none()
        {
            added.error = Some(error);
        }
        progress.end();
        added.stopped = stop.is_asked();
        Ok(added)
    }

    fn add_one(
        &self,
        writer: &mut Writer,
        found: &Found,
        provenance: &Provenance,
        group: &mut Group,
        added: &mut Added,
    ) -> Result<(), CaseError> {
        let mut pass = |error: io::Error| {
            added.pass(PassedBy { path: found.path.clone(), reason: Reason::Failed(error) });
        };
        let file = match File::open(&found.at) {
            Ok(file) => file,
            Err(error) => {
                pass(error);
                return Ok(());
            }
        };
        let by = provenance.by.clone().map(|by| ("by".to_owned(), by));
        let acquisition = Acquisition {
            path: found.path.clone(),
            acquired_at: self.clock.now(),
            source: provenance.source.clone(),
            note: provenance.note.clone(),
            more: self.tool().into_iter().chain(by).collect(),
        };
        let taken = if self.evidence.vault().recipients().is_empty() {
            writer.preserve(file, &acquisition)
        } else {
            writer.seal(file, &acquisition)
        };
        let receipt = match taken {
            Ok(receipt) => receipt,
            // The file went away or its disk failed: the next one may be fine.
            Err(PreserveError::Source { source }) => {
                pass(source);
                return Ok(());
            }
            Err(error) => return Err(EvidenceError::from(error).into()),
        };
        match receipt.log_index {
            None => group.known_files += 1,
            Some(_) => {
                group.files += 1;
                group.bytes += receipt.length;
            }
        }
        // Sealed items are never the same: nothing here can tell.
        if receipt.already && receipt.log_index.is_some() {
            let first = writer.first_path(&receipt.item).map_err(EvidenceError::from)?;
            if let Some(first) = first.filter(|first| *first != found.path) {
                group.duplicates.insert((found.path.clone(), first));
            }
        }
        Ok(())
    }
}

/// What was taken since the last acknowledgement.
#[derive(Default)]
struct Group {
    files: usize,
    bytes: u64,
    known_files: usize,
    duplicates: BTreeSet<(String, String)>,
}

impl Group {
    fn acknowledge(&mut self, writer: &mut Writer, added: &mut Added) -> Result<(), CaseError> {
        writer.commit().map_err(EvidenceError::from)?;
        added.preserved += std::mem::take(&mut self.files);
        added.bytes += std::mem::take(&mut self.bytes);
        added.known += std::mem::take(&mut self.known_files);
        for pair in std::mem::take(&mut self.duplicates) {
            added.duplicates.push(pair);
        }
        Ok(())
    }
}
