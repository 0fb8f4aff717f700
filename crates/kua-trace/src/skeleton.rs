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

/// Rules in order, longest spelling first where one holds another.
const RULES: &[(&str, &str)] = &[
    ("kh", "h"),
    ("ck", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("sch", "s"),
    ("sh", "s"),
    ("tch", "c"),
    ("ch", "c"),
    ("zh", "z"),
    ("dzh", "j"),
    ("dj", "j"),
    ("ts", "c"),
    ("tz", "c"),
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

/// Skeleton of a lower-case ASCII word.
pub(crate) fn skeleton_of_romanised(word: &str) -> String {
    let mut text = word.to_owned();
    for (from, to) in RULES {
        if text.contains(from) {
            text = text.replace(from, to);
        }
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if !out.ends_with(character) || character.is_ascii_digit() {
            out.push(character);
        }
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
}
