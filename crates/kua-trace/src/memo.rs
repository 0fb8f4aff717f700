//! Remembers what was worked out of documents and pairs of them, under digests of everything it
//! was worked out from.

use kua_lexicon::Lexicons;
use kua_model::{Document, Memo, Sha256};
use rayon::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::TraceConfig;

/// Digest of all that results depend on but the documents.
pub(crate) fn settings(lexicons: &Lexicons, config: &TraceConfig) -> Sha256 {
    let settings = (crate::VERSION, lexicons.digest(), config);
    // Settings and documents of the model always have a form: this cannot fail.
    Sha256::of(&postcard::to_allocvec(&settings).unwrap_or_default())
}

/// Digest of a document and the settings.
pub(crate) fn digest(memo: Option<&dyn Memo>, settings: Sha256, document: &Document) -> Sha256 {
    let known = memo.and_then(|memo| memo.document(document.id));
    let anew = || Sha256::of(&postcard::to_allocvec(document).unwrap_or_default());
    settings.with(&known.unwrap_or_else(anew))
}

/// A memo, the digests of the documents of a case, and whom to tell which step begins.
pub(crate) struct Remembered<'m> {
    memo: Option<&'m dyn Memo>,
    begins: &'m (dyn Fn(&'static str) + Sync),
    documents: Vec<Sha256>,
    settings: Sha256,
}

impl<'m> Remembered<'m> {
    /// `documents` are the digests of the documents in the order in which they are numbered, and
    /// `settings` the digest of all else that results depend on.
    pub(crate) fn new(
        memo: Option<&'m dyn Memo>,
        documents: Vec<Sha256>,
        settings: Sha256,
        begins: &'m (dyn Fn(&'static str) + Sync),
    ) -> Self {
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
        self.memo.map(|memo| memo.load(part)).unwrap_or_default()
    }

    /// What is remembered under `key`.
    pub(crate) fn one<T: DeserializeOwned>(&self, part: &str, key: Sha256) -> Option<T> {
        postcard::from_bytes(self.held(part).get(&key)?).ok()
    }

    /// Remembers `value` under `key`, and nothing else of the part.
    pub(crate) fn keep_one<T: Serialize>(&self, part: &str, key: Sha256, value: &T) {
        let Some(memo) = self.memo else { return };
        let bytes = postcard::to_allocvec(value).ok();
        memo.keep(part, &[], bytes.map(|bytes| (key, bytes)).into_iter().collect());
    }

    /// Whether anything is kept: else keys need not be worked out.
    pub(crate) fn is_kept(&self) -> bool {
        self.memo.is_some()
    }

    /// A result for each of `keys`: what is remembered, else what `work` gives for the places of
    /// those that are not, in order. `work` is not called if there are none.
    pub(crate) fn each<T: Serialize + DeserializeOwned + Send>(
        &self,
        part: &'static str,
        keys: &[Sha256],
        work: impl FnOnce(&[usize]) -> Vec<T>,
    ) -> Vec<T> {
        let mut by_and_by = self.by_and_by(part);
        let all = by_and_by.each(keys, work);
        by_and_by.keep();
        all
    }

    /// The results of a part, to be asked for some at a time and then kept.
    pub(crate) fn by_and_by(&self, part: &'static str) -> ByAndBy<'_> {
        ByAndBy {
            memo: self.memo,
            part,
            have: self.held(part),
            used: Vec::new(),
            fresh: Vec::new(),
        }
    }
}

/// The results of a part, asked for some at a time.
pub(crate) struct ByAndBy<'m> {
    memo: Option<&'m dyn Memo>,
    part: &'static str,
    /// All that is remembered of the part.
    pub(crate) have: kua_model::Remembered,
    used: Vec<Sha256>,
    fresh: Vec<(Sha256, Vec<u8>)>,
}

impl ByAndBy<'_> {
    /// A result for each of `keys`, as [`Remembered::each`] gives them.
    pub(crate) fn each<T: Serialize + DeserializeOwned + Send>(
        &mut self,
        keys: &[Sha256],
        work: impl FnOnce(&[usize]) -> Vec<T>,
    ) -> Vec<T> {
        self.each_but(keys, keys.iter().map(|_| None).collect(), work)
    }

    /// The same, where some results are `known` already: beside the keys.
    pub(crate) fn each_but<T: Serialize + DeserializeOwned + Send>(
        &mut self,
        keys: &[Sha256],
        known: Vec<Option<T>>,
        work: impl FnOnce(&[usize]) -> Vec<T>,
    ) -> Vec<T> {
        if self.memo.is_none() {
            return work(&(0..keys.len()).collect::<Vec<usize>>());
        }
        let have = &self.have;
        let held = |key: &Sha256| postcard::from_bytes(have.get(key)?).ok();
        let mut all: Vec<Option<T>> =
            keys.par_iter().zip(known).map(|(key, known)| known.or_else(|| held(key))).collect();
        self.used.extend(keys);
        let due: Vec<usize> =
            all.iter().enumerate().filter(|(_, value)| value.is_none()).map(|(n, _)| n).collect();
        if !due.is_empty() {
            for (&n, value) in due.iter().zip(work(&due)) {
                let bytes = postcard::to_allocvec(&value).ok();
                self.fresh.extend(bytes.map(|bytes| (keys[n], bytes)));
                all[n] = Some(value);
            }
        }
        all.into_iter().flatten().collect()
    }

    /// Keeps what was not remembered, if there is any.
    pub(crate) fn keep(self) {
        if let Some(memo) = self.memo.filter(|_| !self.fresh.is_empty()) {
            memo.keep(self.part, &self.used, self.fresh);
        }
    }
}
