//! `changes` and `resets`: how often a series turned, floats and histograms by time.

use crate::promql::call::{CallContext, Extension, ValueRef, Window};
use crate::promql::functions::over_time::{Point, points};
use crate::promql::functions::rate::is_start_reset;
use tacho_model::sample::SampleValue;

/// How often the value changed. NaN is equal to NaN.
pub(super) fn changes(
    _: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    turns(window, |before, point| match (before.value, point.value) {
        (ValueRef::Float(a), ValueRef::Float(b)) => a != b && !(a.is_nan() && b.is_nan()),
        (ValueRef::Histogram(a), ValueRef::Histogram(b)) => !a.is_identical(b),
        _ => true,
    })
}

/// How often a counter was reset.
pub(super) fn resets(
    _: &mut CallContext<'_>,
    window: &Window<'_>,
    _: &[f64],
) -> Option<SampleValue> {
    turns(window, |before, point| match (before.value, point.value) {
        (ValueRef::Float(a), ValueRef::Float(b)) => b < a || is_start_turn(before, point),
        (ValueRef::Histogram(a), ValueRef::Histogram(b)) => {
            is_start_turn(before, point) || b.is_reset_since(a)
        }
        _ => true,
    })
}

fn is_start_turn(before: &Point<'_>, point: &Point<'_>) -> bool {
    is_start_reset(
        (before.start_ms, before.time_ms),
        (point.start_ms, point.time_ms),
    )
}

fn turns(
    window: &Window<'_>,
    is_turn: impl Fn(&Point<'_>, &Point<'_>) -> bool,
) -> Option<SampleValue> {
    let (first_float, first_histogram) = beginning(window)?;
    let mut points = points(window, first_float, first_histogram);
    let mut before = points.next()?;
    let mut count = 0u32;
    for point in points {
        count += u32::from(is_turn(&before, &point));
        before = point;
    }
    Some(SampleValue::Float(f64::from(count)))
}

/// Where to begin: with `anchored` at the last sample at or before the start of the range; nothing if
/// there is none after it.
fn beginning(window: &Window<'_>) -> Option<(usize, usize)> {
    if window.extension != Extension::Anchored {
        return Some((0, 0));
    }
    let before = |times: &[i64]| times.partition_point(|time| *time <= window.start_ms);
    let (floats, histograms) = (window.floats.times, window.histograms.times);
    let (after_floats, after_histograms) = (before(floats), before(histograms));
    if after_floats == floats.len() && after_histograms == histograms.len() {
        return None;
    }
    let last_float = after_floats.checked_sub(1).map(|at| floats[at]);
    let last_histogram = after_histograms.checked_sub(1).map(|at| histograms[at]);
    Some(match (last_float, last_histogram) {
        (None, None) => (0, 0),
        (float, histogram) if float >= histogram => (after_floats - 1, after_histograms),
        _ => (after_floats, after_histograms - 1),
    })
}
