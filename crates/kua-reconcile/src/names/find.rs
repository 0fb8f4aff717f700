//! Finds names in documents: runs of capitalised words, read with the words around them. Knows one
//! document at a time, and which words the case also writes small.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use kua_lexicon::{Token, TokenKind};
use kua_model::{Document, NameKind, Role, Span, TextRange};

use crate::vocabulary::{Vocabulary, Words};

/// A name where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention<'d> {
    /// As it stands, titles stripped.
    pub(crate) text: &'d str,
    pub(crate) at: Span,
    /// What it names, if the words around it or a lexicon say so.
    pub(crate) kind: Option<NameKind>,
    /// The name a lexicon has for it.
    pub(crate) canonical: Option<String>,
    /// It opens a sentence, where every word has a capital.
    pub(crate) opening: bool,
    /// How many words with a capital.
    pub(crate) words: usize,
    /// A small word before it hints at a place, which is not enough by itself.
    pub(crate) after_in: bool,
}

/// What the words of one document tell before names are sought in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnWords {
    /// Folded words that stand somewhere in it with a small letter, sorted.
    pub(crate) small: Vec<String>,
    /// Folded words that stand in it only with a capital, sorted: whether they are names depends
    /// on the rest of the case.
    pub(crate) open: Vec<String>,
    /// Folded words with which a body, country or place of the lexicons may begin, sorted.
    known: Vec<String>,
}

impl OwnWords {
    pub(crate) fn of(document: &Document, vocabulary: &Vocabulary) -> Self {
        let v = vocabulary;
        let mut words: BTreeMap<Cow<'_, str>, (bool, bool)> = BTreeMap::new();
        for text in document.blocks.iter().filter_map(|block| block.range.of(&document.text)) {
            for token in Words::new(text).tokens {
                if token.kind != TokenKind::Word {
                    continue;
                }
                let sections = [&v.agencies, &v.bodies, &v.places, &v.countries];
                let (small, _) = words.entry(token.fold.clone()).or_insert_with(|| {
                    (false, sections.iter().any(|section| section.may_start(&token)))
                });
                *small |= !token.capital;
            }
        }
        let mut own = Self::default();
        for (word, (small, known)) in words {
            if known {
                own.known.push(word.clone().into_owned());
            }
            let list = if small { &mut own.small } else { &mut own.open };
            list.push(word.into_owned());
        }
        own
    }
}

/// What the words of a whole case tell of one document.
#[derive(Debug)]
pub(crate) struct CaseWords<'w> {
    /// Folded words of the document that stand somewhere in the case with a small letter.
    small: HashSet<&'w str>,
    /// Folded words of the document with which a name of the lexicons may begin.
    known: HashSet<&'w str>,
}

impl<'w> CaseWords<'w> {
    /// `is_small` tells whether a word stands with a small letter in any document.
    pub(crate) fn new(own: &'w OwnWords, is_small: impl Fn(&str) -> bool) -> Self {
        let elsewhere = own.open.iter().filter(|word| is_small(word));
        Self {
            small: own.small.iter().chain(elsewhere).map(String::as_str).collect(),
            known: own.known.iter().map(String::as_str).collect(),
        }
    }
}

/// Names in one document, in order.
pub(crate) fn find<'d>(
    document: &'d Document,
    case: &CaseWords<'_>,
    vocabulary: &Vocabulary,
) -> Vec<Mention<'d>> {
    let mut out = Vec::new();
    for block in document.blocks.iter().filter(|block| may_name(block.role)) {
        let Some(text) = block.range.of(&document.text) else { continue };
        let finder = Finder {
            words: Words::new(text),
            text,
            document,
            offset: block.range.start,
            titled: matches!(block.role, Role::Title | Role::Heading | Role::Kicker),
            case,
            vocabulary,
        };
        finder.find(&mut out);
    }
    out
}

fn may_name(role: Role) -> bool {
    role.may_claim() || matches!(role, Role::Byline | Role::Credit | Role::Comment)
}

struct Finder<'f, 'd> {
    words: Words<'d>,
    text: &'d str,
    document: &'d Document,
    offset: usize,
    titled: bool,
    case: &'f CaseWords<'f>,
    vocabulary: &'f Vocabulary,
}

impl<'d> Finder<'_, 'd> {
    fn find(&self, out: &mut Vec<Mention<'d>>) {
        let v = self.vocabulary;
        let mut at = 0;
        while at < self.words.len() {
            if self.words.tokens[at].kind != TokenKind::Word {
                at += 1;
                continue;
            }
            let capital = self.words.tokens[at].capital;
            // Bodies, countries and places that a lexicon knows, in whatever case they stand.
            let known = [
                (&v.agencies, NameKind::Organisation),
                (&v.bodies, NameKind::Organisation),
                (&v.places, NameKind::Place),
                (&v.countries, NameKind::Place),
            ];
            let begins = self.case.known.contains(self.words.tokens[at].fold.as_ref());
            let found = known
                .iter()
                .filter(|_| begins)
                .filter_map(|(section, kind)| {
                    section.at(&self.words, at).map(|found| (found, *kind))
                })
                .max_by_key(|(found, _)| found.tokens);
            let run = if capital { self.run(at) } else { 0 };
            if let Some((found, kind)) = found
                && (found.tokens >= run || kind == NameKind::Organisation)
            {
                let named = found.entry.value.clone().filter(|value| value != "*");
                // "kazakh", "police" with a small letter speak of a kind, not by name.
                let by_name = capital || found.tokens > 1 && kind == NameKind::Organisation;
                if by_name && named.is_some() {
                    self.push(at, found.tokens, Some(kind), named, out);
                }
                at += found.tokens;
                continue;
            }
            if run == 0 {
                at += 1;
                continue;
            }
            self.name(at, run, out);
            at += run;
        }
    }

    /// How many tokens of a run of capitalised words begin at `at`, small inner words included.
    fn run(&self, at: usize) -> usize {
        let tokens = &self.words.tokens;
        let name = |i: usize| {
            tokens
                .get(i)
                .is_some_and(|t| t.kind == TokenKind::Word && t.capital && !t.fold.ends_with('\''))
        };
        if !name(at) {
            // "Tokayev's": a word that ends in an apostrophe ends its run.
            let last = tokens.get(at).is_some_and(|t| {
                t.kind == TokenKind::Word && t.capital && t.fold.chars().count() > 3
            });
            return usize::from(last);
        }
        let mut end = at + 1;
        while end < tokens.len() && end - at < 12 {
            let close = |i: usize| self.gap(i - 1, i);
            if name(end) && matches!(close(end), Gap::Space) {
                end += 1;
            } else if tokens[end].capital
                && tokens[end].kind == TokenKind::Word
                && matches!(close(end), Gap::Space)
            {
                end += 1;
                break;
            } else if self.joins(end, name(end + 1)) {
                end += 2;
            } else if let Some(inner) = self.vocabulary.inside_names.at(&self.words, end)
                && name(end + inner.tokens)
                && (end..end + inner.tokens).all(|i| matches!(close(i), Gap::Space))
            {
                end += inner.tokens + 1;
            } else {
                break;
            }
        }
        end - at
    }

    /// Whether token `at` is a hyphen inside a name ("Nur-Sultan"), or the full stop of an initial
    /// with a capitalised word after it ("A. Marek").
    fn joins(&self, at: usize, capital_next: bool) -> bool {
        let tokens = &self.words.tokens;
        let word_next = tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::Word);
        let touches = at > 0 && matches!(self.gap(at - 1, at), Gap::None);
        match tokens[at].fold.as_ref() {
            "-" => touches && word_next && matches!(self.gap(at, at + 1), Gap::None),
            "." => touches && capital_next && tokens[at - 1].fold.chars().count() == 1,
            _ => false,
        }
    }

    fn gap(&self, left: usize, right: usize) -> Gap {
        let range = |i: usize| self.words.tokens.get(i).map(|token| token.range);
        let (Some(left), Some(right)) = (range(left), range(right)) else { return Gap::Wide };
        match self.text.get(left.end..right.start) {
            Some("") => Gap::None,
            Some(between) if between.chars().all(|c| c.is_whitespace() && c != '\n') => Gap::Space,
            _ => Gap::Wide,
        }
    }

    /// Reads a run: strips what is no part of the name, and asks the words around it what it names.
    fn name(&self, mut at: usize, mut run: usize, out: &mut Vec<Mention<'d>>) {
        let v = self.vocabulary;
        let mut kind = None;
        loop {
            let tokens = &self.words.tokens;
            if run == 0 || tokens[at].kind != TokenKind::Word {
                return;
            }
            let opening = self.opens(at);
            let title = v.titles.at(&self.words, at).filter(|found| found.tokens < run);
            if let Some(title) = title {
                let place = v.place_words.at(&self.words, at).is_some();
                kind = kind.or(Some(if place { NameKind::Place } else { NameKind::Person }));
                at += title.tokens;
                run -= title.tokens;
                // "Dr. X"
                while run > 0 && self.words.tokens[at].kind == TokenKind::Mark {
                    at += 1;
                    run -= 1;
                }
                continue;
            }
            let not_name = v.not_names.at(&self.words, at).filter(|found| found.tokens <= run);
            if let Some(found) = not_name {
                at += found.tokens;
                run -= found.tokens;
                while run > 0 && self.words.tokens[at].kind == TokenKind::Mark {
                    at += 1;
                    run -= 1;
                }
                continue;
            }
            let common = opening && run > 1 && v.function_words.at(&self.words, at).is_some()
                || (opening || self.titled) && self.case.small.contains(tokens[at].fold.as_ref());
            if common {
                at += 1;
                run -= 1;
                while run > 0
                    && (self.words.tokens[at].kind == TokenKind::Mark
                        || !self.words.tokens[at].capital)
                {
                    at += 1;
                    run -= 1;
                }
                continue;
            }
            break;
        }
        while run > 1
            && v.not_names.at(&self.words, at + run - 1).is_some_and(|found| found.tokens == 1)
        {
            run -= 1;
        }
        // Hyphenated common words, lines in capitals.
        let tokens = &self.words.tokens[at..at + run];
        let shouted = run > 1 && !self.words.spelled(at, run).chars().any(char::is_lowercase);
        if shouted && tokens.iter().any(|token| self.case.small.contains(token.fold.as_ref())) {
            return;
        }
        let words = tokens.iter().filter(|token| token.kind == TokenKind::Word).count();
        if tokens
            .iter()
            .filter(|t| t.kind == TokenKind::Word && t.capital)
            .all(|t| self.case.small.contains(t.fold.as_ref()))
            && words > 1
        {
            return;
        }
        let function = v.function_words.at(&self.words, at).is_some();
        if words == 1
            && (function
                || tokens[0].fold.chars().count() < 3
                || self.case.small.contains(tokens[0].fold.as_ref()))
        {
            return;
        }
        let kind = self.around(at, run).or(kind);
        let (at, run) =
            if kind == Some(NameKind::Place) { self.with_place_words(at, run) } else { (at, run) };
        self.push(at, run, kind, None, out);
    }

    /// What the words inside and beside a run say it names.
    fn around(&self, at: usize, run: usize) -> Option<NameKind> {
        let v = self.vocabulary;
        let words = &self.words;
        let inside = |section: &crate::vocabulary::Section| {
            (at..at + run).any(|i| section.at(words, i).is_some())
        };
        let place_after = v.place_words.at(words, at + run).is_some();
        let before = |section: &crate::vocabulary::Section, reach: usize| {
            (at.saturating_sub(reach)..at)
                .any(|i| section.at(words, i).is_some_and(|found| i + found.tokens == at))
        };
        // "the mayor of the city A B": the place word belongs to the title, not to the name.
        let titled = run > 1
            && before(&v.place_words, 1)
            && at.checked_sub(1).is_some_and(|place| {
                (place.saturating_sub(3)..place)
                    .any(|i| v.titles.at(words, i).is_some_and(|found| i + found.tokens == place))
            });
        if inside(&v.body_words) {
            Some(NameKind::Organisation)
        } else if inside(&v.place_words) || place_after || before(&v.place_words, 1) && !titled {
            Some(NameKind::Place)
        } else if titled || before(&v.titles, 3) {
            Some(NameKind::Person)
        } else {
            None
        }
    }

    /// The run with the words beside it that say what place it is: "rue X", "X street".
    fn with_place_words(&self, mut at: usize, mut run: usize) -> (usize, usize) {
        let (v, words) = (self.vocabulary, &self.words);
        if let Some(found) = v.place_words.at(words, at + run)
            && matches!(self.gap(at + run - 1, at + run), Gap::Space)
        {
            run += found.tokens;
        } else if let Some(before) = at.checked_sub(1)
            && v.place_words.at(words, before).is_some_and(|found| found.tokens == 1)
            && matches!(self.gap(before, at), Gap::Space)
        {
            at -= 1;
            run += 1;
        }
        (at, run)
    }

    /// Whether token `at` opens a sentence, a line or a quotation.
    fn opens(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        let line = self.words.tokens[before].range.end..self.words.tokens[at].range.start;
        let mark: &Token<'_> = &self.words.tokens[before];
        let closes = matches!(
            mark.fold.as_ref(),
            "." | "!" | "?" | "…" | ":" | "\"" | "«" | "“" | "—" | "–" | "•" | "*"
        );
        closes && mark.kind == TokenKind::Mark
            || self.text.get(line).is_some_and(|gap| gap.contains('\n'))
    }

    fn push(
        &self,
        at: usize,
        run: usize,
        kind: Option<NameKind>,
        canonical: Option<String>,
        out: &mut Vec<Mention<'d>>,
    ) {
        let Some(tokens) = self.words.tokens.get(at..at + run) else { return };
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let mut range = TextRange::new(first.range.start, last.range.end);
        let Some(text) = range.of(self.text) else { return };
        // The apostrophe of "Tokayev's" is no part of the name.
        let bare = text.trim_end_matches(['\'', '’', 'ʼ']);
        range.end = range.start + bare.len();
        out.push(Mention {
            text: bare,
            at: Span::new(
                self.document.id,
                TextRange::new(range.start + self.offset, range.end + self.offset),
            ),
            kind,
            canonical,
            opening: self.opens(at),
            words: tokens
                .iter()
                .filter(|token| token.kind == TokenKind::Word && token.capital)
                .count(),
            after_in: (at.saturating_sub(2)..at).any(|i| {
                let small = self.vocabulary.before_places.at(&self.words, i);
                small.is_some_and(|found| i + found.tokens == at)
            }),
        });
    }
}

enum Gap {
    None,
    Space,
    Wide,
}
