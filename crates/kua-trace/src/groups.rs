//! Which texts are compared: pairs that share runs, a few pairs of one text to a group, under a digest
//! of everything their links depend on. After one text more, groups that it does not change are known
//! from the build before without finding the runs of the whole case again.

use std::ops::Range;

use kua_model::{Link, Remembered as Held, Sha256};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::TraceConfig;
use crate::bodies::Folds;
use crate::memo::Remembered;
use crate::seeds::{Change, Leaders, Prints, Seed, Shared, change};
use crate::since::few_more;

/// Some pairs of texts that share runs, all with the same first text.
struct Group {
    /// Digest of what their links depend on: the texts, and where the runs they share stand.
    key: Sha256,
    /// Where the seeds of the pairs are; nowhere if the links are known.
    seeds: Range<usize>,
    /// The links, if they are known from the last build.
    links: Option<Vec<Link>>,
}

/// Groups of pairs, in order of first text and of second.
pub(crate) struct Groups {
    seeds: Vec<Seed>,
    groups: Vec<Group>,
}

impl Groups {
    /// The key of each group.
    pub(crate) fn keys(&self) -> Vec<Sha256> {
        self.groups.iter().map(|group| group.key).collect()
    }

    /// The links of each group, if they are known from the last build; told once.
    pub(crate) fn take_known(&mut self) -> Vec<Option<Vec<Link>>> {
        self.groups.iter_mut().map(|group| group.links.take()).collect()
    }

    /// Seeds of each pair of group `n`.
    pub(crate) fn pairs(&self, n: usize) -> impl Iterator<Item = &[Seed]> {
        pairs(&self.seeds[self.groups[n].seeds.clone()])
    }
}

/// The seeds of each pair of texts.
fn pairs(seeds: &[Seed]) -> impl Iterator<Item = &[Seed]> {
    seeds.chunk_by(|x, y| (x.a, x.b) == (y.a, y.b))
}

/// What is remembered of the links of groups, of the fingerprints of texts, and of the last build.
pub(crate) const GROUPS: &str = "trace-reuse";
const PRINTS: &str = "trace-prints";
const BEFORE: &str = "trace-before";

/// What the last build found, of the texts whose digests it names.
#[derive(Default, Serialize, Deserialize)]
struct Before {
    texts: Vec<Sha256>,
    leaders: Leaders,
    /// For each text the keys of its groups, in order.
    groups: Vec<Vec<Sha256>>,
}

/// Texts whose groups are looked at at a time: the seeds of all at once would be larger than the texts.
const AT_A_TIME: usize = 1 << 12;

/// All groups of a case, to be asked for some texts at a time.
pub(crate) struct AllGroups<'r, 'm> {
    texts: usize,
    seeds: Seeds,
    /// For each text the groups that are known from the last build.
    known: Vec<Vec<Group>>,
    config: &'r TraceConfig,
    remembered: &'r Remembered<'m>,
    /// What the next build may begin with, if it is other than what this one began with.
    now: Option<Before>,
}

/// Where seeds come from.
enum Seeds {
    /// Out of what all texts share.
    Shared(Shared),
    /// Only those of texts that others than before share something with, sorted.
    Changed(Vec<Seed>),
}

impl<'r, 'm> AllGroups<'r, 'm> {
    /// Of texts whose letters are given. `have` is what is remembered of the links of groups.
    pub(crate) fn of(
        folds: &Folds<'_, '_>,
        config: &'r TraceConfig,
        remembered: &'r Remembered<'m>,
        have: &Held,
    ) -> Self {
        remembered.begins("fingerprints");
        let texts = remembered.documents();
        let prints: Vec<Prints> = remembered.each(PRINTS, texts, |due| {
            due.par_iter().map(|&n| Prints::of(&folds.get(n).folded, config)).collect()
        });
        remembered.begins("runs");
        let before: Before = remembered.one(BEFORE, remembered.of_all_builds()).unwrap_or_default();
        let (seeds, known, leaders) = match after(&before, texts, &prints, config, have) {
            Some((change, known)) => (Seeds::Changed(change.seeds), known, change.leaders),
            None => {
                let shared = Shared::of(prints, config);
                let leaders =
                    if remembered.is_kept() { shared.leaders.clone() } else { Vec::new() };
                (Seeds::Shared(shared), Vec::new(), leaders)
            }
        };
        let is_other = remembered.is_kept() && before.texts != texts;
        let now = is_other.then(|| Before {
            texts: texts.to_vec(),
            leaders,
            groups: texts.iter().map(|_| Vec::new()).collect(),
        });
        Self { texts: texts.len(), seeds, known, config, remembered, now }
    }

    /// Ranges of texts whose groups are to be asked for in turn.
    pub(crate) fn parts(&self) -> Vec<Range<usize>> {
        let step = match self.seeds {
            Seeds::Shared(_) => AT_A_TIME,
            Seeds::Changed(_) => self.texts.max(1),
        };
        (0..self.texts).step_by(step).map(|n| n..(n + step).min(self.texts)).collect()
    }

    /// The groups whose first text is in a range.
    pub(crate) fn part(&mut self, range: Range<usize>) -> Groups {
        let seeds = match &mut self.seeds {
            Seeds::Shared(shared) => shared.seeds(&range.clone().collect::<Vec<_>>(), self.config),
            Seeds::Changed(seeds) => std::mem::take(seeds),
        };
        let mut of_texts: Vec<Vec<Group>> = match self.known.get_mut(range.clone()) {
            Some(known) => known.iter_mut().map(std::mem::take).collect(),
            None => range.clone().map(|_| Vec::new()).collect(),
        };
        for (a, group) in grouped(&seeds, self.remembered) {
            if let Some(groups) = a.checked_sub(range.start).and_then(|at| of_texts.get_mut(at)) {
                groups.push(group);
            }
        }
        if let Some(now) = &mut self.now {
            for (keys, groups) in now.groups[range].iter_mut().zip(&of_texts) {
                keys.extend(groups.iter().map(|group| group.key));
            }
        }
        Groups { groups: of_texts.into_iter().flatten().collect(), seeds }
    }

    /// Keeps what the next build may begin with, when all parts have been asked for.
    pub(crate) fn keep(self) {
        if let Some(now) = self.now {
            self.remembered.keep_one(BEFORE, self.remembered.of_all_builds(), &now);
        }
    }
}

/// What a few texts more change, and the groups of the texts they do not touch; `None` if these are
/// not the texts of the last build and a few more, or what it found is not remembered any more.
fn after(
    before: &Before,
    texts: &[Sha256],
    prints: &[Prints],
    config: &TraceConfig,
    have: &Held,
) -> Option<(Change, Vec<Vec<Group>>)> {
    let was = few_more(&before.texts, texts)?;
    let now: Vec<usize> = (0..texts.len()).filter(|&n| was[n].is_some()).collect();
    let leader = |was: usize| {
        let leader = *before.leaders.get(was)?;
        u32::try_from(*now.get(leader as usize)?).ok()
    };
    let leaders: Vec<Option<u32>> = was.iter().map(|was| leader((*was)?)).collect();
    let change = change(prints, &leaders, config);
    let known = |n: usize| {
        let keys = if change.is_touched[n] { &[][..] } else { before.groups.get(was[n]?)? };
        let group = |key: &Sha256| {
            let links = Some(postcard::from_bytes(have.get(key)?).ok()?);
            Some(Group { key: *key, seeds: 0..0, links })
        };
        keys.iter().map(group).collect()
    };
    let known = (0..texts.len()).into_par_iter().map(known).collect::<Option<_>>()?;
    Some((change, known))
}

/// Seeds (sorted) as groups, with the number of the first text of each. Where a group of pairs ends
/// is told by a text, so that one more changes one group.
fn grouped(seeds: &[Seed], remembered: &Remembered<'_>) -> Vec<(usize, Group)> {
    let of_texts: Vec<&[Seed]> = seeds.chunk_by(|x, y| x.a == y.a).collect();
    let starts = of_texts.iter().scan(0, |from, seeds| {
        let start = *from;
        *from += seeds.len();
        Some(start)
    });
    let starts: Vec<usize> = starts.collect();
    of_texts
        .into_par_iter()
        .zip(starts)
        .flat_map_iter(|(of_text, start)| {
            let mut out = Vec::new();
            let mut from = start;
            let ends = |x: &Seed, y: &Seed| x.b != y.b && remembered.ends_group(x.b as usize);
            for seeds in of_text.chunk_by(|x, y| !ends(x, y)) {
                let range = from..from + seeds.len();
                from = range.end;
                let is_kept = remembered.is_kept();
                let key = if is_kept { key(seeds, remembered) } else { Sha256::of(&[]) };
                out.push((seeds[0].a as usize, Group { key, seeds: range, links: None }));
            }
            out
        })
        .collect()
}

/// Digest of what the links of a text with some others depend on.
fn key(seeds: &[Seed], remembered: &Remembered<'_>) -> Sha256 {
    let texts = pairs(seeds).flat_map(|pair| [pair[0].a, pair[0].b]);
    let texts = remembered.digest(texts.map(|text| text as usize));
    let mut places = Vec::new();
    for pair in pairs(seeds) {
        places.extend_from_slice(&(pair.len() as u64).to_be_bytes());
        for seed in pair {
            places.extend_from_slice(&seed.at_a.to_be_bytes());
            places.extend_from_slice(&seed.at_b.to_be_bytes());
        }
    }
    texts.with(&Sha256::of(&places))
}
