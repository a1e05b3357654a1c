//! Backups: everything that the manifest names at one moment, and the small state of that moment,
//! as a folder that `restore` makes a data folder of.

use crate::engine::manifest::Manifest;
use crate::engine::open::MANIFEST_NAME;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Io, SyncPoint, create_dir_durable};
use crate::manifest_file::{MANIFEST_SEAL, ManifestFile};
use crate::samples::store::catalog::STATE_DIR;
use crate::state::STATE_NAME;
use crate::status::BackupReport;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the file of colour slots in a data folder. Storage does not read it; backups hold it.
pub const SLOTS_NAME: &str = "slots.json";

/// Name of the file of rules that are edited in pages. Storage does not read it; backups hold it.
pub const RULES_NAME: &str = "rules.yaml";

/// The files beside the store's own that a folder has: colour slots, edited rules.
pub(crate) fn beside_of(io: &dyn Io, dir: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for name in [SLOTS_NAME, RULES_NAME] {
        let path = dir.join(name);
        if io.exists(&path)? {
            found.push(path);
        }
    }
    Ok(found)
}

/// The database of small state of a folder, if there is one.
pub(crate) fn state_of(io: &dyn Io, dir: &Path) -> Result<Option<PathBuf>> {
    let path = dir.join(STATE_NAME);
    Ok(io.exists(&path)?.then_some(path))
}

/// What goes into a backup beside the manifest.
#[derive(Debug)]
pub struct Sources<'a> {
    /// The folder that the files lie in.
    pub dir: &'a Path,
    /// Files below `dir`, which keep their names.
    pub files: &'a [PathBuf],
    /// A database of small state that nobody writes, wherever it lies.
    pub state: Option<&'a Path>,
}

/// Copies files and then the manifest that names them. The manifest comes last: a folder without
/// it is no backup.
pub fn copy_out(
    io: &Arc<dyn Io>,
    from: &Sources<'_>,
    to: &Path,
    manifest: &Manifest,
) -> Result<BackupReport> {
    must_be_empty(io.as_ref(), to)?;
    create_dir_durable(io.as_ref(), to, to, SyncPoint::BackupDir)?;
    sync_above(io.as_ref(), to)?;
    let mut report = BackupReport::default();
    for file in from.files {
        let below = file.strip_prefix(from.dir).map_err(|_| {
            Error::internal(format!(
                "back up {}: it is not in the data folder",
                file.display()
            ))
        })?;
        report.bytes += copy_file(io.as_ref(), file, to, &to.join(below))?;
        report.files += 1;
    }
    if let Some(state) = from.state {
        let target = to.join(STATE_NAME);
        report.bytes += copy_file(io.as_ref(), state, to, &target)?;
        io.set_private(&target)?;
        report.files += 1;
    }
    let target = ManifestFile::open(Arc::clone(io), to, MANIFEST_NAME, MANIFEST_SEAL)?;
    target.store(&manifest.encode()?)?;
    report.files += 1;
    Ok(report)
}

/// Syncs every folder above one that was made: any of them may be new. A folder that we may not
/// open was not made by us.
fn sync_above(io: &dyn Io, dir: &Path) -> Result<()> {
    for folder in dir
        .ancestors()
        .skip(1)
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        match io.sync_dir(folder, SyncPoint::BackupDir) {
            Err(error) if error.is_permission_denied() => break,
            other => other?,
        }
    }
    Ok(())
}

fn copy_file(io: &dyn Io, from: &Path, root: &Path, to: &Path) -> Result<u64> {
    if let Some(folder) = to.parent() {
        create_dir_durable(io, root, folder, SyncPoint::BackupDir)?;
    }
    let bytes = io.copy(from, to)?;
    let mut file = io.open_append(to, bytes)?;
    file.sync_all(SyncPoint::BackupFile)?;
    if let Some(folder) = to.parent() {
        io.sync_dir(folder, SyncPoint::BackupDir)?;
    }
    Ok(bytes)
}

fn must_be_empty(io: &dyn Io, dir: &Path) -> Result<()> {
    match io.list(dir) {
        Ok(entries) if entries.is_empty() => Ok(()),
        Ok(_) => Err(Error::conflict(format!(
            "write to {}: the folder is not empty",
            dir.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes a data folder of a backup. `to` must be empty or absent; no server may run on it.
pub fn restore(io: &Arc<dyn Io>, from: &Path, to: &Path) -> Result<BackupReport> {
    let source = ManifestFile::open(Arc::clone(io), from, MANIFEST_NAME, MANIFEST_SEAL)?;
    let loaded = source.load()?.ok_or_else(|| {
        Error::not_found(format!(
            "read {}: there is no manifest, so it is no backup",
            from.display()
        ))
    })?;
    let manifest = Manifest::decode(&loaded.payload)?;
    let mut files = Vec::new();
    let mut folders = vec![from.join("blocks"), from.join(STATE_DIR)];
    while let Some(folder) = folders.pop() {
        let entries = match io.list(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let path = folder.join(&entry.name);
            if entry.is_dir {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.extend(beside_of(io.as_ref(), from)?);
    files.sort();
    let state = state_of(io.as_ref(), from)?;
    let sources = Sources {
        dir: from,
        files: &files,
        state: state.as_deref(),
    };
    copy_out(io, &sources, to, &manifest)
}
