//! Answers: JSON, and errors in our one shape. Here is the table from kinds of errors of the
//! engine to those of the API; those have their status in `tacho_api::error`.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tacho_api::error::{ErrorBody, ErrorDetail, ErrorKind};

/// What a handler gives.
pub type Answer<T> = Result<T, ApiError>;

/// An error on its way out.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The status, if it is not that of the kind.
    pub status: Option<StatusCode>,
    /// The body.
    pub detail: ErrorDetail,
    /// Seconds after which it may work.
    pub retry_after: Option<u32>,
}

impl ApiError {
    /// An error of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry_after = match kind {
            ErrorKind::Unavailable => Some(5),
            ErrorKind::Limit => Some(1),
            _ => None,
        };
        Self {
            status: None,
            detail: ErrorDetail {
                kind,
                message: message.into(),
                field: None,
                hint: None,
                position: None,
            },
            retry_after,
        }
    }

    /// A parameter is wrong.
    pub fn parameter(field: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message).field(field)
    }

    /// Names the parameter.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.detail.field = Some(field.into());
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.detail.hint = Some(hint.into());
        self
    }

    /// Gives another status than that of the kind.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }
}

impl From<tacho_storage::error::Error> for ApiError {
    fn from(error: tacho_storage::error::Error) -> Self {
        use tacho_storage::error::ErrorKind as Storage;
        let kind = match error.kind() {
            Storage::NotFound => ErrorKind::NotFound,
            Storage::Invalid => ErrorKind::Invalid,
            Storage::Unavailable => ErrorKind::Unavailable,
            Storage::LimitExceeded => ErrorKind::Limit,
            Storage::Corrupt => ErrorKind::Corrupt,
            Storage::Conflict => ErrorKind::Conflict,
            Storage::Internal => ErrorKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let kind = self.detail.kind;
        let status = self.status.unwrap_or_else(|| {
            StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        });
        if matches!(kind, ErrorKind::Internal | ErrorKind::Corrupt) {
            tracing::error!(kind = kind.as_str(), message = %self.detail.message, "request failed");
        }
        let mut response = json(status, &ErrorBody { error: self.detail });
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A JSON answer with status 200.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self.0)
    }
}

/// A JSON answer.
pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    match serde_json::to_vec(body) {
        Ok(mut bytes) => {
            bytes.push(b'\n');
            bytes_answer(status, bytes)
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            bytes_answer(
                StatusCode::INTERNAL_SERVER_ERROR,
                br#"{"error":{"kind":"internal","message":"the answer could not be written"}}"#
                    .to_vec(),
            )
        }
    }
}

/// An answer of JSON bytes.
pub fn bytes_answer(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
