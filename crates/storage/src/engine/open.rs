//! Opening a data folder: what the manifest names must be there, what it does not name goes.

use super::manifest::{Manifest, QuarantineEntry};
use crate::block::BlockId;
use crate::engine::catalog::{place_dir, place_of};
use crate::error::{ErrorKind, Result};
use crate::io::{Io, SyncPoint, create_dir_durable};
use crate::samples::store::open::{
    name_blocks, remove_old_states, set_missing_aside as set_missing_samples_aside,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tacho_model::signal::Signal;

/// Name of the manifest in the data folder.
pub const MANIFEST_NAME: &str = "manifest";
/// Folder of what was set aside.
pub const QUARANTINE_DIR: &str = "quarantine";

/// Compares the manifest with the folder: removes files of blocks and values that are not named
/// (leftovers of a crash), and sets blocks aside whose files are missing or have another length.
/// Gives the folders that are there.
pub fn reconcile(io: &dyn Io, dir: &Path, manifest: &mut Manifest) -> Result<()> {
    let mut named: BTreeMap<PathBuf, u64> = BTreeMap::new();
    for signal in Signal::TABLES {
        for entry in &manifest.signal(signal).blocks {
            let folder = place_dir(dir, signal, &place_of(&entry.tenant, &entry.partition)?);
            let id = BlockId(entry.id);
            named.insert(id.parquet_path(&folder), entry.parquet_bytes);
            named.insert(id.sidecar_path(&folder), entry.index_bytes);
        }
        for entry in &manifest.signal(signal).values {
            let folder = place_dir(dir, signal, &place_of(&entry.tenant, &entry.partition)?);
            named.insert(
                crate::values::ValueFileId(entry.id).path(&folder),
                entry.bytes,
            );
        }
    }
    name_blocks(dir, manifest, &mut named)?;
    remove_old_states(io, dir, manifest)?;
    let mut found = BTreeMap::new();
    walk(io, &dir.join("blocks"), 0, &mut found)?;
    for path in found.keys() {
        if !named.contains_key(path) {
            tracing::info!(file = %path.display(), "removing a file that the manifest does not name");
            io.remove_file(path)?;
        }
    }
    let broken: BTreeSet<&PathBuf> = named
        .iter()
        .filter(|(path, len)| found.get(*path) != Some(len))
        .map(|(path, _)| path)
        .collect();
    for signal in Signal::TABLES {
        set_missing_aside(dir, manifest, signal, &broken)?;
    }
    set_missing_samples_aside(dir, manifest, &|path| broken.contains(path))?;
    Ok(())
}

/// Takes blocks out of the manifest whose files are not what it says. Their files stay where they
/// are until the next start removes them: moved away first.
fn set_missing_aside(
    dir: &Path,
    manifest: &mut Manifest,
    signal: Signal,
    broken: &BTreeSet<&PathBuf>,
) -> Result<()> {
    let mut entries = Vec::new();
    let mut bad_blocks = BTreeSet::new();
    for entry in &manifest.signal(signal).blocks {
        let folder = place_dir(dir, signal, &place_of(&entry.tenant, &entry.partition)?);
        let id = BlockId(entry.id);
        if broken.contains(&id.parquet_path(&folder)) || broken.contains(&id.sidecar_path(&folder))
        {
            bad_blocks.insert(entry.id);
            entries.push(QuarantineEntry {
                what: "block".to_owned(),
                name: format!("{}/{signal}/{}/{id}", entry.tenant, entry.partition),
                reason: "a file of it is missing or has another length than was written".to_owned(),
            });
        }
    }
    for entry in &entries {
        tracing::error!(block = %entry.name, "a block is set aside: {}", entry.reason);
    }
    manifest.quarantined.extend(entries);
    manifest
        .signal_mut(signal)
        .blocks
        .retain(|entry| !bad_blocks.contains(&entry.id));
    Ok(())
}

/// Files below a folder with their lengths, three levels of folders deep.
fn walk(io: &dyn Io, dir: &Path, depth: u32, found: &mut BTreeMap<PathBuf, u64>) -> Result<()> {
    let entries = match io.list(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = dir.join(&entry.name);
        if !entry.is_dir {
            found.insert(path, entry.len);
        } else if depth < 3 {
            walk(io, &path, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Moves the files of a block into the quarantine folder.
pub fn move_aside(io: &dyn Io, dir: &Path, paths: &[PathBuf]) -> Result<()> {
    let folder = dir.join(QUARANTINE_DIR);
    create_dir_durable(io, dir, &folder, SyncPoint::QuarantineDir)?;
    for path in paths {
        let Some(name) = path.file_name() else {
            continue;
        };
        match io.rename(path, &folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    io.sync_dir(&folder, SyncPoint::QuarantineDir)
}
