//! Deleting data: effective in answers when the call returns, carried out on disk soon after.

use super::Store;
use crate::columns::projection::Projection;
use crate::engine::erase::add_tombstones;
use crate::engine::maintenance::Desk;
use crate::engine::manifest::{TombstoneEntry, TombstoneWhat};
use crate::error::Result;
use crate::filter::{CompareOp, Field, Filter, Operand};
use crate::read::{AggregateRequest, Order, ReadContext, ReadStore, ScanRequest, Snapshot};
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::NamesRequest;
use crate::samples::store::erase::add_tombstones as add_sample_tombstones;
use crate::samples::store::flush::flush_oldest as flush_oldest_samples;
use crate::samples::store::tombstone::matcher_entry;
use crate::status::{DeleteReport, DeleteSelector};
use std::collections::BTreeSet;
use tacho_model::id::{TenantId, TraceId};
use tacho_model::labels::Labels;
use tacho_model::signal::Signal;
use tacho_model::time::TimeRange;

/// Keys that name a run.
const RUN_KEYS: [&str; 2] = ["run_id", "workflow.run.id"];

/// The label of exemplars that names a trace.
const TRACE_KEY: &str = "trace_id";
/// Nanoseconds in a millisecond.
const MS: i64 = 1_000_000;

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
        let mut report = DeleteReport {
            series: self.count_series(tenant, selector, range)?,
            ..DeleteReport::default()
        };
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
        let samples = of_samples(selector, &parts);
        let below = desk.manifest.next_file_id;
        let tombstone = |signal: Signal, what: TombstoneWhat| TombstoneEntry {
            signal: signal.as_str().to_owned(),
            tenant: tenant.to_string(),
            below,
            created: self.clock.now_ns(),
            range: (range.start.0, range.end.0),
            what,
        };
        let entry = |part: Part| tombstone(part.signal, part.what);
        let (spans, logs): (Vec<_>, Vec<_>) = parts
            .into_iter()
            .partition(|part| part.signal == Signal::Spans);
        let spans: Vec<TombstoneEntry> = spans.into_iter().map(entry).collect();
        let logs: Vec<TombstoneEntry> = logs.into_iter().map(entry).collect();
        add_tombstones(&self.spans, &mut desk, spans)?;
        add_tombstones(&self.logs, &mut desk, logs)?;
        let samples = samples
            .into_iter()
            .map(|what| tombstone(Signal::Samples, what))
            .collect();
        add_sample_tombstones(&self.samples, &mut desk, samples)?;
        self.forget_series(&mut desk, tenant, selector, range)?;
        drop(desk);
        self.wake_upkeep();
        Ok(report)
    }

    /// How many series a deletion concerns.
    fn count_series(
        &self,
        tenant: &TenantId,
        selector: &DeleteSelector,
        range: TimeRange,
    ) -> Result<u64> {
        let selectors = match selector {
            DeleteSelector::Series(lists) => lists.clone(),
            DeleteSelector::Tenant => Vec::new(),
            DeleteSelector::Attributes(Signal::Samples, pairs) => vec![matchers(pairs)],
            _ => return Ok(0),
        };
        let request = NamesRequest {
            selectors,
            start_ms: range.start.0.div_euclid(MS),
            end_ms: range.end.0.saturating_sub(1).div_euclid(MS),
            limit: 0,
        };
        let view = self.series(tenant)?;
        let found = view.label_sets(&request, &ReadContext::default())?;
        Ok(found.len() as u64)
    }

    /// What outlives blocks goes too when series are deleted as a whole: newest samples, running sums
    /// and, with the tenant, metadata.
    fn forget_series(
        &self,
        desk: &mut Desk,
        tenant: &TenantId,
        selector: &DeleteSelector,
        range: TimeRange,
    ) -> Result<()> {
        let lists = match selector {
            DeleteSelector::Series(lists) => lists.clone(),
            DeleteSelector::Tenant => vec![Vec::new()],
            DeleteSelector::Attributes(Signal::Samples, pairs) => vec![matchers(pairs)],
            _ => return Ok(()),
        };
        if range.start.0 > 0 || range.end.0 < self.clock.now_ns() {
            return Ok(());
        }
        let wanted = |labels: &Labels| {
            lists
                .iter()
                .any(|list| list.iter().all(|it| it.matches_labels(labels)))
        };
        self.samples.with_tenant(tenant, |tenant| {
            tenant.head.forget(&wanted);
            if matches!(selector, DeleteSelector::Tenant) {
                tenant.head.families_mut().clear();
            }
        });
        // The state is written anew without it.
        self.samples.freeze(true)?;
        while flush_oldest_samples(&self.samples, desk)? {}
        Ok(())
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
            DeleteSelector::Attributes(Signal::Samples, _) => Ok(Vec::new()),
            DeleteSelector::Attributes(signal, pairs) => {
                Ok(vec![attribute_part(*signal, pairs.clone())])
            }
            DeleteSelector::Series(_) => Ok(Vec::new()),
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

/// Conditions that ask for labels of these values.
fn matchers(pairs: &[(String, String)]) -> Vec<LabelMatcher> {
    pairs
        .iter()
        .map(|(name, value)| LabelMatcher::equal(name, value))
        .collect()
}

/// What a deletion takes of samples: series if it names them, else exemplars that name what it
/// deletes.
fn of_samples(selector: &DeleteSelector, parts: &[Part]) -> Vec<TombstoneWhat> {
    let entries = |list: &[LabelMatcher]| list.iter().map(matcher_entry).collect();
    match selector {
        DeleteSelector::Tenant => vec![TombstoneWhat::Everything],
        DeleteSelector::Series(lists) => {
            let lists = lists.iter().map(|list| entries(list)).collect();
            vec![TombstoneWhat::Series(lists)]
        }
        DeleteSelector::Attributes(Signal::Samples, pairs) => {
            vec![TombstoneWhat::Series(vec![entries(&matchers(pairs))])]
        }
        DeleteSelector::Attributes(..) => Vec::new(),
        DeleteSelector::Trace(_) | DeleteSelector::Run(_) => {
            let mut labels = Vec::new();
            if let DeleteSelector::Run(run_id) = selector {
                labels.extend(RUN_KEYS.map(|key| (key.to_owned(), run_id.clone())));
            }
            for part in parts {
                if let (Signal::Spans, TombstoneWhat::Traces(ids)) = (part.signal, &part.what) {
                    labels.extend(ids.iter().map(|id| (TRACE_KEY.to_owned(), id.clone())));
                }
            }
            vec![TombstoneWhat::Exemplars(labels)]
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
