//! Reads PromQL test scripts: `clear`, `load`, `eval` and what is expected. Queries stay texts; running
//! a script is the work of the query crate.
//! Source: Prometheus' documentation of its test scripts.

use crate::promql::number::{parse_duration, parse_number};
use crate::promql::series_text::{self, SeriesText};

mod eval;
mod start;

/// A script.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// What to do, in order.
    pub commands: Vec<Command>,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Line of the script, counted from one.
    pub line: usize,
    /// What to do.
    pub kind: CommandKind,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum CommandKind {
    /// Forget all samples.
    Clear,
    /// Add samples.
    Load(Load),
    /// Run a query.
    Eval(Box<Eval>),
}

/// Adds samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Milliseconds between positions; the first is at zero.
    pub step_ms: i64,
    /// Adds a native histogram with custom buckets for each classic one, too.
    pub with_nhcb: bool,
    /// The series.
    pub series: Vec<LoadedSeries>,
}

/// A series to add.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedSeries {
    /// Line of the script, counted from one.
    pub line: usize,
    /// Its labels and values.
    pub series: SeriesText,
    /// For each position the start timestamp in milliseconds, relative to that of the sample; empty
    /// if there are none.
    pub start_offsets_ms: Vec<Option<i64>>,
}

/// Runs a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Eval {
    /// The query.
    pub query: String,
    /// When it is evaluated.
    pub time: EvalTime,
    /// What has to come out.
    pub expected: Expected,
}

/// When a query is evaluated; milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalTime {
    /// Once.
    Instant {
        /// When.
        at_ms: i64,
    },
    /// At many times.
    Range(TimeSteps),
}

/// Times from a first to a last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSteps {
    /// The first, milliseconds since 1970.
    pub start_ms: i64,
    /// The last; none lies behind it.
    pub end_ms: i64,
    /// From one to the next.
    pub step_ms: i64,
}

/// What has to come out of a query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Expected {
    /// It fails.
    pub fail: Option<TextMatch>,
    /// Warnings; each must be there, and no others. Empty: not checked.
    pub warn: Vec<TextMatch>,
    /// There are no warnings.
    pub no_warn: bool,
    /// Infos; as for warnings.
    pub info: Vec<TextMatch>,
    /// There are no infos.
    pub no_info: bool,
    /// The series come in this order.
    pub ordered: bool,
    /// The result is this string.
    pub string: Option<String>,
    /// The result is this number.
    pub scalar: Option<f64>,
    /// The result of an instant query is a range vector with samples at these times.
    pub range_vector: Option<TimeSteps>,
    /// The result is these series, and no others.
    pub series: Vec<ExpectedSeries>,
}

/// A series that has to come out.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedSeries {
    /// Line of the script, counted from one.
    pub line: usize,
    /// Its labels and values.
    pub series: SeriesText,
}

/// How a message has to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextMatch {
    /// In any way.
    Any,
    /// Exactly so.
    Message(String),
    /// A part of it matches this pattern (RE2).
    Regex(String),
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ScriptError {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

type Result<T> = std::result::Result<T, ScriptError>;

/// Reads a script; stops at the first line that cannot be read.
pub fn parse(text: &str) -> Result<Script> {
    let mut reader = Reader {
        lines: text.lines().map(content).collect(),
        at: 0,
    };
    let mut commands = Vec::new();
    while let Some(line) = reader.next() {
        if line.text.is_empty() {
            continue;
        }
        let word = line.text.split([' ', '\t']).next().unwrap_or_default();
        let word = word.to_ascii_lowercase();
        let kind = if word == "clear" {
            CommandKind::Clear
        } else if word.starts_with("load") {
            CommandKind::Load(reader.load(line)?)
        } else if word.starts_with("eval") {
            CommandKind::Eval(Box::new(reader.eval(line)?))
        } else {
            return Err(line.error(format!("invalid command `{}`", line.text)));
        };
        commands.push(Command {
            line: line.number,
            kind,
        });
    }
    Ok(Script { commands })
}

/// A line without its blanks; comments are empty.
fn content(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') { "" } else { line }
}

/// A line and its number from one.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    number: usize,
}

impl Line<'_> {
    fn error(&self, message: impl Into<String>) -> ScriptError {
        ScriptError {
            line: self.number,
            message: message.into(),
        }
    }

    fn duration(&self, text: &str, what: &str) -> Result<i64> {
        parse_duration(text)
            .map_err(|reason| self.error(format!("invalid {what} `{text}`: {reason}")))
    }

    fn series(&self) -> Result<SeriesText> {
        series_text::parse(self.text).map_err(|found| {
            let column = found.range.start + 1;
            self.error(format!("column {column}: {}", found.message))
        })
    }

    /// A number alone.
    fn number(&self) -> Option<f64> {
        let digits = self.text.strip_prefix(['+', '-']).unwrap_or(self.text);
        if digits.starts_with(['+', '-']) {
            return None;
        }
        let value = parse_number(digits).ok()?;
        Some(if self.text.starts_with('-') {
            -value
        } else {
            value
        })
    }
}

struct Reader<'a> {
    lines: Vec<&'a str>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Line<'a>> {
        let text = *self.lines.get(self.at)?;
        self.at += 1;
        Some(Line {
            text,
            number: self.at,
        })
    }

    /// The next line of a command's body.
    fn next_of_body(&mut self) -> Option<Line<'a>> {
        self.next().filter(|line| !line.text.is_empty())
    }

    fn load(&mut self, line: Line<'a>) -> Result<Load> {
        let (word, step) = split_word(line.text);
        let with_nhcb = word == "load_with_nhcb";
        if step.is_empty() || word != "load" && !with_nhcb {
            return Err(line.error("invalid load command. (load[_with_nhcb] <step:duration>)"));
        }
        let step_ms = line.duration(step, "step definition")?;
        let mut series = Vec::new();
        let mut start: Option<start::StartLine<'_>> = None;
        while let Some(line) = self.next_of_body() {
            if let Some(found) = start::read(line)? {
                if let Some(pending) = start.replace(found) {
                    return Err(pending.line.error("@st line has no following sample line"));
                }
                continue;
            }
            let read = line.series()?;
            let start_offsets_ms = match start.take() {
                Some(pending) => pending.offsets_of(&read)?,
                None => Vec::new(),
            };
            series.push(LoadedSeries {
                line: line.number,
                series: read,
                start_offsets_ms,
            });
        }
        if let Some(pending) = start {
            return Err(pending.line.error("@st line has no following sample line"));
        }
        Ok(Load {
            step_ms,
            with_nhcb,
            series,
        })
    }
}

/// The first word, and what follows it without blanks around it.
fn split_word(text: &str) -> (&str, &str) {
    match text.split_once([' ', '\t']) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests;
