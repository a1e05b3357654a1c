//! The questions of a snapshot, answered by looking at everything.

use super::columns::{Contents, is_reserved, of_logs, of_spans, project_logs, project_spans};
use super::{Data, PlacedLog, PlacedSpan, span_in};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tacho_model::id::TraceId;
use tacho_model::json;
use tacho_model::log::SeverityNumber;
use tacho_model::signal::Signal;
use tacho_model::span::{SpanKind, SpanStatus};
use tacho_model::time::{TimeRange, Timestamp};
use tacho_model::value::{Attributes, ReferenceKind, Value, ValueReference};
use tacho_storage::columns::attribute::CellType;
use tacho_storage::columns::log_batch::LogBatch;
use tacho_storage::columns::projection::Projection;
use tacho_storage::columns::shared::SharedColumns;
use tacho_storage::columns::span_batch::SpanBatch;
use tacho_storage::error::{Error, Result};
use tacho_storage::filter::{AttributeScope, Field, FieldSource, matches};
use tacho_storage::read::{
    AggregateGroup, AggregateRequest, Batches, CatalogEntry, CatalogPlace, Cursor, Order,
    ReadContext, ReadStats, ScanRequest, Snapshot,
};

/// Rows of a batch at most; small, so that callers meet several batches.
const BATCH_ROWS: usize = 7;

/// What was there when it was taken.
pub(super) struct OracleSnapshot {
    pub(super) data: Data,
}

/// An item that can be listed, counted and found in the catalog.
trait Item: FieldSource {
    fn cursor(&self) -> Cursor;
    fn time(&self) -> Timestamp;
    fn is_in(&self, range: TimeRange) -> bool;
    fn attributes(&self) -> [(CatalogPlace, &Attributes); 3];
}

impl Item for PlacedSpan {
    fn cursor(&self) -> Cursor {
        Cursor::Span(self.item.start, self.item.trace_id, self.item.span_id)
    }

    fn time(&self) -> Timestamp {
        self.item.start
    }

    fn is_in(&self, range: TimeRange) -> bool {
        span_in(&self.item, range)
    }

    fn attributes(&self) -> [(CatalogPlace, &Attributes); 3] {
        [
            (CatalogPlace::Item, &self.item.attributes),
            (CatalogPlace::Resource, &self.resource.attributes),
            (CatalogPlace::Scope, &self.scope.attributes),
        ]
    }
}

impl Item for PlacedLog {
    fn cursor(&self) -> Cursor {
        Cursor::Log(self.item.record.time, self.item.id)
    }

    fn time(&self) -> Timestamp {
        self.item.record.time
    }

    fn is_in(&self, range: TimeRange) -> bool {
        range.contains(self.item.record.time)
    }

    fn attributes(&self) -> [(CatalogPlace, &Attributes); 3] {
        [
            (CatalogPlace::Item, &self.item.record.attributes),
            (CatalogPlace::Resource, &self.resource.attributes),
            (CatalogPlace::Scope, &self.scope.attributes),
        ]
    }
}

impl Snapshot for OracleSnapshot {
    fn spans(&self, request: &ScanRequest, context: &ReadContext) -> Result<Batches<SpanBatch>> {
        let found = scan(&self.data.spans, request, context)?;
        let projection = request.projection.clone();
        let batch = move |spans: &[Arc<PlacedSpan>]| project_spans(of_spans(spans).0, &projection);
        Ok(in_batches(&found, batch, context))
    }

    fn traces_by_id(
        &self,
        ids: &[TraceId],
        projection: &Projection,
        context: &ReadContext,
    ) -> Result<Batches<SpanBatch>> {
        check(context)?;
        let mut traces: BTreeMap<TraceId, Vec<Arc<PlacedSpan>>> = BTreeMap::new();
        for span in &self.data.spans {
            if ids.contains(&span.item.trace_id) {
                traces
                    .entry(span.item.trace_id)
                    .or_default()
                    .push(Arc::clone(span));
            }
        }
        let mut batches = Vec::new();
        for (_, mut spans) in traces {
            spans.sort_by_key(|span| span.cursor());
            batches.push(Ok(project_spans(of_spans(&spans).0, projection)));
        }
        Ok(Box::new(batches.into_iter()))
    }

    fn logs(&self, request: &ScanRequest, context: &ReadContext) -> Result<Batches<LogBatch>> {
        let found = scan(&self.data.logs, request, context)?;
        let projection = request.projection.clone();
        let batch = move |logs: &[Arc<PlacedLog>]| project_logs(of_logs(logs).0, &projection);
        Ok(in_batches(&found, batch, context))
    }

    fn aggregate(
        &self,
        signal: Signal,
        request: &AggregateRequest,
        context: &ReadContext,
    ) -> Result<Vec<AggregateGroup>> {
        check(context)?;
        match signal {
            Signal::Spans => count(&self.data.spans, request, span_text),
            Signal::Logs => count(&self.data.logs, request, log_text),
            Signal::Samples => Err(Error::invalid("samples are counted with PromQL")),
        }
    }

    fn catalog(
        &self,
        signal: Signal,
        range: TimeRange,
        context: &ReadContext,
    ) -> Result<Vec<CatalogEntry>> {
        check(context)?;
        Ok(match signal {
            Signal::Spans => names(&self.data.spans, range),
            Signal::Logs => names(&self.data.logs, range),
            Signal::Samples => Vec::new(),
        })
    }

    fn value(&self, reference: &ValueReference, context: &ReadContext) -> Result<Value> {
        check(context)?;
        let mut contents: Contents = of_spans(&self.data.spans).1;
        contents.extend(of_logs(&self.data.logs).1);
        let missing = || Error::not_found("find the content of a large value");
        let bytes = contents.get(&reference.hash).ok_or_else(missing)?;
        let text = || String::from_utf8_lossy(bytes).into_owned();
        Ok(match reference.kind {
            ReferenceKind::Bytes => Value::Bytes(bytes.to_vec()),
            ReferenceKind::String => Value::String(text()),
            ReferenceKind::Nested => json::parse(&text())
                .map_err(|error| Error::corrupt(format!("read a large value: {error}")))?,
        })
    }
}

fn check(context: &ReadContext) -> Result<()> {
    if context.cancel.is_cancelled() {
        return Err(Error::unavailable("go on with a query that was cancelled"));
    }
    Ok(())
}

/// Matching items in order, from after the cursor on, up to the limit.
fn scan<T: Item>(
    items: &[Arc<T>],
    request: &ScanRequest,
    context: &ReadContext,
) -> Result<Vec<Arc<T>>> {
    check(context)?;
    ReadStats::add(&context.stats.rows_scanned, items.len() as u64);
    let mut found: Vec<Arc<T>> = items
        .iter()
        .filter(|item| item.is_in(request.range) && matches(&request.filter, &***item))
        .cloned()
        .collect();
    found.sort_by_key(|item| item.cursor());
    if request.order == Order::NewestFirst {
        found.reverse();
    }
    if let Some(after) = request.after {
        found.retain(|item| match request.order {
            Order::NewestFirst => item.cursor() < after,
            Order::OldestFirst => item.cursor() > after,
        });
    }
    found.truncate(request.limit.unwrap_or(usize::MAX));
    ReadStats::add(&context.stats.rows_matched, found.len() as u64);
    Ok(found)
}

fn in_batches<T: Send + Sync + 'static, B: Send + 'static>(
    found: &[Arc<T>],
    batch: impl Fn(&[Arc<T>]) -> B + Send + 'static,
    context: &ReadContext,
) -> Batches<B> {
    let chunks: Vec<Vec<Arc<T>>> = found.chunks(BATCH_ROWS).map(<[_]>::to_vec).collect();
    let context = context.clone();
    Box::new(chunks.into_iter().map(move |chunk| {
        check(&context)?;
        Ok(batch(&chunk))
    }))
}

fn count<T: Item>(
    items: &[Arc<T>],
    request: &AggregateRequest,
    text: fn(&T, &Field) -> Option<String>,
) -> Result<Vec<AggregateGroup>> {
    let mut groups: BTreeMap<(Timestamp, Option<String>), u64> = BTreeMap::new();
    for item in items {
        if !item.is_in(request.range) || !matches(&request.filter, &**item) {
            continue;
        }
        let time = match request.step_ns {
            Some(step) => Timestamp(item.time().0 - item.time().0.rem_euclid(step)),
            None => request.range.start,
        };
        let value = request.by.as_ref().and_then(|field| text(item, field));
        *groups.entry((time, value)).or_default() += 1;
    }
    if groups.len() > request.group_limit {
        return Err(Error::limit(format!(
            "count in more than {} groups",
            request.group_limit
        )));
    }
    let groups = groups.into_iter();
    Ok(groups
        .map(|((time, value), count)| AggregateGroup { time, value, count })
        .collect())
}

/// The text by which a split puts a span: kinds and statuses by name, attributes by `attribute_text`.
fn span_text(span: &PlacedSpan, field: &Field) -> Option<String> {
    match field {
        Field::Attribute(scope, key) => attribute_text(span, *scope, key),
        Field::Kind => Some(SpanKind::as_str(span.item.kind).to_owned()),
        Field::Status => Some(SpanStatus::as_str(span.item.status).to_owned()),
        other => fixed_text(span, other),
    }
}

/// Likewise of a log record; severities by the name of their range, large bodies by preview.
fn log_text(log: &PlacedLog, field: &Field) -> Option<String> {
    let record = &log.item.record;
    match field {
        Field::Attribute(scope, key) => attribute_text(log, *scope, key),
        Field::Severity => Some(SeverityNumber::name(record.severity_number).to_owned()),
        Field::Body if record.body == Value::Empty => None,
        Field::Body => Some(stored(record.body.clone()).to_text()),
        other => fixed_text(log, other),
    }
}

fn fixed_text(item: &dyn FieldSource, field: &Field) -> Option<String> {
    let value = item.values(field).into_iter().next()?;
    Some(value.to_text()).filter(|text| !text.is_empty())
}

/// Of a key that an item has several times, the value whose type comes first in `CellType`; then
/// the first that came. Of resources and scopes simply the first.
fn attribute_text(item: &dyn FieldSource, scope: AttributeScope, key: &str) -> Option<String> {
    let of = |scope| item.values(&Field::Attribute(scope, key.into()));
    if matches!(scope, AttributeScope::Any | AttributeScope::Item) {
        let own = of(AttributeScope::Item).into_iter().map(stored);
        if let Some(value) = own.min_by_key(cell_type) {
            return Some(value.to_text());
        }
    }
    let others = match scope {
        AttributeScope::Any => [AttributeScope::Resource, AttributeScope::Scope].to_vec(),
        AttributeScope::Item => Vec::new(),
        other => vec![other],
    };
    others
        .into_iter()
        .find_map(|scope| of(scope).first().map(Value::to_text))
}

/// The value as it lies in a column: a large one as its reference.
fn stored(value: Value) -> Value {
    SharedColumns::default()
        .shrink(value.view())
        .unwrap_or(value)
}

fn cell_type(value: &Value) -> CellType {
    match value {
        Value::Empty => CellType::Empty,
        Value::String(_) => CellType::String,
        Value::Bool(_) => CellType::Bool,
        Value::Int(_) => CellType::Int,
        Value::Double(_) => CellType::Double,
        Value::Bytes(_) => CellType::Bytes,
        Value::Array(_) | Value::Map(_) => CellType::Json,
        Value::Reference(_) => CellType::Reference,
    }
}

fn names<T: Item>(items: &[Arc<T>], range: TimeRange) -> Vec<CatalogEntry> {
    let mut names: BTreeMap<(CatalogPlace, String), (Vec<&'static str>, u64)> = BTreeMap::new();
    for item in items.iter().filter(|item| item.is_in(range)) {
        for (place, attributes) in item.attributes() {
            let mut met = BTreeSet::new();
            for (key, value) in attributes.0.iter().filter(|(key, _)| !is_reserved(key)) {
                let (types, count) = names.entry((place, key.clone())).or_default();
                types.push(type_name(&stored_at(place, value)));
                *count += u64::from(met.insert(key));
            }
        }
    }
    let names = names.into_iter();
    names
        .map(|((place, key), (mut types, count))| {
            types.sort_unstable();
            types.dedup();
            CatalogEntry {
                place,
                key,
                types,
                count,
            }
        })
        .collect()
}

/// Large values of items are shown as references; resources and scopes keep theirs.
fn stored_at(place: CatalogPlace, value: &Value) -> Value {
    match place {
        CatalogPlace::Item => stored(value.clone()),
        CatalogPlace::Resource | CatalogPlace::Scope => value.clone(),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Empty => "empty",
        Value::String(_) | Value::Reference(_) => "string",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Double(_) => "double",
        Value::Bytes(_) => "bytes",
        Value::Array(_) | Value::Map(_) => "json",
    }
}
