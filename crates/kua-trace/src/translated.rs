//! Turns what was found to be a translation into links, with spans, reasons, and figures that differ.

use std::collections::BTreeSet;
use std::ops::Range;

use kua_model::{AlignedPair, Conflict, Direction, Link, LinkKind, Span, TextRange};

use crate::body::Body;
use crate::direction::{Witness, direction};
use crate::evidence::Side;
use crate::features::Sketched;
use crate::marks::Marks;
use crate::verdict::Found;

/// Adds the links of one stretch that was found.
pub(crate) fn links(
    (a, marks_a, side_a): (&Body<'_>, &Marks, &[Sketched]),
    (b, marks_b, side_b): (&Body<'_>, &Marks, &[Sketched]),
    found: &Found,
    out: &mut Vec<Link>,
) {
    let cover = |side: &[Sketched], range: &Range<usize>| {
        side.get(range.clone())
            .unwrap_or_default()
            .iter()
            .map(|s| s.range.0)
            .reduce(TextRange::cover)
    };
    let mut aligned = Vec::new();
    let mut apart = Vec::new();
    for step in &found.steps {
        let (Some(on_a), Some(on_b)) = (cover(side_a, &step.a), cover(side_b, &step.b)) else {
            continue;
        };
        // What two texts say of themselves is alike, and told by neither.
        let speaks_of_itself = |marks: &Marks, range: TextRange| {
            marks.translated.iter().any(|(line, _)| line.contains(range))
        };
        if speaks_of_itself(marks_a, on_a) && speaks_of_itself(marks_b, on_b) {
            continue;
        }
        let pair = AlignedPair { a: on_a, b: on_b };
        if other_figures(&side_a[step.a.clone()], &side_b[step.b.clone()]) {
            apart.push(pair);
        } else {
            aligned.push(pair);
        }
    }
    let whole_a = aligned.iter().map(|pair| pair.a).reduce(TextRange::cover);
    let whole_b = aligned.iter().map(|pair| pair.b).reduce(TextRange::cover);
    let (Some(whole_a), Some(whole_b)) = (whole_a, whole_b) else { return };
    let e = &found.evidence;
    let share = |ranges: Vec<TextRange>, body: &Body<'_>| {
        let mut ranges = ranges;
        crate::reuse::union_length(&mut ranges) * 100
            / body.units.iter().map(|u| u.range.len()).sum::<usize>().max(1)
    };
    let share_a = share(aligned.iter().map(|p| p.a).collect(), a);
    let share_b = share(aligned.iter().map(|p| p.b).collect(), b);
    let witness = |body, marks, share| Witness { body, marks, quoted: false, share };
    let digest = found.scope.digest;
    let kind = if digest.is_some() { LinkKind::Digest } else { LinkKind::Translation };
    let (direction, why) =
        direction(kind, false, &witness(a, marks_a, share_a), &witness(b, marks_b, share_b));
    let mut reasons = vec![
        format!(
            "in-order: {} passages answer each other in order, {share_a} % of a and {share_b} % of b.",
            aligned.len()
        ),
        format!(
            "figures: {} of {} figures and {} of {} names stand on both sides.",
            e.figures_met, e.figures, e.names_met, e.names
        ),
    ];
    match digest {
        Some(Side::A) => reasons
            .push("condensed: a tells in order what b tells, and leaves out the rest.".to_owned()),
        Some(Side::B) => reasons
            .push("condensed: b tells in order what a tells, and leaves out the rest.".to_owned()),
        None => {}
    }
    if let Some(words) = e.words {
        reasons.push(format!(
            "words: by words learnt from other pairs of texts, likeness is {words:.2}."
        ));
    }
    reasons.extend(why);
    let score = (1000.0 / (1.0 + (-found.score).exp())).clamp(0.0, 1000.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..1000"
    )]
    let score = score as u16;
    out.push(Link {
        kind,
        a: Span::new(a.document.id, whole_a),
        b: Span::new(b.document.id, whole_b),
        direction,
        reasons,
        agreements: Vec::new(),
        conflicts: Vec::new(),
        aligned,
        score,
    });
    for pair in apart {
        let conflict = Conflict { kind: "number".to_owned(), a: Some(pair.a), b: Some(pair.b) };
        out.push(Link {
            kind: LinkKind::Revision,
            a: Span::new(a.document.id, pair.a),
            b: Span::new(b.document.id, pair.b),
            direction: Direction::Unknown,
            reasons: vec!["differs: these sentences answer each other in a translation but their figures do not.".to_owned()],
            agreements: Vec::new(),
            conflicts: vec![conflict],
            aligned: vec![pair],
            score,
        });
    }
}

/// Whether as many figures of each side are missing on the other, all in digits: one stands for the
/// other and is not it.
fn other_figures(a: &[Sketched], b: &[Sketched]) -> bool {
    let missing = |x: &[Sketched], y: &[Sketched]| {
        let there: BTreeSet<&String> =
            y.iter().flat_map(|s| s.figures.iter().chain(&s.spelled)).collect();
        x.iter().flat_map(|s| &s.figures).filter(|figure| !there.contains(figure)).count()
    };
    let spelled = a.iter().chain(b).any(|s| !s.spelled.is_empty());
    let (in_a, in_b) = (missing(a, b), missing(b, a));
    in_a > 0 && in_a == in_b && !spelled
}
