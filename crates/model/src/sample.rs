//! Samples of series: a time in milliseconds and a float or a native histogram.
//!
//! Source: the Prometheus data model. A series may end before its next sample is due; a stale marker says so.

use crate::histogram::Histogram;
use std::sync::Arc;

/// Bits of the NaN that marks the end of a series.
pub const STALE_NAN_BITS: u64 = 0x7ff0_0000_0000_0002;
/// Bits of the NaN that is an ordinary value.
pub const NORMAL_NAN_BITS: u64 = 0x7ff8_0000_0000_0001;

/// The value that marks the end of a series.
pub fn stale_nan() -> f64 {
    f64::from_bits(STALE_NAN_BITS)
}

/// True for the value that marks the end of a series, told from other NaNs by its bits.
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_NAN_BITS
}

/// A value of a series.
#[derive(Debug, Clone, PartialEq)]
pub enum SampleValue {
    /// A number.
    Float(f64),
    /// A native histogram; a stale marker in a series of histograms is one whose sum is the stale
    /// NaN.
    Histogram(Arc<Histogram>),
}

/// Samples of one series by time: columns of equal length.
#[derive(Debug, Clone, Default)]
pub struct SampleColumns {
    /// Times in milliseconds since the epoch, strictly ascending.
    pub times: Vec<i64>,
    /// Values; 0 where the sample is a histogram.
    pub values: Vec<f64>,
    /// Histograms; `None` where the sample is a float. Empty if there is no histogram at all.
    pub histograms: Vec<Option<Arc<Histogram>>>,
    /// Start timestamps in milliseconds; 0 where unknown. Empty if none is known.
    pub starts: Vec<i64>,
}

impl SampleColumns {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// True without samples.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// Forgets everything, keeps the memory.
    pub fn clear(&mut self) {
        self.times.clear();
        self.values.clear();
        self.histograms.clear();
        self.starts.clear();
    }

    /// Adds a float.
    pub fn push_float(&mut self, time_ms: i64, value: f64, start_ms: i64) {
        self.times.push(time_ms);
        self.values.push(value);
        if !self.histograms.is_empty() {
            self.histograms.push(None);
        }
        self.push_start(start_ms);
    }

    /// Adds a histogram.
    pub fn push_histogram(&mut self, time_ms: i64, histogram: Arc<Histogram>, start_ms: i64) {
        if self.histograms.is_empty() {
            self.histograms.resize(self.times.len(), None);
        }
        self.times.push(time_ms);
        self.values.push(0.0);
        self.histograms.push(Some(histogram));
        self.push_start(start_ms);
    }

    fn push_start(&mut self, start_ms: i64) {
        if start_ms != 0 && self.starts.is_empty() {
            self.starts.resize(self.times.len() - 1, 0);
        }
        if start_ms != 0 || !self.starts.is_empty() {
            self.starts.push(start_ms);
        }
    }

    /// The histogram of a row, if it is one.
    pub fn histogram(&self, row: usize) -> Option<&Arc<Histogram>> {
        self.histograms.get(row).and_then(Option::as_ref)
    }

    /// The start timestamp of a row; 0 if unknown.
    pub fn start(&self, row: usize) -> i64 {
        self.starts.get(row).copied().unwrap_or(0)
    }

    /// True if the row marks the end of the series.
    pub fn is_stale(&self, row: usize) -> bool {
        match self.histogram(row) {
            Some(histogram) => is_stale(histogram.sum),
            None => is_stale(self.values[row]),
        }
    }
}
