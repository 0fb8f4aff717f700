//! The payload of a bag as a vault's [`Storage`], for reading only: what a bundle holds is proved
//! where it lies, in a folder, a ZIP, a tar or a sealed file, without unpacking it.

use std::io::{self, ErrorKind, Read, Write};

use crate::bagit::Bag;
use crate::storage::{Access, Listed, Lock, Storage};

/// The payload of one bag, or of several that together are one bundle.
pub struct BagStorage {
    bags: Vec<Bag>,
}

impl BagStorage {
    /// The payload of these bags together. If two hold the same file, the first counts.
    #[must_use]
    pub fn new(bags: Vec<Bag>) -> BagStorage {
        BagStorage { bags }
    }

    /// The bags.
    #[must_use]
    pub fn bags(&self) -> &[Bag] {
        &self.bags
    }

    fn holder(&self, path: &str) -> Option<(&Bag, String, u64)> {
        self.bags.iter().find_map(|bag| {
            let name = bag.inside(&format!("data/{path}"));
            let length = bag.container().length(&name)?;
            Some((bag, name, length))
        })
    }
}

fn read_only<T>() -> io::Result<T> {
    Err(ErrorKind::ReadOnlyFilesystem.into())
}

impl Storage for BagStorage {
    fn create(&self, _: &str, _: Access) -> io::Result<Box<dyn Write + Send>> {
        read_only()
    }

    fn sync(&self, _: &[String]) -> io::Result<()> {
        read_only()
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        read_only()
    }

    fn sync_dirs(&self, _: &[String]) -> io::Result<()> {
        read_only()
    }

    fn create_dirs(&self, _: &str, _: Access) -> io::Result<()> {
        read_only()
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        read_only()
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        let (bag, name, _) = self.holder(path).ok_or(ErrorKind::NotFound)?;
        bag.container().open(&name)
    }

    fn length(&self, path: &str) -> io::Result<Option<u64>> {
        Ok(self.holder(path).map(|(_, _, length)| length))
    }

    fn list(&self, dir: &str) -> io::Result<Vec<Listed>> {
        let mut listed = Vec::new();
        for bag in &self.bags {
            let at = if dir.is_empty() { "data".to_owned() } else { format!("data/{dir}") };
            listed.extend(bag.container().list(&bag.inside(&at)));
        }
        listed.sort();
        listed.dedup();
        Ok(listed)
    }

    fn lock(&self, _: &str) -> io::Result<Option<Box<dyn Lock>>> {
        read_only()
    }
}
