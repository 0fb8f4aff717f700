//! READ: bytes of an item to [`Document`]s, every visible character in one labelled block.
//!
//! The one design decision: reading selects nothing. Extractors give "main text" and silently drop
//! the rest; here menus, captions, credits and hidden text stay in the document with their [`Role`],
//! every block leads to the bytes it came from, and a [`Receipt`] says what was left out. "Main text"
//! is then a choice anyone can check.
//!
//! Steps: the format (`format`), the character set (`charset`) with a map back to bytes
//! (`source_map`), blocks (`plain`, `html`), languages (`language`), roles (`roles`), sentences
//! (`sentences`), dates (`dates`).
//!
//! Architecture invariant: no files, clock, network or randomness; no word of a human language.

mod calendar;
mod charset;
mod dates;
mod draft;
mod format;
mod html;
mod language;
mod letter_case;
mod numeric_dates;
mod plain;
mod read;
mod roles;
mod sentences;
mod source_map;
mod words;

pub use read::{ReadConfig, VERSION, decode_source, read};

#[cfg(doc)]
use kua_model::{Document, Receipt, Role};
