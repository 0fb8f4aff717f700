//! The bench corpus: articles in four languages of which it is known who took what from whom, and
//! which pairs only look as if they had.
//!
//! Every article is a function of the seed and its number alone, so that a corpus of any size can be
//! made piece by piece and never needs to be held.

use std::ops::Range;

use crate::bench_render::{Cast, Form, Meaning, Rendered, capital, day, meaning, name, render};
use crate::bench_words::{DENIED, FORMULA, RETOLD, TOLD, TOLL};
use crate::edits::sentences;
use crate::score::Sides;
use crate::{Edit, Language, Random, edit};

/// What to make. Shares are in hundredths of all articles; the rest stands for itself.
#[derive(Debug, Clone)]
pub struct BenchPlan {
    /// Same seed, same corpus.
    pub seed: u64,
    /// How many articles.
    pub articles: usize,
    /// About how many bytes each.
    pub bytes: usize,
    /// Languages, in turn.
    pub languages: Vec<Language>,
    /// Articles that take an earlier one's words.
    pub reuse: usize,
    /// Articles that hold an earlier one's statement with another figure, day, place, or denied.
    pub traps: usize,
    /// Articles that tell an earlier one in another language.
    pub translations: usize,
    /// Articles that tell the event of an earlier one in their own words, in any language.
    pub retellings: usize,
}

impl Default for BenchPlan {
    fn default() -> Self {
        use Language::{English, French, Kazakh, Russian};
        Self {
            seed: 1,
            articles: 4_000,
            bytes: 1_500,
            languages: vec![English, French, Russian, Kazakh],
            reuse: 25,
            traps: 10,
            translations: 5,
            retellings: 5,
        }
    }
}

/// One article of the bench corpus.
#[derive(Debug, Clone)]
pub struct BenchArticle {
    /// File name.
    pub name: String,
    /// Its language.
    pub language: Language,
    /// Title, day, and paragraphs, blank lines between.
    pub text: String,
    /// What it has from elsewhere.
    pub planted: Vec<Planted>,
}

/// What an article has in common with an earlier one. Ranges are bytes of the two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planted {
    /// Words of `of`, changed as `kind` says.
    Reuse {
        /// Number of the article that was taken from.
        of: usize,
        /// How the words were changed.
        kind: Edit,
        /// The words as they stand here.
        here: Range<usize>,
        /// The words as they stand there.
        there: Range<usize>,
    },
    /// A sentence of `of` that says something else here: never a copy.
    Trap {
        /// Number of the article with the first statement.
        of: usize,
        /// What differs.
        kind: Trap,
        /// The sentence here.
        here: Range<usize>,
        /// The sentence there.
        there: Range<usize>,
        /// Where they differ; a denial stands on one side only.
        differs: Vec<Sides>,
    },
    /// The account of `of` in another language, sentence by sentence.
    Translation {
        /// Number of the article it was made from.
        of: usize,
        /// Sentences here and there.
        pairs: Vec<(Range<usize>, Range<usize>)>,
    },
    /// The event of `of` in words of its own: neither copy nor translation.
    Retelling {
        /// Number of the article about the same event.
        of: usize,
    },
    /// A statement that many articles quote.
    Quotation {
        /// Number of the statement.
        statement: usize,
        /// Where it stands.
        here: Range<usize>,
    },
    /// A line that stands under many articles.
    Formula {
        /// Number of the line.
        line: usize,
        /// Where it stands.
        here: Range<usize>,
    },
}

/// How a statement of the next day differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trap {
    /// Another figure.
    Number,
    /// Other figures in two places.
    Numbers,
    /// Another day.
    Date,
    /// Another place.
    Place,
    /// The contrary.
    Negation,
}

impl Trap {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Number, Self::Numbers, Self::Date, Self::Place, Self::Negation];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Numbers => "numbers",
            Self::Date => "date",
            Self::Place => "place",
            Self::Negation => "negation",
        }
    }
}

/// Article `number` of a bench corpus.
pub fn bench_article(plan: &BenchPlan, number: usize) -> BenchArticle {
    match role(plan, number) {
        Role::Base => base(plan, number).set(number),
        Role::Reuse(of) => reuse(plan, number, of),
        Role::Trap(of) => trap(plan, number, of),
        Role::Translation(of) => translation(plan, number, of),
        Role::Retelling(of) => retelling(plan, number, of),
    }
}

/// What an article is. Only articles that stand for themselves are taken from.
#[derive(Debug, Clone, Copy)]
enum Role {
    Base,
    Reuse(usize),
    Trap(usize),
    Translation(usize),
    Retelling(usize),
}

fn role(plan: &BenchPlan, number: usize) -> Role {
    let kind = drawn(plan, number);
    if kind == 0 {
        return Role::Base;
    }
    let mut random = source(plan, number, 2);
    let back = 1 + random.below(80);
    let of = (0..number.saturating_sub(back)).rev().take(200).find(|&n| drawn(plan, n) == 0);
    match (kind, of) {
        (1, Some(of)) => Role::Reuse(of),
        (2, Some(of)) => Role::Trap(of),
        (3, Some(of)) if plan.languages.len() > 1 => Role::Translation(of),
        (4, Some(of)) => Role::Retelling(of),
        _ => Role::Base,
    }
}

/// 0 stands for itself, 1 reuse, 2 trap, 3 translation, 4 retelling.
fn drawn(plan: &BenchPlan, number: usize) -> usize {
    // The first ones have nothing to take from.
    if number < 4 {
        return 0;
    }
    let drawn = source(plan, number, 1).below(100);
    let mut to = 0;
    for (at, share) in
        [plan.reuse, plan.traps, plan.translations, plan.retellings].iter().enumerate()
    {
        to += share;
        if drawn < to {
            return at + 1;
        }
    }
    0
}

fn source(plan: &BenchPlan, number: usize, purpose: u64) -> Random {
    let mut first = Random::new(plan.seed ^ (purpose << 48));
    let low = first.below(1 << 40) as u64;
    Random::new(low ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn language_of(plan: &BenchPlan, number: usize) -> Language {
    plan.languages.get(number % plan.languages.len().max(1)).copied().unwrap_or(Language::English)
}

/// An article as meanings: title and paragraphs.
struct Draft {
    language: Language,
    day: (usize, usize),
    title: Meaning,
    paragraphs: Vec<Vec<Meaning>>,
    /// A quoted statement after a paragraph, and a closing line.
    quotation: Option<(usize, Meaning)>,
    formula: Option<usize>,
}

/// A text and where its sentences stand.
struct Laid {
    text: String,
    /// Where the paragraphs begin.
    body: usize,
    end: usize,
    /// Paragraph by paragraph: sentence and its range.
    sentences: Vec<Vec<(Range<usize>, Rendered)>>,
    planted: Vec<Planted>,
}

fn base(plan: &BenchPlan, number: usize) -> Draft {
    let mut random = source(plan, number, 3);
    let language = language_of(plan, number);
    let cast = Cast::new(&mut random);
    let told = |random: &mut Random| {
        let form = Form::Told(random.below(TOLD.len()));
        meaning(random, form, &cast)
    };
    let title = told(&mut random);
    let mut paragraphs: Vec<Vec<Meaning>> = Vec::new();
    // Letters of the two Cyrillic languages take two bytes.
    let letter = if matches!(language, Language::Russian | Language::Kazakh) { 2 } else { 1 };
    // The title and the two statements that follow.
    let mut length = 330 * letter;
    while length < plan.bytes || paragraphs.len() < 3 {
        let count = 1 + random.below(3);
        paragraphs.push((0..count).map(|_| told(&mut random)).collect());
        length += count * 120 * letter;
    }
    // The statement of the day stands in the second paragraph, one that may be denied in the third.
    let form = Form::Toll(random.below(TOLL.len()));
    let toll = meaning(&mut random, form, &cast);
    paragraphs[1].insert(0, toll);
    let form = Form::Denied(random.below(DENIED.len()), random.in_hundred(30));
    let denied = meaning(&mut random, form, &cast);
    paragraphs[2].insert(0, denied);
    let quotation = random.in_hundred(4).then(|| {
        let statement = number / 400 * plan.languages.len() + number % plan.languages.len().max(1);
        (statement, statement_of(plan, statement))
    });
    let formula = random.in_hundred(15).then(|| random.below(FORMULA.len()));
    let day = (1 + random.below(25), random.below(12));
    Draft { language, day, title, paragraphs, quotation, formula }
}

fn statement_of(plan: &BenchPlan, statement: usize) -> Meaning {
    let mut random = source(plan, statement, 4);
    let cast = Cast::new(&mut random);
    let form = Form::Told(random.below(TOLD.len()));
    meaning(&mut random, form, &cast)
}

impl Draft {
    fn set(&self, number: usize) -> BenchArticle {
        let laid = self.lay(self.language);
        article(number, self.language, laid.text, laid.planted)
    }

    /// The text in a language.
    fn lay(&self, language: Language) -> Laid {
        let title = render(&self.title, language).text;
        let mut text =
            format!("{}\n\n{} 2031\n\n", title.trim_end_matches('.'), day(self.day, language));
        let body = text.len();
        let mut sentences = Vec::new();
        for paragraph in &self.paragraphs {
            let mut placed = Vec::new();
            for meaning in paragraph {
                if !placed.is_empty() {
                    text.push(' ');
                }
                let rendered = render(meaning, language);
                let start = text.len();
                text.push_str(&rendered.text);
                placed.push((start..text.len(), rendered));
            }
            text.push_str("\n\n");
            sentences.push(placed);
        }
        let end = text.trim_end().len();
        let mut planted = Vec::new();
        if let Some((statement, meaning)) = &self.quotation {
            let words = render(meaning, language).text;
            let (open, close) =
                if language == Language::English { ("“", "”") } else { ("«", "»") };
            let start = text.len() + open.len();
            text.push_str(&format!("{open}{words}{close}\n\n"));
            planted.push(Planted::Quotation {
                statement: *statement,
                here: start..start + words.len(),
            });
        }
        if let Some(line) = self.formula {
            let mut meaning = self.title.clone();
            meaning.form = Form::Formula(line);
            let words = render(&meaning, language).text;
            planted.push(Planted::Formula { line, here: text.len()..text.len() + words.len() });
            text.push_str(&words);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        Laid { text, body, end, sentences, planted }
    }
}

fn article(number: usize, language: Language, text: String, planted: Vec<Planted>) -> BenchArticle {
    BenchArticle { name: format!("{number:07}-{}.txt", language.code()), language, text, planted }
}

/// The words of an earlier article, changed, in place of the article's own or in the middle of them.
fn reuse(plan: &BenchPlan, number: usize, of: usize) -> BenchArticle {
    let mut random = source(plan, number, 5);
    let taken = base(plan, of);
    let there = taken.lay(taken.language);
    let mut own = base(plan, number);
    own.language = taken.language;
    (own.quotation, own.formula) = (None, None);
    let host = own.lay(taken.language);
    let kind = Edit::ALL[random.below(Edit::ALL.len())];
    let words = there.text.get(there.body..there.end).unwrap_or_default();
    let changed = edit(&mut random, words, kind);
    let (text, here, from) = if kind.is_quotation() {
        let at = host.sentences.first().and_then(|p| p.last()).map_or(host.body, |s| s.0.end);
        let (head, tail) = host.text.split_at(at);
        let start = head.len() + 2;
        let text = format!("{head}\n\n{changed}{tail}");
        let from = origin_of(&changed, &there);
        (text, start..start + changed.len(), from)
    } else {
        let head = host.text.get(..host.body).unwrap_or_default();
        let text = format!("{head}{changed}\n");
        (text, head.len()..head.len() + changed.len(), there.body..there.end)
    };
    article(number, taken.language, text, vec![Planted::Reuse { of, kind, here, there: from }])
}

/// Where quoted sentences stand in the text they were taken from.
fn origin_of(quoted: &str, there: &Laid) -> Range<usize> {
    sentences(quoted)
        .into_iter()
        .filter_map(|sentence| {
            let start = there.text.get(there.body..)?.find(sentence)? + there.body;
            Some(start..start + sentence.len())
        })
        .reduce(|all, next| all.start.min(next.start)..all.end.max(next.end))
        .unwrap_or(there.body..there.end)
}

/// The next day's statement: alone, in another article, or in the same article brought up to date.
fn trap(plan: &BenchPlan, number: usize, of: usize) -> BenchArticle {
    let mut random = source(plan, number, 6);
    let first = base(plan, of);
    let there = first.lay(first.language);
    let kind = Trap::ALL[random.below(Trap::ALL.len())];
    let paragraph = if kind == Trap::Negation { 2 } else { 1 };
    let mut said = first.paragraphs[paragraph][0].clone();
    let parts = differ(&mut random, &mut said, kind);
    let form = random.below(3);
    let mut draft = match form {
        0 => base(plan, of),
        _ => base(plan, number),
    };
    draft.language = first.language;
    draft.title = base(plan, number).title;
    draft.day = (first.day.0 + 1 + random.below(2), first.day.1);
    (draft.quotation, draft.formula) = (None, None);
    let place = match form {
        // The same article with the new statement.
        0 => {
            draft.paragraphs[paragraph][0] = said;
            (paragraph, 0)
        }
        // A bulletin of the statement alone.
        1 => {
            draft.paragraphs = vec![vec![said]];
            (0, 0)
        }
        // Another article that holds it.
        _ => {
            draft.paragraphs[0].push(said);
            (0, draft.paragraphs[0].len() - 1)
        }
    };
    let here = draft.lay(first.language);
    let (at_here, now) = &here.sentences[place.0][place.1];
    let (at_there, then) = &there.sentences[paragraph][0];
    let part = |rendered: &Rendered, at: &Range<usize>, name: &str| {
        let (_, range) = rendered.parts.iter().find(|(part, _)| *part == name)?;
        Some(at.start + range.start..at.start + range.end)
    };
    let differs = parts
        .iter()
        .map(|name| (part(now, at_here, name), part(then, at_there, name)))
        .filter(|(a, b)| a.is_some() || b.is_some())
        .collect();
    let (at_here, at_there) = (at_here.clone(), at_there.clone());
    let mut planted =
        vec![Planted::Trap { of, kind, here: at_here.clone(), there: at_there.clone(), differs }];
    if form == 0 {
        // Before and after the statement the two are one text.
        for (here, there) in [
            (here.body..at_here.start, there.body..at_there.start),
            (at_here.end..here.end, at_there.end..there.end),
        ] {
            planted.push(Planted::Reuse { of, kind: Edit::Verbatim, here, there });
        }
    }
    article(number, first.language, here.text, planted)
}

/// Changes what a statement says; gives the names of the parts that differ.
fn differ(random: &mut Random, said: &mut Meaning, kind: Trap) -> Vec<&'static str> {
    let other = |random: &mut Random, number: usize| number + 1 + random.below(1 + number / 2);
    match kind {
        Trap::Number => {
            said.number = other(random, said.number);
            vec!["n"]
        }
        Trap::Numbers => {
            said.number = other(random, said.number);
            said.other_number = other(random, said.other_number);
            vec!["n", "m"]
        }
        Trap::Date => {
            said.weekday = (said.weekday + 1 + random.below(6)) % 7;
            if random.in_hundred(50) {
                said.day.0 = said.day.0 % 28 + 1;
            } else {
                said.day.1 = (said.day.1 + 1) % 12;
            }
            vec!["d", "w"]
        }
        Trap::Place => {
            let mut other = name(random, 3);
            // Names of one beginning may be one name in two spellings.
            while other.first() == said.place.first() {
                other = name(random, 3);
            }
            said.place = other;
            vec!["q"]
        }
        Trap::Negation => {
            if let Form::Denied(n, denied) = said.form {
                said.form = Form::Denied(n, !denied);
            }
            vec!["not"]
        }
    }
}

/// The article in another language, with its own title; some leave a sentence out.
fn translation(plan: &BenchPlan, number: usize, of: usize) -> BenchArticle {
    let mut random = source(plan, number, 7);
    let mut draft = base(plan, of);
    (draft.quotation, draft.formula) = (None, None);
    let there = base(plan, of).lay(draft.language);
    let others: Vec<Language> =
        plan.languages.iter().copied().filter(|&other| other != draft.language).collect();
    let language = others[random.below(others.len())];
    let mut kept: Vec<(usize, usize)> = Vec::new();
    for (p, paragraph) in draft.paragraphs.iter().enumerate() {
        kept.extend((0..paragraph.len()).map(|s| (p, s)));
    }
    if random.in_hundred(40) && kept.len() > 4 {
        let left_out = kept.remove(random.below(kept.len()));
        draft.paragraphs[left_out.0].remove(left_out.1);
        if draft.paragraphs[left_out.0].is_empty() {
            draft.paragraphs.remove(left_out.0);
        }
    }
    draft.day.0 += random.below(3);
    let here = draft.lay(language);
    let flat: Vec<Range<usize>> = here.sentences.iter().flatten().map(|s| s.0.clone()).collect();
    let pairs = flat
        .into_iter()
        .zip(&kept)
        .map(|(here, &(p, s))| (here, there.sentences[p][s].0.clone()))
        .collect();
    article(number, language, here.text, vec![Planted::Translation { of, pairs }])
}

/// The same event: its statement and places in other words and another order, between sentences of
/// the article's own.
fn retelling(plan: &BenchPlan, number: usize, of: usize) -> BenchArticle {
    let first = base(plan, of);
    let mut draft = base(plan, number);
    (draft.quotation, draft.formula) = (None, None);
    let toll = &first.paragraphs[1][0];
    for (n, paragraph) in draft.paragraphs.iter_mut().enumerate() {
        for meaning in paragraph.iter_mut().step_by(2) {
            // The same places, other happenings.
            meaning.place.clone_from(&toll.place);
            meaning.other_place.clone_from(&toll.other_place);
        }
        if n == 1 {
            paragraph[0] = toll.clone();
            paragraph[0].form = Form::Retold(number % RETOLD.len());
            // Two tellings by others do not agree in everything.
            paragraph[0].other_number = 3 + number % 97;
        }
        if n == 2 {
            paragraph.remove(0);
        }
    }
    draft.paragraphs.retain(|paragraph| !paragraph.is_empty());
    let laid = draft.lay(draft.language);
    article(number, draft.language, laid.text, vec![Planted::Retelling { of }])
}

/// A name for a person in a language; used where a corpus needs one of its own.
pub fn person(random: &mut Random, language: Language) -> String {
    let (first, last) = (name(random, 2), name(random, 3));
    format!(
        "{} {}",
        capital(&crate::bench_render::spelled(&first, language)),
        capital(&crate::bench_render::spelled(&last, language))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_planted_range_holds_what_it_says() {
        let plan = BenchPlan { articles: 1_500, ..BenchPlan::default() };
        let all: Vec<BenchArticle> = (0..plan.articles).map(|n| bench_article(&plan, n)).collect();
        let mut counts = [0; 6];
        for article in &all {
            for planted in &article.planted {
                match planted {
                    Planted::Reuse { of, kind, here, there } => {
                        counts[0] += 1;
                        let (here, there) =
                            (&article.text[here.clone()], &all[*of].text[there.clone()]);
                        if *kind == Edit::Verbatim {
                            assert_eq!(here, there);
                        }
                        assert_eq!(article.language, all[*of].language);
                    }
                    Planted::Trap { of, here, there, differs, .. } => {
                        counts[1] += 1;
                        let (now, then) =
                            (&article.text[here.clone()], &all[*of].text[there.clone()]);
                        assert_ne!(now, then);
                        assert!(!differs.is_empty(), "{now} {then}");
                        for (on_here, on_there) in differs {
                            let now = on_here.clone().map(|r| &article.text[r]);
                            let then = on_there.clone().map(|r| &all[*of].text[r]);
                            assert_ne!(now, then);
                        }
                    }
                    Planted::Translation { of, pairs } => {
                        counts[2] += 1;
                        assert_ne!(article.language, all[*of].language);
                        for (here, there) in pairs {
                            assert!(article.text[here.clone()].ends_with('.'));
                            assert!(all[*of].text[there.clone()].ends_with('.'));
                        }
                    }
                    Planted::Retelling { .. } => counts[3] += 1,
                    Planted::Quotation { here, .. } => {
                        counts[4] += 1;
                        assert!(article.text[here.clone()].ends_with('.'));
                    }
                    Planted::Formula { here, .. } => {
                        counts[5] += 1;
                        assert!(article.text[here.clone()].ends_with('.'));
                    }
                }
            }
        }
        assert!(counts.iter().all(|&count| count > 20), "{counts:?}");
        let bytes: usize = all.iter().map(|a| a.text.len()).sum();
        assert!((900..2_200).contains(&(bytes / all.len())), "{}", bytes / all.len());
    }
}
