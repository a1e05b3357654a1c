//! What an id stands for: a trace, a span, a log record, or everything that has it as the value of
//! an attribute that names runs, tasks, sessions and the like.
//!
//! Traces and values of those attributes are in the index of storage. Span ids and ids of log
//! records are not: they are looked for newest first, and no further than a budget of bytes.

use crate::error::{ErrorKind, Result};
use crate::large::LoadValue as _;
use crate::run::Run;
use crate::text::short;
use crate::trace::summary;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tacho_model::id::{RecordId, SpanId, TraceId};
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::Value;
use tacho_storage::block::INDEX_KEYS;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::filter::{CompareOp, Field, Filter, Operand};
use tacho_storage::read::{Batches, Order, ReadContext, ReadStats, ScanRequest};

/// Things that are given at most.
pub const MATCHES_MAX: usize = 20;
/// Rows with a value that are looked at: one run may have many spans.
const ROWS_MAX: usize = 20_000;
/// Bytes of blocks that looking for an id without an index may read.
const SEARCH_BYTES_MAX: u64 = 256 << 20;

/// What is looked for. Aliases are resolved by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResolveRequest {
    /// The text as a value of attributes.
    pub text: String,
    /// The text as a trace id.
    pub trace_id: Option<TraceId>,
    /// The text as a span id; with a trace id beside it (`traceparent`) only in that trace.
    pub span_id: Option<SpanId>,
    /// The text as an id of a log record.
    pub record_id: Option<RecordId>,
    /// The span id may be a mere alias: it is looked for only if there is nothing else.
    pub span_last: bool,
}

/// One thing that has the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveMatch {
    /// What it is.
    pub kind: MatchKind,
    /// The trace.
    pub trace_id: Option<TraceId>,
    /// The span in it.
    pub span_id: Option<SpanId>,
    /// The log record.
    pub record_id: Option<RecordId>,
    /// Its name or first words.
    pub name: String,
    /// `service.name` of who sent it.
    pub service: String,
    /// When it was.
    pub time: Timestamp,
}

/// What has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// A trace.
    Trace,
    /// A span.
    Span,
    /// A log record.
    Log,
    /// A trace or log record with an attribute of this key and value.
    Attribute(&'static str),
}

impl MatchKind {
    /// `trace`, `span`, `log`, or the key.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Span => "span",
            Self::Log => "log",
            Self::Attribute(key) => key,
        }
    }
}

/// Everything that has the id.
pub(crate) fn resolve(run: &Run<'_>, request: &ResolveRequest) -> Result<Vec<ResolveMatch>> {
    let mut found = Vec::new();
    match (request.trace_id, request.span_id) {
        (Some(trace_id), Some(span_id)) if !request.span_last => {
            found.extend(span(run, Some(trace_id), span_id)?);
            found.extend(trace(run, trace_id)?);
        }
        (trace_id, span_id) => {
            if let Some(trace_id) = trace_id {
                found.extend(trace(run, trace_id)?);
            }
            if let Some(span_id) = span_id.filter(|_| !request.span_last) {
                found.extend(span(run, None, span_id)?);
            }
        }
    }
    if let Some(id) = request.record_id {
        let by_id = equals(Field::RecordId, Operand::RecordId(id));
        found.extend(first_log(run, by_id)?.map(|row| row.found(MatchKind::Log)));
    }
    if !request.text.is_empty() {
        add_traces_with_value(run, &request.text, &mut found)?;
        add_log_with_value(run, &request.text, &mut found)?;
    }
    if let Some(span_id) = request.span_id.filter(|_| request.span_last)
        && found.is_empty()
    {
        found.extend(span(run, None, span_id)?);
    }
    found.truncate(MATCHES_MAX);
    Ok(found)
}

fn equals(field: Field, id: Operand) -> Filter {
    Filter::Compare(field, CompareOp::Equal, id)
}

fn trace(run: &Run<'_>, id: TraceId) -> Result<Option<ResolveMatch>> {
    let batches = run
        .snapshot
        .traces_by_id(&[id], &summary::projection(), run.context)?;
    for batch in batches {
        if let Some(summary) = summary::summarise(&batch?) {
            return Ok(Some(ResolveMatch {
                kind: MatchKind::Trace,
                trace_id: Some(id),
                span_id: None,
                record_id: None,
                name: summary.root_name,
                service: summary.root_service,
                time: summary.start,
            }));
        }
    }
    Ok(None)
}

/// A span of a trace, or the newest of this id as far as the budget goes.
fn span(run: &Run<'_>, trace_id: Option<TraceId>, id: SpanId) -> Result<Option<ResolveMatch>> {
    let mut filter = equals(Field::SpanId, Operand::SpanId(id));
    if let Some(trace_id) = trace_id {
        filter = equals(Field::TraceId, Operand::TraceId(trace_id)).and(filter);
    }
    let columns = [
        Column::TraceId,
        Column::SpanId,
        Column::Time,
        Column::Name,
        Column::Resource,
    ];
    let request = newest(filter, Projection::of(&columns), 1);
    let batch = within_budget(run, |context| {
        first(run.snapshot.spans(&request, context)?, |batch| {
            batch.len > 0
        })
    })?;
    Ok(batch.map(|batch: SpanBatch| ResolveMatch {
        kind: MatchKind::Span,
        trace_id: batch.trace_ids.first().copied(),
        span_id: Some(id),
        record_id: None,
        name: batch.names.cell(0).to_owned(),
        service: service(&batch.shared, 0),
        time: Timestamp(batch.starts.first().copied().unwrap_or_default()),
    }))
}

/// Traces with a span that has the value, the newest first; each once a key.
fn add_traces_with_value(run: &Run<'_>, text: &str, found: &mut Vec<ResolveMatch>) -> Result<()> {
    let mut projection = Projection::of(&[Column::TraceId, Column::Resource, Column::Scope]);
    for key in INDEX_KEYS {
        projection.want_attribute(key);
    }
    let request = newest(with_value(text), projection, ROWS_MAX);
    let mut traces: Vec<(&'static str, TraceId)> = Vec::new();
    'scan: for batch in run.snapshot.spans(&request, run.context)? {
        let batch = batch?;
        for row in 0..batch.len {
            let trace_id = batch.trace_ids.get(row).copied().unwrap_or_default();
            for key in keys_with(&batch.shared, row, text) {
                if !traces.contains(&(key, trace_id)) {
                    traces.push((key, trace_id));
                }
            }
            if found.len() + traces.len() >= MATCHES_MAX {
                break 'scan;
            }
        }
    }
    for (key, trace_id) in traces {
        found.extend(trace(run, trace_id)?.map(|of| ResolveMatch {
            kind: MatchKind::Attribute(key),
            ..of
        }));
    }
    Ok(())
}

/// The newest log record that has the value, where no trace has it.
fn add_log_with_value(run: &Run<'_>, text: &str, found: &mut Vec<ResolveMatch>) -> Result<()> {
    let known = |of: &ResolveMatch| matches!(of.kind, MatchKind::Attribute(_));
    if found.iter().any(known) {
        return Ok(());
    }
    if let Some(row) = first_log(run, with_value(text))?
        && let Some(key) = keys_with(&row.batch.shared, 0, text).into_iter().next()
    {
        found.push(row.found(MatchKind::Attribute(key)));
    }
    Ok(())
}

/// An attribute that is looked up like an id has this text.
fn with_value(text: &str) -> Filter {
    Filter::Or(
        INDEX_KEYS
            .iter()
            .map(|key| Filter::attribute_text(key, text))
            .collect(),
    )
}

/// Keys with which a row, its resource or its scope has the text.
fn keys_with(shared: &SharedColumns, row: usize, text: &str) -> Vec<&'static str> {
    let above = [
        shared.resource(row).map(|resource| &resource.attributes),
        shared.scope(row).map(|scope| &scope.attributes),
    ];
    let has = |key: &&'static str| {
        let own = shared
            .attributes
            .of_key(key)
            .any(|column| column.cells_of(row).any(|at| column.cells.text(at) == text));
        let mut above = above.iter().flatten();
        own || above.any(|of| of.find(key).is_some_and(|value| value.to_text() == text))
    };
    INDEX_KEYS.into_iter().filter(has).collect()
}

/// A batch whose first row was found.
struct LogFound {
    batch: LogBatch,
    name: String,
}

impl LogFound {
    fn found(&self, kind: MatchKind) -> ResolveMatch {
        let batch = &self.batch;
        let trace_id = batch.trace_ids.first().copied();
        let span_id = batch.span_ids.first().copied();
        ResolveMatch {
            kind,
            trace_id: trace_id.filter(|id| !id.is_zero()),
            span_id: span_id.filter(|id| !id.is_zero()),
            record_id: Some(batch.record_id(0)),
            name: self.name.clone(),
            service: service(&batch.shared, 0),
            time: Timestamp(batch.times.first().copied().unwrap_or_default()),
        }
    }
}

/// The newest record that matches, as far as the budget goes.
fn first_log(run: &Run<'_>, filter: Filter) -> Result<Option<LogFound>> {
    let mut projection = Projection::of(&[
        Column::TraceId,
        Column::SpanId,
        Column::Time,
        Column::Name,
        Column::Body,
        Column::RecordId,
        Column::Resource,
        Column::Scope,
    ]);
    for key in INDEX_KEYS {
        projection.want_attribute(key);
    }
    let request = newest(filter, projection, 1);
    let batch = within_budget(run, |context| {
        first(run.snapshot.logs(&request, context)?, |batch| batch.len > 0)
    })?;
    Ok(batch.map(|batch: LogBatch| {
        let name = match run.stored().whole(batch.body(0)) {
            Value::Empty => batch.event_names.cell(0).to_owned(),
            body => short(&body.to_text()),
        };
        LogFound { batch, name }
    }))
}

fn newest(filter: Filter, projection: Projection, limit: usize) -> ScanRequest {
    ScanRequest {
        range: TimeRange::ALL,
        filter,
        order: Order::NewestFirst,
        after: None,
        limit: Some(limit),
        projection,
    }
}

fn first<B>(batches: Batches<B>, has_rows: impl Fn(&B) -> bool) -> Result<Option<B>> {
    for batch in batches {
        let batch = batch?;
        if has_rows(&batch) {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

/// Runs a search that gives up when it has read much.
fn within_budget<T>(
    run: &Run<'_>,
    search: impl FnOnce(&ReadContext) -> Result<Option<T>>,
) -> Result<Option<T>> {
    let limit = match run.context.read_bytes_max {
        0 => SEARCH_BYTES_MAX,
        limit => limit.min(SEARCH_BYTES_MAX),
    };
    let context = ReadContext {
        read_bytes_max: limit,
        stats: Arc::default(),
        ..run.context.clone()
    };
    let found = search(&context);
    let (from, to) = (&context.stats, &run.context.stats);
    for (from, to) in [
        (&from.bytes_read, &to.bytes_read),
        (&from.rows_scanned, &to.rows_scanned),
        (&from.rows_matched, &to.rows_matched),
        (&from.blocks_read, &to.blocks_read),
        (&from.blocks_skipped, &to.blocks_skipped),
        (&from.pages_skipped, &to.pages_skipped),
        (&from.blocks_failed, &to.blocks_failed),
    ] {
        ReadStats::add(to, from.load(Ordering::Relaxed));
    }
    match found {
        Err(error) if error.kind() == ErrorKind::LimitExceeded => Ok(None),
        found => found,
    }
}

fn service(shared: &SharedColumns, row: usize) -> String {
    shared
        .resource(row)
        .map_or("unknown_service", |resource| resource.service_name())
        .to_owned()
}
