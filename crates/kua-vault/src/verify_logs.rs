//! Finds every log of a vault from what is signed, re-proves each, and holds them to what the
//! vault's own log says of them. Reads entries only as far as that takes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use kua_model::ItemId;

use crate::checkpoint::SignedCheckpoint;
use crate::entry::{Entry, EntryKind, LogState};
use crate::key::VerifierKey;
use crate::log::{Log, in_dir};
use crate::manifest::{FORKS, log_dir};
use crate::report::{Damage, Finding, VerifyReport};
use crate::seen::seen_dir;
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, TileKind, parse_bundle, tile_at};
use crate::verify::vault_finding;
use crate::verify_log::{check_log, read_checkpoint};
use crate::verify_signed::check_seen;

/// A log to be checked.
pub(crate) struct Place {
    pub name: String,
    pub dir: String,
    /// Nothing if no checkpoint was accepted; that was said already.
    pub signed: Option<SignedCheckpoint>,
    /// Whether it is the vault's own, in any epoch.
    pub own: bool,
    /// Key of a log that is not the one of `vault.json`.
    pub key: Option<VerifierKey>,
}

/// A log whose entries and tiles were checked.
pub(crate) struct CheckedLog {
    pub name: String,
    pub dir: String,
    /// Whether it is the vault's own, in any epoch.
    pub own: bool,
    pub size: u64,
    /// Entries that are not as signed: what they say is not to be believed.
    pub changed: BTreeSet<u64>,
    /// Items its `erase` entries name, with the number of the last such entry.
    pub erased: BTreeMap<ItemId, u64>,
}

/// Checks the vault's own log, then those it leads to: earlier epochs, then logs taken in by
/// merges, in the order of their entries. Only the own log can vouch for another.
pub(crate) fn check_logs(
    storage: &Arc<dyn Storage>,
    own: Place,
    report: &mut VerifyReport,
) -> Vec<CheckedLog> {
    let mut seen: BTreeMap<String, Option<SignedCheckpoint>> =
        BTreeMap::from([(own.dir.clone(), own.signed.clone())]);
    let mut keys: BTreeMap<String, VerifierKey> = BTreeMap::new();
    let mut to_do = VecDeque::from([own]);
    let mut logs = Vec::new();
    while let Some(place) = to_do.pop_front() {
        let check = check_log(storage.as_ref(), &place.dir, place.signed.as_ref());
        let changed: BTreeSet<u64> = check
            .findings
            .iter()
            .filter(|finding| finding.damage == Damage::Entries)
            .filter_map(|finding| finding.log_index)
            .collect();
        report.size += check.size;
        report.logs.push(place.name.clone());
        report.findings.extend(check.findings);
        report.notices.extend(check.notices);
        if let (Some(key), Some(signed)) = (&place.key, &place.signed) {
            compare_seen(storage, &place, key, signed, report);
        }
        let survey = survey(storage.as_ref(), &place.dir, check.size, &changed);
        for state in survey.states.into_iter().filter(|_| place.own) {
            let (is_epoch, state) = state;
            let dir = log_dir(state.key.name());
            if !seen.contains_key(&dir) {
                let path = in_dir(&dir, "checkpoint");
                let signed = match read_checkpoint(storage.as_ref(), &path, &state.key) {
                    Ok(signed) => Some(signed),
                    Err(finding) => {
                        report.findings.push(*finding);
                        None
                    }
                };
                seen.insert(dir.clone(), signed.clone());
                keys.insert(dir.clone(), state.key.clone());
                let name = state.key.name().to_owned();
                let key = Some(state.key.clone());
                to_do.push_back(Place { name, dir: dir.clone(), signed, own: is_epoch, key });
            }
            if let Some(Some(signed)) = seen.get(&dir) {
                report.findings.extend(hold_to(storage, &dir, signed, &state));
            }
        }
        let Place { name, dir, own, .. } = place;
        logs.push(CheckedLog { name, dir, own, size: check.size, changed, erased: survey.erased });
    }
    check_forks(storage, &keys, report);
    let listed = storage.list("logs").unwrap_or_default();
    let led_to = |name: &str| seen.contains_key(&in_dir("logs", name));
    let loose = listed.iter().filter(|listed| !led_to(&listed.name)).count();
    if loose > 0 {
        report.notices.push(format!(
            "{loose} folders in logs/ belong to no log this vault vouches for: a merge was \
             interrupted, or they are somebody else's; they were not looked at"
        ));
    }
    logs
}

/// Compares an earlier epoch, or another's log, with what was seen of it elsewhere. That an earlier
/// epoch had gone on before it was set back was acknowledged by beginning a new one, so it is
/// told; so is that another's log has gone on. Two histories of another's log are a finding.
fn compare_seen(
    storage: &Arc<dyn Storage>,
    place: &Place,
    key: &VerifierKey,
    signed: &SignedCheckpoint,
    report: &mut VerifyReport,
) {
    for seen in check_seen(storage.as_ref(), key, report) {
        let (name, have, size) = (&place.name, signed.size(), seen.size());
        if size > have {
            let told = if place.own {
                format!(
                    "the log {name} was set back: it ends here at {have} entries, but {size} were \
                     signed before the next epoch was begun; whatever those held is not here"
                )
            } else {
                format!("of the log {name} {have} entries are here; {size} were seen elsewhere")
            };
            report.notices.push(told);
            continue;
        }
        let state = LogState { key: key.clone(), size, root: *seen.root() };
        match hold_to(storage, &place.dir, signed, &state) {
            Some(_) if place.own => report.notices.push(format!(
                "FORK: the log {name} has two histories at {size} entries; a new epoch was begun, \
                 and the other checkpoint is kept in {} as evidence",
                seen_dir(name)
            )),
            finding => report.findings.extend(finding),
        }
    }
}

/// Re-proves further heads of logs, kept in `forks/` as evidence. A partial bundle brings a head
/// without its older entries: what is not there is told, what is there must be as signed.
fn check_forks(
    storage: &Arc<dyn Storage>,
    keys: &BTreeMap<String, VerifierKey>,
    report: &mut VerifyReport,
) {
    for log in storage.list(FORKS).unwrap_or_default() {
        let Some(key) = keys.get(&in_dir("logs", &log.name)) else {
            report.notices.push(format!(
                "{FORKS}/{} belongs to no log this vault vouches for; it was not looked at",
                log.name
            ));
            continue;
        };
        let heads = in_dir(FORKS, &log.name);
        for head in storage.list(&heads).unwrap_or_default() {
            let dir = in_dir(&heads, &head.name);
            let path = in_dir(&dir, "checkpoint");
            let signed = match read_checkpoint(storage.as_ref(), &path, key) {
                Ok(signed) => signed,
                Err(finding) => {
                    report.findings.push(*finding);
                    continue;
                }
            };
            let check = check_log(storage.as_ref(), &dir, Some(&signed));
            let is_there = |file: &str| storage.length(file).is_ok_and(|found| found.is_some());
            let (damaged, absent): (Vec<_>, Vec<_>) =
                check.findings.into_iter().partition(|finding| is_there(&finding.file));
            report.findings.extend(damaged);
            if !absent.is_empty() {
                report.notices.push(format!(
                    "{} files of the other head in {dir} are not here: a partial bundle brought it",
                    absent.len()
                ));
            }
        }
    }
}

/// Whether a log still holds the state the own log recorded of it.
fn hold_to(
    storage: &Arc<dyn Storage>,
    dir: &str,
    signed: &SignedCheckpoint,
    state: &LogState,
) -> Option<Finding> {
    let path = in_dir(dir, "checkpoint");
    let (have, recorded) = (signed.size(), state.size);
    if have < recorded {
        let what = format!(
            "the log {} has {have} entries here, but {recorded} were recorded when it was taken in",
            state.key.name()
        );
        let affected = format!("{} entries are missing from this copy", recorded - have);
        return Some(vault_finding(Damage::RolledBack, &path, what, &affected));
    }
    let log = Log::at(storage.clone(), dir, signed.clone());
    // If the tiles cannot be read, the log check named the damage.
    if log.root_at(recorded).is_ok_and(|root| root != state.root) {
        let what = format!(
            "the log {} is not the one that was recorded at {recorded} entries: it has two \
             histories",
            state.key.name()
        );
        let affected = "which of the two histories is true cannot be told from here";
        let next = "keep both copies, they are evidence; ask who holds other copies".to_owned();
        return Some(Finding { next, ..vault_finding(Damage::Forked, &path, what, affected) });
    }
    None
}

#[derive(Default)]
struct Survey {
    erased: BTreeMap<ItemId, u64>,
    /// States of other logs; true if an earlier epoch of this one.
    states: Vec<(bool, LogState)>,
}

/// Reads the entries that say something about other entries.
fn survey(storage: &dyn Storage, dir: &str, size: u64, changed: &BTreeSet<u64>) -> Survey {
    let mut survey = Survey::default();
    for first in (0..size).step_by(256) {
        let Some(tile) = tile_at(TileKind::Entries, first, size) else { break };
        debug_assert_eq!(first % TILE_WIDTH, 0, "a bundle begins at a multiple of its width");
        let Ok(bytes) = storage.read(&in_dir(dir, &tile.path())) else { continue };
        let Some(entries) = parse_bundle(&bytes, tile.width) else { continue };
        for (bytes, index) in entries.into_iter().zip(first..) {
            let kinds = [EntryKind::Erase, EntryKind::Merge, EntryKind::Rotate];
            if !kinds.iter().any(|kind| kind.may_be(bytes)) || changed.contains(&index) {
                continue;
            }
            let Ok(entry) = Entry::parse(bytes) else { continue };
            match entry.kind {
                EntryKind::Erase => {
                    survey.erased.extend(entry.items().into_iter().map(|item| (item, index)));
                }
                // Only its first entry can say where a log goes on from.
                EntryKind::Rotate if index == 0 => {
                    survey.states.extend(entry.log().map(|state| (true, state)));
                }
                EntryKind::Merge => {
                    survey.states.extend(entry.log().map(|state| (false, state)));
                }
                _ => {}
            }
        }
    }
    survey
}
