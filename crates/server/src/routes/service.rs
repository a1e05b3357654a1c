//! Services and their operations.

use super::red::{USUAL_RANGE_NS, to_latency, to_red};
use super::{PathText, Shared, params, query};
use crate::answer::Answer;
use crate::slots::SlotKind;
use crate::state::ServerState;
use crate::to_api::to_ms;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use tacho_api::operation::Method;
use tacho_api::service::{
    MapEdge, MapNode, OperationList, Service, ServiceList, ServiceMap, ServiceOperation,
};
use tacho_query::buckets::Buckets;
use tacho_query::service_map::{MapKind, MapRequest, Node, NodeKind};

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

/// `GET /api/v1/services/map`
pub(super) async fn map(State(state): Shared, uri: Uri) -> Answer<Response> {
    let params = params(&state, Method::Get, "/api/v1/services/map", &uri)?;
    let request = MapRequest {
        range: params.recent_range(USUAL_RANGE_NS)?,
        kind: match params.word("kind")? {
            Some("agents") => MapKind::Agents,
            _ => MapKind::Services,
        },
        traces: params.integer("traces")?,
    };
    query(&state, move |engine, state, running| {
        let found = engine.service_map(&state.tenant, &request, &running.context)?;
        let id = |place: usize| found.nodes.get(place).map(node_id).unwrap_or_default();
        let nodes = found.nodes.iter().zip(slots_of(state, &found.nodes));
        let nodes = nodes.map(|(node, slot)| MapNode {
            id: node_id(node),
            name: node.name.clone(),
            kind: node.kind.as_str().to_owned(),
            slot,
            span_count: node.span_count.into(),
            error_count: node.error_count.into(),
        });
        let edges = found.edges.iter().map(|edge| MapEdge {
            from: id(edge.from),
            to: id(edge.to),
            count: edge.calls.count.into(),
            error_count: edge.calls.errors.into(),
            latency: to_latency(&edge.calls.durations),
        });
        Ok(ServiceMap {
            nodes: nodes.collect(),
            edges: edges.collect(),
            trace_count: found.traces.into(),
            sampled: found.sampled,
            stats: running.stats(),
        })
    })
    .await
}

fn node_id(node: &Node) -> String {
    format!("{}:{}", node.kind.as_str(), node.name)
}

/// Colour slots; 0 for what has none.
fn slots_of(state: &ServerState, nodes: &[Node]) -> Vec<u32> {
    let mut slots = vec![0; nodes.len()];
    for (kind, table) in [
        (NodeKind::Service, SlotKind::Service),
        (NodeKind::Agent, SlotKind::Agent),
        (NodeKind::Model, SlotKind::Model),
        (NodeKind::Tool, SlotKind::Tool),
    ] {
        let of_kind = |node: &&Node| node.kind == kind;
        let names = nodes.iter().filter(of_kind).map(|node| node.name.as_str());
        let found = state.slots().of(table, names);
        let places = slots.iter_mut().zip(nodes);
        let places = places.filter(|(_, node)| node.kind == kind);
        for ((slot, _), found) in places.zip(found) {
            *slot = found;
        }
    }
    slots
}
