//! What a native histogram must fulfil, in Prometheus' words.

use crate::remote_write::histogram::{Raw, RawSide};
use tacho_model::sample::is_stale;

pub(super) fn check_count(raw: &Raw, in_buckets: u64) -> Result<(), String> {
    let found = in_buckets.wrapping_add(raw.zero_count_int);
    let count = raw.count_int;
    // A stale marker tells nothing but its sum.
    let (wrong, what) = if raw.sum.is_nan() {
        (
            found > count && !is_stale(raw.sum),
            "histogram's observation count should be at least the number of observations found in \
             the buckets",
        )
    } else {
        (
            found != count,
            "histogram's observation count should equal the number of observations found in the \
             buckets (in absence of NaN)",
        )
    };
    if wrong {
        return Err(format!(
            "{found} observations found in buckets, but the Count field is {count}: {what}"
        ));
    }
    Ok(())
}

pub(super) fn check_spans(label: &str, side: &RawSide, is_float: bool) -> Result<(), String> {
    let mut needed = 0u64;
    for (index, span) in side.spans.iter().enumerate() {
        if index > 0 && span.offset < 0 {
            return Err(format!(
                "{label}: span number {} with offset {}: histogram has a span whose offset is negative",
                index + 1,
                span.offset
            ));
        }
        needed += u64::from(span.length);
    }
    let have = side.len(is_float);
    if needed != have as u64 {
        return Err(format!(
            "{label}: spans need {needed} buckets, have {have} buckets: histogram spans specify \
             different number of buckets than provided"
        ));
    }
    Ok(())
}

pub(super) fn check_custom(raw: &Raw, zero_count: f64) -> Result<(), String> {
    let wrong = |text: &str| Err(format!("custom buckets: {text}"));
    let mut before = f64::NEG_INFINITY;
    for (index, bound) in raw.custom_values.iter().copied().enumerate() {
        if bound.is_nan() {
            return wrong("histogram custom bounds must not be NaN");
        }
        if index > 0 && bound <= before {
            return wrong(&format!(
                "previous bound is {before:.6} and current is {bound:.6}: histogram custom bounds \
                 must be in strictly increasing order"
            ));
        }
        before = bound;
    }
    if before == f64::INFINITY {
        return wrong(
            "last +Inf bound must not be explicitly defined: histogram custom bounds must be finite",
        );
    }
    let mut needed = 0u64;
    let mut reach = 0u64;
    for (index, span) in raw.positive.spans.iter().enumerate() {
        let Ok(offset) = u64::try_from(span.offset) else {
            return wrong(&format!(
                "span number {} with offset {}: histogram has a span whose offset is negative",
                index + 1,
                span.offset
            ));
        };
        needed += u64::from(span.length);
        reach += u64::from(span.length) + offset;
    }
    let have = raw.positive.len(raw.is_float);
    if needed != have as u64 {
        return wrong(&format!(
            "spans need {needed} buckets, have {have} buckets: histogram spans specify different \
             number of buckets than provided"
        ));
    }
    let bounds = raw.custom_values.len();
    if bounds as u64 + 1 < reach {
        return wrong(&format!(
            "only {bounds} custom bounds defined which is insufficient to cover total span length of \
             {reach}: histogram custom bounds are too few"
        ));
    }
    if zero_count != 0.0 {
        return wrong("must have zero count of 0");
    }
    if raw.zero_threshold != 0.0 {
        return wrong("must have zero threshold of 0");
    }
    if !raw.negative.spans.is_empty() {
        return wrong("must not have negative spans");
    }
    if raw.negative.len(raw.is_float) > 0 {
        return wrong("must not have negative buckets");
    }
    Ok(())
}
