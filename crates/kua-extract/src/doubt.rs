//! How an event is put and how its speaker knows: two questions, answered apart.
//!
//! A cue before the claim reaches it through the clause; a cue after it reaches back unless
//! another claim stands between; a word of contrast ends its reach. Where several cues meet, the
//! more cautious reading wins.

use kua_lexicon::TokenKind;
use kua_model::{Modality, Why};

use crate::event::Draft;
use crate::figure::Figure;
use crate::grammar::{Cue, Form, Sense};
use crate::scene::Scene;

/// What the cues of a sentence say about one draft.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doubt {
    pub modality: Option<Modality>,
    pub denied: bool,
    pub earlier: bool,
    pub retracts: bool,
    pub background: bool,
    pub official: bool,
    pub heard: bool,
    pub seen: bool,
    pub why: Vec<Why>,
}

/// Cues that reach `draft`.
pub(crate) fn doubt(
    scene: &Scene<'_>,
    drafts: &[Draft],
    draft: &Draft,
    figures: &[Figure],
    dated: &[bool],
) -> Doubt {
    let mut doubt = Doubt::default();
    let unreal = |s: &Sense| matches!(s, Sense::Cue(Cue::Counterfactual | Cue::Hypothetical));
    let counterfactual = scene.all(unreal).next().is_some();
    let note = |hit_start: usize, hit_end: usize, entry: u32, doubt: &mut Doubt| {
        if let Some(lexeme) = scene.grammar.lexemes.get(entry as usize) {
            doubt.why.push(Why::by(lexeme.origin.clone(), Some(scene.range(hit_start, hit_end))));
        }
    };
    // "the rumour was false: nobody was killed": behind the colon nothing is rumoured.
    let colon = |from: usize, to: usize| (from..to).any(|at| scene.is_mark(at, &[':', ';']));
    let act = draft
        .events
        .iter()
        .any(|event| scene.grammar.events.get(event).is_some_and(|kind| kind.act));
    for &hit in &scene.hits {
        let Some(lexeme) = scene.lexeme(hit) else { continue };
        match lexeme.sense {
            // "the official toll of 23 dead", "23 dead by official figures"
            Sense::Official if near(scene, draft, hit.start, hit.end) => {
                doubt.official = true;
                note(hit.start, hit.end, hit.entry, &mut doubt);
            }
            // "there was no shooting": nothing of the kind.
            Sense::NoneOf
                if draft.party.is_none()
                    && hit.end <= draft.start
                    && draft.start - hit.end <= 2
                    && !(hit.end..draft.start)
                        .any(|at| scene.kind(at) == Some(TokenKind::Mark)) =>
            {
                doubt.modality = cautious(doubt.modality, Some(Modality::Negated));
                note(hit.start, hit.end, hit.entry, &mut doubt);
            }
            Sense::Heard if hit.start <= draft.end && !colon(hit.end, draft.start) => {
                doubt.heard = true;
                note(hit.start, hit.end, hit.entry, &mut doubt);
            }
            // "There is talk of …", "… so the rumour goes": heard, and in doubt.
            Sense::Rumour if rumoured(scene, draft, hit.start, hit.end) => {
                doubt.heard = true;
                doubt.modality = cautious(doubt.modality, Some(Modality::Hedged));
                note(hit.start, hit.end, hit.entry, &mut doubt);
            }
            // "two lie dead, I saw it myself": at the end of the sentence.
            Sense::Saw
                if hit.start <= draft.end
                    || hit.start <= draft.end + 4 && hit.end + 1 >= scene.tokens.len() =>
            {
                doubt.seen = true;
                note(hit.start, hit.end, hit.entry, &mut doubt);
            }
            Sense::Cue(cue) => {
                // "no fewer than": the word belongs to the bound.
                if figures.iter().any(|f| f.start <= hit.start && hit.end <= f.end && !f.none) {
                    continue;
                }
                // "without a home": the word belongs to the event.
                if matches!(cue, Cue::Negated | Cue::Without)
                    && draft.trigger.0 <= hit.start
                    && hit.end <= draft.trigger.1
                    && draft.form != Form::Sign
                {
                    continue;
                }
                // "not 19 but 17 people": the word belongs to the figure that does not hold.
                if cue == Cue::Negated
                    && figures.iter().any(|figure| {
                        figure.earlier
                            && (figure.start.saturating_sub(2)..figure.end + 2).contains(&hit.start)
                    })
                {
                    continue;
                }
                // "there were only two": two there were.
                if cue == Cue::Restrictive
                    || cue == Cue::Negated && restricted(scene, draft, figures, hit.end)
                {
                    continue;
                }
                // "demanded that", "was charged with": the words are the act, not a doubt about it.
                if act && draft.trigger.0 < hit.end && hit.start < draft.trigger.1 {
                    continue;
                }
                // "in May": the month, not the doubt.
                if (hit.start..hit.end).all(|at| dated.get(at).copied().unwrap_or(false)) {
                    continue;
                }
                if !reaches(scene, drafts, draft, cue, hit.start, hit.end) {
                    continue;
                }
                // "19, up from an earlier 12": the word calls the figure behind it earlier.
                if cue == Cue::Earlier
                    && hit.start >= draft.end
                    && figures.iter().any(|f| (hit.end..hit.end + 3).contains(&f.start))
                {
                    continue;
                }
                // "17, not 19 as first reported": the figure that does not hold was the earlier one.
                if cue == Cue::Earlier
                    && figures
                        .iter()
                        .any(|f| f.earlier && f.start >= draft.end && f.end <= hit.start)
                {
                    continue;
                }
                // "denies killing civilians and says it shot eleven": a second verb of saying.
                if cue == Cue::Denied && hit.end <= draft.start && says_anew(scene, hit.end, draft)
                {
                    continue;
                }
                match cue {
                    Cue::Retraction => doubt.retracts = true,
                    Cue::Earlier => doubt.earlier = true,
                    Cue::Background => doubt.background = true,
                    _ => {
                        doubt.denied |= cue == Cue::Denied;
                        let modality = match cue {
                            // A conditional is hearsay unless the sentence names its condition.
                            Cue::Conditional if counterfactual => Some(Modality::Counterfactual),
                            _ => cue.modality(),
                        };
                        doubt.modality = cautious(doubt.modality, modality);
                    }
                }
                note(hit.start, hit.end, hit.entry, &mut doubt);
            }
            _ => {}
        }
    }
    if scene.tokens.last().is_some_and(|token| matches!(token.fold.as_ref(), "?" | "？" | "؟")) {
        doubt.modality = cautious(doubt.modality, Some(Modality::Question));
        doubt.why.push(Why::by("question-mark", scene.tokens.last().map(|token| token.range)));
    }
    doubt
}

/// Whether words of rumour reach the draft: before it in its clause, or right behind it.
fn rumoured(scene: &Scene<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    /// How far behind the draft they may stand, in tokens.
    const BEHIND: usize = 4;
    let (from, to) = if start < draft.end { (end, draft.start) } else { (draft.end, start) };
    let apart = |at: usize| {
        scene.is_mark(at, &[':', ';']) || scene.find(at, |s| *s == Sense::Contrast).is_some()
    };
    !(from..to).any(apart) && start <= draft.end + BEHIND
}

/// Whether between token `from` and the draft the same speaker goes on to say something else: "and
/// says", ", saying".
fn says_anew(scene: &Scene<'_>, from: usize, draft: &Draft) -> bool {
    (from..draft.start).any(|at| {
        let and = scene.find(at, |s| *s == Sense::And).map(|and| and.end);
        let joint = and.or_else(|| scene.is_mark(at, &[',']).then_some(at + 1));
        joint.is_some_and(|at| {
            scene.find(at, |s| matches!(s, Sense::Said | Sense::Reported)).is_some()
        })
    })
}

/// Whether what stands between a negation that ends at token `from` and a figure of the draft turns
/// it into "only".
fn restricted(scene: &Scene<'_>, draft: &Draft, figures: &[Figure], from: usize) -> bool {
    figures
        .iter()
        .filter(|figure| draft.start <= figure.start && figure.end <= draft.end)
        .filter(|figure| (from..from + 8).contains(&figure.start))
        .any(|figure| {
            let only = |s: &Sense| *s == Sense::Cue(Cue::Restrictive);
            scene.find_before(figure.start, only).is_some_and(|hit| hit.start >= from)
        })
}

/// Whether the cue stands by the claim's words, with no other clause between.
fn near(scene: &Scene<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    let (from, to) = if end <= draft.start { (end, draft.start) } else { (draft.end, start) };
    to.saturating_sub(from) <= 4
        && !(from..to).any(|at| {
            scene.is_mark(at, &[',', ';'])
                || scene.find(at, |s| matches!(s, Sense::Contrast | Sense::Said)).is_some()
        })
}

/// Of two modalities the one further from fact.
pub(crate) fn cautious(a: Option<Modality>, b: Option<Modality>) -> Option<Modality> {
    let weight = |modality: Modality| match modality {
        Modality::Certain => 0,
        Modality::Hedged => 1,
        Modality::Plan => 2,
        Modality::Imperative => 3,
        Modality::Attempted => 4,
        Modality::Hoped => 5,
        Modality::Negated => 6,
        Modality::Hypothetical => 7,
        Modality::Counterfactual => 8,
        Modality::Question => 9,
    };
    match (a, b) {
        (Some(a), Some(b)) => Some(if weight(a) >= weight(b) { a } else { b }),
        (a, b) => a.or(b),
    }
}

fn reaches(
    scene: &Scene<'_>,
    drafts: &[Draft],
    draft: &Draft,
    cue: Cue,
    start: usize,
    end: usize,
) -> bool {
    if cue == Cue::Attempt {
        // "an attempted mutiny left 12 dead": a mutiny was tried. An adjective may stand between it
        // and a noun: "attempted mass murder".
        let noun = matches!(draft.form, Form::Nominal | Form::Told);
        let reach = usize::from(noun);
        return start <= draft.trigger.1 + reach && draft.trigger.0 <= end + reach;
    }
    if cue == Cue::Foretold {
        // "warned of 200 deaths", and not "warned of rain after 12 people had died".
        return end <= draft.start && draft.start - end <= 2;
    }
    if start < draft.end && draft.start < end {
        return true;
    }
    let contrast = |from: usize, to: usize| {
        (from..to).any(|at| {
            scene.find(at, |s| *s == Sense::Contrast).is_some() || scene.is_mark(at, &[';'])
        })
    };
    let comma = |from: usize, to: usize| (from..to).any(|at| scene.is_mark(at, &[',']));
    let colon = |from: usize, to: usize| (from..to).any(|at| scene.is_mark(at, &[':']));
    if end <= draft.start {
        let gap = draft.start.saturating_sub(end);
        return match cue {
            // A verb is negated or tried close by, not across a comma.
            Cue::Negated | Cue::Without | Cue::Attempted => {
                gap <= 6
                    && !comma(end, draft.start)
                    && !colon(end, draft.start)
                    && !contrast(end, draft.start)
                    && !(end..draft.start)
                        .any(|at| scene.find(at, |s| matches!(s, Sense::And)).is_some())
            }
            Cue::Earlier => !contrast(end, draft.start),
            // "It was not confirmed that nine died": close by, not across a comma.
            Cue::Unconfirmed => gap <= 6 && !comma(end, draft.start) && !contrast(end, draft.start),
            // "I don't know if …, but": ends at the contrast.
            // "auraient enlevé six femmes et incendié des cases": one auxiliary for both.
            Cue::Conditional => {
                gap <= 3
                    || (gap <= 9
                        && !comma(end, draft.start)
                        && scene
                            .find(draft.start, |s| *s == Sense::And)
                            .or_else(|| scene.find_before(draft.start, |s| *s == Sense::And))
                            .is_some())
            }
            // "He withdrew the figure: no more than five had died": the new one holds.
            Cue::Retraction => !colon(end, draft.start),
            Cue::Background => true,
            // "60 are said to be trapped, say the firemen, who pulled out eleven bodies": a
            // relative clause after another event tells its own.
            Cue::Hedged => {
                let told = drafts
                    .iter()
                    .filter(|other| other.trigger.1 <= draft.start && end <= other.trigger.1 + 2)
                    .map(|other| other.trigger.1)
                    .min();
                let relative = told.is_some_and(|from| {
                    (from.max(end)..draft.start)
                        .any(|at| scene.find(at, |s| *s == Sense::Relative).is_some())
                });
                !contrast(end, draft.start) && !relative
            }
            _ => !contrast(end, draft.start),
        };
    }
    // After the claim.
    let other_between = drafts.iter().any(|other| {
        other.trigger != draft.trigger
            && other.start >= draft.end
            && other.start < start
            && other.start <= start
            && other.end >= end
    });
    let inside_other = drafts
        .iter()
        .any(|other| other.trigger != draft.trigger && other.start <= start && end <= other.end);
    let next_starts = drafts
        .iter()
        .any(|other| other.start >= draft.end && other.start < end + 8 && other.start > start);
    match cue {
        // "arrested 63 people without a warrant": they were arrested.
        Cue::Without | Cue::Foretold => false,
        Cue::Negated | Cue::Attempted | Cue::Attempt | Cue::Conditional => {
            let after_trigger = start.saturating_sub(draft.end.max(draft.trigger.1));
            cue == Cue::Negated
                && !(draft.end..start).any(|at| scene.find(at, |s| *s == Sense::And).is_some())
                && after_trigger <= 4
                && !comma(draft.end, start)
                && !inside_other
                && !contrast(draft.end, start)
        }
        Cue::Hypothetical | Cue::Counterfactual => !contrast(draft.end, start) && !inside_other,
        Cue::Retraction => true,
        Cue::Restrictive => false,
        Cue::Earlier => !inside_other && !other_between && start.saturating_sub(draft.end) <= 6,
        Cue::Background => true,
        Cue::Plan | Cue::Imperative | Cue::Hoped => false,
        // "the “200 dead” given out by a channel is no figure of hers": further within its clause.
        Cue::Denied => {
            let reach = if comma(draft.end, start) { 8 } else { 12 };
            !inside_other && start.saturating_sub(draft.end) <= reach && !next_starts
        }
        // "forty had died; a lie", "forty died, but who knows": a doubt that is a clause of its own
        // is about the one before.
        Cue::Unconfirmed
            if (scene.is_mark(start.saturating_sub(1), &[';', '—', '–'])
                || (1..=2).any(|back| {
                    let before = start.checked_sub(back);
                    before.is_some_and(|at| scene.find(at, |s| *s == Sense::Contrast).is_some())
                }))
                && start.saturating_sub(draft.end) <= 8
                && !(other_between || inside_other) =>
        {
            true
        }
        Cue::Hedged | Cue::Unconfirmed | Cue::Question => {
            let near = !next_starts || start.saturating_sub(draft.end) <= 2;
            !inside_other && !contrast(draft.end, start) && near
        }
    }
}
