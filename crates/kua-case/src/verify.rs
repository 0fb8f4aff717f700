//! `kua verify`: proves the vault, then that everything the last build says stands in it, word
//! for word.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kua_model::{Chronicle, Document, DocumentId, Item};
use kua_vault::{
    Disk, Finding, SealIdentity, Storage, Vault, VerifierKey, VerifyOptions, VerifyProgress,
    verify_with,
};

use crate::error::CaseError;
use crate::folder::Case;
use crate::progress::{Progress, Step};
use crate::verify_other::{checkpoint_at, hold_earlier};

/// Something that is not as it was signed or said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where: a path, an item, a claim.
    pub place: String,
    /// What is wrong: what was expected, what was found.
    pub what: String,
    /// What to do next.
    pub next: Option<String>,
}

/// What was proved, and what could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Items whose bytes or proofs were checked.
    pub items: usize,
    /// Log entries that were checked.
    pub entries: u64,
    /// Quotes that were found word for word.
    pub quotes: usize,
    /// Bytes that were hashed.
    pub bytes: u64,
    /// Different items that something is wrong with.
    pub affected: usize,
    /// Name of the log.
    pub log: String,
    /// Its verifier key.
    pub vkey: String,
    /// Root of the log, base64.
    pub root: String,
    /// The key is one the reader brought, not only the one the file brought itself.
    pub trusted: bool,
    /// Everything wrong, in order.
    pub faults: Vec<Fault>,
    /// What a reader should know beside.
    pub remarks: Vec<String>,
}

/// What to check a case against, beyond itself.
#[derive(Debug, Clone, Default)]
pub struct VerifyWants {
    /// Key of the log as known from elsewhere.
    pub key: Option<VerifierKey>,
    /// Checkpoints, published files or copies the log must continue.
    pub against: Vec<PathBuf>,
    /// Keys that may open sealed bundles among them.
    pub identities: Vec<SealIdentity>,
    /// Do not hash the bytes of items. Weaker, and the result says so.
    pub quick: bool,
}

/// Proves every object, entry, tile and signature of the vault of the case in `dir`, then that
/// every document and quote of the last build is what reading the preserved bytes gives.
/// Works on cases that are too damaged to be opened.
///
/// # Errors
/// [`CaseError::NotACase`], and the cache's. What is wrong in the vault is a [`Fault`].
pub fn verify_case(dir: &Path, progress: &dyn Progress) -> Result<Verified, CaseError> {
    verify_case_with(dir, &VerifyWants::default(), progress)
}

/// The same, held to what is known from elsewhere.
///
/// # Errors
/// As [`verify_case`], and if a file to compare with cannot be read.
pub fn verify_case_with(
    dir: &Path,
    wants: &VerifyWants,
    progress: &dyn Progress,
) -> Result<Verified, CaseError> {
    if !dir.join("case.toml").is_file() {
        return Err(CaseError::NotACase { dir: dir.to_owned() });
    }
    let mut verified = verify_vault_folder(&dir.join("vault"), wants, progress)?;
    if wants.quick {
        return Ok(verified);
    }
    match Case::open(dir).and_then(|case| case.verify_built(progress, &mut verified)) {
        Ok(()) => {}
        Err(CaseError::NotBuilt { .. }) => {
            verified
                .remarks
                .push("The case has not been built: there are no quotes to check.".to_owned());
        }
        // The vault is damaged, which has been said in detail.
        Err(CaseError::Vault(error)) if verified.faults.is_empty() => return Err(error.into()),
        Err(CaseError::Vault(_)) => {}
        Err(error) => return Err(error),
    }
    if let Ok(case) = Case::open(dir) {
        verified.remarks.extend(case.withdrawals()?.iter().map(crate::erase::told));
        case.verify_stamps(&mut verified);
    }
    verified.faults.dedup();
    Ok(verified)
}

/// Proves a vault that lies in no case.
///
/// # Errors
/// If a file to compare with cannot be read.
pub fn verify_vault_folder(
    dir: &Path,
    wants: &VerifyWants,
    progress: &dyn Progress,
) -> Result<Verified, CaseError> {
    let mut verified = Verified { trusted: true, ..Verified::default() };
    let storage: Arc<dyn Storage> = Arc::new(Disk::new(dir));
    let vault = Vault::open(dir).ok();
    let key = wants.key.as_ref().or(vault.as_ref().map(Vault::vkey));
    let mut seen = Vec::new();
    for path in &wants.against {
        let Some(key) = key else { break };
        match checkpoint_at(path, key, &wants.identities)? {
            Ok(checkpoint) => seen.push(checkpoint),
            Err(_) if hold_earlier(vault.as_ref(), path, wants, &mut verified)? => {}
            Err(what) => verified.faults.push(Fault {
                place: path.display().to_string(),
                what: format!("it cannot be compared with: {what}"),
                next: Some("Pass the key of the log it is of with --key.".to_owned()),
            }),
        }
    }
    let told = std::sync::atomic::AtomicU64::new(0);
    let tell = |at: VerifyProgress| {
        let before = told.fetch_max(at.entries, std::sync::atomic::Ordering::Relaxed);
        if before == 0 {
            progress.begin(Step::Verify, Some(at.of));
        }
        progress.advance(at.entries.saturating_sub(before));
    };
    let options = VerifyOptions {
        key: wants.key.clone(),
        seen,
        quick: wants.quick,
        progress: Some(&tell),
        ..VerifyOptions::default()
    };
    let report = verify_with(&storage, &options);
    progress.end();
    let hurt: BTreeSet<_> = report.findings.iter().filter_map(|f| f.item).collect();
    verified.affected = hurt.len();
    verified.items = usize::try_from(report.items).unwrap_or(usize::MAX);
    verified.entries = report.size;
    verified.log = report.log_name;
    verified.vkey = report.vkey;
    verified.root = report.root;
    verified.bytes = report.bytes;
    if report.erased > 0 {
        verified.remarks.push(format!(
            "{} items were erased on withdrawn consent, by signed entries; nothing of them is expected.",
            report.erased
        ));
    }
    if report.sealed > 0 {
        verified.remarks.push(format!(
            "{} items are sealed: their bytes were checked without being opened.",
            report.sealed
        ));
    }
    verified.remarks.extend(report.notices);
    verified.faults.extend(report.findings.into_iter().map(fault));
    Ok(verified)
}

pub(crate) fn fault(finding: Finding) -> Fault {
    let entry = finding.log_index.map(|index| format!(" (log entry {index})")).unwrap_or_default();
    let item = finding.item.map(|item| format!(" [{item}]")).unwrap_or_default();
    Fault {
        place: finding.path.unwrap_or_else(|| format!("vault/{}", finding.file)),
        what: format!("{}{entry}{item}. Affected: {}", finding.what, finding.affected),
        next: Some(finding.next),
    }
}

impl Case {
    fn verify_stamps(&self, verified: &mut Verified) {
        let stamps = match self.stamps(None) {
            Ok(stamps) => stamps,
            Err(error) => return verified.remarks.push(format!("Time stamps: {error}")),
        };
        for stamp in stamps {
            if stamp.is_wrong {
                verified.faults.push(Fault {
                    place: format!("time stamp of {}", stamp.of),
                    what: stamp.by,
                    next: Some("Attach the authority's answer again, or ask for another:  kua timestamp request".into()),
                });
                continue;
            }
            let time = stamp.time.as_deref().filter(|_| stamp.is_proved);
            verified.remarks.push(match time {
                Some(time) => format!("Before {time}: {}, says {}.", stamp.of, stamp.by),
                None => format!("Time stamp of {}, not proved yet: {}.", stamp.of, stamp.by),
            });
        }
    }

    fn verify_built(
        &self,
        progress: &dyn Progress,
        verified: &mut Verified,
    ) -> Result<(), CaseError> {
        let loaded = self.chronicle()?;
        if loaded.is_stale {
            verified.remarks.push(
                "The case has changed since the last build; quotes are checked as of then."
                    .to_owned(),
            );
        }
        let items = loaded.chronicle.items.clone();
        self.verify_chronicle(&loaded.chronicle, &items, progress, verified)
    }

    fn verify_chronicle(
        &self,
        chronicle: &Chronicle,
        items: &[Item],
        progress: &dyn Progress,
        verified: &mut Verified,
    ) -> Result<(), CaseError> {
        progress.begin(Step::Verify, Some(items.len() as u64));
        let kept: BTreeMap<DocumentId, &Document> =
            chronicle.documents.iter().map(|document| (document.id, document)).collect();
        let mut anew: BTreeMap<DocumentId, bool> = BTreeMap::new();
        for item in items {
            for document in self.read_item(item)?.value {
                let same = kept.get(&document.id).is_some_and(|kept| **kept == document);
                anew.insert(document.id, same);
            }
            progress.advance(1);
        }
        for document in &chronicle.documents {
            if anew.get(&document.id) != Some(&true) {
                verified.faults.push(Fault {
                    place: document.path.clone(),
                    what: "the built document is not what reading the preserved file gives".into(),
                    next: Some(
                        "Work it out anew from the vault:  kua build (after deleting derived/)"
                            .into(),
                    ),
                });
            }
        }
        for statement in &chronicle.statements {
            let quote = &statement.quote;
            let stands = kept
                .get(&statement.claim.document)
                .and_then(|document| quote.span().range.of(&document.text))
                .is_some_and(|words| words == quote.exact());
            if stands {
                verified.quotes += 1;
            } else {
                verified.faults.push(Fault {
                    place: statement.claim.id.to_string(),
                    what: "its words do not stand in its document".into(),
                    next: None,
                });
            }
        }
        progress.end();
        Ok(())
    }
}
