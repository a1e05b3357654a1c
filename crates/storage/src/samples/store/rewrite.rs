//! Writing blocks anew: several as one, and without what deletions concern.

use super::SampleStore;
use super::catalog::{SampleCatalog, SampleHandle, sort};
use super::compact::levels;
use super::flush::PlaceWriter;
use super::tombstone::{SampleTombstone, removed_ranges};
use crate::engine::budget::Part;
use crate::engine::head::Place;
use crate::engine::maintenance::Desk;
use crate::engine::manifest::SampleBlockEntry;
use crate::error::{Error, Result};
use crate::samples::block::SeriesItem;
use crate::samples::join::push_row;
use crate::samples::merge::{MergedSeries, Removal, SeriesSource};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use tacho_model::sample::SampleColumns;

/// Replaces neighbouring blocks of a place by new ones without what deletions concern. One block alone
/// keeps its level.
pub(crate) fn rewrite(
    store: &SampleStore,
    desk: &mut Desk,
    place: &Place,
    blocks: &[Arc<SampleHandle>],
) -> Result<()> {
    let catalog = store.catalog();
    let index: u64 = blocks.iter().map(|handle| handle.entry.index_memory).sum();
    let _counted = desk
        .budget
        .reserve(Part::Maintenance, index.saturating_mul(2).max(1 << 20));
    let deleted = Rc::new(Cell::new(0u64));
    let mut sources: Vec<SeriesSource<'_>> = Vec::new();
    for handle in blocks {
        sources.push(source(store, &catalog, place, handle, &deleted)?);
    }
    let mut merged = MergedSeries::new(sources, Box::new(|_| Removal::Nothing));
    let mut writer = PlaceWriter::new(store, place.clone());
    let mut done = Vec::new();
    for item in &mut merged {
        let item = item?;
        if !item.samples.is_empty() || !item.exemplars.is_empty() {
            writer.series(desk, &item, &mut done)?;
        }
    }
    writer.finish(desk, &mut done)?;
    drop(merged);
    let newest = |of: fn(&SampleBlockEntry) -> u64| {
        blocks
            .iter()
            .map(|handle| of(&handle.entry))
            .max()
            .unwrap_or(0)
    };
    let order = newest(|entry| entry.order);
    let arrived = blocks.iter().map(|handle| handle.entry.arrived).max();
    let mut entries = writer.entries(done, arrived.unwrap_or(0));
    let level = blocks.iter().map(|handle| handle.entry.level).max();
    let level = level.unwrap_or(0);
    let parts = entries.len();
    for (entry, merged) in entries.iter_mut().zip(levels(level, parts)) {
        entry.level = if blocks.len() > 1 { merged } else { level };
        entry.order = order;
    }
    desk.counters.deleted_items += deleted.get();
    replace(store, desk, place, blocks, entries)
}

/// The series of a block without what deletions concern.
fn source<'a>(
    store: &'a SampleStore,
    catalog: &SampleCatalog,
    place: &'a Place,
    handle: &Arc<SampleHandle>,
    deleted: &Rc<Cell<u64>>,
) -> Result<SeriesSource<'a>> {
    let concerned: Vec<Arc<SampleTombstone>> = catalog
        .tombstones
        .iter()
        .filter(|tombstone| tombstone.concerns(&place.0, handle.entry.id))
        .cloned()
        .collect();
    let broken = {
        let handle = Arc::clone(handle);
        move |error: Error| store.blame(&handle, error)
    };
    let block = handle.block().map_err(&broken)?;
    let items = block.iter_all().map_err(&broken)?;
    let deleted = Rc::clone(deleted);
    Ok(Box::new(items.filter_map(move |item| match item {
        Err(error) => Some(Err(broken(error))),
        Ok(item) if concerned.is_empty() => Some(Ok(item)),
        Ok(mut item) => {
            deleted.set(deleted.get() + strip(&mut item, &concerned));
            let is_left = !item.samples.is_empty() || !item.exemplars.is_empty();
            is_left.then_some(Ok(item))
        }
    })))
}

/// Takes out what deletions concern; gives the number of samples.
fn strip(item: &mut SeriesItem, tombstones: &[Arc<SampleTombstone>]) -> u64 {
    let before = item.samples.len();
    let ranges = removed_ranges(tombstones.iter().map(Arc::as_ref), &item.labels);
    remove_ranges(&mut item.samples, &ranges);
    let labels = &item.labels;
    item.exemplars.retain(|exemplar| {
        !tombstones
            .iter()
            .any(|tombstone| tombstone.takes_exemplar(labels, exemplar))
    });
    (before - item.samples.len()) as u64
}

/// Takes the samples of ranges (both ends inclusive) out.
pub(crate) fn remove_ranges(samples: &mut SampleColumns, ranges: &[(i64, i64)]) {
    let goes = |time: &i64| {
        ranges
            .iter()
            .any(|(first, last)| (first..=last).contains(&time))
    };
    if ranges.is_empty() || !samples.times.iter().any(goes) {
        return;
    }
    let whole = std::mem::take(samples);
    for row in 0..whole.len() {
        if !goes(&whole.times[row]) {
            push_row(samples, &whole, row);
        }
    }
}

/// Takes blocks out of manifest and catalog and puts others in; the old files go with their last
/// reader.
pub(crate) fn replace(
    store: &SampleStore,
    desk: &mut Desk,
    place: &Place,
    old: &[Arc<SampleHandle>],
    new: Vec<SampleBlockEntry>,
) -> Result<()> {
    let ids: BTreeSet<u64> = old.iter().map(|handle| handle.entry.id).collect();
    let manifest = &mut desk.manifest.samples;
    manifest.blocks.retain(|entry| !ids.contains(&entry.id));
    manifest.blocks.extend(new.iter().cloned());
    desk.save()?;
    let mut inner = store.inner.write();
    let mut catalog = (*inner.catalog).clone();
    let blocks = catalog.places.entry(place.clone()).or_default();
    blocks.retain(|handle| !ids.contains(&handle.entry.id));
    blocks.extend(
        new.into_iter()
            .map(|entry| store.opener.block(place, entry)),
    );
    sort(blocks);
    inner.catalog = Arc::new(catalog);
    drop(inner);
    for handle in old {
        handle.doom();
    }
    Ok(())
}
