//! Reads the newest traces of a range and adds each to the graph.

use super::graph::Graph;
use super::kin::Kin;
use super::peer::{self, Peers};
use super::{MapKind, MapRequest, NodeKind, ServiceMap};
use crate::error::{Error, Result};
use crate::overview::AGENT_KEYS;
use crate::role::{self, Role, roles};
use crate::run::Run;
use crate::visit::{FastMap, RowTexts, check_memory, duration, failed};
use std::collections::HashSet;
use std::sync::Arc;
use tacho_model::id::TraceId;
use tacho_model::span::SpanKind;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::filter::Filter;
use tacho_storage::read::{Order, ScanRequest};

/// Traces that are assembled together.
const ASSEMBLE: usize = 128;

/// The map of a range.
pub(crate) fn map(run: &Run<'_>, request: &MapRequest) -> Result<ServiceMap> {
    if request.traces == 0 {
        return Err(Error::invalid("traces", "traces 0 asks for nothing"));
    }
    let (ids, sampled) = newest(run, request)?;
    let mut projection = Projection::of(&[
        Column::TraceId,
        Column::SpanId,
        Column::ParentSpanId,
        Column::Time,
        Column::EndTime,
        Column::Name,
        Column::Kind,
        Column::Status,
        Column::Resource,
    ]);
    let keys = peer::keys().chain(role::keys()).chain(AGENT_KEYS);
    keys.for_each(|key| projection.want_attribute(key));
    let mut graph = Graph::new();
    for part in ids.chunks(ASSEMBLE) {
        for batch in run.snapshot.traces_by_id(part, &projection, run.context)? {
            let batch = batch?;
            match request.kind {
                MapKind::Services => services(&mut graph, &batch),
                MapKind::Agents => agents(&mut graph, &batch),
            }
        }
        check_memory(run, graph.memory())?;
    }
    Ok(ServiceMap {
        traces: ids.len() as u64,
        sampled,
        ..graph.finish()
    })
}

/// Ids of the newest traces, and whether there are more.
fn newest(run: &Run<'_>, request: &MapRequest) -> Result<(Vec<TraceId>, bool)> {
    let scan = ScanRequest {
        range: request.range,
        filter: Filter::All,
        order: Order::NewestFirst,
        after: None,
        limit: None,
        projection: Projection::of(&[Column::TraceId]),
    };
    let (mut ids, mut seen) = (Vec::new(), HashSet::new());
    for batch in run.snapshot.spans(&scan, run.context)? {
        for id in batch?.trace_ids {
            if !seen.insert(id) {
                continue;
            }
            if ids.len() >= request.traces {
                return Ok((ids, true));
            }
            ids.push(id);
        }
    }
    Ok((ids, false))
}

/// Adds the services of a trace and what they called.
fn services(graph: &mut Graph, batch: &SpanBatch) {
    let names = batch.shared.resources.iter();
    let numbers: Vec<u32> = names
        .map(|resource| graph.node(NodeKind::Service, resource.service_name()))
        .collect();
    let service = |row: usize| {
        let index = batch.shared.resource_index.get(row);
        let number = index.and_then(|index| numbers.get(*index as usize));
        number.copied().unwrap_or_default()
    };
    let (kin, peers, roles) = (Kin::of(batch), Peers::of(batch), roles(batch));
    // Rows that called another service which sends spans itself.
    let mut answered = vec![false; batch.len];
    for row in 0..batch.len {
        let own = service(row);
        graph.span(own, failed(batch, row));
        let Some(parent) = kin.parent(row) else {
            continue;
        };
        let caller = service(parent);
        if caller != own {
            answered[parent] = true;
            graph.call(caller, own, duration(batch, row), failed(batch, row));
        }
    }
    for (row, answered) in answered.into_iter().enumerate() {
        if is_consumer(batch, row) {
            if kin.parent(row).is_none()
                && let Some((kind, name)) = peers.queue(row)
            {
                let queue = graph.node(kind, &name);
                graph.span(queue, failed(batch, row));
                graph.call(
                    queue,
                    service(row),
                    duration(batch, row),
                    failed(batch, row),
                );
            }
            continue;
        }
        if answered || is_told_above(&roles, &kin, row) {
            continue;
        }
        let role = roles.get(row).copied().unwrap_or_default();
        let found = peers.of_role(row, role);
        if let Some((kind, name)) = found.or_else(|| peers.of_client(batch, row)) {
            let to = graph.node(kind, &name);
            graph.span(to, failed(batch, row));
            graph.call(service(row), to, duration(batch, row), failed(batch, row));
        }
    }
}

fn is_consumer(batch: &SpanBatch, row: usize) -> bool {
    batch.kinds.get(row) == Some(&(SpanKind::Consumer as u8))
}

/// Whether the span above tells of the same call: it has the same role, or is the call of a model
/// that this one sends.
fn is_told_above(roles: &[Role], kin: &Kin, row: usize) -> bool {
    let role = |row: usize| roles.get(row).copied().unwrap_or_default();
    let is_call = |role: Role| matches!(role, Role::ModelCall | Role::ToolCall);
    let above = kin.parent(row).map(role).unwrap_or_default();
    above == Role::ModelCall || (is_call(above) && above == role(row))
}

/// Adds the agents of a trace, who gave work to whom, and the models and tools they called.
fn agents(graph: &mut Graph, batch: &SpanBatch) {
    let texts = RowTexts::of(batch, &AGENT_KEYS);
    let mut numbers: FastMap<Arc<str>, u32> = FastMap::default();
    let own: Vec<Option<u32>> = (0..batch.len)
        .map(|row| {
            let name = texts.get(row)?;
            let number = numbers
                .entry(Arc::clone(name))
                .or_insert_with(|| graph.node(NodeKind::Agent, name));
            Some(*number)
        })
        .collect();
    let (kin, peers, roles) = (Kin::of(batch), Peers::of(batch), roles(batch));
    let nearest = kin.nearest(|row| own.get(row).copied().flatten());
    for row in 0..batch.len {
        let Some(agent) = nearest.get(row).copied().flatten() else {
            continue;
        };
        let failed = failed(batch, row);
        graph.span(agent, failed);
        let above = kin
            .parent(row)
            .and_then(|parent| nearest.get(parent)?.as_ref());
        if let Some(above) = above
            && *above != agent
        {
            graph.call(*above, agent, duration(batch, row), failed);
        }
        let role = roles.get(row).copied().unwrap_or_default();
        if !is_told_above(&roles, &kin, row)
            && let Some((kind, name)) = peers.of_role(row, role)
        {
            let to = graph.node(kind, &name);
            graph.span(to, failed);
            graph.call(agent, to, duration(batch, row), failed);
        }
    }
}
