//! Native histograms: exponential buckets, or custom bounds. Counts are absolute floats.
//!
//! Source: the Prometheus native-histogram specification. In standard schemas bucket `i` covers
//! `(2^((i-1)·2^-schema), 2^(i·2^-schema)]`; schema −53 has custom upper bounds and no negative side.

use std::sync::Arc;

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
}
