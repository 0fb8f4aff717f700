//! What is looked up again and again, found once: places in the chronicle's lists by id.
//! Holds indices only, so it borrows nothing.

use std::collections::BTreeMap;

use kua_model::{
    Chronicle, ClaimId, Document, DocumentId, ItemId, LinkKind, NoticePlace, OriginId, OriginKind,
    TextRange,
};

/// Text shown on one page of a document, in bytes: some thirty paper pages.
const PAGE_BYTES: usize = 64 * 1024;

/// Places in the chronicle's lists.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub items: BTreeMap<ItemId, usize>,
    pub documents: BTreeMap<DocumentId, usize>,
    pub statements: BTreeMap<ClaimId, usize>,
    pub origins: BTreeMap<OriginId, usize>,
    /// Statements by document, in order of place.
    pub said_in: BTreeMap<DocumentId, Vec<usize>>,
    /// Statements by the origin they go back to.
    pub goes_back_to: BTreeMap<OriginId, Vec<usize>>,
    /// Statements by the account that tells them.
    pub told_by: BTreeMap<OriginId, Vec<usize>>,
    /// Statements that repeat, copy or translate a statement.
    pub again: BTreeMap<ClaimId, Vec<usize>>,
    /// (toll, position) of a statement.
    pub tolls: BTreeMap<ClaimId, Vec<(usize, usize)>>,
    /// (toll, position) of an origin.
    pub held: BTreeMap<OriginId, Vec<(usize, usize)>>,
    /// Accounts heard in a document.
    pub accounts_in: BTreeMap<DocumentId, Vec<usize>>,
    /// Links by document, those inside it included.
    pub links: BTreeMap<DocumentId, Vec<usize>>,
    /// Links with aligned pieces between two documents, smaller id first.
    pub beside: BTreeMap<(DocumentId, DocumentId), Vec<usize>>,
    /// Notices by document, those on its item included.
    pub notices: BTreeMap<DocumentId, Vec<usize>>,
    /// Statements by kind of event: how many.
    pub events: BTreeMap<String, usize>,
    /// Accounts told in several documents, accounts told in one, named sources.
    pub shared: Vec<usize>,
    pub single: Vec<usize>,
    pub sources: Vec<usize>,
    /// Where the pages of long documents begin.
    cuts: BTreeMap<DocumentId, Vec<usize>>,
}

impl Index {
    pub(crate) fn new(chronicle: &Chronicle) -> Self {
        let mut out = Self::default();
        for (at, item) in chronicle.items.iter().enumerate() {
            out.items.insert(item.id, at);
        }
        let mut by_item: BTreeMap<ItemId, Vec<DocumentId>> = BTreeMap::new();
        for (at, document) in chronicle.documents.iter().enumerate() {
            out.documents.insert(document.id, at);
            by_item.entry(document.item).or_default().push(document.id);
            if document.text.len() > PAGE_BYTES {
                out.cuts.insert(document.id, cuts(document));
            }
        }
        out.statements(chronicle);
        out.origins(chronicle);
        out.links(chronicle);
        for (at, toll) in chronicle.tolls.iter().enumerate() {
            for (position, found) in toll.positions.iter().enumerate() {
                out.held.entry(found.origin).or_default().push((at, position));
                for claim in &found.claims {
                    out.tolls.entry(*claim).or_default().push((at, position));
                }
            }
        }
        for (at, notice) in chronicle.notices.iter().enumerate() {
            match &notice.place {
                NoticePlace::Case => {}
                NoticePlace::Item(item) => {
                    for document in by_item.get(item).into_iter().flatten() {
                        out.notices.entry(*document).or_default().push(at);
                    }
                }
                NoticePlace::Span(span) => out.notices.entry(span.document).or_default().push(at),
            }
        }
        out
    }

    fn statements(&mut self, chronicle: &Chronicle) {
        for (at, statement) in chronicle.statements.iter().enumerate() {
            let claim = &statement.claim;
            self.statements.insert(claim.id, at);
            self.said_in.entry(claim.document).or_default().push(at);
            self.goes_back_to.entry(statement.origin).or_default().push(at);
            self.told_by.entry(statement.account).or_default().push(at);
            *self.events.entry(claim.event.0.clone()).or_default() += 1;
            if let Some(same) = statement.same_as {
                self.again.entry(same).or_default().push(at);
            }
        }
        for list in self.said_in.values_mut() {
            list.sort_by_key(|at| chronicle.statements.get(*at).map(|s| s.claim.range));
        }
    }

    fn origins(&mut self, chronicle: &Chronicle) {
        for (at, origin) in chronicle.origins.iter().enumerate() {
            self.origins.insert(origin.id, at);
            match origin.kind {
                OriginKind::Source => self.sources.push(at),
                OriginKind::Account => {
                    let many = origin.accounts.len() > 1;
                    if many { &mut self.shared } else { &mut self.single }.push(at);
                    for account in &origin.accounts {
                        self.accounts_in.entry(account.document).or_default().push(at);
                    }
                }
            }
        }
    }

    fn links(&mut self, chronicle: &Chronicle) {
        for (at, link) in chronicle.lineage.links.iter().enumerate() {
            let (a, b) = (link.a.document, link.b.document);
            self.links.entry(a).or_default().push(at);
            if a == b {
                continue;
            }
            self.links.entry(b).or_default().push(at);
            if !link.aligned.is_empty() && link.kind != LinkKind::Boilerplate {
                self.beside.entry((a.min(b), a.max(b))).or_default().push(at);
            }
        }
    }

    /// How many pages the text of a document takes.
    pub(crate) fn pages(&self, document: DocumentId) -> usize {
        self.cuts.get(&document).map_or(1, |cuts| cuts.len() + 1)
    }

    /// The piece of text on a page, from 1; `None` if there is no such page.
    pub(crate) fn page(&self, document: &Document, page: usize) -> Option<TextRange> {
        let none = Vec::new();
        let cuts = self.cuts.get(&document.id).unwrap_or(&none);
        if page == 0 || page > cuts.len() + 1 {
            return None;
        }
        let start = page.checked_sub(2).and_then(|at| cuts.get(at)).copied().unwrap_or(0);
        let end = cuts.get(page - 1).copied().unwrap_or(document.text.len());
        Some(TextRange::new(start, end))
    }

    /// The page, from 1, that byte `at` of the text stands on.
    pub(crate) fn page_at(&self, document: DocumentId, at: usize) -> usize {
        self.cuts.get(&document).map_or(1, |cuts| cuts.partition_point(|cut| *cut <= at) + 1)
    }
}

/// Where to begin a new page: between blocks, and inside a block that is longer than a page.
fn cuts(document: &Document) -> Vec<usize> {
    let mut out = Vec::new();
    let mut start = 0;
    for block in &document.blocks {
        if block.range.end - start <= PAGE_BYTES {
            continue;
        }
        if block.range.start > start {
            start = block.range.start;
            out.push(start);
        }
        while block.range.end - start > PAGE_BYTES {
            start = (start + 1..=start + PAGE_BYTES)
                .rev()
                .find(|at| document.text.is_char_boundary(*at))
                .unwrap_or(block.range.end);
            out.push(start);
        }
    }
    out.retain(|cut| *cut < document.text.len());
    out
}
