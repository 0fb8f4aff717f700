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
use kua_model::{Document, Lineage, Memo, Noted, Notice, NoticePlace, Severity, Span, TextRange};
use rayon::prelude::*;

pub use config::TraceConfig;

/// Version of what this stage gives; raised whenever its output may change for the same input.
pub const VERSION: u32 = 11;

/// Longest text, in bytes, that is traced: places in it are kept in 32 bits.
const LONGEST: usize = u32::MAX as usize;

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
    let mut notices = Vec::new();
    let mut ordered: Vec<&Document> = documents.iter().collect();
    ordered.sort_by_key(|document| document.id);
    ordered.dedup_by_key(|document| document.id);
    ordered.retain(|document| {
        let fits = document.text.len() < LONGEST;
        if !fits {
            let start = Span::new(document.id, TextRange::new(0, 0));
            notices.push(Notice::new(
                Severity::Loss,
                "too-long-to-trace",
                NoticePlace::Span(start),
                format!(
                    "{} holds {} bytes of text, more than the 4 GiB that can be traced. It was not compared with the other documents: split it into parts and add those.",
                    document.path,
                    document.text.len()
                ),
            ));
        }
        fits
    });
    let wordings = wording::AllWordings::of(lexicons);
    let bodies: Vec<body::Body<'_>> = ordered.par_iter().map(|d| body::Body::of(d)).collect();
    let all_marks = marks::AllMarks::of(&bodies, marks::MarkWords::of(lexicons));
    begins("digests");
    let remembered = memo::Remembered::new(memo, &ordered, lexicons, config, begins);
    let mut links = reuse::reuse(&bodies, &all_marks, &wordings, config, &remembered);
    let (translated, words) =
        translation::translations(&bodies, &all_marks, lexicons, &wordings, config, &remembered);
    links.extend(translated);
    begins("relays");
    relays::settle(&bodies, &mut links);
    links.sort_by_key(reuse::order);
    begins("paraphrases");
    links.extend(paraphrase::paraphrases(&bodies, &links, &wordings, config, &remembered));
    links.sort_by_key(reuse::order);
    begins("accounts");
    let origins = origins::origins(&bodies, &links, &wordings);
    Noted { value: Lineage { links, origins, words }, notices }
}
