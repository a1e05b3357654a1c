//! Classic histograms: series of cumulative counts with upper bounds in the label `le`.

use crate::promql::functions::near::almost_equal;

/// Differences between neighbouring buckets below this share are rounding.
const TOLERANCE: f64 = 1e-12;

/// A bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ClassicBucket {
    pub(super) upper: f64,
    /// Observations up to the bound.
    pub(super) count: f64,
}

/// Counts that had to be raised, because one was below its predecessor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Raised {
    pub(super) min_bucket: f64,
    pub(super) max_bucket: f64,
    pub(super) max_diff: f64,
}

/// The quantile of buckets sorted by bound. Interpolates within a bucket, the first of which is taken to
/// begin at zero if it ends above.
pub(super) fn quantile(share: f64, buckets: &mut Vec<ClassicBucket>) -> (f64, Option<Raised>) {
    if share.is_nan() {
        return (f64::NAN, None);
    }
    if share < 0.0 {
        return (f64::NEG_INFINITY, None);
    }
    if share > 1.0 {
        return (f64::INFINITY, None);
    }
    if buckets
        .last()
        .is_none_or(|last| last.upper != f64::INFINITY)
    {
        return (f64::NAN, None);
    }
    coalesce(buckets);
    let raised = make_monotonic(buckets);
    let last = buckets.len() - 1;
    let observations = buckets[last].count;
    if last == 0 || observations == 0.0 {
        return (f64::NAN, raised);
    }
    let mut rank = share * observations;
    let found = buckets[..last].partition_point(|bucket| !reaches(bucket.count, rank));
    let bucket = buckets[found];
    if found == last {
        return (buckets[last - 1].upper, raised);
    }
    if found == 0 && bucket.upper <= 0.0 {
        return (bucket.upper, raised);
    }
    let (mut lower, mut count) = (0.0, bucket.count);
    if let Some(before) = found.checked_sub(1).map(|before| buckets[before]) {
        lower = before.upper;
        count -= before.count;
        rank -= before.count;
    }
    (lower + (bucket.upper - lower) * (rank / count), raised)
}

fn reaches(count: f64, rank: f64) -> bool {
    count >= rank
}

/// The share of observations between two values, of buckets sorted by bound.
pub(super) fn fraction(lower: f64, upper: f64, buckets: &mut Vec<ClassicBucket>) -> f64 {
    if buckets
        .last()
        .is_none_or(|last| last.upper != f64::INFINITY)
    {
        return f64::NAN;
    }
    coalesce(buckets);
    let count = buckets.last().map_or(0.0, |last| last.count);
    if count == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    let begins_below = buckets.first().is_some_and(|first| first.upper <= 0.0);
    let mut start = if begins_below { f64::NEG_INFINITY } else { 0.0 };
    let (mut before, mut lower_rank, mut upper_rank) = (0.0, None, None);
    for bucket in buckets.iter() {
        let rank_of = |value: f64| {
            if start >= value {
                return Some(before);
            }
            if bucket.upper <= value {
                return None;
            }
            if start == f64::NEG_INFINITY {
                return Some(bucket.count);
            }
            let width = bucket.upper - start;
            Some(before + (bucket.count - before) * (value - start) / width)
        };
        lower_rank = lower_rank.or_else(|| rank_of(lower));
        upper_rank = upper_rank.or_else(|| rank_of(upper));
        if lower_rank.is_some() && upper_rank.is_some() {
            break;
        }
        (start, before) = (bucket.upper, bucket.count);
    }
    let capped = |rank: Option<f64>| match rank {
        Some(rank) if rank <= count => rank,
        _ => count,
    };
    (capped(upper_rank) - capped(lower_rank)) / count
}

/// Adds up buckets with the same bound.
fn coalesce(buckets: &mut Vec<ClassicBucket>) {
    buckets.dedup_by(|bucket, kept| {
        let same = bucket.upper == kept.upper;
        if same {
            kept.count += bucket.count;
        }
        same
    });
}

/// Makes counts ascend: small differences are taken for rounding, a real decrease is reported.
fn make_monotonic(buckets: &mut [ClassicBucket]) -> Option<Raised> {
    let mut raised: Option<Raised> = None;
    let mut before = buckets.first()?.count;
    for bucket in buckets.iter_mut().skip(1) {
        let count = bucket.count;
        if count == before {
            continue;
        }
        if almost_equal(before, count, TOLERANCE) {
            bucket.count = before;
        } else if count < before {
            bucket.count = before;
            let so_far = raised.unwrap_or(Raised {
                min_bucket: f64::INFINITY,
                max_bucket: f64::NEG_INFINITY,
                max_diff: 0.0,
            });
            raised = Some(Raised {
                min_bucket: so_far.min_bucket.min(bucket.upper),
                max_bucket: so_far.max_bucket.max(bucket.upper),
                max_diff: so_far.max_diff.max(before - count),
            });
        } else {
            before = count;
        }
    }
    raised
}

#[cfg(test)]
mod tests {
    use super::{ClassicBucket, Raised, fraction, quantile};

    fn buckets(list: &[(f64, f64)]) -> Vec<ClassicBucket> {
        list.iter()
            .map(|&(upper, count)| ClassicBucket { upper, count })
            .collect()
    }

    #[test]
    fn quantiles_lie_within_buckets() {
        let list = [(1.0, 2.0), (3.0, 6.0), (f64::INFINITY, 8.0)];
        let at = |share| quantile(share, &mut buckets(&list)).0;
        assert_eq!(at(0.125), 0.5);
        assert_eq!(at(0.5), 2.0);
        assert_eq!(at(0.9), 3.0);
        assert_eq!(at(2.0), f64::INFINITY);
        assert!(quantile(0.5, &mut buckets(&list[..2])).0.is_nan());
        assert!(quantile(0.5, &mut buckets(&list[2..])).0.is_nan());
        assert!(quantile(0.5, &mut Vec::new()).0.is_nan());
    }

    #[test]
    fn decreases_are_raised_and_told() {
        let list = [(1.0, 5.0), (2.0, 3.0), (4.0, 6.0), (f64::INFINITY, 6.0)];
        let (value, raised) = quantile(1.0, &mut buckets(&list));
        assert_eq!(value, 4.0);
        let expected = Raised {
            min_bucket: 2.0,
            max_bucket: 2.0,
            max_diff: 2.0,
        };
        assert_eq!(raised, Some(expected));
        let nearly = [(1.0, 5.0), (2.0, 5.0 - 1e-13), (f64::INFINITY, 6.0)];
        assert_eq!(quantile(0.5, &mut buckets(&nearly)).1, None);
    }

    #[test]
    fn fractions_interpolate() {
        let list = [(1.0, 2.0), (3.0, 6.0), (f64::INFINITY, 8.0)];
        let of = |lower, upper| fraction(lower, upper, &mut buckets(&list));
        assert_eq!(of(f64::NEG_INFINITY, f64::INFINITY), 1.0);
        assert_eq!(of(0.5, 2.0), 0.375);
        assert_eq!(of(3.0, 3.0), 0.0);
        assert_eq!(of(3.0, f64::INFINITY), 0.25);
    }
}
