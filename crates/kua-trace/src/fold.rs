//! Text reduced to what survives copying: lower-case letters and digits without accents, with the
//! way back to the exact bytes. Addresses of web pages are left out: citing one page is no copying.

use std::sync::OnceLock;

use kua_model::TextRange;
use serde::{Deserialize, Serialize};
use unicode_normalization::char::decompose_compatible;

use crate::fingerprint::run_length;

/// Letters and digits of some ranges of a text, folded to 16 bits each.
///
/// Takes about two bytes a letter: the way back is kept for every [`STEP`]-th letter only and the
/// rest is walked.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Folded {
    /// One unit a letter; letters beyond 16 bits are mixed down, so equality is all it is good for.
    pub(crate) units: Vec<u16>,
    /// Letters of a run that is hashed.
    pub(crate) run: usize,
    /// Bytes of the text.
    pub(crate) bytes: usize,
    /// First and one past the last unit of each sentence.
    pub(crate) sentences: Vec<(u32, u32)>,
    /// Range number and byte of every `STEP`-th unit.
    marks: Vec<(u32, u32)>,
    ranges: Vec<TextRange>,
}

const STEP: usize = 32;

impl Folded {
    /// The letters and digits of `ranges` of `text`, in order.
    pub(crate) fn of(text: &str, ranges: &[TextRange]) -> Self {
        Self::in_sentences(text, ranges, std::iter::empty())
    }

    /// The same, cut where the text is cut: into sentences in order that do not overlap.
    pub(crate) fn in_sentences(
        text: &str,
        ranges: &[TextRange],
        sentences: impl ExactSizeIterator<Item = TextRange>,
    ) -> Self {
        let mut folded = Self { ranges: ranges.to_vec(), bytes: text.len(), ..Self::default() };
        folded.sentences.reserve_exact(sentences.len());
        let mut cuts = sentences.flat_map(|range| [range.start, range.end]).peekable();
        let mut start = 0;
        let mut next = cuts.peek().copied().unwrap_or(usize::MAX);
        let mut is_start = true;
        // Notes how many letters there are before a cut.
        let mut cut = |sentences: &mut Vec<(u32, u32)>, letters: usize| {
            match is_start {
                true => start = narrow(letters),
                false => sentences.push((start, narrow(letters))),
            }
            is_start = !is_start;
            cuts.next();
            cuts.peek().copied().unwrap_or(usize::MAX)
        };
        for (number, range) in ranges.iter().enumerate() {
            let piece = range.of(text).unwrap_or_default();
            folded.units.reserve(piece.len());
            walk(piece, |at, unit| {
                while next <= range.start + at {
                    next = cut(&mut folded.sentences, folded.units.len());
                }
                if folded.units.len().is_multiple_of(STEP) {
                    folded.marks.push((narrow(number), narrow(range.start + at)));
                }
                folded.units.push(unit);
                true
            });
        }
        while next < usize::MAX {
            next = cut(&mut folded.sentences, folded.units.len());
        }
        folded.run = run_length(&folded.units);
        folded.units.shrink_to_fit();
        folded
    }

    /// Number of the sentence that holds or follows unit `at`.
    pub(crate) fn sentence_at(&self, at: usize) -> usize {
        self.sentences.partition_point(|&(_, end)| end as usize <= at)
    }

    /// The sentence that holds unit `at`, as first and one past the last unit.
    pub(crate) fn sentence(&self, at: usize) -> (usize, usize) {
        self.sentences
            .get(self.sentence_at(at))
            .map_or((at, at), |&(start, end)| (start as usize, end as usize))
    }

    /// The bytes of `text` that units `start..end` came from, from the first letter's first byte to
    /// the last letter's end. Empty at the text's start if there are no such units.
    pub(crate) fn bytes(&self, text: &str, start: usize, end: usize) -> TextRange {
        if start >= end || end > self.units.len() {
            return TextRange::default_at(0);
        }
        let first = self.byte(text, start);
        let last = self.byte(text, end - 1);
        let width = text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        TextRange::new(first, last + width)
    }

    /// First byte of the letter of unit `index`; the end of the text if there is no such unit.
    pub(crate) fn byte(&self, text: &str, index: usize) -> usize {
        let Some(&(range, from)) = self.marks.get(index / STEP) else { return text.len() };
        let mut left = index % STEP;
        let mut from = from as usize;
        for range in &self.ranges[range as usize..] {
            let start = from.max(range.start);
            let piece = text.get(start..range.end).unwrap_or_default();
            let mut found = None;
            walk(piece, |at, _| {
                if left == 0 {
                    found = Some(start + at);
                    return false;
                }
                left -= 1;
                true
            });
            if let Some(at) = found {
                return at;
            }
            from = 0;
        }
        text.len()
    }

    /// Number of units before byte `at` of the text: where a cut of the text falls.
    pub(crate) fn index(&self, text: &str, at: usize) -> usize {
        let number = self.ranges.partition_point(|range| range.end <= at);
        let mark = self.marks.partition_point(|&(_, byte)| (byte as usize) < at).saturating_sub(1);
        let Some(&(first, from)) = self.marks.get(mark) else { return 0 };
        if from as usize >= at {
            return 0;
        }
        let mut count = mark * STEP;
        let mut from = from as usize;
        let last = (number + 1).min(self.ranges.len());
        for range in self.ranges.get(first as usize..last).unwrap_or_default() {
            let start = from.max(range.start);
            walk(text.get(start..range.end).unwrap_or_default(), |offset, _| {
                let before = start + offset < at;
                count += usize::from(before);
                before
            });
            from = 0;
        }
        count
    }
}

/// The empty range at a byte, for places that do not exist.
trait EmptyAt {
    fn default_at(at: usize) -> Self;
}

impl EmptyAt for TextRange {
    fn default_at(at: usize) -> Self {
        Self::new(at, at)
    }
}

/// Texts beyond 4 GiB are refused before folding, so nothing is lost.
fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Calls `take` with byte and unit of every letter and digit outside web addresses, until it says no.
fn walk(text: &str, mut take: impl FnMut(usize, u16) -> bool) {
    let table = table();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte < 0x80 {
            let unit = table[usize::from(byte)];
            if unit == DROP {
                at += 1;
                continue;
            }
            if (byte == b'h' || byte == b'w' || byte == b'H' || byte == b'W')
                && let Some(length) = address_length(&text[at..])
                && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric())
            {
                at += length;
                continue;
            }
            if !take(at, unit) {
                return;
            }
            at += 1;
            continue;
        }
        let Some(character) = text[at..].chars().next() else { return };
        let code = character as usize;
        let unit = table.get(code).copied().unwrap_or(MANY);
        if unit == MANY {
            let mut go_on = true;
            fold_slow(character, |unit| go_on = go_on && take(at, unit));
            if !go_on {
                return;
            }
        } else if unit != DROP && !take(at, unit) {
            return;
        }
        at += character.len_utf8();
    }
}

/// Length in bytes of the web address that `text` opens with, if it opens with one.
pub(crate) fn address_length(text: &str) -> Option<usize> {
    let opens = |prefix: &str| {
        text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    (opens("http://") || opens("https://") || opens("www."))
        .then(|| text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// No letter or digit.
const DROP: u16 = 0;
/// Several units: looked up slowly.
const MANY: u16 = 1;

/// Unit of every character of the basic plane.
fn table() -> &'static [u16] {
    static TABLE: OnceLock<Vec<u16>> = OnceLock::new();
    TABLE.get_or_init(|| {
        (0..0x1_0000)
            .map(|code| {
                let mut units = Vec::new();
                if let Some(character) = char::from_u32(code) {
                    fold_slow(character, |unit| units.push(unit));
                }
                match units[..] {
                    [] => DROP,
                    [unit] => unit,
                    _ => MANY,
                }
            })
            .collect()
    })
}

/// Lower case, compatibility decomposition, letters and digits only. Accents fall away with the
/// combining marks, so composed and decomposed spellings, and scans that lost accents, agree.
fn fold_slow(character: char, mut take: impl FnMut(u16)) {
    for lower in character.to_lowercase() {
        decompose_compatible(lower, |part| {
            if part.is_alphanumeric() {
                let code = part as u32;
                let low = code.to_le_bytes();
                let mixed =
                    u16::from_le_bytes([low[0], low[1]]) ^ u16::from(low[2]).wrapping_mul(0x9e37);
                take(mixed.max(2));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Folded {
        Folded::of(text, &[TextRange::new(0, text.len())])
    }

    #[test]
    fn capitals_accents_and_marks_fall_away_and_the_way_back_is_exact() {
        let text = "  Élan — «ŒUVRE», ﬁn\u{200b}al е\u{0301}!";
        let folded = all(text);
        assert_eq!(folded.units, all("elan œuvre final е").units);
        assert_eq!(folded.bytes(text, 0, 4).of(text), Some("Élan"));
        assert_eq!(folded.bytes(text, 4, 9).of(text), Some("ŒUVRE"));
    }

    #[test]
    fn every_index_finds_its_byte_and_back_across_ranges() {
        let text = "ab\u{301}c déf — https://example.org/x gh 42. ".repeat(20);
        let half = text.len() / 2;
        let half = (half..).find(|&at| text.is_char_boundary(at)).unwrap();
        let ranges = [TextRange::new(3, half), TextRange::new(half + 7, text.len())].map(|r| {
            TextRange::new((r.start..).find(|&a| text.is_char_boundary(a)).unwrap(), r.end)
        });
        let folded = Folded::of(&text, &ranges);
        assert!(folded.units.len() > 100);
        for index in 0..folded.units.len() {
            let at = folded.byte(&text, index);
            assert!(text.is_char_boundary(at));
            assert_eq!(folded.index(&text, at), index);
        }
        assert_eq!(folded.byte(&text, folded.units.len()), text.len());
        assert_eq!(folded.index(&text, text.len()), folded.units.len());
    }

    #[test]
    fn web_addresses_are_left_out() {
        assert_eq!(all("see HTTPS://Example.org/a?b=c now").units, all("see now").units);
        assert_eq!(all("www.example.org").units.len(), 0);
        assert_eq!(all("how www").units.len(), 6);
    }
}
