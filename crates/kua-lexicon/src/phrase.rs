//! Finds the words of a lexicon section among tokens: many phrases at once, longest first.
//!
//! A key is one phrase or several divided by `|`. In a phrase, `~` after a stem stands for any
//! listed ending (the empty one included; `~list` any of a list with that name), `?` after a word or a group in brackets makes it
//! optional, and a group may hold alternatives: `put (him|her) to death`.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::{Entry, LexiconError, Token, TokenKind, tokens};

/// Phrases compiled for matching. Matching is linear in the number of tokens times the longest phrase.
#[derive(Debug, Clone, Default)]
pub struct Phrases {
    nodes: Vec<Node>,
    /// A bit for the first two bytes of every word that a phrase may begin with: most tokens are told by
    /// it to begin none.
    openings: [u64; 4],
    endings: HashSet<String, FixedState>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    exact: HashMap<String, usize, FixedState>,
    stems: HashMap<String, usize, FixedState>,
    /// Bytes of the shortest and the longest stem.
    stem_bytes: (usize, usize),
    /// Number of the entry that ends here, smallest first come.
    entry: Option<usize>,
}

impl Node {
    /// Byte offsets in `word` at which a stem of this node may end.
    fn splits<'w>(&self, word: &'w str) -> impl Iterator<Item = usize> + use<'w> {
        let (least, most) = self.stem_bytes;
        let range = if most == 0 { 1..1 } else { least.max(1)..most.min(word.len()) + 1 };
        range.filter(|&split| word.is_char_boundary(split))
    }
}

/// A phrase that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// How many tokens it takes.
    pub tokens: usize,
    /// Index of the entry in the slice the phrases were compiled from.
    pub entry: usize,
}

/// A key that is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(
    /// What was expected and found.
    pub String,
);

/// A key may not stand for more phrases than this.
const MOST_PHRASES: usize = 512;

impl Phrases {
    /// Compiles the keys of `entries`; `endings` is what `~` may stand for.
    /// Keys that are no patterns are reported; the others are kept.
    pub fn compile(entries: &[Entry], endings: &[String]) -> (Self, Vec<LexiconError>) {
        let mut phrases = Self {
            nodes: vec![Node::default()],
            openings: [0; 4],
            endings: endings.iter().map(|e| crate::fold(e).into_owned()).collect(),
        };
        phrases.endings.insert(String::new());
        let mut errors = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            if let Err(error) = phrases.add(&entry.key, number) {
                errors.push(LexiconError {
                    file: entry.file.clone(),
                    line: entry.line,
                    reason: error.to_string(),
                });
            }
        }
        (phrases, errors)
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// Adds one key as entry `number`. Of two phrases of equal length the lower number wins.
    pub fn add(&mut self, key: &str, number: usize) -> Result<(), PatternError> {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
            self.endings.insert(String::new());
        }
        for phrase in expand(key)? {
            let mut at = 0;
            for word in phrase {
                if !word.list.is_empty() {
                    return Err(PatternError(format!(
                        "named lists of endings are for the files kua-extract reads, found ~{} in {key:?}",
                        word.list
                    )));
                }
                if at == 0 {
                    self.open(&word);
                }
                let next = self.nodes.len();
                let children =
                    if word.stem { &mut self.nodes[at].stems } else { &mut self.nodes[at].exact };
                let bytes = word.fold.len();
                let child = *children.entry(word.fold).or_insert(next);
                if word.stem {
                    let (least, most) = self.nodes[at].stem_bytes;
                    let least = if most == 0 { bytes } else { least.min(bytes) };
                    self.nodes[at].stem_bytes = (least, most.max(bytes));
                }
                at = child;
                if at == next {
                    self.nodes.push(Node::default());
                }
            }
            let entry = &mut self.nodes[at].entry;
            *entry = Some(entry.map_or(number, |old| old.min(number)));
        }
        Ok(())
    }

    fn open(&mut self, word: &PatternWord) {
        if word.stem && word.fold.len() < 2 {
            self.openings = [u64::MAX; 4];
        } else {
            let (place, bit) = opening(&word.fold);
            self.openings[place] |= bit;
        }
    }

    fn opens_with(&self, fold: &str) -> bool {
        let (place, bit) = opening(fold);
        self.openings[place] & bit != 0
    }

    /// Whether some phrase may begin with this token: a cheap test before [`Phrases::longest_at`].
    pub fn may_start(&self, token: &Token<'_>) -> bool {
        let Some(root) = self.nodes.first() else { return false };
        let fold = token.fold.as_ref();
        self.opens_with(fold)
            && (root.exact.contains_key(fold)
                || token.kind == TokenKind::Word
                    && root.splits(fold).any(|split| root.stems.contains_key(&fold[..split])))
    }

    /// The longest phrase that begins at token `at`; of equals the entry that stands first.
    pub fn longest_at(&self, tokens: &[Token<'_>], at: usize) -> Option<Match> {
        let mut best = None;
        let opens = tokens.get(at).is_some_and(|token| self.opens_with(&token.fold));
        if opens && !self.nodes.is_empty() {
            self.walk(0, tokens, at, 0, &mut best);
        }
        best
    }

    /// All matches from left to right, longest first, never overlapping: (index of first token, match).
    pub fn all(&self, tokens: &[Token<'_>]) -> Vec<(usize, Match)> {
        let mut out = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.longest_at(tokens, at) {
                Some(found) => {
                    out.push((at, found));
                    at += found.tokens;
                }
                None => at += 1,
            }
        }
        out
    }

    fn walk(
        &self,
        node: usize,
        tokens: &[Token<'_>],
        at: usize,
        taken: usize,
        best: &mut Option<Match>,
    ) {
        let here = &self.nodes[node];
        if let Some(entry) = here.entry
            && taken > 0
            && best.is_none_or(|b| taken > b.tokens || (taken == b.tokens && entry < b.entry))
        {
            *best = Some(Match { tokens: taken, entry });
        }
        let Some(token) = tokens.get(at) else { return };
        let fold = token.fold.as_ref();
        if let Some(&next) = here.exact.get(fold) {
            self.walk(next, tokens, at + 1, taken + 1, best);
        }
        if token.kind != TokenKind::Word {
            return;
        }
        for split in here.splits(fold) {
            if let Some(&next) = here.stems.get(&fold[..split])
                && self.endings.contains(&fold[split..])
            {
                self.walk(next, tokens, at + 1, taken + 1, best);
            }
        }
    }
}

/// Place and bit of the first two bytes of a word.
fn opening(word: &str) -> (usize, u64) {
    let byte = |at: usize| word.as_bytes().get(at).copied().map_or(0, usize::from);
    let mixed = byte(0).wrapping_mul(0x9d).wrapping_add(byte(1)) % 256;
    (mixed / 64, 1 << (mixed % 64))
}

/// One word of an expanded key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PatternWord {
    /// The word or stem, folded as in [`Token::fold`].
    pub fold: String,
    /// Whether it was marked with `~`: any listed ending may follow, or none.
    pub stem: bool,
    /// Name of the list of endings, as in `stem~list`; empty for the list without a name.
    pub list: String,
}

/// All phrases a key stands for, for callers with a matcher of their own. Never empty.
/// Fails if the key is no pattern or stands for more than 512 phrases.
pub fn expand(key: &str) -> Result<Vec<Vec<PatternWord>>, PatternError> {
    let pieces: Vec<char> = key.chars().collect();
    let mut at = 0;
    let phrases = alternatives(&pieces, &mut at, 0)?;
    if at < pieces.len() {
        return Err(PatternError(format!(
            "closing bracket without an opening one in {key:?}: remove it"
        )));
    }
    let phrases: Vec<_> = phrases.into_iter().filter(|phrase| !phrase.is_empty()).collect();
    if phrases.is_empty() {
        return Err(PatternError(format!("expected at least one word, found {key:?}")));
    }
    Ok(phrases)
}

type Many = Vec<Vec<PatternWord>>;

fn alternatives(pieces: &[char], at: &mut usize, depth: usize) -> Result<Many, PatternError> {
    if depth > 8 {
        return Err(PatternError(
            "brackets nested more than 8 deep: write several lines".to_owned(),
        ));
    }
    let mut all = Vec::new();
    let mut current: Many = vec![Vec::new()];
    while *at < pieces.len() {
        let group = match pieces[*at] {
            ')' => break,
            '|' => {
                *at += 1;
                all.append(&mut current);
                current = vec![Vec::new()];
                continue;
            }
            c if c.is_whitespace() => {
                *at += 1;
                continue;
            }
            '(' => {
                *at += 1;
                let inner = alternatives(pieces, at, depth + 1)?;
                if pieces.get(*at) != Some(&')') {
                    return Err(PatternError(
                        "a bracket is opened and not closed: add ')'".to_owned(),
                    ));
                }
                *at += 1;
                inner
            }
            '?' | '~' => return Err(PatternError(format!("'{}' must follow a word", pieces[*at]))),
            _ => vec![word(pieces, at)],
        };
        let optional = pieces.get(*at) == Some(&'?');
        *at += usize::from(optional);
        current = combine(&current, &group, optional)?;
    }
    all.append(&mut current);
    if all.len() > MOST_PHRASES {
        return Err(too_many());
    }
    Ok(all)
}

/// One run of characters up to white space or a mark; it may be several tokens (`aujourd'hui`).
fn word(pieces: &[char], at: &mut usize) -> Vec<PatternWord> {
    let start = *at;
    while pieces
        .get(*at)
        .is_some_and(|&c| !c.is_whitespace() && !matches!(c, '(' | ')' | '|' | '?' | '~'))
    {
        *at += 1;
    }
    let text: String = pieces[start..*at].iter().collect();
    let mut words: Vec<_> = tokens(&text, 0)
        .into_iter()
        .map(|token| PatternWord {
            fold: token.fold.into_owned(),
            stem: false,
            list: String::new(),
        })
        .collect();
    if pieces.get(*at) == Some(&'~') {
        *at += 1;
        let start = *at;
        while pieces.get(*at).is_some_and(|c| c.is_alphanumeric()) {
            *at += 1;
        }
        if let Some(last) = words.last_mut() {
            last.stem = true;
            last.list = pieces[start..*at].iter().collect();
        }
    }
    words
}

fn combine(left: &Many, right: &Many, optional: bool) -> Result<Many, PatternError> {
    let mut out = Vec::new();
    for head in left {
        if optional {
            out.push(head.clone());
        }
        for tail in right {
            out.push(head.iter().chain(tail).cloned().collect());
        }
        if out.len() > MOST_PHRASES {
            return Err(too_many());
        }
    }
    Ok(out)
}

fn too_many() -> PatternError {
    PatternError(format!("stands for more than {MOST_PHRASES} phrases: write several lines"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(key: &str, endings: &[&str], text: &str) -> Option<usize> {
        let mut phrases =
            Phrases::compile(&[], &endings.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>()).0;
        phrases.add(key, 0).unwrap();
        phrases.all(&tokens(text, 0)).first().map(|(_, found)| found.tokens)
    }

    #[test]
    fn stems_take_listed_endings_only() {
        assert_eq!(find("tué~", &["e", "s", "es"], "elles furent tuées"), Some(1));
        assert_eq!(find("tué~", &["e", "s"], "tuerie"), None);
        assert_eq!(find("tué~", &[], "Tué"), Some(1));
    }

    #[test]
    fn optional_words_and_groups() {
        assert_eq!(
            find("lost (his|her|their)? li~", &["fe", "ves"], "They lost their lives"),
            Some(3)
        );
        assert_eq!(find("lost (his|her|their)? li~", &["fe", "ves"], "lost life"), Some(2));
        assert_eq!(find("a b? c | d", &[], "x d"), Some(1));
        assert_eq!(find("aujourd'hui", &[], "Aujourd’hui"), Some(2));
    }

    #[test]
    fn slips_are_named_and_bombs_refused() {
        for key in ["(a", "a)", "?", "", "|", "~"] {
            assert!(expand(key).is_err(), "{key}");
        }
        assert!(expand(&"a? ".repeat(40)).is_err());
        assert!(expand(&"(".repeat(100_000)).is_err());
    }

    #[test]
    fn the_longest_phrase_wins_then_the_first_entry() {
        let entries: Vec<Entry> = ["security", "security forces", "security forces"]
            .iter()
            .enumerate()
            .map(|(line, key)| Entry {
                key: (*key).to_owned(),
                value: None,
                unless: Vec::new(),
                raw: String::new(),
                file: "xx/a.txt".to_owned(),
                line,
            })
            .collect();
        let (phrases, errors) = Phrases::compile(&entries, &[]);
        assert!(errors.is_empty());
        assert_eq!(
            phrases.longest_at(&tokens("Security forces fired", 0), 0),
            Some(Match { tokens: 2, entry: 1 })
        );
    }
}
