//! `kua ask-model`: gives passages of the case to a second reader, a model, and keeps what it says.
//! Knows nothing of servers: whoever calls brings a [`SecondReader`]. What was said is checked by
//! every build anew (`proposals.rs`) and is no claim before a person confirms it.
//!
//! Architecture invariant: no document that holds a withheld name is given away, not even to a
//! server on this machine, and nothing of a passage or an answer is logged.

mod answer;
mod prompt;

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{Document, ProposedField, Sha256, TextRange};
use kua_publish::Shown;
use serde_json::Value;

use crate::error::CaseError;
use crate::folder::Case;
use crate::progress::{Progress, Step, Stop};
use crate::proposals::{Answered, Drawer, VERSION, checked};
use answer::claims_in;
pub(crate) use prompt::Prompt;

/// What a second reader is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// What it is to do: written by us.
    pub instructions: &'q str,
    /// JSON schema of the answer.
    pub schema: &'q Value,
    /// The passage, inside a JSON object, so that no word of it can pass for ours.
    pub passage: &'q str,
}

/// Why there is no answer. Each is told to the person who asked; none holds words of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum NoAnswer {
    /// Nobody listens there, or the connection broke.
    #[error("the server could not be reached, or hung up")]
    Unreachable,
    /// It took longer than was allowed.
    #[error("no whole answer within the time that was allowed")]
    TooSlow,
    /// The answer was larger than any answer may be.
    #[error("the answer was larger than any may be")]
    TooLarge,
    /// It wanted to send us elsewhere.
    #[error("the server wanted to send kua to another address, which it never follows")]
    Redirected,
    /// The server refused.
    #[error("the server answered with HTTP status {0}")]
    Status(u16),
    /// Not the answer of an OpenAI-compatible server, or no JSON of claims in it.
    #[error("the answer could not be understood")]
    Garbage,
}

/// A reader beside the rules: a model, asked one passage at a time.
pub trait SecondReader {
    /// Name of the model, as it is written beside everything it proposes.
    fn model(&self) -> &str;

    /// What the model writes in answer, in full.
    ///
    /// # Errors
    /// [`NoAnswer`], after a time that the reader itself keeps short.
    fn answer(&self, question: &Question<'_>) -> Result<String, NoAnswer>;
}

/// Which passages are asked about.
#[derive(Debug, Clone, Default)]
pub struct AskRequest {
    /// Only of items whose path holds this text.
    pub item: Option<String>,
    /// At most so many passages that were not asked about before.
    pub limit: Option<usize>,
}

/// What came of asking. Numbers only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedModel {
    /// Passages that may make claims.
    pub passages: usize,
    /// Those of them that this model was asked about before, with the same instructions.
    pub known: usize,
    /// Those it answered now.
    pub answered: usize,
    /// Documents left out because they hold a withheld name.
    pub withheld: usize,
    /// Claims in the answers of now.
    pub proposed: usize,
    /// Those of them that passed the checks.
    pub accepted: usize,
    /// Those that did not, by reason.
    pub refused: BTreeMap<&'static str, usize>,
    /// Fields of accepted ones that were emptied or read with more doubt.
    pub changed: BTreeMap<ProposedField, usize>,
    /// Passages without an answer, by reason.
    pub failed: BTreeMap<NoAnswer, usize>,
    /// Whether it stopped early because it was asked to.
    pub stopped: bool,
    /// Whether it gave up, because one answer after the other failed.
    pub gave_up: bool,
}

/// After so many passages in a row without an answer nobody is there to ask.
const GIVE_UP: usize = 3;

impl Case {
    /// Asks `reader` about every passage of the last build that it was not asked about before, and
    /// keeps what it says in `proposals/`. An interrupted run goes on where it was.
    ///
    /// # Errors
    /// [`CaseError::NotBuilt`], [`CaseError::Asking`] if another kua asks for this case, and the
    /// disk's. A server that fails is no error: it is counted.
    pub fn ask_model(
        &self,
        reader: &dyn SecondReader,
        request: &AskRequest,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<AskedModel, CaseError> {
        let chronicle = self.chronicle()?.chronicle;
        let shown = Shown::inside(&chronicle);
        let prompt = Prompt::of(&self.lexicons);
        let drawer = Drawer::open_alone(&self.dir)?;
        let mut asked = AskedModel::default();
        let mut open = Vec::new();
        // The paths as they are shown: a withheld name cannot be tried out.
        let pairs = chronicle.documents.iter().zip(&shown.chronicle.documents);
        for (document, seen) in pairs {
            if request.item.as_ref().is_some_and(|text| !seen.path.contains(text.as_str())) {
                continue;
            }
            let passages = kua_extract::passages(document, &self.lexicons);
            if shown.is_masked(document.id) || seen.path != document.path {
                asked.withheld += usize::from(!passages.is_empty());
                continue;
            }
            asked.passages += passages.len();
            open.extend(passages.into_iter().map(|passage| (document, passage)));
        }

        let mut said = drawer.read()?.answers;
        said.retain(|answer| answer.is_by(reader.model(), prompt.hash));
        let here: BTreeSet<_> = said.iter().map(|a| (a.document, a.at, a.passage)).collect();
        let by_words: BTreeMap<Sha256, Answered> =
            said.into_iter().map(|answer| (answer.passage, answer)).collect();
        let due: Vec<(&Document, TextRange, Sha256)> = open
            .into_iter()
            .filter_map(|(document, at)| {
                let words = Sha256::of(at.of(&document.text)?.as_bytes());
                (!here.contains(&(document.id, at, words))).then_some((document, at, words))
            })
            .collect();
        asked.known = asked.passages - due.len();
        let limit = request.limit.unwrap_or(usize::MAX);
        progress.begin(Step::Ask, Some(due.len().min(limit) as u64));
        let mut by_words = by_words;
        let mut failures = 0;
        for (document, at, passage) in due {
            if stop.is_asked() {
                asked.stopped = true;
                break;
            }
            // The same words in another document: the same question.
            let claims = match by_words.get(&passage) {
                Some(answer) => {
                    asked.known += 1;
                    answer.claims.clone()
                }
                None if asked.answered >= limit => break,
                None => {
                    let words = at.of(&document.text).unwrap_or_default();
                    let said = prompt.ask(reader, words).and_then(|text| claims_in(&text));
                    progress.advance(1);
                    match said {
                        Ok(claims) => {
                            failures = 0;
                            asked.answered += 1;
                            claims
                        }
                        Err(why) => {
                            tracing::warn!(%why, "no answer");
                            *asked.failed.entry(why).or_default() += 1;
                            failures += 1;
                            if failures == GIVE_UP {
                                asked.gave_up = true;
                                break;
                            }
                            continue;
                        }
                    }
                }
            };
            let answer = Answered {
                version: VERSION,
                document: document.id,
                at,
                passage,
                model: reader.model().to_owned(),
                prompt: prompt.hash,
                asked: self.clock.now(),
                claims,
            };
            self.count(&answer, document, &mut asked);
            drawer.append(document.item, &answer)?;
            by_words.entry(passage).or_insert(answer);
        }
        progress.end();
        Ok(asked)
    }

    /// What is left of an answer of now, for the person who asked.
    fn count(&self, answer: &Answered, document: &Document, asked: &mut AskedModel) {
        asked.proposed += answer.claims.len();
        for outcome in checked(self, document, &[(answer, answer.at)]) {
            match outcome {
                Ok(proposed) => {
                    asked.accepted += 1;
                    for field in proposed.changed {
                        *asked.changed.entry(field).or_default() += 1;
                    }
                }
                Err(refusal) => {
                    tracing::info!(reason = refusal.code(), "proposal refused");
                    *asked.refused.entry(refusal.code()).or_default() += 1;
                }
            }
        }
    }
}
