//! `bagit.txt`: which version of BagIt a bag follows, and how its tag files are encoded.
//! Also the one promise of `bag-info.txt`.

use super::listing::lines;

/// What `bagit.txt` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Declaration {
    /// Like `1.0`.
    pub version: String,
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Encoding {
    #[default]
    Utf8,
    Latin1,
    /// Big-endian unless a mark says otherwise (RFC 2781).
    Utf16 {
        little: bool,
    },
    Other(&'static encoding_rs::Encoding),
}

impl Declaration {
    /// Reads `bagit.txt`: what could be understood, and everything wrong with it.
    pub(super) fn parse(bytes: &[u8]) -> (Declaration, Vec<String>) {
        let mut faults = Vec::new();
        let mut declaration = Declaration::default();
        if bytes.starts_with(b"\xef\xbb\xbf") {
            faults.push("it begins with a byte order mark, which BagIt forbids".to_owned());
        }
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        if text.contains('\u{fffd}') {
            faults.push("it is not UTF-8".to_owned());
        }
        let found: Vec<&str> = lines(&text).filter(|line| !line.is_empty()).collect();
        let version = found.first().and_then(|line| line.strip_prefix("BagIt-Version:"));
        let encoding =
            found.get(1).and_then(|line| line.strip_prefix("Tag-File-Character-Encoding:"));
        match version.map(str::trim) {
            Some(word) if is_version(word) => {
                declaration.version = word.to_owned();
                if !KNOWN.contains(&word) {
                    faults.push(format!("it declares BagIt {word}, which kua does not know"));
                }
            }
            Some(word) => faults.push(format!("expected a version like 1.0, found {word:?}")),
            None => {
                faults.push("its first line is not \"BagIt-Version: \" and a version".to_owned())
            }
        }
        match encoding.map(str::trim) {
            Some(word) => match encoding_named(word) {
                Some(encoding) => declaration.encoding = encoding,
                None => faults.push(format!("kua does not know the encoding {word:?}")),
            },
            None => {
                let what = "its second line is not \"Tag-File-Character-Encoding: \" and a name";
                faults.push(what.to_owned());
            }
        }
        if found.len() > 2 {
            faults.push("it has more than two lines".to_owned());
        }
        (declaration, faults)
    }

    /// Whether the rules of the final specification hold (RFC 8493), not those of a draft.
    pub(super) fn is_final(&self) -> bool {
        self.version == "1.0"
    }

    /// The text of a tag file.
    pub(super) fn decode(&self, bytes: &[u8]) -> Result<String, String> {
        let wrong = |name: &str| format!("it is not in the declared encoding, {name}");
        match self.encoding {
            Encoding::Utf8 => {
                let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
                String::from_utf8(bytes.to_vec()).map_err(|_| wrong("UTF-8"))
            }
            Encoding::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Encoding::Utf16 { little } => {
                let (little, rest) = match bytes {
                    [0xff, 0xfe, rest @ ..] => (true, rest),
                    [0xfe, 0xff, rest @ ..] => (false, rest),
                    rest => (little, rest),
                };
                let (pairs, odd) = rest.as_chunks::<2>();
                let units = pairs.iter().map(|pair| {
                    if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) }
                });
                let text: Option<String> = char::decode_utf16(units).map(Result::ok).collect();
                text.filter(|_| odd.is_empty()).ok_or_else(|| wrong("UTF-16"))
            }
            Encoding::Other(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned)
                .ok_or_else(|| wrong(encoding.name())),
        }
    }

    /// A name as it was before it was written down: 1.0 escapes line ends and `%`, drafts nothing.
    pub(super) fn unescape(&self, name: &str) -> String {
        if !self.is_final() {
            return name.to_owned();
        }
        let mut out = String::with_capacity(name.len());
        let mut rest = name;
        while let Some(at) = rest.find('%') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let meant = match from.get(1..3) {
                Some("0A" | "0a") => Some('\n'),
                Some("0D" | "0d") => Some('\r'),
                Some("25") => Some('%'),
                _ => None,
            };
            out.push(meant.unwrap_or('%'));
            rest = from.get(if meant.is_some() { 3 } else { 1 }..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }
}

const KNOWN: [&str; 8] = ["0.93", "0.94", "0.95", "0.96", "0.97", "0.98", "0.99", "1.0"];

fn is_version(word: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    word.split_once('.').is_some_and(|(major, minor)| digits(major) && digits(minor))
}

fn encoding_named(word: &str) -> Option<Encoding> {
    Some(match word.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => Encoding::Utf8,
        "ISO-8859-1" | "ISO8859-1" | "LATIN1" => Encoding::Latin1,
        "UTF-16" | "UTF16" | "UTF-16BE" => Encoding::Utf16 { little: false },
        "UTF-16LE" => Encoding::Utf16 { little: true },
        _ => Encoding::Other(encoding_rs::Encoding::for_label(word.as_bytes())?),
    })
}

/// The value of `Payload-Oxum` in `bag-info.txt`, like `1234.5`.
pub(super) fn payload_oxum(text: &str) -> Option<String> {
    lines(text).find_map(|line| {
        let (label, value) = line.split_once(':')?;
        let is_oxum = label.trim().eq_ignore_ascii_case("payload-oxum");
        is_oxum.then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declaration_is_two_lines_and_nothing_else() {
        let (good, faults) =
            Declaration::parse(b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
        assert!(faults.is_empty() && good.is_final());
        for bad in [
            &b"\xef\xbb\xbfBagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"[..],
            b"BagIt-Version : 1.0\nTag-File-Character-Encoding : UTF-8\n",
            b"BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n",
            b"BagIt-Version: 1\nTag-File-Character-Encoding: UTF-8\n",
            b"BagIt-Version: 7.0\nTag-File-Character-Encoding: UTF-8\n",
            b"BagIt-Version: 1.0\n",
            b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
            b"BagIt-Version: 1.0\nTag-File-Character-Encoding: EBCDIC-9\n",
            b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nMore: yes\n",
            b"",
        ] {
            assert!(!Declaration::parse(bad).1.is_empty(), "{}", String::from_utf8_lossy(bad));
        }
    }

    #[test]
    fn tag_files_are_read_in_their_encoding_or_named() {
        let of = |name: &str| {
            Declaration::parse(
                format!("BagIt-Version: 1.0\nTag-File-Character-Encoding: {name}\n").as_bytes(),
            )
            .0
        };
        assert_eq!(of("ISO-8859-1").decode(b"N\xfa\xf1ez").unwrap(), "Núñez");
        assert_eq!(of("UTF-16").decode(b"\xff\xfea\0\xe9\0").unwrap(), "aé");
        assert_eq!(of("UTF-16").decode(b"\0a\0\xe9").unwrap(), "aé");
        assert_eq!(of("windows-1251").decode(b"\xcc").unwrap(), "М");
        assert!(of("UTF-8").decode(b"\xff").is_err());
        assert!(of("UTF-16").decode(b"\0a\0").is_err());
        assert_eq!(of("UTF-8").unescape("data/100%25%0A%7E"), "data/100%\n%7E");
    }
}
