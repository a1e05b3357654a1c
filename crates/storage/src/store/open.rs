//! Opening the store: the folder, the manifest, and each signal with its log.

use super::Upkeep;
use crate::engine::budget::MemoryBudget;
use crate::engine::catalog::Opener;
use crate::engine::manifest::Manifest;
use crate::engine::open::{QUARANTINE_DIR, reconcile};
use crate::engine::signal_store::SignalStore;
use crate::engine::snapshot::Shared;
use crate::engine::tombstone::Tombstone;
use crate::error::Result;
use crate::io::{Io, SyncPoint, create_dir_durable};
use crate::lock::{FolderLock, lock_folder};
use crate::manifest_file::ManifestFile;
use crate::options::Config;
use crate::samples::store::catalog::SampleOpener;
use crate::samples::store::tombstone::SampleTombstone;
use crate::samples::store::{SampleParts, SampleStore};
use crate::wal::frame::WalPosition;
use crate::wal::{Committer, Wal};
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;
use tacho_model::signal::Signal;
use tacho_stdx::clock::Clock;

/// Makes the data folder and locks it.
pub(super) fn prepare(io: &dyn Io, clock: &dyn Clock, dir: &Path) -> Result<FolderLock> {
    create_dir_durable(io, dir, dir, SyncPoint::DataDir)?;
    let lock = lock_folder(io, dir, clock.now_ns())?;
    for folder in ["blocks", "wal", QUARANTINE_DIR] {
        create_dir_durable(io, dir, &dir.join(folder), SyncPoint::DataDir)?;
    }
    Ok(lock)
}

/// What the manifest says, after it has been compared with the folder.
pub(super) fn load_manifest(io: &dyn Io, dir: &Path, file: &ManifestFile) -> Result<Manifest> {
    let mut manifest = match file.load()? {
        Some(loaded) => Manifest::decode(&loaded.payload)?,
        None => Manifest::default(),
    };
    reconcile(io, dir, &mut manifest)?;
    Ok(manifest)
}

/// What opening a signal needs.
pub(super) struct Opening<'a> {
    pub(super) io: &'a Arc<dyn Io>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) dir: &'a Path,
    pub(super) config: &'a Config,
    pub(super) upkeep: Upkeep,
}

impl Opening<'_> {
    pub(super) fn signal<T: crate::engine::eval::EvalTable>(
        &self,
        manifest: &Manifest,
        budget: &Arc<MemoryBudget>,
        fatal: &Arc<Mutex<Option<String>>>,
    ) -> Result<SignalStore<T>> {
        let opener = Opener {
            io: Arc::clone(self.io),
            dir: self.dir.to_path_buf(),
            signal: T::SIGNAL,
        };
        let tombstones = manifest
            .tombstones
            .iter()
            .filter(|entry| entry.signal == T::SIGNAL.as_str())
            .map(|entry| Arc::new(Tombstone::new(entry.clone())))
            .collect();
        let catalog = opener.catalog(manifest.signal(T::SIGNAL), tombstones)?;
        let wal = self.wal(T::SIGNAL, manifest.signal(T::SIGNAL).covered, fatal)?;
        let clock = Arc::clone(self.clock);
        let store = SignalStore::new(opener, wal, catalog, Arc::clone(budget), clock);
        store.inner.lock().next_record_id = manifest.signal(T::SIGNAL).next_record_id.max(1);
        Ok(store)
    }

    pub(super) fn samples(
        &self,
        manifest: &Manifest,
        readers: &Shared,
        fatal: &Arc<Mutex<Option<String>>>,
    ) -> Result<SampleStore> {
        let opener = SampleOpener {
            io: Arc::clone(self.io),
            dir: self.dir.to_path_buf(),
        };
        let tombstones = manifest
            .tombstones
            .iter()
            .filter(|entry| entry.signal == Signal::Samples.as_str())
            .map(|entry| Arc::new(SampleTombstone::new(entry.clone())))
            .collect();
        Ok(SampleStore::new(SampleParts {
            catalog: opener.catalog(&manifest.samples, tombstones)?,
            wal: self.wal(Signal::Samples, manifest.samples.covered, fatal)?,
            opener,
            budget: Arc::clone(&readers.budget),
            clock: Arc::clone(self.clock),
            suspects: Arc::clone(&readers.suspects),
        }))
    }

    fn wal(&self, signal: Signal, covered: u64, fatal: &Arc<Mutex<Option<String>>>) -> Result<Wal> {
        let config = crate::wal::Config {
            durability: self.config.durability,
            committer: match self.upkeep {
                Upkeep::Thread => Committer::Thread,
                Upkeep::Caller => Committer::Caller,
            },
            start: WalPosition(covered),
            ..crate::wal::Config::standard()
        };
        let (io, clock) = (Arc::clone(self.io), Arc::clone(self.clock));
        let wal = Wal::open(io, self.dir, signal, config, clock)?;
        let told = Arc::clone(fatal);
        wal.on_fatal(Box::new(move |reason| {
            tracing::error!(reason, "the write-ahead log has failed; stopping");
            told.lock().get_or_insert_with(|| reason.to_owned());
        }));
        Ok(wal)
    }
}
