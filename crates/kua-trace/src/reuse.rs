//! Copies, quotations, digests and repeats between texts of one language, as links with exact spans.

use kua_model::{AlignedPair, Conflict, Direction, Link, LinkKind, Span, TextRange};
use rayon::prelude::*;

use crate::TraceConfig;
use crate::bodies::{Bodies, Folds};
use crate::body::Body;
use crate::boilerplate::{formulae, furniture};
use crate::chain::{Chain, chains};
use crate::direction::{Witness, direction};
use crate::gap::Room;
use crate::groups::{AllGroups, GROUPS, Groups};
use crate::marks::{AllMarks, Marks};
use crate::memo::Remembered;
use crate::passage::{Piece, Side, is_whole, pieces};
use crate::seeds::Seed;
use crate::wording::{AllWordings, agreeing, compared, items};

/// All links between the bodies by shared wording, sorted. Bodies stand in order of document.
pub(crate) fn reuse(
    bodies: &Bodies<'_>,
    marks: &AllMarks<'_, '_>,
    wordings: &AllWordings,
    config: &TraceConfig,
    remembered: &Remembered<'_>,
) -> Vec<Link> {
    let folds = Folds::of(bodies);
    let mut of_groups = remembered.by_and_by(GROUPS);
    let mut all = AllGroups::of(&folds, config, remembered, &of_groups.have);
    let mut links: Vec<Link> = Vec::new();
    for range in all.parts() {
        remembered.begins("runs");
        let mut groups = all.part(range);
        remembered.begins("passages");
        let known = groups.take_known();
        let found = of_groups.each_but(&groups.keys(), known, |due| {
            due.par_iter().map(|&n| of_group(&groups, n, &folds, marks, wordings, config)).collect()
        });
        links.extend(found.into_iter().flatten());
    }
    all.keep();
    of_groups.keep();
    drop(folds);
    remembered.begins("formulae");
    formulae(bodies, wordings, config.min_characters, &mut links, remembered);
    links.extend(furniture(bodies));
    links.sort_by_key(order);
    links
}

/// Links of the pairs of a group.
fn of_group(
    groups: &Groups,
    n: usize,
    folds: &Folds<'_, '_>,
    marks: &AllMarks<'_, '_>,
    wordings: &AllWordings,
    config: &TraceConfig,
) -> Vec<Link> {
    let languages = folds.bodies.languages();
    let (mut out, mut room) = (Vec::new(), Room::default());
    let mut pairs = groups.pairs(n).peekable();
    // The same of all pairs of a group.
    let Some(a) = pairs.peek().map(|pair| pair[0].a as usize) else { return out };
    let first = folds.get(a);
    let side_a = first.side(wordings.get(languages[a]));
    for pair in pairs {
        let b = pair[0].b as usize;
        let second = (a != b).then(|| folds.get(b));
        let side_b = second.as_ref().unwrap_or(&first).side(wordings.get(languages[b]));
        let run = side_a.folded.run.min(side_b.folded.run);
        if a == b {
            let found = chains(pair, (side_a, side_a), run, true, config, &mut room);
            repeats(&found, side_a, &mut out);
            continue;
        }
        let least = config.min_characters;
        let passages = match duplicate(side_a, side_b, least) {
            Some(whole) => vec![(whole, false)],
            None => sideless(pair, side_a, side_b, run, config, &mut room),
        };
        between(passages, side_a, side_b, marks.get(a), marks.get(b), &mut out);
    }
    out
}

/// Order of links in a lineage: by sides, then kind.
pub(crate) fn order(link: &Link) -> (Span, Span, LinkKind) {
    (link.a, link.b, link.kind)
}

/// The sentences of two texts that are the same sentence by sentence, side by side: nothing is to be
/// looked for in them, however often they repeat themselves. `None` if they differ, or have less than
/// `least` letters.
fn duplicate(a: Side<'_, '_>, b: Side<'_, '_>, least: usize) -> Option<Vec<Piece>> {
    if a.folded.units.len() < least || a.folded.units != b.folded.units {
        return None;
    }
    if a.body.units.len() != b.body.units.len() {
        return None;
    }
    let units =
        || a.body.units.iter().map(|unit| unit.range).zip(b.body.units.iter().map(|u| u.range));
    if units().any(|(x, y)| a.body.words(x) != b.body.words(y)) {
        return None;
    }
    let text = &a.body.document.text;
    let pieces = units().map(|(x, y)| {
        let letters = a.folded.index(text, x.end).saturating_sub(a.folded.index(text, x.start));
        let seen_a = items(a.body, x, a.words);
        let agreements = if std::ptr::eq(a.words, b.words) {
            agreeing(&seen_a, x.start, y.start)
        } else {
            compared(&seen_a, &items(b.body, y, b.words)).agreements
        };
        let conflicts = Vec::new();
        Piece { a: x, b: y, matched: letters, letters, kept: 100, agreements, conflicts }
    });
    Some(pieces.collect())
}

/// The passages of two texts, the same whichever of them is called a: where runs overlap or two ways
/// of joining them are equally good, the choice must fall by what the texts are, not by their ids.
fn sideless(
    seeds: &[Seed],
    a: Side<'_, '_>,
    b: Side<'_, '_>,
    run: usize,
    config: &TraceConfig,
    room: &mut Room,
) -> Vec<(Vec<Piece>, bool)> {
    let mut found = |seeds: &[Seed], one: Side<'_, '_>, other: Side<'_, '_>| {
        let chains = chains(seeds, (one, other), run, false, config, room);
        passages(&chains, one, other, config.min_characters)
    };
    if a.stands_first(b) {
        return found(seeds, a, b);
    }
    let mirrored: Vec<Seed> = seeds.iter().map(|seed| seed.mirrored()).collect();
    let mut groups = found(&mirrored, b, a);
    groups.iter_mut().flat_map(|group| &mut group.0).for_each(Piece::mirror);
    for (pieces, _) in &mut groups {
        pieces.sort_by_key(|piece| (piece.a, piece.b));
    }
    groups
}

/// The passages that chains of shared runs make up, each with whether what it says is in conflict.
fn passages(
    chains: &[Chain],
    a: Side<'_, '_>,
    b: Side<'_, '_>,
    least: usize,
) -> Vec<(Vec<Piece>, bool)> {
    let mut groups = Vec::new();
    for chain in chains {
        let pieces = pieces(chain, a, b, chain.is_weak);
        let is_passage = if chain.is_weak {
            are_whole(&pieces)
        } else {
            chain.matched >= LONG * least || is_verbatim(&pieces, least) || is_mostly_whole(&pieces)
        };
        if is_passage {
            groups.extend(runs_of_one_kind(pieces, least));
        }
    }
    groups
}

/// Links between two documents that share `groups` of sentences.
fn between(
    groups: Vec<(Vec<Piece>, bool)>,
    a: Side<'_, '_>,
    b: Side<'_, '_>,
    marks_a: &Marks,
    marks_b: &Marks,
    out: &mut Vec<Link>,
) {
    if groups.is_empty() {
        return;
    }
    let covered = |pick: fn(&Piece) -> TextRange| {
        let mut ranges: Vec<TextRange> =
            groups.iter().filter(|g| !g.1).flat_map(|g| g.0.iter().map(pick)).collect();
        union_length(&mut ranges)
    };
    let share_a = covered(|p| p.a) * 100 / a.body.len().max(1);
    let share_b = covered(|p| p.b) * 100 / b.body.len().max(1);
    let kept: usize = groups.iter().filter(|g| !g.1).map(|g| g.0.len()).sum();
    // Most of one side is less than two thirds of the other, over several sentences.
    let is_shorter = kept >= 3
        && (share_a.max(share_b) >= 60 && share_a.min(share_b) * 3 < share_a.max(share_b) * 2);
    let is_digest = is_shorter && condenses(&groups);
    let agency = same_agency((a.body, marks_a), (b.body, marks_b));
    for (group, in_conflict) in groups {
        let Some((span_a, span_b)) = cover(&group) else { continue };
        let quoted = (a.body.is_quoted(span_a), b.body.is_quoted(span_b));
        let kind = if in_conflict {
            LinkKind::Revision
        } else if quoted.0 || quoted.1 {
            LinkKind::Quotation
        } else if is_digest {
            LinkKind::Digest
        } else {
            LinkKind::Copy
        };
        let witness_a = Witness { body: a.body, marks: marks_a, quoted: quoted.0, share: share_a };
        let witness_b = Witness { body: b.body, marks: marks_b, quoted: quoted.1, share: share_b };
        let (mut direction, mut why) = direction(kind, is_shorter, &witness_a, &witness_b);
        if let Some(agency) = &agency
            && kind != LinkKind::Revision
            && !why.iter().any(|reason| reason.starts_with("says-so"))
        {
            why.insert(0, format!("same-agency: both say that they have it from {agency}."));
            direction = Direction::CommonAncestor;
        }
        let kind = match kind {
            LinkKind::Copy | LinkKind::Digest if direction == Direction::CommonAncestor => {
                LinkKind::CommonAncestor
            }
            kind => kind,
        };
        let mut link = link(kind, a.body, b.body, span_a, span_b, &group);
        link.direction = direction;
        link.reasons.extend(why);
        out.push(link);
    }
}

/// The agency both name in their opening lines, unless one of the two is its own text.
fn same_agency(
    (a, marks_a): (&Body<'_>, &Marks),
    (b, marks_b): (&Body<'_>, &Marks),
) -> Option<String> {
    let (one, other) = (marks_a.agency.as_ref()?, marks_b.agency.as_ref()?);
    let letters = |words: &str| -> String {
        words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let name = letters(one);
    let is_its_own = |body: &Body<'_>| letters(&body.document.path).contains(&name);
    (name == letters(other) && !is_its_own(a) && !is_its_own(b)).then(|| one.clone())
}

/// Whether a shorter text condenses: it shortens within the sentences it keeps or tells them in
/// another order. One that drops sentences and keeps the rest as they were is a copy.
fn condenses(groups: &[(Vec<Piece>, bool)]) -> bool {
    let mut pieces: Vec<&Piece> =
        groups.iter().filter(|group| !group.1).flat_map(|group| &group.0).collect();
    pieces.sort_by_key(|piece| (piece.a, piece.b));
    let letters: usize = pieces.iter().map(|piece| piece.letters).sum();
    let kept: usize = pieces.iter().map(|piece| piece.kept * piece.letters).sum();
    let in_order = pieces.windows(2).all(|pair| pair[0].b.start <= pair[1].b.start);
    !in_order || kept < MOSTLY_KEPT * letters
}

/// Hundredths of its sentences that a copy keeps on average.
const MOSTLY_KEPT: usize = 70;

/// Links within one document, one for each pair of blocks.
fn repeats(chains: &[Chain], side: Side<'_, '_>, out: &mut Vec<Link>) {
    let block = |at: usize| side.body.units.get(side.body.unit_at(at)).map_or(0, |unit| unit.block);
    for chain in chains {
        let pieces = pieces(chain, side, side, false);
        // A turn of phrase used twice is no repeated statement: most of both sentences must agree.
        let is_statement = |piece: &Piece| {
            let most = |range: TextRange| {
                let unit = side.body.units.get(side.body.unit_at(range.start));
                unit.is_some_and(|unit| range.len() * 5 >= unit.range.len() * 3)
            };
            most(piece.a) && most(piece.b)
        };
        let pieces: Vec<Piece> = pieces.into_iter().filter(is_statement).collect();
        for group in pieces.chunk_by(|x, y| {
            (block(x.a.start), block(x.b.start)) == (block(y.a.start), block(y.b.start))
        }) {
            // A figure in the place of another makes a new statement even here; other differences
            // are variants of one.
            let is_number = |piece: &Piece| {
                piece.conflicts.iter().any(|c| matches!(c.kind.as_str(), "number" | "date"))
            };
            let letters = |clean: bool| -> usize {
                let kept = group.iter().filter(|p| p.conflicts.is_empty() == clean);
                kept.map(|p| p.matched).sum()
            };
            let is_template = letters(true) < letters(false);
            for part in group.chunk_by(|x, y| is_number(x) == is_number(y)) {
                let kind = if is_number(&part[0])
                    || (is_template && part.iter().any(|p| !p.conflicts.is_empty()))
                {
                    LinkKind::Revision
                } else {
                    LinkKind::Repeat
                };
                let Some((mut span_a, mut span_b)) = cover(part) else { continue };
                if kind == LinkKind::Repeat && part.len() == group.len() {
                    (span_a, span_b) = whole_blocks(side.body, span_a, span_b);
                }
                if span_a.overlaps(span_b) {
                    continue;
                }
                out.push(link(kind, side.body, side.body, span_a, span_b, part));
            }
        }
    }
}

/// The blocks of two spans, if each span is nearly all of its block.
fn whole_blocks(body: &Body<'_>, a: TextRange, b: TextRange) -> (TextRange, TextRange) {
    let block = |span: TextRange| {
        let block = body.document.block_at(span.start)?;
        let words = block.range.of(&body.document.text)?;
        let start = block.range.start + (words.len() - words.trim_start().len());
        let whole = TextRange::new(start, start + words.trim().len());
        (whole.contains(span) && span.len() * 5 >= whole.len() * 4).then_some(whole)
    };
    match (block(a), block(b)) {
        (Some(a), Some(b)) => (a, b),
        _ => (a, b),
    }
}

/// Whether short passages are more than a turn of phrase: whole sentences on both sides, about the
/// same people and places.
fn are_whole(pieces: &[Piece]) -> bool {
    pieces.iter().all(|piece| {
        is_whole(piece.kept, piece.letters, piece.matched)
            && !piece.conflicts.iter().any(|conflict| conflict.kind == "name")
    })
}

/// So many times the least length a passage of short runs is no chance.
const LONG: usize = 3;

/// Whether one sentence, or part of one, stands word for word on both sides, long enough by itself.
fn is_verbatim(pieces: &[Piece], least: usize) -> bool {
    let matched = |piece: &Piece| piece.matched * 20 >= piece.letters * 19;
    pieces.iter().any(|piece| piece.matched * 10 >= least * 9 && matched(piece))
}

/// Whether most of the sentences is kept. Turns of phrase that follow each other in two texts of one
/// trade are parts of sentences only.
fn is_mostly_whole(pieces: &[Piece]) -> bool {
    let letters: usize = pieces.iter().map(|piece| piece.letters).sum();
    pieces.iter().map(|piece| piece.kept * piece.letters).sum::<usize>() >= 50 * letters
}

/// Cuts the pieces of a passage into runs that agree and runs in conflict (`true`). If most of the
/// passage is in conflict, or what agrees is less than `least` letters, it is a formula and all of it
/// is in conflict; if nothing is, it is chance and nothing is left.
fn runs_of_one_kind(pieces: Vec<Piece>, least: usize) -> Vec<(Vec<Piece>, bool)> {
    let sum = |clean: bool| -> usize {
        pieces.iter().filter(|p| p.conflicts.is_empty() == clean).map(|p| p.matched).sum()
    };
    let (agreeing, differing) = (sum(true), sum(false));
    let is_formula = differing > agreeing || agreeing < least;
    let mut out: Vec<(Vec<Piece>, bool)> = Vec::new();
    for piece in pieces {
        let in_conflict = !piece.conflicts.is_empty() || (is_formula && differing > 0);
        match out.last_mut() {
            Some((run, kind)) if *kind == in_conflict => run.push(piece),
            _ => out.push((vec![piece], in_conflict)),
        }
    }
    out.retain(|(run, in_conflict)| {
        let matched: usize = run.iter().map(|p| p.matched).sum();
        let letters: usize = run.iter().map(|p| p.letters).sum();
        // Half a sentence between two that differ shows nothing.
        let shows = matched * 3 >= least;
        if *in_conflict { matched * 100 >= letters * 45 } else { agreeing >= least && shows }
    });
    out
}

fn cover(pieces: &[Piece]) -> Option<(TextRange, TextRange)> {
    let a = pieces.iter().map(|p| p.a).reduce(TextRange::cover)?;
    let b = pieces.iter().map(|p| p.b).reduce(TextRange::cover)?;
    Some((a, b))
}

/// Bytes in at least one of the ranges.
pub(crate) fn union_length(ranges: &mut [TextRange]) -> usize {
    ranges.sort_unstable();
    let mut end = 0;
    let mut total = 0;
    for range in ranges {
        total += range.end.saturating_sub(range.start.max(end));
        end = end.max(range.end);
    }
    total
}

fn link(
    kind: LinkKind,
    a: &Body<'_>,
    b: &Body<'_>,
    span_a: TextRange,
    span_b: TextRange,
    pieces: &[Piece],
) -> Link {
    let matched: usize = pieces.iter().map(|p| p.matched).sum();
    let letters: usize = pieces.iter().map(|p| p.letters).sum();
    let conflicts: Vec<Conflict> =
        pieces.iter().flat_map(|p| p.conflicts.iter().cloned()).collect();
    let agreements = pieces.iter().flat_map(|p| p.agreements.iter().cloned()).collect();
    let mut reasons =
        vec![format!("same-words: {matched} of {letters} letters and digits agree in runs.")];
    if kind == LinkKind::Revision {
        let count = conflicts.len();
        reasons.push(format!(
            "differs: {count} figures, negations or names stand against each other."
        ));
    }
    Link {
        kind,
        a: Span::new(a.document.id, span_a),
        b: Span::new(b.document.id, span_b),
        direction: Direction::Unknown,
        reasons,
        agreements,
        conflicts,
        aligned: pieces.iter().map(|p| AlignedPair { a: p.a, b: p.b }).collect(),
        score: u16::try_from(matched * 1000 / letters.max(1)).unwrap_or(1000).min(1000),
    }
}
