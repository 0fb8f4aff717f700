//! `kua verify BAG`: any BagIt bag, and if it is a bundle of kua, the vault in it.

use std::path::Path;
use std::sync::Arc;

use kua_vault::{Bag, BagReport, BagStorage, Container, Storage, VerifyOptions, verify_with};

use crate::error::CaseError;
use crate::progress::{Progress, Step, Stop};
use crate::verify::{Verified, fault};

/// What was found out about a bag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifiedBag {
    /// The bag as such: whether everything listed is there and nothing else, with its checksums.
    pub bag: BagReport,
    /// The vault in it, if it is a bundle of kua.
    pub vault: Option<Verified>,
}

/// Checks the bag at `path`: a folder, a ZIP or a tar. `None` if `path` is neither a bag nor an
/// archive. Nothing is downloaded or unpacked.
///
/// # Errors
/// The disk's, and what an archive that is damaged or made to do harm says.
pub fn verify_bag(
    path: &Path,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Option<VerifiedBag>, CaseError> {
    if path.is_dir() && !looks_like_a_bag(path) {
        return Ok(None);
    }
    let Some(container) = Container::at(path).map_err(CaseError::io(path))? else {
        return Ok(None);
    };
    let bag = match Bag::find(container) {
        Some(bag) => bag,
        // No bagit.txt: the check says so.
        None => match Container::at(path).map_err(CaseError::io(path))? {
            Some(container) => Bag::assumed(container),
            None => return Ok(None),
        },
    };
    progress.begin(Step::Verify, None);
    let tell = |_: u64| !stop.is_asked();
    let report = bag.check(0, Some(&tell));
    progress.end();
    let mut verified = VerifiedBag { bag: report, vault: None };
    let storage: Arc<dyn Storage> = Arc::new(BagStorage::new(vec![bag]));
    if storage.length("vault.json").is_ok_and(|length| length.is_some()) {
        let report = verify_with(&storage, &VerifyOptions::default());
        verified.vault = Some(Verified {
            items: usize::try_from(report.items).unwrap_or(usize::MAX),
            entries: report.size,
            log: report.log_name,
            vkey: report.vkey,
            root: report.root,
            remarks: report.notices,
            faults: report.findings.into_iter().map(fault).collect(),
            ..Verified::default()
        });
    }
    Ok(Some(verified))
}

/// Looked at before listing: a folder may be somebody's whole home.
fn looks_like_a_bag(dir: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(dir) else { return false };
    let mut names = entries.flatten().map(|entry| entry.file_name());
    dir.join("bagit.txt").is_file()
        || dir.join("data").is_dir()
            && names.any(|name| name.to_string_lossy().starts_with("manifest-"))
}
