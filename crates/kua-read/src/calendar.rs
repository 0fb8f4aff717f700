//! Dates in running text: finds them among tokens with the calendar words of the lexicons.
//! Order of the parts is grammar and lives here; the words live in `lexicons/*/calendar.txt`.

use kua_lexicon::{Token, TokenKind};
use kua_model::{Lang, TextRange};

use crate::numeric_dates::YEARS;
use crate::words::{DateWord, Words};

/// A date as printed, perhaps without year or day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mention {
    /// In the document's text, weekday included.
    pub range: TextRange,
    pub year: Option<i16>,
    pub month: i8,
    pub day: Option<i8>,
    /// Printed weekday, 1 is Monday.
    pub weekday: Option<i8>,
    /// "yesterday": days from the day of writing.
    pub relative: Option<i8>,
    /// Day and month may be exchanged.
    pub ambiguous: bool,
    /// Tokens it takes, for telling lines that are nothing but a date.
    pub tokens: (usize, usize),
}

/// All dates among `tokens`, in order, never overlapping.
pub(crate) fn mentions(tokens: &[Token<'_>], lang: Option<Lang>, words: &Words) -> Vec<Mention> {
    let scan = Scan { tokens, lang, words };
    let mut out: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let floor = out.last().map_or(0, |last| last.tokens.1);
        match scan.numeric(at).or_else(|| scan.day_month(at)).or_else(|| scan.month_first(at)) {
            Some(mut found) => {
                scan.around(&mut found, floor);
                at = found.tokens.1.max(at + 1);
                out.push(found);
            }
            None => at += 1,
        }
    }
    out
}

struct Scan<'s, 't> {
    tokens: &'s [Token<'t>],
    lang: Option<Lang>,
    words: &'s Words,
}

impl Scan<'_, '_> {
    /// A number of at most `digits` digits.
    fn number(&self, at: usize, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
        let token = self.tokens.get(at)?;
        (token.kind == TokenKind::Number && digits.contains(&token.fold.len()))
            .then(|| token.fold.parse().ok())
            .flatten()
    }

    fn day(&self, at: usize) -> Option<i8> {
        let day = self.number(at, 1..=2)?;
        // `3 800`, `3.800`, `1,5`: part of a larger number.
        if at > 0 && self.number(at - 1, 1..=9).is_some() {
            return None;
        }
        i8::try_from(day).ok().filter(|day| (1..=31).contains(day))
    }

    fn year(&self, at: usize) -> Option<i16> {
        self.number(at, 4..=4).filter(|year| YEARS.contains(year))
    }

    fn mark(&self, at: usize, marks: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Mark && marks.contains(token.fold.as_ref())
        })
    }

    fn touches(&self, at: usize) -> bool {
        match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some(a), Some(b)) => a.range.end == b.range.start,
            _ => false,
        }
    }

    /// What the word at `at` means in a date, in the language of the text if that is known.
    fn word<T>(&self, at: usize, pick: impl Fn(DateWord) -> Option<T>) -> Option<T> {
        let token = self.tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
        let meanings = self.words.date_word(&token.fold);
        let fits = |lang: &Lang, capital: bool| {
            (!capital || token.capital)
                && self.lang.is_none_or(|own| own == *lang || self.words.tongue(own).is_none())
        };
        meanings
            .iter()
            .filter(|(lang, _, capital)| fits(lang, *capital))
            .find_map(|(_, word, _)| pick(*word))
    }

    fn month(&self, at: usize) -> Option<i8> {
        self.word(at, |word| if let DateWord::Month(month) = word { Some(month) } else { None })
    }

    fn weekday(&self, at: usize) -> Option<i8> {
        self.word(at, |word| if let DateWord::Weekday(day) = word { Some(day) } else { None })
    }

    fn is(&self, at: usize, wanted: DateWord) -> bool {
        self.word(at, |word| (word == wanted).then_some(())).is_some()
    }

    /// `2022-01-05`, `5.01.2022`, `1/5/2022`.
    fn numeric(&self, at: usize) -> Option<Mention> {
        let separator = self.tokens.get(at + 1)?.fold.as_ref();
        let same = matches!(separator, "-" | "." | "/")
            && self.tokens.get(at + 3).is_some_and(|token| token.fold == separator)
            && (at..at + 4).all(|index| self.touches(index));
        if !same {
            return None;
        }
        let small = |at| self.number(at, 1..=2).and_then(|n| i8::try_from(n).ok());
        let mention = |year, month: i8, day: i8, ambiguous| {
            let valid = (1..=12).contains(&month) && (1..=31).contains(&day);
            valid.then(|| Mention {
                year: Some(year),
                month,
                day: Some(day),
                ambiguous,
                tokens: (at, at + 5),
                ..Mention::default()
            })
        };
        if let Some(year) = self.year(at) {
            return mention(year, small(at + 2)?, small(at + 4)?, false);
        }
        let (first, second, year) = (small(at)?, small(at + 2)?, self.year(at + 4)?);
        let month_first = self
            .lang
            .and_then(|lang| self.words.tongue(lang))
            .is_some_and(|tongue| tongue.month_first);
        if first > 12 {
            mention(year, second, first, false)
        } else if second > 12 {
            mention(year, first, second, false)
        } else {
            mention(year, second, first, month_first && separator == "/" && first != second)
        }
    }

    /// `5 January 2022`, `le 1er janvier`, `2022 жылғы 5 қаңтар`, `5 de enero de 2022`.
    fn day_month(&self, at: usize) -> Option<Mention> {
        let day = self.day(at)?;
        let mut next = at + 1;
        // `5-го`, `5th`, `1er`, `5.` (German habit).
        if self.mark(next, "-") && self.is(next + 1, DateWord::Ordinal) {
            next += 2;
        } else if self.is(next, DateWord::Ordinal) {
            next += 1;
        }
        // `5–6 января`: the first day of a range stands alone; its month follows the second.
        if self.mark(next, "-–—") && self.month(next + 1).is_none() && self.day_after_dash(next + 1)
        {
            let mut month_at = next + 2;
            while self.is(month_at, DateWord::Between) {
                month_at += 1;
            }
            let month = self.month(month_at)?;
            let year = self.trailing_year(month_at + 1).map(|(year, _)| year);
            return Some(Mention {
                year,
                month,
                day: Some(day),
                tokens: (at, next),
                ..Mention::default()
            });
        }
        let mut skipped = 0;
        while skipped < 2 && (self.is(next, DateWord::Between) || self.mark(next, "-")) {
            next += 1;
            skipped += 1;
        }
        let month = self.month(next)?;
        let mut end = next + 1;
        let mut year = None;
        if let Some((found, after)) = self.trailing_year(end) {
            (year, end) = (Some(found), after);
        }
        let mut start = at;
        if year.is_none() && at > 0 {
            let marked = self.is(at - 1, DateWord::YearMark);
            let year_at = if marked { at.checked_sub(2) } else { Some(at - 1) };
            if let Some(found) = year_at.and_then(|at| self.year(at)).filter(|_| marked) {
                (year, start) = (Some(found), year_at.unwrap_or(at));
            }
        }
        Some(Mention { year, month, day: Some(day), tokens: (start, end), ..Mention::default() })
    }

    fn day_after_dash(&self, at: usize) -> bool {
        self.number(at, 1..=2).is_some_and(|day| (1..=31).contains(&day))
    }

    /// The year after a month: `janvier 2022`, `de enero de 2022`, `January, 2022`, `января 2022 года`.
    fn trailing_year(&self, mut at: usize) -> Option<(i16, usize)> {
        let mut skipped = 0;
        while skipped < 2 && (self.is(at, DateWord::Between) || self.mark(at, ",.-")) {
            at += 1;
            skipped += 1;
        }
        let year = self.year(at)?;
        Some((year, at + 1 + usize::from(self.is(at + 1, DateWord::YearMark))))
    }

    /// `January 5, 2022`, `January 2022`.
    fn month_first(&self, at: usize) -> Option<Mention> {
        let month = self.month(at)?;
        let mut next = at + 1;
        if self.mark(next, ".") {
            next += 1;
        }
        if let Some(day) = self
            .number(next, 1..=2)
            .and_then(|n| i8::try_from(n).ok())
            .filter(|d| (1..=31).contains(d))
        {
            let mut end = next + 1 + usize::from(self.is(next + 1, DateWord::Ordinal));
            let mut year = None;
            if let Some((found, after)) = self.trailing_year(end) {
                (year, end) = (Some(found), after);
            }
            let english =
                self.words.tongues.iter().any(|tongue| {
                    tongue.month_first && self.lang.is_none_or(|own| own == tongue.lang)
                });
            // Elsewhere a number after a month begins something else: "in March 12 people …".
            if english && (year.is_some() || !self.counts(end)) {
                return Some(Mention {
                    year,
                    month,
                    day: Some(day),
                    tokens: (at, end),
                    ..Mention::default()
                });
            }
        }
        if let Some((year, end)) = self.trailing_year(at + 1) {
            return Some(Mention {
                year: Some(year),
                month,
                tokens: (at, end),
                ..Mention::default()
            });
        }
        // `2022 жылғы қаңтар`, `2022 жылдың қаңтарында`.
        let marked = at >= 2 && self.is(at - 1, DateWord::YearMark);
        let year = if marked { self.year(at - 2) } else { None }?;
        Some(Mention { year: Some(year), month, tokens: (at - 2, at + 1), ..Mention::default() })
    }

    /// Whether a lower-case word follows directly: the number before it may count it.
    fn counts(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word
                && !token.capital
                && self.words.function_mask(&token.fold) == 0
        })
    }

    /// Weekday and relative day beside the date, and its range.
    fn around(&self, found: &mut Mention, floor: usize) {
        let (mut start, mut end) = found.tokens;
        let before = |back: usize| start.checked_sub(back).filter(|&at| at >= floor);
        // One word or mark may stand between: "jeudi soir 6 janvier", "Friday, January 7".
        for back in 1..=3 {
            let Some(at) = before(back) else { break };
            if let Some(weekday) = self.weekday(at) {
                found.weekday = Some(weekday);
                start = at;
                break;
            }
            if self.mark(at, ".;:!?»”\"") {
                break;
            }
        }
        if found.weekday.is_none() {
            let open = end + usize::from(self.mark(end, ",("));
            if (open > end || found.year.is_some())
                && let Some(weekday) = self.weekday(open)
            {
                found.weekday = Some(weekday);
                end = open + 1;
            }
        }
        for back in 1..=5 {
            let Some(at) = found.tokens.0.checked_sub(back).filter(|&at| at >= floor) else {
                break;
            };
            if self.mark(at, ".;!?") {
                break;
            }
            let relative =
                self.word(
                    at,
                    |word| {
                        if let DateWord::Relative(days) = word { Some(days) } else { None }
                    },
                );
            if relative.is_some() {
                found.relative = relative;
                break;
            }
        }
        found.tokens = (start, end);
        let range = |at: usize| self.tokens.get(at).map(|token| token.range);
        if let (Some(first), Some(last)) = (range(start), range(end.saturating_sub(1))) {
            found.range = first.cover(last);
        }
    }
}
