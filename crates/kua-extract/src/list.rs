//! People told one after the other: "three men, two women and a child were killed". Told by age and
//! sex alone they are one count, their sum; of different sides ("fourteen inmates, two guards and a
//! priest") each stays a figure of its own.

use std::ops::Range;

use kua_lexicon::TokenKind;
use kua_model::Counted;

use crate::figure::Figure;
use crate::grammar::Sense;
use crate::party::Party;
use crate::scene::Scene;

/// The fewest phrases that make a list: two are told apart, as "26 protesters and sixteen officers".
const FEWEST: usize = 3;

/// Lists of counted people: runs of phrases with nothing between them but commas and, before the
/// last, an "and". Indices of parties.
pub(crate) fn lists(scene: &Scene<'_>, parties: &[Party]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while from < parties.len() {
        let (mut to, mut closed) = (from, false);
        while let (Some(here), Some(next)) = (parties.get(to), parties.get(to + 1)) {
            let Some(and) = joint(scene, here, next) else { break };
            (to, closed) = (to + 1, and);
        }
        // "14 détenus, deux gardiens et un X": the last may be in no lexicon.
        let ends = parties.get(to).map_or(0, Party::words_end);
        let open = scene.find(ends, |s| *s == Sense::And).is_some_and(|and| {
            scene.find(and.end, |s| matches!(s, Sense::One | Sense::Cardinal(_))).is_some()
        });
        if (closed && to + 1 - from >= FEWEST) || (open && !closed && to + 2 - from >= FEWEST) {
            out.push(from..to + 1);
        }
        from = to + 1;
    }
    out
}

/// Whether an "and" joins two neighbours of a list; `None` if they are none.
fn joint(scene: &Scene<'_>, here: &Party, next: &Party) -> Option<bool> {
    if !(is_member(here) && is_member(next)) || next.subset {
        return None;
    }
    let end = here.words_end();
    // "trois hommes armés, …": a word behind the noun that tells nothing.
    let adjective = scene.kind(end) == Some(TokenKind::Word) && scene.at(end).next().is_none();
    let end = end + usize::from(adjective);
    let comma = scene.is_mark(end, &[',']);
    let and = scene.find(end + usize::from(comma), |s| *s == Sense::And).map(|hit| hit.end);
    let after = match (and, comma) {
        (Some(after), _) => after,
        (None, true) => end + 1,
        (None, false) => return None,
    };
    // "à deux gardiens", "a dos guardias": the preposition is said again.
    let small = |s: &Sense| matches!(s, Sense::Link | Sense::In | Sense::Of | Sense::To);
    let begins =
        next.start == after || next.start == after + 1 && scene.find(after, small).is_some();
    begins.then_some(and.is_some())
}

/// Counted people whose noun is known.
fn is_member(party: &Party) -> bool {
    (party.figure.is_some() || party.one)
        && party.group.is_some()
        && party.counts == Some(Counted::People)
        && party.attribute.is_none()
        && !(party.unknown || party.measure || party.partitive || party.others || party.pronoun)
}

/// Joins the members of every list that is told by age and sex alone, each counted exactly, into one
/// phrase with their sum. "Three people, two women and a child" tells who the three were.
pub(crate) fn join_lists(scene: &Scene<'_>, parties: &mut Vec<Party>, figures: &mut Vec<Figure>) {
    join_single(scene, parties, figures);
    go_on_with_parts(scene, parties);
    for list in lists(scene, parties).into_iter().rev() {
        let Some(members) = parties.get(list.clone()) else { continue };
        let counts: Option<Vec<u64>> =
            members.iter().map(|party| exactly(party, figures)).collect();
        let Some((first, rest)) = counts.as_deref().and_then(<[u64]>::split_first) else {
            continue;
        };
        let others = rest.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let told_by = |party: &Party| {
            party.group.as_ref().is_some_and(|group| scene.grammar.composition.contains(group))
        };
        let composed = members.iter().skip(1).all(told_by);
        let opens = members.first().is_some_and(told_by);
        if composed && !opens && others <= *first {
            for party in parties.iter_mut().take(list.end).skip(list.start + 1) {
                party.subset = true;
            }
            continue;
        }
        if !composed || !opens || members.iter().any(|party| party.subset) {
            continue;
        }
        let Some(joined) = joined(scene, members, figures.len()) else { continue };
        // "Six died: three men, two women and a child": the list tells who they were.
        if joined.start > 0 && scene.is_mark(joined.start - 1, &[':', '(', '—', '–', '-']) {
            continue;
        }
        figures.push(sum_of(&joined, first.saturating_add(others)));
        parties.splice(list, [joined]);
    }
}

/// "Including twelve children and three nurses": the nurses are a part as well.
fn go_on_with_parts(scene: &Scene<'_>, parties: &mut [Party]) {
    for index in 1..parties.len() {
        let (Some(here), Some(next)) = (parties.get(index - 1), parties.get(index)) else { return };
        let and = scene.find(here.words_end(), |s| *s == Sense::And);
        let goes_on = here.subset
            && here.figure.is_some()
            && and.is_some_and(|and| and.end == next.start)
            && joint(scene, here, next).is_some();
        if let Some(next) = parties.get_mut(index).filter(|_| goes_on) {
            next.subset = true;
        }
    }
}

/// "The captain and three sailors": one that is named without a number, and those counted beside
/// them, are one count.
fn join_single(scene: &Scene<'_>, parties: &mut Vec<Party>, figures: &mut Vec<Figure>) {
    let mut index = 0;
    while index + 1 < parties.len() {
        let sum = match (parties.get(index), parties.get(index + 1)) {
            (Some(first), Some(second)) => single(scene, first, second, figures),
            _ => None,
        };
        let pair = parties.get(index..index + 2).zip(sum);
        if let Some((pair, sum)) = pair
            && let Some(party) = joined(scene, pair, figures.len())
        {
            figures.push(sum_of(&party, sum));
            parties.splice(index..index + 2, [party]);
        }
        index += 1;
    }
}

/// The sum of one person told without a number and those counted right behind an "and".
fn single(scene: &Scene<'_>, first: &Party, second: &Party, figures: &[Figure]) -> Option<u64> {
    let alone = first.one && first.figure.is_none() && is_member(first) && !first.subset;
    let counted = second.figure.is_some() && (is_member(second) || second.others && known(second));
    if !(alone && counted) || second.subset {
        return None;
    }
    let and = scene.find(first.words_end(), |s| *s == Sense::And)?;
    // "and six more": the word for more may stand before the number.
    let more = scene.find(and.end, |s| *s == Sense::Others).map_or(and.end, |hit| hit.end);
    let article = figures.get(second.figure?).is_some_and(|figure| figure.article);
    let sum = exactly(second, figures).filter(|_| !article)?.checked_add(1)?;
    (second.start == and.end || second.start == more).then_some(sum)
}

fn known(party: &Party) -> bool {
    party.counts == Some(Counted::People)
        && !(party.unknown || party.measure || party.partitive)
        && party.attribute.is_none()
}

/// How many a phrase counts, if it says so exactly.
pub(crate) fn exactly(party: &Party, figures: &[Figure]) -> Option<u64> {
    let Some(figure) = party.figure.and_then(|index| figures.get(index)) else {
        return party.one.then_some(1);
    };
    let exact = figure.low == figure.high
        && !(figure.approx || figure.none || figure.earlier)
        && figure.convention.is_none();
    figure.low.filter(|_| exact)
}

/// One phrase for a list, with a figure of this index.
fn joined(scene: &Scene<'_>, members: &[Party], figure: usize) -> Option<Party> {
    let (first, last) = (members.first()?, members.last()?);
    let end = last.words_end();
    let people = "people";
    let group = if members.iter().all(|party| party.group == first.group) {
        first.group.clone()
    } else {
        scene.grammar.groups.contains_key(people).then(|| people.to_owned())
    };
    Some(Party {
        end,
        figure: Some(figure),
        noun: Some((first.start, end)),
        group,
        one: false,
        used: members.iter().flat_map(|party| party.used.iter().copied()).collect(),
        ..first.clone()
    })
}

/// The figure of a joined phrase.
pub(crate) fn sum_of(party: &Party, sum: u64) -> Figure {
    Figure {
        start: party.start,
        end: party.end,
        low: Some(sum),
        high: Some(sum),
        approx: false,
        convention: None,
        none: false,
        whole: None,
        article: false,
        plain: true,
        tail: party.end - 1,
        closed: false,
        earlier: false,
        former: false,
        used: Vec::new(),
    }
}
