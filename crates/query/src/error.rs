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
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    field: Option<&'static str>,
    hint: Option<String>,
    diagnostics: Vec<Diagnostic>,
    #[source]
    source: Option<storage::Error>,
}

impl Error {
    /// An error without a cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            field: None,
            hint: None,
            diagnostics: Vec::new(),
            source: None,
        }
    }

    /// What was asked for is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// A field of the request has a value that can never work.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(ErrorKind::Invalid, message)
        }
    }

    /// A limit stands against it.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::LimitExceeded, message)
    }

    /// A query text is not what its language or this server takes. The message is that of the
    /// first problem with its line and column.
    pub fn query(text: &str, diagnostics: Vec<Diagnostic>) -> Self {
        let (message, hint) = match diagnostics.first() {
            Some(first) => {
                let at = first.position(text);
                let message = format!("{}:{}: {}", at.line, at.column, first.message);
                (message, first.hint.clone())
            }
            None => ("invalid query".to_owned(), None),
        };
        Self {
            hint,
            diagnostics,
            ..Self::invalid("q", message)
        }
    }

    /// Adds what could be done about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message for people.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field of the request that is wrong: `q`, `cursor`, `severity` and so on.
    pub fn field(&self) -> Option<&'static str> {
        self.field
    }

    /// What could be done about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What is wrong with the query text; empty for every other error.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl From<storage::Error> for Error {
    fn from(source: storage::Error) -> Self {
        let kind = match source.kind() {
            storage::ErrorKind::NotFound => ErrorKind::NotFound,
            storage::ErrorKind::Invalid => ErrorKind::Invalid,
            storage::ErrorKind::LimitExceeded => ErrorKind::LimitExceeded,
            storage::ErrorKind::Unavailable => ErrorKind::Unavailable,
            storage::ErrorKind::Corrupt => ErrorKind::Corrupt,
            storage::ErrorKind::Conflict | storage::ErrorKind::Internal => ErrorKind::Internal,
        };
        Self {
            source: Some(source),
            ..Self::new(kind, String::new())
        }
        .with_source_message()
    }
}

impl Error {
    fn with_source_message(mut self) -> Self {
        if let Some(source) = &self.source {
            self.message = source.message().to_owned();
        }
        self
    }
}
