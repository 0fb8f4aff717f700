//! A folder as a container: everything below it, links refused.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use super::{Contents, Part};

pub(super) fn contents(dir: &Path) -> io::Result<Contents> {
    let mut contents = Contents::default();
    let mut folders = vec![(dir.to_owned(), String::new())];
    while let Some((at, prefix)) = folders.pop() {
        for entry in fs::read_dir(&at)? {
            let entry = entry?;
            let Some(last) = entry.file_name().to_str().map(str::to_owned) else {
                let lossy = format!("{prefix}{}", entry.file_name().to_string_lossy());
                contents.refuse(&lossy, "the name is not UTF-8");
                continue;
            };
            let name = format!("{prefix}{last}");
            let kind = entry.file_type()?;
            if kind.is_dir() {
                contents.folders.insert(name.clone());
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                let length = entry.metadata()?.len();
                let part = Part { start: 0, stored: length, length, deflated: false };
                contents.parts.insert(name, part);
            } else if kind.is_symlink() {
                contents.refuse(&name, "it is a link, which may lead outside");
            } else {
                contents.refuse(&name, "it is a pipe, socket or device");
            }
        }
    }
    contents.refused.sort();
    Ok(contents)
}

pub(super) fn open(dir: &Path, name: &str) -> io::Result<Box<dyn Read + Send>> {
    let path = dir.join(name);
    // Asked again: it may have been exchanged since it was listed.
    if !fs::symlink_metadata(&path)?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok(Box::new(File::open(path)?))
}
