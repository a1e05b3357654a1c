//! The classic syntax of matchers: lenient, plain label names only, values with or without quotes.
//!
//! Read as Alertmanager's `pkg/labels` does, character for character, so that the same texts are taken.

use super::{MATCHERS_MAX, Matcher, Op, check_count};
use crate::error::{Error, Result};

/// White space of Go's regular expressions.
const BLANKS: [char; 5] = ['\t', '\n', '\x0c', '\r', ' '];

/// Matchers between commas; braces around them may stand or not.
pub(super) fn parse_all(text: &str) -> Result<Vec<Matcher>> {
    let inner = text.strip_prefix('{').unwrap_or(text);
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut parts = Vec::new();
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    for (at, c) in inner.char_indices() {
        match c {
            ',' if !quoted => {
                parts.push(inner.get(start..at).unwrap_or_default());
                check_count(parts.len().saturating_sub(1))?;
                start = at + 1;
            }
            ',' => {}
            '"' if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    let last = inner.get(start..).unwrap_or_default().trim();
    if !last.is_empty() {
        parts.push(last);
    }
    debug_assert!(parts.len() <= MATCHERS_MAX + 2);
    parts.into_iter().map(parse_one).collect()
}

/// One matcher: a name, an operator, a value.
pub(super) fn parse_one(text: &str) -> Result<Matcher> {
    let malformed = || Error::invalid(format!("bad matcher format: {text}"));
    let rest = text.trim_start_matches(BLANKS);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let end = rest.find(|c| !is_name(c)).ok_or_else(malformed)?;
    let (name, rest) = rest.split_at(end);
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(malformed());
    }
    let rest = rest.trim_start_matches(BLANKS);
    let (op, rest) = [Op::Regex, Op::Equal, Op::NotEqual, Op::NotRegex]
        .into_iter()
        .find_map(|op| Some((op, rest.strip_prefix(op.as_str())?)))
        .ok_or_else(malformed)?;
    Matcher::new(name, op, unescape(rest.trim_matches(BLANKS))?)
}

/// The value of its written form.
fn unescape(written: &str) -> Result<String> {
    let stray = || {
        Error::invalid(format!(
            "matcher value contains unescaped double quote: {written}"
        ))
    };
    let (raw, mut wants_quote) = match written.strip_prefix('"') {
        Some(raw) => (raw, true),
        None => (written, false),
    };
    let mut value = String::with_capacity(raw.len());
    let mut escaped = false;
    for (at, c) in raw.char_indices() {
        let last = at + 1 >= raw.len();
        match c {
            'n' if escaped => value.push('\n'),
            '"' | '\\' if escaped => value.push(c),
            // a spurious escape: the backslash is meant
            c if escaped => value.extend(['\\', c]),
            '\\' if !last => {
                escaped = true;
                continue;
            }
            '"' if !wants_quote || !last => return Err(stray()),
            '"' => wants_quote = false,
            c => value.push(c),
        }
        escaped = false;
    }
    if wants_quote { Err(stray()) } else { Ok(value) }
}
