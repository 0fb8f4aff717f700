//! Reads a document sentence by sentence and makes claims of its events. Carries from sentence to
//! sentence what a reader would carry: the date of the heading, the place, who is speaking, what
//! was counted last. Whatever is carried is marked as inherited.

use jiff::civil::Date;
use kua_model::{
    Claim, ClaimId, ClaimRole, DateSpan, Document, EventType, Grade, Group, Modality, Notice,
    PlaceMention, Role, SourceKind, SourceMention, Span, TextRange, Why,
};

use crate::ExtractConfig;
use crate::company::join_households;
use crate::date::{DateMark, dates};
use crate::event::{Draft, drafts};
use crate::figure::{Figure, figures, refusals};
use crate::gapping::tacit;
use crate::grammar::{Cue, Grammar, Sense};
use crate::house::House;
use crate::list::join_lists;
use crate::matcher::Hit;
use crate::party::{Party, ages, appositions, parties};
use crate::place::{PlaceMark, places};
use crate::scene::Scene;
use crate::source::{self, Mention, Register, mentions};
use crate::succession::mark_former;
use crate::voice::{crowd_of, givers};

/// How many claims back a word like "others", "of them" or "this was stated by" may point: more
/// than any paragraph written by people holds, so that one endless paragraph still takes linear
/// time.
pub(crate) const MEMORY: usize = 64;

/// What a reader carries along.
pub(crate) struct Teller<'d> {
    pub(crate) document: &'d Document,
    pub(crate) config: &'d ExtractConfig,
    pub(crate) anchor: Option<Date>,
    pub(crate) heading: Option<(DateSpan, TextRange)>,
    pub(crate) earlier: Option<(DateSpan, TextRange)>,
    pub(crate) last_place: Option<PlaceMention>,
    pub(crate) heading_place: Option<PlaceMention>,
    pub(crate) chain: Vec<SourceMention>,
    pub(crate) relay: Vec<SourceMention>,
    /// The last chain that ends with somebody who speaks: "he said" in a later paragraph is theirs.
    pub(crate) spoken: Vec<SourceMention>,
    pub(crate) register: Register,
    /// The kind of the body named last.
    pub(crate) body: Option<SourceKind>,
    pub(crate) in_quote: bool,
    pub(crate) silent: usize,
    pub(crate) block_claims: usize,
    /// Number of claims before the block before this one.
    pub(crate) last_block_claims: usize,
    /// Number of claims before the last sentence of the block that made one.
    pub(crate) sentence_claims: usize,
    /// The first claim of the last sentence that made one, wherever that stood, and its block.
    pub(crate) last_told: (usize, usize),
    /// The sentence before, or the heading, says that something is corrected.
    pub(crate) correcting: bool,
    pub(crate) block: usize,
    pub(crate) block_past: bool,
    /// Whose voice the document speaks in.
    pub(crate) house: House,
    /// Claims made so far.
    pub claims: Vec<Claim>,
    /// What was odd.
    pub notices: Vec<Notice>,
}

/// Everything found in one sentence.
pub(crate) struct Sentence<'a, 't> {
    pub(crate) scene: &'a Scene<'t>,
    pub(crate) range: TextRange,
    pub(crate) dates: Vec<DateMark>,
    pub(crate) figures: Vec<Figure>,
    pub(crate) parties: Vec<Party>,
    pub(crate) places: Vec<PlaceMark>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) drafts: Vec<Draft>,
    /// For each mention the number of the draft whose figure it gives.
    pub(crate) givers: Vec<Option<usize>>,
    pub(crate) chain: Vec<SourceMention>,
    pub(crate) own_sources: bool,
    pub(crate) dated: Vec<bool>,
}

impl<'d> Teller<'d> {
    /// Begins to read `document`, which speaks in the voice of `house`.
    pub(crate) fn new(document: &'d Document, config: &'d ExtractConfig, house: House) -> Self {
        let anchor = document
            .dates
            .published
            .as_ref()
            .map(|dated| dated.value.last())
            .or_else(|| document.dates.covers.and_then(DateSpan::last))
            .or_else(|| config.period.and_then(DateSpan::last));
        Self {
            document,
            config,
            anchor,
            heading: None,
            earlier: None,
            last_place: None,
            heading_place: None,
            chain: Vec::new(),
            relay: Vec::new(),
            spoken: Vec::new(),
            register: Register::default(),
            body: None,
            in_quote: false,
            silent: 0,
            block_claims: 0,
            last_block_claims: 0,
            sentence_claims: 0,
            last_told: (0, 0),
            correcting: false,
            block: 0,
            block_past: false,
            house,
            claims: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Enters a block: what belonged to the paragraph before is forgotten.
    pub(crate) fn enter(&mut self, index: usize) {
        self.block = index;
        // A block that told nothing keeps what was told before it out of reach.
        self.last_block_claims = self.block_claims;
        self.block_claims = self.claims.len();
        self.sentence_claims = self.claims.len();
        self.earlier = None;
        self.last_place = None;
        self.block_past = false;
        if !self.in_quote {
            self.chain.clear();
        }
        // A quotation runs to the end of its paragraph at most.
        self.in_quote = false;
    }

    /// Reads one sentence of the block.
    pub(crate) fn sentence(&mut self, grammar: &Grammar, range: TextRange) {
        let scene = Scene::new(grammar, &self.document.text, range);
        if scene.tokens.is_empty() {
            return;
        }
        let dates = dates(&scene);
        let mut dated = vec![false; scene.tokens.len()];
        for date in &dates {
            for at in date.start..date.end {
                if let Some(flag) = dated.get_mut(at) {
                    *flag = true;
                }
            }
        }
        let mut figures = figures(&scene, &dates);
        mark_former(&scene, &dated, &mut figures);
        let mut parties = parties(&scene, &figures, &dates);
        join_households(&scene, &mut parties, &mut figures);
        join_lists(&scene, &mut parties, &mut figures);
        let mut mentions = mentions(&scene, &dated);
        let silent = tacit(&scene, &parties, &figures, &dated, &mentions);
        mentions.extend(silent);
        source::count_no_witnesses(&scene, &mentions, &mut parties);
        let after_claim = self.claims.len() > self.block_claims;
        let mut asides = source::asides(&scene, &mentions);
        asides.extend(ages(&scene));
        asides.extend(appositions(&scene, &parties, &figures));
        asides.extend(refusals(&scene, &figures));
        let drafts = drafts(&scene, &parties, &figures, &dated, &asides, &mentions, after_claim);
        let places = places(&scene, &dated, &self.config.places);
        let (chain, own_sources) = self.chain_of(&scene, &mentions);
        let givers = givers(&scene, &mentions, &parties, &drafts);
        let sentence = Sentence {
            scene: &scene,
            range,
            dates,
            figures,
            parties,
            places,
            mentions,
            drafts,
            givers,
            chain,
            own_sources,
            dated,
        };
        self.carry_dates(&sentence);
        let first = self.claims.len();
        self.take(&sentence);
        self.close(&sentence, first);
    }

    fn take(&mut self, sentence: &Sentence<'_, '_>) {
        let first = self.claims.len();
        let mut made: Vec<Option<usize>> = Vec::new();
        for draft in &sentence.drafts {
            let claim = self.claim(sentence, draft, first, &made);
            made.push(claim.is_some().then_some(self.claims.len()));
            self.claims.extend(claim);
        }
        // "The union withdrew the figure": an act of words is told, but no figure.
        let acts = &sentence.scene.grammar.events;
        let told = |claim: &Claim| !acts.get(&claim.event).is_some_and(|kind| kind.act);
        let silent = !self.claims.get(first..).is_some_and(|claims| claims.iter().any(told));
        if silent {
            self.correct(sentence, first);
            self.retract(sentence, self.claims.len());
        } else if withdraws(sentence.scene) {
            self.retract(sentence, first);
        }
        if silent || opens_with_doubt(sentence.scene) {
            self.leave_open(sentence, first);
        }
        let named = |s: &Sense| matches!(s, Sense::Source(_));
        if silent && sentence.mentions.is_empty() && sentence.scene.all(named).next().is_none() {
            self.doubt_denied(sentence, first);
        }
        if self.claims.len() > first {
            self.sentence_claims = first;
            self.last_told = (first, self.block);
        }
        self.correcting = corrects(sentence.scene).is_some();
        // "This was stated by …": the sentences before are theirs.
        if sentence.own_sources && sentence.mentions.iter().any(|mention| mention.back) {
            let from = self.block_claims.max(first.saturating_sub(MEMORY));
            for claim in self.claims.iter_mut().take(first).skip(from) {
                if claim.sources.iter().all(|source| source.inherited) {
                    claim.sources = source::inherited(&sentence.chain);
                    if claim.grade != Grade::Denied {
                        claim.grade = self.house.grade_of(&claim.sources, claim.grade);
                    }
                    claim.why.push(Why::by("said-in-next-sentence", Some(sentence.range)));
                }
            }
        }
    }

    /// "There is no official confirmation": the claims of the sentence before are in doubt.
    fn leave_open(&mut self, sentence: &Sentence<'_, '_>, until: usize) {
        let scene = sentence.scene;
        let cue = |s: &Sense| *s == Sense::Cue(Cue::Unconfirmed);
        let Some(hit) = scene.all(cue).next() else { return };
        let Some(lexeme) = scene.lexeme(hit) else { return };
        let range = scene.range(hit.start, hit.end);
        for claim in self.claims.iter_mut().take(until).skip(self.sentence_claims) {
            if claim.modality == Modality::Certain {
                claim.modality = Modality::Hedged;
                claim.why.push(Why::by(lexeme.origin.clone(), Some(range)));
            }
        }
    }

    /// "And that has to be corrected.": a short sentence puts what was told last in doubt, though
    /// another speaker says it in the next paragraph.
    fn correct(&mut self, sentence: &Sentence<'_, '_>, until: usize) {
        /// The longest such sentence, in tokens, its speaker's name and all.
        const LONGEST: usize = 12;
        let (from, block) = self.last_told;
        let scene = sentence.scene;
        let Some(hit) = corrects(scene) else { return };
        // "Correction." is about what follows.
        let opens = hit.end - hit.start == 1 && hit.end + 1 >= scene.tokens.len();
        if opens || scene.tokens.len() > LONGEST || self.block > block + 1 {
            return;
        }
        let Some(lexeme) = scene.lexeme(hit) else { return };
        let range = scene.range(hit.start, hit.end);
        for claim in self.claims.iter_mut().take(until).skip(from) {
            if claim.modality == Modality::Certain {
                claim.modality = Modality::Hedged;
                claim.why.push(Why::by(lexeme.origin.clone(), Some(range)));
            }
        }
    }

    /// Whether the sentence takes back what the text itself told before, and the draft is that:
    /// "Correction: we wrote that seven had died; four did."
    pub(crate) fn takes_back(&self, scene: &Scene<'_>, draft: &Draft) -> Option<Hit> {
        let apart = |at: usize| {
            scene.is_mark(at, &[';']) || scene.find(at, |s| *s == Sense::Contrast).is_some()
        };
        let clear = |hit: &Hit| !(hit.end..draft.start).any(apart);
        let before = |hit: &Hit| hit.end <= draft.start && clear(hit);
        // Where the verb is last, it stands right behind what it told.
        let behind =
            |hit: &Hit| scene.grammar.verb_last && (draft.end..draft.end + 3).contains(&hit.start);
        (self.correcting || corrects(scene).is_some())
            .then(|| scene.all(|s| *s == Sense::WeTold).filter(|h| before(h) || behind(h)).last())?
    }

    /// "That turned out to be false.": a short sentence that only denies, in the text's own voice, puts
    /// the claims of the sentence before in doubt.
    fn doubt_denied(&mut self, sentence: &Sentence<'_, '_>, until: usize) {
        /// The longest such sentence, in tokens, and how many of them may stand before the denial.
        const LONGEST: usize = 8;
        const BEFORE: usize = 2;
        let scene = sentence.scene;
        let cue = |s: &Sense| *s == Sense::Cue(Cue::Denied);
        let short = |hit: &Hit| hit.start <= BEFORE && scene.tokens.len() <= LONGEST;
        let Some(hit) = scene.all(cue).next().filter(short) else { return };
        let Some(lexeme) = scene.lexeme(hit) else { return };
        let range = scene.range(hit.start, hit.end);
        let from = self.sentence_claims.max(self.block_claims);
        for claim in self.claims.iter_mut().take(until).skip(from) {
            if claim.modality == Modality::Certain {
                claim.modality = Modality::Hedged;
                claim.why.push(Why::by(lexeme.origin.clone(), Some(range)));
            }
        }
    }

    /// A sentence that takes back a figure without repeating it.
    fn retract(&mut self, sentence: &Sentence<'_, '_>, until: usize) {
        let scene = sentence.scene;
        let cue = |s: &Sense| *s == Sense::Cue(Cue::Retraction);
        let Some(hit) = scene.all(cue).next() else { return };
        if self.claims.iter().skip(until.saturating_sub(1)).any(|claim| claim.retracts) {
            return;
        }
        /// How many claims back a figure that is taken back is looked for.
        const BACK: usize = 12;
        let figure = |at: &usize| {
            self.claims.get(*at).is_some_and(|claim| {
                claim.quantity.is_some()
                    && claim.role == ClaimRole::Crisis
                    && claim.part_of.is_none()
            })
        };
        let recent = until.saturating_sub(BACK)..until;
        let Some(at) = recent.rev().find(figure) else { return };
        // In one breath: who tells the figure here tells that it was taken back.
        // So it is if the next paragraph tells it, before anything else is told.
        let (last, block) = self.last_told;
        let in_one_breath = at >= self.sentence_claims.max(self.block_claims)
            || at >= last && self.block <= block + 1;
        let range = trimmed(scene, sentence.range);
        let Some(claim) = self.claims.get_mut(at) else { return };
        let model = claim.clone();
        if in_one_breath && claim.modality == Modality::Certain {
            claim.modality = Modality::Hedged;
            if let Some(lexeme) = scene.lexeme(hit) {
                let words = scene.range(hit.start, hit.end);
                claim.why.push(Why::by(lexeme.origin.clone(), Some(words)));
            }
        }
        let mut claim = model;
        claim.range = range;
        claim.retracts = true;
        claim.modality = Modality::Negated;
        claim.grade = Grade::Denied;
        claim.sources.clone_from(&sentence.chain);
        claim.why = vec![Why::by("retraction-of-earlier-figure", Some(claim.range))];
        if let Some(lexeme) = scene.lexeme(hit) {
            claim.why.push(Why::by(lexeme.origin.clone(), Some(scene.range(hit.start, hit.end))));
        }
        claim.affected = claim.affected.map(|group| Group { inherited: true, ..group });
        claim.id = self.id(range, &claim.event);
        self.claims.push(claim);
    }

    pub(crate) fn id(&self, range: TextRange, event: &EventType) -> ClaimId {
        let same =
            self.claims.iter().rev().take(64).filter(|c| c.range == range && c.event == *event);
        let ordinal = u32::try_from(same.count()).unwrap_or(u32::MAX);
        ClaimId::of(Span::new(self.document.id, range), &event.0, ordinal)
    }

    /// After a sentence: what the next one of the block inherits.
    fn close(&mut self, sentence: &Sentence<'_, '_>, first: usize) {
        let scene = sentence.scene;
        // "По его словам …": the sentences that follow are still theirs.
        let speaks = sentence.mentions.iter().any(|mention| mention.speaks);
        let crowd = crowd_of(scene, &sentence.mentions, &sentence.chain).is_some();
        if crowd {
            // "They say": nobody who could say on.
            self.silent = 0;
        } else if sentence.own_sources || (speaks && !sentence.chain.is_empty()) {
            self.chain = sentence.chain.clone();
            self.silent = 0;
            if self
                .chain
                .last()
                .is_some_and(|link| !matches!(link.kind, SourceKind::Outlet | SourceKind::Agency))
            {
                self.spoken = self.chain.clone();
            }
        } else if !self.in_quote {
            // Words that name no source stay with the last one as long as they go on giving
            // figures, and for a sentence or two more, not for ever.
            let counts = self
                .claims
                .get(first..)
                .is_some_and(|claims| claims.iter().any(|claim| claim.quantity.is_some()));
            self.silent += usize::from(!counts);
            if self.silent >= 2 {
                self.chain.clear();
            }
        }
        let mut opened = self.in_quote;
        for (at, token) in scene.tokens.iter().enumerate() {
            match token.fold.as_ref() {
                "«" | "“" | "„" => opened = true,
                "»" | "”" => opened = false,
                "\"" => {
                    let before = at.checked_sub(1).and_then(|at| scene.tokens.get(at));
                    let spaced = before.is_none_or(|b| b.range.end < token.range.start);
                    opened = if opened { false } else { spaced || !opened };
                }
                _ => {}
            }
        }
        self.in_quote = opened;
        let anchor = self.relative_anchor();
        let dated = sentence.dates.iter().rev().find_map(|mark| {
            let resolved = mark.resolve(anchor)?;
            // What happened long before dates no later sentence.
            ((resolved.stated || resolved.span.exact().is_some())
                && !self.long_past(resolved.span)
                && !self.long_begun(resolved.span))
            .then(|| (resolved.span, scene.range(mark.start, mark.end)))
        });
        if dated.is_some() {
            self.earlier = dated;
        }
        let place = sentence.places.iter().rev().find(|mark| {
            mark.placed
                && !source::covers(scene, &sentence.mentions, scene.range(mark.start, mark.end))
        });
        if let Some(mark) = place {
            let mention = PlaceMention {
                words: scene.words(mark.start, mark.end).to_owned(),
                canonical: mark.canonical.clone(),
                range: Some(scene.range(mark.start, mark.end)),
                inherited: false,
            };
            let heading = self.document.blocks.get(self.block).is_some_and(|block| {
                matches!(block.role, Role::Heading | Role::Entry | Role::Title)
            });
            if heading {
                self.heading_place = Some(mention);
            } else {
                self.last_place = Some(mention);
            }
        }
    }
}

/// "That is not true, we are three hundred here": a doubt that is a clause of its own at the head of
/// the sentence is about the sentence before, whatever follows.
fn opens_with_doubt(scene: &Scene<'_>) -> bool {
    /// Words of such a clause beside the cue.
    const BESIDE: usize = 2;
    scene.all(|s| *s == Sense::Cue(Cue::Unconfirmed)).any(|hit| {
        hit.start <= BESIDE
            && (hit.end..=hit.end + BESIDE)
                .find(|&at| scene.kind(at) != Some(kua_lexicon::TokenKind::Word))
                .is_some_and(|at| scene.is_mark(at, &[',', ';', ':', '—', '–', '.', '!']))
    })
}

/// "He withdrew the figure: no more than five had died": it takes back what an earlier sentence told,
/// and tells what holds.
fn withdraws(scene: &Scene<'_>) -> bool {
    scene.all(|s| *s == Sense::Cue(Cue::Retraction)).any(|hit| scene.is_mark(hit.end, &[':']))
}

fn corrects(scene: &Scene<'_>) -> Option<Hit> {
    scene.all(|s| *s == Sense::Corrects).next()
}

fn trimmed(scene: &Scene<'_>, range: TextRange) -> TextRange {
    match (scene.tokens.first(), scene.tokens.last()) {
        (Some(first), Some(last)) => TextRange::new(first.range.start, last.range.end),
        _ => range,
    }
}
