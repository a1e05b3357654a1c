//! The list of traces, and one trace.

use super::otlp_page::{by_origin, otlp_page};
use super::{PathText, Shared, on_pool, params, query};
use crate::answer::{Answer, ApiError};
use crate::params::Params;
use crate::to_api::{to_summary, to_trace};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::operation::Method;
use tacho_api::trace::TraceList;
use tacho_model::id::{IdError, TraceId};
use tacho_model::resource::Scope;
use tacho_model::span::Span;
use tacho_model::span::SpanStatus;
use tacho_query::page::{PageRequest, Values};
use tacho_query::trace::{SpanConditions, TraceOrder, TracePage, TraceRequest, TraceSearch};
use tacho_wire::alias;
use tacho_wire::otlp::encode::json::encode_traces;
use tacho_wire::otlp::{ResourceSpans, ScopeSpans};

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/traces", &uri)?;
    let search = TraceSearch {
        conditions: conditions(&params)?,
        page: page(&params)?,
    };
    let order = order(&params)?;
    query(&state, move |engine, state, running| {
        let (tenant, context) = (&state.tenant, &running.context);
        let mut list = TraceList::default();
        match order {
            None => {
                let found = engine.list_traces(tenant, &search, context)?;
                list.traces = found.traces.iter().map(to_summary).collect();
                list.next_cursor = found.next_cursor;
            }
            Some(order) => {
                let found = engine.ordered_traces(tenant, &search, order, context)?;
                list.traces = found.traces.iter().map(to_summary).collect();
                list.scanned_traces = Some(found.looked_at.into());
                list.partial = found.partial;
            }
        }
        list.stats = running.stats();
        Ok(list)
    })
    .await
}

/// `order`; `None` is the newest first.
fn order(params: &Params) -> Answer<Option<TraceOrder>> {
    Ok(match params.word("order")? {
        Some("duration") => Some(TraceOrder::Duration),
        Some("errors") => Some(TraceOrder::Errors),
        Some("spans") => Some(TraceOrder::Spans),
        _ => None,
    })
}

pub(super) async fn one(
    State(state): Shared,
    PathText(text): PathText,
    uri: Uri,
) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/traces/{trace_id}", &uri)?;
    let request = TraceRequest {
        trace_id: trace_id("trace_id", &text)?,
        limit: params.integer("limit")?,
        cursor: params.text("cursor").map(str::to_owned),
        values: values(&params)?,
    };
    if params.word("format")? != Some("otlp") {
        return query(&state, move |engine, state, running| {
            Ok(to_trace(&engine.trace(
                &state.tenant,
                &request,
                &running.context,
            )?))
        })
        .await;
    }
    let (body, next) = on_pool(&state, move |engine, state, running| {
        let page = engine.trace(&state.tenant, &request, &running.context)?;
        let next = page.next_cursor.clone();
        Ok((encode_traces(&to_otlp(page)), next))
    })
    .await?;
    Ok(otlp_page(body, next))
}

/// Conditions on spans, as the list and the facets take them.
pub(super) fn conditions(params: &Params) -> Answer<SpanConditions> {
    let (min, max) = (
        params.duration("min_duration")?,
        params.duration("max_duration")?,
    );
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        return Err(ApiError::parameter(
            "min_duration",
            "min_duration is over max_duration",
        ));
    }
    Ok(SpanConditions {
        query: params.text("q").map(str::to_owned),
        service: params.text("service").map(str::to_owned),
        name: params.text("name").map(str::to_owned),
        status: params.word("status")?.map(|word| match word {
            "ok" => SpanStatus::Ok,
            "error" => SpanStatus::Error,
            _ => SpanStatus::Unset,
        }),
        attributes: params.pairs("attr")?,
        trace_id: params
            .text("trace_id")
            .map(|text| trace_id("trace_id", text))
            .transpose()?,
        min_duration_ns: min,
        max_duration_ns: max,
        range: params.range()?,
    })
}

/// `limit` and `cursor`.
pub(super) fn page(params: &Params) -> Answer<PageRequest> {
    Ok(PageRequest {
        limit: params.integer("limit")?,
        cursor: params.text("cursor").map(str::to_owned),
    })
}

/// `values`.
pub(super) fn values(params: &Params) -> Answer<Values> {
    Ok(match params.word("values")? {
        Some("preview") => Values::Preview,
        _ => Values::Full,
    })
}

/// A trace id, or what stands for an alias.
pub(super) fn trace_id(field: &str, text: &str) -> Answer<TraceId> {
    alias::trace_id(text)
        .map(|(id, _)| id)
        .map_err(|error| wrong_id(field, text, error))
}

/// What is wrong with an id.
pub(super) fn wrong_id(field: &str, text: &str, error: IdError) -> ApiError {
    let short: String = text.chars().take(140).collect();
    let hint = match error {
        IdError::Text => "takes hexadecimal digits, or an alias of at most 128 bytes",
        _ => "takes hexadecimal digits that are not all zero, or an alias",
    };
    ApiError::parameter(field, format!("{field} {short:?} {error}")).hint(hint)
}

/// Spans of a page by resource and scope.
fn to_otlp(page: TracePage) -> Vec<ResourceSpans> {
    let spans = page
        .spans
        .into_iter()
        .map(|placed| (placed.resource, placed.scope, placed.span));
    let groups = by_origin(spans, &page.resources, &page.scopes);
    let scopes = |scopes: Vec<(Scope, Vec<Span>)>| {
        scopes
            .into_iter()
            .map(|(scope, spans)| ScopeSpans { scope, spans })
            .collect()
    };
    groups
        .into_iter()
        .map(|(resource, below)| ResourceSpans {
            resource,
            scopes: scopes(below),
        })
        .collect()
}
