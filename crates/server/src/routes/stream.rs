//! The live stream as server-sent events. Source: WHATWG HTML, "Server-sent events".

use super::{Shared, params};
use crate::answer::{Answer, ApiError};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse as _, Response};
use std::convert::Infallible;
use std::sync::Arc;
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;

pub(super) async fn open(State(state): Shared, headers: HeaderMap, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/stream", &uri)?;
    let Some(topics) = params.text("topics") else {
        return Err(
            ApiError::parameter("topics", "topics is missing").hint(crate::live::topic::TAKES)
        );
    };
    let header = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let last_id = header.or_else(|| params.text("last_event_id"));
    let (topics, last_id) = (topics.to_owned(), last_id.map(str::to_owned));
    let shared = Arc::clone(&state);
    let opened =
        tokio::task::spawn_blocking(move || shared.live.open(&shared, &topics, last_id.as_deref()));
    let failed = |_| ApiError::new(ErrorKind::Internal, "opening the stream failed inside");
    let client = opened.await.map_err(failed)??;
    let pieces = futures::stream::unfold(client, |mut client| async move {
        client
            .next()
            .await
            .map(|piece| (Ok::<_, Infallible>(piece), client))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
    ];
    let mut response = (headers, Body::from_stream(pieces)).into_response();
    // Tells proxies not to hold messages back.
    response.headers_mut().insert(
        "x-accel-buffering",
        axum::http::HeaderValue::from_static("no"),
    );
    Ok(response)
}
