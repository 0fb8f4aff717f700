//! Translations between documents of different languages, aligned sentence by sentence. No model.
//!
//! Candidates come from an inverted list of the rarest letter groups, figures and names; the best of
//! each other are aligned in order; what the alignment shows is weighed against what two separate
//! tellings of one event show. Those share figures and names too, so these alone never suffice: the
//! sentences must answer each other in order and length, over most of the shorter text, and in words
//! that are neither figure nor name.

use std::collections::BTreeSet;

use kua_lexicon::Lexicons;
use kua_model::{AlignedPair, Conflict, Direction, Lang, Link, LinkKind, Sha256, Span, TextRange};
use rayon::prelude::*;

use crate::TraceConfig;
use crate::align::{Likeness, Step, align};
use crate::body::Body;
use crate::candidates::{Features, candidates, passages_of};
use crate::direction::{Witness, direction};
use crate::features::{Background, Sketch, Sketched, Vector, Vocabulary, to_f32};
use crate::marks::Marks;
use crate::memo::Remembered;
use crate::wording::{AllWordings, Wordings};

/// All translation links between the bodies, sorted by sides; with each, links of kind revision for
/// aligned sentences whose figures differ. `marks[n]` belongs to `bodies[n]`.
pub(crate) fn translations(
    bodies: &[Body<'_>],
    marks: &[Marks],
    lexicons: &Lexicons,
    wordings: &AllWordings,
    config: &TraceConfig,
    remembered: &Remembered<'_>,
) -> Vec<Link> {
    let languages: Vec<Option<Lang>> = bodies.iter().map(Body::language).collect();
    let distinct: BTreeSet<Lang> = languages.iter().flatten().copied().collect();
    if distinct.len() < 2 || !config.translations {
        return Vec::new();
    }
    let words: Vec<&Wordings> = languages.iter().map(|&lang| wordings.get(lang)).collect();
    let sample = sample(bodies);
    // Made when something is to be worked out, and before it is: not by threads at once.
    let mut background: Option<Background> = None;
    let against = remembered.digest(sample.iter().copied());

    let one = |n: usize| remembered.digest([n]);
    let keys: Vec<Sha256> = (0..bodies.len()).map(|n| against.with(&one(n))).collect();
    let features = remembered.each(PASSAGES, &keys, |due| {
        let background =
            &*background.get_or_insert_with(|| Background::of(bodies, &words, &sample));
        due.par_iter()
            .map_init(Vocabulary::default, |vocabulary, &n| {
                let units = bodies[n].units.iter().filter(|_| languages[n].is_some());
                let sentences: Vec<Features> = units
                    .map(|unit| background.lookup(&bodies[n], unit.range, words[n], vocabulary))
                    .collect();
                passages_of(&sentences)
            })
            .collect()
    });
    let pairs = candidates(features, &languages, config);
    let kin = Kin::of(lexicons);
    let keys: Vec<Sha256> =
        pairs.iter().map(|&(a, b)| against.with(&one(a)).with(&one(b))).collect();
    let found: Vec<Vec<Link>> = remembered.each(PAIRS, &keys, |due| {
        let background =
            &*background.get_or_insert_with(|| Background::of(bodies, &words, &sample));
        due.par_chunk_by(|&x, &y| pairs[x].0 == pairs[y].0)
            .map_init(Vocabulary::default, |vocabulary, due| {
                let mut out = Vec::new();
                let mut side_a = None;
                for &(a, b) in due.iter().map(|&n| &pairs[n]) {
                    let side_a = &*side_a
                        .get_or_insert_with(|| background.sketch(&bodies[a], words[a], vocabulary));
                    let side_b = background.sketch(&bodies[b], words[b], vocabulary);
                    let says_so = calls_itself(&marks[a], languages[b])
                        || calls_itself(&marks[b], languages[a]);
                    let are_kin = kin.are(languages[a], languages[b]);
                    let mut of_pair = Vec::new();
                    if let Some((steps, evidence, score)) =
                        accepted(side_a, &side_b, are_kin, says_so, config)
                    {
                        let found = Found { steps, evidence, score };
                        links(
                            (&bodies[a], &marks[a], &side_a.sentences),
                            (&bodies[b], &marks[b], &side_b.sentences),
                            &found,
                            &mut of_pair,
                        );
                    }
                    out.push(of_pair);
                }
                out
            })
            .collect::<Vec<_>>()
            .into_iter()
            .flatten()
            .collect()
    });
    found.into_iter().flatten().collect()
}

/// What is remembered of documents, and of pairs of them.
const PASSAGES: &str = "trace-passages";
const PAIRS: &str = "trace-pairs";

/// From more documents than this a sample tells how common a feature is. A document more seldom
/// changes it, so that what was worked out of the others holds.
const MOST_SAMPLED: usize = 1024;

/// Numbers of the documents by which features are weighed: all, or those whose id says so.
fn sample(bodies: &[Body<'_>]) -> Vec<usize> {
    let mut halved = 0;
    while bodies.len() >> halved > MOST_SAMPLED {
        halved += 1;
    }
    let zeros = |body: &Body<'_>| {
        let digest = Sha256::of(body.document.id.to_string().as_bytes());
        let [a, b, c, d, ..] = *digest.as_bytes();
        u32::from_be_bytes([a, b, c, d]).leading_zeros()
    };
    (0..bodies.len()).filter(|&n| halved == 0 || zeros(&bodies[n]) >= halved).collect()
}

/// Whether a document calls itself a translation that may be from `language`.
fn calls_itself(marks: &Marks, language: Option<Lang>) -> bool {
    marks.translated.iter().any(|(_, from)| from.is_none() || *from == language)
}

/// Languages whose words look alike, from `[kin]` of their lexicons: there the words must agree more.
struct Kin(BTreeSet<(Lang, Lang)>);

impl Kin {
    fn of(lexicons: &Lexicons) -> Self {
        let mut pairs = BTreeSet::new();
        for lang in lexicons.languages() {
            let Some(lexicon) = lexicons.get(lang) else { continue };
            for entry in lexicon.section("translation.txt", "kin") {
                for other in entry.key.split_whitespace().filter_map(|code| code.parse().ok()) {
                    pairs.insert((lang, other));
                    pairs.insert((other, lang));
                }
            }
        }
        Self(pairs)
    }

    fn are(&self, a: Option<Lang>, b: Option<Lang>) -> bool {
        matches!((a, b), (Some(a), Some(b)) if self.0.contains(&(a, b)))
    }
}

struct Found {
    steps: Vec<Step>,
    evidence: Evidence,
    score: f32,
}

/// The alignment, if it shows a translation.
fn accepted(
    sketch_a: &Sketch,
    sketch_b: &Sketch,
    are_kin: bool,
    says_so: bool,
    config: &TraceConfig,
) -> Option<(Vec<Step>, Evidence, f32)> {
    let (a, b) = (&sketch_a.sentences, &sketch_b.sentences);
    let likeness = Likeness::of(sketch_a, sketch_b);
    let first = align(a, b, &likeness, 1.0);
    if first.len() < 2 {
        return None;
    }
    // Lengths of one language against another, learnt from the first try.
    let length = |side: &[Sketched], range: &std::ops::Range<usize>| -> f32 {
        side.get(range.clone()).unwrap_or_default().iter().map(|s| s.length).sum()
    };
    let total_a: f32 = first.iter().map(|step| length(a, &step.a)).sum();
    let total_b: f32 = first.iter().map(|step| length(b, &step.b)).sum();
    let ratio =
        if first.len() >= 3 && total_a > 0.0 { (total_b / total_a).clamp(0.6, 1.7) } else { 1.0 };
    let steps = align(a, b, &likeness, ratio);
    let evidence = evidence(a, b, &steps);
    let score = evidence.score(are_kin);
    // A text that calls itself a translation needs less; separate tellings do not.
    let least = f32::from(config.translation_threshold) / 1000.0 * THRESHOLD
        - if says_so { SAYS_SO } else { 0.0 };
    let few = evidence.steps < 2.0 || (evidence.steps < 3.0 && !says_so);
    let holds = score >= least && !few && (says_so || evidence.is_complete());
    (holds && order_matters(sketch_a, sketch_b, ratio, &steps)).then_some((steps, evidence, score))
}

/// Whether the sentences of b backwards answer those of a far worse: texts that share their words
/// everywhere, and long texts in which something always fits, do not depend on order; translations do.
fn order_matters(a: &Sketch, b: &Sketch, ratio: f32, steps: &[Step]) -> bool {
    let backwards = b.backwards();
    let chance = align(&a.sentences, &backwards.sentences, &Likeness::of(a, &backwards), ratio);
    let sum = |steps: &[Step]| steps.iter().map(|step| step.score).sum::<f32>();
    sum(&chance) <= MOST_BY_CHANCE * sum(steps)
}

/// Share of the score that the backward order may reach.
const MOST_BY_CHANCE: f32 = 0.65;

/// Score a translation must reach at a threshold of 1000.
const THRESHOLD: f32 = 4.0;
/// What a document's own word is worth.
const SAYS_SO: f32 = 3.0;

fn links(
    (a, marks_a, side_a): (&Body<'_>, &Marks, &[Sketched]),
    (b, marks_b, side_b): (&Body<'_>, &Marks, &[Sketched]),
    found: &Found,
    out: &mut Vec<Link>,
) {
    let cover = |side: &[Sketched], range: &std::ops::Range<usize>| {
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
    let (direction, why) = direction(
        LinkKind::Translation,
        false,
        &witness(a, marks_a, share_a),
        &witness(b, marks_b, share_b),
    );
    let mut reasons = vec![
        format!(
            "in-order: {} passages answer each other in order, {share_a} % of a and {share_b} % of b.",
            aligned.len()
        ),
        format!(
            "figures: {} of {} figures and {} of {} names stand on both sides.",
            e.all_figures_met, e.all_figures, e.names_met, e.names
        ),
    ];
    reasons.extend(why);
    let score = (1000.0 / (1.0 + (-found.score).exp())).clamp(0.0, 1000.0);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..1000"
    )]
    let score = score as u16;
    out.push(Link {
        kind: LinkKind::Translation,
        a: Span::new(a.document.id, whole_a),
        b: Span::new(b.document.id, whole_b),
        direction,
        reasons,
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

/// What speaks for and against an alignment being a translation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence {
    /// Mean score of a step.
    pub(crate) per_step: f32,
    /// Mean likeness of a step.
    pub(crate) likeness: f32,
    /// Share of letters of each side within the steps.
    pub(crate) covers_a: f32,
    pub(crate) covers_b: f32,
    /// Steps.
    pub(crate) steps: f32,
    /// Figures of either side that the other has in the same step, and all figures.
    pub(crate) figures_met: f32,
    pub(crate) figures: f32,
    /// The same for names.
    pub(crate) names_met: f32,
    pub(crate) names: f32,
    /// Mean likeness of a step without figures and names.
    pub(crate) content: f32,
    /// Figures of both documents that the other has anywhere, and all figures.
    pub(crate) all_figures_met: f32,
    pub(crate) all_figures: f32,
    /// Mean square of the normalised difference of lengths.
    pub(crate) lengths: f32,
}

impl Evidence {
    /// Logistic weights, fitted on sentence-aligned news of fifteen language pairs against halves and
    /// alternate sentences of one article, and against other sentences into which the figures and
    /// names of the right ones were put.
    fn score(&self, are_kin: bool) -> f32 {
        let covers = self.covers_a.min(self.covers_b);
        let figures = (self.all_figures_met + 0.5) / (self.all_figures + 1.0);
        let names = (self.names_met + 0.5) / (self.names + 1.0);
        let content = covers * self.content * self.steps.sqrt() * 10.0;
        let steps = (1.0 + self.steps).ln();
        if are_kin {
            3.86 * covers + 2.08 * figures + 0.25 * names - 0.3 * steps + 2.87 * content
                - 4.75 * self.lengths
                - 6.96
        } else {
            1.78 * covers + 4.12 * figures + 2.49 * names + 1.17 * steps + 3.16 * content
                - 7.52 * self.lengths
                - 6.14
        }
    }

    /// In a short text nearly all must be answered, every figure in its place: two tellings of one
    /// event have the same figures, but not all of them and not in one order.
    fn is_complete(&self) -> bool {
        let missing = self.all_figures - self.figures_met;
        let covers = self.covers_a.min(self.covers_b);
        self.steps > SHORT
            || (missing <= (0.12 * self.all_figures).max(1.0)
                && covers >= if self.steps > VERY_SHORT { 0.65 } else { 0.8 })
    }
}

/// Sentences of a very short text, and of a short one.
const VERY_SHORT: f32 = 6.0;
const SHORT: f32 = 10.0;

fn span(steps: &[Step], pick: fn(&Step) -> std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = steps.first().map_or(0, |step| pick(step).start);
    start..steps.last().map_or(start, |step| pick(step).end)
}

/// Weighs an alignment.
pub(crate) fn evidence(a: &[Sketched], b: &[Sketched], steps: &[Step]) -> Evidence {
    let mut out = Evidence { steps: to_f32(steps.len()), ..Evidence::default() };
    if steps.is_empty() {
        return out;
    }
    let total = |side: &[Sketched]| side.iter().map(|s| s.length).sum::<f32>().max(1.0);
    let within = |side: &[Sketched], pick: fn(&Step) -> std::ops::Range<usize>| {
        steps
            .iter()
            .flat_map(|s| side.get(pick(s)).unwrap_or_default())
            .map(|s| s.length)
            .sum::<f32>()
    };
    let (in_a, in_b) = (within(a, |s| s.a.clone()), within(b, |s| s.b.clone()));
    let (span_a, span_b) = (span(steps, |s| s.a.clone()), span(steps, |s| s.b.clone()));
    // Where most of the shorter text is answered, the longer one is judged by the part that answers:
    // a live blog may translate one paragraph.
    let (mut whole_a, mut whole_b) = (a, b);
    if steps.len() >= 4 {
        let (a_in, b_in) = (a.get(span_a).unwrap_or_default(), b.get(span_b).unwrap_or_default());
        if total(a) > total(b) * 1.3 && in_b >= total(b) * 0.6 {
            whole_a = a_in;
        } else if total(b) > total(a) * 1.3 && in_a >= total(a) * 0.6 {
            whole_b = b_in;
        }
    }
    out.covers_a = in_a / total(whole_a);
    out.covers_b = in_b / total(whole_b);
    // A bare address that stands on both sides is no sentence.
    let told = steps.iter().filter(|s| a[s.a.clone()].iter().any(|sentence| sentence.length > 2.0));
    out.steps = to_f32(told.count()).max(1.0);
    let ratio = in_b / in_a.max(1.0);
    for (x, y) in [(whole_a, whole_b), (whole_b, whole_a)] {
        let there: BTreeSet<&String> =
            y.iter().flat_map(|s| s.figures.iter().chain(&s.spelled)).collect();
        for figure in x.iter().flat_map(|s| &s.figures) {
            out.all_figures += 1.0;
            out.all_figures_met += f32::from(u8::from(there.contains(figure)));
        }
    }
    for step in steps {
        out.per_step += step.score / out.steps;
        out.likeness += step.likeness / out.steps;
        let (left, right) = (&a[step.a.clone()], &b[step.b.clone()]);
        let sum =
            |side: &[Sketched]| side.iter().fold(Vector::default(), |sum, s| sum.plus(&s.content));
        out.content += sum(left).cosine(&sum(right)) / out.steps;
        let met = |x: &[Sketched], y: &[Sketched]| {
            let mut counts = [0_u16; 4];
            for sentence in x {
                for figure in &sentence.figures {
                    counts[1] += 1;
                    counts[0] += u16::from(
                        y.iter().any(|o| o.figures.contains(figure) || o.spelled.contains(figure)),
                    );
                }
                for name in &sentence.names {
                    counts[3] += 1;
                    counts[2] += u16::from(
                        y.iter().any(|o| o.stems.iter().any(|stem| stem[..3] == name[..3])),
                    );
                }
            }
            counts
        };
        for counts in [met(left, right), met(right, left)] {
            out.figures_met += f32::from(counts[0]);
            out.figures += f32::from(counts[1]);
            out.names_met += f32::from(counts[2]);
            out.names += f32::from(counts[3]);
        }
        let length = |side: &[Sketched]| side.iter().map(|s| s.length).sum::<f32>();
        let (x, y) = (length(left), length(right));
        let off = (y / (x * ratio).max(1.0)).ln();
        out.lengths += off * off / out.steps;
    }
    out
}
