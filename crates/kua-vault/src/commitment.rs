//! Salted commitments: the log shows that something was recorded, but not what.
//! `HMAC-SHA256(salt, message)` (RFC 2104). Without the salt nobody can try out names or known
//! files; once the salt is destroyed, nobody ever can.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use kua_model::Sha256;
use zeroize::Zeroize;

/// 32 random bytes, one for every record; kept beside the object, never in the log.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; 32]);

impl Salt {
    /// A new salt from the operating system.
    ///
    /// # Errors
    /// The system's own error if it has no random numbers to give.
    pub fn generate() -> Result<Salt, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Salt(bytes))
    }

    /// A salt read from a record.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Salt {
        Salt(bytes)
    }

    /// The salt as 64 lower-case hexadecimal digits, for the record.
    #[must_use]
    pub fn to_hex(&self) -> String {
        Sha256::from_bytes(self.0).to_string()
    }

    /// Commitment to `message` under this salt.
    #[must_use]
    pub fn commit(&self, message: &[u8]) -> Sha256 {
        // RFC 2104: a key shorter than the block is filled up with zeros.
        let mut block = [0u8; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        let mac = Hmac::<sha2::Sha256>::new(&block.into()).chain_update(message);
        block.zeroize();
        Sha256::from_bytes(mac.finalize().into_bytes().into())
    }
}

impl Drop for Salt {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_plain_hmac_sha256() {
        // python3 -c 'import hmac;print(hmac.new(bytes(range(32)),b"words","sha256").hexdigest())'
        let salt = Salt::from_bytes(std::array::from_fn(|i| u8::try_from(i).unwrap()));
        let expected = "7ac844f2ebf7cd6f02c739f06b3b5c85627ee81b894efd32c11fc9d1923b65d7";
        assert_eq!(salt.commit(b"words").to_string(), expected);
        assert_ne!(Salt::generate().unwrap(), Salt::generate().unwrap());
    }
}
