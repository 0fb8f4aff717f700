//! Checks what vouches for a vault: its manifest, its signer key, and every signed state of its log
//! that can be found, compared with each other.

use crate::checkpoint::SignedCheckpoint;
use crate::cosign::{cosigned_path, parse_cosigned};
use crate::create::read_signer_key;
use crate::key::{Algorithm, VerifierKey};
use crate::log::in_dir;
use crate::manifest::{
    COSIGNED, COSIGNER_KEY, LAST_SIGNED, MANIFEST, Manifest, ManifestFault, SIGNER_KEY,
};
use crate::report::{Damage, Finding, VerifyReport};
use crate::rotate::next_key;
use crate::seen::{seen_dir, seen_path};
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, TileKind, tile_at};
use crate::verify::{VerifyOptions, vault_finding};
use crate::verify_log::read_checkpoint;

pub(crate) fn check_manifest(
    storage: &dyn Storage,
    options: &VerifyOptions<'_>,
    report: &mut VerifyReport,
) -> Option<Manifest> {
    let what = match storage.read(MANIFEST).map(|bytes| Manifest::parse(&bytes)) {
        Ok(Ok(manifest)) => {
            let expected = options.key.as_ref().filter(|key| **key != manifest.key);
            let Some(expected) = expected else { return Some(manifest) };
            format!("the vault is that of {}, expected {expected}", manifest.key)
        }
        Ok(Err(ManifestFault::Version(found))) => {
            format!("the vault has version {found}, which this kua does not know; use a newer kua")
        }
        Ok(Err(ManifestFault::Form)) => "the file is not as kua wrote it".into(),
        Err(error) => format!("the file cannot be read: {error}"),
    };
    let affected = "the log's name and key; the rest is checked with what else is there";
    report.findings.push(vault_finding(Damage::Manifest, MANIFEST, what, affected));
    None
}

/// Checks that a signer key, if there is one, is whole and the log's own.
pub(crate) fn check_signer_key(
    storage: &dyn Storage,
    manifest: Option<&Manifest>,
    report: &mut VerifyReport,
) -> Option<VerifierKey> {
    storage.length(SIGNER_KEY).ok().flatten()?;
    let what = match storage.read(SIGNER_KEY).map(|bytes| read_signer_key(&bytes)) {
        Ok(Ok(signer)) => {
            let key = signer.verifier();
            if manifest.is_none_or(|m| m.key == key) {
                return Some(key);
            }
            if next_key(storage)
                .is_ok_and(|k| k.map(|k| k.verifier()) == manifest.map(|m| m.key.clone()))
            {
                report.notices.push(ROTATING.to_owned());
                return None;
            }
            "the key is not the one vault.json names".to_owned()
        }
        Ok(Err(error)) => format!("the key cannot be used: {error}"),
        Err(error) => format!("the key cannot be read: {error}"),
    };
    let affected = "no item; but nothing can be added until it is restored";
    report.findings.push(vault_finding(Damage::SignerKey, SIGNER_KEY, what, affected));
    None
}

/// Verifies the published checkpoint and compares it with the one signed last and those seen.
pub(crate) fn check_checkpoints(
    storage: &dyn Storage,
    key: &VerifierKey,
    dir: &str,
    options: &VerifyOptions<'_>,
    report: &mut VerifyReport,
) -> Option<SignedCheckpoint> {
    let mut newest = None;
    match read_checkpoint(storage, &in_dir(dir, "checkpoint"), key) {
        Ok(signed) => newest = Some(signed),
        Err(finding) => report.findings.push(*finding),
    }
    if storage.length(LAST_SIGNED).ok().flatten().is_some() {
        match read_checkpoint(storage, LAST_SIGNED, key) {
            Ok(last) => {
                let published = newest.as_ref().map_or(0, SignedCheckpoint::size);
                if last.size() > published && newest.is_some() {
                    report.notices.push(format!(
                        "{} entries are signed, but only {published} published: an addition was \
                         interrupted in its last step, or an older checkpoint was put back. The next \
                         kua add finishes it",
                        last.size()
                    ));
                }
                compare(storage, dir, &last, newest.as_ref(), report);
                // Signed is signed: check everything the newest signature speaks of.
                if last.size() >= published {
                    newest = Some(last);
                }
            }
            Err(_) if is_of_next(storage) => report.notices.push(ROTATING.to_owned()),
            Err(finding) => {
                let affected = "no item; only the memory of the last signature".to_owned();
                report.findings.push(Finding { affected, ..*finding });
            }
        }
    }
    let kept = check_seen(storage, key, report);
    for seen in options.seen.iter().chain(&kept) {
        compare(storage, dir, seen, newest.as_ref(), report);
        let have = newest.as_ref().map_or(0, SignedCheckpoint::size);
        if seen.size() > have {
            let what = format!("the log has {have} entries, but {} were signed", seen.size());
            let affected = format!("{} entries are missing from this copy", seen.size() - have);
            report.findings.push(vault_finding(
                Damage::RolledBack,
                &in_dir(dir, "checkpoint"),
                what,
                &affected,
            ));
        }
    }
    newest
}

const ROTATING: &str =
    "a new epoch was begun and not finished; the next kua add or kua rotate finishes it";

/// Whether the checkpoint signed last is that of an epoch that is just being begun.
fn is_of_next(storage: &dyn Storage) -> bool {
    let next = next_key(storage).ok().flatten();
    next.is_some_and(|next| read_checkpoint(storage, LAST_SIGNED, &next.verifier()).is_ok())
}

/// Reads the checkpoints of a log that were kept; those that are damaged are named.
pub(crate) fn check_seen(
    storage: &dyn Storage,
    key: &VerifierKey,
    report: &mut VerifyReport,
) -> Vec<SignedCheckpoint> {
    let dir = seen_dir(key.name());
    let mut kept = Vec::new();
    for file in storage.list(&dir).unwrap_or_default() {
        let path = in_dir(&dir, &file.name);
        match read_checkpoint(storage, &path, key) {
            Ok(signed) if seen_path(&signed) == path => kept.push(signed),
            Ok(_) => {
                let what = "the checkpoint lies under the name of another".to_owned();
                let affected = "no item; only the memory of a checkpoint seen";
                report.findings.push(vault_finding(Damage::Checkpoint, &path, what, affected));
            }
            Err(finding) => {
                let affected = "no item; only the memory of a checkpoint seen".to_owned();
                report.findings.push(Finding { affected, ..*finding });
            }
        }
    }
    kept
}

/// Checks the vault's memory as a cosigner: its key, what it cosigned, and histories of other
/// logs that do not agree. A fork of somebody else's log is told, but is no damage here.
pub(crate) fn check_cosigner(storage: &dyn Storage, report: &mut VerifyReport) {
    if storage.length(COSIGNER_KEY).ok().flatten().is_some() {
        let sound = storage.read(COSIGNER_KEY).is_ok_and(|bytes| {
            read_signer_key(&bytes)
                .is_ok_and(|key| key.verifier().algorithm() == Algorithm::Cosignature)
        });
        if !sound {
            let what = "the cosigner key cannot be used".to_owned();
            let affected = "no item; but no other log can be cosigned until it is restored";
            report.findings.push(vault_finding(Damage::SignerKey, COSIGNER_KEY, what, affected));
        }
    }
    for file in storage.list(COSIGNED).unwrap_or_default() {
        let path = in_dir(COSIGNED, &file.name);
        let state = storage.read(&path).ok().and_then(|bytes| parse_cosigned(&bytes));
        let fits = state.as_ref().filter(|(key, _)| cosigned_path(key.name()) == path);
        let Some((key, cosigned)) = fits else {
            let what = "the memory of what was cosigned is changed".to_owned();
            let affected = "no item; but this log is not cosigned again until it is restored";
            report.findings.push(vault_finding(Damage::Checkpoint, &path, what, affected));
            continue;
        };
        let mut states = check_seen(storage, key, report);
        states.push(cosigned.clone());
        for (place, one) in states.iter().enumerate() {
            let other = states.iter().skip(place + 1);
            let mut other = other.filter(|o| o.size() == one.size() && o.root() != one.root());
            if other.next().is_some() {
                report.notices.push(format!(
                    "FORK: the log {} has two histories at {} entries; both signed checkpoints \
                     are kept in {} as evidence",
                    key.name(),
                    one.size(),
                    seen_dir(key.name())
                ));
            }
        }
    }
}

/// Notes a fork if two signed states are not one history.
pub(crate) fn compare(
    storage: &dyn Storage,
    dir: &str,
    a: &SignedCheckpoint,
    b: Option<&SignedCheckpoint>,
    report: &mut VerifyReport,
) {
    let Some(b) = b else { return };
    let (old, new) = if a.size() <= b.size() { (a, b) } else { (b, a) };
    if old.size() == new.size() && old.root() == new.root() || old.size() == 0 {
        return;
    }
    // If the tiles cannot be read, the log check names the damage; a fork is only said if proved.
    let forked = old.size() == new.size()
        || root_from_tiles(storage, dir, old, new).is_some_and(|agree| !agree);
    if forked {
        let what = format!(
            "two signed states of this log, at {} and {} entries, are not one history",
            old.size(),
            new.size()
        );
        let mut finding = vault_finding(
            Damage::Forked,
            &in_dir(dir, "checkpoint"),
            what,
            "which of the two histories is true cannot be told from here",
        );
        finding.next = "keep both copies, they are evidence; ask who holds other copies".into();
        report.findings.push(finding);
    }
}

/// Whether the tiles lead to both roots; `None` unless they at least lead to the newer one.
fn root_from_tiles(
    storage: &dyn Storage,
    dir: &str,
    old: &SignedCheckpoint,
    new: &SignedCheckpoint,
) -> Option<bool> {
    let mut frontier = crate::tree::Frontier::default();
    let mut agree = None;
    for index in 0..new.size().div_ceil(TILE_WIDTH) {
        let tile = tile_at(TileKind::Hashes(0), index * TILE_WIDTH, new.size())?;
        let bytes = storage.read(&in_dir(dir, &tile.path())).ok()?;
        for hash in crate::tile::parse_hashes(&bytes, tile.width)? {
            frontier.push(hash);
            if frontier.size() == old.size() {
                agree = Some(frontier.root() == *old.root());
            }
        }
    }
    agree.filter(|_| frontier.root() == *new.root())
}
