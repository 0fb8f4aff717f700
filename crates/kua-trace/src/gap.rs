//! Fills what lies between exact runs: letters that agree in spite of misreadings and changed words,
//! by banded alignment of the letters between two runs and beyond the last.

use crate::chain::{Chain, Run};

/// Shortest run of equal letters that counts: shorter ones agree by chance.
const LEAST: usize = 3;
/// Letters to either side of the expected place that are tried.
const BAND: usize = 12;
/// Cells of one alignment; a gap that needs more stays as it is.
const MOST_CELLS: usize = 1 << 18;
/// Letters beyond the ends of a chain that are tried at a time.
const REACH: usize = 240;
/// What a letter that agrees is worth and one that does not costs, and how far below its best an
/// alignment may fall before it ends.
const SAME: i32 = 1;
const OTHER: i32 = -1;
const DROP: i32 = 10;

/// The chain with the runs between its runs, and, if `grows`, those beyond its ends.
pub(crate) fn filled(chain: &Chain, a: &[u16], b: &[u16], grows: bool) -> Chain {
    let mut runs: Vec<Run> = Vec::with_capacity(chain.runs.len() * 2);
    if let (Some(&first), true) = (chain.runs.first(), grows) {
        runs.extend(before(first, a, b));
    }
    for &run in &chain.runs {
        if let Some(&last) = runs.last() {
            let (from_a, from_b) = (last.a + last.length, last.b + last.length);
            let between = (a.get(from_a..run.a), b.get(from_b..run.b));
            if let (Some(left), Some(right)) = between {
                runs.extend(
                    path(left, right, true).into_iter().map(|r| shifted(r, from_a, from_b)),
                );
            }
        }
        runs.push(run);
    }
    if let (Some(&last), true) = (chain.runs.last(), grows) {
        runs.extend(after(last, a, b));
    }
    let matched = runs.iter().map(|run| run.length).sum();
    Chain { runs, matched, is_weak: chain.is_weak }
}

fn shifted(run: Run, a: usize, b: usize) -> Run {
    Run { a: run.a + a, b: run.b + b, length: run.length }
}

/// Runs before the first run of a chain.
fn before(first: Run, a: &[u16], b: &[u16]) -> Vec<Run> {
    let (mut to_a, mut to_b) = (first.a, first.b);
    let mut out = Vec::new();
    loop {
        let turned = |units: &[u16], to: usize| -> Vec<u16> {
            units
                .get(to.saturating_sub(REACH)..to)
                .unwrap_or_default()
                .iter()
                .rev()
                .copied()
                .collect()
        };
        let found = path(&turned(a, to_a), &turned(b, to_b), false);
        let Some(&last) = found.last() else { break };
        out.extend(found.iter().map(|run| Run {
            a: to_a - run.a - run.length,
            b: to_b - run.b - run.length,
            length: run.length,
        }));
        (to_a, to_b) = (to_a - last.a - last.length, to_b - last.b - last.length);
    }
    out.reverse();
    out
}

/// Runs after the last run of a chain.
fn after(last: Run, a: &[u16], b: &[u16]) -> Vec<Run> {
    let (mut from_a, mut from_b) = (last.a + last.length, last.b + last.length);
    let mut out = Vec::new();
    loop {
        let ahead = |units: &[u16], from: usize| -> Vec<u16> {
            units.iter().skip(from).take(REACH).copied().collect()
        };
        let found = path(&ahead(a, from_a), &ahead(b, from_b), false);
        let Some(&last) = found.last() else { break };
        out.extend(found.into_iter().map(|run| shifted(run, from_a, from_b)));
        (from_a, from_b) = (from_a + last.a + last.length, from_b + last.b + last.length);
    }
    out
}

/// Runs of equal letters on the best way from the start of both: to the end of both if `whole`, else
/// as far as they are alike (X-drop, Zhang, Schwartz, Wagner, Miller 2000).
fn path(a: &[u16], b: &[u16], whole: bool) -> Vec<Run> {
    let slack = if whole { a.len().abs_diff(b.len()) + BAND } else { BAND };
    let width = 2 * slack + 1;
    if a.is_empty() || b.is_empty() || (a.len() + 1) * width > MOST_CELLS {
        return Vec::new();
    }
    const NEVER: i32 = i32::MIN / 2;
    // Row by row of a; column c of a row stands for place i + c - slack in b.
    let mut ways = vec![0_u8; (a.len() + 1) * width];
    let mut row = vec![NEVER; width];
    let mut best = (0, 0, 0);
    for i in 0..=a.len() {
        let mut highest = NEVER;
        let mut left = NEVER;
        for c in 0..width {
            let Some(j) = (i + c).checked_sub(slack).filter(|&j| j <= b.len()) else {
                row[c] = NEVER;
                left = NEVER;
                continue;
            };
            // Before it is overwritten, `row[c]` is the diagonal and `row[c + 1]` the cell above.
            let mut cell = if i == 0 && j == 0 { (0, 0) } else { (NEVER, 0) };
            if i > 0 && j > 0 && row[c] > NEVER {
                let score = row[c] + if a[i - 1] == b[j - 1] { SAME } else { OTHER };
                cell = (score, 1);
            }
            let above = row.get(c + 1).copied().unwrap_or(NEVER);
            if i > 0 && above > NEVER && above + OTHER > cell.0 {
                cell = (above + OTHER, 2);
            }
            if j > 0 && left > NEVER && left + OTHER > cell.0 {
                cell = (left + OTHER, 3);
            }
            row[c] = cell.0;
            left = cell.0;
            ways[i * width + c] = cell.1;
            highest = highest.max(cell.0);
            if cell.0 > best.0 {
                best = (cell.0, i, j);
            }
        }
        if !whole && highest < best.0 - DROP {
            break;
        }
    }
    let (mut i, mut j) = if whole { (a.len(), b.len()) } else { (best.1, best.2) };
    let mut runs: Vec<Run> = Vec::new();
    while i > 0 || j > 0 {
        let Some(c) = (j + slack).checked_sub(i).filter(|&c| c < width) else { break };
        match ways[i * width + c] {
            1 => {
                (i, j) = (i - 1, j - 1);
                if a[i] == b[j] {
                    match runs.last_mut() {
                        Some(run) if run.a == i + 1 && run.b == j + 1 => {
                            *run = Run { a: i, b: j, length: run.length + 1 };
                        }
                        _ => runs.push(Run { a: i, b: j, length: 1 }),
                    }
                }
            }
            2 => i -= 1,
            3 => j -= 1,
            _ => break,
        }
    }
    runs.reverse();
    runs.retain(|run| run.length >= LEAST);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str) -> Vec<u16> {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| u16::try_from(c as u32).unwrap())
            .collect()
    }

    #[test]
    fn misread_letters_between_and_beyond_runs_do_not_end_a_passage() {
        let a =
            units("the ferrymen of orva carried wet blankets to the school before the bells rang");
        let b =
            units("tne fcrrymen of orva carricd wet blankets tc the schocl before thc belis rang");
        let at = |words: &str| {
            let (x, y) = (units(words), units(words));
            let a = a.windows(x.len()).position(|w| w == x).unwrap();
            let b = b.windows(y.len()).position(|w| w == y).unwrap();
            Run { a, b, length: x.len() }
        };
        let chain = Chain { runs: vec![at("wet blankets t")], matched: 12, is_weak: false };
        let grown = filled(&chain, &a, &b, true);
        assert_eq!(grown.runs.last().map(|r| r.a + r.length), Some(a.len()));
        assert!(grown.a().0 <= 6, "{grown:?}");
        assert!(grown.matched * 10 > a.len() * 7);
        for run in &grown.runs {
            assert_eq!(a[run.a..run.a + run.length], b[run.b..run.b + run.length]);
        }
        assert!(
            grown
                .runs
                .windows(2)
                .all(|w| w[0].a + w[0].length <= w[1].a && w[0].b + w[0].length <= w[1].b)
        );
    }

    #[test]
    fn strangers_beyond_the_end_are_not_taken_in() {
        let shared = "rescuers took people off the roofs before midnight";
        let a = units(&format!("{shared} while bakers sold bread in the market hall of Quorin"));
        let b =
            units(&format!("{shared} and the mayor asked the army for boats and field kitchens"));
        let length = units(shared).len();
        let chain =
            Chain { runs: vec![Run { a: 0, b: 0, length }], matched: length, is_weak: false };
        assert!(filled(&chain, &a, &b, true).a().1 <= length + 4);
    }
}
