//! Cutting a histogram at a value: what lies above or below is estimated and dropped.

use crate::histogram::bucket::{Bucket, Slot};
use crate::histogram::{Buckets, Histogram};

/// Which observations stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrimKeep {
    /// Those below the value: the operator `</`.
    Below,
    /// Those above the value: the operator `>/`.
    Above,
}

/// What is left of a bucket, and about where it lies.
#[derive(Clone, Copy)]
struct Rest {
    count: f64,
    midpoint: f64,
}

/// Where to cut, and of what kind the bucket is.
#[derive(Clone, Copy)]
struct Cut {
    value: f64,
    keep: TrimKeep,
    is_positive: bool,
    is_custom: bool,
}

impl Histogram {
    /// Keeps the observations on one side of a value. Buckets in which it lies are shared by
    /// interpolation; count and sum are estimated anew from the buckets if any of them changed.
    pub fn trim(&mut self, value: f64, keep: TrimKeep) {
        let mut totals = Totals::default();
        for is_positive in [true, false] {
            let cut = Cut {
                value,
                keep,
                is_positive,
                is_custom: self.has_custom_bounds(),
            };
            self.trim_side(cut, &mut totals);
        }
        if self.zero_count > 0.0 {
            let rest = self.trimmed_zero(value, keep, &totals);
            totals.changed |= rest.count != self.zero_count;
            self.zero_count = rest.count;
            totals.take(rest);
        }
        if totals.changed {
            self.count = totals.count;
            self.sum = totals.sum;
            self.compact();
        }
    }

    fn trim_side(&mut self, cut: Cut, totals: &mut Totals) {
        let side = if cut.is_positive {
            &mut self.positive
        } else {
            &mut self.negative
        };
        let mut side = std::mem::take(side);
        let indexes: Vec<i32> = side.iter().map(|(index, _)| index).collect();
        for (count, index) in side.counts.iter_mut().zip(indexes) {
            if *count == 0.0 {
                continue;
            }
            let slot = if cut.is_positive {
                totals.has_positive = true;
                Slot::Positive(index)
            } else {
                totals.has_negative = true;
                Slot::Negative(index)
            };
            match cut.rest_of(&self.bucket(slot, *count)) {
                Some(rest) => {
                    totals.changed |= rest.count != *count;
                    *count = rest.count;
                    totals.take(rest);
                }
                None => {
                    totals.changed = true;
                    *count = 0.0;
                }
            }
        }
        self.put_side(cut.is_positive, side);
    }

    fn put_side(&mut self, is_positive: bool, side: Buckets) {
        if is_positive {
            self.positive = side;
        } else {
            self.negative = side;
        }
    }

    /// A side without buckets is taken to have no observations in the zero bucket either.
    fn trimmed_zero(&self, value: f64, keep: TrimKeep, totals: &Totals) -> Rest {
        let only_positive = totals.has_positive && !totals.has_negative;
        let only_negative = totals.has_negative && !totals.has_positive;
        let lower = if only_positive {
            0.0
        } else {
            -self.zero_threshold
        };
        let upper = if only_negative {
            0.0
        } else {
            self.zero_threshold
        };
        let nothing = Rest {
            count: 0.0,
            midpoint: 0.0,
        };
        let all = Rest {
            count: self.zero_count,
            midpoint: f64::midpoint(lower, upper),
        };
        match keep {
            TrimKeep::Below if value <= lower => nothing,
            TrimKeep::Below if value >= upper => all,
            TrimKeep::Below => Rest {
                count: self.zero_count * ((value - lower) / (upper - lower)),
                midpoint: f64::midpoint(lower, value),
            },
            TrimKeep::Above if value <= lower => all,
            TrimKeep::Above if value >= upper => nothing,
            TrimKeep::Above => Rest {
                count: self.zero_count * ((upper - value) / (upper - lower)),
                midpoint: f64::midpoint(value, upper),
            },
        }
    }
}

#[derive(Default)]
struct Totals {
    count: f64,
    sum: f64,
    has_positive: bool,
    has_negative: bool,
    changed: bool,
}

impl Totals {
    fn take(&mut self, rest: Rest) {
        self.count += rest.count;
        self.sum += rest.midpoint * rest.count;
    }
}

impl Cut {
    /// What is left of a bucket; nothing if it lies wholly on the other side.
    fn rest_of(self, bucket: &Bucket) -> Option<Rest> {
        let (stays, is_cut) = match self.keep {
            TrimKeep::Below => (bucket.upper <= self.value, bucket.lower < self.value),
            TrimKeep::Above => (bucket.lower >= self.value, bucket.upper > self.value),
        };
        if stays {
            return Some(Rest {
                count: bucket.count,
                midpoint: self.midpoint(bucket.lower, bucket.upper),
            });
        }
        if !is_cut {
            return None;
        }
        if bucket.lower == f64::NEG_INFINITY {
            return Some(self.without_lower_bound(bucket));
        }
        if bucket.upper == f64::INFINITY {
            return Some(self.without_upper_bound(bucket));
        }
        let below = bucket.count * bucket.fraction_below(self.value, self.is_custom);
        Some(match self.keep {
            TrimKeep::Below => Rest {
                count: below,
                midpoint: self.midpoint(bucket.lower, self.value),
            },
            TrimKeep::Above => Rest {
                count: bucket.count - below,
                midpoint: self.midpoint(self.value, bucket.upper),
            },
        })
    }

    /// A bucket from −∞ is taken to begin at zero if it ends above.
    fn without_lower_bound(self, bucket: &Bucket) -> Rest {
        let (value, upper) = (self.value, bucket.upper);
        let dropped = Rest {
            count: 0.0,
            midpoint: if upper.is_infinite() { 0.0 } else { upper },
        };
        match self.keep {
            TrimKeep::Below if value > 0.0 && upper > 0.0 && upper.is_finite() => Rest {
                count: bucket.count * value / upper,
                midpoint: value / 2.0,
            },
            TrimKeep::Below if upper <= 0.0 => Rest {
                count: bucket.count,
                midpoint: value,
            },
            TrimKeep::Above if value >= 0.0 && upper > value && upper.is_finite() => Rest {
                count: bucket.count * (1.0 - value / upper),
                midpoint: f64::midpoint(value, upper),
            },
            TrimKeep::Below | TrimKeep::Above => dropped,
        }
    }

    /// Where the observations of a bucket up to +∞ lie is unknown: it is dropped when cut from above,
    /// kept when cut from below.
    fn without_upper_bound(self, bucket: &Bucket) -> Rest {
        if self.keep == TrimKeep::Above && self.value >= bucket.lower {
            return Rest {
                count: bucket.count,
                midpoint: self.value,
            };
        }
        Rest {
            count: 0.0,
            midpoint: 0.0,
        }
    }

    /// Where the observations between two bounds lie on average.
    fn midpoint(self, lower: f64, upper: f64) -> f64 {
        match (lower.is_infinite(), upper.is_infinite()) {
            (true, true) => 0.0,
            (true, false) if upper > 0.0 => upper / 2.0,
            (true, false) => upper,
            (false, true) => lower,
            (false, false) if self.is_custom => f64::midpoint(lower, upper),
            (false, false) => {
                let mean = (lower * upper).abs().sqrt();
                if self.is_positive { mean } else { -mean }
            }
        }
    }
}
