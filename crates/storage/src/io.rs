//! The one trait through which this crate touches files.
//!
//! Synchronous. Nothing else in the crate calls `std::fs`; `io/std_io.rs` is the real one, the
//! testkit has one that loses what was not synced. Every sync names its call site (`SyncPoint`),
//! so that a test can switch a single one off and must then see data lost.

pub mod std_io;

use crate::error::{Error, ErrorKind, Result};
use std::ffi::OsString;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The call site of a sync. The real file system ignores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncPoint {
    /// Folders made when a data folder is opened.
    DataDir,
    /// Frames of the WAL.
    WalData,
    /// The folder of WAL segments after one was made or removed.
    WalDir,
    /// A block file.
    BlockFile,
    /// The folder of a block file.
    BlockDir,
    /// A sidecar of a block: blooms, rows by id.
    SidecarFile,
    /// A file of the value store.
    ValueFile,
    /// The folder of the value store.
    ValueDir,
    /// A file with the state of active series.
    SampleStateFile,
    /// The folder of files with the state of active series.
    SampleStateDir,
    /// The manifest's new content, before it is renamed into place.
    ManifestFile,
    /// The manifest's folder, after the rename.
    ManifestDir,
    /// Bytes set aside.
    QuarantineFile,
    /// The folder of what was set aside.
    QuarantineDir,
    /// A file with a secret (token).
    SecretFile,
    /// The folder of a file with a secret.
    SecretDir,
    /// The file of colour slots.
    SlotFile,
    /// The folder of the file of colour slots.
    SlotDir,
    /// The file of rules that the editor writes.
    RuleFile,
    /// The folder of the file of rules that the editor writes.
    RuleDir,
    /// A file of a backup or of a restored folder.
    BackupFile,
    /// A folder of a backup or of a restored folder.
    BackupDir,
}

impl SyncPoint {
    /// All call sites.
    pub const ALL: [SyncPoint; 22] = [
        SyncPoint::DataDir,
        SyncPoint::WalData,
        SyncPoint::WalDir,
        SyncPoint::BlockFile,
        SyncPoint::BlockDir,
        SyncPoint::SidecarFile,
        SyncPoint::ValueFile,
        SyncPoint::ValueDir,
        SyncPoint::SampleStateFile,
        SyncPoint::SampleStateDir,
        SyncPoint::ManifestFile,
        SyncPoint::ManifestDir,
        SyncPoint::QuarantineFile,
        SyncPoint::QuarantineDir,
        SyncPoint::SecretFile,
        SyncPoint::SecretDir,
        SyncPoint::SlotFile,
        SyncPoint::SlotDir,
        SyncPoint::RuleFile,
        SyncPoint::RuleDir,
        SyncPoint::BackupFile,
        SyncPoint::BackupDir,
    ];
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name inside the folder.
    pub name: OsString,
    /// Length in bytes; 0 for folders.
    pub len: u64,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// A file that is written from front to back.
pub trait WriteFile: Send + Debug {
    /// Appends all bytes. After an error an unknown part of them may be in the file.
    fn write_all(&mut self, bytes: &[u8]) -> Result<()>;
    /// Makes content and length durable (`fdatasync`). Never call it again after an error.
    fn sync_data(&mut self, point: SyncPoint) -> Result<()>;
    /// Makes content, length and metadata durable (`fsync`). Never call it again after an error.
    fn sync_all(&mut self, point: SyncPoint) -> Result<()>;
    /// Length in bytes, everything written included.
    fn len(&self) -> u64;
    /// Whether nothing was written.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A file that is read at any position, by several threads at once.
pub trait ReadFile: Send + Sync + Debug {
    /// Fills the buffer from the position; `Corrupt` if the file ends before.
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()>;
    /// Length in bytes at the time of opening.
    fn len(&self) -> u64;
    /// Whether the file has no bytes.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Keeps a file locked as long as it lives.
pub trait FileLock: Send + Sync + Debug {}

/// What came of `Io::try_lock`.
#[derive(Debug)]
pub enum LockAttempt {
    /// The lock is ours until the guard is dropped.
    Held(Box<dyn FileLock>),
    /// Another process holds it; this is what it wrote into the file.
    Busy(Vec<u8>),
}

/// Everything that storage does with files.
pub trait Io: Send + Sync + Debug {
    /// Makes a new file for writing; `Conflict` if the name is taken.
    fn create(&self, path: &Path) -> Result<Box<dyn WriteFile>>;
    /// Opens an existing file for writing at its end after cutting it to that length.
    fn open_append(&self, path: &Path, truncate_to: u64) -> Result<Box<dyn WriteFile>>;
    /// Opens a file for reading.
    fn open_read(&self, path: &Path) -> Result<Arc<dyn ReadFile>>;
    /// Gives a file or folder another name, replacing a file of that name.
    fn rename(&self, from: &Path, to: &Path) -> Result<()>;
    /// Removes a file; `NotFound` if there is none.
    fn remove_file(&self, path: &Path) -> Result<()>;
    /// Removes a folder with all it holds; `NotFound` if there is none.
    fn remove_dir_all(&self, path: &Path) -> Result<()>;
    /// Makes a folder and those above it; nothing happens if it is there.
    fn create_dir_all(&self, path: &Path) -> Result<()>;
    /// Entries of a folder, sorted by name.
    fn list(&self, path: &Path) -> Result<Vec<Entry>>;
    /// Makes the entries of a folder durable.
    fn sync_dir(&self, path: &Path, point: SyncPoint) -> Result<()>;
    /// Whether there is a file or folder of that name.
    fn exists(&self, path: &Path) -> Result<bool>;
    /// Bytes that can still be written on the device of the path.
    fn available_bytes(&self, path: &Path) -> Result<u64>;
    /// Lets only the owner read and write the file (mode 0600).
    fn set_private(&self, path: &Path) -> Result<()>;
    /// Gives a file a second name; `Conflict` if that is taken.
    fn hard_link(&self, from: &Path, to: &Path) -> Result<()>;
    /// Copies a file to a new name, unsynced; `Conflict` if that is taken. Returns the bytes copied.
    fn copy(&self, from: &Path, to: &Path) -> Result<u64>;
    /// Tries to lock a file for this process, making it if needed; on success it holds `content`.
    fn try_lock(&self, path: &Path, content: &[u8]) -> Result<LockAttempt>;
}

/// Reads a whole file of at most `limit` bytes; `LimitExceeded` if it is longer.
pub fn read_limited(io: &dyn Io, path: &Path, limit: u64) -> Result<Vec<u8>> {
    let file = io.open_read(path)?;
    if file.len() > limit {
        return Err(Error::limit(format!(
            "read {}: {} bytes, at most {limit} are expected",
            path.display(),
            file.len()
        )));
    }
    let length = usize::try_from(file.len())
        .map_err(|_| Error::limit(format!("read {}: too long for memory", path.display())))?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// Makes a folder inside `root` (which is made too) and syncs every folder from `root`'s parent
/// to the new one's parent, whether or not they were there: a process killed between making and
/// syncing leaves folders that exist but are not durable. A parent of `root` that this user may
/// not open is left to whoever made `root` there.
pub fn create_dir_durable(io: &dyn Io, root: &Path, path: &Path, point: SyncPoint) -> Result<()> {
    io.create_dir_all(path)?;
    let mut above: Vec<PathBuf> = Vec::new();
    let mut current = path;
    while let Some(parent) = current.parent() {
        above.push(if parent.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            parent.to_path_buf()
        });
        if current == root {
            break;
        }
        current = parent;
    }
    for (index, folder) in above.iter().rev().enumerate() {
        match io.sync_dir(folder, point) {
            Err(error) if index == 0 && error.is_permission_denied() => {
                tracing::debug!(%error, "the folder above the data folder is not ours to sync");
            }
            other => other?,
        }
    }
    Ok(())
}

/// Writes a new file with this content and syncs it; the caller syncs the folder.
pub fn write_new(io: &dyn Io, path: &Path, bytes: &[u8], point: SyncPoint) -> Result<()> {
    let mut file = io.create(path)?;
    file.write_all(bytes)?;
    file.sync_all(point)
}

/// Appends `bytes` of a file, from that offset on, to another.
pub fn copy_range(
    source: &dyn ReadFile,
    offset: u64,
    bytes: u64,
    target: &mut dyn WriteFile,
) -> Result<()> {
    const PART_BYTES: u64 = 1 << 20;
    let mut done = 0;
    let mut buffer = Vec::new();
    while done < bytes {
        let part = (bytes - done).min(PART_BYTES);
        buffer.resize(usize::try_from(part).unwrap_or(0), 0);
        source.read_exact_at(&mut buffer, offset + done)?;
        target.write_all(&buffer)?;
        done += part;
    }
    Ok(())
}

/// Removes a file if it is there.
pub fn remove_if_there(io: &dyn Io, path: &Path) -> Result<bool> {
    match io.remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
