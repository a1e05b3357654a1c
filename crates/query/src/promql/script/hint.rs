//! What a store still knows about counter resets of histograms when it gives them back: that a
//! histogram follows its predecessor without a reset, or nothing. Prometheus' store tells this by the
//! chunks that it cuts, and scripts expect it.

use tacho_model::histogram::{Buckets, CounterResetHint, Histogram};
use tacho_model::sample::is_stale;

/// Works out the hints of the histograms of one series, in order of time.
#[derive(Debug, Clone, Default)]
pub(super) struct StoredHints {
    last: Option<Histogram>,
}

impl StoredHints {
    /// The hint that the next histogram comes back with.
    pub(super) fn next(&mut self, histogram: &Histogram) -> CounterResetHint {
        let is_gauge = histogram.counter_reset_hint == CounterResetHint::Gauge;
        let follows = self
            .last
            .as_ref()
            .is_some_and(|last| follows(last, histogram));
        self.last = Some(histogram.clone());
        if is_gauge {
            CounterResetHint::Gauge
        } else if follows {
            CounterResetHint::NotReset
        } else {
            CounterResetHint::Unknown
        }
    }

    /// A sample of another kind came.
    pub(super) fn break_off(&mut self) {
        self.last = None;
    }
}

/// True for a histogram that can stand in a chunk with the one before: the same layout of bounds, and
/// nothing less than before.
fn follows(last: &Histogram, next: &Histogram) -> bool {
    if last.counter_reset_hint == CounterResetHint::Gauge
        || next.counter_reset_hint == CounterResetHint::Reset
    {
        return false;
    }
    if is_stale(next.sum) {
        return true;
    }
    if is_stale(last.sum) {
        return false;
    }
    next.schema == last.schema
        && next.zero_threshold == last.zero_threshold
        && next.custom_bounds == last.custom_bounds
        && next.count >= last.count
        && next.zero_count >= last.zero_count
        && !is_less(&next.positive, &last.positive)
        && !is_less(&next.negative, &last.negative)
}

/// True if a bucket has less than before, or is gone and was not empty.
fn is_less(next: &Buckets, last: &Buckets) -> bool {
    let mut next = next.iter().peekable();
    last.iter().any(|(index, before)| {
        while next.next_if(|bucket| bucket.0 < index).is_some() {}
        match next.peek() {
            Some(bucket) if bucket.0 == index => bucket.1 < before,
            _ => before != 0.0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::StoredHints;
    use tacho_model::histogram::{CounterResetHint, Histogram};
    use tacho_model::sample::stale_nan;

    fn counted(count: f64, hint: CounterResetHint) -> Histogram {
        Histogram {
            count,
            counter_reset_hint: hint,
            ..Histogram::default()
        }
    }

    #[test]
    fn only_following_without_a_reset_is_remembered() {
        use CounterResetHint::{Gauge, NotReset, Reset, Unknown};
        let mut hints = StoredHints::default();
        let steps = [
            (counted(1.0, Unknown), Unknown),
            (counted(2.0, Unknown), NotReset),
            (counted(1.0, Unknown), Unknown),
            (counted(5.0, Reset), Unknown),
            (counted(6.0, NotReset), NotReset),
            (counted(7.0, Gauge), Gauge),
            (counted(8.0, Unknown), Unknown),
        ];
        for (histogram, hint) in steps {
            assert_eq!(hints.next(&histogram), hint);
        }
        let stale = Histogram {
            sum: stale_nan(),
            ..Histogram::default()
        };
        hints.next(&stale);
        assert_eq!(hints.next(&counted(9.0, Unknown)), Unknown);
        hints.break_off();
        assert_eq!(hints.next(&counted(10.0, Unknown)), Unknown);
    }
}
