//! Tolls: the figures of every origin on every count, side by side, over time.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    DocumentId, Notice, NoticePlace, OriginId, Position, Severity, Span, Standing, Statement, Toll,
};
use rayon::prelude::*;

use crate::config::ReconcileConfig;
use crate::count::{CountKey, Counting, Rows};
use crate::denial::{self, Counts, FigureAt};
use crate::figure::Figure;
use crate::standing::{contest, supersede};
use crate::taxonomy::Taxonomy;
use crate::union::Sets;

/// All tolls, by event, affected and place; sets the standing of the statements they rest on.
/// `rows` are the counts that the statements speak of; `names` holds the shown name of every origin,
/// `rank` their order of appearance.
#[expect(clippy::too_many_arguments, reason = "one value from each earlier step")]
pub(crate) fn tolls(
    statements: &mut [Statement],
    countings: &[Counting],
    rows: &Rows,
    names: &BTreeMap<OriginId, String>,
    rank: &BTreeMap<OriginId, usize>,
    taxonomy: &Taxonomy,
    config: &ReconcileConfig,
    notices: &mut Vec<Notice>,
) -> Vec<Toll> {
    let mut counts = counts(statements, countings, rows);
    let contested = denial::apply(&mut counts, statements, countings, config, notices);
    counts.figures.par_iter_mut().for_each(|figures| {
        let present: BTreeSet<DocumentId> = figures
            .iter()
            .flat_map(|figure| figure.documents.difference(&figure.earlier_in).copied())
            .collect();
        let mut by_origin: BTreeMap<OriginId, Vec<&mut Figure>> = BTreeMap::new();
        for figure in figures.iter_mut() {
            by_origin.entry(figure.origin).or_default().push(figure);
        }
        by_origin.values_mut().for_each(|own| supersede(own, &present, config));
    });
    for (at, why) in contested {
        if let Some(figure) = counts.get_mut(at).filter(|figure| figure.is_current()) {
            figure.standing = Standing::Contested;
            figure.why.push(why);
        }
    }
    notice_labels(&mut counts, statements, taxonomy, config, notices);
    let place_names = place_names(countings);
    let contests: Vec<_> =
        counts.figures.par_iter_mut().map(|figures| contest(figures, names, config)).collect();
    for (figures, (_, within)) in counts.figures.iter().zip(&contests) {
        for &(a, b) in within {
            notices.push(contradicts_itself(&figures[a], &figures[b], names, statements));
        }
        for figure in figures {
            for &at in &figure.members {
                statements[at].standing = figure.standing;
                statements[at].why.extend(figure.why.iter().cloned());
            }
        }
    }
    let statements = &*statements;
    let told = rows.keys.par_iter().zip(counts.figures).zip(contests);
    told.filter(|((_, figures), _)| !figures.is_empty())
        .map(|((key, figures), (origins, _))| {
            let place = key.place.as_ref().and_then(|place| place_names.get(place).cloned());
            toll(key, place, figures, &origins, statements, names, rank)
        })
        .collect()
}

/// Counted statements, by count, then by origin and figure.
fn counts<'r>(statements: &[Statement], countings: &[Counting], rows: &'r Rows) -> Counts<'r> {
    let mut members: Vec<_> = statements
        .iter()
        .enumerate()
        .filter(|(_, statement)| statement.uncounted.is_none())
        .filter_map(|(at, statement)| {
            let quantity = statement.claim.quantity.as_ref()?;
            let figure = (quantity.low, quantity.high, quantity.approx);
            Some(((rows.of[at], statement.origin, figure), at))
        })
        .collect();
    members.par_sort_unstable();
    let of_one: Vec<_> = members.chunk_by(|x, y| x.0 == y.0).collect();
    let found: Vec<(usize, Figure)> = of_one
        .into_par_iter()
        .filter_map(|members| {
            let (row, ..) = members.first()?.0;
            let members = members.iter().map(|&(_, at)| at).collect();
            Some((row, Figure::of(members, statements, countings)?))
        })
        .collect();
    let mut figures: Vec<Vec<Figure>> = rows.keys.iter().map(|_| Vec::new()).collect();
    for (row, figure) in found {
        figures[row].push(figure);
    }
    Counts { rows, figures }
}

fn toll(
    key: &CountKey,
    place: Option<String>,
    mut figures: Vec<Figure>,
    origins: &[usize],
    statements: &[Statement],
    names: &BTreeMap<OriginId, String>,
    rank: &BTreeMap<OriginId, usize>,
) -> Toll {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by_key(|&i| {
        (rank.get(&figures[i].origin).copied(), figures[i].time_key(), figures[i].members.clone())
    });
    let contested = figures.iter().any(|figure| figure.standing == Standing::Contested);
    let mut positions = Vec::with_capacity(figures.len());
    for i in order {
        let figure = &mut figures[i];
        let Some(first) = figure.members.first().map(|&at| &statements[at]) else { continue };
        // Under another label the same words are told again, but not counted in this row.
        let mut all = figure.members.clone();
        all.extend(&figure.shared);
        let accounts = accounts(&all, statements);
        figure.why.extend(merged(&figure.members, statements, accounts));
        positions.push(Position {
            origin: figure.origin,
            source: names.get(&figure.origin).cloned().unwrap_or_default(),
            as_of: figure.as_of,
            low: figure.low,
            high: figure.high,
            approx: figure.approx,
            words: words(first),
            grade: figure.grade,
            modality: figure.modality,
            standing: figure.standing,
            accounts,
            origins: origins.get(i).copied().unwrap_or(1),
            claims: all.iter().map(|&at| statements[at].claim.id).collect(),
            why: std::mem::take(&mut figure.why),
        });
    }
    let standing = if contested { Standing::Contested } else { Standing::Agreed };
    Toll { event: key.event.clone(), affected: key.affected.clone(), place, positions, standing }
}

/// The literal figure: the number with its bound, or else the whole quote.
fn words(statement: &Statement) -> String {
    let quote = &statement.quote;
    let from = quote.span().range.start;
    let range = statement.claim.quantity.as_ref().and_then(|quantity| quantity.range);
    range
        .and_then(|range| {
            quote.exact().get(range.start.checked_sub(from)?..range.end.checked_sub(from)?)
        })
        .map_or_else(|| quote.exact().to_owned(), str::to_owned)
}

/// Distinct accounts among statements: passages of one account, or told in one document, are one.
fn accounts(members: &[usize], statements: &[Statement]) -> usize {
    let mut sets = Sets::new(members.len());
    let mut by_account: BTreeMap<OriginId, usize> = BTreeMap::new();
    let mut by_document: BTreeMap<DocumentId, usize> = BTreeMap::new();
    for (i, &at) in members.iter().enumerate() {
        sets.join(i, *by_account.entry(statements[at].account).or_insert(i));
        sets.join(i, *by_document.entry(statements[at].claim.document).or_insert(i));
    }
    (0..members.len()).filter(|&i| sets.find(i) == i).count()
}

/// Why several reports are one origin.
fn merged(members: &[usize], statements: &[Statement], accounts: usize) -> Option<String> {
    let own = members.first().map(|&at| &statements[at])?;
    (accounts > 1 && own.origin != own.account)
        .then(|| format!("{accounts} accounts report this figure from the same source: one origin"))
}

/// Shown name of each place key: the first in order of statements.
fn place_names(countings: &[Counting]) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for counting in countings {
        if let (Some(key), Some(name)) = (&counting.key.place, &counting.place_name) {
            names.entry(key.clone()).or_insert_with(|| name.clone());
        }
    }
    names
}

fn contradicts_itself(
    a: &Figure,
    b: &Figure,
    names: &BTreeMap<OriginId, String>,
    statements: &[Statement],
) -> Notice {
    let place = b.members.first().map_or(NoticePlace::Case, |&at| {
        NoticePlace::Span(Span::new(statements[at].claim.document, statements[at].claim.range))
    });
    let name = names.get(&a.origin).map_or("One origin", String::as_str);
    let message = format!(
        "{name} gives {} and {} for one count at one time, and no number fits both. Both are kept as contested.",
        a.shown(),
        b.shown()
    );
    Notice::new(Severity::Caution, "source-contradicts-itself", place, message)
}

/// The same figure of one source at one time, for groups under different names in different
/// documents: probably the same people under two labels. Both rows stay and say so; where the groups
/// are mere labels (`[labels]` of `claims.txt`), each row carries the statements of both.
fn notice_labels(
    counts: &mut Counts<'_>,
    statements: &[Statement],
    taxonomy: &Taxonomy,
    config: &ReconcileConfig,
    notices: &mut Vec<Notice>,
) {
    type Same<'c> = (&'c kua_model::EventType, Option<&'c String>, OriginId, u64);
    let mut same: BTreeMap<Same<'_>, Vec<FigureAt>> = BTreeMap::new();
    for (at, figure) in counts.all() {
        let exact = figure.low.filter(|low| figure.high == Some(*low) && *low >= config.label_from);
        if let Some(number) = exact.filter(|_| !figure.own_telling && !figure.vague) {
            let key = &counts.rows.keys[at.0];
            let about = (&key.event, key.place.as_ref(), figure.origin, number);
            same.entry(about).or_default().push(at);
        }
    }
    let mut labels: Vec<(FigureAt, FigureAt)> = Vec::new();
    for rows in same.into_values() {
        for (n, &a) in rows.iter().enumerate() {
            for &b in &rows[n + 1..] {
                let (Some(x), Some(y)) = (counts.get(a), counts.get(b)) else { continue };
                // One document that gives both figures speaks of two groups.
                if x.documents.is_disjoint(&y.documents) && x.same_time(y, config) {
                    labels.push((a, b));
                }
            }
        }
    }
    for (at_a, at_b) in labels {
        let of = |at| counts.get(at).map(|figure| figure.members.clone()).unwrap_or_default();
        let (x, y) = (of(at_a), of(at_b));
        let Counts { rows, figures } = &mut *counts;
        let (a, b) = (&rows.keys[at_a.0], &rows.keys[at_b.0]);
        let carried = taxonomy.may_be_labels(&a.affected, &b.affected);
        let mut label = |(row, at): FigureAt, other: &CountKey, theirs: &[usize]| {
            let figure =
                figures.get_mut(row).and_then(|figures: &mut Vec<Figure>| figures.get_mut(at));
            let Some(figure) = figure else { return };
            let words = called(theirs, statements);
            figure.why.push(format!("The same source gives the same figure for “{}”{words}: probably the same people under another label", other.affected));
            if carried {
                figure.shared.extend(theirs);
                figure.shared.sort_unstable();
                figure.shared.dedup();
            }
        };
        label(at_a, b, &y);
        label(at_b, a, &x);
        let place = y.first().map_or(NoticePlace::Case, |&at| {
            NoticePlace::Span(Span::new(statements[at].claim.document, statements[at].claim.range))
        });
        let rows =
            if carried { "Both rows show the statements of both" } else { "Both rows are kept" };
        let message = format!(
            "One source's figure is told of “{}”{} here and of “{}”{} elsewhere: probably one count under two labels. {rows}; they are one origin.",
            b.affected,
            called(&y, statements),
            a.affected,
            called(&x, statements),
        );
        notices.push(Notice::new(Severity::Caution, "label-differs", place, message));
    }
}

/// The words that the quotes use for the figure and its group.
fn called(members: &[usize], statements: &[Statement]) -> String {
    let words: BTreeSet<String> =
        members.iter().map(|&at| format!("“{}”", statements[at].quote.exact().trim())).collect();
    let words: Vec<String> = words.into_iter().take(3).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}
