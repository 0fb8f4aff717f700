//! `kua verify BAG`: any BagIt bag, and if it is a bundle of kua, the vault in it.

use std::path::Path;
use std::sync::Arc;

use kua_vault::{BagReport, BagStorage, Storage, Vault, VerifyOptions, verify_part, verify_with};

use crate::bundle::bag_at;
use crate::error::CaseError;
use crate::progress::{Progress, Step, Stop};
use crate::verify::{Fault, Verified, VerifyWants, fault};
use crate::verify_other::hold_against;

/// What was found out about a bag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifiedBag {
    /// The bag as such: whether everything listed is there and nothing else, with its checksums.
    pub bag: BagReport,
    /// The vault in it, if it is a bundle of kua.
    pub vault: Option<Verified>,
}

/// Checks the bag at `path`: a folder, a ZIP, a tar, or any of these sealed with age if one of the
/// identities of `wants` opens it; if it is a bundle of kua, it is held to the key and checkpoints
/// there. `None` if `path` is neither a bag nor an archive. Nothing is downloaded or unpacked.
///
/// # Errors
/// [`CaseError::SealedBundle`] without a key; the disk's; what an archive that is damaged or made
/// to do harm says.
pub fn verify_bag(
    path: &Path,
    wants: &VerifyWants,
    progress: &dyn Progress,
    stop: &Stop,
) -> Result<Option<VerifiedBag>, CaseError> {
    let Some(bag) = bag_at(path, &wants.identities)? else { return Ok(None) };
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
        let mut vault = Verified {
            items: usize::try_from(report.items).unwrap_or(usize::MAX),
            entries: report.size,
            log: report.log_name,
            vkey: report.vkey,
            root: report.root,
            trusted: wants.key.is_some(),
            remarks: report.notices,
            faults: report.findings.into_iter().map(fault).collect(),
            ..Verified::default()
        };
        hold(&storage, wants, &mut vault)?;
        verified.vault = Some(vault);
    } else if wants.key.is_some() || !wants.against.is_empty() {
        let none = Fault {
            place: path.display().to_string(),
            what: "it holds no log of kua that a key or another copy could be held to".to_owned(),
            next: Some("Of a bundle in several volumes, name the first.".to_owned()),
        };
        verified.vault = Some(Verified { faults: vec![none], ..Verified::default() });
    }
    Ok(Some(verified))
}

/// Holds the bundle's log to what is known from elsewhere.
fn hold(
    storage: &Arc<dyn Storage>,
    wants: &VerifyWants,
    verified: &mut Verified,
) -> Result<(), CaseError> {
    // What keeps it from being opened has been named.
    let Ok(vault) = Vault::open_on(storage.clone()) else { return Ok(()) };
    if let Some(key) = wants.key.as_ref().filter(|key| *key != vault.vkey()) {
        verified.faults.push(Fault {
            place: "vault.json".to_owned(),
            what: format!("the bundle is signed by {}, expected {key}", vault.vkey()),
            next: Some("Do not rely on it: it is not from the keeper of that key.".to_owned()),
        });
        return Ok(());
    }
    hold_against(vault.log().ok().as_ref(), vault.vkey(), Some(&vault), wants, verified)
}
