//! `kua verify BAG`: any BagIt bag, and if it is a bundle of kua, the vault in it.

use std::path::Path;
use std::sync::Arc;

use kua_vault::{
    BagReport, BagStorage, SealIdentity, Storage, VerifyOptions, verify_part, verify_with,
};

use crate::bundle::bag_at;
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

/// Checks the bag at `path`: a folder, a ZIP, a tar, or any of these sealed with age if one of
/// `identities` opens it. `None` if `path` is neither a bag nor an archive. Nothing is downloaded
/// or unpacked.
///
/// # Errors
/// [`CaseError::SealedBundle`] without a key; the disk's; what an archive that is damaged or made
/// to do harm says.
pub fn verify_bag(
    path: &Path,
    identities: &[SealIdentity],
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Option<VerifiedBag>, CaseError> {
    let Some(bag) = bag_at(path, identities)? else { return Ok(None) };
    progress.begin(Step::Verify, None);
    let tell = |_: u64| !stop.is_asked();
    let report = bag.check(0, Some(&tell));
    progress.end();
    let mut verified = VerifiedBag { bag: report, vault: None };
    let part = bag.part();
    let storage: Arc<dyn Storage> = Arc::new(BagStorage::new(vec![bag]));
    if storage.length("vault.json").is_ok_and(|length| length.is_some()) {
        let report = if part.is_whole() {
            verify_with(&storage, &VerifyOptions::default())
        } else {
            verify_part(&storage, &part)
        };
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
