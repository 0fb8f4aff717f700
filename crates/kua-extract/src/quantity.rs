//! Quantities by themselves: counts, measures, money, percentages, with bounds and unit. Wider than
//! the figures a claim needs, which count people and things. Knows nothing of claims.

use kua_lexicon::TokenKind;
use kua_model::TextRange;
use serde::Serialize;

use crate::date::{self, dates};
use crate::figure::plain_number;
use crate::grammar::{self, Sense};
use crate::scene::Scene;

/// How the words bound the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Bound {
    /// It is the number.
    #[serde(rename = "=")]
    Exact,
    /// About it.
    #[serde(rename = "~")]
    About,
    /// More than it.
    #[serde(rename = ">")]
    More,
    /// Less than it.
    #[serde(rename = "<")]
    Less,
    /// It or more.
    #[serde(rename = ">=")]
    AtLeast,
    /// It or less.
    #[serde(rename = "<=")]
    AtMost,
    /// Between two numbers.
    #[serde(rename = "..")]
    Range,
}

/// A quantity in a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QuantityExpression {
    /// Its words, bound and unit included: UTF-8 bytes in the text, end exclusive.
    pub range: TextRange,
    /// Lower end as the words have it; both ends are the number itself unless it is a range or a
    /// vague word.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How it is bounded.
    pub bound: Bound,
    /// Canonical name of the unit (`percentage`, `dollar`, `kilometre`), else the noun that is
    /// counted, as it stands; `None` if there is none.
    pub unit: Option<String>,
}

/// All quantities of the sentence, in order, never overlapping.
pub(crate) fn quantities(scene: &Scene<'_>) -> Vec<QuantityExpression> {
    let mut busy = vec![false; scene.tokens.len()];
    for mark in dates(scene) {
        (mark.start..mark.end).for_each(|at| {
            if let Some(flag) = busy.get_mut(at) {
                *flag = true;
            }
        });
    }
    let mut out = Vec::new();
    let mut at = 0;
    while at < scene.tokens.len() {
        match quantity_at(scene, &busy, at) {
            Some((end, found)) => {
                at = end.max(at + 1);
                out.push(found);
            }
            None => at += 1,
        }
    }
    out
}

#[derive(Debug, Clone, Copy)]
struct Value {
    end: usize,
    low: Option<f64>,
    high: Option<f64>,
    vague: bool,
}

fn quantity_at(scene: &Scene<'_>, busy: &[bool], at: usize) -> Option<(usize, QuantityExpression)> {
    let mut bound = Bound::Exact;
    let mut next = at;
    for _ in 0..2 {
        let before = scene.at(next).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Before(bound) => Some((hit.end, named(bound))),
            _ => None,
        });
        let Some((end, name)) = before else { break };
        bound = name;
        next = end;
    }
    let between = scene.at(next).find_map(|(hit, lexeme)| match &lexeme.sense {
        Sense::Between(words) => Some((hit.end, words)),
        _ => None,
    });
    let first = between.map_or(next, |(end, _)| end);
    let (money, start) = money_before(scene, first);
    let mut value = value_at(scene, busy, start)?;
    // "from 5 to 10", "between 5 and 10", "5-10", "5 to 10"
    let join = match between {
        Some((_, words)) => scene
            .tokens
            .get(value.end)
            .filter(|token| words.iter().any(|word| *word == token.fold))
            .map(|_| value.end + 1),
        None if bound == Bound::Exact => range_join(scene, value.end),
        None => None,
    };
    if let Some(join) = join {
        let (_, start) = money_before(scene, join);
        if let Some(last) = value_at(scene, busy, start).filter(|last| !last.vague && !value.vague)
            && last.high >= value.low
        {
            value = Value { end: last.end, high: last.high, ..value };
            bound = Bound::Range;
        } else if between.is_some() {
            return None;
        }
    } else if between.is_some() {
        return None;
    }
    let mut end = value.end;
    if let Some((after, name)) = scene.at(end).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::After(bound) => Some((hit.end, named(bound))),
        _ => None,
    }) {
        (end, bound) = (after, name);
    } else if scene.is_mark(end, &['+']) && scene.glued(end) {
        (end, bound) = (end + 1, Bound::AtLeast);
    }
    if value.vague && bound == Bound::Exact {
        bound = if value.low == value.high { Bound::About } else { Bound::Range };
    }
    let (unit, end) = match money {
        Some(unit) => (Some(unit), end),
        None => unit_after(scene, end),
    };
    // A bare "one" or article is a word, not a quantity.
    if value.end == start + 1
        && unit.is_none()
        && bound == Bound::Exact
        && scene.kind(start) == Some(TokenKind::Word)
        && value.low.is_some_and(|low| low <= 1.0)
    {
        return None;
    }
    if scene.find(start, |s| *s == Sense::One).is_some() && value.end == start + 1 {
        return None;
    }
    let found = QuantityExpression {
        range: scene.range(at, end),
        low: value.low,
        high: value.high,
        bound,
        unit,
    };
    Some((end, found))
}

fn named(bound: grammar::Bound) -> Bound {
    match bound {
        grammar::Bound::MoreThan => Bound::More,
        grammar::Bound::AtLeast => Bound::AtLeast,
        grammar::Bound::UpTo => Bound::AtMost,
        grammar::Bound::FewerThan => Bound::Less,
        grammar::Bound::About => Bound::About,
    }
}

fn range_join(scene: &Scene<'_>, at: usize) -> Option<usize> {
    if scene.is_mark(at, &['-', '–', '—']) && scene.kind(at + 1) == Some(TokenKind::Number) {
        return Some(at + 1);
    }
    scene.find(at, |s| matches!(s, Sense::Or | Sense::To)).map(|hit| hit.end)
}

/// A sign of money before the number: its unit and where the number begins.
fn money_before(scene: &Scene<'_>, at: usize) -> (Option<String>, usize) {
    match sign(scene, at) {
        Some(unit) => (Some(unit), at + 1),
        None => (None, at),
    }
}

/// The unit that a single mark stands for.
fn sign(scene: &Scene<'_>, at: usize) -> Option<String> {
    if scene.kind(at) != Some(TokenKind::Mark) {
        return None;
    }
    scene.at(at).find_map(|(_, lexeme)| match &lexeme.sense {
        Sense::Measure(name) => Some(name.clone()),
        _ => None,
    })
}

/// The number at a token: digits with decimals, words, vague words, then multipliers.
fn value_at(scene: &Scene<'_>, busy: &[bool], at: usize) -> Option<Value> {
    if busy.get(at).copied().unwrap_or(true) {
        return None;
    }
    let vague = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Vague(interval) => Some((hit.end, interval)),
        _ => None,
    });
    if let Some((end, interval)) = vague {
        let wide = |value: Option<u64>| value.map(|value| value as f64);
        return Some(Value {
            end,
            low: wide(interval.low),
            high: wide(interval.high),
            vague: true,
        });
    }
    let (mut end, mut value) = match scene.kind(at)? {
        TokenKind::Number => decimal(scene, at)?,
        TokenKind::Word => {
            let (end, value) = plain_number(scene, at)?;
            (end, value as f64)
        }
        TokenKind::Mark => return None,
    };
    // "2.5 million": the multiplier after decimals, which number words do not hold.
    while let Some((factor_end, factor)) =
        scene.at(end).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Multiplier(factor) if scene.kind(at) == Some(TokenKind::Number) => {
                Some((hit.end, factor))
            }
            _ => None,
        })
    {
        value *= factor as f64;
        end = factor_end;
    }
    Some(Value { end, low: Some(value), high: Some(value), vague: false })
}

/// Digits with thousands and decimals: "1,234.5".
fn decimal(scene: &Scene<'_>, at: usize) -> Option<(usize, f64)> {
    // The tail of a word or of a longer number is none.
    if at > 0
        && scene.glued(at)
        && (scene.kind(at - 1) == Some(TokenKind::Word)
            || (scene.is_mark(at - 1, &['.', ',', '/', ':'])
                && at > 1
                && scene.kind(at - 2) == Some(TokenKind::Number)
                && scene.glued(at - 1)))
    {
        return None;
    }
    let mut text = scene.tokens.get(at)?.fold.clone().into_owned();
    let mut end = at + 1;
    let digits = |at: usize| {
        scene.tokens.get(at).filter(|token| token.kind == TokenKind::Number && scene.glued(at))
    };
    while scene.glued(end)
        && scene.grammar.thousands.iter().any(|&mark| scene.is_mark(end, &[mark]))
        && let Some(group) = digits(end + 1).filter(|group| group.fold.len() == 3)
    {
        text.push_str(&group.fold);
        end += 2;
    }
    // Spaces of any width part thousands in every language.
    while let Some(group) = scene.tokens.get(end).filter(|t| {
        t.kind == TokenKind::Number && t.fold.len() == 3 && text.len() <= 12 && end > at
    }) {
        let before = scene.tokens.get(end - 1)?.range.end;
        let gap = scene.text.get(before..group.range.start)?;
        if !matches!(gap, "\u{a0}" | "\u{202f}" | "\u{2009}" | " ")
            || scene.grammar.thousands.contains(&',') && gap == " "
        {
            break;
        }
        text.push_str(&group.fold);
        end += 1;
    }
    if scene.glued(end)
        && scene.grammar.decimal.is_some_and(|mark| scene.is_mark(end, &[mark]))
        && let Some(part) = digits(end + 1)
    {
        text.push('.');
        text.push_str(&part.fold);
        end += 2;
    }
    Some((end, text.parse().ok()?))
}

/// The unit after a number: a sign, a unit of `units.txt`, or the noun that is counted.
fn unit_after(scene: &Scene<'_>, at: usize) -> (Option<String>, usize) {
    if let Some(unit) = sign(scene, at) {
        return (Some(unit), at + 1);
    }
    let mut next = at + usize::from(scene.is_mark(at, &['-', '‑']) && scene.glued(at));
    next = scene.find(next, |s| *s == Sense::Of).map_or(next, |hit| hit.end);
    let measure = scene.at(next).find_map(|(hit, lexeme)| match &lexeme.sense {
        Sense::Measure(name) => Some((Some(name.clone()), hit.end)),
        _ => None,
    });
    if let Some(found) = measure {
        return found;
    }
    for ahead in next..next + 3 {
        if let Some(hit) = scene.find(ahead, |s| {
            matches!(
                s,
                Sense::Group { .. } | Sense::Unit(..) | Sense::Time(grammar::TimeWord::Unit(..))
            )
        }) {
            return (Some(scene.words(hit.start, hit.end).to_owned()), hit.end);
        }
        let plain = scene.kind(ahead) == Some(TokenKind::Word) && !busy_word(scene, ahead);
        if !plain {
            break;
        }
    }
    // A plain noun no lexicon knows.
    let unknown = scene.kind(next) == Some(TokenKind::Word)
        && scene.at(next).next().is_none()
        && !scene.tokens.get(next).is_some_and(|token| token.capital);
    if unknown {
        return (Some(scene.words(next, next + 1).to_owned()), next + 1);
    }
    (None, at)
}

fn busy_word(scene: &Scene<'_>, at: usize) -> bool {
    scene
        .find(at, |s| {
            matches!(
                s,
                Sense::Be
                    | Sense::By
                    | Sense::In
                    | Sense::And
                    | Sense::Or
                    | Sense::To
                    | Sense::Link
                    | Sense::Auxiliary
                    | Sense::Trigger { .. }
                    | Sense::Subordinate
                    | Sense::Relative
                    | Sense::Determiner
            )
        })
        .is_some()
        || date::month_at(scene, at).is_some()
}
