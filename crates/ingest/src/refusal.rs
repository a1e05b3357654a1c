//! Why a whole request is refused, and the one table of what that means on the wire.
//!
//! Source: the OTLP specification, sections "Failures" and "Retryable Response Codes".

use std::time::Duration;
use tacho_storage::error::{Error as StoreError, ErrorKind as StoreErrorKind};

/// Wait that a sender is asked for when there is too much to do.
pub const OVERLOAD_RETRY: Duration = Duration::from_secs(1);
/// Wait that a sender is asked for when nothing can be written for now.
pub const UNAVAILABLE_RETRY: Duration = Duration::from_secs(10);

/// A request of which nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What the sender can do about it.
    pub kind: RefusalKind,
    /// What is wrong, for people.
    pub message: String,
    /// When to send again; only for retryable kinds.
    pub retry_after: Option<Duration>,
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The bytes are not what they are said to be.
    Malformed,
    /// No token, or an unknown one.
    Unauthenticated,
    /// A token without the right to send, or a foreign host.
    Forbidden,
    /// The method is not the one of this path.
    MethodNotAllowed,
    /// The client sent too slowly, or its own deadline passed.
    Timeout,
    /// The body is over a limit of size.
    TooLarge,
    /// The content type is none that is understood here.
    UnsupportedType,
    /// The compression is none that is understood here.
    UnsupportedEncoding,
    /// There is too much to do; the same request works later.
    Overloaded,
    /// A signal or service that does not exist here.
    Unimplemented,
    /// Nothing can be written for now; the same request works later.
    Unavailable,
    /// A fault of this program.
    Internal,
}

impl RefusalKind {
    /// All kinds.
    pub const ALL: [RefusalKind; 12] = [
        RefusalKind::Malformed,
        RefusalKind::Unauthenticated,
        RefusalKind::Forbidden,
        RefusalKind::MethodNotAllowed,
        RefusalKind::Timeout,
        RefusalKind::TooLarge,
        RefusalKind::UnsupportedType,
        RefusalKind::UnsupportedEncoding,
        RefusalKind::Overloaded,
        RefusalKind::Unimplemented,
        RefusalKind::Unavailable,
        RefusalKind::Internal,
    ];

    /// Place in `ALL`.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Label on `/metrics`, HTTP status, gRPC code.
    ///
    /// A body over the limit is `INVALID_ARGUMENT` in gRPC, because several clients send again
    /// after `RESOURCE_EXHAUSTED` even without a `RetryInfo`.
    fn row(self) -> (&'static str, u16, u32) {
        match self {
            RefusalKind::Malformed => ("malformed", 400, 3),
            RefusalKind::Unauthenticated => ("unauthenticated", 401, 16),
            RefusalKind::Forbidden => ("forbidden", 403, 7),
            RefusalKind::MethodNotAllowed => ("method_not_allowed", 405, 12),
            RefusalKind::Timeout => ("timeout", 408, 4),
            RefusalKind::TooLarge => ("too_large", 413, 3),
            RefusalKind::UnsupportedType => ("unsupported_type", 415, 3),
            RefusalKind::UnsupportedEncoding => ("unsupported_encoding", 415, 12),
            RefusalKind::Overloaded => ("overloaded", 429, 8),
            RefusalKind::Unimplemented => ("unimplemented", 501, 12),
            RefusalKind::Unavailable => ("unavailable", 503, 14),
            RefusalKind::Internal => ("internal", 500, 13),
        }
    }

    /// The value of the label `kind` on `/metrics`.
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub fn http_status(self) -> u16 {
        self.row().1
    }

    /// The gRPC code, also the `code` of the `google.rpc.Status` in HTTP bodies.
    pub fn grpc_code(self) -> u32 {
        self.row().2
    }

    /// How long a sender should wait before it sends the same again; `None` if that is of no use.
    pub fn retry_after(self) -> Option<Duration> {
        match self {
            RefusalKind::Overloaded => Some(OVERLOAD_RETRY),
            RefusalKind::Unavailable => Some(UNAVAILABLE_RETRY),
            _ => None,
        }
    }
}

impl Refusal {
    /// A refusal with the retry hint of its kind.
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: kind.retry_after(),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let kind = match error.kind() {
            StoreErrorKind::LimitExceeded => RefusalKind::Overloaded,
            StoreErrorKind::Unavailable => RefusalKind::Unavailable,
            StoreErrorKind::NotFound
            | StoreErrorKind::Invalid
            | StoreErrorKind::Corrupt
            | StoreErrorKind::Conflict
            | StoreErrorKind::Internal => RefusalKind::Internal,
        };
        Self::new(kind, error.message())
    }
}

#[cfg(test)]
mod tests {
    use super::RefusalKind;

    #[test]
    fn only_what_otlp_calls_retryable_carries_a_hint() {
        for kind in RefusalKind::ALL {
            let retryable = [429, 502, 503, 504].contains(&kind.http_status());
            assert_eq!(kind.retry_after().is_some(), retryable, "{kind:?}");
            assert_eq!(RefusalKind::ALL.get(kind.index()), Some(&kind));
        }
    }
}
