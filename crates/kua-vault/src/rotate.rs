//! A new epoch: the vault's log ends as it is and another goes on under a new name and key. For a
//! vault that was set back or has two histories, and for a key that may be in other hands.
//!
//! Only ever done when asked for: going on by itself would hide what somebody must look at.
//!
//! Order: the new key is remembered in `private/next.key`; the new log is written whole, with a
//! `rotate` entry that names the old log's state; `vault.json` is swapped; the new key takes the
//! place of the old one, which is destroyed. Whatever is interrupted, the next writer finishes it
//! if the new log was signed, and forgets it otherwise.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kua_model::Sha256;

use crate::append::Appender;
use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::create::{put_file, read_signer_key};
use crate::entry::{Entry, EntryKind, LogState};
use crate::event::Event;
use crate::key::{KeyError, SignerKey, VerifierKey};
use crate::log::{Log, LogError, in_dir};
use crate::manifest::{LAST_SIGNED, MANIFEST, Manifest, NEXT_KEY, SIGNER_KEY, log_dir};
use crate::note::Note;
use crate::preserve_error::PreserveError;
use crate::seen::make_dirs;
use crate::storage::{Access, Storage};
use crate::tree::empty_root;
use crate::vault::Vault;
use crate::writer::{Writer, writing};

impl Vault {
    /// Begins a new epoch and gives the vault back as it is then. The old log stays as it lies
    /// here, never to be written again; its key is destroyed.
    ///
    /// # Errors
    /// [`PreserveError`]: unless the new log was signed, nothing has changed.
    pub fn rotate(&self, at: &str, reason: &str) -> Result<Vault, PreserveError> {
        // The entry of a rotation has a record, which a field vault must not hold.
        if !self.recipients().is_empty() {
            return Err(PreserveError::OnlySealed);
        }
        let lock = self.lock()?;
        let vault = self.after_rotation()?;
        let storage = vault.storage.as_ref();
        let old = vault.log()?;
        // What cannot be proved must not become the beginning of a new epoch either.
        Appender::load(&old)?;
        let state = LogState::of(vault.vkey(), old.checkpoint());
        let key = SignerKey::generate(&next_name(old.name())?).map_err(key_error)?;
        let dir = log_dir(key.name());
        make_dirs(storage, &dir).map_err(|e| writing(&dir, e))?;
        let secret = key.to_secret_text();
        put_file(storage, NEXT_KEY, format!("{}\n", *secret).as_bytes(), Access::Private)
            .map_err(|e| writing(NEXT_KEY, e))?;
        let empty = Checkpoint {
            log_name: key.name().to_owned(),
            size: 0,
            root: empty_root(),
            extensions: Vec::new(),
        };
        let mut event = Event::new(EntryKind::Rotate, at).of_log(&state).private("reason", reason);
        if let Ok(signer) = vault.signer_key() {
            let handover = Note::sign(&handover(&key.verifier(), &state), &[&signer]);
            event = event.public("handover", handover.to_text());
        }
        let manifest = Manifest::of(key.verifier(), vault.manifest.records);
        let next = Vault::of(vault.storage.clone(), manifest);
        let signed = empty.sign(&key);
        let mut writer = Writer::new(next, key, Appender::default(), signed, lock);
        writer.append(event)?;
        writer.commit()?;
        let vault = vault.after_rotation()?;
        drop(writer);
        Ok(vault)
    }

    /// Finishes a rotation that was interrupted after its log was signed, and forgets one that was
    /// interrupted before. Gives the vault as it is then. The caller holds the lock.
    pub(crate) fn after_rotation(&self) -> Result<Vault, PreserveError> {
        let storage = self.storage.as_ref();
        let vault = self.clone();
        let Some(key) = next_key(storage)? else { return Ok(vault) };
        let verifier = key.verifier();
        let manifest = Manifest::of(verifier.clone(), self.manifest.records);
        if verifier != *self.vkey() {
            let Some(signed) = self.signed_next(&key) else {
                // Its tiles, if any, are in a folder nothing leads to.
                storage.remove(NEXT_KEY).map_err(|e| writing(NEXT_KEY, e))?;
                return Ok(vault);
            };
            let put = |path: &str, bytes: &[u8]| {
                put_file(storage, path, bytes, Access::Shared).map_err(|e| writing(path, e))
            };
            put(&in_dir(&log_dir(key.name()), "checkpoint"), signed.to_text().as_bytes())?;
            put(MANIFEST, &manifest.to_bytes())?;
        }
        let secret = key.to_secret_text();
        put_file(storage, SIGNER_KEY, format!("{}\n", *secret).as_bytes(), Access::Private)
            .map_err(|e| writing(SIGNER_KEY, e))?;
        storage.remove(NEXT_KEY).map_err(|e| writing(NEXT_KEY, e))?;
        Ok(Vault::of(vault.storage, manifest))
    }

    /// What was signed of the next log, if it is whole and goes on from this one.
    fn signed_next(&self, key: &SignerKey) -> Option<SignedCheckpoint> {
        let dir = log_dir(key.name());
        let read = |path: &str| {
            let bytes = self.storage.read(path).ok()?;
            SignedCheckpoint::verify(&bytes, &key.verifier()).ok().filter(|s| s.size() == 1)
        };
        let signed = read(&in_dir(&dir, "checkpoint")).or_else(|| read(LAST_SIGNED))?;
        let log = Log::at(self.storage.clone(), &dir, signed.clone());
        Appender::load(&log).ok()?;
        let entry = Entry::parse(&log.entry(0).ok()?).ok()?;
        (entry.kind == EntryKind::Rotate && entry.log()?.key == *self.vkey()).then_some(signed)
    }
}

/// The key of a rotation that is not finished.
pub(crate) fn next_key(storage: &dyn Storage) -> Result<Option<SignerKey>, PreserveError> {
    match storage.read(NEXT_KEY) {
        Ok(bytes) => read_signer_key(&bytes).map(Some).map_err(PreserveError::SignerKey),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(PreserveError::Log(LogError::reading(NEXT_KEY, error))),
    }
}

/// The text the old key signs, so that whoever has only that key can follow to the new one.
fn handover(key: &VerifierKey, state: &LogState) -> String {
    format!("kua rotate\n{key}\n{}\n{}\n", state.size, STANDARD.encode(state.root))
}

/// Whether the key of the epoch before signed this log over: its first entry alone only claims
/// to go on from there.
pub(crate) fn is_handed_over(log: &Log, key: &VerifierKey, before: &LogState) -> bool {
    let first = log.entry(0).ok().and_then(|bytes| Entry::parse(&bytes).ok());
    let note = first.as_ref().and_then(|entry| entry.more.get("handover")?.as_str());
    let Some(note) = note.and_then(|text| Note::parse(text.as_bytes()).ok()) else { return false };
    note.verify(&[&before.key]).is_ok() && note.text == handover(key, before)
}

/// `kua/<collector>-<8 new random digits>/<epoch + 1>`. New digits, since a history that was lost
/// may have gone on to the same epoch.
fn next_name(name: &str) -> Result<String, PreserveError> {
    let (before, epoch) = name.rsplit_once('/').unwrap_or((name, "1"));
    let epoch = epoch.parse::<u64>().unwrap_or(1).saturating_add(1);
    let collector = before.rsplit_once('-').map_or(before, |(collector, _)| collector);
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| PreserveError::Random)?;
    let random: String = Sha256::from_bytes(random).to_string().chars().take(8).collect();
    Ok(format!("{collector}-{random}/{epoch}"))
}

fn key_error(error: KeyError) -> PreserveError {
    match error {
        KeyError::Random => PreserveError::Random,
        other => PreserveError::SignerKey(other),
    }
}
