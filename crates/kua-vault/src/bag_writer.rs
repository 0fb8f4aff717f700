//! Writes BagIt 1.0 bags (RFC 8493): a folder, a stored ZIP or a tar, whole or not at all. Knows
//! nothing of vaults. The same files give the same bytes: no times, no owners, a fixed order.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use kua_model::{ItemId, Sha256};
use sha2::Digest as _;

/// A file of the payload that is to be written.
pub(crate) struct Payload<'a> {
    /// Name below `data/`; ASCII.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// What it must hash to, if that is known.
    pub expected: Option<ItemId>,
    /// Opens it.
    pub open: Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + 'a>,
}

/// Where the files of a bag go. Names begin with the bag's folder where there is one.
pub(crate) trait Sink {
    /// Takes one file of exactly `length` bytes.
    fn file(&mut self, name: &str, length: u64, reader: &mut dyn Read) -> io::Result<()>;
    /// Makes everything safe.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What was wrong while a bag was written.
pub(crate) enum Unwritten {
    /// A payload file is not what it must be.
    Changed(String),
    /// The caller asked to stop.
    Stopped,
    /// The system's reason.
    Io(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Unwritten {
        Unwritten::Io(error)
    }
}

/// Writes a bag with this payload and these lines of `bag-info.txt`; `Payload-Oxum` is added.
/// `tell` hears of every payload file's bytes and answers whether to go on.
pub(crate) fn write_bag(
    mut sink: Box<dyn Sink>,
    payload: &[Payload<'_>],
    info: &[(&str, String)],
    tell: &dyn Fn(u64) -> bool,
) -> Result<(), Unwritten> {
    let mut manifest = String::new();
    let mut bytes = 0;
    for file in payload {
        let name = format!("data/{}", file.name);
        let mut reader = Hashing { reader: (file.open)()?, hash: sha2::Sha256::new() };
        match sink.file(&name, file.length, &mut reader) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(Unwritten::Changed(file.name.clone()));
            }
            written => written?,
        }
        let found = ItemId(Sha256::from_bytes(reader.hash.finalize().into()));
        if file.expected.is_some_and(|expected| expected != found) {
            return Err(Unwritten::Changed(file.name.clone()));
        }
        manifest += &format!("{found}  {name}\n");
        bytes += file.length;
        if !tell(file.length) {
            return Err(Unwritten::Stopped);
        }
    }
    let mut lines = format!("Payload-Oxum: {bytes}.{}\n", payload.len());
    for (label, value) in info {
        lines += &format!("{label}: {value}\n");
    }
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    let mut tags = String::new();
    for (name, text) in [
        ("bag-info.txt", lines.as_str()),
        ("bagit.txt", declaration),
        ("manifest-sha256.txt", manifest.as_str()),
    ] {
        tags += &format!("{}  {name}\n", Sha256::of(text.as_bytes()));
        sink.file(name, text.len() as u64, &mut text.as_bytes())?;
    }
    sink.file("tagmanifest-sha256.txt", tags.len() as u64, &mut tags.as_bytes())?;
    Ok(sink.finish()?)
}

/// Hashes what passes through.
struct Hashing {
    reader: Box<dyn Read + Send>,
    hash: sha2::Sha256,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}

/// Copies exactly `length` bytes.
fn copy_exactly(reader: &mut dyn Read, out: &mut dyn Write, length: u64) -> io::Result<()> {
    let copied = io::copy(&mut reader.take(length), out)?;
    // One byte more than promised is as wrong as one less.
    if copied < length || reader.read(&mut [0])? != 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// A name that is not there yet, beside the one the bag shall have.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Says in an unfinished folder whose it is, so that the next try may clear it.
const UNFINISHED: &str = "kua-unfinished";

/// A bag as a folder. It gets its name when it is whole.
pub(crate) struct FolderSink {
    part: PathBuf,
    path: PathBuf,
}

impl FolderSink {
    pub(crate) fn new(path: &Path) -> io::Result<FolderSink> {
        let part = part_of(path);
        if part.join(UNFINISHED).is_file() {
            fs::remove_dir_all(&part)?;
        }
        fs::create_dir(&part)?;
        File::create(part.join(UNFINISHED))?;
        Ok(FolderSink { part, path: path.to_owned() })
    }
}

impl Sink for FolderSink {
    fn file(&mut self, name: &str, length: u64, reader: &mut dyn Read) -> io::Result<()> {
        let path = self.part.join(name);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        // A file of that name can only be another one whose name a system takes for the same.
        let file = File::options().write(true).create_new(true).open(&path)?;
        let mut out = BufWriter::new(file);
        copy_exactly(reader, &mut out, length)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        fs::create_dir_all(self.part.join("data"))?;
        fs::remove_file(self.part.join(UNFINISHED))?;
        fs::rename(&self.part, &self.path)?;
        sync_above(&self.path);
        Ok(())
    }
}

/// The name is safe as far as the system lets one make it so.
pub(crate) fn sync_above(path: &Path) {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    if let Ok(folder) = File::open(above.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

/// A bag in a tar (POSIX ustar).
pub(crate) struct TarSink<W: Write> {
    builder: tar::Builder<W>,
    base: String,
    done: Box<dyn FnOnce(W) -> io::Result<()>>,
}

impl<W: Write> TarSink<W> {
    pub(crate) fn new(
        out: W,
        base: &str,
        done: impl FnOnce(W) -> io::Result<()> + 'static,
    ) -> TarSink<W> {
        let builder = tar::Builder::new(out);
        TarSink { builder, base: base.to_owned(), done: Box::new(done) }
    }
}

impl<W: Write> Sink for TarSink<W> {
    fn file(&mut self, name: &str, length: u64, reader: &mut dyn Read) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_path(format!("{}/{name}", self.base))?;
        header.set_size(length);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_cksum();
        let mut exactly = ExactlyRead { reader, left: length };
        self.builder.append(&header, &mut exactly)?;
        if exactly.left > 0 || exactly.reader.read(&mut [0])? != 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        (self.done)(self.builder.into_inner()?)
    }
}

struct ExactlyRead<'a> {
    reader: &'a mut dyn Read,
    left: u64,
}

impl Read for ExactlyRead<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left -= count as u64;
        Ok(count)
    }
}

/// A bag in a stored ZIP (APPNOTE 6.3.10), with ZIP64 only where it is needed.
pub(crate) struct ZipSink<W: Write + Seek> {
    out: W,
    at: u64,
    base: String,
    directory: Vec<u8>,
    count: u64,
    done: Box<dyn FnOnce(W) -> io::Result<()>>,
}

impl<W: Write + Seek> ZipSink<W> {
    pub(crate) fn new(
        out: W,
        base: &str,
        done: impl FnOnce(W) -> io::Result<()> + 'static,
    ) -> ZipSink<W> {
        let base = base.to_owned();
        ZipSink { out, at: 0, base, directory: Vec::new(), count: 0, done: Box::new(done) }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

/// 1 January 1980, the first day a ZIP knows.
const DAY: [u8; 4] = [0, 0, 0x21, 0];

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

impl<W: Write + Seek> Sink for ZipSink<W> {
    fn file(&mut self, name: &str, length: u64, reader: &mut dyn Read) -> io::Result<()> {
        let name = format!("{}/{name}", self.base);
        let name_length = u16::try_from(name.len()).map_err(|_| ErrorKind::InvalidFilename)?;
        let offset = self.at;
        let (large, far) = (length >= u64::from(u32::MAX), offset >= u64::from(u32::MAX));
        let version = if large || far { 45u16 } else { 20 };
        let mut local = b"PK\x03\x04".to_vec();
        for field in [&version.to_le_bytes()[..], &[0, 0, 0, 0], &DAY, &[0; 4]] {
            local.extend(field);
        }
        local.extend(if large { u32::MAX } else { small(length) }.to_le_bytes().repeat(2));
        local.extend(name_length.to_le_bytes());
        let extra: Vec<u8> = if large {
            [&[1, 0, 16, 0][..], &length.to_le_bytes(), &length.to_le_bytes()].concat()
        } else {
            Vec::new()
        };
        local.extend(u16::try_from(extra.len()).unwrap_or_default().to_le_bytes());
        local.extend(name.as_bytes());
        local.extend(&extra);
        self.put(&local)?;
        let mut summing = Summing { out: &mut self.out, sum: flate2::Crc::new() };
        copy_exactly(reader, &mut summing, length)?;
        let sum = summing.sum.sum().to_le_bytes();
        self.at += length;
        // The sum is known only now: it goes back to where it belongs.
        self.out.seek(SeekFrom::Start(offset + 14))?;
        self.out.write_all(&sum)?;
        self.out.seek(SeekFrom::Start(self.at))?;
        let mut extra: Vec<u8> = Vec::new();
        if large {
            extra.extend(length.to_le_bytes().repeat(2));
        }
        if far {
            extra.extend(offset.to_le_bytes());
        }
        if !extra.is_empty() {
            let size = u16::try_from(extra.len()).unwrap_or_default().to_le_bytes();
            extra = [&[1, 0][..], &size, &extra].concat();
        }
        let entry = &mut self.directory;
        entry.extend(b"PK\x01\x02");
        entry.extend([45, 3]);
        for field in [&version.to_le_bytes()[..], &[0, 0, 0, 0], &DAY, &sum] {
            entry.extend(field);
        }
        entry.extend(if large { u32::MAX } else { small(length) }.to_le_bytes().repeat(2));
        entry.extend(name_length.to_le_bytes());
        entry.extend(u16::try_from(extra.len()).unwrap_or_default().to_le_bytes());
        entry.extend([0; 6]);
        entry.extend((0o100_644u32 << 16).to_le_bytes());
        entry.extend(if far { u32::MAX } else { small(offset) }.to_le_bytes());
        entry.extend(name.as_bytes());
        entry.extend(&extra);
        self.count += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let (start, size) = (self.at, self.directory.len() as u64);
        let directory = std::mem::take(&mut self.directory);
        self.put(&directory)?;
        let limit = u64::from(u32::MAX);
        if start >= limit || size >= limit || self.count >= u64::from(u16::MAX) {
            let place = self.at;
            let mut end = b"PK\x06\x06".to_vec();
            end.extend(44u64.to_le_bytes());
            end.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for value in [self.count, self.count, size, start] {
                end.extend(value.to_le_bytes());
            }
            end.extend(b"PK\x06\x07\0\0\0\0");
            end.extend(place.to_le_bytes());
            end.extend(1u32.to_le_bytes());
            self.put(&end)?;
        }
        let count = u16::try_from(self.count).unwrap_or(u16::MAX).to_le_bytes();
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend([count, count].concat());
        end.extend(small(size).to_le_bytes());
        end.extend(small(start).to_le_bytes());
        end.extend([0, 0]);
        self.put(&end)?;
        (self.done)(self.out)
    }
}

struct Summing<'a, W: Write> {
    out: &'a mut W,
    sum: flate2::Crc,
}

impl<W: Write> Write for Summing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.sum.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
