//! Takes one event into the writer's batch: decides what of it is new, salts and commits to its
//! facts, and writes its files under `tmp/`. Nothing counts before [`Writer::commit`].

use std::io::Read;

use kua_model::PartialDate;
use serde_json::{Map, Value};

use crate::arrive::Arrived;
use crate::commitment::Salt;
use crate::entry::{Entry, EntryError, EntryKind, Stored};
use crate::event::{Event, Sealed};
use crate::known::{Known, same_but_time};
use crate::preserve_error::PreserveError;
use crate::record::{Acquisition, Record, object_dir, object_path, record_path};
use crate::record_bundle::RecordLayout;
use crate::seal::{FORM, Recipients, Sealing};
use crate::storage::parent;
use crate::writer::{Pending, Receipt, Writer};

impl Writer {
    /// Takes in the bytes of `source` to its end. They count as preserved once
    /// [`Writer::commit`] has returned `Ok`. Sources of any length; memory stays small.
    ///
    /// If the vault has the same bytes already, only a new path or origin is recorded, and
    /// damaged or missing bytes are put right. Bytes that lie there without an entry, left by an
    /// interrupted writer or brought by a merge, are used where they lie: no second copy is made.
    ///
    /// # Errors
    /// [`PreserveError::Source`] if `source` fails: nothing of it is kept, and the writer goes
    /// on. [`PreserveError::Io`] if the vault's disk fails or is full: the same. After
    /// [`PreserveError::Stopped`] the writer must be dropped.
    pub fn preserve(
        &mut self,
        source: impl Read,
        acquisition: &Acquisition,
    ) -> Result<Receipt, PreserveError> {
        self.append_bytes(Event::of_bytes(EntryKind::Capture, acquisition), source)
    }

    /// Records a judgement: a JSON object, kept byte for byte. The same bytes given again are the same
    /// judgement, so that what failed may be tried again: two decisions in the same words must
    /// differ in a member, such as their number. `recorded_at` as in
    /// [`Acquisition::acquired_at`]. Counts once [`Writer::commit`] has returned `Ok`.
    ///
    /// # Errors
    /// [`PreserveError::Judgement`] if `json` is no JSON object; else as [`Writer::preserve`].
    pub fn judge(&mut self, json: &[u8], recorded_at: &str) -> Result<Receipt, PreserveError> {
        if !matches!(serde_json::from_slice(json), Ok(Value::Object(_))) {
            return Err(PreserveError::Judgement);
        }
        let event = Event::bare(EntryKind::Judgement).private("acquired_at", recorded_at);
        self.append_bytes(event, json)
    }

    /// Records an event without bytes of its own, and gives the number of its log entry. Counts
    /// once [`Writer::commit`] has returned `Ok`.
    ///
    /// # Errors
    /// [`PreserveError::Time`] if it has no time, [`PreserveError::Record`] if it lacks a member
    /// its kind needs or is too long, and the disk's as for [`Writer::preserve`].
    pub fn append(&mut self, event: Event) -> Result<u64, PreserveError> {
        self.check_running()?;
        self.check_open()?;
        let (kind, public, meta) = event.into_parts();
        check_time(&meta)?;
        let record = Record { bytes: None, meta, salt: random_salt()? };
        let commitment = record.commit_meta().map_err(PreserveError::canonical)?;
        let entry = Entry { kind, stored: None, commit_meta: Some(commitment), more: public };
        let bytes = checked_bytes(&entry)?;
        let mut renames = Vec::new();
        let line = self.keep_record(&entry, &record, &mut renames)?;
        Ok(self.enqueue(Pending { entry, bytes, meta: record.meta, record: line, renames }))
    }

    /// Records an event together with bytes: takes in `source` to its end. The same bytes with
    /// the same facts (but for the time) are recorded once.
    ///
    /// # Errors
    /// As [`Writer::preserve`] and [`Writer::append`].
    pub fn append_bytes(
        &mut self,
        event: Event,
        source: impl Read,
    ) -> Result<Receipt, PreserveError> {
        let (kind, public, meta) = event.into_parts();
        check_time(&meta)?;
        self.take(source, &Told { kind, public, facts: Facts::Open(meta) })
    }

    /// Records bytes that were sealed before. `form` says how (`age`); it stands in the entry.
    /// Private members of the event are not kept: whatever they say belongs into the envelope.
    ///
    /// # Errors
    /// As [`Writer::append_bytes`].
    pub fn append_sealed(
        &mut self,
        event: Event,
        form: &str,
        source: impl Read,
        sealed: Sealed,
    ) -> Result<Receipt, PreserveError> {
        let (kind, public, _) = event.public("sealed", form).into_parts();
        self.take(source, &Told { kind, public, facts: Facts::Sealed(sealed) })
    }

    /// Takes in the bytes of `source` to its end, sealed to the recipients of this vault: what
    /// is written is encrypted, with path, time and salt inside, and cannot be read back here.
    /// The same bytes given twice are two sealed items, since nothing here can tell.
    ///
    /// # Errors
    /// [`PreserveError::NotSealing`] if this vault has no recipients; as [`Writer::preserve`].
    pub fn seal(
        &mut self,
        source: impl Read,
        acquisition: &Acquisition,
    ) -> Result<Receipt, PreserveError> {
        if !self.seals() {
            return Err(PreserveError::NotSealing);
        }
        self.check_running()?;
        let vault = &self.vault;
        let to = self.sealed_to.get_or_insert_with(|| Recipients::prepare(vault.recipients()));
        let mut acquisition = acquisition.clone();
        acquisition.more.insert("sealed_to".to_owned(), to.names.clone());
        let meta = acquisition.to_meta();
        check_time(&meta)?;
        let room = std::mem::take(&mut self.plain_room);
        let sealing = Sealing::new(source, meta, random_salt()?, to, room);
        let mut sealing = sealing.map_err(|source| PreserveError::Sealing { source })?;
        let arrived = Arrived { fresh: true, ..self.receive(&mut sealing)? };
        let record = sealing.record().ok_or(PreserveError::Stopped)?;
        let commit_meta = record.commit_meta().map_err(PreserveError::canonical)?;
        let sealed = record.commit_plain().map(|commit_plain| Sealed { commit_plain, commit_meta });
        let sealed = sealed.ok_or(PreserveError::Stopped)?;
        self.plain_room = sealing.into_room();
        let event = Event::bare(EntryKind::Capture).public("sealed", FORM);
        let (kind, public, _) = event.into_parts();
        self.take_arrived(&arrived, &Told { kind, public, facts: Facts::Sealed(sealed) })
    }

    fn take(&mut self, source: impl Read, told: &Told) -> Result<Receipt, PreserveError> {
        self.check_running()?;
        if let Facts::Open(_) = told.facts {
            self.check_open()?;
        }
        let arrived = self.receive(source)?;
        self.take_arrived(&arrived, told)
    }

    /// A vault that seals writes nothing else: a record beside a sealed item would tell what the
    /// seal hides.
    fn check_open(&self) -> Result<(), PreserveError> {
        if self.seals() { Err(PreserveError::OnlySealed) } else { Ok(()) }
    }

    pub(crate) fn seals(&self) -> bool {
        !self.vault.recipients().is_empty()
    }

    fn take_arrived(&mut self, arrived: &Arrived, told: &Told) -> Result<Receipt, PreserveError> {
        let taken = self.file(told, arrived);
        // Bytes that were not filed, because they are known or because something failed.
        let unused = match &taken {
            Ok((_, used)) => !used,
            Err(_) => true,
        };
        if unused && let Some(temporary) = &arrived.temporary {
            let _ = self.vault.storage.remove(temporary);
        }
        taken.map(|(receipt, _)| receipt)
    }

    /// Decides what of the arrived bytes is new, and puts it into the batch. The flag says
    /// whether the temporary file was used.
    fn file(&mut self, told: &Told, arrived: &Arrived) -> Result<(Receipt, bool), PreserveError> {
        let Arrived { item, length, .. } = *arrived;
        let known = if arrived.fresh { Known::default() } else { self.records_of(&item)? };
        let lies_there = known.in_log || known.there == Some(length);
        let sound =
            known.in_batch || arrived.found || (lies_there && self.object_is_sound(&item)?);
        let recorded = known.records.iter().any(|(entry, meta)| told.is_recorded(entry, meta));
        if recorded && sound {
            let receipt = Receipt { item, length, already: true, log_index: None };
            return Ok((receipt, false));
        }
        let (entry, record) = told.commit(arrived)?;
        let bytes = checked_bytes(&entry)?;
        let mut renames = Vec::new();
        let line = match &record {
            Some(record) => self.keep_record(&entry, record, &mut renames)?,
            None => None,
        };
        if !sound {
            self.folder(&object_dir(&item))?;
            let temporary = match &arrived.temporary {
                Some(temporary) => temporary.clone(),
                None => {
                    let temporary = self.temporary();
                    let few = usize::try_from(length).ok().and_then(|n| self.buffer.get(..n));
                    if let Err(error) = self.write_temporary(&temporary, few.unwrap_or_default()) {
                        for (temporary, _) in &renames {
                            let _ = self.vault.storage.remove(temporary);
                        }
                        return Err(error);
                    }
                    temporary
                }
            };
            renames.push((temporary, object_path(&item)));
        }
        if sound && !known.in_log && !known.in_batch {
            self.rely_on(&object_path(&item));
        }
        let meta = record.map(|record| record.meta).unwrap_or_default();
        let log_index = Some(self.enqueue(Pending { entry, bytes, meta, record: line, renames }));
        self.batch.entry(item).or_default().push(self.pending.len() - 1);
        let already = known.in_log || known.in_batch;
        Ok((Receipt { item, length, already, log_index }, !sound))
    }

    /// The bytes of a record, for the record bundle that the next commit writes. Where each record
    /// is a file of its own it is written under a temporary name, and nothing is left for then.
    fn keep_record(
        &mut self,
        entry: &Entry,
        record: &Record,
        renames: &mut Vec<(String, String)>,
    ) -> Result<Option<Vec<u8>>, PreserveError> {
        let bytes = record.to_bytes().map_err(PreserveError::canonical)?;
        if self.vault.manifest.records == RecordLayout::Bundled {
            return Ok(Some(bytes));
        }
        let path = record_path(entry);
        let path = path.ok_or(PreserveError::Record(EntryError::Member { name: "commit_meta" }))?;
        self.folder(parent(&path))?;
        let temporary = self.temporary();
        self.write_temporary(&temporary, &bytes)?;
        renames.push((temporary, path));
        Ok(None)
    }

    fn enqueue(&mut self, pending: Pending) -> u64 {
        let index = self.appender.size() + self.pending.len() as u64;
        self.pending.push(pending);
        index
    }
}

/// What is to be recorded of bytes that arrive.
struct Told {
    kind: EntryKind,
    public: Map<String, Value>,
    facts: Facts,
}

enum Facts {
    /// The record's `meta`.
    Open(Map<String, Value>),
    /// Inside the sealed object.
    Sealed(Sealed),
}

impl Told {
    /// Whether an entry and its record say this already.
    fn is_recorded(&self, entry: &Entry, meta: &Map<String, Value>) -> bool {
        let same = entry.kind == self.kind && entry.more == self.public;
        same && match (&self.facts, &entry.stored) {
            (Facts::Open(facts), _) => same_but_time(meta, facts),
            (Facts::Sealed(sealed), Some(stored)) => {
                stored.commit_plain == sealed.commit_plain
                    && stored.commit_meta == sealed.commit_meta
            }
            (Facts::Sealed(_), None) => false,
        }
    }

    fn commit(&self, arrived: &Arrived) -> Result<(Entry, Option<Record>), PreserveError> {
        let Arrived { item: object, length, .. } = *arrived;
        let (stored, record) = match &self.facts {
            Facts::Sealed(Sealed { commit_plain, commit_meta }) => {
                let (commit_plain, commit_meta) = (*commit_plain, *commit_meta);
                (Some(Stored { object, length, commit_plain, commit_meta }), None)
            }
            Facts::Open(meta) => {
                let bytes = Some((object, length));
                let record = Record { bytes, meta: meta.clone(), salt: random_salt()? };
                (record.stored().map_err(PreserveError::canonical)?, Some(record))
            }
        };
        let (kind, more) = (self.kind.clone(), self.public.clone());
        Ok((Entry { kind, stored, commit_meta: None, more }, record))
    }
}

/// The bytes of an entry, refused if it could not be read back as what it is.
fn checked_bytes(entry: &Entry) -> Result<Vec<u8>, PreserveError> {
    let bytes = entry.to_bytes().map_err(PreserveError::entry)?;
    Entry::parse(&bytes).map_err(PreserveError::entry)?;
    Ok(bytes)
}

/// Every record says when: a time, or at least a day.
fn check_time(meta: &Map<String, Value>) -> Result<(), PreserveError> {
    let at = meta.get("acquired_at").or(meta.get("at")).and_then(Value::as_str);
    let at = at.unwrap_or_default();
    let day = at.get(..10).and_then(|day| day.parse::<PartialDate>().ok());
    if day.is_some() { Ok(()) } else { Err(PreserveError::Time { found: at.to_owned() }) }
}

fn random_salt() -> Result<Salt, PreserveError> {
    Salt::generate().map_err(|_| PreserveError::Random)
}
