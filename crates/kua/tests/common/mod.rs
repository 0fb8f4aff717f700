//! What the tests of the binary share: a scratch folder, and kua run in it.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may fail by panicking")]
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(unreachable_pub, reason = "shared by path between test files")]

pub mod model;
pub mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A scratch folder with a case in it.
pub struct Bench {
    pub dir: tempfile::TempDir,
}

impl Bench {
    /// A folder with an empty case in `case/`.
    pub fn with_case() -> Self {
        let bench = Self::empty();
        assert_eq!(bench.kua(&["init", "case", "--title", "Trial"]).code, 0);
        bench
    }

    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// kua, to be run in the folder.
    pub fn command(&self, args: &[&str]) -> Command {
        command_in(self.dir.path(), args)
    }

    pub fn kua(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// JSON lines of a command that must succeed.
    pub fn json(&self, args: &[&str]) -> Vec<serde_json::Value> {
        let ran = self.kua(args);
        assert_eq!(ran.code, 0, "kua {args:?}: {}", ran.err);
        ran.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

pub fn command_in(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kua"));
    command.current_dir(dir).args(args).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
    command
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
