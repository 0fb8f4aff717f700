//! Headers of Bitcoin blocks as somebody with a network wrote them down: 80 bytes each, checked by
//! the work in them. No node is asked. Pure.

use std::collections::BTreeMap;
use std::fmt;

use super::certificate::Hash;

/// The target of the first block: no later block was ever easier (Bitcoin's proof-of-work limit).
const EASIEST: u32 = 0x1d00_ffff;

/// Headers by height.
#[derive(Debug, Clone, Default)]
pub struct Headers(BTreeMap<u64, Header>);

impl Headers {
    /// Adds the headers of a text file: on each line the height, a space, and the 80 bytes in
    /// hexadecimal, as `bitcoin-cli getblockheader HASH false` prints them; `#` begins a comment.
    /// Gives the numbers of the lines that are neither.
    pub fn add(&mut self, text: &str) -> Vec<usize> {
        let mut wrong = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let parsed = line.split_once(char::is_whitespace).and_then(|(height, hex)| {
                Some((height.parse().ok()?, Header::from_hex(hex.trim())?))
            });
            match parsed {
                Some((height, header)) => drop(self.0.insert(height, header)),
                None => wrong.push(number),
            }
        }
        wrong
    }

    pub(crate) fn at(&self, height: u64) -> Option<&Header> {
        self.0.get(&height)
    }
}

/// One header.
#[derive(Debug, Clone)]
pub(crate) struct Header([u8; 80]);

/// Why a header proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderFault {
    /// It holds another Merkle root.
    OtherRoot,
    /// No work was done for it: anybody could have made it.
    NoWork,
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HeaderFault::OtherRoot => "the proof does not lead to its Merkle root",
            HeaderFault::NoWork => "it has not the work of any Bitcoin block in it",
        })
    }
}

impl Header {
    fn from_hex(hex: &str) -> Option<Header> {
        let mut bytes = [0; 80];
        if hex.len() != 160 || !hex.is_ascii() {
            return None;
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Header(bytes))
    }

    /// That the header holds this Merkle root, and that work was done for it.
    pub(crate) fn check(&self, merkle_root: &[u8]) -> Result<(), HeaderFault> {
        if self.0.get(36..68) != Some(merkle_root) {
            return Err(HeaderFault::OtherRoot);
        }
        let target = target(self.number(72))
            .filter(|target| target_of_easiest().is_some_and(|easiest| *target <= easiest));
        match target {
            Some(target) if self.hash() <= target => Ok(()),
            _ => Err(HeaderFault::NoWork),
        }
    }

    /// Seconds since 1970.
    pub(crate) fn time(&self) -> u64 {
        self.number(68).into()
    }

    /// As block explorers print it.
    pub(crate) fn hash_text(&self) -> String {
        self.hash().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Big end first.
    fn hash(&self) -> [u8; 32] {
        let twice = Hash::Sha256.digest(&Hash::Sha256.digest(&self.0));
        let mut hash = [0; 32];
        hash.iter_mut().zip(twice.iter().rev()).for_each(|(to, from)| *to = *from);
        hash
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        u32::from_le_bytes(bytes.unwrap_or_default())
    }
}

fn target_of_easiest() -> Option<[u8; 32]> {
    target(EASIEST)
}

/// The number a block's hash may not exceed, big end first, from its compact form: one byte of
/// length and three leading digits to the base 256.
fn target(compact: u32) -> Option<[u8; 32]> {
    let [length, digits @ ..] = compact.to_be_bytes();
    let length = usize::from(length);
    // The highest bit is a sign; a negative target is none.
    if digits.first().is_none_or(|first| *first >= 0x80) || length > 32 {
        return None;
    }
    let mut target = [0; 32];
    for (place, digit) in digits.into_iter().enumerate() {
        if let Some(to) = (32 + place).checked_sub(length).and_then(|at| target.get_mut(at)) {
            *to = digit;
        }
    }
    Some(target)
}

#[cfg(test)]
mod tests {
    use super::super::opentimestamps::tests::proof;
    use super::super::opentimestamps::{OtsError, replay_ots, verify_ots};
    use super::*;

    /// Block 1 of Bitcoin and the one transaction in it: numbers only, known everywhere.
    const HEADER: &str = "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299";
    const TRANSACTION: &str = "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff0704ffff001d0104ffffffff0100f2052a0100000043410496b538e853519c726a2c91e61ec11600ae1390813a627c66fb8be7947be63c52da7589379515d4e0a604f8141781e62294721166bf621e73a82cbf2342c858eeac00000000";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digits).collect()
    }

    /// SHA-256 once more, then: stands in block `height`.
    fn leads_to(height: u8) -> Vec<u8> {
        [&[0x08, 0x00, 0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01, 1][..], &[height]].concat()
    }

    #[test]
    fn a_transaction_is_proved_to_be_as_old_as_its_block() {
        let content = bytes(TRANSACTION);
        let mut headers = Headers::default();
        assert!(
            headers
                .add(&format!("# blocks\n\n1 {HEADER} # the first after the first\n"))
                .is_empty()
        );
        let found = replay_ots(&proof(&content, &leads_to(1)), &content).unwrap();
        let stamp = verify_ots(&found, &headers).unwrap();
        assert_eq!(stamp.time, "2009-01-09T02:54:25Z");
        assert_eq!(stamp.block, "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048");
        // Any bit of the header changed: another root, or the work is gone.
        for at in 0..160 {
            let mut changed = HEADER.to_owned();
            let digit = if HEADER.as_bytes()[at] == b'0' { "1" } else { "0" };
            changed.replace_range(at..=at, digit);
            let mut headers = Headers::default();
            headers.add(&format!("1 {changed}"));
            assert!(matches!(verify_ots(&found, &headers), Err(OtsError::Header { .. })), "{at}");
        }
    }

    #[test]
    fn a_header_anybody_could_make_up_proves_nothing() {
        let root = { Hash::Sha256.digest(&Hash::Sha256.digest(b"mine")) };
        // The easiest targets of test networks, found at the first attempts.
        for bits in [[0xff, 0xff, 0x7f, 0x20], [0xff, 0xff, 0x00, 0x1e], [0xff, 0xff, 0xff, 0x1c]] {
            let mut header = [0; 80];
            header[36..68].copy_from_slice(&root);
            header[72..76].copy_from_slice(&bits);
            let hex: String = header.iter().map(|byte| format!("{byte:02x}")).collect();
            let mut headers = Headers::default();
            assert!(headers.add(&format!("7 {hex}")).is_empty());
            let found = replay_ots(&proof(b"mine", &leads_to(7)), b"mine").unwrap();
            let error = verify_ots(&found, &headers).unwrap_err();
            assert_eq!(error, OtsError::Header { height: 7, fault: HeaderFault::NoWork });
        }
        assert_eq!(Headers::default().add("x\n1 00\n\n1"), [1, 2, 4]);
    }
}
