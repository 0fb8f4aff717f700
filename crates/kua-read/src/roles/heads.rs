//! The top of an account (kicker, title, standfirst, byline, date), the headings inside it, and the
//! signature below it.

use kua_lexicon::TokenKind;
use kua_model::Role;

use super::Page;
use crate::calendar::mentions;
use crate::draft::Draft;
use crate::words::{Cue, Words};

/// Lines from the top among which title and byline are looked for.
const TOP: usize = 16;

/// Lines that are nothing but a date, perhaps with "published" and a clock time.
pub(crate) fn dates(page: &mut Page<'_>, words: &Words) {
    for index in 0..page.lines.len() {
        let line = &page.lines[index];
        if !page.free(index)
            || line.tokens.is_empty()
            || line.tokens.len() > 24
            || !line.has_number()
        {
            continue;
        }
        let found = mentions(&line.tokens, line.language.or(page.language), words);
        let found = if found.is_empty() { mentions(&line.tokens, None, words) } else { found };
        if found.is_empty() {
            continue;
        }
        let in_date =
            |at: usize| found.iter().any(|date| (date.tokens.0..date.tokens.1).contains(&at));
        let cue = |at: usize| {
            line.cues.iter().any(|&(start, length, cue)| {
                (start..start + length).contains(&at)
                    && matches!(
                        cue,
                        Cue::Published | Cue::Modified | Cue::ShareFiller | Cue::Byline
                    )
            })
        };
        let left = line.tokens.iter().enumerate().filter(|(at, token)| {
            let clock = token.kind == TokenKind::Number && token.fold.len() <= 2;
            let short = token.kind == TokenKind::Word && token.fold.chars().count() <= 1;
            token.kind != TokenKind::Mark && !in_date(*at) && !cue(*at) && !clock && !short
        });
        let marked = line.has(Cue::Published) || line.has(Cue::Modified);
        let left = left.count();
        // A time zone, an article, a weekday in an unknown form may be left over.
        if left == 0 || (marked && left <= 2) {
            page.set(index, Role::Date, "date-line");
        }
    }
}

pub(crate) fn settle(page: &mut Page<'_>, draft: &Draft) {
    bylines(page);
    let title = if page.html { markup_title(page, draft) } else { plain_title(page) };
    if let Some(title) = title.filter(|_| !page.html) {
        around_title(page, title);
    }
    signature(page);
}

/// `By Ana Example`, or a name alone near a date, share buttons or another byline.
fn bylines(page: &mut Page<'_>) {
    let count = page.lines.len();
    for index in 0..count {
        let near_edge = index < TOP || index + 3 >= count;
        let line = &page.lines[index];
        if !near_edge || !page.free(index) || line.stop || line.tokens.is_empty() {
            continue;
        }
        let introduced = line.opens_with(Cue::Byline);
        let name = introduced.filter(|&after| after < line.tokens.len());
        if index > 0 && name.is_some_and(|after| line.is_name_like(after)) {
            page.set(index, Role::Byline, "byline-words");
        }
    }
    // From the date upwards: "Ana Example", "and Bo Sample", date.
    for index in (1..count.min(TOP)).rev() {
        let line = &page.lines[index];
        if !page.free(index) || line.stop || line.words > 6 || line.plain_words() < 2 {
            continue;
        }
        let below = (index + 1..count.min(index + 3))
            .any(|at| matches!(page.role(at), Some(Role::Date | Role::Byline | Role::Share)));
        // A headline in title case is longer than a name, or has a headline's marks.
        let joiner = line.opens_with(Cue::Joiner).unwrap_or(0);
        if below
            && line.is_name_like(joiner)
            && line.plain_words() <= 5 + joiner
            && !line.text.contains(':')
        {
            page.set(index, Role::Byline, "name-above-date");
        }
    }
}

/// The first headline above running text.
fn plain_title(page: &mut Page<'_>) -> Option<usize> {
    let first = (0..page.lines.len().min(TOP))
        .find(|&index| page.free(index) && page.lines[index].key != 0)?;
    let title_like = |page: &Page<'_>, index: usize| {
        page.lines.get(index).is_some_and(|line| {
            page.free(index)
                && line.is_headline_like()
                && !line.text.ends_with('!')
                && !line.text.starts_with(['-', '–', '—', '•', '*', '"', '«', '“'])
                && line.words <= 40
                || page.free(index)
                    && line.words >= 3
                    && line.words <= 30
                    && line.text.ends_with(['?', '»', '”', '"'])
        })
    };
    if !title_like(page, first) || first >= page.body.0.max(first + 1) {
        return None;
    }
    // Without running text below, a first line is the first of a list, a poem, a chat.
    let has_text = (first + 1..page.lines.len())
        .any(|index| page.lines[index].is_paragraph() || page.lines[index].stop);
    if !has_text {
        return None;
    }
    let second = (first + 1..page.lines.len().min(first + 3)).find(|&index| page.free(index));
    if let Some(second) = second
        && page.lines[first].words <= 4
        && page.lines[second].words > page.lines[first].words + 2
        && title_like(page, second)
        && !page.lines[second].is_paragraph()
    {
        page.set(first, Role::Kicker, "above-title");
        page.set(second, Role::Title, "first-headline");
        return Some(second);
    }
    page.set(first, Role::Title, "first-headline");
    Some(first)
}

/// What stands between the title and the running text.
fn around_title(page: &mut Page<'_>, title: usize) {
    let Some(next) = page.lines.get(title + 1).filter(|_| page.free(title + 1)) else { return };
    let top_matter = (title + 2..page.lines.len().min(title + 8)).any(|index| {
        matches!(
            page.role(index),
            Some(
                Role::Byline | Role::Date | Role::Share | Role::Caption | Role::Credit | Role::Link
            )
        )
    });
    let short = next.is_headline_like() && !next.is_paragraph();
    let follows = page.role(title + 2).is_some_and(|role| !role.is_body());
    if (next.is_paragraph() && top_matter && follows)
        || (short && (follows || next.words <= 12) && next.words >= 3)
    {
        page.set(title + 1, Role::Standfirst, "below-title");
    }
}

/// The heading element that is the page's title: the one meta and `<title>` agree with, else the
/// first of the highest level; without any, the `<title>` element itself.
fn markup_title(page: &mut Page<'_>, draft: &Draft) -> Option<usize> {
    let fold = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let element =
        draft.title_element.and_then(|index| page.lines.get(index)).map(|line| fold(line.text));
    let declared: Vec<String> = draft
        .titles
        .iter()
        .map(|title| fold(title))
        .chain(element)
        .filter(|title| !title.is_empty())
        .collect();
    let mut best: Option<(i32, usize)> = None;
    for (index, block) in draft.blocks.iter().enumerate() {
        let role = page.role(index);
        let fits =
            role.is_none_or(Role::is_body) || (role == Some(Role::Nav) && block.heading == 1);
        if block.heading == 0 || block.heading > 2 || !fits {
            continue;
        }
        let folded = page.lines.get(index).map(|line| fold(line.text)).unwrap_or_default();
        let agrees = folded.len() >= 8
            && declared
                .iter()
                .any(|title| title.contains(&folded) || folded.contains(title.as_str()));
        let mut score = if block.heading == 1 { 4 } else { 1 };
        score += if agrees { 6 } else { 0 } + if block.in_article { 2 } else { 0 };
        score -= if role == Some(Role::Nav) { 3 } else { 0 };
        if (block.heading == 1 || agrees) && best.is_none_or(|(known, _)| score > known) {
            best = Some((score, index));
        }
    }
    let (index, why) = match best.filter(|(score, _)| *score > 1) {
        Some((_, index)) => (index, "heading-element"),
        None if draft.title_element.is_none() => {
            // A page without a title and a first heading: the highest body heading stands for it.
            let body = |index: &usize| page.role(*index) == Some(Role::Heading);
            let first = (0..draft.blocks.len())
                .filter(body)
                .find(|&index| draft.blocks[index].heading <= 3)?;
            (first, "first-heading")
        }
        None => (draft.title_element?, "title-element"),
    };
    page.set(index, Role::Title, why);
    Some(index)
}

/// Headings: a line without a stop above running text.
pub(crate) fn headings(page: &mut Page<'_>) {
    let count = page.lines.len();
    let heading_like = |page: &Page<'_>, index: usize| {
        page.lines.get(index).is_some_and(|line| {
            page.free(index)
                && line.is_headline_like()
                && line.chars <= 160
                && line.words <= 22
                && line
                    .text
                    .chars()
                    .find(|c| c.is_alphanumeric())
                    .is_some_and(|c| !c.is_lowercase())
                && !line.text.starts_with(['-', '–', '—'])
                && !line.text.contains("://")
        })
    };
    let mut index = 0;
    while index < count {
        if !heading_like(page, index) {
            index += 1;
            continue;
        }
        let start = index;
        while heading_like(page, index) {
            index += 1;
        }
        // One or two in a row and running text below; more are a list or verse.
        let text_below = page.lines.get(index).is_some_and(|line| {
            page.role(index).is_none_or(|role| role.is_body() || role == Role::Caption)
                && (line.stop || line.is_paragraph())
                && line.chars * 2 >= page.lines[start].chars
        });
        if text_below && index - start <= 2 && start > 0 {
            (start..index).for_each(|at| page.set(at, Role::Heading, "above-text"));
        }
    }
}

/// A name below the last running text.
fn signature(page: &mut Page<'_>) {
    let Some(last) = (0..page.lines.len())
        .rev()
        .find(|&index| page.role(index).is_none_or(Role::is_body) && page.lines[index].key != 0)
    else {
        return;
    };
    let line = &page.lines[last];
    let below_text = last > 0 && page.lines[last - 1].stop;
    let capitals = line.tokens.iter().take(2).filter(|token| token.capital).count();
    if page.free(last)
        && !page.html
        && below_text
        && !line.stop
        && (2..=8).contains(&line.words)
        && capitals == 2
        && !line.has_number()
        && page.after_body(last)
    {
        page.set(last, Role::Byline, "signature");
    }
}
