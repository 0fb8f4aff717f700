//! What kind of bytes an item holds, by its bytes alone: a name may lie, its bytes may not.

/// What an item is, as far as reading goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Nothing in it.
    Empty,
    /// Text, with or without markup.
    Text,
    /// Something kua does not read yet; the name is for people.
    Unsupported(&'static str),
}

/// Signatures of formats that a later issue reads or that hold no text.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP archive (also DOCX, ODT, XLSX, EPUB, WACZ)"),
    (b"PK\x05\x06", "empty ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"(\xb5\x2f\xfd", "Zstandard archive"),
    (b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"II*\x00", "TIFF picture"),
    (b"MM\x00*", "TIFF picture"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file (DOC, XLS, MSG)"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"ID3", "MP3 sound"),
    (b"OggS", "Ogg media"),
    (b"fLaC", "FLAC sound"),
    (b"\x7fELF", "program"),
    (b"MZ\x90\x00", "program"),
    (b"WARC/1.", "WARC web archive"),
];

/// Bytes looked at.
const SAMPLE: usize = 8192;

/// The format of `bytes`.
pub(crate) fn detect(bytes: &[u8]) -> Format {
    if bytes.is_empty() {
        return Format::Empty;
    }
    if let Some((_, name)) = SIGNATURES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Format::Unsupported(name);
    }
    match bytes.get(4..8) {
        Some(b"ftyp") => return Format::Unsupported("MP4 or QuickTime media"),
        Some(_) if bytes.starts_with(b"RIFF") => {
            return Format::Unsupported("RIFF media (WAV, AVI, WebP)");
        }
        _ => {}
    }
    Format::Text
}

/// Whether decoded text is no text at all: too many characters that nobody types.
pub(crate) fn is_binary(text: &str, broken: usize) -> bool {
    let (mut control, mut letters, mut all) = (0usize, 0usize, 0usize);
    for character in text.chars().take(SAMPLE) {
        all += 1;
        letters += usize::from(character.is_alphanumeric());
        control += usize::from(
            character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{C}'),
        );
    }
    if all == 0 {
        return false;
    }
    // Broken characters of the whole text, held against its length, not the sample's.
    control * 20 > all
        || broken * 3 > text.chars().take(broken * 4).count()
        || (letters == 0 && control > 0)
}

/// Whether text is a web page: it opens like one, or tags of a page stand near its top.
pub(crate) fn is_html(text: &str, path: &str) -> bool {
    let mut head = text.get(..text.len().min(SAMPLE)).unwrap_or_else(|| {
        let mut end = text.len().min(SAMPLE);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        &text[..end]
    });
    head = head.trim_start();
    let lower = head.to_ascii_lowercase();
    let opens = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<meta ",
        "<article",
        "<div",
        "<p>",
        "<p ",
        "<h1",
        "<table",
        "<main",
        "<section",
    ];
    if opens.iter().any(|tag| lower.starts_with(tag)) {
        return true;
    }
    let contains = |tag: &str| lower.contains(tag);
    if lower.starts_with('<') && (contains("<html") || contains("<body")) {
        return true;
    }
    let named = [".html", ".htm", ".xhtml", ".shtml"];
    let lower_path = path.to_ascii_lowercase();
    named.iter().any(|end| lower_path.ends_with(end)) && contains("<") && contains(">")
}
