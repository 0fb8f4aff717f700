//! Takes a bundle of another collector in: their log is mirrored beside ours, their objects join
//! ours, and an entry of our own log says which state of theirs it was. Nothing of the other side
//! is believed before it is proved: signatures, every entry, every record and object.
//!
//! A damaged object or record does not keep the rest out: it is named, and a later bundle brings
//! it. A damaged log does, and so does a damaged judgement, which may withhold a name.
//!
//! Order of writes: objects and records, tiles, the mirrored checkpoint, our own entry. Cut short
//! anywhere, the same merge goes on from there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::sync::Arc;

use kua_model::{ItemId, Sha256};
use sha2::Digest as _;
use thiserror::Error;

use crate::append::Appender;
use crate::create::put_file;
use crate::entry::{Entry, EntryKind, LogState};
use crate::event::Event;
use crate::key::VerifierKey;
use crate::log::{Log, LogError, in_dir};
use crate::logs::{Recorded, before};
use crate::manifest::{MANIFEST, TMP, log_dir};
use crate::preserve_error::PreserveError;
use crate::read_error::{OpenError, ReadError};
use crate::record::{object_dir, object_path, record_path};
use crate::record_bundle::{
    NoRecord, RecordBundle, RecordFinder, RecordLayout, Why, bundles_dir, push_line, whole_path,
};
use crate::storage::{Access, Storage, parent};
use crate::tile::{TILE_WIDTH, Tile, TileKind, tiles_of};
use crate::tree::Node;
use crate::vault::Vault;
use crate::writer::{Writer, writing};

/// Files after which what was taken in so far is made safe.
const GROUP_FILES: usize = 1000;
/// Bytes after which it is.
const GROUP_BYTES: u64 = 64 << 20;

/// How to take a bundle in.
#[derive(Default)]
pub struct MergeOptions<'a> {
    /// When, as in [`Acquisition::acquired_at`](crate::Acquisition::acquired_at).
    pub at: String,
    /// The other side's key as known from elsewhere. Give it whenever it is known: otherwise the
    /// key the bundle brings is believed the first time, and held to from then on.
    pub key: Option<VerifierKey>,
    /// Told the bytes copied, piece by piece; answers whether to go on.
    pub progress: Option<&'a dyn Fn(u64) -> bool>,
}

/// What became of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedLog {
    /// Its name.
    pub name: String,
    /// Its verifier key.
    pub vkey: String,
    /// Entries that were here before.
    pub before: u64,
    /// Entries in the bundle.
    pub size: u64,
    /// Whether the bundle's history and the one here are not one. Both are kept; nothing of the
    /// bundle's objects was taken in for this log.
    pub forked: bool,
    /// Whether this is a log of this very vault.
    pub own: bool,
}

/// What a merge did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// The logs of the bundle, its own last.
    pub logs: Vec<MergedLog>,
    /// Objects that are here now and were not before.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that were here already.
    pub known: u64,
    /// Objects that were damaged here and were replaced by the sound ones of the bundle; they count
    /// among [`Merged::objects`], too.
    pub healed: BTreeSet<ItemId>,
    /// Items that their collector has withdrawn and that still lie here.
    pub withdrawn: Vec<ItemId>,
    /// Items of the bundle that were withdrawn here. They do not come back.
    pub left_out: BTreeSet<ItemId>,
    /// What the bundle should have brought and did not, in the order of the logs. A later bundle
    /// that has it completes the merge.
    pub lacking: Vec<Lacking>,
}

/// A file that a bundle did not bring as it was signed. Nothing of it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// Path in the vault's layout.
    pub file: String,
    /// Name of the log.
    pub log: String,
    /// Number of the entry there.
    pub log_index: u64,
    /// The object of that entry, if it has one.
    pub item: Option<ItemId>,
    /// What is wrong with it.
    pub why: String,
}

impl Vault {
    /// Takes in the bundle whose payload is `bundle`.
    ///
    /// # Errors
    /// [`MergeError`]. What was copied before is proved and harmless; the same call goes on.
    pub fn merge(
        &self,
        bundle: &Arc<dyn Storage>,
        options: &MergeOptions<'_>,
    ) -> Result<Merged, MergeError> {
        let theirs = Vault::open_on(bundle.clone())?;
        if let Some(key) = options.key.as_ref().filter(|key| *key != theirs.vkey()) {
            let (expected, found) = (key.to_string(), theirs.vkey().to_string());
            return Err(MergeError::OtherKey { expected, found });
        }
        let writer = self.writer()?;
        let own: BTreeMap<String, Log> =
            self.own_logs()?.into_iter().map(|log| (log.name().to_owned(), log)).collect();
        let mut merge = Merge {
            vault: self,
            bundle: bundle.as_ref(),
            options,
            erased: [self.erased()?, theirs.erased()?],
            writer,
            group: Vec::new(),
            group_bytes: 0,
            ours: RecordFinder::new(self.manifest.records),
            theirs: RecordFinder::of_others(theirs.manifest.records),
            records: None,
            outgrown: Vec::new(),
            sound: BTreeSet::new(),
            vouched: 0,
            healed: BTreeSet::new(),
            done: Merged::default(),
        };
        let known = self.merged()?;
        let mut incoming: Vec<(VerifierKey, Log)> = Vec::new();
        let mut own_key = Some(theirs.vkey().clone());
        while let Some(key) = own_key.take().filter(|key| incoming.iter().all(|(k, _)| k != key)) {
            let log = theirs.log_of(&key)?;
            own_key = before(&log).map(|state| state.key);
            incoming.push((key, log));
        }
        for state in theirs.merged()?.into_values() {
            let log = theirs.log_of(&state.key)?;
            incoming.push((state.key, log));
        }
        // The bundle's own newest log comes last: it vouches for the others.
        incoming.reverse();
        for (key, log) in incoming {
            if let Some(ours) = own.get(key.name()) {
                merge.own_log(&key, ours, &log)?;
                continue;
            }
            if let Some(state) = known.get(key.name()).filter(|state| state.key != key) {
                let (expected, found) = (state.key.to_string(), key.to_string());
                return Err(MergeError::OtherKey { expected, found });
            }
            let recorded = known.get(key.name()).map(|state| state.size);
            merge.other_log(&key, &log, recorded)?;
        }
        merge.writer.commit()?;
        merge.still_here(&theirs)?;
        Ok(merge.done)
    }
}

struct Merge<'a> {
    vault: &'a Vault,
    bundle: &'a dyn Storage,
    options: &'a MergeOptions<'a>,
    /// Withdrawn here, and withdrawn there.
    erased: [BTreeMap<ItemId, Vec<Recorded>>; 2],
    writer: Writer,
    /// Temporary names and those they shall have.
    group: Vec<(String, String)>,
    group_bytes: u64,
    ours: RecordFinder,
    theirs: RecordFinder,
    /// Log, number and new records of the record bundle that is being put together.
    records: Option<(String, u64, BTreeMap<u64, Vec<u8>>)>,
    /// Files whose records stand in a whole bundle of the group.
    outgrown: Vec<String>,
    /// Objects of ours that were hashed in this merge and are whole.
    sound: BTreeSet<ItemId>,
    /// Entries of the log at hand that our own log vouches for: what they speak of was made safe
    /// before. What else is found here was left by a merge that did not come to its end.
    vouched: u64,
    /// Objects healed that no entry of ours tells of yet.
    healed: BTreeSet<ItemId>,
    done: Merged,
}

impl Merge<'_> {
    /// A bundle of this very vault: it may bring back lost objects, and nothing else.
    fn own_log(&mut self, key: &VerifierKey, ours: &Log, log: &Log) -> Result<(), MergeError> {
        let (here, size) = (ours.checkpoint().size(), log.checkpoint().size());
        if size > here {
            return Err(MergeError::Behind { here, size });
        }
        if ours.root_at(size)? != *log.checkpoint().root() {
            return Err(MergeError::OwnFork { size });
        }
        self.vouched = here;
        self.objects(log, size)?;
        // Another log was not taken in, so there is no merge to record.
        self.done.healed.append(&mut self.healed);
        self.tell(key, here, size, false, true);
        Ok(())
    }

    fn other_log(
        &mut self,
        key: &VerifierKey,
        log: &Log,
        recorded: Option<u64>,
    ) -> Result<(), MergeError> {
        let size = log.checkpoint().size();
        let mirror = match self.vault.log_of(key) {
            Ok(mirror) => Some(mirror),
            Err(LogError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let here = mirror.as_ref().map_or(0, |mirror| mirror.checkpoint().size());
        self.vouched = recorded.unwrap_or(0);
        if let Some(mirror) = mirror.as_ref().filter(|_| size <= here) {
            if mirror.root_at(size)? != *log.checkpoint().root() {
                return self.keep_fork(key, log, here);
            }
            self.objects(log, here)?;
            // An interrupted merge may have left a mirror that nothing of ours speaks of.
            let is_new = recorded.is_none_or(|recorded| recorded < here);
            if is_new {
                self.writer.rely_on(&in_dir(&log_dir(key.name()), "checkpoint"));
            }
            if is_new || !self.healed.is_empty() {
                self.record(key, mirror)?;
            }
            self.tell(key, here, size, false, false);
            return Ok(());
        }
        let (tiles, root) = match self.tiles(log, mirror.as_ref(), here) {
            Err(MergeError::Log(LogError::Missing { .. })) if mirror_is_short(log, here) => {
                return Err(MergeError::Gap { log: key.name().to_owned(), here });
            }
            tiles => tiles?,
        };
        if root != *log.checkpoint().root() {
            for (temporary, _) in &tiles {
                let _ = self.vault.storage.remove(temporary);
            }
            let whole = log.root_at(size).is_ok_and(|root| root == *log.checkpoint().root());
            let agrees = here == 0
                || mirror
                    .is_none_or(|m| log.root_at(here).is_ok_and(|r| r == *m.checkpoint().root()));
            return if whole && !agrees {
                self.keep_fork(key, log, here)
            } else {
                let file = in_dir(&log_dir(key.name()), "tile/entries");
                Err(MergeError::Damaged { file })
            };
        }
        self.objects(log, here)?;
        self.flush()?;
        self.group = tiles;
        self.flush()?;
        let dir = log_dir(key.name());
        let path = in_dir(&dir, "checkpoint");
        let text = log.checkpoint().to_text();
        put_file(self.vault.storage.as_ref(), &path, text.as_bytes(), Access::Shared)
            .map_err(|e| writing(&path, e))?;
        self.record(key, log)?;
        self.tell(key, here, size, false, false);
        Ok(())
    }

    /// Writes the tiles that the log has beyond `here`, worked out from its entries alone; gives
    /// the root they lead to.
    fn tiles(
        &mut self,
        log: &Log,
        mirror: Option<&Log>,
        here: u64,
    ) -> Result<(Vec<(String, String)>, Node), MergeError> {
        let dir = log_dir(log.name());
        let mut appender = mirror.map_or(Ok(Appender::default()), Appender::load)?;
        let mut tiles = Vec::new();
        let writer = &mut self.writer;
        let mut write = |tile: Tile, bytes: Vec<u8>| {
            let temporary = writer.temporary();
            writer.write_temporary(&temporary, &bytes)?;
            tiles.push((temporary, in_dir(&dir, &tile.path())));
            Ok::<(), PreserveError>(())
        };
        for index in here..log.checkpoint().size() {
            appender.push(&log.entry(index)?, &mut write)?;
        }
        appender.partial(&mut write)?;
        Ok((tiles, appender.root()))
    }

    /// Takes in objects and records of the entries that the bundle holds. Those from `here` on
    /// must be in it or here; earlier ones are put right if they are lost.
    fn objects(&mut self, log: &Log, here: u64) -> Result<(), MergeError> {
        for index in 0..log.checkpoint().size() {
            let bytes = match log.entry(index) {
                Ok(bytes) => bytes,
                Err(_) if index < here => continue,
                Err(error) => return Err(error.into()),
            };
            // A kind this version cannot read is mirrored as it is.
            let Ok(entry) = Entry::parse(&bytes) else { continue };
            if self.is_withdrawn(log.name(), index, &entry) {
                self.tell_left_out(&entry)?;
                continue;
            }
            let old = index < here;
            if record_path(&entry).is_some() {
                let taken = twice(|| self.take_record(log.name(), index, &entry, old));
                self.or_lacking(taken, log, index, &entry)?;
            }
            if let Some(stored) = &entry.stored {
                let taken = twice(|| self.take_object(&stored.object, stored.length, index, old));
                self.or_lacking(taken, log, index, &entry)?;
            }
            let files = self.group.len() + self.writer.relied().len();
            if files >= GROUP_FILES || self.group_bytes >= GROUP_BYTES {
                self.flush()?;
            }
        }
        self.write_records()?;
        self.flush()
    }

    /// Goes on without a file that the bundle does not bring as it was signed.
    fn or_lacking(
        &mut self,
        taken: Result<(), MergeError>,
        log: &Log,
        log_index: u64,
        entry: &Entry,
    ) -> Result<(), MergeError> {
        let (file, why) = match taken {
            Err(MergeError::Damaged { file }) => (file, "is not as it was signed".to_owned()),
            Err(MergeError::Missing { file }) => (file, "is not in the bundle".to_owned()),
            // One bad place on a stick; without the first file of all, the stick is gone.
            Err(MergeError::Reading { file, source }) if self.bundle.read(MANIFEST).is_ok() => {
                (file, format!("cannot be read: {source}"))
            }
            taken => return taken,
        };
        let log = log.name().to_owned();
        if entry.kind == EntryKind::Judgement {
            return Err(MergeError::Decision { log, log_index, file, why });
        }
        let item = entry.stored.as_ref().map(|stored| stored.object);
        self.done.lacking.push(Lacking { file, log, log_index, item, why });
        Ok(())
    }

    fn is_withdrawn(&self, log: &str, index: u64, entry: &Entry) -> bool {
        let Some(stored) = &entry.stored else { return false };
        let [ours, theirs] = &self.erased;
        let same = |erase: &Recorded| erase.log == log && erase.index > index;
        let by = |erased: &BTreeMap<ItemId, Vec<Recorded>>, own: bool| {
            let erases = erased.get(&stored.object).into_iter().flatten();
            erases.into_iter().any(|erase| same(erase) || own && erase.own && erase.log != log)
        };
        by(ours, true) || by(theirs, false)
    }

    /// A bundle from before a withdrawal still holds what was withdrawn here.
    fn tell_left_out(&mut self, entry: &Entry) -> Result<(), MergeError> {
        let Some(stored) = &entry.stored else { return Ok(()) };
        let withdrawn_here = self.erased[0].get(&stored.object);
        if withdrawn_here.is_some_and(|by| by.iter().any(|erase| erase.own)) {
            let path = object_path(&stored.object);
            let length = self.bundle.length(&path).map_err(|e| MergeError::reading(&path, e))?;
            self.done.left_out.extend(length.map(|_| stored.object));
        }
        Ok(())
    }

    fn take_record(
        &mut self,
        log: &str,
        index: u64,
        entry: &Entry,
        old: bool,
    ) -> Result<(), MergeError> {
        self.begin_records(log, index / TILE_WIDTH)?;
        let path = record_path(entry).unwrap_or_default();
        // One of ours that cannot be read is as good as lost, and the bundle may bring it.
        let storage = self.vault.storage.as_ref();
        if self.is_due(&path) {
            return Ok(());
        }
        if self.ours.find(storage, log, index, entry).is_ok() {
            if index >= self.vouched {
                // A merge writes whole bundles only.
                let path = match self.vault.manifest.records {
                    RecordLayout::Single => path,
                    RecordLayout::Bundled => whole_path(&bundles_dir(log), index / TILE_WIDTH),
                };
                if storage.length(&path).is_ok_and(|found| found.is_some()) {
                    self.writer.rely_on(&path);
                }
            }
            return Ok(());
        }
        let bytes = match self.theirs.find(self.bundle, log, index, entry) {
            Ok((_, bytes)) => bytes,
            Err(NoRecord { why: Why::Missing, .. }) if old => return Ok(()),
            Err(NoRecord { path, why }) => {
                return Err(match why {
                    Why::Missing => MergeError::Missing { file: path },
                    Why::Changed(_) => MergeError::Damaged { file: path },
                    Why::Unreadable(source) => MergeError::reading(&path, source),
                });
            }
        };
        if let Some((_, _, records)) = &mut self.records {
            records.insert(index, bytes);
            return Ok(());
        }
        let temporary = self.writer.temporary();
        self.writer.write_temporary(&temporary, &bytes)?;
        self.writer.folder(parent(&path))?;
        self.group.push((temporary, path));
        Ok(())
    }

    /// Where records lie in bundles: goes on to that of `number`.
    fn begin_records(&mut self, log: &str, number: u64) -> Result<(), MergeError> {
        let same = |(of, at, _): &(String, u64, _)| of == log && *at == number;
        if self.vault.manifest.records == RecordLayout::Single
            || self.records.as_ref().is_some_and(same)
        {
            return Ok(());
        }
        self.write_records()?;
        self.records = Some((log.to_owned(), number, BTreeMap::new()));
        Ok(())
    }

    /// Writes the whole bundle anew, with what lies here and what came, if something came or a
    /// file here holds more than records. Other files of the same stretch are then removed.
    fn write_records(&mut self) -> Result<(), MergeError> {
        let Some((log, number, mut records)) = self.records.take() else { return Ok(()) };
        let bundle = RecordBundle::read(self.vault.storage.as_ref(), &log, number);
        if records.is_empty() && !bundle.files().iter().any(|file| file.is_odd) {
            return Ok(());
        }
        for index in bundle.indices() {
            if let (false, Some(line)) = (records.contains_key(&index), bundle.line(index)) {
                records.insert(index, line.to_vec());
            }
        }
        let mut bytes = Vec::new();
        for (index, record) in &records {
            push_line(&mut bytes, *index, record);
        }
        let (temporary, path) = (self.writer.temporary(), bundle.path());
        self.writer.write_temporary(&temporary, &bytes)?;
        self.writer.folder(parent(&path))?;
        let parts = bundle.files().iter().filter(|file| file.path != path);
        self.outgrown.extend(parts.map(|file| file.path.clone()));
        self.group.push((temporary, path));
        Ok(())
    }

    /// Only bytes of the right hash replace anything, and only what has another hash is replaced.
    fn take_object(
        &mut self,
        object: &ItemId,
        length: u64,
        index: u64,
        old: bool,
    ) -> Result<(), MergeError> {
        let path = object_path(object);
        if self.is_due(&path) {
            self.done.known += 1;
            return Ok(());
        }
        let here = self.vault.storage.length(&path).map_err(|e| writing(&path, e))?;
        if self.is_sound(object, length, here)? {
            if index >= self.vouched {
                self.writer.rely_on(&path);
            }
            self.done.known += 1;
            return Ok(());
        }
        match self.bundle.length(&path).map_err(|e| MergeError::reading(&path, e))? {
            None if old => return Ok(()),
            None => return Err(MergeError::Missing { file: path }),
            Some(_) => {}
        }
        let temporary = self.writer.temporary();
        let copied = self.copy(&path, &temporary);
        if copied.as_ref().ok() != Some(&(*object, length)) {
            let _ = self.vault.storage.remove(&temporary);
            copied?;
            return Err(MergeError::Damaged { file: path });
        }
        self.writer.folder(&object_dir(object))?;
        self.group.push((temporary, path));
        self.group_bytes += length;
        if here.is_some() {
            self.healed.insert(*object);
        }
        self.done.objects += 1;
        self.done.bytes += length;
        if self.options.progress.is_some_and(|progress| !progress(length)) {
            return Err(MergeError::Stopped);
        }
        Ok(())
    }

    /// Whether the object lies here as signed. Its length alone would leave a changed byte
    /// unhealed, though the bundle brings the right one.
    fn is_sound(
        &mut self,
        object: &ItemId,
        length: u64,
        here: Option<u64>,
    ) -> Result<bool, MergeError> {
        if self.sound.contains(object) {
            return Ok(true);
        }
        let sound = here == Some(length) && self.writer.object_is_sound(object)?;
        if sound {
            self.sound.insert(*object);
        }
        Ok(sound)
    }

    fn is_due(&self, path: &str) -> bool {
        self.group.iter().any(|(_, due)| due == path)
    }

    /// Copies a file of the bundle; SHA-256 and length of what was written.
    fn copy(&self, path: &str, to: &str) -> Result<(ItemId, u64), MergeError> {
        let mut reader = self.bundle.open(path).map_err(|e| MergeError::reading(path, e))?;
        let disk = |e| MergeError::Write(writing(to, e));
        let mut file = self.vault.storage.create(to, Access::Shared).map_err(disk)?;
        let (mut hash, mut length) = (sha2::Sha256::new(), 0);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(e) if e.kind() == ErrorKind::Interrupted => continue,
                Err(e) => return Err(MergeError::reading(path, e)),
            };
            let part = buffer.get(..count).unwrap_or_default();
            hash.update(part);
            file.write_all(part).map_err(disk)?;
            length += count as u64;
        }
        file.flush().map_err(disk)?;
        Ok((ItemId(Sha256::from_bytes(hash.finalize().into())), length))
    }

    /// Makes the group safe and gives its files their names.
    fn flush(&mut self) -> Result<(), MergeError> {
        let group = std::mem::take(&mut self.group);
        self.group_bytes = 0;
        let relied = std::mem::take(self.writer.relied());
        if group.is_empty() && relied.is_empty() {
            return Ok(());
        }
        let staged = group.iter().map(|(temporary, _)| temporary.clone());
        let contents: Vec<String> = staged.chain(relied).collect();
        self.vault.storage.sync(&contents).map_err(|e| writing(TMP, e))?;
        self.writer.give_names(&group)?;
        for path in std::mem::take(&mut self.outgrown) {
            // Left behind, it stands beside the whole bundle and harms nothing.
            let _ = self.vault.storage.remove(&path);
        }
        Ok(())
    }

    /// Says in our own log which state of theirs lies here now, and what was healed by it.
    fn record(&mut self, key: &VerifierKey, log: &Log) -> Result<(), MergeError> {
        let signed = log.checkpoint();
        let healed = std::mem::take(&mut self.healed);
        let event = Event::new(EntryKind::Merge, &self.options.at)
            .of_log(&LogState::of(key, signed))
            .public("checkpoint", Sha256::of(signed.to_text().as_bytes()).to_string())
            .about(&healed);
        let event = if healed.is_empty() { event } else { event.private("how", "healed") };
        self.writer.append(event)?;
        self.done.healed.extend(healed);
        Ok(())
    }

    /// Keeps the other head of a log with two histories: `forks/<log>/<size>-<root>/`.
    fn keep_fork(&mut self, key: &VerifierKey, log: &Log, here: u64) -> Result<(), MergeError> {
        let dir = log_dir(key.name());
        let size = log.checkpoint().size();
        let hex = Sha256::from_bytes(*log.checkpoint().root()).to_string();
        let short: String = hex.chars().take(16).collect();
        let target = in_dir(&dir.replacen("logs/", "forks/", 1), &format!("{size}-{short}"));
        let mut files = vec!["checkpoint".to_owned()];
        files.extend(tiles_of(size).map(|tile| tile.path()));
        for name in files {
            let from = in_dir(&dir, &name);
            // Of a partial bundle, what it brings is kept.
            let Ok(bytes) = self.bundle.read(&from) else { continue };
            let (temporary, path) = (self.writer.temporary(), in_dir(&target, &name));
            self.writer.write_temporary(&temporary, &bytes)?;
            self.writer.folder(parent(&path))?;
            self.group.push((temporary, path));
        }
        self.flush()?;
        self.tell(key, here, size, true, false);
        Ok(())
    }

    fn tell(&mut self, key: &VerifierKey, before: u64, size: u64, forked: bool, own: bool) {
        let (name, vkey) = (key.name().to_owned(), key.to_string());
        self.done.logs.push(MergedLog { name, vkey, before, size, forked, own });
    }

    /// Items the other side withdrew while a copy still lies here: a person decides.
    fn still_here(&mut self, theirs: &Vault) -> Result<(), MergeError> {
        let ours = self.vault.erased()?;
        for (item, erases) in theirs.erased()? {
            let done_here = ours.get(&item).is_some_and(|by| by.iter().any(|erase| erase.own));
            let path = object_path(&item);
            let lies_here = self.vault.storage.length(&path).map_err(|e| writing(&path, e))?;
            let mut by_others = false;
            for erase in &erases {
                by_others |= !self.is_own(&erase.log)?;
            }
            if !done_here && by_others && lies_here.is_some() {
                self.done.withdrawn.push(item);
            }
        }
        Ok(())
    }

    fn is_own(&self, name: &str) -> Result<bool, MergeError> {
        Ok(self.vault.own_logs()?.iter().any(|log| log.name() == name))
    }
}

/// Reads once more what could not be read: a stick that slips need not cost an item.
fn twice(mut take: impl FnMut() -> Result<(), MergeError>) -> Result<(), MergeError> {
    match take() {
        Err(MergeError::Reading { .. }) => take(),
        taken => taken,
    }
}

/// Whether the bundle of entries after `here` is missing: the other side thought we had more.
fn mirror_is_short(log: &Log, here: u64) -> bool {
    let size = log.checkpoint().size();
    let last = tiles_of(size).filter(|tile| tile.kind == TileKind::Entries).last();
    log.entry(here).is_err() && last.is_some() && log.entry(size - 1).is_ok()
}

/// Why a bundle was not taken in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The bundle holds no vault that can be read.
    #[error("the bundle cannot be used: {0}")]
    Open(#[from] OpenError),
    /// Signed by another key than expected.
    #[error(
        "the bundle is signed by {found}, expected {expected}. Ask whoever gave it to you, on another way, which key is theirs"
    )]
    OtherKey {
        /// The key known from elsewhere, or from an earlier merge.
        expected: String,
        /// The bundle's.
        found: String,
    },
    /// The bundle begins later than what is here ends.
    #[error(
        "the bundle holds only what is new since a later state of {log}; here are {here} entries. Ask for one packed with --since {here}"
    )]
    Gap {
        /// The log.
        log: String,
        /// Entries here.
        here: u64,
    },
    /// The bundle is of this vault and knows more than it.
    #[error(
        "the bundle is of this very vault and holds {size} entries, here are only {here}: this vault was set back, perhaps from an old copy. Keep both and see kua verify"
    )]
    Behind {
        /// Entries here.
        here: u64,
        /// Entries in the bundle.
        size: u64,
    },
    /// The bundle is of this vault, but not of its history.
    #[error(
        "the bundle is of this very vault, but its {size} entries are not those here: two copies of one vault were added to. Keep both, they are evidence"
    )]
    OwnFork {
        /// Entries in the bundle.
        size: u64,
    },
    /// Not as signed.
    #[error(
        "{file} in the bundle is not as it was signed; nothing of it was believed. Copy the bundle again from where it came, and check it: kua verify BUNDLE"
    )]
    Damaged {
        /// Path in the vault's layout.
        file: String,
    },
    /// Not in the bundle.
    #[error(
        "{file} is not in the bundle. If it has several volumes, name them all: kua merge BUNDLE-1 BUNDLE-2 …"
    )]
    Missing {
        /// Path in the vault's layout.
        file: String,
    },
    /// A judgement of theirs is not there as it was signed.
    #[error(
        "{file} in the bundle {why}. It is a decision (entry {log_index} of {log}) and may withhold a name, so nothing of that log was taken in. Copy the bundle again from where it came; if it has several volumes, name them all"
    )]
    Decision {
        /// The log.
        log: String,
        /// Number of the entry there.
        log_index: u64,
        /// Path in the vault's layout.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// The caller asked to stop.
    #[error("stopped; what was taken in is safe")]
    Stopped,
    /// The bundle cannot be read.
    #[error("{file} in the bundle cannot be read: {source}")]
    Reading {
        /// Path in the vault's layout.
        file: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Something here cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Something could not be written.
    #[error(transparent)]
    Write(#[from] PreserveError),
}

impl MergeError {
    fn reading(file: &str, source: io::Error) -> MergeError {
        MergeError::Reading { file: file.to_owned(), source }
    }
}
