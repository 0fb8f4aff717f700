//! Other people's programs for tests to run. A program that is missing skips a test with a line;
//! in CI, `KUA_MUST_HAVE` names those that were installed, and then a missing one is a failure.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, reason = "shared by path between test files")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Exit code 0, and all that was said.
pub struct Said {
    pub fine: bool,
    pub text: String,
}

/// Says that a test is skipped; fails instead if CI promised the program.
pub fn skip(program: &str, why: &str) {
    let promised = std::env::var("KUA_MUST_HAVE").unwrap_or_default();
    assert!(
        !promised.split_whitespace().any(|name| name == program),
        "{program} was installed for this test, but {why}"
    );
    println!("skipped: {program}: {why}");
}

/// Runs a program to its end; `None`, after saying so, if it is not on this machine.
pub fn run<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: &[A]) -> Option<Said> {
    let program = program.as_ref();
    let Ok(output) = Command::new(program).args(arguments).output() else {
        skip(&program.to_string_lossy(), "it is not on this machine");
        return None;
    };
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    Some(Said { fine: output.status.success(), text })
}

/// A file of `tests/interop/`.
pub fn interop(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop").join(name)
}

/// `verify_log.go`, built against Debian's packages of the Go project.
pub fn go_verifier(scratch: &Path) -> Option<PathBuf> {
    let sources = Path::new("/usr/share/gocode");
    if !sources.join("src/golang.org/x/mod/sumdb/tlog").exists() {
        skip("go", "the Debian package golang-golang-x-mod-dev is missing");
        return None;
    }
    let target = scratch.join("verify_log");
    let output = Command::new("go")
        .args(["build", "-o"])
        .args([&target, &interop("verify_log.go")])
        .envs([("GO111MODULE", "off"), ("GOFLAGS", ""), ("GOTOOLCHAIN", "local")])
        .env("GOPATH", sources)
        .env("GOCACHE", std::env::temp_dir().join("kua-go-cache"))
        .output();
    let Ok(output) = output else {
        skip("go", "the program go is missing");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(target)
}

/// A Python that can import `module`: that of `KUA_PYTHON`, else `python3`.
pub fn python_with(module: &str) -> Option<String> {
    let python = std::env::var("KUA_PYTHON").unwrap_or_else(|_| "python3".into());
    let asked = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if asked.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    skip(module, &format!("{python} has no such module (set KUA_PYTHON to one that has)"));
    None
}
