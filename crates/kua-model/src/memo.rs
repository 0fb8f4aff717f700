//! Results of pure functions that somebody else keeps between runs. Stages stay pure: they say
//! under which key a result stands, and never learn where it is kept.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::{DocumentId, Sha256};

/// Keeps results of pure functions. A key must be the digest of everything the result depends on:
/// the input, the version of the stage, lexicons and settings. So what is found under a key is
/// what would be worked out, and a memo that forgets everything changes nothing but time.
pub trait Memo: Sync {
    /// Everything kept of `part`, a kind of result.
    fn load(&self, part: &str) -> Remembered;

    /// A digest that stands for everything in a document, if whoever keeps results knows one: of
    /// what the document was read from, and how. It saves digesting the document again.
    fn document(&self, _: DocumentId) -> Option<Sha256> {
        None
    }

    /// Keeps `fresh` results of `part`. Of what was loaded, only `used` need be kept on.
    fn keep(&self, part: &str, used: &[Sha256], fresh: Vec<(Sha256, Vec<u8>)>);
}

/// Results as they were kept, found by their keys: the bytes stand in a few large sheets and are
/// not copied.
#[derive(Debug, Default)]
pub struct Remembered {
    sheets: Vec<Vec<u8>>,
    /// Sheet and bytes there of each result.
    places: HashMap<Sha256, (usize, usize, usize), BuildHasherDefault<OfDigest>>,
}

/// Bytes of a key and of a length before the bytes of a result.
const KEY: usize = 32;
const LENGTH: usize = 4;

impl Remembered {
    /// Takes in a sheet as [`sheet`] writes it. Of two results under one key the later holds; from
    /// where a sheet is damaged on, it holds none.
    pub fn add(&mut self, sheet: Vec<u8>) {
        let mut at = 0;
        while let Some((key, from, to)) = entry(&sheet, at) {
            self.places.insert(key, (self.sheets.len(), from, to));
            at = to;
        }
        self.sheets.push(sheet);
    }

    /// The bytes kept under `key`.
    pub fn get(&self, key: &Sha256) -> Option<&[u8]> {
        let &(sheet, from, to) = self.places.get(key)?;
        self.sheets.get(sheet)?.get(from..to)
    }

    /// How many results.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// Results as [`Remembered::add`] takes them in: key, length in four bytes (little endian), bytes.
/// One longer than 4 GiB is left out.
pub fn sheet<'r>(results: impl IntoIterator<Item = (&'r Sha256, &'r [u8])>) -> Vec<u8> {
    let mut out = Vec::new();
    for (key, bytes) in results {
        let Ok(length) = u32::try_from(bytes.len()) else { continue };
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(bytes);
    }
    out
}

/// Key of the result that begins at byte `at` of a sheet, and where its bytes stand.
fn entry(sheet: &[u8], at: usize) -> Option<(Sha256, usize, usize)> {
    let key = sheet.get(at..at + KEY)?.try_into().ok()?;
    let from = at + KEY + LENGTH;
    let length = u32::from_le_bytes(sheet.get(at + KEY..from)?.try_into().ok()?);
    let to = from.checked_add(usize::try_from(length).ok()?)?;
    sheet.get(from..to)?;
    Some((Sha256::from_bytes(key), from, to))
}

/// A digest, or the beginning of one, is spread evenly already: its first bytes are its hash.
#[derive(Debug, Default)]
pub struct OfDigest(u64);

impl Hasher for OfDigest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk::<8>() {
            self.0 ^= u64::from_le_bytes(*first);
        }
    }
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMemo;

impl Memo for NoMemo {
    fn load(&self, _: &str) -> Remembered {
        Remembered::default()
    }

    fn keep(&self, _: &str, _: &[Sha256], _: Vec<(Sha256, Vec<u8>)>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_gives_back_what_was_put_in_and_a_cut_one_what_is_whole() {
        let keys: Vec<Sha256> = (0..4_u8).map(|n| Sha256::of(&[n])).collect();
        let values: Vec<Vec<u8>> = (0..4).map(|n| vec![7; n]).collect();
        let whole = sheet(keys.iter().zip(values.iter().map(Vec::as_slice)));
        for cut in 0..=whole.len() {
            let mut remembered = Remembered::default();
            remembered.add(whole[..cut].to_vec());
            let held = (0..4).take_while(|n| (n + 1) * 36 + n * (n + 1) / 2 <= cut).count();
            assert_eq!(remembered.len(), held, "{cut}");
            for (n, key) in keys.iter().enumerate() {
                assert_eq!(remembered.get(key), (n < held).then_some(values[n].as_slice()));
            }
        }
    }

    #[test]
    fn the_later_of_two_results_under_one_key_holds() {
        let key = Sha256::of(b"key");
        let mut remembered = Remembered::default();
        remembered.add(sheet([(&key, b"one".as_slice())]));
        remembered.add(sheet([(&key, b"two".as_slice())]));
        assert_eq!(remembered.get(&key), Some(b"two".as_slice()));
        assert!(!remembered.is_empty());
    }
}
