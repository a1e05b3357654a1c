//! One span of a trace.

use super::SpanDocument;
use super::read::unknown;
use crate::error::Result;
use crate::large::Filler;
use crate::page::Values;
use crate::run::Run;
use crate::trace::summary;
use tacho_model::id::{SpanId, TraceId};
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::columns::projection::{Column, Projection};
use tacho_storage::filter::{CompareOp, Field, Filter, Operand};
use tacho_storage::read::{Order, ScanRequest};

/// A span by its ids; of the two halves of one that client and server share, the one that
/// started first.
pub(crate) fn span(
    run: &Run<'_>,
    trace_id: TraceId,
    span_id: SpanId,
    values: Values,
) -> Result<SpanDocument> {
    let request = ScanRequest {
        range: find(run, trace_id, span_id)?,
        filter: equals(Field::TraceId, Operand::TraceId(trace_id))
            .and(equals(Field::SpanId, Operand::SpanId(span_id))),
        order: Order::OldestFirst,
        after: None,
        limit: Some(1),
        projection: Projection::all(),
    };
    let stored = run.stored();
    for batch in run.snapshot.spans(&request, run.context)? {
        let batch = batch?;
        if batch.len == 0 {
            continue;
        }
        let mut span = batch.span(0);
        let mut filler = Filler::new(&stored, values, run.limits.page_bytes_max);
        filler.fill_span(&mut span)?;
        return Ok(SpanDocument {
            span,
            resource: batch.shared.resource(0).cloned().unwrap_or_default(),
            scope: batch.shared.scope(0).cloned().unwrap_or_default(),
            omitted: filler.omitted,
        });
    }
    Err(unknown(trace_id, span_id))
}

/// When it was, out of the index of traces: so only what lies there is read in full.
fn find(run: &Run<'_>, trace_id: TraceId, span_id: SpanId) -> Result<TimeRange> {
    let projection = Projection::of(&[
        Column::TraceId,
        Column::SpanId,
        Column::Time,
        Column::EndTime,
    ]);
    let batches = run
        .snapshot
        .traces_by_id(&[trace_id], &projection, run.context)?;
    let mut known = false;
    for batch in batches {
        let batch = batch?;
        known |= batch.len > 0;
        let place = batch.span_ids.iter().position(|id| *id == span_id);
        if let Some((start, end)) =
            place.and_then(|row| Some((*batch.starts.get(row)?, *batch.ends.get(row)?)))
        {
            // The very last nanosecond is in no range but the whole.
            return Ok(match start.max(end).checked_add(1) {
                Some(after) => TimeRange {
                    start: Timestamp(start.min(end)),
                    end: Timestamp(after),
                },
                None => TimeRange::ALL,
            });
        }
    }
    Err(if known {
        unknown(trace_id, span_id)
    } else {
        summary::unknown(trace_id)
    })
}

fn equals(field: Field, id: Operand) -> Filter {
    Filter::Compare(field, CompareOp::Equal, id)
}
