//! Retention: old blocks are dropped as a whole, by age and by size; items with a shorter age of
//! their own are deleted by tombstones.

use super::catalog::{BlockHandle, PlaceFiles};
use super::compact::replace;
use super::eval::EvalTable;
use super::flush::Written;
use super::head::Place;
use super::maintenance::Desk;
use super::manifest::{TombstoneEntry, TombstoneWhat};
use super::signal_store::SignalStore;
use crate::error::{ErrorKind, Result};
use crate::options::Retention;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Drops what is too old or too much. Blocks count from the later of their latest item and its
/// arrival.
pub fn expire<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    retention: &Retention,
) -> Result<()> {
    let rule = retention.of(T::SIGNAL);
    let catalog = Arc::clone(&store.inner.lock().catalog);
    let mut doomed: BTreeMap<Place, Vec<Arc<BlockHandle>>> = BTreeMap::new();
    if let Some(age) = rule.age {
        let age = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
        let horizon = desk.clock.now_ns().saturating_sub(age);
        for (place, files) in &catalog.places {
            let old = files
                .blocks
                .iter()
                .filter(|handle| latest(handle) < horizon);
            doomed
                .entry(place.clone())
                .or_default()
                .extend(old.cloned());
        }
    }
    if let Some(limit) = rule.bytes {
        let mut all: Vec<(i64, &Place, &Arc<BlockHandle>)> = catalog
            .places
            .iter()
            .flat_map(|(place, files)| files.blocks.iter().map(move |block| (place, block)))
            .map(|(place, handle)| (handle.facts().time_max, place, handle))
            .collect();
        all.sort_by_key(|(time, _, handle)| (*time, handle.id()));
        let mut bytes = catalog.bytes();
        for (_, place, handle) in all {
            if bytes <= limit {
                break;
            }
            bytes = bytes.saturating_sub(handle.bytes());
            let list = doomed.entry(place.clone()).or_default();
            if !list.iter().any(|other| Arc::ptr_eq(other, handle)) {
                list.push(Arc::clone(handle));
            }
        }
    }
    for (place, blocks) in doomed {
        if !blocks.is_empty() {
            replace(store, desk, &place, &blocks, Written::default())?;
            desk.counters.expired_blocks += blocks.len() as u64;
        }
    }
    drop_empty_places(store, desk)
}

fn latest(handle: &BlockHandle) -> i64 {
    handle
        .facts()
        .time_max
        .max(handle.facts().end_max)
        .max(handle.entry.arrived)
}

/// Lets go of value files and folders of places that have no blocks any more.
pub fn drop_empty_places<T: EvalTable>(store: &SignalStore<T>, desk: &mut Desk) -> Result<()> {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    let empty: Vec<Place> = catalog
        .places
        .iter()
        .filter(|(_, files)| files.blocks.is_empty())
        .map(|(place, _)| place.clone())
        .collect();
    if empty.is_empty() {
        return Ok(());
    }
    let manifest = desk.manifest.signal_mut(T::SIGNAL);
    manifest.values.retain(|entry| {
        !empty.iter().any(|(tenant, partition)| {
            entry.tenant == tenant.as_str() && entry.partition == partition.to_string()
        })
    });
    desk.save()?;
    let mut inner = store.inner.lock();
    let mut catalog = (*inner.catalog).clone();
    let gone: Vec<(Place, PlaceFiles)> = empty
        .into_iter()
        .filter_map(|place| catalog.places.remove_entry(&place))
        .collect();
    inner.catalog = Arc::new(catalog);
    drop(inner);
    for (place, files) in gone {
        for file in &files.value_files {
            file.doom();
        }
        drop(files);
        remove_folder_if_empty(store, &place);
    }
    Ok(())
}

fn remove_folder_if_empty<T: EvalTable>(store: &SignalStore<T>, place: &Place) {
    let dir = store.opener.place_dir(place);
    let io = store.opener.io.as_ref();
    let empty = io.list(&dir).is_ok_and(|entries| entries.is_empty());
    if empty
        && let Err(error) = io.remove_dir_all(&dir)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::debug!(folder = %dir.display(), %error, "left an empty folder behind");
    }
}

/// Tombstones for items whose attributes give them a shorter age; only where such items are.
pub fn selector_tombstones<T: EvalTable>(
    store: &SignalStore<T>,
    desk: &mut Desk,
    retention: &Retention,
) -> Vec<TombstoneEntry> {
    let catalog = Arc::clone(&store.inner.lock().catalog);
    let now = desk.clock.now_ns();
    let mut entries = Vec::new();
    for selector in retention
        .selectors
        .iter()
        .filter(|rule| rule.signal == T::SIGNAL)
    {
        let age = i64::try_from(selector.age.as_nanos()).unwrap_or(i64::MAX);
        let horizon = now.saturating_sub(age);
        let mut tenants: Vec<&str> = catalog
            .blocks()
            .filter(|handle| handle.facts().time_min < horizon)
            .map(|handle| handle.entry.tenant.as_str())
            .collect();
        tenants.sort_unstable();
        tenants.dedup();
        for tenant in tenants {
            entries.push(TombstoneEntry {
                signal: T::SIGNAL.as_str().to_owned(),
                tenant: tenant.to_owned(),
                below: desk.manifest.next_file_id,
                created: now,
                range: (i64::MIN, horizon),
                what: TombstoneWhat::Attributes(selector.attributes.clone()),
            });
        }
    }
    entries
}
