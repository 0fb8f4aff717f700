//! Which of many hashes stand in more than one place, told without listing them.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

/// A bit for each hash that stands twice, shared by some that do not.
pub(crate) struct Twice(Vec<AtomicU64>);

impl Twice {
    /// Of the hashes of some things.
    pub(crate) fn of<'t, T: Sync, H>(things: &'t [T], hashes: impl Fn(&'t T) -> H + Sync) -> Self
    where
        H: Iterator<Item = u32>,
    {
        const BITS_EACH: usize = 8;
        let count: usize = things.par_iter().map(|thing| hashes(thing).count()).sum();
        let words = (count * BITS_EACH / 64).next_power_of_two().min(1 << 26);
        let empty = || Self((0..words).map(|_| AtomicU64::new(0)).collect());
        let (once, twice) = (empty(), empty());
        // The same whatever the order: a bit of `twice` is set by the second of two in any case.
        things.par_iter().for_each(|thing| {
            for hash in hashes(thing) {
                let (word, bit) = once.place(hash);
                if once.0[word].fetch_or(bit, Ordering::Relaxed) & bit != 0 {
                    twice.0[word].fetch_or(bit, Ordering::Relaxed);
                }
            }
        });
        twice
    }

    fn place(&self, hash: u32) -> (usize, u64) {
        ((hash >> 6) as usize & (self.0.len() - 1), 1 << (hash & 63))
    }

    /// Whether a hash may stand in more than one place.
    pub(crate) fn holds(&self, hash: u32) -> bool {
        let (word, bit) = self.place(hash);
        self.0[word].load(Ordering::Relaxed) & bit != 0
    }
}
