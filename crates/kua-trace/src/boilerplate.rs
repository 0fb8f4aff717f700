//! What stands in many documents and tells nothing: menus, credits and footers that reading has set
//! apart from the body, and closing lines and formulae inside it.

use std::collections::BTreeMap;

use kua_model::{AlignedPair, Direction, Link, LinkKind, Role, Span, TextRange};
use rayon::prelude::*;

use crate::bodies::Bodies;
use crate::body::Body;
use crate::fingerprint::mix;
use crate::fold::Folded;
use crate::memo::Remembered;
use crate::twins::find;
use crate::wording::{AllWordings, Item, ItemKind, items};

/// Fewest letters of a block that is compared.
const LEAST: usize = 20;
/// Fewest and most letters of a line in the body that may be a formula.
const FORMULA: std::ops::Range<usize> = 40..400;
/// Blocks at either end of the body where formulae stand.
const OPENING: usize = 1;
const CLOSING: usize = 3;
/// Documents without anything else in common that must hold a line; more if it holds a name.
const MOST_STRANGERS: usize = 5;
const WITH_NAMES: usize = 12;

/// Links between blocks that are not body: each document that repeats some with the first that holds
/// them, so that a thousand pages of one site make a thousand links. Captions are left out: they are
/// evidence of their picture.
pub(crate) fn furniture(bodies: &Bodies<'_>) -> Vec<Link> {
    let mut held: Vec<(u64, usize, usize)> = (0..bodies.len())
        .into_par_iter()
        .flat_map_iter(|n| {
            let body = bodies.get(n);
            let blocks = body.document.blocks.iter().enumerate();
            blocks
                .filter(|(_, block)| !block.role.is_body() && block.role != Role::Caption)
                .filter_map(|(at, block)| Some((key(&body, block.range, LEAST)?, n, at)))
                .collect::<Vec<_>>()
        })
        .collect();
    held.par_sort_unstable();
    // Document, block there, document that holds it first, block there.
    let mut repeated: Vec<(usize, usize, usize, usize)> = held
        .chunk_by(|x, y| x.0 == y.0)
        .flat_map(|run| {
            let (_, first, at) = run[0];
            let mut others: Vec<_> = run[1..].iter().filter(|r| r.1 != first).collect();
            others.dedup_by_key(|r| r.1);
            others.into_iter().map(move |&(_, n, there)| (first, n, at, there)).collect::<Vec<_>>()
        })
        .collect();
    repeated.sort_unstable();
    repeated
        .chunk_by(|x, y| (x.0, x.1) == (y.0, y.1) && y.2 == x.2 + 1 && y.3 == x.3 + 1)
        .filter_map(|run| {
            let (first, n, ..) = run[0];
            let (a, b) = (&*bodies.get(first), &*bodies.get(n));
            let aligned: Vec<AlignedPair> = run
                .iter()
                .filter_map(|&(_, _, at, there)| {
                    let pair = (a.document.blocks.get(at)?, b.document.blocks.get(there)?);
                    Some(AlignedPair { a: trimmed(a, pair.0.range), b: trimmed(b, pair.1.range) })
                })
                .collect();
            let count = aligned.len();
            Some(Link {
                kind: LinkKind::Boilerplate,
                a: Span::new(a.document.id, aligned.iter().map(|p| p.a).reduce(TextRange::cover)?),
                b: Span::new(b.document.id, aligned.iter().map(|p| p.b).reduce(TextRange::cover)?),
                direction: Direction::Unknown,
                reasons: vec![format!(
                    "not-told: {count} blocks that are not part of the account stand in both."
                )],
                agreements: Vec::new(),
                conflicts: Vec::new(),
                aligned,
                score: 1000,
            })
        })
        .collect()
}

/// Turns links that only join formulae into boilerplate: lines at either end of the body that stand,
/// word for word, in several documents that have nothing else in common. A line with a figure, a
/// quotation, or one that is most of its document is never one: that is testimony that travelled.
pub(crate) fn formulae(
    bodies: &Bodies<'_>,
    wordings: &AllWordings,
    least: usize,
    links: &mut [Link],
    remembered: &Remembered<'_>,
) {
    let candidates = candidates(bodies, wordings, remembered);
    if candidates.is_empty() {
        return;
    }
    let mut lines: BTreeMap<usize, Vec<TextRange>> = BTreeMap::new();
    for &(_, n, range) in candidates.iter().flatten() {
        lines.entry(n).or_default().push(range);
    }
    let sides = |link: &Link| {
        Some((bodies.number(link.a.document)?, bodies.number(link.b.document)?))
            .filter(|(a, b)| a != b && link.kind.is_one_account())
    };
    // Documents with more in common than such lines.
    let mut leader: Vec<u32> = (0..bodies.len()).filter_map(|n| u32::try_from(n).ok()).collect();
    for link in links.iter() {
        let Some((a, b)) = sides(link) else { continue };
        if outside(link, &bodies.get(a), lines.get(&a)) >= least {
            let (Ok(a), Ok(b)) = (u32::try_from(a), u32::try_from(b)) else { continue };
            let (x, y) = (find(&mut leader, a), find(&mut leader, b));
            leader[x.max(y) as usize] = x.min(y);
        }
    }
    lines.clear();
    for run in &candidates {
        let (_, first, range) = run[0];
        let words = wordings.get(bodies.languages()[first]);
        let named =
            items(&bodies.get(first), range, words).iter().any(|i| i.kind == ItemKind::Name);
        let mut strangers: Vec<u32> = run
            .iter()
            .filter_map(|&(_, n, _)| Some(find(&mut leader, u32::try_from(n).ok()?)))
            .collect();
        strangers.sort_unstable();
        strangers.dedup();
        if strangers.len() >= if named { WITH_NAMES } else { MOST_STRANGERS } {
            for &(_, n, range) in run {
                lines.entry(n).or_default().push(range);
            }
        }
    }
    for link in links.iter_mut() {
        let Some((a, b)) = sides(link) else { continue };
        let (Some(in_a), Some(in_b)) = (lines.get(&a), lines.get(&b)) else { continue };
        if outside(link, &bodies.get(a), Some(in_a)) < least
            && link.aligned.iter().any(|pair| is_in(pair.b, in_b))
        {
            link.kind = LinkKind::Boilerplate;
            link.direction = Direction::Unknown;
            link.reasons.push(
                "formula: the line stands in several documents that have nothing else in common."
                    .to_owned(),
            );
        }
    }
}

type Line = (u64, usize, TextRange);

/// Lines that several documents hold at either end, by line.
fn candidates(
    bodies: &Bodies<'_>,
    wordings: &AllWordings,
    remembered: &Remembered<'_>,
) -> Vec<Vec<Line>> {
    let edges: Vec<Vec<(u64, TextRange)>> = remembered.each(EDGES, remembered.documents(), |due| {
        due.par_iter().map(|&n| edges(&bodies.get(n))).collect()
    });
    let lines = edges.into_iter().enumerate();
    let mut held: Vec<Line> = lines
        .flat_map(|(n, lines)| lines.into_iter().map(move |(key, range)| (key, n, range)))
        .collect();
    held.par_sort_unstable();
    held.chunk_by(|x, y| x.0 == y.0)
        .map(|run| {
            let mut run = run.to_vec();
            run.dedup_by_key(|line| line.1);
            run
        })
        .filter(|run| run.len() >= MOST_STRANGERS)
        .filter(|run| {
            let (_, n, range) = run[0];
            let body = bodies.get(n);
            let told = items(&body, range, wordings.get(bodies.languages()[n]));
            // "In one message" counts nothing.
            let counts = |item: &Item<'_>| item.kind == ItemKind::Figure && item.key != "1";
            range.len() < FORMULA.end * 2
                && !told.iter().any(counts)
                && !run.iter().any(|&(_, n, range)| bodies.get(n).has_quotation(range))
        })
        .collect()
}

/// What is remembered of documents.
const EDGES: &str = "trace-edges";

/// Lines at either end of a body, with their keys.
fn edges(body: &Body<'_>) -> Vec<(u64, TextRange)> {
    let blocks = body.document.blocks.iter().filter(|block| block.role.is_body());
    let blocks: Vec<TextRange> =
        blocks.map(|block| trimmed(body, block.range)).filter(|range| !range.is_empty()).collect();
    let is_edge = |at: usize| at < OPENING || at + CLOSING >= blocks.len();
    (0..blocks.len())
        .filter(|&at| is_edge(at) && blocks[at].len() * 4 <= body.len())
        .filter_map(|at| Some((key(body, blocks[at], FORMULA.start)?, blocks[at])))
        .collect()
}

/// Letters and digits of a link outside these lines of its side a.
fn outside(link: &Link, a: &Body<'_>, lines: Option<&Vec<TextRange>>) -> usize {
    let is_line = |range: TextRange| lines.is_some_and(|lines| is_in(range, lines));
    link.aligned
        .iter()
        .filter(|pair| !is_line(pair.a))
        .map(|pair| a.words(pair.a).chars().filter(|c| c.is_alphanumeric()).count())
        .sum()
}

/// Whether most of `range` lies in one of the lines.
fn is_in(range: TextRange, lines: &[TextRange]) -> bool {
    lines.iter().any(|line| {
        let shared = line.end.min(range.end).saturating_sub(line.start.max(range.start));
        shared * 10 >= range.len() * 7
    })
}

/// Key of the letters at `range`, if there are at least so many.
fn key(body: &Body<'_>, range: TextRange, least: usize) -> Option<u64> {
    let folded = Folded::of(&body.document.text, &[range]);
    (folded.units.len() >= least)
        .then(|| folded.units.iter().fold(0, |key, &unit| mix(key ^ u64::from(unit))))
}

fn trimmed(body: &Body<'_>, range: TextRange) -> TextRange {
    let words = body.words(range);
    let start = range.start + (words.len() - words.trim_start().len());
    TextRange::new(start, start + words.trim().len())
}
