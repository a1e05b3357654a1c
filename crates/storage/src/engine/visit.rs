//! Shows matching spans in no particular order: heads as they are, blocks a few pages at a time.

use super::catalog::BlockHandle;
use super::count::wanted_pages;
use super::erase::surviving;
use super::eval::{eval, filter_projection};
use super::head::Place;
use super::mask::Mask;
use super::scan::{check_read_limit, in_range, span_of};
use super::snapshot::View;
use super::table::Table as _;
use crate::columns::projection::{Column, Projection};
use crate::columns::span_batch::SpanBatch;
use crate::error::{Error, Result};
use crate::read::{ReadContext, ReadStats, VisitRequest, VisitSpans};
use std::sync::Arc;
use tacho_model::time::{TimeRange, Timestamp};

/// Pages that are read together.
const PAGES: usize = 8;

/// Shows every span that matches.
pub fn visit(
    view: &View<SpanBatch>,
    request: &VisitRequest,
    context: &ReadContext,
    show: &mut VisitSpans<'_>,
) -> Result<()> {
    for (_, batch) in &view.heads {
        let (times, ends) = (span_of(batch.times()), span_of(batch.ends()));
        if overlaps(request, times, ends) {
            let mask = matching(view, request, batch, context);
            shown(batch, &mask, context, show)?;
        }
    }
    // What the visitor says ends the visit; what a block says only leaves the block out.
    let mut refused = None;
    for (place, handle) in view.blocks() {
        match block(
            view,
            request,
            (&place, handle),
            context,
            &mut |batch, rows| {
                show(batch, rows).map_err(|error| {
                    refused = Some(error);
                    Error::unavailable("the visit ended")
                })
            },
        ) {
            Ok(()) => {}
            Err(error) => {
                if let Some(refused) = refused {
                    return Err(refused);
                }
                view.set_aside(handle, error, &context.stats)?;
            }
        }
    }
    Ok(())
}

fn overlaps(request: &VisitRequest, times: (i64, i64), ends: (i64, i64)) -> bool {
    let (first, last) = (times.0.min(ends.0), times.1.max(ends.1));
    request.range.overlaps(Timestamp(first), Timestamp(last))
}

fn block(
    view: &View<SpanBatch>,
    request: &VisitRequest,
    (place, handle): (&Place, &Arc<BlockHandle>),
    context: &ReadContext,
    show: &mut VisitSpans<'_>,
) -> Result<()> {
    let facts = handle.facts();
    let (times, ends) = (
        (facts.time_min, facts.time_max),
        (facts.end_min, facts.end_max),
    );
    if !overlaps(request, times, ends) {
        ReadStats::add(&context.stats.blocks_skipped, 1);
        return Ok(());
    }
    let wanted = wanted_pages(view, handle, &request.filter, request.range, context)?;
    let mut probe = filter_projection::<SpanBatch>(&request.filter)
        .union(&request.projection)
        .union(&Projection::of(&[Column::Time]));
    if request.range != TimeRange::ALL {
        probe = probe.union(&Projection::of(&[Column::EndTime]));
    }
    for tombstone in &view.catalog.tombstones {
        if tombstone.concerns(&place.0, SpanBatch::SIGNAL, handle.id().0) {
            probe = probe.union(&tombstone.projection::<SpanBatch>());
        }
    }
    for pages in wanted.chunks(PAGES) {
        check_read_limit(context)?;
        let batch = SpanBatch::read_rows(&handle.block, pages, &probe, &context.stats)?;
        let mut mask = matching(view, request, &batch, context);
        if let Some(kept) = surviving(&view.catalog, place, handle, &batch, &view.values) {
            mask.and(&kept);
        }
        shown(&batch, &mask, context, show)?;
    }
    Ok(())
}

fn matching(
    view: &View<SpanBatch>,
    request: &VisitRequest,
    batch: &SpanBatch,
    context: &ReadContext,
) -> Mask {
    ReadStats::add(&context.stats.rows_scanned, batch.len as u64);
    let mut mask = in_range(batch, request.range);
    mask.and(&eval(&request.filter, batch, &view.values));
    mask
}

fn shown(
    batch: &SpanBatch,
    mask: &Mask,
    context: &ReadContext,
    show: &mut VisitSpans<'_>,
) -> Result<()> {
    if context.cancel.is_cancelled() {
        return Err(Error::unavailable("go on with a query that was cancelled"));
    }
    let rows = mask.rows();
    ReadStats::add(&context.stats.rows_matched, rows.len() as u64);
    if rows.is_empty() {
        return Ok(());
    }
    show(batch, &rows)
}
