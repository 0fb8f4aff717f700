//! The terminal: what may be decorated, where words go, and how long paths are shown.
//! Answers go to stdout, everything else to stderr.

use std::borrow::Cow;
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
        writeln!(self.out, "{}", obedient(line))
    }

    /// A text that somebody else's program shall read, with its own line ends: nothing added.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        write!(self.out, "{}", obedient(text))
    }

    /// A heading of the answer.
    pub(crate) fn heading(&mut self, line: &str) -> io::Result<()> {
        let line = self.bold(line);
        self.line(&line)
    }

    /// A remark beside the answer; if it cannot be shown there is nobody to tell.
    pub(crate) fn remark(&mut self, line: &str) {
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{}", obedient(line));
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        if self.styled { format!("{BOLD}{text}{PLAIN}") } else { text.to_owned() }
    }
}

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// `line` with nothing in it that a terminal obeys but kua's own bold. Words of the material and
/// names of files are made harmless where they are put into a line; this is for what was forgotten.
/// Escaped as JSON does it, so that JSON stays JSON.
fn obedient(line: &str) -> Cow<'_, str> {
    let commands = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !line.contains(commands) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let own = [BOLD, PLAIN].into_iter().find(|own| rest.starts_with(own));
        let width = own.map_or(c.len_utf8(), str::len);
        match own {
            Some(own) => out.push_str(own),
            None if commands(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            None => out.push(c),
        }
        rest = rest.get(width..).unwrap_or_default();
    }
    Cow::Owned(out)
}

fn console_width() -> u16 {
    // indicatif's own terminal crate knows the width on every system.
    ::console::Term::stdout().size().1
}

#[cfg(test)]
mod tests {
    use super::obedient;

    #[test]
    fn a_line_commands_nothing_but_bold() {
        assert_eq!(obedient("Мамай\tbridge"), "Мамай\tbridge");
        assert_eq!(obedient("\u{1b}[1mKilled\u{1b}[0m"), "\u{1b}[1mKilled\u{1b}[0m");
        assert_eq!(
            obedient("a\u{1b}[2Jb\u{9b}c\rd\u{202e}"),
            "a\\u001b[2Jb\\u009bc\\u000dd\\u202e"
        );
    }
}
