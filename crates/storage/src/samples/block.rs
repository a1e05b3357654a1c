//! Blocks of samples: one immutable file of one (tenant, partition) with chunks, exemplars and an
//! index of labels.
//!
//! Start at `block/write.rs` (series to a file) and `block/read.rs` (a file to series); merging is
//! in `samples/merge.rs`. The format is `docs/formats/samples-block.md`.

pub mod iter;
pub mod read;
pub mod write;

mod cut;
pub(crate) mod exemplar_page;
mod index;
pub(crate) mod layout;
mod matching;
pub(crate) mod part;
mod plan;
pub(crate) mod postings;
pub(crate) mod series_page;
mod symbol_table;
pub(crate) mod symbols_page;
pub(crate) mod table_page;
mod times_table;
mod write_index;

use crate::block::BlockId;
use std::path::{Path, PathBuf};
use tacho_model::labels::Labels;
use tacho_model::metric::Exemplar;
use tacho_model::sample::SampleColumns;

/// Where the file of a block of samples lies.
pub fn samples_path(dir: &Path, id: BlockId) -> PathBuf {
    dir.join(format!("{id}.samples"))
}

/// What the manifest knows of a block of samples. Ranges are closed: both ends occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SampleBlockFacts {
    /// Number of series, at least 1.
    pub series: u64,
    /// Number of samples.
    pub samples: u64,
    /// Samples as PromQL sees them: a histogram is its buckets and 2.
    pub points: u64,
    /// Number of exemplars.
    pub exemplars: u64,
    /// Length of the file.
    pub bytes: u64,
    /// Earliest sample, milliseconds; the earliest exemplar if there is no sample.
    pub time_min: i64,
    /// Latest sample, milliseconds; the latest exemplar if there is no sample.
    pub time_max: i64,
    /// About the bytes of memory that the whole index takes once loaded.
    pub index_memory: u64,
}

/// A series with what it holds.
#[derive(Debug, Clone, Default)]
pub struct SeriesItem {
    /// Its labels.
    pub labels: Labels,
    /// Its samples, times strictly ascending.
    pub samples: SampleColumns,
    /// Its exemplars by time.
    pub exemplars: Vec<Exemplar>,
}
