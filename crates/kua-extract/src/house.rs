//! Who speaks where nobody is named: the outlet, authority or person that the document itself is
//! from, told by its head and by the way it is written. Knows nothing of single claims.

use kua_model::{Document, Grade, SourceKind, TextRange};

use crate::scene::{Scene, is_imprint, is_issued, masthead, own_cues};
use crate::{Extractor, pieces};

/// The voice of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct House {
    /// How it knows what it says in its own voice.
    pub grade: Grade,
    /// Its author tells as "I" what they saw.
    pub testimony: bool,
    /// Somebody writes or speaks as a private person: a testimony, a letter, a chat. What others
    /// told them they have from hearing.
    pub private: bool,
    /// An outlet or an authority publishes it.
    pub published: bool,
    /// It speaks for itself, as a communiqué, a letter or a report does: a sentence that names nobody
    /// is its own, whoever was named in the one before.
    pub own_voice: bool,
    /// An organisation publishes what it has counted itself.
    pub counts: bool,
}

impl Extractor {
    /// The voice of `document`.
    pub(crate) fn house(&self, document: &Document) -> House {
        let (witnessed, ours) = self.own_cues(document);
        let (head, letter) = self.head(document);
        let published = matches!(head, Grade::Media | Grade::Official);
        // Many speak in a chat, and not all of them were there.
        let chat = is_chat(document);
        let testimony = witnessed >= TESTIMONY && !chat;
        // A testimony recorded by an outlet or body remains one.
        let private =
            testimony || letter || head == Grade::Seen || ((witnessed > 0 || chat) && !published);
        let counts = !private && head != Grade::Official && ours >= OURS;
        House {
            grade: if testimony || counts { Grade::Asserted } else { head },
            testimony,
            private,
            published,
            own_voice: private || counts || head == Grade::Official,
            counts,
        }
    }

    /// What the short lines at the head say the document is: an outlet's article ("The Harbour
    /// Gazette", "(Northern Wire)"), an authority's communiqué, or nothing.
    /// And whether they say that it is somebody's letter.
    fn head(&self, document: &Document) -> (Grade, bool) {
        const HEAD_BLOCKS: usize = 5;
        /// Characters, not bytes: a line is as short in Cyrillic as in Latin letters.
        const SHORT: usize = 160;
        /// Lines below the one in which an authority names itself that may still name an outlet.
        const BELOW: usize = 1;
        // Menus above the account are no part of its head.
        let told = |block: &&kua_model::Block| block.role.may_claim();
        let end = document
            .blocks
            .iter()
            .filter(told)
            .nth(HEAD_BLOCKS)
            .map_or(usize::MAX, |block| block.range.start);
        let mut found = Grade::Asserted;
        let (mut imprint, mut issued, mut letter) = (false, false, false);
        let mut official_line = None;
        for sentence in document.sentences.iter().take_while(|s| s.range.start < end) {
            let lang = document.language_at(sentence.range);
            let Some(grammar) = lang.and_then(|lang| self.grammars.get(&lang)) else { continue };
            let Some(block) = document.blocks.get(sentence.block).filter(told) else { continue };
            let mut range = sentence.range;
            let words = block.range.of(&document.text).unwrap_or("");
            let after = |count: usize| {
                let at = words.char_indices().nth(count).map(|(at, _)| at);
                at.map(|at| block.range.start + at)
            };
            let running = after(SHORT).is_some();
            // Of running text only the dateline counts.
            if running {
                let dateline = after(SHORT / 2).unwrap_or(range.end);
                range = TextRange::new(range.start, dateline.min(range.end).max(range.start));
                if range.is_empty() || range.start > dateline {
                    continue;
                }
            }
            let scene = Scene::new(grammar, &document.text, range);
            // "SITUATION REPORT No. 4", and further below "Vessel: Oskra Star": no paper called Star.
            let below = official_line.is_some_and(|line| sentence.block > line + BELOW);
            match masthead(&scene, running) {
                Some(SourceKind::Outlet | SourceKind::Agency) if !below => {
                    return (Grade::Media, false);
                }
                Some(SourceKind::Person) => return (Grade::Seen, false),
                // An outlet named below tells of the letter.
                Some(SourceKind::Account) => letter = true,
                Some(SourceKind::Authority) => {
                    found = Grade::Official;
                    official_line = official_line.or(Some(sentence.block));
                }
                _ => {}
            }
            if (sentence.block > 0 || named_office(&scene)) && !running {
                imprint |= is_imprint(&scene);
                issued |= is_issued(&scene);
            }
        }
        let head = match found {
            Grade::Asserted if imprint => Grade::Media,
            Grade::Asserted if issued && !letter => Grade::Official,
            found => found,
        };
        (head, letter && head == Grade::Asserted)
    }

    /// How often the author tells as "I" what they saw, and as "we" what they counted, as far as that
    /// makes a testimony or a report of one's own.
    fn own_cues(&self, document: &Document) -> (usize, usize) {
        let (mut seen, mut counted) = (0_usize, 0_usize);
        for sentence in &document.sentences {
            let lang = document.language_at(sentence.range);
            let Some(grammar) = lang.and_then(|lang| self.grammars.get(&lang)) else { continue };
            if !document.blocks.get(sentence.block).is_some_and(|block| block.role.is_body()) {
                continue;
            }
            for range in pieces(&document.text, sentence.range) {
                let (saw, ours) = own_cues(grammar, &document.text, range);
                seen += saw;
                counted += ours;
            }
            if seen >= TESTIMONY {
                break;
            }
        }
        (seen, counted)
    }
}

/// "Galina Voloshko, mayor": a title that is nothing but somebody's name and office.
fn named_office(scene: &Scene<'_>) -> bool {
    let comma = (2..5).find(|&at| scene.is_mark(at, &[',']));
    let names = |comma: usize| (0..comma).all(|at| scene.tokens.get(at).is_some_and(|t| t.capital));
    let office = |hit: crate::matcher::Hit| {
        hit.end == scene.tokens.len()
            && comma.is_some_and(|comma| names(comma) && comma < hit.start)
    };
    scene.all(|s| *s == crate::grammar::Sense::Source(SourceKind::Authority)).any(office)
}

/// So often "I saw" makes a testimony.
const TESTIMONY: usize = 3;

/// So often "our list" makes a report of one's own.
const OURS: usize = 2;

/// Whether the document is an exported chat: messages that open with a day and an hour in square
/// brackets, "[05.03.2019, 23:48] Lena: …".
fn is_chat(document: &Document) -> bool {
    /// So many messages make a chat.
    const MESSAGES: usize = 3;
    /// The longest mark of day and hour, in bytes.
    const LONGEST: usize = 40;
    let stamped = |range: TextRange| {
        let words = range.of(&document.text)?.trim_start().strip_prefix('[')?;
        let stamp = words.bytes().take(LONGEST).position(|byte| byte == b']')?;
        let stamp = words.get(..stamp)?;
        let digits = stamp.bytes().filter(u8::is_ascii_digit).count();
        let day = stamp.contains(['.', '/', '-']);
        (digits >= 6 && day && stamp.contains(':')).then_some(())
    };
    document.blocks.iter().filter_map(|block| stamped(block.range)).take(MESSAGES).count()
        >= MESSAGES
}
