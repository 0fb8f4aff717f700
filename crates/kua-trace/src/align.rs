//! Aligns the sentences of two texts in order, by likeness and length (Gale and Church 1993 for
//! lengths and moves): from the best point to the best point (Smith and Waterman 1981), or from end
//! to end.

use std::ops::Range;

use crate::features::{Sketched, to_f32};
use crate::vectors::{Band, Table, products};

/// Sentences `a` answer sentences `b`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) a: Range<usize>,
    pub(crate) b: Range<usize>,
    /// Cosine of the summed features.
    pub(crate) likeness: f32,
    /// What the step adds to the score of the alignment.
    pub(crate) score: f32,
}

/// What steps gain together.
pub(crate) fn total(steps: &[Step]) -> f32 {
    steps.iter().map(|step| step.score).sum()
}

/// Moves: sentences taken on each side, and the natural logarithm of how often it happens.
const MOVES: &[(usize, usize, f32)] = &[
    (1, 1, -0.22),
    (2, 1, -3.0),
    (1, 2, -3.0),
    (2, 2, -4.8),
    (3, 1, -4.8),
    (1, 3, -4.8),
    (4, 1, -6.2),
    (1, 4, -6.2),
];
const WEIGHT_OF_LIKENESS: f32 = 12.0;

/// What an alignment is to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Aim {
    /// Begin and end wherever it is best.
    local: bool,
    /// What a step must gain to be better than nothing.
    cost_of_step: f32,
    /// A sentence of a, or of b, that nothing answers; and one before the first step or after the last.
    left_out_a: f32,
    left_out_b: f32,
    at_ends: f32,
}

impl Aim {
    /// The stretch that answers best.
    pub(crate) const CORE: Self =
        Self { local: true, cost_of_step: 0.2, left_out_a: -1.0, left_out_b: -1.0, at_ends: -1.0 };
    /// All of both, though either may begin earlier or end later.
    pub(crate) const WHOLE: Self =
        Self { local: false, cost_of_step: 1.5, left_out_a: -2.5, left_out_b: -2.5, at_ends: -2.0 };
    /// All of a, and what it answers of b.
    pub(crate) const A_CONDENSES: Self = Self { left_out_b: -0.1, ..Self::WHOLE };
    /// All of b, and what it answers of a.
    pub(crate) const B_CONDENSES: Self = Self { left_out_a: -0.1, ..Self::WHOLE };
}

impl Aim {
    /// A score that no alignment of so many sentences falls short of: that of leaving all out.
    pub(crate) fn floor(self, rows: usize, columns: usize) -> f32 {
        to_f32(rows) * self.left_out_a + to_f32(columns) * self.left_out_b
    }
}

/// Likeness of sentences, and of groups of up to four neighbours: for each move, of the group of a
/// that ends with a row and the group of b that begins with a column.
#[derive(Debug)]
pub(crate) struct Likeness {
    band: Band,
    of_moves: Vec<Vec<f32>>,
}

/// What groups are alike of which a part lies outside the band: no move is taken there.
const OUTSIDE: f32 = f32::NEG_INFINITY;

impl Likeness {
    /// Cosines under each pair of tables, weighed and added.
    pub(crate) fn of(rows: usize, columns: usize, tables: &[(&Table, &Table, f32)]) -> Self {
        let band = Band::of(rows, columns);
        let mut of_moves: Vec<Vec<f32>> = MOVES
            .iter()
            .map(|&(di, dj, _)| {
                let mut sums = vec![OUTSIDE; rows * band.width()];
                for row in di.saturating_sub(1)..rows {
                    sums[places(band, row, di, dj)].fill(0.0);
                }
                sums
            })
            .collect();
        let mut dots = Vec::new();
        for (a, b, weight) in tables {
            let products = products(a, b, band);
            for (&(di, dj, _), sums) in MOVES.iter().zip(&mut of_moves) {
                for row in di.saturating_sub(1)..rows {
                    let at = places(band, row, di, dj);
                    if at.is_empty() {
                        continue;
                    }
                    let first = band.first(row) + at.start - row * band.width();
                    dots.clear();
                    dots.resize(at.len(), 0.0);
                    for of_a in row + 1 - di..=row {
                        let from = of_a * band.width() + first - band.first(of_a);
                        for of_b in 0..dj {
                            let single = &products[from + of_b..][..at.len()];
                            dots.iter_mut().zip(single).for_each(|(sum, one)| *sum += one);
                        }
                    }
                    let Some(norm_a) = a.norms.get(row).map(|norms| norms[di - 1]) else { break };
                    let norms_b = b.norms.get(first + dj - 1..).unwrap_or_default();
                    for ((sum, dot), norms_b) in sums[at].iter_mut().zip(&dots).zip(norms_b) {
                        let norm = norm_a * norms_b[dj - 1];
                        *sum += if norm > 0.0 { weight * dot / norm } else { 0.0 };
                    }
                }
            }
        }
        Self { band, of_moves }
    }

    /// All sentences of both texts.
    pub(crate) fn all(&self) -> View<'_> {
        let (a, b) = (0..self.band.rows(), 0..self.band.columns());
        View { likeness: self, a, b, backwards: false }
    }
}

/// A stretch of either text, to be compared with each other.
#[derive(Debug, Clone)]
pub(crate) struct View<'l> {
    likeness: &'l Likeness,
    pub(crate) a: Range<usize>,
    pub(crate) b: Range<usize>,
    /// The sentences of b are read from the last to the first.
    backwards: bool,
}

impl View<'_> {
    /// A part of it, in sentences of the texts.
    pub(crate) fn part(&self, a: Range<usize>, b: Range<usize>) -> Self {
        Self { a, b, ..self.clone() }
    }

    /// The same with b in backward order.
    pub(crate) fn turned(&self) -> Self {
        Self { backwards: !self.backwards, ..self.clone() }
    }

    /// Sentences of b that stand at `j - dj + 1 ..= j` of the view, as places in the text.
    fn of_b(&self, j: usize, dj: usize) -> Range<usize> {
        if self.backwards {
            let start = self.b.end - 1 - j;
            start..start + dj
        } else {
            let end = self.b.start + j + 1;
            end - dj..end
        }
    }

    /// Likeness under a move that ends with sentence `i` of a, for each `j` of b it ends with from
    /// `dj - 1` on.
    fn row(&self, number: usize, i: usize, out: &mut Vec<f32>) {
        let (_, dj, _) = MOVES[number];
        let starts = self.b.start..(self.b.end + 1).saturating_sub(dj);
        self.likeness.row(number, self.a.start + i, starts, out);
        if self.backwards {
            out.reverse();
        }
    }
}

impl Likeness {
    /// Likeness under a move that ends with row `i` and begins with each of some columns.
    fn row(&self, number: usize, i: usize, starts: Range<usize>, out: &mut Vec<f32>) {
        let width = self.band.width();
        let kept = &self.of_moves[number][i * width..][..width];
        window(kept, self.band.first(i), starts, OUTSIDE, out);
    }

    /// Likeness of groups that are taken by one move; none outside the band.
    pub(crate) fn at(&self, a: &Range<usize>, b: &Range<usize>) -> Option<f32> {
        let number = MOVES.iter().position(|&(di, dj, _)| (di, dj) == (a.len(), b.len()))?;
        let place = self.band.place(a.end.checked_sub(1)?, b.start)?;
        self.of_moves[number].get(place).copied().filter(|alike| *alike > OUTSIDE)
    }
}

/// What is wanted of a row of which a part is kept from `first` on; for the rest `filler`.
fn window(kept: &[f32], first: usize, wanted: Range<usize>, filler: f32, out: &mut Vec<f32>) {
    out.clear();
    let end = wanted.end.max(wanted.start);
    let from = first.clamp(wanted.start, end);
    let to = (first + kept.len()).clamp(from, end);
    out.resize(from - wanted.start, filler);
    if from < to {
        out.extend_from_slice(&kept[from - first..to - first]);
    }
    out.resize(end - wanted.start, filler);
}

/// Where the groups of a move stand that end with a row and lie within the band.
fn places(band: Band, row: usize, di: usize, dj: usize) -> Range<usize> {
    let first = band.first(row);
    let oldest = band.first(row + 1 - di);
    let end = (oldest + band.width()).min(band.columns());
    let count = (end + 1).saturating_sub(dj).saturating_sub(first);
    row * band.width()..row * band.width() + count
}

/// The best alignment of what is in view, in order on both sides; sentences left out are in no step.
/// `ratio` is the length of b that answers a letter of a.
pub(crate) fn align(
    a: &[Sketched],
    b: &[Sketched],
    view: &View<'_>,
    ratio: f32,
    aim: Aim,
) -> Vec<Step> {
    let (rows, columns) = (view.a.len(), view.b.len());
    if rows == 0 || columns == 0 {
        return Vec::new();
    }
    let lengths_a = sums((0..rows).filter_map(|i| a.get(view.a.start + i)));
    let lengths_b = sums((0..columns).filter_map(|j| b.get(view.of_b(j, 1).start)));
    if lengths_a.len() <= rows || lengths_b.len() <= columns {
        return Vec::new();
    }
    let outside = if aim.local { 0.0 } else { f32::NEG_INFINITY };
    // Outside the band nothing is kept; within it a cell for every pair and one before the first.
    let band = Band::of(rows, columns);
    let width = band.width() + 1;
    let offset = |i: usize| band.first(i.saturating_sub(1));
    let mut scores = vec![outside; (rows + 1) * width];
    let mut moves = vec![STAYS; (rows + 1) * width];
    let place = |i: usize, j: usize| {
        j.checked_sub(offset(i)).filter(|column| *column < width).map(|column| i * width + column)
    };
    let score_at =
        |scores: &[f32], i: usize, j: usize| place(i, j).map_or(outside, |at| scores[at]);
    let is_end = |at: usize, all: usize| at == 0 || at == all;
    let mut best = (0.0_f32, 0, 0);
    let (mut alike, mut before) = (Vec::new(), Vec::new());
    let (mut gained, mut taken) = (vec![0.0; width], vec![STAYS; width]);
    for i in 0..=rows {
        let from = offset(i);
        let here = (columns + 1).saturating_sub(from).min(width);
        // What each move gains, column by column: without branches, so that it is done four by four.
        gained.fill(f32::NEG_INFINITY);
        taken.fill(STAYS);
        for (number, &(di, dj, prior)) in (0_u8..).zip(MOVES).filter(|(_, m)| m.0 <= i) {
            view.row(usize::from(number), i - 1, &mut alike);
            let start = from.max(dj);
            let kept = &scores[(i - di) * width..][..width];
            window(
                kept,
                offset(i - di),
                start - dj..from + here - dj.min(from + here),
                outside,
                &mut before,
            );
            let x = lengths_a[i] - lengths_a[i - di];
            let cost = cost(di + dj, aim.cost_of_step);
            let ends = lengths_b.get(start..).unwrap_or_default();
            let starts = lengths_b.get(start - dj..).unwrap_or_default();
            let alike = alike.get(start - dj..).unwrap_or_default();
            let skipped = start - from;
            let cells = gained.iter_mut().zip(&mut taken).skip(skipped);
            let likes = alike.iter().zip(&before);
            for (((most, which), (alike, before)), (end, start)) in
                cells.zip(likes).zip(ends.iter().zip(starts))
            {
                let gain = step_score(*alike, x, end - start, ratio, prior, cost);
                let score = before + gain;
                let is_more = score > *most;
                *most = if is_more { score } else { *most };
                *which = if is_more { number } else { *which };
            }
        }
        for column in 0..here {
            let j = from + column;
            let mut score = if (i, j) == (0, 0) { 0.0 } else { outside };
            let mut back = STAYS;
            if i > 0 {
                let ends = is_end(j, columns);
                let cost = if ends { aim.at_ends.max(aim.left_out_a) } else { aim.left_out_a };
                let without = score_at(&scores, i - 1, j) + cost;
                if without > score {
                    (score, back) = (without, LEAVES_A);
                }
            }
            if j > 0 {
                let ends = is_end(i, rows);
                let cost = if ends { aim.at_ends.max(aim.left_out_b) } else { aim.left_out_b };
                let without = score_at(&scores, i, j - 1) + cost;
                if without > score {
                    (score, back) = (without, LEAVES_B);
                }
            }
            if gained[column] > score {
                (score, back) = (gained[column], taken[column]);
            }
            scores[i * width + column] = score;
            moves[i * width + column] = back;
            if score > best.0 {
                best = (score, i, j);
            }
        }
    }
    let (mut i, mut j) = if aim.local { (best.1, best.2) } else { (rows, columns) };
    let mut steps = Vec::new();
    while let Some(at) = place(i, j) {
        let score = scores[at];
        let (di, dj) = match moves[at] {
            LEAVES_A => (1, 0),
            LEAVES_B => (0, 1),
            number => MOVES.get(usize::from(number)).map_or((0, 0), |&(di, dj, _)| (di, dj)),
        };
        if (di, dj) == (0, 0) || (aim.local && score <= 0.0) || di > i || dj > j {
            break;
        }
        if di > 0 && dj > 0 {
            let score = score - score_at(&scores, i - di, j - dj);
            let on_a = view.a.start + i - di..view.a.start + i;
            let on_b = view.of_b(j - 1, dj);
            let likeness = view.likeness.at(&on_a, &on_b).unwrap_or(0.0);
            steps.push(Step { a: on_a, b: on_b, likeness, score });
        }
        (i, j) = (i - di, j - dj);
    }
    steps.reverse();
    steps
}

/// How a cell was come to: by a move of this number, by leaving out a sentence, or not at all.
const LEAVES_A: u8 = 253;
const LEAVES_B: u8 = 254;
const STAYS: u8 = 255;

fn sums<'s>(sentences: impl Iterator<Item = &'s Sketched>) -> Vec<f32> {
    let mut out = vec![0.0];
    for sentence in sentences {
        out.push(out.last().copied().unwrap_or(0.0) + sentence.length);
    }
    out
}

/// What a step of so many sentences must gain.
fn cost(taken: usize, cost_of_step: f32) -> f32 {
    let extra = u8::try_from(taken.saturating_sub(2)).unwrap_or(6);
    cost_of_step * (1.0 + 0.35 * f32::from(extra))
}

#[inline]
fn step_score(likeness: f32, x: f32, y: f32, ratio: f32, prior: f32, cost: f32) -> f32 {
    let spread = ((x + y / ratio) / 2.0 * 6.8 * ratio * ratio).sqrt().max(1.0);
    let distance = (y - x * ratio) / spread;
    let length = (-distance * distance / 2.0).max(-8.0);
    prior + length + WEIGHT_OF_LIKENESS * likeness - cost
}
