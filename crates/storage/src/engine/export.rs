//! Exports: block files under second names, so that other programs can read them while merges,
//! retention and deletions go on. Each is one folder `exports/<when>`; the oldest go first.

use crate::error::{Error, ErrorKind, Result};
use crate::io::Io;
use parking_lot::Mutex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the folder of exports in the data folder.
pub const EXPORTS_DIR: &str = "exports";
/// Exports that are kept at most.
const KEPT_MAX: usize = 16;
/// Length of the name of an export: its moment in nanoseconds.
const NAME_DIGITS: usize = 19;
/// How long an export is kept, nanoseconds: an hour less than the 24 within which deleted data
/// are gone from the disk.
const AGE_MAX_NS: i64 = 23 * 3_600 * 1_000_000_000;

/// The exports of a data folder.
pub struct Exports {
    io: Arc<dyn Io>,
    dir: PathBuf,
    lock: Mutex<()>,
}

impl Exports {
    /// Those of this data folder.
    pub fn new(io: Arc<dyn Io>, data_dir: &Path) -> Self {
        Self {
            io,
            dir: data_dir.join(EXPORTS_DIR),
            lock: Mutex::new(()),
        }
    }

    /// Makes an export of files, each with its place in it, and gives its folder. If it cannot be
    /// made nothing is left of it.
    pub fn make(&self, now_ns: i64, files: &[(&Path, &Path)]) -> Result<PathBuf> {
        let _one = self.lock.lock();
        self.clear(now_ns, KEPT_MAX - 1)?;
        // No name comes twice, and later ones are larger, though the clock may stand or go back.
        let newest = self.made()?.pop();
        let number = newest.map_or(now_ns, |newest| now_ns.max(newest.saturating_add(1)));
        let folder = self.folder(number);
        match self.fill(&folder, files) {
            Ok(()) => Ok(folder),
            Err(error) => {
                if let Err(left) = remove(self.io.as_ref(), &folder) {
                    tracing::warn!(error = %left, "a part of an export is left; it goes with its age");
                }
                Err(error)
            }
        }
    }

    /// Removes exports that are too old.
    pub fn clear_old(&self, now_ns: i64) -> Result<()> {
        let _one = self.lock.lock();
        self.clear(now_ns, KEPT_MAX)
    }

    /// Removes all exports.
    pub fn clear_all(&self, now_ns: i64) -> Result<()> {
        let _one = self.lock.lock();
        self.clear(now_ns, 0)
    }

    fn clear(&self, now_ns: i64, keep: usize) -> Result<()> {
        let made = self.made()?;
        let surplus = made.len().saturating_sub(keep);
        for (index, made) in made.into_iter().enumerate() {
            // One that seems to be of tomorrow is of a clock that was wrong.
            let old = now_ns.abs_diff(made) >= AGE_MAX_NS.unsigned_abs();
            if old || index < surplus {
                remove(self.io.as_ref(), &self.folder(made))?;
            }
        }
        Ok(())
    }

    /// When the exports were made that are there, oldest first.
    fn made(&self) -> Result<Vec<i64>> {
        let entries = match self.io.list(&self.dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let folders = entries.iter().filter(|entry| entry.is_dir);
        // What has no name of ours is not ours.
        let mut made: Vec<i64> = folders
            .filter_map(|entry| entry.name.to_str())
            .filter(|name| name.len() == NAME_DIGITS)
            .filter_map(|name| name.parse().ok())
            .collect();
        made.sort_unstable();
        Ok(made)
    }

    fn folder(&self, number: i64) -> PathBuf {
        self.dir.join(format!("{number:0NAME_DIGITS$}"))
    }

    fn fill(&self, folder: &Path, files: &[(&Path, &Path)]) -> Result<()> {
        self.io.create_dir_all(folder)?;
        let mut made: Option<PathBuf> = None;
        for (from, below) in files {
            let to = folder.join(below);
            let above = to.parent().map(Path::to_path_buf);
            if let Some(above) = above.filter(|above| Some(above) != made.as_ref()) {
                self.io.create_dir_all(&above)?;
                made = Some(above);
            }
            // File systems without hard links, and those that allow few of them, get a copy.
            match self.io.hard_link(from, &to) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let message = format!("export {}: it is not there", from.display());
                    return Err(Error::corrupt(message).with_source(error));
                }
                Err(_) => {
                    self.io.copy(from, &to)?;
                }
            }
        }
        Ok(())
    }
}

fn remove(io: &dyn Io, folder: &Path) -> Result<()> {
    match io.remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
