//! Cosigning by hand: answers another vault's request, asks others to cosign this one's log, and
//! takes their answers in. What was cosigned last is made safe before an answer is given, so a
//! cosigner never signs two histories of one log, whatever is interrupted.

use std::io;

use kua_model::Sha256;
use thiserror::Error;

use crate::checkpoint::SignedCheckpoint;
use crate::create::{put_file, read_signer_key};
use crate::entry::EntryKind;
use crate::event::Event;
use crate::key::{Algorithm, KeyError, SignerKey, VerifierKey};
use crate::log::{LogError, in_dir};
use crate::manifest::{COSIGNED, COSIGNER_KEY, LOCK, PRIVATE};
use crate::note::{Note, NoteSignature};
use crate::preserve_error::PreserveError;
use crate::read_error::ReadError;
use crate::record::Acquisition;
use crate::seen::make_dirs;
use crate::storage::Access;
use crate::vault::Vault;
use crate::witness::{AddCheckpoint, Refusal, Reply};
use crate::writer::writing;

/// What became of a request to cosign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The reply to hand back.
    pub reply: Reply,
    /// Name of the log it is about.
    pub log: String,
    /// Entries the cosigned checkpoint speaks of; nothing if it was refused.
    pub size: Option<u64>,
}

/// A cosignature that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Name of the cosigner.
    pub cosigner: String,
    /// Entries the cosigned checkpoint speaks of.
    pub size: u64,
    /// When, by the cosigner's clock: seconds since 1970.
    pub time: u64,
    /// Number of the `cosigned` entry; `None` if it was taken in before.
    pub log_index: Option<u64>,
}

/// One cosignature of this vault's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The cosigned checkpoint as it was taken in.
    pub checkpoint: String,
    /// Name of the log: an epoch of the vault's own.
    pub log: String,
    /// Entries it speaks of.
    pub size: u64,
    /// The cosigner's key.
    pub key: VerifierKey,
}

impl Vault {
    /// The key this vault cosigns other logs with; `None` if it has none yet.
    ///
    /// # Errors
    /// [`CosignError::Key`] if it is damaged.
    pub fn cosigner(&self) -> Result<Option<VerifierKey>, CosignError> {
        Ok(self.cosigner_key()?.map(|key| key.verifier()))
    }

    /// Makes the vault's cosigner key, unless it has one, and gives its public half.
    ///
    /// # Errors
    /// [`CosignError::Key`] for a name no key may have, and the disk's.
    pub fn make_cosigner(&self, name: &str) -> Result<VerifierKey, CosignError> {
        let _lock = self.lock()?;
        if let Some(key) = self.cosigner_key()? {
            return Ok(key.verifier());
        }
        let key = SignerKey::generate_as(name, Algorithm::Cosignature)?;
        let text = format!("{}\n", *key.to_secret_text());
        self.put_private(COSIGNER_KEY, text.as_bytes())?;
        Ok(key.verifier())
    }

    /// Answers a request. `key` introduces a log that is not known yet; known are the logs that
    /// were cosigned or merged before. `time` is seconds since 1970.
    ///
    /// # Errors
    /// [`CosignError`] if no answer could be given: then nothing was signed. A refusal is an
    /// answer.
    pub fn cosign(
        &self,
        request: &str,
        key: Option<&VerifierKey>,
        time: u64,
    ) -> Result<Answer, CosignError> {
        let _lock = self.lock()?;
        let signer = self.cosigner_key()?.ok_or(CosignError::NoCosigner)?;
        let parsed = AddCheckpoint::parse(request).and_then(|request| {
            let log = request.log_name()?;
            Ok((request, log))
        });
        let (request, log) = match parsed {
            Ok(parsed) => parsed,
            Err(refusal) => {
                let reply = Reply::of(&refusal);
                return Ok(Answer { reply, log: String::new(), size: None });
            }
        };
        let state = self.cosigned_last(&log)?;
        let merged = self.merged()?.remove(&log).map(|state| state.key);
        let known = state.as_ref().map(|(key, _)| key).or(merged.as_ref());
        if let (Some(known), Some(given)) = (known, key)
            && known != given
        {
            let (known, given) = (known.to_string(), given.to_string());
            return Err(CosignError::OtherKey { known, given });
        }
        let key = known.or(key.filter(|key| key.name() == log));
        let last = state.as_ref().map(|(_, signed)| signed);
        match request.verdict(key, last) {
            Ok(signed) => {
                let key = key.ok_or(CosignError::NoCosigner)?;
                self.remember(key, &signed)?;
                let text = signed.checkpoint().to_text();
                let verifier = signer.verifier();
                let line = NoteSignature {
                    name: verifier.name().to_owned(),
                    id: verifier.id(),
                    bytes: signer.cosign(&text, time),
                };
                let reply = Reply::Cosigned(line.to_text());
                Ok(Answer { reply, log, size: Some(signed.size()) })
            }
            Err(refusal) => {
                // Signed by the log's key and no continuation: evidence, kept beside the other.
                if let (Refusal::Inconsistent { .. }, Some(key)) = (&refusal, key)
                    && let Ok(other) = SignedCheckpoint::verify(request.checkpoint.as_bytes(), key)
                {
                    self.keep_seen(&other)?;
                }
                Ok(Answer { reply: Reply::of(&refusal), log, size: None })
            }
        }
    }

    /// A request to cosign the newest checkpoint, for a cosigner that signed at `old` entries
    /// last (0 if never). The checkpoint is kept, so that the answer can be matched later.
    ///
    /// # Errors
    /// [`CosignError::Old`] if the log never had so many entries; the log's and the disk's.
    pub fn cosign_request(&self, old: u64) -> Result<String, CosignError> {
        let _lock = self.lock()?;
        let log = self.log()?;
        let signed = log.checkpoint().clone();
        if old > signed.size() {
            return Err(CosignError::Old { old, size: signed.size() });
        }
        let proof = log.consistency_proof(old)?;
        self.keep_seen(&signed)?;
        Ok(AddCheckpoint { old, proof, checkpoint: signed.to_text() }.to_text())
    }

    /// Takes in the answer of the cosigner `key`: checks its signature against the checkpoints
    /// that were sent out, and logs a `cosigned` entry. `at` is the time of taking it in.
    ///
    /// # Errors
    /// [`CosignError::Refused`] if the answer is a refusal. If it shows that this log was set
    /// back, the checkpoint it brings is kept, and no writer will sign before `rotate`.
    pub fn cosign_accept(
        &self,
        reply: &str,
        key: &VerifierKey,
        at: &str,
    ) -> Result<Accepted, CosignError> {
        if key.algorithm() != Algorithm::Cosignature {
            return Err(CosignError::NotACosigner);
        }
        let lines = match Reply::parse(reply).ok_or(CosignError::Reply)? {
            Reply::Cosigned(lines) => lines,
            Reply::Refused { status, words, size, last } => {
                self.keep_refusal(last.as_deref())?;
                let have = self.log()?.checkpoint().size();
                return Err(CosignError::Refused { status, words, size, have });
            }
        };
        let mut sent = self.seen(self.vkey())?;
        sent.push(self.checkpoint()?);
        for checkpoint in sent.iter().rev() {
            let text = format!("{}\n{lines}", checkpoint.checkpoint().to_text());
            let Ok(note) = Note::parse(text.as_bytes()) else { return Err(CosignError::Reply) };
            if note.verify(&[key]).is_err() {
                continue;
            }
            let line = note.signatures.iter().find(|s| s.name == key.name() && s.id == key.id());
            let line = line.ok_or(CosignError::Reply)?.clone();
            let time = crate::key::split_time(&line.bytes).map_or(0, |(time, _)| time);
            let mut whole = checkpoint.note().clone();
            whole.signatures.retain(|s| s.name == self.vkey().name());
            whole.signatures.push(line);
            let event = Event::of_bytes(
                EntryKind::Cosigned,
                &Acquisition { acquired_at: at.to_owned(), ..Acquisition::default() },
            )
            .public("size", checkpoint.size())
            .private("cosigner", key.to_string());
            let mut writer = self.writer()?;
            let receipt = writer.append_bytes(event, whole.to_text().as_bytes())?;
            writer.commit()?;
            let (cosigner, size) = (key.name().to_owned(), checkpoint.size());
            return Ok(Accepted { cosigner, size, time, log_index: receipt.log_index });
        }
        Err(CosignError::NotOurs { cosigner: key.name().to_owned() })
    }

    /// Every cosignature of this vault's log that was taken in, in log order. Each was checked
    /// then; whoever relies on them checks them again, as [`SignedCheckpoint`] cannot know them.
    ///
    /// # Errors
    /// As [`Vault::own_logs`].
    pub fn cosignatures(&self) -> Result<Vec<Cosignature>, ReadError> {
        let mut found = Vec::new();
        for log in self.own_logs()? {
            for (index, entry) in crate::logs::entries_of_kind(&log, &EntryKind::Cosigned) {
                let name = log.name().to_owned();
                let event = crate::logs::Recorded { log: name, own: true, index, entry };
                let Some(stored) = &event.entry.stored else { continue };
                let facts = self.facts(&event)?.unwrap_or_default();
                let key = facts.get("cosigner").and_then(|key| key.as_str()?.parse().ok());
                let Some(key) = key else { continue };
                let bytes = self.read(&stored.object)?;
                let Ok(checkpoint) = String::from_utf8(bytes) else { continue };
                let mut head = checkpoint.split('\n');
                let log = head.next().unwrap_or_default().to_owned();
                let size = head.next().and_then(|size| size.parse().ok()).unwrap_or_default();
                found.push(Cosignature { log, size, key, checkpoint });
            }
        }
        Ok(found)
    }

    fn keep_refusal(&self, last: Option<&str>) -> Result<(), CosignError> {
        let signed = last.and_then(|l| SignedCheckpoint::verify(l.as_bytes(), self.vkey()).ok());
        if let Some(signed) = signed {
            let _lock = self.lock()?;
            self.keep_seen(&signed)?;
        }
        Ok(())
    }

    /// What was cosigned last of a log, and its key.
    pub(crate) fn cosigned_last(
        &self,
        log: &str,
    ) -> Result<Option<(VerifierKey, SignedCheckpoint)>, CosignError> {
        let path = cosigned_path(log);
        match self.storage.read(&path) {
            Ok(bytes) => parse_cosigned(&bytes).map(Some).ok_or(CosignError::State { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LogError::reading(&path, error).into()),
        }
    }

    /// Makes the memory of a cosigned checkpoint safe, whole or not at all.
    fn remember(&self, key: &VerifierKey, signed: &SignedCheckpoint) -> Result<(), CosignError> {
        let text = format!("{key}\n{}", signed.to_text());
        self.put_private(&cosigned_path(key.name()), text.as_bytes())
    }

    fn put_private(&self, path: &str, bytes: &[u8]) -> Result<(), CosignError> {
        let storage = self.storage.as_ref();
        let write = || {
            storage.create_dirs(PRIVATE, Access::Private)?;
            make_dirs(storage, COSIGNED)?;
            put_file(storage, path, bytes, Access::Private)
        };
        write().map_err(|error| writing(path, error).into())
    }

    fn cosigner_key(&self) -> Result<Option<SignerKey>, CosignError> {
        match self.storage.read(COSIGNER_KEY) {
            Ok(bytes) => {
                let key = read_signer_key(&bytes)?;
                let cosigns = key.verifier().algorithm() == Algorithm::Cosignature;
                if cosigns { Ok(Some(key)) } else { Err(CosignError::NotACosigner) }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(LogError::reading(COSIGNER_KEY, error).into()),
        }
    }

    pub(crate) fn lock(&self) -> Result<Box<dyn crate::storage::Lock>, PreserveError> {
        let lock = self.storage.lock(LOCK).map_err(|e| writing(LOCK, e))?;
        lock.ok_or(PreserveError::Busy)
    }
}

/// `private/cosigned/<SHA-256 of the log's name>`: its key, a newline, the checkpoint.
pub(crate) fn cosigned_path(log: &str) -> String {
    in_dir(COSIGNED, &Sha256::of(log.as_bytes()).to_string())
}

pub(crate) fn parse_cosigned(bytes: &[u8]) -> Option<(VerifierKey, SignedCheckpoint)> {
    let (key, checkpoint) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
    let key: VerifierKey = key.parse().ok()?;
    let signed = SignedCheckpoint::verify(checkpoint.as_bytes(), &key).ok()?;
    (signed.to_text() == checkpoint).then_some((key, signed))
}

/// Why nothing was cosigned or taken in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CosignError {
    /// The vault has no cosigner key.
    #[error("this vault has no cosigner key yet. Make one:  kua cosign key --name NAME")]
    NoCosigner,
    /// The cosigner key is damaged.
    #[error("the cosigner key cannot be used: {0}")]
    Key(#[from] KeyError),
    /// A log's key where a cosigner's is wanted.
    #[error("this is the key of a log (type 0x01); expected a cosigner's (type 0x04)")]
    NotACosigner,
    /// The log is known under another key.
    #[error(
        "the log is known here with the key {known}, but {given} was given. Nothing was signed. Ask its keeper; a log does not change its key, it begins a new epoch under a new name"
    )]
    OtherKey {
        /// Key known.
        known: String,
        /// Key given.
        given: String,
    },
    /// The memory of what was cosigned is damaged.
    #[error(
        "{path} is damaged, so it is not known what was cosigned of this log. Nothing was signed. Restore it from a copy of this vault"
    )]
    State {
        /// Path in the vault.
        path: String,
    },
    /// The log never had so many entries.
    #[error("--old says {old} entries, but the log has {size}: ask the cosigner which it holds")]
    Old {
        /// Size asked for.
        old: u64,
        /// Size of the log.
        size: u64,
    },
    /// The file is no reply.
    #[error("this is not a cosigner's reply: expected signature lines, or a status like 409")]
    Reply,
    /// The cosigner refused.
    #[error("the cosigner refused ({status}): {words}{}", advice(*status, *size, *have))]
    Refused {
        /// Status of the protocol.
        status: u16,
        /// Its words.
        words: String,
        /// Size it cosigned last.
        size: Option<u64>,
        /// Entries of the own log.
        have: u64,
    },
    /// No checkpoint that was sent out is the one that was signed.
    #[error(
        "the reply is not a signature of {cosigner} on any checkpoint of this log that was sent out: it belongs to another request, or the key is another's"
    )]
    NotOurs {
        /// Name of the key.
        cosigner: String,
    },
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] PreserveError),
    /// Something could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

fn advice(status: u16, size: Option<u64>, have: u64) -> String {
    match (status, size) {
        (409, Some(size)) if size > have => format!(
            ". It holds {size} entries of this log, you have {have}: this copy was set back. Look for the newer copy; if it is lost, go on in a new epoch:  kua rotate"
        ),
        (409, Some(size)) => {
            format!(". Ask again from there:  kua cosign request --old {size}")
        }
        (404, _) => ". Give the cosigner your log's key (kua verify prints it); it passes it to kua cosign answer --key".to_owned(),
        (422, _) => ". Two histories of this log may be about: keep both copies, they are evidence, and compare them with kua verify --against".to_owned(),
        _ => String::new(),
    }
}
