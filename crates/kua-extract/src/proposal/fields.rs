//! Each field of a proposal, worked out anew from the words of the document.

use jiff::civil::Date;
use kua_model::{
    Counted, EventType, Grade, Group, Modality, PlaceMention, ProposedClaim, ProposedField,
    Quantity, SourceKind, SourceMention, TextRange, TimeHow, TimeMention, Why,
};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error as Unread, StrDeserializer};

use super::{Placed, Reader, step};
use crate::date::{DateMark, dates};
use crate::doubt::{Doubt, cautious, doubt};
use crate::event::{Draft, Join};
use crate::figure::{Figure, figures};
use crate::grammar::{Cue, Form, Sense};
use crate::house::House;
use crate::party::{Party, ages, parties};
use crate::place::{PlaceMark, places};
use crate::scene::Scene;
use crate::source::{Mention, mentions};
use crate::town::PlaceNames;

/// A sentence with what each pass found in it.
pub(super) struct Passes<'s> {
    scene: &'s Scene<'s>,
    dates: Vec<DateMark>,
    dated: Vec<bool>,
    figures: Vec<Figure>,
    parties: Vec<Party>,
    places: Vec<PlaceMark>,
    mentions: Vec<Mention>,
    ages: Vec<(usize, usize)>,
}

impl<'s> Passes<'s> {
    pub(super) fn of(scene: &'s Scene<'s>, own: &PlaceNames) -> Self {
        let dates = dates(scene);
        let mut dated = vec![false; scene.tokens.len()];
        for at in dates.iter().flat_map(|mark| mark.start..mark.end) {
            if let Some(flag) = dated.get_mut(at) {
                *flag = true;
            }
        }
        let figures = figures(scene, &dates);
        let parties = parties(scene, &figures, &dates);
        let places = places(scene, &dated, own);
        let mentions = mentions(scene, &dated);
        Self { scene, dates, dated, figures, parties, places, mentions, ages: ages(scene) }
    }

    pub(super) fn range(&self) -> TextRange {
        self.scene.range(0, self.scene.tokens.len())
    }

    /// Whether the lexicons know the words at `trigger`, but only as events other than `event`.
    pub(super) fn tells_another(&self, trigger: TextRange, event: &EventType) -> bool {
        let mut known = false;
        for (hit, events) in self.triggers() {
            if !self.scene.range(hit.start, hit.end).overlaps(trigger) {
                continue;
            }
            known = true;
            let told = |named: &EventType| {
                let kind = self.scene.grammar.events.get(event);
                let of_people = self.scene.grammar.events.get(named);
                named == event
                    || kind.is_some_and(|kind| kind.narrows.as_ref() == Some(named))
                    || of_people.is_some_and(|kind| kind.of_people.as_ref() == Some(event))
            };
            if events.iter().any(told) {
                return false;
            }
        }
        known
    }

    fn triggers(&self) -> impl Iterator<Item = (crate::matcher::Hit, &'s [EventType])> {
        let scene = self.scene;
        scene.hits.iter().filter_map(|&hit| match &scene.lexeme(hit)?.sense {
            Sense::Trigger { events, .. } => Some((hit, events.as_slice())),
            _ => None,
        })
    }

    /// First and one past the last token that share a byte with `range`.
    fn tokens_in(&self, range: TextRange) -> (usize, usize) {
        let tokens = &self.scene.tokens;
        let start = tokens.partition_point(|token| token.range.end <= range.start);
        let end = tokens.partition_point(|token| token.range.start < range.end);
        (start, end.max(start))
    }
}

/// The fields as they are worked out, and what had to be changed for it.
pub(super) struct Fields<'a> {
    reader: &'a Reader<'a>,
    passes: &'a [Passes<'a>],
    /// The sentence that tells the event.
    main: &'a Passes<'a>,
    placed: Placed,
    /// No such thing happened: "nobody", "none".
    none: bool,
    pub(super) why: Vec<Why>,
    pub(super) changed: Vec<ProposedField>,
    pub(super) background: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        reader: &'a Reader<'a>,
        passes: &'a [Passes<'a>],
        main: &'a Passes<'a>,
        placed: Placed,
    ) -> Self {
        let why = vec![step("words-found-again", placed.quote)];
        let (none, changed, background) = (false, Vec::new(), false);
        Self { reader, passes, main, placed, none, why, changed, background }
    }

    /// The figure of the quote with the very interval that was given, nearest to the event.
    pub(super) fn figure(&mut self, asked: &ProposedClaim, people: bool) -> Option<Quantity> {
        let wanted = asked.figure.filter(|figure| figure.low.is_some() || figure.high.is_some())?;
        let mut found: Vec<(usize, Quantity, bool)> = Vec::new();
        for passes in self.passes {
            for party in &passes.parties {
                let figure = party.figure.and_then(|index| passes.figures.get(index));
                let is_one = figure.is_none() && party.one;
                if party.measure || !(is_one || figure.is_some()) {
                    continue;
                }
                let counts = match party.counts {
                    Some(_) if party.unknown && !people => Counted::Other,
                    Some(counts) => counts,
                    None if people => Counted::People,
                    None => Counted::Other,
                };
                let (start, end) =
                    figure.map_or((party.start, party.end), |figure| (figure.start, figure.end));
                if passes.ages.iter().any(|age| start < age.1 && age.0 < end) {
                    continue;
                }
                let Some(mut quantity) = party.quantity(passes.scene, &passes.figures) else {
                    continue;
                };
                quantity.counts = counts;
                let range = passes.scene.range(start, end);
                if self.placed.quote.contains(range)
                    && (quantity.low, quantity.high) == (wanted.low, wanted.high)
                {
                    let none = figure.is_some_and(|figure| figure.none);
                    found.push((self.gap(range), quantity, none));
                }
            }
        }
        let nearest = found.into_iter().min_by_key(|(gap, ..)| *gap);
        let Some((_, quantity, none)) = nearest else {
            self.changed.push(ProposedField::Figure);
            return None;
        };
        self.none = none;
        self.why.push(Why::by("figure-found-again", quantity.range));
        Some(quantity)
    }

    /// Whom, as the pass for noun phrases reads the words; the bare words if it reads none there.
    pub(super) fn group(&mut self, words: Option<&str>, field: ProposedField) -> Option<Group> {
        let range = self.stands(words, field)?;
        for passes in self.passes {
            let (start, end) = passes.tokens_in(range);
            let noun = passes.parties.iter().filter_map(|party| {
                let (from, to) = party.noun?;
                (start <= from && to <= end).then(|| party.as_group(passes.scene)).flatten()
            });
            if let Some(group) = noun.into_iter().next() {
                return Some(group);
            }
        }
        Some(Group {
            id: None,
            words: self.text(range),
            range: Some(range),
            inherited: !self.placed.quote.contains(range),
        })
    }

    /// Where, under the name of the gazetteer if the pass for places knows the words.
    pub(super) fn place(&mut self, words: Option<&str>) -> Option<PlaceMention> {
        let range = self.stands(words, ProposedField::Place)?;
        let known = self.passes.iter().find_map(|passes| {
            let (start, end) = passes.tokens_in(range);
            passes.places.iter().find(|mark| start <= mark.start && mark.end <= end)
        });
        Some(PlaceMention {
            words: self.text(range),
            canonical: known.and_then(|mark| mark.canonical.clone()),
            range: Some(range),
            inherited: !self.placed.quote.contains(range),
        })
    }

    /// When: the date that the pass for dates reads in the words, never the one that was given.
    pub(super) fn time(
        &mut self,
        words: Option<&str>,
        anchor: Option<Date>,
    ) -> Option<TimeMention> {
        let words = words.map(str::trim).filter(|words| !words.is_empty())?;
        // In the passage: the same words elsewhere may be of another day.
        let Some(range) = self.reader.words.nearest(words, self.placed.quote, self.placed.passage)
        else {
            self.changed.push(ProposedField::Time);
            return None;
        };
        let found = self.in_sentence_at(range, |passes| {
            let (start, end) = passes.tokens_in(range);
            let mark = passes.dates.iter().find(|mark| mark.start < end && start < mark.end)?;
            let resolved = mark.resolve(anchor)?;
            Some(TimeMention {
                value: resolved.span,
                part: mark.part,
                clock: mark.clock,
                range: Some(passes.scene.range(mark.start, mark.end)),
                how: if resolved.stated { TimeHow::Stated } else { TimeHow::Relative },
            })
        });
        match &found {
            Some(time) => self.why.push(Why::by("date", time.range)),
            None => self.changed.push(ProposedField::Time),
        }
        found
    }

    /// Who says so, each with the kind that a pass or lexicon gives it. One that nobody knows is
    /// unnamed, so that it makes no independent origin.
    pub(super) fn sources(&mut self, asked: &[String]) -> Vec<SourceMention> {
        let mut out: Vec<SourceMention> = Vec::new();
        for words in asked {
            let Some(range) = self.stands(Some(words), ProposedField::Sources) else { continue };
            let kind = self.in_sentence_at(range, |passes| {
                let (start, end) = passes.tokens_in(range);
                let meant = passes.mentions.iter().find(|m| m.start < end && start < m.end);
                let listed = || {
                    passes.scene.hits.iter().find_map(|&hit| {
                        match passes.scene.lexeme(hit)?.sense {
                            Sense::Source(kind) if start <= hit.start && hit.end <= end => {
                                Some(kind)
                            }
                            _ => None,
                        }
                    })
                };
                meant.map(|mention| mention.kind).or_else(listed)
            });
            let mention = SourceMention {
                words: self.text(range),
                kind: kind.unwrap_or(SourceKind::Unnamed),
                range: Some(range),
                inherited: !self.placed.quote.contains(range),
            };
            if !out.iter().any(|old| old.range == mention.range) {
                out.push(mention);
            }
        }
        out
    }

    /// What the cues of the sentence say of the event. No other event stands between, so a cue
    /// reaches as far as it may.
    pub(super) fn doubt(&mut self, event: &EventType) -> Doubt {
        let main = self.main;
        let (start, end) = main.tokens_in(self.placed.quote);
        let draft = Draft {
            events: vec![event.clone()],
            start,
            end,
            trigger: main.tokens_in(self.placed.trigger),
            form: Form::Verb,
            party: None,
            why: Vec::new(),
            link: Join::Alone,
            not: false,
        };
        let drafts = std::slice::from_ref(&draft);
        let mut out = doubt(main.scene, drafts, &draft, &main.figures, &main.dated);
        let unreal = main
            .scene
            .all(|s| matches!(s, Sense::Trigger { not: true, .. }))
            .any(|hit| main.scene.range(hit.start, hit.end).overlaps(self.placed.trigger));
        if unreal || self.none {
            out.modality = cautious(out.modality, Some(Modality::Negated));
        }
        // In the other sentences of the quote every cue counts.
        for passes in self.passes.iter().filter(|passes| !std::ptr::eq(*passes, main)) {
            let (start, end) = passes.tokens_in(self.placed.quote);
            let inside =
                passes.scene.hits.iter().filter(|hit| start <= hit.start && hit.end <= end);
            for &hit in inside {
                let Some(Sense::Cue(cue)) = passes.scene.lexeme(hit).map(|lexeme| &lexeme.sense)
                else {
                    continue;
                };
                out.modality = cautious(out.modality, cue.modality());
                out.denied |= *cue == Cue::Denied;
                out.retracts |= *cue == Cue::Retraction;
                self.background |= *cue == Cue::Background;
            }
        }
        out
    }

    /// How it is put: the model's word or ours, whichever is further from fact.
    pub(super) fn modality(&self, asked: &ProposedClaim, doubt: &Doubt) -> Modality {
        more_cautious(said(asked), doubt.modality.unwrap_or(Modality::Certain))
    }

    /// Notes whether the checks put more doubt on it than the model did.
    pub(super) fn note_modality(&mut self, asked: &ProposedClaim, settled: Modality) {
        if settled != said(asked) || asked.modality.is_some() && named(asked).is_none() {
            self.changed.push(ProposedField::Modality);
        }
    }

    /// How the innermost speaker knows: from the chain and the cues, never from the model.
    pub(super) fn grade(
        &self,
        sources: &[SourceMention],
        house: House,
        doubt: &Doubt,
        modality: Modality,
    ) -> Grade {
        match modality {
            Modality::Imperative => return Grade::Command,
            Modality::Plan => return Grade::Plan,
            _ => {}
        }
        match house.grade_of(sources, house.grade) {
            _ if doubt.official => Grade::Official,
            _ if sources.is_empty() && doubt.heard => Grade::Heard,
            _ if sources.is_empty() && doubt.seen => Grade::Seen,
            grade => grade,
        }
    }

    /// Where the words of a field stand in the document; notes the field if they do not.
    fn stands(&mut self, words: Option<&str>, field: ProposedField) -> Option<TextRange> {
        let words = words.map(str::trim).filter(|words| !words.is_empty())?;
        let whole = TextRange::new(0, self.reader.document.text.len());
        let found = self.reader.words.nearest(words, self.placed.quote, whole);
        if found.is_none() {
            self.changed.push(field);
        }
        found
    }

    fn text(&self, range: TextRange) -> String {
        range.of(&self.reader.document.text).unwrap_or_default().to_owned()
    }

    /// Bytes between `range` and the words that tell the event.
    fn gap(&self, range: TextRange) -> usize {
        let trigger = self.placed.trigger;
        range.start.saturating_sub(trigger.end).max(trigger.start.saturating_sub(range.end))
    }

    /// What `ask` finds in the sentence at `range`, which may lie outside the quote.
    fn in_sentence_at<T>(
        &self,
        range: TextRange,
        ask: impl Fn(&Passes<'_>) -> Option<T>,
    ) -> Option<T> {
        if let Some(passes) = self.passes.iter().find(|passes| passes.range().contains(range)) {
            return ask(passes);
        }
        let pieces = self.reader.pieces;
        let at = pieces.partition_point(|piece| piece.range.end <= range.start);
        let piece = pieces.get(at).filter(|piece| piece.range.overlaps(range))?;
        let scene = Scene::new(piece.grammar, &self.reader.document.text, piece.range);
        ask(&Passes::of(&scene, &PlaceNames::default()))
    }
}

/// Of two the one further from fact.
pub(super) fn more_cautious(a: Modality, b: Modality) -> Modality {
    cautious(Some(a), Some(b)).unwrap_or(a)
}

/// How the model puts it: certain if it says nothing, hedged if it says what nobody understands.
fn said(asked: &ProposedClaim) -> Modality {
    match asked.modality {
        None => Modality::Certain,
        Some(_) => named(asked).unwrap_or(Modality::Hedged),
    }
}

fn named(asked: &ProposedClaim) -> Option<Modality> {
    let name: StrDeserializer<'_, Unread> = asked.modality.as_deref()?.trim().into_deserializer();
    Modality::deserialize(name).ok()
}
