//! `kua verify` of things that are no case: any C2SP tlog-tiles log, one proof, and whether a
//! trust policy is satisfied. Reads only.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use kua_model::ItemId;
use kua_publish::verify::read_single_file;
use kua_vault::{
    BagStorage, Disk, Entry, Log, Note, Policy, Proof, SealIdentity, SignedCheckpoint, Storage,
    Vault, VerifierKey, verify_log,
};

use crate::bundle::bag_at;
use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::verify::{Fault, Verified, VerifyWants, fault};

/// Whether a policy's quorum has cosigned a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    /// The rule in words.
    pub rule: String,
    /// Entries that a quorum of cosigners vouches for; `None` if the quorum does not hold.
    pub covers: Option<u64>,
    /// Entries of the log.
    pub of: u64,
    /// Whether it holds on one checkpoint, as other programs demand it. Cosigners that signed by
    /// hand signed at different times; each of them vouches for all entries before.
    pub on_one_checkpoint: bool,
    /// Cosigners of the policy that have signed, with the entries each signed at last.
    pub signed: Vec<(String, u64)>,
    /// Cosigners that have not.
    pub missing: Vec<String>,
    /// The policy names logs, and this one is not among them.
    pub other_log: bool,
}

/// Whether `dir` holds a tiled log that is no vault.
#[must_use]
pub fn looks_like_a_log(dir: &Path) -> bool {
    dir.join("checkpoint").is_file() && dir.join("tile").is_dir()
}

/// Verifies any tiled log under its key, and that it continues every checkpoint of `against`.
///
/// # Errors
/// If a file to compare with cannot be read.
pub fn verify_tiled_log(
    dir: &Path,
    key: &VerifierKey,
    wants: &VerifyWants,
) -> Result<Verified, CaseError> {
    let report = verify_log(dir, key);
    let mut verified = Verified {
        entries: report.size,
        log: report.log_name,
        vkey: report.vkey,
        root: report.root,
        trusted: true,
        remarks: report.notices,
        faults: report.findings.into_iter().map(log_fault).collect(),
        ..Verified::default()
    };
    let log = Log::open(Arc::new(Disk::new(dir)), "", key).ok();
    hold_against(log.as_ref(), key, None, wants, &mut verified)?;
    Ok(verified)
}

/// Whether `log` continues every checkpoint of `wants.against`, or an earlier epoch of `vault` does;
/// a log that cannot be read has been named already.
///
/// # Errors
/// If a file to compare with cannot be read.
pub(crate) fn hold_against(
    log: Option<&Log>,
    key: &VerifierKey,
    vault: Option<&Vault>,
    wants: &VerifyWants,
    verified: &mut Verified,
) -> Result<(), CaseError> {
    for other in &wants.against {
        match checkpoint_at(other, key, &wants.identities)? {
            Ok(theirs) => {
                let Some(log) = log else { continue };
                compare(log, &theirs, other, verified);
            }
            Err(what) => {
                if !hold_earlier(vault, other, wants, verified)? {
                    verified.faults.push(compared(other, what));
                }
            }
        }
    }
    Ok(())
}

/// Holds the copy at `other` to the earlier epochs of the vault's own log, the newest first: it may
/// have been made before the last was begun. Whether there is one that it is of.
///
/// # Errors
/// As [`checkpoint_at`].
pub(crate) fn hold_earlier(
    vault: Option<&Vault>,
    other: &Path,
    wants: &VerifyWants,
    verified: &mut Verified,
) -> Result<bool, CaseError> {
    // An epoch that cannot be read has been named already.
    let epochs = vault.and_then(|vault| vault.epochs().ok()).unwrap_or_default();
    for (key, log) in epochs.iter().rev().skip(1) {
        if let Ok(theirs) = checkpoint_at(other, key, &wants.identities)? {
            compare(log, &theirs, other, verified);
            return Ok(true);
        }
    }
    Ok(false)
}

fn compare(log: &Log, theirs: &SignedCheckpoint, other: &Path, verified: &mut Verified) {
    let (have, size) = (log.checkpoint().size(), theirs.size());
    if size > have {
        let what = format!(
            "the log {} has {have} entries here, but {size} were signed there; what those held is missing here",
            log.name()
        );
        return verified.faults.push(compared(other, what));
    }
    let what = match log.root_at(size) {
        Ok(root) if root == *theirs.root() => {
            let other = crate::shown(&other.display().to_string());
            return verified.remarks.push(format!("It continues {other} ({size} entries)."));
        }
        Ok(_) => format!(
            "FORK: at {size} entries the two are not one history, and both are signed by the same key. Keep both, they are evidence"
        ),
        Err(error) => format!("it cannot be compared with: {error}"),
    };
    verified.faults.push(compared(other, what));
}

/// The checkpoint of a log, a vault, a case, a bundle, a published file or a file that is one, under
/// `key`; inside, why there is none.
///
/// # Errors
/// If the file cannot be read; [`CaseError::SealedBundle`] if it is a sealed bundle and there are
/// no `identities`.
pub(crate) fn checkpoint_at(
    path: &Path,
    key: &VerifierKey,
    identities: &[SealIdentity],
) -> Result<Result<SignedCheckpoint, String>, CaseError> {
    let vault = if path.join("case.toml").is_file() { path.join("vault") } else { path.to_owned() };
    let held = if vault.join("vault.json").is_file() {
        Some(Vault::open(&vault).map_err(EvidenceError::from)?)
    } else if let Some(bag) = bag_at(path, identities)? {
        let storage: Arc<dyn Storage> = Arc::new(BagStorage::new(vec![bag]));
        if storage.length("vault.json").is_ok_and(|length| length.is_none()) {
            let what = "the bag there holds no log; of a bundle in several volumes, name the first";
            return Ok(Err(what.to_owned()));
        }
        Some(Vault::open_on(storage).map_err(EvidenceError::from)?)
    } else {
        None
    };
    let bytes = if let Some(vault) = held {
        let log = vault.own_logs().map_err(EvidenceError::from)?.into_iter();
        let log = log.chain(vault.log_of(key).ok()).find(|log| log.name() == key.name());
        match log {
            Some(log) => log.checkpoint().to_text().into_bytes(),
            None => {
                return Ok(Err(format!("the vault there does not hold the log {}", key.name())));
            }
        }
    } else {
        let file = if path.is_dir() { path.join("checkpoint") } else { path.to_owned() };
        fs::read(&file).map_err(CaseError::io(&file))?
    };
    let text = String::from_utf8_lossy(&bytes);
    // A published file, a proof or a checkpoint.
    let inside = if text.trim_start().starts_with('<') {
        match read_single_file(&text) {
            Ok(evidence) => evidence.checkpoint,
            Err(error) => return Ok(Err(format!("the file is no published chronicle: {error}"))),
        }
    } else if let Ok(proof) = Proof::parse(&text) {
        proof.checkpoint
    } else {
        text.into_owned()
    };
    Ok(SignedCheckpoint::verify(inside.as_bytes(), key).map_err(|error| error.to_string()))
}

/// Verifies one `.tlog-proof` under the log's key: that the entry stands in the log, and, with
/// `item`, that it records that file. The entry is the file `entry` or the proof's `extra` line.
///
/// # Errors
/// If a file cannot be read.
pub fn verify_proof_file(
    file: &Path,
    item: Option<&Path>,
    entry: Option<&Path>,
    key: &VerifierKey,
) -> Result<Verified, CaseError> {
    let bytes = fs::read(file).map_err(CaseError::io(file))?;
    let mut verified = Verified { trusted: true, vkey: key.to_string(), ..Verified::default() };
    verified.log = key.name().to_owned();
    let place = file.display().to_string();
    let wrong = |what: String| Fault { place: place.clone(), what, next: None };
    let proof = match Proof::parse(&String::from_utf8_lossy(&bytes)) {
        Ok(proof) => proof,
        Err(error) => {
            verified.faults.push(wrong(error.to_string()));
            return Ok(verified);
        }
    };
    let entry = match entry {
        Some(path) => Some(fs::read(path).map_err(CaseError::io(path))?),
        None => proof.extra.clone(),
    };
    let Some(entry) = entry else {
        verified.faults.push(Fault {
            next: Some("Ask for the log entry it proves, and pass it with --entry FILE.".into()),
            ..wrong("the proof brings no log entry in its extra line, so it is not known what it proves".into())
        });
        return Ok(verified);
    };
    match proof.verify(&entry, key) {
        Ok(signed) => {
            verified.entries = signed.size();
            verified.root = signed.to_text().lines().nth(2).unwrap_or_default().to_owned();
            verified.remarks.push(format!("Entry {} of {} is proved.", proof.index, signed.size()));
        }
        Err(error) => {
            verified.faults.push(wrong(error.to_string()));
            return Ok(verified);
        }
    }
    let Some(item) = item else {
        verified.remarks.push("To check which file it records, pass that file with --item.".into());
        return Ok(verified);
    };
    let found = ItemId::of(&fs::read(item).map_err(CaseError::io(item))?);
    let recorded = Entry::parse(&entry).ok().and_then(|entry| entry.stored).map(|s| s.object);
    if recorded == Some(found) {
        verified.items = 1;
    } else {
        let name = crate::shown(&item.display().to_string());
        verified.faults.push(wrong(match recorded {
            Some(recorded) => format!("the entry records a file with SHA-256 {recorded}, but that of {name} is {found}: it is another file, or was changed"),
            None => "the entry is no record of a file".into(),
        }));
    }
    Ok(verified)
}

/// Whether the cosignatures taken into a vault satisfy a policy.
///
/// # Errors
/// The vault's.
pub fn quorum_of(vault_dir: &Path, policy: &Policy) -> Result<Quorum, CaseError> {
    let vault = Vault::open(vault_dir).map_err(EvidenceError::from)?;
    let log = vault.log().map_err(EvidenceError::from)?;
    let mut notes: Vec<(u64, Note)> = Vec::new();
    let mut consider = |text: &str| {
        let signed = SignedCheckpoint::verify(text.as_bytes(), vault.vkey());
        // A cosigned checkpoint vouches for this log only as far as this log continues it.
        if let Ok(signed) = signed
            && log.root_at(signed.size()).is_ok_and(|root| root == *signed.root())
        {
            notes.push((signed.size(), signed.note().clone()));
        }
    };
    consider(&log.checkpoint().to_text());
    for cosignature in vault.cosignatures().map_err(EvidenceError::from)? {
        consider(&cosignature.checkpoint);
    }
    Ok(evaluate(policy, vault.vkey(), log.checkpoint().size(), &notes))
}

fn evaluate(policy: &Policy, key: &VerifierKey, of: u64, notes: &[(u64, Note)]) -> Quorum {
    let mut signed: Vec<(&Vec<u8>, String, u64)> = Vec::new();
    for witness in &policy.witnesses {
        let sizes = notes.iter().filter(|(_, note)| note.verify(&[&witness.key]).is_ok());
        if let Some(size) = sizes.map(|(size, _)| *size).max() {
            signed.push((&witness.name, witness.shown(), size));
        }
    }
    let holds_at = |size: u64| {
        let names: BTreeSet<Vec<u8>> = signed
            .iter()
            .filter(|(_, _, at)| *at >= size)
            .map(|(name, _, _)| (*name).clone())
            .collect();
        policy.holds(&names)
    };
    let mut sizes: Vec<u64> = signed.iter().map(|(_, _, size)| *size).chain([of]).collect();
    sizes.sort_unstable();
    let covers = sizes.into_iter().rev().find(|size| holds_at(*size));
    let sizes: BTreeSet<u64> = notes.iter().map(|(size, _)| *size).collect();
    let on_one_checkpoint = sizes.iter().any(|size| {
        let at = || notes.iter().filter(|(of, _)| of == size);
        let by = |key: &VerifierKey| at().any(|(_, note)| note.verify(&[key]).is_ok());
        let names = policy.witnesses.iter().filter(|w| by(&w.key)).map(|w| w.name.clone());
        policy.holds(&names.collect())
    });
    let names: BTreeSet<Vec<u8>> = signed.iter().map(|(name, _, _)| (*name).clone()).collect();
    let other_log = !policy.logs.is_empty()
        && policy
            .logs
            .iter()
            .all(|log| log.public_bytes() != key.public_bytes() || log.name() != key.name());
    Quorum {
        rule: policy.rule(),
        covers: covers.filter(|_| !other_log),
        of,
        on_one_checkpoint,
        missing: policy.missing(&names).into_iter().map(kua_vault::Witness::shown).collect(),
        signed: signed.into_iter().map(|(_, name, size)| (name, size)).collect(),
        other_log,
    }
}

fn log_fault(finding: kua_vault::Finding) -> Fault {
    let file = finding.file.clone();
    Fault { place: finding.path.clone().unwrap_or(file), ..fault(finding) }
}

fn compared(other: &Path, what: String) -> Fault {
    Fault {
        place: other.display().to_string(),
        what,
        next: Some("Ask whoever keeps the log, and whoever holds further copies.".into()),
    }
}
