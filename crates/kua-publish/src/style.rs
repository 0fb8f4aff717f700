//! The one style sheet. Widths of bars are classes, since a strict policy forbids inline style.

use std::fmt::Write;
use std::sync::OnceLock;

/// The style sheet, the same on every page and inside the single file.
pub(crate) fn sheet() -> &'static str {
    static SHEET: OnceLock<String> = OnceLock::new();
    SHEET.get_or_init(|| {
        let mut out = include_str!("style.css").to_owned();
        for n in 0..=100 {
            // Writing to a string cannot fail.
            let _ = writeln!(out, ".s-{n}{{margin-inline-start:{n}%}}.w-{n}{{width:{n}%}}");
        }
        out
    })
}
