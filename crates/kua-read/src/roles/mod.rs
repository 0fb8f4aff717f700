//! Settles what each block is. Rules look at position, repetition, language, shape and the words of
//! `boilerplate.txt`; they know no document. Architecture invariant: when signs are weak a block
//! stays body, because an account lost as boilerplate is worse than boilerplate kept.

mod credits;
mod furniture;
mod heads;
mod line;
mod markup;
mod related;

use kua_model::{Lang, Role};

use crate::draft::Draft;
use crate::words::Words;
use line::Line;

/// Blocks at each end of a text whose words are compared with the lexicons. Menus and footers stand
/// at the ends; a file of a million lines must not cost a million look-ups.
const EDGE: usize = 2000;

/// What the rules see: the blocks, and a line for each.
pub(crate) struct Page<'d> {
    pub lines: Vec<Line<'d>>,
    pub roles: Vec<Option<Role>>,
    pub why: Vec<Vec<&'static str>>,
    pub html: bool,
    /// Language of the body, if known.
    pub language: Option<Lang>,
    /// First and one past the last line of running text.
    pub body: (usize, usize),
}

impl Page<'_> {
    pub(crate) fn set(&mut self, index: usize, role: Role, why: &'static str) {
        if let (Some(slot), Some(reasons)) = (self.roles.get_mut(index), self.why.get_mut(index)) {
            *slot = Some(role);
            *reasons = vec![why];
        }
    }

    pub(crate) fn free(&self, index: usize) -> bool {
        self.roles.get(index).is_some_and(Option::is_none)
    }

    pub(crate) fn role(&self, index: usize) -> Option<Role> {
        self.roles.get(index).copied().flatten()
    }

    /// Whether nothing but furniture follows `index`.
    pub(crate) fn after_body(&self, index: usize) -> bool {
        index >= self.body.1
    }
}

/// Gives every block of `draft` its role. `languages` holds the language of each block.
pub(crate) fn settle(
    draft: &mut Draft,
    languages: &[Option<Lang>],
    main: Option<Lang>,
    words: &Words,
) {
    let count = draft.blocks.len();
    let mut lines: Vec<Line<'_>> = Vec::with_capacity(count);
    for (index, block) in draft.blocks.iter().enumerate() {
        let at_edge = index < EDGE || index + EDGE >= count;
        let language = languages.get(index).copied().flatten();
        lines.push(Line::of(&draft.text, block, language, at_edge, words));
    }
    let mut page = Page {
        roles: draft.blocks.iter().map(|block| block.role).collect(),
        why: draft.blocks.iter().map(|block| block.why.clone()).collect(),
        html: draft.html,
        language: main,
        body: (0, count),
        lines,
    };
    if draft.html {
        markup::settle(&mut page, draft);
    }
    page.body = running_text(&page);
    furniture::shapes(&mut page);
    credits::settle(&mut page);
    heads::dates(&mut page, words);
    related::settle(&mut page);
    furniture::words(&mut page);
    heads::settle(&mut page, draft);
    heads::headings(&mut page);
    let (roles, why) = (page.roles, page.why);
    for ((block, role), why) in draft.blocks.iter_mut().zip(roles).zip(why) {
        block.role = Some(role.unwrap_or(Role::Main));
        block.why = why;
    }
}

/// First line of running text and one past the last.
fn running_text(page: &Page<'_>) -> (usize, usize) {
    let runs = |index: usize| {
        page.role(index).is_none_or(Role::is_body)
            && page
                .lines
                .get(index)
                .is_some_and(|line| line.is_paragraph() && !line.is_foreign(page.language))
    };
    let first = (0..page.lines.len()).find(|&index| runs(index));
    let last = (0..page.lines.len()).rev().find(|&index| runs(index));
    match (first, last) {
        (Some(first), Some(last)) => (first, last + 1),
        _ => (0, page.lines.len()),
    }
}
