//! Errors as Alertmanager gives them: a JSON text with the fitting status.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tacho_alerting::error::{Error, ErrorKind};

/// What a handler gives.
pub(super) type AmAnswer<T> = Result<T, AmError>;

/// An error on its way out.
#[derive(Debug)]
pub(super) struct AmError {
    status: StatusCode,
    message: String,
}

impl AmError {
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
        }
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: message.into(),
        }
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: message.into(),
        }
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: message.into(),
        }
    }
}

impl From<Error> for AmError {
    fn from(error: Error) -> Self {
        match error.kind {
            ErrorKind::NotFound => Self::not_found(error.to_string()),
            _ => Self::invalid(error.to_string()),
        }
    }
}

impl IntoResponse for AmError {
    fn into_response(self) -> Response {
        (self.status, Json(self.message)).into_response()
    }
}
