//! Places in a sentence: known ones from `places.txt`, unknown ones by a preposition and a capital.

use kua_lexicon::TokenKind;

use crate::cases::Case;
use crate::grammar::Sense;
use crate::scene::Scene;
use crate::town::{PlaceNames, listed};

/// A place named in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceMark {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    /// Name in the gazetteer.
    pub canonical: Option<String>,
    /// A preposition of place stands before it.
    pub placed: bool,
    /// The lexicon entry.
    pub entry: Option<u32>,
    /// Rule that found it, if no lexicon entry did.
    pub rule: &'static str,
}

/// All places, in order.
pub(crate) fn places(scene: &Scene<'_>, dated: &[bool], own: &PlaceNames) -> Vec<PlaceMark> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < scene.tokens.len() {
        match place_at(scene, dated, own, at) {
            Some(mark) => {
                at = mark.end.max(at + 1);
                out.push(mark);
            }
            None => at += 1,
        }
    }
    out
}

fn place_at(scene: &Scene<'_>, dated: &[bool], own: &PlaceNames, at: usize) -> Option<PlaceMark> {
    if scene.find(at, |s| *s == Sense::NotPlace).is_some() {
        return None;
    }
    let town = listed(scene, at, own);
    if let Some(town) = town.as_ref().filter(|town| town.own) {
        let placed = placed(scene, at)
            || placed_after(scene, town.end).is_some()
            || dateline(scene, dated, at, town.end);
        return Some(PlaceMark {
            start: at,
            end: town.end,
            canonical: Some(town.name.clone()),
            placed,
            entry: None,
            rule: "gazetteer-of-the-case",
        });
    }
    let known = scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
        Sense::Place(name) if scene.tokens.get(at).is_some_and(|token| token.capital) => {
            Some((hit, name.clone()))
        }
        _ => None,
    });
    if let Some((hit, name)) = known {
        return Some(PlaceMark {
            start: at,
            end: hit.end,
            canonical: Some(name),
            placed: placed(scene, at) || placed_after(scene, hit.end).is_some(),
            entry: Some(hit.entry),
            rule: "",
        });
    }
    // A capital after a preposition of place, that no lexicon knows as anything else.
    let initials = |at: usize| {
        let words = scene.words(at, at + 1);
        words.chars().count() > 1 && words.chars().all(char::is_uppercase)
    };
    let proper = |at: usize| {
        !initials(at)
            && scene
                .tokens
                .get(at)
                .is_some_and(|token| token.capital && token.kind == TokenKind::Word)
            && !dated.get(at).copied().unwrap_or(false)
            && scene
                .at(at)
                .all(|(_, lexeme)| matches!(lexeme.sense, Sense::Group { .. } | Sense::PlaceNoun))
            && scene.find(at, |s| matches!(s, Sense::Group { .. })).is_none()
    };
    let free = |at: usize| !dated.get(at).copied().unwrap_or(true) && scene.at(at).next().is_none();
    // A town of the world may have the name of a person: only where something places it.
    if let Some(town) = town
        && (town.end > at + 1 || proper(at) || free(at))
        && (placed(scene, at)
            || placed_after(scene, town.end).is_some()
            || dateline(scene, dated, at, town.end))
    {
        let (end, canonical) = (town.end, Some(town.name));
        let (placed, entry, rule) = (true, None, "gazetteer");
        return Some(PlaceMark { start: at, end, canonical, placed, entry, rule });
    }
    if !proper(at) {
        return None;
    }
    if !placed(scene, at) {
        return by_ending(scene, at, proper);
    }
    let mut end = at + 1;
    while end - at < 4
        && (proper(end) || (scene.is_mark(end, &['-']) && scene.glued(end) && proper(end + 1)))
    {
        end += 1;
    }
    let rule = "capital-after-preposition";
    Some(PlaceMark { start: at, end, canonical: None, placed: true, entry: None, rule })
}

/// Whether a name opens the sentence as the place of the report: "KYIV, 5 May".
fn dateline(scene: &Scene<'_>, dated: &[bool], at: usize, end: usize) -> bool {
    let marked = at == 0 && scene.is_mark(end, &[',', '—', '–', '-', '(', ':', '.']);
    let words = scene.words(at, end);
    let capitals = words.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    marked && (capitals || dated.get(end + 1).copied().unwrap_or(false))
}

/// A capitalised word that no lexicon knows, in the case of "in", or before a noun of places in it:
/// "Сарыкентте", "Қордай ауданында". Its name is what is left without the ending.
fn by_ending(scene: &Scene<'_>, at: usize, proper: impl Fn(usize) -> bool) -> Option<PlaceMark> {
    let mut end = at + 1;
    while end - at < 4
        && !scene.tells(end - 1, Case::Place)
        && (proper(end) || (scene.is_mark(end, &['-']) && scene.glued(end) && proper(end + 1)))
    {
        end += 1;
    }
    let last = placed_after(scene, end)?;
    let words = scene.words(at, end);
    let name = if last == end { scene.grammar.cases.without(Case::Place, words) } else { words };
    let (canonical, rule) = (Some(name.to_owned()), "case-of-place");
    Some(PlaceMark { start: at, end, canonical, placed: true, entry: None, rule })
}

/// The end of a place whose name ends before token `end`, if it is in the case of "in" or a noun of
/// places in that case follows: "Алматы қаласында".
fn placed_after(scene: &Scene<'_>, end: usize) -> Option<usize> {
    if scene.tells(end - 1, Case::Place) {
        return Some(end);
    }
    // "Қордай ауданының Масаншы ауылында": each noun may be followed by a smaller place.
    let mut at = end;
    for _ in 0..2 {
        let noun = scene.find(at, |s| *s == Sense::PlaceNoun)?;
        if scene.tells(noun.end - 1, Case::Place) {
            return Some(noun.end);
        }
        at = noun.end;
    }
    None
}

fn placed(scene: &Scene<'_>, at: usize) -> bool {
    let is_in = |at: usize| scene.find_before(at, |s| *s == Sense::In).is_some();
    if is_in(at) {
        return true;
    }
    // "in the city of X", "dans la région de X", "in eastern X": up to three small words.
    let mut back = at;
    for _ in 0..4 {
        let Some(before) = back.checked_sub(1) else { return false };
        let small = scene
            .find(before, |s| {
                matches!(
                    s,
                    Sense::PlaceNoun
                        | Sense::Determiner
                        | Sense::Of
                        | Sense::Link
                        | Sense::Partitive
                )
            })
            .is_some_and(|hit| hit.end == back);
        if !small {
            return false;
        }
        back = before;
        if is_in(back) {
            return true;
        }
    }
    false
}
