//! Links, file names, buttons, and lines of a site's own words.

use std::collections::BTreeMap;

use kua_lexicon::TokenKind;
use kua_model::Role;

use super::Page;
use super::line::Line;
use crate::words::Cue;

/// Blocks told by their shape alone.
pub(crate) fn shapes(page: &mut Page<'_>) {
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    for line in page.lines.iter().filter(|line| line.key != 0 && line.words == 1) {
        *seen.entry(line.key).or_default() += 1;
    }
    for index in 0..page.lines.len() {
        if !page.free(index) {
            continue;
        }
        let line = &page.lines[index];
        if line.key == 0 && line.chars <= 40 && !line.text.contains(['!', '?', '…', '.']) {
            page.set(index, Role::Nav, "no-words");
        } else if is_address(line.text) {
            page.set(index, Role::Link, "bare-link");
        } else if let Some(why) = file_name(line, seen.get(&line.key).copied().unwrap_or(0)) {
            page.set(index, Role::ImageAlt, why);
        } else if line.text.starts_with("> ") {
            page.set(index, Role::Quote, "quote-mark");
        } else if is_clock(line) {
            page.set(index, Role::Entry, "clock-time");
        } else if opens_list(line.text)
            && [index.wrapping_sub(1), index + 1]
                .iter()
                .any(|&near| page.lines.get(near).is_some_and(|line| opens_list(line.text)))
        {
            page.set(index, Role::List, "list-mark");
        }
    }
}

/// Lines made of a site's own words: share buttons, menus, invitations, terms.
pub(crate) fn words(page: &mut Page<'_>) {
    for index in 0..page.lines.len() {
        if let Some((role, why)) = verdict(page, index) {
            page.set(index, role, why);
        }
    }
    // A block that continues an invitation in the same foreign language, up to the end of the text.
    for index in 1..page.lines.len() {
        let before = page.role(index - 1);
        let continues = matches!(before, Some(Role::TipLine | Role::Newsletter | Role::Legal))
            && page.free(index)
            && page.after_body(index)
            && page.lines[index].is_foreign(page.language)
            && page.lines[index].language == page.lines[index - 1].language;
        if let Some(role) = before.filter(|_| continues) {
            page.set(index, role, "continues-foreign");
        }
    }
}

fn verdict(page: &Page<'_>, index: usize) -> Option<(Role, &'static str)> {
    let line = page.lines.get(index)?;
    let role = page.role(index);
    // Markup that says "heading", "list item" or nothing may be overruled; the rest may not.
    if line.cues.is_empty()
        || !(role.is_none() || (page.html && matches!(role, Some(Role::List | Role::Heading))))
    {
        return None;
    }
    let words = line.plain_words();
    let numbers = line.tokens.iter().filter(|token| token.kind == TokenKind::Number).count();
    let all = words + numbers;
    let sharing = line.covered(&[Cue::Share, Cue::ShareFiller]) + numbers;
    if words > 0 && sharing >= all && words <= 16 && line.has(Cue::Share) && !line.stop {
        return Some((Role::Share, "share-words"));
    }
    let in_body = index >= page.body.0 && index < page.body.1;
    let foreign = line.is_foreign(page.language);
    let kinds = [
        (Cue::TipLine, Role::TipLine, "tip-line-words"),
        (Cue::Newsletter, Role::Newsletter, "newsletter-words"),
        (Cue::Legal, Role::Legal, "legal-words"),
        (Cue::Comments, Role::Nav, "comment-words"),
        (Cue::Nav, Role::Nav, "menu-words"),
    ];
    for (cue, role, why) in kinds {
        if !line.has(cue) {
            continue;
        }
        let covered = line.covered(&[cue]);
        let hits = line.cues.iter().filter(|(_, _, found)| *found == cue).count();
        let menu = role == Role::Nav;
        // A whole line of such words, wherever it stands; one that opens a short line at the edge;
        // and longer text only if it is foreign to the body or full of them.
        let whole = covered >= words && (!menu || !in_body);
        let opens = !menu && words <= 14 && !in_body && line.opens_with(cue).is_some();
        let long = !menu
            && !in_body
            && (foreign || hits >= 2 || (role == Role::Legal && line.text.contains('©')));
        if whole || opens || long {
            return Some((role, why));
        }
    }
    if !in_body && line.text.starts_with('©') && words <= 20 {
        return Some((Role::Legal, "copyright-mark"));
    }
    None
}

/// Nothing but one web or mail address.
pub(crate) fn is_address(text: &str) -> bool {
    if text.chars().any(char::is_whitespace) || text.len() < 5 {
        return false;
    }
    let lower = text.trim_matches(['<', '>', '(', ')', '[', ']']).to_ascii_lowercase();
    ["http://", "https://", "ftp://", "www.", "mailto:", "t.me/"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// A name of a file standing where a picture stood: `protest-square`, `IMG_2034.jpg`.
fn file_name(line: &Line<'_>, times: usize) -> Option<&'static str> {
    let text = line.text;
    let bytes = text.as_bytes();
    if line.words != 1 || text.len() > 120 || !bytes.iter().any(u8::is_ascii_alphanumeric) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let picture = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".mp4", ".avif"];
    if picture.iter().any(|end| lower.ends_with(end)) {
        return Some("picture-file-name");
    }
    let slug = bytes.iter().all(|&byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
    });
    let joints = bytes.iter().filter(|&&byte| matches!(byte, b'-' | b'_')).count();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    if !slug || joints == 0 || letters < 4 || !bytes[0].is_ascii_alphanumeric() {
        return None;
    }
    if times >= 2 {
        return Some("repeated-slug");
    }
    // Once: only if it cannot be a hyphenated word.
    (joints >= 2 && letters >= 8 && bytes.contains(&b'_') || joints >= 3).then_some("slug")
}

/// Opens with a clock time and a divider: `18H20 : …`, `09:45 – …`.
fn is_clock(line: &Line<'_>) -> bool {
    let tokens = &line.tokens;
    let number = |at: usize, most: u16| {
        tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Number
                && token.fold.len() <= 2
                && token.fold.parse::<u16>().is_ok_and(|value| value <= most)
        })
    };
    let is = |at: usize, marks: &[&str]| {
        tokens.get(at).is_some_and(|token| marks.contains(&token.fold.as_ref()))
    };
    let touching = |at: usize| match (tokens.get(at), tokens.get(at + 1)) {
        (Some(a), Some(b)) => a.range.end == b.range.start,
        _ => false,
    };
    number(0, 23)
        && touching(0)
        && is(1, &["h", ":", "."])
        && number(2, 59)
        && touching(1)
        && tokens.get(2).is_some_and(|token| token.fold.len() == 2)
        && is(3, &[":", "-", "–", "—", "|", "·"])
        && tokens.len() > 4
}

fn opens_list(text: &str) -> bool {
    let mut characters = text.chars();
    match characters.next() {
        Some('•' | '*' | '·' | '‣' | '▪' | '■' | '●') => {
            characters.next().is_some_and(char::is_whitespace)
        }
        Some(first) if first.is_ascii_digit() => {
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
            text.len() - rest.len() <= 2 && (rest.starts_with(". ") || rest.starts_with(") "))
        }
        _ => false,
    }
}
