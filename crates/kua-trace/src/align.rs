//! Aligns the sentences of two texts in order, by likeness and length (Gale and Church 1993 for
//! lengths and moves): from the best point to the best point (Smith and Waterman 1981), or from end
//! to end.

use std::ops::Range;

use crate::features::Sketched;
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

/// Products of the sentences of two texts under one way to compare them.
#[derive(Debug)]
struct Products {
    dots: Vec<f32>,
    norms_a: Vec<[f32; 4]>,
    norms_b: Vec<[f32; 4]>,
    weight: f32,
}

/// Likeness of sentences, and of sums of up to four neighbours.
#[derive(Debug)]
pub(crate) struct Likeness {
    band: Band,
    all: Vec<Products>,
}

impl Likeness {
    /// Cosines under each pair of tables, weighed and added.
    pub(crate) fn of(rows: usize, columns: usize, tables: &[(&Table, &Table, f32)]) -> Self {
        let band = Band::of(rows, columns);
        let all = tables
            .iter()
            .map(|(a, b, weight)| Products {
                dots: products(a, b, band),
                norms_a: a.norms.clone(),
                norms_b: b.norms.clone(),
                weight: *weight,
            })
            .collect();
        Self { band, all }
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

    /// Likeness of sentences `i - di + 1 ..= i` and `j - dj + 1 ..= j`; none outside the band.
    fn at(&self, i: usize, di: usize, j: usize, dj: usize) -> Option<f32> {
        let end = self.a.start + i + 1;
        self.likeness.at(end - di..end, self.of_b(j, dj))
    }
}

impl Likeness {
    /// Likeness of groups of up to four sentences; none outside the band.
    pub(crate) fn at(&self, a: Range<usize>, b: Range<usize>) -> Option<f32> {
        let mut sum = 0.0;
        for products in &self.all {
            let mut dot = 0.0;
            for row in a.clone() {
                for column in b.clone() {
                    dot += products.dots[self.band.place(row, column)?];
                }
            }
            let norms_a = products.norms_a.get(a.end - 1)?;
            let norms_b = products.norms_b.get(b.end - 1)?;
            let norm = norms_a.get(a.len() - 1)? * norms_b.get(b.len() - 1)?;
            if norm > 0.0 {
                sum += products.weight * dot / norm;
            }
        }
        Some(sum)
    }
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
    #[derive(Clone, Copy)]
    struct Cell {
        score: f32,
        back: (u8, u8),
        likeness: f32,
    }
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
    let empty = Cell { score: outside, back: (0, 0), likeness: 0.0 };
    // Outside the band nothing is kept; within it a cell for every pair and one before the first.
    let band = Band::of(rows, columns);
    let width = band.width() + 1;
    let offset = |i: usize| band.first(i.saturating_sub(1));
    let mut cells = vec![empty; (rows + 1) * width];
    let get = |cells: &[Cell], i: usize, j: usize| -> Cell {
        match j.checked_sub(offset(i)) {
            Some(column) if column < width => cells[i * width + column],
            _ => empty,
        }
    };
    let mut best = (0.0_f32, 0, 0);
    for i in 0..=rows {
        for column in 0..width {
            let j = offset(i) + column;
            if j > columns {
                break;
            }
            let mut cell = empty;
            if (i, j) == (0, 0) {
                cell.score = 0.0;
            }
            let is_end = |at: usize, all: usize| at == 0 || at == all;
            if i > 0 {
                let cost = if is_end(j, columns) {
                    aim.at_ends.max(aim.left_out_a)
                } else {
                    aim.left_out_a
                };
                let score = get(&cells, i - 1, j).score + cost;
                if score > cell.score {
                    cell = Cell { score, back: (1, 0), likeness: 0.0 };
                }
            }
            if j > 0 {
                let cost =
                    if is_end(i, rows) { aim.at_ends.max(aim.left_out_b) } else { aim.left_out_b };
                let score = get(&cells, i, j - 1).score + cost;
                if score > cell.score {
                    cell = Cell { score, back: (0, 1), likeness: 0.0 };
                }
            }
            for &(di, dj, prior) in MOVES {
                if di > i || dj > j {
                    continue;
                }
                let Some(alike) = view.at(i - 1, di, j - 1, dj) else { continue };
                let x = lengths_a[i] - lengths_a[i - di];
                let y = lengths_b[j] - lengths_b[j - dj];
                let gain = step_score(alike, x, y, ratio, prior, di + dj, aim.cost_of_step);
                let score = get(&cells, i - di, j - dj).score + gain;
                if score > cell.score {
                    let back = (u8::try_from(di).unwrap_or(1), u8::try_from(dj).unwrap_or(1));
                    cell = Cell { score, back, likeness: alike };
                }
            }
            cells[i * width + column] = cell;
            if cell.score > best.0 {
                best = (cell.score, i, j);
            }
        }
    }
    let (mut i, mut j) = if aim.local { (best.1, best.2) } else { (rows, columns) };
    let mut steps = Vec::new();
    loop {
        let cell = get(&cells, i, j);
        let (di, dj) = (usize::from(cell.back.0), usize::from(cell.back.1));
        if (di, dj) == (0, 0) || (aim.local && cell.score <= 0.0) || di > i || dj > j {
            break;
        }
        if di > 0 && dj > 0 {
            let score = cell.score - get(&cells, i - di, j - dj).score;
            let on_a = view.a.start + i - di..view.a.start + i;
            steps.push(Step { a: on_a, b: view.of_b(j - 1, dj), likeness: cell.likeness, score });
        }
        (i, j) = (i - di, j - dj);
    }
    steps.reverse();
    steps
}

fn sums<'s>(sentences: impl Iterator<Item = &'s Sketched>) -> Vec<f32> {
    let mut out = vec![0.0];
    for sentence in sentences {
        out.push(out.last().copied().unwrap_or(0.0) + sentence.length);
    }
    out
}

fn step_score(
    likeness: f32,
    x: f32,
    y: f32,
    ratio: f32,
    prior: f32,
    taken: usize,
    cost_of_step: f32,
) -> f32 {
    let spread = ((x + y / ratio) / 2.0 * 6.8 * ratio * ratio).sqrt().max(1.0);
    let distance = (y - x * ratio) / spread;
    let length = (-distance * distance / 2.0).max(-8.0);
    let extra = u8::try_from(taken.saturating_sub(2)).unwrap_or(6);
    prior + length + WEIGHT_OF_LIKENESS * likeness - cost_of_step * (1.0 + 0.35 * f32::from(extra))
}
