//! One claim of one event: its figure, whom it happened to, what it is a part of.

use kua_lexicon::TokenKind;
use kua_model::{Claim, ClaimRole, Counted, Grade, Group, Modality, SourceKind, Why};

use crate::doubt::{cautious, doubt};
use crate::event::{Draft, Join};
use crate::figure::Figure;
use crate::grammar::{Cue, Form, Sense};
use crate::party::Party;
use crate::scene::Scene;
use crate::source::{inherited, rank};
use crate::teller::{MEMORY, Sentence, Teller};
use crate::voice::crowd_of;

impl Teller<'_> {
    pub(crate) fn claim(
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
        // An earlier figure is superseded, not part of the later one.
        let superseded = party
            .and_then(|party| party.figure)
            .and_then(|index| sentence.figures.get(index))
            .is_some_and(|figure| figure.earlier);
        let told = party.and_then(|party| sentence.figures.get(party.of?));
        let told_whole = told.map(|figure| (figure.low, figure.high));
        // "Two of the nine wounded gave evidence": nine were wounded, unless the text said so before.
        let again = self.claims.iter().rev().take(MEMORY).any(|claim| {
            draft.events.contains(&claim.event)
                && claim.quantity.as_ref().map(|q| (q.low, q.high)) == told_whole
        });
        let of_whole = told.filter(|_| {
            !again && party.is_some_and(|p| p.of_whole && p.attribute == Some(draft.trigger.0))
        });
        let stands_alone = superseded || of_whole.is_some();
        let least = party
            .and_then(|party| sentence.figures.get(party.figure?))
            .and_then(|figure| figure.low);
        let mut whole =
            if stands_alone { None } else { self.whole(draft, made, told_whole, least) };
        if whole.is_none()
            && !stands_alone
            && let Some(index) = self.found_of_toll(sentence, draft, party)
        {
            why.push(Why::by("found-after-a-larger-toll", None));
            whole = Some(index);
        }
        if whole.is_none()
            && of_whole.is_none()
            && let Some(index) = self.bare_part(sentence, draft, party, first)
        {
            why.push(Why::by("bare-number-after-a-larger-figure", None));
            whole = Some(index);
        }
        let mut events = draft.events.clone();
        if events.is_empty() {
            // A part without a verb of its own: the event of the whole in an earlier sentence.
            // So is a bare figure that somebody gives: of the event told last.
            let whole = match draft.link {
                Join::Again => self.told_last(scene, draft)?,
                _ => whole.and_then(|index| self.claims.get(index))?,
            };
            events.push(whole.event.clone());
            events.extend(whole.or_events.iter().cloned());
        }
        let group = party.and_then(|party| party.group.as_deref());
        for event in &mut events {
            *event = scene.grammar.narrowed(event, group);
        }
        let (event, or_events) = events.split_first()?;
        let people = scene.grammar.events.get(event).is_some_and(|kind| kind.people);
        let figure =
            party.and_then(|party| party.figure).and_then(|index| sentence.figures.get(index));
        let none_of =
            figure.filter(|figure| figure.whole.is_some() && names_whole(scene, draft, figure));
        let mut quantity = match of_whole {
            Some(figure) => Some(figure.quantity(scene, Counted::People)),
            None => party.and_then(|party| party.quantity(scene, &sentence.figures)),
        };
        if let (Some(quantity), Some(figure)) = (&mut quantity, none_of) {
            (quantity.low, quantity.high) = (figure.whole, figure.whole);
            why.push(Why::by("none-of-a-whole", Some(scene.range(figure.start, figure.end))));
        }
        if let Some(quantity) = &mut quantity
            && let Some(party) = party
        {
            // "18 names": the names are of people.
            let people_again = people && draft.link == Join::Again;
            quantity.counts =
                if people_again { Counted::People } else { self.counts(party, people, first) };
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
        let mut doubt = doubt(scene, &sentence.drafts, draft, &sentence.figures, &sentence.dated);
        if let Some(hit) = self.takes_back(scene, draft) {
            doubt.retracts = true;
            push_entry(scene, &mut why, hit.entry, hit.start, hit.end);
        }
        why.extend(doubt.why.iter().cloned());
        let mut modality = doubt.modality.unwrap_or(Modality::Certain);
        if draft.not {
            modality = cautious(Some(modality), Some(Modality::Negated)).unwrap_or(modality);
        }
        if is_heading(scene, draft, party) {
            return None;
        }
        if bare_told(draft) && (self.points_back(sentence, draft, event) || never_told(modality)) {
            return None;
        }
        // "One of the wounded didn't die": not one, and not none either.
        if modality == Modality::Negated
            && party.is_some_and(|party| party.partitive)
            && quantity.as_ref().is_some_and(|q| q.high == Some(1))
        {
            quantity = None;
        }
        // "None of the two detained was freed": it is the freeing that did not happen.
        if none_of.is_some() && modality == Modality::Negated && !doubt.denied {
            modality = Modality::Certain;
        }
        let zero = figure.is_some_and(|figure| figure.none) && none_of.is_none();
        if zero {
            modality = Modality::Negated;
        }
        let (mut sources, mut grade) = self.sources(sentence, draft);
        if let Some(crowd) = crowd_of(scene, &sentence.mentions, &sources) {
            // "They say", "people say": hearsay, however firmly it is put.
            modality = cautious(Some(modality), Some(Modality::Hedged)).unwrap_or(modality);
            why.push(Why::by("hearsay", Some(crowd)));
        }
        // "Thirty-six of the injured are police officers": whoever told the whole tells the part.
        if sentence.mentions.is_empty()
            && sources.iter().all(|link| rank(link.kind) < rank(SourceKind::Account))
            && let Some(claim) = whole
                .filter(|&index| {
                    // "Of them, …" may open the next paragraph.
                    let of_them = party.is_some_and(|p| p.partitive && p.noun.is_none());
                    index >= if of_them { self.last_block_claims } else { self.block_claims }
                })
                .and_then(|index| self.claims.get(index))
            && claim.sources.len() > sources.len()
        {
            sources = inherited(&claim.sources);
            grade = self.house.grade_of(&sources, grade);
        }
        // "There is talk of twenty dead" after the ministry's figure: no words of the ministry.
        if doubt.heard && sentence.mentions.is_empty() {
            sources.retain(|link| link.kind == SourceKind::Outlet);
        }
        let untold =
            sources.is_empty() || sources.iter().all(|link| link.kind == SourceKind::Outlet);
        if doubt.heard && untold {
            grade = Grade::Heard;
        } else if doubt.seen && untold {
            grade = Grade::Seen;
        } else if grade == Grade::Seen && never_seen(scene, event, modality) {
            grade = Grade::Asserted;
        }
        // "the official toll": the figure is official, whoever repeats it.
        if doubt.official && grade != Grade::Official {
            grade = Grade::Official;
        }
        let orders = scene.grammar.events.get(event).is_some_and(|kind| kind.order);
        match modality {
            _ if orders => grade = Grade::Command,
            Modality::Imperative => grade = Grade::Command,
            Modality::Plan => grade = Grade::Plan,
            _ => {}
        }
        if doubt.denied || doubt.retracts {
            grade = Grade::Denied;
            modality = Modality::Negated;
        }
        let affected = self.affected(sentence, draft, event, first, &mut why);
        let range = scene.range(draft.start, draft.end);
        if range.is_empty() {
            return None;
        }
        let place = self.place(sentence, draft, &mut why);
        let time = self.time(sentence, draft, &mut why);
        // "First it spoke of 36, then of 41": the first alone is an earlier one.
        let earlier_figure = doubt.earlier && draft.link != Join::Then
            || figure.is_some_and(|figure| figure.earlier);
        let mut role = self.role(&time, doubt.background, &mut why);
        // What is part of a figure of another time or place is no part of this crisis.
        if role == ClaimRole::Crisis
            && let Some(claim) = whole.and_then(|index| self.claims.get(index))
            && claim.role == ClaimRole::Background
        {
            role = ClaimRole::Background;
            why.push(Why::by("part-of-background", Some(claim.range)));
        }
        // The same figure again is a repeat of the whole, not a part of it.
        let equal = |claim: &&Claim| match (&claim.quantity, &quantity) {
            (Some(a), Some(b)) => (a.low, a.high) == (b.low, b.high),
            _ => false,
        };
        let part_of = whole
            .filter(|_| !earlier_figure)
            .and_then(|index| self.claims.get(index))
            .filter(|claim| !equal(claim))
            .map(|claim| claim.id);
        // "400 of them were hospitalised" is the whole of another event.
        let of_another = party.is_some_and(|party| party.partitive && party.attribute.is_none())
            && !draft.events.is_empty()
            && matches!(draft.link, Join::Part(None));
        // "including 3 children" of a whole that is not told: three is what is said.
        // So is "a man and his two sons are among the dead", and "two of the 21".
        let said_apart = party.is_some_and(|party| {
            (!party.partitive && (party.subset || (party.noun.is_some() && !party.unknown)))
                || party.of.is_some()
        });
        if matches!(draft.link, Join::Part(_)) && part_of.is_none() && !of_another && !said_apart {
            // Part of a whole that is nowhere: at least so many.
            if let Some(quantity) = &mut quantity {
                quantity.high = None;
                why.push(Why::by("part-of-unknown-whole", Some(range)));
            }
        }
        // "two more died": on top of a figure given before, never a part of it.
        let part_of = part_of.filter(|_| {
            // "Twelve died: eight on the table, four more in the ambulance": of the twelve.
            let listed = matches!(draft.link, Join::Part(Some(_)));
            let on_top = !listed
                && party.is_some_and(|party| party.others && !party.partitive && !party.subset);
            if on_top {
                why.push(Why::by("on-top-of-an-earlier-figure", Some(range)));
            }
            !on_top
        });
        let event = event.clone();
        Some(Claim {
            id: self.id(range, &event),
            document: self.document.id,
            range,
            language: Some(scene.grammar.lang),
            event,
            quantity,
            affected,
            perpetrator: self.perpetrator(sentence, draft, first),
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

    /// The last claim of the paragraph of something that happens to people, and no part of another.
    fn told_last(&self, scene: &Scene<'_>, draft: &Draft) -> Option<&Claim> {
        let until = scene.range(draft.start, draft.end).start;
        let people = |claim: &&Claim| {
            claim.range.start < until
                && scene.grammar.events.get(&claim.event).is_some_and(|kind| kind.people)
        };
        let of_block = self.claims.get(self.block_claims..)?;
        let low = |claim: &Claim| claim.quantity.as_ref().and_then(|quantity| quantity.low);
        // "Ten of them had been shot": told of some of those the text is about.
        let of_some = |at: usize, claim: &Claim| {
            claim.affected.as_ref().is_some_and(|group| group.inherited)
                && of_block.iter().take(at).rev().take(MEMORY).any(|old| low(old) > low(claim))
        };
        of_block
            .iter()
            .enumerate()
            .rev()
            .take(MEMORY)
            .filter(|(_, claim)| people(claim))
            .find(|(at, claim)| claim.part_of.is_none() && !claim.retracts && !of_some(*at, claim))
            .map(|(_, claim)| claim)
    }

    /// "The shooting went on": an article before an event the text has told already points back to
    /// it, unless the sentence gives it a place or a day of its own.
    fn points_back(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        event: &kua_model::EventType,
    ) -> bool {
        let scene = sentence.scene;
        let definite = |at: usize| scene.find(at, |s| *s == Sense::Determiner).is_some();
        let start = draft.trigger.0;
        // An adjective may stand between: "the hellish shooting".
        let adjective = start >= 2
            && scene.kind(start - 1) == Some(TokenKind::Word)
            && scene.at(start - 1).next().is_none()
            && definite(start - 2);
        let named = start >= 1 && definite(start - 1) || adjective || definite(start);
        named
            && sentence.dates.is_empty()
            && sentence.places.iter().all(|mark| !mark.placed)
            && self.claims.iter().rev().take(MEMORY).any(|claim| claim.event == *event)
    }

    /// Index of the claim this draft is a part of; where the whole is told ("two of the 21"), only a
    /// claim of that very figure.
    pub(crate) fn whole(
        &self,
        draft: &Draft,
        made: &[Option<usize>],
        told: Option<(Option<u64>, Option<u64>)>,
        least: Option<u64>,
    ) -> Option<usize> {
        let Join::Part(whole) = draft.link else { return None };
        // "Eleven of them": more than three is no part of three.
        let smaller = |claim: &Claim| {
            let all = claim.quantity.as_ref().and_then(|quantity| quantity.high);
            all.zip(least).is_none_or(|(all, least)| all >= least)
        };
        let fits = |claim: &&Claim| {
            claim.part_of.is_none()
                && smaller(claim)
                && told.is_none_or(|told| {
                    claim.quantity.as_ref().is_some_and(|q| (q.low, q.high) == told)
                })
                && (draft.events.is_empty() || draft.events.contains(&claim.event))
        };
        if let Some(index) = whole.and_then(|at| made.get(at).copied().flatten())
            && self.claims.get(index).as_ref().is_some_and(fits)
        {
            return Some(index);
        }
        let from = if draft.events.is_empty() { self.block_claims } else { 0 };
        // The figure that holds now is the whole, not the one it replaced.
        let whole = |now: bool| {
            (from..self.claims.len()).rev().take(24).find(|&index| {
                self.claims.get(index).as_ref().is_some_and(|claim| {
                    fits(claim) && claim.quantity.is_some() && !(now && claim.earlier_figure)
                })
            })
        };
        whole(true).or_else(|| whole(false))
    }

    /// "Plus de 600 personnes ont été arrêtées. 187 restent détenues.": a bare number, with no
    /// day or place of its own, after a larger figure of the paragraph is a part of that one.
    fn bare_part(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        party: Option<&Party>,
        first: usize,
    ) -> Option<usize> {
        // Only a severer kind ("in intensive care") is a part without "of them".
        let severe = matches!(draft.link, Join::Part(None))
            && party.is_some_and(|party| !party.partitive && party.attribute.is_none());
        // "у десятьох зламані ребра": the words that tell it look like a noun.
        let told = |party: &Party| draft.form == Form::Sign && party.unknown && !party.subset;
        let party = party
            .filter(|party| party.noun.is_none() || told(party) || (severe && !party.subset))?;
        let figure = party.figure.and_then(|index| sentence.figures.get(index))?;
        if figure.none || figure.article || figure.earlier {
            return None;
        }
        // "340 were treated, about a hundred for gunshot wounds": right behind the whole, without a
        // verb.
        let scene = sentence.scene;
        let small = |s: &Sense| {
            matches!(s, Sense::In | Sense::Link | Sense::To | Sense::Of | Sense::Partitive)
        };
        let opens = scene.find_before(figure.start, small).map_or(figure.start, |hit| hit.start);
        let same_breath = opens > 0
            && scene.is_mark(opens - 1, &[',', ':', '—', '–'])
            && !(figure.end..draft.end)
                .any(|at| scene.find(at, |s| matches!(s, Sense::Be | Sense::Auxiliary)).is_some());
        let forms = matches!(draft.form, Form::Participle | Form::Intransitive | Form::Sign)
            || (same_breath && draft.form == Form::Victims);
        let alone = draft.link == Join::Alone
            && forms
            && sentence.dates.iter().all(|date| same_breath && date.end <= opens)
            && sentence.places.iter().all(|mark| !mark.placed || same_breath && mark.end <= opens);
        if !(severe || alone) {
            return None;
        }
        if !(figure.plain || same_breath) {
            return None;
        }
        let until = if severe || same_breath { self.claims.len() } else { first };
        (self.block_claims..until).rev().take(MEMORY).find(|&index| {
            self.claims.get(index).is_some_and(|claim| {
                let larger = claim
                    .quantity
                    .as_ref()
                    .and_then(|quantity| quantity.low)
                    .is_some_and(|low| figure.high.is_some_and(|high| low > high));
                let kind = sentence.scene.grammar.events.get(&claim.event);
                (severe || claim.part_of.is_none())
                    && claim.modality == Modality::Certain
                    && claim.or_events.is_empty()
                    && larger
                    && if severe {
                        kind.is_some_and(|kind| kind.people)
                    } else {
                        draft.events.first() == Some(&claim.event)
                    }
            })
        })
    }

    /// "At least 24 people died. … Firemen have pulled out eleven bodies.": bodies found, fewer than
    /// a toll the text has told before, with no word of "more" and no place or day of their own, are
    /// among that toll.
    fn found_of_toll(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        party: Option<&Party>,
    ) -> Option<usize> {
        /// How far before the bodies the verb that finds them may stand, in tokens.
        const REACH: usize = 6;
        let scene = sentence.scene;
        let more = |party: &&Party| {
            party.others || scene.find_before(party.start, |s| *s == Sense::Others).is_some()
        };
        let party = party.filter(|party| !more(party))?;
        let figure = party.figure.and_then(|index| sentence.figures.get(index))?;
        let found = (draft.start.saturating_sub(REACH)..draft.end + 2)
            .any(|at| scene.find(at, |s| *s == Sense::Recovered).is_some());
        let placed = sentence.places.iter().any(|mark| mark.placed);
        if !found || placed || !sentence.dates.is_empty() || draft.link != Join::Alone {
            return None;
        }
        (0..self.claims.len()).rev().take(MEMORY).find(|&index| {
            self.claims.get(index).is_some_and(|claim| {
                let larger = claim.quantity.as_ref().and_then(|q| q.low);
                draft.events.first() == Some(&claim.event)
                    && claim.part_of.is_none()
                    && claim.modality == Modality::Certain
                    && claim.role == ClaimRole::Crisis
                    && !claim.earlier_figure
                    && larger.zip(figure.high).is_some_and(|(toll, found)| toll > found)
            })
        })
    }

    /// What a figure counts where its own noun does not say.
    pub(crate) fn counts(&self, party: &Party, people: bool, first: usize) -> Counted {
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

    pub(crate) fn affected(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        event: &kua_model::EventType,
        first: usize,
        why: &mut Vec<Why>,
    ) -> Option<Group> {
        let party = draft.party.and_then(|index| sentence.parties.get(index));
        // A figure of the event told last is of those it happened to, whatever list it stands on.
        let again = draft.link == Join::Again;
        let own = party.filter(|_| !again).and_then(|party| party.as_group(sentence.scene));
        let elliptic = again || party.is_some_and(|party| party.noun.is_none());
        if own.is_some() || !elliptic {
            return own;
        }
        let others = party.is_some_and(|party| party.others || party.partitive);
        // In the same sentence; "others" and "of them" reach one sentence further back.
        let from = if others || again { self.block_claims } else { first };
        // "12 houses destroyed and 400 made homeless": people are no houses; "three of the dead"
        // are of those who died, not of those who were arrested.
        let part = again || party.is_some_and(|party| party.partitive);
        let alike = |claim: &&Claim| {
            claim.affected.is_some()
                && claim.quantity.as_ref().is_none_or(|q| q.counts == Counted::People)
                && (!part || claim.event == *event)
        };
        let claim = self.claims.get(from..)?.iter().rev().take(MEMORY).find(alike)?;
        let group = claim.affected.clone()?;
        why.push(Why::by("same-group-as-before", group.range));
        Some(Group { inherited: true, ..group })
    }

    /// Who did it: the phrase after "by", or the subject of an active verb; a second verb has the
    /// subject of the first.
    fn perpetrator(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        first: usize,
    ) -> Option<Group> {
        let scene = sentence.scene;
        let person = |party: &&Party| {
            party.noun.is_some() && !party.measure && matches!(party.counts, Some(Counted::People))
        };
        let party_at = |at: usize| {
            sentence
                .parties
                .iter()
                .find(|party| party.start <= at && at < party.end && person(party))
        };
        let (start, end) = draft.trigger;
        for at in end..end + 3 {
            if let Some(by) = scene.find(at, |s| *s == Sense::By) {
                let party = (by.end..by.end + 3).find_map(party_at)?;
                return party.as_group(scene);
            }
        }
        if draft.form != Form::Verb {
            return None;
        }
        // Whoever another verb happened to did not do this one.
        let acted_on = |party: &Party| {
            sentence.drafts.iter().any(|other| {
                other
                    .party
                    .and_then(|index| sentence.parties.get(index))
                    .is_some_and(|object| object.start == party.start)
            })
        };
        let before = sentence.parties.iter().rev().find(|party| {
            party.end <= start && start - party.end <= 4 && person(party) && !acted_on(party)
        });
        if let Some(subject) = before {
            let clear = !(subject.end..start).any(|at| scene.is_mark(at, &[',', ';']));
            return clear.then(|| subject.as_group(scene)).flatten();
        }
        let and = (start.saturating_sub(3)..start)
            .any(|at| scene.find(at, |s| *s == Sense::And).is_some());
        let earlier = self.claims.get(first..)?.last().filter(|_| and)?;
        earlier.perpetrator.clone().map(|group| Group { inherited: true, ..group })
    }
}

/// "Neither of the two journalists detained was released": the word between the whole and another verb
/// says who they are, so that it is told of all of them.
fn names_whole(scene: &Scene<'_>, draft: &Draft, figure: &Figure) -> bool {
    let (start, end) = draft.trigger;
    let verb = |at: usize| scene.find(at, |s| matches!(s, Sense::Be | Sense::Auxiliary)).is_some();
    let negated = |at: usize| scene.find(at, |s| *s == Sense::Cue(Cue::Negated)).is_some();
    let plain = (figure.end..start).all(|at| !verb(at) && !negated(at));
    let another = (end..scene.tokens.len())
        .any(|at| verb(at) || scene.find(at, |s| matches!(s, Sense::Trigger { .. })).is_some());
    let names = matches!(draft.form, Form::Participle | Form::Victims);
    names && figure.end <= start && plain && another
}

/// What nobody can see: that somebody is missing, and what did not come to be.
fn never_seen(scene: &Scene<'_>, event: &kua_model::EventType, modality: Modality) -> bool {
    let absent = scene.grammar.events.get(event).is_some_and(|kind| kind.absence);
    absent || modality == Modality::Counterfactual
}

/// An event told by its words alone, with nobody and no number.
fn bare_told(draft: &Draft) -> bool {
    draft.form == Form::Told && draft.party.is_none()
}

/// "The missing." above a paragraph: a sentence of nothing but the word for those it happened to, with
/// nobody and no number.
fn is_heading(scene: &Scene<'_>, draft: &Draft, party: Option<&Party>) -> bool {
    let word = |at: &usize| scene.kind(*at) == Some(TokenKind::Word);
    let outside =
        (0..scene.tokens.len()).filter(|at| *at < draft.trigger.0 || draft.trigger.1 <= *at);
    let small = |at: usize| {
        scene.find(at, |s| matches!(s, Sense::Determiner | Sense::One | Sense::And)).is_some()
    };
    matches!(draft.form, Form::Victims | Form::Nominal)
        && party.is_none_or(|party| party.figure.is_none() && !party.one)
        && outside.filter(word).all(small)
}

/// Put so that nothing is said to have happened, to be planned or to be wished: "the danger of an
/// explosion", "had there been a clash".
fn never_told(modality: Modality) -> bool {
    matches!(modality, Modality::Hypothetical | Modality::Counterfactual | Modality::Question)
}

pub(crate) fn push_entry(
    scene: &Scene<'_>,
    why: &mut Vec<Why>,
    entry: u32,
    start: usize,
    end: usize,
) {
    if let Some(lexeme) = scene.grammar.lexemes.get(entry as usize) {
        why.push(Why::by(lexeme.origin.clone(), Some(scene.range(start, end))));
    }
}
