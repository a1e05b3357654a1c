//! Why the server did not start or had to stop.

use crate::config::problem::Problem;
use std::fmt;

/// What the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The configuration or the arguments are wrong: change them.
    Invalid,
    /// Somebody else holds the data folder or the address.
    Conflict,
    /// It may work later.
    Unavailable,
    /// Stored bytes are not what was written.
    Corrupt,
    /// A fault of this program or of the machine.
    Internal,
}

/// Why the server did not start or had to stop.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error without a cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// The configuration is wrong: one line a problem.
    pub fn config(problems: &[Problem]) -> Self {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Self::new(
            ErrorKind::Invalid,
            format!("configuration is wrong:\n{}", lines.join("\n")),
        )
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts words before the message.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to do, if there is advice.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl From<tacho_storage::error::Error> for Error {
    fn from(error: tacho_storage::error::Error) -> Self {
        use tacho_storage::error::ErrorKind as Storage;
        let kind = match error.kind() {
            Storage::Invalid => ErrorKind::Invalid,
            Storage::Conflict => ErrorKind::Conflict,
            Storage::Unavailable | Storage::LimitExceeded => ErrorKind::Unavailable,
            Storage::Corrupt => ErrorKind::Corrupt,
            Storage::NotFound | Storage::Internal => ErrorKind::Internal,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}
