//! Finds the names of a case, document by document, and remembers them: what a document gives
//! depends on its own words and on which of them stand small anywhere in the case.

use std::collections::HashSet;

use kua_lexicon::Lexicons;
use kua_model::{Document, Memo, NameKind, Sha256, Span, TextRange};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::find::{CaseWords, Mention, OwnWords, find};
use crate::vocabulary::Vocabulary;

/// Words of documents, and their mentions.
const WORDS: &str = "reconcile-words";
const MENTIONS: &str = "reconcile-mentions";

/// A mention without its words, which are cut from the document.
#[derive(Serialize, Deserialize)]
struct KeptMention {
    range: TextRange,
    kind: Option<NameKind>,
    canonical: Option<String>,
    opening: bool,
    words: usize,
    after_in: bool,
}

/// Names in `documents`, in their order.
pub(super) fn mentions(
    documents: &[Document],
    vocabulary: &Vocabulary,
    lexicons: &Lexicons,
    memo: &dyn Memo,
) -> Vec<Mention> {
    let keys: Vec<Sha256> =
        documents.par_iter().map(|document| key(document, lexicons.digest())).collect();
    let own = remembered(WORDS, &keys, memo, |n, bytes| {
        let kept = bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        kept.map_or_else(|| (OwnWords::of(&documents[n], vocabulary), true), |own| (own, false))
    });
    let small: HashSet<&str> =
        own.iter().flat_map(|own| own.small.iter().map(String::as_str)).collect();
    let keys: Vec<Sha256> = keys
        .par_iter()
        .zip(&own)
        .map(|(key, own)| {
            let mut of = key.as_bytes().to_vec();
            of.extend(own.open.iter().map(|word| u8::from(small.contains(word.as_str()))));
            Sha256::of(&of)
        })
        .collect();
    let found = remembered(MENTIONS, &keys, memo, |n, bytes| {
        let kept: Option<Vec<KeptMention>> =
            bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        kept.map_or_else(
            || {
                let case = CaseWords::new(&own[n], &small);
                (find(&documents[n], &case, vocabulary).iter().map(KeptMention::of).collect(), true)
            },
            |kept| (kept, false),
        )
    });
    documents
        .par_iter()
        .zip(found)
        .flat_map_iter(|(document, found)| {
            found.into_iter().filter_map(|kept| kept.in_document(document))
        })
        .collect()
}

/// Results for each of `keys`; `result` gives one, from what is remembered or anew, and whether
/// it is to be remembered.
fn remembered<T: Serialize + Send>(
    part: &str,
    keys: &[Sha256],
    memo: &dyn Memo,
    result: impl Fn(usize, Option<&[u8]>) -> (T, bool) + Sync,
) -> Vec<T> {
    let have = memo.load(part);
    let (values, fresh): (Vec<T>, Vec<_>) = keys
        .par_iter()
        .enumerate()
        .map(|(n, key)| {
            let (value, is_fresh) = result(n, have.get(key));
            let bytes = is_fresh.then(|| postcard::to_allocvec(&value).ok()).flatten();
            (value, bytes.map(|bytes| (*key, bytes)))
        })
        .unzip();
    memo.keep(part, keys, fresh.into_iter().flatten().collect());
    values
}

/// Digest of everything in a document that names depend on.
fn key(document: &Document, lexicons: &str) -> Sha256 {
    let mut of = Vec::with_capacity(document.text.len() + 256);
    of.extend_from_slice(&crate::VERSION.to_be_bytes());
    of.extend_from_slice(lexicons.as_bytes());
    of.extend(postcard::to_allocvec(&(&document.text, &document.blocks)).unwrap_or_default());
    Sha256::of(&of)
}

impl KeptMention {
    fn of(mention: &Mention) -> Self {
        Self {
            range: mention.at.range,
            kind: mention.kind,
            canonical: mention.canonical.clone(),
            opening: mention.opening,
            words: mention.words,
            after_in: mention.after_in,
        }
    }

    fn in_document(self, document: &Document) -> Option<Mention> {
        Some(Mention {
            text: self.range.of(&document.text)?.to_owned(),
            at: Span::new(document.id, self.range),
            kind: self.kind,
            canonical: self.canonical,
            opening: self.opening,
            words: self.words,
            after_in: self.after_in,
        })
    }
}
