//! Deleting data: effective in answers when the call returns, carried out on disk soon after.

use super::Store;
use crate::columns::projection::Projection;
use crate::engine::erase::add_tombstones;
use crate::engine::manifest::{TombstoneEntry, TombstoneWhat};
use crate::error::Result;
use crate::filter::{CompareOp, Field, Filter, Operand};
use crate::read::{AggregateRequest, Order, ReadContext, ReadStore, ScanRequest, Snapshot};
use crate::status::{DeleteReport, DeleteSelector};
use std::collections::BTreeSet;
use tacho_model::id::{TenantId, TraceId};
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;

/// Keys that name a run.
const RUN_KEYS: [&str; 2] = ["run_id", "workflow.run.id"];

/// A part of a deletion.
struct Part {
    signal: Signal,
    what: TombstoneWhat,
    filter: Filter,
}

impl Store {
    /// Deletes what a tenant has of something in a range of time. Everything in memory goes to
    /// disk first, so the log forgets it too; data that comes later is not concerned.
    pub fn delete(
        &self,
        tenant: &TenantId,
        selector: &DeleteSelector,
        range: TimeRange,
    ) -> Result<DeleteReport> {
        let mut desk = self.desk.lock();
        self.flush_all(&mut desk)?;
        let snapshot = self.snapshot(tenant)?;
        let parts = self.parts(selector, snapshot.as_ref(), range)?;
        let mut report = DeleteReport::default();
        for signal in Signal::TABLES {
            let filters: Vec<Filter> = parts
                .iter()
                .filter(|part| part.signal == signal)
                .map(|part| part.filter.clone())
                .collect();
            if filters.is_empty() {
                continue;
            }
            let found = matching(snapshot.as_ref(), signal, Filter::Or(filters), range)?;
            match signal {
                Signal::Spans => report.spans = found,
                Signal::Logs => report.logs = found,
                Signal::Samples => {}
            }
        }
        let entry = |part: Part| TombstoneEntry {
            signal: part.signal.as_str().to_owned(),
            tenant: tenant.to_string(),
            below: desk.manifest.next_file_id,
            created: self.clock.now_ns(),
            range: (range.start.0, range.end.0),
            what: part.what,
        };
        let (spans, logs): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .partition(|part| part.signal == Signal::Spans);
        let spans: Vec<TombstoneEntry> = spans.into_iter().map(entry).collect();
        let logs: Vec<TombstoneEntry> = logs.into_iter().map(entry).collect();
        add_tombstones(&self.spans, &mut desk, spans)?;
        add_tombstones(&self.logs, &mut desk, logs)?;
        drop(desk);
        self.wake_upkeep();
        Ok(report)
    }

    fn parts(
        &self,
        selector: &DeleteSelector,
        snapshot: &dyn Snapshot,
        range: TimeRange,
    ) -> Result<Vec<Part>> {
        match selector {
            DeleteSelector::Trace(id) => Ok(trace_parts(&BTreeSet::from([*id]))),
            DeleteSelector::Run(run_id) => {
                let mut parts = Vec::new();
                let traces = traces_of_run(snapshot, run_id, range)?;
                if !traces.is_empty() {
                    parts.extend(trace_parts(&traces));
                }
                for signal in Signal::TABLES {
                    for key in RUN_KEYS {
                        let pairs = vec![(key.to_owned(), run_id.clone())];
                        parts.push(attribute_part(signal, pairs));
                    }
                }
                Ok(parts)
            }
            DeleteSelector::Attributes(signal, pairs) => {
                Ok(vec![attribute_part(*signal, pairs.clone())])
            }
            DeleteSelector::Tenant => Ok(Signal::TABLES
                .into_iter()
                .map(|signal| Part {
                    signal,
                    what: TombstoneWhat::Everything,
                    filter: Filter::All,
                })
                .collect()),
        }
    }
}

fn attribute_part(signal: Signal, pairs: Vec<(String, String)>) -> Part {
    let conditions = pairs
        .iter()
        .map(|(key, text)| Filter::attribute_text(key, text))
        .collect();
    Part {
        signal,
        filter: Filter::And(conditions),
        what: TombstoneWhat::Attributes(pairs),
    }
}

fn trace_parts(ids: &BTreeSet<TraceId>) -> Vec<Part> {
    let conditions: Vec<Filter> = ids
        .iter()
        .map(|id| Filter::Compare(Field::TraceId, CompareOp::Equal, Operand::TraceId(*id)))
        .collect();
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    Signal::TABLES
        .into_iter()
        .map(|signal| Part {
            signal,
            what: TombstoneWhat::Traces(texts.clone()),
            filter: Filter::Or(conditions.clone()),
        })
        .collect()
}

/// Traces that belong to a run alone: some span names it and none names another run.
fn traces_of_run(
    snapshot: &dyn Snapshot,
    run_id: &str,
    range: TimeRange,
) -> Result<BTreeSet<TraceId>> {
    let context = ReadContext::default();
    let filter = Filter::Or(
        RUN_KEYS
            .iter()
            .map(|key| Filter::attribute_text(key, run_id))
            .collect(),
    );
    let request = ScanRequest {
        range,
        filter,
        order: Order::NewestFirst,
        after: None,
        limit: None,
        projection: Projection::of(&[]),
    };
    let mut traces = BTreeSet::new();
    for batch in snapshot.spans(&request, &context)? {
        traces.extend(batch?.trace_ids);
    }
    let ids: Vec<TraceId> = traces.into_iter().collect();
    let mut alone = BTreeSet::new();
    for ids in ids.chunks(256) {
        let mut projection = Projection::of(&[]);
        for key in RUN_KEYS {
            projection.want_attribute(key);
        }
        for trace in snapshot.traces_by_id(ids, &projection, &context)? {
            let trace = trace?;
            let foreign = RUN_KEYS.iter().any(|key| {
                trace.shared.attributes.of_key(key).any(|column| {
                    (0..column.cells.len()).any(|index| column.cells.text(index) != run_id)
                })
            });
            if let (false, Some(id)) = (foreign, trace.trace_ids.first()) {
                alone.insert(*id);
            }
        }
    }
    Ok(alone)
}

fn matching(
    snapshot: &dyn Snapshot,
    signal: Signal,
    filter: Filter,
    range: TimeRange,
) -> Result<u64> {
    let request = AggregateRequest {
        range,
        filter,
        step_ns: None,
        by: None,
        group_limit: usize::MAX,
    };
    let groups = snapshot.aggregate(signal, &request, &ReadContext::default())?;
    Ok(groups.iter().map(|group| group.count).sum())
}
