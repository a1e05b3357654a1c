//! Items to batches: all columns first, then the projection empties what is not wanted.

use super::{PlacedLog, PlacedSpan};
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::span::alias_key;
use tacho_storage::columns::attribute::AttributeColumns;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::{AttributeSelection, Column, Projection};
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::columns::span_batch::SpanBatch;

/// Contents of large values by hash.
pub(super) type Contents = HashMap<[u8; 32], Arc<[u8]>>;

/// A batch of spans in their order, and the large values that it refers to.
pub(super) fn of_spans(spans: &[Arc<PlacedSpan>]) -> (SpanBatch, Contents) {
    let mut batch = SpanBatch::default();
    for span in spans {
        let resource = batch.shared.add_resource(span.resource.clone());
        let scope = batch.shared.add_scope(span.scope.clone());
        batch.push_span(&span.item, resource, scope);
    }
    let contents = contents(&batch.shared);
    (batch, contents)
}

/// A batch of log records, likewise.
pub(super) fn of_logs(logs: &[Arc<PlacedLog>]) -> (LogBatch, Contents) {
    let mut batch = LogBatch::default();
    for log in logs {
        let resource = batch.shared.add_resource(log.resource.clone());
        let scope = batch.shared.add_scope(log.scope.clone());
        batch.push_record(&log.item.record, log.item.id, resource, scope);
    }
    let contents = contents(&batch.shared);
    (batch, contents)
}

fn contents(shared: &SharedColumns) -> Contents {
    shared
        .large
        .iter()
        .map(|large| (large.hash, Arc::clone(&large.bytes)))
        .collect()
}

/// What a projection leaves of a batch of spans.
pub fn project_spans(mut batch: SpanBatch, projection: &Projection) -> SpanBatch {
    for column in Column::ALL {
        if projection.has(column) {
            continue;
        }
        match column {
            Column::TraceId => batch.trace_ids.clear(),
            Column::SpanId => batch.span_ids.clear(),
            Column::ParentSpanId => batch.parent_span_ids.clear(),
            Column::Time => batch.starts.clear(),
            Column::EndTime => batch.ends.clear(),
            Column::Name => batch.names = Default::default(),
            Column::Kind => batch.kinds.clear(),
            Column::Status => batch.statuses.clear(),
            Column::StatusText => batch.status_messages = Default::default(),
            Column::Rare => {
                batch.trace_states = Default::default();
                batch.flags.clear();
                batch.dropped.clear();
            }
            Column::Events => {
                batch.events = Default::default();
                batch.links = Default::default();
            }
            Column::Resource | Column::Scope | Column::Body | Column::RecordId => {}
        }
    }
    project_shared(&mut batch.shared, projection);
    batch
}

/// What a projection leaves of a batch of log records.
pub fn project_logs(mut batch: LogBatch, projection: &Projection) -> LogBatch {
    for column in Column::ALL {
        if projection.has(column) {
            continue;
        }
        match column {
            Column::TraceId => batch.trace_ids.clear(),
            Column::SpanId => batch.span_ids.clear(),
            Column::Time => batch.times.clear(),
            Column::EndTime => batch.observed_times.clear(),
            Column::Name => batch.event_names = Default::default(),
            Column::Status => batch.severities.clear(),
            Column::StatusText => batch.severity_texts = Default::default(),
            Column::Rare => {
                batch.flags.clear();
                batch.dropped.clear();
            }
            Column::Body => {
                batch.bodies = Default::default();
                batch.body_types.clear();
            }
            Column::RecordId => batch.record_ids.clear(),
            Column::ParentSpanId
            | Column::Kind
            | Column::Events
            | Column::Resource
            | Column::Scope => {}
        }
    }
    project_shared(&mut batch.shared, projection);
    batch
}

fn project_shared(shared: &mut SharedColumns, projection: &Projection) {
    shared.large.clear();
    if !projection.has(Column::Resource) {
        shared.resource_index.clear();
        shared.resources.clear();
    }
    if !projection.has(Column::Scope) {
        shared.scope_index.clear();
        shared.scopes.clear();
    }
    if projection.attributes == AttributeSelection::All {
        return;
    }
    let mut kept = AttributeColumns::default();
    for column in shared.attributes.columns() {
        if projection.has_attribute(&column.key) {
            kept.insert(column.clone());
        }
    }
    shared.attributes = kept;
}

/// Whether a key is one of those under which texts of ids are kept.
pub(super) fn is_reserved(key: &str) -> bool {
    [alias_key::TRACE, alias_key::SPAN, alias_key::PARENT].contains(&key)
}
