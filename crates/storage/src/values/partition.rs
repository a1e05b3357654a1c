//! All files of values of one partition, open for reading.

use super::{ValueFileFacts, ValueFileId};
use crate::error::{Error, Result};
use crate::io::Io;
use std::path::Path;
use std::sync::Arc;

/// The values of a partition. Opening reads nothing; indexes are loaded on first use.
#[derive(Debug)]
pub struct PartitionValues {}

impl PartitionValues {
    /// The files of these ids in `dir`, oldest first. A new set is opened when files come or go;
    /// `previous` lends it what it has loaded.
    pub fn open(
        _io: Arc<dyn Io>,
        _dir: &Path,
        _files: &[ValueFileId],
        _previous: Option<&PartitionValues>,
    ) -> Self {
        Self {}
    }

    /// The content of a value; `None` if no file has it.
    pub fn get(&self, _hash: &[u8; 32]) -> Result<Option<Vec<u8>>> {
        Err(Error::internal("not built yet"))
    }

    /// Whether a file has the value.
    pub fn contains(&self, _hash: &[u8; 32]) -> Result<bool> {
        Err(Error::internal("not built yet"))
    }

    /// Bytes of memory held by caches.
    pub fn memory(&self) -> usize {
        0
    }

    /// Frees all caches.
    pub fn drop_caches(&self) {}

    /// Writes one new file, complete in itself, with those values of all files that are `live`.
    /// When the manifest names it instead of the old ones, these can go. `None` if nothing lives.
    pub fn rewrite(
        &self,
        _id: ValueFileId,
        _live: &dyn Fn(&[u8; 32]) -> bool,
    ) -> Result<Option<ValueFileFacts>> {
        Err(Error::internal("not built yet"))
    }

    /// Verifies every checksum of all files.
    pub fn verify(&self) -> Result<()> {
        Err(Error::internal("not built yet"))
    }
}
