//! Cuts text into words, numbers and marks, keeping byte offsets. Knows no language.

use std::borrow::Cow;
use std::sync::LazyLock;

use kua_model::TextRange;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters with their combining marks. An apostrophe ends a word and belongs to it (`l'`+`état`).
    Word,
    /// Decimal digits of any script, nothing else: separators are marks.
    Number,
    /// One character that is neither.
    Mark,
}

/// A word, number or mark, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'t> {
    /// UTF-8 bytes in the text that was cut (plus the `offset` that was given).
    pub range: TextRange,
    /// What it is.
    pub kind: TokenKind,
    /// Lower case, NFC, straight apostrophe, without soft hyphens and zero-width characters,
    /// `ё` as `е`; ASCII digits in numbers.
    pub fold: Cow<'t, str>,
    /// Whether its first letter is a capital.
    pub capital: bool,
}

/// All tokens of `text`; `offset` is added to every range, so that a block can be cut by itself.
/// White space is no token. Linear in the length of the text.
pub fn tokens(text: &str, offset: usize) -> Vec<Token<'_>> {
    let table = &*TABLE;
    let mut out = Vec::with_capacity(text.len() / 5);
    let mut characters = text.char_indices();
    let mut ahead = characters.next();
    while let Some((start, first)) = ahead {
        let class = table.class(first);
        ahead = characters.next();
        if class.is(Class::SPACE | Class::IGNORABLE) {
            continue;
        }
        let (kind, goes_on) = if class.is(Class::DIGIT) {
            (TokenKind::Number, Class::DIGIT)
        } else if class.is(Class::LETTER) {
            (TokenKind::Word, Class::LETTER | Class::IGNORABLE | Class::APOSTROPHE)
        } else {
            (TokenKind::Mark, 0)
        };
        let mut is_folded = class.is(Class::FOLDED);
        while let Some((_, next)) = ahead {
            let next = table.class(next);
            if !next.is(goes_on) {
                break;
            }
            is_folded &= next.is(Class::FOLDED);
            ahead = characters.next();
            if kind == TokenKind::Word && next.is(Class::APOSTROPHE) {
                break;
            }
        }
        let end = ahead.map_or(text.len(), |(at, _)| at);
        let raw = &text[start..end];
        let fold = match kind {
            TokenKind::Number => ascii_digits(raw),
            _ if is_folded => Cow::Borrowed(raw),
            _ => fold(raw),
        };
        out.push(Token {
            range: TextRange::new(start + offset, end + offset),
            kind,
            fold,
            capital: class.is(Class::CAPITAL),
        });
    }
    out
}

/// The folded form of a piece of text, as in [`Token::fold`]. Borrowed when nothing changes.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    // Nearly every word is of letters that fold one by one: one pass, and no copy if none changes.
    let table = &*TABLE;
    let mut changed = None;
    for (at, c) in text.char_indices() {
        match table.folded(c) {
            Some(folded) if folded == c => {}
            Some(_) => {
                changed.get_or_insert(at);
            }
            None => return fold_any(text),
        }
    }
    let Some(at) = changed else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 2);
    out.push_str(&text[..at]);
    out.extend(text[at..].chars().filter_map(|c| table.folded(c)));
    Cow::Owned(out)
}

/// The folded form of any text.
fn fold_any(text: &str) -> Cow<'_, str> {
    let lower = text.chars().filter(|&c| !is_ignorable(c)).flat_map(char::to_lowercase);
    let mut out: String = lower.map(|c| if is_apostrophe(c) { '\'' } else { c }).collect();
    if !is_nfc(&out) {
        out = out.nfc().collect();
    }
    if out.contains('ё') {
        out = out.replace('ё', "е");
    }
    if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) }
}

fn ascii_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(digit_value).map(|value| char::from(b'0' + value)).collect())
}

/// Value of a decimal digit of the scripts in which figures are printed.
fn digit_value(c: char) -> Option<u8> {
    // First digits of the decimal blocks (Unicode `Nd`): Latin, Arabic, Persian, Devanagari,
    // Bengali, Thai, Myanmar, full width.
    const ZEROS: [u32; 8] = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0x1040, 0xFF10];
    let code = u32::from(c);
    ZEROS
        .iter()
        .find_map(|&zero| code.checked_sub(zero).filter(|&value| value < 10))
        .and_then(|value| u8::try_from(value).ok())
}

fn is_digit(c: char) -> bool {
    digit_value(c).is_some()
}

fn is_letter(c: char) -> bool {
    (c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)) && !is_apostrophe(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{02BC}')
}

/// Characters that are there but not seen.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// What the rules of this file say of the first characters of Unicode (Latin, Greek, Cyrillic), asked
/// once: looking each character up in the tables of Unicode was half the time of cutting a text.
static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// Characters in the table: up to the end of the Cyrillic supplement.
const IN_TABLE: usize = 0x530;

/// What a character is to these rules: several may hold.
#[derive(Clone, Copy)]
struct Class(u8);

impl Class {
    const SPACE: u8 = 1;
    const IGNORABLE: u8 = 1 << 1;
    const DIGIT: u8 = 1 << 2;
    const LETTER: u8 = 1 << 3;
    const APOSTROPHE: u8 = 1 << 4;
    const CAPITAL: u8 = 1 << 5;
    /// Stands for itself when folded, whatever stands around it.
    const FOLDED: u8 = 1 << 6;

    fn of(c: char, folded: Option<char>) -> Self {
        let rules = [
            (c.is_whitespace(), Self::SPACE),
            (is_ignorable(c), Self::IGNORABLE),
            (is_digit(c), Self::DIGIT),
            (is_letter(c), Self::LETTER),
            (is_apostrophe(c), Self::APOSTROPHE),
            (c.is_uppercase(), Self::CAPITAL),
            (folded == Some(c), Self::FOLDED),
        ];
        Self(rules.iter().filter(|rule| rule.0).fold(0, |all, rule| all | rule.1))
    }

    /// Whether it is any of these.
    fn is(self, any: u8) -> bool {
        self.0 & any != 0
    }
}

struct Table {
    /// The folded form of a character that folds by itself, whatever stands around it.
    folded: Vec<Option<char>>,
    classes: Vec<Class>,
}

impl Table {
    fn new() -> Self {
        let first = || (0..IN_TABLE).filter_map(|code| char::from_u32(u32::try_from(code).ok()?));
        let folded = |c: char| {
            // A mark may join the letter before it.
            let joins = unicode_normalization::char::canonical_combining_class(c) != 0;
            let folded = fold_any(c.encode_utf8(&mut [0; 4])).into_owned();
            let mut characters = folded.chars();
            match (characters.next(), characters.next()) {
                (Some(one), None) if !joins => Some(one),
                _ => None,
            }
        };
        let folded: Vec<Option<char>> = first().map(folded).collect();
        let classes = first().zip(&folded).map(|(c, &folded)| Class::of(c, folded)).collect();
        Self { folded, classes }
    }

    /// The folded form of `c`; `None` if it is not in the table or does not fold by itself.
    fn folded(&self, c: char) -> Option<char> {
        *self.folded.get(c as usize)?
    }

    fn class(&self, c: char) -> Class {
        self.classes.get(c as usize).copied().unwrap_or_else(|| Class::of(c, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(text: &str) -> Vec<String> {
        tokens(text, 0).into_iter().map(|token| token.fold.into_owned()).collect()
    }

    #[test]
    fn words_numbers_and_marks_come_apart() {
        assert_eq!(
            folds("L\u{2019}État a tué 3\u{202f}800 per\u{ad}sonnes."),
            ["l'", "état", "a", "tué", "3", "800", "personnes", "."]
        );
        assert_eq!(folds("Нұр-Сұлтан, 18H20"), ["нұр", "-", "сұлтан", ",", "18", "h", "20"]);
        assert_eq!(folds("٢٦ e\u{301}tudiants, её"), ["26", "étudiants", ",", "ее"]);
    }

    #[test]
    fn the_table_folds_as_the_rules_do_alone_and_beside_each_other() {
        let all: Vec<char> =
            (0..0x600_u32).chain(0x1e00..0x2100).filter_map(char::from_u32).collect();
        let around = ['a', 'É', 'и', 'И', '\u{301}', '\u{308}', '\u{2019}', '\u{ad}', ' '];
        for &c in &all {
            let mut texts = vec![c.to_string()];
            texts.extend(around.iter().flat_map(|a| [format!("{a}{c}"), format!("{c}{a}")]));
            for text in texts {
                assert_eq!(fold(&text), fold_any(&text), "{text:?}");
                for token in tokens(&text, 0).iter().filter(|t| t.kind != TokenKind::Number) {
                    assert_eq!(token.fold, fold_any(token.range.of(&text).unwrap()), "{text:?}");
                }
            }
            assert_eq!(TABLE.class(c).0, Class::of(c, TABLE.folded(c)).0, "{c:?}");
        }
    }

    #[test]
    fn ranges_are_bytes_of_the_text() {
        let text = "\u{200f}« Où ? » 12e";
        for token in tokens(text, 0) {
            assert!(token.range.of(text).is_some());
        }
        assert_eq!(tokens("ab", 10)[0].range, TextRange::new(10, 12));
    }
}
