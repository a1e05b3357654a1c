//! What an id stands for.

use super::{PathText, Shared, params, query};
use crate::answer::{Answer, ApiError};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::operation::Method;
use tacho_api::view::{Resolved, ResolvedMatch};
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_query::resolve::{ResolveMatch, ResolveRequest};
use tacho_wire::alias;

/// Longest id.
const BYTES_MAX: usize = 256;

pub(super) async fn one(
    State(state): Shared,
    PathText(text): PathText,
    uri: Uri,
) -> Answer<Response> {
    params(&state, Method::Get, "/api/v1/resolve/{id}", &uri)?;
    let text = text.trim();
    if text.is_empty() || text.len() > BYTES_MAX {
        let message = format!("an id of {} bytes, 1 to {BYTES_MAX} are taken", text.len());
        return Err(ApiError::parameter("id", message));
    }
    let request = request(text);
    query(&state, move |engine, state, running| {
        let matches = engine.resolve(&state.tenant, &request, &running.context)?;
        Ok(Resolved {
            matches: matches.into_iter().map(to_match).collect(),
        })
    })
    .await
}

/// What a text may be: hexadecimal ids, a `traceparent`, an alias, a value.
fn request(text: &str) -> ResolveRequest {
    if let Some((trace_id, span_id)) = traceparent(text) {
        return ResolveRequest {
            trace_id: Some(trace_id),
            span_id: Some(span_id),
            ..ResolveRequest::default()
        };
    }
    let trace = alias::trace_id(text).ok();
    let span = alias::span_id(text).ok();
    let is_trace = trace.is_some_and(|(_, alias)| !alias);
    let is_span = span.is_some_and(|(_, alias)| !alias);
    ResolveRequest {
        text: text.to_owned(),
        trace_id: trace.filter(|_| !is_span).map(|(id, _)| id),
        span_id: span.filter(|_| !is_trace).map(|(id, _)| id),
        record_id: RecordId::parse(text).ok(),
        span_last: !is_span,
    }
}

/// Reads the header of W3C Trace Context: version, trace, span, flags.
fn traceparent(text: &str) -> Option<(TraceId, SpanId)> {
    let mut parts = text.split('-');
    let version = parts.next()?;
    let ids = (
        TraceId::parse(parts.next()?).ok()?,
        SpanId::parse(parts.next()?).ok()?,
    );
    let flags = parts.next()?;
    (version.len() == 2 && flags.len() == 2 && parts.next().is_none()).then_some(ids)
}

fn to_match(found: ResolveMatch) -> ResolvedMatch {
    ResolvedMatch {
        kind: found.kind.as_str().to_owned(),
        trace_id: found.trace_id.map(|id| id.to_string()),
        span_id: found.span_id.map(|id| id.to_string()),
        record_id: found.record_id.map(|id| id.to_string()),
        name: found.name,
        service: Some(found.service),
        time: Some(found.time.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::request;

    #[test]
    fn a_text_is_what_it_can_be() {
        let trace = "5b8efff798038103d269b633813fc60c";
        let parent = request(&format!("00-{trace}-00f067aa0ba902b7-01"));
        assert_eq!(parent.trace_id.unwrap().to_string(), trace);
        assert_eq!(parent.span_id.unwrap().to_string(), "00f067aa0ba902b7");
        assert!(parent.text.is_empty());
        let by_trace = request(trace);
        assert!(by_trace.trace_id.is_some() && by_trace.span_id.is_none());
        let by_span = request("00f067aa0ba902b7");
        assert!(by_span.trace_id.is_none() && by_span.record_id.is_some());
        assert!(by_span.span_id.is_some() && !by_span.span_last);
        let alias = request("tr-1");
        assert!(alias.trace_id.is_some() && alias.span_last && alias.record_id.is_none());
        assert_eq!(request(&"x".repeat(200)).trace_id, None);
    }
}
