//! Carrying deletions out: blocks that hold deleted rows are written anew, values that nobody
//! refers to any more go, then the tombstone is lifted.

use super::catalog::{BlockHandle, Catalog};
use super::compact::{deleted_rows, replace, rewrite};
use super::eval::EvalTable;
use super::expire::drop_empty_places;
use super::flush::{Written, add_files};
use super::head::Place;
use super::maintenance::Desk;
use super::manifest::{TombstoneEntry, ValueEntry};
use super::mask::Mask;
use super::prune::Pruner;
use super::signal_store::SignalStore;
use super::snapshot::ValuesOf;
use super::tombstone::Tombstone;
use crate::error::Result;
use crate::read::ReadStats;
use crate::values::ValueFileId;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Makes deletions effective: in the manifest, then for readers.
pub fn add_tombstones<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    entries: Vec<TombstoneEntry>,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    desk.manifest.tombstones.extend(entries.iter().cloned());
    desk.save()?;
    let mut inner = store.inner.lock();
    let mut catalog = (*inner.catalog).clone();
    catalog.tombstones.extend(
        entries
            .into_iter()
            .map(|entry| Arc::new(Tombstone::new(entry))),
    );
    inner.catalog = Arc::new(catalog);
    Ok(())
}

/// Carries out all deletions of a signal; false if there were none.
pub fn erase<T: EvalTable>(store: &SignalStore<T>, desk: &mut Desk) -> Result<bool> {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    if catalog.tombstones.is_empty() {
        return Ok(false);
    }
    for (place, files) in &catalog.places {
        let mut changed = false;
        for handle in &files.blocks {
            let concerned = catalog
                .tombstones
                .iter()
                .any(|tombstone| tombstone.concerns(&place.0, T::SIGNAL, handle.id().0));
            if concerned {
                changed |= erase_block(store, desk, &catalog, place, handle)
                    .map_err(|error| desk.blame::<T>(handle, error))?;
            }
        }
        if changed && !files.value_files.is_empty() {
            sweep_values(store, desk, place)?;
        }
    }
    let done: Vec<TombstoneEntry> = catalog
        .tombstones
        .iter()
        .map(|tombstone| tombstone.entry.clone())
        .collect();
    desk.manifest
        .tombstones
        .retain(|entry| !done.contains(entry));
    desk.save()?;
    {
        let mut inner = store.inner.lock();
        let mut now = (*inner.catalog).clone();
        now.tombstones
            .retain(|tombstone| !done.contains(&tombstone.entry));
        inner.catalog = Arc::new(now);
    }
    drop(catalog);
    drop_empty_places(store, desk)?;
    Ok(true)
}

/// Rewrites a block without its deleted rows; false if it has none.
fn erase_block<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    catalog: &Catalog,
    place: &Place,
    handle: &Arc<BlockHandle>,
) -> Result<bool> {
    let values = ValuesOf::of_place(catalog, place);
    let stats = ReadStats::default();
    let mut gone: Option<Mask> = None;
    for tombstone in &catalog.tombstones {
        if !tombstone.concerns(&place.0, T::SIGNAL, handle.id().0) {
            continue;
        }
        let facts = handle.facts();
        let in_range = tombstone.range.start.0 <= facts.end_max.max(facts.time_max)
            && tombstone.range.end.0 > facts.time_min.min(facts.end_min);
        if !in_range || !Pruner::new(&tombstone.filter).block(&handle.block)? {
            continue;
        }
        let projection = tombstone.projection::<T>();
        let batch = T::read_rows(
            &handle.block,
            std::slice::from_ref(&(0..facts.rows)),
            &projection,
            &stats,
        )?;
        let mask = tombstone.rows(&batch, &values);
        match &mut gone {
            Some(sum) => sum.or(&mask),
            None => gone = Some(mask),
        }
    }
    let Some(gone) = gone.filter(|mask| !mask.is_none()) else {
        return Ok(false);
    };
    if gone.0.iter().all(|deleted| *deleted) {
        desk.counters.deleted_items += u64::from(handle.facts().rows);
        replace(
            store,
            desk,
            place,
            std::slice::from_ref(handle),
            Written::default(),
        )?;
    } else {
        let level = handle.entry.level;
        rewrite(
            store,
            desk,
            catalog,
            place,
            std::slice::from_ref(handle),
            level,
        )?;
    }
    Ok(true)
}

/// Writes the values of a place anew without those that no block refers to any more.
fn sweep_values<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    place: &Place,
) -> Result<()> {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    let Some(files) = catalog.places.get(place) else {
        return Ok(());
    };
    let Some(values) = &files.values else {
        return Ok(());
    };
    let mut live: BTreeSet<[u8; 32]> = BTreeSet::new();
    for handle in &files.blocks {
        let found = handle.block.references(&ReadStats::default());
        live.extend(found.map_err(|error| desk.blame::<T>(handle, error))?);
    }
    let id = ValueFileId(desk.next_file_id());
    let facts = values.rewrite(id, &|hash| live.contains(hash))?;
    let new: Vec<ValueEntry> = facts
        .iter()
        .map(|facts| ValueEntry {
            id: id.0,
            tenant: place.0.to_string(),
            partition: place.1.to_string(),
            bytes: facts.file_bytes,
        })
        .collect();
    let old: BTreeSet<u64> = files.value_files.iter().map(|file| file.id.0).collect();
    let manifest = desk.manifest.signal_mut(T::SIGNAL);
    manifest.values.retain(|entry| !old.contains(&entry.id));
    manifest.values.extend(new.iter().cloned());
    desk.save()?;
    let mut inner = store.inner.lock();
    let mut now = (*inner.catalog).clone();
    if let Some(known) = now.places.get_mut(place) {
        known.value_files.retain(|file| !old.contains(&file.id.0));
        add_files(
            store,
            place,
            known,
            Written {
                blocks: Vec::new(),
                values: new,
            },
        );
        store.opener.reopen_values(place, known);
    }
    inner.catalog = Arc::new(now);
    drop(inner);
    for file in &files.value_files {
        file.doom();
    }
    Ok(())
}

/// The rows that deletions leave, for readers.
pub fn surviving<T: EvalTable>(
    catalog: &Catalog,
    place: &Place,
    handle: &BlockHandle,
    batch: &T,
    values: &ValuesOf,
) -> Option<Mask> {
    let gone = deleted_rows(&catalog.tombstones, place, handle, batch, values);
    (!gone.is_none()).then(|| {
        let mut kept = gone;
        kept.negate();
        kept
    })
}
