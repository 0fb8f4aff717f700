//! The table of contents of a ZIP (APPNOTE 6.3.10, with ZIP64): stored and deflated files.
//! Our own reader, because a bag must be refused where readers disagree: names held twice, parts
//! that overlap, local names that differ from the directory's.

use std::io::{self, ErrorKind, Read, SeekFrom};

use super::{Contents, Part, ReadSeek};

/// Longest end of a ZIP: the record and a comment.
const END: u64 = 22 + 65_535;

/// Largest directory read, in bytes: about two million files.
const MOST: u64 = 256 << 20;

pub(super) fn contents(reader: &mut dyn ReadSeek) -> io::Result<Contents> {
    let length = reader.seek(SeekFrom::End(0))?;
    let directory = find_directory(reader, length)?;
    if directory.size > MOST {
        return Err(damaged("its directory is too large"));
    }
    reader.seek(SeekFrom::Start(directory.start))?;
    let mut bytes = Vec::new();
    reader.take(directory.size).read_to_end(&mut bytes)?;
    let mut rest = Fields(&bytes);
    let mut contents = Contents::default();
    let mut taken: Vec<(u64, u64)> = Vec::new();
    let mut count = 0u64;
    while !rest.0.is_empty() {
        let listed = Listed::read(&mut rest).ok_or_else(|| damaged("its directory is damaged"))?;
        count += 1;
        let name = String::from_utf8_lossy(listed.name).into_owned();
        if std::str::from_utf8(listed.name).is_err() {
            contents.refuse(&name, "the name is not UTF-8");
            continue;
        }
        if name.ends_with('/') {
            contents.folder(&name);
            continue;
        }
        // Unix file type in the upper half of the external attributes.
        let kind = listed.attributes >> 28;
        if listed.made_by == 3 && kind != 0 && kind != 8 {
            contents.refuse(&name, "it is a link or device, which may lead outside");
            continue;
        }
        if listed.flags & 1 != 0 {
            contents.refuse(&name, "it is encrypted, which kua does not open");
            continue;
        }
        let deflated = match listed.method {
            0 => false,
            8 => true,
            _ => {
                contents.refuse(&name, "it is packed in a way kua does not read");
                continue;
            }
        };
        let start = data_start(reader, &listed)?;
        let end = start.checked_add(listed.stored).filter(|end| *end <= directory.start);
        let end = end.ok_or_else(|| damaged("a file reaches beyond its place; it is cut short"))?;
        if !deflated && listed.stored != listed.length {
            return Err(damaged("two lengths of one file differ"));
        }
        taken.push((listed.offset, end));
        let Listed { stored, length, .. } = listed;
        contents.file(&name, Part { start, stored, length, deflated });
    }
    if count != directory.count {
        return Err(damaged("its directory does not hold as many files as it says"));
    }
    taken.sort_unstable();
    if taken.windows(2).any(|pair| matches!(pair, [a, b] if b.0 < a.1)) {
        return Err(damaged("two files share the same bytes"));
    }
    Ok(contents)
}

struct Directory {
    start: u64,
    size: u64,
    count: u64,
}

fn find_directory(reader: &mut dyn ReadSeek, length: u64) -> io::Result<Directory> {
    let from = length.saturating_sub(END);
    reader.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    reader.take(END).read_to_end(&mut tail)?;
    // From the back; only a record whose comment ends with the file counts.
    let at = (0..tail.len().saturating_sub(21)).rev().find(|at| {
        let comment =
            tail.get(at + 20..at + 22).map(|b| usize::from(u16::from_le_bytes([b[0], b[1]])));
        tail.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06"))
            && comment.is_some_and(|comment| at + 22 + comment == tail.len())
    });
    let at = at.ok_or_else(|| damaged("its end is missing: it is cut short"))?;
    let mut record = Fields(tail.get(at + 4..).unwrap_or_default());
    let found = (|| {
        let (disk, start_disk) = (record.u16()?, record.u16()?);
        let (here, count) = (record.u16()?, record.u16()?);
        let (size, start) = (record.u32()?, record.u32()?);
        Some((disk, start_disk, here, count, size, start))
    })();
    let (disk, start_disk, here, count, size, start) =
        found.ok_or_else(|| damaged("its end is damaged"))?;
    if disk != start_disk || here != count {
        return Err(damaged("it is split over several files"));
    }
    let end = from + at as u64;
    let directory = if count == u16::MAX || size == u32::MAX || start == u32::MAX {
        large_directory(reader, end)?
    } else {
        Directory { start: start.into(), size: size.into(), count: count.into() }
    };
    let after = directory.start.checked_add(directory.size);
    if after.is_none_or(|after| after > end) {
        return Err(damaged("its directory reaches beyond its end"));
    }
    Ok(directory)
}

/// ZIP64: a locator of 20 bytes before the end leads to the larger record.
fn large_directory(reader: &mut dyn ReadSeek, end: u64) -> io::Result<Directory> {
    let wrong = || damaged("its ZIP64 end is damaged");
    let locator = end.checked_sub(20).ok_or_else(wrong)?;
    let bytes = read_at::<20>(reader, locator)?;
    let mut fields = Fields(&bytes);
    let place = (|| {
        (fields.u32()? == 0x0706_4b50).then_some(())?;
        fields.u32()?;
        fields.u64()
    })();
    let place = place.filter(|place| *place < locator).ok_or_else(wrong)?;
    let bytes = read_at::<56>(reader, place)?;
    let mut fields = Fields(&bytes);
    let found = (|| {
        (fields.u32()? == 0x0606_4b50).then_some(())?;
        fields.take(20)?;
        let (here, count) = (fields.u64()?, fields.u64()?);
        (here == count).then_some(())?;
        Some(Directory { count, size: fields.u64()?, start: fields.u64()? })
    })();
    found.ok_or_else(wrong)
}

/// One file of the directory.
struct Listed<'a> {
    made_by: u16,
    flags: u16,
    method: u16,
    stored: u64,
    length: u64,
    attributes: u32,
    offset: u64,
    name: &'a [u8],
}

impl<'a> Listed<'a> {
    fn read(fields: &mut Fields<'a>) -> Option<Listed<'a>> {
        (fields.u32()? == 0x0201_4b50).then_some(())?;
        let made_by = fields.u16()? >> 8;
        fields.u16()?;
        let (flags, method) = (fields.u16()?, fields.u16()?);
        fields.take(8)?;
        let (stored, length) = (fields.u32()?, fields.u32()?);
        let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
        fields.take(4)?;
        let (attributes, offset) = (fields.u32()?, fields.u32()?);
        let name = fields.take(name.into())?;
        let mut extra = Fields(fields.take(extra.into())?);
        fields.take(comment.into())?;
        let mut listed = Listed {
            made_by,
            flags,
            method,
            stored: stored.into(),
            length: length.into(),
            attributes,
            offset: offset.into(),
            name,
        };
        while let Some(id) = extra.u16() {
            let size = extra.u16()?;
            let mut large = Fields(extra.take(size.into())?);
            if id != 1 {
                continue;
            }
            // Only the fields that did not fit stand here, in this order.
            for (field, small) in [
                (&mut listed.length, length),
                (&mut listed.stored, stored),
                (&mut listed.offset, offset),
            ] {
                if small == u32::MAX {
                    *field = large.u64()?;
                }
            }
        }
        Some(listed)
    }
}

/// Where the bytes of a file begin: after its local header, which must bear the same name.
fn data_start(reader: &mut dyn ReadSeek, listed: &Listed<'_>) -> io::Result<u64> {
    let wrong = || damaged("a file is not where the directory says");
    let bytes = read_at::<30>(reader, listed.offset)?;
    let mut fields = Fields(&bytes);
    let lengths = (|| {
        (fields.u32()? == 0x0403_4b50).then_some(())?;
        fields.take(22)?;
        Some((fields.u16()?, fields.u16()?))
    })();
    let (name_length, extra) = lengths.ok_or_else(wrong)?;
    let mut name = vec![0; name_length.into()];
    reader.read_exact(&mut name)?;
    if name != listed.name {
        return Err(damaged("a file has two names"));
    }
    let before = 30 + u64::from(name_length) + u64::from(extra);
    listed.offset.checked_add(before).ok_or_else(wrong)
}

fn read_at<const N: usize>(reader: &mut dyn ReadSeek, at: u64) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.seek(SeekFrom::Start(at))?;
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Little-endian fields, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the ZIP cannot be read: {what}"))
}
