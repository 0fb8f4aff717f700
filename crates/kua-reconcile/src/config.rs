//! Settings of reconciling: conventions a reader may want to know, none of them about one crisis.

use serde::{Deserialize, Serialize};

/// How the figures of several origins are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Policy {
    /// No merging: every origin keeps its own series of figures.
    #[default]
    SideBySide,
}

impl Policy {
    /// Its name, as shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::SideBySide => "side-by-side",
        }
    }
}

/// Settings of reconciling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReconcileConfig {
    /// How figures of several origins are put together.
    pub policy: Policy,
    /// Figures of different origins given at most so many days apart are of the same time, and
    /// contradict each other if no number fits both. Further apart, a later higher figure may be
    /// growth; a later lower one still contradicts, since the dead do not become fewer.
    pub same_time_days: i32,
    /// "About N" agrees with figures up to this many percent away from N.
    pub approx_percent: u64,
    /// The same figure of one source for groups under different names is noticed from here on: small
    /// figures are equal by chance. A smaller one that an account gives by itself tells of single
    /// happenings, and does not contradict a higher count.
    pub label_from: u64,
}

impl Default for ReconcileConfig {
    fn default() -> Self {
        Self { policy: Policy::SideBySide, same_time_days: 1, approx_percent: 10, label_from: 5 }
    }
}
