//! Figures that leave their event to what was told before: "31 according to the elders, fourteen
//! according to the army", and the parts of a whole after a colon or in brackets: "41 were killed:
//! sixteen at the market, thirteen in Tesova".

use kua_lexicon::TokenKind;

use crate::event::{Draft, Join, mark};
use crate::figure::Figure;
use crate::grammar::{Cue, Form, Sense};
use crate::part::plain_place;
use crate::party::Party;
use crate::scene::Scene;
use crate::source::Mention;

/// Whether a phrase is a bare number: a plain figure and nothing that is counted.
fn is_bare(party: &Party, figures: &[Figure]) -> bool {
    let figure = party.figure.and_then(|index| figures.get(index));
    figure.is_some_and(|figure| {
        figure.plain && !figure.article && !figure.none && figure.low.or(figure.high) != Some(1)
    }) && party.noun.is_none()
        && party.attribute.is_none()
        && !(party.unknown || party.measure || party.partitive || party.subset || party.others)
}

/// Bare numbers that somebody is said to give: "fourteen according to the army", "the Front admits
/// nine", "Ministry: 14". They are of the event told last.
pub(crate) fn attributed(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    mentions: &[Mention],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    for (index, party) in parties.iter().enumerate() {
        let free = taken.get(index).is_some_and(|taken| !taken) && is_bare(party, figures);
        if !free || !stands_bare(scene, mentions, party.end) {
            continue;
        }
        let Some(mention) =
            mentions.iter().find(|mention| gives(scene, mention, party.start, party.end))
        else {
            continue;
        };
        mark(taken, Some(index));
        let why = (party.start.min(mention.cue.0), party.end.max(mention.cue.1));
        out.push(told_last(index, party, party.end, why));
    }
}

/// A figure, whose words end at token `end`, of the event told last; the words `why` tell that it is.
fn told_last(index: usize, party: &Party, end: usize, why: (usize, usize)) -> Draft {
    Draft {
        events: Vec::new(),
        start: party.start,
        end,
        trigger: (party.start, party.end),
        form: Form::Toll,
        party: Some(index),
        why: vec![("figure-of-the-event-told-last".to_owned(), why.0, why.1)],
        link: Join::Again,
        not: false,
    }
}

/// Figures of a list of names, or behind a word for giving a figure, without a source that speaks: "our
/// list has 18 names", "the report counts twelve". They are of the event told last.
pub(crate) fn listed(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    /// Small words between the word and its figure.
    const BETWEEN: usize = 3;
    for (index, party) in parties.iter().enumerate() {
        let free = taken.get(index).is_some_and(|taken| !taken);
        let names = party
            .noun
            .is_some_and(|(start, _)| scene.find(start, |s| *s == Sense::Listed).is_some());
        let bare = Party { noun: None, unknown: false, measure: false, ..party.clone() };
        if !free || !(names || party.noun.is_none()) || !is_bare(&bare, figures) {
            continue;
        }
        let end = party.words_end();
        let gives = (party.start.saturating_sub(BETWEEN + 1)..party.start).rev().find_map(|at| {
            scene.find(at, |s| *s == Sense::Gives).filter(|hit| hit.end <= party.start)
        });
        // "17 and 58 respectively": each is of another event.
        let and = scene.find(end, |s| *s == Sense::And);
        let paired = and.is_some_and(|and| parties.iter().any(|next| next.start == and.end));
        let bare = !paired && (closes(scene, end) || names);
        let Some(gives) = gives.filter(|_| bare) else { continue };
        let small = |at: usize| {
            scene.kind(at) == Some(TokenKind::Word)
                && scene.find(at, |s| matches!(s, Sense::Trigger { .. } | Sense::And)).is_none()
                || scene.is_mark(at, &['—', '–', ':'])
        };
        if !(gives.end..party.start).all(small) {
            continue;
        }
        mark(taken, Some(index));
        out.push(told_last(index, party, end, (gives.start, end)));
    }
}

/// Whether nothing is counted after a number that ends at token `end`: a mark, the end, an "and", or
/// who gives it.
fn stands_bare(scene: &Scene<'_>, mentions: &[Mention], end: usize) -> bool {
    let said = |s: &Sense| matches!(s, Sense::Said | Sense::Reported);
    closes(scene, end)
        || (scene.grammar.verb_last && scene.find(end, said).is_some())
        || mentions.iter().any(|mention| mention.cue.0 == end || mention.start == end)
}

/// Whether nothing is told behind token `end`: a mark, the end or an "and".
pub(crate) fn closes(scene: &Scene<'_>, end: usize) -> bool {
    end >= scene.tokens.len()
        || scene.is_mark(end, &[',', '.', ';', ':', '!', '?', ')', '…', '»', '”', '"', '—', '–'])
        || scene.find(end, |s| matches!(s, Sense::And | Sense::Contrast)).is_some()
}

/// Whether the words `from..to` are what this source gives: its cue stands right behind them, or it
/// and its cue right before.
pub(crate) fn gives(scene: &Scene<'_>, mention: &Mention, from: usize, to: usize) -> bool {
    /// Small words between a verb of saying and its figure: "speaks only of".
    const BETWEEN: usize = 3;
    let (start, end) = (mention.start.min(mention.cue.0), mention.end.max(mention.cue.1));
    if mention.relay || mention.back {
        return false;
    }
    let comma = usize::from(scene.is_mark(to, &[',']));
    if start >= to && start - to <= comma {
        return true;
    }
    // "admits nine", "Ministry: 14": nothing but small words between, and one that tells nothing:
    // "en retient désormais 49".
    let tells_nothing = |at: usize| {
        scene.symbols.get(at).is_none_or(|symbols| symbols.is_empty())
            && scene
                .tokens
                .get(at)
                .is_some_and(|token| token.kind == TokenKind::Word && !token.capital)
    };
    let long =
        |at: usize| scene.tokens.get(at).is_some_and(|token| token.fold.chars().count() > BETWEEN);
    let once = (end..from).filter(|&at| tells_nothing(at) && long(at)).count() <= 1;
    let small = |at: usize| {
        scene
            .find(at, |s| {
                matches!(
                    s,
                    Sense::Link
                        | Sense::Of
                        | Sense::In
                        | Sense::Determiner
                        | Sense::Auxiliary
                        | Sense::Then
                        | Sense::Cue(Cue::Restrictive)
                )
            })
            .is_some()
            || scene.is_mark(at, &['—', '–', ':'])
            || (tells_nothing(at) && (once || !long(at)))
    };
    if from < end || from - end > BETWEEN {
        return false;
    }
    // "according to the army, 29".
    let cue_first = mention.cue.1 <= mention.start;
    let after = if cue_first && scene.is_mark(end, &[',', '—', '–']) { end + 1 } else { end };
    (after > end) == cue_first && (after..from).all(small)
}

/// Bare numbers with a place each, or people told by who they are, after a colon or in brackets
/// behind a figure: its parts.
pub(crate) fn breakdown(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
    taken: &mut [bool],
    out: &mut Vec<Draft>,
) {
    let mut added: Vec<Draft> = Vec::new();
    for (at, whole) in out.iter().enumerate() {
        let own = whole.party.and_then(|index| parties.get(index));
        let Some(figure) = own.and_then(|party| figures.get(party.figure?)) else { continue };
        let from = own.map_or(whole.end, |party| whole.end.max(party.words_end()));
        let Some(opens) = opening(scene, from) else { continue };
        let mut reach = opens + 1;
        let mut sum = 0_u64;
        let mut parts = Vec::new();
        for (index, party) in parties.iter().enumerate() {
            let next = party.start == reach
                || scene
                    .find(reach, |s| *s == Sense::And)
                    .is_some_and(|and| and.end == party.start);
            if !next || taken.get(index).copied().unwrap_or(true) || party.measure {
                continue;
            }
            let figure = party.figure.and_then(|index| figures.get(index)?.high);
            let count = figure.or(party.one.then_some(1));
            let (Some(count), true) = (count, !party.subset) else { break };
            let Some(end) = (match party.noun {
                None => placed(scene, party.end),
                Some(_) => named(scene, party),
            }) else {
                break;
            };
            sum = sum.saturating_add(count);
            parts.push(index);
            reach = if scene.is_mark(end, &[',', ';']) { end + 1 } else { end };
        }
        // Several parts, and no more than the whole.
        if parts.len() < 2 || figure.high.is_some_and(|all| sum > all) {
            continue;
        }
        for index in parts {
            let Some(party) = parties.get(index) else { continue };
            mark(taken, Some(index));
            added.push(Draft {
                start: party.start,
                end: party.end,
                party: Some(index),
                why: vec![("part-in-a-list".to_owned(), party.start, party.end)],
                link: Join::Part(Some(at)),
                ..whole.clone()
            });
        }
    }
    out.extend(added);
}

/// The colon or bracket that opens a list behind the words of a whole, which end at `from`.
fn opening(scene: &Scene<'_>, from: usize) -> Option<usize> {
    /// Words of the whole's clause that may follow its figure: a day, a place.
    const REACH: usize = 12;
    let until = (from + REACH).min(scene.tokens.len());
    let ends = |at: &usize| scene.is_mark(*at, &['.', ';', '!', '?', '«', '»', '"', '“', '”']);
    (from..until).take_while(|at| !ends(at)).find(|&at| scene.is_mark(at, &[':', '(']))
}

/// Where a part that tells who they are ends: "four men", with nothing said of them.
fn named(scene: &Scene<'_>, party: &Party) -> Option<usize> {
    let end = party.words_end();
    let people = party.group.is_some() && !(party.unknown || party.partitive || party.others);
    let closes = end >= scene.tokens.len()
        || scene.is_mark(end, &[',', ';', '.', ')', '…'])
        || scene.find(end, |s| *s == Sense::And).is_some();
    (people && party.attribute.is_none() && closes).then_some(end)
}

/// Where the place that follows a part ends: "in Tesova", "at the market of Yundur".
fn placed(scene: &Scene<'_>, at: usize) -> Option<usize> {
    /// Words of such a place.
    const WORDS: usize = 7;
    let last = (at..(at + WORDS).min(scene.tokens.len()))
        .find(|&at| {
            scene.is_mark(at, &[',', ';', '.', ')', '…'])
                || scene.find(at, |s| *s == Sense::And).is_some()
        })
        .unwrap_or((at + WORDS).min(scene.tokens.len()));
    let opens = scene.find(at, |s| matches!(s, Sense::In | Sense::Link)).is_some()
        || (at..last).any(|at| scene.tells(at, crate::cases::Case::Place));
    let named = (at..last).any(|at| {
        scene.tokens.get(at).is_some_and(|token| token.capital)
            || scene.find(at, |s| matches!(s, Sense::Place(_) | Sense::PlaceNoun)).is_some()
    });
    (opens && named && last > at).then_some(last).or_else(|| plain_place(scene, at))
}
