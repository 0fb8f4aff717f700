//! Lines of manifests and of fetch.txt.

use super::digest::Algorithm;

/// A manifest.
pub(super) struct Listing {
    pub name: String,
    /// Of the payload, not of the tag files.
    pub is_payload: bool,
    pub algorithm: Algorithm,
    pub lines: Vec<Line>,
}

/// One line of a manifest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub number: usize,
    pub checksum: String,
    /// As written.
    pub name: String,
}

/// One line of fetch.txt. The address is left alone: nothing is fetched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    pub number: usize,
    pub name: String,
}

/// Lines of a manifest, and numbers of those that are none.
pub(super) fn lines_of_manifest(text: &str, algorithm: Algorithm) -> (Vec<Line>, Vec<usize>) {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in numbered(text) {
        let split = line.split_once([' ', '\t']);
        let parts = split.map(|(sum, rest)| (sum, rest.trim_start_matches([' ', '\t'])));
        match parts {
            Some((sum, name))
                if sum.len() == algorithm.digits()
                    && sum.bytes().all(|b| b.is_ascii_hexdigit())
                    && !name.is_empty() =>
            {
                lines.push(Line { number, checksum: sum.to_owned(), name: name.to_owned() });
            }
            _ => wrong.push(number),
        }
    }
    (lines, wrong)
}

/// Lines of fetch.txt, and numbers of those that are none.
pub(super) fn lines_of_fetch(text: &str) -> (Vec<Fetch>, Vec<usize>) {
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in numbered(text) {
        let blank = [' ', '\t'];
        let name = line.split_once(blank).and_then(|(_, rest)| {
            let (length, name) = rest.trim_start_matches(blank).split_once(blank)?;
            let is_length = length == "-" || length.bytes().all(|b| b.is_ascii_digit());
            let name = name.trim_start_matches(blank);
            (is_length && !name.is_empty()).then_some(name)
        });
        match name {
            Some(name) => lines.push(Fetch { number, name: name.to_owned() }),
            None => wrong.push(number),
        }
    }
    (lines, wrong)
}

/// Lines that are not blank, from 1. A line ends with LF, CR or both.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    lines(text)
        .enumerate()
        .map(|(at, line)| (at + 1, line))
        .filter(|(_, line)| !line.trim().is_empty())
}

/// The text's lines, whichever of the three ends they have.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_and_gap_is_read_and_what_is_no_line_is_named() {
        let sum = "0123456789abcdef0123456789ABCDEF";
        let text =
            format!("{sum}  data/a\r\n{sum} data/b c \n{sum}\t*data/d\r{sum}\n\nshort data/e\n");
        let (lines, wrong) = lines_of_manifest(&text, Algorithm::Md5);
        let names: Vec<&str> = lines.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["data/a", "data/b c ", "*data/d"]);
        assert_eq!(wrong, [4, 6]);
        let (fetches, wrong) =
            lines_of_fetch("http://x - data/a b\r\nhttp://x 12\nhttp://x y data/c\n");
        assert_eq!(fetches, [Fetch { number: 1, name: "data/a b".into() }]);
        assert_eq!(wrong, [2, 3]);
    }
}
