//! `vault.json`: that this is a vault, of which version, and whose log it holds.
//! Also the fixed places inside a vault.

use kua_model::Sha256;
use serde_json::{Value, json};

use crate::canonical::from_canonical;
use crate::key::{Algorithm, VerifierKey};

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
pub(crate) const SET_ASIDE: &str = "set-aside";

/// Version of the layout written here.
pub(crate) const VAULT_VERSION: u64 = 1;

/// The verifier key of the vault's own log; its name is the log's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub key: VerifierKey,
}

/// Why `vault.json` is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ManifestFault {
    Version(u64),
    Form,
}

impl Manifest {
    /// `{"format":"kua-vault","log":"<name>","version":1,"vkey":"<key>"}` and a newline.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let value = json!({
            "format": "kua-vault",
            "log": self.key.name(),
            "version": VAULT_VERSION,
            "vkey": self.key.to_string(),
        });
        // Strings and one small integer: always has a canonical form.
        let mut text = crate::canonical::to_canonical(&value).unwrap_or_default();
        text.push('\n');
        text.into_bytes()
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Manifest, ManifestFault> {
        let json = bytes.strip_suffix(b"\n").ok_or(ManifestFault::Form)?;
        let value = from_canonical(json).map_err(|_| ManifestFault::Form)?;
        match value.get("version").and_then(Value::as_u64) {
            Some(VAULT_VERSION) => {}
            Some(other) if value.get("format") == Some(&"kua-vault".into()) => {
                return Err(ManifestFault::Version(other));
            }
            _ => return Err(ManifestFault::Form),
        }
        let vkey = value.get("vkey").and_then(Value::as_str).ok_or(ManifestFault::Form)?;
        let key: VerifierKey = vkey.parse().map_err(|_| ManifestFault::Form)?;
        if key.algorithm() != Algorithm::Note {
            return Err(ManifestFault::Form);
        }
        let manifest = Manifest { key };
        if manifest.to_bytes() == bytes { Ok(manifest) } else { Err(ManifestFault::Form) }
    }
}

/// Folder of a log: `logs/<SHA-256 of its name>`.
pub(crate) fn log_dir(log_name: &str) -> String {
    format!("logs/{}", Sha256::of(log_name.as_bytes()))
}
