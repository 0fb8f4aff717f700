//! `case.toml`: what a case is about and how its stages are set. See `docs/formats/case.md`.
//! Only parses and prints; the folder reads and writes it.

use kua_model::{CaseInfo, DateSpan};
use kua_read::ReadConfig;
use kua_reconcile::ReconcileConfig;
use kua_trace::TraceConfig;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Version of `case.toml` this kua writes, and the newest it reads.
pub const CONFIG_VERSION: u32 = 1;

/// Everything `case.toml` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseConfig {
    /// Version of this file.
    pub version: u32,
    /// Title of the case, as shown on every page.
    pub title: String,
    /// Days of the crisis: `2022-01-01/2022-01-31`. Claims dated outside are background.
    pub period: Option<DateSpan>,
    /// Country or region: the place of claims that name none.
    pub place: Option<String>,
    /// What may be read at most.
    pub limits: Limits,
    /// Settings of reading.
    pub read: ReadConfig,
    /// Settings of tracing.
    pub trace: TraceConfig,
    /// Settings of reconciling.
    pub reconcile: ReconcileConfig,
}

impl Default for CaseConfig {
    fn default() -> Self {
        Self {
            version: CONFIG_VERSION,
            title: String::new(),
            period: None,
            place: None,
            limits: Limits::default(),
            read: ReadConfig::default(),
            trace: TraceConfig::default(),
            reconcile: ReconcileConfig::default(),
        }
    }
}

/// What may be read at most. Larger items are preserved, listed, and not read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Largest item that is read, in bytes.
    pub read_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { read_bytes: 64 * 1024 * 1024 }
    }
}

/// `case.toml` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Not TOML, or a value of the wrong kind.
    #[error("case.toml, line {line}: {message}")]
    Invalid {
        /// Line, from 1; 0 if it cannot be told.
        line: usize,
        /// What was expected and what was found.
        message: String,
    },
    /// A key nobody reads: most often a slip of spelling, which must not pass silently.
    #[error("case.toml, line {line}: there is no setting {key:?}{}", known.as_ref().map(|known| format!("; settings here are: {known}")).unwrap_or_default())]
    Unknown {
        /// Line, from 1; 0 if it cannot be told.
        line: usize,
        /// The key, with its table: `limits.read_byte`.
        key: String,
        /// Settings that exist in that table.
        known: Option<String>,
    },
    /// Written by a newer kua.
    #[error("case.toml has version {found}; this kua reads versions up to {CONFIG_VERSION}")]
    Newer {
        /// The version found.
        found: u32,
    },
}

impl CaseConfig {
    /// Reads the text of `case.toml`. Absent keys have their defaults.
    ///
    /// # Errors
    /// [`ConfigError`] with the line: not TOML, a wrong kind of value, an unknown key, a newer version.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut unknown = Vec::new();
        let invalid = |error: toml::de::Error| ConfigError::Invalid {
            line: error.span().map_or(0, |span| line_of(text, span.start)),
            message: error.message().to_owned(),
        };
        let source = toml::Deserializer::parse(text).map_err(invalid)?;
        let config: Self =
            serde_ignored::deserialize(source, |path| unknown.push(path.to_string()))
                .map_err(invalid)?;
        // The version first: a newer kua may know keys that this one does not.
        if config.version > CONFIG_VERSION {
            return Err(ConfigError::Newer { found: config.version });
        }
        match unknown.into_iter().next() {
            None => Ok(config),
            Some(key) => Err(ConfigError::Unknown {
                line: line_of_key(text, &key),
                known: known_at(&key),
                key,
            }),
        }
    }

    /// The case as the stages know it.
    pub fn info(&self) -> CaseInfo {
        CaseInfo { title: self.title.clone(), period: self.period, place: self.place.clone() }
    }

    /// Every setting with its table, `limits.read_bytes`, and its default as TOML; `None` where a
    /// setting is absent by default. For the documentation and its test.
    pub fn settings() -> Vec<(String, Option<String>)> {
        let mut out = vec![("period".to_owned(), None), ("place".to_owned(), None)];
        if let Ok(toml::Value::Table(table)) = toml::Value::try_from(Self::default()) {
            flatten("", &table, &mut out);
        }
        out.sort();
        out.dedup_by(|a, b| a.0 == b.0);
        out
    }
}

/// Text of a new `case.toml`.
pub(crate) fn new_case_toml(title: &str, period: Option<DateSpan>, place: Option<&str>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let line = |key: &str, value: Option<String>, example: &str| match value {
        Some(value) => format!("{key} = {}\n", quoted(&value)),
        None => format!("# {key} = {example}\n"),
    };
    let mut out = format!(
        "# What this case is about. All settings: docs/formats/case.md\nversion = {CONFIG_VERSION}\n"
    );
    out += &format!("title = {}\n", quoted(title));
    out += "\n# Days of the crisis. Claims dated outside are background and enter no toll.\n";
    out += &line("period", period.map(|span| span.to_string()), "\"2022-01-01/2022-01-31\"");
    out += "\n# Country or region: the place of claims that name none.\n";
    out += &line("place", place.map(str::to_owned), "\"Kazakhstan\"");
    out
}

fn flatten(prefix: &str, table: &toml::Table, out: &mut Vec<(String, Option<String>)>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, out),
            _ => out.push((name, Some(value.to_string()))),
        }
    }
}

fn known_at(key: &str) -> Option<String> {
    let table = key.rsplit_once('.').map_or("", |(table, _)| table);
    let mut known: Vec<String> = CaseConfig::settings()
        .into_iter()
        .filter_map(|(name, _)| {
            let rest = if table.is_empty() {
                name.as_str()
            } else {
                name.strip_prefix(table)?.strip_prefix('.')?
            };
            Some(rest.split('.').next().unwrap_or(rest).to_owned())
        })
        .collect();
    known.dedup();
    (!known.is_empty()).then(|| known.join(", "))
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Line of the key with this dotted path; 0 if it does not stand there plainly.
fn line_of_key(text: &str, key: &str) -> usize {
    use toml::de::{DeTable, DeValue};
    let Ok(document) = DeTable::parse(text) else { return 0 };
    let mut table: &DeTable<'_> = document.get_ref();
    let mut line = 0;
    for part in key.split('.') {
        let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else {
            return line;
        };
        line = line_of(text, name.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return line,
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_says_what_it_was_told_and_nothing_else() {
        let text = new_case_toml("The \"long\" winter", "2022-01".parse().ok(), None);
        let config = CaseConfig::parse(&text).unwrap();
        assert_eq!(config.title, "The \"long\" winter");
        assert_eq!(config.period.unwrap().to_string(), "2022-01");
        assert_eq!(config.place, None);
    }

    #[test]
    fn a_slip_of_spelling_is_named_with_its_line() {
        let error = CaseConfig::parse("title = \"x\"\n\n[limits]\nread_byte = 5\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "case.toml, line 4: there is no setting \"limits.read_byte\"; settings here are: read_bytes"
        );
        let error = CaseConfig::parse("tittle = \"x\"").unwrap_err();
        assert!(matches!(error, ConfigError::Unknown { line: 1, .. }), "{error}");
    }

    #[test]
    fn ugly_files_say_where_they_are_ugly() {
        let line = |text: &str| match CaseConfig::parse(text).unwrap_err() {
            ConfigError::Invalid { line, .. } => line,
            other => panic!("{other}"),
        };
        assert_eq!(line("title = \"x\"\nperiod = \"last winter\"\n"), 2);
        assert_eq!(line("title = \n"), 1);
        assert_eq!(line("a\nb"), 1);
        assert!(matches!(
            CaseConfig::parse("version = 9\nfrom_the_future = 1"),
            Err(ConfigError::Newer { found: 9 })
        ));
        assert!(CaseConfig::parse("").is_ok());
    }
}
