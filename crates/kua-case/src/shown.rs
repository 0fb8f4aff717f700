//! Names of files as they may be shown: nothing that moves the cursor, breaks the line or turns
//! the direction of the text around it.

use std::fmt::Write as _;

/// `name` on one line, with every control and direction mark written out as `\u{…}`.
/// A name without them comes back unchanged.
pub fn shown(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if is_unseen(character) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out
}

/// Controls, direction marks, and other characters that show nothing but change what is shown.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_name_cannot_break_the_line_or_turn_it_around() {
        assert_eq!(shown("letter 3.txt"), "letter 3.txt");
        assert_eq!(shown("қала.txt"), "қала.txt");
        assert_eq!(shown("a\nb\u{202e}txt.exe"), "a\\nb\\u{202e}txt.exe");
        assert_eq!(shown("\u{1b}[2J"), "\\u{1b}[2J");
    }
}
