//! Opens sealed items on the machine of somebody who holds a key: each becomes a working copy in
//! this vault, and the log says that it was opened. The sealed original stays as it is.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Read};

use kua_model::ItemId;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::entry::{Entry, EntryKind};
use crate::envelope::{MAGIC, PIECE};
use crate::event::Event;
use crate::logs::Recorded;
use crate::preserve_error::PreserveError;
use crate::read_error::ReadError;
use crate::record::{Acquisition, object_path};
use crate::seal::{NotOpened, SealIdentity, decrypting, open_sealed};
use crate::vault::Vault;

/// Items after which what was opened is acknowledged.
const GROUP: usize = 256;

/// A sealed item as its log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedItem {
    /// SHA-256 of the sealed bytes.
    pub id: ItemId,
    /// Their number.
    pub size: u64,
    /// Name of the log that records it.
    pub log: String,
    /// Position in that log.
    pub log_index: u64,
    /// Whether a working copy of it lies in this vault.
    pub opened: bool,
}

/// What opening did.
#[derive(Debug, Default)]
pub struct Unsealed {
    /// Working copies that are in the vault now.
    pub opened: u64,
    /// Sealed items that had one before.
    pub already: u64,
    /// Sealed to others.
    pub other_keys: u64,
    /// Items that could not be opened although the key fits, or are missing, and why.
    pub failed: Vec<(ItemId, NotOpened)>,
    /// Public keys beside those expected that opened items were sealed to as well.
    pub sealed_to: BTreeSet<String>,
    /// The caller asked to stop.
    pub stopped: bool,
}

/// Who opens, and when.
pub struct OpenOptions<'a> {
    /// Secret keys. They are not kept.
    pub identities: &'a [SealIdentity],
    /// When, as in [`Acquisition::acquired_at`].
    pub at: String,
    /// Who, as they wish to be named; goes into the record, not into the log.
    pub by: String,
    /// Asked before each item whether to go on.
    pub progress: Option<&'a dyn Fn() -> bool>,
}

impl Vault {
    /// Every sealed item that was not withdrawn, in the order of the logs.
    ///
    /// # Errors
    /// As [`Vault::events`].
    pub fn sealed(&self) -> Result<Vec<SealedItem>, ReadError> {
        Ok(self.sealed_events()?.into_iter().map(|(item, _)| item).collect())
    }

    fn sealed_events(&self) -> Result<Vec<(SealedItem, Recorded)>, ReadError> {
        let erased = self.erased()?;
        let mut opened = BTreeSet::new();
        let (mut seen, mut sealed) = (BTreeSet::new(), Vec::new());
        // Nothing else is sealed, and nothing else opens.
        let derive = EntryKind::Derive;
        let wanted = move |bytes: &[u8]| derive.may_be(bytes) || Entry::may_be_sealed(bytes);
        for event in self.events_that(wanted)? {
            let Ok(event) = event else { continue };
            let Some(stored) = &event.entry.stored else { continue };
            if erased
                .get(&stored.object)
                .is_some_and(|by| by.iter().any(|erase| erase.covers(&event)))
            {
                continue;
            }
            if event.entry.kind == EntryKind::Derive && event.own {
                opened.extend(event.entry.items());
            }
            if event.entry.is_sealed() && event.entry.kind.is_item() && seen.insert(stored.object) {
                let item = SealedItem {
                    id: stored.object,
                    size: stored.length,
                    log: event.log.clone(),
                    log_index: event.index,
                    opened: false,
                };
                sealed.push((item, event));
            }
        }
        for (item, _) in &mut sealed {
            item.opened = opened.contains(&item.id);
        }
        Ok(sealed)
    }

    /// Opens every sealed item that one of the identities can open and that was not opened
    /// before. What is inside must be what its log committed to when it was sealed.
    ///
    /// # Errors
    /// [`UnsealError`] if the vault cannot be read or written; what concerns one item is in
    /// [`Unsealed::failed`]. What was opened before is safe.
    pub fn unseal(&self, options: &OpenOptions<'_>) -> Result<Unsealed, UnsealError> {
        let mut writer = self.writer()?;
        let mut done = Unsealed::default();
        let mut group: Vec<ItemId> = Vec::new();
        let mut opened_now: u64 = 0;
        for (item, event) in self.sealed_events()? {
            if item.opened {
                done.already += 1;
                continue;
            }
            if options.progress.is_some_and(|progress| !progress()) {
                done.stopped = true;
                break;
            }
            match self.facts_inside(&item, &event, options) {
                Ok(acquisition) => {
                    done.sealed_to.extend(
                        acquisition
                            .more
                            .get("sealed_to")
                            .into_iter()
                            .flat_map(|to| to.split(' '))
                            .map(str::to_owned),
                    );
                    let expected = self.take_copy(&mut writer, &item, acquisition, options)?;
                    match expected {
                        Ok(()) => group.push(item.id),
                        Err(error) => done.failed.push((item.id, error)),
                    }
                }
                Err(NotOpened::OtherKey) => done.other_keys += 1,
                Err(error) => done.failed.push((item.id, error)),
            }
            if group.len() >= GROUP {
                acknowledge(&mut writer, &mut group, options, &mut opened_now)?;
            }
        }
        acknowledge(&mut writer, &mut group, options, &mut opened_now)?;
        done.opened = opened_now;
        Ok(done)
    }

    /// Opens an item once without keeping anything, and checks it against its log entry.
    fn facts_inside(
        &self,
        item: &SealedItem,
        event: &Recorded,
        options: &OpenOptions<'_>,
    ) -> Result<Acquisition, NotOpened> {
        // Its own hash first: a changed object is damage, whatever it decrypts to.
        let path = object_path(&item.id);
        let (found, _) =
            crate::arrive::hash_of(&mut self.storage.open(&path)?, &mut vec![0; 1 << 16])?;
        if found != item.id {
            return Err(NotOpened::Damaged);
        }
        let record = open_sealed(self.storage.open(&path)?, options.identities, |_| Ok(()))?;
        if !record.fits(&event.entry) {
            return Err(NotOpened::NotCommitted);
        }
        Acquisition::from_meta(&record.meta).map_err(|e| NotOpened::Envelope(e.to_string()))
    }

    /// Decrypts once more, into the vault.
    fn take_copy(
        &self,
        writer: &mut crate::Writer,
        item: &SealedItem,
        mut acquisition: Acquisition,
        options: &OpenOptions<'_>,
    ) -> Result<Result<(), NotOpened>, UnsealError> {
        acquisition.more.remove("sealed_to");
        acquisition.more.insert("opened_at".into(), options.at.clone());
        acquisition.more.insert("opened_by".into(), options.by.clone());
        let reader = match self.storage.open(&object_path(&item.id)) {
            Ok(reader) => reader,
            Err(error) => return Ok(Err(error.into())),
        };
        let plain = match decrypting(reader, options.identities) {
            Ok(plain) => PlainReader::new(plain),
            Err(error) => return Ok(Err(error)),
        };
        let event = Event::of_bytes(EntryKind::Derive, &acquisition)
            .from_item(&item.id)
            .public("how", "opened");
        match writer.append_bytes(event, plain) {
            Ok(_) => Ok(Ok(())),
            Err(PreserveError::Source { source }) => Ok(Err(source.into())),
            Err(error) => Err(error.into()),
        }
    }
}

/// Logs the opening itself and makes the group safe.
fn acknowledge(
    writer: &mut crate::Writer,
    group: &mut Vec<ItemId>,
    options: &OpenOptions<'_>,
    opened: &mut u64,
) -> Result<(), UnsealError> {
    if group.is_empty() {
        return Ok(());
    }
    let event = Event::new(EntryKind::Access, &options.at)
        .about(group.iter())
        .private("by", options.by.as_str());
    writer.append(event)?;
    writer.commit()?;
    *opened += group.len() as u64;
    group.clear();
    Ok(())
}

/// The plain bytes of an envelope, which was checked before.
struct PlainReader<R> {
    reader: R,
    piece: Zeroizing<Vec<u8>>,
    given: usize,
    begun: bool,
    ended: bool,
}

impl<R: Read> PlainReader<R> {
    fn new(reader: R) -> PlainReader<R> {
        let piece = Zeroizing::new(Vec::new());
        PlainReader { reader, piece, given: 0, begun: false, ended: false }
    }

    fn next_piece(&mut self) -> io::Result<()> {
        if !self.begun {
            self.reader.read_exact(&mut [0; MAGIC.len()])?;
            self.begun = true;
        }
        let mut length = [0; 4];
        self.reader.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > PIECE {
            return Err(ErrorKind::InvalidData.into());
        }
        self.ended = length == 0;
        self.piece.resize(length, 0);
        self.given = 0;
        self.reader.read_exact(&mut self.piece)
    }
}

impl<R: Read> Read for PlainReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && self.given >= self.piece.len() {
            self.next_piece()?;
        }
        let ready = self.piece.get(self.given..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(ready) {
            *to = *from;
        }
        self.given += count;
        Ok(count)
    }
}

/// Why sealed items could not be opened at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UnsealError {
    /// The vault cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault cannot be written.
    #[error(transparent)]
    Write(#[from] PreserveError),
}
