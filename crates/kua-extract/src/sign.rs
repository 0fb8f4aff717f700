//! Events told by plain words alone, without a trigger: a bullet in a leg.

use kua_model::{Counted, EventType};

use crate::event::{Draft, Join, befalls_the_dead, may_happen};
use crate::grammar::Form;
use crate::party::Party;
use crate::pattern::Ground;
use crate::scene::Scene;

/// Patterns that tell an event by their words alone: a bullet in a leg.
pub(crate) fn signs(
    scene: &Scene<'_>,
    parties: &[Party],
    dated: &[bool],
    starts: &[bool],
    counted: &[bool],
    attributes: &[bool],
    out: &mut Vec<Draft>,
) {
    let free = vec![false; parties.len()];
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
        people: false,
        subsets: true,
        asides: &[],
    };
    // Patterns in the order of their lines, each at every word it may open with.
    let symbols = scene.symbols.iter().enumerate();
    let mut due: Vec<(usize, usize)> = symbols
        .flat_map(|(at, symbols)| symbols.iter().map(move |symbol| (at, symbol)))
        .flat_map(|(at, symbol)| scene.grammar.signs_from(*symbol).map(move |sign| (sign, at)))
        .collect();
    due.sort_unstable();
    due.dedup();
    for at_once in due.chunk_by(|x, y| x.0 == y.0) {
        let pattern = at_once.first().and_then(|&(sign, _)| scene.grammar.patterns.get(sign));
        let Some((pattern, events)) = pattern.and_then(|p| Some((p, p.events.as_ref()?))) else {
            continue;
        };
        for &(_, at) in at_once {
            let Some(found) = pattern.around(&ground, at, at + 1) else { continue };
            let party = found.party.and_then(|index| parties.get(index));
            // "Dozens came home with broken ribs": no homes are counted.
            let beside = |party: &Party| party.words_end() - party.start <= 2;
            let toll =
                |event: &EventType| scene.grammar.events.get(event).is_some_and(|k| k.exclusive);
            if events.iter().all(toll)
                && party.is_some_and(|party| {
                    beside(party) && (!may_happen(scene, events, party) || is_other(party))
                })
            {
                continue;
            }
            // "There are 40 men in the town", but not "40 people", "14 buses".
            if party.is_some_and(|party| {
                !of_its_group(scene, events, party) || befalls_the_dead(scene, events, party)
            }) {
                continue;
            }
            // "Sans nouvelles de 14 pêcheurs": who they are says more than the word by itself.
            if party.is_some_and(|party| party.figure.is_some()) {
                out.retain(|draft| {
                    let bare = draft.form == Form::Told && draft.party.is_none();
                    let apart = draft.end <= found.start || found.end <= draft.start;
                    !bare || draft.events != *events || apart
                });
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
                    link: match party {
                        Some(party) if party.subset || party.partitive => Join::Part(None),
                        _ => Join::Alone,
                    },
                    not: false,
                });
            }
        }
    }
}

/// Whether an event of one group alone is told of that group, or of men or women that only the words around
/// tell to be of it.
fn of_its_group(scene: &Scene<'_>, events: &[EventType], party: &Party) -> bool {
    let mut kinds = events.iter().filter_map(|event| scene.grammar.events.get(event));
    kinds.all(|kind| {
        kind.only.as_deref().is_none_or(|only| match &party.group {
            Some(group) => {
                scene.grammar.is_a(group, only) || scene.grammar.composition.contains(group)
            }
            None => party.noun.is_none() && may_happen(scene, events, party),
        })
    })
}

/// Counted is something that is neither people nor a machine nor a house: "we lost three seats".
fn is_other(party: &Party) -> bool {
    party.counts == Some(Counted::Other) && party.noun.is_some() && !party.unknown
}
