//! Packs a vault, or what is new in it, into a BagIt 1.0 bag for a stick: the vault's own layout
//! below `data/`, without keys and locks. Verifies every object on the way out. Changes nothing but
//! the memory of which checkpoint was given away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use kua_model::ItemId;
use thiserror::Error;

use crate::bag_writer::{
    FolderSink, Payload, Sink, TarSink, Unwritten, ZipSink, part_of, sync_above, write_bag,
};
use crate::checkpoint::SignedCheckpoint;
use crate::entry::Entry;
use crate::log::{Log, LogError, in_dir};
use crate::logs::Recorded;
use crate::manifest::{MANIFEST, Manifest, log_dir};
use crate::read_error::ReadError;
use crate::record::{object_path, record_path};
use crate::record_bundle::{RecordBundle, RecordLayout, bundles_dir, push_line, whole_path};
use crate::seal::{SealRecipient, encrypting};
use crate::tile::{TILE_WIDTH, TileKind, tiles_of};
use crate::vault::Vault;
use crate::witness::AddCheckpoint;

/// Entries of one record bundle: its number, those with a record, and what else is packed of each.
type Stretch<'a> = (u64, Vec<u64>, Vec<Vec<Payload<'a>>>);

/// In an incremental bundle: the request to cosign what is new, as C2SP tlog-witness has it.
const ADD_CHECKPOINT: &str = "add-checkpoint";

/// Largest file that every stick holds (FAT32), with room for what surrounds the payload.
pub const VOLUME: u64 = 4_000_000_000;

/// In which form a bundle is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleForm {
    /// A folder of files.
    Folder,
    /// One stored ZIP.
    Zip,
    /// One tar.
    Tar,
}

/// What to pack, and how.
#[derive(Default)]
pub struct PackOptions<'a> {
    /// The form; [`BundleForm::Folder`] by default.
    pub form: Option<BundleForm>,
    /// Only entries from this number on, with their objects: what a holder of the log at this
    /// size lacks.
    pub since: u64,
    /// Most bytes of a volume; the bundle becomes several bags if it must. 0: one folder of any
    /// size, or archives below [`VOLUME`].
    pub volume: u64,
    /// Encrypts the bundle to these keys (as one tar in an age file).
    pub recipients: Vec<SealRecipient>,
    /// Told the bytes packed so far, piece by piece; answers whether to go on.
    pub progress: Option<&'a dyn Fn(u64) -> bool>,
}

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// The bags that were written, in order.
    pub volumes: Vec<PathBuf>,
    /// Size of the own log that was packed.
    pub size: u64,
    /// Objects in the bundle.
    pub objects: u64,
    /// Bytes of the payload.
    pub bytes: u64,
    /// Objects left out because consent was withdrawn.
    pub withdrawn: u64,
    /// Whether the checkpoint in the bundle is kept in `seen/`: a log that is set back later is
    /// noticed by it, and a cosigner's reply to the bundle is known by it. Not on a medium that
    /// cannot be written to, or while somebody else writes.
    pub remembered: bool,
}

impl Vault {
    /// Packs this vault into `out`, which must not exist. Several volumes get `-1`, `-2`, … before
    /// the ending. Nothing is left under these names unless all of it was written.
    ///
    /// # Errors
    /// [`PackError`].
    pub fn pack(&self, out: &Path, options: &PackOptions<'_>) -> Result<Packed, PackError> {
        let form = options.form.unwrap_or(BundleForm::Folder);
        if form != BundleForm::Tar && !options.recipients.is_empty() {
            return Err(PackError::SealedForm);
        }
        let logs = self.logs_to_pack(options.since)?;
        let own = self.checkpoint()?;
        let mut packed = Packed {
            volumes: Vec::new(),
            size: own.size(),
            objects: 0,
            bytes: 0,
            withdrawn: 0,
            remembered: false,
        };
        let first = self.log_files(&logs)?;
        let objects = self.objects(&logs, &mut packed)?;
        packed.bytes = first.iter().chain(objects.iter().flatten()).map(|file| file.length).sum();
        let most = match (options.volume, form) {
            (0, BundleForm::Folder) => u64::MAX,
            (0, _) => VOLUME,
            (most, _) => most,
        };
        let volumes = volumes(first, objects, most)?;
        let count = volumes.len();
        let names: Vec<PathBuf> = (1..=count).map(|n| volume_name(out, n, count)).collect();
        for path in &names {
            if fs::symlink_metadata(path).is_ok() {
                return Err(PackError::Exists { path: path.clone() });
            }
        }
        // Before it is given away: after that it may be too late.
        packed.remembered = self.remember_sent(&own).is_ok();
        let go_on = |bytes: u64| options.progress.is_none_or(|progress| progress(bytes));
        for ((payload, path), number) in volumes.iter().zip(&names).zip(1..) {
            let info = info(&own, options.since, number, count);
            let base = format!("kua-bundle-{}", short_root(&own));
            let written = sink(form, path, &base, &options.recipients)
                .map_err(Unwritten::Io)
                .and_then(|sink| write_bag(sink, payload, &info, &go_on));
            if let Err(error) = written {
                let part = part_of(path);
                // Half a bundle is worse than none; if it cannot be removed, its name says so.
                let _ =
                    if part.is_dir() { fs::remove_dir_all(&part) } else { fs::remove_file(&part) };
                for done in &packed.volumes {
                    let _ = if done.is_dir() {
                        fs::remove_dir_all(done)
                    } else {
                        fs::remove_file(done)
                    };
                }
                return Err(match error {
                    Unwritten::Changed(file) => PackError::Changed { file },
                    Unwritten::Stopped => PackError::Stopped,
                    Unwritten::Io(source) => PackError::Io { path: path.clone(), source },
                });
            }
            packed.volumes.push(path.clone());
        }
        Ok(packed)
    }

    /// Every log with the number of the first entry that is packed of it.
    fn logs_to_pack(&self, since: u64) -> Result<Vec<(Log, u64)>, PackError> {
        let mut own = self.own_logs()?;
        let newest = own.pop().ok_or(LogError::OutOfRange { index: 0, size: 0 })?;
        let size = newest.checkpoint().size();
        if since > size {
            return Err(PackError::Since { since, size });
        }
        // Others' logs: from the state that the own log recorded before `since`.
        let mut before: BTreeMap<String, u64> = BTreeMap::new();
        for index in 0..since {
            let entry = Entry::parse(&newest.entry(index)?).ok();
            if let Some(state) =
                entry.filter(|e| e.kind == crate::EntryKind::Merge).and_then(|e| e.log())
            {
                before.insert(state.key.name().to_owned(), state.size);
            }
        }
        let mut logs = Vec::new();
        for log in own {
            let whole = log.checkpoint().size();
            logs.push((log, if since > 0 { whole } else { 0 }));
        }
        for state in self.merged()?.into_values() {
            let from = before.get(state.key.name()).copied().unwrap_or(0);
            logs.push((self.log_of(&state.key)?, from));
        }
        logs.push((newest, since));
        Ok(logs)
    }

    /// `vault.json` without anything private, the text for a cosigner, checkpoints, hash tiles, and the bundles of entries.
    fn log_files(&self, logs: &[(Log, u64)]) -> Result<Vec<Payload<'_>>, PackError> {
        let manifest = Manifest::of(self.vkey().clone(), self.manifest.records).to_bytes();
        let mut files = vec![Payload {
            name: MANIFEST.to_owned(),
            length: manifest.len() as u64,
            expected: None,
            open: Box::new(move || Ok(Box::new(io::Cursor::new(manifest.clone())))),
        }];
        // Whoever holds the log at `since` can cosign what is new without asking us for a proof.
        if let Some((log, since @ 1..)) = logs.last() {
            let (proof, checkpoint) = (log.consistency_proof(*since)?, log.checkpoint().to_text());
            let request = AddCheckpoint { old: *since, proof, checkpoint }.to_text().into_bytes();
            files.push(Payload {
                name: ADD_CHECKPOINT.to_owned(),
                length: request.len() as u64,
                expected: None,
                open: Box::new(move || Ok(Box::new(io::Cursor::new(request.clone())))),
            });
        }
        for (log, from) in logs {
            let dir = log_dir(log.name());
            files.push(self.payload(in_dir(&dir, "checkpoint"), None)?);
            for tile in tiles_of(log.checkpoint().size()) {
                let is_old = tile.kind == TileKind::Entries
                    && (tile.index + 1).saturating_mul(TILE_WIDTH) <= *from;
                if !is_old {
                    files.push(self.payload(in_dir(&dir, &tile.path()), None)?);
                }
            }
        }
        Ok(files)
    }

    /// Objects and records of the entries to be packed; each group stays in one volume, whatever
    /// volumes its neighbours come to lie in.
    fn objects<'a>(
        &'a self,
        logs: &'a [(Log, u64)],
        packed: &mut Packed,
    ) -> Result<Vec<Vec<Payload<'a>>>, PackError> {
        let erased = self.erased()?;
        let own = self.own_logs()?;
        let own: BTreeSet<&str> = own.iter().map(Log::name).collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut groups = Vec::new();
        for (log, from) in logs {
            let mut stretch: Option<Stretch<'_>> = None;
            for index in *from..log.checkpoint().size() {
                let number = index / TILE_WIDTH;
                if stretch.as_ref().is_none_or(|(of, ..)| *of != number) {
                    groups.extend(self.with_records(log, stretch.take())?);
                }
                let (_, records, now) = stretch.get_or_insert((number, Vec::new(), Vec::new()));
                let Ok(entry) = Entry::parse(&log.entry(index)?) else { continue };
                let object = entry.stored.as_ref().map(|stored| stored.object);
                let event = Recorded {
                    log: log.name().to_owned(),
                    own: own.contains(log.name()),
                    index,
                    entry: entry.clone(),
                };
                let by = object.and_then(|object| erased.get(&object));
                if by.is_some_and(|by| by.iter().any(|erase| erase.covers(&event))) {
                    packed.withdrawn += u64::from(entry.kind.is_item());
                    continue;
                }
                let mut group = Vec::new();
                if let Some(path) = record_path(&entry) {
                    if self.manifest.records == RecordLayout::Bundled {
                        records.push(index);
                    } else if seen.insert(path.clone()) {
                        group.push(self.payload(path, None)?);
                    }
                }
                if let Some(object) = object
                    && seen.insert(object_path(&object))
                {
                    group.push(self.payload(object_path(&object), Some(object))?);
                    packed.objects += 1;
                }
                now.push(group);
            }
            groups.extend(self.with_records(log, stretch)?);
        }
        Ok(groups)
    }

    /// The groups of one stretch of 256 entries, with their records as one record bundle before
    /// them.
    fn with_records<'a>(
        &'a self,
        log: &'a Log,
        stretch: Option<Stretch<'a>>,
    ) -> Result<Vec<Vec<Payload<'a>>>, PackError> {
        let Some((number, records, mut groups)) = stretch else { return Ok(Vec::new()) };
        if records.is_empty() {
            return Ok(groups);
        }
        let name = whole_path(&bundles_dir(log.name()), number);
        // Made anew when it is written: the records of a large vault need not lie in memory.
        let bytes = move || {
            let bundle = RecordBundle::read(self.storage.as_ref(), log.name(), number);
            let mut bytes = Vec::new();
            for index in &records {
                let entry = Entry::parse(&log.entry(*index).ok()?).ok()?;
                // A damaged one goes as it is: whoever takes it in tells, and leaves it out.
                let found = bundle.find(*index, &entry).ok().map(|(_, line, _)| line);
                push_line(&mut bytes, *index, found.or_else(|| bundle.line(*index))?);
            }
            Some(bytes)
        };
        let missing = || PackError::Changed { file: name.clone() };
        let length = bytes().ok_or_else(missing)?.len() as u64;
        let open = move || -> io::Result<Box<dyn Read + Send>> {
            let bytes = bytes().ok_or(io::ErrorKind::NotFound)?;
            Ok(Box::new(io::Cursor::new(bytes)))
        };
        groups.insert(0, vec![Payload { name, length, expected: None, open: Box::new(open) }]);
        Ok(groups)
    }

    fn payload(&self, path: String, expected: Option<ItemId>) -> Result<Payload<'_>, PackError> {
        let length = self.storage.length(&path);
        let length =
            length.map_err(|source| PackError::Io { path: path.clone().into(), source })?;
        let length = length.ok_or_else(|| PackError::Changed { file: path.clone() })?;
        let name = path.clone();
        let open = move || -> io::Result<Box<dyn Read + Send>> { self.storage.open(&path) };
        Ok(Payload { name, length, expected, open: Box::new(open) })
    }
}

/// Fills volumes in order. The first holds the logs.
fn volumes<'a>(
    first: Vec<Payload<'a>>,
    groups: Vec<Vec<Payload<'a>>>,
    most: u64,
) -> Result<Vec<Vec<Payload<'a>>>, PackError> {
    // Headers of an archive and a line of the manifest, for names as long as ours get.
    let cost = |file: &Payload<'_>| file.length.saturating_add(1536);
    let mut filled: u64 = first.iter().map(cost).fold(8192, u64::saturating_add);
    if filled > most {
        return Err(PackError::VolumeSize { needed: filled, file: "the log".to_owned() });
    }
    let mut volumes = Vec::new();
    let mut volume = first;
    for group in groups {
        let size = group.iter().map(cost).fold(0, u64::saturating_add);
        if size.saturating_add(8192) > most {
            let file = group.last().map(|file| file.name.clone()).unwrap_or_default();
            return Err(PackError::VolumeSize { needed: size + 8192, file });
        }
        if filled.saturating_add(size) > most {
            volumes.push(std::mem::take(&mut volume));
            filled = 8192;
        }
        filled = filled.saturating_add(size);
        volume.extend(group);
    }
    volumes.push(volume);
    Ok(volumes)
}

/// `winter.tar` of three volumes: `winter-1.tar`, `winter-2.tar`, `winter-3.tar`.
fn volume_name(out: &Path, number: usize, count: usize) -> PathBuf {
    if count == 1 {
        return out.to_owned();
    }
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let (stem, end) = match name.find(".tar").or_else(|| name.find(".zip")) {
        Some(at) => name.split_at(at),
        None => (name.as_ref(), ""),
    };
    out.with_file_name(format!("{stem}-{number}{end}"))
}

fn info(
    own: &SignedCheckpoint,
    since: u64,
    number: usize,
    count: usize,
) -> Vec<(&'static str, String)> {
    let checkpoint = own.checkpoint();
    vec![
        ("Bag-Software-Agent", "kua".to_owned()),
        ("External-Identifier", checkpoint.log_name.clone()),
        ("Bag-Group-Identifier", format!("{} {}", checkpoint.log_name, checkpoint.size)),
        ("Bag-Count", format!("{number} of {count}")),
        ("Kua-Bundle", "1".to_owned()),
        ("Kua-Entries", format!("{since}..{}", checkpoint.size)),
    ]
}

/// First digits of the root: tells bundles apart and says nothing of their content.
fn short_root(signed: &SignedCheckpoint) -> String {
    kua_model::Sha256::from_bytes(*signed.root()).to_string().chars().take(12).collect()
}

fn sink(
    form: BundleForm,
    path: &Path,
    base: &str,
    recipients: &[SealRecipient],
) -> io::Result<Box<dyn Sink>> {
    if form == BundleForm::Folder {
        return Ok(Box::new(FolderSink::new(path)?));
    }
    let part = part_of(path);
    let file = BufWriter::with_capacity(1 << 18, File::create(&part)?);
    let path = path.to_owned();
    let done = move |mut file: BufWriter<File>| {
        file.flush()?;
        file.get_ref().sync_all()?;
        drop(file);
        fs::rename(&part, &path)?;
        sync_above(&path);
        Ok(())
    };
    Ok(match form {
        BundleForm::Zip => Box::new(ZipSink::new(file, base, done)),
        _ if recipients.is_empty() => Box::new(TarSink::new(file, base, done)),
        _ => {
            let sealed = encrypting(file, recipients)?;
            Box::new(TarSink::new(sealed, base, move |sealed| done(sealed.finish()?)))
        }
    })
}

/// Why a vault was not packed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PackError {
    /// Something of that name is there; it is left untouched.
    #[error("{} exists already; it was left as it is. Choose another name", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// Sealing needs one file.
    #[error("a sealed bundle is one tar in an age file: give it a name that ends with .tar.age")]
    SealedForm,
    /// The log is shorter.
    #[error(
        "the log has {size} entries; there is nothing after {since}. The other side is ahead: take in a bundle of theirs with kua merge"
    )]
    Since {
        /// What was asked for.
        since: u64,
        /// What there is.
        size: u64,
    },
    /// Something does not fit into one volume.
    #[error(
        "{file} needs {needed} bytes in one volume: choose a larger --volume-size, on a stick formatted as exFAT if it is above 4 GB"
    )]
    VolumeSize {
        /// Bytes needed.
        needed: u64,
        /// The file.
        file: String,
    },
    /// A file of the vault is missing or not as signed.
    #[error(
        "{file} is missing or was changed on disk, so nothing was packed. See what is wrong: kua verify"
    )]
    Changed {
        /// Path in the vault.
        file: String,
    },
    /// The caller asked to stop.
    #[error("stopped; nothing was left behind")]
    Stopped,
    /// The system's reason.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Something in the vault cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
