//! Figures that follow one another: "five dead, then fourteen, then nineteen", "88, up from 63". The
//! event and those it happened to are said once.

use crate::ellipsis::closes;
use crate::event::{Draft, Join, is_thing, mark};
use crate::figure::Figure;
use crate::grammar::{Form, Sense};
use crate::party::Party;
use crate::scene::Scene;

/// How far from the figure that tells the event another may stand, in tokens.
const REACH: usize = 14;

/// Marks the figures that are told as what another was: "88 against 63 on Monday", "down from 31".
pub(crate) fn mark_former(scene: &Scene<'_>, dated: &[bool], figures: &mut [Figure]) {
    for index in 1..figures.len() {
        let (Some(now), Some(figure)) = (figures.get(index - 1), figures.get(index)) else {
            return;
        };
        let was = scene.find_before(figure.start, |s| *s == Sense::Was);
        let former = was.is_some_and(|was| was.start >= now.end)
            && now.plain
            && figure.plain
            && figure.start - now.end <= REACH
            && !(now.article || now.none || figure.article || figure.none)
            && !parted(scene, now.end, figure.start)
            && ends_figure(scene, dated, figure.end);
        if let Some(figure) = figures.get_mut(index).filter(|_| former) {
            figure.earlier = true;
            figure.former = true;
        }
    }
}

/// Whether a full clause ends between two tokens.
fn parted(scene: &Scene<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| scene.is_mark(at, &[';', '.', '!', '?']))
}

/// Whether a figure that ends at token `end` counts no noun behind it: a mark, a day or a place.
fn ends_figure(scene: &Scene<'_>, dated: &[bool], end: usize) -> bool {
    closes(scene, end)
        || scene.is_mark(end, &['('])
        || dated.get(end).copied().unwrap_or(false)
        || (dated.get(end + 1).copied().unwrap_or(false)
            && scene
                .find(end, |s| matches!(s, Sense::In | Sense::Link | Sense::Determiner))
                .is_some())
}

/// What a figure was before and what it was later, where the words say so.
pub(crate) fn followed(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    dated: &[bool],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    for (index, party) in parties.iter().enumerate() {
        let Some(figure) = party.figure.and_then(|index| figures.get(index)) else { continue };
        let told = party.noun.is_some()
            || party.measure
            || party.partitive
            || party.subset
            || party.attribute.is_some();
        if told || figure.none || figure.article {
            continue;
        }
        let free = !taken.get(index).copied().unwrap_or(true);
        let rule = if figure.former {
            "what-the-figure-was"
        } else if free
            && !figure.earlier
            && is_later(scene, party)
            && ends_figure(scene, dated, party.end)
        {
            "then-another-figure"
        } else {
            continue;
        };
        let Some((at, model)) = nearest(scene, parties, out, party, figure.former) else {
            continue;
        };
        mark(taken, Some(index));
        let draft = Draft {
            start: party.start,
            end: party.end,
            party: Some(index),
            why: vec![(rule.to_owned(), party.start, party.end)],
            link: if figure.former { Join::Series(at) } else { Join::Then },
            ..model.clone()
        };
        out.push(draft);
    }
}

/// Whether a word like "then" opens the clause of this figure; a small word may stand between: "puis
/// de 41".
fn is_later(scene: &Scene<'_>, party: &Party) -> bool {
    /// Small words between.
    const SMALL: usize = 2;
    let mut at = party.start;
    for _ in 0..=SMALL {
        if scene.find_before(at, |s| *s == Sense::Then).is_some() {
            return true;
        }
        let small = |s: &Sense| {
            matches!(s, Sense::Link | Sense::In | Sense::Of | Sense::To | Sense::Inside)
        };
        match scene.find_before(at, small) {
            Some(hit) => at = hit.start,
            None => return false,
        }
    }
    false
}

/// The draft whose figure stands nearest: before it, or, for what a figure was, behind it too.
fn nearest<'d>(
    scene: &Scene<'_>,
    parties: &[Party],
    out: &'d [Draft],
    party: &Party,
    former: bool,
) -> Option<(usize, &'d Draft)> {
    let counted = |draft: &&Draft| -> Option<(usize, usize)> {
        let own = parties.get(draft.party?)?;
        let alike = own.figure.is_some() && !own.measure && is_thing(own) == is_thing(party);
        let (from, to) = if own.start < party.start {
            (own.words_end(), party.start)
        } else if former {
            (party.end, own.start)
        } else {
            return None;
        };
        let near = from <= to && to - from <= REACH && !parted(scene, from, to);
        let series = !matches!(draft.link, Join::Part(_) | Join::Again);
        (alike && near && series && draft.form != Form::Told).then_some((to - from, from))
    };
    out.iter()
        .enumerate()
        .filter_map(|(at, draft)| Some((counted(&draft)?, at, draft)))
        .min_by_key(|(distance, at, _)| (*distance, *at))
        .map(|(_, at, draft)| (at, draft))
}
