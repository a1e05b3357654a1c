//! Files that other programs can read: everything that a tenant has at one moment.

use super::Store;
use crate::engine::catalog::{BlockHandle, Catalog};
use crate::engine::erase::erase;
use crate::error::Result;
use crate::partition::Partition;
use crate::status::{FileEntry, FilesReport};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;
use tacho_model::time::Timestamp;

/// A block with where it goes below the export.
struct Listed {
    signal: Signal,
    handle: Arc<BlockHandle>,
    below: PathBuf,
}

impl Store {
    /// Writes everything to disk, carries deletions out, and gives all of a tenant's data as
    /// Parquet files: those of `docs/formats/block.md`, under names of their own that stay for
    /// most of a day whatever merges and retention do. The 16 newest lists of files are kept at
    /// most, none while the disk is nearly full.
    pub fn files(&self, tenant: &TenantId) -> Result<FilesReport> {
        self.reserve.check(0)?;
        let (spans, logs) = {
            let mut desk = self.desk.lock();
            self.flush_all(&mut desk)?;
            erase(&self.spans, &mut desk)?;
            erase(&self.logs, &mut desk)?;
            self.publish_counters(&desk);
            self.catalogs()
        };
        // The handles keep the files from going until they have their second names.
        let mut listed = blocks(&spans, Signal::Spans, tenant);
        listed.extend(blocks(&logs, Signal::Logs, tenant));
        let links: Vec<(&Path, &Path)> = listed
            .iter()
            .map(|listed| (listed.handle.parquet_path(), listed.below.as_path()))
            .collect();
        let dir = self.exports.make(self.clock.now_ns(), &links)?;
        let files = listed.iter().map(|listed| entry(listed, &dir)).collect();
        Ok(FilesReport { dir, files })
    }

    /// Removes files given out that are too old, all of them while the disk is nearly full. What
    /// cannot be removed is tried again in the next round and stops nothing else.
    pub(super) fn tidy_exports(&self) {
        let now = self.clock.now_ns();
        let min_free = self.config.lock().min_free_bytes;
        let free = self.reserve.available_bytes();
        let result = if free.is_ok_and(|free| free < min_free) {
            self.exports.clear_all(now)
        } else {
            self.exports.clear_old(now)
        };
        if let Err(error) = result {
            tracing::warn!(%error, "could not remove old exports");
        }
    }
}

fn blocks(catalog: &Catalog, signal: Signal, tenant: &TenantId) -> Vec<Listed> {
    let listed = |partition: Partition, handle: &Arc<BlockHandle>| {
        let folder = Path::new(signal.as_str()).join(partition.to_string());
        Listed {
            signal,
            handle: Arc::clone(handle),
            below: handle.id().parquet_path(&folder),
        }
    };
    catalog
        .of_tenant(tenant)
        .flat_map(|(partition, files)| {
            files
                .blocks
                .iter()
                .map(move |block| listed(partition, block))
        })
        .collect()
}

fn entry(listed: &Listed, dir: &Path) -> FileEntry {
    let facts = listed.handle.facts();
    FileEntry {
        signal: listed.signal,
        path: dir.join(&listed.below),
        rows: u64::from(facts.rows),
        bytes: facts.parquet_bytes,
        time_min: Timestamp(facts.time_min),
        time_max: Timestamp(facts.time_max),
    }
}
