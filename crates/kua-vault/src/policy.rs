//! Trust policies (C2SP tlog-policy): which logs and cosigners are trusted, and how many of them
//! must have cosigned. Reads and evaluates; knows nothing of files, nor of what a log holds.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::checkpoint::parse_decimal;
use crate::key::{Algorithm, KeyError, VerifierKey};

/// Longest policy read, in bytes. The specification asks for at least 32 logs, witnesses and
/// groups; this is room for some thousands.
const MAX_POLICY: usize = 1 << 20;
/// Deepest group within a group.
const MAX_DEPTH: usize = 64;

/// A policy.
///
/// ```text
/// log example.org/archive+1a2b3c4d+AbC…
/// witness anna anna.example+5e6f7a8b+BdE…
/// witness bela bela.example+9c0d1e2f+BfG…
/// group both all anna bela
/// quorum both
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Keys of the logs the policy trusts; none means that the log is known otherwise.
    pub logs: Vec<VerifierKey>,
    /// Cosigners in the order of their lines.
    pub witnesses: Vec<Witness>,
    groups: BTreeMap<Vec<u8>, Group>,
    quorum: Quorum,
}

/// A cosigner of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name within the policy, as opaque bytes.
    pub name: Vec<u8>,
    /// Its key.
    pub key: VerifierKey,
}

impl Witness {
    /// The name for people; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    threshold: usize,
    members: Vec<Vec<u8>>,
    depth: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Quorum {
    None,
    Of(Vec<u8>),
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`PolicyError`] names the line that is wrong and what was expected there.
    pub fn parse(bytes: &[u8]) -> Result<Policy, PolicyError> {
        if bytes.len() > MAX_POLICY {
            return Err(PolicyError { line: 1, fault: PolicyFault::Long });
        }
        let mut reading = Reading::default();
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            reading.line(line).map_err(|fault| PolicyError { line: number, fault })?;
        }
        let last = bytes.split(|byte| *byte == b'\n').count();
        let Reading { logs, witnesses, groups, quorum, .. } = reading;
        let quorum = quorum.ok_or(PolicyError { line: last, fault: PolicyFault::NoQuorum })?;
        Ok(Policy { logs, witnesses, groups, quorum })
    }

    /// Whether the quorum holds if exactly these witnesses (by their name in the policy) have
    /// cosigned.
    #[must_use]
    pub fn holds(&self, cosigned: &BTreeSet<Vec<u8>>) -> bool {
        match &self.quorum {
            Quorum::None => true,
            Quorum::Of(name) => self.witnesses_by(name, cosigned),
        }
    }

    /// Witnesses that count for the quorum and have not cosigned, in the order of their lines.
    #[must_use]
    pub fn missing(&self, cosigned: &BTreeSet<Vec<u8>>) -> Vec<&Witness> {
        let mut counted = BTreeSet::new();
        if let Quorum::Of(name) = &self.quorum {
            self.collect(name, &mut counted);
        }
        let missing = |w: &&Witness| counted.contains(&w.name) && !cosigned.contains(&w.name);
        self.witnesses.iter().filter(missing).collect()
    }

    /// The rule of the quorum in words: `2 of (anna, bela, carl)`.
    #[must_use]
    pub fn rule(&self) -> String {
        match &self.quorum {
            Quorum::None => "none".to_owned(),
            Quorum::Of(name) => self.rule_of(name),
        }
    }

    fn witnesses_by(&self, name: &[u8], cosigned: &BTreeSet<Vec<u8>>) -> bool {
        let Some(group) = self.groups.get(name) else { return cosigned.contains(name) };
        let members = group.members.iter().filter(|m| self.witnesses_by(m, cosigned));
        members.count() >= group.threshold
    }

    fn collect(&self, name: &[u8], into: &mut BTreeSet<Vec<u8>>) {
        match self.groups.get(name) {
            Some(group) => group.members.iter().for_each(|member| self.collect(member, into)),
            None => {
                into.insert(name.to_vec());
            }
        }
    }

    fn rule_of(&self, name: &[u8]) -> String {
        let Some(group) = self.groups.get(name) else {
            return String::from_utf8_lossy(name).into_owned();
        };
        let members: Vec<String> = group.members.iter().map(|m| self.rule_of(m)).collect();
        format!("{} of ({})", group.threshold, members.join(", "))
    }
}

#[derive(Default)]
struct Reading {
    logs: Vec<VerifierKey>,
    witnesses: Vec<Witness>,
    groups: BTreeMap<Vec<u8>, Group>,
    quorum: Option<Quorum>,
    /// Names that stand in a group already.
    members: BTreeSet<Vec<u8>>,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), PolicyFault> {
        if let Some(byte) = line.iter().find(|b| (**b < 0x20 && **b != b'\t') || **b == 0x7f) {
            return Err(PolicyFault::Octet { byte: *byte });
        }
        let words: Vec<&[u8]> = line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] | [b"log", key, _] => self.log(key),
            [b"witness", name, key] | [b"witness", name, key, _] => self.witness(name, key),
            [b"group", name, threshold, members @ ..] => self.group(name, threshold, members),
            [b"quorum", name] => self.set_quorum(name),
            [b"log", ..] => Err(PolicyFault::Words { expected: "log VKEY [URL]" }),
            [b"witness", ..] => Err(PolicyFault::Words { expected: "witness NAME VKEY [URL]" }),
            [b"group", ..] => {
                Err(PolicyFault::Words { expected: "group NAME all|any|NUMBER MEMBER…" })
            }
            [b"quorum", ..] => Err(PolicyFault::Words { expected: "quorum NAME" }),
            [other, ..] => Err(PolicyFault::Keyword { found: lossy(other) }),
        }
    }

    fn log(&mut self, key: &[u8]) -> Result<(), PolicyFault> {
        let key = parse_key(key, Algorithm::Note)?;
        if self.logs.iter().any(|log| log.public_bytes() == key.public_bytes()) {
            return Err(PolicyFault::SameKey);
        }
        self.logs.push(key);
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8]) -> Result<(), PolicyFault> {
        self.check_new(name)?;
        let key = parse_key(key, Algorithm::Cosignature)?;
        if self.witnesses.iter().any(|w| w.key.public_bytes() == key.public_bytes()) {
            return Err(PolicyFault::SameKey);
        }
        self.witnesses.push(Witness { name: name.to_vec(), key });
        Ok(())
    }

    fn group(
        &mut self,
        name: &[u8],
        threshold: &[u8],
        members: &[&[u8]],
    ) -> Result<(), PolicyFault> {
        self.check_new(name)?;
        if members.is_empty() {
            return Err(PolicyFault::Words { expected: "group NAME all|any|NUMBER MEMBER…" });
        }
        let mut depth = 0;
        for member in members {
            self.check_known(member)?;
            if !self.members.insert(member.to_vec()) {
                return Err(PolicyFault::MemberTwice { name: lossy(member) });
            }
            depth = depth.max(self.groups.get(*member).map_or(0, |group| group.depth + 1));
        }
        if depth > MAX_DEPTH {
            return Err(PolicyFault::Long);
        }
        let threshold = match threshold {
            b"all" => members.len(),
            b"any" => 1,
            digits => std::str::from_utf8(digits)
                .ok()
                .filter(|digits| !digits.is_empty())
                .and_then(parse_decimal)
                .and_then(|k| usize::try_from(k).ok())
                .filter(|k| (1..=members.len()).contains(k))
                .ok_or(PolicyFault::Threshold { found: lossy(digits), members: members.len() })?,
        };
        let members = members.iter().map(|member| member.to_vec()).collect();
        self.groups.insert(name.to_vec(), Group { threshold, members, depth });
        Ok(())
    }

    fn set_quorum(&mut self, name: &[u8]) -> Result<(), PolicyFault> {
        if self.quorum.is_some() {
            return Err(PolicyFault::QuorumTwice);
        }
        self.quorum = Some(if name == b"none" {
            Quorum::None
        } else {
            self.check_known(name)?;
            Quorum::Of(name.to_vec())
        });
        Ok(())
    }

    fn is_known(&self, name: &[u8]) -> bool {
        self.groups.contains_key(name) || self.witnesses.iter().any(|w| w.name == name)
    }

    fn check_known(&self, name: &[u8]) -> Result<(), PolicyFault> {
        if self.is_known(name) { Ok(()) } else { Err(PolicyFault::Unknown { name: lossy(name) }) }
    }

    fn check_new(&self, name: &[u8]) -> Result<(), PolicyFault> {
        if self.is_known(name) || name == b"none" {
            Err(PolicyFault::NameTwice { name: lossy(name) })
        } else {
            Ok(())
        }
    }
}

fn parse_key(text: &[u8], wanted: Algorithm) -> Result<VerifierKey, PolicyFault> {
    let text = std::str::from_utf8(text).map_err(|_| PolicyFault::Key(KeyError::Form))?;
    let key: VerifierKey = text.parse().map_err(PolicyFault::Key)?;
    if key.algorithm() == wanted { Ok(key) } else { Err(PolicyFault::KeyKind) }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Why a policy cannot be used, and where.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[error("line {line} of the policy: {fault}")]
pub struct PolicyError {
    /// Number of the line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: PolicyFault,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyFault {
    /// A byte no policy may hold.
    #[error("the byte {byte:#04x} is not allowed; only text, spaces and tabs are")]
    Octet {
        /// The byte.
        byte: u8,
    },
    /// Neither log, witness, group nor quorum.
    #[error("expected log, witness, group, quorum or a # comment, found {found:?}")]
    Keyword {
        /// The word found.
        found: String,
    },
    /// Too few or too many words.
    #[error("expected {expected}")]
    Words {
        /// The form of such a line.
        expected: &'static str,
    },
    /// The key is none.
    #[error(transparent)]
    Key(KeyError),
    /// A log's key for a witness, or the other way round.
    #[error("a log wants a key of type 0x01, a witness one of type 0x04; this is the other")]
    KeyKind,
    /// The same public key on two lines.
    #[error("this key stands on an earlier line already, perhaps under another name")]
    SameKey,
    /// A name defined twice, or `none`.
    #[error("the name {name:?} is taken")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// A name no earlier line defines.
    #[error("no witness or group {name:?} is defined on an earlier line")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A name in two groups, or twice in one.
    #[error("{name:?} is a member of a group already; a name may be a member once")]
    MemberTwice {
        /// The name.
        name: String,
    },
    /// Neither all, any, nor a number of members.
    #[error("expected all, any, or a number from 1 to {members}, found {found:?}")]
    Threshold {
        /// The word found.
        found: String,
        /// How many members the group has.
        members: usize,
    },
    /// A second quorum line.
    #[error("there is a quorum line already; a policy has exactly one")]
    QuorumTwice,
    /// No quorum line.
    #[error("the policy ends without a quorum line (quorum NAME, or quorum none)")]
    NoQuorum,
    /// Larger or deeper than is read.
    #[error("the policy is too large: at most 1 MiB and groups 64 deep are read")]
    Long,
}
