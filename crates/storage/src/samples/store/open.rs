//! Opening: what the manifest names must be there, what it does not name goes; then the state of
//! active series is read.

use super::SampleStore;
use super::catalog::{STATE_DIR, state_path};
use crate::block::BlockId;
use crate::engine::catalog::{place_dir, place_of};
use crate::engine::maintenance::Desk;
use crate::engine::manifest::{Manifest, QuarantineEntry, StateEntry};
use crate::engine::open::move_aside;
use crate::error::{Error, ErrorKind, Result};
use crate::io::{Io, read_limited, remove_if_there};
use crate::samples::block::samples_path;
use crate::samples::checkpoint::FILE_BYTES_MAX;
use crate::samples::checkpoint::decode::{SeriesState, StateSink, decode};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tacho_model::id::TenantId;
use tacho_model::metric::Metadata;
use tacho_model::signal::Signal;

/// Adds the files of blocks that the manifest names, with their lengths.
pub(crate) fn name_blocks(
    dir: &Path,
    manifest: &Manifest,
    named: &mut BTreeMap<PathBuf, u64>,
) -> Result<()> {
    for entry in &manifest.samples.blocks {
        let place = place_of(&entry.tenant, &entry.partition)?;
        let folder = place_dir(dir, Signal::Samples, &place);
        named.insert(samples_path(&folder, BlockId(entry.id)), entry.bytes);
    }
    Ok(())
}

/// Takes blocks out of the manifest whose files are not what it says.
pub(crate) fn set_missing_aside(
    dir: &Path,
    manifest: &mut Manifest,
    is_broken: &dyn Fn(&PathBuf) -> bool,
) -> Result<()> {
    let mut kept = Vec::new();
    for entry in std::mem::take(&mut manifest.samples.blocks) {
        let place = place_of(&entry.tenant, &entry.partition)?;
        let id = BlockId(entry.id);
        let folder = place_dir(dir, Signal::Samples, &place);
        if !is_broken(&samples_path(&folder, id)) {
            kept.push(entry);
            continue;
        }
        let reason = "its file is missing or has another length than was written";
        let name = format!(
            "{}/{}/{}/{id}",
            entry.tenant,
            Signal::Samples,
            entry.partition
        );
        tracing::error!(block = %name, "a block is set aside: {reason}");
        manifest.quarantined.push(QuarantineEntry {
            what: "block".to_owned(),
            name,
            reason: reason.to_owned(),
        });
    }
    manifest.samples.blocks = kept;
    Ok(())
}

/// Removes files of states that the manifest does not name.
pub(crate) fn remove_old_states(io: &dyn Io, dir: &Path, manifest: &Manifest) -> Result<()> {
    let entries = match io.list(&dir.join(STATE_DIR)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let named = manifest
        .samples
        .state
        .as_ref()
        .map(|entry| entry.name.as_str());
    for entry in entries {
        let name = entry.name.to_string_lossy();
        if !entry.is_dir && Some(name.as_ref()) != named {
            remove_if_there(io, &state_path(dir, &name))?;
        }
    }
    Ok(())
}

/// Puts series and families back into heads.
struct Restore<'a> {
    store: &'a SampleStore,
}

impl StateSink for Restore<'_> {
    fn family(&mut self, tenant: &TenantId, family: &str, record: Metadata) {
        self.store.with_tenant(tenant, |tenant| {
            tenant.head.families_mut().add(family, &record);
        });
    }

    fn series(&mut self, tenant: &TenantId, series: SeriesState) {
        self.store.with_tenant(tenant, |tenant| {
            let rare = series.rare.map(Into::into);
            tenant
                .head
                .restore(series.labels, series.newest, rare, series.active_s);
        });
    }
}

/// Reads the state of active series. A broken file is set aside: running sums begin anew then, and
/// nothing else is lost.
pub(crate) fn load_state(store: &SampleStore, desk: &mut Desk) -> Result<()> {
    let Some(entry) = desk.manifest.samples.state.clone() else {
        return Ok(());
    };
    let error = match read_state(store, &entry) {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    if !matches!(error.kind(), ErrorKind::Corrupt | ErrorKind::NotFound) {
        return Err(error);
    }
    tracing::error!(file = %entry.name, %error, "the state of active series is set aside");
    let path = state_path(&store.opener.dir, &entry.name);
    move_aside(store.opener.io.as_ref(), &store.opener.dir, &[path])?;
    desk.manifest.quarantined.push(QuarantineEntry {
        what: "state".to_owned(),
        name: entry.name,
        reason: error.to_string(),
    });
    desk.manifest.samples.state = None;
    Ok(())
}

fn read_state(store: &SampleStore, entry: &StateEntry) -> Result<()> {
    let path = state_path(&store.opener.dir, &entry.name);
    let bytes = read_limited(store.opener.io.as_ref(), &path, FILE_BYTES_MAX)?;
    if bytes.len() as u64 != entry.bytes {
        return Err(Error::corrupt(format!(
            "read {}: {} bytes instead of {}",
            path.display(),
            bytes.len(),
            entry.bytes
        )));
    }
    decode(&bytes, &mut Restore { store })
}
