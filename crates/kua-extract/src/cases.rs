//! What the ending of a word tells, in languages that say by endings what others say by small
//! words: where, whom, from what figure, to what figure. Holds no ending: they are in `cases.txt`.

use kua_lexicon::Lexicon;

/// What an ending may tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// "in": a capitalised word with it is a place.
    Place,
    /// Whom a verb acts on.
    Object,
    /// "from": what a figure was, where a range begins.
    From,
    /// "to": what a figure became, where a range ends.
    To,
    /// "of": the whole of which something is a part; whose words they are.
    Of,
    /// Stands behind digits and leaves them a count.
    Count,
    /// Stands behind digits and makes them approximate.
    About,
    /// A word that is in no lexicon is one for people.
    Person,
}

const SECTIONS: [(&str, Case); 8] = [
    ("place", Case::Place),
    ("object", Case::Object),
    ("from", Case::From),
    ("to", Case::To),
    ("of", Case::Of),
    ("count", Case::Count),
    ("about", Case::About),
    ("person", Case::Person),
];

/// The file it is read from.
pub(crate) const FILE: &str = "cases.txt";

/// Endings by what they tell.
#[derive(Debug, Default)]
pub(crate) struct Cases(Vec<(Case, Vec<Ending>)>);

/// An ending, and the letters one of which must stand before it; none if any may.
#[derive(Debug)]
struct Ending {
    before: String,
    letters: String,
}

impl Ending {
    fn of(text: &str) -> Self {
        let (before, letters) = text.split_once('-').unwrap_or(("", text));
        let fold = |text: &str| kua_lexicon::fold(text).into_owned();
        Self { before: fold(before), letters: fold(letters) }
    }

    /// The word without it.
    fn cut<'w>(&self, word: &'w str) -> Option<&'w str> {
        let stem = word.strip_suffix(self.letters.as_str())?;
        (self.before.is_empty() || stem.ends_with(|letter| self.before.contains(letter)))
            .then_some(stem)
    }
}

impl Cases {
    /// The endings of a language; names of sections that mean nothing come second, with their line.
    pub(crate) fn of(lexicon: &Lexicon) -> (Self, Vec<(usize, String)>) {
        let mut cases = Vec::new();
        let mut unknown = Vec::new();
        for (section, entries) in lexicon.sections(FILE) {
            let Some(&(_, case)) = SECTIONS.iter().find(|(name, _)| *name == section) else {
                let line = entries.first().map_or(0, |entry| entry.line);
                unknown.push((line, section.to_owned()));
                continue;
            };
            let endings = entries
                .iter()
                .flat_map(|entry| entry.raw.split_whitespace())
                .map(Ending::of)
                .collect();
            cases.push((case, endings));
        }
        (Self(cases), unknown)
    }

    /// Whether a folded word ends so. A stem of two letters at least must be left.
    pub(crate) fn tells(&self, case: Case, word: &str) -> bool {
        self.endings(case)
            .any(|ending| ending.cut(word).is_some_and(|stem| stem.chars().nth(1).is_some()))
    }

    /// Whether an ending that stands apart, behind digits, tells this.
    pub(crate) fn says(&self, case: Case, ending: &str) -> bool {
        match case {
            Case::Count | Case::About => self.endings(case).any(|known| known.letters == ending),
            _ => self.endings(case).any(|known| ending.ends_with(&known.letters)),
        }
    }

    /// The word without the longest ending of this case.
    pub(crate) fn without<'w>(&self, case: Case, word: &'w str) -> &'w str {
        self.endings(case)
            .filter_map(|ending| ending.cut(word).filter(|stem| !stem.is_empty()))
            .min_by_key(|stem| stem.len())
            .unwrap_or(word)
    }

    /// Whether a word is in a case that no subject stands in.
    pub(crate) fn oblique(&self, word: &str) -> bool {
        [Case::Place, Case::Object, Case::From, Case::To, Case::Of]
            .into_iter()
            .any(|case| self.tells(case, word))
    }

    fn endings(&self, case: Case) -> impl Iterator<Item = &Ending> {
        self.0.iter().filter(move |(known, _)| *known == case).flat_map(|(_, endings)| endings)
    }
}
