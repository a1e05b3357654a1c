//! The one error type of this crate: a kind that tells the caller what to do, a message, a cause.
//!
//! Messages are lower-case fragments that fit after "failed to" and name the value. `ErrorKind`
//! is what code may decide on; the message is for people only.

use std::fmt;
use std::path::Path;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What the caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was asked for is not there.
    NotFound,
    /// The caller asked for something that can never work.
    Invalid,
    /// It may work later: full disk, failed WAL, overload.
    Unavailable,
    /// A limit of size, count or memory stands against it.
    LimitExceeded,
    /// Bytes on disk are not what was written.
    Corrupt,
    /// Somebody else was there first.
    Conflict,
    /// A fault of this program or of the machine.
    Internal,
}

impl ErrorKind {
    /// The name in API answers.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::NotFound => "not_found",
            ErrorKind::Invalid => "invalid",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::LimitExceeded => "limit",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Conflict => "conflict",
            ErrorKind::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why an operation of the storage did not happen.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error without a cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// What was asked for is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// The caller asked for something that can never work.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// It may work later.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// A limit stands against it.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::LimitExceeded, message)
    }

    /// Bytes on disk are not what was written.
    pub fn corrupt(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Corrupt, message)
    }

    /// Somebody else was there first.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// A fault of this program or of the machine.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// Wraps an error of the operating system: `doing` is a verb ("read", "sync"), `path` its object.
    pub fn io(doing: &str, path: &Path, source: std::io::Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match source.kind() {
            Io::NotFound => ErrorKind::NotFound,
            Io::AlreadyExists => ErrorKind::Conflict,
            Io::StorageFull | Io::QuotaExceeded => ErrorKind::Unavailable,
            Io::UnexpectedEof => ErrorKind::Corrupt,
            _ => ErrorKind::Internal,
        };
        Self {
            kind,
            message: format!("{doing} {}: {source}", path.display()),
            source: Some(Box::new(source)),
        }
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

    /// Puts words before the message: `context: message`; the kind stays.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
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

    /// Whether the device has no room left (`ENOSPC`, `EDQUOT`).
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self.system_kind(),
            Some(std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
        )
    }

    /// Whether the operating system does not let this user do it (`EACCES`, `EPERM`).
    pub fn is_permission_denied(&self) -> bool {
        self.system_kind() == Some(std::io::ErrorKind::PermissionDenied)
    }

    fn system_kind(&self) -> Option<std::io::ErrorKind> {
        self.source
            .as_deref()
            .and_then(|source| source.downcast_ref::<std::io::Error>())
            .map(std::io::Error::kind)
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, ErrorKind};
    use std::path::Path;

    #[test]
    fn system_errors_get_a_kind_and_name_the_path() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = Error::io("write", Path::new("/d/a.wal"), full);
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.is_disk_full());
        assert!(error.to_string().starts_with("write /d/a.wal: "));
        let error = error.context("commit");
        assert!(error.to_string().starts_with("commit: write "));
        assert!(error.is_disk_full());
    }
}
