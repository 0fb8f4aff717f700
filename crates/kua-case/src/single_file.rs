//! `kua verify FILE`: proves a published file by what it carries, without the case. And signs one
//! with the key of the log when it is published.

use std::fs;
use std::path::Path;

use kua_model::Custody;
use kua_publish::verify::{SingleFileEvidence, read_single_file};
use kua_vault::{
    KeyError, Note, SignedCheckpoint, VerifierKey, key_of, keys_of, verify_item_proof,
};

use crate::error::CaseError;
use crate::folder::Case;
use crate::verify::{Fault, Verified};

/// Proves a published file by what it carries: quotes in the texts shown, files of those texts in
/// the log, entries under the signed checkpoint, the page under a signature of the log's key.
/// `key` is the verifier key as its keeper gave it to the reader; without it the file is only
/// shown to agree with the key it brings itself.
///
/// # Errors
/// [`CaseError::Io`] if the file cannot be read; what is wrong in it is a [`Fault`].
pub fn verify_single_file(file: &Path, key: Option<&str>) -> Result<Verified, CaseError> {
    let bytes = fs::read(file).map_err(CaseError::io(file))?;
    let mut verified = Verified { trusted: key.is_some(), ..Verified::default() };
    let evidence = std::str::from_utf8(&bytes)
        .map_err(|error| {
            format!("the file is not UTF-8 at byte {}: it was changed or cut", error.valid_up_to())
        })
        .and_then(|html| read_single_file(html).map_err(|error| error.to_string()));
    match evidence {
        Err(what) => verified.wrong("", what, Some("Ask for the original file.")),
        Ok(evidence) => check(&evidence, key, &mut verified),
    }
    Ok(verified)
}

fn check(evidence: &SingleFileEvidence, key: Option<&str>, verified: &mut Verified) {
    verified.quotes = evidence.statements.len();
    verified.vkey.clone_from(&evidence.vkey);
    if evidence.vkey.is_empty() {
        verified.wrong("", "the file carries no key and no proofs: it shows only that its quotes stand in the texts it shows", None);
        return;
    }
    let inside: Result<VerifierKey, KeyError> = evidence.vkey.parse();
    let trusted: Option<Result<VerifierKey, KeyError>> = key.map(str::parse);
    let log_key = match (trusted.unwrap_or_else(|| inside.clone()), inside) {
        (Ok(key), Ok(inside)) if key == inside => key,
        (Ok(_), Ok(_)) => {
            verified.wrong(
                "",
                "the file is signed with another key than the one given",
                Some("Do not rely on it: it is not from the keeper of that key."),
            );
            return;
        }
        (Err(error), _) | (_, Err(error)) => {
            verified.wrong("", format!("the key cannot be used: {error}"), None);
            return;
        }
    };
    match SignedCheckpoint::verify(evidence.checkpoint.as_bytes(), &log_key) {
        Ok(signed) => {
            verified.log = log_key.name().to_owned();
            verified.entries = signed.size();
            verified.root = evidence.checkpoint.lines().nth(2).unwrap_or_default().to_owned();
        }
        Err(error) => {
            verified.wrong("", format!("the checkpoint does not hold: {error}"), None);
            return;
        }
    }
    let custody = Custody {
        checkpoint: evidence.checkpoint.clone(),
        vkey: evidence.vkey.clone(),
        logs: evidence.logs.clone(),
        ..Custody::default()
    };
    match keys_of(&custody, Some(&log_key)) {
        Ok(keys) => check_items(evidence, &keys, verified),
        Err(error) => {
            verified.wrong("", format!("another log is not vouched for: {error}"), None);
            return;
        }
    }
    check_signature(evidence, &log_key, verified);
    if key.is_none() {
        verified.remarks.push(
            "The file agrees with the key it carries. To know whose it is, compare that key with the one its keeper gave you on another way, or pass that one with --key.".to_owned(),
        );
    }
}

fn check_items(evidence: &SingleFileEvidence, keys: &[VerifierKey], verified: &mut Verified) {
    for item in &evidence.items {
        let (Some(sha256), Some(entry), Some(proof)) = (item.sha256, &item.entry, &item.proof)
        else {
            verified.remarks.push(format!(
                "{}: its proof is left out, since a withheld name stands in it.",
                crate::shown(&item.path)
            ));
            continue;
        };
        let own = keys.first().map_or("", VerifierKey::name);
        let named = if item.log.is_empty() { own } else { &item.log };
        let proved = key_of(proof, keys).and_then(|key| {
            let id = kua_model::ItemId(sha256);
            let (proven, entry) = verify_item_proof(proof, entry.as_bytes(), key, &id)?;
            Ok((proven, entry, key.name() == named))
        });
        match proved {
            Ok((_, _, false)) => verified.wrong(
                &item.path,
                format!("its proof is of another log than the one it names, {named}"),
                None,
            ),
            Ok((proven, _, true)) if proven.index == item.log_index => verified.items += 1,
            Ok((proven, _, true)) => verified.wrong(
                &item.path,
                format!("its proof is of log entry {}, expected {}", proven.index, item.log_index),
                None,
            ),
            Err(error) => verified.wrong(&item.path, error.to_string(), None),
        }
    }
    for document in &evidence.documents {
        let item = evidence
            .items
            .iter()
            .find(|item| item.log_index == document.log_index && item.log == document.log);
        let of_other = item
            .and_then(|item| item.sha256)
            .is_some_and(|sha256| !document.id.is_of(kua_model::ItemId(sha256)));
        if of_other {
            verified.wrong(
                &document.id.to_string(),
                "the text is said to be read from another file than its id names",
                None,
            );
        }
    }
}

fn check_signature(evidence: &SingleFileEvidence, key: &VerifierKey, verified: &mut Verified) {
    let Some(signature) = &evidence.signature else {
        verified.remarks.push(
            "The page itself is not signed: the proofs show what is in the log, not who chose and arranged what is shown.".to_owned(),
        );
        return;
    };
    let signed = Note::parse(signature.as_bytes()).and_then(|note| {
        note.verify(&[key])?;
        Ok(note)
    });
    match signed {
        Ok(note) if note.text == evidence.signed_text => {}
        Ok(_) => verified.wrong(
            "",
            "the signature is of another page",
            Some("Ask for the original file."),
        ),
        Err(error) => verified.wrong(
            "",
            format!("the signature of the page does not hold: {error}"),
            Some("Ask for the original file."),
        ),
    }
}

impl Verified {
    fn wrong(&mut self, place: &str, what: impl Into<String>, next: Option<&str>) {
        self.faults.push(Fault {
            place: place.to_owned(),
            what: what.into(),
            next: next.map(str::to_owned),
        });
    }
}

impl Case {
    /// A signed note of `text` by the key of the log; `None` if this copy of the case has no key,
    /// or another one than `custody` shows.
    pub(crate) fn sign(&self, text: &str, custody: &Custody) -> Option<String> {
        self.evidence.sign(text, custody)
    }
}
