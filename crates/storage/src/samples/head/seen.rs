//! What is in memory of a series by time, to find samples that came before, bit for bit.

use super::TenantHead;
use super::plan::{Plan, Seen};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::sample::{SampleColumns, SampleValue};

/// What is in memory of a series, the request's samples so far included.
pub(crate) fn seen(head: &TenantHead, plan: &Plan, number: u32) -> Seen {
    let mut seen = Seen::new();
    let mut columns = SampleColumns::default();
    let frozen = head.frozen.iter().filter_map(|frozen| frozen.find(number));
    let contents = frozen
        .map(|series| &series.content)
        .chain([&head.slots.get(number).content]);
    for content in contents {
        content.read(i64::MIN, i64::MAX, &mut columns);
        for row in 0..columns.len() {
            let value = match columns.histogram(row) {
                Some(histogram) => SampleValue::Histogram(Arc::clone(histogram)),
                None => SampleValue::Float(columns.values[row]),
            };
            seen.insert(columns.times[row], value);
        }
    }
    for step in plan.steps.iter().filter(|step| step.number == number) {
        seen.insert(step.time_ms, plan.value(step));
    }
    seen
}

/// Whether two values are the same, bit for bit.
pub(crate) fn same_value(a: &SampleValue, b: &SampleValue) -> bool {
    match (a, b) {
        (SampleValue::Float(a), SampleValue::Float(b)) => a.to_bits() == b.to_bits(),
        (SampleValue::Histogram(a), SampleValue::Histogram(b)) => same_histogram(a, b),
        _ => false,
    }
}

pub(crate) fn same_histogram(a: &Histogram, b: &Histogram) -> bool {
    // A NaN differs from itself: sums are compared by their bits.
    a.sum.to_bits() == b.sum.to_bits()
        && if a.sum.is_nan() {
            let without_sum = |histogram: &Histogram| Histogram {
                sum: 0.0,
                ..histogram.clone()
            };
            without_sum(a) == without_sum(b)
        } else {
            a == b
        }
}
