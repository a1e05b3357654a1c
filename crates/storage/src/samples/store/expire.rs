//! Retention: old blocks are dropped as a whole, by age and by size; series with a shorter age of their
//! own are deleted by tombstones.

use super::SampleStore;
use super::catalog::SampleHandle;
use super::rewrite::replace;
use super::tombstone::matcher_entry;
use crate::engine::head::Place;
use crate::engine::maintenance::Desk;
use crate::engine::manifest::{MatcherEntry, TombstoneEntry, TombstoneWhat};
use crate::error::{ErrorKind, Result};
use crate::options::{Retention, SignalRetention};
use crate::samples::matcher::LabelMatcher;
use std::collections::BTreeMap;
use std::sync::Arc;
use tacho_model::signal::Signal;

const HOUR_NS: i64 = 3_600_000_000_000;

/// Drops what is too old or too much. Blocks count from the later of their latest sample and its
/// arrival.
pub(crate) fn expire(store: &SampleStore, desk: &mut Desk, rule: &SignalRetention) -> Result<()> {
    let catalog = store.catalog();
    let mut doomed: BTreeMap<Place, Vec<Arc<SampleHandle>>> = BTreeMap::new();
    if let Some(age) = rule.age {
        let age = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
        let horizon = desk.clock.now_ns().saturating_sub(age);
        for (place, blocks) in &catalog.places {
            let old = blocks.iter().filter(|handle| latest(handle) < horizon);
            doomed
                .entry(place.clone())
                .or_default()
                .extend(old.cloned());
        }
    }
    if let Some(limit) = rule.bytes {
        let mut all: Vec<(i64, u64, &Place, &Arc<SampleHandle>)> = catalog
            .places
            .iter()
            .flat_map(|(place, blocks)| blocks.iter().map(move |handle| (place, handle)))
            .map(|(place, handle)| (handle.entry.time_ms.1, handle.entry.id, place, handle))
            .collect();
        all.sort_by_key(|(time, id, ..)| (*time, *id));
        let mut bytes = catalog.bytes();
        for (_, _, place, handle) in all {
            if bytes <= limit {
                break;
            }
            bytes = bytes.saturating_sub(handle.entry.bytes);
            let list = doomed.entry(place.clone()).or_default();
            if !list.iter().any(|other| Arc::ptr_eq(other, handle)) {
                list.push(Arc::clone(handle));
            }
        }
    }
    for (place, blocks) in doomed {
        if !blocks.is_empty() {
            replace(store, desk, &place, &blocks, Vec::new())?;
            desk.counters.expired_blocks += blocks.len() as u64;
        }
    }
    drop(catalog);
    drop_empty_places(store, desk);
    Ok(())
}

/// Tombstones for series whose labels give them a shorter age; only where such samples may be. Ages
/// count in whole hours, so that a block is not written anew every minute.
pub(crate) fn selector_tombstones(
    store: &SampleStore,
    desk: &Desk,
    retention: &Retention,
) -> Vec<TombstoneEntry> {
    let catalog = store.catalog();
    let now = desk.clock.now_ns();
    let rules = retention.selectors.iter();
    let mut entries = Vec::new();
    for rule in rules.filter(|rule| rule.signal == Signal::Samples) {
        let age = i64::try_from(rule.age.as_nanos()).unwrap_or(i64::MAX);
        let horizon = now.saturating_sub(age).div_euclid(HOUR_NS) * HOUR_NS;
        let mut tenants: Vec<&str> = catalog
            .blocks()
            .filter(|handle| handle.entry.time_ms.0.saturating_mul(1_000_000) < horizon)
            .map(|handle| handle.entry.tenant.as_str())
            .collect();
        tenants.sort_unstable();
        tenants.dedup();
        let matchers: Vec<MatcherEntry> = rule
            .attributes
            .iter()
            .map(|(name, value)| matcher_entry(&LabelMatcher::equal(name, value)))
            .collect();
        entries.extend(tenants.into_iter().map(|tenant| TombstoneEntry {
            signal: Signal::Samples.as_str().to_owned(),
            tenant: tenant.to_owned(),
            below: desk.manifest.next_file_id,
            created: now,
            range: (i64::MIN, horizon),
            what: TombstoneWhat::Series(vec![matchers.clone()]),
        }));
    }
    entries
}

fn latest(handle: &SampleHandle) -> i64 {
    let sample = handle.entry.time_ms.1.saturating_mul(1_000_000);
    sample.max(handle.entry.arrived)
}

/// Lets go of places that have no blocks any more, and of their folders.
pub(crate) fn drop_empty_places(store: &SampleStore, _desk: &mut Desk) {
    let empty: Vec<Place> = {
        let mut inner = store.inner.write();
        let empty: Vec<Place> = inner
            .catalog
            .places
            .iter()
            .filter(|(_, blocks)| blocks.is_empty())
            .map(|(place, _)| place.clone())
            .collect();
        if empty.is_empty() {
            return;
        }
        let mut catalog = (*inner.catalog).clone();
        for place in &empty {
            catalog.places.remove(place);
        }
        inner.catalog = Arc::new(catalog);
        empty
    };
    for place in &empty {
        let dir = store.opener.place_dir(place);
        let io = store.opener.io.as_ref();
        let is_empty = io.list(&dir).is_ok_and(|entries| entries.is_empty());
        if is_empty
            && let Err(error) = io.remove_dir_all(&dir)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::debug!(folder = %dir.display(), %error, "left an empty folder behind");
        }
    }
}
