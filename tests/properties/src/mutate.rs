//! Texts made up from those there are: cut, doubled, spliced, and sown with what texts stumble over.
//! The same seed gives the same texts.

use kua_lexicon::Lexicons;

/// Pieces that have tripped somebody's reader: figures at the edge, dates that are none, marks that
/// turn, join or hide, letters that grow when folded.
const ODD: &[&str] = &[
    "0",
    "00",
    "1",
    "31",
    "30 February 2022",
    "99.99.9999",
    "2022-13-45",
    "18446744073709551616",
    "1.000",
    "1,000",
    "1\u{202f}000",
    "3/4",
    "-5",
    "%",
    "٢٦",
    "१२",
    "１２",
    "Ⅻ",
    "½",
    "\u{ad}",
    "\u{200b}",
    "\u{200f}",
    "\u{202e}",
    "\u{301}",
    "\u{308}\u{301}",
    "İ",
    "ẞ",
    "ﬁ",
    "ǰ",
    "Ё",
    "e\u{301}",
    "\u{0}",
    "\u{feff}",
    "\u{fffd}",
    "\u{10ffff}",
    "'",
    "\u{2019}",
    "«",
    "»",
    "\"",
    "(",
    ")",
    "–",
    "-",
    "--",
    ":",
    ";",
    ",",
    ".",
    "...",
    "?",
    " ",
    "\t",
    "\n",
    "\u{a0}",
    "\u{2028}",
    "\u{c}",
    "~",
    "=",
    "..",
    "{",
    "}",
    "[",
    "]",
    "{count}",
    "{participle}",
    "[patterns]",
    " = ",
    " UNLESS ",
    "#",
    "/",
    "|",
    "+",
    "*",
    "~list",
    "\\",
];

/// Makes up texts.
#[derive(Debug)]
pub struct Mutator {
    state: u64,
    seeds: Vec<String>,
}

impl Mutator {
    /// From these texts, of which there must be one.
    #[must_use]
    pub fn new(seed: u64, seeds: Vec<String>) -> Self {
        Self { state: seed | 1, seeds }
    }

    /// Another text.
    pub fn text(&mut self) -> String {
        let mut text = self.pick();
        for _ in 0..=self.below(6) {
            let (a, b) = (self.place(&text), self.place(&text));
            let (from, to) = (a.min(b), a.max(b));
            text = match self.below(7) {
                0 => [&text[..from], &text[to..]].concat(),
                1 => [&text[..to], &text[from..]].concat(),
                2 => {
                    let other = self.pick();
                    let at = self.place(&other);
                    [&text[..from], &other[at..]].concat()
                }
                3 => {
                    let other = self.pick();
                    let at = self.place(&other);
                    [&text[..from], &other[..at], &text[from..]].concat()
                }
                4 => text
                    .chars()
                    .map(|c| if c.is_ascii_digit() { self.digit() } else { c })
                    .collect(),
                5 => {
                    let odd = self.odd();
                    text.replacen(' ', &odd, 1 + self.below(3))
                }
                _ => {
                    let odd = self.odd();
                    [&text[..from], &odd, &text[from..]].concat()
                }
            };
            cut(&mut text, LONGEST);
        }
        text
    }

    fn pick(&mut self) -> String {
        let at = self.below(self.seeds.len());
        let mut text = self.seeds.get(at).cloned().unwrap_or_default();
        cut(&mut text, LONGEST);
        text
    }

    fn odd(&mut self) -> String {
        let at = self.below(ODD.len());
        ODD.get(at).copied().unwrap_or_default().to_owned()
    }

    fn digit(&mut self) -> char {
        char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Xorshift (Marsaglia 2003): no randomness, only variety.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}

/// Longest text that is made up, in bytes: many short ones find more than few long ones.
const LONGEST: usize = 2_000;

fn cut(text: &mut String, most: usize) {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// The examples of every language, a sentence each.
#[must_use]
pub fn examples() -> Vec<String> {
    let files = Lexicons::embedded_files().filter(|(path, _)| path.ends_with("/examples.txt"));
    let lines = files.flat_map(|(_, text)| text.lines());
    let sentences = lines.filter_map(|line| line.strip_prefix(['+', '-'])?.split("=>").next());
    sentences.map(|words| words.trim().to_owned()).collect()
}

/// Lexicon files by their name in a language's folder, with what one language has there.
#[must_use]
pub fn files() -> Vec<(String, String)> {
    let english = Lexicons::embedded_files()
        .filter_map(|(path, text)| Some((path.strip_prefix("en/")?.to_owned(), text.to_owned())));
    let shared = Lexicons::embedded_files().filter(|(path, _)| *path == "claims.txt");
    english.chain(shared.map(|(path, text)| (path.to_owned(), text.to_owned()))).collect()
}
