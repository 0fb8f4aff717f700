//! Which of many hashes stand in more than one place, or in places of more than one kind, told without
//! listing them.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

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

/// A byte for each hash: of which kinds the things are that hold it, or another of the same byte.
pub(crate) struct Mixed(Vec<AtomicU8>);

impl Mixed {
    /// Of the hashes of some things, which are of so many `kinds`; `kind` tells which one is.
    pub(crate) fn of<'t, T: Sync, H>(
        things: &'t [T],
        kinds: usize,
        kind: impl Fn(&'t T) -> usize + Sync,
        hashes: impl Fn(&'t T) -> H + Sync,
    ) -> Self
    where
        H: Iterator<Item = u32>,
    {
        const MOST: usize = 1 << 28;
        let count: usize = things.par_iter().map(|thing| hashes(thing).count()).sum();
        let bytes = count.next_power_of_two().min(MOST);
        let mixed = Self((0..bytes).map(|_| AtomicU8::new(0)).collect());
        things.par_iter().for_each(|thing| {
            // Kinds for which no bit is left count as two: too much is held rather than too little.
            let kind = kind(thing);
            let bits = if kinds <= 8 || kind < 6 { 1 << kind } else { 0b1100_0000 };
            for hash in hashes(thing) {
                mixed.0[mixed.place(hash)].fetch_or(bits, Ordering::Relaxed);
            }
        });
        mixed
    }

    fn place(&self, hash: u32) -> usize {
        hash as usize & (self.0.len() - 1)
    }

    /// Whether things of more than one kind may hold a hash.
    pub(crate) fn holds(&self, hash: u32) -> bool {
        self.0[self.place(hash)].load(Ordering::Relaxed).count_ones() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_kinds_hold_is_told_however_many_kinds_there_are() {
        for kinds in [2, 8, 9, 40] {
            // Hash 0 is held by all, hash n by the thing n alone.
            let things: Vec<usize> = (0..kinds).collect();
            let hashes = |n: &usize| [0, u32::try_from(*n + 1).unwrap()].into_iter();
            let mixed = Mixed::of(&things, kinds, |n| *n, hashes);
            assert!(mixed.holds(0));
            assert!(!mixed.holds(1));
            let pairs = [(0, 1), (0, kinds - 1), (kinds - 2, kinds - 1)];
            for (one, other) in pairs {
                let both = Mixed::of(&[one, other], kinds, |n| *n, |_| [5].into_iter());
                assert!(one == other || both.holds(5), "{kinds} {one} {other}");
            }
        }
    }
}
