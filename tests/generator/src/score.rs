//! Scores what a tool found in a bench corpus against what was planted there. Knows no tool: what was
//! found comes as numbers of articles and bytes of their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use crate::{BenchArticle, Edit, Language, Planted, Trap};

/// Where two texts differ: the words on each side, `None` where one side has none.
pub type Sides = (Option<Range<usize>>, Option<Range<usize>>);

/// A relation between two articles, as a tool found it.
#[derive(Debug, Clone, Default)]
pub struct FoundLink {
    /// Numbers of the two articles.
    pub between: (usize, usize),
    /// Whether the tool takes the passages for one account: a copy, a quotation, a translation.
    pub one_account: bool,
    /// Passages that answer each other, in bytes of the two texts.
    pub pieces: Vec<(Range<usize>, Range<usize>)>,
    /// Places where the two disagree.
    pub conflicts: Vec<Sides>,
}

/// What was planted, without the texts.
#[derive(Debug, Clone, Default)]
pub struct BenchTruth {
    languages: Vec<Language>,
    planted: Vec<Vec<Planted>>,
}

/// How well it was found. Pairs are counted as found, planted.
#[derive(Debug, Clone, Default)]
pub struct BenchScore {
    /// Of each kind of reuse: pairs found, pairs planted.
    pub reuse: BTreeMap<&'static str, (usize, usize)>,
    /// Of each kind of reuse: planted bytes found in the copy, planted bytes.
    pub bytes: BTreeMap<&'static str, (usize, usize)>,
    /// Of each kind of trap: conflicts found, conflicts planted.
    pub conflicts: BTreeMap<&'static str, (usize, usize)>,
    /// Conflicts that were not found: numbers of the two articles.
    pub missed_conflicts: Vec<(usize, usize)>,
    /// Traps taken for copies: numbers of the two articles.
    pub taken_for_copies: Vec<(usize, usize)>,
    /// Retellings of one event taken for one account.
    pub retellings_taken: Vec<(usize, usize)>,
    /// Translations found, planted.
    pub translations: (usize, usize),
    /// Pairs of one language taken for one account that have nothing in common.
    pub false_pairs: Vec<(usize, usize)>,
    /// The same of different languages.
    pub false_translations: Vec<(usize, usize)>,
    /// Bytes within what is really shared, and all bytes of passages taken for one account, within
    /// one language, false pairs included.
    pub precision: (usize, usize),
    /// Bytes of passages that are not really shared, by pair.
    pub wrong_bytes: BTreeMap<(usize, usize), usize>,
    /// Articles in the largest account.
    pub largest: usize,
    /// Articles in the largest family that was planted.
    pub largest_planted: usize,
    /// Accounts that hold articles of more than one family: their numbers.
    pub glued: Vec<Vec<usize>>,
}

impl BenchTruth {
    /// Adds the next article.
    pub fn push(&mut self, article: &BenchArticle) {
        self.languages.push(article.language);
        self.planted.push(article.planted.clone());
    }

    /// Scores links, and accounts as lists of passages (number of the article, bytes).
    pub fn score(
        &self,
        links: &[FoundLink],
        accounts: &[Vec<(usize, Range<usize>)>],
    ) -> BenchScore {
        let mut score = BenchScore::default();
        let mut pairs: BTreeMap<(usize, usize), Vec<&FoundLink>> = BTreeMap::new();
        for link in links.iter().filter(|link| link.between.0 != link.between.1) {
            let (a, b) = link.between;
            pairs.entry((a.min(b), a.max(b))).or_default().push(link);
        }
        for (number, planted) in self.planted.iter().enumerate() {
            for planted in planted {
                self.planted_found(number, planted, &pairs, &mut score);
            }
        }
        for (&(a, b), links) in &pairs {
            let links: Vec<&&FoundLink> = links.iter().filter(|link| link.one_account).collect();
            if links.is_empty() {
                continue;
            }
            let is_known = self.share(a, b);
            if self.languages[a] != self.languages[b] {
                if self.family(a) != self.family(b) {
                    score.false_translations.push((a, b));
                }
                continue;
            }
            if !is_known {
                score.false_pairs.push((a, b));
            }
            let (in_a, in_b) = (self.shared(a, b), self.shared(b, a));
            let apart = |number: usize| self.traps(number);
            for link in links {
                for (on_a, on_b) in sides(link, a) {
                    // Two next-day statements of one first statement may agree.
                    if apart(a).iter().any(|r| overlap(r, on_a) > 0)
                        && apart(b).iter().any(|r| overlap(r, on_b) > 0)
                    {
                        continue;
                    }
                    score.precision.1 += on_a.len() + on_b.len();
                    let right = within(&in_a, on_a) + within(&in_b, on_b);
                    score.precision.0 += right;
                    if right < on_a.len() + on_b.len() {
                        *score.wrong_bytes.entry((a, b)).or_default() +=
                            on_a.len() + on_b.len() - right;
                    }
                }
            }
        }
        self.accounts(accounts, &mut score);
        score
    }

    fn planted_found(
        &self,
        number: usize,
        planted: &Planted,
        pairs: &BTreeMap<(usize, usize), Vec<&FoundLink>>,
        score: &mut BenchScore,
    ) {
        let found = |of: usize| pairs.get(&(of, number)).map(Vec::as_slice).unwrap_or_default();
        match planted {
            Planted::Reuse { of, kind, here, .. } => {
                if here.is_empty() {
                    return;
                }
                let name = if self.traps(number).is_empty() { kind.name() } else { "updated" };
                let mut ranges: Vec<Range<usize>> = found(*of)
                    .iter()
                    .filter(|link| link.one_account)
                    .flat_map(|link| sides(link, number).map(|(on, _)| on.clone()))
                    .filter(|on| overlap(on, here) > 0)
                    .collect();
                let pair = score.reuse.entry(name).or_default();
                pair.0 += usize::from(!ranges.is_empty());
                pair.1 += 1;
                merge(&mut ranges);
                let bytes = score.bytes.entry(name).or_default();
                bytes.0 += within(&ranges, here);
                bytes.1 += here.len();
            }
            Planted::Trap { of, kind, here, there, differs } => {
                let links = found(*of);
                let is_taken = links.iter().filter(|link| link.one_account).any(|link| {
                    sides(link, number).any(|(on, other)| {
                        overlap(on, here) * 2 > here.len()
                            && overlap(other, there) * 2 > there.len()
                    })
                });
                if is_taken {
                    score.taken_for_copies.push((*of, number));
                }
                let entry = score.conflicts.entry(kind.name()).or_default();
                for (on_here, on_there) in differs {
                    entry.1 += 1;
                    let is_found = links.iter().any(|link| {
                        link.conflicts.iter().any(|(a, b)| {
                            let (on, other) =
                                if link.between.0 == number { (a, b) } else { (b, a) };
                            let meets =
                                |found: &Option<Range<usize>>,
                                 planted: &Option<Range<usize>>,
                                 sentence: &Range<usize>| {
                                    match (found, planted) {
                                        (Some(found), Some(planted)) => overlap(found, planted) > 0,
                                        (None, None) => true,
                                        (Some(found), None) => overlap(found, sentence) > 0,
                                        (None, Some(_)) => false,
                                    }
                                };
                            meets(on, on_here, here) && meets(other, on_there, there)
                        })
                    });
                    entry.0 += usize::from(is_found);
                    if !is_found {
                        score.missed_conflicts.push((*of, number));
                    }
                }
            }
            Planted::Translation { of, .. } => {
                score.translations.1 += 1;
                score.translations.0 += usize::from(found(*of).iter().any(|link| link.one_account));
            }
            Planted::Retelling { of } => {
                if found(*of).iter().any(|link| link.one_account) {
                    score.retellings_taken.push((*of, number));
                }
            }
            Planted::Quotation { .. } | Planted::Formula { .. } => {}
        }
    }

    /// The article an article's words come from in the end.
    fn family(&self, number: usize) -> usize {
        self.planted[number]
            .iter()
            .find_map(|planted| match planted {
                Planted::Reuse { of, .. } | Planted::Translation { of, .. } => Some(*of),
                _ => None,
            })
            .unwrap_or(number)
    }

    /// The article whose statement this one has of the next day.
    fn next_day_of(&self, number: usize) -> Option<usize> {
        self.planted[number].iter().find_map(|planted| match planted {
            Planted::Trap { of, .. } => Some(*of),
            _ => None,
        })
    }

    fn traps(&self, number: usize) -> Vec<Range<usize>> {
        let here = |planted: &Planted| match planted {
            Planted::Trap { here, .. } => Some(here.clone()),
            _ => None,
        };
        self.planted[number].iter().filter_map(here).collect()
    }

    fn statements(&self, number: usize) -> Vec<(usize, Range<usize>)> {
        let said = |planted: &Planted| match planted {
            Planted::Quotation { statement, here } => Some((*statement, here.clone())),
            _ => None,
        };
        self.planted[number].iter().filter_map(said).collect()
    }

    /// Whether two articles share anything that is one account.
    fn share(&self, a: usize, b: usize) -> bool {
        let (of_a, of_b) = (self.statements(a), self.statements(b));
        let (next_a, next_b) = (self.next_day_of(a), self.next_day_of(b));
        self.family(a) == self.family(b)
            || (next_a.is_some() && next_a == next_b)
            || of_a.iter().any(|(statement, _)| of_b.iter().any(|(other, _)| statement == other))
    }

    /// What of `a` is really shared with `b`.
    fn shared(&self, a: usize, b: usize) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        if self.family(a) == self.family(b) {
            for (number, is_here) in [(a, true), (b, false)] {
                for planted in &self.planted[number] {
                    match planted {
                        Planted::Reuse { of, here, there, .. } => {
                            if is_here {
                                out.push(here.clone());
                            } else if *of == a {
                                out.push(there.clone());
                            }
                        }
                        // Two translations of one text into one language are one text.
                        Planted::Translation { .. } => out.push(0..usize::MAX / 2),
                        _ => {}
                    }
                }
            }
        }
        let there = self.statements(b);
        out.extend(
            self.statements(a)
                .into_iter()
                .filter(|(statement, _)| there.iter().any(|(other, _)| other == statement))
                .map(|(_, range)| range),
        );
        merge(&mut out);
        out
    }

    fn accounts(&self, accounts: &[Vec<(usize, Range<usize>)>], score: &mut BenchScore) {
        let mut families: BTreeMap<usize, usize> = BTreeMap::new();
        for number in 0..self.planted.len() {
            *families.entry(self.family(number)).or_default() += 1;
        }
        score.largest_planted = families.values().copied().max().unwrap_or(0);
        for account in accounts {
            // A statement many quote, or the words of one family.
            let mut of: BTreeSet<(bool, usize)> = BTreeSet::new();
            let mut articles: BTreeSet<usize> = BTreeSet::new();
            for (number, range) in account {
                let mut statements = self.statements(*number);
                // Statements of the next day may agree with each other.
                for planted in &self.planted[*number] {
                    if let Planted::Trap { of, here, there, .. } = planted
                        && overlap(here, range) * 2 > here.len()
                    {
                        statements.push((usize::MAX - of, here.clone()));
                        let first = |(n, range): &(usize, Range<usize>)| {
                            n == of && overlap(range, there) * 2 > there.len()
                        };
                        if account.iter().any(first) {
                            score.glued.push(vec![*of, *number]);
                        }
                    }
                }
                let said =
                    statements.iter().find(|(_, here)| overlap(here, range) * 2 > range.len());
                match said {
                    Some((statement, _)) => of.insert((true, *statement)),
                    None => {
                        articles.insert(*number);
                        of.insert((false, self.family(*number)))
                    }
                };
            }
            score.largest = score.largest.max(articles.len());
            if of.iter().filter(|(is_statement, _)| !is_statement).count() > 1 {
                score.glued.push(articles.into_iter().collect());
            }
        }
    }
}

/// Pieces of a link, the side of `number` first.
fn sides(link: &FoundLink, number: usize) -> impl Iterator<Item = (&Range<usize>, &Range<usize>)> {
    let first = link.between.0 == number;
    link.pieces.iter().map(move |(a, b)| if first { (a, b) } else { (b, a) })
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// Bytes of `range` within ranges that do not overlap each other.
fn within(ranges: &[Range<usize>], range: &Range<usize>) -> usize {
    ranges.iter().map(|r| overlap(r, range)).sum()
}

fn merge(ranges: &mut Vec<Range<usize>>) {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges.drain(..) {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    *ranges = out;
}

impl BenchScore {
    /// Pairs found and planted, over all kinds of reuse.
    pub fn recall(&self) -> (usize, usize) {
        self.reuse.values().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1))
    }

    /// Conflicts found and planted, over all kinds of traps.
    pub fn all_conflicts(&self) -> (usize, usize) {
        self.conflicts.values().fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1))
    }
}

impl fmt::Display for BenchScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |(part, whole): (usize, usize)| {
            #[allow(clippy::cast_precision_loss, reason = "for printing")]
            let share = part as f64 / (whole.max(1)) as f64;
            share
        };
        let names = Edit::ALL.map(Edit::name).into_iter().chain(["updated"]);
        for name in names {
            if let (Some(&pair), Some(&bytes)) = (self.reuse.get(name), self.bytes.get(name)) {
                writeln!(
                    f,
                    "{name:9} pairs {:6} of {:6} {:.3}   bytes {:.3}",
                    pair.0,
                    pair.1,
                    share(pair),
                    share(bytes)
                )?;
            }
        }
        let all = self.recall();
        writeln!(f, "{:9} pairs {:6} of {:6} {:.4}", "all", all.0, all.1, share(all))?;
        for name in Trap::ALL.map(Trap::name) {
            if let Some(&pair) = self.conflicts.get(name) {
                writeln!(
                    f,
                    "conflicts of {name:9} {:6} of {:6} {:.3}",
                    pair.0,
                    pair.1,
                    share(pair)
                )?;
            }
        }
        writeln!(f, "traps taken for copies: {}", self.taken_for_copies.len())?;
        writeln!(f, "retellings taken for one account: {}", self.retellings_taken.len())?;
        writeln!(
            f,
            "span precision {:.4} of {} bytes; false pairs {}",
            share(self.precision),
            self.precision.1,
            self.false_pairs.len()
        )?;
        writeln!(
            f,
            "translations {} of {}; false ones {}",
            self.translations.0,
            self.translations.1,
            self.false_translations.len()
        )?;
        writeln!(
            f,
            "largest account {} articles, largest planted {}; accounts glued {}",
            self.largest,
            self.largest_planted,
            self.glued.len()
        )
    }
}
