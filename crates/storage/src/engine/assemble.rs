//! Traces put together from all their fragments: heads and every block that may hold one.

use super::catalog::BlockHandle;
use super::duplicates::merge_ranges;
use super::erase::surviving;
use super::head::Place;
use super::snapshot::View;
use crate::block::hash::trace_hash;
use crate::columns::projection::{Column, Projection};
use crate::columns::span_batch::SpanBatch;
use crate::engine::table::Table;
use crate::error::{Error, Result};
use crate::read::{Batches, ReadContext, ReadStats};
use hashbrown::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use tacho_model::id::TraceId;

/// One batch a known trace, spans by start.
pub fn assemble(
    view: &Arc<View<SpanBatch>>,
    ids: &[TraceId],
    projection: &Projection,
    context: &ReadContext,
) -> Result<Batches<SpanBatch>> {
    let projection = projection
        .union(&SpanBatch::key_projection())
        .union(&Projection::of(&[Column::Kind]));
    let wanted: HashSet<TraceId, foldhash::fast::RandomState> = ids.iter().copied().collect();
    let mut fragments: HashMap<TraceId, SpanBatch, foldhash::fast::RandomState> =
        HashMap::default();
    for (_, batch) in &view.heads {
        add(&mut fragments, batch, &wanted, &projection);
    }
    for (place, handle) in view.blocks() {
        if context.cancel.is_cancelled() {
            return Err(Error::unavailable("go on with a query that was cancelled"));
        }
        match read_block(view, &place, handle, ids, &projection, context) {
            Ok(Some(batch)) => add(&mut fragments, &batch, &wanted, &projection),
            Ok(None) => {}
            Err(error) => view.set_aside(handle, error, &context.stats)?,
        }
        let bytes = fragments.values().map(SpanBatch::memory).sum::<usize>();
        super::scan::check_memory(bytes as u64, context)?;
    }
    Ok(Box::new(
        fragments.into_values().map(|batch| Ok(in_order(&batch))),
    ))
}

/// The rows of a block that belong to these traces; `None` if it has none.
fn read_block(
    view: &View<SpanBatch>,
    place: &Place,
    handle: &Arc<BlockHandle>,
    ids: &[TraceId],
    projection: &Projection,
    context: &ReadContext,
) -> Result<Option<SpanBatch>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for id in ids {
        if handle.block.may_contain_id(trace_hash(id))? {
            ranges.extend(handle.block.rows_of_trace(id)?);
        }
    }
    if ranges.is_empty() {
        ReadStats::add(&context.stats.blocks_skipped, 1);
        return Ok(None);
    }
    ReadStats::add(&context.stats.blocks_read, 1);
    view.recent.touch(handle);
    super::scan::check_read_limit(context)?;
    let mut projection = projection.clone();
    for tombstone in &view.catalog.tombstones {
        if tombstone.concerns(&place.0, SpanBatch::SIGNAL, handle.id().0) {
            projection = projection.union(&tombstone.projection::<SpanBatch>());
        }
    }
    let ranges = merge_ranges(ranges);
    let batch = SpanBatch::read_rows(&handle.block, &ranges, &projection, &context.stats)?;
    ReadStats::add(&context.stats.rows_scanned, batch.len as u64);
    match surviving(&view.catalog, place, handle, &batch, &view.values) {
        Some(kept) => Ok(Some(batch.select(&kept.rows()))),
        None => Ok(Some(batch)),
    }
}

fn add(
    fragments: &mut HashMap<TraceId, SpanBatch, foldhash::fast::RandomState>,
    batch: &SpanBatch,
    wanted: &HashSet<TraceId, foldhash::fast::RandomState>,
    projection: &Projection,
) {
    let mut rows: HashMap<TraceId, Vec<u32>, foldhash::fast::RandomState> = HashMap::default();
    for (row, id) in batch.trace_ids.iter().enumerate() {
        if wanted.contains(id) {
            rows.entry(*id).or_default().push(row as u32);
        }
    }
    for (id, rows) in rows {
        // Heads have all columns, blocks those asked for and what tombstones need.
        let part = batch.select_columns(&rows, projection);
        fragments.entry(id).or_default().append(&part);
    }
}

/// Rows by start; a span that lies in two fragments is kept once.
fn in_order(batch: &SpanBatch) -> SpanBatch {
    let mut seen =
        HashSet::with_capacity_and_hasher(batch.len, foldhash::fast::RandomState::default());
    let mut rows: Vec<u32> = (0..batch.len)
        .filter(|row| {
            batch
                .identity(*row)
                .is_none_or(|identity| seen.insert(identity))
        })
        .map(|row| row as u32)
        .collect();
    rows.sort_by_key(|row| batch.key(*row as usize));
    batch.select(&rows)
}
