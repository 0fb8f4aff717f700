//! Who says it: source mentions of a sentence, and the chain that carries on from one sentence to
//! the next.

use kua_lexicon::TokenKind;
use kua_model::{SourceKind, SourceMention, TextRange};

use crate::base::base_form;
use crate::grammar::{Cue, Form, Sense};
use crate::matcher::Hit;
use crate::party::Party;
use crate::scene::Scene;

/// A source named in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    pub kind: SourceKind,
    /// Tokens of the cue ("according to", "said").
    pub cue: (usize, usize, u32),
    /// Points back: "this was said by", so it covers what stands before.
    pub back: bool,
    /// Names what the whole text relays ("what … reported").
    pub relay: bool,
    /// A pronoun or "the same sources": whoever spoke last.
    pub anaphor: bool,
    /// It surely speaks ("he said", "the same official"), so that it points beyond its paragraph;
    /// a bare "he" may be anybody.
    pub speaks: bool,
}

/// "Two witnesses said": how many were there is no figure of what they tell. Others may tell of
/// themselves: "two girls said they had been beaten".
pub(crate) fn count_no_witnesses(scene: &Scene<'_>, mentions: &[Mention], parties: &mut [Party]) {
    for party in parties.iter_mut().filter(|p| p.figure.is_some() && p.attribute.is_none()) {
        let Some((start, end)) = party.noun else { continue };
        party.measure |= scene.find(start, |s| *s == Sense::Eyewitness).is_some()
            && mentions.iter().any(|mention| mention.start < end && start < mention.end);
    }
}

/// Whether a number that tells no hour stands right before token `at`: "25 people: twelve in A" are
/// counted, they say nothing.
fn counted_before(scene: &Scene<'_>, at: usize) -> bool {
    let hour = at > 1 && scene.glued(at - 1) && scene.is_mark(at - 2, &[':']);
    let number = |at: usize| {
        scene.kind(at) == Some(TokenKind::Number)
            || scene.find(at, |s| matches!(s, Sense::Cardinal(_))).is_some()
    };
    at.checked_sub(1).is_some_and(number) && !hour
}

/// All source mentions, in order of text.
pub(crate) fn mentions(scene: &Scene<'_>, dated: &[bool]) -> Vec<Mention> {
    let mut out: Vec<Mention> = postposed(scene, dated);
    let until: Vec<usize> = out.iter().map(|mention| mention.start).collect();
    let mut back = false;
    let mut relay = false;
    for at in 0..scene.tokens.len() {
        for (hit, lexeme) in scene.at(at) {
            let found = match lexeme.sense {
                Sense::Back => {
                    back = true;
                    // "такие данные пресс-службы министерства": whose data they are.
                    scene
                        .find(hit.end, |s| matches!(s, Sense::Source(_)))
                        .and_then(|_| right(scene, dated, hit.end, false, &until))
                }
                Sense::Relay => {
                    relay = true;
                    right(scene, dated, hit.end, true, &until)
                }
                // "by the indictment", as one phrase: the source is named in it.
                Sense::According | Sense::Citing => inside(scene, hit)
                    .filter(|&(_, end, _)| end == hit.end)
                    .or_else(|| right(scene, dated, hit.end, true, &until)),
                Sense::Same => Some((hit.start, hit.end, SourceKind::Unnamed)),
                // "A reporter saw two bodies", "witnesses counted five".
                Sense::Witnessed if !scene.grammar.verb_last => left(scene, dated, hit.start)
                    .filter(|&(start, end, _)| {
                        let kind = source_kind(scene, start, end);
                        matches!(kind, Some(SourceKind::Outlet | SourceKind::Unnamed))
                    }),
                // "41 people are confirmed dead": the verb belongs to the event. "The ministry
                // corrected its figures" is an act of the speaker.
                Sense::Said | Sense::Reported
                    if scene
                        .find(hit.start, |s| match s {
                            Sense::Trigger { events, .. } => !events.iter().all(|event| {
                                scene.grammar.events.get(event).is_some_and(|kind| kind.act)
                            }),
                            _ => false,
                        })
                        .is_some_and(|event| event.end > hit.end) =>
                {
                    None
                }
                // "denies … and says": the same speaker goes on.
                Sense::Said | Sense::Reported
                    if scene.find_before(hit.start, |s| *s == Sense::And).is_some()
                        && goes_on(scene, hit.start, hit.end) =>
                {
                    None
                }
                Sense::Said | Sense::Reported => {
                    let by = scene.find(hit.end, |s| *s == Sense::By);
                    if let Some(by) = by {
                        right(scene, dated, by.end, true, &until)
                            .or_else(|| left(scene, dated, hit.start))
                    } else {
                        // "told of torture": what follows a preposition is no speaker.
                        let told =
                            scene.find(hit.end, |s| matches!(s, Sense::Link | Sense::Of)).is_some()
                                && scene.find(hit.end, |s| *s == Sense::In).is_none();
                        // "told this newspaper": the newspaper was told; "put the number of
                        // missing at 173": the missing are spoken of.
                        let told = told
                            || scene.find(hit.start, |s| *s == Sense::Addressed).is_some()
                            || hit.end > hit.start + 1
                                && scene.find_before(hit.end, |s| *s == Sense::Of).is_some();
                        let after =
                            (!told).then(|| right(scene, dated, hit.end, false, &until)).flatten();
                        // "One of them, Ann Lee, said he had seen": he is Ann Lee.
                        let (behind, who) = match after {
                            Some((start, end, _)) if end == start + 1 && pronoun(scene, start) => {
                                (None, after)
                            }
                            after => (after, None),
                        };
                        left(scene, dated, hit.start)
                            .or(behind)
                            .or_else(|| spoken_by(scene, hit.start, hit.end))
                            .or_else(|| apposition(scene, dated, hit.start))
                            .or_else(|| subject(scene, dated, hit.start))
                            .or(who)
                            .or_else(|| unsaid(scene, hit.start, hit.end))
                            .or_else(|| inside(scene, hit))
                    }
                }
                _ => None,
            };
            let Some((start, end, kind)) = found else { continue };
            let kind = match (&lexeme.sense, kind) {
                (Sense::Relay, SourceKind::Person) => SourceKind::Outlet,
                (Sense::Reported, SourceKind::Person) if end - start <= 3 => SourceKind::Outlet,
                (_, kind) => kind,
            };
            let anaphor = lexeme.sense == Sense::Same
                || (start, end) == (hit.start, hit.end)
                || (end - start == 1 && pronoun(scene, start));
            let mention = Mention {
                start,
                end,
                kind,
                cue: (hit.start, hit.end, hit.entry),
                back,
                relay,
                anaphor,
                speaks: anaphor && (lexeme.sense != Sense::Same || !pronoun(scene, start)),
            };
            match out.iter_mut().find(|old| old.start < end && start < old.end) {
                Some(old)
                    if !old.relay
                        && (relay
                            || old.end - old.start < end - start
                            || (old.anaphor && mention.speaks && !old.speaks)) =>
                {
                    *old = mention;
                }
                Some(old) => old.back |= mention.back,
                None => out.push(mention),
            }
        }
    }
    out.extend(people_say(scene, &out));
    if out.is_empty() {
        out.extend(heading(scene, dated));
    }
    if out.is_empty() {
        out.extend(possessive(scene, dated));
    }
    out.sort_by_key(|mention| mention.start);
    out
}

/// "Говорят, …", "…, говорят, …": a verb of saying that opens its sentence, or stands in it as an
/// aside, and has no subject. Behind a word of joining its subject stands before.
fn people_say(scene: &Scene<'_>, named: &[Mention]) -> Option<Mention> {
    let that = |at: usize| scene.find(at, |s| *s == Sense::Subordinate).is_some();
    let comma = |at: usize| scene.is_mark(at, &[',']);
    let opens = |hit: &Hit| {
        let first = hit.start == 0
            || scene.kind(hit.start - 1) == Some(TokenKind::Mark) && !comma(hit.start - 1);
        let aside = hit.start > 0 && comma(hit.start - 1) && comma(hit.end) && !that(hit.end + 1);
        first && (comma(hit.end) || that(hit.end)) || aside
    };
    let free = |hit: &Hit| {
        !named.iter().any(|mention| {
            mention.cue.0 < hit.end && hit.start < mention.cue.1
                || mention.start < hit.end && hit.start < mention.end
        })
    };
    let hit = scene.all(|s| *s == Sense::PeopleSay).filter(free).find(opens)?;
    Some(Mention {
        start: hit.start,
        end: hit.end,
        kind: SourceKind::Unnamed,
        cue: (hit.start, hit.end, hit.entry),
        back: false,
        relay: false,
        anaphor: false,
        speaks: false,
    })
}

fn pronoun(scene: &Scene<'_>, at: usize) -> bool {
    scene.find(at, |s| matches!(s, Sense::Pronoun(_))).is_some()
}

/// Sources whose cue stands behind them: "министрліктің мәліметінше", "порталға сілтеме жасап"; and
/// who cites them so.
fn postposed(scene: &Scene<'_>, dated: &[bool]) -> Vec<Mention> {
    let mut out: Vec<Mention> = Vec::new();
    for at in 0..scene.tokens.len() {
        let cue = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::AccordingAfter => Some((hit, false, false)),
            Sense::CitingAfter => Some((hit, true, false)),
            Sense::RelayAfter => Some((hit, false, true)),
            _ => None,
        });
        let Some((hit, citing, relay)) = cue else { continue };
        let mention = |(start, end, kind): (usize, usize, SourceKind)| Mention {
            start,
            end,
            kind,
            cue: (hit.start, hit.end, hit.entry),
            back: false,
            relay,
            anaphor: end - start == 1 && pronoun(scene, start),
            speaks: end - start == 1 && pronoun(scene, start),
        };
        let end = if relay { before_date(scene, dated, hit.start) } else { hit.start };
        let Some(mut found) = segment_before(scene, dated, end) else { continue };
        if citing && let Some(start) = after_subject(scene, found.0, found.1) {
            let citer = (found.0, start, source_kind(scene, found.0, start));
            found.0 = start;
            found.2 = source_kind(scene, start, found.1)
                .unwrap_or_else(|| named_kind(scene, start, found.1));
            if let (start, end, Some(kind)) = citer {
                out.push(mention((start, end, kind)));
            }
        }
        if !out.iter().any(|old| old.start < found.1 && found.0 < old.end) {
            out.push(mention(found));
        }
    }
    out
}

/// Back over a date and what stands in brackets: "the site's (country) 16 January report".
fn before_date(scene: &Scene<'_>, dated: &[bool], at: usize) -> usize {
    let mut end = at;
    while end > 0 && dated.get(end - 1).copied().unwrap_or(false) {
        end -= 1;
    }
    if end > 0 && scene.is_mark(end - 1, &[')']) {
        let open = (end.saturating_sub(8)..end).rev().find(|&at| scene.is_mark(at, &['(']));
        end = open.unwrap_or(end);
    }
    end
}

/// Where in `start..end` a source in the case of a subject ends and another follows: "the site the
/// ministry citing".
fn after_subject(scene: &Scene<'_>, start: usize, end: usize) -> Option<usize> {
    let source = |at: usize| {
        scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Source(kind) => Some((hit.end, kind)),
            _ => None,
        })
    };
    let (mut last, kind) = (start..end)
        .filter_map(source)
        .find(|&(last, _)| last < end && !scene.oblique(last - 1) && !scene.glued(last))?;
    // "the agency Reuters": two words of one kind side by side are one source.
    while let Some((next, same)) = source(last)
        && same == kind
        && next < end
        && !scene.oblique(next - 1)
    {
        last = next;
    }
    Some(last)
}

/// Where the verb is last, its subject opens the clause: "the minister that twelve died said".
fn subject(scene: &Scene<'_>, dated: &[bool], at: usize) -> Option<(usize, usize, SourceKind)> {
    const CLOSING: [char; 4] = ['»', '”', '"', '“'];
    const OPENING: [char; 4] = ['«', '“', '"', '„'];
    if !scene.grammar.verb_last {
        return None;
    }
    let mut last = at;
    while last > 0 && scene.is_mark(last - 1, &[',', '-', '–', '—', '.', '!']) {
        last -= 1;
    }
    // Past a quotation: its speaker stands before it.
    if last > 0 && scene.is_mark(last - 1, &CLOSING) {
        last = (0..last - 1).rev().find(|&at| scene.is_mark(at, &OPENING))?;
        while last > 0 && scene.is_mark(last - 1, &[',', '-', '–', '—', ':']) {
            last -= 1;
        }
    }
    let boundary = |at: &usize| {
        scene.is_mark(*at, &[';', ':', '—', '–', '«', '»', '“', '”'])
            || scene.find(*at, |s| *s == Sense::Contrast).is_some()
    };
    let first = (0..last).rev().find(boundary).map_or(0, |at| at + 1);
    let comma = (first..last).rev().find(|&at| scene.is_mark(at, &[',']));
    comma
        .and_then(|comma| subject_in(scene, dated, comma + 1, last))
        .or_else(|| subject_in(scene, dated, first, last))
}

/// The first source among tokens `first..last` that may be a subject, with what belongs to it.
fn subject_in(
    scene: &Scene<'_>,
    dated: &[bool],
    first: usize,
    last: usize,
) -> Option<(usize, usize, SourceKind)> {
    let name = |at: usize| {
        scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
            && scene
                .find(at, |s| matches!(s, Sense::Place(_) | Sense::Month(_) | Sense::Group { .. }))
                .is_none()
    };
    for at in first..last {
        let source =
            |at: usize| scene.find(at, |s| matches!(s, Sense::Source(_))).map(|hit| hit.end);
        // "Sardovia's Interior Ministry": the second capital begins the body, not a surname.
        let source = source(at).or_else(|| source(at + 1).filter(|_| name(at)));
        let names = (name(at) && name(at + 1)).then_some(at + 2);
        let Some(mut end) = source.or(names) else { continue };
        while end < last && name(end) && !scene.oblique(end - 1) {
            end += 1;
        }
        if end > last || scene.oblique(end - 1) || glued_case(scene, end) {
            continue;
        }
        if let Some((start, end, kind)) = segment_before(scene, dated, end) {
            return Some((start.max(first), end, kind));
        }
    }
    None
}

/// Whether a case ending hangs behind a hyphen: "ІІМ-ге".
fn glued_case(scene: &Scene<'_>, end: usize) -> bool {
    scene.is_mark(end, &['-']) && scene.glued(end) && scene.glued(end + 1)
}

/// "Prosecutors: five dead in prison riot", "Five dead — ministry": the source before the colon or
/// after the last dash of a headline.
fn heading(scene: &Scene<'_>, dated: &[bool]) -> Option<Mention> {
    let made = |start: usize, end: usize, kind: SourceKind, mark: usize| Mention {
        start,
        end,
        kind,
        cue: (mark, mark + 1, u32::MAX),
        back: false,
        relay: false,
        anaphor: false,
        speaks: false,
    };
    let known = |start: usize, end: usize| {
        (start..end).any(|at| scene.find(at, |s| matches!(s, Sense::Source(_))).is_some())
    };
    // A clock or dateline may stand before it.
    let hour = |at: usize| {
        scene.glued(at) && scene.glued(at + 1) && scene.kind(at + 1) == Some(TokenKind::Number)
    };
    let colon = (1..12.min(scene.tokens.len())).find(|&at| {
        scene.is_mark(at, &[':']) && !hour(at) && !dated.get(at).copied().unwrap_or(false)
    });
    if let Some(colon) = colon {
        let giver = segment_before(scene, dated, colon).filter(|&(start, end, _)| {
            end == colon && known(start, end) && !counted_before(scene, start)
        });
        // "Rescue Service, evening summary: 22 dead"
        if let Some((start, end, kind)) = giver.or_else(|| headed(scene, dated, colon)) {
            return Some(made(start, end, kind, colon));
        }
    }
    let dash = (scene.tokens.len().saturating_sub(6)..scene.tokens.len())
        .rev()
        .find(|&at| scene.is_mark(at, &['—', '–', '-']) && !scene.glued(at))?;
    let (start, end, kind) = right(scene, dated, dash + 1, false, &[])?;
    // "Three of the dead — workers of a contractor" tells who they were, not who said it.
    let people = scene
        .all(|s| matches!(s, Sense::Group { .. }))
        .filter(|group| start <= group.start && group.end <= end)
        .any(|group| scene.find(group.start, |s| matches!(s, Sense::Source(_))).is_none());
    (known(start, end) && !people && end + 1 >= scene.tokens.len())
        .then(|| made(start, end, kind, dash))
}

/// The body whose summary a line of a chronicle gives: "19:20. Rescue Service, evening summary: …".
fn headed(scene: &Scene<'_>, dated: &[bool], colon: usize) -> Option<(usize, usize, SourceKind)> {
    /// Words of what it gives.
    const SUMMARY: usize = 4;
    let comma =
        (colon.saturating_sub(SUMMARY + 1)..colon).rev().find(|&at| scene.is_mark(at, &[',']))?;
    let tells = |s: &Sense| {
        matches!(
            s,
            Sense::Said | Sense::Reported | Sense::Trigger { .. } | Sense::Group { .. } | Sense::Be
        )
    };
    let plain = (comma + 1..colon)
        .all(|at| scene.kind(at) == Some(TokenKind::Word) && scene.find(at, tells).is_none());
    let (start, end, kind) = segment_before(scene, dated, comma).filter(|_| plain)?;
    let known = (start..end).any(|at| scene.find(at, |s| matches!(s, Sense::Source(_))).is_some());
    let body = known && matches!(kind, SourceKind::Authority | SourceKind::Organisation);
    let opens = start == 0 || scene.kind(start - 1) == Some(TokenKind::Mark);
    (body && opens && end == comma).then_some((start, end, kind))
}

/// "the ministry's previous toll was": no verb of saying, but a source beside a figure's noun; or one
/// that is the subject of "its figure": "the army has raised its count".
fn possessive(scene: &Scene<'_>, dated: &[bool]) -> Option<Mention> {
    let figure_noun = |s: &Sense| {
        matches!(
            s,
            Sense::Cue(Cue::Earlier) | Sense::Trigger { form: Form::Toll, .. } | Sense::FigureNoun
        )
    };
    let (figure_noun, (start, end, kind)) = scene.all(figure_noun).find_map(|noun| {
        let own = scene.lexeme(noun).is_some_and(|lexeme| lexeme.sense == Sense::FigureNoun);
        let giver = if own { subject_of(scene, dated, noun.start) } else { beside(scene, &noun) };
        giver.map(|giver| (noun, giver))
    })?;
    Some(Mention {
        start,
        end,
        kind,
        cue: (figure_noun.start, figure_noun.end, figure_noun.entry),
        back: false,
        relay: false,
        anaphor: false,
        speaks: false,
    })
}

/// The source a few words beside a figure's noun.
fn beside(scene: &Scene<'_>, noun: &Hit) -> Option<(usize, usize, SourceKind)> {
    let near = |at: usize| at + 4 > noun.start && at < noun.end + 3;
    scene.hits.iter().find_map(|hit| match scene.lexeme(*hit)?.sense {
        // "the number of people killed": nobody says so.
        Sense::Source(kind) if kind != SourceKind::Unnamed && near(hit.start) => {
            Some((hit.start, hit.end, kind))
        }
        _ => None,
    })
}

/// The body that opens the clause of a figure that is called its own.
fn subject_of(
    scene: &Scene<'_>,
    dated: &[bool],
    owned: usize,
) -> Option<(usize, usize, SourceKind)> {
    /// How far before the figure the body may stand, in tokens.
    const REACH: usize = 12;
    let clause = (owned.saturating_sub(REACH)..owned)
        .rev()
        .find(|&at| scene.is_mark(at, &[',', ';', ':', '.', '—', '–']) && !scene.glued(at))
        .map_or(owned.saturating_sub(REACH), |at| at + 1);
    let body = |at: usize| {
        scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Source(SourceKind::Authority | SourceKind::Organisation)
                if hit.end <= owned && !scene.oblique(hit.end - 1) =>
            {
                Some(hit.end)
            }
            _ => None,
        })
    };
    let end = (clause..owned).find_map(body)?;
    segment_before(scene, dated, end).filter(|&(start, ..)| start >= clause)
}

/// A source that begins at or just after token `at`.
pub(crate) fn right(
    scene: &Scene<'_>,
    dated: &[bool],
    at: usize,
    sure: bool,
    until: &[usize],
) -> Option<(usize, usize, SourceKind)> {
    let mut start = at;
    // "announced on Monday the ministry", "anunció este miércoles el Ministerio"
    let day = |at: usize| dated.get(at).copied().unwrap_or(false);
    while start < at + 6 && (day(start) || (day(start + 1) && small(scene, start))) {
        start += 1;
    }
    // "такие данные приводит министерство": the verb is no part of the source.
    if let Some(verb) = scene.find(start, |s| matches!(s, Sense::Said | Sense::Reported))
        && sure
        && scene.find(start, |s| matches!(s, Sense::Source(_))).is_none()
    {
        start = verb.end;
    }
    let at = start;
    while start < at + 3 && (skippable(scene, start) || scene.is_mark(start, &['('])) {
        start += 1;
    }
    // "reported in the ministry": where it was said is who said it, without the preposition.
    while scene.find(start, |s| *s == Sense::In).is_some()
        && scene.find(start, |s| matches!(s, Sense::Source(_) | Sense::Place(_))).is_none()
        && (start + 1..start + 4)
            .any(|at| scene.find(at, |s| matches!(s, Sense::Source(_))).is_some())
    {
        start += 1;
    }
    // "according to which the army …": the source is what stands before.
    if scene.find(start, |s| matches!(s, Sense::Relative | Sense::Subordinate)).is_some() {
        return None;
    }
    let mut end = start;
    let mut named = false;
    while end < scene.tokens.len() && end - start < 16 {
        if dated.get(end).copied().unwrap_or(false) || until.contains(&end) {
            break;
        }
        if scene.kind(end) == Some(TokenKind::Mark) {
            let inside = scene.glued(end)
                && scene.glued(end + 1)
                && scene.is_mark(end, &['.', '-', '’', '\'', '&']);
            let label = scene.is_mark(end, &['«', '"', '“']) && end == start;
            let closing =
                scene.is_mark(end, &['»', '"', '”']) && scene.is_mark(start, &['«', '"', '“']);
            let apposed = scene.is_mark(end, &[','])
                && end > start
                && scene.tokens.get(end + 1).is_some_and(|t| t.capital)
                && !names_person(scene, start, end)
                && source_kind(scene, start, end).is_some_and(|kind| kind != SourceKind::Outlet)
                && end_of_apposition(scene, end + 1).is_some();
            if apposed {
                end = end_of_apposition(scene, end + 1)?;
                break;
            }
            if !(inside || label || closing) {
                break;
            }
            end += 1;
            if closing {
                break;
            }
            continue;
        }
        if end > start && stops(scene, end) {
            break;
        }
        if end == start && hard_stop(scene, end) {
            break;
        }
        // "the ministry in a statement": how it was said is no part of who said it.
        if end > start
            && scene.find(end, |s| matches!(s, Sense::In | Sense::Link)).is_some()
            && scene.find(end, |s| matches!(s, Sense::Of | Sense::Partitive)).is_none()
            && !inside_source(scene, end)
            && scene.find(end, |s| matches!(s, Sense::Source(_) | Sense::Place(_))).is_none()
            && !scene.tokens.get(end + 1).is_some_and(|token| token.capital)
            && source_kind(scene, start, end).is_some()
        {
            break;
        }
        named |= scene.tokens.get(end).is_some_and(|token| token.capital)
            || (scene.kind(end) == Some(TokenKind::Number) && scene.glued(end + 1));
        end += 1;
    }
    // A preposition at the end belongs to what follows.
    while end > start + 1
        && scene
            .find(end - 1, |s| matches!(s, Sense::In | Sense::Link | Sense::Determiner | Sense::Of))
            .is_some()
        && scene.find(end - 1, |s| matches!(s, Sense::Source(_) | Sense::Place(_))).is_none()
    {
        end -= 1;
    }
    if end <= start {
        return None;
    }
    let kind = match source_kind(scene, start, end) {
        Some(kind) => kind,
        None if named && (sure || scene.tokens.get(start).is_some_and(|token| token.capital)) => {
            // "his wife Anna Berg": the name alone is the source.
            // The name of a site has no capital.
            while start + 1 < end
                && !scene.glued(start + 1)
                && scene.tokens.get(start).is_some_and(|token| !token.capital)
            {
                start += 1;
            }
            named_kind(scene, start, end)
        }
        None if scene.find(start, |s| matches!(s, Sense::Pronoun(_))).is_some() => {
            return Some((start, start + 1, SourceKind::Person));
        }
        None => return None,
    };
    Some((start, end, kind))
}

/// A small word that may stand before a day.
fn small(scene: &Scene<'_>, at: usize) -> bool {
    scene
        .find(at, |s| {
            matches!(s, Sense::Determiner | Sense::In | Sense::Link | Sense::DateLink | Sense::Past)
        })
        .is_some()
}

fn end_of_apposition(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let mut end = at;
    while scene.tokens.get(end).is_some_and(|token| token.kind == TokenKind::Word && token.capital)
        || (scene.is_mark(end, &['-']) && scene.glued(end) && scene.glued(end + 1))
    {
        end += 1;
    }
    (end > at && end - at <= 5).then_some(end)
}

/// A source that ends just before the verb at token `at`.
fn left(scene: &Scene<'_>, dated: &[bool], at: usize) -> Option<(usize, usize, SourceKind)> {
    let mut end = at;
    // Auxiliaries and up to two adverbs stand between subject and verb.
    let mut adverbs = 0;
    let day = |at: usize| dated.get(at).copied().unwrap_or(false);
    while end > 0 {
        let token = end - 1;
        // "The ministry on Sunday afternoon raised": over the day.
        if day(token) || (day(end) && token > 0 && small(scene, token)) {
            end -= 1;
            continue;
        }
        if scene.find(token, |s| matches!(s, Sense::Auxiliary | Sense::Be)).is_some() {
            end -= 1;
            continue;
        }
        let plain = scene.kind(token) == Some(TokenKind::Word)
            && !scene.tokens.get(token).is_some_and(|t| t.capital)
            && source_at_or_before(scene, token).is_none()
            && scene
                .find(token, |s| {
                    matches!(
                        s,
                        Sense::Determiner | Sense::In | Sense::Of | Sense::Link | Sense::PlaceNoun
                    )
                })
                .is_none()
            && scene
                .find(token, |s| matches!(s, Sense::Pronoun(_) | Sense::Group { .. }))
                .is_none();
        let after_subject = (1..=3).any(|back| {
            token.checked_sub(back).is_some_and(|t| {
                let named = scene.tokens.get(t).is_some_and(|t| t.capital)
                    && scene.find(t, |s| *s == Sense::Determiner).is_none();
                named || source_at_or_before(scene, t).is_some()
            })
        });
        if plain && adverbs < 2 && after_subject {
            adverbs += 1;
            end -= 1;
            continue;
        }
        break;
    }
    // "The union with that does not agree": no preposition ends a name.
    while end > 1
        && adverbs > 0
        && scene.find(end - 1, |s| matches!(s, Sense::In | Sense::Link)).is_some()
        && source_at_or_before(scene, end - 1).is_none()
    {
        end -= 1;
    }
    segment_before(scene, dated, end)
}

/// "the court heard", said as one phrase: who speaks is named in it.
fn inside(scene: &Scene<'_>, cue: Hit) -> Option<(usize, usize, SourceKind)> {
    (cue.start..cue.end).find_map(|at| {
        scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Source(kind) if hit.end <= cue.end => Some((hit.start, hit.end, kind)),
            _ => None,
        })
    })
}

/// ", añadió.": a verb of saying between marks, with no subject: whoever spoke last. So is one that
/// opens its sentence: "Sostuvo que …".
fn unsaid(scene: &Scene<'_>, start: usize, end: usize) -> Option<(usize, usize, SourceKind)> {
    let that = scene.find(end, |s| *s == Sense::Subordinate).is_some();
    if start == 0 && that && end == start + 1 {
        return Some((start, end, SourceKind::Unnamed));
    }
    let before = start > 0 && scene.is_mark(start - 1, &[',', '»', '”', '"', '—', '–', '-']);
    let after = end >= scene.tokens.len() || scene.is_mark(end, &['.', ',', '…']);
    (before && after).then_some((start, end, SourceKind::Unnamed))
}

/// Whether a verb of saying after "and" has no subject of its own behind it.
fn goes_on(scene: &Scene<'_>, start: usize, end: usize) -> bool {
    let earlier = (0..start.saturating_sub(1))
        .any(|at| scene.find(at, |s| matches!(s, Sense::Said | Sense::Reported)).is_some());
    let link =
        |s: &Sense| matches!(s, Sense::Subordinate | Sense::Pronoun(_) | Sense::Trigger { .. });
    earlier
        && (scene.find(end, link).is_some()
            || scene.is_mark(end, &[',']) && scene.find(end + 1, link).is_some())
}

/// ", сообщил местный старейшина.": a few plain words between the verb and the end of the clause are
/// who said it, though no lexicon knows them.
fn spoken_by(scene: &Scene<'_>, start: usize, end: usize) -> Option<(usize, usize, SourceKind)> {
    /// The most words such a speaker is told in.
    const WORDS: usize = 4;
    if start == 0 || !scene.is_mark(start - 1, &[',', '»', '”', '"', '—', '–']) {
        return None;
    }
    let plain = |at: &usize| {
        scene.kind(*at) == Some(TokenKind::Word)
            && scene
                .find(*at, |s| {
                    matches!(
                        s,
                        Sense::In
                            | Sense::Link
                            | Sense::By
                            | Sense::And
                            | Sense::Contrast
                            | Sense::Subordinate
                            | Sense::Relative
                            | Sense::Be
                            | Sense::Auxiliary
                            | Sense::Pronoun(_)
                            | Sense::According
                            | Sense::AccordingAfter
                            | Sense::Citing
                            | Sense::CitingAfter
                            | Sense::RelayAfter
                            | Sense::Said
                            | Sense::Reported
                            | Sense::Cue(_)
                            | Sense::Trigger { .. }
                            | Sense::Day(_)
                            | Sense::Place(_)
                    )
                })
                .is_none()
    };
    let last = (end..end + WORDS + 1).take_while(plain).last()?;
    let closed = last + 1 >= scene.tokens.len()
        || scene.is_mark(last + 1, &['.', ',', ';', '!', '?', '»', '"', '”']);
    // One word alone may be an adverb.
    (closed && last > end && last - end < WORDS).then_some((end, last + 1, SourceKind::Person))
}

/// "Kanat T., commandant of the city, said".
fn apposition(scene: &Scene<'_>, dated: &[bool], at: usize) -> Option<(usize, usize, SourceKind)> {
    if at == 0 || !scene.is_mark(at - 1, &[',']) {
        return None;
    }
    let inner = segment_before(scene, dated, at - 1);
    if let Some((inner, end, kind)) = inner
        && inner > 0
        && scene.is_mark(inner - 1, &[','])
        && let Some((start, _, outer)) = segment_before(scene, dated, inner - 1)
        && outer == SourceKind::Person
        && start + 6 > inner - 1
    {
        return Some((start, end, kind));
    }
    // "The ministry has, for its part, said", "A diplomat, speaking in private, said": over the
    // words between the commas.
    let opened = (at.saturating_sub(16)..at - 1)
        .rev()
        .find(|&at| scene.is_mark(at, &[',']))
        .and_then(|opened| left(scene, dated, opened));
    // "убили в Замфаре, сообщил …": where it happened said nothing.
    let placed =
        |start: usize| scene.find_before(start, |s| matches!(s, Sense::In | Sense::Link)).is_some();
    opened
        .or_else(|| inner.filter(|&(start, _, kind)| kind != SourceKind::Agency && !placed(start)))
}

/// The noun phrase that ends at `end`, back to the next boundary.
fn segment_before(
    scene: &Scene<'_>,
    dated: &[bool],
    end: usize,
) -> Option<(usize, usize, SourceKind)> {
    let mut start = end;
    while start > 0 && end - start < 16 {
        let token = start - 1;
        if dated.get(token).copied().unwrap_or(false) {
            break;
        }
        if scene.kind(token) == Some(TokenKind::Mark) {
            let inside = scene.glued(token)
                && scene.glued(token + 1)
                && scene.is_mark(token, &['.', '-', '’', '\'', '&']);
            // "Col. Vidal": the point of a short title.
            let title = scene.is_mark(token, &['.'])
                && token > 0
                && scene.glued(token)
                && scene.tokens.get(token + 1).is_some_and(|next| next.capital)
                && scene.tokens.get(token - 1).is_some_and(|word| {
                    word.capital && word.kind == TokenKind::Word && word.fold.chars().count() <= 4
                });
            // "the rights group «Watch»": a name in quotation marks is part of the source.
            if let Some(opened) = quoted_name(scene, token) {
                start = opened;
                continue;
            }
            if !(inside || title || scene.find_before(token + 1, |s| *s == Sense::Label).is_some())
            {
                break;
            }
        } else if hard_stop(scene, token)
            || scene
                .find(token, |s| {
                    matches!(
                        s,
                        Sense::Be
                            | Sense::Auxiliary
                            | Sense::Subordinate
                            | Sense::Relative
                            | Sense::Said
                            | Sense::Reported
                            | Sense::Citing
                            | Sense::Relay
                    )
                })
                .is_some()
            || scene.find_before(token + 1, |s| matches!(s, Sense::Relay | Sense::Back)).is_some()
        {
            break;
        }
        start -= 1;
    }
    // It begins with an article, a name, a pronoun or a source word.
    // "Later my neighbour", "Later prosecutors": an adverb before the subject.
    let adverb = |at: usize| {
        at == 0
            && scene.at(0).next().is_none()
            && (scene.find(1, |s| matches!(s, Sense::Determiner | Sense::One)).is_some()
                || (scene.find(1, |s| matches!(s, Sense::Source(_))).is_some()
                    && scene.tokens.get(1).is_some_and(|token| !token.capital)))
    };
    let opens = |at: usize| {
        !adverb(at)
            && (scene.tokens.get(at).is_some_and(|token| {
                token.capital
                    && (at > 0
                        || scene
                            .find(at, |s| {
                                matches!(s, Sense::In | Sense::Link | Sense::And | Sense::Contrast)
                            })
                            .is_none())
            }) || scene
                .find(at, |s| {
                    matches!(
                        s,
                        Sense::Determiner
                            | Sense::One
                            | Sense::Source(_)
                            | Sense::Title
                            | Sense::Group { .. }
                    )
                })
                .is_some()
                // "08info"
                || (scene.kind(at) == Some(TokenKind::Number)
                    && scene.kind(at + 1) == Some(TokenKind::Word)
                    && scene.glued(at + 1))
                || (at + 1 == end && scene.find(at, |s| matches!(s, Sense::Pronoun(_))).is_some()))
    };
    while start < end && !opens(start) {
        start += 1;
    }
    // A place with its preposition in front of the subject is no part of it.
    if start >= end {
        return None;
    }
    if end - start == 1 && scene.find(start, |s| matches!(s, Sense::Pronoun(_))).is_some() {
        return Some((start, end, SourceKind::Person));
    }
    if let Some(kind) = source_kind(scene, start, end) {
        // "the previous toll of the ministry": only what follows "of" is a source.
        let head =
            (start..end).find(|&at| scene.find(at, |s| matches!(s, Sense::Source(_))).is_some());
        if let Some(head) = head
            && head > start
            && scene.find_before(head, |s| matches!(s, Sense::Of | Sense::Partitive)).is_some()
            && !(start..head)
                .any(|at| at > 0 && scene.tokens.get(at).is_some_and(|token| token.capital))
        {
            return Some((head, end, kind));
        }
        return Some((start, end, kind));
    }
    let capitals = (start..end).filter(|&at| {
        scene.tokens.get(at).is_some_and(|token| token.capital)
            && scene
                .find(at, |s| matches!(s, Sense::Place(_) | Sense::Month(_) | Sense::Weekday(_)))
                .is_none()
    });
    let sure = capitals.clone().any(|at| at > 0)
        || capitals.count() >= 2
        || (end - start == 1
            && start == 0
            && scene.tokens.get(start).is_some_and(|t| {
                t.capital && t.kind == TokenKind::Word && scene.at(start).next().is_none()
            }));
    // "a rescuer said": somebody of whom only the trade is told.
    let person =
        (start..end).any(|at| scene.find(at, |s| matches!(s, Sense::Group { .. })).is_some());
    let opens_clause = start == 0
        || scene.kind(start - 1) == Some(TokenKind::Mark)
        || scene.find_before(start, |s| *s == Sense::One).is_some()
        || counted_clause(scene, start);
    // Where the verb is last, the subject of what is told may stand right before who told it.
    if person && !sure && opens_clause && end - start <= 5 && !scene.grammar.verb_last {
        return Some((start, end, SourceKind::Unnamed));
    }
    // "the militia says": a source no lexicon knows.
    let article = scene.find(start, |s| matches!(s, Sense::Determiner | Sense::One)).is_some()
        && (2..=4).contains(&(end - start))
        && (start == 0 || scene.kind(start - 1) == Some(TokenKind::Mark))
        && scene.find(start + 1, |s| matches!(s, Sense::Group { .. } | Sense::Unit(..))).is_none();
    if article && !sure {
        // "one of them", "l'un d'eux"
        let them = (start + 1..end).any(|at| pronoun(scene, at));
        let kind = if them { SourceKind::Unnamed } else { SourceKind::Organisation };
        return Some((start, end, kind));
    }
    // "The Northern Guard said": no person has an article.
    let capital = |at: usize| {
        scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
    };
    let guard = sure
        && end - start > 2
        && scene.find(start, |s| *s == Sense::Determiner).is_some()
        && scene.find(start, |s| *s == Sense::Possessive).is_none()
        && (start + 1..end).all(capital)
        && named_kind(scene, start + 1, end) == SourceKind::Person;
    if guard {
        return Some((start, end, SourceKind::Organisation));
    }
    // "his words KNN passes on": the name alone is the source.
    while sure && start + 1 < end && scene.tokens.get(start).is_some_and(|token| !token.capital) {
        start += 1;
    }
    sure.then(|| (start, end, named_kind(scene, start, end)))
}

/// "Its secretary, Maud Pellery": an office of a body named before, by a word like "its".
pub(crate) fn of_body(scene: &Scene<'_>, mention: &Mention) -> bool {
    let own = |at: usize| scene.find(at, |s| *s == Sense::Possessive).is_some();
    let office = |at: usize| {
        scene
            .find(at, |s| *s == Sense::Source(SourceKind::Authority))
            .is_some_and(|hit| hit.end == hit.start + 1)
            && scene.tokens.get(at).is_some_and(|token| !token.capital)
    };
    own(mention.start) && office(mention.start + 1)
        || mention.start > 0 && own(mention.start - 1) && office(mention.start)
}

/// Whether a whole number before `start` opens its clause: ", three traders said".
fn counted_clause(scene: &Scene<'_>, start: usize) -> bool {
    let number = scene.find_before(start, |s| matches!(s, Sense::Cardinal(_)));
    number.is_some_and(|number| {
        number.start == 0 || scene.is_mark(number.start - 1, &[',', '—', '–'])
    })
}

/// Whether the sentence opens with a body that could speak: it acts here, nobody tells of it.
pub(crate) fn opens_with_source(scene: &Scene<'_>) -> bool {
    let first = scene
        .find(0, |s| matches!(s, Sense::Determiner | Sense::One))
        .map_or(0, |article| article.end);
    scene
        .find(first, |s| {
            matches!(s, Sense::Source(SourceKind::Authority | SourceKind::Organisation))
        })
        .is_some()
}

/// Where the quotation that closes at `token` opens, if it is a name: a few words, capital first.
fn quoted_name(scene: &Scene<'_>, token: usize) -> Option<usize> {
    if !scene.is_mark(token, &['»', '”', '"', '“']) {
        return None;
    }
    let opened = (token.saturating_sub(6)..token)
        .rev()
        .find(|&at| scene.is_mark(at, &['«', '“', '"', '„']))?;
    let named = token - opened > 1 && scene.tokens.get(opened + 1).is_some_and(|word| word.capital);
    (named && opened > 0 && scene.kind(opened - 1) == Some(TokenKind::Word)).then_some(opened)
}

fn source_at_or_before(scene: &Scene<'_>, at: usize) -> Option<()> {
    (at.saturating_sub(4)..=at).find_map(|start| {
        scene
            .find(start, |s| matches!(s, Sense::Source(_)))
            .filter(|hit| hit.end == at + 1)
            .map(|_| ())
    })
}

/// Kind by the lexicon: an authority if one is named ("the channel of the ministry"), else that of
/// the first source word. Who speaks for an organisation speaks as one: "a spokesman for the union".
fn source_kind(scene: &Scene<'_>, start: usize, end: usize) -> Option<SourceKind> {
    let mut kinds = Vec::new();
    for at in start..end {
        for (hit, lexeme) in scene.at(at) {
            if let Sense::Source(kind) = lexeme.sense
                && hit.end <= end
            {
                kinds.push((hit, kind));
            }
        }
    }
    let first = kinds.first().map(|(_, kind)| *kind);
    let mut authorities = kinds.iter().filter(|(_, kind)| *kind == SourceKind::Authority);
    let Some((authority, _)) = authorities.next() else { return first };
    // "An orderly at the hospital", "лікарка міської лікарні": somebody of that place, who does not
    // speak for it.
    let of_place =
        kinds.first().filter(|(hit, _)| hit.end <= authority.start).is_some_and(|(hit, _)| {
            (hit.end..authority.start).any(|at| {
                scene.find(at, |s| matches!(s, Sense::In | Sense::Link | Sense::Of)).is_some()
            }) || inflected(scene, authority.end - 1)
        });
    // Doctors of a hospital speak for it, one nurse does not.
    let single = scene.find(start, |s| *s == Sense::One).is_some()
        || scene.find_before(start, |s| *s == Sense::One).is_some()
        || kinds
            .first()
            .is_some_and(|(hit, _)| scene.find(hit.start, |s| *s == Sense::Eyewitness).is_some());
    if first == Some(SourceKind::Unnamed) && of_place && single {
        return first;
    }
    let office = |hit: &Hit| {
        hit.end == hit.start + 1 && scene.tokens.get(hit.start).is_some_and(|token| !token.capital)
    };
    let of_organisation = office(authority)
        && authorities.next().is_none()
        && kinds.iter().any(|(_, kind)| *kind == SourceKind::Organisation);
    Some(if of_organisation { SourceKind::Organisation } else { SourceKind::Authority })
}

/// Whether the word at token `at` is a source in an oblique case.
fn inflected(scene: &Scene<'_>, at: usize) -> bool {
    let word = scene.tokens.get(at).map(|token| token.fold.as_ref());
    scene.oblique(at)
        || scene.at(at).any(|(hit, lexeme)| match &lexeme.sense {
            Sense::Base { form, .. } => hit.end == at + 1 && Some(form.as_str()) != word,
            _ => false,
        })
}

fn names_person(scene: &Scene<'_>, start: usize, end: usize) -> bool {
    (start..end.saturating_sub(1)).any(|at| {
        let name = |at: usize| {
            scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
                && scene.at(at).next().is_none()
        };
        name(at) && name(at + 1)
    })
}

/// Kind by shape: a site, initials, or a name.
fn named_kind(scene: &Scene<'_>, start: usize, end: usize) -> SourceKind {
    let words = scene.words(start, end);
    let site = words.split_whitespace().any(|word| {
        word.split_once('.').is_some_and(|(a, b)| {
            !a.is_empty() && b.chars().next().is_some_and(char::is_alphanumeric)
        })
    });
    let initials = words.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && words.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    if site || initials || words.chars().any(|c| c.is_ascii_digit()) {
        SourceKind::Outlet
    } else {
        SourceKind::Person
    }
}

fn skippable(scene: &Scene<'_>, at: usize) -> bool {
    scene.find(at, |s| matches!(s, Sense::Determiner | Sense::One)).is_some()
        && scene.find(at, |s| matches!(s, Sense::Source(_))).is_none()
}

fn hard_stop(scene: &Scene<'_>, at: usize) -> bool {
    scene
        .find(at, |s| {
            matches!(
                s,
                Sense::Contrast
                    | Sense::According
                    | Sense::Citing
                    | Sense::Trigger {
                        form: Form::Participle | Form::Verb | Form::Intransitive | Form::Victims,
                        ..
                    }
            )
        })
        .is_some()
        || (scene.kind(at) == Some(TokenKind::Number)
            && !scene.glued(at)
            && !scene.glued(at + 1)
            && scene.find_before(at, |s| *s == Sense::Label).is_none()
            && !scene.tokens.get(at.wrapping_sub(1)).is_some_and(|token| token.capital))
}

fn stops(scene: &Scene<'_>, at: usize) -> bool {
    hard_stop(scene, at)
        || scene
            .find(at, |s| {
                matches!(
                    s,
                    Sense::Said
                        | Sense::Reported
                        | Sense::Be
                        | Sense::Auxiliary
                        | Sense::Subordinate
                        | Sense::Relative
                        | Sense::And
                        | Sense::Before(_)
                        | Sense::Cardinal(_)
                        | Sense::Vague(_)
                )
            })
            .is_some()
            && scene.find(at, |s| matches!(s, Sense::Source(_))).is_none()
            && !inside_source(scene, at)
}

/// Whether a source phrase of the lexicon reaches over token `at`.
fn inside_source(scene: &Scene<'_>, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|start| {
        scene.find(start, |s| matches!(s, Sense::Source(_))).is_some_and(|hit| hit.end > at)
    })
}

/// Attributions between two commas, commas and all: ", по его данным,", ", the ministry said,".
pub(crate) fn asides(scene: &Scene<'_>, mentions: &[Mention]) -> Vec<(usize, usize)> {
    /// The longest such attribution, in tokens.
    const LONGEST: usize = 12;
    let mut out: Vec<(usize, usize)> = Vec::new();
    for mention in mentions {
        let (start, end) = (mention.start.min(mention.cue.0), mention.end.max(mention.cue.1));
        let comma = |at: usize| scene.is_mark(at, &[',']);
        let open = (start.saturating_sub(LONGEST)..start).rev().find(|&at| comma(at));
        let close = (end..end + LONGEST).find(|&at| comma(at));
        let (Some(open), Some(close)) = (open, close) else { continue };
        let told = |at: usize| {
            scene.kind(at) == Some(TokenKind::Number)
                || scene.find(at, |s| matches!(s, Sense::Trigger { .. })).is_some()
        };
        let fits = close - open <= LONGEST && !(open..close).any(told);
        if fits && out.last().is_none_or(|&(_, last)| last <= open) {
            out.push((open, close + 1));
        }
    }
    out
}

/// Rank from outermost (0) inwards.
pub(crate) fn rank(kind: SourceKind) -> u8 {
    match kind {
        SourceKind::Outlet => 0,
        SourceKind::Agency => 1,
        SourceKind::Account | SourceKind::Unnamed | SourceKind::Organisation => 2,
        SourceKind::Person | SourceKind::Authority => 3,
    }
}

/// What an earlier mention of the document was called.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    words: Vec<String>,
    mention: SourceMention,
}

/// Sources the document has named so far: fuller names stand in for shorter ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Register {
    known: Vec<Known>,
}

impl Register {
    /// The mention as a link of a chain; "the ministry" becomes the ministry named before.
    pub(crate) fn link(&mut self, scene: &Scene<'_>, mention: &Mention) -> SourceMention {
        let content: Vec<String> = (mention.start..mention.end)
            .filter_map(|at| scene.tokens.get(at).map(|token| (at, token)))
            .filter(|(at, token)| {
                token.kind == TokenKind::Word
                    && scene
                        .find(*at, |s| {
                            matches!(s, Sense::Determiner | Sense::Of | Sense::In | Sense::Link)
                        })
                        .is_none()
            })
            .map(|(_, token)| token.fold.clone().into_owned())
            .collect();
        let range = scene.range(mention.start, mention.end);
        let base = base_form(scene, mention.start, mention.end);
        let words = base
            .as_deref()
            .unwrap_or_else(|| scene.words(mention.start, mention.end))
            .trim_matches(['«', '»', '"', '“', '”', '‘', '’', '\'', ' '])
            .to_owned();
        let shorter = self.known.iter().rev().find(|known| {
            known.words.len() > content.len()
                && !content.is_empty()
                && content.iter().all(|word| known.words.iter().any(|old| akin(old, word)))
        });
        if let Some(known) = shorter {
            return SourceMention { range: Some(range), inherited: true, ..known.mention.clone() };
        }
        let same = self.known.iter().find(|known| known.words == content);
        let kind = same.map_or(mention.kind, |known| known.mention.kind);
        let link = SourceMention { words, kind, range: Some(range), inherited: false };
        if same.is_some() {
            return link;
        }
        if self.known.len() < 64 {
            self.known.push(Known { words: content, mention: link.clone() });
        }
        link
    }
}

/// One word in two cases or numbers: the same but for a short ending.
fn akin(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let longest = a.chars().count().max(b.chars().count());
    shared >= 5 && longest - shared <= 3
}

/// The chain of a sentence, outermost first: outlets and agencies pass on what the others say,
/// who stand in the order of the text ("the ministry, citing witnesses").
pub(crate) fn order(mut links: Vec<SourceMention>) -> Vec<SourceMention> {
    links.sort_by_key(|link| rank(link.kind).min(2));
    let mut chain: Vec<SourceMention> = Vec::new();
    for link in links {
        if !chain.iter().any(|old| old.words == link.words) {
            chain.push(link);
        }
    }
    chain
}

/// The same chain, taken over by a later sentence.
pub(crate) fn inherited(chain: &[SourceMention]) -> Vec<SourceMention> {
    chain.iter().map(|link| SourceMention { inherited: true, ..link.clone() }).collect()
}

/// Whether a range lies in one of the mentions.
pub(crate) fn covers(scene: &Scene<'_>, mentions: &[Mention], range: TextRange) -> bool {
    mentions.iter().any(|mention| scene.range(mention.start, mention.end).contains(range))
}
