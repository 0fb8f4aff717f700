//! Whose words: the chain of sources of a sentence, with what earlier sentences lend it.

use kua_lexicon::TokenKind;
use kua_model::{Grade, SourceKind, SourceMention, TextRange};

use crate::ellipsis::gives;
use crate::event::Draft;
use crate::grammar::Sense;
use crate::house::House;
use crate::matcher::Hit;
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
            let mut link = self.register.link(scene, mention);
            // "Its secretary": whose, the text said before.
            if link.kind == SourceKind::Authority
                && source::of_body(scene, mention)
                && self.body == Some(SourceKind::Organisation)
            {
                link.kind = SourceKind::Organisation;
            } else if matches!(link.kind, SourceKind::Authority | SourceKind::Organisation) {
                self.body = Some(link.kind);
            }
            if mention.relay && self.block < 8 && self.relay.is_empty() {
                let kind = match link.kind {
                    // "Our list", in a translation: an organisation, whatever its name looks like.
                    SourceKind::Person | SourceKind::Outlet if self.house.counts => {
                        SourceKind::Organisation
                    }
                    SourceKind::Person => SourceKind::Outlet,
                    kind => kind,
                };
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
                    self.house.own_voice
                        || matches!(link.kind, SourceKind::Person | SourceKind::Unnamed)
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
        // In a text that speaks for itself one of them is the text.
        let own_voice = self.house.own_voice;
        let divided = sentence.mentions.len() > 1 || own_voice;
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
                // "62 by our count, 58 by the ministry's": ours are no ministry's.
                let ours =
                    |of: &Draft| own_voice && draft.end <= of.start && mention.cue.0 >= draft.end;
                let another = |it: &Draft| later(it) || ours(it) || has_own && !own(of);
                if given(of).is_some_and(|it| apart(it) && another(it)) {
                    true
                } else if mention.cue.0 >= draft.end {
                    // "Eleven shops were looted while their owners slept, the guild says": with
                    // nothing else told beyond the contrast, it is of all.
                    let beyond = |at: usize| at >= draft.end && contrast(draft.end, at);
                    let parted =
                        divided && (draft.end..mention.cue.0).any(|at| scene.is_mark(at, &[';']));
                    let told = sentence.mentions.len() > 1
                        || sentence.drafts.iter().any(|other| beyond(other.start))
                        || sentence.figures.iter().any(|figure| beyond(figure.start));
                    contrast(draft.end, mention.cue.0) && (parted || told)
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
        // "She told me": somebody spoke, though the text has not said who.
        let told = sentence.mentions.iter().any(|mention| mention.speaks);
        let own = match self.house.testimony {
            true if told => Grade::Heard,
            true => Grade::Seen,
            false => self.house.grade,
        };
        let mut grade = self.house.grade_of(&chain, own);
        let innermost = chain.last().and_then(|link| {
            let of =
                |mention: &&Mention| link.range == Some(scene.range(mention.start, mention.end));
            sentence.mentions.iter().find(of).map(|mention| (link.kind, mention))
        });
        if let Some((kind, mention)) = innermost {
            let says = |wanted: Sense| {
                (mention.start..mention.end).any(|at| scene.find(at, |s| *s == wanted).is_some())
            };
            let unnamed = kind == SourceKind::Unnamed;
            if unnamed && crowd_of(scene, &sentence.mentions, &chain).is_some() {
                grade = Grade::Heard;
            } else if unnamed && !self.house.private && says(Sense::Eyewitness)
                || !matches!(kind, SourceKind::Authority | SourceKind::Organisation)
                    && saw(scene, mention, draft)
            {
                // "Two witnesses said": nameless, but they were there.
                grade = Grade::Seen;
            }
        }
        (chain, grade)
    }
}

/// The words of the innermost source, if they are everybody and nobody: "people say".
pub(crate) fn crowd_of(
    scene: &Scene<'_>,
    mentions: &[Mention],
    chain: &[SourceMention],
) -> Option<TextRange> {
    let range = chain.last().filter(|link| link.kind == SourceKind::Unnamed)?.range?;
    let mention = mentions.iter().find(|m| scene.range(m.start, m.end) == range)?;
    // "Twelve people are listed": those are told of.
    let counted = |at: usize| {
        (at.saturating_sub(2)..at).any(|at| {
            scene.kind(at) == Some(TokenKind::Number)
                || scene
                    .find(at, |s| matches!(s, Sense::Cardinal(_) | Sense::Vague(_) | Sense::NoneOf))
                    .is_some()
        })
    };
    (mention.start..mention.end)
        .any(|at| {
            scene.find(at, |s| *s == Sense::PeopleSay).is_some()
                // "Some residents" are residents.
                || scene.find(at, |s| *s == Sense::Crowd).is_some_and(|hit| {
                    !counted(at) && mention.end - mention.start <= hit.end - hit.start + 1
                })
        })
        .then_some(range)
}

/// Whether the sentence says that the one it names saw or counted it: "he had seen fifteen bodies",
/// "“I saw three”, she said".
fn saw(scene: &Scene<'_>, mention: &Mention, draft: &Draft) -> bool {
    /// How far behind the speaker, or before the draft, the verb may stand, in tokens.
    const REACH: usize = 10;
    let told = |hit: &Hit| hit.start <= draft.end;
    let clear = |from: usize, to: usize| {
        !(from..to).any(|at| {
            scene.find(at, |s| *s == Sense::Contrast).is_some() || scene.is_mark(at, &[';'])
        })
    };
    let third = scene.all(|s| *s == Sense::Witnessed).filter(told).any(|hit| {
        hit.start >= mention.end
            && hit.start - mention.end <= REACH
            && draft.start.saturating_sub(hit.end) <= REACH
            && clear(mention.end.min(draft.start), draft.start)
    });
    third
        || scene
            .all(|s| *s == Sense::Saw)
            .filter(told)
            .any(|hit| clear(hit.end.min(draft.start), draft.start))
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

impl House {
    /// How the innermost of `chain` knows; `own` if nobody is named. A private teller has from
    /// hearing what others said; whoever speaks to an outlet or a body says it without saying how
    /// they know.
    pub(crate) fn grade_of(self, chain: &[SourceMention], own: Grade) -> Grade {
        match chain.last().map(|link| link.kind) {
            None | Some(SourceKind::Account) => own,
            Some(SourceKind::Authority) => Grade::Official,
            Some(SourceKind::Organisation) => Grade::Asserted,
            Some(_) if self.private => Grade::Heard,
            Some(SourceKind::Outlet | SourceKind::Agency) => Grade::Media,
            // Who tells the unknown author of an unknown text is no better than hearsay.
            Some(SourceKind::Unnamed) if !self.published => Grade::Heard,
            Some(SourceKind::Unnamed | SourceKind::Person) => Grade::Asserted,
        }
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (kua_lexicon::fold(a), kua_lexicon::fold(b));
    a == b || a.contains(b.as_ref()) || b.contains(a.as_ref())
}
