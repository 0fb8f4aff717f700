//! Finds what an id, or its first digits, stands for.

use kua_model::{Chronicle, Document, Item, Origin, Proposal, Statement};

use crate::error::CaseError;

/// What an id stands for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Found<'a> {
    /// A claim, with its words.
    Statement(&'a Statement),
    /// What a model proposed.
    Proposal(&'a Proposal),
    /// An origin.
    Origin(&'a Origin),
    /// A document.
    Document(&'a Document),
    /// A preserved file.
    Item(&'a Item),
}

/// Ids shown when several begin alike.
const SHOWN: usize = 5;

/// The one thing in `chronicle` whose id begins with `prefix`. A document stands before the item
/// it was taken from, whose id begins alike, if it is the only one.
///
/// # Errors
/// [`CaseError::NoSuchId`], [`CaseError::ManyIds`] with the first few.
pub fn find<'a>(chronicle: &'a Chronicle, prefix: &str) -> Result<Found<'a>, CaseError> {
    let wanted = prefix.trim().to_ascii_lowercase();
    let none = || CaseError::NoSuchId { prefix: prefix.to_owned() };
    if wanted.is_empty() {
        return Err(none());
    }
    let mut found: Vec<(String, Found<'a>)> = Vec::new();
    let mut offer = |id: String, what: Found<'a>| {
        if id.starts_with(&wanted) {
            found.push((id, what));
        }
    };
    for statement in &chronicle.statements {
        offer(statement.claim.id.to_string(), Found::Statement(statement));
    }
    for proposal in &chronicle.proposals {
        offer(proposal.claim.id.to_string(), Found::Proposal(proposal));
    }
    for origin in &chronicle.origins {
        offer(origin.id.to_string(), Found::Origin(origin));
    }
    for document in &chronicle.documents {
        offer(document.id.to_string(), Found::Document(document));
    }
    if found.is_empty() {
        for item in &chronicle.items {
            let id = item.id.to_string();
            if id.starts_with(&wanted) {
                found.push((id, Found::Item(item)));
            }
        }
    }
    let ids: Vec<String> = found.iter().take(SHOWN).map(|(id, _)| id.clone()).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some((_, one)), None) => Ok(one),
        (None, _) => Err(none()),
        _ => Err(CaseError::ManyIds { prefix: prefix.to_owned(), ids }),
    }
}
