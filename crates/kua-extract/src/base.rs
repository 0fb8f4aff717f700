//! The base form of a source's name: "Генеральной прокуратуры" is shown as "Генеральная прокуратура".
//! Only what the lexicon can derive (`speech.txt`, `[bases]` and `[agreement]`); all else stands as
//! the text has it.

use kua_lexicon::TokenKind;

use crate::grammar::Sense;
use crate::scene::Scene;

/// The words of tokens `start..end` in their base form; `None` if they are that already or nothing can
/// be derived.
pub(crate) fn base_form(scene: &Scene<'_>, start: usize, end: usize) -> Option<String> {
    let (hit, base, gender, person) = (start..end).find_map(|at| {
        scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
            Sense::Base { form, gender, person } if hit.end <= end => {
                Some((hit, form, *gender, *person))
            }
            _ => None,
        })
    })?;
    // "министра Ивана Белова": the name would have to change, too.
    let name = |at: usize| {
        scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
            && scene.at(at).next().is_none()
    };
    if person && (hit.end..end).any(name) {
        return None;
    }
    let mut out = String::new();
    let mut last = scene.range(start, start + 1).start;
    for at in start..hit.start {
        let token = scene.tokens.get(at)?;
        let gap = scene.text.get(last..token.range.start)?;
        let word = token.range.of(scene.text)?;
        // What stands before the noun and does not agree with it is no adjective: leave all be.
        let said = if token.kind == TokenKind::Word && !scene.grammar.agreement.is_empty() {
            agreed(scene, word, gender)?
        } else {
            word.to_owned()
        };
        out.push_str(gap);
        out.push_str(&said);
        last = token.range.end;
    }
    let head = scene.range(hit.start, hit.end);
    out.push_str(scene.text.get(last..head.start)?);
    let capital = scene.tokens.get(hit.start).is_some_and(|token| token.capital);
    let mut letters = base.chars();
    match letters.next() {
        Some(first) if capital => {
            out.extend(first.to_uppercase());
            out.push_str(letters.as_str());
        }
        _ => out.push_str(base),
    }
    out.push_str(scene.text.get(head.end..scene.range(start, end).end)?);
    Some(out)
}

/// An adjective as it stands beside the base form of a noun of that gender.
fn agreed(scene: &Scene<'_>, word: &str, gender: char) -> Option<String> {
    let fits = |(_, _, of): &&(String, String, char)| *of == gender;
    let rules = scene.grammar.agreement.iter().filter(fits);
    let best = rules
        .filter_map(|(ending, base, _)| Some((word.strip_suffix(ending.as_str())?, base)))
        .min_by_key(|(stem, _)| stem.len());
    best.filter(|(stem, _)| stem.chars().count() >= 2).map(|(stem, base)| format!("{stem}{base}"))
}
