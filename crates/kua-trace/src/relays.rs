//! Translations of translations: if one text was made from a second and that from a third, the first
//! has it from the third through the second, even where the two alone would not tell.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{Direction, DocumentId, Link};

use crate::bodies::Bodies;

/// Settles the direction of links whose ends are joined by two links that have one, and says through
/// what. Linear in the links and the ways through one document.
pub(crate) fn settle(bodies: &Bodies<'_>, links: &mut [Link]) {
    // What each document was made from.
    let mut sources: BTreeMap<DocumentId, BTreeSet<DocumentId>> = BTreeMap::new();
    for link in links.iter().filter(|link| link.kind.is_one_account()) {
        let (from, to) = match link.direction {
            Direction::AToB => (link.a.document, link.b.document),
            Direction::BToA => (link.b.document, link.a.document),
            Direction::CommonAncestor | Direction::Unknown => continue,
        };
        if from != to {
            sources.entry(to).or_default().insert(from);
        }
    }
    let language = |id: DocumentId| bodies.languages()[bodies.number(id)?];
    let through = |from: DocumentId, to: DocumentId| {
        let made_from = |of: DocumentId| sources.get(&of).into_iter().flatten().copied();
        // A copy in the middle tells nothing: either of the two may have been translated.
        made_from(to).find(|&middle| {
            middle != from
                && language(middle) != language(from)
                && language(middle) != language(to)
                && made_from(middle).any(|first| first == from)
        })
    };
    for link in links.iter_mut().filter(|link| link.kind.is_one_account()) {
        let (a, b) = (link.a.document, link.b.document);
        if a == b || link.direction == Direction::CommonAncestor {
            continue;
        }
        let (direction, middle, side) = match (through(a, b), through(b, a)) {
            (Some(middle), None) => (Direction::AToB, middle, "b"),
            (None, Some(middle)) => (Direction::BToA, middle, "a"),
            _ => continue,
        };
        if link.direction != Direction::Unknown && link.direction != direction {
            continue;
        }
        let path =
            bodies.number(middle).map_or_else(String::new, |n| bodies.get(n).document.path.clone());
        link.direction = direction;
        link.reasons.push(format!("through: {side} has it through {path}."));
    }
}
