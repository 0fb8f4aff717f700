//! The stages as the pipeline calls them. Temporary where a stage has not landed: each such
//! function gives way to the stage's own crate.

use kua_lexicon::Lexicons;
use kua_model::*;
use serde::{Deserialize, Serialize};

use crate::config::CaseConfig;
use crate::lexicons::LexiconSlip;
use crate::verify::Verified;

pub(crate) use kua_reconcile::ReconcileConfig;
pub(crate) use kua_trace::TraceConfig;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadConfig {}
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtractConfig {}

pub(crate) const READ_VERSION: u32 = 0;
pub(crate) const EXTRACT_VERSION: u32 = 0;
pub(crate) const TRACE_VERSION: u32 = kua_trace::VERSION;
pub(crate) const RECONCILE_VERSION: u32 = kua_reconcile::VERSION;

pub(crate) fn read(item: &Item, bytes: &[u8], _: &Lexicons, _: &CaseConfig) -> Noted<Vec<Document>> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let range = TextRange::new(0, text.len());
    let block = Block { role: Role::Main, range, source: vec![], language: None, why: vec![] };
    let document = Document {
        id: DocumentId::new(item.id, 0),
        item: item.id,
        path: item.path.clone(),
        blocks: vec![block],
        sentences: vec![Sentence { range, block: 0, language: None }],
        text,
        language: None,
        title: None,
        dates: DocumentDates::default(),
        receipt: Receipt {
            reader: "plain".into(),
            version: 0,
            charset: "utf-8".into(),
            charset_how: "guessed".into(),
            completeness: Completeness::Complete,
            omitted: vec![],
        },
    };
    Noted::plain(vec![document])
}

pub(crate) fn extract(_: &Document, _: &Lexicons, _: &CaseConfig) -> Noted<Vec<Claim>> {
    Noted::plain(Vec::new())
}

pub(crate) fn trace(
    documents: &[Document],
    lexicons: &Lexicons,
    config: &CaseConfig,
) -> Noted<Lineage> {
    kua_trace::trace(documents, lexicons, &config.trace)
}

#[expect(clippy::too_many_arguments, reason = "the stage's own signature")]
pub(crate) fn reconcile(
    items: &[Item],
    documents: Vec<Document>,
    claims: Vec<Claim>,
    lineage: Lineage,
    judgements: &[Judgement],
    lexicons: &Lexicons,
    config: &CaseConfig,
) -> Noted<Chronicle> {
    kua_reconcile::reconcile(
        &config.info(),
        items,
        documents,
        claims,
        lineage,
        judgements,
        lexicons,
        &config.reconcile,
    )
}

pub(crate) fn check(_: &Lexicons, _: Lang) -> (usize, Vec<LexiconSlip>) {
    (0, Vec::new())
}

pub(crate) fn verify_vault(_: &kua_vault::Vault, _: &mut Verified) {}

pub(crate) fn verify_file(_: &[u8], _: Option<&str>, _: &mut Verified) {}
