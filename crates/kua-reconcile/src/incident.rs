//! Incidents: statements about one happening, for the chronicle by day.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    ClaimRole, DateSpan, DocumentId, Incident, Modality, OriginId, Standing, Statement, Uncounted,
};
use rayon::prelude::*;

use crate::count::{Counting, Rows};
use crate::union::Sets;

/// Incidents in order of time, then of first statement; sets `Statement::incident`.
/// One happening: same event, place, time and group, and figures that some number fits; copies and
/// translations always go with what they copy.
pub(crate) fn incidents(
    statements: &mut [Statement],
    countings: &[Counting],
    rows: &Rows,
) -> Vec<Incident> {
    let ids = crate::sameness::index(statements);
    let mut sets = Sets::new(statements.len());
    let happened = |statement: &Statement| {
        statement.claim.role == ClaimRole::Crisis
            && matches!(
                statement.claim.modality,
                Modality::Certain | Modality::Hedged | Modality::Attempted
            )
            && !matches!(
                statement.uncounted,
                Some(Uncounted::Rejected | Uncounted::Boilerplate | Uncounted::Background)
            )
            && !statement.claim.retracts
    };
    let mut blocks: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, statement) in
        statements.iter().enumerate().filter(|(_, statement)| happened(statement))
    {
        let counting = &countings[at];
        match statement.same_as.and_then(|id| ids.get(&id)) {
            Some(&same) => {
                sets.join(at, same);
            }
            None => {
                let time = counting.said.or(counting.as_of());
                blocks.entry((rows.of[at], time)).or_default().push(at);
            }
        }
    }
    for block in blocks.values() {
        join_compatible(block, statements, &mut sets);
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in (0..statements.len()).filter(|&at| happened(&statements[at])) {
        groups.entry(sets.find(at)).or_default().push(at);
    }
    let mut out: Vec<(Vec<usize>, Incident)> = groups
        .into_values()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|members| {
            let incident = incident(&members, statements, countings);
            (members, incident)
        })
        .collect();
    // By first member: no two have the same.
    out.sort_by_cached_key(|(members, incident)| {
        let first = incident.time.and_then(DateSpan::first);
        let last = incident.time.and_then(DateSpan::last);
        (first.or(last).is_none(), first.or(last), members.first().copied())
    });
    for (number, (members, _)) in out.iter().enumerate() {
        for &at in members {
            statements[at].incident = Some(number);
        }
    }
    out.into_iter().map(|(_, incident)| incident).collect()
}

/// Joins statements of one block whose figures have a number in common, sweeping by lower bound.
/// Statements without a figure go with the first group, since nothing tells them apart.
fn join_compatible(block: &[usize], statements: &[Statement], sets: &mut Sets) {
    let bounds = |at: usize| {
        let quantity = statements[at].claim.quantity.as_ref()?;
        Some((quantity.low.unwrap_or(0), quantity.high.unwrap_or(u64::MAX)))
    };
    let mut with: Vec<(u64, u64, usize)> =
        block.iter().filter_map(|&at| bounds(at).map(|(low, high)| (low, high, at))).collect();
    with.sort_unstable();
    // What all members of the open group have in common.
    let mut open: Option<(u64, usize)> = None;
    for &(low, high, at) in &with {
        open = match open {
            Some((top, first)) if low <= top => {
                sets.join(first, at);
                Some((top.min(high), first))
            }
            _ => Some((high, at)),
        };
    }
    let mut without = block.iter().copied().filter(|&at| bounds(at).is_none());
    if let Some(first) = with.first().map(|&(.., at)| at).or_else(|| without.next()) {
        without.for_each(|at| {
            sets.join(first, at);
        });
    }
}

fn incident(members: &[usize], statements: &[Statement], countings: &[Counting]) -> Incident {
    let all = || members.iter().map(|&at| &statements[at]);
    let known =
        |pick: fn(&Counting) -> Option<String>| members.iter().find_map(|&at| pick(&countings[at]));
    let mut teller = Sets::new(members.len());
    let mut accounts: BTreeMap<OriginId, usize> = BTreeMap::new();
    let mut documents: BTreeMap<DocumentId, usize> = BTreeMap::new();
    for (i, statement) in all().enumerate() {
        teller.join(i, *accounts.entry(statement.account).or_insert(i));
        teller.join(i, *documents.entry(statement.claim.document).or_insert(i));
    }
    let origins: BTreeSet<OriginId> = all().map(|statement| statement.origin).collect();
    let standings: BTreeSet<Standing> =
        all().filter(|s| s.same_as.is_none()).map(|s| s.standing).collect();
    let standing = if standings.contains(&Standing::Contested) {
        Standing::Contested
    } else {
        standings.first().copied().unwrap_or(Standing::Agreed)
    };
    let first = members.first().map(|&at| &statements[at]);
    Incident {
        event: first.map_or_else(|| kua_model::EventType(String::new()), |s| s.claim.event.clone()),
        affected: all().find_map(|s| s.claim.affected.as_ref().and_then(|group| group.id.clone())),
        place: known(|counting| counting.place_name.clone()),
        time: members.iter().find_map(|&at| countings[at].said.or(countings[at].as_of())),
        claims: all().map(|s| s.claim.id).collect(),
        accounts: (0..members.len()).filter(|&i| teller.find(i) == i).count(),
        origins: origins.len(),
        standing,
    }
}
