//! The samples of one series from blocks and heads, decoded when asked for.

use super::set_aside;
use crate::engine::budget::Reservation;
use crate::error::Result;
use crate::read::ReadStats;
use crate::samples::block::read::BlockSeries;
use crate::samples::head::query::HeadPart;
use crate::samples::hint::set_hints;
use crate::samples::join::{join, keep_newest};
use crate::samples::read::SeriesData;
use crate::samples::store::SampleStore;
use crate::samples::store::catalog::SampleHandle;
use crate::samples::store::rewrite::remove_ranges;
use std::sync::Arc;
use tacho_model::sample::SampleColumns;

/// Samples in a block.
pub(crate) struct BlockPart {
    /// The block: its file stays as long as this.
    pub(crate) handle: Arc<SampleHandle>,
    /// Where they are.
    pub(crate) series: BlockSeries,
    /// Ranges that deletions take away, milliseconds, both ends inclusive.
    pub(crate) removed: Vec<(i64, i64)>,
}

impl BlockPart {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        if self.series.time_min > end_ms || self.series.time_max < start_ms {
            return Ok(());
        }
        self.series.read(start_ms, end_ms, out)?;
        remove_ranges(out, &self.removed);
        Ok(())
    }

    fn read_newest(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        if self.removed.is_empty() {
            return self.series.read_newest(start_ms, end_ms, out);
        }
        self.read(start_ms, end_ms, out)?;
        keep_newest(out);
        Ok(())
    }
}

/// Parts of a series, those that count more later.
#[derive(Default)]
pub(crate) struct JoinedSeries {
    blocks: Vec<BlockPart>,
    head: Vec<HeadPart>,
}

impl JoinedSeries {
    /// Samples in a block.
    pub(crate) fn of_block(part: BlockPart) -> Self {
        Self {
            blocks: vec![part],
            head: Vec::new(),
        }
    }

    /// Samples in memory.
    pub(crate) fn of_head(head: Vec<HeadPart>) -> Self {
        Self {
            blocks: Vec::new(),
            head,
        }
    }

    /// Adds parts that count more.
    pub(crate) fn add(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
        self.head.extend(other.head);
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.blocks.len() * size_of::<BlockPart>()
            + self.head.iter().map(HeadPart::memory).sum::<usize>()
    }

    /// Ready to be read.
    pub(crate) fn finish(
        self,
        store: &Arc<SampleStore>,
        reserved: &Arc<Reservation>,
        stats: &Arc<ReadStats>,
    ) -> Arc<dyn SeriesData> {
        Arc::new(ReadSeries {
            parts: self,
            store: Arc::clone(store),
            stats: Arc::clone(stats),
            _reserved: Arc::clone(reserved),
        })
    }
}

/// A selected series.
struct ReadSeries {
    parts: JoinedSeries,
    store: Arc<SampleStore>,
    stats: Arc<ReadStats>,
    _reserved: Arc<Reservation>,
}

impl ReadSeries {
    fn read_block(
        &self,
        part: &BlockPart,
        range_ms: (i64, i64),
        out: &mut SampleColumns,
    ) -> Result<()> {
        let result = part.read(range_ms.0, range_ms.1, out);
        self.unless_broken(part, result, out)
    }

    /// What a block that cannot be read has is left out.
    fn unless_broken(
        &self,
        part: &BlockPart,
        result: Result<()>,
        out: &mut SampleColumns,
    ) -> Result<()> {
        let Err(error) = result else {
            return Ok(());
        };
        out.clear();
        set_aside(&self.store, &part.handle, error, &self.stats)
    }
}

impl SeriesData for ReadSeries {
    fn read(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        match (self.parts.blocks.as_slice(), self.parts.head.as_slice()) {
            ([], []) => {}
            ([part], []) => self.read_block(part, (start_ms, end_ms), out)?,
            ([], [part]) => part.read(start_ms, end_ms, out),
            (blocks, head) => {
                let mut sources = Vec::with_capacity(blocks.len() + head.len());
                for part in blocks {
                    let mut columns = SampleColumns::default();
                    self.read_block(part, (start_ms, end_ms), &mut columns)?;
                    sources.push(columns);
                }
                for part in head {
                    let mut columns = SampleColumns::default();
                    part.read(start_ms, end_ms, &mut columns);
                    sources.push(columns);
                }
                join(sources, out);
            }
        }
        set_hints(out);
        ReadStats::add(&self.stats.rows_scanned, out.len() as u64);
        Ok(())
    }

    fn read_newest(&self, start_ms: i64, end_ms: i64, out: &mut SampleColumns) -> Result<()> {
        out.clear();
        let mut columns = SampleColumns::default();
        let count = self.parts.blocks.len() + self.parts.head.len();
        for number in 0..count {
            // The only part needs no memory beside.
            let into = if count == 1 { &mut *out } else { &mut columns };
            match self.parts.blocks.get(number) {
                Some(part) => {
                    let result = part.read_newest(start_ms, end_ms, into);
                    self.unless_broken(part, result, into)?;
                }
                None => {
                    let part = self.parts.head.get(number - self.parts.blocks.len());
                    part.iter()
                        .for_each(|part| part.read_newest(start_ms, end_ms, into));
                }
            }
            // Of samples of the same time that of the later part counts.
            if count > 1 && !columns.is_empty() && columns.times.last() >= out.times.last() {
                std::mem::swap(out, &mut columns);
            }
        }
        set_hints(out);
        ReadStats::add(&self.stats.rows_scanned, out.len() as u64);
        Ok(())
    }

    fn samples_max(&self) -> u64 {
        let blocks = self.parts.blocks.iter().map(|part| part.series.samples);
        let head = self.parts.head.iter().map(|part| part.len() as u64);
        blocks.sum::<u64>() + head.sum::<u64>()
    }
}
