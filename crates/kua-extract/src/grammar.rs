//! One language as the cascade sees it: every lexicon entry with its sense. Holds the meaning of
//! files and sections; holds no word of any language.

use std::collections::BTreeMap;

use kua_lexicon::{Entry, Lexicon, LexiconError, Lexicons};
use kua_model::{Counted, DayPart, EventType, Lang, Modality, SourceKind};

use crate::cases::Cases;
use crate::matcher::Matcher;
use crate::pattern::Pattern;
use crate::script::Scripts;

/// Meaning of a lexicon entry, given by its file and section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sense {
    // numbers.txt
    Cardinal(u64),
    Multiplier(u64),
    Joiner,
    Vague(Interval),
    NoneOf,
    One,
    Ordinal,
    Fraction,
    /// A vague word that after a bound is a plain number: "over a hundred", "более сотни".
    Round(u64),
    /// A numeral in a case that no subject stands in: "двоих".
    Oblique,
    Label,
    // bounds.txt
    Before(Bound),
    After(Bound),
    Between(Vec<String>),
    /// Stands behind two numbers that one of these words joins: "20 мен 30 арасында".
    BetweenAfter(Vec<String>),
    Or,
    Instead,
    /// "not" behind the figure that does not hold: "19 емес, 17".
    InsteadAfter,
    /// A small word that may stand between a bound and its number: "не менее чем о 120".
    Inside,
    Change,
    From,
    To,
    /// "then": the figure after it is a later one of the same thing.
    Then,
    /// "against", "down from": the figure after it is what it was.
    Was,
    /// "list", "counts": the figure after it is of the event told last.
    Gives,
    // people.txt
    Group {
        id: String,
        one: bool,
    },
    /// What is counted, and whether it is a measure (years, percent, kilometres, money).
    Unit(Counted, bool),
    Others,
    /// "names": as many as there are of those the text tells of.
    Listed,
    /// "group", "crowd": those who are counted behind it.
    Band,
    Pronoun(bool),
    Vanguard,
    // events.txt
    Trigger {
        events: Vec<EventType>,
        form: Form,
        part: bool,
        /// The word itself says that it did not happen.
        not: bool,
        /// Only with a figure: people gather for many reasons, "3,000 gathered" is a protest.
        counted: bool,
    },
    /// A word of an event that is said of things as well, and the event it tells of vehicles and
    /// buildings, if it tells any.
    OfThings(Option<EventType>),
    // patterns.txt
    Be,
    By,
    Of,
    And,
    EitherOr,
    Contrast,
    Subordinate,
    Link,
    Partitive,
    /// Before a whole whose part follows: "among the 20 dead are four children".
    Among,
    Subset,
    OfThem,
    Spared,
    /// "together with": whom else it happened to.
    With,
    /// "his", "their": whose family is counted.
    Possessive,
    /// "found", "pulled out": bodies that a toll told before holds already.
    Recovered,
    Determiner,
    Auxiliary,
    Relative,
    // dates
    Month(i8),
    Weekday(i8),
    Day(i32),
    DayWord(i8),
    Part(DayPart),
    DateLink,
    YearMark,
    AgoBefore,
    AgoAfter,
    Span(TimeUnit),
    Since,
    Until,
    NightTo,
    SinceAfter,
    UntilAfter,
    NightAfter,
    Past,
    // speech.txt
    Said,
    /// A verb whose object is who was told, never who speaks.
    Addressed,
    /// Nameless people who were there.
    Eyewitness,
    /// Everybody and nobody: what they tell is hearsay.
    Crowd,
    /// A verb that without a subject says what people say.
    PeopleSay,
    /// A verb that says of somebody else that they saw or counted it themselves.
    Witnessed,
    /// "there is talk of": nobody says so, and it is in doubt.
    Rumour,
    /// "we wrote", "this station said": what the text itself told before.
    WeTold,
    /// "correction", "that has to be corrected".
    Corrects,
    /// "our list", "we have documented": who publishes the text counts for themselves.
    Ours,
    /// "its figure", "its count": of the body that is the subject of the clause.
    FigureNoun,
    Reported,
    According,
    Citing,
    /// "according to" and "citing" behind the source they belong to.
    AccordingAfter,
    CitingAfter,
    /// "summary of what … reported" behind the source.
    RelayAfter,
    Relay,
    Back,
    Same,
    Source(SourceKind),
    /// The base form of a word of sources, its gender as adjectives follow it, and whether it is a
    /// person's title.
    Base {
        form: String,
        gender: char,
        person: bool,
    },
    /// A word of the head of a document that tells what publishes it.
    Masthead(SourceKind),
    Title,
    Saw,
    Heard,
    Me,
    Official,
    // timex.txt
    Time(TimeWord),
    // units.txt
    /// The canonical name of a unit of measure or money.
    Measure(String),
    // hedges.txt
    Cue(Cue),
    // places.txt
    Place(String),
    In,
    PlaceNoun,
    NotPlace,
    /// Phrases that take away the sense of entries.
    Unless(Vec<u32>),
}

impl Sense {
    /// Senses of one class are found apart from those of others; within one, the longest wins.
    fn class(&self) -> u8 {
        match self {
            Self::Cardinal(_) | Self::NoneOf | Self::One | Self::Ordinal => 0,
            Self::Multiplier(_) => 7,
            Self::Vague(_) => 8,
            Self::Joiner => 1,
            Self::Fraction => 120,
            Self::Before(_) | Self::Between(_) | Self::BetweenAfter(_) => 2,
            Self::After(_) => 3,
            Self::Group { .. } | Self::Unit(..) | Self::Pronoun(_) => 4,
            Self::Trigger { form, .. } => 10 + *form as u8,
            Self::Cue(cue) => 40 + *cue as u8,
            Self::Time(word) => word.class(),
            Self::Measure(_) => 160,
            Self::Place(_) | Self::NotPlace => 5,
            Self::Source(_) => 6,
            Self::Or => 70,
            Self::Instead => 121,
            Self::Masthead(_) => 122,
            Self::Change => 71,
            Self::From => 72,
            Self::To => 73,
            Self::Others => 74,
            Self::Vanguard => 75,
            Self::Be => 76,
            Self::By => 77,
            Self::Of => 78,
            Self::And => 79,
            Self::EitherOr => 80,
            Self::Contrast => 81,
            Self::Subordinate => 82,
            Self::Link => 83,
            Self::Partitive => 84,
            Self::Among => 243,
            Self::Subset => 85,
            Self::OfThem => 86,
            Self::Determiner => 116,
            Self::Auxiliary => 117,
            Self::Relative => 118,
            Self::Month(_) => 87,
            Self::Weekday(_) => 88,
            Self::Day(_) => 89,
            Self::DayWord(_) => 119,
            Self::Part(_) => 90,
            Self::DateLink => 91,
            Self::YearMark => 92,
            Self::AgoBefore => 93,
            Self::AgoAfter => 94,
            Self::Span(_) => 95,
            Self::Since => 96,
            Self::Until => 97,
            Self::NightTo => 98,
            Self::Past => 99,
            Self::Said => 100,
            Self::Reported => 101,
            Self::Addressed => 123,
            Self::According => 102,
            Self::Citing => 103,
            Self::Relay => 104,
            Self::Back => 105,
            Self::Same => 106,
            Self::Title => 107,
            Self::Saw => 108,
            Self::Heard => 109,
            Self::Me => 110,
            Self::Official => 111,
            Self::Label => 112,
            Self::In => 113,
            Self::PlaceNoun => 114,
            Self::Unless(_) => 115,
            Self::Round(_) => 121,
            Self::Oblique => 122,
            Self::Spared => 123,
            Self::SinceAfter => 124,
            Self::UntilAfter => 125,
            Self::NightAfter => 126,
            Self::AccordingAfter => 127,
            Self::CitingAfter => 128,
            Self::RelayAfter => 129,
            Self::Base { .. } => 165,
            Self::Inside => 161,
            Self::With => 162,
            Self::Possessive => 163,
            Self::Recovered => 164,
            Self::Eyewitness => 166,
            Self::InsteadAfter => 167,
            Self::OfThings(_) => 168,
            Self::Then => 169,
            Self::Was => 170,
            Self::Gives => 171,
            Self::Listed => 172,
            Self::Band => 173,
            Self::Crowd => 174,
            Self::PeopleSay => 175,
            Self::Witnessed => 176,
            Self::Ours => 177,
            Self::FigureNoun => 178,
            Self::Rumour => 179,
            Self::WeTold => 180,
            Self::Corrects => 181,
        }
    }
}

/// An interval that a vague word stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub low: Option<u64>,
    pub high: Option<u64>,
    pub approx: bool,
}

/// A bound before or after a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    MoreThan,
    AtLeast,
    UpTo,
    FewerThan,
    About,
}

/// Grammatical form of an event trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// Passive or adjectival: "killed", "tués".
    Participle,
    /// Active, its object is affected: "killed twelve people".
    Verb,
    /// Its subject is affected: "died".
    Intransitive,
    /// A noun that is counted: "twelve deaths", "twelve wounded".
    Victims,
    /// A noun of what happened: "the death of".
    Nominal,
    /// A noun of the figure itself: "the death toll".
    Toll,
    /// Tells the event by itself, whoever and however many: "imposed a curfew".
    Told,
    /// A sign in a pattern of its own.
    Sign,
}

impl Form {
    pub(crate) const ALL: [(&'static str, Self); 8] = [
        ("participle", Self::Participle),
        ("verb", Self::Verb),
        ("intransitive", Self::Intransitive),
        ("victims", Self::Victims),
        ("nominal", Self::Nominal),
        ("toll", Self::Toll),
        ("told", Self::Told),
        ("sign", Self::Sign),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|&(_, form)| form)
    }
}

/// What a cue of `hedges.txt` does to the claims it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cue {
    Hedged,
    Conditional,
    Negated,
    /// Negates what follows it only: "without".
    Without,
    /// Says of the claim or the sentence before that nobody has confirmed it.
    Unconfirmed,
    /// Between a negation and a figure it means "only": "je n'en ai compté que deux".
    Restrictive,
    Denied,
    Counterfactual,
    Hypothetical,
    Plan,
    Imperative,
    Question,
    Attempted,
    /// A noun for an attempt: what stands right beside it was tried, not what came of it.
    Attempt,
    /// A forecast or a warning: the figure right behind it has not come to be.
    Foretold,
    Hoped,
    Retraction,
    Earlier,
    Background,
}

impl Cue {
    const ALL: [(&'static str, Self); 19] = [
        ("hedged", Self::Hedged),
        ("conditional", Self::Conditional),
        ("negated", Self::Negated),
        ("without", Self::Without),
        ("unconfirmed", Self::Unconfirmed),
        ("restrictive", Self::Restrictive),
        ("denied", Self::Denied),
        ("counterfactual", Self::Counterfactual),
        ("hypothetical", Self::Hypothetical),
        ("plan", Self::Plan),
        ("imperative", Self::Imperative),
        ("question", Self::Question),
        ("attempted", Self::Attempted),
        ("attempt", Self::Attempt),
        ("foretold", Self::Foretold),
        ("hoped", Self::Hoped),
        ("retraction", Self::Retraction),
        ("earlier", Self::Earlier),
        ("background", Self::Background),
    ];

    /// The modality it gives, if that is what it does.
    pub(crate) fn modality(self) -> Option<Modality> {
        Some(match self {
            Self::Hedged | Self::Conditional | Self::Unconfirmed => Modality::Hedged,
            Self::Negated | Self::Without | Self::Denied => Modality::Negated,
            Self::Counterfactual => Modality::Counterfactual,
            Self::Hypothetical => Modality::Hypothetical,
            Self::Plan => Modality::Plan,
            Self::Imperative => Modality::Imperative,
            Self::Question => Modality::Question,
            Self::Attempted | Self::Attempt => Modality::Attempted,
            Self::Foretold => Modality::Hypothetical,
            Self::Hoped => Modality::Hoped,
            Self::Retraction | Self::Earlier | Self::Background | Self::Restrictive => {
                return None;
            }
        })
    }
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Weeks,
    Weekends,
    Months,
    Quarters,
    Years,
}

/// A word of a time expression, by the section of `timex.txt` it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimeWord {
    Reference(String),
    Set(String),
    Edge(String),
    Clock(String),
    /// "a.m." (false), "p.m." (true).
    Half(bool),
    Shift(i8),
    ShiftAfter(i8),
    Window,
    /// A unit of time and how many of it the word stands for: "decade" is ten years.
    Unit(TimeUnit, u16),
    Plural,
    HalfOf,
    AndHalf,
    Old,
    Later,
    For,
    Rank(u8),
    Weekdays(i8),
    Every,
    Season(String),
    /// Month and day.
    Holiday(i8, i8),
    Decade(String),
    DecadeMark,
    PartOfDay(DayPart),
}

impl TimeWord {
    fn class(&self) -> u8 {
        130 + match self {
            Self::Reference(_) => 0,
            Self::Set(_) => 1,
            Self::Edge(_) => 2,
            Self::Clock(_) => 3,
            Self::Half(_) => 4,
            Self::Shift(_) => 5,
            Self::ShiftAfter(_) => 6,
            Self::Window => 7,
            Self::Unit(..) => 8,
            Self::Plural => 9,
            Self::HalfOf => 10,
            Self::AndHalf => 11,
            Self::Old => 12,
            Self::Later => 13,
            Self::For => 14,
            Self::Rank(_) => 15,
            Self::Weekdays(_) => 16,
            Self::Every => 17,
            Self::Season(_) => 18,
            Self::Holiday(..) => 19,
            Self::Decade(_) => 20,
            Self::DecadeMark => 21,
            Self::PartOfDay(_) => 22,
        }
    }

    fn read(section: &str, value: Option<&str>) -> Result<Self, String> {
        let text =
            || value.map(str::to_owned).ok_or_else(|| "expected a value after ' = '".to_owned());
        let small = || {
            text()?.parse::<i8>().map_err(|_| format!("expected a small number, found {value:?}"))
        };
        Ok(match section {
            "references" => Self::Reference(text()?),
            "sets" => Self::Set(text()?),
            "edges" => Self::Edge(text()?),
            "clock" => Self::Clock(text()?),
            "half-day" => Self::Half(text()? == "afternoon"),
            "shift" => Self::Shift(small()?),
            "shift-after" => Self::ShiftAfter(small()?),
            "window" => Self::Window,
            "units" => {
                let text = text()?;
                let (times, unit) = match text.split_once(' ') {
                    Some((times, unit)) => (
                        times
                            .parse()
                            .map_err(|_| format!("expected a number and a unit, found {text:?}"))?,
                        unit,
                    ),
                    None => (1, text.as_str()),
                };
                let unit = match unit {
                    "second" => TimeUnit::Seconds,
                    "minute" => TimeUnit::Minutes,
                    "hour" => TimeUnit::Hours,
                    "day" => TimeUnit::Days,
                    "week" => TimeUnit::Weeks,
                    "weekend" => TimeUnit::Weekends,
                    "month" => TimeUnit::Months,
                    "quarter" => TimeUnit::Quarters,
                    "year" => TimeUnit::Years,
                    other => {
                        return Err(format!(
                            "expected second, minute, hour, day, week, weekend, month, quarter or year, found {other:?}"
                        ));
                    }
                };
                Self::Unit(unit, times)
            }
            "plural" => Self::Plural,
            "half-of" => Self::HalfOf,
            "and-half" => Self::AndHalf,
            "old" => Self::Old,
            "later" => Self::Later,
            "for" => Self::For,
            "ranks" => Self::Rank(u8::try_from(small()?).unwrap_or(0)),
            "weekdays" => Self::Weekdays(small()?),
            "every" => Self::Every,
            "seasons" => Self::Season(text()?),
            "holidays" => {
                let text = text()?;
                let both = text
                    .split_once('-')
                    .and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
                let (month, day) =
                    both.ok_or_else(|| format!("expected month-day like 12-25, found {text:?}"))?;
                Self::Holiday(month, day)
            }
            "decades" => Self::Decade(text()?),
            "decade-marks" => Self::DecadeMark,
            "parts" => Self::PartOfDay(day_part(&text()?)?),
            _ => return Err(unknown(section)),
        })
    }
}

/// What `claims.txt` says of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EventKind {
    /// It happens to people.
    pub people: bool,
    /// It happens to things; what it is if it is said of people.
    pub of_people: Option<EventType>,
    /// Two such events never happen to one person, so "A and B" with one figure is a disjunction.
    pub exclusive: bool,
    /// The group it happens to, if only to one.
    pub only: Option<String>,
    /// The group it is not told of: attackers that are searched for are not missing.
    pub not: Option<String>,
    /// An order: whoever gave it, its grade is command.
    pub order: bool,
    /// Nobody can see it happen: that somebody is missing.
    pub absence: bool,
    /// Nothing else happens to people after it: bodies are taken to a hospital, but nobody is treated.
    pub last: bool,
    /// What is said or done by words, so that words of demand or accusation are the act itself.
    pub act: bool,
    /// The event whose words tell it, where they tell of its narrower group.
    pub narrows: Option<EventType>,
}

/// A lexicon entry with its sense.
#[derive(Debug, Clone)]
pub(crate) struct Lexeme {
    pub sense: Sense,
    pub class: u8,
    pub origin: String,
    /// A number word in a form that only the last word of a number takes.
    pub last: bool,
}

/// One language, compiled.
#[derive(Debug)]
pub(crate) struct Grammar {
    pub lang: Lang,
    pub matcher: Matcher,
    pub lexemes: Vec<Lexeme>,
    pub patterns: Vec<Pattern>,
    /// By symbol of the word they open with, the patterns that are told by their words alone.
    signs: Vec<(u32, usize)>,
    pub events: BTreeMap<EventType, EventKind>,
    /// Other names of events, with what they stand for.
    aliases: BTreeMap<String, String>,
    /// Groups told by age and sex alone: a list of them is one figure.
    pub composition: Vec<String>,
    /// Group to the group it belongs to.
    pub groups: BTreeMap<String, Option<String>>,
    pub thousands: Vec<char>,
    pub decimal: Option<char>,
    /// A hyphen between number words parts the ends of a range and never joins one number.
    pub hyphen_ranges: bool,
    /// The mark behind digits that makes them an ordinal: "w 6. batalionie".
    pub ordinal: Option<char>,
    pub day_first: Option<bool>,
    /// What endings of words tell.
    pub cases: Cases,
    /// Other scripts the language is written in.
    pub scripts: Scripts,
    /// The verb closes its clause, and what describes a noun stands before it.
    pub verb_last: bool,
    /// Of two nouns side by side the last is what is counted: "58 bus passengers".
    pub noun_last: bool,
    /// Case endings of names of places, with the endings they may stand for.
    pub place_endings: Vec<(String, Vec<String>)>,
    /// Symbols that begin a phrase of seeing with one's own eyes or of counting for oneself, in order.
    pub own_starts: Vec<u32>,
    /// Endings of adjectives, with those they have beside a base form of that gender.
    pub agreement: Vec<(String, String, char)>,
}

impl Grammar {
    /// Compiles the lexicon of `lang`. Lines that mean nothing are reported and left out.
    pub(crate) fn compile(
        lang: Lang,
        lexicon: &Lexicon,
        lexicons: &Lexicons,
    ) -> (Self, Vec<LexiconError>) {
        let mut errors = Vec::new();
        let shared = lexicons.shared();
        let (cases, unknown_cases) = Cases::of(lexicon);
        errors.extend(unknown_cases.into_iter().map(|(line, section)| LexiconError {
            file: format!("{lang}/{}", crate::cases::FILE),
            line,
            reason: unknown(&section),
        }));
        let mut grammar = Self {
            lang,
            matcher: Matcher::default(),
            lexemes: Vec::new(),
            patterns: Vec::new(),
            signs: Vec::new(),
            events: events(shared),
            aliases: aliases(shared),
            composition: shared
                .section("claims.txt", "composition")
                .iter()
                .map(|entry| entry.key.clone())
                .collect(),
            groups: groups(shared),
            thousands: Vec::new(),
            decimal: None,
            hyphen_ranges: false,
            ordinal: None,
            cases,
            scripts: Scripts::of(lexicon),
            verb_last: false,
            noun_last: false,
            place_endings: Vec::new(),
            agreement: Vec::new(),
            own_starts: Vec::new(),
            day_first: lexicon.section("calendar.txt", "order").first().and_then(
                |entry| match entry.key.as_str() {
                    "dmy" => Some(true),
                    "mdy" => Some(false),
                    _ => None,
                },
            ),
        };
        let mut unless: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for file in FILES {
            for (section, entries) in lexicon.sections(file) {
                for entry in entries {
                    if let Err(reason) = grammar.entry(lexicon, file, section, entry, &mut unless) {
                        errors.push(LexiconError {
                            file: entry.file.clone(),
                            line: entry.line,
                            reason,
                        });
                    }
                }
            }
        }
        for (phrase, taken) in unless {
            let number = grammar.push(Sense::Unless(taken), phrase.clone());
            if let Err(error) = grammar.matcher.add(&phrase, lexicon.ending_lists(), number) {
                errors.push(LexiconError {
                    file: format!("{lang}/"),
                    line: 0,
                    reason: format!("UNLESS {phrase}: {error}"),
                });
            }
        }
        if !grammar.scripts.is_empty() {
            grammar.matcher.sort_words();
        }
        let lexemes = &grammar.lexemes;
        grammar.own_starts = grammar.matcher.starts_of(|entry| {
            let sense = lexemes.get(entry as usize).map(|lexeme| &lexeme.sense);
            sense.is_some_and(|sense| matches!(sense, Sense::Saw | Sense::Ours))
        });
        // The order of lines is the order of trial.
        grammar.patterns.sort_by_key(|pattern| pattern.line);
        let signs = grammar.patterns.iter().enumerate().filter(|(_, p)| p.events.is_some());
        grammar.signs = signs
            .flat_map(|(number, sign)| sign.openings().iter().map(move |&word| (word, number)))
            .collect();
        grammar.signs.sort_unstable();
        errors.sort();
        (grammar, errors)
    }

    /// Numbers of the patterns that tell an event by their words alone and may open with this one.
    pub(crate) fn signs_from(&self, word: u32) -> impl Iterator<Item = usize> + '_ {
        let first = self.signs.partition_point(|(opening, _)| *opening < word);
        let signs = self.signs.get(first..).unwrap_or_default();
        signs.iter().take_while(move |(opening, _)| *opening == word).map(|&(_, number)| number)
    }

    fn push(&mut self, sense: Sense, origin: String) -> u32 {
        let class = sense.class();
        self.lexemes.push(Lexeme { sense, class, origin, last: false });
        u32::try_from(self.lexemes.len() - 1).unwrap_or(u32::MAX)
    }

    fn entry(
        &mut self,
        lexicon: &Lexicon,
        file: &str,
        section: &str,
        entry: &Entry,
        unless: &mut BTreeMap<String, Vec<u32>>,
    ) -> Result<(), String> {
        let value = entry.value.as_deref();
        if file == "numbers.txt" && section == "separators" {
            let mut marks = value.unwrap_or("").chars().filter(|c| !c.is_whitespace());
            match entry.key.as_str() {
                "thousands" => self.thousands.extend(marks),
                "decimal" => self.decimal = marks.next(),
                "ordinal" => self.ordinal = marks.next(),
                "hyphen" if value == Some("range") => self.hyphen_ranges = true,
                other => {
                    return Err(format!(
                        "expected thousands, decimal, ordinal or hyphen = range, found {other:?}"
                    ));
                }
            }
            return Ok(());
        }
        if file == "speech.txt" && section == "agreement" {
            let (base, gender) = value
                .and_then(|value| value.rsplit_once(' '))
                .and_then(|(base, gender)| Some((base.trim(), gender.chars().next()?)))
                .ok_or_else(|| {
                    "expected an ending and a gender, like: ENDING = ENDING f".to_owned()
                })?;
            for ending in entry.key.split('|') {
                self.agreement.push((ending.trim().to_owned(), base.to_owned(), gender));
            }
            return Ok(());
        }
        if file == "places.txt" && section == "endings" {
            let bases = value.ok_or_else(|| "expected endings after ' = '".to_owned())?;
            let fold = |text: &str| match text.trim() {
                "_" => String::new(),
                ending => kua_lexicon::fold(ending).into_owned(),
            };
            self.place_endings.push((fold(&entry.key), bases.split('|').map(fold).collect()));
            return Ok(());
        }
        if file == "calendar.txt" && matches!(section, "order") {
            return Ok(());
        }
        if file == "patterns.txt" && section == "order" {
            match entry.key.as_str() {
                "verb-last" => self.verb_last = true,
                "noun-last" => self.noun_last = true,
                other => return Err(format!("expected verb-last or noun-last, found {other:?}")),
            }
            return Ok(());
        }
        if file == "patterns.txt" && (section == "patterns" || section.contains('.')) {
            let events = section.split_once('.').map(|(events, _)| events);
            let events = match events {
                Some(names) => Some(self.event_names(names)?),
                None => None,
            };
            let pattern = Pattern::parse(entry, events, lexicon.ending_lists(), &mut self.matcher)?;
            self.patterns.push(pattern);
            return Ok(());
        }
        let last = file == "numbers.txt" && value.is_some_and(|value| value.ends_with(" last"));
        let value = value.map(|value| if last { value.trim_end_matches(" last") } else { value });
        let sense = self.sense(file, section, value)?;
        let number = self.push(sense, entry.origin());
        if let Some(lexeme) = self.lexemes.last_mut() {
            lexeme.last = last;
        }
        self.matcher
            .add(&entry.key, lexicon.ending_lists(), number)
            .map_err(|error| error.to_string())?;
        for phrase in &entry.unless {
            unless.entry(phrase.clone()).or_default().push(number);
        }
        Ok(())
    }

    fn event_names(&self, names: &str) -> Result<Vec<EventType>, String> {
        let names = self.aliases.get(names.trim()).map_or(names, String::as_str);
        let events: Vec<_> =
            names.split('+').map(|name| EventType(name.trim().to_owned())).collect();
        match events.iter().find(|event| !self.events.contains_key(*event)) {
            Some(unknown) => Err(format!(
                "event {unknown} is not in claims.txt [events]: add it there or correct the name"
            )),
            None => Ok(events),
        }
    }

    fn sense(&self, file: &str, section: &str, value: Option<&str>) -> Result<Sense, String> {
        let need = || value.ok_or_else(|| "expected a value after ' = '".to_owned());
        let number = |text: &str| {
            text.parse::<u64>().map_err(|_| format!("expected a whole number, found {text:?}"))
        };
        let small = |text: &str| {
            text.parse::<i8>().map_err(|_| format!("expected a small number, found {text:?}"))
        };
        if file == "events.txt" && section == "of-things-too" {
            return Ok(Sense::OfThings(match value {
                Some(event) => self.event_names(event)?.pop(),
                None => None,
            }));
        }
        if file == "events.txt" {
            let (events, form) = section
                .split_once('.')
                .ok_or_else(|| format!("expected [event.form], found [{section}]"))?;
            let form = Form::named(form).ok_or_else(|| {
                format!("form {form:?} is not known: write one of participle, verb, intransitive, victims, nominal, toll, told")
            })?;
            if let Some(other) = value
                && !matches!(other, "part" | "not" | "counted")
            {
                return Err(format!(
                    "expected part, not, counted or nothing after ' = ', found {other:?}"
                ));
            }
            let is = |mark: &str| value == Some(mark);
            return Ok(Sense::Trigger {
                events: self.event_names(events)?,
                form,
                part: is("part"),
                not: is("not"),
                counted: is("counted"),
            });
        }
        if file == "hedges.txt" {
            return Cue::ALL
                .iter()
                .find(|(name, _)| *name == section)
                .map(|&(_, cue)| Sense::Cue(cue))
                .ok_or_else(|| unknown(section));
        }
        if file == "timex.txt" {
            return TimeWord::read(section, value).map(Sense::Time);
        }
        Ok(match (file, section) {
            ("units.txt", "units") => Sense::Measure(need()?.to_owned()),
            ("numbers.txt", "cardinals") => Sense::Cardinal(number(need()?)?),
            ("numbers.txt", "multipliers") => Sense::Multiplier(number(need()?)?.max(1)),
            ("numbers.txt", "joiners") => Sense::Joiner,
            ("numbers.txt", "vague") => Sense::Vague(interval(need()?)?),
            ("numbers.txt", "none") => Sense::NoneOf,
            ("numbers.txt", "one") => Sense::One,
            ("numbers.txt", "ordinals") => Sense::Ordinal,
            ("numbers.txt", "labels") => Sense::Label,
            ("numbers.txt", "fractions") => Sense::Fraction,
            ("numbers.txt", "bounded") => Sense::Round(number(need()?)?),
            ("numbers.txt", "oblique") => Sense::Oblique,
            ("bounds.txt", "before") => Sense::Before(bound(need()?)?),
            ("bounds.txt", "after") => Sense::After(bound(need()?)?),
            ("bounds.txt", "between") => Sense::Between(joins(need()?)),
            ("bounds.txt", "between-after") => Sense::BetweenAfter(joins(need()?)),
            ("bounds.txt", "or") => Sense::Or,
            ("bounds.txt", "instead") => Sense::Instead,
            ("bounds.txt", "instead-after") => Sense::InsteadAfter,
            ("bounds.txt", "inside") => Sense::Inside,
            ("bounds.txt", "change") => Sense::Change,
            ("bounds.txt", "from") => Sense::From,
            ("bounds.txt", "to") => Sense::To,
            ("bounds.txt", "then") => Sense::Then,
            ("bounds.txt", "was") => Sense::Was,
            ("bounds.txt", "gives") => Sense::Gives,
            ("people.txt", "groups") => {
                let mut words = need()?.split_whitespace();
                let id = words.next().unwrap_or_default();
                if !self.groups.contains_key(id) {
                    return Err(format!(
                        "group {id:?} is not in claims.txt [groups]: add it there"
                    ));
                }
                Sense::Group { id: id.to_owned(), one: words.next() == Some("1") }
            }
            ("people.txt", "units") => match need()? {
                "measure" => Sense::Unit(Counted::Other, true),
                other => Sense::Unit(counted(other)?, false),
            },
            ("people.txt", "others") => Sense::Others,
            ("people.txt", "listed") => Sense::Listed,
            ("people.txt", "bands") => Sense::Band,
            ("people.txt", "pronouns") => Sense::Pronoun(value == Some("1")),
            ("people.txt", "members") => Sense::Vanguard,
            ("patterns.txt", "be") => Sense::Be,
            ("patterns.txt", "by") => Sense::By,
            ("patterns.txt", "of") => Sense::Of,
            ("patterns.txt", "and") => Sense::And,
            ("patterns.txt", "or") => Sense::EitherOr,
            ("patterns.txt", "contrast") => Sense::Contrast,
            ("patterns.txt", "subordinate") => Sense::Subordinate,
            ("patterns.txt", "links") => Sense::Link,
            ("patterns.txt", "partitive") => Sense::Partitive,
            ("patterns.txt", "among") => Sense::Among,
            ("patterns.txt", "subset") => Sense::Subset,
            ("patterns.txt", "of-them") => Sense::OfThem,
            ("patterns.txt", "spared") => Sense::Spared,
            ("patterns.txt", "with") => Sense::With,
            ("patterns.txt", "possessives") => Sense::Possessive,
            ("patterns.txt", "recovered") => Sense::Recovered,
            ("patterns.txt", "determiners") => Sense::Determiner,
            ("patterns.txt", "auxiliaries") => Sense::Auxiliary,
            ("patterns.txt", "relatives") => Sense::Relative,
            ("calendar.txt", "months") => Sense::Month(small(need()?)?),
            ("calendar.txt", "weekdays") => Sense::Weekday(small(need()?)?),
            ("calendar.txt", "relative") | ("dates.txt", "days") => Sense::Day(i32::from(
                need()?.parse::<i16>().map_err(|_| "expected a number of days".to_owned())?,
            )),
            ("calendar.txt", "dayparts") | ("dates.txt", "dayparts") => {
                Sense::Part(day_part(need()?)?)
            }
            ("calendar.txt", "between" | "ordinals") => Sense::DateLink,
            ("calendar.txt", "year-marks") => Sense::YearMark,
            ("dates.txt", "day-words") => Sense::DayWord(small(need()?)?),
            ("dates.txt", "ago-before") => Sense::AgoBefore,
            ("dates.txt", "ago-after") => Sense::AgoAfter,
            ("dates.txt", "units") => Sense::Span(time_unit(need()?)?),
            ("dates.txt", "since") => Sense::Since,
            ("dates.txt", "until") => Sense::Until,
            ("dates.txt", "night-to") => Sense::NightTo,
            ("dates.txt", "since-after") => Sense::SinceAfter,
            ("dates.txt", "until-after") => Sense::UntilAfter,
            ("dates.txt", "night-after") => Sense::NightAfter,
            ("dates.txt", "past") => Sense::Past,
            ("speech.txt", "said") => Sense::Said,
            ("speech.txt", "eyewitnesses") => Sense::Eyewitness,
            ("speech.txt", "crowds") => Sense::Crowd,
            ("speech.txt", "people-say") => Sense::PeopleSay,
            ("speech.txt", "witnessed") => Sense::Witnessed,
            ("speech.txt", "ours") => Sense::Ours,
            ("speech.txt", "rumours") => Sense::Rumour,
            ("speech.txt", "we-told") => Sense::WeTold,
            ("speech.txt", "corrects") => Sense::Corrects,
            ("speech.txt", "figures") => Sense::FigureNoun,
            ("speech.txt", "addressed") => Sense::Addressed,
            ("speech.txt", "reported") => Sense::Reported,
            ("speech.txt", "according") => Sense::According,
            ("speech.txt", "citing") => Sense::Citing,
            ("speech.txt", "according-after") => Sense::AccordingAfter,
            ("speech.txt", "citing-after") => Sense::CitingAfter,
            ("speech.txt", "relay-after") => Sense::RelayAfter,
            ("speech.txt", "relay") => Sense::Relay,
            ("speech.txt", "back") => Sense::Back,
            ("speech.txt", "same") => Sense::Same,
            ("speech.txt", "sources") => Sense::Source(source_kind(need()?)?),
            ("speech.txt", "bases") => {
                let mut words: Vec<&str> = need()?.split_whitespace().collect();
                let person = words.last() == Some(&"person");
                words.truncate(words.len() - usize::from(person));
                let gender = words.pop().and_then(|word| word.chars().next());
                let gender = gender.filter(|_| !words.is_empty()).ok_or_else(|| {
                    format!("expected a base form and a gender, like: word f, found {value:?}")
                })?;
                Sense::Base { form: words.join(" "), gender, person }
            }
            ("speech.txt", "mastheads") => Sense::Masthead(source_kind(need()?)?),
            ("speech.txt", "titles") => Sense::Title,
            ("speech.txt", "saw") => Sense::Saw,
            ("speech.txt", "heard") => Sense::Heard,
            ("speech.txt", "me") => Sense::Me,
            ("speech.txt", "official") => Sense::Official,
            ("places.txt", "places") => Sense::Place(need()?.to_owned()),
            ("places.txt", "in") => Sense::In,
            ("places.txt", "nouns") => Sense::PlaceNoun,
            ("places.txt", "not-places") => Sense::NotPlace,
            _ => return Err(unknown(section)),
        })
    }

    /// The event, or the one that narrows it to the group it happened to: police sent out are not
    /// troops sent out.
    pub(crate) fn narrowed(&self, event: &EventType, group: Option<&str>) -> EventType {
        let narrower = group.and_then(|group| {
            self.events.iter().find(|(_, kind)| {
                kind.narrows.as_ref() == Some(event)
                    && kind.only.as_deref().is_some_and(|only| self.is_a(group, only))
            })
        });
        narrower.map_or_else(|| event.clone(), |(name, _)| name.clone())
    }

    /// Whether `group` is `other` or belongs to it.
    pub(crate) fn is_a(&self, group: &str, other: &str) -> bool {
        let mut at = Some(group);
        for _ in 0..16 {
            match at {
                Some(name) if name == other => return true,
                Some(name) => at = self.groups.get(name).and_then(Option::as_deref),
                None => return false,
            }
        }
        false
    }
}

/// The files this stage reads.
pub(crate) const FILES: [&str; 12] = [
    "bounds.txt",
    "calendar.txt",
    "dates.txt",
    "events.txt",
    "hedges.txt",
    "numbers.txt",
    "patterns.txt",
    "people.txt",
    "places.txt",
    "speech.txt",
    "timex.txt",
    "units.txt",
];

/// The words that may stand between the two numbers of a range, folded.
fn joins(words: &str) -> Vec<String> {
    words.split('|').map(|word| kua_lexicon::fold(word.trim()).into_owned()).collect()
}

fn unknown(section: &str) -> String {
    format!(
        "section [{section}] means nothing here: see docs/formats/lexicons.md for the sections of each file"
    )
}

fn events(shared: &Lexicon) -> BTreeMap<EventType, EventKind> {
    let entries = shared.section("claims.txt", "events").iter();
    entries
        .map(|entry| {
            let words: Vec<_> = entry.value.as_deref().unwrap_or("").split_whitespace().collect();
            let after = |mark: &str| {
                words.iter().find_map(|word| word.strip_prefix(mark)).map(str::to_owned)
            };
            let kind = EventKind {
                people: words.contains(&"people"),
                of_people: after("people:").map(EventType),
                exclusive: words.contains(&"exclusive"),
                order: words.contains(&"order"),
                absence: words.contains(&"absence"),
                last: words.contains(&"last"),
                act: words.contains(&"act") || words.contains(&"order"),
                only: after("of:"),
                not: after("not:"),
                narrows: after("is:").map(EventType),
            };
            (EventType(entry.key.clone()), kind)
        })
        .collect()
}

fn aliases(shared: &Lexicon) -> BTreeMap<String, String> {
    let entries = shared.section("claims.txt", "aliases").iter();
    entries.filter_map(|entry| Some((entry.key.clone(), entry.value.clone()?))).collect()
}

fn groups(shared: &Lexicon) -> BTreeMap<String, Option<String>> {
    let entries = shared.section("claims.txt", "groups").iter();
    entries.map(|entry| (entry.key.clone(), entry.value.clone())).collect()
}

fn interval(text: &str) -> Result<Interval, String> {
    let fail = || format!("expected 20..99, 2.. or ~10, found {text:?}");
    if let Some(rest) = text.strip_prefix('~') {
        let number = rest.trim().parse().map_err(|_| fail())?;
        return Ok(Interval { low: Some(number), high: Some(number), approx: true });
    }
    let (low, high) = text.split_once("..").ok_or_else(fail)?;
    let end = |part: &str| match part.trim() {
        "" => Ok(None),
        digits => digits.parse().map(Some).map_err(|_| fail()),
    };
    Ok(Interval { low: end(low)?, high: end(high)?, approx: false })
}

fn bound(text: &str) -> Result<Bound, String> {
    Ok(match text {
        ">" => Bound::MoreThan,
        ">=" => Bound::AtLeast,
        "<=" => Bound::UpTo,
        "<" => Bound::FewerThan,
        "~" => Bound::About,
        other => return Err(format!("expected one of > >= <= < ~, found {other:?}")),
    })
}

fn counted(text: &str) -> Result<Counted, String> {
    Ok(match text {
        "people" => Counted::People,
        "vehicles" => Counted::Vehicles,
        "buildings" => Counted::Buildings,
        "other" => Counted::Other,
        _ => {
            return Err(format!(
                "expected people, vehicles, buildings, other or measure, found {text:?}"
            ));
        }
    })
}

fn day_part(text: &str) -> Result<DayPart, String> {
    Ok(match text {
        "morning" => DayPart::Morning,
        "afternoon" => DayPart::Afternoon,
        "evening" => DayPart::Evening,
        "night" => DayPart::Night,
        _ => return Err(format!("expected morning, afternoon, evening or night, found {text:?}")),
    })
}

fn time_unit(text: &str) -> Result<TimeUnit, String> {
    Ok(match text {
        "hours" => TimeUnit::Hours,
        "days" => TimeUnit::Days,
        "weeks" => TimeUnit::Weeks,
        "months" => TimeUnit::Months,
        "years" => TimeUnit::Years,
        _ => return Err(format!("expected hours, days, weeks, months or years, found {text:?}")),
    })
}

fn source_kind(text: &str) -> Result<SourceKind, String> {
    Ok(match text {
        "account" => SourceKind::Account,
        "outlet" => SourceKind::Outlet,
        "agency" => SourceKind::Agency,
        "authority" => SourceKind::Authority,
        "person" => SourceKind::Person,
        "organisation" => SourceKind::Organisation,
        "unnamed" => SourceKind::Unnamed,
        _ => {
            return Err(format!(
                "expected outlet, agency, authority, person, organisation or unnamed, found {text:?}"
            ));
        }
    })
}
