//! Winnowed fingerprints of a text: a small set of positions that two texts choose alike wherever
//! they share a long enough run (Schleimer, Wilkerson, Aiken 2003).

/// Length of a hashed run, in letters; half of it in scripts where one sign is a syllable or word.
pub(crate) const RUN: usize = 16;
/// Of so many consecutive runs at least one is kept: every shared run of `RUN + WINDOW - 1` letters
/// is found.
const WINDOW: usize = 12;

/// Calls `keep` with hash and position of every fingerprint of `units`, in order of position.
///
/// Robust winnowing: of equal hashes the one already kept stays, so "aaaa…" gives one fingerprint a
/// window and not one a letter.
pub(crate) fn fingerprints(units: &[u16], run: usize, mut keep: impl FnMut(u64, usize)) {
    if units.len() < run || run == 0 {
        return;
    }
    let lead = (1..run).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut rolling = 0_u64;
    let mut ring = [u64::MAX; WINDOW];
    let mut kept: Option<(u64, usize)> = None;
    let runs = units.len() - run + 1;
    for (index, &unit) in units.iter().enumerate() {
        if index >= run {
            rolling = rolling.wrapping_sub(u64::from(units[index - run]).wrapping_mul(lead));
        }
        rolling = rolling.wrapping_mul(BASE).wrapping_add(u64::from(unit));
        let Some(position) = (index + 1).checked_sub(run) else { continue };
        let hash = mix(rolling);
        ring[position % WINDOW] = hash;
        let last = position + 1 == runs;
        // The first window is full at WINDOW runs; shorter texts have one window.
        if position + 1 < WINDOW && !last {
            continue;
        }
        match kept {
            Some((best, at)) if at + WINDOW > position => {
                if hash < best {
                    kept = Some((hash, position));
                    keep(hash, position);
                }
            }
            _ => {
                let from = (position + 1).saturating_sub(WINDOW);
                let best = (from..=position)
                    .map(|at| (ring[at % WINDOW], at))
                    .min_by_key(|&(hash, at)| (hash, std::cmp::Reverse(at)));
                kept = best;
                if let Some((hash, at)) = best {
                    keep(hash, at);
                }
            }
        }
    }
}

/// Length of run for these units: half where most signs are ideographs or syllables.
pub(crate) fn run_length(units: &[u16]) -> usize {
    let dense = units.iter().filter(|&&unit| {
        (0x0e00..0x0f00).contains(&unit)
            || (0x1100..0x1200).contains(&unit)
            || (0x3040..0xd7b0).contains(&unit)
    });
    if dense.count() * 3 > units.len() { RUN / 2 } else { RUN }
}

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Spreads the bits, so that the smallest hash is a fair choice (splitmix64).
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(units: &[u16]) -> Vec<(u64, usize)> {
        let mut out = Vec::new();
        fingerprints(units, RUN, |hash, at| out.push((hash, at)));
        out
    }

    /// Letters without repetition, by a fixed rule.
    fn letters(count: usize, seed: u64) -> Vec<u16> {
        (0..count as u64).map(|n| 97 + u16::try_from(mix(n ^ seed) % 26).unwrap()).collect()
    }

    #[test]
    fn a_shared_run_of_27_letters_is_found_wherever_it_stands() {
        let shared = letters(27, 1);
        for (before_a, before_b) in [(0, 0), (5, 100), (101, 7), (64, 33)] {
            let a = [letters(before_a, 2), shared.clone(), letters(40, 3)].concat();
            let b = [letters(before_b, 4), shared.clone(), letters(9, 5)].concat();
            let hashes: Vec<u64> = of(&a).into_iter().map(|(hash, _)| hash).collect();
            assert!(of(&b).iter().any(|(hash, _)| hashes.contains(hash)), "{before_a} {before_b}");
        }
    }

    #[test]
    fn density_stays_low_even_on_one_letter_repeated() {
        let same = vec![97_u16; 12_000];
        assert!(of(&same).len() <= 1_100);
        let varied = of(&letters(12_000, 9)).len();
        assert!((1_400..2_200).contains(&varied), "{varied}");
        assert!(of(&letters(15, 1)).is_empty());
        assert_eq!(of(&letters(16, 1)).len(), 1);
    }
}
