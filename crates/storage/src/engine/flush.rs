//! From head to disk: blocks and values are written and synced, then the manifest names them, then
//! readers see them, then the log lets go of them.

use super::catalog::{BlockHandle, PlaceFiles, ValueHandle};
use super::eval::EvalTable;
use super::head::{FrozenHeads, Head, Place};
use super::maintenance::Desk;
use super::manifest::{BlockEntry, ValueEntry};
use super::signal_store::SignalStore;
use crate::block::BlockId;
use crate::engine::budget::Part;
use crate::error::Result;
use crate::io::{SyncPoint, create_dir_durable};
use crate::values::ValueFileId;
use crate::values::partition::PartitionValues;
use crate::values::write::write_value_file;
use std::sync::Arc;

/// Files that were written for one place and are not named yet.
#[derive(Default)]
pub struct Written {
    /// Blocks.
    pub blocks: Vec<BlockEntry>,
    /// Files of values.
    pub values: Vec<ValueEntry>,
}

/// Writes the oldest cut heads; false if there are none.
pub fn flush_oldest<T: EvalTable>(store: &SignalStore<T>, desk: &mut Desk) -> Result<bool> {
    let frozen = match store.inner.lock().heads.frozen.first() {
        Some(frozen) => Arc::clone(frozen),
        None => return Ok(false),
    };
    // The batch that is sorted and the arrays that are encoded come on top of the head.
    let _counted = desk.budget.reserve(Part::Maintenance, frozen.bytes as u64);
    let mut written = Vec::new();
    for (place, head) in &frozen.heads {
        written.push((place.clone(), write_head(store, desk, place, head)?));
    }
    commit(store, desk, &frozen, written)?;
    desk.counters.flushes += 1;
    Ok(true)
}

fn write_head<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    place: &Place,
    head: &Head<T>,
) -> Result<Written> {
    let dir = store.opener.place_dir(place);
    let io = store.opener.io.as_ref();
    create_dir_durable(io, &store.opener.dir, &dir, SyncPoint::BlockDir)?;
    let mut written = Written::default();
    {
        let values = head.values.lock();
        if !values.is_empty() {
            let known = current_values(store, place);
            let id = ValueFileId(desk.next_file_id());
            if let Some(facts) = write_value_file(io, &dir, id, &values, &known)? {
                desk.counters.written_bytes += facts.file_bytes;
                written.values.push(ValueEntry {
                    id: id.0,
                    tenant: place.0.to_string(),
                    partition: place.1.to_string(),
                    bytes: facts.file_bytes,
                });
            }
        }
    }
    let mut all = T::default();
    for batch in head.batches() {
        all.append(&batch);
    }
    written.blocks = write_blocks(store, desk, place, &all)?;
    desk.counters.flushed_blocks += written.blocks.len() as u64;
    Ok(written)
}

/// Orders, cuts and writes a batch.
pub fn write_blocks<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    place: &Place,
    batch: &T,
) -> Result<Vec<BlockEntry>> {
    let dir = store.opener.place_dir(place);
    let mut entries = Vec::new();
    for rows in batch.split() {
        let id = BlockId(desk.next_file_id());
        let facts = batch.write_block(store.opener.io.as_ref(), &dir, id, &rows)?;
        desk.counters.written_bytes += facts.parquet_bytes + facts.index_bytes;
        let mut entry = BlockEntry::new(id, place, &facts);
        entry.arrived = desk.clock.now_ns();
        entries.push(entry);
    }
    Ok(entries)
}

/// The open values of a place, none of them if it has no files yet.
fn current_values<T: EvalTable>(store: &SignalStore<T>, place: &Place) -> Arc<PartitionValues> {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    match catalog
        .places
        .get(place)
        .and_then(|files| files.values.clone())
    {
        Some(values) => values,
        None => {
            let io = Arc::clone(&store.opener.io);
            Arc::new(PartitionValues::open(
                io,
                &store.opener.place_dir(place),
                &[],
                None,
            ))
        }
    }
}

fn commit<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    frozen: &Arc<FrozenHeads<T>>,
    written: Vec<(Place, Written)>,
) -> Result<()> {
    let next_record_id = store.inner.lock().next_record_id;
    let manifest = desk.manifest.signal_mut(T::SIGNAL);
    manifest.covered = frozen.covers.0;
    manifest.next_record_id = next_record_id;
    for (_, files) in &written {
        manifest.blocks.extend(files.blocks.iter().cloned());
        manifest.values.extend(files.values.iter().cloned());
    }
    desk.save()?;
    {
        let mut inner = store.inner.lock();
        let mut catalog = (*inner.catalog).clone();
        for (place, files) in written {
            let known = catalog.places.entry(place.clone()).or_default();
            add_files(store, &place, known, files);
        }
        catalog.covered = frozen.covers;
        inner.catalog = Arc::new(catalog);
        inner
            .heads
            .frozen
            .retain(|other| !Arc::ptr_eq(other, frozen));
        store.count_memory(&inner);
        store.room.notify_all();
    }
    if !desk.replaying {
        store.wal.truncate_before(frozen.covers)?;
    }
    Ok(())
}

/// Adds written files to what a place has.
pub fn add_files<T: EvalTable>(
    store: &SignalStore<T>,
    place: &Place,
    known: &mut PlaceFiles,
    files: Written,
) {
    for entry in files.blocks {
        let handle: Arc<BlockHandle> = store.opener.block(place, entry);
        known.blocks.push(handle);
    }
    if files.values.is_empty() {
        return;
    }
    for entry in files.values {
        let handle: Arc<ValueHandle> =
            store
                .opener
                .values(place, ValueFileId(entry.id), entry.bytes);
        known.value_files.push(handle);
    }
    store.opener.reopen_values(place, known);
}
