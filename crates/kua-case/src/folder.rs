//! The case folder: where its parts lie, how one is made, and how one is found.

use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kua_extract::{ExtractConfig, PlaceNames};
use kua_lexicon::Lexicons;
use kua_model::DateSpan;
use kua_vault::SealRecipient;

use crate::clock::{Clock, MachineClock};
use crate::config::{CaseConfig, new_case_toml};
use crate::error::CaseError;
use crate::evidence::Evidence;
use crate::places::place_names;

/// An open case.
///
/// ```text
/// case.toml             what the case is about (docs/formats/case.md)
/// vault/                the evidence: the only truth (docs/formats/vault.md)
/// lexicons/             optional: files here stand in for the built-in ones of the same path
/// places/               optional: gazetteers, CSV and GeoJSON
/// proposals/            optional: what a model said, unchecked, for a person to decide on
/// derived/case.sqlite   worked out from the vault; may be deleted at any time
/// derived/large/        large values of it
/// ```
pub struct Case {
    pub(crate) dir: PathBuf,
    pub(crate) config: CaseConfig,
    pub(crate) lexicons: Lexicons,
    pub(crate) places: PlaceNames,
    pub(crate) evidence: Evidence,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) threads: usize,
}

/// What a new case is about.
#[derive(Debug, Clone, Default)]
pub struct NewCase {
    /// Its title; the folder's name if empty.
    pub title: String,
    /// Days of the crisis.
    pub period: Option<DateSpan>,
    /// Country or region.
    pub place: Option<String>,
}

impl Case {
    /// Makes a new case in `dir`, which must be absent or empty.
    ///
    /// # Errors
    /// [`CaseError::AlreadyACase`], [`CaseError::NotEmpty`], and what the disk says.
    pub fn init(dir: &Path, new: &NewCase) -> Result<Self, CaseError> {
        Self::init_with(dir, &text_of(dir, new))
    }

    /// Makes a new case in `dir` with this text of `case.toml`.
    ///
    /// # Errors
    /// As [`Case::init`], and [`CaseError::Config`] if the text cannot be used.
    pub fn init_with(dir: &Path, case_toml: &str) -> Result<Self, CaseError> {
        Self::make(dir, case_toml, &[])
    }

    pub(crate) fn init_sealed(
        dir: &Path,
        new: &NewCase,
        recipients: &[SealRecipient],
    ) -> Result<Self, CaseError> {
        Self::make(dir, &text_of(dir, new), recipients)
    }

    fn make(dir: &Path, case_toml: &str, recipients: &[SealRecipient]) -> Result<Self, CaseError> {
        CaseConfig::parse(case_toml)?;
        let file = dir.join("case.toml");
        if file.exists() {
            return Err(CaseError::AlreadyACase { dir: dir.to_owned() });
        }
        fs::create_dir_all(dir).map_err(CaseError::io(dir))?;
        // A vault without case.toml is an `init` that was interrupted: it may be taken up.
        let mut entries = fs::read_dir(dir).map_err(CaseError::io(dir))?;
        let strange = entries.any(|entry| entry.is_ok_and(|entry| entry.file_name() != "vault"));
        if strange {
            return Err(CaseError::NotEmpty { dir: dir.to_owned() });
        }
        Evidence::init(&dir.join("vault"), recipients)?;
        // Last and whole: a folder with case.toml has a vault.
        let part = dir.join("case.toml.part");
        let write = || -> std::io::Result<()> {
            let mut out = fs::File::create(&part)?;
            out.write_all(case_toml.as_bytes())?;
            out.sync_all()?;
            fs::rename(&part, &file)
        };
        write().map_err(CaseError::io(&file))?;
        Self::open(dir)
    }

    /// Opens the case in `dir`.
    ///
    /// # Errors
    /// [`CaseError::NotACase`], [`CaseError::Config`], [`CaseError::Lexicon`], and what the disk says.
    pub fn open(dir: &Path) -> Result<Self, CaseError> {
        let file = dir.join("case.toml");
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(CaseError::NotACase { dir: dir.to_owned() });
            }
            Err(error) => return Err(CaseError::io(&file)(error)),
        };
        let config = CaseConfig::parse(&text)?;
        let lexicons = lexicons_of(dir)?;
        let places = place_names(&dir.join("places"))?;
        let evidence = Evidence::open(&dir.join("vault"), &dir.join("derived"))?;
        Ok(Self {
            dir: dir.to_owned(),
            config,
            lexicons,
            places,
            evidence,
            clock: Arc::new(MachineClock),
            threads: 0,
        })
    }

    /// The folder of the case in `start` or the nearest above it.
    ///
    /// # Errors
    /// [`CaseError::NotACase`] if there is none, and the disk's.
    pub fn find(start: &Path) -> Result<PathBuf, CaseError> {
        let full = fs::canonicalize(start).map_err(CaseError::io(start))?;
        match full.ancestors().find(|dir| dir.join("case.toml").is_file()) {
            Some(dir) => Ok(dir.to_owned()),
            None => Err(CaseError::NotACase { dir: start.to_owned() }),
        }
    }

    /// The same case with another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same case, built on this many threads; 0 means one for each processor.
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What `case.toml` says.
    pub fn config(&self) -> &CaseConfig {
        &self.config
    }

    /// The lexicons in use: the built-in ones, and files of the case in their place.
    pub fn lexicons(&self) -> &Lexicons {
        &self.lexicons
    }

    /// Preserved files, in log order.
    ///
    /// # Errors
    /// The vault's.
    pub fn items(&self) -> Result<Vec<kua_model::Item>, CaseError> {
        Ok(self.evidence.items()?)
    }

    pub(crate) fn derived(&self) -> PathBuf {
        self.dir.join("derived")
    }

    /// What searching for claims must know of the case.
    pub(crate) fn extract_config(&self) -> ExtractConfig {
        ExtractConfig {
            period: self.config.period,
            place: self.config.place.clone(),
            places: self.places.clone(),
        }
    }
}

/// Holds the file at `path`, which is made if need be, until it is dropped; `busy` if another kua
/// holds it.
pub(crate) fn alone(path: &Path, busy: impl FnOnce() -> CaseError) -> Result<File, CaseError> {
    let file = File::create(path).map_err(CaseError::io(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(busy()),
        Err(TryLockError::Error(error)) => Err(CaseError::io(path)(error)),
    }
}

fn text_of(dir: &Path, new: &NewCase) -> String {
    let title = match new.title.trim() {
        "" => dir.file_name().map(|name| name.to_string_lossy().into_owned()),
        title => Some(title.to_owned()),
    };
    let title = title.unwrap_or_else(|| "Untitled".to_owned());
    new_case_toml(&title, new.period, new.place.as_deref())
}

fn lexicons_of(dir: &Path) -> Result<Lexicons, CaseError> {
    let folder = dir.join("lexicons");
    if !folder.is_dir() {
        return Ok(Lexicons::embedded());
    }
    let mut files: Vec<(String, String)> =
        Lexicons::embedded_files().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    files.extend(lexicon_files(&folder)?);
    Lexicons::from_files(files).map_err(|errors| CaseError::Lexicon { errors })
}

/// The lexicon files in `folder` and the folders one below it: path with `/`, text; sorted.
pub(crate) fn lexicon_files(folder: &Path) -> Result<Vec<(String, String)>, CaseError> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((dir, prefix)) = folders.pop() {
        for entry in fs::read_dir(&dir).map_err(CaseError::io(&dir))? {
            let entry = entry.map_err(CaseError::io(&dir))?;
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() && prefix.is_empty() {
                folders.push((path, format!("{name}/")));
            } else if path.extension().is_some_and(|end| end == "txt") {
                let text = fs::read_to_string(&path).map_err(CaseError::io(&path))?;
                files.push((format!("{prefix}{name}"), text));
            }
        }
    }
    files.sort();
    Ok(files)
}
