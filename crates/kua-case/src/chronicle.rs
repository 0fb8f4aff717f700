//! Gives the chronicle of the last build back, and says how far the case has moved on since.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{Chronicle, Custody, Document, Item, ItemId, Noted, Sha256};

use crate::build::{
    CHRONICLE, Digest, EXTRACT, PROPOSALS, READ, STATEMENTS, Settings, WHOLE, unpack,
};
use crate::cache::Cache;
use crate::error::CaseError;
use crate::folder::Case;
use crate::kept::{KeptChronicle, fingerprint};
use crate::proposals::{Drawer, KeptProposals};

/// The chronicle of the last build.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The chronicle.
    pub chronicle: Chronicle,
    /// Items added, settings or lexicons changed, judgements made since it was built.
    pub is_stale: bool,
}

/// What pages of a case are made from: another edition means that a judgement was recorded or the
/// case was built since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Digest of every decision of the vault.
    judgements: Sha256,
    /// Key of the last build's chronicle.
    chronicle: Option<Sha256>,
}

/// Where a case stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Title of the case.
    pub title: String,
    /// Items in the vault.
    pub items: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Items that have not been read with the present settings.
    pub unread: usize,
    /// Judgements in the vault.
    pub judgements: usize,
    /// The last build, if there was one.
    pub built: Option<BuiltStatus>,
    /// Why nothing more can be signed here: the vault was set back, or its log has two histories.
    pub history: Option<String>,
    /// Second histories of other collectors' logs that the vault keeps.
    pub further_heads: usize,
}

/// What the last build gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuiltStatus {
    /// Documents.
    pub documents: usize,
    /// Accounts: copies and translations merged.
    pub accounts: usize,
    /// Origins: accounts and named sources that statements go back to.
    pub origins: usize,
    /// Claims.
    pub claims: usize,
    /// Notices.
    pub notices: usize,
    /// The case has moved on since.
    pub is_stale: bool,
}

impl Case {
    /// The chronicle of the last build, without custody: enough for answers.
    ///
    /// # Errors
    /// [`CaseError::NotBuilt`] if there is none, or a later build was interrupted.
    pub fn chronicle(&self) -> Result<Loaded, CaseError> {
        match self.chronicle_now() {
            // A build that ended meanwhile has put another in the place of what was being read.
            Err(CaseError::NotBuilt { .. }) => self.chronicle_now(),
            loaded => loaded,
        }
    }

    fn chronicle_now(&self) -> Result<Loaded, CaseError> {
        let not_built = || CaseError::NotBuilt { dir: self.dir.clone() };
        let cache = self.cache_if_any()?.ok_or_else(not_built)?;
        let (key, value) = cache.latest(CHRONICLE, WHOLE)?.ok_or_else(not_built)?;
        let kept: KeptChronicle = unpack(&value).ok_or_else(not_built)?;
        let statements = cache.get(STATEMENTS, WHOLE, &key)?.ok_or_else(not_built)?;
        let statements = unpack(&statements).ok_or_else(not_built)?;
        let items = self.evidence.items()?;
        let is_stale = self.is_stale(&cache, &items, &kept, &key)?;
        let proposed = proposals(&cache, &key)?;
        let documents = load_documents(&cache, &kept)?.ok_or_else(not_built)?;
        let judgements = self.evidence.judgements()?;
        let built_from: BTreeSet<ItemId> = kept.readings.iter().map(|(item, _)| *item).collect();
        let mut chronicle = kept.over(statements, documents).map_err(|_| not_built())?;
        if let Some(proposed) = proposed {
            chronicle.proposals = proposed.over(&chronicle.documents).map_err(|_| not_built())?;
        }
        chronicle.items = items.into_iter().filter(|item| built_from.contains(&item.id)).collect();
        chronicle.judgements = judgements;
        chronicle.case = self.config.info();
        Ok(Loaded { chronicle, is_stale })
    }

    /// The same with custody: the signed checkpoint and a proof for each item.
    ///
    /// # Errors
    /// As [`Case::chronicle`], and the vault's if its log is damaged.
    pub fn chronicle_with_proofs(&self) -> Result<Loaded, CaseError> {
        let mut loaded = self.chronicle()?;
        loaded.chronicle.custody = self.custody(&loaded.chronicle.items)?;
        Ok(loaded)
    }

    /// The present edition, told without loading anything: cheap enough for every page.
    ///
    /// # Errors
    /// The vault's and the disk's.
    pub fn edition(&self) -> Result<Edition, CaseError> {
        let mut judgements = Digest::new("judgements");
        judgements.json(&self.evidence.judgements()?);
        let cache = self.cache_if_any()?;
        let chronicle = cache.map(|cache| cache.key_of(CHRONICLE, WHOLE)).transpose()?.flatten();
        Ok(Edition { judgements: judgements.done(), chronicle })
    }

    /// The cache, if there is one. Asking must not write: `kua verify` has to work on a full disk
    /// and a read-only stick.
    fn cache_if_any(&self) -> Result<Option<Cache>, CaseError> {
        Ok(Cache::look(&self.derived())?)
    }

    fn custody(&self, items: &[Item]) -> Result<Custody, CaseError> {
        Ok(self.evidence.custody(items)?)
    }

    /// Where the case stands.
    ///
    /// # Errors
    /// The vault's and the disk's.
    pub fn status(&self) -> Result<Status, CaseError> {
        let items = self.evidence.items()?;
        let cache = self.cache_if_any()?;
        let settings = Settings::of(self);
        let keys = cache.map(|cache| cache.keys(EXTRACT)).transpose()?;
        let have: BTreeMap<Vec<u8>, Sha256> = keys.into_iter().flatten().collect();
        let unread = items
            .iter()
            .filter(|item| {
                have.get(item.id.0.as_bytes().as_slice()) != Some(&settings.keys(item).extract)
            })
            .count();
        let judgements = self.evidence.own_judgements()?.len();
        let vault = self.evidence.vault();
        let history = vault.check_history().err().map(|error| error.to_string());
        let further_heads = vault.further_heads();
        let built = match self.chronicle() {
            Ok(loaded) => Some(BuiltStatus {
                documents: loaded.chronicle.documents.len(),
                accounts: loaded.chronicle.accounts().count(),
                origins: loaded.chronicle.origins.len(),
                claims: loaded.chronicle.statements.len(),
                notices: loaded.chronicle.notices.len(),
                is_stale: loaded.is_stale,
            }),
            Err(CaseError::NotBuilt { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(Status {
            title: self.config.title.clone(),
            bytes: items.iter().map(|item| item.size).sum(),
            items: items.len(),
            unread,
            judgements,
            built,
            history,
            further_heads,
        })
    }

    fn is_stale(
        &self,
        cache: &Cache,
        items: &[Item],
        kept: &KeptChronicle,
        key: &Sha256,
    ) -> Result<bool, CaseError> {
        let built_from: BTreeMap<ItemId, Sha256> = kept.readings.iter().copied().collect();
        let settings = Settings::of(self);
        let moved = items.len() != built_from.len()
            || items.iter().any(|item| built_from.get(&item.id) != Some(&settings.keys(item).read));
        if moved || kept.judgements != fingerprint(&self.evidence.judgements()?) {
            return Ok(true);
        }
        let said = Drawer::of(&self.dir).read()?.digest;
        if proposals(cache, key)?.and_then(|kept| kept.digest) != said {
            return Ok(true);
        }
        let have: BTreeMap<Vec<u8>, Sha256> = cache.keys(EXTRACT)?.into_iter().collect();
        Ok(items.iter().any(|item| {
            have.get(item.id.0.as_bytes().as_slice()) != Some(&settings.keys(item).extract)
        }))
    }
}

/// What models proposed, as the chronicle of this key has it; `None` before there were proposals.
fn proposals(cache: &Cache, key: &Sha256) -> Result<Option<KeptProposals>, CaseError> {
    Ok(cache.get(PROPOSALS, WHOLE, key)?.and_then(|value| unpack(&value)))
}

/// The documents the chronicle was made from; `None` if they have been read anew since.
fn load_documents(cache: &Cache, kept: &KeptChronicle) -> Result<Option<Vec<Document>>, CaseError> {
    let mut documents = Vec::new();
    for (item, key) in &kept.readings {
        let Some(value) = cache.get(READ, item.0.as_bytes(), key)? else { return Ok(None) };
        let Some(reading) = unpack::<Noted<Vec<Document>>>(&value) else { return Ok(None) };
        documents.extend(reading.value);
    }
    Ok(Some(documents))
}
