//! Sentences of a block. `sentencex` finds the boundaries; quotations are hidden from it, because it
//! keeps a quotation one sentence however long, and is quadratic in an unclosed one.

use kua_model::{Lang, TextRange};

/// No abbreviation before a number has so many letters.
const LONG_WORD: usize = 5;
/// Where a language lists its abbreviations before numbers, no other word of this length is one.
const SHORT_WORD: usize = 3;
/// Letters of the longest abbreviation that is looked for.
const LONGEST_ABBREVIATION: usize = 8;
/// Bytes given to the splitter at once.
const PIECE: usize = 8 * 1024;

/// Abbreviations of a language, folded, without their full stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shorts {
    /// Their stop ends no sentence.
    pub always: Vec<String>,
    /// Their stop ends no sentence where a number follows; empty if nobody listed them.
    pub before_numbers: Vec<String>,
}

/// Sentences of `text[block]`, in order, without surrounding white space. With `hard_breaks`, a line
/// break ends a sentence. Every character that is not white space is in one sentence.
pub(crate) fn sentences(
    text: &str,
    block: TextRange,
    hard_breaks: bool,
    lang: Option<Lang>,
    shorts: &Shorts,
    out: &mut Vec<TextRange>,
) {
    let Some(words) = block.of(text) else { return };
    let mut start = 0;
    while start < words.len() {
        let rest = &words[start..];
        let line = if hard_breaks {
            rest.find(['\n', '\t']).map_or(rest.len(), |at| at + 1)
        } else {
            rest.len()
        };
        let length = piece_length(&rest[..line]);
        split(&rest[..length], block.start + start, lang, shorts, out);
        start += length;
    }
}

/// At most [`PIECE`] bytes, cut after a full stop if there is one in the last half, else at white
/// space, else anywhere between characters.
fn piece_length(line: &str) -> usize {
    if line.len() <= PIECE {
        return line.len();
    }
    let mut end = PIECE;
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let mut half = PIECE / 2;
    while !line.is_char_boundary(half) {
        half -= 1;
    }
    let window = &line[half..end];
    let stop = window.rmatch_indices(['.', '!', '?', '…', '。']).find_map(|(at, mark)| {
        let after = at + mark.len();
        window[after..].starts_with(char::is_whitespace).then_some(half + after)
    });
    stop.or_else(|| {
        window
            .rfind(char::is_whitespace)
            .map(|at| half + at + window[at..].chars().next().map_or(1, char::len_utf8))
    })
    .unwrap_or(end)
}

fn split(
    piece: &str,
    offset: usize,
    lang: Option<Lang>,
    shorts: &Shorts,
    out: &mut Vec<TextRange>,
) {
    let trimmed = piece.trim();
    if trimmed.is_empty() {
        return;
    }
    let start = piece.len() - piece.trim_start().len();
    let whole = TextRange::new(offset + start, offset + start + trimmed.len());
    // Most headings, captions and names hold no stop inside.
    let inner = &trimmed[..trimmed.char_indices().next_back().map_or(0, |(at, _)| at)];
    if !inner.contains(['.', '!', '?', '…', '。', '؟', '۔', '\n', '।', '！', '？']) {
        out.push(whole);
        return;
    }
    let masked = mask(trimmed, shorts);
    let code = lang.as_ref().map_or("en", Lang::as_str);
    let boundaries = sentencex::get_sentence_boundaries(code, &masked);
    let mut current: Option<(usize, usize)> = None;
    for boundary in boundaries {
        let Some(words) = masked.get(boundary.start_byte..boundary.end_byte) else { continue };
        let core = words.trim();
        if core.is_empty() {
            continue;
        }
        let first = boundary.start_byte + words.len() - words.trim_start().len();
        let last = first + core.len();
        current = Some(match current {
            None => (0, last),
            Some((from, until)) => {
                let gap = trimmed.get(until..first).unwrap_or_default();
                let lower = core.chars().next().is_some_and(char::is_lowercase);
                if lower && gap.contains(is_quote) {
                    // «Why?» asked …: one sentence.
                    (from, last)
                } else {
                    let cut = until + closing_part(gap);
                    out.push(trim(trimmed, from, cut, offset + start));
                    (cut, last)
                }
            }
        });
    }
    let from = current.map_or(0, |(from, _)| from);
    out.push(trim(trimmed, from, trimmed.len(), offset + start));
}

fn trim(text: &str, from: usize, to: usize, offset: usize) -> TextRange {
    let words = text.get(from..to).unwrap_or_default();
    let lead = words.len() - words.trim_start().len();
    TextRange::new(offset + from + lead, offset + from + lead + words.trim().len())
}

/// How much of what stands between two sentences still belongs to the first: its closing quotes.
fn closing_part(gap: &str) -> usize {
    let mut taken = 0;
    for (at, character) in gap.char_indices() {
        let after = at + character.len_utf8();
        let closes = match character {
            '»' | '”' | '’' => true,
            // Straight quotes close when nothing stands between them and the words before.
            '"' | '\'' => taken == at,
            '“' => {
                taken == at
                    && !gap[after..].is_empty()
                    && gap[after..].starts_with(char::is_whitespace)
            }
            _ => false,
        };
        if closes {
            taken = after;
        } else if !character.is_whitespace() {
            break;
        }
    }
    taken
}

fn is_quote(character: char) -> bool {
    matches!(
        character,
        '"' | '«'
            | '»'
            | '“'
            | '”'
            | '„'
            | '‟'
            | '‹'
            | '›'
            | '\''
            | '‘'
            | '’'
            | '`'
            | '「'
            | '」'
            | '『'
            | '』'
    )
}

/// The text with quotation marks replaced by as many bytes of white space (of a letter-like mark
/// inside words), so that offsets stay. A digit after the end of a sentence is masked as a capital:
/// `sentencex` lets no sentence begin with a number, and reports often do. The stop of an abbreviation
/// is hidden, too.
fn mask<'t>(text: &'t str, shorts: &Shorts) -> std::borrow::Cow<'t, str> {
    let plain = !text.contains(is_quote) && !text.contains(|c: char| c.is_ascii_digit());
    if plain && shorts.always.is_empty() {
        return std::borrow::Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    // Letters of the word so far; whether the sentence may end with the mark before, and whether
    // white space followed that mark.
    let mut letters = 0_usize;
    let mut stopped: Option<(bool, bool)> = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let number_next =
            || characters.clone().find(|c| !c.is_whitespace()).is_some_and(|c| c.is_ascii_digit());
        let cut_short = character == '.'
            && (ends_short(&out, &shorts.always)
                || number_next() && ends_short(&out, &shorts.before_numbers));
        stopped = match (character, stopped) {
            _ if cut_short => None,
            ('.', _) => {
                let least = if shorts.before_numbers.is_empty() { LONG_WORD } else { SHORT_WORD };
                Some((letters >= least, false))
            }
            ('!' | '?' | '…', _) => Some((true, false)),
            (space, Some((ends, _))) if space.is_whitespace() => Some((ends, true)),
            (quote, Some(kept)) if is_quote(quote) => Some(kept),
            (digit, Some((true, true))) if digit.is_ascii_digit() => {
                out.push('A');
                letters = 0;
                previous = digit;
                stopped = None;
                continue;
            }
            _ => None,
        };
        if cut_short {
            out.push('_');
        } else if is_quote(character) {
            let inside = previous.is_alphanumeric()
                && characters.peek().is_some_and(|c| c.is_alphanumeric());
            let filler = if inside { '_' } else { ' ' };
            out.extend(std::iter::repeat_n(filler, character.len_utf8()));
        } else {
            out.push(character);
        }
        letters = if character.is_lowercase() { letters + 1 } else { 0 };
        previous = character;
    }
    std::borrow::Cow::Owned(out)
}

/// Whether `text` ends with one of `abbreviations` as a whole word.
fn ends_short(text: &str, abbreviations: &[String]) -> bool {
    if abbreviations.is_empty() {
        return false;
    }
    let start = text
        .char_indices()
        .rev()
        .take(LONGEST_ABBREVIATION + 1)
        .take_while(|(_, c)| c.is_alphabetic())
        .last();
    let word = start.map_or("", |(at, _)| &text[at..]);
    !word.is_empty() && abbreviations.contains(&kua_lexicon::fold(word).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_all<'t>(lang: &str, text: &'t str) -> Vec<&'t str> {
        let mut out = Vec::new();
        sentences(
            text,
            TextRange::new(0, text.len()),
            false,
            lang.parse().ok(),
            &Shorts::default(),
            &mut out,
        );
        out.iter().map(|range| range.of(text).unwrap()).collect()
    }

    #[test]
    fn a_quotation_is_cut_into_its_sentences_and_keeps_its_marks() {
        assert_eq!(
            split_all("fr", "Il a crié : « Frères ! Ne tirez pas. Reculez. » Puis il est parti."),
            ["Il a crié : « Frères !", "Ne tirez pas.", "Reculez. »", "Puis il est parti."]
        );
        assert_eq!(
            split_all("en", "He said: \"Stop. Go home.\" \"Why?\" she asked. They left."),
            ["He said: \"Stop.", "Go home.\"", "\"Why?\" she asked.", "They left."]
        );
    }

    #[test]
    fn a_sentence_may_begin_with_a_number() {
        for (lang, text) in [
            ("kk", "Екі адам қаза тапты. 30 адам жараланды."),
            ("ru", "Двое погибли. 30 человек ранены."),
            ("en", "Two people died. 30 were wounded."),
            ("kk", "Төрт адам қаза тапты. 2006 жылы 41 адам мерт болған."),
        ] {
            assert_eq!(split_all(lang, text).len(), 2, "{text}");
        }
    }

    #[test]
    fn only_abbreviations_that_are_listed_stand_before_a_number() {
        let months = ["sept", "корп", "ст", "п"].map(str::to_owned);
        let shorts = Shorts { always: Vec::new(), before_numbers: months.to_vec() };
        for (lang, text, count) in [
            ("en", "Four were shot dead. 15 were wounded.", 2),
            ("en", "It began on Sept. 11 at noon. 30 died.", 2),
            ("en", "Four were shot! 15 were wounded.", 2),
            ("kk", "Қаланы қоршауға алды. 15 қыркүйекте атыс басталды.", 2),
            ("ru", "Он живет в доме 5, корп. 2, и все видел.", 1),
            ("ru", "Дело закрыто по ст. 158 и п. 3.", 1),
        ] {
            let mut out = Vec::new();
            let whole = TextRange::new(0, text.len());
            sentences(text, whole, false, lang.parse().ok(), &shorts, &mut out);
            assert_eq!(out.len(), count, "{text}");
        }
        // Where nobody listed them, only long words are known to be none.
        assert_eq!(split_all("kk", "Қаланы қоршауға алды. 15 қыркүйекте атыс басталды.").len(), 1);
        assert_eq!(split_all("kk", "Қаланы қоршады. 15 қыркүйекте атыс басталды.").len(), 2);
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_a_sentence() {
        assert_eq!(
            split_all("en", "Dr. Smith met J. R. Brown at 5 p.m. on Main St. He left.").len(),
            2
        );
        assert_eq!(
            split_all("ru", "Об этом сообщил г. Иванов в 2019 г. на ул. Ленина. Он уехал.").len(),
            2
        );
    }

    #[test]
    fn a_language_may_add_abbreviations() {
        let text = "Zginęło ok. 30 osób. Gen. Nowak milczy.";
        let always = ["ok".to_owned(), "gen".to_owned()].to_vec();
        let short = Shorts { always, before_numbers: Vec::new() };
        let mut out = Vec::new();
        let whole = TextRange::new(0, text.len());
        sentences(text, whole, false, "pl".parse().ok(), &short, &mut out);
        let found: Vec<_> = out.iter().map(|range| range.of(text).unwrap()).collect();
        assert_eq!(found, ["Zginęło ok. 30 osób.", "Gen. Nowak milczy."]);
    }

    #[test]
    fn an_unclosed_quote_of_a_megabyte_is_split_in_bounded_time() {
        let text = format!("\"{}", "They came at night. ".repeat(50_000));
        assert_eq!(split_all("en", &text).len(), 50_000);
        let endless = "a".repeat(1 << 20);
        assert_eq!(split_all("en", &endless).iter().map(|s| s.len()).sum::<usize>(), 1 << 20);
    }
}
