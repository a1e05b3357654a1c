//! What a store still knows about counter resets of histograms when it gives them back: that a
//! histogram follows its predecessor without a reset, or nothing. Prometheus' store tells this by the
//! chunks that it cuts, and results of queries depend on it.

use std::sync::Arc;
use tacho_model::histogram::{Buckets, CounterResetHint, Histogram};
use tacho_model::sample::{SampleColumns, is_stale};

/// The hint that a histogram comes back with, after the one before it in what is read.
pub fn stored_hint(last: Option<&Histogram>, next: &Histogram) -> CounterResetHint {
    if next.counter_reset_hint == CounterResetHint::Gauge {
        CounterResetHint::Gauge
    } else if last.is_some_and(|last| follows(last, next)) {
        CounterResetHint::NotReset
    } else {
        CounterResetHint::Unknown
    }
}

/// Gives all histograms of a series the hints that they come back with.
pub fn set_hints(columns: &mut SampleColumns) {
    // Backwards: each hint depends on the one that the histogram before was written with.
    for row in (0..columns.histograms.len()).rev() {
        let Some(histogram) = columns.histogram(row) else {
            continue;
        };
        let before = row.checked_sub(1).and_then(|row| columns.histogram(row));
        let hint = stored_hint(before.map(Arc::as_ref), histogram);
        if hint != histogram.counter_reset_hint
            && let Some(Some(slot)) = columns.histograms.get_mut(row)
        {
            Arc::make_mut(slot).counter_reset_hint = hint;
        }
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
    use super::set_hints;
    use std::sync::Arc;
    use tacho_model::histogram::{CounterResetHint, Histogram};
    use tacho_model::sample::{SampleColumns, stale_nan};

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
        let stale = Histogram {
            sum: stale_nan(),
            ..Histogram::default()
        };
        let steps = [
            (counted(1.0, Unknown), Unknown),
            (counted(2.0, Unknown), NotReset),
            (counted(1.0, Unknown), Unknown),
            (counted(5.0, Reset), Unknown),
            (counted(6.0, NotReset), NotReset),
            (counted(7.0, Gauge), Gauge),
            (counted(8.0, Unknown), Unknown),
            (stale, NotReset),
            (counted(9.0, NotReset), Unknown),
        ];
        let mut columns = SampleColumns::default();
        for (time, (histogram, _)) in steps.iter().enumerate() {
            columns.push_histogram(time as i64, Arc::new(histogram.clone()), 0);
        }
        columns.push_float(20, 1.0, 0);
        columns.push_histogram(21, Arc::new(counted(10.0, NotReset)), 0);
        set_hints(&mut columns);
        let expected = steps.iter().map(|(_, hint)| Some(*hint));
        let expected: Vec<_> = expected.chain([None, Some(Unknown)]).collect();
        let found: Vec<_> = (0..columns.len())
            .map(|row| columns.histogram(row).map(|it| it.counter_reset_hint))
            .collect();
        assert_eq!(found, expected);
    }
}
