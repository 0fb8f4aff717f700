//! Tables that line up in every script: columns are as wide as their cells are shown, not as they
//! are long. Piped, cells are parted by tabs and never cut.

use std::io;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::console::Console;

/// Rows under a heading.
pub(crate) struct Table {
    heads: Vec<&'static str>,
    /// Columns aligned at their right end.
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

/// No column is made narrower than this.
const LEAST: usize = 8;

impl Table {
    /// A table with these columns; a leading `>` aligns a column at its right end.
    pub(crate) fn new(heads: &[&'static str]) -> Self {
        let right = heads.iter().map(|head| head.starts_with('>')).collect();
        let heads = heads.iter().map(|head| head.trim_start_matches('>')).collect();
        Self { heads, right, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.into_iter().map(|cell| on_one_line(&cell)).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(crate) fn print(&self, console: &mut Console) -> io::Result<()> {
        let Some(columns) = console.columns else {
            console.line(&self.heads.join("\t"))?;
            return self.rows.iter().try_for_each(|row| console.line(&row.join("\t")));
        };
        let widths = self.widths(columns);
        let head = self.laid_out(&self.heads, &widths);
        console.heading(&head)?;
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            let line = self.laid_out(&cells, &widths);
            console.line(&line)?;
        }
        Ok(())
    }

    fn laid_out(&self, cells: &[&str], widths: &[usize]) -> String {
        let mut line = String::new();
        for ((cell, width), right) in cells.iter().zip(widths).zip(&self.right) {
            let cell = cut(cell, *width);
            let pad = " ".repeat(width.saturating_sub(cell.width()));
            if *right {
                line += &pad;
                line += &cell;
            } else {
                line += &cell;
                line += &pad;
            }
            line += "  ";
        }
        line.trim_end().to_owned()
    }

    /// Widths that fit `columns`: the widest column gives way first.
    fn widths(&self, columns: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.heads.iter().map(|head| head.width()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let gaps = 2 * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > columns {
            match widths.iter_mut().max() {
                Some(widest) if *widest > LEAST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

/// Words of the material on one line, with nothing that moves the cursor or turns the line around.
pub(crate) fn on_one_line(cell: &str) -> String {
    let joined = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    // Words of the material may carry marks that turn the line around.
    kua_case::shown(&joined).replace("\\\\", "\\")
}

/// `text` in at most `width` columns, with `…` where it was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        let wide = character.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push(character);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_script() {
        let mut table = Table::new(&["place", ">killed"]);
        table.row(vec!["Алматы".into(), "18".into()]);
        table.row(vec!["阿拉木图".into(), "225".into()]);
        let widths = table.widths(80);
        assert_eq!(widths, [8, 6]);
        assert_eq!(table.laid_out(&["阿拉木图", "225"], &widths), "阿拉木图     225");
        assert_eq!(table.laid_out(&["Алматы", "18"], &widths), "Алматы        18");
    }

    #[test]
    fn a_long_cell_is_cut_where_it_is_shown() {
        assert_eq!(cut("Алматы", 6), "Алматы");
        assert_eq!(cut("Алматы", 4), "Алм…");
        assert_eq!(cut("阿拉木图", 5), "阿拉…");
    }
}
