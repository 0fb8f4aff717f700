//! Time expressions with their TIMEX3 values (ISO-TimeML): dates, times of day, durations, sets,
//! references. Richer than the dates a claim needs: "the past two years", "every Monday" and "now"
//! date no event, but readers of time look for them. Knows nothing of claims.
//!
//! Values follow TIMEX3 as HeidelTime (Strötgen, Gertz 2013) writes them: `2013-03-22`,
//! `2013-03-22TMO`, `2013-W12`, `2013-Q3`, `2013-SU`, `199` (a decade), `P2Y`, `PXM`, `XXXX-WXX-1`,
//! `PRESENT_REF`.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use kua_lexicon::TokenKind;
use kua_model::{DayPart, TextRange};
use serde::Serialize;

use crate::date;
use crate::grammar::{Cue, Sense, TimeUnit, TimeWord};
use crate::scene::Scene;

/// Class of a time expression, as TIMEX3 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TimeKind {
    /// A day or longer on the calendar, or a reference like "now".
    Date,
    /// Within a day.
    Time,
    /// A length of time.
    Duration,
    /// What recurs.
    Set,
}

/// A time expression in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeExpression {
    /// Its words: UTF-8 bytes in the text, end exclusive; articles and bounds included,
    /// prepositions not.
    pub range: TextRange,
    /// Its class.
    #[serde(rename = "type")]
    pub kind: TimeKind,
    /// TIMEX3 value.
    pub value: String,
    /// `START`, `MID`, `END`, `APPROX`, `MORE_THAN`, `LESS_THAN`, if the words say so.
    #[serde(rename = "mod", skip_serializing_if = "Option::is_none")]
    pub modifier: Option<String>,
}

/// The time expressions of one sentence, in order, never overlapping. `anchor` is the day of
/// writing; `last` the day named last, which "two days later" counts from.
pub(crate) fn time_expressions(
    scene: &Scene<'_>,
    anchor: Option<Date>,
    last: &mut Option<Date>,
) -> Vec<TimeExpression> {
    let mut reader = Reader { scene, anchor, last: *last };
    let mut out: Vec<TimeExpression> = Vec::new();
    let mut at = 0;
    while at < scene.tokens.len() {
        match reader.expression(at) {
            Some(found) => {
                at = found.end.max(at + 1);
                out.push(TimeExpression {
                    range: scene.range(found.start, found.end),
                    kind: found.kind,
                    value: found.value,
                    modifier: found.modifier,
                });
            }
            None => at += 1,
        }
    }
    *last = reader.last;
    out
}

struct Reader<'a, 't> {
    scene: &'a Scene<'t>,
    anchor: Option<Date>,
    last: Option<Date>,
}

/// An expression under way.
#[derive(Debug, Clone)]
struct Found {
    start: usize,
    end: usize,
    kind: TimeKind,
    value: String,
    modifier: Option<String>,
    /// The day it names, if one.
    day: Option<Date>,
}

impl Found {
    fn date(start: usize, end: usize, value: String) -> Self {
        Self { start, end, kind: TimeKind::Date, value, modifier: None, day: None }
    }

    fn day(start: usize, end: usize, day: Date) -> Self {
        Self { day: Some(day), ..Self::date(start, end, day.to_string()) }
    }
}

impl Reader<'_, '_> {
    fn expression(&mut self, at: usize) -> Option<Found> {
        let (core, modifier) = self.prefix(at);
        let mut found = self.core(core).or_else(|| (core > at).then(|| self.core(at)).flatten())?;
        let whole = found.start == core;
        if whole {
            found.start = at;
        }
        found.modifier = found.modifier.or(modifier.filter(|_| whole));
        // A bare preposition in front was no prefix.
        while found.start < core && whole && !self.opens(found.start) {
            found.start += 1;
        }
        let found = self.with_part(found);
        if let Some(day) = found.day {
            self.last = Some(day);
        }
        Some(found)
    }

    /// Whether the token belongs to an expression it opens: articles, bounds, edges.
    fn opens(&self, at: usize) -> bool {
        self.scene
            .find(at, |s| {
                matches!(
                    s,
                    Sense::Determiner
                        | Sense::Before(_)
                        | Sense::One
                        | Sense::Time(TimeWord::Edge(_))
                )
            })
            .is_some()
    }

    /// Past articles, bounds and edges ("at least", "the end of"): the token where the core begins.
    fn prefix(&self, at: usize) -> (usize, Option<String>) {
        let mut next = at;
        let mut modifier = None;
        for _ in 0..4 {
            let hit = self.scene.at(next).find_map(|(hit, lexeme)| match &lexeme.sense {
                Sense::Time(TimeWord::Edge(edge)) => Some((hit.end, Some(edge.clone()))),
                // "over the past two years" is no more than two years.
                Sense::Before(bound)
                    if self.scene.find(hit.end, |s| *s == Sense::Determiner).is_none() =>
                {
                    Some((hit.end, Some(bound_name(*bound).to_owned())))
                }
                Sense::Determiner => Some((hit.end, None)),
                _ => None,
            });
            let Some((end, name)) = hit else { break };
            modifier = modifier.or(name);
            next = end;
            if self.scene.is_mark(next, &['-']) && self.scene.glued(next) {
                next += 1;
            }
            if modifier.is_some() {
                next = self.skip_of(next);
            }
        }
        (next, modifier)
    }

    fn skip_of(&self, at: usize) -> usize {
        self.scene
            .find(at, |s| matches!(s, Sense::Of | Sense::Partitive | Sense::DateLink))
            .map_or(at, |hit| hit.end)
    }

    fn core(&self, at: usize) -> Option<Found> {
        self.reference(at)
            .or_else(|| self.clocked(at))
            .or_else(|| self.absolute(at))
            .or_else(|| self.deictic(at))
            .or_else(|| self.shifted(at))
            .or_else(|| self.ordinal(at))
            .or_else(|| self.recurring(at))
            .or_else(|| self.measured(at))
            .or_else(|| self.named(at))
    }

    fn words<T>(&self, at: usize, wanted: impl Fn(&TimeWord) -> Option<T>) -> Option<(usize, T)> {
        self.scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
            Sense::Time(word) => wanted(word).map(|value| (hit.end, value)),
            _ => None,
        })
    }

    /// "now", "recently", "in the future"; "daily".
    fn reference(&self, at: usize) -> Option<Found> {
        let (end, (value, set)) = self.words(at, |word| match word {
            TimeWord::Reference(value) => Some((value.clone(), false)),
            TimeWord::Set(value) => Some((value.clone(), true)),
            _ => None,
        })?;
        // "present", "current" before a unit shift it: "the current week".
        if !set && (self.unit(end).is_some() || self.counted_units(end).is_some()) {
            return None;
        }
        let kind = if set { TimeKind::Set } else { TimeKind::Date };
        Some(Found { kind, ..Found::date(at, end, value) })
    }

    /// "9:30 a.m. on Tuesday", "noon", "18:20".
    fn clocked(&self, at: usize) -> Option<Found> {
        let (end, clock) = self.clock(at)?;
        let mut next = end;
        for _ in 0..2 {
            next = self
                .scene
                .find(next, |s| matches!(s, Sense::In | Sense::DateLink | Sense::Link | Sense::Of))
                .map_or(next, |hit| hit.end);
        }
        next += usize::from(self.scene.is_mark(next, &[',']));
        let date = self.absolute(next).or_else(|| self.deictic(next));
        let (end, day) = match date {
            Some(found) if found.day.is_some() => (found.end, found.day),
            _ => (end, self.last.or(self.anchor)),
        };
        let day_text = day.map_or_else(|| "XXXX-XX-XX".to_owned(), |day| day.to_string());
        Some(Found {
            kind: TimeKind::Time,
            day,
            ..Found::date(at, end, format!("{day_text}{clock}"))
        })
    }

    /// The clock at a token: end and `T09:30`.
    fn clock(&self, at: usize) -> Option<(usize, String)> {
        if let Some((end, value)) = self.words(at, |word| match word {
            TimeWord::Clock(value) => Some(value.clone()),
            _ => None,
        }) {
            return Some((end, value));
        }
        let half = |end: usize| {
            self.words(end, |word| match word {
                TimeWord::Half(afternoon) => Some(*afternoon),
                _ => None,
            })
        };
        let hours = |hour: u8, afternoon: bool| {
            let hour = hour % 12;
            if afternoon { hour + 12 } else { hour }
        };
        if let Some((end, hour, minute)) = date::clock(self.scene, at) {
            return Some(match half(end) {
                Some((end, afternoon)) if hour <= 12 => {
                    (end, format!("T{:02}:{minute:02}", hours(hour, afternoon)))
                }
                _ => (end, format!("T{hour:02}:{minute:02}")),
            });
        }
        let (end, hour) = self.small(at)?;
        let hour = u8::try_from(hour).ok().filter(|hour| (1..=12).contains(hour))?;
        let (end, afternoon) = half(end)?;
        Some((end, format!("T{:02}:00", hours(hour, afternoon))))
    }

    /// Dates by number and name of month, years, weekdays with a date.
    fn absolute(&self, at: usize) -> Option<Found> {
        let scene = self.scene;
        let order = scene.grammar.day_first;
        if let Some((end, value)) = date::numeric(scene, at) {
            return match value {
                date::DateValue::Day { day, month, year: Some(year), .. } => {
                    Date::new(year, month, day).ok().map(|day| Found::day(at, end, day))
                }
                date::DateValue::Year(year) if order == Some(false) => {
                    // Month first where the language writes it so.
                    let number = |at: usize| scene.tokens.get(at)?.fold.parse::<i8>().ok();
                    let day = Date::new(year, number(at)?, number(at + 2)?).ok()?;
                    Some(Found::day(at, end, day))
                }
                _ => None,
            };
        }
        if let Some((end, weekday)) = date::weekday_at(scene, at) {
            let mut next = end + usize::from(scene.is_mark(end, &[',', '.']));
            next = date::skip_links(scene, next);
            if let Some((end, day, month, year)) = date::day_month(scene, next) {
                let value = self.dated(day, month, year, at)?;
                return Some(Found::day(at, end, value));
            }
            // "Mondays" recur.
            let many =
                scene.find(at, |s| matches!(s, Sense::Time(TimeWord::Weekdays(_)))).is_some();
            if many {
                return None;
            }
            let day = self.weekday(weekday, at)?;
            return Some(Found::day(at, end, day));
        }
        let (end, day, month, year) = date::day_month(scene, at)?;
        Some(match self.dated(day, month, year, at) {
            Some(day) => Found::day(at, end, day),
            None => Found::date(at, end, format!("XXXX-{month:02}-{day:02}")),
        })
    }

    fn dated(&self, day: i8, month: i8, year: Option<i16>, at: usize) -> Option<Date> {
        match (year, self.anchor) {
            (Some(year), _) => Date::new(year, month, day).ok(),
            (None, Some(anchor)) => {
                let ahead = Date::new(anchor.year(), month, day).ok()?;
                if ahead > anchor
                    && !self.future(at)
                    && anchor.until(ahead).is_ok_and(|s| s.get_days() > 180)
                {
                    return Date::new(anchor.year() - 1, month, day).ok();
                }
                Some(ahead)
            }
            (None, None) => None,
        }
    }

    /// A day of the week, in the past unless the sentence speaks of what will be.
    fn weekday(&self, number: i8, at: usize) -> Option<Date> {
        let weekday = Weekday::from_monday_one_offset(number).ok()?;
        let anchor = self.anchor?;
        let back = i64::from(anchor.weekday().since(weekday));
        if self.future(at) {
            let ahead = i64::from(anchor.weekday().until(weekday));
            return shift(anchor, ahead.days());
        }
        shift(anchor, (-back).days())
    }

    /// Whether a word of the future stands before token `at` in the sentence.
    fn future(&self, at: usize) -> bool {
        (at.saturating_sub(14)..at)
            .any(|before| self.scene.find(before, |s| matches!(s, Sense::Cue(Cue::Plan))).is_some())
    }

    /// "yesterday", "last night", "this morning", "today".
    fn deictic(&self, at: usize) -> Option<Found> {
        let scene = self.scene;
        let (hit, days) = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Day(days) => Some((hit, days)),
            _ => None,
        })?;
        let day = shift(self.anchor?, i64::from(days).days())?;
        let mut found = Found::day(at, hit.end, day);
        // "last night", "tonight": a day and its part in one.
        if let Some((_, part)) = self.words(at, |word| match word {
            TimeWord::PartOfDay(part) => Some(*part),
            _ => None,
        }) {
            found.value = format!("{day}{}", part_code(part));
            found.kind = TimeKind::Time;
        }
        Some(found)
    }

    fn shift(&self, at: usize) -> Option<(usize, i8)> {
        self.words(at, |word| match word {
            TimeWord::Shift(by) => Some(*by),
            _ => None,
        })
    }

    fn unit(&self, at: usize) -> Option<(usize, (TimeUnit, u16))> {
        self.words(at, |word| match word {
            TimeWord::Unit(unit, times) => Some((*unit, *times)),
            _ => None,
        })
    }

    /// "last week", "next March", "this summer", "the past two years", "the coming days".
    fn shifted(&self, at: usize) -> Option<Found> {
        let window = self.words(at, |word| (*word == TimeWord::Window).then_some(()));
        let (after, by) = match (self.shift(at), window) {
            (Some((end, by)), _) => (end, Some(by)),
            (None, Some((end, ()))) => (end, None),
            _ => return self.shifted_after(at),
        };
        if let Some(found) = self.counted_units(after) {
            return Some(Found { start: at, ..found });
        }
        let duration = |end: usize, unit: (TimeUnit, u16), many: bool| Found {
            kind: TimeKind::Duration,
            ..Found::date(at, end, if many { period_x(unit) } else { period(1, unit) })
        };
        if let Some((end, unit)) = self.unit(after) {
            let many = self.plural(after);
            return match by {
                Some(by) if !many => {
                    let value = self.calendar_unit(unit, i64::from(by))?;
                    let day =
                        (unit.0 == TimeUnit::Days).then(|| value.parse::<Date>().ok()).flatten();
                    Some(Found { day, ..Found::date(at, end, value) })
                }
                _ => Some(duration(end, unit, many)),
            };
        }
        let by = by?;
        let anchor = self.anchor?;
        if let Some((end, weekday)) = date::weekday_at(self.scene, after) {
            let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
            let back = i64::from(anchor.weekday().since(weekday));
            let ahead = i64::from(anchor.weekday().until(weekday));
            let days = match by {
                ..0 => -(if back == 0 { 7 } else { back }),
                0 if back <= 3 && !self.future(at) => -back,
                0 => ahead,
                _ => {
                    if ahead == 0 {
                        7
                    } else {
                        ahead
                    }
                }
            };
            return Some(Found::day(at, end, shift(anchor, days.days())?));
        }
        if let Some((end, month)) = date::month_at(self.scene, after) {
            let own = anchor.month();
            let year = match by {
                ..0 => anchor.year() - i16::from(month >= own),
                0 => anchor.year(),
                _ => anchor.year() + i16::from(month <= own),
            };
            return Some(Found::date(at, end, format!("{year}-{month:02}")));
        }
        if let Some((end, season)) = self.season(after) {
            let (now, _) = season_of(anchor);
            let order = ["SP", "SU", "FA", "WI"];
            let place = |code: &str| order.iter().position(|known| *known == code).unwrap_or(0);
            let year = match by {
                ..0 => anchor.year() - i16::from(place(&season) >= place(now)),
                0 => anchor.year(),
                _ => anchor.year() + i16::from(place(&season) <= place(now)),
            };
            return Some(Found::date(at, end, format!("{year}-{season}")));
        }
        if let Some((end, part)) = self.part(after) {
            let day = shift(anchor, i64::from(by).days())?;
            return Some(Found { kind: TimeKind::Time, ..Found::day(at, end, day) })
                .map(|found| Found { value: format!("{day}{}", part_code(part)), ..found });
        }
        None
    }

    /// "semaine dernière", "вторник прошлый": the word that shifts stands behind.
    fn shifted_after(&self, at: usize) -> Option<Found> {
        let after = |end: usize| {
            self.words(end, |word| match word {
                TimeWord::ShiftAfter(by) => Some(*by),
                _ => None,
            })
        };
        if let Some((end, unit)) = self.unit(at) {
            let (end, by) = after(end)?;
            return Some(Found::date(at, end, self.calendar_unit(unit, i64::from(by))?));
        }
        let anchor = self.anchor?;
        if let Some((end, weekday)) = date::weekday_at(self.scene, at) {
            let (end, by) = after(end)?;
            let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
            let back = i64::from(anchor.weekday().since(weekday));
            let ahead = i64::from(anchor.weekday().until(weekday));
            let days = match by {
                ..0 => -(if back == 0 { 7 } else { back }),
                _ => {
                    if ahead == 0 {
                        7
                    } else {
                        ahead
                    }
                }
            };
            return Some(Found::day(at, end, shift(anchor, days.days())?));
        }
        let (end, month) = date::month_at(self.scene, at)?;
        let (end, by) = after(end)?;
        let year = match by {
            ..0 => anchor.year() - i16::from(month >= anchor.month()),
            0 => anchor.year(),
            _ => anchor.year() + i16::from(month <= anchor.month()),
        };
        Some(Found::date(at, end, format!("{year}-{month:02}")))
    }

    /// Whether the unit at the token is a plural, by the section it stands in.
    fn plural(&self, at: usize) -> bool {
        self.scene.find(at, |s| matches!(s, Sense::Time(TimeWord::Plural))).is_some()
    }

    /// The calendar unit so many steps from the anchor.
    fn calendar_unit(&self, (unit, times): (TimeUnit, u16), by: i64) -> Option<String> {
        let anchor = self.anchor?;
        let by = by.saturating_mul(i64::from(times.max(1)));
        Some(match unit {
            TimeUnit::Seconds | TimeUnit::Minutes | TimeUnit::Hours => return None,
            TimeUnit::Days => shift(anchor, by.days())?.to_string(),
            TimeUnit::Weeks => week(shift(anchor, by.weeks())?),
            TimeUnit::Weekends => format!("{}-WE", week(shift(anchor, by.weeks())?)),
            TimeUnit::Months => month(shift(anchor, by.months())?),
            TimeUnit::Quarters => {
                let day = shift(anchor, by.saturating_mul(3).months())?;
                format!("{}-Q{}", day.year(), (day.month() + 2) / 3)
            }
            TimeUnit::Years => match times {
                10 => (shift(anchor, by.years())?.year() / 10).to_string(),
                100 => (shift(anchor, by.years())?.year() / 100).to_string(),
                _ => shift(anchor, by.years())?.year().to_string(),
            },
        })
    }

    /// "two years", "several weeks", "two and a half years", "20-year", "years": a duration.
    fn counted_units(&self, at: usize) -> Option<Found> {
        let scene = self.scene;
        let dash = |end: usize| {
            end + usize::from(
                scene.is_mark(end, &['-', '‑']) && scene.glued(end) && scene.glued(end + 1),
            )
        };
        let made = |end: usize, value: String| {
            Some(Found { kind: TimeKind::Duration, ..Found::date(at, end, value) })
        };
        // "half an hour", "half a year"
        if let Some((end, ())) = self.words(at, |word| (*word == TimeWord::HalfOf).then_some(())) {
            let next = scene
                .find(end, |s| matches!(s, Sense::One | Sense::Determiner))
                .map_or(end, |hit| hit.end);
            let (end, (unit, times)) = self.unit(dash(next))?;
            return made(end, half_period(unit, times));
        }
        let vague = scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Vague(interval) => Some((hit.end, interval)),
            _ => None,
        });
        if let Some((end, count)) = self.small(at) {
            let mut next = end;
            // "two or three years", "10 to 15 days"
            if let Some(join) =
                scene.find(next, |s| matches!(s, Sense::Or | Sense::To | Sense::EitherOr))
                && let Some((end, _)) = self.small(join.end)
            {
                next = end;
            }
            let half = self.words(next, |word| (*word == TimeWord::AndHalf).then_some(()));
            let next = half.map_or(next, |(end, ())| end);
            let (end, unit) = self.unit(dash(next))?;
            // "30-year-old", "30 years old": an age.
            if self.words(dash(end), |word| (*word == TimeWord::Old).then_some(())).is_some() {
                return None;
            }
            let half_after = self.words(end, |word| (*word == TimeWord::AndHalf).then_some(()));
            let (end, half) = match (half, half_after) {
                (Some(_), _) => (end, true),
                (None, Some((end, ()))) => (end, true),
                _ => (end, false),
            };
            let value = if half { period_half(count, unit) } else { period(count, unit) };
            return made(end, value);
        }
        if let Some((end, interval)) = vague {
            let next = self.skip_of(end);
            let (end, unit) = self.unit(next)?;
            let exact = interval.low.filter(|_| interval.low == interval.high);
            let pair = (interval.low == Some(2) && interval.high.is_some_and(|high| high <= 3))
                .then_some(2);
            return made(
                end,
                exact.or(pair).map_or_else(
                    || period_x(unit),
                    |count| period(i64::try_from(count).unwrap_or(i64::MAX), unit),
                ),
            );
        }
        None
    }

    /// "three days ago", "two weeks later", "years", "a decade".
    fn measured(&self, at: usize) -> Option<Found> {
        let scene = self.scene;
        let before = scene.find(at, |s| *s == Sense::AgoBefore);
        let from = before.map_or(at, |hit| hit.end);
        let plural_alone = |at: usize| {
            let (end, unit) = self.unit(at).filter(|_| self.plural(at))?;
            Some((end, None, unit))
        };
        let found = self.counted_units(from);
        let counted = found.clone().or_else(|| {
            let (end, count, unit) = plural_alone(from)?;
            let value = count.map_or_else(|| period_x(unit), |count| period(count, unit));
            Some(Found { kind: TimeKind::Duration, ..Found::date(from, end, value) })
        })?;
        let ago = before.is_some() || scene.find(counted.end, |s| *s == Sense::AgoAfter).is_some();
        let later = self.words(counted.end, |word| (*word == TimeWord::Later).then_some(()));
        let end = match (before, scene.find(counted.end, |s| *s == Sense::AgoAfter), later) {
            (Some(_), _, _) => counted.end,
            (None, Some(hit), _) => hit.end,
            (None, None, Some((end, ()))) => end,
            _ => {
                // A plural by itself is a length of time only after a word that says so.
                let alone = found.is_none()
                    && self
                        .words(from.wrapping_sub(1), |word| (*word == TimeWord::For).then_some(()))
                        .is_none();
                return (!alone).then_some(Found { start: at, ..counted });
            }
        };
        let sign = if ago { -1 } else { 1 };
        let base = if ago { self.anchor } else { self.last.or(self.anchor) };
        let value = base.and_then(|base| stepped(base, &counted.value, sign));
        Some(match value {
            Some((value, day)) => Found { day, ..Found::date(at, end, value) },
            None => Found::date(
                at,
                end,
                if ago { "PAST_REF".to_owned() } else { "FUTURE_REF".to_owned() },
            ),
        })
    }

    /// "the third quarter of 2012", "Q3", "the first half", "the 19th century".
    fn ordinal(&self, at: usize) -> Option<Found> {
        let scene = self.scene;
        // "Q3 2012": the letter is the same in all languages that write it so.
        if scene.tokens.get(at).is_some_and(|token| token.fold == "q")
            && scene.glued(at + 1)
            && let Some(rank) = scene.tokens.get(at + 1).and_then(|t| t.fold.parse::<u8>().ok())
            && (1..=4).contains(&rank)
        {
            let (end, year) = match date::year_at(scene, at + 2) {
                Some((end, year)) => (end, year),
                None => (at + 2, self.anchor?.year()),
            };
            return Some(Found::date(at, end, format!("{year}-Q{rank}")));
        }
        let (end, rank) = self
            .words(at, |word| match word {
                TimeWord::Rank(rank) => Some(*rank),
                _ => None,
            })
            .or_else(|| {
                // "19th", "19-й", "21e"
                let token = scene.tokens.get(at).filter(|t| t.kind == TokenKind::Number)?;
                let rank = token.fold.parse::<u8>().ok()?;
                let mut end = at + 1;
                end += usize::from(scene.is_mark(end, &['-']) && scene.glued(end));
                let suffix = scene.glued(end) && scene.kind(end) == Some(TokenKind::Word);
                suffix.then_some((end + 1, rank))
            })?;
        let next = end + usize::from(scene.is_mark(end, &['-']) && scene.glued(end));
        let year = |end: usize| {
            let next = date::skip_links(scene, self.skip_of(end));
            let next = scene.find(next, |s| *s == Sense::In).map_or(next, |hit| hit.end);
            if let Some((end, year)) = date::year_at(scene, next) {
                return Some((end, year));
            }
            let (after, by) = self.shift(next)?;
            let (end, unit) = self.unit(after)?;
            (unit == (TimeUnit::Years, 1))
                .then(|| Some((end, self.anchor?.year() + i16::from(by))))
                .flatten()
        };
        if let Some((end, unit)) = self.unit(next) {
            return match unit {
                (TimeUnit::Quarters, _) if (1..=4).contains(&rank) => {
                    let (end, year) = match year(end) {
                        Some((end, year)) => (end, Some(year)),
                        None => (
                            end,
                            self.anchor.map(|anchor| {
                                let now = u8::try_from((anchor.month() + 2) / 3).unwrap_or(1);
                                anchor.year() - i16::from(rank > now && !self.future(at))
                            }),
                        ),
                    };
                    let year = year.map_or_else(|| "XXXX".to_owned(), |year| year.to_string());
                    Some(Found::date(at, end, format!("{year}-Q{rank}")))
                }
                (TimeUnit::Years, 100) if rank > 0 => {
                    Some(Found::date(at, end, format!("{:02}", rank - 1)))
                }
                _ => None,
            };
        }
        let (end, ()) = self.words(next, |word| (*word == TimeWord::HalfOf).then_some(()))?;
        let (end, year) = year(end).or_else(|| Some((end, self.anchor?.year())))?;
        (rank <= 2).then(|| Found::date(at, end, format!("{year}-H{rank}")))
    }

    /// "every day", "each Monday", "Mondays", "twice a week".
    fn recurring(&self, at: usize) -> Option<Found> {
        let set = |end: usize, value: String| {
            Some(Found { kind: TimeKind::Set, ..Found::date(at, end, value) })
        };
        if let Some((end, day)) = self.words(at, |word| match word {
            TimeWord::Weekdays(day) => Some(*day),
            _ => None,
        }) {
            return set(end, format!("XXXX-WXX-{day}"));
        }
        let (end, ()) = self.words(at, |word| (*word == TimeWord::Every).then_some(()))?;
        if let Some((end, weekday)) = date::weekday_at(self.scene, end) {
            return set(end, format!("XXXX-WXX-{weekday}"));
        }
        if let Some((end, month)) = date::month_at(self.scene, end) {
            return set(end, format!("XXXX-{month:02}"));
        }
        if let Some((end, part)) = self.part(end) {
            return set(end, format!("XXXX-XX-XX{}", part_code(part)));
        }
        if let Some((end, season)) = self.season(end) {
            return set(end, format!("XXXX-{season}"));
        }
        if let Some(found) = self.counted_units(end) {
            return set(found.end, found.value);
        }
        let (end, unit) = self.unit(end)?;
        set(end, period(1, unit))
    }

    /// Months, seasons, holidays, years, decades.
    fn named(&self, at: usize) -> Option<Found> {
        let scene = self.scene;
        if let Some((end, digits)) = self.decade(at) {
            return Some(Found::date(at, end, digits));
        }
        let number = scene.find(at, |s| matches!(s, Sense::Cardinal(_))).is_some();
        if let Some((end, month)) = date::month_at(scene, at).filter(|_| !number) {
            let next = date::skip_links(scene, end + usize::from(scene.is_mark(end, &[',', '.'])));
            if let Some((end, year)) = date::year_at(scene, next) {
                return Some(Found::date(at, end, format!("{year}-{month:02}")));
            }
            if date::capital_needed(scene, at)
                && !(at == 0 && scene.tokens.get(at).is_some_and(|t| t.capital && t.fold.len() > 3))
            {
                return None;
            }
            let anchor = self.anchor?;
            let year = if month > anchor.month() && !self.future(at) {
                anchor.year() - 1
            } else if month < anchor.month() && self.future(at) {
                anchor.year() + 1
            } else {
                anchor.year()
            };
            return Some(Found::date(at, end, format!("{year}-{month:02}")));
        }
        if let Some((end, season)) = self.season(at) {
            let next = date::skip_links(scene, self.skip_of(end));
            let (end, year) = match date::year_at(scene, next) {
                Some((end, year)) => (end, year),
                None => (end, self.anchor?.year()),
            };
            return Some(Found::date(at, end, format!("{year}-{season}")));
        }
        if let Some((end, (month, day))) = self.words(at, |word| match word {
            TimeWord::Holiday(month, day) => Some((*month, *day)),
            _ => None,
        }) {
            if let Some((end, year)) = date::year_at(scene, date::skip_links(scene, end)) {
                return Date::new(year, month, day).ok().map(|day| Found::day(at, end, day));
            }
            let day = self.dated(day, month, None, at)?;
            return Some(Found::day(at, end, day));
        }
        let (end, year) = date::year_at(scene, at)?;
        if date::counts_something(scene, at, end) {
            return None;
        }
        Some(Found::date(at, end, year.to_string()))
    }

    /// "1990s", "the '90s", "the nineties".
    fn decade(&self, at: usize) -> Option<(usize, String)> {
        let scene = self.scene;
        if let Some((end, digits)) = self.words(at, |word| match word {
            TimeWord::Decade(digits) => Some(digits.clone()),
            _ => None,
        }) {
            return Some((end, digits));
        }
        let number = at + usize::from(scene.is_mark(at, &['\'']));
        let token = scene.tokens.get(number).filter(|t| t.kind == TokenKind::Number)?;
        let value = token.fold.parse::<u16>().ok().filter(|value| value % 10 == 0)?;
        let mut end = number + 1;
        end += usize::from(scene.is_mark(end, &['\'', '-']) && scene.glued(end));
        let (end, ()) = self
            .words(end, |word| (*word == TimeWord::DecadeMark).then_some(()))
            .filter(|_| scene.glued(end))?;
        match (token.fold.len(), value) {
            (4, 1000..) => Some((end, (value / 10).to_string())),
            (2, 20..) => Some((end, format!("19{}", value / 10))),
            _ => None,
        }
    }

    fn season(&self, at: usize) -> Option<(usize, String)> {
        self.words(at, |word| match word {
            TimeWord::Season(code) => Some(code.clone()),
            _ => None,
        })
    }

    fn part(&self, at: usize) -> Option<(usize, DayPart)> {
        self.scene.at(at).find_map(|(hit, lexeme)| match lexeme.sense {
            Sense::Part(part) => Some((hit.end, part)),
            _ => None,
        })
    }

    /// "Friday morning", "on the morning of 5 May" come as one; "Friday at 9 a.m." too.
    fn with_part(&self, found: Found) -> Found {
        let Some(day) = found.day.filter(|_| found.kind == TimeKind::Date) else { return found };
        let scene = self.scene;
        let mut next = found.end;
        for _ in 0..2 {
            next = scene
                .find(next, |s| matches!(s, Sense::In | Sense::DateLink | Sense::Determiner))
                .map_or(next, |hit| hit.end);
        }
        if let Some((end, part)) = self.part(next).filter(|_| next == found.end) {
            return Found {
                end,
                kind: TimeKind::Time,
                value: format!("{day}{}", part_code(part)),
                ..found
            };
        }
        let next = next + usize::from(scene.is_mark(next, &[',']));
        match self.clock(next) {
            Some((end, clock)) => {
                Found { end, kind: TimeKind::Time, value: format!("{day}{clock}"), ..found }
            }
            None => found,
        }
    }

    fn small(&self, at: usize) -> Option<(usize, i64)> {
        let scene = self.scene;
        let number = crate::figure::plain_number(scene, at)?;
        let (end, value) = number;
        i64::try_from(value).ok().filter(|&value| value < 100_000).map(|value| (end, value))
    }
}

fn bound_name(bound: crate::grammar::Bound) -> &'static str {
    use crate::grammar::Bound;
    match bound {
        Bound::MoreThan => "MORE_THAN",
        Bound::AtLeast => "EQUAL_OR_MORE",
        Bound::UpTo => "EQUAL_OR_LESS",
        Bound::FewerThan => "LESS_THAN",
        Bound::About => "APPROX",
    }
}

fn part_code(part: DayPart) -> &'static str {
    match part {
        DayPart::Morning => "TMO",
        DayPart::Afternoon => "TAF",
        DayPart::Evening => "TEV",
        DayPart::Night => "TNI",
    }
}

fn unit_letter(unit: TimeUnit) -> (&'static str, &'static str, i64) {
    match unit {
        TimeUnit::Seconds => ("T", "S", 1),
        TimeUnit::Minutes => ("T", "M", 1),
        TimeUnit::Hours => ("T", "H", 1),
        TimeUnit::Days => ("", "D", 1),
        TimeUnit::Weeks => ("", "W", 1),
        TimeUnit::Weekends => ("", "WE", 1),
        TimeUnit::Months => ("", "M", 1),
        TimeUnit::Quarters => ("", "Q", 1),
        TimeUnit::Years => ("", "Y", 1),
    }
}

/// `P2Y`, `PT24H`.
fn period(count: i64, (unit, times): (TimeUnit, u16)) -> String {
    let (time, letter, _) = unit_letter(unit);
    let count = count.saturating_mul(i64::from(times.max(1)));
    format!("P{time}{count}{letter}")
}

/// `PXY`.
fn period_x((unit, times): (TimeUnit, u16)) -> String {
    let (time, letter, _) = unit_letter(unit);
    let letter = match (unit, times) {
        (TimeUnit::Years, 10) => "DE",
        (TimeUnit::Years, 100) => "CE",
        _ => letter,
    };
    format!("P{time}X{letter}")
}

/// "half an hour" is `PT30M`, "half a year" `P6M`.
fn half_period(unit: TimeUnit, times: u16) -> String {
    match (unit, times) {
        (TimeUnit::Hours, _) => "PT30M".to_owned(),
        (TimeUnit::Minutes, _) => "PT30S".to_owned(),
        (TimeUnit::Days, _) => "PT12H".to_owned(),
        (TimeUnit::Years, 1) => "P6M".to_owned(),
        (TimeUnit::Years, times) => format!("P{}Y", times / 2),
        (unit, _) => {
            let (time, letter, _) = unit_letter(unit);
            format!("P{time}0.5{letter}")
        }
    }
}

/// `P2.5Y`.
fn period_half(count: i64, (unit, times): (TimeUnit, u16)) -> String {
    let (time, letter, _) = unit_letter(unit);
    if times > 1 {
        let value = count.saturating_mul(i64::from(times)) + i64::from(times) / 2;
        return format!("P{time}{value}{letter}");
    }
    format!("P{time}{count}.5{letter}")
}

/// A date so long before or after another, as exact as the unit: "two years ago" is a year.
fn stepped(base: Date, period: &str, sign: i64) -> Option<(String, Option<Date>)> {
    let body = period.strip_prefix('P')?;
    let (time, body) = match body.strip_prefix('T') {
        Some(body) => (true, body),
        None => (false, body),
    };
    let split = body.find(|c: char| c.is_ascii_alphabetic())?;
    let (count, letter) = body.split_at(split);
    let whole = count.split('.').next()?.parse::<i64>().ok()?;
    // Beyond that no calendar goes.
    let whole = Some(whole).filter(|whole| *whole < 10_000)?.saturating_mul(sign);
    if time {
        return Some((base.to_string(), None));
    }
    Some(match letter {
        "D" => {
            let day = shift(base, whole.days())?;
            (day.to_string(), Some(day))
        }
        "W" => (week(shift(base, whole.weeks())?), None),
        "M" => (month(shift(base, whole.months())?), None),
        "Y" => (shift(base, whole.years())?.year().to_string(), None),
        "Q" => (month(shift(base, whole.saturating_mul(3).months())?), None),
        _ => return None,
    })
}

fn shift(day: Date, by: Span) -> Option<Date> {
    day.checked_add(by).ok()
}

fn week(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

fn month(day: Date) -> String {
    format!("{}-{:02}", day.year(), day.month())
}

fn season_of(day: Date) -> (&'static str, i16) {
    match day.month() {
        3..=5 => ("SP", day.year()),
        6..=8 => ("SU", day.year()),
        9..=11 => ("FA", day.year()),
        _ => ("WI", day.year()),
    }
}
