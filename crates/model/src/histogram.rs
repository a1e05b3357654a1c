//! Native histograms: exponential buckets, or custom bounds. Counts are absolute floats.
//!
//! Source: the Prometheus native-histogram specification. In standard schemas bucket `i` covers
//! `(2^((i-1)·2^-schema), 2^(i·2^-schema)]`; schema −53 has custom upper bounds and no negative side.

use std::sync::Arc;

pub mod bounds;
pub mod bucket;
pub mod combine;
pub mod statistics;
pub mod sum;
pub mod trim;
pub mod validate;

mod cells;
mod reset;
mod zero;

#[cfg(test)]
mod tests;

/// The schema that stands for custom bounds.
pub const CUSTOM_BUCKETS_SCHEMA: i32 = -53;
/// The coarsest exponential schema.
pub const EXPONENTIAL_SCHEMA_MIN: i32 = -4;
/// The finest exponential schema.
pub const EXPONENTIAL_SCHEMA_MAX: i32 = 8;

/// What is known about a counter histogram's predecessor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum CounterResetHint {
    /// Nothing: look.
    #[default]
    Unknown,
    /// The counter was reset before this one.
    Reset,
    /// It was not.
    NotReset,
    /// It is no counter.
    Gauge,
}

/// A run of buckets with consecutive indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BucketSpan {
    /// Of the first span: index of its first bucket. Of others: empty buckets since the end of the
    /// span before.
    pub offset: i32,
    /// Number of buckets.
    pub length: u32,
}

/// Buckets of one side.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Buckets {
    /// Where the counts belong.
    pub spans: Vec<BucketSpan>,
    /// Counts, as many as the spans have buckets.
    pub counts: Vec<f64>,
}

/// A native histogram.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// What is known about its predecessor.
    pub counter_reset_hint: CounterResetHint,
    /// Resolution; −53 for custom bounds.
    pub schema: i32,
    /// Width of the zero bucket: it covers `[-threshold, threshold]`.
    pub zero_threshold: f64,
    /// Count of the zero bucket.
    pub zero_count: f64,
    /// Count of all observations, NaN ones included.
    pub count: f64,
    /// Sum of all observations.
    pub sum: f64,
    /// Buckets of positive values, or of all values with custom bounds.
    pub positive: Buckets,
    /// Buckets of negative values by absolute value.
    pub negative: Buckets,
    /// Upper bounds, ascending, without +Inf; only with custom bounds.
    pub custom_bounds: Arc<[f64]>,
}

impl Histogram {
    /// True for custom bounds.
    pub fn has_custom_bounds(&self) -> bool {
        self.schema == CUSTOM_BUCKETS_SCHEMA
    }

    /// Multiplies all counts and the sum. A negative factor makes a gauge of it.
    pub fn multiply(&mut self, factor: f64) {
        self.each(|value| *value *= factor);
        if factor < 0.0 {
            self.counter_reset_hint = CounterResetHint::Gauge;
        }
    }

    /// Divides all counts and the sum. Zero leaves no buckets, a negative divisor makes a gauge of it.
    pub fn divide(&mut self, divisor: f64) {
        self.each(|value| *value /= divisor);
        if divisor == 0.0 {
            self.positive = Buckets::default();
            self.negative = Buckets::default();
        } else if divisor < 0.0 {
            self.counter_reset_hint = CounterResetHint::Gauge;
        }
    }

    fn each(&mut self, mut change: impl FnMut(&mut f64)) {
        change(&mut self.zero_count);
        change(&mut self.count);
        change(&mut self.sum);
        self.positive.counts.iter_mut().for_each(&mut change);
        self.negative.counts.iter_mut().for_each(&mut change);
    }

    /// Drops empty buckets and joins neighbouring spans.
    pub fn compact(&mut self) {
        self.positive.compact();
        self.negative.compact();
    }

    /// Merges buckets to a coarser exponential schema; nothing happens if it is not coarser, or with
    /// custom bounds.
    pub fn reduce_resolution(&mut self, schema: i32) {
        if self.has_custom_bounds() || schema >= self.schema || schema == CUSTOM_BUCKETS_SCHEMA {
            return;
        }
        for side in [&mut self.positive, &mut self.negative] {
            let cells = cells::cells(side, &[]);
            *side = cells::rebuild(&cells::coarser(&cells, self.schema, schema)).0;
        }
        self.schema = schema;
    }

    /// True for the same data: buckets with the same indexes, empty ones included, and numbers with
    /// the same bits, so that NaN is equal to itself. Hints do not count.
    pub fn is_identical(&self, other: &Self) -> bool {
        let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
        self.schema == other.schema
            && same(self.count, other.count)
            && same(self.sum, other.sum)
            && same(self.zero_count, other.zero_count)
            && self.zero_threshold == other.zero_threshold
            && (!self.has_custom_bounds() || self.custom_bounds == other.custom_bounds)
            && self.positive.is_identical(&other.positive)
            && self.negative.is_identical(&other.negative)
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        let spans = self.positive.spans.len() + self.negative.spans.len();
        let counts = self.positive.counts.len() + self.negative.counts.len();
        size_of::<Self>() + 8 * (spans + counts + self.custom_bounds.len())
    }
}

impl Buckets {
    /// The indexes and counts of all buckets that the spans name, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (i32, f64)> {
        let mut next = 0i32;
        let indexes = self.spans.iter().flat_map(move |span| {
            let first = next.saturating_add(span.offset);
            let length = i32::try_from(span.length).unwrap_or(i32::MAX);
            next = first.saturating_add(length);
            first..next
        });
        indexes.zip(self.counts.iter().copied())
    }

    fn is_identical(&self, other: &Self) -> bool {
        self.counts.len() == other.counts.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(own, other)| own.0 == other.0 && own.1.to_bits() == other.1.to_bits())
    }
}
