//! The one error type of this crate: a kind that tells the caller what to do, a message, and for
//! query texts what is wrong with them and where.

use std::fmt;
use tacho_storage::error as storage;
use tacho_syntax::diagnostic::Diagnostic;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What the caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was asked for is not there.
    NotFound,
    /// The request can never work; `field`, `hint` and `diagnostics` say why.
    Invalid,
    /// A limit stands against it: narrow the request.
    LimitExceeded,
    /// It may work later, or it was cancelled.
    Unavailable,
    /// Bytes on disk are not what was written.
    Corrupt,
    /// A fault of this program or of the machine.
    Internal,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::NotFound => "not_found",
            ErrorKind::Invalid => "invalid",
            ErrorKind::LimitExceeded => "limit",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Internal => "internal",
        })
    }
}

/// Why a query gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    field: Option<&'static str>,
    hint: Option<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Error {
    /// An error that only has a message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            field: None,
            hint: None,
            diagnostics: Vec::new(),
        }))
    }

    /// What was asked for is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// A field of the request has a value that can never work.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Invalid, message);
        error.0.field = Some(field);
        error
    }

    /// A limit stands against it.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::LimitExceeded, message)
    }

    /// A query text is not what its language or this server takes. The message is that of the
    /// first problem with its line and column.
    pub fn query(text: &str, diagnostics: Vec<Diagnostic>) -> Self {
        let message = match diagnostics.first() {
            Some(first) => {
                let at = first.position(text);
                format!("{}:{}: {}", at.line, at.column, first.message)
            }
            None => "invalid query".to_owned(),
        };
        let mut error = Self::invalid("q", message);
        error.0.hint = diagnostics.first().and_then(|first| first.hint.clone());
        error.0.diagnostics = diagnostics;
        error
    }

    /// Adds what could be done about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Names the field of the request, or the part of the work, that it is about.
    #[must_use]
    pub fn with_field(mut self, field: &'static str) -> Self {
        self.0.field = Some(field);
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The field of the request that is wrong: `q`, `cursor`, `severity` and so on.
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }

    /// What could be done about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// What is wrong with the query text; empty for every other error.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.0.diagnostics
    }
}

impl From<storage::Error> for Error {
    /// The message is storage's; its cause is part of it already.
    fn from(error: storage::Error) -> Self {
        let kind = match error.kind() {
            storage::ErrorKind::NotFound => ErrorKind::NotFound,
            storage::ErrorKind::Invalid => ErrorKind::Invalid,
            storage::ErrorKind::LimitExceeded => ErrorKind::LimitExceeded,
            storage::ErrorKind::Unavailable => ErrorKind::Unavailable,
            storage::ErrorKind::Corrupt => ErrorKind::Corrupt,
            storage::ErrorKind::Conflict | storage::ErrorKind::Internal => ErrorKind::Internal,
        };
        Self::new(kind, error.message())
    }
}
