//! Differences over `anchored` and `smoothed` windows: values at the very ends of the range, taken
//! from the sample before (anchored) or between two samples (smoothed), so nothing is extrapolated.

use super::histograms::{combine, note_mixed};
use super::{Kind, answer};
use crate::promql::annotation::{Annotation, Combining};
use crate::promql::call::{CallContext, Extension, Window};
use crate::promql::functions::interpolate;
use std::sync::Arc;
use tacho_model::histogram::{CounterResetHint, Histogram};
use tacho_model::sample::SampleValue;

/// The samples that the ends of the range lie at or between.
struct Ends {
    first: usize,
    last: usize,
    is_smoothed: bool,
}

/// Nothing if no sample lies in the range or beside it.
fn ends(window: &Window<'_>, times: &[i64]) -> Option<Ends> {
    let is_smoothed = window.extension == Extension::Smoothed;
    let mut last = times.len().checked_sub(1)?;
    let before_last = &times[..last];
    let first = before_last
        .partition_point(|time| *time <= window.start_ms)
        .saturating_sub(1);
    if is_smoothed {
        last = before_last.partition_point(|time| *time < window.end_ms);
    }
    let outside = times[last] <= window.start_ms || (is_smoothed && times[first] > window.end_ms);
    (!outside).then_some(Ends {
        first,
        last,
        is_smoothed,
    })
}

impl Ends {
    /// The left end lies between the first sample and the next.
    fn is_left_between(&self, window: &Window<'_>, times: &[i64]) -> bool {
        self.is_smoothed && times[self.first] < window.start_ms
    }

    /// The right end lies between the last sample and the one before.
    fn is_right_between(&self, window: &Window<'_>, times: &[i64]) -> bool {
        self.is_smoothed && self.last > 0 && times[self.last] > window.end_ms
    }
}

pub(super) fn floats(window: &Window<'_>, kind: Kind) -> Option<SampleValue> {
    let (times, values) = (window.floats.times, window.floats.values);
    let ends = ends(window, times)?;
    let point = |at: usize| (times[at], values[at]);
    let between = |from: usize, time_ms: i64| {
        interpolate::floats(point(from), point(from + 1), time_ms, kind.is_counter)
    };
    let left = if ends.is_left_between(window, times) {
        between(ends.first, window.start_ms)
    } else {
        values[ends.first]
    };
    let right = if ends.is_right_between(window, times) {
        between(ends.last - 1, window.end_ms)
    } else {
        values[ends.last]
    };
    let mut difference = right - left;
    if kind.is_counter {
        let from = ends.first + usize::from(times[ends.first] <= window.start_ms);
        let to = ends.last + usize::from(times[ends.last] < window.end_ms);
        difference += lost(left, right, values.get(from..to).unwrap_or_default());
    }
    if kind.per_second {
        difference /= window.range_seconds();
    }
    Some(SampleValue::Float(difference))
}

/// What a counter had before each reset, from one end over the samples between to the other.
fn lost(left: f64, right: f64, between: &[f64]) -> f64 {
    let mut lost = 0.0;
    let mut before = left;
    for &value in between.iter().chain(std::iter::once(&right)) {
        if value < before {
            lost += before;
        }
        before = value;
    }
    lost
}

pub(super) fn histograms(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    kind: Kind,
) -> Option<SampleValue> {
    let (times, values) = (window.histograms.times, window.histograms.values);
    let ends = ends(window, times)?;
    if !check(context, window, kind, &values[ends.first..=ends.last]) {
        return None;
    }
    let left = if ends.is_left_between(window, times) {
        between(context, window, ends.first, window.start_ms, kind)?
    } else {
        Arc::clone(&values[ends.first])
    };
    let right = if ends.is_right_between(window, times) {
        between(context, window, ends.last - 1, window.end_ms, kind)?
    } else {
        Arc::clone(&values[ends.last])
    };
    let is_gauge = |it: &Arc<Histogram>| it.counter_reset_hint == CounterResetHint::Gauge;
    let gauges = [&left, &right].into_iter().all(is_gauge);
    if !kind.is_counter && !gauges {
        let name = window.labels.metric_name();
        context.annotate(0, &Annotation::NotGauge(name));
    }
    let mut difference = Histogram::clone(&right);
    combine(
        context,
        window,
        &mut difference,
        &left,
        Combining::Subtraction,
    )?;
    if kind.is_counter {
        let lost = lost_histograms(context, window, &ends, &left, &right)?;
        if let Some(lost) = lost {
            combine(context, window, &mut difference, &lost, Combining::Addition)?;
        }
    }
    if kind.per_second {
        difference.divide(window.range_seconds());
    }
    difference.counter_reset_hint = CounterResetHint::Gauge;
    difference.compact();
    answer(difference)
}

/// Tells of gauges among counters; false, which is told too, if schemas do not mix.
fn check(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    kind: Kind,
    values: &[Arc<Histogram>],
) -> bool {
    let name = window.labels.metric_name();
    let custom = values.first().is_some_and(|it| it.has_custom_bounds());
    for value in values {
        if value.has_custom_bounds() != custom {
            note_mixed(context, window);
            return false;
        }
        if kind.is_counter && value.counter_reset_hint == CounterResetHint::Gauge {
            context.annotate(0, &Annotation::NotCounter(name));
        }
    }
    true
}

/// The histogram at a time between a sample and the next.
fn between(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    from: usize,
    time_ms: i64,
    kind: Kind,
) -> Option<Arc<Histogram>> {
    let points = &window.histograms;
    let point = |at: usize| Some((*points.times.get(at)?, points.values.get(at)?));
    let (from, to) = (point(from)?, point(from + 1)?);
    let mut note = |annotation: Annotation<'static>| context.annotate(0, &annotation);
    let between = interpolate::histograms(from, to, time_ms, kind.is_counter, &mut note);
    match between {
        Ok(histogram) => Some(Arc::new(histogram)),
        Err(_) => {
            note_mixed(context, window);
            None
        }
    }
}

/// What the counter had before each reset between the ends; nothing inside if there was none, nothing
/// at all if schemas do not mix.
fn lost_histograms(
    context: &mut CallContext<'_>,
    window: &Window<'_>,
    ends: &Ends,
    left: &Arc<Histogram>,
    right: &Arc<Histogram>,
) -> Option<Option<Histogram>> {
    let (times, values) = (window.histograms.times, window.histograms.values);
    let mut first = ends.first + 1;
    let mut before = left;
    let left_between = ends.is_left_between(window, times);
    if left_between && values[first].is_reset_since(&values[ends.first]) {
        // That reset is part of the value at the left end.
        before = &values[first];
        first += 1;
    }
    // Nothing lies between the ends.
    if first > ends.last {
        return Some(None);
    }
    let mut lost: Option<Histogram> = None;
    let between = values.get(first..ends.last).unwrap_or_default();
    for value in between.iter().chain(std::iter::once(right)) {
        if value.is_reset_since(before) {
            match &mut lost {
                None => lost = Some(Histogram::clone(before)),
                Some(sum) => combine(context, window, sum, before, Combining::Addition)?,
            }
        }
        before = value;
    }
    Some(lost)
}
