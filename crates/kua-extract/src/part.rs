//! Parts and their wholes: "twelve people, among them a fireman, were hurt", "including three
//! children", and figures of a series that need no verb of their own ("and 5 in B").

use kua_lexicon::TokenKind;
use kua_model::EventType;

use crate::ellipsis::closes;
use crate::event::{Draft, Join, mark};
use crate::figure::Figure;
use crate::grammar::{Form, Lexeme, Sense};
use crate::party::{Party, ends_noun};
use crate::pattern::Found;
use crate::scene::Scene;

/// "Twelve people, among them a fireman, were hurt": what is told right behind a part is told of the
/// whole before it, and the part is told by itself.
pub(crate) fn take_whole(scene: &Scene<'_>, parties: &[Party], taken: &[bool], found: &mut Found) {
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

/// Figures that follow without a verb: parts ("including 3 children") and series ("and 5 in B").
pub(crate) fn follow(
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
            let ranked = (hit.end..=at).any(|at| {
                scene.find(at, |s| matches!(s, Sense::Ordinal | Sense::PlaceNoun)).is_some()
                    && (closes(scene, at) || closes(scene, at + 1) || closes(scene, at + 2))
            });
            ranked
                || scene.find(at, |s| matches!(s, Sense::Place(_))).is_some()
                || scene.tokens.get(at).is_some_and(|token| token.capital)
        });
        let place_follows = place_follows || apart_by_place(scene, model, party);
        // The third of a list stands near the second.
        let after: Option<&(usize, Draft)> = added.last();
        let from = after.map_or(model.end, |(_, last)| last.end.max(model.end));
        let near = party.start.saturating_sub(from) <= 8 || out.len() > 1;
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
                    // "Twelve died: eight on the table, four in the ambulance."
                    link: if (model.end..party.start).any(|at| scene.is_mark(at, &[':'])) {
                        Join::Part(Some(at))
                    } else {
                        Join::Series(at)
                    },
                    not: model.not,
                },
            ));
        }
    }
    for (index, draft) in added {
        mark(taken, Some(index));
        out.push(draft);
    }
    single_among(scene, parties, taken, out);
}

/// "Among the dead is our colleague Mara Voss": one person without a number, of those the words name.
fn single_among(scene: &Scene<'_>, parties: &[Party], taken: &mut [bool], out: &mut Vec<Draft>) {
    let mut added = Vec::new();
    for (index, party) in parties.iter().enumerate() {
        let single = party.figure.is_none() && party.one && !party.pronoun;
        let end = party.words_end();
        let speaks = [end, end + 1]
            .iter()
            .any(|&at| scene.find(at, |s| matches!(s, Sense::Said | Sense::Reported)).is_some());
        if !single || speaks || taken.get(index).copied().unwrap_or(true) {
            continue;
        }
        let Some(events) = named_by_subset(scene, party) else { continue };
        // The first person behind the words: "our colleague" and the name are one.
        let first = added.last().is_none_or(|(_, last): &(usize, Draft)| {
            party.start > last.end + 1
                || scene.find_before(party.start, |s| *s == Sense::And).is_some()
        });
        if !first {
            continue;
        }
        added.push((
            index,
            Draft {
                events,
                start: party.start,
                end,
                trigger: (party.start, party.end),
                form: Form::Victims,
                party: Some(index),
                why: vec![("part-of-whole".to_owned(), party.start, end)],
                link: Join::Part(None),
                not: false,
            },
        ));
    }
    for (index, draft) in added {
        mark(taken, Some(index));
        out.push(draft);
    }
}

/// "Eight were killed on the square, three at the station": the figure before has a place too, and behind
/// this one stands nothing but its place.
fn apart_by_place(scene: &Scene<'_>, model: &Draft, party: &Party) -> bool {
    let before = (model.start..party.start).any(|at| opens_place(scene, at).is_some());
    before && plain_place(scene, party.end).is_some()
}

fn opens_place(scene: &Scene<'_>, at: usize) -> Option<usize> {
    scene.find(at, |s| matches!(s, Sense::In | Sense::Link)).map(|hit| hit.end)
}

/// End of a place told by plain words that begins at token `at`, if nothing but it stands before the end of
/// the clause: "at the station", "на операційному столі".
pub(crate) fn plain_place(scene: &Scene<'_>, at: usize) -> Option<usize> {
    /// Words of such a place.
    const WORDS: usize = 4;
    let begins = opens_place(scene, at)?;
    let small = |s: &Sense| {
        matches!(
            s,
            Sense::Determiner
                | Sense::PlaceNoun
                | Sense::Of
                | Sense::Source(_)
                | Sense::DateLink
                | Sense::Unit(_, false)
        )
    };
    let plain = |at: usize| {
        scene.kind(at) == Some(TokenKind::Word)
            && scene.at(at).all(|(_, lexeme)| small(&lexeme.sense))
    };
    let end = (begins..begins + WORDS).find(|&at| closes(scene, at))?;
    (end > begins && (begins..end).all(plain)).then_some(end)
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
