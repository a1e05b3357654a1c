//! What is wrong with an exposition, and in which line.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Longest piece of an exposition that a message shows.
const SHOWN_CHARS_MAX: usize = 120;

/// Kind of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// It is not written as the format asks.
    Invalid,
    /// Something is larger than is taken.
    LimitExceeded,
}

/// An exposition that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Error {
    kind: ErrorKind,
    line: usize,
    message: String,
}

impl Error {
    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The line, from 1; in protobuf the number of the metric family, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong, with the text it is about, without the line.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn invalid(line: usize, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Invalid,
            line,
            message: message.into(),
        }
    }

    pub(super) fn limit(line: usize, message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::LimitExceeded,
            line,
            message: message.into(),
        }
    }
}

/// Bytes as quoted text that fits into a message: at most 120 characters, nothing that a terminal obeys.
pub fn shown(bytes: &[u8]) -> String {
    // Four bytes a character at most; what lies beyond is not looked at.
    let enough = bytes.get(..SHOWN_CHARS_MAX * 4).unwrap_or(bytes);
    let text: Cow<'_, str> = String::from_utf8_lossy(enough);
    let mut out = String::from("\"");
    let mut cut = enough.len() < bytes.len();
    for (index, c) in text.chars().enumerate() {
        if index == SHOWN_CHARS_MAX {
            cut = true;
            break;
        }
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    if cut {
        out.push('…');
    }
    out
}
