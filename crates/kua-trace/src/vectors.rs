//! Sparse vectors of sentences, stored feature by feature, and their products all with all.

/// Weights of features in the sentences of one text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// Feature, sentence and weight there, sorted; one entry for a feature of a sentence.
    pub(crate) list: Vec<(u32, u32, f32)>,
    /// For each sentence the length of its vector summed with those of the zero to three before it.
    pub(crate) norms: Vec<[f32; 4]>,
}

impl Table {
    /// From entries in any order; weights of one feature in one sentence are added.
    pub(crate) fn of(mut entries: Vec<(u32, u32, f32)>, sentences: usize) -> Self {
        entries
            .sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then_with(|| x.2.total_cmp(&y.2)));
        entries.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        Self::sorted(entries, sentences)
    }

    /// From entries that are sorted, each feature of a sentence once.
    pub(crate) fn sorted(list: Vec<(u32, u32, f32)>, sentences: usize) -> Self {
        let norms = norms(&list, sentences);
        Self { list, norms }
    }
}

/// Lengths of sums of neighbours, from the products of each sentence with the three before it.
fn norms(list: &[(u32, u32, f32)], sentences: usize) -> Vec<[f32; 4]> {
    let mut products = vec![[0.0_f32; 4]; sentences];
    for run in list.chunk_by(|x, y| x.0 == y.0) {
        for (at, &(_, n, weight)) in run.iter().enumerate() {
            for &(_, before, other) in run[..=at].iter().rev().take(4) {
                if let Some(product) = products[n as usize].get_mut((n - before) as usize) {
                    *product += weight * other;
                }
            }
        }
    }
    (0..sentences)
        .map(|n| {
            let mut square = 0.0;
            [0, 1, 2, 3].map(|more| {
                // A sum gains the square of the new sentence and twice its products with the rest.
                if let Some(new) = n.checked_sub(more) {
                    square += products[new][0];
                    square += (1..=more).map(|gap| 2.0 * products[new + gap][gap]).sum::<f32>();
                }
                square.max(0.0).sqrt()
            })
        })
        .collect()
}

/// Which pairs of sentences are compared: all, or a band along the diagonal of two long texts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band {
    rows: usize,
    columns: usize,
    half: Option<usize>,
}

/// Most pairs of sentences that are compared; beyond, only a band along the diagonal.
const MOST_PAIRS: usize = 1_000_000;

impl Band {
    /// Whether all pairs of so many sentences are compared.
    pub(crate) fn is_all(rows: usize, columns: usize) -> bool {
        rows.saturating_mul(columns) <= MOST_PAIRS
    }

    pub(crate) fn of(rows: usize, columns: usize) -> Self {
        let half = (!Self::is_all(rows, columns)).then(|| (MOST_PAIRS / rows.max(1) / 2).max(2));
        Self { rows, columns, half }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Columns kept for a row.
    pub(crate) fn width(&self) -> usize {
        self.half.map_or(self.columns, |half| 2 * half + 1)
    }

    /// First column of a row.
    pub(crate) fn first(&self, row: usize) -> usize {
        self.half.map_or(0, |half| (row * self.columns / self.rows.max(1)).saturating_sub(half))
    }

    /// Place of a pair among those kept.
    pub(crate) fn place(&self, row: usize, column: usize) -> Option<usize> {
        let within = column.checked_sub(self.first(row))?;
        (within < self.width() && column < self.columns && row < self.rows)
            .then(|| row * self.width() + within)
    }
}

/// Scalar products of the sentences of `a` with those of `b` within the band, from one pass over the
/// features they share.
pub(crate) fn products(a: &Table, b: &Table, band: Band) -> Vec<f32> {
    let (left, right) = (&a.list, &b.list);
    let mut out = vec![0.0; band.rows * band.width()];
    let mut from = 0;
    for of_a in left.chunk_by(|x, y| x.0 == y.0) {
        let feature = of_a[0].0;
        from += right[from..].iter().take_while(|entry| entry.0 < feature).count();
        for &(_, j, there) in right[from..].iter().take_while(|entry| entry.0 == feature) {
            for &(_, i, here) in of_a {
                if let Some(place) = band.place(i as usize, j as usize) {
                    out[place] += here * there;
                }
            }
        }
    }
    out
}
