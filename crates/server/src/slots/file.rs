//! `slots.json`: written new, synced, renamed into place. `docs/formats/slots.md` describes it.

use super::{NAME_BYTES_MAX, NAMES_MAX, SlotKind, Tables};
use crate::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tacho_storage::backup::SLOTS_NAME;
use tacho_storage::error::ErrorKind as StorageErrorKind;
use tacho_storage::io::{Io, SyncPoint, read_limited, remove_if_there, write_new};

/// Version of the shape.
const VERSION: u32 = 1;
/// Longest file that is read: every name of every kind at its longest, escaped.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// The file as JSON: names by kind, each at the place of its slot.
#[derive(Debug, Serialize, Deserialize)]
struct Shape {
    version: u32,
    names: BTreeMap<String, Vec<String>>,
}

/// Where the slots are kept.
#[derive(Debug)]
pub(super) struct Home {
    io: Arc<dyn Io>,
    dir: PathBuf,
    /// Names that the file holds.
    pub(super) names: usize,
}

impl Home {
    /// Reads what is kept in a folder; sets a file aside that cannot be read.
    pub(super) fn open(io: Arc<dyn Io>, dir: &Path) -> Result<(Self, Tables), Error> {
        let path = dir.join(SLOTS_NAME);
        remove_if_there(io.as_ref(), &temporary(dir))?;
        let tables = match read(io.as_ref(), &path) {
            Ok(tables) => tables,
            Err(reason) => {
                let aside = dir.join(format!("{SLOTS_NAME}.damaged"));
                tracing::warn!(
                    file = %path.display(), aside = %aside.display(), reason,
                    "colour slots cannot be read: the file is set aside and colours are given anew"
                );
                io.rename(&path, &aside)?;
                Tables::default()
            }
        };
        let home = Self {
            io,
            dir: dir.to_path_buf(),
            names: tables.names(),
        };
        Ok((home, tables))
    }

    /// Replaces the file.
    pub(super) fn store(&self, bytes: &[u8]) -> Result<(), Error> {
        let (io, temporary) = (self.io.as_ref(), temporary(&self.dir));
        remove_if_there(io, &temporary)?;
        write_new(io, &temporary, bytes, SyncPoint::SlotFile)?;
        io.rename(&temporary, &self.dir.join(SLOTS_NAME))?;
        io.sync_dir(&self.dir, SyncPoint::SlotDir)?;
        Ok(())
    }
}

fn temporary(dir: &Path) -> PathBuf {
    dir.join(format!("{SLOTS_NAME}.tmp"))
}

/// The content of the file.
pub(super) fn encode(tables: &Tables) -> Result<Vec<u8>, Error> {
    let names = |kind: SlotKind| {
        let names = &tables.0[kind as usize].names;
        let names = names.iter().map(ToString::to_string).collect();
        (kind.as_str().to_owned(), names)
    };
    let shape = Shape {
        version: VERSION,
        names: SlotKind::ALL.into_iter().map(names).collect(),
    };
    let mut bytes = serde_json::to_vec(&shape).map_err(|error| {
        Error::new(ErrorKind::Internal, "write colour slots as JSON").with_source(error)
    })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What a file says; the reason if it cannot be used.
fn read(io: &dyn Io, path: &Path) -> Result<Tables, String> {
    let bytes = match read_limited(io, path, FILE_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == StorageErrorKind::NotFound => return Ok(Tables::default()),
        Err(error) => return Err(error.to_string()),
    };
    let shape: Shape = serde_json::from_slice(&bytes).map_err(|error| error.to_string())?;
    if shape.version != VERSION {
        return Err(format!("version {} is not {VERSION}", shape.version));
    }
    let mut tables = Tables::default();
    for (kind, names) in &shape.names {
        let kind = SlotKind::parse(kind).ok_or_else(|| format!("unknown kind {kind:?}"))?;
        if names.len() > NAMES_MAX {
            let count = names.len();
            return Err(format!(
                "{count} names of one kind, at most {NAMES_MAX} are written"
            ));
        }
        for name in names {
            if name.len() > NAME_BYTES_MAX {
                return Err(format!("a name of {} bytes", name.len()));
            }
            let table = &mut tables.0[kind as usize];
            if table.known(name).is_some() {
                return Err(format!("the name {name:?} stands twice"));
            }
            table.add(name);
        }
    }
    Ok(tables)
}
