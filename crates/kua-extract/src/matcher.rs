//! Finds all phrases of all sections of a language among tokens, in one walk. Knows no meaning.
//!
//! Every stem is spelled out with every ending when the matcher is built, so that looking a token
//! up is one hash, and a token no lexicon knows costs nothing more.

use std::collections::HashMap;

use kua_lexicon::{PatternError, Token, expand};

/// Phrases of many entries, compiled.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    vocabulary: HashMap<String, Vec<u32>>,
    symbols: HashMap<(String, bool), u32>,
    /// By symbol: the node a phrase goes to from the start, or 0.
    first: Vec<u32>,
    nodes: Vec<Node>,
}

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

impl Matcher {
    /// Adds every phrase of `key` under the number `entry`.
    pub(crate) fn add(
        &mut self,
        key: &str,
        endings: &[String],
        entry: u32,
    ) -> Result<(), PatternError> {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        for phrase in expand(key)? {
            let mut at = 0_usize;
            for word in phrase {
                let symbol = self.symbol(word.fold, word.stem, endings);
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
    pub(crate) fn symbol(&mut self, fold: String, stem: bool, endings: &[String]) -> u32 {
        if let Some(&known) = self.symbols.get(&(fold.clone(), stem)) {
            return known;
        }
        let symbol = u32::try_from(self.symbols.len()).unwrap_or(u32::MAX);
        self.first.push(0);
        let mut spell = |word: String| {
            let symbols = self.vocabulary.entry(word).or_default();
            if !symbols.contains(&symbol) {
                symbols.push(symbol);
            }
        };
        spell(fold.clone());
        if stem {
            for ending in endings {
                spell(format!("{fold}{}", kua_lexicon::fold(ending)));
            }
        }
        self.symbols.insert((fold, stem), symbol);
        symbol
    }

    /// The symbols of a token; empty for words in no lexicon.
    pub(crate) fn symbols_of(&self, token: &Token<'_>) -> &[u32] {
        self.vocabulary.get(token.fold.as_ref()).map_or(&[], Vec::as_slice)
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
