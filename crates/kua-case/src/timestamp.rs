//! `kua timestamp`: requests for somebody with a network, their answers taken in, and what they
//! prove. Everything goes by files; what the reader trusts lies in the case's folder `roots/`.

use std::fs;
use std::path::{Path, PathBuf};

use kua_vault::timestamp::{Rfc3161Stamp, rfc3161_request};
use kua_vault::{ReadError, StampError, StampedThing, Trust, Vouched};

use crate::error::CaseError;
use crate::evidence::EvidenceError;
use crate::folder::Case;

/// Files written for somebody with a network.
#[derive(Debug)]
pub struct StampRequest {
    /// What shall be stamped, in words.
    pub of: String,
    /// The request of RFC 3161.
    pub query: PathBuf,
    /// What OpenTimestamps stamps: a checkpoint itself, or a file's fingerprint as `sha256sum`
    /// writes it.
    pub hand_over: PathBuf,
}

/// One time stamp of the case, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampLine {
    /// What was stamped.
    pub of: String,
    /// RFC 3339, if it is proved (for RFC 3161 without a root: as the token says).
    pub time: Option<String>,
    /// Who vouches, or what is missing.
    pub by: String,
    /// Whether somebody the reader trusts vouches for it.
    pub is_proved: bool,
    /// Whether something is wrong, not only missing.
    pub is_wrong: bool,
    /// How to check it with another program, if there is one.
    pub check: Option<String>,
}

impl Case {
    /// Writes into `folder` what an authority needs to stamp the newest checkpoint, or the item
    /// whose id begins with `item`.
    ///
    /// # Errors
    /// No such item, and the disk's.
    pub fn request_stamp(
        &self,
        item: Option<&str>,
        folder: &Path,
    ) -> Result<StampRequest, CaseError> {
        fs::create_dir_all(folder).map_err(CaseError::io(folder))?;
        let put = |name: String, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(CaseError::io(&path)).map(|()| path)
        };
        let Some(item) = item else {
            let (size, text) = self.evidence.checkpoint()?;
            let name = format!("checkpoint-{size}");
            let digest = kua_model::Sha256::of(text.as_bytes());
            let query = put(format!("{name}.tsq"), &rfc3161_request(digest.as_bytes()))?;
            let hand_over = put(name, text.as_bytes())?;
            let of = format!("the checkpoint of {size} entries");
            return Ok(StampRequest { of, query, hand_over });
        };
        let item = self.item_beginning(item)?;
        let id = item.id.to_string();
        let name: String = id.chars().take(16).collect();
        let query = put(format!("{name}.tsq"), &rfc3161_request(item.id.0.as_bytes()))?;
        let hand_over = put(format!("{name}.sha256"), format!("{id}  {name}\n").as_bytes())?;
        Ok(StampRequest { of: item.path, query, hand_over })
    }

    /// Takes in a token: an RFC 3161 response or an OpenTimestamps proof. `of` is the path of a
    /// checkpoint as [`Case::request_stamp`] wrote it, or the beginning of an item's id. `trust`
    /// is a file or folder of roots and headers; by default the case's `roots/`.
    ///
    /// # Errors
    /// If it does not hold ([`EvidenceError::Stamp`]), and the vault's.
    pub fn attach_stamp(
        &self,
        of: &str,
        file: &Path,
        trust: Option<&Path>,
    ) -> Result<StampLine, CaseError> {
        let of = match fs::read_to_string(of) {
            Ok(text) => StampedThing::Checkpoint(text),
            Err(_) => StampedThing::Item(self.item_beginning(of)?.id),
        };
        let token = fs::read(file).map_err(CaseError::io(file))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let trust = self.trust(trust)?;
        let mut writer = self.evidence.writer()?;
        let now = self.clock.now();
        let (receipt, vouched) = writer
            .attach(&of, &token, &name.unwrap_or_default(), &now, &trust)
            .map_err(EvidenceError::from)?;
        writer.commit().map_err(EvidenceError::from)?;
        Ok(self.stamp_line(&of, &receipt.item.to_string(), Ok(vouched)))
    }

    /// Every time stamp of the case, proved again.
    ///
    /// # Errors
    /// The vault's, and a file of roots or headers that cannot be used.
    pub fn stamps(&self, trust: Option<&Path>) -> Result<Vec<StampLine>, CaseError> {
        let trust = self.trust(trust)?;
        let stamps = self.evidence.stamps(&trust)?.into_iter().map(|stamp| {
            // Withdrawn, perhaps: whether it should be there is for the vault's own check to say.
            let is_gone =
                matches!(&stamp.vouched, Err(StampError::Read(ReadError::Missing { .. })));
            let vouched = stamp.vouched.map_err(|error| error.to_string());
            let line = self.stamp_line(&stamp.of, &stamp.token.to_string(), vouched);
            StampLine { is_wrong: line.is_wrong && !is_gone, ..line }
        });
        Ok(stamps.collect())
    }

    fn item_beginning(&self, prefix: &str) -> Result<kua_model::Item, CaseError> {
        let wanted = prefix.trim().to_ascii_lowercase();
        let none = || CaseError::NoSuchId { prefix: prefix.to_owned() };
        if wanted.is_empty() {
            return Err(none());
        }
        let mut found: Vec<_> = self.items()?;
        found.retain(|item| item.id.to_string().starts_with(&wanted) || item.path == prefix);
        match found.len() {
            0 | 1 => found.pop().ok_or_else(none),
            _ => Err(CaseError::ManyIds {
                prefix: prefix.to_owned(),
                ids: found.iter().take(5).map(|item| item.id.to_string()).collect(),
            }),
        }
    }

    /// Certificates (`.pem .crt .cer .der`) and block headers (`.txt`) of a file or folder.
    fn trust(&self, place: Option<&Path>) -> Result<Trust, CaseError> {
        let usual = self.dir.join("roots");
        let place = place.unwrap_or(&usual);
        let mut files = vec![place.to_owned()];
        if place.is_dir() {
            let listed = fs::read_dir(place).map_err(CaseError::io(place))?;
            files = listed.flatten().map(|entry| entry.path()).collect();
            files.sort();
        } else if place == usual {
            return Ok(Trust::default());
        }
        let mut trust = Trust::default();
        for file in files {
            let bytes = fs::read(&file).map_err(CaseError::io(&file))?;
            let end = file.extension().map(|end| end.to_ascii_lowercase());
            let wrong = match end.as_ref().and_then(|end| end.to_str()) {
                Some("pem" | "crt" | "cer" | "der") => {
                    let found = trust.roots.add(&bytes);
                    (!found).then(|| "there is no certificate in it".to_owned())
                }
                Some("txt") => {
                    trust.headers.add(&String::from_utf8_lossy(&bytes)).first().map(|line| {
                        format!(
                            "line {line} is no height and block header of 160 hexadecimal digits"
                        )
                    })
                }
                _ => None,
            };
            if let Some(what) = wrong {
                let what = std::io::Error::other(what);
                return Err(CaseError::io(&file)(what));
            }
        }
        Ok(trust)
    }

    fn stamp_line(
        &self,
        of: &StampedThing,
        token: &str,
        vouched: Result<Vouched, String>,
    ) -> StampLine {
        let (of, data) = match of {
            StampedThing::Item(id) => {
                let items = self.items().unwrap_or_default();
                let path = items.into_iter().find(|item| item.id == *id).map(|item| item.path);
                (path.unwrap_or_else(|| id.to_string()), object(&id.to_string()))
            }
            StampedThing::Checkpoint(text) => {
                let size = text.split('\n').nth(1).unwrap_or_default().to_owned();
                (format!("the checkpoint of {size} entries"), format!("checkpoint-{size}"))
            }
        };
        let line = StampLine {
            of,
            time: None,
            by: String::new(),
            is_proved: false,
            is_wrong: false,
            check: None,
        };
        match vouched {
            Ok(Vouched::Rfc3161(stamp)) => StampLine {
                check: Some(openssl_line(&stamp, &data, &object(token))),
                time: Some(stamp.time),
                is_proved: stamp.root.is_some(),
                by: match stamp.root {
                    Some(root) => format!("{}; root: {root}", stamp.authority),
                    None => format!(
                        "{}, for whom nobody you trust vouches: put the authority's root certificate into roots/",
                        stamp.authority
                    ),
                },
                ..line
            },
            Ok(Vouched::Bitcoin(stamp)) => StampLine {
                time: Some(stamp.time),
                by: format!("Bitcoin block {} ({})", stamp.height, stamp.block),
                is_proved: true,
                check: Some(format!("ots verify -f {data} {}", object(token))),
                ..line
            },
            Ok(Vouched::Waiting(missing)) => StampLine { by: missing.to_string(), ..line },
            Err(error) => StampLine { by: error, is_wrong: true, ..line },
        }
    }
}

/// The line that checks a response without kua, in the case's folder.
fn openssl_line(stamp: &Rfc3161Stamp, data: &str, token: &str) -> String {
    let bare = if stamp.is_bare { " -token_in" } else { "" };
    format!(
        "openssl ts -verify -data {data} -in {token}{bare} -CAfile ROOT.pem -attime {}",
        stamp.unix
    )
}

fn object(id: &str) -> String {
    format!("vault/objects/sha256/{}/{id}", id.get(..2).unwrap_or_default())
}
