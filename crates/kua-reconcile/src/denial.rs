//! Denials and retractions: who takes back or denies which figure.

use std::collections::BTreeMap;

use kua_model::{
    ClaimId, EventType, Grade, Modality, Notice, NoticePlace, Severity, Span, Standing, Statement,
    Uncounted,
};

use crate::config::ReconcileConfig;
use crate::count::{CountKey, Counting};
use crate::figure::Figure;

/// All figures of a case by count.
pub(crate) type Counts = BTreeMap<CountKey, Vec<Figure>>;

/// Marks figures that statements take back or deny: retracted if the same origin does so, contested
/// if another does. Retractions must be applied before anything is superseded.
/// Returns reasons why a figure is contested, to be set once its standing is known.
pub(crate) fn apply(
    counts: &mut Counts,
    statements: &[Statement],
    countings: &[Counting],
    config: &ReconcileConfig,
    notices: &mut Vec<Notice>,
) -> Vec<(CountKey, usize, String)> {
    let mut by_number: BTreeMap<(EventType, u64), Vec<(CountKey, usize)>> = BTreeMap::new();
    let mut by_event: BTreeMap<EventType, Vec<CountKey>> = BTreeMap::new();
    for (key, figures) in counts.iter() {
        by_event.entry(key.event.clone()).or_default().push(key.clone());
        for (at, figure) in figures.iter().enumerate() {
            let mut ends: Vec<u64> = figure.low.into_iter().chain(figure.high).collect();
            ends.dedup();
            for end in ends {
                by_number.entry((key.event.clone(), end)).or_default().push((key.clone(), at));
            }
        }
    }
    let mut contested = Vec::new();
    for (statement, counting) in statements.iter().zip(countings) {
        let claim = &statement.claim;
        let repeats = statement.same_as.is_some();
        if repeats || statement.uncounted != Some(Uncounted::NotAsserted) && !is_zero(statement) {
            continue;
        }
        let denied =
            claim.retracts || claim.modality == Modality::Negated || claim.grade == Grade::Denied;
        let number = claim.quantity.as_ref().and_then(|q| q.low.or(q.high)).filter(|&n| n > 0);
        let targets: Vec<(CountKey, usize)> = match number {
            Some(number) if denied => {
                by_number.get(&(claim.event.clone(), number)).cloned().unwrap_or_default()
            }
            None if claim.retracts => latest_of(counts, by_event.get(&claim.event), statement),
            None if is_zero(statement) && statement.origin != statement.account => {
                let all = counts.get(&counting.key).map_or(0, Vec::len);
                (0..all).map(|at| (counting.key.clone(), at)).collect()
            }
            _ => continue,
        };
        for (key, at) in targets {
            let about = (counting.of_people() || key.affected == counting.key.affected)
                && (counting.key.place.is_none() || key.place == counting.key.place);
            let Some(figure) = counts.get_mut(&key).and_then(|figures| figures.get_mut(at)) else {
                continue;
            };
            let own = figure.origin == statement.origin;
            if !about
                || (number.is_none()
                    && !claim.retracts
                    && (own || !near_in_time(figure, counting, config)))
            {
                continue;
            }
            let words = statement.quote.exact();
            if own && (claim.retracts || denied) {
                if figure.standing != Standing::Retracted {
                    notices.push(Notice::new(
                        Severity::Caution,
                        "figure-retracted",
                        NoticePlace::Span(Span::new(claim.document, claim.range)),
                        format!("The source that gave {} took it back: “{words}”. The figure stays visible as retracted.", figure.shown()),
                    ));
                }
                figure.standing = Standing::Retracted;
                figure.why.push(format!("Its own source took it back: “{words}”"));
            } else if !own {
                contested.push((key, at, format!("Denied by another origin: “{words}”")));
            }
        }
    }
    take_back_parts(counts, statements);
    contested
}

/// What its source said was part of a figure goes with that figure.
fn take_back_parts(counts: &mut Counts, statements: &[Statement]) {
    let mut parts: BTreeMap<ClaimId, Vec<(CountKey, usize)>> = BTreeMap::new();
    let mut open: Vec<(CountKey, usize)> = Vec::new();
    for (key, figures) in counts.iter() {
        for (at, figure) in figures.iter().enumerate() {
            let wholes =
                figure.members.iter().filter_map(|&member| statements[member].claim.part_of);
            for whole in wholes {
                parts.entry(whole).or_default().push((key.clone(), at));
            }
            if figure.standing == Standing::Retracted {
                open.push((key.clone(), at));
            }
        }
    }
    if parts.is_empty() || open.is_empty() {
        return;
    }
    let mut told: BTreeMap<ClaimId, Vec<ClaimId>> = BTreeMap::new();
    for statement in statements {
        if let Some(same) = statement.same_as {
            told.entry(same).or_default().push(statement.claim.id);
        }
    }
    while let Some((key, at)) = open.pop() {
        let Some(whole) = counts.get(&key).and_then(|figures| figures.get(at)) else { continue };
        let (origin, shown) = (whole.origin, whole.shown());
        let own = whole.members.iter().map(|&member| statements[member].claim.id);
        let ids: Vec<ClaimId> =
            own.flat_map(|id| told.get(&id).into_iter().flatten().copied().chain([id])).collect();
        for (key, at) in ids.iter().filter_map(|id| parts.get(id)).flatten() {
            let figure = counts.get_mut(key).and_then(|figures| figures.get_mut(*at));
            let Some(figure) =
                figure.filter(|f| f.origin == origin && f.standing != Standing::Retracted)
            else {
                continue;
            };
            figure.standing = Standing::Retracted;
            figure.why.push(format!("Part of {shown}, which its own source took back"));
            open.push((key.clone(), *at));
        }
    }
}

/// "Nobody was killed", put as a fact.
fn is_zero(statement: &Statement) -> bool {
    let claim = &statement.claim;
    let zero = claim.quantity.as_ref().is_some_and(|quantity| quantity.high == Some(0));
    zero && matches!(statement.uncounted, Some(Uncounted::NoFigure | Uncounted::NotAsserted))
        && matches!(claim.modality, Modality::Certain | Modality::Negated)
        && !matches!(claim.grade, Grade::Plan | Grade::Command)
}

fn near_in_time(figure: &Figure, counting: &Counting, config: &ReconcileConfig) -> bool {
    let (Some(a), Some(b)) = (figure.as_of, counting.as_of()) else { return true };
    let day = |span: kua_model::DateSpan| span.last().or(span.first());
    let (Some(a), Some(b)) = (day(a), day(b)) else { return true };
    a.until(b).is_ok_and(|gap| gap.get_days().abs() <= config.same_time_days)
}

/// What a retraction without a figure takes back: figures of the same origin told in the same
/// document, else its latest one of each count.
fn latest_of(
    counts: &Counts,
    keys: Option<&Vec<CountKey>>,
    statement: &Statement,
) -> Vec<(CountKey, usize)> {
    let keys = keys.map_or(&[][..], Vec::as_slice);
    let own = || {
        keys.iter()
            .filter_map(|key| counts.get(key).map(|figures| (key, figures)))
            .flat_map(|(key, figures)| {
                figures.iter().enumerate().map(move |(at, figure)| (key, at, figure))
            })
            .filter(|(_, _, figure)| figure.origin == statement.origin)
    };
    let here: Vec<_> = own()
        .filter(|(_, _, figure)| figure.documents.contains(&statement.claim.document))
        .map(|(key, at, _)| (key.clone(), at))
        .collect();
    if !here.is_empty() {
        return here;
    }
    let mut latest: BTreeMap<&CountKey, (usize, &Figure)> = BTreeMap::new();
    for (key, at, figure) in own() {
        let held = latest.entry(key).or_insert((at, figure));
        if figure.time_key() > held.1.time_key() {
            *held = (at, figure);
        }
    }
    latest.into_iter().map(|(key, (at, _))| (key.clone(), at)).collect()
}
