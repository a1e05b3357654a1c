//! Buckets with their bounds, in ascending order or by side.

use crate::histogram::Histogram;
use crate::number_text::shortest;
use std::fmt;

/// Which bucket of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A bucket of negative values, by its index.
    Negative(i32),
    /// The bucket around zero.
    Zero,
    /// A bucket of positive values, or of custom bounds, by its index.
    Positive(i32),
}

/// A bucket: how many observations lie between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
    /// Values at the lower bound count.
    pub lower_inclusive: bool,
    /// Values at the upper bound count.
    pub upper_inclusive: bool,
    /// Observations.
    pub count: f64,
}

impl Bucket {
    /// The code of its bounds in Prometheus' JSON: 0 open left, 1 open right, 2 open on both sides, 3
    /// closed on both sides.
    pub fn boundary_code(&self) -> u8 {
        match (self.lower_inclusive, self.upper_inclusive) {
            (false, true) => 0,
            (true, false) => 1,
            (false, false) => 2,
            (true, true) => 3,
        }
    }

    /// The share of its width that lies below a value inside of it; on a logarithmic scale unless
    /// linear. The bounds must be finite.
    pub fn fraction_below(&self, value: f64, linear: bool) -> f64 {
        if linear {
            return (value - self.lower) / (self.upper - self.lower);
        }
        let lower = self.lower.abs().log2();
        let upper = self.upper.abs().log2();
        let at = value.abs().log2();
        if value > 0.0 {
            (at - lower) / (upper - lower)
        } else {
            1.0 - (at - upper) / (lower - upper)
        }
    }
}

/// In the notation of intervals: `(1,2]:5`.
impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.lower_inclusive { '[' } else { '(' };
        let close = if self.upper_inclusive { ']' } else { ')' };
        let (lower, upper) = (shortest(self.lower), shortest(self.upper));
        write!(f, "{open}{lower},{upper}{close}:{}", shortest(self.count))
    }
}

impl Histogram {
    /// The buckets in ascending order with their counts; the zero bucket if it has a positive count.
    pub fn slots(&self) -> Vec<(Slot, f64)> {
        let length = self.negative.counts.len() + self.positive.counts.len() + 1;
        let mut slots = Vec::with_capacity(length);
        let negative = self.negative.iter();
        slots.extend(negative.map(|(index, count)| (Slot::Negative(index), count)));
        slots.reverse();
        if self.zero_count > 0.0 {
            slots.push((Slot::Zero, self.zero_count));
        }
        let positive = self.positive.iter();
        slots.extend(positive.map(|(index, count)| (Slot::Positive(index), count)));
        slots
    }

    /// A bucket with the bounds that its schema gives it.
    pub fn bucket(&self, slot: Slot, count: f64) -> Bucket {
        let (lower, upper) = match slot {
            Slot::Zero => {
                return Bucket {
                    lower: -self.zero_threshold,
                    upper: self.zero_threshold,
                    lower_inclusive: true,
                    upper_inclusive: true,
                    count,
                };
            }
            Slot::Positive(index) => (self.bound(index.saturating_sub(1)), self.bound(index)),
            Slot::Negative(index) => (-self.bound(index), -self.bound(index.saturating_sub(1))),
        };
        let custom = self.has_custom_bounds();
        Bucket {
            lower,
            upper,
            lower_inclusive: if custom {
                slot == Slot::Positive(0)
            } else {
                lower < 0.0
            },
            upper_inclusive: custom || upper > 0.0,
            count,
        }
    }

    /// As `bucket`, but the part that the zero bucket covers is cut off.
    pub fn bucket_beside_zero(&self, slot: Slot, count: f64) -> Bucket {
        let mut bucket = self.bucket(slot, count);
        if bucket.upper < 0.0 && bucket.upper > -self.zero_threshold {
            bucket.upper = -self.zero_threshold;
        } else if bucket.lower > 0.0 && bucket.lower < self.zero_threshold {
            bucket.lower = self.zero_threshold;
        }
        bucket
    }

    /// All buckets in ascending order, empty ones included, cut where the zero bucket begins: what
    /// Prometheus' JSON lists (without the empty ones).
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        self.slots()
            .into_iter()
            .map(|(slot, count)| self.bucket_beside_zero(slot, count))
    }
}

/// As PromQL prints it: `{count:3, sum:4.5, [-2,-1):1, (1,2]:2}`.
impl fmt::Display for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{{count:{}, sum:{}",
            shortest(self.count),
            shortest(self.sum)
        )?;
        for (slot, count) in self.slots() {
            if count != 0.0 {
                write!(f, ", {}", self.bucket(slot, count))?;
            }
        }
        f.write_str("}")
    }
}
