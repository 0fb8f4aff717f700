//! Reads DER (ITU-T X.690), as far as time stamps and certificates need it: definite lengths, one
//! byte of tag. Knows nothing of what the values mean. Linear; never panics.

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// A value: its tag, its content, and both with the length as they stand in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    pub whole: &'a [u8],
}

/// Values one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Values<'a> {
        Values(bytes)
    }

    /// The only value in `bytes`, if it has this tag and nothing follows.
    pub(crate) fn only(bytes: &'a [u8], tag: u8) -> Option<Values<'a>> {
        let mut values = Values(bytes);
        let inside = values.enter(tag)?;
        values.0.is_empty().then_some(inside)
    }

    /// The next value, if it has this tag; else nothing is taken.
    pub(crate) fn tagged(&mut self, tag: u8) -> Option<Value<'a>> {
        let mut ahead = *self;
        let value = ahead.next().filter(|value| value.tag == tag)?;
        *self = ahead;
        Some(value)
    }

    /// What is inside the next value, if it has this tag.
    pub(crate) fn enter(&mut self, tag: u8) -> Option<Values<'a>> {
        self.tagged(tag).map(|value| Values(value.content))
    }

    /// The first value with this tag, wherever it stands.
    pub(crate) fn find_tagged(mut self, tag: u8) -> Option<Value<'a>> {
        Iterator::find(&mut self, |value| value.tag == tag)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = Value<'a>;

    /// The next value, whatever its tag.
    fn next(&mut self) -> Option<Value<'a>> {
        let (tag, rest) = self.0.split_first()?;
        // Tags of more than one byte are used by nothing we read.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = length_of(rest)?;
        let content = rest.get(..length)?;
        let head = self.0.len() - rest.len();
        let whole = self.0.get(..head + length)?;
        self.0 = rest.get(length..)?;
        Some(Value { tag: *tag, content, whole })
    }
}

fn length_of(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7f);
    // 0 is the indefinite form of BER; four bytes reach 4 GiB.
    if !(1..=4).contains(&count) {
        return None;
    }
    let (digits, rest) = (rest.get(..count)?, rest.get(count..)?);
    let length = digits.iter().fold(0usize, |length, digit| length << 8 | usize::from(*digit));
    Some((length, rest))
}

/// One value, written.
pub(crate) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let digits: Vec<u8> =
                length.to_be_bytes().into_iter().skip_while(|digit| *digit == 0).collect();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
            out.extend(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

/// An object identifier in numbers: `1.2.840.113549.1.1.1`.
pub(crate) fn oid_text(content: &[u8]) -> String {
    let mut parts: Vec<u64> = Vec::new();
    let mut part = 0u64;
    for byte in content {
        part = (part << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.push(first);
                part -= first * 40;
            }
            parts.push(part);
            part = 0;
        }
    }
    parts.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

/// `20310504100000Z` or `20310504100000.25Z` (GeneralizedTime as RFC 3161 restricts it) as seconds
/// since 1970, fractions dropped.
pub(crate) fn unix_time(content: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (whole, _fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() != 14 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let number = |range: std::ops::Range<usize>| whole.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let (hour, minute, second) = (number(8..10)?, number(10..12)?, number(12..14)?);
    let valid = year >= 1970 && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !valid || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "days_from_civil").
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Seconds since 1970 as `2031-05-04T10:00:00Z`.
pub(crate) fn time_text(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // The inverse of the above (Hinnant, "civil_from_days").
    let z = days + 719_468;
    let (era, of_era) = (z / 146_097, z % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (der, unix, text) in [
            ("19700101000000Z", 0, "1970-01-01T00:00:00Z"),
            ("20240229235959.25Z", 1_709_251_199, "2024-02-29T23:59:59Z"),
            ("21000301000000Z", 4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(unix_time(der.as_bytes()), Some(unix), "{der}");
            assert_eq!(time_text(unix), text);
        }
        for bad in
            ["", "Z", "20310504100000", "20311304100000Z", "2031050410000Z", "2031050410000aZ"]
        {
            assert_eq!(unix_time(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn lengths_cut_short_or_without_end_are_refused() {
        for bad in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 2, 1],
            &[0x30, 0x85, 0, 0, 0, 0, 1],
            &[0x1f, 0],
        ] {
            assert!(Values::of(bad).next().is_none(), "{bad:?}");
        }
        let long = write(OCTETS, &[7; 300]);
        let value = Values::of(&long).next().unwrap();
        assert_eq!((value.content.len(), value.whole.len()), (300, 304));
        assert_eq!(
            oid_text(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]),
            "1.2.840.113549.1.1.1"
        );
    }
}
