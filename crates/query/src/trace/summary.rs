//! What a whole trace says about itself, out of its assembled spans.

use super::TraceSummary;
use crate::condition::TraceFacts;
use std::collections::{BTreeSet, HashSet};
use tacho_model::id::{SpanId, TraceId};
use tacho_model::span::{SpanStatus, alias_key};
use tacho_model::time::Timestamp;
use tacho_model::value::Value;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::span_batch::SpanBatch;

/// Aliases that are told at most; more than one is strange enough.
const ALIASES_MAX: usize = 16;

/// The columns that a summary is made of.
pub(crate) fn projection() -> Projection {
    Projection::of(&[
        Column::TraceId,
        Column::SpanId,
        Column::ParentSpanId,
        Column::Time,
        Column::EndTime,
        Column::Name,
        Column::Status,
        Column::Resource,
    ])
    .with_attribute(alias_key::TRACE)
}

/// The summary of all spans of a trace; `None` of none.
pub(crate) fn summarise(batch: &SpanBatch) -> Option<TraceSummary> {
    let trace_id = *batch.trace_ids.first()?;
    let root = root_row(batch)?;
    let start = batch.starts.iter().copied().min()?;
    let end = batch.starts.iter().chain(&batch.ends).copied().max()?;
    let error = SpanStatus::Error as u8;
    let error_count = batch
        .statuses
        .iter()
        .filter(|status| **status == error)
        .count() as u64;
    let root_status = batch.statuses.get(root).copied().unwrap_or_default();
    let services: BTreeSet<&str> = batch
        .shared
        .resources
        .iter()
        .enumerate()
        .filter_map(|(index, resource)| {
            let used = batch.shared.resource_index.contains(&(index as u32));
            used.then(|| resource.service_name())
        })
        .collect();
    let root_resource = batch.shared.resource(root);
    Some(TraceSummary {
        trace_id,
        aliases: aliases(batch),
        root_span: batch.span_ids.get(root).copied().unwrap_or_default(),
        root_arrived: batch.parent_span_ids.get(root).is_some_and(SpanId::is_zero),
        root_service: root_resource
            .map_or("unknown_service", |r| r.service_name())
            .to_owned(),
        root_name: batch.names.cell(root).to_owned(),
        start: Timestamp(start),
        end: Timestamp(end),
        duration_ns: end.saturating_sub(start),
        status: if error_count > 0 {
            SpanStatus::Error
        } else {
            SpanStatus::from_number(i32::from(root_status))
        },
        span_count: batch.len as u64,
        error_count,
        services: services.into_iter().map(str::to_owned).collect(),
    })
}

impl TraceSummary {
    /// What conditions ask of a trace.
    pub(crate) fn facts(&self) -> TraceFacts<'_> {
        TraceFacts {
            duration_ns: self.duration_ns,
            root_name: &self.root_name,
            root_service: &self.root_service,
        }
    }
}

/// The earliest span without parent, else the earliest whose parent is not here, else (parents in
/// a circle) the earliest.
fn root_row(batch: &SpanBatch) -> Option<usize> {
    let key = |row: &usize| (batch.starts.get(*row), batch.span_ids.get(*row));
    let parent = |row: usize| batch.parent_span_ids.get(row).copied().unwrap_or_default();
    let rows = 0..batch.len;
    if let Some(row) = rows
        .clone()
        .filter(|row| parent(*row).is_zero())
        .min_by_key(key)
    {
        return Some(row);
    }
    let here: HashSet<SpanId> = batch.span_ids.iter().copied().collect();
    let orphan = rows
        .clone()
        .filter(|row| !here.contains(&parent(*row)))
        .min_by_key(key);
    orphan.or_else(|| rows.clone().min_by_key(key))
}

fn aliases(batch: &SpanBatch) -> Vec<String> {
    let columns = batch.shared.attributes.of_key(alias_key::TRACE);
    let mut texts: BTreeSet<String> = BTreeSet::new();
    for column in columns {
        for index in 0..column.rows.len() {
            if let Value::String(text) = column.cells.value(index)
                && texts.len() < ALIASES_MAX
            {
                texts.insert(text);
            }
        }
    }
    texts.into_iter().collect()
}

/// A trace that nobody knows.
pub(crate) fn unknown(trace_id: TraceId) -> crate::error::Error {
    crate::error::Error::not_found(format!("no trace {trace_id}"))
}
