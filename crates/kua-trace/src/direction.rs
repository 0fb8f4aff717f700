//! Which of two linked passages came first, with reasons, or that it cannot be told.
//!
//! A hint, never a verdict from one weak sign: being shorter decides nothing alone.

use kua_model::{DateTier, Direction, LinkKind};

use crate::body::Body;
use crate::marks::Marks;

/// What is known about one side of a link.
pub(crate) struct Witness<'s, 'd> {
    pub(crate) body: &'s Body<'d>,
    pub(crate) marks: &'s Marks,
    /// Whether the linked passage stands in quotation marks here.
    pub(crate) quoted: bool,
    /// Share of the body that is linked, in hundredths.
    pub(crate) share: usize,
}

/// Direction of a link and its reasons, strongest first, each with a stable name before a colon.
/// `is_shorter`: one side is little but a part of the other.
pub(crate) fn direction(
    kind: LinkKind,
    is_shorter: bool,
    a: &Witness<'_, '_>,
    b: &Witness<'_, '_>,
) -> (Direction, Vec<String>) {
    // A digest in another language is a translation, too.
    let languages = (a.body.language(), b.body.language());
    let across = kind == LinkKind::Translation
        || matches!(languages, (Some(of_a), Some(of_b)) if of_a != of_b);
    let mut reasons = Vec::new();
    let mut decided = None;
    let mut decide = |direction: Direction| {
        decided.get_or_insert(direction);
    };
    let own = |one: &Witness<'_, '_>, other: &Witness<'_, '_>| {
        let language = other.body.language();
        let of_translation = across
            && one.marks.translated.iter().any(|(_, from)| from.is_none() || *from == language);
        let of_reprint = !across && !one.marks.reprinted.is_empty();
        of_translation || of_reprint
    };
    match (own(a, b), own(b, a)) {
        (true, false) => {
            reasons.push(format!(
                "says-so: {} calls itself a {}.",
                a.body.document.path,
                called(across)
            ));
            decide(Direction::BToA);
        }
        (false, true) => {
            reasons.push(format!(
                "says-so: {} calls itself a {}.",
                b.body.document.path,
                called(across)
            ));
            decide(Direction::AToB);
        }
        (true, true) => {
            reasons.push(format!("says-so: both call themselves a {}.", called(across)));
            decide(Direction::CommonAncestor);
        }
        (false, false) => {}
    }
    if across {
        translators_notes(a, b, &mut reasons, &mut decide);
    }
    match (a.quoted, b.quoted) {
        (true, false) => {
            reasons.push("quoted: the words stand in quotation marks in a only.".to_owned());
            decide(Direction::BToA);
        }
        (false, true) => {
            reasons.push("quoted: the words stand in quotation marks in b only.".to_owned());
            decide(Direction::AToB);
        }
        (true, true) if kind == LinkKind::Quotation => {
            reasons
                .push("quoted: both quote the words, so both have them from elsewhere.".to_owned());
            decide(Direction::CommonAncestor);
        }
        _ => {}
    }
    dates(a.body, b.body, &mut reasons, &mut decide);
    let there = &b.marks.addresses;
    if let Some(address) = a.marks.addresses.iter().find(|address| there.contains(address)) {
        reasons.push(format!("same-address: both give {address}."));
    }
    // All of one and not all of the other, or much more of one.
    let holds = |small: usize, large: usize| large + 10 < small || (small >= 97 && large < small);
    if holds(b.share, a.share) {
        reasons
            .push(format!("contained: {} % of b stands in a, {} % of a in b.", b.share, a.share));
        if is_shorter {
            decide(Direction::AToB);
        }
    } else if holds(a.share, b.share) {
        reasons
            .push(format!("contained: {} % of a stands in b, {} % of b in a.", a.share, b.share));
        if is_shorter {
            decide(Direction::BToA);
        }
    }
    (decided.unwrap_or(Direction::Unknown), reasons)
}

fn called(across: bool) -> &'static str {
    if across { "translation" } else { "reprint" }
}

fn translators_notes(
    a: &Witness<'_, '_>,
    b: &Witness<'_, '_>,
    reasons: &mut Vec<String>,
    decide: &mut impl FnMut(Direction),
) {
    let (in_a, in_b) = (a.marks.notes.len(), b.marks.notes.len());
    let first = |w: &Witness<'_, '_>| {
        w.marks.notes.first().map_or("", |note| w.body.words(*note)).to_owned()
    };
    match (in_a > 0, in_b > 0) {
        (true, true) => {
            reasons.push(format!(
                "translators-notes: both hold translator's notes (a {in_a}: \"{}\"; b {in_b}: \"{}\"), so both are translations of a text that is not here.",
                first(a), first(b)
            ));
            decide(Direction::CommonAncestor);
        }
        (true, false) => {
            reasons.push(format!(
                "translators-notes: only a holds translator's notes ({in_a}: \"{}\").",
                first(a)
            ));
            decide(Direction::BToA);
        }
        (false, true) => {
            reasons.push(format!(
                "translators-notes: only b holds translator's notes ({in_b}: \"{}\").",
                first(b)
            ));
            decide(Direction::AToB);
        }
        (false, false) => {}
    }
}

/// Days of publication, if both are founded on more than a guess and cannot be one day.
fn dates(
    a: &Body<'_>,
    b: &Body<'_>,
    reasons: &mut Vec<String>,
    decide: &mut impl FnMut(Direction),
) {
    let day = |body: &Body<'_>| {
        body.document
            .dates
            .published
            .as_ref()
            .filter(|d| d.tier < DateTier::Guessed)
            .map(|d| d.value)
    };
    let (Some(day_a), Some(day_b)) = (day(a), day(b)) else { return };
    if day_a.last() < day_b.first() {
        reasons.push(format!("earlier: a is dated {day_a}, b {day_b}."));
        decide(Direction::AToB);
    } else if day_b.last() < day_a.first() {
        reasons.push(format!("earlier: b is dated {day_b}, a {day_a}."));
        decide(Direction::BToA);
    }
}
