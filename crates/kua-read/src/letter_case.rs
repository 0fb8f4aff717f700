//! Lower case and letters for the scripts that make nearly all of our text, without table look-ups.

/// Whether it is a letter; as [`char::is_alphabetic`].
pub(crate) fn is_letter(character: char) -> bool {
    match character {
        'a'..='z' | 'A'..='Z' | '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' => true,
        '\0'..='\u{7F}' => false,
        _ => character.is_alphabetic(),
    }
}

/// The first character of its lower case: all of it, but for a handful of letters.
pub(crate) fn lower(character: char) -> char {
    match character {
        'a'..='z' | 'а'..='я' => character,
        'A'..='Z' => character.to_ascii_lowercase(),
        'А'..='Я' => char::from_u32(u32::from(character) + 0x20).unwrap_or(character),
        '\0'..='\u{7F}' => character,
        _ => character.to_lowercase().next().unwrap_or(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_agree_with_the_standard_library() {
        for character in (0..0x3000).filter_map(char::from_u32) {
            assert_eq!(is_letter(character), character.is_alphabetic(), "{character:?}");
            assert_eq!(Some(lower(character)), character.to_lowercase().next(), "{character:?}");
        }
    }
}
