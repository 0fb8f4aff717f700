//! Patterns of `patterns.txt`: how an event trigger finds those it happened to. Matches outward
//! from the trigger, so that the nearest phrase wins and the work per trigger is bounded.

use kua_lexicon::{Entry, TokenKind, expand};
use kua_model::EventType;

use crate::cases::Case;
use crate::event::is_where;
use crate::grammar::{Form, Sense};
use crate::matcher::{Endings, Matcher};
use crate::party::Party;
use crate::scene::Scene;

/// One line of `patterns.txt`.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Line in the file: the order of trial.
    pub line: usize,
    /// Where it stands.
    pub origin: String,
    /// Events it tells of by itself, without a trigger.
    pub events: Option<Vec<EventType>>,
    /// It describes whom it counts and leaves them free for another event: "the 12 injured were …".
    pub free: bool,
    elements: Vec<Element>,
    anchor: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Element {
    kind: Kind,
    optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Any of these words.
    Words(Vec<u32>),
    /// A trigger of this form.
    Trigger(Form),
    /// A noun phrase with a figure.
    Count,
    /// A noun phrase with a figure whose numeral cannot stand in the subject.
    Object,
    /// A noun phrase without a figure.
    Group,
    /// A noun phrase without a figure, in the case of whom a verb acts on.
    Whom,
    /// A figure with no noun.
    Bare,
    Be,
    By,
    Of,
    In,
    /// `...`: what may stand inside a noun phrase and after it, in one clause.
    Gap,
    /// `..`: up to three words.
    ShortGap,
}

/// What a pattern found. Token numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub start: usize,
    pub end: usize,
    /// Index of the noun phrase that is affected.
    pub party: Option<usize>,
}

/// What a pattern is matched against.
pub(crate) struct Ground<'a, 't> {
    pub scene: &'a Scene<'t>,
    pub parties: &'a [Party],
    /// By token: whether a trigger begins there.
    pub trigger_starts: &'a [bool],
    /// By token: whether it belongs to a date.
    pub dated: &'a [bool],
    /// By token: whether a gap may not pass it because a counted phrase stands there.
    pub counted: &'a [bool],
    /// By token: whether a trigger there only describes a noun ("12 wounded protesters").
    pub attributes: &'a [bool],
    /// By party: whether some trigger has it already.
    pub taken: &'a [bool],
    /// A pattern of plain words is tried: its gaps pass anything but another count.
    pub sign: bool,
    /// The pattern only describes whom it counts.
    pub free: bool,
    /// The event happens to people: villages it is told of are where it happened.
    pub people: bool,
    /// Whether phrases after "including" may be affected by themselves.
    pub subsets: bool,
    /// Attributions between commas, which no phrase minds: first token, one past the last.
    pub asides: &'a [(usize, usize)],
}

const MOST_GAP: usize = 14;

impl Pattern {
    /// Reads one line. `events` is given for patterns that tell an event by their words alone.
    pub(crate) fn parse(
        entry: &Entry,
        events: Option<Vec<EventType>>,
        endings: &Endings,
        matcher: &mut Matcher,
    ) -> Result<Self, String> {
        let mut elements = Vec::new();
        for piece in entry.key.split_whitespace() {
            let (body, optional) = match piece.strip_suffix('?') {
                Some(body) => (body, true),
                None => (piece, false),
            };
            let kind = match body {
                "..." => Kind::Gap,
                ".." => Kind::ShortGap,
                _ => match body.strip_prefix('{').and_then(|slot| slot.strip_suffix('}')) {
                    Some("count") => Kind::Count,
                    Some("object") => Kind::Object,
                    Some("group") => Kind::Group,
                    Some("whom") => Kind::Whom,
                    Some("figure") => Kind::Bare,
                    Some("be") => Kind::Be,
                    Some("by") => Kind::By,
                    Some("of") => Kind::Of,
                    Some("in") => Kind::In,
                    Some(slot) => Kind::Trigger(Form::named(slot).ok_or_else(|| {
                        format!("slot {{{slot}}} is not known: use count, object, group, whom, figure, be, by, of, in or a form of events.txt")
                    })?),
                    None => {
                        let mut symbols = Vec::new();
                        for phrase in expand(body).map_err(|error| error.to_string())? {
                            match <[_; 1]>::try_from(phrase) {
                                Ok([word]) => {
                                    let symbol = matcher.symbol(word, endings);
                                    symbols.push(symbol.map_err(|error| error.to_string())?);
                                }
                                Err(_) => return Err(format!("expected single words, found {body:?}: write them apart")),
                            }
                        }
                        Kind::Words(symbols)
                    }
                },
            };
            elements.push(Element { kind, optional });
        }
        let anchor = if events.is_some() {
            elements.iter().position(|e| matches!(e.kind, Kind::Words(_)))
        } else {
            elements.iter().position(|e| matches!(e.kind, Kind::Trigger(_)))
        };
        let anchor = anchor.ok_or_else(|| {
            "a pattern needs a form like {participle}, or, in a section [event.sign], a word"
                .to_owned()
        })?;
        let free = match entry.value.as_deref() {
            None => false,
            Some("free") => true,
            Some(other) => {
                return Err(format!("expected free or nothing after ' = ', found {other:?}"));
            }
        };
        Ok(Self { line: entry.line, origin: entry.origin(), events, free, elements, anchor })
    }

    /// Whether whom it happened to stands before its trigger.
    pub(crate) fn looks_back(&self) -> bool {
        self.elements.get(..self.anchor).is_some_and(|before| {
            before.iter().any(|element| {
                matches!(
                    element.kind,
                    Kind::Count | Kind::Object | Kind::Group | Kind::Whom | Kind::Bare
                )
            })
        })
    }

    /// The form its trigger must have; `None` if its words are the trigger.
    pub(crate) fn form(&self) -> Option<Form> {
        match self.elements.get(self.anchor).map(|element| &element.kind) {
            Some(Kind::Trigger(form)) => Some(*form),
            _ => None,
        }
    }

    /// The symbols of the words its trigger may begin with, if words are its trigger.
    pub(crate) fn openings(&self) -> &[u32] {
        match self.elements.get(self.anchor).map(|element| &element.kind) {
            Some(Kind::Words(words)) => words,
            _ => &[],
        }
    }

    /// Matches around a trigger at tokens `start..end`.
    pub(crate) fn around(
        &self,
        ground: &Ground<'_, '_>,
        start: usize,
        end: usize,
    ) -> Option<Found> {
        let mut found = Found { start, end, party: None };
        let right = self.elements.get(self.anchor + 1..).unwrap_or(&[]);
        let left: Vec<&Element> =
            self.elements.get(..self.anchor).unwrap_or(&[]).iter().rev().collect();
        let right: Vec<&Element> = right.iter().collect();
        ground.go(&left, start, false, &mut found).then_some(())?;
        ground.go(&right, end, true, &mut found).then_some(found)
    }
}

impl Ground<'_, '_> {
    /// Matches `elements` one after the other away from `at`, to the right or to the left.
    fn go(&self, elements: &[&Element], at: usize, right: bool, found: &mut Found) -> bool {
        let Some((element, rest)) = elements.split_first() else { return true };
        let at = self.over_aside(at, right);
        let before = *found;
        match element.kind {
            Kind::Gap | Kind::ShortGap => {
                let short = element.kind == Kind::ShortGap;
                let most = match (short, self.sign) {
                    (true, false) => 3,
                    (true, true) => 6,
                    (false, _) => MOST_GAP,
                };
                let mut edge = at;
                for width in 0..=most {
                    // "killed my brother and two cousins": two is not all.
                    let joined = short
                        && !self.sign
                        && rest.first().is_some_and(|next| next.kind == Kind::Count)
                        && (at.min(edge)..at.max(edge))
                            .any(|at| self.scene.find(at, |s| *s == Sense::And).is_some());
                    if !joined
                        && (width == 0 || self.passable(at, edge, right, short))
                        && self.go(rest, edge, right, found)
                    {
                        return true;
                    }
                    *found = before;
                    let next = if right { Some(edge) } else { edge.checked_sub(1) };
                    match next {
                        Some(token)
                            if token < self.scene.tokens.len() && !self.blocks(token, short) =>
                        {
                            edge = if right { edge + 1 } else { token };
                            edge = self.over_aside(edge, right);
                        }
                        _ => return false,
                    }
                }
                false
            }
            _ => {
                for (start, end, party) in self.candidates(&element.kind, at, right) {
                    if let Some(party) = party {
                        found.party = Some(party);
                    }
                    found.start = found.start.min(start);
                    found.end = found.end.max(end);
                    if self.go(rest, if right { end } else { start }, right, found) {
                        return true;
                    }
                    *found = before;
                }
                element.optional && self.go(rest, at, right, found)
            }
        }
    }

    /// Where reading goes on if an attribution between commas begins here.
    fn over_aside(&self, at: usize, right: bool) -> usize {
        let here = self.asides.iter().find(|&&(start, end)| at == if right { start } else { end });
        here.map_or(at, |&(start, end)| if right { end } else { start })
    }

    /// What of this kind begins (or, to the left, ends) exactly at `at`: start, end, noun phrase.
    fn candidates(
        &self,
        kind: &Kind,
        at: usize,
        right: bool,
    ) -> Vec<(usize, usize, Option<usize>)> {
        let scene = self.scene;
        let hit = |wanted: &dyn Fn(&Sense) -> bool| {
            let hit = if right { scene.find(at, wanted) } else { scene.find_before(at, wanted) };
            hit.map(|hit| (hit.start, hit.end, None)).into_iter().collect::<Vec<_>>()
        };
        match kind {
            Kind::Words(symbols) => {
                let token = if right { Some(at) } else { at.checked_sub(1) };
                token
                    .filter(|&token| {
                        scene
                            .symbols
                            .get(token)
                            .is_some_and(|here| here.iter().any(|s| symbols.contains(s)))
                    })
                    .map(|token| (token, token + 1, None))
                    .into_iter()
                    .collect()
            }
            Kind::Be => hit(&|s| *s == Sense::Be),
            Kind::By => hit(&|s| *s == Sense::By),
            Kind::Of => hit(&|s| matches!(s, Sense::Of | Sense::Partitive)),
            Kind::In => hit(&|s| *s == Sense::In),
            Kind::Trigger(form) => {
                let form = *form;
                hit(&move |s| matches!(s, Sense::Trigger { form: f, .. } if *f == form))
            }
            Kind::Count | Kind::Object | Kind::Group | Kind::Whom | Kind::Bare => self
                .parties
                .iter()
                .enumerate()
                .skip(self.parties.partition_point(|party| party.start + 24 < at))
                .take_while(|(_, party)| party.start <= at)
                .filter(|(index, party)| {
                    let fits = match kind {
                        Kind::Count => party.figure.is_some(),
                        Kind::Object => party.figure.is_some() && self.oblique(party),
                        Kind::Bare => party.figure.is_some() && party.noun.is_none(),
                        Kind::Whom => party.figure.is_none() && self.whom(party),
                        _ => party.figure.is_none(),
                    };
                    // "arrested with her remain in custody": she is not who remains.
                    let under = !right
                        && party.pronoun
                        && self.scene.find_before(party.start, |s| *s == Sense::Link).is_some();
                    let affected = !party.measure && (!self.people || !is_where(self.scene, party));
                    fits && affected
                        && (self.free || !party.whole)
                        && !under
                        && (if right { party.start == at } else { self.ends_at(party, at) })
                        && (self.subsets || party.after_whole || !(party.subset || party.partitive))
                        && !self.taken.get(*index).copied().unwrap_or(true)
                })
                .map(|(index, party)| {
                    (party.start, party.end.max(if right { 0 } else { at }), Some(index))
                })
                .collect(),
            Kind::Gap | Kind::ShortGap => Vec::new(),
        }
    }

    /// Whether its numeral stands in an oblique case, without a bound that asks for one.
    fn oblique(&self, party: &Party) -> bool {
        self.scene.find(party.start, |s| *s == Sense::Oblique).is_some() || self.whom(party)
    }

    /// Whether its noun is in the case of whom a verb acts on.
    fn whom(&self, party: &Party) -> bool {
        party
            .noun
            .map_or(party.end, |(_, end)| end)
            .checked_sub(1)
            .is_some_and(|last| self.scene.tells(last, Case::Object))
    }

    fn ends_at(&self, party: &Party, at: usize) -> bool {
        party.end == at || (party.unknown && party.noun.is_some_and(|(_, end)| end == at))
    }

    /// Whether no gap may pass token `at`.
    fn blocks(&self, at: usize, short: bool) -> bool {
        let scene = self.scene;
        if self.sign {
            let hard = scene.is_mark(at, &['.', ';', ':', '!', '?', '"', '«', '»', '“', '”']);
            return hard || self.counted.get(at).copied().unwrap_or(false);
        }
        if scene.kind(at) == Some(TokenKind::Mark) {
            let passable: &[char] =
                if short { &['-', '\'', '"', '“', '«'] } else { &[',', '(', ')', '-', '\''] };
            return !scene.is_mark(at, passable);
        }
        if self.trigger_starts.get(at).copied().unwrap_or(false) {
            // A trigger inside a noun phrase is an attribute of it.
            return !self.attributes.get(at).copied().unwrap_or(false);
        }
        let verb = |s: &Sense| match s {
            Sense::Contrast | Sense::Subordinate => true,
            Sense::Auxiliary => !short,
            // "eight women told of having been raped": what they tell of is their own.
            Sense::Said | Sense::Reported => {
                short && !(at..at + 3).any(|at| scene.find(at + 1, |s| *s == Sense::Be).is_some())
            }
            _ => false,
        };
        if scene.find(at, verb).is_some() {
            return true;
        }
        self.counted.get(at).copied().unwrap_or(false)
    }

    /// Whether the words between `from` and `edge` may stand between a phrase and its verb.
    ///
    /// Without a parser this is what keeps "300 people attended the funeral of a man who was
    /// killed" from counting three hundred dead: a gap must open with a preposition, a comma or a
    /// relative pronoun; an article inside it needs a preposition before it.
    fn passable(&self, from: usize, edge: usize, right: bool, short: bool) -> bool {
        let (start, end) = if right { (from, edge) } else { (edge, from) };
        let scene = self.scene;
        if self.sign {
            return true;
        }
        let aside = |at: usize| self.asides.iter().any(|&(from, to)| from <= at && at < to);
        if short {
            return (start..end)
                .filter(|&at| !aside(at))
                .all(|at| scene.find(at, |s| *s == Sense::Relative).is_none());
        }
        let link = |at: usize| {
            scene
                .find(at, |s| {
                    matches!(
                        s,
                        Sense::In
                            | Sense::Of
                            | Sense::Link
                            | Sense::And
                            | Sense::By
                            | Sense::Partitive
                            | Sense::DateLink
                            | Sense::Subset
                            | Sense::According
                    )
                })
                .is_some()
        };
        let unknown = |at: usize| {
            scene.kind(at) == Some(TokenKind::Word)
                && !scene.tokens.get(at).is_some_and(|token| token.capital)
                && !link(at)
                && !scene.oblique(at)
                && !self.dated.get(at).copied().unwrap_or(false)
                && scene
                    .find(at, |s| {
                        matches!(
                            s,
                            Sense::Relative
                                | Sense::Determiner
                                | Sense::Place(_)
                                | Sense::Group { .. }
                                | Sense::Cue(_)
                                | Sense::Change
                                | Sense::From
                                | Sense::To
                        )
                    })
                    .is_none()
        };
        let mut run = 0;
        let mut after_comma = false;
        let mut open = false;
        for at in (start..end).filter(|&at| !aside(at)) {
            if scene.is_mark(at, &[',', '(', ')']) {
                if right && scene.is_mark(at, &[',']) {
                    open = !open;
                }
                after_comma = true;
                run = 0;
                continue;
            }
            let relative = scene.find(at, |s| *s == Sense::Relative).is_some();
            if relative && at > start && !(after_comma && at == start + 1) {
                return false;
            }
            let said = scene.find(at, |s| matches!(s, Sense::Said | Sense::Reported)).is_some();
            if said && !after_comma {
                return false;
            }
            if at > start
                && scene.find(at, |s| *s == Sense::Determiner).is_some()
                && !scene.is_mark(at - 1, &[',', '('])
                && scene
                    .find_before(at, |s| {
                        matches!(
                            s,
                            Sense::In
                                | Sense::Of
                                | Sense::Link
                                | Sense::And
                                | Sense::By
                                | Sense::According
                                | Sense::Relative
                        )
                    })
                    .is_none()
            {
                return false;
            }
            if unknown(at) {
                run += 1;
                if run > 2 || (at == start && end - start > 2) {
                    return false;
                }
            } else {
                run = 0;
            }
        }
        // To the right a comma must close again around an attribution.
        if right
            && (open
                || (after_comma
                    && !(start..end).any(|at| {
                        scene
                            .find(at, |s| {
                                matches!(s, Sense::Said | Sense::Reported | Sense::According)
                            })
                            .is_some()
                    })))
        {
            return false;
        }
        // A phrase without a figure may be passed only where it hangs on a preposition.
        let from = self.parties.partition_point(|party| party.start < start);
        let inside = self.parties.iter().skip(from).take_while(|party| party.start < end);
        inside.filter(|party| party.end <= end).all(|party| {
            party.figure.is_some()
                || scene.oblique(party.end.saturating_sub(1))
                || (!party.pronoun
                    && (party.start.saturating_sub(2)..party.start)
                        .any(|at| at >= start && link(at)))
                || (after_comma && party.name)
        })
    }
}
