//! The chronicle as the cache keeps it: without quotes, which are cut anew from their documents
//! whenever it is loaded, so that no kept quote can drift from its text.

use std::collections::BTreeMap;

use kua_model::{
    Chronicle, Claim, ClaimId, Document, DocumentId, Incident, ItemId, Judgement, Lineage, Name,
    Notice, Origin, OriginId, Quote, QuoteError, Review, Sha256, Standing, Statement, Toll,
    Uncounted,
};
use serde::{Deserialize, Serialize};

use crate::build::Digest;

/// A statement without its quote.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptStatement {
    claim: Claim,
    origin: OriginId,
    account: OriginId,
    standing: Standing,
    uncounted: Option<Uncounted>,
    same_as: Option<ClaimId>,
    incident: Option<usize>,
    review: Option<Review>,
    why: Vec<String>,
}

/// A chronicle without statements, documents, items and custody, which stand elsewhere.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptChronicle {
    /// Item and key of the reading the chronicle was made from, in the order of its documents.
    pub(crate) readings: Vec<(ItemId, Sha256)>,
    /// [`fingerprint`] of the judgements that were taken into account.
    pub(crate) judgements: usize,
    lineage: Lineage,
    origins: Vec<Origin>,
    incidents: Vec<Incident>,
    tolls: Vec<Toll>,
    names: Vec<Name>,
    notices: Vec<Notice>,
    lexicon_digest: String,
}

impl KeptChronicle {
    /// What is to be kept of `chronicle`: all but its statements, and those.
    pub(crate) fn of(
        chronicle: Chronicle,
        readings: &[(ItemId, Sha256)],
    ) -> (Self, Vec<KeptStatement>) {
        let statements = chronicle.statements.into_iter().map(|statement| KeptStatement {
            claim: statement.claim,
            origin: statement.origin,
            account: statement.account,
            standing: statement.standing,
            uncounted: statement.uncounted,
            same_as: statement.same_as,
            incident: statement.incident,
            review: statement.review,
            why: statement.why,
        });
        let statements = statements.collect();
        let kept = Self {
            readings: readings.to_vec(),
            judgements: fingerprint(&chronicle.judgements),
            lineage: chronicle.lineage,
            origins: chronicle.origins,
            incidents: chronicle.incidents,
            tolls: chronicle.tolls,
            names: chronicle.names,
            notices: chronicle.notices,
            lexicon_digest: chronicle.lexicon_digest,
        };
        (kept, statements)
    }

    /// The chronicle again, with its statements, over the documents it was made from. Case, items,
    /// judgements and custody are left empty.
    /// Fails if a quote does not stand in its document: then they are not those documents.
    pub(crate) fn over(
        self,
        statements: Vec<KeptStatement>,
        documents: Vec<Document>,
    ) -> Result<Chronicle, QuoteError> {
        let by_id: BTreeMap<DocumentId, &Document> =
            documents.iter().map(|document| (document.id, document)).collect();
        let statements = statements
            .into_iter()
            .map(|kept| {
                let claim = kept.claim;
                Ok(Statement {
                    quote: quote_of(&claim, &by_id)?,
                    claim,
                    origin: kept.origin,
                    account: kept.account,
                    standing: kept.standing,
                    uncounted: kept.uncounted,
                    same_as: kept.same_as,
                    incident: kept.incident,
                    review: kept.review,
                    why: kept.why,
                })
            })
            .collect::<Result<Vec<_>, QuoteError>>()?;
        drop(by_id);
        Ok(Chronicle {
            documents,
            lineage: self.lineage,
            statements,
            origins: self.origins,
            incidents: self.incidents,
            tolls: self.tolls,
            names: self.names,
            notices: self.notices,
            lexicon_digest: self.lexicon_digest,
            ..Chronicle::default()
        })
    }
}

/// The words of a claim, cut anew. Fails if they do not stand in its document, or that is not there.
pub(crate) fn quote_of(
    claim: &Claim,
    documents: &BTreeMap<DocumentId, &Document>,
) -> Result<Quote, QuoteError> {
    let document = documents.get(&claim.document).ok_or_else(|| QuoteError {
        range: claim.range,
        span_of: claim.document.to_string(),
        length: 0,
    })?;
    Quote::cut(document, claim.range)
}

/// Tells one list of judgements from another.
pub(crate) fn fingerprint(judgements: &[Judgement]) -> usize {
    let mut digest = Digest::new("judgements");
    digest.json(&judgements);
    let sum = digest.done();
    sum.as_bytes().iter().take(4).fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}
