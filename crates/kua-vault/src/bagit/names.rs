//! Which names a bag may list, and which are dangerous on some system.
//! The same names are refused everywhere: evidence is checked on one system and opened on another.

/// Why a name in a manifest or in fetch.txt is refused; `None` if it is not.
pub(super) fn refusal(name: &str) -> Option<&'static str> {
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let variable = name.strip_prefix('%').and_then(|rest| rest.split_once('%'));
    let is_variable = variable.is_some_and(|(inside, _)| {
        !inside.is_empty() && inside.chars().all(|c| c.is_alphanumeric() || "_()".contains(c))
    });
    if name.is_empty() || name.contains('\0') {
        Some("it is no name")
    } else if name.starts_with('/') {
        Some("it is absolute, and would lead outside the bag")
    } else if name.starts_with('~') {
        Some("~ means somebody's home folder, outside the bag")
    } else if drive || name.contains('\\') || is_variable {
        Some("it means a place outside the bag on Windows")
    } else if name.split('/').any(|part| part == "..") {
        Some("it climbs out of the bag with ..")
    } else {
        None
    }
}

/// What is odd about a name that a bag may list.
pub(super) fn strange(name: &str) -> Option<&'static str> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let lower = last.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let device = matches!(stem, "con" | "prn" | "aux" | "nul")
        || stem
            .strip_prefix("com")
            .or_else(|| stem.strip_prefix("lpt"))
            .is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    if matches!(lower.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini")
        || lower.starts_with("._")
    {
        Some("a file that systems write by themselves; it may change or vanish unasked")
    } else if device {
        Some("the name of a device on Windows, where it cannot be opened")
    } else if last.ends_with(['.', ' ']) || last.contains(['<', '>', ':', '"', '|', '?', '*']) {
        Some("a name that Windows cannot keep")
    } else if name.split('/').any(|part| part == ".") || name.contains("//") {
        Some("written in a roundabout way")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_outside_on_any_system_are_refused_everywhere() {
        for name in [
            "../x",
            "data/../../x",
            "data/..",
            "/etc/passwd",
            "~/x",
            "~root/x",
            "C:\\x",
            "c:/x",
            "\\\\server\\share",
            "\\\\?\\UNC\\x",
            "%HomeDrive%\\x",
            "%TEMP%/x",
            "data\\x",
            "",
            "a\0b",
            "\\.\\./x",
        ] {
            assert!(refusal(name).is_some(), "{name:?}");
        }
        for name in [
            "data/x",
            "data/..x",
            "data/x..",
            "data/~x",
            "data/%7Ex",
            "data/%t%",
            "./data/x",
            "data/a b",
            "data/c:x",
        ] {
            assert_eq!(refusal(name), None, "{name:?}");
        }
    }

    #[test]
    fn names_that_other_systems_change_are_odd() {
        for name in [
            "data/.DS_Store",
            "data/Thumbs.db",
            "data/._x",
            "data/CON",
            "data/com1.txt",
            "data/x.",
            "data/a:b",
        ] {
            assert!(strange(name).is_some(), "{name:?}");
        }
        for name in ["data/constant", "data/com0", "data/computer", "data/.hidden", "data/ab/cd"] {
            assert_eq!(strange(name), None, "{name:?}");
        }
    }
}
