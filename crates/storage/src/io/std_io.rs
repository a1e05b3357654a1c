//! The real file system: `std::fs`, and `rustix` for what the standard library lacks.
//!
//! No caching and no retries here; every error carries the path. `create` never replaces a file.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one file of the crate that calls std::fs"
)]

use crate::error::{Error, Result};
use crate::io::{Entry, FileLock, Io, LockAttempt, ReadFile, SyncPoint, WriteFile};
use rustix::fs::FlockOperation;
use std::fs::{File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest content of a lock file that is read back.
const LOCK_CONTENT_MAX: u64 = 4096;

/// The machine's file system.
#[derive(Debug, Default, Clone, Copy)]
pub struct StdIo;

#[derive(Debug)]
struct StdWriteFile {
    file: File,
    path: PathBuf,
    len: u64,
}

impl WriteFile for StdWriteFile {
    fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|source| Error::io("write", &self.path, source))?;
        self.len += bytes.len() as u64;
        Ok(())
    }

    fn sync_data(&mut self, _point: SyncPoint) -> Result<()> {
        self.file
            .sync_data()
            .map_err(|source| Error::io("sync", &self.path, source))
    }

    fn sync_all(&mut self, _point: SyncPoint) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|source| Error::io("sync", &self.path, source))
    }

    fn len(&self) -> u64 {
        self.len
    }
}

#[derive(Debug)]
struct StdReadFile {
    file: File,
    path: PathBuf,
    len: u64,
}

impl ReadFile for StdReadFile {
    fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        self.file
            .read_exact_at(buffer, offset)
            .map_err(|source| Error::io("read", &self.path, source))
    }

    fn len(&self) -> u64 {
        self.len
    }
}

/// The lock goes with the file descriptor: when the guard is dropped or the process ends.
#[derive(Debug)]
struct StdLock {
    _file: File,
}

impl FileLock for StdLock {}

impl Io for StdIo {
    fn create(&self, path: &Path) -> Result<Box<dyn WriteFile>> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|source| Error::io("create", path, source))?;
        Ok(Box::new(StdWriteFile {
            file,
            path: path.to_path_buf(),
            len: 0,
        }))
    }

    fn open_append(&self, path: &Path, truncate_to: u64) -> Result<Box<dyn WriteFile>> {
        let mut file = OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|source| Error::io("open", path, source))?;
        file.set_len(truncate_to)
            .map_err(|source| Error::io("truncate", path, source))?;
        file.seek(SeekFrom::End(0))
            .map_err(|source| Error::io("seek", path, source))?;
        Ok(Box::new(StdWriteFile {
            file,
            path: path.to_path_buf(),
            len: truncate_to,
        }))
    }

    fn open_read(&self, path: &Path) -> Result<Arc<dyn ReadFile>> {
        let file = File::open(path).map_err(|source| Error::io("open", path, source))?;
        let len = file
            .metadata()
            .map_err(|source| Error::io("stat", path, source))?
            .len();
        Ok(Arc::new(StdReadFile {
            file,
            path: path.to_path_buf(),
            len,
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        std::fs::rename(from, to).map_err(|source| Error::io("rename", from, source))
    }

    fn remove_file(&self, path: &Path) -> Result<()> {
        std::fs::remove_file(path).map_err(|source| Error::io("remove", path, source))
    }

    fn remove_dir_all(&self, path: &Path) -> Result<()> {
        std::fs::remove_dir_all(path).map_err(|source| Error::io("remove", path, source))
    }

    fn create_dir_all(&self, path: &Path) -> Result<()> {
        std::fs::create_dir_all(path).map_err(|source| Error::io("create", path, source))
    }

    fn list(&self, path: &Path) -> Result<Vec<Entry>> {
        let failed = |source| Error::io("list", path, source);
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                Err(source) if source.kind() == std::io::ErrorKind::NotFound => continue,
                Err(source) => return Err(Error::io("stat", &entry.path(), source)),
            };
            let is_dir = metadata.is_dir();
            entries.push(Entry {
                name: entry.file_name(),
                len: if is_dir { 0 } else { metadata.len() },
                is_dir,
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn sync_dir(&self, path: &Path, _point: SyncPoint) -> Result<()> {
        let folder = File::open(path).map_err(|source| Error::io("open", path, source))?;
        folder
            .sync_all()
            .map_err(|source| Error::io("sync", path, source))
    }

    fn exists(&self, path: &Path) -> Result<bool> {
        path.try_exists()
            .map_err(|source| Error::io("stat", path, source))
    }

    fn available_bytes(&self, path: &Path) -> Result<u64> {
        let stat =
            rustix::fs::statvfs(path).map_err(|source| Error::io("stat", path, source.into()))?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn set_private(&self, path: &Path) -> Result<()> {
        std::fs::set_permissions(path, Permissions::from_mode(0o600))
            .map_err(|source| Error::io("set permissions of", path, source))
    }

    fn hard_link(&self, from: &Path, to: &Path) -> Result<()> {
        std::fs::hard_link(from, to).map_err(|source| Error::io("link", to, source))
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<u64> {
        let mut source = File::open(from).map_err(|error| Error::io("open", from, error))?;
        let mut target = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(to)
            .map_err(|error| Error::io("create", to, error))?;
        std::io::copy(&mut source, &mut target).map_err(|error| Error::io("copy", to, error))
    }

    fn try_lock(&self, path: &Path, content: &[u8]) -> Result<LockAttempt> {
        let failed = |source| Error::io("lock", path, source);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                file.set_len(0).map_err(failed)?;
                file.write_all(content).map_err(failed)?;
                Ok(LockAttempt::Held(Box::new(StdLock { _file: file })))
            }
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut held_by = Vec::new();
                file.take(LOCK_CONTENT_MAX)
                    .read_to_end(&mut held_by)
                    .map_err(failed)?;
                Ok(LockAttempt::Busy(held_by))
            }
            Err(source) => Err(failed(source.into())),
        }
    }
}
