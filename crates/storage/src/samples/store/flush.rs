//! From head to disk: blocks and the state of active series are written and synced, then the manifest
//! names them, then readers see them, then the log lets go of them.

use super::catalog::{STATE_DIR, sort};
use super::parts::{add_partitions, times_of};
use super::{FrozenHeads, SampleStore};
use crate::block::BlockId;
use crate::engine::budget::Part;
use crate::engine::head::Place;
use crate::engine::maintenance::Desk;
use crate::engine::manifest::{SampleBlockEntry, StateEntry};
use crate::error::Result;
use crate::io::{SyncPoint, create_dir_durable, write_new};
use crate::partition::Partition;
use crate::samples::block::write::BlockWriter;
use crate::samples::block::{SampleBlockFacts, SeriesItem};
use crate::samples::checkpoint::encode::encode;
use crate::samples::head::freeze::FrozenTenant;
use crate::samples::join::{push_rows, rows_in, sort_key};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use tacho_model::id::TenantId;
use tacho_model::sample::SampleColumns;
use tacho_model::time::Timestamp;

/// Series of one block.
const SERIES_MAX: u64 = 1_000_000;
/// More series are sorted without keys, which are fast but take memory.
const KEYED_SORT_MAX: usize = 250_000;
/// Bytes of memory that a writer may hold.
pub(crate) const WRITER_BYTES_MAX: usize = 192 << 20;

/// Blocks that were written and are not named yet.
pub(crate) type Entries = Vec<(Place, SampleBlockEntry)>;

/// Writes the oldest cut heads; false if there are none.
pub(crate) fn flush_oldest(store: &SampleStore, desk: &mut Desk) -> Result<bool> {
    let frozen = match store.inner.read().frozen.first() {
        Some(frozen) => Arc::clone(frozen),
        None => return Ok(false),
    };
    let bytes: usize = frozen.tenants.values().map(|tenant| tenant.bytes).sum();
    let _counted = desk
        .budget
        .reserve(Part::Maintenance, (bytes as u64 / 4).max(1 << 20));
    let mut entries = Entries::new();
    for (tenant, content) in &frozen.tenants {
        // Imports first: samples that came in the ordinary way count more.
        write_imports(store, desk, tenant, content, &mut entries)?;
        write_series(store, desk, tenant, content, &mut entries)?;
    }
    let state = write_state(store, desk, &frozen)?;
    desk.counters.flushes += 1;
    desk.counters.flushed_blocks += entries.len() as u64;
    commit(store, desk, &frozen, entries, state)?;
    Ok(true)
}

/// Writes blocks of one place, one after the other.
pub(crate) struct PlaceWriter<'a> {
    store: &'a SampleStore,
    place: Place,
    dir: PathBuf,
    open: Option<(BlockId, BlockWriter<'a>)>,
}

impl<'a> PlaceWriter<'a> {
    /// Nothing written yet.
    pub(crate) fn new(store: &'a SampleStore, place: Place) -> Self {
        let dir = store.opener.place_dir(&place);
        Self {
            store,
            place,
            dir,
            open: None,
        }
    }

    /// Adds a series, in a new block if the last one is full.
    pub(crate) fn series(
        &mut self,
        desk: &mut Desk,
        item: &SeriesItem,
        done: &mut Vec<(BlockId, SampleBlockFacts)>,
    ) -> Result<()> {
        if let Some((_, writer)) = &self.open
            && (writer.series_count() >= SERIES_MAX || writer.index_memory() >= WRITER_BYTES_MAX)
        {
            self.finish(desk, done)?;
        }
        if self.open.is_none() {
            let io = self.store.opener.io.as_ref();
            create_dir_durable(io, &self.store.opener.dir, &self.dir, SyncPoint::BlockDir)?;
            let id = BlockId(desk.next_file_id());
            self.open = Some((id, BlockWriter::create(io, &self.dir, id)?));
        }
        match &mut self.open {
            Some((_, writer)) => writer.series(&item.labels, &item.samples, &item.exemplars),
            None => Ok(()),
        }
    }

    /// Ends the last block.
    pub(crate) fn finish(
        &mut self,
        desk: &mut Desk,
        done: &mut Vec<(BlockId, SampleBlockFacts)>,
    ) -> Result<()> {
        if let Some((id, writer)) = self.open.take() {
            let facts = writer.finish()?;
            desk.counters.written_bytes += facts.bytes;
            done.push((id, facts));
        }
        Ok(())
    }

    /// The entries of what was written.
    pub(crate) fn entries(
        &self,
        done: Vec<(BlockId, SampleBlockFacts)>,
        arrived: i64,
    ) -> Vec<SampleBlockEntry> {
        done.into_iter()
            .map(|(id, facts)| {
                let mut entry = SampleBlockEntry::new(id, &self.place, &facts);
                entry.arrived = arrived;
                entry
            })
            .collect()
    }
}

fn write_series(
    store: &SampleStore,
    desk: &mut Desk,
    tenant: &TenantId,
    content: &FrozenTenant,
    entries: &mut Entries,
) -> Result<()> {
    let now = Timestamp(desk.clock.now_ns());
    let mut partitions = BTreeSet::new();
    let mut order: Vec<usize> = Vec::new();
    for (at, series) in content.series.iter().enumerate() {
        let exemplars = content.exemplars_of(series.number);
        let range = series.content.range();
        if let Some(range) = range {
            add_partitions(range, now, &mut partitions);
        }
        for exemplar in exemplars {
            let time = exemplar.time_ns.div_euclid(1_000_000);
            add_partitions((time, time), now, &mut partitions);
        }
        if range.is_some() || !exemplars.is_empty() {
            order.push(at);
        }
    }
    if order.len() <= KEYED_SORT_MAX {
        order.sort_by_cached_key(|at| sort_key(&content.series[*at].labels));
    } else {
        order.sort_by(|a, b| content.series[*a].labels.cmp(&content.series[*b].labels));
    }
    let mut whole = SampleColumns::default();
    for partition in partitions {
        let times = times_of(partition, now);
        let items = order.iter().map(|at| {
            let series = &content.series[*at];
            series.content.read(times.0, times.1, &mut whole);
            let in_time =
                |time_ns: i64| (times.0..=times.1).contains(&time_ns.div_euclid(1_000_000));
            let mut exemplars = content.exemplars_of(series.number).to_vec();
            exemplars.retain(|exemplar| in_time(exemplar.time_ns));
            SeriesItem {
                labels: series.labels.clone(),
                samples: std::mem::take(&mut whole),
                exemplars,
            }
        });
        write_place(store, desk, (tenant.clone(), partition), items, entries)?;
    }
    Ok(())
}

fn write_imports(
    store: &SampleStore,
    desk: &mut Desk,
    tenant: &TenantId,
    content: &FrozenTenant,
    entries: &mut Entries,
) -> Result<()> {
    let now = Timestamp(desk.clock.now_ns());
    let mut partitions: BTreeSet<Partition> = BTreeSet::new();
    for item in &content.backfill {
        let times = &item.samples.times;
        if let (Some(first), Some(last)) = (times.first(), times.last()) {
            add_partitions((*first, *last), now, &mut partitions);
        }
    }
    for partition in partitions {
        let (first, last) = times_of(partition, now);
        let items = content.backfill.iter().map(|item| {
            let mut samples = SampleColumns::default();
            let rows = rows_in(&item.samples, first, last);
            push_rows(&mut samples, &item.samples, rows);
            let mut exemplars = item.exemplars.clone();
            exemplars.retain(|it| (first..=last).contains(&it.time_ns.div_euclid(1_000_000)));
            SeriesItem {
                labels: item.labels.clone(),
                samples,
                exemplars,
            }
        });
        write_place(store, desk, (tenant.clone(), partition), items, entries)?;
    }
    Ok(())
}

fn write_place(
    store: &SampleStore,
    desk: &mut Desk,
    place: Place,
    items: impl Iterator<Item = SeriesItem>,
    entries: &mut Entries,
) -> Result<()> {
    let mut writer = PlaceWriter::new(store, place.clone());
    let mut done = Vec::new();
    for item in items {
        if !item.samples.is_empty() || !item.exemplars.is_empty() {
            writer.series(desk, &item, &mut done)?;
        }
    }
    writer.finish(desk, &mut done)?;
    let arrived = desk.clock.now_ns();
    let written = writer.entries(done, arrived);
    entries.extend(written.into_iter().map(|entry| (place.clone(), entry)));
    Ok(())
}

/// Writes the state of active series at the moment of the cut.
fn write_state(store: &SampleStore, desk: &mut Desk, frozen: &FrozenHeads) -> Result<StateEntry> {
    let io = store.opener.io.as_ref();
    let dir = store.opener.dir.join(STATE_DIR);
    create_dir_durable(io, &store.opener.dir, &dir, SyncPoint::SampleStateDir)?;
    let id = desk.next_file_id();
    let name = format!("samples-state-{}-{id}.bin", frozen.covers);
    let bytes = encode(&frozen.tenants)?;
    write_new(io, &dir.join(&name), &bytes, SyncPoint::SampleStateFile)?;
    io.sync_dir(&dir, SyncPoint::SampleStateDir)?;
    desk.counters.written_bytes += bytes.len() as u64;
    Ok(StateEntry {
        name,
        bytes: bytes.len() as u64,
    })
}

fn commit(
    store: &SampleStore,
    desk: &mut Desk,
    frozen: &Arc<FrozenHeads>,
    entries: Entries,
    state: StateEntry,
) -> Result<()> {
    let manifest = &mut desk.manifest.samples;
    manifest.covered = frozen.covers.0;
    manifest
        .blocks
        .extend(entries.iter().map(|(_, entry)| entry.clone()));
    manifest.state = Some(state.clone());
    desk.save()?;
    {
        let mut inner = store.inner.write();
        let mut catalog = (*inner.catalog).clone();
        for (place, entry) in entries {
            let handle = store.opener.block(&place, entry);
            let blocks = catalog.places.entry(place).or_default();
            blocks.push(handle);
            sort(blocks);
        }
        catalog.covered = frozen.covers;
        if let Some(old) = catalog.state.replace(store.opener.state(&state)) {
            old.doom();
        }
        inner.catalog = Arc::new(catalog);
        inner.frozen.retain(|other| !Arc::ptr_eq(other, frozen));
        for (name, content) in &frozen.tenants {
            if let Some(tenant) = inner.tenants.get(name) {
                tenant.lock().head.thaw(content);
            }
        }
        store.frozen_changed(inner.frozen.len());
    }
    for name in frozen.tenants.keys() {
        store.with_tenant(name, |tenant| tenant.head.drop_forgotten());
    }
    if !desk.replaying {
        store.wal.truncate_before(frozen.covers)?;
    }
    Ok(())
}
