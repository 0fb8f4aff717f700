//! What stages remember between builds, in the cache: kept in sheets, one for each build that had
//! something new, so that one article more writes one small row.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kua_model::{DocumentId, Memo, Remembered, Sha256, sheet};

use crate::cache::{Cache, CacheError, Kept};

/// Stage of the rows in the cache.
const MEMO: &str = "memo";
/// Sheets of one part, beyond which they are written anew as one.
const MOST_SHEETS: usize = 24;

/// The memo in `derived/case.sqlite`. Whatever fails in it costs time, never a result.
pub(crate) struct CacheMemo<'k> {
    open: Mutex<Open>,
    documents: &'k HashMap<DocumentId, Sha256>,
}

struct Open {
    cache: Cache,
    /// What parts that were loaded hold, so that keeping a little does not read it all again.
    held: BTreeMap<String, Held>,
}

/// Sheets of a part that are taken, and their entries.
#[derive(Clone, Default)]
struct Held {
    taken: BTreeSet<Vec<u8>>,
    entries: usize,
}

impl<'k> CacheMemo<'k> {
    /// The memo of the cache in `folder`; `documents` are digests of all that documents depend on.
    pub(crate) fn open(
        folder: &Path,
        documents: &'k HashMap<DocumentId, Sha256>,
    ) -> Result<Self, CacheError> {
        let (cache, held) = (Cache::open(folder)?, BTreeMap::new());
        Ok(Self { open: Mutex::new(Open { cache, held }), documents })
    }

    fn opened(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// All entries of a part.
    fn entries(&mut self, part: &str) -> Remembered {
        let (mut entries, mut held) = (Remembered::default(), Held::default());
        for (subject, bytes) in sheets(&self.cache, part) {
            entries.add(bytes);
            held.taken.insert(subject);
        }
        held.entries = entries.len();
        self.held.insert(part.to_owned(), held);
        entries
    }
}

/// Sheets of a part in order: subject and bytes.
fn sheets(cache: &Cache, part: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let subjects = (0..=MOST_SHEETS).map(|number| subject(part, number));
    subjects
        .filter_map(|subject| {
            let (_, sheet) = cache.latest(MEMO, &subject).ok()??;
            Some((subject, sheet))
        })
        .collect()
}

fn subject(part: &str, number: usize) -> Vec<u8> {
    format!("{part}/{number}").into_bytes()
}

impl Memo for CacheMemo<'_> {
    fn load(&self, part: &str) -> Remembered {
        self.opened().entries(part)
    }

    fn document(&self, id: DocumentId) -> Option<Sha256> {
        self.documents.get(&id).copied()
    }

    fn keep(&self, part: &str, used: &[Sha256], fresh: Vec<(Sha256, Vec<u8>)>) {
        if fresh.is_empty() {
            return;
        }
        let fresh = fresh.iter().map(|(key, value)| (key, value.as_slice()));
        let mut open = self.opened();
        let held = match open.held.get(part) {
            Some(held) => held.clone(),
            None => {
                open.entries(part);
                open.held.get(part).cloned().unwrap_or_default()
            }
        };
        // Appended to, unless there are many sheets or most of what they hold is out of use.
        let anew = held.taken.len() >= MOST_SHEETS || held.entries > 2 * used.len();
        let mut rows = Vec::new();
        let (subject, sheet) = if anew {
            let used: BTreeSet<&Sha256> = used.iter().collect();
            let old = open.entries(part);
            let kept = used.into_iter().filter_map(|key| Some((key, old.get(key)?)));
            rows.extend(held.taken.iter().map(|subject| row(subject.clone(), Vec::new())));
            (subject(part, 0), sheet(kept.chain(fresh)))
        } else {
            let mut numbers = (0..=MOST_SHEETS).map(|n| subject(part, n));
            let free = numbers.find(|subject| !held.taken.contains(subject));
            (free.unwrap_or_else(|| subject(part, 0)), sheet(fresh))
        };
        rows.push(row(subject, sheet));
        // What is held now is told anew when it is asked for.
        open.held.remove(part);
        if let Err(error) = open.cache.put(&rows) {
            tracing::warn!(%error, part, "not remembered");
        }
    }
}

fn row(subject: Vec<u8>, sheet: Vec<u8>) -> Kept {
    // What stands in a sheet is found by keys of its own.
    Kept { stage: MEMO, subject, key: Sha256::of(MEMO.as_bytes()), value: sheet }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> Sha256 {
        Sha256::of(&n.to_be_bytes())
    }

    #[test]
    fn what_is_kept_is_found_again_through_many_builds() {
        let (folder, none) = (tempfile::tempdir().unwrap(), HashMap::new());
        let mut used = Vec::new();
        for n in 0..100 {
            let memo = CacheMemo::open(folder.path(), &none).unwrap();
            assert_eq!(memo.load("part").len(), usize::try_from(n).unwrap());
            memo.keep("part", &used, vec![(key(n), n.to_be_bytes().to_vec())]);
            used.push(key(n));
        }
        let memo = CacheMemo::open(folder.path(), &none).unwrap();
        let have = memo.load("part");
        assert!((0..100_u32).all(|n| have.get(&key(n)) == Some(&n.to_be_bytes())));
        assert!(memo.load("another").is_empty());
    }

    #[test]
    fn what_is_out_of_use_goes() {
        let (folder, none) = (tempfile::tempdir().unwrap(), HashMap::new());
        let memo = CacheMemo::open(folder.path(), &none).unwrap();
        memo.keep("part", &[], (0..1_000).map(|n| (key(n), vec![1])).collect());
        memo.keep("part", &[key(7)], vec![(key(2_000), vec![2])]);
        let have = memo.load("part");
        assert_eq!(have.len(), 2);
        assert_eq!(have.get(&key(2_000)), Some(&[2][..]));
    }
}
