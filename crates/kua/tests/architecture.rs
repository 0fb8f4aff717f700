//! Holds what ARCHITECTURE.md calls invariants and the compiler cannot see: who may depend on whom,
//! who may touch the outside world, and that no words of a language stand in code.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Crates that are pure: values in, values and notices out.
const PURE: [&str; 7] = [
    "kua-model",
    "kua-lexicon",
    "kua-read",
    "kua-trace",
    "kua-extract",
    "kua-reconcile",
    "kua-publish",
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Rust files below `dir`: path, text up to the first test module, without comments.
fn code(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let product = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
                out.push((
                    path,
                    lines
                        .map(|line| line.split(" // ").next().unwrap_or_default())
                        .collect::<Vec<_>>()
                        .join("\n"),
                ));
            }
        }
    }
    out.sort();
    out
}

#[test]
fn stages_know_only_the_nouns_and_the_words() {
    for name in PURE.iter().chain(&["kua-vault"]) {
        let manifest =
            fs::read_to_string(repository().join("crates").join(name).join("Cargo.toml")).unwrap();
        let needed = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        let known: &[&str] = match *name {
            "kua-model" => &[],
            "kua-lexicon" | "kua-vault" | "kua-publish" => &["kua-model"],
            _ => &["kua-model", "kua-lexicon"],
        };
        for line in needed.lines().filter(|line| line.starts_with("kua-")) {
            let dependency = line.split(['.', ' ']).next().unwrap_or_default();
            assert!(
                known.contains(&dependency),
                "{name} depends on {dependency}: stages do not know one another"
            );
        }
    }
}

#[test]
fn pure_crates_touch_nothing_outside() {
    let outside = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::io::std",
        "SystemTime",
        "Instant::now",
        "getrandom",
        "println!",
        "eprintln!",
    ];
    for name in PURE {
        for (path, text) in code(&repository().join("crates").join(name).join("src")) {
            for word in outside {
                assert!(
                    !text.contains(word),
                    "{} uses {word}: it belongs to kua-vault, kua-case or kua",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn only_the_command_line_opens_sockets_and_prints() {
    for name in ["kua-vault", "kua-case"] {
        for (path, text) in code(&repository().join("crates").join(name).join("src")) {
            for word in
                ["std::net", "TcpStream", "TcpListener", "UdpSocket", "println!", "eprintln!"]
            {
                assert!(
                    !text.contains(word),
                    "{} uses {word}: only the command line may",
                    path.display()
                );
            }
        }
    }
    for (path, text) in code(&repository().join("crates/kua/src")) {
        for word in ["TcpStream::connect", "UdpSocket", "0.0.0.0", "UNSPECIFIED"] {
            assert!(
                !text.contains(word),
                "{} uses {word}: kua listens on loopback and calls nobody",
                path.display()
            );
        }
    }
}

#[test]
fn one_place_opens_connections() {
    for name in fs::read_dir(repository().join("crates")).unwrap() {
        for (path, text) in code(&name.unwrap().path().join("src")) {
            let may = path.ends_with("crates/kua/src/model_server.rs");
            assert!(
                may || !text.contains("ureq"),
                "{} uses ureq: only crates/kua/src/model_server.rs may",
                path.display()
            );
        }
    }
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let line = manifest.lines().find(|line| line.starts_with("ureq")).unwrap();
    // No TLS, so that nothing far away answers; no proxy from the environment, no cookies.
    assert!(line.contains("default-features = false") && !line.contains("features = ["), "{line}");
}

#[test]
fn no_words_of_a_language_stand_in_code() {
    for name in PURE.iter().chain(&["kua-vault", "kua-case"]) {
        for (path, text) in code(&repository().join("crates").join(name).join("src")) {
            // English stands in names and messages, so only other scripts can be looked for.
            let foreign = |c: char| matches!(u32::from(c), 0x370..=0x52F | 0x590..=0x6FF);
            for (number, line) in text.lines().enumerate() {
                // A set of letters is script, not vocabulary.
                if line.contains(".contains(character)") {
                    continue;
                }
                let longest =
                    line.split(|c: char| !foreign(c)).map(|word| word.chars().count()).max();
                assert!(
                    longest < Some(3),
                    "{}, code line {}: words of a language belong in lexicons/: {line}",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}
