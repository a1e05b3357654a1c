//! Whether a counter was reset between two histograms of a series.

use crate::histogram::bounds::exponential_bound;
use crate::histogram::cells::{Cell, cells, coarser};
use crate::histogram::combine::{common_bounds_of, onto_bounds};
use crate::histogram::{Buckets, CounterResetHint, Histogram};

impl Histogram {
    /// True if the hint says so, or if anything but the sum has become less than in the previous
    /// histogram. A finer schema or a narrower zero bucket can only come from a reset, too.
    pub fn is_reset_since(&self, previous: &Histogram) -> bool {
        match self.counter_reset_hint {
            CounterResetHint::Reset => return true,
            CounterResetHint::NotReset => return false,
            CounterResetHint::Unknown | CounterResetHint::Gauge => {}
        }
        if self.count < previous.count {
            return true;
        }
        if self.has_custom_bounds() {
            if !previous.has_custom_bounds() {
                return true;
            }
            if self.custom_bounds != previous.custom_bounds {
                return self.is_reset_on_common_bounds(previous);
            }
        }
        if self.schema > previous.schema || self.zero_threshold < previous.zero_threshold {
            return true;
        }
        let zero = previous.wider_zero(self.zero_threshold, None);
        if zero.threshold != self.zero_threshold || self.zero_count < zero.count.sum {
            return true;
        }
        self.has_less(&self.positive, &previous.positive, previous.schema)
            || self.has_less(&self.negative, &previous.negative, previous.schema)
    }

    /// True if a bucket outside the zero bucket has less than before.
    fn has_less(&self, own: &Buckets, before: &Buckets, before_schema: i32) -> bool {
        let mut before = cells(before, &[]);
        if before_schema > self.schema {
            before = coarser(&before, before_schema, self.schema);
        }
        if !self.has_custom_bounds() {
            before.retain(|cell| exponential_bound(cell.index, self.schema) > self.zero_threshold);
        }
        is_less(&cells(own, &[]), &before)
    }

    fn is_reset_on_common_bounds(&self, previous: &Histogram) -> bool {
        let bounds = common_bounds_of(self, previous);
        let own = onto_bounds(cells(&self.positive, &[]), &self.custom_bounds, &bounds);
        let before = cells(&previous.positive, &[]);
        is_less(&own, &onto_bounds(before, &previous.custom_bounds, &bounds))
    }
}

/// True if a bucket has less than before, or is gone and was not empty.
fn is_less(own: &[Cell], before: &[Cell]) -> bool {
    let mut own = own.iter().peekable();
    before.iter().any(|before| {
        while own.next_if(|cell| cell.index < before.index).is_some() {}
        match own.peek() {
            Some(cell) if cell.index == before.index => cell.count.sum < before.count.sum,
            _ => before.count.sum != 0.0,
        }
    })
}
