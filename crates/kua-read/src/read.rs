//! Runs the steps and puts the document together.

use kua_lexicon::Lexicons;
use kua_model::{
    Block, Completeness, Document, DocumentDates, DocumentId, Item, Lang, Locator, Noted, Notice,
    NoticePlace, Omitted, Receipt, Role, Sentence, Severity, SourceRange, TextRange,
};
use serde::{Deserialize, Serialize};

use crate::charset::{self, Decoded};
use crate::draft::Draft;
use crate::format::{self, Format};
use crate::sentences::Shorts;
use crate::words::{Words, words};
use crate::{dates, html, language, plain, roles, sentences};

/// Raised whenever the same bytes may give another document.
pub const VERSION: u32 = 5;

/// Settings of reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadConfig {
    /// Bytes of text, from the top, in which dates are looked for.
    pub date_scan_bytes: usize,
}

impl Default for ReadConfig {
    fn default() -> Self {
        Self { date_scan_bytes: 2 << 20 }
    }
}

/// The documents in `bytes`, which are the content of `item`.
///
/// Plain text and HTML give one document each; other formats give one without text whose receipt
/// says `unsupported`, and a notice of a loss. Never fails: what cannot be read is noticed.
/// Offsets of blocks and sentences are UTF-8 bytes of [`Document::text`], end excluded; locators
/// are bytes of the item.
pub fn read(
    item: &Item,
    bytes: &[u8],
    lexicons: &Lexicons,
    config: &ReadConfig,
) -> Noted<Vec<Document>> {
    let mut notices = Vec::new();
    let document = document(item, bytes, lexicons, config, &mut notices);
    Noted { value: vec![document], notices }
}

fn document(
    item: &Item,
    bytes: &[u8],
    lexicons: &Lexicons,
    config: &ReadConfig,
    notices: &mut Vec<Notice>,
) -> Document {
    let place = NoticePlace::Item(item.id);
    match format::detect(bytes) {
        Format::Empty => {
            notices.push(Notice::new(
                Severity::Loss,
                "empty-file",
                place,
                "The file holds no bytes. If it should hold something, add the original again.",
            ));
            return without_text(item, Completeness::Empty);
        }
        Format::Unsupported(name) => {
            notices.push(unsupported(place, name));
            return without_text(item, Completeness::Unsupported);
        }
        Format::Text => {}
    }
    let decoded = charset::decode(bytes);
    if format::is_binary(&decoded.text, decoded.broken) {
        notices.push(unsupported(place, "binary data of an unknown kind"));
        return without_text(item, Completeness::Unsupported);
    }
    tell_charset(&decoded, &place, notices);
    let words = words(lexicons);
    let is_html = format::is_html(&decoded.text, &item.path);
    let text = &decoded.text;
    let mut draft =
        if is_html { html::page(text, &words) } else { plain::plain(text.clone().into_owned()) };
    for (severity, code, message) in &draft.odd {
        notices.push(Notice::new(*severity, code, place.clone(), message.clone()));
    }
    let languages = block_languages(&draft, &words);
    let main = main_language(&draft, &languages);
    let known: Vec<Option<Lang>> =
        languages.iter().map(|guess| guess.lang.filter(|_| guess.sure)).collect();
    roles::settle(&mut draft, &known, main, &words);
    let unknown = is_unknown(main, &languages);
    let languages = with_prior(&draft, &languages, main, &words);
    let sentences = all_sentences(&draft, &languages, main, unknown, &words);
    let id = DocumentId::new(item.id, 0);
    let dates =
        dates::find(&draft, &decoded, bytes, &languages, main, item, id, &words, config, notices);
    let title = title(&draft, &sentences);
    let completeness = match () {
        () if draft.text.trim().is_empty() => Completeness::Empty,
        () if draft.partial || decoded.broken > 0 => Completeness::Partial,
        () => Completeness::Complete,
    };
    if completeness == Completeness::Empty {
        notices.push(Notice::new(
            Severity::Loss,
            "no-text",
            place,
            "The file was read and holds no visible text.",
        ));
    }
    let locate = |range: TextRange| Locator::Bytes {
        start: decoded.map.byte_of(range.start, text, bytes),
        end: decoded.map.byte_of(range.end, text, bytes),
    };
    let mut omitted: Vec<Omitted> = Vec::new();
    if decoded.bom > 0 {
        let at = Locator::Bytes { start: 0, end: decoded.bom as u64 };
        omitted.push(Omitted { what: "byte-order-mark".to_owned(), at });
    }
    omitted.extend(
        draft
            .omitted
            .iter()
            .map(|(what, range)| Omitted { what: (*what).to_owned(), at: locate(*range) }),
    );
    let blocks = draft.blocks.iter().zip(&languages).map(|(block, language)| Block {
        role: block.role.unwrap_or(Role::Main),
        range: block.range,
        source: block
            .source
            .iter()
            .map(|(text, from)| SourceRange { text: *text, at: locate(*from) })
            .collect(),
        language: *language,
        why: block.why.iter().map(|why| (*why).to_owned()).collect(),
    });
    Document {
        id,
        item: item.id,
        path: item.path.clone(),
        blocks: blocks.collect(),
        sentences,
        language: main,
        title,
        dates,
        receipt: Receipt {
            reader: if is_html { "html" } else { "plain" }.to_owned(),
            version: VERSION,
            charset: decoded.encoding.name().to_owned(),
            charset_how: decoded.how.to_owned(),
            completeness,
            omitted,
        },
        text: draft.text,
    }
}

/// What the bytes at `source` of an item read as, for checking a block against its source: decoded
/// and, for HTML, with references resolved and white space folded (or, in `pre`, kept).
/// `None` if the locator is not a range of these bytes.
pub fn decode_source(
    item: &[u8],
    receipt: &Receipt,
    source: &SourceRange,
    kept_space: bool,
) -> Option<String> {
    let Locator::Bytes { start, end } = source.at else { return None };
    let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
    let bytes = item.get(range)?;
    let (text, _) = charset::named(&receipt.charset).decode_without_bom_handling(bytes);
    if receipt.reader != "html" {
        return Some(text.into_owned());
    }
    let mut out = String::new();
    html::read_run(&text, kept_space, &mut out);
    Some(out)
}

fn without_text(item: &Item, completeness: Completeness) -> Document {
    Document {
        id: DocumentId::new(item.id, 0),
        item: item.id,
        path: item.path.clone(),
        text: String::new(),
        blocks: Vec::new(),
        sentences: Vec::new(),
        language: None,
        title: None,
        dates: DocumentDates { candidates: vec![dates::bound(item)], ..DocumentDates::default() },
        receipt: Receipt {
            reader: "none".to_owned(),
            version: VERSION,
            charset: String::new(),
            charset_how: String::new(),
            completeness,
            omitted: Vec::new(),
        },
    }
}

fn unsupported(place: NoticePlace, name: &str) -> Notice {
    Notice::new(
        Severity::Loss,
        "unsupported",
        place,
        format!(
            "Expected plain text or HTML, found {name}. The file is preserved but its content was not read; add a text or HTML copy of it beside it to have it counted."
        ),
    )
}

fn tell_charset(decoded: &Decoded<'_>, place: &NoticePlace, notices: &mut Vec<Notice>) {
    let name = decoded.encoding.name();
    if let Some(label) = &decoded.lie {
        notices.push(Notice::new(
            Severity::Note,
            "charset-declared-wrongly",
            place.clone(),
            format!("The page declares the character set {label}, but its bytes are {name}; it was read as {name}."),
        ));
    }
    if let Some(label) = &decoded.unknown_label {
        notices.push(Notice::new(
            Severity::Caution,
            "charset-unknown",
            place.clone(),
            format!("The page declares the character set {label:?}, which kua cannot decode (old Kazakh pages in KZ-1048 are a known gap); it was read as {name}. Letters may be wrong: compare with the original."),
        ));
    }
    if decoded.broken > 0 {
        notices.push(Notice::new(
            Severity::Caution,
            "broken-characters",
            place.clone(),
            format!("{} byte sequences are no characters of {name}; each is shown as \u{FFFD}. The rest of the text is as it stands.", decoded.broken),
        ));
    }
    if decoded.how == "guessed" && decoded.broken == 0 {
        notices.push(Notice::new(
            Severity::Note,
            "charset-guessed",
            place.clone(),
            format!(
                "The file does not say its character set; {name} was guessed from its letters."
            ),
        ));
    }
}

/// The language of each block by itself; markup's word only where the text does not tell.
fn block_languages(draft: &Draft, words: &Words) -> Vec<language::Guess> {
    let of = |block: &crate::draft::DraftBlock| {
        let own = language::guess(block.range.of(&draft.text).unwrap_or_default().trim(), words);
        if own.lang.is_none() && !own.sure {
            return language::Guess { lang: block.declared_lang, sure: false };
        }
        own
    };
    draft.blocks.iter().map(of).collect()
}

/// The language most of the body is in: by length of the blocks that are sure, running text first.
fn main_language(draft: &Draft, languages: &[language::Guess]) -> Option<Lang> {
    let mut weights: std::collections::BTreeMap<Option<Lang>, usize> =
        std::collections::BTreeMap::new();
    for (block, guess) in draft.blocks.iter().zip(languages) {
        let furniture = block.role.is_some_and(|role| !role.is_body());
        let length = block.range.len().min(4000);
        let weight = if furniture { length / 10 } else { length };
        let weight = if guess.sure {
            weight * 4
        } else if guess.lang.is_some() {
            weight
        } else {
            0
        };
        *weights.entry(guess.lang).or_default() += weight;
    }
    let (lang, weight) = weights.into_iter().max_by_key(|(_, weight)| *weight)?;
    (weight > 0).then_some(lang).flatten()
}

/// Whether the text is in a language kua does not know: then nothing unsure may be told of it.
fn is_unknown(main: Option<Lang>, guesses: &[language::Guess]) -> bool {
    main.is_none() && guesses.iter().any(|guess| guess.sure && guess.lang.is_none())
}

/// Unsure blocks take the language of the document, if their letters allow it.
fn with_prior(
    draft: &Draft,
    guesses: &[language::Guess],
    main: Option<Lang>,
    words: &Words,
) -> Vec<Option<Lang>> {
    let unknown = is_unknown(main, guesses);
    let one = |(block, guess): (&crate::draft::DraftBlock, &language::Guess)| {
        if unknown && !guess.sure {
            return None;
        }
        let text = block.range.of(&draft.text).unwrap_or_default();
        language::in_context(*guess, main, text, words)
    };
    draft.blocks.iter().zip(guesses).map(one).collect()
}

fn all_sentences(
    draft: &Draft,
    languages: &[Option<Lang>],
    main: Option<Lang>,
    unknown: bool,
    words: &Words,
) -> Vec<Sentence> {
    let mut out = Vec::new();
    let mut ranges = Vec::new();
    let none = Shorts::default();
    for (index, block) in draft.blocks.iter().enumerate() {
        let language = languages.get(index).copied().flatten();
        ranges.clear();
        let code = language.or(main);
        let shorts =
            code.and_then(|lang| words.tongue(lang)).map_or(&none, |tongue| &tongue.shorts);
        sentences::sentences(
            &draft.text,
            block.range,
            block.hard_breaks,
            code,
            shorts,
            &mut ranges,
        );
        let alone = ranges.len() == 1;
        // Shorter sentences are never sure enough to overrule their block.
        const TELLING: usize = 24;
        for range in &ranges {
            let text = range.of(&draft.text).unwrap_or_default();
            let own = if alone || text.len() < TELLING {
                language
            } else {
                let guess = language::guess(text, words);
                let known = if unknown && !guess.sure { None } else { guess.lang };
                language::in_context(
                    language::Guess { lang: known, ..guess },
                    language,
                    text,
                    words,
                )
            };
            out.push(Sentence { range: *range, block: index, language: own });
        }
    }
    out
}

/// The title block, else the first sentence of the body if it is short enough to stand for one.
fn title(draft: &Draft, sentences: &[Sentence]) -> Option<TextRange> {
    const LONGEST: usize = 300;
    let block = draft.blocks.iter().position(|block| block.role == Some(Role::Title));
    let of = |index: usize| {
        let range = draft.blocks.get(index)?.range;
        let words = range.of(&draft.text)?;
        let start = range.start + words.len() - words.trim_start().len();
        Some(TextRange::new(start, start + words.trim().len()))
    };
    if let Some(index) = block {
        return of(index);
    }
    let body = |sentence: &&Sentence| {
        draft.blocks.get(sentence.block).and_then(|block| block.role).is_some_and(Role::is_body)
    };
    sentences
        .iter()
        .find(body)
        .map(|sentence| sentence.range)
        .filter(|range| range.len() <= LONGEST)
}
