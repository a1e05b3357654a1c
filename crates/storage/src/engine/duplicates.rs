//! Spans that were received before and lie in blocks already. A span that is sent again has the
//! same end, so only blocks whose ends reach over it can hold it; in a live stream that is none.

use super::catalog::{BlockHandle, Catalog};
use super::eval::EvalTable;
use super::head::Place;
use super::snapshot::NoValues;
use crate::block::hash::trace_hash;
use crate::columns::projection::{Column, Projection};
use crate::error::Result;
use crate::read::ReadStats;
use hashbrown::HashSet;
use std::collections::BTreeSet;
use std::ops::Range;
use tacho_model::id::TraceId;

/// Rows of the batch that lie in a block of the place already.
pub fn known_in_blocks<T: EvalTable>(
    catalog: &Catalog,
    place: &Place,
    batch: &T,
) -> HashSet<u32, foldhash::fast::RandomState> {
    let mut known = HashSet::default();
    let Some(files) = catalog.places.get(place) else {
        return known;
    };
    if batch.rows() == 0 || batch.identity(0).is_none() {
        return known;
    }
    let first = batch.ends().iter().copied().min().unwrap_or(i64::MAX);
    let last = batch.ends().iter().copied().max().unwrap_or(i64::MIN);
    for handle in &files.blocks {
        let facts = handle.facts();
        if facts.end_max < first || facts.end_min > last {
            continue;
        }
        if let Err(error) = known_in_block(catalog, place, handle, batch, &mut known) {
            // The block will be set aside when it is read; the span is taken as new.
            tracing::warn!(block = %handle.id(), %error, "could not look for duplicates");
        }
    }
    known
}

fn known_in_block<T: EvalTable>(
    catalog: &Catalog,
    place: &Place,
    handle: &BlockHandle,
    batch: &T,
    known: &mut HashSet<u32, foldhash::fast::RandomState>,
) -> Result<()> {
    let facts = handle.facts();
    let reaches = |row: usize| (facts.end_min..=facts.end_max).contains(&batch.ends()[row]);
    let traces: BTreeSet<TraceId> = (0..batch.rows())
        .filter(|row| reaches(*row))
        .map(|row| batch.trace_id(row))
        .collect();
    let mut ranges: Vec<Range<u32>> = Vec::new();
    for id in &traces {
        if handle.block.may_contain_id(trace_hash(id))? {
            ranges.extend(handle.block.rows_of_trace(id)?);
        }
    }
    if ranges.is_empty() {
        return Ok(());
    }
    let ranges = merge_ranges(ranges);
    let tombstones: Vec<_> = catalog
        .tombstones
        .iter()
        .filter(|tombstone| tombstone.concerns(&place.0, T::SIGNAL, handle.id().0))
        .collect();
    let mut projection = Projection::of(&[Column::TraceId, Column::SpanId, Column::Kind]);
    for tombstone in &tombstones {
        projection = projection.union(&tombstone.projection::<T>());
    }
    let rows = T::read_rows(&handle.block, &ranges, &projection, &ReadStats::default())?;
    let mut deleted = super::mask::Mask::of(rows.rows(), false);
    for tombstone in &tombstones {
        deleted.or(&tombstone.rows(&rows, &NoValues));
    }
    let stored: HashSet<u128, foldhash::fast::RandomState> = (0..rows.rows())
        .filter(|row| !deleted.0[*row])
        .filter_map(|row| rows.identity(row))
        .collect();
    for row in 0..batch.rows() {
        if batch
            .identity(row)
            .is_some_and(|identity| stored.contains(&identity))
        {
            known.insert(row as u32);
        }
    }
    Ok(())
}

/// Ascending and disjoint ranges that cover the same rows.
pub fn merge_ranges(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::merge_ranges;

    #[test]
    fn touching_ranges_become_one() {
        assert_eq!(merge_ranges(vec![5..7, 0..2, 2..3, 6..9]), [0..3, 5..9]);
    }
}
