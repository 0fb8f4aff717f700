//! Compares two wordings of one sentence: which words agree, and where figures, negations or names
//! do not. What separates a repost from the next day's communiqué.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use kua_lexicon::{Lexicon, Lexicons, Phrases, Token, TokenKind};
use kua_model::{Conflict, Lang, TextRange};

use crate::body::{Body, figures};
use crate::numerals::Numerals;
use crate::skeleton::skeleton;

/// The words of one language that may turn a copy into another statement.
#[derive(Debug, Default)]
pub(crate) struct Wordings {
    negators: Phrases,
    numerals: Numerals,
    /// Names of months and what stands for them in every language.
    months: HashMap<String, String>,
}

impl Wordings {
    fn of(lexicon: &Lexicon) -> Self {
        let mut months = HashMap::new();
        for entry in lexicon.section("calendar.txt", "months") {
            let Some(value) = &entry.value else { continue };
            for word in entry.key.split('|').map(str::trim) {
                if !word.is_empty() && !word.contains(|c: char| !c.is_alphabetic()) {
                    let name = kua_lexicon::fold(word).into_owned();
                    months.entry(name).or_insert_with(|| format!("month {value}"));
                }
            }
        }
        let negators = lexicon.phrases("translation.txt", "negators");
        Self { negators, numerals: Numerals::of(lexicon), months }
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
}

/// Words and figures at `range`, marks left out.
pub(crate) fn items<'d>(body: &Body<'d>, range: TextRange, words: &Wordings) -> Vec<Item<'d>> {
    let mut tokens: Vec<Token<'d>> = body.tokens(range);
    // Compound number words are listed with plain hyphens.
    for token in tokens.iter_mut().filter(|token| token.kind == TokenKind::Mark) {
        if matches!(token.fold.as_ref(), "\u{2010}" | "\u{2011}") {
            token.fold = Cow::Borrowed("-");
        }
    }
    let mut figures = figures(body, &tokens).into_iter().peekable();
    let negated = words.negators.all(&tokens);
    let mut negated = negated.iter().peekable();
    let mut out: Vec<Item<'d>> = Vec::with_capacity(tokens.len());
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
                } else if let Some(month) = words.months.get(token.fold.as_ref()) {
                    out.push(Item { key: month.clone().into(), range, kind: ItemKind::Figure });
                    continue;
                } else if token.capital && !starts && !shouted {
                    ItemKind::Name
                } else {
                    ItemKind::Word
                };
                let key = std::mem::take(&mut tokens[at].fold);
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

/// Where two wordings of one passage disagree, in order. Only what stands against something counts:
/// a figure left out is an omission, a figure in the place of another is a conflict.
pub(crate) fn conflicts(a: &[Item<'_>], b: &[Item<'_>]) -> Vec<Conflict> {
    let mut out = Vec::new();
    for (from, to) in substitutions(a, b) {
        let (near_a, near_b) = (around(&from, a), around(&to, b));
        let (left, right) = (&a[from], &b[to]);
        let figures_a: Vec<&Item<'_>> =
            left.iter().filter(|i| i.kind == ItemKind::Figure).collect();
        let figures_b: Vec<&Item<'_>> =
            right.iter().filter(|i| i.kind == ItemKind::Figure).collect();
        if !figures_a.is_empty() && !figures_b.is_empty() {
            let only = |x: &[&Item<'_>], y: &[&Item<'_>]| {
                x.iter().find(|i| !y.iter().any(|j| i.key == j.key)).map(|i| i.range)
            };
            let (a, b) = (only(&figures_a, &figures_b), only(&figures_b, &figures_a));
            // More figures on one side only is an addition, not another figure.
            if let (Some(a), Some(b)) = (a, b) {
                out.push(Conflict { kind: "number".to_owned(), a: Some(a), b: Some(b) });
            }
        }
        let negators = |items: &[Item<'_>]| -> Vec<TextRange> {
            items.iter().filter(|i| i.kind == ItemKind::Negator).map(|i| i.range).collect()
        };
        let (no_a, no_b) = (negators(left), negators(right));
        // A clause may be negated twice ("ne … pas"): what counts is whether it is negated at all.
        let is_negated = |items: &[Item<'_>]| items.iter().any(|i| i.kind == ItemKind::Negator);
        if no_a.is_empty() != no_b.is_empty() && is_negated(near_a) != is_negated(near_b) {
            let cover = |ranges: Vec<TextRange>| ranges.into_iter().reduce(TextRange::cover);
            out.push(Conflict { kind: "negation".to_owned(), a: cover(no_a), b: cover(no_b) });
        }
        let names_a: Vec<&Item<'_>> = left.iter().filter(|i| i.kind == ItemKind::Name).collect();
        let names_b: Vec<&Item<'_>> = right.iter().filter(|i| i.kind == ItemKind::Name).collect();
        if let (Some(one), Some(other)) = (names_a.first(), names_b.first())
            && !names_a.iter().any(|x| names_b.iter().any(|y| same_name(&x.key, &y.key)))
        {
            let kind = "name".to_owned();
            out.push(Conflict { kind, a: Some(one.range), b: Some(other.range) });
        }
    }
    out
}

/// The items at `span` with a few on each side.
fn around<'i, 'd>(span: &Span, items: &'i [Item<'d>]) -> &'i [Item<'d>] {
    const NEAR: usize = 4;
    &items[span.start.saturating_sub(NEAR)..(span.end + NEAR).min(items.len())]
}

/// Whether two spellings may be one name: their first three skeleton letters agree.
fn same_name(a: &str, b: &str) -> bool {
    let head = |name: &str| skeleton(name).chars().take(3).collect::<String>();
    head(a) == head(b)
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
