//! Denials and retractions: who takes back or denies which figure.

use std::collections::{BTreeMap, HashMap};

use kua_model::{
    ClaimId, Grade, Modality, Notice, NoticePlace, OriginId, Severity, Span, Standing, Statement,
    Uncounted,
};

use crate::config::ReconcileConfig;
use crate::count::{Counting, Rows};
use crate::figure::Figure;

/// All figures of a case by count.
#[derive(Debug)]
pub(crate) struct Counts<'r> {
    pub(crate) rows: &'r Rows,
    /// The figures of each count, as `rows` numbers them; none if nothing in it counts.
    pub(crate) figures: Vec<Vec<Figure>>,
}

/// One figure: the number of its count, and its own in it.
pub(crate) type FigureAt = (usize, usize);

impl Counts<'_> {
    /// A figure.
    pub(crate) fn get(&self, (row, at): FigureAt) -> Option<&Figure> {
        self.figures.get(row)?.get(at)
    }

    /// A figure, to be changed.
    pub(crate) fn get_mut(&mut self, (row, at): FigureAt) -> Option<&mut Figure> {
        self.figures.get_mut(row)?.get_mut(at)
    }

    /// All figures in order, with where they are.
    pub(crate) fn all(&self) -> impl Iterator<Item = (FigureAt, &Figure)> {
        self.figures.iter().enumerate().flat_map(|(row, figures)| {
            figures.iter().enumerate().map(move |(at, figure)| ((row, at), figure))
        })
    }
}

/// Marks figures that statements take back or deny: retracted if the same origin does so, contested
/// if another does. Retractions must be applied before anything is superseded.
/// Returns reasons why a figure is contested, to be set once its standing is known.
pub(crate) fn apply(
    counts: &mut Counts<'_>,
    statements: &[Statement],
    countings: &[Counting],
    config: &ReconcileConfig,
    notices: &mut Vec<Notice>,
) -> Vec<(FigureAt, String)> {
    let mut by_number: HashMap<u64, Vec<FigureAt>> = HashMap::new();
    let mut by_origin: HashMap<OriginId, Vec<FigureAt>> = HashMap::new();
    for (at, figure) in counts.all() {
        by_origin.entry(figure.origin).or_default().push(at);
        let mut ends: Vec<u64> = figure.low.into_iter().chain(figure.high).collect();
        ends.dedup();
        for end in ends {
            by_number.entry(end).or_default().push(at);
        }
    }
    let mut contested = Vec::new();
    for (n, (statement, counting)) in statements.iter().zip(countings).enumerate() {
        let claim = &statement.claim;
        let repeats = statement.same_as.is_some();
        if repeats || statement.uncounted != Some(Uncounted::NotAsserted) && !is_zero(statement) {
            continue;
        }
        let denied =
            claim.retracts || claim.modality == Modality::Negated || claim.grade == Grade::Denied;
        let number = claim.quantity.as_ref().and_then(|q| q.low.or(q.high)).filter(|&n| n > 0);
        let targets: Vec<FigureAt> = match number {
            Some(number) if denied => by_number.get(&number).cloned().unwrap_or_default(),
            None if claim.retracts => {
                let own = by_origin.get(&statement.origin).map_or(&[][..], Vec::as_slice);
                latest_of(counts, own, statement)
            }
            None if is_zero(statement) && statement.origin != statement.account => {
                let row = counts.rows.of[n];
                (0..counts.figures[row].len()).map(|at| (row, at)).collect()
            }
            _ => continue,
        };
        for at in targets {
            let key = &counts.rows.keys[at.0];
            let about = key.event == claim.event
                && (counting.of_people() || key.affected == counting.key.affected)
                && (counting.key.place.is_none() || key.place == counting.key.place);
            let Some(figure) = counts.get_mut(at) else { continue };
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
                contested.push((at, format!("Denied by another origin: “{words}”")));
            }
        }
    }
    take_back_parts(counts, statements);
    contested
}

/// What its source said was part of a figure goes with that figure.
fn take_back_parts(counts: &mut Counts<'_>, statements: &[Statement]) {
    let mut parts: BTreeMap<ClaimId, Vec<FigureAt>> = BTreeMap::new();
    let mut open: Vec<FigureAt> = Vec::new();
    for (at, figure) in counts.all() {
        let wholes = figure.members.iter().filter_map(|&member| statements[member].claim.part_of);
        for whole in wholes {
            parts.entry(whole).or_default().push(at);
        }
        if figure.standing == Standing::Retracted {
            open.push(at);
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
    while let Some(at) = open.pop() {
        let Some(whole) = counts.get(at) else { continue };
        let (origin, shown) = (whole.origin, whole.shown());
        let own = whole.members.iter().map(|&member| statements[member].claim.id);
        let ids: Vec<ClaimId> =
            own.flat_map(|id| told.get(&id).into_iter().flatten().copied().chain([id])).collect();
        for &at in ids.iter().filter_map(|id| parts.get(id)).flatten() {
            let figure = counts.get_mut(at);
            let Some(figure) =
                figure.filter(|f| f.origin == origin && f.standing != Standing::Retracted)
            else {
                continue;
            };
            figure.standing = Standing::Retracted;
            figure.why.push(format!("Part of {shown}, which its own source took back"));
            open.push(at);
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
///
/// `own` are all figures of its origin.
fn latest_of(counts: &Counts<'_>, own: &[FigureAt], statement: &Statement) -> Vec<FigureAt> {
    let own: Vec<(FigureAt, &Figure)> = own
        .iter()
        .filter(|at| counts.rows.keys[at.0].event == statement.claim.event)
        .filter_map(|&at| Some((at, counts.get(at)?)))
        .collect();
    let here: Vec<FigureAt> = own
        .iter()
        .filter(|(_, figure)| figure.documents.contains(&statement.claim.document))
        .map(|(at, _)| *at)
        .collect();
    if !here.is_empty() {
        return here;
    }
    let mut latest: BTreeMap<usize, (FigureAt, &Figure)> = BTreeMap::new();
    for (at, figure) in own {
        let held = latest.entry(at.0).or_insert((at, figure));
        if figure.time_key() > held.1.time_key() {
            *held = (at, figure);
        }
    }
    latest.into_values().map(|(at, _)| at).collect()
}
