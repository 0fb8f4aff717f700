//! Events in a sentence: triggers joined to those they happened to, by patterns, then by the
//! ellipses that carry most figures ("26 killed and 18 wounded", "103 in one city, 21 in another",
//! "including three children").

use kua_lexicon::TokenKind;
use kua_model::{Counted, EventType};

use crate::cases::Case;
use crate::company::accompanied;
use crate::ellipsis::{attributed, breakdown};
use crate::figure::Figure;
use crate::grammar::{Form, Lexeme, Sense};
use crate::list::lists;
use crate::party::{Party, ends_noun};
use crate::pattern::{Found, Ground};
use crate::scene::Scene;
use crate::source::Mention;

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
            && !(party.subset || party.partitive || party.measure || was(party))
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
                    subsets,
                    asides,
                };
                let Some(mut found) = pattern.around(&ground, site.start, site.end) else {
                    continue;
                };
                if subsets && pattern.looks_back() {
                    take_whole(scene, parties, &taken, &mut found);
                }
                if pattern.looks_back() && describes(scene, parties, site) {
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
    }
    out.sort_by_key(|draft| (draft.start, draft.end, draft.trigger));
    breakdown(scene, parties, figures, &mut taken, &mut out);
    follow(scene, parties, figures, &mut taken, &mut out, after_claim);
    signs(scene, parties, dated, &starts, &counted, &attributes, &mut out);
    out.retain(|draft| {
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
    });
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

/// "Twelve people, among them a fireman, were hurt": what is told right behind a part is told of the
/// whole before it, and the part is told by itself.
fn take_whole(scene: &Scene<'_>, parties: &[Party], taken: &[bool], found: &mut Found) {
    /// How far before the part its whole may end, in tokens.
    const REACH: usize = 12;
    let Some(part) = found.party.filter(|&at| parties.get(at).is_some_and(|part| part.subset))
    else {
        return;
    };
    let counted = |party: &Party| party.figure.is_some() && !party.measure;
    let before = parties.iter().enumerate().take(part).rev();
    let Some((index, whole)) =
        before.filter(|(_, party)| counted(party)).find(|(_, party)| !party.subset)
    else {
        return;
    };
    let Some(part) = parties.get(part) else { return };
    // "Sixty, of whom twenty are still in hospital": that is told of the twenty.
    if !scene.grammar.verb_last && !scene.is_mark(part.words_end(), &[',']) {
        return;
    }
    let between = whole.words_end()..part.start;
    let apart = between.clone().any(|at| {
        scene.is_mark(at, &['.', ';', ':'])
            || scene.find(at, |s| matches!(s, Sense::Trigger { .. } | Sense::Be)).is_some()
    });
    let free = !taken.get(index).copied().unwrap_or(true);
    let possible = !(whole.partitive || whole.whole || whole.attribute.is_some());
    if free && possible && !apart && between.len() <= REACH {
        found.party = Some(index);
        found.start = found.start.min(whole.start);
    }
}

/// Whether the words of the draft tell an event only with a figure.
fn needs_figure(sites: &[Site], draft: &Draft) -> bool {
    sites.iter().any(|site| {
        site.counted && (site.start, site.end) == draft.trigger && site.events == draft.events
    })
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
fn is_thing(party: &Party) -> bool {
    matches!(party.counts, Some(Counted::Vehicles | Counted::Buildings))
}

/// Whether events that happen to people, or to one group only ("troops deployed"), may happen to this
/// phrase.
fn may_happen(scene: &Scene<'_>, events: &[EventType], party: &Party) -> bool {
    let machines = is_thing(party);
    events.iter().filter_map(|event| scene.grammar.events.get(event)).all(|kind| {
        if kind.people && kind.only.is_none() && machines {
            // "the bodies were taken away on two lorries": nobody killed the lorries.
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

/// "The mother of one of the victims": whose mother she is, no figure of the victims.
fn is_of_kin(scene: &Scene<'_>, party: &Party) -> bool {
    let of = scene.find_before(party.start, |s| matches!(s, Sense::Of | Sense::Partitive));
    let head = of.map_or(party.start, |of| of.start);
    // Without a small word between, only a case tells whose: "мать одного из погибших".
    let oblique = scene.find(party.start, |s| *s == Sense::Oblique).is_some();
    // "The families of nine missing": nine are missing.
    let some = (party.start..party.attribute.unwrap_or(party.end))
        .any(|at| scene.find(at, |s| *s == Sense::Partitive).is_some());
    let owner = some && scene.find_before(head, is_person).is_some() && (of.is_some() || oblique);
    owner || has_kin(scene, party)
}

/// "Қаза тапқандардың бірінің анасы": in the case of "of" before a person.
fn has_kin(scene: &Scene<'_>, party: &Party) -> bool {
    party.noun.is_none()
        && scene.find(party.words_end(), is_person).is_some()
        && party.end.checked_sub(1).is_some_and(|last| scene.tells(last, Case::Of))
}

fn is_person(sense: &Sense) -> bool {
    matches!(sense, Sense::Group { .. } | Sense::Title)
}

/// "Of whom 65 were rescued": what is said of these is another thing than what happened to the
/// whole, so they are no part of its figure. "Of whom 36 were police officers" says who they are,
/// "were from the village" where from; "were landed at the port" is a verb.
fn has_own_predicate(scene: &Scene<'_>, party: &Party) -> bool {
    /// How far from the verb the word that says who or where they are may stand, in tokens.
    const REACH: usize = 3;
    // A noun that is unknown may be the verb itself.
    let end = if party.unknown { party.end } else { party.words_end() };
    let spared = (end..end + REACH)
        .take_while(|&at| !scene.is_mark(at, &[',', ';', '.']))
        .any(|at| scene.find(at, |sense| *sense == Sense::Spared).is_some());
    // "had in fact been landed": the verb may stand apart from its auxiliary.
    let auxiliary = scene.find(end, |sense| *sense == Sense::Auxiliary).is_some();
    let reach = if auxiliary { REACH } else { 0 };
    let be = (end..=end + reach).find_map(|at| scene.find(at, |sense| *sense == Sense::Be));
    let Some(be) = be else { return spared };
    // "were all from the village": no verb of its own.
    let verb = |lexeme: &Lexeme| matches!(lexeme.sense, Sense::Trigger { .. });
    let is_small = scene.at(be.end).next().is_some_and(|(_, lexeme)| !verb(lexeme));
    spared
        || !(be.end..be.end + REACH).any(|at| {
            scene.find(at, |sense| matches!(sense, Sense::Group { .. })).is_some()
                || at + 1 < be.end + REACH
                    && (at == be.end || is_small)
                    && (scene.kind(at) == Some(TokenKind::Number)
                        || scene
                            .find(at, |sense| matches!(sense, Sense::In | Sense::Place(_)))
                            .is_some())
        })
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
            Form::Intransitive => things && has_subject(scene, site.start),
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

/// Where the verb is last, a participle right before people describes them and tells nothing of who
/// stands before it: "300 адам өлген ер адамның жерлеуіне барды".
fn describes(scene: &Scene<'_>, parties: &[Party], site: &Site) -> bool {
    scene.grammar.verb_last
        && site.forms.iter().any(|(form, _)| *form == Form::Participle)
        && parties.iter().any(|party| {
            party.start == site.end && !party.measure && !party.subset && !party.pronoun
        })
}

/// "Алматыда 151, Шымкентте 20, Таразда 17 адам қаза тапты": where the verb is last, the figures
/// before it with their places, or with nouns of their own, are its too.
fn precede(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    let mut at = 0;
    while let Some(model) = out.get(at).cloned() {
        let own = model.party.filter(|_| matches!(model.link, Join::Alone | Join::Series(_)));
        at += 1;
        let Some(party) = own.and_then(|index| parties.get(index)) else { continue };
        if party.figure.is_none() || party.measure || model.trigger.0 < party.start {
            continue;
        }
        let Some((index, other)) = before_in_list(scene, parties, figures, taken, party) else {
            continue;
        };
        mark(taken, Some(index));
        let placed = other.end + 1 < party.start
            && (other.end..party.start).any(|at| scene.tells(at, Case::Place));
        let end = other.words_end();
        let rule = if placed { "series" } else { "coordinated-phrase" };
        out.push(Draft {
            start: other.start,
            end,
            party: Some(index),
            why: vec![(rule.to_owned(), other.start, end)],
            link: if placed { Join::Series(at - 1) } else { Join::Alone },
            ..model
        });
    }
}

/// The counted phrase that stands before `party` in its list: nothing between them but a comma or
/// an "and", and the place of the later one.
fn before_in_list<'p>(
    scene: &Scene<'_>,
    parties: &'p [Party],
    figures: &[Figure],
    taken: &[bool],
    party: &Party,
) -> Option<(usize, &'p Party)> {
    let mut start = party.start;
    // Its own place: "Шымкент қаласында 20".
    while start + 4 > party.start
        && start.checked_sub(1).is_some_and(|before| {
            scene.kind(before) == Some(kua_lexicon::TokenKind::Word)
                && (scene.tells(before, Case::Place)
                    || scene
                        .find(before, |s| matches!(s, Sense::Place(_) | Sense::PlaceNoun))
                        .is_some()
                    || scene.tokens.get(before).is_some_and(|token| token.capital))
        })
    {
        start -= 1;
    }
    let joint = match scene.find_before(start, |s| *s == Sense::And) {
        Some(and) => and.start,
        None if start > 0 && scene.is_mark(start - 1, &[',']) => start - 1,
        None => return None,
    };
    let (index, other) = parties.iter().enumerate().rev().find(|(_, other)| {
        let end = other.words_end();
        other.figure.is_some() && end == joint
    })?;
    let figure = other.figure.and_then(|figure| figures.get(figure))?;
    let people = |party: &Party| matches!(party.counts, None | Some(Counted::People));
    // Without a place of its own the later figure must have a noun to share the verb.
    let alike = people(other) == people(party) && (start < party.start || other.noun.is_some());
    let free = !taken.get(index).copied().unwrap_or(true) && other.attribute.is_none();
    (alike && free && !other.measure && !other.subset && !other.partitive && !figure.none)
        .then_some((index, other))
}

/// "26 protesters and sixteen officers were killed": the verb takes both.
fn widen(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    starts: &[bool],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    // "112 residents and nobody else": no figure of the same verb.
    let none =
        |party: &Party| party.figure.and_then(|index| figures.get(index)).is_some_and(|f| f.none);
    let lists = lists(scene, parties);
    let mut added = Vec::new();
    for draft in out.iter() {
        let Some(own) = draft.party.filter(|_| draft.link == Join::Alone) else { continue };
        let Some(party) = parties.get(own) else { continue };
        for (index, other) in parties.iter().enumerate() {
            let listed =
                index != own && lists.iter().any(|l| l.contains(&own) && l.contains(&index));
            if (other.figure.is_none() && !listed)
                || none(other)
                || !may_happen(scene, &draft.events, other)
                || other.measure
                || other.subset
                || other.partitive
                || other.attribute.is_some()
                || taken.get(index).copied().unwrap_or(true)
                || (party.figure.is_none() && !listed)
            {
                continue;
            }
            let (left, right) =
                if other.start < party.start { (other, party) } else { (party, other) };
            let noun_end = left.words_end();
            let and = match scene.find(noun_end, |s| *s == Sense::And) {
                Some(and) => (and.start, and.end),
                // "14 inmates, two guards and a priest"
                None if listed => (noun_end, right.start),
                None => continue,
            };
            let reach = right.start.saturating_sub(and.1);
            let ahead = other.start > draft.trigger.0;
            // "killed 12 and 30 others …": only phrases of the same side of the trigger.
            let same_side = ahead == (party.start > draft.trigger.0);
            if right.start < and.1 || (reach > 1 && !listed) || !same_side {
                continue;
            }
            // "abducted six women and burned some hundred huts": a verb of its own.
            let verb = !listed
                && (and.1..right.start).any(|at| {
                    starts.get(at).copied().unwrap_or(false)
                        || scene.find(at, |s| matches!(s, Sense::Trigger { .. })).is_some()
                });
            if verb {
                continue;
            }
            let mut wide = draft.clone();
            wide.party = Some(index);
            wide.start = draft.start.min(other.start);
            wide.end = draft.end.max(other.end).max(other.noun.map_or(0, |(_, end)| end));
            // "1,200 soldiers and ten helicopters": what happens to people happens to no machine.
            let people = |party: &Party| matches!(party.counts, None | Some(Counted::People));
            if people(party) != people(other) {
                continue;
            }
            // The words of this claim are its own phrase and the trigger.
            if other.start < party.start {
                wide.start = other.start;
            } else {
                wide.start = draft.trigger.0.min(other.start);
            }
            wide.why.push(("coordinated-phrase".to_owned(), and.0, and.1));
            added.push((index, wide));
        }
    }
    for (index, draft) in added {
        if !taken.get(index).copied().unwrap_or(true) {
            mark(taken, Some(index));
            out.push(draft);
        }
    }
}

/// Figures that follow without a verb: parts ("including 3 children") and series ("and 5 in B").
fn follow(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
    after_claim: bool,
) {
    let mut added = Vec::new();
    for (index, party) in parties.iter().enumerate() {
        let figure = party.figure.and_then(|figure| figures.get(figure));
        // "including a woman": an article counts a part that has a noun.
        let counts = |figure: &&Figure| {
            let noun = party.noun.is_some_and(|(_, end)| ends_noun(scene, end));
            !figure.none && (!figure.article || (party.subset && noun))
        };
        let Some(figure) = figure.filter(counts) else { continue };
        if party.measure {
            continue;
        }
        if taken.get(index).copied().unwrap_or(true) || party.attribute.is_some() {
            continue;
        }
        let before = out.iter().enumerate().rev().find(|(_, draft)| {
            draft.start < party.start
                && !matches!(draft.link, Join::Part(_))
                && draft.party.is_some()
        });
        // "including four minors and two officers": the list goes on.
        let listed = scene.find_before(party.start, |s| *s == Sense::And).is_some_and(|and| {
            parties.iter().rev().any(|old| {
                (old.subset || old.partitive)
                    && old.figure.is_some()
                    && old.end <= and.start
                    && and.start - old.end <= 2
            })
        }) && party.noun.is_some()
            && !party.unknown;
        if party.subset || party.partitive || listed {
            // "among the dead are nine children": the words name the event themselves.
            let named = named_by_subset(scene, party).or_else(|| {
                let (_, last): &(usize, Draft) = added.last().filter(|_| listed)?;
                (last.end <= party.start && party.start - last.end <= 3)
                    .then(|| last.events.clone())
            });
            // "If one of them reads this": of one alone, that says nothing of who they are, something
            // else is told.
            if before.is_none() && party.partitive && party.noun.is_none() && figure.high == Some(1)
            {
                continue;
            }
            // A whole must stand before it: in this sentence or the one before.
            if before.is_none() && !after_claim && named.is_none() {
                continue;
            }
            if !listed && has_own_predicate(scene, party) {
                continue;
            }
            let whole = before
                .filter(|(_, draft)| named.as_ref().is_none_or(|events| draft.events == *events))
                .map(|(at, _)| at);
            let model = whole.and_then(|at| out.get(at));
            let events = named.or_else(|| model.map(|draft| draft.events.clone()));
            // More than the whole is no part of it.
            let all = model
                .and_then(|draft| parties.get(draft.party?)?.figure)
                .and_then(|figure| figures.get(figure)?.high);
            if all.zip(figure.low).is_some_and(|(all, low)| low > all) {
                continue;
            }
            let end = party.words_end();
            added.push((
                index,
                Draft {
                    events: events.unwrap_or_default(),
                    start: party.start,
                    end,
                    trigger: model.map_or((party.start, party.end), |draft| draft.trigger),
                    form: model.map_or(Form::Victims, |draft| draft.form),
                    party: Some(index),
                    why: vec![("part-of-whole".to_owned(), party.start, end)],
                    link: Join::Part(whole),
                    not: model.is_some_and(|draft| draft.not),
                },
            ));
            continue;
        }
        let Some((at, model)) = before else { continue };
        let joined = party.start > 0
            && (scene.is_mark(party.start - 1, &[','])
                || scene.find_before(party.start, |s| *s == Sense::And).is_some());
        let place_follows = scene.find(party.end, |s| *s == Sense::In).is_some_and(|hit| {
            let mut at = hit.end;
            while at < hit.end + 3
                && scene.find(at, |s| matches!(s, Sense::Determiner | Sense::PlaceNoun)).is_some()
                && scene.find(at, |s| matches!(s, Sense::Place(_))).is_none()
            {
                at += 1;
            }
            scene.find(at, |s| matches!(s, Sense::Place(_))).is_some()
                || scene.tokens.get(at).is_some_and(|token| token.capital)
        });
        let near = party.start.saturating_sub(model.end) <= 8 || out.len() > 1;
        if joined && place_follows && party.noun.is_none() && figure.plain && near {
            added.push((
                index,
                Draft {
                    events: model.events.clone(),
                    start: party.start,
                    end: party.end,
                    trigger: model.trigger,
                    form: model.form,
                    party: Some(index),
                    why: vec![("series".to_owned(), party.start, party.end)],
                    link: Join::Series(at),
                    not: model.not,
                },
            ));
        }
    }
    for (index, draft) in added {
        mark(taken, Some(index));
        out.push(draft);
    }
}

/// The events that the words before a part name: "among the dead", "parmi les blessés".
fn named_by_subset(scene: &Scene<'_>, party: &Party) -> Option<Vec<EventType>> {
    let from = party.start.saturating_sub(6);
    let subset = (from..party.start).find_map(|at| {
        scene.find(at, |s| *s == Sense::Subset).filter(|hit| hit.end <= party.start)
    })?;
    (subset.start..subset.end).find_map(|at| {
        scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
            Sense::Trigger { events, form: Form::Participle | Form::Victims, .. }
                if hit.end <= subset.end =>
            {
                Some(events.clone())
            }
            _ => None,
        })
    })
}

/// Patterns that tell an event by their words alone: a bullet in a leg.
fn signs(
    scene: &Scene<'_>,
    parties: &[Party],
    dated: &[bool],
    starts: &[bool],
    counted: &[bool],
    attributes: &[bool],
    out: &mut Vec<Draft>,
) {
    let free = vec![false; parties.len()];
    let known: Vec<(usize, &[u32])> = scene
        .symbols
        .iter()
        .enumerate()
        .filter(|(_, symbols)| !symbols.is_empty())
        .map(|(at, symbols)| (at, *symbols))
        .collect();
    for pattern in &scene.grammar.patterns {
        let Some(events) = &pattern.events else { continue };
        let ground = Ground {
            scene,
            parties,
            sign: true,
            trigger_starts: starts,
            dated,
            counted,
            attributes,
            taken: &free,
            free: false,
            subsets: false,
            asides: &[],
        };
        for (at, symbols) in known.iter().copied() {
            if !pattern.opens_with(symbols) {
                continue;
            }
            let Some(found) = pattern.around(&ground, at, at + 1) else { continue };
            let party = found.party.and_then(|index| parties.get(index));
            // "Dozens came home with broken ribs": no homes are counted.
            let beside = |party: &Party| party.words_end() - party.start <= 2;
            let toll =
                |event: &EventType| scene.grammar.events.get(event).is_some_and(|k| k.exclusive);
            if events.iter().all(toll)
                && party.is_some_and(|party| beside(party) && !may_happen(scene, events, party))
            {
                continue;
            }
            let overlaps = out.iter().any(|draft| {
                draft.events == *events && draft.start < found.end && found.start < draft.end
            });
            if !overlaps {
                out.push(Draft {
                    events: events.clone(),
                    start: found.start,
                    end: found.end,
                    trigger: (at, at + 1),
                    form: Form::Sign,
                    party: found.party,
                    why: vec![(pattern.origin.clone(), found.start, found.end)],
                    link: Join::Alone,
                    not: false,
                });
            }
        }
    }
}
