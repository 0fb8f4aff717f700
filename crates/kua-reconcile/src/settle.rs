//! Figures told without a place that the same source gives for one place elsewhere: one count, told
//! shorter.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{DateSpan, OriginId, Statement};

use crate::config::ReconcileConfig;
use crate::count::Counting;

/// What two statements must share to be one figure told twice.
type Figure<'s> =
    (OriginId, Option<u64>, Option<u64>, &'s kua_model::EventType, &'s str, Option<&'s str>);

/// Gives a named source's figures without a place the place of the same figure of that source, if it
/// gives it for exactly one, at a time that may be the same. "In the country" is a place that was
/// said: it stays. Small figures stay, which are equal by chance.
pub(crate) fn places(
    statements: &mut [Statement],
    countings: &mut [Counting],
    config: &ReconcileConfig,
) {
    let mut told: BTreeMap<Figure<'_>, Vec<usize>> = BTreeMap::new();
    for (at, (statement, counting)) in statements.iter().zip(countings.iter()).enumerate() {
        let Some(quantity) = &statement.claim.quantity else { continue };
        let number = quantity.low.or(quantity.high).unwrap_or(0);
        let named = statement.origin != statement.account && quantity.convention.is_none();
        if named && number >= config.label_from && statement.uncounted.is_none() {
            let about = (
                statement.origin,
                quantity.low,
                quantity.high,
                &statement.claim.event,
                counting.key.affected.as_str(),
                counting.scope.as_deref(),
            );
            told.entry(about).or_default().push(at);
        }
    }
    let mut moved: Vec<(usize, usize)> = Vec::new();
    for members in told.into_values() {
        let placed: Vec<usize> = members
            .iter()
            .copied()
            .filter(|&at| countings[at].place_stated && countings[at].key.place.is_some())
            .collect();
        let places: BTreeSet<_> = placed.iter().map(|&at| &countings[at].key.place).collect();
        if places.len() != 1 {
            continue;
        }
        for &at in members
            .iter()
            .filter(|&&at| countings[at].key.place.is_none() && !countings[at].place_stated)
        {
            let one =
                placed.iter().find(|&&other| same_days(&countings[at], &countings[other], config));
            moved.extend(one.map(|&other| (at, other)));
        }
    }
    for (at, other) in moved {
        countings[at].key.place = countings[other].key.place.clone();
        countings[at].place_name = countings[other].place_name.clone();
        let name = countings[other].place_name.clone().unwrap_or_default();
        let id = statements[other].claim.id;
        statements[at].why.push(format!("Names no place; statement {id} gives the same figure of the same source for {name}, so it is taken for the same count"));
    }
}

fn same_days(a: &Counting, b: &Counting, config: &ReconcileConfig) -> bool {
    let (Some(a), Some(b)) = (a.as_of(), b.as_of()) else { return true };
    let day = |span: DateSpan| span.last().or(span.first());
    let (Some(x), Some(y)) = (day(a), day(b)) else { return true };
    a.may_meet(b) || x.until(y).is_ok_and(|gap| gap.get_days().abs() <= config.same_time_days)
}
