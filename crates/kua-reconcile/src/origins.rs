//! The list of origins: every account, and every source that accounts name, with where it is heard
//! and why it is one.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    Account, Document, DocumentId, Notice, NoticePlace, Origin, OriginId, OriginKind,
    PassageOrigin, Severity, Statement, TextRange,
};

use crate::accounts::Accounts;
use crate::rulings::Rulings;
use crate::union::Sets;

/// Which ids stand for one origin, by judgement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Merges {
    to: BTreeMap<OriginId, OriginId>,
    why: BTreeMap<OriginId, Vec<String>>,
}

impl Merges {
    /// Merges of `known` ids (in order of appearance) that judgements ask for. The first to appear
    /// stands for the others; a named source before an account.
    pub(crate) fn new(
        known: &[(OriginId, OriginKind)],
        rulings: &Rulings,
        notices: &mut Vec<Notice>,
    ) -> Self {
        let mut order: Vec<(OriginId, OriginKind)> = known.to_vec();
        order.sort_by_key(|(_, kind)| *kind != OriginKind::Source);
        let number: BTreeMap<OriginId, usize> =
            order.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let mut sets = Sets::new(order.len());
        let mut merges = Self::default();
        let mut said_of = Vec::new();
        for (origins, said) in &rulings.same_origin {
            let numbers: Vec<usize> =
                origins.iter().filter_map(|id| number.get(id).copied()).collect();
            if numbers.len() < origins.len() || numbers.len() < 2 {
                notices.push(Notice::new(
                    Severity::Caution,
                    "judgement-without-effect",
                    NoticePlace::Case,
                    format!("A judgement joins {} origins, of which {} are in this case; the others changed nothing.", origins.len(), numbers.len()),
                ));
            }
            for pair in numbers.windows(2) {
                sets.join(pair[0], pair[1]);
            }
            said_of.extend(numbers.first().map(|&at| (at, said.clone())));
        }
        for (at, (id, _)) in order.iter().enumerate() {
            let root = sets.find(at);
            if root != at {
                merges.to.insert(*id, order[root].0);
            }
        }
        for (at, said) in said_of {
            let root = order[sets.find(at)].0;
            merges.why.entry(root).or_default().push(format!("One origin: {said}"));
        }
        merges
    }

    /// The origin that stands for `id`.
    pub(crate) fn of(&self, id: OriginId) -> OriginId {
        self.to.get(&id).copied().unwrap_or(id)
    }
}

/// A source that accounts name.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) id: OriginId,
    /// Shown name: its commonest words.
    pub(crate) name: String,
    pub(crate) why: Vec<String>,
}

/// All origins: accounts, then named sources, each in order of first appearance.
pub(crate) fn origins(
    accounts: &Accounts,
    named: &[Named],
    statements: &[Statement],
    documents: &[Document],
    merges: &Merges,
) -> Vec<Origin> {
    let titles: BTreeMap<DocumentId, (usize, &Document)> = documents
        .iter()
        .enumerate()
        .map(|(rank, document)| (document.id, (rank, document)))
        .collect();
    let mut out: Vec<Origin> = Vec::new();
    let mut at: BTreeMap<OriginId, usize> = BTreeMap::new();
    for passage in &accounts.passages {
        let id = accounts.joined(passage.id, merges);
        let own_why = accounts.why.get(&passage.id).cloned().unwrap_or_default();
        let index = *at.entry(id).or_insert_with(|| {
            out.push(account(id, passage));
            out.len() - 1
        });
        let origin = &mut out[index];
        if passage.id != id {
            add_spans(
                &mut origin.accounts,
                passage.spans.iter().map(|span| (span.document, span.range)),
            );
            origin.links.extend(&passage.links);
            origin.latent |= passage.latent;
        }
        origin.why.extend(own_why);
    }
    let mut heard: BTreeMap<OriginId, Vec<(DocumentId, TextRange)>> = BTreeMap::new();
    for statement in statements {
        heard
            .entry(statement.origin)
            .or_default()
            .push((statement.claim.document, statement.claim.range));
    }
    for source in named {
        let id = merges.of(source.id);
        let index = *at.entry(id).or_insert_with(|| {
            let mut accounts = Vec::new();
            add_spans(&mut accounts, heard.get(&id).into_iter().flatten().copied());
            out.push(Origin {
                id,
                kind: OriginKind::Source,
                name: source.name.clone(),
                accounts,
                latent: false,
                why: Vec::new(),
                links: Vec::new(),
            });
            out.len() - 1
        });
        out[index].why.extend(source.why.iter().cloned());
    }
    for origin in &mut out {
        origin.accounts.sort_by_key(|account| titles.get(&account.document).map(|(rank, _)| *rank));
        if origin.kind == OriginKind::Account
            && let Some((_, first)) =
                origin.accounts.first().and_then(|first| titles.get(&first.document))
        {
            origin.name = first.title().to_owned();
        }
        origin.why.extend(merges.why.get(&origin.id).into_iter().flatten().cloned());
        let mut seen = BTreeSet::new();
        origin.why.retain(|why| seen.insert(why.clone()));
        origin.links.sort_unstable();
        origin.links.dedup();
    }
    out
}

fn account(id: OriginId, passage: &PassageOrigin) -> Origin {
    let mut accounts = Vec::new();
    add_spans(&mut accounts, passage.spans.iter().map(|span| (span.document, span.range)));
    let mut why = Vec::new();
    if accounts.len() > 1 {
        let links = match passage.links.len() {
            1 => "1 link".to_owned(),
            count => format!("{count} links"),
        };
        why.push(format!(
            "Told in {} documents that copy or translate each other ({links})",
            accounts.len()
        ));
    }
    Origin {
        id,
        kind: OriginKind::Account,
        name: String::new(),
        accounts,
        latent: passage.latent,
        why,
        links: passage.links.clone(),
    }
}

/// Adds passages, one entry a document, each place once, in order of place.
fn add_spans(accounts: &mut Vec<Account>, spans: impl Iterator<Item = (DocumentId, TextRange)>) {
    let mut at: BTreeMap<DocumentId, usize> =
        accounts.iter().enumerate().map(|(at, account)| (account.document, at)).collect();
    for (document, range) in spans {
        let index = *at.entry(document).or_insert_with(|| {
            accounts.push(Account { document, spans: Vec::new() });
            accounts.len() - 1
        });
        accounts[index].spans.push(range);
    }
    for account in accounts {
        account.spans.sort_unstable();
        account.spans.dedup();
    }
}
