//! Noun phrases that may be affected or act: "at least 18 police officers", "748 others",
//! "the protesters", "two of the dead". Joins figures with the nouns they count.

use kua_lexicon::TokenKind;
use kua_model::{Counted, Group, Quantity};

use crate::cases::Case;
use crate::date::DateMark;
use crate::figure::Figure;
use crate::grammar::{Form, Sense};
use crate::matcher::Hit;
use crate::scene::Scene;

/// A noun phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Party {
    /// First token.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
    /// Index of its figure.
    pub figure: Option<usize>,
    /// Tokens of its noun.
    pub noun: Option<(usize, usize)>,
    /// Group of the noun, if a lexicon knows it.
    pub group: Option<String>,
    /// What the noun counts; `None` if there is no noun.
    pub counts: Option<Counted>,
    /// Its noun is in no lexicon.
    pub unknown: bool,
    /// "others": of the same group as before.
    pub others: bool,
    /// "of the": part of a whole.
    pub partitive: bool,
    /// Index of the figure of that whole, if it is told: "two of the 21".
    pub of: Option<usize>,
    /// Its event word is told of that whole: "two of the nine wounded gave evidence".
    pub of_whole: bool,
    /// Stands after "including".
    pub subset: bool,
    /// Opens a clause after its whole: "of the nineteen, eleven were freed".
    pub after_whole: bool,
    /// A singular person without a number.
    pub one: bool,
    /// He, she, they.
    pub pronoun: bool,
    /// A name by its capitals.
    pub name: bool,
    /// In the case of "of" before its part: what follows happens to the part.
    pub whole: bool,
    /// A measure: years, percent, money. Never affected by anything.
    pub measure: bool,
    /// An event trigger inside: "12 wounded protesters".
    pub attribute: Option<usize>,
    /// Lexicon entries it rests on.
    pub used: Vec<(u32, usize, usize)>,
}

impl Party {
    /// One past the last token of the phrase, its noun included.
    pub(crate) fn words_end(&self) -> usize {
        self.noun.map_or(self.end, |(_, end)| end).max(self.end)
    }

    fn empty(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            figure: None,
            noun: None,
            group: None,
            counts: None,
            unknown: false,
            others: false,
            partitive: false,
            of: None,
            of_whole: false,
            subset: false,
            after_whole: false,
            one: false,
            pronoun: false,
            name: false,
            whole: false,
            measure: false,
            attribute: None,
            used: Vec::new(),
        }
    }

    /// Its words as a group; `None` if it has no noun.
    pub(crate) fn as_group(&self, scene: &Scene<'_>) -> Option<Group> {
        let (start, end) = self.noun?;
        Some(Group {
            id: self.group.clone(),
            words: scene.words(start, end).to_owned(),
            range: Some(scene.range(start, end)),
            inherited: false,
        })
    }

    /// Its number, `None` if it says none.
    pub(crate) fn quantity(&self, scene: &Scene<'_>, figures: &[Figure]) -> Option<Quantity> {
        let counts = self.counts.unwrap_or(Counted::People);
        match self.figure.and_then(|index| figures.get(index)) {
            Some(figure) => Some(figure.quantity(scene, counts)),
            None if self.one => Some(Quantity {
                low: Some(1),
                high: Some(1),
                approx: false,
                convention: None,
                range: None,
                counts,
            }),
            None => None,
        }
    }
}

/// All noun phrases, in order.
pub(crate) fn parties(scene: &Scene<'_>, figures: &[Figure], dates: &[DateMark]) -> Vec<Party> {
    let mut busy = vec![false; scene.tokens.len() + 1];
    for date in dates {
        fill(&mut busy, date.start, date.end);
    }
    for figure in figures {
        fill(&mut busy, figure.start, figure.end);
    }
    let mut out = Vec::new();
    let mut inside = vec![false; scene.tokens.len() + 1];
    for (index, figure) in figures.iter().enumerate() {
        // "one of the four killed": four belongs to the phrase before.
        if out.last().is_some_and(|old: &Party| old.partitive && figure.start < old.end) {
            continue;
        }
        let part = of_victims(scene, out.last(), figure.start);
        let party = counted(scene, figure, index, figures, &busy).map(|mut party| {
            party.subset |= part;
            party.start = group_before(scene, party.start);
            // "of the dead two are police": part of those, and nothing else is said of them.
            if part && party.noun.is_some() && figure.closed {
                let victims = scene.find_before(figure.start, |s| {
                    matches!(s, Sense::Trigger { form: Form::Victims, .. })
                });
                party.attribute = victims.map(|hit| hit.start);
                party.partitive |= victims.is_some();
            }
            party
        });
        if part && let Some(whole) = out.last_mut() {
            whole.whole |= whole.noun.is_some_and(|(_, end)| end == figure.start);
        }
        if let Some(party) = party {
            fill(&mut inside, party.start, party.end);
            if let Some((start, end)) = party.noun {
                fill(&mut inside, start, end);
            }
            out.push(party);
        }
    }
    // "among them twelve children": words of a part are nobody by themselves.
    for part in scene.all(|s| matches!(s, Sense::Subset | Sense::OfThem)) {
        if part.end > part.start + 1 && figures.iter().any(|figure| figure.start == part.end) {
            fill(&mut inside, part.start, part.end);
        }
    }
    let mut at = 0;
    while at < scene.tokens.len() {
        if inside.get(at).copied().unwrap_or(true) || busy.get(at).copied().unwrap_or(true) {
            at += 1;
            continue;
        }
        if let Some(party) = uncounted(scene, at) {
            at = party.end.max(at + 1);
            out.push(party);
        } else {
            at += 1;
        }
    }
    out.sort_by_key(|party| (party.start, party.end));
    ages_of_parts(&mut out, figures);
    owners(scene, &mut out);
    paired_measures(scene, &mut out);
    parts_of_victims(scene, &mut out);
    bare_wholes(scene, &mut out, figures);
    out
}

/// Where a group that is told by its number begins: "a group of 23 migrants", "группа из 23 человек".
fn group_before(scene: &Scene<'_>, at: usize) -> usize {
    let Some(of) = scene.find_before(at, |s| *s == Sense::Of) else { return at };
    let Some(group) = scene.find_before(of.start, |s| *s == Sense::Band) else { return at };
    let small = |s: &Sense| matches!(s, Sense::One | Sense::Determiner);
    scene.find_before(group.start, small).map_or(group.start, |one| one.start)
}

/// "Of the 61, nine are in intensive care": nothing is told of the sixty-one.
fn bare_wholes(scene: &Scene<'_>, parties: &mut [Party], figures: &[Figure]) {
    for index in 1..parties.len() {
        let Some(part) = parties.get(index).and_then(|party| figures.get(party.figure?)) else {
            continue;
        };
        let opens = after_whole(scene, part);
        let Some(whole) = parties.get_mut(index - 1).filter(|_| opens) else { continue };
        // "Of them nine were found, four are missing": a verb of its own stands between.
        let bare = whole.noun.is_none() && whole.attribute.is_none();
        whole.measure |= whole.figure.is_some() && bare && whole.end + 1 == part.start;
    }
}

/// "Оның 97-сі": of those, ninety-seven; nothing is told of "him".
fn owners(scene: &Scene<'_>, parties: &mut [Party]) {
    for at in 1..parties.len() {
        let (Some(owner), Some(part)) = (parties.get(at - 1), parties.get(at)) else { continue };
        let of = owner.end.checked_sub(1).is_some_and(|last| scene.tells(last, Case::Of));
        let told = part.figure.is_some() && part.start == owner.end;
        let owns = owner.pronoun && told && (of || part.subset);
        if let Some(party) = parties.get_mut(at - 1).filter(|_| owns) {
            party.whole = true;
        }
    }
}

/// "Sisters of nine and eleven years": both numbers are of years.
fn paired_measures(scene: &Scene<'_>, parties: &mut [Party]) {
    for at in 1..parties.len() {
        let (Some(first), Some(second)) = (parties.get(at - 1), parties.get(at)) else { continue };
        let bare = first.figure.is_some() && first.noun.is_none() && first.attribute.is_none();
        let and = scene.find(first.end, |s| matches!(s, Sense::And | Sense::Or));
        let paired = bare && second.measure && and.is_some_and(|and| and.end == second.start);
        if let Some(party) = parties.get_mut(at - 1).filter(|_| paired) {
            party.measure = true;
        }
    }
}

/// "Among the 20 dead are four children": a count right behind those it is said to be among is a part of
/// them.
fn parts_of_victims(scene: &Scene<'_>, parties: &mut [Party]) {
    /// Small words before the whole, and between it and its part.
    const SMALL: usize = 2;
    for at in 1..parties.len() {
        let (Some(whole), Some(part)) = (parties.get(at - 1), parties.get(at)) else { continue };
        let verb =
            |s: &Sense| matches!(s, Sense::Trigger { .. } | Sense::Said | Sense::In | Sense::And);
        let victim =
            |s: &Sense| matches!(s, Sense::Trigger { form: Form::Victims | Form::Participle, .. });
        let told = scene.find(whole.end, victim).map_or(whole.words_end(), |hit| hit.end);
        let victims = whole.attribute.is_some() || told > whole.words_end();
        let among = (whole.start.saturating_sub(SMALL)..whole.start)
            .any(|before| scene.find(before, |s| *s == Sense::Among).is_some());
        let between = told..part.start;
        let small = between.clone().all(|at| {
            scene.is_mark(at, &['—', '–', '-', ':'])
                || (scene.kind(at) == Some(TokenKind::Word) && scene.find(at, verb).is_none())
        });
        let counted = whole.figure.is_some() && part.figure.is_some() && part.noun.is_some();
        if counted
            && victims
            && among
            && small
            && between.len() <= SMALL
            && let Some(party) = parties.get_mut(at)
        {
            party.subset = true;
        }
    }
}

/// "23 of them under sixteen": a bound right behind a part, with nothing that is counted, is an age.
fn ages_of_parts(parties: &mut [Party], figures: &[Figure]) {
    for at in 1..parties.len() {
        let (Some(part), Some(age)) = (parties.get(at - 1), parties.get(at)) else { continue };
        let open = age.figure.and_then(|index| figures.get(index)).is_some_and(|figure| {
            figure.low.is_none() != figure.high.is_none() && !figure.none && !figure.article
        });
        let is_age = open
            && age.noun.is_none()
            && age.attribute.is_none()
            && part.figure.is_some()
            && (part.partitive || part.subset)
            && part.words_end() == age.start;
        if let Some(party) = parties.get_mut(at).filter(|_| is_age) {
            party.measure = true;
        }
    }
}

fn fill(flags: &mut [bool], start: usize, end: usize) {
    for at in start..end {
        if let Some(flag) = flags.get_mut(at) {
            *flag = true;
        }
    }
}

const QUOTES: [char; 9] = ['«', '»', '"', '“', '”', '„', '\u{2018}', '\'', '‟'];

fn counted(
    scene: &Scene<'_>,
    figure: &Figure,
    index: usize,
    figures: &[Figure],
    busy: &[bool],
) -> Option<Party> {
    let after_whole = after_whole(scene, figure);
    let mut party =
        Party { figure: Some(index), after_whole, ..Party::empty(figure.start, figure.end) };
    party.subset = scene.find_before(figure.start, |s| *s == Sense::Subset).is_some()
        || (figure.start > 0
            && scene.is_mark(figure.start - 1, &['—', '–', ':', '-', ','])
            && scene.find_before(figure.start - 1, |s| *s == Sense::Subset).is_some())
        || after_whole;
    let mut at = figure.end;
    // "« five or six » arrests": the quotation marks belong to the figure.
    if figure.start > 0
        && scene.is_mark(figure.start - 1, &['«', '"', '“', '„'])
        && scene.is_mark(figure.end, &['»', '"', '”', '“'])
    {
        at += 1;
        party.end = at;
    }
    let mut unknown: Option<(usize, usize)> = None;
    if figure.closed {
        return Some(closed(scene, party, busy));
    }
    let mut steps = 0;
    while steps < 8 && at < scene.tokens.len() {
        steps += 1;
        if busy.get(at).copied().unwrap_or(false) {
            break;
        }
        if scene.kind(at) == Some(TokenKind::Mark) {
            if scene.is_mark(at, &QUOTES)
                || (scene.is_mark(at, &['-']) && scene.glued(at) && scene.glued(at + 1))
            {
                at += 1;
                continue;
            }
            break;
        }
        if let Some(hit) = scene.find(at, |s| *s == Sense::OfThem) {
            party.used.push((hit.entry, hit.start, hit.end));
            party.partitive = true;
            party.end = hit.end;
            at = hit.end;
            // "36 of them police", "one of whom was a child"
            let next = scene.find(at, |s| *s == Sense::Be).map_or(at, |be| be.end);
            if let Some((group, end)) = noun_soon(scene, next, 3) {
                take_group(scene, &mut party, group, end);
            }
            return Some(party);
        }
        if let Some(hit) = scene.find(at, |s| *s == Sense::Partitive) {
            let whole = whole_of(scene, figure, figures, hit.end);
            party.of = whole;
            // "one of the four killed"
            let mut whole = hit.end;
            while whole < hit.end + 3 && busy.get(whole).copied().unwrap_or(false) {
                whole += 1;
            }
            let next = scene.find(whole, |s| {
                matches!(s, Sense::Trigger { form: Form::Participle | Form::Victims, .. })
            });
            let group_then_trigger =
                scene.find(hit.end, |s| matches!(s, Sense::Group { .. })).and_then(|group| {
                    scene.find(group.end, |s| {
                        matches!(s, Sense::Trigger { form: Form::Participle | Form::Victims, .. })
                    })
                });
            if next.or(group_then_trigger).is_some() {
                party.partitive = true;
                party.used.push((hit.entry, hit.start, hit.end));
                let trigger = next.or(group_then_trigger)?;
                party.attribute = Some(trigger.start);
                party.end = trigger.end;
                // "Four of the evicted men": the noun behind belongs to the phrase.
                if next.is_some()
                    && let Some(group) =
                        scene.find(trigger.end, |s| matches!(s, Sense::Group { .. }))
                {
                    take_group(scene, &mut party, group.start, group.end);
                }
                // "Thirty-six of the injured are police officers"
                if let Some(be) = scene.find(party.end, |s| *s == Sense::Be)
                    && let Some((group, end)) = noun_soon(scene, be.end, 2)
                {
                    take_group(scene, &mut party, group, end);
                    return Some(party);
                }
                party.of_whole = party.of.is_some();
                if let Some(group) = scene.find(hit.end, |s| matches!(s, Sense::Group { .. })) {
                    let end = party.end;
                    take_group(scene, &mut party, group.start, group.end);
                    party.end = end;
                }
                return Some(party);
            }
            // "two of the 21 died", "three of the 40 miners were killed"
            if let Some(whole) = party.of.and_then(|index| figures.get(index)) {
                party.partitive = true;
                party.used.push((hit.entry, hit.start, hit.end));
                party.end = whole.end;
                if let Some((noun, end)) = noun_soon(scene, whole.end, 1) {
                    let noun = head_of(scene, Hit { start: noun, end, entry: u32::MAX });
                    take_group(scene, &mut party, noun.start, noun.end);
                }
                return Some(party);
            }
        }
        let noun = scene
            .find(at, |s| matches!(s, Sense::Group { .. } | Sense::Unit(..)))
            .map(|noun| head_of(scene, noun));
        // "12 cases of rape": the longer words are the event that is counted.
        let counted_event = noun.is_some_and(|noun| {
            scene
                .find(at, |s| matches!(s, Sense::Trigger { form: Form::Victims, .. }))
                .is_some_and(|event| event.end > noun.end)
        });
        if let Some(hit) = noun.filter(|_| !counted_event) {
            take_group(scene, &mut party, hit.start, hit.end);
            some_were(scene, figure, &mut party);
            among_victims(scene, &mut party);
            return Some(party).filter(|_| !figure.article || plausible_one(scene, hit.start));
        }
        if let Some(hit) = scene.find(at, |s| *s == Sense::Others) {
            party.others = true;
            party.end = hit.end;
            party.used.push((hit.entry, hit.start, hit.end));
            at = hit.end;
            continue;
        }
        if let Some(hit) = scene.find(at, |s| matches!(s, Sense::Of | Sense::Partitive)) {
            at = hit.end;
            continue;
        }
        if let Some(hit) = scene.find(at, |s| {
            matches!(s, Sense::Trigger { form: Form::Participle | Form::Victims, .. })
        }) && unknown.is_none()
            && let Some((noun, end)) = noun_soon(scene, hit.end, 1)
        {
            party.attribute = Some(hit.start);
            take_group(scene, &mut party, noun, end);
            return Some(party).filter(|_| !figure.article || plausible_one(scene, noun));
        }
        if let Some(victims) = acted_on(scene, at).filter(|_| unknown.is_none()) {
            // "Two wounded died": the wounded are whom it happened to.
            party.attribute = Some(at);
            party.noun = Some((at, victims));
            party.end = victims;
            party.counts = Some(Counted::People);
            return Some(party).filter(|_| !figure.article);
        }
        // "двое его сыновей"
        if let Some(hit) = scene.find(at, |s| *s == Sense::Possessive)
            && unknown.is_none()
            && at == figure.end
        {
            at = hit.end;
            continue;
        }
        if ends_phrase(scene, at) {
            break;
        }
        let (first, _) = unknown.unwrap_or((at, at));
        unknown = Some((first, at + 1));
        at += 1;
    }
    if figure.article {
        return Some(party).filter(|party| unknown.is_none() && one_victim(scene, party.end));
    }
    // "Six were women and four were children": who some of those told before were.
    if !party.subset
        && unknown.is_none()
        && figure.plain
        && let Some(be) = scene.find(party.end, |s| *s == Sense::Be)
        && let Some(group) = scene.find(be.end, |s| matches!(s, Sense::Group { .. }))
        && tells_who(scene, group)
    {
        party.subset = true;
        take_group(scene, &mut party, group.start, group.end);
        return Some(party);
    }
    // "of them 19 — police officers"
    if party.subset
        && unknown.is_none()
        && scene.is_mark(at, &['—', '–'])
        && let Some((noun, end)) = noun_soon(scene, at, 2)
    {
        take_group(scene, &mut party, noun, end);
        return Some(party);
    }
    // "The suspect, 32, was arrested": an age.
    let between = |at: usize, marks: &[char]| scene.is_mark(at, marks);
    if unknown.is_none() && names_age(scene, figure) {
        return None;
    }
    if unknown.is_none()
        && figure.start > 1
        && !party.subset
        && (between(figure.start - 1, &[',']) && between(figure.end, &[','])
            || between(figure.start - 1, &['(']) && between(figure.end, &[')']))
        && scene.kind(figure.start - 2) == Some(TokenKind::Word)
    {
        return None;
    }
    if let Some((start, end)) = unknown {
        // "« several troublemakers »": the label somebody chose, quotation marks and all.
        if figure.start > 0
            && scene.is_mark(figure.start - 1, &['«', '"', '“', '„'])
            && scene.is_mark(end, &['»', '"', '”', '“'])
        {
            party.end = end + 1;
        }
        party.unknown = true;
        party.noun = Some((start, end));
        party.counts = Some(Counted::People);
        // A word that is unknown may be a verb: the phrase does not take it in.
    }
    Some(party)
}

/// "said Amina, 34.": a bare number between a name and the end of its clause is an age.
fn names_age(scene: &Scene<'_>, figure: &Figure) -> bool {
    /// Nobody is older.
    const OLDEST: u64 = 120;
    let name = |at: usize| {
        scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
            && scene.find(at, |s| matches!(s, Sense::Place(_) | Sense::Trigger { .. })).is_none()
    };
    let ends = figure.end >= scene.tokens.len()
        || scene.is_mark(figure.end, &['.', ',', ';', '!', '?', ')', '»', '"', '”']);
    figure.start > 1
        && figure.plain
        && figure.high.is_some_and(|high| high <= OLDEST)
        && scene.is_mark(figure.start - 1, &[','])
        && name(figure.start - 2)
        && ends
}

/// Of "bus passengers", "police vehicles", where the last noun is what is counted: that one. Only
/// people beside things: "people police say" are two phrases.
fn head_of(scene: &Scene<'_>, noun: Hit) -> Hit {
    let kind = |hit: Hit| {
        scene.at(hit.start).find_map(|(found, lexeme)| match lexeme.sense {
            Sense::Group { .. } if found.end == hit.end => Some(true),
            Sense::Unit(_, false) if found.end == hit.end => Some(false),
            _ => None,
        })
    };
    if !scene.grammar.noun_last {
        return noun;
    }
    let next = scene.find(noun.end, |s| matches!(s, Sense::Group { .. } | Sense::Unit(_, false)));
    match next {
        Some(next) if kind(noun).zip(kind(next)).is_some_and(|(a, b)| a != b) => next,
        _ => noun,
    }
}

/// "Six of the civilians were women": who some of those told before were.
fn some_were(scene: &Scene<'_>, figure: &Figure, party: &mut Party) {
    let of_known = scene.find(figure.end, |s| *s == Sense::Partitive).is_some();
    let be = scene.find(party.end, |s| *s == Sense::Be).filter(|_| of_known && figure.plain);
    let group = be.and_then(|be| scene.find(be.end, |s| matches!(s, Sense::Group { .. })));
    if let Some(group) = group.filter(|&group| tells_who(scene, group)) {
        party.subset = true;
        take_group(scene, party, group.start, group.end);
    }
}

/// Whether a noun behind "were" tells who somebody is and nothing more: "soldiers on leave".
fn tells_who(scene: &Scene<'_>, noun: Hit) -> bool {
    let at = noun.end;
    // "seraient détenus": the noun is the verb.
    let verb = scene.find(noun.start, |s| matches!(s, Sense::Trigger { .. })).is_some();
    closes_clause(scene, at)
        || (!verb
            && scene.find(at, |s| matches!(s, Sense::In | Sense::Link)).is_some()
            && !(at..at + 6).any(|at| {
                scene.find(at, |s| matches!(s, Sense::Trigger { .. } | Sense::Be)).is_some()
            }))
}

/// Whether a clause may end before token `at`.
fn closes_clause(scene: &Scene<'_>, at: usize) -> bool {
    at >= scene.tokens.len()
        || scene.is_mark(at, &['.', ',', ';', '!', '…'])
        || scene.find(at, |s| *s == Sense::And).is_some()
}

/// The figure of the whole after "of the", if it is larger than that of the part.
fn whole_of(scene: &Scene<'_>, part: &Figure, figures: &[Figure], at: usize) -> Option<usize> {
    let start = scene.find(at, |s| *s == Sense::Determiner).map_or(at, |hit| hit.end);
    let index = figures.iter().position(|whole| whole.start == start || whole.start == at)?;
    let whole = figures.get(index).filter(|whole| whole.plain && !whole.none && !part.none)?;
    (whole.high > part.high && part.high.is_some()).then_some(index)
}

/// "олардың 11-і – полицейлер": a figure in a case of its own counts no noun behind it; as part of a
/// whole it may tell who they are.
fn closed(scene: &Scene<'_>, mut party: Party, busy: &[bool]) -> Party {
    let dash = scene.is_mark(party.end, &['—', '–', '-']);
    let at = party.end + usize::from(dash);
    let free = !busy.get(at).copied().unwrap_or(true);
    let noun = noun_soon(scene, at, if dash { 2 } else { 0 }).filter(|_| free);
    if let Some((noun, end)) = noun
        && !scene.oblique(end - 1)
        && (dash || party.subset)
    {
        take_group(scene, &mut party, noun, end);
    }
    party
}

/// Whether the words before token `at` are victims, or a counted phrase, in the case of "of": what
/// follows is a part of those.
fn of_victims(scene: &Scene<'_>, before: Option<&Party>, at: usize) -> bool {
    let Some(last) = at.checked_sub(1).filter(|&last| scene.tells(last, Case::Of)) else {
        return false;
    };
    scene.find_before(at, |s| matches!(s, Sense::Trigger { form: Form::Victims, .. })).is_some()
        || before.is_some_and(|party| {
            party.figure.is_some() && party.noun.is_some_and(|(_, end)| end == last + 1)
        })
}

/// "Of the 109, thirty-one were children": the sentence opens with the whole.
fn after_whole(scene: &Scene<'_>, figure: &Figure) -> bool {
    /// Where the part may stand: behind a clause that tells of the whole.
    const OPENING: usize = 16;
    if figure.start < 3 || figure.start > OPENING || !scene.is_mark(figure.start - 1, &[',']) {
        return false;
    }
    let opens = scene.find(0, |s| matches!(s, Sense::Of | Sense::Partitive | Sense::Subset));
    let number = |at: &usize| {
        scene.kind(*at) == Some(TokenKind::Number)
            || scene.find(*at, |s| matches!(s, Sense::Cardinal(_))).is_some()
    };
    // Between "of" and the number only small words: "from the boat they took 51" is no whole.
    let small = |at: usize| {
        scene.at(at).next().is_some()
            && scene.find(at, |s| matches!(s, Sense::Trigger { .. } | Sense::Unit(..))).is_none()
    };
    opens.is_some_and(|hit| {
        let whole = (hit.end..figure.start - 1).find(number);
        hit.end < figure.start && whole.is_some_and(|whole| (hit.end..whole).all(small))
    })
}

/// End of a word for victims at token `at` that is the subject or object of a verb of another
/// event right after it: "two wounded died", "двоих задержанных пытали".
fn acted_on(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let (hit, events) = scene.at(at).find_map(|(hit, lexeme)| match &lexeme.sense {
        Sense::Trigger { events, form: Form::Victims, .. } => Some((hit, events)),
        _ => None,
    })?;
    let next = scene.find(hit.end, |s| *s == Sense::Be).map_or(hit.end, |be| be.end);
    let other = |s: &Sense| match s {
        Sense::Trigger { events: others, form, .. } => {
            others != events && matches!(form, Form::Participle | Form::Intransitive | Form::Verb)
        }
        _ => false,
    };
    scene.find(next, other).map(|_| hit.end)
}

/// "130 women among the injured", "two officers among them": part of those.
fn among_victims(scene: &Scene<'_>, party: &mut Party) {
    if let Some(them) = scene.find(party.end, |s| *s == Sense::OfThem) {
        party.partitive = true;
        party.end = them.end;
        party.used.push((them.entry, them.start, them.end));
        return;
    }
    let Some(among) = scene.find(party.end, |s| *s == Sense::Partitive) else { return };
    let victims =
        scene.find(among.end, |s| matches!(s, Sense::Trigger { form: Form::Victims, .. }));
    if let Some(victims) = victims {
        party.partitive = true;
        party.attribute = Some(victims.start);
        party.end = victims.end;
        party.used.push((among.entry, among.start, among.end));
    }
}

/// "a" or "an" before a noun of one person.
/// "un mort et trois blessés": an article right before a word for those it happened to counts one.
fn one_victim(scene: &Scene<'_>, at: usize) -> bool {
    let victim = scene.find(at, |s| match s {
        Sense::Trigger { form: Form::Victims, events, .. } => events
            .iter()
            .all(|event| scene.grammar.events.get(event).is_some_and(|kind| kind.people)),
        _ => false,
    });
    victim.is_some_and(|hit| ends_noun(scene, hit.end))
}

/// Whether what stands at token `at` belongs to no noun phrase that ends there: a mark, the end, an
/// "and", a preposition of place or time, a verb.
pub(crate) fn ends_noun(scene: &Scene<'_>, at: usize) -> bool {
    let ends = |s: &Sense| {
        matches!(
            s,
            Sense::And
                | Sense::Contrast
                | Sense::In
                | Sense::Link
                | Sense::Be
                | Sense::Auxiliary
                | Sense::Relative
        )
    };
    scene.kind(at) != Some(TokenKind::Word)
        || (scene.find(at, ends).is_some()
            && scene.find(at, |s| matches!(s, Sense::Of | Sense::Partitive)).is_none())
}

fn plausible_one(scene: &Scene<'_>, at: usize) -> bool {
    scene.find(at, |s| matches!(s, Sense::Group { .. })).is_some()
}

fn take_group(scene: &Scene<'_>, party: &mut Party, start: usize, end: usize) {
    party.noun = Some((start, end));
    party.end = end;
    party.unknown = false;
    let mut member = false;
    for (hit, lexeme) in scene.at(start) {
        if hit.end != end {
            continue;
        }
        match &lexeme.sense {
            Sense::Group { id, .. } => {
                party.group = Some(id.clone());
                party.counts = Some(Counted::People);
                party.used.push((hit.entry, hit.start, hit.end));
            }
            Sense::Unit(counts, measure) => {
                party.measure = *measure;
                party.group = None;
                party.counts = Some(*counts);
                party.used.push((hit.entry, hit.start, hit.end));
            }
            Sense::Vanguard => member = true,
            _ => {}
        }
    }
    // "members of the security forces", "agents des forces de l'ordre": the second noun tells who.
    if member {
        let mut next = end;
        for _ in 0..2 {
            if let Some(of) = scene.find(next, |s| matches!(s, Sense::Of | Sense::Partitive)) {
                next = of.end;
            }
        }
        if let Some((noun, end)) = noun_soon(scene, next, 2) {
            for (hit, lexeme) in scene.at(noun) {
                if let Sense::Group { id, .. } = &lexeme.sense
                    && hit.end == end
                {
                    party.group = Some(id.clone());
                    party.noun = Some((start, end));
                    party.end = end;
                    party.used.push((hit.entry, hit.start, hit.end));
                }
            }
        }
    }
    // The quotation mark that closes a quoted label belongs to the phrase.
    if scene.is_mark(party.end, &['»', '”', '"', '“'])
        && scene.is_mark(start.saturating_sub(2), &QUOTES)
    {
        party.end += 1;
    } else if scene.is_mark(party.end, &['»', '”', '"']) {
        let opened = (party.start..start).any(|at| scene.is_mark(at, &['«', '“', '"', '„']));
        party.end += usize::from(opened);
    }
}

/// A noun within `most` unknown words.
fn noun_soon(scene: &Scene<'_>, at: usize, most: usize) -> Option<(usize, usize)> {
    for next in at..=at + most {
        if let Some(hit) = scene.find(next, |s| matches!(s, Sense::Group { .. } | Sense::Unit(..)))
        {
            return Some((hit.start, hit.end));
        }
        let passable = (scene.kind(next) == Some(TokenKind::Word) && !ends_phrase(scene, next))
            || scene.is_mark(next, &['—', '–', '«', '"', '“'])
            || scene.find(next, |s| matches!(s, Sense::Determiner | Sense::One)).is_some();
        if !passable {
            return None;
        }
    }
    None
}

/// What closes a noun phrase.
fn ends_phrase(scene: &Scene<'_>, at: usize) -> bool {
    scene
        .find(at, |s| {
            matches!(
                s,
                Sense::Be
                    | Sense::By
                    | Sense::And
                    | Sense::EitherOr
                    | Sense::Contrast
                    | Sense::Subordinate
                    | Sense::Relative
                    | Sense::Auxiliary
                    | Sense::In
                    | Sense::Link
                    | Sense::Determiner
                    | Sense::Subset
                    | Sense::Change
                    | Sense::Trigger { .. }
                    | Sense::Said
                    | Sense::Reported
                    | Sense::According
                    | Sense::Cue(_)
                    | Sense::Place(_)
                    | Sense::Pronoun(_)
            )
        })
        .is_some()
}

fn uncounted(scene: &Scene<'_>, at: usize) -> Option<Party> {
    // "among them": words of a part are nobody by themselves.
    if scene.find(at, |s| *s == Sense::Subset).is_some_and(|hit| hit.end > at + 1) {
        return None;
    }
    for (hit, lexeme) in scene.at(at) {
        match &lexeme.sense {
            Sense::Group { one, .. } => {
                let mut party = Party { one: *one, ..Party::empty(hit.start, hit.end) };
                take_group(scene, &mut party, hit.start, hit.end);
                return Some(party);
            }
            Sense::Pronoun(one) => {
                return Some(Party {
                    pronoun: true,
                    one: *one,
                    noun: Some((hit.start, hit.end)),
                    counts: Some(Counted::People),
                    ..Party::empty(hit.start, hit.end)
                });
            }
            _ => {}
        }
    }
    name_at(scene, at).map(|end| Party {
        name: true,
        // "Mara Voss", "Mara, 34,": one person by a full name, or by an age.
        one: end > at + 1 || age_after(scene, end).is_some(),
        noun: Some((at, end)),
        group: None,
        counts: Some(Counted::People),
        ..Party::empty(at, end)
    })
}

/// End of a run of capitalised words that is no place, source, month or sentence opening.
fn name_at(scene: &Scene<'_>, at: usize) -> Option<usize> {
    let proper = |at: usize| {
        scene.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word
                && token.capital
                && scene
                    .find(at, |s| {
                        matches!(
                            s,
                            Sense::Place(_)
                                | Sense::Month(_)
                                | Sense::Weekday(_)
                                | Sense::Source(_)
                                | Sense::Trigger { .. }
                                | Sense::Determiner
                                | Sense::In
                                | Sense::Link
                                | Sense::Of
                                | Sense::And
                                | Sense::Title
                        )
                    })
                    .is_none()
        })
    };
    if !proper(at) || (at > 0 && proper(at - 1)) {
        return None;
    }
    let mut end = at + 1;
    while proper(end) && end - at < 4 {
        end += 1;
    }
    (at > 0 || end > at + 1 || age_after(scene, end).is_some()).then_some(end)
}

/// The end of an age between marks after a name that ends before token `at`: ", 14,", " (34 ans)".
pub(crate) fn age_after(scene: &Scene<'_>, at: usize) -> Option<usize> {
    /// Nobody is older.
    const OLDEST: u64 = 120;
    let close: &[char] = match scene.tokens.get(at)?.fold.as_ref() {
        "," => &[','],
        "(" => &[')'],
        _ => return None,
    };
    // ", de 34 años,"
    let small = |s: &Sense| matches!(s, Sense::Of | Sense::Partitive | Sense::Link);
    let from = scene.find(at + 1, small).map_or(at + 1, |of| of.end);
    let age = scene.tokens.get(from).filter(|token| token.kind == TokenKind::Number)?;
    age.fold.parse().ok().filter(|&age: &u64| age <= OLDEST)?;
    let mut end = from + 1;
    // "years old", "лет": a measure, or nothing.
    while end < from + 4
        && !scene.is_mark(end, close)
        && (scene.find(end, |s| matches!(s, Sense::Unit(_, true))).is_some()
            || scene.is_mark(end, &['-'])
            || scene.find_before(end + 1, |s| matches!(s, Sense::Unit(_, true))).is_some())
    {
        end += 1;
    }
    scene.is_mark(end, close).then_some(end + 1)
}

/// Who a bare number is, between commas: "one, a mechanic, was freed", "двое, братья Ольт, погибли". No
/// phrase minds it.
pub(crate) fn appositions(
    scene: &Scene<'_>,
    parties: &[Party],
    figures: &[Figure],
) -> Vec<(usize, usize)> {
    /// Words of such an apposition.
    const WORDS: usize = 4;
    let small = |s: &Sense| {
        matches!(
            s,
            Sense::Group { .. }
                | Sense::Title
                | Sense::Determiner
                | Sense::One
                | Sense::Of
                | Sense::Possessive
                | Sense::DateLink
        )
    };
    let word = |at: usize| {
        scene.kind(at) == Some(TokenKind::Word)
            && scene.at(at).all(|(_, lexeme)| small(&lexeme.sense))
    };
    let bare = |party: &&Party| {
        let figure = party.figure.and_then(|index| figures.get(index));
        party.noun.is_none() && figure.is_some_and(|figure| !(figure.none || figure.article))
    };
    let known = |from: usize, to: usize| {
        (from..to).any(|at| {
            scene.find(at, |s| matches!(s, Sense::Group { .. } | Sense::Title)).is_some()
                || scene.tokens.get(at).is_some_and(|token| token.capital)
        })
    };
    let aside = |party: &Party| {
        let from = party.end;
        let opens = scene.is_mark(from, &[',']);
        let to = (from + 1..from + 2 + WORDS).find(|&at| !word(at))?;
        (opens && to > from + 1 && scene.is_mark(to, &[',']) && known(from + 1, to))
            .then_some((from, to + 1))
    };
    parties.iter().filter(bare).filter_map(aside).collect()
}

/// Ages after names, marks and all: no phrase minds them.
pub(crate) fn ages(scene: &Scene<'_>) -> Vec<(usize, usize)> {
    let name = |at: usize| {
        scene.tokens.get(at).is_some_and(|token| token.capital && token.kind == TokenKind::Word)
    };
    (1..scene.tokens.len())
        .filter(|&at| name(at - 1))
        .filter_map(|at| Some((at, age_after(scene, at)?)))
        .collect()
}
