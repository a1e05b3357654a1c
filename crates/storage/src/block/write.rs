//! Writes blocks: the two files, both synced, and their folder.

use super::{BlockFacts, BlockId};
use crate::columns::log_batch::LogBatch;
use crate::columns::span_batch::SpanBatch;
use crate::error::{Error, Result};
use crate::io::Io;
use std::path::Path;

/// Writes these rows of a batch (in this order; one group of `split_spans`) as a block. `dir`
/// must exist. On success both files and the folder are durable. On an error files of that id
/// may be left behind; they mean nothing without an entry in the manifest.
pub fn write_spans(
    _io: &dyn Io,
    _dir: &Path,
    _id: BlockId,
    _batch: &SpanBatch,
    _rows: &[u32],
) -> Result<BlockFacts> {
    Err(Error::internal("write a block: not built yet"))
}

/// Writes these rows of a batch (in this order; one group of `split_logs`) as a block; otherwise
/// like `write_spans`.
pub fn write_logs(
    _io: &dyn Io,
    _dir: &Path,
    _id: BlockId,
    _batch: &LogBatch,
    _rows: &[u32],
) -> Result<BlockFacts> {
    Err(Error::internal("write a block: not built yet"))
}
