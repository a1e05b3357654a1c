//! Answers in the shape of the Prometheus HTTP API: `{"status":"success","data":…}`, or an error with
//! its type and status code.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tacho_api::error::ErrorKind as ApiErrorKind;

/// What a handler gives.
pub type PromAnswer<T> = Result<T, PromError>;

/// What sort of error it is, in the words of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorType {
    /// A parameter is wrong.
    BadData,
    /// The query could not be carried out.
    Execution,
    /// The client went away.
    Canceled,
    /// The time is over.
    Timeout,
    /// Something failed inside.
    Internal,
    /// Not switched on, or not now.
    Unavailable,
    /// There is no such thing.
    NotFound,
    /// The client does not take what there is.
    NotAcceptable,
}

impl ErrorType {
    fn as_str(self) -> &'static str {
        match self {
            ErrorType::BadData => "bad_data",
            ErrorType::Execution => "execution",
            ErrorType::Canceled => "canceled",
            ErrorType::Timeout => "timeout",
            ErrorType::Internal => "internal",
            ErrorType::Unavailable => "unavailable",
            ErrorType::NotFound => "not_found",
            ErrorType::NotAcceptable => "not_acceptable",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            ErrorType::BadData => StatusCode::BAD_REQUEST,
            ErrorType::Execution => StatusCode::UNPROCESSABLE_ENTITY,
            // 499: the client closed the connection.
            ErrorType::Canceled => {
                StatusCode::from_u16(499).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
            }
            ErrorType::Timeout | ErrorType::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorType::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            ErrorType::NotFound => StatusCode::NOT_FOUND,
            ErrorType::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        }
    }
}

/// An error on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromError {
    /// Its type.
    pub error_type: ErrorType,
    /// What is wrong.
    pub message: String,
}

impl PromError {
    /// An error.
    pub fn new(error_type: ErrorType, message: impl Into<String>) -> Self {
        Self {
            error_type,
            message: message.into(),
        }
    }

    /// A parameter is wrong.
    pub fn parameter(name: &str, message: impl std::fmt::Display) -> Self {
        Self::bad_data(format!("invalid parameter {name:?}: {message}"))
    }

    /// The request is wrong.
    pub fn bad_data(message: impl Into<String>) -> Self {
        Self::new(ErrorType::BadData, message)
    }
}

impl From<crate::answer::ApiError> for PromError {
    fn from(error: crate::answer::ApiError) -> Self {
        let error_type = match error.detail.kind {
            ApiErrorKind::Invalid => ErrorType::BadData,
            ApiErrorKind::NotFound => ErrorType::NotFound,
            ApiErrorKind::Limit => ErrorType::Timeout,
            ApiErrorKind::Unavailable => ErrorType::Unavailable,
            _ => ErrorType::Internal,
        };
        let message = match error.detail.hint {
            Some(hint) => format!("{}; {hint}", error.detail.message),
            None => error.detail.message,
        };
        Self::new(error_type, message)
    }
}

impl From<tacho_storage::error::Error> for PromError {
    fn from(error: tacho_storage::error::Error) -> Self {
        use tacho_storage::error::ErrorKind as Storage;
        let error_type = match error.kind() {
            Storage::Invalid => ErrorType::BadData,
            Storage::NotFound => ErrorType::NotFound,
            Storage::Unavailable => ErrorType::Unavailable,
            Storage::LimitExceeded => ErrorType::Execution,
            Storage::Corrupt | Storage::Conflict | Storage::Internal => ErrorType::Internal,
        };
        Self::new(error_type, error.to_string())
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    status: &'static str,
    #[serde(rename = "errorType")]
    error_type: &'static str,
    error: &'a str,
}

impl IntoResponse for PromError {
    fn into_response(self) -> Response {
        if self.error_type == ErrorType::Internal {
            tracing::error!(message = %self.message, "a request to the Prometheus API failed");
        }
        let body = ErrorBody {
            status: "error",
            error_type: self.error_type.as_str(),
            error: &self.message,
        };
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = json_body(Body::from(bytes));
        *response.status_mut() = self.error_type.status();
        if self.error_type == ErrorType::Unavailable {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

#[derive(Serialize)]
struct SuccessBody<'a, T> {
    status: &'static str,
    data: &'a T,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    warnings: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    infos: &'a [String],
}

/// A successful answer with this data.
pub fn success<T: Serialize>(data: &T, warnings: &[String]) -> PromAnswer<Response> {
    let body = SuccessBody {
        status: "success",
        data,
        warnings,
        infos: &[],
    };
    let bytes = serde_json::to_vec(&body)
        .map_err(|error| PromError::new(ErrorType::Internal, format!("write JSON: {error}")))?;
    Ok(json_body(Body::from(bytes)))
}

/// A successful answer whose data is JSON already.
pub fn success_json(json: &str) -> Response {
    json_body(Body::from(format!(
        "{{\"status\":\"success\",\"data\":{json}}}"
    )))
}

/// A successful answer without data.
pub fn success_without_data() -> Response {
    json_body(Body::from(r#"{"status":"success"}"#))
}

/// An answer that is written piece by piece while the client reads it.
pub fn streamed(pieces: impl Iterator<Item = Bytes> + Send + 'static) -> Response {
    let pieces = pieces.map(Ok::<_, std::convert::Infallible>);
    json_body(Body::from_stream(futures::stream::iter(pieces)))
}

fn json_body(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}
