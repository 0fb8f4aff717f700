//! People told by whose kin they are: "the mother of one of the victims" is no figure of the victims.

use crate::cases::Case;
use crate::grammar::Sense;
use crate::party::Party;
use crate::scene::Scene;

/// "The mother of one of the victims": whose mother she is, no figure of the victims.
pub(crate) fn is_of_kin(scene: &Scene<'_>, party: &Party) -> bool {
    let of = scene.find_before(party.start, |s| matches!(s, Sense::Of | Sense::Partitive));
    let head = of.map_or(party.start, |of| of.start);
    // Without a small word between, only a case tells whose: "мать одного из погибших".
    let oblique = scene.find(party.start, |s| *s == Sense::Oblique).is_some();
    // "The families of nine missing": nine are missing.
    let some = (party.start..party.attribute.unwrap_or(party.end))
        .any(|at| scene.find(at, |s| *s == Sense::Partitive).is_some());
    let owner = some && scene.find_before(head, is_person).is_some() && (of.is_some() || oblique);
    owner || has_kin(scene, party)
}

/// "Қаза тапқандардың бірінің анасы": in the case of "of" before a person.
pub(crate) fn has_kin(scene: &Scene<'_>, party: &Party) -> bool {
    party.noun.is_none()
        && scene.find(party.words_end(), is_person).is_some()
        && party.end.checked_sub(1).is_some_and(|last| scene.tells(last, Case::Of))
}

fn is_person(sense: &Sense) -> bool {
    matches!(sense, Sense::Group { .. } | Sense::Title)
}
