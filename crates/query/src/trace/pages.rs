//! One trace in pages: the whole is assembled narrowly for its summary, the spans of the page are
//! read in full.

use super::{PlacedSpan, TracePage, TraceRequest, TraceSummary, summary};
use crate::error::{Error, Result};
use crate::large::Filler;
use crate::page::cursor::{Mark, decode, encode};
use crate::run::{Origins, Run};
use tacho_model::span::Span;
use tacho_model::time::{TimeRange, Timestamp};
use tacho_storage::columns::projection::Projection;
use tacho_storage::filter::{CompareOp, Field, Filter, Operand};
use tacho_storage::read::{Cursor, Order, ScanRequest};

/// A page of a trace.
pub(crate) fn page(run: &Run<'_>, request: &TraceRequest) -> Result<TracePage> {
    let after = match &request.cursor {
        Some(text) => Some(decode(Mark::Trace, text)?),
        None => None,
    };
    if let Some(Cursor::Span(_, id, _)) = after
        && id != request.trace_id
    {
        return Err(Error::invalid(
            "cursor",
            "the cursor is one of another trace",
        ));
    }
    if request.limit == 0 {
        return Err(Error::invalid("limit", "limit 0 asks for nothing"));
    }
    let summary = whole(run, request)?;
    let limit = request.limit.min(run.limits.trace_spans_max);
    let stored = run.stored();
    let mut filler = Filler::new(&stored, request.values, run.limits.page_bytes_max);
    let mut origins = Origins::default();
    let mut spans: Vec<PlacedSpan> = Vec::new();
    let mut more = false;
    'scan: for batch in run
        .snapshot
        .spans(&scan(request, &summary, after, limit), run.context)?
    {
        let batch = batch?;
        for row in 0..batch.len {
            let mut span = batch.span(row);
            let full = spans.len() >= limit || (!spans.is_empty() && filler.is_full());
            if full && may_end_before(&mut spans, &span) {
                more = true;
                break 'scan;
            }
            filler.fill_span(&mut span)?;
            let (resource, scope) = origins.place(&batch.shared, row);
            spans.push(PlacedSpan {
                span,
                resource,
                scope,
            });
        }
    }
    let next_cursor = spans
        .last()
        .filter(|_| more)
        .map(|last| encode(Mark::Trace, key(&last.span)));
    Ok(TracePage {
        summary,
        resources: origins.resources,
        scopes: origins.scopes,
        spans,
        next_cursor,
        omitted: filler.omitted,
    })
}

fn whole(run: &Run<'_>, request: &TraceRequest) -> Result<TraceSummary> {
    let ids = [request.trace_id];
    let batches = run
        .snapshot
        .traces_by_id(&ids, &summary::projection(), run.context)?;
    for batch in batches {
        if let Some(summary) = summary::summarise(&batch?) {
            return Ok(summary);
        }
    }
    Err(summary::unknown(request.trace_id))
}

fn scan(
    request: &TraceRequest,
    summary: &TraceSummary,
    after: Option<Cursor>,
    limit: usize,
) -> ScanRequest {
    let id = Operand::TraceId(request.trace_id);
    let range = TimeRange {
        start: summary.start,
        end: Timestamp(summary.end.0.saturating_add(1)),
    };
    ScanRequest {
        // The very last nanosecond is in no range but the whole.
        range: if summary.end == Timestamp::MAX {
            TimeRange::ALL
        } else {
            range
        },
        filter: Filter::Compare(Field::TraceId, CompareOp::Equal, id),
        order: Order::OldestFirst,
        after,
        limit: Some(limit + 2),
        projection: Projection::all(),
    }
}

fn key(span: &Span) -> Cursor {
    Cursor::Span(span.start, span.trace_id, span.span_id)
}

/// Whether a page may end before a span. The halves of a span that share a key (as Zipkin sends
/// them, two at most) must not be parted: the cursor would pass over the second. The first then
/// goes to the next page, too, or the second comes along where it is alone.
fn may_end_before(spans: &mut Vec<PlacedSpan>, next: &Span) -> bool {
    let parted = spans
        .last()
        .is_some_and(|last| key(&last.span) == key(next));
    if parted && spans.len() == 1 {
        return false;
    }
    if parted {
        spans.pop();
    }
    true
}
