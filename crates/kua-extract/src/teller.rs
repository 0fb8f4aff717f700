//! Reads a document sentence by sentence and makes claims of its events. Carries from sentence to
//! sentence what a reader would carry: the date of the heading, the place, who is speaking, what
//! was counted last. Whatever is carried is marked as inherited.

use jiff::ToSpan;
use jiff::civil::Date;
use kua_model::{
    Block, Claim, ClaimId, ClaimRole, Counted, DateSpan, Document, EventType, Grade, Group,
    Modality, Notice, NoticePlace, PlaceMention, Role, Severity, SourceKind, SourceMention, Span,
    TextRange, TimeHow, TimeMention, Why,
};

use crate::ExtractConfig;
use crate::date::{DateMark, dates};
use crate::doubt::doubt;
use crate::event::{Draft, Join, drafts};
use crate::figure::{Figure, figures};
use crate::grammar::{Cue, Form, Grammar, Sense};
use crate::party::{Party, parties};
use crate::place::{PlaceMark, places};
use crate::scene::Scene;
use crate::source::{self, Mention, Register, mentions};

/// What a reader carries along.
pub(crate) struct Teller<'d> {
    document: &'d Document,
    config: &'d ExtractConfig,
    anchor: Option<Date>,
    heading: Option<(DateSpan, TextRange)>,
    earlier: Option<(DateSpan, TextRange)>,
    last_place: Option<PlaceMention>,
    heading_place: Option<PlaceMention>,
    chain: Vec<SourceMention>,
    relay: Vec<SourceMention>,
    register: Register,
    in_quote: bool,
    silent: usize,
    block_claims: usize,
    block: usize,
    block_past: bool,
    testimony: bool,
    /// Claims made so far.
    pub claims: Vec<Claim>,
    /// What was odd.
    pub notices: Vec<Notice>,
}

/// Everything found in one sentence.
struct Sentence<'a, 't> {
    scene: &'a Scene<'t>,
    range: TextRange,
    dates: Vec<DateMark>,
    figures: Vec<Figure>,
    parties: Vec<Party>,
    places: Vec<PlaceMark>,
    mentions: Vec<Mention>,
    drafts: Vec<Draft>,
    chain: Vec<SourceMention>,
    own_sources: bool,
    dated: Vec<bool>,
}

impl<'d> Teller<'d> {
    /// Begins to read `document`. `testimony` if its author tells what they saw.
    pub(crate) fn new(document: &'d Document, config: &'d ExtractConfig, testimony: bool) -> Self {
        let anchor = document
            .dates
            .published
            .as_ref()
            .map(|dated| dated.value.last())
            .or_else(|| document.dates.covers.and_then(DateSpan::last))
            .or_else(|| config.period.and_then(DateSpan::last));
        Self {
            document,
            config,
            anchor,
            heading: None,
            earlier: None,
            last_place: None,
            heading_place: None,
            chain: Vec::new(),
            relay: Vec::new(),
            register: Register::default(),
            in_quote: false,
            silent: 0,
            block_claims: 0,
            block: 0,
            block_past: false,
            testimony,
            claims: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Enters a block: what belonged to the paragraph before is forgotten.
    pub(crate) fn enter(&mut self, index: usize) {
        self.block = index;
        self.block_claims = self.claims.len();
        self.earlier = None;
        self.last_place = None;
        self.block_past = false;
        if !self.in_quote {
            self.chain.clear();
        }
        // A quotation runs to the end of its paragraph at most.
        self.in_quote = false;
    }

    /// Reads one sentence of the block.
    pub(crate) fn sentence(&mut self, grammar: &Grammar, range: TextRange) {
        let scene = Scene::new(grammar, &self.document.text, range);
        if scene.tokens.is_empty() {
            return;
        }
        let dates = dates(&scene);
        let mut dated = vec![false; scene.tokens.len()];
        for date in &dates {
            for at in date.start..date.end {
                if let Some(flag) = dated.get_mut(at) {
                    *flag = true;
                }
            }
        }
        let figures = figures(&scene, &dates);
        let parties = parties(&scene, &figures, &dates);
        let mentions = mentions(&scene, &dated);
        let after_claim = self.claims.len() > self.block_claims;
        let drafts = drafts(&scene, &parties, &figures, &dated, after_claim);
        let places = places(&scene, &dated);
        let (chain, own_sources) = self.chain_of(&scene, &mentions);
        let sentence = Sentence {
            scene: &scene,
            range,
            dates,
            figures,
            parties,
            places,
            mentions,
            drafts,
            chain,
            own_sources,
            dated,
        };
        self.carry_dates(&sentence);
        self.take(&sentence);
        self.close(&sentence);
    }

    fn take(&mut self, sentence: &Sentence<'_, '_>) {
        let first = self.claims.len();
        let mut made: Vec<Option<usize>> = Vec::new();
        for draft in &sentence.drafts {
            let claim = self.claim(sentence, draft, first, &made);
            made.push(claim.is_some().then_some(self.claims.len()));
            self.claims.extend(claim);
        }
        if self.claims.len() == first {
            self.retract(sentence);
        }
        // "This was stated by …": the sentences before are theirs.
        if sentence.own_sources && sentence.mentions.iter().any(|mention| mention.back) {
            let from = self.block_claims;
            for claim in self.claims.iter_mut().take(first).skip(from) {
                if claim.sources.iter().all(|source| source.inherited) {
                    claim.sources = source::inherited(&sentence.chain);
                    if claim.grade != Grade::Denied {
                        claim.grade = grade_of(&claim.sources, claim.grade);
                    }
                    claim.why.push(Why::by("said-in-next-sentence", Some(sentence.range)));
                }
            }
        }
    }

    /// A sentence that takes back a figure without repeating it.
    fn retract(&mut self, sentence: &Sentence<'_, '_>) {
        let scene = sentence.scene;
        let Some(hit) = scene.hits.iter().find(|hit| {
            scene.lexeme(**hit).is_some_and(|lexeme| lexeme.sense == Sense::Cue(Cue::Retraction))
        }) else {
            return;
        };
        if self.claims.last().is_some_and(|claim| claim.retracts) {
            return;
        }
        let Some(model) = self
            .claims
            .iter()
            .rev()
            .take(12)
            .find(|claim| {
                claim.quantity.is_some()
                    && claim.role == ClaimRole::Crisis
                    && claim.part_of.is_none()
            })
            .cloned()
        else {
            return;
        };
        let range = trimmed(scene, sentence.range);
        let mut claim = model;
        claim.range = range;
        claim.retracts = true;
        claim.modality = Modality::Negated;
        claim.grade = Grade::Denied;
        claim.sources.clone_from(&sentence.chain);
        claim.why = vec![Why::by("retraction-of-earlier-figure", Some(claim.range))];
        if let Some(lexeme) = scene.lexeme(*hit) {
            claim.why.push(Why::by(lexeme.origin.clone(), Some(scene.range(hit.start, hit.end))));
        }
        claim.affected = claim.affected.map(|group| Group { inherited: true, ..group });
        claim.id = self.id(range, &claim.event);
        self.claims.push(claim);
    }

    fn claim(
        &mut self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        first: usize,
        made: &[Option<usize>],
    ) -> Option<Claim> {
        let scene = sentence.scene;
        let mut why: Vec<Why> = draft
            .why
            .iter()
            .map(|(rule, start, end)| Why::by(rule.clone(), Some(scene.range(*start, *end))))
            .collect();
        let party = draft.party.and_then(|index| sentence.parties.get(index));
        let whole = self.whole(draft, made);
        let mut events = draft.events.clone();
        if events.is_empty() {
            // A part without a verb of its own: the event of the whole in an earlier sentence.
            let whole = whole.and_then(|index| self.claims.get(index))?;
            events.push(whole.event.clone());
            events.extend(whole.or_events.iter().cloned());
        }
        let (event, or_events) = events.split_first()?;
        let people = scene.grammar.events.get(event).is_some_and(|kind| kind.people);
        let figure =
            party.and_then(|party| party.figure).and_then(|index| sentence.figures.get(index));
        let mut quantity = party.and_then(|party| party.quantity(scene, &sentence.figures));
        if let Some(quantity) = &mut quantity
            && let Some(party) = party
        {
            quantity.counts = self.counts(party, people, first);
        }
        if let Some(figure) = figure {
            for &(entry, start, end) in &figure.used {
                push_entry(scene, &mut why, entry, start, end);
            }
        }
        if let Some(party) = party {
            for &(entry, start, end) in &party.used {
                push_entry(scene, &mut why, entry, start, end);
            }
        }
        let doubt = doubt(scene, &sentence.drafts, draft, &sentence.figures, &sentence.dated);
        why.extend(doubt.why.iter().cloned());
        let mut modality = doubt.modality.unwrap_or(Modality::Certain);
        let zero = figure.is_some_and(|figure| figure.none);
        if zero {
            modality = Modality::Negated;
        }
        let (sources, mut grade) = self.sources(sentence, draft);
        if doubt.heard && sources.is_empty() {
            grade = Grade::Heard;
        } else if doubt.seen && sources.is_empty() {
            grade = Grade::Seen;
        }
        match modality {
            Modality::Imperative => grade = Grade::Command,
            Modality::Plan => grade = Grade::Plan,
            _ => {}
        }
        if doubt.denied || doubt.retracts {
            grade = Grade::Denied;
            modality = Modality::Negated;
        }
        let affected = self.affected(sentence, party, first, &mut why);
        let range = scene.range(draft.start, draft.end);
        if range.is_empty() {
            return None;
        }
        let place = self.place(sentence, draft, &mut why);
        let time = self.time(sentence, draft, &mut why);
        let earlier_figure = doubt.earlier || figure.is_some_and(|figure| figure.earlier);
        let role = self.role(&time, doubt.background, &mut why);
        let part_of = whole.and_then(|index| self.claims.get(index)).map(|claim| claim.id);
        // "400 of them were hospitalised" is the whole of another event.
        let of_another = party.is_some_and(|party| party.partitive && party.attribute.is_none())
            && !draft.events.is_empty()
            && matches!(draft.link, Join::Part(None));
        if matches!(draft.link, Join::Part(_)) && part_of.is_none() && !of_another {
            // Part of a whole that is nowhere: at least so many.
            if let Some(quantity) = &mut quantity {
                quantity.high = None;
                why.push(Why::by("part-of-unknown-whole", Some(range)));
            }
        }
        // "two more died": on top of a figure given before, so at least so many.
        if party.is_some_and(|party| party.others)
            && self
                .claims
                .iter()
                .rev()
                .take(24)
                .any(|claim| claim.event == *event && claim.quantity.is_some())
            && let Some(quantity) = &mut quantity
            && quantity.high.is_some()
        {
            quantity.high = None;
            why.push(Why::by("on-top-of-an-earlier-figure", Some(range)));
        }
        let event = event.clone();
        Some(Claim {
            id: self.id(range, &event),
            document: self.document.id,
            range,
            language: Some(scene.grammar.lang),
            event,
            quantity,
            affected,
            perpetrator: perpetrator(sentence, draft),
            place,
            time,
            sources,
            grade,
            modality,
            role,
            part_of,
            or_events: or_events.to_vec(),
            earlier_figure,
            retracts: doubt.retracts,
            why,
        })
    }

    fn id(&self, range: TextRange, event: &EventType) -> ClaimId {
        let same =
            self.claims.iter().rev().take(64).filter(|c| c.range == range && c.event == *event);
        let ordinal = u32::try_from(same.count()).unwrap_or(u32::MAX);
        ClaimId::of(Span::new(self.document.id, range), &event.0, ordinal)
    }

    /// Index of the claim this draft is a part of.
    fn whole(&self, draft: &Draft, made: &[Option<usize>]) -> Option<usize> {
        let Join::Part(whole) = draft.link else { return None };
        let fits = |claim: &&Claim| {
            claim.part_of.is_none()
                && (draft.events.is_empty() || draft.events.contains(&claim.event))
        };
        if let Some(index) = whole.and_then(|at| made.get(at).copied().flatten())
            && self.claims.get(index).as_ref().is_some_and(fits)
        {
            return Some(index);
        }
        let from = if draft.events.is_empty() { self.block_claims } else { 0 };
        (from..self.claims.len()).rev().take(24).find(|&index| {
            self.claims
                .get(index)
                .as_ref()
                .is_some_and(|claim| fits(claim) && claim.quantity.is_some())
        })
    }

    /// What a figure counts where its own noun does not say.
    fn counts(&self, party: &Party, people: bool, first: usize) -> Counted {
        match party.counts {
            Some(_) if party.unknown && !people => Counted::Other,
            Some(counts) => counts,
            None if people => Counted::People,
            None => self
                .claims
                .get(first..)
                .and_then(<[Claim]>::last)
                .and_then(|claim| claim.quantity.as_ref())
                .map_or(Counted::Other, |quantity| quantity.counts),
        }
    }

    fn affected(
        &self,
        sentence: &Sentence<'_, '_>,
        party: Option<&Party>,
        first: usize,
        why: &mut Vec<Why>,
    ) -> Option<Group> {
        let own = party.and_then(|party| party.as_group(sentence.scene));
        let elliptic = party.is_some_and(|party| party.noun.is_none());
        if own.is_some() || !elliptic {
            return own;
        }
        let others = party.is_some_and(|party| party.others || party.partitive);
        // In the same sentence; "others" and "of them" reach one sentence further back.
        let from = if others { self.block_claims } else { first };
        let claim = self.claims.get(from..)?.iter().rev().find(|claim| claim.affected.is_some())?;
        let group = claim.affected.clone()?;
        why.push(Why::by("same-group-as-before", group.range));
        Some(Group { inherited: true, ..group })
    }

    fn place(
        &mut self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        why: &mut Vec<Why>,
    ) -> Option<PlaceMention> {
        let scene = sentence.scene;
        let best = sentence
            .places
            .iter()
            .filter(|mark| {
                (mark.placed || mark.start == 0)
                    && !source::covers(scene, &sentence.mentions, scene.range(mark.start, mark.end))
            })
            .filter_map(|mark| distance(sentence, draft, mark.start, mark.end).map(|d| (d, mark)))
            .min_by_key(|(distance, mark)| (*distance, mark.start))
            .map(|(_, mark)| mark);
        if let Some(mark) = best {
            let mention = PlaceMention {
                words: scene.words(mark.start, mark.end).to_owned(),
                canonical: mark.canonical.clone(),
                range: Some(scene.range(mark.start, mark.end)),
                inherited: false,
            };
            if let Some(entry) = mark.entry {
                push_entry(scene, why, entry, mark.start, mark.end);
            } else {
                why.push(Why::by("capital-after-preposition", mention.range));
            }
            return Some(mention);
        }
        let inherited =
            |mention: &PlaceMention| PlaceMention { inherited: true, ..mention.clone() };
        self.last_place.as_ref().or(self.heading_place.as_ref()).map(inherited).or_else(|| {
            self.config.place.as_ref().map(|place| PlaceMention {
                words: place.clone(),
                canonical: Some(place.clone()),
                range: None,
                inherited: true,
            })
        })
    }

    fn time(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        why: &mut Vec<Why>,
    ) -> Option<TimeMention> {
        let scene = sentence.scene;
        let anchor = self.relative_anchor();
        let best = sentence
            .dates
            .iter()
            .filter_map(|mark| {
                let distance = distance(sentence, draft, mark.start, mark.end)?;
                let resolved = mark.resolve(anchor)?;
                // The date of an announcement is not the date of the event, if there is another.
                let announced = sentence.mentions.iter().any(|mention| {
                    let (start, end) =
                        (mention.start.min(mention.cue.0), mention.end.max(mention.cue.1));
                    mark.start >= end && mark.start - end <= 1
                        || mark.end <= start && start - mark.end <= 1
                });
                Some((usize::from(announced) * 100 + distance, mark, resolved))
            })
            .min_by_key(|(distance, mark, _)| (*distance, mark.start));
        if let Some((_, mark, resolved)) = best {
            let range = scene.range(mark.start, mark.end);
            why.push(Why::by("date", Some(range)));
            let how = if resolved.stated { TimeHow::Stated } else { TimeHow::Relative };
            return Some(TimeMention {
                value: resolved.span,
                part: mark.part,
                clock: mark.clock,
                range: Some(range),
                how,
            });
        }
        let carried = |value: DateSpan, range: Option<TextRange>, how: TimeHow| TimeMention {
            value,
            part: None,
            clock: None,
            range,
            how,
        };
        if let Some((value, range)) = self.earlier {
            return Some(carried(value, Some(range), TimeHow::Earlier));
        }
        if let Some((value, range)) = self.heading {
            return Some(carried(value, Some(range), TimeHow::Heading));
        }
        let published = self.document.dates.published.as_ref()?;
        Some(carried(published.value.into(), published.range, TimeHow::Document))
    }

    /// Crisis or background: by the year of the event against the report, the case and the words.
    fn role(&self, time: &Option<TimeMention>, cue: bool, why: &mut Vec<Why>) -> ClaimRole {
        let block = self.document.blocks.get(self.block);
        if block.is_some_and(|block| !block.role.may_claim()) {
            why.push(Why::by("block-role", block.map(|block| block.range)));
            return ClaimRole::Boilerplate;
        }
        let background = |why: &mut Vec<Why>, rule: &str, range| {
            why.push(Why::by(rule, range));
            ClaimRole::Background
        };
        if cue {
            return background(why, "background-words", None);
        }
        let Some(time) = time else {
            return if self.block_past {
                background(why, "paragraph-of-past-years", None)
            } else {
                ClaimRole::Crisis
            };
        };
        let stated = matches!(time.how, TimeHow::Stated | TimeHow::Relative | TimeHow::Earlier);
        if let Some(period) = self.config.period
            && stated
            && !period.may_meet(time.value)
        {
            return background(why, "outside-the-period-of-the-case", time.range);
        }
        if stated && self.long_past(time.value) {
            return background(why, "more-than-a-year-before-the-report", time.range);
        }
        if self.block_past && !matches!(time.how, TimeHow::Stated | TimeHow::Relative) {
            return background(why, "paragraph-of-past-years", time.range);
        }
        ClaimRole::Crisis
    }

    /// Ended more than a year before the report, and outside any stated period of the case.
    fn long_past(&self, span: DateSpan) -> bool {
        if self.config.period.is_some_and(|period| period.may_meet(span)) {
            return false;
        }
        let (Some(anchor), Some(last)) = (self.anchor, span.last()) else { return false };
        let limit = anchor.checked_sub(1.year()).unwrap_or(anchor);
        last < limit && span.from.is_some()
    }

    fn relative_anchor(&self) -> Option<Date> {
        self.heading.and_then(|(span, _)| span.exact()).or(self.anchor)
    }

    /// Dates of a heading hold until the next; years far back make a paragraph a biography.
    fn carry_dates(&mut self, sentence: &Sentence<'_, '_>) {
        let anchor = self.relative_anchor();
        let mut past = 0;
        for mark in &sentence.dates {
            let Some(resolved) = mark.resolve(anchor) else { continue };
            let range = sentence.scene.range(mark.start, mark.end);
            if resolved.disagrees {
                let words = range.of(&self.document.text).unwrap_or("");
                self.notices.push(Notice::new(
                    Severity::Caution,
                    "weekday-disagrees",
                    NoticePlace::Span(Span::new(self.document.id, range)),
                    format!(
                        "\"{words}\": the weekday does not fall on this date; it is taken as {}.",
                        resolved.span
                    ),
                ));
            }
            past += usize::from(resolved.stated && self.long_past(resolved.span));
        }
        self.block_past |= past > 0
            && sentence.dates.iter().all(|mark| {
                mark.resolve(anchor)
                    .is_none_or(|resolved| !resolved.stated || self.long_past(resolved.span))
            });
        // Running text that has moved on to a later day has left the heading behind.
        let later = sentence.dates.iter().filter_map(|mark| mark.resolve(anchor)).any(|resolved| {
            resolved.stated
                && matches!((resolved.span.exact(), self.heading.and_then(|(span, _)| span.exact())),
                    (Some(day), Some(heading)) if day > heading)
        });
        if later {
            self.heading = None;
        }
        if let Some(block) = self.document.blocks.get(self.block) {
            self.heading_date(block, sentence);
        }
    }

    fn heading_date(&mut self, block: &Block, sentence: &Sentence<'_, '_>) {
        let Some(mark) = sentence.dates.first() else { return };
        let opens =
            sentence.range.start == first_word(&self.document.text, block.range) && mark.start <= 2;
        let line = matches!(
            block.role,
            Role::Heading | Role::Entry | Role::Date | Role::Main | Role::List
        ) && block.range.len() < 240
            && (block.role != Role::Main
                || sentence.scene.is_mark(mark.end, &[':', '—', '–'])
                || mark.end == sentence.scene.tokens.len());
        if !(opens && line) || mark.value == crate::date::DateValue::Hour {
            return;
        }
        if let Some(resolved) = mark.resolve(self.anchor)
            && resolved.span.exact().is_some()
            && !self.long_past(resolved.span)
        {
            self.heading = Some((resolved.span, sentence.scene.range(mark.start, mark.end)));
        }
    }

    /// The chain of a sentence, and whether it names its own sources.
    fn chain_of(&mut self, scene: &Scene<'_>, mentions: &[Mention]) -> (Vec<SourceMention>, bool) {
        let mut own = Vec::new();
        let mut anaphor = false;
        for mention in mentions {
            if mention.anaphor {
                anaphor = true;
                continue;
            }
            let link = self.register.link(scene, mention);
            if mention.relay && self.block < 8 && self.relay.is_empty() {
                let kind =
                    if link.kind == SourceKind::Person { SourceKind::Outlet } else { link.kind };
                self.relay = vec![SourceMention { inherited: true, kind, ..link.clone() }];
            }
            own.push(link);
        }
        let named = !own.is_empty();
        let mut chain = source::order(own);
        if !named {
            chain = source::inherited(&self.chain);
            if anaphor && chain.is_empty() {
                chain = source::inherited(&self.relay);
            }
        } else if self.in_quote || anaphor || chain.iter().all(|link| link.inherited) {
            // Still inside somebody's words: they stay outside.
            let outer: Vec<_> = self
                .chain
                .iter()
                .take_while(|old| !chain.iter().any(|link| link.words == old.words))
                .filter(|old| {
                    chain
                        .first()
                        .is_some_and(|link| source::rank(old.kind) < source::rank(link.kind))
                })
                .cloned()
                .collect();
            chain = source::inherited(&outer).into_iter().chain(chain).collect();
        }
        if let Some(relay) = self.relay.first()
            && !chain.iter().any(|link| same_name(&link.words, &relay.words))
        {
            chain.insert(0, relay.clone());
        }
        (chain, named)
    }

    fn sources(&self, sentence: &Sentence<'_, '_>, draft: &Draft) -> (Vec<SourceMention>, Grade) {
        let scene = sentence.scene;
        let contrast = |from: usize, to: usize| {
            (from.min(to)..to.max(from)).any(|at| {
                scene.find(at, |s| *s == Sense::Contrast).is_some() || scene.is_mark(at, &[';'])
            })
        };
        // A source beyond a word of contrast speaks of something else.
        let beyond: Vec<TextRange> = sentence
            .mentions
            .iter()
            .filter(|mention| {
                if mention.cue.0 >= draft.end {
                    contrast(draft.end, mention.cue.0)
                } else {
                    mention.cue.1 <= draft.start && contrast(mention.cue.1, draft.start)
                }
            })
            .map(|mention| scene.range(mention.start, mention.end))
            .collect();
        let chain: Vec<_> = sentence
            .chain
            .iter()
            .filter(|link| !link.range.is_some_and(|range| beyond.contains(&range)))
            .cloned()
            .collect();
        let base = if self.testimony && sentence.mentions.is_empty() {
            Grade::Seen
        } else {
            Grade::Asserted
        };
        let grade = grade_of(&chain, base);
        (chain, grade)
    }

    /// After a sentence: what the next one of the block inherits.
    fn close(&mut self, sentence: &Sentence<'_, '_>) {
        let scene = sentence.scene;
        if sentence.own_sources {
            self.chain = sentence.chain.clone();
            self.silent = 0;
        } else if !self.in_quote {
            // Words that name no source stay with the last one for a sentence or two, not for ever.
            self.silent += 1;
            if self.silent >= 2 {
                self.chain.clear();
            }
        }
        let mut opened = self.in_quote;
        for (at, token) in scene.tokens.iter().enumerate() {
            match token.fold.as_ref() {
                "«" | "“" | "„" => opened = true,
                "»" | "”" => opened = false,
                "\"" => {
                    let before = at.checked_sub(1).and_then(|at| scene.tokens.get(at));
                    let spaced = before.is_none_or(|b| b.range.end < token.range.start);
                    opened = if opened { false } else { spaced || !opened };
                }
                _ => {}
            }
        }
        self.in_quote = opened;
        let anchor = self.relative_anchor();
        let dated = sentence.dates.iter().rev().find_map(|mark| {
            let resolved = mark.resolve(anchor)?;
            (resolved.stated || resolved.span.exact().is_some())
                .then(|| (resolved.span, scene.range(mark.start, mark.end)))
        });
        if dated.is_some() {
            self.earlier = dated;
        }
        let place = sentence.places.iter().rev().find(|mark| {
            mark.placed
                && !source::covers(scene, &sentence.mentions, scene.range(mark.start, mark.end))
        });
        if let Some(mark) = place {
            let mention = PlaceMention {
                words: scene.words(mark.start, mark.end).to_owned(),
                canonical: mark.canonical.clone(),
                range: Some(scene.range(mark.start, mark.end)),
                inherited: false,
            };
            let heading = self.document.blocks.get(self.block).is_some_and(|block| {
                matches!(block.role, Role::Heading | Role::Entry | Role::Title)
            });
            if heading {
                self.heading_place = Some(mention);
            } else {
                self.last_place = Some(mention);
            }
        }
    }
}

fn push_entry(scene: &Scene<'_>, why: &mut Vec<Why>, entry: u32, start: usize, end: usize) {
    if let Some(lexeme) = scene.grammar.lexemes.get(entry as usize) {
        why.push(Why::by(lexeme.origin.clone(), Some(scene.range(start, end))));
    }
}

/// Tokens between a mark and the draft; `None` if another draft or a contrast stands between.
fn distance(sentence: &Sentence<'_, '_>, draft: &Draft, start: usize, end: usize) -> Option<usize> {
    let scene = sentence.scene;
    if start < draft.end && draft.start < end {
        return Some(0);
    }
    let after = start >= draft.end;
    let (from, to) = if after { (draft.end, start) } else { (end, draft.start) };
    let other = |other: &Draft| {
        // Words shared with this draft (a common verb) do not stand between.
        if after {
            other.start >= from && other.start < to
        } else {
            other.end > from && other.end <= to && other.start >= from
        }
    };
    let crossed = sentence.drafts.iter().filter(|d| d.trigger != draft.trigger && other(d)).count();
    let contrast = (from..to)
        .any(|at| scene.find(at, |s| *s == Sense::Contrast).is_some() || scene.is_mark(at, &[';']));
    if after && crossed > 0 && matches!(draft.link, Join::Series(_)) {
        return None;
    }
    let cost = if after { 0 } else { 2 };
    // A sentence-opening adverbial ("In A, …") reaches all; a later one belongs to its own claim.
    let opening = !after && start <= 3;
    match (crossed, contrast) {
        (_, true) => None,
        (0, _) => Some(to.saturating_sub(from) + cost),
        (_, _) if opening => Some(to.saturating_sub(from) + 30),
        (_, _) if after => Some(to.saturating_sub(from) + 60),
        _ => None,
    }
}

fn grade_of(chain: &[SourceMention], base: Grade) -> Grade {
    match chain.last().map(|link| link.kind) {
        None | Some(SourceKind::Account) => base,
        Some(SourceKind::Authority) => Grade::Official,
        Some(SourceKind::Outlet | SourceKind::Agency) => Grade::Media,
        Some(SourceKind::Unnamed) => Grade::Heard,
        Some(SourceKind::Person | SourceKind::Organisation) => Grade::Asserted,
    }
}

/// Who did it: the phrase after "by", or the subject of an active verb.
fn perpetrator(sentence: &Sentence<'_, '_>, draft: &Draft) -> Option<Group> {
    let scene = sentence.scene;
    let party_at = |at: usize| {
        sentence
            .parties
            .iter()
            .find(|party| party.start <= at && at < party.end && party.noun.is_some())
    };
    let (_, end) = draft.trigger;
    for at in end..end + 3 {
        if let Some(by) = scene.find(at, |s| *s == Sense::By) {
            let party = (by.end..by.end + 3).find_map(party_at)?;
            return party.as_group(scene);
        }
    }
    if draft.form != Form::Verb {
        return None;
    }
    let (start, _) = draft.trigger;
    let subject = sentence.parties.iter().rev().find(|party| {
        party.end <= start
            && start - party.end <= 4
            && Some(party.start)
                != draft.party.and_then(|i| sentence.parties.get(i)).map(|p| p.start)
    })?;
    let clear = !(subject.end..start).any(|at| scene.is_mark(at, &[',', ';']));
    clear.then(|| subject.as_group(scene)).flatten()
}

fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (kua_lexicon::fold(a), kua_lexicon::fold(b));
    a == b || a.contains(b.as_ref()) || b.contains(a.as_ref())
}

fn trimmed(scene: &Scene<'_>, range: TextRange) -> TextRange {
    match (scene.tokens.first(), scene.tokens.last()) {
        (Some(first), Some(last)) => TextRange::new(first.range.start, last.range.end),
        _ => range,
    }
}

fn first_word(text: &str, range: TextRange) -> usize {
    let piece = range.of(text).unwrap_or("");
    range.start + (piece.len() - piece.trim_start().len())
}
