//! Documents from plain text, for tests that must not depend on the reader.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use kua_model::{
    Block, Completeness, DateTier, Dated, Document, DocumentDates, DocumentId, ItemId, Lang,
    PartialDate, Receipt, Role, Sentence, TextRange,
};

/// One block a line, one sentence a full stop. A line that stands twice is `Related`.
pub(crate) fn plain(text: &str, lang: &str, published: Option<&str>) -> Document {
    let lang: Lang = lang.parse().unwrap();
    let item = ItemId::of(text.as_bytes());
    let mut blocks: Vec<Block> = Vec::new();
    let mut sentences = Vec::new();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut at = 0;
    for line in &lines {
        let range = TextRange::new(at, at + line.len());
        at += line.len();
        let body = line.trim();
        let straight = |s: &str| s.trim().replace('’', "'");
        let twice = body.len() < 120
            && !body.is_empty()
            && !body.ends_with('.')
            && lines.iter().filter(|other| straight(other) == straight(body)).count() > 1;
        let role = if twice {
            Role::Related
        } else if body.ends_with('.') || body.len() > 110 || blocks.is_empty() {
            Role::Main
        } else {
            Role::Heading
        };
        let index = blocks.len();
        blocks.push(Block {
            role,
            range,
            source: Vec::new(),
            language: Some(lang),
            why: Vec::new(),
        });
        for range in cut(text, range) {
            sentences.push(Sentence { range, block: index, language: Some(lang) });
        }
    }
    if blocks.is_empty() {
        let range = TextRange::new(0, text.len());
        blocks.push(Block {
            role: Role::Main,
            range,
            source: Vec::new(),
            language: None,
            why: Vec::new(),
        });
    }
    Document {
        id: DocumentId::new(item, 0),
        item,
        path: "test.txt".to_owned(),
        text: text.to_owned(),
        blocks,
        sentences,
        language: Some(lang),
        title: None,
        dates: DocumentDates {
            published: published.map(|date| Dated {
                value: date.parse::<PartialDate>().unwrap(),
                tier: DateTier::Seen,
                how: "test".to_owned(),
                range: None,
                at: None,
            }),
            ..DocumentDates::default()
        },
        receipt: Receipt {
            reader: "test".to_owned(),
            version: 0,
            charset: "utf-8".to_owned(),
            charset_how: "valid-utf-8".to_owned(),
            completeness: Completeness::Complete,
            omitted: Vec::new(),
        },
    }
}

fn cut(text: &str, range: TextRange) -> Vec<TextRange> {
    let piece = range.of(text).unwrap();
    let mut out = Vec::new();
    let mut start = 0;
    let chars: Vec<(usize, char)> = piece.char_indices().collect();
    let mut push = |from: usize, to: usize| {
        let body = &piece[from..to];
        let trimmed = body.trim();
        if !trimmed.is_empty() {
            let lead = body.len() - body.trim_start().len();
            let first = range.start + from + lead;
            out.push(TextRange::new(first, first + trimmed.len()));
        }
    };
    for (index, &(at, c)) in chars.iter().enumerate() {
        if matches!(c, '.' | '!' | '?') {
            let mut next = index + 1;
            while chars
                .get(next)
                .is_some_and(|&(_, c)| matches!(c, '"' | '»' | '”' | '\u{a0}' | '.'))
            {
                next += 1;
            }
            let space = chars.get(next).is_none_or(|&(_, c)| c.is_whitespace());
            let upper = chars.get(next + 1).is_none_or(|&(_, c)| {
                c.is_uppercase() || c.is_ascii_digit() || matches!(c, '"' | '«' | '“' | '(')
            });
            let end = chars.get(next).map_or(piece.len(), |&(at, _)| at);
            if space && upper && at >= start {
                push(start, end);
                start = end;
            }
        }
    }
    if start < piece.len() {
        push(start, piece.len());
    }
    out
}

/// The shared folder, if it is on this machine.
pub(crate) fn shared() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("KUA_SHARED").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        std::path::PathBuf::from,
    );
    path.is_dir().then_some(path)
}

/// The lexicons as they stand in the repository now, without compiling them in.
pub(crate) fn lexicons() -> kua_lexicon::Lexicons {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "txt") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    kua_lexicon::Lexicons::from_files(files).unwrap()
}
