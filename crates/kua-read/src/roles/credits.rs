//! Captions and credits of pictures. A caption is evidence of its picture; a credit is nobody's
//! testimony: one agency credit in two documents says nothing about the documents.

use kua_lexicon::TokenKind;
use kua_model::Role;

use super::Page;
use super::line::Line;
use crate::words::Cue;

/// Longest caption in words.
const LONGEST: usize = 90;
/// Words that must stand beside a credit to make a caption of it.
const DESCRIBES: usize = 5;

pub(crate) fn settle(page: &mut Page<'_>) {
    for index in 0..page.lines.len() {
        let line = &page.lines[index];
        if line.tokens.is_empty() || line.words > LONGEST {
            continue;
        }
        let role = page.role(index);
        let fits = role.is_none() || (role == Some(Role::ImageAlt) && page.html);
        if !fits {
            continue;
        }
        if let Some((role, why)) = verdict(line) {
            page.set(index, role, why);
        }
    }
}

fn verdict(line: &Line<'_>) -> Option<(Role, &'static str)> {
    let words = line.plain_words();
    let caption = |credit: usize, why| {
        let role =
            if words.saturating_sub(credit) >= DESCRIBES { Role::Caption } else { Role::Credit };
        Some((role, why))
    };
    let mark = |at: usize, marks: &[&str]| {
        line.tokens.get(at).is_some_and(|token| marks.contains(&token.fold.as_ref()))
    };
    // `Photo : …`, `Crédit photo : …`, `Фото: …`, `Photo © …`.
    if let Some(after) = line.opens_with(Cue::Credit) {
        if mark(after, &[":", "©", "/", "|"]) {
            let rest = line.tokens.get(after + 1..).unwrap_or_default();
            let names =
                rest.iter().filter(|token| token.kind == TokenKind::Word && token.capital).count();
            let plain =
                rest.iter().filter(|token| token.kind == TokenKind::Word && !token.capital).count();
            return if plain >= DESCRIBES && plain > names {
                Some((Role::Caption, "credit-words"))
            } else if words <= 14 {
                Some((Role::Credit, "credit-words"))
            } else {
                Some((Role::Caption, "credit-words"))
            };
        }
        // A phrase of two words like "photo by", and a name.
        if after >= 2 && words <= 8 && !line.stop && line.is_name_like(after) {
            return Some((Role::Credit, "credit-words"));
        }
    }
    let edge = credit_at_edge(line)?;
    caption(edge, "agency-credit")
}

/// `AGENCY/NAME - …`, `… NAME / AGENCY`, `(AGENCY/Name)`, `© AGENCY` at the start or end of a line: how many
/// words the credit takes.
fn credit_at_edge(line: &Line<'_>) -> Option<usize> {
    const NEAR: usize = 6;
    let tokens = &line.tokens;
    let count = tokens.len();
    let near_edge = |at: usize| at < NEAR || at + NEAR >= count;
    let mark = |at: usize, mark: &str| tokens.get(at).is_some_and(|token| token.fold == mark);
    for &(at, length, _) in line.cues.iter().filter(|(_, _, cue)| *cue == Cue::Agency) {
        let end = at + length;
        if !near_edge(at) {
            continue;
        }
        let named = |index: usize| {
            tokens.get(index).is_some_and(|token| token.kind == TokenKind::Word && token.capital)
        };
        let before = at >= 2 && mark(at - 1, "/") && named(at - 2);
        let after = mark(end, "/") && named(end + 1);
        let signed = at >= 1 && mark(at - 1, "©");
        if !(before || after || signed) {
            continue;
        }
        // A dateline names towns before the slash and the agency in brackets: `KYIV/MOSCOW (Agency) -`.
        if at >= 1 && mark(at - 1, "(") && !after {
            continue;
        }
        let at_end = end + NEAR >= count;
        let at_start = at < NEAR && !at_end;
        // At the start a divider must follow, or the credit is a phrase of a sentence.
        let divided = (end..(end + NEAR).min(count)).any(|index| {
            mark(index, "-")
                || mark(index, "–")
                || mark(index, "—")
                || mark(index, ":")
                || mark(index, "|")
        });
        // At the end nothing may end the sentence after it; a bracket may close.
        let open_end = !line.text.ends_with(['.', '!', '?', '…']);
        if (at_start && divided) || (at_end && open_end) || signed {
            return Some(NEAR.min(line.plain_words()).min(4));
        }
    }
    None
}
