//! What may be set about tracing. The defaults are the measured ones.

use serde::{Deserialize, Serialize};

/// Settings of [`trace`](crate::trace). Lengths are letters and digits of the folded text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TraceConfig {
    /// Shared letters and digits from which a passage counts as reused. 60 finds single quoted
    /// sentences; 40 shows more and errs more; 90 is strict.
    pub min_characters: usize,
    /// A fingerprint in more documents than this is joined through one document of each group of
    /// near-identical ones, not all with all.
    pub max_documents_per_fingerprint: usize,
    /// Longest unmatched stretch inside one reused passage, on either side.
    pub max_gap: usize,
    /// Whether to look for translations.
    pub translations: bool,
    /// How many documents of each other language a passage is aligned with at most.
    pub translation_candidates: usize,
    /// Mean strength of aligned sentences, in thousandths, from which a translation is accepted.
    pub translation_threshold: u16,
}

impl Default for TraceConfig {
    fn default() -> Self {
        Self {
            min_characters: 60,
            max_documents_per_fingerprint: 64,
            max_gap: 250,
            translations: true,
            translation_candidates: 2,
            translation_threshold: 500,
        }
    }
}
