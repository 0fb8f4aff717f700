//! Fills what lies between exact runs: letters that agree in spite of misreadings and changed words,
//! by banded alignment of the letters between two runs and beyond the last.

use crate::chain::{Chain, Run};

/// Shortest run of equal letters that counts: shorter ones agree by chance.
const LEAST: usize = 3;
/// Letters to either side of the expected place that are tried.
const BAND: usize = 12;
/// Cells of one alignment; a gap that needs more stays as it is.
const MOST_CELLS: usize = 1 << 18;
/// Letters of one alignment: scores are counted in 16 bits.
const MOST_LETTERS: usize = 6_000;
/// Letters beyond the ends of a chain that are tried at a time.
const REACH: usize = 240;
/// What a letter that agrees is worth and one that does not costs, and how far below its best an
/// alignment may fall before it ends.
const SAME: i16 = 1;
const OTHER: i16 = -1;
const DROP: i32 = 10;

/// The runs beyond the ends of a chain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beyond {
    before: Vec<Run>,
    after: Vec<Run>,
}

impl Beyond {
    /// Those before a chain.
    pub(crate) fn before(chain: &Chain, a: &[u16], b: &[u16], room: &mut Room) -> Self {
        let first = chain.runs.first();
        let before = first.map_or_else(Vec::new, |&first| before(first, a, b, room));
        Self { before, after: Vec::new() }
    }

    /// These and those after it.
    pub(crate) fn and_after(self, chain: &Chain, a: &[u16], b: &[u16], room: &mut Room) -> Self {
        let last = chain.runs.last();
        Self { after: last.map_or_else(Vec::new, |&last| after(last, a, b, room)), ..self }
    }

    /// Those before a chain and after it.
    pub(crate) fn of(chain: &Chain, a: &[u16], b: &[u16], room: &mut Room) -> Self {
        Self::before(chain, a, b, room).and_after(chain, a, b, room)
    }

    /// A chain of as many letters as `chain` may have at most when it is filled with these.
    pub(crate) fn at_most(&self, chain: &Chain) -> Chain {
        let mut between = 0;
        let mut last = self.before.last();
        for run in &chain.runs {
            let gap = |end: usize, start: usize| start.saturating_sub(end);
            between += last.map_or(0, |last| {
                gap(last.a + last.length, run.a).min(gap(last.b + last.length, run.b))
            });
            last = Some(run);
        }
        let beyond = self.before.iter().chain(&self.after).map(|run| run.length);
        let matched = chain.matched + between + beyond.sum::<usize>();
        let first = self.before.first().or(chain.runs.first());
        let last = self.after.last().or(chain.runs.last());
        let runs = first.into_iter().chain(last).copied().collect();
        Chain { runs, matched, is_weak: chain.is_weak }
    }
}

/// The chain with the runs between its runs, and those beyond its ends.
pub(crate) fn filled(
    chain: &Chain,
    a: &[u16],
    b: &[u16],
    beyond: Beyond,
    room: &mut Room,
) -> Chain {
    let mut runs = beyond.before;
    runs.reserve(chain.runs.len() * 2 + beyond.after.len());
    for &run in &chain.runs {
        if let Some(&last) = runs.last() {
            let (from_a, from_b) = (last.a + last.length, last.b + last.length);
            let between = (a.get(from_a..run.a), b.get(from_b..run.b));
            if let (Some(left), Some(right)) = between {
                runs.extend(
                    path(left, right, true, room).into_iter().map(|r| shifted(r, from_a, from_b)),
                );
            }
        }
        runs.push(run);
    }
    runs.extend(beyond.after);
    let matched = runs.iter().map(|run| run.length).sum();
    Chain { runs, matched, is_weak: chain.is_weak }
}

fn shifted(run: Run, a: usize, b: usize) -> Run {
    Run { a: run.a + a, b: run.b + b, length: run.length }
}

/// Runs before the first run of a chain.
fn before(first: Run, a: &[u16], b: &[u16], room: &mut Room) -> Vec<Run> {
    let (mut to_a, mut to_b) = (first.a, first.b);
    let mut out = Vec::new();
    loop {
        let turned = |units: &[u16], to: usize| -> Vec<u16> {
            let units = units.get(to.saturating_sub(REACH)..to).unwrap_or_default();
            units.iter().rev().copied().collect()
        };
        let found = path(&turned(a, to_a), &turned(b, to_b), false, room);
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
fn after(last: Run, a: &[u16], b: &[u16], room: &mut Room) -> Vec<Run> {
    let (mut from_a, mut from_b) = (last.a + last.length, last.b + last.length);
    let mut out = Vec::new();
    loop {
        fn ahead(units: &[u16], from: usize) -> &[u16] {
            units.get(from..(from + REACH).min(units.len())).unwrap_or_default()
        }
        let found = path(ahead(a, from_a), ahead(b, from_b), false, room);
        let Some(&last) = found.last() else { break };
        out.extend(found.into_iter().map(|run| shifted(run, from_a, from_b)));
        (from_a, from_b) = (from_a + last.a + last.length, from_b + last.b + last.length);
    }
    out
}

/// Runs of equal letters on the best way from the start of both: to the end of both if `whole`, else
/// as far as they are alike (X-drop, Zhang, Schwartz, Wagner, Miller 2000).
fn path(a: &[u16], b: &[u16], whole: bool, room: &mut Room) -> Vec<Run> {
    // Column c of row i stands for place i + c - back of b.
    let (more_a, more_b) = (a.len().saturating_sub(b.len()), b.len().saturating_sub(a.len()));
    let (back, ahead) = if whole { (BAND + more_a, BAND + more_b) } else { (BAND, BAND) };
    let width = back + ahead + 1;
    let is_too_much = (a.len() + 1) * width > MOST_CELLS || a.len().max(b.len()) > MOST_LETTERS;
    if a.len().min(b.len()) < LEAST || is_too_much {
        return Vec::new();
    }
    if width <= LANES {
        narrow(a, b, (back, width), whole, room)
    } else {
        wide(a, b, (back, width))
    }
}

/// A place that no way leads to. Scores are counts of letters and stay far above it.
const NEVER: i16 = i16::MIN / 2;

/// Widest band that is worked out antidiagonal by antidiagonal.
const LANES: usize = 32;
/// Cells of an antidiagonal within such a band: every other column is on it.
const HALF: usize = LANES / 2;

type Half = [i16; HALF];

/// The cells of a band of at most [`LANES`] columns, antidiagonal by antidiagonal: column c of row i is
/// cell c / 2 of antidiagonal 2 i + c - back.
struct Band<'r> {
    cells: &'r [Half],
    back: usize,
    width: usize,
}

impl Band<'_> {
    fn column(&self, i: usize, c: usize) -> Option<i16> {
        self.cells.get((2 * i + c).checked_sub(self.back)?).map(|half| half[c / 2])
    }

    fn score(&self, i: usize, j: usize) -> Option<i16> {
        let c = (j + self.back).checked_sub(i).filter(|&c| c < self.width)?;
        self.column(i, c)
    }
}

/// Path within a band of at most [`LANES`] columns. No cell of an antidiagonal depends on another, so
/// the compiler does many at once, without branches.
fn narrow(
    a: &[u16],
    b: &[u16],
    (back, width): (usize, usize),
    whole: bool,
    room: &mut Room,
) -> Vec<Run> {
    // Antidiagonals are worked out in twos, of the even columns and of the odd: with number d of the
    // first, d + back is 2 h, and cell t of both stands in row h - t.
    let rows = a.len().min(b.len() + back);
    // Columns from the expected place to the last.
    let ahead = width - 1 - back;
    let last = if whole { a.len() + b.len() } else { 2 * rows + ahead };
    room.set(a, b);
    let Room { turned, padded, cells, highest } = room;
    let limits = [0, 1].map(|odd| of_lanes(|t| if 2 * t + odd < width { i16::MAX } else { NEVER }));
    cells.clear();
    let (mut even, mut odd) = ([NEVER; HALF], [NEVER; HALF]);
    let mut h = back / 2;
    if back.is_multiple_of(2) {
        even[h] = 0;
        cells.push(even);
        let here = window(turned, PAD + a.len() - h);
        let there = window(padded, PAD - h);
        odd = next((&odd, &even, &onwards(&even)), &here, &there, &limits[1]);
        cells.push(odd);
    } else {
        odd[h] = 0;
        cells.push(odd);
    }
    // Highest cell of each row, from the last row to the first.
    let top = rows + 2 * PAD;
    highest.clear();
    highest.resize(if whole { 0 } else { top + HALF }, NEVER);
    let mut best = (0, 0);
    loop {
        h += 1;
        let d = 2 * h - back;
        if d > last + 1 {
            break;
        }
        let here = window(turned, PAD + a.len() - h.min(a.len() + PAD));
        let at = PAD + d - h - 1;
        let (there, then) = (window(padded, at), window(padded, at + 1));
        even = next((&even, &odd, &backwards(&odd)), &here, &there, &limits[0]);
        odd = next((&odd, &even, &onwards(&even)), &here, &then, &limits[1]);
        cells.push(even);
        cells.push(odd);
        if whole {
            continue;
        }
        let of_rows = highest[top - h..].iter_mut().zip(even.iter().zip(&odd));
        of_rows.for_each(|(high, (even, odd))| *high = (*high).max(*even).max(*odd));
        // The row whose last column is on one of these two.
        let Some(i) = (d + 1).checked_sub(ahead).map(|twice| twice / 2).filter(|&i| i > 0) else {
            continue;
        };
        if i > rows {
            break;
        }
        let high = highest[top - i];
        if high > best.0 {
            best = (high, i);
        }
        if i32::from(high) < i32::from(best.0) - DROP {
            break;
        }
    }
    let band = Band { cells: &*cells, back, width };
    let end = if whole {
        (a.len(), b.len())
    } else {
        let (high, i) = best;
        let column = (0..width).find(|&c| band.column(i, c) == Some(high)).unwrap_or(back);
        (i, i + column - back)
    };
    way_back(a, b, end, |i, j| band.score(i, j))
}

/// Letters before and after those of a text, so that every antidiagonal meets some.
const PAD: usize = 2 * HALF;

/// Room to align in, taken once for many alignments.
#[derive(Debug, Default)]
pub(crate) struct Room {
    /// The letters of a, last first, and those of b, with letters before and behind that no text has.
    turned: Vec<u16>,
    padded: Vec<u16>,
    cells: Vec<Half>,
    highest: Vec<i16>,
}

impl Room {
    /// No letter is 0 or 1: beyond its ends, neither text agrees with anything.
    fn set(&mut self, a: &[u16], b: &[u16]) {
        self.turned.clear();
        self.turned.resize(PAD, 1);
        self.turned.extend(a.iter().rev());
        self.turned.resize(a.len() + 2 * PAD, 1);
        self.padded.clear();
        self.padded.resize(PAD, 0);
        self.padded.extend_from_slice(b);
        self.padded.resize(b.len().max(a.len()) + 3 * PAD, 0);
    }
}

#[inline(always)]
fn window(letters: &[u16], from: usize) -> [u16; HALF] {
    let mut out = [0; HALF];
    out.copy_from_slice(&letters[from..from + HALF]);
    out
}

#[inline(always)]
fn of_lanes(lane: impl FnMut(usize) -> i16) -> Half {
    std::array::from_fn(lane)
}

/// The antidiagonal after `before`, where letters `here` of a meet `there` of b. `two_before` is the
/// one before that, `moved` is `before` with its cells moved to where the other gap leads, and no cell
/// is higher than its limit: those beyond the band are never come to.
#[inline(always)]
fn next(
    (two_before, before, moved): (&Half, &Half, &Half),
    here: &[u16; HALF],
    there: &[u16; HALF],
    limits: &Half,
) -> Half {
    let mut out = [0; HALF];
    for t in 0..HALF {
        let step = if here[t] == there[t] { SAME } else { OTHER };
        let gap = before[t].max(moved[t]) + OTHER;
        out[t] = (two_before[t] + step).max(gap).min(limits[t]);
    }
    out
}

/// Cells four by four, as the words of a register: so they are moved without going through memory,
/// which takes longer than all the rest.
#[inline(always)]
fn words(cells: &Half) -> [u64; HALF / 4] {
    std::array::from_fn(|word| {
        let cell = |n: usize| u64::from(cells[4 * word + n].cast_unsigned()) << (16 * n);
        cell(0) | cell(1) | cell(2) | cell(3)
    })
}

#[inline(always)]
fn cells(words: [u64; HALF / 4]) -> Half {
    of_lanes(|t| {
        #[allow(clippy::cast_possible_truncation, reason = "one cell of four")]
        let cell = (words[t / 4] >> (16 * (t % 4))) as u16;
        cell.cast_signed()
    })
}

/// Each cell in the place of the one before it.
#[inline(always)]
fn onwards(half: &Half) -> Half {
    let words = words(half);
    let never = u64::from(NEVER.cast_unsigned());
    let next = |word: usize| words.get(word + 1).copied().unwrap_or(never);
    cells(std::array::from_fn(|word| words[word] >> 16 | next(word) << 48))
}

/// Each cell in the place of the one after it.
#[inline(always)]
fn backwards(half: &Half) -> Half {
    let words = words(half);
    let never = u64::from(NEVER.cast_unsigned()) << 48;
    let before = |word: usize| if word > 0 { words[word - 1] } else { never };
    cells(std::array::from_fn(|word| words[word] << 16 | before(word) >> 48))
}

/// Path to the end of both within a band of any width; only cells within both texts are looked at.
fn wide(a: &[u16], b: &[u16], (back, width): (usize, usize)) -> Vec<Run> {
    let mut padded = vec![0; back + b.len().max(a.len()) + width];
    padded[back..back + b.len()].copy_from_slice(b);
    // One cell more in each row, which stays beyond the band.
    let stride = width + 1;
    let mut cells = vec![NEVER; (a.len() + 1) * stride];
    for (cell, score) in cells[back..width].iter_mut().take(b.len() + 1).zip(0_i16..) {
        *cell = -score;
    }
    for (i, &letter) in (1..).zip(a) {
        let (done, to_do) = cells.split_at_mut(i * stride);
        let before = &done[(i - 1) * stride..];
        let (from, to) =
            (back.saturating_sub(i), width.min((b.len() + back + 1).saturating_sub(i)));
        let row = to_do[from..to].iter_mut();
        let (diagonals, above) = (&before[from..to], &before[from + 1..to + 1]);
        let there = &padded[i - 1 + from..i - 1 + to];
        for (((cell, diagonal), above), there) in row.zip(diagonals).zip(above).zip(there) {
            let step = if *there == letter { SAME } else { OTHER };
            *cell = (diagonal + step).max(above + OTHER);
        }
        let mut left = NEVER;
        for cell in &mut to_do[from..to] {
            left = (left + OTHER).max(*cell);
            *cell = left;
        }
    }
    way_back(a, b, (a.len(), b.len()), |i, j| {
        let c = (j + back).checked_sub(i).filter(|&c| c < width)?;
        cells.get(i * stride + c).copied()
    })
}

/// Runs of equal letters on the way that gave the score of the cell `end`. Of ways as good as each
/// other, letter against letter goes before a letter of a alone, and that before one of b alone.
fn way_back(
    a: &[u16],
    b: &[u16],
    end: (usize, usize),
    score: impl Fn(usize, usize) -> Option<i16>,
) -> Vec<Run> {
    let (mut i, mut j) = end;
    let mut runs: Vec<Run> = Vec::new();
    while i > 0 || j > 0 {
        let Some(here) = score(i, j) else { break };
        let from = |i: Option<usize>, j: Option<usize>| score(i?, j?);
        let (above, left) = (i.checked_sub(1), j.checked_sub(1));
        let are_equal = i > 0 && j > 0 && a[i - 1] == b[j - 1];
        let step = if are_equal { SAME } else { OTHER };
        if from(above, left).is_some_and(|score| score + step == here) {
            (i, j) = (i - 1, j - 1);
            if are_equal {
                match runs.last_mut() {
                    Some(run) if run.a == i + 1 && run.b == j + 1 => {
                        *run = Run { a: i, b: j, length: run.length + 1 };
                    }
                    _ => runs.push(Run { a: i, b: j, length: 1 }),
                }
            }
        } else if from(above, Some(j)).is_some_and(|score| score + OTHER == here) {
            i -= 1;
        } else if j > 0 {
            j -= 1;
        } else {
            break;
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

    /// The same, cell by cell.
    fn path_cell_by_cell(a: &[u16], b: &[u16], whole: bool) -> Vec<Run> {
        let more = |x: &[u16], y: &[u16]| if whole { x.len().saturating_sub(y.len()) } else { 0 };
        let slack = BAND + more(a, b);
        let width = slack + BAND + more(b, a) + 1;
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
                    let score = row[c] + if a[i - 1] == b[j - 1] { 1 } else { -1 };
                    cell = (score, 1);
                }
                let above = row.get(c + 1).copied().unwrap_or(NEVER);
                if i > 0 && above > NEVER && above - 1 > cell.0 {
                    cell = (above - 1, 2);
                }
                if j > 0 && left > NEVER && left - 1 > cell.0 {
                    cell = (left - 1, 3);
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

    #[test]
    fn rows_at_once_give_what_cell_by_cell_gives() {
        let mix = crate::fingerprint::mix;
        let (mut found, mut room) = (0, Room::default());
        for seed in 0..3_000_u64 {
            let number =
                |of: u64, below: u64| usize::try_from(mix(mix(seed) ^ of) % below).unwrap();
            let letters = 2 + number(1, 9);
            let a: Vec<u16> = (0..number(2, 90) as u64)
                .map(|n| 97 + u16::try_from(number(100 + n, letters as u64)).unwrap())
                .collect();
            // Some letters misread, left out or put in.
            let rate = 1 + number(3, 60);
            let mut b = Vec::new();
            for (n, &letter) in (0_u64..).zip(&a) {
                match number(1_000 + n, 100) {
                    x if x < rate => b.push(97 + u16::try_from(number(2_000 + n, 26)).unwrap()),
                    x if x < rate + 4 => {}
                    x if x < rate + 8 => b.extend([letter, 120]),
                    _ => b.push(letter),
                }
            }
            b.truncate(number(4, 120));
            for whole in [true, false] {
                let runs = path(&a, &b, whole, &mut room);
                assert_eq!(runs, path_cell_by_cell(&a, &b, whole), "{seed} {whole} {a:?} {b:?}");
                found += runs.len();
            }
        }
        assert!(found > 3_000, "{found}");
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
        let mut room = Room::default();
        let beyond = Beyond::of(&chain, &a, &b, &mut room);
        let grown = filled(&chain, &a, &b, beyond, &mut room);
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
        let mut room = Room::default();
        let beyond = Beyond::of(&chain, &a, &b, &mut room);
        assert!(filled(&chain, &a, &b, beyond, &mut room).a().1 <= length + 4);
    }
}
