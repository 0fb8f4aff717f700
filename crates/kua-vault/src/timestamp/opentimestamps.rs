//! OpenTimestamps proofs (`.ots`, version 1): the steps from a file's hash to the Merkle roots of
//! Bitcoin blocks, replayed offline. Bounded, since anybody can write such a file. Pure.

use thiserror::Error;

use super::bitcoin::{HeaderFault, Headers};
use super::certificate::Hash;

const MAGIC: &[u8] = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94";
const BITCOIN: [u8; 8] = [0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01];
const PENDING: [u8; 8] = [0x83, 0xdf, 0xe3, 0x0d, 0x2e, 0xf9, 0x0c, 0x8e];

/// Longest value a step may give, and most steps and forks of a proof: those of the reference
/// implementation for values, far above any real proof for the others.
const MAX_VALUE: usize = 4096;
const MAX_STEPS: usize = 10_000;
const MAX_DEPTH: usize = 256;

/// Where a proof leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtsProof {
    /// Blocks whose header would prove the time, by height.
    pub blocks: Vec<OtsBlock>,
    /// Calendars that promised to have it written into a block; no proof yet.
    pub pending: Vec<String>,
    /// Witnesses of kinds kua does not know.
    pub unknown: usize,
}

/// A Bitcoin block a proof leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtsBlock {
    /// Its height.
    pub height: u64,
    /// The Merkle root its header must hold, as the bytes stand in the header.
    pub merkle_root: Vec<u8>,
}

/// The earliest block that was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtsStamp {
    /// Height of the block.
    pub height: u64,
    /// Time in its header, seconds since 1970. Miners set it; it may be two hours off.
    pub unix: u64,
    /// The same, RFC 3339 in UTC.
    pub time: String,
    /// Hash of the block as block explorers print it.
    pub block: String,
}

/// Whether a file is, by its heading, an OpenTimestamps proof.
#[must_use]
pub fn is_ots(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Reads a proof and replays its steps from the hash of `content`.
///
/// # Errors
/// [`OtsError`] if it is no proof, is of another file, or is beyond its bounds.
pub fn replay_ots(proof: &[u8], content: &[u8]) -> Result<OtsProof, OtsError> {
    let mut input = Input(proof.strip_prefix(MAGIC).ok_or(OtsError::Form { what: "the heading" })?);
    if input.number()? != 1 {
        return Err(OtsError::Version);
    }
    let hash = match input.byte()? {
        0x02 => Hash::Sha1,
        0x08 => Hash::Sha256,
        other => return Err(OtsError::Operation { code: other }),
    };
    let own = hash.digest(content);
    if input.bytes(own.len())? != own {
        return Err(OtsError::OtherFile);
    }
    let mut found = OtsProof { blocks: Vec::new(), pending: Vec::new(), unknown: 0 };
    let mut steps = 0;
    // Values from which a branch is still to be followed; forks put one more here.
    let mut open = vec![own];
    while let Some(mut value) = open.pop() {
        loop {
            steps += 1;
            if steps > MAX_STEPS || open.len() > MAX_DEPTH {
                return Err(OtsError::Long);
            }
            match input.byte()? {
                0xff => open.push(value.clone()),
                0x00 => {
                    input.witness(value, &mut found)?;
                    break;
                }
                operation => value = input.step(operation, &value)?,
            }
        }
    }
    if !input.0.is_empty() {
        return Err(OtsError::Form { what: "the end" });
    }
    found.blocks.sort_by_key(|block| block.height);
    Ok(found)
}

/// Proves a replayed proof by the headers of blocks: the earliest block that holds.
///
/// # Errors
/// [`OtsError::Pending`] if no block is named yet, [`OtsError::NoHeader`] if none of the headers
/// is among `headers`, [`OtsError::Header`] if one does not hold.
pub fn verify_ots(proof: &OtsProof, headers: &Headers) -> Result<OtsStamp, OtsError> {
    let heights = || proof.blocks.iter().map(|block| block.height).collect();
    if proof.blocks.is_empty() {
        return Err(OtsError::Pending { calendars: proof.pending.clone() });
    }
    for block in &proof.blocks {
        let Some(header) = headers.at(block.height) else { continue };
        let checked = header.check(&block.merkle_root);
        let fault = |fault| OtsError::Header { height: block.height, fault };
        checked.map_err(fault)?;
        return Ok(OtsStamp {
            height: block.height,
            unix: header.time(),
            time: super::der::time_text(header.time()),
            block: header.hash_text(),
        });
    }
    Err(OtsError::NoHeader { heights: heights() })
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Result<u8, OtsError> {
        let (first, rest) = self.0.split_first().ok_or(OtsError::Form { what: "the end" })?;
        self.0 = rest;
        Ok(*first)
    }

    fn bytes(&mut self, count: usize) -> Result<&'a [u8], OtsError> {
        let cut = OtsError::Form { what: "the end" };
        let (part, rest) = self.0.split_at_checked(count).ok_or(cut)?;
        self.0 = rest;
        Ok(part)
    }

    /// Little end first, seven bits a byte.
    fn number(&mut self) -> Result<u64, OtsError> {
        let mut number = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(OtsError::Form { what: "a number" })
    }

    fn variable(&mut self, most: usize) -> Result<&'a [u8], OtsError> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if length > most {
            return Err(OtsError::Long);
        }
        self.bytes(length)
    }

    fn step(&mut self, operation: u8, value: &[u8]) -> Result<Vec<u8>, OtsError> {
        let next = match operation {
            0xf0 => [value, self.variable(MAX_VALUE)?].concat(),
            0xf1 => [self.variable(MAX_VALUE)?, value].concat(),
            0xf2 => value.iter().rev().copied().collect(),
            0xf3 => value.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(),
            0x02 => Hash::Sha1.digest(value),
            0x08 => Hash::Sha256.digest(value),
            code => return Err(OtsError::Operation { code }),
        };
        if next.len() > MAX_VALUE { Err(OtsError::Long) } else { Ok(next) }
    }

    fn witness(&mut self, value: Vec<u8>, found: &mut OtsProof) -> Result<(), OtsError> {
        let kind = self.bytes(8)?;
        let mut payload = Input(self.variable(8192)?);
        if kind == BITCOIN {
            let height = payload.number()?;
            found.blocks.push(OtsBlock { height, merkle_root: value });
        } else if kind == PENDING {
            let address = payload.variable(1000)?;
            found.pending.push(String::from_utf8_lossy(address).into_owned());
        } else {
            found.unknown += 1;
        }
        Ok(())
    }
}

/// Why an OpenTimestamps proof does not prove a time (yet).
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtsError {
    /// Not a proof, or cut short.
    #[error("this is no OpenTimestamps proof: {what} is missing or malformed")]
    Form {
        /// The part.
        what: &'static str,
    },
    /// Of a later version.
    #[error("the proof has a version kua does not know: use a newer kua, or the program ots")]
    Version,
    /// Of another file.
    #[error("the proof is of another file: its fingerprint is not the one of this one")]
    OtherFile,
    /// A step of another kind.
    #[error(
        "the proof uses an operation kua does not know ({code:#04x}): check it with the program ots"
    )]
    Operation {
        /// Its code.
        code: u8,
    },
    /// Beyond every real proof.
    #[error("the proof is longer than any real one: it was not followed to its end")]
    Long,
    /// Only promised.
    #[error(
        "not in a block yet: {} promised it. Have somebody with a network run 'ots upgrade' on the file in some hours, and attach the result",
        calendars.join(", ")
    )]
    Pending {
        /// Addresses of the calendars.
        calendars: Vec<String>,
    },
    /// The header is needed.
    #[error(
        "leads to Bitcoin block {}: give its header as a file to prove the time",
        heights.iter().map(u64::to_string).collect::<Vec<_>>().join(" or ")
    )]
    NoHeader {
        /// Heights of the blocks; one of their headers is enough.
        heights: Vec<u64>,
    },
    /// The header given does not hold.
    #[error("the header given for block {height} does not hold: {fault}")]
    Header {
        /// Height of the block.
        height: u64,
        /// Why.
        fault: HeaderFault,
    },
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A proof of `content`: these steps, then these bytes of a witness.
    pub(crate) fn proof(content: &[u8], rest: &[u8]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend([1, 8]);
        out.extend(Hash::Sha256.digest(content));
        out.extend(rest);
        out
    }

    fn pending(address: &str) -> Vec<u8> {
        let length = u8::try_from(address.len()).unwrap();
        [&[0][..], &PENDING, &[length + 1, length], address.as_bytes()].concat()
    }

    #[test]
    fn every_branch_is_followed_and_pending_is_said() {
        let branch =
            [&[0xf0, 2, b'a', b'b', 0x08][..], &pending("https://calendar.example")].concat();
        let block = [&[0x08, 0x00][..], &BITCOIN, &[3, 0x80, 0x89, 0x7a]].concat();
        let found =
            replay_ots(&proof(b"x", &[&[0xff][..], &branch, &block].concat()), b"x").unwrap();
        assert_eq!(found.pending, ["https://calendar.example"]);
        let twice = Hash::Sha256.digest(&Hash::Sha256.digest(b"x"));
        assert_eq!(found.blocks, [OtsBlock { height: 2_000_000, merkle_root: twice }]);
        let only_pending = replay_ots(&proof(b"x", &branch), b"x").unwrap();
        let error = verify_ots(&only_pending, &Headers::default()).unwrap_err();
        assert!(error.to_string().contains("ots upgrade"), "{error}");
        assert_eq!(
            verify_ots(&found, &Headers::default()).unwrap_err(),
            OtsError::NoHeader { heights: vec![2_000_000] }
        );
    }

    #[test]
    fn another_file_and_hostile_proofs_are_refused() {
        let good = proof(b"x", &pending("c"));
        assert_eq!(replay_ots(&good, b"y"), Err(OtsError::OtherFile));
        for cut in 0..good.len() {
            assert!(replay_ots(&good[..cut], b"x").is_err(), "{cut}");
        }
        let forks = [0xff].repeat(100_000);
        assert_eq!(replay_ots(&proof(b"x", &forks), b"x"), Err(OtsError::Long));
        let growing = [0xf3].repeat(20);
        assert_eq!(replay_ots(&proof(b"x", &growing), b"x"), Err(OtsError::Long));
        assert_eq!(
            replay_ots(&proof(b"x", &[0x67]), b"x"),
            Err(OtsError::Operation { code: 0x67 })
        );
        let trailing = [pending("c"), vec![0]].concat();
        assert!(replay_ots(&proof(b"x", &trailing), b"x").is_err());
    }
}
