//! A figure as an origin holds it, and when: what can be compared without knowing any other count.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::civil::Date;
use kua_model::{
    DateSpan, DocumentId, Grade, Modality, OriginId, PartialDate, Standing, Statement,
};

use crate::config::ReconcileConfig;
use crate::count::Counting;

/// A position while its standing is being worked out.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) origin: OriginId,
    /// The origin is an account, not a source that accounts name.
    pub(crate) own_telling: bool,
    pub(crate) low: Option<u64>,
    pub(crate) high: Option<u64>,
    pub(crate) approx: bool,
    /// Vague words: shown, compared, never a revision of a number.
    pub(crate) vague: bool,
    /// The narrower group it counts within its row, if all its statements name one and the same.
    pub(crate) scope: Option<String>,
    /// Numbers of the statements it rests on, in order.
    pub(crate) members: Vec<usize>,
    /// Statements of the same source that give the same figure under another label of the group.
    pub(crate) shared: Vec<usize>,
    pub(crate) documents: BTreeSet<DocumentId>,
    /// Documents that call it an earlier figure.
    pub(crate) earlier_in: BTreeSet<DocumentId>,
    pub(crate) as_of: Option<DateSpan>,
    said: Option<DateSpan>,
    clock: Option<(u8, u8)>,
    entry: bool,
    reported: Option<PartialDate>,
    pub(crate) grade: Grade,
    pub(crate) modality: Modality,
    pub(crate) standing: Standing,
    pub(crate) why: Vec<String>,
}

impl Figure {
    /// One origin's figure from all statements that give it. `members` must not be empty and stand
    /// in order; `None` otherwise.
    pub(crate) fn of(
        members: Vec<usize>,
        statements: &[Statement],
        countings: &[Counting],
    ) -> Option<Self> {
        let first = &statements[*members.first()?];
        let quantity = first.claim.quantity.as_ref()?;
        let all = || members.iter().map(|&at| (&statements[at], &countings[at]));
        let documents: BTreeSet<_> = all().map(|(s, _)| s.claim.document).collect();
        let earlier_in: BTreeSet<_> =
            all().filter(|(s, _)| s.claim.earlier_figure).map(|(s, _)| s.claim.document).collect();
        // The first report of the figure dates it; a report that calls it an earlier one does not.
        let dated = all()
            .filter(|(s, _)| !s.claim.earlier_figure)
            .min_by_key(|(_, c)| {
                let day = c.as_of().and_then(DateSpan::first);
                (day.is_none(), day, c.clock, c.reported)
            })
            .map(|(_, counting)| counting);
        let bound = all().filter_map(|(_, c)| c.reported).min();
        let as_of = match dated {
            Some(counting) => counting.as_of(),
            None => bound.map(|to| DateSpan { from: None, to: Some(to) }),
        };
        let scope =
            all().map(|(_, c)| c.scope.clone()).reduce(|a, b| if a == b { a } else { None });
        Some(Self {
            origin: first.origin,
            scope: scope.flatten(),
            own_telling: first.origin == first.account,
            low: quantity.low,
            high: quantity.high,
            approx: quantity.approx,
            vague: quantity.convention.is_some(),
            documents,
            earlier_in,
            as_of,
            said: dated.and_then(|counting| counting.said),
            clock: dated.and_then(|counting| counting.clock),
            entry: dated.is_some_and(|counting| counting.entry),
            reported: dated.map_or(bound, |counting| counting.reported),
            grade: first.claim.grade,
            modality: all().map(|(s, _)| s.claim.modality).min().unwrap_or(first.claim.modality),
            standing: Standing::Agreed,
            why: doubted(&members, statements).into_iter().collect(),
            members,
            shared: Vec::new(),
        })
    }

    /// Whether no earlier figure is known to have replaced it.
    pub(crate) fn is_current(&self) -> bool {
        matches!(self.standing, Standing::Agreed | Standing::Contested)
    }

    /// Every account that gives it calls it an earlier one.
    pub(crate) fn only_earlier(&self) -> bool {
        self.earlier_in.len() == self.documents.len()
    }

    /// Told by somebody who was there, or heard it there: a happening, not a running count.
    pub(crate) fn is_testimony(&self) -> bool {
        self.own_telling && matches!(self.grade, Grade::Seen | Grade::Heard)
    }

    /// As people say it: `18`, `more than 3000`… in figures only.
    pub(crate) fn shown(&self) -> String {
        let about = if self.approx { "about " } else { "" };
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => format!("{about}{low}"),
            (Some(low), Some(high)) => format!("{about}{low} to {high}"),
            (Some(low), None) => format!("{about}{low} or more"),
            (None, Some(high)) => format!("{about}{high} or fewer"),
            (None, None) => "an unknown number".to_owned(),
        }
    }

    /// Whether some number fits both.
    pub(crate) fn fits(&self, other: &Self, config: &ReconcileConfig) -> bool {
        let (a, b) = (self.reach(config), other.reach(config));
        let above = |low: Option<u64>, high: Option<u64>| matches!((low, high), (Some(l), Some(h)) if l > h);
        !above(a.0, b.1) && !above(b.0, a.1)
    }

    /// Whether the two contradict each other: no number fits both, and they speak of the same
    /// people. A teller who knows of none, or of some, does not say that there were no more.
    pub(crate) fn excludes(&self, other: &Self, config: &ReconcileConfig) -> bool {
        let silent = |few: &Self, many: &Self| {
            few.knows_of_none()
                || few.tells_of_some(config) && few.origin != many.origin && few.high < many.low
        };
        self.scope == other.scope
            && !self.fits(other, config)
            && !silent(self, other)
            && !silent(other, self)
    }

    /// What a teller saw or heard, or a number as small as single happenings have: no running count.
    fn tells_of_some(&self, config: &ReconcileConfig) -> bool {
        let small = self.high.is_some_and(|high| high < config.label_from);
        self.own_telling && self.high.is_some() && (small || self.is_testimony())
    }

    /// Nobody, so far as the teller knows: that others know of some is no contradiction.
    fn knows_of_none(&self) -> bool {
        self.own_telling && self.high == Some(0)
    }

    fn reach(&self, config: &ReconcileConfig) -> (Option<u64>, Option<u64>) {
        if !self.approx {
            return (self.low, self.high);
        }
        let slack = |n: u64| n.saturating_mul(config.approx_percent) / 100;
        (
            self.low.map(|n| n.saturating_sub(slack(n))),
            self.high.map(|n| n.saturating_add(slack(n))),
        )
    }

    /// Which of two figures of one origin came first; `None` if that cannot be told.
    pub(crate) fn came_before(&self, other: &Self) -> Option<Ordering> {
        let called = |a: &Self, b: &Self| {
            a.earlier_in
                .iter()
                .any(|document| b.documents.contains(document) && !b.earlier_in.contains(document))
        };
        match (called(self, other), called(other, self)) {
            (true, false) => return Some(Ordering::Less),
            (false, true) => return Some(Ordering::Greater),
            _ => {}
        }
        // Entries of one day stand in the order of their hours.
        if let (Some(a), Some(b)) = (self.hour(), other.hour())
            && a.0 == b.0
            && a.1 != b.1
        {
            return Some(a.1.cmp(&b.1));
        }
        let said =
            self.said.zip(other.said).and_then(|(a, b)| days_apart(a, b)).map(|days| 0.cmp(&days));
        let said = said.filter(|order| order.is_ne());
        let reported = self.reported.zip(other.reported).and_then(|(a, b)| {
            days_apart(DateSpan::at(a), DateSpan::at(b)).map(|days| 0.cmp(&days))
        });
        let reported = reported.filter(|order| order.is_ne());
        match (said, reported) {
            (Some(a), Some(b)) if a == b => Some(a),
            // Entries of a chronology are dated by their headings, whenever it was published.
            (Some(a), Some(_)) if self.entry || other.entry => Some(a),
            // The day said may be that of the deed, and the report a look back: the dead only grow.
            (Some(_), Some(_)) => match (self.high < other.low, other.high < self.low) {
                _ if !self.excludes(other, &ReconcileConfig::default()) => None,
                (true, _) if self.high.is_some() => Some(Ordering::Less),
                (_, true) if other.high.is_some() => Some(Ordering::Greater),
                _ => None,
            },
            (Some(order), None) | (None, Some(order)) => Some(order),
            (None, None) => {
                let (a, b) = (self.as_of?, other.as_of?);
                match days_apart(a, b).map(|days| 0.cmp(&days)).filter(|order| order.is_ne()) {
                    Some(order) => Some(order),
                    None if self.only_earlier() != other.only_earlier() => {
                        Some(if self.only_earlier() { Ordering::Less } else { Ordering::Greater })
                    }
                    None => None,
                }
            }
        }
    }

    /// The day and hour that were said.
    fn hour(&self) -> Option<(Date, (u8, u8))> {
        self.said?.exact().zip(self.clock)
    }

    /// Whether two figures of different origins speak of the same time, so that they contradict
    /// each other if no number fits both.
    pub(crate) fn same_time(&self, other: &Self, config: &ReconcileConfig) -> bool {
        if (self.is_testimony() || other.is_testimony())
            && let (Some(a), Some(b)) = (self.said, other.said)
        {
            return a.may_meet(b);
        }
        // A figure that is only recalled is of some day before: the last it may be of stands for it.
        let day = |span: DateSpan| match span {
            DateSpan { from: None, to: Some(to) } => DateSpan::at(to),
            other => other,
        };
        let (Some(a), Some(b)) = (self.as_of.map(day), other.as_of.map(day)) else { return true };
        let Some(days) = days_apart(a, b) else { return true };
        if days.abs() <= config.same_time_days {
            return true;
        }
        let (early, late) = if days > 0 { (self, other) } else { (other, self) };
        matches!((late.high, early.low), (Some(high), Some(low)) if high < low)
    }

    /// Sorts by time, undated last.
    pub(crate) fn time_key(&self) -> impl Ord + use<> {
        let last = self.as_of.and_then(DateSpan::last);
        let first = self.as_of.and_then(DateSpan::first);
        (last.is_none(), last, first, self.clock, self.low, self.high)
    }
}

/// That a source also puts its figure with doubt, where it is shown as put without.
fn doubted(members: &[usize], statements: &[Statement]) -> Option<String> {
    let all = || members.iter().map(|&at| &statements[at].claim);
    let hedged = all().filter(|claim| claim.modality == Modality::Hedged).count();
    (hedged > 0 && hedged < members.len()).then(|| {
        format!("{hedged} of {} statements put it with doubt; the others do not", members.len())
    })
}

/// Days from `a` to `b`: 0 if they may meet, negative if `b` is before `a`; `None` if both are open.
fn days_apart(a: DateSpan, b: DateSpan) -> Option<i32> {
    if a.may_meet(b) {
        let known = |span: DateSpan| span.first().or(span.last()).is_some();
        return (known(a) && known(b)).then_some(0);
    }
    let gap =
        |from: Option<Date>, to: Option<Date>| from?.until(to?).ok().map(|gap| gap.get_days());
    match (a.last(), b.first()) {
        (Some(end), Some(start)) if end < start => gap(Some(end), Some(start)),
        _ => gap(a.first(), b.last()),
    }
}
