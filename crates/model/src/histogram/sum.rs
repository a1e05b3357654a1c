//! Sums and means of many histograms that keep what rounding takes away.

use crate::histogram::combine::{Combined, Compensation, MixedSchemas, combine};
use crate::histogram::{Buckets, Histogram};
use crate::kahan::Kahan;

/// A running sum.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramSum {
    total: Histogram,
    low: Compensation,
}

impl HistogramSum {
    /// The sum of one histogram.
    pub fn new(first: &Histogram) -> Self {
        Self {
            total: first.clone(),
            low: Compensation::none_of(first),
        }
    }

    /// Adds a histogram. After an error the sum has no meaning.
    pub fn add(&mut self, other: &Histogram) -> Result<Combined, MixedSchemas> {
        if !self.total.has_same_layout(other) {
            return combine(&mut self.total, &mut self.low, other, 1.0);
        }
        let (total, low) = (&mut self.total, &mut self.low);
        let reset_collision = total.adjust_hint(other);
        add_one(&mut total.zero_count, &mut low.zero_count, other.zero_count);
        add_one(&mut total.count, &mut low.count, other.count);
        add_one(&mut total.sum, &mut low.sum, other.sum);
        add_side(&mut total.positive, &mut low.positive, &other.positive);
        add_side(&mut total.negative, &mut low.negative, &other.negative);
        Ok(Combined {
            reset_collision,
            bounds_reconciled: false,
        })
    }

    /// Multiplies the sum.
    pub fn multiply(&mut self, factor: f64) {
        self.total.multiply(factor);
        self.low.each(|value| *value *= factor);
    }

    /// Divides the sum.
    pub fn divide(&mut self, divisor: f64) {
        self.total.divide(divisor);
        self.low.each(|value| *value /= divisor);
    }

    /// True if any number is infinite.
    pub fn has_overflow(&self) -> bool {
        let total = &self.total;
        [total.zero_count, total.count, total.sum]
            .iter()
            .chain(&total.positive.counts)
            .chain(&total.negative.counts)
            .any(|value| value.is_infinite())
    }

    /// The sum.
    pub fn finish(self) -> Histogram {
        let Self { mut total, low } = self;
        total.zero_count += low.zero_count;
        total.count += low.count;
        total.sum += low.sum;
        for (count, low) in total.positive.counts.iter_mut().zip(&low.positive) {
            *count += low;
        }
        for (count, low) in total.negative.counts.iter_mut().zip(&low.negative) {
            *count += low;
        }
        total
    }
}

impl Compensation {
    fn each(&mut self, mut change: impl FnMut(&mut f64)) {
        change(&mut self.zero_count);
        change(&mut self.count);
        change(&mut self.sum);
        self.positive.iter_mut().for_each(&mut change);
        self.negative.iter_mut().for_each(&mut change);
    }
}

fn add_one(sum: &mut f64, low: &mut f64, value: f64) {
    let mut kahan = Kahan {
        sum: *sum,
        low: *low,
    };
    kahan.add(value);
    (*sum, *low) = (kahan.sum, kahan.low);
}

fn add_side(total: &mut Buckets, low: &mut [f64], other: &Buckets) {
    let sums = total.counts.iter_mut().zip(low);
    for ((sum, low), value) in sums.zip(&other.counts) {
        add_one(sum, low, *value);
    }
}

/// A running mean: of the sum while that is finite, updated from histogram to histogram from then on.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramMean {
    sum: HistogramSum,
    count: f64,
    incremental: bool,
}

impl HistogramMean {
    /// The mean of one histogram.
    pub fn new(first: &Histogram) -> Self {
        Self {
            sum: HistogramSum::new(first),
            count: 1.0,
            incremental: false,
        }
    }

    /// Takes one more histogram in. After an error the mean has no meaning.
    pub fn add(&mut self, other: &Histogram) -> Result<Combined, MixedSchemas> {
        self.count += 1.0;
        let mut combined = Combined::default();
        if !self.incremental {
            let before = (self.sum.total.is_large() || other.is_large()).then(|| self.sum.clone());
            combined = self.sum.add(other)?;
            match before {
                Some(before) if self.sum.has_overflow() => self.sum = before,
                _ => return Ok(combined),
            }
            self.incremental = true;
            self.sum.divide(self.count - 1.0);
        }
        self.sum.multiply((self.count - 1.0) / self.count);
        let mut part = other.clone();
        part.divide(self.count);
        let again = self.sum.add(&part)?;
        Ok(Combined {
            reset_collision: combined.reset_collision || again.reset_collision,
            bounds_reconciled: combined.bounds_reconciled || again.bounds_reconciled,
        })
    }

    /// The mean.
    pub fn finish(mut self) -> Histogram {
        if !self.incremental {
            self.sum.divide(self.count);
        }
        self.sum.finish()
    }
}

impl Histogram {
    /// A sum with it may become infinite.
    fn is_large(&self) -> bool {
        let limit = f64::MAX / 1e16;
        [self.zero_count, self.count, self.sum]
            .iter()
            .chain(&self.positive.counts)
            .chain(&self.negative.counts)
            .any(|value| value.abs() > limit)
    }
}
