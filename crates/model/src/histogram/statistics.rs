//! What can be estimated from a histogram: quantiles, fractions, variance. Observations are taken to
//! be spread evenly over a bucket: on a logarithmic scale in exponential schemas, linearly in the zero
//! bucket and with custom bounds.

use crate::histogram::Histogram;
use crate::histogram::bucket::{Bucket, Slot};
use crate::kahan::Kahan;

/// What observations of NaN did to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NanEffect {
    /// The quantile lies beyond all buckets: it is NaN.
    QuantileIsNan,
    /// They count as larger than everything, so the quantile is higher than without them.
    QuantileSkewed,
    /// They are in no fraction.
    NotInFractions,
}

/// An estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// What observations of NaN did to it.
    pub nan_effect: Option<NanEffect>,
}

impl From<f64> for Estimate {
    fn from(value: f64) -> Self {
        Self {
            value,
            nan_effect: None,
        }
    }
}

/// The bucket in which a rank was found, walking from one end.
struct Found {
    position: usize,
    /// Observations up to and including it.
    count: f64,
    rank: f64,
    from_below: bool,
}

impl Histogram {
    /// The value below which a share of the observations lies; −∞ and +∞ for shares beyond 0 and 1.
    pub fn quantile(&self, share: f64) -> Estimate {
        if share < 0.0 {
            return f64::NEG_INFINITY.into();
        }
        if share > 1.0 {
            return f64::INFINITY.into();
        }
        if self.count == 0.0 || share.is_nan() {
            return f64::NAN.into();
        }
        let slots = self.slots();
        if slots.is_empty() {
            return self.quantile_without_buckets(share);
        }
        let found = self.find_rank(&slots, share);
        let (slot, in_bucket) = slots[found.position];
        let mut bucket = self.bucket_beside_zero(slot, in_bucket);
        if self.has_custom_bounds() {
            if bucket.lower == f64::NEG_INFINITY {
                if bucket.upper <= 0.0 {
                    return bucket.upper.into();
                }
                bucket.lower = 0.0;
            } else if bucket.upper == f64::INFINITY {
                return bucket.lower.into();
            }
        } else if bucket.lower < 0.0 && bucket.upper > 0.0 {
            self.narrow_to_used_side(&mut bucket);
        }
        let count = found.count.min(self.count);
        if count < found.rank {
            return if self.sum.is_nan() {
                Estimate {
                    value: f64::NAN,
                    nan_effect: Some(NanEffect::QuantileIsNan),
                }
            } else {
                bucket.upper.into()
            };
        }
        let rank = if found.from_below {
            found.rank - (count - bucket.count)
        } else {
            count - found.rank
        };
        let rest = slots.iter().skip(found.position + 1);
        let all = rest.fold(count, |sum, (_, count)| sum + count);
        let skewed = self.sum.is_nan() && all < self.count;
        Estimate {
            value: self.interpolated(&bucket, rank / bucket.count),
            nan_effect: skewed.then_some(NanEffect::QuantileSkewed),
        }
    }

    /// Observations that are in no bucket: of NaN, or dropped somewhere.
    fn quantile_without_buckets(&self, share: f64) -> Estimate {
        let nan_effect = Some(NanEffect::QuantileIsNan).filter(|_| self.sum.is_nan());
        let value = if nan_effect.is_some() || share == 0.0 || share == 1.0 {
            f64::NAN
        } else {
            0.0
        };
        Estimate { value, nan_effect }
    }

    /// Walks from the nearer end; from below if there may be observations of NaN, which are in no bucket.
    fn find_rank(&self, slots: &[(Slot, f64)], share: f64) -> Found {
        let from_below = self.sum.is_nan() || share < 0.5;
        let rank = if from_below { share } else { 1.0 - share } * self.count;
        let mut found = Found {
            position: 0,
            count: 0.0,
            rank,
            from_below,
        };
        for step in 0..slots.len() {
            found.position = if from_below {
                step
            } else {
                slots.len() - 1 - step
            };
            found.count += slots[found.position].1;
            if slots[found.position].1 != 0.0 && found.count >= rank {
                break;
            }
        }
        found
    }

    /// The zero bucket of a histogram with one side only reaches to zero, not beyond.
    fn narrow_to_used_side(&self, bucket: &mut Bucket) {
        let negative = !self.negative.counts.is_empty();
        let positive = !self.positive.counts.is_empty();
        if positive && !negative {
            bucket.lower = 0.0;
        } else if negative && !positive {
            bucket.upper = 0.0;
        }
    }

    fn interpolated(&self, bucket: &Bucket, fraction: f64) -> f64 {
        let (lower, upper) = (bucket.lower, bucket.upper);
        if self.has_custom_bounds() || (lower <= 0.0 && upper >= 0.0) {
            return lower + (upper - lower) * fraction;
        }
        let (log_lower, log_upper) = (lower.abs().log2(), upper.abs().log2());
        if lower > 0.0 {
            (log_lower + (log_upper - log_lower) * fraction).exp2()
        } else {
            -(log_upper + (log_lower - log_upper) * (1.0 - fraction)).exp2()
        }
    }

    /// The share of the observations between two values.
    pub fn fraction(&self, lower: f64, upper: f64) -> Estimate {
        if self.count == 0.0 || lower.is_nan() || upper.is_nan() {
            return f64::NAN.into();
        }
        if lower >= upper {
            return 0.0.into();
        }
        let slots = self.slots();
        let (mut rank, mut lower_rank, mut upper_rank) = (0.0, None, None);
        for (slot, count) in &slots {
            let mut bucket = self.bucket_beside_zero(*slot, *count);
            let around_zero = bucket.lower <= 0.0 && bucket.upper >= 0.0;
            if around_zero {
                self.narrow_to_used_side(&mut bucket);
            }
            let linear = around_zero || self.has_custom_bounds();
            lower_rank = lower_rank.or_else(|| rank_in(&bucket, lower, rank, linear));
            upper_rank = upper_rank.or_else(|| rank_in(&bucket, upper, rank, linear));
            if lower_rank.is_some() && upper_rank.is_some() {
                break;
            }
            rank += count;
        }
        let mut total = self.count;
        let mut nan_effect = None;
        if self.sum.is_nan() {
            total = slots.iter().map(|(_, count)| count).sum();
            nan_effect = (total < self.count).then_some(NanEffect::NotInFractions);
        }
        let capped = |rank: Option<f64>| match rank {
            Some(rank) if rank <= total => rank,
            _ => total,
        };
        Estimate {
            value: (capped(upper_rank) - capped(lower_rank)) / self.count,
            nan_effect,
        }
    }

    /// The mean of the observations.
    pub fn mean(&self) -> f64 {
        self.sum / self.count
    }

    /// The variance of the observations, each taken to lie in the middle of its bucket: the arithmetic
    /// one with custom bounds, else the geometric one.
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        let mut variance = Kahan::default();
        for bucket in self.buckets().filter(|bucket| bucket.count != 0.0) {
            let middle = if self.has_custom_bounds() {
                (bucket.upper + bucket.lower) / 2.0
            } else if bucket.lower <= 0.0 && bucket.upper >= 0.0 {
                0.0
            } else {
                let middle = (bucket.upper * bucket.lower).sqrt();
                if bucket.upper < 0.0 { -middle } else { middle }
            };
            let delta = middle - mean;
            variance.add(bucket.count * delta * delta);
        }
        variance.total() / self.count
    }
}

/// The rank of a value, if it is not above the bucket; `before` are the observations below the bucket.
fn rank_in(bucket: &Bucket, value: f64, before: f64, linear: bool) -> Option<f64> {
    if bucket.lower >= value {
        return Some(before);
    }
    if bucket.upper <= value {
        return None;
    }
    // A bucket from −∞ has no width to interpolate over: it counts as below.
    if linear && bucket.lower == f64::NEG_INFINITY {
        return Some(bucket.count);
    }
    Some(before + bucket.count * bucket.fraction_below(value, linear))
}
