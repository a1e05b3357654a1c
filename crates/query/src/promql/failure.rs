//! Why a PromQL query gives no answer, in the words of Prometheus and with its error types.

use crate::error::{Error, ErrorKind};

/// Where a query was when it was stopped.
const EXECUTION: &str = "query execution";

/// The error types of Prometheus' API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorType {
    /// The query can never work: 400.
    BadData,
    /// It failed over the data or at a limit: 422.
    Execution,
    /// It was cancelled: 499.
    Canceled,
    /// It took too long: 503.
    Timeout,
    /// A fault of this program or of its data: 500.
    Internal,
}

impl ErrorType {
    /// The type of an error of a PromQL query.
    pub fn of(error: &Error) -> Self {
        match (error.kind(), error.field()) {
            (ErrorKind::Invalid, Some(_)) => ErrorType::BadData,
            (ErrorKind::Unavailable, Some(TIMEOUT)) => ErrorType::Timeout,
            (ErrorKind::Unavailable, _) => ErrorType::Canceled,
            (ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::LimitExceeded, _) => {
                ErrorType::Execution
            }
            (ErrorKind::Corrupt | ErrorKind::Internal, _) => ErrorType::Internal,
        }
    }

    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorType::BadData => "bad_data",
            ErrorType::Execution => "execution",
            ErrorType::Canceled => "canceled",
            ErrorType::Timeout => "timeout",
            ErrorType::Internal => "internal",
        }
    }
}

/// The field that stands for a query that took too long.
const TIMEOUT: &str = "timeout";

/// The query can never work.
pub fn bad_data(message: impl Into<String>) -> Error {
    Error::invalid("query", message)
}

/// The query failed over the data.
pub fn execution(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Invalid, message)
}

/// Two results at one time have the same labels.
pub fn same_labels() -> Error {
    execution("vector cannot contain metrics with the same labelset")
}

/// The query was stopped from outside.
pub fn canceled() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!("query was canceled in {EXECUTION}"),
    )
}

/// The query took too long.
pub fn timed_out() -> Error {
    Error::new(
        ErrorKind::Unavailable,
        format!("query timed out in {EXECUTION}"),
    )
    .with_field(TIMEOUT)
}

/// The query holds more samples at a time than it may.
pub fn too_many_samples(samples_max: u64) -> Error {
    Error::limit(format!(
        "query processing would load too many samples into memory in {EXECUTION}"
    ))
    .with_hint(format!(
        "at most {samples_max} samples (query.promql.max_samples); narrow the selectors, the range or the step"
    ))
}

/// The query would hold more bytes than it may.
pub fn too_much_memory(bytes_max: u64, what: &str) -> Error {
    Error::limit(format!(
        "query would need more than {bytes_max} bytes of memory for {what}"
    ))
    .with_hint("query.memory is the limit; narrow the selectors, the range or the step")
}

/// A fault of this program.
pub fn internal(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// A selector matches more series than it may.
pub fn too_many_series(series_max: usize) -> Error {
    Error::limit(format!("a selector matches more than {series_max} series"))
        .with_hint("query.promql.max_series is the limit; narrow the selectors")
}
