//! `kua add`: preserves files and folders. Whatever cannot be had is named, and the rest goes on;
//! what was acknowledged is safe whatever happens next.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::PathBuf;

use kua_model::ItemId;
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
    pub duplicates: Vec<(String, String)>,
    /// What was not added, and why.
    pub passed_by: Vec<PassedBy>,
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

impl Added {
    /// How many things that were asked for could not be had.
    pub fn failures(&self) -> usize {
        self.passed_by.iter().filter(|passed| passed.is_failure()).count()
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
        let walked = walk(paths, stop);
        progress.end();
        let known = self.evidence.items()?.into_iter().map(|item| (item.id, item.path)).collect();
        let mut group = Group { known, ..Group::default() };
        let mut added = Added { passed_by: walked.passed_by, ..Added::default() };
        progress.begin(Step::Add, Some(walked.found.len() as u64));
        for found in &walked.found {
            if stop.is_asked() {
                break;
            }
            if let Err(error) = self.add_one(&mut writer, found, provenance, &mut group, &mut added)
            {
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
            added
                .passed_by
                .push(PassedBy { path: found.path.clone(), reason: Reason::Failed(error) });
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
        if !self.evidence.vault().recipients().is_empty() {
            // Nothing here can tell which items are the same, nor what they are called.
            return Ok(());
        }
        let first = group.known.entry(receipt.item).or_insert_with(|| found.path.clone());
        if *first != found.path && receipt.already {
            group.duplicates.push((found.path.clone(), first.clone()));
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
    duplicates: Vec<(String, String)>,
    /// Path of each item of the vault and of this run.
    known: BTreeMap<ItemId, String>,
}

impl Group {
    fn acknowledge(&mut self, writer: &mut Writer, added: &mut Added) -> Result<(), CaseError> {
        writer.commit().map_err(EvidenceError::from)?;
        let duplicates: BTreeSet<_> = self.duplicates.drain(..).collect();
        added.preserved += std::mem::take(&mut self.files);
        added.bytes += std::mem::take(&mut self.bytes);
        added.known += std::mem::take(&mut self.known_files);
        added.duplicates.extend(duplicates);
        Ok(())
    }
}
