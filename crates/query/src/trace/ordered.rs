//! Traces in another order than the newest first: the newest that match are looked at, the first
//! of the order are kept.

use super::{OrderedTraces, TraceOrder, TraceSearch, TraceSummary, list};
use crate::error::{Error, Result};
use crate::page::PageRequest;
use crate::run::Run;
use std::cmp::Reverse;
use tacho_model::id::TraceId;
use tacho_model::time::Timestamp;

/// Matching traces that are looked at.
pub(crate) const LOOKED_AT_MAX: usize = 10_000;
/// Traces that are asked for together.
const PAGE: usize = 1_000;

/// The first traces of an order.
pub(crate) fn ordered(
    run: &Run<'_>,
    search: &TraceSearch,
    order: TraceOrder,
) -> Result<OrderedTraces> {
    run.check_limit(search.page.limit)?;
    if search.page.cursor.is_some() {
        let message = "cursor does not go with an order other than newest";
        return Err(Error::invalid("cursor", message)
            .with_hint("ask for a larger limit, or for a shorter range"));
    }
    let page = run.limits.results_max.min(PAGE);
    let mut part = TraceSearch {
        conditions: search.conditions.clone(),
        page: PageRequest {
            limit: page,
            cursor: None,
        },
    };
    let mut kept: Vec<TraceSummary> = Vec::new();
    let mut looked_at = 0;
    loop {
        part.page.limit = page.min(LOOKED_AT_MAX - looked_at);
        let found = list::list(run, &part)?;
        looked_at += found.traces.len();
        kept.extend(found.traces);
        kept.sort_by_cached_key(|trace| rank(trace, order));
        kept.truncate(search.page.limit);
        part.page.cursor = found.next_cursor;
        if part.page.cursor.is_none() || looked_at >= LOOKED_AT_MAX {
            break;
        }
    }
    Ok(OrderedTraces {
        traces: kept,
        looked_at: looked_at as u64,
        partial: part.page.cursor.is_some(),
    })
}

/// What goes first has the smallest; equal ones by their start, latest first.
fn rank(trace: &TraceSummary, order: TraceOrder) -> Reverse<(u64, Timestamp, TraceId)> {
    let by = match order {
        TraceOrder::Duration => u64::try_from(trace.duration_ns).unwrap_or(0),
        TraceOrder::Errors => trace.error_count,
        TraceOrder::Spans => trace.span_count,
    };
    Reverse((by, trace.start, trace.trace_id))
}
