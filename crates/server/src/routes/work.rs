//! What routes of rules and alerts share: work that may wait runs on threads that may, bodies are read
//! with a limit, errors of those crates become ours.

use crate::alerts::Alerts;
use crate::answer::{Answer, ApiError};
use crate::state::ServerState;
use axum::body::Body;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tacho_alerting::error::{Error as AlertingError, ErrorKind as AlertingErrorKind};
use tacho_alerting::matcher::{Matcher, Op};
use tacho_api::error::ErrorKind;
use tacho_api::route;
use tacho_model::time::Timestamp;

/// Longest body, bytes.
const BODY_BYTES_MAX: usize = 8 << 20;

/// Runs work on rules and alerts on a thread that may wait.
pub(super) async fn with_alerts<T: Send + 'static>(
    state: &Arc<ServerState>,
    work: impl FnOnce(&Arc<Alerts>, &ServerState) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let alerts = Arc::clone(&state.core()?.alerts);
    let shared = Arc::clone(state);
    match tokio::task::spawn_blocking(move || work(&alerts, &shared)).await {
        Ok(done) => done,
        Err(_) => Err(ApiError::new(ErrorKind::Internal, "the work failed inside")),
    }
}

/// The JSON of a body; what stands for nothing if there is no body.
pub(super) async fn read_body<T: DeserializeOwned + Default>(
    state: &ServerState,
    body: Body,
) -> Answer<T> {
    let timeout = state.changeable().config.http.body_timeout;
    let bytes = tokio::time::timeout(timeout, axum::body::to_bytes(body, BODY_BYTES_MAX))
        .await
        .map_err(|_| ApiError::new(ErrorKind::Invalid, "the body came too slowly"))?
        .map_err(|error| ApiError::new(ErrorKind::Invalid, format!("read the body: {error}")))?;
    if bytes.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        ApiError::new(
            ErrorKind::Invalid,
            format!("the body does not fit: {error}"),
        )
        .hint("see /api/v1/openapi.json")
    })
}

/// Conditions on labels, as the API writes them.
pub(super) fn from_matchers(given: &[route::Matcher]) -> Answer<Vec<Matcher>> {
    let read = |one: &route::Matcher| {
        let op = Op::parse(&one.op).ok_or_else(|| {
            let message = format!(
                "op {:?} of the matcher on {:?} is not known",
                one.op, one.name
            );
            ApiError::parameter("matchers", message).hint("takes =, !=, =~ or !~")
        })?;
        Matcher::new(&one.name, op, &one.value)
            .map_err(|error| ApiError::from(error).field("matchers"))
    };
    given.iter().map(read).collect()
}

/// A time of a body, ms.
pub(super) fn time_of(field: &str, text: Option<&str>, now: Timestamp) -> Answer<Option<i64>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match crate::params::parse_time(text, now) {
        Some(time) => Ok(Some(time.0.div_euclid(1_000_000))),
        None => Err(
            ApiError::parameter(field, format!("{field} {text:?} is no time"))
                .hint("takes RFC 3339"),
        ),
    }
}

/// The end of something that is told as a time or as a duration, ms.
pub(super) fn end_of(
    (end_field, end): (&str, Option<&str>),
    duration: Option<&str>,
    start_ms: i64,
    now: Timestamp,
) -> Answer<i64> {
    if let Some(end_ms) = time_of(end_field, end, now)? {
        return Ok(end_ms);
    }
    let Some(text) = duration.filter(|text| !text.is_empty()) else {
        return Err(
            ApiError::parameter(end_field, format!("{end_field} or duration is missing"))
                .hint("takes a time, or a duration such as 2h"),
        );
    };
    let ns = tacho_stdx::duration::parse_ns(text).filter(|ns| *ns > 0);
    let ns = ns.ok_or_else(|| {
        ApiError::parameter("duration", format!("duration {text:?} is no duration"))
            .hint("takes a number with a unit, such as 30m, 2h, 3d")
    })?;
    Ok(start_ms.saturating_add(ns / 1_000_000))
}

impl From<AlertingError> for ApiError {
    fn from(error: AlertingError) -> Self {
        let kind = match error.kind {
            AlertingErrorKind::NotFound => ErrorKind::NotFound,
            AlertingErrorKind::Invalid => ErrorKind::Invalid,
            AlertingErrorKind::LimitExceeded => ErrorKind::Limit,
            AlertingErrorKind::Conflict => ErrorKind::Conflict,
        };
        let mut out = Self::new(kind, error.message);
        out.detail.hint = error.hint;
        out
    }
}

impl From<tacho_rules::error::Error> for ApiError {
    fn from(error: tacho_rules::error::Error) -> Self {
        use tacho_rules::error::ErrorKind as Rules;
        let kind = match error.kind {
            Rules::Invalid => ErrorKind::Invalid,
            Rules::LimitExceeded => ErrorKind::Limit,
            Rules::Unavailable => ErrorKind::Unavailable,
        };
        let mut out = Self::new(kind, error.message);
        out.detail.hint = error.hint;
        out
    }
}
