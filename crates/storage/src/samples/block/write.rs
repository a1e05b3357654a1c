//! Writes the file of a block of samples, series by series in the order of their labels.

use super::SampleBlockFacts;
use crate::block::BlockId;
use crate::error::{Error, Result};
use crate::io::Io;
use std::path::Path;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

/// Writes one block. Memory: what the index needs, `index_memory` says how much; chunks go to the
/// file at once. A writer that is dropped before `finish` leaves a file that no manifest names.
pub struct BlockWriter<'a> {
    io: &'a dyn Io,
}

impl<'a> BlockWriter<'a> {
    /// Makes the file of the block in the folder; `Conflict` if it is there.
    pub fn create(io: &'a dyn Io, _dir: &Path, _id: BlockId) -> Result<Self> {
        Ok(Self { io })
    }

    /// Adds a series. Its labels must be greater than those of the one before (`Invalid` otherwise);
    /// times strictly ascend. A series without samples and exemplars is left out.
    pub fn series(
        &mut self,
        _labels: &Labels,
        _samples: &SampleColumns,
        _exemplars: &[Exemplar],
    ) -> Result<()> {
        let _ = self.io;
        Err(Error::internal("blocks of samples are not written yet"))
    }

    /// Number of series so far.
    pub fn series_count(&self) -> u64 {
        0
    }

    /// Bytes of chunks so far, as stored.
    pub fn bytes(&self) -> u64 {
        0
    }

    /// Bytes of memory that the writer holds; the caller ends the block when that is too much.
    pub fn index_memory(&self) -> usize {
        0
    }

    /// Writes the index, syncs the file (`SyncPoint::BlockFile`), then the folder
    /// (`SyncPoint::BlockDir`). `Invalid` without any series.
    pub fn finish(self) -> Result<SampleBlockFacts> {
        Err(Error::internal("blocks of samples are not written yet"))
    }
}
