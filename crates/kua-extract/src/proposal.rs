//! What a model proposes, held against the text: a second reader's word counts only as far as our
//! own passes find it again. Knows nothing of servers or files.
//!
//! The quote must stand in the passage, word for word after the fold of our tokens, and hold the
//! words that tell the event; otherwise the proposal is refused. Every other field is worked out
//! anew: figures by the pass for figures, dates by the pass for dates, names by where they stand in
//! the document, doubt by the words of `hedges.txt`. What is not found again is emptied, and of two
//! readings of doubt the more cautious holds.
//!
//! Architecture invariant: no string and no number of a model enters a claim. Words are cut from
//! the document, numbers come from its tokens, kinds from the lexicons.
//!
//! What this cannot see: whether a verbatim quote is understood rightly, who it is about, and
//! whether the words belong together. That is for a person.

mod fields;
mod passages;
mod words;

use std::collections::BTreeSet;

use kua_lexicon::Lexicons;
use kua_model::{
    Claim, ClaimId, Document, EventType, Grade, Modality, ProposedClaim, ProposedField, Span,
    TextRange, Why,
};

pub use passages::passages;

use crate::grammar::{Cue, Grammar, Sense};
use crate::scene::Scene;
use crate::teller::Teller;
use crate::{ExtractConfig, Extractor, pieces, remembered};
use fields::{Fields, Passes};
use words::Words;

/// A claim that a model gave for a passage.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'p> {
    /// The passage, bytes of the document's text.
    pub passage: TextRange,
    /// What the model said.
    pub claim: &'p ProposedClaim,
}

/// What is left of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The claim, every field found again in the document.
    pub claim: Claim,
    /// Fields that the model gave and the text did not bear out, or bore out with more doubt.
    pub changed: Vec<ProposedField>,
}

/// Why nothing is left of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// `claims.txt` has no such event.
    UnknownEvent,
    /// The quote does not stand in the passage.
    QuoteNotInPassage,
    /// The quote stands there more than once: which one is meant cannot be told.
    QuoteTwice,
    /// The words that tell the event are not in the quote.
    TriggerNotInQuote,
    /// The lexicons know those words, as another event.
    OtherEvent,
    /// The words are in a language without lexicons, so nothing can be checked.
    NoLexicon,
}

impl Refusal {
    /// A stable kebab-case word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownEvent => "unknown-event",
            Self::QuoteNotInPassage => "quote-not-in-passage",
            Self::QuoteTwice => "quote-stands-twice",
            Self::TriggerNotInQuote => "event-words-not-in-quote",
            Self::OtherEvent => "words-of-another-event",
            Self::NoLexicon => "no-lexicon",
        }
    }
}

/// Holds what a model said of passages of `document` against its text; one answer for each, in
/// their order. Linear in the length of the document, times the tokens of each proposal.
pub fn check_proposals(
    document: &Document,
    lexicons: &Lexicons,
    config: &ExtractConfig,
    asked: &[Asked<'_>],
) -> Vec<Result<Checked, Refusal>> {
    if asked.is_empty() {
        return Vec::new();
    }
    remembered(lexicons, document).check_proposals(document, config, asked)
}

/// Where quote and trigger of a proposal stand.
#[derive(Clone, Copy)]
struct Placed {
    passage: TextRange,
    quote: TextRange,
    trigger: TextRange,
}

/// A stretch of text that is read as one sentence.
struct Piece<'g> {
    block: usize,
    range: TextRange,
    grammar: &'g Grammar,
}

impl Extractor {
    /// As [`check_proposals()`].
    pub fn check_proposals(
        &self,
        document: &Document,
        config: &ExtractConfig,
        asked: &[Asked<'_>],
    ) -> Vec<Result<Checked, Refusal>> {
        let words = Words::new(&document.text);
        let placed: Vec<Result<Placed, Refusal>> =
            asked.iter().map(|asked| place(&words, asked)).collect();
        let mut out: Vec<Result<Checked, Refusal>> = placed
            .iter()
            .map(|placed| Err(placed.as_ref().err().copied().unwrap_or(Refusal::NoLexicon)))
            .collect();
        let mut waiting: Vec<(usize, Placed)> =
            placed.iter().enumerate().filter_map(|(at, p)| Some((at, *p.as_ref().ok()?))).collect();
        waiting.sort_by_key(|(at, placed)| (placed.trigger.start, *at));
        let Some((_, last)) = waiting.last() else { return out };
        let last = last.trigger.start;

        let pieces = self.read_as(document);
        // The rules read along, so that headings and speakers are known where a proposal stands.
        let mut teller = Teller::new(document, config, self.house(document));
        let mut block = usize::MAX;
        let mut next = 0;
        for (number, piece) in pieces.iter().enumerate().take_while(|(_, p)| p.range.start <= last)
        {
            if block != piece.block {
                block = piece.block;
                teller.enter(block);
            }
            teller.sentence(piece.grammar, piece.range);
            while let Some(&(at, placed)) = waiting.get(next)
                && placed.trigger.start < piece.range.end
            {
                next += 1;
                if placed.trigger.start >= piece.range.start
                    && let (Some(asked), Some(out)) = (asked.get(at), out.get_mut(at))
                {
                    let reader = Reader { document, words: &words, pieces: &pieces, number };
                    *out = reader.check(&mut teller, config, asked.claim, placed);
                }
            }
        }
        out
    }

    fn read_as(&self, document: &Document) -> Vec<Piece<'_>> {
        let mut out = Vec::new();
        for sentence in &document.sentences {
            let lang = document.language_at(sentence.range);
            let Some(grammar) = lang.and_then(|lang| self.grammars.get(&lang)) else { continue };
            let ranges = pieces(&document.text, sentence.range).into_iter();
            out.extend(ranges.map(|range| Piece { block: sentence.block, range, grammar }));
        }
        out
    }
}

/// Where the quote stands in its passage, and the trigger in the quote.
fn place(words: &Words<'_>, asked: &Asked<'_>) -> Result<Placed, Refusal> {
    let quote = match words.all(&asked.claim.quote, asked.passage).as_slice() {
        [] => return Err(Refusal::QuoteNotInPassage),
        [one] => *one,
        _ => return Err(Refusal::QuoteTwice),
    };
    let trigger = words.all(&asked.claim.trigger, quote);
    let trigger = *trigger.first().ok_or(Refusal::TriggerNotInQuote)?;
    Ok(Placed { passage: asked.passage, quote, trigger })
}

/// The sentence a proposal's event stands in, and what is around it.
struct Reader<'a> {
    document: &'a Document,
    words: &'a Words<'a>,
    pieces: &'a [Piece<'a>],
    number: usize,
}

impl Reader<'_> {
    fn check(
        &self,
        teller: &mut Teller<'_>,
        config: &ExtractConfig,
        asked: &ProposedClaim,
        placed: Placed,
    ) -> Result<Checked, Refusal> {
        let piece = self.pieces.get(self.number).ok_or(Refusal::NoLexicon)?;
        let event = EventType(asked.event.trim().to_owned());
        let kind = piece.grammar.events.get(&event).cloned().ok_or(Refusal::UnknownEvent)?;
        let scenes: Vec<Scene<'_>> = self
            .pieces
            .iter()
            .filter(|piece| piece.range.overlaps(placed.quote))
            .map(|piece| Scene::new(piece.grammar, &self.document.text, piece.range))
            .collect();
        let passes: Vec<Passes<'_>> =
            scenes.iter().map(|scene| Passes::of(scene, &config.places)).collect();
        let main = passes
            .iter()
            .find(|passes| passes.range().overlaps(placed.trigger))
            .ok_or(Refusal::NoLexicon)?;
        if main.tells_another(placed.trigger, &event) {
            return Err(Refusal::OtherEvent);
        }

        let mut fields = Fields::new(self, &passes, main, placed);
        let quantity = fields.figure(asked, kind.people);
        let affected = fields.group(asked.affected.as_deref(), ProposedField::Affected);
        let perpetrator = fields.group(asked.by.as_deref(), ProposedField::By);
        let place = fields.place(asked.place.as_deref());
        let time = fields.time(asked.when.as_deref(), teller.relative_anchor());
        let mut sources = fields.sources(&asked.sources);
        if sources.is_empty() {
            // Whose words they are by our own reading: an attribution must not be lost.
            sources.clone_from(&teller.chain);
        }
        let doubt = fields.doubt(&event);
        let mut modality = fields.modality(asked, &doubt);
        // What follows may say that nobody has confirmed it, and the rules may have read more doubt.
        for more in self.unconfirmed_after().into_iter().chain(rules(teller, &event, placed.quote))
        {
            modality = fields::more_cautious(modality, more);
        }
        let mut grade = fields.grade(&sources, teller.house, &doubt, modality);
        if kind.order {
            grade = Grade::Command;
        }
        if doubt.denied || doubt.retracts {
            grade = Grade::Denied;
            modality = Modality::Negated;
        }
        fields.note_modality(asked, modality);
        let Fields { mut why, changed, background, .. } = fields;
        let role = teller.role(&time, background || doubt.background, &mut why);
        why.extend(doubt.why);
        let group = affected.as_ref().and_then(|group| group.id.as_deref());
        let event = piece.grammar.narrowed(&event, group);
        let ends = quantity.as_ref().map(|quantity| (quantity.low, quantity.high));
        let key = format!("proposed {event} {ends:?}");
        Ok(Checked {
            claim: Claim {
                id: ClaimId::of(Span::new(self.document.id, placed.quote), &key, 0),
                document: self.document.id,
                range: placed.quote,
                language: Some(piece.grammar.lang),
                event,
                quantity,
                affected,
                perpetrator,
                place,
                time,
                sources,
                grade,
                modality,
                role,
                part_of: None,
                or_events: Vec::new(),
                earlier_figure: doubt.earlier,
                retracts: doubt.retracts,
                why,
            },
            changed: changed.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
        })
    }

    /// "There is no official confirmation", in the next sentence of the block.
    fn unconfirmed_after(&self) -> Option<Modality> {
        let here = self.pieces.get(self.number)?;
        let next = self.pieces.get(self.number + 1).filter(|next| next.block == here.block)?;
        let scene = Scene::new(next.grammar, &self.document.text, next.range);
        let cue = |s: &Sense| *s == Sense::Cue(Cue::Unconfirmed);
        scene.all(cue).next().map(|_| Modality::Hedged)
    }
}

/// How the rules put the same event in the same words.
fn rules(teller: &Teller<'_>, event: &EventType, quote: TextRange) -> Vec<Modality> {
    teller
        .claims
        .iter()
        .rev()
        .take(crate::teller::MEMORY)
        .filter(|claim| claim.event == *event && claim.range.overlaps(quote))
        .map(|claim| claim.modality)
        .collect()
}

/// A step of the check, for `why`.
fn step(rule: &str, range: TextRange) -> Why {
    Why::by(rule, Some(range))
}
