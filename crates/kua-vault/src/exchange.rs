//! The exchange of keys that seals many items to one recipient: age's X25519 stanza, with the
//! recipient's point worked out beforehand. Every item still has an ephemeral key of its own.

use std::collections::HashSet;
use std::io;

use age::{EncryptError, Recipient};
use age_core::format::{FileKey, Stanza};
use age_core::primitives::{aead_encrypt, bech32_decode, hkdf};
use age_core::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use curve25519_dalek::edwards::{EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::traits::BasepointTable as _;
use zeroize::Zeroizing;

/// What the key that wraps a file key is derived for (C2SP age, "The X25519 recipient type").
const LABEL: &[u8] = b"age-encryption.org/v1/X25519";

/// A recipient, ready for many items: each costs half of what age's own exchange does.
pub(crate) struct Exchange {
    recipient: age::x25519::Recipient,
    point: Option<Point>,
}

impl Exchange {
    /// Makes ready to seal to a recipient; takes some milliseconds.
    pub(crate) fn prepare(recipient: &age::x25519::Recipient) -> Exchange {
        let public = bech32_decode(
            &recipient.to_string(),
            |_| (),
            |_| Ok(()),
            |_, bytes| bytes.collect::<Vec<u8>>().try_into().map_err(|_| ()),
        );
        let point = public.ok().and_then(Point::of);
        Exchange { recipient: recipient.clone(), point }
    }
}

impl Recipient for Exchange {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let Some(point) = &self.point else { return self.recipient.wrap_file_key(file_key) };
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(secret.as_mut_slice())
            .map_err(|error| EncryptError::Io(io::Error::other(error)))?;
        Ok((vec![point.wrap(file_key, &secret)], HashSet::new()))
    }
}

/// The point of a public key, and what is needed to multiply it quickly.
struct Point {
    public: [u8; 32],
    /// Of the two points with this coordinate it does not matter which one: neither does X25519
    /// tell them apart.
    multiples: Box<EdwardsBasepointTable>,
}

impl Point {
    /// `None` for what is no point of the curve, and for points of small order, which have no
    /// secret: such keys are left to age.
    fn of(public: [u8; 32]) -> Option<Point> {
        let point =
            MontgomeryPoint(public).to_edwards(0).filter(|point| !point.is_small_order())?;
        Some(Point { public, multiples: Box::new(EdwardsBasepointTable::create(&point)) })
    }

    /// X25519 of a secret key and this point (RFC 7748).
    fn shared(&self, secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.multiples.mul_base_clamped(*secret).to_montgomery().to_bytes())
    }

    /// Wraps a file key. The secret key is used for this one only.
    fn wrap(&self, file_key: &FileKey, secret: &[u8; 32]) -> Stanza {
        let share = EdwardsPoint::mul_base_clamped(*secret).to_montgomery().to_bytes();
        let salt = [share, self.public].concat();
        let key = Zeroizing::new(hkdf(&salt, LABEL, self.shared(secret).as_slice()));
        Stanza {
            tag: "X25519".to_owned(),
            args: vec![STANDARD_NO_PAD.encode(share)],
            body: aead_encrypt(&key, file_key.expose_secret()),
        }
    }
}

#[cfg(test)]
mod tests {
    use age::Identity as _;
    use age::x25519::Identity;

    use super::*;

    fn bytes(hex: &str) -> [u8; 32] {
        let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..64).step_by(2).map(pair).collect::<Vec<_>>().try_into().unwrap()
    }

    #[test]
    fn the_shared_secret_is_that_of_the_specification() {
        // RFC 7748, section 5.2, first vector. The point of the second is not on the curve.
        let secret = bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
        let point = bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
        let shared = bytes("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        assert_eq!(*Point::of(point).unwrap().shared(&secret), shared);
        let twist = bytes("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493");
        for other in [twist, [0; 32], bytes(&format!("01{}", "0".repeat(62)))] {
            assert!(Point::of(other).is_none(), "{other:?}");
        }
    }

    #[test]
    fn age_opens_what_was_wrapped_and_nobody_else_does() {
        let other = Identity::generate();
        let shares: HashSet<Vec<String>> = (0..50)
            .map(|n| {
                let identity = Identity::generate();
                let exchange = Exchange::prepare(&identity.to_public());
                assert!(exchange.point.is_some());
                let file_key = FileKey::new(Box::new([n; 16]));
                let (mut stanzas, labels) = exchange.wrap_file_key(&file_key).unwrap();
                assert!(labels.is_empty());
                let opened = identity.unwrap_stanzas(&stanzas).unwrap().unwrap();
                assert_eq!(opened.expose_secret(), file_key.expose_secret());
                assert!(other.unwrap_stanzas(&stanzas).is_none_or(|opened| opened.is_err()));
                stanzas.remove(0).args
            })
            .collect();
        assert_eq!(shares.len(), 50, "an ephemeral key was used twice");
    }

    #[test]
    fn a_key_off_the_curve_is_left_to_age() {
        // The coordinate 2 is on the twist only: age wraps to it, and so do we.
        let key = "age1qgqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc54sr4";
        let exchange = Exchange::prepare(&key.parse().unwrap());
        assert!(exchange.point.is_none());
        assert_eq!(exchange.wrap_file_key(&FileKey::new(Box::new([7; 16]))).unwrap().0.len(), 1);
    }
}
