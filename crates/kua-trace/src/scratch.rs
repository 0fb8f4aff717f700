//! Room for what memory should not hold. Stages touch no disk: whoever calls gives the room.

use std::io;

/// A store that is only added to and read from, by many threads at once: a temporary file, say. It is
/// given the texts as they are and what is worked out of them, so it must lie where these may lie.
pub trait Scratch: Sync {
    /// Adds bytes and tells where they begin.
    ///
    /// # Errors
    /// If there is no more room, or the disk fails.
    fn add(&self, bytes: &[u8]) -> io::Result<u64>;

    /// Fills `out` with the bytes that begin at `start`.
    ///
    /// # Errors
    /// If there are not so many, or the disk fails.
    fn read(&self, start: u64, out: &mut [u8]) -> io::Result<()>;
}

/// Where something was set aside.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place {
    start: u64,
    length: u32,
}

impl Place {
    /// Adds `bytes`, and tells where they are.
    pub(crate) fn of(bytes: &[u8], scratch: &dyn Scratch) -> io::Result<Self> {
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(Self { start: scratch.add(bytes)?, length })
    }

    /// The bytes at it.
    pub(crate) fn read(self, scratch: &dyn Scratch) -> io::Result<Vec<u8>> {
        let mut out = vec![0; self.length as usize];
        scratch.read(self.start, &mut out)?;
        Ok(out)
    }
}
