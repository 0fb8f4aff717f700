//! TRACE: who took what from whom.
//!
//! [`trace`] takes the documents of a case and gives its [`Lineage`]: links between passages
//! (copies, quotations, digests, translations, repeats, revisions), each with exact spans, reasons,
//! and what disagrees; and the accounts they make up, so that a copy or translation is never counted
//! as another source.
//!
//! 1. Texts of one language: winnowed fingerprints, an inverted list, chains of shared runs.
//! 2. Texts of different languages: shared names, figures and letter groups of one romanisation,
//!    then alignment sentence by sentence. No model.
//! 3. Accounts: groups of linked passages, each given to the document nearest its origin.
//!
//! Knows nothing of files, claims or time. The result does not depend on the order of the documents
//! or the number of threads.

mod align;
mod bodies;
mod body;
mod boilerplate;
mod candidates;
mod chain;
mod config;
mod direction;
mod evidence;
mod features;
mod fingerprint;
mod fold;
mod gap;
mod groups;
mod learning;
mod letters;
mod marks;
mod memo;
mod numerals;
mod origins;
mod paraphrase;
mod passage;
mod rarity;
mod relays;
mod reuse;
mod scratch;
mod seeds;
mod since;
mod skeleton;
mod translated;
mod translation;
mod twice;
mod twins;
mod vectors;
mod verdict;
mod wording;
mod words;

use kua_lexicon::Lexicons;
use kua_model::{Document, Lineage, Memo, Noted};
use rayon::prelude::*;

use bodies::Bodies;
use memo::Remembered;

pub use bodies::Shelf;
pub use config::TraceConfig;
pub use scratch::Scratch;

/// Version of what this stage gives; raised whenever its output may change for the same input.
pub const VERSION: u32 = 13;

/// Links between passages of `documents` and the accounts they make up.
///
/// Every byte of every body block (see [`Role::is_body`](kua_model::Role::is_body)) of every
/// document is in exactly one account; other blocks are in none. Links are sorted by (a, b, kind).
/// A document that is given twice counts once. Texts beyond 4 GiB are left out with a notice.
/// Linear in the length of the texts and the number of links.
pub fn trace(documents: &[Document], lexicons: &Lexicons, config: &TraceConfig) -> Noted<Lineage> {
    trace_in_steps(documents, lexicons, config, None, &|_| {})
}

/// The same, with what was worked out of documents and pairs of them remembered in `memo`.
pub fn trace_with(
    documents: &[Document],
    lexicons: &Lexicons,
    config: &TraceConfig,
    memo: &dyn Memo,
) -> Noted<Lineage> {
    trace_in_steps(documents, lexicons, config, Some(memo), &|_| {})
}

/// The same; `begins` is told the name of each step before it is taken, for progress and measurement.
pub fn trace_in_steps(
    documents: &[Document],
    lexicons: &Lexicons,
    config: &TraceConfig,
    memo: Option<&dyn Memo>,
    begins: &(dyn Fn(&'static str) + Sync),
) -> Noted<Lineage> {
    begins("sentences");
    let (bodies, notices) = Bodies::of(documents);
    begins("digests");
    let settings = memo::settings(lexicons, config);
    let digest = |document: &Document| memo::digest(memo, settings, document);
    let documents = bodies.in_memory().par_iter().map(|body| digest(&body.document)).collect();
    let remembered = Remembered::new(memo, documents, settings, begins);
    Noted { value: traced(&bodies, lexicons, config, &remembered), notices }
}

/// The same of documents that memory should not hold all at once: of each is kept where it is set
/// aside in `scratch`, about three bytes for each byte of its text, and it is read from there when it
/// is compared. The result is the same; it takes about a quarter longer.
///
/// # Errors
/// If a document cannot be read, or the scratch not written or read.
pub fn trace_aside(
    shelf: &dyn Shelf,
    scratch: &dyn Scratch,
    lexicons: &Lexicons,
    config: &TraceConfig,
    memo: Option<&dyn Memo>,
    begins: &(dyn Fn(&'static str) + Sync),
) -> std::io::Result<Noted<Lineage>> {
    begins("sentences");
    let settings = memo::settings(lexicons, config);
    let digest = |document: &Document| memo::digest(memo, settings, document);
    let (bodies, notices, documents) = Bodies::aside(shelf, scratch, digest)?;
    let remembered = Remembered::new(memo, documents, settings, begins);
    let value = traced(&bodies, lexicons, config, &remembered);
    match bodies.failure() {
        Some(error) => Err(error),
        None => Ok(Noted { value, notices }),
    }
}

/// The lineage of bodies, wherever they are.
fn traced(
    bodies: &Bodies<'_>,
    lexicons: &Lexicons,
    config: &TraceConfig,
    remembered: &Remembered<'_>,
) -> Lineage {
    let wordings = wording::AllWordings::of(lexicons);
    let all_marks = marks::AllMarks::of(bodies, marks::MarkWords::of(lexicons));
    let mut links = reuse::reuse(bodies, &all_marks, &wordings, config, remembered);
    let (translated, words) =
        translation::translations(bodies, &all_marks, lexicons, &wordings, config, remembered);
    links.extend(translated);
    remembered.begins("relays");
    relays::settle(bodies, &mut links);
    links.sort_by_key(reuse::order);
    remembered.begins("paraphrases");
    links.extend(paraphrase::paraphrases(bodies, &links, &wordings, config, remembered));
    links.sort_by_key(reuse::order);
    remembered.begins("accounts");
    let origins = origins::origins(bodies, &links, &wordings);
    Lineage { links, origins, words }
}
