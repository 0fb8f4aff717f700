//! Remembers what was worked out of documents and pairs of them, under digests of everything it
//! was worked out from.

use kua_lexicon::Lexicons;
use kua_model::{Document, Memo, Sha256};
use rayon::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::TraceConfig;

/// A memo, the digests of the documents of a case, and whom to tell which step begins.
pub(crate) struct Remembered<'m> {
    memo: &'m dyn Memo,
    begins: &'m (dyn Fn(&'static str) + Sync),
    documents: Vec<Sha256>,
    settings: Sha256,
}

impl<'m> Remembered<'m> {
    /// `documents` in the order in which they are numbered.
    pub(crate) fn new(
        memo: &'m dyn Memo,
        documents: &[&Document],
        lexicons: &Lexicons,
        config: &TraceConfig,
        begins: &'m (dyn Fn(&'static str) + Sync),
    ) -> Self {
        let settings = (crate::VERSION, lexicons.digest(), config);
        // Documents and settings of the model always have a form: this cannot fail.
        let settings = Sha256::of(&postcard::to_allocvec(&settings).unwrap_or_default());
        let documents = documents
            .par_iter()
            .map(|document| {
                settings.with(&Sha256::of(&postcard::to_allocvec(document).unwrap_or_default()))
            })
            .collect();
        Self { memo, begins, documents, settings }
    }

    /// Says that a step begins.
    pub(crate) fn begins(&self, step: &'static str) {
        (self.begins)(step);
    }

    /// Digest of each document.
    pub(crate) fn documents(&self) -> &[Sha256] {
        &self.documents
    }

    /// Digest of the documents with these numbers.
    pub(crate) fn digest(&self, numbers: impl IntoIterator<Item = usize>) -> Sha256 {
        let digests = numbers.into_iter().filter_map(|n| self.documents.get(n));
        Sha256::of(&digests.flat_map(|digest| *digest.as_bytes()).collect::<Vec<u8>>())
    }

    /// Whether a list of documents is cut after this one: one in sixteen, always the same.
    pub(crate) fn ends_group(&self, number: usize) -> bool {
        self.documents.get(number).is_some_and(|digest| digest.as_bytes()[0] < 16)
    }

    /// A key that is the same in all builds under these settings: of what says itself what it was
    /// made of.
    pub(crate) fn of_all_builds(&self) -> Sha256 {
        self.settings
    }

    /// All that is remembered of a part.
    pub(crate) fn held(&self, part: &str) -> kua_model::Remembered {
        self.memo.load(part)
    }

    /// What is remembered under `key`.
    pub(crate) fn one<T: DeserializeOwned>(&self, part: &str, key: Sha256) -> Option<T> {
        postcard::from_bytes(self.held(part).get(&key)?).ok()
    }

    /// Remembers `value` under `key`, and nothing else of the part.
    pub(crate) fn keep_one<T: Serialize>(&self, part: &str, key: Sha256, value: &T) {
        let bytes = postcard::to_allocvec(value).ok();
        self.memo.keep(part, &[], bytes.map(|bytes| (key, bytes)).into_iter().collect());
    }

    /// A result for each of `keys`: what is remembered, else what `work` gives for the places of
    /// those that are not, in order. `work` is not called if there are none.
    pub(crate) fn each<T: Serialize + DeserializeOwned + Send>(
        &self,
        part: &str,
        keys: &[Sha256],
        work: impl FnOnce(&[usize]) -> Vec<T>,
    ) -> Vec<T> {
        self.each_of(part, self.held(part), keys, work)
    }

    /// The same, where `have` is all that is remembered of the part.
    pub(crate) fn each_of<T: Serialize + DeserializeOwned + Send>(
        &self,
        part: &str,
        have: kua_model::Remembered,
        keys: &[Sha256],
        work: impl FnOnce(&[usize]) -> Vec<T>,
    ) -> Vec<T> {
        let mut all: Vec<Option<T>> =
            keys.par_iter().map(|key| postcard::from_bytes(have.get(key)?).ok()).collect();
        drop(have);
        let due: Vec<usize> =
            all.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(n, _)| n).collect();
        if !due.is_empty() {
            let mut fresh = Vec::with_capacity(due.len());
            for (&n, value) in due.iter().zip(work(&due)) {
                fresh.extend(postcard::to_allocvec(&value).ok().map(|bytes| (keys[n], bytes)));
                all[n] = Some(value);
            }
            self.memo.keep(part, keys, fresh);
        }
        all.into_iter().flatten().collect()
    }
}
