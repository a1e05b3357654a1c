//! Backups of a running store: heads and small state are frozen at one moment, then copied.

use super::Store;
use crate::backup::{Sources, beside_of, copy_out, state_of};
use crate::engine::maintenance::Desk;
use crate::error::{Error, Result};
use crate::io::remove_if_there;
use crate::state::{SNAPSHOT_PREFIX, SmallState};
use crate::status::BackupReport;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The small state of the folder, and what its copies are called.
#[derive(Debug, Default)]
pub(super) struct Attached {
    state: Mutex<Option<Arc<dyn SmallState>>>,
    /// Backups begun: the copy of the state has a name of its own in each.
    backups: AtomicU64,
}

impl Attached {
    /// The state, once there is one.
    pub(super) fn state(&self) -> Option<Arc<dyn SmallState>> {
        self.state.lock().clone()
    }
}

impl Store {
    /// Says who keeps the small state of this data folder: backups hold it, the status tells of
    /// damage. To be called once, before the first backup.
    pub fn attach_state(&self, state: Arc<dyn SmallState>) {
        *self.attached.state.lock() = Some(state);
    }

    /// Copies everything into an empty folder that `restore` makes a data folder of. Writes and
    /// queries go on meanwhile; what comes after the call is not in it. Small state is of the
    /// moment at which the heads are cut: both are frozen together.
    pub fn backup(&self, target: &Path) -> Result<BackupReport> {
        let number = self.attached.backups.fetch_add(1, Ordering::Relaxed);
        let snapshot = self.dir.join(format!("{SNAPSHOT_PREFIX}{number}"));
        let result = self.backup_through(target, &snapshot);
        if let Err(error) = remove_if_there(self.io.as_ref(), &snapshot) {
            tracing::warn!(%error, "a copy of the state stays until the next start");
        }
        result
    }

    fn backup_through(&self, target: &Path, snapshot: &Path) -> Result<BackupReport> {
        let (manifest, spans, logs, samples, state) = {
            let mut desk = self.desk.lock();
            let state = self.freeze_with_state(&mut desk, snapshot)?;
            let (spans, logs) = self.catalogs();
            let samples = self.samples.catalog();
            (desk.manifest.clone(), spans, logs, samples, state)
        };
        let mut files: Vec<PathBuf> = Vec::new();
        files.extend(samples.blocks().map(|handle| handle.path().clone()));
        files.extend(samples.state.iter().map(|file| file.path().clone()));
        for handle in spans.blocks().chain(logs.blocks()) {
            files.extend(handle.paths().iter().cloned());
        }
        for place in spans.places.values().chain(logs.places.values()) {
            files.extend(
                place
                    .value_files
                    .iter()
                    .filter_map(|file| file.path().cloned()),
            );
        }
        files.extend(beside_of(self.io.as_ref(), &self.dir)?);
        let sources = Sources {
            dir: &self.dir,
            files: &files,
            state: state.as_deref(),
        };
        copy_out(&self.io, &sources, target, &manifest)
    }

    /// Cuts the heads at the moment of which the copy of the state is, then writes them.
    fn freeze_with_state(&self, desk: &mut Desk, snapshot: &Path) -> Result<Option<PathBuf>> {
        let copied = match self.attached.state() {
            Some(state) => {
                state.backup_with(snapshot, &mut || self.freeze_all())?;
                Some(snapshot.to_path_buf())
            }
            // Better no backup than one that silently lacks silences, users and rules.
            None if state_of(self.io.as_ref(), &self.dir)?.is_some() => {
                return Err(Error::internal(format!(
                    "back up {}: its state database is not open",
                    self.dir.display()
                )));
            }
            None => None,
        };
        self.flush_all(desk)?;
        Ok(copied)
    }
}
