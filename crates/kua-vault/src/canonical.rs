//! One byte form for each JSON value, so that a hash or commitment over it is well defined.
//! The form is RFC 8785 (JCS), narrowed: integers within ±(2^53 − 1) only, no floating point.

use serde_json::Value;
use thiserror::Error;

/// Largest integer that every JSON reader takes in exactly (RFC 8785 section 3.2.2.3).
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The canonical bytes of `value`: keys sorted by UTF-16 code units, no white space.
///
/// # Errors
/// [`CanonicalError::Number`] for a number that is not an exact integer.
pub fn to_canonical(value: &Value) -> Result<String, CanonicalError> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

/// Reads JSON that must already be in canonical form.
///
/// # Errors
/// [`CanonicalError`] if it is not JSON, or JSON in another form (spaces, unsorted or doubled
/// keys, other escapes).
pub fn from_canonical(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| CanonicalError::Json)?;
    if to_canonical(&value)?.as_bytes() == bytes { Ok(value) } else { Err(CanonicalError::Form) }
}

/// Why a value has no canonical form, or bytes are not in it.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CanonicalError {
    /// Not JSON at all.
    #[error("not JSON")]
    Json,
    /// JSON, but not byte for byte in canonical form.
    #[error("JSON, but not in the canonical form of RFC 8785")]
    Form,
    /// A fraction, or an integer beyond 2^53 − 1.
    #[error("a number that is not an integer below 2^53")]
    Number,
}

fn write(value: &Value, out: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_none_or(|size| size > MAX_INTEGER) {
                return Err(CanonicalError::Number);
            }
            out.push_str(&number.to_string());
        }
        // serde_json escapes exactly what RFC 8785 escapes, in the same spelling.
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| match a.is_ascii() && b.is_ascii() {
                true => a.cmp(b),
                false => a.encode_utf16().cmp(b.encode_utf16()),
            });
            out.push('{');
            for (place, (key, member)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_text(key, out);
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_text(text: &str, out: &mut String) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        // Nothing to escape, as nearly always.
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_as_rfc_8785_sorts_them() {
        // The example of RFC 8785 section 3.2.3.
        let value = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}";
        assert_eq!(to_canonical(&value).unwrap(), expected);
    }

    #[test]
    fn only_the_one_form_is_read() {
        assert!(from_canonical(br#"{"a":1,"b":[true,null,"x\n"]}"#).is_ok());
        for other in [
            r#"{"b":1,"a":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{ "a":1}"#,
            "{\"a\":1}\n",
            r#"{"a":1.0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":"\u000a"}"#,
            r#"{"a":-0}"#,
            r#"{"a":9007199254740992}"#,
            "",
            "{",
            r#"{"a":"\/"}"#,
        ] {
            assert!(from_canonical(other.as_bytes()).is_err(), "{other}");
        }
    }
}
