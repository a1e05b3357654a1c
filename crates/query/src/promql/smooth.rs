//! The value of a `smoothed` instant selector at a time: of the sample there, else on the line between
//! its neighbours, else of the one before.

use crate::promql::annotation::Annotation;
use crate::promql::call::{FloatPoints, HistogramPoints};
use crate::promql::functions::interpolate;
use std::sync::Arc;
use tacho_model::histogram::{CounterResetHint, Histogram};

/// The value among floats.
pub(crate) fn float_at(points: &FloatPoints<'_>, time_ms: i64) -> Option<f64> {
    let after = points.times.partition_point(|time| *time < time_ms);
    if points.times.get(after) == Some(&time_ms) {
        return Some(points.values[after]);
    }
    let before = after.checked_sub(1)?;
    let from = (points.times[before], points.values[before]);
    match points.times.get(after) {
        Some(&time) => {
            let to = (time, points.values[after]);
            Some(interpolate::floats(from, to, time_ms, false))
        }
        None => Some(from.1),
    }
}

/// The value among histograms. Two neighbours are taken for a counter unless both are gauges.
pub(crate) fn histogram_at(
    points: &HistogramPoints<'_>,
    time_ms: i64,
    name: &str,
    remark: &mut dyn FnMut(&Annotation<'_>),
) -> Option<Arc<Histogram>> {
    let after = points.times.partition_point(|time| *time < time_ms);
    if points.times.get(after) == Some(&time_ms) {
        return Some(Arc::clone(&points.values[after]));
    }
    let before = after.checked_sub(1)?;
    let from = &points.values[before];
    let Some(to) = points.values.get(after) else {
        let mut last = from.as_ref().clone();
        last.counter_reset_hint = CounterResetHint::Unknown;
        return Some(Arc::new(last));
    };
    if from.has_custom_bounds() != to.has_custom_bounds() {
        remark(&Annotation::MixedExponentialCustom(name));
        return None;
    }
    let gauge = CounterResetHint::Gauge;
    let is_counter = from.counter_reset_hint != gauge || to.counter_reset_hint != gauge;
    let between = interpolate::histograms(
        (points.times[before], from),
        (points.times[after], to),
        time_ms,
        is_counter,
        &mut |annotation| remark(&annotation),
    );
    match between {
        Ok(histogram) => Some(Arc::new(histogram)),
        Err(_) => {
            remark(&Annotation::MixedExponentialCustom(name));
            None
        }
    }
}
