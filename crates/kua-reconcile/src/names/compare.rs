//! Whether two spellings may be one person: order-free alignment of their parts by sound.

use crate::names::parts::{NamePart, NameParts};

/// Whether two spellings are one name.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// One name, with likeness from 0 to 1.
    Same(f64),
    /// Something speaks against it.
    Different(&'static str),
    /// Nothing speaks for it.
    Unlike,
}

/// Two parts at least so alike may be one word.
const ALIKE: f64 = 0.72;
/// The mean likeness of all parts that two full names must reach.
const FULL: f64 = 0.88;

/// Compares two names. A missing part says nothing; a contradicting patronymic, or a part left over
/// on both sides, speaks against. At least two full parts must agree, or all of them.
pub fn compare(a: &NameParts, b: &NameParts) -> Verdict {
    compare_by(a, b, |i, j| likeness(&a.parts[i], &b.parts[j]))
}

/// The same, with the likeness of the parts with these numbers told by `likeness`.
pub(crate) fn compare_by(
    a: &NameParts,
    b: &NameParts,
    mut likeness: impl FnMut(usize, usize) -> f64,
) -> Verdict {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for i in 0..a.parts.len() {
        for j in 0..b.parts.len() {
            let alike = likeness(i, j);
            if alike >= ALIKE {
                pairs.push((alike, i, j));
            }
        }
    }
    pairs.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| (x.1, x.2).cmp(&(y.1, y.2))));
    let (mut left, mut right) = (vec![true; a.parts.len()], vec![true; b.parts.len()]);
    let (mut sum, mut full, mut initials) = (0.0, 0_usize, 0_usize);
    let mut sexes_differ = false;
    for (alike, i, j) in pairs {
        if !left[i] || !right[j] {
            continue;
        }
        (left[i], right[j]) = (false, false);
        let (x, y) = (&a.parts[i], &b.parts[j]);
        if x.initial || y.initial {
            initials += 1;
        } else {
            full += 1;
            sum += alike;
            sexes_differ |= matches!((x.sex, y.sex), (Some(s), Some(t)) if s != t);
        }
    }
    if left.contains(&true) && right.contains(&true) {
        let fathers = |parts: &[NamePart], rest: &[bool]| {
            parts.iter().zip(rest).any(|(part, rest)| *rest && part.father.is_some())
        };
        return if full == 0 {
            Verdict::Unlike
        } else if fathers(&a.parts, &left) && fathers(&b.parts, &right) {
            Verdict::Different("the patronymics contradict each other")
        } else {
            Verdict::Different("each has a part the other lacks")
        };
    }
    if full == 0 {
        return Verdict::Unlike;
    }
    #[expect(clippy::cast_precision_loss, reason = "a name has a handful of parts")]
    let mean = sum / full as f64;
    let enough =
        full >= 2 || (full == 1 && initials >= 1) || (a.parts.len() == 1 && b.parts.len() == 1);
    if !enough {
        return Verdict::Unlike;
    }
    // "-ov" beside "-ova" is a woman of the family, or the same man in another case: only a given
    // name that agrees to the sound tells.
    if sexes_differ && (full < 2 || mean < 0.93) {
        return Verdict::Different("the names show different sexes");
    }
    if mean >= FULL { Verdict::Same(mean) } else { Verdict::Unlike }
}

/// Likeness of two parts, 0 to 1. Patronymics are compared by the father's name.
pub(crate) fn likeness(x: &NamePart, y: &NamePart) -> f64 {
    if x.initial || y.initial {
        let first = |part: &NamePart| part.sound.chars().next();
        return if first(x) == first(y) { 0.9 } else { 0.0 };
    }
    let whole = alike(&x.sound, &y.sound);
    match (&x.father, &y.father) {
        // A son and a daughter of one man are not one person.
        (Some(_), Some(_)) if x.sex != y.sex => whole.min(0.5),
        (Some(a), Some(b)) => whole.max(alike(a, b)),
        _ => whole,
    }
}

/// 1 minus the weighted edit distance over the longer length; 0 if that is less than [`ALIKE`], which
/// nobody asks for. Vowels and kindred sounds are what spellings differ in, so they cost less; a vowel
/// that is dropped costs least.
fn alike(a: &str, b: &str) -> f64 {
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    let mut sounds = [Sound::default(); 2 * LONGEST];
    let (a, b) = {
        let (one, other) = sounds.split_at_mut(LONGEST);
        match (spread(a, one), spread(b, other)) {
            (Some(a), Some(b)) => (a, b),
            _ => return 0.0,
        }
    };
    let length = a.len().max(b.len());
    let start = |word: &[Sound]| word.iter().copied().find(|sound| sound.gap >= STEP);
    let begin = beginning(start(a), start(b));
    if is_far(strangers(a, b).max(strangers(b, a)) + begin, length) {
        return 0.0;
    }
    let mut row = [0; LONGEST + 1];
    for (j, y) in b.iter().enumerate() {
        row[j + 1] = row[j] + y.gap;
    }
    for x in a {
        let mut corner = row[0];
        row[0] += x.gap;
        let mut before = row[0];
        let mut least = before;
        for (y, cell) in b.iter().zip(&mut row[1..]) {
            before = (corner + x.swap(*y)).min(*cell + x.gap).min(before + y.gap);
            corner = std::mem::replace(cell, before);
            least = least.min(before);
        }
        // No row has less than the least of the one before.
        if is_far(least + begin, length) {
            return 0.0;
        }
    }
    let distance = row[b.len()] + begin;
    #[expect(clippy::cast_precision_loss, reason = "at most 64 sounds")]
    let longest = (usize::from(STEP) * length) as f64;
    if is_far(distance, length) { 0.0 } else { 1.0 - f64::from(distance) / longest }
}

/// What it costs to leave out a sound or put a stranger in its place; all costs are tenths of this.
const STEP: u16 = 10;
/// The same of a vowel or an h, and of a kindred sound in the place of one.
const SMALL: u16 = 4;

/// Whether two parts so far from each other, the longer of this length, are less than [`ALIKE`].
fn is_far(distance: u16, length: usize) -> bool {
    /// Hundredths of a step for each sound: 1 less [`ALIKE`].
    const MOST: usize = 28;
    usize::from(distance) * 100 > MOST * usize::from(STEP) * length
}

/// Spellings rarely disagree on how a word begins: what it costs if they do, by the first sounds that
/// cost a whole step to leave out.
fn beginning(one: Option<Sound>, other: Option<Sound>) -> u16 {
    match (one, other) {
        (Some(x), Some(y)) if x.swap(y) >= STEP => 6,
        _ => 0,
    }
}

/// What the sounds of one word that are no kin to any of another cost at least: each is left out, or
/// put in the place of a stranger.
fn strangers(word: &[Sound], other: &[Sound]) -> u16 {
    let families = other.iter().fold(0, |families, sound| families | sound.kin);
    let strange = |sound: &Sound| {
        sound.kin & families == 0 && !other.iter().any(|o| o.letter == sound.letter)
    };
    word.iter().filter(|sound| strange(sound)).map(|sound| sound.gap).sum()
}

/// Longest part that is compared, in sounds.
const LONGEST: usize = 64;

/// The sounds of `word`; `None` if there are too many.
fn spread<'l>(word: &str, sounds: &'l mut [Sound]) -> Option<&'l [Sound]> {
    let mut count = 0;
    for letter in word.chars() {
        *sounds.get_mut(count)? = Sound::of(letter);
        count += 1;
    }
    sounds.get(..count)
}

/// A sound, and what it costs.
#[derive(Debug, Clone, Copy, Default)]
struct Sound {
    letter: char,
    /// The families it belongs to, a bit each.
    kin: u8,
    /// What it costs to leave it out.
    gap: u16,
}

impl Sound {
    fn of(letter: char) -> Self {
        let gap = if matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'h') { SMALL } else { STEP };
        Self { letter, kin: kin(letter), gap }
    }

    /// What it costs to put one in the place of the other.
    fn swap(self, other: Self) -> u16 {
        if self.letter == other.letter {
            0
        } else if self.kin & other.kin != 0 {
            SMALL
        } else {
            STEP
        }
    }
}

/// The sounds of a part at a glance: enough to see of most pairs that they are not alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Which sounds stand in it, a bit each.
    sounds: u64,
    /// Their kin.
    reach: u64,
    length: usize,
    /// Its first sound that costs a whole step to leave out.
    start: Option<Sound>,
}

impl Shape {
    /// The bit of sounds that have none of their own: they are never held missing.
    const OTHER: u64 = 1 << 63;
    /// The bits of sounds that cost little to leave out, as [`Sound::of`] has them.
    const SOFT: u64 = Self::bit('a')
        | Self::bit('e')
        | Self::bit('i')
        | Self::bit('o')
        | Self::bit('u')
        | Self::bit('h');

    pub(crate) fn of(part: &str) -> Self {
        let sounds = part.chars().fold(0, |sounds, c| sounds | Self::bit(c));
        let families = part.chars().fold(0, |families, c| families | kin(c));
        let all = ('a'..='z').chain('A'..='Z').chain('0'..='9');
        let reach = all.filter(|&c| kin(c) & families != 0).fold(0, |r, c| r | Self::bit(c));
        let start = part.chars().map(Sound::of).find(|sound| sound.gap >= STEP);
        Self { sounds, reach, length: part.chars().count(), start }
    }

    const fn bit(c: char) -> u64 {
        let at = match c {
            'a'..='z' => c as u32 - 'a' as u32,
            'A'..='Z' => 26 + c as u32 - 'A' as u32,
            '0'..='9' => 52 + c as u32 - '0' as u32,
            _ => 63,
        };
        1 << at
    }

    /// Whether [`alike`] of the two parts is 0 because too many sounds of one stand nowhere in the
    /// other: each costs a whole step if the other has no kin of it, else a small one, counted once
    /// here, as often as it may stand there.
    pub(crate) fn is_strange_to(&self, other: &Self) -> bool {
        let cost = |one: &Self, other: &Self| {
            let missing = one.sounds & !other.sounds & !Self::OTHER;
            let whole = (missing & !other.reach & !Self::SOFT).count_ones();
            STEP * count(whole) + SMALL * count(missing.count_ones() - whole)
        };
        let distance =
            cost(self, other).max(cost(other, self)) + beginning(self.start, other.start);
        is_far(distance, self.length.max(other.length))
    }
}

/// A number of bits, of which there are 64 at most.
fn count(bits: u32) -> u16 {
    u16::try_from(bits).unwrap_or(u16::MAX)
}

/// The families of sounds that `c` belongs to, a bit each.
fn kin(c: char) -> u8 {
    const FAMILIES: [&str; 8] = ["aeiou", "JZz", "SsC", "bp", "dt", "gkh", "vfu", "JZi"];
    const OF_ASCII: [u8; 128] = {
        let mut table = [0; 128];
        let mut family = 0;
        while family < FAMILIES.len() {
            let sounds = FAMILIES[family].as_bytes();
            let mut at = 0;
            while at < sounds.len() {
                table[sounds[at] as usize] |= 1 << family;
                at += 1;
            }
            family += 1;
        }
        table
    };
    OF_ASCII.get(c as usize).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_only_rules_out_what_is_not_alike() {
        // Short words of few sounds, so that every case comes up: equal, near, far, kin, doubled.
        let sounds = ["a", "i", "h", "t", "d", "b", "Z", "S", "m", "l", "7"];
        let mut words = vec![String::new()];
        for length in 0..3 {
            let longer = words.iter().filter(|word| word.len() == length).cloned();
            let longer: Vec<String> =
                longer.flat_map(|word| sounds.map(|sound| format!("{word}{sound}"))).collect();
            words.extend(longer);
        }
        words.extend(
            ["tatatam", "dadadam", "mustafin", "mustapin", "bolat", "polad"].map(String::from),
        );
        let shapes: Vec<Shape> = words.iter().map(|word| Shape::of(word)).collect();
        let mut ruled_out = 0;
        for (a, x) in words.iter().zip(&shapes).step_by(7) {
            for (b, y) in words.iter().zip(&shapes) {
                if x.is_strange_to(y) {
                    ruled_out += 1;
                    assert!(alike(a, b) == 0.0 && alike(b, a) == 0.0, "{a} {b}");
                }
            }
        }
        assert!(ruled_out > 1_000);
    }
}
