//! What has become of each figure of one count: retracted, superseded, contested, agreed.
//! Nothing is chosen, summed or averaged here.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use kua_model::{DocumentId, Modality, Standing};

use crate::config::ReconcileConfig;
use crate::figure::Figure;
use crate::union::Sets;

/// A later figure is sought among so many of an origin's latest ones: enough for any series that
/// people keep, and it bounds the work on hostile input.
const LATEST: usize = 64;

/// Marks figures that their own source replaced by a later one. `figures` are all of one origin on
/// one count; retracted ones replace nothing.
///
/// `present` are the documents that give a present figure of this count, whoever's: what they call an
/// earlier figure is one.
pub(crate) fn supersede(
    figures: &mut [&mut Figure],
    present: &BTreeSet<DocumentId>,
    config: &ReconcileConfig,
) {
    let mut order: Vec<usize> = (0..figures.len()).filter(|&i| figures[i].is_current()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(figures[i].time_key()));
    let latest: Vec<Figure> = order.iter().take(LATEST).map(|&i| figures[i].clone()).collect();
    let mut replaced = Vec::new();
    for &i in &order {
        let figure = &figures[i];
        let by = latest.iter().find(|later| replaces(later, figure, config));
        if let Some(by) = by {
            replaced.push((i, format!("The same source later gave {}{}", by.shown(), dated(by))));
        } else if figure.only_earlier() && figure.documents.iter().any(|d| present.contains(d)) {
            replaced.push((
                i,
                "The account that gives it calls it an earlier figure, and gives another"
                    .to_owned(),
            ));
        }
    }
    // Dates that run in a circle replace nothing: the latest figure stays.
    let all = replaced.len() == order.len() && order.iter().any(|&i| !figures[i].only_earlier());
    let spared = if all { order.first().copied() } else { None };
    for (i, why) in replaced.into_iter().filter(|(i, _)| Some(*i) != spared) {
        figures[i].standing = Standing::Superseded;
        figures[i].why.push(why);
    }
}

fn replaces(later: &Figure, figure: &Figure, config: &ReconcileConfig) -> bool {
    if figure.scope != later.scope {
        return false;
    }
    if figure.is_testimony() || figure.came_before(later) != Some(Ordering::Less) {
        return false;
    }
    // "No further deaths", said later of some place or hour, does not undo the dead.
    if later.high == Some(0) && figure.high != Some(0) {
        return false;
    }
    // "Dozens" said later does not take back a number that it fits.
    let weaker = later.vague && !figure.vague || later.modality > figure.modality;
    figure.excludes(later, config) || !weaker
}

fn dated(figure: &Figure) -> String {
    figure.as_of.map_or(String::new(), |as_of| format!(" (as of {as_of})"))
}

/// Marks current figures that exclude each other, and counts for every figure how many origins hold
/// a compatible current one, itself included. Returns the pairs within one origin that exclude each
/// other, which is odd enough to be noticed.
pub(crate) fn contest(
    figures: &mut [Figure],
    names: &BTreeMap<kua_model::OriginId, String>,
    config: &ReconcileConfig,
) -> (Vec<usize>, Vec<(usize, usize)>) {
    let teller = tellers(figures);
    // Figures are few where statements are many: work by distinct figure.
    type Alike = (Option<u64>, Option<u64>, bool, Option<String>);
    let mut alike: BTreeMap<Alike, Vec<usize>> = BTreeMap::new();
    for (i, figure) in figures.iter().enumerate().filter(|(_, figure)| figure.is_current()) {
        let scope = figure.scope.clone();
        alike.entry((figure.low, figure.high, figure.approx, scope)).or_default().push(i);
    }
    let groups: Vec<Vec<usize>> = alike.into_values().collect();
    let echo = echoes(figures, config);
    let mut seen = vec![usize::MAX; figures.len()];
    let mut counts = vec![0; figures.len()];
    let mut reasons: Vec<Option<String>> = vec![None; figures.len()];
    let mut within = BTreeSet::new();
    for i in 0..figures.len() {
        let figure = &figures[i];
        let mut count = usize::from(!echo[i]);
        if !echo[i] {
            seen[teller[i]] = i;
        }
        for group in &groups {
            if figure.fits(&figures[group[0]], config) {
                // Figures of different parts of a group corroborate each other only if they are equal.
                let other = &figures[group[0]];
                let equal = (figure.low, figure.high) == (other.low, other.high);
                if figure.scope != other.scope && !equal {
                    continue;
                }
                for &j in group {
                    if !echo[j] && seen[teller[j]] != i {
                        seen[teller[j]] = i;
                        count += 1;
                    }
                }
            } else if figure.is_current() {
                let against = group.iter().copied().find(|&j| {
                    let other = &figures[j];
                    if !figure.excludes(other, config) {
                        return false;
                    }
                    if teller[i] == teller[j] {
                        let running = !figure.is_testimony() && !other.is_testimony();
                        return running && figure.came_before(other).is_none();
                    }
                    figure.same_time(other, config)
                });
                if let Some(j) = against {
                    if teller[i] == teller[j] {
                        within.insert((i.min(j), i.max(j)));
                    }
                    let name =
                        names.get(&figures[j].origin).map_or("another origin", String::as_str);
                    let who = if teller[i] == teller[j] { "the same source" } else { name };
                    reasons[i].get_or_insert_with(|| {
                        format!(
                            "No number fits both this and {} of {who}{}",
                            figures[j].shown(),
                            dated(&figures[j])
                        )
                    });
                }
            }
        }
        counts[i] = count.max(1);
    }
    for (figure, reason) in figures.iter_mut().zip(reasons) {
        if let Some(reason) = reason {
            figure.standing = Standing::Contested;
            figure.why.push(reason);
        }
    }
    (counts, within.into_iter().collect())
}

/// Figures that an account gives without a source beside a named source's that fits: its headline or
/// summary, most likely, and no independent origin of the same number. Doubtful and vague figures
/// are the account's own words.
fn echoes(figures: &[Figure], config: &ReconcileConfig) -> Vec<bool> {
    let mut named: BTreeMap<DocumentId, Vec<usize>> = BTreeMap::new();
    for (i, figure) in figures.iter().enumerate().filter(|(_, f)| !f.own_telling) {
        for &document in &figure.documents {
            named.entry(document).or_default().push(i);
        }
    }
    let echoes = |figure: &Figure| {
        figure.own_telling
            && !figure.vague
            && figure.modality == Modality::Certain
            && figure
                .documents
                .iter()
                .flat_map(|d| named.get(d))
                .flatten()
                .any(|&i| figures[i].scope != figure.scope || figures[i].fits(figure, config))
    };
    figures.iter().map(echoes).collect()
}

/// Who tells each figure: its origin, but accounts told in one document are one teller, since who
/// relays a passage does not corroborate it.
fn tellers(figures: &[Figure]) -> Vec<usize> {
    let mut sets = Sets::new(figures.len());
    let mut by_origin = BTreeMap::new();
    let mut by_document: BTreeMap<DocumentId, usize> = BTreeMap::new();
    for (i, figure) in figures.iter().enumerate() {
        sets.join(i, *by_origin.entry(figure.origin).or_insert(i));
        for &document in figure.documents.iter().filter(|_| figure.own_telling) {
            sets.join(i, *by_document.entry(document).or_insert(i));
        }
    }
    (0..figures.len()).map(|i| sets.find(i)).collect()
}
