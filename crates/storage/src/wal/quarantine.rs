//! Keeps bytes of the log that could not be used, and remembers why, in the folder `quarantine/`.
//!
//! One file per range, named by signal, position and reason, so that setting the same range aside
//! again changes nothing. Never read by replay except for which names there are.

use crate::error::{ErrorKind, Result};
use crate::io::{Io, ReadFile, SyncPoint, copy_range, create_dir_durable, remove_if_there};
use crate::wal::frame::WalPosition;
use crate::wal::{SetAside, SetAsideReason};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_model::signal::Signal;

/// Name of the folder in the data folder.
pub(super) const FOLDER: &str = "quarantine";

impl SetAsideReason {
    /// The word in messages and the ending of the file.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            SetAsideReason::Corrupt => "corrupt",
            SetAsideReason::Torn => "torn",
            SetAsideReason::Missing => "missing",
            SetAsideReason::Killed => "killed",
            SetAsideReason::Refused => "refused",
        }
    }
}

/// What was set aside from the log of one signal.
#[derive(Debug)]
pub(super) struct Quarantine {
    io: Arc<dyn Io>,
    data_dir: PathBuf,
    folder: PathBuf,
    signal: Signal,
    /// Position and reason (its ending) of the files that are there.
    known: BTreeMap<(u64, String), PathBuf>,
}

impl Quarantine {
    /// Looks at what is there; makes no folder yet.
    pub(super) fn open(io: Arc<dyn Io>, data_dir: &Path, signal: Signal) -> Result<Self> {
        let folder = data_dir.join(FOLDER);
        let mut known = BTreeMap::new();
        let entries = match io.list(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let prefix = format!("wal-{signal}-");
        for entry in entries {
            let parts = entry
                .name
                .to_str()
                .and_then(|name| name.strip_prefix(&prefix))
                .and_then(|rest| rest.split_once('.'));
            if let Some((digits, reason)) = parts
                && let Ok(position) = digits.parse::<u64>()
            {
                known.insert((position, reason.to_owned()), folder.join(&entry.name));
            }
        }
        Ok(Self {
            io,
            data_dir: data_dir.to_path_buf(),
            folder,
            signal,
            known,
        })
    }

    /// Whether a range at that position was set aside for that reason before.
    pub(super) fn contains(&self, position: WalPosition, reason: SetAsideReason) -> bool {
        self.known
            .contains_key(&(position.0, reason.as_str().to_owned()))
    }

    /// Copies `bytes` of the segment from that offset and tells where they are now. If the copy
    /// fails (full disk) the range is reported without a file: replay goes on.
    pub(super) fn set_aside(
        &mut self,
        position: WalPosition,
        reason: SetAsideReason,
        source: (&dyn ReadFile, u64),
        bytes: u64,
    ) -> SetAside {
        let key = (position.0, reason.as_str().to_owned());
        let file = match self.known.get(&key) {
            Some(path) => Some(path.clone()),
            None => match self.copy(position, reason, source, bytes) {
                Ok(path) => {
                    self.known.insert(key, path.clone());
                    Some(path)
                }
                Err(error) => {
                    tracing::error!(%error, %position, bytes, "could not copy a range of the WAL to quarantine");
                    None
                }
            },
        };
        SetAside {
            position,
            bytes,
            reason,
            file,
        }
    }

    fn copy(
        &self,
        position: WalPosition,
        reason: SetAsideReason,
        (source, offset): (&dyn ReadFile, u64),
        bytes: u64,
    ) -> Result<PathBuf> {
        create_dir_durable(
            self.io.as_ref(),
            &self.data_dir,
            &self.folder,
            SyncPoint::DataDir,
        )?;
        let name = format!("wal-{}-{:020}.{}", self.signal, position.0, reason.as_str());
        let path = self.folder.join(&name);
        let temporary = self.folder.join(format!("{name}.tmp"));
        remove_if_there(self.io.as_ref(), &temporary)?;
        let mut file = self.io.create(&temporary)?;
        copy_range(source, offset, bytes, file.as_mut())?;
        file.sync_all(SyncPoint::QuarantineFile)?;
        self.io.rename(&temporary, &path)?;
        self.io.sync_dir(&self.folder, SyncPoint::QuarantineDir)?;
        Ok(path)
    }
}
