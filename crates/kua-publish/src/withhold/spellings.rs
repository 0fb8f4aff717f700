//! Finds withheld spellings in any text, whatever case, accents, spaces or hidden characters they
//! are written with. Errs towards hiding: a spelling of four letters or more also hides the
//! endings its language puts behind it. Knows nothing of chronicles.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use kua_model::TextRange;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::words::WITHHELD;

/// Spellings that must not appear.
#[derive(Debug)]
pub(crate) struct Spellings {
    automaton: AhoCorasick,
    manners: Vec<Manner>,
    /// For file paths: the spellings and every word of four letters or more in them.
    in_paths: AhoCorasick,
}

/// How a spelling meets the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Scripts with spaces: begins a word; short ones also end it.
    Word { short: bool },
    /// Arabic and Hebrew: particles are written onto the front as well.
    Affixed,
    /// Scripts without spaces between words.
    Anywhere,
}

impl Spellings {
    /// `None` if there is nothing to withhold.
    pub(crate) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let folded = names
            .into_iter()
            .map(|name| fold(name).0.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect::<BTreeSet<_>>();
        if folded.is_empty() {
            return None;
        }
        let manners = folded.iter().map(|name| manner(name)).collect();
        let build = |words: Vec<&str>| {
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(words).ok()
        };
        let automaton = build(folded.iter().map(String::as_str).collect())?;
        let long = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 4;
        let words = folded.iter().flat_map(|name| name.split(' ').filter(long));
        let in_paths = build(folded.iter().map(String::as_str).chain(words).collect())?;
        Some(Self { automaton, manners, in_paths })
    }

    /// Whether any stands in `text`.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        !self.find(text).is_empty()
    }

    /// Where they stand, in order, never overlapping.
    pub(crate) fn find(&self, text: &str) -> Vec<TextRange> {
        let (folded, starts) = fold(text);
        let mut found = Vec::new();
        for hit in self.automaton.find_overlapping_iter(&folded) {
            let manner = self.manners.get(hit.pattern().as_usize()).copied();
            if let Some((start, end)) = settle(&folded, hit.start(), hit.end(), manner) {
                found.push((start, end));
            }
        }
        found.sort_unstable();
        let mut out: Vec<TextRange> = Vec::new();
        for (start, end) in found {
            // Byte `end - 1` belongs to the last character; its text ends where the next begins.
            let range = TextRange::new(starts.begin(start), starts.finish(end, text));
            match out.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => out.push(range),
            }
        }
        out
    }

    /// `text` with marks instead.
    pub(crate) fn mask(&self, text: &str) -> Option<String> {
        let found = self.find(text);
        (!found.is_empty()).then(|| masked(text, &found))
    }

    /// A file path with marks instead. A path joins words in any way and likes to hold half a
    /// name, so letters around do not protect a spelling here, and each longer word of it counts.
    pub(crate) fn mask_path(&self, path: &str) -> Option<String> {
        let (folded, starts) = fold(path);
        let mut ranges = self
            .in_paths
            .find_overlapping_iter(&folded)
            .map(|hit| TextRange::new(starts.begin(hit.start()), starts.finish(hit.end(), path)))
            .chain(self.find(path))
            .collect::<Vec<_>>();
        ranges.sort_unstable();
        let mut merged: Vec<TextRange> = Vec::new();
        for range in ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        (!merged.is_empty()).then(|| masked(path, &merged))
    }
}

/// `text` with a mark instead of each range; ranges in order.
pub(crate) fn masked(text: &str, ranges: &[TextRange]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(WITHHELD);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The range to hide for a hit, or `None` if the hit is only part of another word.
fn settle(
    folded: &str,
    start: usize,
    end: usize,
    manner: Option<Manner>,
) -> Option<(usize, usize)> {
    let before = folded.get(..start)?;
    let after = folded.get(end..)?;
    let joined = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let tail = || end + after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
    let head = || {
        before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphabetic())
            .last()
            .map_or(start, |(at, _)| at)
    };
    match manner? {
        Manner::Anywhere => Some((start, end)),
        Manner::Affixed => Some((head(), tail())),
        Manner::Word { .. } if joined(before.chars().next_back()) => None,
        Manner::Word { short: true } if joined(after.chars().next()) => None,
        Manner::Word { short: true } => Some((start, end)),
        Manner::Word { short: false } => Some((start, tail())),
    }
}

fn manner(folded: &str) -> Manner {
    let spaceless = |c: char| matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0xD7FF | 0xF900..=0xFAFF | 0x20000..);
    let affixing =
        |c: char| matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF);
    let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
    if folded.chars().any(spaceless) {
        Manner::Anywhere
    } else if folded.chars().any(affixing) && letters >= 3 {
        Manner::Affixed
    } else {
        Manner::Word { short: letters < 4 }
    }
}

/// For each byte of a folded text, where its character begins in the text.
struct Starts(Vec<usize>);

impl Starts {
    fn begin(&self, at: usize) -> usize {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// Where the text of the folded bytes before `end` ends: marks and hidden characters that
    /// follow the last letter belong to it.
    fn finish(&self, end: usize, text: &str) -> usize {
        self.0.get(end).copied().unwrap_or(text.len())
    }
}

/// Lower case without accents or hidden characters, each run of white space one space, quotes
/// and dashes plain; with the start of each byte's character.
fn fold(text: &str) -> (String, Starts) {
    let mut out = String::with_capacity(text.len());
    let mut starts = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let mut put = |c: char| {
            out.push(c);
            starts.resize(out.len(), at);
        };
        match c {
            c if is_hidden(c) => {}
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                    starts.resize(out.len(), at);
                }
            }
            '\u{2018}' | '\u{2019}' | '\u{02BC}' | '\u{02B9}' | '`' => put('\''),
            '\u{2010}'..='\u{2015}' => put('-'),
            c => {
                for base in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)) {
                    base.to_lowercase().filter(|c| !is_combining_mark(*c)).for_each(&mut put);
                }
            }
        }
    }
    (out, Starts(starts))
}

/// Characters without a face: soft hyphen, zero-width and bidi controls, tatweel.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{640}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(names: &[&str], text: &str) -> String {
        let spellings = Spellings::new(names.iter().copied()).unwrap();
        spellings.mask(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn a_withheld_name_is_hidden_however_it_is_written() {
        let names = ["Orlan Vesik", "Весик", "Ann", "فارس", "李雷"];
        for (text, expected) in [
            ("Orlan Vesik fell.", "[name withheld] fell."),
            ("ORLAN\n  VESIK’s brother", "[name withheld]’s brother"),
            ("Or\u{AD}lan \u{200F}Vésik", "[name withheld]"),
            ("о Весике и Весикам", "о [name withheld] и [name withheld]"),
            ("Ann saw the annual fair; Anna too", "[name withheld] saw the annual fair; Anna too"),
            ("قال وفارسها", "قال [name withheld]"),
            ("昨天李雷说", "昨天[name withheld]说"),
            ("Morlan Vesik", "Morlan Vesik"),
        ] {
            assert_eq!(shown(&names, text), expected);
        }
    }

    #[test]
    fn paths_hide_names_inside_words_too() {
        let spellings = Spellings::new(["Orlan Vesik"]).unwrap();
        assert_eq!(
            spellings.mask_path("in/letterVesik2_vesik.txt").unwrap(),
            "in/letter[name withheld]2_[name withheld].txt"
        );
    }

    #[test]
    fn nothing_to_hide_hides_nothing() {
        assert!(Spellings::new([]).is_none());
        assert!(Spellings::new(["  ", "\u{200B}"]).is_none());
    }
}
