//! Those who are counted beside somebody: "a man and his two sons", "she was arrested with thirty
//! colleagues".

use kua_lexicon::TokenKind;
use kua_model::Counted;

use crate::event::{Draft, Join, mark};
use crate::figure::Figure;
use crate::grammar::{Form, Sense};
use crate::list::{exactly, sum_of};
use crate::party::Party;
use crate::scene::Scene;

/// Joins the members of one family, each counted exactly, into one phrase with their sum: "a man,
/// his wife and their two sons" are four. Only a possessive makes them one: "26 protesters and
/// sixteen officers" stay apart.
pub(crate) fn join_households(
    scene: &Scene<'_>,
    parties: &mut Vec<Party>,
    figures: &mut Vec<Figure>,
) {
    // "мен оның екі ұлы": neither "and" nor whose sons they are is a phrase of its own.
    let owner = |party: &Party, next: Option<&Party>| {
        party.pronoun
            && scene.find(party.start, |s| matches!(s, Sense::Possessive | Sense::And)).is_some()
            && next.is_some_and(|next| {
                let whose = scene.find(party.end, |s| *s == Sense::Possessive).map(|hit| hit.end);
                (next.start == party.end || whose == Some(next.start))
                    && (next.noun.is_some() && !next.measure)
            })
    };
    // "My brother-in-law Luc": his name is nobody else.
    let named = |party: &Party, name: &Party| {
        name.name && party.one && party.group.is_some() && party.words_end() == name.start
    };
    let mut index = 0;
    while index + 1 < parties.len() {
        let pair = parties.get(index).zip(parties.get(index + 1));
        if pair.is_some_and(|(party, name)| named(party, name)) {
            parties.remove(index + 1);
        }
        index += 1;
    }
    let mut index = 0;
    while index + 1 < parties.len() {
        if parties.get(index).is_some_and(|party| owner(party, parties.get(index + 1))) {
            parties.remove(index);
        } else {
            index += 1;
        }
    }
    let mut index = 0;
    while index + 1 < parties.len() {
        let joined = match (parties.get(index), parties.get(index + 1)) {
            (Some(first), Some(second)) => household(scene, first, second, figures),
            _ => None,
        };
        let Some((mut party, figure)) = joined else {
            index += 1;
            continue;
        };
        party.figure = Some(figures.len());
        figures.push(figure);
        parties.remove(index + 1);
        if let Some(slot) = parties.get_mut(index) {
            *slot = party;
        }
    }
}

/// The phrase and the sum of two that stand side by side, the second with a possessive.
fn household(
    scene: &Scene<'_>,
    first: &Party,
    second: &Party,
    figures: &[Figure],
) -> Option<(Party, Figure)> {
    /// Words of such a name, and one more.
    const NAME: usize = 3;
    let one_of_them = |party: &Party| {
        party.noun.is_some()
            && !(party.unknown || party.measure || party.partitive || party.others)
            && party.attribute.is_none()
            && party.counts == Some(Counted::People)
    };
    // "They let him and eleven more go": he is one of those that are counted.
    let and_more = first.pronoun
        && first.one
        && (second.others || scene.find_before(second.start, |s| *s == Sense::Others).is_some())
        && second.figure.is_some()
        && !(second.measure || second.partitive || second.subset)
        && second.attribute.is_none();
    // "оның екі ұлы" has the look of "two of his": with an "and" before it, it is no part.
    if !and_more && (!one_of_them(first) || !one_of_them(second) || first.subset) {
        return None;
    }
    // "My brother-in-law Luc and four of his comrades": the name belongs to him.
    let left = (first.words_end()..)
        .take(NAME)
        .find(|&at| !scene.tokens.get(at).is_some_and(|token| token.capital))
        .unwrap_or(first.words_end());
    let joint = match scene.find(left, |s| *s == Sense::And) {
        Some(and) => and.end,
        // "according to the father, two of his sons": they are some of his, and he is none of them.
        None if scene.is_mark(left, &[','])
            && !some_of(scene, second)
            && !has_own_verb(scene, first, second) =>
        {
            left + 1
        }
        None => return None,
    };
    let right = second.words_end();
    let noun = second.noun.unwrap_or((second.start, second.end));
    // "y a sus dos sobrinos": the preposition is said again.
    let again = usize::from(scene.find(joint, |s| matches!(s, Sense::Link | Sense::To)).is_some());
    // "et ses deux fils", "и двое его сыновей": before the number or before the noun.
    let possessive = (joint..noun.0)
        .find(|&at| scene.find(at, |s| *s == Sense::Possessive).is_some())
        .filter(|_| second.start >= joint && second.start - joint <= 1 + again);
    if possessive.is_none() && !and_more {
        return None;
    }
    /// "Two sisters and their mother" are a family; "26 protesters and their 12 lawyers" are not.
    const HEADS: u64 = 4;
    let sum = exactly(first, figures)
        .filter(|&heads| heads <= HEADS)?
        .checked_add(exactly(second, figures)?)?;
    let mut used = vec![];
    used.extend(first.used.iter().chain(&second.used).copied());
    if let Some(hit) = possessive.and_then(|at| scene.find(at, |s| *s == Sense::Possessive)) {
        used.push((hit.entry, hit.start, hit.end));
    }
    let group = if first.group == second.group { first.group.clone() } else { people(scene) };
    let party = Party {
        noun: Some((first.start, right)),
        end: right,
        group,
        used,
        one: false,
        pronoun: false,
        others: false,
        counts: Some(Counted::People),
        ..first.clone()
    };
    let figure = Figure { end: second.start.max(first.end), ..sum_of(&party, sum) };
    Some((party, figure))
}

/// "Killed was a woman, two of her children were wounded": each has a verb of its own, so they are
/// no one phrase.
fn has_own_verb(scene: &Scene<'_>, first: &Party, second: &Party) -> bool {
    /// Small words before that verb: "were".
    const REACH: usize = 2;
    let trigger = |at: usize| scene.find(at, |s| matches!(s, Sense::Trigger { .. })).is_some();
    let after = second.words_end();
    (0..first.start).any(trigger) && (after..=after + REACH).any(trigger)
}

/// Whether a phrase tells of some of a whole: "two of his sons".
fn some_of(scene: &Scene<'_>, party: &Party) -> bool {
    let noun = party.noun.map_or(party.end, |(start, _)| start);
    (party.start..noun)
        .any(|at| scene.find(at, |s| matches!(s, Sense::Of | Sense::Partitive)).is_some())
}

/// The group of all people, if the table of groups has it.
fn people(scene: &Scene<'_>) -> Option<String> {
    let name = "people";
    scene.grammar.groups.contains_key(name).then(|| name.to_owned())
}

/// "She was arrested with some thirty colleagues": what happened to her happened to them. Where the
/// first is only a pronoun, the figure that is told takes its place; otherwise both are said.
pub(crate) fn accompanied(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    for index in 0..out.len() {
        let Some(draft) = out.get(index) else { return };
        let verbal = matches!(draft.form, Form::Participle | Form::Intransitive);
        let people = draft
            .events
            .iter()
            .all(|event| scene.grammar.events.get(event).is_some_and(|kind| kind.people));
        let own = draft.party.and_then(|index| parties.get(index));
        let uncounted = own.is_some_and(|party| party.figure.is_none());
        if !(verbal && people && uncounted && draft.link == Join::Alone) {
            continue;
        }
        let Some((with, found)) = company(scene, parties, figures, taken, draft.trigger.1) else {
            continue;
        };
        mark(taken, Some(found));
        let Some(end) = parties.get(found).map(Party::words_end) else { continue };
        let pronoun = own.is_some_and(|party| party.pronoun);
        let mut joined = draft.clone();
        joined.party = Some(found);
        joined.why.push(("together-with".to_owned(), with, end));
        if pronoun {
            joined.end = joined.end.max(end);
            if let Some(slot) = out.get_mut(index) {
                *slot = joined;
            }
        } else {
            (joined.start, joined.end) = (with, end);
            out.push(joined);
        }
    }
}

/// The counted phrase after "with" in the clause of a verb that ends at token `from`: where the
/// word stands, and the phrase.
fn company(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &[bool],
    from: usize,
) -> Option<(usize, usize)> {
    /// How far from the verb those who share its fate may be named, in tokens.
    const REACH: usize = 8;
    let inside =
        |at: &usize| scene.kind(*at) != Some(TokenKind::Mark) || scene.is_mark(*at, &['-', '\'']);
    let no_event = |at: &usize| scene.find(*at, |s| matches!(s, Sense::Trigger { .. })).is_none();
    for at in (from..from + REACH).take_while(|at| inside(at) && no_event(at)) {
        let Some(with) = scene.find(at, |s| *s == Sense::With) else { continue };
        let found = parties.iter().position(|party| {
            let figure = party.figure.and_then(|index| figures.get(index));
            (with.end..=with.end + 1).contains(&party.start)
                && figure.is_some_and(|figure| !figure.none && !figure.article)
                && party.counts == Some(Counted::People)
                && party.attribute.is_none()
                && !(party.measure || party.subset || party.partitive)
        })?;
        let free = !taken.get(found).copied().unwrap_or(true);
        return free.then_some((with.start, found));
    }
    None
}
