//! Clauses that leave their verb unsaid: "in the first ward six patients died, in the second four",
//! "the committee put the dead at 23, the ministry at nine".

use kua_lexicon::TokenKind;

use crate::cases::Case;
use crate::ellipsis::closes;
use crate::event::{Draft, Join, is_thing, mark};
use crate::figure::Figure;
use crate::grammar::{Form, Sense};
use crate::party::Party;
use crate::scene::Scene;
use crate::source::{Mention, right};

/// How far before a figure its clause may begin, in tokens.
const REACH: usize = 8;

/// Figures with a place or a rank of their own, in a clause without a verb: of the event of the clause
/// before.
pub(crate) fn gapped(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    let mut added: Vec<Draft> = Vec::new();
    for (index, party) in parties.iter().enumerate() {
        let figure = party.figure.and_then(|index| figures.get(index));
        let plain = figure.is_some_and(|figure| !(figure.article || figure.none || figure.earlier));
        let end = party.words_end();
        if !plain
            || party.unknown
            || taken.get(index).copied().unwrap_or(true)
            || is_told_otherwise(party)
            || !closes(scene, end)
        {
            continue;
        }
        let Some((joint, begins)) = clause(scene, parties, party.start) else { continue };
        if !places(scene, begins, party.start) {
            continue;
        }
        let before = out.iter().enumerate().rev().find(|(_, draft)| draft.end <= joint);
        let Some((at, model)) = before.filter(|(_, model)| is_placed(scene, model, joint)) else {
            continue;
        };
        let alike = model.party.and_then(|index| parties.get(index)).is_some_and(|other| {
            other.figure.is_some() && !other.measure && is_thing(other) == is_thing(party)
        });
        if !alike || model.form == Form::Told || matches!(model.link, Join::Part(_) | Join::Again) {
            continue;
        }
        mark(taken, Some(index));
        added.push(Draft {
            start: party.start,
            end,
            party: Some(index),
            why: vec![("verb-of-the-clause-before".to_owned(), begins, end)],
            link: Join::Series(at),
            ..model.clone()
        });
    }
    out.extend(added);
}

/// Whether a phrase is a measure, a part or somebody an event is told of already.
fn is_told_otherwise(party: &Party) -> bool {
    party.measure || party.partitive || party.subset || party.others || party.attribute.is_some()
}

/// Where the clause of the phrase at token `at` begins, if nothing in it is a verb or a figure: the
/// comma or "and" before it, and the token behind.
fn clause(scene: &Scene<'_>, parties: &[Party], at: usize) -> Option<(usize, usize)> {
    let verb = |s: &Sense| {
        matches!(
            s,
            Sense::Trigger { .. }
                | Sense::Be
                | Sense::Auxiliary
                | Sense::Said
                | Sense::Reported
                | Sense::According
                | Sense::Citing
                | Sense::Subset
                | Sense::Relative
                | Sense::Subordinate
        )
    };
    let counted = |at: usize| {
        parties.iter().any(|party| party.figure.is_some() && party.start <= at && at < party.end)
    };
    for before in (at.saturating_sub(REACH)..at).rev() {
        if scene.is_mark(before, &[',', ';']) {
            return Some((before, before + 1)).filter(|(_, begins)| *begins < at);
        }
        let joint = scene.find(before, |s| matches!(s, Sense::And | Sense::Contrast));
        if let Some(joint) = joint.filter(|joint| joint.end < at) {
            return Some((before, joint.end));
        }
        if scene.find(before, verb).is_some() || counted(before) {
            return None;
        }
    }
    None
}

/// Whether the clause before has a place too: what is told is told place by place.
fn is_placed(scene: &Scene<'_>, model: &Draft, joint: usize) -> bool {
    (model.start.saturating_sub(REACH)..joint)
        .any(|at| scene.find(at, |s| *s == Sense::In).is_some() || scene.tells(at, Case::Place))
}

/// Whether the words `from..to` tell a place or a rank and nothing else: "in the second", "in Tesova".
fn places(scene: &Scene<'_>, from: usize, to: usize) -> bool {
    let dash = to > from && scene.is_mark(to - 1, &['—', '–', ':']);
    let to = to - usize::from(dash);
    let opens = scene.find(from, |s| *s == Sense::In).is_some();
    let by_case = (from..to).any(|at| scene.tells(at, Case::Place));
    // "in Block 7": the number is a name.
    let label = !dash
        && to > from
        && scene.tokens.get(to - 1).is_some_and(|token| token.capital)
        && scene.find_before(to, |s| matches!(s, Sense::Place(_))).is_none();
    let clear = (from..to).all(|at| scene.kind(at) == Some(TokenKind::Word));
    from + 1 < to + usize::from(by_case) && clear && (opens || by_case) && !label
}

/// Sources of a clause without a verb: each gives its own figure of what the clause before tells.
pub(crate) fn tacit(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    dated: &[bool],
    mentions: &[Mention],
) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    for party in parties {
        let plain = party
            .figure
            .and_then(|index| figures.get(index))
            .is_some_and(|figure| !(figure.article || figure.none));
        let said = scene.find(party.end, |s| matches!(s, Sense::Said | Sense::Reported));
        let end = said.filter(|_| scene.grammar.verb_last).map_or(party.end, |said| said.end);
        if !plain || party.noun.is_some() || is_told_otherwise(party) || !closes(scene, end) {
            continue;
        }
        let Some((joint, begins)) = clause(scene, parties, party.start) else { continue };
        let spoken = mentions.iter().any(|m| m.start.max(m.cue.0) < joint && !m.relay && !m.back);
        let counted = parties.iter().any(|other| other.figure.is_some() && other.end <= joint);
        let known = mentions.iter().any(|m| m.start < party.end && begins < m.end.max(m.cue.1));
        if !spoken || !counted || known {
            continue;
        }
        let Some((start, end, kind)) = right(scene, dated, begins, true, &[party.start]) else {
            continue;
        };
        let named = (start..end).find_map(|at| scene.find(at, |s| matches!(s, Sense::Source(_))));
        if let Some(hit) = named.filter(|_| end <= party.start && party.start - end <= 2) {
            let cue = (start, end, hit.entry);
            let (back, relay, anaphor, speaks) = (false, false, false, false);
            out.push(Mention { start, end, kind, cue, back, relay, anaphor, speaks });
        }
    }
    out
}
