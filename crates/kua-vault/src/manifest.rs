//! `vault.json`: that this is a vault, of which version, and whose log it holds.
//! Also the fixed places inside a vault.

use kua_model::Sha256;
use serde_json::{Value, json};

use crate::canonical::from_canonical;
use crate::key::{Algorithm, VerifierKey};
use crate::record_bundle::RecordLayout;
use crate::seal::SealRecipient;

pub(crate) const MANIFEST: &str = "vault.json";
pub(crate) const LOCK: &str = "lock";
pub(crate) const TMP: &str = "tmp";
pub(crate) const PRIVATE: &str = "private";
pub(crate) const SIGNER_KEY: &str = "private/signer.key";
pub(crate) const LAST_SIGNED: &str = "private/last-signed";
/// Key of the next epoch, while a rotation is going on.
pub(crate) const NEXT_KEY: &str = "private/next.key";
/// Key of the vault as a cosigner of other logs.
pub(crate) const COSIGNER_KEY: &str = "private/cosigner.key";
/// The last checkpoint cosigned of each other log.
pub(crate) const COSIGNED: &str = "private/cosigned";
/// Checkpoints of the own and of other logs that came from elsewhere.
pub(crate) const SEEN: &str = "seen";
/// Second histories of other logs.
pub(crate) const FORKS: &str = "forks";
/// Reminder of items whose erasure has begun.
pub(crate) const ERASING: &str = "private/erasing";
pub(crate) const SET_ASIDE: &str = "set-aside";

/// Version of a vault with each record in a file of its own, made by the first versions of kua; of
/// one that seals what it takes in, and so holds no records; and of one with record bundles. A kua
/// that does not know a version must not open it: it would add items unsealed, or miss records.
/// There is no version 3: one flipped bit would make it 1 or 2.
pub(crate) const SINGLE_VERSION: u64 = 1;
pub(crate) const SEALING_VERSION: u64 = 2;
pub(crate) const BUNDLED_VERSION: u64 = 4;

/// The verifier key of the vault's own log; its name is the log's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub key: VerifierKey,
    /// Keys that every item is sealed to; empty in a vault that keeps items as they are.
    pub recipients: Vec<SealRecipient>,
    pub records: RecordLayout,
}

/// Why `vault.json` is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ManifestFault {
    Version(u64),
    Form,
}

impl Manifest {
    /// That of a vault that keeps items as they are.
    pub(crate) fn of(key: VerifierKey, records: RecordLayout) -> Manifest {
        Manifest { key, recipients: Vec::new(), records }
    }

    fn version(&self) -> u64 {
        match self.records {
            _ if !self.recipients.is_empty() => SEALING_VERSION,
            RecordLayout::Single => SINGLE_VERSION,
            RecordLayout::Bundled => BUNDLED_VERSION,
        }
    }

    /// `{"format":"kua-vault","log":"<name>","version":4,"vkey":"<key>"}` and a newline; with
    /// `"recipients":["age1…"]` where items are sealed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut value = json!({
            "format": "kua-vault",
            "log": self.key.name(),
            "version": self.version(),
            "vkey": self.key.to_string(),
        });
        if let (false, Some(members)) = (self.recipients.is_empty(), value.as_object_mut()) {
            let recipients = self.recipients.iter().map(ToString::to_string);
            members.insert("recipients".to_owned(), Value::from_iter(recipients));
        }
        // Strings and one small integer: always has a canonical form.
        let mut text = crate::canonical::to_canonical(&value).unwrap_or_default();
        text.push('\n');
        text.into_bytes()
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Manifest, ManifestFault> {
        let json = bytes.strip_suffix(b"\n").ok_or(ManifestFault::Form)?;
        let value = from_canonical(json).map_err(|_| ManifestFault::Form)?;
        let records = match value.get("version").and_then(Value::as_u64) {
            Some(SINGLE_VERSION | SEALING_VERSION) => RecordLayout::Single,
            Some(BUNDLED_VERSION) => RecordLayout::Bundled,
            Some(other) if value.get("format") == Some(&"kua-vault".into()) => {
                return Err(ManifestFault::Version(other));
            }
            _ => return Err(ManifestFault::Form),
        };
        let vkey = value.get("vkey").and_then(Value::as_str).ok_or(ManifestFault::Form)?;
        let key: VerifierKey = vkey.parse().map_err(|_| ManifestFault::Form)?;
        if key.algorithm() != Algorithm::Note {
            return Err(ManifestFault::Form);
        }
        let listed = value.get("recipients").and_then(Value::as_array).into_iter().flatten();
        let recipients = listed
            .map(|text| text.as_str().and_then(|text| text.parse().ok()))
            .collect::<Option<Vec<SealRecipient>>>()
            .ok_or(ManifestFault::Form)?;
        let manifest = Manifest { key, recipients, records };
        if manifest.to_bytes() == bytes { Ok(manifest) } else { Err(ManifestFault::Form) }
    }
}

/// Folder of a log: `logs/<SHA-256 of its name>`.
pub(crate) fn log_dir(log_name: &str) -> String {
    format!("logs/{}", Sha256::of(log_name.as_bytes()))
}
