//! Weighs an alignment of two texts: does one translate the other, or do two tell of one event?
//!
//! Two tellings share figures and names too, so these alone never suffice: the sentences must answer
//! each other in order and length, over most of what is compared, and in words that are neither
//! figure nor name.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::align::{Likeness, Step, total};
use crate::features::{Sketched, Stem, Vector, to_f32};

/// What is compared: stretches of both texts, in sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) a: Range<usize>,
    pub(crate) b: Range<usize>,
    /// The side that may leave much out: it condenses the other, which is judged by what answers.
    pub(crate) digest: Option<Side>,
}

/// One of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

/// What speaks for and against an alignment being a translation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence {
    /// Steps that tell something.
    pub(crate) steps: f32,
    /// Mean likeness of a step, and the same without figures and names.
    pub(crate) likeness: f32,
    pub(crate) content: f32,
    /// The same by the words learnt from other pairs, if there are any.
    pub(crate) words: Option<f32>,
    /// Share of the letters in scope that stand in steps, on the side with less; and in the steps of
    /// the stretch that answers best.
    pub(crate) covers: f32,
    pub(crate) core: f32,
    /// Figures of either side that the other has in the same step, and all figures in steps.
    pub(crate) figures_met: f32,
    pub(crate) figures: f32,
    /// The same for names.
    pub(crate) names_met: f32,
    pub(crate) names: f32,
    /// Figures in scope that the other side has anywhere in scope, and all of them.
    pub(crate) all_figures_met: f32,
    pub(crate) all_figures: f32,
    /// Mean square of the difference of lengths.
    pub(crate) lengths: f32,
    /// How much better the sentences answer in order than backwards, for each sentence.
    pub(crate) order: f32,
}

/// Logistic weights of evidence.
struct Weights {
    order: f32,
    content: f32,
    content_long: f32,
    covers: f32,
    core: f32,
    figures: f32,
    all_figures: f32,
    names: f32,
    steps: f32,
    lengths: f32,
    likeness: f32,
    likeness_long: f32,
    words: f32,
    words_long: f32,
    constant: f32,
}

/// Languages that do not look alike, without words learnt from other pairs.
#[rustfmt::skip]
const APART: Weights = Weights { order: 0.29, content: 0.00, content_long: 32.81, covers: 5.22, core: 3.05, figures: 2.75, all_figures: 0.00, names: 5.09, steps: 1.82, lengths: -26.60, likeness: 0.00, likeness_long: -7.25, words: 0.00, words_long: 0.00, constant: -12.89 };

/// Languages that look alike, without words learnt from other pairs.
#[rustfmt::skip]
const KIN: Weights = Weights { order: 0.00, content: 23.10, content_long: 14.26, covers: 4.84, core: 3.28, figures: 1.21, all_figures: 0.00, names: 4.38, steps: 1.06, lengths: -25.81, likeness: 0.00, likeness_long: -2.44, words: 0.00, words_long: 0.00, constant: -14.50 };

/// Languages that do not look alike, with words learnt from other pairs.
#[rustfmt::skip]
const APART_WITH_WORDS: Weights = Weights { order: 0.57, content: 0.00, content_long: 24.80, covers: 2.87, core: 5.35, figures: 1.83, all_figures: 0.00, names: 5.01, steps: 2.03, lengths: -14.37, likeness: 0.00, likeness_long: -12.15, words: 1.70, words_long: 9.09, constant: -13.15 };

/// Languages that look alike, with words learnt from other pairs.
#[rustfmt::skip]
const KIN_WITH_WORDS: Weights = Weights { order: 0.25, content: 22.88, content_long: 12.24, covers: 4.24, core: 5.20, figures: 0.15, all_figures: 0.00, names: 3.12, steps: 0.90, lengths: -17.00, likeness: 0.00, likeness_long: -2.89, words: 6.25, words_long: 2.69, constant: -15.61 };

/// Share of figures, and of names, of which not both may fall short.
const LEAST_ANCHORS: f32 = 0.4;
/// Steps of a short text, and the share of its figures that must be met if it has more than a few.
const SHORT: f32 = 10.0;
const LEAST_FIGURES: f32 = 0.55;
const FEW_FIGURES: f32 = 3.0;
/// Share of what is compared that is answered at the least.
const LEAST_COVERED: f32 = 0.55;
/// Differences of lengths beyond this say no more: a free translation is one all the same.
const MOST_LENGTHS: f32 = 0.12;

impl Evidence {
    /// Logarithm of the odds that this is a translation. Fitted on sentence-aligned news of fifteen
    /// language pairs (whole articles, short stretches, sentences left out) against halves and
    /// alternate sentences of one article, other articles, and other sentences into which the figures
    /// and names of the right ones were put.
    pub(crate) fn score(&self, are_kin: bool) -> f32 {
        let weights = match (are_kin, self.words.is_some()) {
            (false, false) => &APART,
            (true, false) => &KIN,
            (false, true) => &APART_WITH_WORDS,
            (true, true) => &KIN_WITH_WORDS,
        };
        let share = |met: f32, all: f32| (met + 0.5) / (all + 1.0);
        let long = self.steps.sqrt();
        let words = self.words.unwrap_or(0.0);
        weights.order * self.order
            + weights.content * self.content
            + weights.content_long * self.content * long
            + weights.covers * self.covers
            + weights.core * self.core
            + weights.figures * share(self.figures_met, self.figures)
            + weights.all_figures * share(self.all_figures_met, self.all_figures)
            + weights.names * share(self.names_met, self.names)
            + weights.steps * (1.0 + self.steps).ln()
            + weights.lengths * self.lengths.min(MOST_LENGTHS)
            + weights.likeness * self.likeness
            + weights.likeness_long * self.likeness * long
            + weights.words * words
            + weights.words_long * words * long
            + weights.constant
    }

    /// Whether what is there rules a translation out, whatever the sum of the signs: of a translation
    /// neither most figures nor most names are missing where they should stand, and as a whole it
    /// answers most of the whole. A few sentences with other figures are a formula, told anew.
    pub(crate) fn contradicts(&self) -> bool {
        let share = |met: f32, all: f32| (met + 0.5) / (all + 1.0);
        let figures = share(self.figures_met, self.figures);
        let anchors = figures < LEAST_ANCHORS && share(self.names_met, self.names) < LEAST_ANCHORS;
        let formula = self.steps < SHORT && self.figures >= FEW_FIGURES && figures < LEAST_FIGURES;
        // Likeness of letters alone proves nothing: two tellings without a figure or a name are
        // tied by no more than the sound of their languages, unless learnt words tie them.
        let bare = self.figures < 1.0 && self.names < 1.0 && self.words.is_none();
        anchors || formula || bare || self.covers < LEAST_COVERED
    }

    /// How much better `steps` answer than those found with the sentences of b in backward order, whose
    /// scores sum to `backwards`.
    pub(crate) fn order(scope: &Scope, steps: &[Step], backwards: f32) -> f32 {
        let compared = match scope.digest {
            None => to_f32(scope.a.len() + scope.b.len()) / 2.0,
            Some(Side::A) => to_f32(scope.a.len()),
            Some(Side::B) => to_f32(scope.b.len()),
        };
        (total(steps) - backwards) / compared.max(1.0)
    }

    /// Weighs `steps` within `scope`, all but their order. `core` are the steps of the stretch that
    /// answers best.
    pub(crate) fn of(
        (a, b): (&[Sketched], &[Sketched]),
        scope: &Scope,
        steps: &[Step],
        core: &[Step],
        words: Option<&Likeness>,
    ) -> Self {
        let mut out = Self::default();
        if steps.is_empty() {
            return out;
        }
        let of_a = || a.get(scope.a.clone()).unwrap_or_default();
        let of_b = || b.get(scope.b.clone()).unwrap_or_default();
        // A bare address that stands on both sides is no sentence.
        let told = steps.iter().filter(|s| side(a, &s.a).iter().any(|one| !one.is_bare()));
        out.steps = to_f32(told.count()).max(1.0);
        let covers = |steps: &[Step]| {
            let of = |all: &[Sketched], within: f32| within / length(all).max(1.0);
            let on_a = of(of_a(), steps.iter().map(|s| length(side(a, &s.a))).sum());
            let on_b = of(of_b(), steps.iter().map(|s| length(side(b, &s.b))).sum());
            match scope.digest {
                None => on_a.min(on_b),
                Some(Side::A) => on_a,
                Some(Side::B) => on_b,
            }
        };
        out.covers = covers(steps);
        let inside: Vec<Step> = core
            .iter()
            .filter(|s| scope.a.contains(&s.a.start) && scope.b.contains(&s.b.start))
            .cloned()
            .collect();
        out.core = if scope.digest.is_some() { out.covers } else { covers(&inside).min(1.0) };
        for (from, x, y) in [(Side::A, of_a(), of_b()), (Side::B, of_b(), of_a())] {
            if scope.digest.is_some_and(|digest| digest != from) {
                continue;
            }
            let there: BTreeSet<&String> =
                y.iter().flat_map(|s| s.figures.iter().chain(&s.spelled)).collect();
            for figure in x.iter().flat_map(|s| &s.figures) {
                out.all_figures += 1.0;
                out.all_figures_met += f32::from(u8::from(there.contains(figure)));
            }
        }
        let in_a: f32 = steps.iter().map(|s| length(side(a, &s.a))).sum();
        let in_b: f32 = steps.iter().map(|s| length(side(b, &s.b))).sum();
        let ratio = in_b / in_a.max(1.0);
        let mut by_words = 0.0;
        for step in steps {
            out.likeness += step.likeness / out.steps;
            let (left, right) = (side(a, &step.a), side(b, &step.b));
            out.content += alike(left, right) / out.steps;
            if let Some(words) = words {
                by_words += words.at(&step.a, &step.b).unwrap_or(0.0) / out.steps;
            }
            for (from, x, y) in [(Side::A, left, right), (Side::B, right, left)] {
                if scope.digest.is_some_and(|digest| digest != from) {
                    continue;
                }
                let [figures_met, figures, names_met, names] = met(x, y).map(f32::from);
                out.figures_met += figures_met;
                out.figures += figures;
                out.names_met += names_met;
                out.names += names;
            }
            let off = (length(right) / (length(left) * ratio).max(1.0)).max(1e-3).ln();
            out.lengths += off * off / out.steps;
        }
        out.words = words.map(|_| by_words);
        out
    }
}

fn side<'s>(all: &'s [Sketched], range: &Range<usize>) -> &'s [Sketched] {
    all.get(range.clone()).unwrap_or_default()
}

fn length(side: &[Sketched]) -> f32 {
    side.iter().map(|s| s.length).sum()
}

/// Cosine of what both sides hold beside figures and names.
fn alike(x: &[Sketched], y: &[Sketched]) -> f32 {
    match (x, y) {
        ([x], [y]) => x.content.cosine(&y.content),
        _ => summed(x).cosine(&summed(y)),
    }
}

fn summed(side: &[Sketched]) -> Vector {
    side.iter().fold(Vector::default(), |sum, s| sum.plus(&s.content))
}

/// Figures of `x` that stand in `y`, all figures of `x`, and the same for names.
fn met(x: &[Sketched], y: &[Sketched]) -> [u16; 4] {
    let mut counts = [0_u16; 4];
    for sentence in x {
        for figure in &sentence.figures {
            counts[1] += 1;
            counts[0] += u16::from(
                y.iter().any(|o| o.figures.contains(figure) || o.spelled.contains(figure)),
            );
        }
        for (name, sound) in &sentence.names {
            counts[3] += 1;
            let stands = |other: &Sketched| {
                other.stems.iter().any(|stem| stem[..3] == name[..3])
                    || (*sound != Stem::default() && other.sounds.contains(sound))
            };
            counts[2] += u16::from(y.iter().any(stands));
        }
    }
    counts
}
