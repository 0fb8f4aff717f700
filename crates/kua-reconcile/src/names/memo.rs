//! Finds the names of a case, document by document, and remembers them: what a document gives
//! depends on its own words and on which of them stand small anywhere in the case.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use kua_lexicon::Lexicons;
use kua_model::{Document, Memo, NameKind, OfDigest, Sha256, Span, TextRange};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::find::{CaseWords, Mention, OwnWords, find};
use crate::vocabulary::Vocabulary;

/// Words of documents, and their mentions.
const WORDS: &str = "reconcile-words";
const MENTIONS: &str = "reconcile-mentions";

/// Digests of words.
type Small = HashSet<u64, BuildHasherDefault<OfDigest>>;

/// Digests of the words of one document that stand somewhere in it with a small letter, and of
/// those that do not, each sorted by word.
#[derive(Serialize, Deserialize)]
struct KeptWords {
    small: Vec<u64>,
    open: Vec<u64>,
}

impl KeptWords {
    fn of(own: &OwnWords) -> Self {
        let digests = |words: &[String]| words.iter().map(|word| digest(word)).collect();
        Self { small: digests(&own.small), open: digests(&own.open) }
    }
}

/// The beginning of a word's digest: of a million words two have the same once in thirty million
/// cases, and then a name may be taken for a word.
fn digest(word: &str) -> u64 {
    let digest = Sha256::of(word.as_bytes());
    digest.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

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
pub(super) fn mentions<'d>(
    documents: &'d [Document],
    vocabulary: &Vocabulary,
    lexicons: &Lexicons,
    memo: &dyn Memo,
) -> Vec<Mention<'d>> {
    let keys: Vec<Sha256> =
        documents.par_iter().map(|document| key(document, lexicons.digest())).collect();
    let anew: Vec<OnceLock<OwnWords>> = documents.iter().map(|_| OnceLock::new()).collect();
    let words = |n: usize| anew[n].get_or_init(|| OwnWords::of(&documents[n], vocabulary));
    let own: Vec<KeptWords> = remembered(WORDS, &keys, memo, |n, bytes| {
        let kept = bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        let anew = || (KeptWords::of(words(n)), true);
        kept.map_or_else(anew, |own| (own, false))
    });
    let small: Small = own.iter().flat_map(|own| own.small.iter().copied()).collect();
    let keys: Vec<Sha256> = keys
        .par_iter()
        .zip(&own)
        .map(|(key, own)| {
            let mut of = key.as_bytes().to_vec();
            of.extend(own.open.iter().map(|word| u8::from(small.contains(word))));
            Sha256::of(&of)
        })
        .collect();
    drop(own);
    let found = remembered(MENTIONS, &keys, memo, |n, bytes| {
        let kept: Option<Vec<KeptMention>> =
            bytes.and_then(|bytes| postcard::from_bytes(bytes).ok());
        kept.map_or_else(
            || {
                let case = CaseWords::new(words(n), |word| small.contains(&digest(word)));
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
    fn of(mention: &Mention<'_>) -> Self {
        Self {
            range: mention.at.range,
            kind: mention.kind,
            canonical: mention.canonical.clone(),
            opening: mention.opening,
            words: mention.words,
            after_in: mention.after_in,
        }
    }

    fn in_document(self, document: &Document) -> Option<Mention<'_>> {
        Some(Mention {
            text: self.range.of(&document.text)?,
            at: Span::new(document.id, self.range),
            kind: self.kind,
            canonical: self.canonical,
            opening: self.opening,
            words: self.words,
            after_in: self.after_in,
        })
    }
}
