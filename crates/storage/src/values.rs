//! The value store: large values of one partition (tenant, signal, day), cut into chunks by
//! content, each chunk kept once.
//!
//! `values/memory.rs` is the store of a head, `values/write.rs` makes a file of it, and
//! `values/partition.rs` reads all files of a partition. Format: `docs/formats/values.md`.

pub mod memory;
pub mod partition;
pub mod write;

mod cut;
mod file;

use std::fmt;
use std::path::{Path, PathBuf};

/// Identifies a file of values in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ValueFileId(pub u64);

impl ValueFileId {
    /// Where the file lies.
    pub fn path(self, dir: &Path) -> PathBuf {
        dir.join(format!("{self}.val"))
    }
}

impl fmt::Display for ValueFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What the manifest knows of a file of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ValueFileFacts {
    /// Values whose entry is in this file.
    pub values: u64,
    /// Chunks whose content is in this file.
    pub chunks: u64,
    /// Bytes of all these values, as they came.
    pub raw_bytes: u64,
    /// Length of the file.
    pub file_bytes: u64,
}
