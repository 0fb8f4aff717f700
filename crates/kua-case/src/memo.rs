//! What stages remember between builds, in the cache: kept in sheets, one for each build that had
//! something new, so that one article more writes one small row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use kua_model::{Memo, Remembered, Sha256, sheet};

use crate::cache::{Cache, CacheError, Kept};

/// Stage of the rows in the cache.
const MEMO: &str = "memo";
/// Sheets of one part, beyond which they are written anew as one.
const MOST_SHEETS: usize = 24;

/// The memo in `derived/case.sqlite`. Whatever fails in it costs time, never a result.
pub(crate) struct CacheMemo(Mutex<Open>);

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

impl CacheMemo {
    /// The memo of the cache in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheError> {
        let (cache, held) = (Cache::open(folder)?, BTreeMap::new());
        Ok(Self(Mutex::new(Open { cache, held })))
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
    let mut out = Vec::new();
    for number in 0..=MOST_SHEETS {
        let subject = subject(part, number);
        match cache.latest(MEMO, &subject) {
            Ok(Some((key, value))) if key == Sha256::of(&value) => out.push((subject, value)),
            _ => {}
        }
    }
    out
}

fn subject(part: &str, number: usize) -> Vec<u8> {
    format!("{part}/{number}").into_bytes()
}

impl Memo for CacheMemo {
    fn load(&self, part: &str) -> Remembered {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entries(part)
    }

    fn keep(&self, part: &str, used: &[Sha256], fresh: Vec<(Sha256, Vec<u8>)>) {
        if fresh.is_empty() {
            return;
        }
        let fresh = fresh.iter().map(|(key, value)| (key, value.as_slice()));
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
    Kept { stage: MEMO, subject, key: Sha256::of(&sheet), value: sheet }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> Sha256 {
        Sha256::of(&n.to_be_bytes())
    }

    #[test]
    fn what_is_kept_is_found_again_through_many_builds() {
        let folder = tempfile::tempdir().unwrap();
        let mut used = Vec::new();
        for n in 0..100 {
            let memo = CacheMemo::open(folder.path()).unwrap();
            assert_eq!(memo.load("part").len(), usize::try_from(n).unwrap());
            memo.keep("part", &used, vec![(key(n), n.to_be_bytes().to_vec())]);
            used.push(key(n));
        }
        let memo = CacheMemo::open(folder.path()).unwrap();
        let have = memo.load("part");
        assert!((0..100_u32).all(|n| have.get(&key(n)) == Some(&n.to_be_bytes())));
        assert!(memo.load("another").is_empty());
    }

    #[test]
    fn what_is_out_of_use_goes() {
        let folder = tempfile::tempdir().unwrap();
        let memo = CacheMemo::open(folder.path()).unwrap();
        memo.keep("part", &[], (0..1_000).map(|n| (key(n), vec![1])).collect());
        memo.keep("part", &[key(7)], vec![(key(2_000), vec![2])]);
        let have = memo.load("part");
        assert_eq!(have.len(), 2);
        assert_eq!(have.get(&key(2_000)), Some(&[2][..]));
    }

    #[test]
    fn a_damaged_sheet_is_no_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let memo = CacheMemo::open(folder.path()).unwrap();
        memo.keep("part", &[], vec![(key(1), vec![1; 40])]);
        let damaged =
            Kept { stage: MEMO, subject: subject("part", 0), key: key(9), value: vec![0xff; 50] };
        memo.0.lock().unwrap().cache.put(&[damaged]).unwrap();
        assert!(memo.load("part").is_empty());
    }
}
