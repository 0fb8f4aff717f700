//! Where and when: what the sentence says, else what heading, paragraph or report lend it; and
//! whether that is the crisis or another time.

use jiff::ToSpan;
use jiff::civil::Date;
use kua_model::{
    Block, ClaimRole, DateSpan, Notice, NoticePlace, PlaceMention, Role, Severity, Span, TextRange,
    TimeHow, TimeMention, Why,
};

use crate::claim::push_entry;
use crate::event::{Draft, Join};
use crate::grammar::Sense;
use crate::source;
use crate::teller::{Sentence, Teller};

impl Teller<'_> {
    pub(crate) fn place(
        &mut self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        why: &mut Vec<Why>,
    ) -> Option<PlaceMention> {
        let scene = sentence.scene;
        let best = sentence
            .places
            .iter()
            .filter(|mark| {
                (mark.placed || mark.start == 0)
                    && !source::covers(scene, &sentence.mentions, scene.range(mark.start, mark.end))
            })
            .filter_map(|mark| distance(sentence, draft, mark.start, mark.end).map(|d| (d, mark)))
            .min_by_key(|(distance, mark)| (*distance, mark.start))
            .map(|(_, mark)| mark);
        if let Some(mark) = best {
            let mention = PlaceMention {
                words: scene.words(mark.start, mark.end).to_owned(),
                canonical: mark.canonical.clone(),
                range: Some(scene.range(mark.start, mark.end)),
                inherited: false,
            };
            if let Some(entry) = mark.entry {
                push_entry(scene, why, entry, mark.start, mark.end);
            } else {
                why.push(Why::by(mark.rule, mention.range));
            }
            return Some(mention);
        }
        let inherited =
            |mention: &PlaceMention| PlaceMention { inherited: true, ..mention.clone() };
        // "Four died in A, and the police say five were arrested": the clause before lends it.
        let before = sentence.places.iter().rev().find(|mark| {
            mark.placed
                && mark.end <= draft.start
                && !source::covers(scene, &sentence.mentions, scene.range(mark.start, mark.end))
        });
        if let Some(mark) = before {
            why.push(Why::by(
                "place-of-the-clause-before",
                Some(scene.range(mark.start, mark.end)),
            ));
            return Some(PlaceMention {
                words: scene.words(mark.start, mark.end).to_owned(),
                canonical: mark.canonical.clone(),
                range: Some(scene.range(mark.start, mark.end)),
                inherited: true,
            });
        }
        self.last_place.as_ref().or(self.heading_place.as_ref()).map(inherited).or_else(|| {
            self.config.place.as_ref().map(|place| PlaceMention {
                words: place.clone(),
                canonical: Some(place.clone()),
                range: None,
                inherited: true,
            })
        })
    }

    pub(crate) fn time(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
        why: &mut Vec<Why>,
    ) -> Option<TimeMention> {
        let scene = sentence.scene;
        let anchor = self.relative_anchor();
        let best = sentence
            .dates
            .iter()
            .filter_map(|mark| {
                let distance = distance(sentence, draft, mark.start, mark.end)?;
                let resolved = mark.resolve(anchor)?;
                // The date of an announcement is not the date of the event, if there is another.
                let announced = sentence.mentions.iter().any(|mention| {
                    let (start, end) =
                        (mention.start.min(mention.cue.0), mention.end.max(mention.cue.1));
                    mark.start >= end && mark.start - end <= 1
                        || mark.end <= start && start - mark.end <= 1
                });
                // An hour tells no day.
                let hour = mark.value == crate::date::DateValue::Hour;
                let cost = usize::from(announced) * 100 + usize::from(hour) * 50;
                Some((cost + distance, mark, resolved))
            })
            .min_by_key(|(distance, mark, _)| (*distance, mark.start));
        if let Some((_, mark, resolved)) = best {
            let range = scene.range(mark.start, mark.end);
            why.push(Why::by("date", Some(range)));
            let how = if resolved.stated { TimeHow::Stated } else { TimeHow::Relative };
            return Some(TimeMention {
                value: resolved.span,
                part: mark.part,
                clock: mark.clock,
                range: Some(range),
                how,
            });
        }
        let carried = |value: DateSpan, range: Option<TextRange>, how: TimeHow| TimeMention {
            value,
            part: None,
            clock: None,
            range,
            how,
        };
        let before = sentence.dates.iter().rev().filter(|mark| mark.end <= draft.start);
        let before =
            before.filter_map(|mark| Some((mark, mark.resolve(anchor)?))).find(|(_, resolved)| {
                (resolved.stated || resolved.span.exact().is_some())
                    && !self.long_past(resolved.span)
                    && !self.long_begun(resolved.span)
            });
        if let Some((mark, resolved)) = before {
            let range = scene.range(mark.start, mark.end);
            why.push(Why::by("date-of-the-clause-before", Some(range)));
            return Some(carried(resolved.span, Some(range), TimeHow::Earlier));
        }
        if let Some((value, range)) = self.earlier {
            return Some(carried(value, Some(range), TimeHow::Earlier));
        }
        if let Some((value, range)) = self.heading {
            return Some(carried(value, Some(range), TimeHow::Heading));
        }
        let published = self.document.dates.published.as_ref()?;
        Some(carried(published.value.into(), published.range, TimeHow::Document))
    }

    /// Crisis or background: by the year of the event against the report, the case and the words.
    pub(crate) fn role(
        &self,
        time: &Option<TimeMention>,
        cue: bool,
        why: &mut Vec<Why>,
    ) -> ClaimRole {
        let block = self.document.blocks.get(self.block);
        if block.is_some_and(|block| !block.role.may_claim()) {
            why.push(Why::by("block-role", block.map(|block| block.range)));
            return ClaimRole::Boilerplate;
        }
        let background = |why: &mut Vec<Why>, rule: &str, range| {
            why.push(Why::by(rule, range));
            ClaimRole::Background
        };
        if cue {
            return background(why, "background-words", None);
        }
        let Some(time) = time else {
            return if self.block_past {
                background(why, "paragraph-of-past-years", None)
            } else {
                ClaimRole::Crisis
            };
        };
        let stated = matches!(time.how, TimeHow::Stated | TimeHow::Relative | TimeHow::Earlier);
        if let Some(period) = self.config.period
            && stated
            && !period.may_meet(time.value)
        {
            return background(why, "outside-the-period-of-the-case", time.range);
        }
        // A report without a date tells of its own crisis by days, of others by their year.
        let year_alone = self.anchor.is_none()
            && self.config.period.is_none()
            && time.how == TimeHow::Stated
            && time.value.exact().is_none()
            && time.value.from.is_some_and(|from| from.month().is_none());
        if year_alone {
            return background(why, "year-alone-in-an-undated-report", time.range);
        }
        if stated && self.long_past(time.value) {
            return background(why, "more-than-a-year-before-the-report", time.range);
        }
        if stated && self.long_begun(time.value) {
            return background(why, "total-that-began-long-before", time.range);
        }
        if self.block_past && !matches!(time.how, TimeHow::Stated | TimeHow::Relative) {
            return background(why, "paragraph-of-past-years", time.range);
        }
        ClaimRole::Crisis
    }

    /// Ended more than a year before the report, and outside any stated period of the case.
    pub(crate) fn long_past(&self, span: DateSpan) -> bool {
        if self.config.period.is_some_and(|period| period.may_meet(span)) {
            return false;
        }
        let (Some(anchor), Some(last)) = (self.anchor, span.last()) else { return false };
        let limit = anchor.checked_sub(1.year()).unwrap_or(anchor);
        last < limit && span.from.is_some()
    }

    /// Runs from long before: "9,000 people killed since 2013" counts another thing than this
    /// crisis. More than a month before the period of the case, or, where the case names none, more
    /// than a year before the report.
    pub(crate) fn long_begun(&self, span: DateSpan) -> bool {
        let Some(begun) = span.from.filter(|_| span.to.is_none_or(|to| span.from != Some(to)))
        else {
            return false;
        };
        let limit = match (self.config.period.and_then(DateSpan::first), self.anchor) {
            (Some(first), _) => first.checked_sub(1.month()),
            (None, Some(anchor)) => anchor.checked_sub(1.year()),
            (None, None) => return false,
        };
        limit.is_ok_and(|limit| begun.last() < limit)
    }

    pub(crate) fn relative_anchor(&self) -> Option<Date> {
        self.heading.and_then(|(span, _)| span.exact()).or(self.anchor)
    }

    /// Dates of a heading hold until the next; years far back make a paragraph a biography.
    pub(crate) fn carry_dates(&mut self, sentence: &Sentence<'_, '_>) {
        let anchor = self.relative_anchor();
        let mut past = 0;
        for mark in &sentence.dates {
            let Some(resolved) = mark.resolve(anchor) else { continue };
            let range = sentence.scene.range(mark.start, mark.end);
            if resolved.disagrees {
                let words = range.of(&self.document.text).unwrap_or("");
                self.notices.push(Notice::new(
                    Severity::Caution,
                    "weekday-disagrees",
                    NoticePlace::Span(Span::new(self.document.id, range)),
                    format!(
                        "The weekday of “{words}” does not fall on its date; claims dated by it are taken as of {}.",
                        resolved.span
                    ),
                ));
            }
            past += usize::from(resolved.stated && self.long_past(resolved.span));
        }
        self.block_past |= past > 0
            && sentence.dates.iter().all(|mark| {
                mark.resolve(anchor)
                    .is_none_or(|resolved| !resolved.stated || self.long_past(resolved.span))
            });
        // Running text that has moved on to a later day has left the heading behind.
        let later = sentence.dates.iter().filter_map(|mark| mark.resolve(anchor)).any(|resolved| {
            resolved.stated
                && matches!((resolved.span.exact(), self.heading.and_then(|(span, _)| span.exact())),
                    (Some(day), Some(heading)) if day > heading)
        });
        if later {
            self.heading = None;
        }
        if let Some(block) = self.document.blocks.get(self.block) {
            self.heading_date(block, sentence);
        }
    }

    pub(crate) fn heading_date(&mut self, block: &Block, sentence: &Sentence<'_, '_>) {
        let Some(mark) = sentence.dates.first() else { return };
        let opens =
            sentence.range.start == first_word(&self.document.text, block.range) && mark.start <= 2;
        let line = matches!(
            block.role,
            Role::Heading | Role::Entry | Role::Date | Role::Main | Role::List
        ) && block.range.len() < 240
            && (block.role != Role::Main
                || sentence.scene.is_mark(mark.end, &[':', '—', '–'])
                || mark.end == sentence.scene.tokens.len());
        if !(opens && line) || mark.value == crate::date::DateValue::Hour {
            return;
        }
        if let Some(resolved) = mark.resolve(self.anchor)
            && resolved.span.exact().is_some()
            && !self.long_past(resolved.span)
        {
            self.heading = Some((resolved.span, sentence.scene.range(mark.start, mark.end)));
        }
    }
}

/// Tokens between a mark and the draft; `None` if another draft or a contrast stands between.
fn distance(sentence: &Sentence<'_, '_>, draft: &Draft, start: usize, end: usize) -> Option<usize> {
    let scene = sentence.scene;
    if start < draft.end && draft.start < end {
        return Some(0);
    }
    let after = start >= draft.end;
    let (from, to) = if after { (draft.end, start) } else { (end, draft.start) };
    let other = |other: &Draft| {
        // Words shared with this draft (a common verb) do not stand between.
        if after {
            other.start >= from && other.start < to
        } else {
            other.end > from && other.end <= to && other.start >= from
        }
    };
    // "2,419 deaths, 312 of them in 2016": what follows a part is said of the part.
    let part = |d: &Draft| after && matches!(d.link, Join::Part(_)) && d.start > draft.start;
    let crossed = sentence
        .drafts
        .iter()
        .filter(|d| (d.trigger != draft.trigger || part(d)) && other(d))
        .count();
    let contrast = (from..to)
        .any(|at| scene.find(at, |s| *s == Sense::Contrast).is_some() || scene.is_mark(at, &[';']));
    if after && crossed > 0 && matches!(draft.link, Join::Series(_)) {
        return None;
    }
    // Where the verb is last, a place or day stands before what happened then and there.
    let cost = match (scene.grammar.verb_last, after) {
        (true, true) => 12,
        (true, false) | (false, true) => 0,
        (false, false) => 2,
    };
    // "in A on Monday and wounded seven in B on Tuesday": what another verb has right before it, and
    // an "and" behind it, is said of that one.
    let of_before = !after
        && !scene.grammar.verb_last
        && sentence.drafts.iter().any(|d| d.trigger != draft.trigger && d.end <= start)
        && (from..to).any(|at| scene.find(at, |s| *s == Sense::And).is_some());
    let cost = cost + if of_before { 8 } else { 0 };
    // A sentence-opening adverbial ("In A, …") reaches all; a later one belongs to its own claim.
    let opening = !after && start <= 3;
    match (crossed, contrast) {
        (_, true) => None,
        (0, _) => Some(to.saturating_sub(from) + cost),
        (_, _) if opening => Some(to.saturating_sub(from) + 30),
        (_, _) if after => Some(to.saturating_sub(from) + 60),
        _ => None,
    }
}

fn first_word(text: &str, range: TextRange) -> usize {
    let piece = range.of(text).unwrap_or("");
    range.start + (piece.len() - piece.trim_start().len())
}
