//! Makes an empty vault: key, first checkpoint, marker file, in an order that can be interrupted
//! anywhere and started again.

use std::io;
use std::path::Path;
use std::sync::Arc;

use kua_model::Sha256;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, SignedCheckpoint};
use crate::disk::Disk;
use crate::key::{KeyError, SignerKey};
use crate::log::in_dir;
use crate::manifest::{LAST_SIGNED, MANIFEST, Manifest, PRIVATE, SIGNER_KEY, TMP, log_dir};
use crate::record_bundle::RecordLayout;
use crate::seal::SealRecipient;
use crate::storage::{Access, Storage, parent};
use crate::tree::empty_root;
use crate::vault::Vault;

/// Who keeps the vault. The name becomes part of the log's name and so of every published proof:
/// choose one that gives nobody away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector {
    /// A person, team or pseudonym; spaces become hyphens.
    pub name: String,
}

impl Vault {
    /// Makes a vault in folder `dir`, with a new key and an empty, signed log. The folder is
    /// made if it is missing.
    ///
    /// # Errors
    /// [`CreateError::Exists`] if a vault is there already, and the system's reasons.
    pub fn create(dir: &Path, collector: &Collector) -> Result<Vault, CreateError> {
        Vault::create_sealing(dir, collector, &[])
    }

    /// The same, but every item is sealed to `recipients` as it is taken in, and nothing else is.
    ///
    /// # Errors
    /// As [`Vault::create`].
    pub fn create_sealing(
        dir: &Path,
        collector: &Collector,
        recipients: &[SealRecipient],
    ) -> Result<Vault, CreateError> {
        let io = |source| CreateError::Io { path: dir.display().to_string(), source };
        std::fs::create_dir_all(dir).map_err(io)?;
        let disk = Disk::new(dir);
        let disk = if recipients.is_empty() { disk } else { disk.without_times() };
        let vault = Vault::create_sealing_on(Arc::new(disk), collector, recipients)?;
        // The folder's own name; where folders cannot be opened the file system journals it.
        if let Some(above) = dir.canonicalize().map_err(io)?.parent()
            && let Ok(above) = std::fs::File::open(above)
        {
            above.sync_all().map_err(io)?;
        }
        Ok(vault)
    }

    /// The same on any [`Storage`].
    ///
    /// # Errors
    /// As [`Vault::create`].
    pub fn create_on(
        storage: Arc<dyn Storage>,
        collector: &Collector,
    ) -> Result<Vault, CreateError> {
        Vault::create_sealing_on(storage, collector, &[])
    }

    /// The same on any [`Storage`].
    ///
    /// # Errors
    /// As [`Vault::create`].
    pub fn create_sealing_on(
        storage: Arc<dyn Storage>,
        collector: &Collector,
        recipients: &[SealRecipient],
    ) -> Result<Vault, CreateError> {
        let io = |path: &str| {
            let path = path.to_owned();
            move |source| CreateError::Io { path, source }
        };
        if storage.length(MANIFEST).map_err(io(MANIFEST))?.is_some() {
            return Err(CreateError::Exists);
        }
        let key = match storage.read(SIGNER_KEY) {
            // An earlier attempt was interrupted: its key is good, and nothing was signed but
            // the empty log.
            Ok(bytes) => read_signer_key(&bytes).map_err(|_| CreateError::Remains)?,
            Err(_) => SignerKey::generate(&new_log_name(collector)?)?,
        };
        let dir = log_dir(key.name());
        let checkpoint_path = in_dir(&dir, "checkpoint");
        let empty = Checkpoint {
            log_name: key.name().to_owned(),
            size: 0,
            root: empty_root(),
            extensions: Vec::new(),
        };
        if let Ok(bytes) = storage.read(&checkpoint_path) {
            let found = SignedCheckpoint::verify(&bytes, &key.verifier());
            if !found.is_ok_and(|found| found.size() == 0) {
                return Err(CreateError::Remains);
            }
        } else if !storage.list("records").map_err(io("records"))?.is_empty() {
            return Err(CreateError::Remains);
        }
        let checkpoint = empty.sign(&key).to_text();
        // A sealing vault holds no records.
        let records =
            if recipients.is_empty() { RecordLayout::Bundled } else { RecordLayout::Single };
        let manifest = Manifest { key: key.verifier(), recipients: recipients.to_vec(), records };
        let secret = key.to_secret_text();
        let put = |path: &str, bytes: &[u8], access| {
            put_file(storage.as_ref(), path, bytes, access).map_err(io(path))
        };
        for (dir, access) in
            [(TMP, Access::Private), (PRIVATE, Access::Private), (dir.as_str(), Access::Shared)]
        {
            storage.create_dirs(dir, access).map_err(io(dir))?;
        }
        let above = [String::new(), "logs".to_owned()];
        storage.sync_dirs(&above).map_err(io("logs"))?;
        put(SIGNER_KEY, format!("{}\n", *secret).as_bytes(), Access::Private)?;
        put(LAST_SIGNED, checkpoint.as_bytes(), Access::Private)?;
        put(&checkpoint_path, checkpoint.as_bytes(), Access::Shared)?;
        // Last: without this file there is no vault, so half a vault is never opened.
        put(MANIFEST, &manifest.to_bytes(), Access::Shared)?;
        Ok(Vault::of(storage, manifest))
    }
}

/// Writes a whole file so that after a crash there is the old one or the new one, and after
/// returning surely the new one. The folder must be safe already.
pub(crate) fn put_file(
    storage: &dyn Storage,
    path: &str,
    bytes: &[u8],
    access: Access,
) -> io::Result<()> {
    let temporary = format!("{TMP}/put");
    let mut file = storage.create(&temporary, access)?;
    file.write_all(bytes)?;
    file.flush()?;
    drop(file);
    storage.sync(std::slice::from_ref(&temporary))?;
    storage.rename(&temporary, path)?;
    storage.sync_dirs(&[parent(path).to_owned()])
}

/// Reads `private/signer.key`: the secret text and one newline.
pub(crate) fn read_signer_key(bytes: &[u8]) -> Result<SignerKey, KeyError> {
    let text = std::str::from_utf8(bytes).map_err(|_| KeyError::Form)?;
    SignerKey::from_secret_text(text.strip_suffix('\n').ok_or(KeyError::Form)?)
}

/// `kua/<collector>-<8 random digits>/1`: no two vaults share a name, so their logs can lie side
/// by side. The last part is the epoch.
fn new_log_name(collector: &Collector) -> Result<String, CreateError> {
    let words = collector
        .name
        .split(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '+' | '/' | '\\'));
    let name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    if name.is_empty() || name.len() > 100 {
        return Err(CreateError::Name { name: collector.name.clone() });
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| KeyError::Random)?;
    let random: String = Sha256::from_bytes(random).to_string().chars().take(8).collect();
    Ok(format!("kua/{name}-{random}/1"))
}

/// Why a vault cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CreateError {
    /// There is one already; it is left untouched.
    #[error("there is a vault here already; it was left as it is. Add to it with: kua add")]
    Exists,
    /// Parts of a vault lie there without its `vault.json`.
    #[error(
        "parts of a vault lie here, but no vault.json; nothing was changed. Restore vault.json from a copy, or choose an empty folder"
    )]
    Remains,
    /// The collector's name cannot be used.
    #[error("{name:?} cannot be a collector's name: use 1 to 100 letters, a pseudonym will do")]
    Name {
        /// The name as given.
        name: String,
    },
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The system's reason.
    #[error("{path} could not be written: {source}")]
    Io {
        /// Path in the vault.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}
