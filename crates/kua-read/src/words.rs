//! The words reading needs, compiled once from the lexicons: boilerplate phrases, calendars,
//! function words and letters. Which section means what is told in `docs/formats` and the files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, OnceLock};

use kua_lexicon::{Lexicon, Lexicons, Phrases, Token};
use kua_model::Lang;

use crate::language::MOST_TONGUES;
use crate::sentences::Shorts;

/// What a phrase of `boilerplate.txt` tells of the line it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cue {
    Share,
    ShareFiller,
    Newsletter,
    TipLine,
    Related,
    Legal,
    Credit,
    Byline,
    Joiner,
    Published,
    Modified,
    Nav,
    Comments,
    Agency,
}

const CUES: &[(&str, Cue)] = &[
    ("share", Cue::Share),
    ("networks", Cue::Share),
    ("share-filler", Cue::ShareFiller),
    ("newsletter", Cue::Newsletter),
    ("tip-line", Cue::TipLine),
    ("related", Cue::Related),
    ("legal", Cue::Legal),
    ("credit", Cue::Credit),
    ("byline", Cue::Byline),
    ("joiner", Cue::Joiner),
    ("published", Cue::Published),
    ("modified", Cue::Modified),
    ("nav", Cue::Nav),
    ("comments", Cue::Comments),
    ("agencies", Cue::Agency),
];

/// What a word of an HTML class or id tells of its element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClassCue {
    Nav,
    Share,
    Related,
    Newsletter,
    Legal,
    Comment,
    Caption,
    Credit,
    Byline,
    Date,
    Standfirst,
    Kicker,
    TipLine,
    Body,
    Advert,
    Hidden,
}

const CLASS_CUES: &[(&str, ClassCue)] = &[
    ("class-nav", ClassCue::Nav),
    ("class-share", ClassCue::Share),
    ("class-related", ClassCue::Related),
    ("class-newsletter", ClassCue::Newsletter),
    ("class-legal", ClassCue::Legal),
    ("class-comment", ClassCue::Comment),
    ("class-caption", ClassCue::Caption),
    ("class-credit", ClassCue::Credit),
    ("class-byline", ClassCue::Byline),
    ("class-date", ClassCue::Date),
    ("class-standfirst", ClassCue::Standfirst),
    ("class-kicker", ClassCue::Kicker),
    ("class-tip-line", ClassCue::TipLine),
    ("class-body", ClassCue::Body),
    ("class-advert", ClassCue::Advert),
    ("class-hidden", ClassCue::Hidden),
];

/// Meaning of a calendar word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DateWord {
    /// 1 to 12.
    Month(i8),
    /// 1 is Monday.
    Weekday(i8),
    /// Days from the day of writing.
    Relative(i8),
    /// "of", "de".
    Between,
    /// "th", "er".
    Ordinal,
    /// "года", "жылғы".
    YearMark,
}

/// One language's letters and small words.
#[derive(Debug)]
pub(crate) struct Tongue {
    pub lang: Lang,
    pub cyrillic: bool,
    pub own: Vec<char>,
    pub shared: Vec<char>,
    /// Letters that neighbours without a lexicon hardly use.
    pub usual: Vec<char>,
    /// Percent of running text that own and shared letters make.
    pub rate: usize,
    pub month_first: bool,
    pub shorts: Shorts,
}

/// FNV-1a: small words are looked up for every word of every sentence, and the keys are ours.
#[derive(Debug, Clone)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Words {
    phrases: Phrases,
    /// What the phrase with this number means; some words mean several things.
    cues: Vec<Vec<Cue>>,
    classes: HashMap<String, ClassCue>,
    /// A word may mean different things in different languages; the flag asks for a capital.
    dates: HashMap<String, Vec<(Lang, DateWord, bool)>>,
    pub tongues: Vec<Tongue>,
    /// Small words: one bit a tongue.
    function: HashMap<String, u32, BuildHasherDefault<Fnv>>,
    /// Letters of languages kua has no words of.
    pub foreign: Vec<char>,
}

/// The compiled words of `lexicons`, kept for the next call with the same lexicons: compiling costs
/// more than reading a short document. The result depends on nothing but `lexicons`.
pub(crate) fn words(lexicons: &Lexicons) -> Arc<Words> {
    type Last = Option<(String, Arc<Words>)>;
    static LAST: OnceLock<Mutex<Last>> = OnceLock::new();
    let slot = LAST.get_or_init(|| Mutex::new(None));
    let mut guard = slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((digest, words)) = guard.as_ref()
        && digest == lexicons.digest()
    {
        return Arc::clone(words);
    }
    let words = Arc::new(Words::compile(lexicons));
    *guard = Some((lexicons.digest().to_owned(), Arc::clone(&words)));
    words
}

impl Words {
    fn compile(lexicons: &Lexicons) -> Self {
        let mut words = Self::default();
        let mut cues = BTreeMap::new();
        collect_cues(lexicons.shared(), &mut cues);
        for (section, cue) in CLASS_CUES {
            for entry in lexicons.shared().section("boilerplate.txt", section) {
                for word in alternatives(&entry.key) {
                    words.classes.entry(word.to_owned()).or_insert(*cue);
                }
            }
        }
        for entry in lexicons.shared().section("letters.txt", "foreign") {
            words.foreign.extend(entry.key.chars().filter(|c| c.is_alphabetic()));
        }
        for lang in lexicons.languages() {
            let Some(lexicon) = lexicons.get(lang) else { continue };
            collect_cues(lexicon, &mut cues);
            words.add_calendar(lang, lexicon);
            for (section, tongue) in tongues(lang, lexicon) {
                if words.tongues.len() >= MOST_TONGUES {
                    break;
                }
                let bit = 1u32 << words.tongues.len();
                for entry in lexicon.section("language.txt", &section) {
                    let folded = kua_lexicon::fold(&entry.key).into_owned();
                    *words.function.entry(folded).or_default() |= bit;
                }
                words.tongues.push(tongue);
            }
        }
        for (phrase, meanings) in cues {
            // A line that is no phrase is named by `kua lexicon check`, and means nothing here.
            if words.phrases.add(&phrase, words.cues.len()).is_ok() {
                words.cues.push(meanings.into_iter().collect());
            }
        }
        words
    }

    fn add_calendar(&mut self, lang: Lang, lexicon: &Lexicon) {
        let mut add = |section: &str, meaning: &dyn Fn(i8) -> DateWord| {
            for entry in lexicon.section("calendar.txt", section) {
                let value = entry.value.as_deref().and_then(|v| v.parse().ok()).unwrap_or(0);
                for word in alternatives(&entry.key) {
                    let folded = kua_lexicon::fold(word).into_owned();
                    // A word the lexicon writes with a capital is only meant with one (May, March).
                    let capital = word.starts_with(char::is_uppercase);
                    self.dates.entry(folded).or_default().push((lang, meaning(value), capital));
                }
            }
        };
        add("months", &DateWord::Month);
        add("weekdays", &DateWord::Weekday);
        add("relative", &DateWord::Relative);
        add("between", &|_| DateWord::Between);
        add("ordinals", &|_| DateWord::Ordinal);
        add("year-marks", &|_| DateWord::YearMark);
    }

    /// Every cue among the tokens, by place: (first token, number of tokens, what).
    pub(crate) fn cues(&self, tokens: &[Token<'_>]) -> Vec<(usize, usize, Cue)> {
        let mut found = Vec::new();
        for at in 0..tokens.len() {
            if let Some(hit) = self.phrases.longest_at(tokens, at) {
                let meanings = self.cues.get(hit.entry).into_iter().flatten();
                found.extend(meanings.map(|&cue| (at, hit.tokens, cue)));
            }
        }
        found
    }

    /// What a folded word of a class or id means.
    pub(crate) fn class(&self, word: &str) -> Option<ClassCue> {
        self.classes.get(word).copied()
    }

    /// What a folded word may mean in a date, by language.
    pub(crate) fn date_word(&self, fold: &str) -> &[(Lang, DateWord, bool)] {
        self.dates.get(fold).map_or(&[], Vec::as_slice)
    }

    /// Tongues (one bit each, by index) of which a folded word is a small word.
    pub(crate) fn function_mask(&self, fold: &str) -> u32 {
        self.function.get(fold).copied().unwrap_or(0)
    }

    /// The same in every script of `lang`.
    pub(crate) fn tongues_of(&self, lang: Lang) -> impl Iterator<Item = &Tongue> {
        self.tongues.iter().filter(move |tongue| tongue.lang == lang)
    }

    /// Letters and small words of `lang` in the script it is mostly written in.
    pub(crate) fn tongue(&self, lang: Lang) -> Option<&Tongue> {
        self.tongues.iter().find(|tongue| tongue.lang == lang)
    }
}

fn collect_cues(lexicon: &Lexicon, into: &mut BTreeMap<String, BTreeSet<Cue>>) {
    for (section, cue) in CUES {
        for entry in lexicon.section("boilerplate.txt", section) {
            for phrase in alternatives(&entry.key) {
                into.entry(kua_lexicon::fold(phrase).into_owned()).or_default().insert(*cue);
            }
        }
    }
}

/// One tongue a script that `[name]` lists, with the section its small words stand in: `[function]`
/// for the first, `[function Latn]` for a further one.
fn tongues(lang: Lang, lexicon: &Lexicon) -> Vec<(String, Tongue)> {
    let names = lexicon.section("language.txt", "name").iter();
    names
        .filter_map(|entry| entry.value.as_deref())
        .enumerate()
        .map(|(number, script)| {
            let tongue = tongue(lang, lexicon, script);
            match number {
                0 => ("function".to_owned(), tongue),
                _ => (
                    format!("function {script}"),
                    Tongue {
                        own: Vec::new(),
                        shared: Vec::new(),
                        usual: Vec::new(),
                        rate: 0,
                        ..tongue
                    },
                ),
            }
        })
        .collect()
}

fn tongue(lang: Lang, lexicon: &Lexicon, script: &str) -> Tongue {
    let letters = |name: &str| -> Vec<char> {
        let entries = lexicon.section("language.txt", "letters").iter();
        entries
            .filter(|entry| entry.key == name)
            .filter_map(|entry| entry.value.as_deref())
            .flat_map(str::chars)
            .collect()
    };
    Tongue {
        lang,
        cyrillic: script == "Cyrl",
        own: letters("own"),
        shared: letters("shared"),
        usual: letters("usual"),
        rate: letters("rate").iter().collect::<String>().parse().unwrap_or(0),
        shorts: Shorts {
            always: lexicon.abbreviations(),
            before_numbers: lexicon.abbreviations_before_numbers(),
        },
        month_first: lexicon
            .section("calendar.txt", "order")
            .first()
            .is_some_and(|entry| entry.key == "mdy"),
    }
}

fn alternatives(key: &str) -> impl Iterator<Item = &str> {
    key.split('|').map(str::trim).filter(|word| !word.is_empty())
}
