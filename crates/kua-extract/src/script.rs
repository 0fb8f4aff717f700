//! Other scripts a language is written in: a word in one of them is looked up as its lexicon
//! spells it. `scripts.txt` holds one table of letters an orthography; where a letter stands for
//! several, the spelling that the lexicon knows is taken. Knows no letter of any language.

use std::borrow::Cow;

use kua_lexicon::{Lexicon, Token, TokenKind};

/// The file it is read from.
pub(crate) const FILE: &str = "scripts.txt";

/// Tables of letters, in the order of the file's section names.
#[derive(Debug, Default)]
pub(crate) struct Scripts(Vec<Table>);

/// Letters of an orthography, longest first, each with what it may stand for.
type Table = Vec<(String, Vec<String>)>;

/// No word in an alphabet of a lexicon is longer.
const LONGEST_WORD: usize = 48;
/// Letters tried of one word in one table.
const MOST_SPELLINGS: usize = 512;

/// The words a spelling may be.
pub(crate) trait Vocabulary {
    /// Whether it is a word.
    fn knows(&self, word: &str) -> bool;
    /// Whether some word begins so.
    fn begins(&self, word: &str) -> bool;
}

impl Scripts {
    /// The tables of a language, empty if it is written in one script.
    pub(crate) fn of(lexicon: &Lexicon) -> Self {
        let mut tables = Vec::new();
        for (_, entries) in lexicon.sections(FILE) {
            let mut table = Table::new();
            for entry in entries {
                let sounds: Vec<String> = entry
                    .value
                    .as_deref()
                    .unwrap_or("")
                    .split('|')
                    .map(|sound| sound.trim().trim_matches('_').to_owned())
                    .collect();
                for letter in entry.key.split('|').map(str::trim).filter(|key| !key.is_empty()) {
                    table.push((kua_lexicon::fold(letter).into_owned(), sounds.clone()));
                }
            }
            table.sort_by_key(|(letter, _)| usize::MAX - letter.len());
            tables.push(table);
        }
        Self(tables)
    }

    /// Whether the language is written in one script.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Spells the words among `tokens` that the lexicon does not know as it would spell them.
    /// A letter and its apostrophe become one word again. Ranges stay those of the text.
    pub(crate) fn respell(&self, tokens: &mut Vec<Token<'_>>, words: &dyn Vocabulary) {
        if self.0.is_empty() {
            return;
        }
        self.rejoin(tokens);
        for token in tokens.iter_mut().filter(|token| token.kind == TokenKind::Word) {
            if !words.knows(&token.fold)
                && let Some(spelling) = self.spelling(&token.fold, words)
            {
                token.fold = Cow::Owned(spelling);
            }
        }
    }

    /// "ja'" and "ralandy" are one word where the apostrophe is part of a letter.
    fn rejoin(&self, tokens: &mut Vec<Token<'_>>) {
        let letter = |word: &str| {
            self.0.iter().flatten().any(|(letter, _)| letter.len() > 1 && word.ends_with(letter))
        };
        let mut at = 1;
        while at < tokens.len() {
            let (Some(first), Some(second)) = (tokens.get(at - 1), tokens.get(at)) else { break };
            let glued = first.range.end == second.range.start
                && first.kind == TokenKind::Word
                && second.kind == TokenKind::Word
                && first.fold.ends_with('\'')
                && letter(&first.fold);
            if !glued {
                at += 1;
                continue;
            }
            let fold = format!("{}{}", first.fold, second.fold);
            let end = second.range.end;
            tokens.remove(at);
            if let Some(first) = tokens.get_mut(at - 1) {
                first.fold = Cow::Owned(fold);
                first.range.end = end;
            }
        }
    }

    /// The first spelling the lexicon knows; else the first that has a letter for every letter.
    fn spelling(&self, word: &str, words: &dyn Vocabulary) -> Option<String> {
        if word.chars().count() > LONGEST_WORD {
            return None;
        }
        let mut first = None;
        for table in &self.0 {
            let mut left = MOST_SPELLINGS;
            let mut spelled = String::new();
            if search(table, word, &mut spelled, words, &mut left) {
                return Some(spelled);
            }
            first = first.or_else(|| plainly(table, word));
        }
        first
    }
}

/// Every letter by the first thing it stands for; `None` if the table lacks one.
fn plainly(table: &Table, word: &str) -> Option<String> {
    let mut rest = word;
    let mut spelled = String::new();
    while !rest.is_empty() {
        let (after, sound) = table.iter().find_map(|(letter, sounds)| {
            Some((rest.strip_prefix(letter.as_str())?, sounds.first()?))
        })?;
        spelled.push_str(sound);
        rest = after;
    }
    Some(spelled)
}

/// Spells the rest of a word letter by letter; true when `spelled` is a word the lexicon knows.
fn search(
    table: &Table,
    rest: &str,
    spelled: &mut String,
    words: &dyn Vocabulary,
    left: &mut usize,
) -> bool {
    if rest.is_empty() {
        return words.knows(spelled);
    }
    for (letter, sounds) in table {
        let Some(after) = rest.strip_prefix(letter.as_str()) else { continue };
        for sound in sounds {
            if *left == 0 {
                return false;
            }
            *left -= 1;
            let mark = spelled.len();
            spelled.push_str(sound);
            if words.begins(spelled) && search(table, after, spelled, words, left) {
                return true;
            }
            spelled.truncate(mark);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Vocabulary for Vec<&str> {
        fn knows(&self, word: &str) -> bool {
            self.contains(&word)
        }

        fn begins(&self, word: &str) -> bool {
            self.iter().any(|known| known.starts_with(word))
        }
    }

    fn spell(table: &[(&str, &[&str])], word: &str, lexicon: &[&str]) -> Option<String> {
        let mut table: Table = table
            .iter()
            .map(|(letter, sounds)| {
                ((*letter).to_owned(), sounds.iter().map(|s| (*s).to_owned()).collect())
            })
            .collect();
        table.sort_by_key(|(letter, _)| usize::MAX - letter.len());
        Scripts(vec![table]).spelling(word, &lexicon.to_vec())
    }

    #[test]
    fn the_spelling_the_lexicon_knows_wins() {
        let table: &[(&str, &[&str])] =
            &[("a", &["а"]), ("s", &["с", "ц"]), ("i", &["и", "й"]), ("ia", &["ия"])];
        assert_eq!(spell(table, "asia", &["ация"]).as_deref(), Some("ация"));
        assert_eq!(spell(table, "ai", &["ай"]).as_deref(), Some("ай"));
        assert_eq!(spell(table, "sa", &[]).as_deref(), Some("са"));
        assert_eq!(spell(table, "xa", &["ха"]), None);
    }

    #[test]
    fn a_word_of_many_readings_costs_a_bounded_search() {
        let table: &[(&str, &[&str])] = &[("a", &["а", "ә", "я"])];
        assert!(spell(table, &"a".repeat(40), &["never"]).is_some());
        assert!(spell(table, &"a".repeat(400), &["never"]).is_none());
    }
}
