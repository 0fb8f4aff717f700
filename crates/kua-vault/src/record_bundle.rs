//! Where records lie and how one is found: beside each object, one file each, or, in vaults made
//! since, many in one file: a *record bundle* holds those of up to 256 entries of one log, as an
//! entry bundle holds the entries. Reads only; the writer, a merge and an erasure write them.
//!
//! `records/<SHA-256 of the log's name>/<number>` holds entries 256 × number and following;
//! `…/<number>.p/<place>` those of one commit, from that place in the bundle on. Both are lines:
//!
//! ```text
//! 4711 {"length":…,"meta":{…},"object":"…","salt":"…","v":1}
//! ```
//!
//! Each line names its entry, so a byte lost or changed costs one record, two if it was the end
//! of a line, and never moves the others. Nothing here is believed: a line counts only if the
//! entry commits to it.

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;

use kua_model::Sha256;

use crate::entry::Entry;
use crate::log::in_dir;
use crate::record::{Record, record_path};
use crate::storage::Storage;
use crate::tile::{TILE_WIDTH, Tile, TileKind};

/// Longest record of others that is read where each is a file, and the most that a record bundle of
/// others may have for each of its entries.
const MOST_RECORD: u64 = 1 << 20;

/// How a vault keeps its records. It never changes within one vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordLayout {
    /// Each in a file of its own.
    Single,
    /// In record bundles.
    Bundled,
}

/// Why there is no record.
#[derive(Debug)]
pub(crate) struct NoRecord {
    /// The file it should be in.
    pub path: String,
    pub why: Why,
}

#[derive(Debug)]
pub(crate) enum Why {
    Missing,
    /// It is there, but not the one the entry commits to.
    Changed(String),
    Unreadable(io::Error),
}

/// The record bundles of one stretch of 256 entries, read whole.
#[derive(Debug)]
pub(crate) struct RecordBundle {
    /// Folder of the log's records, and number of the bundle.
    dir: String,
    number: u64,
    /// The whole bundle first, then those of single commits, the last first: where two lines speak
    /// of one entry, the earlier in this order is more likely to be the one that counts.
    files: Vec<BundleFile>,
}

#[derive(Debug)]
pub(crate) struct BundleFile {
    pub path: String,
    /// Place of its first entry in the bundle.
    start: u64,
    bytes: io::Result<Vec<u8>>,
    /// Number of the entry, and where its record lies in `bytes`. In the order of the file.
    lines: Vec<(u64, Range<usize>)>,
    /// Whether something in it is no record of the stretch, or not in order.
    pub is_odd: bool,
}

/// Folder of the record bundles of a log.
pub(crate) fn bundles_dir(log: &str) -> String {
    format!("records/{}", Sha256::of(log.as_bytes()))
}

/// How the records of a log seem to be kept.
pub(crate) fn layout_of(storage: &dyn Storage, log: &str) -> RecordLayout {
    match storage.list(&bundles_dir(log)) {
        Ok(listed) if listed.is_empty() => RecordLayout::Single,
        _ => RecordLayout::Bundled,
    }
}

/// Path of the bundle with this number, as a whole.
pub(crate) fn whole_path(dir: &str, number: u64) -> String {
    let tile = Tile::full(TileKind::Entries, number).path();
    in_dir(dir, tile.strip_prefix("tile/entries/").unwrap_or(&tile))
}

/// Path of the part of a bundle that one commit wrote, from this place on.
pub(crate) fn part_path(dir: &str, number: u64, start: u64) -> String {
    format!("{}.p/{start}", whole_path(dir, number))
}

/// One line of a bundle.
pub(crate) fn push_line(out: &mut Vec<u8>, index: u64, record: &[u8]) {
    out.extend_from_slice(index.to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(record);
    out.push(b'\n');
}

impl RecordBundle {
    /// What lies there of the bundle `number` of the log `log`. What cannot be read is kept as
    /// that.
    pub(crate) fn read(storage: &dyn Storage, log: &str, number: u64) -> RecordBundle {
        RecordBundle::read_up_to(storage, log, number, u64::MAX)
    }

    fn read_up_to(storage: &dyn Storage, log: &str, number: u64, most: u64) -> RecordBundle {
        let (bundle, vanished) = RecordBundle::read_once(storage, log, number, most);
        // A merge may just have put the parts into the whole.
        if vanished { RecordBundle::read_once(storage, log, number, most).0 } else { bundle }
    }

    /// The same, and whether a file was listed and then not there.
    fn read_once(storage: &dyn Storage, log: &str, number: u64, most: u64) -> (RecordBundle, bool) {
        let dir = bundles_dir(log);
        let whole = whole_path(&dir, number);
        let parts = format!("{whole}.p");
        let (listed, lost) = match storage.list(&parts) {
            Ok(listed) => (listed, None),
            Err(error) => (Vec::new(), Some(BundleFile::lost(parts, error))),
        };
        let mut starts: Vec<u64> =
            listed.into_iter().filter_map(|file| start_of(&file.name)).collect();
        starts.sort_unstable();
        let mut files: Vec<BundleFile> =
            BundleFile::read(storage, whole, (number, 0), most).into_iter().collect();
        let mut vanished = false;
        for start in starts.into_iter().rev() {
            let path = part_path(&dir, number, start);
            let file = BundleFile::read(storage, path, (number, start), most);
            vanished |= file.is_none();
            files.extend(file);
        }
        files.extend(lost);
        (RecordBundle { dir, number, files }, vanished)
    }

    pub(crate) fn files(&self) -> &[BundleFile] {
        &self.files
    }

    /// Path of the bundle as a whole.
    pub(crate) fn path(&self) -> String {
        whole_path(&self.dir, self.number)
    }

    /// The record of entry `index`, its bytes, and the file it lies in.
    pub(crate) fn find(
        &self,
        index: u64,
        entry: &Entry,
    ) -> Result<(Record, &[u8], &BundleFile), NoRecord> {
        let mut changed = None;
        for (file, line) in self.lines_of(index) {
            let what = match Record::parse(line) {
                Ok(record) if record.fits(entry) => return Ok((record, line, file)),
                Ok(_) => NOT_COMMITTED.to_owned(),
                Err(error) => format!("the record is changed: {error}"),
            };
            changed.get_or_insert((file.path.clone(), what));
        }
        let lost = |file: &&BundleFile| file.bytes.is_err();
        if let Some(file) = self.files.iter().find(lost) {
            let error = file.bytes.as_ref().err();
            let error = error.map_or_else(|| io::ErrorKind::Other.into(), copy_of);
            return Err(NoRecord { path: file.path.clone(), why: Why::Unreadable(error) });
        }
        Err(match changed {
            Some((path, what)) => NoRecord { path, why: Why::Changed(what) },
            None => NoRecord { path: self.place_of(index), why: Why::Missing },
        })
    }

    /// The bytes that stand for entry `index`, right or not.
    pub(crate) fn line(&self, index: u64) -> Option<&[u8]> {
        self.lines_of(index).next().map(|(_, line)| line)
    }

    /// Every entry that some line is of.
    pub(crate) fn indices(&self) -> BTreeSet<u64> {
        self.files.iter().flat_map(|file| file.lines.iter().map(|(index, _)| *index)).collect()
    }

    fn lines_of(&self, index: u64) -> impl Iterator<Item = (&BundleFile, &[u8])> {
        self.files.iter().flat_map(move |file| {
            let bytes = file.bytes.as_deref().unwrap_or_default();
            let lines = file.lines.iter().filter(move |(of, _)| *of == index);
            lines.filter_map(move |(_, range)| Some((file, bytes.get(range.clone())?)))
        })
    }

    /// The file in which a record that is missing should be.
    fn place_of(&self, index: u64) -> String {
        let place = index % TILE_WIDTH;
        let file = self.files.iter().find(|file| file.start <= place);
        file.map_or_else(|| self.path(), |file| file.path.clone())
    }
}

impl BundleFile {
    fn lost(path: String, error: io::Error) -> BundleFile {
        BundleFile { path, start: 0, bytes: Err(error), lines: Vec::new(), is_odd: false }
    }

    /// Whether the file is still as long as it was when it was read.
    fn is_fresh(&self, storage: &dyn Storage) -> bool {
        let length = self.bytes.as_ref().map(|bytes| bytes.len() as u64).ok();
        length.is_some() && storage.length(&self.path).is_ok_and(|found| found == length)
    }

    /// The file at `path`, whose first entry has this place in the bundle of this number. `None` if
    /// there is no such file.
    fn read(
        storage: &dyn Storage,
        path: String,
        (number, start): (u64, u64),
        most: u64,
    ) -> Option<BundleFile> {
        let bytes = match storage.length(&path) {
            Ok(None) => return None,
            Ok(Some(length)) if length > most => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too long"))
            }
            Ok(Some(_)) => storage.read(&path),
            Err(error) => Err(error),
        };
        if bytes.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return None;
        }
        let mut file = BundleFile { path, start, bytes, lines: Vec::new(), is_odd: false };
        let first = number.saturating_mul(TILE_WIDTH);
        let (mut from, mut next) = (0, first.saturating_add(start));
        for line in file.bytes.as_deref().unwrap_or_default().split_inclusive(|b| *b == b'\n') {
            let range = from..from + line.len();
            from = range.end;
            let ended = line.last() == Some(&b'\n');
            match index_of(line).filter(|(index, _)| (first..first + TILE_WIDTH).contains(index)) {
                Some((index, digits)) => {
                    file.is_odd |= index < next || !ended;
                    next = index.saturating_add(1);
                    let record = range.start + digits..range.end - usize::from(ended);
                    file.lines.push((index, record));
                }
                None => file.is_odd = true,
            }
        }
        Some(file)
    }
}

const NOT_COMMITTED: &str = "the record is not the one the log commits to";

/// Place in the bundle, from the name of a part: one spelling only.
pub(crate) fn start_of(name: &str) -> Option<u64> {
    let start: u64 = name.parse().ok().filter(|start| *start < TILE_WIDTH)?;
    (start.to_string() == name).then_some(start)
}

/// Number of the entry at the beginning of a line, and where the record begins.
fn index_of(line: &[u8]) -> Option<(u64, usize)> {
    let digits = line.iter().position(|byte| *byte == b' ')?;
    let text = std::str::from_utf8(line.get(..digits)?).ok()?;
    let index: u64 = text.parse().ok()?;
    (index.to_string() == text).then_some((index, digits + 1))
}

fn copy_of(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

/// Finds records one after the other, and keeps the bundle read last.
#[derive(Debug)]
pub(crate) struct RecordFinder {
    layout: RecordLayout,
    /// Most bytes that are read of a record in a file of its own, and of a file of a bundle.
    most: [u64; 2],
    last: Option<(String, u64, RecordBundle)>,
}

impl RecordFinder {
    pub(crate) fn new(layout: RecordLayout) -> RecordFinder {
        RecordFinder { layout, most: [u64::MAX; 2], last: None }
    }

    /// For records of others, who may mean to fill our memory.
    pub(crate) fn of_others(layout: RecordLayout) -> RecordFinder {
        let most = [MOST_RECORD, MOST_RECORD.saturating_mul(TILE_WIDTH)];
        RecordFinder { layout, most, last: None }
    }

    /// The record of an entry of which one should lie beside it, and its bytes.
    pub(crate) fn find(
        &mut self,
        storage: &dyn Storage,
        log: &str,
        index: u64,
        entry: &Entry,
    ) -> Result<(Record, Vec<u8>), NoRecord> {
        let [single, bundled] = self.most;
        if self.layout == RecordLayout::Single {
            return find_single(storage, entry, single);
        }
        let number = index / TILE_WIDTH;
        // Somebody may have written since: what is found must still lie there, and what is not
        // found is looked for again.
        if let Some((of, at, bundle)) = &self.last
            && (of.as_str(), *at) == (log, number)
            && let Ok((record, bytes, file)) = bundle.find(index, entry)
            && file.is_fresh(storage)
        {
            return Ok((record, bytes.to_vec()));
        }
        self.last = None;
        let bundle = RecordBundle::read_up_to(storage, log, number, bundled);
        let (record, bytes, _) = bundle.find(index, entry)?;
        let bytes = bytes.to_vec();
        self.last = Some((log.to_owned(), number, bundle));
        Ok((record, bytes))
    }
}

/// The record of an entry where each is a file of its own, and its bytes.
pub(crate) fn find_single(
    storage: &dyn Storage,
    entry: &Entry,
    most: u64,
) -> Result<(Record, Vec<u8>), NoRecord> {
    let path = record_path(entry).unwrap_or_default();
    let no_record = |why| Err(NoRecord { path: path.clone(), why });
    if most < u64::MAX && storage.length(&path).is_ok_and(|length| length > Some(most)) {
        return no_record(Why::Changed("the record is too long".to_owned()));
    }
    let bytes = match storage.read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return no_record(Why::Missing),
        Err(error) => return no_record(Why::Unreadable(error)),
    };
    match Record::parse(&bytes) {
        Ok(record) if record.fits(entry) => Ok((record, bytes)),
        Ok(_) => no_record(Why::Changed(NOT_COMMITTED.to_owned())),
        Err(error) => no_record(Why::Changed(format!("the record is changed: {error}"))),
    }
}

/// Every file of record bundles below `dir`, sorted: its path, number and first place.
pub(crate) fn bundles_present(
    storage: &dyn Storage,
    dir: &str,
) -> io::Result<Vec<(String, u64, u64)>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for listed in storage.list(in_dir(dir, &folder).trim_end_matches('/'))? {
            let name = in_dir(&folder, &listed.name);
            if listed.is_dir {
                folders.push(name);
                continue;
            }
            let (whole, start) = match name.rsplit_once(".p/") {
                Some((whole, start)) => (whole, start_of(start)),
                None => (name.as_str(), Some(0)),
            };
            let tile = Tile::parse(&format!("tile/entries/{whole}")).ok();
            if let (Some(tile), Some(start)) = (tile.filter(Tile::is_full), start) {
                found.push((in_dir(dir, &name), tile.index, start));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every file of record bundles of any log, also of those set aside.
pub(crate) fn all_bundles(storage: &dyn Storage, dir: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for log in storage.list(dir)? {
        // Folders of two digits hold records in files of their own.
        if log.is_dir && log.name.len() == 64 {
            let bundles = bundles_present(storage, &in_dir(dir, &log.name))?;
            found.extend(bundles.into_iter().map(|(path, ..)| path));
        }
    }
    Ok(found)
}

/// The text of a bundle file without the lines that `is_gone` says go; and what went: the number
/// of lines and of bytes.
pub(crate) fn without_lines(
    bytes: &[u8],
    is_gone: impl Fn(Option<u64>, &[u8]) -> bool,
) -> (Vec<u8>, u64, u64) {
    let (mut kept, mut lines, mut length) = (Vec::new(), 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (index, record) = match index_of(line) {
            Some((index, begin)) => (Some(index), line.get(begin..).unwrap_or_default()),
            None => (None, line),
        };
        if is_gone(index, record.strip_suffix(b"\n").unwrap_or(record)) {
            lines += 1;
            length += line.len() as u64;
        } else {
            kept.extend_from_slice(line);
        }
    }
    (kept, lines, length)
}
