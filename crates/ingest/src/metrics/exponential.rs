//! Native histograms out of OTLP's exponential and explicit ones.

use std::sync::Arc;
use tacho_model::histogram::{
    BucketSpan, Buckets, CUSTOM_BUCKETS_SCHEMA, EXPONENTIAL_SCHEMA_MAX, EXPONENTIAL_SCHEMA_MIN,
    Histogram,
};
use tacho_model::sink::ExponentialBuckets;

/// Width of the zero bucket if none was sent.
const DEFAULT_ZERO_THRESHOLD: f64 = 1e-128;
/// So many empty buckets between two are written out; more begin a new span.
const GAP_MAX: i64 = 2;

/// The parts of an exponential point.
pub(crate) struct Exponential<'a> {
    pub(crate) count: u64,
    pub(crate) sum: Option<f64>,
    pub(crate) scale: i32,
    pub(crate) zero_count: u64,
    pub(crate) zero_threshold: f64,
    pub(crate) positive: ExponentialBuckets<'a>,
    pub(crate) negative: ExponentialBuckets<'a>,
}

impl Exponential<'_> {
    /// True if the scale is not coarser than what is stored.
    pub(crate) fn has_known_scale(&self) -> bool {
        self.scale >= EXPONENTIAL_SCHEMA_MIN
    }

    /// True if the counts add up and the indexes of buckets exist.
    pub(crate) fn is_possible(&self) -> bool {
        let mut total = u128::from(self.zero_count);
        for side in [&self.positive, &self.negative] {
            total += side
                .counts
                .iter()
                .map(|count| u128::from(*count))
                .sum::<u128>();
            let last = i64::from(side.offset) + side.counts.len() as i64 + 1;
            if i32::try_from(last).is_err() {
                return false;
            }
        }
        let count = u128::from(self.count);
        // NaN is counted, but lies in no bucket.
        total == count || (total < count && self.sum.is_some_and(f64::is_nan))
    }

    /// The histogram, brought down to the finest resolution that is stored.
    pub(crate) fn to_histogram(&self) -> Histogram {
        let shift = (self.scale - EXPONENTIAL_SCHEMA_MAX).max(0) as u32;
        let zero_threshold = match self.zero_threshold {
            threshold if threshold > 0.0 => threshold,
            _ => DEFAULT_ZERO_THRESHOLD,
        };
        Histogram {
            schema: self.scale.min(EXPONENTIAL_SCHEMA_MAX),
            zero_threshold,
            zero_count: self.zero_count as f64,
            count: self.count as f64,
            sum: self.sum.unwrap_or(0.0),
            positive: side(&self.positive, shift),
            negative: side(&self.negative, shift),
            ..Histogram::default()
        }
    }
}

/// OTLP's bucket 0 is `(1, base]`, which is bucket 1 of Prometheus.
fn side(buckets: &ExponentialBuckets<'_>, shift: u32) -> Buckets {
    let numbered = buckets.counts.iter().zip(i64::from(buckets.offset)..);
    // Beyond 63 all of a side is one bucket or two.
    let shift = shift.min(63);
    let mut merged: Vec<(i64, u64)> = Vec::new();
    for (count, index) in numbered {
        if *count == 0 {
            continue;
        }
        let target = (index >> shift) + 1;
        match merged.last_mut() {
            Some((last, sum)) if *last == target => *sum = sum.saturating_add(*count),
            _ => merged.push((target, *count)),
        }
    }
    spread(&merged)
}

/// Spans over ascending indexes with counts.
fn spread(buckets: &[(i64, u64)]) -> Buckets {
    let mut out = Buckets::default();
    let mut next = 0i64;
    for (index, count) in buckets {
        let gap = index - next;
        match out.spans.last_mut() {
            Some(span) if gap <= GAP_MAX => {
                span.length += gap as u32 + 1;
                out.counts.extend((0..gap).map(|_| 0.0));
            }
            _ => out.spans.push(BucketSpan {
                offset: gap as i32,
                length: 1,
            }),
        }
        out.counts.push(*count as f64);
        next = index + 1;
    }
    out
}

/// A native histogram with custom bounds.
pub(crate) fn custom(count: u64, sum: Option<f64>, bounds: &[f64], counts: &[u64]) -> Histogram {
    let filled: Vec<(i64, u64)> = counts
        .iter()
        .zip(0i64..)
        .filter(|(count, _)| **count > 0)
        .map(|(count, index)| (index, *count))
        .collect();
    Histogram {
        schema: CUSTOM_BUCKETS_SCHEMA,
        count: count as f64,
        sum: sum.unwrap_or(0.0),
        positive: spread(&filled),
        custom_bounds: Arc::from(bounds),
        ..Histogram::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Exponential, custom};
    use tacho_model::sink::ExponentialBuckets;

    fn exponential(scale: i32, offset: i32, counts: &[u64]) -> Exponential<'_> {
        Exponential {
            count: counts.iter().sum(),
            sum: Some(1.0),
            scale,
            zero_count: 0,
            zero_threshold: 0.0,
            positive: ExponentialBuckets { offset, counts },
            negative: ExponentialBuckets::default(),
        }
    }

    #[test]
    fn indexes_are_one_higher_than_in_otlp() {
        let histogram = exponential(3, -2, &[4, 0, 5]).to_histogram();
        let buckets: Vec<_> = histogram.positive.iter().collect();
        assert_eq!(buckets, [(-1, 4.0), (0, 0.0), (1, 5.0)]);
        assert_eq!((histogram.schema, histogram.zero_threshold), (3, 1e-128));
    }

    #[test]
    fn finer_scales_are_merged_and_gaps_left_out() {
        let counts = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        let point = exponential(9, -1, &counts);
        assert!(point.is_possible() && point.has_known_scale());
        let histogram = point.to_histogram();
        let buckets: Vec<_> = histogram.positive.iter().collect();
        assert_eq!(histogram.schema, 8);
        assert_eq!(buckets, [(0, 1.0), (1, 2.0), (2, 1.0), (8, 2.0)]);
        assert_eq!(histogram.positive.spans.len(), 2);
    }

    #[test]
    fn impossible_points_are_seen() {
        assert!(!exponential(-5, 0, &[1]).has_known_scale());
        assert!(!exponential(0, i32::MAX, &[1]).is_possible());
        let mut point = exponential(0, 0, &[1]);
        point.count = 5;
        assert!(!point.is_possible());
        point.sum = Some(f64::NAN);
        assert!(point.is_possible());
    }

    #[test]
    fn custom_bounds_keep_their_indexes() {
        let histogram = custom(3, None, &[1.0, 2.0], &[0, 1, 2]);
        let buckets: Vec<_> = histogram.positive.iter().collect();
        assert_eq!(buckets, [(1, 1.0), (2, 2.0)]);
        assert!(histogram.has_custom_bounds());
    }
}
