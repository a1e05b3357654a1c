//! What is on disk of samples, as readers share it: an immutable list of blocks per place, replaced
//! as a whole when it changes.

use super::tombstone::SampleTombstone;
use crate::block::BlockId;
use crate::engine::catalog::{place_dir, place_of};
use crate::engine::head::Place;
use crate::engine::manifest::{SampleBlockEntry, SamplesManifest, StateEntry};
use crate::error::{ErrorKind, Result};
use crate::io::Io;
use crate::partition::Partition;
use crate::samples::block::read::SampleBlock;
use crate::samples::block::samples_path;
use crate::wal::frame::WalPosition;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tacho_model::id::TenantId;
use tacho_model::signal::Signal;

/// Folder of files with the state of active series.
pub(crate) const STATE_DIR: &str = "state";

/// A file that the manifest names, or named: it goes when nobody needs it any more.
#[derive(Debug)]
pub(crate) struct OwnedFile {
    io: Arc<dyn Io>,
    path: PathBuf,
    doomed: AtomicBool,
}

impl OwnedFile {
    pub(crate) fn new(io: &Arc<dyn Io>, path: PathBuf) -> Self {
        Self {
            io: Arc::clone(io),
            path,
            doomed: AtomicBool::new(false),
        }
    }

    /// The manifest does not name it any more.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &PathBuf {
        &self.path
    }
}

impl Drop for OwnedFile {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::Acquire)
            && let Err(error) = self.io.remove_file(&self.path)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(file = %self.path.display(), %error, "could not remove a file; it goes at the next start");
        }
    }
}

/// A block that the manifest names, or named.
#[derive(Debug)]
pub(crate) struct SampleHandle {
    /// What the manifest says.
    pub(crate) entry: SampleBlockEntry,
    file: OwnedFile,
    dir: PathBuf,
    open: Mutex<Option<Arc<SampleBlock>>>,
    /// When it was used last, in uses of all blocks.
    used: AtomicU64,
}

impl SampleHandle {
    /// Its id.
    pub(crate) fn id(&self) -> BlockId {
        BlockId(self.entry.id)
    }

    /// The block, opened if it is not.
    pub(crate) fn block(&self) -> Result<Arc<SampleBlock>> {
        let mut open = self.open.lock();
        if let Some(block) = &*open {
            return Ok(Arc::clone(block));
        }
        let facts = self.entry.facts();
        let block = SampleBlock::open(self.file.io.as_ref(), &self.dir, self.id(), facts)?;
        *open = Some(Arc::clone(&block));
        Ok(block)
    }

    /// Remembers when it was used.
    pub(crate) fn touch(&self, now: u64) {
        self.used.store(now, Ordering::Relaxed);
    }

    /// When it was used last.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Closes the file, unless somebody reads it, and forgets its index.
    pub(crate) fn close(&self) {
        if let Some(block) = self.open.lock().take() {
            block.release_index();
        }
    }

    /// Bytes of memory that its index takes now.
    pub(crate) fn memory(&self) -> usize {
        let open = self.open.lock();
        open.as_ref().map_or(0, |block| block.index_memory())
    }

    /// True while the file is open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.lock().is_some()
    }

    /// The manifest does not name it any more: its file goes with the last reader.
    pub(crate) fn doom(&self) {
        self.file.doom();
    }

    /// Its file.
    pub(crate) fn path(&self) -> &PathBuf {
        self.file.path()
    }
}

/// What there is of samples on disk. Shared and never changed; a change makes a new one.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleCatalog {
    /// Blocks by place, in their order.
    pub(crate) places: BTreeMap<Place, Vec<Arc<SampleHandle>>>,
    /// Deletions to apply when reading.
    pub(crate) tombstones: Vec<Arc<SampleTombstone>>,
    /// The state of active series.
    pub(crate) state: Option<Arc<OwnedFile>>,
    /// Everything before this position of the WAL is in blocks.
    pub(crate) covered: WalPosition,
}

impl SampleCatalog {
    /// All blocks.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Arc<SampleHandle>> {
        self.places.values().flatten()
    }

    /// The blocks of a tenant with their places, by partition, then in their order.
    pub(crate) fn of_tenant<'a>(
        &'a self,
        tenant: &'a TenantId,
    ) -> impl Iterator<Item = &'a Arc<SampleHandle>> {
        self.places
            .range((tenant.clone(), Partition::Past)..)
            .take_while(move |((owner, _), _)| owner == tenant)
            .flat_map(|(_, blocks)| blocks)
    }

    /// Bytes of all files.
    pub(crate) fn bytes(&self) -> u64 {
        self.blocks().map(|handle| handle.entry.bytes).sum()
    }
}

/// Makes handles: knows where files lie.
#[derive(Debug, Clone)]
pub(crate) struct SampleOpener {
    /// Files are touched through this.
    pub(crate) io: Arc<dyn Io>,
    /// The data folder.
    pub(crate) dir: PathBuf,
}

impl SampleOpener {
    /// The folder of a place.
    pub(crate) fn place_dir(&self, place: &Place) -> PathBuf {
        place_dir(&self.dir, Signal::Samples, place)
    }

    /// A handle of a block.
    pub(crate) fn block(&self, place: &Place, entry: SampleBlockEntry) -> Arc<SampleHandle> {
        let dir = self.place_dir(place);
        let path = samples_path(&dir, BlockId(entry.id));
        Arc::new(SampleHandle {
            entry,
            file: OwnedFile::new(&self.io, path),
            dir,
            open: Mutex::new(None),
            used: AtomicU64::new(0),
        })
    }

    /// A handle of a file with the state of active series.
    pub(crate) fn state(&self, entry: &StateEntry) -> Arc<OwnedFile> {
        let path = state_path(&self.dir, &entry.name);
        Arc::new(OwnedFile::new(&self.io, path))
    }

    /// The catalog that the manifest describes.
    pub(crate) fn catalog(
        &self,
        manifest: &SamplesManifest,
        tombstones: Vec<Arc<SampleTombstone>>,
    ) -> Result<SampleCatalog> {
        let mut catalog = SampleCatalog {
            tombstones,
            state: manifest.state.as_ref().map(|entry| self.state(entry)),
            covered: WalPosition(manifest.covered),
            ..SampleCatalog::default()
        };
        for entry in &manifest.blocks {
            let place = place_of(&entry.tenant, &entry.partition)?;
            let handle = self.block(&place, entry.clone());
            catalog.places.entry(place).or_default().push(handle);
        }
        for blocks in catalog.places.values_mut() {
            sort(blocks);
        }
        Ok(catalog)
    }
}

/// Puts blocks in their order.
pub(crate) fn sort(blocks: &mut [Arc<SampleHandle>]) {
    blocks.sort_by_key(|handle| (handle.entry.order, handle.entry.id));
}

/// Where a file with the state of active series lies.
pub(crate) fn state_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(STATE_DIR).join(name)
}
