//! Aligns the sentences of two texts in order, from the best point to the best point (Gale and Church
//! 1993 for lengths and moves, Smith and Waterman 1981 for the open ends), by likeness and length.

use crate::features::{Sketch, Sketched};

/// Sentences `a` answer sentences `b`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) a: std::ops::Range<usize>,
    pub(crate) b: std::ops::Range<usize>,
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
/// A sentence left out on one side.
const LEFT_OUT: f32 = -1.0;
const WEIGHT_OF_LIKENESS: f32 = 12.0;
/// A step must be this much better than nothing.
const COST_OF_STEP: f32 = 0.2;
/// Most pairs of sentences that are compared; beyond, only a band along the diagonal.
const MOST_PAIRS: usize = 1_000_000;

/// Likeness of sentences, and of sums of up to four neighbours.
pub(crate) struct Likeness {
    dots: Vec<f32>,
    width: usize,
    norms_a: Vec<[f32; 4]>,
    norms_b: Vec<[f32; 4]>,
    half_band: usize,
}

impl Likeness {
    pub(crate) fn of(a: &Sketch, b: &Sketch) -> Self {
        let (rows, columns) = (a.sentences.len(), b.sentences.len());
        let half_band = if rows.saturating_mul(columns) <= MOST_PAIRS {
            usize::MAX
        } else {
            (MOST_PAIRS / rows.max(1) / 2).max(2)
        };
        let width = if half_band == usize::MAX { columns } else { 2 * half_band + 1 };
        let (norms_a, norms_b) = (a.norms.clone(), b.norms.clone());
        let mut likeness = Self { dots: Vec::new(), width, norms_a, norms_b, half_band };
        likeness.dots = if half_band == usize::MAX {
            all_dots(a, b)
        } else {
            likeness.band_dots(&a.sentences, &b.sentences)
        };
        likeness
    }

    /// Scalar products within the band.
    fn band_dots(&self, a: &[Sketched], b: &[Sketched]) -> Vec<f32> {
        let mut dots = vec![0.0; a.len() * self.width];
        for (i, x) in a.iter().enumerate() {
            let (from, to) = self.columns(i, a.len(), b.len());
            for (j, y) in b.iter().enumerate().take(to).skip(from) {
                dots[i * self.width + (j - from)] =
                    x.vector.cosine(&y.vector) * x.vector.norm * y.vector.norm;
            }
        }
        dots
    }

    /// Sentences of b that are compared with sentence `i` of a.
    fn columns(&self, i: usize, rows: usize, columns: usize) -> (usize, usize) {
        if self.half_band == usize::MAX {
            return (0, columns);
        }
        let centre = i * columns / rows.max(1);
        let from = centre.saturating_sub(self.half_band);
        (from, (from + self.width).min(columns))
    }

    /// Likeness of sentences `i - di + 1 ..= i` and `j - dj + 1 ..= j`.
    fn at(
        &self,
        i: usize,
        di: usize,
        j: usize,
        dj: usize,
        rows: usize,
        columns: usize,
    ) -> Option<f32> {
        let mut dot = 0.0;
        for row in i + 1 - di..=i {
            let (from, to) = self.columns(row, rows, columns);
            for column in j + 1 - dj..=j {
                if column < from || column >= to {
                    return None;
                }
                dot += self.dots[row * self.width + (column - from)];
            }
        }
        let norm = self.norms_a[i][di - 1] * self.norms_b[j][dj - 1];
        Some(if norm > 0.0 { dot / norm } else { 0.0 })
    }
}

/// Scalar products of all sentences with all, from one pass over the features they share.
fn all_dots(a: &Sketch, b: &Sketch) -> Vec<f32> {
    let (left, right) = (&a.list, &b.list);
    let columns = b.sentences.len();
    let mut dots = vec![0.0; a.sentences.len() * columns];
    let mut from = 0;
    for of_a in left.chunk_by(|x, y| x.0 == y.0) {
        let feature = of_a[0].0;
        from += right[from..].iter().take_while(|entry| entry.0 < feature).count();
        for &(_, j, there) in right[from..].iter().take_while(|entry| entry.0 == feature) {
            for &(_, i, here) in of_a {
                dots[i as usize * columns + j as usize] += here * there;
            }
        }
    }
    dots
}

/// The best alignment, in order on both sides; sentences left out are in no step. `ratio` is the
/// length of b that answers a letter of a.
pub(crate) fn align(a: &[Sketched], b: &[Sketched], likeness: &Likeness, ratio: f32) -> Vec<Step> {
    #[derive(Clone, Copy)]
    struct Cell {
        score: f32,
        back: (u8, u8),
        likeness: f32,
    }
    let (rows, columns) = (a.len(), b.len());
    if rows == 0 || columns == 0 {
        return Vec::new();
    }
    let lengths_a: Vec<f32> = sums(a);
    let lengths_b: Vec<f32> = sums(b);
    let empty = Cell { score: 0.0, back: (0, 0), likeness: 0.0 };
    // Outside the band nothing is kept; within it a cell for every pair and one before the first.
    let width = likeness.width + 1;
    let offset = |i: usize| {
        if i == 0 {
            likeness.columns(0, rows, columns).0
        } else {
            likeness.columns(i - 1, rows, columns).0
        }
    };
    let mut cells = vec![empty; (rows + 1) * width];
    let get = |cells: &[Cell], i: usize, j: usize| -> Cell {
        let from = offset(i);
        match j.checked_sub(from) {
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
            if i > 0 {
                let score = get(&cells, i - 1, j).score + LEFT_OUT;
                if score > cell.score {
                    cell = Cell { score, back: (1, 0), likeness: 0.0 };
                }
            }
            if j > 0 {
                let score = get(&cells, i, j - 1).score + LEFT_OUT;
                if score > cell.score {
                    cell = Cell { score, back: (0, 1), likeness: 0.0 };
                }
            }
            for &(di, dj, prior) in MOVES {
                if di > i || dj > j {
                    continue;
                }
                let Some(alike) = likeness.at(i - 1, di, j - 1, dj, rows, columns) else {
                    continue;
                };
                let x = lengths_a[i] - lengths_a[i - di];
                let y = lengths_b[j] - lengths_b[j - dj];
                let gain = step_score(alike, x, y, ratio, prior, di + dj);
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
    let (_, mut i, mut j) = best;
    let mut steps = Vec::new();
    loop {
        let cell = get(&cells, i, j);
        let (di, dj) = (usize::from(cell.back.0), usize::from(cell.back.1));
        if (di, dj) == (0, 0) || cell.score <= 0.0 || di > i || dj > j {
            break;
        }
        if di > 0 && dj > 0 {
            let score = cell.score - get(&cells, i - di, j - dj).score;
            steps.push(Step { a: i - di..i, b: j - dj..j, likeness: cell.likeness, score });
        }
        (i, j) = (i - di, j - dj);
    }
    steps.reverse();
    steps
}

fn sums(sentences: &[Sketched]) -> Vec<f32> {
    let mut out = vec![0.0];
    for sentence in sentences {
        out.push(out.last().copied().unwrap_or(0.0) + sentence.length);
    }
    out
}

fn step_score(likeness: f32, x: f32, y: f32, ratio: f32, prior: f32, taken: usize) -> f32 {
    let spread = ((x + y / ratio) / 2.0 * 6.8 * ratio * ratio).sqrt().max(1.0);
    let distance = (y - x * ratio) / spread;
    let length = (-distance * distance / 2.0).max(-8.0);
    let extra = u8::try_from(taken.saturating_sub(2)).unwrap_or(6);
    prior + length + WEIGHT_OF_LIKENESS * likeness - COST_OF_STEP * (1.0 + 0.35 * f32::from(extra))
}
