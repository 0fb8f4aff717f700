//! Which account (passage origin) tells which words, after people's decisions about it.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    Document, DocumentId, Lineage, Notice, NoticePlace, OriginId, PassageOrigin, Severity, Span,
    TextRange,
};

use crate::origins::Merges;
use crate::rulings::Rulings;
use crate::union::Sets;

/// The accounts of a case and where each is told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Accounts {
    /// In order of first appearance.
    pub(crate) passages: Vec<PassageOrigin>,
    /// Sentences about decisions that formed an account.
    pub(crate) why: BTreeMap<OriginId, Vec<String>>,
    ids: BTreeSet<OriginId>,
    by_document: BTreeMap<DocumentId, Vec<(TextRange, usize)>>,
}

impl Accounts {
    /// Accounts from tracing, split where a person decided so. Every document of `documents` has
    /// at least one, so that words outside every traced passage (captions) still have a teller.
    pub(crate) fn new(
        documents: &[Document],
        lineage: &Lineage,
        rulings: &Rulings,
        notices: &mut Vec<Notice>,
    ) -> Self {
        let mut passages = lineage.origins.clone();
        let mut why = BTreeMap::new();
        for (&(a, b), said) in &rulings.not_same_account {
            split(&mut passages, lineage, a, b, said, &mut why, notices);
        }
        let told: BTreeSet<DocumentId> = passages
            .iter()
            .flat_map(|passage| passage.spans.iter().map(|span| span.document))
            .collect();
        for document in documents.iter().filter(|document| !told.contains(&document.id)) {
            passages.push(PassageOrigin {
                id: OriginId::of(&format!("document\n{}", document.id)),
                spans: vec![Span::new(document.id, TextRange::new(0, document.text.len()))],
                latent: false,
                links: Vec::new(),
            });
        }
        let rank: BTreeMap<DocumentId, usize> =
            documents.iter().enumerate().map(|(at, document)| (document.id, at)).collect();
        let first = |passage: &PassageOrigin| {
            let place = |span: &Span| (rank.get(&span.document).copied(), span.range.start);
            passage.spans.iter().map(place).filter(|(rank, _)| rank.is_some()).min()
        };
        passages
            .sort_by_cached_key(|passage| (first(passage).is_none(), first(passage), passage.id));
        let mut by_document: BTreeMap<DocumentId, Vec<(TextRange, usize)>> = BTreeMap::new();
        for (number, passage) in passages.iter().enumerate() {
            for span in &passage.spans {
                by_document.entry(span.document).or_default().push((span.range, number));
            }
        }
        by_document.values_mut().for_each(|ranges| ranges.sort_unstable());
        let ids = passages.iter().map(|passage| passage.id).collect();
        Self { passages, why, ids, by_document }
    }

    /// The account that stands for account `id` after judgements. One that was joined to a named
    /// source stays its own teller.
    pub(crate) fn joined(&self, id: OriginId, merges: &Merges) -> OriginId {
        let to = merges.of(id);
        if self.ids.contains(&to) { to } else { id }
    }

    /// Number of the account that tells the words at `span`: the one that holds most of them, else
    /// the nearest before them. `None` only for a document that is not in the case.
    pub(crate) fn at(&self, span: Span) -> Option<usize> {
        let ranges = self.by_document.get(&span.document)?;
        let after = ranges.partition_point(|(range, _)| range.start < span.range.end);
        let shared = |range: TextRange| {
            range.end.min(span.range.end).saturating_sub(range.start.max(span.range.start))
        };
        // Passages of one document do not overlap, so only the few that begin inside can matter.
        let mut best: Option<(usize, usize)> = None;
        for &(range, number) in ranges[..after].iter().rev() {
            let length = shared(range);
            if length > best.map_or(0, |(length, _)| length) {
                best = Some((length, number));
            }
            if range.start <= span.range.start {
                break;
            }
        }
        let nearest = after.checked_sub(1).or((!ranges.is_empty()).then_some(0));
        best.map(|(_, number)| number).or_else(|| ranges.get(nearest?).map(|&(_, number)| number))
    }
}

/// Takes the account apart that holds words of both `a` and `b`. Links still hold its passages
/// together, strongest first, but none may bring the two sides together again.
fn split(
    passages: &mut Vec<PassageOrigin>,
    lineage: &Lineage,
    a: Span,
    b: Span,
    said: &str,
    why: &mut BTreeMap<OriginId, Vec<String>>,
    notices: &mut Vec<Notice>,
) {
    let holds =
        |passage: &PassageOrigin, side: Span| passage.spans.iter().any(|span| span.overlaps(side));
    let Some(at) = passages.iter().position(|passage| holds(passage, a) && holds(passage, b))
    else {
        notices.push(Notice::new(
            Severity::Note,
            "judgement-without-effect",
            NoticePlace::Span(a),
            format!("A judgement says that {a} and {b} are not one account. They are not; nothing was changed."),
        ));
        return;
    };
    let whole = passages[at].clone();
    let mut sets = Sets::new(whole.spans.len());
    let side = |index: usize, of: Span| whole.spans[index].overlaps(of);
    let members =
        |of: Span| (0..whole.spans.len()).filter(move |&i| side(i, of)).collect::<Vec<_>>();
    let (on_a, on_b) = (members(a), members(b));
    let parted = |sets: &mut Sets, x: usize, y: usize| {
        let (x, y) = (sets.find(x), sets.find(y));
        let mut has = |set: usize, side: &[usize]| side.iter().any(|&i| sets.find(i) == set);
        (has(x, &on_a) && has(y, &on_b)) || (has(x, &on_b) && has(y, &on_a))
    };
    for side in [&on_a, &on_b] {
        for pair in side.windows(2) {
            if !parted(&mut sets, pair[0], pair[1]) {
                sets.join(pair[0], pair[1]);
            }
        }
    }
    // Passages of one document are told together unless that document holds both sides.
    for i in 1..whole.spans.len() {
        if whole.spans[i - 1].document == whole.spans[i].document && !parted(&mut sets, i - 1, i) {
            sets.join(i - 1, i);
        }
    }
    let mut links: Vec<usize> = whole.links.clone();
    links.sort_by_key(|&index| {
        (lineage.links.get(index).map(|link| std::cmp::Reverse(link.score)), index)
    });
    for link in links.iter().filter_map(|&index| lineage.links.get(index)) {
        let (from, to) = (members(link.a), members(link.b));
        if let (Some(&from), Some(&to)) = (from.first(), to.first())
            && !parted(&mut sets, from, to)
        {
            sets.join(from, to);
        }
    }
    let mut parts: BTreeMap<usize, PassageOrigin> = BTreeMap::new();
    for (index, span) in whole.spans.iter().enumerate() {
        let part = parts.entry(sets.find(index)).or_insert_with(|| PassageOrigin {
            id: if index == 0 {
                whole.id
            } else {
                OriginId::of(&format!("{}\nsplit\n{span}", whole.id))
            },
            spans: Vec::new(),
            latent: whole.latent,
            links: Vec::new(),
        });
        part.spans.push(*span);
    }
    for part in parts.values_mut() {
        let within = |side: Span| part.spans.iter().any(|span| span.overlaps(side));
        part.links = whole
            .links
            .iter()
            .copied()
            .filter(|&index| {
                lineage.links.get(index).is_some_and(|link| within(link.a) && within(link.b))
            })
            .collect();
        why.entry(part.id).or_default().push(format!("Taken apart from other passages: {said}"));
    }
    passages.splice(at..=at, parts.into_values());
}
