//! Dates as sources give them: partial dates stay partial, spans stay spans.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// A year, a month of a year, or a day (ISO 8601 reduced precision: `2022`, `2022-01`, `2022-01-05`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

/// Not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a date like 2022, 2022-01 or 2022-01-05, or two of them with a slash, found {found:?}"
)]
pub struct DateError {
    /// What stood there instead.
    pub found: String,
}

impl PartialDate {
    /// A whole year, -9999 to 9999.
    pub fn year_only(year: i16) -> Option<Self> {
        (-9999..=9999).contains(&year).then_some(Self { year, month: None, day: None })
    }

    /// A month of a year; `None` if there is no such month.
    pub fn month_only(year: i16, month: i8) -> Option<Self> {
        Date::new(year, month, 1).ok().map(|_| Self { year, month: Some(month), day: None })
    }

    /// A day; `None` if the calendar has no such day (30 February).
    pub fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self::from)
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12, if known.
    pub fn month(self) -> Option<i8> {
        self.month
    }

    /// The day of the month, if known.
    pub fn day_of_month(self) -> Option<i8> {
        self.day
    }

    /// First day it may mean.
    pub fn first(self) -> Date {
        Date::new(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1)).unwrap_or(Date::ZERO)
    }

    /// Last day it may mean.
    pub fn last(self) -> Date {
        match (self.month, self.day) {
            (Some(_), Some(_)) => self.first(),
            (Some(_), None) => self.first().last_of_month(),
            _ => Date::new(self.year, 12, 31).unwrap_or(Date::ZERO),
        }
    }

    /// The day, if it is known to the day.
    pub fn exact(self) -> Option<Date> {
        self.day.map(|_| self.first())
    }

    /// Day of the week, if it is known to the day.
    pub fn weekday(self) -> Option<Weekday> {
        self.exact().map(Date::weekday)
    }
}

impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let fail = || DateError { found: text.to_owned() };
        let mut parts = text.splitn(3, '-');
        let mut next = |digits: usize| match parts.next() {
            None => Ok(None),
            Some(part) if part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) => {
                part.parse::<i16>().map(Some).map_err(|_| fail())
            }
            Some(_) => Err(fail()),
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let small = |value: i16| i8::try_from(value).map_err(|_| fail());
        match (year, month, day) {
            (Some(year), None, _) => Self::year_only(year),
            (Some(year), Some(month), None) => Self::month_only(year, small(month)?),
            (Some(year), Some(month), Some(day)) => Self::day(year, small(month)?, small(day)?),
            _ => None,
        }
        .ok_or_else(fail)
    }
}

/// From one partial date to another; an absent end is open or unknown.
/// Written as EDTF: `2022-01-05`, `2022-01-05/2022-01-06`, `/2022-01-05`, `2022-01-06/`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DateSpan {
    /// First date, if known.
    pub from: Option<PartialDate>,
    /// Last date, if known.
    pub to: Option<PartialDate>,
}

impl DateSpan {
    /// Just this date.
    pub fn at(date: PartialDate) -> Self {
        Self { from: Some(date), to: Some(date) }
    }

    /// From `from` to `to`, put in order.
    pub fn between(from: PartialDate, to: PartialDate) -> Self {
        if from.first() <= to.first() {
            Self { from: Some(from), to: Some(to) }
        } else {
            Self { from: Some(to), to: Some(from) }
        }
    }

    /// First day it may mean; `None` if open.
    pub fn first(self) -> Option<Date> {
        self.from.map(PartialDate::first)
    }

    /// Last day it may mean; `None` if open.
    pub fn last(self) -> Option<Date> {
        self.to.map(PartialDate::last)
    }

    /// Whether some day may belong to both; open ends reach everywhere.
    pub fn may_meet(self, other: Self) -> bool {
        let before =
            |a: Option<Date>, b: Option<Date>| matches!((a, b), (Some(a), Some(b)) if a < b);
        !before(self.last(), other.first()) && !before(other.last(), self.first())
    }

    /// The one day meant, if it is one day.
    pub fn exact(self) -> Option<Date> {
        match (self.from?.exact(), self.to?.exact()) {
            (Some(a), Some(b)) if a == b => Some(a),
            _ => None,
        }
    }
}

impl From<PartialDate> for DateSpan {
    fn from(date: PartialDate) -> Self {
        Self::at(date)
    }
}

impl fmt::Display for DateSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => write!(f, "{from}"),
            (from, to) => {
                if let Some(from) = from {
                    write!(f, "{from}")?;
                }
                f.write_str("/")?;
                to.map_or(Ok(()), |to| write!(f, "{to}"))
            }
        }
    }
}

impl FromStr for DateSpan {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let open = |part: &str| if part.is_empty() { Ok(None) } else { part.parse().map(Some) };
        match text.split_once('/') {
            Some((from, to)) => Ok(Self { from: open(from)?, to: open(to)? }),
            None => text.parse().map(Self::at),
        }
    }
}

/// Part of a day, as in "this morning".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayPart {
    /// Before noon (TIMEX3 `TMO`).
    Morning,
    /// After noon (`TAF`).
    Afternoon,
    /// `TEV`.
    Evening,
    /// `TNI`; the night belongs to the day on which it begins.
    Night,
}

crate::as_text::as_text!(PartialDate, DateSpan);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_the_precision_they_were_given() {
        for text in [
            "2022",
            "2022-01",
            "2022-01-05",
            "/2022-01-05",
            "2022-01-06/",
            "2022-01-05/2022-01-06",
            "/",
        ] {
            assert_eq!(text.parse::<DateSpan>().unwrap().to_string(), text);
        }
        for text in
            ["", "22-01-05", "2022-13", "2022-02-30", "2022-1-5", "+022", "2022-01-05-06", "х022"]
        {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_month_meets_its_days_and_no_others() {
        let january: DateSpan = "2022-01".parse().unwrap();
        assert!(january.may_meet("2022-01-31".parse().unwrap()));
        assert!(!january.may_meet("2022-02-01".parse().unwrap()));
        assert!(january.may_meet("2021-12-31/".parse().unwrap()));
    }
}
