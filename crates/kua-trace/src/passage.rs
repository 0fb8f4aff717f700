//! Turns a chain of shared runs into pairs of sentences, with what agrees and disagrees in each.

use kua_model::{Agreement, Conflict, TextRange};

use crate::bodies::Later;
use crate::body::Body;
use crate::chain::Chain;
use crate::fold::Folded;
use crate::letters::{groups, is_alphanumeric, shared_at_most};
use crate::wording::{Compared, Wordings, agreeing, compared, items, mirror, substitutions};

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(crate) struct Side<'s, 'd> {
    pub(crate) body: &'s Later<'d>,
    pub(crate) folded: &'s Folded,
    pub(crate) words: &'s Wordings,
}

impl Side<'_, '_> {
    /// [`Body::stands_first`], by the lengths alone if they tell.
    pub(crate) fn stands_first(self, other: Self) -> bool {
        let (one, two) = (self.folded.bytes, other.folded.bytes);
        one < two || one == two && self.body.stands_first(other.body)
    }
}

/// A sentence, or a piece of one, that stands on both sides.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) a: TextRange,
    pub(crate) b: TextRange,
    /// Letters that agree in runs.
    pub(crate) matched: usize,
    /// Letters of the longer side.
    pub(crate) letters: usize,
    /// Hundredths of the sentences it stands in that are kept, on the side that keeps less.
    pub(crate) kept: usize,
    pub(crate) agreements: Vec<Agreement>,
    pub(crate) conflicts: Vec<Conflict>,
}

impl Piece {
    /// Exchanges its sides.
    pub(crate) fn mirror(&mut self) {
        std::mem::swap(&mut self.a, &mut self.b);
        mirror(&mut self.agreements, &mut self.conflicts);
    }
}

/// Share of words, in hundredths, from which a sentence inside a reused passage counts as reused
/// although its words were changed.
const LEAST_AGREEMENT: usize = 40;

/// Letters of a piece that is hardly more than a figure, where lines are broken anywhere.
const FIGURE: usize = 16;

/// Hundredths of a sentence that are nearly all of it.
const WHOLE: usize = 85;

/// Whether a piece is more than a turn of phrase: nearly all of its sentences, on both sides.
pub(crate) fn is_whole(kept: usize, letters: usize, matched: usize) -> bool {
    kept * letters >= WHOLE * matched
}

/// Whether a chain with these ends may be nothing but whole sentences. Told from its ends alone, so only
/// of one that lies within one sentence of either side: it makes up one piece, or none.
pub(crate) fn may_be_whole(
    from: (usize, usize),
    to: (usize, usize),
    a: Side<'_, '_>,
    b: Side<'_, '_>,
) -> bool {
    let (from, to) = widened(from, to, a, b);
    let sides = [(a, from.0, to.0), (b, from.1, to.1)];
    let is_one = |side: Side<'_, '_>, from: usize, to: usize| {
        side.folded.sentence_at(from) == side.folded.sentence_at(to.max(1) - 1)
    };
    if !sides.iter().all(|&(side, from, to)| is_one(side, from, to)) {
        return true;
    }
    let may_be = |&(side, from, to): &(Side<'_, '_>, usize, usize)| {
        let sentence = side.folded.sentences.get(side.folded.sentence_at(from));
        sentence.is_none_or(|&sentence| may_be_whole_of((from, to), sentence))
    };
    sides.iter().all(may_be)
        && sides.iter().all(|&(side, from, to)| {
            let text = &side.body.document.text;
            let range = whole_words(text, side.folded.bytes(text, from, to));
            range.is_some_and(|range| hundredths(range, sentence(side, range)) >= WHOLE)
        })
}

/// Whether a chain may be nothing but whole sentences if it begins at `from`: not if on both sides too
/// much of the sentence in which it begins and in which all its runs stand is left before it. Wherever
/// it ends, its first piece then holds these runs and is no whole sentence of the side that is cut.
pub(crate) fn may_begin_whole(
    chain: &Chain,
    from: (usize, usize),
    a: Side<'_, '_>,
    b: Side<'_, '_>,
) -> bool {
    let from = widened_start(from, a.folded, b.folded);
    let (start, end) = (chain.start(), chain.end());
    [(a, from.0, start.0, end.0), (b, from.1, start.1, end.1)].iter().any(
        |&(side, from, start, end)| {
            let folded = side.folded;
            let number = folded.sentence_at(from);
            if number != folded.sentence_at(start) || number != folded.sentence_at(end - 1) {
                return true;
            }
            let Some(&sentence) = folded.sentences.get(number) else { return true };
            may_be_whole_of((from, sentence.1 as usize), sentence)
        },
    )
}

/// Whether letters of a sentence may be nearly all of its bytes: told without its text, so that words
/// taken in whole and marks may make some difference.
fn may_be_whole_of((from, to): (usize, usize), sentence: (u32, u32)) -> bool {
    const WORD: usize = 12;
    let (start, end) = (sentence.0 as usize, sentence.1 as usize);
    (to.saturating_sub(from) + WORD) * 100 >= (WHOLE - 10) * (end - start)
}

/// Hundredths of `whole` that `part` is.
fn hundredths(part: TextRange, whole: TextRange) -> usize {
    part.len() * 100 / whole.len().max(1)
}

/// The sentences of a reused passage, side by side, in order. Sentences that were replaced or left
/// out on one side are not among them. With `only_whole`, none if the chain holds less than whole
/// sentences: most short chains are turns of phrase, and are told before their words are compared.
pub(crate) fn pieces(
    chain: &Chain,
    a: Side<'_, '_>,
    b: Side<'_, '_>,
    only_whole: bool,
) -> Vec<Piece> {
    let (from, to) = widened(chain.start(), chain.end(), a, b);
    let count = |side: Side<'_, '_>, start: usize, end: usize| {
        side.folded.sentence_at(end.max(1) - 1) - side.folded.sentence_at(start)
    };
    // The side with more sentences says where to cut.
    if count(a, from.0, to.0) >= count(b, from.1, to.1) {
        cut(chain, from, to, (a, b), only_whole)
    } else {
        let mirrored = chain.mirrored();
        let mut out = cut(&mirrored, (from.1, from.0), (to.1, to.0), (b, a), only_whole);
        out.iter_mut().for_each(Piece::mirror);
        out.sort_by_key(|piece| (piece.a, piece.b));
        out
    }
}

fn cut(
    chain: &Chain,
    from: (usize, usize),
    to: (usize, usize),
    (a, b): (Side<'_, '_>, Side<'_, '_>),
    only_whole: bool,
) -> Vec<Piece> {
    let text_a = &a.body.document.text;
    let text_b = &b.body.document.text;
    let first = a.folded.sentence_at(from.0);
    let last = a.folded.sentence_at(to.0.max(1) - 1);
    let mut cuts = vec![from];
    let sentences = a.folded.sentences.get(first + 1..=last).unwrap_or_default();
    for &(start, _) in sentences {
        let at = start as usize;
        let over = at_sentence(b, chain.across(at).clamp(from.1, to.1));
        if cuts.last().is_some_and(|&(x, y)| at > x && over >= y) && at < to.0 && over <= to.1 {
            cuts.push((at, over));
        }
    }
    cuts.push(to);
    let mut out = Vec::new();
    for pair in cuts.windows(2) {
        let ((a0, b0), (a1, b1)) = (pair[0], pair[1]);
        let range_a = whole_words(text_a, a.folded.bytes(text_a, a0, a1));
        let range_b = whole_words(text_b, b.folded.bytes(text_b, b0, b1));
        let (Some(range_a), Some(range_b)) = (range_a, range_b) else { continue };
        let matched = chain.matched_within(a0, a1);
        let letters = (a1 - a0).max(b1 - b0);
        let (wide_a, wide_b) = (sentence(a, range_a), sentence(b, range_b));
        let least = hundredths(range_a, wide_a).min(hundredths(range_b, wide_b));
        let kept = least * matched / letters.max(1);
        let is_thin = matched * 2 < letters;
        if only_whole && !is_thin && !is_whole(kept, letters, matched) {
            return Vec::new();
        }
        let is_replaced = is_thin && {
            let items_a = items(a.body, range_a, a.words);
            let items_b = items(b.body, range_b, b.words);
            let changed: usize = substitutions(&items_a, &items_b)
                .iter()
                .map(|(left, right)| left.len().max(right.len()))
                .sum();
            let words = items_a.len().max(items_b.len());
            let few_words = words.saturating_sub(changed) * 100 < words * LEAST_AGREEMENT;
            let (units_a, units_b) = (a.folded.units.get(a0..a1), b.folded.units.get(b0..b1));
            let is_alike = || matches!((units_a, units_b), (Some(x), Some(y)) if alike(x, y));
            few_words && !is_alike()
        };
        // A figure just before or after the agreeing words counts too, if they are the better part
        // of both sentences.
        let is_better_part = |part: TextRange, whole: TextRange| part.len() * 5 >= whole.len() * 2;
        let (seen_a, seen_b) =
            match (is_better_part(range_a, wide_a), is_better_part(range_b, wide_b)) {
                (true, true) => (wide_a, wide_b),
                // Where marks are lost, one sentence stands within a longer one.
                (true, false) => (wide_a, stretched(text_b, range_b, wide_b, range_a, wide_a)),
                (false, true) => (stretched(text_a, range_a, wide_a, range_b, wide_b), wide_b),
                (false, false) => (range_a, range_b),
            };
        let is_same =
            std::ptr::eq(a.words, b.words) && a.body.words(seen_a) == b.body.words(seen_b);
        let items_a = items(a.body, seen_a, a.words);
        let Compared { mut agreements, mut conflicts } = if is_same {
            let agreements = agreeing(&items_a, seen_a.start, seen_b.start);
            Compared { agreements, conflicts: Vec::new() }
        } else {
            compared(&items_a, &items(b.body, seen_b, b.words))
        };
        agreements.retain(|agreement| range_a.contains(agreement.a));
        // Every outlet has its own dateline.
        conflicts.retain(|conflict| {
            !conflict.a.is_some_and(|at| in_dateline(a.body, at))
                && !conflict.b.is_some_and(|at| in_dateline(b.body, at))
        });
        // A sentence that was replaced or left out is no part of the passage; one figure in the place
        // of another is.
        if is_replaced && (letters > FIGURE || conflicts.is_empty()) {
            continue;
        }
        out.push(Piece { a: range_a, b: range_b, matched, letters, kept, agreements, conflicts });
    }
    out
}

/// `range` and as much more on either side, within its sentence `wide`, as the other side's sentence
/// has around the other range.
fn stretched(
    text: &str,
    range: TextRange,
    wide: TextRange,
    other: TextRange,
    other_wide: TextRange,
) -> TextRange {
    let start = range.start.saturating_sub(other.start - other_wide.start).max(wide.start);
    let end = (range.end + (other_wide.end - other.end)).min(wide.end);
    let start = (start..=range.start).find(|&at| text.is_char_boundary(at));
    let end = (range.end..=end).rev().find(|&at| text.is_char_boundary(at));
    match (start, end) {
        (Some(start), Some(end)) => {
            whole_words(text, TextRange::new(start, end)).map_or(range, |wider| wider.cover(range))
        }
        _ => range,
    }
}

/// Longest dateline in bytes.
const DATELINE: usize = 160;

/// Whether `at` is in the dateline of its sentence: a head set off by a dash that closes a bracket
/// ("… (Agency) —") or opens with a town in capitals and a comma ("DORVALE, 3 May —").
fn in_dateline(body: &Body<'_>, at: TextRange) -> bool {
    let Some(unit) = body.units.get(body.unit_at(at.start)) else { return false };
    let words = body.words(unit.range);
    let is_dash = |word: &str| matches!(word, "—" | "–" | "-" | "--" | "―");
    let Some(dash) = words.split_whitespace().find(|word| is_dash(word)) else { return false };
    let Some((head, tail)) = words.split_once(dash) else { return false };
    let first = head.split(',').next().unwrap_or_default();
    let capitals = first.chars().filter(|c| c.is_uppercase()).count();
    let is_town = capitals > 3 && head.contains(',') && !first.chars().any(char::is_lowercase);
    head.len() <= DATELINE
        && at.end <= unit.range.start + head.len()
        && tail.chars().any(char::is_lowercase)
        && (head.trim_end().ends_with(')') || is_town)
}

/// Ends of a chain moved outwards over sentences that are alike though no run was found in them.
fn widened(
    mut from: (usize, usize),
    mut to: (usize, usize),
    a: Side<'_, '_>,
    b: Side<'_, '_>,
) -> ((usize, usize), (usize, usize)) {
    let (a, b) = (a.folded, b.folded);
    from = widened_start(from, a, b);
    for _ in 0..4 {
        let next = (sentence_end(a, to.0), sentence_end(b, to.1));
        let tails = (a.units.get(to.0..next.0), b.units.get(to.1..next.1));
        match tails {
            (Some(left), Some(right)) if next != to && alike(left, right) => to = next,
            _ => break,
        }
    }
    (from, to)
}

fn widened_start(mut from: (usize, usize), a: &Folded, b: &Folded) -> (usize, usize) {
    for _ in 0..4 {
        let next = (sentence_start(a, from.0), sentence_start(b, from.1));
        let heads = (a.units.get(next.0..from.0), b.units.get(next.1..from.1));
        match heads {
            (Some(left), Some(right)) if next != from && alike(left, right) => from = next,
            _ => break,
        }
    }
    from
}

/// `range` and the rest of the sentences it begins and ends in.
fn sentence(side: Side<'_, '_>, range: TextRange) -> TextRange {
    let units = &side.body.units;
    let first = units.get(side.body.unit_at(range.start)).map_or(range, |unit| unit.range);
    let last = units.get(side.body.unit_at(range.end.max(1) - 1)).map_or(range, |unit| unit.range);
    TextRange::new(range.start.min(first.start), range.end.max(last.end))
}

/// Start of the sentence that holds the letter before `at`.
fn sentence_start(side: &Folded, at: usize) -> usize {
    let Some(before) = at.checked_sub(1) else { return 0 };
    side.sentence(before).0.min(before)
}

/// End of the sentence that holds the letter at `at`.
fn sentence_end(side: &Folded, at: usize) -> usize {
    if at >= side.units.len() { at } else { side.sentence(at).1.max(at + 1) }
}

/// Position at a sentence start of this side if one is within a few letters, else as it was.
fn at_sentence(side: Side<'_, '_>, at: usize) -> usize {
    const NEAR: usize = 12;
    let text = &side.body.document.text;
    let byte = side.folded.byte(text, at);
    let unit = side.body.unit_at(byte);
    let starts = [unit, unit + 1].map(|n| {
        side.body.units.get(n).map(|u| side.folded.index(text, u.range.start.min(byte + 200)))
    });
    starts
        .into_iter()
        .flatten()
        .filter(|&s| s.abs_diff(at) <= NEAR)
        .min_by_key(|s| s.abs_diff(at))
        .unwrap_or(at)
}

/// Whether two stretches of letters share enough groups of letters to be one wording (Dice over pairs
/// in short ones, at least .55; over threes in longer ones, where many pairs agree by chance, .45).
fn alike(a: &[u16], b: &[u16]) -> bool {
    const SHORT: usize = 30;
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len()) <= 2;
    }
    if a.len().max(b.len()) > 600 || a.len().min(b.len()) * 2 < a.len().max(b.len()) {
        return false;
    }
    let (size, least) = if a.len().max(b.len()) <= SHORT { (2, 55) } else { (3, 45) };
    let all = (a.len() + 1).saturating_sub(size) + (b.len() + 1).saturating_sub(size);
    if 200 * shared_at_most(a, b, size) < least * all {
        return false;
    }
    let grams = |units: &[u16]| {
        let mut grams: Vec<u64> = groups(units, size).collect();
        grams.sort_unstable();
        grams
    };
    let (left, right) = (grams(a), grams(b));
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < left.len() && j < right.len() {
        match left[i].cmp(&right[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    200 * shared >= least * (left.len() + right.len()).max(1)
}

/// A range that begins or ends inside a word takes the word in if it holds at least half of it, else
/// leaves it out. `None` if nothing is left.
fn whole_words(text: &str, range: TextRange) -> Option<TextRange> {
    let (start, mut end) = (word_start(text, range.start), range.end);
    let outside = letters_on(text, end);
    if outside > 0 {
        let inside = letters_back(text, end);
        end = if inside >= outside { end + outside } else { end - inside };
    }
    let words = text.get(start..end)?;
    let trimmed = words.trim_end_matches(|c: char| c.is_whitespace());
    (!trimmed.is_empty()).then(|| {
        // The mark that closes the sentence belongs to it.
        let closing: usize = text[start + trimmed.len()..]
            .chars()
            .take(3)
            .take_while(|c| matches!(c, '.' | '!' | '?' | '…'))
            .map(char::len_utf8)
            .sum();
        TextRange::new(start, start + trimmed.len() + closing)
    })
}

/// The start of the word that `at` lies in, if most of it is behind; else that of the next.
fn word_start(text: &str, at: usize) -> usize {
    let outside = letters_back(text, at);
    if outside == 0 {
        return at;
    }
    let inside = letters_on(text, at);
    if inside >= outside { at - outside } else { next_word(text, at + inside) }
}

/// Bytes of the letters and digits just before `at`.
fn letters_back(text: &str, at: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    head.chars().rev().take(40).take_while(|&c| is_alphanumeric(c)).map(char::len_utf8).sum()
}

/// Bytes of the letters and digits from `at` on.
fn letters_on(text: &str, at: usize) -> usize {
    let tail = text.get(at..).unwrap_or_default();
    tail.chars().take(40).take_while(|&c| is_alphanumeric(c)).map(char::len_utf8).sum()
}

fn next_word(text: &str, from: usize) -> usize {
    text.get(from..).and_then(|rest| rest.find(is_alphanumeric)).map_or(text.len(), |at| from + at)
}
