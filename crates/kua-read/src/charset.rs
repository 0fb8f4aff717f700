//! Which character set bytes are in, and their text with a map back to the bytes.
//! Knows nothing of markup beyond the charset a page declares for itself.
//!
//! Order: byte order mark, valid UTF-8, UTF-16 by its zeros, what the page declares, guess
//! (`chardetng`, the detector of Firefox). A declaration that the bytes contradict is noticed.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::source_map::{Piece, SourceMap, Unit};

/// Text of an item and where each character came from.
pub(crate) struct Decoded<'b> {
    /// The text, without byte order mark.
    pub text: Cow<'b, str>,
    /// From offsets in `text` to bytes of the item.
    pub map: SourceMap,
    /// The character set.
    pub encoding: &'static Encoding,
    /// `bom`, `valid-utf-8`, `utf-16-zeros`, `declared`, `guessed`.
    pub how: &'static str,
    /// Length of the byte order mark.
    pub bom: usize,
    /// Byte sequences that are no character of the set, each now U+FFFD.
    pub broken: usize,
    /// What the page declared, if that is not what the bytes are.
    pub lie: Option<String>,
    /// A declared name that no decoder knows.
    pub unknown_label: Option<String>,
}

/// Bytes looked at to find a declaration (WHATWG prescan: 1024; real pages put it later).
const DECLARATION_WITHIN: usize = 4096;
/// Bytes the detector is fed at most.
const GUESS_FROM: usize = 1 << 20;

/// The text of `bytes`. Never fails: what is no character becomes U+FFFD and is counted.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let declared_label = declared(bytes);
    let declared =
        declared_label.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    let unknown_label = declared_label.clone().filter(|_| declared.is_none());
    // A page whose declaration could be read is no UTF-16 (WHATWG: such a label means UTF-8).
    let declared = declared.map(|e| if e == UTF_16LE || e == UTF_16BE { UTF_8 } else { e });
    let (encoding, how, bom) = choose(bytes, declared);
    let body = bytes.get(bom..).unwrap_or_default();
    let (text, map, broken) = if encoding == UTF_8 {
        utf8(body, bom)
    } else if encoding == UTF_16LE || encoding == UTF_16BE {
        utf16(body, bom, encoding == UTF_16BE)
    } else {
        legacy(body, bom, encoding)
    };
    let lie = declared_label.filter(|_| declared.is_some_and(|declared| declared != encoding));
    Decoded { text, map, encoding, how, bom, broken, lie, unknown_label }
}

fn choose(
    bytes: &[u8],
    declared: Option<&'static Encoding>,
) -> (&'static Encoding, &'static str, usize) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, "bom", length);
    }
    // Before valid UTF-8: ASCII text in UTF-16 is also valid UTF-8, with a zero in every character.
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return (encoding, "utf-16-zeros", 0);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, "valid-utf-8", 0);
    }
    // A declared UTF-8 with few broken sequences is broken UTF-8, not another set.
    let mostly_utf8 = mostly_utf8(bytes);
    match declared {
        Some(encoding) if encoding == UTF_8 && mostly_utf8 => return (UTF_8, "declared", 0),
        Some(encoding) if encoding != UTF_8 && encoding != REPLACEMENT && !mostly_utf8 => {
            return (encoding, "declared", 0);
        }
        _ if mostly_utf8 => return (UTF_8, "guessed", 0),
        _ => {}
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESS_FROM)], true);
    (detector.guess(None, chardetng::Utf8Detection::Deny), "guessed", 0)
}

/// UTF-16 without a mark: text of any script has many characters below U+0100 (spaces, stops),
/// whose high byte is zero, all on one side. Binaries have zeros on both sides and control bytes.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let (mut even, mut odd, mut control, mut spaces) = (0, 0, 0, 0);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
        let unit = if pair[0] == 0 { pair[1] } else { pair[0] };
        if pair[0] == 0 || pair[1] == 0 {
            control += usize::from(unit < 32 && !matches!(unit, 9 | 10 | 12 | 13));
            spaces += usize::from(matches!(unit, 32 | 10 | 13));
        }
    }
    let pairs = sample.len() / 2;
    if pairs < 2 || control > 0 || (spaces == 0 && even.max(odd) < pairs) {
        return None;
    }
    let enough = |zeros: usize, other: usize| zeros * 20 >= pairs && other == 0;
    if enough(even, odd) {
        Some(UTF_16BE)
    } else if enough(odd, even) {
        Some(UTF_16LE)
    } else {
        None
    }
}

/// Whether the multi-byte sequences are nearly all well-formed UTF-8.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes[..bytes.len().min(GUESS_FROM)].utf8_chunks() {
        good += chunk.valid().bytes().filter(|&byte| byte >= 0xC0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    // One stray byte in otherwise plain ASCII says nothing; a legacy set is the likelier reading.
    good > 0 && bad <= good / 4 + 1
}

/// The label in `<meta charset>`, `http-equiv` or an XML declaration near the top.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes[..bytes.len().min(DECLARATION_WITHIN)].to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) =
        find(&head[from..], b"charset").or_else(|| find(&head[from..], b"encoding"))
    {
        let at = from + at;
        let name = if head[at..].starts_with(b"charset") { 7 } else { 8 };
        from = at + name;
        // Only inside a tag or an XML declaration: prose may speak of a charset.
        let opens = head[..at].iter().rposition(|&byte| byte == b'<')?;
        let tag = &head[opens..at];
        if tag.contains(&b'>') || !(tag.starts_with(b"<meta") || tag.starts_with(b"<?xml")) {
            continue;
        }
        let rest: Vec<u8> = head[from..]
            .iter()
            .copied()
            .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'"' | b'\''))
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte))
            .take(40)
            .collect();
        if !rest.is_empty() {
            return String::from_utf8(rest).ok();
        }
    }
    None
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn utf8(body: &[u8], offset: usize) -> (Cow<'_, str>, SourceMap, usize) {
    if let Ok(text) = std::str::from_utf8(body) {
        return (Cow::Borrowed(text), SourceMap::identity(offset, body.len()), 0);
    }
    let mut text = String::with_capacity(body.len() + 64);
    let (mut map, mut at, mut broken) = (SourceMap::new(), offset, 0);
    for chunk in body.utf8_chunks() {
        if !chunk.valid().is_empty() {
            map.push(Piece { text: text.len(), source: at, unit: Unit::Utf8 });
            text.push_str(chunk.valid());
            at += chunk.valid().len();
        }
        if !chunk.invalid().is_empty() {
            map.push(Piece { text: text.len(), source: at, unit: Unit::Whole });
            text.push('\u{FFFD}');
            at += chunk.invalid().len();
            broken += 1;
        }
    }
    map.close(text.len(), at);
    (Cow::Owned(text), map, broken)
}

fn utf16(body: &[u8], offset: usize, big: bool) -> (Cow<'_, str>, SourceMap, usize) {
    const STEP: usize = 128;
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair.get(1).copied().unwrap_or(0)];
        if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    };
    let mut text = String::with_capacity(body.len());
    let (mut map, mut at, mut broken, mut marked) = (SourceMap::new(), 0, 0, None);
    for result in char::decode_utf16(body.chunks_exact(2).map(unit)) {
        if marked.is_none_or(|marked| at >= marked + STEP) {
            map.push(Piece { text: text.len(), source: offset + at, unit: Unit::Utf16 });
            marked = Some(at);
        }
        broken += usize::from(result.is_err());
        let character = result.unwrap_or('\u{FFFD}');
        text.push(character);
        at += 2 * character.len_utf16();
    }
    if body.len() % 2 == 1 {
        map.push(Piece { text: text.len(), source: offset + at, unit: Unit::Whole });
        text.push('\u{FFFD}');
        at += 1;
        broken += 1;
    }
    map.close(text.len(), offset + at);
    (Cow::Owned(text), map, broken)
}

/// Single- and multi-byte sets. Pieces are decoded one by one, so that a piece's bytes always
/// decode to its text; they are cut after a byte that is no second byte in any set.
fn legacy<'b>(
    body: &[u8],
    offset: usize,
    encoding: &'static Encoding,
) -> (Cow<'b, str>, SourceMap, usize) {
    let unit = if encoding.is_single_byte() { Unit::SingleByte } else { Unit::Legacy(encoding) };
    let step = if encoding.is_single_byte() { 256 } else { 64 };
    let mut text = String::with_capacity(body.len() * 2);
    let (mut map, mut at, mut broken) = (SourceMap::new(), 0, 0);
    while at < body.len() {
        let end = piece_end(body, at, step, encoding);
        let (piece, bad) = encoding.decode_without_bom_handling(&body[at..end]);
        map.push(Piece { text: text.len(), source: offset + at, unit });
        if bad {
            broken += piece.chars().filter(|&character| character == '\u{FFFD}').count();
        }
        text.push_str(&piece);
        at = end;
    }
    map.close(text.len(), offset + at);
    (Cow::Owned(text), map, broken)
}

fn piece_end(body: &[u8], at: usize, step: usize, encoding: &'static Encoding) -> usize {
    let least = (at + step).min(body.len());
    if encoding.is_single_byte() || least == body.len() {
        return least;
    }
    // ISO-2022-JP keeps a state inside a line. Cap: a line without end is cut anywhere.
    let most = (at + 4096).min(body.len());
    let line_only = encoding == encoding_rs::ISO_2022_JP;
    let cut = |byte: &u8| if line_only { *byte == b'\n' } else { *byte < 0x30 };
    body[least..most].iter().position(cut).map_or(most, |found| least + found + 1)
}

/// The encoding with this WHATWG name, as kept in a receipt.
pub(crate) fn named(name: &str) -> &'static Encoding {
    Encoding::for_label(name.as_bytes()).unwrap_or(WINDOWS_1252)
}
