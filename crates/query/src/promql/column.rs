//! Values of series over the steps of a query, as columns: what operators and functions work on.
//!
//! A step without a value holds a NaN of its own bits, so that loops over floats need no second
//! array; values that are read from storage never have these bits (`normalized`).

use crate::promql::call::ValueRef;
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::labels::Labels;
use tacho_model::sample::{NORMAL_NAN_BITS, SampleValue};

/// Bits of the NaN that stands for no value.
const ABSENT_BITS: u64 = 0x7ffa_b5e4_0000_0003;

/// Stands for no value in a column.
pub const ABSENT: f64 = f64::from_bits(ABSENT_BITS);

/// True if the number of a column stands for no value.
#[inline]
pub fn is_absent(value: f64) -> bool {
    value.to_bits() == ABSENT_BITS
}

/// The value, or the ordinary NaN if its bits would stand for no value.
#[inline]
pub fn normalized(value: f64) -> f64 {
    if is_absent(value) {
        f64::from_bits(NORMAL_NAN_BITS)
    } else {
        value
    }
}

/// Values of one series, one per step.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Floats; `ABSENT` where there is no value or a histogram.
    pub floats: Vec<f64>,
    /// Histograms, as many; empty if there is none at all.
    pub histograms: Vec<Option<Arc<Histogram>>>,
}

/// A series over the steps of a query.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its labels, with the name even if it is to be dropped.
    pub labels: Labels,
    /// Whether the name is dropped when the query is done.
    pub drop_name: bool,
    /// Its values.
    pub column: Column,
}

impl Column {
    /// A column without values.
    pub fn absent(steps: usize) -> Self {
        Self {
            floats: vec![ABSENT; steps],
            histograms: Vec::new(),
        }
    }

    /// The value of a step.
    pub fn get(&self, step: usize) -> Option<ValueRef<'_>> {
        if let Some(Some(histogram)) = self.histograms.get(step) {
            return Some(ValueRef::Histogram(histogram));
        }
        match self.floats.get(step) {
            Some(&value) if !is_absent(value) => Some(ValueRef::Float(value)),
            _ => None,
        }
    }

    /// The histogram of a step.
    pub fn histogram(&self, step: usize) -> Option<&Arc<Histogram>> {
        self.histograms.get(step).and_then(Option::as_ref)
    }

    /// True if the step has a value.
    pub fn has(&self, step: usize) -> bool {
        self.get(step).is_some()
    }

    /// Sets the value of a step, which must be one of the column's.
    pub fn set(&mut self, step: usize, value: SampleValue) {
        match value {
            SampleValue::Float(value) => self.set_float(step, value),
            SampleValue::Histogram(histogram) => self.set_histogram(step, histogram),
        }
    }

    /// Sets a float.
    pub fn set_float(&mut self, step: usize, value: f64) {
        self.floats[step] = normalized(value);
        if let Some(histogram) = self.histograms.get_mut(step) {
            *histogram = None;
        }
    }

    /// Sets a histogram.
    pub fn set_histogram(&mut self, step: usize, histogram: Arc<Histogram>) {
        if self.histograms.is_empty() {
            self.histograms.resize(self.floats.len(), None);
        }
        self.floats[step] = ABSENT;
        self.histograms[step] = Some(histogram);
    }

    /// Takes the value of a step away.
    pub fn clear(&mut self, step: usize) {
        self.floats[step] = ABSENT;
        if let Some(histogram) = self.histograms.get_mut(step) {
            *histogram = None;
        }
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.floats.len()
    }

    /// True if no step has a value.
    pub fn is_blank(&self) -> bool {
        self.floats.iter().all(|value| is_absent(*value))
            && self.histograms.iter().all(Option::is_none)
    }
}

impl ValueRef<'_> {
    /// The value by itself.
    pub fn to_value(self) -> SampleValue {
        match self {
            ValueRef::Float(value) => SampleValue::Float(value),
            ValueRef::Histogram(histogram) => SampleValue::Histogram(Arc::clone(histogram)),
        }
    }
}

/// Bytes of a float sample: the unit in which histograms count as samples.
const SAMPLE_BYTES: usize = 16;
/// Bytes of a histogram without its buckets.
const HISTOGRAM_BYTES: usize = 176;

/// How many float samples a histogram counts for.
pub fn histogram_size(histogram: &Histogram) -> u64 {
    let numbers = histogram.positive.counts.len()
        + histogram.negative.counts.len()
        + histogram.positive.spans.len()
        + histogram.negative.spans.len()
        + histogram.custom_bounds.len();
    ((HISTOGRAM_BYTES + numbers * size_of::<f64>()) / SAMPLE_BYTES) as u64
}
