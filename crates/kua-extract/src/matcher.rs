//! Finds all phrases of all sections of a language among tokens, in one walk. Knows no meaning.
//!
//! Every stem is spelled out with every ending when the matcher is built, so that looking a token
//! up is one hash, and a token no lexicon knows costs nothing more.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use kua_lexicon::{PatternError, PatternWord, Token, expand};

use crate::script::Vocabulary;

/// Hashes short words in few steps (the multiply and rotate of FxHash, as in rustc). Keys are those
/// of lexicons alone, so that no text can make them collide.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn write(&mut self, bytes: &[u8]) {
        const SEED: u64 = 0x51_7c_c1_b7_27_22_0a_95;
        for chunk in bytes.chunks(8) {
            let mut word = [0_u8; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(SEED);
        }
    }

    fn finish(&self) -> u64 {
        // The upper bits are the well mixed ones; tables look at the lower, too.
        self.0 ^ (self.0 >> 32)
    }
}

type Words<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;

/// Phrases of many entries, compiled.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    vocabulary: Words<String, Vec<u32>>,
    /// The same words in order, where a script has to be spelled.
    sorted: Vec<String>,
    symbols: Words<PatternWord, u32>,
    /// By symbol: the node a phrase goes to from the start, or 0.
    first: Vec<u32>,
    nodes: Vec<Node>,
}

/// What `~` and `~list` may stand for, by the name of the list.
pub(crate) type Endings = BTreeMap<String, Vec<String>>;

#[derive(Debug, Default)]
struct Node {
    next: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

/// Words of entry `entry` at tokens `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    /// Number the phrase was added under.
    pub entry: u32,
}

impl Vocabulary for Matcher {
    fn knows(&self, word: &str) -> bool {
        self.vocabulary.contains_key(word)
    }

    fn begins(&self, word: &str) -> bool {
        let at = self.sorted.partition_point(|known| known.as_str() < word);
        self.sorted.get(at).is_some_and(|known| known.starts_with(word))
    }
}

impl Matcher {
    /// Adds every phrase of `key` under the number `entry`.
    pub(crate) fn add(
        &mut self,
        key: &str,
        endings: &Endings,
        entry: u32,
    ) -> Result<(), PatternError> {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        for phrase in expand(key)? {
            let mut at = 0_usize;
            for word in phrase {
                let symbol = self.symbol(word, endings)?;
                at = self.step(at, symbol);
            }
            if let Some(node) = self.nodes.get_mut(at)
                && at != 0
                && !node.ends.contains(&entry)
            {
                node.ends.push(entry);
            }
        }
        Ok(())
    }

    /// The symbol of a word or stem, so that patterns can name single words.
    pub(crate) fn symbol(
        &mut self,
        word: PatternWord,
        endings: &Endings,
    ) -> Result<u32, PatternError> {
        if let Some(&known) = self.symbols.get(&word) {
            return Ok(known);
        }
        let list = match endings.get(&word.list) {
            Some(list) if word.stem => list.as_slice(),
            None if !word.list.is_empty() => {
                return Err(PatternError(format!(
                    "~{} is no list of endings: add a section [{}] to endings.txt",
                    word.list, word.list
                )));
            }
            _ => &[],
        };
        let symbol = u32::try_from(self.symbols.len()).unwrap_or(u32::MAX);
        self.first.push(0);
        let mut spell = |word: String| {
            let symbols = self.vocabulary.entry(word).or_default();
            if !symbols.contains(&symbol) {
                symbols.push(symbol);
            }
        };
        if word.list.is_empty() {
            spell(word.fold.clone());
        }
        for ending in list {
            match ending.as_str() {
                "_" => spell(word.fold.clone()),
                ending => spell(format!("{}{}", word.fold, kua_lexicon::fold(ending))),
            }
        }
        self.symbols.insert(word, symbol);
        Ok(symbol)
    }

    /// The symbols that begin a phrase of an entry that is wanted, in order.
    pub(crate) fn starts_of(&self, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let reaches = |from: u32| {
            let mut open = vec![from as usize];
            while let Some(node) = open.pop().and_then(|at| self.nodes.get(at)) {
                if node.ends.iter().any(|&entry| wanted(entry)) {
                    return true;
                }
                open.extend(node.next.iter().map(|&(_, child)| child as usize));
            }
            false
        };
        let begins = |symbol: &u32| {
            self.first.get(*symbol as usize).is_some_and(|&node| node != 0 && reaches(node))
        };
        (0..u32::try_from(self.first.len()).unwrap_or(u32::MAX)).filter(begins).collect()
    }

    /// Sorts the words for [`Vocabulary::begins`]: once, when all are added.
    pub(crate) fn sort_words(&mut self) {
        self.sorted = self.vocabulary.keys().cloned().collect();
        self.sorted.sort_unstable();
    }

    /// The symbols of a token; empty for words in no lexicon.
    pub(crate) fn symbols_of(&self, token: &Token<'_>) -> &[u32] {
        let word = token.fold.as_ref();
        let known = self.vocabulary.get(word);
        // "the governor's office": the apostrophe of a possessive belongs to no entry.
        known
            .or_else(|| word.strip_suffix('\'').and_then(|stem| self.vocabulary.get(stem)))
            .map_or(&[], Vec::as_slice)
    }

    /// Calls `found` with every phrase that begins at token `at`. `symbols` is by token.
    pub(crate) fn each_at(&self, symbols: &[&[u32]], at: usize, found: &mut impl FnMut(Hit)) {
        let Some(here) = symbols.get(at) else { return };
        for &symbol in *here {
            let node = self.first.get(symbol as usize).copied().unwrap_or(0);
            if node != 0 {
                self.walk(node as usize, symbols, at, at + 1, found);
            }
        }
    }

    fn walk(
        &self,
        node: usize,
        symbols: &[&[u32]],
        start: usize,
        at: usize,
        found: &mut impl FnMut(Hit),
    ) {
        let Some(here) = self.nodes.get(node) else { return };
        for &entry in &here.ends {
            found(Hit { start, end: at, entry });
        }
        if here.next.is_empty() {
            return;
        }
        let Some(next) = symbols.get(at) else { return };
        for &symbol in *next {
            if let Ok(index) = here.next.binary_search_by_key(&symbol, |&(symbol, _)| symbol)
                && let Some(&(_, child)) = here.next.get(index)
            {
                self.walk(child as usize, symbols, start, at + 1, found);
            }
        }
    }

    fn step(&mut self, at: usize, symbol: u32) -> usize {
        let fresh = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let child = if at == 0 {
            match self.first.get_mut(symbol as usize) {
                Some(node) if *node == 0 => {
                    *node = fresh;
                    fresh
                }
                Some(node) => *node,
                None => return 0,
            }
        } else {
            let Some(node) = self.nodes.get_mut(at) else { return 0 };
            match node.next.binary_search_by_key(&symbol, |&(symbol, _)| symbol) {
                Ok(index) => node.next.get(index).map_or(0, |&(_, child)| child),
                Err(index) => {
                    node.next.insert(index, (symbol, fresh));
                    fresh
                }
            }
        };
        if child == fresh {
            self.nodes.push(Node::default());
        }
        child as usize
    }
}
