//! The hashes of BagIt manifests. MD5 and SHA-1 are read, because old bags have nothing better;
//! kua never writes them.

use std::io::{self, Read};

use sha2::digest::DynDigest;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    /// As in a manifest's file name; hyphens are accepted (`sha-256`).
    pub(super) fn named(word: &str) -> Option<Algorithm> {
        Some(match word.replace('-', "").as_str() {
            "md5" => Algorithm::Md5,
            "sha1" => Algorithm::Sha1,
            "sha224" => Algorithm::Sha224,
            "sha256" => Algorithm::Sha256,
            "sha384" => Algorithm::Sha384,
            "sha512" => Algorithm::Sha512,
            _ => return None,
        })
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "md5",
            Algorithm::Sha1 => "sha1",
            Algorithm::Sha224 => "sha224",
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha384 => "sha384",
            Algorithm::Sha512 => "sha512",
        }
    }

    /// Hexadecimal digits of a checksum.
    pub(super) fn digits(self) -> usize {
        2 * self.hasher().output_size()
    }

    fn hasher(self) -> Box<dyn DynDigest> {
        match self {
            Algorithm::Md5 => Box::<md5::Md5>::default(),
            Algorithm::Sha1 => Box::<sha1::Sha1>::default(),
            Algorithm::Sha224 => Box::<sha2::Sha224>::default(),
            Algorithm::Sha256 => Box::<sha2::Sha256>::default(),
            Algorithm::Sha384 => Box::<sha2::Sha384>::default(),
            Algorithm::Sha512 => Box::<sha2::Sha512>::default(),
        }
    }
}

/// Length and checksums, in lower-case hexadecimal, of everything `reader` gives.
pub(super) fn digests(
    reader: &mut dyn Read,
    algorithms: &[Algorithm],
    buffer: &mut [u8],
    tell: &mut dyn FnMut(u64),
) -> io::Result<(u64, Vec<String>)> {
    let mut hashers: Vec<_> = algorithms.iter().map(|algorithm| algorithm.hasher()).collect();
    let mut length = 0;
    loop {
        let count = match reader.read(buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        length += count as u64;
        for hasher in &mut hashers {
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        tell(count as u64);
    }
    let sums = hashers.into_iter().map(|hasher| hex(&hasher.finalize())).collect();
    Ok((length, sums))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
