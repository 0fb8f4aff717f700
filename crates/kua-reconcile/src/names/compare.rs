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
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (i, x) in a.parts.iter().enumerate() {
        for (j, y) in b.parts.iter().enumerate() {
            let alike = likeness(x, y);
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
    let mut letters = ['\0'; 2 * LONGEST];
    let (a, b) = {
        let (one, other) = letters.split_at_mut(LONGEST);
        match (spread(a, one), spread(b, other)) {
            (Some(a), Some(b)) => (a, b),
            _ => return 0.0,
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "at most 64")]
    let length = a.len().max(b.len()) as f64;
    // Spellings rarely disagree on how a word begins.
    let start = |word: &[char]| word.iter().copied().find(|&c| gap(c) >= 1.0);
    let begin = match (start(a), start(b)) {
        (Some(x), Some(y)) if swap(x, y) >= 1.0 => 0.6,
        _ => 0.0,
    };
    let likeness = |distance: f64| 1.0 - (distance + begin) / length;
    if likeness(strangers(a, b).max(strangers(b, a))) < ALIKE {
        return 0.0;
    }
    let mut row = [0.0; LONGEST + 1];
    for (j, y) in b.iter().enumerate() {
        row[j + 1] = row[j] + gap(*y);
    }
    for x in a {
        let mut corner = row[0];
        row[0] += gap(*x);
        let mut least = row[0];
        for (j, y) in b.iter().enumerate() {
            let swap = corner + swap(*x, *y);
            corner = row[j + 1];
            row[j + 1] = swap.min(corner + gap(*x)).min(row[j] + gap(*y));
            least = least.min(row[j + 1]);
        }
        // No row has less than the least of the one before.
        if likeness(least) < ALIKE {
            return 0.0;
        }
    }
    let likeness = likeness(row[b.len()]);
    if likeness < ALIKE { 0.0 } else { likeness }
}

/// What the sounds of one word that are no kin to any of another cost at least: each is left out, or
/// put in the place of a stranger.
fn strangers(word: &[char], other: &[char]) -> f64 {
    let families = other.iter().fold(0, |families, &c| families | kin(c));
    let strange = |c: char| kin(c) & families == 0 && !other.contains(&c);
    word.iter().filter(|&&c| strange(c)).map(|&c| gap(c)).sum()
}

/// Longest part that is compared, in sounds.
const LONGEST: usize = 64;

/// The letters of `word`; `None` if there are too many.
fn spread<'l>(word: &str, letters: &'l mut [char]) -> Option<&'l [char]> {
    let mut count = 0;
    for letter in word.chars() {
        *letters.get_mut(count)? = letter;
        count += 1;
    }
    letters.get(..count)
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn gap(c: char) -> f64 {
    if is_vowel(c) || c == 'h' { 0.4 } else { 1.0 }
}

fn swap(x: char, y: char) -> f64 {
    if x == y {
        0.0
    } else if kin(x) & kin(y) != 0 {
        0.4
    } else {
        1.0
    }
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
