//! The outline of a trace, and one span of it.

use super::trace::{trace_id, values, wrong_id};
use super::{PathText, Shared, params, query};
use crate::answer::{Answer, ApiError};
use crate::to_api::outline::{to_outline, to_span_document};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Response;
use tacho_api::error::ErrorKind;
use tacho_api::operation::Method;
use tacho_model::id::SpanId;
use tacho_query::outline::OutlineRequest;
use tacho_wire::alias;

pub(super) async fn outline(
    State(state): Shared,
    PathText(text): PathText,
    uri: Uri,
) -> Answer<Response> {
    let path = "/api/v1/traces/{trace_id}/outline";
    let params = params(&state, Method::Get, path, &uri)?;
    let root = params.text("root");
    let request = OutlineRequest {
        trace_id: trace_id("trace_id", &text)?,
        root: root.map(|text| span_id("root", text)).transpose()?,
        skip: params.integer("skip")?,
        limit: params.integer("limit")?,
    };
    query(&state, move |engine, state, running| {
        let outline = engine.outline(&state.tenant, &request, &running.context)?;
        Ok(to_outline(&outline, state.slots()))
    })
    .await
}

pub(super) async fn span(
    State(state): Shared,
    TwoTexts(trace, span): TwoTexts,
    uri: Uri,
) -> Answer<Response> {
    let path = "/api/v1/traces/{trace_id}/spans/{span_id}";
    let params = params(&state, Method::Get, path, &uri)?;
    let ids = (trace_id("trace_id", &trace)?, span_id("span_id", &span)?);
    let values = values(&params)?;
    query(&state, move |engine, state, running| {
        let document = engine.span(&state.tenant, ids, values, &running.context)?;
        Ok(to_span_document(&document))
    })
    .await
}

fn span_id(field: &str, text: &str) -> Answer<SpanId> {
    alias::span_id(text)
        .map(|(id, _)| id)
        .map_err(|error| wrong_id(field, text, error))
}

/// Two parameters of the path as text.
#[derive(Debug)]
pub(super) struct TwoTexts(String, String);

impl<S: Send + Sync> FromRequestParts<S> for TwoTexts {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map(|Path((first, second))| Self(first, second))
            .map_err(|error| ApiError::new(ErrorKind::Invalid, error.body_text()))
    }
}
