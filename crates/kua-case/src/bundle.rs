//! `kua pack` and `kua merge`: what a case gives to another on a stick, and takes from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kua_vault::{
    Bag, BagStorage, BundleForm, Container, MergeOptions, Merged, PackOptions, Packed, PlainFile,
    SealIdentity, SealRecipient, SealedFile, SignedCheckpoint, Source, Storage,
};

use crate::error::CaseError;
use crate::folder::Case;
use crate::progress::{Progress, Step, Stop};

/// How to pack.
#[derive(Debug, Clone, Default)]
pub struct PackRequest {
    /// The form; by default what the name says (`.zip`, `.tar`, `.tar.age`), else a folder.
    pub form: Option<BundleForm>,
    /// What the other side has of this case's log: a number of entries, or a file with a
    /// checkpoint of it.
    pub since: Option<String>,
    /// Most bytes of a volume; 0 for the default.
    pub volume: u64,
    /// Public keys (`age1…`) to seal the bundle to.
    pub recipients: Vec<String>,
    /// Who gets it: recorded as a transfer before it is packed.
    pub to: Option<String>,
}

impl Case {
    /// Packs the case's vault into `out`.
    ///
    /// # Errors
    /// [`CaseError::Pack`], [`CaseError::SealKey`], [`CaseError::Since`], and the vault's.
    pub fn pack(
        &self,
        out: &Path,
        request: &PackRequest,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Packed, CaseError> {
        let recipients = recipients_of(&request.recipients)?;
        let form = request.form.unwrap_or_else(|| form_of(out, !recipients.is_empty()));
        let since = request.since.as_deref().map_or(Ok(0), |since| self.since(since))?;
        if let Some(to) = &request.to {
            self.evidence.record_transfer(to, &self.clock.now())?;
        }
        progress.begin(Step::Pack, None);
        let tell = |_: u64| {
            progress.advance(1);
            !stop.is_asked()
        };
        let options = PackOptions {
            form: Some(form),
            since,
            volume: request.volume,
            recipients,
            progress: Some(&tell),
        };
        let packed = self.evidence.vault().pack(out, &options);
        progress.end();
        Ok(packed?)
    }

    /// How many entries of this case's log the other side has.
    fn since(&self, text: &str) -> Result<u64, CaseError> {
        if let Ok(number) = text.parse() {
            return Ok(number);
        }
        let path = PathBuf::from(text);
        let bytes = fs::read(&path).map_err(CaseError::io(&path))?;
        let wrong = |what: String| CaseError::Since { path: path.clone(), what };
        let vault = self.evidence.vault();
        let seen = SignedCheckpoint::verify(&bytes, vault.vkey())
            .map_err(|error| wrong(format!("it is no checkpoint of this case's log: {error}")))?;
        let log = vault.log().map_err(crate::EvidenceError::from)?;
        let root = log.root_at(seen.size());
        if root.is_ok_and(|root| root == *seen.root()) {
            return Ok(seen.size());
        }
        Err(wrong(format!(
            "it is signed by this case's key at {} entries, but it is not the log that is here: see kua verify",
            seen.size()
        )))
    }

    /// Takes in a bundle: one bag, or all volumes of one. `identities` are the texts of identity
    /// files for sealed bundles.
    ///
    /// # Errors
    /// [`CaseError::NotABundle`], [`CaseError::Merge`], [`CaseError::SealKey`], and the vault's.
    pub fn merge(
        &self,
        bundle: &[PathBuf],
        key: Option<&str>,
        identities: &[SealIdentity],
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Merged, CaseError> {
        let key = match key.map(str::parse) {
            None => None,
            Some(Ok(key)) => Some(key),
            Some(Err(error)) => return Err(CaseError::Key(error)),
        };
        let mut bags = Vec::new();
        for path in bundle {
            let bag = bag_at(path, identities)?;
            bags.push(bag.ok_or_else(|| CaseError::NotABundle { path: path.clone() })?);
        }
        let storage = BagStorage::new(bags);
        if storage.length("vault.json").is_ok_and(|length| length.is_none()) {
            let path = bundle.first().cloned().unwrap_or_default();
            return Err(CaseError::NotABundle { path });
        }
        let storage: Arc<dyn Storage> = Arc::new(storage);
        progress.begin(Step::Merge, None);
        let tell = |_: u64| {
            progress.advance(1);
            !stop.is_asked()
        };
        let options = MergeOptions { at: self.clock.now(), key, progress: Some(&tell) };
        let merged = self.evidence.vault().merge(&storage, &options);
        progress.end();
        Ok(merged?)
    }
}

fn form_of(out: &Path, sealed: bool) -> BundleForm {
    let name = out.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if sealed || name.ends_with(".tar") || name.ends_with(".tar.age") {
        BundleForm::Tar
    } else if name.ends_with(".zip") {
        BundleForm::Zip
    } else {
        BundleForm::Folder
    }
}

/// Public keys, each checked.
pub(crate) fn recipients_of(texts: &[String]) -> Result<Vec<SealRecipient>, CaseError> {
    let mut recipients: Vec<SealRecipient> = Vec::new();
    for text in texts {
        let recipient = text.parse().map_err(CaseError::SealKey)?;
        if !recipients.contains(&recipient) {
            recipients.push(recipient);
        }
    }
    Ok(recipients)
}

/// The bag at `path`, sealed or not; `None` if it is none. An archive without a bag in it is
/// assumed to be one, so that a check says what is missing.
pub(crate) fn bag_at(path: &Path, identities: &[SealIdentity]) -> Result<Option<Bag>, CaseError> {
    if path.is_dir() {
        if !looks_like_a_bag(path) {
            return Ok(None);
        }
        let container = Container::folder(path).map_err(CaseError::io(path))?;
        return Ok(Some(Bag::assumed(container)));
    }
    if !fs::metadata(path).map_err(CaseError::io(path))?.is_file() {
        return Ok(None);
    }
    let is_sealed = SealedFile::is_one(path).map_err(CaseError::io(path))?;
    if is_sealed && identities.is_empty() {
        return Err(CaseError::SealedBundle { path: path.to_owned() });
    }
    let source: Arc<dyn Source> = if is_sealed {
        Arc::new(SealedFile::new(path, identities))
    } else {
        Arc::new(PlainFile(path.to_owned()))
    };
    let container = Container::archive(source).map_err(CaseError::io(path))?;
    Ok(container.map(Bag::assumed))
}

/// Looked at before listing: a folder may be somebody's whole home.
fn looks_like_a_bag(dir: &Path) -> bool {
    let Ok(entries) = fs::read_dir(dir) else { return false };
    let mut names = entries.flatten().map(|entry| entry.file_name());
    dir.join("bagit.txt").is_file()
        || dir.join("data").is_dir()
            && names.any(|name| name.to_string_lossy().starts_with("manifest-"))
}
