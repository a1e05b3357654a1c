//! Log records: pages, one by id, what stands around one.

use super::otlp_page::{by_origin, otlp_page};
use super::trace::{page, trace_id, values, wrong_id};
use super::{PathText, Shared, on_pool, params, query};
use crate::answer::{Answer, ApiError};
use crate::params::Params;
use crate::to_api::{to_log_document, to_log_row, to_resource, to_scope};
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::count::Count;
use tacho_api::log::{LogContext, LogList};
use tacho_api::operation::Method;
use tacho_api::stats::QueryStats;
use tacho_model::id::RecordId;
use tacho_model::log::LogRecord;
use tacho_model::resource::Scope;
use tacho_query::log::{
    ContextRequest, ContextStream, LogConditions, LogPage, LogSearch, SeverityCondition,
};
use tacho_storage::read::Order;
use tacho_wire::alias;
use tacho_wire::otlp::encode::json::encode_logs;
use tacho_wire::otlp::{ResourceLogs, ScopeLogs};

pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/logs", &uri)?;
    let search = LogSearch {
        conditions: conditions(&params)?,
        order: match params.word("order")? {
            Some("oldest") => Order::OldestFirst,
            _ => Order::NewestFirst,
        },
        page: page(&params)?,
        values: values(&params)?,
    };
    if params.word("format")? == Some("otlp") {
        let (body, next) = on_pool(&state, move |engine, state, running| {
            let mut found = engine.search_logs(&state.tenant, &search, &running.context)?;
            let next = found.next_cursor.take();
            Ok((encode_logs(&to_otlp(found)), next))
        })
        .await?;
        return Ok(otlp_page(body, next));
    }
    query(&state, move |engine, state, running| {
        let found = engine.search_logs(&state.tenant, &search, &running.context)?;
        Ok(to_list(found, running.stats()))
    })
    .await
}

/// Records of a page by resource and scope.
fn to_otlp(page: LogPage) -> Vec<ResourceLogs> {
    let records = page
        .records
        .into_iter()
        .map(|placed| (placed.resource, placed.scope, placed.record));
    let groups = by_origin(records, &page.resources, &page.scopes);
    let scopes = |scopes: Vec<(Scope, Vec<LogRecord>)>| {
        scopes
            .into_iter()
            .map(|(scope, records)| ScopeLogs { scope, records })
            .collect()
    };
    groups
        .into_iter()
        .map(|(resource, below)| ResourceLogs {
            resource,
            scopes: scopes(below),
        })
        .collect()
}

pub(super) async fn one(
    State(state): Shared,
    PathText(text): PathText,
    uri: Uri,
) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/logs/{id}", &uri)?;
    let (id, values) = (record_id(&text)?, values(&params)?);
    query(&state, move |engine, state, running| {
        Ok(to_log_document(&engine.log(
            &state.tenant,
            id,
            values,
            &running.context,
        )?))
    })
    .await
}

pub(super) async fn context(
    State(state): Shared,
    PathText(text): PathText,
    uri: Uri,
) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/logs/{id}/context", &uri)?;
    let request = ContextRequest {
        id: record_id(&text)?,
        before: params.integer("before")?,
        after: params.integer("after")?,
        stream: match params.word("stream")? {
            Some("all") => ContextStream::All,
            _ => ContextStream::SameResource,
        },
        values: values(&params)?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.log_context(&state.tenant, &request, &running.context)?;
        let index = u32::try_from(found.index).unwrap_or(u32::MAX);
        let list = to_list(found.page, running.stats());
        Ok(LogContext {
            logs: list.logs,
            index,
            resources: list.resources,
            scopes: list.scopes,
            stats: list.stats,
        })
    })
    .await
}

/// Conditions on log records, as the list, the count and the facets take them.
pub(super) fn conditions(params: &Params) -> Answer<LogConditions> {
    let span_id = match params.text("span_id") {
        Some(text) => Some(
            alias::span_id(text)
                .map_err(|error| wrong_id("span_id", text, error))?
                .0,
        ),
        None => None,
    };
    Ok(LogConditions {
        query: params.text("q").map(str::to_owned),
        service: params.text("service").map(str::to_owned),
        name: params.text("name").map(str::to_owned),
        severity: params
            .text("severity")
            .map(SeverityCondition::parse)
            .transpose()?,
        attributes: params.pairs("attr")?,
        trace_id: params
            .text("trace_id")
            .map(|text| trace_id("trace_id", text))
            .transpose()?,
        span_id,
        range: params.range()?,
    })
}

fn to_list(found: LogPage, stats: QueryStats) -> LogList {
    LogList {
        logs: found
            .records
            .iter()
            .map(|row| to_log_row(row, &found.resources))
            .collect(),
        resources: found
            .resources
            .iter()
            .map(|resource| to_resource(resource))
            .collect(),
        scopes: found.scopes.iter().map(|scope| to_scope(scope)).collect(),
        next_cursor: found.next_cursor,
        omitted_values: Count(found.omitted.missing + found.omitted.too_large),
        stats,
    }
}

fn record_id(text: &str) -> Answer<RecordId> {
    RecordId::parse(&text.to_ascii_lowercase()).map_err(|_| {
        let short: String = text.chars().take(60).collect();
        ApiError::parameter("id", format!("id {short:?} is no id of a log record"))
            .hint("takes 16 hexadecimal digits")
    })
}
