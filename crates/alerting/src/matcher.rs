//! Label matchers as Alertmanager knows them: one type, two syntaxes.
//!
//! `classic.rs` reads the syntax of old, `utf8.rs` the stricter one that takes any label name;
//! `parse_matchers` tries both, as Alertmanager does unless it is told otherwise.

mod classic;
pub mod read;
mod utf8;

use crate::error::{Error, Result};
use regex::Regex;
use std::cmp::Ordering;
use std::fmt;
use std::fmt::Write as _;
use tacho_model::labels::Labels;
use tacho_syntax::pattern::{Anchoring, compile};

/// Longest text of matchers that is taken, bytes.
pub const TEXT_BYTES_MAX: usize = 64 << 10;
/// Most matchers of one text or list.
pub const MATCHERS_MAX: usize = 256;

/// How a matcher compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `=`: the same text.
    Equal,
    /// `!=`: another text.
    NotEqual,
    /// `=~`: the whole text fits a pattern of RE2.
    Regex,
    /// `!~`: the whole text does not fit.
    NotRegex,
}

impl Op {
    /// The operator as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }

    /// The operator of a text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Equal, Self::NotEqual, Self::Regex, Self::NotRegex]
            .into_iter()
            .find(|op| op.as_str() == text)
    }

    /// The operator of Alertmanager's API: whether it is a pattern, and whether it has to fit.
    pub fn of_flags(is_regex: bool, is_equal: bool) -> Self {
        match (is_regex, is_equal) {
            (false, true) => Self::Equal,
            (false, false) => Self::NotEqual,
            (true, true) => Self::Regex,
            (true, false) => Self::NotRegex,
        }
    }

    /// Whether it is a pattern.
    pub fn is_regex(self) -> bool {
        matches!(self, Self::Regex | Self::NotRegex)
    }

    /// Whether the value has to fit, not to differ.
    pub fn is_equal(self) -> bool {
        matches!(self, Self::Equal | Self::Regex)
    }
}

/// What one label must be. A label that is absent has the empty value.
#[derive(Debug, Clone)]
pub struct Matcher {
    name: String,
    op: Op,
    value: String,
    pattern: Option<Regex>,
}

impl Matcher {
    /// A matcher; a pattern is anchored at both ends and its `.` does not match line ends.
    ///
    /// # Errors
    /// If the pattern is none, or too large.
    pub fn new(name: impl Into<String>, op: Op, value: impl Into<String>) -> Result<Self> {
        let (name, value) = (name.into(), value.into());
        let pattern = op.is_regex().then(|| compile(&value, Anchoring::Whole));
        let pattern = pattern.transpose().map_err(|reason| {
            Error::invalid(format!("invalid regular expression {value:?}: {reason}"))
        })?;
        Ok(Self {
            name,
            op,
            value,
            pattern,
        })
    }

    /// A matcher that wants one text.
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            op: Op::Equal,
            value: value.into(),
            pattern: None,
        }
    }

    /// The label.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    pub fn op(&self) -> Op {
        self.op
    }

    /// What it compares with.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether a label set fits.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matches_value(labels.value(&self.name))
    }

    /// Whether a value fits; an absent label has the empty one.
    pub fn matches_value(&self, value: &str) -> bool {
        let fits = match &self.pattern {
            Some(pattern) => pattern.is_match(value),
            None => self.value == value,
        };
        fits == self.op.is_equal()
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Matcher {}

impl PartialOrd for Matcher {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By name, value and operator: the order in which Alertmanager sorts and prints matchers.
impl Ord for Matcher {
    fn cmp(&self, other: &Self) -> Ordering {
        let texts = (self.name.as_str(), self.value.as_str(), self.op);
        texts.cmp(&(other.name.as_str(), other.value.as_str(), other.op))
    }
}

impl std::hash::Hash for Matcher {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.name, self.op, &self.value).hash(state);
    }
}

/// As Alertmanager prints it: `name="value"`, with the name in quotes where the classic syntax could not
/// read it.
impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.chars().any(is_reserved) {
            write_go_quoted(f, &self.name)?;
            f.write_str(self.op.as_str())?;
            return write_go_quoted(f, &self.value);
        }
        write!(f, "{}{}\"", self.name, self.op.as_str())?;
        for c in self.value.chars() {
            match c {
                '\\' | '"' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Whether a character ends a name or value without quotes.
fn is_reserved(c: char) -> bool {
    c.is_whitespace() || "{}!=~,\\\"'`".contains(c)
}

/// In double quotes, with Go's escapes.
pub(crate) fn write_go_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '\\' | '"' => write!(f, "\\{c}")?,
            '\x07' => f.write_str("\\a")?,
            '\x08' => f.write_str("\\b")?,
            '\x0c' => f.write_str("\\f")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\x0b' => f.write_str("\\v")?,
            ' ' => f.write_char(' ')?,
            c if u32::from(c) < 0x80 && c.is_control() => write!(f, "\\x{:02x}", u32::from(c))?,
            c if c.is_control() || c.is_whitespace() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// Whether all matchers fit a label set; true without matchers.
pub fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.matches(labels))
}

/// As Alertmanager prints a list of matchers: `{a="1",b=~"2"}`.
pub fn print_matchers(matchers: &[Matcher]) -> String {
    let mut out = String::from("{");
    for (at, matcher) in matchers.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(out, "{comma}{matcher}");
    }
    out.push('}');
    out
}

/// Which syntax is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Syntax {
    /// Both: the new one, and where only the classic one can read the text, or reads something else, that.
    #[default]
    Fallback,
    /// The new one alone: `utf8-strict-mode`.
    Utf8,
    /// The classic one alone: `classic-mode`.
    Classic,
}

/// Matchers, and what their author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// In the order of the text.
    pub matchers: Vec<Matcher>,
    /// That only the classic syntax can read the text, or that the two syntaxes differ about it.
    pub warning: Option<String>,
}

/// Reads any number of matchers, with braces around them or without.
///
/// # Errors
/// If no syntax can read it, with Alertmanager's words, or if it is too long.
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>> {
    parse_matchers_as(text, Syntax::Fallback).map(|parsed| parsed.matchers)
}

/// Reads one matcher, without braces.
///
/// # Errors
/// As `parse_matchers`, and if it is not exactly one.
pub fn parse_matcher(text: &str) -> Result<Matcher> {
    parse_matcher_as(text, Syntax::Fallback)
}

/// Reads any number of matchers of a syntax.
///
/// # Errors
/// As `parse_matchers`.
pub fn parse_matchers_as(text: &str, syntax: Syntax) -> Result<Parsed> {
    check_length(text)?;
    let parsed = match syntax {
        Syntax::Classic => classic::parse_all(text).map(Parsed::plain),
        Syntax::Utf8 => utf8::parse_all(text).map(Parsed::plain),
        Syntax::Fallback => settle(utf8::parse_all(text), classic::parse_all(text)),
    }?;
    check_count(parsed.matchers.len())?;
    Ok(parsed)
}

/// Reads one matcher of a syntax.
///
/// # Errors
/// As `parse_matcher`.
pub fn parse_matcher_as(text: &str, syntax: Syntax) -> Result<Matcher> {
    check_length(text)?;
    if syntax == Syntax::Classic {
        return classic::parse_one(text);
    }
    if text.starts_with('{') || text.ends_with('}') {
        return Err(Error::invalid(format!(
            "unexpected open or close brace: {text}"
        )));
    }
    let modern = utf8::parse_one(text);
    if syntax == Syntax::Utf8 {
        return modern;
    }
    let one = |matcher| vec![matcher];
    let parsed = settle(modern.map(one), classic::parse_one(text).map(one))?;
    let first = parsed.matchers.into_iter().next();
    first.ok_or_else(|| Error::invalid("no matchers"))
}

impl Parsed {
    fn plain(matchers: Vec<Matcher>) -> Self {
        Self {
            matchers,
            warning: None,
        }
    }
}

/// Chooses between what the two syntaxes read, as Alertmanager does.
fn settle(modern: Result<Vec<Matcher>>, classic: Result<Vec<Matcher>>) -> Result<Parsed> {
    match (modern, classic) {
        (Err(modern), Err(classic)) => Err(classic.with_hint(modern.message)),
        (Ok(modern), Err(_)) => Ok(Parsed::plain(modern)),
        (Ok(modern), Ok(classic)) if modern == classic => Ok(Parsed::plain(modern)),
        (Ok(_), Ok(classic)) => {
            let meant = print_matchers(&classic);
            let warning = format!(
                "the two syntaxes of matchers differ here; it is read as {meant}: write it so"
            );
            Ok(Parsed {
                matchers: classic,
                warning: Some(warning),
            })
        }
        (Err(reason), Ok(classic)) => {
            let meant = print_matchers(&classic);
            let warning = format!(
                "only the classic syntax of matchers takes this ({reason}); write {meant}, \
                 with values in double quotes and backslashes doubled"
            );
            Ok(Parsed {
                matchers: classic,
                warning: Some(warning),
            })
        }
    }
}

fn check_length(text: &str) -> Result<()> {
    if text.len() <= TEXT_BYTES_MAX {
        return Ok(());
    }
    let length = text.len();
    Err(Error::limit(format!(
        "matchers of {length} bytes, at most {TEXT_BYTES_MAX} are taken"
    )))
}

fn check_count(count: usize) -> Result<()> {
    if count <= MATCHERS_MAX {
        return Ok(());
    }
    Err(Error::limit(format!(
        "{count} matchers, at most {MATCHERS_MAX} are taken"
    )))
}

#[cfg(test)]
mod tests;
