//! One sentence cut into tokens, with every lexicon entry found in it.

use kua_lexicon::{Token, TokenKind, tokens};
use kua_model::{SourceKind, TextRange};

use crate::cases::Case;
use crate::grammar::{Form, Grammar, Lexeme, Sense};
use crate::matcher::Hit;

/// A sentence under analysis. Token numbers are indices into `tokens`.
#[derive(Debug)]
pub(crate) struct Scene<'t> {
    pub grammar: &'t Grammar,
    pub text: &'t str,
    pub tokens: Vec<Token<'t>>,
    /// By token: the symbols of its word, empty for one in no lexicon.
    pub symbols: Vec<&'t [u32]>,
    /// By start; at one start at most one a class, the longest.
    pub hits: Vec<Hit>,
    first: Vec<usize>,
}

impl<'t> Scene<'t> {
    /// Cuts `text[range]`. Token ranges are in `text`.
    pub(crate) fn new(grammar: &'t Grammar, text: &'t str, range: TextRange) -> Self {
        let tokens = words_of(grammar, text, range);
        let symbols: Vec<&'t [u32]> =
            tokens.iter().map(|token| grammar.matcher.symbols_of(token)).collect();
        let mut hits: Vec<Hit> = Vec::new();
        for at in 0..tokens.len() {
            let from = hits.len();
            grammar.matcher.each_at(&symbols, at, &mut |hit| {
                let class = class_of(grammar, hit);
                let same = hits.iter().skip(from).position(|old| class_of(grammar, *old) == class);
                match same.and_then(|index| hits.get_mut(from + index)) {
                    Some(old) if (hit.end, old.entry) > (old.end, hit.entry) => *old = hit,
                    Some(_) => {}
                    None => hits.push(hit),
                }
            });
        }
        let mut scene = Self { grammar, text, tokens, symbols, hits, first: Vec::new() };
        scene.drop_guarded();
        scene.drop_covered();
        scene.index();
        scene
    }

    /// The entries that begin at token `at`.
    pub(crate) fn at(&self, at: usize) -> impl Iterator<Item = (Hit, &'t Lexeme)> + '_ {
        let from = self.first.get(at).copied().unwrap_or(self.hits.len());
        let to = self.first.get(at + 1).copied().unwrap_or(self.hits.len());
        self.hits
            .get(from..to.max(from))
            .unwrap_or(&[])
            .iter()
            .filter_map(|&hit| Some((hit, self.lexeme(hit)?)))
    }

    /// The first entry that begins at token `at` and whose sense is wanted.
    pub(crate) fn find(&self, at: usize, wanted: impl Fn(&Sense) -> bool) -> Option<Hit> {
        self.at(at).find(|(_, lexeme)| wanted(&lexeme.sense)).map(|(hit, _)| hit)
    }

    /// An entry of the wanted sense that ends just before token `at`, the longest.
    pub(crate) fn find_before(&self, at: usize, wanted: impl Fn(&Sense) -> bool) -> Option<Hit> {
        (at.saturating_sub(6)..at)
            .find_map(|start| self.find(start, &wanted).filter(|hit| hit.end == at))
    }

    /// All entries of the wanted sense, by where they begin.
    pub(crate) fn all(&self, wanted: impl Fn(&Sense) -> bool) -> impl Iterator<Item = Hit> {
        let has = move |hit: &Hit| self.lexeme(*hit).is_some_and(|lexeme| wanted(&lexeme.sense));
        self.hits.iter().copied().filter(has)
    }

    /// The lexeme of a hit.
    pub(crate) fn lexeme(&self, hit: Hit) -> Option<&'t Lexeme> {
        self.grammar.lexemes.get(hit.entry as usize)
    }

    /// Whether token `at` is this mark.
    pub(crate) fn is_mark(&self, at: usize, marks: &[char]) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Mark && token.fold.chars().all(|c| marks.contains(&c))
        })
    }

    /// Kind of token `at`, if there is one.
    pub(crate) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Whether the word at token `at` ends so. False where the language tells nothing by endings.
    pub(crate) fn tells(&self, at: usize, case: Case) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word && self.grammar.cases.tells(case, &token.fold)
        })
    }

    /// Whether the word at token `at` is in a case that no subject stands in.
    pub(crate) fn oblique(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word && self.grammar.cases.oblique(&token.fold)
        })
    }

    /// Whether nothing stands between token `at` and the one before it.
    pub(crate) fn glued(&self, at: usize) -> bool {
        at > 0
            && matches!((self.tokens.get(at - 1), self.tokens.get(at)),
                (Some(a), Some(b)) if a.range.end == b.range.start)
    }

    /// Bytes from token `start` to the end of token `end - 1`.
    pub(crate) fn range(&self, start: usize, end: usize) -> TextRange {
        let first = self.tokens.get(start).map_or(0, |token| token.range.start);
        let last = self.tokens.get(end.saturating_sub(1)).map_or(first, |token| token.range.end);
        TextRange::new(first, last)
    }

    /// The words from token `start` to `end`, as they stand.
    pub(crate) fn words(&self, start: usize, end: usize) -> &'t str {
        self.range(start, end).of(self.text).unwrap_or("")
    }

    /// Entries whose exceptions occur in the clause lose their sense: where the exception holds
    /// the entry's own words, only there; otherwise in the whole clause.
    fn drop_guarded(&mut self) {
        let mut gone: Vec<Hit> = Vec::new();
        let contrast =
            |hit: &Hit| self.lexeme(*hit).is_some_and(|lexeme| lexeme.sense == Sense::Contrast);
        let mut cuts: Vec<usize> =
            self.hits.iter().filter(|h| contrast(h)).map(|h| h.start).collect();
        cuts.extend((0..self.tokens.len()).filter(|&at| self.is_mark(at, &[';', ':'])));
        let together = |a: &Hit, b: &Hit| {
            let (from, to) = (a.start.min(b.start), a.start.max(b.start));
            !cuts.iter().any(|&cut| from < cut && cut <= to)
        };
        for &guard in &self.hits {
            let Some(Lexeme { sense: Sense::Unless(taken), .. }) = self.lexeme(guard) else {
                continue;
            };
            let named = |hit: &&Hit| taken.contains(&hit.entry);
            let overlaps = |hit: &&Hit| hit.start < guard.end && guard.start < hit.end;
            let own = self.hits.iter().filter(named).filter(overlaps);
            let from = gone.len();
            gone.extend(own);
            if gone.len() == from {
                gone.extend(self.hits.iter().filter(named).filter(|hit| together(hit, &guard)));
            }
        }
        if !gone.is_empty() {
            self.hits.retain(|hit| !gone.contains(hit));
        }
    }

    /// A shorter trigger, noun, place or source inside a longer one of its kind says nothing.
    fn drop_covered(&mut self) {
        let kin = |sense: &Sense| match sense {
            // Words that tell by themselves hide no participle inside: "fueron condenados a".
            Sense::Trigger { form: Form::Told, .. } => 7,
            Sense::Trigger { .. } => 1_u8,
            Sense::Group { .. } | Sense::Unit(..) | Sense::Pronoun(_) => 2,
            Sense::Place(_) | Sense::NotPlace => 3,
            Sense::Source(_) => 4,
            Sense::Cue(_) => 5,
            Sense::Said | Sense::Reported | Sense::According => 6,
            _ => 0,
        };
        let mut reach = [(0_usize, 0_usize); 8];
        let grammar = self.grammar;
        // By start, longest first: then a hit is covered if it ends within reach of an earlier one.
        self.hits.sort_by_key(|hit| (hit.start, usize::MAX - hit.end));
        self.hits.retain(|hit| {
            let Some(lexeme) = grammar.lexemes.get(hit.entry as usize) else { return false };
            let kin = usize::from(kin(&lexeme.sense));
            let Some((start, end)) = reach.get_mut(kin).filter(|_| kin != 0) else { return true };
            let length = hit.end - hit.start;
            if hit.end <= *end && length < *end - *start {
                return false;
            }
            if hit.end > *end {
                (*start, *end) = (hit.start, hit.end);
            }
            true
        });
    }

    fn index(&mut self) {
        self.first = Vec::with_capacity(self.tokens.len() + 1);
        let mut next = 0;
        for at in 0..=self.tokens.len() {
            while self.hits.get(next).is_some_and(|hit| hit.start < at) {
                next += 1;
            }
            self.first.push(next);
        }
    }
}

/// The tokens of a piece, in the spelling of the lexicon.
fn words_of<'t>(grammar: &Grammar, text: &'t str, range: TextRange) -> Vec<Token<'t>> {
    let mut words = tokens(range.of(text).unwrap_or(""), range.start);
    grammar.scripts.respell(&mut words, &grammar.matcher);
    words
}

fn class_of(grammar: &Grammar, hit: Hit) -> u8 {
    grammar.lexemes.get(hit.entry as usize).map_or(0, |lexeme| lexeme.class)
}

/// How many cues of somebody seeing with their own eyes the words hold, and how many of somebody
/// counting for themselves; words in quotation marks are another's.
pub(crate) fn own_cues(grammar: &Grammar, text: &str, range: TextRange) -> (usize, usize) {
    let tokens = words_of(grammar, text, range);
    let symbols: Vec<&[u32]> =
        tokens.iter().map(|token| grammar.matcher.symbols_of(token)).collect();
    let (mut saw, mut ours) = (0, 0);
    let quotes = |token: &Token<'_>| matches!(token.fold.as_ref(), "«" | "“" | "„" | "\"");
    let quoted = tokens.iter().any(quotes);
    for at in 0..tokens.len() {
        let begins = |symbol: &u32| grammar.own_starts.binary_search(symbol).is_ok();
        if !symbols.get(at).is_some_and(|here| here.iter().any(begins)) {
            continue;
        }
        grammar.matcher.each_at(&symbols, at, &mut |hit| {
            let sense = grammar.lexemes.get(hit.entry as usize).map(|lexeme| &lexeme.sense);
            saw += usize::from(sense == Some(&Sense::Saw) && !quoted);
            ours += usize::from(sense == Some(&Sense::Ours) && !quoted);
        });
    }
    (saw, ours)
}

/// The kind of body that a line at the head of a document names: a capitalised word of a masthead.
/// In running text (`dateline`) it must stand in brackets: "(Northern Wire)".
pub(crate) fn masthead(scene: &Scene<'_>, dateline: bool) -> Option<SourceKind> {
    let mut found = None;
    for hit in &scene.hits {
        let Some(Lexeme { sense: Sense::Masthead(kind), .. }) = scene.lexeme(*hit) else {
            continue;
        };
        let capital = |at: usize| scene.tokens.get(at).is_some_and(|token| token.capital);
        // "«Сарский курьер»": in quotation marks its first word alone has a capital.
        let quoted = hit.start > 1
            && capital(hit.start - 1)
            && scene.is_mark(hit.start - 2, &['«', '"', '“', '„']);
        // "Ministry of Health. Press service": no paper called Press.
        let inside = scene
            .all(|s| *s == Sense::Source(SourceKind::Authority))
            .any(|body| body.start <= hit.start && hit.end < body.end);
        if inside && *kind == SourceKind::Outlet {
            continue;
        }
        // "Заречные вести, 20 сентября": so does a name whose first word alone has one, beside a day.
        let dated = || scene.all(|s| matches!(s, Sense::Month(_))).next().is_some();
        let second = hit.start == 1 && capital(0) && !dateline && dated();
        // "court chronicle", "bulletin of nine o'clock": a phrase tells by itself.
        let phrase = hit.end - hit.start > 2 && !dateline;
        let named =
            capital(hit.start) || quoted || second || phrase || *kind == SourceKind::Authority;
        let open = (hit.start.saturating_sub(5)..hit.start).any(|at| scene.is_mark(at, &['(']));
        let close = (hit.end..hit.end + 5).any(|at| scene.is_mark(at, &[')']));
        if named && (!dateline || (open && close)) {
            match kind {
                SourceKind::Authority => found = Some(*kind),
                // "Testimony no. 14" is a heading of its own, not "testimony of the minister".
                SourceKind::Person if dateline || hit.start > 1 => {}
                _ => return Some(*kind),
            }
        }
    }
    found
}

/// Whether a short line below the title is a name in quotation marks beside a day: "«Steppe
/// Morning», 6 March 2019". So papers print who they are and when; a body or a person in the line
/// says that it is something else.
pub(crate) fn is_imprint(scene: &Scene<'_>) -> bool {
    const LONGEST_NAME: usize = 6;
    let mark = |at: usize, marks: &[char]| scene.is_mark(at, marks);
    let Some(open) = (0..scene.tokens.len()).find(|&at| mark(at, &['«', '"', '“', '„']))
    else {
        return false;
    };
    let last = (open + 1 + LONGEST_NAME).min(scene.tokens.len());
    let Some(close) = (open + 2..=last).find(|&at| mark(at, &['»', '"', '”', '“'])) else {
        return false;
    };
    let named = scene.tokens.get(open + 1).is_some_and(|token| token.capital);
    let dated = (0..scene.tokens.len())
        .filter(|at| !(open..=close).contains(at))
        .any(|at| scene.find(at, |s| matches!(s, Sense::Month(_))).is_some());
    let other = |s: &Sense| match s {
        // "«Steppe Morning», corrected at noon"
        Sense::Trigger { events, .. } => {
            !events.iter().all(|event| scene.grammar.events.get(event).is_some_and(|kind| kind.act))
        }
        Sense::Source(SourceKind::Organisation | SourceKind::Authority | SourceKind::Person)
        | Sense::Saw => true,
        _ => false,
    };
    named && dated && scene.all(other).next().is_none()
}

/// Whether a short line below the title is nothing but the name of a body that speaks officially,
/// as over a communiqué: "Interior Ministry of the Republic. Press service. 5 March". Who is written
/// to ("To the prosecutor"), or quoted, is no issuer: such lines begin with other words.
pub(crate) fn is_issued(scene: &Scene<'_>) -> bool {
    const LONGEST: usize = 14;
    let authority = |s: &Sense| *s == Sense::Source(SourceKind::Authority);
    let Some(authority) = scene.all(authority).next() else { return false };
    // "Ministry of Emergencies" tells of no emergency.
    let inside = |hit: Hit| authority.start <= hit.start && hit.end <= authority.end;
    let tells = |s: &Sense| {
        matches!(
            s,
            Sense::Said
                | Sense::Reported
                | Sense::According
                | Sense::Citing
                | Sense::Relay
                | Sense::Addressed
                | Sense::Saw
                | Sense::Trigger { .. }
                | Sense::Source(SourceKind::Outlet | SourceKind::Organisation)
        )
    };
    let says = scene.all(tells).any(|hit| !inside(hit));
    // Before the body only its country or town may stand, or the name of who holds the office:
    // words with capitals; and "Office of the".
    let opens = (0..authority.start).all(|at| {
        let of = |at: usize| scene.find(at, |s| *s == Sense::Of).is_some();
        let the = scene.find(at, |s| *s == Sense::Determiner).is_some();
        if at > 0 && (scene.is_mark(at, &[',']) || of(at) || the && of(at - 1)) {
            return true;
        }
        scene.tokens.get(at).is_some_and(|token| token.capital)
            && scene.find(at, |s| matches!(s, Sense::Link | Sense::In)).is_none()
    });
    opens && !says && scene.tokens.len() <= LONGEST
}
