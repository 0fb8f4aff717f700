//! Whose words: the chain of sources of a sentence, with what earlier sentences lend it.

use kua_model::{Grade, SourceKind, SourceMention, TextRange};

use crate::ellipsis::gives;
use crate::event::Draft;
use crate::grammar::Sense;
use crate::party::Party;
use crate::scene::Scene;
use crate::source::{self, Mention};
use crate::teller::{Sentence, Teller};

impl Teller<'_> {
    /// The chain of a sentence, and whether it names its own sources.
    pub(crate) fn chain_of(
        &mut self,
        scene: &Scene<'_>,
        mentions: &[Mention],
    ) -> (Vec<SourceMention>, bool) {
        let mut own = Vec::new();
        let mut anaphor = false;
        let mut speaks = false;
        for mention in mentions {
            if mention.anaphor {
                anaphor = true;
                speaks |= mention.speaks;
                continue;
            }
            let link = self.register.link(scene, mention);
            if mention.relay && self.block < 8 && self.relay.is_empty() {
                let kind =
                    if link.kind == SourceKind::Person { SourceKind::Outlet } else { link.kind };
                self.relay = vec![SourceMention { inherited: true, kind, ..link.clone() }];
            }
            own.push(link);
        }
        let named = !own.is_empty();
        let mut chain = source::order(own);
        if !named {
            // A witness's or a named person's words end with their sentence, unless the next one
            // points back or stays in the quotation; and who acts as the subject of a sentence of
            // its own ("Prosecutors have opened a case") is not told of by the one before.
            let quoted = self.in_quote
                || scene.is_mark(0, &['"', '“', '«', '„', '—', '–', '-'])
                || scene.tokens.len() < 3;
            let ends = !anaphor
                && !quoted
                && self.chain.last().is_some_and(|link| {
                    matches!(link.kind, SourceKind::Person | SourceKind::Unnamed)
                });
            let acts = !anaphor && !quoted && source::opens_with_source(scene);
            chain = if ends || acts { Vec::new() } else { source::inherited(&self.chain) };
            if anaphor && chain.is_empty() {
                let last =
                    if speaks && !self.spoken.is_empty() { &self.spoken } else { &self.relay };
                chain = source::inherited(last);
            }
        } else if self.in_quote || anaphor || chain.iter().all(|link| link.inherited) {
            // Still inside somebody's words: they stay outside.
            let outer: Vec<_> = self
                .chain
                .iter()
                .take_while(|old| !chain.iter().any(|link| link.words == old.words))
                .filter(|old| {
                    chain
                        .first()
                        .is_some_and(|link| source::rank(old.kind) < source::rank(link.kind))
                })
                .cloned()
                .collect();
            chain = source::inherited(&outer).into_iter().chain(chain).collect();
        }
        if let Some(relay) = self.relay.first()
            && !chain.iter().any(|link| same_name(&link.words, &relay.words))
        {
            chain.insert(0, relay.clone());
        }
        (chain, named)
    }

    pub(crate) fn sources(
        &self,
        sentence: &Sentence<'_, '_>,
        draft: &Draft,
    ) -> (Vec<SourceMention>, Grade) {
        let scene = sentence.scene;
        // A semicolon parts two speakers only where both sides name one.
        let divided = sentence.mentions.len() > 1;
        let contrast = |from: usize, to: usize| {
            (from.min(to)..to.max(from)).any(|at| {
                scene.find(at, |s| *s == Sense::Contrast).is_some()
                    || divided && scene.is_mark(at, &[';'])
            })
        };
        // "29 according to the army, 49 according to the elders": each gives its own.
        let given = |of: &Option<usize>| sentence.drafts.get((*of)?);
        let own = |of: &Option<usize>| given(of).is_some_and(|of| std::ptr::eq(of, draft));
        let has_own = sentence.givers.iter().any(own);
        // A source beyond a word of contrast speaks of something else.
        let beyond: Vec<TextRange> = sentence
            .mentions
            .iter()
            .zip(&sentence.givers)
            .filter(|(mention, of)| {
                let apart = |of: &Draft| of.end <= draft.start || draft.end <= of.start;
                // "The union counts 23 dead, the ministry nine": the ministry gives the nine alone.
                let later = |of: &Draft| draft.end <= mention.start && mention.end <= of.start;
                if given(of).is_some_and(|it| apart(it) && (later(it) || has_own && !own(of))) {
                    true
                } else if mention.cue.0 >= draft.end {
                    contrast(draft.end, mention.cue.0)
                } else {
                    mention.cue.1 <= draft.start && contrast(mention.cue.1, draft.start)
                }
            })
            .map(|(mention, _)| scene.range(mention.start, mention.end))
            .collect();
        let chain: Vec<_> = sentence
            .chain
            .iter()
            .filter(|link| !link.range.is_some_and(|range| beyond.contains(&range)))
            .cloned()
            .collect();
        let base =
            if self.testimony && sentence.mentions.is_empty() { Grade::Seen } else { self.house };
        let mut grade = grade_of(&chain, base);
        // "Two witnesses said": nameless, but they were there.
        let eyewitness = |mention: &Mention| {
            chain.last().is_some_and(|link| {
                link.kind == SourceKind::Unnamed
                    && link.range == Some(scene.range(mention.start, mention.end))
            }) && (mention.start..mention.end)
                .any(|at| scene.find(at, |s| *s == Sense::Eyewitness).is_some())
        };
        if grade == Grade::Heard && sentence.mentions.iter().any(eyewitness) {
            grade = Grade::Seen;
        }
        (chain, grade)
    }
}

/// For each source of a sentence the number of the figure whose words it gives, if they stand side by
/// side: of two between which it stands, the one that has none yet.
pub(crate) fn givers(
    scene: &Scene<'_>,
    mentions: &[Mention],
    parties: &[Party],
    drafts: &[Draft],
) -> Vec<Option<usize>> {
    let counted = |draft: &Draft| {
        draft.party.and_then(|at| parties.get(at)).is_some_and(|party| party.figure.is_some())
    };
    let counted: Vec<(usize, &Draft)> =
        drafts.iter().enumerate().filter(|(_, draft)| counted(draft)).collect();
    let mut out: Vec<Option<usize>> = Vec::new();
    for mention in mentions {
        let mut given = counted
            .iter()
            .filter(|(_, draft)| gives(scene, mention, draft.start, draft.end))
            .map(|(at, _)| *at);
        let free = |at: &usize| !out.contains(&Some(*at));
        out.push(given.clone().find(free).or_else(|| given.next()));
    }
    out
}

pub(crate) fn grade_of(chain: &[SourceMention], base: Grade) -> Grade {
    match chain.last().map(|link| link.kind) {
        None | Some(SourceKind::Account) => base,
        Some(SourceKind::Authority) => Grade::Official,
        Some(SourceKind::Outlet | SourceKind::Agency) => Grade::Media,
        Some(SourceKind::Unnamed) => Grade::Heard,
        Some(SourceKind::Person | SourceKind::Organisation) => Grade::Asserted,
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (kua_lexicon::fold(a), kua_lexicon::fold(b));
    a == b || a.contains(b.as_ref()) || b.contains(a.as_ref())
}
