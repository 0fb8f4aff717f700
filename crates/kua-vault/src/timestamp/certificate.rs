//! X.509 certificates of time stamping authorities (RFC 5280): the few fields a time stamp needs,
//! and the chain to a root at the time of the stamp. The chain itself is proved by `rustls-webpki`.

use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::der::{self, Values};

/// id-kp-timeStamping, 1.3.6.1.5.5.7.3.8.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 14];
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANISATION: &[u8] = &[0x55, 4, 10];

/// Root certificates somebody decided to trust, as DER.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// Adds every certificate of a file: PEM, one or many, or a single one in DER. `false` if
    /// there is none in it.
    pub fn add(&mut self, file: &[u8]) -> bool {
        let before = self.0.len();
        self.0.extend(CertificateDer::pem_slice_iter(file).flatten());
        if self.0.len() == before && Values::only(file, der::SEQUENCE).is_some() {
            self.0.push(CertificateDer::from(file.to_vec()));
        }
        self.0.len() > before
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The parts of a certificate that a time stamp refers to.
pub(crate) struct Certificate<'a> {
    pub der: &'a [u8],
    /// Content of the INTEGER.
    pub serial: &'a [u8],
    /// The whole Name.
    pub issuer: &'a [u8],
    pub subject: &'a [u8],
    /// Algorithm of the key, and its parameters (for an elliptic curve its name).
    pub key_algorithm: &'a [u8],
    pub key_parameters: &'a [u8],
    pub key: &'a [u8],
    extensions: Option<Values<'a>>,
}

impl<'a> Certificate<'a> {
    pub(crate) fn parse(der: &'a [u8]) -> Option<Certificate<'a>> {
        let mut outer = Values::only(der, der::SEQUENCE)?;
        let mut tbs = outer.enter(der::SEQUENCE)?;
        tbs.tagged(0xa0);
        let serial = tbs.tagged(der::INTEGER)?.content;
        tbs.tagged(der::SEQUENCE)?;
        let issuer = tbs.tagged(der::SEQUENCE)?.whole;
        tbs.tagged(der::SEQUENCE)?;
        let subject = tbs.tagged(der::SEQUENCE)?.whole;
        let mut info = tbs.enter(der::SEQUENCE)?;
        let mut algorithm = info.enter(der::SEQUENCE)?;
        let key_algorithm = algorithm.tagged(der::OID)?.content;
        let key_parameters = algorithm.next().map_or(&[][..], |value| value.content);
        // One byte says how many bits of the last byte are unused: none in a key.
        let key = info.tagged(der::BIT_STRING)?.content.strip_prefix(&[0])?;
        let extensions = match tbs.find_tagged(0xa3) {
            Some(value) => Some(Values::only(value.content, der::SEQUENCE)?),
            None => None,
        };
        Some(Certificate {
            der,
            serial,
            issuer,
            subject,
            key_algorithm,
            key_parameters,
            key,
            extensions,
        })
    }

    /// Whether the certificate is for time stamping and nothing else, and says so in a way nobody
    /// may pass over (RFC 3161, section 2.3).
    pub(crate) fn is_for_time_stamping(&self) -> bool {
        let Some((critical, value)) = self.extension(EXTENDED_KEY_USAGE) else { return false };
        let Some(mut purposes) = Values::only(value, der::SEQUENCE) else { return false };
        let only =
            purposes.tagged(der::OID).is_some_and(|purpose| purpose.content == TIME_STAMPING);
        critical && only && purposes.is_empty()
    }

    pub(crate) fn key_identifier(&self) -> Option<&'a [u8]> {
        let (_, value) = self.extension(SUBJECT_KEY_IDENTIFIER)?;
        Values::of(value).tagged(der::OCTETS).map(|id| id.content)
    }

    /// Common name and organisation, or the key's algorithm if it has neither.
    pub(crate) fn name(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let names = Values::only(self.subject, der::SEQUENCE).into_iter().flatten();
        for set in names {
            for attribute in Values::of(set.content) {
                let mut attribute = Values::of(attribute.content);
                let kind = attribute.tagged(der::OID).map(|oid| oid.content);
                if let Some(value) = attribute.next()
                    && [Some(COMMON_NAME), Some(ORGANISATION)].contains(&kind)
                {
                    parts.push(String::from_utf8_lossy(value.content).into_owned());
                }
            }
        }
        parts.reverse();
        if parts.is_empty() { "an authority without a name".into() } else { parts.join(", ") }
    }

    fn extension(&self, wanted: &[u8]) -> Option<(bool, &'a [u8])> {
        for extension in self.extensions? {
            let mut parts = Values::of(extension.content);
            let oid = parts.tagged(der::OID)?.content;
            let critical = parts.tagged(der::BOOLEAN).is_some_and(|value| value.content == [0xff]);
            let value = parts.tagged(der::OCTETS)?.content;
            if oid == wanted {
                return Some((critical, value));
            }
        }
        None
    }
}

/// Proves the chain from `signer` through certificates of the token to one of `roots`, every one
/// of them valid at `time` (seconds since 1970), whatever the time is now. Gives the root's name.
/// A root's own dates are not looked at: who trusts it decides.
pub(crate) fn prove_chain(
    signer: &[u8],
    others: &[&[u8]],
    roots: &Roots,
    time: u64,
) -> Result<String, String> {
    let signer = CertificateDer::from(signer);
    let others: Vec<CertificateDer<'_>> = others
        .iter()
        .map(|der| CertificateDer::from(*der))
        .chain(roots.0.iter().map(|der| CertificateDer::from(der.as_ref())))
        .collect();
    let anchors: Vec<_> =
        roots.0.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect();
    let leaf = EndEntityCert::try_from(&signer).map_err(|error| error.to_string())?;
    let path = leaf
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &anchors,
            &others,
            UnixTime::since_unix_epoch(Duration::from_secs(time)),
            KeyUsage::required_if_present(TIME_STAMPING),
            None,
            None,
        )
        .map_err(|error| reason(&error))?;
    let anchor = path.anchor().subject.as_ref();
    let name = |root: &CertificateDer<'_>| {
        let parsed = Certificate::parse(root.as_ref())?;
        let inside = Values::of(parsed.subject).next()?.content;
        (inside == anchor).then(|| parsed.name())
    };
    Ok(roots.0.iter().find_map(name).unwrap_or_default())
}

fn reason(error: &webpki::Error) -> String {
    match error {
        webpki::Error::UnknownIssuer => "no root that was given has issued it".into(),
        webpki::Error::CertExpired { .. } => {
            "a certificate had expired at the time of the stamp".into()
        }
        webpki::Error::CertNotValidYet { .. } => {
            "a certificate was not valid yet at the time of the stamp".into()
        }
        other => other.to_string(),
    }
}

/// Checks a signature by the key of a certificate, with `hash` as the algorithm's hash.
pub(crate) fn check_signature(
    certificate: &Certificate<'_>,
    algorithm: Signing,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    let verifier = verifier(certificate, algorithm).ok_or(SignatureFault::Unknown)?;
    verifier
        .verify_signature(certificate.key, message, signature)
        .map_err(|_| SignatureFault::Wrong)
}

pub(crate) enum SignatureFault {
    Unknown,
    Wrong,
}

/// A hash function of SHA-2, or SHA-1 where an old identifier uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(crate) fn of_oid(oid: &[u8]) -> Option<Hash> {
        match oid {
            [0x2b, 14, 3, 2, 26] => Some(Hash::Sha1),
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1] => Some(Hash::Sha256),
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2] => Some(Hash::Sha384),
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3] => Some(Hash::Sha512),
            _ => None,
        }
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        use sha2::Digest as _;
        match self {
            Hash::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Hash::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Hash::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Hash::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }
}

/// How a signature was made, apart from the key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signing {
    /// With this hash, in the way usual for the key (PKCS #1 v1.5, ECDSA).
    Usual(Hash),
    /// RSASSA-PSS with this hash.
    Pss(Hash),
    Ed25519,
}

impl Signing {
    /// From the signature algorithm's identifier and parameters; `digest` is the hash named beside
    /// it, which counts where the identifier names only the key.
    pub(crate) fn of(oid: &[u8], parameters: &[u8], digest: Hash) -> Option<Signing> {
        let usual = match oid {
            // rsaEncryption, ecPublicKey: the hash stands beside.
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1] => {
                digest
            }
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11]
            | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2] => Hash::Sha256,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 12]
            | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3] => Hash::Sha384,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 13]
            | [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4] => Hash::Sha512,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 10] => {
                let hash = Values::of(parameters).tagged(0xa0)?.content;
                let oid = Values::only(hash, der::SEQUENCE)?.tagged(der::OID)?;
                return Some(Signing::Pss(Hash::of_oid(oid.content)?));
            }
            [0x2b, 0x65, 0x70] => return Some(Signing::Ed25519),
            _ => return None,
        };
        Some(Signing::Usual(usual))
    }
}

fn verifier(
    certificate: &Certificate<'_>,
    signing: Signing,
) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    use webpki::ring as algorithms;
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1];
    const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    const P384: &[u8] = &[0x2b, 0x81, 4, 0, 34];
    let is_rsa = certificate.key_algorithm == RSA;
    let curve = Some(certificate.key_parameters).filter(|_| certificate.key_algorithm == EC);
    Some(match signing {
        Signing::Usual(Hash::Sha256) if is_rsa => algorithms::RSA_PKCS1_2048_8192_SHA256,
        Signing::Usual(Hash::Sha384) if is_rsa => algorithms::RSA_PKCS1_2048_8192_SHA384,
        Signing::Usual(Hash::Sha512) if is_rsa => algorithms::RSA_PKCS1_2048_8192_SHA512,
        Signing::Pss(Hash::Sha256) if is_rsa => algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        Signing::Pss(Hash::Sha384) if is_rsa => algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        Signing::Pss(Hash::Sha512) if is_rsa => algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        Signing::Usual(Hash::Sha256) if curve == Some(P256) => algorithms::ECDSA_P256_SHA256,
        Signing::Usual(Hash::Sha384) if curve == Some(P256) => algorithms::ECDSA_P256_SHA384,
        Signing::Usual(Hash::Sha256) if curve == Some(P384) => algorithms::ECDSA_P384_SHA256,
        Signing::Usual(Hash::Sha384) if curve == Some(P384) => algorithms::ECDSA_P384_SHA384,
        Signing::Ed25519 => algorithms::ED25519,
        _ => return None,
    })
}
