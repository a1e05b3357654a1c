//! Standard output: whether it is a terminal, how wide, whether to colour; and writing to it.

use crate::args::Color;
use crate::output::escape;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};

/// Narrower terminals are treated as this wide.
const WIDTH_MIN: usize = 40;

/// How text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Whether to colour.
    pub color: bool,
    /// Columns that lines may take; `None` if there is no limit.
    pub width: Option<usize>,
}

/// A style of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it is.
    Plain,
    /// For headings.
    Bold,
    /// For what matters less.
    Dim,
    /// For what went wrong.
    Red,
    /// For what may be wrong.
    Yellow,
    /// For what is well.
    Green,
    /// For names and time bars.
    Cyan,
}

impl Look {
    /// The text in this style.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        let code = match style {
            Style::Plain => return text.to_owned(),
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Red => "31",
            Style::Yellow => "33",
            Style::Green => "32",
            Style::Cyan => "36",
        };
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// How text on it is to look.
    pub look: Look,
    terminal: bool,
}

impl Screen {
    /// Looks at standard output and the environment.
    pub(crate) fn new(color: Color, env: &BTreeMap<String, String>) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let set = |name: &str| env.get(name).is_some_and(|value| !value.is_empty());
        let plain = set("NO_COLOR") || env.get("TERM").is_some_and(|term| term == "dumb");
        let color = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        let columns = rustix::termios::tcgetwinsize(&stdout)
            .ok()
            .map(|size| usize::from(size.ws_col));
        let width = columns
            .filter(|columns| terminal && *columns > 0)
            .map(|columns| columns.max(WIDTH_MIN));
        Self {
            look: Look { color, width },
            terminal,
        }
    }

    /// Lines of the terminal; `None` if it is none.
    pub(crate) fn height(&self) -> Option<usize> {
        rustix::termios::tcgetwinsize(io::stdout())
            .ok()
            .map(|size| usize::from(size.ws_row))
            .filter(|rows| self.terminal && *rows > 0)
    }

    /// Writes text as it is and flushes.
    pub(crate) fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// Writes the bytes of a JSON answer as they are, with a line end; on a terminal characters that
    /// steer it are written as JSON escapes.
    pub(crate) fn print_json(&self, body: &[u8]) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        match std::str::from_utf8(body) {
            Ok(text) if self.terminal => out.write_all(escape::json(text).as_bytes())?,
            _ => out.write_all(body)?,
        }
        if body.last() != Some(&b'\n') {
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(())
    }
}

/// Writes a remark to standard error.
pub(crate) fn remark(text: &str) {
    // A remark that nobody can read is no reason to stop.
    let _ = writeln!(io::stderr().lock(), "{}", escape::line(text));
}
