//! Sealed capture: a field case that cannot read back what it took in, keys for editors, and
//! opening on an editor's machine.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kua_vault::{OpenOptions, SealIdentity, Unsealed};
use zeroize::Zeroizing;

use crate::bundle::recipients_of;
use crate::error::CaseError;
use crate::folder::{Case, NewCase};
use crate::progress::{Progress, Step, Stop};

impl Case {
    /// Makes a new field case: every item is sealed to `recipients` (`age1…`) as it is added, and
    /// nothing on this device can open it.
    ///
    /// # Errors
    /// [`CaseError::SealKey`], [`CaseError::NoRecipients`], and as [`Case::init`].
    pub fn init_field(dir: &Path, new: &NewCase, recipients: &[String]) -> Result<Self, CaseError> {
        let recipients = recipients_of(recipients)?;
        if recipients.is_empty() {
            return Err(CaseError::NoRecipients);
        }
        Self::init_sealed(dir, new, &recipients)
    }

    /// Public keys that every added item is sealed to; empty unless this is a field case.
    pub fn recipients(&self) -> Vec<String> {
        self.evidence.vault().recipients().iter().map(ToString::to_string).collect()
    }

    /// Opens every sealed item that these identities open, into working copies in this case's
    /// vault. `by` is who opens, as they wish to be named.
    ///
    /// # Errors
    /// [`CaseError::FieldCase`], and the vault's.
    pub fn open_sealed(
        &self,
        identities: &[SealIdentity],
        by: &str,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Unsealed, CaseError> {
        if !self.evidence.vault().recipients().is_empty() {
            return Err(CaseError::FieldCase { what: "opened" });
        }
        progress.begin(Step::Open, None);
        let tell = || {
            progress.advance(1);
            !stop.is_asked()
        };
        let options = OpenOptions {
            identities,
            at: self.clock.now(),
            by: by.to_owned(),
            progress: Some(&tell),
        };
        let opened = self.evidence.vault().unseal(&options);
        progress.end();
        Ok(opened?)
    }

    /// Sealed items in the vault, and how many of them have a working copy here.
    ///
    /// # Errors
    /// The vault's.
    pub fn sealed(&self) -> Result<(usize, usize), CaseError> {
        let sealed = self.evidence.vault().sealed().map_err(crate::EvidenceError::from)?;
        let opened = sealed.iter().filter(|item| item.opened).count();
        Ok((sealed.len(), opened))
    }
}

/// Reads an identity file. Its content stays in memory for as long as the command runs.
///
/// # Errors
/// [`CaseError::SealKey`], [`CaseError::IdentityInCase`] if the file lies in a case, where it
/// would travel with the evidence it opens, and the disk's.
pub fn read_identities(path: &Path) -> Result<Vec<SealIdentity>, CaseError> {
    let full = fs::canonicalize(path).map_err(CaseError::io(path))?;
    if full.ancestors().any(|dir| dir.join("case.toml").is_file()) {
        return Err(CaseError::IdentityInCase { path: path.to_owned() });
    }
    let text = Zeroizing::new(fs::read_to_string(&full).map_err(CaseError::io(path))?);
    SealIdentity::read_file(&text).map_err(CaseError::SealKey)
}

/// Makes a key for opening sealed items: writes the secret to a new file that only its owner may
/// read, in the form of `age-keygen`, and gives the public key.
///
/// # Errors
/// [`CaseError::IdentityInCase`], and the disk's; a file that exists is left untouched.
pub fn new_identity(path: &Path, today: &str) -> Result<String, CaseError> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above: PathBuf = above.unwrap_or(Path::new(".")).to_owned();
    let full = fs::canonicalize(&above).map_err(CaseError::io(&above))?;
    if full.ancestors().any(|dir| dir.join("case.toml").is_file()) {
        return Err(CaseError::IdentityInCase { path: path.to_owned() });
    }
    let identity = SealIdentity::generate();
    let text = identity.to_file(today);
    let written = (|| -> io::Result<()> {
        let mut options = fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })();
    written.map_err(CaseError::io(path))?;
    Ok(identity.recipient().to_string())
}
