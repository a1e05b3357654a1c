//! The list of traces, and one trace.

use super::{PathText, Shared, on_pool, params, query};
use crate::answer::{Answer, ApiError, bytes_answer};
use crate::params::Params;
use crate::to_api::{to_summary, to_trace};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::Response;
use std::collections::HashMap;
use tacho_api::operation::Method;
use tacho_api::trace::TraceList;
use tacho_model::id::{IdError, TraceId};
use tacho_model::span::SpanStatus;
use tacho_query::page::{PageRequest, Values};
use tacho_query::trace::{SpanConditions, TracePage, TraceRequest, TraceSearch};
use tacho_wire::alias;
use tacho_wire::otlp::encode::json::encode_traces;
use tacho_wire::otlp::{ResourceSpans, ScopeSpans};

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/traces", &uri)?;
    let search = TraceSearch {
        conditions: conditions(&params)?,
        page: page(&params)?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.list_traces(&state.tenant, &search, &running.context)?;
        Ok(TraceList {
            traces: found.traces.iter().map(to_summary).collect(),
            next_cursor: found.next_cursor,
            stats: running.stats(),
        })
    })
    .await
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

/// A page as OTLP JSON; `X-Next-Cursor` names the next one.
pub(super) fn otlp_page(body: String, next: Option<String>) -> Response {
    let mut response = bytes_answer(StatusCode::OK, body.into_bytes());
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert("x-next-cursor", next);
    }
    response
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

/// Spans of a page by resource and scope, in the order in which these first come.
fn to_otlp(page: TracePage) -> Vec<ResourceSpans> {
    let mut groups: Vec<ResourceSpans> = Vec::new();
    let mut places = Places::default();
    for placed in page.spans {
        let (group, scope) = places.place(placed.resource, placed.scope);
        if group == groups.len() {
            let resource = page.resources.get(placed.resource as usize);
            groups.push(ResourceSpans {
                resource: resource.map(|known| (**known).clone()).unwrap_or_default(),
                scopes: Vec::new(),
            });
        }
        let Some(group) = groups.get_mut(group) else {
            continue;
        };
        if scope == group.scopes.len() {
            let known = page.scopes.get(placed.scope as usize);
            group.scopes.push(ScopeSpans {
                scope: known.map(|known| (**known).clone()).unwrap_or_default(),
                spans: Vec::new(),
            });
        }
        if let Some(scope) = group.scopes.get_mut(scope) {
            scope.spans.push(placed.span);
        }
    }
    groups
}

/// Places of resources, and of scopes below each, in the order in which they first come.
#[derive(Default)]
pub(super) struct Places {
    resources: HashMap<u32, usize>,
    scopes: HashMap<(u32, u32), usize>,
    counts: Vec<usize>,
}

impl Places {
    /// The place of a resource, and of a scope below it; one more than there are for a new one.
    pub(super) fn place(&mut self, resource: u32, scope: u32) -> (usize, usize) {
        let next = self.counts.len();
        let group = *self.resources.entry(resource).or_insert(next);
        if group == next {
            self.counts.push(0);
        }
        let Some(count) = self.counts.get_mut(group) else {
            return (group, 0);
        };
        let place = *self.scopes.entry((resource, scope)).or_insert_with(|| {
            *count += 1;
            *count - 1
        });
        (group, place)
    }
}
