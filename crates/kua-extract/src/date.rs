//! Dates in a sentence: absolute, partial, relative, ranges, nights; and what they resolve to.
//!
//! A number next to a month belongs to the date; a bare year is a year only where no noun is
//! counted by it. The weekday is a checksum: where it contradicts the printed year, the year that
//! it agrees with is taken and the contradiction is reported.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use kua_lexicon::TokenKind;
use kua_model::{DateSpan, DayPart, PartialDate};

use crate::cases::Case;
use crate::grammar::{Sense, TimeUnit};
use crate::scene::Scene;

/// A date in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateMark {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    pub value: DateValue,
    pub part: Option<DayPart>,
    pub clock: Option<(u8, u8)>,
    pub open: Open,
}

/// What the words say, before any anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateValue {
    /// Day, month, perhaps year and weekday.
    Day { day: i8, month: i8, year: Option<i16>, weekday: Option<i8> },
    /// From a day to a day.
    Days { from: (i8, i8), to: (i8, i8), year: Option<i16> },
    /// A month, perhaps of a year.
    Month { month: i8, year: Option<i16> },
    /// A year.
    Year(i16),
    /// From year to year.
    Years(i16, i16),
    /// A day of the week.
    Weekday(i8),
    /// So many days after the anchor.
    Offset(i32),
    /// So long before the anchor.
    Ago(i64, TimeUnit),
    /// Only a part of the day or an hour.
    Hour,
}

/// An open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    Closed,
    Since,
    Until,
}

/// A date resolved against an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub span: DateSpan,
    /// Said in full or nearly so, not counted from the anchor.
    pub stated: bool,
    /// The weekday contradicts the printed year.
    pub disagrees: bool,
}

/// All dates of the sentence, in order, never overlapping.
pub(crate) fn dates(scene: &Scene<'_>) -> Vec<DateMark> {
    let mut marks: Vec<DateMark> = Vec::new();
    let mut at = 0;
    while at < scene.tokens.len() {
        match date_at(scene, at) {
            Some(mark) => {
                at = mark.end.max(at + 1);
                merge(scene, &mut marks, mark);
            }
            None => at += 1,
        }
    }
    marks
}

/// Parts of one date that stand side by side become one: "on Wednesday morning", "at 6 pm on 5 May".
fn merge(scene: &Scene<'_>, marks: &mut Vec<DateMark>, mark: DateMark) {
    if let Some(last) = marks.last_mut() {
        let between = (last.end..mark.start).all(|at| {
            scene.is_mark(at, &[','])
                || scene
                    .find(at, |sense| {
                        matches!(sense, Sense::DateLink | Sense::In | Sense::Link | Sense::Of)
                    })
                    .is_some()
        });
        if between && mark.start.saturating_sub(last.end) <= 2 && mark.start >= last.start {
            if mark.value == DateValue::Hour {
                last.part = last.part.or(mark.part);
                last.clock = last.clock.or(mark.clock);
                last.end = mark.end;
                return;
            }
            if last.value == DateValue::Hour && mark.open == Open::Closed {
                let (part, clock, start) = (last.part, last.clock, last.start);
                *last = DateMark {
                    start,
                    part: mark.part.or(part),
                    clock: mark.clock.or(clock),
                    ..mark
                };
                return;
            }
            if let (DateValue::Weekday(_) | DateValue::Offset(_), DateValue::Day { .. }) =
                (last.value, mark.value)
            {
                let (start, part) = (last.start, last.part);
                *last = DateMark { start, part: mark.part.or(part), ..mark };
                return;
            }
        }
    }
    marks.push(mark);
}

fn date_at(scene: &Scene<'_>, at: usize) -> Option<DateMark> {
    let (open, start) = if let Some(hit) = scene.find(at, |s| *s == Sense::Since) {
        (Open::Since, hit.end)
    } else if let Some(hit) = scene.find(at, |s| *s == Sense::Until) {
        (Open::Until, hit.end)
    } else {
        (Open::Closed, at)
    };
    let start = skip_links(scene, start);
    let mut mark = core(scene, start)?;
    if mark.value == DateValue::Hour && open != Open::Closed {
        return None;
    }
    mark.open = match mark.value {
        DateValue::Days { .. } | DateValue::Years(..) => Open::Closed,
        // "the deadliest since 2016, when 56 died": they died in 2016.
        _ if told_of(scene, mark.end) => Open::Closed,
        _ => open,
    };
    // "in the night to 5 January": the night that began the day before.
    if let Some(night) = scene.find_before(start, |s| *s == Sense::NightTo) {
        mark.start = night.start;
        mark.part = Some(DayPart::Night);
        mark.open = Open::Closed;
        if let DateValue::Day { day, month, year, .. } = mark.value
            && let Some(eve) = eve_of(day, month, year)
        {
            mark.value = eve;
        }
    } else {
        mark.start = at;
    }
    close_after(scene, &mut mark);
    Some(mark)
}

/// What stands behind a date where others put it before: "from", "until", "the night to".
fn close_after(scene: &Scene<'_>, mark: &mut DateMark) {
    if mark.value == DateValue::Hour {
        return;
    }
    if let Some(night) = scene.find(mark.end, |s| *s == Sense::NightAfter) {
        mark.end = night.end;
        mark.part = Some(DayPart::Night);
        if let DateValue::Day { day, month, year, .. } = mark.value
            && let Some(eve) = eve_of(day, month, year)
        {
            mark.value = eve;
        }
        return;
    }
    let after = |wanted: Sense| scene.find(mark.end, |s| *s == wanted).map(|hit| hit.end);
    let (end, open) = match (after(Sense::SinceAfter), after(Sense::UntilAfter)) {
        (Some(end), _) => (end, Open::Since),
        (_, Some(end)) => (end, Open::Until),
        _ => return,
    };
    mark.end = end;
    if mark.open == Open::Closed
        && !matches!(mark.value, DateValue::Days { .. } | DateValue::Years(..))
    {
        mark.open = open;
    }
}

/// The night before a day, and that day.
fn eve_of(day: i8, month: i8, year: Option<i16>) -> Option<DateValue> {
    let eve = date(year.unwrap_or(2001), month, day)?.checked_sub(1.day()).ok()?;
    let year = year.map(|_| eve.year());
    Some(DateValue::Days { from: (eve.day(), eve.month()), to: (day, month), year })
}

/// Whether a clause about the date itself follows it: ", when 56 died".
fn told_of(scene: &Scene<'_>, end: usize) -> bool {
    scene.is_mark(end, &[','])
        && scene.find(end + 1, |s| matches!(s, Sense::Subordinate | Sense::Relative)).is_some()
}

fn core(scene: &Scene<'_>, at: usize) -> Option<DateMark> {
    let made = |end: usize, value: DateValue| DateMark {
        start: at,
        end,
        value,
        part: None,
        clock: None,
        open: Open::Closed,
    };
    if let Some((end, hour, minute)) = clock(scene, at) {
        return Some(DateMark { clock: Some((hour, minute)), ..made(end, DateValue::Hour) });
    }
    if let Some((end, value)) = year_first(scene, at)
        .or_else(|| numeric(scene, at))
        .or_else(|| range(scene, at))
        .or_else(|| month_first(scene, at))
    {
        return Some(made(end, value));
    }
    if let Some((end, day, month, year)) = day_month(scene, at) {
        return Some(made(end, DateValue::Day { day, month, year, weekday: None }));
    }
    // "sept membres": seven, not September.
    let number = scene.find(at, |s| matches!(s, Sense::Cardinal(_))).is_some();
    if let Some((end, month)) = month_at(scene, at).filter(|_| !number) {
        let next = skip_links(scene, end);
        // "the March events of 1994": the year stands a word or two further on.
        let far = (end + 1..=end + 2).find_map(|at| {
            let year = year_at(scene, skip_links(scene, at)).filter(|_| link(scene, at))?;
            (end..at).all(|at| scene.kind(at) == Some(TokenKind::Word)).then_some(year)
        });
        return Some(match year_at(scene, next).or(far) {
            Some((end, year)) => made(end, DateValue::Month { month, year: Some(year) }),
            // A word that is also a name or verb ("may", "march") is a month only with its year.
            None if capital_needed(scene, at) => return None,
            None => made(end, DateValue::Month { month, year: None }),
        });
    }
    if let Some((end, weekday)) = weekday_at(scene, at) {
        let next = skip_links(scene, skip_comma(scene, end));
        if let Some((end, day, month, year)) = day_month(scene, next) {
            return Some(made(end, DateValue::Day { day, month, year, weekday: Some(weekday) }));
        }
        if let Some((end, DateValue::Day { day, month, year, .. })) = numeric(scene, next) {
            return Some(made(end, DateValue::Day { day, month, year, weekday: Some(weekday) }));
        }
        return Some(made(end, DateValue::Weekday(weekday)));
    }
    for (hit, lexeme) in scene.at(at) {
        match lexeme.sense {
            Sense::Day(days) => return Some(made(hit.end, DateValue::Offset(days))),
            // "Le Soir" is a newspaper.
            Sense::Part(_) if in_a_name(scene, at) => {}
            Sense::Part(part) => {
                return Some(DateMark { part: Some(part), ..made(hit.end, DateValue::Hour) });
            }
            Sense::AgoBefore => {
                if let Some((end, count)) = small_number(scene, hit.end)
                    && let Some((end, unit)) = unit_at(scene, end)
                {
                    return Some(made(end, DateValue::Ago(count, unit)));
                }
            }
            _ => {}
        }
    }
    if let Some((end, count)) = small_number(scene, at)
        && let Some((end, unit)) = unit_at(scene, end)
        && let Some(ago) = scene.find(end, |s| *s == Sense::AgoAfter)
    {
        return Some(made(ago.end, DateValue::Ago(count, unit)));
    }
    let (end, year) = year_at(scene, at)?;
    if counts_something(scene, at, end) {
        return None;
    }
    if scene.is_mark(end, &['-', '–', '/'])
        && let Some((end, last)) = year_at(scene, end + 1)
    {
        return Some(made(end, DateValue::Years(year, last)));
    }
    Some(made(end, DateValue::Year(year)))
}

/// "2000 people" is a count; "in 2000 people" is a year.
pub(crate) fn counts_something(scene: &Scene<'_>, at: usize, end: usize) -> bool {
    let marked = end > at + 1;
    let bounded = scene.find_before(at, |s| matches!(s, Sense::Before(_))).is_some();
    let dated = at == 0
        || scene
            .find_before(at, |s| {
                matches!(
                    s,
                    Sense::In | Sense::Since | Sense::Until | Sense::Month(_) | Sense::DateLink
                )
            })
            .is_some()
        || scene.is_mark(at - 1, &['(', ',']);
    let counted = (end..end + 3).any(|next| {
        scene
            .find(next, |s| {
                matches!(
                    s,
                    Sense::Group { .. } | Sense::Unit(..) | Sense::Others | Sense::Trigger { .. }
                )
            })
            .is_some()
    });
    !marked && (bounded || (counted && !dated) || (!dated && counts_after(scene, at)))
}

/// A counted verb stands just before: "killed 2012".
fn counts_after(scene: &Scene<'_>, at: usize) -> bool {
    scene.find_before(at, |s| matches!(s, Sense::Trigger { .. } | Sense::Be)).is_some()
}

pub(crate) fn capital_needed(scene: &Scene<'_>, at: usize) -> bool {
    // Languages that write months with a capital use the same letters for common words.
    scene.grammar.day_first == Some(false)
        && scene.tokens.get(at).is_some_and(|token| !token.capital || at == 0)
}

/// Whether a source of several words covers token `at`.
fn in_a_name(scene: &Scene<'_>, at: usize) -> bool {
    (at.saturating_sub(4)..=at).any(|start| {
        scene
            .find(start, |s| matches!(s, Sense::Source(_)))
            .is_some_and(|hit| hit.end > at && hit.end - hit.start > 1)
    })
}

pub(crate) fn day_month(scene: &Scene<'_>, at: usize) -> Option<(usize, i8, i8, Option<i16>)> {
    if let Some((end, day)) = day_at(scene, at)
        // "46 in April, 31 in March": a count, and the month it was counted in.
        // Where one word does for both ("4 de enero"), it is the date's.
        && (link(scene, end) || scene.find(end, |s| *s == Sense::In).is_none())
        && let Some((end, month)) = month_at(scene, skip_links(scene, end))
    {
        let (end, year) = year_after(scene, end);
        return Some((end, day, month, year));
    }
    if scene.grammar.day_first == Some(true) {
        return None;
    }
    let (end, month) = month_at(scene, at)?;
    let (end, day) = day_at(scene, end)?;
    if scene.glued(end)
        && scene.is_mark(end, &['.', ','])
        && scene.kind(end + 1) == Some(TokenKind::Number)
        && scene.glued(end + 1)
    {
        return None;
    }
    let (end, year) = year_after(scene, end);
    Some((end, day, month, year))
}

/// "5-6 January", "from 2 to 10 January 2022", "2 January to 10 January".
fn range(scene: &Scene<'_>, at: usize) -> Option<(usize, DateValue)> {
    let (end, first) = day_at(scene, at)?;
    let (end, month) = match month_at(scene, skip_links(scene, end)) {
        Some((end, month)) => (year_after(scene, end).0, Some(month)),
        None => (end, None),
    };
    // "5 қаңтардан 6 қаңтарға": the month's ending is all that joins them.
    if let Some(month) = month
        && scene.tells(end - 1, Case::From)
        && let Some((end, last, last_month, year)) = day_month(scene, end)
    {
        return Some((end, DateValue::Days { from: (first, month), to: (last, last_month), year }));
    }
    let join = scene
        .find(end, |s| matches!(s, Sense::To | Sense::Or | Sense::And))
        .map(|hit| hit.end)
        .or_else(|| scene.is_mark(end, &['-', '–', '—']).then_some(end + 1))?;
    let next = skip_links(scene, join);
    let next = weekday_at(scene, next).map_or(next, |(end, _)| skip_links(scene, end));
    let (end, last, last_month, year) = day_month(scene, next)?;
    let from = (first, month.unwrap_or(last_month));
    Some((end, DateValue::Days { from, to: (last, last_month), year }))
}

/// "2022 жылғы 5 қаңтар": the year stands first and is marked as one.
fn year_first(scene: &Scene<'_>, at: usize) -> Option<(usize, DateValue)> {
    let (end, printed) = year_at(scene, at).filter(|(end, _)| *end > at + 1)?;
    if let Some((end, value)) = range(scene, end).or_else(|| month_first(scene, end)) {
        return Some((
            end,
            match value {
                DateValue::Day { day, month, year, weekday } => {
                    DateValue::Day { day, month, year: year.or(Some(printed)), weekday }
                }
                DateValue::Days { from, to, year } => {
                    DateValue::Days { from, to, year: year.or(Some(printed)) }
                }
                other => other,
            },
        ));
    }
    if let Some((end, day, month, _)) = day_month(scene, end) {
        let year = Some(printed);
        return Some((end, DateValue::Day { day, month, year, weekday: None }));
    }
    let (end, month) = month_at(scene, end)?;
    Some((end, DateValue::Month { month, year: Some(printed) }))
}

/// "қаңтардың 5-і", "қаңтардың 5-інен 6-сына": where days come first, a day behind its month has
/// the ending of an ordinal or is a word for a day.
fn month_first(scene: &Scene<'_>, at: usize) -> Option<(usize, DateValue)> {
    if scene.grammar.day_first != Some(true) {
        return None;
    }
    let marked = |at: usize| {
        let (end, day) = day_at(scene, at)?;
        let word = scene.kind(at) == Some(TokenKind::Word);
        (word || end > at + 1).then_some((end, day))
    };
    let (next, month) = month_at(scene, at)?;
    let (end, day) = marked(next)?;
    if scene.is_mark(end, &['-', '–']) || from_day(scene, end) {
        let join = usize::from(scene.is_mark(end, &['-', '–']));
        if let Some((end, last)) = marked(end + join).filter(|&(_, last)| last > day) {
            let (from, to) = ((day, month), (last, month));
            return Some((end, DateValue::Days { from, to, year: None }));
        }
    }
    let (end, year) = year_after(scene, end);
    Some((end, DateValue::Day { day, month, year, weekday: None }))
}

/// Whether a day ends just before `end` with the ending of "from": "5-інен".
fn from_day(scene: &Scene<'_>, end: usize) -> bool {
    end.checked_sub(1).and_then(|at| scene.tokens.get(at)).is_some_and(|token| {
        token.kind == TokenKind::Word && scene.grammar.cases.says(Case::From, &token.fold)
    })
}

/// "07.01.2022", "2022-01-07", "7/1/2022" where the order is known.
pub(crate) fn numeric(scene: &Scene<'_>, at: usize) -> Option<(usize, DateValue)> {
    let number = |at: usize| {
        scene
            .tokens
            .get(at)
            .filter(|token| token.kind == TokenKind::Number && token.fold.len() <= 4)
            .and_then(|token| Some((token.fold.len(), token.fold.parse::<i16>().ok()?)))
    };
    if scene.kind(at) != Some(TokenKind::Number)
        || (at > 0 && scene.glued(at) && scene.is_mark(at - 1, &['.', '/', '-']))
    {
        return None;
    }
    let mark = |at: usize| {
        ['.', '/', '-']
            .into_iter()
            .find(|&c| scene.is_mark(at, &[c]) && scene.glued(at) && scene.glued(at + 1))
    };
    let (first_mark, second_mark) = (mark(at + 1)?, mark(at + 3)?);
    if first_mark != second_mark
        || (scene.glued(at + 5) && scene.kind(at + 5) != Some(TokenKind::Mark))
    {
        return None;
    }
    let ((a_len, a), (b_len, b), (c_len, c)) = (number(at)?, number(at + 2)?, number(at + 4)?);
    let (day, month, year) = if a_len == 4 && b_len <= 2 && c_len <= 2 {
        (c, b, a)
    } else if c_len == 4 || (c_len == 2 && first_mark == '.') {
        let year = if c_len == 2 { 2000 + c } else { c };
        match (first_mark, scene.grammar.day_first) {
            _ if a > 12 => (a, b, year),
            _ if b > 12 => (b, a, year),
            ('.', _) | (_, Some(true)) => (a, b, year),
            _ if a == b => (a, b, year),
            _ => return Some((at + 5, DateValue::Year(year))),
        }
    } else {
        return None;
    };
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    date(year, month, day)?;
    Some((at + 5, DateValue::Day { day, month, year: Some(year), weekday: None }))
}

/// "18:20", "18h20", "18h".
pub(crate) fn clock(scene: &Scene<'_>, at: usize) -> Option<(usize, u8, u8)> {
    let digits = |at: usize, most: usize, limit: u8| {
        scene
            .tokens
            .get(at)
            .filter(|token| token.kind == TokenKind::Number && token.fold.len() <= most)
            .and_then(|token| token.fold.parse::<u8>().ok())
            .filter(|&value| value < limit)
    };
    let hour = digits(at, 2, 24)?;
    let sign = at + 1;
    let colon = scene.is_mark(sign, &[':']);
    // The SI sign of the hour, in any language.
    let sign_h = scene.tokens.get(sign).is_some_and(|token| token.fold == "h");
    if !(colon || sign_h) || !scene.glued(sign) {
        return None;
    }
    match digits(at + 2, 2, 60).filter(|_| scene.glued(at + 2)) {
        Some(minute) => Some((at + 3, hour, minute)),
        None if sign_h => Some((at + 2, hour, 0)),
        None => None,
    }
}

fn day_at(scene: &Scene<'_>, at: usize) -> Option<(usize, i8)> {
    let word = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::DayWord(day) => Some((hit.end, day)),
        _ => None,
    });
    if word.is_some() {
        return word;
    }
    let token = scene.tokens.get(at).filter(|token| token.kind == TokenKind::Number)?;
    if token.fold.len() > 2
        || (at > 0 && scene.glued(at) && scene.is_mark(at - 1, &['.', ',', '/', ':']))
    {
        return None;
    }
    let day = token.fold.parse::<i8>().ok().filter(|day| (1..=31).contains(day))?;
    let mut end = at + 1;
    if scene.glued(end)
        && scene.is_mark(end, &['-'])
        && scene.glued(end + 1)
        && link(scene, end + 1)
    {
        end += 2;
    } else if scene.glued(end) && link(scene, end) {
        end += 1;
    }
    Some((end, day))
}

fn link(scene: &Scene<'_>, at: usize) -> bool {
    scene.find(at, |s| *s == Sense::DateLink).is_some()
}

pub(crate) fn month_at(scene: &Scene<'_>, at: usize) -> Option<(usize, i8)> {
    scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Month(month) => Some((hit.end, month)),
        _ => None,
    })
}

pub(crate) fn weekday_at(scene: &Scene<'_>, at: usize) -> Option<(usize, i8)> {
    let (hit, weekday) = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Weekday(weekday) => Some((hit, weekday)),
        _ => None,
    })?;
    // "sun", "sat", "mon" are weekdays only with a capital where weekdays have one.
    let short = scene.tokens.get(at).is_some_and(|token| token.fold.chars().count() <= 3);
    if short && (capital_needed(scene, at) || scene.grammar.day_first == Some(true)) {
        return None;
    }
    Some((hit.end, weekday))
}

pub(crate) fn year_at(scene: &Scene<'_>, at: usize) -> Option<(usize, i16)> {
    let token = scene
        .tokens
        .get(at)
        .filter(|token| token.kind == TokenKind::Number && token.fold.len() == 4)?;
    let joined = |at: usize| {
        scene.glued(at)
            && !scene.is_mark(
                at,
                &[')', ']', ',', '.', ';', ':', '!', '?', '»', '"', '”', '-', '–', '/', '\'', '…'],
            )
    };
    if joined(at + 1)
        || (at > 0
            && scene.glued(at)
            && !scene.is_mark(at - 1, &['(', '[', '«', '"', '“', '-', '–', '/']))
    {
        return None;
    }
    let decimals = scene.glued(at + 1)
        && scene.is_mark(at + 1, &[',', '.'])
        && scene.glued(at + 2)
        && scene.kind(at + 2) == Some(TokenKind::Number);
    let mark = scene.find(at + 1, |s| *s == Sense::YearMark);
    let year = token.fold.parse::<i16>().ok().filter(|year| {
        (1900..2100).contains(year) || (1500..1900).contains(year) && is_old_year(scene, at, *year)
    })?;
    if decimals {
        return None;
    }
    match mark {
        Some(mark) => Some((mark.end, year)),
        None => Some((at + 1, year)),
    }
}

/// Whether a number that could as well be a count is a year long past: "in 1893", "1893 году"; not
/// "in 1600 houses".
fn is_old_year(scene: &Scene<'_>, at: usize, year: i16) -> bool {
    let dated = |s: &Sense| {
        matches!(s, Sense::In | Sense::Since | Sense::Until | Sense::Month(_) | Sense::DateLink)
    };
    let counted = |s: &Sense| {
        matches!(
            s,
            Sense::Group { .. } | Sense::Unit(..) | Sense::Others | Sense::Of | Sense::Partitive
        )
    };
    scene.find(at + 1, |s| *s == Sense::YearMark).is_some()
        || year % 100 != 0
            && scene.find_before(at, dated).is_some()
            && scene.find(at + 1, counted).is_none()
}

fn year_after(scene: &Scene<'_>, at: usize) -> (usize, Option<i16>) {
    let next = skip_links(scene, skip_comma(scene, at));
    match year_at(scene, next) {
        Some((end, year)) if !counted_next(scene, end) || next > at => (end, Some(year)),
        Some((end, year)) => (end, Some(year)),
        None => (at, None),
    }
}

fn counted_next(scene: &Scene<'_>, at: usize) -> bool {
    scene.find(at, |s| matches!(s, Sense::Group { .. } | Sense::Unit(..))).is_some()
}

fn unit_at(scene: &Scene<'_>, at: usize) -> Option<(usize, TimeUnit)> {
    scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Span(unit) => Some((hit.end, unit)),
        _ => None,
    })
}

fn small_number(scene: &Scene<'_>, at: usize) -> Option<(usize, i64)> {
    let token = scene.tokens.get(at)?;
    if token.kind == TokenKind::Number {
        return token.fold.parse::<i64>().ok().filter(|&n| n < 3000).map(|n| (at + 1, n));
    }
    scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
        Sense::Cardinal(n) => i64::try_from(n).ok().map(|n| (hit.end, n)),
        Sense::One => Some((hit.end, 1)),
        _ => None,
    })
}

pub(crate) fn skip_links(scene: &Scene<'_>, at: usize) -> usize {
    let one = |at: usize| scene.find(at, |s| *s == Sense::DateLink).map_or(at, |hit| hit.end);
    one(one(at))
}

fn skip_comma(scene: &Scene<'_>, at: usize) -> usize {
    at + usize::from(scene.is_mark(at, &[',']))
}

fn date(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

impl DateMark {
    /// The date meant, seen from `anchor` (the day of report). Reports lean to the past.
    /// `None` if it cannot be told without an anchor, or if there is no such day.
    pub(crate) fn resolve(&self, anchor: Option<Date>) -> Option<Resolved> {
        let plain = |span: DateSpan, stated: bool| Resolved { span, stated, disagrees: false };
        let resolved = match self.value {
            DateValue::Day { day, month, year, weekday } => {
                return self.day(day, month, year, weekday, anchor);
            }
            DateValue::Days { from, to, year } => {
                let last = match year {
                    Some(year) => date(year, to.1, to.0)?,
                    None => lean_past(anchor?, to.1, to.0)?,
                };
                let first = date(last.year(), from.1, from.0)
                    .filter(|first| *first <= last)
                    .or_else(|| date(last.year() - 1, from.1, from.0))?;
                plain(DateSpan::between(first.into(), last.into()), true)
            }
            DateValue::Month { month, year } => {
                let year = match year {
                    Some(year) => year,
                    None => lean_past(anchor?, month, 1)?.year(),
                };
                plain(PartialDate::month_only(year, month)?.into(), true)
            }
            DateValue::Year(year) => plain(PartialDate::year_only(year)?.into(), true),
            DateValue::Years(a, b) => plain(
                DateSpan::between(PartialDate::year_only(a)?, PartialDate::year_only(b)?),
                true,
            ),
            DateValue::Weekday(number) => {
                let weekday = Weekday::from_monday_one_offset(number).ok()?;
                let back = i64::from(anchor?.weekday().since(weekday));
                plain(PartialDate::from(shift(anchor?, back.days())?).into(), false)
            }
            DateValue::Offset(days) => {
                plain(PartialDate::from(shift(anchor?, i64::from(-days).days())?).into(), false)
            }
            DateValue::Ago(count, unit) => {
                let anchor = anchor?;
                let value = match unit {
                    TimeUnit::Seconds | TimeUnit::Minutes | TimeUnit::Hours => {
                        PartialDate::from(anchor)
                    }
                    TimeUnit::Quarters => {
                        let day = shift(anchor, (count.saturating_mul(3)).months())?;
                        PartialDate::month_only(day.year(), day.month())?
                    }
                    TimeUnit::Weekends => shift(anchor, (count.saturating_mul(7)).days())?.into(),
                    TimeUnit::Days => shift(anchor, count.days())?.into(),
                    TimeUnit::Weeks => shift(anchor, (count.saturating_mul(7)).days())?.into(),
                    TimeUnit::Months => {
                        let day = shift(anchor, count.months())?;
                        PartialDate::month_only(day.year(), day.month())?
                    }
                    TimeUnit::Years => {
                        PartialDate::year_only(shift(anchor, count.years())?.year())?
                    }
                };
                plain(value.into(), false)
            }
            DateValue::Hour => plain(PartialDate::from(anchor?).into(), false),
        };
        Some(self.opened(resolved))
    }

    fn day(
        &self,
        day: i8,
        month: i8,
        year: Option<i16>,
        weekday: Option<i8>,
        anchor: Option<Date>,
    ) -> Option<Resolved> {
        let weekday = weekday.and_then(|number| Weekday::from_monday_one_offset(number).ok());
        let agrees = |year: i16| {
            date(year, month, day).is_some_and(|date| weekday.is_none_or(|w| date.weekday() == w))
        };
        let (year, disagrees) = match (year, anchor) {
            (Some(year), _) if agrees(year) => (year, false),
            (Some(year), Some(anchor)) => {
                date(year, month, day)?;
                // The nearest year to the report whose weekday agrees, if the report is near.
                let near = [anchor.year(), anchor.year() - 1].into_iter().find(|&y| agrees(y));
                (near.unwrap_or(year), true)
            }
            (Some(year), None) => {
                date(year, month, day)?;
                (year, true)
            }
            (None, Some(anchor)) => {
                let past = lean_past(anchor, month, day)?.year();
                let near = [past, past - 1, past + 1].into_iter().find(|&y| agrees(y));
                (near.unwrap_or(past), near.is_none())
            }
            (None, None) => return None,
        };
        let value = PartialDate::day(year, month, day)?;
        Some(self.opened(Resolved { span: value.into(), stated: true, disagrees }))
    }

    fn opened(&self, resolved: Resolved) -> Resolved {
        let span = match self.open {
            Open::Closed => resolved.span,
            Open::Since => DateSpan { from: resolved.span.from, to: None },
            Open::Until => DateSpan { from: None, to: resolved.span.to },
        };
        Resolved { span, ..resolved }
    }
}

/// The day in the anchor's year, or the year before if that lies more than a month ahead.
fn lean_past(anchor: Date, month: i8, day: i8) -> Option<Date> {
    let ahead = anchor.checked_add(31.days()).unwrap_or(anchor);
    date(anchor.year(), month, day)
        .filter(|date| *date <= ahead)
        .or_else(|| date(anchor.year() - 1, month, day))
}

fn shift(anchor: Date, back: Span) -> Option<Date> {
    anchor.checked_sub(back).ok()
}
