//! Compares two wordings of one sentence: which words agree, and where figures, negations or names
//! do not. What separates a repost from the next day's communiqué.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use kua_lexicon::{Lexicon, Lexicons, Phrases, Token, TokenKind};
use kua_model::{Agreement, Conflict, Lang, TextRange};

use crate::body::{Body, figures};
use crate::numerals::{Numerals, Openings};
use crate::skeleton::skeleton;

/// How the keys of months and days of the week begin; no word holds a space.
const MONTH: &str = "month ";
const WEEKDAY: &str = "weekday ";

/// The words of one language that may turn a copy into another statement.
#[derive(Debug, Default)]
pub(crate) struct Wordings {
    negators: Phrases,
    numerals: Numerals,
    /// Names of months and days of the week, and what stands for them in every language.
    days: HashMap<String, String, RandomState>,
    /// First two letters of these names: most words are none.
    openings: Openings,
}

impl Wordings {
    fn of(lexicon: &Lexicon) -> Self {
        let mut days = HashMap::default();
        let mut openings = Openings::default();
        for (section, name) in [("months", MONTH), ("weekdays", WEEKDAY)] {
            for entry in lexicon.section("calendar.txt", section) {
                let Some(value) = &entry.value else { continue };
                for word in entry.key.split('|').map(str::trim) {
                    if !word.is_empty() && !word.contains(|c: char| !c.is_alphabetic()) {
                        let word = kua_lexicon::fold(word).into_owned();
                        openings.add(&word);
                        days.entry(word).or_insert_with(|| format!("{name}{value}"));
                    }
                }
            }
        }
        let negators = lexicon.phrases("translation.txt", "negators");
        Self { negators, numerals: Numerals::of(lexicon), days, openings }
    }

    /// What stands for a month or a day of the week in every language, if the folded word is one.
    fn day(&self, word: &str) -> Option<&String> {
        self.openings.holds(word).then(|| self.days.get(word))?
    }
}

/// The wordings of all languages.
#[derive(Debug, Default)]
pub(crate) struct AllWordings {
    by_language: BTreeMap<Lang, Wordings>,
    none: Wordings,
}

impl AllWordings {
    pub(crate) fn of(lexicons: &Lexicons) -> Self {
        let by_language = lexicons
            .languages()
            .filter_map(|lang| Some((lang, Wordings::of(lexicons.get(lang)?))))
            .collect();
        Self { by_language, none: Wordings::default() }
    }

    pub(crate) fn get(&self, language: Option<Lang>) -> &Wordings {
        language.and_then(|lang| self.by_language.get(&lang)).unwrap_or(&self.none)
    }
}

/// A word or figure of a sentence, as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Item<'d> {
    pub(crate) key: Cow<'d, str>,
    pub(crate) range: TextRange,
    pub(crate) kind: ItemKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Word,
    Figure,
    Negator,
    /// A capital that does not open a sentence.
    Name,
    /// A word in a passage that is all in capitals: a name or not.
    Shouted,
}

/// Words and figures at `range`, marks left out.
pub(crate) fn items<'b>(body: &'b Body<'_>, range: TextRange, words: &Wordings) -> Vec<Item<'b>> {
    let mut tokens: Vec<Token<'b>> = body.tokens(range);
    // Compound number words are listed with plain hyphens.
    for token in tokens.iter_mut().filter(|token| token.kind == TokenKind::Mark) {
        if matches!(token.fold.as_ref(), "\u{2010}" | "\u{2011}") {
            token.fold = Cow::Borrowed("-");
        }
    }
    let mut figures = figures(body, &tokens).into_iter().peekable();
    let negated = words.negators.all(&tokens);
    let mut negated = negated.iter().peekable();
    let mut out: Vec<Item<'b>> = Vec::with_capacity(tokens.len());
    // All capitals say nothing about names.
    let capitals = tokens.iter().filter(|t| t.kind == TokenKind::Word && t.capital).count();
    let letters = tokens.iter().filter(|t| t.kind == TokenKind::Word).count();
    let shouted = capitals * 2 > letters && letters > 4;
    let mut opens = true;
    let mut until = 0;
    for at in 0..tokens.len() {
        let token = &tokens[at];
        if token.range.start < until {
            continue;
        }
        let starts = std::mem::replace(&mut opens, false);
        match token.kind {
            TokenKind::Number => {
                while figures.peek().is_some_and(|f| f.range.start < token.range.start) {
                    figures.next();
                }
                if let Some(figure) = figures.next_if(|f| f.range.start == token.range.start) {
                    let next =
                        at + tokens[at..].partition_point(|t| t.range.start < figure.range.end);
                    let mut range = figure.range;
                    let mut value = figure.value;
                    if let Some((scaled, taken)) = words.numerals.scaled(&value, &tokens, next) {
                        value = scaled;
                        range.end = tokens.get(next + taken - 1).map_or(range.end, |t| t.range.end);
                    }
                    until = range.end;
                    out.push(Item { key: value.into(), range, kind: ItemKind::Figure });
                }
            }
            TokenKind::Word => {
                while negated.peek().is_some_and(|(first, found)| first + found.tokens <= at) {
                    negated.next();
                }
                let is_negator = negated.peek().is_some_and(|(first, _)| *first <= at);
                let mut range = token.range;
                let kind = if is_negator {
                    ItemKind::Negator
                } else if let Some((value, taken)) = words.numerals.spelled(&tokens, at) {
                    range.end = tokens.get(at + taken - 1).map_or(range.end, |t| t.range.end);
                    until = range.end;
                    out.push(Item { key: value.to_string().into(), range, kind: ItemKind::Figure });
                    continue;
                } else if token.capital && shouted {
                    ItemKind::Shouted
                } else if token.capital && !starts {
                    ItemKind::Name
                } else {
                    ItemKind::Word
                };
                let key = match words.day(&token.fold) {
                    Some(month) if month.starts_with(MONTH) => {
                        let kind = ItemKind::Figure;
                        out.push(Item { key: month.clone().into(), range, kind });
                        continue;
                    }
                    Some(weekday) => weekday.clone().into(),
                    None => std::mem::take(&mut tokens[at].fold),
                };
                out.push(Item { key, range, kind });
            }
            TokenKind::Mark => {
                opens = matches!(
                    token.fold.as_ref(),
                    "." | "!" | "?" | "…" | ":" | "«" | "“" | "\"" | "„"
                );
            }
        }
    }
    out
}

/// Longest sentence, in words, that is compared word by word.
const MOST_WORDS: usize = 400;

/// Where two wordings of one passage stand for the same and where they do not, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared {
    /// Figures, dates and negations that stand in each other's place and are the same.
    pub(crate) agreements: Vec<Agreement>,
    /// What stands against something else. A figure left out is an omission; only a figure in the
    /// place of another is a conflict.
    pub(crate) conflicts: Vec<Conflict>,
}

/// Compares two wordings of one passage.
pub(crate) fn compared(a: &[Item<'_>], b: &[Item<'_>]) -> Compared {
    let mut out = Compared::default();
    let apart = substitutions(a, b);
    let is_misread = is_misread(a, b, &apart);
    let (mut at_a, mut at_b) = (0, 0);
    for (from, to) in apart {
        agreements(a, b, (at_a..from.start, at_b), &mut out.agreements);
        (at_a, at_b) = (from.end, to.end);
        figures_apart(a, b, &from, &to, &mut out);
        let (near_a, near_b) = (around(&from, a), around(&to, b));
        let (left, right) = (&a[from], &b[to]);
        let negators = |items: &[Item<'_>]| -> Vec<TextRange> {
            items.iter().filter(|i| i.kind == ItemKind::Negator).map(|i| i.range).collect()
        };
        let (no_a, no_b) = (negators(left), negators(right));
        // A clause may be negated twice ("ne … pas"): what counts is whether it is negated at all.
        let is_negated = |items: &[Item<'_>]| items.iter().any(|i| i.kind == ItemKind::Negator);
        if no_a.is_empty() != no_b.is_empty() && is_negated(near_a) != is_negated(near_b) {
            let cover = |ranges: Vec<TextRange>| ranges.into_iter().reduce(TextRange::cover);
            let kind = "negation".to_owned();
            out.conflicts.push(Conflict { kind, a: cover(no_a), b: cover(no_b) });
        }
        if let Some((one, other)) = names_apart(left, right, is_misread) {
            let kind = "name".to_owned();
            out.conflicts.push(Conflict { kind, a: Some(one), b: Some(other) });
        }
    }
    agreements(a, b, (at_a..a.len(), at_b), &mut out.agreements);
    out
}

/// Exchanges the sides of what two passages agree and differ in.
pub(crate) fn mirror(agreements: &mut [Agreement], conflicts: &mut [Conflict]) {
    agreements.iter_mut().for_each(|both| std::mem::swap(&mut both.a, &mut both.b));
    conflicts.iter_mut().for_each(|both| std::mem::swap(&mut both.a, &mut both.b));
}

/// What a passage and the same words elsewhere, so many bytes further on, agree in.
pub(crate) fn agreeing(a: &[Item<'_>], from: usize, to: usize) -> Vec<Agreement> {
    let mut out = Vec::new();
    agreements(a, a, (0..a.len(), 0), &mut out);
    for agreement in &mut out {
        let range = agreement.a;
        agreement.b = TextRange::new(range.start - from + to, range.end - from + to);
    }
    out
}

/// Whether an item says on which day: a month, a day of the week, the number beside a month.
fn is_date(items: &[Item<'_>], at: usize) -> bool {
    let is_month = |at: Option<usize>| {
        at.and_then(|at| items.get(at)).is_some_and(|item| item.key.starts_with(MONTH))
    };
    let Some(item) = items.get(at) else { return false };
    item.key.starts_with(MONTH)
        || item.key.starts_with(WEEKDAY)
        || (item.kind == ItemKind::Figure
            && (is_month(at.checked_sub(1)) || is_month(Some(at + 1))))
}

/// Agreements among words that are the same on both sides: those at `span` of `a` and as many of `b`
/// from `at` on.
fn agreements(a: &[Item<'_>], b: &[Item<'_>], (span, at): (Span, usize), out: &mut Vec<Agreement>) {
    for (n, m) in span.zip(at..) {
        let (Some(one), Some(other)) = (a.get(n), b.get(m)) else { continue };
        let kind = if is_date(a, n) {
            "date"
        } else if one.kind == ItemKind::Figure {
            "number"
        } else if one.kind == ItemKind::Negator {
            "negation"
        } else {
            continue;
        };
        out.push(Agreement { kind: kind.to_owned(), a: one.range, b: other.range });
    }
}

/// Figures and dates of a stretch that is worded otherwise, set against each other in order.
fn figures_apart(a: &[Item<'_>], b: &[Item<'_>], from: &Span, to: &Span, out: &mut Compared) {
    // Months against months, days of the week against days of the week, and so on.
    let class = |items: &[Item<'_>], at: usize| -> Option<(usize, &'static str)> {
        let item = items.get(at)?;
        match (item.key.starts_with(MONTH), item.key.starts_with(WEEKDAY)) {
            (true, _) => Some((0, "date")),
            (_, true) => Some((1, "date")),
            _ if item.kind != ItemKind::Figure => None,
            // The name of the month may be what differs.
            _ => Some((2, "number")),
        }
    };
    for (number, name) in [(2, "number"), (0, "date"), (1, "date")] {
        let of = |items: &[Item<'_>], span: &Span| -> Vec<usize> {
            span.clone().filter(|&at| class(items, at) == Some((number, name))).collect()
        };
        let (left, right) = (of(a, from), of(b, to));
        let only = |these: &[usize], items: &[Item<'_>], those: &[usize], others: &[Item<'_>]| {
            let is_there = |at: usize| those.iter().any(|&m| items[at].key == others[m].key);
            these.iter().copied().filter(|&at| !is_there(at)).collect::<Vec<usize>>()
        };
        let (only_a, only_b) = (only(&left, a, &right, b), only(&right, b, &left, a));
        let kind = |n: usize, m: usize| {
            if is_date(a, n) || is_date(b, m) { "date" } else { name }.to_owned()
        };
        for &n in left.iter().filter(|n| !only_a.contains(n)) {
            if let Some(&m) = right.iter().find(|&&m| a[n].key == b[m].key) {
                let kind = kind(n, m);
                out.agreements.push(Agreement { kind, a: a[n].range, b: b[m].range });
            }
        }
        // More figures on one side only are an addition, not other figures.
        for (&n, &m) in only_a.iter().zip(&only_b) {
            let kind = kind(n, m);
            out.conflicts.push(Conflict { kind, a: Some(a[n].range), b: Some(b[m].range) });
        }
    }
}

/// The first two names that stand in each other's place and are not one.
fn names_apart(
    left: &[Item<'_>],
    right: &[Item<'_>],
    is_misread: bool,
) -> Option<(TextRange, TextRange)> {
    let is_name = |item: &Item<'_>| item.kind == ItemKind::Name && !item.key.starts_with(WEEKDAY);
    let may_be = |item: &Item<'_>| item.kind == ItemKind::Shouted || is_name(item);
    if left.len() == right.len() {
        return left
            .iter()
            .zip(right)
            .find(|(x, y)| {
                // Where letters are misread, capitals are too.
                let both = is_misread || (may_be(x) && may_be(y));
                (is_name(x) || is_name(y)) && both && !same_name(&x.key, &y.key, is_misread)
            })
            .map(|(x, y)| (x.range, y.range));
    }
    let (names_a, names_b): (Vec<_>, Vec<_>) = (
        left.iter().filter(|item| is_name(item)).collect(),
        right.iter().filter(|item| is_name(item)).collect(),
    );
    let is_shared = names_a.iter().any(|x| names_b.iter().any(|y| same_name(&x.key, &y.key, true)));
    let (one, other) = (names_a.first()?, names_b.first()?);
    (!is_shared).then_some((one.range, other.range))
}

/// Whether one side looks misread by a machine: several words differ from those in their place by a
/// letter or two.
fn is_misread(a: &[Item<'_>], b: &[Item<'_>], apart: &[(Span, Span)]) -> bool {
    let alike = apart
        .iter()
        .filter(|(from, to)| from.len() == to.len())
        .flat_map(|(from, to)| a[from.clone()].iter().zip(&b[to.clone()]))
        .filter(|(x, y)| {
            let is_word = |item: &Item<'_>| matches!(item.kind, ItemKind::Word | ItemKind::Shouted);
            is_word(x) && is_word(y) && x.key.chars().count() > 3 && {
                let letters = |key: &str| key.chars().collect::<Vec<char>>();
                let (x, y) = (letters(&x.key), letters(&y.key));
                distance(&x, &y) * 3 <= x.len().max(y.len())
            }
        });
    alike.count() >= MISREAD
}

/// Words with a wrong letter from which a passage counts as misread.
const MISREAD: usize = 3;

/// The items at `span` with a few on each side.
fn around<'i, 'd>(span: &Span, items: &'i [Item<'d>]) -> &'i [Item<'d>] {
    const NEAR: usize = 4;
    &items[span.start.saturating_sub(NEAR)..(span.end + NEAR).min(items.len())]
}

/// Whether two spellings may be one name: all but an ending agrees, or all but a letter in four
/// (where letters are misread, but two in five).
fn same_name(a: &str, b: &str, is_misread: bool) -> bool {
    let (x, y) = (skeleton(a).into_bytes(), skeleton(b).into_bytes());
    let (shorter, longer) = (x.len().min(y.len()), x.len().max(y.len()));
    let head = x.iter().zip(&y).take_while(|(p, q)| p == q).count();
    // Cases change or add an ending: nothing but vowels goes away.
    let is_ending = |rest: &[u8]| rest.iter().all(|letter| b"aeiou".contains(letter));
    let kept = if x.len() == shorter { &x[head..] } else { &y[head..] };
    if head >= 3 && kept.len() <= 2 && is_ending(kept) && longer - head <= ENDING {
        return true;
    }
    let wrong = distance(&x, &y);
    if is_misread { wrong * 5 <= longer * 2 } else { wrong * 4 <= longer }
}

/// Longest ending of a name, in letters of its skeleton.
const ENDING: usize = 5;

/// Letters to change, drop or add to make one word the other (Levenshtein 1966). Words beyond 64
/// letters count as wholly different.
fn distance<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    const LONGEST: usize = 64;
    if a.len() > LONGEST || b.len() > LONGEST {
        return a.len().max(b.len());
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

type Span = std::ops::Range<usize>;

/// Stretches of both sides between words that agree (longest common subsequence), in order.
pub(crate) fn substitutions(a: &[Item<'_>], b: &[Item<'_>]) -> Vec<(Span, Span)> {
    let same = |x: &Item<'_>, y: &Item<'_>| x.key == y.key;
    let head = a.iter().zip(b).take_while(|(x, y)| same(x, y)).count();
    let tail =
        a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| same(x, y)).count();
    let (inner_a, inner_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    if inner_a.is_empty() && inner_b.is_empty() {
        return Vec::new();
    }
    if inner_a.is_empty()
        || inner_b.is_empty()
        || inner_a.len() > MOST_WORDS
        || inner_b.len() > MOST_WORDS
    {
        return vec![(head..a.len() - tail, head..b.len() - tail)];
    }
    let width = inner_b.len() + 1;
    let mut longest = vec![0_u16; (inner_a.len() + 1) * width];
    for (i, x) in inner_a.iter().enumerate().rev() {
        for (j, y) in inner_b.iter().enumerate().rev() {
            longest[i * width + j] = if same(x, y) {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    let (mut from_i, mut from_j) = (0, 0);
    while i < inner_a.len() && j < inner_b.len() {
        if same(&inner_a[i], &inner_b[j]) {
            if i > from_i || j > from_j {
                out.push((head + from_i..head + i, head + from_j..head + j));
            }
            i += 1;
            j += 1;
            (from_i, from_j) = (i, j);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    if from_i < inner_a.len() || from_j < inner_b.len() {
        out.push((head + from_i..head + inner_a.len(), head + from_j..head + inner_b.len()));
    }
    out
}
