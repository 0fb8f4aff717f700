//! What models said, as it lies in `proposals/`, and what is left of it: held against the documents
//! by every build anew. See `docs/formats/case.md`.
//!
//! One file an item, so that erasing an item takes what was said of it along; one line a passage,
//! only ever appended. Half a line, as a power cut leaves it, is passed over.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use kua_extract::{Asked, Refusal};
use kua_model::{
    Beside, Chronicle, Claim, Document, DocumentId, ItemId, Notice, NoticePlace, Proposal,
    ProposedClaim, ProposedField, QuoteError, Severity, Sha256, TextRange,
};
use kua_reconcile::Proposed;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::build::Digest;
use crate::error::CaseError;
use crate::folder::{Case, alone};
use crate::kept::quote_of;

/// Version of a line, and the newest that is read.
pub(crate) const VERSION: u32 = 1;

/// What a model said of one passage: a line of `proposals/<item>.jsonl`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answered {
    pub(crate) version: u32,
    pub(crate) document: DocumentId,
    pub(crate) at: TextRange,
    /// SHA-256 of the words of the passage, which find it again where the text is cut otherwise.
    pub(crate) passage: Sha256,
    pub(crate) model: String,
    /// SHA-256 of the instructions.
    pub(crate) prompt: Sha256,
    /// When it was asked.
    pub(crate) asked: String,
    /// What it said, unchecked.
    pub(crate) claims: Vec<ProposedClaim>,
}

impl Answered {
    pub(crate) fn is_by(&self, model: &str, prompt: Sha256) -> bool {
        self.model == model && self.prompt == prompt
    }

    fn by(&self) -> String {
        format!("llm:{}:{}", self.model, self.prompt)
    }
}

/// Everything that was said, in one order however it was asked.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) answers: Vec<Answered>,
    /// Lines that could not be read: damaged, or of a newer kua.
    pub(crate) unread: usize,
    /// Of all lines; `None` if there are none.
    pub(crate) digest: Option<Sha256>,
}

/// The folder `proposals/` of a case.
pub(crate) struct Drawer {
    folder: PathBuf,
    /// Held while it is written to.
    _alone: Option<File>,
}

impl Drawer {
    /// To read from.
    pub(crate) fn of(case: &Path) -> Self {
        Self { folder: case.join("proposals"), _alone: None }
    }

    /// To write to, alone.
    pub(crate) fn open_alone(case: &Path) -> Result<Self, CaseError> {
        let folder = case.join("proposals");
        fs::create_dir_all(&folder).map_err(CaseError::io(&folder))?;
        let busy = || CaseError::Asking { dir: case.to_owned() };
        let alone = alone(&folder.join("lock"), busy)?;
        Ok(Self { folder, _alone: Some(alone) })
    }

    pub(crate) fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    pub(crate) fn read(&self) -> Result<Said, CaseError> {
        let mut said = Said::default();
        let mut files = Vec::new();
        if !self.is_there() {
            return Ok(said);
        }
        for entry in fs::read_dir(&self.folder).map_err(CaseError::io(&self.folder))? {
            let path = entry.map_err(CaseError::io(&self.folder))?.path();
            if path.extension().is_some_and(|end| end == "jsonl") {
                files.push(path);
            }
        }
        for path in files {
            let bytes = fs::read(&path).map_err(CaseError::io(&path))?;
            // The last piece is empty, or half a line of a run that was cut off.
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                let Some(line) = line.strip_suffix(b"\n").filter(|line| !line.is_empty()) else {
                    continue;
                };
                match serde_json::from_slice::<Answered>(line) {
                    Ok(answer) if answer.version <= VERSION => said.answers.push(answer),
                    _ => said.unread += 1,
                }
            }
        }
        let key = |a: &Answered| (a.document, a.at, a.model.clone(), a.prompt, a.asked.clone());
        said.answers.sort_by_cached_key(key);
        if !said.answers.is_empty() || said.unread > 0 {
            let mut digest = Digest::new("proposals");
            digest.json(&said.answers).json(&said.unread);
            said.digest = Some(digest.done());
        }
        Ok(said)
    }

    /// Adds a line to what was said of `item`.
    pub(crate) fn append(&self, item: ItemId, answer: &Answered) -> Result<(), CaseError> {
        let path = self.file(item);
        let mut line = serde_json::to_vec(answer).map_err(CaseError::Judgement)?;
        line.push(b'\n');
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
            cut_half_line(&mut file)?;
            file.write_all(&line)
        };
        write().map_err(CaseError::io(&path))
    }

    /// Forgets what was said of `item`.
    pub(crate) fn forget(&self, item: ItemId) -> Result<(), CaseError> {
        let path = self.file(item);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(CaseError::io(&path)(error))
            }
            _ => Ok(()),
        }
    }

    fn file(&self, item: ItemId) -> PathBuf {
        self.folder.join(format!("{item}.jsonl"))
    }
}

/// Cuts off what stands behind the last whole line.
fn cut_half_line(file: &mut File) -> std::io::Result<()> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(());
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(());
    }
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    file.set_len(whole as u64)
}

/// What is left of answers about passages of `document`, each with where its passage stands now.
pub(crate) fn checked(
    case: &Case,
    document: &Document,
    answers: &[(&Answered, TextRange)],
) -> Vec<Result<Proposed, Refusal>> {
    let config = case.extract_config();
    let mut asked = Vec::new();
    let mut by = Vec::new();
    for (answer, passage) in answers {
        asked.extend(answer.claims.iter().map(|claim| Asked { passage: *passage, claim }));
        by.extend(answer.claims.iter().map(|_| answer.by()));
    }
    let check = || kua_extract::check_proposals(document, &case.lexicons, &config, &asked);
    // A slip of ours in one document must not stop the build.
    let Ok(outcomes) = catch_unwind(AssertUnwindSafe(check)) else { return Vec::new() };
    outcomes
        .into_iter()
        .zip(by)
        .map(|(outcome, proposed_by)| {
            let left = outcome?;
            Ok(Proposed { claim: left.claim, changed: left.changed, proposed_by })
        })
        .collect()
}

/// What is left of everything that was `said`, beside the statements of `chronicle`.
pub(crate) fn proposals_of(case: &Case, said: &Said, chronicle: &Chronicle) -> Vec<Proposal> {
    if said.answers.is_empty() {
        return Vec::new();
    }
    let mut by_item: BTreeMap<String, Vec<&Answered>> = BTreeMap::new();
    let item_of = |id: DocumentId| id.to_string().split('.').next().unwrap_or("").to_owned();
    for answer in &said.answers {
        by_item.entry(item_of(answer.document)).or_default().push(answer);
    }
    let left: Vec<Proposed> = chronicle
        .documents
        .par_iter()
        .flat_map_iter(|document| {
            let answers = by_item.get(&item_of(document.id)).map_or(&[][..], Vec::as_slice);
            let answers = stand_in(case, document, answers);
            checked(case, document, &answers).into_iter().flatten().collect::<Vec<_>>()
        })
        .collect();
    kua_reconcile::proposals(
        left,
        &chronicle.documents,
        &chronicle.statements,
        &chronicle.judgements,
    )
}

/// The answers whose passage stands in `document`, and where: at its old place, or where a passage
/// of today has the very same words.
fn stand_in<'a>(
    case: &Case,
    document: &Document,
    answers: &[&'a Answered],
) -> Vec<(&'a Answered, TextRange)> {
    let sum = |range: TextRange| range.of(&document.text).map(|words| Sha256::of(words.as_bytes()));
    let mut today: Option<BTreeMap<Sha256, TextRange>> = None;
    let mut out = Vec::new();
    for answer in answers {
        if answer.document == document.id && sum(answer.at) == Some(answer.passage) {
            out.push((*answer, answer.at));
            continue;
        }
        let today = today.get_or_insert_with(|| {
            let passages = kua_extract::passages(document, &case.lexicons).into_iter();
            passages.filter_map(|range| Some((sum(range)?, range))).collect()
        });
        out.extend(today.get(&answer.passage).map(|range| (*answer, *range)));
    }
    out
}

/// A notice on lines that could not be read.
pub(crate) fn unread(said: &Said) -> Option<Notice> {
    (said.unread > 0).then(|| {
        let lines = if said.unread == 1 { "1 line" } else { &format!("{} lines", said.unread) };
        Notice::new(
            Severity::Caution,
            "proposals-unread",
            NoticePlace::Case,
            format!(
                "{lines} in proposals/ could not be read and counted for nothing: damaged, or written by a newer kua. Ask the model again: kua ask-model."
            ),
        )
    })
}

/// A proposal as the cache keeps it: without its quote, which is cut anew.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptProposal {
    claim: Claim,
    proposed_by: String,
    changed: Vec<ProposedField>,
    beside: Beside,
}

/// Proposals as the cache keeps them, with the digest of what they were made from.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptProposals {
    pub(crate) digest: Option<Sha256>,
    list: Vec<KeptProposal>,
}

impl KeptProposals {
    pub(crate) fn of(said: &Said, proposals: &[Proposal]) -> Self {
        let keep = |proposal: &Proposal| KeptProposal {
            claim: proposal.claim.clone(),
            proposed_by: proposal.proposed_by.clone(),
            changed: proposal.changed.clone(),
            beside: proposal.beside.clone(),
        };
        Self { digest: said.digest, list: proposals.iter().map(keep).collect() }
    }

    /// The proposals again, over the documents they were made from.
    pub(crate) fn over(self, documents: &[Document]) -> Result<Vec<Proposal>, QuoteError> {
        let by_id: BTreeMap<DocumentId, &Document> = documents.iter().map(|d| (d.id, d)).collect();
        let whole = |kept: KeptProposal| {
            let KeptProposal { claim, proposed_by, changed, beside } = kept;
            let quote = quote_of(&claim, &by_id)?;
            Ok(Proposal { claim, quote, proposed_by, changed, beside })
        };
        self.list.into_iter().map(whole).collect()
    }
}
