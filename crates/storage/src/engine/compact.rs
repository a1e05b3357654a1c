//! Merging small blocks of a place into larger ones. A row is rewritten three times at most: it
//! starts in a block of a tier by its number of rows and each merge takes it a tier up.

use super::catalog::{BlockHandle, Catalog};
use super::eval::EvalTable;
use super::flush::{Written, add_files, write_blocks};
use super::head::Place;
use super::maintenance::Desk;
use super::mask::Mask;
use super::signal_store::SignalStore;
use super::snapshot::ValuesOf;
use super::tombstone::Tombstone;
use crate::block::{DECODED_BYTES_MAX, ROWS_MAX};
use crate::engine::budget::Part;
use crate::error::Result;
use crate::read::ReadStats;
use std::collections::BTreeSet;
use std::sync::Arc;
use tacho_model::time::Timestamp;

/// So many blocks of one tier are merged.
const FAN_IN: usize = 8;
/// Rows up to which a block belongs to a tier; more is full.
const TIER_ROWS: [u32; 2] = [8_192, 65_536];
/// Bytes in memory from which a block is full whatever its rows.
const FULL_BYTES: u64 = (DECODED_BYTES_MAX / 2) as u64;
/// A block whose rows were rewritten so often is left alone.
const LEVEL_MAX: u8 = 3;

/// The tier of a block; `None` if it is full.
fn tier(handle: &BlockHandle) -> Option<usize> {
    let facts = handle.facts();
    if facts.decoded_bytes >= FULL_BYTES || facts.rows as usize >= ROWS_MAX * 3 / 4 {
        return None;
    }
    let below = TIER_ROWS.iter().position(|rows| facts.rows <= *rows);
    Some(below.unwrap_or(TIER_ROWS.len()))
}

/// Which blocks of a place to merge next, oldest first; nothing if all is well. `eager` merges
/// whatever is not full.
fn pick(blocks: &[Arc<BlockHandle>], eager: bool) -> Vec<Arc<BlockHandle>> {
    let mut groups: Vec<Vec<&Arc<BlockHandle>>> = vec![Vec::new(); TIER_ROWS.len() + 1];
    for handle in blocks {
        if let Some(tier) = tier(handle) {
            let group = if eager {
                0
            } else if handle.entry.level >= LEVEL_MAX {
                continue;
            } else {
                tier
            };
            groups[group].push(handle);
        }
    }
    let least = if eager { 2 } else { FAN_IN };
    for group in &mut groups {
        group.sort_by_key(|handle| (handle.facts().time_min, handle.id()));
        if group.len() >= least {
            let picked = within_limits(group);
            if picked.len() >= 2 {
                return picked;
            }
        }
    }
    Vec::new()
}

/// The first run of neighbours, at least two, that fits into one block.
fn within_limits(group: &[&Arc<BlockHandle>]) -> Vec<Arc<BlockHandle>> {
    for start in 0..group.len() {
        let (mut rows, mut bytes) = (0u64, 0u64);
        let run: Vec<_> = group[start..]
            .iter()
            .take_while(|handle| {
                rows += u64::from(handle.facts().rows);
                bytes += handle.facts().decoded_bytes;
                rows <= ROWS_MAX as u64 && bytes <= DECODED_BYTES_MAX as u64
            })
            .map(|handle| Arc::clone(handle))
            .collect();
        if run.len() >= 2 {
            return run;
        }
    }
    Vec::new()
}

/// Bytes of blocks that a merge is due for.
pub fn debt<T: EvalTable>(store: &SignalStore<T>) -> u64 {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    let due = catalog.places.values().filter_map(|files| {
        let small: Vec<_> = files
            .blocks
            .iter()
            .filter(|handle| tier(handle).is_some() && handle.entry.level < LEVEL_MAX)
            .collect();
        (small.len() >= FAN_IN).then(|| small.iter().map(|handle| handle.bytes()).sum::<u64>())
    });
    due.sum()
}

/// Does one merge; false if none is due. Everything is merged as far as it goes if `eager`, as it
/// is in partitions in which nothing new is expected.
pub fn compact_once<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    eager: bool,
) -> Result<bool> {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    let now = Timestamp(desk.clock.now_ns());
    for (place, files) in &catalog.places {
        let picked = pick(&files.blocks, eager || place.1.is_closed(now));
        if picked.is_empty() {
            continue;
        }
        let level = picked
            .iter()
            .map(|handle| handle.entry.level)
            .max()
            .unwrap_or(0)
            + 1;
        rewrite(store, desk, &catalog, place, &picked, level)?;
        desk.counters.compactions += 1;
        desk.counters.compacted_blocks += picked.len() as u64;
        return Ok(true);
    }
    Ok(false)
}

/// Replaces blocks by new ones with the rows that no deletion concerns.
pub fn rewrite<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    catalog: &Catalog,
    place: &Place,
    blocks: &[Arc<BlockHandle>],
    level: u8,
) -> Result<()> {
    let decoded: u64 = blocks
        .iter()
        .map(|handle| handle.facts().decoded_bytes)
        .sum();
    let _counted = desk.budget.reserve(Part::Maintenance, decoded * 2);
    let values = ValuesOf::of_place(catalog, place);
    let mut all = T::default();
    let mut deleted = 0;
    for handle in blocks {
        let batch = T::read_all(&handle.block, &ReadStats::default())
            .map_err(|error| desk.blame::<T>(handle, error))?;
        let gone = deleted_rows(&catalog.tombstones, place, handle, &batch, &values);
        if gone.is_none() {
            all.append(&batch);
        } else {
            let mut kept = gone;
            kept.negate();
            let rows = kept.rows();
            deleted += batch.rows() - rows.len();
            all.append(&batch.select(&rows));
        }
    }
    let mut entries = write_blocks(store, desk, place, &all)?;
    let arrived = blocks
        .iter()
        .map(|handle| handle.entry.arrived)
        .max()
        .unwrap_or(0);
    for entry in &mut entries {
        entry.level = level;
        entry.arrived = arrived;
    }
    desk.counters.deleted_items += deleted as u64;
    replace(
        store,
        desk,
        place,
        blocks,
        Written {
            blocks: entries,
            values: Vec::new(),
        },
    )
}

/// The rows of a block that deletions concern.
pub fn deleted_rows<T: EvalTable>(
    tombstones: &[Arc<Tombstone>],
    place: &Place,
    handle: &BlockHandle,
    batch: &T,
    values: &ValuesOf,
) -> Mask {
    let mut gone = Mask::of(batch.rows(), false);
    for tombstone in tombstones {
        if tombstone.concerns(&place.0, T::SIGNAL, handle.id().0) {
            gone.or(&tombstone.rows(batch, values));
        }
    }
    gone
}

/// Takes blocks out of manifest and catalog and puts others in; the old files go with their last
/// reader.
pub fn replace<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    place: &Place,
    old: &[Arc<BlockHandle>],
    new: Written,
) -> Result<()> {
    let ids: BTreeSet<u64> = old.iter().map(|handle| handle.id().0).collect();
    let manifest = desk.manifest.signal_mut(T::SIGNAL);
    manifest.blocks.retain(|entry| !ids.contains(&entry.id));
    manifest.blocks.extend(new.blocks.iter().cloned());
    manifest.values.extend(new.values.iter().cloned());
    desk.save()?;
    let mut inner = store.inner.lock();
    let mut catalog = (*inner.catalog).clone();
    let files = catalog.places.entry(place.clone()).or_default();
    files.blocks.retain(|handle| !ids.contains(&handle.id().0));
    add_files(store, place, files, new);
    inner.catalog = Arc::new(catalog);
    drop(inner);
    for handle in old {
        handle.doom();
    }
    Ok(())
}
