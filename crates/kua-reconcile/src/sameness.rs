//! Which statements are one: said again in the same account, copied, or translated. The one
//! nearest to the origin stands for the others.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    AlignedPair, ClaimId, Direction, DocumentId, EventType, Grade, Lineage, Notice, NoticePlace,
    OriginId, Quantity, Severity, Span, Statement, TextRange, Uncounted,
};

use crate::accounts::Accounts;
use crate::config::ReconcileConfig;
use crate::count::{Counting, Rows};
use crate::taxonomy::Taxonomy;
use crate::union::Sets;

/// Fills `same_as` and, where nothing weightier speaks against counting, `uncounted`.
/// `statements` stand in order of document and place; `countings` beside them.
pub(crate) fn merge(
    statements: &mut [Statement],
    countings: &[Counting],
    accounts: &Accounts,
    lineage: &Lineage,
    taxonomy: &Taxonomy,
    config: &ReconcileConfig,
    notices: &mut Vec<Notice>,
) {
    let told: &[Statement] = statements;
    let ((equal, shorter), (headlines, (aligned, differing))) = rayon::join(
        || {
            rayon::join(
                || same_figures(told, countings),
                || shorter_figures(told, countings, config),
            )
        },
        || {
            rayon::join(
                || headline_figures(told, countings),
                || aligned_figures(told, accounts, lineage, taxonomy),
            )
        },
    );
    notices.extend(differing);
    let mut sets = Sets::new(statements.len());
    for (a, b) in [equal, shorter, headlines, aligned].into_iter().flatten() {
        sets.join(a, b);
    }

    let mut classes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..statements.len() {
        classes.entry(sets.find(at)).or_default().push(at);
    }
    let parents = parents(lineage);
    for members in classes.values().filter(|members| members.len() > 1) {
        let told_in: BTreeSet<DocumentId> =
            members.iter().map(|&at| statements[at].claim.document).collect();
        let derived = |at: usize| {
            let document = statements[at].claim.document;
            parents.get(&document).is_some_and(|from| {
                from.iter().any(|from| *from != document && told_in.contains(from))
            })
        };
        let nearest = members.iter().copied().min_by_key(|&at| {
            let date = countings[at].reported.map(kua_model::PartialDate::first);
            // A statement that is kept out by itself cannot stand for one that counts.
            let unnamed = statements[at].origin == statements[at].account;
            // Of a headline and the sentence below it, the one that says where and who counts.
            let vague = (countings[at].key.place.is_none(), countings[at].of_people());
            let kept_out = statements[at].uncounted.is_some();
            (kept_out, derived(at), date.is_none(), date, vague, unnamed, at)
        });
        let Some(nearest) = nearest else { continue };
        stand_for(statements, members, nearest);
    }
}

fn stand_for(statements: &mut [Statement], members: &[usize], nearest: usize) {
    let named: BTreeSet<OriginId> = members
        .iter()
        .map(|&at| &statements[at])
        .filter(|s| s.origin != s.account)
        .map(|s| s.origin)
        .collect();
    let first = &mut statements[nearest];
    if first.origin == first.account
        && named.len() == 1
        && let Some(&origin) = named.first()
    {
        first.origin = origin;
        first.why.push("A copy or translation of these words names the source".to_owned());
    }
    let (id, document, origin) = (first.claim.id, first.claim.document, first.origin);
    for &at in members.iter().filter(|&&at| at != nearest) {
        let statement = &mut statements[at];
        statement.same_as = Some(id);
        statement.origin = origin;
        let repeats = statement.claim.document == document;
        statement.why.push(if repeats {
            format!("Repeats statement {id} of the same account; counted once")
        } else {
            format!("Copies or translates statement {id}, or is copied by it; that one is nearer to the origin and is counted")
        });
        let reason = if repeats { Uncounted::Repeat } else { Uncounted::SameAccount };
        statement.uncounted.get_or_insert(reason);
    }
}

/// Two statements that are one, by number.
type Pair = (usize, usize);

/// Statements with the same figure about the same count, from the same origin, told in one account
/// or one document.
fn same_figures(statements: &[Statement], countings: &[Counting]) -> Vec<Pair> {
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Teller {
        Account(OriginId),
        Document(DocumentId),
    }
    let rows = Rows::of(countings);
    let mut same = Vec::new();
    let mut first = BTreeMap::new();
    for (at, (statement, counting)) in statements.iter().zip(countings).enumerate() {
        let claim = &statement.claim;
        let Some(quantity) = claim.quantity.as_ref().filter(|quantity| quantity.range.is_some())
        else {
            continue;
        };
        let named = (statement.origin != statement.account).then_some(statement.origin);
        // What a witness saw at two times is two happenings.
        let when = counting.said.filter(|_| claim.grade == Grade::Seen);
        let about = (rows.of[at], named, figure(quantity), claim.modality, when, claim.retracts);
        for teller in [Teller::Account(statement.account), Teller::Document(claim.document)] {
            let held = *first.entry((teller, about)).or_insert(at);
            if held != at {
                same.push((held, at));
            }
        }
    }
    same
}

/// Within one document, a figure of one origin that names no place or no group is the same figure
/// that names one elsewhere, if there is only one it can be: a headline, a summary, a later mention.
fn shorter_figures(
    statements: &[Statement],
    countings: &[Counting],
    config: &ReconcileConfig,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut told: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, (statement, counting)) in statements.iter().zip(countings).enumerate() {
        let claim = &statement.claim;
        let plain = claim.quantity.as_ref().filter(|q| q.range.is_some() && q.low >= Some(2));
        let Some(quantity) =
            plain.filter(|_| claim.grade != Grade::Seen && claim.part_of.is_none())
        else {
            continue;
        };
        let put = (claim.modality, claim.role, claim.retracts, claim.earlier_figure);
        let about = (claim.document, statement.origin, &claim.event, figure(quantity), put);
        told.entry((about, &counting.scope)).or_default().push(at);
    }
    for members in told.into_values().filter(|members| members.len() > 1) {
        let places: BTreeSet<_> =
            members.iter().filter_map(|&at| countings[at].key.place.as_ref()).collect();
        let groups: BTreeSet<_> = members
            .iter()
            .filter(|&&at| !countings[at].of_people())
            .map(|&at| &countings[at].key.affected)
            .collect();
        // Small figures of a group and of people at large are equal by chance.
        let low = statements[members[0]].claim.quantity.as_ref().and_then(|quantity| quantity.low);
        let mixed = groups.len() == 1 && members.iter().any(|&at| countings[at].of_people());
        if places.len() > 1 || groups.len() > 1 || mixed && low < Some(config.label_from) {
            continue;
        }
        // "In the country" beside "in the city" is another count.
        let same = |at: &usize| {
            places.is_empty() || countings[*at].key.place.is_some() || !countings[*at].place_stated
        };
        let mut same = members.iter().copied().filter(same);
        if let Some(first) = same.next() {
            pairs.extend(same.map(|at| (first, at)));
        }
    }
    pairs
}

/// Figures told without a source in a document that gives the same figure from exactly one named
/// source: a headline or summary of it.
fn headline_figures(statements: &[Statement], countings: &[Counting]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut told: BTreeMap<_, (BTreeMap<OriginId, usize>, Vec<usize>)> = BTreeMap::new();
    for (at, (statement, counting)) in statements.iter().zip(countings).enumerate() {
        let claim = &statement.claim;
        let Some(quantity) = claim.quantity.as_ref().filter(|q| q.range.is_some()) else {
            continue;
        };
        let about = (claim.document, &claim.event, &counting.key.affected, figure(quantity));
        let (named, own) = told.entry((about, claim.modality, claim.retracts)).or_default();
        if statement.origin == statement.account {
            own.push(at);
        } else {
            named.entry(statement.origin).or_insert(at);
        }
    }
    for (named, own) in told.into_values() {
        let mut named = named.into_values();
        if let (Some(source), None) = (named.next(), named.next()) {
            for at in own {
                let (a, b) = (&countings[at].key.place, &countings[source].key.place);
                if a == b || a.is_none() || b.is_none() {
                    pairs.push((source, at));
                }
            }
        }
    }
    pairs
}

fn figure(quantity: &Quantity) -> (Option<u64>, Option<u64>, bool, kua_model::Counted) {
    (quantity.low, quantity.high, quantity.approx, quantity.counts)
}

/// Statements on the two sides of aligned pieces of one account, and notices of those that give
/// different figures.
fn aligned_figures(
    statements: &[Statement],
    accounts: &Accounts,
    lineage: &Lineage,
    taxonomy: &Taxonomy,
) -> (Vec<Pair>, Vec<Notice>) {
    let mut pairs = Vec::new();
    let mut by_document: BTreeMap<DocumentId, Vec<usize>> = BTreeMap::new();
    for (at, statement) in statements.iter().enumerate() {
        by_document.entry(statement.claim.document).or_default().push(at);
    }
    let within = |document: DocumentId, piece: TextRange| -> &[usize] {
        let Some(all) = by_document.get(&document) else { return &[] };
        let start = |&at: &usize| statements[at].claim.range.start;
        let from = all.partition_point(|at| start(at) < piece.start);
        let to = all.partition_point(|at| start(at) < piece.end);
        all.get(from..to).unwrap_or(&[])
    };
    let mut drifted = BTreeSet::new();
    for link in lineage.links.iter().filter(|link| link.kind.is_one_account()) {
        // A judgement may have taken the account apart.
        if accounts.at(link.a) != accounts.at(link.b) {
            continue;
        }
        let whole = [AlignedPair { a: link.a.range, b: link.b.range }];
        let pieces = if link.aligned.is_empty() { &whole[..] } else { &link.aligned[..] };
        for piece in pieces {
            let (a, b) = (within(link.a.document, piece.a), within(link.b.document, piece.b));
            if a.is_empty() || b.is_empty() {
                continue;
            }
            for (x, y) in pair_up(statements, a, b, taxonomy) {
                if same_figure(&statements[x], &statements[y]) {
                    pairs.push((x, y));
                } else if x != y && counts(&statements[x]) && counts(&statements[y]) {
                    drifted.insert((x.min(y), x.max(y)));
                }
            }
        }
    }
    let notice = |(x, y): Pair| {
        let words = |at: usize| statements[at].quote.exact();
        let span = Span::new(statements[y].claim.document, statements[y].claim.range);
        Notice::new(
            Severity::Caution,
            "translation-differs",
            NoticePlace::Span(span),
            format!(
                "Two versions of one account give different figures: “{}” and “{}”. Both are kept; they are one origin.",
                words(x),
                words(y)
            ),
        )
    };
    (pairs, drifted.into_iter().map(notice).collect())
}

/// Statements of two aligned pieces that say the same: by event, equal figures first, then in order.
fn pair_up(
    statements: &[Statement],
    a: &[usize],
    b: &[usize],
    taxonomy: &Taxonomy,
) -> Vec<(usize, usize)> {
    let by_event = |side: &[usize]| {
        let mut events: BTreeMap<EventType, Vec<usize>> = BTreeMap::new();
        for &at in side {
            events.entry(statements[at].claim.event.clone()).or_default().push(at);
        }
        events
    };
    let mut out = Vec::new();
    let others = by_event(b);
    for (event, mut left) in by_event(a) {
        let Some(mut right) = others.get(&event).cloned() else { continue };
        left.retain(|&x| {
            let equal = right.iter().position(|&y| {
                x != y
                    && alike(&statements[x], &statements[y], taxonomy)
                    && same_figure(&statements[x], &statements[y])
            });
            equal.map(|at| out.push((x, right.remove(at)))).is_none()
        });
        // What is left over is the same sentence with another figure only if nothing else can be.
        if left.len() == 1
            && right.len() == 1
            && left != right
            && alike(&statements[left[0]], &statements[right[0]], taxonomy)
        {
            out.push((left[0], right[0]));
        }
    }
    out
}

/// Whether two claims of one event may be one: no named group against another.
fn alike(a: &Statement, b: &Statement, taxonomy: &Taxonomy) -> bool {
    let group = |s: &Statement| s.claim.affected.as_ref().and_then(|group| group.id.clone());
    let differ = matches!((group(a), group(b)), (Some(a), Some(b)) if !taxonomy.related(&a, &b));
    !differ && a.claim.role == b.claim.role && a.claim.retracts == b.claim.retracts
}

/// Whether a number stands in the words.
fn counts(statement: &Statement) -> bool {
    statement.claim.quantity.as_ref().is_some_and(|quantity| quantity.range.is_some())
}

fn same_figure(a: &Statement, b: &Statement) -> bool {
    a.claim.quantity.as_ref().map(figure) == b.claim.quantity.as_ref().map(figure)
}

/// Documents each document was made from, so far as directions are known.
fn parents(lineage: &Lineage) -> BTreeMap<DocumentId, BTreeSet<DocumentId>> {
    let mut parents: BTreeMap<DocumentId, BTreeSet<DocumentId>> = BTreeMap::new();
    for link in lineage.links.iter().filter(|link| link.kind.is_one_account()) {
        let (from, to) = match link.direction {
            Direction::AToB => (link.a.document, link.b.document),
            Direction::BToA => (link.b.document, link.a.document),
            Direction::CommonAncestor | Direction::Unknown => continue,
        };
        parents.entry(to).or_default().insert(from);
    }
    parents
}

/// Ids that other records may point to.
pub(crate) fn index(statements: &[Statement]) -> BTreeMap<ClaimId, usize> {
    statements.iter().enumerate().map(|(at, statement)| (statement.claim.id, at)).collect()
}
