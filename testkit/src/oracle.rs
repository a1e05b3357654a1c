//! The read trait over plain vectors: the oracle that the engine is compared with.
//!
//! Every question is answered by looking at every item with `filter::matches`. Nothing here is
//! fast, and nothing is shared with the engine beside the types of the trait. Duplicate spans are
//! merged by (trace id, span id, SERVER or not); the first that came stays.

mod answer;
pub mod columns;
pub mod series;
mod source;
mod tail;

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tacho_model::id::{RecordId, SpanId, TenantId, TraceId};
use tacho_model::log::LogRecord;
use tacho_model::resource::{Resource, Scope};
use tacho_model::signal::Signal;
use tacho_model::span::{Span, SpanKind};
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::error::Result;
use tacho_storage::filter::{Filter, matches};
use tacho_storage::read::{ReadStore, Snapshot, Tail, TailItem};
use tacho_storage::samples::read::SeriesView;

/// An item with where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    /// Who emitted it.
    pub resource: Resource,
    /// The library that emitted it.
    pub scope: Scope,
    /// The item, values whole.
    pub item: T,
}

/// A log record with its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// The id.
    pub id: RecordId,
    /// The record.
    pub record: LogRecord,
}

/// A span.
pub type PlacedSpan = Placed<Span>;
/// A log record.
pub type PlacedLog = Placed<Numbered>;

/// What identifies a span that may be sent twice.
pub fn identity(span: &Span) -> (TraceId, SpanId, bool) {
    (span.trace_id, span.span_id, span.kind == SpanKind::Server)
}

/// A tenant's data, in the order it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Data {
    pub(crate) spans: Vec<Arc<PlacedSpan>>,
    pub(crate) logs: Vec<Arc<PlacedLog>>,
}

/// A store of vectors.
#[derive(Default)]
pub struct OracleStore {
    tenants: Mutex<HashMap<TenantId, Data>>,
    series: Mutex<HashMap<TenantId, series::OracleSeries>>,
    tails: tail::Tails,
}

impl OracleStore {
    /// A store without data.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Adds spans; those that are there already are left out. Gives how many were new.
    pub fn append_spans(&self, tenant: &TenantId, spans: Vec<PlacedSpan>) -> usize {
        let mut tenants = self.tenants.lock();
        let data = tenants.entry(tenant.clone()).or_default();
        let mut added = Vec::new();
        for span in spans {
            let key = identity(&span.item);
            if data.spans.iter().all(|known| identity(&known.item) != key) {
                let span = Arc::new(span);
                added.push(Arc::clone(&span));
                data.spans.push(span);
            }
        }
        if !added.is_empty() {
            let batch = columns::of_spans(&added).0;
            self.tails
                .publish(tenant, Signal::Spans, &TailItem::Spans(Arc::new(batch)));
        }
        added.len()
    }

    /// Adds log records, numbered from `base`.
    pub fn append_logs(&self, tenant: &TenantId, base: u64, logs: Vec<Placed<LogRecord>>) {
        let numbered: Vec<Arc<PlacedLog>> = (base..)
            .zip(logs)
            .map(|(id, log)| {
                let item = Numbered {
                    id: RecordId(id),
                    record: log.item,
                };
                Arc::new(Placed {
                    resource: log.resource,
                    scope: log.scope,
                    item,
                })
            })
            .collect();
        let mut tenants = self.tenants.lock();
        tenants
            .entry(tenant.clone())
            .or_default()
            .logs
            .extend(numbered.iter().cloned());
        if !numbered.is_empty() {
            let batch = columns::of_logs(&numbered).0;
            self.tails
                .publish(tenant, Signal::Logs, &TailItem::Logs(Arc::new(batch)));
        }
    }

    /// Deletes the items of a signal that match and lie in (spans: overlap) a range.
    pub fn delete(&self, tenant: &TenantId, signal: Signal, filter: &Filter, range: TimeRange) {
        let mut tenants = self.tenants.lock();
        let Some(data) = tenants.get_mut(tenant) else {
            return;
        };
        match signal {
            Signal::Samples => {}
            Signal::Spans => data
                .spans
                .retain(|span| !(span_in(&span.item, range) && matches(filter, &**span))),
            Signal::Logs => data
                .logs
                .retain(|log| !(range.contains(log.item.record.time) && matches(filter, &**log))),
        }
    }

    /// A tenant's series of samples, to be added to.
    pub fn series_of(&self, tenant: &TenantId) -> series::OracleSeries {
        self.series
            .lock()
            .entry(tenant.clone())
            .or_default()
            .clone()
    }

    /// All tails get to know that nothing more comes.
    pub fn close(&self) {
        self.tails.close();
    }
}

impl ReadStore for OracleStore {
    fn snapshot(&self, tenant: &TenantId) -> Result<Arc<dyn Snapshot>> {
        let data = self.tenants.lock().get(tenant).cloned().unwrap_or_default();
        Ok(Arc::new(answer::OracleSnapshot { data }))
    }

    fn series(&self, tenant: &TenantId) -> Result<Arc<dyn SeriesView>> {
        Ok(Arc::new(self.series_of(tenant)))
    }

    fn tail(&self, tenant: &TenantId, signal: Signal) -> Tail {
        self.tails.follow(tenant, signal)
    }
}

/// Whether a span overlaps a range, either way round where its clock went back.
pub(crate) fn span_in(span: &Span, range: TimeRange) -> bool {
    let first: Timestamp = span.start.min(span.end);
    range.overlaps(first, span.start.max(span.end))
}

#[cfg(test)]
mod tests;
