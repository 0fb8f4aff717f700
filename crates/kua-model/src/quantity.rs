//! How many, with the doubt the words had.

use serde::{Deserialize, Serialize};

use crate::TextRange;

/// What is counted. Only people enter a toll of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Persons.
    People,
    /// Cars, trucks, aircraft, flights.
    Vehicles,
    /// Buildings, shops, offices.
    Buildings,
    /// Anything else.
    Other,
}

/// An interval of whole numbers, both ends included, with an open end as `None`.
///
/// Conventions (documented on the Method page): "more than N" is `N+1..`, "at least N" is `N..`,
/// "up to N" is `..N`, "tens" or "dozens" 20..99, "hundreds" 200..999, "several" 2.., "about N" is
/// `N..N` with `approx`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Quantity {
    /// Lowest number meant.
    pub low: Option<u64>,
    /// Highest number meant.
    pub high: Option<u64>,
    /// "about", "nearly".
    pub approx: bool,
    /// Name of the convention that turned vague words into an interval, if one did. Such a
    /// quantity is shown with its words and never summed.
    pub convention: Option<String>,
    /// Where the number and its bound stand; `None` if there is no number, only a singular person.
    pub range: Option<TextRange>,
    /// What is counted.
    pub counts: Counted,
}

impl Quantity {
    /// Whether some number may be meant by both. Open ends reach everywhere.
    pub fn may_agree(&self, other: &Self) -> bool {
        let above = |low: Option<u64>, high: Option<u64>| matches!((low, high), (Some(l), Some(h)) if l > h);
        !above(self.low, other.high) && !above(other.low, self.high)
    }
}
