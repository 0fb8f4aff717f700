//! What `claims.txt` says of kinds of events and groups, so far as counting needs it.

use std::collections::{BTreeMap, BTreeSet};

use kua_lexicon::Lexicons;
use kua_model::EventType;

/// Kinds of events and groups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taxonomy {
    events: BTreeMap<String, bool>,
    groups: BTreeSet<String>,
    /// Group to the group it belongs to.
    wider: BTreeMap<String, String>,
    /// Groups that different speakers call the same people.
    labels: BTreeSet<String>,
}

/// The word in `claims.txt` that makes an event's figures a toll.
const TOLL: &str = "toll";

impl Taxonomy {
    pub(crate) fn new(lexicons: &Lexicons) -> Self {
        let section = |name| lexicons.shared().section("claims.txt", name);
        let events = section("events").iter().map(|entry| {
            let marks = entry.value.as_deref().unwrap_or_default();
            (entry.key.clone(), marks.split_whitespace().any(|mark| mark == TOLL))
        });
        let groups = section("groups").iter().map(|entry| entry.key.clone()).collect();
        let wider = section("groups")
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), entry.value.clone()?)));
        let labels = section("labels").iter().map(|entry| entry.key.clone());
        Self { events: events.collect(), groups, wider: wider.collect(), labels: labels.collect() }
    }

    /// Whether figures of this event are of people harmed. An event no lexicon knows may be.
    pub(crate) fn makes_toll(&self, event: &EventType) -> bool {
        self.events.get(&event.0).copied().unwrap_or(true)
    }

    /// Whether `claims.txt` knows a group of this name.
    pub(crate) fn is_group(&self, name: &str) -> bool {
        self.groups.contains(name)
    }

    /// Whether one group is, or is part of, the other.
    pub(crate) fn related(&self, a: &str, b: &str) -> bool {
        self.wider(a).contains(b) || self.wider(b).contains(a)
    }

    /// Whether different speakers may call the same people by both names.
    pub(crate) fn may_be_labels(&self, a: &str, b: &str) -> bool {
        self.labels.contains(a) && self.labels.contains(b)
    }

    /// The group in whose row `group` is counted: the widest one it belongs to that is not everybody.
    pub(crate) fn row<'t>(&'t self, group: &'t str) -> &'t str {
        let mut row = group;
        let mut seen = BTreeSet::new();
        while let Some(wider) = self.wider.get(row).filter(|wider| self.wider.contains_key(*wider))
        {
            if !seen.insert(row) {
                break;
            }
            row = wider;
        }
        row
    }

    fn wider<'t>(&'t self, group: &'t str) -> BTreeSet<&'t str> {
        let mut out = BTreeSet::new();
        let mut next = Some(group);
        while let Some(group) = next.filter(|group| out.insert(*group)) {
            next = self.wider.get(group).map(String::as_str);
        }
        out
    }
}
