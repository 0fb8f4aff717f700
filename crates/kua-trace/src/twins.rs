//! Groups of near-identical texts, found by what they keep in common: so that a text copied ten
//! thousand times is joined once with each copy and not all with all.
//!
//! Only used where a fingerprint is too common to join all with all; it never decides a link.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::fingerprint::mix;

/// Values of a sketch: one least hash for each of so many orders.
const VALUES: usize = 24;
/// Values that make up one key; texts that agree in one key are compared.
const ROWS: usize = 3;
/// Values two texts must share to be near-identical: resemblance of about one half.
const ALIKE: usize = 12;

/// Least hashes of a set of fingerprints, one for each of so many parts of it (one-permutation hashing:
/// Li, Owen, Zhang 2012), empty parts filled from the next (Shrivastava, Li 2014).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sketch([u32; VALUES]);

impl Default for Sketch {
    fn default() -> Self {
        Self([u32::MAX; VALUES])
    }
}

impl Sketch {
    /// Takes one fingerprint in.
    pub(crate) fn add(&mut self, hash: u64) {
        // Fingerprints are the smallest of their neighbours: mixed again, they are spread evenly.
        let [a, b, c, d, e, f, g, h] = mix(hash ^ 0x5bd1_e995).to_le_bytes();
        let part = u32::from_le_bytes([a, b, c, d]) as usize % VALUES;
        self.0[part] = self.0[part].min(u32::from_le_bytes([e, f, g, h]));
    }

    /// Fills the empty parts; a sketch without any fingerprint stays empty.
    pub(crate) fn finish(&mut self) {
        let before = self.0;
        for (part, value) in self.0.iter_mut().enumerate().filter(|(_, v)| **v == u32::MAX) {
            let next = (1..VALUES)
                .map(|away| (away, before[(part + away) % VALUES]))
                .find(|&(_, v)| v != u32::MAX);
            if let Some((away, next)) = next {
                *value = next.rotate_left(u32::try_from(away).unwrap_or(1)).min(u32::MAX - 1);
            }
        }
    }

    fn agrees(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).filter(|(a, b)| a == b && **a != u32::MAX).count() >= ALIKE
    }
}

/// For each text the least index of the group of near-identical texts it is in.
pub(crate) fn groups(sketches: &[&Sketch]) -> Vec<u32> {
    let mut leader: Vec<u32> = (0..sketches.len()).filter_map(|n| u32::try_from(n).ok()).collect();
    for band in 0..VALUES / ROWS {
        let mut keys: Vec<([u32; ROWS], u32)> = (0_u32..)
            .zip(sketches)
            .filter_map(|(index, sketch)| {
                let key: [u32; ROWS] = sketch.0[band * ROWS..][..ROWS].try_into().ok()?;
                (!key.contains(&u32::MAX)).then_some((key, index))
            })
            .collect();
        keys.par_sort_unstable();
        for bucket in keys.chunk_by(|x, y| x.0 == y.0) {
            let first = bucket[0].1;
            for &(_, index) in &bucket[1..] {
                if sketches[first as usize].agrees(sketches[index as usize]) {
                    let (a, b) = (find(&mut leader, first), find(&mut leader, index));
                    leader[a.max(b) as usize] = a.min(b);
                }
            }
        }
    }
    (0..leader.len()).filter_map(|n| u32::try_from(n).ok()).map(|n| find(&mut leader, n)).collect()
}

/// Leader of the group of `at`, shortening the way for next time.
pub(crate) fn find(leader: &mut [u32], at: u32) -> u32 {
    let mut at = at;
    while leader[at as usize] != at {
        leader[at as usize] = leader[leader[at as usize] as usize];
        at = leader[at as usize];
    }
    at
}
