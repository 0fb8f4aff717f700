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
const WORDS: &str = "reconcile-small-words";
const MENTIONS: &str = "reconcile-mentions";

/// Digests of words.
type Small = HashSet<u64, BuildHasherDefault<OfDigest>>;

/// Digests of the words of one document that stand somewhere in it with a small letter, and of
/// those that do not, each sorted by word.
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

impl Keepable for KeptWords {
    /// How many small ones (4 bytes), then all, 8 bytes each, little endian: digests have no short
    /// form.
    fn to_bytes(&self) -> Option<Vec<u8>> {
        let small = u32::try_from(self.small.len()).ok()?;
        let mut bytes = Vec::with_capacity(4 + 8 * (self.small.len() + self.open.len()));
        bytes.extend_from_slice(&small.to_le_bytes());
        let all = self.small.iter().chain(&self.open);
        all.for_each(|digest| bytes.extend_from_slice(&digest.to_le_bytes()));
        Some(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (small, digests) = bytes.split_first_chunk::<4>()?;
        let (digests, []) = digests.as_chunks::<8>() else { return None };
        let small = usize::try_from(u32::from_le_bytes(*small)).ok()?;
        let (small, open) = digests.split_at_checked(small)?;
        let read = |digests: &[[u8; 8]]| digests.iter().map(|d| u64::from_le_bytes(*d)).collect();
        Some(Self { small: read(small), open: read(open) })
    }
}

/// A result that can be kept as bytes.
trait Keepable: Sized {
    fn to_bytes(&self) -> Option<Vec<u8>>;
    /// `None` for bytes of another shape.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl Keepable for Vec<KeptMention> {
    fn to_bytes(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(self).ok()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
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
    let settings =
        Sha256::of(&[&crate::VERSION.to_be_bytes(), lexicons.digest().as_bytes()].concat());
    let keys: Vec<Sha256> = documents
        .par_iter()
        .map(|document| {
            let known = memo.document(document.id);
            settings.with(&known.unwrap_or_else(|| digest_of(document)))
        })
        .collect();
    let anew: Vec<OnceLock<OwnWords>> = documents.iter().map(|_| OnceLock::new()).collect();
    let words = |n: usize| anew[n].get_or_init(|| OwnWords::of(&documents[n], vocabulary));
    let own: Vec<KeptWords> = remembered(WORDS, &keys, memo, |n| KeptWords::of(words(n)));
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
    let found: Vec<Vec<KeptMention>> = remembered(MENTIONS, &keys, memo, |n| {
        let case = CaseWords::new(words(n), |word| small.contains(&digest(word)));
        find(&documents[n], &case, vocabulary).iter().map(KeptMention::of).collect()
    });
    documents
        .par_iter()
        .zip(found)
        .flat_map_iter(|(document, found)| {
            found.into_iter().filter_map(|kept| kept.in_document(document))
        })
        .collect()
}

/// Results for each of `keys`: what is remembered, else what `anew` gives for its number.
fn remembered<T: Keepable + Send>(
    part: &str,
    keys: &[Sha256],
    memo: &dyn Memo,
    anew: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let have = memo.load(part);
    let (values, fresh): (Vec<T>, Vec<_>) = keys
        .par_iter()
        .enumerate()
        .map(|(n, key)| match have.get(key).and_then(T::from_bytes) {
            Some(value) => (value, None),
            None => {
                let value = anew(n);
                let bytes = value.to_bytes();
                (value, bytes.map(|bytes| (*key, bytes)))
            }
        })
        .unzip();
    memo.keep(part, keys, fresh.into_iter().flatten().collect());
    values
}

/// Digest of everything in a document that names depend on.
fn digest_of(document: &Document) -> Sha256 {
    let of = postcard::to_allocvec(&(&document.text, &document.blocks)).unwrap_or_default();
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
