//! Brings spellings of one name together, across scripts and languages. Candidates come from
//! blocking, decisions from comparing parts; no chain of likenesses joins two that contradict.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kua_lexicon::fold;
use kua_model::NameKind;
use rayon::prelude::*;

use crate::names::compare::{Shape, Verdict, compare, compare_by, likeness};
use crate::names::parts::{NamePart, NameParts};
use crate::rulings::Rulings;
use crate::union::Sets;

/// One spelling of one kind of name.
#[derive(Debug, Clone)]
pub(crate) struct Spelling {
    pub(crate) text: String,
    pub(crate) kind: NameKind,
    pub(crate) canonical: Option<String>,
    /// It only ever opens sentences, so its first word may be none of its own.
    pub(crate) only_opening: bool,
    pub(crate) parts: NameParts,
}

/// Spellings that are one name, with reasons.
pub(crate) struct Clusters {
    pub(crate) sets: Sets,
    /// By number of spelling: why it was joined to another.
    pub(crate) why: BTreeMap<usize, Vec<String>>,
}

/// A block with more spellings than this says nothing: half the country has that surname.
const CROWD: usize = 64;

pub(crate) fn cluster(spellings: &[Spelling], rulings: &Rulings) -> Clusters {
    let parted = parted(spellings, rulings);
    let mut joiner = Joiner {
        spellings,
        clusters: Clusters { sets: Sets::new(spellings.len()), why: BTreeMap::new() },
        members: (0..spellings.len()).map(|i| vec![i]).collect(),
        parted,
    };
    joiner.judged(rulings);
    joiner.canonical();
    joiner.alike();
    joiner.single_parts();
    joiner.clusters
}

/// Likeness of two names of places or bodies, word by word in order; `None` if they differ.
/// `likeness` tells that of the parts with these numbers.
fn alike_in_order(
    a: &NameParts,
    b: &NameParts,
    mut likeness: impl FnMut(usize, usize) -> f64,
) -> Option<f64> {
    if a.parts.len() != b.parts.len() {
        return None;
    }
    let least = (0..a.parts.len()).map(|n| likeness(n, n)).min_by(f64::total_cmp)?;
    (least >= 0.9).then_some(least)
}

/// The different parts of all names, numbered: the same few words stand in many names, and which two
/// are alike is worked out once.
struct DistinctParts<'s> {
    parts: Vec<(&'s NamePart, Shape)>,
    /// Numbers of the parts of each spelling.
    of: Vec<Vec<usize>>,
}

impl<'s> DistinctParts<'s> {
    fn of(spellings: &'s [Spelling]) -> Self {
        let mut parts = Vec::new();
        let mut numbers = HashMap::new();
        let mut number = |part: &'s NamePart| {
            *numbers.entry(part).or_insert_with(|| {
                parts.push((part, Shape::of(&part.sound)));
                parts.len() - 1
            })
        };
        let of =
            spellings.iter().map(|s| s.parts.parts.iter().map(&mut number).collect()).collect();
        Self { parts, of }
    }

    /// Likeness of two parts by their numbers, from `seen` or worked out now.
    fn likeness(&self, x: usize, y: usize, seen: &mut HashMap<(usize, usize), f64>) -> f64 {
        let ((one, shape), (other, beside)) = (self.parts[x], self.parts[y]);
        let by_sound =
            !one.initial && !other.initial && (one.father.is_none() || other.father.is_none());
        if by_sound && shape.is_strange_to(&beside) {
            return 0.0;
        }
        *seen.entry((x.min(y), x.max(y))).or_insert_with(|| likeness(one, other))
    }
}

fn parted(spellings: &[Spelling], rulings: &Rulings) -> BTreeSet<(usize, usize)> {
    if rulings.not_same_name.is_empty() {
        return BTreeSet::new();
    }
    let mut at: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, spelling) in spellings.iter().enumerate() {
        at.entry(fold(&spelling.text).into_owned()).or_default().push(i);
    }
    let of = |name: &String| at.get(fold(name.trim()).as_ref()).cloned().unwrap_or_default();
    let mut parted = BTreeSet::new();
    for (names, _) in &rulings.not_same_name {
        for (n, a) in names.iter().enumerate() {
            for b in &names[n + 1..] {
                for x in of(a) {
                    parted.extend(of(b).into_iter().map(|y| (x.min(y), x.max(y))));
                }
            }
        }
    }
    parted
}

struct Joiner<'j> {
    spellings: &'j [Spelling],
    clusters: Clusters,
    members: Vec<Vec<usize>>,
    parted: BTreeSet<(usize, usize)>,
}

impl Joiner<'_> {
    fn join(&mut self, a: usize, b: usize, why: String) {
        let (x, y) = (self.clusters.sets.find(a), self.clusters.sets.find(b));
        if x == y {
            return;
        }
        let apart = self.members[x]
            .iter()
            .any(|&i| self.members[y].iter().any(|&j| self.parted.contains(&(i.min(j), i.max(j)))));
        if apart {
            return;
        }
        self.clusters.sets.join(x, y);
        let moved = std::mem::take(&mut self.members[x.max(y)]);
        self.members[x.min(y)].extend(moved);
        self.clusters.why.entry(a.max(b)).or_default().push(why);
    }

    /// Whether some member of one set contradicts some member of the other. Of large sets the
    /// fullest spellings are asked.
    fn contradict(&mut self, a: usize, b: usize) -> bool {
        let fullest = |set: &[usize]| {
            let mut set = set.to_vec();
            set.sort_by_key(|&i| std::cmp::Reverse(self.spellings[i].parts.parts.len()));
            set.truncate(8);
            set
        };
        let (x, y) = (self.clusters.sets.find(a), self.clusters.sets.find(b));
        let (xs, ys) = (fullest(&self.members[x]), fullest(&self.members[y]));
        xs.iter().any(|&i| {
            ys.iter().any(|&j| {
                let verdict = compare(&self.spellings[i].parts, &self.spellings[j].parts);
                matches!(verdict, Verdict::Different(_))
            })
        })
    }

    fn judged(&mut self, rulings: &Rulings) {
        if rulings.same_name.is_empty() {
            return;
        }
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        for (i, spelling) in self.spellings.iter().enumerate() {
            at.entry(fold(&spelling.text).into_owned()).or_insert(i);
        }
        for (names, said) in &rulings.same_name {
            let found: Vec<usize> =
                names.iter().filter_map(|n| at.get(fold(n.trim()).as_ref()).copied()).collect();
            for pair in found.windows(2) {
                self.join(pair[0], pair[1], format!("One name: {said}"));
            }
        }
    }

    fn canonical(&mut self) {
        let mut first: BTreeMap<(NameKind, &str), usize> = BTreeMap::new();
        for (i, spelling) in self.spellings.iter().enumerate() {
            let Some(canonical) = spelling.canonical.as_deref() else { continue };
            let held = *first.entry((spelling.kind, canonical)).or_insert(i);
            if held != i {
                self.join(
                    held,
                    i,
                    format!(
                        "“{}” and “{}” are both {canonical} in the lexicons",
                        self.spellings[held].text, spelling.text
                    ),
                );
            }
        }
    }

    /// Joins spellings whose parts sound alike, most alike first.
    fn alike(&mut self) {
        let spellings = self.spellings;
        let mut keys: Vec<(NameKind, &str, usize)> = Vec::new();
        for (i, spelling) in spellings.iter().enumerate() {
            keys.extend(spelling.parts.blocks().into_iter().map(|key| (spelling.kind, key, i)));
        }
        keys.par_sort_unstable();
        let mut pairs = Vec::new();
        for block in keys.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            for (n, &(_, _, a)) in block.iter().enumerate() {
                // In a crowd only neighbours in order of spelling are asked.
                let until =
                    if block.len() > CROWD { (n + 9).min(block.len()) } else { block.len() };
                pairs.extend(block[n + 1..until].iter().map(|&(_, _, b)| (a, b)));
            }
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        let distinct = DistinctParts::of(spellings);
        let mut same: Vec<(f64, usize, usize)> = pairs
            .into_par_iter()
            .map_init(HashMap::new, |seen, (a, b)| {
                let (x, y) = (&spellings[a], &spellings[b]);
                let likeness = |i: usize, j: usize| {
                    distinct.likeness(distinct.of[a][i], distinct.of[b][j], seen)
                };
                if x.kind != NameKind::Person {
                    // A place or body is the whole of its name, in order; a person's may lack parts.
                    return alike_in_order(&x.parts, &y.parts, likeness).map(|alike| (alike, a, b));
                }
                match compare_by(&x.parts, &y.parts, likeness) {
                    Verdict::Same(alike) if x.parts.parts.len() > 1 || alike >= 0.9 => {
                        Some((alike, a, b))
                    }
                    _ => None,
                }
            })
            .flatten()
            .collect();
        same.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| (x.1, x.2).cmp(&(y.1, y.2))));
        for (_, a, b) in same {
            if self.spellings[a].kind != NameKind::Person || !self.contradict(a, b) {
                let (x, y) = (&self.spellings[a].text, &self.spellings[b].text);
                let why =
                    format!("“{x}” and “{y}” sound alike part by part, in any order and script");
                self.join(a, b, why);
            }
        }
    }

    /// A surname (or given name) alone belongs to the one full name in the case that has it.
    fn single_parts(&mut self) {
        let mut holders: HashMap<(NameKind, &str), Vec<usize>> = HashMap::new();
        for (i, spelling) in self.spellings.iter().enumerate() {
            if spelling.kind == NameKind::Person && spelling.parts.parts.len() > 1 {
                for key in spelling.parts.full().map(|part| part.block.as_str()) {
                    holders.entry((spelling.kind, key)).or_default().push(i);
                }
            }
        }
        for (i, spelling) in self.spellings.iter().enumerate() {
            let [part] = spelling.parts.parts.as_slice() else { continue };
            let Some(candidates) = holders.get(&(spelling.kind, part.block.as_str())) else {
                continue;
            };
            let mut sets: BTreeMap<usize, usize> = BTreeMap::new();
            for &full in candidates.iter().take(CROWD) {
                let fits = self.spellings[full].parts.full().any(|other| {
                    let sexes = matches!((part.sex, other.sex), (Some(s), Some(t)) if s != t);
                    !sexes && likeness(part, other) >= 0.85
                });
                if fits {
                    sets.entry(self.clusters.sets.find(full)).or_insert(full);
                }
            }
            if sets.len() > 1 {
                sets.retain(|_, full| !self.spellings[*full].only_opening);
            }
            let mut sets = sets.into_values();
            if let (Some(full), None) = (sets.next(), sets.next()) {
                let why = format!(
                    "“{}” alone belongs to “{}”, the only full name in this case that has it",
                    spelling.text, self.spellings[full].text
                );
                self.join(full, i, why);
            }
        }
    }
}
