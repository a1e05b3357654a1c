//! The desk of whoever changes what is on disk: one at a time, with the manifest in hand.

use super::budget::MemoryBudget;
use super::catalog::BlockHandle;
use super::eval::EvalTable;
use super::manifest::Manifest;
use super::snapshot::{Suspects, suspect};
use crate::error::{Error, Result};
use crate::manifest_file::ManifestFile;
use parking_lot::Mutex;
use std::sync::Arc;
use tacho_stdx::clock::Clock;

/// What the desk has done since the start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counters {
    /// Heads written.
    pub flushes: u64,
    /// Blocks written by flushes.
    pub flushed_blocks: u64,
    /// Merges.
    pub compactions: u64,
    /// Blocks that merges replaced.
    pub compacted_blocks: u64,
    /// Bytes written.
    pub written_bytes: u64,
    /// Blocks dropped because of age or size.
    pub expired_blocks: u64,
    /// Items deleted on disk.
    pub deleted_items: u64,
    /// Work that failed and will be tried again.
    pub failures: u64,
    /// Bytes of small blocks that wait to be merged.
    pub debt_bytes: u64,
}

/// The manifest and what is needed to change it.
pub struct Desk {
    /// What is on disk.
    pub manifest: Manifest,
    /// Where it is kept.
    pub file: ManifestFile,
    /// Counters.
    pub counters: Counters,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Memory.
    pub budget: Arc<MemoryBudget>,
    /// True while the log is replayed: its segments must stay.
    pub replaying: bool,
    /// Why the process must stop; shared with the store.
    pub fatal: Arc<Mutex<Option<String>>>,
    /// Blocks that turned out to be broken, to be verified and set aside; shared with readers.
    pub suspects: Suspects,
}

impl Desk {
    /// A fresh id for a file. Ids of files that were never named are used again after a restart,
    /// when their leftovers have been removed.
    pub fn next_file_id(&mut self) -> u64 {
        let id = self.manifest.next_file_id;
        self.manifest.next_file_id += 1;
        id
    }

    /// Makes the manifest durable. Where it is not certain whether the old or the new one will be
    /// found, nothing may go on: the process must stop and replay.
    pub fn save(&mut self) -> Result<()> {
        let bytes = self.manifest.encode()?;
        self.file.store(&bytes).map_err(|error| self.lost(error))
    }

    /// Passes an error of a block on; a broken block is remembered, so that it is set aside.
    pub fn blame<T: EvalTable>(&self, handle: &BlockHandle, error: Error) -> Error {
        suspect::<T>(&self.suspects, handle, &error);
        error
    }

    fn lost(&self, error: Error) -> Error {
        let reason = format!("the manifest could not be stored: {error}");
        tracing::error!(%error, "the manifest could not be stored; stopping, the log has everything");
        self.fatal.lock().get_or_insert(reason);
        error
    }
}
