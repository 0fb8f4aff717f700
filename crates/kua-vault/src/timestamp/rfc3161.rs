//! Time stamps of RFC 3161: the request as a file, and the response proved offline, at the time it
//! names, whatever the time is now. Pure: bytes in, what was proved out.

use thiserror::Error;

use super::certificate::{
    Certificate, Hash, Roots, SignatureFault, Signing, check_signature, prove_chain,
};
use super::der::{self, Value, Values};

const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 7, 2];
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 1, 4];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 4];
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 12];
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 9, 16, 2, 47];
const SHA256_OID: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// What a response says and how far it was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rfc3161Stamp {
    /// Seconds since 1970.
    pub unix: u64,
    /// The same, RFC 3339 in UTC.
    pub time: String,
    /// Names of the authority's certificate.
    pub authority: String,
    /// Its policy, an object identifier in numbers.
    pub policy: String,
    /// Serial number of the stamp, hexadecimal.
    pub serial: String,
    /// The root that vouches for the authority; `None` if no roots were given.
    pub root: Option<String>,
    /// The file holds a bare token, not the whole response; OpenSSL then wants `-token_in`.
    pub is_bare: bool,
}

/// A request that a time stamp be made for a file with this SHA-256: what `openssl ts -query
/// -cert -no_nonce` writes. Send it to an authority as `application/timestamp-query`.
#[must_use]
pub fn rfc3161_request(sha256: &[u8; 32]) -> Vec<u8> {
    let algorithm = [der::write(der::OID, SHA256_OID), vec![0x05, 0]].concat();
    let imprint = [der::write(der::SEQUENCE, &algorithm), der::write(der::OCTETS, sha256)].concat();
    // No nonce: the answer comes by hand, perhaps days later, and fits one file only.
    let parts = [
        der::write(der::INTEGER, &[1]),
        der::write(der::SEQUENCE, &imprint),
        der::write(der::BOOLEAN, &[0xff]),
    ];
    der::write(der::SEQUENCE, &parts.concat())
}

/// Proves a response (or a bare token) about `content`: imprint, signature, the identity of the
/// certificate, that it is for time stamping, and with `roots` its chain at the time of the stamp.
/// Without roots everything but the chain is proved, and [`Rfc3161Stamp::root`] is `None`.
///
/// # Errors
/// [`Rfc3161Error`] says what does not hold.
pub fn verify_rfc3161(
    response: &[u8],
    content: &[u8],
    roots: &Roots,
) -> Result<Rfc3161Stamp, Rfc3161Error> {
    let (token, is_bare) = token_of(response)?;
    let signed = Signed::parse(token).ok_or(Rfc3161Error::Form { what: "the signed data" })?;
    let info = Info::parse(signed.info).ok_or(Rfc3161Error::Form { what: "what was stamped" })?;
    let hash = Hash::of_oid(info.hash).filter(|hash| *hash != Hash::Sha1);
    let hash = hash.ok_or_else(|| Rfc3161Error::Algorithm { oid: der::oid_text(info.hash) })?;
    if hash.digest(content) != info.imprint {
        return Err(Rfc3161Error::Imprint { time: der::time_text(info.time) });
    }
    let certificate = signed.signer().ok_or(Rfc3161Error::NoCertificate)?;
    signed.check_attributes(&certificate)?;
    let algorithm = Signing::of(signed.signing, signed.signing_parameters, signed.digest);
    let algorithm =
        algorithm.ok_or_else(|| Rfc3161Error::Algorithm { oid: der::oid_text(signed.signing) })?;
    // Signed as a SET (RFC 5652, section 5.4), though it stands there under another tag.
    let message = der::write(der::SET, signed.attributes.content);
    match check_signature(&certificate, algorithm, &message, signed.signature) {
        Ok(()) => {}
        Err(SignatureFault::Wrong) => return Err(Rfc3161Error::Signature),
        Err(SignatureFault::Unknown) => {
            return Err(Rfc3161Error::Algorithm { oid: der::oid_text(signed.signing) });
        }
    }
    if !certificate.is_for_time_stamping() {
        return Err(Rfc3161Error::NotForTimeStamping { authority: certificate.name() });
    }
    let root = if roots.is_empty() {
        None
    } else {
        let proved = prove_chain(certificate.der, &signed.certificates, roots, info.time);
        Some(
            proved
                .map_err(|reason| Rfc3161Error::Chain { authority: certificate.name(), reason })?,
        )
    };
    Ok(Rfc3161Stamp {
        unix: info.time,
        time: der::time_text(info.time),
        authority: certificate.name(),
        policy: der::oid_text(info.policy),
        serial: info.serial.iter().map(|byte| format!("{byte:02x}")).collect(),
        root,
        is_bare,
    })
}

/// The token inside a response; the flag says that there is no response around it.
fn token_of(response: &[u8]) -> Result<(Values<'_>, bool), Rfc3161Error> {
    let form = Rfc3161Error::Form { what: "the response" };
    let mut parts = Values::only(response, der::SEQUENCE).ok_or(form)?;
    if parts.tagged(der::OID).is_some_and(|oid| oid.content == SIGNED_DATA) {
        let token = parts.enter(0xa0).ok_or(Rfc3161Error::Form { what: "the token" })?;
        return Ok((token, true));
    }
    let status = parts.enter(der::SEQUENCE).and_then(|mut status| status.tagged(der::INTEGER));
    let status = status.ok_or(Rfc3161Error::Form { what: "the status" })?.content;
    // 0 granted, 1 granted with changes.
    if !matches!(status, [0 | 1]) {
        return Err(Rfc3161Error::Refused { status: status.last().copied().unwrap_or(0) });
    }
    let token = parts.enter(der::SEQUENCE).and_then(|mut token| {
        let is_signed = token.tagged(der::OID)?.content == SIGNED_DATA;
        token.enter(0xa0).filter(|_| is_signed)
    });
    Ok((token.ok_or(Rfc3161Error::Form { what: "the token" })?, false))
}

/// The parts of CMS SignedData (RFC 5652) with one signer.
struct Signed<'a> {
    info: &'a [u8],
    certificates: Vec<&'a [u8]>,
    /// Name and serial number of the signer's certificate, or its key identifier.
    id: Value<'a>,
    digest: Hash,
    attributes: Value<'a>,
    signing: &'a [u8],
    signing_parameters: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    fn parse(token: Values<'a>) -> Option<Signed<'a>> {
        let mut token = token;
        let mut data = token.enter(der::SEQUENCE)?;
        data.tagged(der::INTEGER)?;
        data.tagged(der::SET)?;
        let mut content = data.enter(der::SEQUENCE)?;
        content.tagged(der::OID).filter(|kind| kind.content == TST_INFO)?;
        let info = content.enter(0xa0)?.tagged(der::OCTETS)?.content;
        let certificates = data.enter(0xa0).map_or_else(Vec::new, |all| {
            all.filter(|value| value.tag == der::SEQUENCE).map(|value| value.whole).collect()
        });
        data.tagged(0xa1);
        let mut signers = data.enter(der::SET)?;
        let mut signer = signers.enter(der::SEQUENCE)?;
        // A time stamp has exactly one signer (RFC 3161, section 2.4.2).
        if !signers.is_empty() {
            return None;
        }
        signer.tagged(der::INTEGER)?;
        let id = signer.next()?;
        let digest = Hash::of_oid(signer.enter(der::SEQUENCE)?.tagged(der::OID)?.content)?;
        let attributes = signer.tagged(0xa0)?;
        let mut algorithm = signer.enter(der::SEQUENCE)?;
        let signing = algorithm.tagged(der::OID)?.content;
        let signing_parameters = algorithm.next().map_or(&[][..], |value| value.content);
        let signature = signer.tagged(der::OCTETS)?.content;
        Some(Signed {
            info,
            certificates,
            id,
            digest,
            attributes,
            signing,
            signing_parameters,
            signature,
        })
    }

    /// The certificate the signer names.
    fn signer(&self) -> Option<Certificate<'a>> {
        let wanted = |certificate: &Certificate<'a>| match self.id.tag {
            der::SEQUENCE => {
                let mut parts = Values::of(self.id.content);
                let issuer = parts.tagged(der::SEQUENCE).map(|name| name.whole);
                let serial = parts.tagged(der::INTEGER).map(|number| number.content);
                issuer == Some(certificate.issuer) && serial == Some(certificate.serial)
            }
            0x80 => certificate.key_identifier() == Some(self.id.content),
            _ => false,
        };
        self.certificates.iter().filter_map(|der| Certificate::parse(der)).find(wanted)
    }

    /// What is signed beside the time must speak of this time and this certificate.
    fn check_attributes(&self, certificate: &Certificate<'_>) -> Result<(), Rfc3161Error> {
        let attribute = |wanted: &[u8]| {
            let mut found = Values::of(self.attributes.content).filter_map(|attribute| {
                let mut parts = Values::of(attribute.content);
                let oid = parts.tagged(der::OID)?.content;
                let mut values = parts.enter(der::SET)?;
                let value = values.next()?;
                (oid == wanted && values.is_empty()).then_some(value)
            });
            let first = found.next();
            if found.next().is_some() { None } else { first }
        };
        let kind = attribute(CONTENT_TYPE).map(|value| value.content);
        let digest = attribute(MESSAGE_DIGEST).map(|value| value.content.to_vec());
        if kind != Some(TST_INFO) || digest != Some(self.digest.digest(self.info)) {
            return Err(Rfc3161Error::Digest);
        }
        let named = match (attribute(SIGNING_CERTIFICATE_V2), attribute(SIGNING_CERTIFICATE)) {
            (Some(value), _) => names_certificate(&value, Hash::Sha256, certificate),
            (None, Some(value)) => names_certificate(&value, Hash::Sha1, certificate),
            (None, None) => None,
        };
        if named == Some(true) { Ok(()) } else { Err(Rfc3161Error::OtherCertificate) }
    }
}

/// Whether the first ESSCertID(v2) of a SigningCertificate(V2) is of this certificate (RFC 5035).
fn names_certificate(
    value: &Value<'_>,
    usual: Hash,
    certificate: &Certificate<'_>,
) -> Option<bool> {
    let mut ids = Values::of(value.content).enter(der::SEQUENCE)?;
    let mut id = ids.enter(der::SEQUENCE)?;
    let hash = match id.enter(der::SEQUENCE) {
        Some(mut algorithm) => Hash::of_oid(algorithm.tagged(der::OID)?.content)?,
        None => usual,
    };
    let digest = id.tagged(der::OCTETS)?.content;
    Some(hash.digest(certificate.der) == digest)
}

/// The parts of TSTInfo (RFC 3161, section 2.4.2).
struct Info<'a> {
    policy: &'a [u8],
    hash: &'a [u8],
    imprint: &'a [u8],
    serial: &'a [u8],
    time: u64,
}

impl<'a> Info<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Info<'a>> {
        let mut parts = Values::only(bytes, der::SEQUENCE)?;
        parts.tagged(der::INTEGER).filter(|version| version.content == [1])?;
        let policy = parts.tagged(der::OID)?.content;
        let mut imprint = parts.enter(der::SEQUENCE)?;
        let hash = imprint.enter(der::SEQUENCE)?.tagged(der::OID)?.content;
        let digest = imprint.tagged(der::OCTETS)?.content;
        let serial = parts.tagged(der::INTEGER)?.content;
        let time = der::unix_time(parts.tagged(der::TIME)?.content)?;
        Some(Info { policy, hash, imprint: digest, serial, time })
    }
}

/// Why a time stamp proves nothing.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rfc3161Error {
    /// Not a response, or cut short.
    #[error(
        "this is no time stamp of RFC 3161: {what} is missing or malformed. Keep the whole response (.tsr) of the authority"
    )]
    Form {
        /// The part.
        what: &'static str,
    },
    /// The authority said no.
    #[error("the authority refused to stamp (status {status}): ask again, or another one")]
    Refused {
        /// PKIStatus.
        status: u8,
    },
    /// Stamps something else.
    #[error(
        "the time stamp (of {time}) is of another file: its fingerprint is not the one of this one"
    )]
    Imprint {
        /// The time it names.
        time: String,
    },
    /// The signed attributes do not speak of what was stamped.
    #[error("the time stamp was changed: what is signed is not the time it names")]
    Digest,
    /// The certificate is not in the token.
    #[error(
        "the time stamp holds no certificate of its signer: ask again with certReq (openssl ts -query -cert)"
    )]
    NoCertificate,
    /// The signed certificate identifier is missing or of another certificate.
    #[error("the time stamp was made for another certificate than the one it carries")]
    OtherCertificate,
    /// The signature is not by the certificate's key.
    #[error(
        "the signature of the time stamp is wrong: it was changed, or never made by this authority"
    )]
    Signature,
    /// The certificate may not make time stamps.
    #[error("the certificate of {authority} is not for time stamping only (RFC 3161, section 2.3)")]
    NotForTimeStamping {
        /// Names in the certificate.
        authority: String,
    },
    /// No chain to a root.
    #[error("{authority} is not vouched for by the roots you gave: {reason}")]
    Chain {
        /// Names in the certificate.
        authority: String,
        /// Why not.
        reason: String,
    },
    /// An algorithm that is not known or no longer safe.
    #[error(
        "the time stamp uses an algorithm kua does not accept ({oid}); check it with openssl ts -verify"
    )]
    Algorithm {
        /// Object identifier in numbers.
        oid: String,
    },
}
