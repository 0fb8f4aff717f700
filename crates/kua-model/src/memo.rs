//! Results of pure functions that somebody else keeps between runs. Stages stay pure: they say
//! under which key a result stands, and never learn where it is kept.

use std::collections::BTreeMap;

use crate::Sha256;

/// Keeps results of pure functions. A key must be the digest of everything the result depends on:
/// the input, the version of the stage, lexicons and settings. So what is found under a key is
/// what would be worked out, and a memo that forgets everything changes nothing but time.
pub trait Memo: Sync {
    /// Everything kept of `part`, a kind of result.
    fn load(&self, part: &str) -> BTreeMap<Sha256, Vec<u8>>;

    /// Keeps `fresh` results of `part`. Of what was loaded, only `used` need be kept on.
    fn keep(&self, part: &str, used: &[Sha256], fresh: Vec<(Sha256, Vec<u8>)>);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMemo;

impl Memo for NoMemo {
    fn load(&self, _: &str) -> BTreeMap<Sha256, Vec<u8>> {
        BTreeMap::new()
    }

    fn keep(&self, _: &str, _: &[Sha256], _: Vec<(Sha256, Vec<u8>)>) {}
}
