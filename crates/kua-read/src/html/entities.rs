//! Character references of HTML (WHATWG HTML, section 13.5), and the white space rule: what a run
//! of source text reads as.

use std::sync::OnceLock;

/// Longest name in the table, its semicolon included.
const LONGEST_NAME: usize = 32;
/// Longest name that is also known without its semicolon.
const LONGEST_BARE: usize = 6;

/// Names and what they stand for, sorted by name: the table of the standard.
fn table() -> &'static [(&'static str, String)] {
    static TABLE: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let row = |line: &'static str| {
            let (name, codes) = line.split_once(' ')?;
            let code = |hex: &str| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
            Some((name, codes.split(' ').filter_map(code).collect()))
        };
        include_str!("entities.txt").lines().filter_map(row).collect()
    })
}

fn named(name: &str) -> Option<&'static str> {
    let table = table();
    let index = table.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    table.get(index).map(|(_, text)| text.as_str())
}

/// What the reference at the start of `source` stands for, and its length in bytes; `None` if the
/// `&` is only an ampersand.
fn reference(source: &str, in_attribute: bool, into: &mut String) -> Option<usize> {
    let body = source.get(1..)?;
    if let Some(digits) = body.strip_prefix('#') {
        return numeric(digits, into).map(|length| 2 + length);
    }
    let name_length = body.bytes().take(LONGEST_NAME).take_while(u8::is_ascii_alphanumeric).count();
    if body.as_bytes().get(name_length) == Some(&b';')
        && let Some(text) = named(&body[..=name_length])
    {
        into.push_str(text);
        return Some(name_length + 2);
    }
    for length in (2..=name_length.min(LONGEST_BARE)).rev() {
        if let Some(text) = named(&body[..length]) {
            // In attributes `&copy=1` is part of an address.
            let next = body.as_bytes().get(length);
            if in_attribute && next.is_some_and(|&b| b == b'=' || b.is_ascii_alphanumeric()) {
                return None;
            }
            into.push_str(text);
            return Some(1 + length);
        }
    }
    None
}

fn numeric(digits: &str, into: &mut String) -> Option<usize> {
    let (radix, prefix) = if digits.starts_with(['x', 'X']) { (16, 1) } else { (10, 0) };
    let number = &digits[prefix..];
    let length = number.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
    if length == 0 {
        return None;
    }
    let code = number[..length]
        .chars()
        .filter_map(|digit| digit.to_digit(radix))
        .fold(0u32, |code, digit| code.saturating_mul(radix).saturating_add(digit));
    into.push(numbered(code));
    Some(prefix + length + usize::from(number.as_bytes().get(length) == Some(&b';')))
}

/// The character of a number; numbers 128 to 159 are read as windows-1252, as browsers do.
fn numbered(code: u32) -> char {
    const C1: [u16; 32] = [
        0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
        0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178,
    ];
    let code = match code {
        0x80..=0x9F => C1.get(code as usize - 0x80).map_or(code, |&mapped| u32::from(mapped)),
        0 => 0xFFFD,
        _ => code,
    };
    char::from_u32(code).unwrap_or('\u{FFFD}')
}

/// The value of an attribute.
pub(crate) fn attribute(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    unescape(source, true, &mut out);
    out
}

fn unescape(source: &str, in_attribute: bool, out: &mut String) {
    let mut rest = source;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = reference(rest, in_attribute, out).unwrap_or_else(|| {
            out.push('&');
            1
        });
        rest = rest.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Appends what `source` reads as: references resolved and, unless `pre`, each run of white space
/// one space. Trims nothing: the caller chooses where a run begins and ends.
pub(crate) fn read_run(source: &str, pre: bool, out: &mut String) {
    if pre {
        let from = out.len();
        unescape(source, false, out);
        if out[from..].contains('\r') {
            let kept = out[from..].replace("\r\n", "\n").replace('\r', "\n");
            out.truncate(from);
            out.push_str(&kept);
        }
        return;
    }
    let mut rest = source;
    let mut after_space = false;
    while let Some(at) = rest.find(|c: char| c == '&' || is_space(c)) {
        if at > 0 {
            out.push_str(&rest[..at]);
            after_space = false;
        }
        rest = &rest[at..];
        if rest.starts_with('&') {
            let before = out.len();
            let length = reference(rest, false, out).unwrap_or_else(|| {
                out.push('&');
                1
            });
            rest = rest.get(length..).unwrap_or_default();
            if out[before..].chars().all(is_space) {
                out.truncate(before);
                if !after_space {
                    out.push(' ');
                }
                after_space = true;
            } else {
                after_space = false;
            }
        } else {
            if !after_space {
                out.push(' ');
            }
            after_space = true;
            rest = rest.trim_start_matches(is_space);
        }
    }
    out.push_str(rest);
}

/// White space that HTML folds: not the no-break space.
pub(crate) fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{C}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> String {
        let mut out = String::new();
        read_run(source, false, &mut out);
        out
    }

    #[test]
    fn references_read_as_browsers_read_them() {
        assert_eq!(read("caf&eacute;&nbsp;! &eacute &notit; &notin;"), "café\u{a0}! é ¬it; ∉");
        assert_eq!(read("&#233;&#xE9;&#x80;&#0;&#x110000;&#;"), "éé€\u{fffd}\u{fffd}&#;");
        assert_eq!(read("R&D & AT&T &unknown; &"), "R&D & AT&T &unknown; &");
        assert_eq!(attribute("?a=1&copy=2&amp;b"), "?a=1&copy=2&b");
        assert_eq!(read("a \n\t b&#32; &#10;c"), "a b c");
    }

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert_eq!(table().len(), 2231);
        assert!(table().windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(table().iter().all(|(name, text)| name.len() <= LONGEST_NAME && !text.is_empty()));
    }
}
