//! Events in a sentence: triggers joined to those they happened to, by patterns, then by the
//! ellipses that carry most figures ("26 killed and 18 wounded", "103 in one city, 21 in another",
//! "including three children").

use kua_lexicon::TokenKind;
use kua_model::{Counted, EventType};

use crate::cases::Case;
use crate::company::accompanied;
use crate::ellipsis::{attributed, breakdown, listed};
use crate::figure::Figure;
use crate::gapping::gapped;
use crate::grammar::{Form, Sense};
use crate::kin::{has_kin, is_of_kin};
use crate::part::{follow, take_whole};
use crate::party::Party;
use crate::pattern::{Found, Ground};
use crate::scene::Scene;
use crate::series::{precede, widen};
use crate::sign::signs;
use crate::source::Mention;
use crate::succession::followed;

/// An event and whom it happened to, before doubt, time, place and source are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The event; further ones if the words leave open which.
    pub events: Vec<EventType>,
    /// First and one past the last token of the words.
    pub start: usize,
    pub end: usize,
    /// Tokens of the trigger.
    pub trigger: (usize, usize),
    pub form: Form,
    /// Index of the noun phrase affected.
    pub party: Option<usize>,
    /// Rules and lexicon lines, with the tokens they used.
    pub why: Vec<(String, usize, usize)>,
    pub link: Join,
    /// The trigger itself says that it did not happen.
    pub not: bool,
}

/// How a draft hangs on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// It does not.
    Alone,
    /// Same noun phrase, second verb: "arrested and beaten".
    Shared,
    /// A part of the figure of the draft with this index, or of an earlier sentence.
    Part(Option<usize>),
    /// Same event, next figure: "26 in A, 20 in B".
    Series(usize),
    /// Same event, a later figure: "five dead, then nine".
    Then,
    /// The event told last, another figure: "fourteen according to the army".
    Again,
}

/// A trigger with all forms it may have.
#[derive(Debug, Clone)]
struct Site {
    start: usize,
    end: usize,
    events: Vec<EventType>,
    forms: Vec<(Form, u32)>,
    /// A severer kind: its figure is part of that of the event ("in intensive care").
    part: bool,
    /// The words themselves say that it did not happen.
    not: bool,
    /// Tells nothing without a figure.
    counted: bool,
    /// Said of things as well, and what it tells of vehicles and buildings.
    of_things: Option<Option<EventType>>,
}

/// All events of the sentence, in order of their words.
pub(crate) fn drafts(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    dated: &[bool],
    asides: &[(usize, usize)],
    mentions: &[Mention],
    after_claim: bool,
) -> Vec<Draft> {
    let mut sites = sites(scene);
    let mut out: Vec<Draft> = Vec::new();
    if sites.is_empty()
        && !after_claim
        && !scene.grammar.patterns.iter().any(|p| p.events.is_some())
    {
        return out;
    }
    let joined = join_alternatives(scene, &mut sites);
    let mut starts = vec![false; scene.tokens.len()];
    for site in &sites {
        // Words that only tell an event by themselves part no figure from its verb: "the number
        // killed in the blast rose to 12".
        if site.forms.iter().any(|(form, _)| *form != Form::Told)
            && let Some(flag) = starts.get_mut(site.start)
        {
            *flag = true;
        }
    }
    let was = |party: &Party| {
        party.figure.and_then(|index| figures.get(index)).is_some_and(|figure| figure.earlier)
    };
    let mut attributes = vec![false; scene.tokens.len()];
    let mut counted = vec![false; scene.tokens.len()];
    for party in parties {
        if let Some(flag) = party.attribute.and_then(|at| attributes.get_mut(at)) {
            *flag = true;
        }
        if party.figure.is_some()
            && !(party.subset && !party.after_whole
                || party.partitive
                || party.measure
                || was(party)
                || is_where(scene, party))
        {
            (party.start..party.end).for_each(|at| {
                if let Some(flag) = counted.get_mut(at) {
                    *flag = true;
                }
            });
        }
    }
    // What the figure was before is passed over: the text says what it is now.
    let mut taken: Vec<bool> = parties.iter().map(was).collect();
    let mut done = vec![false; sites.len()];
    attribute_drafts(scene, parties, &sites, &mut taken, &mut done, &mut out);
    let free = vec![false; parties.len()];
    for subsets in [false, true] {
        for pattern in &scene.grammar.patterns {
            let Some(form) = pattern.form() else { continue };
            for (index, site) in sites.iter().enumerate() {
                if done.get(index).copied().unwrap_or(true) {
                    continue;
                }
                let Some(&(_, entry)) = site.forms.iter().find(|(f, _)| *f == form) else {
                    continue;
                };
                let ground = Ground {
                    scene,
                    parties,
                    sign: false,
                    trigger_starts: &starts,
                    dated,
                    counted: &counted,
                    attributes: &attributes,
                    taken: if pattern.free { &free } else { &taken },
                    free: pattern.free,
                    people: site.events.iter().all(|event| {
                        scene.grammar.events.get(event).is_some_and(|kind| kind.people)
                    }),
                    subsets,
                    asides,
                };
                let Some(mut found) = pattern.around(&ground, site.start, site.end) else {
                    continue;
                };
                if !pattern.looks_back() && has_figure(parties, site, &found) {
                    continue;
                }
                if subsets && pattern.looks_back() {
                    let mut of_all = found;
                    take_whole(scene, parties, &taken, &mut of_all);
                    if !of_a_part(scene, parties, site, &of_all) {
                        found = of_all;
                    }
                }
                if pattern.looks_back()
                    && (describes(scene, parties, site) || of_a_part(scene, parties, site, &found))
                {
                    continue;
                }
                let party = found.party.and_then(|index| parties.get(index));
                let kin = form == Form::Victims && party.is_some_and(|p| has_kin(scene, p));
                if kin || !suits(scene, site, party) {
                    continue;
                }
                if let Some(flag) = done.get_mut(index) {
                    *flag = true;
                }
                if !pattern.free {
                    mark(&mut taken, found.party);
                }
                out.push(draft(scene, parties, site, form, entry, found, &pattern.origin));
            }
        }
    }
    share(scene, parties, &sites, &mut done, &mut out);
    told(scene, parties, &sites, &mut taken, &mut done, &mut out);
    widen(scene, parties, figures, &starts, &mut taken, &mut out);
    accompanied(scene, parties, figures, &mut taken, &mut out);
    if scene.grammar.verb_last {
        precede(scene, parties, figures, &mut taken, &mut out);
    }
    if after_claim || !out.is_empty() {
        attributed(scene, parties, figures, mentions, &mut taken, &mut out);
        listed(scene, parties, figures, &mut taken, &mut out);
    }
    out.sort_by_key(|draft| (draft.start, draft.end, draft.trigger));
    breakdown(scene, parties, figures, &mut taken, &mut out);
    gapped(scene, parties, figures, &mut taken, &mut out);
    followed(scene, parties, figures, dated, &mut taken, &mut out);
    follow(scene, parties, figures, &mut taken, &mut out, after_claim);
    signs(scene, parties, dated, &starts, &counted, &attributes, &mut out);
    let holds = |draft: &Draft| {
        let party = draft.party.and_then(|index| parties.get(index));
        // "two of the nine captured soldiers": all nine were captured, of the two something else is
        // told.
        let of_whole = draft.form == Form::Participle
            && party.is_some_and(|party| {
                party.of.is_some()
                    && party.attribute.is_none()
                    && party.words_end() == draft.trigger.0
            });
        let figure = party.and_then(|party| party.figure);
        !of_whole && (figure.is_some() || !needs_figure(&sites, draft))
    };
    in_order(&mut out, holds);
    under_order(scene, &mut out);
    for (at, origin, start, end) in joined {
        for draft in &mut out {
            if draft.trigger.0 == at {
                draft.why.push((origin.clone(), start, end));
            }
        }
    }
    out
}

/// "41 civilians killed on the 14th: sixteen at the market": the figure behind the colon is no other
/// than that before the word.
fn has_figure(parties: &[Party], site: &Site, found: &Found) -> bool {
    let far = found.party.and_then(|index| parties.get(index));
    far.is_some_and(|far| far.start > site.end + 2 && far.noun.is_none())
        && parties.iter().any(|party| party.figure.is_some() && party.words_end() == site.start)
}

/// "Twelve people from three villages were killed": the villages only tell where.
pub(crate) fn is_where(scene: &Scene<'_>, party: &Party) -> bool {
    let link = |s: &Sense| matches!(s, Sense::In | Sense::Link | Sense::Of | Sense::From);
    // "Torture was proved in six cases": cases are no place.
    let place = party
        .noun
        .is_some_and(|(start, _)| scene.find(start, |s| *s == Sense::PlaceNoun).is_some());
    (is_thing(party) || place && party.counts != Some(Counted::People))
        && scene.find_before(party.start, link).is_some()
}

/// Whether the words of the draft tell an event only with a figure.
fn needs_figure(sites: &[Site], draft: &Draft) -> bool {
    sites.iter().any(|site| {
        site.counted && (site.start, site.end) == draft.trigger && site.events == draft.events
    })
}

/// Keeps the drafts that hold, in the order of their words: a whole is told before its parts.
fn in_order(out: &mut Vec<Draft>, holds: impl Fn(&Draft) -> bool) {
    let mut order: Vec<usize> =
        (0..out.len()).filter(|&at| out.get(at).is_some_and(&holds)).collect();
    order.sort_by_key(|&at| out.get(at).map(|draft| (draft.start, draft.end, draft.trigger)));
    let now = |before: usize| order.iter().position(|&at| at == before);
    let mut drafts: Vec<Option<Draft>> = std::mem::take(out).into_iter().map(Some).collect();
    let sorted = order.iter().filter_map(|&at| drafts.get_mut(at)?.take()).map(|mut draft| {
        draft.link = match draft.link {
            Join::Part(whole) => Join::Part(whole.and_then(now)),
            Join::Series(first) => now(first).map_or(Join::Alone, Join::Series),
            other => other,
        };
        draft
    });
    *out = sorted.collect();
}

/// "ordered to open fire": the order is what is told, not the fire.
fn under_order(scene: &Scene<'_>, out: &mut Vec<Draft>) {
    let order = |draft: &Draft| {
        draft
            .events
            .iter()
            .any(|event| scene.grammar.events.get(event).is_some_and(|kind| kind.order))
    };
    let orders: Vec<(usize, usize)> =
        out.iter().filter(|draft| order(draft)).map(|draft| draft.trigger).collect();
    out.retain(|draft| {
        let (start, end) = draft.trigger;
        let told = draft.form == Form::Told && draft.party.is_none() && !order(draft);
        !told || orders.iter().all(|&(from, to)| end <= from || to < start)
    });
}

/// Whether what the words tell may happen to this phrase: words that are said of things as well tell
/// it only of known people ("released 300 prisoners", but not "300 statements").
fn suits(scene: &Scene<'_>, site: &Site, party: Option<&Party>) -> bool {
    let Some(party) = party else { return true };
    // "a boat sank with 80 migrants": it is the boat that sank.
    let with = |s: &Sense| matches!(s, Sense::With);
    let things = site
        .events
        .iter()
        .any(|event| scene.grammar.events.get(event).is_some_and(|kind| kind.of_people.is_some()));
    if things
        && party.counts == Some(Counted::People)
        && scene.find_before(party.start, with).is_some()
    {
        return false;
    }
    match &site.of_things {
        Some(Some(_)) if is_thing(party) => true,
        Some(_) if !known_for_people(scene, party) => false,
        _ => may_happen(scene, &site.events, party),
    }
}

/// Vehicles or buildings.
pub(crate) fn is_thing(party: &Party) -> bool {
    matches!(party.counts, Some(Counted::Vehicles | Counted::Buildings))
}

/// Whether events that happen to people, or to one group only ("troops deployed"), may happen to this
/// phrase.
pub(crate) fn may_happen(scene: &Scene<'_>, events: &[EventType], party: &Party) -> bool {
    let machines = is_thing(party);
    if befalls_the_dead(scene, events, party) {
        return false;
    }
    events.iter().filter_map(|event| scene.grammar.events.get(event)).all(|kind| {
        if kind.people && kind.only.is_none() && machines {
            // "the bodies were taken away on two lorries": nobody killed the lorries.
            return false;
        }
        let kept = kind.not.as_deref().zip(party.group.as_deref());
        if kept.is_some_and(|(not, group)| scene.grammar.is_a(group, not)) {
            return false;
        }
        kind.only.as_deref().is_none_or(|only| match &party.group {
            Some(group) => scene.grammar.is_a(group, only),
            // "pulled out eleven bodies": not eleven soldiers.
            None => {
                party.counts == Some(Counted::Vehicles)
                    || party.noun.is_none()
                        // "seventeen of them were brought out": of whom the text told before.
                        && !(party.partitive || party.subset)
                        && scene
                            .find(party.end, |s| {
                                matches!(s, Sense::Trigger { form: Form::Victims, .. })
                            })
                            .is_none()
            }
        })
    })
}

/// "Eleven bodies were taken to the hospital": whom the last event befell is nobody's patient or captive.
/// "Two of the dead had been arrested" tells what was before.
pub(crate) fn befalls_the_dead(scene: &Scene<'_>, events: &[EventType], party: &Party) -> bool {
    let kind = |event: &EventType| scene.grammar.events.get(event);
    let last = |event: &EventType| kind(event).is_some_and(|kind| kind.last);
    let of_living = |event: &EventType| kind(event).is_some_and(|kind| kind.people && !kind.last);
    let dead = |s: &Sense| match s {
        Sense::Trigger { form: Form::Victims, events, .. } => events.iter().all(last),
        _ => false,
    };
    let noun = party.noun.map_or(party.end, |(start, _)| start);
    events.iter().all(of_living)
        && !party.partitive
        && party.figure.is_some()
        && [noun, party.words_end()].iter().any(|&at| scene.find(at, dead).is_some())
}

/// Whether a phrase is people by what the lexicon knows of its noun, by a name ("23 Hazari"), or by
/// an ending that only words for people have ("machinists"); so is a figure without a noun.
fn known_for_people(scene: &Scene<'_>, party: &Party) -> bool {
    if !party.unknown {
        return !matches!(party.counts, Some(Counted::Other)) || party.noun.is_none();
    }
    party.noun.is_some_and(|(start, end)| {
        (start..end).any(|at| {
            scene.tokens.get(at).is_some_and(|token| token.capital) || scene.tells(at, Case::Person)
        })
    })
}

pub(crate) fn mark(taken: &mut [bool], party: Option<usize>) {
    if let Some(flag) = party.and_then(|index| taken.get_mut(index)) {
        *flag = true;
    }
}

fn sites(scene: &Scene<'_>) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for &hit in &scene.hits {
        let Some(lexeme) = scene.lexeme(hit) else { continue };
        let Sense::Trigger { events, form, part, not, counted } = &lexeme.sense else { continue };
        let known =
            sites.iter_mut().rev().take(8).find(|site| {
                site.start == hit.start && site.end == hit.end && site.events == *events
            });
        match known {
            Some(site) => site.forms.push((*form, hit.entry)),
            None => sites.push(Site {
                start: hit.start,
                end: hit.end,
                events: events.clone(),
                forms: vec![(*form, hit.entry)],
                part: *part,
                not: *not,
                counted: *counted,
                of_things: of_things(scene, events, hit.start, hit.end),
            }),
        }
    }
    sites.sort_by_key(|site| (site.start, site.end));
    sites
}

/// Whether the words `start..end` for what happens to people are said of things as well, and what
/// they tell of those. With a small word of its own a verb may have people only: "ejecutó a".
fn of_things(
    scene: &Scene<'_>,
    events: &[EventType],
    start: usize,
    end: usize,
) -> Option<Option<EventType>> {
    let people =
        |event: &EventType| scene.grammar.events.get(event).is_some_and(|kind| kind.people);
    let said = |at: usize| {
        scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
            Sense::OfThings(event) if hit.end == end => Some(event.clone()),
            _ => None,
        })
    };
    (start..end).find_map(said).filter(|_| events.iter().all(people))
}

/// "killed or wounded", "killed and injured" with one figure: one site of both events, so that
/// the figure is never counted under one of them. Gives what joined them, for `why`.
fn join_alternatives(
    scene: &Scene<'_>,
    sites: &mut Vec<Site>,
) -> Vec<(usize, String, usize, usize)> {
    let mut notes = Vec::new();
    let mut index = 0;
    while index + 1 < sites.len() {
        let joined = match (sites.get(index), sites.get(index + 1)) {
            (Some(a), Some(b))
                if a.events != b.events && a.end < b.start && b.start - a.end <= 3 =>
            {
                let or = scene.find(a.end, |s| *s == Sense::EitherOr);
                let and = scene.find(a.end, |s| *s == Sense::And);
                let adjacent = |end: usize| {
                    end == b.start
                        || (end..b.start).all(|at| {
                            scene.find(at, |s| matches!(s, Sense::Be | Sense::Auxiliary)).is_some()
                        })
                };
                let exclusive = [a, b].iter().all(|site| {
                    site.events.iter().all(|event| {
                        scene.grammar.events.get(event).is_some_and(|kind| kind.exclusive)
                    })
                });
                let same_form = a.forms.iter().any(|(f, _)| b.forms.iter().any(|(g, _)| f == g));
                match (or, and) {
                    (Some(or), _) if same_form && adjacent(or.end) => Some(("either-or", or)),
                    (_, Some(and))
                        if same_form
                            && exclusive
                            && adjacent(and.end)
                            && !owns_figure(scene, b) =>
                    {
                        Some(("one-figure-for-both", and))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some((rule, hit)) = joined {
            let second = sites.remove(index + 1);
            if let Some(site) = sites.get_mut(index) {
                for event in second.events {
                    if !site.events.contains(&event) {
                        site.events.push(event);
                    }
                }
                site.forms.retain(|(form, _)| second.forms.iter().any(|(f, _)| f == form));
                site.end = second.end;
                notes.push((site.start, rule.to_owned(), hit.start, hit.end));
            }
        } else {
            index += 1;
        }
    }
    notes
}

/// A number stands right after the trigger: "killed and wounded 18" leaves killed without one.
fn owns_figure(scene: &Scene<'_>, site: &Site) -> bool {
    site.forms.iter().all(|(form, _)| *form == Form::Verb)
        && scene.find(site.end, |s| matches!(s, Sense::Cardinal(_))).is_some()
}

/// "12 wounded protesters", "two of the dead": the trigger is inside the noun phrase.
fn attribute_drafts(
    scene: &Scene<'_>,
    parties: &[Party],
    sites: &[Site],
    taken: &mut [bool],
    done: &mut [bool],
    out: &mut Vec<Draft>,
) {
    for (number, party) in parties.iter().enumerate() {
        let Some(at) = party.attribute else { continue };
        let Some((index, site)) = sites.iter().enumerate().find(|(_, site)| site.start == at)
        else {
            continue;
        };
        let Some(&(form, entry)) = site.forms.first() else { continue };
        // "12 injured men were arrested": the men are arrested; that they were injured is said too.
        if let Some(flag) = done.get_mut(index) {
            *flag = true;
        }
        // "six of the eight victims had died", "two of the wounded are in hospital": it is the verb
        // that tells what happened to the six.
        if party.partitive && has_verb_of_its_own(scene, site, sites) {
            continue;
        }
        let found = Found { start: party.start, end: party.end.max(site.end), party: Some(number) };
        let origin = if party.partitive { "part-of-whole" } else { "attribute" };
        if party.partitive {
            mark(taken, Some(number));
            // "The mother of one of the nine missing": nine are missing.
            if party.of.is_none() && is_of_kin(scene, party) {
                continue;
            }
        }
        let mut draft = draft(scene, parties, site, form, entry, found, origin);
        // "two of the detained"; "two detainees told of torture": those who speak are some of them.
        let speaks = draft.start <= 1 && scene.find(draft.end, |s| *s == Sense::Said).is_some();
        if party.partitive || speaks {
            draft.link = Join::Part(None);
        }
        out.push(draft);
    }
}

/// Whether a verb of another event follows the victims at `site` in the same clause.
fn has_verb_of_its_own(scene: &Scene<'_>, site: &Site, sites: &[Site]) -> bool {
    sites.iter().any(|other| {
        let near = other.start >= site.end && other.start - site.end <= 4;
        near && other.events != site.events
            && other.forms.iter().any(|(form, _)| {
                *form == Form::Intransitive
                    || (*form == Form::Participle && has_subject(scene, other.start))
            })
            && !(site.end..other.start).any(|at| {
                scene.is_mark(at, &[',', ';', ':'])
                    || scene.find(at, |s| matches!(s, Sense::And | Sense::Contrast)).is_some()
            })
    })
}

fn draft(
    scene: &Scene<'_>,
    parties: &[Party],
    site: &Site,
    form: Form,
    entry: u32,
    found: Found,
    origin: &str,
) -> Draft {
    let party = found.party.and_then(|index| parties.get(index));
    let noun_end = party.and_then(|party| party.noun).map_or(0, |(_, end)| end);
    let mut why = vec![(origin.to_owned(), found.start, found.end)];
    if let Some(lexeme) = scene.grammar.lexemes.get(entry as usize) {
        why.push((lexeme.origin.clone(), site.start, site.end));
    }
    // "two detainees told of torture": those who speak are some of them.
    let speaks = form == Form::Victims
        && found.start <= 1
        && scene.find(found.end, |s| *s == Sense::Said).is_some();
    let link = match party {
        _ if speaks => Join::Part(None),
        // "six of the eight victims had died": part of the victims, all of those who died.
        Some(party) if party.partitive && party.attribute.is_some_and(|at| at != site.start) => {
            Join::Alone
        }
        Some(party) if party.subset || party.partitive => Join::Part(None),
        _ if site.part => Join::Part(None),
        _ => Join::Alone,
    };
    // "The police station was burned" is not said of the police: only of people that are counted,
    // by a noun that the lexicon knows for people ("fourteen shelters were smashed").
    let people = party.is_some_and(|party| {
        party.figure.is_some() && party.group.is_some() && party.counts == Some(Counted::People)
    });
    let machines = party.is_some_and(is_thing);
    let told = |event: &EventType| {
        if let (Some(Some(of_things)), true) = (&site.of_things, machines) {
            return of_things.clone();
        }
        let of_people = scene.grammar.events.get(event).and_then(|kind| kind.of_people.as_ref());
        of_people.filter(|_| people).unwrap_or(event).clone()
    };
    Draft {
        events: site.events.iter().map(told).collect(),
        start: found.start,
        end: found.end.max(noun_end),
        trigger: (site.start, site.end),
        form,
        party: found.party,
        why,
        link,
        not: site.not,
    }
}

/// Words that tell an event by themselves, where no pattern found whom it happened to: those whose
/// lexicon says so; verbs of what happens to things ("the city hall was burned"); and a passive
/// whose subject is in no lexicon ("the dean was dismissed").
fn told(
    scene: &Scene<'_>,
    parties: &[Party],
    sites: &[Site],
    taken: &mut [bool],
    done: &mut [bool],
    out: &mut Vec<Draft>,
) {
    for (site, done) in sites.iter().zip(done) {
        if *done {
            continue;
        }
        let things = site
            .events
            .iter()
            .all(|event| scene.grammar.events.get(event).is_some_and(|kind| !kind.people));
        let by_itself = site.forms.iter().find(|(form, _)| match form {
            Form::Told => true,
            Form::Participle => {
                things && (has_subject(scene, site.start) || beside_thing(scene, site))
            }
            Form::Intransitive => {
                things && (has_subject(scene, site.start) || beside_thing(scene, site))
            }
            Form::Verb => things,
            _ => false,
        });
        let Some(&(form, entry)) = by_itself else { continue };
        let again = out.iter().any(|draft| {
            draft.events == site.events
                && (draft.start < site.end && site.start < draft.end
                    // "disparó balas de goma": one event told by two words.
                    || draft.form == Form::Told && draft.end <= site.start
                        && site.start - draft.end <= 1)
        });
        *done = true;
        if again {
            continue;
        }
        // "ten explosions", "70 checkpoints": the event itself is counted.
        let own = parties.iter().position(|party| {
            party.figure.is_some()
                && party.counts != Some(Counted::People)
                && party.noun.is_some_and(|(start, end)| start < site.end && site.start < end)
        });
        let own = own.filter(|index| things && !taken.get(*index).copied().unwrap_or(true));
        let start =
            own.and_then(|index| parties.get(index)).map_or(site.start, |party| party.start);
        mark(taken, own);
        let found = Found { start: start.min(site.start), end: site.end, party: own };
        out.push(draft(scene, parties, site, form, entry, found, "told"));
    }
}

/// "Broken police cars", "voitures de police cassées": vehicles or buildings beside the word.
fn beside_thing(scene: &Scene<'_>, site: &Site) -> bool {
    let thing = |at: usize| {
        scene
            .find(at, |s| matches!(s, Sense::Unit(Counted::Vehicles | Counted::Buildings, false)))
            .is_some()
    };
    let clear = |at: usize| scene.kind(at) == Some(TokenKind::Word);
    let behind = (site.end..site.end + 2).take_while(|&at| clear(at)).any(thing);
    let mut before = (site.start.saturating_sub(3)..site.start).rev().take_while(|&at| clear(at));
    behind || (!scene.grammar.noun_last && before.any(thing))
}

/// Whether a form of "to be" or an article stands close before: not "broken glass" by itself.
fn has_subject(scene: &Scene<'_>, at: usize) -> bool {
    (at.saturating_sub(3)..at)
        .any(|before| scene.find(before, |s| matches!(s, Sense::Be | Sense::Auxiliary)).is_some())
}

/// A second verb with the same noun phrase: "12 people were arrested and beaten".
fn share(
    scene: &Scene<'_>,
    parties: &[Party],
    sites: &[Site],
    done: &mut [bool],
    out: &mut Vec<Draft>,
) {
    for index in 1..sites.len() {
        let (Some(first), Some(second)) = (sites.get(index - 1), sites.get(index)) else { break };
        if done.get(index).copied().unwrap_or(true)
            || second.start < first.end
            || second.start - first.end > 4
        {
            continue;
        }
        let and = (first.end..second.start)
            .any(|at| scene.find(at, |s| *s == Sense::And).is_some() || scene.is_mark(at, &[',']));
        let clear = !(first.end..second.start).any(|at| {
            parties
                .iter()
                .any(|party| (party.start..party.end).contains(&at) && party.figure.is_some())
        });
        let Some(shared) = out.iter().find(|draft| draft.trigger.0 == first.start).cloned() else {
            continue;
        };
        let same = second.forms.iter().find(|(form, _)| *form == shared.form);
        let Some(&(form, entry)) = same else { continue };
        let verbal = matches!(form, Form::Participle | Form::Intransitive | Form::Verb);
        if !(and && clear && verbal) {
            continue;
        }
        let found = Found { start: second.start, end: second.end, party: shared.party };
        let mut draft = draft(scene, parties, second, form, entry, found, "shared-subject");
        draft.start = second.start;
        draft.end = second.end;
        draft.link = Join::Shared;
        if let Some(flag) = done.get_mut(index) {
            *flag = true;
        }
        out.push(draft);
    }
}

/// "We treated 190 people, seven of them died": what is told right behind a part is told of the part.
fn of_a_part(scene: &Scene<'_>, parties: &[Party], site: &Site, found: &Found) -> bool {
    let be = scene.find_before(site.start, |s| matches!(s, Sense::Be | Sense::Auxiliary));
    let before = be.map_or(site.start, |be| be.start);
    let Some(far) = found.party.and_then(|index| parties.get(index)) else { return false };
    !(far.partitive || far.subset)
        && parties.iter().any(|part| {
            (part.partitive || part.subset && scene.grammar.verb_last)
                && part.figure.is_some()
                && part.noun.is_none()
                && part.attribute.is_none()
                && part.start > far.start
                && part.end == before
        })
}

/// Where the verb is last, a participle right before people describes them and tells nothing of who
/// stands before it: "300 адам өлген ер адамның жерлеуіне барды".
fn describes(scene: &Scene<'_>, parties: &[Party], site: &Site) -> bool {
    scene.grammar.verb_last
        && site.forms.iter().any(|(form, _)| *form == Form::Participle)
        && parties.iter().any(|party| {
            party.start == site.end && !party.measure && !party.subset && !party.pronoun
        })
}
