//! Chunks in memory: samples are added one by one, compressed at once.

use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::sample::SampleColumns;

/// Floats of one series by time, compressed. Takes up to 65,535 samples or bytes; callers cut much
/// earlier.
#[derive(Debug, Clone, Default)]
pub struct HeadChunk {
    bytes: Box<[u8]>,
}

impl HeadChunk {
    /// Adds a sample later than all before; `start_ms` is 0 if unknown. False if the chunk cannot take
    /// it (full, or the time is not later, or 49 days after the first): then nothing has changed and
    /// the sample belongs into a new chunk.
    #[must_use]
    pub fn append(&mut self, _time_ms: i64, _value: f64, _start_ms: i64) -> bool {
        false
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        0
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory, the struct itself included.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.bytes.len()
    }

    /// Compressed bytes of the samples.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Time of the first sample, milliseconds; 0 without samples.
    pub fn first_time(&self) -> i64 {
        0
    }

    /// Time of the last sample, milliseconds; 0 without samples.
    pub fn last_time(&self) -> i64 {
        0
    }

    /// The last value, bit for bit; 0 without samples.
    pub fn last_value(&self) -> f64 {
        0.0
    }

    /// Start timestamp of the last sample, milliseconds; 0 if unknown.
    pub fn last_start(&self) -> i64 {
        0
    }

    /// Adds all samples to the end of the columns.
    pub fn decode_into(&self, _out: &mut SampleColumns) {}
}

/// Histograms of one series by time.
#[derive(Debug, Clone, Default)]
pub struct HeadHistograms {
    samples: Vec<(i64, i64, Arc<Histogram>)>,
}

impl HeadHistograms {
    /// Adds a histogram later than all before. False if it is not later: then nothing has changed.
    #[must_use]
    pub fn append(&mut self, time_ms: i64, histogram: Arc<Histogram>, start_ms: i64) -> bool {
        self.samples.push((time_ms, start_ms, histogram));
        true
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Bytes of memory, the struct itself and the histograms included.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
    }

    /// Time of the first sample, milliseconds; 0 without samples.
    pub fn first_time(&self) -> i64 {
        self.samples.first().map_or(0, |sample| sample.0)
    }

    /// Time of the last sample, milliseconds; 0 without samples.
    pub fn last_time(&self) -> i64 {
        self.samples.last().map_or(0, |sample| sample.0)
    }

    /// The last histogram.
    pub fn last(&self) -> Option<&Arc<Histogram>> {
        self.samples.last().map(|sample| &sample.2)
    }

    /// Adds all samples to the end of the columns.
    pub fn decode_into(&self, out: &mut SampleColumns) {
        for (time, start, histogram) in &self.samples {
            out.push_histogram(*time, Arc::clone(histogram), *start);
        }
    }
}
