//! Dates written in digits only: ISO 8601, addresses, `15/01/2022`. Knows no words.

use kua_model::PartialDate;

/// Years that a date of an account may have (htmldate starts at 1995; memoirs reach further back).
pub(crate) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// `2022-01-05T…`, `2022-01-05 …`, `20220105`, or a day as `15/01/2022` or `15.01.2022`, at the
/// start of `text`. The printed calendar day is kept whatever its time zone.
pub(crate) fn leading_iso_date(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let numbers: Vec<(usize, &str)> = digits(text).take(3).collect();
    let &(start, first) = numbers.first()?;
    if start > 0 {
        return None;
    }
    if first.len() == 8 {
        return day(&first[..4], &first[4..6], &first[6..]);
    }
    let (&(_, second), &(_, third)) = (numbers.get(1)?, numbers.get(2)?);
    if first.len() == 4 { day(first, second, third) } else { day(third, second, first) }
}

/// A date in the path of an address or file: `/2022/01/05/`, `2022-01-05`, `_20220105_`.
pub(crate) fn date_in_path(path: &str) -> Option<PartialDate> {
    let numbers: Vec<(usize, &str)> = digits(path).take(200).collect();
    for window in numbers.windows(3) {
        let (a, b, c) = (window[0], window[1], window[2]);
        let separator = |left: (usize, &str), right: (usize, &str)| {
            let between = path.get(left.0 + left.1.len()..right.0)?;
            matches!(between, "/" | "-" | "_" | ".").then_some(())
        };
        if a.1.len() == 4
            && b.1.len() <= 2
            && c.1.len() <= 2
            && separator(a, b).is_some()
            && separator(b, c).is_some()
            && let Some(date) = day(a.1, b.1, c.1)
        {
            return Some(date);
        }
    }
    numbers
        .iter()
        .filter(|(_, number)| number.len() == 8)
        .find_map(|(_, number)| day(&number[..4], &number[4..6], &number[6..]))
}

fn day(year: &str, month: &str, day: &str) -> Option<PartialDate> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
    PartialDate::day(year, month.parse().ok()?, day.parse().ok()?)
}

/// Runs of ASCII digits with their places.
fn digits(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = start + length;
        Some((start, &text[start..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_digits() {
        let iso = |text: &str| leading_iso_date(text).map(|date| date.to_string());
        assert_eq!(iso("2022-01-05T23:59:00+06:00").as_deref(), Some("2022-01-05"));
        assert_eq!(iso("20220105").as_deref(), Some("2022-01-05"));
        assert_eq!(iso("15/01/2022").as_deref(), Some("2022-01-15"));
        assert_eq!(iso("2022-13-05"), None);
        assert_eq!(iso("on 2022-01-05"), None);
        let path = |text: &str| date_in_path(text).map(|date| date.to_string());
        assert_eq!(path("https://a.kg/blog/2022/01/05/x-500-y").as_deref(), Some("2022-01-05"));
        assert_eq!(path("/article/2019-06-30_word.txt").as_deref(), Some("2019-06-30"));
        assert_eq!(path("/amp/20220108/al-menos-3000").as_deref(), Some("2022-01-08"));
        assert_eq!(path("/node/416514/12345678"), None);
    }
}
