//! Figures that share one verb: "26 protesters and sixteen officers were killed", and where the verb
//! is last, those that stand before it with their places.

use kua_model::Counted;

use crate::cases::Case;
use crate::event::{Draft, Join, mark, may_happen};
use crate::figure::Figure;
use crate::grammar::Sense;
use crate::list::lists;
use crate::party::Party;
use crate::scene::Scene;

/// "Алматыда 151, Шымкентте 20, Таразда 17 адам қаза тапты": where the verb is last, the figures
/// before it with their places, or with nouns of their own, are its too.
pub(crate) fn precede(
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
                        .find(before, |s| {
                            matches!(s, Sense::Place(_) | Sense::PlaceNoun | Sense::Ordinal)
                        })
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
pub(crate) fn widen(
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
