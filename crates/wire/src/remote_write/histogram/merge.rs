//! Buckets out of indexes and counts, and with a lower resolution.

use tacho_model::histogram::{BucketSpan, Buckets};

/// Buckets of a schema that is lower by so many steps: `2^steps` neighbours become one. Empty runs between
/// spans stay out.
pub fn downscale(buckets: &Buckets, steps: i32) -> Buckets {
    let shift = steps.clamp(0, 63) as u32;
    let mut merged: Vec<(i32, f64)> = Vec::new();
    for (index, count) in buckets.iter() {
        // Bucket i covers (base^(i-1), base^i], so the last one of a group decides.
        let target = ((i64::from(index) - 1) >> shift) + 1;
        let target = target as i32;
        match merged.last_mut() {
            Some((last, sum)) if *last == target => *sum += count,
            _ => merged.push((target, count)),
        }
    }
    from_indexed(merged)
}

/// Buckets of ascending indexes with their counts; neighbours share a span.
pub fn from_indexed(buckets: impl IntoIterator<Item = (i32, f64)>) -> Buckets {
    let mut out = Buckets::default();
    let mut next = 0i64;
    for (index, count) in buckets {
        match out.spans.last_mut() {
            Some(span) if next == i64::from(index) => span.length += 1,
            _ => out.spans.push(BucketSpan {
                offset: (i64::from(index) - next) as i32,
                length: 1,
            }),
        }
        next = i64::from(index) + 1;
        out.counts.push(count);
    }
    out
}
