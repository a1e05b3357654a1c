//! Widening the zero bucket, so that two histograms have the same.

use crate::histogram::combine::Compensation;
use crate::histogram::{Buckets, Histogram};
use crate::kahan::Kahan;

/// What a wider zero bucket holds.
pub(super) struct WiderZero {
    /// Its count.
    pub(super) count: Kahan,
    /// Its threshold: as asked for, or the far bound of a populated bucket in which that lies.
    pub(super) threshold: f64,
}

/// The part of a side that a threshold takes in.
struct Swallowed {
    count: Kahan,
    /// The threshold lies in a populated bucket that ends here.
    ends_at: Option<f64>,
}

impl Histogram {
    /// The zero bucket that the histogram would have with at least this threshold, which must not be
    /// below its own.
    pub(super) fn wider_zero(&self, threshold: f64, low: Option<&Compensation>) -> WiderZero {
        let mut threshold = threshold;
        let start = Kahan {
            sum: self.zero_count,
            low: low.map_or(0.0, |low| low.zero_count),
        };
        if threshold == self.zero_threshold {
            return WiderZero {
                count: start,
                threshold,
            };
        }
        let (low_positive, low_negative) =
            low.map_or((&[][..], &[][..]), |low| (&low.positive, &low.negative));
        loop {
            let positive = self.swallowed(&self.positive, low_positive, threshold, start);
            threshold = positive.ends_at.unwrap_or(threshold);
            let negative = self.swallowed(&self.negative, low_negative, threshold, positive.count);
            match negative.ends_at {
                // The positive side has to be looked at again.
                Some(further) if further > threshold => threshold = further,
                _ => {
                    return WiderZero {
                        count: negative.count,
                        threshold,
                    };
                }
            }
        }
    }

    fn swallowed(&self, side: &Buckets, low: &[f64], threshold: f64, start: Kahan) -> Swallowed {
        let mut count = start;
        for (position, (index, value)) in side.iter().enumerate() {
            if self.bound(index.saturating_sub(1)) >= threshold {
                break;
            }
            count.add(value);
            count.add(low.get(position).copied().unwrap_or(0.0));
            let upper = self.bound(index);
            if upper > threshold {
                let ends_at = (value != 0.0).then_some(upper);
                return Swallowed { count, ends_at };
            }
        }
        Swallowed {
            count,
            ends_at: None,
        }
    }

    /// Gives both zero buckets the same threshold: this one is changed, the count that the other would
    /// have is the answer.
    pub(super) fn reconcile_zero(&mut self, other: &Histogram, low: &mut Compensation) -> Kahan {
        let mut theirs = WiderZero {
            count: Kahan::new(other.zero_count),
            threshold: other.zero_threshold,
        };
        loop {
            if self.zero_threshold > theirs.threshold {
                theirs = other.wider_zero(self.zero_threshold, None);
            } else if theirs.threshold > self.zero_threshold {
                let own = self.wider_zero(theirs.threshold, Some(low));
                self.zero_count = own.count.sum;
                low.zero_count = own.count.low;
                self.zero_threshold = own.threshold;
                self.drop_buckets_in_zero(low);
            } else {
                return theirs.count;
            }
        }
    }

    fn drop_buckets_in_zero(&mut self, low: &mut Compensation) {
        let threshold = self.zero_threshold;
        let schema = self.schema;
        let inside = |index: i32| {
            super::bounds::exponential_bound(index.saturating_sub(1), schema) < threshold
        };
        low.rebuild_side(&mut self.positive, true, |cell| !inside(cell.index));
        low.rebuild_side(&mut self.negative, false, |cell| !inside(cell.index));
    }
}
