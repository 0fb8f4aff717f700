//! Words without what languages and scripts spell differently: one romanisation, then the consonant
//! and vowel classes that survive it. "Шымкент", "Chimkent" and "Shymkent" share a skeleton.

/// Lower-case ASCII spelling of `text` (any script), letters and digits only.
pub(crate) fn romanised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_ascii_alphanumeric() {
            out.push(character);
        } else if character.is_alphanumeric() {
            let spelled = any_ascii::any_ascii_char(character);
            out.extend(
                spelled.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()),
            );
        }
    }
    out
}

/// Skeleton of a word in any script: see [`skeleton_of_romanised`].
pub(crate) fn skeleton(word: &str) -> String {
    skeleton_of_romanised(&romanised(word))
}

/// Whether a word is in a script that writes few vowels (Hebrew, Arabic and their kin).
pub(crate) fn lacks_vowels(word: &str) -> bool {
    word.chars()
        .next()
        .is_some_and(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fefc}'))
}

/// Consonants of a romanised word, as far as scripts without vowels keep them apart: "Torvel" and
/// "twrfyl" share theirs. `lacks_vowels` tells that half-consonants stand for vowels.
pub(crate) fn consonants(romanised: &str, lacks_vowels: bool) -> String {
    let written: String =
        romanised.chars().filter(|c| !lacks_vowels || !matches!(c, 'w' | 'y')).collect();
    let mut out = String::with_capacity(written.len());
    for letter in skeleton_of_romanised(&written).chars() {
        let kept = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' => continue,
            'v' => 'f',
            'p' => 'b',
            'g' | 'h' => 'k',
            other => other,
        };
        if !out.ends_with(kept) {
            out.push(kept);
        }
    }
    out
}

/// Spellings of one sound, longest first, and what stands for it.
const RULES: &[(&str, &str)] = &[
    ("sch", "s"),
    ("tch", "k"),
    ("dzh", "ds"),
    ("kh", "h"),
    ("ck", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("sh", "s"),
    ("ch", "k"),
    ("zh", "s"),
    ("dj", "i"),
    ("ts", "k"),
    ("tz", "k"),
    ("ou", "u"),
    ("oo", "u"),
    ("w", "v"),
    ("q", "k"),
    ("x", "ks"),
    ("y", "i"),
    ("j", "i"),
    ("c", "k"),
    ("z", "s"),
];

/// Skeleton of a lower-case ASCII word. Doubled letters become one.
pub(crate) fn skeleton_of_romanised(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.bytes().next() {
        let rule = match first {
            b's' | b't' | b'd' | b'k' | b'c' | b'p' | b'z' | b'o' | b'w' | b'q' | b'x' | b'y'
            | b'j' => RULES.iter().find(|(from, _)| rest.starts_with(from)),
            _ => None,
        };
        let (taken, letters) = rule.map_or_else(
            || {
                let width = rest.chars().next().map_or(1, char::len_utf8);
                (width, &rest[..width])
            },
            |(from, to)| (from.len(), *to),
        );
        for letter in letters.chars() {
            if !out.ends_with(letter) || letter.is_ascii_digit() {
                out.push(letter);
            }
        }
        rest = &rest[taken..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_skeleton() {
        assert_eq!(skeleton("Алматы"), skeleton("Almaty"));
        assert_eq!(skeleton("Шымкент"), skeleton("Shymkent"));
        assert_eq!(skeleton("Тараз"), skeleton("Taraz"));
        assert_ne!(skeleton("Алматы"), skeleton("Актау"));
        assert_eq!(skeleton("1100"), "1100");
    }

    #[test]
    fn a_script_without_vowels_shares_the_consonants() {
        for (one, other) in [("Torvel", "تورفيل"), ("Karpino", "كاربينو"), ("Pavel", "بافيل")]
        {
            assert!(lacks_vowels(other) && !lacks_vowels(one));
            assert_eq!(consonants(&romanised(one), false), consonants(&romanised(other), true));
        }
    }
}
