//! Words of human languages, in plain text folders that somebody who speaks the language can read
//! and correct without touching code.
//!
//! A folder `lexicons/<lang>/` holds one language; files beside the folders hold what no language
//! owns. This crate knows the *syntax* of the files ([`Lexicons::from_files`]), how text is cut
//! into [`Token`]s, and how the words of a file are found among tokens ([`Phrases`]). What the
//! sections mean is known only to the stage that reads them.
//!
//! Architecture invariant: no word of any human language stands in this or any other crate.

mod embedded;
mod entry;
mod gazetteer;
mod lexicon;
mod phrase;
mod spelling;
mod token;

pub use entry::{Entry, LexiconError};
pub use gazetteer::{Gazetteer, Town, place_key};
pub use lexicon::{Lexicon, Lexicons};
pub use phrase::{Match, PatternError, PatternWord, Phrases, expand};
pub use spelling::{Misspelt, misspelt};
pub use token::{Token, TokenKind, fold, tokens};
