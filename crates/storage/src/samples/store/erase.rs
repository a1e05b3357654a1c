//! Carrying deletions out: blocks that hold something deleted are written anew, then the tombstone is
//! lifted. And setting broken blocks aside.

use super::SampleStore;
use super::catalog::{SampleCatalog, SampleHandle};
use super::expire::drop_empty_places;
use super::rewrite::{replace, rewrite};
use super::tombstone::{Concerned, SampleTombstone};
use crate::engine::head::Place;
use crate::engine::maintenance::Desk;
use crate::engine::manifest::{QuarantineEntry, TombstoneEntry};
use crate::engine::open::move_aside;
use crate::error::{Error, ErrorKind, Result};
use crate::read::ReadStats;
use crate::samples::block::read::SampleBlock;
use crate::samples::matcher::LabelMatcher;
use std::sync::Arc;
use tacho_model::signal::Signal;

/// Suspects that wait at most.
const SUSPECTS_MAX: usize = 1024;

impl SampleStore {
    /// Passes an error of a block on; a broken block is remembered, so that it is set aside.
    pub(crate) fn blame(&self, handle: &SampleHandle, error: Error) -> Error {
        if matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
            let mut suspects = self.suspects.lock();
            let entry = (Signal::Samples, handle.entry.id);
            if suspects.len() < SUSPECTS_MAX && !suspects.contains(&entry) {
                suspects.push(entry);
            }
        }
        error
    }
}

/// Makes deletions effective: in the manifest, then for readers.
pub(crate) fn add_tombstones(
    store: &SampleStore,
    desk: &mut Desk,
    entries: Vec<TombstoneEntry>,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    desk.manifest.tombstones.extend(entries.iter().cloned());
    desk.save()?;
    change(store, |catalog| {
        let added = entries.into_iter().map(SampleTombstone::new);
        catalog.tombstones.extend(added.map(Arc::new));
    });
    Ok(())
}

/// Replaces the catalog by a changed one.
fn change(store: &SampleStore, change: impl FnOnce(&mut SampleCatalog)) {
    let mut inner = store.inner.write();
    let mut catalog = (*inner.catalog).clone();
    change(&mut catalog);
    inner.catalog = Arc::new(catalog);
}

/// Carries out all deletions; false if there were none.
pub(crate) fn erase(store: &SampleStore, desk: &mut Desk) -> Result<bool> {
    let catalog = store.catalog();
    if catalog.tombstones.is_empty() {
        return Ok(false);
    }
    for (place, blocks) in &catalog.places {
        for handle in blocks {
            if is_concerned(store, &catalog, place, handle)? {
                let one = std::slice::from_ref(handle);
                rewrite(store, desk, place, one)?;
            }
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
    change(store, |catalog| {
        catalog
            .tombstones
            .retain(|tombstone| !done.contains(&tombstone.entry));
    });
    drop(catalog);
    drop_empty_places(store, desk);
    Ok(true)
}

/// Whether a block holds something that a deletion concerns.
fn is_concerned(
    store: &SampleStore,
    catalog: &SampleCatalog,
    place: &Place,
    handle: &Arc<SampleHandle>,
) -> Result<bool> {
    for tombstone in &catalog.tombstones {
        if !tombstone.concerns(&place.0, handle.entry.id) {
            continue;
        }
        let (first, last) = tombstone.range_ms;
        let holds = match &tombstone.what {
            Concerned::Everything => true,
            Concerned::Exemplars(_) if handle.entry.exemplars == 0 => false,
            Concerned::Exemplars(_) => {
                let block = handle.block().map_err(|error| store.blame(handle, error))?;
                let all = block.exemplars(&[], i64::MIN, i64::MAX);
                let all = all.map_err(|error| store.blame(handle, error))?;
                all.iter().any(|(labels, list)| {
                    list.iter().any(|it| tombstone.takes_exemplar(labels, it))
                })
            }
            Concerned::Series(lists) => {
                let block = handle.block().map_err(|error| store.blame(handle, error))?;
                let mut any = false;
                for list in lists {
                    let found = holds_series(&block, list, (first, last));
                    any |= found.map_err(|error| store.blame(handle, error))?;
                }
                any
            }
        };
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a block holds samples or exemplars of series that match, in a range.
fn holds_series(
    block: &Arc<SampleBlock>,
    matchers: &[LabelMatcher],
    (first, last): (i64, i64),
) -> Result<bool> {
    let samples = block.select(matchers, first, last, &ReadStats::default())?;
    if !samples.is_empty() || block.facts().exemplars == 0 {
        return Ok(!samples.is_empty());
    }
    Ok(!block.exemplars(matchers, first, last)?.is_empty())
}

/// Verifies a block that somebody complained about; moves it away if it is broken.
pub(crate) fn set_aside(store: &SampleStore, desk: &mut Desk, id: u64) -> Result<bool> {
    let catalog = store.catalog();
    let found = catalog.places.iter().find_map(|(place, blocks)| {
        let handle = blocks.iter().find(|handle| handle.entry.id == id)?;
        Some((place.clone(), Arc::clone(handle)))
    });
    let Some((place, handle)) = found else {
        return Ok(false);
    };
    handle.close();
    let Err(error) = handle.block().and_then(|block| block.verify()) else {
        return Ok(false);
    };
    if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
        return Ok(false);
    }
    tracing::error!(block = %handle.id(), %error, "a block is set aside");
    desk.manifest.quarantined.push(QuarantineEntry {
        what: "block".to_owned(),
        name: format!(
            "{}/{}/{}/{}",
            place.0,
            Signal::Samples,
            place.1,
            handle.id()
        ),
        reason: error.to_string(),
    });
    let path = handle.path().clone();
    move_aside(store.opener.io.as_ref(), &store.opener.dir, &[path])?;
    replace(store, desk, &place, &[handle], Vec::new()).map(|()| true)
}
