//! Counts of log records, and facets of both signals.

use super::{Shared, log, params, query, trace};
use crate::answer::{Answer, ApiError};
use crate::params::Params;
use crate::state::ServerState;
use crate::to_api::to_label_value;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use std::sync::Arc;
use tacho_api::label::{Facet, FacetList};
use tacho_api::log::{CountGroup, LogCount};
use tacho_api::operation::Method;
use tacho_query::count::{Conditions, CountRequest};
use tacho_query::facet::FacetRequest;

pub(super) async fn count_logs(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/logs/count", &uri)?;
    let step_ns = params.duration("step")?;
    if step_ns == Some(0) {
        return Err(ApiError::parameter("step", "step must not be 0"));
    }
    let request = CountRequest {
        conditions: Conditions::Logs(log::conditions(&params)?),
        step_ns,
        by: params.text("by").map(str::to_owned),
    };
    query(&state, move |engine, state, running| {
        let found = engine.count(&state.tenant, &request, &running.context)?;
        let groups = found.groups.into_iter().map(|group| CountGroup {
            time: group.time.map(|time| time.to_string()),
            value: group.value,
            count: group.count.into(),
        });
        Ok(LogCount {
            count: found.count.into(),
            groups: groups.collect(),
            stats: running.stats(),
        })
    })
    .await
}

pub(super) async fn trace_facets(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/traces/facets", &uri)?;
    let conditions = Conditions::Spans(trace::conditions(&params)?);
    facets(&state, &params, conditions).await
}

pub(super) async fn log_facets(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/logs/facets", &uri)?;
    let conditions = Conditions::Logs(log::conditions(&params)?);
    facets(&state, &params, conditions).await
}

async fn facets(
    state: &Arc<ServerState>,
    params: &Params,
    conditions: Conditions,
) -> Answer<Response> {
    let request = FacetRequest {
        conditions,
        fields: params
            .texts("field")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        limit: params.integer("limit")?,
    };
    query(state, move |engine, state, running| {
        let found = engine.facets(&state.tenant, &request, &running.context)?;
        let facets = found.into_iter().map(|facet| Facet {
            name: facet.name,
            values: facet.values.into_iter().map(to_label_value).collect(),
            other_count: facet.other_count.into(),
            absent_count: facet.absent_count.into(),
            too_many_values: facet.too_many_values,
        });
        Ok(FacetList {
            facets: facets.collect(),
            stats: running.stats(),
        })
    })
    .await
}
