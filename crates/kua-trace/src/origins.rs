//! Accounts from links: every byte of every body belongs to the account of exactly one document.
//!
//! Passages are joined where links say they are one account, over spans and never over documents:
//! an article may hold its own words, a paragraph of one paper and a sentence of another. Each group
//! of joined passages is given to one document, the one nearest its origin; what nobody shares stays
//! with its own document. So two documents never become one account through a third that quotes both.
//!
//! Blocks that are not body (menus, captions, credits) belong to no account.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use kua_model::{DateTier, Direction, Link, LinkKind, OriginId, PassageOrigin, Span, TextRange};
use rayon::prelude::*;

use crate::bodies::Bodies;
use crate::body::Body;
use crate::twins::find;
use crate::wording::{AllWordings, ItemKind, items};

/// A linked passage of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Passage {
    document: usize,
    range: TextRange,
}

/// Share of a body, in hundredths, that must be another document's before the rest goes with it.
const MOSTLY: usize = 60;
/// The same where the document itself says that it is a reprint or translation.
const SAYS_SO: usize = 30;

/// The accounts of `bodies` (in order of document) under `links` (sorted), in order of their first
/// passage.
pub(crate) fn origins(
    bodies: &Bodies<'_>,
    links: &[Link],
    wordings: &AllWordings,
) -> Vec<PassageOrigin> {
    let sides =
        |link: &Link| Some((bodies.number(link.a.document)?, bodies.number(link.b.document)?));
    let (passages, groups) = grouped(links, &sides);
    let owners = owners(bodies, links, &sides, &passages, &groups);
    // What each document's bytes belong to: passages first, the rest to itself.
    let mut held: Vec<Vec<(TextRange, usize)>> = vec![Vec::new(); bodies.len()];
    for (passage, group) in passages.iter().zip(&groups) {
        let owner = owners.get(group).copied().unwrap_or(passage.document);
        held[passage.document].push((passage.range, owner));
    }
    let apart = revised(links, &sides);
    let saying: BTreeSet<usize> = links
        .iter()
        .filter(|link| link.reasons.iter().any(|reason| reason.starts_with("says-so")))
        .filter_map(&sides)
        .flat_map(|(a, b)| [a, b])
        .collect();
    let of_documents: Vec<Vec<(TextRange, usize)>> = held
        .par_iter_mut()
        .enumerate()
        .map(|(document, held)| {
            let body = bodies.get(document);
            let mut parts = by_sentence(&body, document, held);
            let figures = |n: usize| figures_of(&bodies.get(n), wordings);
            let says_so = saying.contains(&document);
            absorb(&body, document, &mut parts, says_so, apart.get(&document), figures, wordings);
            tiles(&body, &parts, document)
        })
        .collect();
    let mut spans: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for (tiles, &id) in of_documents.into_iter().zip(bodies.ids()) {
        for (range, owner) in tiles {
            let list = spans.entry(owner).or_default();
            match list.last_mut() {
                Some(last) if last.document == id && last.range.end == range.start => {
                    last.range.end = range.end;
                }
                _ => list.push(Span::new(id, range)),
            }
        }
    }
    let mut used: BTreeMap<usize, (Vec<usize>, bool)> = BTreeMap::new();
    let place: BTreeMap<Passage, usize> =
        passages.iter().copied().zip(groups.iter().copied()).collect();
    for (index, link) in links.iter().enumerate().filter(|(_, link)| link.kind.is_one_account()) {
        let Some((a, _)) = sides(link) else { continue };
        let owned: BTreeSet<usize> = link
            .aligned
            .iter()
            .filter_map(|pair| place.get(&Passage { document: a, range: pair.a }))
            .filter_map(|group| owners.get(group).copied())
            .collect();
        let latent =
            link.direction == Direction::CommonAncestor && link.kind != LinkKind::Quotation;
        for owner in owned {
            let entry = used.entry(owner).or_default();
            entry.0.push(index);
            entry.1 |= latent;
        }
    }
    let mut out: Vec<PassageOrigin> = spans
        .into_iter()
        .filter_map(|(owner, mut spans)| {
            spans.sort_unstable();
            let (links, latent) = used.remove(&owner).unwrap_or_default();
            let id = OriginId::of(&format!("account\n{}", bodies.ids().get(owner)?));
            Some(PassageOrigin { id, spans, latent, links })
        })
        .collect();
    out.sort_by(|x, y| x.spans.cmp(&y.spans));
    out
}

/// Passages of links that make one account, and for each the number of its group.
///
/// Strong links join first, and two passages that revise each other never come into one group, not
/// even through a third: a poor scan in which the figure cannot be read is alike to both.
fn grouped(
    links: &[Link],
    sides: &impl Fn(&Link) -> Option<(usize, usize)>,
) -> (Vec<Passage>, Vec<usize>) {
    let mut pairs = Vec::new();
    for link in links.iter().filter(|link| link.kind.is_one_account()) {
        let Some((a, b)) = sides(link) else { continue };
        for pair in &link.aligned {
            let one = Passage { document: a, range: pair.a };
            let other = Passage { document: b, range: pair.b };
            pairs.push((std::cmp::Reverse(link.score), one, other));
        }
    }
    pairs.sort_unstable();
    let mut passages: Vec<Passage> =
        pairs.iter().flat_map(|&(_, one, other)| [one, other]).collect();
    passages.sort_unstable();
    passages.dedup();
    let mut groups = Groups::new(passages.len(), apart(links, sides, &passages));
    // Of one document, passages that mostly overlap are one.
    for (n, passage) in passages.iter().enumerate() {
        for (m, next) in passages.iter().enumerate().skip(n + 1).take(64) {
            if next.document != passage.document || next.range.start >= passage.range.end {
                break;
            }
            let shared = next.range.end.min(passage.range.end) - next.range.start;
            if shared * 2 >= next.range.len().min(passage.range.len()) {
                groups.join(n, m);
            }
        }
    }
    for (_, one, other) in &pairs {
        if let (Ok(x), Ok(y)) = (passages.binary_search(one), passages.binary_search(other)) {
            groups.join(x, y);
        }
    }
    let of = (0..passages.len()).map(|n| groups.of(n)).collect();
    (passages, of)
}

/// For each passage those it must not share an account with.
fn apart(
    links: &[Link],
    sides: &impl Fn(&Link) -> Option<(usize, usize)>,
    passages: &[Passage],
) -> Vec<Vec<u32>> {
    let mut out = vec![Vec::new(); passages.len()];
    let held = |document: usize, range: TextRange| -> Vec<usize> {
        let first = passages.partition_point(|p| p.document < document);
        let of_document = passages[first..].iter().take_while(|p| p.document == document);
        of_document
            .enumerate()
            .take_while(|(_, p)| p.range.start < range.end)
            .filter(|(_, p)| {
                let start = p.range.start.max(range.start);
                let shared = p.range.end.min(range.end).saturating_sub(start);
                shared * 2 > p.range.len().max(range.len())
            })
            .map(|(n, _)| first + n)
            .collect()
    };
    let revisions =
        links.iter().filter(|l| l.kind == LinkKind::Revision && !l.conflicts.is_empty());
    for link in revisions {
        let Some((a, b)) = sides(link) else { continue };
        for pair in &link.aligned {
            let in_b = held(b, pair.b);
            for n in held(a, pair.a) {
                for &m in &in_b {
                    if let (Ok(x), Ok(y)) = (u32::try_from(n), u32::try_from(m)) {
                        out[n].push(y);
                        out[m].push(x);
                    }
                }
            }
        }
    }
    out
}

/// Groups that grow by joining, some of which may not be joined.
struct Groups {
    leader: Vec<u32>,
    apart: Vec<Vec<u32>>,
}

impl Groups {
    fn new(count: usize, apart: Vec<Vec<u32>>) -> Self {
        Self { leader: (0..count).filter_map(|n| u32::try_from(n).ok()).collect(), apart }
    }

    fn of(&mut self, n: usize) -> usize {
        u32::try_from(n).map_or(n, |n| find(&mut self.leader, n) as usize)
    }

    fn join(&mut self, x: usize, y: usize) {
        let (x, y) = (self.of(x), self.of(y));
        let (from, to) = (x.max(y), x.min(y));
        if from == to {
            return;
        }
        let (few, other) =
            if self.apart[from].len() <= self.apart[to].len() { (from, to) } else { (to, from) };
        let strangers = std::mem::take(&mut self.apart[few]);
        let is_apart = strangers.iter().any(|&n| find(&mut self.leader, n) as usize == other);
        if is_apart {
            self.apart[few] = strangers;
            return;
        }
        let mut all = std::mem::take(&mut self.apart[other]);
        all.extend(strangers);
        self.apart[to] = all;
        self.leader[from] = self.leader[to];
    }
}

/// The document each group belongs to: one that nothing shows to be derived, the earliest, one that
/// is no chronology, which gathers what others said, the longest, by id.
fn owners(
    bodies: &Bodies<'_>,
    links: &[Link],
    sides: &impl Fn(&Link) -> Option<(usize, usize)>,
    passages: &[Passage],
    groups: &[usize],
) -> BTreeMap<usize, usize> {
    let mut derived: BTreeSet<(usize, usize)> = BTreeSet::new();
    for link in links.iter().filter(|link| link.kind.is_one_account()) {
        let Some((a, b)) = sides(link) else { continue };
        match link.direction {
            Direction::AToB => derived.insert((b, a)),
            Direction::BToA => derived.insert((a, b)),
            _ => false,
        };
    }
    let mut members: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (passage, &group) in passages.iter().zip(groups) {
        members.entry(group).or_default().insert(passage.document);
    }
    members
        .into_iter()
        .filter_map(|(group, members)| {
            let rank = |&n: &usize| {
                let from = derived.range((n, 0)..(n + 1, 0)).any(|&(_, of)| members.contains(&of));
                // A guess, or a year alone, would make a relay older than what it relays.
                let body = bodies.get(n);
                let published = body.document.dates.published.as_ref();
                let day = published
                    .filter(|dated| dated.tier < DateTier::Guessed)
                    .map(|dated| dated.value)
                    .filter(|date| date.first() == date.last())
                    .map(|date| date.first());
                let gathers = is_chronology(&body);
                (from, day.is_none(), day, gathers, std::cmp::Reverse(body.len()), n)
            };
            members.iter().copied().min_by_key(rank).map(|owner| (group, owner))
        })
        .collect()
}

/// Whether at least three paragraphs begin with the time of day: "16:20", "9.05", "16 h 20".
fn is_chronology(body: &Body<'_>) -> bool {
    let document = &*body.document;
    let blocks = document.blocks.iter().filter(|block| block.role.is_body());
    let timed =
        blocks.filter(|block| block.range.of(&document.text).is_some_and(opens_with_a_time));
    timed.take(3).count() == 3
}

fn opens_with_a_time(words: &str) -> bool {
    let (hour, rest) = digits(words.trim_start());
    let Some(rest) = rest.strip_prefix([':', '.', 'h', 'H']).or(rest.strip_prefix(" h ")) else {
        return false;
    };
    let (minute, rest) = digits(rest);
    let whole = !rest.starts_with(|c: char| c.is_alphanumeric())
        && !rest.trim_start_matches(['.', ',', ':']).starts_with(|c: char| c.is_ascii_digit());
    let number = |digits: &str| digits.parse::<u8>().ok();
    whole
        && minute.len() == 2
        && number(hour).is_some_and(|hour| hour < 24)
        && number(minute).is_some_and(|minute| minute < 60)
}

/// The digits at the start, and the rest.
fn digits(words: &str) -> (&str, &str) {
    words.split_at(words.bytes().take_while(u8::is_ascii_digit).count())
}

/// Passages that hold another figure, name or the contrary of what another document has in their
/// place.
fn revised(
    links: &[Link],
    sides: &impl Fn(&Link) -> Option<(usize, usize)>,
) -> BTreeMap<usize, Vec<TextRange>> {
    let mut out: BTreeMap<usize, Vec<TextRange>> = BTreeMap::new();
    for link in links.iter().filter(|link| link.kind == LinkKind::Revision) {
        let Some((a, b)) = sides(link) else { continue };
        for conflict in &link.conflicts {
            // A negation stands on one side only: the sentence without it is revised too.
            let meets =
                |at: Option<TextRange>, range: TextRange| at.is_some_and(|at| at.overlaps(range));
            for pair in &link.aligned {
                if meets(conflict.a, pair.a) || meets(conflict.b, pair.b) {
                    out.entry(a).or_default().push(pair.a);
                    out.entry(b).or_default().push(pair.b);
                }
            }
        }
    }
    out
}

/// Owner of each sentence, or of the linked parts of a sentence that is linked by less than half.
fn by_sentence(
    body: &Body<'_>,
    document: usize,
    held: &mut [(TextRange, usize)],
) -> Vec<(TextRange, usize)> {
    held.sort_unstable();
    let mut out: Vec<(TextRange, usize)> = Vec::new();
    let mut first = 0;
    for unit in &body.units {
        while held.get(first).is_some_and(|(range, _)| range.end <= unit.range.start) {
            first += 1;
        }
        let mut by_owner: BTreeMap<usize, usize> = BTreeMap::new();
        let mut inside: Vec<(TextRange, usize)> = Vec::new();
        let mut from = unit.range.start;
        for &(range, owner) in held[first..].iter().take_while(|(r, _)| r.start < unit.range.end) {
            let part = TextRange::new(range.start.max(from), range.end.min(unit.range.end));
            if part.is_empty() || range.end <= from {
                continue;
            }
            if part.start > from {
                inside.push((TextRange::new(from, part.start), document));
            }
            *by_owner.entry(owner).or_default() += part.len();
            inside.push((part, owner));
            from = part.end;
        }
        if from < unit.range.end {
            inside.push((TextRange::new(from, unit.range.end), document));
        }
        let best =
            by_owner.into_iter().max_by_key(|&(owner, bytes)| (bytes, std::cmp::Reverse(owner)));
        match best {
            None => out.push((unit.range, document)),
            Some((owner, bytes)) if bytes * 2 >= unit.range.len() => out.push((unit.range, owner)),
            Some(_) => out.extend(inside),
        }
    }
    out
}

/// A document that is mostly another's account gives it the rest too (title, a line put in between),
/// except sentences with a figure the other does not have or has otherwise.
fn absorb(
    body: &Body<'_>,
    document: usize,
    parts: &mut [(TextRange, usize)],
    says_so: bool,
    apart: Option<&Vec<TextRange>>,
    figures: impl Fn(usize) -> BTreeSet<String>,
    wordings: &AllWordings,
) {
    let mut by_owner: BTreeMap<usize, usize> = BTreeMap::new();
    for &(range, owner) in parts.iter() {
        *by_owner.entry(owner).or_default() += range.len();
    }
    let total: usize = by_owner.values().sum();
    let best = by_owner
        .into_iter()
        .filter(|&(owner, _)| owner != document)
        .max_by_key(|&(owner, bytes)| (bytes, std::cmp::Reverse(owner)));
    let Some((owner, bytes)) = best else { return };
    let least = if says_so { SAYS_SO } else { MOSTLY };
    if bytes * 100 < total * least {
        return;
    }
    let there = OnceCell::new();
    let is_there = |key: &str| there.get_or_init(|| figures(owner)).contains(key);
    let words = wordings.get(body.language());
    for (range, holder) in parts.iter_mut().filter(|(_, holder)| *holder == document) {
        let is_revised = apart.is_some_and(|list| list.iter().any(|r| range.overlaps(*r)));
        let is_new = || {
            items(body, *range, words)
                .iter()
                .any(|item| item.kind == ItemKind::Figure && !is_there(item.key.as_ref()))
        };
        if !is_revised && !is_new() {
            *holder = owner;
        }
    }
}

fn figures_of(body: &Body<'_>, wordings: &AllWordings) -> BTreeSet<String> {
    let words = wordings.get(body.language());
    body.units
        .iter()
        .flat_map(|unit| items(body, unit.range, words))
        .filter(|item| item.kind == ItemKind::Figure)
        .map(|item| item.key.into_owned())
        .collect()
}

/// The parts grown over the spaces between them, so that they tile the body.
fn tiles(
    body: &Body<'_>,
    parts: &[(TextRange, usize)],
    document: usize,
) -> Vec<(TextRange, usize)> {
    let mut out: Vec<(TextRange, usize)> = Vec::new();
    let mut next = 0;
    for range in &body.ranges {
        let mut from = range.start;
        let mut owner = None;
        while let Some(&(part, holder)) = parts.get(next).filter(|(part, _)| part.start < range.end)
        {
            next += 1;
            if owner.is_some_and(|owner| owner != holder) && part.start > from {
                out.push((TextRange::new(from, part.start), owner.unwrap_or(document)));
                from = part.start;
            }
            owner = Some(holder);
        }
        if range.end > from {
            out.push((TextRange::new(from, range.end), owner.unwrap_or(document)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_told_from_dates_and_numbers() {
        for time in ["16:20 The doors open.", " 9.05 – smoke", "07h10 : rien", "16 h 20", "0:59"]
        {
            assert!(opens_with_a_time(time), "{time}");
        }
        for other in
            ["12.03.2024", "16:2", "24:10", "9.60", "1.400 people", "3", "", "12:30:15a", "at 9:00"]
        {
            assert!(!opens_with_a_time(other), "{other}");
        }
    }
}
