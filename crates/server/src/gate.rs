//! What every request passes: Host and Origin, token, content type, readiness; counting, own
//! spans, security headers, and a net below handlers that panic.

use crate::answer::ApiError;
use crate::auth::Denial;
use crate::exposure::{add_headers, check_content_type, needed_right};
use crate::listener::Arrival;
use crate::runbook;
use crate::state::{RefusedBy, ServerState};
use crate::telemetry::spans;
use crate::ui;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tokio::time::Instant;
use tracing::Instrument as _;

/// Header by which the OTLP receivers learn that a token is needed. Never taken from outside.
pub const TOKEN_NEEDED: &str = "x-tacho-token-needed";

/// The middleware around all routes.
pub async fn pass(
    State(state): State<Arc<ServerState>>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "unknown".to_owned(),
    };
    let span = if state.own_spans {
        spans::request_span(&method, request.uri().path(), &route)
    } else {
        tracing::Span::none()
    };
    let mut response = match check(&state, &mut request) {
        Ok(()) => {
            let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
            match handled.instrument(span.clone()).await {
                Ok(response) => response,
                Err(_) => {
                    state.refused.count(RefusedBy::Panic);
                    let message = "the server failed inside";
                    ApiError::new(ErrorKind::Internal, message).into_response()
                }
            }
        }
        Err((reason, error)) => {
            state.refused.count(reason);
            error.into_response()
        }
    };
    add_headers(response.headers_mut(), state.cors);
    let status = response.status().as_u16();
    spans::finish(&span, status);
    state
        .requests
        .answered(&route, method_word(&method), status, begun.elapsed());
    response
}

/// Methods are a closed set on `/metrics`.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn check(state: &ServerState, request: &mut Request) -> Result<(), (RefusedBy, ApiError)> {
    let Some(arrival) = request.extensions().get::<Arrival>().copied() else {
        let error = ApiError::new(ErrorKind::Internal, "a request without a listener");
        return Err((RefusedBy::Host, error));
    };
    let changeable = state.changeable();
    changeable
        .hosts
        .check(request.uri(), request.headers(), arrival.local)
        .map_err(|error| (RefusedBy::Host, error))?;
    check_token(state, request, arrival)?;
    check_content_type(arrival.kind, request).map_err(|error| (RefusedBy::ContentType, error))
}

fn check_token(
    state: &ServerState,
    request: &mut Request,
    arrival: Arrival,
) -> Result<(), (RefusedBy, ApiError)> {
    request.headers_mut().remove(TOKEN_NEEDED);
    if ui::is_public(request) || runbook::is_public(request) {
        return Ok(());
    }
    let exposed = arrival.exposed && state.tokens_needed;
    let Some((right, always)) = needed_right(arrival.kind, request.method(), request.uri().path())
    else {
        return Ok(());
    };
    if right == crate::auth::Right::Ingest {
        // The receivers check it themselves: their senders expect answers of another shape.
        if exposed {
            let yes = HeaderValue::from_static("yes");
            request.headers_mut().insert(TOKEN_NEEDED, yes);
        }
        return Ok(());
    }
    let tokens = &state.changeable().tokens;
    tokens.check(request.headers(), right, exposed || always).map_err(|denial| {
        let kind = match denial {
            Denial::Missing | Denial::Unknown => ErrorKind::Unauthorized,
            Denial::Scope => ErrorKind::Forbidden,
        };
        let error = ApiError::new(kind, denial.message(right)).hint(
            "send Authorization: Bearer TOKEN; the admin token lies in the file token of the data folder",
        );
        (RefusedBy::Token, error)
    })
}
