//! What a published chronicle carries so that a stranger can check its items without the vault:
//! keys, log entries and proofs. Made here, and checked here without any vault.

use std::collections::BTreeMap;

use kua_model::{Custody, Item, ItemId, ItemProof, VouchedLog};

use crate::checkpoint::SignedCheckpoint;
use crate::entry::{Entry, EntryKind};
use crate::key::VerifierKey;
use crate::log::{Log, LogError};
use crate::logs::entries_of_kind;
use crate::proof::{Proof, ProofError, verify_item_proof, verify_proof};
use crate::read_error::ReadError;
use crate::vault::Vault;

impl Vault {
    /// Checkpoint, key, and entry and proof of each of `items`. Items of other logs (earlier
    /// epochs, logs taken in by merges) bring the entry that vouches for their log's key.
    ///
    /// # Errors
    /// As [`Log::inclusion_proof`].
    pub fn custody<'i>(
        &self,
        items: impl IntoIterator<Item = &'i Item>,
    ) -> Result<Custody, ReadError> {
        let log = self.log()?;
        let mut custody = Custody {
            checkpoint: log.checkpoint().to_text(),
            vkey: self.vkey().to_string(),
            ..Custody::default()
        };
        let mut others: BTreeMap<String, Log> = BTreeMap::new();
        let mut elsewhere: Vec<&Item> = Vec::new();
        for item in items {
            if item.log == log.name() || item.log.is_empty() {
                custody.proofs.insert(item.id, proof_of(&log, item.log_index)?);
            } else {
                elsewhere.push(item);
            }
        }
        if !elsewhere.is_empty() {
            custody.logs = self.vouched(&mut others)?;
        }
        for item in elsewhere {
            if let Some(log) = others.get(&item.log) {
                custody.proofs.insert(item.id, proof_of(log, item.log_index)?);
            }
        }
        // Which logs are named must not tell more than the items need.
        let needed = |vkey: &str| {
            vkey.parse::<VerifierKey>().is_ok_and(|key| others.contains_key(key.name()))
        };
        custody.logs.retain(|log| needed(&log.vkey));
        Ok(custody)
    }

    /// Every other log with its voucher, each after the log that vouches for it.
    fn vouched(&self, others: &mut BTreeMap<String, Log>) -> Result<Vec<VouchedLog>, ReadError> {
        let own = self.own_logs()?;
        let mut vouched = Vec::new();
        for pair in own.windows(2).rev() {
            let [before, after] = pair else { continue };
            if let Some(state) = Entry::parse(&after.entry(0)?).ok().and_then(|e| e.log()) {
                let voucher = proof_of(after, 0)?;
                vouched.push(VouchedLog { vkey: state.key.to_string(), voucher });
                others.insert(before.name().to_owned(), self.log_of(&state.key)?);
            }
        }
        for state in self.merged()?.into_values() {
            for log in &own {
                let mut merges = entries_of_kind(log, &EntryKind::Merge);
                let found = merges.find(|(_, entry)| entry.log().as_ref() == Some(&state));
                if let Some((index, _)) = found {
                    let voucher = proof_of(log, index)?;
                    vouched.push(VouchedLog { vkey: state.key.to_string(), voucher });
                    others.insert(state.key.name().to_owned(), self.log_of(&state.key)?);
                    break;
                }
            }
        }
        Ok(vouched)
    }
}

fn proof_of(log: &Log, index: u64) -> Result<ItemProof, ReadError> {
    let entry = String::from_utf8(log.entry(index)?).map_err(|_| LogError::Changed { index })?;
    Ok(ItemProof { entry, proof: log.inclusion_proof(index)?.to_text() })
}

/// Checks what a published chronicle carries: its key, and entry and proof of each item. Gives
/// the verdict on every item; `Ok` holds the number of its log entry. The key is the one inside
/// `custody` unless `key` is given: give it whenever it is known from elsewhere, since whoever
/// forges a whole chronicle can put another key into it.
///
/// # Errors
/// [`ProofError`] if the key or the checkpoint is not accepted, or a further log is not vouched
/// for, so that nothing can be checked.
pub fn verify_custody(
    custody: &Custody,
    key: Option<&VerifierKey>,
) -> Result<BTreeMap<ItemId, Result<u64, ProofError>>, ProofError> {
    let keys = keys_of(custody, key)?;
    let verdicts = custody.proofs.iter().map(|(item, proof)| {
        let verdict = key_of(&proof.proof, &keys)
            .and_then(|key| verify_item_proof(&proof.proof, proof.entry.as_bytes(), key, item));
        (*item, verdict.map(|(proven, _)| proven.index))
    });
    Ok(verdicts.collect())
}

/// The keys a published chronicle may rest on: that of its log first, then those it vouches for.
///
/// # Errors
/// [`ProofError`] if the key or the checkpoint is not accepted, or a voucher does not hold.
pub fn keys_of(
    custody: &Custody,
    key: Option<&VerifierKey>,
) -> Result<Vec<VerifierKey>, ProofError> {
    let inside: VerifierKey = custody.vkey.parse().map_err(ProofError::Key)?;
    let key = key.unwrap_or(&inside);
    SignedCheckpoint::verify(custody.checkpoint.as_bytes(), key)?;
    let mut keys = vec![key.clone()];
    for log in &custody.logs {
        let named: VerifierKey = log.vkey.parse().map_err(ProofError::Key)?;
        let by = key_of(&log.voucher.proof, &keys)?;
        let entry = log.voucher.entry.as_bytes();
        let proven = verify_proof(&log.voucher.proof, entry, by)?;
        let entry = Entry::parse(entry)?;
        let vouches = match entry.kind {
            EntryKind::Rotate => proven.index == 0,
            EntryKind::Merge => true,
            _ => false,
        };
        if !vouches || entry.log().is_none_or(|state| state.key != named) {
            return Err(ProofError::NotVouched { log: named.name().to_owned() });
        }
        keys.push(named);
    }
    Ok(keys)
}

/// The key of the log a proof speaks of.
///
/// # Errors
/// [`ProofError::Form`] if the text is no proof, [`ProofError::NotVouched`] if its log's key is
/// not among `keys`.
pub fn key_of<'k>(proof: &str, keys: &'k [VerifierKey]) -> Result<&'k VerifierKey, ProofError> {
    let proof = Proof::parse(proof)?;
    let name = proof.checkpoint.split('\n').next().unwrap_or_default();
    let known = keys.iter().find(|key| key.name() == name);
    // With one key only, the signature check gives the better reason.
    let only = keys.first().filter(|_| keys.len() == 1);
    known.or(only).ok_or_else(|| ProofError::NotVouched { log: name.to_owned() })
}
