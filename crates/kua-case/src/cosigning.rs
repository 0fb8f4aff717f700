//! Cosigning and new epochs, as a case offers them. The vault does the work; here are clock and
//! words for errors.

use kua_vault::{Accepted, Answer, CosignError, Cosignature, VerifierKey};

use crate::clock::unix_seconds;
use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;

impl Case {
    /// The key that verifies the case's log.
    pub fn vkey(&self) -> &VerifierKey {
        self.evidence.vault().vkey()
    }

    /// The key this case cosigns others with; made under `name` if there is none.
    ///
    /// # Errors
    /// [`CosignError::NoCosigner`] if there is none and no name is given.
    pub fn cosigner_key(&self, name: Option<&str>) -> Result<VerifierKey, CosignError> {
        match (self.evidence.vault().cosigner()?, name) {
            (Some(key), _) => Ok(key),
            (None, Some(name)) => self.evidence.vault().make_cosigner(name),
            (None, None) => Err(CosignError::NoCosigner),
        }
    }

    /// Text of a request to cosign the newest checkpoint.
    ///
    /// # Errors
    /// As [`Vault::cosign_request`](kua_vault::Vault::cosign_request).
    pub fn cosign_request(&self, old: u64) -> Result<String, CosignError> {
        self.evidence.vault().cosign_request(old)
    }

    /// Answers somebody else's request.
    ///
    /// # Errors
    /// As [`Vault::cosign`](kua_vault::Vault::cosign).
    pub fn cosign_answer(
        &self,
        request: &str,
        key: Option<&VerifierKey>,
    ) -> Result<Answer, CosignError> {
        let time = unix_seconds(&self.clock.now());
        self.evidence.vault().cosign(request, key, time)
    }

    /// Takes in a cosigner's answer.
    ///
    /// # Errors
    /// As [`Vault::cosign_accept`](kua_vault::Vault::cosign_accept).
    pub fn cosign_accept(&self, reply: &str, key: &VerifierKey) -> Result<Accepted, CosignError> {
        self.evidence.vault().cosign_accept(reply, key, &self.clock.now())
    }

    /// Every cosignature taken in.
    ///
    /// # Errors
    /// The vault's.
    pub fn cosignatures(&self) -> Result<Vec<Cosignature>, CaseError> {
        Ok(self.evidence.vault().cosignatures().map_err(EvidenceError::from)?)
    }

    /// Ends the log as it is and begins a new epoch under a new name and key. Gives the new key.
    ///
    /// # Errors
    /// As [`Vault::rotate`](kua_vault::Vault::rotate).
    pub fn rotate(&self, reason: &str) -> Result<VerifierKey, CaseError> {
        let vault = self.evidence.vault().rotate(&self.clock.now(), reason);
        Ok(vault.map_err(EvidenceError::from)?.vkey().clone())
    }
}
