//! What a person's review of a claim holds on to: the words, and how they are to be read. Written
//! into the vault, so it names nothing that a later version of the rules may give another id.

use serde::{Deserialize, Serialize};

use crate::{
    Claim, ClaimRole, Counted, DateSpan, DocumentId, EventType, Grade, Modality, Quantity, Quote,
    SourceKind, TextRange,
};

/// What a person's review made of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// Read, and found to say what its words say.
    Confirmed,
    /// Read, and put right.
    Corrected,
    /// Read wrongly by the machine; not counted.
    Rejected,
}

/// The words of a claim and what stands around them (W3C Web Annotation `TextQuoteSelector` and
/// `TextPositionSelector`), so that they are found again if the text is cut another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimAnchor {
    /// The document.
    pub document: DocumentId,
    /// Where the words stood, UTF-8 bytes of its text.
    pub at: TextRange,
    /// The words.
    pub exact: String,
    /// What stood before them.
    pub prefix: String,
    /// What stood after them.
    pub suffix: String,
    /// Kind of event as it was read then.
    pub event: EventType,
}

impl ClaimAnchor {
    /// What finds `claim`, whose words are `quote`, again.
    pub fn of(claim: &Claim, quote: &Quote) -> Self {
        Self {
            document: claim.document,
            at: claim.range,
            exact: quote.exact().to_owned(),
            prefix: quote.prefix().to_owned(),
            suffix: quote.suffix().to_owned(),
            event: claim.event.clone(),
        }
    }

    /// Where the words stand in `text` now: at their old place, or else where they stand between
    /// the same words, or else the nearest place where they stand at all.
    pub fn find(&self, text: &str) -> Option<TextRange> {
        if self.at.of(text) == Some(self.exact.as_str()) {
            return Some(self.at);
        }
        if self.exact.is_empty() {
            return None;
        }
        let places =
            || text.match_indices(self.exact.as_str()).map(|(at, words)| (at, words.len()));
        let around = |at: usize, length: usize| {
            usize::from(text[..at].ends_with(&self.prefix))
                + usize::from(text[at + length..].starts_with(&self.suffix))
        };
        places()
            .min_by_key(|&(at, length)| {
                (std::cmp::Reverse(around(at, length)), at.abs_diff(self.at.start), at)
            })
            .map(|(at, length)| TextRange::new(at, at + length))
    }
}

/// A figure as a person reads it; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFigure {
    /// Lowest number meant.
    pub low: Option<u64>,
    /// Highest number meant.
    pub high: Option<u64>,
    /// "about", "nearly".
    #[serde(default)]
    pub approx: bool,
    /// What is counted, if it is not people; `None` leaves it as the rules read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counted>,
}

impl ReadFigure {
    /// The figure of a claim, in full.
    #[must_use]
    pub fn of(quantity: &Quantity) -> Self {
        let counts = Some(quantity.counts).filter(|counts| *counts != Counted::People);
        Self { low: quantity.low, high: quantity.high, approx: quantity.approx, counts }
    }

    /// Whether `quantity` says the same, as far as this says anything.
    #[must_use]
    pub fn is_said_by(&self, quantity: &Quantity) -> bool {
        (self.low, self.high, self.approx) == (quantity.low, quantity.high, quantity.approx)
            && self.counts.is_none_or(|counts| counts == quantity.counts)
    }
}

/// One link of a chain of sources as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadSource {
    /// The words for it.
    pub words: String,
    /// What kind of source.
    pub kind: SourceKind,
}

/// How a person reads the words of a claim. `None`: nothing was said of it, and whatever the rules
/// find holds. An empty text or list: the words do not say it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Kind of event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventType>,
    /// How many. The inner `None`: no number is said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "said")]
    pub figure: Option<Option<ReadFigure>>,
    /// To whom: a group of `claims.txt`, or words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<String>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When. The inner `None`: no time is said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "said")]
    pub time: Option<Option<DateSpan>>,
    /// The chain of sources, outermost first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<ReadSource>>,
    /// How the innermost speaker knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// How the event is put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<Modality>,
    /// Which part of the account it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ClaimRole>,
}

impl Reading {
    /// All that `claim` says, and nothing of what it leaves open, so that rules may still find it.
    pub fn of(claim: &Claim) -> Self {
        let group = |group: &crate::Group| group.id.clone().unwrap_or_else(|| group.words.clone());
        let source = |source: &crate::SourceMention| ReadSource {
            words: source.words.clone(),
            kind: source.kind,
        };
        Self {
            event: Some(claim.event.clone()),
            figure: claim.quantity.as_ref().map(|quantity| Some(ReadFigure::of(quantity))),
            affected: claim.affected.as_ref().map(group),
            by: claim.perpetrator.as_ref().map(group),
            place: claim
                .place
                .as_ref()
                .map(|place| place.canonical.clone().unwrap_or_else(|| place.words.clone())),
            time: claim.time.as_ref().map(|time| Some(time.value)),
            sources: (!claim.sources.is_empty())
                .then(|| claim.sources.iter().map(source).collect()),
            grade: Some(claim.grade),
            modality: Some(claim.modality),
            role: Some(claim.role),
        }
    }

    /// This reading, with whatever `change` says in its place.
    #[must_use]
    pub fn with(self, change: &Self) -> Self {
        let change = change.clone();
        Self {
            event: change.event.or(self.event),
            figure: change.figure.or(self.figure),
            affected: change.affected.or(self.affected),
            by: change.by.or(self.by),
            place: change.place.or(self.place),
            time: change.time.or(self.time),
            sources: change.sources.or(self.sources),
            grade: change.grade.or(self.grade),
            modality: change.modality.or(self.modality),
            role: change.role.or(self.role),
        }
    }
}

/// A value that may be said to be absent: `null` is a statement, a missing key is none.
mod said {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "the signature serde asks for")]
    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<Option<T>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(from).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ItemId;

    fn anchor(exact: &str, start: usize) -> ClaimAnchor {
        ClaimAnchor {
            document: DocumentId::new(ItemId::of(b"a letter"), 0),
            at: TextRange::new(start, start + exact.len()),
            exact: exact.to_owned(),
            prefix: "the mine ".to_owned(),
            suffix: " were hurt".to_owned(),
            event: EventType("wounded".to_owned()),
        }
    }

    #[test]
    fn words_are_found_again_when_the_text_moves() {
        let text = "In the mine four were hurt. By the mine gate four were hurt too.";
        assert_eq!(anchor("four", 12).find(text), Some(TextRange::new(12, 16)));
        // Moved: between the same words first, the nearest otherwise.
        assert_eq!(anchor("four", 40).find(text), Some(TextRange::new(12, 16)));
        assert_eq!(anchor("gate", 3).find(text), Some(TextRange::new(40, 44)));
        assert_eq!(anchor("five", 12).find(text), None);
        assert_eq!(anchor("", 900).find(text), None);
        // A place that cuts a letter is no place.
        assert_eq!(anchor("é", 1).find("ééé"), Some(TextRange::new(0, 2)));
    }

    #[test]
    fn what_is_said_to_be_absent_survives_the_vault() {
        let reading = Reading {
            figure: Some(None),
            place: Some(String::new()),
            modality: Some(Modality::Hedged),
            ..Reading::default()
        };
        let text = serde_json::to_string(&reading).unwrap();
        assert_eq!(text, r#"{"figure":null,"place":"","modality":"hedged"}"#);
        assert_eq!(serde_json::from_str::<Reading>(&text).unwrap(), reading);
        assert_eq!(serde_json::from_str::<Reading>("{}").unwrap(), Reading::default());
    }

    #[test]
    fn a_change_leaves_the_rest_as_read() {
        let read = Reading {
            grade: Some(Grade::Media),
            place: Some("Orlan".to_owned()),
            ..Reading::default()
        };
        let change = Reading { place: Some(String::new()), ..Reading::default() };
        let both = read.with(&change);
        assert_eq!((both.grade, both.place.as_deref()), (Some(Grade::Media), Some("")));
    }
}
