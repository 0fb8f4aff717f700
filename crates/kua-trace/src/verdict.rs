//! Whether two documents of different languages translate each other: as a whole, in a part of both
//! (a live blog that translates a paragraph), or one condensing the other.

use std::cell::Cell;
use std::ops::Range;

use crate::align::{Aim, Likeness, Step, View, align, total};
use crate::evidence::{Evidence, Scope, Side};
use crate::features::{Sketch, Sketched, Stem};
use crate::vectors::{Band, Table};
use crate::words::WordList;

/// What two documents are compared by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'w> {
    /// Their languages look alike: there the words must agree more.
    pub(crate) are_kin: bool,
    /// One calls itself a translation from the language of the other.
    pub(crate) says_so: bool,
    /// Score to be reached, from `TraceConfig::translation_threshold`.
    pub(crate) least: f32,
    /// Words of their languages that answer each other, if any were learnt.
    pub(crate) words: Option<&'w WordList>,
}

/// A stretch of two documents that was found to be a translation.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) scope: Scope,
    /// In order of a.
    pub(crate) steps: Vec<Step>,
    pub(crate) evidence: Evidence,
    /// Logarithm of the odds.
    pub(crate) score: f32,
}

/// What a document's own word is worth.
const SAYS_SO: f32 = 3.0;
/// What is asked beyond of a short text, in which much may be chance, and of the shortest.
const SHORT: (f32, f32) = (10.0, 0.5);
const VERY_SHORT: (f32, f32) = (5.5, 1.0);
/// What is asked beyond of a stretch that was looked for, and of one that leaves out much.
const CHOSEN: f32 = 0.8;
const CONDENSED: f32 = 3.0;
/// Share of a digest that must be answered.
const CONDENSED_COVERS: f32 = 0.85;
/// A text so many times as long may be condensed in the other.
const CONDENSES: f32 = 1.5;
/// Least and most length of one language for a letter of another.
const LENGTHS: (f32, f32) = (0.6, 1.7);
/// So many steps at an end, alike no more than this on average, translate nothing.
const OWN: usize = 4;
const NOTHING: f32 = 0.02;
/// What falls further short is decided: of what learnt words turned into a translation, among invented
/// articles and real news, nothing was short of it by more than 3.1.
const FAR: f32 = 4.0;
/// Stretches looked for in what is left of two documents.
const MOST_STRETCHES: usize = 4;

/// All that two documents translate of each other, in order of a; nothing overlaps. And whether, if it
/// is nothing, it fell so little short that words learnt from other pairs may tell.
pub(crate) fn found(a: &Sketch, b: &Sketch, terms: Terms<'_>) -> (Vec<Found>, bool) {
    let judge = Judge::of(a, b, terms);
    let found = judge.found();
    let is_open = found.is_empty() && judge.short_of.get() < FAR;
    (found, is_open)
}

fn in_order(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| found.scope.a.start);
    found
}

/// Whether before `core`, or after it, several steps pair sentences that have nothing in common.
fn is_left_alone(steps: &[Step], core: &[Step]) -> bool {
    let (Some(first), Some(last)) = (core.first(), core.last()) else { return false };
    let alone = |tail: &[Step]| {
        let sum: f32 = tail.iter().map(|step| step.likeness).sum();
        #[expect(clippy::cast_precision_loss, reason = "sentences of one document")]
        let count = tail.len() as f32;
        tail.len() >= OWN && sum / count < NOTHING
    };
    // Steps stand in order of a.
    let before = steps.partition_point(|step| step.a.end <= first.a.start);
    let after = steps.partition_point(|step| step.a.start < last.a.end);
    alone(&steps[..before]) || alone(&steps[after..])
}

struct Judge<'s> {
    a: &'s [Sketched],
    b: &'s [Sketched],
    likeness: Likeness,
    /// By learnt words alone.
    words: Option<Likeness>,
    terms: Terms<'s>,
    /// How much the best of what was judged may fall short at the least.
    short_of: Cell<f32>,
}

impl<'s> Judge<'s> {
    fn of(a: &'s Sketch, b: &'s Sketch, terms: Terms<'s>) -> Self {
        let (rows, columns) = (a.sentences.len(), b.sentences.len());
        let by_words = terms.words.map(|list| Answers::of(list, a, b));
        let likeness = match &by_words {
            None => Likeness::of(rows, columns, &[(&a.table, &b.table, 1.0)]),
            Some(words) => Likeness::of(rows, columns, &words.with(a, b, LETTERS, WORDS)),
        };
        let words = by_words.map(|words| Likeness::of(rows, columns, &words.alone()));
        let short_of = Cell::new(f32::INFINITY);
        Self { a: &a.sentences, b: &b.sentences, likeness, words, terms, short_of }
    }

    fn found(&self) -> Vec<Found> {
        let all = self.likeness.all();
        let Some((ratio, core)) = self.core(&all) else { return Vec::new() };
        if let Some(found) = self.whole(&all, ratio, &core, 0.0) {
            // A few paragraphs were translated, and the rest of either is its own. Only if the
            // stretch alone would not do is it the whole.
            let mut parts = Vec::new();
            if is_left_alone(&found.steps, &core) {
                self.parts(&all, Some((ratio, core)), &mut parts);
            }
            return if parts.is_empty() { vec![found] } else { in_order(parts) };
        }
        if let Some(found) = self.condensed(&all, ratio, &core) {
            return vec![found];
        }
        let mut out = Vec::new();
        self.parts(&all, Some((ratio, core)), &mut out);
        in_order(out)
    }

    /// The stretch that answers best, with the length of b for a letter of a, learnt from a first try.
    fn core(&self, view: &View<'_>) -> Option<(f32, Vec<Step>)> {
        let first = align(self.a, self.b, view, 1.0, Aim::CORE);
        if first.is_empty() {
            return None;
        }
        let total = |side: &[Sketched], ranges: &mut dyn Iterator<Item = &Range<usize>>| -> f32 {
            let sentences = ranges.flat_map(|range| side.get(range.clone()).unwrap_or_default());
            sentences.map(|s| s.length).sum()
        };
        // Of few steps nothing can be learnt: then all that is compared tells.
        let few = first.len() < 3;
        let total_a = if few {
            total(self.a, &mut std::iter::once(&view.a))
        } else {
            total(self.a, &mut first.iter().map(|step| &step.a))
        };
        let total_b = if few {
            total(self.b, &mut std::iter::once(&view.b))
        } else {
            total(self.b, &mut first.iter().map(|step| &step.b))
        };
        let ratio = (total_b / total_a.max(1.0)).clamp(LENGTHS.0, LENGTHS.1);
        Some((ratio, align(self.a, self.b, view, ratio, Aim::CORE)))
    }

    /// All that is in view as one translation.
    fn whole(&self, view: &View<'_>, ratio: f32, core: &[Step], beyond: f32) -> Option<Found> {
        let scope = Scope { a: view.a.clone(), b: view.b.clone(), digest: None };
        self.judged(view, ratio, scope, Aim::WHOLE, core, beyond)
    }

    /// One side as a digest of the other.
    fn condensed(&self, view: &View<'_>, ratio: f32, core: &[Step]) -> Option<Found> {
        // All of both says nothing of their languages where one leaves out much.
        let ratio = if core.len() < 3 { 1.0 } else { ratio };
        let length = |side: &[Sketched]| side.iter().map(|s| s.length).sum::<f32>();
        let (on_a, on_b) = (length(self.a) * ratio, length(self.b));
        let (digest, aim) = if on_a > on_b * CONDENSES {
            (Side::B, Aim::B_CONDENSES)
        } else if on_b > on_a * CONDENSES {
            (Side::A, Aim::A_CONDENSES)
        } else {
            return None;
        };
        let scope = Scope { a: view.a.clone(), b: view.b.clone(), digest: Some(digest) };
        // Nearly all of a digest must be answered: something in a long text always fits.
        self.judged(view, ratio, scope, aim, &[], CONDENSED)
            .filter(|found| found.evidence.covers >= CONDENSED_COVERS)
    }

    /// Stretches of what is in view, the best first, then in what is left on all sides of it. `core` is
    /// that of what is in view, if it is known.
    fn parts(&self, view: &View<'_>, core: Option<(f32, Vec<Step>)>, out: &mut Vec<Found>) {
        if out.len() >= MOST_STRETCHES || view.a.len() < 3 || view.b.len() < 3 {
            return;
        }
        let core = core.or_else(|| self.core(view)).filter(|(_, core)| core.len() >= 3);
        let Some((ratio, core)) = core else { return };
        let (Some(first), Some(last)) = (core.first(), core.last()) else { return };
        let (on_a, on_b) = (first.a.start..last.a.end, first.b.start..last.b.end);
        let part = view.part(on_a.clone(), on_b.clone());
        let Some(found) = self.whole(&part, ratio, &core, CHOSEN) else { return };
        out.push(found);
        for a in [view.a.start..on_a.start, on_a.end..view.a.end] {
            for b in [view.b.start..on_b.start, on_b.end..view.b.end] {
                // What was found in one corner is taken on neither side of the others.
                let free =
                    |found: &Found| !overlap(&found.scope.a, &a) && !overlap(&found.scope.b, &b);
                if out.iter().all(free) {
                    self.parts(&view.part(a.clone(), b), None, out);
                }
            }
        }
    }

    fn judged(
        &self,
        view: &View<'_>,
        ratio: f32,
        scope: Scope,
        aim: Aim,
        core: &[Step],
        beyond: f32,
    ) -> Option<Found> {
        let steps = align(self.a, self.b, view, ratio, aim);
        let both = (self.a, self.b);
        let mut evidence = Evidence::of(both, &scope, &steps, core, self.words.as_ref());
        let least = self.terms.least + beyond - if self.terms.says_so { SAYS_SO } else { 0.0 }
            + if evidence.steps < SHORT.0 { SHORT.1 } else { 0.0 }
            + if evidence.steps < VERY_SHORT.0 { VERY_SHORT.1 } else { 0.0 };
        // Most fall short even if their sentences answered no better than nothing when read
        // backwards: then these need not be aligned.
        let (rows, columns) = (view.a.len(), view.b.len());
        evidence.order = Evidence::order(&scope, &steps, aim.floor(rows, columns));
        let short_of = least - evidence.score(self.terms.are_kin);
        self.short_of.set(self.short_of.get().min(short_of));
        let enough = evidence.steps >= if self.terms.says_so { 2.0 } else { 3.0 };
        if !enough || (!self.terms.says_so && evidence.contradicts()) {
            return None;
        }
        if Band::is_all(rows, columns) && short_of > ROUNDING {
            return None;
        }
        let backwards = align(self.a, self.b, &view.turned(), ratio, aim);
        evidence.order = Evidence::order(&scope, &steps, total(&backwards));
        let score = evidence.score(self.terms.are_kin);
        (score >= least).then_some(Found { scope, steps, evidence, score })
    }
}

/// More than sums of so few numbers can be off by.
const ROUNDING: f32 = 0.05;

fn overlap(x: &Range<usize>, y: &Range<usize>) -> bool {
    x.start < y.end && y.start < x.end
}

/// How much letters and learnt words count in likeness.
const LETTERS: f32 = 0.45;
const WORDS: f32 = 0.75;

/// Sentences of two texts under the words learnt, from a to b and from b to a.
pub(crate) struct Answers {
    forth: (Table, Table),
    back: (Table, Table),
}

impl Answers {
    pub(crate) fn of(words: &WordList, a: &Sketch, b: &Sketch) -> Self {
        let stems = |sketch: &Sketch| -> Vec<Vec<Stem>> {
            sketch.sentences.iter().map(|s| s.stems.clone()).collect()
        };
        let (a, b) = (stems(a), stems(b));
        let a: Vec<&[Stem]> = a.iter().map(Vec::as_slice).collect();
        let b: Vec<&[Stem]> = b.iter().map(Vec::as_slice).collect();
        Self { forth: words.forth(&a, &b), back: words.back(&a, &b) }
    }

    fn alone(&self) -> [(&Table, &Table, f32); 2] {
        [(&self.forth.0, &self.forth.1, 0.5), (&self.back.0, &self.back.1, 0.5)]
    }

    pub(crate) fn with<'t>(
        &'t self,
        a: &'t Sketch,
        b: &'t Sketch,
        letters: f32,
        words: f32,
    ) -> [(&'t Table, &'t Table, f32); 3] {
        [
            (&a.table, &b.table, letters),
            (&self.forth.0, &self.forth.1, words / 2.0),
            (&self.back.0, &self.back.1, words / 2.0),
        ]
    }
}
