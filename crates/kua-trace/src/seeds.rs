//! Finds places where two texts, or two places of one text, share a fingerprint.
//!
//! The join is an inverted list cut at a document frequency, never a comparison of all with all.
//! Above the cut a fingerprint is not thrown away: near-identical texts are joined with the first of
//! their group, and groups with each other or, if even those are too many, with the first group. So
//! what everybody copies is still found, in linear time.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::TraceConfig;
use crate::chain::may_chain;
use crate::fingerprint::fingerprints;
use crate::fold::Folded;
use crate::since::Wanted;
use crate::twice::Twice;
use crate::twins::{Sketch, groups};

/// One shared fingerprint: unit positions in two texts, `a <= b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seed {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) at_a: u32,
    pub(crate) at_b: u32,
}

impl Seed {
    /// The same with its sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        Self { a: self.b, b: self.a, at_a: self.at_b, at_b: self.at_a }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Posting {
    hash: u32,
    text: u32,
    at: u32,
}

impl Posting {
    /// Hash and text as one number, which is compared faster than both; then the position.
    fn order(&self) -> (u64, u32) {
        (u64::from(self.hash) << 32 | u64::from(self.text), self.at)
    }
}

/// A place of a fingerprint.
#[derive(Debug, Clone, Copy)]
struct Place {
    text: u32,
    at: u32,
}

impl From<&Posting> for Place {
    fn from(posting: &Posting) -> Self {
        Self { text: posting.text, at: posting.at }
    }
}

/// Times a fingerprint is followed within one text and between two.
const MOST_WITHIN: usize = 4;

/// The fingerprints of one text, five bytes each.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Prints {
    /// Half of each hash, in order of position: where two differ in spite of it, their letters do.
    hashes: Vec<u32>,
    /// How far each stands behind the one before, never more than a window.
    steps: Vec<u8>,
    sketch: Sketch,
}

impl Prints {
    /// None of a text that is too short to be compared.
    pub(crate) fn of(folded: &Folded, config: &TraceConfig) -> Self {
        let mut prints = Self::default();
        let run = folded.run;
        if folded.units.len() >= config.min_characters * run / crate::fingerprint::RUN {
            let mut last = 0;
            fingerprints(&folded.units, run, |hash, at| {
                prints.sketch.add(hash);
                let [a, b, c, d, ..] = hash.to_le_bytes();
                prints.hashes.push(u32::from_le_bytes([a, b, c, d]));
                prints.steps.push(u8::try_from(at - last).unwrap_or(u8::MAX));
                last = at;
            });
            prints.sketch.finish();
            prints.hashes.shrink_to_fit();
            prints.steps.shrink_to_fit();
        }
        prints
    }

    /// Hash and unit position of each, in order.
    fn list(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut at = 0;
        self.hashes.iter().zip(&self.steps).map(move |(&hash, &step)| {
            at += u32::from(step);
            (hash, at)
        })
    }
}

/// For each text the first of those that are nearly identical to it.
pub(crate) type Leaders = Vec<u32>;

/// The fingerprints that stand in more than one place, list by list, from which the seeds of a text
/// are made without looking at any list it is not in.
pub(crate) struct Shared {
    /// In order of text and position; those of a crowd in order of leader, text and position.
    places: Vec<Place>,
    /// For each place what is to be known of it and its list.
    marks: Vec<u8>,
    /// Where the list of each crowd begins.
    crowds: Vec<u32>,
    /// For each text where its places are, list by list, and where the list of a text begins.
    of_texts: Vec<u32>,
    starts: Vec<u32>,
    pub(crate) leaders: Leaders,
}

/// Of a place: it is the last of its list; its list is a crowd, that is a fingerprint in more texts
/// than are joined all with all; it is the head of a crowd's group of near-identical texts; these
/// groups are few enough to be joined all with all.
const LAST: u8 = 1;
const CROWD: u8 = 2;
const HEAD: u8 = 4;
const FEW: u8 = 8;

impl Shared {
    /// Of all texts. Most fingerprints stand in one place only and are never listed.
    pub(crate) fn of(prints: Vec<Prints>, config: &TraceConfig) -> Self {
        let leaders = leaders(&prints);
        let twice = Twice::of(&prints, |prints| prints.hashes.iter().copied());
        let postings = listed(&prints, |hash| twice.holds(hash));
        // The largest there is while places are listed.
        drop((twice, prints));
        Self::sorted(postings, leaders, config)
    }

    fn sorted(mut postings: Vec<Posting>, leaders: Leaders, config: &TraceConfig) -> Self {
        postings.par_sort_unstable_by_key(Posting::order);
        let mut shared = Self {
            places: Vec::with_capacity(postings.len()),
            marks: Vec::with_capacity(postings.len()),
            crowds: Vec::new(),
            of_texts: Vec::new(),
            starts: vec![0; leaders.len() + 1],
            leaders,
        };
        for list in postings.chunk_by_mut(|x, y| x.hash == y.hash).filter(|list| list.len() > 1) {
            shared.add(list, config);
        }
        drop(postings);
        shared.sort_by_text();
        shared
    }

    /// Adds the places of a fingerprint.
    fn add(&mut self, list: &mut [Posting], config: &TraceConfig) {
        let most = config.max_documents_per_fingerprint;
        let is_crowd = list.len() > most && list.chunk_by(|x, y| x.text == y.text).count() > most;
        let start = narrow(self.places.len());
        if is_crowd {
            let leader = |text: u32| self.leaders[text as usize];
            list.sort_unstable_by_key(|place| (leader(place.text), place.text, place.at));
            let groups = || list.chunk_by(|x, y| leader(x.text) == leader(y.text));
            let of_all = if groups().count() <= most { CROWD | FEW } else { CROWD };
            self.crowds.push(start);
            self.marks.reserve(list.len());
            for group in groups() {
                self.marks.push(of_all | HEAD);
                self.marks.resize(self.marks.len() + group.len() - 1, of_all);
            }
        } else {
            self.marks.resize(self.marks.len() + list.len(), 0);
        }
        self.places.extend(list.iter().map(Place::from));
        if let Some(last) = self.marks.last_mut() {
            *last |= LAST;
        }
    }

    /// Notes for each text where its places are.
    fn sort_by_text(&mut self) {
        for place in &self.places {
            self.starts[place.text as usize + 1] += 1;
        }
        for text in 1..self.starts.len() {
            self.starts[text] += self.starts[text - 1];
        }
        let mut next = self.starts.clone();
        self.of_texts = vec![0; self.places.len()];
        for (slot, place) in (0_u32..).zip(&self.places) {
            let at = &mut next[place.text as usize];
            self.of_texts[*at as usize] = slot;
            *at += 1;
        }
    }

    /// The seeds of pairs that may share a passage and whose first text is among `texts` (sorted),
    /// sorted. Asked for some texts at a time, because those of all would be larger than the texts.
    pub(crate) fn seeds(&self, texts: &[usize], config: &TraceConfig) -> Vec<Seed> {
        let of_texts: Vec<Vec<Seed>> = texts
            .par_iter()
            .with_min_len(16)
            .map_init(
                || (vec![0_u8; self.leaders.len()], Vec::new()),
                |(counts, all), &text| self.seeds_of(narrow(text), config, counts, all),
            )
            .collect();
        of_texts.concat()
    }

    /// The seeds of `text` with itself and texts after it. `counts` is zero for every text and is
    /// left so; `all` is room to work in.
    fn seeds_of(
        &self,
        text: u32,
        config: &TraceConfig,
        counts: &mut [u8],
        all: &mut Vec<Seed>,
    ) -> Vec<Seed> {
        all.clear();
        let range = self.starts[text as usize] as usize..self.starts[text as usize + 1] as usize;
        let mut slots = self.of_texts[range].iter().map(|&slot| slot as usize).peekable();
        while let Some(first) = slots.next() {
            let own = self.own(first);
            // The places of one list follow each other.
            for _ in 1..own.len() {
                slots.next();
            }
            within(own, config, all);
            let end = first + own.len();
            if self.marks[first] & CROWD == 0 {
                let mut next = end;
                while self.marks[next - 1] & LAST == 0 {
                    let other = self.own(next);
                    next += other.len();
                    cross(own, other, all);
                }
            } else {
                self.in_crowd(first, own, all);
            }
        }
        // Most pairs of texts that share a fingerprint share only one, and are no passage.
        for seed in &*all {
            let count = &mut counts[seed.b as usize];
            *count = count.saturating_add(1);
        }
        let mut seeds: Vec<Seed> =
            all.iter().filter(|seed| counts[seed.b as usize] > 1).copied().collect();
        for seed in &*all {
            counts[seed.b as usize] = 0;
        }
        seeds.sort_unstable();
        chainable(&mut seeds, config);
        seeds.shrink_to_fit();
        seeds
    }

    /// The places from `first` on that are of one text and one list.
    fn own(&self, first: usize) -> &[Place] {
        let text = self.places[first].text;
        let mut end = first + 1;
        while self.marks[end - 1] & LAST == 0 && self.places[end].text == text {
            end += 1;
        }
        &self.places[first..end]
    }

    /// Seeds of the places of a text with those of texts after it in the same crowd.
    fn in_crowd(&self, first: usize, own: &[Place], out: &mut Vec<Seed>) {
        if self.marks[first] & HEAD == 0 {
            return;
        }
        let leader = |at: usize| self.leaders[self.places[at].text as usize];
        let mut next = first + own.len();
        while self.marks[next - 1] & LAST == 0 && leader(next) == leader(first) {
            let other = self.own(next);
            next += other.len();
            cross(own, other, out);
        }
        let number = self.crowds.partition_point(|&start| start as usize <= first);
        let start = number.checked_sub(1).map_or(first, |number| self.crowds[number] as usize);
        let mut with = |other: usize| {
            if self.places[other].text > own[0].text {
                cross(own, self.own(other), out);
            }
        };
        with(start);
        if self.marks[first] & FEW != 0 || first == start {
            let mut at = start;
            while self.marks[at] & LAST == 0 {
                at += 1;
                if self.marks[at] & HEAD != 0 {
                    with(at);
                }
            }
        }
    }
}

/// Seeds within one text: only neighbours are joined, so that chains of repeats stay linear. Too near
/// ones are a pattern in the letters, no repeated passage.
fn within(own: &[Place], config: &TraceConfig, out: &mut Vec<Seed>) {
    for pair in own.windows(2) {
        if (pair[1].at - pair[0].at) as usize >= config.min_characters {
            out.push(seed(&pair[0], &pair[1]));
        }
    }
}

/// Leaves only the seeds of pairs of texts that may share a passage.
pub(crate) fn chainable(seeds: &mut Vec<Seed>, config: &TraceConfig) {
    let (mut from, mut kept) = (0, 0);
    while from < seeds.len() {
        let pair = (seeds[from].a, seeds[from].b);
        let length = seeds[from..].iter().take_while(|seed| (seed.a, seed.b) == pair).count();
        if may_chain(&seeds[from..from + length], config) {
            seeds.copy_within(from..from + length, kept);
            kept += length;
        }
        from += length;
    }
    seeds.truncate(kept);
}

/// Texts beyond 32 bits of fingerprints do not fit into memory.
fn narrow(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn leaders(prints: &[Prints]) -> Leaders {
    groups(&prints.iter().map(|prints| &prints.sketch).collect::<Vec<_>>())
}

/// Postings of the hashes that are wanted, text by text.
fn listed(prints: &[Prints], is_wanted: impl Fn(u32) -> bool + Sync) -> Vec<Posting> {
    // Counted first: so that room is taken once, and for no more than there is. Each hash is asked for
    // once only and its answer noted, because most answers come from far away in memory.
    let marked = |prints: &Prints| {
        let mut bits = vec![0_u64; prints.hashes.len().div_ceil(64)];
        for (n, &hash) in prints.hashes.iter().enumerate() {
            bits[n / 64] |= u64::from(is_wanted(hash)) << (n % 64);
        }
        bits
    };
    let marks: Vec<Vec<u64>> = prints.par_iter().map(marked).collect();
    let count = |bits: &Vec<u64>| bits.iter().map(|word| word.count_ones() as usize).sum();
    let counts: Vec<usize> = marks.iter().map(count).collect();
    let mut out = vec![Posting { hash: 0, text: 0, at: 0 }; counts.iter().sum()];
    let mut rest = &mut out[..];
    let mut parts = Vec::with_capacity(prints.len());
    for ((text, bits), &count) in (0_u32..).zip(&marks).zip(&counts) {
        let (part, others) = rest.split_at_mut(count);
        parts.push((text, bits, part));
        rest = others;
    }
    parts.into_par_iter().zip(prints).for_each(|((text, bits, part), prints)| {
        let is_marked = |n: usize| bits[n / 64] >> (n % 64) & 1 == 1;
        let wanted = prints.list().enumerate().filter(|&(n, _)| is_marked(n));
        for (place, (_, (hash, at))) in part.iter_mut().zip(wanted) {
            *place = Posting { hash, text, at };
        }
    });
    out
}

/// What more texts change: whose seeds, and what these are now.
pub(crate) struct Change {
    /// For each text whether a seed of it with itself or a text after it came or went.
    pub(crate) is_touched: Vec<bool>,
    /// All seeds of the touched texts with themselves and texts after them, sorted.
    pub(crate) seeds: Vec<Seed>,
    pub(crate) leaders: Leaders,
}

/// The seeds that are others than they were before some texts came in. `before` has for each text
/// its leader then, in numbers of now, and nothing for a text that is new.
///
/// Exact: the seeds of a fingerprint depend only on the texts that hold it and, if it is common, on
/// their leaders. So those of a fingerprint of no new text, and of none whose leader is another,
/// are what they were.
pub(crate) fn change(all: &[Prints], before: &[Option<u32>], config: &TraceConfig) -> Change {
    let leaders = leaders(all);
    let is_other = |text: usize| before.get(text).copied().flatten() != leaders.get(text).copied();
    let others = (0..all.len()).filter(|&text| is_other(text));
    let postings = holding(all, &wanted(others.map(|text| &all[text])));
    let was_there = |text: u32| before.get(text as usize).is_some_and(Option::is_some);
    let then: Leaders = before.iter().map(|leader| leader.unwrap_or(u32::MAX)).collect();
    let touched: Vec<u32> = postings
        .par_chunk_by(|x, y| x.hash == y.hash)
        .flat_map_iter(|now| {
            let now: Vec<Place> = now.iter().map(Place::from).collect();
            let old: Vec<Place> = now.iter().filter(|p| was_there(p.text)).copied().collect();
            differing(join(&now, &leaders, config), join(&old, &then, config))
        })
        .collect();
    let mut is_touched: Vec<bool> = before.iter().map(Option::is_none).collect();
    for text in touched {
        is_touched[text as usize] = true;
    }
    let touched: Vec<usize> = (0..all.len()).filter(|&n| is_touched[n]).collect();
    let postings = holding(all, &wanted(touched.iter().map(|&n| &all[n])));
    let shared = Shared::sorted(postings, leaders, config);
    let seeds = shared.seeds(&touched, config);
    Change { is_touched, seeds, leaders: shared.leaders }
}

/// Texts with a seed, as its first, that is in one of two lists only.
fn differing(mut x: Vec<Seed>, mut y: Vec<Seed>) -> Vec<u32> {
    let mut out = Vec::new();
    x.sort_unstable();
    y.sort_unstable();
    let (mut x, mut y) = (x.into_iter().peekable(), y.into_iter().peekable());
    loop {
        let (seed, takes_x, takes_y) = match (x.peek(), y.peek()) {
            (Some(a), Some(b)) => (a.min(b).a, a <= b, b <= a),
            (Some(a), None) => (a.a, true, false),
            (None, Some(b)) => (b.a, false, true),
            (None, None) => return out,
        };
        if takes_x != takes_y && out.last() != Some(&seed) {
            out.push(seed);
        }
        if takes_x {
            x.next();
        }
        if takes_y {
            y.next();
        }
    }
}

/// The hashes of some texts.
fn wanted<'p>(texts: impl Iterator<Item = &'p Prints>) -> Wanted {
    Wanted::of(texts.flat_map(|prints| prints.hashes.iter().map(|&hash| u64::from(hash))))
}

/// Postings of the wanted hashes in all texts, sorted.
fn holding(all: &[Prints], wanted: &Wanted) -> Vec<Posting> {
    let mut out = listed(all, |hash| wanted.holds(u64::from(hash)));
    out.par_sort_unstable_by_key(Posting::order);
    out
}

/// All seeds of one fingerprint, from its places in order: what [`Shared`] gives text by text.
fn join(places: &[Place], leaders: &[u32], config: &TraceConfig) -> Vec<Seed> {
    let mut out = Vec::new();
    let texts: Vec<&[Place]> = places.chunk_by(|a, b| a.text == b.text).collect();
    texts.iter().for_each(|own| within(own, config, &mut out));
    if texts.len() <= config.max_documents_per_fingerprint {
        for (n, a) in texts.iter().enumerate() {
            texts[n + 1..].iter().for_each(|b| cross(a, b, &mut out));
        }
        return out;
    }
    let text = |list: &[Place]| list.first().map_or(u32::MAX, |place| place.text);
    let leader = |list: &[Place]| leaders.get(text(list) as usize).copied().unwrap_or(u32::MAX);
    let mut ordered = texts;
    ordered.sort_by_key(|list| (leader(list), text(list)));
    let groups = ordered.chunk_by(|a, b| leader(a) == leader(b));
    let heads: Vec<&[Place]> = groups
        .filter_map(|group| {
            let head = *group.first()?;
            group[1..].iter().for_each(|other| cross(head, other, &mut out));
            Some(head)
        })
        .collect();
    let all_with_all = heads.len() <= config.max_documents_per_fingerprint;
    for (n, a) in heads.iter().enumerate().take(if all_with_all { heads.len() } else { 1 }) {
        heads[n + 1..].iter().for_each(|b| cross(a, b, &mut out));
    }
    out
}

/// Seeds between the places of two texts: all with all if they are few, else in step.
fn cross(a: &[Place], b: &[Place], out: &mut Vec<Seed>) {
    if a.len() <= MOST_WITHIN && b.len() <= MOST_WITHIN {
        for from in a {
            out.extend(b.iter().map(|to| seed(from, to)));
        }
    } else {
        out.extend(a.iter().zip(b).map(|(from, to)| seed(from, to)));
    }
}

fn seed(one: &Place, other: &Place) -> Seed {
    let (a, b) =
        if (one.text, one.at) <= (other.text, other.at) { (one, other) } else { (other, one) };
    Seed { a: a.text, b: b.text, at_a: a.at, at_b: b.at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::mix;

    /// Texts with fingerprints out of a few, some of them copies of each other.
    fn invented(seed: u64, texts: u64) -> Vec<Prints> {
        let of_text = |text: u64| {
            let number = |of: u64, below: u64| mix(seed ^ mix(text << 16 ^ of)) % below;
            let copied = number(1, 3) == 0;
            let mut prints = Prints::default();
            for n in 0..4 + number(2, 30) {
                // Few hashes stand everywhere, many in a few places.
                let like = if copied { mix(seed ^ n) } else { number(100 + n, u64::MAX) };
                let hash = mix(like % (4 + n * n));
                prints.sketch.add(hash);
                prints.hashes.push(u32::try_from(hash >> 32).unwrap());
                prints.steps.push(u8::try_from(number(200 + n, 12)).unwrap());
            }
            prints.sketch.finish();
            prints
        };
        (0..texts).map(of_text).collect()
    }

    #[test]
    fn the_seeds_of_each_text_are_those_of_each_fingerprint() {
        let mut crowds = 0;
        for seed in 0..40 {
            let prints = invented(seed, 50);
            let most = [2, 6, 64][usize::try_from(seed % 3).unwrap()];
            let config =
                TraceConfig { max_documents_per_fingerprint: most, ..TraceConfig::default() };
            let mut postings = listed(&prints, |_| true);
            let shared = Shared::of(prints, &config);
            crowds += shared.crowds.len();
            postings.sort_unstable();
            let lists = postings.chunk_by(|x, y| x.hash == y.hash);
            let mut expected: Vec<Seed> = lists
                .flat_map(|list| {
                    let places: Vec<Place> = list.iter().map(Place::from).collect();
                    join(&places, &shared.leaders, &config)
                })
                .collect();
            expected.sort_unstable();
            chainable(&mut expected, &config);
            let texts: Vec<usize> = (0..shared.leaders.len()).collect();
            assert_eq!(shared.seeds(&texts, &config), expected, "{seed}");
            let some: Vec<usize> = texts.into_iter().filter(|text| text % 3 == 0).collect();
            expected.retain(|seed| seed.a % 3 == 0);
            assert_eq!(shared.seeds(&some, &config), expected, "{seed}");
        }
        assert!(crowds > 40, "{crowds}");
    }
}
