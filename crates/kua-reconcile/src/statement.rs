//! From claims to statements: exact words, teller, origin, and why a figure may not count.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    Claim, ClaimId, Document, DocumentId, Notice, NoticePlace, OriginId, OriginKind, Quote, Review,
    Severity, Standing, Statement, Uncounted,
};

use rayon::prelude::*;

use crate::accounts::Accounts;
use crate::count::{Counting, kept_out};
use crate::origins::{Merges, Named};
use crate::review::Reviews;
use crate::rulings::Rulings;
use crate::sources::Heard;
use crate::taxonomy::Taxonomy;

/// Statements and what came with them.
pub(crate) struct Told {
    /// In order of document and place.
    pub(crate) statements: Vec<Statement>,
    /// Beside the statements.
    pub(crate) countings: Vec<Counting>,
    /// Sources that accounts name, in order of first appearance.
    pub(crate) named: Vec<Named>,
    pub(crate) merges: Merges,
}

/// Claims in order of document and place, each with its exact words. A claim whose range is not
/// words of a document of this case is left out with a notice; of two with one id, the first stays.
pub(crate) fn quoted(
    mut claims: Vec<Claim>,
    documents: &[Document],
    notices: &mut Vec<Notice>,
) -> (Vec<Claim>, Vec<Quote>) {
    let rank: BTreeMap<DocumentId, usize> =
        documents.iter().enumerate().map(|(at, document)| (document.id, at)).collect();
    claims.sort_by_cached_key(|claim| {
        (rank.get(&claim.document).copied(), claim.range, claim.event.clone(), claim.id)
    });
    let mut seen = BTreeSet::new();
    let (mut kept, mut quotes) = (Vec::new(), Vec::new());
    for claim in claims {
        let document = rank.get(&claim.document).and_then(|&at| documents.get(at));
        let cut = document.map(|document| Quote::cut(document, claim.range));
        let reason = match cut {
            Some(Ok(quote)) => {
                if seen.insert(claim.id) {
                    kept.push(claim);
                    quotes.push(quote);
                }
                continue;
            }
            Some(Err(error)) => error.to_string(),
            None => format!("document {} is not in this case", claim.document),
        };
        let message = format!(
            "Claim {} was left out, because its words cannot be shown: {reason}. Run kua build again; if it stays, report it.",
            claim.id
        );
        notices.push(Notice::new(
            Severity::Loss,
            "claim-without-words",
            NoticePlace::Case,
            message,
        ));
    }
    (kept, quotes)
}

/// Statements of `claims`; `quotes`, `heard` and `counted` stand beside them.
#[expect(clippy::too_many_arguments, reason = "one value from each earlier step")]
pub(crate) fn statements(
    claims: Vec<Claim>,
    quotes: Vec<Quote>,
    heard: Vec<Heard>,
    counted: Vec<Counting>,
    documents: &BTreeMap<DocumentId, &Document>,
    accounts: &Accounts,
    rulings: &Rulings,
    reviews: &Reviews,
    taxonomy: &Taxonomy,
    notices: &mut Vec<Notice>,
) -> Told {
    let named = named(&heard);
    let mut known: Vec<(OriginId, OriginKind)> =
        accounts.passages.iter().map(|passage| (passage.id, OriginKind::Account)).collect();
    known.extend(named.iter().map(|source| (source.id, OriginKind::Source)));
    let merges = Merges::new(&known, rulings, notices);

    let told = claims.into_par_iter().zip(quotes).zip(heard).zip(counted);
    let (mut statements, countings): (Vec<Statement>, Vec<Counting>) = told
        .filter_map(|(((claim, quote), heard), counting)| {
            let &document = documents.get(&claim.document)?;
            let passage = accounts.passages.get(accounts.at(quote.span())?)?.id;
            let origin = heard.key.as_ref().map_or(passage, |key| OriginId::of(&key.text()));
            let mut why = heard.why;
            let review = reviews.get(&claim.id);
            why.extend(review.into_iter().flat_map(|(_, told)| told.iter().cloned()));
            let review = review.map(|(review, _)| *review);
            let rejected = (review == Some(Review::Rejected)).then_some(Uncounted::Rejected);
            let no_toll = (!taxonomy.makes_toll(&claim.event)).then_some(Uncounted::NotPeople);
            if no_toll.is_some() && claim.quantity.is_some() {
                why.push(format!(
                    "“{}” is no harm to people in claims.txt, so it makes no toll",
                    claim.event
                ));
            }
            let statement = Statement {
                quote,
                origin: merges.of(origin),
                account: accounts.joined(passage, &merges),
                standing: Standing::Agreed,
                uncounted: rejected.or_else(|| kept_out(&claim, document)).or(no_toll),
                same_as: None,
                incident: None,
                review,
                why,
                claim,
            };
            Some((statement, counting))
        })
        .unzip();
    leave_out_parts(&mut statements, &countings);
    Told { statements, countings, named, merges }
}

/// A figure that another one of the same count includes does not count beside it. One that is about
/// a narrower group or place ("including 19 police officers") stands in its own row.
fn leave_out_parts(statements: &mut [Statement], countings: &[Counting]) {
    let index = crate::sameness::index(statements);
    for at in 0..statements.len() {
        let Some(whole) = statements[at].claim.part_of else { continue };
        let own_row = index.get(&whole).is_some_and(|&whole| {
            let (part, whole) = (&countings[at], &countings[whole]);
            part.key.event != whole.key.event
                || !part.of_people()
                    && (&part.key.affected, &part.scope) != (&whole.key.affected, &whole.scope)
                || part.key.place.is_some() && part.key.place != whole.key.place
        });
        let statement = &mut statements[at];
        if own_row {
            statement.why.push(format!("Part of the figure of statement {whole}; shown in a row of its own and never added to it"));
        } else {
            statement.uncounted.get_or_insert(Uncounted::PartOf);
            statement
                .why
                .push(format!("Part of the figure of statement {whole}, which includes it"));
        }
    }
}

/// Sources that accounts name, in order of first appearance. A source is shown under the fullest
/// of its names that is no person in office: with its country or place, then the commonest.
fn named(heard: &[Heard]) -> Vec<Named> {
    /// How often words were used for a source.
    #[derive(Default)]
    struct Called<'h> {
        words: BTreeMap<&'h str, usize>,
        /// Shown words, whether they are no person in office, whether they are full: how often.
        shown: BTreeMap<(bool, bool, &'h str), usize>,
    }
    let mut order: Vec<OriginId> = Vec::new();
    let mut called: BTreeMap<OriginId, Called<'_>> = BTreeMap::new();
    for heard in heard {
        let Some(key) = &heard.key else { continue };
        let id = OriginId::of(&key.text());
        let called = called.entry(id).or_insert_with(|| {
            order.push(id);
            Called::default()
        });
        *called.words.entry(heard.words.trim()).or_default() += 1;
        if !heard.shown.trim().is_empty() {
            let shown = (!heard.in_office, heard.full, heard.shown.trim());
            *called.shown.entry(shown).or_default() += 1;
        }
    }
    order
        .into_iter()
        .filter_map(|id| {
            let called = called.get(&id)?;
            let best = called.shown.iter().max_by_key(|((body, full, words), count)| {
                (*body, *full, **count, std::cmp::Reverse(words.len()), std::cmp::Reverse(*words))
            });
            let commonest = called.words.iter().max_by_key(|(words, count)| {
                (**count, std::cmp::Reverse(words.len()), std::cmp::Reverse(**words))
            });
            let name = best.map(|((_, _, words), _)| *words).or(commonest.map(|(words, _)| *words));
            let all: Vec<String> =
                called.words.iter().map(|(words, count)| format!("“{words}” ({count})")).collect();
            Some(Named {
                id,
                name: name.unwrap_or_default().to_owned(),
                why: vec![format!("Named as {}", all.join(", "))],
            })
        })
        .collect()
}

/// Copies, translations and repeats stand as what they copy stands.
pub(crate) fn inherit_standing(statements: &mut [Statement]) {
    let standings: BTreeMap<ClaimId, Standing> =
        statements.iter().map(|statement| (statement.claim.id, statement.standing)).collect();
    for statement in statements {
        if let Some(standing) = statement.same_as.and_then(|id| standings.get(&id)) {
            statement.standing = *standing;
        }
    }
}
