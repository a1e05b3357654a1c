//! What is wrong with bytes that should be a message, and where.
//!
//! `Malformed` is the small, copyable form that the readers pass up; `Error` is what leaves the
//! crate: it adds the encoding, and line and column for JSON.

use std::fmt;

/// Result of the readers.
pub type Result<T, E = Malformed> = std::result::Result<T, E>;

/// What was found instead of what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Something else, or the end, stands where this was expected.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A declared length goes beyond the message it stands in.
    #[error("expected a length of at most {left} bytes, got {declared}")]
    Length {
        /// The declared number of bytes.
        declared: u64,
        /// The number of bytes that are left.
        left: usize,
    },
    /// A wire type that proto3 does not use (groups) or that does not exist.
    #[error("expected wire type 0, 1, 2 or 5 for field {field}, got {wire_type}")]
    WireType {
        /// The field's number.
        field: u32,
        /// The wire type, 3, 4, 6 or 7.
        wire_type: u8,
    },
    /// A known field has the wire type of another kind of field.
    #[error("expected {expected} for field {field}")]
    FieldType {
        /// The field's number.
        field: u32,
        /// What the field should be.
        expected: &'static str,
    },
    /// The caller's memory is used up; the bytes may be good.
    #[error("memory for decoding is used up")]
    Memory,
}

/// A problem and the byte offset, from the start of the body, at which it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, at byte {offset}")]
pub struct Malformed {
    /// Bytes before the problem.
    pub offset: usize,
    /// The problem.
    pub problem: Problem,
}

impl Malformed {
    /// Something else than `what` stands at `offset`.
    pub(crate) fn expected(offset: usize, what: &'static str) -> Self {
        Self {
            offset,
            problem: Problem::Expected(what),
        }
    }
}

/// Kind of an error, as callers tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes are not what they should be; sending them again does not help.
    Invalid,
    /// The caller's memory is used up.
    LimitExceeded,
}

/// Where in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Offset in bytes, from 0.
    Byte(usize),
    /// Place in a text.
    Text {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Byte(offset) => write!(f, "byte {offset}"),
            Position::Text { line, column } => write!(f, "line {line} column {column}"),
        }
    }
}

/// A body that cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {encoding} at {position}: {}", source.problem)]
pub struct Error {
    encoding: &'static str,
    position: Position,
    source: Malformed,
}

impl Error {
    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        match self.source.problem {
            Problem::Memory => ErrorKind::LimitExceeded,
            _ => ErrorKind::Invalid,
        }
    }

    /// Where the problem was found.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The problem.
    pub fn problem(&self) -> Problem {
        self.source.problem
    }

    pub(crate) fn protobuf(source: Malformed) -> Self {
        Self {
            encoding: "protobuf",
            position: Position::Byte(source.offset),
            source,
        }
    }

    pub(crate) fn json(body: &[u8], source: Malformed) -> Self {
        let before = body.get(..source.offset).unwrap_or(body);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        Self {
            encoding: "json",
            position: Position::Text {
                line: memchr::memchr_iter(b'\n', before).count() + 1,
                column: before.len() - line_start + 1,
            },
            source,
        }
    }
}
