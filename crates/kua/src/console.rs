//! The terminal: what may be decorated, where words go, and how long paths are shown.
//! Answers go to stdout, everything else to stderr.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Stderr, Stdout, Write};

/// Where a command speaks.
pub(crate) struct Console {
    pub(crate) out: BufWriter<Stdout>,
    err: Stderr,
    /// Decoration on stdout.
    pub(crate) styled: bool,
    /// Progress bars and decoration on stderr.
    pub(crate) live: bool,
    /// Columns of the terminal; `None` when piped: then nothing is cut.
    pub(crate) columns: Option<usize>,
}

impl Console {
    pub(crate) fn new() -> Self {
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env::var_os("TERM").is_some_and(|value| value == "dumb");
        let is_terminal = io::stdout().is_terminal();
        let columns = is_terminal.then(|| {
            let told = env::var("COLUMNS").ok().and_then(|value| value.parse().ok());
            told.unwrap_or_else(|| usize::from(console_width())).max(40)
        });
        Self {
            out: BufWriter::new(io::stdout()),
            err: io::stderr(),
            styled: is_terminal && !plain,
            live: io::stderr().is_terminal(),
            columns,
        }
    }

    /// A line of the answer.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// A heading of the answer.
    pub(crate) fn heading(&mut self, line: &str) -> io::Result<()> {
        let line = self.bold(line);
        self.line(&line)
    }

    /// A remark beside the answer; if it cannot be shown there is nobody to tell.
    pub(crate) fn remark(&mut self, line: &str) {
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{line}");
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        if self.styled { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn console_width() -> u16 {
    // indicatif's own terminal crate knows the width on every system.
    ::console::Term::stdout().size().1
}
