//! The syntax of a lexicon file: sections of entries, one a line.
//!
//! ```text
//! # a comment
//! [months]
//! january | jan = 1
//! stopp~ = stopped UNLESS by gunfire | by a bullet
//! ```

use std::collections::BTreeMap;

/// One line of a lexicon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Left of ` = `: the words, with the marks `|`, `~`, `?`, `( )`.
    pub key: String,
    /// Right of ` = `, if there is one.
    pub value: Option<String>,
    /// What follows `UNLESS`, cut at `|`.
    pub unless: Vec<String>,
    /// The whole line, without surrounding white space and comment.
    pub raw: String,
    /// Path of the file below `lexicons/`, like `fr/events.txt`.
    pub file: String,
    /// Number of the line, from 1.
    pub line: usize,
}

impl Entry {
    /// Where it stands, like `fr/events.txt:12`: what `why` shows.
    pub fn origin(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// A line that is not in the syntax, or a pattern that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct LexiconError {
    /// Path of the file below `lexicons/`.
    pub file: String,
    /// Number of the line, from 1.
    pub line: usize,
    /// What was expected, what was found, what to do.
    pub reason: String,
}

/// Sections of one file by name; entries before the first header are in section `""`.
pub(crate) type Sections = BTreeMap<String, Vec<Entry>>;

/// Reads one file. Every line that is not in the syntax is an error; the others are kept.
pub(crate) fn parse(file: &str, text: &str, errors: &mut Vec<LexiconError>) -> Sections {
    let mut sections = Sections::new();
    let mut section = String::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        let body = without_comment(line.trim_start_matches('\u{feff}'));
        if body.is_empty() {
            continue;
        }
        if let Some(header) = body.strip_prefix('[') {
            match header.strip_suffix(']') {
                Some(name) if !name.trim().is_empty() => {
                    section = name.trim().to_owned();
                    sections.entry(section.clone()).or_default();
                    continue;
                }
                // Entries may open with a bracket; only a lone unclosed one is a slip.
                None if !header.contains(']') => {
                    errors.push(LexiconError {
                        file: file.to_owned(),
                        line: line_number,
                        reason: format!("expected a section header like [name], found {body:?}: close the bracket"),
                    });
                    continue;
                }
                _ => {}
            }
        }
        sections.entry(section.clone()).or_default().push(entry(file, line_number, body));
    }
    sections
}

fn entry(file: &str, line: usize, body: &str) -> Entry {
    // One letter is found much faster than several.
    let exceptions = body.contains('U').then(|| body.split_once(" UNLESS ")).flatten();
    let (rest, unless) = match exceptions {
        Some((rest, unless)) => (
            rest.trim(),
            unless
                .split('|')
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
        ),
        None => (body, Vec::new()),
    };
    let assigned = rest.contains('=').then(|| rest.split_once(" = ")).flatten();
    let (key, value) = match assigned {
        Some((key, value)) => (key.trim(), Some(value.trim().to_owned())),
        None => (rest, None),
    };
    Entry { key: key.to_owned(), value, unless, raw: body.to_owned(), file: file.to_owned(), line }
}

/// A comment is a line that opens with `#`, or what follows two spaces and `#`.
fn without_comment(line: &str) -> &str {
    let trimmed = line.trim();
    if trimmed.starts_with('#') {
        return "";
    }
    let comment = trimmed.contains('#').then(|| trimmed.find("  #")).flatten();
    comment.map_or(trimmed, |at| trimmed[..at].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_splits_into_words_value_and_exceptions() {
        let mut errors = Vec::new();
        let sections = parse(
            "xx/e.txt",
            "first\n[a]\n# no\nstopp~ | halt = stopped UNLESS by fire | by hand  # why\n",
            &mut errors,
        );
        assert!(errors.is_empty());
        assert_eq!(sections[""][0].key, "first");
        let entry = &sections["a"][0];
        assert_eq!(
            (entry.key.as_str(), entry.value.as_deref()),
            ("stopp~ | halt", Some("stopped"))
        );
        assert_eq!(entry.unless, ["by fire", "by hand"]);
        assert_eq!(entry.origin(), "xx/e.txt:4");
    }

    #[test]
    fn an_unclosed_header_is_named_with_its_line() {
        let mut errors = Vec::new();
        parse("xx/e.txt", "\n[months\n", &mut errors);
        assert_eq!(errors[0].line, 2);
    }
}
