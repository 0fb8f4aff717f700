//! Walks a chronicle once and carries every word, range and id over to what may be shown.
//! When the model gains a field that holds words, ranges or ids, it belongs here as well.

use std::collections::{BTreeMap, BTreeSet};

use kua_model::{
    Beside, Chronicle, Claim, ClaimAnchor, ClaimId, Decision, Document, DocumentId, ItemId,
    Judgement, Lineage, NoticePlace, OriginId, Proposal, Quote, Reading, Sha256, Span, Statement,
    TextRange,
};

use super::OffsetMap;
use super::spellings::{Spellings, masked};
use crate::words::WITHHELD;

pub(super) struct Mapper<'a> {
    spellings: &'a Spellings,
    /// By preserved id.
    offsets: BTreeMap<DocumentId, OffsetMap>,
    masks: BTreeMap<DocumentId, Vec<TextRange>>,
    masked: BTreeSet<ItemId>,
    items: BTreeMap<ItemId, ItemId>,
    documents: BTreeMap<DocumentId, DocumentId>,
    claims: BTreeMap<ClaimId, ClaimId>,
    origins: BTreeMap<OriginId, OriginId>,
}

impl<'a> Mapper<'a> {
    pub(super) fn new(chronicle: &Chronicle, spellings: &'a Spellings, rename: bool) -> Self {
        let mut out = Self {
            spellings,
            offsets: BTreeMap::new(),
            masks: BTreeMap::new(),
            masked: BTreeSet::new(),
            items: BTreeMap::new(),
            documents: BTreeMap::new(),
            claims: BTreeMap::new(),
            origins: BTreeMap::new(),
        };
        for document in &chronicle.documents {
            let masks = masks(document, spellings);
            if !masks.is_empty() {
                out.offsets.insert(document.id, OffsetMap::new(&masks, WITHHELD.len()));
                out.masks.insert(document.id, masks);
                out.masked.insert(document.item);
            }
        }
        if rename {
            out.rename(chronicle);
        }
        out
    }

    /// Shown ids of masked items, and offsets by shown document id.
    pub(super) fn into_parts(self) -> (BTreeSet<ItemId>, BTreeMap<DocumentId, OffsetMap>) {
        let Self { masked, items, offsets, documents, .. } = self;
        let masked = masked.into_iter().map(|id| items.get(&id).copied().unwrap_or(id)).collect();
        let offsets = offsets
            .into_iter()
            .map(|(id, map)| (documents.get(&id).copied().unwrap_or(id), map))
            .collect();
        (masked, offsets)
    }

    /// New ids, numbered in order, for whatever a masked item yields.
    fn rename(&mut self, chronicle: &Chronicle) {
        for (n, item) in self.masked.iter().enumerate() {
            let new = ItemId(Sha256::of(format!("kua withheld item {n}").as_bytes()));
            self.items.insert(*item, new);
        }
        for document in &chronicle.documents {
            if let Some(item) = self.items.get(&document.item) {
                self.documents.insert(document.id, DocumentId::new(*item, document.id.part()));
            }
        }
        let nowhere = TextRange::new(0, 0);
        for (n, statement) in chronicle.statements.iter().enumerate() {
            if let Some(document) = self.documents.get(&statement.claim.document) {
                let ordinal = u32::try_from(n).unwrap_or(u32::MAX);
                let new = ClaimId::of(Span::new(*document, nowhere), "withheld", ordinal);
                self.claims.insert(statement.claim.id, new);
            }
        }
        // Numbered on after the statements.
        for (n, proposal) in (chronicle.statements.len()..).zip(&chronicle.proposals) {
            if let Some(document) = self.documents.get(&proposal.claim.document) {
                let ordinal = u32::try_from(n).unwrap_or(u32::MAX);
                let new = ClaimId::of(Span::new(*document, nowhere), "withheld", ordinal);
                self.claims.insert(proposal.claim.id, new);
            }
        }
        for (n, origin) in chronicle.origins.iter().enumerate() {
            let told = origin.accounts.iter().any(|at| self.documents.contains_key(&at.document));
            if told || self.spellings.are_in(&origin.name) {
                self.origins.insert(origin.id, OriginId::of(&format!("kua withheld origin {n}")));
            }
        }
        let held = chronicle.lineage.origins.iter().enumerate();
        for (n, origin) in held {
            if origin.spans.iter().any(|span| self.documents.contains_key(&span.document)) {
                let new = || OriginId::of(&format!("kua withheld passage {n}"));
                self.origins.entry(origin.id).or_insert_with(new);
            }
        }
    }

    pub(super) fn apply(&self, chronicle: &Chronicle) -> Chronicle {
        let mut shown = Chronicle {
            // Quotes can only be cut from a text, so statements follow once the texts are there.
            statements: Vec::new(),
            proposals: Vec::new(),
            ..chronicle.clone()
        };
        self.text(&mut shown.case.title);
        self.maybe(&mut shown.case.place);
        for item in &mut shown.items {
            self.item(&mut item.id);
            self.path(&mut item.path);
        }
        shown.documents.iter_mut().for_each(|document| self.document_in(document));
        self.lineage(&mut shown.lineage);
        let places =
            shown.documents.iter().enumerate().map(|(at, document)| (document.id, at)).collect();
        shown.statements = chronicle
            .statements
            .iter()
            .filter_map(|statement| self.statement(statement, &shown.documents, &places))
            .collect();
        shown.proposals = chronicle
            .proposals
            .iter()
            .filter_map(|proposal| self.proposal(proposal, &shown.documents, &places))
            .collect();
        self.origins_in(&mut shown);
        self.tolls(&mut shown);
        self.names(&mut shown);
        for notice in &mut shown.notices {
            match &mut notice.place {
                NoticePlace::Case => {}
                NoticePlace::Item(item) => self.item(item),
                NoticePlace::Span(span) => self.span(span),
            }
            self.text(&mut notice.message);
        }
        shown.judgements.iter_mut().for_each(|judgement| self.judgement(judgement));
        shown.custody.proofs = std::mem::take(&mut shown.custody.proofs)
            .into_iter()
            // A log entry names the digest of its item, which would betray the masked words.
            .filter(|(id, proof)| {
                !self.items.contains_key(id) && !self.spellings.are_in(&proof.entry)
            })
            .collect();
        shown
    }

    fn document_in(&self, document: &mut Document) {
        let id = document.id;
        if let Some(masks) = self.masks.get(&id) {
            document.text = masked(&document.text, masks);
        }
        for block in &mut document.blocks {
            self.range(id, &mut block.range);
            block.source.iter_mut().for_each(|source| self.range(id, &mut source.text));
        }
        document.sentences.iter_mut().for_each(|sentence| self.range(id, &mut sentence.range));
        self.maybe_range(id, &mut document.title);
        let dates = &mut document.dates;
        for dated in
            dates.published.iter_mut().chain(&mut dates.modified).chain(&mut dates.candidates)
        {
            self.maybe_range(id, &mut dated.range);
        }
        self.path(&mut document.path);
        self.item(&mut document.item);
        self.document(&mut document.id);
    }

    fn lineage(&self, lineage: &mut Lineage) {
        for link in &mut lineage.links {
            let (a, b) = (link.a.document, link.b.document);
            for conflict in &mut link.conflicts {
                self.maybe_range(a, &mut conflict.a);
                self.maybe_range(b, &mut conflict.b);
            }
            for pair in &mut link.aligned {
                self.range(a, &mut pair.a);
                self.range(b, &mut pair.b);
            }
            self.span(&mut link.a);
            self.span(&mut link.b);
            self.texts(&mut link.reasons);
        }
        // A learnt word that is part of a withheld name goes.
        let is_shown = |word: &String| {
            let mut shown = word.clone();
            self.text(&mut shown);
            shown == *word
        };
        for learnt in &mut lineage.words {
            learnt.words.retain(|word| word.a.iter().chain(&word.b).all(is_shown));
        }
        for origin in &mut lineage.origins {
            self.origin(&mut origin.id);
            origin.spans.iter_mut().for_each(|span| self.span(span));
        }
    }

    fn statement(
        &self,
        statement: &Statement,
        documents: &[Document],
        places: &BTreeMap<DocumentId, usize>,
    ) -> Option<Statement> {
        let claim = self.claim_in(&statement.claim);
        let document = places.get(&claim.document).and_then(|at| documents.get(*at))?;
        let mut quoted = statement.quote.span().range;
        self.range(statement.claim.document, &mut quoted);
        let mut out = Statement {
            quote: Quote::cut(document, quoted).ok()?,
            claim,
            why: statement.why.clone(),
            same_as: statement.same_as,
            ..*statement
        };
        self.origin(&mut out.origin);
        self.origin(&mut out.account);
        if let Some(same) = &mut out.same_as {
            self.claim(same);
        }
        self.texts(&mut out.why);
        Some(out)
    }

    fn proposal(
        &self,
        proposal: &Proposal,
        documents: &[Document],
        places: &BTreeMap<DocumentId, usize>,
    ) -> Option<Proposal> {
        let claim = self.claim_in(&proposal.claim);
        let document = places.get(&claim.document).and_then(|at| documents.get(*at))?;
        let mut out = Proposal {
            quote: Quote::cut(document, claim.range).ok()?,
            claim,
            proposed_by: proposal.proposed_by.clone(),
            changed: proposal.changed.clone(),
            beside: proposal.beside.clone(),
        };
        if let Beside::Differs { claim, .. } = &mut out.beside {
            self.claim(claim);
        }
        self.text(&mut out.proposed_by);
        Some(out)
    }

    fn claim_in(&self, claim: &Claim) -> Claim {
        let mut claim = claim.clone();
        let id = claim.document;
        self.range(id, &mut claim.range);
        if let Some(quantity) = &mut claim.quantity {
            self.maybe_range(id, &mut quantity.range);
        }
        for group in claim.affected.iter_mut().chain(&mut claim.perpetrator) {
            self.text(&mut group.words);
            self.maybe_range(id, &mut group.range);
        }
        if let Some(place) = &mut claim.place {
            self.text(&mut place.words);
            self.maybe(&mut place.canonical);
            self.maybe_range(id, &mut place.range);
        }
        if let Some(time) = &mut claim.time {
            self.maybe_range(id, &mut time.range);
        }
        for source in &mut claim.sources {
            self.text(&mut source.words);
            self.maybe_range(id, &mut source.range);
        }
        for why in &mut claim.why {
            self.text(&mut why.rule);
            self.maybe(&mut why.note);
            self.maybe_range(id, &mut why.range);
        }
        if let Some(whole) = &mut claim.part_of {
            self.claim(whole);
        }
        self.claim(&mut claim.id);
        self.document(&mut claim.document);
        claim
    }

    fn origins_in(&self, shown: &mut Chronicle) {
        for origin in &mut shown.origins {
            self.origin(&mut origin.id);
            self.text(&mut origin.name);
            self.texts(&mut origin.why);
            for account in &mut origin.accounts {
                account.spans.iter_mut().for_each(|range| self.range(account.document, range));
                self.document(&mut account.document);
            }
        }
        for incident in &mut shown.incidents {
            self.maybe(&mut incident.affected);
            self.maybe(&mut incident.place);
            incident.claims.iter_mut().for_each(|claim| self.claim(claim));
        }
    }

    fn tolls(&self, shown: &mut Chronicle) {
        for toll in &mut shown.tolls {
            self.text(&mut toll.affected);
            self.maybe(&mut toll.place);
            for position in &mut toll.positions {
                self.origin(&mut position.origin);
                self.text(&mut position.source);
                self.text(&mut position.words);
                self.texts(&mut position.why);
                position.claims.iter_mut().for_each(|claim| self.claim(claim));
            }
        }
    }

    /// A withheld name leaves the list altogether: its id and counts would describe it.
    fn names(&self, shown: &mut Chronicle) {
        shown.names.retain(|name| {
            !self.spellings.are_in(&name.name)
                && !name.variants.iter().any(|variant| self.spellings.are_in(&variant.text))
        });
        for name in &mut shown.names {
            self.texts(&mut name.why);
            for variant in &mut name.variants {
                variant.at.iter_mut().for_each(|span| self.span(span));
            }
        }
    }

    fn judgement(&self, judgement: &mut Judgement) {
        self.text(&mut judgement.by);
        self.text(&mut judgement.reason);
        match &mut judgement.decision {
            Decision::SameOrigin { origins } => origins.iter_mut().for_each(|id| self.origin(id)),
            Decision::NotSameAccount { a, b } => {
                self.span(a);
                self.span(b);
            }
            Decision::RejectClaim { claim, words } => {
                self.claim(claim);
                words.iter_mut().for_each(|words| self.anchor(words));
            }
            Decision::ConfirmClaim { claim, words, reading } => {
                self.claim(claim);
                words.iter_mut().for_each(|words| self.anchor(words));
                reading.iter_mut().for_each(|reading| self.reading(reading));
            }
            Decision::CorrectClaim { claim, words, reading } => {
                self.claim(claim);
                self.anchor(words);
                self.reading(reading);
            }
            Decision::ConfirmProposal { proposal, words, reading, proposed_by, instead_of } => {
                self.claim(proposal);
                self.anchor(words);
                self.reading(reading);
                self.text(proposed_by);
                if let Some(otherwise) = instead_of {
                    self.claim(&mut otherwise.claim);
                    self.anchor(&mut otherwise.words);
                }
            }
            Decision::RejectProposal { proposal, words, proposed_by } => {
                self.claim(proposal);
                self.anchor(words);
                self.text(proposed_by);
            }
            Decision::SameName { names } | Decision::NotSameName { names } => self.texts(names),
            // Undone or not, what was once withheld is not shown here.
            Decision::Withhold { names } => names.clear(),
            Decision::Undo { .. } | Decision::Release { .. } => {}
        }
    }

    fn anchor(&self, anchor: &mut ClaimAnchor) {
        self.range(anchor.document, &mut anchor.at);
        self.document(&mut anchor.document);
        // A name may be cut in two where the context ends: of a masked document none is shown.
        if self.documents.values().any(|id| *id == anchor.document)
            || self.offsets.contains_key(&anchor.document)
        {
            anchor.prefix.clear();
            anchor.suffix.clear();
        }
        self.text(&mut anchor.exact);
        self.text(&mut anchor.prefix);
        self.text(&mut anchor.suffix);
    }

    fn reading(&self, reading: &mut Reading) {
        self.maybe(&mut reading.affected);
        self.maybe(&mut reading.by);
        self.maybe(&mut reading.place);
        for source in reading.sources.iter_mut().flatten() {
            self.text(&mut source.words);
        }
    }

    fn text(&self, text: &mut String) {
        if let Some(masked) = self.spellings.mask(text) {
            *text = masked;
        }
    }

    fn path(&self, path: &mut String) {
        if let Some(masked) = self.spellings.mask_path(path) {
            *path = masked;
        }
    }

    fn maybe(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn texts(&self, texts: &mut [String]) {
        texts.iter_mut().for_each(|text| self.text(text));
    }

    fn range(&self, document: DocumentId, range: &mut TextRange) {
        if let Some(map) = self.offsets.get(&document) {
            *range = map.shown(*range);
        }
    }

    fn maybe_range(&self, document: DocumentId, range: &mut Option<TextRange>) {
        if let Some(range) = range {
            self.range(document, range);
        }
    }

    fn span(&self, span: &mut Span) {
        self.range(span.document, &mut span.range);
        self.document(&mut span.document);
    }

    fn item(&self, id: &mut ItemId) {
        *id = self.items.get(id).copied().unwrap_or(*id);
    }

    fn document(&self, id: &mut DocumentId) {
        *id = self.documents.get(id).copied().unwrap_or(*id);
    }

    fn claim(&self, id: &mut ClaimId) {
        *id = self.claims.get(id).copied().unwrap_or(*id);
    }

    fn origin(&self, id: &mut OriginId) {
        *id = self.origins.get(id).copied().unwrap_or(*id);
    }
}

/// What to mask in a document, cut at its blocks so that they still tile the text.
fn masks(document: &Document, spellings: &Spellings) -> Vec<TextRange> {
    let mut out = Vec::new();
    for mut range in spellings.find(&document.text) {
        while let Some(block) = document.block_at(range.start)
            && block.range.end < range.end
        {
            out.push(TextRange::new(range.start, block.range.end));
            range.start = block.range.end;
        }
        out.push(range);
    }
    out
}
