//! Sets what a model proposes beside what was read: what a person has decided on is no proposal any
//! more, what says no more than a claim that is there says nothing, and the rest is for review.
//! Counts nothing and changes no claim.

use std::collections::{BTreeMap, BTreeSet};

use kua_lexicon::fold;
use kua_model::{
    Beside, Claim, ClaimAnchor, ClaimId, Decision, Document, DocumentId, Group, Judgement,
    Proposal, ProposedField, Quantity, Quote, Statement,
};

/// A claim of a model that was held against its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What is left of it.
    pub claim: Claim,
    /// Fields that were emptied or made more cautious.
    pub changed: Vec<ProposedField>,
    /// Who proposed it.
    pub proposed_by: String,
}

/// What is for review of `proposed`, by document and place. Of two with one id the first is kept;
/// one whose words do not stand in `documents` is left out.
pub fn proposals(
    proposed: Vec<Proposed>,
    documents: &[Document],
    statements: &[Statement],
    judgements: &[Judgement],
) -> Vec<Proposal> {
    let rank: BTreeMap<DocumentId, usize> =
        documents.iter().enumerate().map(|(at, document)| (document.id, at)).collect();
    let mut read: BTreeMap<DocumentId, Vec<&Claim>> = BTreeMap::new();
    for statement in statements {
        read.entry(statement.claim.document).or_default().push(&statement.claim);
    }
    let decided = Decided::of(judgements);
    let mut seen = BTreeSet::new();
    let mut out: Vec<(usize, Proposal)> = Vec::new();
    for Proposed { claim, changed, proposed_by } in proposed {
        let Some(&at) = rank.get(&claim.document) else { continue };
        let Some(quote) = documents.get(at).and_then(|d| Quote::cut(d, claim.range).ok()) else {
            continue;
        };
        if decided.holds(&claim, &quote) || !seen.insert(claim.id) {
            continue;
        }
        let beside = match same_telling(&claim, read.get(&claim.document)) {
            None => Beside::Alone,
            Some(other) => {
                let fields = differences(&claim, other);
                if fields.is_empty() {
                    continue;
                }
                Beside::Differs { claim: other.id, fields }
            }
        };
        out.push((at, Proposal { claim, quote, proposed_by, changed, beside }));
    }
    out.sort_by_key(|(at, proposal)| (*at, proposal.claim.range, proposal.claim.id));
    out.into_iter().map(|(_, proposal)| proposal).collect()
}

/// Proposals that a person has decided on.
struct Decided<'j> {
    ids: BTreeSet<ClaimId>,
    words: Vec<&'j ClaimAnchor>,
}

impl<'j> Decided<'j> {
    fn of(judgements: &'j [Judgement]) -> Self {
        let decisions: Vec<_> = judgements.iter().map(|j| Some(&j.decision)).collect();
        let stands = kua_model::standing(&decisions);
        let mut out = Self { ids: BTreeSet::new(), words: Vec::new() };
        for (judgement, _) in judgements.iter().zip(stands).filter(|(_, stands)| *stands) {
            if let Decision::ConfirmProposal { proposal, words, .. }
            | Decision::RejectProposal { proposal, words, .. } = &judgement.decision
            {
                out.ids.insert(*proposal);
                out.words.push(words);
            }
        }
        out
    }

    /// By id; by its words where the text has moved and the id with it.
    fn holds(&self, claim: &Claim, quote: &Quote) -> bool {
        let moved = |words: &&ClaimAnchor| {
            words.document == claim.document
                && words.at != claim.range
                && words.event == claim.event
                && words.exact == quote.exact()
                && words.prefix == quote.prefix()
        };
        self.ids.contains(&claim.id) || self.words.iter().any(moved)
    }
}

/// The claim that tells the same happening in the same words: of one event, over one figure if both
/// have one; the one that shares most words.
fn same_telling<'c>(claim: &Claim, read: Option<&Vec<&'c Claim>>) -> Option<&'c Claim> {
    let of_one_figure = |other: &Claim| match (&claim.quantity, &other.quantity) {
        (Some(a), Some(b)) => match (a.range, b.range) {
            (Some(here), Some(there)) => here.overlaps(there),
            _ => ends(a) == ends(b) || claim.range == other.range,
        },
        _ => true,
    };
    let shared = |other: &Claim| {
        let end = claim.range.end.min(other.range.end);
        end.saturating_sub(claim.range.start.max(other.range.start))
    };
    read?
        .iter()
        .copied()
        .filter(|other| other.event == claim.event && other.range.overlaps(claim.range))
        .filter(|other| of_one_figure(other))
        .max_by_key(|other| (shared(other), std::cmp::Reverse((other.range.len(), other.id))))
}

/// What `claim` says otherwise than `other`, or beyond it. What it leaves open says nothing.
fn differences(claim: &Claim, other: &Claim) -> Vec<ProposedField> {
    let mut out = Vec::new();
    let mut hold = |differs: bool, field| {
        if differs {
            out.push(field);
        }
    };
    let figure = claim.quantity.as_ref().map(ends);
    hold(figure.is_some() && figure != other.quantity.as_ref().map(ends), ProposedField::Figure);
    hold(group(&claim.affected, &other.affected), ProposedField::Affected);
    hold(group(&claim.perpetrator, &other.perpetrator), ProposedField::By);
    let place = claim.place.as_ref().is_some_and(|here| {
        other.place.as_ref().is_none_or(|there| {
            !alike(&here.words, &there.words)
                && (here.canonical.is_none() || here.canonical != there.canonical)
        })
    });
    hold(place, ProposedField::Place);
    let time = claim.time.as_ref().map(|time| time.value);
    hold(time.is_some() && time != other.time.as_ref().map(|time| time.value), ProposedField::Time);
    let source = claim.sources.last().is_some_and(|here| {
        other.sources.last().is_none_or(|there| !alike(&here.words, &there.words))
    });
    hold(source, ProposedField::Sources);
    hold(claim.modality != other.modality, ProposedField::Modality);
    out
}

fn ends(quantity: &Quantity) -> (Option<u64>, Option<u64>) {
    (quantity.low, quantity.high)
}

fn group(here: &Option<Group>, there: &Option<Group>) -> bool {
    let Some(here) = here else { return false };
    there.as_ref().is_none_or(|there| {
        !alike(&here.words, &there.words) && (here.id.is_none() || here.id != there.id)
    })
}

/// Whether one of the two words holds the other: "the ministry", "the ministry of the interior".
fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (fold(a.trim()), fold(b.trim()));
    a.contains(b.as_ref()) || b.contains(a.as_ref())
}
