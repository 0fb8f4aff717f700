//! RECONCILE: who says what, how many of them independently, and how it stands against the others.
//!
//! Steps: people's decisions are read (`rulings`) and those about single claims laid over what the
//! rules read (`review`); spellings of one name meet (`names`); every claim
//! goes back to the last named source of its chain, or to its account (`sources`, `accounts`);
//! copies, translations and repeats are tied to the statement nearest the origin (`sameness`); the
//! figures of every origin stand side by side over time (`toll`); statements about one happening
//! come together (`incident`).
//!
//! Architecture invariant: nothing here adds, averages or chooses figures. A count is only ever a
//! figure that stands in a source.

mod accounts;
mod beside;
mod config;
mod count;
mod denial;
mod figure;
mod incident;
mod mention;
mod names;
mod origins;
mod place;
mod review;
mod romanise;
mod rulings;
mod sameness;
mod settle;
mod sources;
mod standing;
mod statement;
mod taxonomy;
mod toll;
mod union;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};

use kua_lexicon::Lexicons;
use kua_model::{
    CaseInfo, Chronicle, Claim, Custody, Document, DocumentId, Item, Judgement, Lineage, Memo,
    NoMemo, Noted, Notice, OriginId, Quote,
};

use rayon::prelude::*;

pub use beside::{Proposed, proposals};
pub use config::{Policy, ReconcileConfig};
pub use names::{NameGrammar, NamePart, NameParts, Sex, Verdict, compare};
pub use romanise::Romaniser;

/// Raised whenever the same input may give another chronicle.
pub const VERSION: u32 = 6;

/// Everything that pages and exports show, but for custody, which the vault knows.
///
/// The order of `documents` and `claims` does not matter; `judgements` stand in the order of the
/// vault. A claim whose range is not words of its document is left out with a notice. Never fails.
#[expect(clippy::too_many_arguments, reason = "the signature agreed between the stages")]
pub fn reconcile(
    case: &CaseInfo,
    items: &[Item],
    documents: Vec<Document>,
    claims: Vec<Claim>,
    lineage: Lineage,
    judgements: &[Judgement],
    lexicons: &Lexicons,
    config: &ReconcileConfig,
) -> Noted<Chronicle> {
    let documents = Documents::new(documents);
    let voices = Voices::of(case, &documents, claims, judgements, lexicons, &NoMemo);
    voices.reconcile(case, items, documents, lineage, judgements, lexicons, config)
}

/// The documents of a case, each once, by path, then place in their item.
#[derive(Debug, Clone, Default)]
pub struct Documents(Vec<Document>);

impl Documents {
    /// From documents in any order.
    pub fn new(mut documents: Vec<Document>) -> Self {
        documents.sort_by(|a, b| (&a.path, a.id.part(), a.id).cmp(&(&b.path, b.id.part(), b.id)));
        let mut seen = BTreeSet::new();
        documents.retain(|document| seen.insert(document.id));
        Self(documents)
    }

    /// They, in order.
    pub fn as_slice(&self) -> &[Document] {
        &self.0
    }
}

/// Who is named in a case and who says what: all that does not depend on who copied whom, so that
/// it can be worked out while that is being found.
#[derive(Debug)]
pub struct Voices {
    rulings: rulings::Rulings,
    taxonomy: taxonomy::Taxonomy,
    reviews: review::Reviews,
    claims: Vec<Claim>,
    quotes: Vec<Quote>,
    names: names::Found,
    heard: Vec<sources::Heard>,
    counted: Vec<count::Counting>,
    notices: Vec<Notice>,
}

impl Voices {
    /// The voices of `documents` and their `claims`, with the names of documents remembered in
    /// `memo`.
    pub fn of(
        case: &CaseInfo,
        documents: &Documents,
        mut claims: Vec<Claim>,
        judgements: &[Judgement],
        lexicons: &Lexicons,
        memo: &dyn Memo,
    ) -> Self {
        let mut notices = Vec::new();
        let documents = documents.as_slice();
        let by_id: BTreeMap<DocumentId, &Document> = documents.iter().map(|d| (d.id, d)).collect();
        let rulings = rulings::Rulings::of(judgements);
        let vocabulary = vocabulary::Vocabulary::new(lexicons);
        let romaniser = Romaniser::new(lexicons);
        let taxonomy = taxonomy::Taxonomy::new(lexicons);
        let reviews = review::reviewed(&mut claims, documents, &rulings, &taxonomy, &mut notices);
        let (claims, quotes) = statement::quoted(claims, documents, &mut notices);
        let names =
            names::names(documents, &claims, &rulings, &vocabulary, &romaniser, lexicons, memo);
        let whole = place::whole(case, &claims, &names.names, &vocabulary, &mut notices);
        let country = whole.as_deref().map(|words| place::country(words, &vocabulary));
        let reader =
            mention::Reader { vocabulary: &vocabulary, romaniser: &romaniser, names: &names };
        let heard = sources::heard(&claims, &by_id, country.as_deref(), &reader);
        let reported = count::reported(case, &claims, documents, &mut notices);
        let places = place::Places::new(whole.as_deref(), &vocabulary, &romaniser, &names.places);
        let counted = claims
            .par_iter()
            .map(|claim| {
                let reported = reported.get(&claim.document).copied();
                count::Counting::of(claim, reported, &places, &taxonomy)
            })
            .collect();
        Self { rulings, taxonomy, reviews, claims, quotes, names, heard, counted, notices }
    }

    /// The chronicle of the same case, documents, judgements and lexicons, with who copied whom.
    #[expect(clippy::too_many_arguments, reason = "the signature agreed between the stages")]
    pub fn reconcile(
        self,
        case: &CaseInfo,
        items: &[Item],
        documents: Documents,
        lineage: Lineage,
        judgements: &[Judgement],
        lexicons: &Lexicons,
        config: &ReconcileConfig,
    ) -> Noted<Chronicle> {
        let Self { rulings, taxonomy, names: found, mut notices, .. } = self;
        let documents = documents.0;
        let mut items = items.to_vec();
        items.sort_by_key(|item| (item.log_index, item.id));
        let by_id: BTreeMap<DocumentId, &Document> = documents.iter().map(|d| (d.id, d)).collect();
        let accounts = accounts::Accounts::new(&documents, &lineage, &rulings, &mut notices);
        let told = statement::statements(
            self.claims,
            self.quotes,
            self.heard,
            self.counted,
            &by_id,
            &accounts,
            &rulings,
            &self.reviews,
            &taxonomy,
            &mut notices,
        );
        let (mut statements, mut countings) = (told.statements, told.countings);
        sameness::merge(
            &mut statements,
            &countings,
            &accounts,
            &lineage,
            &taxonomy,
            config,
            &mut notices,
        );

        settle::places(&mut statements, &mut countings, config);
        let origins =
            origins::origins(&accounts, &told.named, &statements, &documents, &told.merges);
        let shown: BTreeMap<OriginId, String> =
            origins.iter().map(|o| (o.id, o.name.clone())).collect();
        let rank: BTreeMap<OriginId, usize> =
            origins.iter().enumerate().map(|(at, o)| (o.id, at)).collect();
        let rows = count::Rows::of(&countings);
        let tolls = toll::tolls(
            &mut statements,
            &countings,
            &rows,
            &shown,
            &rank,
            &taxonomy,
            config,
            &mut notices,
        );
        statement::inherit_standing(&mut statements);
        let incidents = incident::incidents(&mut statements, &countings, &rows);

        notices.sort();
        notices.dedup();
        Noted {
            value: Chronicle {
                case: case.clone(),
                items,
                documents,
                lineage,
                statements,
                proposals: Vec::new(),
                origins,
                incidents,
                tolls,
                names: found.names,
                notices: Vec::new(),
                judgements: judgements.to_vec(),
                custody: Custody::default(),
                lexicon_digest: lexicons.digest().to_owned(),
            },
            notices,
        }
    }
}
