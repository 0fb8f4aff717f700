//! The table of contents of a tar: ustar, GNU and pax names.

use std::io::{self, ErrorKind};

use tar::{Archive, EntryType};

use super::{Contents, Part, ReadSeek};

pub(super) fn contents(mut reader: Box<dyn ReadSeek>) -> io::Result<Contents> {
    let end = reader.seek(io::SeekFrom::End(0))?;
    reader.rewind()?;
    let mut contents = Contents::default();
    let mut archive = Archive::new(reader);
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        let raw = entry.path_bytes();
        let Ok(name) = std::str::from_utf8(&raw).map(str::to_owned) else {
            contents.refuse(&String::from_utf8_lossy(&raw), "the name is not UTF-8");
            continue;
        };
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                let (start, length) = (entry.raw_file_position(), entry.size());
                if start.checked_add(length).is_none_or(|after| after > end) {
                    return Err(io::Error::new(ErrorKind::UnexpectedEof, "the tar is cut short"));
                }
                let part = Part { start, stored: length, length, deflated: false };
                contents.file(&name, part);
            }
            EntryType::Directory => contents.folder(&name),
            EntryType::XGlobalHeader => {}
            EntryType::Symlink | EntryType::Link => {
                contents.refuse(&name, "it is a link, which may lead outside");
            }
            _ => contents.refuse(&name, "it is neither a plain file nor a folder"),
        }
    }
    Ok(contents)
}
