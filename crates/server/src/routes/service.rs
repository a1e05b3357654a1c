//! Services and their operations.

use super::red::{USUAL_RANGE_NS, to_red};
use super::{PathText, Shared, params, query};
use crate::answer::Answer;
use crate::slots::SlotKind;
use crate::to_api::to_ms;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::operation::Method;
use tacho_api::service::{OperationList, Service, ServiceList, ServiceOperation};
use tacho_query::buckets::Buckets;

/// `GET /api/v1/services`
pub(super) async fn list(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/services", &uri)?;
    let buckets = Buckets::of(params.recent_range(USUAL_RANGE_NS)?, None)?;
    let limit = params.integer("limit")?;
    query(&state, move |engine, state, running| {
        let found = engine.services(&state.tenant, buckets, limit, &running.context)?;
        let names = found.services.iter().map(|service| service.name.as_str());
        let slots = state.slots().of(SlotKind::Service, names);
        let services = found.services.iter().zip(slots);
        let services = services.map(|(service, slot)| Service {
            name: service.name.clone(),
            slot,
            span_count: service.span_count.into(),
            red: to_red(&service.red, &buckets),
            entries_only: service.entries_only,
            error_logs: service.error_logs.into(),
            last_seen: service.last_seen.to_string(),
        });
        Ok(ServiceList {
            start: buckets.start.to_string(),
            end: buckets.end.to_string(),
            step_ms: to_ms(buckets.step_ns),
            services: services.collect(),
            more: found.more,
            stats: running.stats(),
        })
    })
    .await
}

/// `GET /api/v1/services/{name}/operations`
pub(super) async fn operations(
    State(state): Shared,
    PathText(name): PathText,
    uri: Uri,
) -> Answer<Response> {
    let path = "/api/v1/services/{name}/operations";
    let params = params(&state, Method::Get, path, &uri)?;
    let buckets = Buckets::of(params.recent_range(USUAL_RANGE_NS)?, None)?;
    let limit = params.integer("limit")?;
    query(&state, move |engine, state, running| {
        let which = (name.as_str(), limit);
        let found = engine.operations(&state.tenant, which, buckets, &running.context)?;
        let operations = found.operations.into_iter();
        let operations = operations.map(|operation| ServiceOperation {
            kind: operation.kind.as_str().to_uppercase(),
            red: to_red(&operation.red, &buckets),
            name: operation.name,
        });
        Ok(OperationList {
            step_ms: to_ms(buckets.step_ns),
            operations: operations.collect(),
            more: found.more,
            stats: running.stats(),
        })
    })
    .await
}
