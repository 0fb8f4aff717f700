//! The chronicle as it may be shown: names that a person's decision withholds are replaced by a
//! fixed mark before anything is rendered, so no page, record or file can forget to.
//! Leaves alone: what the vault holds. Nothing is erased here.
//!
//! Ids are digests of the material, so whoever holds a masked text and a list of likely names
//! could try each name against an id. [`Shown::outside`] therefore also gives new ids to all that
//! comes from masked items; [`Shown::inside`] keeps them, for the people who work on the case.

mod mapper;
mod spellings;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use kua_model::{Chronicle, Decision, DocumentId, ItemId, TextRange};

use mapper::Mapper;
use spellings::Spellings;

/// A chronicle that may be shown, with the way back to offsets of the preserved text.
#[derive(Debug)]
pub struct Shown<'a> {
    /// What may be shown.
    pub chronicle: Cow<'a, Chronicle>,
    /// Items that hold withheld names, under the ids they are shown by.
    pub masked: BTreeSet<ItemId>,
    maps: BTreeMap<DocumentId, OffsetMap>,
    /// The chronicle as it was, if anything had to be masked.
    preserved: Option<Cow<'a, Chronicle>>,
}

impl<'a> Shown<'a> {
    /// For those who work on the case: names masked, ids kept.
    pub fn inside(chronicle: &'a Chronicle) -> Self {
        Self::new(Cow::Borrowed(chronicle), false)
    }

    /// For strangers: names masked, and new ids for whatever comes from a masked item.
    pub fn outside(chronicle: &'a Chronicle) -> Self {
        Self::new(Cow::Borrowed(chronicle), true)
    }

    pub(crate) fn new(chronicle: Cow<'a, Chronicle>, rename: bool) -> Self {
        let Some(spellings) = Spellings::new(withheld(&chronicle)) else {
            let (masked, maps) = (BTreeSet::new(), BTreeMap::new());
            return Self { chronicle, masked, maps, preserved: None };
        };
        let mapper = Mapper::new(&chronicle, &spellings, rename);
        let shown = mapper.apply(&chronicle);
        let (masked, maps) = mapper.into_parts();
        Self { chronicle: Cow::Owned(shown), masked, maps, preserved: Some(chronicle) }
    }

    /// The chronicle as it was before anything was masked.
    pub(crate) fn preserved(&self) -> &Chronicle {
        self.preserved.as_deref().unwrap_or(&self.chronicle)
    }

    /// The same for strangers, or `None` if nothing is masked and this will do.
    pub(crate) fn for_strangers(&self) -> Option<Shown<'_>> {
        self.preserved.as_deref().map(Shown::outside)
    }

    /// The range in the preserved text that a range of a shown text stands for.
    pub fn original(&self, document: DocumentId, range: TextRange) -> TextRange {
        self.maps.get(&document).map_or(range, |map| map.original(range))
    }

    /// The range in the shown text that a range of the preserved text stands for.
    pub fn shown(&self, document: DocumentId, range: TextRange) -> TextRange {
        self.maps.get(&document).map_or(range, |map| map.shown(range))
    }

    /// Whether words of this document are masked.
    pub fn is_masked(&self, document: DocumentId) -> bool {
        self.maps.contains_key(&document)
    }
}

/// Spellings that must not appear: those of decisions that still hold, and every other spelling
/// of the same names, since kua would otherwise show the person under another one.
fn withheld(chronicle: &Chronicle) -> BTreeSet<&str> {
    let decisions: Vec<_> = chronicle.judgements.iter().map(|j| Some(&j.decision)).collect();
    let live = kua_model::standing(&decisions);
    let mut out = BTreeSet::new();
    for (judgement, live) in chronicle.judgements.iter().zip(live) {
        if let Decision::Withhold { names } = &judgement.decision
            && live
        {
            out.extend(names.iter().map(String::as_str));
        }
    }
    let decided = Spellings::new(out.clone());
    for name in &chronicle.names {
        let mut spelt = std::iter::once(name.name.as_str())
            .chain(name.variants.iter().map(|variant| variant.text.as_str()));
        if name.withheld
            || decided.as_ref().is_some_and(|decided| spelt.any(|text| decided.are_in(text)))
        {
            out.insert(&name.name);
            out.extend(name.variants.iter().map(|variant| variant.text.as_str()));
        }
    }
    out
}

/// Masks of one text: preserved ranges and where their marks stand in the shown text.
#[derive(Debug, Clone, Default)]
struct OffsetMap {
    masks: Vec<Mask>,
}

#[derive(Debug, Clone, Copy)]
struct Mask {
    from: TextRange,
    to: TextRange,
}

impl OffsetMap {
    /// `masks` in order, never overlapping; every mark `width` bytes long.
    fn new(masks: &[TextRange], width: usize) -> Self {
        let (mut from, mut to) = (0, 0);
        let masks = masks
            .iter()
            .map(|mask| {
                to += mask.start.saturating_sub(from);
                from = mask.end;
                let mark = TextRange::new(to, to + width);
                to = mark.end;
                Mask { from: *mask, to: mark }
            })
            .collect();
        Self { masks }
    }

    fn shown(&self, range: TextRange) -> TextRange {
        let side = |mask: &Mask| (mask.from, mask.to);
        TextRange::new(self.carry(range.start, true, side), self.carry(range.end, false, side))
    }

    fn original(&self, range: TextRange) -> TextRange {
        let side = |mask: &Mask| (mask.to, mask.from);
        TextRange::new(self.carry(range.start, true, side), self.carry(range.end, false, side))
    }

    /// Carries an offset over: one inside a mask goes to its start or end, so words that touch a
    /// mask keep all of it.
    fn carry(
        &self,
        at: usize,
        start: bool,
        side: impl Fn(&Mask) -> (TextRange, TextRange),
    ) -> usize {
        let next = self.masks.partition_point(|mask| {
            let from = side(mask).0;
            if start { from.start <= at } else { from.start < at }
        });
        let Some(mask) = next.checked_sub(1).and_then(|at| self.masks.get(at)) else { return at };
        let (from, to) = side(mask);
        if start && at < from.end {
            to.start
        } else if at <= from.end {
            to.end
        } else {
            to.end + (at - from.end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_go_there_and_back() {
        // "abc NAME, ANOTHER..." with marks of 2 bytes.
        let map = OffsetMap::new(&[TextRange::new(4, 8), TextRange::new(10, 20)], 2);
        assert_eq!(map.shown(TextRange::new(0, 4)), TextRange::new(0, 4));
        assert_eq!(map.shown(TextRange::new(4, 8)), TextRange::new(4, 6));
        assert_eq!(map.shown(TextRange::new(5, 7)), TextRange::new(4, 6));
        assert_eq!(map.shown(TextRange::new(8, 10)), TextRange::new(6, 8));
        assert_eq!(map.shown(TextRange::new(0, 25)), TextRange::new(0, 15));
        assert_eq!(map.original(TextRange::new(6, 8)), TextRange::new(8, 10));
        assert_eq!(map.original(TextRange::new(0, 15)), TextRange::new(0, 25));
    }
}
