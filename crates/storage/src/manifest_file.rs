//! The mechanics of a small file that is replaced as a whole: the manifest.
//!
//! Write a new file, sync it, rename it over the old one, sync the folder: after a crash there is
//! the old content or the new one, never a mixture. What the payload means is the engine's affair.

use crate::error::{Error, ErrorKind, Result};
use crate::io::{Io, SyncPoint, read_limited, remove_if_there, write_new};
use crate::seal::Seal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The manifest's envelope.
pub const MANIFEST_SEAL: Seal = Seal {
    magic: *b"TACHOman",
    version: 1,
    name: "manifest",
};
/// Longest file that is read.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// What `load` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The version of the payload's shape.
    pub version: u32,
    /// The payload as it was stored.
    pub payload: Vec<u8>,
}

/// A file that is replaced as a whole. One owner at a time.
#[derive(Debug)]
pub struct ManifestFile {
    io: Arc<dyn Io>,
    folder: PathBuf,
    path: PathBuf,
    temporary: PathBuf,
    seal: Seal,
}

impl ManifestFile {
    /// Opens the file of that name in an existing folder and removes what an interrupted `store`
    /// left behind. The file itself need not exist.
    pub fn open(io: Arc<dyn Io>, folder: &Path, name: &str, seal: Seal) -> Result<Self> {
        let temporary = folder.join(format!("{name}.tmp"));
        if remove_if_there(io.as_ref(), &temporary)? {
            tracing::info!(file = %temporary.display(), "removed an unfinished file");
        }
        Ok(Self {
            io,
            folder: folder.to_path_buf(),
            path: folder.join(name),
            temporary,
            seal,
        })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the content; `None` if nothing was ever stored. `Corrupt` if the bytes are not what
    /// was written, `Invalid` if a newer program wrote them.
    pub fn load(&self) -> Result<Option<Loaded>> {
        let bytes = match read_limited(self.io.as_ref(), &self.path, FILE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let (version, payload) = self
            .seal
            .unwrap(&bytes)
            .map_err(|error| error.context(format!("load {}", self.path.display())))?;
        Ok(Some(Loaded {
            version,
            payload: payload.to_vec(),
        }))
    }

    /// Replaces the content; durable when it returns. After an error the old or the new content
    /// will be found at the next open: the caller must not go on as if either were certain, unless
    /// `Error::is_disk_full` says that the new file could not be written at all.
    pub fn store(&self, payload: &[u8]) -> Result<()> {
        let bytes = self.seal.wrap(payload);
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(Error::limit(format!(
                "store {}: {} bytes, at most {FILE_BYTES_MAX} can be read again",
                self.path.display(),
                bytes.len()
            )));
        }
        let written = write_new(
            self.io.as_ref(),
            &self.temporary,
            &bytes,
            SyncPoint::ManifestFile,
        );
        if let Err(error) = written {
            // The name must be free for the next try; if even this fails, the next open does it.
            if let Err(left) = self.io.remove_file(&self.temporary) {
                tracing::debug!(error = %left, "left an unfinished file behind");
            }
            return Err(error.context("store the manifest"));
        }
        self.io.rename(&self.temporary, &self.path)?;
        self.io.sync_dir(&self.folder, SyncPoint::ManifestDir)
    }
}
