//! Headlines of other articles: printed twice, announced, or left over after the share buttons.

use kua_model::Role;

use super::Page;
use crate::words::Cue;

pub(crate) fn settle(page: &mut Page<'_>) {
    printed_twice(page);
    announced(page);
    left_over(page);
}

fn open(page: &Page<'_>, index: usize) -> bool {
    match page.role(index) {
        None => true,
        Some(Role::List | Role::Heading) => page.html,
        Some(_) => false,
    }
}

/// Teasers print a headline once for the picture and once for the text: pairs of equal lines one
/// after the other. One pair may be a title repeated; two in a row, or one behind the text, are not.
fn printed_twice(page: &mut Page<'_>) {
    let pair = |page: &Page<'_>, index: usize| {
        let (Some(a), Some(b)) = (page.lines.get(index), page.lines.get(index + 1)) else {
            return false;
        };
        a.key != 0
            && a.key == b.key
            && a.words >= 3
            && a.chars <= 250
            && !a.text.ends_with(['.', ':'])
            && open(page, index)
            && open(page, index + 1)
    };
    let mut index = 0;
    while index + 1 < page.lines.len() {
        if !pair(page, index) {
            index += 1;
            continue;
        }
        let start = index;
        while pair(page, index) {
            index += 2;
        }
        if index - start >= 4 || page.after_body(start) {
            (start..index).for_each(|at| page.set(at, Role::Related, "printed-twice"));
        }
    }
}

/// "Read also" and what stands under it, up to the next running text.
fn announced(page: &mut Page<'_>) {
    const MOST: usize = 30;
    for index in 0..page.lines.len() {
        let line = &page.lines[index];
        let Some(after) = line.opens_with(Cue::Related).filter(|_| open(page, index)) else {
            continue;
        };
        let colon = line.tokens.get(after).is_some_and(|token| token.fold == ":");
        let alone = line.covered(&[Cue::Related]) >= line.plain_words() && line.words <= 8;
        // `Popular<br>headline<br>headline`: one block, its first line the announcement.
        let first_line =
            line.text.lines().next().map_or(0, |first| first.split_whitespace().count());
        let list = line.text.contains('\n') && !line.stop && after >= first_line && first_line <= 4;
        if !(alone || list || (colon && !line.is_paragraph())) {
            continue;
        }
        page.set(index, Role::Related, "announces-related");
        if !alone {
            continue;
        }
        // Inside the text one headline may follow; behind it, all.
        let most = if page.after_body(index) { MOST } else { 1 };
        let mut at = index + 1;
        while at < page.lines.len() && at <= index + most && open(page, at) {
            let line = &page.lines[at];
            if line.is_paragraph() || !line.is_headline_like() || line.words < 3 {
                break;
            }
            page.set(at, Role::Related, "under-related");
            at += 1;
        }
    }
}

/// Three or more headlines after share buttons, with no running text behind them.
fn left_over(page: &mut Page<'_>) {
    let buttons = (0..page.lines.len()).rev().find(|&index| {
        let line = &page.lines[index];
        let all = line.covered(&[Cue::Share, Cue::ShareFiller]) >= line.plain_words();
        all && line.plain_words() > 0 && line.has(Cue::Share)
    });
    let Some(buttons) = buttons.filter(|&index| page.after_body(index)) else { return };
    let rest: Vec<usize> =
        (buttons + 1..page.lines.len()).filter(|&index| open(page, index)).collect();
    let headlines = rest
        .iter()
        .filter(|&&index| page.lines[index].is_headline_like() && page.lines[index].words >= 4);
    if headlines.count() >= 3 {
        for index in rest {
            if page.lines[index].is_headline_like() {
                page.set(index, Role::Related, "after-share");
            }
        }
    }
}
