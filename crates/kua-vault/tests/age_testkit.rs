//! The age format's own test vectors (C2SP/CCTV, npm package `cctv-age`), most of them hostile,
//! against the code that opens what kua sealed. They are not part of this repository:
//! `KUA_AGE_TESTKIT` names the package's `index.js`, else `target/age-testkit/package/index.js`
//! is read, where `.ci/run` puts it. Without it the test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

#[path = "common/programs.rs"]
mod programs;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kua_model::Sha256;
use kua_vault::{NotOpened, SealIdentity, SealedFile, Source as _};
use programs::skip;

#[test]
fn files_that_age_accepts_are_opened_and_hostile_ones_give_nothing_but_true_bytes() {
    let at = std::env::var_os("KUA_AGE_TESTKIT").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/age-testkit/package/index.js"),
        PathBuf::from,
    );
    let Ok(package) = std::fs::read_to_string(&at) else {
        return skip("cctv-age", &format!("there is no {}", at.display()));
    };
    let vectors = vectors(&package);
    assert!(vectors.len() > 100, "{} vectors", vectors.len());
    let folder = tempfile::tempdir().unwrap();
    let (mut met, mut foreign) = (0, 0);
    for (name, bytes) in &vectors {
        let vector = Vector::parse(bytes).unwrap_or_else(|| panic!("{name} is no vector"));
        let path = folder.path().join(name);
        std::fs::write(&path, &vector.file).unwrap();
        let identities: Vec<SealIdentity> = vector
            .all("identity")
            .filter_map(|text| SealIdentity::read_file(text).ok())
            .flatten()
            .collect();
        // Passphrases, keys of other kinds and text armour are not for kua: it must refuse them.
        let ours = !identities.is_empty() && vector.one("armored").is_none();
        let identities = if ours { identities } else { vec![SealIdentity::generate()] };
        let (plain, error) = open(&path, &identities);
        if !ours {
            assert!(plain.is_empty() && error.is_some(), "{name}: opened, though it is not ours");
            foreign += 1;
        } else {
            vector.must_be_met(name, &plain, error.as_ref());
            met += 1;
        }
    }
    println!("{met} vectors met, {foreign} of other kinds refused");
}

/// The vectors of the package's one file: `// ../testdata/NAME`, then their bytes in base64.
fn vectors(package: &str) -> BTreeMap<String, Vec<u8>> {
    let parts = package.split("\n// ../testdata/").skip(1);
    let vectors = parts.filter_map(|part| {
        let (name, rest) = part.split_once('\n')?;
        let text = rest.split_once("__toBinary(\"")?.1.split_once('"')?.0;
        Some((name.to_owned(), STANDARD.decode(text).ok()?))
    });
    vectors.collect()
}

/// What was given out, and how it ended.
fn open(path: &Path, identities: &[SealIdentity]) -> (Vec<u8>, Option<std::io::Error>) {
    let mut plain = Vec::new();
    let read = SealedFile::new(path, identities).open().and_then(|mut reader| {
        let mut piece = [0; 4096];
        loop {
            match reader.read(&mut piece)? {
                0 => return Ok(()),
                count => plain.extend_from_slice(&piece[..count]),
            }
        }
    });
    (plain, read.err())
}

struct Vector {
    header: Vec<(String, String)>,
    file: Vec<u8>,
}

impl Vector {
    fn parse(bytes: &[u8]) -> Option<Vector> {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
        let header = std::str::from_utf8(&bytes[..end]).ok()?;
        let header = header.lines().map(|line| {
            let (key, value) = line.split_once(": ")?;
            Some((key.to_owned(), value.to_owned()))
        });
        let mut vector = Vector { header: header.collect::<Option<_>>()?, file: Vec::new() };
        let file = &bytes[end + 2..];
        match vector.one("compressed") {
            None => vector.file = file.to_vec(),
            Some("zlib") => {
                let mut file = flate2::read::ZlibDecoder::new(file);
                file.read_to_end(&mut vector.file).ok()?;
            }
            Some(_) => return None,
        }
        Some(vector)
    }

    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.header.iter().filter(move |(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    fn one(&self, key: &str) -> Option<&str> {
        self.header.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    fn must_be_met(&self, name: &str, plain: &[u8], error: Option<&std::io::Error>) {
        let reason = error.and_then(|error| error.get_ref()?.downcast_ref::<NotOpened>());
        let expected = self.one("expect").unwrap();
        match expected {
            "success" => assert!(error.is_none(), "{name}: {error:?}"),
            "no match" => {
                assert!(matches!(reason, Some(NotOpened::OtherKey)), "{name}: {error:?}");
            }
            "header failure" | "HMAC failure" => {
                assert!(matches!(reason, Some(NotOpened::Damaged)), "{name}: {error:?}");
                assert!(plain.is_empty(), "{name}: gave out {} bytes", plain.len());
            }
            "payload failure" => assert!(error.is_some(), "{name}: read to its end"),
            other => panic!("{name} expects {other:?}"),
        }
        // Also what was given out before the fault shows: nothing untrue ever is.
        if let Some(payload) = self.one("payload") {
            assert_eq!(Sha256::of(plain).to_string(), payload, "{name}");
        } else {
            assert!(plain.is_empty(), "{name}: gave out {} bytes", plain.len());
        }
    }
}
