//! What Unicode says of letters, asked once for those of the scripts most texts are in; and which
//! groups of letters a text has.

use std::sync::LazyLock;

/// Characters in the table: up to the end of the Cyrillic supplement.
const IN_TABLE: usize = 0x530;

/// Whether each is a letter or digit, and its lower case if that is one character.
static TABLE: LazyLock<Vec<(bool, Option<char>)>> = LazyLock::new(|| {
    let first = (0..IN_TABLE).filter_map(|code| char::from_u32(u32::try_from(code).ok()?));
    first
        .map(|c| {
            let mut lower = c.to_lowercase();
            let one = lower.next().filter(|_| lower.next().is_none());
            (c.is_alphanumeric(), one)
        })
        .collect()
});

/// As [`char::is_alphanumeric`].
pub(crate) fn is_alphanumeric(c: char) -> bool {
    TABLE.get(c as usize).map_or_else(|| c.is_alphanumeric(), |known| known.0)
}

/// As [`char::to_lowercase`]: calls `take` with each character until it says no.
pub(crate) fn lowered(c: char, mut take: impl FnMut(char) -> bool) -> bool {
    match TABLE.get(c as usize).and_then(|known| known.1) {
        Some(lower) => take(lower),
        None => c.to_lowercase().all(take),
    }
}

/// The groups of letters of a text by bits of their hashes: a group of the text is always found in it,
/// another one seldom.
pub(crate) struct GroupSet([u64; GroupSet::BITS / 64]);

impl GroupSet {
    const BITS: usize = 1 << 12;

    /// Of every group of `size` letters, four at most.
    pub(crate) fn of(letters: &[u16], size: usize) -> Self {
        let mut set = Self([0; Self::BITS / 64]);
        for group in groups(letters, size) {
            let (word, bit) = Self::place(group);
            set.0[word] |= bit;
        }
        set
    }

    pub(crate) fn may_hold(&self, group: u64) -> bool {
        let (word, bit) = Self::place(group);
        self.0[word] & bit != 0
    }

    fn place(group: u64) -> (usize, u64) {
        let at = (group.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize % Self::BITS;
        (at / 64, 1 << (at % 64))
    }
}

/// Every group of `size` letters, four at most, as one number.
pub(crate) fn groups(letters: &[u16], size: usize) -> impl Iterator<Item = u64> {
    let kept = u64::MAX >> (64 - 16 * size.clamp(1, 4));
    let (head, tail) = letters.split_at(size.saturating_sub(1).min(letters.len()));
    let add = move |group: u64, &unit: &u16| (group << 16 | u64::from(unit)) & kept;
    tail.iter().scan(head.iter().fold(0, add), move |group, unit| {
        *group = add(*group, unit);
        Some(*group)
    })
}

/// How many groups of `size` letters of `b` may stand in `a`, each with as many of `b` as are like it:
/// no fewer than the two share.
pub(crate) fn shared_at_most(a: &[u16], b: &[u16], size: usize) -> usize {
    let seen = GroupSet::of(a, size);
    groups(b, size).filter(|&group| seen.may_hold(group)).count()
}

/// Letters compared at a time.
const AT_ONCE: usize = 8;

/// How many letters two stretches have in common from their start on.
pub(crate) fn common_head(a: &[u16], b: &[u16]) -> usize {
    let ((many_a, _), (many_b, _)) = (a.as_chunks::<AT_ONCE>(), b.as_chunks::<AT_ONCE>());
    let chunks = many_a.iter().zip(many_b).take_while(|(x, y)| x == y).count();
    let far = chunks * AT_ONCE;
    far + a[far..].iter().zip(&b[far..]).take_while(|(x, y)| x == y).count()
}

/// How many letters two stretches have in common before their end.
pub(crate) fn common_tail(a: &[u16], b: &[u16]) -> usize {
    let ((_, many_a), (_, many_b)) = (a.as_rchunks::<AT_ONCE>(), b.as_rchunks::<AT_ONCE>());
    let chunks = many_a.iter().rev().zip(many_b.iter().rev()).take_while(|(x, y)| x == y).count();
    let far = chunks * AT_ONCE;
    let (a, b) = (&a[..a.len() - far], &b[..b.len() - far]);
    far + a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_told_apart_and_found_again() {
        let letters: Vec<u16> = (1..=9).collect();
        for size in 1..=4 {
            let all: Vec<u64> = groups(&letters, size).collect();
            let one_by_one = letters.windows(size);
            let spelled = one_by_one.map(|w| w.iter().fold(0, |g, &l| g << 16 | u64::from(l)));
            assert_eq!(all, spelled.collect::<Vec<u64>>());
            assert_eq!(shared_at_most(&letters, &letters, size), all.len());
            assert_eq!(groups(&letters[..size - 1], size).count(), 0);
        }
    }

    #[test]
    fn heads_and_tails_in_common_are_counted_to_the_letter() {
        for length in 0..40 {
            let a: Vec<u16> = (0..length).collect();
            for at in 0..usize::from(length) {
                let mut b = a.clone();
                b[at] = 99;
                assert_eq!(common_head(&a, &b), at);
                assert_eq!(common_tail(&a, &b), usize::from(length) - at - 1);
                assert_eq!(common_head(&a, &a[..at]), at);
                assert_eq!(common_tail(&a, &a[at..]), usize::from(length) - at);
            }
        }
    }

    #[test]
    fn the_table_says_what_unicode_says() {
        for c in (0..0x3000).filter_map(char::from_u32) {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            let mut lower = String::new();
            assert!(lowered(c, |c| {
                lower.push(c);
                true
            }));
            assert_eq!(lower, c.to_lowercase().to_string());
        }
    }
}
