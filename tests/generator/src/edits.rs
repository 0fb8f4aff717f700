//! What happens to texts that travel.

use crate::Random;

/// One way to change a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edit {
    /// Nothing is changed.
    Verbatim,
    /// Capitals throughout, marks lost.
    Upper,
    /// One sentence is quoted.
    Quote1,
    /// Three sentences are quoted.
    Quote3,
    /// One word in ten is another.
    Light,
    /// Three words in ten are others.
    Heavy,
    /// Two letters in a hundred are misread, and lines broken.
    Ocr2,
    /// Five letters in a hundred.
    Ocr5,
    /// Ten letters in a hundred.
    Ocr10,
    /// Paragraphs in another order.
    Shuffle,
    /// Two sentences in five are kept.
    Digest,
}

impl Edit {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Verbatim,
        Self::Upper,
        Self::Quote1,
        Self::Quote3,
        Self::Light,
        Self::Heavy,
        Self::Ocr2,
        Self::Ocr5,
        Self::Ocr10,
        Self::Shuffle,
        Self::Digest,
    ];

    /// Whether only a few sentences stand in another article.
    pub fn is_quotation(self) -> bool {
        matches!(self, Self::Quote1 | Self::Quote3)
    }

    /// Its name in the truth file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Upper => "upper",
            Self::Quote1 => "quote1",
            Self::Quote3 => "quote3",
            Self::Light => "light",
            Self::Heavy => "heavy",
            Self::Ocr2 => "ocr2",
            Self::Ocr5 => "ocr5",
            Self::Ocr10 => "ocr10",
            Self::Shuffle => "shuffle",
            Self::Digest => "digest",
        }
    }
}

/// The text after the change.
pub fn edit(random: &mut Random, text: &str, kind: Edit) -> String {
    match kind {
        Edit::Verbatim => text.to_owned(),
        Edit::Upper => text.to_uppercase().replace(['.', ',', ';', ':', '«', '»', '“', '”'], ""),
        Edit::Quote1 => quoted(random, text, 1),
        Edit::Quote3 => quoted(random, text, 3),
        Edit::Light => replaced(random, text, 10),
        Edit::Heavy => replaced(random, text, 30),
        Edit::Ocr2 => misread(random, text, 2),
        Edit::Ocr5 => misread(random, text, 5),
        Edit::Ocr10 => misread(random, text, 10),
        Edit::Shuffle => {
            let mut paragraphs: Vec<&str> = text.split("\n\n").collect();
            for at in (1..paragraphs.len()).rev() {
                paragraphs.swap(at, random.below(at + 1));
            }
            paragraphs.join("\n\n")
        }
        Edit::Digest => {
            let all = sentences(text);
            let kept: Vec<&str> = all.iter().copied().filter(|_| random.in_hundred(40)).collect();
            if kept.len() < 2 { all.into_iter().take(2).collect::<Vec<_>>() } else { kept }
                .join(" ")
        }
    }
}

/// Sentences of a text, from capital to full stop.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    text.split("\n\n")
        .flat_map(|paragraph| paragraph.split_inclusive(". "))
        .map(str::trim)
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

fn quoted(random: &mut Random, text: &str, count: usize) -> String {
    let all: Vec<&str> = sentences(text);
    let long = |from: usize| {
        all[from..(from + count).min(all.len())].iter().map(|s| s.chars().count()).sum::<usize>()
    };
    let mut from = random.below(all.len().saturating_sub(count) + 1);
    for _ in 0..20 {
        if long(from) >= 100 * count {
            break;
        }
        from = random.below(all.len().saturating_sub(count) + 1);
    }
    all[from..(from + count).min(all.len())].join(" ")
}

/// Every so-many-th word in a hundred becomes an invented one; figures and names stay.
fn replaced(random: &mut Random, text: &str, share: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive([' ', '\n']) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let plain = word.chars().all(char::is_lowercase) && word.chars().count() > 2;
        if plain && random.in_hundred(share) {
            out.push_str(&crate::grammar::invented(random, word));
            out.push_str(&piece[word.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// Letters misread, figures never (a misread figure is another figure), and lines broken.
fn misread(random: &mut Random, text: &str, share: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character == ' ' && random.below(12) == 0 {
            out.push('\n');
        } else if character.is_alphabetic() && random.in_hundred(share) {
            match random.below(4) {
                0 => {}
                1 => out.extend([character, 'i']),
                _ => out.push(['c', 'e', 'l', 'n', 'r', 'o'][random.below(6)]),
            }
        } else {
            out.push(character);
        }
    }
    out
}
