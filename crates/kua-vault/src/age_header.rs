//! The form of an age header, where the library that opens age files is laxer than their format:
//! it takes a stanza without its last line for one with it. Such a file is damaged or forged.
//! Leaves everything else to that library.

use std::io::{self, ErrorKind, Read};

/// Longest header read: room for thousands of recipients.
const MOST_HEADER: usize = 1 << 20;

/// Columns of a full line of a stanza's body. The last line of every body is shorter.
const COLUMNS: usize = 64;

/// Reads the header of an age file, and some bytes after it. Gives what was read, and whether every
/// stanza in it is whole. What is no header at all counts as whole: it is not for us to refuse.
///
/// # Errors
/// Those of `reader`.
pub(crate) fn read_header(reader: &mut impl Read) -> io::Result<(Vec<u8>, bool)> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while head.len() < MOST_HEADER && end_of(&head).is_none() {
        match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(piece.get(..count).unwrap_or_default()),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    let header = end_of(&head).and_then(|end| head.get(..end));
    let whole = header.is_none_or(stanzas_are_whole);
    Ok((head, whole))
}

/// Where the last line of a header begins, which holds its authentication.
fn end_of(head: &[u8]) -> Option<usize> {
    head.windows(4).position(|part| part == b"\n---").map(|before| before + 1)
}

fn stanzas_are_whole(header: &[u8]) -> bool {
    // Lines of the body still to come, of the stanza that began last.
    let mut open = false;
    for line in header.split_inclusive(|byte| *byte == b'\n').skip(1) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if line.starts_with(b"->") {
            if open {
                return false;
            }
            open = true;
        } else {
            open = line.len() >= COLUMNS;
        }
    }
    !open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stanza_ends_with_a_line_that_is_not_full() {
        let full = "a".repeat(COLUMNS);
        let case = |body: &str| {
            let file = format!("age-encryption.org/v1\n-> X25519 x\n{body}--- mac\npayload\n---");
            let mut reader = file.as_bytes();
            let (head, whole) = read_header(&mut reader).unwrap();
            assert!(file.as_bytes().starts_with(&head));
            whole
        };
        for whole in ["short\n", "\n", &format!("{full}\n\n"), "\n-> y\n\n"] {
            assert!(case(whole), "{whole}");
        }
        for cut in ["", &format!("{full}\n"), "-> y\n\n", "\n-> y\n", &format!("{full}\n-> y\n\n")]
        {
            assert!(!case(cut), "{cut}");
        }
        for other in ["", "no header", "-----BEGIN AGE ENCRYPTED FILE-----\n"] {
            assert!(read_header(&mut other.as_bytes()).unwrap().1);
        }
    }
}
