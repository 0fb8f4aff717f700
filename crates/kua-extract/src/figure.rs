//! Figures in a sentence: digits, number words, vague words, bounds and ranges, as intervals.
//!
//! What is no count is never a figure: dates, clocks, percentages, money, ordinals, labels
//! ("route 5"), parts of names ("B-52"), telephone numbers, negative and broken numbers.

use kua_lexicon::TokenKind;
use kua_model::{Counted, Quantity};

use crate::cases::Case;
use crate::date::DateMark;
use crate::grammar::{Bound, Interval, Sense};
use crate::scene::Scene;

/// A figure with its bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figure {
    /// First token, the bound included.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    pub low: Option<u64>,
    pub high: Option<u64>,
    pub approx: bool,
    /// The vague word's interval, if one stood there.
    pub convention: Option<String>,
    /// "no", "none".
    pub none: bool,
    /// Of how many there were none: "neither of the two".
    pub whole: Option<u64>,
    /// "a", "an": one, but only if a person follows.
    pub article: bool,
    /// Digits, or words that are nothing but a number.
    pub plain: bool,
    /// Its last number word or digits, with an ending behind them if there is one.
    pub tail: usize,
    /// In a case of its own, with nothing behind it that it counts: "11-і", "екеуі".
    pub closed: bool,
    /// The words call it what the figure was before ("rose from 13 to 18").
    pub earlier: bool,
    /// It is told as what another figure of the same thing was, and was true then.
    pub former: bool,
    /// Lexicon entries it rests on: entry and tokens.
    pub used: Vec<(u32, usize, usize)>,
}

impl Figure {
    /// As a quantity of `counts`.
    pub(crate) fn quantity(&self, scene: &Scene<'_>, counts: Counted) -> Quantity {
        Quantity {
            low: self.low,
            high: self.high,
            approx: self.approx,
            convention: self.convention.clone(),
            range: (!self.article).then(|| scene.range(self.start, self.end)),
            counts,
        }
    }
}

/// All figures, in order, never overlapping, never on the tokens of `dates`.
pub(crate) fn figures(scene: &Scene<'_>, dates: &[DateMark]) -> Vec<Figure> {
    let mut taken = vec![false; scene.tokens.len()];
    for date in dates {
        for at in date.start..date.end {
            // Links and bare parts of the day inside a date hold no number anyway.
            if let Some(slot) = taken.get_mut(at) {
                *slot = true;
            }
        }
    }
    let mut out: Vec<Figure> = Vec::new();
    let mut at = 0;
    while at < scene.tokens.len() {
        match figure_at(scene, &taken, at) {
            Some(figure) => {
                at = figure.end.max(at + 1);
                out.push(figure);
            }
            None if scene.find_before(at, |s| *s == Sense::Label).is_some() => {
                at = past_labelled(scene, at);
            }
            None => at = past_number(scene, at),
        }
    }
    mark_changes(scene, &mut out);
    mark_replaced(scene, &mut out);
    out
}

/// Past "71 and 68" after "aged": the label names every number of the list.
fn past_labelled(scene: &Scene<'_>, at: usize) -> usize {
    let mut next = past_number(scene, at);
    while scene.kind(at) == Some(TokenKind::Number) {
        let joined = match scene.find(next, |s| matches!(s, Sense::And | Sense::Or)) {
            Some(hit) => hit.end,
            None if scene.is_mark(next, &[',']) => next + 1,
            None => break,
        };
        if scene.kind(joined) != Some(TokenKind::Number)
            || scene
                .find(joined + 1, |s| matches!(s, Sense::Group { .. } | Sense::Unit(..)))
                .is_some()
        {
            break;
        }
        next = past_number(scene, joined);
    }
    next
}

/// "eight, not nine", "eight instead of nine", "not nine but eight", "9 емес, 8": nine is not the
/// figure.
fn mark_replaced(scene: &Scene<'_>, figures: &mut [Figure]) {
    /// How far apart the two may stand, in tokens.
    const REACH: usize = 5;
    for index in 1..figures.len() {
        let (Some(first), Some(second)) = (figures.get(index - 1), figures.get(index)) else {
            return;
        };
        let near = second.start.saturating_sub(first.end) <= REACH;
        if !(near && first.plain && second.plain) {
            continue;
        }
        let mut between = first.end..second.start;
        let refused = |figure: &Figure| {
            let behind = (figure.end..figure.end + 2)
                .any(|at| scene.find(at, |s| *s == Sense::InsteadAfter).is_some());
            // "no fueron 19 sino 17": the verb may stand between.
            let be = scene.find_before(figure.start, |s| *s == Sense::Be);
            let start = be.map_or(figure.start, |be| be.start);
            let before = |at: usize| scene.find_before(at, |s| *s == Sense::Instead).is_some();
            (behind, before(figure.start), before(start))
        };
        let contrast = between.any(|at| scene.find(at, |s| *s == Sense::Contrast).is_some());
        let ((first_behind, _, first_before), (second_behind, second_before, _)) =
            (refused(first), refused(second));
        let refused = if first_behind || (first_before && contrast) {
            index - 1
        } else if second_before || second_behind {
            index
        } else {
            continue;
        };
        if let Some(figure) = figures.get_mut(refused) {
            figure.earlier = true;
        }
    }
}

/// Where a figure that does not hold stands before the one that does, with the small words around
/// it: "not 19 but" of "not 19 but 17". No phrase minds them.
pub(crate) fn refusals(scene: &Scene<'_>, figures: &[Figure]) -> Vec<(usize, usize)> {
    let pairs = figures.iter().zip(figures.iter().skip(1));
    let told = pairs.filter(|(first, second)| {
        first.earlier
            && !second.earlier
            && (first.end..second.start).any(|at| {
                scene.find(at, |s| matches!(s, Sense::Contrast | Sense::InsteadAfter)).is_some()
            })
    });
    told.map(|(first, second)| {
        let not = scene.find_before(first.start, |s| *s == Sense::Instead);
        (not.map_or(first.start, |not| not.start), second.start)
    })
    .collect()
}

/// The next token to try: a rejected run of digits is skipped whole, so its tail is no figure.
fn past_number(scene: &Scene<'_>, at: usize) -> usize {
    let mut next = at + 1;
    if scene.kind(at) == Some(TokenKind::Number) {
        while scene.glued(next)
            && (scene.kind(next) == Some(TokenKind::Number)
                || (scene.is_mark(next, &['.', ',', '-', '/', ':', '–'])
                    && scene.kind(next + 1) == Some(TokenKind::Number)
                    && scene.glued(next + 1)))
        {
            next += 1;
        }
    }
    next
}

/// "from 13 to 18" after "rose": 13 is what it was, 18 what it is.
fn mark_changes(scene: &Scene<'_>, figures: &mut [Figure]) {
    if !changed(scene) {
        return;
    }
    for index in 1..figures.len() {
        let (Some(first), Some(second)) = (figures.get(index - 1), figures.get(index)) else {
            return;
        };
        let from = scene.find_before(first.start, |s| *s == Sense::From).is_some()
            || (first.closed && ends_so(scene, first.tail, Case::From));
        let to = scene.find_before(second.start, |s| *s == Sense::To).is_some()
            || scene.find(second.start, |s| *s == Sense::To).is_some()
            || ends_so(scene, second.tail, Case::To);
        let near = second.start.saturating_sub(first.end) <= 6;
        if from
            && (to && near)
            && let Some(first) = figures.get_mut(index - 1)
        {
            first.earlier = true;
            first.former = true;
            // Where "to" also means "up to", here it means the new figure.
            if let Some(second) = figures.get_mut(index)
                && second.low.is_none()
            {
                second.low = second.high;
            }
        }
    }
}

/// Whether the number word at token `at`, or the ending behind digits, ends so.
fn ends_so(scene: &Scene<'_>, at: usize, case: Case) -> bool {
    let apart = at > 0 && scene.glued(at);
    scene.tokens.get(at).is_some_and(|token| {
        token.kind == TokenKind::Word
            && if apart {
                scene.grammar.cases.says(case, &token.fold)
            } else {
                scene.grammar.cases.tells(case, &token.fold)
            }
    })
}

/// "a third of the 60 hostages", "70 % of the 60": sixty is the whole.
fn part_of_it(scene: &Scene<'_>, at: usize) -> bool {
    let mut before = at;
    for _ in 0..3 {
        let small = before.checked_sub(1).is_some_and(|word| {
            scene
                .find_before(before, |s| {
                    matches!(s, Sense::Of | Sense::Partitive | Sense::Determiner)
                })
                .is_some_and(|hit| hit.start <= word)
        });
        if !small {
            break;
        }
        before = scene
            .find_before(before, |s| matches!(s, Sense::Of | Sense::Partitive | Sense::Determiner))
            .map_or(before, |hit| hit.start);
    }
    let percent = before < at && before > 0 && scene.is_mark(before - 1, &['%']);
    percent || scene.find_before(before, |s| *s == Sense::Fraction).is_some()
}

/// Whether the number at token `at` is what a figure rose or fell from.
fn changed_from(scene: &Scene<'_>, at: usize) -> bool {
    scene.find_before(at, |s| *s == Sense::From).is_some()
        && (at.saturating_sub(12)..at)
            .any(|before| scene.find(before, |s| *s == Sense::Change).is_some())
}

/// Whether the "to" at token `at` follows a word of change in the same clause: "rose to".
fn changed_to(scene: &Scene<'_>, at: usize) -> bool {
    scene.find(at, |s| *s == Sense::To).is_some()
        && (at.saturating_sub(6)..at)
            .rev()
            .take_while(|&before| !scene.is_mark(before, &[';', ':', '.', '—']))
            .any(|before| scene.find(before, |s| *s == Sense::Change).is_some())
}

/// "more than a hundred", "более сотни": a vague word that after a bound is a plain number.
fn round_number(scene: &Scene<'_>, taken: &[bool], at: usize) -> Option<Number> {
    if taken.get(at).copied().unwrap_or(true) {
        return None;
    }
    let (hit, value) = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Round(value) => Some((hit, value)),
        _ => None,
    })?;
    let mut used = vec![(hit.entry, hit.start, hit.end)];
    if let Some((factor, times)) = multiplier(scene, hit.end) {
        used.push((factor.entry, factor.start, factor.end));
        return Some(Number::exact(factor.end, value.checked_mul(times)?, used));
    }
    let rest = words(scene, hit.end).filter(|rest| rest.low.is_some_and(|low| low < value));
    Some(match rest {
        Some(rest) => {
            used.extend(rest.used);
            Number::exact(rest.end, value.checked_add(rest.low?)?, used)
        }
        None => Number::exact(hit.end, value, used),
    })
}

/// A plain number in digits or words at token `at`: one past its last token, and its value.
pub(crate) fn plain_number(scene: &Scene<'_>, at: usize) -> Option<(usize, u64)> {
    if scene.kind(at) == Some(TokenKind::Number) {
        // "20-year": the number stands before a hyphen that joins a unit.
        let token = scene.tokens.get(at)?;
        if at > 0 && refused_before(scene, at) {
            return None;
        }
        let joined = scene.is_mark(at + 1, &['-', '‑']) && scene.glued(at + 1);
        if joined {
            return Some((at + 1, token.fold.parse().ok()?));
        }
        let number = digits(scene, at)?;
        return Some((number.end, number.low.filter(|_| number.plain)?));
    }
    if let Some(number) = words(scene, at) {
        return Some((number.end, number.low.filter(|_| number.plain)?));
    }
    scene.find(at, |s| *s == Sense::One).map(|hit| (hit.end, 1))
}

struct Number {
    end: usize,
    low: Option<u64>,
    high: Option<u64>,
    approx: bool,
    convention: Option<String>,
    none: bool,
    whole: Option<u64>,
    article: bool,
    plain: bool,
    /// In a form that closes a number: a case ending.
    closed: bool,
    used: Vec<(u32, usize, usize)>,
}

impl Number {
    fn exact(end: usize, value: u64, used: Vec<(u32, usize, usize)>) -> Self {
        Self {
            end,
            low: Some(value),
            high: Some(value),
            approx: false,
            convention: None,
            none: false,
            whole: None,
            article: false,
            plain: true,
            closed: false,
            used,
        }
    }
}

fn figure_at(scene: &Scene<'_>, taken: &[bool], at: usize) -> Option<Figure> {
    let mut used = Vec::new();
    let mut bounds: Vec<Bound> = Vec::new();
    let mut next = at;
    // "at least about", never more than two.
    for _ in 0..2 {
        let Some((hit, bound)) = scene.at(next).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Before(bound) => Some((hit, bound)),
            _ => None,
        }) else {
            break;
        };
        used.push((hit.entry, hit.start, hit.end));
        // "rose to nine" where "to" also means "up to": it is nine.
        if !(bound == Bound::UpTo && changed_to(scene, next)) {
            bounds.push(bound);
        }
        next = hit.end;
    }
    let bounded = next > at;
    // "не менее чем о 120": the preposition belongs to the number, the bound to both.
    if bounded
        && number_at(scene, taken, next).is_none()
        && let Some(inside) = scene.find(next, |s| *s == Sense::Inside)
        && number_at(scene, taken, inside.end).is_some_and(|number| !number.article)
    {
        next = inside.end;
    }
    if bounds.is_empty()
        && let Some(figure) = between(scene, taken, at)
    {
        return Some(figure);
    }
    let first = match bounded.then(|| round_number(scene, taken, next)).flatten() {
        Some(round) => round,
        None => quoted_number(scene, taken, next)?,
    };
    if !first.none && part_of_it(scene, at) {
        return None;
    }
    let mut number = first;
    if number.none {
        whole_of_none(scene, taken, &mut number);
    }
    // "and will move nobody any more" bounds nothing.
    if !bounds.is_empty() && (number.article || number.none) {
        return None;
    }
    used.append(&mut number.used);
    let mut tail = number.end - 1;
    if number.plain
        && bounds.is_empty()
        && ends_so(scene, tail, Case::From)
        && let Some((last, bound)) = from_to(scene, taken, &number)
    {
        used.extend(last.used);
        used.push((bound.entry, bound.start, bound.end));
        (number.end, number.high, number.closed) = (bound.end, last.high, false);
    } else if number.plain
        && bounds.is_empty()
        && let Some((last, between)) = between_after(scene, taken, &number)
    {
        scale_low(scene, &mut number, &last);
        used.extend(last.used);
        used.push((between.entry, between.start, between.end));
        (number.end, number.high, number.closed) = (between.end, last.high, false);
    } else if number.plain
        && bounds.iter().all(|bound| *bound == Bound::About)
        && !changed_from(scene, at)
        && let Some(last) = range_end(scene, taken, number.end)
        && last.low > number.high
    {
        scale_low(scene, &mut number, &last);
        number.end = last.end;
        number.approx |= last.approx;
        number.high = last.high;
        number.closed = last.closed;
        tail = last.end - 1;
        used.extend(last.used);
    }
    if let Some((hit, bound)) = scene.at(number.end).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::After(bound) => Some((hit, bound)),
        _ => None,
    }) && number.plain
    {
        used.push((hit.entry, hit.start, hit.end));
        // "rose to 20": what ends a range elsewhere ends a change here.
        if !(bound == Bound::UpTo && changed(scene) && ends_so(scene, tail, Case::To)) {
            bounds.push(bound);
        }
        number.end = hit.end;
        number.closed = false;
    } else if number.plain && scene.is_mark(number.end, &['+']) && scene.glued(number.end) {
        bounds.push(Bound::AtLeast);
        number.end += 1;
    }
    // "300-ден" with a bound the lexicon does not know: three hundred is not what is said.
    if number.closed && ends_so(scene, tail, Case::From) && !changed(scene) {
        return None;
    }
    let mut figure = Figure {
        start: at,
        end: number.end,
        low: number.low,
        high: number.high,
        approx: number.approx,
        convention: number.convention,
        none: number.none,
        whole: number.whole,
        article: number.article,
        plain: number.plain,
        tail,
        closed: number.closed,
        earlier: false,
        former: false,
        used,
    };
    for bound in bounds.into_iter().rev() {
        apply(bound, &mut figure);
    }
    Some(figure)
}

/// "5-тен 8-ге дейін": a number in the case of "from" before one that a bound closes. Not where the
/// sentence tells of a change: there the first is what the figure was.
fn from_to(
    scene: &Scene<'_>,
    taken: &[bool],
    first: &Number,
) -> Option<(Number, crate::matcher::Hit)> {
    let last =
        number_at(scene, taken, first.end).filter(|last| last.plain && last.low > first.high)?;
    let bound = scene.find(last.end, |s| *s == Sense::After(Bound::UpTo))?;
    (!changed(scene) && ends_so(scene, last.end - 1, Case::To)).then_some((last, bound))
}

/// Whether the sentence tells how a figure changed.
fn changed(scene: &Scene<'_>) -> bool {
    (0..scene.tokens.len()).any(|at| scene.find(at, |s| *s == Sense::Change).is_some())
}

/// "one or two dozen", "5 to 7 thousand": the multiplier belongs to both ends.
fn scale_low(scene: &Scene<'_>, low: &mut Number, high: &Number) {
    let factor = (low.end..high.end)
        .rev()
        .find_map(|at| multiplier(scene, at).filter(|(hit, _)| hit.end == high.end));
    if let (Some((_, factor)), Some(value)) = (factor, low.low)
        && let Some(scaled) = value.checked_mul(factor)
        && value < factor
        && high.high.is_some_and(|high| scaled < high)
    {
        low.low = Some(scaled);
    }
}

/// "none of the 68 dogs": sixty-eight is the whole of which none is told.
fn whole_of_none(scene: &Scene<'_>, taken: &[bool], none: &mut Number) {
    let mut next = none.end;
    for _ in 0..3 {
        let small =
            scene.find(next, |s| matches!(s, Sense::Of | Sense::Partitive | Sense::Determiner));
        match small {
            Some(hit) => next = hit.end,
            None => break,
        }
    }
    let closed = scene
        .find_before(none.end, |s| matches!(s, Sense::Of | Sense::Partitive | Sense::Determiner))
        .is_some();
    if (next > none.end || closed)
        && let Some(whole) = number_at(scene, taken, next)
        && whole.plain
    {
        none.end = whole.end;
        none.whole = whole.low;
    }
}

fn apply(bound: Bound, figure: &mut Figure) {
    match bound {
        Bound::MoreThan => {
            figure.low = figure.low.and_then(|low| {
                if figure.convention.is_some() && figure.high != figure.low {
                    Some(low)
                } else {
                    low.checked_add(1)
                }
            });
            figure.high = None;
            figure.approx = false;
        }
        Bound::AtLeast => {
            figure.high = None;
            figure.approx = false;
        }
        Bound::UpTo => {
            figure.low = None;
            figure.approx = false;
        }
        Bound::FewerThan => {
            figure.high = figure.high.and_then(|high| high.checked_sub(1));
            figure.low = None;
            figure.approx = false;
        }
        Bound::About => figure.approx = true,
    }
}

/// "between 20 and 30".
fn between(scene: &Scene<'_>, taken: &[bool], at: usize) -> Option<Figure> {
    let (hit, joins) = scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
        Sense::Between(joins) => Some((hit, joins)),
        _ => None,
    })?;
    if changed_from(scene, hit.end) {
        return None;
    }
    let mut first = number_at(scene, taken, hit.end)?;
    // "now eight, now eleven"
    let comma = usize::from(scene.is_mark(first.end, &[',']));
    let join = scene.tokens.get(first.end + comma)?;
    if !joins.iter().any(|word| *word == join.fold) {
        return None;
    }
    let last = number_at(scene, taken, first.end + comma + 1)?;
    if !(first.plain && last.plain) || last.high < first.low {
        return None;
    }
    scale_low(scene, &mut first, &last);
    let mut used = vec![(hit.entry, hit.start, hit.end)];
    let last_token = last.end - 1;
    used.extend(first.used);
    used.extend(last.used);
    Some(Figure {
        start: at,
        end: last.end,
        low: first.low,
        high: last.high,
        approx: false,
        convention: None,
        none: false,
        whole: None,
        article: false,
        plain: true,
        tail: last_token,
        closed: false,
        earlier: false,
        former: false,
        used,
    })
}

/// "20 мен 30 арасында": the number behind, where a word for "between" closes both.
fn between_after(
    scene: &Scene<'_>,
    taken: &[bool],
    first: &Number,
) -> Option<(Number, crate::matcher::Hit)> {
    let join = scene.tokens.get(first.end)?;
    let last = number_at(scene, taken, first.end + 1).filter(|last| last.plain)?;
    let (hit, joins) = scene.at(last.end).find_map(|(hit, lexeme)| match &lexeme.sense {
        Sense::BetweenAfter(joins) => Some((hit, joins)),
        _ => None,
    })?;
    let joined = joins.iter().any(|word| *word == join.fold);
    (joined && last.low > first.high).then_some((last, hit))
}

/// The upper end after "17 or …", "2-…".
fn range_end(scene: &Scene<'_>, taken: &[bool], at: usize) -> Option<Number> {
    let next = match scene.find(at, |s| *s == Sense::Or) {
        Some(hit) => hit.end,
        None if scene.is_mark(at, &['-', '–', '—']) && scene.glued(at) => at + 1,
        None => return None,
    };
    // "15-20": after a number a hyphen is no sign.
    let number = if scene.is_mark(next - 1, &['-']) && scene.kind(next) == Some(TokenKind::Number) {
        bare_digits(scene, next).filter(|_| !taken.get(next).copied().unwrap_or(true))
    } else {
        number_at(scene, taken, next)
    };
    // "two or three dozen": about so many, and yet one number.
    number.filter(|number| number.plain || (number.approx && number.low == number.high))
}

/// A number, perhaps in quotation marks: « dizaines ».
fn quoted_number(scene: &Scene<'_>, taken: &[bool], at: usize) -> Option<Number> {
    if !scene.is_mark(at, &['«', '"', '“', '„']) {
        return number_at(scene, taken, at);
    }
    let mut number = number_at(scene, taken, at + 1)?;
    if number.plain || !scene.is_mark(number.end, &['»', '"', '”', '“']) {
        return None;
    }
    number.end += 1;
    Some(number)
}

fn number_at(scene: &Scene<'_>, taken: &[bool], at: usize) -> Option<Number> {
    if taken.get(at).copied().unwrap_or(true) {
        return None;
    }
    if scene.kind(at) == Some(TokenKind::Number) {
        return digits(scene, at);
    }
    let mut vague = None;
    for (hit, lexeme) in scene.at(at) {
        match &lexeme.sense {
            Sense::Ordinal => return None,
            Sense::Vague(interval) => vague = Some((hit, *interval)),
            _ => {}
        }
    }
    let number = words(scene, at);
    match (vague, number) {
        (Some((hit, interval)), number)
            if number.as_ref().is_none_or(|number| hit.end >= number.end) =>
        {
            Some(vague_number(hit.end, interval, vec![(hit.entry, hit.start, hit.end)]))
        }
        (_, Some(number)) => Some(number),
        (_, None) => scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::NoneOf => Some(Number {
                none: true,
                plain: false,
                ..Number::exact(hit.end, 0, vec![(hit.entry, hit.start, hit.end)])
            }),
            Sense::One => Some(Number {
                article: true,
                plain: false,
                ..Number::exact(hit.end, 1, vec![(hit.entry, hit.start, hit.end)])
            }),
            _ => None,
        }),
    }
}

fn vague_number(end: usize, interval: Interval, used: Vec<(u32, usize, usize)>) -> Number {
    let convention = match (interval.low, interval.high) {
        (Some(low), Some(high)) if interval.approx && low == high => format!("about {low}"),
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (Some(low), None) => format!("{low} or more"),
        (None, Some(high)) => format!("up to {high}"),
        (None, None) => "some".to_owned(),
    };
    Number {
        end,
        low: interval.low,
        high: interval.high,
        approx: interval.approx,
        convention: Some(convention),
        none: false,
        whole: None,
        article: false,
        plain: false,
        closed: false,
        used,
    }
}

/// Digits with separators, decimals and multipliers ("2.5 million").
fn digits(scene: &Scene<'_>, at: usize) -> Option<Number> {
    if at > 0 && refused_before(scene, at) {
        return None;
    }
    bare_digits(scene, at)
}

/// As [`digits`], whatever stands before them.
fn bare_digits(scene: &Scene<'_>, at: usize) -> Option<Number> {
    let mut text = scene.tokens.get(at)?.fold.clone().into_owned();
    // "007", or the tail of a number whose head was refused: no count.
    if text.len() > 1 && text.starts_with('0') {
        return None;
    }
    let mut end = at + 1;
    let after_month = scene.find_before(at, |s| matches!(s, Sense::Month(_))).is_some();
    while let Some(group) =
        thousands_group(scene, end, after_month).filter(|_| text.len() <= 3 || end > at + 1)
    {
        text.push_str(&scene.tokens.get(group)?.fold);
        end = group + 1;
    }
    let mut decimals = 0_usize;
    if let Some(decimal) = scene.grammar.decimal
        && scene.is_mark(end, &[decimal])
        && scene.glued(end)
        && scene.glued(end + 1)
        && let Some(fraction) = scene.tokens.get(end + 1).filter(|t| t.kind == TokenKind::Number)
    {
        text.push_str(&fraction.fold);
        decimals = fraction.fold.len();
        end += 2;
    }
    let mut value: u128 = if text.len() > 30 { return None } else { text.parse().ok()? };
    let mut used = Vec::new();
    let mut scaled = false;
    while let Some((hit, factor)) = multiplier(scene, end) {
        value = value.checked_mul(u128::from(factor))?;
        used.push((hit.entry, hit.start, hit.end));
        end = hit.end;
        scaled = true;
    }
    let ending = ending_behind(scene, end);
    let (closed, about) = ending.map_or((false, false), |(last, about)| {
        end = last;
        (!about, about)
    });
    let scale = 10_u128.checked_pow(u32::try_from(decimals).ok()?)?;
    if !value.is_multiple_of(scale) || (decimals > 0 && !scaled) || refused_after(scene, end) {
        return None;
    }
    let number = Number::exact(end, u64::try_from(value / scale).ok()?, used);
    Some(Number { closed, approx: about, ..number })
}

/// The end of an ending that stands behind digits and leaves them a count ("11-і"), and whether it
/// makes them approximate.
fn ending_behind(scene: &Scene<'_>, at: usize) -> Option<(usize, bool)> {
    let hyphen = usize::from(scene.is_mark(at, &['-', '–']) && scene.glued(at));
    let ending = scene.tokens.get(at + hyphen).filter(|token| token.kind == TokenKind::Word)?;
    if !scene.glued(at + hyphen) {
        return None;
    }
    let cases = &scene.grammar.cases;
    let about = cases.says(Case::About, &ending.fold);
    (about || cases.says(Case::Count, &ending.fold)).then_some((at + hyphen + 1, about))
}

/// A group of three digits after a separator.
fn thousands_group(scene: &Scene<'_>, at: usize, after_month: bool) -> Option<usize> {
    let three = |at: usize| {
        scene
            .tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Number && token.fold.len() == 3)
    };
    if three(at) && !scene.glued(at) {
        let before = scene.tokens.get(at.checked_sub(1)?)?.range.end;
        let gap = scene.text.get(before..scene.tokens.get(at)?.range.start)?;
        let narrow = matches!(gap, "\u{a0}" | "\u{202f}" | "\u{2009}");
        return (narrow || (gap == " " && !after_month)).then_some(at);
    }
    let separator = scene.grammar.thousands.iter().any(|&mark| scene.is_mark(at, &[mark]));
    (separator && scene.glued(at) && three(at + 1) && scene.glued(at + 1)).then_some(at + 1)
}

/// What before a number tells that nothing is counted by it.
fn refused_before(scene: &Scene<'_>, at: usize) -> bool {
    let before = at - 1;
    // "at route 40", but not where the label's word is part of an event's ("thrown on the street").
    let told = scene.find_before(at, |s| matches!(s, Sense::Trigger { .. }));
    if let Some(label) = scene.find_before(at, |s| *s == Sense::Label)
        && told.is_none_or(|told| told.start >= label.start)
    {
        return true;
    }
    if scene.is_mark(
        before,
        &[
            '$', '€', '£', '₽', '₸', '¥', '#', '№', '°', '+', '=', '*', '@', '_', '%', '&', '\\',
            '§',
        ],
    ) {
        return true;
    }
    if !scene.glued(at) {
        return false;
    }
    match scene.kind(before) {
        Some(TokenKind::Word) => {
            scene.tokens.get(before).is_none_or(|token| !token.fold.ends_with('\''))
        }
        Some(TokenKind::Number) => true,
        _ => {
            let inner = before > 0 && scene.glued(before);
            scene.is_mark(before, &['-', '−', '/', ':', '.', ','])
                && (inner || scene.is_mark(before, &['-', '−']))
        }
    }
}

/// What after a number tells that nothing is counted by it.
fn refused_after(scene: &Scene<'_>, at: usize) -> bool {
    if scene.is_mark(at, &['%', '‰', '°', '€', '$', '£', '₽', '₸', '¥', '²', '³']) {
        return true;
    }
    if !scene.glued(at) {
        return false;
    }
    if scene.kind(at) == Some(TokenKind::Word) {
        return true;
    }
    // "w 6. batalionie": the sixth; a capital behind it may open a sentence.
    let ordinal = scene.grammar.ordinal.is_some_and(|mark| scene.is_mark(at, &[mark]));
    if ordinal
        && !scene.glued(at + 1)
        && scene
            .tokens
            .get(at + 1)
            .is_some_and(|next| next.kind == TokenKind::Word && !next.capital)
    {
        return true;
    }
    let number_next = scene.kind(at + 1) == Some(TokenKind::Number) && scene.glued(at + 1);
    if scene.is_mark(at, &['/', ':', '.', ',', '_', '=', '&']) && number_next {
        return true;
    }
    // "12-year-old", "7-го", "555-12-34": but "2-3" is a range.
    scene.is_mark(at, &['-', '–'])
        && (scene.kind(at + 1) == Some(TokenKind::Word) && scene.glued(at + 1)
            || number_next
                && scene.is_mark(at + 2, &['-', '–', '.', '/'])
                && scene.glued(at + 2)
                && scene.kind(at + 3) == Some(TokenKind::Number))
}

fn multiplier(scene: &Scene<'_>, at: usize) -> Option<(crate::matcher::Hit, u64)> {
    scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Multiplier(factor) => Some((hit, factor)),
        _ => None,
    })
}

/// Number words: "two hundred and fifty-three thousand", "quatre-vingt-dix-sept", "двести шесть".
fn words(scene: &Scene<'_>, at: usize) -> Option<Number> {
    let mut total: u64 = 0;
    let mut current: u64 = 0;
    let mut next = at;
    let mut end = at;
    let mut used = Vec::new();
    let mut closed = false;
    let mut last_factor = u64::MAX;
    let article = scene.find(at, |s| *s == Sense::One);
    if let Some(one) = article {
        // "a hundred": the article counts only before a multiplier.
        multiplier(scene, one.end)?;
        used.push((one.entry, one.start, one.end));
        current = 1;
        next = one.end;
    }
    loop {
        let cardinal = scene.at(next).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Cardinal(value) => Some((hit, value)),
            _ => None,
        });
        if let Some((hit, value)) = cardinal.filter(|&(_, value)| fits(current, value)) {
            current += value;
            used.push((hit.entry, hit.start, hit.end));
            (end, next) = (hit.end, hit.end);
            closed = is_last(scene, hit.entry);
        } else if let Some((hit, factor)) = multiplier(scene, next)
            && !(factor >= 1000
                && (factor >= last_factor
                    || scene.find(next, |s| matches!(s, Sense::Vague(_))).is_some()
                        && end == at
                        && current == 0))
        {
            if factor < 1000 {
                if current >= factor {
                    break;
                }
                current = current.max(1).checked_mul(factor)?;
            } else {
                let part = current.max(1).checked_mul(factor)?;
                total = total.checked_add(part)?;
                current = 0;
                last_factor = factor;
            }
            used.push((hit.entry, hit.start, hit.end));
            (end, next) = (hit.end, hit.end);
            closed = is_last(scene, hit.entry);
        } else {
            break;
        }
        if closed {
            break;
        }
        if let Some(joiner) = joiner(scene, next) {
            next = joiner;
        }
    }
    let number = Number::exact(end, total.saturating_add(current), used);
    let about = closed && scene.tells(end - 1, Case::About);
    (end > at).then_some(Number { closed: closed && !about, approx: about, ..number })
}

fn is_last(scene: &Scene<'_>, entry: u32) -> bool {
    scene.grammar.lexemes.get(entry as usize).is_some_and(|lexeme| lexeme.last)
}

/// Whether `value` may be added to a number that so far ends in `current`.
fn fits(current: u64, value: u64) -> bool {
    if current == 0 {
        return true;
    }
    if value == 0 {
        return false;
    }
    let room = if current.is_multiple_of(1000) {
        1000
    } else if current.is_multiple_of(100) {
        100
    } else if current.is_multiple_of(20) {
        // Sixty and eighty take up to nineteen where counting goes by twenties.
        20
    } else if current.is_multiple_of(10) {
        10
    } else {
        1
    };
    value < room
}

fn joiner(scene: &Scene<'_>, at: usize) -> Option<usize> {
    if scene.is_mark(at, &['-', '‐', '‑']) && scene.glued(at) && scene.glued(at + 1) {
        if scene.grammar.hyphen_ranges {
            return None;
        }
        let next = at + 1;
        // "vingt-et-un"
        return Some(match scene.find(next, |s| *s == Sense::Joiner) {
            Some(hit) if scene.is_mark(hit.end, &['-', '‐', '‑']) => hit.end + 1,
            _ => next,
        });
    }
    scene.find(at, |s| *s == Sense::Joiner).map(|hit| hit.end)
}
