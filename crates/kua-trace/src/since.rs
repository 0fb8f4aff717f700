//! What is new since the last build, and a quick way to ask whether something is of it.

use std::collections::HashMap;

use kua_model::Sha256;
use rayon::prelude::*;

/// If more than one in so many documents is new, all are compared again: it costs less.
const MANY: usize = 8;

/// For each document of `now` its number in `before`, if these are all documents of `before` in the
/// same order and a few more; both are digests.
pub(crate) fn few_more(before: &[Sha256], now: &[Sha256]) -> Option<Vec<Option<usize>>> {
    let more = now.len().checked_sub(before.len())?;
    if more * MANY > now.len() || before.is_empty() {
        return None;
    }
    let then: HashMap<&Sha256, usize> =
        before.iter().enumerate().map(|(n, digest)| (digest, n)).collect();
    let was: Vec<Option<usize>> = now.iter().map(|digest| then.get(digest).copied()).collect();
    was.iter().flatten().copied().eq(0..before.len()).then_some(was)
}

/// Some hashes, to be asked for often.
pub(crate) struct Wanted {
    /// A bit for the low bits of each, asked before the list is searched.
    bits: Vec<u64>,
    sorted: Vec<u64>,
}

const BITS: u64 = 1 << 21;

impl Wanted {
    pub(crate) fn of(hashes: impl Iterator<Item = u64>) -> Self {
        let mut sorted: Vec<u64> = hashes.collect();
        sorted.par_sort_unstable();
        sorted.dedup();
        let mut bits = vec![0; Self::place(BITS - 1).0 + 1];
        for &hash in &sorted {
            let (word, bit) = Self::place(hash);
            bits[word] |= bit;
        }
        Self { bits, sorted }
    }

    fn place(hash: u64) -> (usize, u64) {
        let at = hash % BITS;
        (usize::try_from(at / 64).unwrap_or(0), 1 << (at % 64))
    }

    pub(crate) fn holds(&self, hash: u64) -> bool {
        let (word, bit) = Self::place(hash);
        self.bits[word] & bit != 0 && self.sorted.binary_search(&hash).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_documents_in_order_and_a_few_more_are_told() {
        let digest = |n: u8| Sha256::of(&[n]);
        let before: Vec<Sha256> = (0..9).map(digest).collect();
        let mut now = before.clone();
        assert!(few_more(&before, &now).is_some());
        now.insert(4, digest(20));
        let was = few_more(&before, &now).unwrap();
        assert_eq!((was[3], was[4], was[5]), (Some(3), None, Some(4)));
        assert!(few_more(&now, &before).is_none());
        now.swap(0, 1);
        assert!(few_more(&before, &now).is_none());
        let many: Vec<Sha256> = (0..20).map(digest).collect();
        assert!(few_more(&before, &many).is_none());
        assert!(few_more(&[], &now).is_none());
    }

    #[test]
    fn what_is_wanted_is_held_and_nothing_else() {
        let wanted = Wanted::of([3, 3 + BITS, 70].into_iter());
        assert!([3, 3 + BITS, 70].iter().all(|&hash| wanted.holds(hash)));
        assert!([2, 3 + 2 * BITS, 71, u64::MAX].iter().all(|&hash| !wanted.holds(hash)));
    }
}
