//! What the words of one mention of a source say: which body, agency or name, of which country or
//! place, and which of the words name the source itself. Who is meant by "the ministry" is settled
//! in `sources`.

use kua_lexicon::{Token, TokenKind, fold};
use kua_model::{Document, SourceKind, SourceMention, TextRange};

use crate::names::Found as Names;
use crate::romanise::Romaniser;
use crate::vocabulary::{Found, Section, Vocabulary, Words};

/// A body that words name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    /// Its concept, the same in all languages.
    pub(crate) concept: String,
    /// The line that names it.
    pub(crate) line: String,
    /// There is one in every town, not one a country.
    pub(crate) local: bool,
}

/// What the words of one mention, and the words beside it, say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    pub(crate) agency: Option<(String, String)>,
    pub(crate) body: Option<Body>,
    pub(crate) generic: Option<String>,
    /// Somebody who speaks for a body that the words do not name.
    pub(crate) role: bool,
    pub(crate) country: Option<String>,
    /// Which one of the local bodies: sounds of its place, name or number; empty if not said.
    pub(crate) which: String,
    /// Sounds of the name that is left, empty if none.
    pub(crate) name: String,
    /// The words that name the source itself: no article, no office that speaks for it.
    pub(crate) shown: String,
    /// The shown words say of which country or place it is.
    pub(crate) full: bool,
    /// The words name a person in office.
    pub(crate) in_office: bool,
}

/// The name that is left of a mention.
#[derive(Debug, Clone, Default)]
struct Left {
    key: String,
    shown: String,
    /// Nothing but a place has a capital.
    place: bool,
    person: bool,
}

/// Reads mentions of sources.
pub(crate) struct Reader<'r> {
    pub(crate) vocabulary: &'r Vocabulary,
    pub(crate) romaniser: &'r Romaniser,
    /// What the names stage found: spelling to name, and which are places or persons.
    pub(crate) names: &'r Names,
}

impl Reader<'_> {
    pub(crate) fn read(&self, mention: &SourceMention, document: Option<&Document>) -> Reading {
        let mut reading = self.alone(mention, self.opens_sentence(mention, document));
        self.with_words_beside(&mut reading, mention, document);
        reading
    }

    /// What the words of a mention say by themselves; `opens` if they open a sentence.
    pub(crate) fn alone(&self, mention: &SourceMention, opens: bool) -> Reading {
        let v = self.vocabulary;
        let words = Words::new(&mention.words);
        let bare = words.without(|at| v.country_at(&words, at).map(|f| f.tokens));
        let line = |found: Found<'_>| Some((found.entry.value.clone()?, found.entry.origin()));
        let body_at = |local: bool| {
            let (at, found) = first(if local { &v.local_bodies } else { &v.bodies }, &bare)?;
            let (concept, line) = line(found)?;
            Some((at, found.tokens, Body { concept, line, local }))
        };
        let body = body_at(false).or_else(|| body_at(true));
        let left = self.left(mention, opens);
        let person = mention.kind == SourceKind::Person || left.person;
        let mut reading = Reading {
            agency: first(&v.agencies, &bare).and_then(|(_, found)| line(found)),
            generic: self.generic(&bare),
            role: first(&v.roles, &bare).is_some(),
            country: v.country(&words).map(str::to_owned),
            in_office: person,
            ..Reading::default()
        };
        if let Some((at, tokens, body)) = body {
            let (shown, full) = self.body_words(&words, &bare, at, tokens);
            let named = Words::new(&shown);
            let last = named.len().saturating_sub(1);
            reading.in_office |= v.titles.at(&named, last).is_some()
                || v.titles.at(&named, 0).is_some() && v.roles.at(&named, last).is_none();
            reading.shown = shown;
            reading.full = full;
            reading.which = if body.local && (left.place || !person) {
                left.key.clone()
            } else {
                String::new()
            };
            if body.local && !reading.which.is_empty() {
                reading.full = true;
                reading.shown = self.trimmed(&words);
            }
            reading.body = Some(body);
        } else {
            let agency =
                first(&v.agencies, &bare).map(|(at, found)| bare.spelled(at, found.tokens));
            reading.shown = agency.map_or(left.shown, str::to_owned);
        }
        reading.name = if left.place && reading.body.is_some() { String::new() } else { left.key };
        reading
    }

    /// Adds to what the words say by themselves what stands beside them.
    pub(crate) fn with_words_beside(
        &self,
        reading: &mut Reading,
        mention: &SourceMention,
        document: Option<&Document>,
    ) {
        if reading.body.is_none() && !reading.in_office {
            return;
        }
        let beside =
            document.zip(mention.range).and_then(|(document, range)| sides(document, range));
        if let Some((before, after)) = beside {
            self.read_beside(reading, &Words::new(before), &Words::new(after));
        }
    }

    /// The words of a body with the country beside it, and whether there is one.
    fn body_words(
        &self,
        words: &Words<'_>,
        bare: &Words<'_>,
        at: usize,
        tokens: usize,
    ) -> (String, bool) {
        let v = self.vocabulary;
        let Some(taken) = bare.tokens.get(at..at + tokens) else { return Default::default() };
        let (Some(first), Some(last)) = (taken.first(), taken.last()) else {
            return Default::default();
        };
        let at_byte = |byte: usize| words.tokens.iter().position(|token| token.range.start == byte);
        let (Some(mut from), Some(to)) = (at_byte(first.range.start), at_byte(last.range.start))
        else {
            return Default::default();
        };
        let mut to = to + 1;
        let mut full = (from..to).any(|at| v.country_at(words, at).is_some());
        let ends_here =
            |at: &usize| v.country_at(words, *at).is_some_and(|found| at + found.tokens == from);
        if let Some(at) = (from.saturating_sub(4)..from).find(ends_here) {
            (from, full) = (at, true);
        }
        let mut next = to;
        while let Some(found) = v.particles.at(words, next) {
            next += found.tokens.max(1);
        }
        if let Some(found) = v.country_at(words, next) {
            (to, full) = (next + found.tokens, true);
        }
        (words.spelled(from, to - from).to_owned(), full)
    }

    /// A kind of body without its name, unless the words are those of who speaks for it: "press
    /// service" is no service.
    fn generic(&self, words: &Words<'_>) -> Option<String> {
        let v = self.vocabulary;
        let mut at = 0;
        while at < words.len() {
            let role = v.roles.at(words, at).map_or(0, |found| found.tokens);
            match v.generic.at(words, at) {
                Some(found) if found.tokens >= role => return found.entry.value.clone(),
                _ => at += role.max(1),
            }
        }
        None
    }

    /// All words but the articles before them.
    fn trimmed(&self, words: &Words<'_>) -> String {
        let mut from = 0;
        while from + 1 < words.len()
            && self.vocabulary.particles.at(words, from).is_some_and(|found| found.tokens == 1)
        {
            from += 1;
        }
        words.spelled(from, words.len() - from).to_owned()
    }

    /// Country or body that stands right beside the words: "ministry | of Ruritania", "the
    /// interior ministry's spokesman | X", "X |, head of the police".
    fn read_beside(&self, reading: &mut Reading, before: &Words<'_>, after: &Words<'_>) {
        let v = self.vocabulary;
        let skipped = |words: &Words<'_>, at: usize| {
            v.roles.at(words, at).or_else(|| v.particles.at(words, at)).map(|found| found.tokens)
        };
        // After: particles, roles and one opening comma may stand between.
        let mut at = 0;
        let mut opened = false;
        while at < after.len() {
            if reading.body.is_none()
                && (opened || at > 0)
                && let Some(found) = v.bodies.at(after, at)
            {
                reading.body = body_of(found);
                at += found.tokens;
                continue;
            }
            if reading.body.is_some()
                && let Some(found) = v.country_at(after, at)
            {
                reading.country = reading.country.take().or_else(|| found.entry.value.clone());
                break;
            }
            match skipped(after, at) {
                Some(taken) => at += taken,
                None if !opened
                    && reading.body.is_none()
                    && matches!(after.tokens[at].fold.as_ref(), "," | "(") =>
                {
                    opened = true;
                    at += 1;
                }
                None => break,
            }
        }
        // Before: a country right before a body; a body, perhaps with roles, right before a person.
        for at in (before.len().saturating_sub(8)..before.len()).rev() {
            if let Some(found) = v.country_at(before, at)
                && at + found.tokens == before.len()
                && reading.body.is_some()
            {
                reading.country = reading.country.take().or_else(|| found.entry.value.clone());
            }
            if reading.body.is_none()
                && let Some(found) = v.bodies.at(before, at)
            {
                let mut next = at + found.tokens;
                while next < before.len() {
                    let country = v.country_at(before, next);
                    if let Some(country) = country {
                        reading.country =
                            reading.country.take().or_else(|| country.entry.value.clone());
                    }
                    match country.map(|found| found.tokens).or_else(|| skipped(before, next)) {
                        Some(taken) => next += taken,
                        None => break,
                    }
                }
                if next >= before.len() {
                    reading.body = body_of(found);
                }
            }
        }
    }

    /// Sounds of the name in `words`; empty if there is none.
    pub(crate) fn name(&self, mention: &SourceMention, document: Option<&Document>) -> String {
        self.left(mention, self.opens_sentence(mention, document)).key
    }

    /// What is left without bodies, countries, roles, titles and small words. Sounds are sorted, so
    /// that order does not matter. Empty if nothing is left that has the capitals of a name.
    fn left(&self, mention: &SourceMention, opens: bool) -> Left {
        let v = self.vocabulary;
        let whole = Words::new(&mention.words);
        let all = whole.without(|at| v.country_at(&whole, at).map(|found| found.tokens));
        let mut left: Vec<&Token<'_>> = Vec::new();
        let mut at = 0;
        while at < all.len() {
            let known = [
                &v.bodies,
                &v.local_bodies,
                &v.agencies,
                &v.generic,
                &v.roles,
                &v.titles,
                &v.particles,
                &v.outlets,
            ];
            match known
                .iter()
                .filter_map(|section| section.at(&all, at))
                .map(|found| found.tokens)
                .max()
            {
                Some(taken) => at += taken.max(1),
                None => {
                    left.extend(all.tokens.get(at));
                    at += 1;
                }
            }
        }
        // A name of which everything is a common word ("The Times") keeps all of its words.
        let bare = left.iter().all(|token| token.kind == TokenKind::Mark);
        let section = |section: &Section| !section.all(&all).is_empty();
        let body = section(&v.bodies) || section(&v.local_bodies) || section(&v.generic);
        let kept: Vec<&Token<'_>> =
            if bare && !body { whole.tokens.iter().collect() } else { left };
        let opening = whole.tokens.first().map_or(0, |token| token.range.start);
        let proper = |token: &Token<'_>| {
            let may_be_common = opens && token.range.start == opening;
            token.capital && (!may_be_common || self.known_name(token, &mention.words))
        };
        let Some(last) = kept.iter().rposition(|token| proper(token)) else {
            return self.without_capitals(mention, &kept, body, &whole);
        };
        // Of "opposition candidate Anton Marek" the name is the last run of capitals.
        let mut first = kept.iter().position(|token| proper(token)).unwrap_or(last);
        if mention.kind == SourceKind::Person {
            first = last;
            while first > 0
                && joined(kept[first - 1], kept[first], &mention.words)
                && (proper(kept[first - 1]) || kept[first - 1].kind == TokenKind::Mark)
            {
                first -= 1;
            }
        }
        let (start, end) = (kept[first].range.start, kept[last].range.end);
        let spelled = mention.words.get(start..end).unwrap_or_default();
        let folded = fold(spelled).into_owned();
        let place = mention.kind != SourceKind::Person && self.names.places.contains_key(&folded);
        let person = self.names.persons.contains(&folded);
        let identity = self.names.identities.get(&folded).filter(|_| !place);
        // "The rescuers of X" are not X: where only a place has a capital, all words are the name.
        let all_words = place && !body;
        let named = kept.iter().enumerate().filter(|(at, token)| {
            all_words
                || (first..=last).contains(at) && proper(token)
                || body && token.kind == TokenKind::Number
        });
        let key = match identity {
            Some(identity) => identity.clone(),
            None => self.sounds(named.map(|(_, token)| *token)),
        };
        let shown = if person || mention.kind == SourceKind::Person {
            spelled.to_owned()
        } else {
            self.trimmed(&whole)
        };
        Left { key, shown, place, person }
    }

    /// A body of a kind that no lexicon knows may have no capitals ("the miners' union").
    fn without_capitals(
        &self,
        mention: &SourceMention,
        kept: &[&Token<'_>],
        body: bool,
        whole: &Words<'_>,
    ) -> Left {
        let v = self.vocabulary;
        let organised = matches!(mention.kind, SourceKind::Organisation | SourceKind::Authority);
        // An address or a name in quotation marks needs no capital.
        let address =
            |pair: &[Token<'_>]| pair[0].range.end == pair[1].range.start && pair[0].fold == ".";
        let marked =
            whole.tokens.iter().any(|token| matches!(token.fold.as_ref(), "«" | "“" | "„" | "\""))
                || whole.tokens.windows(2).skip(1).any(address);
        if marked && !body && mention.kind != SourceKind::Person {
            return Left {
                key: self.sounds(kept.iter().copied()),
                shown: self.trimmed(whole),
                ..Left::default()
            };
        }
        let is_body = (0..whole.len()).any(|at| {
            let left = kept.iter().any(|token| token.range == whole.tokens[at].range);
            left && v.body_words.at(whole, at).is_some()
        });
        if body || !organised || !is_body {
            let numbers = kept.iter().filter(|token| body && token.kind == TokenKind::Number);
            return Left { key: self.sounds(numbers.copied()), ..Left::default() };
        }
        Left {
            key: self.sounds(kept.iter().copied()),
            shown: self.trimmed(whole),
            ..Left::default()
        }
    }

    /// Sounds of words and numbers, sorted.
    fn sounds<'t>(&self, tokens: impl Iterator<Item = &'t Token<'t>>) -> String {
        let sound = |token: &Token<'_>| match token.kind {
            TokenKind::Number => token.fold.clone().into_owned(),
            TokenKind::Word => self.romaniser.skeleton(&token.fold),
            TokenKind::Mark => String::new(),
        };
        let mut sounds: Vec<String> = tokens.map(sound).filter(|sound| !sound.is_empty()).collect();
        sounds.sort();
        sounds.join(" ")
    }

    /// Whether the words open a sentence, so that the capital of the first says nothing.
    pub(crate) fn opens_sentence(
        &self,
        mention: &SourceMention,
        document: Option<&Document>,
    ) -> bool {
        document.zip(mention.range).is_some_and(|(document, range)| {
            document.sentence_at(range.start).is_some_and(|sentence| {
                document
                    .text
                    .get(sentence.range.start..range.start)
                    .is_some_and(|before| before.trim().is_empty())
            })
        })
    }

    /// A name although it opens a sentence: capitals inside, or known as a name from elsewhere.
    fn known_name(&self, token: &Token<'_>, words: &str) -> bool {
        let spelled = token.range.of(words).unwrap_or_default();
        let inner = spelled.chars().skip(1).any(char::is_uppercase);
        let names = |name: &str| {
            self.names.identities.contains_key(name) || self.names.places.contains_key(name)
        };
        // A full name that begins with it is known if the whole mention is.
        inner || names(token.fold.as_ref()) || names(fold(words.trim()).as_ref()) || {
            let after = words.get(token.range.start..).unwrap_or_default();
            self.names.persons.contains(fold(after.trim()).as_ref())
        }
    }
}

fn first<'v>(section: &'v Section, words: &Words<'_>) -> Option<(usize, Found<'v>)> {
    section.all(words).first().copied()
}

/// Whether nothing stands between two tokens.
fn joined(a: &Token<'_>, b: &Token<'_>, words: &str) -> bool {
    words.get(a.range.end..b.range.start).is_some_and(|between| between.trim().is_empty())
}

fn body_of(found: Found<'_>) -> Option<Body> {
    let concept = found.entry.value.clone()?;
    Some(Body { concept, line: found.entry.origin(), local: false })
}

/// The words of the same sentence before and after `range`, at most 96 bytes each.
fn sides(document: &Document, range: TextRange) -> Option<(&str, &str)> {
    let sentence = document.sentence_at(range.start)?.range;
    let text = document.text.as_str();
    let mut from = sentence.start.max(range.start.saturating_sub(96));
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = sentence.end.min(range.end.saturating_add(96)).max(range.end);
    while to < text.len() && !text.is_char_boundary(to) {
        to += 1;
    }
    Some((text.get(from.min(range.start)..range.start)?, text.get(range.end..to)?))
}
