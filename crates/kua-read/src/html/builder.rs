//! Puts runs of page text together into blocks: folds white space, remembers sources.

use kua_model::{Role, TextRange};

use super::context::Context;
use super::entities::{is_space, read_run};
use crate::draft::{Draft, DraftBlock};

/// The document's text as it grows, and the block that is open.
#[derive(Debug)]
pub(crate) struct Builder<'t> {
    page: &'t str,
    pub draft: Draft,
    open: Option<Open>,
    /// A block ended since the last table cell began: the cell lays out the page.
    split_cell: bool,
}

#[derive(Debug, Default)]
struct Open {
    block: DraftBlock,
    letters: usize,
    linked: usize,
    /// `br` seen since the last text.
    breaks: usize,
    /// A new table cell began since the last text.
    cell: bool,
    /// White space is kept as it stands.
    pre: bool,
}

impl<'t> Builder<'t> {
    pub(crate) fn new(page: &'t str) -> Self {
        Self {
            page,
            draft: Draft { html: true, ..Draft::default() },
            open: None,
            split_cell: false,
        }
    }

    /// Text of the page at `range`. White space at the edges of a block, and doubled at the seams of
    /// runs, is left out of the text and of its source range alike.
    pub(crate) fn text(&mut self, range: TextRange, context: &Context) {
        let Some(source) = range.of(self.page) else { return };
        let mut start = range.start;
        let fresh = self
            .open
            .as_ref()
            .is_none_or(|open| open.block.source.is_empty() || open.breaks > 0 || open.cell);
        if context.pre {
            // A line break right after <pre> is not shown.
            if fresh && self.open.is_none() {
                let first = source.strip_prefix('\r').unwrap_or(source);
                let after = first.strip_prefix('\n').unwrap_or(first);
                start = range.end - after.len();
            }
        } else if fresh || self.draft.text.ends_with(is_space) {
            start = range.end - source.trim_start_matches(is_space).len();
        }
        if start == range.end {
            return;
        }
        let mut open = self.open.take().unwrap_or_default();
        if open.block.source.is_empty() {
            let here = self.draft.text.len();
            open.block.range = TextRange::new(here, here);
            describe(&mut open.block, context);
        } else if open.breaks > 0 || open.cell {
            self.trim_end(&mut open);
            self.draft.text.push(if open.breaks > 0 { '\n' } else { '\t' });
        }
        (open.breaks, open.cell, open.pre) = (0, false, context.pre);
        let from = self.draft.text.len();
        read_run(&self.page[start..range.end], context.pre, &mut self.draft.text);
        let to = self.draft.text.len();
        if to > from {
            open.letters += to - from;
            open.linked += if context.link { to - from } else { 0 };
            open.block.hard_breaks |= context.pre;
            open.block.source.push((TextRange::new(from, to), TextRange::new(start, range.end)));
        }
        self.open = Some(open);
    }

    /// `<br>`: one ends a line, two end the block.
    pub(crate) fn line_break(&mut self) {
        let Some(open) = &mut self.open else { return };
        open.breaks += 1;
        open.block.hard_breaks = true;
        if open.breaks >= 2 {
            self.end_block();
        }
    }

    /// A table cell begins or ends. Cells of a row share its block, unless one holds lines or
    /// blocks of its own, as on pages that are laid out with tables.
    pub(crate) fn cell(&mut self) {
        let lines = self.open.as_ref().is_some_and(|open| open.block.hard_breaks);
        if self.split_cell || lines {
            self.end_block();
        } else if let Some(open) = &mut self.open {
            open.cell = true;
        }
        self.split_cell = false;
    }

    /// A block element begins or ends: closes the open block, if any.
    pub(crate) fn end_block(&mut self) {
        self.split_cell = true;
        let Some(mut open) = self.open.take() else { return };
        self.trim_end(&mut open);
        let start = open.block.range.start;
        let words = self.draft.text.get(start..).unwrap_or_default();
        if open.block.source.is_empty() || words.trim().is_empty() {
            self.draft.text.truncate(start);
            return;
        }
        self.draft.text.push_str("\n\n");
        open.block.range = TextRange::new(start, self.draft.text.len());
        open.block.linked = u8::try_from(open.linked * 100 / open.letters.max(1)).unwrap_or(100);
        self.draft.blocks.push(open.block);
    }

    /// Takes the white space off the end of the last run, and off its source: the run is read anew
    /// from the shorter source, so that source and text keep agreeing.
    fn trim_end(&mut self, open: &mut Open) {
        while let Some((text, source)) = open.block.source.last_mut() {
            let words = source.of(self.page).unwrap_or_default();
            let kept = words.trim_end_matches(is_space);
            if kept.len() < words.len() {
                self.draft.text.truncate(text.start);
                read_run(kept, open.pre, &mut self.draft.text);
                source.end = source.start + kept.len();
                text.end = self.draft.text.len();
            }
            if !text.is_empty() {
                break;
            }
            open.block.source.pop();
        }
        // A break or tab before a run that was all white space goes with it.
        let end = open.block.source.last().map_or(open.block.range.start, |(text, _)| text.end);
        self.draft.text.truncate(end);
    }

    /// A block that is one attribute value or one element of its own, apart from the flow.
    pub(crate) fn lone(&mut self, range: TextRange, role: Role, why: &'static str) {
        self.end_block();
        let context = Context { role: Some(role), why, ..Context::default() };
        self.text(range, &context);
        self.end_block();
    }

    /// Index the block that is open, or else the next one, will have.
    pub(crate) fn next_block(&self) -> usize {
        self.draft.blocks.len()
    }

    /// Whether the open block has text.
    pub(crate) fn has_text(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.block.source.is_empty())
    }
}

fn describe(block: &mut DraftBlock, context: &Context) {
    block.role = context.role;
    block.why = if context.role.is_some() { vec![context.why] } else { Vec::new() };
    block.loose = context.loose;
    block.heading = context.heading;
    block.in_article = context.in_article;
    block.declared_lang = context.lang;
}
