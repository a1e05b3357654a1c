//! Values between two samples, for `smoothed`.

use crate::promql::annotation::{Annotation, Combining};
use std::sync::Arc;
use tacho_model::histogram::Histogram;
use tacho_model::histogram::combine::MixedSchemas;

/// The value at a time on the line between two floats. A counter that was reset between them is taken
/// to start from zero.
pub fn floats(from: (i64, f64), to: (i64, f64), time_ms: i64, is_counter: bool) -> f64 {
    let start = if is_counter && to.1 < from.1 {
        0.0
    } else {
        from.1
    };
    start + (to.1 - start) * share_of(from.0, to.0, time_ms)
}

/// As `floats`, between two histograms. Bounds that had to be reconciled are told to `note`.
pub fn histograms(
    from: (i64, &Arc<Histogram>),
    to: (i64, &Arc<Histogram>),
    time_ms: i64,
    is_counter: bool,
    note: &mut dyn FnMut(Annotation<'static>),
) -> Result<Histogram, MixedSchemas> {
    if time_ms == from.0 {
        return Ok(Histogram::clone(from.1));
    }
    let mut between = Histogram::clone(to.1);
    if time_ms == to.0 {
        return Ok(between);
    }
    let fraction = share_of(from.0, to.0, time_ms);
    if is_counter && to.1.is_reset_since(from.1) {
        between.multiply(fraction);
        return Ok(between);
    }
    if between.subtract(from.1)?.bounds_reconciled {
        note(Annotation::MismatchedCustomBuckets(Combining::Subtraction));
    }
    between.multiply(fraction);
    if between.add(from.1)?.bounds_reconciled {
        note(Annotation::MismatchedCustomBuckets(Combining::Addition));
    }
    Ok(between)
}

/// How far a time is on the way between two.
fn share_of(from_ms: i64, to_ms: i64, time_ms: i64) -> f64 {
    time_ms.saturating_sub(from_ms) as f64 / to_ms.saturating_sub(from_ms) as f64
}
