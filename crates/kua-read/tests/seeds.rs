//! The five real documents of the shared folder, by line numbers only; skipped when absent.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{read_bytes, shared};
use kua_model::{Document, Role};

/// Role of the block at line `number` (from 1).
fn role_at(document: &Document, number: usize) -> Role {
    let at: usize = document.text.split_inclusive('\n').take(number - 1).map(str::len).sum();
    let line = document.text[at..].lines().next().unwrap_or_default();
    let lead = line.len() - line.trim_start().len();
    document.block_at(at + lead).map(|block| block.role).unwrap()
}

fn seed(prefix: &str) -> Option<(Document, Vec<String>)> {
    let folder = shared("seeds")?;
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let path = files
        .into_iter()
        .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix))?;
    let noted = read_bytes("seed.txt", &std::fs::read(path).unwrap());
    Some((noted.value, noted.notices.into_iter().map(|notice| notice.code).collect()))
}

fn all(document: &Document, lines: &[usize], role: Role) {
    for &line in lines {
        assert_eq!(role_at(document, line), role, "line {line}");
    }
}

#[test]
fn boilerplate_of_the_seeds_is_told_apart_and_no_paragraph_is_lost() {
    let Some((document, _)) = seed("000") else { return };
    all(&document, &[1], Role::Title);
    all(&document, &[5], Role::Caption);
    all(&document, &[7], Role::Link);
    all(&document, &[17, 35, 45, 57, 75], Role::ImageAlt);
    let paragraphs = document.blocks.iter().filter(|block| block.role == Role::Main).count();
    assert_eq!(paragraphs, 48);
    assert_eq!(document.language.map(|lang| lang.to_string()).as_deref(), Some("fr"));
    assert_eq!(
        document.dates.covers.map(|days| days.to_string()).as_deref(),
        Some("2022-01-04/2022-01-05")
    );

    let (document, _) = seed("001").unwrap();
    all(&document, &[5], Role::Caption);
    all(&document, &[7], Role::Link);
    all(&document, &[23, 39, 49, 60, 79], Role::ImageAlt);
    all(&document, &[115, 116], Role::TipLine);
    all(&document, &[9, 11, 12, 15, 113], Role::Main);

    let (document, _) = seed("002").unwrap();
    let outside = document.blocks.iter().filter(|block| !block.role.is_body()).count();
    assert_eq!(outside, 1, "only the signature");
    assert_eq!(
        document.dates.covers.map(|days| days.to_string()).as_deref(),
        Some("2022-01-02/2022-01-10")
    );

    let (document, _) = seed("003").unwrap();
    all(&document, &[1], Role::Nav);
    all(&document, &[5], Role::Title);
    all(&document, &[7], Role::Standfirst);
    all(&document, &[9, 12], Role::Byline);
    all(&document, &[14], Role::Date);
    all(&document, &[16, 33], Role::Share);
    all(&document, &[18], Role::Caption);
    all(&document, &[20, 22, 24, 26, 28, 30], Role::Main);
    all(&document, &(34..=64).step_by(2).collect::<Vec<_>>(), Role::Related);
    assert_eq!(document.dates.published.unwrap().value.to_string(), "2022-01-07");

    let (document, notices) = seed("004").unwrap();
    all(&document, &[7, 12, 17, 23, 34, 42, 45], Role::Heading);
    all(&document, &[49], Role::Entry);
    assert!(document.blocks.iter().all(|block| block.role.is_body()));
    assert_eq!(notices, ["weekday-disagrees"]);
    assert_eq!(document.dates.published.unwrap().value.to_string(), "2022-01-07");
    assert_eq!(
        document.dates.covers.map(|days| days.to_string()).as_deref(),
        Some("2022-01-02/2022-01-07")
    );
}
