//! Single spans that meet conditions, whatever trace they belong to, newest first: what rules on traces ask.

use crate::error::{Error, Result};
use crate::item::SpanRow;
use crate::run::{Run, of_spans};
use crate::trace::SpanConditions;
use std::sync::Arc;
use tacho_model::resource::Resource;
use tacho_model::span::Span;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::columns::projection::Projection;
use tacho_storage::read::{Cursor, Order, ScanRequest};

/// Spans that are asked for together at least.
const CHUNK_MIN: usize = 256;

/// Which spans to give.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanSearch {
    /// The conditions; those on whole traces are `Invalid`.
    pub conditions: SpanConditions,
    /// Only spans whose end lies in this range.
    pub ended_in: Option<TimeRange>,
    /// At most so many, the newest by their start.
    pub limit: usize,
}

/// A span with who emitted it. Large values of it stay references.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSpan {
    /// The span.
    pub span: Span,
    /// Who emitted it.
    pub resource: Arc<Resource>,
}

/// The spans.
pub(crate) fn search(run: &Run<'_>, search: &SpanSearch) -> Result<Vec<FoundSpan>> {
    let condition = of_spans(&search.conditions)?;
    if condition.asks_of_traces() {
        let message = "conditions on whole traces do not go with a search for spans";
        return Err(Error::invalid("q", message)
            .with_hint("leave out traceDuration, rootName and rootServiceName"));
    }
    let exact = condition.is_exact() && search.ended_in.is_none();
    let chunk = search.limit.max(if exact { 1 } else { CHUNK_MIN });
    let mut request = ScanRequest {
        range: search.conditions.range,
        filter: condition.wider(),
        order: Order::NewestFirst,
        after: None,
        limit: Some(chunk),
        projection: Projection::all(),
    };
    let values = run.stored();
    let mut found = Vec::new();
    loop {
        let mut rows = 0;
        for batch in run.snapshot.spans(&request, run.context)? {
            let batch = batch?;
            for row in 0..batch.len {
                rows += 1;
                let item = SpanRow {
                    batch: &batch,
                    row,
                    values: &values,
                };
                let ended = batch.ends.get(row).map(|end| Timestamp(*end));
                let in_time = search
                    .ended_in
                    .is_none_or(|range| ended.is_some_and(|end| range.contains(end)));
                if !in_time || !(exact || condition.is_met_by(&item)) {
                    continue;
                }
                if found.len() >= search.limit {
                    return Ok(found);
                }
                found.push(FoundSpan {
                    span: batch.span(row),
                    resource: batch.shared.resource(row).cloned().unwrap_or_default(),
                });
            }
            if let Some(last) = batch.len.checked_sub(1) {
                let span = batch.span(last);
                let after = Cursor::Span(span.start, span.trace_id, span.span_id);
                request.after = Some(after);
            }
        }
        if rows < chunk {
            return Ok(found);
        }
    }
}
