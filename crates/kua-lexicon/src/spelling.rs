//! Entries that look right and can never be found: a letter of another script that looks the same, a
//! hidden character, letters put together in another way than texts are read.

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::Entry;
use crate::lexicon::Lexicon;

/// What is odd in an entry's spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Misspelt {
    /// Path of the file below `lexicons/`.
    pub file: String,
    /// Number of the line, from 1.
    pub line: usize,
    /// The word, the letter and what to do.
    pub reason: String,
    /// Whether it is surely a slip. A whole word of another script may be a name ("AP").
    pub sure: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

impl Script {
    fn of(c: char) -> Option<Self> {
        match u32::from(c) {
            0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => {
                c.is_alphabetic().then_some(Self::Latin)
            }
            0x370..=0x3FF | 0x1F00..=0x1FFF => c.is_alphabetic().then_some(Self::Greek),
            0x400..=0x52F | 0x1C80..=0x1C8F => c.is_alphabetic().then_some(Self::Cyrillic),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Latin => "Latin",
            Self::Cyrillic => "Cyrillic",
            Self::Greek => "Greek",
        }
    }
}

/// Small and capital letters of Latin and Cyrillic that print alike (Unicode confusables, TR39).
const ALIKE: [&str; 3] = [
    "aceijopsxyhABCEHIJKMOPSTXY",
    "\u{430}\u{441}\u{435}\u{456}\u{458}\u{43E}\u{440}\u{455}\u{445}\u{443}\u{4BB}",
    "\u{410}\u{412}\u{421}\u{415}\u{41D}\u{406}\u{408}\u{41A}\u{41C}\u{41E}\u{420}\u{405}\u{422}\u{425}\u{423}",
];

/// Entries of a language whose spelling keeps them from ever being found, in order. `examples.txt` is
/// left out, an example may be misspelt on purpose, and `scripts.txt`, which sets letters side by side.
pub fn misspelt(lexicon: &Lexicon) -> Vec<Misspelt> {
    let mut out = Vec::new();
    for file in lexicon.file_names().filter(|file| !matches!(*file, "examples.txt" | "scripts.txt"))
    {
        let entries = || lexicon.sections(file).flat_map(|(_, entries)| entries);
        let main = main_script(entries());
        for entry in entries() {
            let mut odd = |reason: String, sure: bool| {
                out.push(Misspelt { file: entry.file.clone(), line: entry.line, reason, sure });
            };
            if let Some(reason) = unnormalised(&entry.raw) {
                odd(reason, true);
            }
            let words = std::iter::once(&entry.key).chain(&entry.unless);
            // The name after `~` is that of a list of endings.
            let parts = words.flat_map(|text| text.split([' ', '|', '(', ')']));
            let stems = parts.map(|part| part.split_once('~').map_or(part, |(stem, _)| stem));
            for word in stems.flat_map(|text| text.split(|c: char| !c.is_alphabetic())) {
                if let Some((reason, sure)) = look_alike(word, main) {
                    odd(reason, sure);
                }
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// The script most words of a file are written in.
fn main_script<'e>(entries: impl Iterator<Item = &'e Entry>) -> Option<Script> {
    let (mut latin, mut cyrillic) = (0_usize, 0_usize);
    for c in entries.flat_map(|entry| entry.key.chars()) {
        match Script::of(c) {
            Some(Script::Latin) => latin += 1,
            Some(Script::Cyrillic) => cyrillic += 1,
            _ => {}
        }
    }
    match (latin, cyrillic) {
        (0, 0) => None,
        // Spellings of several scripts side by side (`scripts.txt`) have no main one.
        (a, b) if a.min(b) * 4 > a.max(b) => None,
        (a, b) if a > b => Some(Script::Latin),
        _ => Some(Script::Cyrillic),
    }
}

fn unnormalised(raw: &str) -> Option<String> {
    let hidden = raw.chars().find(|c| {
        matches!(
            c,
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{A0}' | '\u{202F}'
        )
    });
    if let Some(c) = hidden {
        return Some(format!(
            "holds the hidden or unusual space character U+{:04X}: remove it or write a plain space",
            u32::from(c)
        ));
    }
    (!is_nfc(raw)).then(|| {
        let whole: String = raw.nfc().collect();
        format!("is not in Unicode normal form C: write it as {whole:?}")
    })
}

/// What is odd in the letters of a word, and whether it surely is.
fn look_alike(word: &str, main: Option<Script>) -> Option<(String, bool)> {
    let scripts = || word.chars().filter_map(|c| Some((c, Script::of(c)?)));
    let (_, first) = scripts().next()?;
    let count = |wanted: Script| scripts().filter(|(_, script)| *script == wanted).count();
    let home = [Script::Latin, Script::Cyrillic, Script::Greek]
        .into_iter()
        .max_by_key(|&script| (count(script), Some(script) == main))
        .unwrap_or(first);
    if let Some((odd, script)) = scripts().find(|(_, script)| *script != home) {
        let reason = format!(
            "in {word:?} the letter {odd:?} (U+{:04X}) is {}, the others are {}: write the whole word in one script",
            u32::from(odd),
            script.name(),
            home.name()
        );
        return Some((reason, true));
    }
    // A whole word of letters that look like those of the file's script: "о" and "с".
    let stray = main.is_some_and(|main| main != home)
        && word.chars().all(|c| ALIKE.iter().any(|letters| letters.contains(c)));
    stray.then(|| {
        let reason = format!(
            "{word:?} is written in {} letters that look like the {} ones of this file: write it anew if it is no name",
            home.name(),
            main.map_or("", Script::name)
        );
        (reason, false)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lexicons;

    fn reasons(text: &str) -> Vec<(usize, String)> {
        let lexicons =
            Lexicons::from_files([("ru/events.txt".to_owned(), text.to_owned())]).unwrap();
        let lexicon = lexicons.get("ru".parse().unwrap()).unwrap();
        misspelt(lexicon).into_iter().map(|odd| (odd.line, odd.reason)).collect()
    }

    #[test]
    fn a_latin_letter_in_a_cyrillic_word_is_named_with_its_line() {
        let found = reasons("[killed.victims]\nпогибших\nпoгибших | убитых\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, 3);
        assert!(found[0].1.contains("U+006F") && found[0].1.contains("Latin"), "{found:?}");
    }

    #[test]
    fn a_whole_word_of_look_alikes_is_named_and_a_foreign_name_is_not() {
        let found = reasons("[a]\nпогибших\nраненых UNLESS cop\nпострадавших UNLESS kua\n");
        assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn hidden_characters_and_decomposed_letters_are_named() {
        let found = reasons("[a]\nпо\u{ad}гибших\nзадержанны\u{438}\u{306}\nпогибших\n");
        assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
        assert!(found[1].1.contains("normal form"), "{found:?}");
    }

    #[test]
    fn the_embedded_lexicons_are_well_spelt() {
        let lexicons = Lexicons::embedded();
        let all: Vec<_> = lexicons
            .languages()
            .filter_map(|lang| lexicons.get(lang))
            .flat_map(misspelt)
            .filter(|odd| odd.sure)
            .map(|odd| format!("{}:{}: {}", odd.file, odd.line, odd.reason))
            .collect();
        assert!(all.is_empty(), "{}", all.join("\n"));
    }
}
