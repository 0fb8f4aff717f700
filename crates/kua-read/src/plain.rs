//! Plain text to blocks. A block is a line, or a paragraph where the lines are hard-wrapped.
//! The blocks tile the text exactly; nothing is changed or left out.

use kua_model::TextRange;

use crate::draft::{Draft, DraftBlock};

/// The blocks of `text`.
pub(crate) fn plain(text: String) -> Draft {
    let lines = lines(&text);
    let wrapped = is_hard_wrapped(&text, &lines);
    let mut blocks: Vec<DraftBlock> = Vec::new();
    let mut open: Option<TextRange> = None;
    let mut previous_blank = true;
    for line in &lines {
        let blank = line.of(&text).is_none_or(|words| words.trim().is_empty());
        let joins =
            blank || (wrapped && !previous_blank && !opens_item(line.of(&text).unwrap_or("")));
        open = Some(match open {
            Some(block) if joins => block.cover(*line),
            Some(block) if block.of(&text).is_some_and(|words| words.trim().is_empty()) => {
                block.cover(*line)
            }
            Some(block) => {
                blocks.push(whole(block));
                *line
            }
            None => *line,
        });
        previous_blank = blank;
    }
    blocks.extend(open.map(whole));
    Draft { text, blocks, ..Draft::default() }
}

fn whole(range: TextRange) -> DraftBlock {
    DraftBlock { range, source: vec![(range, range)], ..DraftBlock::default() }
}

/// Lines with their breaks: LF, CR LF, CR, form feed, U+0085, U+2028, U+2029.
fn lines(text: &str) -> Vec<TextRange> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let breaks = match character {
            '\n' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => true,
            '\r' => characters.peek().is_none_or(|&(_, next)| next != '\n'),
            _ => false,
        };
        if breaks {
            let end = at + character.len_utf8();
            out.push(TextRange::new(start, end));
            start = end;
        }
    }
    if start < text.len() {
        out.push(TextRange::new(start, text.len()));
    }
    out
}

/// Whether paragraphs were broken into lines of one width, as mail programs and archives do: of
/// the lines that are followed by another text line, most end within a word's length of the width.
fn is_hard_wrapped(text: &str, lines: &[TextRange]) -> bool {
    let lengths: Vec<usize> = lines
        .iter()
        .map(|line| line.of(text).map_or(0, |words| words.trim_end().chars().count()))
        .collect();
    let inner: Vec<usize> =
        lengths.windows(2).filter(|pair| pair[0] > 0 && pair[1] > 0).map(|pair| pair[0]).collect();
    let Some(&longest) = lengths.iter().max() else { return false };
    if inner.len() < 4 || !(40..=100).contains(&longest) {
        return false;
    }
    let full = inner.iter().filter(|&&length| length + 16 >= longest).count();
    full * 10 >= inner.len() * 8
}

/// Whether a wrapped line begins something of its own: a list item, a quoted line.
fn opens_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['•', '*', '>', '·', '‣']) || line.starts_with("- ")
}
