//! When a document was published and which days it speaks of, with how each date was found.
//!
//! Precision of the sources on 1,000 pages: address .969, meta .929, JSON-LD .923, two agreeing .973,
//! `<time>` .805, text .711, scan of the whole page .462 (after htmldate, Barbaresi 2020). So
//! declarations come first, and a date that was only guessed says so.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kua_lexicon::tokens;
use kua_model::{
    DateSpan, DateTier, Dated, DocumentDates, DocumentId, Item, Lang, Locator, Notice, NoticePlace,
    PartialDate, Role, Severity, Span, TextRange,
};

use crate::calendar::{Mention, mentions};
use crate::charset::Decoded;
use crate::draft::Draft;
use crate::numeric_dates::date_in_path;
use crate::read::ReadConfig;
use crate::words::{Cue, Words};

/// A date in the text with what its block is.
#[derive(Debug, Clone, Copy)]
struct Found {
    mention: Mention,
    block: usize,
    role: Role,
    /// The printed weekday is not that day's.
    disagrees: bool,
}

impl Found {
    /// Whether it is the account that speaks, not a caption or sidebar.
    fn in_account(&self) -> bool {
        self.role.is_body() || self.role == Role::Date
    }

    fn value(&self, year: Option<i16>) -> Option<PartialDate> {
        let year = self.mention.year.or(year)?;
        match self.mention.day {
            // Which of the two numbers is the month is not known: only the year is.
            Some(_) if self.mention.ambiguous => PartialDate::year_only(year),
            Some(day) => PartialDate::day(year, self.mention.month, day),
            None => PartialDate::month_only(year, self.mention.month),
        }
    }
}

/// The acquisition as an upper bound.
pub(crate) fn bound(item: &Item) -> Dated {
    Dated {
        value: item.acquired_on,
        tier: DateTier::Bound,
        how: "acquired".to_owned(),
        range: None,
        at: None,
    }
}

/// Dates of the document, with every candidate that was considered.
#[allow(clippy::too_many_arguments, reason = "one call, and each is a different thing")]
pub(crate) fn find(
    draft: &Draft,
    decoded: &Decoded<'_>,
    bytes: &[u8],
    languages: &[Option<Lang>],
    main: Option<Lang>,
    item: &Item,
    id: DocumentId,
    words: &Words,
    config: &ReadConfig,
    notices: &mut Vec<Notice>,
) -> DocumentDates {
    let locate = |range: TextRange| Locator::Bytes {
        start: decoded.map.byte_of(range.start, &decoded.text, bytes),
        end: decoded.map.byte_of(range.end, &decoded.text, bytes),
    };
    let mut found = scan(draft, languages, main, words, config);
    check_weekdays(&mut found, draft, id, notices);
    tell_ambiguous(&found, draft, id, notices);
    let mut published: Vec<Dated> = Vec::new();
    let mut modified: Vec<Dated> = Vec::new();
    for date in &draft.dates {
        let shown = date.block.and_then(|index| draft.blocks.get(index)).map(|block| block.range);
        let dated = Dated {
            value: date.value,
            tier: if date.for_machines { DateTier::Declared } else { DateTier::Marked },
            how: date.how.clone(),
            range: shown,
            at: Some(locate(date.at)),
        };
        if date.modified { modified.push(dated) } else { published.push(dated) }
    }
    agree(&mut published);
    from_lines(&found, draft, words, &mut published, &mut modified);
    seen(&found, draft, &mut published);
    let limit = item.acquired_on.last();
    let future =
        |dated: &Dated| dated.value.first() > limit.saturating_add(jiff::Span::new().days(1));
    if published.iter().any(|dated| future(dated) && dated.tier <= DateTier::Marked) {
        notices.push(Notice::new(
            Severity::Caution,
            "date-after-acquisition",
            NoticePlace::Item(item.id),
            format!("A date of publication lies after {}, when the file was acquired; it is listed but not used.", item.acquired_on),
        ));
    }
    disagreement(&published, item, notices);
    let mut candidates = published.clone();
    published.retain(|dated| !future(dated));
    published.sort_by_key(|dated| (dated.tier, rank(&dated.how)));
    let mut best = published.first().cloned();
    let year = year_of(&found, best.as_ref(), item);
    if best.is_none() {
        let guessed = guess(&found, year, limit);
        candidates.extend(guessed.iter().cloned());
        best = guessed.first().cloned();
    }
    if let Some(date) = date_in_path(&item.path) {
        let dated = Dated {
            value: date,
            tier: DateTier::Guessed,
            how: "file-name".to_owned(),
            range: None,
            at: None,
        };
        let use_it = best
            .as_ref()
            .is_none_or(|best| best.tier == DateTier::Guessed && best.value.exact().is_none());
        if use_it && date.first() <= limit {
            best = Some(dated.clone());
        }
        candidates.push(dated);
    }
    candidates.push(bound(item));
    candidates.extend(modified.iter().cloned());
    let covers = covers(&found, year, best.as_ref());
    modified.sort_by_key(|dated| (dated.tier, rank(&dated.how)));
    DocumentDates { published: best, modified: modified.into_iter().next(), covers, candidates }
}

/// Sources of declared dates by their measured precision.
fn rank(how: &str) -> u8 {
    match how {
        "address" => 0,
        how if how.starts_with("meta ") => 1,
        how if how.starts_with("json-ld datePublished") => 2,
        how if how.starts_with("json-ld") => 3,
        "time" => 4,
        _ => 5,
    }
}

/// Dates in the body, in date lines, captions and bylines.
fn scan(
    draft: &Draft,
    languages: &[Option<Lang>],
    main: Option<Lang>,
    words: &Words,
    config: &ReadConfig,
) -> Vec<Found> {
    let mut out = Vec::new();
    for (index, block) in draft.blocks.iter().enumerate() {
        if block.range.start > config.date_scan_bytes {
            break;
        }
        let role = block.role.unwrap_or(Role::Main);
        let speaks = role.is_body() || matches!(role, Role::Date | Role::Byline | Role::Caption);
        let text = block.range.of(&draft.text).unwrap_or_default();
        if !speaks || !text.chars().any(char::is_numeric) {
            continue;
        }
        let most = config.date_scan_bytes.min(text.len());
        let text = text.get(..most).unwrap_or(text);
        let tokens = tokens(text, block.range.start);
        let language = languages.get(index).copied().flatten().or(main);
        let mut dates = mentions(&tokens, language, words);
        if dates.is_empty() && matches!(role, Role::Date | Role::Byline) {
            dates = mentions(&tokens, None, words);
        }
        out.extend(dates.into_iter().map(|mention| Found {
            mention,
            block: index,
            role,
            disagrees: false,
        }));
    }
    out
}

/// The checksum that weekdays are: names full dates whose printed weekday is not theirs.
fn check_weekdays(found: &mut [Found], draft: &Draft, id: DocumentId, notices: &mut Vec<Notice>) {
    for one in found {
        let Mention {
            year: Some(year),
            month,
            day: Some(day),
            weekday: Some(weekday),
            range,
            ambiguous: false,
            ..
        } = one.mention
        else {
            continue;
        };
        let Some(date) = PartialDate::day(year, month, day).and_then(PartialDate::exact) else {
            continue;
        };
        if weekday_of(date) == weekday {
            continue;
        }
        one.disagrees = true;
        // A full cycle of the calendar is 28 years, so this window has a fitting year.
        let fitting: Vec<String> = (year - 7..=year + 28)
            .filter(|&other| {
                PartialDate::day(other, month, day)
                    .and_then(PartialDate::exact)
                    .is_some_and(|date| weekday_of(date) == weekday)
            })
            .map(|year| year.to_string())
            .collect();
        let printed = range.of(&draft.text).unwrap_or_default();
        notices.push(Notice::new(
            Severity::Caution,
            "weekday-disagrees",
            NoticePlace::Span(Span::new(id, range)),
            format!(
                "The text prints “{printed}”, but {date} was a {:?}. Between {} and {} the printed weekday fits {}. The date is kept as printed.",
                date.weekday(),
                year - 7,
                year + 28,
                fitting.join(", ")
            ),
        ));
    }
}

/// Dates in digits whose day and month may be exchanged, where they would date the document.
fn tell_ambiguous(found: &[Found], draft: &Draft, id: DocumentId, notices: &mut Vec<Notice>) {
    let dates =
        |one: &&Found| one.mention.ambiguous && matches!(one.role, Role::Date | Role::Byline);
    for one in found.iter().filter(dates) {
        let printed = one.mention.range.of(&draft.text).unwrap_or_default();
        notices.push(Notice::new(
            Severity::Note,
            "ambiguous-date",
            NoticePlace::Span(Span::new(id, one.mention.range)),
            format!("“{printed}” may have the day or the month first; only its year is used."),
        ));
    }
}

fn weekday_of(date: Date) -> i8 {
    date.weekday().to_monday_one_offset()
}

/// Declarations of different kinds that give one day become *agreed*.
fn agree(published: &mut [Dated]) {
    let kind = |how: &str| how.split(' ').next().unwrap_or_default().to_owned();
    let mut kinds: BTreeMap<PartialDate, Vec<String>> = BTreeMap::new();
    for dated in published.iter().filter(|dated| dated.value.exact().is_some()) {
        let known = kinds.entry(dated.value).or_default();
        let kind = kind(&dated.how);
        if !known.contains(&kind) {
            known.push(kind);
        }
    }
    for dated in published.iter_mut() {
        if kinds.get(&dated.value).is_some_and(|kinds| kinds.len() >= 2) {
            dated.tier = DateTier::Agreed;
        }
    }
}

/// Declared days more than one apart (one apart is a time zone).
fn disagreement(published: &[Dated], item: &Item, notices: &mut Vec<Notice>) {
    let days: Vec<(Date, &str)> = published
        .iter()
        .filter(|dated| dated.tier <= DateTier::Declared)
        .filter_map(|dated| Some((dated.value.exact()?, dated.how.as_str())))
        .collect();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return };
    if (last.0 - first.0).get_days() > 1 {
        notices.push(Notice::new(
            Severity::Caution,
            "dates-disagree",
            NoticePlace::Item(item.id),
            format!("The page declares different dates of publication: {} ({}) and {} ({}). All are listed.", first.0, first.1, last.0, last.1),
        ));
    }
}

/// Lines that are a date, and bylines with one.
fn from_lines(
    found: &[Found],
    draft: &Draft,
    words: &Words,
    published: &mut Vec<Dated>,
    modified: &mut Vec<Dated>,
) {
    for one in found.iter().filter(|one| matches!(one.role, Role::Date | Role::Byline)) {
        let Some(value) = one.value(None) else { continue };
        let Some(block) = draft.blocks.get(one.block) else { continue };
        let text = block.range.of(&draft.text).unwrap_or_default();
        let line = tokens(text, block.range.start);
        // The last cue before the date tells which of two it is: "Posted … Updated …".
        let cue = words
            .cues(&line)
            .into_iter()
            .filter(|&(at, _, cue)| {
                matches!(cue, Cue::Published | Cue::Modified)
                    && line
                        .get(at)
                        .is_some_and(|token| token.range.start <= one.mention.range.start)
            })
            .map(|(_, _, cue)| cue)
            .next_back();
        let dated = Dated {
            value,
            tier: DateTier::Marked,
            how: "date-line".to_owned(),
            range: Some(one.mention.range),
            at: None,
        };
        if cue == Some(Cue::Modified) { modified.push(dated) } else { published.push(dated) }
    }
}

/// A full date near the top: in the title, in the first text below it, or in a short line between
/// the two ("DORVALE, 5 March 2019 (Agency)").
fn seen(found: &[Found], draft: &Draft, published: &mut Vec<Dated>) {
    let role =
        |index: usize| draft.blocks.get(index).and_then(|block| block.role).unwrap_or(Role::Main);
    let Some(title) = (0..draft.blocks.len()).find(|&index| role(index) == Role::Title) else {
        return;
    };
    let first = (title + 1..draft.blocks.len()).find(|&index| {
        let words = draft
            .blocks
            .get(index)
            .and_then(|block| block.range.of(&draft.text))
            .unwrap_or_default();
        role(index).is_body() && words.split_whitespace().take(8).count() == 8
    });
    // Without any text long enough to begin with, the line below the title is all the top there is.
    let last = first.unwrap_or(title + 1);
    let leads = |one: &Found| {
        draft
            .blocks
            .get(one.block)
            .is_some_and(|block| block.range.start == one.mention.range.start)
    };
    // Lines that begin with dates, one after the other, are the parts of a chronicle.
    let is_part = |one: &Found| {
        leads(one)
            && found.iter().any(|other| {
                other.block != one.block
                    && other.in_account()
                    && leads(other)
                    && (other.mention.month, other.mention.day)
                        != (one.mention.month, one.mention.day)
            })
    };
    let top = |one: &&Found| {
        let is_between = one.block > title && one.block < last || first.is_none();
        (title..=last).contains(&one.block) && one.in_account() && !(is_between && is_part(one))
    };
    let exact = |one: &&Found| one.mention.year.is_some() && one.mention.day.is_some();
    let Some(one) = found.iter().filter(top).find(exact) else { return };
    // A later day told of with its weekday shows that the top speaks of an event, not of itself.
    let later = found.iter().filter(|later| later.in_account() && !later.disagrees).any(|later| {
        match (
            later.value(one.mention.year).and_then(PartialDate::exact),
            one.value(None).and_then(PartialDate::exact),
        ) {
            (Some(later_day), Some(day)) => {
                later.mention.weekday == Some(weekday_of(later_day))
                    && later_day > day
                    && (later_day - day).get_days() <= 10
            }
            _ => false,
        }
    });
    if let Some(value) = one.value(None).filter(|_| !later) {
        published.push(Dated {
            value,
            tier: DateTier::Seen,
            how: "near-top".to_owned(),
            range: Some(one.mention.range),
            at: None,
        });
    }
}

/// The year that dates without one are in: of the publication, else the year the text and its
/// weekdays point to, if it is one.
fn year_of(found: &[Found], published: Option<&Dated>, item: &Item) -> Option<i16> {
    if let Some(dated) = published {
        return Some(dated.value.year());
    }
    let undated: Vec<&Mention> = found
        .iter()
        .filter(|one| one.in_account() && one.mention.year.is_none())
        .map(|one| &one.mention)
        .collect();
    let fits = |year: i16| {
        undated.iter().filter_map(|one| Some((one.weekday?, one.day?, one.month))).all(
            |(weekday, day, month)| {
                PartialDate::day(year, month, day)
                    .and_then(PartialDate::exact)
                    .is_some_and(|date| weekday_of(date) == weekday)
            },
        )
    };
    // Years in the text, heavier where they name a month that the undated ones name too.
    let mut scores: BTreeMap<i16, usize> = BTreeMap::new();
    for one in found.iter().filter(|one| !one.disagrees) {
        let Some(year) = one.mention.year.filter(|&year| fits(year)) else { continue };
        let same = undated.iter().any(|other| other.month == one.mention.month);
        *scores.entry(year).or_default() += if same { 4 } else { 1 };
    }
    let most = scores.values().copied().max().unwrap_or(0);
    let mut best = scores.iter().filter(|(_, score)| **score == most).map(|(year, _)| *year);
    if let (Some(year), None) = (best.next(), best.next()) {
        return Some(year);
    }
    // Weekdays alone, over the years since a dozen before the file was acquired.
    if !undated.iter().any(|one| one.weekday.is_some() && one.day.is_some()) {
        return None;
    }
    let acquired = item.acquired_on.year();
    let mut years = (acquired.saturating_sub(12)..=acquired).filter(|&year| fits(year));
    match (years.next(), years.next()) {
        (Some(year), None) => Some(year),
        _ => None,
    }
}

/// What the text itself lets one guess, best first.
fn guess(found: &[Found], year: Option<i16>, limit: Date) -> Vec<Dated> {
    let mut out = Vec::new();
    let dated = |value: PartialDate, how: &str, range: TextRange| Dated {
        value,
        tier: DateTier::Guessed,
        how: how.to_owned(),
        range: Some(range),
        at: None,
    };
    let account = || found.iter().filter(|one| one.in_account() && !one.disagrees);
    let exact =
        |one: &Found| one.value(year).and_then(PartialDate::exact).filter(|date| *date <= limit);
    // "Yesterday, 5 January": written on the 6th.
    let mut days: Vec<(Date, TextRange)> = account()
        .filter_map(|one| {
            let day = exact(one)?;
            let back = one.mention.relative?;
            let date = day.checked_sub(jiff::Span::new().days(i64::from(back))).ok()?;
            (date <= limit).then_some((date, one.mention.range))
        })
        .collect();
    days.sort();
    out.extend(
        days.first().map(|(date, range)| dated(PartialDate::from(*date), "relative-day", *range)),
    );
    // News names the weekday of days just past.
    let latest = account()
        .filter(|one| one.mention.weekday.is_some())
        .filter_map(|one| Some((exact(one)?, one.mention.range)))
        .max_by_key(|(date, range)| (*date, std::cmp::Reverse(range.start)));
    out.extend(latest.map(|(date, range)| dated(PartialDate::from(date), "latest-weekday", range)));
    // Otherwise not before the latest day it speaks of: the year is all that can be said.
    let last = account()
        .filter(|one| one.mention.year.is_some())
        .filter_map(|one| Some((one.value(year)?, one.mention.range)))
        .filter(|(value, _)| value.first() <= limit)
        .max_by_key(|(value, range)| (value.last(), std::cmp::Reverse(range.start)));
    out.extend(last.and_then(|(value, range)| {
        Some(dated(PartialDate::year_only(value.year())?, "latest-year", range))
    }));
    out
}

/// From the first to the last day of the days the account speaks of most densely: near its
/// publication if that is known to the day, else the largest cluster with no gap over two weeks.
fn covers(found: &[Found], year: Option<i16>, published: Option<&Dated>) -> Option<DateSpan> {
    const GAP: i32 = 15;
    let anchor = published.and_then(|dated| dated.value.exact());
    let mut days: Vec<Date> = found
        .iter()
        .filter(|one| one.role.is_body() && !one.disagrees)
        .filter_map(|one| {
            let day = one.value(year).and_then(PartialDate::exact)?;
            // In January, "29 December" is of the year before.
            match anchor {
                Some(anchor) if one.mention.year.is_none() && (day - anchor).get_days() > 31 => {
                    PartialDate::day(day.year() - 1, day.month(), day.day())?.exact()
                }
                _ => Some(day),
            }
        })
        .collect();
    days.sort_unstable();
    let mut clusters: Vec<Vec<Date>> = Vec::new();
    for day in days {
        match clusters.last_mut() {
            Some(cluster) if cluster.last().is_some_and(|last| (day - *last).get_days() <= GAP) => {
                cluster.push(day)
            }
            _ => clusters.push(vec![day]),
        }
    }
    let near = |cluster: &&Vec<Date>| {
        anchor.is_none_or(|anchor| {
            cluster.iter().any(|day| (-45..=7).contains(&(*day - anchor).get_days()))
        })
    };
    let best = clusters
        .iter()
        .filter(near)
        .max_by_key(|cluster| (cluster.len(), cluster.last().copied()))?;
    let (first, last) = (*best.first()?, *best.last()?);
    Some(DateSpan::between(PartialDate::from(first), PartialDate::from(last)))
}
