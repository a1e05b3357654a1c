//! What the head knows of one series.

use super::delta::Delta;
use crate::samples::chunk::head::sealed::SealedChunk;
use crate::samples::chunk::head::{HeadChunk, HeadHistograms};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::sample::SampleValue;

/// The time of the newest sample of a series that has none.
pub(crate) const NONE_YET: i64 = i64::MIN;

/// The newest sample of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Newest {
    /// When, milliseconds; `NONE_YET` without any.
    pub(crate) time_ms: i64,
    /// Bits of its value; of a histogram those of its sum.
    pub(crate) bits: u64,
    /// Its start, milliseconds; 0 if unknown.
    pub(crate) start_ms: i64,
    /// Whether it is a histogram; then `Rare::newest` has it.
    pub(crate) is_histogram: bool,
}

impl Default for Newest {
    fn default() -> Self {
        Self {
            time_ms: NONE_YET,
            bits: 0,
            start_ms: 0,
            is_histogram: false,
        }
    }
}

/// A sample that came after a later one.
#[derive(Debug, Clone)]
pub(crate) struct LateSample {
    /// When, milliseconds.
    pub(crate) time_ms: i64,
    /// Its start, milliseconds; 0 if unknown.
    pub(crate) start_ms: i64,
    /// Its value.
    pub(crate) value: SampleValue,
}

/// Samples of a series that are not in blocks yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    /// Floats in order.
    pub(crate) chunk: HeadChunk,
    /// What most series do not have.
    pub(crate) more: Option<Box<MoreContent>>,
}

/// Parts of the content that most series do not have.
#[derive(Debug, Clone, Default)]
pub(crate) struct MoreContent {
    /// Chunks that are full, oldest first.
    pub(crate) full: Vec<SealedChunk>,
    /// Histograms in order.
    pub(crate) histograms: HeadHistograms,
    /// Samples out of order, by time.
    pub(crate) late: Vec<LateSample>,
}

/// State of a series that most do not have.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rare {
    /// The running sum of deltas.
    pub(crate) delta: Option<Delta>,
    /// The newest sample, if it is a histogram.
    pub(crate) newest: Option<Arc<Histogram>>,
}

/// A series.
#[derive(Debug, Default)]
pub(crate) struct Series {
    /// Its labels; none: the slot is free.
    pub(crate) labels: Labels,
    /// Its newest sample, wherever that lies by now.
    pub(crate) newest: Newest,
    /// When it was written to last, seconds of the receive time.
    pub(crate) active_s: i64,
    /// What is in memory.
    pub(crate) content: Content,
    /// More state.
    pub(crate) rare: Option<Box<Rare>>,
}

impl Series {
    /// Forgets the newest sample and the running sum: what comes next begins anew.
    pub(crate) fn forget(&mut self) {
        self.newest = Newest::default();
        self.rare = None;
    }
}

impl Content {
    /// True without samples.
    pub(crate) fn is_empty(&self) -> bool {
        self.chunk.is_empty() && self.more.is_none()
    }

    /// Bytes of memory beyond the struct itself.
    pub(crate) fn memory(&self) -> usize {
        let more = self.more.as_ref().map_or(0, |more| {
            size_of::<MoreContent>()
                + more.full.iter().map(SealedChunk::memory).sum::<usize>()
                + more.histograms.memory()
                + more.late.capacity() * size_of::<LateSample>()
        });
        self.chunk.memory() - size_of::<HeadChunk>() + more
    }

    /// Number of samples.
    pub(crate) fn len(&self) -> usize {
        let more = self.more.as_ref().map_or(0, |more| {
            more.full.iter().map(SealedChunk::len).sum::<usize>()
                + more.histograms.len()
                + more.late.len()
        });
        self.chunk.len() + more
    }

    /// Number of chunks.
    pub(crate) fn chunks(&self) -> u64 {
        let more = self.more.as_ref().map_or(0, |more| {
            more.full.len() + usize::from(!more.histograms.is_empty())
        });
        (more + usize::from(!self.chunk.is_empty())) as u64
    }

    /// Earliest and latest sample.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let mut range: Option<(i64, i64)> = None;
        let mut add = |first: i64, last: i64| {
            range = Some(range.map_or((first, last), |range| {
                (range.0.min(first), range.1.max(last))
            }));
        };
        if !self.chunk.is_empty() {
            add(self.chunk.first_time(), self.chunk.last_time());
        }
        if let Some(more) = &self.more {
            for chunk in &more.full {
                add(chunk.first_time(), chunk.last_time());
            }
            if !more.histograms.is_empty() {
                add(more.histograms.first_time(), more.histograms.last_time());
            }
            if let (Some(first), Some(last)) = (more.late.first(), more.late.last()) {
                add(first.time_ms, last.time_ms);
            }
        }
        range
    }

    /// Adds a float later than all before; gives how many more bytes of memory that takes, fewer
    /// where a chunk was sealed.
    pub(crate) fn append(&mut self, time_ms: i64, value: f64, start_ms: i64) -> isize {
        let before = self.chunk.memory() as isize;
        if !self.chunk.is_long() && self.chunk.append(time_ms, value, start_ms) {
            return self.chunk.memory() as isize - before;
        }
        let mut more = 0;
        if !self.chunk.is_empty() {
            let sealed = self.chunk.seal();
            more += sealed.memory() as isize;
            let full = &mut self.more.get_or_insert_default().full;
            if full.len() == full.capacity() {
                full.reserve_exact(2 + full.len() / 4);
            }
            full.push(sealed);
        }
        if !self.chunk.append(time_ms, value, start_ms) {
            self.add_late(time_ms, SampleValue::Float(value), start_ms);
            more += size_of::<LateSample>() as isize;
        }
        self.chunk.memory() as isize + more - before
    }

    /// Adds a histogram later than all before.
    pub(crate) fn append_histogram(&mut self, time_ms: i64, value: Arc<Histogram>, start_ms: i64) {
        let more = self.more.get_or_insert_default();
        if !more
            .histograms
            .append(time_ms, Arc::clone(&value), start_ms)
        {
            self.add_late(time_ms, SampleValue::Histogram(value), start_ms);
        }
    }

    /// Adds a sample out of order; one of the same time stays.
    pub(crate) fn add_late(&mut self, time_ms: i64, value: SampleValue, start_ms: i64) {
        let late = &mut self.more.get_or_insert_default().late;
        if let Err(at) = late.binary_search_by_key(&time_ms, |sample| sample.time_ms) {
            late.insert(
                at,
                LateSample {
                    time_ms,
                    start_ms,
                    value,
                },
            );
        }
    }
}

/// Series by number.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    slots: Vec<Series>,
    free: Vec<u32>,
}

impl Slots {
    /// A series that is there.
    pub(crate) fn get(&self, number: u32) -> &Series {
        &self.slots[number as usize]
    }

    /// A series that is there.
    pub(crate) fn get_mut(&mut self, number: u32) -> &mut Series {
        &mut self.slots[number as usize]
    }

    /// Gives a new series a number. `None` if there are no numbers left.
    pub(crate) fn insert(&mut self, labels: Labels, active_s: i64) -> Option<u32> {
        let series = Series {
            labels,
            active_s,
            ..Series::default()
        };
        if let Some(number) = self.free.pop() {
            self.slots[number as usize] = series;
            return Some(number);
        }
        let number = u32::try_from(self.slots.len()).ok()?;
        self.slots.push(series);
        Some(number)
    }

    /// Lets go of a series.
    pub(crate) fn remove(&mut self, number: u32) -> Series {
        self.free.push(number);
        std::mem::take(&mut self.slots[number as usize])
    }

    /// Gives memory of free slots at the end back, and uses small numbers first from now on.
    pub(crate) fn tidy(&mut self) {
        self.free.sort_unstable_by(|a, b| b.cmp(a));
        let mut keep = self.slots.len();
        while keep > 0 && self.slots[keep - 1].labels.is_empty() {
            keep -= 1;
        }
        self.slots.truncate(keep);
        self.slots.shrink_to(keep + keep / 4);
        self.free.retain(|number| (*number as usize) < keep);
    }

    /// All series, by number.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (u32, &mut Series)> {
        self.slots
            .iter_mut()
            .enumerate()
            .filter(|(_, series)| !series.labels.is_empty())
            .map(|(number, series)| (number as u32, series))
    }

    /// All series, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Series)> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, series)| !series.labels.is_empty())
            .map(|(number, series)| (number as u32, series))
    }

    /// Bytes of memory of the slots themselves.
    pub(crate) fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<Series>() + self.free.capacity() * 4
    }
}
