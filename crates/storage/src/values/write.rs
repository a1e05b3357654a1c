//! Writes the values of a head that a partition lacks into one file.

use super::memory::MemoryValues;
use super::partition::PartitionValues;
use super::{ValueFileFacts, ValueFileId};
use crate::error::{Error, Result};
use crate::io::Io;
use std::path::Path;

/// Writes the values that the partition's files lack, and of them only the chunks that these
/// lack. `None`: they have everything, no file was made. `dir` must exist; on success file and
/// folder are durable. The new file refers to chunks of the files in `known`: those must stay as
/// long as it does.
pub fn write_value_file(
    _io: &dyn Io,
    _dir: &Path,
    _id: ValueFileId,
    _values: &MemoryValues,
    _known: &PartitionValues,
) -> Result<Option<ValueFileFacts>> {
    Err(Error::internal("not built yet"))
}
