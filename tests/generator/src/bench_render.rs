//! Sentences as meanings: what is said, apart from the language it is said in.

use std::ops::Range;

use crate::bench_words::{
    BODY, DENIED, DID, EVENT, FORMULA, Four, MONTH, RETOLD, TOLD, TOLL, WEEKDAY, WHAT, WHEN, WHERE,
    WHO, WHY,
};
use crate::grammar::{CYRILLIC, LATIN};
use crate::{Language, Random};

/// A name or rare word as syllables, so that every script can spell it.
pub(crate) type Name = Vec<usize>;

/// Which sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Told(usize),
    Toll(usize),
    /// Number of the statement, and whether it is denied.
    Denied(usize, bool),
    Retold(usize),
    Formula(usize),
}

/// A sentence without its language.
#[derive(Debug, Clone)]
pub(crate) struct Meaning {
    pub(crate) form: Form,
    pub(crate) words: [usize; 8],
    pub(crate) person: [Name; 2],
    pub(crate) place: Name,
    pub(crate) other_place: Name,
    pub(crate) rare: Name,
    pub(crate) number: usize,
    pub(crate) other_number: usize,
    pub(crate) day: (usize, usize),
    pub(crate) weekday: usize,
}

/// A sentence in a language, and where its changeable parts stand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// Name of the part, as in the template, and its bytes.
    pub(crate) parts: Vec<(&'static str, Range<usize>)>,
}

/// Names an article keeps to.
pub(crate) struct Cast {
    people: Vec<[Name; 2]>,
    places: Vec<Name>,
}

impl Cast {
    pub(crate) fn new(random: &mut Random) -> Self {
        let people = (0..3).map(|_| [name(random, 2), name(random, 3)]).collect();
        let places = (0..4)
            .map(|_| [name(random, 1), name(random, 2)].concat())
            .map(|n| n[1..].to_vec())
            .collect();
        Self { people, places }
    }
}

pub(crate) fn name(random: &mut Random, longest: usize) -> Name {
    (0..2 + random.below(longest)).map(|_| random.below(LATIN.len())).collect()
}

/// A sentence of this form about some of the cast.
pub(crate) fn meaning(random: &mut Random, form: Form, cast: &Cast) -> Meaning {
    let place = random.below(cast.places.len());
    let other = (place + 1 + random.below(cast.places.len() - 1)) % cast.places.len();
    let lists = [WHO, DID, WHAT, WHERE, WHEN, WHY, BODY, EVENT];
    Meaning {
        form,
        words: lists.map(|list| random.below(list.len())),
        person: cast.people[random.below(cast.people.len())].clone(),
        place: cast.places[place].clone(),
        other_place: cast.places[other].clone(),
        rare: name(random, 3),
        number: if random.in_hundred(15) {
            1_000 + random.below(8_000)
        } else {
            11 + random.below(890)
        },
        other_number: 3 + random.below(90),
        day: (1 + random.below(28), random.below(12)),
        weekday: random.below(7),
    }
}

/// The sentence in a language.
pub(crate) fn render(meaning: &Meaning, language: Language) -> Rendered {
    let column = column(language);
    let template = match meaning.form {
        Form::Told(n) => TOLD[n % TOLD.len()][column],
        Form::Toll(n) => TOLL[n % TOLL.len()][column],
        Form::Denied(n, false) => DENIED[n % DENIED.len()].0[column],
        Form::Denied(n, true) => DENIED[n % DENIED.len()].1[column],
        Form::Retold(n) => RETOLD[n % RETOLD.len()][column],
        Form::Formula(n) => FORMULA[n % FORMULA.len()][column],
    };
    let word = |list: &[Four], at: usize| list[meaning.words[at] % list.len()][column].to_owned();
    let mut out = Rendered::default();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((part, after)) = after.split_once('}') else { break };
        out.text.push_str(before);
        let filled = match part {
            "who" => word(WHO, 0),
            "did" => word(DID, 1),
            "what" => word(WHAT, 2),
            "where" => word(WHERE, 3),
            "when" => word(WHEN, 4),
            "why" => word(WHY, 5),
            "body" => word(BODY, 6),
            "event" => word(EVENT, 7),
            "p" => format!(
                "{} {}",
                capital(&spelled(&meaning.person[0], language)),
                capital(&spelled(&meaning.person[1], language))
            ),
            "q" => capital(&spelled(&meaning.place, language)),
            "r" => capital(&spelled(&meaning.other_place, language)),
            "x" => spelled(&meaning.rare, language),
            "n" => figure(meaning.number, language),
            "m" => figure(meaning.other_number, language),
            "d" => day(meaning.day, language),
            "w" => WEEKDAY[meaning.weekday % 7][column].to_owned(),
            _ => String::new(),
        };
        let start = out.text.len();
        out.text.push_str(&filled);
        if let Some(&known) = PARTS.iter().find(|known| **known == part) {
            out.parts.push((known, start..out.text.len()));
        }
        rest = after;
    }
    out.text.push_str(rest);
    if let Form::Denied(n, true) = meaning.form
        && let Some(at) = place_of_word(&out.text, DENIED[n % DENIED.len()].2[column])
    {
        out.parts.push(("not", at));
    }
    let capitalised = capital(&out.text);
    // Capitals take as many bytes as small letters in the alphabets used here.
    if capitalised.len() == out.text.len() {
        out.text = capitalised;
    }
    out
}

/// Parts whose places are kept.
const PARTS: [&str; 6] = ["q", "r", "n", "m", "d", "w"];

fn place_of_word(text: &str, word: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for piece in text.split_inclusive(' ') {
        let bare = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        if bare == word {
            return Some(at..at + bare.len());
        }
        at += piece.len();
    }
    None
}

/// Column of the word lists.
pub(crate) fn column(language: Language) -> usize {
    match language {
        Language::English => 0,
        Language::French => 1,
        Language::Russian => 2,
        Language::Kazakh => 3,
    }
}

pub(crate) fn day((day, month): (usize, usize), language: Language) -> String {
    format!("{day} {}", MONTH[month % 12][column(language)])
}

fn figure(number: usize, language: Language) -> String {
    if number < 1_000 {
        return number.to_string();
    }
    let separator = if language == Language::English { "," } else { "\u{a0}" };
    format!("{}{separator}{:03}", number / 1_000, number % 1_000)
}

pub(crate) fn spelled(name: &Name, language: Language) -> String {
    let syllables = match language {
        Language::English | Language::French => &LATIN,
        Language::Russian | Language::Kazakh => &CYRILLIC,
    };
    name.iter().map(|&at| syllables[at % syllables.len()]).collect()
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
