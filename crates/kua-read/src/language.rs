//! Language of a piece of text, "unknown" allowed. By letters first, then small words, then models
//! (`whichlang` for Latin script, `whatlang` for the rest): each alone is too weak on Kazakh,
//! Ukrainian and short lines; together they are both fast and right (`docs/benches/read.md`).

use kua_model::Lang;

use crate::letter_case::{is_letter, lower};
use crate::words::{Tongue, Words};

/// A language with how much it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Guess {
    /// `None`: cannot be told, or none that kua knows.
    pub lang: Option<Lang>,
    /// Enough to overrule the surrounding text.
    pub sure: bool,
}

/// Bytes of text looked at: more tells nothing new, and a long line must not cost more.
const SAMPLE: usize = 480;
/// Words compared with the lists.
const WORDS: usize = 48;

/// Letters of a text by script and by the alphabets they tell apart.
#[derive(Debug, Default)]
struct Letters {
    latin: usize,
    cyrillic: usize,
    arabic: usize,
    other: usize,
    foreign: usize,
    /// By tongue: letters of its own, letters it shares with alphabets kua does not know.
    own: [usize; MOST_TONGUES],
    shared: [usize; MOST_TONGUES],
    persian: usize,
    arabic_only: usize,
}

/// Languages with words; more would need a wider mask.
pub(crate) const MOST_TONGUES: usize = 32;

/// The language of `text` by itself.
pub(crate) fn guess(text: &str, words: &Words) -> Guess {
    let without = without_addresses(text);
    let sample = sample(&without);
    let letters = count(sample, words);
    let all = letters.latin + letters.cyrillic + letters.arabic + letters.other;
    if all < 2 {
        return Guess::default();
    }
    let most = |part: usize| part * 10 >= all * 6;
    if most(letters.cyrillic) {
        cyrillic(sample, &letters, words)
    } else if most(letters.latin) {
        latin(sample, letters.latin, words)
    } else if most(letters.arabic) {
        arabic(&letters)
    } else if most(letters.other) {
        Guess { lang: by_whatlang(sample, false), sure: all >= 4 }
    } else {
        Guess::default()
    }
}

/// The language of a piece whose surroundings are in `prior`: its own if it is sure, else the prior
/// if the piece may be in it.
pub(crate) fn in_context(
    own: Guess,
    prior: Option<Lang>,
    text: &str,
    words: &Words,
) -> Option<Lang> {
    if own.sure || prior.is_none() {
        return own.lang;
    }
    let prior = prior?;
    let mut tongues = words.tongues_of(prior);
    let Some(first) = tongues.next() else { return Some(prior) };
    if may_be_in(text, first) {
        return Some(prior);
    }
    // Its other script is the likelier reading only where no language we know claims the words.
    let strange = own.lang.is_none_or(|lang| words.tongue(lang).is_none());
    if strange && tongues.any(|tongue| may_be_in(text, tongue)) { Some(prior) } else { own.lang }
}

/// Whether the script is right, and the letters of the language that ought to stand in a text of
/// this length are not all absent.
fn may_be_in(text: &str, tongue: &Tongue) -> bool {
    const EXPECTED: usize = 6;
    let (mut in_script, mut out, mut telling) = (0usize, 0usize, 0usize);
    for character in sample(text).chars().filter(|&c| is_letter(c)) {
        let matches = if tongue.cyrillic { is_cyrillic(character) } else { is_latin(character) };
        in_script += usize::from(matches);
        out += usize::from(!matches);
        let low = lower(character);
        telling += usize::from(tongue.own.contains(&low) || tongue.shared.contains(&low));
    }
    in_script >= out && (telling > 0 || in_script * tongue.rate < EXPECTED * 100)
}

/// The text without web addresses: they are in no language.
fn without_addresses(text: &str) -> std::borrow::Cow<'_, str> {
    let head = text.get(..text.len().min(4 * SAMPLE)).unwrap_or(text);
    if !head.contains("://") && !head.contains("www.") {
        return std::borrow::Cow::Borrowed(text);
    }
    let words =
        head.split_whitespace().filter(|word| !word.contains("://") && !word.starts_with("www."));
    std::borrow::Cow::Owned(words.collect::<Vec<_>>().join(" "))
}

fn sample(text: &str) -> &str {
    let mut end = text.len().min(SAMPLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn is_latin(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '\u{AA}' | '\u{BA}' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}')
}

fn count(sample: &str, words: &Words) -> Letters {
    let mut letters = Letters::default();
    for character in sample.chars() {
        if character.is_ascii_alphabetic() {
            letters.latin += 1;
        } else if character.is_ascii() {
            continue;
        } else if is_cyrillic(character) {
            letters.cyrillic += 1;
            // а..я, А..Я without ы э ъ: in every alphabet.
            let lower = lower(character);
            if matches!(lower, 'а'..='щ' | 'ь' | 'ю' | 'я') {
                continue;
            }
            letters.foreign += usize::from(words.foreign.contains(&lower));
            for (index, tongue) in words.tongues.iter().enumerate().take(MOST_TONGUES) {
                letters.own[index] += usize::from(tongue.own.contains(&lower));
                letters.shared[index] += usize::from(tongue.shared.contains(&lower));
            }
        } else if is_latin(character) {
            letters.latin += 1;
        } else if matches!(character, '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}') {
            if character.is_alphabetic() {
                letters.arabic += 1;
                letters.persian += usize::from("پچژگکی".contains(character));
                letters.arabic_only += usize::from("يكةى".contains(character));
                letters.foreign += usize::from("ٹڈڑےںۆێەېڭۈۋڤټډړڼ".contains(character));
            }
        } else if character.is_alphabetic() {
            letters.other += 1;
        }
    }
    letters
}

/// Cyrillic: alphabets tell most; Kyrgyz, Tatar, Tajik, Uzbek, Belarusian… must stay unknown.
fn cyrillic(sample: &str, letters: &Letters, words: &Words) -> Guess {
    let all = letters.cyrillic;
    if letters.foreign > 0 && letters.foreign * 100 >= all {
        return Guess { lang: None, sure: all >= 20 };
    }
    let scores = function_words(sample, words);
    let word_score = |index: usize| scores.get(index).copied().unwrap_or(0);
    // Share of own letters that a text in the language easily reaches and a foreign name does not.
    let mut best: Option<(usize, usize)> = None;
    for (index, tongue) in words.tongues.iter().enumerate().take(MOST_TONGUES) {
        if !tongue.cyrillic || letters.own[index] == 0 {
            continue;
        }
        let evidence = letters.own[index] + letters.shared[index];
        // A name in its own spelling (a party, a town) does not change the language around it.
        let rival = (0..words.tongues.len().min(MOST_TONGUES))
            .any(|other| other != index && word_score(other) > word_score(index) + 1);
        if evidence * 300 < all * tongue.rate.min(6) || (rival && evidence * 100 < all * 10) {
            continue;
        }
        // An alphabet with letters of its own beside common ones (ы) weighs by the rarer.
        let weight = evidence + if tongue.shared.is_empty() { 0 } else { all };
        if best.is_none_or(|(_, known)| weight > known) {
            best = Some((index, weight));
        }
    }
    let shared: usize = letters.shared.iter().copied().max().unwrap_or(0);
    let certain = |index: usize| {
        let tongue = words.tongues.get(index);
        // Letters that another alphabet has too (ы in Kazakh) settle a short line only with a word.
        let only_its = tongue.is_some_and(|tongue| !tongue.shared.is_empty());
        let ahead = (0..MOST_TONGUES).all(|other| other == index || scores[other] < scores[index]);
        Guess {
            lang: tongue.map(|tongue| tongue.lang),
            sure: all >= 60 || (all >= 8 && (only_its || ahead)),
        }
    };
    if let Some((index, _)) = best {
        let tongue_shares = !words.tongues[index].shared.is_empty();
        // ө ү ң in a text without one small word of the language: Kyrgyz, Tatar, Mongolian.
        let named = shared > 0 && shared * 100 < all * 2 && scores[index] > 0;
        if tongue_shares || shared == 0 || named {
            return certain(index);
        }
        return shared_letters(sample, letters, words, Some(index));
    }
    if shared > 0 && shared * 100 >= all {
        return shared_letters(sample, letters, words, None);
    }
    no_letter_tells(sample, all, &scores, words)
}

/// Cyrillic text without a telling letter: small words, a model, and how unlikely the absence of its
/// own letters is in each language (a long text without і is not Ukrainian).
fn no_letter_tells(
    sample: &str,
    all: usize,
    scores: &[usize; MOST_TONGUES],
    words: &Words,
) -> Guess {
    let usual =
        sample.chars().any(|c| words.tongues.iter().any(|tongue| tongue.usual.contains(&c)));
    let lead = |model: Option<Lang>| rank(all, scores, model, words);
    // The model is slow and weak; it is asked only where the rest does not decide.
    if let Some((lang, ahead)) =
        lead(None).filter(|&(_, ahead)| ahead >= 4500 && (usual || all < 40))
    {
        return Guess { lang: Some(lang), sure: all >= 20 && ahead >= 2500 };
    }
    let info = whatlang::detect(sample);
    let model = info.as_ref().and_then(|info| code_of(info.lang()));
    let known = |lang: Lang| words.tongue(lang).is_some_and(|tongue| tongue.cyrillic);
    let reliable = info.is_some_and(|info| info.is_reliable());
    if let Some(other) = model.filter(|&lang| !known(lang) && !usual && all >= 40 && reliable) {
        return Guess { lang: Some(other), sure: all >= 60 };
    }
    let Some((lang, ahead)) = lead(model) else { return Guess { lang: model, sure: false } };
    Guess {
        lang: Some(lang).filter(|_| all >= 8 && ahead >= 500),
        sure: all >= 20 && ahead >= 2500,
    }
}

/// The likeliest Cyrillic tongue and by how much it leads, in thousandths of a nat: a small word is
/// worth e^2, the model e^1.5, each absent letter -ln(1 - rate).
fn rank(
    all: usize,
    scores: &[usize; MOST_TONGUES],
    model: Option<Lang>,
    words: &Words,
) -> Option<(Lang, i64)> {
    let mut best: Option<(i64, Lang)> = None;
    let mut second = i64::MIN;
    for (tongue, found) in words.tongues.iter().zip(scores).filter(|(tongue, _)| tongue.cyrillic) {
        let absence = all * (tongue.rate * 10 + tongue.rate * tongue.rate / 20);
        let signs = 2000 * found + if model == Some(tongue.lang) { 1500 } else { 0 };
        let score = i64::try_from(signs).unwrap_or(0) - i64::try_from(absence).unwrap_or(0);
        match best {
            Some((known, _)) if score <= known => second = second.max(score),
            _ => {
                second = best.map_or(second, |(known, _)| known);
                best = Some((score, tongue.lang));
            }
        }
    }
    best.map(|(score, lang)| (lang, score.saturating_sub(second)))
}

/// Letters that a known alphabet shares with unknown ones stand in the text, and none of its own:
/// it is the known language only if another sign agrees.
fn shared_letters(sample: &str, letters: &Letters, words: &Words, with: Option<usize>) -> Guess {
    let all = letters.cyrillic;
    let scores = function_words(sample, words);
    let holders: Vec<usize> = (0..words.tongues.len().min(MOST_TONGUES))
        .filter(|&index| letters.shared[index] > 0 && words.tongues[index].cyrillic)
        .collect();
    // The alphabet that explains most of the shared letters; small words break the tie.
    let most = holders.iter().map(|&index| letters.shared[index]).max().unwrap_or(0);
    let fitting: Vec<usize> =
        holders.iter().copied().filter(|&index| letters.shared[index] == most).collect();
    let of = |index: usize| words.tongues.get(index).map(|tongue| tongue.lang);
    if fitting.len() > 1 {
        // і alone: with ы э ё Kazakh, without them Ukrainian; as a word by itself with ы, Belarusian.
        let alone = sample.split(|c: char| !c.is_alphabetic()).any(|word| {
            word.chars().count() == 1
                && word
                    .to_lowercase()
                    .chars()
                    .all(|c| words.tongues.iter().filter(|t| t.shared.contains(&c)).count() > 1)
        });
        let wide = fitting.iter().copied().max_by_key(|&index| words.tongues[index].shared.len());
        let narrow = fitting.iter().copied().min_by_key(|&index| words.tongues[index].shared.len());
        return match with {
            Some(_) if alone => Guess { lang: None, sure: false },
            Some(_) => Guess { lang: wide.and_then(of), sure: all >= 12 },
            None => {
                let wide_words = wide.map_or(0, |index| scores[index]);
                let narrow_words = narrow.map_or(0, |index| scores[index]);
                let margin = if all >= 25 { 2 } else { 1 };
                let pick = if wide_words >= narrow_words + margin { wide } else { narrow };
                let told = wide_words != narrow_words;
                Guess { lang: pick.and_then(of), sure: all >= 40 || (all >= 15 && told) }
            }
        };
    }
    // ә ң ө ү without ғ қ ұ: Kyrgyz, Tatar, Mongolian, or a short Kazakh line.
    let Some(&index) = fitting.first() else { return Guess::default() };
    let both = letters.shared[index] > 0
        && sample.chars().any(|c| {
            let lower = c.to_lowercase().next().unwrap_or(c);
            words.tongues.iter().filter(|tongue| tongue.shared.contains(&lower)).count() > 1
        });
    if both || scores[index] >= 2 {
        return Guess { lang: of(index), sure: all >= 12 };
    }
    Guess { lang: None, sure: all >= 60 }
}

fn latin(sample: &str, letters: usize, words: &Words) -> Guess {
    let mut scores = function_words(sample, words);
    let owner = owner(sample, letters, words);
    if let Some((index, own)) = owner {
        // A letter of its own is worth a small word; some names hold three.
        scores[index] += own.min(3);
    }
    // Small words alone tell most sentences; the model is asked for the rest.
    if let Some(index) = clear_winner(&scores, 4) {
        let lang = words.tongues.get(index).map(|tongue| tongue.lang);
        return Guess { lang, sure: letters >= 12 };
    }
    let model = match whichlang::detect_language(sample) {
        whichlang::Lang::Eng => "en",
        whichlang::Lang::Fra => "fr",
        whichlang::Lang::Spa => "es",
        whichlang::Lang::Deu => "de",
        whichlang::Lang::Ita => "it",
        whichlang::Lang::Por => "pt",
        whichlang::Lang::Nld => "nl",
        whichlang::Lang::Swe => "sv",
        whichlang::Lang::Tur => "tr",
        whichlang::Lang::Vie => "vi",
        _ => "",
    };
    let model: Option<Lang> = model.parse().ok();
    let index = words.tongues.iter().position(|tongue| Some(tongue.lang) == model);
    let winner = clear_winner(&scores, 2);
    // The model knows few languages, and calls the others by the names of those it knows.
    if let Some((owner, _)) = owner.filter(|&(owner, _)| index.is_none_or(|model| model != owner))
        && clear_winner(&scores, 1) == Some(owner)
    {
        let other = by_whatlang(sample, true).filter(|&lang| words.tongue(lang).is_none());
        let lang = words.tongues.get(owner).map(|tongue| tongue.lang).filter(|_| other.is_none());
        return Guess { lang: lang.or(other), sure: letters >= 25 && winner.is_some() };
    }
    let of = |index: usize| words.tongues.get(index).map(|tongue| tongue.lang);
    match (index, winner) {
        // Model and small words agree.
        (Some(model), Some(winner)) if model == winner => {
            Guess { lang: of(model), sure: letters >= 12 }
        }
        (_, Some(winner)) if clear_winner(&scores, 3) == Some(winner) && index.is_some() => {
            Guess { lang: of(winner), sure: letters >= 25 }
        }
        (Some(index), _) => {
            let known = scores[index];
            if known == 0 && letters >= 40 {
                // Running text without one small word of the language is hardly in it.
                let second = by_whatlang(sample, false);
                let lang = second.filter(|&lang| Some(lang) == of(index));
                let other = by_whatlang(sample, true).filter(|&lang| words.tongue(lang).is_none());
                return Guess { lang: lang.or(other), sure: lang.is_some() && letters >= 80 };
            }
            Guess { lang: of(index).filter(|_| letters >= 3), sure: known >= 1 && letters >= 25 }
        }
        // A language without a lexicon: two models must agree, and the small words of none ours.
        (None, winner) => {
            let second = by_whatlang(sample, true);
            if let Some(winner) = winner.filter(|_| second != model) {
                return Guess { lang: of(winner), sure: letters >= 25 };
            }
            let reliable = second.filter(|_| letters >= 25);
            Guess { lang: reliable, sure: reliable.is_some() && letters >= 50 }
        }
    }
}

/// The Latin tongue whose own letters make at least a third of the share they usually have, with how
/// many there are. Words with a capital are left out but the first: a name in its own spelling stands
/// in any language.
fn owner(sample: &str, letters: usize, words: &Words) -> Option<(usize, usize)> {
    if sample.is_ascii() {
        return None;
    }
    let small = || {
        sample
            .split(|c: char| !is_letter(c))
            .filter(|word| !word.is_empty())
            .enumerate()
            .filter(|(number, word)| *number == 0 || word.starts_with(|c: char| c == lower(c)))
            .flat_map(|(_, word)| word.chars().map(lower))
    };
    let tongues = words.tongues.iter().enumerate().take(MOST_TONGUES);
    tongues
        .filter(|(_, tongue)| !tongue.cyrillic && !tongue.own.is_empty())
        .map(|(index, tongue)| (index, small().filter(|c| tongue.own.contains(c)).count()))
        .filter(|&(index, own)| own > 0 && own * 300 >= letters * words.tongues[index].rate)
        .max_by_key(|&(index, own)| (own, MOST_TONGUES - index))
}

fn arabic(letters: &Letters) -> Guess {
    let sure = letters.arabic >= 12;
    if letters.foreign * 50 >= letters.arabic && letters.foreign > 0 {
        return Guess { lang: None, sure };
    }
    let code: &[u8; 2] = if letters.persian > letters.arabic_only { b"fa" } else { b"ar" };
    Guess { lang: Some(Lang::two(code)), sure }
}

/// How many of the first words are small words, by tongue.
fn function_words(sample: &str, words: &Words) -> [usize; MOST_TONGUES] {
    let mut scores = [0; MOST_TONGUES];
    let mut folded = String::new();
    let pieces = sample.split(|c: char| !is_letter(c) && c != '\'' && c != '’');
    for piece in pieces.filter(|piece| !piece.is_empty()).take(WORDS) {
        // l'État: the article and the word.
        let (head, tail) = match piece.find(['\'', '’']) {
            Some(at) => (&piece[..at], piece[at..].trim_start_matches(['\'', '’'])),
            None => ("", piece),
        };
        for (part, elided) in [(head, true), (tail, false)] {
            if part.is_empty() || part.len() > 24 {
                continue;
            }
            folded.clear();
            folded.extend(part.chars().map(lower).map(|c| if c == 'ё' { 'е' } else { c }));
            if elided {
                folded.push('\'');
            }
            let mut mask = words.function_mask(&folded);
            while mask != 0 {
                let index = mask.trailing_zeros() as usize;
                scores[index] += 1;
                mask &= mask - 1;
            }
        }
    }
    scores
}

/// The tongue that leads all others by `margin`.
fn clear_winner(scores: &[usize; MOST_TONGUES], margin: usize) -> Option<usize> {
    let best = (0..MOST_TONGUES).max_by_key(|&index| (scores[index], MOST_TONGUES - index))?;
    let next = (0..MOST_TONGUES).filter(|&index| index != best).map(|index| scores[index]).max()?;
    (scores[best] >= next + margin).then_some(best)
}

/// ISO 639-1 code by `whatlang`; `reliable` asks for its own word that it is.
fn by_whatlang(sample: &str, reliable: bool) -> Option<Lang> {
    let info = whatlang::detect(sample)?;
    if reliable && !info.is_reliable() {
        return None;
    }
    code_of(info.lang())
}

fn code_of(lang: whatlang::Lang) -> Option<Lang> {
    const CODES: &[(&str, &str)] = &[
        ("eng", "en"),
        ("rus", "ru"),
        ("cmn", "zh"),
        ("spa", "es"),
        ("por", "pt"),
        ("ita", "it"),
        ("ben", "bn"),
        ("fra", "fr"),
        ("deu", "de"),
        ("ukr", "uk"),
        ("kat", "ka"),
        ("ara", "ar"),
        ("hin", "hi"),
        ("jpn", "ja"),
        ("heb", "he"),
        ("yid", "yi"),
        ("pol", "pl"),
        ("amh", "am"),
        ("jav", "jv"),
        ("kor", "ko"),
        ("nob", "nb"),
        ("dan", "da"),
        ("swe", "sv"),
        ("fin", "fi"),
        ("tur", "tr"),
        ("nld", "nl"),
        ("hun", "hu"),
        ("ces", "cs"),
        ("ell", "el"),
        ("bul", "bg"),
        ("bel", "be"),
        ("mar", "mr"),
        ("kan", "kn"),
        ("ron", "ro"),
        ("slv", "sl"),
        ("hrv", "hr"),
        ("srp", "sr"),
        ("mkd", "mk"),
        ("lit", "lt"),
        ("lav", "lv"),
        ("est", "et"),
        ("tam", "ta"),
        ("vie", "vi"),
        ("urd", "ur"),
        ("tha", "th"),
        ("guj", "gu"),
        ("uzb", "uz"),
        ("pan", "pa"),
        ("aze", "az"),
        ("ind", "id"),
        ("tel", "te"),
        ("pes", "fa"),
        ("mal", "ml"),
        ("ori", "or"),
        ("mya", "my"),
        ("nep", "ne"),
        ("sin", "si"),
        ("khm", "km"),
        ("tuk", "tk"),
        ("aka", "ak"),
        ("zul", "zu"),
        ("sna", "sn"),
        ("afr", "af"),
        ("lat", "la"),
        ("slk", "sk"),
        ("cat", "ca"),
        ("tgl", "tl"),
        ("hye", "hy"),
        ("epo", "eo"),
        ("cym", "cy"),
    ];
    let code = lang.code();
    CODES.iter().find(|(three, _)| *three == code).and_then(|(_, two)| two.parse().ok())
}
