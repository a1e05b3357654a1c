//! The one error type of this crate: a kind that tells the caller what to do, a message, a remedy.
//!
//! Messages are lower-case fragments that fit after "failed to" and name the value. What is wrong with a
//! configuration file has a place too and is told as `tacho_yaml::problem::Wrong` instead.

use tacho_yaml::problem::Wrong;

/// The result of what can fail in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What the caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was asked for is not there.
    NotFound,
    /// The caller asked for something that can never work.
    Invalid,
    /// A limit of size or count stands against it.
    LimitExceeded,
    /// The state forbids it: it is over, or somebody was there first.
    Conflict,
}

/// Why something did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What to do about it.
    pub kind: ErrorKind,
    /// What is wrong.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl Error {
    /// An error of a kind, without advice.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// Something that can never work.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// Something that is too much.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::LimitExceeded, message)
    }

    /// Something that is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// Something that the state forbids.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// The same with advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same as a problem of a line of a file.
    pub fn at_line(self, line: usize) -> Wrong {
        Wrong {
            line,
            message: self.message,
            hint: self.hint,
        }
    }
}
