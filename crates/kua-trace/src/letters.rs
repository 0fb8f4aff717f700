//! What Unicode says of letters, asked once for those of the scripts most texts are in.

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

#[cfg(test)]
mod tests {
    use super::*;

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
